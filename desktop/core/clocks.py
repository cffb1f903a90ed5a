"""Running limits of a case: spans of counted time, the date they give, and why it is that date.

A clock is a list of spans. A pause closes the last span, a resume opens the next, so the remaining days are frozen
while nobody counts (handbook 1.7: a stop adds no days by itself). Centre limits count working days, the day of the
event not counted; limits in days and months follow 细则 art. 5 (handbook 11.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus, LimitKind, Unit
from desktop.core.workdays import DayResult, WorkdayCalendar, months_after

RUNNING, PAUSED, STOPPED, VOID = "running", "paused", "stopped", "void"
KIND_WORDS = {
    LimitKind.PROMISED: "承诺时限",
    LimitKind.LEGAL: "法定期限",
    LimitKind.TARGET: "内部目标",
    LimitKind.WATCH: "到期提醒",
}
UNIT_WORDS = {Unit.WORKDAY: "个工作日", Unit.DAY: "日", Unit.MONTH: "个月"}
_WEEK = "一二三四五六日"


@dataclass(slots=True)
class Clock:
    """One started limit. ``spans`` are [first day, last day] in ISO, the first day itself not counted; an open
    span has "" as its last day. ``limit`` counts in ``unit``, ``extended`` of it was added later. ``roll``: a last day
    that is no working day moves to the next. ``source`` is the version of the document that the
    figure came from; the figure itself is kept so that a later change of rules cannot move an old case."""

    id: str
    label: str
    kind: str
    owner: str
    limit: int
    unit: str
    basis: str
    status: str
    source: str
    warn: list[int]
    checked_on: str = ""
    spans: list[list[str]] = field(default_factory=list)
    state: str = RUNNING
    stopped_on: str = ""
    roll: bool = True
    extended: int = 0


@dataclass(frozen=True)
class Reading:
    """A clock as seen on one day. ``remaining`` and ``used`` count in the clock's unit, months in working days;
    ``due`` is None for a paused clock. ``state``: running, paused, met, late, void; ``reached``: an awaited date
    (a watch) is there."""

    state: str
    due: date | None
    remaining: int
    used: int
    overdue: bool
    provisional: bool
    reached: bool = False


def read(clock: Clock, calendar: WorkdayCalendar, today: date) -> Reading:
    """What the clock says on ``today``."""
    used, provisional = _spent_before(clock, calendar)
    first, last = clock.spans[-1]
    start = date.fromisoformat(first)
    due, doubtful = _due(clock, calendar, used)
    if clock.state == PAUSED:
        paused_on = date.fromisoformat(last)
        count = _count(clock, calendar, start, paused_on)
        used, provisional = used + count[0], provisional or count[1]
        left = calendar.between(paused_on, due).days if clock.unit == Unit.MONTH else clock.limit - used
        return Reading("paused", None, left, used, left < 0, provisional)
    until = date.fromisoformat(clock.stopped_on) if clock.stopped_on else today
    if last:  # it ended while it was frozen: the days after the pause do not count against it
        until = min(until, date.fromisoformat(last))
    spent = _count(clock, calendar, start, max(start, until))
    used += spent[0]
    watch = clock.kind == LimitKind.WATCH
    state = RUNNING
    if clock.state != RUNNING:
        state = VOID if clock.state == VOID else "late" if until > due and not watch else "met"
    remaining = (due - until).days if clock.unit == Unit.DAY else calendar.between(until, due).days
    overdue = until > due and clock.kind != LimitKind.TARGET and not watch and state != VOID
    # A finished clock is judged by its own past; only the date it gave may still be provisional.
    return Reading(state, due, remaining, used, overdue, provisional or doubtful, watch and until >= due)


def due_of(clock: Clock, calendar: WorkdayCalendar) -> tuple[date, bool]:
    """Due date and provisional mark of a running clock, without looking at any "today"."""
    used, provisional = _spent_before(clock, calendar)
    due, doubtful = _due(clock, calendar, used)
    return due, provisional or doubtful


def remaining_when_paused(clock: Clock, calendar: WorkdayCalendar) -> int:
    """Frozen remainder of a paused clock, in its unit; negative when it was overdue at the pause."""
    return read(clock, calendar, date.fromisoformat(clock.spans[-1][1])).remaining


def _spent_before(clock: Clock, calendar: WorkdayCalendar) -> tuple[int, bool]:
    """What the finished spans before the last one used, and whether that rests on a guess."""
    used, provisional = 0, False
    for first, last in clock.spans[:-1]:
        count = _count(clock, calendar, date.fromisoformat(first), date.fromisoformat(last))
        used, provisional = used + count[0], provisional or count[1]
    return used, provisional


def counts_any(clock: Clock, first: date, last: date) -> bool:
    """Whether any day of ``first`` … ``last`` lies in the counted time."""
    return any(
        last > date.fromisoformat(begin) and (not end or first <= date.fromisoformat(end)) for begin, end in clock.spans
    )


def exclude(clock: Clock, first: date, last: date) -> None:
    """Take the days ``first`` … ``last`` (platform outage, both included) out of the counted time."""
    kept: list[list[str]] = []
    for begin, end in clock.spans:
        start = date.fromisoformat(begin)
        stop = date.fromisoformat(end) if end else None
        if last <= start or (stop is not None and first > stop):
            kept.append([begin, end])
            continue
        before = max(start, first - timedelta(days=1))
        kept.append([begin, before.isoformat()])
        after = last if stop is None else min(stop, last)
        kept.append([after.isoformat(), end])
    clock.spans = kept


def _count(clock: Clock, calendar: WorkdayCalendar, first: date, last: date) -> tuple[int, bool]:
    if clock.unit == Unit.DAY:
        return (last - first).days, False
    count = calendar.between(first, last)
    return count.days, count.provisional


def _due(clock: Clock, calendar: WorkdayCalendar, used: int) -> tuple[date, bool]:
    """The last day, ``used`` having been spent before the last span. Others' events may lead to none that could be
    written: then it is the last, or the first, of all dates, and must not stop anybody."""
    try:
        return _counted_due(clock, calendar, used)
    except (Refusal, OverflowError):
        return (date.max if clock.limit > used or clock.unit == Unit.MONTH else date.min), True


def _counted_due(clock: Clock, calendar: WorkdayCalendar, used: int) -> tuple[date, bool]:
    """A stop of a limit in months moves its end by the calendar days that it lasted."""
    start = date.fromisoformat(clock.spans[-1][0])
    left = clock.limit - used
    if clock.unit == Unit.WORKDAY:
        # Overdue before the pause: resumed on a day off, that day is no step back to the last working day.
        result = calendar.add(start, left - 1 if left < 0 and not calendar.is_workday(start) else left)
        return result.day, result.provisional
    if clock.unit == Unit.DAY:
        end = start + timedelta(days=left)
    else:
        end = months_after(date.fromisoformat(clock.spans[0][0]), clock.limit) + timedelta(days=stopped_days(clock))
    result = calendar.roll(end) if clock.roll else DayResult(end, False)
    return result.day, result.provisional


def stopped_days(clock: Clock) -> int:
    """Calendar days between the spans, when nobody counted."""
    gaps = zip(clock.spans, clock.spans[1:], strict=False)
    return sum((date.fromisoformat(after[0]) - date.fromisoformat(before[1])).days for before, after in gaps)


def spoken(day: date) -> str:
    """2026-03-04（周三）"""
    return f"{day.isoformat()}（周{_WEEK[day.weekday()]}）"


def length(clock: Clock) -> str:
    """10 个工作日 / 2 个月 / 当日"""
    if clock.limit == 0:
        return "当日"
    word = UNIT_WORDS[Unit(clock.unit)]
    return f"{clock.limit} {word}"


def why(clock: Clock, calendar: WorkdayCalendar, today: date) -> str:
    """One sentence: from when, how long, which pauses, to which day."""
    reading = read(clock, calendar, today)
    first = date.fromisoformat(clock.spans[0][0])
    begin = f"自 {spoken(first)}次日起算 {length(clock)}" if clock.limit else f"{spoken(first)}{length(clock)}"
    pauses = f"，其间停止计算 {len(clock.spans) - 1} 次" if len(clock.spans) > 1 else ""
    if reading.due is None:
        stopped = spoken(date.fromisoformat(clock.spans[-1][1]))
        return f"{begin}；{stopped}起停止计算，剩余 {reading.remaining} {_unit(clock)}冻结"
    mark = "（暂定：超出已公布的工作日历）" if reading.provisional else ""
    return f"{begin}{pauses}，至 {spoken(reading.due)}{mark}"


def explain(clock: Clock, calendar: WorkdayCalendar, today: date) -> tuple[str, ...]:
    """The full account of the date, a line each: rule, trigger, counted and skipped days, pauses, result."""
    reading = read(clock, calendar, today)
    kind = KIND_WORDS[LimitKind(clock.kind)]
    version = _edition(clock.source)
    lines = [
        f"规则：{clock.label} {length(clock)}（{kind}，{version}，{clock.status}）",
        f"依据：{clock.basis}" + (f"（核对日期 {clock.checked_on}）" if clock.checked_on else ""),
    ]
    used = 0
    for number, (first, last) in enumerate(clock.spans, 1):
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else reading.due or today
        if clock.unit == Unit.MONTH:
            lines += _months_told(clock, start, reading.due) if number == 1 else ()
            continue
        name = f"第 {number} 段" if len(clock.spans) > 1 else "计算"
        count = _count(clock, calendar, start, end)[0]
        used += count
        verb = "计至" if last else "届满于"
        lines.append(f"{name}：{spoken(start)}当日不计，{verb} {spoken(end)}，共 {count} {_unit(clock)}")
        told = calendar.describe(start, end) if clock.unit == Unit.WORKDAY else ""
        if told:
            lines.append(f"　　{told}")
        if last and number < len(clock.spans):
            lines.append(
                f"停止计算：{last} 次日至 {clock.spans[number][0]}，剩余 {clock.limit - used} {_unit(clock)}不变"
            )
    if clock.extended:
        lines.append(f"延长：上述长度含经批准延长的 {clock.extended} {UNIT_WORDS[Unit(clock.unit)]}")
    if clock.state == PAUSED:
        lines.append(f"现停止计算，剩余 {reading.remaining} {_unit(clock)}；恢复之日的次日继续计算")
    if reading.provisional:
        lines.append(f"暂定：{calendar.last_year} 年以后的放假安排尚未公布，按周一至周五计，载入新年份后自动重算并说明")
    if reading.due is not None and not clock.roll:
        lines.append(f"到期日不顺延；提醒在 {spoken(calendar.roll(reading.due).day)}")
    elif reading.due is not None and clock.unit != Unit.WORKDAY and clock.limit:
        lines.append("期限届满日是休息日的，顺延到第一个工作日（实施细则第 5 条）；调休上班日视为工作日")
    for year in sorted({day.year for day in _touched(clock, reading.due)}):
        table = calendar.years.get(year)
        if table is not None and table.status is CheckStatus.UNCHECKED:
            lines.append(f"注意：{year} 年工作日历待核对（{table.basis or '无依据文号'}）")
    lines.append(f"工作日历：{calendar.first_year}—{calendar.last_year} 年，{_edition(calendar.version)}")
    return tuple(lines)


def _months_told(clock: Clock, start: date, due: date | None) -> list[str]:
    """How a limit in months was counted: once over all spans, its stops as days added to the end."""
    rest = "，遇休息日顺延" if clock.roll else ""
    end = f"，至 {spoken(due)}" if due else ""
    lines = [f"计算：{spoken(start)}当日不计，按月计至最后一月的相应日{rest}{end}"]
    for before, after in zip(clock.spans, clock.spans[1:], strict=False):
        days = (date.fromisoformat(after[0]) - date.fromisoformat(before[1])).days
        lines.append(f"停止计算：{before[1]} 次日至 {after[0]}，共 {days} 日，期限顺延同样日数")
    return lines


def _edition(version: str) -> str:
    return "随程序提供" if version == "0" else f"本中心第 {version} 版"


def _touched(clock: Clock, due: date | None) -> list[date]:
    days = [date.fromisoformat(text) for span in clock.spans for text in span if text]
    return [*days, due] if due else days


def _unit(clock: Clock) -> str:
    return "日" if clock.unit == Unit.DAY else "个工作日"
