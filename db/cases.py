"""The read tables of cases: written beside every event, thrown away and written again from the journal at will."""

from __future__ import annotations

import contextlib
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import orjson
from sqlalchemy import Select, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import sqlite

from db.journal import Reader, Transaction
from db.queues import CaseFilter, Counts, count, counts, keys, page
from db.rows import CaseRow
from db.search import SEARCHED, haystack, pairs
from db.tables import case_states, cases

__all__ = [
    "CaseFilter", "CaseRow", "Counts", "by_intake_keys", "clear_read_tables", "count", "counts", "digest", "find",
    "highest_serial", "keys", "open_cases", "page", "rebuilding", "rows", "state", "states", "update_due", "upsert",
    "upsert_many",
]  # fmt: skip

_DIALECT: Final = sqlite.dialect(paramstyle="qmark")
_LISTED: Final[Select[Any]] = select(literal_column("value")).select_from(func.json_each(bindparam("listed")))
_BY_IDS: Final = str(select(cases).where(cases.c.id.in_(_LISTED)).compile(dialect=_DIALECT))
_BY_KEYS: Final = str(select(cases).where(cases.c.pk.in_(_LISTED)).compile(dialect=_DIALECT))
_NAMES: Final = CaseRow._fields[1:]
_SELECT: Final = str(select(cases).compile(dialect=_DIALECT))
_WITH_STATE: Final = (
    str(select(cases, case_states.c.state).where(cases.c.pk == case_states.c.pk).compile(dialect=_DIALECT)) + " AND "
)
_ALL_WITH_STATE: Final = _WITH_STATE + "cases.pk IN (SELECT value FROM json_each(?))"
_INSERT: Final = str(insert(cases).compile(dialect=_DIALECT))
_PLACE: Final = {name: place for place, name in enumerate(_NAMES)}
_FLAGS: Final = _PLACE["flags"]
_PROCEDURE: Final = _PLACE["procedure"]
_ENDED: Final = _PLACE["ended"]
_COUNT: Final = "INSERT INTO case_tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET cases = cases + excluded.cases"
_SEARCHED: Final = frozenset(SEARCHED)
_CHUNK: Final = 5_000
_READ_TABLES: Final = ("cases", "case_states", "configuration", "case_tally")


def upsert(tx: Transaction, row: Mapping[str, Any], state: bytes) -> int:
    """Writes one case: its row (every column but ``pk``; ``flags`` as a list), its folded state, its search text.

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
    free = 1 + int(tx.value("SELECT coalesce(max(pk), 0) FROM cases")) if len(known) < len(chunk) else 0
    found: list[int] = []
    added, states, words = [], [], []
    tally: Counter[tuple[str, int]] = Counter()
    for row, state in chunk:
        values = _values(row)
        tally[values[_PROCEDURE], values[_ENDED]] += 1
        before = known.get(row["id"])
        if before is None:
            key, free = free, free + 1
            text = haystack(row)
            added.append((key, *values))
            states.append((key, text, state))
            words.append((key, pairs(text)))
        else:
            key = before[0]
            tally[before[1 + _PROCEDURE], before[1 + _ENDED]] -= 1
            _change(tx, before, values, row, state)
        found.append(key)
    if added:
        tx.run_many(_INSERT, added)
        tx.run_many("INSERT INTO case_states VALUES (?, ?, ?)", states)
        tx.run_many("INSERT INTO case_search (rowid, pairs) VALUES (?, ?)", words)
    for (procedure, ended), more in tally.items():
        if more:
            tx.run(_COUNT, (procedure, ended, more))
    return found


def _change(
    tx: Transaction, before: Sequence[Any], values: Sequence[Any], row: Mapping[str, Any], state: bytes
) -> None:
    """Touches only the columns that differ, so that the indexes of the others stay as they are."""
    key = before[0]
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


def update_due(tx: Transaction, dates: Iterable[tuple[int, str | None, bool]]) -> None:
    """(key, due_on, provisional) of cases whose dates moved because a calendar year was loaded."""
    tx.run_many(
        "UPDATE cases SET due_on = ?, provisional = ? WHERE pk = ?",
        ((due_on, provisional, key) for key, due_on, provisional in dates),
    )


def rows(reader: Reader, wanted: Iterable[int]) -> list[CaseRow]:
    """The rows with these keys, in this order; a key that is gone is left out."""
    order = list(wanted)
    by_key = {row[0]: CaseRow._make(row) for row in reader.rows(_BY_KEYS, (orjson.dumps(order).decode(),))}
    return [by_key[key] for key in order if key in by_key]


def find(reader: Reader, text: str) -> CaseRow | None:
    """The case with this matter number, platform number, application number (with or without country code, dot
    or blanks, also in full width) or id. Exact, not a search."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    digits = plain.upper().removeprefix("CN").removeprefix("ZL").replace(".", "")
    for condition, value in (
        ("number", plain),
        ("id", plain),
        ("platform_number", plain),
        ("application_number", digits),
    ):
        found = reader.rows(_FIND[condition], (value,))
        if found:
            return CaseRow._make(found[0])
    return None


_FIND: Final = {
    "number": _SELECT + " WHERE number = ?",
    "id": _SELECT + " WHERE id = ?",
    "platform_number": _SELECT + " WHERE platform_number = ? AND platform_number <> '' ORDER BY pk LIMIT 1",
    "application_number": _SELECT
    + " WHERE replace(application_number, '.', '') = ? AND application_number <> '' ORDER BY pk LIMIT 1",
}


def state(reader: Reader, key: int | str) -> tuple[CaseRow, dict[str, Any]]:
    """A case's row and folded state by key or id. KeyError when there is none."""
    row = reader.row(_WITH_STATE + ("cases.pk = ?" if isinstance(key, int) else "cases.id = ?"), (key,))
    if row is None:
        raise KeyError(key)
    return CaseRow._make(row[:-1]), orjson.loads(row[-1])


def states(reader: Reader, wanted: Sequence[int]) -> list[tuple[CaseRow, dict[str, Any]]]:
    """As :func:`state` for many keys, in their order; a key that is gone is left out."""
    found = {row[0]: row for row in reader.rows(_ALL_WITH_STATE, (orjson.dumps(list(wanted)).decode(),))}
    return [(CaseRow._make(found[key][:-1]), orjson.loads(found[key][-1])) for key in wanted if key in found]


def by_intake_keys(reader: Reader, wanted: Iterable[str]) -> dict[str, int]:
    """Intake key -> case key, for those that are already here."""
    return dict(
        reader.rows(
            "SELECT c.intake_key, c.pk FROM json_each(?) AS wanted JOIN cases AS c ON c.intake_key = wanted.value",
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
    for table in _READ_TABLES:
        tx.run(_CLEAR[table])
    tx.run("INSERT INTO case_search (case_search) VALUES ('delete-all')")


@contextlib.contextmanager
def rebuilding(tx: Transaction) -> Iterator[None]:
    """Empties the read tables and fills them inside the block, without the queues' indexes, which are built at its
    end in one go: about half the time. Queues cannot be asked meanwhile within this transaction."""
    tx.run("PRAGMA secure_delete = OFF")  # wiping encrypted pages that are written anew hides nothing more
    tx.run("PRAGMA cache_size = -256000")  # each index is built from the whole table
    try:
        with _indexes_aside(tx):
            yield
    finally:
        tx.run("PRAGMA cache_size = -64000")
        tx.run("PRAGMA secure_delete = ON")


@contextlib.contextmanager
def _indexes_aside(tx: Transaction) -> Iterator[None]:
    clear_read_tables(tx)
    indexes = tx.rows(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        " AND (name GLOB 'cases_open_*' OR name GLOB 'cases_ended_*') ORDER BY name"
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
}


def digest(reader: Reader) -> str:
    """SHA-256 over all read tables without their keys: equal if and only if two stores show the same."""
    total = hashlib.sha256()
    for statement in (
        _SELECT.replace("cases.pk, ", "", 1) + " ORDER BY id",
        "SELECT c.id, s.haystack, s.state FROM case_states AS s JOIN cases AS c USING (pk) ORDER BY c.id",
        "SELECT * FROM configuration ORDER BY kind, number",
        "SELECT * FROM case_tally WHERE cases > 0 ORDER BY procedure, ended",
    ):
        for row in reader.driver.execute(statement).fetchall():
            total.update(repr(row).encode())
    return total.hexdigest()
