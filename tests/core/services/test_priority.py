"""Priority examination: limits by rule version from the consent, reasons, materials, reasons to stop."""

from __future__ import annotations

import pytest

from desktop.core.procedure import Procedure
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType
from tests.core.services.hand import Hand, begun
from tests.core.services.ways import ALL_GOOD, NUMBERS, OFFICER, WAYS
from tests.core.walks import shipped_rules


def agreed(category: str, on: str) -> Hand:
    """Sent to the office and agreed to on that day."""
    way = WAYS["priority", category]
    steps = [step for step in way.steps if step[0] in ("begin", "check_pass", "recommend")]
    hand = Hand("priority", way.opening, "2025-12-22")
    for (action, _, values), day in zip(steps, ("2025-12-22", "2025-12-23", "2025-12-26"), strict=True):
        extra = dict(ALL_GOOD) if action == "recommend" else {}
        hand.do(action, day, **{**values, **extra, **({"signed_on": "2025-12-22"} if action == "begin" else {})})
    hand.do("send", "2025-12-29")
    hand.do("agree", on)
    return hand


@pytest.mark.parametrize(
    ("on", "version", "status"), [("2026-08-31", "2017", "已核对"), ("2026-09-01", "2026", "待核对")]
)
def test_the_day_of_consent_chooses_the_rule_version(on: str, version: str, status: str) -> None:
    """Handbook 13a case 12."""
    hand = agreed("invention", on)
    for name in ("first_office_action", "closing"):
        clock = hand.case.clock(name)
        assert clock is not None
        assert clock.status == status
        limit = hand.rules.procedure.limits[name].on(on)
        assert limit is not None
        assert limit.rule_set == version
    basis = hand.case.clock("closing")
    assert basis is not None
    assert ("待按新办法核对" in basis.basis) == (version == "2026")


def test_the_new_version_repeats_the_old_figures_until_they_are_checked() -> None:
    procedure: Procedure = shipped_rules("priority").procedure
    for name in ("first_office_action", "closing", "reply", "reply_days"):
        new, old = procedure.limits[name].layers()
        assert (new.valid_from, old.valid_to) == ("2026-09-01", "2026-08-31")
        assert new.days == old.days
        assert new.unit == old.unit


@pytest.mark.parametrize(
    ("category", "on", "due"),
    [
        ("invention", "2025-12-31", "2026-12-31"),
        ("utility", "2025-12-31", "2026-02-28"),  # a make-up working Saturday: it stays
        ("design", "2026-08-01", "2026-10-08"),
        ("review", "2026-03-05", "2026-10-08"),
        ("invalidation", "2026-01-02", "2026-06-02"),
        ("design_invalidation", "2026-01-02", "2026-05-06"),
    ],
)
def test_a_case_is_to_be_closed_so_many_months_after_the_consent(category: str, on: str, due: str) -> None:
    """局令第76号 art. 10; days that fall on holidays move on."""
    assert agreed(category, on).due("closing") == due


def test_only_an_invention_has_a_day_for_its_first_action() -> None:
    hand = agreed("invention", "2026-01-02")
    assert hand.due("first_office_action") == "2026-02-24"  # 2026-02-16 lies in the Spring Festival
    for category in ("utility", "design", "review", "invalidation", "design_invalidation"):
        assert "first_office_action" not in agreed(category, "2026-01-02").running()


@pytest.mark.parametrize(
    ("category", "clock", "due"),
    [
        ("invention", "reply", "2026-11-17"),
        ("utility", "reply_days", "2026-10-08"),
        ("design", "reply_days", "2026-10-08"),
    ],
)
def test_a_reply_is_due_from_the_day_of_dispatch(category: str, clock: str, due: str) -> None:
    """Art. 11: from dispatch, though it was received and registered days later."""
    hand = agreed(category, "2026-08-03")
    hand.do("office_action", "2026-09-21", notice_kind="审查意见", dispatched_on="2026-09-17")
    assert hand.due(clock) == due
    assert hand.running() == {"closing", clock}


def test_review_and_invalidation_have_no_reply_limit() -> None:
    hand = agreed("review", "2026-01-05")
    hand.do("office_action", "2026-04-01", notice_kind="复审")
    assert hand.running() == {"closing"}


def test_a_late_reply_is_noted() -> None:
    hand = agreed("utility", "2026-03-02")
    hand.do("office_action", "2026-03-10", notice_kind="补正")
    hand.do("reply", "2026-03-26")
    assert any("可能停止优先审查" in warning for warning in hand.warnings)


def test_the_province_has_five_working_days_less_the_time_of_a_correction() -> None:
    hand = Hand("priority", WAYS["priority", "invention"].opening, "2026-03-02")
    assert (hand.due("check"), hand.due("recommendation")) == ("2026-03-04", "2026-03-09")
    hand.do("begin", "2026-03-02", **WAYS["priority", "invention"].steps[0][2])
    hand.do("return", "2026-03-03", missing="缺签章")
    assert hand.running() == {"correction"}
    assert hand.due("correction") == "2026-03-06"
    hand.do("resubmit", "2026-03-06")
    assert (hand.due("check"), hand.due("recommendation")) == ("2026-03-09", "2026-03-12")


def test_a_correction_that_does_not_come_ends_the_request() -> None:
    hand = begun("priority", "invention", "check_pass")
    hand.do("return", "2026-03-03", missing="缺签章")
    assert hand.refused("unanswered", "2026-03-06").code == "not_yet_overdue"
    hand.do("unanswered", "2026-03-09")
    assert (hand.case.stage, hand.case.outcome) == ("NOT_RECOMMENDED", "逾期未补正")


@pytest.mark.parametrize(
    ("category", "wrong"),
    [
        ("invention", "4-1"),
        ("utility", "4-2"),
        ("review", "4-1"),
        ("invalidation", "3-1"),
        ("design_invalidation", "3-6"),
    ],
)
def test_reasons_of_the_other_article_are_refused(category: str, wrong: str) -> None:
    """Art. 3 is for applications and 复审, art. 4 for 无效."""
    hand = begun("priority", category, "begin")
    refusal = hand.refused("begin", "2026-03-02", reason_code=wrong, prior_art_copies="1")
    assert refusal.code == "wrong_reason_group"
    assert refusal.data["input"] == "reason_code"


def test_a_filing_abroad_names_its_way_and_needs_no_recommendation() -> None:
    hand = begun("priority", "design", "begin")
    assert hand.refused("begin", "2026-03-02", reason_code="3-5").data["input"] == "route"
    assert hand.refused("begin", "2026-03-02", reason_code="3-5", route="PCT").data["input"] == "international_number"
    hand.do("begin", "2026-03-02", reason_code="3-5", route="巴黎公约", prior_art_copies="1", proof_copies="1")
    hand.do("check_pass", "2026-03-03", examiner=OFFICER, **ALL_GOOD)
    assert any("可不带推荐意见" in warning for warning in hand.warnings)
    assert begun("priority", "design", "begin").refused(
        "begin", "2026-03-02", reason_code="3-1", route="PCT"
    ).data["input"] == "route"  # fmt: skip


@pytest.mark.parametrize(("category", "needed"), [("invention", True), ("review", False), ("invalidation", False)])
def test_applications_come_with_prior_art(category: str, needed: bool) -> None:
    """Art. 8."""
    hand = begun("priority", category, "begin")
    hand.do("begin", "2026-03-02", reason_code="4-1" if category == "invalidation" else "3-1")
    if needed:
        refusal = hand.refused("check_pass", "2026-03-03", examiner=OFFICER, **ALL_GOOD)
        assert refusal.code == "material_missing"
        hand.do("return", "2026-03-03", missing="现有技术材料")
        hand.do("resubmit", "2026-03-04", prior_art_copies="1")
    hand.do("check_pass", "2026-03-04", examiner=OFFICER, **ALL_GOOD)
    assert hand.case.stage == "FIELD"


def test_every_condition_of_the_checklist_must_be_met() -> None:
    hand = begun("priority", "invention", "check_pass")
    assert hand.refused("check_pass", "2026-03-03", examiner=OFFICER).code == "checklist_incomplete"
    answers = {**ALL_GOOD, "P3": "缺陷"}
    assert hand.refused("check_pass", "2026-03-03", examiner=OFFICER, **answers).code == "checklist_defect"


def test_a_pair_of_one_day_is_doubted_for_the_invention_only() -> None:
    pair = {"same_day": "是", "same_day_number": NUMBERS[PatentType.UTILITY]}
    hand = begun("priority", "invention", "begin")
    assert hand.refused("begin", "2026-03-02", reason_code="3-1", same_day="是").data["input"] == "same_day_number"
    hand.do("begin", "2026-03-02", reason_code="3-1", **pair)
    assert hand.warnings == ["存在同日申请的发明，一般不予优先审查"]
    other = begun("priority", "utility", "begin")
    other.do("begin", "2026-03-02", reason_code="3-1", same_day="是", same_day_number=NUMBERS[PatentType.INVENTION])
    assert other.warnings == []


@pytest.mark.parametrize(
    ("category", "kind", "fits"),
    [
        ("发明申请", PatentType.INVENTION, True),
        ("发明申请", PatentType.UTILITY, False),
        ("发明或实用新型无效", PatentType.UTILITY, True),
        ("发明或实用新型无效", PatentType.DESIGN, False),
        ("外观设计无效", PatentType.DESIGN, True),
        ("复审", PatentType.DESIGN, True),
    ],
)
def test_the_number_agrees_with_the_category(category: str, kind: PatentType, fits: bool) -> None:
    opening = {"category": category, "title": "甲", "party": "乙", "application_number": NUMBERS[kind]}
    if fits:
        assert Hand("priority", opening, "2026-03-02").case.stage == "RECEIVED"
        return
    with pytest.raises(Refusal) as caught:
        Hand("priority", opening, "2026-03-02")
    assert caught.value.code == "kind_mismatch"


def test_the_consent_is_not_older_than_the_dispatch_to_the_office() -> None:
    hand = begun("priority", "invention", "agree")
    assert hand.refused("agree", "2026-03-12", agreed_on="2026-03-09").data["input"] == "agreed_on"


@pytest.mark.parametrize(
    ("category", "result", "fits"),
    [
        ("invention", "授权", True),
        ("invention", "撤销驳回", False),
        ("review", "维持驳回", True),
        ("review", "授权", False),
        ("invalidation", "全部无效", True),
        ("design_invalidation", "驳回", False),
    ],
)
def test_results_belong_to_their_kind_of_case(category: str, result: str, fits: bool) -> None:
    hand = agreed(category, "2026-01-05")
    if fits:
        hand.do("close", "2026-02-03", result=result)
        assert hand.case.ended
    else:
        assert hand.refused("close", "2026-02-03", result=result).code == "wrong_result"


@pytest.mark.parametrize(("category", "right", "wrong"), [("utility", "12-1", "13-1"), ("review", "13-1", "12-1")])
def test_reasons_to_stop_belong_to_their_kind_of_case(category: str, right: str, wrong: str) -> None:
    """Art. 12 for applications, art. 13 for 复审 and 无效."""
    hand = agreed(category, "2026-01-05")
    assert hand.refused("stop", "2026-02-03", stop_reason=wrong).code == "wrong_reason_group"
    hand.do("stop", "2026-02-03", stop_reason=right)
    assert (hand.case.stage, hand.case.outcome) == ("STOPPED", "停止优先审查，转普通程序")


def test_a_stop_for_a_late_reply_wants_a_limit_that_passed() -> None:
    hand = agreed("utility", "2026-01-05")
    hand.do("office_action", "2026-02-02", notice_kind="补正")
    early = begun("priority", "utility", "close")
    early.do("office_action", "2026-04-01", notice_kind="补正")
    early.do("stop", "2026-04-02", stop_reason="12-2")
    assert any("请核对" in warning for warning in early.warnings)
    hand.do("stop", "2026-03-05", stop_reason="12-2")
    assert not any("请核对" in warning for warning in hand.warnings)


def test_reasons_of_the_uncertain_articles_are_marked() -> None:
    choices = shipped_rules("priority").procedure.choices
    assert {choice.status for choice in choices["reasons"]} == {"已核对"}
    assert {choice.status for choice in choices["stops"]} == {"待核对"}


def test_the_recommendation_and_its_refusal_are_written() -> None:
    hand = begun("priority", "invention", "recommend")
    notice = hand.do("recommend", "2026-03-06", opinion="同意推荐。").notice
    assert notice is not None
    assert notice[0] == "优先审查推荐意见书"
    for words in ("青禾示例有限公司", NUMBERS[PatentType.INVENTION], "国家重点发展产业", "同意推荐。", "2026年3月6日"):
        assert words in notice[1]
    other = begun("priority", "utility", "recommend")
    refused = other.do("not_recommend", "2026-03-06", reason="领域不符").notice
    assert refused is not None
    assert "领域不符" in refused[1]
    assert "初步判断" in refused[1]
    third = begun("priority", "review", "check_pass")
    asked = third.do("return", "2026-03-03", missing="缺证明").notice
    assert asked is not None
    assert "2026年3月6日" in asked[1]


def test_field_review_may_send_a_request_back() -> None:
    hand = begun("priority", "invention", "recommend")
    assert hand.running() == {"field", "recommendation"}
    hand.do("send_back", "2026-03-06", reason="证明不一致")
    assert hand.running() == {"check", "recommendation"}


def test_signing_is_for_those_who_approve() -> None:
    hand = begun("priority", "invention", "recommend")
    assert hand.refused("recommend", "2026-03-06", "承办员", **ALL_GOOD).code == "wrong_role"
    hand.do("recommend", "2026-03-06", "组长", **ALL_GOOD)


def test_a_recommendation_rests_on_the_field_review_and_a_reason_of_its_kind() -> None:
    hand = begun("priority", "invention", "review_field")
    assert hand.refused("recommend", "2026-03-06").code == "checklist_incomplete"
    refusal = hand.refused("recommend", "2026-03-06", reason_code="4-1", **ALL_GOOD)
    assert refusal.code == "wrong_reason_group"
    hand.do("recommend", "2026-03-06", reason_code="3-2", **ALL_GOOD)
    assert hand.case.facts["priority_reason"] == "3-2"


def test_a_notice_of_the_fast_channel_is_not_older_than_the_consent() -> None:
    hand = begun("priority", "invention", "office_action")
    refusal = hand.refused("office_action", "2026-04-10", notice_kind="审查意见", dispatched_on="2026-03-11")
    assert refusal.data["input"] == "dispatched_on"
    hand.do("office_action", "2026-04-10", notice_kind="审查意见")
    assert hand.refused("reply", "2026-04-10", replied_on="2026-04-09").data["input"] == "replied_on"
