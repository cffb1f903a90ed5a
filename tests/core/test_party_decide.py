"""Commands about parties: who may, what is refused and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import pytest

from desktop.core import party_decide
from desktop.core.context import Context
from desktop.core.party import PartyState, fold
from desktop.core.party_decide import By, Match, Order
from desktop.core.party_proposals import Proposal, proposals
from desktop.core.party_soundness import flaw
from desktop.core.refusal import Refusal
from desktop.core.terms import Role
from tests.core.parties import amended, appealed, event, found, party, registered, sanctioned
from tests.core.test_party_rules import RULES, TODAY, two

RULE = RULES.rules[0]
Decide = Callable[[By], party_decide.PartyDecision]


def by(*roles: Role, on: date = TODAY) -> By:
    staff = {"某人": frozenset(roles)} if roles else {}
    return By("某人", on, cast(Context, Context(None, None, staff, TODAY)))  # type: ignore[arg-type]


def the_proposal() -> Proposal:
    return proposals(two(), RULES, (), TODAY)[0]


STEPS: dict[str, tuple[frozenset[Role], Decide]] = {
    "register": (
        frozenset(party_decide.REGISTRARS),
        lambda who: party_decide.register("主体", {"name": "乙"}, (), who),
    ),
    "amend": (frozenset(party_decide.REGISTRARS), lambda who: party_decide.amend(party(), {"contact": "李"}, "", who)),
    "find": (
        frozenset(party_decide.FINDERS),
        lambda who: party_decide.find(party(), "f9", "非正常", "SDYS-1", TODAY, "", who),
    ),
    "appeal": (
        frozenset(party_decide.DECIDERS),
        lambda who: party_decide.appeal(two(), "f1", "不成立", TODAY, "", who),
    ),
    "sanction": (
        frozenset(party_decide.DECIDERS),
        lambda who: party_decide.sanction(two(), "s9", Order("属实"), RULE, the_proposal(), who),
    ),
    "dismiss": (frozenset(party_decide.DECIDERS), lambda who: party_decide.dismiss(two(), the_proposal(), "不足", who)),
    "lift": (
        frozenset(party_decide.DECIDERS),
        lambda who: party_decide.lift(party(sanctioned("s1")), "s1", TODAY, "改正", who),
    ),
    "grant": (frozenset(party_decide.DECIDERS), lambda who: party_decide.grant(party(), "2026", 10, 2, who)),
    "merge": (frozenset(party_decide.DECIDERS), lambda who: party_decide.merge(party(), "a", party(), "b", who)),
    "separate": (
        frozenset(party_decide.DECIDERS),
        lambda who: party_decide.separate(party(event("merged", into="b")), "", who),
    ),
    "note": (frozenset(party_decide.ANYBODY), lambda who: party_decide.note(party(), "来函", who)),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", list(Role))
def test_who_may(step: str, role: Role) -> None:
    allowed, decide = STEPS[step]
    if role in allowed:
        decision = decide(by(role))
        assert decision.role is role
        made = decision.event
        assert flaw(made.type, made.version, made.occurred_on, made.payload) == ""
        return
    with pytest.raises(Refusal) as caught:
        decide(by(role))
    assert caught.value.code == "wrong_role"


@pytest.mark.parametrize("step", STEPS)
def test_strangers_and_nobody_are_refused(step: str) -> None:
    decide = STEPS[step][1]
    for who, code in (
        (By("外人", TODAY, by(Role.ADMIN).context), "unknown_staff"),
        (By(" ", TODAY, by().context), "no_actor"),
    ):
        with pytest.raises(Refusal) as caught:
            decide(who)
        assert caught.value.code == code


def test_the_roles_are_those_of_the_centre() -> None:
    assert set(party_decide.FINDERS) == {Role.INTAKE, Role.EXAMINER, Role.REVIEWER, Role.ADMIN}
    assert set(party_decide.DECIDERS) == {Role.REVIEWER, Role.LEAD, Role.ADMIN}
    assert set(party_decide.REGISTRARS) == {Role.INTAKE, Role.ADMIN}


def refused(decide: Decide, code: str, on: date = TODAY) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide(by(on=on))
    assert caught.value.code == code, caught.value.reason
    assert re.search("[\u4e00-\u9fff]", caught.value.reason)
    return caught.value


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "bad_input"),
        ({"name": "甲", "uscc": "91350100M000100Y4Z"}, "bad_input"),
        ({"name": "甲", "wings": "2"}, "unknown_input"),
        ({"name": "甲", "registered_on": "2026-05-01", "valid_to": "2026-04-01"}, "bad_input"),
    ],
)
def test_what_is_not_registered(values: dict[str, str], code: str) -> None:
    refused(lambda who: party_decide.register("主体", values, (), who), code)


def test_labels_are_as_good_as_names_and_doubles_are_refused() -> None:
    event = party_decide.register("主体", {"单位名称": "甲", "备案日期": "2026/3/2", "标签": ""}, (), by()).event
    assert event.payload["facts"] == {"name": "甲", "registered_on": "2026-03-02"}
    refused(lambda who: party_decide.register("个人", {"name": "甲"}, (), who), "bad_input")
    known = refused(
        lambda who: party_decide.register("主体", {"name": "甲"}, [Match("x", "甲", "name")], who), "party_exists"
    )
    assert known.data["id"] == "x"


def test_nothing_new_is_refused_unless_it_settles_what_was_set_side_by_side() -> None:
    refused(lambda who: party_decide.amend(party(contact="李"), {"contact": "李"}, "", who), "nothing_changed")
    first = registered()
    state = fold([first, amended(after=(first,), contact="李"), amended(after=(first,), contact="赵")])
    decided = party_decide.amend(state, {"contact": "赵"}, "电话核实", by()).event
    assert decided.payload["facts"] == {"contact": "赵"}
    refused(lambda who: party_decide.amend(party(), {"name": ""}, "", who), "bad_input")


def test_a_status_that_is_stated_begins_on_the_day_it_is_stated() -> None:
    facts = party_decide.amend(party(), {"status": "暂停"}, "", by()).event.payload["facts"]
    assert facts == {"status": "暂停", "status_from": "2026-06-10"}


def test_findings() -> None:
    refused(lambda who: party_decide.find(party(), "f", "月亮", "", TODAY, "", who), "bad_input")
    refused(lambda who: party_decide.find(party(), "f", "非正常", "", date(2026, 6, 11), "", who), "bad_input")
    refused(lambda who: party_decide.find(two(), "f", "非正常", "SDYS-1", TODAY, "", who), "already_done")


def test_appeals() -> None:
    refused(lambda who: party_decide.appeal(two(), "f9", "成立", TODAY, "", who), "unknown_target")
    refused(lambda who: party_decide.appeal(two(), "f1", "也许", TODAY, "", who), "bad_input")
    again = two("2026-02-01", "2026-05-01", appealed("f1", "成立"))
    refused(lambda who: party_decide.appeal(again, "f1", "成立", TODAY, "", who), "nothing_changed")


def sanction(order: Order, rule: Any = RULE, proposal: Any = None) -> dict[str, Any]:
    return dict(party_decide.sanction(two(), "s9", order, rule, proposal, by()).event.payload)


def test_a_confirmed_proposal_carries_its_rule_and_its_evidence() -> None:
    payload = sanction(Order("属实", months=6), proposal=the_proposal())
    assert (payload["measure"], payload["from"], payload["to"]) == ("暂停", "2026-06-10", "2026-12-09")
    assert (payload["rule"], payload["rule_text"]) == (RULE.id, RULE.text)
    assert (payload["cases"], payload["evidence"]) == (["SDYS-1", "SDYS-2"], ["f1", "f2"])
    assert payload["proposal"] == the_proposal().id


def test_a_measure_by_hand() -> None:
    payload = sanction(Order("属实", "警告", date(2026, 6, 1), cases=("SDYS-9",)))
    assert (payload["measure"], payload["from"], payload["to"], payload["cases"]) == (
        "警告",
        "2026-06-01",
        "",
        ["SDYS-9"],
    )
    assert "proposal" not in payload
    open_end = party_decide.sanction(two(), "s", Order("属实", "暂停"), RULE, None, by())
    assert "解除为止" in open_end.warnings[0]


@pytest.mark.parametrize(
    ("order", "rule", "code"),
    [
        (Order("", "暂停"), RULE, "bad_input"),
        (Order("属实"), RULE, "bad_input"),
        (Order("属实", "罚款"), RULE, "bad_input"),
        (Order("属实", "暂停"), None, "unknown_rule"),
        (Order("属实", "暂停", date(2026, 6, 2), date(2026, 6, 1)), RULE, "bad_input"),
        (Order("属实", "暂停", None, date(2026, 7, 1), 3), RULE, "bad_input"),
        (Order("属实", "暂停", None, None, -1), RULE, "bad_input"),
    ],
)
def test_measures_that_are_refused(order: Order, rule: Any, code: str) -> None:
    refused(lambda who: party_decide.sanction(two(), "s9", order, rule, None, who), code)


def test_lifting() -> None:
    state = party(sanctioned("s1", since="2026-06-01", until="2026-06-05"))
    refused(lambda who: party_decide.lift(state, "s9", TODAY, "改正", who), "unknown_target")
    refused(lambda who: party_decide.lift(state, "s1", TODAY, "改正", who), "nothing_changed")
    refused(lambda who: party_decide.lift(state, "s1", date(2026, 6, 3), " ", who), "bad_input")
    refused(lambda who: party_decide.lift(state, "s1", date(2026, 5, 3), "改正", who), "bad_input")


def test_extra_quota_is_granted_once() -> None:
    state = party(event("granted", year="2026", base=10, extra=5))
    assert party_decide.grant(state, "2026", 10, 8, by()).warnings
    assert not party_decide.grant(state, "2026", 12, None, by()).warnings
    assert party_decide.grant(state, "2026", 12, None, by()).event.payload["extra"] == 5
    refused(lambda who: party_decide.grant(state, "2026", 10, 5, who), "nothing_changed")
    refused(lambda who: party_decide.grant(state, "26", 10, 5, who), "bad_input")
    refused(lambda who: party_decide.grant(state, "2026", -1, 5, who), "bad_input")


def test_merging() -> None:
    refused(lambda who: party_decide.merge(party(), "a", party(), "a", who), "bad_input")
    refused(lambda who: party_decide.merge(party(), "a", party(kind="代理机构"), "b", who), "bad_input")
    assert party_decide.merge(party(uscc="A"), "a", party(uscc="B"), "b", by()).warnings
    refused(lambda who: party_decide.separate(party(), "", who), "not_begun")


def test_a_party_that_was_merged_or_is_newer_is_left_alone() -> None:
    gone = party(event("merged", into="b"))
    refused(lambda who: party_decide.amend(gone, {"contact": "李"}, "", who), "party_merged")
    newer: PartyState = party(event("noted", text="x")._replace(version=2))
    refused(lambda who: party_decide.amend(newer, {"contact": "李"}, "", who), "needs_newer_program")
    refused(lambda who: party_decide.note(newer, "x", who), "needs_newer_program")


def test_days_far_ahead_are_slips_of_the_pen() -> None:
    refused(lambda who: party_decide.note(party(), "x", who), "far_future", on=date(2028, 1, 1))
    assert party_decide.note(party(found("f1", "2026-01-01")), "x", by(on=date(2026, 7, 1))).warnings
