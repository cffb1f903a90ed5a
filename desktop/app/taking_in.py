"""Taking in a platform list: the dry run and the real run answer alike, and the same list twice adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db import cases as case_table
from db.envelope import Draft
from db.journal import Reader, Transaction
from db.rows import CaseRow
from desktop.app.memory import chunks, nothing_collected
from desktop.app.numbers import Numbers, prefix_of
from desktop.app.projection import event_of, row_of, state_bytes, state_from
from desktop.app.views import IntakeReport, PlannedRow
from desktop.app.workplace import Workplace, basis_with_calendar, new_id, stream_of
from desktop.core.amend import amend_from_list, contradicted, relisted
from desktop.core.case import NEWER, CaseEvent, CaseState, advance
from desktop.core.configuration import PREEXAM
from desktop.core.context import Context, role_among
from desktop.core.intake import LABELS, IntakeRow, intake_key
from desktop.core.opening import open_case
from desktop.core.refusal import Refusal
from desktop.core.rules import Rules
from desktop.core.terms import Role

CHUNK = 250  # rows to a transaction: long enough to be fast, short enough to let others read and write
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
_ROLES = (Role.INTAKE, Role.ADMIN)  # who may take a list in
_FIXED = ("patent_type", "received_on", "application_number")  # a list may not change these once the case is there

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass
class _Plan:
    """One row with what is to be done about it."""

    row: IntakeRow
    verdict: str
    key: str = ""
    pk: int = 0
    case: CaseState | None = None
    case_id: str = ""
    number: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()


def plan(
    workplace: Workplace,
    rows: Iterable[IntakeRow],
    *,
    procedure: str = PREEXAM,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntakeReport:
    """The dry run: what would happen to each row. Nothing is written."""
    found: list[PlannedRow] = []
    stopped = False
    for chunk in chunks(rows, CHUNK):
        if cancelled is not None and cancelled():
            stopped = True
            break
        with nothing_collected(), workplace.reading() as reader:
            plans = _judge(reader, chunk, workplace, procedure)
        found += map(_planned, plans)
        if progress is not None:
            progress(len(found), 0)
    return _report(found, dry_run=True, cancelled=stopped)


def take_in(
    workplace: Workplace,
    rows: Iterable[IntakeRow],
    *,
    actor: str,
    source: str,
    today: date,
    procedure: str = PREEXAM,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntakeReport:
    """Open a case for every new row and amend the changed ones, a chunk to a transaction.

    Cancelled, it stops between two chunks: what the report counts is committed, the rest was not touched.
    """
    found: list[PlannedRow] = []
    stopped = False
    book = workplace.newest_book()
    rules = book.rules(book.basis_on(procedure, today.isoformat()))
    for chunk in chunks(rows, CHUNK):
        if cancelled is not None and cancelled():
            stopped = True
            break
        with nothing_collected(), workplace.writing() as tx:
            role = role_among(_ROLES, "导入清单", actor, workplace.context(rules, today))
            plans = _judge(tx, chunk, workplace, procedure)
            _write(tx, workplace, plans, actor, role, source, today, procedure)
        found += [_planned(item) for item in plans]
        if progress is not None:
            progress(len(found), 0)
    return _report(found, dry_run=False, cancelled=stopped)


def _judge(reader: Reader, chunk: Sequence[IntakeRow], workplace: Workplace, procedure: str) -> list[_Plan]:
    wanted = {intake_key(row.facts): row for row in chunk if not row.errors}
    known = case_table.by_intake_keys(reader, list(wanted))
    states = {stored.pk: (stored, state) for stored, state in case_table.states(reader, list(known.values()))}
    plans = []
    for row in chunk:
        if row.errors:
            reasons = tuple((error.column, error.reason) for error in row.errors)
            plans.append(_Plan(row, REFUSED, reasons=reasons))
            continue
        key = intake_key(row.facts)
        if key not in known:
            reasons = _not_offered(workplace, procedure, row)
            plans.append(_Plan(row, REFUSED if reasons else NEW, key, reasons=reasons))
            continue
        stored, state = states[known[key]]
        case = state_from(state)
        plans.append(_compare(row, key, stored, case, workplace.rules_of(case)))
    return plans


def _not_offered(workplace: Workplace, procedure: str, row: IntakeRow) -> tuple[tuple[str, str], ...]:
    """A centre's own version of the procedure may leave a patent type out."""
    book = workplace.book
    offered = book.rules(book.basis_on(procedure, row.facts["received_on"])).procedure
    if offered.category_of(row.facts):
        return ()
    labels = "、".join(category.label for category in offered.categories)
    return ((LABELS["patent_type"], f"本中心的“{offered.label}”只收：{labels}"),)


def _compare(row: IntakeRow, key: str, stored: CaseRow, case: CaseState, rules: Rules) -> _Plan:
    """What the list would change of a case it knows. A list speaks before filing and never against a person."""
    plan = _Plan(row, UNCHANGED, key, stored.pk, case, stored.id, case.number)
    changed = relisted(case, row.facts)
    if not changed:
        return plan
    plan.reasons = tuple((LABELS[name], reason) for name, reason in _objections(case, changed, row.facts, rules))
    plan.verdict = REFUSED if plan.reasons else CHANGED
    plan.changes = tuple((LABELS[name], case.facts.get(name, ""), row.facts[name]) for name in changed)
    return plan


def _objections(
    case: CaseState, changed: Sequence[str], listed: Mapping[str, str], rules: Rules
) -> Iterator[tuple[str, str]]:
    if NEWER in case.flags or rules.missing:
        yield changed[0], f"案件 {case.number} 在本站点只能查看"
        return
    if case.contested:
        yield changed[0], f"案件 {case.number} 待裁决，裁决之后再按清单更改"
        return
    if case.ended:
        yield changed[0], f"案件 {case.number} 已办结，不再按清单更改"
        return
    if not any(action.amends for action in rules.procedure.actions_at(case.stage)):
        stage = rules.procedure.stages[case.stage].label
        yield changed[0], f"案件 {case.number} 已到“{stage}”，不再按清单更改"
        return
    for name in changed:
        if name in _FIXED:
            known = case.facts.get(name, "")
            yield name, f"与已收案件 {case.number} 不一致（原为“{known}”），收件后不能由清单更改"
    for name in contradicted(case, [name for name in changed if name not in _FIXED]):
        known = case.facts.get(name, "") or "空"
        yield name, f"案件 {case.number} 已由人员改为“{known}”，与清单的“{listed[name]}”不同，请人工更正"


def _write(
    tx: Transaction,
    workplace: Workplace,
    plans: Sequence[_Plan],
    actor: str,
    role: Role,
    source: str,
    today: date,
    procedure: str,
) -> None:
    numbers = Numbers(tx, workplace.joined(tx))
    own_prefix = workplace.book.centre.prefix
    of_day: dict[str, tuple[Context, dict[str, str]]] = {}  # cases received on one day share their rules
    drafts: list[Draft] = []
    touched: list[_Plan] = []
    for item in plans:
        if item.verdict == NEW:
            received = item.row.facts["received_on"]
            if received not in of_day:
                rules = workplace.book.rules(workplace.book.basis_on(procedure, received))
                of_day[received] = workplace.context(rules, today), basis_with_calendar(rules.basis, workplace.book)
            context, basis = of_day[received]
            try:
                item.number = numbers.next(prefix_of(own_prefix, context.rules.procedure), received[:4])
            except Refusal as refusal:  # the rows before it are taken in; this one comes again after a sync
                item.verdict, item.reasons = REFUSED, (("案号", refusal.reason),)
                continue
            item.case_id, item.case = new_id(), CaseState()
            event = open_case(item.row.facts, item.number, context, f"{source} 第 {item.row.row} 行")
        elif item.verdict == CHANGED:
            assert item.case is not None  # a changed row was compared with its case
            rules = workplace.rules_of(item.case)
            event = amend_from_list(item.case, item.row.facts, today, rules, f"{source} 第 {item.row.row} 行")
            basis = basis_with_calendar(item.case.basis, workplace.book)
        else:
            continue
        drafts.append(_draft(item.case_id, event, actor, role, basis))
        touched.append(item)
    if not drafts:
        return
    envelopes = tx.append(drafts)
    around = workplace.surroundings(tx)
    written = []
    for item, envelope in zip(touched, envelopes, strict=True):
        assert item.case is not None
        advance(item.case, event_of(envelope))
        written.append((row_of(item.case_id, item.case, envelope.hash, envelope.hlc, around), state_bytes(item.case)))
    case_table.upsert_many(tx, written)


def _draft(case_id: str, event: CaseEvent, actor: str, role: Role, basis: dict[str, str]) -> Draft:
    return Draft(
        stream=stream_of(case_id),
        type=event.type,
        version=event.version,
        actor=actor,
        role=role.value,
        occurred_on=event.occurred_on,
        basis=basis,
        payload=dict(event.payload),
    )


def _planned(item: _Plan) -> PlannedRow:
    facts = item.row.facts
    return PlannedRow(
        row=item.row.row,
        verdict=item.verdict,
        title=facts.get("title", ""),
        platform_number=facts.get("platform_number", ""),
        number=item.number,
        reasons=item.reasons,
        changes=item.changes,
        warnings=item.row.warnings,
    )


def _report(rows: Sequence[PlannedRow], *, dry_run: bool, cancelled: bool) -> IntakeReport:
    tally = dict.fromkeys((NEW, CHANGED, UNCHANGED, REFUSED), 0)
    for row in rows:
        tally[row.verdict] += 1
    return IntakeReport(
        read=len(rows),
        new=tally[NEW],
        changed=tally[CHANGED],
        unchanged=tally[UNCHANGED],
        refused=tally[REFUSED],
        rows=tuple(rows),
        dry_run=dry_run,
        cancelled=cancelled,
    )
