"""How events travel: a batch is a run of one station's events without a hole, packed small and checked whole.

A packed event leaves out what the receiver can work out again: the station, its number, its predecessor's hash. What
is worked out is held against the hashes that travel beside the body, so a byte that changed on the way is found and
says which event it hit.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import orjson

from db.envelope import FIRST, MOST_OF_EVENT, Envelope, canonical, digest_of

EVENTS_IN_BATCH: Final = 1_000
MOST_BYTES: Final = 64 * 2**20  # of one batch, unpacked
MOST_PACKED: Final = 16 * 2**20  # bytes of its body, as it travels and lies in a hub
_ROUND: Final = 8 * 2**20  # characters of basis and payload after which another batch begins
_HASH_BYTES: Final = 32
_FORMAT: Final = b"\x01"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_PARENTS: Final = re.compile(rb'\[(?:"[0-9a-f]{64}"(?:,"[0-9a-f]{64}")*)?\]')
_STATION: Final = re.compile(r"[0-9a-f]{32}")
_TEXT: Final = frozenset({str})
_NUMBER: Final = frozenset({int})
_FRACTION: Final = re.compile(rb"[\[:,]-?\d+[.eE]")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
# A few events compress badly by themselves, so both ends begin with what nearly every event repeats. Part of the
# format: another text is another format number.
_COMMON: Final = (
    '"application_number":"","contact":"","phone":"","note":"","agency_code":"","imported":{"before":{"reason":"",'
    '"stations","station.started",1,"管理员",{},{"name":"","program":"0.1.0","keys":{"configuration","configuration.'
    'published","body":{"valid_from":"","checked_on":"","status":"待核对","procedure":"","kind":"staff","staff":[{"name"'
    ':"","roles":["受理","预审员","复核"]}],"case.amended",1,"case.resolved",1,"组长","choose":"left","set_aside":["'
    '"source":"清单.xlsx 第 行","uscc":"91370100MA","region":"济南","party":"有限公司","agency":"知识产权代理有限公司",'
    '"title":"一种装置及方法","patent_type":"实用新型","patent_type":"外观设计","patent_type":"发明","field":"新一代信息技术",'
    '"field_grade":"完整命中","main_class":"G06F 16/29","classes":"G06F 16/29; H01M 10/42","platform_number":"",'
    '"received_on":"2026-","opened","number":"YS-2026-0000","answers":{"invention":{"A1":["符合",""],"A2":["符合",""],'
    '"outcome":"","label":"提交预审结论","action":"pass","sets":["clears":["round":1,"warnings":[],"values":{"facts":{'
    '"from":"EXAMINING","to":"WAITING_REPLY","kind":"open","kind":"waiting","kind":"ended",'
    '"notice":{"title":"","text":"以上为基于当前案卷的初步判断，最终以国家知识产权局审查结果为准。"},"opinion":"",'
    '"rule":{"basis":"","checked_on":"2026-","kind":"promised","label":"预审审查","limit":7,"owner":"centre","source":"0",'
    '"status":"已核对","unit":"workday","warn":[2,1]}}],"clocks":[{"clock":"examination","do":"start","on":"2026-'
    '"do":"pause"},{"do":"resume"},{"do":"stop","clock":"acceptance","clock":"reply","case/0199",["case.opened",1,'
    '"case.acted",1,"受理","2026-{"calendar":"2026/0","checklists":"0","fields":"0","limits":"0","notices":"0",'
    '"procedure":"preexam@1","shipped":"'
).encode()


class Batch(NamedTuple):
    """Events ``first`` to ``last`` of ``station``.

    ``prev_hash`` is the hash before the first ('' at the beginning of a chain); ``hashes`` are those of all its events,
    32 bytes each; ``streams`` are short names (:func:`stream_key`) of the streams it touches, so that a hub can say
    whether a case has news without reading what it stores; ``body`` is the packed rest.
    """

    station: str
    first: int
    last: int
    prev_hash: str
    hashes: bytes
    streams: tuple[int, ...]
    body: bytes

    @property
    def hash(self) -> str:
        """Hash of the last event."""
        return self.hashes[-_HASH_BYTES:].hex()


class Spoilt(NamedTuple):
    """An event that did not arrive as it was sealed; ``body`` is what arrived, for whoever looks into it."""

    station: str
    seq: int
    hash: str
    reason: str
    body: bytes


class BadBatch(ValueError):
    """A batch whose outside contradicts itself or cannot be read at all; nothing in it can be trusted."""


def stream_key(stream: str) -> int:
    """A stream's name in 64 bits (signed, as databases like them)."""
    return int.from_bytes(hashlib.sha256(stream.encode()).digest()[:8], "big", signed=True)


def pack(rows: Sequence[Sequence[Any]]) -> Batch:
    """A batch of journal rows (as :data:`db.journal.EVENTS_OF` gives them): one station, numbered without a hole."""
    body = orjson.dumps(
        [
            [row[2], row[3], orjson.Fragment(row[4]), *row[5:10], orjson.Fragment(row[10]), orjson.Fragment(row[11])]
            for row in rows
        ]
    )
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, 9, zdict=_COMMON)
    return Batch(
        station=rows[0][0],
        first=rows[0][1],
        last=rows[-1][1],
        prev_hash=rows[0][12],
        hashes=bytes.fromhex("".join(row[13] for row in rows)),
        streams=tuple(sorted({stream_key(row[3]) for row in rows})),
        body=_FORMAT + packer.compress(body) + packer.flush(),
    )


def portions(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows in runs that each make a batch of bearable size."""
    begin = size = 0
    for at, row in enumerate(rows):
        length = len(row[10]) + len(row[11])
        if at > begin and (size + length > _ROUND or at - begin == EVENTS_IN_BATCH):
            yield rows[begin:at]
            begin, size = at, 0
        size += length
    if rows:
        yield rows[begin:]


class Arrived(NamedTuple):
    """An event that arrived whole, with the canonical texts that its hash was made of."""

    event: Envelope
    parents: str
    basis: str
    payload: str


def unpack(batch: Batch) -> Iterator[Arrived | Spoilt]:
    """The events of a batch, each checked against its hash. BadBatch when its outside is contradictory."""
    count = batch.last - batch.first + 1
    if not (
        _STATION.fullmatch(batch.station)
        and 0 < batch.first <= batch.last < 2**62
        and count <= EVENTS_IN_BATCH
        and len(batch.hashes) == _HASH_BYTES * count
        and (_HEX.fullmatch(batch.prev_hash) if batch.first > 1 else batch.prev_hash == FIRST)
    ):
        raise BadBatch("编号或校验值前后矛盾")
    records = _records(batch.body)
    if len(records) != count:
        raise BadBatch("事项件数与编号不符")
    prev_hash = batch.prev_hash
    for place, record in enumerate(records):
        hash_ = batch.hashes[place * _HASH_BYTES : (place + 1) * _HASH_BYTES].hex()
        yield _checked(batch.station, batch.first + place, prev_hash, hash_, record)
        prev_hash = hash_


def _records(body: bytes) -> list[Any]:
    if body[:1] != _FORMAT:
        raise BadBatch("打包格式不认识，可能由更新版本的程序制作")
    unpacker = zlib.decompressobj(-15, zdict=_COMMON)
    try:
        plain = unpacker.decompress(body[1:], MOST_BYTES)
        if not unpacker.eof or unpacker.unused_data:
            raise BadBatch("打包内容不完整或过大")
        records = orjson.loads(plain)
    except (zlib.error, orjson.JSONDecodeError) as error:
        raise BadBatch("打包内容无法读取") from error
    if not isinstance(records, list):
        raise BadBatch("打包内容无法读取")
    return records


def _checked(station: str, seq: int, prev_hash: str, hash_: str, record: Any) -> Arrived | Spoilt:
    try:
        hlc, stream, parents, type_, version, actor, role, occurred_on, basis, payload = record
        parents_text = orjson.dumps(parents)
        texts, numbers = (stream, type_, actor, role, occurred_on), (hlc, version)
        well = (
            _TEXT.issuperset(map(type, texts))
            and max(map(len, texts)) <= 400
            and _NUMBER.issuperset(map(type, numbers))
            and 0 <= min(numbers) <= max(numbers) < 2**63
            and len(parents) <= 1_000
            and _PARENTS.fullmatch(parents_text)
            and basis.__class__ is dict
            and _TEXT.issuperset(map(type, basis.values()))
            and payload.__class__ is dict
            and _DAY.fullmatch(occurred_on)
        )
        if not well:
            raise TypeError("not an event")
        basis_text, payload_text = _canonical(basis), _canonical(payload)
        found = digest_of(
            station, seq, hlc, stream, tuple(parents), type_, version, actor, role, occurred_on, basis_text,
            payload_text, prev_hash,
        )  # fmt: skip
    except (TypeError, ValueError, orjson.JSONEncodeError):
        return Spoilt(station, seq, hash_, "内容不是一项完整的流水", _shown(record))
    if found != hash_:
        return Spoilt(station, seq, hash_, "内容与校验值不符", _shown(record))
    if len(basis_text) + len(payload_text) > MOST_OF_EVENT:
        return Spoilt(station, seq, hash_, "内容过大", b"")
    event = Envelope(
        station, seq, hlc, stream, tuple(parents), type_, version, actor, role, occurred_on, basis, payload,
        prev_hash, hash_,
    )  # fmt: skip
    return Arrived(event, parents_text.decode(), basis_text.decode(), payload_text.decode())


def _canonical(value: Any) -> bytes:
    """As :func:`db.envelope.canonical`, for what came as JSON: only a number with a fraction can be wrong with it, and
    only a text that looks like one need be walked through."""
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return canonical(value) if _FRACTION.search(text) else text


def _shown(record: Any) -> bytes:
    try:
        return orjson.dumps(record)[:MOST_OF_EVENT]
    except orjson.JSONEncodeError:  # it can be read deeper than it can be written
        return b""
