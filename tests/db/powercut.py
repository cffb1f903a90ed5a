"""A power cut, simulated below SQLite.

A shim over the operating system's VFS notes every write, truncation and sync of every file while passing them on
(except the sync itself, which only has to be known about). From those notes the files can be put together as a disk
would hold them if the power had gone at any moment: everything that was synced, and of the rest an arbitrary part,
whole, missing or torn at a sector.
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
NAME = "powercut"

_Pointer = ctypes.c_void_p
_Write = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int)
# The name stays a bare pointer: SQLite keeps it for as long as the file is open, and a copy would be gone by then.
_Open = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, _Pointer, ctypes.c_int, _Pointer)
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_char_p, ctypes.c_int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("iVersion", ctypes.c_int), ("xClose", _Pointer), ("xRead", _Pointer), ("xWrite", _Write),
        ("xTruncate", _Truncate), ("xSync", _Sync), ("xFileSize", _Pointer), ("xLock", _Pointer),
        ("xUnlock", _Pointer), ("xCheckReservedLock", _Pointer), ("xFileControl", _Pointer),
        ("xSectorSize", _Pointer), ("xDeviceCharacteristics", _Pointer), ("xShmMap", _Pointer),
        ("xShmLock", _Pointer), ("xShmBarrier", _Pointer), ("xShmUnmap", _Pointer), ("xFetch", _Pointer),
        ("xUnfetch", _Pointer),
    ]  # fmt: skip


class _File(ctypes.Structure):
    _fields_ = [("pMethods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3. What is not replaced keeps the original's functions, which work on any copy."""

    _fields_ = [
        ("iVersion", ctypes.c_int), ("szOsFile", ctypes.c_int), ("mxPathname", ctypes.c_int), ("pNext", _Pointer),
        ("zName", ctypes.c_char_p), ("pAppData", _Pointer), ("xOpen", _Open), ("xDelete", _Delete),
        *((name, _Pointer) for name in (
            "xAccess", "xFullPathname", "xDlOpen", "xDlError", "xDlSym", "xDlClose", "xRandomness", "xSleep",
            "xCurrentTime", "xGetLastError", "xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall",
            "xNextSystemCall",
        )),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a file: write (offset, content), truncate (offset = size), sync, delete; or an ``ack``:
    a commit was reported as done, ``offset`` events in all."""

    kind: str
    path: str = ""
    offset: int = 0
    content: bytes = b""


class Shim:
    """The registered VFS. One per process, because a VFS must outlive every connection through it."""

    _only: Shim | None = None

    @classmethod
    def instance(cls) -> Shim:
        """OSError or AttributeError where the driver does not show SQLite's functions."""
        if cls._only is None:
            cls._only = cls()
        return cls._only

    def __init__(self) -> None:
        from sqlcipher3 import _sqlite3

        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        original = library.sqlite3_vfs_find(None)
        self.notes: list[Note] = []
        self._paths: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}  # original's address -> (original, ours)
        self._original = original.contents
        self._vfs = _Vfs.from_buffer_copy(original.contents)
        self._vfs.zName = NAME.encode()
        self._vfs.pNext = None
        self._vfs.xOpen = _Open(self._open)
        self._vfs.xDelete = _Delete(self._delete)
        self._write = _Write(self._on_write)
        self._truncate = _Truncate(self._on_truncate)
        self._sync = _Sync(self._on_sync)
        if library.sqlite3_vfs_register(ctypes.byref(self._vfs), 0) != 0:
            raise OSError("the VFS could not be registered")

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        result = self._original.xOpen(vfs, name, file, flags, out)
        if result == 0 and name:
            handle = _File.from_address(file)
            address = ctypes.addressof(handle.pMethods.contents)
            if address not in self._methods:
                original = handle.pMethods.contents
                ours = _Methods.from_buffer_copy(original)
                ours.xWrite, ours.xTruncate, ours.xSync = self._write, self._truncate, self._sync
                self._methods[address] = (original, ours)
            self._paths[file] = os.fsdecode(ctypes.string_at(name))
            self._originals[file] = self._methods[address][0]
            handle.pMethods = ctypes.pointer(self._methods[address][1])
        return int(result)

    _originals: dict[int, _Methods] = {}  # noqa: RUF012 - one shim per process

    def _delete(self, vfs: int, name: bytes, sync_directory: int) -> int:
        self.notes.append(Note("delete", os.fsdecode(name)))
        return int(self._original.xDelete(vfs, name, sync_directory))

    def _on_write(self, file: int, content: int, amount: int, offset: int) -> int:
        self.notes.append(Note("write", self._paths[file], offset, ctypes.string_at(content, amount)))
        return int(self._originals[file].xWrite(file, content, amount, offset))

    def _on_truncate(self, file: int, size: int) -> int:
        self.notes.append(Note("truncate", self._paths[file], size))
        return int(self._originals[file].xTruncate(file, size))

    def _on_sync(self, file: int, _flags: int) -> int:
        self.notes.append(Note("sync", self._paths[file]))
        return 0  # the real disk need not be waited for: only the order of things is wanted


@dataclass
class _Disk:
    synced: bytearray
    pending: list[Note] = field(default_factory=list)

    def settle(self) -> None:
        for note in self.pending:
            _apply(self.synced, note)
        self.pending.clear()

    def torn(self, chance: random.Random) -> bytes:
        """The synced content with an arbitrary part of what was still on its way."""
        image = bytearray(self.synced)
        mood = chance.random()  # some cuts lose nearly all that was pending, some nearly nothing
        for note in self.pending:
            if note.kind == "truncate" or len(note.content) <= SECTOR or chance.random() < 0.5:
                if chance.random() < mood:
                    _apply(image, note)
            else:
                for start in range(0, len(note.content), SECTOR):
                    if chance.random() < mood:
                        part = note.content[start : start + SECTOR]
                        _apply(image, Note("write", note.path, note.offset + start, part))
        return bytes(image)


def _apply(image: bytearray, note: Note) -> None:
    if note.kind == "truncate":
        del image[note.offset :]
        return
    if len(image) < note.offset:
        image.extend(bytes(note.offset - len(image)))
    image[note.offset : note.offset + len(note.content)] = note.content


def cuts(
    before: dict[str, bytes], notes: list[Note], number: int, chance: random.Random
) -> Iterator[tuple[int, dict[str, bytes]]]:
    """(acknowledged events, file -> content) for ``number`` moments at which the power goes."""
    moments = sorted(chance.randrange(len(notes) + 1) for _ in range(number))
    disks = {path: _Disk(bytearray(content)) for path, content in before.items()}
    acknowledged = position = 0
    for moment in moments:
        for note in notes[position:moment]:
            if note.kind == "ack":
                acknowledged = note.offset
            elif note.kind == "delete":
                disks.pop(note.path, None)
            elif note.kind == "sync":
                disks.setdefault(note.path, _Disk(bytearray())).settle()
            else:
                disks.setdefault(note.path, _Disk(bytearray())).pending.append(note)
        position = moment
        yield acknowledged, {path: disk.torn(chance) for path, disk in disks.items()}


def place(files: dict[str, bytes], source: Path, target: Path) -> None:
    """Writes the files into another folder. Shared memory is gone with the power."""
    for leftover in target.iterdir():
        leftover.unlink()
    for path, content in files.items():
        (target / Path(path).relative_to(source)).write_bytes(content)


def record(store_options: dict[str, Any], directory: Path, key: bytes | None, work: Any) -> list[Note]:
    """The notes of ``work(store, acknowledge)`` on a store that was opened through the shim."""
    from db.store import Store

    shim = Shim.instance()
    shim.notes = notes = []
    store = Store(directory, key, vfs=NAME, **store_options)
    try:
        work(store, lambda events: notes.append(Note("ack", offset=events)))
        shim.notes = []  # closing tidies up, which is not part of the trial
    finally:
        store.close()
    return notes
