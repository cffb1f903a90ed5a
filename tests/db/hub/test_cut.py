"""The hub dies, or the line is cut, while a station hands over: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from db.faults import EnvironmentFault
from db.hub import admin
from db.hub.client import HubTransport
from db.wire import Batch
from tests.db.hub.conftest import Hub, drop, new_hub
from tests.db.hub.postgres import Server, serving
from tests.db.hub.proxies import DOWN, UP, Cutter
from tests.db.transports import A, Chain, drain, events, greeting

PATIENCE = 60.0  # seconds until a hub must be back
CHAIN = Chain(A, 60)
BATCHES = [CHAIN.batch(first, first + 4) for first in range(1, 60, 5)]
EVERYTHING = {(A, seq, CHAIN.hash(seq)): 1 for seq in range(1, 61)}


def insist(action: Callable[[], object]) -> int:
    """Tries until it succeeds; only "away" and "busy" are reasons to try again. Answers with the failures."""
    deadline, failures = time.monotonic() + PATIENCE, 0
    while True:
        try:
            action()
            return failures
        except EnvironmentFault as fault:
            if fault.code not in ("hub_away", "hub_busy") or time.monotonic() > deadline:
                raise
            failures += 1


def clear(hub: Hub) -> None:
    with psycopg.connect(hub.url) as root:
        root.execute("TRUNCATE kuaishen.batches, kuaishen.chains")


def through(hub: Hub, port: int) -> HubTransport:
    mine = hub.enrol("甲")
    assert mine.hub is not None
    return HubTransport(replace(mine, hub={**mine.hub, "port": port}), hub.folder)


def hand_over(transport: HubTransport, portions: list[list[Batch]]) -> int:
    """As a station does that was cut: greets again and repeats the portion of which it heard nothing."""
    failures = insist(lambda: transport.hello(greeting(A)))
    for portion in portions:
        failures += insist(partial(transport.push, portion))
    return failures


PORTIONS = [BATCHES[:1], BATCHES[1:5], BATCHES[5:]]


def held(hub: Hub) -> dict[tuple[str, int, str], int]:
    transport = hub.transport("乙")
    assert transport.hello(greeting("b" * 32)).vector == {A: 60}
    found = dict(events(drain(transport, {}, 1_000)))
    transport.close()
    return found


def length_of_a_meeting(hub: Hub) -> dict[str, int]:
    """Bytes each way of a meeting that nobody disturbs."""
    with Cutter(hub.server.port) as relay:
        transport = through(hub, relay.port)
        assert hand_over(transport, PORTIONS) == 0
        transport.close()
    clear(hub)
    return relay.count


def cuts(hub: Hub, trials: int, seed: int) -> None:
    chance = random.Random(seed)
    lengths = length_of_a_meeting(hub)
    for trial in range(trials):
        direction = (UP, DOWN)[trial % 2]
        after = chance.randrange(lengths[direction] - 40)  # what ends a connection is no part of the meeting
        with Cutter(hub.server.port, direction, after) as relay:
            transport = through(hub, relay.port)
            failures = hand_over(transport, PORTIONS)
            transport.close()
        assert relay.cut, f"no cut after {after} bytes {direction}"
        assert failures == 1, f"cut after {after} bytes {direction}"
        assert held(hub) == EVERYTHING, f"cut after {after} bytes {direction}"
        clear(hub)


def test_the_line_is_cut_at_any_byte(hub: Hub) -> None:
    cuts(hub, 10, random.randrange(2**32))


@pytest.mark.long
def test_the_line_is_cut_at_any_byte_often(hub: Hub) -> None:
    cuts(hub, 300, random.randrange(2**32))


# The control: a function that writes without looking what is there.
HEEDLESS = """
ALTER TABLE kuaishen.batches DROP CONSTRAINT batches_centre_station_last_key;
CREATE OR REPLACE FUNCTION kuaishen.append_one(
    me kuaishen.stations, station_ text, first_ bigint, last_ bigint, prev_ text, hashes_ bytea, streams_ bigint[],
    body_ bytea, OUT status text, OUT seq bigint
) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO batches (centre, station, first, last, prev_hash, hashes, streams, body, size, login)
    VALUES (me.centre, station_, first_, last_, prev_, hashes_, streams_, body_, octet_length(body_), me.login);
    INSERT INTO chains VALUES (me.centre, station_, last_, '') ON CONFLICT (centre, station) DO UPDATE SET seq = last_;
    status := 'ok';
END
$$
"""


def test_a_function_that_does_not_look_doubles_what_is_repeated(hub: Hub) -> None:
    lengths = length_of_a_meeting(hub)
    hub.root().execute(HEEDLESS)
    with Cutter(hub.server.port, DOWN, lengths[DOWN] - 10) as relay:  # kept, but nobody heard of it
        transport = through(hub, relay.port)
        assert hand_over(transport, PORTIONS) == 1
        transport.close()
    with pytest.raises(AssertionError):
        assert held(hub) == EVERYTHING


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    """A server of this file's own, to be killed."""
    with serving() as made:
        yield made


@pytest.fixture
def mortal_hub(mortal: Server, tmp_path: Path) -> Iterator[Hub]:
    made = new_hub(mortal, tmp_path)
    admin.init(made.url, "甲中心")
    made.enrol("甲")
    made.enrol("乙")
    yield made
    drop(made)


class Pusher(threading.Thread):
    """Hands over batch after batch and notes how far it was told that they are kept."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(name="pusher")
        self.transport = hub.transport("甲")
        self.failures = 0
        self.error: BaseException | None = None
        self.told_to_stop = threading.Event()
        self._kept = 0
        self._moved = threading.Condition()

    def run(self) -> None:
        try:
            self.failures += insist(lambda: self.transport.hello(greeting(A)))
            for number, batch in enumerate(BATCHES, 1):
                self.failures += insist(partial(self.transport.push, [batch]))
                with self._moved:
                    self._kept = number
                    self._moved.notify_all()
            while not self.told_to_stop.is_set():  # goes on saying the same, so that a death never comes too late
                self.failures += insist(partial(self.transport.push, [BATCHES[-1]]))
        except BaseException as error:  # handed to the test
            self.error = error
        finally:
            self.transport.close()

    def kept(self, at_least: int = 0) -> int:
        """Waits until so many batches were acknowledged."""
        with self._moved:
            assert self._moved.wait_for(lambda: self._kept >= at_least or self.error, PATIENCE)
            return self._kept


def deaths(hub: Hub, trials: int, seed: int) -> None:
    chance = random.Random(seed)
    disturbed = 0
    for trial in range(trials):
        pusher = Pusher(hub)
        pusher.start()
        pusher.kept(chance.randrange(len(BATCHES)))
        if trial % 2:
            with psycopg.connect(hub.url) as root:
                login = hub.enrol("甲").login
                found = root.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", (login,)).fetchall()
            acknowledged = pusher.kept()
            for (pid,) in found:
                hub.server.kill_backend(pid)
        else:
            acknowledged = pusher.kept()
            hub.server.stop("immediate")
            hub.server.start()
        insist(partial(held_at_least, hub, acknowledged))
        pusher.told_to_stop.set()
        pusher.join(2 * PATIENCE)
        assert not pusher.is_alive()
        if pusher.error:
            raise pusher.error
        disturbed += pusher.failures
        assert held(hub) == EVERYTHING
        for one in hub.open:
            one.close()
        hub.open.clear()
        clear(hub)
    assert disturbed >= trials // 2, "hardly a death ever met a meeting"


def held_at_least(hub: Hub, batches: int) -> None:
    transport = hub.transport("乙")
    try:
        assert transport.hello(greeting("b" * 32)).vector.get(A, 0) >= 5 * batches, "an acknowledged batch is gone"
    finally:
        transport.close()


def test_the_hub_dies_while_it_is_written_to(mortal_hub: Hub) -> None:
    deaths(mortal_hub, 10, random.randrange(2**32))


@pytest.mark.long
def test_the_hub_dies_while_it_is_written_to_often(mortal_hub: Hub) -> None:
    deaths(mortal_hub, 300, random.randrange(2**32))
