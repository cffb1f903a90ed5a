"""Does an event that came from elsewhere say what an event of its type must say?

Our own events were decided here; one that another program wrote may be whole, sealed and chained and still make no
sense. Such an event stays in the journal, is shown, and has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from desktop.core.attachment import SHA256
from desktop.core.case import ACTED, AMENDED, ATTACHED, JUDGED, OPENED, PACKAGED, RESOLVED, CaseEvent, understood
from desktop.core.custody import is_row
from desktop.core.procedure import CATEGORY, PATENT_TYPE
from desktop.core.terms import Judgement, LimitKind, PackageKind, Unit

Check = Callable[[Any], bool]
# Beyond these a limit's end could not be worked out: a date has four digits.
_EARLIEST, _LATEST, _LONGEST = "1900", "2200", 36_500
_VERBS: Final = frozenset({"start", "pause", "resume", "stop", "void", "restore", "exclude", "extend"})


def flaw(event: CaseEvent) -> str:
    """What is wrong with it, in Chinese; empty when nothing is, or when it is a newer program's to judge."""
    if not understood(event.type, event.version):
        return ""
    if not _day(event.occurred_on):
        return "发生日期不成立"
    payload, shape = event.payload, _SHAPES[event.type]
    if not _REQUIRED[event.type] <= payload.keys():
        missing = next(name for name in shape if name in _REQUIRED[event.type] and name not in payload)
        return f"缺少“{missing}”"
    for name, value in payload.items():
        if name in shape and not shape[name][1](value):
            return f"“{name}”的内容不成立"
    return ""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and _TEXT.issuperset(map(type, value))


def _pairs(value: Any) -> bool:
    return isinstance(value, dict) and _TEXT.issuperset(map(type, value.values()))


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _day(value: Any) -> bool:
    return isinstance(value, str) and _is_day(value)


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        return _EARLIEST < text < _LATEST and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _facts(value: Any) -> bool:
    """Whatever else changes, a case was received on a day."""
    return _pairs(value) and ("received_on" not in value or _day(value["received_on"]))


def _listed(value: Any) -> bool:
    """The facts of an opening: what every page shows of a case must be there."""
    return (
        _pairs(value)
        and {"title", "party"} <= value.keys()
        and not value.keys().isdisjoint({PATENT_TYPE, CATEGORY})
        and _day(value.get("received_on"))
    )


def _count(value: Any) -> bool:
    return _number(value) and value >= 0


def _sha256(value: Any) -> bool:
    """Or an SM3: both have 32 bytes."""
    return _text(value) and SHA256.fullmatch(value) is not None


def _package_kind(value: Any) -> bool:
    return _text(value) and value in _PACKAGE_KINDS


def _judgement(value: Any) -> bool:
    return _text(value) and value in _JUDGEMENTS


def _answers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(items, dict) and all(_texts(answer) and len(answer) == 2 for answer in items.values())
        for items in value.values()
    )


def _effects(value: Any) -> bool:
    return isinstance(value, list) and all(map(_effect, value))


def _effect(value: Any) -> bool:
    if not isinstance(value, dict) or not _text(value.get("do")) or value["do"] not in _VERBS:
        return False
    if not (_text(value.get("clock")) and _day(value.get("on"))):
        return False
    if value["do"] == "extend":
        return _number(value.get("by")) and 0 < value["by"] <= _LONGEST
    if value["do"] == "exclude":
        return _day(value.get("until")) and value["on"] <= value["until"]
    return value["do"] != "start" or _rule(value.get("rule"))


def _rule(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() - _OPTIONAL != _RULE:
        return False
    warn = value["warn"]
    return (
        _number(value["limit"])
        and 0 <= value["limit"] <= _LONGEST
        and isinstance(warn, list)
        and _NUMBER.issuperset(map(type, warn))
        and [type(one) for one in value.values()].count(str) == len(_RULE) - 2
        and isinstance(value.get("roll", True), bool)
        and value["unit"] in _UNITS
        and value["kind"] in _KINDS
    )


_TEXT: Final = frozenset({str})
_NUMBER: Final = frozenset({int})
_UNITS, _KINDS = frozenset(Unit), frozenset(LimitKind)
_PACKAGE_KINDS, _JUDGEMENTS = frozenset(PackageKind), frozenset(Judgement)
_RULE: Final = {"label", "kind", "owner", "limit", "unit", "basis", "status", "checked_on", "source", "warn"}
_OPTIONAL: Final = {"roll"}
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
        "warnings": (False, _texts),
    },
    ACTED: {
        "action": (True, _text),
        "label": (True, _text),
        "from": (True, _text),
        "to": (True, _text),
        "kind": (True, _text),
        "values": (False, _pairs),
        "facts": (False, _facts),
        "clocks": (False, _effects),
        "outcome": (False, _text),
        "round": (False, _number),
        "answers": (False, _answers),
        "sets": (False, _texts),
        "clears": (False, _texts),
        "warnings": (False, _texts),
        "notice": (False, _pairs),
        "findings": (False, _texts),
        "custody": (False, is_row),
    },
    AMENDED: {
        "facts": (True, _facts),
        "before": (False, _pairs),
        "imported": (False, _pairs),
        "label": (False, _text),
        "reason": (False, _text),
        "source": (False, _text),
        "clocks": (False, _effects),
        "matter_number": (False, _text),
    },
    RESOLVED: {
        "choose": (True, _text),
        "label": (True, _text),
        "reason": (True, _text),
        "kept": (True, _texts),
        "set_aside": (True, _texts),
        "chosen": (False, _text),
        "sides": (False, _texts),
    },
    ATTACHED: {
        "action": (True, _text),
        "label": (True, _text),
        "sha256": (True, _sha256),
        "name": (True, _text),
        "size": (True, _count),
        "note": (False, _text),
        "sm3": (False, _sha256),
    },
    PACKAGED: {
        "action": (True, _text),
        "label": (True, _text),
        "kind": (True, _package_kind),
        "sha256": (True, _sha256),
        "digest": (True, _sha256),
        "name": (True, _text),
    },
    JUDGED: {
        "action": (True, _text),
        "label": (True, _text),
        "package": (True, _sha256),
        "finding": (True, _text),
        "decision": (True, _judgement),
        "rule": (True, _text),
        "item": (True, _text),
        "article": (True, _text),
        "where": (True, _text),
        "text": (True, _text),
        "passage": (False, _text),
        "words": (False, _text),
        "reason": (False, _text),
    },
}
_REQUIRED: Final = {
    kind: frozenset(name for name, (required, _) in shape.items() if required) for kind, shape in _SHAPES.items()
}
