"""Contested cases: what each side did without the other, what nobody disputes, and the decision of a third person."""

from __future__ import annotations

from collections.abc import Sequence

from db import cases as case_table
from db.envelope import Envelope
from db.journal import Reader
from db.rows import CaseRow
from desktop.app.case_history import CaseHistory, history_of, summary
from desktop.app.case_view import journal
from desktop.app.casework import find_row
from desktop.app.sync_views import DisputeView, SideView
from desktop.app.workplace import Workplace
from desktop.core.case import CaseState
from desktop.core.history import Side
from desktop.core.narrate import LONG, fact_word
from desktop.core.refusal import Refusal
from desktop.core.resolution import choice_of, side_word
from desktop.core.rules import Rules


def disputes(workplace: Workplace) -> tuple[DisputeView, ...]:
    """Every case that waits for a decision."""
    with workplace.reading() as reader:
        return tuple(_view(workplace, reader, row) for row in case_table.contested(reader))


def dispute(workplace: Workplace, ref: str | int) -> DisputeView:
    """One of them. Raises :class:`Refusal` ``unknown_case``, ``not_contested``."""
    with workplace.reading() as reader:
        row = find_row(reader, ref)
        if not row.contested:
            raise Refusal("not_contested", f"案件 {row.number} 没有待裁决的分歧")
        return _view(workplace, reader, row)


def _view(workplace: Workplace, reader: Reader, row: CaseRow) -> DisputeView:
    read = history_of(reader, row.id)
    state = read.state
    rules = workplace.rules_of(state)
    disputed = read.standing.disputed
    common = [one for one in read.envelopes if one.hash not in disputed]
    stage = rules.procedure.stages[state.stage]
    return DisputeView(
        key=row.pk,
        number=state.number,
        title=state.facts["title"],
        common=journal(common, rules, workplace, read),
        sides=tuple(
            _side(place, side, read, state, rules, workplace) for place, side in enumerate(read.standing.sides)
        ),
        stage_label=stage.label,
    )


def _side(place: int, side: Side, read: CaseHistory, state: CaseState, rules: Rules, workplace: Workplace) -> SideView:
    own = [one for one in read.envelopes if one.hash in side.own]
    known = set(side.own).union(*(read.history.knew(hash_) for hash_ in side.own))
    unseen = [one for one in read.envelopes if one.hash in read.standing.disputed and one.hash not in known]
    chosen = read.side_state(side)
    stages = workplace.rules_of(chosen).procedure.stages
    changed = tuple(
        (fact_word(name, rules.procedure), value)
        for name, value in chosen.facts.items()
        if value != state.facts.get(name, "")
    )
    return SideView(
        choice=choice_of(place),
        label=side_word(place),
        summary=summary(own, workplace),
        authors=read.authors(side.own),
        entries=journal(own, rules, workplace, read),
        unseen=journal(unseen, rules, workplace, read),
        stage_label=chosen.outcome or stages[chosen.stage].label,
        facts=(*changed, *_texts(own)),
    )


def _texts(events: Sequence[Envelope]) -> tuple[tuple[str, str], ...]:
    """What went out or came in, in full: whoever decides must have read it."""
    return tuple(
        (LONG[name], text)
        for event in events
        for name, text in event.payload.get("values", {}).items()
        if name in LONG and text
    )
