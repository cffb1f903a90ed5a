"""What belongs to one party's one solution: a lane per service, references both ways, and what else may belong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from db import attachments as attachment_table
from db import cases as case_table
from db import matters as matter_table
from db.envelope import Draft
from db.journal import Reader
from db.rows import CaseRow
from desktop.app.casework import find_row, load, project
from desktop.app.matter_numbers import PREFIX, members_of, number_of, root_of
from desktop.app.matter_views import Lane, LaneCase, MatterView, Reference, Related
from desktop.app.projection import CONTESTED, NEEDS_NEWER, flags_of
from desktop.app.rule_doubts import doubts_of
from desktop.app.views import ActOutcome
from desktop.app.workplace import Workplace, basis_with_calendar, stream_of
from desktop.core.case import AMENDED, MATTER, NEWER, CaseEvent, CaseState
from desktop.core.context import check_day, role_among
from desktop.core.narrate import fact_word
from desktop.core.refusal import Refusal
from desktop.core.terms import LimitKind, Role

_SHOWN = 20  # cases of the same party that are offered as related
_ROLES = (Role.INTAKE, Role.OFFICER, Role.EXAMINER, Role.CUSTODIAN, Role.REVIEWER, Role.LEAD, Role.ADMIN)
JOIN, LEAVE = "join", "leave"


def matter(workplace: Workplace, ref: str | int, *, actor: str, today: date) -> MatterView:
    """The record of a case, by its own number or by any number of any of its cases. Raises ``unknown_case``."""
    with workplace.reading() as reader:
        here = find_row(reader, ref.removeprefix(PREFIX) if isinstance(ref, str) else ref)
        root = root_of(reader, here)
        members = members_of(reader, root.row)
        found = [(row, load(reader, row.pk)[1]) for row in members]
        files = attachment_table.counted(reader, [stream_of(row.id) for row in members])
        references = [one for row in members for one in _references(workplace, reader, row)]
        related = _related(workplace, reader, members)
    lanes = _lanes(workplace, found, files, actor, today)
    newest = {name: value for _, case in found for name, value in case.facts.items() if value}
    ends = [case.ended_on or case.last_on for _, case in found]
    return MatterView(
        number=root.number,
        root=root.row.number or "",
        here=here.number or "",
        title=found[0][1].facts.get("title", ""),
        party=found[0][1].facts.get("party", ""),
        uscc=newest.get("uscc", ""),
        application_number=newest.get("application_number") or newest.get("patent_number", ""),
        lanes=lanes,
        references=tuple(dict.fromkeys(references)),
        related=related,
        since=min(date.fromisoformat(case.opened_on) for _, case in found),
        until=max(map(date.fromisoformat, ends)),
    )


def _lanes(
    workplace: Workplace,
    found: Sequence[tuple[CaseRow, CaseState]],
    files: dict[str, int],
    actor: str,
    today: date,
) -> tuple[Lane, ...]:
    book = workplace.book
    lanes = []
    strange = [row.procedure for row, _ in found if row.procedure not in book.services]
    for name in (*book.services, *dict.fromkeys(strange)):
        own = [(row, case) for row, case in found if row.procedure == name]
        cases = tuple(_lane_case(workplace, row, case, files.get(stream_of(row.id), 0), today) for row, case in own)
        if name in book.services:
            procedure = book.procedure(name)
            context = workplace.context(book.rules(book.basis_on(name, today.isoformat())), today)
            try:
                role_among(procedure.opening_roles, procedure.opening_label, actor, context)
                barred = ""
            except Refusal as refusal:
                barred = refusal.reason
            lanes.append(Lane(name, procedure.label, procedure.short, cases, barred))
        else:
            lanes.append(Lane(name, name, name, cases, NEEDS_NEWER))
    return tuple(lanes)


def _lane_case(workplace: Workplace, row: CaseRow, case: CaseState, files: int, today: date) -> LaneCase:
    calendar = workplace.book.calendar
    stage = workplace.rules_of(case).procedure.stages[case.stage]
    principal = None if case.ended else case.principal(calendar)
    due = principal[1] if principal else None
    watch = principal is not None and principal[0].kind == LimitKind.WATCH
    marks = [*flags_of(case), *doubts_of(workplace, case)]
    if principal and principal[2]:
        marks.append("期限暂定")
    return LaneCase(
        key=row.pk,
        number=case.number,
        category=row.category,
        title=case.facts.get("title", ""),
        stage_label=stage.label,
        stage_kind=case.kind,
        ended=case.ended,
        result=CONTESTED if case.contested else case.outcome,
        examiner=case.facts.get("examiner", ""),
        opened_on=date.fromisoformat(case.opened_on),
        ended_on=date.fromisoformat(case.ended_on) if case.ended_on else None,
        due_on=due,
        due_label=principal[0].label if principal else "",
        remaining=calendar.between(today, due).days if due else None,
        overdue=due is not None and due < today and not watch,
        matured=due is not None and due <= today and watch,
        provisional=bool(principal and principal[2]),
        contested=case.contested > 0,
        files=files,
        marks=tuple(dict.fromkeys(marks)),
    )


def _references(workplace: Workplace, reader: Reader, row: CaseRow) -> list[Reference]:
    number = row.number or ""
    named, naming = matter_table.references(reader, row.id, number)
    return [
        *(_reference(workplace, other, row.procedure, name, True, number) for name, other in named),
        *(_reference(workplace, other, other.procedure, name, False, number) for name, other in naming),
    ]


def _reference(
    workplace: Workplace, other: CaseRow, asked_in: str, name: str, outgoing: bool, number: str
) -> Reference:
    book = workplace.book
    said = fact_word(name, book.procedure(asked_in)) if asked_in in book.services else name
    service = book.procedure(other.procedure).label if other.procedure in book.services else other.procedure
    return Reference(other.pk, other.number or "", other.title, service, said, outgoing, number)


def _related(workplace: Workplace, reader: Reader, members: Sequence[CaseRow]) -> tuple[Related, ...]:
    """Cases of the same application or the same party that stand in no record with these. The close ones come first."""
    own = {row.id for row in members}
    first = members[0]
    numbers = {row.application_number for row in members if row.application_number}
    candidates = [row for number in sorted(numbers) for row in case_table.find_all(reader, number)]
    candidates += matter_table.of_party(reader, first.uscc, first.party, _SHOWN + len(own))
    titles = {"".join(row.title.split()) for row in members}
    found: dict[str, Related] = {}
    for row in candidates:
        if row.id in own or row.id in found:
            continue
        same_number = row.application_number in numbers
        same_title = "".join(row.title.split()) in titles
        why = "同一申请号（专利号）" if same_number else "同一主体、同一名称" if same_title else "同一主体"
        service = workplace.book.procedure(row.procedure).label if row.procedure in workplace.book.services else ""
        stage = workplace.stages_of(row.procedure).get(row.stage)
        found[row.id] = Related(
            row.pk, row.number or "", row.title, service, stage.label if stage else row.stage, why,
            same_number or same_title,
        )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: not one.close)[:_SHOWN])


def join(
    workplace: Workplace, ref: str | int, into: str | int, *, reason: str, actor: str, on: date, today: date
) -> ActOutcome:
    """Puts a case (and what was begun with it) into another's record."""
    return _move(workplace, ref, into, reason, actor, on, today)


def leave(workplace: Workplace, ref: str | int, *, reason: str, actor: str, on: date, today: date) -> ActOutcome:
    """Takes a case out of the record it was put into; it has one of its own again."""
    return _move(workplace, ref, None, reason, actor, on, today)


def _move(
    workplace: Workplace, ref: str | int, into: str | int | None, reason: str, actor: str, on: date, today: date
) -> ActOutcome:
    """An amendment like any other: stations that put one case into two records side by side have it contested."""
    with workplace.writing() as tx:
        row, case = load(tx, ref)
        rules = workplace.rules_of(case)
        role = role_among(_ROLES, "调整办理记录", actor, workplace.context(rules, today))
        _require_movable(case, rules.missing)
        check_day("", on, workplace.context(rules, today))
        if not reason.strip():
            raise Refusal("missing_input", "请写明调整办理记录的理由", {"input": "reason"})
        if into is None:
            target, number = "", number_of(row)
        else:
            named = into.removeprefix(PREFIX) if isinstance(into, str) else into
            root = root_of(tx, find_row(tx, named))
            target, number = root.row.id, root.number
            if root_of(tx, row).row.id == target:
                raise Refusal("nothing_changed", f"案件 {case.number} 已在办理记录 {number} 中")
        if case.facts.get(MATTER, "") == target:
            raise Refusal("nothing_changed", f"案件 {case.number} 没有归入其他办理记录")
        payload = {
            "action": LEAVE if into is None else JOIN,
            "label": "移出办理记录" if into is None else "归入办理记录",
            "facts": {MATTER: target},
            "before": {MATTER: case.facts.get(MATTER, "")},
            "matter_number": number,
            "reason": reason.strip()[:500],
        }
        event = CaseEvent(AMENDED, 1, on.isoformat(), payload)
        basis = basis_with_calendar(case.basis, workplace.book)
        draft = Draft(stream_of(row.id), AMENDED, 1, actor, role.value, event.occurred_on, basis, payload)
        after = project(tx, workplace, row.id, case, tx.append([draft]))
    stage = rules.procedure.stages[case.stage]
    due = date.fromisoformat(after["due_on"]) if after["due_on"] else None
    return ActOutcome(case.number, case.stage, stage.label, 1, due, moved=(row.pk,))


def _require_movable(case: CaseState, missing: tuple[str, ...]) -> None:
    if case.contested:
        raise Refusal("contested", "此案有待裁决的分歧，请先由组长裁决", {"sides": case.contested})
    if NEWER in case.flags or missing:
        raise Refusal("needs_newer_program", "此案在本站点只能查看")
