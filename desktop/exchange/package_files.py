"""The files of a package: of a folder, or of a ZIP with the ZIPs inside it. Nothing is written, nothing is followed.

RAR and 7z are recognised and refused with a sentence: no library reads compressed RAR without a foreign program or
compiled code of its own.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from desktop.exchange import package_guard as guard
from desktop.exchange.package_guard import BrokenPart, Budget, PackageLimits, Unreadable, harmless_name, name_problem
from desktop.exchange.package_zip import CHUNK, open_zip, unpacked

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
RAR_MAGIC, SEVEN_MAGIC = b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"
HEAD = 8

#: Files that are ZIPs by their bytes and documents to people.
_DOCUMENTS = frozenset(
    ".docx .docm .dotx .xlsx .xlsm .xltx .pptx .pptm .ofd .odt .ods .odp .wps .et .dps .epub .jar .vsdx .xps".split()
)
_LITTER_FOLDERS = frozenset({"__macosx", ".git", ".svn", "$recycle.bin"})
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Entry:
    """One file. ``path`` is fit to be shown, parts of nested archives after "!"; ``size`` what the folder or directory
    says; ``chunks`` its bytes, to be taken before the next entry, may raise :class:`BrokenPart`. ``problem``: why it
    is not to be read, empty for most."""

    path: str
    size: int
    chunks: Iterator[bytes] = field(default_factory=lambda: iter(()))
    problem: str = ""


def archive_kind(head: bytes) -> str:
    """zip, rar, 7z or empty, by the first bytes."""
    if head.startswith(ZIP_MAGIC):
        return "zip"
    if head.startswith(RAR_MAGIC):
        return "rar"
    return "7z" if head.startswith(SEVEN_MAGIC) else ""


def is_document(name: str) -> bool:
    """Whether a file of this name is an office document, whatever its bytes look like."""
    return PurePosixPath(name.casefold()).suffix in _DOCUMENTS


def entries(path: Path, budget: Budget, notes: list[str]) -> Iterator[Entry]:
    """Every file of a folder or an archive file, sorted by path."""
    name = harmless_name(path.name)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable("file_missing", guard.MISSING.format(name)) from None
    except (OSError, ValueError):  # a name with a NUL is a ValueError
        raise Unreadable("file_unreadable", guard.NO_ACCESS.format(name)) from None
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise Unreadable("not_a_package", guard.NOT_A_PACKAGE.format(name))
    try:
        if stat.S_ISDIR(mode):
            yield from _folder_entries(path, budget, notes)
        else:
            with path.open("rb") as stream:
                yield from archive_entries(name, stream, budget, notes)
    except OSError:
        raise Unreadable("file_unreadable", guard.NO_ACCESS.format(name)) from None


def archive_entries(name: str, stream: BinaryIO, budget: Budget, notes: list[str]) -> Iterator[Entry]:
    """Every file of an archive. ``Unreadable``: it is none, or one that is not read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(HEAD)
    stream.seek(0)
    kind = archive_kind(head)
    if size > budget.limits.file_bytes:
        raise Unreadable("too_large", guard.TOO_LARGE.format(budget.limits.file_bytes >> 20))
    if kind in ("rar", "7z"):
        raise Unreadable(kind, guard.RAR if kind == "rar" else guard.SEVEN)
    if kind != "zip" or is_document(name):
        raise Unreadable("not_a_package", guard.NOT_A_PACKAGE.format(name))
    budget.packed += size
    yield from _zip_entries("", stream, 1, budget, notes)


def _zip_entries(prefix: str, stream: BinaryIO, depth: int, budget: Budget, notes: list[str]) -> Iterator[Entry]:
    archive, members = open_zip(stream, budget)
    with archive:
        for name, info in members:
            if is_litter(name):
                continue
            budget.member()
            shown = prefix + harmless_name(name)
            chunks = unpacked(archive, info, budget)
            problem = name_problem(name, budget.limits)
            if problem:
                yield Entry(shown, info.file_size, chunks, problem)
            else:
                yield from _perhaps_nested(Entry(shown, info.file_size, chunks), depth + 1, budget, notes)


def _perhaps_nested(entry: Entry, depth: int, budget: Budget, notes: list[str]) -> Iterator[Entry]:
    """The file itself, or the files in it if it is an archive."""
    try:
        first = next(entry.chunks, b"")
    except BrokenPart as broken:
        entry.problem = broken.problem
        yield entry
        return
    entry.chunks = chain((first,), entry.chunks)
    kind = "" if is_document(entry.path) else archive_kind(first)
    if not kind:
        yield entry
        return
    data = bytearray()
    try:
        if kind != "zip":
            raise BrokenPart(guard.RAR if kind == "rar" else guard.SEVEN)
        if depth > budget.limits.archive_depth:
            raise BrokenPart(guard.PART_TOO_DEEP)
        for chunk in entry.chunks:
            data += chunk
            if len(data) > budget.limits.nested_bytes:
                raise BrokenPart(guard.PART_TOO_LARGE)
        yield from _zip_entries(f"{entry.path}!", io.BytesIO(data), depth, budget, notes)
    except (BrokenPart, Unreadable) as no:
        if isinstance(no, Unreadable) and no.code in Budget.FATAL:
            raise
        entry.problem = no.reason if isinstance(no, Unreadable) else no.problem
        entry.chunks = chain((bytes(data),), entry.chunks)
        notes.append(f"“{entry.path}”没有打开：{entry.problem}")
        yield entry


def _folder_entries(root: Path, budget: Budget, notes: list[str]) -> Iterator[Entry]:
    for path, found in folder_files(root, budget.limits, notes, budget.tick):
        budget.member()
        size = _size(found)
        budget.packed += size
        shown = harmless_name(path)
        entry = Entry(shown, size, _file_chunks(found.path, budget), name_problem(path, budget.limits))
        if entry.problem:
            yield entry
        else:
            yield from _perhaps_nested(entry, 2, budget, notes)


def _file_chunks(path: str, budget: Budget) -> Iterator[bytes]:
    try:
        with open(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                budget.unpack(len(chunk))
                yield chunk
    except OSError:
        raise BrokenPart(guard.PART_UNREADABLE) from None


def folder_files(
    root: Path, limits: PackageLimits, notes: list[str], tick: Callable[[], None] = lambda: None
) -> list[tuple[str, os.DirEntry[str]]]:
    """The regular files of a folder and its folders with their paths inside it, sorted, without litter. Links and
    special files are passed over with a note: a link may lead anywhere, a pipe may never end."""
    found: list[tuple[str, os.DirEntry[str]]] = []
    waiting = [("", str(root), 0)]
    seen = 0
    while waiting:
        prefix, folder, depth = waiting.pop()
        try:
            listing = list(os.scandir(folder))
        except OSError:
            if not prefix:
                raise
            notes.append(f"文件夹“{harmless_name(prefix)}”读不出来，已略过。")
            continue
        for one in listing:
            tick()
            seen += 1
            if seen > 2 * limits.members:  # folders and litter count here; the files alone are counted by the budget
                raise Unreadable("too_many_members", guard.TOO_MANY.format(limits.members))
            path = f"{prefix}{one.name}"
            if is_litter(path):
                continue
            if one.is_symlink() or _is_junction(one):
                notes.append(f"“{harmless_name(path)}”是链接，没有跟随。")
            elif one.is_dir(follow_symlinks=False):
                if depth >= limits.folder_depth:
                    notes.append(f"文件夹“{harmless_name(path)}”套得太深，已略过。")
                else:
                    waiting.append((f"{path}/", one.path, depth + 1))
            elif one.is_file(follow_symlinks=False):
                found.append((path, one))
            else:
                notes.append(f"“{harmless_name(path)}”不是普通文件，已略过。")
    return sorted(found, key=lambda pair: pair[0])


def _is_junction(found: os.DirEntry[str]) -> bool:
    """A Windows junction, which is a folder to everybody who does not ask."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", 0)
    if not junction:
        return False
    try:
        return bool(getattr(found.stat(follow_symlinks=False), "st_reparse_tag", 0) == junction)
    except OSError:
        return False


def _size(found: os.DirEntry[str]) -> int:
    """0 for a file that is gone; opening it will say so."""
    try:
        return found.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def is_litter(path: str) -> bool:
    """What operating systems and office programs leave behind."""
    *folders, name = path.casefold().split("/")
    if any(folder in _LITTER_FOLDERS for folder in folders) or name in _LITTER_FOLDERS:
        return True
    return name in _LITTER or name.startswith(("~$", "._"))


def pack_folder(path: Path, *, limits: PackageLimits | None = None) -> bytes:
    """A folder as one ZIP that is the same to the byte whenever and wherever it is made of the same files: stored,
    sorted, without times. ``Unreadable`` if it is no folder, is empty or too large, or a file cannot be read: an
    original must be whole."""
    limits = limits or PackageLimits()
    shown = harmless_name(path.name)
    buffer = io.BytesIO()
    total = 0
    try:
        left_out: list[str] = []
        files = folder_files(path, limits, left_out)
        if left_out:
            raise Unreadable("not_whole", guard.NOT_WHOLE.format(left_out[0].rstrip("。")))
        if len(files) > limits.members:
            raise Unreadable("too_many_members", guard.TOO_MANY.format(limits.members))
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name, found in files:
                info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode(), _EPOCH)
                info.create_system, info.external_attr = 3, 0o100644 << 16  # the same under every system
                total += _size(found)
                if total > limits.file_bytes:
                    raise Unreadable("too_large", guard.TOO_LARGE.format(limits.file_bytes >> 20))
                shown = harmless_name(name)
                archive.writestr(info, Path(found.path).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable("file_missing", guard.MISSING.format(shown)) from None
    except (OSError, ValueError):
        raise Unreadable("file_unreadable", guard.NO_ACCESS.format(shown)) from None
    if not files:
        raise Unreadable("empty_package", guard.EMPTY)
    return buffer.getvalue()
