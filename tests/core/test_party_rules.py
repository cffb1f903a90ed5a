"""The centre's rules about parties, and what they propose: with the very evidence, once."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktop.core.configuration import read_document
from desktop.core.party import PartyState
from desktop.core.party_proposals import Proposal, proposals
from desktop.core.party_rules import (
    FINDINGS,
    PartyCase,
    PartyRule,
    PartyRules,
    PassBase,
    Trigger,
    parse_party_rules,
    percent,
    rates,
)
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus
from tests.core.parties import appealed, event, found, party, sanctioned

SHIPPED: dict[str, Any] = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "resources" / "party_rules.toml").read_text("utf-8")
)
RULES = parse_party_rules(SHIPPED)
TODAY = date(2026, 6, 10)


def only(*ids: str, **changes: Any) -> PartyRules:
    """The shipped document with these rules in force and no others."""
    return replace(RULES, rules=tuple(replace(rule, active=rule.id in ids, **changes) for rule in RULES.rules))


def proposed(state: PartyState, *ids: str, cases: tuple[PartyCase, ...] = (), on: date = TODAY) -> tuple[Proposal, ...]:
    return proposals(state, only(*ids), cases, on)


def concluded(number: int, result: str, on: str = "2026-05-01") -> PartyCase:
    return PartyCase(f"SDYS-{number}", "题", "2026-04-01", on, result)


# ---------------------------------------------------------------- the document
def test_what_ships_is_unchecked_sourced_and_has_only_the_own_province_in_force() -> None:
    assert [rule.id for rule in RULES.rules if rule.active] == ["shandong-abnormal"]
    assert all(rule.status is CheckStatus.UNCHECKED and rule.basis for rule in RULES.rules)
    assert {rule.trigger for rule in RULES.rules} == set(Trigger)
    assert all(rule.finding in FINDINGS for rule in RULES.rules)


def test_a_centre_publishes_its_own() -> None:
    document = read_document(
        {
            "document": {"kind": "parties", "basis": "本中心办法", "checked_on": "2026-05-01", "status": "已核对"},
            **SHIPPED,
        }
    )
    assert parse_party_rules(document.body, "3").version == "3"
    assert not parse_party_rules({}).rules


@pytest.mark.parametrize(
    "change",
    [{"measure": "罚款"}, {"threshold": 0}, {"trigger": "moon"}, {"basis": ""}, {"window": "month"}, {"months": -1},
     {"wings": 2}, {"finding": "别的"}, {"applies": "个人"}, {"window_days": 0}],
)  # fmt: skip
def test_a_faulty_rule_is_named(change: dict[str, Any]) -> None:
    rows = [dict(row) for row in SHIPPED["rules"]]
    rows[0].update(change)
    with pytest.raises(Refusal) as caught:
        parse_party_rules({**SHIPPED, "rules": rows})
    assert any("shandong-abnormal" in str(problem) for problem in caught.value.data["problems"])  # type: ignore[attr-defined]


def test_one_number_twice_is_a_fault() -> None:
    with pytest.raises(Refusal, match="重复"):
        parse_party_rules({**SHIPPED, "rules": [SHIPPED["rules"][0]] * 2})


# ---------------------------------------------------------------- acceptance case 16
def two(first: str = "2026-02-01", second: str = "2026-05-01", *more: Any) -> PartyState:
    return party(found("f1", first, case="SDYS-1"), found("f2", second, case="SDYS-2"), *more)


def test_two_abnormal_cases_with_failed_appeals_propose_a_suspension() -> None:
    (one,) = proposals(
        two("2026-02-01", "2026-05-01", appealed("f1", "不成立"), appealed("f2", "不成立")), RULES, (), TODAY
    )
    assert (one.rule, one.measure, one.cases, one.findings) == (
        "shandong-abnormal", "暂停", ("SDYS-1", "SDYS-2"), ("f1", "f2"),
    )  # fmt: skip
    assert one.text == RULES.rules[0].text
    assert one.status == "待核对"
    assert (one.since, one.until) == ("2026-06-10", "")
    assert "2 件" in one.sentence
    assert "期限由确认人填写" in one.sentence


@pytest.mark.parametrize(
    "state",
    [
        party(found("f1", "2026-02-01")),
        two("2025-04-30", "2026-05-01"),  # 366 days apart
        two("2026-02-01", "2026-05-01", appealed("f1", "成立")),
        two("2026-02-01", "2026-05-01", appealed("f2", "待定")),
        party(found("f1", "2026-02-01", "低质量"), found("f2", "2026-05-01", "低质量")),
    ],
)
def test_less_than_that_proposes_nothing(state: PartyState) -> None:
    assert proposals(state, RULES, (), TODAY) == ()


def test_365_days_are_still_one_year() -> None:
    assert proposals(two("2025-05-02", "2026-05-01"), RULES, (), TODAY)


def test_a_proposal_waits_for_somebody_and_does_not_wait_for_ever() -> None:
    state = two("2025-07-01", "2026-05-01")
    assert proposals(state, RULES, (), date(2026, 7, 2))  # the first has left the year before today, not the second's
    assert proposals(state, RULES, (), date(2027, 4, 30))
    assert not proposals(state, RULES, (), date(2027, 5, 1))


def test_what_was_decided_comes_again_only_with_new_evidence() -> None:
    (one,) = proposals(two(), RULES, (), TODAY)
    dismissed = event("dismissed", proposal=one.id, rule=one.rule, evidence=list(one.evidence), reason="证据不足")
    confirmed = sanctioned("s1", rule=one.rule, proposal=one.id, evidence=list(one.evidence))
    for decided in (dismissed, confirmed):
        assert not proposals(two("2026-02-01", "2026-05-01", decided), RULES, (), date(2026, 6, 20))
        more = proposals(
            two("2026-02-01", "2026-05-01", decided, found("f3", "2026-06-15")), RULES, (), date(2026, 6, 20)
        )
        assert [len(again.findings) for again in more] == [3]
        assert more[0].id != one.id
    other = event("dismissed", proposal=one.id, rule="another", evidence=list(one.evidence), reason="x")
    assert proposals(two("2026-02-01", "2026-05-01", other), RULES, (), TODAY)


def test_evidence_that_shrinks_is_not_new() -> None:
    state = two("2026-02-01", "2026-05-01", found("f3", "2026-05-02"))
    (one,) = proposals(state, RULES, (), TODAY)
    decided = event("dismissed", proposal=one.id, rule=one.rule, evidence=list(one.evidence), reason="x")
    less = two("2026-02-01", "2026-05-01", found("f3", "2026-05-02"), decided, appealed("f3", "成立"))
    assert not proposals(less, RULES, (), TODAY)


def test_the_order_of_findings_does_not_name_the_proposal() -> None:
    one = proposals(party(found("f1", "2026-02-01"), found("f2", "2026-05-01")), RULES, (), TODAY)
    other = proposals(party(found("f2", "2026-05-01"), found("f1", "2026-02-01")), RULES, (), TODAY)
    assert one == other


# ---------------------------------------------------------------- the other triggers
def test_the_fail_rate_must_be_exceeded_and_rest_on_enough_cases() -> None:
    half = (concluded(1, "不合格"), concluded(2, "合格"), concluded(3, "合格"), concluded(4, "不合格"))
    assert not proposed(party(), "chongqing-fail-rate", cases=half)
    over = (*half, concluded(5, "不合格"))
    (one,) = proposed(party(), "chongqing-fail-rate", cases=over)
    assert one.cases == ("SDYS-1", "SDYS-4", "SDYS-5")
    assert "3 件 ÷ 已结论 5 件 = 60.0%" in one.sentence
    assert one.until == "2026-12-09"
    assert not proposed(party(), "chongqing-fail-rate", cases=over[-1:])  # one case is no rate
    assert not proposed(party(), "chongqing-fail-rate-cancel", cases=over)


def test_later_passes_speak_for_a_party() -> None:
    bad = tuple(concluded(n, "不合格", "2026-02-01") for n in range(3))
    assert proposed(party(), "chongqing-fail-rate", cases=bad)
    good = tuple(concluded(n, "合格", "2026-06-01") for n in range(10, 13))
    assert not proposed(party(), "chongqing-fail-rate", cases=bad + good)


def test_lapsed_cases() -> None:
    cases = tuple(replace(concluded(n, "合格"), lapsed_on=f"2026-05-0{n}") for n in (1, 2))
    (one,) = proposed(party(), "lapsed", cases=cases)
    assert (one.measure, one.cases) == ("警告", ("SDYS-1", "SDYS-2"))
    assert not proposed(party(), "lapsed", cases=cases[:1])


def test_warned_and_again() -> None:
    warned = sanctioned("s1", "警告", "2026-03-01", findings=["f1"])
    assert not proposed(party(found("f1", "2026-03-05"), warned), "chongqing-warned-again")
    (one,) = proposed(party(found("f1", "2026-02-01"), warned, found("f2", "2026-04-01")), "chongqing-warned-again")
    assert one.findings == ("f2",)
    assert not proposed(party(found("f1", "2026-02-01"), found("f2", "2026-04-01")), "chongqing-warned-again")


def test_false_material_and_business_abnormality() -> None:
    assert proposed(party(found("f1", "2026-05-01", "虚假材料")), "zhejiang-false-material")
    agency = party(kind="代理机构", name="某代理所", abnormal="是", checked_on="2026-05-01")
    assert proposed(agency, "hefei-business-abnormal")
    assert not proposed(party(kind="代理机构", name="某代理所", abnormal="否"), "hefei-business-abnormal")
    assert not proposed(party(), "hefei-business-abnormal")


def test_a_quota_that_is_used_up() -> None:
    cases = tuple(PartyCase(f"SDYS-{n}", "题", "2026-04-01") for n in range(3))
    granted = event("granted", year="2026", base=3, extra=0)
    assert proposed(party(granted), "quota-used", cases=cases)
    assert not proposed(party(granted), "quota-used", cases=cases[:2])
    assert not proposed(party(), "quota-used", cases=cases)


def test_rules_speak_of_their_own_kind_and_the_severest_first() -> None:
    agency = party(found("f1", "2026-02-01"), found("f2", "2026-05-01"), kind="代理机构", name="某代理所")
    assert not proposals(agency, RULES, (), TODAY)
    both = proposed(two(), "shandong-abnormal", "zhejiang-guangdong-abnormal")
    assert [one.measure for one in both] == ["取消", "暂停"]
    assert both[0].until == "2029-06-09"


def test_a_rule_by_calendar_year() -> None:
    def yearly(rule: PartyRule) -> PartyRule:
        return replace(rule, window_days=0, active=rule.id == "shandong-abnormal")

    rules = replace(RULES, rules=tuple(map(yearly, RULES.rules)))
    assert proposals(two("2026-01-01", "2026-12-31"), rules, (), date(2026, 12, 31))
    assert not proposals(two("2025-12-31", "2026-01-01"), rules, (), TODAY)


# ---------------------------------------------------------------- figures
def test_rates_print_their_definition() -> None:
    cases = (
        concluded(1, "合格"), concluded(2, "合格"), concluded(3, "不合格"), PartyCase("SDYS-4", "题", "2026-05-05"),
        concluded(5, "合格", "2025-12-01"), PartyCase("SDYS-6"),
    )  # fmt: skip
    passed, failed = rates(cases, "2026-01-01", "2026-06-10", RULES)
    assert (passed.part, passed.whole, passed.text) == (2, 5, "40.0%")
    assert "已受理" in passed.definition
    assert "2026-01-01" in passed.definition
    assert (failed.part, failed.whole, failed.text) == (1, 3, "33.3%")
    other = rates(cases, "2026-01-01", "2026-06-10", replace(RULES, pass_base=PassBase.CONCLUDED))[0]
    assert (other.part, other.whole) == (2, 3)


def test_a_rate_of_nothing_is_no_number() -> None:
    assert percent(0, 0) == "—"
    assert [percent(1, 3), percent(2, 3), percent(1, 1), percent(1, 2000)] == ["33.3%", "66.7%", "100.0%", "0.1%"]
