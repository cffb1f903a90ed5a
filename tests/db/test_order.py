"""One order for everybody."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from db.envelope import Draft, Envelope, seal
from db.order import linearised


def event(name: str, hlc: int, *parents: Envelope, seq: int = 1) -> Envelope:
    draft = Draft("case/1", "toy.moved", 1, "张三", "预审员", "2026-03-02", {}, {"name": name})
    return seal(draft, name[0] * 32, seq, hlc, tuple(one.hash for one in parents), "")


def names(events: list[Envelope]) -> str:
    return " ".join(one.payload["name"] for one in events)


def test_what_was_seen_comes_first_whatever_the_clocks_say() -> None:
    a = event("a", 900)
    b = event("b", 500, a)
    c = event("c", 100, b)
    assert names(linearised([a, b, c])) == names(linearised([c, b, a])) == "a b c"


def test_those_who_knew_nothing_of_each_other_by_their_clocks_then_by_their_stations() -> None:
    a = event("a", 1)
    b, c, d = event("b", 30, a), event("c", 20, a), event("d", 20, a)
    assert names(linearised([b, d, a, c])) == "a c d b"


def test_parents_that_are_elsewhere_count_as_seen() -> None:
    a = event("a", 9)
    b = event("b", 5, a)
    assert names(linearised([b])) == "b"
    assert linearised([]) == []


@given(st.integers(0, 2**32), st.integers(1, 30))
def test_any_arrival_gives_one_order_that_respects_what_was_seen(seed: int, count: int) -> None:
    chance = random.Random(seed)
    events: list[Envelope] = []
    for number in range(count):
        parents = chance.sample(events, min(len(events), chance.randrange(4)))
        events.append(event(f"{chance.choice('abcd')}{number}", chance.randrange(20), *parents, seq=number + 1))
    ordered = linearised(events)
    place = {one.hash: at for at, one in enumerate(ordered)}
    assert len(place) == count
    assert all(place[parent] < place[one.hash] for one in events for parent in one.parents)
    for _ in range(3):
        chance.shuffle(events)
        assert linearised(events) == ordered
