"""What came and cannot be taken as it is: kept word for word, with the reason, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from db.envelope import Envelope
from db.journal import Reader, Transaction, opened

SPOILT, FORK, MEANING, REWRITTEN = "spoilt", "fork", "meaning", "rewritten"


class Quarantined(NamedTuple):
    """``kind``: spoilt (did not arrive as sealed), fork (two stores wrote as one station), meaning (whole, but makes
    no sense; it is in the journal and has no effect), rewritten (ours, recorded again under another station)."""

    station: str
    seq: int
    hash: str
    kind: str
    stream: str
    reason: str
    source: str
    found_at: str


def put_aside(tx: Transaction, event: Sequence[Any], kind: str, reason: str, body: bytes | str, source: str) -> int:
    """One more; ``event`` is (station, seq, hash, stream). 0 when it lies there already."""
    station, seq, hash_, stream = event
    at = datetime.now(UTC).isoformat(timespec="seconds")
    row = (station, seq, hash_, kind, stream, reason, body if isinstance(body, bytes) else body.encode(), source, at)
    return tx.run("INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def put_meaningless(tx: Transaction, event: Envelope, reason: str, source: str) -> int:
    """An event of the journal that makes no sense here, or not yet; 0 when it lies there already."""
    place = (event.station, event.seq, event.hash, event.stream)
    return put_aside(tx, place, MEANING, reason, orjson.dumps(event.payload), source)


def listed(reader: Reader) -> list[Quarantined]:
    """Newest first; without what arrived whole, or found its place, later."""
    rows = reader.rows(
        "SELECT station, seq, hash, kind, stream, reason, source, found_at FROM quarantine AS q"
        " WHERE kind NOT IN ('spoilt', 'fork') OR NOT EXISTS (SELECT 1 FROM journal WHERE hash = q.hash)"
        " ORDER BY found_at DESC, station, seq LIMIT 1000"
    )
    return [Quarantined._make(row) for row in rows]


def count(reader: Reader) -> int:
    """How many lie there that somebody should look at."""
    return sum(one.kind != REWRITTEN for one in listed(reader))


def meaningless(reader: Reader) -> frozenset[str]:
    """Hashes of journal events without meaning; nearly always none."""
    return frozenset(row[0] for row in reader.rows("SELECT hash FROM quarantine WHERE kind = 'meaning'"))


def meaningless_events(reader: Reader) -> list[Envelope]:
    rows = reader.rows(
        "SELECT station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
        " prev_hash, hash FROM journal WHERE hash IN (SELECT hash FROM quarantine WHERE kind = 'meaning')"
    )
    return [opened(row) for row in rows]


def acquit(tx: Transaction, hash_: str) -> None:
    """The event makes sense after all."""
    tx.run("DELETE FROM quarantine WHERE hash = ? AND kind = 'meaning'", (hash_,))


def held(reader: Reader) -> list[tuple[str, int, int, int]]:
    """(station, first waiting number, last waiting number, how many) of events that wait for others."""
    return reader.rows("SELECT station, min(seq), max(seq), count(*) FROM held GROUP BY station ORDER BY station")


def holes(reader: Reader, station: str) -> list[tuple[int, int]]:
    """Missing ranges between the waiting events of one station."""
    return reader.rows(
        "SELECT before + 1, seq - 1 FROM (SELECT seq, lag(seq) OVER (ORDER BY seq) AS before FROM held"
        " WHERE station = ?) WHERE seq > before + 1 LIMIT 100",
        (station,),
    )
