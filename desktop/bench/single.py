"""Small things done often: a working-day sum, a record on paper."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from desktop.app.desk import Desk
from desktop.app.shipped import resources, shipped
from desktop.bench.made import TODAY, Case
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import SECRET, fill_new, maker
from desktop.core.record import UnifiedRecord
from desktop.core.rulebook import RuleBook
from desktop.reports.record_pdf import render_record_bytes

OURS, LOOPED = 200_000, 2_000
RECORDS = 20
LARGEST = 150 * 1024
_FACE = "BenchSerif"
_LINE, _PER_PAGE, _CHARACTERS = 14, 52, 38


def workdays(setting: Setting) -> Taken:
    """The n-th working day after a day, -250 to 250, against walking day by day over the same published years."""
    calendar = RuleBook(shipped()).calendar
    walk, kind = _walker(calendar.is_workday)
    chance = random.Random(1)  # noqa: S311
    first = date(calendar.first_year, 1, 1) + timedelta(days=400)
    days = (date(calendar.last_year, 1, 1) - timedelta(days=400) - first).days
    questions = [
        (first + timedelta(days=chance.randrange(days)), chance.choice((-1, 1)) * chance.randrange(1, 251))
        for _ in range(setting.size(OURS))
    ]
    few = questions[: setting.size(LOOPED)]
    wrong = sum(calendar.add(day, n).day != walk(day, n) for day, n in few)

    def ours(clock: Clock) -> None:
        add = calendar.add
        with clock.running():
            for day, n in questions:
                add(day, n)

    def reference(clock: Clock) -> None:
        with clock.running():
            for day, n in few:
                walk(day, n)

    found = in_turns(setting, ours, reference, warm=True)
    faults = (f"{wrong} 个结果不同",) if wrong else ()
    note = f"参照为{kind}；{len(few)} 个结果一致"
    return Taken(*found, count=len(questions), reference_count=len(few), note=note, faults=faults)


def record_pdf(setting: Setting) -> Taken:
    """The record of a granted case as PDF, against the same words set line by line with the same bundled face."""
    pdfmetrics.registerFont(TTFont(_FACE, resources() / "fonts" / "NotoSerifSC-Regular.ttf"))
    with tempfile.TemporaryDirectory(dir=setting.folder) as place:
        desk, case = _one_granted(Path(place) / "desk")
        at = datetime(TODAY.year, TODAY.month, TODAY.day, 10, 30)
        record = desk.record(case.id, at=at)
        size = len(render_record_bytes(record))

        def ours(clock: Clock) -> None:
            with clock.running():
                for _ in range(RECORDS):
                    render_record_bytes(desk.record(case.id, at=at))

        def reference(clock: Clock) -> None:
            with clock.running():
                for _ in range(RECORDS):
                    _bare(record)

        found = in_turns(setting, ours, reference, warm=True)
        desk.close()
    faults = (f"文件 {size / 1024:.0f} KB，超过 150 KB",) if size > LARGEST else ()
    return Taken(*found, count=RECORDS, note=f"每份 {size / 1024:.0f} KB", faults=faults)


def _walker(is_workday: Callable[[date], bool]) -> tuple[Callable[[date, int], date], str]:
    """Day by day with the package everybody uses, if it is installed; else with our own table."""
    kind = "本程序日历逐日循环"
    worked = is_workday
    try:
        from chinese_calendar import is_workday as theirs  # type: ignore[import-not-found, unused-ignore]

        worked, kind = theirs, "chinese_calendar 逐日循环"
    except ImportError:
        pass

    def walk(day: date, n: int) -> date:
        step = timedelta(days=1 if n > 0 else -1)
        left = abs(n)
        while left:
            day += step
            left -= worked(day)
        return day

    return walk, kind


def _one_granted(folder: Path) -> tuple[Desk, Case]:
    case = next(maker(open_share=0.0, long_share=1.0).cases(1))
    fill_new(folder, iter([case]))
    return Desk.open(folder, SECRET), case


def _bare(record: UnifiedRecord) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, initialFontName=_FACE)
    y = 0
    for text in record.words().split("\n"):
        for start in range(0, max(len(text), 1), _CHARACTERS):
            if y % _PER_PAGE == 0 and y:
                canvas.showPage()
            canvas.setFont(_FACE, 10)
            canvas.drawString(70, A4[1] - 60 - (y % _PER_PAGE) * _LINE, text[start : start + _CHARACTERS])
            y += 1
    canvas.save()
    return buffer.getvalue()


