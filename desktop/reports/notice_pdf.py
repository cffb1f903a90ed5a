"""Notices and internal slips (文书) as PDF on A4 by GB/T 9704-2012, one or many to a file (handbook 9.1, 9.3).

The same paper gives the same bytes: the only time in the file is the paper's own date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain, groupby
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.reports import pages
from desktop.reports.canvas import PaperInfo, open_canvas
from desktop.reports.files import write_whole
from desktop.reports.fonts import Face, font, printable
from desktop.reports.notice_layout import HEIGHT, LEFT, PITCH, TOP, Placed, lay_out
from desktop.reports.notice_lines import ROOM, Text, one_line
from desktop.reports.pages import SHEET_HEIGHT
from desktop.reports.stand_ins import stand_ins

_PAGE_NUMBER = 14.0  # 4号
_SMALL = 9.0
_FOOT = HEIGHT + 7 * mm  # upper edge of the page number (GB/T 9704-2012, 7.5)
_RULE = 0.5


def render_notice(paper: NoticePaper, target: Path) -> None:
    """Write ``paper`` to ``target``, all of it or nothing. Raises OSError when the place cannot be written."""
    write_whole(target, render_notice_bytes(paper))


def render_notice_bytes(paper: NoticePaper) -> bytes:
    """``paper`` as a PDF file's bytes. A character that no bundled face has is printed as 〓 and named in the notes, so
    that a rare name neither stops a notice nor vanishes from it."""
    content, _ = _render([paper], None, None)
    return content


def render_notices(
    papers: Iterable[NoticePaper],
    target: Path,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Write all ``papers`` into one file to be printed in one go, and answer their number.

    Each begins on a new page, numbered from 1. They are taken one by one and only what is drawn is kept.
    ``progress(done)`` is called after each, ``cancelled`` asked before each and before the file is written. Written
    whole or not at all: raises :class:`Refusal` ``cancelled``, ``no_notices`` when there is none, OSError when the
    place cannot be written.
    """
    content, count = _render(papers, progress, cancelled)
    write_whole(target, content)
    return count


def _render(
    papers: Iterable[NoticePaper], progress: Callable[[int], None] | None, cancelled: Callable[[], bool] | None
) -> tuple[bytes, int]:
    waiting = iter(papers)
    first = next(waiting, None)
    if first is None:
        raise Refusal("no_notices", "没有要打印的文书。")
    buffer = BytesIO()
    shown, _ = _with_stand_ins(first)
    day = first.dated
    info = _info(shown)
    canvas = open_canvas(buffer, info, (day.year, day.month, day.day, 0, 0, 0), shown.verification)
    count = 0
    for paper in chain([first], waiting):
        _go_on(cancelled)
        _draw_notice(canvas, *_with_stand_ins(paper))
        count += 1
        if progress is not None:
            progress(count)
    _go_on(cancelled)
    if count > 1:
        info.title = f"{info.title} 等 {count} 份文书"
        info.seal = None  # it would speak of the first alone
    canvas.save()
    return buffer.getvalue(), count


def _go_on(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Refusal("cancelled", "已取消，没有生成文件。")


def _info(paper: NoticePaper) -> PaperInfo:
    info = PaperInfo()
    info.title = " ".join(printable(f"{paper.title} {paper.number}").split())
    info.author = " ".join(printable(paper.centre).split())
    info.subject = " ".join(printable(paper.number).split())
    info.keywords = paper.verification
    info.seal = paper.seal or None
    return info


def _with_stand_ins(paper: NoticePaper) -> tuple[NoticePaper, tuple[str, ...]]:
    """The paper as it can be printed, and the notes that say what it lacks."""
    found = stand_ins(_places(paper))
    if found is None:
        return paper, ()
    shown = found.shown
    printed = replace(
        paper,
        centre=shown(paper.centre),
        number=shown(paper.number),
        title=shown(paper.title),
        addressee=shown(paper.addressee),
        facts=tuple((shown(label), shown(value)) for label, value in paper.facts),
        body=shown(paper.body),
        enclosures=tuple(map(shown, paper.enclosures)),
        contact=shown(paper.contact),
        verification=shown(paper.verification),
        provisional=tuple(map(shown, paper.provisional)),
        signatures=tuple(map(shown, paper.signatures)),
    )
    return printed, (found.note,)


def _places(paper: NoticePaper) -> Iterator[tuple[str, str]]:
    """Every text with the words by which a person finds it on the notice."""
    yield "发文机关", paper.centre
    yield "文号", paper.number
    yield "标题", paper.title
    yield "主送", paper.addressee
    for label, value in paper.facts:
        yield "栏目名", label
        yield f"“{printable(label)}”", value
    yield "正文", paper.body
    for name in paper.enclosures:
        yield "附件名称", name
    yield "联系方式", paper.contact
    yield "校验值", paper.verification
    for text in paper.provisional:
        yield "注", text
    for text in paper.signatures:
        yield "签署栏", text


def _draw_notice(canvas: Canvas, paper: NoticePaper, notes: tuple[str, ...]) -> None:
    for number, page in enumerate(lay_out(paper, notes), start=1):
        canvas.setLineWidth(_RULE)
        for is_row, placed in groupby(page, lambda one: one.piece.row is not None):
            if is_row:
                pages.draw(canvas, [pages.Placed(one.piece.row, TOP + one.y) for one in placed if one.piece.row])
            else:
                _draw_texts(canvas, placed)
        _draw_foot(canvas, number, paper.verification)
        canvas.showPage()


def _draw_texts(canvas: Canvas, placed: Iterable[Placed]) -> None:
    drawing = canvas.beginText()
    for one in placed:
        for line in one.piece.texts:
            _draw_line(canvas, drawing, line, one.y)
    _end(canvas, drawing)


def _draw_foot(canvas: Canvas, number: int, verification: str) -> None:
    """The page number one character from the outer edge, right on odd pages, left on even ones (7.5); what proves the
    text on the inner side."""
    drawing = canvas.beginText()
    line = one_line(f"— {number} —", _PAGE_NUMBER)
    outer = number % 2 == 1
    if verification:
        proof = one_line(f"校验值：{printable(verification)}", _SMALL)
        x = 0.0 if outer else ROOM - proof.width
        _draw_line(canvas, drawing, replace(proof, x=x), _FOOT, _PAGE_NUMBER)
    x = ROOM - _PAGE_NUMBER - line.width if outer else _PAGE_NUMBER
    _draw_line(canvas, drawing, replace(line, x=x), _FOOT, _PAGE_NUMBER)
    _end(canvas, drawing)


def _draw_line(canvas: Canvas, drawing: PDFTextObject, line: Text, y: float, height: float = PITCH) -> None:
    """In the middle of a band of ``height`` below ``y``."""
    face = font(Face.SERIF).face
    ascent, descent = (part / 1000 * line.size for part in (face.ascent, face.descent))
    base = SHEET_HEIGHT - TOP - y - (height - ascent + descent) / 2 - ascent
    drawing.setTextOrigin(LEFT + line.x, base)
    drawing.setTextRenderMode(2 if line.heavy else 0)
    for part in line.parts:
        drawing.setFont(font(part.face).fontName, line.size)
        drawing.setCharSpace(part.spacing)
        drawing.textOut(part.text)
    if line.rule is not None:
        canvas.line(LEFT + line.rule[0], base - 3, LEFT + line.rule[1], base - 3)


def _end(canvas: Canvas, drawing: PDFTextObject) -> None:
    """What stays set in a page until it is set again goes back to nothing."""
    drawing.setTextRenderMode(0)
    drawing.setCharSpace(0)
    canvas.drawText(drawing)
