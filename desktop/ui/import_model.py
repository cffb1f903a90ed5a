"""What the import dialog shows of a list: its columns, what each row would become, and the refused ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from desktop.app.views import IntakeReport, PlannedRow
from desktop.core.intake import IntakeRow, examine_rows
from desktop.core.refusal import Refusal
from desktop.exchange.columns import load_columns
from desktop.exchange.reading import Sheet, read_workbook
from desktop.exchange.recognition import Recognition, recognise, source_rows
from desktop.ui.i18n import tr
from desktop.ui.widgets.rowtable import TextRow
from desktop.ui.worker import Cancelled, Progress

#: What the table shows first: what somebody has to mend.
VERDICTS = {"refused": "拒收", "changed": "变更", "new": "新收", "unchanged": "不变"}
LEVELS = {"refused": "overdue", "changed": "soon", "new": "", "unchanged": "muted"}
MARKS = {"refused": "▲", "changed": "◆", "new": "＋", "unchanged": "＝"}
HOW = {"label": "同名", "alias": "别名", "loose": "近似", "remembered": "上次", "chosen": "手选"}
EXAMINE_STEP = 200


@dataclass(frozen=True)
class Source:
    """A read sheet and what was recognised of it."""

    sheet: Sheet
    recognition: Recognition


@dataclass(frozen=True)
class FieldLine:
    """One standard field with the column it is taken from (``index`` -1: from nowhere)."""

    field: str
    label: str
    required: bool
    index: int
    how: str


def read_source(path: Path, sheet: str | None, cancelled: Cancelled) -> Source:
    """Read a file and recognise its header. Raises Refusal with a sentence."""
    read = read_workbook(path, sheet=sheet, cancelled=cancelled)
    return Source(read, recognise(read))


def examine(source: Source, today: date, progress: Progress, cancelled: Cancelled) -> list[IntakeRow]:
    """Every row of the sheet under the rules. Raises Refusal("missing_columns") or, cancelled, Refusal("cancelled")."""
    source.recognition.require_complete()
    total = len(source.sheet.rows) - source.recognition.header_row
    rows: list[IntakeRow] = []
    for row in examine_rows(source_rows(source.sheet, source.recognition), today):
        rows.append(row)
        if len(rows) % EXAMINE_STEP == 0:
            progress(row.row - source.recognition.header_row, total)
            if cancelled():
                raise Refusal("cancelled", tr("已取消试算，什么也没有收入。"))
    progress(total, total)
    return rows


def field_lines(recognition: Recognition) -> list[FieldLine]:
    """The standard fields in the order of the dictionary."""
    lines = []
    for field in load_columns().fields.values():
        match = recognition.columns.get(field.name)
        lines.append(FieldLine(
            field.name, field.label, field.required, match.index if match else -1, tr(HOW[match.how]) if match else ""))
    return lines


def column_name(index: int) -> str:
    """A column as a spreadsheet calls it: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def reason_words(row: PlannedRow) -> str:
    """Why a row is refused, or what changes, or what to look at."""
    if row.reasons:
        return "；".join(f"{column}：{reason}" for column, reason in row.reasons)
    parts = [tr("{name}：{before} → {after}", name=name, before=before or "—", after=after or "—")
             for name, before, after in row.changes]
    return "；".join((*parts, *row.warnings))


@dataclass(frozen=True)
class Outcome:
    """A report with its lines ready for the table, refused ones first; made on a lane, for twenty thousand rows
    would hold up the window. ``lines`` are (verdict, line)."""

    report: IntakeReport
    lines: tuple[tuple[str, TextRow], ...]


def outcome_of(report: IntakeReport) -> Outcome:
    """The lines of a report."""
    order = {name: place for place, name in enumerate(VERDICTS)}
    lines = []
    for row in sorted(report.rows, key=lambda row: (order[row.verdict], row.row)):
        words = reason_words(row)
        verdict = f"{MARKS[row.verdict]} {VERDICTS[row.verdict]}"
        cells = (str(row.row), verdict, row.number or row.platform_number, row.title, words)
        lines.append((row.verdict, TextRow(cells, LEVELS[row.verdict], row.row, words)))
    return Outcome(report, tuple(lines))


def refusals(report: IntakeReport) -> Sequence[tuple[int, str, str]]:
    """(row, column, reason) of every refusal, as the copy of the sheet shows them."""
    return [(row.row, column, reason) for row in report.rows for column, reason in row.reasons
            if row.verdict == "refused"]
