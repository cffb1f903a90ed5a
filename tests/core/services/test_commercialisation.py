"""Commercialisation: filing of licences, pledges, open licences, and the list of patents that nobody uses."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.core import clocks
from desktop.core.refusal import Refusal
from tests.core.services.hand import Hand, begun
from tests.core.services.ways import ALL_GOOD, OFFICER, WAYS
from tests.core.walks import BOOK, shipped_rules

FREE = {"sole_licensed": "否", "suspended": "否", "fee_unpaid": "否", "pledged": "否"}
LICENCE = {"examiner": OFFICER, **ALL_GOOD, **FREE}


def opened(category: str, on: str, **more: str) -> Hand:
    return Hand("commercialisation", {**WAYS["commercialisation", category].opening, **more}, on)


# ---------------------------------------------------------------- licences, pledges


def test_a_licence_is_filed_within_three_months_of_its_effect() -> None:
    """Handbook 13a case 18; 细则 art. 15."""
    hand = opened("licence", "2026-06-30", effective_on="2026-06-25")
    assert hand.due("licence_filing") == "2026-09-28"
    clock = hand.case.clock("licence_filing")
    assert clock is not None
    assert (clock.owner, clock.kind, clock.status) == ("applicant", "legal", "已核对")
    told = "\n".join(clocks.explain(clock, BOOK.calendar, date(2026, 7, 1)))
    assert "2026-06-25（周四）当日不计" in told
    assert "2026-09-28" in told


def test_the_day_of_effect_may_be_told_later() -> None:
    hand = opened("licence", "2026-06-30", effective_on="")
    assert not hand.running()
    check = {"examiner": OFFICER, "counterparty": "白沙示例有限公司", **ALL_GOOD}
    assert hand.refused("check_contract", "2026-07-02", **check).data["input"] == "effective_on"
    hand.do("check_contract", "2026-07-02", effective_on="2026-06-25", **check)
    assert hand.due("licence_filing") == "2026-09-28"
    hand.do("submit", "2026-07-06")
    assert not hand.running()


def test_a_licence_that_is_late_is_doubted_not_refused() -> None:
    hand = opened("licence", "2026-06-30", effective_on="2026-03-02")
    hand.do("check_contract", "2026-06-30", examiner=OFFICER, **ALL_GOOD)
    assert hand.warnings == ["许可合同备案期限 2026-06-02 已过"]


def test_another_day_of_effect_than_at_first_is_pointed_out() -> None:
    hand = opened("licence", "2026-06-30", effective_on="2026-06-25")
    hand.do("check_contract", "2026-07-02", examiner=OFFICER, effective_on="2026-06-20", **ALL_GOOD)
    assert any("2026-06-25 不同" in warning for warning in hand.warnings)
    assert hand.due("licence_filing") == "2026-09-28"


@pytest.mark.parametrize(
    ("action", "clock", "due"),
    [("submit", "pledge_review", "2026-10-13"), ("submit_online", "pledge_online", "2026-10-09")],
)
def test_a_pledge_is_examined_in_five_working_days_and_online_in_two(action: str, clock: str, due: str) -> None:
    hand = opened("pledge", "2026-09-28")
    hand.do("check_contract", "2026-09-28", examiner=OFFICER, counterparty="甲", effective_on="2026-09-01", **ALL_GOOD)
    hand.do(action, "2026-09-30")
    assert hand.running() == {clock}
    assert hand.due(clock) == due


def test_only_a_pledge_goes_online_and_only_a_licence_has_a_legal_limit() -> None:
    hand = begun("commercialisation", "transfer", "submit")
    assert not hand.running()
    assert hand.refused("submit_online", "2026-07-06").code == "not_this_category"


def test_registered_no_earlier_than_submitted() -> None:
    hand = begun("commercialisation", "transfer", "register")
    refusal = hand.refused("register", "2026-07-20", record_number="1", registered_on="2026-07-03")
    assert refusal.data["input"] == "registered_on"


# ---------------------------------------------------------------- open licence


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"sole_licensed": "是"}, "独占或排他"),
        ({"suspended": "是"}, "中止"),
        ({"fee_unpaid": "是"}, "年费"),
        ({"pledged": "是"}, "质权人"),
        ({"pledged": "是", "pledgee_consents": "否"}, "质权人"),
        ({"granted_on": "2026-07-03"}, ""),
    ],
)
def test_what_bars_an_open_licence(answers: dict[str, str], said: str) -> None:
    """细则 arts 85, 86."""
    hand = opened("open_licence", "2026-06-30")
    refusal = hand.refused("check_open_licence", "2026-07-02", **{**LICENCE, **answers})
    assert refusal.code == ("open_licence_barred" if said else "bad_input")
    assert said in refusal.reason


def test_with_the_pledgee_s_consent_it_may_go_on() -> None:
    hand = opened("open_licence", "2026-06-30")
    hand.do("check_open_licence", "2026-07-02", **{**LICENCE, "pledged": "是", "pledgee_consents": "是"})
    assert hand.refused("declare", "2026-07-03", fee_terms="免费").data["input"] == "period"
    hand.do("declare", "2026-07-03", fee_terms="免费", period="三年")
    hand.do("announce", "2026-07-20")
    hand.do("licensed", "2026-08-03", counterparty="甲")
    hand.do("licensed", "2026-08-10", counterparty="乙")
    assert hand.case.stage == "OPEN_LICENSED"


# ---------------------------------------------------------------- the list


def test_three_years_after_the_grant_are_awaited_and_not_moved() -> None:
    """Handbook 13a case 13: 2026-11-22 is a Sunday."""
    hand = opened("open_list", "2026-06-30", granted_on="2023-11-22")
    assert hand.due("implementation") == "2026-11-22"
    clock = hand.case.clock("implementation")
    assert clock is not None
    assert (clock.kind, clock.roll) == ("watch", False)
    before = clocks.read(clock, BOOK.calendar, date(2026, 11, 21))
    there = clocks.read(clock, BOOK.calendar, date(2026, 11, 22))
    after = clocks.read(clock, BOOK.calendar, date(2026, 11, 30))
    assert [reading.reached for reading in (before, there, after)] == [False, True, True]
    assert not any(reading.overdue or reading.provisional for reading in (before, there, after))


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert opened("open_list", "2026-06-30", granted_on="2024-02-29").due("implementation") == "2027-02-28"


def test_nothing_is_listed_before_the_three_years_are_full() -> None:
    hand = begun("commercialisation", "open_list", "list")
    assert hand.running() == {"implementation"}
    assert hand.refused("list", "2026-11-21", not_implemented_reason="无人实施").code == "not_yet_overdue"
    assert "list" not in hand.offered("2026-11-21")
    assert "list" in hand.offered("2026-11-22")
    hand.do("list", "2026-11-22", "组长", not_implemented_reason="无人实施")
    assert hand.case.stage == "LISTED"
    assert hand.case.facts["listed_on"] == "2026-11-22"
    assert not hand.running()


def test_a_good_reason_is_looked_at_again_on_its_day() -> None:
    hand = begun("commercialisation", "open_list", "list")
    hand.do("excuse", "2026-11-20", not_implemented_reason="待临床批件", next_day="2026-12-20")
    assert hand.running() == {"check_again"}, "what has a good reason is not called for until its day"
    assert hand.due("check_again") == "2026-12-20"
    assert "list" not in hand.offered("2026-12-20")
    hand.do("excuse_over", "2026-12-20")
    assert hand.running() == {"implementation"}
    assert hand.due("implementation") == "2026-11-22"
    hand.do("list", "2026-12-21")
    assert hand.case.facts["not_implemented_reason"] == "待临床批件"


def test_a_patent_in_use_leaves_the_watch() -> None:
    hand = begun("commercialisation", "open_list", "list")
    hand.do("implemented", "2026-10-12", implementation="自行生产")
    assert (hand.case.stage, hand.case.outcome) == ("IMPLEMENTED", "已实施")
    assert not hand.case.live_clocks()


def test_from_the_list_to_an_open_licence() -> None:
    hand = begun("commercialisation", "open_list", "trade")
    terms = {"fee_terms": "免费", "period": "三年"}
    assert hand.refused("declare_listed", "2026-11-24", fee_unpaid="是", **terms).code == "open_licence_barred"
    hand.do("declare_listed", "2026-11-24", **terms)
    hand.do("announce", "2026-12-01")
    hand.do("end_open_licence", "2026-12-20", end_reason="撤回")
    assert hand.case.outcome == "开放许可办结"


@pytest.mark.parametrize(("change", "name"), [({"granted_on": ""}, "granted_on"), ({"funded": "否"}, "funded")])
def test_only_public_money_and_a_grant_open_the_watch(change: dict[str, str], name: str) -> None:
    with pytest.raises(Refusal) as caught:
        opened("open_list", "2026-06-30", **change)
    assert caught.value.data["input"] == name


def test_the_watch_is_only_for_the_list() -> None:
    assert "implementation" not in opened("open_licence", "2026-06-30").running()


# ---------------------------------------------------------------- the rest


def test_an_assessment_before_filing_is_recorded_anywhere() -> None:
    hand = opened("transfer", "2026-06-30")
    hand.do("assess", "2026-07-01", grade="一级", assessment="技术成熟")
    assert (hand.case.stage, hand.case.facts["grade"]) == ("RECEIVED", "一级")


def test_lists_for_others_name_facts_that_their_cases_have() -> None:
    procedure = shipped_rules("commercialisation").procedure
    asked = procedure.fact_labels
    assert {referral.id for referral in procedure.referrals} == {"open_list", "product", "open_licence"}
    for referral in procedure.referrals:
        assert {column.fact for column in referral.columns} <= asked.keys()
        assert len({column.label for column in referral.columns}) == len(referral.columns)


@pytest.mark.parametrize(("text", "kept"), [("1,234.5", "1234.5"), ("30", "30")])
def test_amounts_are_numbers(text: str, kept: str) -> None:
    hand = begun("commercialisation", "finance", "matched")
    assert hand.refused("matched", "2026-07-20", amount="约三十万").data["input"] == "amount"
    hand.do("matched", "2026-07-20", amount=text)
    assert hand.case.facts["amount"] == kept


def test_materials_are_checked_item_by_item() -> None:
    hand = begun("commercialisation", "licence", "check_contract")
    given = {"examiner": OFFICER, "counterparty": "甲", "effective_on": "2026-06-25"}
    assert hand.refused("check_contract", "2026-07-02", **given).code == "checklist_incomplete"
    other = begun("commercialisation", "open_licence", "check_open_licence")
    assert other.refused("check_open_licence", "2026-07-02", examiner=OFFICER, ZK5="缺陷", checklist="符合").code == (
        "checklist_defect"
    )


def test_what_is_not_paid_by_public_money_is_not_tracked() -> None:
    hand = begun("commercialisation", "open_list", "track")
    assert hand.refused("track", "2026-07-01", funded="否").code == "not_funded"


def test_the_next_look_at_an_excuse_lies_ahead() -> None:
    hand = begun("commercialisation", "open_list", "list")
    refusal = hand.refused("excuse", "2026-11-20", not_implemented_reason="甲", next_day="2026-11-20")
    assert refusal.data["input"] == "next_day"


def test_a_reopened_end_counts_on() -> None:
    """The awaited date is no deadline that stands still while a case was ended by mistake: it is a date."""
    hand = begun("commercialisation", "open_list", "list")
    hand.do("implemented", "2026-10-12", implementation="误记")
    hand.do("reopen", "2026-11-02", reason="误办")
    assert hand.running() == {"implementation"}
    assert hand.due("implementation") == "2026-11-22"
