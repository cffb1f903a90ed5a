"""Everything about one party for its page: the register's own view, and how it stood from its first day to its last.

The days on which a standing may change stand in the view; how it stood on each of them the desk is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from desktop.app.party_views import PartyStanding, PartyView
from desktop.core.party_standing import BARRING

if TYPE_CHECKING:
    from desktop.app.desk import Desk

#: More changes than this nobody follows on a screen; the newest are shown.
MOST = 24


@dataclass(frozen=True)
class Stretch:
    """One standing, unchanged from ``first`` to ``last`` (ISO, empty where nobody set a bound); ``here``: it holds on
    the day of the view."""

    first: str
    last: str
    standing: PartyStanding
    here: bool


@dataclass(frozen=True)
class PartyFile:
    """What the page of one party shows."""

    view: PartyView
    stretches: tuple[Stretch, ...]


def read_file(desk: Desk, id_: str, *, actor: str, on: date) -> PartyFile:
    """Raises Refusal ``unknown_party`` for one that is not here."""
    view = desk.parties.show(id_, actor=actor, on=on)
    return PartyFile(view, () if view.merged_into else tuple(_stretches(desk, view, actor)))


def turning_days(view: PartyView) -> list[date]:
    """The days on which the standing may change, in their order."""
    facts = {fact.name: fact.value for fact in view.facts}
    days = {facts.get("registered_on", ""), facts.get("status_from", ""), _after(facts.get("valid_to", "")),
            _after(facts.get("status_to", ""))}
    for one in view.sanctions:
        if one.measure in BARRING:
            days |= {one.since, _after(one.last)}
    return sorted(date.fromisoformat(day) for day in days if day)[-MOST:]


def _stretches(desk: Desk, view: PartyView, actor: str) -> Iterator[Stretch]:
    days = turning_days(view)
    start = date(days[0].year - 1, 1, 1) if days else view.on
    found: list[tuple[str, PartyStanding]] = []
    for day in (start, *days):
        standing = desk.parties.show(view.id, actor=actor, on=day).standing
        same = found and _told(found[-1][1]) == _told(standing)
        if not same:
            found.append((day.isoformat() if day != start else "", standing))
    today = view.on.isoformat()
    for place, (first, standing) in enumerate(found):
        last = _before(found[place + 1][0]) if place + 1 < len(found) else ""
        yield Stretch(first, last, standing, first <= today <= (last or "9999"))


def _told(standing: PartyStanding) -> tuple[str, str, str, str]:
    return standing.status, standing.since, standing.until, standing.reason


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else ""


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
