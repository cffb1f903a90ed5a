"""A backup is one file with everything that opens it again except the passphrase; a restore is a new incarnation."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
import uuid
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import orjson

from db import schema
from db.connection import STORE_NAME, connect
from db.faults import DataDamage, EnvironmentFault, translating
from db.files import LOCK_NAME, alone_in, replace_durably, sync_file, write_durably
from db.keys import KEYRING_NAME, Keyring
from db.verify import verify

if TYPE_CHECKING:
    from db.store import Store

Progress = Callable[[int, int], None]
MANIFEST_NAME: Final = "manifest.json"
SUFFIX: Final = ".ksbak"
_PART: Final = STORE_NAME + ".part"
_FORMAT: Final = 1
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError,
    NotImplementedError,
)  # fmt: skip
_PAGES: Final = 2_000  # copied between two reports of progress
_WORK: Final = ".ksbak-"  # begins the name of the folder a backup is made in
_ABANDONED: Final = 86_400  # seconds


def backup(store: Store, target: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Writes one snapshot of the running store to ``target`` and returns its manifest.

    Others go on writing meanwhile. The copy stays encrypted with the same key; ``target`` is whole or not there.
    EnvironmentFault "unfit_target" for a place where something else would be lost.
    """
    with translating():
        _refuse_to_overwrite(store, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(target.parent)
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=target.parent) as folder:
            copy = Path(folder) / STORE_NAME
            _copy(store, copy, progress)
            manifest = _manifest(copy, store.key)
            part = Path(folder) / "part"
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(MANIFEST_NAME, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
                keyring = store.directory / KEYRING_NAME
                if keyring.exists():
                    archive.write(keyring, KEYRING_NAME)
                archive.write(copy, STORE_NAME)
            sync_file(part)
            replace_durably(part, target)
    return manifest


def restore(file: Path, directory: Path, passphrase: str, *, cipher: bool = True) -> Store:
    """Unpacks a backup into an empty folder, verifies it, and opens it as a new incarnation of the store.

    EnvironmentFault: not_empty, wrong_passphrase, newer_schema, missing_backup. DataDamage: the file is not what was
    saved. Nothing is left behind when it fails.
    """
    from db.store import Store

    with translating():
        existed = directory.exists()
        directory.mkdir(parents=True, exist_ok=True)
        try:
            with alone_in(directory):
                _require_room(directory)
                try:
                    _unpack(file, directory, cipher)
                    key = Keyring.load(directory).unlock(passphrase) if cipher else None
                    _reincarnate(directory / _PART, key)
                    replace_durably(directory / _PART, directory / STORE_NAME)
                    return Store.open(directory, passphrase, cipher=cipher)
                except BaseException:
                    _clear(directory)
                    raise
        except BaseException:
            if not existed:
                with contextlib.suppress(OSError):
                    directory.rmdir()
            raise


def _require_room(directory: Path) -> None:
    """An empty folder, or one with nothing but what a restore that was killed left there."""
    found = {path.name for path in directory.iterdir()} - {LOCK_NAME}
    half = {name for name in found if name.startswith((_PART, KEYRING_NAME))}
    if found and (found != half or _PART not in found):
        raise EnvironmentFault("not_empty", f"目录 {directory} 不是空的，请选择一个空目录来恢复。")
    _clear(directory)


def _clear(directory: Path) -> None:
    for leftover in directory.iterdir():
        if leftover.name != LOCK_NAME:
            leftover.unlink()


def _refuse_to_overwrite(store: Store, target: Path) -> None:
    if target.absolute().parent.resolve() == store.directory.resolve():
        raise EnvironmentFault(
            "unfit_target", f"备份不能写进数据目录 {store.directory} 本身，请另选位置，最好在另一块磁盘上。"
        )
    if target.is_dir():
        raise EnvironmentFault("unfit_target", f"{target} 是一个目录，请写明备份的文件名。")
    if target.exists() and not _is_backup(target):
        raise EnvironmentFault("unfit_target", f"{target} 已经存在，而且不是备份，不会被覆盖；请换一个文件名。")


def _is_backup(file: Path) -> bool:
    if not file.is_file():
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return {MANIFEST_NAME, STORE_NAME} <= set(archive.namelist())
    except (*_UNREADABLE, OSError):
        return False


def _clear_abandoned(folder: Path) -> None:
    """What a backup that was killed left behind; a day later none can still be at work."""
    for left in folder.glob(_WORK + "*"):
        with contextlib.suppress(OSError):
            newest = max(path.stat().st_mtime for path in (left, *left.iterdir()))
            if time.time() - newest > _ABANDONED:
                shutil.rmtree(left)


def save_before_upgrade(store: Store, revision: str) -> Path:
    """A backup beside the store before its schema changes."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    target = store.directory / "backups" / f"before-upgrade-{revision}-{stamp}{SUFFIX}"
    backup(store, target)
    return target


def _copy(store: Store, copy: Path, progress: Progress | None) -> None:
    source = connect(store.path, store.key)
    target = connect(copy, store.key)
    try:
        # A read transaction held throughout: the copy is of one moment, and writers do not start it over.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def report(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        source.backup(target, pages=_PAGES, progress=report)
        source.execute("ROLLBACK")
        # Leaves one file without a log beside it; opening switches back to write-ahead mode.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()
    sync_file(copy)


def _manifest(copy: Path, key: bytes | None) -> dict[str, Any]:
    """Counts and heads are read from the copy, since the store has moved on."""
    with _opened(copy, key) as driver:
        ends = driver.execute("SELECT station, seq, hash FROM chains").fetchall()
        events = driver.execute("SELECT count(*) FROM journal").fetchone()[0]
        facts = dict(driver.execute("SELECT key, value FROM meta WHERE key LIKE 'station%'").fetchall())
        revision = schema.revision_of(driver)
        version = driver.execute("SELECT sqlite_version()").fetchone()[0]
    return {
        "format": _FORMAT,
        "station": facts["station"],
        "station_name": facts["station_name"],
        "schema": revision,
        "sqlite": version,
        "events": events,
        "chains": {station: {"seq": seq, "hash": hash_} for station, seq, hash_ in ends},
        "sha256": _sha256(copy.open("rb")),
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _unpack(file: Path, directory: Path, cipher: bool) -> None:
    """The members by their known names only, so no path in the archive can lead elsewhere."""
    if not file.is_file():
        raise EnvironmentFault("missing_backup", f"找不到备份文件 {file}。")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = orjson.loads(archive.read(MANIFEST_NAME))
            part = directory / _PART
            part.write_bytes(b"")  # before the keyring: what a killed restore leaves can be told from anything else
            if cipher:
                write_durably(directory / KEYRING_NAME, archive.read(KEYRING_NAME))
            with archive.open(STORE_NAME) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            if manifest["format"] != _FORMAT:
                raise EnvironmentFault("newer_backup", "备份由更新版本的程序制作，请升级程序后再恢复。")
            if _sha256(part.open("rb")) != manifest["sha256"]:
                raise DataDamage(["备份文件中的数据与清单的校验值不符，备份已损坏"])
    except _UNREADABLE as error:
        raise DataDamage(["备份文件已损坏或不完整，无法恢复"]) from error


def _reincarnate(part: Path, key: bytes | None) -> None:
    """Verifies the copy, then gives it a station id of its own: what the old incarnation wrote after the backup was
    made may come back from elsewhere, and must never meet other events under the same numbers."""
    from db.journal import Reader

    with _opened(part, key) as driver:
        schema.needs_upgrade(schema.revision_of(driver))
        driver.execute("BEGIN IMMEDIATE")
        problems = verify(Reader(driver))
        if problems:
            raise DataDamage(problems)
        driver.execute("UPDATE meta SET value = ? WHERE key = 'station'", (uuid.uuid4().hex,))
        driver.execute("COMMIT")
        driver.execute("PRAGMA journal_mode = WAL")
    sync_file(part)


@contextlib.contextmanager
def _opened(path: Path, key: bytes | None) -> Iterator[Any]:
    driver = connect(path, key)
    try:
        yield driver
    finally:
        driver.close()


def _sha256(file: IO[bytes]) -> str:
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
