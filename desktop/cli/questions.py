"""Questions that need no store: working days and identifiers, one at a time or a stream of them."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from io import BufferedReader
from typing import Any, cast

from desktop.app.faults import DataDamage, EnvironmentFault
from desktop.app.shipped import shipped
from desktop.cli.output import Output, as_json
from desktop.cli.parser import KINDS, Usage
from desktop.cli.session import data_folder, has_passphrase
from desktop.core import classes, identifiers
from desktop.core.check import Check
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.terms import PatentType
from desktop.core.workdays import WorkdayCalendar

STREAM = "-"
CHUNK = 1 << 18
WORKDAY_FORMS = "kuaishen workdays add 日期 天数 | between 起 止 | add - | between - | -"
CHECK_FORMS = f"kuaishen check {'|'.join(KINDS)} 值... | 种类 - | -"

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_COUNT = re.compile(r"[+-]?\d{1,7}", re.ASCII)
_WEEKDAYS = "一二三四五六日"


# ---------------------------------------------------------------- working days
def workdays(args: Namespace, out: Output) -> int:
    """``add DATE N``, ``between A B``; with ``-`` a question a line."""
    words = list(args.words)
    calendar = _calendar(args, out)
    match words:
        case ["-"]:
            return _stream(lambda line: _workday_line(calendar, line.split()))
        case ["add" | "between" as operation, "-"]:
            return _stream(lambda line: _workday_line(calendar, [operation, *line.split()]))
        case ["add" | "between", _, _]:
            answer = _workday(calendar, words)
            out.answer(answer, _in_words(calendar, words[0], answer))
            return 0
    raise Usage("推算的写法不对", WORKDAY_FORMS)


def parse_day(text: str) -> date:
    """A date as people type it. Raises Refusal ``bad_date``."""
    return _day(text)


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> date:
    match = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            pass
    raise Refusal("bad_date", f"“{text[:40]}”不是日期，应如 2026-01-04", {"value": text[:40]})


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise Refusal("bad_number", f"“{text[:40]}”不是天数，应为整数", {"value": text[:40]})
    return int(text)


def _workday(calendar: WorkdayCalendar, words: Sequence[str]) -> dict[str, Any]:
    match words:
        case ["add", start, n]:
            day, days = _day(start), _count(n)
            found = calendar.add(day, days)
            return {"start": day, "days": days, "result": found.day, "provisional": found.provisional}
        case ["between", start, end]:
            first, last = _day(start), _day(end)
            counted = calendar.between(first, last)
            return {
                "start": first,
                "end": last,
                "days": counted.days,
                "result": last,
                "provisional": counted.provisional,
            }
    raise Refusal("bad_question", "每行应为“add 日期 天数”或“between 起 止”")


def _workday_line(calendar: WorkdayCalendar, words: Sequence[str]) -> str:
    """The same as JSON text. Written by hand: a million lines pass here, and every value is a date or a number."""
    answer = _workday(calendar, words)
    end = f'"end": "{answer["end"].isoformat()}", ' if "end" in answer else ""
    doubt = "true" if answer["provisional"] else "false"
    return (
        f'{{"start": "{answer["start"].isoformat()}", {end}"days": {answer["days"]}, '
        f'"result": "{answer["result"].isoformat()}", "provisional": {doubt}}}\n'
    )


def _in_words(calendar: WorkdayCalendar, operation: str, answer: dict[str, Any]) -> list[str]:
    doubt = "（暂定：超出已公布的放假安排）" if answer["provisional"] else ""
    start, result, days = answer["start"], answer["result"], answer["days"]
    weekday = f"周{_WEEKDAYS[result.weekday()]}"
    if operation == "between":
        lines = [f"{start} 之后至 {result}（含）：{days} 个工作日{doubt}"]
    elif days == 0:
        lines = [f"{result} {weekday}{doubt}"]
    else:
        lines = [f"{start} {'之后' if days > 0 else '之前'}第 {abs(days)} 个工作日：{result} {weekday}{doubt}"]
    account = calendar.describe(*sorted((start, result)))
    return [*lines, account] if account else lines


def _calendar(args: Namespace, out: Output) -> WorkdayCalendar:
    """The shipped calendar; a centre's own years on top where a store can be opened without asking."""
    book = RuleBook(shipped())
    if has_passphrase() and data_folder(args).is_dir():
        from desktop.app.desk import Desk
        from desktop.cli.session import open_desk

        if Desk.exists(data_folder(args)):
            try:
                with open_desk(args, out) as desk:
                    return desk.calendar
            except (EnvironmentFault, DataDamage) as fault:
                out.note(f"打不开数据目录，改用随程序提供的日历：{fault}")
    return book.calendar


# ---------------------------------------------------------------- identifiers
def check(args: Namespace, out: Output) -> int:
    """``KIND VALUE...``; with ``-`` a question a line. Status 1 when a value is not valid."""
    ask = _checker(_patent_type(args.patent_type))
    match args.words:
        case ["-"]:
            return _stream(lambda line: _check_line(ask, *_split(line)))
        case [kind, *values] if kind in KINDS and values:
            if values == [STREAM]:
                return _stream(lambda line: _check_line(ask, kind, line.strip()))
            answers = [asdict(ask(kind, value)) for value in values]
            out.answer(answers[0] if len(answers) == 1 else answers, map(_verdict, answers))
            return 0 if all(answer["valid"] for answer in answers) else 1
        case [kind, *_] if kind not in KINDS:
            raise Usage(f"不会核对“{kind}”，可核对：{'、'.join(KINDS)}", CHECK_FORMS)
    raise Usage("缺少要核对的值", CHECK_FORMS)


def _checker(patent_type: PatentType | None) -> Callable[[str, str], Check]:
    def ask(kind: str, value: str) -> Check:
        if kind == "number":
            return identifiers.check_application_number(value, patent_type)
        if kind == "ipc":
            return classes.check_ipc(value)
        if kind == "locarno":
            return classes.check_locarno(value)
        return identifiers.check(kind, value)

    return ask


def _patent_type(text: str) -> PatentType | None:
    try:
        return PatentType(text) if text else None
    except ValueError:
        raise Usage(f"“{text}”不是专利类型，可用：{'、'.join(PatentType)}", CHECK_FORMS) from None


def _split(line: str) -> tuple[str, str]:
    kind, _, value = line.strip().partition(" ")
    if kind not in KINDS:
        raise Refusal("bad_question", f"每行应为“种类 值”，种类为 {'、'.join(KINDS)}", {"kind": kind[:40]})
    return kind, value.strip()


def _check_line(ask: Callable[[str, str], Check], kind: str, value: str) -> str:
    found = ask(kind, value)
    return as_json(vars(found)) + "\n"


def _verdict(answer: dict[str, Any]) -> str:
    if answer["valid"]:
        remark = f"（{answer['reason']}）" if answer["reason"] else ""
        return f"有效　{answer['normalized']}{remark}"
    return f"无效　{answer['value']}　{answer['reason']}"


# ---------------------------------------------------------------- streams
def _stream(answer: Callable[[str], str]) -> int:
    """One line of JSON for every line read. What has arrived is answered at once, so a program may also converse."""
    source, sink = cast(BufferedReader, sys.stdin.buffer), sys.stdout
    rest = b""
    while chunk := source.read1(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if lines:
            sink.write("".join([_answered(answer, line) for line in lines]))
            sink.flush()
    if rest:
        sink.write(_answered(answer, rest))
        sink.flush()
    return 0


def _answered(answer: Callable[[str], str], line: bytes) -> str:
    try:
        return answer(line.decode("utf-8-sig", "replace"))
    except Refusal as refusal:
        return as_json({"refused": {**refusal.data, "code": refusal.code, "reason": refusal.reason}}) + "\n"
