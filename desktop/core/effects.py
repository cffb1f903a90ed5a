"""What an action does to every limit of a case: the effects are written into the event, so that the case keeps the
limits it was given whatever the rules say later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from desktop.core import clocks
from desktop.core.case import CaseState
from desktop.core.procedure import PREVIOUS, ClockRule, Procedure, Stage, Trigger
from desktop.core.refusal import Refusal
from desktop.core.terms import StageKind, Unit


def clock_effects(
    case: CaseState,
    action: str,
    values: Mapping[str, str],
    on: date,
    category: str,
    procedure: Procedure,
    target: Stage | None = None,
) -> list[dict[str, Any]]:
    """What the action does to every limit: a stop, a pause, a resume, an extension or a start."""
    rule = procedure.actions.get(action)
    if rule is not None and rule.to == PREVIOUS:
        return [{"clock": name, "do": "restore", "on": on.isoformat()} for name in case.closed_clocks]
    effects: list[dict[str, Any]] = []
    for clock_rule in procedure.clocks:
        name = clock_rule.id
        present = case.clock(name)
        live = present if present is not None and present.state in (clocks.RUNNING, clocks.PAUSED) else None
        start = _trigger(clock_rule.start, action) if clock_rule.fits(category) else None
        if live is None and start is None:
            continue
        stop = _trigger(clock_rule.stop, action)
        if live is not None and stop is not None:
            effects.append({"clock": name, "do": "stop", "on": _day_of(stop, values, case) or on.isoformat()})
        elif live is not None and target is not None and target.kind is StageKind.ENDED:
            effects.append({"clock": name, "do": "void", "on": on.isoformat()})
        elif live is not None and rule is not None and rule.excludes:
            effects += _exclusion(live, values, on)
        elif live is not None and live.state == clocks.RUNNING and action in clock_rule.pause:
            effects.append({"clock": name, "do": "pause", "on": on.isoformat()})
        elif live is not None and live.state == clocks.PAUSED and action in clock_rule.resume:
            effects.append({"clock": name, "do": "resume", "on": on.isoformat()})
        elif live is not None and action in clock_rule.extend:
            effects += _extension(procedure, clock_rule, live, on)
        elif live is None and start is not None:
            # A limit that runs from a date needs the date.
            day = _day_of(start, values, case) if start.day else on.isoformat()
            started = _started(procedure, clock_rule, category, day) if day else None
            if started is not None:
                effects.append(started)
                if stop is not None:  # begun and done in one step, and judged all the same
                    done = _day_of(stop, values, case) or on.isoformat()
                    effects.append({"clock": name, "do": "stop", "on": done})
    return effects


def _started(procedure: Procedure, clock_rule: ClockRule, category: str, day: str) -> dict[str, Any] | None:
    limit = procedure.limits[clock_rule.limit].on(day)
    length = limit.length(category) if limit else None
    if limit is None or length is None:
        return None
    rule: dict[str, Any] = {
        "label": clock_rule.label,
        "kind": limit.kind.value,
        "owner": clock_rule.owner,
        "limit": length,
        "unit": limit.unit.value,
        "basis": limit.basis,
        "status": limit.status.value,
        "checked_on": limit.checked_on,
        "source": limit.source,
        "warn": list(limit.warn),
    }
    if not limit.roll:
        rule["roll"] = False
    return {"clock": clock_rule.id, "do": "start", "on": day, "rule": rule}


def _extension(procedure: Procedure, clock_rule: ClockRule, live: clocks.Clock, on: date) -> list[dict[str, Any]]:
    """By the figure in force on the day that started the limit."""
    limit = procedure.limits[clock_rule.limit].on(live.spans[0][0])
    if limit is None or not limit.extension:
        return []
    return [{"clock": clock_rule.id, "do": "extend", "on": on.isoformat(), "by": limit.extension}]


def _exclusion(clock: clocks.Clock, values: Mapping[str, str], on: date) -> list[dict[str, Any]]:
    """Nothing for a limit that did not count on those days: the journal must not speak of a deduction."""
    first, last = date.fromisoformat(values["outage_from"]), date.fromisoformat(values["outage_to"])
    if last < first:
        raise Refusal("bad_input", "故障末日早于首日", {"input": "outage_to"})
    if last > on:
        raise Refusal("bad_input", "故障末日晚于发生日期，请在故障结束后登记", {"input": "outage_to"})
    if clock.unit != Unit.WORKDAY or not clocks.counts_any(clock, first, last):
        return []
    return [{"clock": clock.id, "do": "exclude", "on": first.isoformat(), "until": last.isoformat()}]


def _trigger(triggers: Sequence[Trigger], action: str) -> Trigger | None:
    for trigger in triggers:
        if trigger.action == action:
            return trigger
    return None


def _day_of(trigger: Trigger, values: Mapping[str, str], case: CaseState) -> str:
    """The date that the trigger names; empty when it names none or nobody has told it."""
    return (values.get(trigger.day) or case.facts.get(trigger.day, "")) if trigger.day else ""
