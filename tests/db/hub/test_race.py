"""Twenty stations write at once while another reads: nothing is skipped, nothing comes twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from db.hub.client import HubTransport
from tests.db.hub.conftest import Hub
from tests.db.transports import Chain, greeting

WRITERS, BATCHES, EVENTS = 20, 15, 4

# Between taking its number and being seen each batch waits a little, as one on a slow disk does: numbers then become
# visible in another order than they were given in.
DAWDLE = """
CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END $$;
CREATE TRIGGER dawdle AFTER INSERT ON kuaishen.batches FOR EACH ROW EXECUTE FUNCTION public.dawdle();
"""
Found = Counter[tuple[str, int]]


def by_vector(transport: HubTransport, done: threading.Event) -> Found:
    """As stations read."""
    found: Found = Counter()
    vector: dict[str, int] = {}
    last_round = False
    while True:
        batches = transport.pull(vector, 50)
        for batch in batches:
            assert batch.first == vector.get(batch.station, 0) + 1, "a hole"
            vector[batch.station] = batch.last
            found[batch.station, batch.first] += 1
        if not batches:
            if last_round:
                return found
            last_round = done.is_set()


def by_cursor(connection: psycopg.Connection[tuple[int, str, int]], done: threading.Event) -> Found:
    """The control: "what is newer than what I saw last"."""
    found: Found = Counter()
    cursor = 0
    last_round = False
    while True:
        rows = connection.execute(
            "SELECT id, station, first FROM kuaishen.batches WHERE id > %s ORDER BY id LIMIT 20", (cursor,)
        ).fetchall()
        for cursor, station, first in rows:  # noqa: B007 (the last one is where it goes on)
            found[station, first] += 1
        if not rows:
            if last_round:
                return found
            last_round = done.is_set()


def race(hub: Hub) -> tuple[Found, Found, Found]:
    """(what was written, what was read by vector, what was read by cursor)."""
    root = hub.root()
    root.execute("TRUNCATE kuaishen.batches, kuaishen.chains, kuaishen.incarnations")
    names = [f"{number:032x}" for number in range(1, WRITERS + 1)]
    writers = [hub.transport(f"站{number}") for number in range(WRITERS)]
    chains = [Chain(name, BATCHES * EVENTS) for name in names]
    reader, naive = hub.transport("读者"), hub.kept(hub.url)
    reader.hello(greeting("f" * 32))
    start, done = threading.Barrier(WRITERS), threading.Event()

    def write(number: int) -> None:
        writers[number].hello(greeting(names[number]))
        start.wait(60)
        for first in range(1, BATCHES * EVENTS, EVENTS):
            writers[number].push([chains[number].batch(first, first + EVENTS - 1)])

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = pool.submit(by_vector, reader, done), pool.submit(by_cursor, naive, done)
        try:
            for writing in [pool.submit(write, number) for number in range(WRITERS)]:
                writing.result()
        finally:
            done.set()
        seen, seen_naively = readers[0].result(), readers[1].result()
    naive.close()
    for one in (*writers, reader):
        one.close()
    written: Found = Counter((name, first) for name in names for first in range(1, BATCHES * EVENTS, EVENTS))
    assert reader.hello(greeting("f" * 32)).vector == dict.fromkeys(names, BATCHES * EVENTS)
    reader.close()
    return written, seen, seen_naively


def judge(hub: Hub, runs: int) -> None:
    hub.root().execute(DAWDLE)
    skipped = 0
    for _ in range(runs):
        written, seen, seen_naively = race(hub)
        assert seen == written
        skipped += (written - seen_naively).total()
    assert skipped > 0, "the race was not sharp: even the naive cursor skipped nothing"


def test_twenty_writers_and_a_reader(hub: Hub) -> None:
    judge(hub, 1)


@pytest.mark.long
def test_twenty_writers_and_a_reader_often(hub: Hub) -> None:
    judge(hub, 30)


def test_two_carriers_in_opposite_order_do_not_wait_for_each_other_in_vain(hub: Hub) -> None:
    """If each held what the other wants, the database would end one of them."""
    hub.root().execute(DAWDLE)
    names = [f"{number:032x}" for number in range(1, 9)]
    chains = [Chain(name, 10) for name in names]
    carriers = [hub.transport(f"信使{n}", carrier=True) for n in range(2)]
    for number, carrier in enumerate(carriers):
        carrier.hello(greeting("ef"[number] * 32))
    start = threading.Barrier(2)

    def write(number: int) -> None:
        for first in range(1, 11, 2):
            start.wait(10)
            try:
                carriers[number].push([chain.batch(first, first + 1) for chain in chains[:: 1 if number else -1]])
            except BaseException:
                start.abort()
                raise

    with ThreadPoolExecutor(2) as pool:
        for writing in [pool.submit(write, number) for number in range(2)]:
            writing.result()
    assert carriers[0].hello(greeting("e" * 32)).vector == dict.fromkeys(names, 10)
    assert hub.root().execute("SELECT count(*) FROM kuaishen.batches").fetchone() == (40,)
