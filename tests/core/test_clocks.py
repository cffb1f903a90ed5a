"""A limit's arithmetic against a counter that goes day by day and knows nothing of spans."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.app.shipped import shipped
from desktop.core import clocks
from desktop.core.case import CaseState, _apply
from desktop.core.clocks import Clock
from desktop.core.workdays import WorkdayCalendar, parse_year

CALENDAR = WorkdayCalendar(map(parse_year, shipped().years))
START = date(2026, 1, 28)
RULE: dict[str, Any] = {
    "label": "试验", "kind": "promised", "owner": "centre", "limit": 10, "unit": "workday", "basis": "b",
    "status": "已核对", "source": "0", "warn": [],
}  # fmt: skip


def state_with(limit: int = 10, unit: str = "workday", kind: str = "promised", start: date = START) -> CaseState:
    state = CaseState()
    rule = {**RULE, "limit": limit, "unit": unit, "kind": kind}
    _apply(state, {"do": "start", "clock": "c", "on": start.isoformat(), "rule": rule})
    return state


def do(state: CaseState, verb: str, on: date, until: date | None = None) -> Clock:
    _apply(state, {"do": verb, "clock": "c", "on": on.isoformat(), "until": (until or on).isoformat()})
    return state.clocks[0]


class DayByDay:
    """Ticks once a day. The day on which counting begins or begins again is not counted, the day on which it halts
    is; days of an outage never are."""

    def __init__(self, calendar: WorkdayCalendar) -> None:
        self.calendar = calendar
        self.counted: set[date] = set()
        self.today = START
        self.running = True

    def until(self, day: date) -> None:
        while self.today < day:
            self.today += timedelta(days=1)
            if self.running and self.calendar.is_workday(self.today):
                self.counted.add(self.today)

    def outage(self, first: date, last: date) -> None:
        self.counted -= {first + timedelta(days=n) for n in range((last - first).days + 1)}

    @property
    def used(self) -> int:
        return len(self.counted)

    def due(self, limit: int) -> date:
        """Going on from today without a halt."""
        used, day = self.used, self.today
        while used < limit:
            day += timedelta(days=1)
            used += self.calendar.is_workday(day)
        return day


STEPS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["pause", "resume", "void+restore", "outage"]), st.integers(0, 8)),
    max_size=12,
)


def play(steps: list[tuple[int, str, int]]) -> tuple[CaseState, DayByDay]:
    state, naive = state_with(), DayByDay(CALENDAR)
    today = START
    for ahead, verb, length in steps:
        today += timedelta(days=ahead)
        naive.until(today)
        clock = state.clocks[0]
        if verb == "pause" and clock.state == clocks.RUNNING:
            do(state, "pause", today)
            naive.running = False
        elif verb == "resume" and clock.state == clocks.PAUSED:
            do(state, "resume", today)
            naive.running = True
        elif verb == "void+restore":
            was = naive.running
            do(state, "void", today)
            naive.running = False
            today += timedelta(days=length)
            naive.until(today)
            do(state, "restore", today)
            naive.running = was
        elif verb == "outage":
            first = today - timedelta(days=length)
            if clocks.counts_any(clock, first, today):
                do(state, "exclude", first, today)
            naive.outage(first, today)
    return state, naive


@settings(max_examples=200)
@given(STEPS, st.integers(0, 10))
def test_against_the_day_by_day_counter(steps: list[tuple[int, str, int]], later: int) -> None:
    state, naive = play(steps)
    clock = state.clocks[0]
    today = naive.today + timedelta(days=later)
    naive.until(today)
    reading = clocks.read(clock, CALENDAR, today)
    assert reading.used == naive.used
    assert reading.remaining == clock.limit - naive.used
    assert not reading.provisional or today.year > 2026 or (reading.due or today).year > 2026
    if clock.state == clocks.PAUSED:
        assert (reading.state, reading.due) == ("paused", None)
        assert clocks.remaining_when_paused(clock, CALENDAR) == clock.limit - naive.used
        assert reading.overdue == (naive.used > clock.limit)
    else:
        assert reading.due == clocks.due_of(clock, CALENDAR)[0]
        if naive.used <= clock.limit and CALENDAR.is_workday(today):
            assert reading.due == naive.due(clock.limit)
        if reading.overdue:
            assert naive.used >= clock.limit
    assert all(clocks.explain(clock, CALENDAR, today))
    assert clocks.why(clock, CALENDAR, today)


def test_control_a_counter_that_counts_the_first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison must be able to fail."""
    wrong = DayByDay(CALENDAR)
    wrong.counted.add(START)
    clock = state_with().clocks[0]
    wrong.until(date(2026, 2, 5))
    assert clocks.read(clock, CALENDAR, date(2026, 2, 5)).used != wrong.used


def test_met_on_the_last_day_and_late_on_the_next() -> None:
    due = date(2026, 2, 11)
    assert clocks.read(state_with().clocks[0], CALENDAR, START).due == due
    met = clocks.read(do(state_with(), "stop", due), CALENDAR, date(2026, 6, 1))
    late = clocks.read(do(state_with(), "stop", due + timedelta(days=1)), CALENDAR, date(2026, 6, 1))
    assert (met.state, met.overdue, met.used) == ("met", False, 10)
    assert (late.state, late.overdue, late.used) == ("late", True, 11)


def test_a_target_is_never_overdue() -> None:
    reading = clocks.read(state_with(kind="target").clocks[0], CALENDAR, date(2026, 6, 1))
    assert reading.remaining < 0
    assert not reading.overdue


def test_ended_while_frozen_is_judged_by_what_was_used() -> None:
    state = state_with()
    do(state, "pause", date(2026, 1, 30))
    clock = do(state, "stop", date(2026, 6, 1))
    reading = clocks.read(clock, CALENDAR, date(2026, 6, 2))
    assert (reading.state, reading.used, reading.overdue) == ("met", 2, False)


def test_overdue_before_a_stop_stays_overdue_after_it() -> None:
    state = state_with(limit=2)
    do(state, "pause", date(2026, 2, 3))  # four used of two
    clock = do(state, "resume", date(2026, 2, 8))  # a Sunday
    reading = clocks.read(clock, CALENDAR, date(2026, 2, 8))
    assert (reading.overdue, reading.used, reading.remaining) == (True, 4, -2)


def test_months_know_no_pause() -> None:
    state = state_with(limit=2, unit="month", start=date(2025, 12, 31))
    clock = state.clocks[0]
    assert clocks.due_of(clock, CALENDAR) == (date(2026, 2, 28), False)
    do(state, "void", date(2026, 1, 20))
    do(state, "restore", date(2026, 2, 10))
    assert clocks.due_of(clock, CALENDAR) == (date(2026, 2, 28), False)
    assert "按月计至" in "".join(clocks.explain(clock, CALENDAR, date(2026, 2, 11)))


def test_a_limit_that_had_not_begun_when_the_case_ended() -> None:
    state = state_with(start=date(2026, 3, 9))
    do(state, "void", date(2026, 3, 5))
    clock = do(state, "restore", date(2026, 3, 6))
    assert clocks.due_of(clock, CALENDAR) == CALENDAR.add(date(2026, 3, 9), 10)
    assert all(last >= first for first, last in clock.spans if last)


def test_days_roll_over_a_holiday() -> None:
    clock = state_with(limit=15, unit="day", start=date(2026, 9, 17)).clocks[0]
    assert clocks.due_of(clock, CALENDAR) == (date(2026, 10, 8), False)


def test_the_same_day() -> None:
    clock = state_with(limit=0, unit="day", start=date(2026, 3, 4)).clocks[0]
    assert clocks.due_of(clock, CALENDAR) == (date(2026, 3, 4), False)
    assert "当日" in clocks.why(clock, CALENDAR, date(2026, 3, 4))


def test_the_sentence_tells_the_stops() -> None:
    state = state_with()
    do(state, "pause", date(2026, 1, 30))
    frozen = clocks.why(state.clocks[0], CALENDAR, date(2026, 2, 2))
    assert "剩余 8 个工作日冻结" in frozen
    do(state, "resume", date(2026, 2, 2))
    assert "其间停止计算 1 次" in clocks.why(state.clocks[0], CALENDAR, date(2026, 2, 2))
    lines = clocks.explain(state.clocks[0], CALENDAR, date(2026, 2, 2))
    assert any(line.startswith("停止计算：") for line in lines)
    assert any("依据：b" in line for line in lines)
