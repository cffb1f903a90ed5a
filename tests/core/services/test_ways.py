"""Every category of every service has a way to an end, and people with one role each can walk it together."""

from __future__ import annotations

import pytest

from desktop.core.case import CaseState, fold
from desktop.core.fitting import fit
from desktop.core.narrate import narrate
from desktop.core.soundness import flaw
from tests.core.services.hand import Hand, fitting_actor
from tests.core.services.ways import WAYS
from tests.core.walks import LEAKS, SERVICES, shipped_rules


def test_there_is_a_way_for_every_category() -> None:
    everything = {
        (service, category.code) for service in SERVICES for category in shipped_rules(service).procedure.categories
    }
    assert set(WAYS) == everything


@pytest.mark.parametrize("service", SERVICES)
def test_what_ships_fits(service: str) -> None:
    fit(shipped_rules(service))


@pytest.mark.parametrize(("service", "category"), WAYS)
def test_a_way_leads_to_its_end(service: str, category: str) -> None:
    way = WAYS[service, category]
    hand = Hand(service, way.opening, way.received).follow(*way.steps)
    assert hand.case.stage == way.end
    assert hand.case.ended
    assert hand.case.outcome
    assert not hand.case.live_clocks()
    state = CaseState()
    for event in hand.events:
        assert not flaw(event)
        state = fold(state, event)
        words = narrate(event.type, event.payload, hand.rules.procedure, event.version)
        assert not LEAKS.search(words), words
    assert state == hand.case


@pytest.mark.parametrize(("service", "category"), WAYS)
def test_a_way_can_be_walked_by_people_with_one_role_each(service: str, category: str) -> None:
    way = WAYS[service, category]
    roles = shipped_rules(service, way.received).procedure.opening_roles
    hand = Hand(service, way.opening, way.received, actor={"受理": "受理员"}[roles[0]])
    for action, on, values in way.steps:
        hand.do(action, on, fitting_actor(way, service, action), **values)
    assert hand.case.stage == way.end


@pytest.mark.parametrize(("service", "category"), WAYS)
def test_an_ended_case_is_reopened_by_an_administrator_alone(service: str, category: str) -> None:
    way = WAYS[service, category]
    hand = Hand(service, way.opening, way.received).follow(*way.steps)
    day = hand.case.last_on
    before = hand.case.previous_stage
    assert hand.offered(day) == {"reopen"}
    assert hand.refused("reopen", day, "组长", reason="误办").code == "wrong_role"
    hand.do("reopen", day, "管理员", reason="误办")
    assert hand.case.stage == before
    assert not hand.case.ended


@pytest.mark.parametrize(("service", "category"), WAYS)
def test_the_line_shows_where_the_way_leads(service: str, category: str) -> None:
    """The stage line of a category names only stages that its cases can reach."""
    procedure = shipped_rules(service).procedure
    reached, frontier = {procedure.initial}, [procedure.initial]
    while frontier:
        for action in procedure.actions_at(frontier.pop(), category):
            if action.to in procedure.stages and action.to not in reached:
                reached.add(action.to)
                frontier.append(action.to)
    assert set(procedure.line_of(category)) <= reached


@pytest.mark.parametrize("service", SERVICES)
def test_keys_are_not_given_twice_at_one_stage(service: str) -> None:
    procedure = shipped_rules(service).procedure
    for code in procedure.stages:
        for category in procedure.categories:
            keys = [action.shortcut for action in procedure.actions_at(code, category.code) if action.shortcut]
            assert len(keys) == len(set(keys)), (code, category.code, keys)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_uncertain_says_so(service: str) -> None:
    """Figures that rest on no article that was read are to be checked, and every figure names its source."""
    read = ("实施细则第", "局令第76号第", "鲁政办字〔2025〕47号第")
    for newest in shipped_rules(service).procedure.limits.values():
        for limit in newest.layers():
            assert limit.basis
            assert limit.checked_on == "2026-11-22"
            if limit.status == "已核对":
                assert limit.basis.startswith(read), limit


@pytest.mark.parametrize("service", SERVICES)
def test_common_facts_have_common_names(service: str) -> None:
    """What another service would carry over is asked under its common name and taken from the case beside it."""
    common = set(
        "title party uscc region contact phone agency agency_code patent_type main_class field application_number"
        " patent_number filed_on granted_on industry_chain".split()
    )
    for item in shipped_rules(service).procedure.opening:
        if item.fact in common and (service, item.fact) != ("evidence", "title"):
            assert item.default.startswith(f"@fact:{item.fact}"), item
