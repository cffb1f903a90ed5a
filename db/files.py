"""Files that are whole or not there: written under another name, synced, then renamed, and the folder synced too;
and a folder that one process at a time may fill."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from db.faults import EnvironmentFault

LOCK_NAME: Final = ".lock"
_PATIENCE: Final = 10.0  # seconds; making a store takes less than one


def private(path: str, flags: int) -> int:
    """Opens a file that only its owner may read; what SQLite makes beside a database takes after it."""
    return os.open(path, flags, 0o600)


def make_empty(path: Path) -> None:
    """An empty file that only its owner may read."""
    with open(path, "wb", opener=private):
        pass


def make_private(directory: Path) -> None:
    """Makes a folder that only its owner may enter. One that holds other things already is left as it is: its
    owner may have shared it, and our own files in it are private anyway."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and not any(directory.iterdir()):
        with contextlib.suppress(PermissionError):  # somebody else's, who let us write in it
            directory.chmod(0o700)


def write_durably(path: Path, content: bytes) -> None:
    """Replaces ``path`` by ``content`` in one step that survives a power cut; only its owner may read it."""
    part = path.with_name(path.name + ".part")
    with open(part, "wb", opener=private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace_durably(part, path)


def replace_durably(source: Path, target: Path) -> None:
    """Renames an already synced file over ``target`` and makes the rename itself durable."""
    os.replace(source, target)
    sync_directory(target.parent)


def sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    if os.name == "nt":  # Windows journals renames itself and cannot open a folder for syncing
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Nobody else makes or restores a store here meanwhile. The operating system forgets the lock of a process that
    died. EnvironmentFault "store_locked" if it is not free in ten seconds."""
    path = directory / LOCK_NAME
    deadline = time.monotonic() + _PATIENCE
    while True:
        file = path.open("ab")
        if _locked(file) and _still_there(path, file):
            break
        file.close()
        if time.monotonic() > deadline:
            raise EnvironmentFault("store_locked", f"另一个程序正在目录 {directory} 中建立或恢复数据，请稍后重试。")
        time.sleep(0.05)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file
            path.unlink()
        file.close()
        if os.name == "nt":
            with contextlib.suppress(OSError):
                path.unlink()


def _locked(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _still_there(path: Path, file: IO[bytes]) -> bool:
    """Whoever held the lock before removed the file: then we hold a lock that nobody else can see."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False
