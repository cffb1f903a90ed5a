"""The ledger (台账): one line per case with every date and limit a centre keeps in its spreadsheets (handbook 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from db import cases as case_table
from desktop.app import queues
from desktop.app.projection import flags_of, state_from
from desktop.app.views import QueueQuery
from desktop.app.workplace import Workplace
from desktop.core import clocks
from desktop.core.case import CaseState
from desktop.core.terms import LimitKind
from desktop.core.workdays import WorkdayCalendar

CHUNK = 500


def ledger(workplace: Workplace, query: QueueQuery, *, actor: str, today: date) -> Iterator[dict[str, Any]]:
    """Lines keyed by the ledger's column keys; dates are dates, unknown is None."""
    wanted = queues.keys(workplace, query, actor=actor, today=today)
    calendar = workplace.book.calendar
    serial = 0
    for start in range(0, len(wanted), CHUNK):
        with workplace.reading() as reader:
            found = [case_table.state(reader, pk) for pk in wanted[start : start + CHUNK]]
        for row, data in found:
            serial += 1
            case = state_from(data)
            stage = workplace.rules_of(case).procedure.stages[case.stage].label
            yield {"serial": serial, **_line(case, stage, calendar, today), "head": row.head[:16]}


def _line(case: CaseState, stage: str, calendar: WorkdayCalendar, today: date) -> dict[str, Any]:
    facts = case.facts
    line: dict[str, Any] = {
        "number": case.number,
        "stage": stage,
        "accepted_on": _day(case.reached.get("ACCEPTED")),
        "acceptance": "受理" if "ACCEPTED" in case.reached else case.outcome or "",
        "first_due_on": _due(case, "examination", calendar),
        "first_target_on": _due(case, "first_action", calendar),
        "conclusion": _conclusion(case),
        "concluded_on": _day(case.reached.get("PASSED") or case.reached.get("FAILED") or case.ended_on),
        "filing_due_on": _due(case, "filing", calendar),
        "round": case.round,
        "outcome": case.outcome,
        "ended_on": _day(case.ended_on),
        "flags": "；".join(flags_of(case)),
    }
    for name in (
        "platform_number party uscc region agency agency_code contact phone patent_type title field field_grade "
        "main_class classes examiner application_number consistency note publication_number"
    ).split():
        line[name] = facts.get(name, "")
    for name in (
        "received_on filed_on paid_on uploaded_on tagged_on office_action_on granted_on grant_notice_on"
    ).split():
        line[name] = _day(facts.get(name))
    line.update(_rounds(case, calendar))
    line.update(_durations(case, calendar, today))
    return line


def _conclusion(case: CaseState) -> str:
    if "PASSED" in case.reached:
        return "合格"
    return case.outcome if case.ended else ""


def _rounds(case: CaseState, calendar: WorkdayCalendar) -> dict[str, Any]:
    """Up to two rounds: sent, reply due, replied."""
    found: dict[str, Any] = {}
    replies = [clock for clock in case.clocks if clock.id == "reply"]
    for number, clock in enumerate(replies[:2], 1):
        found[f"opinion{number}_on"] = _day(clock.spans[0][0])
        found[f"reply{number}_due_on"] = clocks.due_of(clock, calendar)[0]
        found[f"reply{number}_on"] = _day(clock.stopped_on) if clock.state == clocks.STOPPED else None
    return found


def _durations(case: CaseState, calendar: WorkdayCalendar, today: date) -> dict[str, Any]:
    """Turnaround in the centre's own working days (waiting excluded), to grant in calendar days, and what was late."""
    late = []
    spent: int | None = None
    for clock in case.clocks:
        reading = clocks.read(clock, calendar, today)
        if reading.overdue and clock.kind != LimitKind.TARGET:
            late.append(clock.label)
        if clock.id == "examination" and reading.state in ("met", "late", "void"):
            spent = reading.used
    granted, filed = _day(case.facts.get("granted_on")), _day(case.facts.get("filed_on"))
    return {
        "turnaround": spent,
        "grant_days": (granted - filed).days if granted and filed else None,
        "overdue": "是" if late else "否",
        "overdue_stage": "、".join(late),
    }


def _due(case: CaseState, name: str, calendar: WorkdayCalendar) -> date | None:
    clock = case.clock(name)
    if clock is None or clock.state == clocks.PAUSED:
        return None
    return clocks.due_of(clock, calendar)[0]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
