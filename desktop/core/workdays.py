"""工作日: published years of holidays and make-up days, and the two kinds of limit counted on them.

A year is what the State Council's yearly notice says: the days off (放假) and the weekend days that are
worked instead (补班). Outside the published years Monday to Friday is assumed and every result that had to
look there is *provisional*: it must be shown as such and recomputed when the year has been loaded.

Sources: yearly notices of the General Office of the State Council; 专利法实施细则 (2023) art. 5 for months
and days; 审查指南 for the roll (a weekend day that is worked is a working day).
"""

from __future__ import annotations

import re
from array import array
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus

WEEKEND = "周末"
MAKE_UP = "补班"

# Off in every year by 《全国年节及纪念日放假办法》: a list without them is not a holiday list of that year.
_ALWAYS_OFF = ((1, 1, "元旦"), (5, 1, "劳动节"), (10, 1, "国庆节"))
_LAST_ORDINAL = date.max.toordinal()


@dataclass(frozen=True)
class YearTable:
    """One published year. ``off``: days off -> holiday name; ``work``: weekend days worked -> holiday name.

    ``basis`` is the notice's number, ``checked_on`` an ISO date or empty. Raises :class:`Refusal` when the
    days contradict each other or the calendar.
    """

    year: int
    off: Mapping[date, str]
    work: Mapping[date, str]
    basis: str
    checked_on: str
    status: CheckStatus
    note: str = ""

    def __post_init__(self) -> None:
        for day in (*self.off, *self.work):
            if day.year != self.year:
                raise _bad(self.year, f"{day} 不在 {self.year} 年内，请把它写进 {day.year} 年的日历", day)
        for day in self.work:
            if day in self.off:
                raise _bad(self.year, f"{day} 既列为放假又列为补班", day)
            if day.weekday() < 5:
                raise _bad(self.year, f"{day} 是{_weekday(day)}，本来就上班，不能列为补班", day)
        for month, number, name in _ALWAYS_OFF:
            day = date(self.year, month, number)
            if day not in self.off and (day.weekday() < 5 or day in self.work):
                raise _bad(self.year, f"{day}（{name}）没有列为放假，名单不完整", day)


class DayResult(NamedTuple):
    """A computed date; ``provisional`` when a day outside the published years had to be examined."""

    day: date
    provisional: bool


class DayCount(NamedTuple):
    """A signed number of working days; ``provisional`` as in :class:`DayResult`."""

    days: int
    provisional: bool


class WorkdayCalendar:
    """Working days over the published years, Monday to Friday elsewhere. Immutable.

    Every question is answered from W(d), the number of working days up to and including d, which is a table
    inside the span of the published years and a formula outside it, so no answer needs a loop over days.
    """

    def __init__(self, years: Iterable[YearTable], version: str = "0") -> None:
        tables: dict[int, YearTable] = {}
        for table in years:
            if table.year in tables:
                raise _bad(table.year, f"{table.year} 年出现了两次")
            tables[table.year] = table
        if not tables:
            raise Refusal("calendar_empty", "工作日历至少要有一个已公布的年份")
        self.version = version
        self.years: Mapping[int, YearTable] = MappingProxyType(dict(sorted(tables.items())))
        self.first_year, self.last_year = min(tables), max(tables)
        # Years inside the span that nobody published: counted Monday to Friday, and provisional.
        self._gaps = tuple(y for y in range(self.first_year, self.last_year + 1) if y not in tables)
        self._first = date(self.first_year, 1, 1).toordinal()
        self._last = date(self.last_year, 12, 31).toordinal()
        self._before = _weekdays_until(self._first - 1)
        self._counts = array("i", [0])  # _counts[i] = working days among the first i days of the span
        self._worked: list[date] = []  # the span's working days in order
        off = {day for table in tables.values() for day in table.off}
        work = {day for table in tables.values() for day in table.work}
        for ordinal in range(self._first, self._last + 1):
            day = date.fromordinal(ordinal)
            if day in work or (day.weekday() < 5 and day not in off):
                self._worked.append(day)
            self._counts.append(len(self._worked))

    def extended(self, year: YearTable, version: str) -> WorkdayCalendar:
        """This calendar with that year added or replaced."""
        return WorkdayCalendar(({**self.years, year.year: year}).values(), version)

    def is_published(self, day: date) -> bool:
        return day.year in self.years

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked; a guess by weekday when the year is not published."""
        ordinal = _ordinal(day)
        return self._rank(ordinal) > self._rank(ordinal - 1)

    def add(self, start: date, n: int) -> DayResult:
        """The n-th working day after ``start`` (before it if n < 0). The day of the event is not counted."""
        origin = _ordinal(start)
        if n > 0:
            day = self._nth(self._rank(origin) + n)
            return DayResult(day, self._unknown(origin + 1, day.toordinal()))
        if n < 0:
            day = self._nth(self._rank(origin - 1) + n + 1)
            return DayResult(day, self._unknown(day.toordinal(), origin - 1))
        return DayResult(start, self._unknown(origin, origin))

    def between(self, a: date, b: date) -> DayCount:
        """The number of working days in (a, b]; for b before a, minus the number in (b, a]."""
        low, high = _ordinal(a), _ordinal(b)
        days = self._rank(high) - self._rank(low)
        if low > high:
            low, high = high, low
        return DayCount(days, low < high and self._unknown(low + 1, high))

    def roll(self, day: date) -> DayResult:
        """The first working day on or after ``day``."""
        origin = _ordinal(day)
        found = self._nth(self._rank(origin - 1) + 1)
        return DayResult(found, self._unknown(origin, found.toordinal()))

    def add_months(self, start: date, n: int) -> DayResult:
        """A limit of n months: the same day of the last month, else that month's last day, then the roll
        (细则 art. 5)."""
        return self.roll(months_after(start, n))

    def add_days(self, start: date, n: int) -> DayResult:
        """A limit of n calendar days: the day of the event is not counted, then the roll (细则 art. 5)."""
        ordinal = _ordinal(start) + n
        if not 1 <= ordinal <= _LAST_ORDINAL:
            raise _out_of_range()
        return self.roll(date.fromordinal(ordinal))

    def skipped(self, a: date, b: date) -> tuple[tuple[date, date, str], ...]:
        """What makes (a, b] differ from plain counting, in order: runs (first, last, name) of days that are
        not worked, named by their holiday or 周末, and weekend days that are worked, named 补班."""
        runs: list[tuple[date, date, str]] = []
        day = a
        while day < b:
            day += timedelta(days=1)
            name = self._name(day)
            if not name:
                continue
            if runs and name != MAKE_UP and runs[-1][2] == name and (day - runs[-1][1]).days == 1:
                runs[-1] = (runs[-1][0], day, name)
            else:
                runs.append((day, day, name))
        return tuple(runs)

    def describe(self, a: date, b: date) -> str:
        """:meth:`skipped` in words, for the account of a date; empty when (a, b] has only plain working days.

        Holidays and make-up days are named one by one, ordinary weekends only counted.
        """
        holidays: list[str] = []
        make_ups: list[str] = []
        weekend_days = 0
        for first, last, name in self.skipped(a, b):
            if name == MAKE_UP:
                make_ups.append(f"{first}（{_weekday(first)}）")
            elif name == WEEKEND:
                weekend_days += (last - first).days + 1
            elif first == last:
                holidays.append(f"{first} {name}")
            else:
                holidays.append(f"{first} 至 {last} {name}（{(last - first).days + 1} 天）")
        if weekend_days:
            holidays.append(f"周末 {weekend_days} 天")
        parts = []
        if holidays:
            parts.append("不计 " + "、".join(holidays))
        if make_ups:
            parts.append("调休上班日 " + "、".join(make_ups) + "计入")
        return "；".join(parts)

    def _name(self, day: date) -> str:
        """Why the day is remarkable: its holiday, 周末, 补班, or empty for a plain working day."""
        table = self.years.get(day.year)
        if table is not None:
            if day in table.work:
                return MAKE_UP
            if day in table.off:
                return table.off[day]
        return WEEKEND if day.weekday() >= 5 else ""

    def _rank(self, ordinal: int) -> int:
        """W: working days up to and including the ordinal, from 0001-01-01 on."""
        if ordinal < self._first:
            return _weekdays_until(ordinal)
        if ordinal <= self._last:
            return self._before + self._counts[ordinal - self._first + 1]
        return self._before + self._counts[-1] + _weekdays_until(ordinal) - _weekdays_until(self._last)

    def _nth(self, rank: int) -> date:
        """The inverse of W: the day that is working day number ``rank``."""
        index = rank - self._before - 1
        if 0 <= index < len(self._worked):
            return self._worked[index]
        if index >= 0:
            rank = index - len(self._worked) + 1 + _weekdays_until(self._last)
        weeks, rest = divmod(rank - 1, 5)
        ordinal = weeks * 7 + rest + 1
        if not 1 <= ordinal <= _LAST_ORDINAL:
            raise _out_of_range()
        return date.fromordinal(ordinal)

    def _unknown(self, low: int, high: int) -> bool:
        """Whether any day of low..high (ordinals) lies outside the published years."""
        if low < self._first or high > self._last:
            return True
        if not self._gaps:
            return False
        first, last = date.fromordinal(low).year, date.fromordinal(high).year
        return any(first <= year <= last for year in self._gaps)


def months_after(start: date, n: int) -> date:
    """The same day n months later, or the last day of a month that has none (细则 art. 5), before any roll."""
    _ordinal(start)
    month = start.year * 12 + start.month - 1 + n
    year, month = month // 12, month % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise _out_of_range()
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _weekdays_until(ordinal: int) -> int:
    """Monday-to-Friday days from 0001-01-01 (a Monday, ordinal 1) up to and including the ordinal."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _ordinal(day: date) -> int:
    # A datetime would compare unequal to its own date later on, so it is our bug to pass one.
    if type(day) is not date:
        raise TypeError(f"a plain date is needed, not {type(day).__name__}")
    return day.toordinal()


def _weekday(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]


def _bad(year: int, sentence: str, day: date | None = None) -> Refusal:
    data: dict[str, object] = {"year": year}
    if day is not None:
        data["day"] = day.isoformat()
    return Refusal("calendar_invalid", f"{year} 年工作日历：{sentence}", data)


def _out_of_range() -> Refusal:
    return Refusal("date_out_of_range", "算出的日期超出公历可表示的范围，请检查起算日和天数")


# --- published years as documents ---

_KEYS = {"year", "basis", "checked_on", "status", "note", "off", "work"}
_ROW_KINDS = {"放假": "off", MAKE_UP: "work", "上班": "work"}
_DAY_SPELLINGS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def parse_year(document: Mapping[str, object]) -> YearTable:
    """A year from its document: ``year``, ``basis``, ``checked_on``, ``status``, ``note`` and the lists
    ``off`` and ``work`` of ``{day, name}`` or ``{from, to, name}``, dates or ISO text. Refuses with the
    place."""
    year = document.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or not 1900 <= year <= 2999:
        raise Refusal("calendar_invalid", f"工作日历文件：year 应为四位年份，现在是“{year}”", {"year": year})
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise _bad(year, f"有不认识的项目“{unknown[0]}”")
    texts = {key: document.get(key, "") for key in ("basis", "checked_on", "note")}
    for key, value in texts.items():
        if not isinstance(value, str | date):
            raise _bad(year, f"{key} 应为文字，现在是“{value}”")
    checked_on = str(texts["checked_on"])
    if checked_on:
        _day(year, "checked_on", checked_on)
    status = str(document.get("status", CheckStatus.UNCHECKED))
    if status not in set(CheckStatus):
        raise _bad(year, f"status 只能是“已核对”或“待核对”，现在是“{status}”")
    off, work = (_named_days(year, key, document.get(key, [])) for key in ("off", "work"))
    basis, note = str(texts["basis"]), str(texts["note"])
    return YearTable(year, off, work, basis, checked_on, CheckStatus(status), note)


def parse_year_rows(rows: Iterable[tuple[str, str, str, str]], checked_on: str = "") -> YearTable:
    """A year from the four columns an administrator fills in: date, 类型 (放假 or 补班), 名称, 依据文号.

    The year is that of the first row; the figure is 待核对 until somebody says otherwise.
    """
    days: dict[str, dict[date, str]] = {"off": {}, "work": {}}
    year, bases = 0, dict[str, None]()
    for number, (text, kind, name, basis) in enumerate(rows, 1):
        place = f"第 {number} 行"
        match = _DAY_SPELLINGS.fullmatch(text.strip())
        day = _day(year, place, "{}-{:0>2}-{:0>2}".format(*match.groups()) if match else text.strip())
        year = year or day.year
        side = _ROW_KINDS.get(kind.strip())
        if side is None:
            raise _bad(year, f"{place}的类型只能是“放假”或“补班”，现在是“{kind}”", day)
        if day in days[side]:
            raise _bad(year, f"{place}：{day} 重复", day)
        days[side][day] = _name(year, place, name)
        if basis.strip():
            bases[basis.strip()] = None
    if not year:
        raise Refusal("calendar_invalid", "工作日历表里没有任何日期")
    return YearTable(year, days["off"], days["work"], "、".join(bases), checked_on, CheckStatus.UNCHECKED)


def year_document(table: YearTable) -> dict[str, object]:
    """The document of a year in plain JSON values; :func:`parse_year` reads it back."""
    off: list[dict[str, str]] = []
    for day, name in sorted(table.off.items()):
        if off and off[-1]["name"] == name and off[-1]["to"] == (day - timedelta(days=1)).isoformat():
            off[-1]["to"] = day.isoformat()
        else:
            off.append({"from": day.isoformat(), "to": day.isoformat(), "name": name})
    work = [{"day": day.isoformat(), "name": name} for day, name in sorted(table.work.items())]
    return {
        "year": table.year,
        "basis": table.basis,
        "checked_on": table.checked_on,
        "status": table.status.value,
        "note": table.note,
        "off": off,
        "work": work,
    }


def _named_days(year: int, key: str, entries: object) -> dict[date, str]:
    if not isinstance(entries, list):
        raise _bad(year, f"{key} 应为列表")
    days: dict[date, str] = {}
    for number, entry in enumerate(entries, 1):
        place = f"{key} 第 {number} 条"
        if not isinstance(entry, Mapping) or set(entry) not in ({"day", "name"}, {"from", "to", "name"}):
            raise _bad(year, f"{place}应写成 day、name 或 from、to、name")
        name = _name(year, place, entry["name"])
        first = _day(year, place, entry.get("day", entry.get("from")))
        last = _day(year, place, entry.get("day", entry.get("to")))
        if not first <= last or (last - first).days > 30:
            raise _bad(year, f"{place}的起止日期颠倒或跨度过长（{first} 至 {last}）", first)
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            if day in days:
                raise _bad(year, f"{place}：{day} 重复", day)
            days[day] = name
    return days


def _name(year: int, place: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _bad(year, f"{place}缺少名称")
    return value.strip()


def _day(year: int, place: str, value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        sentence = f"{place}的日期“{value}”不是有效的日期（应如 2027-01-01）"
        if year:
            raise _bad(year, sentence) from None
        raise Refusal("calendar_invalid", f"工作日历表：{sentence}") from None
