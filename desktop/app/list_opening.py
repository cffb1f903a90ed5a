"""Many cases of one service from a table: the columns are its questions, the same table twice adds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from db import cases as case_table
from db.journal import Transaction
from desktop.app.casework import found_number
from desktop.app.numbers import Numbers
from desktop.app.openings import record
from desktop.app.views import IntakeReport, PlannedRow
from desktop.app.workplace import Workplace, require_service
from desktop.core.cells import date_of
from desktop.core.context import Command
from desktop.core.intake import intake_key
from desktop.core.opening import decide_opening
from desktop.core.procedure import OPENING, Input
from desktop.core.refusal import Refusal

RECEIVED = "received_on"  # the column of the day, which no question asks for
RECEIVED_LABELS = ("收件日期", "接收日期", "登记日期")

Row = tuple[int, Mapping[str, str]]  # the sheet's row number, answers by the name of the question


def columns(workplace: Workplace, procedure: str) -> dict[str, str]:
    """Title -> name of every question that a table may answer, by label and by name."""
    book = workplace.newest_book()
    require_service(book, procedure)
    found: dict[str, str] = dict.fromkeys(RECEIVED_LABELS, RECEIVED)
    for item in book.procedure(procedure).opening:
        found.setdefault(item.label, item.name)
        found.setdefault(item.name, item.name)
    found.setdefault(RECEIVED, RECEIVED)
    return found


def open_list(
    workplace: Workplace,
    procedure: str,
    rows: Iterable[Row],
    *,
    actor: str,
    source: str,
    on: date,
    today: date,
    dry_run: bool = False,
) -> IntakeReport:
    """All rows in one transaction. Each is opened, known already, or refused with its reason and column; a dry run
    answers alike and keeps nothing. A row without a day of its own was received ``on``."""
    found: list[PlannedRow] = []
    try:
        with workplace.writing() as tx:
            require_service(workplace.book, procedure)
            numbers = Numbers(tx, workplace.joined(tx))
            for number, values in rows:
                found.append(_row(workplace, tx, numbers, procedure, number, values, actor, source, on, today))
            if dry_run:
                raise _Undone
    except _Undone:
        found = [_unnumbered(row) for row in found]
    tally = {verdict: sum(row.verdict == verdict for row in found) for verdict in ("new", "unchanged", "refused")}
    return IntakeReport(
        len(found), tally["new"], 0, tally["unchanged"], tally["refused"], tuple(found), dry_run=dry_run
    )


class _Undone(Exception):
    """Ends the transaction of a dry run."""


def _unnumbered(row: PlannedRow) -> PlannedRow:
    number = "" if row.verdict == "new" else row.number
    return PlannedRow(row.row, row.verdict, row.title, "", number, row.reasons, warnings=row.warnings)


def _row(
    workplace: Workplace,
    tx: Transaction,
    numbers: Numbers,
    procedure: str,
    number: int,
    values: Mapping[str, str],
    actor: str,
    source: str,
    on: date,
    today: date,
) -> PlannedRow:
    title = values.get("title", "")
    book = workplace.book
    inputs: Sequence[Input] = book.procedure(procedure).opening
    try:
        day, doubt = _opened_on(values.get(RECEIVED, ""), on)
        rules = book.rules(book.basis_on(procedure, day.isoformat()))
        inputs = rules.procedure.opening
        asked = {name: value for name, value in values.items() if name != RECEIVED and value.strip()}
        given = found_number(tx, inputs, asked)
        decision = decide_opening(Command(OPENING, given, actor, day), "", workplace.context(rules, today), {})
        known = case_table.by_intake_keys(tx, [intake_key(decision.events[0].payload["facts"])])
        if known:
            row = case_table.rows(tx, list(known.values()))[0]
            return PlannedRow(number, "unchanged", title, "", row.number or "")
        _, case, warnings = record(tx, workplace, decision, rules, numbers, actor, f"{source} 第 {number} 行")
    except Refusal as refusal:
        name = str(refusal.data.get("input", ""))
        column = RECEIVED_LABELS[0] if name == RECEIVED else ""
        column = next((item.label for item in inputs if item.name == name), column)
        return PlannedRow(number, "refused", title, "", "", ((column, refusal.reason),))
    return PlannedRow(number, "new", title, "", case.number, warnings=(*doubt, *warnings))


def _opened_on(text: str, default: date) -> tuple[date, tuple[str, ...]]:
    """The day of a row of a table, in any usual spelling, and what is doubtful about it; ``default`` where it says
    none."""
    day, error, doubt = date_of(text)
    if error:
        raise Refusal("bad_input", f"“{text[:40]}”{error}", {"input": RECEIVED, "value": text[:40]})
    return day or default, (f"{RECEIVED_LABELS[0]}“{text[:40]}”{doubt}",) if doubt else ()
