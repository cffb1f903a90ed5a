"""Deciding a disputed case: a third person chooses a side, or none, and says why. Nothing is removed."""

from __future__ import annotations

from collections.abc import Collection

from desktop.core.case import EVENT_VERSIONS, RESOLVED, CaseEvent
from desktop.core.context import Command, Context, Decision, check_day, role_among
from desktop.core.history import Standing
from desktop.core.refusal import Refusal
from desktop.core.terms import Role

RESOLVE, LABEL = "resolve", "裁决"
NEW = "new"
ROLES = (Role.LEAD,)
_NAMED = ("left", "right")
_MOST_REASON = 2_000


def choice_of(place: int) -> str:
    """What the answer for the side at this place (from 0) is called."""
    return _NAMED[place] if place < len(_NAMED) else str(place + 1)


def side_word(place: int) -> str:
    """The same in words."""
    return ("左方", "右方")[place] if place < len(_NAMED) else f"第 {place + 1} 方"


def choices(standing: Standing) -> tuple[str, ...]:
    return (*(choice_of(place) for place in range(len(standing.sides))), NEW)


def who_may(standing: Standing, authors: Collection[str], actor: str, context: Context) -> Role:
    """The role in which ``actor`` decides. Raises :class:`Refusal`: not_contested, own_dispute, wrong_role ..."""
    if not standing.sides:
        raise Refusal("not_contested", "此案没有待裁决的分歧")
    role = role_among(ROLES, LABEL, actor, context)
    if actor in authors:
        sentence = f"裁决须由第三人办理，{actor}是分歧一方的经办人"
        raise Refusal("own_dispute", sentence, {"actor": actor, "authors": sorted(authors)})
    return role


def decide_dispute(
    standing: Standing,
    words: tuple[str, ...],
    authors: Collection[str],
    last_on: str,
    command: Command,
    context: Context,
) -> Decision:
    """The decision as an event. ``words`` says of each side what it holds, ``authors`` are those of the disputed
    events, ``last_on`` is the day of the case's last undisputed step."""
    role = who_may(standing, authors, command.actor, context)
    warnings = check_day(last_on, command.on, context)
    unknown = sorted(set(command.values) - {"choose", "reason"})
    if unknown:
        raise Refusal("unknown_input", f"“{LABEL}”没有“{unknown[0]}”这一项", {"input": unknown[0]})
    choose, reason = command.values.get("choose", "").strip(), command.values.get("reason", "").strip()
    possible = choices(standing)
    if choose not in possible:
        raise Refusal("bad_input", f"请选择 {'、'.join(possible)} 之一", {"input": "choose", "options": list(possible)})
    if not reason:
        raise Refusal("bad_input", "请写明裁决理由", {"input": "reason"})
    if len(reason) > _MOST_REASON:
        raise Refusal("bad_input", f"裁决理由过长，最多 {_MOST_REASON} 字", {"input": "reason"})
    if choose == NEW:
        kept: tuple[str, ...] = ()
        set_aside, chosen = standing.fresh_start, "各方均不采用，重新办理"
    else:
        place = possible.index(choose)
        side = standing.sides[place]
        kept, set_aside, chosen = side.kept, side.set_aside, f"采用{side_word(place)}"
    payload = {
        "action": RESOLVE,
        "label": LABEL,
        "choose": choose,
        "chosen": chosen,
        "kept": list(kept),
        "set_aside": list(set_aside),
        "sides": [f"{side_word(place)}：{text}" for place, text in enumerate(words)],
        "reason": reason,
    }
    event = CaseEvent(RESOLVED, EVENT_VERSIONS[RESOLVED], command.on.isoformat(), payload)
    return Decision((event,), role, tuple(warnings))
