"""The files that were put beside cases: each kept once, under the SHA-256 of its content, encrypted like the store.

They lie in ``attachments/ab/<sha256>`` of the data folder:

    8 bytes magic, 1 byte suite (0 = as it is, for stores without encryption; 1 = AES-256-GCM), 32 bytes salt
    frames of 65,536 bytes of plain text, the last one of 0 to 65,536; their nonce is the running number in 11 bytes
        and one byte that marks the last, their key is derived from the database key and the salt, for this file alone

so a file that was cut, turned round or exchanged for another is found when it is read. A file is written beside its
place, read back against its name and renamed; what a killed program left is removed by the next one that writes.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import orjson

from db.crypto import NONCE_BYTES, PROVIDER, TAG_BYTES, Unopened
from db.faults import DataDamage, EnvironmentFault, translating
from db.files import alone_in, make_private, private, replace_durably, sync_directory
from db.journal import Reader

FOLDER: Final = "attachments"
MOST_BYTES: Final = 64 * 2**20  # of one file: what the hub takes
FRAME: Final = 2**16
_MAGIC: Final = b"\x89KSA\r\n\x1a\n"
_PLAIN, _SEALED = b"\x00", b"\x01"
_SALT_BYTES: Final = 32
_HEAD_BYTES: Final = len(_MAGIC) + 1 + _SALT_BYTES
MOST_STORED: Final = _HEAD_BYTES + MOST_BYTES + (MOST_BYTES // FRAME + 1) * TAG_BYTES
_PURPOSE: Final = b"kuaishen attachment 1\n"
_PART: Final = "writing.part"
_NAME: Final = re.compile("[0-9a-f]{64}")
# The condition is written as the index has it, or every event of the journal would be looked at.
_RECORDED: Final = (
    "SELECT station, seq, hash, stream, payload FROM journal WHERE type = 'case.attached' ORDER BY station, seq"
)


class Record(NamedTuple):
    """One event that says a file was put beside a case (``stream``)."""

    station: str
    seq: int
    hash: str
    stream: str
    sha256: str
    name: str


def recorded(reader: Reader) -> list[Record]:
    """All of them, station by station; events that name no file are left out."""
    found = []
    for station, seq, hash_, stream, text in reader.rows(_RECORDED):
        payload = orjson.loads(text)
        sha256 = payload.get("sha256")
        if isinstance(sha256, str) and _NAME.fullmatch(sha256):
            found.append(Record(station, seq, hash_, stream, sha256, str(payload.get("name", ""))))
    return found


def counted(reader: Reader, streams: Sequence[str]) -> dict[str, int]:
    """Stream -> how many files were put beside that case; streams without any are left out."""
    return dict(
        reader.rows(
            "SELECT stream, count(*) FROM journal WHERE type = 'case.attached'"
            " AND stream IN (SELECT value FROM json_each(?)) GROUP BY stream",
            (orjson.dumps(list(streams)).decode(),),
        )
    )


class Attachments:
    """The files of one data folder. Safe to use from several threads and processes."""

    def __init__(self, directory: Path, key: bytes | None) -> None:
        """``directory`` is the data folder, ``key`` the database key, None for a store that is not encrypted."""
        self.directory = directory
        self.folder = directory / FOLDER
        self._key = key

    def put(self, stream: IO[bytes], *, expected: str = "", most: int = MOST_BYTES) -> tuple[str, int]:
        """Keeps what the stream gives: (SHA-256, bytes). It is on the disk when this returns.

        EnvironmentFault "attachment_too_large"; DataDamage when it is not what ``expected`` names, or came back
        from the disk otherwise than it was written. Nothing is kept then.
        """
        with translating():
            make_private(self.folder)
            with self._alone():
                part = self.folder / _PART
                part.unlink(missing_ok=True)  # whoever wrote it is no more
                try:
                    sha256, size = self._write(part, stream, most)
                    if expected and sha256 != expected:
                        raise DataDamage([f"附件的内容与登记的校验值 {expected[:8]}… 不符，没有收下"])
                    if not self.has(sha256) or self.flaw(sha256):
                        self._keep(part, sha256)
                    return sha256, size
                finally:
                    part.unlink(missing_ok=True)

    def has(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def missing(self, hashes: Iterable[str]) -> set[str]:
        """Those of the hashes whose content is not here."""
        return {sha256 for sha256 in hashes if not self.has(sha256)}

    def held(self) -> list[str]:
        """The hashes of all that is here, sorted."""
        found = (path.relative_to(self.directory).as_posix() for path in self.folder.glob("??/*"))
        return sorted(filter(None, map(stored_name, found)))

    def stored_bytes(self, sha256: str) -> int:
        """What it takes on the disk; 0 when it is not here."""
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def open(self, sha256: str) -> IO[bytes]:
        """The content, decrypted as it is read, from any place in it. DataDamage where it is not what was written;
        EnvironmentFault "missing_attachment"."""
        with translating():
            return io.BufferedReader(self._opened(self._place(sha256)), FRAME)

    def copy_to(self, sha256: str, target: Path) -> Path:
        """Writes the content to ``target``, whole and held against its hash, or not at all. An earlier file there is
        replaced."""
        with translating():
            if target.is_dir():
                raise EnvironmentFault("unfit_target", f"{target} 是一个目录，请写明文件名。")
            if target.absolute().parent.resolve().is_relative_to(self.directory.resolve()):
                raise EnvironmentFault("unfit_target", f"附件不能写进数据目录 {self.directory} 本身，请另选位置。")
            if not target.absolute().parent.is_dir():
                raise EnvironmentFault("unfit_target", f"目录 {target.absolute().parent} 不存在，请另选位置。")
            part = target.with_name(f".ks-{secrets.token_hex(8)}")
            try:
                with self.open(sha256) as source, _made(part) as file:
                    found = hashlib.sha256()
                    while piece := source.read(FRAME):
                        found.update(piece)
                        file.write(piece)
                    if found.hexdigest() != sha256:
                        raise _damaged(sha256)
                    file.flush()
                    os.fsync(file.fileno())
                replace_durably(part, target)
            finally:
                with contextlib.suppress(PermissionError):  # then it was not made either
                    part.unlink(missing_ok=True)
        return target

    def flaw(self, sha256: str) -> str:
        """What is wrong with a file that is here, in Chinese; empty when nothing is."""
        try:
            with translating():
                self._check(self._place(sha256), sha256)
        except DataDamage as damage:
            return damage.problems[0]
        return ""

    def discard(self, sha256: str) -> None:
        """Gives up a file that no event names."""
        with translating():
            self._place(sha256).unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        """ValueError for what is no hash: names come from elsewhere."""
        if not _NAME.fullmatch(sha256):
            raise ValueError("no SHA-256")
        return self.folder / sha256[:2] / sha256

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(alone_in(self.folder))
            except EnvironmentFault as fault:
                raise EnvironmentFault(fault.code, "另一个程序正在存放附件，请稍后重试。") from None
            yield

    def _write(self, part: Path, stream: IO[bytes], most: int) -> tuple[str, int]:
        salt = secrets.token_bytes(_SALT_BYTES)
        frames = _Frames(self._key, salt)
        found = hashlib.sha256()
        size = number = 0
        with open(part, "xb", opener=private) as file:
            file.write(_MAGIC + (_PLAIN if self._key is None else _SEALED) + salt)
            piece = _filled(stream)
            while True:
                size += len(piece)
                if size > most:
                    raise too_large(most)
                found.update(piece)
                following = _filled(stream) if len(piece) == FRAME else b""
                file.write(frames.seal(number, not following, piece))
                if not following:
                    break
                piece = following
                number += 1
            file.flush()
            os.fsync(file.fileno())
        return found.hexdigest(), size

    def _keep(self, part: Path, sha256: str) -> None:
        self._check(part, sha256)
        place = self._place(sha256)
        make_private(place.parent)
        for folder in (self.directory, self.folder):
            sync_directory(folder)
        replace_durably(part, place)

    def _check(self, path: Path, sha256: str) -> None:
        found = hashlib.sha256()
        with self._opened(path) as source:
            while piece := source.read(FRAME):
                found.update(piece)
        if found.hexdigest() != sha256:
            raise _damaged(sha256)

    def _opened(self, path: Path) -> _Content:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise EnvironmentFault("missing_attachment", f"附件 {path.name[:8]}… 的内容不在本机。") from None
        try:
            return _Content(file, self._key, path.name)
        except BaseException:
            file.close()
            raise


class _Frames:
    """Seals and opens the frames of one file."""

    def __init__(self, key: bytes | None, salt: bytes) -> None:
        self._key = None if key is None else PROVIDER.derive(key, salt, _PURPOSE)
        self.added = 0 if key is None else TAG_BYTES

    def seal(self, number: int, last: bool, plain: bytes) -> bytes:
        return plain if self._key is None else PROVIDER.seal(self._key, _nonce(number, last), plain)

    def open(self, number: int, last: bool, stored: bytes) -> bytes:
        """Raises Unopened."""
        return stored if self._key is None else PROVIDER.open(self._key, _nonce(number, last), stored)


class _Content(io.RawIOBase):
    """The plain text of one file."""

    def __init__(self, file: IO[bytes], key: bytes | None, name: str) -> None:
        self._file = file
        self._name = name
        head = file.read(_HEAD_BYTES)
        suite = _PLAIN if key is None else _SEALED
        if len(head) != _HEAD_BYTES or head[: len(_MAGIC) + 1] != _MAGIC + suite:
            raise _damaged(name)
        self._frames = _Frames(key, head[-_SALT_BYTES:])
        self._stored = FRAME + self._frames.added
        body = os.fstat(file.fileno()).st_size - _HEAD_BYTES
        self._count = max(1, -(-body // self._stored))
        self._size = body - self._count * self._frames.added
        self._at = 0
        self._last: tuple[int, bytes] = (-1, b"")
        if self._size < (self._count - 1) * FRAME + (self._count > 1):  # only an empty file ends with an empty frame
            raise _damaged(name)
        if not self._size:
            self._frame(0)  # nothing will be read, and yet it must be what was written

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        number, inside = divmod(self._at, FRAME)
        piece = self._frame(number)[inside : inside + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _frame(self, number: int) -> bytes:
        if self._last[0] != number:
            last = number == self._count - 1
            self._file.seek(_HEAD_BYTES + number * self._stored)
            try:
                plain = self._frames.open(number, last, self._file.read(self._stored))
            except Unopened as error:
                raise _damaged(self._name) from error
            if len(plain) != (self._size - number * FRAME if last else FRAME):
                raise _damaged(self._name)
            self._last = (number, plain)
        return self._last[1]


def stored_name(member: str) -> str:
    """The hash of a file of this folder by its path in a backup, or '' for what is none."""
    folder, _, rest = member.partition("/")
    start, _, sha256 = rest.partition("/")
    return sha256 if folder == FOLDER and _NAME.fullmatch(sha256) and start == sha256[:2] else ""


def too_large(most: int = MOST_BYTES) -> EnvironmentFault:
    return EnvironmentFault(
        "attachment_too_large", f"文件超过 {most / 2**20:g} MB，不能作为附件，请压缩或拆分后再添加。"
    )


def _made(part: Path) -> IO[bytes]:
    try:
        return part.open("xb")
    except PermissionError as error:
        raise EnvironmentFault("unfit_target", f"没有权限写入目录 {part.absolute().parent}，请另选位置。") from error


def _filled(stream: IO[bytes]) -> bytes:
    """One frame's worth; less only at the end, also from streams that give little at a time."""
    pieces = []
    wanted = FRAME
    while wanted and (piece := stream.read(wanted)):
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])


def _damaged(sha256: str) -> DataDamage:
    return DataDamage([f"附件 {sha256[:8]}… 的内容已损坏，与校验值不符，请从备份或添加它的站点取回"])
