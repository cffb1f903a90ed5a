"""Events of made-up parties, written shortly."""

from __future__ import annotations

import itertools
from typing import Any

from desktop.core.party import PartyEvent, PartyState, fold

_serial = itertools.count(1)


def event(type_: str, day: str = "2026-03-02", /, *, after: tuple[PartyEvent, ...] = (), **payload: Any) -> PartyEvent:
    """``after``: what its author had seen last."""
    return PartyEvent(f"party.{type_}", 1, day, payload, f"h{next(_serial):05d}", tuple(one.hash for one in after))


def registered(kind: str = "主体", *, after: tuple[PartyEvent, ...] = (), **facts: str) -> PartyEvent:
    return event("registered", after=after, kind=kind, facts={"name": "某甲有限公司", **facts})


def amended(*, after: tuple[PartyEvent, ...] = (), **facts: str) -> PartyEvent:
    return event("amended", after=after, facts=facts, before={}, reason="")


def sanctioned(id_: str, measure: str = "暂停", since: str = "2026-06-01", until: str = "", **more: Any) -> PartyEvent:
    payload = {"rule": "r", "rule_text": "规则", "cases": [], "reason": "证据确实", **more}
    return event("sanctioned", sanction=id_, measure=measure, **{"from": since, "to": until}, **payload)


def found(id_: str, on: str, kind: str = "非正常", case: str = "") -> PartyEvent:
    return event("found", finding=id_, kind=kind, case=case, found_on=on, note="")


def appealed(target: str, outcome: str, on: str = "2026-05-20") -> PartyEvent:
    return event("appealed", target=target, outcome=outcome, on=on)


def chained(*events: PartyEvent) -> list[PartyEvent]:
    """Each author had seen what came before."""
    told: list[PartyEvent] = []
    for one in events:
        told.append(one._replace(parents=(told[-1].hash,) if told else ()))
    return told


def party(*events: PartyEvent, kind: str = "主体", **facts: str) -> PartyState:
    """A party registered with these facts, and then these events one after the other."""
    return fold(chained(registered(kind, **facts), *events))
