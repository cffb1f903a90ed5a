"""What the others are known to hold, and the meetings in which one learned it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from db.journal import Reader, Transaction
from db.transport import Vector

_KEPT: Final = 200  # meetings; older ones help nobody
_BEYOND: Final = 2**62  # no station ever records as many events


class Peer(NamedTuple):
    """``vector`` is what the station held when it was last heard of, directly or by word of mouth."""

    station: str
    name: str
    vector: dict[str, int]
    heard_at: str


def hear(tx: Transaction, station: str, name: str, vector: Vector, heard_at: str) -> None:
    """Remembers what another station said that it holds. Word of mouth may be old: nothing is ever taken back.

    It may also be nonsense, since others say it: what is no number of events is passed over."""
    known = tx.value("SELECT vector FROM peers WHERE station = ?", (station,))
    merged = dict(orjson.loads(known)) if known else {}
    for one, seq in vector.items():
        if type(seq) is int and 0 <= seq < _BEYOND:
            merged[one] = max(seq, merged.get(one, 0))
    tx.run(
        "INSERT INTO peers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,"
        " vector = excluded.vector, heard_at = max(heard_at, excluded.heard_at)",
        (station, name, orjson.dumps(merged, option=orjson.OPT_SORT_KEYS).decode(), heard_at),
    )


def all_known(reader: Reader) -> list[Peer]:
    rows = reader.rows("SELECT station, name, vector, heard_at FROM peers ORDER BY name, station")
    return [Peer(station, name, orjson.loads(vector), heard_at) for station, name, vector, heard_at in rows]


def note_meeting(tx: Transaction, at: str, way: str, report: Mapping[str, Any]) -> None:
    tx.run("INSERT INTO meetings (at, way, report) VALUES (?, ?, ?)", (at, way, orjson.dumps(report).decode()))
    tx.run("DELETE FROM meetings WHERE id <= (SELECT max(id) FROM meetings) - ?", (_KEPT,))


def meetings(reader: Reader, limit: int) -> list[dict[str, Any]]:
    """The reports of past meetings, newest first."""
    return [
        orjson.loads(row[0]) for row in reader.rows("SELECT report FROM meetings ORDER BY id DESC LIMIT ?", (limit,))
    ]


def last_meeting(reader: Reader, ways: Sequence[str]) -> str:
    """When the last one of these kinds was; empty when there was none."""
    found = reader.value(
        "SELECT at FROM meetings WHERE way IN (SELECT value FROM json_each(?)) ORDER BY id DESC LIMIT 1",
        (orjson.dumps(list(ways)).decode(),),
    )
    return str(found or "")
