"""Lists for platforms outside: what was told, as text, wide enough to be read."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from desktop.exchange.referral import write_referral


def test_the_list_is_what_was_told(tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    rows = [("SDZH-2026-0000001", "=1+1", "一种" + "很长" * 12 + "的名称"), ("2", "", "短")]
    assert write_referral(target, "清单", "某平台", ("案号", "公式", "名称"), iter(rows)) == 2
    sheet = load_workbook(target).active
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)] == [list(row) for row in rows]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "inlineStr"}
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths[0] >= len("SDZH-2026-0000001")
    assert widths[1] == 10
    assert 40 <= widths[2] <= 44
    assert sheet.oddHeader.center.text == "清单（某平台）"


def test_an_empty_list_still_names_its_columns(tmp_path: Path) -> None:
    target = tmp_path / "空.xlsx"
    assert write_referral(target, "清单", "", ("案号", "名称"), []) == 0
    assert [cell.value for cell in load_workbook(target).active[1]] == ["案号", "名称"]
