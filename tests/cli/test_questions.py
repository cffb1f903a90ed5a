"""Working days and identifiers from the terminal."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import date
from typing import Any

import pytest

from desktop.core.workdays import WorkdayCalendar, parse_year


def test_adding_working_days_around_the_spring_festival(nowhere: Any) -> None:
    """Ten working days after 10 February 2026: the festival is skipped, the two Saturdays are worked."""
    assert nowhere.ask("workdays", "add", "2026-02-10", "10") == {
        "start": "2026-02-10",
        "days": 10,
        "result": "2026-03-02",
        "provisional": False,
    }


def test_counting_back_and_between(nowhere: Any) -> None:
    assert nowhere.ask("workdays", "add", "2026-01-05", "-1")["result"] == "2026-01-04"
    between = nowhere.ask("workdays", "between", "2026-02-10", "2026-03-02")
    assert between == {
        "start": "2026-02-10",
        "end": "2026-03-02",
        "days": 10,
        "result": "2026-03-02",
        "provisional": False,
    }


def test_a_date_beyond_the_published_years_is_provisional(nowhere: Any) -> None:
    assert nowhere.ask("workdays", "add", "2026-12-31", "1")["provisional"] is True


@pytest.mark.parametrize("day", ["2026/2/10", "2026.02.10", "2026年2月10日", "20260210"])
def test_dates_as_people_type_them(nowhere: Any, day: str) -> None:
    assert nowhere.ask("workdays", "add", day, "0")["start"] == "2026-02-10"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "2026-02-30", "1"), "bad_date"),
        (("add", "2026-02-10", "1.5"), "bad_number"),
        (("add", "2026-02-10", "٣"), "bad_number"),
        (("add", "2026-02-10", "9999999"), "date_out_of_range"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(nowhere: Any, words: tuple[str, ...], code: str) -> None:
    said = nowhere("workdays", *words, "--json")
    assert said.status == 1
    assert said.json["refused"]["code"] == code


@pytest.mark.parametrize("words", [("plus", "2026-02-10", "1"), ("add", "2026-02-10"), ("between",)])
def test_wrong_words_are_wrong_usage(nowhere: Any, words: tuple[str, ...]) -> None:
    said = nowhere("workdays", *words)
    assert said.status == 2
    assert said.out == ""
    assert "用法" in said.err


def test_a_stream_answers_every_line_and_goes_on_after_a_bad_one(nowhere: Any) -> None:
    typed = "add 2026-02-10 10\nnonsense\n\r\nbetween 2026-02-10 2026-03-02\r\nadd 2026-13-01 1\nadd 2026-01-04 1"
    said = nowhere("workdays", "-", typed=typed.encode())
    assert said.status == 0
    first, second, blank, third, fourth, last = said.lines
    assert first == nowhere.ask("workdays", "add", "2026-02-10", "10")
    assert third == nowhere.ask("workdays", "between", "2026-02-10", "2026-03-02")
    assert second["refused"]["code"] == blank["refused"]["code"] == "bad_question"
    assert fourth["refused"]["code"] == "bad_date"
    assert last["result"] == "2026-01-05"


def test_a_stream_may_know_its_operation(nowhere: Any) -> None:
    assert nowhere("workdays", "add", "-", typed=b"2026-02-10 10\n").lines[0]["result"] == "2026-03-02"
    assert nowhere("workdays", "between", "-", typed=b"2026-02-10 2026-03-02\n").lines[0]["days"] == 10


def test_a_stream_equals_single_answers_for_many_days(nowhere: Any) -> None:
    """The line writer and the single answer are two pieces of code: they must say the same."""
    start = date(2026, 1, 1).toordinal()
    questions = [(date.fromordinal(start + step % 365), step % 90 - 45) for step in range(0, 2000, 7)]
    typed = "".join(f"add {day} {days}\n" for day, days in questions)
    from desktop.app.shipped import shipped

    calendar = WorkdayCalendar(map(parse_year, shipped().years))
    for line, (day, days) in zip(nowhere("workdays", "-", typed=typed.encode()).lines, questions, strict=True):
        found = calendar.add(day, days)
        assert line == {
            "start": day.isoformat(),
            "days": days,
            "result": found.day.isoformat(),
            "provisional": found.provisional,
        }


def test_what_has_arrived_is_answered_before_more_is_read(nowhere: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that asks, waits and asks again must not wait for ever."""
    from desktop.cli import questions

    monkeypatch.setattr(questions, "CHUNK", 18)
    written: list[str] = []
    seen: list[int] = []

    class Slow(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            seen.append(len(written))
            return super().read1(size)

    class Sink(io.StringIO):
        def write(self, text: str, /) -> int:
            written.append(text)
            return super().write(text)

    stdin = io.TextIOWrapper(Slow(b"add 2026-02-10 10\nadd 2026-02-10 11\n"))
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "stdout", Sink())
    assert questions._stream(lambda line: line + "\n") == 0
    assert seen == [0, 1, 2]


def test_identifiers(nowhere: Any) -> None:
    assert nowhere.ask("check", "ipc", "g06f16/29") == {
        "value": "g06f16/29",
        "kind": "ipc",
        "valid": True,
        "normalized": "G06F 16/29",
        "reason": "",
    }
    several = nowhere.ask("check", "locarno", "14-02", "9-05")
    assert [one["normalized"] for one in several] == ["14-02", "09-05"]


def test_a_damaged_number_is_refused_with_an_explanation(nowhere: Any) -> None:
    said = nowhere("check", "number", "2.02E+12", "--json")
    assert said.status == 1
    assert said.json["valid"] is False
    assert "科学计数" in said.json["reason"]


def test_the_type_must_agree_when_it_is_told(nowhere: Any) -> None:
    number = nowhere.ask("check", "number", "202010700365.0")["normalized"]
    assert nowhere("check", "number", number, "--type", "发明", "--json").status == 0
    assert nowhere("check", "number", number, "--type", "外观设计", "--json").status == 1
    assert nowhere("check", "number", number, "--type", "商标").status == 2


def test_a_stream_of_identifiers(nowhere: Any) -> None:
    lines = nowhere("check", "-", typed="ipc G06F 16/29\nfoo 1\nuscc 短\n".encode()).lines
    assert [line.get("valid", line.get("refused", {}).get("code")) for line in lines] == [True, "bad_question", False]
    assert nowhere("check", "ipc", "-", typed=b"G06F 16/29\n").lines == lines[:1]


def test_an_unknown_kind_is_wrong_usage(nowhere: Any) -> None:
    assert nowhere("check", "isbn", "1").status == 2
    assert nowhere("check", "ipc").status == 2


def test_questions_need_no_store_and_make_none(nowhere: Any) -> None:
    nowhere.ask("workdays", "add", "2026-02-10", "1")
    assert not nowhere.data.exists()


def test_a_centres_own_year_is_used_when_the_store_can_be_opened(desk: Any, tmp_path: Any) -> None:
    calendar = tmp_path / "calendar-2027.toml"
    calendar.write_text(YEAR_2027, "utf-8")
    before = desk.ask("workdays", "add", "2026-12-31", "1")
    assert before["result"] == "2027-01-01"
    desk.ask("config", "publish", calendar)
    assert desk.ask("workdays", "add", "2026-12-31", "1") == {
        **before,
        "result": "2027-01-04",
        "provisional": False,
    }
    del os.environ["KUAISHEN_PASSPHRASE"]
    assert desk.ask("workdays", "add", "2026-12-31", "1") == before


def test_json_lines_hold_nothing_but_json(nowhere: Any) -> None:
    said = nowhere("workdays", "-", typed="add \ud83d 1\n".encode("utf-8", "surrogatepass") + b"\xff\xfe\n")
    assert all(json.loads(line)["refused"] for line in said.out.splitlines())


YEAR_2027 = """
[document]
kind = "calendar"
basis = "试用"
checked_on = "2026-11-22"
status = "待核对"

[[years]]
year = 2027
basis = "试用"
checked_on = "2026-11-22"
status = "待核对"
off = [
  { from = 2027-01-01, to = 2027-01-03, name = "元旦" },
  { from = 2027-05-01, to = 2027-05-05, name = "劳动节" },
  { from = 2027-10-01, to = 2027-10-07, name = "国庆节" },
]
work = []
"""
