"""Rapid enforcement: seven kinds of matter, each with its own way and its own limits."""

from __future__ import annotations

import pytest

from desktop.core.terms import LimitKind
from tests.core.services.hand import Hand, begun
from tests.core.services.ways import ALL_GOOD, OFFICER, WAYS
from tests.core.walks import shipped_rules

FILE = {"examiner": OFFICER, "officers": f"{OFFICER}、李某、赵某", "jurisdiction": "侵权行为地", **ALL_GOOD}


def opened(category: str, on: str) -> Hand:
    return Hand("enforcement", WAYS["enforcement", category].opening, on)


def filed(on: str) -> Hand:
    hand = opened("ruling", on)
    hand.do("file", on, **FILE)
    return hand


# ---------------------------------------------------------------- administrative ruling


def test_a_request_is_filed_within_five_working_days_and_again_after_a_supplement() -> None:
    hand = opened("ruling", "2026-09-30")
    assert hand.due("filing") == "2026-10-13"
    hand.do("ask_supplement", "2026-10-09", missing="缺证据")
    assert not hand.running()
    hand.do("supplement", "2026-10-12")
    assert hand.running() == {"filing_again"}
    assert hand.due("filing_again") == "2026-10-19"


def test_a_refusal_to_file_is_written_within_the_same_time() -> None:
    hand = opened("ruling", "2026-03-02")
    notice = hand.do("not_file", "2026-03-04", reason="已经起诉").notice
    assert notice is not None
    assert "已经起诉" in notice[1]
    assert (hand.case.stage, hand.case.outcome) == ("NOT_FILED", "不立案")
    assert [clock.state for clock in hand.case.clocks] == ["stopped"]


def test_serving_the_defence_and_the_ruling() -> None:
    hand = filed("2026-06-25")
    assert hand.due("serving") == "2026-07-02"
    assert hand.due("ruling") == "2026-09-28"  # 2026-09-25 is a holiday
    hand.do("serve", "2026-07-02", served_on="2026-07-01")
    assert hand.due("defence") == "2026-07-16"
    assert hand.refused("no_defence", "2026-07-16").code == "not_yet_overdue"
    hand.do("no_defence", "2026-07-17")
    assert hand.running() == {"ruling"}


def test_suspension_moves_the_end_by_its_days() -> None:
    """公告、鉴定、中止 are not counted (7.1)."""
    hand = filed("2026-03-10")
    assert hand.due("ruling") == "2026-06-10"
    hand.do("serve", "2026-03-12")
    hand.do("suspend", "2026-03-20", suspension="鉴定", reason="委托检验")
    assert "中止" in hand.case.flags
    assert "ruling" not in hand.running()
    assert hand.refused("suspend", "2026-03-23", suspension="公告", reason="再停").code == "already_done"
    hand.do("resume", "2026-04-20")
    assert hand.due("ruling") == "2026-07-13"  # 31 days later would be Saturday 2026-07-11
    assert not hand.case.flags


def test_no_ruling_while_the_matter_is_suspended() -> None:
    hand = begun("enforcement", "ruling", "rule")
    hand.do("suspend", "2026-06-16", suspension="中止", reason="无效程序")
    refusal = hand.refused("rule", "2026-06-17", decision="成立", document_number="1")
    assert refusal.code == "suspended"
    assert "恢复计算期限" in refusal.reason


def test_one_extension_of_a_month_by_the_lead() -> None:
    hand = filed("2026-03-10")
    assert hand.refused("extend", "2026-06-01", "承办员", reason="复杂").code == "wrong_role"
    hand.do("extend", "2026-06-01", "组长", reason="案情复杂")
    assert hand.due("ruling") == "2026-07-10"
    assert hand.refused("extend", "2026-06-02", reason="再延").code == "already_done"


def test_fifteen_days_to_sue_from_service_of_the_ruling() -> None:
    hand = begun("enforcement", "ruling", "serve_ruling")
    assert not hand.running()
    refusal = hand.refused("take_effect", "2026-07-21")
    assert refusal.code == "not_begun"
    assert "登记裁决书送达" in refusal.reason
    assert hand.refused("serve_ruling", "2026-07-22", ruling_served_on="2026-07-17").data["input"] == "ruling_served_on"
    hand.do("serve_ruling", "2026-07-22")
    clock = hand.case.clock("appeal")
    assert clock is not None
    assert clock.owner == "applicant"
    assert hand.due("appeal") == "2026-08-06"
    hand.do("sue", "2026-08-05", court="示例市法院")
    assert hand.case.outcome == "裁决，当事人起诉"


@pytest.mark.parametrize(
    ("officers", "fits"),
    [
        (f"{OFFICER}、李某、赵某", True),
        (f"{OFFICER}，李某；赵某 钱某,孙某", True),
        (f"{OFFICER}、李某", False),
        (f"{OFFICER}、李某、赵某、钱某", False),
        (OFFICER, False),
        (f"{OFFICER}、李某、李某", False),
        ("李某、赵某、钱某", False),
    ],
)
def test_three_or_more_officers_in_an_odd_number(officers: str, fits: bool) -> None:
    hand = opened("ruling", "2026-03-02")
    if fits:
        hand.do("file", "2026-03-03", **{**FILE, "officers": officers})
        assert hand.case.facts["officers"].count("、") in (2, 4)
    else:
        refusal = hand.refused("file", "2026-03-03", **{**FILE, "officers": officers})
        assert refusal.code == "officers"
        assert refusal.data["input"] == "officers"


def test_filing_wants_every_condition() -> None:
    hand = opened("ruling", "2026-03-02")
    assert hand.refused("file", "2026-03-03", **{**FILE, "W4": "缺陷"}).code == "checklist_defect"


def test_the_legal_and_the_promised_limit_are_two() -> None:
    limits = shipped_rules("enforcement").procedure.limits
    assert (limits["ruling"].kind, limits["ruling"].days) == (LimitKind.LEGAL, {"ruling": 3})
    assert limits["ruling_promised"].kind is LimitKind.PROMISED
    assert not limits["ruling_promised"].days  # nothing is promised until a centre publishes what it promises


def test_no_limit_of_the_provincial_rule_claims_to_be_checked() -> None:
    limits = shipped_rules("enforcement").procedure.limits
    checked = {name for name, limit in limits.items() if limit.status == "已核对"}
    assert checked == {"evaluation"}


# ---------------------------------------------------------------- mediation


def test_administrative_mediation_waits_for_the_other_side() -> None:
    hand = opened("mediation", "2026-09-16")
    assert not hand.running()
    hand.do("ask_other", "2026-09-17", examiner=OFFICER)
    assert hand.due("statement") == "2026-10-08"
    assert hand.refused("no_statement", "2026-10-08").code == "not_yet_overdue"
    hand.do("consent", "2026-09-24")
    assert hand.due("mediation_filing") == "2026-10-09"
    hand.do("file_mediation", "2026-09-30", dispute="奖酬")
    assert not hand.running()  # no total limit is known
    hand.do("agree", "2026-10-15")
    assert hand.due("confirmation") == "2026-11-16"  # thirty days end on a Saturday
    hand.do("confirm", "2026-10-20")
    assert not hand.running()


@pytest.mark.parametrize(("action", "on", "outcome"), [
    ("no_consent", "2026-03-10", "对方不同意调解"), ("no_statement", "2026-03-19", "对方逾期未答复"),
])  # fmt: skip
def test_mediation_needs_both_sides(action: str, on: str, outcome: str) -> None:
    hand = begun("enforcement", "mediation", "consent")
    hand.do(action, on)
    assert (hand.case.stage, hand.case.outcome) == ("TERMINATED", outcome)


def test_people_s_mediation_has_thirty_days() -> None:
    hand = begun("enforcement", "people", "start_mediation")
    assert hand.due("mediation") == "2026-04-02"
    hand.do("start_mediation", "2026-03-05")
    assert hand.running() == {"mediation"}
    hand.do("terminate", "2026-03-20", reason="一方退出")
    assert hand.case.outcome == "调解终止"


# ---------------------------------------------------------------- the other kinds


def test_measures_of_a_platform_end_fifteen_days_after_a_declaration() -> None:
    hand = begun("enforcement", "ecommerce", "counter")
    hand.do("counter", "2026-03-16", declared_on="2026-03-13")
    assert hand.due("counter") == "2026-03-30"  # the fifteenth day is a Saturday
    assert hand.refused("lift", "2026-03-30").code == "not_yet_overdue"
    hand.do("lift", "2026-03-31")
    assert hand.case.outcome == "措施终止"


def test_measures_stay_when_the_owner_goes_on() -> None:
    hand = begun("enforcement", "ecommerce", "lift")
    hand.do("complain", "2026-03-20")
    assert hand.case.outcome == "权利人已投诉或起诉，措施维持"


def test_a_consultation_takes_two_working_days() -> None:
    hand = begun("enforcement", "ecommerce", "ask_consultation")
    hand.do("ask_consultation", "2026-04-30")
    assert hand.due("consultation") == "2026-05-07"


def test_aid_has_the_longest_time_that_is_usual() -> None:
    assert begun("enforcement", "aid", "start_aid").due("aid") == "2026-03-24"


def test_an_evaluation_report_is_due_two_months_after_the_request_or_the_grant() -> None:
    """细则 art. 63."""
    hand = begun("enforcement", "evaluation", "request_report")
    hand.do("request_report", "2026-08-03", requested_on="2026-08-01", counted_from="2026-08-01")
    assert hand.due("evaluation") == "2026-10-08"
    other = begun("enforcement", "evaluation", "request_report", granted_on="2026-02-27")
    asked = {"requested_on": "2026-02-10", "at_registration": "是"}
    assert other.refused("request_report", "2026-03-05", **asked, counted_from="2026-02-10").code == "bad_input"
    other.do("request_report", "2026-03-05", **asked, counted_from="2026-02-27")
    assert other.due("evaluation") == "2026-04-27"


def test_a_follow_up_comes_up_on_the_day_that_was_agreed() -> None:
    hand = begun("enforcement", "overseas", "guided")
    assert hand.refused("guided", "2026-03-18", advice="甲", next_day="2026-03-18").data["input"] == "next_day"
    hand.do("guided", "2026-03-18", advice="甲", next_day="2026-06-20")
    assert hand.due("follow_up") == "2026-06-20"  # a day of rest: it is only a reminder
    assert hand.case.facts["follow_up_on"] == "2026-06-20"


# ---------------------------------------------------------------- kinds of way


@pytest.mark.parametrize(
    ("category", "action"),
    [("people", "file"), ("aid", "notify"), ("ruling", "accept"), ("ecommerce", "agree"), ("overseas", "rule")],
)
def test_a_step_of_another_kind_is_refused(category: str, action: str) -> None:
    hand = opened(category, "2026-03-02")
    assert hand.refused(action, "2026-03-02").code == "not_this_category"
    assert action not in hand.offered("2026-03-02")


@pytest.mark.parametrize(
    ("category", "first"),
    [
        ("ruling", {"file", "not_file"}),
        ("mediation", {"ask_other", "not_file"}),
        ("people", {"accept", "not_accept"}),
        ("evaluation", {"accept", "not_accept"}),
    ],
)
def test_what_can_be_done_first(category: str, first: set[str]) -> None:
    general = {"ask_supplement", "withdraw", "reassign", "amend", "note"}
    assert opened(category, "2026-03-02").offered("2026-03-02") == first | general


def test_the_form_asks_only_what_concerns_the_kind() -> None:
    procedure = shipped_rules("enforcement").procedure
    asked = {item.name for item in procedure.opening if item.fits("evaluation")}
    assert "respondent" not in asked
    assert "patent_number" in asked


def test_what_is_served_was_filed_before() -> None:
    hand = filed("2026-03-10")
    assert hand.refused("serve", "2026-03-12", served_on="2026-03-09").data["input"] == "served_on"


def test_what_happens_once_is_registered_once() -> None:
    hand = begun("enforcement", "ruling", "take_effect")
    assert hand.refused("serve_ruling", "2026-07-23").code == "already_done"
    other = begun("enforcement", "mediation", "finish_agreement")
    assert other.refused("confirm", "2026-05-07").code == "already_done"


def test_nothing_is_extended_while_nothing_is_counted() -> None:
    hand = filed("2026-03-10")
    hand.do("suspend", "2026-03-20", suspension="公告", reason="地址不明")
    assert hand.refused("extend", "2026-03-23", reason="复杂").code == "suspended"


def test_the_papers_of_a_dispute() -> None:
    hand = opened("ruling", "2026-03-02")
    asked = hand.do("ask_supplement", "2026-03-03", missing="缺登记簿副本").notice
    assert asked is not None
    assert asked[0] == "补正告知书"
    assert "缺登记簿副本" in asked[1]
    hand.do("supplement", "2026-03-04")
    told = hand.do("file", "2026-03-05", **FILE).notice
    assert told is not None
    assert told[0] == "立案通知书"
    assert f"{OFFICER}、李某、赵某" in told[1]
