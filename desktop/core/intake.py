"""One row of a platform list becomes the facts of a case, or the reasons why it cannot. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from desktop.core.cells import ERRORS, Cell, code_of, date_of, is_damaged_number, text_of
from desktop.core.check import Check
from desktop.core.classes import check_ipc, check_locarno, split_classes
from desktop.core.identifiers import KIND_DIGITS, check_agency_code, check_application_number, check_uscc
from desktop.core.terms import PatentType

LABELS: Mapping[str, str] = {
    "platform_number": "平台案号",
    "received_on": "接收日期",
    "patent_type": "专利类型",
    "title": "发明名称",
    "party": "申请主体",
    "uscc": "统一社会信用代码",
    "region": "所在地区",
    "main_class": "主分类号",
    "classes": "全部分类号",
    "agency": "代理机构",
    "agency_code": "机构代码",
    "contact": "联系人",
    "phone": "联系电话",
    "application_number": "申请号",
    "note": "备注",
}
LONGEST: Mapping[str, int] = {"title": 500, "party": 2_000, "note": 2_000}
LONGEST_OTHER = 500
AHEAD = timedelta(days=366)  # a list is never dated more than a year ahead

TYPES: Mapping[str, PatentType] = {
    **dict.fromkeys(
        ("发明", "发明专利", "发明申请", "发明授权", "发明专利申请", "发明公布", "发明公开", "invention"),
        PatentType.INVENTION,
    ),
    **dict.fromkeys(
        ("实用新型", "新型", "实用新型专利", "实用新型申请", "实用新型专利申请", "实用", "utilitymodel"),
        PatentType.UTILITY,
    ),
    **dict.fromkeys(
        ("外观设计", "外观", "外观专利", "外观设计专利", "外观设计申请", "外观设计专利申请", "design"),
        PatentType.DESIGN,
    ),
}

# Centre (3 or 4 digits), year, type digit, serial. Seen in platform numbers, not documented: good for a hint only.
_PLATFORM = re.compile(r"[A-Z]{2}\d{3,4}20\d\d(\d)\d{6}")


@dataclass(frozen=True)
class RowError:
    """``column`` is the sheet's own column title (or the standard label when the column is missing)."""

    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True)
class IntakeRow:
    """``row`` is the sheet's row number (1 = first line). ``facts`` are normalised texts, dates ISO 8601."""

    row: int
    facts: Mapping[str, str]
    errors: tuple[RowError, ...] = ()
    warnings: tuple[str, ...] = ()


class RawRow(Protocol):
    """A row as it comes out of a sheet: what :func:`examine_rows` needs of it."""

    @property
    def row(self) -> int: ...
    @property
    def values(self) -> Mapping[str, Cell]: ...
    @property
    def titles(self) -> Mapping[str, str]: ...


def examine_rows(rows: Iterable[RawRow], today: date | None = None) -> Iterator[IntakeRow]:
    """Examine every row; a row whose identity already stood higher up in the same file is refused."""
    seen: dict[str, int] = {}
    for raw in rows:
        row = examine_row(raw.row, raw.values, raw.titles, today)
        if not row.errors:
            first = seen.setdefault(key := intake_key(row.facts), row.row)
            if first != row.row:
                row = replace(row, errors=(_repeated(key, row.facts, raw.titles, first),))
        yield row


def examine_row(
    row: int, values: Mapping[str, Cell], titles: Mapping[str, str], today: date | None = None
) -> IntakeRow:
    """Normalise and check one row. ``values`` and ``titles`` are keyed by field name, see LABELS.

    All errors of the row are found at once. ``today`` bounds the received date when it is given.
    """
    exam = _Examination(values, titles)
    exam.texts()
    exam.platform_number()
    exam.received_on(today)
    patent_type = exam.patent_type()
    exam.classes(patent_type)
    exam.identifier("uscc", check_uscc)
    exam.identifier("agency_code", check_agency_code)
    exam.identifier("application_number", lambda text: check_application_number(text, patent_type))
    exam.phone()
    return IntakeRow(row, exam.facts, tuple(exam.errors), tuple(exam.warnings))


_NOT_TOLD_APART = frozenset("received_on field field_grade matter contact phone note region agency agency_code".split())


def intake_key(facts: Mapping[str, str]) -> str:
    """What makes two rows the same case: platform number, else application number, else what describes it. Of the
    services that have categories of their own, everything that tells two matters apart."""
    if facts.get("category"):
        told = sorted((name, value) for name, value in facts.items() if value and name not in _NOT_TOLD_APART)
        return "own:" + hashlib.sha256("\x1f".join(f"{name}={value}" for name, value in told).encode()).hexdigest()
    if number := facts.get("platform_number"):
        return f"platform:{number}"
    if number := facts.get("application_number"):
        return f"application:{number}"
    parts = [facts.get(name, "") for name in ("title", "party", "patent_type", "received_on")]
    return "row:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _repeated(key: str, facts: Mapping[str, str], titles: Mapping[str, str], first: int) -> RowError:
    kind = key.partition(":")[0]
    name = {"platform": "platform_number", "application": "application_number"}.get(kind, "title")
    what = {"platform": "平台案号", "application": "申请号"}.get(kind, "名称、主体、类型和接收日期")
    return RowError(titles.get(name, LABELS[name]), f"与第 {first} 行{what}重复", facts.get(name, ""))


@dataclass
class _Examination:
    """The working state of one row."""

    values: Mapping[str, Cell]
    titles: Mapping[str, str]
    facts: dict[str, str] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def column(self, name: str) -> str:
        return self.titles.get(name, LABELS[name])

    def refuse(self, name: str, reason: str, value: str = "") -> None:
        self.errors.append(RowError(self.column(name), reason, value[:200]))

    def refuse_blank(self, name: str) -> None:
        self.refuse(name, f"{LABELS[name]}为空" if name in self.titles else "表中没有这一列")

    def warn(self, name: str, sentence: str) -> None:
        self.warnings.append(f"{self.column(name)}：{sentence}")

    def texts(self) -> None:
        for name in ("title", "party", "region", "agency", "contact", "note"):
            text = text_of(self.values.get(name))
            if not text:
                if name in ("title", "party"):
                    self.refuse_blank(name)
            elif text in ERRORS:
                if name in ("title", "party"):
                    self.refuse(name, "单元格是公式错误，请填写实际内容", text)
                else:
                    self.warn(name, f"单元格是公式错误（{text}），没有收入")
            elif len(text) > (most := LONGEST.get(name, LONGEST_OTHER)):
                self.refuse(name, f"共 {len(text)} 字，超过 {most} 字", text)
            else:
                self.facts[name] = text

    def platform_number(self) -> None:
        text = "".join(code_of(self.values.get("platform_number")).split()).upper()
        if not text:
            return
        if is_damaged_number(text):
            self.refuse(
                "platform_number",
                "被表格软件改成了科学计数法，原号码已丢失，请把该列设为文本后重新填写",
                text,
            )
        elif text in ERRORS:
            self.refuse("platform_number", "单元格是公式错误，请填写实际编号", text)
        elif len(text) > LONGEST_OTHER:
            self.refuse("platform_number", f"共 {len(text)} 字，不像是编号", text)
        else:
            self.facts["platform_number"] = text

    def received_on(self, today: date | None) -> None:
        cell = self.values.get("received_on")
        day, error, warning = date_of(cell)
        shown = text_of(cell)
        if error:
            self.refuse("received_on", error, shown)
        elif day is None:
            self.refuse_blank("received_on")
        elif today is not None and day - today > AHEAD:
            self.refuse("received_on", f"比今天（{today}）晚一年以上，请核对年份", shown)
        else:
            self.facts["received_on"] = day.isoformat()
            if warning:
                self.warn("received_on", f"“{shown}”{warning}")
            if today is not None and day > today:
                self.warn("received_on", f"{day} 晚于今天，请核对")

    def patent_type(self) -> PatentType | None:
        text = code_of(self.values.get("patent_type"))
        if not text:
            self.refuse_blank("patent_type")
            return None
        found = TYPES.get("".join(text.split()).lower().removesuffix("(pct)").removeprefix("pct"))
        if found is None:
            self.refuse("patent_type", "不是发明、实用新型或外观设计", text)
            return None
        self.facts["patent_type"] = found.value
        digit = _PLATFORM.fullmatch(self.facts.get("platform_number", ""))
        if digit and KIND_DIGITS.get(digit[1], found) is not found:
            self.warn(
                "platform_number",
                f"{self.facts['platform_number']} 中的类型位是 {digit[1]}（{KIND_DIGITS[digit[1]].value}），"
                f"而专利类型是{found.value}，请核对",
            )
        return found

    def classes(self, patent_type: PatentType | None) -> None:
        """The main class decides the field, so it must be right; the others are kept where they can be read."""
        everything = _symbols(self.values.get("classes"))
        main = _symbols(self.values.get("main_class"))
        if not main and not everything:
            only_list = "classes" in self.titles and "main_class" not in self.titles
            self.refuse_blank("classes" if only_list else "main_class")
            return
        if not main:
            if "main_class" in self.titles:
                self.warn("main_class", f"为空，取“{self.column('classes')}”的第一个分类号 {everything[0]}")
            main = everything[:1]
        if patent_type is None:
            return
        first = _check_class(patent_type, main[0])
        if not first.valid:
            self.refuse("main_class" if "main_class" in self.titles else "classes", first.reason, main[0])
            return
        if first.reason:
            self.warn("main_class", first.reason)
        self.facts["main_class"] = first.normalized
        kept = [first.normalized]
        for symbol in main[1:] + everything:
            check = _check_class(patent_type, symbol)
            if check.valid:
                kept.append(check.normalized)
            else:
                self.warn("classes", f"“{symbol}”没有收入：{check.reason}")
        self.facts["classes"] = "; ".join(dict.fromkeys(kept))

    def identifier(self, name: str, check: _Checker) -> None:
        text = code_of(self.values.get(name))
        if not text:
            return
        if text in ERRORS:
            self.warn(name, f"单元格是公式错误（{text}），没有收入")
            return
        answer = check(text)
        if not answer.valid:
            self.refuse(name, answer.reason, text)
            return
        self.facts[name] = answer.normalized
        if answer.reason:
            self.warn(name, answer.reason)

    def phone(self) -> None:
        """A telephone number is never worth a case: a destroyed one is left out, and that is said."""
        text = code_of(self.values.get("phone"))
        if not text:
            return
        if is_damaged_number(text) or text in ERRORS:
            self.warn("phone", f"“{text}”已不是原来的号码（被表格软件改成了科学计数法或公式错误），没有收入，请补填")
        elif len(text) > LONGEST_OTHER:
            self.refuse("phone", f"共 {len(text)} 字，不像是电话", text)
        else:
            self.facts["phone"] = text


class _Checker(Protocol):
    def __call__(self, text: str, /) -> Check: ...


def _symbols(cell: Cell) -> tuple[str, ...]:
    return split_classes(cell if isinstance(cell, str) else text_of(cell))


@lru_cache(maxsize=8192)  # a long list repeats its symbols
def _check_class(patent_type: PatentType, symbol: str) -> Check:
    """Lists put both schemes into one column: the type says which one is meant."""
    return check_locarno(symbol) if patent_type is PatentType.DESIGN else check_ipc(symbol)
