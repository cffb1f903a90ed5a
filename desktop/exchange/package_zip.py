"""A ZIP as it comes from the street: which encoding its names are in, which members can be read at all."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from desktop.exchange import package_guard as guard
from desktop.exchange.package_guard import BrokenPart, Budget, Unreadable

CHUNK = 1 << 18

_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_UNICODE_PATH = 0x7075
# Others may ask for gigabytes before the first byte comes out.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError, IndexError,
    struct.error, OverflowError, RuntimeError,
)  # fmt: skip


class Member(NamedTuple):
    """One file of an archive: its name as people wrote it, with "/" between folders."""

    name: str
    info: zipfile.ZipInfo


def open_zip(stream: BinaryIO, budget: Budget) -> tuple[zipfile.ZipFile, list[Member]]:
    """The archive and its files, sorted by name. ``Unreadable``: broken, too many, absurd sizes, a password."""
    guarded = _Guarded(stream, budget.limits.directory_bytes)
    try:
        archive = zipfile.ZipFile(guarded)
    except _FAULTS:
        if guarded.passed:
            raise Unreadable("too_many_members", guard.TOO_MANY.format(budget.limits.members)) from None
        raise Unreadable("broken_archive", guard.BROKEN) from None
    guarded.most = None
    infos = archive.infolist()
    if len(infos) > budget.limits.members:
        raise Unreadable("too_many_members", guard.TOO_MANY.format(budget.limits.members))
    budget.unpack(0, ahead=sum(info.file_size for info in infos))
    members = [Member(name, info) for name, info in zip(_names(infos), infos, strict=True) if not name.endswith("/")]
    if members and all(info.flag_bits & _ENCRYPTED_FLAG for _, info in members):
        raise Unreadable("encrypted", guard.ENCRYPTED)
    return archive, sorted(members, key=lambda member: member.name)


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The bytes of one member in pieces. ``BrokenPart``: it cannot be read (on)."""
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise BrokenPart(guard.PART_ENCRYPTED)
    if info.compress_type not in _METHODS:
        raise BrokenPart(guard.PART_METHOD)
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(CHUNK):
                budget.unpack(len(chunk))
                yield chunk
    except _FAULTS:
        raise BrokenPart(guard.PART_DAMAGED) from None


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names in the archive's order. Without the UTF-8 flag they are UTF-8 if they can be (a Mac wrote them), else GBK
    (Windows in Chinese), unless the archive holds a second, Unicode name."""
    raw = [_raw_name(info) for info in infos]
    encodings = ("utf-8", "gb18030") if _is_utf8([one for one in raw if one is not None]) else ("gb18030", "utf-8")
    found = []
    for info, one in zip(infos, raw, strict=True):
        name = info.orig_filename
        if one is not None and not one.isascii():
            encoding = next((way for way in encodings if _decodes(one, way)), "cp437")
            name = _unicode_path(info.extra, one) or one.decode(encoding)
        found.append(name.replace("\\", "/"))
    return found


def _raw_name(info: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name that the library took for code page 437; None for one that says it is UTF-8."""
    return None if info.flag_bits & _UTF8_FLAG else info.orig_filename.encode("cp437")


def _is_utf8(raw: list[bytes]) -> bool:
    """Whether all names are UTF-8, and not by chance: Chinese takes three bytes there, and a pair of bytes in GBK that
    passes for UTF-8 gives a letter of two bytes."""
    if not all(_decodes(one, "utf-8") for one in raw):
        return False
    beyond = [char for one in raw if not one.isascii() for char in one.decode("utf-8") if char >= "\x80"]
    return 2 * sum(char >= "\u0800" for char in beyond) >= len(beyond)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in Info-ZIP's extra field 0x7075, if it is about this very name; empty otherwise."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and body[:1] == b"\x01" and body[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return body[5:].decode("utf-8", "ignore")
    return ""


class _Guarded(io.RawIOBase):
    """The archive's file. While the directory is read no single read may be larger than ``most``: the library loads a
    directory as a whole, and one of millions of entries would take gigabytes."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        super().__init__()
        self.most: int | None = most
        self.passed = False  # whether more was asked for
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if self.most is None:
            return self._stream.read(size)
        if size > self.most:
            self.passed = True
            raise OSError("directory too large")
        return self._stream.read(self.most if size < 0 else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
