"""A station of the simulated centre: the program's own store, and what is known of it from outside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from db import local
from db.envelope import Draft
from db.journal import Transaction
from db.store import Store
from db.transport import MemoryHub
from db.wire import Arrived, Batch, unpack

UID = re.compile(r'"uid":(\d+)')


@dataclass
class Station:
    number: int
    store: Store
    offset: int = 0
    known: dict[str, set[int]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    ordinal: int = 0
    incarnation: str = ""
    away_until: int = 0
    carrier: bool = True

    @property
    def name(self) -> str:
        return f"站{self.number}"

    def absorb(self) -> None:
        """Notes which events the journal holds by now."""
        with self.store.read() as reader:
            if local.meta(reader, "station") != self.incarnation:
                self.incarnation, self.ordinal = str(local.meta(reader, "station")), 0
                self.known.clear()
                self.held.clear()
            for ordinal, stream, payload in reader.rows(
                "SELECT ordinal, stream, payload FROM journal WHERE ordinal > ?", (self.ordinal,)
            ):
                self.ordinal = ordinal
                if found := UID.search(payload):
                    self.known.setdefault(stream, set()).add(int(found[1]))
                    self.held.add(int(found[1]))


@dataclass
class Copy:
    """A store as it was."""

    folder: Path
    held: frozenset[int]


def opened(folder: Path) -> Store:
    return Store.open(folder, "", cipher=False, synchronous="OFF")


def introduce(tx: Transaction) -> None:
    tx.append([Draft("stations", "station.started", 1, "管理员", "管理员", "2026-03-02", {}, {"name": "站"})])


def copied_hub(hub: MemoryHub) -> MemoryHub:
    copy = type(hub)()
    copy.batches, copy.chains = list(hub.batches), dict(hub.chains)
    copy.epoch = hub.epoch
    return copy


def uids_in(batches: Iterable[Batch]) -> set[int]:
    return {
        one.event.payload["uid"]
        for batch in batches
        for one in unpack(batch)
        if isinstance(one, Arrived) and "uid" in one.event.payload
    }
