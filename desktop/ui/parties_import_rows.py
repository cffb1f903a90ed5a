"""What the import of a list of parties shows: what was recognised, and what becomes of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.app.party_views import PartyIntakeReport, PlannedParty
from desktop.core.party_facts import label_of
from desktop.core.party_intake import PartyRow, examine_rows
from desktop.core.refusal import Refusal
from desktop.exchange.party_lists import PartyColumns, party_rows, recognise_parties
from desktop.exchange.reading import Sheet, read_workbook
from desktop.ui.i18n import tr
from desktop.ui.import_model import LEVELS, MARKS
from desktop.ui.parties_words import kind_title
from desktop.ui.widgets.rowtable import TextRow
from desktop.ui.worker import Cancelled, Progress

#: What the table shows first: what somebody has to mend.
VERDICTS = {"refused": "未收入", "changed": "更新", "new": "新登记", "unchanged": "未变"}


@dataclass(frozen=True)
class PartySource:
    """A read sheet, what its columns were recognised as, and its rows examined."""

    sheet: Sheet
    columns: PartyColumns
    rows: tuple[PartyRow, ...]


@dataclass(frozen=True)
class PartyOutcomeRows:
    """A report with its lines ready for the table, refused ones first; ``cut``: it was broken off before its end."""

    report: PartyIntakeReport
    lines: tuple[tuple[str, TextRow], ...]
    cut: bool = False


def read_source(path: Path, sheet: str | None, kind: str, progress: Progress, cancelled: Cancelled) -> PartySource:
    """Read a file, recognise its header, examine each row. Raises Refusal with a sentence."""
    read = read_workbook(path, sheet=sheet, cancelled=cancelled)
    columns = recognise_parties(read, kind)
    rows: list[PartyRow] = []
    for row in examine_rows(columns.kind, party_rows(read, columns)):
        rows.append(row)
        if len(rows) % 200 == 0:
            progress(len(rows), len(read.rows))
            if cancelled():
                raise Refusal("cancelled", tr("已取消，什么也没有收入。"))
    return PartySource(read, columns, tuple(rows))


def watched(rows: Sequence[PartyRow], progress: Progress, cancelled: Cancelled) -> Iterator[PartyRow]:
    """The rows, one after the other, as long as nobody breaks off; what was handed on by then is taken in."""
    for number, row in enumerate(rows):
        if cancelled():
            return
        progress(number, len(rows))
        yield row


def heard(source: PartySource) -> str:
    """What was recognised, in a sentence."""
    found = source.columns
    named = [f"{label_of(found.kind, name)}←{found.title(name)}" if label_of(found.kind, name) != found.title(name)
             else found.title(name) for name in found.columns]
    words = [tr("{kind}名单，表头在第 {row} 行，认出 {n} 列：{columns}", kind=kind_title(found.kind),
                row=found.header_row, n=len(named), columns="、".join(named))]
    if found.unknown:
        words.append(tr("没有用到的列：{titles}", titles="、".join(found.unknown)))
    return "；".join((*words, *source.sheet.notes))


def outcome_of(report: PartyIntakeReport, wanted: int) -> PartyOutcomeRows:
    """The lines of a report on ``wanted`` rows."""
    order = {name: place for place, name in enumerate(VERDICTS)}
    lines = []
    for row in sorted(report.rows, key=lambda row: (order[row.verdict], row.row)):
        words = reason_words(row)
        cells = (str(row.row), f"{MARKS[row.verdict]} {tr(VERDICTS[row.verdict])}", row.name, words)
        lines.append((row.verdict, TextRow(cells, LEVELS[row.verdict], row.row, words)))
    return PartyOutcomeRows(report, tuple(lines), report.read < wanted)


def reason_words(row: PlannedParty) -> str:
    """Why a row is refused, or what changes, or what to look at."""
    if row.reasons:
        return "；".join(f"{column}：{reason}" for column, reason in row.reasons)
    parts = [tr("{name}：{before} → {after}", name=name, before=before or "—", after=after or "—")
             for name, before, after in row.changes]
    return "；".join((*parts, *row.warnings))
