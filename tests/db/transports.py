"""What every transport keeps, whatever it is made of. A test class inherits one of these and says how to meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest

from db.envelope import Draft, canonical, seal
from db.transport import Fork, Gap, Greeting, Transport, Vector
from db.wire import Arrived, Batch, pack, stream_key, unpack

A, B, C = "a" * 32, "b" * 32, "c" * 32


class Chain:
    """A station's events, sealed and chained; ``salt`` makes another chain under the same name from ``after`` on."""

    def __init__(self, station: str, count: int, *, salt: str = "", after: int = 0) -> None:
        self.station = station
        self.rows: list[tuple[Any, ...]] = []
        prev_hash = ""
        for seq in range(1, count + 1):
            said = f"{seq}{salt if seq > after else ''}"
            draft = Draft(f"case/{seq % 7}", "toy.moved", 1, "张三", "预审员", "2026-03-02", {}, {"n": said})
            one = seal(draft, station, seq, seq << 16, (), prev_hash)
            texts = (canonical(one.basis).decode(), canonical(one.payload).decode())
            self.rows.append(
                (*one[:4], orjson.dumps(one.parents).decode(), *one[5:10], *texts, one.prev_hash, one.hash)
            )
            prev_hash = one.hash

    def batch(self, first: int, last: int) -> Batch:
        return pack(self.rows[first - 1 : last])

    def hash(self, seq: int) -> str:
        return str(self.rows[seq - 1][13])


def greeting(station: str, vector: Vector | None = None, *, name: str = "", own: tuple[str, ...] = ()) -> Greeting:
    return Greeting(station, name or f"站{station[0]}", own or (station,), vector or {})


def numbers(batches: Sequence[Batch]) -> list[tuple[str, int, int]]:
    return [(batch.station, batch.first, batch.last) for batch in batches]


def drain(transport: Transport, vector: Vector, most: int = 10) -> list[Batch]:
    """Everything beyond the vector, fetched as a station does."""
    found: list[Batch] = []
    held = dict(vector)
    while batches := transport.pull(held, most):
        for batch in batches:
            assert batch.last > held.get(batch.station, 0), "a batch came that lies within the vector"
            held[batch.station] = batch.last
        found += batches
    return found


def events(batches: Sequence[Batch]) -> Counter[tuple[str, int, str]]:
    arrived = [one for batch in batches for one in unpack(batch)]
    assert all(isinstance(one, Arrived) for one in arrived)
    return Counter((one.event.station, one.event.seq, one.event.hash) for one in arrived if isinstance(one, Arrived))


Meeting = Callable[..., Transport]


class TransportContract:
    """``meeting(station)`` gives a transport on which that station may write, all in one centre, closed by the
    fixture. What one handed over, the next must find."""

    @pytest.fixture
    def meeting(self) -> Meeting:
        raise NotImplementedError

    def test_nothing_there(self, meeting: Meeting) -> None:
        transport = meeting(A)
        assert transport.hello(greeting(A)).vector == {}
        assert transport.pull({}) == []

    def test_what_is_handed_over_arrives_unchanged(self, meeting: Meeting) -> None:
        chain = Chain(A, 30)
        sent = [chain.batch(1, 20), chain.batch(21, 30)]
        one = meeting(A)
        one.hello(greeting(A, {A: 30}))
        one.push(sent)
        one.close()
        other = meeting(B)
        assert other.hello(greeting(B)).vector == {A: 30}
        assert drain(other, {}) == sent
        assert {"21"} < {one.event.payload["n"] for one in unpack(sent[1]) if isinstance(one, Arrived)}

    def test_the_same_twice_is_once(self, meeting: Meeting) -> None:
        chain = Chain(A, 20)
        one = meeting(A)
        one.hello(greeting(A, {A: 20}))
        one.push([chain.batch(1, 10), chain.batch(11, 20)])
        one.push([chain.batch(1, 10), chain.batch(11, 20)])
        one.close()
        other = meeting(B)
        assert other.hello(greeting(B)).vector == {A: 20}
        assert events(drain(other, {})) == Counter((A, seq, chain.hash(seq)) for seq in range(1, 21))

    def test_only_what_lies_beyond_the_vector(self, meeting: Meeting) -> None:
        chain, chain_b = Chain(A, 30), Chain(B, 5)
        one = meeting(A)
        one.hello(greeting(A, {A: 30}))
        one.push([chain.batch(n, n + 9) for n in (1, 11, 21)])
        one.close()
        two = meeting(B)
        two.hello(greeting(B, {A: 30, B: 5}))
        two.push([chain_b.batch(1, 5)])
        two.close()
        other = meeting(C)
        other.hello(greeting(C, {A: 10}))
        assert numbers(other.pull({A: 20, B: 5})) == [(A, 21, 30)]
        assert other.pull({A: 30, B: 5}) == []
        assert other.pull({A: 99, B: 5, C: 1}) == []
        assert sorted(numbers(other.pull({A: 15}))) == [(A, 11, 20), (A, 21, 30), (B, 1, 5)]

    def test_a_station_comes_in_its_order_and_in_portions(self, meeting: Meeting) -> None:
        chain = Chain(A, 100)
        one = meeting(A)
        one.hello(greeting(A, {A: 100}))
        one.push([chain.batch(n, n + 9) for n in range(1, 100, 10)])
        one.close()
        other = meeting(B)
        other.hello(greeting(B))
        portion = other.pull({}, 25)
        assert numbers(portion) == [(A, 1, 10), (A, 11, 20), (A, 21, 30)]
        assert numbers(other.pull({A: 30}, 1)) == [(A, 31, 40)]
        assert [batch.first for batch in drain(other, {}, 25)] == list(range(1, 100, 10))


class HubContract(TransportContract):
    """What is known on the spot: heads, forks, gaps; and several centres. ``meeting(station, centre)`` too."""

    def test_heads_are_the_last_hashes(self, meeting: Meeting) -> None:
        chain = Chain(A, 12)
        one = meeting(A)
        one.hello(greeting(A))
        one.push([chain.batch(1, 5), chain.batch(6, 12)])
        assert one.hello(greeting(A)).heads == {A: chain.hash(12)}

    def test_overlapping_batches_that_agree(self, meeting: Meeting) -> None:
        chain = Chain(A, 40)
        one = meeting(A)
        one.hello(greeting(A))
        for first, last in ((1, 10), (5, 15), (1, 20), (3, 18), (20, 30), (15, 25), (11, 40)):
            one.push([chain.batch(first, last)])
        assert one.hello(greeting(A)).vector == {A: 40}
        found = drain(one, {}, 1)
        assert [batch.last for batch in found] == [10, 15, 20, 30, 40]
        assert set(events(found)) == {(A, seq, chain.hash(seq)) for seq in range(1, 41)}
        assert numbers(one.pull({A: 29})) == [(A, 20, 30), (A, 11, 40)]

    def test_a_gap_is_refused(self, meeting: Meeting) -> None:
        chain = Chain(A, 30)
        one = meeting(A)
        one.hello(greeting(A))
        for batches in ([chain.batch(2, 5)], [chain.batch(1, 5), chain.batch(7, 9)]):
            with pytest.raises(Gap):
                one.push(batches)
        assert one.hello(greeting(A)).vector == {}
        assert one.pull({}) == []
        one.push([chain.batch(1, 5), chain.batch(6, 30)])
        assert one.hello(greeting(A)).vector == {A: 30}

    @pytest.mark.parametrize(
        ("first", "last"), [(1, 12), (8, 8), (8, 30), (9, 30), (10, 10), (13, 20), (5, 30), (11, 13)]
    )
    def test_a_fork_is_refused_and_told_where(self, meeting: Meeting, first: int, last: int) -> None:
        chain, clone = Chain(A, 12), Chain(A, 30, salt="!", after=7)
        one = meeting(A)
        one.hello(greeting(A))
        one.push([chain.batch(1, 5), chain.batch(6, 9), chain.batch(10, 12)])
        with pytest.raises(Fork) as fork:
            one.push([clone.batch(first, last)])
        assert fork.value.station == A
        assert chain.hash(fork.value.seq) != clone.hash(fork.value.seq)
        welcome = one.hello(greeting(A))
        assert (welcome.vector, welcome.heads) == ({A: 12}, {A: chain.hash(12)})
        assert numbers(drain(one, {})) == [(A, 1, 5), (A, 6, 9), (A, 10, 12)]

    def test_a_fork_among_several_undoes_all_of_them(self, meeting: Meeting) -> None:
        chain, clone = Chain(A, 30), Chain(A, 30, salt="!", after=20)
        one = meeting(A)
        one.hello(greeting(A))
        one.push([chain.batch(1, 10)])
        with pytest.raises(Fork):
            one.push([chain.batch(11, 20), chain.batch(21, 22), clone.batch(22, 25)])
        assert one.hello(greeting(A)).vector == {A: 10}
        assert numbers(one.pull({})) == [(A, 1, 10)]

    def test_centres_know_nothing_of_each_other(self, meeting: Meeting) -> None:
        here, there = Chain(A, 10), Chain(B, 10)
        one, other = meeting(A), meeting(B, "乙中心")
        one.hello(greeting(A))
        one.push([here.batch(1, 10)])
        welcome = other.hello(greeting(B))
        assert (welcome.vector, welcome.peers) == ({}, {})
        other.push([there.batch(1, 10)])
        assert numbers(other.pull({})) == [(B, 1, 10)]
        assert numbers(one.pull({})) == [(A, 1, 10)]
        assert welcome.epoch != one.hello(greeting(A)).epoch


def key(number: int) -> int:
    """The short name of the stream that every seventh event of a chain touches."""
    return stream_key(f"case/{number}")
