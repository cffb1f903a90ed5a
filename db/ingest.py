"""Taking in what others recorded: each event once, after everything that it builds on, or not yet, or never.

The journal keeps only events whose predecessor in their station's chain and whose parents are there, so its order of
arrival never puts an effect before its cause. Whole events that come too early wait beside it; what cannot be true is
kept apart with the reason, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from db.clock import DRIFT_MS, now_ms, wall_clock_ms
from db.envelope import FIRST, Envelope
from db.journal import INSERT, Transaction, opened
from db.quarantine import FORK, SPOILT, put_aside
from db.wire import Arrived, Spoilt

_AT_ONCE: Final = 1_000  # waiting events looked at together
_KNOWN: Final = "SELECT hash FROM journal WHERE station = ? AND seq = ?"


@dataclass(slots=True)
class Taken:
    """``events`` are new in the journal, in the order of arrival; ``held`` wait for others; ``known`` were here;
    ``refused`` went to quarantine for the first time; ``forked`` maps a station to the first of its numbers under
    which something else is here; ``ahead`` maps a station whose clock runs ahead to by how many milliseconds."""

    events: list[Envelope] = field(default_factory=list)
    held: int = 0
    known: int = 0
    refused: int = 0
    forked: dict[str, int] = field(default_factory=dict)
    ahead: dict[str, int] = field(default_factory=dict)


def take_in(tx: Transaction, arrivals: Iterable[Arrived | Spoilt], source: str) -> Taken:
    """Adds events to the journal; ``source`` names the way they came. Twice, overlapping, out of order: harmless."""
    intake = _Intake(tx, source)
    intake.receive(list(arrivals))
    intake.release()
    intake.settle()
    return intake.taken


class _Intake:
    """One call of :func:`take_in`: looked-up facts, and rows that are written at its end in one go."""

    def __init__(self, tx: Transaction, source: str) -> None:
        self.tx = tx
        self.source = source
        self.at = datetime.now(UTC).isoformat(timespec="seconds")
        self.now = now_ms()
        self.taken = Taken()
        self.chains: dict[str, tuple[int, int, str]] = {
            row[0]: tuple(row[1:]) for row in tx.rows("SELECT station, seq, hlc, hash FROM chains")
        }
        self.extended: set[str] = set()
        self.streams: dict[str, str] = {}  # hash -> stream of events that may be parents
        self.heads: dict[str, tuple[str, ...]] = {}
        self.branched: set[str] = set()
        self.rows: list[tuple[Any, ...]] = []
        self.fresh: dict[tuple[str, int], str] = {}  # what this call added

    def receive(self, arrivals: Sequence[Arrived | Spoilt]) -> None:
        self._look_up([one.event for one in arrivals if isinstance(one, Arrived)])
        for one in arrivals:
            if isinstance(one, Spoilt):
                self._quarantine(one.station, one.seq, one.hash, SPOILT, "", one.reason, one.body)
            elif not self._accept(one):
                self._hold(one)

    def release(self) -> None:
        """What waited and can follow now, until nothing moves any more."""
        tx = self.tx
        while stations := [row[0] for row in tx.rows("SELECT DISTINCT station FROM held ORDER BY station")]:
            moved = False
            for station in stations:
                while rows := tx.rows(
                    "SELECT seq, hash, event FROM held WHERE station = ? ORDER BY seq LIMIT ?", (station, _AT_ONCE)
                ):
                    arrivals = [_from_text(row[2]) for row in rows]
                    self._look_up([one.event for one in arrivals])
                    done = 0
                    while done < len(rows) and self._accept(arrivals[done]):
                        done += 1
                    if not done:
                        break
                    moved = True
                    tx.run_many(
                        "DELETE FROM held WHERE station = ? AND seq = ? AND hash = ?",
                        [(station, row[0], row[1]) for row in rows[:done]],
                    )
            if not moved:
                break

    def settle(self) -> None:
        """Everything that was found, written."""
        tx = self.tx
        self._flush()
        tx.run_many(
            "INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)",
            [(station, *self.chains[station]) for station in sorted(self.extended)],
        )
        touched = sorted({event.stream for event in self.taken.events})
        if touched:
            tx.run_many("DELETE FROM side_heads WHERE stream = ?", [(stream,) for stream in touched])
            tx.run_many(
                "INSERT INTO side_heads VALUES (?, ?)",
                [(stream, head) for stream in touched for head in self.heads[stream][1:]],
            )
        tx.run_many("INSERT OR IGNORE INTO branched VALUES (?)", [(stream,) for stream in sorted(self.branched)])

    def _look_up(self, events: Sequence[Envelope]) -> None:
        """Parents and heads, asked for all events at once."""
        self._flush()
        parents = {parent for event in events for parent in event.parents if parent not in self.streams}
        if parents:
            self.streams.update(
                self.tx.rows(
                    "SELECT hash, stream FROM journal WHERE hash IN (SELECT value FROM json_each(?))",
                    (orjson.dumps(list(parents)).decode(),),
                )
            )
        streams = {event.stream for event in events if event.stream not in self.heads}
        if streams:
            self.heads.update(self.tx.heads_of(streams))

    def _flush(self) -> None:
        self.tx.run_many(INSERT, self.rows)
        self.rows.clear()

    def _accept(self, arrived: Arrived) -> bool:
        """Whether the event is dealt with; False for one that must wait."""
        event = arrived.event
        station, seq = event.station, event.seq
        last_seq, last_hlc, last_hash = self.chains.get(station, (0, -1, FIRST))
        if seq <= last_seq:
            known = self.fresh.get((station, seq)) or self.tx.value(_KNOWN, (station, seq))
            if known == event.hash:
                self.taken.known += 1
            else:
                self._fork(arrived, seq, "同一站点的同一编号下已有另一项流水")
            return True
        if seq > last_seq + 1:
            return False
        if event.prev_hash != last_hash:
            self._fork(arrived, last_seq, "与本站点所持的前一项流水不相接")
            return True
        if any(parent not in self.streams for parent in event.parents):
            return False
        if event.hlc <= last_hlc or any(self.streams[parent] != event.stream for parent in event.parents):
            reason = "记录时刻或所依据的前序记录不成立"
            self._quarantine(station, seq, event.hash, SPOILT, event.stream, reason, _text(arrived).encode())
            return True
        self._add(arrived)
        return True

    def _add(self, arrived: Arrived) -> None:
        event = arrived.event
        self.rows.append((*event[:4], arrived.parents, *event[5:10], arrived.basis, arrived.payload, *event[12:]))
        self.chains[event.station] = event.seq, event.hlc, event.hash
        self.extended.add(event.station)
        self.fresh[event.station, event.seq] = event.hash
        self.streams[event.hash] = event.stream
        heads = self.heads.get(event.stream, ())
        if set(heads) != set(event.parents):
            self.branched.add(event.stream)
        self.heads[event.stream] = (event.hash, *(head for head in heads if head not in event.parents))
        self.taken.events.append(event)
        ahead = wall_clock_ms(event.hlc) - self.now
        if ahead > DRIFT_MS:
            self.taken.ahead[event.station] = max(ahead, self.taken.ahead.get(event.station, 0))

    def _hold(self, arrived: Arrived) -> None:
        event = arrived.event
        self.taken.held += self.tx.run(
            "INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?)",
            (event.station, event.seq, event.hash, _text(arrived), self.source, self.at),
        )

    def _fork(self, arrived: Arrived, seq: int, reason: str) -> None:
        event = arrived.event
        self.taken.forked[event.station] = min(seq, self.taken.forked.get(event.station, seq))
        self._quarantine(event.station, event.seq, event.hash, FORK, event.stream, reason, _text(arrived).encode())

    def _quarantine(self, station: str, seq: int, hash_: str, kind: str, stream: str, reason: str, body: bytes) -> None:
        event = (station, seq, hash_, stream)
        self.taken.refused += put_aside(self.tx, event, kind, reason, body, self.source)


def _text(arrived: Arrived) -> str:
    event = arrived.event
    row = (*event[:4], arrived.parents, *event[5:10], arrived.basis, arrived.payload, *event[12:])
    return orjson.dumps(row).decode()


def _from_text(text: str) -> Arrived:
    row = orjson.loads(text)
    return Arrived(opened(row), row[4], row[10], row[11])
