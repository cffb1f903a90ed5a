"""Taking in what others recorded: in any order, any number of times, with holes, and with what cannot be true."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from db import quarantine
from db.clock import now_ms
from db.ingest import Taken, take_in
from db.journal import Reader
from db.quarantine import FORK, SPOILT
from db.store import Store
from db.verify import verify
from db.wire import Arrived, Spoilt
from tests.db import toy
from tests.db.authors import Author


def take(store: Store, arrivals: Sequence[Arrived | Spoilt]) -> Taken:
    with store.write() as tx:
        return take_in(tx, arrivals, "某处")


def kinds(store: Store) -> list[tuple[str, int, str]]:
    with store.read() as reader:
        return sorted((one.station[0], one.seq, one.kind) for one in quarantine.listed(reader))


def waiting(store: Store) -> list[tuple[str, int, int, int]]:
    with store.read() as reader:
        return [(station[0], *rest) for station, *rest in quarantine.held(reader)]  # type: ignore[misc]


def image(reader: Reader) -> tuple[object, ...]:
    """All that may not depend on the way by which the events came."""
    streams = reader.streams("")
    return (
        sorted(event.hash for event in toy.events(reader)),
        reader.vector(),
        {stream: set(reader.heads(stream)) for stream in streams},
        {stream: [event.hash for event in reader.stream(stream)] for stream in streams},
        reader.branched(streams),
    )


def sound(store: Store) -> None:
    with store.read() as reader:
        assert verify(reader) == []


def test_in_order(store: Store) -> None:
    author = Author("a")
    events = [author.write(f"case/{n % 3}", n=n) for n in range(9)]
    taken = take(store, author.events)
    assert taken.events == events
    assert (taken.held, taken.known, taken.refused, taken.forked, taken.ahead) == (0, 0, 0, {}, {})
    with store.read() as reader:
        assert toy.events(reader) == events
        assert reader.vector() == {author.station: 9}
        assert reader.heads("case/1") == (events[7].hash,)
        assert reader.branched(["case/0", "case/1", "case/2"]) == set()
    sound(store)


def test_twice_is_once(store: Store) -> None:
    author = Author("a")
    for n in range(5):
        author.write(n=n)
    assert len(take(store, [*author.events, *author.events]).events) == 5
    taken = take(store, author.events[1:4])
    assert (taken.events, taken.known) == ([], 3)
    with store.read() as reader:
        assert reader.count() == 5


def test_what_comes_too_early_waits_and_is_not_lost(store: Store) -> None:
    author = Author("a")
    events = [author.write(n=n) for n in range(6)]
    taken = take(store, [author.events[n] for n in (4, 1, 5, 0)])
    assert [event.seq for event in taken.events] == [1, 2]
    assert waiting(store) == [("a", 5, 6, 2)]
    assert take(store, [author.events[4]]).held == 0  # it waits already
    assert [event.seq for event in take(store, [author.events[3]]).events] == []
    assert [event.seq for event in take(store, [author.events[2]]).events] == [3, 4, 5, 6]
    assert waiting(store) == []
    with store.read() as reader:
        assert [event.hash for event in toy.events(reader)] == [event.hash for event in events]
    sound(store)


def test_what_builds_on_others_waits_for_them(store: Store) -> None:
    a, b = Author("a"), Author("b")
    first = a.write(n=1)
    second = b.write("case/2", n=2)
    third = b.write(parents=(first.hash,), n=3)
    fourth = b.write("case/2", n=4)
    assert take(store, b.events).events == [second]
    assert waiting(store) == [("b", 2, 3, 2)]
    assert take(store, a.events).events == [first, third, fourth]
    sound(store)


def test_releasing_goes_on_from_station_to_station(store: Store) -> None:
    """Each of a hundred waits for the one before, held at another station."""
    authors = [Author(letter) for letter in "0123456789"]
    parents: tuple[str, ...] = ()
    for number in range(100):
        parents = (authors[number % 10].write(parents=parents, n=number).hash,)
    arrivals = sorted((one for author in authors for one in author.events), key=lambda one: -one.event.payload["n"])
    assert take(store, arrivals[:-1]).events == []
    taken = take(store, arrivals[-1:])
    assert [event.payload["n"] for event in taken.events] == list(range(100))
    assert waiting(store) == []
    sound(store)


def test_work_side_by_side_branches_and_joins(store: Store) -> None:
    a, b = Author("a"), Author("b")
    root = a.write(n=0)
    left = a.write(n=1)
    right = b.write(parents=(root.hash,), n=2)
    take(store, a.events)
    take(store, b.events)
    with store.read() as reader:
        assert set(reader.heads("case/1")) == {left.hash, right.hash}
        assert reader.branched(["case/1"]) == {"case/1"}
    with store.write() as tx:
        (joined,) = tx.append([toy.draft(1, random.Random(1), stream="case/1")])
    assert set(joined.parents) == {left.hash, right.hash}
    with store.read() as reader:
        assert reader.heads("case/1") == (joined.hash,)
    sound(store)


def test_any_order_and_any_portions_come_to_the_same(store: Store) -> None:
    chance = random.Random(7)
    authors = [Author(letter) for letter in "abc"]
    heads: dict[str, list[str]] = {"case/1": [], "case/2": []}
    for number in range(40):
        author, stream = chance.choice(authors), chance.choice(tuple(heads))
        seen = chance.sample(heads[stream], chance.randint(0, min(2, len(heads[stream]))))
        heads[stream].append(author.write(stream, tuple(seen), n=number).hash)
    arrivals = [one for author in authors for one in author.events]
    images = []

    def taken_in(order: Sequence[Arrived]) -> None:
        with store.write() as tx:
            start = 0
            while start < len(order):
                size = chance.randint(1, 15)
                take_in(tx, order[start : start + size], "某处")
                start += size
            assert quarantine.held(tx) == []
            assert verify(tx) == []
            images.append(image(tx))
            raise ZeroDivisionError  # and back to nothing

    for _ in range(12):
        chance.shuffle(arrivals)
        with pytest.raises(ZeroDivisionError):
            taken_in(arrivals)
    assert images == [images[0]] * 12
    with store.read() as reader:
        assert (reader.count(), reader.vector()) == (0, {})


def test_another_event_under_a_number_that_is_known(store: Store) -> None:
    author = Author("a")
    for n in range(3):
        author.write(n=n)
    clone = author.copy()
    author.write(n=3)
    author.write(n=4)
    for n in (13, 14, 15):
        clone.write(n=n)
    take(store, author.events)
    taken = take(store, clone.events)
    assert (taken.events, taken.known, taken.forked, taken.refused) == ([], 3, {author.station: 4}, 3)
    assert kinds(store) == [("a", 4, FORK), ("a", 5, FORK), ("a", 6, FORK)]
    assert take(store, clone.events).refused == 0  # said once
    with store.read() as reader:
        assert reader.vector() == {author.station: 5}
    sound(store)


def test_two_that_wait_under_one_number(store: Store) -> None:
    author = Author("a")
    author.write(n=0)
    clone = author.copy()
    author.write(n=1)
    clone.write(n=2)
    take(store, [author.events[1], clone.events[1]])
    assert waiting(store) == [("a", 2, 2, 2)]
    taken = take(store, author.events[:1])
    assert (len(taken.events), taken.forked, waiting(store)) == (2, {author.station: 2}, [])
    assert kinds(store) == [("a", 2, FORK)]
    sound(store)


def test_parents_in_another_stream_cannot_be_true(store: Store) -> None:
    author = Author("a")
    first = author.write("case/1")
    author.write("case/2", (first.hash,))
    author.write("case/3")
    taken = take(store, author.events)
    assert (taken.events, taken.refused, taken.held) == ([first], 1, 1)
    assert kinds(store) == [("a", 2, SPOILT)]
    sound(store)


def test_a_clock_that_runs_backwards_within_a_chain_cannot_be_true(store: Store) -> None:
    author = Author("a")
    author.write(hlc=50)
    author.write(hlc=50)
    assert take(store, author.events).refused == 1
    assert kinds(store) == [("a", 2, SPOILT)]


def test_what_did_not_arrive_whole_is_kept_to_be_looked_at(store: Store) -> None:
    author = Author("a")
    for n in range(3):
        author.write(n=n)
    spoilt = Spoilt(author.station, 2, author.events[1].event.hash, "内容与校验值不符", b"what came")
    taken = take(store, [author.events[0], spoilt, author.events[2]])
    assert (len(taken.events), taken.refused, taken.held) == (1, 1, 1)
    with store.read() as reader:
        assert reader.rows("SELECT seq, kind, reason, body, source FROM quarantine") == [
            (2, SPOILT, "内容与校验值不符", b"what came", "某处")
        ]
    assert len(take(store, author.events).events) == 2  # the next time it comes whole
    sound(store)


def test_a_clock_far_ahead_is_told_and_taken(store: Store) -> None:
    author = Author("a")
    author.write(hlc=(now_ms() + 3_600_000) << 16)
    taken = take(store, author.events)
    assert len(taken.events) == 1
    assert 3_500_000 < taken.ahead[author.station] <= 3_600_000
