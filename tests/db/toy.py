"""A toy meaning for events, so that the memory is tested without any rule: a case is what its last event says."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import orjson

from db import cases
from db.envelope import Draft, Envelope
from db.journal import SCAN, Reader, Transaction, opened

WORDS = "图像识别光伏电池管理系统控制方法装置新型材料检测设备及其制备"


def draft(number: int, chance: random.Random, cases_in_play: int = 20, **changes: Any) -> Draft:
    facts: dict[str, Any] = {
        "stream": f"case-{chance.randrange(cases_in_play):03d}",
        "type": "toy.moved",
        "version": 1,
        "actor": "张三",
        "role": "预审员",
        "occurred_on": "2026-03-02",
        "basis": {"procedure": "preexam@1", "calendar": "2026.1"},
        "payload": {
            "n": number,
            "title": "一种" + "".join(chance.choices(WORDS, k=chance.randint(4, 12))),
            "stage": chance.choice(["已收件", "审查中", "待答复"]),
            "due": chance.choice([None, f"2026-03-{chance.randint(3, 28):02d}"]),
            "ended": chance.random() < 0.2,
        },
    }
    return Draft(**{**facts, **changes})


def row(stream: str, **changes: Any) -> dict[str, Any]:
    """A complete row of the table of cases."""
    facts: dict[str, Any] = {
        "id": stream, "procedure": "preexam", "number": f"JN-{stream}", "platform_number": f"P-{stream}",
        "intake_key": f"key-{stream}", "title": "一种装置", "category": "发明", "main_class": "G06F 16/29",
        "field": "新材料", "field_grade": "完整命中", "party": "济南某某有限公司", "uscc": "", "region": "济南",
        "agency": "", "stage": "已收件", "stage_kind": "open", "ended": False, "round": 1, "examiner": "",
        "received_on": "2026-03-02", "due_on": None, "due_clock": "", "paused": None, "provisional": False,
        "application_number": "", "flags": [], "accepted_on": None, "concluded_on": None, "ended_on": None,
        "events": 1, "head": "", "updated_hlc": 0, "contested": 0, "due_kind": "", "lead": "19999-12-31",
        "matter": stream, "refs": {},
    }  # fmt: skip
    return {**facts, **changes}


def fold(state: dict[str, Any] | None, event: Envelope) -> dict[str, Any]:
    before = state["events"] if state else 0
    return {**event.payload, "events": before + 1, "head": event.hash, "hlc": event.hlc}


def projected(stream: str, state: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    ended = state["ended"]
    return (
        row(stream, title=state["title"], stage=state["stage"], due_on=state["due"], ended=ended,
            stage_kind="ended" if ended else "open", events=state["events"], head=state["head"],
            updated_hlc=state["hlc"]),
        orjson.dumps(state, option=orjson.OPT_SORT_KEYS),
    )  # fmt: skip


def record(tx: Transaction, drafts: Iterable[Draft]) -> list[Envelope]:
    """Append and project in one transaction, as the application does."""
    envelopes = tx.append(list(drafts))
    for event in envelopes:
        try:
            state: dict[str, Any] | None = cases.state(tx, event.stream)[1]
        except KeyError:
            state = None
        cases.upsert(tx, *projected(event.stream, fold(state, event)))
    return envelopes


def events(reader: Reader) -> list[Envelope]:
    """All that the journal holds, in the order of arrival."""
    return [opened(row[1:]) for row in reader.rows(SCAN, (0, 1_000_000))]


def rebuild(tx: Transaction) -> None:
    cases.clear_read_tables(tx)
    states: dict[str, dict[str, Any]] = {}
    for event in events(tx):
        states[event.stream] = fold(states.get(event.stream), event)
    cases.upsert_many(tx, (projected(stream, state) for stream, state in states.items()))


def rebuilt_equals(reader: Reader, tx: Transaction) -> bool:
    before = cases.digest(reader)
    rebuild(tx)
    return cases.digest(tx) == before
