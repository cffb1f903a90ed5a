"""A copy of a list in which every row that was not taken in says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from desktop.core.refusal import Refusal
from desktop.exchange.cells_out import look, row_xml, sheet_name, width_of
from desktop.exchange.columns import normal_title
from desktop.exchange.reading import Sheet, read_workbook
from desktop.exchange.recognition import recognise
from desktop.exchange.sheet_file import write_sheet

REASON_TITLE = "未收入原因"
MARK = PatternFill("solid", fgColor="FFFFE08A")
REASON = PatternFill("solid", fgColor="FFFFF4D6")
WIDTH_SAMPLE = 200


def write_error_copy(
    source: Path | str,
    target: Path | str,
    refusals: Sequence[tuple[int, str, str]],
    *,
    sheet: str | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Write ``target`` (.xlsx) with 未收入原因 as its first column; answer the number of rows marked.

    ``refusals`` are (row number of the sheet, column title, reason). The source is read again by the safe reader
    and never changed: the copy holds its values, not its formulas, macros or links. Running it again on such a
    copy replaces the reasons. Raises Refusal when the source cannot be read or the target cannot be written.
    """
    source, target = Path(source), Path(target)
    if target.suffix.lower() != ".xlsx":
        raise Refusal("wrong_target", "错误副本只能写成 .xlsx 文件。", {"target": target.name})
    if target.exists() and source.exists() and target.samefile(source):
        raise Refusal("same_file", "错误副本不能写到原文件上，请另选文件名。", {"target": target.name})
    origin = read_workbook(source, sheet=sheet, cancelled=cancelled)
    header, titles = _header(origin)
    skip = 1 if titles and titles[0] == normal_title(REASON_TITLE) else 0
    _write(origin, target, _by_row(refusals), header, titles, skip)
    return len({row for row, _, _ in refusals})


def _header(sheet: Sheet) -> tuple[int, list[str]]:
    """Row number and normalised titles of the header; a sheet without one gets its reasons all the same."""
    try:
        found = recognise(sheet)
    except Refusal:
        return 0, []
    return found.header_row, list(map(normal_title, found.titles))


def _by_row(refusals: Sequence[tuple[int, str, str]]) -> dict[int, list[tuple[str, str]]]:
    rows: dict[int, list[tuple[str, str]]] = {}
    for row, column, reason in refusals:
        rows.setdefault(row, []).append((column, reason))
    return rows


def _write(
    origin: Sheet,
    target: Path,
    reasons: dict[int, list[tuple[str, str]]],
    header: int,
    titles: list[str],
    skip: int,
) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_name(origin.name)
    _layout(sheet, origin, header, skip)
    bold, reason_title = look(sheet, font=Font(bold=True)), look(sheet, font=Font(bold=True), fill=REASON)
    reason_why = look(sheet, fill=REASON, alignment=Alignment(wrap_text=True, vertical="top"))
    plain, mark = look(sheet), look(sheet, fill=MARK)

    def rows() -> Iterator[str]:
        for number, row in enumerate(origin.rows, 1):
            wrong = reasons.get(number, ())
            marked = {normal_title(column) for column, _ in wrong}
            hits = [index < len(titles) and titles[index] in marked for index in range(skip, len(row))]
            first, beside = (REASON_TITLE, bold) if number == header else (_in_words(wrong), plain)
            looks = [mark if hit else beside for hit in hits]
            yield row_xml(number, [first, *row[skip:]], [reason_title if number == header else reason_why, *looks])

    write_sheet(target, book, rows())


def _in_words(wrong: Sequence[tuple[str, str]]) -> str | None:
    return "；".join(reason if column in reason else f"{column}：{reason}" for column, reason in wrong) or None


def _layout(sheet: Any, origin: Sheet, header: int, skip: int) -> None:
    sheet.freeze_panes = f"B{header + 1}" if header else "B1"
    sheet.column_dimensions["A"].width = 48
    sample = origin.rows[max(header - 1, 0) : header + WIDTH_SAMPLE]
    for index in range(skip, max(map(len, sample), default=0)):
        texts = [str(row[index])[:60] for row in sample if index < len(row) and row[index] is not None]
        sheet.column_dimensions[get_column_letter(index + 2 - skip)].width = width_of(texts)
