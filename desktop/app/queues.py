"""Queues: pages of frozen rows, counts for the rail, and the ledger."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from db import cases as case_table
from db.journal import Reader
from db.queues import STRATEGIC
from db.rows import CaseRow
from desktop.app.projection import DOUBLED, marks_of
from desktop.app.queue_views import QueueCounts, QueueQuery, QueueRow
from desktop.app.workplace import Workplace, require_service
from desktop.core.procedure import Stage
from desktop.core.refusal import Refusal
from desktop.core.terms import NO_FIELD, LimitKind
from desktop.core.workdays import WorkdayCalendar

SOON_WORKDAYS = 1  # due today or on the next working day


def soon_until(calendar: WorkdayCalendar, today: date) -> str:
    return calendar.add(today, SOON_WORKDAYS).day.isoformat()


def case_filter(workplace: Workplace, query: QueueQuery, actor: str, today: date) -> case_table.CaseFilter:
    """The query in the words of the read tables. ``field`` may be a label, an alias or an id."""
    unnamed = query.field == NO_FIELD
    flags = query.columns.get("flags", "").strip()
    require_service(workplace.book, query.procedure)
    named = workplace.book.rules(workplace.book.basis_on(query.procedure, today.isoformat())).fields.find(query.field)
    return case_table.CaseFilter(
        procedure=query.procedure,
        view=query.view,
        today=today.isoformat(),
        soon_until=soon_until(workplace.book.calendar, today),
        examiner=actor if query.view == "mine" else query.examiner,
        field="" if unnamed else named.label if named else query.field,
        unnamed=unnamed,
        category=query.category,
        search=query.search,
        columns=query.columns,
        sort=query.sort,
        doubled=tuple(name for name, word in DOUBLED.items() if flags and flags in word),
    )


def page(
    workplace: Workplace, query: QueueQuery, *, actor: str, today: date, limit: int, offset: int
) -> list[QueueRow]:
    with workplace.reading() as reader:
        found = case_table.page(reader, case_filter(workplace, query, actor, today), limit, offset)
        return _rows(workplace, reader, found, today)


def keys(workplace: Workplace, query: QueueQuery, *, actor: str, today: date) -> array[int]:
    with workplace.reading() as reader:
        return case_table.keys(reader, case_filter(workplace, query, actor, today))


def rows(workplace: Workplace, wanted: Sequence[int], *, today: date) -> list[QueueRow]:
    with workplace.reading() as reader:
        return _rows(workplace, reader, case_table.rows(reader, wanted), today)


def count(workplace: Workplace, query: QueueQuery, *, actor: str, today: date) -> int:
    with workplace.reading() as reader:
        return case_table.count(reader, case_filter(workplace, query, actor, today))


def counts(workplace: Workplace, procedure: str, *, actor: str, today: date) -> QueueCounts:
    """Open, due soon and overdue by field, and the size of every saved view."""
    until = soon_until(workplace.book.calendar, today)
    with workplace.reading() as reader:
        found = case_table.counts(reader, procedure, today.isoformat(), until, actor)
    return QueueCounts(found.fields, found.views, found.types)


def _rows(workplace: Workplace, reader: Reader, found: Sequence[CaseRow], today: date) -> list[QueueRow]:
    calendar = workplace.book.calendar
    doubles = case_table.doubles(reader, found)
    stages = {procedure: workplace.stages_of(procedure) for procedure in {row.procedure for row in found}}
    return [_queue_row(row, stages[row.procedure], doubles, calendar, today) for row in found]


def _queue_row(
    row: CaseRow, stages: Mapping[str, Stage], doubles: case_table.Doubles, calendar: WorkdayCalendar, today: date
) -> QueueRow:
    """One read-table row as people see it; days are counted against ``today``, never stored."""
    flags: list[str] = orjson.loads(row.flags) if row.flags != "[]" else []
    stage = stages.get(row.stage)
    if stage is None or any(doubles):
        flags = list(dict.fromkeys([*marks_of(row, doubles, stages), *flags]))
    due = date.fromisoformat(row.due_on) if row.due_on else None
    watch = row.due_kind == LimitKind.WATCH
    remaining = calendar.between(today, due).days if due else None
    return QueueRow(
        key=row.pk,
        number=row.number or "",
        platform_number=row.platform_number,
        title=row.title,
        category=row.category,
        main_class=row.main_class,
        field=row.field,
        field_grade=row.field_grade,
        party=row.party,
        region=row.region,
        agency=row.agency,
        stage=row.stage,
        stage_label=stage.label if stage else row.stage,
        stage_kind=row.stage_kind,
        round=row.round,
        examiner=row.examiner,
        received_on=date.fromisoformat(row.received_on),
        due_on=due,
        due_label=row.due_clock,
        remaining=remaining,
        paused=row.paused,
        overdue=due is not None and due < today and not watch,
        provisional=bool(row.provisional),
        application_number=row.application_number,
        flags=tuple(flags),
        procedure=row.procedure,
        matured=due is not None and due <= today and watch,
        strategic=row.lead.startswith(STRATEGIC),
    )


def require_field(workplace: Workplace, name: str) -> None:
    """An empty answer for a misspelt field would look like good news."""
    book = workplace.newest_book()
    fields = book.rules(book.basis_on(book.services[0], date.max.isoformat())).fields
    if name != NO_FIELD and fields.find(name) is None:
        listed = "、".join([*fields.labels, NO_FIELD])
        raise Refusal("unknown_field", f"没有“{name}”这个领域；可用：{listed}", {"field": name})
