"""Ordinary files in every shape that real lists come in."""

from __future__ import annotations

import csv
import hashlib
import re
import subprocess
import sys
import threading
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook

from desktop.core.refusal import Refusal
from desktop.exchange import reading
from desktop.exchange.reading import Limits, read_workbook
from tests.exchange.files import HEADER, book, case_row, edited


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    cells = ["文字", 1, 1.5, True, date(2026, 1, 4), datetime(2026, 1, 4, 5, 6), None, "尾"]
    path = book(tmp_path / "a.xlsx", [cells])
    sheet = read_workbook(path)
    assert sheet.rows == [cells]
    assert [type(cell) for cell in sheet.rows[0]] == [type(cell) for cell in cells]
    assert sheet.kind == "xlsx"
    assert sheet.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[], [], ["", "乙"]])
    assert read_workbook(path).rows[2] == [None, "乙"]


def test_a_wrong_dimension_does_not_hide_rows(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [HEADER, *(case_row(n) for n in range(1, 30))])
    edited(
        path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml)
    )
    assert len(read_workbook(path).rows) == 30


def test_empty_strings_and_error_cells(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["甲", "", "#N/A", "#DIV/0!"]])
    assert read_workbook(path).rows == [["甲", None, "#N/A", "#DIV/0!"]]


def test_a_failed_formula_shows_its_error(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["=1/0", "=1+1", "乙"]])
    cells = rb'<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1" t="e"><f>NOW()</f></c>'
    edited(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<c r="A1".*?(?=<c r="C1")', cells, xml))
    assert read_workbook(path).rows == [["#DIV/0!", None, "乙"]]


def test_formulas_are_values_or_blank_never_run(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["甲", "=1+1", "=cmd|' /C calc'!A0", "乙"]])
    assert read_workbook(path).rows == [["甲", None, None, "乙"]]


def test_empty_styled_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    def style(sheet: object) -> None:
        sheet["A1048576"].number_format = "0.00"  # type: ignore[index]

    path = book(tmp_path / "a.xlsx", [HEADER, case_row(1)], style)
    assert len(read_workbook(path).rows) == 2


def test_old_workbook(tmp_path: Path) -> None:
    old = xlwt.Workbook()
    sheet = old.add_sheet("清单")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write(0, 0, "接收日期")
    sheet.write(1, 0, datetime(2026, 1, 4), dates)
    sheet.write(1, 1, "甲")
    old.save(str(tmp_path / "a.xls"))
    found = read_workbook(tmp_path / "a.xls")
    assert found.kind == "xls"
    assert found.rows == [["接收日期", None], [date(2026, 1, 4), "甲"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimited_text(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    rows = [HEADER, [str(cell) for cell in case_row(1, 申请主体="甲,乙;丙\t公司 张𬭎")]]
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    sheet = read_workbook(path)
    assert sheet.rows == rows
    assert sheet.kind == "csv"


def test_a_workbook_is_judged_by_content_not_by_name(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["甲", "乙"]]).rename(tmp_path / "a.csv")
    assert read_workbook(path).kind == "xlsx"


def test_the_first_sheet_with_content_is_taken(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active.title = "空"
    workbook.create_sheet("藏").append(["不是这张"])
    workbook["藏"].sheet_state = "hidden"
    workbook.create_sheet("清单").append(["是这张"])
    workbook.save(tmp_path / "a.xlsx")
    sheet = read_workbook(tmp_path / "a.xlsx")
    assert (sheet.name, sheet.names) == ("清单", ("空", "藏", "清单"))
    assert read_workbook(tmp_path / "a.xlsx", sheet="藏").rows == [["不是这张"]]
    with pytest.raises(Refusal, match="没有名为“无”的工作表"):
        read_workbook(tmp_path / "a.xlsx", sheet="无")


def test_a_name_with_any_character(tmp_path: Path) -> None:
    assert read_workbook(book(tmp_path / "预审 清单 '$(x)' 𬭎.xlsx", [["甲"]])).rows == [["甲"]]


def test_cancel_ends_the_child_and_its_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.readline(); sys.stdin.read(); sys.stdin.read()"]
    started: list[subprocess.Popen[bytes]] = []
    real = reading._start
    monkeypatch.setattr(reading, "child_command", lambda: sleeper)
    monkeypatch.setattr(reading, "_start", lambda: started.append(real()) or started[0])
    with pytest.raises(Refusal) as no:
        read_workbook(tmp_path / "any.xlsx", cancelled=lambda: True)
    assert no.value.code == "cancelled"
    assert started[0].returncode is not None
    assert not [thread for thread in threading.enumerate() if thread.name == "workbook-reader-watch"]


def test_a_child_that_never_answers_meets_the_time_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.readline(); sys.stdin.read()"]
    monkeypatch.setattr(reading, "child_command", lambda: sleeper)
    with pytest.raises(Refusal) as no:
        read_workbook(tmp_path / "any.xlsx", limits=Limits(seconds=0))
    assert no.value.code == "timeout"


@pytest.mark.parametrize("talk", ["", "print('[\"rows\", [[1')", "print('nonsense')", "print('[\"end\", 3]')"])
def test_a_child_that_talks_nonsense_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: str) -> None:
    monkeypatch.setattr(reading, "child_command", lambda: [sys.executable, "-c", f"input();{talk}"])
    with pytest.raises(Refusal) as no:
        read_workbook(tmp_path / "any.xlsx")
    assert no.value.code == "reader_died"


def test_the_child_does_not_learn_the_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", "secret")
    spy = (
        "import os, json; input(); print(json.dumps(['refused', 'spy', str('KUAISHEN_PASSPHRASE' in os.environ), {}]))"
    )
    monkeypatch.setattr(reading, "child_command", lambda: [sys.executable, "-c", spy])
    with pytest.raises(Refusal) as no:
        read_workbook(tmp_path / "any.xlsx")
    assert no.value.reason == "False"


def test_a_frozen_program_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reading.child_command() == [sys.executable, reading.CHILD_FLAG]
