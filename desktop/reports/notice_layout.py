"""What a notice looks like (GB/T 9704-2012): its parts on a grid of 22 lines to a page, and what stays together.

Lengths are points; x counts from the left, y from the upper edge of the text block, downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from reportlab.lib.units import mm

from desktop.core.notice_paper import (
    NoticePaper,
    chinese_date,
    in_brackets,
    numbered_notes,
    signature_label,
    with_colon,
)
from desktop.reports import pages
from desktop.reports.fonts import Face, printable
from desktop.reports.lines import fit, width_of
from desktop.reports.notice_lines import BODY, CELL, ROOM, Text, balanced, is_heading, one_line, paragraph
from desktop.reports.pages import Cell, Row, cell_inset

TOP, LEFT = 37 * mm, 28 * mm  # 5.2.1
HEIGHT = 225 * mm
LINES = 22  # 5.2.4
PITCH = HEIGHT / LINES

_TITLE = 22.0  # 2号
_TABLE, _TABLE_LEADING, _TABLE_PAD = 12.0, 16.0, 3.0  # 小四
_NOTE, _NOTE_LEADING = 10.5, 15.0  # 5号
_INSET = cell_inset(framed=True)
_SHIFT = LEFT - pages.LEFT  # rows count from the margin of tables
_LONGEST_LABEL = 9 * _TABLE
_ROW_LINES = 12  # a cell of more lines goes on in another row, so that no row is higher than a page
_NOTE_LINES = 36
# A seal of 42 mm over name and date leaves most of a line below the text, or touches that line's lower edge.
_SEAL_GAP, _SEAL_GAP_LEAST = 2, 1
_NAME_ROOM = 20 * CELL
_SIGNING = 5 * CELL  # the least room to sign
_WITH_BODY = 2  # lines of the text that share the page of date and seal


@dataclass(frozen=True, slots=True)
class Piece:
    """What is not divided between pages: texts on one line, or a row of a table. ``keep`` holds it to the next one,
    ``gap`` is blank and goes at the top of a page, ``snap`` ends on a line of the grid, ``foot`` stands at the bottom
    of its page."""

    height: float
    texts: tuple[Text, ...] = ()
    row: Row | None = None
    keep: bool = False
    gap: bool = False
    snap: bool = False
    foot: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    piece: Piece
    y: float


def lay_out(paper: NoticePaper, notes: Sequence[str] = ()) -> list[list[Placed]]:
    """The pages of ``paper``; ``notes`` are printed after its own. No page is empty."""
    body = [*_heading(paper), *_facts(paper.facts), *_body(paper)]
    enclosures = list(_enclosures(paper.enclosures))
    foot = list(_notes(numbered_notes((*paper.provisional, *notes))))
    found = []
    for gap in (_SEAL_GAP, _SEAL_GAP_LEAST):
        ending = [*(_signatures(paper) if paper.internal else _seal(paper, gap)), *_contact(paper.contact, gap)]
        found.append(_paginate(_held(body, enclosures, ending, foot)))
    # A date that does not fit on the page is given less room before it goes to the next (7.3.5.5).
    return min(found, key=len)


def _held(body: list[Piece], enclosures: list[Piece], ending: list[Piece], foot: list[Piece]) -> list[Piece]:
    """Date and seal share a page with the last lines of the text, the notes with both; what is too long for that
    gives way, the notes first, then the list of enclosures."""
    whole = [*body, *enclosures, *ending, *foot]
    printed = [at for at, piece in enumerate(body) if piece.texts]
    body_start = printed[-_WITH_BODY] if len(printed) >= _WITH_BODY else 0
    sealed = len(whole) - len(foot)
    for start, end in ((body_start, len(whole)), (body_start, sealed), (max(sealed - len(ending) - 2, 0), sealed)):
        if sum(piece.height for piece in whole[start:end]) <= HEIGHT:
            held = [replace(piece, keep=True) for piece in whole[start : end - 1]]
            return [*whole[:start], *held, *whole[end - 1 :]]
    return whole


def _heading(paper: NoticePaper) -> Iterator[Piece]:
    centre, title = (balanced(text, _TITLE, ROOM, heavy=True) for text in (paper.centre, paper.title))
    yield from (Piece(PITCH, (line,), keep=True) for line in centre)
    if len(centre) + len(title) > 2:  # without some room between them the two read as one
        yield Piece(PITCH / 2, keep=True, gap=True)
    for line in (*title, *balanced(paper.number, BODY, ROOM)):
        yield Piece(PITCH, (line,), keep=True)
    yield Piece(PITCH, gap=True, snap=True)


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    """Two to a line; a value too long for half a line has the line to itself."""
    if not facts:
        return
    widest = max(width_of(printable(label).replace("\n", ""), Face.SANS, _TABLE) for label, _ in facts)
    label_width = min(widest, _LONGEST_LABEL) + 2 * _INSET + 0.5
    half = ROOM / 2
    waiting: list[tuple[str, str]] = []
    for fact in facts:
        short = len(fit(fact[1], Face.SERIF, _TABLE, half - label_width - 2 * _INSET)) == 1
        if waiting and not short:
            yield from _fact_rows(waiting, label_width)
            waiting = []
        waiting.append(fact)
        if not short or len(waiting) == 2:
            yield from _fact_rows(waiting, label_width)
            waiting = []
    if waiting:
        yield from _fact_rows(waiting, label_width)
    yield Piece(PITCH / 3, gap=True, snap=True)


def _fact_rows(facts: Sequence[tuple[str, str]], label_width: float) -> Iterator[Piece]:
    share = ROOM / len(facts)
    cells: list[Cell] = []
    for at, (label, value) in enumerate(facts):
        cells.append(_cell(label, at * share, label_width, Face.SANS))
        cells.append(_cell(value, at * share + label_width, share - label_width, Face.SERIF))
    row = Row(tuple(cells), pad=_TABLE_PAD, framed=True)
    while row.line_count > _ROW_LINES:
        yield _row_piece(row.head(_ROW_LINES))
        row = row.rest(_ROW_LINES)
    yield _row_piece(row)


def _cell(text: str, x: float, width: float, face: Face) -> Cell:
    return Cell(_SHIFT + x, width, fit(text, face, _TABLE, width - 2 * _INSET), _TABLE, _TABLE_LEADING)


def _row_piece(row: Row) -> Piece:
    return Piece(row.height, row=row)


def _body(paper: NoticePaper) -> Iterator[Piece]:
    lines = paragraph(with_colon(paper.addressee), indent=0.0)
    yield from (Piece(PITCH, (line,), keep=True) for line in lines)
    for text in printable(paper.body).split("\n"):
        heading = is_heading(text)
        yield from (Piece(PITCH, (line,), keep=heading) for line in paragraph(text))


def _enclosures(names: Sequence[str]) -> Iterator[Piece]:
    """附件说明 (7.3.4): after a blank line, two characters in, further lines below the first of their name."""
    numbers = [f"{at}." for at in range(1, len(names) + 1)] if len(names) > 1 else [""] * len(names)
    label = one_line("附件：", x=2 * CELL)
    number_x = label.x + label.width
    name_x = number_x + max((one_line(number).width + CELL / 4 for number in numbers if number), default=0.0)
    if names:
        yield Piece(PITCH, gap=True)
    for at, (number, name) in enumerate(zip(numbers, names, strict=True)):
        for line_at, line in enumerate(paragraph(name, name_x, name_x) or [one_line("")]):
            before = (label,) if (at, line_at) == (0, 0) else ()
            marked = (one_line(number, x=number_x),) if number and not line_at else ()
            yield Piece(PITCH, (*before, *marked, line))


def _seal(paper: NoticePaper, gap: int) -> Iterator[Piece]:
    """The date four characters from the right, the name centred over it, room for the seal above (7.3.5.1)."""
    day = one_line(chinese_date(paper.dated))
    names = balanced(paper.centre, BODY, _NAME_ROOM)
    widest = max((line.width for line in names), default=0.0)
    # A name much longer than its date would stand outside; then both move to the left.
    middle = min(ROOM - 4 * CELL - day.width / 2, ROOM - 2 * CELL - widest / 2)
    yield Piece(gap * PITCH, gap=True)
    for line in (*names, day):
        yield Piece(PITCH, (replace(line, x=middle - line.width / 2),))


def _signatures(paper: NoticePaper) -> Iterator[Piece]:
    """The date two characters from the right, then lines to sign on, two abreast where they have room."""
    day = one_line(chinese_date(paper.dated))
    yield Piece(PITCH, gap=True)
    yield Piece(PITCH, (replace(day, x=ROOM - 2 * CELL - day.width),))
    for labels in _abreast(filter(None, (signature_label(text) for text in paper.signatures))):
        yield Piece(PITCH / 2, gap=True)
        if len(labels) > 1:
            lines = (one_line(label, x=at * ROOM / 2) for at, label in enumerate(labels))
            yield Piece(PITCH, tuple(_ruled(line, (at + 1) * ROOM / 2) for at, line in enumerate(lines)))
            continue
        *above, last = paragraph(labels[0], 0.0, room=ROOM - _SIGNING)
        yield from (Piece(PITCH, (line,)) for line in above)
        yield Piece(PITCH, (_ruled(last, max(last.width + _SIGNING, ROOM / 2)),))


def _abreast(labels: Iterable[str]) -> Iterator[list[str]]:
    """By twos; a label that leaves no room to sign in its half is alone."""
    waiting: list[str] = []
    for label in labels:
        if one_line(label).width > ROOM / 2 - _SIGNING:
            yield from filter(None, (waiting, [label]))
            waiting = []
            continue
        waiting.append(label)
        if len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _ruled(line: Text, end: float) -> Text:
    """With a rule to write on, unless it only marks a place."""
    return line if line.words.endswith("）") else replace(line, rule=(line.x + line.width, end - CELL))


def _contact(text: str, gap: int) -> Iterator[Piece]:
    """附注 (7.3.6): below the date, two characters in, in brackets; the seal reaches a line below the date."""
    if text.strip():
        yield Piece((gap - 1) * PITCH, gap=True)
        yield from (Piece(PITCH, (line,)) for line in paragraph(in_brackets(text)))


def _notes(notes: Sequence[str]) -> Iterator[Piece]:
    lines = fit("\n".join(notes), Face.SERIF, _NOTE, ROOM) if notes else ()
    for start in range(0, len(lines), _NOTE_LINES):
        cell = Cell(_SHIFT, ROOM, lines[start : start + _NOTE_LINES], _NOTE, _NOTE_LEADING)
        row = Row((cell,), pad=3.0, rule=True)
        yield Piece(row.height, row=row, foot=True)


def _paginate(pieces: Sequence[Piece]) -> list[list[Placed]]:
    found: list[list[Placed]] = [[]]
    y = 0.0
    for at, piece in enumerate(pieces):
        if found[-1] and y + _together(pieces, at) > HEIGHT + 0.01:
            found.append([])
            y = 0.0
        if piece.gap and not found[-1]:
            continue
        if piece.snap:
            y = _next_line(y + piece.height)
            continue
        if piece.foot:
            y = HEIGHT - piece.height
        found[-1].append(Placed(piece, y))
        y += piece.height
    return [page for page in found if page]


def _together(pieces: Sequence[Piece], start: int) -> float:
    """Height of a piece with all that it is held to; if no page has that, alone."""
    height = 0.0
    for piece in pieces[start:]:
        height += piece.height
        if not piece.keep:
            break
    return height if height <= HEIGHT + 0.01 else pieces[start].height


def _next_line(y: float) -> float:
    """The first line of the grid at or below ``y``."""
    return float(ceil((y - 0.01) / PITCH) * PITCH)
