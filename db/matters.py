"""What belongs together: the cases of one record, of one party, those that name each other; and who leads the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from db.cases import find, rows
from db.journal import Reader, Transaction
from db.queues import ORDINARY, STRATEGIC
from db.rows import CaseRow
from db.tables import cases

Parties = tuple[Sequence[str], Sequence[str]]  # codes, names
Named = tuple[str, CaseRow]  # the fact that names it, and the case
_SELECT: Final = str(select(cases).compile(dialect=sqlite.dialect(paramstyle="qmark")))


def of_matter(reader: Reader, matter: str) -> list[CaseRow]:
    """The cases of one record in the order in which they were opened; the one that began it is among them."""
    found = reader.rows(_SELECT + " WHERE matter = ? ORDER BY received_on, id", (matter,))
    return [CaseRow._make(row) for row in found]


def of_party(reader: Reader, uscc: str, party: str, limit: int) -> list[CaseRow]:
    """Cases of one party by its code, or by its name where there is none; the newest first."""
    found = reader.rows(
        "SELECT pk, received_on, id FROM cases WHERE uscc = ?1 AND uscc <> '' UNION"
        " SELECT pk, received_on, id FROM cases WHERE party = ?2 ORDER BY 2 DESC, 3 DESC LIMIT ?3",
        (uscc, party, limit),
    )
    return rows(reader, [key for key, _, _ in found])


def references(reader: Reader, case_id: str, number: str) -> tuple[list[Named], list[Named]]:
    """(fact name, case) of those that this case names, and of those that name it."""
    told = reader.rows("SELECT name, number FROM case_refs WHERE case_id = ? ORDER BY name", (case_id,))
    by = reader.rows("SELECT name, case_id FROM case_refs WHERE number = ? ORDER BY case_id, name", (number,))
    named = [(name, row) for name, ref in told if (row := find(reader, ref)) is not None]
    naming = [(name, row) for name, other in by if (row := find(reader, other)) is not None]
    return named, naming


def relead(tx: Transaction, touched: Parties, leading: Parties) -> int:
    """Puts the cases of parties that were touched (codes, names) where they belong in the queue, now that those in
    ``leading`` (codes, names) come first. Answers how many cases moved."""
    codes, names = (orjson.dumps(list(part)).decode() for part in touched)
    found = tx.rows(
        "SELECT pk, uscc, party, lead FROM cases WHERE pk IN (SELECT pk FROM cases WHERE uscc <> '' AND uscc IN"
        " (SELECT value FROM json_each(?1)) UNION SELECT pk FROM cases WHERE party IN"
        " (SELECT value FROM json_each(?2)))",
        (codes, names),
    )
    moved = 0
    for key, uscc, party, lead in found:
        first = STRATEGIC if (uscc and uscc in leading[0]) or party in leading[1] else ORDINARY
        if not lead.startswith(first):
            tx.run("UPDATE cases SET lead = ? WHERE pk = ?", (first + lead[1:], key))
            moved += 1
    return moved
