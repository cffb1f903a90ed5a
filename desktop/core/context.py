"""What a decision may look at, what is asked of it and what it answers; and who may act, on which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from desktop.core.case import CaseEvent
from desktop.core.refusal import Refusal
from desktop.core.registry import Registry
from desktop.core.rules import Rules
from desktop.core.terms import Role
from desktop.core.workdays import WorkdayCalendar

_EARLIEST = date(1985, 4, 1)  # the patent law's first day; nothing here can be older
_FARTHEST = timedelta(days=366)  # a business date beyond this is a slip of the pen


@dataclass(frozen=True)
class Context:
    """What a decision may look at. ``staff`` maps a name to roles; while it is empty no list has been published
    and anybody may act in any role. ``chains`` are the industry chains that the centre imported, ``registry`` is what
    the register says of the case's party on the day of submission."""

    rules: Rules
    calendar: WorkdayCalendar
    staff: Mapping[str, frozenset[Role]]
    today: date
    chains: tuple[str, ...] = ()
    registry: Registry = field(default_factory=Registry)


@dataclass(frozen=True)
class Command:
    """``values`` are texts as a person or program typed them; ``on`` is the business date. ``custody``: what hashing
    the case's files again gave, for an action that asks for it."""

    action: str
    values: Mapping[str, str]
    actor: str
    on: date
    custody: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Decision:
    """``role`` is the one the actor acted in; ``notice`` is (title, text) of the document that goes out."""

    events: tuple[CaseEvent, ...]
    role: Role
    warnings: tuple[str, ...] = ()
    notice: tuple[str, str] | None = None


def role_among(roles: Sequence[Role], label: str, actor: str, context: Context) -> Role:
    """The role in which ``actor`` may do what is called ``label``. Raises :class:`Refusal`."""
    if not actor.strip():
        raise Refusal("no_actor", "请先说明由谁办理")
    if not context.staff:
        return roles[0]
    held = context.staff.get(actor)
    if held is None:
        raise Refusal("unknown_staff", f"人员名单中没有“{actor}”", {"actor": actor})
    for role in roles:
        if role in held:
            return role
    raise Refusal(
        "wrong_role",
        f"“{label}”须由{'、'.join(roles)}办理，{actor}是{'、'.join(sorted(held)) or '无角色'}",
        {"actor": actor, "needed": list(roles)},
    )


def check_day(last_on: str, on: date, context: Context) -> list[str]:
    """Warnings about a business date. Raises :class:`Refusal` for one before the last step or far in the future."""
    if on.isoformat() < last_on:
        raise Refusal(
            "before_last_step",
            f"发生日期 {on} 早于上一步的日期 {last_on}",
            {"on": on.isoformat(), "last_on": last_on},
        )
    if on < _EARLIEST:
        raise Refusal("far_past", f"发生日期 {on} 过早，疑为笔误", {"on": on.isoformat()})
    if on > context.today + _FARTHEST:
        raise Refusal("far_future", f"发生日期 {on} 远在今天（{context.today}）之后，疑为笔误", {"on": on.isoformat()})
    return [f"发生日期 {on} 晚于今天（{context.today}）"] if on > context.today else []
