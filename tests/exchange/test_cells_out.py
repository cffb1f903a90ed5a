"""Rows written as sheet XML arrive like rows written cell by cell."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from desktop.exchange.cells_out import look, row_xml
from desktop.exchange.sheet_file import write_sheet

ROWS: list[list[Any]] = [
    ["文字 & <尖括号> \"引号\"", 1, 2.5, True, None, date(2026, 11, 22), datetime(2026, 11, 22, 9, 30)],
    ["  前后空格  ", -7, 0.1, False, None, date(1999, 12, 31), datetime(2026, 1, 1)],
    ["两\n行", 10**12, 1e-9, True, None, date(2026, 2, 28), datetime(2026, 2, 28, 23, 59, 59)],
    ["=1+1", 0, 0.0, False, None, date(2024, 2, 29), datetime(2024, 2, 29, 12)],
]


def written(folder: Path, rows: list[list[Any]]) -> tuple[Path, list[int]]:
    counts: list[int] = []
    book = Workbook()
    sheet: Any = book.active
    sheet.append([f"第{column}列" for column in range(1, 8)])
    looks = [look(sheet)] * 7
    body = (row_xml(number, row, looks) for number, row in enumerate(rows, 2))
    assert write_sheet(folder / "a.xlsx", book, body, counts.append) == len(rows)
    return folder / "a.xlsx", counts


def test_every_kind_of_cell_comes_back(tmp_path: Path) -> None:
    path, counts = written(tmp_path, ROWS)
    assert counts == [len(ROWS)]
    page = load_workbook(path).active
    found = [list(row) for row in page.iter_rows(min_row=2, values_only=True)]
    assert [[day.date() if number == 5 else day for number, day in enumerate(row)] for row in found] == ROWS
    assert [page.cell(2, column).number_format for column in (1, 6, 7)] == [
        "General", "yyyy-mm-dd", "yyyy-mm-dd h:mm:ss"
    ]  # fmt: skip
    assert page["A5"].data_type == "s"
    assert page["A5"].quotePrefix


def test_no_rows_leave_the_header(tmp_path: Path) -> None:
    path, counts = written(tmp_path, [])
    assert counts == [0]
    assert load_workbook(path).active.max_row == 1


@pytest.mark.parametrize(("row", "error"), [(["太短"], ValueError), ([object()] * 7, TypeError)])
def test_what_does_not_fit_is_our_bug(tmp_path: Path, row: list[Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        written(tmp_path, [row])


def test_what_is_no_number_is_written_as_text(tmp_path: Path) -> None:
    path, _ = written(tmp_path, [[float("nan"), float("inf"), 1, 2, 3, 4, 5]])
    assert [cell.value for cell in load_workbook(path).active[2]][:2] == ["nan", "inf"]
