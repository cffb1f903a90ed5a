"""A station's meeting with the hub: a transport, and what only a hub can do (numbers, news of a case, attachments)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from db.faults import EnvironmentFault
from db.hub import connection
from db.hub.schema import VERSION
from db.transport import CHUNK_EVENTS, Fork, Gap, Greeting, Vector, Welcome
from db.wire import EVENTS_IN_BATCH, Batch

if TYPE_CHECKING:
    from psycopg import Connection

    from db.enrolment import Enrolment

_MOST_BYTES: Final = 32 * 2**20  # of packed batches fetched at a time
_PATIENCE: Final = "30min"  # with one attachment, which counts as one statement on however slow a line

_HEADS: Final = "SELECT station, seq, hash FROM kuaishen.vector"
_GREET: Final = "SELECT kuaishen.greet(%s, %s, %s, %s)::text"
_APPEND: Final = (
    "SELECT status, station, seq FROM kuaishen.append("
    "%s::text[], %s::bigint[], %s::bigint[], %s::text[], %b::bytea[], %s::text[], %b::bytea[])"
)
# Stations of which the hub has more than the asker. Worked out first (MATERIALIZED), because behind the barrier of a
# view only plain values are compared by an index.
_WANTED: Final = """WITH wanted AS MATERIALIZED (
    SELECT v.station, coalesce(k.seq, 0) AS known
    FROM kuaishen.vector v LEFT JOIN unnest(%(stations)s::text[], %(seqs)s::bigint[]) AS k (station, seq)
        ON k.station = v.station
    WHERE v.seq > coalesce(k.seq, 0)
)"""
# Which batches, decided by their numbers alone; the packed bodies of those are then fetched. Per station in the order
# of its numbers, over all in the order of arrival, so that causes mostly come before what builds on them.
_PULL: Final = f"""
{_WANTED}, found AS (
    SELECT j.id, j.last - j.first + 1 AS events, j.size
    FROM wanted w CROSS JOIN LATERAL (
        SELECT b.id, b.first, b.last, b.size FROM kuaishen.journal b
        WHERE b.station = w.station AND b.last > w.known AND b.last <= w.known + %(reach)s
        ORDER BY b.last LIMIT %(most)s
    ) j
    ORDER BY j.id LIMIT %(most)s
), counted AS (
    SELECT f.id,
        sum(f.events) OVER before AS events_before,
        sum(f.size) OVER through AS bytes,
        row_number() OVER through AS place
    FROM found f
    WINDOW through AS (ORDER BY f.id), before AS (ORDER BY f.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT b.station, b.first, b.last, b.prev_hash, b.hashes, b.streams, b.body
FROM kuaishen.journal b
WHERE b.id = ANY (ARRAY(
    SELECT c.id FROM counted c
    WHERE coalesce(c.events_before, 0) < %(most)s AND (c.bytes <= %(bytes)s OR c.place = 1)
))
ORDER BY b.id
"""  # noqa: S608 (constants of this file)
_NEWS: Final = f"""
{_WANTED}
SELECT b.station, count(*)
FROM wanted w CROSS JOIN LATERAL (
    SELECT j.station FROM kuaishen.journal j
    WHERE j.station = w.station AND j.last > w.known AND %(stream)s = ANY (j.streams)
) b
GROUP BY b.station
"""  # noqa: S608 (constants of this file)

_REFUSED: Final = {
    "revoked": connection.fault("hub_refused").args[0],
    "foreign": "中心服务器只接受本站点自己的流水，请联系中心管理员核对登记。",
    "shape": "中心服务器认为送去的内容不合格式，没有收下，请升级程序后再同步。",
    "identity": "这份数据的编号已被另一个站点使用，可能是复制来的数据，需要换用新的编号后再同步。",
    "out": "本中心的案号号段已经用完，请联系中心管理员。",
    "size": "附件超过 64 MB，中心服务器不收。",
    "hash": "附件的内容与它的校验值不符，没有送出，请重新添加这个附件。",
}
_CODES: Final = {"revoked": "hub_refused", "identity": "hub_identity", "out": "hub_numbers_out"}


class HubTransport:
    """Implements :class:`db.transport.Transport`. Connects when it is first used; one thread at a time."""

    name = "hub"

    def __init__(self, enrolment: Enrolment, folder: Path) -> None:
        """``folder`` keeps the certificate of the hub's authority (not a secret)."""
        if enrolment.hub is None:
            raise EnvironmentFault("no_hub", "本站点的登记里没有中心服务器，请用交换包与其他站点交换。")
        self._enrolment = enrolment
        self._hub: Mapping[str, Any] = enrolment.hub
        self._folder = folder
        self._open: Connection[Any] | None = None

    def hello(self, greeting: Greeting) -> Welcome:
        """EnvironmentFault "hub_identity" when another log-in already writes as this incarnation."""
        told = orjson.dumps(dict(greeting.vector)).decode()
        row = self._row(_GREET, (greeting.station, greeting.name, list(greeting.own), told))
        answer = orjson.loads(row[0])
        _check(answer["status"])
        if answer["version"] < VERSION or answer["centre"] != self._enrolment.centre_id:
            raise connection.fault("hub_version")
        differing = {station: seq for station, (seq, _) in answer["chains"].items()}
        vector = {station: seq for station, seq in {**greeting.vector, **differing}.items() if seq}
        heads = {station: hash_ for station, (seq, hash_) in answer["chains"].items() if seq}
        same = _agreed(greeting, vector)
        if greeting.heads and answer.get("agreed", same) != same:  # a hub not yet upgraded does not say
            heads |= {station: hash_ for station, seq, hash_ in self._rows(_HEADS, ()) if vector.get(station) == seq}
        return Welcome(
            vector=vector,
            heads=heads,
            epoch=answer["epoch"],
            twin=answer.get("twin", False),
            writable=None if answer["carrier"] else frozenset(answer["writable"]),
            peers={
                station: (name, held, heard_at)
                for station, (name, held, heard_at) in answer["peers"].items()
            },
        )

    def push(self, batches: Sequence[Batch]) -> None:
        """All or none, in one statement, so that a cut leaves nothing half done and a repeat finds it known."""
        if not batches:
            return
        rows = (
            [batch.station for batch in batches],
            [batch.first for batch in batches],
            [batch.last for batch in batches],
            [batch.prev_hash for batch in batches],
            [batch.hashes for batch in batches],
            ["{" + ",".join(map(str, batch.streams)) + "}" for batch in batches],
            [batch.body for batch in batches],
        )
        status, station, seq = self._row(_APPEND, rows)
        if status == "fork":
            raise Fork(station, seq)
        if status == "gap":
            raise Gap
        _check(status)

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        """At most 32 MB are held at a time, or one batch."""
        # No batch is needed of a station before which that station alone has as many events as are asked for.
        bounds = {"most": most, "reach": most + EVENTS_IN_BATCH, "bytes": _MOST_BYTES}
        rows = self._rows(_PULL, {**_columns(vector), **bounds})
        return [
            Batch(station, first, last, prev_hash, hashes, tuple(streams), body)
            for station, first, last, prev_hash, hashes, streams, body in rows
        ]

    def reserve(self, count: int) -> tuple[int, int]:
        """A block of serial numbers for this station alone: (first, last)."""
        status, first, last = self._row("SELECT status, first, last FROM kuaishen.reserve(%s)", (count,))
        _check(status)
        return first, last

    def news(self, stream: int, vector: Vector) -> dict[str, int]:
        """How many batches beyond the vector touch the stream (:func:`db.wire.stream_key`), by station."""
        return dict(self._rows(_NEWS, {**_columns(vector), "stream": stream}))

    def put_blob(self, sha256: bytes, body: bytes) -> None:
        """Hands over an attachment of at most 64 MB; one that is there already is left."""
        self._be_patient()
        _check(self._row("SELECT kuaishen.put_blob(%b, %b)", (sha256, body))[0])

    def get_blob(self, sha256: bytes) -> bytes | None:
        """The attachment, or None when the hub has none with this hash."""
        self._be_patient()
        rows = self._rows("SELECT body FROM kuaishen.attachments WHERE sha256 = %b", (sha256,))
        return rows[0][0] if rows else None

    def lacking(self, hashes: Iterable[bytes]) -> set[bytes]:
        """Those of the hashes of which the hub has no attachment."""
        asked = set(hashes)
        rows = self._rows("SELECT sha256 FROM kuaishen.attachments WHERE sha256 = ANY (%b::bytea[])", (list(asked),))
        return asked - {row[0] for row in rows}

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _be_patient(self) -> None:
        """For the rest of this connection; a line that is dead ends it sooner."""
        self._row("SELECT set_config('statement_timeout', %s, false)", (_PATIENCE,))

    def _row(self, statement: str, values: Any) -> Any:
        return self._rows(statement, values)[0]

    def _rows(self, statement: str, values: Any) -> list[Any]:
        if self._open is None or self._open.closed:
            self._open = connection.open_station(
                self._hub, self._enrolment.login, self._enrolment.password, self._folder
            )
        with connection.speaking(), self._open.cursor(binary=True) as cursor:
            return cursor.execute(statement, values).fetchall()


def _agreed(greeting: Greeting, vector: Vector) -> str:
    """The last events of the stations of which the hub holds as much as the asker, in one word, as the hub makes it."""
    same = sorted(station for station, seq in greeting.vector.items() if seq and vector.get(station) == seq)
    return hashlib.sha256("".join(station + greeting.heads.get(station, "") for station in same).encode()).hexdigest()


def _columns(vector: Vector) -> dict[str, Any]:
    return {"stations": list(vector), "seqs": list(vector.values())}


def _check(status: str) -> None:
    if status != "ok":
        raise EnvironmentFault(_CODES.get(status, f"hub_{status}"), _REFUSED[status])
