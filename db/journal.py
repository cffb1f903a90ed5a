"""Reading and appending envelopes inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson

from db.clock import next_hlc, now_ms
from db.envelope import FIRST, MOST_OF_EVENT, Draft, Envelope, canonical, digest_of
from db.faults import DataDamage, EnvironmentFault
from db.order import linearised

if TYPE_CHECKING:
    from sqlalchemy import Connection

SCAN: Final = (
    "SELECT ordinal, station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
    " prev_hash, hash FROM journal WHERE ordinal > ? ORDER BY ordinal LIMIT ?"
)
_STREAMS: Final = (
    "SELECT stream FROM journal WHERE stream >= ? AND stream < ? GROUP BY stream ORDER BY min(ordinal)"
)
_REPLAY: Final = (
    "SELECT stream, type, version, occurred_on, payload, hash, hlc FROM journal"
    " WHERE stream IN (SELECT value FROM json_each(?)) ORDER BY stream, ordinal"
)
_STREAM: Final = (
    "SELECT station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
    " prev_hash, hash FROM journal WHERE stream = ? ORDER BY ordinal"
)
EVENTS_OF: Final = (
    "SELECT station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
    " prev_hash, hash FROM journal WHERE station = ? AND seq > ? ORDER BY seq LIMIT ?"
)
INSERT: Final = (
    "INSERT INTO journal (station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload,"
    " prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_LATEST: Final = "SELECT hash FROM journal WHERE stream = ? ORDER BY ordinal DESC LIMIT 1"
_LATEST_OF_MANY: Final = (
    "SELECT wanted.value, (SELECT hash FROM journal WHERE stream = wanted.value ORDER BY ordinal DESC LIMIT 1)"
    " FROM json_each(?) AS wanted"
)


class Reader:
    """One consistent view of the store. Valid inside its ``with`` block only."""

    def __init__(self, driver: Any, connection: Connection | None = None) -> None:
        self.driver = driver
        self.connection = connection

    def rows(self, statement: str, parameters: Any = ()) -> list[Any]:
        """All rows of a statement, straight from the driver: the hot paths pay for nothing else."""
        return self.driver.execute(statement, parameters).fetchall()  # type: ignore[no-any-return]

    def row(self, statement: str, parameters: Any = ()) -> Any:
        """The only row, or None."""
        found = self.driver.execute(statement, parameters).fetchall()
        return found[0] if found else None

    def value(self, statement: str, parameters: Any = ()) -> Any:
        """The first column of the only row, or None."""
        found = self.driver.execute(statement, parameters).fetchall()
        return found[0][0] if found else None

    def stream(self, stream: str) -> list[Envelope]:
        """The events of one stream, what an author had seen before what he did, in an order that depends on the
        events alone and not on the way by which they came."""
        events = [opened(row) for row in self.rows(_STREAM, (stream,))]
        return linearised(events) if self.branched([stream]) else events

    def branched(self, streams: Sequence[str]) -> set[str]:
        """Those of the streams in which people once worked without each other."""
        if len(streams) == 1:
            return {row[0] for row in self.rows("SELECT stream FROM branched WHERE stream = ?", streams)}
        return {
            row[0]
            for row in self.rows(
                "SELECT stream FROM branched WHERE stream IN (SELECT value FROM json_each(?))",
                (orjson.dumps(list(streams)).decode(),),
            )
        }

    def streams(self, prefix: str) -> list[str]:
        """Streams whose name begins with ``prefix``, in the order of their first events."""
        return [row[0] for row in self.rows(_STREAMS, (prefix, prefix + "\U0010ffff"))]

    def replay(self, streams: Sequence[str]) -> Iterator[tuple[str, str, int, str, dict[str, Any], str, int]]:
        """(stream, type, version, occurred_on, payload, hash, hlc) of all events of these streams, each stream in its
        order of arrival: what folding streams that never branched needs, at half the price of whole envelopes."""
        for stream, type_, version, occurred_on, payload, hash_, hlc in self.rows(
            _REPLAY, (orjson.dumps(streams).decode(),)
        ):
            try:
                decoded = orjson.loads(payload)
            except orjson.JSONDecodeError as error:
                raise DataDamage([f"{stream} 的记录 {hash_[:8]} 内容无法读取"]) from error
            yield stream, type_, version, occurred_on, decoded, hash_, hlc

    def heads(self, stream: str) -> tuple[str, ...]:
        """Hashes of the stream's events that no other event names as parent: one, unless work was concurrent."""
        latest = self.value(_LATEST, (stream,))
        if latest is None:
            return ()
        beside = self.rows("SELECT hash FROM side_heads WHERE stream = ? ORDER BY hash", (stream,))
        return (latest, *(row[0] for row in beside))

    def count(self) -> int:
        return int(self.value("SELECT count(*) FROM journal"))

    def vector(self) -> dict[str, int]:
        """What this store holds: station -> number of its last event here; all before it are here too."""
        return dict(self.rows("SELECT station, seq FROM chains"))


class Transaction(Reader):
    """The one writer. Everything done through it is kept together, or not at all."""

    def __init__(self, driver: Any, connection: Connection | None, station: str) -> None:
        super().__init__(driver, connection)
        self.station = station

    def run(self, statement: str, parameters: Any = ()) -> int:
        """Executes one writing statement and returns the number of rows it touched."""
        return int(self.driver.execute(statement, parameters).rowcount)

    def run_many(self, statement: str, parameters: Iterable[Any]) -> None:
        self.driver.executemany(statement, parameters)

    def append(self, drafts: Sequence[Draft]) -> list[Envelope]:
        """Seals the drafts in order and adds them to this station's chain.

        EnvironmentFault "event_too_large" for one that other stations would refuse, TypeError for a payload that
        canonical JSON cannot hold, ValueError for parents that are not events of the stream; the transaction must then
        be abandoned.
        """
        if not drafts:
            return []
        station = self.station
        seq, hlc, prev_hash = self.row("SELECT seq, hlc, hash FROM chains WHERE station = ?", (station,)) or (
            0, 0, FIRST
        )  # fmt: skip
        wall = now_ms()
        heads = self.heads_of({draft.stream for draft in drafts if draft.parents is None})
        envelopes: list[Envelope] = []
        records: list[tuple[Any, ...]] = []
        basis: dict[str, str] | None = None
        basis_json = b""
        for draft in drafts:
            stream = draft.stream
            parents = draft.parents
            if parents is None:
                parents = heads[stream]
                if len(parents) > 1:
                    self._forget_side_heads(stream)
            else:
                if envelopes:  # what this call added so far may be among the parents
                    self._insert(records)
                self._branch(stream, parents)
            if draft.basis is not basis:  # one command's events share their basis
                basis = draft.basis
                basis_json = canonical(basis)
            payload_json = canonical(draft.payload)
            if len(basis_json) + len(payload_json) > MOST_OF_EVENT:  # no other station would take it
                raise EnvironmentFault("event_too_large", "这一步的内容过大，无法记录；请缩短文字，或作为附件添加。")
            seq += 1
            hlc = next_hlc(hlc, wall)
            fields = (draft.type, draft.version, draft.actor, draft.role, draft.occurred_on)
            hash_ = digest_of(station, seq, hlc, stream, parents, *fields, basis_json, payload_json, prev_hash)
            envelopes.append(
                Envelope(station, seq, hlc, stream, parents, *fields, draft.basis, draft.payload, prev_hash, hash_)
            )
            records.append(
                (station, seq, hlc, stream, parents_text(parents), *fields, basis_json.decode(),
                 payload_json.decode(), prev_hash, hash_)
            )  # fmt: skip
            heads[stream] = (hash_,)
            prev_hash = hash_
        self._insert(records)
        self.run("INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)", (station, seq, hlc, prev_hash))
        return envelopes

    def _insert(self, records: list[tuple[Any, ...]]) -> None:
        if len(records) == 1:
            self.driver.execute(INSERT, records[0])
        elif records:
            self.driver.executemany(INSERT, records)
        records.clear()

    def heads_of(self, streams: set[str]) -> dict[str, tuple[str, ...]]:
        """:meth:`heads` of many streams at once; the latest in the order of arrival comes first."""
        if len(streams) < 4:
            return {stream: self.heads(stream) for stream in streams}
        wanted = orjson.dumps(sorted(streams)).decode()
        heads: dict[str, tuple[str, ...]] = {
            stream: (latest,) if latest else () for stream, latest in self.rows(_LATEST_OF_MANY, (wanted,))
        }
        for stream, hash_ in self.rows("SELECT stream, hash FROM side_heads ORDER BY stream, hash"):
            if stream in heads:
                heads[stream] = (*heads[stream], hash_)
        return heads

    def _branch(self, stream: str, parents: tuple[str, ...]) -> None:
        """An author who had not seen every head leaves the others standing beside the new event."""
        for parent in parents:
            if self.value("SELECT stream FROM journal WHERE hash = ?", (parent,)) != stream:
                raise ValueError(f"{parent!r} is not an event of stream {stream!r}")
        before = self.heads(stream)
        unseen = [head for head in before if head not in parents]
        if set(before) != set(parents):
            self.run("INSERT OR IGNORE INTO branched VALUES (?)", (stream,))
        self._forget_side_heads(stream)
        self.run_many("INSERT INTO side_heads VALUES (?, ?)", [(stream, head) for head in unseen])

    def _forget_side_heads(self, stream: str) -> None:
        self.run("DELETE FROM side_heads WHERE stream = ?", (stream,))


def opened(row: Sequence[Any]) -> Envelope:
    """The envelope that a journal row holds. DataDamage when its JSON cannot be read."""
    try:
        return Envelope(
            row[0], row[1], row[2], row[3], _parents_of(row[4]), row[5], row[6], row[7], row[8], row[9],
            _basis_of(row[10]), orjson.loads(row[11]), row[12], row[13],
        )  # fmt: skip
    except (orjson.JSONDecodeError, TypeError) as error:
        raise DataDamage([f"站点 {row[0]} 的第 {row[1]} 号记录内容无法读取"]) from error


def parents_text(parents: tuple[str, ...]) -> str:
    return '["' + '","'.join(parents) + '"]' if parents else "[]"


def _parents_of(text: str) -> tuple[str, ...]:
    return (text[2:66],) if len(text) == 68 else tuple(orjson.loads(text))


@lru_cache(maxsize=256)
def _shared_basis(text: str) -> dict[str, str]:
    return orjson.loads(text)  # type: ignore[no-any-return]


def _basis_of(text: str) -> dict[str, str]:
    """Thousands of events share few bases; each gets its own copy, since a caller may keep and change it."""
    return _shared_basis(text).copy()
