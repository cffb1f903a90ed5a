"""Random walks through the procedure: whatever is tried, in whatever order, on whatever day.

Replayed events give the live state, no case is ever stuck, no limit runs at an end, a refusal changes nothing.
200 walks find a fault that shows in more than 1.5 % of walks with 95 % certainty (3 / n).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop.core import case as case_module
from desktop.core import effects
from desktop.core.procedure import Trigger
from tests.core.walks import shipped_rules, walk, with_procedure


def test_walks_keep_every_promise() -> None:
    walkers = [walk(seed, 50) for seed in range(200)]
    seen = {event.payload.get("action") for walker in walkers for event in walker.events}
    everything = set(shipped_rules().procedure.actions)
    assert everything <= seen, f"never done: {everything - seen}"
    reached = {walker.case.stage for walker in walkers} | {
        event.payload.get("to") for walker in walkers for event in walker.events
    }
    assert set(shipped_rules().procedure.stages) <= reached
    assert sum(walker.refused for walker in walkers) > 1_000


@pytest.mark.long
def test_many_long_walks_keep_every_promise() -> None:
    for seed in range(10_000, 12_000):
        walk(seed, 100)


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
    whole = effects.clock_effects

    def without_void(*args: Any, **options: Any) -> list[dict[str, Any]]:
        return [effect for effect in whole(*args, **options) if effect["do"] != "void"]

    monkeypatch.setattr("desktop.core.decide.clock_effects", without_void)
    assert fails(rules=with_procedure(replace(procedure, clocks=deaf))) > 0


def test_control_limits_left_open_at_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = effects.clock_effects
    monkeypatch.setattr(
        "desktop.core.decide.clock_effects",
        lambda *args, **options: [e for e in whole(*args, **options) if e["do"] != "void"],
    )
    assert fails() > 0


@pytest.mark.parametrize("verb", ["pause", "resume", "restore", "stop"])
def test_control_a_fold_that_ignores_an_effect(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    whole = case_module._apply

    def forgetful(state: Any, effect: Any) -> None:
        if effect["do"] != verb:
            whole(state, effect)

    monkeypatch.setattr(case_module, "_apply", forgetful)
    assert fails() > 0


def test_control_a_fold_that_changes_what_it_was_given() -> None:
    def careless(state: Any, event: Any) -> Any:
        case_module.advance(state, event)
        return state

    assert fails(advance=careless) == 25
