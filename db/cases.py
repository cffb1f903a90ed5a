"""The read tables of cases: written beside every event, thrown away and written again from the journal at will."""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Select, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import sqlite

from db.journal import Reader, Transaction
from db.queues import CaseFilter, Counts, count, counts, keys, page
from db.rows import CaseRow
from db.search import SEARCHED, haystack, pairs
from db.tables import case_states, cases

__all__ = [
    "CaseFilter", "CaseRow", "Counts", "Doubles", "by_intake_keys", "clear_read_tables", "contested", "count", "counts",
    "digest", "doubles", "find", "find_all", "highest_serial", "keys", "open_cases", "page",
    "rebuilding", "rows", "state", "states", "states_by_ids", "upsert", "upsert_many",
]  # fmt: skip

_DIALECT: Final = sqlite.dialect(paramstyle="qmark")
_LISTED: Final[Select[Any]] = select(literal_column("value")).select_from(func.json_each(bindparam("listed")))
_BY_IDS: Final = str(select(cases).where(cases.c.id.in_(_LISTED)).compile(dialect=_DIALECT))
_BY_KEYS: Final = str(select(cases).where(cases.c.pk.in_(_LISTED)).compile(dialect=_DIALECT))
_NAMES: Final = CaseRow._fields[1:]
_SELECT: Final = str(select(cases).compile(dialect=_DIALECT))
_WITH_STATE: Final = select(cases, case_states.c.state).where(cases.c.pk == case_states.c.pk)
_STATE_BY_KEY: Final = str(_WITH_STATE.where(cases.c.pk == bindparam("key")).compile(dialect=_DIALECT))
_STATE_BY_ID: Final = str(_WITH_STATE.where(cases.c.id == bindparam("key")).compile(dialect=_DIALECT))
_STATES_BY_KEYS: Final = str(_WITH_STATE.where(cases.c.pk.in_(_LISTED)).compile(dialect=_DIALECT))
_INSERT: Final = str(insert(cases).compile(dialect=_DIALECT))
_PLACE: Final = {name: place for place, name in enumerate(_NAMES)}
_FLAGS: Final = _PLACE["flags"]
_PROCEDURE: Final = _PLACE["procedure"]
_ENDED: Final = _PLACE["ended"]
_TALLY: Final = "INSERT INTO case_tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET cases = cases + excluded.cases"
_SEARCHED: Final = frozenset(SEARCHED)
_CHUNK: Final = 5_000


class Doubles(NamedTuple):
    """Matter numbers and intake keys that more than one case has."""

    number: frozenset[str]
    intake_key: frozenset[str]


def upsert(tx: Transaction, row: Mapping[str, Any], state: bytes) -> int:
    """Writes one case: its row (every column but ``pk``; ``flags`` as a list; ``refs``: name -> number of another
    case), its folded state, its search text.

    Returns the key, which stays the same as long as the read tables are not rebuilt.
    """
    return upsert_many(tx, [(row, state)])[0]


def upsert_many(tx: Transaction, items: Iterable[tuple[Mapping[str, Any], bytes]]) -> list[int]:
    """As :func:`upsert` for many. A case may occur once per call; keys are returned in the order given."""
    found: list[int] = []
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        found += _upsert_chunk(tx, chunk)
    return found


def _upsert_chunk(tx: Transaction, chunk: Sequence[tuple[Mapping[str, Any], bytes]]) -> list[int]:
    known = _known(tx, [row["id"] for row, _ in chunk])
    added = iter(_add(tx, [(row, state) for row, state in chunk if row["id"] not in known]))
    found: list[int] = []
    tally: Counter[tuple[str, int]] = Counter()
    touched: dict[str, set[str]] = {name: set() for name in _FIND_DOUBLES}
    for row, state in chunk:
        before = known.get(row["id"])
        if before is not None:
            values = _values(row)
            tally[values[_PROCEDURE], values[_ENDED]] += 1
            tally[before[1 + _PROCEDURE], before[1 + _ENDED]] -= 1
            _change(tx, before, values, row, state)
        found.append(next(added) if before is None else before[0])
        for name, marks in touched.items():
            old = None if before is None else before[1 + _PLACE[name]]
            if old != row[name]:
                marks.update(filter(None, (old, row[name])))
    _count(tx, tally)
    for name, marks in touched.items():
        if marks:
            wanted = orjson.dumps(list(marks)).decode()
            tx.run(_FORGET_DOUBLES, (name, wanted))
            tx.run(_FIND_DOUBLES[name], (wanted,))
    return found


def _add(tx: Transaction, chunk: Sequence[tuple[Mapping[str, Any], bytes]]) -> range:
    """Writes cases that are not there yet; their keys."""
    if not chunk:
        return range(0)
    first = 1 + int(tx.value("SELECT coalesce(max(pk), 0) FROM cases"))
    added, states, words = [], [], []
    tally: Counter[tuple[str, int]] = Counter()
    for key, (row, state) in enumerate(chunk, first):
        values = _values(row)
        tally[values[_PROCEDURE], values[_ENDED]] += 1
        text = haystack(row)
        added.append((key, *values))
        states.append((key, text, state))
        words.append((key, pairs(text)))
    tx.run_many(_INSERT, added)
    tx.run_many("INSERT INTO case_states VALUES (?, ?, ?)", states)
    tx.run_many("INSERT INTO case_search (rowid, pairs) VALUES (?, ?)", words)
    for row, _ in chunk:
        _refer(tx, row)
    _count(tx, tally)
    return range(first, first + len(chunk))


def _refer(tx: Transaction, row: Mapping[str, Any]) -> None:
    named = [(row["id"], name, number) for name, number in row["refs"].items() if number]
    if named:
        tx.run_many("INSERT INTO case_refs VALUES (?, ?, ?)", named)


def _count(tx: Transaction, tally: Mapping[tuple[str, int], int]) -> None:
    for (procedure, ended), more in tally.items():
        if more:
            tx.run(_TALLY, (procedure, ended, more))


def _change(
    tx: Transaction, before: Sequence[Any], values: Sequence[Any], row: Mapping[str, Any], state: bytes
) -> None:
    """Touches only the columns that differ, so that the indexes of the others stay as they are."""
    key = before[0]
    tx.run("DELETE FROM case_refs WHERE case_id = ?", (row["id"],))  # a dispute may leave a case naming no other
    _refer(tx, row)
    moved = tuple(name for name, old, new in zip(_NAMES, before[1:], values, strict=True) if old != new)
    if moved:
        tx.run(_update(moved), (*(values[_PLACE[name]] for name in moved), key))
    if _SEARCHED.isdisjoint(moved):
        tx.run("UPDATE case_states SET state = ? WHERE pk = ?", (state, key))
    else:
        text = haystack(row)
        tx.run("UPDATE case_states SET haystack = ?, state = ? WHERE pk = ?", (text, state, key))
        tx.run("INSERT OR REPLACE INTO case_search (rowid, pairs) VALUES (?, ?)", (key, pairs(text)))


@lru_cache(maxsize=512)
def _update(names: tuple[str, ...]) -> str:
    statement = update(cases).where(cases.c.pk == bindparam("key")).values({name: bindparam(name) for name in names})
    return str(statement.compile(dialect=_DIALECT))


def _known(tx: Transaction, ids: Sequence[str]) -> dict[str, Sequence[Any]]:
    if len(ids) == 1:
        found = tx.rows(_SELECT + " WHERE cases.id = ?", ids)
    else:
        wanted = orjson.dumps(ids).decode()
        found = tx.rows(_BY_IDS, (wanted,))
    return {row[1]: row for row in found}


def _values(row: Mapping[str, Any]) -> list[Any]:
    values = [row[name] for name in _NAMES]
    values[_FLAGS] = orjson.dumps(values[_FLAGS]).decode()
    values[_ENDED] = int(values[_ENDED])
    return values


def rows(reader: Reader, wanted: Iterable[int]) -> list[CaseRow]:
    """The rows with these keys, in this order; a key that is gone is left out."""
    order = list(wanted)
    by_key = {row[0]: CaseRow._make(row) for row in reader.rows(_BY_KEYS, (orjson.dumps(order).decode(),))}
    return [by_key[key] for key in order if key in by_key]


def find(reader: Reader, text: str) -> CaseRow | None:
    """The first of :func:`find_all`."""
    return next(iter(find_all(reader, text)), None)


def find_all(reader: Reader, text: str) -> list[CaseRow]:
    """The cases with this matter number, platform number, application number (with or without country code, dot
    or blanks, also in full width) or id. Exact, not a search; more than one only where two cases share a number.

    Matter numbers come first; equals follow in the order of their ids, whatever the order in which they arrived."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    digits = plain.upper().removeprefix("CN").removeprefix("ZL").replace(".", "")
    found: dict[str, CaseRow] = {}
    for condition, value in (
        ("number", plain),
        ("id", plain),
        ("platform_number", plain),
        ("application_number", digits),
    ):
        for row in map(CaseRow._make, reader.rows(_FIND[condition], (value,))):
            found.setdefault(row.id, row)
    return list(found.values())


_FIND: Final = {
    "number": _SELECT + " WHERE number = ? ORDER BY id LIMIT 100",
    "id": _SELECT + " WHERE id = ?",
    "platform_number": _SELECT + " WHERE platform_number = ? AND platform_number <> '' ORDER BY id LIMIT 100",
    "application_number": _SELECT
    + " WHERE replace(application_number, '.', '') = ? AND application_number <> '' ORDER BY id LIMIT 100",
}


def doubles(reader: Reader, wanted: Iterable[CaseRow]) -> Doubles:
    """Which of these cases' matter numbers and intake keys another case has too."""
    if not reader.value("SELECT EXISTS (SELECT 1 FROM case_doubles)"):
        return Doubles(frozenset(), frozenset())
    rows = list(wanted)

    def held_twice(name: str, values: list[str | None]) -> frozenset[str]:
        return frozenset(row[0] for row in reader.rows(_DOUBLED, (name, orjson.dumps(values).decode())))

    return Doubles(
        held_twice("number", [row.number for row in rows]), held_twice("intake_key", [row.intake_key for row in rows])
    )


_DOUBLED: Final = "SELECT value FROM case_doubles WHERE name = ? AND value IN (SELECT value FROM json_each(?))"
_FORGET_DOUBLES: Final = "DELETE FROM case_doubles WHERE name = ? AND value IN (SELECT value FROM json_each(?))"
_FIND_DOUBLES: Final = {
    "number": "INSERT INTO case_doubles SELECT 'number', number FROM cases"
    " WHERE number IN (SELECT value FROM json_each(?)) GROUP BY number HAVING count(*) > 1",
    "intake_key": "INSERT INTO case_doubles SELECT 'intake_key', intake_key FROM cases"
    " WHERE intake_key IN (SELECT value FROM json_each(?)) GROUP BY intake_key HAVING count(*) > 1",
}
_FIND_ALL_DOUBLES: Final = (
    "INSERT INTO case_doubles SELECT 'number', number FROM cases"
    " WHERE number IS NOT NULL GROUP BY number HAVING count(*) > 1",
    "INSERT INTO case_doubles SELECT 'intake_key', intake_key FROM cases"
    " WHERE intake_key IS NOT NULL GROUP BY intake_key HAVING count(*) > 1",
)


def state(reader: Reader, key: int | str) -> tuple[CaseRow, dict[str, Any]]:
    """A case's row and folded state by key or id. KeyError when there is none."""
    row = reader.row(_STATE_BY_KEY if isinstance(key, int) else _STATE_BY_ID, (key,))
    if row is None:
        raise KeyError(key)
    return CaseRow._make(row[:-1]), orjson.loads(row[-1])


def states(reader: Reader, wanted: Sequence[int]) -> list[tuple[CaseRow, dict[str, Any]]]:
    """As :func:`state` for many keys, in their order; a key that is gone is left out."""
    found = {row[0]: row for row in reader.rows(_STATES_BY_KEYS, (orjson.dumps(list(wanted)).decode(),))}
    return [(CaseRow._make(found[key][:-1]), orjson.loads(found[key][-1])) for key in wanted if key in found]


def states_by_ids(reader: Reader, wanted: Sequence[str]) -> dict[str, bytes]:
    """id -> folded state as stored, of the cases that are there."""
    return dict(
        reader.rows(
            "SELECT c.id, s.state FROM json_each(?) AS wanted JOIN cases AS c ON c.id = wanted.value"
            " JOIN case_states AS s ON s.pk = c.pk",
            (orjson.dumps(list(wanted)).decode(),),
        )
    )


def by_intake_keys(reader: Reader, wanted: Iterable[str]) -> dict[str, int]:
    """Intake key -> case key, for those that are already here; of two cases with one key the one opened first."""
    return dict(
        reader.rows(
            "SELECT c.intake_key, c.pk FROM json_each(?) AS wanted JOIN cases AS c ON c.intake_key = wanted.value"
            " ORDER BY c.id DESC",
            (orjson.dumps(list(wanted)).decode(),),
        )
    )


def highest_serial(reader: Reader, prefix: str) -> int:
    """The highest number that follows ``prefix`` in any matter number, 0 when there is none."""
    return int(
        reader.value(
            "SELECT coalesce(max(CAST(substr(number, ?1) AS INTEGER)), 0) FROM cases"
            " WHERE number >= ?2 AND number < ?3",
            (len(prefix) + 1, prefix, prefix + "\U0010ffff"),
        )
    )


def contested(reader: Reader) -> list[CaseRow]:
    """The cases that wait for a decision, oldest first."""
    rows = reader.rows(_SELECT + " INDEXED BY cases_contested WHERE contested = 1 ORDER BY procedure, pk")
    return [CaseRow._make(row) for row in rows]


def open_cases(reader: Reader) -> Iterator[tuple[int, dict[str, Any]]]:
    """(key, state) of every case that has not ended, for recomputing dates."""
    wanted = [row[0] for row in reader.rows("SELECT pk FROM cases WHERE ended = 0 ORDER BY procedure, due_on, pk")]
    for start in range(0, len(wanted), _CHUNK):
        part = orjson.dumps(wanted[start : start + _CHUNK]).decode()
        for key, state in reader.rows(
            "SELECT s.pk, s.state FROM json_each(?) AS wanted JOIN case_states AS s ON s.pk = wanted.value", (part,)
        ):
            yield key, orjson.loads(state)


def clear_read_tables(tx: Transaction) -> None:
    """Empties what a rebuild fills again. The journal and what belongs to this workstation stay."""
    for table in _CLEAR:
        tx.run(_CLEAR[table])
    tx.run("INSERT INTO case_search (case_search) VALUES ('delete-all')")


@contextlib.contextmanager
def rebuilding(tx: Transaction) -> Iterator[Callable[[Sequence[tuple[Mapping[str, Any], bytes]]], object]]:
    """Empties the read tables and gives what fills them inside the block, each case once, without the queues'
    indexes, which are built at its end in one go: about half the time. Nothing can be asked of them meanwhile."""
    tx.run("PRAGMA secure_delete = OFF")  # wiping encrypted pages that are written anew hides nothing more
    tx.run("PRAGMA cache_size = -256000")  # each index is built from the whole table
    try:
        with _indexes_aside(tx):
            yield lambda chunk: _add(tx, chunk)
        for statement in _FIND_ALL_DOUBLES:
            tx.run(statement)
    finally:
        tx.run("PRAGMA cache_size = -64000")
        tx.run("PRAGMA secure_delete = ON")


@contextlib.contextmanager
def _indexes_aside(tx: Transaction) -> Iterator[None]:
    clear_read_tables(tx)
    indexes = tx.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        " AND tbl_name = 'cases' AND sql IS NOT NULL ORDER BY name"
    )
    for name, _ in indexes:
        tx.run(f"DROP INDEX {name}")
    yield
    for _, statement in indexes:
        tx.run(statement)


_CLEAR: Final = {
    "cases": "DELETE FROM cases",
    "case_states": "DELETE FROM case_states",
    "configuration": "DELETE FROM configuration",
    "case_tally": "DELETE FROM case_tally",
    "case_doubles": "DELETE FROM case_doubles",
    "case_refs": "DELETE FROM case_refs",
}


def digest(reader: Reader) -> str:
    """SHA-256 over all read tables without their keys: equal if and only if two stores show the same."""
    total = hashlib.sha256()
    for statement in (
        _SELECT.replace("cases.pk, ", "", 1) + " ORDER BY id",
        "SELECT c.id, s.haystack, s.state FROM case_states AS s JOIN cases AS c USING (pk) ORDER BY c.id",
        "SELECT * FROM configuration ORDER BY kind, number, hash",
        "SELECT * FROM case_doubles ORDER BY name, value",
        "SELECT * FROM case_refs ORDER BY case_id, name",
        "SELECT * FROM case_tally WHERE cases > 0 ORDER BY procedure, ended",
    ):
        for row in reader.driver.execute(statement).fetchall():
            total.update(repr(row).encode())
    return total.hexdigest()
