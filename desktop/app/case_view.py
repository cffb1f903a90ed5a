"""Everything a case page shows, from the folded state and the case's own events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from db import cases as case_table
from db.clock import wall_clock_ms
from db.envelope import Envelope
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.casework import draft_of, load
from desktop.app.matter_numbers import root_of
from desktop.app.projection import flags_of, frozen_days, marks_of
from desktop.app.queue_views import ServiceWords
from desktop.app.registration import NOT_REGISTERED, registry_of
from desktop.app.rule_doubts import doubts_of
from desktop.app.views import (
    ActionView,
    CaseView,
    CheckItemView,
    ChecklistView,
    DraftView,
    FieldView,
    JournalEntry,
    LimitView,
    OpinionRound,
    StageStep,
)
from desktop.app.workplace import Workplace, entered_at
from desktop.core import clocks
from desktop.core.case import ACTED, NEWER, CaseState, understood
from desktop.core.checklists import ANSWERS, Checklist
from desktop.core.clocks import Clock
from desktop.core.context import Context
from desktop.core.decide import Offer, offers
from desktop.core.inputs import CHAINS
from desktop.core.narrate import action_word, fact_word
from desktop.core.options import checklist_at, input_example, input_options, start_of
from desktop.core.outgoing import opinion_action
from desktop.core.packaging import with_accepted
from desktop.core.procedure import Input, Procedure
from desktop.core.refusal import Refusal
from desktop.core.registry import Registry
from desktop.core.resolution import LABEL, RESOLVE, choices, side_word, who_may
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind, StageKind
from desktop.core.workdays import WorkdayCalendar

_EMPHASIS = {"primary": 0, "normal": 1, "danger": 2}
# First what every case has, in this order; what else its procedure asked for follows in the order of the questions.
_SHOWN_FIRST = (
    "party uscc region agency agency_code contact phone received_on main_class classes application_number"
    " patent_number filed_on granted_on industry_chain"
).split()
_SHOWN_ELSEWHERE = frozenset("title examiner field field_grade category matter".split())


def case_view(workplace: Workplace, ref: str | int, *, actor: str, today: date) -> CaseView:
    """Raises :class:`desktop.core.refusal.Refusal` ``unknown_case``."""
    with workplace.reading() as reader:
        row, case = load(reader, ref)
        doubles = case_table.doubles(reader, [row])
        matter = root_of(reader, row).number
        registry = registry_of(workplace, reader, case.facts, date.fromisoformat(case.facts["received_on"]))
        read = history_of(reader, row.id)
        draft = draft_of(reader, row.id)
    rules = workplace.rules_of(case)
    context = workplace.context(rules, today)
    marks = marks_of(row, doubles, workplace.stages_of(row.procedure))
    calendar = workplace.book.calendar
    facts = case.facts
    stage = rules.procedure.stages[case.stage]
    principal = None if case.ended else case.principal(calendar)
    remaining = calendar.between(today, principal[1]).days if principal else None
    field = rules.fields.find(facts.get("field", ""))
    checklist = _checklist_view(case, context)
    return CaseView(
        key=row.pk,
        id=row.id,
        number=case.number,
        platform_number=facts.get("platform_number", ""),
        title=facts["title"],
        procedure=case.procedure,
        procedure_label=rules.procedure.label,
        category=facts.get(rules.procedure.category_fact, ""),
        party=facts["party"],
        uscc=facts.get("uscc", ""),
        region=facts.get("region", ""),
        agency=facts.get("agency", ""),
        main_class=facts.get("main_class", ""),
        classes=facts.get("classes", ""),
        field=facts.get("field", ""),
        field_grade=facts.get("field_grade", ""),
        field_status=field.status.value if field else "",
        stage=case.stage,
        stage_label=stage.label,
        stage_kind=case.kind,
        ended=case.ended,
        round=case.round,
        max_rounds=rules.procedure.max_rounds,
        examiner=facts.get("examiner", ""),
        application_number=facts.get("application_number", ""),
        received_on=date.fromisoformat(facts["received_on"]),
        due_on=principal[1] if principal else None,
        remaining=remaining,
        paused=frozen_days(case, calendar),
        overdue=principal is not None and principal[1] < today and principal[0].kind != LimitKind.WATCH,
        provisional=bool(principal and principal[2]),
        facts=(*_registered(registry), *_facts_shown(facts, rules.procedure)),
        steps=steps(case, rules.procedure),
        limits=tuple(limit_view(clock, calendar, today) for clock in case.clocks),
        actions=(*_resolving(case, read, actor, context), *action_views(case, actor, today, context)),
        checklist=checklist,
        writes_opinion=opinion_action(rules.procedure) is not None,
        words=words_of(rules.procedure),
        opinions=opinion_rounds(read.counted),
        journal=journal(read.envelopes, rules, workplace, read),
        draft=_with_findings(draft, case, context),
        warnings=tuple(dict.fromkeys([*marks, *flags_of(case), *_unsent(case, checklist)])),
        findings=len(case.accepted),
        head=row.head,
        contested=bool(case.contested),
        matter=matter,
        banners=doubts_of(workplace, case),
    )


def words_of(procedure: Procedure) -> ServiceWords:
    return ServiceWords(
        procedure.category_label, procedure.person_label, procedure.party_label, procedure.title_label
    )


def _registered(registry: Registry) -> list[tuple[str, str]]:
    """What the register says as of the day of submission; nothing where the centre keeps none."""
    found = []
    if registry.parties:
        found.append(("备案（提交日）", registry.party.in_words() if registry.party else NOT_REGISTERED))
    if registry.agencies and registry.has_agency:
        found.append(("机构登记（提交日）", registry.agency.in_words() if registry.agency else NOT_REGISTERED))
    return found


def _facts_shown(facts: Mapping[str, str], procedure: Procedure) -> tuple[tuple[str, str], ...]:
    """Labels and values. A checksum is shortened, a note comes last."""
    names = dict.fromkeys((*_SHOWN_FIRST, *procedure.fact_labels, "note"))
    del names["note"]
    hashes = {item.fact for action in procedure.actions.values() for item in action.inputs if item.type == "sha256"}
    return tuple(
        (fact_word(name, procedure), f"{facts[name][:8]}…{facts[name][-8:]}" if name in hashes else facts[name])
        for name in (*names, "note")
        if facts.get(name) and name not in _SHOWN_ELSEWHERE and name != procedure.category_fact
    )


def steps(case: CaseState, procedure: Procedure) -> tuple[StageStep, ...]:
    """The stage line: the main line, with the present or final side stage where the case left it."""
    line = [procedure.stages[code] for code in procedure.line_of(procedure.category_of(case.facts))]
    captions = list(dict.fromkeys(stage.step for stage in line))  # stages that share a step share its point
    here = procedure.stages[case.stage]
    reached = {procedure.stages[code].step: day for code, day in sorted(case.reached.items(), key=lambda item: item[1])}
    if here.step not in captions:
        position = max((captions.index(caption) for caption in reached if caption in captions), default=0)
        # What lies behind an ended side stage will not happen; what a side stage may still lead to stays.
        tail = [] if case.ended else captions[position + 1 :]
        captions = [*captions[: position + 1], here.step, *tail]
    now = captions.index(here.step)
    found = []
    for position, caption in enumerate(captions):
        final = position == now and here.kind is StageKind.ENDED
        state = "done" if position < now or final else "now" if position == now else "next"
        day = reached.get(caption) if state != "next" else None
        found.append(StageStep(caption, state, date.fromisoformat(day) if day else None))
    return tuple(found)


def limit_view(clock: Clock, calendar: WorkdayCalendar, today: date) -> LimitView:
    """One limit as of ``today``."""
    reading = clocks.read(clock, calendar, today)
    return LimitView(
        name=clock.id,
        label=clock.label,
        kind=clock.kind,
        state=reading.state,
        started_on=date.fromisoformat(clock.spans[0][0]),
        due_on=reading.due,
        stopped_on=date.fromisoformat(clock.stopped_on) if clock.stopped_on else None,
        used=reading.used,
        limit=clock.limit,
        unit=clock.unit,
        remaining=reading.remaining if reading.state in ("running", "paused") else None,
        running=reading.state == "running",
        overdue=reading.overdue,
        provisional=reading.provisional,
        why=clocks.why(clock, calendar, today),
        explanation=clocks.explain(clock, calendar, today),
        basis=clock.basis,
        status=clock.status,
        version=clock.source,
        reached=reading.reached,
    )


def action_views(case: CaseState, actor: str, on: date, context: Context) -> tuple[ActionView, ...]:
    """Every action of the stage, the ones that lead on first."""
    views = [_action_view(offer, case, actor, on, context) for offer in offers(case, actor, on, context)]
    return tuple(sorted(views, key=lambda view: _EMPHASIS[view.emphasis]))


def _resolving(case: CaseState, read: CaseHistory, actor: str, context: Context) -> tuple[ActionView, ...]:
    """The one thing to do about a disputed case."""
    if not case.contested:
        return ()
    standing = read.standing
    try:
        who_may(standing, read.authors(standing.disputed), actor, context)
        reason = ""
    except Refusal as refusal:
        reason = refusal.reason
    options = choices(standing)
    labels = (*(f"采用{side_word(place)}" for place in range(len(standing.sides))), "均不采用，重新办理")
    stage = context.rules.procedure.stages[case.stage]
    return (
        ActionView(
            action=RESOLVE,
            label=LABEL,
            to=case.stage,
            to_label=stage.label,
            enabled=not reason,
            reason=reason,
            fields=(
                FieldView("choose", "采用", "choice", True, options, labels, example=options[0]),
                FieldView("reason", "理由", "multiline", True, example="理由"),
            ),
            emphasis="primary",
        ),
    )


def _action_view(offer: Offer, case: CaseState, actor: str, on: date, context: Context) -> ActionView:
    action = offer.action
    # Nothing will be asked, and what the questions depend on may be unknown here.
    closed = NEWER in case.flags or case.contested > 0
    fields = () if closed else tuple(field_view(item, case, actor, on, context) for item in offer.inputs)
    if action.checklist_rule == "pass" and not closed:
        category = context.rules.procedure.category_of(case.facts)
        checklist = context.rules.checklists.named(action.checklist, category)
        fields += _checklist_fields(checklist, case)
    return ActionView(
        action=action.id,
        label=action.label,
        to=offer.to.code,
        to_label=offer.to.label,
        enabled=offer.barred is None,
        reason=offer.barred.reason if offer.barred else "",
        fields=fields,
        emphasis=action.emphasis,
        shortcut=action.shortcut,
        checklist=bool(action.checklist),
    )


def field_view(item: Input, case: CaseState, actor: str, on: date, context: Context) -> FieldView:
    """One question as a form shows it."""
    options = input_options(item, context)
    labels = {choice.code: choice.label for choice in context.rules.procedure.choices.get(item.choices, ())}
    free = item.choices == CHAINS and not options  # while nobody imported the list, its entries are typed
    return FieldView(
        name=item.name,
        label=item.label,
        type="text" if free else item.type,
        required=item.required,
        options=options,
        option_labels=tuple(_option_label(code, labels.get(code, code)) for code in options),
        default=start_of(item, case, on, context),
        example=input_example(item, case, actor, on, context),
        categories=tuple(c.label for c in context.rules.procedure.categories if c.code in item.categories),
        hint=item.hint or ("产业链名单尚未导入，请按文件所列名称填写" if free else ""),
    )


def _option_label(code: str, label: str) -> str:
    return f"{code} {label}" if code.startswith("N") and code != label else label


def _checklist_fields(checklist: Checklist | None, case: CaseState) -> tuple[FieldView, ...]:
    if checklist is None:
        return ()
    known = case.answers.get(checklist.id, {})
    return tuple(
        FieldView(
            name=item.id,
            label=f"{item.text}（{item.clause}）",
            type="choice",
            required=True,
            options=ANSWERS,
            option_labels=ANSWERS,
            example=ANSWERS[0],
            hint="需人工确认" if item.human else "",
            group="checklist",
        )
        for item in checklist.items
        if item.id not in known
    )


def _checklist_view(case: CaseState, context: Context) -> ChecklistView | None:
    checklist = None if NEWER in case.flags or case.contested else checklist_at(case, context)
    if checklist is None:
        return None
    known = case.answers.get(checklist.id, {})
    items = tuple(
        CheckItemView(
            item.id,
            item.text,
            item.clause,
            item.category,
            "需人工确认" if item.human and not item.ground else item.ground,
            *known.get(item.id, ("", "")),
        )
        for item in checklist.items
    )
    return ChecklistView(checklist.id, checklist.title, items)


def _unsent(case: CaseState, checklist: ChecklistView | None) -> list[str]:
    """Two stations may have gone past each other: one accepted a finding, the other let the case pass."""
    beyond = checklist is None and bool(case.accepted) and not case.ended
    return [f"有 {len(case.accepted)} 条已采纳的初步判断没有发出"] if beyond else []


def _with_findings(draft: DraftView | None, case: CaseState, context: Context) -> DraftView | None:
    """The unsent work with the findings that were accepted meanwhile, here or at another station."""
    checklist = None if NEWER in case.flags or case.contested or not case.accepted else checklist_at(case, context)
    if checklist is None:
        return draft
    known = {**case.answers.get(checklist.id, {}), **(draft.answers if draft else {})}
    merged = with_accepted(checklist, known, case.accepted)
    answers = {item: answer for item, answer in merged.items() if tuple(answer) != tuple(known.get(item, ()))}
    if not answers:
        return draft
    kept = dict(draft.answers) if draft else {}
    return DraftView(draft.text if draft else "", {**kept, **answers}, draft.saved_at if draft else "")


def opinion_rounds(envelopes: Sequence[Envelope]) -> tuple[OpinionRound, ...]:
    """The opinions that went out and the replies that came in."""
    rounds: list[OpinionRound] = []
    for envelope in envelopes:
        payload = envelope.payload
        if envelope.type != ACTED or not understood(envelope.type, envelope.version):
            continue
        if "opinion" in payload.get("values", {}) and payload.get("round"):
            sent = date.fromisoformat(envelope.occurred_on)
            rounds.append(OpinionRound(payload["round"], sent, payload["values"]["opinion"], None, ""))
        elif payload["action"] == "reply" and rounds:
            last = rounds[-1]
            rounds[-1] = OpinionRound(
                last.number,
                last.sent_on,
                last.text,
                date.fromisoformat(envelope.occurred_on),
                payload["values"].get("reply", ""),
            )
    return tuple(rounds)


def _day_of(envelope: Envelope) -> date:
    """The day that it names; where that is none, the day it was recorded."""
    try:
        return date.fromisoformat(envelope.occurred_on)
    except ValueError:
        return datetime.fromtimestamp(wall_clock_ms(envelope.hlc) / 1000).date()


def journal(
    envelopes: Sequence[Envelope], rules: Rules, workplace: Workplace, read: CaseHistory
) -> tuple[JournalEntry, ...]:
    """The events in words, oldest first. Times are this computer's local time."""
    return tuple(
        JournalEntry(
            at=entered_at(envelope),
            occurred_on=_day_of(envelope),
            actor=envelope.actor,
            role=envelope.role,
            station=workplace.station_name(envelope.station),
            action=action_word(envelope.type, envelope.payload),
            text=read.words(envelope, rules.procedure),
            hash=envelope.hash,
            mark=read.mark(envelope.hash),
        )
        for envelope in envelopes
    )
