"""Working one case: act on it, keep its draft, compose its opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from db import cases as case_table
from db import local, quarantine
from db.envelope import Draft, Envelope
from db.journal import Reader, Transaction
from db.rows import CaseRow
from desktop.app import custody
from desktop.app.case_history import CaseHistory, history_of, side_words
from desktop.app.matter_numbers import root_of
from desktop.app.projection import event_of, refolded, row_of, state_bytes, state_from
from desktop.app.registration import registry_of
from desktop.app.views import ActOutcome, DraftView
from desktop.app.workplace import Workplace, basis_with_calendar, stream_of
from desktop.core.case import CaseEvent, CaseState, advance
from desktop.core.context import Command, Context, Decision
from desktop.core.decide import decide
from desktop.core.options import checklist_at
from desktop.core.outgoing import compose_opinion
from desktop.core.packaging import with_accepted, without_accepted
from desktop.core.procedure import Input
from desktop.core.refusal import Refusal
from desktop.core.resolution import RESOLVE, decide_dispute
from desktop.core.terms import Role

DRAFT = "opinion"


def find_row(reader: Reader, ref: str | int) -> CaseRow:
    """The read-table row of a case by key or by any of its numbers. Raises :class:`Refusal` ``unknown_case``."""
    found = case_table.find_all(reader, ref) if isinstance(ref, str) else case_table.rows(reader, [ref])
    if not found:
        raise _unknown(ref)
    if len(found) > 1:
        roots = {root_of(reader, row).row.id for row in found}
        if len(roots) == 1:  # one record: the case that began it, else the first that has the number
            return next((row for row in found if row.id in roots), found[0])
        listed = "；".join(f"{row.number}“{row.title}”（标识 {row.id}）" for row in found[:5])
        raise Refusal(
            "ambiguous_case",
            f"“{ref}”对应 {len(found)} 件案件，请改用标识指明：{listed}",
            {"case": ref, "ids": [row.id for row in found]},
        )
    return found[0]


def load(reader: Reader, ref: str | int) -> tuple[CaseRow, CaseState]:
    """Row and folded state of a case."""
    key = ref if isinstance(ref, int) else find_row(reader, ref).pk
    try:
        row, state = case_table.state(reader, key)
    except KeyError:
        raise _unknown(ref) from None
    return row, state_from(state)


def _unknown(ref: str | int) -> Refusal:
    return Refusal("unknown_case", f"没有找到案件“{ref}”", {"case": ref})


def act(
    workplace: Workplace,
    ref: str | int,
    action: str,
    values: Mapping[str, str],
    *,
    actor: str,
    on: date,
    today: date,
    seen: str = "",
) -> ActOutcome:
    """Decide, append, project: one transaction. Raises :class:`Refusal` and changes nothing, except that evidence
    whose files are not what was recorded is locked.

    ``seen`` is the head of the case that the actor was looking at: a page that is out of date decides nothing.
    """
    command, hashed = Command(action, values, actor, on), None
    while True:
        try:
            return _act(workplace, ref, command, today, seen, hashed)
        except custody.Unhashed as wanted:  # hashing takes its time; meanwhile the others may write
            hashed = custody.rehash(workplace, wanted.files)


def _act(
    workplace: Workplace,
    ref: str | int,
    command: Command,
    today: date,
    seen: str,
    hashed: Mapping[str, custody.Hashed] | None,
) -> ActOutcome:
    action, mismatch = command.action, None
    with workplace.writing() as tx:
        row, case = load(tx, ref)
        if seen and seen != row.head:
            raise Refusal("case_moved", f"案件 {case.number} 在您打开之后又有新的办理，请看过最新情况再办")
        rules = workplace.rules_of(case)
        context = workplace.context(rules, today)
        if action in rules.procedure.actions:
            inputs = rules.procedure.actions[action].inputs
            command = replace(command, values=found_number(tx, inputs, command.values))
            if "registered" in rules.procedure.actions[action].rules:
                submitted = date.fromisoformat(case.facts["received_on"])
                context = replace(context, registry=registry_of(workplace, tx, case.facts, submitted))
        if action == RESOLVE:
            decision = _resolution(workplace, history_of(tx, row.id), case, command, context)
        else:
            decision = decide(case, command, context)
            if custody.needed(rules.procedure.actions[action]):
                decision, mismatch = custody.witness(workplace, tx, row.id, case, command, decision, context, hashed)
        doubts = [doubt for event in decision.events for doubt in taken_number(tx, row.id, row.procedure, event)]
        events = [event._replace(payload=with_warnings(event.payload, doubts)) for event in decision.events]
        drafts = drafts_of(workplace, row.id, case, events, decision.role, command.actor)
        envelopes = tx.append(drafts)
        if action == RESOLVE:
            case, after = _refold(tx, workplace, row.id)
            rules = workplace.rules_of(case)
        else:
            after = project(tx, workplace, row.id, case, envelopes)
        if action in rules.procedure.actions and rules.procedure.actions[action].checklist:
            # What was kept as a draft is in the journal now, or was judged by it.
            local.drop_draft(tx, row.id, DRAFT)
    if mismatch is not None:
        raise mismatch
    stage = rules.procedure.stages[case.stage]
    return ActOutcome(
        number=case.number,
        stage=case.stage,
        stage_label=stage.label,
        events=len(envelopes),
        due_on=date.fromisoformat(after["due_on"]) if after["due_on"] else None,
        warnings=(*decision.warnings, *doubts),
        moved=(row.pk,),
        notice=decision.notice,
    )


def found_number(reader: Reader, inputs: Sequence[Input], values: Mapping[str, str]) -> dict[str, str]:
    """The values with every other case that they name, by whichever of its numbers, named by its own number."""
    found = dict(values)
    for item in inputs:
        if item.type == "case" and (text := values.get(item.name, "").strip()):
            found[item.name] = find_row(reader, text).number or text
    return found


def _resolution(
    workplace: Workplace, read: CaseHistory, case: CaseState, command: Command, context: Context
) -> Decision:
    standing = read.standing
    return decide_dispute(
        standing, side_words(read, workplace), read.authors(standing.disputed), case.last_on, command, context
    )


def _refold(tx: Transaction, workplace: Workplace, case_id: str) -> tuple[CaseState, dict[str, Any]]:
    """The case from its whole stream, after an event that changes which of the others count."""
    case, head, hlc = refolded(tx, stream_of(case_id), quarantine.meaningless(tx))
    row = row_of(case_id, case, head, hlc, workplace.surroundings_of(tx, case))
    case_table.upsert(tx, row, state_bytes(case))
    return case, row


def taken_number(reader: Reader, case_id: str, procedure: str, event: CaseEvent) -> list[str]:
    """One application is one case of a procedure. Two with one number is most likely a slip, but a person must judge
    which."""
    number = event.payload.get("facts", {}).get("application_number", "")
    found = case_table.find_all(reader, number) if number else []
    others = [row for row in found if row.id != case_id and row.procedure == procedure]
    return [f"申请号 {number} 也登记在案件 {row.number}，请核对" for row in others]


def with_warnings(payload: Mapping[str, Any], doubts: Sequence[str]) -> dict[str, Any]:
    if not doubts:
        return dict(payload)
    return {**payload, "warnings": [*payload.get("warnings", ()), *doubts]}


def drafts_of(
    workplace: Workplace, case_id: str, case: CaseState, events: Sequence[CaseEvent], role: Role, actor: str
) -> list[Draft]:
    """Events of a case before they are sealed, with the versions they were decided under."""
    basis = basis_with_calendar(case.basis, workplace.book)
    return [
        Draft(
            stream_of(case_id), one.type, one.version, actor, role.value, one.occurred_on, basis, dict(one.payload)
        )
        for one in events
    ]


def project(
    tx: Transaction, workplace: Workplace, case_id: str, case: CaseState, envelopes: list[Envelope]
) -> dict[str, Any]:
    """Fold the new events into ``case`` and write its row; returns the row."""
    for envelope in envelopes:
        advance(case, event_of(envelope))
    row = row_of(case_id, case, envelopes[-1].hash, envelopes[-1].hlc, workplace.surroundings_of(tx, case))
    case_table.upsert(tx, row, state_bytes(case))
    return row


def save_draft(
    workplace: Workplace, ref: str | int, *, text: str, answers: Mapping[str, tuple[str, str]], at: str
) -> None:
    """Keep an examiner's unsent work on this station; it is no event until it is sent."""
    with workplace.writing() as tx:
        row = find_row(tx, ref)
        if not text.strip() and not answers:
            local.drop_draft(tx, row.id, DRAFT)
            return
        # What comes from accepted findings is laid over it anew each time; one that is taken back must not stay.
        own = without_accepted(answers, load(tx, row.pk)[1].accepted)
        body = {"text": text, "answers": {item: list(answer) for item, answer in own.items()}}
        local.save_draft(tx, row.id, DRAFT, body, at)


def draft_of(reader: Reader, case_id: str) -> DraftView | None:
    found = local.draft(reader, case_id, DRAFT)
    if found is None:
        return None
    body, saved_at = found
    answers = {item: (answer[0], answer[1]) for item, answer in body["answers"].items()}
    return DraftView(body["text"], answers, saved_at)


def opinion_text(
    workplace: Workplace,
    ref: str | int,
    answers: Mapping[str, tuple[str, str]],
    *,
    on: date,
) -> str:
    """The start text of the next opinion: the centre's template, the defects noted, the reply date."""
    with workplace.reading() as reader:
        _, case = load(reader, ref)
    context = workplace.context(workplace.rules_of(case), on)
    checklist = checklist_at(case, context)
    merged = with_accepted(checklist, answers, case.accepted) if checklist else answers
    return compose_opinion(case, merged, on, context)[1]
