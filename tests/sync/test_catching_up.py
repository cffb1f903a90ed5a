"""A station that was away for 90 days comes back: its own work goes out, everybody else's comes in, and a connection
that breaks after every single chunk only makes it take longer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from db.faults import EnvironmentFault
from db.store import Store
from db.sync import synchronise
from db.transport import MemoryHub, MemoryTransport, Vector
from db.wire import Batch
from desktop.app.arrivals import Projector
from desktop.app.desk import Desk
from desktop.app.joining import introduce
from desktop.core.case import ACTED
from tests.app.desks import digest, new_desk
from tests.sync import acts

EACH = 25  # events of a case


class Breaking(MemoryTransport):
    """A line that carries one chunk in each direction and then breaks."""

    def __init__(self, hub: MemoryHub) -> None:
        super().__init__(hub)
        self.left = 1

    def pull(self, vector: Vector, most: int = 2_000) -> list[Batch]:
        self._use()
        return super().pull(vector, 1_000)

    def push(self, batches: Sequence[Batch]) -> None:
        super().push(batches)
        self._use()  # the answer is lost, after the hub has kept what came

    def _use(self) -> None:
        if not self.left:
            raise EnvironmentFault("hub_away", "线路中断")
        self.left -= 1


def meet(desk: Desk, transport: MemoryTransport) -> int:
    meeting = synchronise(desk._store, transport, Projector().apply, lambda tx: introduce(tx, desk._workplace))
    return meeting.received


def remark(step: int) -> dict[str, object]:
    stay = {"from": "RECEIVED", "to": "RECEIVED", "kind": "open"}
    return {"action": "note", "label": "备注", "values": {"note": f"第 {step} 次电话"}, "facts": {}, **stay}


def written(store: Store, events: int, seed: int) -> None:
    """Cases of 25 events each, straight into the journal."""
    chance = random.Random(seed)
    with store.write() as tx:
        for _ in range(events // EACH):
            opening = acts.opened(0, chance)
            drafts = [opening]
            for step in range(EACH - 1):
                drafts.append(replace(opening, type=ACTED, payload=remark(step), parents=None))
            tx.append(drafts)


def caught_up(folder: Path, own: int, remote: int) -> None:
    hub = MemoryHub()
    others = [new_desk(folder / f"other{n}") for n in range(3)]
    away = new_desk(folder / "away")
    try:
        for seed, desk in enumerate(others, 1):
            written(desk._store, remote // len(others), seed)
            meet(desk, MemoryTransport(hub))
        written(away._store, own, 9)
        away.rebuild()
        breaks = 0
        while True:
            try:
                meet(away, Breaking(hub))
                break
            except EnvironmentFault:
                breaks += 1
        assert breaks >= remote // 1_000
        held = sum(seq for seq, _ in hub.chains.values())
        with away._store.read() as reader:
            assert reader.count() == held
        assert away.verify().ok
        before = digest(away)
        away.rebuild()
        assert digest(away) == before
        others[0].rebuild()
        meet(others[0], MemoryTransport(hub))
        assert digest(others[0]) == before
    finally:
        for desk in (*others, away):
            desk.close()


def test_a_station_that_was_away_catches_up(tmp_path: Path) -> None:
    caught_up(tmp_path, own=500, remote=9_000)


@pytest.mark.long
def test_a_station_that_was_away_catches_up_long(tmp_path: Path) -> None:
    caught_up(tmp_path, own=20_000, remote=500_000)
