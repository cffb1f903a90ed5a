"""What comes from elsewhere is looked at before it counts: nothing that passes can bring the program down."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest

from desktop.app.projection import row_of, state_bytes, state_from
from desktop.app.surroundings import Surroundings
from desktop.core import clocks
from desktop.core.case import (
    ACTED,
    AMENDED,
    ATTACHED,
    EVENT_VERSIONS,
    JUDGED,
    OPENED,
    PACKAGED,
    RESOLVED,
    CaseEvent,
    CaseState,
    advance,
)
from desktop.core.narrate import narrate
from desktop.core.soundness import flaw
from desktop.core.terms import PatentType
from tests.core.walks import BOOK, Walker, a_context, opened

DAY = "2026-03-03"
RULE = {
    "label": "期限", "kind": "promised", "owner": "centre", "limit": 7, "unit": "workday", "basis": "内部规定",
    "status": "已核对", "checked_on": "2026-01-01", "source": "", "warn": [2, 1],
}  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    OPENED: {
        "procedure": "preexam", "number": "N-1", "to": "RECEIVED", "kind": "open", "basis": {}, "source": "清单",
        "facts": {"title": "甲", "party": "乙", "patent_type": "发明", "received_on": DAY},
        "clocks": [{"clock": "acceptance", "do": "start", "on": DAY, "rule": RULE}], "warnings": ["丙"],
    },
    ACTED: {
        "action": "a", "label": "甲", "from": "A", "to": "B", "kind": "open", "values": {}, "facts": {}, "clocks": [],
        "outcome": "", "round": 1, "answers": {"list": {"A1": ["符合", ""]}}, "sets": ["paid"], "clears": [],
        "warnings": ["丙"], "notice": {"title": "", "text": ""},
    },
    AMENDED: {
        "facts": {"title": "甲"}, "before": {}, "imported": {}, "label": "", "reason": "", "source": "",
        "matter_number": "BL-N-2",
    },
    RESOLVED: {
        "choose": "left", "label": "", "reason": "", "kept": [], "set_aside": [], "chosen": "甲", "sides": ["甲", "乙"],
    },
    PACKAGED: {
        "action": "package", "label": "申请文件", "kind": "预审文本", "sha256": "a" * 64, "digest": "b" * 64,
        "name": "申请文件.zip",
    },
    JUDGED: {
        "action": "judge", "label": "初步判断采纳", "package": "a" * 64, "finding": "1f", "decision": "采纳",
        "rule": "claim_multiple", "item": "I-F7", "article": "细则25", "where": "权利要求 3", "text": "甲",
        "passage": "乙", "words": "丙", "reason": "丁",
    },
}  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None,
    5,
    -1,
    2**62,
    True,
    "x",
    "2026-02-30",
    [],
    [5],
    [[]],
    {},
    {"a": 5},
    {"a": []},
    {"a": {"b": ["c"]}},
    [{}],
)


def test_real_events_are_sound() -> None:
    walker = Walker(random.Random(5))
    for _ in range(80):
        walker.step()
    assert [flaw(event) for event in walker.events if flaw(event)] == []
    assert not flaw(opened(PatentType.DESIGN, a_context().today, a_context()))


@pytest.mark.parametrize("kind", GOOD)
def test_made_up_events_are_sound_until_something_is_wrong(kind: str) -> None:
    good = GOOD[kind]
    assert flaw(CaseEvent(kind, 1, DAY, good)) == ""
    refused = 0
    for name in good:
        for strange in STRANGE:
            refused += bool(flaw(CaseEvent(kind, 1, DAY, {**good, name: strange})))
    assert refused > 8 * len(good)
    for day in ("", "2026-3-3", "2026-02-30", "99999-01-01", "9999-12-31", "0001-01-01"):
        assert flaw(CaseEvent(kind, 1, day, good)) == "发生日期不成立"


@pytest.mark.parametrize(
    ("kind", "name"),
    [(OPENED, "facts"), (OPENED, "to"), (ACTED, "from"), (AMENDED, "facts"), (RESOLVED, "set_aside")],
)
def test_what_must_be_there(kind: str, name: str) -> None:
    without = {key: value for key, value in GOOD[kind].items() if key != name}
    assert flaw(CaseEvent(kind, 1, DAY, without)) == f"缺少“{name}”"


@pytest.mark.parametrize(
    "effect",
    [
        {"clock": "a", "do": "begin", "on": DAY},
        {"clock": "a", "do": "pause"},
        {"clock": 5, "do": "pause", "on": DAY},
        {"clock": "a", "do": "pause", "on": "9999-12-31"},
        {"clock": "a", "do": "exclude", "on": DAY},
        {"clock": "a", "do": "exclude", "on": DAY, "until": "2026-03-02"},
        {"clock": "a", "do": "start", "on": DAY},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "more": 1}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "limit": 2**60}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "limit": -1}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "limit": True}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "unit": "year"}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "unit": []}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "kind": {}}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "warn": ["2"]}},
        {"clock": "a", "do": "start", "on": DAY, "rule": {**RULE, "label": 2}},
    ],
)
def test_effects_on_limits_that_make_no_sense(effect: dict[str, Any]) -> None:
    assert flaw(CaseEvent(ACTED, 1, DAY, {**GOOD[ACTED], "clocks": [effect]}))


@pytest.mark.parametrize("kind", [ACTED, AMENDED])
def test_the_day_of_receipt_stays_a_day(kind: str) -> None:
    assert flaw(CaseEvent(kind, 1, DAY, {**GOOD[kind], "facts": {"received_on": DAY}})) == ""
    for spoilt in ("", "昨天", "2026-02-30"):
        assert flaw(CaseEvent(kind, 1, DAY, {**GOOD[kind], "facts": {"received_on": spoilt}}))


@pytest.mark.parametrize("kind", GOOD)
def test_what_passes_for_sound_can_be_told(kind: str) -> None:
    """Each value is replaced by a strange one; a journal page must show whatever was not found out."""
    told = 0
    for name in GOOD[kind]:
        for strange in STRANGE:
            payload = {**GOOD[kind], name: strange}
            if not flaw(CaseEvent(kind, 1, DAY, payload)):
                assert narrate(kind, payload, BOOK.procedure("preexam"))
                told += 1
    assert told >= len(GOOD[kind])


def test_a_newer_program_is_not_judged() -> None:
    assert flaw(CaseEvent(ACTED, EVENT_VERSIONS[ACTED] + 1, "", {})) == ""
    assert flaw(CaseEvent("case.unheard_of", 1, "", {})) == ""
    assert set(GOOD) | {ATTACHED} == set(EVENT_VERSIONS)


def _effect(chance: random.Random) -> dict[str, Any]:
    verb = chance.choice(("start", "pause", "resume", "stop", "void", "restore", "exclude", "extend", "extend"))
    found: dict[str, Any] = {"clock": chance.choice("EF"), "do": verb, "on": _day(chance)}
    if verb == "start":
        limit, unit = chance.choice((0, 7, 7, 40, 36_500, 2**62)), chance.choice(("workday", "day", "month"))
        found["rule"] = {**RULE, "limit": limit, "unit": unit, "warn": chance.choice(([2, 1], [], [-1], [2**60]))}
        found["rule"] |= chance.choice(({}, {}, {"roll": False}, {"kind": "watch", "roll": False}, {"roll": 1}))
    if verb == "extend":
        found["by"] = chance.choice((1, 36_500, 36_500, 2**62))
    if verb == "exclude":
        found["until"] = _day(chance)
    return found


def _day(chance: random.Random) -> str:
    rare = ("1900-01-02", "1999-01-01", "2099-02-03", "2199-12-31", "9999-12-31", "0001-01-01")
    return chance.choice(rare if chance.random() < 0.2 else ("2026-03-02", "2026-03-05", "2026-03-09"))


def test_nothing_that_is_sound_can_stop_the_others() -> None:
    """Events that were sealed whole and pass for sound, in combinations that nobody would decide: each can be folded,
    shown in the queue, and kept. One that could not would end every meeting, for ever."""
    looked_at: Counter[bool] = Counter()
    for seed in range(3_000):
        chance = random.Random(seed)
        kinds = ("open", "waiting", "ended", "zz")
        facts = {**GOOD[OPENED]["facts"], "received_on": _day(chance), "patent_type": chance.choice(("发明", "别的"))}
        opening = {**GOOD[OPENED], "kind": chance.choice(kinds), "facts": facts, "clocks": [_effect(chance)]}
        events = [CaseEvent(OPENED, 1, _day(chance), opening)]
        for _ in range(chance.randint(1, 9)):
            payload = {
                **GOOD[ACTED], "to": chance.choice("AB"), "kind": chance.choice(kinds),
                "clocks": [_effect(chance) for _ in range(chance.randint(0, 3))],
                "facts": {chance.choice(("title", "received_on", "patent_type", "flags")): "x"},
                "round": chance.choice((0, 1, 2**60)),
            }  # fmt: skip
            events.append(CaseEvent(ACTED, 1, _day(chance), payload))
        state = CaseState()
        for event in events:
            looked_at[not flaw(event)] += 1
            if not flaw(event):
                advance(state, event)
        if state.facts:
            row_of("x", state, "head", 1, Surroundings(BOOK.calendar))
            assert state_bytes(state_from(state_bytes(state))) == state_bytes(state)
    assert min(looked_at.values()) > 1_000


def _swings(first: str, last: str) -> list[dict[str, Any]]:
    return [{"clock": "a", "do": verb, "on": day} for verb, day in (("pause", first), ("resume", last))] * 40


@pytest.mark.parametrize("unit", ["workday", "day", "month"])
@pytest.mark.parametrize("roll", [True, False])
@pytest.mark.parametrize(
    "effects",
    [
        [{"clock": "a", "do": "extend", "on": DAY, "by": 36_500}] * 80,
        _swings("1900-01-02", "2199-12-31"),
        _swings("2199-12-31", "1900-01-02"),
    ],
)
def test_a_limit_may_end_beyond_all_dates(unit: str, roll: bool, effects: list[dict[str, Any]]) -> None:
    """Each effect is sound by itself; together they lead to no date that could be written."""
    rule = {**RULE, "unit": unit, **({} if roll else {"roll": False})}
    state = CaseState()
    for event in (
        CaseEvent(OPENED, 1, DAY, {**GOOD[OPENED], "clocks": [{"clock": "a", "do": "start", "on": DAY, "rule": rule}]}),
        CaseEvent(ACTED, 2, DAY, {**GOOD[ACTED], "clocks": effects}),
    ):
        assert flaw(event) == ""
        advance(state, event)
    assert row_of("x", state, "head", 1, Surroundings(BOOK.calendar))["provisional"]
    assert clocks.read(state.clocks[0], BOOK.calendar, date(2026, 3, 4)).provisional
