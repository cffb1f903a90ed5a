"""The exchange as one file (.ksb) that a stick or a letter carries: batches and attachments, with the writer's vector.

The plain text of the sealed file is a row of records: 1 byte kind, 8 bytes length, content. First the manifest (JSON),
then batches and attachments, then an empty record that ends it. A bundle may come twice, late, or with a hole before
it: receivers know what they know and hold back what comes too early.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

import orjson

from db.attachments import MOST_BYTES
from db.bundle_records import (
    HASH_BYTES,
    MOST_BATCH,
    MOST_MANIFEST,
    batch_of,
    manifest_of,
    packed,
    require_sound,
)
from db.enrolment import Certificate, Enrolment
from db.faults import DataDamage, EnvironmentFault
from db.sealed import FRAME, SealedReader, SealedWriter, damaged
from db.transport import CHUNK_EVENTS, Fork, Gap, Greeting, Vector, Welcome
from db.wire import Batch

SUFFIX: Final = ".ksb"
MOST_RECORDS: Final = 2**18  # each costs the reader some memory
_PULL_BYTES: Final = 32 * 2**20  # handed on at a time
_RECORD: Final = struct.Struct(">cQ")
_MANIFEST, _BATCH, _BLOB, _END = b"M", b"B", b"A", b"E"
_MARK_BYTES: Final = 8  # of each hash the writer keeps, enough to notice another event under one number

Peers = Mapping[str, tuple[str, Vector, str]]


class _Chain:
    """What a bundle holds of one station, beyond what its recipient has."""

    def __init__(self, known: int) -> None:
        self.known = known
        self.last = known
        self.hash: str | None = None
        self.marks = bytearray()

    def add(self, batch: Batch) -> bool:
        """False for a batch that brings nothing new. Raises Gap, Fork."""
        if batch.first > self.last + 1:
            raise Gap
        if batch.first == self.last + 1 and self.hash not in (None, batch.prev_hash):
            raise Fork(batch.station, batch.first - 1)
        fresh = bytearray()
        for place in range(batch.last - batch.first + 1):
            seq = batch.first + place
            mark = batch.hashes[HASH_BYTES * place : HASH_BYTES * place + _MARK_BYTES]
            at = (seq - self.known - 1) * _MARK_BYTES
            if seq > self.last:
                fresh += mark
            elif at >= 0 and self.marks[at : at + _MARK_BYTES] != mark:
                raise Fork(batch.station, seq)
        if not fresh:
            return False
        self.marks += fresh
        self.last, self.hash = batch.last, batch.hash
        return True


class BundleWriter:
    """A meeting with everyone who will read the file, or with one station that holds ``recipient_vector``.

    ``peers`` are the vectors that others last told, so that receipts travel too. The file is in its place after
    :meth:`close`, whole; after :meth:`abandon`, or when writing failed, nothing of it is left.
    """

    name = "bundle"

    def __init__(
        self,
        path: Path,
        enrolment: Enrolment,
        recipient: Certificate | None = None,
        recipient_vector: Vector | None = None,
        peers: Peers | None = None,
    ) -> None:
        self._vector = dict(recipient_vector or {})
        self._peers = dict(peers or {})
        self._chains: dict[str, _Chain] = {}
        self._blobs: set[str] = set()
        self._records = 0
        self._greeted = False
        self._file = SealedWriter(path, enrolment, recipient)

    def hello(self, greeting: Greeting) -> Welcome:
        """The first greeting becomes the manifest."""
        if not self._greeted:
            manifest = orjson.dumps(
                {
                    "station": greeting.station,
                    "name": greeting.name,
                    "own": greeting.own,
                    "vector": greeting.vector,
                    "peers": self._peers,
                },
                option=orjson.OPT_SORT_KEYS,
            )
            manifest_of(manifest)  # what nobody could read is not handed out
            self._record(_MANIFEST, manifest)
            self._greeted = True
        return Welcome({**self._vector, **{station: chain.last for station, chain in self._chains.items()}})

    def push(self, batches: Sequence[Batch]) -> None:
        before: dict[str, tuple[int, str | None, int]] = {}
        fresh = []
        try:
            for batch in batches:
                require_sound(batch)
                chain = self._chains.get(batch.station) or _Chain(self._vector.get(batch.station, 0))
                before.setdefault(batch.station, (chain.last, chain.hash, len(chain.marks)))
                self._chains[batch.station] = chain
                if chain.add(batch):
                    fresh.append(batch)
        except BaseException:
            for station, (last, hash_, marks) in before.items():
                chain = self._chains[station]
                chain.last, chain.hash = last, hash_
                del chain.marks[marks:]
            raise
        for batch in fresh:
            self._record(_BATCH, packed(batch))

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        return []

    def put_blob(self, sha256: str, stream: IO[bytes]) -> None:
        """Adds an attachment from a stream that can be read twice. DataDamage, and nothing added, when it is not what
        its hash (64 hexadecimal digits) says."""
        if sha256 in self._blobs:
            return
        start = stream.tell()
        found = hashlib.sha256()
        size = 0
        while part := stream.read(FRAME):
            found.update(part)
            size += len(part)
        if found.hexdigest() != sha256 or size > MOST_BYTES:
            raise DataDamage([f"附件 {sha256[:8]} 与登记的校验值不符或过大，没有写进交换包"])
        try:
            stream.seek(start)
            self._begin(_BLOB, HASH_BYTES + size)
            self._file.write(bytes.fromhex(sha256))
            while part := stream.read(min(FRAME, size)):
                self._file.write(part)
                size -= len(part)
            if size:
                raise DataDamage([f"附件 {sha256[:8]} 在读取时被改动，请重新导出"])
        except BaseException:  # half a record is no bundle
            self.abandon()
            raise
        self._blobs.add(sha256)

    def close(self) -> None:
        """Finishes the file. Nothing is written when nobody was greeted, or after a failure."""
        if not self._greeted:
            self.abandon()
        if self._file.open:
            self._record(_END, b"")
            self._file.finish()

    def abandon(self) -> None:
        """Leaves no file."""
        self._file.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def _record(self, kind: bytes, content: bytes) -> None:
        self._begin(kind, len(content))
        self._file.write(content)

    def _begin(self, kind: bytes, length: int) -> None:
        assert self._greeted or kind == _MANIFEST, "a meeting begins with a greeting"
        self._records += 1
        if self._records > MOST_RECORDS:
            self.abandon()
            raise EnvironmentFault("bundle_too_large", "内容太多，一个交换包放不下，请分几次导出，或先经网络同步。")
        self._file.write(_RECORD.pack(kind, length))


class _Place(NamedTuple):
    """Where a batch lies in the plain text."""

    station: str
    first: int
    last: int
    start: int
    length: int


class BundleReader:
    """A meeting with whoever wrote the file. Everything is checked before anything is handed on; EnvironmentFault as
    :class:`db.sealed.SealedReader` says.

    ``writer`` is the station's name as the centre certified it, ``certificate`` that certificate, ``station`` and
    ``own`` its incarnations; ``recipient`` is a station's name or None; ``ranges`` maps a station to its
    [(first, last), ..], ``events`` counts them.
    """

    name = "bundle"

    def __init__(self, path: Path, enrolment: Enrolment) -> None:
        self._file = SealedReader(path, enrolment)
        try:
            head = self._file.head
            self.certificate = head.certificate
            self.writer = head.certificate.station_name
            self.made_at = head.made_at
            self.recipient = head.recipient.name if head.recipient else None
            self.ranges: dict[str, list[tuple[int, int]]] = {}
            self._batches: list[_Place] = []
            self._blobs: dict[str, tuple[int, int]] = {}
            self._heads: dict[str, str] = {}
            self._look_through()
        except BaseException:
            self._file.close()
            raise
        self.station, self.own = self._told.station, self._told.own
        self.events = sum(last - first + 1 for ranges in self.ranges.values() for first, last in ranges)

    def hello(self, greeting: Greeting) -> Welcome:
        told = self._told
        made_at = datetime.fromisoformat(self.made_at).astimezone(UTC)
        own = (told.name, told.vector, made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))  # spelt as the hub does: sorts by time
        heads = {
            station: hash_
            for station, hash_ in self._heads.items()
            if self.ranges[station][-1][1] == told.vector.get(station)
        }
        return Welcome(told.vector, heads, writable=frozenset(), peers={**told.peers, told.station: own})

    def push(self, batches: Sequence[Batch]) -> None:
        """Nothing: a file that was written takes nothing."""

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        """Also batches with a hole before them: whoever asks on says that it has seen them."""
        found: list[Batch] = []
        events = size = 0
        for place in self._batches:
            if place.last > vector.get(place.station, 0):
                batch = batch_of(self._file.read(place.start, place.length))
                found.append(batch)
                events += batch.last - batch.first + 1
                size += len(batch.body)
                if events >= most or size >= _PULL_BYTES:
                    break
        return found

    def blobs(self) -> Iterator[tuple[str, int, IO[bytes]]]:
        """The attachments: (sha256, bytes, a stream of them). Whoever keeps one holds it against its hash."""
        for sha256, (start, size) in self._blobs.items():
            yield sha256, size, io.BufferedReader(_Part(self._file, start, size), FRAME)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _look_through(self) -> None:
        """Decrypts everything once and notes what lies where."""
        try:
            kind, start, length = self._next(0)
            if kind != _MANIFEST or length > MOST_MANIFEST:
                raise ValueError("no manifest")
            self._told = manifest_of(self._file.read(start, length))
            for _ in range(MOST_RECORDS):
                kind, start, length = self._next(start + length)
                if kind == _BATCH and length <= MOST_BATCH:
                    self._note_batch(start, length)
                elif kind == _BLOB and HASH_BYTES <= length <= HASH_BYTES + MOST_BYTES:
                    self._note_blob(start, length)
                elif kind == _END and length == 0 and start == self._file.size:
                    return
                else:
                    raise ValueError("no record")
            raise ValueError("too many records")
        except (ValueError, TypeError, KeyError, AttributeError, struct.error) as error:
            raise damaged() from error

    def _next(self, at: int) -> tuple[bytes, int, int]:
        """(kind, start, length) of the record there."""
        kind, length = _RECORD.unpack(self._file.read(at, _RECORD.size))
        return kind, at + _RECORD.size, length

    def _note_batch(self, start: int, length: int) -> None:
        batch = batch_of(self._file.read(start, length))
        ranges = self.ranges.setdefault(batch.station, [])
        if ranges and batch.last <= ranges[-1][1]:
            raise ValueError("not in order")
        if ranges and batch.first <= ranges[-1][1] + 1:
            ranges[-1] = (min(ranges[-1][0], batch.first), batch.last)
        else:
            ranges.append((batch.first, batch.last))
        self._heads[batch.station] = batch.hash
        self._batches.append(_Place(batch.station, batch.first, batch.last, start, length))

    def _note_blob(self, start: int, length: int) -> None:
        sha256 = self._file.read(start, HASH_BYTES).hex()
        found = hashlib.sha256()
        end = start + length
        start += HASH_BYTES
        for at in range(start, end, FRAME):
            found.update(self._file.read(at, min(FRAME, end - at)))
        if found.hexdigest() != sha256:
            raise ValueError("another attachment")
        self._blobs[sha256] = (start, end - start)


class _Part(io.RawIOBase):
    """A stretch of the plain text as a stream."""

    def __init__(self, file: SealedReader, start: int, size: int) -> None:
        self._file = file
        self._at = start
        self._end = start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._file.read(self._at, min(len(buffer), self._end - self._at))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
