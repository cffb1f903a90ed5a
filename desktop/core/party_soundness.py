"""The events of a party: which versions are known, and whether one says what an event of its type must say.

Our own were decided here; one that another program wrote may be whole, sealed and chained and still make no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from desktop.core.party_facts import PartyKind

EVENT_VERSIONS: Final = {
    "party.registered": 1,
    "party.refused": 1,
    "party.amended": 1,
    "party.sanctioned": 1,
    "party.appealed": 1,
    "party.lifted": 1,
    "party.found": 1,
    "party.dismissed": 1,
    "party.granted": 1,
    "party.merged": 1,
    "party.noted": 1,
}
MEASURES: Final = ("提醒", "约谈", "警告", "暂停", "取消")  # the ladder, mildest first
_EARLIEST, _LATEST = "1900", "2200"
_MOST_CASES = 1_000_000

Check = Callable[[Any], bool]


def understood(kind: str, version: int) -> bool:
    """Whether this program can interpret such an event."""
    return version <= EVENT_VERSIONS.get(kind, 0)


def flaw(kind: str, version: int, occurred_on: str, payload: Mapping[str, Any]) -> str:
    """What is wrong with it, in Chinese; empty when nothing is, or when it is a newer program's to judge."""
    if not understood(kind, version):
        return ""
    if not _day(occurred_on):
        return "发生日期不成立"
    for name, (required, check) in _SHAPES[kind].items():
        if name not in payload:
            if required:
                return f"缺少“{name}”"
        elif not check(payload[name]):
            return f"“{name}”的内容不成立"
    return ""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _pairs(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and _EARLIEST < value < _LATEST and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _day_or_open(value: Any) -> bool:
    return value == "" or _day(value)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_CASES


def _year(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 4 and value.isascii() and value.isdigit() and value > _EARLIEST


def _among(words: tuple[str, ...]) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _registered(value: Any) -> bool:
    return _facts(value) and bool(value.get("name"))


def _facts(value: Any) -> bool:
    return _pairs(value) and all(_day_or_open(value.get(name, "")) for name in _DAYS)


_DAYS: Final = ("registered_on", "valid_to", "status_from", "status_to")  # a standing is worked out from these
_SHAPES: Final[Mapping[str, Mapping[str, tuple[bool, Check]]]] = {
    "party.registered": {
        "kind": (True, _among(tuple(PartyKind))),
        "facts": (True, _registered),
        "imported": (False, _pairs),
        "source": (False, _text),
    },
    "party.amended": {
        "facts": (True, _facts),
        "before": (True, _pairs),
        "reason": (False, _text),
        "imported": (False, _pairs),
        "source": (False, _text),
    },
    "party.sanctioned": {
        "sanction": (True, _name),
        "measure": (True, _among(MEASURES)),
        "rule": (True, _text),
        "rule_text": (True, _text),
        "cases": (True, _texts),
        "from": (True, _day),
        "to": (True, _day_or_open),
        "reason": (True, _text),
        "proposal": (False, _text),
        "findings": (False, _texts),
        "evidence": (False, _texts),
        "sentence": (False, _text),
        "basis": (False, _text),
    },
    "party.refused": {"refusal": (True, _name), "reason": (True, _text), "basis": (True, _text)},
    "party.appealed": {
        "target": (True, _name),
        "outcome": (True, _among(("成立", "不成立", "待定"))),
        "on": (True, _day),
        "note": (False, _text),
    },
    "party.lifted": {"sanction": (True, _name), "on": (True, _day), "reason": (True, _text)},
    "party.found": {
        "finding": (True, _name),
        "kind": (True, _name),
        "case": (True, _text),
        "found_on": (True, _day),
        "note": (True, _text),
    },
    "party.dismissed": {
        "proposal": (True, _name),
        "rule": (True, _text),
        "evidence": (True, _texts),
        "reason": (True, _text),
        "sentence": (False, _text),
    },
    "party.granted": {"year": (True, _year), "base": (True, _count), "extra": (True, _count)},
    "party.merged": {"into": (True, _text), "reason": (False, _text)},
    "party.noted": {"text": (True, _text)},
}
