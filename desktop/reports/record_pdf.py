"""The unified handling record (统一办理记录单) as a PDF on A4 (handbook of the field, 9.1b).

The same record gives the same bytes: the only time in the file is the record's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from desktop.core.record import RecordSection, RecordTable, UnifiedRecord
from desktop.reports.canvas import PaperInfo, open_canvas
from desktop.reports.files import write_whole
from desktop.reports.fonts import printable
from desktop.reports.pages import draw, paginate
from desktop.reports.record_rows import furniture_rows, record_rows
from desktop.reports.stand_ins import stand_ins

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
    canvas = open_canvas(buffer, _info(record), _time_of(record.generated_at), record.seal + record.verification)
    for number, page in enumerate(pages, start=1):
        draw(canvas, page)
        draw(canvas, furniture_rows(record, number, len(pages)))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _info(record: UnifiedRecord) -> PaperInfo:
    info = PaperInfo()
    info.title = printable(f"{record.title} {record.matter_number}")
    info.author = printable(record.centre)
    info.subject = record.matter_number
    info.keywords = record.verification
    info.seal = record.seal
    return info


def _time_of(generated_at: str) -> tuple[int, ...]:
    """Year to second of the record's own time."""
    found = _TIME.search(generated_at)
    return tuple(int(part or 0) for part in found.groups()) if found else (2000, 1, 1, 0, 0, 0)


def _with_stand_ins(record: UnifiedRecord) -> UnifiedRecord:
    found = stand_ins(_places(record))
    if found is None:
        return record
    shown = found.shown

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
    notes = (*map(shown, record.notes), found.note)
    return replace(record, centre=shown(record.centre), sections=sections, notes=notes)


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
