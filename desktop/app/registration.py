"""The register beside a case: how its party stood on a day, for deciding, for the page and, provably, for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from db import parties as party_table
from db.envelope import Envelope
from db.journal import Reader
from db.order import behind, heads_of
from desktop.app.party_projection import event_of, stream_of
from desktop.app.party_reading import agency_standing_of, standing_of
from desktop.app.party_views import PartyStanding
from desktop.app.workplace import Workplace
from desktop.core.party import PartyState, combine, fold
from desktop.core.party_facts import PartyKind
from desktop.core.party_standing import standing
from desktop.core.registry import Registered, Registry

NOT_REGISTERED, NO_REGISTER = "未见备案登记", "本系统未记录"


class Entry(NamedTuple):
    """One party's events as a paper knew them: the party's id, its events, the ids merged into it come after it."""

    id: str
    events: Sequence[Envelope]


def registry_of(workplace: Workplace, reader: Reader, facts: Mapping[str, str], on: date) -> Registry:
    """The register as it stood ``on``, for the party and the agency that the facts name."""
    rules = workplace.book.party_rules
    agency = facts.get("agency", "")
    found = standing_of(reader, facts.get("uscc", ""), facts.get("party", ""), on, rules)
    acting = agency_standing_of(reader, agency, facts.get("agency_code", ""), on, rules) if agency else None
    return Registry(
        parties=party_table.kept(reader, PartyKind.PARTY),
        agencies=party_table.kept(reader, PartyKind.AGENCY),
        party=_entry(reader, found),
        agency=_entry(reader, acting),
        has_agency=bool(agency),
    )


def _entry(reader: Reader, found: PartyStanding | None) -> Registered | None:
    if found is None:
        return None
    code = party_table.code_of(reader, found.id)
    return Registered(found.name, found.status, found.since, found.until, found.reason, code, found.remarks)


def entries(workplace: Workplace, reader: Reader, facts: Mapping[str, str], on: date) -> list[Entry]:
    """The streams that the party's line of a record rests on: its own first, then those merged into it."""
    found = standing_of(reader, facts.get("uscc", ""), facts.get("party", ""), on, workplace.book.party_rules)
    if found is None:
        return []
    linked = sorted(party_table.merged_with(reader, [found.id]), key=lambda one: (one != found.id, one))
    return [Entry(id_, reader.stream(stream_of(id_))) for id_ in linked]


def proof_of(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """What a seal says of them."""
    return [{"party": one.id, "events": len(one.events), "head": ",".join(heads_of(one.events))} for one in found]


def as_printed(reader: Reader, proof: object) -> list[Entry] | None:
    """The entries that a seal names, with the events that were there then; None where this journal has them not."""
    if not isinstance(proof, list):
        return None
    found: list[Entry] = []
    for one in proof:
        if not isinstance(one, dict):
            return None
        heads = str(one.get("head")).split(",")
        then = behind(reader.stream(stream_of(str(one.get("party", "")))), heads)
        known = {event.hash for event in then}.issuperset(heads)
        if not known or type(one.get("events")) is not int or len(then) != one["events"]:
            return None
        found.append(Entry(str(one["party"]), then))
    return found


def in_words(found: Sequence[Entry], on: date, kept: bool) -> str:
    """The line of a record: 备案编号 and status on its day."""
    if not found:
        return NOT_REGISTERED if kept else NO_REGISTER
    states: dict[str, PartyState] = {one.id: fold(list(map(event_of, one.events))) for one in found}
    own = found[0].id
    party = combine(states[own], {id_: state for id_, state in states.items() if id_ != own})
    here = standing(party, on)
    code = party.facts.get("code", "")
    return Registered(party.name, here.status.value, here.since, here.until, here.reason, code).in_words()
