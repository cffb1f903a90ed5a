"""Headers as people and platforms write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop.core.intake import LABELS, examine_rows
from desktop.core.refusal import Refusal
from desktop.exchange.columns import load_columns, normal_title
from desktop.exchange.reading import Sheet, read_workbook
from desktop.exchange.recognition import recognise, source_rows
from tests.exchange.files import HEADER, book, case_row


def sheet(*rows: Sequence[Any]) -> Sheet:
    return Sheet(Path("a.xlsx"), "清单", ("清单",), "xlsx", "0" * 64, [list(row) for row in rows])


def row_numbers(table: Sheet) -> list[int]:
    return [row.row for row in source_rows(table, recognise(table))]


def test_the_dictionary_and_the_rules_name_the_same_fields() -> None:
    assert {name: field.label for name, field in load_columns().fields.items()} == LABELS


def test_a_header_under_title_rows() -> None:
    table = sheet(["预审案件导出表"], [None], ["制表：甲", None, "接收日期：见下"], HEADER, case_row(1))
    found = recognise(table)
    assert found.header_row == 4
    assert found.columns["received_on"].index == 2
    assert found.missing == ()
    assert row_numbers(table) == [5]


def test_titles_with_debris() -> None:
    found = recognise(sheet(["接收日期*", "专利\n类型", "发明名称 ：", "申请人（单位）", "ＩＰＣ主分类"]))
    assert set(found.columns) == {"received_on", "patent_type", "title", "party", "main_class"}
    assert found.missing == ()


def test_a_hint_in_brackets_is_dropped() -> None:
    found = recognise(sheet(["接收日期（YYYY-MM-DD）", "发明名称", "标题（英文）", "申请主体"]))
    assert found.columns["received_on"].how == "loose"
    assert found.columns["title"].title == "发明名称"


def test_a_foreign_title_is_never_the_title() -> None:
    assert "title" not in recognise(sheet(["标题 (英文)", "申请人", "专利类型"])).columns


def test_a_header_merged_over_two_rows(tmp_path: Path) -> None:
    def shape(page: Any) -> None:
        for row in (["接收日期", "案件信息", None, "申请主体"], [None, "专利类型", "发明名称", None]):
            page.append(row)
        page.merge_cells("A1:A2")
        page.merge_cells("B1:C1")
        page.merge_cells("D1:D2")
        page.append(["2026-01-04", "发明", "一种装置", "甲公司"])

    found = recognise(read_workbook(book(tmp_path / "a.xlsx", [], shape)))
    assert {field: match.index for field, match in found.columns.items()} == {
        "received_on": 0,
        "patent_type": 1,
        "title": 2,
        "party": 3,
    }


def test_blank_columns_between() -> None:
    table = sheet([None, "接收日期", None, "发明名称"], [None, "2026-01-04", None, "甲"])
    assert next(source_rows(table, recognise(table))).values["title"] == "甲"


def test_of_two_equal_columns_the_first_is_taken_and_that_is_said() -> None:
    found = recognise(sheet(["发明名称", "申请人", "发明名称", "专利类型"]))
    assert found.columns["title"].index == 0
    assert any("第 3 列" in warning for warning in found.warnings)


def test_the_standard_name_comes_before_an_alias() -> None:
    found = recognise(sheet(["名称", "申请人", "发明名称"]))
    assert found.columns["title"].index == 2


def test_what_is_not_a_row() -> None:
    table = sheet(
        HEADER,
        case_row(1),
        [None] * 9,
        ["", "　", None],
        [7],
        HEADER,
        case_row(2),
        ["小计", None, None, None, None, None, None, None, 2],
        ["合 计：", None, None, "2件"],
        [None, "总计（2件）"],
    )
    assert row_numbers(table) == [2, 7]


def test_a_case_may_be_called_total() -> None:
    table = sheet(["发明名称", "申请主体", "专利类型"], ["合计", "甲公司", "发明"])
    assert row_numbers(table) == [2]


def test_filing_and_submission_dates_are_not_the_received_date() -> None:
    for title in ("申请日", "提交日期", "受理日", "filing_date"):
        found = recognise(sheet([title, "专利类型", "发明名称", "申请人", "主分类号"]))
        assert "received_on" not in found.columns
        assert found.missing == ("接收日期",)
        with pytest.raises(Refusal) as no:
            found.require_complete()
        assert no.value.code == "missing_columns"
        assert no.value.data["missing"] == ["接收日期"]
        assert "不会自动采用" in no.value.reason


def test_a_person_may_map_it_and_that_is_remembered() -> None:
    table = sheet(["申请日", "专利类型", "发明名称", "申请人", "IPC"], ["2026-01-04", "发明", "甲", "乙", "G06F 16/29"])
    chosen = recognise(table).remapped({"received_on": "申请日"})
    chosen.require_complete()
    assert not any("申请日" in warning for warning in chosen.warnings)
    again = recognise(table, chosen.mapping())
    assert again.columns["received_on"].how == "remembered"
    assert again.fingerprint == chosen.fingerprint
    assert [row.errors for row in examine_rows(source_rows(table, again))] == [()]


def test_remapping_by_place_and_to_nothing() -> None:
    found = recognise(sheet(["发明名称", "申请人", "甲列"]))
    assert found.remapped({"note": 2}).columns["note"].title == "甲列"
    assert found.unknown == ("甲列",)
    assert found.remapped({"note": 2}).unknown == ()
    assert "申请主体" in found.remapped({"party": None}).missing
    for wrong in ({"note": 9}, {"note": "没有的列"}, {"没有的字段": 0}):
        with pytest.raises(Refusal):
            found.remapped(wrong)


def test_a_remembered_title_that_is_gone_is_ignored() -> None:
    assert "note" not in recognise(sheet(["发明名称", "申请人"]), {"note": "甲列"}).columns


def test_the_main_class_may_come_from_the_list_of_classes() -> None:
    found = recognise(sheet(["接收日期", "专利类型", "发明名称", "申请人", "Int.Cl."]))
    assert found.missing == ()
    assert any("第一个分类号" in warning for warning in found.warnings)


def test_no_header_is_a_sentence() -> None:
    for table in (sheet(), sheet(["甲", "乙"], [1, 2]), sheet(["发明名称"])):
        with pytest.raises(Refusal) as no:
            recognise(table)
        assert no.value.code == "no_header"


def test_samples() -> None:
    found = recognise(sheet(["发明名称", "申请人"], ["甲", None], ["乙", "丙"], ["丁"], ["戊"]))
    assert found.samples == (("甲", "乙", "丁"), ("丙",))


def test_the_fingerprint_is_of_the_header_alone() -> None:
    one = recognise(sheet(["标题"], ["发明名称", "申请人 "], ["甲", "乙"]))
    two = recognise(sheet(["发明名称*", "申请人"], ["丙", "丁"]))
    other = recognise(sheet(["发明名称", "申请人", "备注"]))
    assert one.fingerprint == two.fingerprint != other.fingerprint


def test_a_whole_made_up_list(tmp_path: Path) -> None:
    rows = [
        ["导出表"],
        HEADER,
        case_row(1),
        case_row(
            2,
            接收日期="2026年1月4日",
            专利类型="外观",
            平台案号="ＹＳ370120263000002",
            主分类号="14-02 (15)",
            全部分类号="",
        ),
        case_row(3, 接收日期="2026年3月"),
        case_row(4, 主分类号="G06F16"),
        case_row(1),
        ["合计", None, None, None, None, None, None, None, 5],
    ]
    table = read_workbook(book(tmp_path / "a.xlsx", rows))
    found = list(examine_rows(source_rows(table, recognise(table))))
    assert [(row.row, [error.column for error in row.errors]) for row in found] == [
        (3, []),
        (4, []),
        (5, ["接收日期"]),
        (6, ["主分类号"]),
        (7, ["平台案号"]),
    ]


def test_titles_are_compared_without_their_debris() -> None:
    assert normal_title(" ＩＰＣ 主分类\n号*： ") == "ipc主分类号"
