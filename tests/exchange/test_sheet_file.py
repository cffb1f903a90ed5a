"""Rows on their way into a workbook: nobody else sees them, and what a killed run leaves does not stay."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from desktop.core.refusal import Refusal
from desktop.exchange import sheet_file
from desktop.exchange.cells_out import look, row_xml
from desktop.exchange.error_copy import write_error_copy
from desktop.exchange.ledger import LedgerColumn, write_ledger
from tests.exchange.files import HEADER, book, case_row

NAME = "栽植的姓名"
COLUMNS = (LedgerColumn("title", "发明名称"),)


def readable(folder: Path) -> list[Path]:
    """The files below a folder in which the name can be read."""
    spellings = [NAME.encode(code) for code in ("utf-8", "utf-16-le", "gb18030")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(spelling in path.read_bytes() for spelling in spellings)]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files, as this process sees it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_no_name_is_readable_while_a_ledger_is_written(tmp_path: Path, scratch: Path) -> None:
    looked: list[list[Path]] = []

    def rows() -> Iterator[list[str]]:
        for number in range(3_000):
            if number % 1_000 == 999:
                looked.append(readable(tmp_path))
            yield [f"{NAME}{number}"]

    target = tmp_path / "out" / "a.xlsx"
    target.parent.mkdir()
    assert write_ledger(target, rows(), COLUMNS) == 3_000
    assert looked == [[], [], []]
    assert readable(tmp_path) == []
    assert list(scratch.iterdir()) == []
    assert load_workbook(target).active.max_row == 3_001


def test_control_a_name_in_the_open_is_found(scratch: Path) -> None:
    (scratch / "sheet.xml").write_text(NAME, "utf-8")
    assert readable(scratch) == [scratch / "sheet.xml"]


def test_no_name_is_readable_while_an_error_copy_is_written(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lists").mkdir()
    source = book(tmp_path / "lists" / "a.xlsx", [HEADER, *(case_row(n, 发明名称=NAME) for n in range(500))])
    looked: list[list[Path]] = []
    parts = sheet_file._parts

    def looking(made: Workbook) -> dict[str, bytes]:
        looked.append(readable(scratch))
        return parts(made)

    monkeypatch.setattr(sheet_file, "_parts", looking)
    write_error_copy(source, tmp_path / "lists" / "b.xlsx", [(2, "申请主体", "申请主体为空")])
    assert looked == [[], []]
    assert readable(tmp_path) == []
    assert list(scratch.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from desktop.exchange.ledger import LedgerColumn, write_ledger\n"
        "def rows():\n"
        "    for number in range(2_000): yield [str(number)]\n"
        "    os._exit(9)\n"
        "write_ledger(Path(sys.argv[1]), rows(), (LedgerColumn('t', 'T'),))\n"
    )
    target = tmp_path / "a.xlsx"
    other = tmp_path / ".b.xlsx.1.part"
    other.write_text("somebody else's")
    done = subprocess.run([sys.executable, "-c", program, str(target)], check=False, cwd=os.getcwd())
    assert done.returncode == 9
    assert not target.exists()
    left = {path.name for path in tmp_path.iterdir()} - {other.name}
    assert len(left) == 1
    if os.name == "posix":
        assert (tmp_path / left.pop()).stat().st_mode & 0o777 == 0o600
    write_ledger(target, [["x"]], COLUMNS)
    assert {path.name for path in tmp_path.iterdir()} == {"a.xlsx", other.name}


@pytest.mark.parametrize(("most", "value"), [("MOST_ROWS", 1_000), ("MOST_BYTES", 10_000)])
def test_a_list_that_no_sheet_can_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str, value: int
) -> None:
    monkeypatch.setattr(sheet_file, most, value)
    with pytest.raises(Refusal) as caught:
        write_ledger(tmp_path / "a.xlsx", ([NAME] for _ in range(1_000)), COLUMNS)
    assert caught.value.code == "too_long"
    assert list(tmp_path.iterdir()) == []
    assert write_ledger(tmp_path / "a.xlsx", ([NAME] for _ in range(50)), COLUMNS) == 50


def test_the_size_of_the_sheet_is_not_misstated(tmp_path: Path) -> None:
    """Some readers believe the stated size and would stop after the header."""
    made = Workbook()
    sheet: Any = made.active
    sheet.append(["甲"])
    sheet_file.write_sheet(tmp_path / "a.xlsx", made, (row_xml(n, ["乙"], [look(sheet)]) for n in range(2, 12)))
    streamed = load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert sum(1 for _ in streamed.active.iter_rows()) == 11
    streamed.close()
