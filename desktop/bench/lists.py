"""Lists in and out: a platform list of 20,000 rows, a ledger of as many. The references are bare openpyxl."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.bench.made import TODAY
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import ACTOR, SECRET, ledger_store, maker
from desktop.core.intake import LABELS, examine_rows
from desktop.core.terms import PatentType
from desktop.exchange.ledger import LEDGER_COLUMNS, write_ledger
from desktop.exchange.reading import read_workbook
from desktop.exchange.recognition import recognise, source_rows

ROWS = 20_000
COLUMNS = 25


def take_in(setting: Setting) -> Taken:
    """File to recorded cases: reading, recognising, checking, comparing with what is there, appending, projecting."""
    count = setting.size(ROWS)
    with _folder(setting) as folder:
        path = folder / "list.xlsx"
        _write_list(path, count)
        faults: set[str] = set()

        def ours(clock: Clock) -> None:
            place = Path(tempfile.mkdtemp(dir=folder))
            desk = Desk.create(place / "desk", SECRET, centre="基准中心", station="基准站", actor=ACTOR)
            with clock.running():
                sheet = read_workbook(path)
                rows = examine_rows(source_rows(sheet, recognise(sheet)), TODAY)
                report = desk.take_in(rows, actor=ACTOR, source=path.name, today=TODAY)
            if report.new != count:
                faults.add(f"{count} 行只收入 {report.new} 件")
            desk.close()
            shutil.rmtree(place)

        def reference(clock: Clock) -> None:
            with clock.running():
                book = load_workbook(path, read_only=True)
                for sheet in book:
                    for _ in sheet.iter_rows(values_only=True):
                        pass
                book.close()

        return Taken(*in_turns(setting, ours, reference), count=count, faults=tuple(faults))


def export(setting: Setting) -> Taken:
    """Reading the cases, working out every line, writing the workbook; the reference writes the same cells."""
    count = setting.size(ROWS)
    columns = LEDGER_COLUMNS[:COLUMNS]
    query = QueueQuery(view="all")
    with _folder(setting) as folder:
        desk = Desk.open(ledger_store(setting, ROWS), SECRET)
        lines = [[line[column.key] for column in columns] for line in desk.ledger(query, actor=ACTOR, today=TODAY)]
        faults = () if len(lines) == count else (f"{count} 件只有 {len(lines)} 行",)

        def ours(clock: Clock) -> None:
            with clock.running():
                found = desk.ledger(query, actor=ACTOR, today=TODAY)
                write_ledger(folder / "ours.xlsx", ([line[c.key] for c in columns] for line in found), columns)

        def reference(clock: Clock) -> None:
            with clock.running():
                book = Workbook(write_only=True)
                sheet = book.create_sheet()
                for line in lines:
                    sheet.append(line)
                book.save(folder / "bare.xlsx")

        found = in_turns(setting, ours, reference)
        desk.close()
        return Taken(*found, count=count, faults=faults)


def _write_list(path: Path, count: int) -> None:
    """A list in the shape of a platform export: a title row above the header, a serial, columns nobody needs."""
    source = maker(open_share=0.0, long_share=0.0, seed=5)
    names = list(LABELS)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("清单")
    sheet.append(["预审案件清单"])
    others = [f"附加栏{number}" for number in range(1, COLUMNS - len(names))]
    sheet.append(["序号", *LABELS.values(), *others])
    for serial in range(1, count + 1):
        kind = list(PatentType)[serial % 3]
        facts = source.facts(serial, kind, TODAY - timedelta(days=serial % 60))
        sheet.append([serial, *(facts.get(name) for name in names), *("无" for _ in others)])
    book.save(path)


@contextmanager
def _folder(setting: Setting) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=setting.folder))
    try:
        yield place
    finally:
        shutil.rmtree(place)
