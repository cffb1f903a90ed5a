"""Published configuration documents: fields, limits, calendars, texts. Numbered per kind, never replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from db.journal import Reader, Transaction


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """One document as published; ``hash`` is that of the event that published it. Dates are ISO 8601."""

    kind: str
    number: int
    published_on: str
    actor: str
    basis: str
    checked_on: str
    status: str
    valid_from: str
    document: Mapping[str, Any]
    hash: str


def put(tx: Transaction, row: ConfigurationRow) -> None:
    """Adds a document. Its identity is the event that published it: two stations may have given one number twice."""
    tx.run(
        "INSERT INTO configuration (kind, number, published_on, actor, basis, checked_on, status, valid_from,"
        " document, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row.kind, row.number, row.published_on, row.actor, row.basis, row.checked_on, row.status, row.valid_from,
         orjson.dumps(row.document, option=orjson.OPT_SORT_KEYS).decode(), row.hash),
    )  # fmt: skip


def documents(reader: Reader, kind: str = "") -> list[ConfigurationRow]:
    """All documents of a kind (or of every kind), oldest first; those with one number by their hashes."""
    rows = reader.rows(
        "SELECT kind, number, published_on, actor, basis, checked_on, status, valid_from, document, hash"
        " FROM configuration WHERE ? IN ('', kind) ORDER BY kind, number, hash",
        (kind,),
    )
    return [_opened(row) for row in rows]


def count(reader: Reader) -> int:
    """How many documents were published; from one commit to the next it never shrinks."""
    return int(reader.value("SELECT count(*) FROM configuration"))


def latest_number(reader: Reader, kind: str) -> int:
    """The highest number of a kind, 0 when nothing was published."""
    return int(reader.value("SELECT coalesce(max(number), 0) FROM configuration WHERE kind = ?", (kind,)))


def _opened(row: Sequence[Any]) -> ConfigurationRow:
    facts = dict(zip(ConfigurationRow.__slots__, row, strict=True))
    return ConfigurationRow(**{**facts, "document": orjson.loads(facts["document"])})
