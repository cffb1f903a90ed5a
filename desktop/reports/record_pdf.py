"""The unified handling record (统一办理记录单) as a PDF on A4 (handbook of the field, 9.1b).

The same record gives the same bytes: the only time in the file is the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from desktop.core.record import RecordSection, RecordTable, UnifiedRecord
from desktop.reports.files import write_whole
from desktop.reports.fonts import Face, font, missing_glyphs, printable
from desktop.reports.pages import draw, paginate
from desktop.reports.record_rows import furniture_rows, record_rows

SEAL_KEY = "KuaishenSeal"
STAND_IN = "〓"  # the printers' mark for a character that the case does not hold
_NAMED_PLACES = 5  # the foot names this many places
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?")


def render_record(record: UnifiedRecord, target: Path) -> None:
    """Write the record to ``target``, all of it or nothing: an earlier file stays until the new one is whole.

    Raises OSError when the place cannot be written.
    """
    write_whole(target, render_record_bytes(record))


def render_record_bytes(record: UnifiedRecord) -> bytes:
    """The record as a PDF file's bytes. A character that no bundled face has is printed as 〓 and named at the foot,
    so that a rare name neither stops a record nor vanishes from it."""
    record = _with_stand_ins(record)
    pages = paginate(record_rows(record))
    buffer = BytesIO()
    canvas = _canvas(buffer, record)
    for number, page in enumerate(pages, start=1):
        draw(canvas, page)
        draw(canvas, furniture_rows(record, number, len(pages)))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The document information, with the record's seal under a key of its own (ISO 32000-1, 14.3.3)."""

    producer = creator = "快审工作台"

    def __init__(self, record: UnifiedRecord) -> None:
        super().__init__()
        self.title = printable(f"{record.title} {record.matter_number}")
        self.author = printable(record.centre)
        self.subject = record.matter_number
        self.keywords = record.verification
        self._seal = record.seal

    def format(self, document: Any) -> bytes:
        """The base class knows a closed list of keys, so the dictionary is opened again to add ours."""
        entry: bytes = pdfdoc.PDFDictionary({SEAL_KEY: pdfdoc.PDFString(self._seal)}).format(document)
        whole: bytes = super().format(document)
        return whole.removesuffix(b">>") + entry.removeprefix(b"<<")


def _canvas(buffer: BytesIO, record: UnifiedRecord) -> Canvas:
    # The first font of a canvas is written into each page: Helvetica, not embedded, if nothing is named.
    canvas = Canvas(
        buffer,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        pdfVersion=(1, 4),
        initialFontName=font(Face.SERIF).fontName,
        lang="zh-CN",
    )
    document = canvas._doc
    document.info = _Info(record)
    document._timeStamp = _timestamp(record.generated_at)
    document.updateSignature(record.seal + record.verification)
    return canvas


def _timestamp(generated_at: str) -> SimpleNamespace:
    """The record's own time (China has one, UTC+8) in the shape in which reportlab writes dates."""
    found = _TIME.search(generated_at)
    parts = tuple(int(part or 0) for part in found.groups()) if found else (2000, 1, 1, 0, 0, 0)
    return SimpleNamespace(YMDhms=parts, dhh=8, dmm=0)


def _with_stand_ins(record: UnifiedRecord) -> UnifiedRecord:
    absent = [(place, missing) for place, text in _places(record) if (missing := missing_glyphs(text))]
    if not absent:
        return record
    listed = [f"{place}为{'、'.join(f'U+{ord(c):04X}' for c in missing)}" for place, missing in absent[:_NAMED_PLACES]]
    more = f"；另有 {len(absent) - _NAMED_PLACES} 处" if len(absent) > _NAMED_PLACES else ""
    shapes = {ord(character): STAND_IN for _, missing in absent for character in missing}

    def shown(text: str) -> str:
        return text.translate(shapes)

    def table(given: RecordTable) -> RecordTable:
        rows = tuple(tuple(map(shown, row)) for row in given.rows)
        return replace(given, columns=tuple(map(shown, given.columns)), rows=rows)

    sections = tuple(
        RecordSection(
            shown(section.title),
            tuple((shown(label), shown(value)) for label, value in section.pairs),
            table(section.table) if section.table is not None else None,
        )
        for section in record.sections
    )
    note = f"{STAND_IN} 代表随附字体没有的字符：{'；'.join(map(shown, listed))}{more}。"
    return replace(record, centre=shown(record.centre), sections=sections, notes=(*map(shown, record.notes), note))


def _places(record: UnifiedRecord) -> Iterator[tuple[str, str]]:
    """Every text with the words by which a person finds it on the record."""
    yield "单位名称", record.centre
    yield "标题", record.title
    yield "办理编号", record.matter_number
    yield "生成时间", record.generated_at
    for section in record.sections:
        yield "章节标题", section.title
        for label, value in section.pairs:
            yield f"“{printable(section.title)}”的栏目名", label
            yield f"“{printable(section.title)}”的“{printable(label)}”", value
        if section.table is not None:
            for column in section.table.columns:
                yield f"“{printable(section.title)}”的表头", column
            for at, row in enumerate(section.table.rows, start=1):
                for column, value in zip(section.table.columns, row, strict=True):
                    yield f"“{printable(section.title)}”第 {at} 行“{printable(column)}”", value
    for text in record.signatures:
        yield "签署栏", text
    for text in record.notes:
        yield "尾注", text
    yield "记录校验值", record.verification
