"""Navigation: the time of the contract or the default, the result, its reviews and its next edition."""

from __future__ import annotations

import pytest

from tests.core.services.hand import Hand, begun
from tests.core.services.ways import WAYS
from tests.core.walks import shipped_rules

SEARCH = {"databases": "全球专利库", "query": "B63B*", "search_until": "2026-02-28", "records": "100"}


def test_ninety_days_by_default_from_the_plan() -> None:
    hand = begun("navigation", "industry", "plan")
    assert not hand.running()
    hand.do("plan", "2026-07-06", plan="五类")
    assert hand.due("delivery") == "2026-10-08"  # the ninetieth day is 2026-10-04


def test_the_day_of_the_contract_instead() -> None:
    hand = begun("navigation", "region", "plan_contract")
    assert hand.refused("plan_contract", "2026-02-10", plan="甲", next_day="2026-02-10").data["input"] == "next_day"
    hand.do("plan_contract", "2026-02-10", plan="甲", next_day="2026-06-28")
    assert hand.running() == {"contract"}
    assert hand.due("contract") == "2026-06-29"  # a Sunday moves on
    assert hand.case.facts["contract_due_on"] == "2026-06-28"


def test_the_search_is_told_completely() -> None:
    hand = begun("navigation", "industry", "search")
    for name in SEARCH:
        missing = {key: value for key, value in SEARCH.items() if key != name}
        if name != "search_until":  # taken for the business date
            assert hand.refused("search", "2026-03-10", **missing).data["input"] == name
    assert hand.refused("search", "2026-03-10", **{**SEARCH, "search_until": "2026-03-11"}).code == "bad_input"


def test_a_review_may_send_the_result_back() -> None:
    hand = begun("navigation", "industry", "review_pass")
    assert hand.refused("review_pass", "2026-04-20", "承办员").code == "wrong_role"
    hand.do("review_fail", "2026-04-20", "复核员", review_conclusion="补充对比")
    assert hand.case.stage == "ANALYSIS"
    hand.do("search_again", "2026-04-21", reason="补充一个库")
    assert hand.running() == {"delivery"}


def test_the_next_edition_comes_up_by_itself() -> None:
    hand = begun("navigation", "industry", "update")
    assert hand.running() == {"next_update"}
    assert hand.due("next_update") == "2026-10-27"
    clock = hand.case.clock("next_update")
    assert clock is not None
    assert clock.kind == "watch"
    hand.do("update", "2026-10-27")
    assert hand.case.stage == "SEARCH"
    assert hand.running() == {"delivery"}


def test_what_became_of_it_is_recorded() -> None:
    hand = begun("navigation", "industry", "update")
    assert hand.case.facts["application"] == "培育"
    assert hand.case.facts["result_name"] == "海洋工程装备导航报告"
    hand.do("apply", "2026-06-01", application="转化", application_detail="一项许可")
    assert hand.case.facts["application"] == "转化"


def test_an_industry_chain_is_free_text_until_a_list_is_imported() -> None:
    opening = {**WAYS["navigation", "industry"].opening, "industry_chain": "海洋装备链"}
    assert Hand("navigation", opening, "2026-02-02").case.facts["industry_chain"] == "海洋装备链"


@pytest.mark.parametrize(("action", "stage"), [("decline", "DECLINED"), ("stop", "STOPPED")])
def test_a_study_may_end_early(action: str, stage: str) -> None:
    hand = begun("navigation", "talent", "accept" if action == "decline" else "search")
    hand.do(action, "2026-03-01", reason="委托方撤回")
    assert hand.case.stage == stage
    assert not hand.case.live_clocks()


def test_five_kinds() -> None:
    labels = [category.label for category in shipped_rules("navigation").procedure.categories]
    assert labels == ["产业导航", "企业导航", "区域规划", "研发活动导航", "人才导航"]


def test_the_next_edition_lies_ahead() -> None:
    hand = begun("navigation", "industry", "publish")
    assert hand.refused("publish", "2026-04-27", next_day="2026-04-27").data["input"] == "next_day"
