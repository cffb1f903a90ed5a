"""The way to the others, as one port: a hub, a file on a stick, or a list in memory for the simulator.

A transport moves sealed batches and knows no rule. It answers what it holds as a vector {station: highest event held
without a hole}; nothing is ever asked for by "newer than the last time", because with several writers that skips
events for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from db.wire import Batch

Vector = Mapping[str, int]
CHUNK_EVENTS: Final = 5_000  # asked for at a time: one transaction of the receiver, about half a second
CATCHING_UP: Final = 4 * CHUNK_EVENTS  # so far behind, twice as much at a time: each case is written less often


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who is asking: ``station`` is the present incarnation, ``own`` all incarnations that this store has been
    (the present one included), ``vector`` what it holds, ``heads`` the hash of the last event of each station there."""

    station: str
    name: str
    own: tuple[str, ...]
    vector: Vector
    heads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the other side holds: ``vector``, and in ``heads`` the hash of each station's last event there (so that two
    stores that wrote as one station are found out even when they wrote equally much; empty if it cannot tell).

    ``epoch`` changes when a hub was restored from a backup; ``writable`` are the stations whose events it takes from
    us, None for all; ``peers`` are the vectors that others last told (station -> (name, vector, heard_at ISO 8601));
    ``twin`` says that another store comes by our enrolment, too."""

    vector: Vector
    heads: Mapping[str, str] = field(default_factory=dict)
    epoch: str = ""
    writable: frozenset[str] | None = None
    peers: Mapping[str, tuple[str, Vector, str]] = field(default_factory=dict)
    twin: bool = False


class Fork(Exception):
    """The other side holds another event under this station and number: two stores wrote as one station."""

    def __init__(self, station: str, seq: int) -> None:
        super().__init__(f"{station} {seq}")
        self.station = station
        self.seq = seq


class Gap(Exception):
    """The other side lacks what comes before: it was restored meanwhile. Greet again and go on from its vector."""


class Transport(Protocol):
    """One meeting. EnvironmentFault for a way that is closed: hub away, stick full, log-in revoked."""

    name: str

    def hello(self, greeting: Greeting) -> Welcome:
        """Introduces the station and learns what the other side holds."""
        ...

    def push(self, batches: Sequence[Batch]) -> None:
        """Hands over batches: all of them or none. The same batch twice is harmless. Raises Fork, Gap."""
        ...

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        """About ``most`` events that lie beyond the vector, or nothing when there are no more. Batches may overlap
        what is known; those of one station come in order."""
        ...

    def close(self) -> None: ...


class MemoryHub:
    """What a hub holds, in memory: the reference that the others are tested against, and the simulator's hub."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.chains: dict[str, tuple[int, str]] = {}
        self.peers: dict[str, tuple[str, dict[str, int], str]] = {}
        self.forks: list[tuple[str, int]] = []
        self.epoch = "1"

    def append(self, batch: Batch) -> None:
        """As the hub's own function: next number, chained; quiet about what it has, loud about a fork."""
        seq, hash_ = self.chains.get(batch.station, (0, ""))
        if batch.first > seq + 1:
            raise Gap
        if batch.first <= seq:
            known = self._hashes(batch.station, batch.first, min(seq, batch.last))
            for place, one in enumerate(known):
                if batch.hashes[32 * place : 32 * place + 32] != one:
                    self.forks.append((batch.station, batch.first + place))
                    raise Fork(batch.station, batch.first + place)
            if batch.last <= seq:
                return
        elif batch.prev_hash != hash_:
            self.forks.append((batch.station, batch.first - 1))
            raise Fork(batch.station, batch.first - 1)
        self.batches.append(batch)
        self.chains[batch.station] = (batch.last, batch.hash)

    def _hashes(self, station: str, first: int, last: int) -> list[bytes]:
        found = {}
        for batch in self.batches:
            if batch.station == station:
                for place in range(batch.last - batch.first + 1):
                    found[batch.first + place] = batch.hashes[32 * place : 32 * place + 32]
        return [found[seq] for seq in range(first, last + 1)]


class MemoryTransport:
    """A meeting with a :class:`MemoryHub`."""

    name = "memory"

    def __init__(self, hub: MemoryHub) -> None:
        self.hub = hub

    def hello(self, greeting: Greeting) -> Welcome:
        self.hub.peers[greeting.station] = (greeting.name, dict(greeting.vector), "")
        return Welcome(
            {station: seq for station, (seq, _) in self.hub.chains.items()},
            {station: hash_ for station, (_, hash_) in self.hub.chains.items()},
            self.hub.epoch,
        )

    def push(self, batches: Sequence[Batch]) -> None:
        before = list(self.hub.batches), dict(self.hub.chains)
        try:
            for batch in batches:
                self.hub.append(batch)
        except (Fork, Gap):
            self.hub.batches, self.hub.chains = before
            raise

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        found: list[Batch] = []
        events = 0
        for batch in self.hub.batches:
            if batch.last > vector.get(batch.station, 0):
                found.append(batch)
                events += batch.last - batch.first + 1
                if events >= most:
                    break
        return found

    def close(self) -> None:
        """Nothing to close."""
