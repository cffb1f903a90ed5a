"""The journal and the read tables: appending, one command, encryption, rebuilding. Raw SQL here is the reference."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from db.connection import STORE_NAME, connect
from db.envelope import Draft
from db.keys import Keyring
from db.store import Store
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.bench.made import TODAY
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import ACTOR, SECRET, copy_of, draft_of, history_store, maker, queue_store
from desktop.core.intake import IntakeRow
from desktop.core.terms import PatentType

EVENTS = 100_000
BATCH = 1_000  # events to a transaction, on both sides
COMMANDS = 200
HISTORY = 1_000_000

_SCAN = (
    "SELECT station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload, prev_hash,"
    " hash FROM journal ORDER BY ordinal"
)
_INSERT = (
    "INSERT INTO journal (station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
    " prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def append(setting: Setting) -> Taken:
    """Sealing and inserting on one side, inserting what is already sealed on the other; neither is encrypted."""
    drafts = _drafts(setting.size(EVENTS))
    with _folder(setting) as folder:
        sealed = _sealed(folder, drafts)

        def ours(clock: Clock) -> None:
            with _empty_store(folder, cipher=False) as store:
                _append(store, drafts, clock)

        def reference(clock: Clock) -> None:
            with _empty_store(folder, cipher=False) as store:
                path = store.path
                store.close()
                driver = connect(path, None)
                with clock.running():
                    for batch in _batches(sealed):
                        driver.execute("BEGIN IMMEDIATE")
                        driver.executemany(_INSERT, batch)
                        driver.execute("COMMIT")
                driver.close()

        return Taken(*in_turns(setting, ours, reference), count=len(drafts))


def cipher(setting: Setting) -> Taken:
    """The same appending into an encrypted store and into one that is not."""
    drafts = _drafts(setting.size(EVENTS))
    with _folder(setting) as folder:

        def run(clock: Clock, encrypted: bool) -> None:
            with _empty_store(folder, cipher=encrypted) as store:
                _append(store, drafts, clock)

        found = in_turns(setting, lambda clock: run(clock, True), lambda clock: run(clock, False))
        return Taken(*found, count=len(drafts))


def command(setting: Setting) -> Taken:
    """受理 and 分案 of cases in an encrypted store of 10,000; the reference commits one row of the event's size."""
    with _folder(setting) as folder:
        desk = Desk.open(copy_of(queue_store(setting, 10_000), folder / "desk"), SECRET)
        waiting = _received(desk, COMMANDS // 2 * (setting.rounds + 1))
        driver = connect(folder / "raw.db", None)
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("CREATE TABLE kept (ordinal INTEGER PRIMARY KEY, event TEXT NOT NULL)")
        event = "一" * 500

        def ours(clock: Clock) -> None:
            keys = list(islice(waiting, COMMANDS // 2))
            with clock.running():
                for key in keys:
                    desk.act(key, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
                    desk.act(key, "assign", {"examiner": ACTOR}, actor=ACTOR, on=TODAY, today=TODAY)

        def reference(clock: Clock) -> None:
            with clock.running():
                for _ in range(COMMANDS):
                    driver.execute("BEGIN IMMEDIATE")
                    driver.execute("INSERT INTO kept (event) VALUES (?)", (event,))
                    driver.execute("COMMIT")

        found = in_turns(setting, ours, reference, warm=True)
        driver.close()
        desk.close()
        return Taken(*found, count=COMMANDS)


def rebuild(setting: Setting) -> Taken:
    """All read tables from the journal, against reading every row of the journal and doing nothing with it."""
    folder, events = history_store(setting, HISTORY)
    desk = Desk.open(folder, SECRET)
    key = Keyring.load(folder).unlock(SECRET)

    def ours(clock: Clock) -> None:
        with clock.running():
            desk.rebuild()

    def reference(clock: Clock) -> None:
        driver = connect(folder / STORE_NAME, key)
        with clock.running():
            for _ in driver.execute(_SCAN):
                pass
        driver.close()

    found = in_turns(setting, ours, reference)
    desk.close()
    note = "" if len(found[0]) == setting.rounds else f"每次逾 20 秒，取 {len(found[0])} 次"
    return Taken(*found, count=events, note=note)


def _drafts(count: int) -> list[Draft]:
    found: list[Draft] = []
    for case in maker(open_share=0.15, long_share=0.75).cases(count):
        found += [draft_of(case, step) for step in case.steps]
        if len(found) >= count:
            break
    return found[:count]


def _append(store: Store, drafts: Sequence[Draft], clock: Clock) -> None:
    with clock.running():
        for batch in _batches(drafts):
            with store.write() as tx:
                tx.append(batch)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _sealed(folder: Path, drafts: Sequence[Draft]) -> list[Any]:
    with _empty_store(folder, cipher=False) as store:
        _append(store, drafts, Clock())
        with store.read() as reader:
            return reader.rows(_SCAN)


@contextmanager
def _empty_store(folder: Path, *, cipher: bool) -> Iterator[Store]:
    place = Path(tempfile.mkdtemp(dir=folder))
    store = Store.create(place / "store", SECRET, station_name="基准站", cipher=cipher)
    try:
        yield store
    finally:
        store.close()
        shutil.rmtree(place)


@contextmanager
def _folder(setting: Setting) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=setting.folder))
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _received(desk: Desk, count: int) -> Iterator[int]:
    """Keys of as many cases that were just taken in."""
    source = maker(open_share=0.0, long_share=0.0, seed=11)
    received = TODAY - timedelta(days=1)
    rows = [
        IntakeRow(serial, source.facts(10**7 + serial, PatentType.INVENTION, received))
        for serial in range(1, count + 1)
    ]
    desk.take_in(rows, actor=ACTOR, source="清单.xlsx", today=TODAY)
    return iter(sorted(desk.keys(QueueQuery(), actor=ACTOR, today=TODAY))[-count:])
