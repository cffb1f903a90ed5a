"""Ways of doing it wrong that look right, each as a small change of the real program. The simulator must find them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
import pytest

import db.journal
import db.sync
from db import cases as case_table
from db import local
from db.envelope import Draft, Envelope
from db.journal import Transaction
from db.transport import CHUNK_EVENTS, Greeting, MemoryHub, MemoryTransport, Transport, Vector, Welcome
from db.wire import Batch
from desktop.core.history import History, Standing
from tests.sync.simulator import Plan, World
from tests.sync.station import Station

CALM: Final = Plan(bad_line=0, crash=0, write_bundle=0, read_bundle=0)


@dataclass(frozen=True)
class Mutant:
    """``change`` turns the program into the wrong one and gives the world to play it in; ``right`` is a world that
    differs from the wrong one in the point in question alone, and must pass."""

    plan: Plan
    change: Callable[[pytest.MonkeyPatch], type[World]]
    right: type[World] = World


# ---------------------------------------------------------------------- what is remembered between meetings
def _remembering(before: bool) -> Callable[[Any, Welcome], None]:
    """A stored mark of how far one has read, kept before what was read is kept, or after it."""

    def pull(self: Any, welcome: Welcome) -> None:
        with self.store.read() as reader:
            mark: dict[str, int] = orjson.loads(local.meta(reader, "mark") or "{}")
        while batches := self.transport.pull(mark, CHUNK_EVENTS):
            for batch in batches:
                mark[batch.station] = max(mark.get(batch.station, 0), batch.last)
            if not before:
                self._take(batches)
            with self.store.write() as tx:
                local.set_meta(tx, "mark", orjson.dumps(mark).decode())
            if before:
                self._take(batches)

    return pull


def _checkpoint_before_data(patch: pytest.MonkeyPatch) -> type[World]:
    patch.setattr(db.sync._Exchange, "pull", _remembering(before=True))
    return World


class CheckpointAfterData(World):
    def play(self, steps: Iterable[int]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db.sync._Exchange, "pull", _remembering(before=False))
            super().play(steps)


class SerialHub(MemoryHub):
    """Gives every batch a serial number when it begins to come in. ``visible[n]`` is the moment at which it is in."""

    def __init__(self) -> None:
        super().__init__()
        self.visible: list[int] = []


class SerialWay(MemoryTransport):
    """Asks for what is newer than the last time; ``heed`` says whether it begins anew when the hub was restored."""

    def __init__(self, hub: MemoryHub, station: Station, now: int, late: int, heed: bool) -> None:
        super().__init__(hub)
        self.station, self.now, self.late, self.heed = station, now, late, heed

    def hello(self, greeting: Greeting) -> Welcome:
        marks: dict[str, Any] = self.station.__dict__.setdefault("marks", {"epoch": self.hub.epoch, "read": 0})
        if self.heed and marks["epoch"] != self.hub.epoch:
            marks.update(epoch=self.hub.epoch, read=0)
        return super().hello(greeting)

    def push(self, batches: Sequence[Batch]) -> None:
        super().push(batches)
        self._number()
        if self.late:
            self.hub.visible[-1] = self.now + self.late  # type: ignore[attr-defined]

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        marks = self.station.__dict__["marks"]
        self._number()
        fresh = [
            (serial, batch)
            for serial, batch in enumerate(self.hub.batches, 1)
            if serial > marks["read"] and (self.now < 0 or self.hub.visible[serial - 1] <= self.now)  # type: ignore[attr-defined]
        ]
        marks["read"] = max((serial for serial, _ in fresh), default=marks["read"])
        return [batch for _, batch in fresh]

    def _number(self) -> None:
        visible: list[int] = self.hub.visible  # type: ignore[attr-defined]
        visible += [0] * (len(self.hub.batches) - len(visible))


class Serials(World):
    """Right as far as it goes: nobody is late, and a restored hub is noticed."""

    hub_type = SerialHub
    lateness = 0
    heed = True

    def way_of(self, station: Station) -> Transport:
        late = self.lateness if self.chance.random() < 0.2 else 0
        return SerialWay(self.hub, station, self.step, late, self.heed)


class LateSerials(Serials):
    lateness = 3


class HeedlessSerials(Serials):
    heed = False


# ---------------------------------------------------------------------- who had seen what
class WrongParents(World):
    """``named`` says which events the author is taken to have seen last."""

    def named(self, tx: Transaction, stream: str) -> tuple[str, ...]:
        raise NotImplementedError

    def append(self, tx: Transaction, draft: Draft) -> list[Envelope]:
        return super().append(tx, replace(draft, parents=self.named(tx, draft.stream)))


class EverythingAnywhere(WrongParents):
    def named(self, tx: Transaction, stream: str) -> tuple[str, ...]:
        """All heads that any store has, as a server that fills them in would say."""
        heads: dict[str, None] = dict.fromkeys(tx.heads(stream))
        for station in self.stations:
            if station is not self.at:
                with station.store.read() as reader:
                    heads.update(dict.fromkeys(reader.heads(stream)))
        return tuple(heads)


class OnlyTheLatest(WrongParents):
    def named(self, tx: Transaction, stream: str) -> tuple[str, ...]:
        return tx.heads(stream)[:1]


class Nothing(WrongParents):
    def named(self, tx: Transaction, stream: str) -> tuple[str, ...]:
        return ()


class OnlyOneself(WrongParents):
    def named(self, tx: Transaction, stream: str) -> tuple[str, ...]:
        own = [event.hash for event in tx.stream(stream) if event.station == tx.station]
        return tuple(own[-1:])


def _unchecked(self: Transaction, stream: str, parents: tuple[str, ...]) -> None:
    before = self.heads(stream)
    if set(before) != set(parents):
        self.run("INSERT OR IGNORE INTO branched VALUES (?)", (stream,))
    self._forget_side_heads(stream)


def _anywhere(patch: pytest.MonkeyPatch) -> type[World]:
    patch.setattr(Transaction, "_branch", _unchecked)
    return EverythingAnywhere


# ---------------------------------------------------------------------- what becomes of it
def _never_disputed(patch: pytest.MonkeyPatch) -> type[World]:
    """Everything counts in the order of the clocks, so the later one has the last word."""
    patch.setattr(History, "stand", lambda self: Standing())
    return World


def _newest_only(patch: pytest.MonkeyPatch) -> type[World]:
    """Of two who did not know of each other, the one with the later clock is taken and the other dropped."""

    def stand(self: History) -> Standing:
        dropped = {self.events[one].hash for one, _ in self._disputes(frozenset())}
        return Standing(aside=frozenset(dropped))

    patch.setattr(History, "stand", stand)
    return World


def _newest_time_wins(patch: pytest.MonkeyPatch) -> type[World]:
    """Events are read in the order of their clocks alone."""
    patch.setattr(db.journal, "linearised", lambda events: sorted(events, key=lambda one: (one.hlc, one.station)))
    return World


def _dropped_silently(patch: pytest.MonkeyPatch) -> type[World]:
    """A second case under one number is refused by the table, and nobody is told."""
    write = case_table.upsert_many

    def upsert_many(tx: Transaction, items: Iterable[tuple[Mapping[str, Any], bytes]]) -> list[int]:
        kept: list[tuple[Mapping[str, Any], bytes]] = []
        taken: dict[str, str] = {}
        for row, state in items:
            other = tx.value("SELECT id FROM cases WHERE number = ? AND id <> ?", (row["number"], row["id"]))
            if other is None and taken.setdefault(row["number"], row["id"]) == row["id"]:
                kept.append((row, state))
        return write(tx, kept)

    patch.setattr(case_table, "upsert_many", upsert_many)
    return World


def _fork_dropped_silently(patch: pytest.MonkeyPatch) -> type[World]:
    """What another store wrote under our name and number is ignored."""
    patch.setattr(db.sync._Exchange, "part_ways", lambda self, welcome: False)
    return World


class Doubled(Exception):
    """What a database says to a row that it has."""


class PlainInsertHub(MemoryHub):
    """Inserts, without minding what to do about rows that are there already."""

    def append(self, batch: Batch) -> None:
        if batch.first <= self.chains.get(batch.station, (0, ""))[0]:
            raise Doubled(batch.station)
        super().append(batch)


class PlainInsert(World):
    hub_type = PlainInsertHub


def _as(kind: type[World]) -> Callable[[pytest.MonkeyPatch], type[World]]:
    return lambda patch: kind


MUTANTS: Final[Mapping[str, Mutant]] = {
    "checkpoint before data": Mutant(replace(CALM, crash=0.3), _checkpoint_before_data, CheckpointAfterData),
    "naive cursor, late commits": Mutant(CALM, _as(LateSerials), Serials),
    "cursor without epoch": Mutant(replace(CALM, hub_copy=2, hub_restore=2), _as(HeedlessSerials), Serials),
    "never disputed": Mutant(Plan(), _never_disputed),
    "last write wins": Mutant(Plan(), _newest_only),
    "newest time wins": Mutant(Plan(clocks=6), _newest_time_wins),
    "parents: heads that exist anywhere": Mutant(Plan(), _anywhere),
    "parents: only the latest": Mutant(Plan(), _as(OnlyTheLatest)),
    "parents: nothing": Mutant(Plan(), _as(Nothing)),
    "parents: only one's own": Mutant(Plan(), _as(OnlyOneself)),
    "second number dropped silently": Mutant(Plan(), _dropped_silently),
    "fork dropped silently": Mutant(Plan(clone=3), _fork_dropped_silently),
    "insert without on conflict": Mutant(Plan(), _as(PlainInsert)),
}
