"""A backup is one file with everything that opens it again except the passphrase; a restore is a new incarnation."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, Final

import orjson

from db import incarnation, schema
from db.attachments import FOLDER, MOST_STORED, stored_name
from db.connection import STORE_NAME
from db.faults import DataDamage, EnvironmentFault, translating
from db.files import (
    LOCK_NAME,
    alone_in,
    make_private,
    private,
    replace_durably,
    sync_directory,
    sync_file,
    write_durably,
)
from db.journal import Reader, Transaction
from db.keys import KEYRING_MOST, KEYRING_NAME, Keyring
from db.snapshot import FORMAT, MANIFEST_NAME, WORK, Progress, opened, sha256, take
from db.store import Store
from db.verify import verify

MOST_BYTES: Final = 64 * 2**30  # of a store
_PART: Final = STORE_NAME + ".part"
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError,
    NotImplementedError,
)  # fmt: skip
_ABANDONED: Final = 86_400  # seconds
_MANIFEST_MOST: Final = 2**20


def backup(store: Store, target: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Writes one snapshot of the running store to ``target`` and returns its manifest.

    Others go on writing meanwhile. The copy stays encrypted with the same key; ``target`` is whole or not there.
    EnvironmentFault "unfit_target" for a place where something else would be lost.
    """
    with translating():
        _refuse_to_overwrite(store, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(target.parent)
        return take(store.directory, store.key, target, progress)


def restore(file: Path, directory: Path, passphrase: str, *, cipher: bool = True) -> Store:
    """Unpacks a backup into an empty folder, verifies it, and opens it as a new incarnation of the store.

    EnvironmentFault: not_empty, wrong_passphrase, newer_schema, missing_backup. DataDamage: the file is not what was
    saved. Nothing is left behind when it fails.
    """
    with translating():
        existed = directory.exists()
        make_private(directory)
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
    half = {name for name in found if name.startswith((_PART, KEYRING_NAME)) or name == FOLDER}
    if found and (found != half or _PART not in found):
        raise EnvironmentFault("not_empty", f"目录 {directory} 不是空的，请选择一个空目录来恢复。")
    _clear(directory)


def _clear(directory: Path) -> None:
    for leftover in directory.iterdir():
        if leftover.name == FOLDER:
            shutil.rmtree(leftover, ignore_errors=True)
        elif leftover.name != LOCK_NAME:
            with contextlib.suppress(OSError):  # what made it fail is said, not what could not be cleared
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
    for left in folder.glob(WORK + "*"):
        with contextlib.suppress(OSError):
            newest = max(path.stat().st_mtime for path in (left, *left.iterdir()))
            if time.time() - newest > _ABANDONED:
                shutil.rmtree(left)


def _unpack(file: Path, directory: Path, cipher: bool) -> None:
    """The members by their known names only, so no path in the archive can lead elsewhere."""
    if not file.is_file():
        raise EnvironmentFault("missing_backup", f"找不到备份文件 {file}。")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = orjson.loads(_member(archive, MANIFEST_NAME, _MANIFEST_MOST).read())
            if manifest["format"] != FORMAT:
                raise EnvironmentFault("newer_backup", "备份由更新版本的程序制作，请升级程序后再恢复。")
            size, expected = manifest["bytes"], manifest["sha256"]
            part = directory / _PART
            with open(part, "wb", opener=private) as target:
                # Before the keyring: what a killed restore leaves can be told from anything else.
                if cipher:
                    write_durably(directory / KEYRING_NAME, _member(archive, KEYRING_NAME, KEYRING_MOST).read())
                with _member(archive, STORE_NAME, MOST_BYTES, size) as source:
                    _require_space(directory, size)
                    shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            if sha256(part.open("rb")) != expected:
                raise DataDamage(["备份文件中的数据与清单的校验值不符，备份已损坏"])
            _unpack_attachments(archive, directory)
    except _UNREADABLE as error:
        raise DataDamage(["备份文件已损坏或不完整，无法恢复"]) from error


def _unpack_attachments(archive: zipfile.ZipFile, directory: Path) -> None:
    """None in older backups. Their content is not looked into here: one that had gone bad before the backup was made
    must not keep the journal from coming back, and the verification afterwards names it."""
    names = sorted(filter(stored_name, archive.namelist()))
    _require_space(directory, sum(archive.getinfo(name).file_size for name in names))
    for name in names:
        place = directory / FOLDER / stored_name(name)[:2] / stored_name(name)
        make_private(directory / FOLDER)
        make_private(place.parent)
        with _member(archive, name, MOST_STORED) as source, open(place, "wb", opener=private) as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
    for folder in {directory / FOLDER / stored_name(name)[:2] for name in names}:
        sync_directory(folder)
    if names:
        sync_directory(directory / FOLDER)


def _member(archive: zipfile.ZipFile, name: str, most: int, size: int | None = None) -> IO[bytes]:
    """One file of the archive, opened. ValueError unless it is packed as we pack, and as large as it should be; the
    archive's own word on the size binds, since no more than that is ever unpacked."""
    info = archive.getinfo(name)
    encrypted = info.flag_bits & 1
    if encrypted or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{name} is packed in another way")
    if info.file_size > most or (size is not None and info.file_size != size):
        raise ValueError(f"{name} has {info.file_size} bytes")
    return archive.open(info)


def _require_space(directory: Path, size: int) -> None:
    if shutil.disk_usage(directory).free < size:
        raise EnvironmentFault("disk_full", "磁盘空间不足，放不下备份中的数据，请清理磁盘或换一块磁盘后重试。")


def _reincarnate(part: Path, key: bytes | None) -> None:
    """Verifies the copy, then gives it a station id of its own: what the old incarnation wrote after the backup was
    made may come back from elsewhere, and must never meet other events under the same numbers."""
    with opened(part, key) as driver:
        schema.needs_upgrade(schema.revision_of(driver))
        driver.execute("BEGIN IMMEDIATE")
        problems = verify(Reader(driver))
        if problems:
            raise DataDamage(problems)
        incarnation.renew(Transaction(driver, None, ""))
        driver.execute("COMMIT")
        driver.execute("PRAGMA journal_mode = WAL")
    sync_file(part)
