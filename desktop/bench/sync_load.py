"""A centre at work: many stations hand a few events each to one hub at the same time. Bare SQL is the reference."""

from __future__ import annotations

import math
import random
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.envelope import FIRST, canonical, seal
from db.transport import Greeting
from db.wire import Batch, pack
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import draft_of, maker
from desktop.bench.sync_hub import database, server
from desktop.bench.sync_ours import hub

if TYPE_CHECKING:
    from psycopg import Connection

STATIONS = 150
BATCHES, EVENTS_EACH = 20, 20
WINDOW = 15.0  # seconds in which every station hands over all its batches, at moments drawn beforehand
_TABLES = """
CREATE TABLE chains (station text PRIMARY KEY, seq bigint NOT NULL, hash text NOT NULL);
CREATE TABLE batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, station text NOT NULL, first bigint NOT NULL,
  last bigint NOT NULL, prev_hash text NOT NULL, hashes bytea NOT NULL, streams bigint[] NOT NULL, body bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (station, last)
);
ALTER TABLE batches ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE batches ALTER COLUMN hashes SET STORAGE EXTERNAL;
"""

Push = Callable[[Batch], None]


def stations(setting: Setting) -> Taken:
    """The time by which 99 of 100 batches of 20 events are safe at the hub: one call of a function that checks who is
    writing, against a plain transaction that looks the chain up, inserts the same bytes and moves the chain on. Both
    have as many connections, and hand over at the same moments."""
    count = max(2, setting.size(STATIONS))
    window = WINDOW * max(setting.share, 1 / 50)
    work = [list(chain) for chain in _chains(count)]
    chance = random.Random(13)  # noqa: S311 - the point is that it repeats itself
    moments = [sorted(chance.uniform(0, window) for _ in range(BATCHES)) for _ in range(count)]
    faults: set[str] = set()
    with server(setting) as admin, tempfile.TemporaryDirectory(dir=setting.folder) as folder:

        def ours(clock: Clock) -> None:
            with hub(admin) as at, ExitStack() as ending:
                pushes: list[Push] = []
                for number, chain in enumerate(work, 1):
                    way = at.way(f"站点{number}", Path(folder))()
                    ending.callback(way.close)
                    way.hello(Greeting(chain[0].station, f"站点{number}", (chain[0].station,), {}))
                    pushes.append(lambda batch, way=way: way.push([batch]))  # type: ignore[misc]
                clock.seconds += percentile(load(pushes, work, moments), 0.99)
                if at.held() != count * BATCHES * EVENTS_EACH:
                    faults.add("中心服务器所存的项数不对")

        def reference(clock: Clock) -> None:
            import psycopg

            with database(admin) as address, ExitStack() as ending:
                ways = [ending.enter_context(psycopg.connect(address, autocommit=True)) for _ in work]
                ways[0].execute(_TABLES.encode())
                pushes: list[Push] = [lambda batch, way=way: _append(way, batch) for way in ways]  # type: ignore[misc]
                clock.seconds += percentile(load(pushes, work, moments), 0.99)
                (held,) = ways[0].execute("SELECT sum(seq) FROM chains").fetchone() or (0,)
                if held != count * BATCHES * EVENTS_EACH:
                    faults.add("参照所存的项数不对")

        found = in_turns(setting, ours, reference)
    note = f"{count} 个站点，{window:.3g} 秒内各推送 {BATCHES} 批、每批 {EVENTS_EACH} 项"
    return Taken(*found, note=note, faults=tuple(faults))


def load(pushes: Sequence[Push], work: Sequence[Sequence[Batch]], moments: Sequence[Sequence[float]]) -> list[float]:
    """Seconds that each hand-over took; one thread for each station, all begin together."""
    begin = threading.Barrier(len(pushes))

    def at_work(push: Push, batches: Sequence[Batch], when: Sequence[float]) -> list[float]:
        begin.wait()
        start = time.perf_counter()
        found = []
        for batch, moment in zip(batches, when, strict=True):
            time.sleep(max(0.0, start + moment - time.perf_counter()))
            handed = time.perf_counter()
            push(batch)
            found.append(time.perf_counter() - handed)
        return found

    with ThreadPoolExecutor(len(pushes)) as threads:
        return [seconds for found in threads.map(at_work, pushes, work, moments) for seconds in found]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all do not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _append(connection: Connection[Any], batch: Batch) -> None:
    with connection.transaction():
        known = "SELECT seq, hash FROM chains WHERE station = %s FOR UPDATE"
        if (connection.execute(known, (batch.station,)).fetchone() or (0, FIRST)) != (batch.first - 1, batch.prev_hash):
            raise ValueError("the chain has a gap")
        connection.execute(
            "INSERT INTO batches (station, first, last, prev_hash, hashes, streams, body)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (*batch[:5], list(batch.streams), batch.body),
        )
        connection.execute(
            "INSERT INTO chains VALUES (%s, %s, %s)"
            " ON CONFLICT (station) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            (batch.station, batch.last, batch.hash),
        )


def _chains(count: int) -> Iterator[Iterator[Batch]]:
    """For each station its batches, one sealed onto the other, of events as cases have them."""
    cases = maker(open_share=0.15, long_share=0.75).cases(count * BATCHES * EVENTS_EACH)
    drafts = (draft_of(case, step) for case in cases for step in case.steps)
    for _ in range(count):
        yield _chain(secrets.token_hex(16), drafts)


def _chain(station: str, drafts: Iterator[Any]) -> Iterator[Batch]:
    prev_hash, seq = FIRST, 0
    for _ in range(BATCHES):
        rows = []
        for _ in range(EVENTS_EACH):
            seq += 1
            event = seal(next(drafts), station, seq, seq << 16, (), prev_hash)
            prev_hash = event.hash
            basis, payload = canonical(event.basis).decode(), canonical(event.payload).decode()
            rows.append((*event[:4], "[]", *event[5:10], basis, payload, *event[12:]))
        yield pack(rows)
