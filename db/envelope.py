"""The sealed envelope: one thing that was done, by whom, knowing what, chained to the one before.

The hash is SHA-256 (FIPS 180-4) over the canonical JSON of every other field: UTF-8, no blanks, keys sorted
by code point, integers of at most 64 bits, no floating point (two programs may print the same float in two ways).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

_SORTED = orjson.OPT_SORT_KEYS
MOST_OF_EVENT = 8 * 2**20  # bytes of basis and payload
FIRST = ""  # prev_hash of a station's first event


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is sealed. ``occurred_on`` is the business date, ISO 8601.

    ``parents`` are the hashes of the stream's heads that the author had seen; None means the present heads.
    """

    stream: str
    type: str
    version: int
    actor: str
    role: str
    occurred_on: str
    basis: dict[str, str]
    payload: dict[str, Any]
    parents: tuple[str, ...] | None = None


class Envelope(NamedTuple):
    """A sealed event. A named tuple, because hundreds of thousands are made at a time.

    ``seq`` counts 1, 2, 3 without holes per ``station``; ``hlc`` is a hybrid clock (milliseconds << 16 | counter).
    """

    station: str
    seq: int
    hlc: int
    stream: str
    parents: tuple[str, ...]
    type: str
    version: int
    actor: str
    role: str
    occurred_on: str
    basis: dict[str, str]
    payload: dict[str, Any]
    prev_hash: str
    hash: str


def canonical(value: Any) -> bytes:
    """Canonical JSON of texts, integers, booleans, None, lists and dicts. TypeError for anything else."""
    _refuse_inexact(value)
    return orjson.dumps(value, option=_SORTED)


def _refuse_inexact(value: Any) -> None:
    waiting = [value]
    for item in waiting:  # grows while it is walked
        kind = item.__class__
        if kind is str or kind is int or item is None or kind is bool:
            continue
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
        elif not isinstance(item, str | int):
            raise TypeError(f"an envelope holds text, integers, booleans, lists and dicts, not {kind.__name__}")


def seal(draft: Draft, station: str, seq: int, hlc: int, parents: tuple[str, ...], prev_hash: str) -> Envelope:
    """The draft with its place in the station's chain and its hash."""
    return Envelope(
        station, seq, hlc, draft.stream, parents, draft.type, draft.version, draft.actor, draft.role,
        draft.occurred_on, draft.basis, draft.payload, prev_hash,
        digest_of(station, seq, hlc, draft.stream, parents, draft.type, draft.version, draft.actor, draft.role,
                  draft.occurred_on, canonical(draft.basis), canonical(draft.payload), prev_hash),
    )  # fmt: skip


def digest(envelope: Envelope) -> str:
    """The hash that this envelope must have: 64 lower-case hexadecimal digits."""
    return digest_of(*envelope[:10], canonical(envelope.basis), canonical(envelope.payload), envelope.prev_hash)


def digest_of(
    station: str, seq: int, hlc: int, stream: str, parents: tuple[str, ...], type_: str, version: int,
    actor: str, role: str, occurred_on: str, basis: bytes, payload: bytes, prev_hash: str,
) -> str:  # fmt: skip
    """As :func:`digest`, with basis and payload already canonical, so that nothing is encoded twice."""
    return hashlib.sha256(
        orjson.dumps(
            {
                "actor": actor,
                "basis": orjson.Fragment(basis),
                "hlc": hlc,
                "occurred_on": occurred_on,
                "parents": parents,
                "payload": orjson.Fragment(payload),
                "prev_hash": prev_hash,
                "role": role,
                "seq": seq,
                "station": station,
                "stream": stream,
                "type": type_,
                "version": version,
            }
        )
    ).hexdigest()
