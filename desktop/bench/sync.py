"""Sync: what a hub costs beside bare SQL, and what a meeting costs beside Morango. Raw SQL here is the reference."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from db import cases as case_table
from db.connection import connect
from db.hub.connection import is_local
from db.journal import INSERT
from db.store import Store
from db.transport import CHUNK_EVENTS
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.morango import Records, interpreter
from desktop.bench.stores import SECRET, copy_of, history_store
from desktop.bench.sync_hub import Counted, database, server
from desktop.bench.sync_ours import hub, meet

if TYPE_CHECKING:
    from psycopg import Connection

EVENTS = 100_000
RECORDS = 10_000
MEETINGS = 10  # empty ones to a run of ours; a single one of Morango's takes longer than all of them
PATIENCE = 600.0  # seconds to a run, before it is repeated less often

_NAMES = (
    "station", "seq", "hlc", "stream", "parents", "type", "version", "actor", "role", "occurred_on", "basis",
    "payload", "prev_hash", "hash",
)  # fmt: skip
_ALL = f"SELECT {', '.join(_NAMES)} FROM journal ORDER BY ordinal"  # noqa: S608 - of the names above
# Fewer indexes than the journal has, and no trigger: no table that knows what it has is filled faster.
_TABLE = """
CREATE TABLE journal (
  ordinal bigint GENERATED ALWAYS AS IDENTITY, station text NOT NULL, seq bigint NOT NULL, hlc bigint NOT NULL,
  stream text NOT NULL, parents text NOT NULL, type text NOT NULL, version bigint NOT NULL, actor text NOT NULL,
  role text NOT NULL, occurred_on text NOT NULL, basis text NOT NULL, payload text NOT NULL, prev_hash text NOT NULL,
  hash text NOT NULL, PRIMARY KEY (station, seq)
)
"""


def push(setting: Setting) -> Taken:
    """A store hands all its events to an empty hub: reading, packing, checking, storing. The reference has the rows
    in memory already and writes them as they are."""
    with server(setting) as admin, _folder(setting) as folder, _source(setting, folder, EVENTS) as source:
        rows = _rows(source)
        faults: set[str] = set()

        def ours(clock: Clock, count_bytes: bool = False) -> int:
            with hub(admin) as at, _counted(at.address, count_bytes) as line:
                sent = meet(source, at.way("甲站", folder, line), clock).sent
                if sent != len(rows) or at.held() != len(rows):
                    faults.add(f"{len(rows)} 项只推送 {sent} 项")
                return line.bytes if line else 0

        def reference(clock: Clock, count_bytes: bool = False) -> int:
            with _table(admin) as address, _counted(address, count_bytes) as line, _connected(line, address) as way:
                with clock.running():
                    _copy_in(way, rows)
                return line.bytes if line else 0

        found = in_turns(setting, ours, reference, slow=PATIENCE)
        note = _on_the_line(ours(Clock(), True), reference(Clock(), True), len(rows))
        return Taken(*found, count=len(rows), note=note, faults=tuple(faults))


def pull(setting: Setting) -> Taken:
    """A new store takes everything from a hub: fetching, unpacking, checking every hash, journal, read tables. The
    reference reads rows and inserts them into the same journal, and no more. Neither store is encrypted."""
    with server(setting) as admin, _folder(setting) as folder, _source(setting, folder, EVENTS) as source:
        rows = _rows(source)
        expected = _digest(source)
        faults: set[str] = set()
        with hub(admin) as at, _table(admin) as address:
            meet(source, at.way("甲站", folder), Clock())
            with _connected(None, address) as way:
                _copy_in(way, rows)

            def ours(clock: Clock, count_bytes: bool = False) -> int:
                with _newcomer(folder, cipher=False) as store, _counted(at.address, count_bytes) as line:
                    taken = meet(store, at.way("乙站", folder, line), clock, receive_only=True)
                    if taken.received != len(rows) or _digest(store) != expected:
                        faults.add("收到的案件与推送的不同")
                    return line.bytes if line else 0

            def reference(clock: Clock, count_bytes: bool = False) -> int:
                with _counted(address, count_bytes) as line, _connected(line, address) as way:
                    if _read_out(way, folder, clock) != len(rows):
                        faults.add("参照读出的行数不同")
                    return line.bytes if line else 0

            found = in_turns(setting, ours, reference, slow=PATIENCE)
            note = _on_the_line(ours(Clock(), True), reference(Clock(), True), len(rows))
        return Taken(*found, count=len(rows), note=note, faults=tuple(faults))


def records(setting: Setting) -> Taken:
    """From one store through the hub into another and its read tables; Morango: from one database into the other,
    with its own default settings, pauses included."""
    with _side_by_side(setting) as (admin, folder, source, others):
        count = len(_rows(source))
        faults: set[str] = set()
        lines: dict[str, int] = {}

        def ours(clock: Clock, count_bytes: bool = False) -> None:
            with hub(admin) as at, _newcomer(folder) as store, _counted(at.address, count_bytes) as line:
                meet(source, at.way("甲站", folder, line), clock)
                taken = meet(store, at.way("乙站", folder, line), clock)
                if taken.received != count or _digest(store) != _digest(source):
                    faults.add("收到的案件与推送的不同")
                lines["ours"] = line.bytes if line else 0

        def reference(clock: Clock) -> None:
            with others.meeting() as (client, far):
                said = client.ask("push")
                clock.seconds += said["seconds"]
                lines["theirs"] = said["bytes"]
                if far.ask("held") != client.ask("held") or said["records"] != count:
                    faults.add("Morango 没有传完")

        found = in_turns(setting, ours, reference, slow=PATIENCE)
        ours(Clock(), True)
        note = _on_the_line(lines["ours"], lines["theirs"], count)
        return Taken(*found, count=count, note=note, faults=tuple(faults))


def empty(setting: Setting) -> Taken:
    """A meeting that has nothing to tell, log-in included, after one that had; Morango: one way only, which is half
    of its sync."""
    with (
        _side_by_side(setting) as (admin, folder, source, others),
        hub(admin) as at,
        others.meeting() as (client, _),
    ):
        meet(source, at.way("甲站", folder), Clock())
        client.ask("push")
        faults: set[str] = set()
        lines: dict[str, int] = {}

        def ours(clock: Clock) -> None:
            for _ in range(MEETINGS):
                if meet(source, at.way("甲站", folder), clock).sent:
                    faults.add("没有新内容却推送了")

        def reference(clock: Clock) -> None:
            said = client.ask("empty")
            clock.seconds += said["seconds"]
            lines["theirs"] = said["bytes"]

        found = in_turns(setting, ours, reference, slow=PATIENCE)
        with _counted(at.address, True) as line:
            meet(source, at.way("甲站", folder, line), Clock())
        note = _on_the_line(line.bytes if line else 0, lines["theirs"], 1, "次")
        return Taken(*found, count=MEETINGS, reference_count=1, note=note, faults=tuple(faults))


def _copy_in(connection: Connection[Any], rows: Sequence[Sequence[Any]]) -> None:
    """All rows in one COPY and one transaction; those that are there already are left alone."""
    names = ", ".join(_NAMES)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE stage (LIKE journal) ON COMMIT DROP")
        cursor.execute("ALTER TABLE stage DROP COLUMN ordinal")
        with cursor.copy(f"COPY stage ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO journal ({names}) SELECT {names} FROM stage ON CONFLICT DO NOTHING")  # noqa: S608


def _read_out(connection: Connection[Any], folder: Path, clock: Clock) -> int:
    """Every row into the journal of a new store, as many to a transaction as a meeting takes; how many arrived."""
    with _newcomer(folder, cipher=False) as store:
        store.close()
        driver = connect(store.path, None)
        (before,) = driver.execute("SELECT count(*) FROM journal").fetchone()
        with clock.running(), connection.transaction(), connection.cursor("rows") as cursor:
            cursor.execute(_ALL)
            while chunk := cursor.fetchmany(CHUNK_EVENTS):
                driver.execute("BEGIN IMMEDIATE")
                driver.executemany(INSERT, chunk)
                driver.execute("COMMIT")
        (after,) = driver.execute("SELECT count(*) FROM journal").fetchone()
        driver.close()
        return int(after - before)


def _rows(store: Store) -> list[Any]:
    with store.read() as reader:
        return reader.rows(_ALL)


def _digest(store: Store) -> str:
    with store.read() as reader:
        return case_table.digest(reader)


def _on_the_line(ours: int, reference: int, count: int, unit: str = "项") -> str:
    if not ours:
        return "线上字节数未计（需本机的中心服务器）"
    return f"线上每{unit} {ours / count:,.0f} 字节，参照 {reference / count:,.0f}，为其 {ours / reference:.2f} 倍"


@contextmanager
def _source(setting: Setting, folder: Path, events: int) -> Iterator[Store]:
    """A store with about as many events, in cases that mostly went their whole way."""
    store = Store.open(copy_of(history_store(setting, events)[0], folder / "source"), SECRET)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _newcomer(folder: Path, *, cipher: bool = True) -> Iterator[Store]:
    """A store that has met nobody yet."""
    place = Path(tempfile.mkdtemp(dir=folder))
    store = Store.create(place / "store", SECRET, station_name="乙站", cipher=cipher)
    try:
        yield store
    finally:
        store.close()
        shutil.rmtree(place)


@contextmanager
def _side_by_side(setting: Setting) -> Iterator[tuple[str, Path, Store, Records]]:
    """A server, a folder, a store with :data:`RECORDS` events, and Morango with as many records of the same text."""
    python = interpreter(user_cache_path("kuaishen"))
    with server(setting) as admin, _folder(setting) as folder, _source(setting, folder, RECORDS) as source:
        kept = ("stream", "type", "actor", "role", "occurred_on", "basis", "payload")
        texts = (dict(zip(_NAMES, row, strict=True)) for row in _rows(source))
        yield admin, folder, source, Records(python, folder, ({name: row[name] for name in kept} for row in texts))


@contextmanager
def _table(admin: str) -> Iterator[str]:
    """The address of a database with the reference's empty table."""
    with database(admin) as address:
        with _connected(None, address) as connection:
            connection.execute(_TABLE.encode())
        yield address


@contextmanager
def _counted(address: str, wanted: bool) -> Iterator[Counted | None]:
    """None also where no relay can stand in between, because the server's certificate names its host."""
    from psycopg.conninfo import conninfo_to_dict

    if not wanted or not is_local(str(conninfo_to_dict(address).get("host", ""))):
        yield None
        return
    with Counted(address) as line:
        yield line


@contextmanager
def _connected(line: Counted | None, address: str) -> Iterator[Connection[Any]]:
    import psycopg

    with psycopg.connect(line.address if line else address, autocommit=True) as connection:
        yield connection


@contextmanager
def _folder(setting: Setting) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=setting.folder))
    try:
        yield place
    finally:
        shutil.rmtree(place)
