"""Rows of a list become facts, or reasons that somebody can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.cells import date_of, text_of
from desktop.core.intake import LABELS, IntakeRow, examine_row, examine_rows, intake_key

GOOD: dict[str, Any] = {
    "platform_number": "YS370120261000001",
    "received_on": date(2026, 1, 4),
    "patent_type": "发明",
    "title": "一种测试装置",
    "party": "甲测试有限公司",
    "main_class": "G06F 16/29",
    "classes": "G06F 16/29; G06N 3/04",
}


def row(**changes: Any) -> IntakeRow:
    values = {**GOOD, **changes}
    return examine_row(7, values, {name: LABELS[name] for name in values})


def only_error(**changes: Any) -> tuple[str, str, str]:
    errors = row(**changes).errors
    assert len(errors) == 1, errors
    return errors[0].column, errors[0].reason, errors[0].value


def test_a_good_row() -> None:
    found = row(phone=13800000000, note=" 急　", application_number="202010700365.0", agency_code="37221")
    assert found.errors == ()
    assert found.warnings == ()
    assert found.facts == {
        "platform_number": "YS370120261000001",
        "received_on": "2026-01-04",
        "patent_type": "发明",
        "title": "一种测试装置",
        "party": "甲测试有限公司",
        "main_class": "G06F 16/29",
        "classes": "G06F 16/29; G06N 3/04",
        "phone": "13800000000",
        "note": "急",
        "application_number": "202010700365.0",
        "agency_code": "37221",
    }


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 1, 4),
        datetime(2026, 1, 4, 9, 30),
        "2026-01-04",
        "2026/1/4",
        "2026.01.04",
        "2026年1月4日",
        "2026年01月04号",
        "20260104",
        20260104,
        "２０２６－０１－０４",
        "　2026-1-4 ",
        "2026/1/4 0:00",
        "2026-01-04 10:30:15",
        "2026-01-04T10:30:15",
    ],
)
def test_date_styles(cell: Any) -> None:
    found = row(received_on=cell)
    assert found.errors == ()
    assert found.warnings == ()
    assert found.facts["received_on"] == "2026-01-04"


@pytest.mark.parametrize("cell", [46026, 46026.0, 46026.75, "46026", "46026.0"])
def test_a_serial_number_is_taken_and_said(cell: Any) -> None:
    found = row(received_on=cell)
    assert found.facts["received_on"] == "2026-01-04"
    assert "日期序号" in found.warnings[0]
    assert "2026-01-04" in found.warnings[0]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2026年3月", "缺少日"),
        ("2026-03", "缺少日"),
        (2026.03, "缺少日"),
        ("2026年", "只写到年"),
        (2026, "只写到年"),
        ("2026-02-30", "没有这一天"),
        ("20261301", "没有这一天"),
        ("1985-03-31", "早于专利法施行日"),
        (date(1900, 1, 1), "早于专利法施行日"),
        ("2206-01-04", "年份超过"),
        (99999, "日期序号"),
        ("1/4/2026", "次序不能确定"),
        ("26-1-4", "次序不能确定"),
        ("4-Jan-26", "次序不能确定"),
        ("#N/A", "公式错误"),
        ("昨天", "不是能认出的日期"),
        (True, "不是能认出的日期"),
        (None, "接收日期为空"),
        ("　", "接收日期为空"),
    ],
)
def test_dates_that_are_refused(cell: Any, reason: str) -> None:
    column, said, _ = only_error(received_on=cell)
    assert column == "接收日期"
    assert reason in said


def test_the_received_date_against_today() -> None:
    titles = dict(LABELS)
    late = examine_row(1, {**GOOD, "received_on": "2028-01-01"}, titles, date(2026, 11, 22))
    assert "比今天" in late.errors[0].reason
    soon = examine_row(1, {**GOOD, "received_on": "2026-12-01"}, titles, date(2026, 11, 22))
    assert soon.errors == ()
    assert "晚于今天" in soon.warnings[0]


@pytest.mark.parametrize(
    ("text", "official", "symbol"),
    [
        ("发明专利", "发明", "G06F 16/29"),
        ("发明申请", "发明", "G06F 16/29"),
        ("发明授权", "发明", "G06F 16/29"),
        ("新型", "实用新型", "G06F 16/29"),
        ("实用 新型专利", "实用新型", "G06F 16/29"),
        ("外观", "外观设计", "14-02"),
        ("外观专利", "外观设计", "14-02"),
        ("外观设计专利　", "外观设计", "14-02"),
        ("PCT发明", "发明", "G06F 16/29"),
    ],
)
def test_patent_type_words(text: str, official: str, symbol: str) -> None:
    found = row(patent_type=text, main_class=symbol, classes=None, platform_number=None)
    assert found.errors == ()
    assert found.facts["patent_type"] == official


def test_an_unknown_type_is_named() -> None:
    assert only_error(patent_type="商标") == ("专利类型", "不是发明、实用新型或外观设计", "商标")


@pytest.mark.parametrize(
    ("symbol", "normal"),
    [
        ("A47J27/00(2006.01)I", "A47J 27/00"),
        ("Ｇ０６Ｆ　１６／２９", "G06F 16/29"),
        ("g06f16/29", "G06F 16/29"),
        ("G06F\xa016/29", "G06F 16/29"),
    ],
)
def test_spellings_of_a_class(symbol: str, normal: str) -> None:
    assert row(main_class=symbol, classes=None).facts["main_class"] == normal


def test_the_type_says_which_scheme() -> None:
    design = row(patent_type="外观设计", main_class="09-01 (12)", classes="09-01 (12)", platform_number=None)
    assert design.facts["main_class"] == "09-01"
    assert "洛迦诺" in only_error(patent_type="外观设计", classes=None, platform_number=None)[1]
    assert "IPC" in only_error(main_class="14-02", classes=None)[1]


def test_the_first_of_all_classes_when_the_main_column_is_blank() -> None:
    found = row(main_class="")
    assert found.facts["main_class"] == "G06F 16/29"
    assert "全部分类号" in found.warnings[0]


def test_all_classes_without_a_main_column() -> None:
    values = {name: value for name, value in GOOD.items() if name != "main_class"}
    titles = {**{name: LABELS[name] for name in values}, "classes": "Int.Cl."}
    found = examine_row(2, {**values, "classes": "E03C1/182(2006.01)I;??E03C1/18(2006.01)I"}, titles)
    assert found.errors == ()
    assert found.facts["classes"] == "E03C 1/182; E03C 1/18"
    broken = examine_row(2, {**values, "classes": "E03C"}, titles)
    assert broken.errors[0].column == "Int.Cl."


def test_a_further_class_that_is_wrong_does_not_cost_the_case() -> None:
    found = row(classes="G06F 16/29; G06F16")
    assert found.errors == ()
    assert found.facts["classes"] == "G06F 16/29"
    assert "G06F16" in found.warnings[0]


@pytest.mark.parametrize("cell", ["2.02E+12", "2.02e+12", 2.02e17])
def test_damaged_application_numbers(cell: Any) -> None:
    _, reason, _ = only_error(application_number=cell)
    assert "电子表格" in reason


def test_an_application_number_of_another_type() -> None:
    assert "类型与申请号不符" in only_error(application_number="202020700365.6")[1]


def test_a_wrong_credit_code_names_its_check_character() -> None:
    column, reason, value = only_error(uscc="91350100M000100Y4Z")
    assert (column, value) == ("统一社会信用代码", "91350100M000100Y4Z")
    assert "3" in reason


def test_a_damaged_phone_is_left_out_and_said() -> None:
    found = row(phone="1.38E+10")
    assert found.errors == ()
    assert "phone" not in found.facts
    assert "1.38E+10" in found.warnings[0]


def test_a_damaged_platform_number_is_refused() -> None:
    assert "科学计数法" in only_error(platform_number="2.02E+14")[1]


def test_the_type_digit_of_a_platform_number_only_warns() -> None:
    found = row(platform_number="YS370120262000001")
    assert found.errors == ()
    assert "实用新型" in found.warnings[0]


def test_text_is_the_users_own() -> None:
    found = row(title="\u3000（甲）A/B\n“一种”装置\u200b ", party="张𬭎；Ｂ公司")
    assert found.facts["title"] == "（甲）A/B “一种”装置"
    assert found.facts["party"] == "张𬭎；Ｂ公司"


def test_lengths() -> None:
    assert row(party="甲" * 2000).errors == ()
    assert "2001 字" in only_error(party="甲" * 2001)[1]
    assert "超过 500 字" in only_error(title="甲" * 501)[1]


def test_every_error_names_the_sheets_own_column() -> None:
    titles = {**{name: LABELS[name] for name in GOOD}, "title": "专利名称", "received_on": "收件日"}
    found = examine_row(9, {**GOOD, "title": None, "received_on": "明天"}, titles)
    assert {error.column for error in found.errors} == {"专利名称", "收件日"}
    assert found.row == 9


def test_a_missing_column_is_not_a_blank_cell() -> None:
    values = {name: value for name, value in GOOD.items() if name != "received_on"}
    found = examine_row(1, values, {name: LABELS[name] for name in values})
    assert [(error.column, error.reason) for error in found.errors] == [("接收日期", "表中没有这一列")]


@dataclass
class Raw:
    row: int
    values: dict[str, Any]
    titles: dict[str, str] = field(default_factory=lambda: dict(LABELS))


def test_the_second_row_of_one_case_is_refused() -> None:
    without = {**GOOD, "platform_number": None}
    numbered = {**without, "application_number": "202010700365.0"}
    rows = [
        Raw(3, GOOD),
        Raw(4, {**GOOD, "platform_number": "ｙｓ370120261000001", "title": "别的"}),
        Raw(5, without),
        Raw(6, without),
        Raw(7, numbered),
        Raw(8, {**numbered, "title": "别的"}),
    ]
    found = [[error.reason for error in row.errors] for row in examine_rows(rows)]
    assert found == [
        [],
        ["与第 3 行平台案号重复"],
        [],
        ["与第 5 行名称、主体、类型和接收日期重复"],
        [],
        ["与第 7 行申请号重复"],
    ]


def test_a_refused_row_does_not_block_its_correction_below() -> None:
    found = list(examine_rows([Raw(3, {**GOOD, "title": ""}), Raw(4, GOOD)]))
    assert [bool(row.errors) for row in found] == [True, False]


def test_the_key_follows_the_strongest_number() -> None:
    assert intake_key({"platform_number": "A", "application_number": "B"}) == "platform:A"
    assert intake_key({"application_number": "B"}) == "application:B"
    plain = {"title": "甲", "party": "乙", "patent_type": "发明", "received_on": "2026-01-04"}
    assert intake_key(plain) != intake_key({**plain, "title": "乙", "party": "甲"})


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=40),
    st.from_regex(r"[0-9０-９年月日./\-E+ ]{0,14}", fullmatch=True),
)


@given(st.dictionaries(st.sampled_from(sorted(LABELS)), CELLS))
def test_no_cell_is_too_strange(values: dict[str, Any]) -> None:
    found = examine_row(1, values, {name: LABELS[name] for name in values})
    assert all(error.reason and error.column for error in found.errors)
    assert all(text == text.strip() and text for text in found.facts.values())


@given(CELLS)
def test_a_date_is_either_taken_or_explained(cell: Any) -> None:
    day, error, warning = date_of(cell)
    assert not (day and error)
    assert day or error or not text_of(cell).strip()
    assert day or not warning
