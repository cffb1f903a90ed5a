"""Random walks through the procedures: whatever is tried, in whatever order, on whatever day.

Replayed events give the live state, no case is ever stuck, no limit runs at an end, a refusal changes nothing.
200 walks find a fault that shows in more than 1.5 % of walks with 95 % certainty (3 / n).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.core import case as case_module
from desktop.core import effects
from desktop.core.procedure import Procedure, Trigger
from tests.core.walks import SERVICES, Walker, shipped_rules, walk, with_procedure

WALKS_EACH = 40  # per category


def test_walks_keep_every_promise() -> None:
    walkers = [walk(seed, 50) for seed in range(200)]
    everything_happens(shipped_rules().procedure, walkers)
    assert sum(walker.refused for walker in walkers) > 1_000


@pytest.mark.parametrize("service", SERVICES)
def test_walks_through_the_other_services_keep_every_promise(service: str) -> None:
    procedure = shipped_rules(service).procedure
    walkers = list(service_walks(service, 0, WALKS_EACH, 60))
    everything_happens(procedure, walkers)
    assert {walker.category for walker in walkers} == {category.code for category in procedure.categories}
    assert sum(walker.refused for walker in walkers) > 1_000


@pytest.mark.long
def test_many_long_walks_keep_every_promise() -> None:
    for seed in range(10_000, 12_000):
        walk(seed, 100)


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
def test_many_long_walks_through_the_other_services_keep_every_promise(service: str) -> None:
    each = 2_000 // len(shipped_rules(service).procedure.categories) + 1
    for _ in service_walks(service, 10_000, each, 100):
        pass


def service_walks(service: str, first: int, each: int, steps: int) -> Iterator[Walker]:
    rules = shipped_rules(service)
    for place, category in enumerate(rules.procedure.categories):
        for seed in range(first + place * each, first + (place + 1) * each):
            yield walk(seed, steps, rules=rules, category=category.code)


def everything_happens(procedure: Procedure, walkers: list[Walker]) -> None:
    """Every action was taken and every stage reached."""
    payloads = [event.payload for walker in walkers for event in walker.events]
    seen = {payload.get("action") for payload in payloads}
    assert set(procedure.actions) <= seen, f"never done: {set(procedure.actions) - seen}"
    assert set(procedure.stages) <= {payload.get("to") for payload in payloads}


def fails(**options: Any) -> int:
    """How many of 25 walks notice."""
    found = 0
    for seed in range(25):
        try:
            walk(seed, 50, **options)
        except AssertionError:
            found += 1
    return found


def test_control_a_clock_without_its_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the stop, and without the closing of limits at an end, the walks must notice."""
    procedure = shipped_rules().procedure
    deaf = tuple(
        replace(clock, stop=(Trigger("reopen"),)) if clock.id == "reply" else clock for clock in procedure.clocks
    )
    monkeypatch.setattr("desktop.core.decide.clock_effects", without_void(effects.clock_effects))
    assert fails(rules=with_procedure(replace(procedure, clocks=deaf))) > 0


def test_control_limits_left_open_at_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.core.decide.clock_effects", without_void(effects.clock_effects))
    assert fails() > 0


def without_void(whole: Any) -> Any:
    return lambda *args, **options: [effect for effect in whole(*args, **options) if effect["do"] != "void"]


@pytest.mark.parametrize(
    ("service", "category", "clock"),
    [
        ("priority", "utility", "reply_days"),
        ("enforcement", "ruling", "serving"),
        ("navigation", "industry", "next_update"),
        ("commercialisation", "open_list", "check_again"),
        ("evidence", "object", "loan"),
    ],
)
def test_control_a_service_whose_clock_does_not_stop(service: str, category: str, clock: str) -> None:
    rules = shipped_rules(service)
    deaf = tuple(replace(one, stop=(Trigger("reopen"),)) if one.id == clock else one for one in rules.procedure.clocks)
    assert fails(rules=replace(rules, procedure=replace(rules.procedure, clocks=deaf)), category=category) > 0


@pytest.mark.parametrize("verb", ["pause", "resume", "restore", "stop"])
def test_control_a_fold_that_ignores_an_effect(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    forget(monkeypatch, verb)
    assert fails() > 0


def test_control_a_fold_that_ignores_an_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch, "extend")
    assert fails(rules=shipped_rules("enforcement"), category="ruling") > 0


def forget(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    whole = case_module._apply

    def forgetful(state: Any, effect: Any) -> None:
        if effect["do"] != verb:
            whole(state, effect)

    monkeypatch.setattr(case_module, "_apply", forgetful)


def test_control_a_fold_that_changes_what_it_was_given() -> None:
    def careless(state: Any, event: Any) -> Any:
        case_module.advance(state, event)
        return state

    assert fails(advance=careless) == 25
