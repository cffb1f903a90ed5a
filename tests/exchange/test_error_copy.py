"""The copy that goes back to whoever made the list."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest
import xlwt
from openpyxl import load_workbook

from desktop.core.refusal import Refusal
from desktop.exchange.error_copy import REASON_TITLE, write_error_copy
from desktop.exchange.reading import read_workbook
from desktop.exchange.recognition import recognise
from tests.exchange.files import HEADER, book, case_row

REFUSALS = [(4, "接收日期", "只写到月，缺少日"), (4, "主分类号", "主分类号为空")]


def source(tmp_path: Path) -> Path:
    rows = [["导出表"], HEADER, case_row(1, 接收日期=date(2026, 1, 4)), case_row(2, 发明名称="=cmd|' /C calc'!A0")]
    return book(tmp_path / "a.xlsx", rows)


def test_reasons_and_marks_stand_where_the_fault_is(tmp_path: Path) -> None:
    path, target = source(tmp_path), tmp_path / "b.xlsx"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    assert write_error_copy(path, target, REFUSALS) == 1
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    page = load_workbook(target).active
    assert page["A2"].value == REASON_TITLE
    assert page["A3"].value is None
    assert page["A4"].value == "接收日期：只写到月，缺少日；主分类号为空"
    assert page["B2"].value == "序号"
    assert page["D3"].value.date() == date(2026, 1, 4)
    assert page["D3"].number_format == "yyyy-mm-dd"
    marked = [cell.column_letter for cell in page[4] if cell.fill.fgColor.rgb == "FFFFE08A"]
    assert marked == ["D", "H"]
    assert all(cell.data_type != "f" for row in page for cell in row)


def test_the_copy_can_be_mended_and_read_again(tmp_path: Path) -> None:
    path, target = source(tmp_path), tmp_path / "b.xlsx"
    write_error_copy(path, target, REFUSALS)
    again = read_workbook(target)
    found = recognise(again)
    assert found.header_row == 2
    assert found.unknown == ()
    assert found.columns["title"].index == 5
    write_error_copy(target, tmp_path / "c.xlsx", [(3, "申请主体", "申请主体为空")])
    page = load_workbook(tmp_path / "c.xlsx").active
    assert [cell.value for cell in page[2]][:2] == [REASON_TITLE, "序号"]
    assert (page["A3"].value, page["A4"].value) == ("申请主体为空", None)


def test_old_workbooks_and_text(tmp_path: Path) -> None:
    old = xlwt.Workbook()
    for index, title in enumerate(HEADER):
        old.add_sheet("甲").write(0, index, title) if index == 0 else old.get_sheet(0).write(0, index, title)
    old.get_sheet(0).write(1, 4, "一种装置")
    old.save(str(tmp_path / "a.xls"))
    with (tmp_path / "a.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, case_row(1, 发明名称="=1+1")])
    for name in ("a.xls", "a.csv"):
        target = tmp_path / f"{name}.xlsx"
        write_error_copy(tmp_path / name, target, [(2, "申请主体", "申请主体为空")])
        page = load_workbook(target).active
        assert page["A2"].value == "申请主体为空"
        assert all(cell.data_type != "f" for row in page for cell in row)


def test_a_sheet_without_a_header_still_gets_its_reasons(tmp_path: Path) -> None:
    write_error_copy(book(tmp_path / "a.xlsx", [["甲", "乙"]]), tmp_path / "b.xlsx", [(1, "甲", "不对")])
    assert load_workbook(tmp_path / "b.xlsx").active["A1"].value == "甲：不对"


def test_the_original_is_never_the_target(tmp_path: Path) -> None:
    path = source(tmp_path)
    with pytest.raises(Refusal, match="不能写到原文件上"):
        write_error_copy(path, path, REFUSALS)
    with pytest.raises(Refusal, match="xlsx"):
        write_error_copy(path, tmp_path / "b.csv", REFUSALS)


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").mkdir()
    with pytest.raises(Refusal, match="没有写成"):
        write_error_copy(source(tmp_path), tmp_path / "b.xlsx", REFUSALS)
    assert not list(tmp_path.glob(".*.part"))
