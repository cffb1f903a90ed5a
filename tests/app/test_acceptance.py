"""The worked cases of the field's handbook (13a and 11.5) through the use cases."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.app.desk import Desk
from desktop.core.checks import LATE_PAYMENT
from desktop.core.classes import check_ipc
from desktop.core.fields import Field, FieldTable
from desktop.core.identifiers import check_application_number, check_uscc
from desktop.core.terms import FieldGrade, PatentType
from tests.app.desks import NUMBERS, SHA_A, SHA_B, Walk, day, take

# 11.5: start, amount, unit, due
WORKED = [
    ("2026-02-12", 3, "workday", "2026-02-24"),
    ("2026-02-12", 5, "workday", "2026-02-26"),
    ("2026-02-12", 10, "workday", "2026-03-04"),
    ("2026-09-24", 3, "workday", "2026-09-30"),
    ("2026-09-30", 5, "workday", "2026-10-13"),
    ("2025-01-24", 5, "workday", "2025-02-07"),
    ("2025-09-26", 10, "workday", "2025-10-16"),
    ("2026-04-30", 5, "workday", "2026-05-11"),
    ("2026-01-01", 1, "workday", "2026-01-04"),
    ("2025-12-31", 2, "month", "2026-02-28"),
    ("2026-08-01", 2, "month", "2026-10-08"),
    ("2025-08-03", 2, "month", "2025-10-09"),
    ("2026-06-25", 3, "month", "2026-09-28"),
    ("2026-03-05", 7, "month", "2026-10-08"),
    ("2026-01-02", 45, "day", "2026-02-24"),
    ("2026-09-17", 15, "day", "2026-10-08"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "due"), WORKED)
def test_worked_examples(desk: Desk, start: str, amount: int, unit: str, due: str) -> None:
    calendar = desk.calendar
    count = {"workday": calendar.add, "month": calendar.add_months, "day": calendar.add_days}[unit]
    assert count(day(start), amount) == (day(due), False)


def test_1_invention_accepted_before_spring_festival(desk: Desk) -> None:
    case = take(desk, "2026-02-11").accept("2026-02-12")
    limit = case.limit("examination", "2026-02-12")
    assert (limit.due_on, limit.limit, limit.provisional) == (day("2026-03-04"), 10, False)
    assert case.view("2026-02-12").due_on == day("2026-03-04")


def test_2_design_accepted_before_national_day(desk: Desk) -> None:
    case = take(desk, "2026-09-29", "外观设计").accept("2026-09-30")
    assert case.limit("examination", "2026-09-30").due_on == day("2026-10-13")


def test_2b_utility_model_has_seven_days(desk: Desk) -> None:
    case = take(desk, "2026-03-02", "实用新型").accept("2026-03-02")
    assert case.limit("examination", "2026-03-02").due_on == day("2026-03-11")


def test_3_three_working_days_to_file(desk: Desk) -> None:
    case = take(desk, "2026-04-27").accept("2026-04-28").assign("2026-04-28").pass_("2026-04-30")
    assert case.view("2026-04-30").due_on == day("2026-05-08")
    case.refused("lapse", "2026-05-08")
    assert case.act("lapse", "2026-05-09").stage == "LAPSED"


def test_4_waiting_moves_the_date_and_keeps_the_remainder(desk: Desk) -> None:
    case = take(desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    before = case.limit("examination", "2026-03-05")
    assert (before.due_on, before.remaining) == (day("2026-03-16"), 7)
    case.act("issue_opinion", "2026-03-05", opinion="一、缺少必要技术特征。")
    waiting = case.limit("examination", "2026-03-09")
    assert (waiting.state, waiting.due_on, waiting.remaining) == ("paused", None, 7)
    assert case.view("2026-03-09").paused == 7
    case.act("reply", "2026-03-09")  # two working days later
    after = case.limit("examination", "2026-03-09")
    assert (after.state, after.due_on, after.remaining, after.used) == ("running", day("2026-03-18"), 7, 3)


def second_round(desk: Desk) -> Walk:
    case = take(desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    for sent, replied in (("2026-03-03", "2026-03-04"), ("2026-03-05", "2026-03-06")):
        case.act("issue_opinion", sent, opinion="有缺陷。")
        case.act("reply", replied)
        case.act("recheck", replied)
    return case


def test_5_no_third_opinion(desk: Desk) -> None:
    case = second_round(desk)
    refusal = case.refused("issue_opinion", "2026-03-09", opinion="第三次意见")
    assert refusal.code == "no_rounds_left"
    offered = {action.action: action for action in case.view("2026-03-09").actions}
    assert not offered["issue_opinion"].enabled
    assert offered["issue_opinion"].reason == refusal.reason
    assert offered["pass"].enabled
    assert offered["fail"].enabled
    outcome = case.act("fail", "2026-03-09", reason="权利要求 1 不具备创造性。")
    assert outcome.stage == "FAILED"
    assert outcome.notice is not None
    assert "权利要求 1 不具备创造性。" in outcome.notice[1]


def test_7_number_of_another_type(desk: Desk) -> None:
    case = take(desk).accept("2026-03-02").assign("2026-03-02").pass_("2026-03-03")
    refusal = case.refused("file", "2026-03-04", application_number=NUMBERS["实用新型"])
    assert refusal.code == "bad_input"
    assert "类型与申请号不符" in refusal.reason or "不符" in refusal.reason
    assert case.file("2026-03-04").view("2026-03-04").application_number.replace(".", "") == "2026199999995"


def test_8_check_digit() -> None:
    check = check_application_number("ZL202323456789.2", PatentType.DESIGN)
    assert not check.valid
    assert "5" in check.reason


def test_9_social_credit_code() -> None:
    check = check_uscc("91350100M000100Y4Z")
    assert not check.valid
    assert "3" in check.reason


def filed_case(desk: Desk, **passed: str) -> Walk:
    case = take(desk).accept("2026-03-02").assign("2026-03-02").pass_("2026-03-03", **passed)
    return case.file("2026-03-04")


def test_10_late_payment_warns_and_does_not_refuse(desk: Desk) -> None:
    case = filed_case(desk)
    outcome = case.act("pay", "2026-03-06")
    assert outcome.warnings == (LATE_PAYMENT,)
    assert outcome.stage == "FILED"
    assert LATE_PAYMENT in case.view("2026-03-06").warnings
    assert case.limit("payment", "2026-03-06").state == "late"
    case.act("upload", "2026-03-06")
    assert case.act("tag", "2026-03-06", consistency="一致").stage == "TAGGED"


def test_10b_payment_on_the_next_working_day_is_in_time(desk: Desk) -> None:
    case = filed_case(desk)
    assert case.act("pay", "2026-03-05").warnings == ()
    assert case.limit("payment", "2026-03-05").state == "met"


def test_11_other_text_than_the_passed_one(desk: Desk) -> None:
    case = filed_case(desk, passed_sha256=SHA_A)
    case.act("upload", "2026-03-04", paid_on="2026-03-04")
    assert case.refused("compare", "2026-03-04", filed_sha256=SHA_B, consistency="一致").code == "hash_mismatch"
    case.act("compare", "2026-03-04", filed_sha256=SHA_B, consistency="不一致", difference="权利要求 2 被改动")
    # once the difference is known, leaving the value out does not make it go away
    assert case.refused("compare", "2026-03-04", consistency="一致").code == "hash_mismatch"
    assert case.refused("tag", "2026-03-04").code == "mismatch_needs_reason"
    outcome = case.act("tag", "2026-03-04", mismatch_reason="仅更正明显错别字，经复核同意")
    assert outcome.stage == "TAGGED"
    assert outcome.warnings == ("文本不一致仍打标",)


def test_11b_equal_texts_need_no_reason(desk: Desk) -> None:
    case = filed_case(desk, passed_sha256=SHA_A)
    case.act("upload", "2026-03-04", paid_on="2026-03-04")
    case.act("tag", "2026-03-04", filed_sha256=SHA_A.upper(), consistency="一致")
    assert case.view("2026-03-04").stage == "TAGGED"


def test_14_no_list_of_2027(desk: Desk) -> None:
    case = take(desk, "2026-12-24").accept("2026-12-25")
    limit = case.limit("examination", "2026-12-25")
    assert limit.due_on == day("2027-01-08")
    assert limit.provisional
    assert "暂定" in limit.why
    assert any("2026 年以后" in line for line in limit.explanation)
    view = case.view("2026-12-25")
    assert view.due_on is not None
    assert view.provisional
    row = desk.rows([view.key], today=date(2026, 12, 25))[0]
    assert row.provisional


@pytest.mark.parametrize(
    ("rules", "grade"),
    [(("G06F11*", "G06F21*"), FieldGrade.FULL_MISS), (("G06F",), FieldGrade.FULL_HIT)],
)
def test_17_class_against_the_field_list(rules: tuple[str, ...], grade: FieldGrade) -> None:
    table = FieldTable([Field("it", "新一代信息技术", ipc=rules, completeness="complete")])
    assert check_ipc("G06F 16/29").valid
    assert table.match(PatentType.INVENTION, ["G06F 16/29"]).grade is grade


@pytest.mark.parametrize("patent_type", list(PatentType))
def test_each_type_from_receipt_to_grant(desk: Desk, patent_type: PatentType) -> None:
    case = take(desk, "2026-03-02", patent_type.value).accept("2026-03-03").assign("2026-03-03")
    case.pass_("2026-03-04").file("2026-03-05")
    case.act("pay", "2026-03-05")
    case.act("upload", "2026-03-05")
    case.act("tag", "2026-03-06", consistency="一致")
    case.act("office_action", "2026-03-20")
    days = {"发明": "2026-04-03", "实用新型": "2026-03-27", "外观设计": "2026-03-27"}[patent_type.value]
    assert case.limit("office_reply", "2026-03-20").due_on == day(days)
    case.act("office_reply", "2026-03-25")
    case.act("grant_notice", "2026-04-10")
    assert case.limit("registration", "2026-04-10").due_on == day("2026-06-10")
    case.refused("abandon", "2026-06-10")
    outcome = case.act("grant", "2026-05-12", publication_number="CN 1")
    assert outcome.stage == "GRANTED"
    view = case.view("2026-05-12")
    assert view.ended
    assert view.due_on is None
    assert all(limit.state in ("met", "void") for limit in view.limits), view.limits
    assert [step.state for step in view.steps] == ["done"] * 9
