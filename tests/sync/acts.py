"""What people do with a case, as events that a station of the real program could have recorded.

The choices are few on purpose: two people who work without each other should often say the same thing, and often
different things about the same thing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from db.envelope import Draft
from desktop.core.case import ACTED, AMENDED, OPENED, RESOLVED

BASIS = {"procedure": "preexam@1", "calendar": "2026/1"}
FIRST_DAY = date(2026, 3, 2)
RULE = {
    "label": "期限", "kind": "promised", "owner": "centre", "limit": 7, "unit": "workday", "basis": "内部规定",
    "status": "已核对", "checked_on": "2026-01-01", "source": "", "warn": [2, 1],
}  # fmt: skip
ENDED = "ENDED"


class Move(NamedTuple):
    action: str
    to: str
    kind: str
    clocks: tuple[tuple[str, str], ...]


MOVES: Mapping[str, tuple[Move, ...]] = {
    "RECEIVED": (
        Move("accept", "ACCEPTED", "open", (("acceptance", "stop"), ("examination", "start"))),
        Move("return", "RETURNED", "waiting", (("acceptance", "pause"), ("correction", "start"))),
        Move("refuse", ENDED, "ended", (("acceptance", "void"),)),
    ),
    "RETURNED": (Move("correct", "RECEIVED", "open", (("correction", "stop"), ("acceptance", "resume"))),),
    "ACCEPTED": (
        Move("assign", "EXAMINING", "open", (("first_action", "start"),)),
        Move("withdraw", ENDED, "ended", (("examination", "void"),)),
    ),
    "EXAMINING": (
        Move("opinion", "AWAIT_REPLY", "waiting", (("examination", "pause"), ("reply", "start"))),
        Move("pass", "PASSED", "open", (("examination", "stop"), ("filing", "start"))),
    ),
    "AWAIT_REPLY": (Move("reply", "EXAMINING", "open", (("reply", "stop"), ("examination", "resume"))),),
    "PASSED": (Move("file", ENDED, "ended", (("filing", "stop"),)),),
    ENDED: (),
}
NAMES = ("张三", "李四", "王五")


def opened(uid: int, chance: random.Random) -> Draft:
    """Opens a case of its own; two in a few hundred share a number or look like one row of a list."""
    number = chance.randrange(1, 60)
    day = FIRST_DAY.isoformat()
    payload = {
        "procedure": "preexam", "number": f"YS-2026-{number:04d}", "to": "RECEIVED", "kind": "open", "source": "清单",
        "facts": {"title": f"一种装置{number % 40}", "party": "某公司", "patent_type": "发明", "received_on": day,
                  "main_class": "G06F 16/29"},
        "basis": BASIS,
        "clocks": [{"clock": "acceptance", "do": "start", "on": day, "rule": RULE}],
        "uid": uid,
    }  # fmt: skip
    return _draft(f"case/{chance.randbytes(16).hex()}", OPENED, day, payload, 1)


def acted(uid: int, stream: str, state: Mapping[str, Any], chance: random.Random) -> Draft:
    """Something that may be done with a case as it stands here."""
    kind = chance.choices(tuple(_KINDS), tuple(weight for weight, _ in _KINDS.values()))[0]
    day = max(date.fromisoformat(state["last_on"] or FIRST_DAY.isoformat()), FIRST_DAY)
    day += timedelta(days=chance.choice((0, 0, 0, 0, 1, 4)))
    return _KINDS[kind][1](uid, stream, state, day.isoformat(), chance)


def beside(uid: int, stream: str, state: Mapping[str, Any], chance: random.Random) -> Draft:
    """What comes to a disputed case all the same: a remark, a corrected text, what this program cannot read."""
    kind = chance.choice((_remark, _remark, _amend, _newer, _senseless))
    return kind(uid, stream, state, state["last_on"], chance)


def resolved(uid: int, stream: str, day: str, choose: str, kept: list[str], set_aside: list[str]) -> Draft:
    payload = {"choose": choose, "label": "裁决", "reason": "已核对材料", "kept": kept, "set_aside": set_aside,
               "uid": uid}  # fmt: skip
    return _draft(stream, RESOLVED, day, payload, 1, role="组长")


def _draft(stream: str, kind: str, day: str, payload: dict[str, Any], version: int, role: str = "预审员") -> Draft:
    return Draft(stream, kind, version, "张三", role, day, BASIS, payload)


def _act(uid: int, state: Mapping[str, Any], action: str, **more: Any) -> dict[str, Any]:
    stay = {"from": state["stage"], "to": state["stage"], "kind": state["kind"]}
    return {"action": action, "label": action, "values": {}, "facts": {}, "clocks": [], "uid": uid, **stay, **more}


def _move(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    moves = MOVES.get(state["stage"], ())
    if not moves:
        return _remark(uid, stream, state, day, chance)
    move = chance.choice(moves)
    effects = [effect for name, verb in move.clocks if (effect := _effect(state, name, verb, day))]
    if move.kind == "ended":  # whatever else runs is void
        named = {name for name, _ in move.clocks}
        others = [one["id"] for one in state["clocks"] if one["state"] in ("running", "paused")]
        effects += [{"clock": name, "do": "void", "on": day} for name in dict.fromkeys(others) if name not in named]
    more: dict[str, Any] = {"values": {"note": chance.choice(("", "", "已核对"))}, "clocks": effects}
    if move.action == "opinion":
        more["round"] = state["round"] + 1
        more["values"]["opinion"] = chance.choice(("缺陷一", "缺陷二"))
    if move.kind == "ended":
        more["outcome"] = move.action
    return _draft(stream, ACTED, day, _act(uid, state, move.action, to=move.to, kind=move.kind, **more), 1)


def _effect(state: Mapping[str, Any], name: str, verb: str, day: str) -> dict[str, Any] | None:
    """As the program would write it: nothing for a limit that is not in the state for it."""
    present = next((one["state"] for one in reversed(state["clocks"]) if one["id"] == name), "")
    if verb == "start":
        return None if present in ("running", "paused") else {"clock": name, "do": "start", "on": day, "rule": RULE}
    fits = {"pause": ("running",), "resume": ("paused",), "stop": ("running", "paused"), "void": ("running", "paused")}
    return {"clock": name, "do": verb, "on": day} if present in fits[verb] else None


def _consult(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    """Pauses the centre's limit, or lets it go on."""
    on = "consult" in state["flags"]
    effect = _effect(state, "examination", "resume" if on else "pause", day)
    if effect is None:
        return _flag(uid, stream, state, day, chance)
    flag = {"clears": ["consult"]} if on else {"sets": ["consult"]}
    return _draft(stream, ACTED, day, _act(uid, state, "consult", clocks=[effect], **flag), 1)


def _outage(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    """Days that do not count, for every limit that runs."""
    first = chance.choice(("2026-03-02", "2026-03-03"))
    running = dict.fromkeys(one["id"] for one in state["clocks"] if one["state"] == "running")
    effects = [{"clock": name, "do": "exclude", "on": first, "until": first} for name in running]
    return _draft(stream, ACTED, day, _act(uid, state, "outage", clocks=effects), 1)


def _flag(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    what = {"clears": ["paid"]} if "paid" in state["flags"] else {"sets": ["paid"]}
    return _draft(stream, ACTED, day, _act(uid, state, "pay", **what), 1)


def _fact(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    return _draft(stream, ACTED, day, _act(uid, state, "name", facts={"examiner": chance.choice(NAMES)}), 1)


def _answer(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    said = {chance.choice(("A1", "A2", "A3")): [chance.choice(("符合", "缺陷")), ""]}
    return _draft(stream, ACTED, day, _act(uid, state, "check", answers={"invention": said}), 1)


def _remark(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    more = {"warnings": [chance.choice(("请核对", "申请号重复"))]} if chance.random() < 0.3 else {}
    return _draft(stream, ACTED, day, _act(uid, state, "remark", **more), 1)


def _amend(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    name = chance.choice(("title", "party", "region", "agency"))
    facts = {name: chance.choice(("甲", "乙"))}
    payload = {"action": "amend", "label": "更正", "facts": facts, "before": {}, "reason": "笔误", "uid": uid}
    if chance.random() < 0.4:
        payload["imported"] = facts
    return _draft(stream, AMENDED, day, payload, 1)


def _newer(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    payload = {"uid": uid, "what": "更新版本的内容"}
    kind, version = chance.choice(((ACTED, 9), ("case.merged", 1), (RESOLVED, 9), (AMENDED, 3)))
    return _draft(stream, kind, day, payload, version)


def _senseless(uid: int, stream: str, state: Mapping[str, Any], day: str, chance: random.Random) -> Draft:
    """Whole, sealed, and without meaning."""
    good = _act(uid, state, "remark")
    kind, payload = chance.choice(
        (
            (ACTED, {**good, "to": 5}),
            (ACTED, {**good, "clocks": [{"do": "start", "clock": "reply", "on": day}]}),
            (ACTED, {"uid": uid}),
            (AMENDED, {"uid": uid, "facts": {"title": 7}}),
            (RESOLVED, {"uid": uid, "choose": "left", "label": "", "reason": "", "kept": [], "set_aside": "全部"}),
        )
    )
    return _draft(stream, kind, day, payload, 1)


SENSELESS = _senseless
_KINDS = {
    "move": (40, _move),
    "consult": (8, _consult),
    "outage": (7, _outage),
    "flag": (7, _flag),
    "fact": (8, _fact),
    "answer": (7, _answer),
    "remark": (8, _remark),
    "amend": (10, _amend),
    "newer": (1, _newer),
    "senseless": (3, _senseless),
}
