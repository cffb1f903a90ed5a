"""One record, one number (一事一号): the cases of one party's one technical solution, and the number over them.

The number comes from the case that began the record, so nothing has to be handed out, and stations that never met
cannot give out the same one twice.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from db import cases as case_table
from db import matters as matter_table
from db.journal import Reader
from db.rows import CaseRow

PREFIX: Final = "BL-"


class Root(NamedTuple):
    """The case that began a record, and the record's number (办理编号)."""

    row: CaseRow
    number: str


def number_of(row: CaseRow) -> str:
    return f"{PREFIX}{row.number or row.id}"


def root_of(reader: Reader, row: CaseRow) -> Root:
    """Follows the records that were joined to others. Two that were joined to each other side by side have the older
    one's number."""
    seen = {row.id: row}
    while row.matter != row.id:
        following = case_table.find(reader, row.matter)
        if following is None:  # it has not arrived at this station yet
            break
        row = following
        if row.id in seen:
            row = seen[min(seen)]
            break
        seen[row.id] = row
    return Root(row, number_of(row))


def members_of(reader: Reader, root: CaseRow) -> list[CaseRow]:
    """Every case of the record in the order of opening, also those of records that were joined to it."""
    found = {root.id: root}
    frontier = [root]
    while frontier:
        for row in matter_table.of_matter(reader, frontier.pop().id):
            if row.id not in found:
                found[row.id] = row
                frontier.append(row)
    return sorted(found.values(), key=lambda row: (row.received_on, row.id))
