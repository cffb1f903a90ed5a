"""What the named checks of the services say no to, and what they only doubt, beyond the ways of the other tests."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.core.case import CaseState
from desktop.core.checks import Look
from desktop.core.checks_services import CHECKS_OF_SERVICES
from desktop.core.named_checks import CHECKS
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType
from tests.core.services.hand import Hand, begun
from tests.core.services.ways import ALL_GOOD, NUMBERS, OFFICER, WAYS
from tests.core.walks import BOOK, SERVICES, shipped_rules


def test_every_check_is_known_and_used() -> None:
    assert CHECKS_OF_SERVICES.items() <= CHECKS.items()
    used: set[str] = set()
    for service in SERVICES:
        procedure = shipped_rules(service).procedure
        used |= set(procedure.opening_rules)
        for action in procedure.actions.values():
            used |= set(action.rules)
    assert used == set(CHECKS_OF_SERVICES)


def test_the_patent_type_agrees_with_the_category() -> None:
    opening = {
        "category": "外观设计申请", "title": "甲", "party": "乙", "patent_type": "外观设计",
        "application_number": NUMBERS[PatentType.DESIGN],
    }  # fmt: skip
    assert Hand("priority", opening, "2026-03-02").case.stage == "RECEIVED"
    look = Look(CaseState(), {"category": "外观设计申请", "patent_type": "发明"}, date(2026, 3, 2), BOOK.calendar)
    with pytest.raises(Refusal) as caught:
        CHECKS["priority_kind"](look)
    assert caught.value.data["input"] == "patent_type"


def test_an_old_number_tells_its_kind_too() -> None:
    for number, category in (("97101765.4", "发明申请"), ("97101765.4", "外观设计申请")):
        look = Look(CaseState(), {"category": category, "application_number": number}, date(2026, 3, 2), BOOK.calendar)
        if category == "发明申请":
            CHECKS["priority_kind"](look)
            continue
        with pytest.raises(Refusal):
            CHECKS["priority_kind"](look)


def test_a_number_of_one_day_needs_the_tick() -> None:
    hand = begun("priority", "utility", "begin")
    refusal = hand.refused("begin", "2026-03-02", reason_code="3-1", same_day="否", same_day_number="1")
    assert refusal.data["input"] == "same_day"


@pytest.mark.parametrize(("copies", "doubted"), [("0", True), ("1", False)])
def test_a_request_without_proof_is_doubted(copies: str, doubted: bool) -> None:
    hand = begun("priority", "utility", "begin")
    hand.do("begin", "2026-03-02", reason_code="3-1", prior_art_copies="1", proof_copies=copies)
    hand.do("check_pass", "2026-03-03", examiner=OFFICER, **ALL_GOOD)
    assert hand.warnings == (["没有登记证明文件，请核对理由是否有证据"] if doubted else [])


@pytest.mark.parametrize(("replied", "late"), [("2026-03-27", False), ("2026-03-30", True)])
def test_a_reply_is_late_after_its_last_day(replied: str, late: bool) -> None:
    hand = begun("priority", "utility", "close")
    hand.do("office_action", "2026-04-01", notice_kind="补正", dispatched_on="2026-03-12")
    assert hand.due("reply_days") == "2026-03-27"
    hand.do("reply", "2026-04-01", replied_on=replied)
    assert any("可能停止" in warning for warning in hand.warnings) == late


def test_only_a_grant_has_a_grant_date() -> None:
    hand = begun("priority", "utility", "close")
    refusal = hand.refused("close", "2026-04-20", result="驳回", granted_on="2026-04-20")
    assert refusal.data["input"] == "granted_on"
    hand.do("close", "2026-04-20", result="授权", granted_on="2026-04-20")


def test_other_reasons_to_stop_ask_for_no_limit() -> None:
    hand = begun("priority", "utility", "close")
    hand.do("stop", "2026-04-01", stop_reason="12-1")
    assert hand.warnings == []


def test_a_report_is_not_counted_from_before_its_request() -> None:
    hand = begun("enforcement", "evaluation", "request_report")
    refusal = hand.refused("request_report", "2026-03-05", requested_on="2026-03-04", counted_from="2026-03-03")
    assert refusal.data["input"] == "counted_from"


def test_a_licence_in_time_is_not_doubted() -> None:
    hand = begun("commercialisation", "licence", "submit")
    assert hand.warnings == []


@pytest.mark.parametrize("granted", ["", "2026-07-03"])
def test_no_open_licence_before_the_grant(granted: str) -> None:
    look = Look(CaseState(), {"granted_on": granted}, date(2026, 7, 2), BOOK.calendar)
    with pytest.raises(Refusal) as caught:
        CHECKS["commercial_open_licence"](look)
    assert "授权公告之后" in caught.value.reason


def test_the_ways_themselves_raise_no_doubts_but_the_one_expected() -> None:
    """A careful person is not nagged. The design's reason is 3(5), which needs no recommendation."""
    doubts = {}
    for (service, category), way in WAYS.items():
        hand = Hand(service, way.opening, way.received).follow(*way.steps)
        said = [warning for warning in hand.warnings if "晚于今天" not in warning]
        if said:
            doubts[service, category] = said
    assert set(doubts) == {("priority", "design")}
    assert all("可不带推荐意见" in text for text in doubts["priority", "design"])
