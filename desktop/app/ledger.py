"""The ledger (台账): one line per case with every date and limit a centre keeps in its spreadsheets (handbook 9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from db import cases as case_table
from desktop.app import queues
from desktop.app.matter_numbers import root_of
from desktop.app.projection import CONTESTED, flags_of, state_from
from desktop.app.queue_views import QueueQuery
from desktop.app.rule_doubts import doubts_of
from desktop.app.workplace import Workplace
from desktop.core import clocks
from desktop.core.case import CaseState
from desktop.core.procedure import CATEGORY, PATENT_TYPE
from desktop.core.terms import LimitKind
from desktop.core.workdays import WorkdayCalendar

CHUNK = 500
_TEXTS = (
    "platform_number party uscc region agency agency_code contact phone patent_type title field field_grade "
    "main_class examiner application_number consistency note"
).split()
_COMMON = frozenset("title party uscc examiner category patent_type received_on".split())
_DAYS = "received_on filed_on paid_on tagged_on office_action_on granted_on".split()


def ledger(workplace: Workplace, query: QueueQuery, *, actor: str, today: date) -> Iterator[dict[str, Any]]:
    """Lines keyed like the columns of :mod:`desktop.exchange.ledger`; dates are dates, unknown is None or empty."""
    wanted = queues.keys(workplace, query, actor=actor, today=today)
    calendar = workplace.book.calendar
    serial = 0
    for start in range(0, len(wanted), CHUNK):
        with workplace.reading() as reader:
            found = case_table.states(reader, wanted[start : start + CHUNK])
        for _, data in found:
            serial += 1
            case = state_from(data)
            yield {"serial": serial, **_line(case, calendar, today)}


def service_columns(workplace: Workplace, procedure: str) -> tuple[tuple[str, str], ...]:
    """Keys and titles of the ledger of a service of any kind: what every case has, then what its questions ask for."""
    service = workplace.newest_book().procedure(procedure)
    asked = {name: label for name, label in service.fact_labels.items() if name not in _COMMON}
    return (
        ("number", "案号"), ("matter", "办理编号"), ("category", service.category_label),
        ("title", service.title_label), ("party", service.party_label), ("uscc", "统一社会信用代码"),
        ("examiner", service.person_label), ("received_on", "收件日期"), ("stage", "当前环节"), ("outcome", "结果"),
        ("ended_on", "办结日期"), ("due", "在计期限"), ("due_on", "截止日"), ("overdue_stages", "超期环节"),
        *asked.items(), ("marks", "标记"),
    )  # fmt: skip


def service_ledger(workplace: Workplace, query: QueueQuery, *, actor: str, today: date) -> Iterator[tuple[str, ...]]:
    """Lines in the order of :func:`service_columns`, every value as text."""
    columns = [name for name, _ in service_columns(workplace, query.procedure)]
    wanted = queues.keys(workplace, query, actor=actor, today=today)
    for start in range(0, len(wanted), CHUNK):
        with workplace.reading() as reader:
            found = [
                (state_from(data), root_of(reader, row).number)
                for row, data in case_table.states(reader, wanted[start : start + CHUNK])
            ]
        for case, matter in found:
            line = _service_line(workplace, case, matter, today)
            yield tuple(line.get(name) or case.facts.get(name, "") for name in columns)


def _service_line(workplace: Workplace, case: CaseState, matter: str, today: date) -> dict[str, str]:
    calendar = workplace.book.calendar
    stage = workplace.rules_of(case).procedure.stages[case.stage].label
    principal = None if case.ended else case.principal(calendar)
    late = [clock.label for clock in case.clocks if clocks.read(clock, calendar, today).overdue]
    doubt = "（暂定）" if principal and principal[2] else ""
    return {
        "number": case.number,
        "matter": matter,
        "category": case.facts.get(CATEGORY) or case.facts.get(PATENT_TYPE, ""),
        "stage": stage,
        "outcome": CONTESTED if case.contested else case.outcome,
        "ended_on": case.ended_on,
        "due": principal[0].label if principal else "",
        "due_on": f"{principal[1]}{doubt}" if principal else "",
        "overdue_stages": "、".join(dict.fromkeys(late)),
        "marks": "；".join([*flags_of(case), *doubts_of(workplace, case)]),
    }


def _line(case: CaseState, calendar: WorkdayCalendar, today: date) -> dict[str, Any]:
    facts, reached = case.facts, case.reached
    line: dict[str, Any] = {name: facts.get(name, "") for name in _TEXTS}
    line.update({name: _day(facts.get(name)) for name in _DAYS})
    line.update(
        number=case.number,
        party_kind="",  # kept with the registered parties, not with the case
        agent="",
        accepted_on=_day(reached.get("ACCEPTED")),
        acceptance="受理" if "ACCEPTED" in reached else case.outcome,
        first_opinion_due=_due(case, "examination", calendar),
        conclusion="合格" if "PASSED" in reached else case.outcome if case.ended else "",
        concluded_on=_day(reached.get("PASSED") or reached.get("FAILED") or case.ended_on),
        filing_due=_due(case, "filing", calendar),
        returned_on=_day(facts.get("uploaded_on")),
        office_reply_on=_stopped(case, "office_reply"),
        grant=case.outcome if case.stage in ("GRANTED", "REJECTED") else "",
    )
    line.update(_rounds(case, calendar))
    line.update(_durations(case, calendar, today))
    if case.contested:  # neither outcome is final, so neither is counted
        line["note"] = f"【{CONTESTED}】{line['note']}"
        line["conclusion"] = line["grant"] = CONTESTED
    return line


def _rounds(case: CaseState, calendar: WorkdayCalendar) -> dict[str, Any]:
    """The first two rounds: sent, reply due, replied."""
    found: dict[str, Any] = {}
    replies = [clock for clock in case.clocks if clock.id == "reply"][:2]
    for number, name in enumerate(("first", "second"), 1):
        clock = replies[number - 1] if len(replies) >= number else None
        found[f"{name}_opinion_on"] = _day(clock.spans[0][0]) if clock else None
        found[f"reply_{number}_due"] = clocks.due_of(clock, calendar)[0] if clock else None
        # A case that ended for want of a reply stopped the limit too.
        lapsed = case.ended and "reply" in case.closed_clocks and clock is replies[-1]
        answered = clock is not None and clock.state == clocks.STOPPED and not lapsed
        found[f"reply_{number}_on"] = _day(clock.stopped_on) if clock and answered else None
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
        "preexam_workdays": spent,
        "grant_days": (granted - filed).days if granted and filed else None,
        "overdue": "是" if late else "否",
        "overdue_stages": "、".join(dict.fromkeys(late)),
    }


def _due(case: CaseState, name: str, calendar: WorkdayCalendar) -> date | None:
    clock = case.clock(name)
    if clock is None or clock.state == clocks.PAUSED:
        return None
    return clocks.due_of(clock, calendar)[0]


def _stopped(case: CaseState, name: str) -> date | None:
    clock = case.clock(name)
    return _day(clock.stopped_on) if clock is not None and clock.state == clocks.STOPPED else None


def _day(text: str | None) -> date | None:
    """None also for a fact of somebody else's that is no day: the others' lines are wanted all the same."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
