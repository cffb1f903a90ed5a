"""The judge itself, on cases small enough to judge by hand; and that a seed is a history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop.core.case import ACTED, AMENDED, OPENED, RESOLVED, CaseEvent
from tests.sync import acts
from tests.sync.hunting import play
from tests.sync.oracle import Oracle, Said
from tests.sync.simulator import Plan

DAY = "2026-03-03"


class Case:
    def __init__(self) -> None:
        self.oracle = Oracle()
        self.said("opened", 1, set(), OPENED, {"facts": {}})

    def said(self, _name: str, uid: int, seen: set[int], kind: str, payload: dict[str, Any], **more: Any) -> None:
        self.oracle.remember(Said(uid, "case/1", frozenset(seen), CaseEvent(kind, 1, DAY, payload), **more))

    def moved(self, uid: int, seen: set[int], to: str, **more: Any) -> None:
        payload = {"action": to, "from": "A", "to": to, "kind": "open", "clocks": [], **more}
        self.said("moved", uid, seen, ACTED, payload)

    def amended(self, uid: int, seen: set[int], **facts: str) -> None:
        self.said("amended", uid, seen, AMENDED, {"facts": facts})

    def decided(self, uid: int, seen: set[int], kept: set[int], aside: set[int]) -> None:
        payload = {"choose": "left", "label": "", "reason": "", "kept": [], "set_aside": []}
        self.said("decided", uid, seen, RESOLVED, payload, kept=frozenset(kept), aside=frozenset(aside))


def test_seen_is_not_disputed() -> None:
    case = Case()
    case.moved(2, {1}, "B")
    case.moved(3, {1, 2}, "C")
    assert case.oracle.judge({1, 2, 3}).pairs == ()


def test_two_ways_are_disputed_with_all_that_follows_until_somebody_decides() -> None:
    case = Case()
    case.moved(2, {1}, "B")
    case.moved(3, {1}, "C")
    case.amended(4, {1, 3}, title="甲")
    case.amended(5, {1}, party="乙")
    assert case.oracle.judge({1, 2, 3, 4, 5}).pairs == ((2, 3),)
    assert case.oracle.judge({1, 2, 3, 4, 5}).disputed == {2, 3, 4}
    case.decided(6, {1, 2, 3, 4, 5}, {2}, {3, 4})
    judgement = case.oracle.judge({1, 2, 3, 4, 5, 6})
    assert judgement.aside == {3, 4}
    assert not judgement.disputed


def test_the_same_step_twice_is_one() -> None:
    case = Case()
    case.moved(2, {1}, "B")
    case.moved(3, {1}, "B")
    case.moved(4, {1, 2}, "C")
    case.moved(5, {1, 3}, "C")
    assert case.oracle.judge({1, 2, 3, 4, 5}).pairs == ()
    case.moved(6, {1, 3}, "D")
    assert case.oracle.judge({1, 2, 3, 4, 5, 6}).pairs == ((4, 6), (5, 6))


def test_a_decision_that_did_not_see_a_step_is_disputed_with_it() -> None:
    case = Case()
    case.moved(2, {1}, "B")
    case.moved(3, {1}, "C")
    case.decided(4, {1, 2, 3}, {2}, {3})
    case.amended(5, {1, 2}, title="甲")
    assert case.oracle.judge({1, 2, 3, 4, 5}).pairs == ((4, 5),)


def test_a_seed_is_a_history(room: Path, template: Path) -> None:
    """And a history without some of its steps is nearly the same one."""
    one, other = (play(room, template, 7, Plan(), range(60)) for _ in range(2))
    assert one.log == other.log
    assert one.oracle.said == other.oracle.said
    assert any(" act " in line for line in one.log)
    assert acts.MOVES.keys() >= {move.to for moves in acts.MOVES.values() for move in moves}
