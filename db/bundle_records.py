"""What the records of a bundle say: the manifest, and a batch in its packed form.

Whatever is read here was signed by a station of the centre, and is believed no further than that.
"""

from __future__ import annotations

import re
import struct
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from db.wire import EVENTS_IN_BATCH, MOST_PACKED, Batch

MOST_MANIFEST: Final = 2**24
HASH_BYTES: Final = 32
_OUTSIDE: Final = struct.Struct(">16sQQ32sH")  # of a batch: station, first, last, hash before, streams; then the rest
MOST_BATCH: Final = _OUTSIDE.size + EVENTS_IN_BATCH * (HASH_BYTES + 8) + MOST_PACKED
_STATION: Final = re.compile(r"[0-9a-f]{32}")


class Manifest(NamedTuple):
    station: str
    name: str
    own: tuple[str, ...]
    vector: dict[str, int]
    peers: dict[str, tuple[str, dict[str, int], str]]


def require_sound(batch: Batch) -> None:
    """What the packed form takes for granted. ValueError: a batch of our own making is never otherwise."""
    count = batch.last - batch.first + 1
    if not (
        _STATION.fullmatch(batch.station)
        and 0 < batch.first <= batch.last < 2**62
        and count <= EVENTS_IN_BATCH
        and len(batch.hashes) == HASH_BYTES * count
        and len(batch.streams) <= EVENTS_IN_BATCH
        and len(batch.body) <= MOST_PACKED
        and (len(batch.prev_hash) == 2 * HASH_BYTES) == (batch.first > 1)
    ):
        raise ValueError(f"no sound batch of {batch.station}: {batch.first}-{batch.last}")


def packed(batch: Batch) -> bytes:
    streams = batch.streams
    outside = _OUTSIDE.pack(
        bytes.fromhex(batch.station), batch.first, batch.last, bytes.fromhex(batch.prev_hash), len(streams)
    )
    return b"".join((outside, batch.hashes, struct.pack(f">{len(streams)}q", *streams), batch.body))


def batch_of(data: bytes) -> Batch:
    station, first, last, prev_hash, streams = _OUTSIDE.unpack_from(data)
    body_at = _OUTSIDE.size + HASH_BYTES * (last - first + 1) + 8 * streams
    if not first <= last < first + EVENTS_IN_BATCH or body_at > len(data):
        raise ValueError("no batch")
    hashes_end = body_at - 8 * streams
    batch = Batch(
        station.hex(),
        first,
        last,
        prev_hash.hex() if first > 1 else "",
        data[_OUTSIDE.size : hashes_end],
        struct.unpack_from(f">{streams}q", data, hashes_end),
        data[body_at:],
    )
    require_sound(batch)
    return batch


def manifest_of(data: bytes) -> Manifest:
    """ValueError, TypeError, KeyError or AttributeError for what is none."""
    if len(data) > MOST_MANIFEST:
        raise ValueError("no manifest")
    facts = orjson.loads(data)
    return Manifest(
        station=_station(facts["station"]),
        name=_name(facts["name"]),
        own=tuple(_station(one) for one in facts["own"]),
        vector=_vector(facts["vector"]),
        peers={
            _station(station): (_name(name), _vector(vector), _heard(heard_at))
            for station, (name, vector, heard_at) in facts["peers"].items()
        },
    )


def _vector(value: dict[str, Any]) -> dict[str, int]:
    for station, seq in value.items():
        _station(station)
        if seq.__class__ is not int or not 0 <= seq < 2**62:
            raise ValueError("no vector")
    return value


def _station(value: Any) -> str:
    if not isinstance(value, str) or not _STATION.fullmatch(value):
        raise ValueError("no station")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 400:
        raise ValueError("no name")
    return value


def _heard(value: Any) -> str:
    """A time in ISO 8601, or '' for never."""
    if value != "":
        datetime.fromisoformat(value)
    return str(value)
