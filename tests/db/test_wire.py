"""Batches on their way: whole, or found out; and never larger than they say."""

from __future__ import annotations

import random
import time
import tracemalloc
import zlib
from typing import Any

import orjson
import pytest

from db.envelope import MOST_OF_EVENT, canonical, seal
from db.wire import _COMMON, EVENTS_IN_BATCH, Arrived, BadBatch, Batch, Spoilt, pack, stream_key, unpack
from tests.db import toy

STATION = "ab" * 16


def rows(count: int, first: int = 1, prev_hash: str = "", **changes: Any) -> list[tuple[Any, ...]]:
    """Journal rows that follow each other; every second event builds on the one before."""
    chance = random.Random(count)
    found: list[tuple[Any, ...]] = []
    for seq in range(first, first + count):
        draft = toy.draft(seq, chance, **changes)
        parents = (prev_hash,) if seq % 2 and prev_hash else ()
        one = seal(draft, STATION, seq, seq << 16, parents, prev_hash)
        texts = (canonical(one.basis).decode(), canonical(one.payload).decode())
        found.append((*one[:4], orjson.dumps(parents).decode(), *one[5:10], *texts, one.prev_hash, one.hash))
        prev_hash = one.hash
    return found


def packed(body: bytes, **changes: Any) -> Batch:
    """A batch of one event around any plain body."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9, zdict=_COMMON)
    content = b"\x01" + packer.compress(body) + packer.flush()
    return Batch(STATION, 1, 1, "", bytes(32), (), content)._replace(**changes)


def arrived(batch: Batch) -> list[tuple[Any, ...]]:
    """The rows again; the batch must have come whole."""
    found = []
    for one in unpack(batch):
        assert isinstance(one, Arrived)
        found.append((*one.event[:4], one.parents, *one.event[5:10], one.basis, one.payload, *one.event[12:]))
    return found


@pytest.mark.parametrize(
    ("count", "first", "prev_hash"), [(1, 1, ""), (40, 1, ""), (7, 5_000, "cd" * 32), (1_000, 1, "")]
)
def test_what_is_packed_comes_out_the_same(count: int, first: int, prev_hash: str) -> None:
    sent = rows(count, first, prev_hash)
    batch = pack(sent)
    assert (batch.first, batch.last, batch.hash) == (first, first + count - 1, sent[-1][13])
    assert set(batch.streams) == {stream_key(row[3]) for row in sent}
    assert arrived(batch) == sent


def test_a_batch_is_small() -> None:
    sent = rows(200)
    assert len(pack(sent).body) < 0.3 * sum(len(str(row)) for row in sent)
    assert len(pack(sent[:1]).body) < 0.6 * len(str(sent[0]))


def test_texts_that_are_hard_to_keep() -> None:
    payload = {"n": 2**63 - 1, "空": '\x00\u2028"\\ 𬭎 e\u0301', "a": [None, True, -(2**63)], "": {}}
    sent = rows(3, payload=payload, actor="\u202e张", stream="case/\"'")
    assert arrived(pack(sent)) == sent


def test_every_byte_that_changes_is_found() -> None:
    """In the body and in the hashes, the first hash before and the numbers: nothing changed passes for sound."""
    batch = pack(rows(3))
    sound = arrived(batch)
    variants = [
        batch._replace(body=batch.body[:at] + bytes([batch.body[at] ^ 1 << bit]) + batch.body[at + 1 :])
        for at in range(len(batch.body))
        for bit in (0, 5)
    ]
    variants += [
        batch._replace(hashes=batch.hashes[:at] + bytes([batch.hashes[at] ^ 4]) + batch.hashes[at + 1 :])
        for at in range(len(batch.hashes))
    ]
    variants += [
        batch._replace(station="ba" * 16), batch._replace(first=2, last=4, prev_hash="ab" * 32),
        batch._replace(first=11, last=13, prev_hash="ab" * 32),
    ]  # fmt: skip
    for variant in variants:
        try:
            found = list(unpack(variant))
        except BadBatch:
            continue
        whole = [one for one in found if isinstance(one, Arrived)]
        # A byte may change without changing what it says: packing has more than one way to write the same.
        assert len(whole) < 3 or arrived(variant) == sound, variant
        assert all(isinstance(one, Spoilt) and one.reason for one in found if one not in whole)


def test_one_spoilt_event_does_not_spoil_the_others_that_came_whole() -> None:
    sent = rows(5)
    row = list(sent[2])
    row[7] = "别人"
    found = list(unpack(pack([*sent[:2], row, *sent[3:]])))
    assert [type(one) for one in found] == [Arrived, Arrived, Spoilt, Arrived, Arrived]
    spoilt = found[2]
    assert isinstance(spoilt, Spoilt)
    assert (spoilt.station, spoilt.seq, spoilt.hash) == (STATION, 3, sent[2][13])
    assert "别人" in spoilt.body.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"station": "AB" * 16}, {"station": "ab"}, {"first": 0, "last": 2}, {"first": -1}, {"last": 2}, {"last": 4},
        {"first": 3, "last": 1}, {"hashes": b""}, {"hashes": bytes(97)}, {"prev_hash": "ab" * 32},
        {"first": 2, "last": 4, "prev_hash": ""}, {"first": 2, "last": 4, "prev_hash": "xy" * 32},
        {"first": 2**62 - 3, "last": 2**62 - 1, "prev_hash": ""}, {"first": 2**62, "last": 2**62 + 2}, {"body": b""},
        {"body": b"\x02abc"}, {"body": b"\x01"}, {"body": b"\x01" + bytes(40)},
    ],
)  # fmt: skip
def test_an_outside_that_contradicts_itself(changes: dict[str, Any]) -> None:
    with pytest.raises(BadBatch):
        list(unpack(pack(rows(3))._replace(**changes)))


def test_truncated_and_extended() -> None:
    batch = pack(rows(3))
    for body in (batch.body[:-1], batch.body[:20], batch.body + b"\x00", batch.body + batch.body):
        with pytest.raises(BadBatch):
            list(unpack(batch._replace(body=body)))


def test_too_many_events() -> None:
    with pytest.raises(BadBatch):
        list(unpack(pack(rows(EVENTS_IN_BATCH + 1))))


GOOD: list[Any] = [1, "case/1", [], "toy.moved", 1, "张三", "预审员", "2026-03-02", {}, {}]


@pytest.mark.parametrize(
    "record",
    [
        None, 5, "x", [], {}, GOOD[:-1], [*GOOD, 1], [-1, *GOOD[1:]], [1.5, *GOOD[1:]], [True, *GOOD[1:]],
        [2**63, *GOOD[1:]], [1, 5, *GOOD[2:]], [1, "x" * 401, *GOOD[2:]], [1, "case/1", "no", *GOOD[3:]],
        [1, "case/1", ["no hash"], *GOOD[3:]], [1, "case/1", [5], *GOOD[3:]],
        [1, "case/1", ["ab" * 32] * 1_001, *GOOD[3:]],
        [*GOOD[:8], {"a": 1}, {}], [*GOOD[:8], [], {}], [*GOOD[:9], []], [*GOOD[:9], {"a": 1.5}], [*GOOD[:9], None],
        [*GOOD[:7], "gestern", {}, {}], [*GOOD[:7], "2026-03-02T10", {}, {}],
    ],
)  # fmt: skip
def test_contents_that_are_no_event(record: Any) -> None:
    (found,) = unpack(packed(orjson.dumps([record])))
    assert isinstance(found, Spoilt)
    assert found.seq == 1


@pytest.mark.parametrize("body", [b"", b"{}", b"5", b"[", b"\xff\xfe", b"[]", b"[1,2]", b"[" * 5_000])
def test_bodies_that_are_no_list_of_one(body: bytes) -> None:
    with pytest.raises(BadBatch):
        list(unpack(packed(body)))


def test_an_event_that_is_too_large_is_kept_out() -> None:
    sent = rows(1, payload={"text": "长" * (MOST_OF_EVENT // 3 + 1)})
    (found,) = unpack(pack(sent))
    assert isinstance(found, Spoilt)
    assert found.reason == "内容过大"
    assert arrived(pack(rows(1, payload={"text": "长" * (MOST_OF_EVENT // 3 - 100)})))


@pytest.mark.parametrize("filling", [b" ", b"[", b'"'])
def test_a_bomb_is_defused(filling: bytes) -> None:
    """A few hundred kilobytes that would unpack to gigabytes cost neither time nor memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_COMMON)
    parts = [packer.compress(filling * 2**20) for _ in range(300)]
    bomb = Batch(STATION, 1, 1, "", bytes(32), (), b"\x01" + b"".join(parts) + packer.flush())
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(BadBatch):
        list(unpack(bomb))
    assert time.perf_counter() - began < 10
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * 2**20
