"""Meetings of stores with the hub in memory, one thing at a time; the simulator does them all at once."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from db import incarnation, local, quarantine, sync
from db.envelope import Draft, Envelope
from db.journal import Transaction
from db.peers import hear
from db.store import Store
from db.sync import Meeting, received, synchronise
from db.transport import Gap, Greeting, MemoryHub, MemoryTransport, Transport, Vector, Welcome
from db.verify import verify
from db.wire import Batch
from tests.db import toy
from tests.db.authors import Author
from tests.db.conftest import PASSPHRASE


class Place:
    """A store with what it was told to apply."""

    def __init__(self, folder: Path, letter: str | None) -> None:
        self.folder = folder
        self.store = Store.open(folder, PASSPHRASE, cipher=False)
        self.applied: list[Envelope] = []
        if letter:
            with self.store.write() as tx:
                local.set_meta(tx, "station", letter * 32)
                tx.station = letter * 32

    def write(self, *streams: str) -> list[Envelope]:
        chance = random.Random(len(streams))
        with self.store.write() as tx:
            return tx.append([toy.draft(n, chance, stream=stream) for n, stream in enumerate(streams)])

    def meet(self, way: Transport | MemoryHub, **options: object) -> Meeting:
        transport = MemoryTransport(way) if isinstance(way, MemoryHub) else way
        return synchronise(self.store, transport, self.apply, introduce, **options)  # type: ignore[arg-type]

    def apply(self, tx: Transaction, events: Sequence[Envelope]) -> None:
        self.applied += events

    def hashes(self) -> set[str]:
        with self.store.read() as reader:
            assert verify(reader) == []
            return {event.hash for event in toy.events(reader)}

    def contents(self) -> list[str]:
        with self.store.read() as reader:
            return sorted(event.payload["title"] for event in toy.events(reader) if event.type == "toy.moved")

    @property
    def station(self) -> str:
        with self.store.write():
            return self.store.station


def introduce(tx: Transaction) -> None:
    tx.append([Draft("stations", "station.started", 1, "", "", "2026-03-02", {}, {})])


@pytest.fixture
def place(fresh: Callable[..., Path]) -> Iterator[Callable[..., Place]]:
    made: list[Place] = []

    def make(letter: str, *, like: Place | None = None) -> Place:
        if like is None:
            folder = fresh(f"store-{len(made)}")
        else:
            like.store.close()
            folder = like.folder.with_name(f"store-{len(made)}")
            shutil.copytree(like.folder, folder)
            like.store = Store.open(like.folder, PASSPHRASE, cipher=False)
        made.append(Place(folder, None if like else letter))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


Make = Callable[..., Place]


def test_what_one_did_the_other_has(place: Make) -> None:
    a, b, hub = place("a"), place("b"), MemoryHub()
    written = a.write("case/1", "case/2", "case/1")
    sent = a.meet(hub)
    assert (sent.sent, sent.received, sent.renewed, sent.stations) == (3, 0, False, {a.station: [3, 0]})
    got = b.meet(hub)
    assert (got.sent, got.received, got.stations, got.streams) == (0, 3, {a.station: [0, 3]}, {"case/1", "case/2"})
    assert b.applied == written
    for one in (a, b):
        again = one.meet(hub)
        assert (again.sent, again.received, again.known) == (0, 0, 0)
    assert a.hashes() == b.hashes()


def test_a_meeting_without_news_moves_nothing_and_says_so(place: Make) -> None:
    a, told = place("a"), []
    a.meet(MemoryHub(), progress=lambda *said: told.append(said))
    assert told == []


def test_cancelling_keeps_what_was_done(place: Make) -> None:
    a, b, hub = place("a"), place("b"), MemoryHub()
    a.write(*["case/1"] * 10)
    a.meet(hub)
    asked = iter([False, True, True, True])
    assert b.meet(hub, cancelled=lambda: next(asked)).cancelled
    assert len(b.hashes()) == 10
    assert not b.meet(hub).cancelled


def test_receiving_only_sends_nothing(place: Make) -> None:
    a, b, hub = place("a"), place("b"), MemoryHub()
    a.write("case/1")
    a.meet(hub)
    b.write("case/2")
    assert b.meet(hub, receive_only=True).received == 1
    assert set(hub.chains) == {a.station}


class Writable(MemoryTransport):
    """Takes everybody's events from themselves alone."""

    def hello(self, greeting: Greeting) -> Welcome:
        return replace(super().hello(greeting), writable=frozenset(greeting.own))


def test_others_events_are_not_handed_over_without_the_right_to(place: Make) -> None:
    a, b, hub, elsewhere = place("a"), place("b"), MemoryHub(), MemoryHub()
    a.write("case/1", "case/1")
    a.meet(elsewhere)
    b.meet(elsewhere)
    b.write("case/1")
    meeting = b.meet(Writable(hub))
    assert (meeting.sent, meeting.not_taken, set(hub.chains)) == (1, 2, {b.station})
    c = place("c")
    assert c.meet(hub).held == 1  # it builds on what the hub does not have
    assert c.hashes() == set()
    a.meet(hub)
    assert c.meet(hub).received == 3
    assert c.hashes() == a.hashes() | b.hashes()


class GapOnce(MemoryTransport):
    """The hub is restored between greeting and handing over."""

    def __init__(self, hub: MemoryHub) -> None:
        super().__init__(hub)
        self.times = 0

    def push(self, batches: Sequence[Batch]) -> None:
        if not self.times:
            self.times = 1
            self.hub.batches.clear()
            self.hub.chains.clear()
            raise Gap
        super().push(batches)


def test_a_hub_that_is_restored_during_the_meeting_is_filled_again(place: Make) -> None:
    a, hub = place("a"), MemoryHub()
    a.write("case/1", "case/1")
    a.meet(hub)
    a.write("case/1")
    assert a.meet(GapOnce(hub)).sent == 3
    assert hub.chains[a.station][0] == 3


def test_a_restored_hub_is_filled_again(place: Make) -> None:
    a, b, hub = place("a"), place("b"), MemoryHub()
    a.write("case/1", "case/1")
    a.meet(hub)
    b.meet(hub)
    emptied = MemoryHub()
    assert b.meet(emptied).sent == 2  # whoever holds it hands it over
    assert a.meet(emptied).known == 0
    assert emptied.chains == hub.chains


def test_what_a_station_lost_comes_back_and_it_writes_under_another_name(place: Make) -> None:
    a, hub = place("a"), MemoryHub()
    older = place("", like=a)
    written = a.write("case/1", "case/1")
    a.meet(hub)
    meeting = older.meet(hub)
    assert (meeting.received, meeting.renewed) == (2, True)
    assert older.station != a.station
    with older.store.read() as reader:
        assert incarnation.own(reader)[0] == a.station
    assert older.hashes() >= {one.hash for one in written}
    older.write("case/1")
    a.write("case/1")
    older.meet(hub)
    a.meet(hub)
    older.meet(hub)
    assert a.hashes() == older.hashes()


@pytest.mark.parametrize(("here", "there"), [(1, 1), (3, 1), (1, 3)])
def test_two_that_wrote_as_one(place: Make, here: int, there: int) -> None:
    a, hub, b = place("a"), MemoryHub(), place("b")
    a.write("case/0")
    a.meet(hub)
    both = a.contents()
    twin = place("", like=a)
    a.write(*(f"case/{n}" for n in range(here)))
    twin.write(*(f"case/{5 + n}" for n in range(there)))
    said = sorted((Counter(a.contents()) + Counter(twin.contents()) - Counter(both)).elements())
    assert len(said) == 1 + here + there
    a.meet(hub)
    meeting = twin.meet(hub)
    assert (meeting.renewed, meeting.forked) == (True, {a.station: 2})
    assert twin.station != a.station
    for one in (a, b, twin):
        one.meet(hub)
    assert a.hashes() == twin.hashes() == b.hashes()
    assert a.contents() == said
    assert len(a.hashes()) == len(said) + 1  # and one that introduces the twin
    assert hub.forks == [] or {station for station, _ in hub.forks} == {a.station}


class Newcomer(MemoryTransport):
    """Somebody comes to the hub for the first time after we were greeted, and is named first."""

    def pull(self, vector: Vector, most: int = 2_000) -> list[Batch]:
        if 0 in vector.values():
            author = Author("f")
            for n in range(4):
                author.write(stream=f"case/{90 + n}", n=n, title="新来")
            self.hub.batches.insert(0, author.batch(1, 4))
        return super().pull(vector, most)


def test_who_comes_meanwhile_is_not_taken_for_the_one_that_wrote_as_us(place: Make) -> None:
    a, hub = place("a"), MemoryHub()
    a.write("case/0", "case/0")
    a.meet(hub)
    twin = place("", like=a)
    a.write("case/1")
    twin.write("case/5")
    a.meet(hub)
    assert twin.meet(Newcomer(hub)).forked == {a.station: 3}


def test_two_processes_that_find_the_same_double_part_ways_once(
    place: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, hub = place("a"), MemoryHub()
    a.write("case/0")
    a.meet(hub)
    both = a.contents()
    twin = place("", like=a)
    window = Place(twin.folder, None)
    a.write("case/1", "case/2")
    twin.write("case/5")
    said = sorted((Counter(a.contents()) + Counter(twin.contents()) - Counter(both)).elements())
    a.meet(hub)
    found = sync._Exchange._first_difference
    others = [window]

    def meanwhile(self: sync._Exchange, station: str, welcome: Welcome) -> tuple[int, str] | None:
        difference = found(self, station, welcome)
        while others:
            assert others.pop().meet(hub).renewed
        return difference

    monkeypatch.setattr(sync._Exchange, "_first_difference", meanwhile)
    try:
        twin.meet(hub)
        assert twin.contents() == said
        with twin.store.read() as reader:
            assert len(incarnation.own(reader)) == 2
        a.meet(hub)
        assert a.hashes() == twin.hashes()
    finally:
        window.store.close()


def test_two_that_wrote_as_one_and_others_built_on_it(place: Make) -> None:
    """Nothing can be moved under others' feet: both chains stay, and the meeting says so."""
    a, hub, b = place("a"), MemoryHub(), place("b")
    twin = place("", like=a)
    a.write("case/1")
    a.meet(hub)
    (tail,) = twin.write("case/2")
    beside = MemoryHub()
    twin.meet(beside)
    b.meet(beside)
    b.write("case/2")
    b.meet(beside)
    twin.meet(beside)
    before = twin.hashes()
    meeting = twin.meet(hub)
    assert (meeting.renewed, meeting.forked) == (False, {a.station: 1})
    assert twin.hashes() == before
    assert tail.hash in before


class Lossy(MemoryTransport):
    """The first answer lacks its first batch, and then comes in the wrong order, twice."""

    def pull(self, vector: Vector, most: int = 2_000) -> list[Batch]:
        found = super().pull(vector, most)
        return [*reversed(found[1:]), *found[1:]]


def test_batches_that_come_without_the_first_wait_for_it(place: Make) -> None:
    a, b, hub = place("a"), place("b"), MemoryHub()
    for _ in range(3):
        a.write("case/1", "case/1")
        a.meet(hub)
    lossy = b.meet(Lossy(hub))
    assert (lossy.received, lossy.held) == (0, 4)
    with b.store.read() as reader:
        assert received(reader) == {}
    assert b.meet(hub).received == 6
    with b.store.read() as reader:
        assert quarantine.held(reader) == []
    assert b.hashes() == a.hashes()


def test_a_batch_that_cannot_be_read_is_not_fetched_for_ever(place: Make) -> None:
    author, b, hub = Author("a"), place("b"), MemoryHub()
    for n in range(6):
        author.write(n=n, title=str(n))
    good = author.batch(3, 4)
    for batch in (author.batch(1, 2), good._replace(body=good.body[:-3]), author.batch(5, 6)):
        hub.append(batch)
    meeting = b.meet(hub)
    assert (meeting.received, meeting.quarantined, meeting.held) == (2, 1, 2)
    hub.batches[1] = good
    assert b.meet(hub).received == 4
    assert b.contents() == [str(n) for n in range(6)]


def test_what_others_said_that_they_hold_only_grows(place: Make) -> None:
    a = place("a")
    with a.store.write() as tx:
        hear(tx, "c" * 32, "丙", {"x": 5, "y": 1}, "2026-03-02T10:00:00+00:00")
        hear(tx, "c" * 32, "丙二", {"x": 3, "z": 2}, "2026-03-01T10:00:00+00:00")
        assert tx.rows("SELECT name, vector, heard_at FROM peers") == [
            ("丙二", '{"x":5,"y":1,"z":2}', "2026-03-02T10:00:00+00:00")
        ]


def test_the_same_work_sent_again_by_several_carriers(place: Make) -> None:
    """Two carry a third's work to the hub at once: the second finds it there."""
    a, b, c, hub, elsewhere = place("a"), place("b"), place("c"), MemoryHub(), MemoryHub()
    a.write("case/1", "case/1")
    a.meet(elsewhere)
    b.meet(elsewhere)
    c.meet(elsewhere)

    class Between(MemoryTransport):
        def push(self, batches: Sequence[Batch]) -> None:
            c.meet(hub)
            super().push(batches)

    b.meet(Between(hub))
    assert hub.chains.keys() == {a.station}
    assert [(batch.first, batch.last) for batch in hub.batches] == [(1, 2)]
