"""The store: one folder with the encrypted journal and read tables, and the keyring that opens it."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import connection as driver_connection
from db import local, schema
from db.clock import drift_ms, now_ms
from db.connection import STORE_NAME
from db.faults import DataDamage, EnvironmentFault, translating
from db.files import alone_in, make_empty, make_private, replace_durably, sync_file
from db.journal import Reader, Transaction
from db.keys import KEYRING_NAME, Keyring, require_passphrase

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Reader", "Store", "Transaction"]


class Store:
    """An open store. Safe to use from several threads; one of them writes at a time.

    ``station`` is the id of this *incarnation* of the store, not of the PC: a restored backup gets a new one.
    """

    def __init__(self, directory: Path, key: bytes | None, **options: Any) -> None:
        """Opens what is there; use :meth:`create` and :meth:`open`."""
        self.directory = directory
        self.path = directory / STORE_NAME
        self.key = key
        self._writer: int | None = None
        self._write_lock = threading.Lock()
        self._watch_lock = threading.Lock()
        self._engine = driver_connection.make_engine(self.path, key, **options)
        # It never writes, so its data_version moves with every commit of anybody, ourselves included.
        self._watch = driver_connection.connect(self.path, key, **options)
        try:
            _upgrade_if_needed(self)
            with self.read() as reader:
                self.station = _required(reader, "station")
                self.station_name = _required(reader, "station_name")
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls,
        directory: Path,
        passphrase: str,
        *,
        station_name: str,
        begin: Callable[[Transaction], object] | None = None,
        cipher: bool = True,
    ) -> Store:
        """Makes the folder, the keyring and a store that holds what ``begin`` appends, or none of it.

        EnvironmentFault "store_exists" if there is one, "empty_passphrase". ``cipher=False`` is for benchmarks and
        tests only. Killed half-way, it can simply be called again.
        """
        with translating():
            if cipher:
                require_passphrase(passphrase)
            make_private(directory)
            with alone_in(directory):
                part = directory / (STORE_NAME + ".part")
                _refuse_to_replace(directory, part)
                make_empty(part)  # from here on the keyring is known for one that opens nothing yet
                for leftover in directory.glob(part.name + "-*"):
                    leftover.unlink()
                key = Keyring.create(directory, passphrase)[1] if cipher else None
                _initialise(part, key, {"station": uuid.uuid4().hex, "station_name": station_name}, begin)
                sync_file(part)
                replace_durably(part, directory / STORE_NAME)
            return cls(directory, key)

    @classmethod
    def open(cls, directory: Path, passphrase: str, *, cipher: bool = True, **options: Any) -> Store:
        """Opens a store, after bringing an older schema up to date (with a backup copy first).

        EnvironmentFault: missing_store, missing_keyring, wrong_passphrase, newer_schema. DataDamage: unreadable.
        """
        with translating():
            if not (directory / STORE_NAME).is_file():
                raise EnvironmentFault("missing_store", f"数据目录 {directory} 中没有数据，请先建立或从备份恢复。")
            key = Keyring.load(directory).unlock(passphrase) if cipher else None
            return cls(directory, key, **options)

    @contextlib.contextmanager
    def read(self) -> Iterator[Reader]:
        """A snapshot: what others commit meanwhile is not seen."""
        with translating(), self._engine.connect() as connection:
            driver = _driver(connection)
            driver.execute("BEGIN")
            try:
                yield Reader(driver, connection)
            finally:
                driver.execute("ROLLBACK")

    @contextlib.contextmanager
    def write(self) -> Iterator[Transaction]:
        """The one writing transaction: committed durably at the end of the block, undone by any exception."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a write transaction cannot hold another")
        with translating(), self._write_lock, self._engine.connect() as connection:
            driver = _driver(connection)
            driver.execute("BEGIN IMMEDIATE")
            self._writer = threading.get_ident()
            try:
                tx = Transaction(driver, connection, "")
                # Read anew each time: another process may have made this store a new incarnation.
                self.station = tx.station = _required(tx, "station")
                yield tx
                driver.execute("COMMIT")
            except BaseException:
                if driver.in_transaction:  # a full disk has already undone it
                    driver.execute("ROLLBACK")
                raise
            finally:
                self._writer = None

    def data_version(self) -> int:
        """A number that changes whenever anybody committed, in this process or another."""
        with translating(), self._watch_lock:
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def clock_drift_ms(self) -> int:
        """How far this PC's clock lies behind what it recorded itself; 0 when that is no concern. What others recorded
        may come from a clock that runs ahead, and says nothing about this one."""
        with self.read() as reader:
            last = reader.value("SELECT hlc FROM chains WHERE station = ?", (local.meta(reader, "station"),))
        return drift_ms(int(last or 0), now_ms())

    def change_passphrase(self, old: str, new: str) -> None:
        with translating():
            Keyring.load(self.directory).change_passphrase(old, new)

    def close(self) -> None:
        """Closes every connection; the last one out folds the write-ahead log into the file."""
        self._watch.close()
        self._engine.dispose()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _refuse_to_replace(directory: Path, part: Path) -> None:
    """Neither a store nor the only key to one that somebody, or something, has taken out of the folder."""
    if (directory / STORE_NAME).exists():
        raise EnvironmentFault("store_exists", f"数据目录 {directory} 中已有数据，不能重复建立。")
    if (directory / KEYRING_NAME).exists() and not part.exists():
        raise EnvironmentFault(
            "orphan_keyring",
            f"数据目录 {directory} 中有密钥文件 {KEYRING_NAME}，却没有数据文件 {STORE_NAME}："
            f"请把 {STORE_NAME} 放回原处，或从备份恢复到另一个空目录；不会用新的密钥覆盖它。",
        )


def _initialise(
    path: Path, key: bytes | None, facts: dict[str, str], begin: Callable[[Transaction], object] | None
) -> None:
    """A complete store under another name: schema, station, first events, write-ahead mode."""
    engine = driver_connection.make_engine(path, key)
    try:
        with engine.connect() as connection:
            driver = _driver(connection)
            driver.execute("BEGIN IMMEDIATE")
            schema.upgrade(connection)
            tx = Transaction(driver, connection, facts["station"])
            for name, value in facts.items():
                local.set_meta(tx, name, value)
            if begin is not None:
                begin(tx)
            driver.execute("COMMIT")
            driver.execute("PRAGMA journal_mode = WAL")
    finally:
        engine.dispose()


def _upgrade_if_needed(store: Store) -> None:
    with store.read() as reader:
        revision = schema.revision_of(reader.driver)
    if not schema.needs_upgrade(revision):
        return
    from db import snapshot

    snapshot.take_before_upgrade(store.directory, store.key, str(revision))
    with store.write() as tx:
        if schema.needs_upgrade(schema.revision_of(tx.driver)):  # another window may have been faster
            schema.upgrade(tx.connection)


def _required(reader: Reader, name: str) -> str:
    value = local.meta(reader, name)
    if value is None:
        raise DataDamage([f"数据文件缺少基本信息 {name}"])
    return value
