"""What the row of a case takes from outside its case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.journal import Reader
from desktop.app.party_projection import strategic_among, strategic_keys
from desktop.core.workdays import WorkdayCalendar


@dataclass(frozen=True)
class Surroundings:
    """The calendar in force, and whose cases lead the queue (统一社会信用代码, names)."""

    calendar: WorkdayCalendar
    leading: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())

    def leads(self, facts: Mapping[str, str]) -> bool:
        uscc = facts.get("uscc", "")
        return bool(uscc and uscc in self.leading[0]) or facts.get("party", "") in self.leading[1]


def surroundings(reader: Reader, calendar: WorkdayCalendar) -> Surroundings:
    """As the read tables of this snapshot have it, for many cases."""
    return Surroundings(calendar, strategic_keys(reader))


def surroundings_of(reader: Reader, calendar: WorkdayCalendar, facts: Mapping[str, str]) -> Surroundings:
    """The same for one case alone, without reading about everybody else's party."""
    return Surroundings(calendar, strategic_among(reader, facts.get("uscc", ""), facts.get("party", "")))
