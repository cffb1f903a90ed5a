"""Cases whose people did not know of each other: what counts, what is disputed, and what a decision leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.case import ACTED, AMENDED, ATTACHED, OPENED, RESOLVED, CaseEvent, CaseState
from desktop.core.history import History, Recorded, Side, Standing, fold_all
from tests.sync.oracle import plain

DAY = "2026-03-03"
RULE = {
    "label": "期限", "kind": "promised", "owner": "centre", "limit": 7, "unit": "workday", "basis": "", "status": "",
    "checked_on": "", "source": "", "warn": [2, 1],
}  # fmt: skip
FACTS = {"title": "甲", "party": "乙", "patent_type": "发明", "received_on": DAY}
OPENING = CaseEvent(
    OPENED, 1, DAY,
    {"procedure": "preexam", "number": "N", "to": "A", "kind": "open", "facts": FACTS, "basis": {},
     "clocks": [{"clock": "main", "do": "start", "on": DAY, "rule": RULE}]},
)  # fmt: skip


class Case:
    """Events by short names; the opening is ``o``."""

    def __init__(self) -> None:
        self.events = [Recorded("o", (), OPENING)]

    def add(self, name: str, parents: str, kind: str, payload: dict[str, Any], version: int = 1) -> Case:
        self.events.append(Recorded(name, tuple(parents.split()), CaseEvent(kind, version, DAY, payload)))
        return self

    def move(self, name: str, parents: str, to: str, start: str = "A", **more: Any) -> Case:
        payload = {"action": f"to {to}", "label": "", "from": start, "to": to, "kind": "open", "clocks": [], **more}
        return self.add(name, parents, ACTED, payload)

    def stay(self, name: str, parents: str, at: str = "A", **more: Any) -> Case:
        return self.move(name, parents, at, at, **more)

    def amend(self, name: str, parents: str, **facts: str) -> Case:
        return self.add(name, parents, AMENDED, {"facts": facts})

    def decide(self, name: str, parents: str, set_aside: Sequence[str], kept: Sequence[str] = ()) -> Case:
        payload = {"choose": "left", "label": "", "reason": "", "kept": list(kept), "set_aside": list(set_aside)}
        return self.add(name, parents, RESOLVED, payload)

    def choose(self, name: str, parents: str, side: Side) -> Case:
        return self.decide(name, parents, side.set_aside, side.kept)

    @property
    def state(self) -> CaseState:
        return fold_all(self.events)[0]

    @property
    def standing(self) -> Standing:
        return fold_all(self.events)[1]


def shown(sides: Sequence[Side]) -> list[tuple[str, str]]:
    return [(" ".join(side.kept), " ".join(side.set_aside)) for side in sides]


def test_one_after_the_other_is_no_dispute() -> None:
    case = Case().move("a", "o", "B").move("b", "a", "C", "B")
    assert case.standing == Standing()
    assert (case.state.stage, case.state.contested) == ("C", 0)


def test_two_ways() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").amend("c", "b", title="丙").amend("d", "o", party="丁")
    standing = case.standing
    assert standing.disputed == {"a", "b", "c"}
    assert shown(standing.sides) == [("a", "b c"), ("b c", "a")]
    assert [side.own for side in standing.sides] == [("a",), ("b", "c")]
    assert standing.fresh_start == ("a", "b", "c")
    state = case.state
    assert (state.stage, state.contested, state.ended, state.events) == ("A", 2, False, 5)
    assert (state.facts["title"], state.facts["party"]) == ("甲", "丁")


def test_each_choice_leaves_what_it_says() -> None:
    for number, stage, title in ((0, "B", "甲"), (1, "C", "丙")):
        case = Case().move("a", "o", "B").move("b", "o", "C").amend("c", "b", title="丙")
        case.choose("d", "a c", case.standing.sides[number])
        assert (case.state.stage, case.state.facts["title"], case.state.contested) == (stage, title, 0)
    case = Case().move("a", "o", "B").move("b", "o", "C")
    case.decide("d", "a b", case.standing.fresh_start)
    assert case.state.stage == "A"
    assert case.standing.aside == {"a", "b"}


def test_three_ways() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").move("c", "o", "D")
    assert shown(case.standing.sides) == [("a", "b c"), ("b", "a c"), ("c", "a b")]
    case.choose("d", "a b c", case.standing.sides[1])
    assert (case.state.stage, case.standing.disputed) == ("C", frozenset())


def test_a_dispute_within_a_side_makes_a_side_of_its_own() -> None:
    """Choosing the outer side must not let both parties of the inner dispute count."""
    case = Case().move("a", "o", "B").move("b", "o", "C").move("x", "a", "D", "B").move("y", "a", "E", "B")
    assert shown(case.standing.sides) == [("a x", "b y"), ("b", "a x y"), ("a y", "b x")]
    case.choose("d", "b x y", case.standing.sides[2])
    assert (case.state.stage, case.state.contested) == ("E", 0)


def test_two_disputes_at_once() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").amend("x", "o", title="丙").amend("y", "o", title="丁")
    for side in case.standing.sides:
        assert len({"a", "b"} & set(side.kept)) == len({"x", "y"} & set(side.kept)) == 1
        assert {*side.kept, *side.set_aside} == {"a", "b", "x", "y"}
    assert {name for side in case.standing.sides for name in side.kept} == {"a", "b", "x", "y"}


def test_the_same_walk_twice_is_one_walk() -> None:
    pause = [{"clock": "main", "do": "pause", "on": DAY}]
    start = [{"clock": "reply", "do": "start", "on": DAY, "rule": RULE}]
    case = Case().move("a", "o", "B", clocks=pause).move("b", "a", "C", "B", clocks=start)
    case.move("x", "o", "B", clocks=pause).move("y", "x", "C", "B", clocks=start).stay("z", "y", "C", sets=["paid"])
    assert case.standing == Standing(doubled=frozenset("xy"))
    assert (case.state.stage, case.state.flags) == ("C", ["paid"])
    assert [clock.id for clock in case.state.clocks] == ["main", "reply"]
    assert [clock.spans for clock in case.state.clocks] == [[[DAY, DAY]], [[DAY, ""]]]


def test_the_same_step_where_one_had_noted_something_else_before_is_still_one() -> None:
    start = [{"clock": "reply", "do": "start", "on": DAY, "rule": RULE}]
    pause = [{"clock": "main", "do": "pause", "on": DAY}]
    case = Case().stay("a", "o", clocks=pause).move("b", "a", "B", clocks=start).move("c", "o", "B", clocks=start)
    assert case.standing == Standing(doubled=frozenset("c"))
    assert [clock.id for clock in case.state.live_clocks()] == ["main", "reply"]


def test_the_same_step_from_two_standings_is_disputed() -> None:
    """Both went to B, one of them after there and back: nobody can say that it is the same step."""
    case = Case().move("a", "o", "C").move("b", "a", "A", "C").move("c", "b", "B").move("x", "o", "B")
    assert {frozenset(side.kept) for side in case.standing.sides} == {frozenset("abc"), frozenset("x")}


def test_whoever_had_seen_the_same_step_of_another_had_seen_this_one() -> None:
    case = Case().move("a", "o", "B").move("x", "o", "B").move("y", "x", "C", "B")
    assert case.standing == Standing(doubled=frozenset("x"))
    assert case.state.stage == "C"


def test_a_decision_sets_the_same_step_of_somebody_unseen_aside_too() -> None:
    resume = [{"clock": "main", "do": "resume", "on": DAY}]
    case = Case().move("a", "o", "B").move("r", "o", "C", clocks=[{"clock": "main", "do": "pause", "on": DAY}])
    case.move("s", "r", "A", "C", clocks=resume).move("t", "r", "A", "C", clocks=resume)
    case.decide("d", "a s", ["a", "r", "s"])
    assert case.standing.aside == {"a", "r", "s", "t"}
    assert (case.state.stage, case.standing.disputed) == ("A", frozenset())


def test_a_decision_that_had_not_seen_a_step() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").decide("d", "a b", ["b"], ["a"])
    assert case.state.stage == "B"
    case.stay("e", "b", "C", sets=["paid"])
    assert case.standing.disputed == {"d", "e"}
    assert case.state.contested == 2
    case.stay("f", "o", remark="a bare remark does no harm to any decision")
    assert case.standing.disputed == {"d", "e"}


def test_bringing_back_what_a_dropped_decision_had_set_aside() -> None:
    """Whoever decides for the step that builds on it decides for it."""
    case = Case().move("a", "o", "B").move("b", "o", "C").decide("d", "a b", ["b"], ["a"])
    case.stay("e", "b", "C", sets=["paid"])
    names = "a b d e".split()
    for _ in range(4):
        sides = case.standing.sides
        if not sides:
            break
        side = next(side for side in sides if "e" in side.kept)
        case.choose(f"n{len(names)}", " ".join(names), side)
        names.append(f"n{len(names)}")
    state = case.state
    assert (state.stage, state.flags, state.contested) == ("C", ["paid"], 0)


def test_two_decisions() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C")
    case.decide("d", "a b", ["b"], ["a"]).decide("e", "a b", ["a"], ["b"])
    assert case.standing.disputed == {"d", "e"}
    assert case.state.stage == "A"
    for side, stage in zip(case.standing.sides, ("B", "C"), strict=True):
        decided = Case()
        decided.events = list(case.events)
        decided.choose("f", "d e", side)
        assert (decided.state.stage, decided.state.contested) == (stage, 0)


def test_two_decisions_alike_are_one() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C")
    case.decide("d", "a b", ["b"], ["a"]).decide("e", "a b", ["b"], ["a"])
    assert (case.state.stage, case.standing.disputed) == ("B", frozenset())


def test_a_decision_set_aside_by_a_later_one_has_no_force() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").decide("d", "a b", ["b"], ["a"]).decide("e", "d", ["d", "a"])
    assert case.standing.aside == {"d", "a"}
    assert case.state.stage == "C"
    case.decide("f", "e", ["e"])
    assert case.standing.aside == {"e", "b"}
    assert case.state.stage == "B"


def test_what_no_decision_settled_stays_disputed_whoever_saw_it() -> None:
    """Two decisions that each undo another's bring both parties back: nobody may find both counting."""
    case = Case().move("a", "o", "B").move("b", "o", "C")
    case.decide("d", "a b", ["a", "b"]).decide("e", "a b", ["b", "a"])
    case.decide("f", "d e", ["d"], ["e"]).decide("g", "d e", ["e"], ["d"])
    assert {"a", "b", "f", "g"} <= case.standing.disputed
    assert (case.state.stage, bool(case.state.contested)) == ("A", True)


def test_an_opening_is_never_set_aside() -> None:
    case = Case().move("a", "o", "B").decide("d", "a", ["o", "a", "no such event"])
    assert case.standing.aside == {"a"}
    assert case.state.number == "N"


def test_events_without_meaning_and_of_a_newer_program_take_no_side() -> None:
    case = Case().move("a", "o", "B").move("x", "o", "B")
    case.add("n", "o", ACTED, {"to": "C"}, version=9).add("m", "o", ACTED, {"to": 7}).add("r", "n m", RESOLVED, {})
    state, standing = fold_all(case.events, {"m", "r"})
    assert standing == Standing(doubled=frozenset("x"))
    assert (state.stage, sorted(state.flags), state.events) == ("B", ["newer", "unreadable"], 6)


def test_a_newer_decision_within_a_dropped_side_is_left_alone() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").add("n", "b", RESOLVED, {"what": 1}, version=2)
    assert shown(case.standing.sides) == [("a", "b n"), ("b n", "a")]


def test_a_file_beside_the_case_takes_no_side() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").add("f", "a b", ATTACHED, {"sha256": "0" * 64})
    assert case.standing.disputed == {"a", "b"}


def test_what_an_author_knew() -> None:
    case = Case().move("a", "o", "B").move("b", "o", "C").stay("c", "a b")
    history = History(case.events)
    assert history.knew("c") == {"o", "a", "b"}
    assert history.knew("b") == {"o"}


# ---------------------------------------------------------------------- at random
@st.composite
def cases(draw: st.DrawFn) -> list[Recorded]:
    """Histories of people who know of some of what others did; disputes that somebody sees are mostly decided."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    case = Case()
    seen: list[set[str]] = [{"o"} for _ in range(chance.randint(2, 4))]
    for number in range(draw(st.integers(1, 14))):
        mine = chance.choice(seen)
        for other in seen:
            if chance.random() < 0.3:
                mine |= other
        known = [one for one in case.events if one.hash in mine]
        heads = mine - {parent for one in known for parent in one.parents}
        name, parents = f"e{number:02d}", " ".join(sorted(heads))
        state, standing = fold_all(known)
        if standing.sides:
            sets = [side.set_aside for side in standing.sides] + [standing.fresh_start]
            case.decide(name, parents, chance.choice(sets))
        elif chance.random() < 0.6:
            case.move(name, parents, chance.choice("ABCD"), state.stage, values={"note": chance.choice(("", "", "x"))})
        elif chance.random() < 0.5:
            case.amend(name, parents, title=chance.choice("甲乙"))
        else:
            case.stay(name, parents, state.stage, clocks=[{"clock": "main", "do": "exclude", "on": DAY, "until": DAY}])
        mine.add(name)
    return case.events


def another_order(events: Sequence[Recorded], chance: random.Random) -> list[Recorded]:
    """The same events, what was seen still before who saw it."""
    waiting, placed, order = list(events), set[str](), list[Recorded]()
    while waiting:
        ready = [one for one in waiting if placed.issuperset(one.parents)]
        one = chance.choice(ready)
        waiting.remove(one)
        placed.add(one.hash)
        order.append(one)
    return order


@given(cases(), st.integers(0, 2**32))
def test_the_order_of_what_knew_nothing_of_each_other_decides_nothing(events: list[Recorded], seed: int) -> None:
    state, standing = fold_all(events)
    chance = random.Random(seed)
    for _ in range(3):
        other_state, other = fold_all(another_order(events, chance))
        assert (other.aside, other.disputed) == (standing.aside, standing.disputed)
        assert len(other.doubled) == len(standing.doubled)
        assert plain(other_state) == plain(state)


@given(cases())
def test_every_choice_ends_the_dispute_it_was_made_in(events: list[Recorded]) -> None:
    """At once, or after the dispute that it brought back; never with two parties counting."""
    standing = fold_all(events)[1]
    heads = {one.hash for one in events} - {parent for one in events for parent in one.parents}
    for side in standing.sides:
        assert {*side.kept, *side.set_aside} >= standing.disputed
        assert set(side.kept).isdisjoint(side.set_aside)
        case = Case()
        case.events = list(events)
        case.choose("decision", " ".join(sorted(heads)), side)
        for number in range(6):
            after = case.standing
            if not after.sides:
                break
            case.choose(f"decision {number}", case.events[-1].hash, after.sides[0])
        assert not case.standing.disputed
    if standing.disputed:
        assert len(standing.sides) >= 2
        case = Case()
        case.events = list(events)
        case.decide("decision", " ".join(sorted(heads)), standing.fresh_start)
        assert not {one.hash for one in events} & case.standing.disputed
