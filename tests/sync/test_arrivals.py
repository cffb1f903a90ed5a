"""Single ways in which tables that are kept up event by event once came out unlike those of a rebuild, or of others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import db.journal
from db import cases, incarnation, local, quarantine
from db.envelope import Draft, Envelope
from db.ingest import take_in
from db.journal import EVENTS_OF
from db.store import Store
from db.sync import opened_batch, synchronise
from db.transport import MemoryHub, MemoryTransport
from db.wire import Batch, pack
from desktop.app.arrivals import Projector
from desktop.app.projection import rebuild, state_from
from desktop.app.shipped import shipped
from tests.sync import acts
from tests.sync.station import introduce

STREAM = "case/" + "0" * 32


class Desk:
    """A store whose tables are kept by the real projection."""

    def __init__(self, folder: Path, letter: str) -> None:
        self.store = Store.open(folder, "", cipher=False, synchronous="OFF")
        with self.store.write() as tx:
            local.set_meta(tx, "station", letter * 32)

    def record(self, *drafts: Draft) -> list[Envelope]:
        with self.store.write() as tx:
            events = tx.append(drafts)
            Projector().apply(tx, events)
        return events

    def act(self, action: str, **more: Any) -> Draft:
        state = self.state
        return Draft(
            STREAM, "case.acted", 1, "张三", "预审员", "2026-03-03", acts.BASIS,
            {"action": action, "label": action, "from": state.stage, "to": state.stage, "kind": state.kind, **more},
        )  # fmt: skip

    def meet(self, hub: MemoryHub) -> None:
        synchronise(self.store, MemoryTransport(hub), Projector().apply, introduce)

    @property
    def state(self) -> Any:
        with self.store.read() as reader:
            return state_from(cases.states_by_ids(reader, ["0" * 32])["0" * 32])

    def digest(self) -> str:
        with self.store.read() as reader:
            return cases.digest(reader)

    def rebuilt(self) -> str:
        with self.store.write() as tx:
            rebuild(tx, shipped())
            return cases.digest(tx)


@pytest.fixture
def desks(template: Path, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    made: list[Desk] = []

    def make(letter: str) -> Desk:
        folder = tmp_path / letter
        folder.mkdir()
        (folder / "store.db").write_bytes((template / "store.db").read_bytes())
        made.append(Desk(folder, letter))
        return made[-1]

    yield make
    for desk in made:
        desk.store.close()


def opening() -> Draft:
    made = acts.opened(1, random.Random(1))
    return Draft(STREAM, *(getattr(made, name) for name in Draft.__slots__[1:8]))


Make = Callable[[str], Desk]


def test_a_case_that_is_recorded_again_is_not_counted_twice(desks: Make) -> None:
    a, hub = desks("a"), MemoryHub()
    a.record(opening())
    a.meet(hub)
    a.record(a.act("consult", clocks=[{"clock": "acceptance", "do": "pause", "on": "2026-03-03"}]))
    with a.store.write() as tx:
        station = tx.station
        incarnation.renew(tx)
        Projector().apply(tx, incarnation.record_again(tx, station, 2))
    assert (a.state.events, [clock.state for clock in a.state.clocks]) == (2, ["paused"])
    assert a.rebuilt() == a.digest()


def test_a_case_newest_event_is_the_last_in_its_order_whatever_its_clock_says(
    desks: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when one of several that come together makes no sense, and the whole case is folded anew."""
    a, b, c, hub = desks("a"), desks("b"), desks("c"), MemoryHub()
    a.record(opening())
    a.meet(hub)
    b.meet(hub)
    monkeypatch.setattr(db.journal, "now_ms", lambda: 1_000_000)  # long ago
    b.record(b.act("senseless", round="no number"), b.act("remark"))
    b.meet(hub)
    a.meet(hub)
    c.meet(hub)
    assert a.digest() == b.digest() == c.digest()
    assert [desk.rebuilt() for desk in (a, b, c)] == [a.digest()] * 3
    with c.store.read() as reader:
        (found,) = quarantine.listed(reader)
    assert (found.kind, found.seq) == (quarantine.MEANING, 1)
    assert c.state.flags == ["unreadable"]


def test_remarks_after_the_end_leave_the_limits_that_reopening_restores(desks: Make) -> None:
    a = desks("a")
    a.record(opening())
    void = {"clock": "acceptance", "do": "void", "on": "2026-03-03"}
    a.record(a.act("refuse", to="ENDED", kind="ended", clocks=[void]))
    a.record(a.act("remark"))
    assert a.state.closed_clocks == ["acceptance"]


@pytest.mark.parametrize("verbs", ["resume", "resume resume", "pause resume resume", "restore restore", "stop resume"])
def test_effects_in_combinations_that_nobody_decided_do_not_stop_the_others(desks: Make, verbs: str) -> None:
    a, b, hub = desks("a"), desks("b"), MemoryHub()
    a.record(opening())
    for verb in verbs.split():
        a.record(a.act(verb, clocks=[{"clock": "acceptance", "do": verb, "on": "2026-03-03"}]))
    a.meet(hub)
    b.meet(hub)
    assert b.digest() == a.digest() == b.rebuilt()
    assert all(last for _, last in b.state.clocks[0].spans[:-1])


def test_a_batch_that_came_by_two_ways_at_once(desks: Make) -> None:
    a, b = desks("a"), desks("b")
    a.record(opening())
    a.record(a.act("remark"))
    batch = _all_of(a)
    with b.store.write() as tx:
        for arrivals in ([*opened_batch(batch), *opened_batch(batch)], [*opened_batch(batch)]):
            Projector().apply(tx, take_in(tx, arrivals, "").events)
    assert b.digest() == a.digest()


def _all_of(desk: Desk) -> Batch:
    with desk.store.read() as reader:
        rows: Sequence[Any] = reader.rows(EVENTS_OF, ("a" * 32, 0, 100))
    return pack(rows)
