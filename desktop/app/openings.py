"""Opening a case by hand: alone, or beside another one, from which everything known is carried over (一次填报)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db import cases as case_table
from db.envelope import Draft
from db.journal import Reader, Transaction
from desktop.app.case_view import field_view, words_of
from desktop.app.casework import find_row, found_number, load, project, taken_number, with_warnings
from desktop.app.matter_numbers import members_of, root_of
from desktop.app.numbers import Numbers, prefix_of
from desktop.app.queue_views import ServiceView
from desktop.app.views import OpeningView, OpenOutcome
from desktop.app.workplace import Workplace, basis_with_calendar, new_id, require_service, stream_of
from desktop.core.case import CaseState
from desktop.core.context import Command, Context, Decision, role_among
from desktop.core.intake import intake_key
from desktop.core.opening import decide_opening
from desktop.core.procedure import OPENING, Procedure
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import CheckStatus, LimitKind


def services(workplace: Workplace, today: date) -> tuple[ServiceView, ...]:
    """Every service that this centre offers, in the order of the rail."""
    book = workplace.newest_book()
    return tuple(_service(book, name, today) for name in book.services)


def _service(book: RuleBook, name: str, today: date) -> ServiceView:
    procedure = book.rules(book.basis_on(name, today.isoformat())).procedure
    asked = {item.fact for item in procedure.opening}
    return ServiceView(
        id=name,
        label=procedure.label,
        short=procedure.short,
        words=words_of(procedure),
        categories=tuple(category.label for category in procedure.categories),
        opening_label=procedure.opening_label,
        has_rounds=procedure.max_rounds > 0,
        has_field="field" in asked,
        watches=any(limit.kind is LimitKind.WATCH for limit in procedure.limits.values()),
        own=name not in book.shipped.procedures,
        banner=banner(procedure, today),
        referrals=tuple((referral.id, referral.label) for referral in procedure.referrals),
        facts=frozenset(procedure.fact_labels),
        assigns=not {"assign", "reassign"}.isdisjoint(procedure.actions),
    )


def banner(procedure: Procedure, today: date) -> str:
    """What is to be said while a copied version of the law is in force whose figures nobody has confirmed."""
    day = today.isoformat()
    for one in procedure.rule_sets:
        if not one.copied or (one.valid_from and day < one.valid_from) or (one.valid_to and day > one.valid_to):
            continue
        figures = [limit.on(day) for limit in procedure.limits.values()]
        doubtful = [f.label for f in figures if f and f.rule_set == one.id and f.status is CheckStatus.UNCHECKED]
        if doubtful:
            return (
                f"{one.valid_from} 起适用“{one.label}”，其中 {len(doubtful)} 项数值尚未核对，暂按旧办法计算："
                f"{'、'.join(doubtful)}。请管理员核对后在“中心文件·期限”中逐项发布。"
            )
    return ""


def opening(
    workplace: Workplace, procedure: str, *, actor: str, today: date, beside: str | int | None = None
) -> OpeningView:
    """The questions of an opening, with what is known of the case beside which it happens."""
    book = workplace.newest_book()
    require_service(book, procedure)
    rules = book.rules(book.basis_on(procedure, today.isoformat()))
    context = workplace.context(rules, today)
    with workplace.reading() as reader:
        known, _ = _known(reader, beside)
    try:
        role_among(rules.procedure.opening_roles, rules.procedure.opening_label, actor, context)
        reason = ""
    except Refusal as refusal:
        reason = refusal.reason
    case = CaseState(facts=known)
    return OpeningView(
        procedure=procedure,
        label=rules.procedure.label,
        opening_label=rules.procedure.opening_label,
        fields=tuple(field_view(item, case, actor, today, context) for item in rules.procedure.opening),
        category_field=next(i.name for i in rules.procedure.opening if i.fact == rules.procedure.category_fact),
        enabled=not reason,
        reason=reason,
        banner=banner(rules.procedure, today),
    )


def open_case(
    workplace: Workplace,
    procedure: str,
    values: Mapping[str, str],
    *,
    actor: str,
    on: date,
    today: date,
    beside: str | int | None = None,
    then: Callable[[Transaction, str, CaseState], Sequence[str]] | None = None,
) -> OpenOutcome:
    """One new case, numbered, in one transaction. Raises :class:`Refusal` and changes nothing. ``then`` writes what
    belongs to the case (transaction, its id, its state) in the same transaction and says what is doubtful about it."""
    with workplace.writing() as tx:
        book = workplace.book
        require_service(book, procedure)
        rules = book.rules(book.basis_on(procedure, on.isoformat()))
        context: Context = workplace.context(rules, today)
        known, matter = _known(tx, beside)
        given = found_number(tx, rules.procedure.opening, values)
        decision = decide_opening(Command(OPENING, given, actor, on), "", context, known, matter)
        if rules.procedure.by_patent_type:
            _refuse_double(tx, decision.events[0].payload["facts"])
        case_id, case, warnings = record(tx, workplace, decision, rules, Numbers(tx, workplace.joined(tx)), actor)
        warnings += tuple(then(tx, case_id, case)) if then is not None else ()
        stored = case_table.find(tx, case_id)
        assert stored is not None  # it has just been written
        root = root_of(tx, stored)
    return OpenOutcome(
        key=stored.pk,
        id=case_id,
        number=case.number,
        stage=case.stage,
        stage_label=rules.procedure.stages[case.stage].label,
        due_on=date.fromisoformat(stored.due_on) if stored.due_on else None,
        matter=root.number,
        warnings=warnings,
    )


def record(
    tx: Transaction,
    workplace: Workplace,
    decision: Decision,
    rules: Rules,
    numbers: Numbers,
    actor: str,
    source: str = "",
) -> tuple[str, CaseState, tuple[str, ...]]:
    """Numbers and writes the case that was decided on; its id, state and what is doubtful. ``source`` names the list
    that it came from. Raises :class:`Refusal` when no number is left."""
    event = decision.events[0]
    number = numbers.next(prefix_of(workplace.book.centre.prefix, rules.procedure), event.occurred_on[:4])
    case_id, case = new_id(), CaseState()
    doubts = taken_number(tx, case_id, rules.procedure.id, event)
    payload = with_warnings({**event.payload, "number": number}, doubts)
    if source:
        payload["source"] = source
    basis = basis_with_calendar(rules.basis, workplace.book)
    draft = Draft(
        stream_of(case_id), event.type, event.version, actor, decision.role.value, event.occurred_on, basis, payload
    )
    project(tx, workplace, case_id, case, tx.append([draft]))
    return case_id, case, (*decision.warnings, *doubts)


def _known(reader: Reader, beside: str | int | None) -> tuple[dict[str, str], str]:
    """The facts of a record, those of the case at hand last, and the id of the case that began it."""
    if beside is None:
        return {}, ""
    row = find_row(reader, beside)
    root = root_of(reader, row)
    facts: dict[str, str] = {}
    for member in members_of(reader, root.row):
        facts.update({k: v for k, v in load(reader, member.pk)[1].facts.items() if v})
    facts.update({k: v for k, v in load(reader, row.pk)[1].facts.items() if v})
    facts["ref_case"] = row.number or ""
    return facts, root.row.id


def _refuse_double(reader: Reader, facts: Mapping[str, str]) -> None:
    known = case_table.by_intake_keys(reader, [intake_key(facts)])
    if known:
        row = case_table.rows(reader, list(known.values()))[0]
        raise Refusal("already_there", f"这一件已经收过：{row.number}“{row.title}”", {"number": row.number})
