"""Does an event that came from elsewhere say what an event of its type must say?

Our own events were decided here; one that another program wrote may be whole, sealed and chained and still make no
sense. Such an event stays in the journal, is shown, and has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from desktop.core.case import ACTED, AMENDED, OPENED, RESOLVED, CaseEvent, understood

Check = Callable[[Any], bool]
_VERBS: Final = frozenset({"start", "pause", "resume", "stop", "void", "restore", "exclude"})


def flaw(event: CaseEvent) -> str:
    """What is wrong with it, in Chinese; empty when nothing is, or when it is a newer program's to judge."""
    if not understood(event.type, event.version):
        return ""
    if not _day(event.occurred_on):
        return "发生日期不成立"
    for name, (required, check) in _SHAPES[event.type].items():
        if name not in event.payload:
            if required:
                return f"缺少“{name}”"
        elif not check(event.payload[name]):
            return f"“{name}”的内容不成立"
    return ""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _pairs(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _listed(value: Any) -> bool:
    """The facts of an opening: what every page shows of a case must be there."""
    return _pairs(value) and {"title", "party", "patent_type"} <= value.keys() and _day(value.get("received_on"))


def _answers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(items, dict) and all(_texts(answer) and len(answer) == 2 for answer in items.values())
        for items in value.values()
    )


def _effects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_effect, value))


def _effect(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("do") not in _VERBS:
        return False
    if not (_text(value.get("clock")) and _day(value.get("on"))):
        return False
    if value["do"] == "exclude":
        return _day(value.get("until"))
    return value["do"] != "start" or _rule(value.get("rule"))


def _rule(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _RULE.keys()
        and all(check(value[name]) for name, check in _RULE.items())
    )


def _warnings(value: Any) -> bool:
    return isinstance(value, list) and all(map(_number, value))


_RULE: Final[Mapping[str, Check]] = {
    "label": _text,
    "kind": _text,
    "owner": _text,
    "limit": _number,
    "unit": _text,
    "basis": _text,
    "status": _text,
    "checked_on": _text,
    "source": _text,
    "warn": _warnings,
}
_SHAPES: Final[Mapping[str, Mapping[str, tuple[bool, Check]]]] = {
    OPENED: {
        "procedure": (True, _text),
        "number": (True, _text),
        "to": (True, _text),
        "kind": (True, _text),
        "facts": (True, _listed),
        "basis": (True, _pairs),
        "clocks": (False, _effects),
        "source": (False, _text),
    },
    ACTED: {
        "action": (True, _text),
        "label": (True, _text),
        "from": (True, _text),
        "to": (True, _text),
        "kind": (True, _text),
        "values": (False, _pairs),
        "facts": (False, _pairs),
        "clocks": (False, _effects),
        "outcome": (False, _text),
        "round": (False, _number),
        "answers": (False, _answers),
        "sets": (False, _texts),
        "clears": (False, _texts),
        "warnings": (False, _texts),
        "notice": (False, _pairs),
    },
    AMENDED: {
        "facts": (True, _pairs),
        "before": (False, _pairs),
        "imported": (False, _pairs),
        "label": (False, _text),
        "reason": (False, _text),
        "source": (False, _text),
        "clocks": (False, _effects),
    },
    RESOLVED: {
        "choose": (True, _text),
        "label": (True, _text),
        "reason": (True, _text),
        "kept": (True, _texts),
        "set_aside": (True, _texts),
    },
}
