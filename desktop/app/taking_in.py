"""Taking in a platform list: the dry run and the real run answer alike, and the same list twice adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from db import cases as case_table
from db.envelope import Draft
from db.journal import Reader, Transaction
from db.rows import CaseRow
from desktop.app.projection import event_of, row_of, state_bytes, state_from
from desktop.app.views import IntakeReport, PlannedRow
from desktop.app.workplace import Workplace, basis_with_calendar, new_id, stream_of
from desktop.core.amend import amend_from_list
from desktop.core.case import CaseEvent, CaseState, advance
from desktop.core.decide import open_case
from desktop.core.intake import LABELS, IntakeRow, intake_key
from desktop.core.refusal import Refusal
from desktop.core.rules import Rules
from desktop.core.terms import Role

CHUNK = 250  # rows to a transaction: long enough to be fast, short enough to let others read and write
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
_ROLES = (Role.INTAKE, Role.ADMIN)  # who may take a list in
_FIXED = ("patent_type", "received_on")  # what a list may no longer change once the case is there

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
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntakeReport:
    """The dry run: what would happen to each row. Nothing is written."""
    found: list[PlannedRow] = []
    stopped = False
    for chunk in _chunks(rows):
        if cancelled is not None and cancelled():
            stopped = True
            break
        with workplace.reading() as reader:
            found += [_planned(item) for item in _judge(reader, chunk)]
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
    procedure: str = "preexam",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> IntakeReport:
    """Open a case for every new row and amend the changed ones, a chunk to a transaction.

    Cancelled, it stops between two chunks: what the report counts is committed, the rest was not touched.
    """
    found: list[PlannedRow] = []
    stopped = False
    for chunk in _chunks(rows):
        if cancelled is not None and cancelled():
            stopped = True
            break
        with workplace.writing() as tx:
            role = _admit(workplace, actor)
            plans = _judge(tx, chunk)
            _write(tx, workplace, plans, actor, role, source, today, procedure)
        found += [_planned(item) for item in plans]
        if progress is not None:
            progress(len(found), 0)
    return _report(found, dry_run=False, cancelled=stopped)


def _admit(workplace: Workplace, actor: str) -> Role:
    """The role in which ``actor`` takes a list in. While there is no staff list anybody may."""
    if not actor.strip():
        raise Refusal("no_actor", "请先说明由谁办理")
    staff = workplace.book.staff
    if staff and actor not in staff:
        raise Refusal("unknown_staff", f"人员名单中没有“{actor}”", {"actor": actor})
    role = next((role for role in _ROLES if not staff or role in staff[actor]), None)
    if role is None:
        needed = "或".join(_ROLES)
        raise Refusal("wrong_role", f"导入清单须由{needed}办理，{actor}没有这个角色", {"actor": actor})
    return role


def _chunks(rows: Iterable[IntakeRow]) -> Iterator[list[IntakeRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _judge(reader: Reader, chunk: Sequence[IntakeRow]) -> list[_Plan]:
    wanted = {intake_key(row.facts): row for row in chunk if not row.errors}
    known = case_table.by_intake_keys(reader, list(wanted))
    states = {key: case_table.state(reader, pk) for key, pk in known.items()}
    plans = []
    for row in chunk:
        if row.errors:
            reasons = tuple((error.column, error.reason) for error in row.errors)
            plans.append(_Plan(row, REFUSED, reasons=reasons))
            continue
        key = intake_key(row.facts)
        if key not in states:
            plans.append(_Plan(row, NEW, key))
            continue
        stored, state = states[key]
        plans.append(_compare(row, key, stored, state_from(state)))
    return plans


def _compare(row: IntakeRow, key: str, stored: CaseRow, case: CaseState) -> _Plan:
    plan = _Plan(row, UNCHANGED, key, stored.pk, case, stored.id, case.number)
    changed = [name for name, value in row.facts.items() if value != case.imported.get(name, "")]
    if not changed:
        return plan
    fixed = [name for name in changed if name in _FIXED]
    if fixed:
        plan.reasons = tuple(
            (
                LABELS[name],
                f"与已收案件 {case.number} 不一致（原为“{case.imported.get(name, '')}”），收件后不能由清单更改",
            )
            for name in fixed
        )
    elif case.ended:
        plan.reasons = ((LABELS[changed[0]], f"案件 {case.number} 已办结，不再按清单更改"),)
    plan.verdict = REFUSED if plan.reasons else CHANGED
    plan.changes = tuple((LABELS[n], case.imported.get(n, ""), row.facts[n]) for n in changed)
    return plan


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
    numbers = _Numbers(tx, workplace, procedure)
    drafts: list[Draft] = []
    touched: list[_Plan] = []
    for item in plans:
        if item.verdict == NEW:
            received = item.row.facts["received_on"]
            rules = workplace.book.rules(workplace.book.basis_on(procedure, received))
            item.number = numbers.next(received[:4], rules)
            item.case_id, item.case = new_id(), CaseState()
            context = workplace.context(rules, today)
            event = open_case(item.row.facts, item.number, context, f"{source} 第 {item.row.row} 行")
            basis = rules.basis
        elif item.verdict == CHANGED:
            assert item.case is not None  # a changed row was compared with its case
            rules = workplace.rules_of(item.case)
            event = amend_from_list(item.case, item.row.facts, today, rules, f"{source} 第 {item.row.row} 行")
            basis = item.case.basis
        else:
            continue
        drafts.append(_draft(item.case_id, event, actor, role, basis_with_calendar(basis, workplace.book)))
        touched.append(item)
    if not drafts:
        return
    envelopes = tx.append(drafts)
    calendar = workplace.book.calendar
    written = []
    for item, envelope in zip(touched, envelopes, strict=True):
        assert item.case is not None
        advance(item.case, event_of(envelope))
        written.append((row_of(item.case_id, item.case, envelope.hash, envelope.hlc, calendar), state_bytes(item.case)))
    case_table.upsert_many(tx, written)


class _Numbers:
    """The centre's own case numbers: prefix, year, seven digits; the next free ones within this transaction."""

    def __init__(self, tx: Transaction, workplace: Workplace, procedure: str) -> None:
        self._tx = tx
        self._own = workplace.book.centre.prefix
        self._last: dict[str, int] = {}

    def next(self, year: str, rules: Rules) -> str:
        prefix = f"{self._own or rules.procedure.prefix}-{year}-"
        if prefix not in self._last:
            self._last[prefix] = case_table.highest_serial(self._tx, prefix)
        self._last[prefix] += 1
        return f"{prefix}{self._last[prefix]:07d}"


def _draft(case_id: str, event: CaseEvent, actor: str, role: Role, basis: Mapping[str, str]) -> Draft:
    return Draft(
        stream=stream_of(case_id),
        type=event.type,
        version=event.version,
        actor=actor,
        role=role.value,
        occurred_on=event.occurred_on,
        basis=dict(basis),
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
