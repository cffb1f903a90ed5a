"""Working days: worked examples, published years, and every start day against an independent table."""

from __future__ import annotations

import csv
import tomllib
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus
from desktop.core.workdays import (
    WorkdayCalendar,
    YearTable,
    parse_year,
    parse_year_rows,
    year_document,
)

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "resources" / "calendars").glob("*.toml"))
DOCUMENTS = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES]
CALENDAR = WorkdayCalendar((parse_year(document) for document in DOCUMENTS), "shipped")
DAY = timedelta(days=1)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)


def d(text: str) -> date:
    return date.fromisoformat(text)


def naive_workdays() -> set[date]:
    """The published days again, from the raw documents by a plain loop, without the code under test."""
    days = set()
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5:
            days.add(day)
        day += DAY
    for document in DOCUMENTS:
        for entry in document["off"]:
            day = entry["from"]
            while day <= entry["to"]:
                days.discard(day)
                day += DAY
        days.update(entry["day"] for entry in document["work"])
    return days


def table_by_days(workdays: set[date], first: date, last: date) -> tuple[list[date], list[int], list[date]]:
    """All days, for each the number of working days before it, and the working days in order."""
    days, before, ordered = [], [], []
    day = first
    while day <= last:
        days.append(day)
        before.append(len(ordered))
        if day in workdays:
            ordered.append(day)
        day += DAY
    return days, before, ordered


def differences(
    calendar: WorkdayCalendar, workdays: set[date], first: date, last: date, reach: int
) -> tuple[int, int]:
    """(pairs compared, pairs that differ) over every start day and every offset within the table."""
    days, before, ordered = table_by_days(workdays, first, last)
    compared = wrong = 0
    add = calendar.add
    for start, rank in zip(days, before, strict=True):
        # ordered[rank:] starts on or after the start day itself, ordered[:rank] ends before it
        after = rank + (start in workdays)
        onward = ordered[after : after + reach]
        back = ordered[max(rank - reach, 0) : rank]
        compared += len(onward) + len(back) + 1
        wrong += add(start, 0).day != start
        wrong += sum(add(start, n).day != expected for n, expected in enumerate(onward, 1))
        wrong += sum(add(start, -n).day != expected for n, expected in enumerate(reversed(back), 1))
    return compared, wrong


def test_shipped_years_are_complete_and_carry_their_source() -> None:
    assert list(CALENDAR.years) == list(range(2004, 2027))
    assert (CALENDAR.first_year, CALENDAR.last_year, CALENDAR.version) == (2004, 2026, "shipped")
    assert [int(path.stem) for path in FILES] == list(CALENDAR.years)
    for year in (2025, 2026):
        assert CALENDAR.years[year].status is CheckStatus.CHECKED
    for table in CALENDAR.years.values():
        assert table.basis or table.status is CheckStatus.UNCHECKED
        assert d(table.checked_on)


@pytest.mark.parametrize(
    ("year", "months"),
    [
        (2025, [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23]),
        (2026, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]),
    ],
)
def test_working_days_per_month(year: int, months: list[int]) -> None:
    firsts = [date(year, month, 1) for month in range(1, 13)] + [date(year + 1, 1, 1)]
    counted = [CALENDAR.between(a - DAY, b - DAY) for a, b in pairwise(firsts)]
    assert [count.days for count in counted] == months
    assert sum(months) == 248
    assert not any(count.provisional for count in counted)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-12", 10, "2026-03-04"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-01-01", 1, "2026-01-04"),
        ("2026-03-04", -10, "2026-02-12"),
        ("2026-10-05", -1, "2026-09-30"),
        ("2026-10-05", 0, "2026-10-05"),
    ],
)
def test_working_day_limits(start: str, n: int, due: str) -> None:
    assert CALENDAR.add(d(start), n) == (d(due), False)


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-08-01", 2, "2026-10-08"),
        ("2025-08-03", 2, "2025-10-09"),
        ("2026-06-25", 3, "2026-09-28"),
        ("2026-03-05", 7, "2026-10-08"),
        ("2023-11-22", 24, "2025-11-24"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2023-12-29", 2, "2024-02-29"),
    ],
)
def test_month_limits_end_on_a_working_day(start: str, months: int, due: str) -> None:
    assert CALENDAR.add_months(d(start), months) == (d(due), False)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [("2026-01-02", 45, "2026-02-24"), ("2026-09-17", 15, "2026-10-08"), ("2026-02-13", 1, "2026-02-14")],
)
def test_calendar_day_limits_end_on_a_working_day(start: str, days: int, due: str) -> None:
    assert CALENDAR.add_days(d(start), days) == (d(due), False)


def test_dates_beyond_the_published_years_are_provisional() -> None:
    assert CALENDAR.add(d("2026-12-30"), 1) == (d("2026-12-31"), False)
    assert CALENDAR.add(d("2026-12-30"), 2) == (d("2027-01-01"), True)  # 元旦, not published yet
    assert CALENDAR.add(d("2027-01-04"), -1) == (d("2027-01-01"), True)
    assert CALENDAR.add(d("2027-01-01"), -1) == (d("2026-12-31"), False)
    assert CALENDAR.add(d("2004-01-02"), -1).provisional
    assert CALENDAR.add(d("2003-12-31"), 1) == (d("2004-01-02"), False)
    assert CALENDAR.add(d("2027-06-01"), 0).provisional
    assert CALENDAR.add_months(d("2026-11-22"), 2) == (d("2027-01-22"), True)
    assert CALENDAR.add_days(d("2026-12-22"), 15).provisional
    assert CALENDAR.roll(d("2003-12-31")) == (d("2003-12-31"), True)
    assert CALENDAR.between(d("2026-12-31"), d("2027-01-08")) == (6, True)
    assert CALENDAR.between(d("2027-01-08"), d("2026-12-31")) == (-6, True)
    assert CALENDAR.between(d("2026-12-31"), d("2026-12-31")) == (0, False)
    assert not CALENDAR.is_published(d("2027-01-01"))


def test_a_loaded_year_settles_provisional_dates() -> None:
    table = parse_year(
        {
            "year": 2027,
            "off": [
                {"from": "2027-01-01", "to": "2027-01-03", "name": "元旦"},
                {"day": "2027-05-03", "name": "劳动节"},
                {"day": "2027-10-01", "name": "国庆节"},
            ],
            "work": [{"day": "2027-01-09", "name": "元旦"}],
        }
    )
    longer = CALENDAR.extended(table, "7")
    assert longer.add(d("2026-12-30"), 2) == (d("2027-01-04"), False)
    assert longer.is_workday(d("2027-01-09"))
    assert (longer.version, longer.last_year, CALENDAR.last_year) == ("7", 2027, 2026)
    assert CALENDAR.add(d("2026-12-30"), 2).provisional


def test_an_unpublished_year_in_the_middle_is_provisional() -> None:
    holes = WorkdayCalendar(table for year, table in CALENDAR.years.items() if year != 2020)
    assert holes.add(d("2019-12-31"), 1) == (d("2020-01-01"), True)
    assert holes.between(d("2018-05-01"), d("2021-05-01")).provisional
    assert not holes.between(d("2020-12-31"), d("2021-05-01")).provisional


def test_skipped_days_are_named() -> None:
    assert CALENDAR.skipped(d("2026-02-12"), d("2026-03-04")) == (
        (d("2026-02-14"), d("2026-02-14"), "补班"),
        (d("2026-02-15"), d("2026-02-23"), "春节"),
        (d("2026-02-28"), d("2026-02-28"), "补班"),
        (d("2026-03-01"), d("2026-03-01"), "周末"),
    )
    assert CALENDAR.skipped(d("2026-03-02"), d("2026-03-06")) == ()
    assert CALENDAR.describe(d("2026-02-12"), d("2026-03-04")) == (
        "不计 2026-02-15 至 2026-02-23 春节（9 天）、周末 1 天；"
        "调休上班日 2026-02-14（周六）、2026-02-28（周六）计入"
    )
    assert CALENDAR.describe(d("2026-03-02"), d("2026-03-06")) == ""


@settings(max_examples=300, deadline=None)
@given(start=st.dates(date(2001, 1, 1), date(2030, 12, 31)), n=st.integers(-400, 400))
def test_add_equals_stepping_day_by_day(start: date, n: int) -> None:
    day, left, guessed = start, n, False
    step = DAY if n > 0 else -DAY
    while left:
        day += step
        guessed |= not 2004 <= day.year <= 2026
        if CALENDAR.is_workday(day):
            left -= 1 if n > 0 else -1
    if n == 0:
        guessed = not 2004 <= day.year <= 2026
    assert CALENDAR.add(start, n) == (day, guessed)
    if n > 0:
        assert CALENDAR.between(start, day) == (n, guessed)
        assert CALENDAR.between(day, start).days == -n


@settings(max_examples=200, deadline=None)
@given(a=st.dates(date(2003, 1, 1), date(2028, 1, 1)), length=st.integers(0, 120))
def test_skipped_accounts_for_every_day(a: date, length: int) -> None:
    b = a + length * DAY
    off = sum((last - first).days + 1 for first, last, name in CALENDAR.skipped(a, b) if name != "补班")
    assert length - off == CALENDAR.between(a, b).days


def test_every_start_day_and_offset_agrees_with_a_plain_table() -> None:
    compared, wrong = differences(CALENDAR, naive_workdays(), FIRST, LAST, 250)
    assert compared > 4_000_000
    assert wrong == 0


def test_every_count_agrees_with_a_plain_table() -> None:
    days, before, _ = table_by_days(naive_workdays(), FIRST, LAST)
    for a, b, low, high in zip(days, days[400:], before[1:], before[401:], strict=False):
        assert CALENDAR.between(a, b) == (high - low, False)


def test_control_monday_to_friday_fails_the_same_comparison() -> None:
    plain = {day for day in (FIRST + n * DAY for n in range((LAST - FIRST).days + 1)) if day.weekday() < 5}
    compared, wrong = differences(CALENDAR, plain, date(2024, 1, 1), LAST, 60)
    assert wrong > compared * 0.3


def shared_table() -> set[date]:
    path = ROOT.parent / "shared" / "data" / "workdays-2004-2026.csv"
    if not path.exists():
        pytest.skip("the table of independent calendars is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {d(row["date"]) for row in csv.DictReader(file) if row["chinesecalendar"] == "1"}


def test_shipped_years_agree_with_an_independent_calendar() -> None:
    workdays = shared_table()
    compared, wrong = differences(CALENDAR, workdays, FIRST, LAST, 250)
    assert compared > 4_000_000
    assert wrong == 0


def year_2027(**changes: object) -> dict[str, object]:
    document: dict[str, object] = {
        "year": 2027,
        "basis": "示例文号",
        "checked_on": "2026-12-01",
        "status": "已核对",
        "off": [
            {"from": "2027-01-01", "to": "2027-01-03", "name": "元旦"},
            {"from": "2027-05-01", "to": "2027-05-05", "name": "劳动节"},
            {"from": "2027-10-01", "to": "2027-10-07", "name": "国庆节"},
        ],
        "work": [{"day": "2027-05-08", "name": "劳动节"}],
    }
    return {**document, **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"year": "2027"}, "四位年份"),
        ({"holidays": []}, "不认识的项目“holidays”"),
        ({"status": "ok"}, "status 只能是"),
        ({"checked_on": "昨天"}, "checked_on的日期“昨天”"),
        ({"basis": 7}, "basis 应为文字"),
        ({"off": "无"}, "off 应为列表"),
        ({"work": [{"day": "2027-05-08"}]}, "work 第 1 条应写成"),
        ({"work": [{"day": "2027-05-08", "name": " "}]}, "work 第 1 条缺少名称"),
        ({"work": [{"day": "2027-13-08", "name": "劳动节"}]}, "“2027-13-08”不是有效的日期"),
        ({"work": [{"day": "2027-05-07", "name": "劳动节"}]}, "2027-05-07 是周五，本来就上班"),
        ({"work": [{"day": "2027-05-02", "name": "劳动节"}]}, "2027-05-02 既列为放假又列为补班"),
        ({"work": [{"day": "2026-12-27", "name": "元旦"}]}, "请把它写进 2026 年的日历"),
        ({"work": [{"day": "2027-05-08", "name": "劳动节"}] * 2}, "work 第 2 条：2027-05-08 重复"),
        ({"off": [{"from": "2027-01-03", "to": "2027-01-01", "name": "元旦"}]}, "颠倒或跨度过长"),
        ({"off": [{"day": "2027-01-01", "name": "元旦"}]}, "2027-10-01（国庆节）没有列为放假"),
    ],
)
def test_a_bad_year_is_refused_with_its_place(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_year(year_2027(**changes))
    assert caught.value.code == "calendar_invalid"
    assert words in caught.value.reason


def test_a_year_survives_its_document() -> None:
    for table in (parse_year(year_2027()), *CALENDAR.years.values()):
        assert parse_year(year_document(table)) == table


def test_a_year_from_rows() -> None:
    rows = [(f"2027-01-0{n}", "放假", "元旦", "甲〔2026〕1号") for n in (1, 2, 3)]
    rows += [("2027/5/3", "放假", "劳动节", ""), ("2027年10月1日", "放假", "国庆节", "")]
    rows += [("2027.5.8", "补班", "劳动节", "")]
    table = parse_year_rows(rows, "2026-12-01")
    assert table.work == {d("2027-05-08"): "劳动节"}
    assert len(table.off) == 5
    assert (table.year, table.basis, table.status) == (2027, "甲〔2026〕1号", CheckStatus.UNCHECKED)
    for row, words in [
        (("2027-02-30", "放假", "春节", ""), "第 7 行的日期“2027-02-30”"),
        (("2027-02-06", "加班", "春节", ""), "第 7 行的类型"),
        (("2027-05-08", "补班", "春节", ""), "第 7 行：2027-05-08 重复"),
    ]:
        with pytest.raises(Refusal, match=words):
            parse_year_rows([*rows, row])
    with pytest.raises(Refusal, match="没有任何日期"):
        parse_year_rows([])


def test_calendar_refuses_an_empty_or_doubled_list() -> None:
    with pytest.raises(Refusal, match="至少要有一个"):
        WorkdayCalendar([])
    table = CALENDAR.years[2026]
    with pytest.raises(Refusal, match="出现了两次"):
        WorkdayCalendar([table, YearTable(**vars(table))])


def test_only_plain_dates_within_the_calendar_are_answered() -> None:
    with pytest.raises(TypeError):
        CALENDAR.add(datetime(2026, 1, 1), 1)
    for ask in (
        lambda: CALENDAR.add(date.max, 1),
        lambda: CALENDAR.add(date.min, -1),
        lambda: CALENDAR.add_months(date.max, 1),
        lambda: CALENDAR.add_days(date.min, -5),
    ):
        with pytest.raises(Refusal, match="超出公历"):
            ask()
