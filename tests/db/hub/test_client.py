"""The hub keeps what every transport keeps, and what only a hub can do."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from db.faults import EnvironmentFault
from db.hub import admin
from db.hub.client import HubTransport
from db.transport import Fork
from db.wire import Batch
from tests.db.hub.conftest import Hub
from tests.db.hub.postgres import free_port
from tests.db.transports import A, B, C, Chain, HubContract, Meeting, drain, greeting, key, numbers


class TestHub(HubContract):
    @pytest.fixture
    def meeting(self, hub: Hub) -> Meeting:
        return lambda station, centre="甲中心": hub.transport(f"站{station[0]}", centre)

    def test_peers_are_told_what_others_hold(self, meeting: Meeting) -> None:
        one = meeting(A)
        one.hello(greeting(A, {A: 3, B: 9}))
        one.hello(greeting(A, {A: 4, B: 9}))
        other = meeting(B)
        name, vector, heard_at = other.hello(greeting(B)).peers[A]
        assert (name, vector) == ("站a", {B: 9})  # as far as it concerns the asker
        assert isinstance(heard_at, str)


def refused(code: str, action: Any, *arguments: Any) -> str:
    with pytest.raises(EnvironmentFault) as fault:
        action(*arguments)
    assert fault.value.code == code
    assert str(fault.value).endswith("。")
    return str(fault.value)


def test_only_own_incarnations_are_writable(hub: Hub) -> None:
    one = hub.transport("甲")
    assert one.hello(greeting(A, own=(B, A))).writable == frozenset({A, B})
    one.push([Chain(B, 5).batch(1, 5)])
    refused("hub_foreign", one.push, [Chain(C, 5).batch(1, 5)])
    other = hub.transport("乙")
    assert other.hello(greeting(C, own=(A, C))).writable == frozenset({C})
    refused("hub_foreign", other.push, [Chain(A, 5).batch(1, 5)])


def test_an_incarnation_belongs_to_one_log_in(hub: Hub) -> None:
    hub.transport("甲").hello(greeting(A, {A: 1}))
    refused("hub_identity", hub.transport("乙").hello, greeting(A, {A: 2}))
    with hub.root() as root:
        assert root.execute("SELECT vector FROM kuaishen.incarnations").fetchall() == [('{"' + A + '":1}',)]


def test_a_carrier_brings_what_others_wrote_and_they_take_it_over(hub: Hub) -> None:
    chain = Chain(A, 20)
    carrier = hub.transport("信使", carrier=True)
    assert carrier.hello(greeting(C)).writable is None
    carrier.push([chain.batch(1, 10), Chain(C, 3).batch(1, 3)])
    one = hub.transport("甲")
    refused("hub_foreign", one.push, [chain.batch(11, 20)])
    assert one.hello(greeting(A)).vector == {A: 10, C: 3}
    one.push([chain.batch(11, 20)])
    assert admin.status(hub.url)[0]["brought"] == []


def test_a_fork_stays_recorded_though_nothing_else_does(hub: Hub) -> None:
    chain, clone = Chain(A, 9), Chain(A, 9, salt="!", after=6)
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([chain.batch(1, 8)])
    for first, where in ((5, 7), (9, 8), (5, 7), (8, 7)):
        with pytest.raises(Fork) as fork:
            one.push([clone.batch(first, 9)])
        assert fork.value.seq == where
    forks = admin.status(hub.url)[0]["forks"]
    assert sorted((fork["station"], fork["seq"], fork["from"]) for fork in forks) == [(A, 7, "甲"), (A, 8, "甲")]
    with hub.root() as root:
        offered = root.execute("SELECT hash FROM kuaishen.forks ORDER BY seq").fetchall()
    assert offered == [(clone.hash(7),), (clone.hash(8),)]


CHAIN = Chain(A, 3)
GOOD = CHAIN.batch(1, 3)


@pytest.mark.parametrize(
    "batch",
    [
        GOOD._replace(last=4),
        GOOD._replace(first=0, last=2),
        GOOD._replace(first=3, last=1),
        GOOD._replace(hashes=GOOD.hashes[:-1]),
        GOOD._replace(prev_hash="ab"),
        GOOD._replace(prev_hash="0" * 64),
        GOOD._replace(body=b""),
        GOOD._replace(body=b"\0" * (16 * 2**20 + 1)),
        GOOD._replace(last=1_001, hashes=b"\0" * 32 * 1_001),
        GOOD._replace(streams=tuple(range(1_001))),
        CHAIN.batch(2, 3)._replace(prev_hash=""),
    ],
    ids=range(11),
)
def test_a_misshapen_batch_is_refused(hub: Hub, batch: Batch) -> None:
    one = hub.transport("甲")
    one.hello(greeting(A))
    refused("hub_shape", one.push, [GOOD, batch])
    assert one.hello(greeting(A)).vector == {}
    one.push([GOOD])


@pytest.mark.parametrize("place", range(7))
def test_a_missing_value_is_no_way_in(hub: Hub, place: int) -> None:
    hub.transport("甲").hello(greeting(A))
    names = ("text[]", "bigint[]", "bigint[]", "text[]", "bytea[]", "text[]", "bytea[]")
    values: list[Any] = [[A], [1], [3], [""], [GOOD.hashes], ["{1}"], [GOOD.body]]
    values[place] = [None]
    with hub.session("甲") as session:
        call = "SELECT status FROM kuaishen.append(" + ", ".join(f"%b::{name}" for name in names) + ")"
        assert session.execute(call, values).fetchone() == ("shape",)


def test_portions_are_bounded_by_bytes_too(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.hub.client._MOST_BYTES", 2_500)
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([Chain(A, 6).batch(n, n)._replace(body=b"x" * 1_000) for n in range(1, 7)])
    assert numbers(one.pull({})) == [(A, 1, 1), (A, 2, 2)]
    monkeypatch.setattr("db.hub.client._MOST_BYTES", 10)
    assert numbers(one.pull({A: 2})) == [(A, 3, 3)]


def test_causes_come_before_what_builds_on_them(hub: Hub) -> None:
    """Batches come in the order in which they arrived at the hub, over all stations."""
    chains = {A: Chain(A, 30), B: Chain(B, 30)}
    one, two = hub.transport("甲"), hub.transport("乙")
    one.hello(greeting(A))
    two.hello(greeting(B))
    sent = []
    for first in range(1, 30, 3):
        for transport, station in ((two, B), (one, A)):
            transport.push([chains[station].batch(first, first + 2)])
            sent.append((station, first, first + 2))
    assert numbers(drain(one, {}, 7)) == sent


def test_news_of_one_case(hub: Hub) -> None:
    chain = Chain(A, 30)
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([chain.batch(n, n) for n in range(1, 31)])
    assert one.news(key(3), {}) == {A: 4}
    assert one.news(key(3), {A: 10}) == {A: 2}
    assert one.news(key(3), {A: 30}) == {}
    assert one.news(key(99), {}) == {}


def test_numbers_are_reserved_once(hub: Hub) -> None:
    one, other = hub.transport("甲"), hub.transport("乙")
    blocks = [one.reserve(10), other.reserve(5_000), one.reserve(1), *hub.enrol("甲").blocks, *hub.enrol("乙").blocks]
    taken = [number for first, last in blocks for number in range(first, last + 1)]
    assert len(taken) == len(set(taken)) == 15_011
    refused("hub_shape", one.reserve, 0)
    refused("hub_shape", one.reserve, 100_001)
    with hub.root() as root:
        root.execute("UPDATE kuaishen.centre SET next_serial = 9999998")
    assert one.reserve(2) == (9_999_998, 9_999_999)
    refused("hub_numbers_out", one.reserve, 1)


def test_attachments_by_their_hash(hub: Hub) -> None:
    body = b"made up" * 1_000
    sha256, other = hashlib.sha256(body).digest(), hashlib.sha256(b"").digest()
    one = hub.transport("甲")
    assert one.lacking([sha256, other]) == {sha256, other}
    refused("hub_hash", one.put_blob, other, body)
    one.put_blob(sha256, body)
    one.put_blob(sha256, body)
    assert one.lacking([sha256, other]) == {other}
    assert hub.transport("乙").get_blob(sha256) == body
    assert one.get_blob(other) is None
    foreign = hub.transport("丙", "乙中心")
    assert foreign.get_blob(sha256) is None
    assert foreign.lacking([sha256]) == {sha256}


def test_an_attachment_may_not_be_endless(hub: Hub) -> None:
    body = bytes(64 * 2**20 + 1)
    refused("hub_size", hub.transport("甲").put_blob, hashlib.sha256(body).digest(), body)


def test_a_way_without_hub_is_no_way(hub: Hub) -> None:
    refused("no_hub", HubTransport, replace(hub.enrol("甲"), hub=None), hub.folder)


def test_a_hub_of_another_version_is_named(hub: Hub) -> None:
    one = hub.transport("甲")
    root = hub.root()
    root.execute("UPDATE kuaishen.hub SET version = 0")
    refused("hub_version", one.hello, greeting(A))
    root.execute("DROP SCHEMA kuaishen CASCADE")
    refused("hub_version", one.hello, greeting(A))
    refused("hub_version", elsewhere(hub, dbname="nowhere").hello, greeting(A))


def elsewhere(hub: Hub, **changes: Any) -> HubTransport:
    """A transport of an enrolled station that looks for its hub in another place."""
    mine = hub.enrol("甲")
    assert mine.hub is not None
    return HubTransport(replace(mine, hub={**mine.hub, **changes}), hub.folder)


def test_nobody_listens(hub: Hub) -> None:
    refused("hub_away", elsewhere(hub, port=free_port()).hello, greeting(A))
