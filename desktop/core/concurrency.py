"""Do two steps that knew nothing of each other get along? The table by pair of types, and what it compares.

- COMMUTE: they touch different things, or say the same about them; both count, in either order.
- AGREE: both moved the case by the same step on the same day with the same content; it counts once.
- CONTEST: they say different things about one thing. Neither is final until a third person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import combinations_with_replacement
from typing import Any, Final

from desktop.core.case import ACTED, AMENDED, ATTACHED, JUDGED, OPENED, PACKAGED, RESOLVED, CaseEvent, understood


class Verdict(StrEnum):
    COMMUTE = "commute"
    AGREE = "agree"
    CONTEST = "contest"


Things = Mapping[str, Any]  # what an event says: thing -> value
_SAME_STEP: Final = ("action", "from", "to", "values", "facts", "answers", "round", "outcome", "clocks")
_NOT_TWICE: Final = frozenset({"start", "resume", "restore", "extend"})  # twice, a limit would count days twice


def things(event: CaseEvent) -> dict[str, Any]:
    """Everything that an event decides about its case. What only describes it (labels, warnings) is not among it."""
    payload = event.payload
    found: dict[str, Any] = {f"fact:{name}": value for name, value in payload.get("facts", {}).items()}
    if moves(event):
        found["stage"] = payload["to"], payload["action"], event.occurred_on
    for effect in payload.get("clocks", ()):
        key = f"clock:{effect['clock']}"
        found[key] = [*found.get(key, ()), (effect["do"], effect["on"], effect.get("until", ""))]
    for flag in payload.get("sets", ()):
        found[f"flag:{flag}"] = True
    for flag in payload.get("clears", ()):
        found[f"flag:{flag}"] = False
    if payload.get("round"):
        found["round"] = payload["round"], payload.get("values", {}).get("opinion", "")
    for name, answers in payload.get("answers", {}).items():
        for item, answer in answers.items():
            found[f"answer:{name}:{item}"] = list(answer)
    row = payload.get("custody")
    if row and row["from"] != row["to"]:
        found["keeper"] = row["to"]  # an item lies in one pair of hands
    return found


def moves(event: CaseEvent) -> bool:
    """Whether the event led the case to another stage."""
    return event.type == ACTED and event.payload["to"] != event.payload["from"]


def compare(left: CaseEvent, right: CaseEvent) -> Verdict:
    """The verdict on two concurrent events of one case; the order of the two does not matter. Events of a newer
    program cannot be judged: the case is read-only here anyway."""
    if not (understood(left.type, left.version) and understood(right.type, right.version)):
        return Verdict.COMMUTE
    rule = TABLE.get((left.type, right.type))
    return rule(left, right) if rule else TABLE[right.type, left.type](right, left)


def _by_things(left: CaseEvent, right: CaseEvent) -> Verdict:
    ours, theirs = things(left), things(right)
    differ = any(
        ours[name] != theirs[name] or (name.startswith("clock:") and any(do in _NOT_TWICE for do, *_ in ours[name]))
        for name in ours.keys() & theirs.keys()
    )
    return Verdict.CONTEST if differ else Verdict.COMMUTE


def _steps(left: CaseEvent, right: CaseEvent) -> Verdict:
    if moves(left) and moves(right):
        same = left.occurred_on == right.occurred_on and all(
            left.payload.get(name) == right.payload.get(name) for name in _SAME_STEP
        )
        return Verdict.AGREE if same else Verdict.CONTEST
    if _effects(left) and _effects(right) and left.payload["clocks"] == right.payload["clocks"]:
        # The same pause or deduction noted twice counts once; noted on two days, the later is the last day of the case.
        if things(left) != things(right):
            return Verdict.CONTEST
        return Verdict.AGREE if left.occurred_on == right.occurred_on else _by_things(left, right)
    return _by_things(left, right)


def _effects(event: CaseEvent) -> bool:
    return bool(event.payload.get("clocks"))


def _resolutions(left: CaseEvent, right: CaseEvent) -> Verdict:
    same = all(left.payload.get(name) == right.payload.get(name) for name in ("choose", "kept", "set_aside"))
    return Verdict.AGREE if same else Verdict.CONTEST


def _against_resolution(resolution: CaseEvent, other: CaseEvent) -> Verdict:
    """Whoever decided had not seen this step. A bare remark does no harm; anything else may have mattered."""
    return Verdict.CONTEST if things(other) else Verdict.COMMUTE


def _twice_opened(left: CaseEvent, right: CaseEvent) -> Verdict:
    """A case has one opening; two would mean that its identity was given twice."""
    return Verdict.CONTEST


def _beside(left: CaseEvent, right: CaseEvent) -> Verdict:
    """A file lies beside the case and says nothing about its course; nor does a word about a finding, of which the
    last in the common order counts."""
    return Verdict.COMMUTE


_LYING_BESIDE: Final = (ATTACHED, PACKAGED, JUDGED)
# The openings' rows are for completeness: nothing can be concurrent with what everything builds on.
TABLE: Final[Mapping[tuple[str, str], Callable[[CaseEvent, CaseEvent], Verdict]]] = {
    (OPENED, OPENED): _twice_opened,
    (OPENED, ACTED): _by_things,
    (OPENED, AMENDED): _by_things,
    (OPENED, RESOLVED): _by_things,
    (ACTED, ACTED): _steps,
    (ACTED, AMENDED): _by_things,
    (AMENDED, AMENDED): _by_things,
    (RESOLVED, ACTED): _against_resolution,
    (RESOLVED, AMENDED): _against_resolution,
    (RESOLVED, RESOLVED): _resolutions,
    **{(beside, other): _beside for beside in _LYING_BESIDE for other in (OPENED, ACTED, AMENDED, RESOLVED)},
    **dict.fromkeys(combinations_with_replacement(_LYING_BESIDE, 2), _beside),
}
