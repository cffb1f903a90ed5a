"""The ledger workbook: right for people, and nothing in it comes alive."""

from __future__ import annotations

import itertools
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from desktop.core.refusal import Refusal
from desktop.exchange.cells_out import sheet_name
from desktop.exchange.ledger import LEDGER_COLUMNS, LedgerColumn, write_ledger

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    "=-",
    "+=",
    "＝",
    " =",
    "%=",
    "|",
    "#",
    "==",
    "@=",
    "'=",
    "\u200b=",
    "\ufeff=",
    '"=',
]
BODIES = [
    "cmd|' /C calc'!A0",
    "1+1",
    'HYPERLINK("http://example.invalid","x")',
    "SUM(A1:A9)",
    'DDE("cmd";"/C calc";"x")',
    "N/A",
    "REF!",
    'WEBSERVICE("http://example.invalid")',
    "IMPORTXML(1)",
    "A1",
]
PAYLOADS = [start + body for start, body in itertools.product(STARTS, BODIES)]
COLUMNS = (
    LedgerColumn("text", "文字", 20),
    LedgerColumn("day", "日期", 12, "date"),
    LedgerColumn("n", "数", 8, "number"),
)


def test_no_formula_comes_alive(tmp_path: Path) -> None:
    assert len(PAYLOADS) == 200
    path = tmp_path / "a.xlsx"
    write_ledger(path, [[payload, payload, payload] for payload in PAYLOADS], COLUMNS)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<f " not in xml
    assert b't="e"' not in xml
    kinds = {cell.data_type for row in load_workbook(path).active.iter_rows(min_row=2) for cell in row}
    assert kinds <= {"s", "inlineStr"}


def test_what_begins_like_a_formula_stays_text_when_edited(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_ledger(path, [["=1+1", None, 1], ["平常", None, 1]], COLUMNS)
    page = load_workbook(path).active
    assert page["A2"].quotePrefix
    assert not page["A3"].quotePrefix


def test_text_arrives_as_it_was(tmp_path: Path) -> None:
    texts = ["张𬭎", "甲\n乙", "  空格  ", "0123", "2.02E+12", "<b>&amp;</b>", "=1+1", "x\x00y\x0b"]
    path = tmp_path / "a.xlsx"
    assert write_ledger(path, [[text, date(2026, 1, 4), 3] for text in texts], COLUMNS) == len(texts)
    rows = list(load_workbook(path).active.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [*texts[:-1], "xy"]
    assert {(row[1].date(), row[2]) for row in rows} == {(date(2026, 1, 4), 3)}


def test_it_is_ready_for_screen_and_paper(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_ledger(path, [["甲", date(2026, 1, 4), 1]] * 3, COLUMNS, "预审台账 [A&B]")
    page = load_workbook(path).active
    assert page.title == "预审台账 _A&B_"
    assert [cell.value for cell in page[1]] == ["文字", "日期", "数"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C4"
    assert page.print_area == "'预审台账 _A&B_'!$A$1:$C$4"
    assert page.print_title_rows == "$1:$1"
    assert page.print_title_cols == "$A:$B"
    assert page.page_setup.fitToWidth == 1
    assert page.page_setup.orientation == "landscape"
    assert page.column_dimensions["A"].width == 20
    assert page["B2"].number_format == "yyyy-mm-dd"
    assert page["A1"].font.bold


def test_an_empty_ledger_is_still_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_ledger(path, []) == 0
    page = load_workbook(path).active
    assert page.max_column == len(LEDGER_COLUMNS)
    assert page.page_setup.fitToWidth == 3, "on one page the whole ledger could not be read"


def test_columns_have_their_own_keys_and_titles() -> None:
    assert len({column.key for column in LEDGER_COLUMNS}) == len(LEDGER_COLUMNS)
    assert len({column.title for column in LEDGER_COLUMNS}) == len(LEDGER_COLUMNS)
    assert {column.kind for column in LEDGER_COLUMNS} == {"text", "date", "number"}


def test_a_failure_leaves_the_old_file_and_no_debris(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_ledger(path, [["旧", None, 1]], COLUMNS)
    before = path.read_bytes()

    def rows() -> object:
        yield ["新", None, 1]
        raise KeyError("the caller's rows broke off")

    with pytest.raises(KeyError):
        write_ledger(path, rows(), COLUMNS)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    write_ledger(path, [["旧", None, 1]], COLUMNS)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop.exchange.sheet_file.os.fsync", full)
    with pytest.raises(Refusal, match="磁盘已满"):
        write_ledger(path, [["新", None, 1]], COLUMNS)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_sheet_name_fits() -> None:
    assert len(sheet_name("长" * 80)) == 31
    assert sheet_name("a/b:c") == "a_b_c"
