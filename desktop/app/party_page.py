"""Everything that a page shows of one party or agency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from db import parties as party_table
from db.envelope import Envelope
from db.journal import Reader
from desktop.app.party_projection import stream_of
from desktop.app.party_reading import case_of, groups, quota_view, standing_view, whole
from desktop.app.party_views import (
    FactView,
    FindingView,
    ParallelView,
    PartyCaseView,
    PartyEntry,
    PartyView,
    ProposalView,
    RateView,
    SanctionView,
)
from desktop.app.workplace import Workplace, entered_at
from desktop.core import party_decide
from desktop.core.context import Context
from desktop.core.party import PartyState, parallel_word
from desktop.core.party_facts import FACTS, PartyKind
from desktop.core.party_narrate import narrate
from desktop.core.party_proposals import proposals
from desktop.core.party_rules import PartyCase, PartyRules, rates
from desktop.core.party_standing import in_force, last_day
from desktop.core.refusal import Refusal


def party_view(
    reader: Reader,
    workplace: Workplace,
    id_: str,
    *,
    actor: str,
    on: date,
    context: Context,
    period: tuple[date, date] | None = None,
) -> PartyView:
    """One party as of ``on``; of one that was merged into another its own facts and journal, with the standing of the
    other. ``period`` bounds the rates, by default the year of ``on`` up to that day."""
    rules = workplace.book.party_rules
    root = party_table.root_of(reader, id_)
    assert root is not None  # whoever asks has looked it up
    group = groups(reader, [root])[root]
    own, party = group[id_], whole(group, root)
    rows = party_table.cases_of(reader, [root])[root]
    cases = list(map(case_of, rows))
    first, last = (day.isoformat() for day in period or (date(on.year, 1, 1), on))
    streams = [id_, *(one for one in sorted(group) if one != id_)] if id_ == root else [id_]
    events = [(one, event) for one in streams for event in reader.stream(stream_of(one))]
    authors = _authors(event for _, event in events)
    return PartyView(
        id=id_,
        kind=own.kind,
        name=own.name,
        head=party_table.heading(reader, id_)[0],
        facts=tuple(
            FactView(name, fact.label, own.facts.get(name, "")) for name, fact in FACTS[PartyKind(own.kind)].items()
        ),
        standing=standing_view(root, party, cases, on, rules),
        on=on,
        quota=quota_view(party, cases, rules, on),
        period=(first, last),
        rates=tuple(
            RateView(one.label, one.part, one.whole, one.text, one.definition)
            for one in rates(cases, first, last, rules)
        ),
        sanctions=_sanctions(party, authors.get, on),
        findings=_findings(party, authors.get),
        proposals=proposal_views(party, rules, cases, on) if id_ == root else (),
        dismissed=tuple((id_, decided[0]) for id_, decided in sorted(party.dismissed.items())),
        parallel=tuple(
            ParallelView(key, parallel_word(party, key), tuple(values)) for key, values in own.parallel.items()
        ),
        merged=tuple((one, group[one].name) for one in sorted(group) if one != root) if id_ == root else (),
        merged_into=own.merged_into,
        cases=tuple(
            PartyCaseView(case.number, case.title, row.received_on, case.accepted_on, case.concluded_on, case.result)
            for case, row in zip(cases, rows, strict=True)
        ),
        journal=tuple(_entry(workplace, group[one], event, one, id_) for one, event in events),
        allowed=_allowed(own, actor, context),
    )


def proposal_views(
    party: PartyState, rules: PartyRules, cases: Sequence[PartyCase], on: date
) -> tuple[ProposalView, ...]:
    return tuple(
        ProposalView(
            id=one.id,
            rule=one.rule,
            label=one.label,
            text=one.text,
            basis=one.basis,
            status=one.status,
            measure=one.measure,
            since=one.since,
            until=one.until,
            cases=one.cases,
            findings=one.findings,
            sentence=one.sentence,
        )
        for one in proposals(party, rules, cases, on)
    )


def _authors(events: Iterable[Envelope]) -> dict[str, str]:
    """Id of a measure or finding -> who recorded it."""
    named = {"party.sanctioned": "sanction", "party.found": "finding"}
    return {str(event.payload.get(named[event.type])): event.actor for event in events if event.type in named}


def _sanctions(party: PartyState, author: Callable[[str, str], str], on: date) -> tuple[SanctionView, ...]:
    return tuple(
        SanctionView(
            id=one.id,
            measure=one.measure,
            rule=one.rule,
            rule_text=one.rule_text,
            cases=tuple(one.cases),
            since=one.since,
            until=one.until,
            last=last_day(one),
            in_force=in_force(one, on.isoformat()),
            reason=one.reason,
            actor=author(one.id, ""),
            on=one.on,
            lifted_on=one.lifted_on,
            lift_reason=one.lift_reason,
            outcome=one.outcome,
            outcome_on=one.outcome_on,
        )
        for one in sorted(party.sanctions.values(), key=lambda one: (one.since, one.id))
    )


def _findings(party: PartyState, author: Callable[[str, str], str]) -> tuple[FindingView, ...]:
    return tuple(
        FindingView(one.id, one.kind, one.case, one.found_on, one.note, author(one.id, ""), one.outcome, one.outcome_on)
        for one in sorted(party.findings.values(), key=lambda one: (one.found_on, one.id))
    )


def _entry(workplace: Workplace, state: PartyState, event: Envelope, id_: str, shown: str) -> PartyEntry:
    """``party`` names the merged one where the entry is not the shown party's own. Times are this computer's."""
    return PartyEntry(
        at=entered_at(event),
        occurred_on=event.occurred_on,
        actor=event.actor,
        role=event.role,
        station=workplace.station_name(event.station),
        text=narrate(state.kind, event.type, event.version, event.occurred_on, event.payload),
        party=state.name if id_ != shown else "",
    )


def _allowed(party: PartyState, actor: str, context: Context) -> dict[str, str]:
    found = {}
    for step in party_decide.STEPS:
        if step == "register":  # of one that is not there yet
            continue
        try:
            party_decide.may(step, actor, context)
            party_decide.admit(party, merged=step in ("separate", "note"))
            found[step] = "" if step != "separate" or party.merged_into else "没有并入别的登记"
        except Refusal as refusal:
            found[step] = refusal.reason
    return found
