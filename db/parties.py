"""The read tables of registered parties and agencies: written beside every event, made again from the journal at will.

A row belongs to one stream; what follows from merging (``root``, standing, what leads the queue) is written for all
who are merged together. Lists and searches are answered here, without folding anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson

from db.journal import Reader, Transaction
from db.search import match_expression, normalised, pairs

_CHUNK: Final = 2_000
_COLUMNS: Final = (
    "id", "root", "kind", "name", "uscc", "code", "region", "tags", "status", "strategic", "listed", "merged_into",
    "marks", "events", "head", "updated_hlc",
)  # fmt: skip
_BESIDE: Final = ("party_states", "party_keys", "party_spans", "party_grounds")  # rows of one party, by its pk


class PartyRow(NamedTuple):
    """One listed party. ``tags`` and ``marks`` are JSON lists; ``standing`` is the status on the day asked for,
    ``since`` and ``until`` (empty when open) bound what gives it. Days are ISO 8601."""

    pk: int
    id: str
    kind: str
    name: str
    uscc: str
    code: str
    region: str
    tags: str
    strategic: int
    marks: str
    root: str
    standing: str
    since: str
    until: str
    reason: str


class PartyCaseRow(NamedTuple):
    """A case of pre-examination that belongs to the party ``root``."""

    root: str
    number: str | None
    title: str
    received_on: str
    accepted_on: str | None
    concluded_on: str | None
    ended_on: str | None
    stage: str


@dataclass(frozen=True, slots=True)
class PartyRecord:
    """Everything that is written of one party. ``row`` holds the columns but ``pk`` (``tags`` and ``marks`` as
    lists); ``keys``: (sort, key, former); ``spans``: (first, last, status, since, until, reason); ``grounds``:
    (kind, id, day)."""

    row: Mapping[str, Any]
    haystack: str
    state: bytes
    keys: Sequence[tuple[str, str, int]]
    spans: Sequence[tuple[str, str, str, str, str, str]]
    grounds: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class PartyFilter:
    """Empty text means any. ``on`` (ISO) is the day of the standing; ``among`` keeps to these roots if it is given."""

    on: str
    kind: str = ""
    status: str = ""
    search: str = ""
    tag: str = ""
    among: Sequence[str] | None = field(default=None)


# ---------------------------------------------------------------- writing
def write(tx: Transaction, records: Iterable[PartyRecord]) -> None:
    """Puts parties in place of what was there of them. A party may occur once per call."""
    iterator = iter(records)
    while chunk := list(islice(iterator, _CHUNK)):
        ids = orjson.dumps([record.row["id"] for record in chunk]).decode()
        known = dict(tx.rows("SELECT id, pk FROM parties WHERE id IN (SELECT value FROM json_each(?))", (ids,)))
        following = 1 + int(tx.value("SELECT coalesce(max(pk), 0) FROM parties"))
        if known:
            _forget(tx, list(known.values()))
        for record in chunk:
            pk = known.get(record.row["id"])
            if pk is None:
                pk, following = following, following + 1
            _insert(tx, pk, record)


def _forget(tx: Transaction, pks: Sequence[int]) -> None:
    wanted = (orjson.dumps(list(pks)).decode(),)
    tx.run("DELETE FROM parties WHERE pk IN (SELECT value FROM json_each(?))", wanted)
    for table in _BESIDE:
        tx.run(_FORGET[table], wanted)
    tx.run("DELETE FROM party_tags WHERE pk IN (SELECT value FROM json_each(?))", wanted)
    tx.run("DELETE FROM party_search WHERE rowid IN (SELECT value FROM json_each(?))", wanted)


_FORGET: Final = {
    "party_states": "DELETE FROM party_states WHERE pk IN (SELECT value FROM json_each(?))",
    "party_keys": "DELETE FROM party_keys WHERE pk IN (SELECT value FROM json_each(?))",
    "party_spans": "DELETE FROM party_spans WHERE pk IN (SELECT value FROM json_each(?))",
    "party_grounds": "DELETE FROM party_grounds WHERE pk IN (SELECT value FROM json_each(?))",
}
_INSERT: Final = f"INSERT INTO parties (pk, {', '.join(_COLUMNS)}) VALUES ({', '.join('?' * (1 + len(_COLUMNS)))})"  # noqa: S608


def _insert(tx: Transaction, pk: int, record: PartyRecord) -> None:
    row = {**record.row, "tags": _json(record.row["tags"]), "marks": _json(record.row["marks"])}
    tx.run(_INSERT, (pk, *(row[name] for name in _COLUMNS)))
    tx.run("INSERT INTO party_states VALUES (?, ?, ?)", (pk, record.haystack, record.state))
    tx.run("INSERT INTO party_search (rowid, pairs) VALUES (?, ?)", (pk, pairs(record.haystack)))
    kind = row["kind"]
    tx.run_many(
        "INSERT OR IGNORE INTO party_keys VALUES (?, ?, ?, ?, ?)",
        [(pk, sort, key, kind, former) for sort, key, former in record.keys],
    )
    tx.run_many("INSERT INTO party_spans VALUES (?, ?, ?, ?, ?, ?, ?)", [(pk, *span) for span in record.spans])
    tx.run_many("INSERT INTO party_grounds VALUES (?, ?, ?, ?)", [(pk, *ground) for ground in record.grounds])
    tx.run_many("INSERT INTO party_tags VALUES (?, ?)", [(tag, pk) for tag in dict.fromkeys(record.row["tags"])])


def clear(tx: Transaction) -> None:
    """Empties what a rebuild fills again."""
    for statement in (
        "DELETE FROM parties", "DELETE FROM party_states", "DELETE FROM party_keys", "DELETE FROM party_spans",
        "DELETE FROM party_grounds", "DELETE FROM party_tags",
        "INSERT INTO party_search (party_search) VALUES ('delete-all')",
    ):  # fmt: skip
        tx.run(statement)


# ---------------------------------------------------------------- one party
_STORED: Final = (
    "SELECT p.id, s.state, p.head, p.updated_hlc FROM json_each(?) AS wanted CROSS JOIN parties AS p"
    " ON p.id = wanted.value JOIN party_states AS s USING (pk)"
)


def stored(reader: Reader, ids: Iterable[str]) -> dict[str, tuple[bytes, str, int]]:
    """id -> (state folded from its own stream, head, clock), of those that are there."""
    return {row[0]: row[1:] for row in reader.rows(_STORED, (_json(list(ids)),))}


def stored_groups(reader: Reader, roots: Iterable[str]) -> list[tuple[str, str, bytes]]:
    """(root, id, state folded from its own stream) of these roots and of all that were merged into them."""
    return reader.rows(
        "SELECT p.root, p.id, s.state FROM json_each(?) AS wanted CROSS JOIN parties AS p ON p.root = wanted.value"
        " JOIN party_states AS s USING (pk) ORDER BY p.root, p.id",
        (_json(list(roots)),),
    )


def merged_with(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """id -> id into which it was merged (empty: into none), of all who are connected with these by merging."""
    return dict(
        reader.rows(
            "WITH RECURSIVE linked (id) AS (SELECT value FROM json_each(?)"
            " UNION SELECT p.merged_into FROM linked JOIN parties AS p ON p.id = linked.id WHERE p.merged_into <> ''"
            " UNION SELECT p.id FROM linked JOIN parties AS p ON p.merged_into = linked.id WHERE p.merged_into <> '')"
            " SELECT p.id, p.merged_into FROM linked JOIN parties AS p ON p.id = linked.id",
            (_json(list(ids)),),
        )
    )


def root_of(reader: Reader, id_: str) -> str | None:
    """Id of the party that stands for this one; None when there is no such party."""
    found = reader.value("SELECT root FROM parties WHERE id = ?", (id_,))
    return None if found is None else str(found)


def heading(reader: Reader, id_: str) -> tuple[str, str]:
    """(head, name) of one party. KeyError when there is none."""
    row = reader.row("SELECT head, name FROM parties WHERE id = ?", (id_,))
    if row is None:
        raise KeyError(id_)
    return row[0], row[1]


def by_keys(reader: Reader, kind: str, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str, str, str, int]]:
    """(sort, key, id, root, former) of all who have one of these keys; ``kind`` empty means any. Those who have it now
    come before those who had it once, equals in the order of their ids."""
    return reader.rows(_BY_KEYS, (_json([list(key) for key in keys]), _json([kind] if kind else list(_KINDS))))


_KINDS: Final = ("主体", "代理机构")
# CROSS JOIN keeps the order in which the tables are looked at: wanted keys first, whatever the planner would guess.
_BY_KEYS: Final = (
    "SELECT k.sort, k.key, p.id, p.root, k.former FROM json_each(?1) AS wanted CROSS JOIN json_each(?2) AS kinds"
    " CROSS JOIN party_keys AS k ON k.kind = kinds.value AND k.sort = wanted.value ->> 0"
    " AND k.key = wanted.value ->> 1 JOIN parties AS p ON p.pk = k.pk ORDER BY k.former, p.id"
)


# ---------------------------------------------------------------- lists
_LISTED: Final = (
    "SELECT p.pk, p.id, p.kind, p.name, p.uscc, p.code, p.region, p.tags, p.strategic, p.marks, p.root,"
    " s.status, s.since, s.until, s.reason FROM parties AS p JOIN party_spans AS s"
    " ON s.pk = p.pk AND s.first <= :on AND s.last >= :on"
)
_COUNTED: Final = (
    "SELECT count(*) FROM parties AS p JOIN party_spans AS s ON s.pk = p.pk AND s.first <= :on AND s.last >= :on"
)
_TERMS: Final = {
    "kind": "p.kind = :kind",
    "status": "s.status = :status",
    "tag": "p.pk IN (SELECT pk FROM party_tags WHERE tag = :tag)",
    "among": "p.id IN (SELECT value FROM json_each(:among))",
    "search": "p.pk IN (SELECT rowid FROM party_search WHERE party_search MATCH :match)"
    " AND instr((SELECT haystack FROM party_states WHERE pk = p.pk), :search) > 0",
}
_ORDER: Final = " ORDER BY p.strategic DESC, p.name, p.pk LIMIT :limit OFFSET :offset"


def page(reader: Reader, query: PartyFilter, limit: int = -1, offset: int = 0) -> list[PartyRow]:
    """Roots in the order of the list: strategic parties first, then by name. ``limit`` -1: all."""
    where, values = _where(query)
    statement = f"{_LISTED} WHERE {where}{_ORDER}"
    return [PartyRow._make(row) for row in reader.rows(statement, {**values, "limit": limit, "offset": offset})]


def count(reader: Reader, query: PartyFilter) -> int:
    where, values = _where(query)
    return int(reader.value(f"{_COUNTED} WHERE {where}", values))


def _where(query: PartyFilter) -> tuple[str, dict[str, Any]]:
    """The condition, put together of whitelisted terms alone."""
    needle = normalised(query.search)
    values: dict[str, Any] = {"on": query.on}
    given: dict[str, Any] = {"kind": query.kind, "status": query.status, "tag": query.tag, "search": needle}
    if query.among is not None:
        given["among"] = _json(list(query.among))
    if needle:
        values["match"] = match_expression(needle)
    given = {name: value for name, value in given.items() if value}
    return " AND ".join(["p.listed = 1", *(_TERMS[name] for name in given)]), {**values, **given}


def duplicates(reader: Reader) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(kind, uscc, [(id, name), ...]) of listed parties that share a 统一社会信用代码."""
    rows = reader.rows(
        "SELECT p.kind, p.uscc, p.id, p.name FROM parties AS p JOIN (SELECT kind, uscc FROM parties"
        " WHERE listed = 1 AND uscc <> '' GROUP BY kind, uscc HAVING count(*) > 1) AS twice"
        " ON p.kind = twice.kind AND p.uscc = twice.uscc WHERE p.listed = 1 AND p.uscc <> ''"
        " ORDER BY p.kind, p.uscc, p.id"
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for kind, uscc, id_, name in rows:
        found.setdefault((kind, uscc), []).append((id_, name))
    return [(kind, uscc, members) for (kind, uscc), members in found.items()]


def strategic_among(reader: Reader, keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of these (sort, key) that :func:`strategic_keys` holds."""
    return reader.rows(
        "SELECT DISTINCT k.sort, k.key FROM json_each(?) AS wanted CROSS JOIN party_keys AS k ON k.kind = '主体'"
        " AND k.sort = wanted.value ->> 0 AND k.key = wanted.value ->> 1 JOIN parties AS p ON p.pk = k.pk"
        " JOIN parties AS r ON r.id = p.root WHERE r.strategic = 1 AND r.listed = 1",
        (_json([list(key) for key in keys]),),
    )


def strategic_keys(reader: Reader) -> list[tuple[str, str]]:
    """(sort, key) with sort uscc or spelling, of every party whose root leads the queue."""
    return reader.rows(
        "SELECT DISTINCT k.sort, k.key FROM parties AS r CROSS JOIN parties AS p ON p.root = r.id"
        " CROSS JOIN party_keys AS k ON k.pk = p.pk WHERE r.strategic = 1 AND r.listed = 1 AND p.kind = '主体'"
        " AND k.sort IN ('uscc', 'spelling')"
    )


# ---------------------------------------------------------------- their cases
_CASE: Final = "c.number, c.title, c.received_on, c.accepted_on, c.concluded_on, c.ended_on, c.stage"
_CASES: Final = (
    f"SELECT p.root, c.pk, {_CASE} FROM json_each(?1) AS w CROSS JOIN parties AS p ON p.root = w.value"  # noqa: S608
    " CROSS JOIN party_keys AS k ON k.pk = p.pk AND k.sort = 'uscc'"
    " CROSS JOIN cases AS c ON c.uscc = k.key AND c.uscc <> ''"
    " WHERE p.kind = '主体' AND c.procedure = 'preexam' AND c.contested = 0"
    f" UNION SELECT p.root, c.pk, {_CASE} FROM json_each(?1) AS w CROSS JOIN parties AS p ON p.root = w.value"
    " CROSS JOIN party_keys AS k ON k.pk = p.pk AND k.sort = 'spelling' CROSS JOIN cases AS c ON c.party = k.key"
    " WHERE p.kind = '主体' AND c.procedure = 'preexam' AND c.contested = 0 AND NOT EXISTS"
    " (SELECT 1 FROM party_keys AS u WHERE u.kind = '主体' AND u.sort = 'uscc' AND u.key = c.uscc AND u.key <> '')"
    f" UNION SELECT p.root, c.pk, {_CASE} FROM json_each(?1) AS w CROSS JOIN parties AS p ON p.root = w.value"
    " CROSS JOIN party_keys AS k ON k.pk = p.pk AND k.sort = 'spelling' CROSS JOIN cases AS c"
    " ON c.agency = k.key AND c.agency <> ''"
    " WHERE p.kind = '代理机构' AND c.procedure = 'preexam' AND c.contested = 0"
    " ORDER BY 1, 5, 3"
)


def cases_of(reader: Reader, roots: Iterable[str]) -> dict[str, list[PartyCaseRow]]:
    """root -> its cases of pre-examination by the day they came in: by 统一社会信用代码, else by name. A case that
    waits for a decision is not counted."""
    wanted = list(roots)
    found: dict[str, list[PartyCaseRow]] = {root: [] for root in wanted}
    for root, _, *rest in reader.rows(_CASES, (_json(wanted),)):
        found[root].append(PartyCaseRow(root, *rest))
    return found


def with_grounds(reader: Reader, kinds: Iterable[str], since: str) -> set[str]:
    """Roots of parties with a ground of one of these kinds on or after a day."""
    return {
        row[0]
        for row in reader.rows(
            "SELECT DISTINCT p.root FROM json_each(?) AS w CROSS JOIN party_grounds AS g ON g.kind = w.value"
            " AND g.day >= ? JOIN parties AS p ON p.pk = g.pk",
            (_json(list(kinds)), since),
        )
    }


_IN_STAGE: Final = (
    "SELECT uscc, party, agency FROM cases INDEXED BY cases_ended_stage"
    " WHERE procedure = 'preexam' AND ended = 1 AND stage = ? AND ended_on >= ? AND contested = 0"
)


_ROOTS_BY_KEYS: Final = (
    "SELECT p.root, w.value ->> 3 FROM json_each(?) AS w CROSS JOIN party_keys AS k ON k.kind = w.value ->> 0"
    " AND k.sort = w.value ->> 1 AND k.key = w.value ->> 2 JOIN parties AS p ON p.pk = k.pk"
)


def with_cases_in(reader: Reader, stage: str, since: str, least: int) -> set[str]:
    """Roots that may have at least so many cases that ended in a stage on or after a day."""
    tally: dict[tuple[str, str, str], int] = {}
    for uscc, party, agency in reader.rows(_IN_STAGE, (stage, since)):
        for key in (("主体", "uscc", uscc), ("主体", "spelling", party), ("代理机构", "spelling", agency)):
            if key[2]:
                tally[key] = tally.get(key, 0) + 1
    wanted = [[*key, n] for key, n in tally.items()]
    totals: dict[str, int] = {}
    for root, n in reader.rows(_ROOTS_BY_KEYS, (_json(wanted),)):
        totals[root] = totals.get(root, 0) + int(n)
    return {root for root, n in totals.items() if n >= least}


# ---------------------------------------------------------------- comparing
def kept(reader: Reader, kind: str) -> bool:
    """Whether anybody of this kind is registered."""
    return bool(reader.value("SELECT EXISTS (SELECT 1 FROM parties WHERE kind = ?)", (kind,)))


def code_of(reader: Reader, id_: str) -> str:
    """The code under which the party is registered here; empty for none."""
    return str(reader.value("SELECT code FROM parties WHERE id = ?", (id_,)) or "")


def digest(reader: Reader) -> str:
    """SHA-256 over these tables without their keys: equal if and only if two stores show the same parties."""
    total = hashlib.sha256()
    columns = ", ".join(f"p.{name}" for name in _COLUMNS)
    for statement in (
        f"SELECT {columns}, s.haystack, s.state FROM parties AS p JOIN party_states AS s USING (pk) ORDER BY p.id",  # noqa: S608
        "SELECT p.id, k.sort, k.key, k.kind, k.former FROM parties AS p JOIN party_keys AS k USING (pk)"
        " ORDER BY p.id, k.sort, k.key",
        "SELECT p.id, s.first, s.last, s.status, s.since, s.until, s.reason FROM parties AS p"
        " JOIN party_spans AS s USING (pk) ORDER BY p.id, s.first",
        "SELECT p.id, g.kind, g.id, g.day FROM parties AS p JOIN party_grounds AS g USING (pk)"
        " ORDER BY p.id, g.kind, g.id",
        "SELECT p.id, t.tag FROM parties AS p JOIN party_tags AS t USING (pk) ORDER BY p.id, t.tag",
    ):
        for row in reader.driver.execute(statement).fetchall():
            total.update(repr(row).encode())
    return total.hexdigest()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
