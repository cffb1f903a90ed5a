"""Working one case by hand: what a person answers, what comes of it, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from desktop.core import clocks
from desktop.core.case import CaseEvent, CaseState, fold
from desktop.core.context import Command, Context, Decision
from desktop.core.decide import decide, offers
from desktop.core.opening import decide_opening
from desktop.core.refusal import Refusal
from tests.core.services.ways import WAYS, Step, Way
from tests.core.walks import BOOK, STAFF, a_context, shipped_rules


class Hand:
    """One case of a service. ``actor`` acts unless another is named."""

    def __init__(
        self,
        procedure: str,
        opening: Mapping[str, str],
        received: str,
        known: Mapping[str, str] | None = None,
        actor: str = "全能",
    ) -> None:
        self.rules = shipped_rules(procedure, received)
        self.actor = actor
        day = date.fromisoformat(received)
        decision = decide_opening(Command("open", opening, actor, day), "X-1", self.context(day), known or {})
        self.events: list[CaseEvent] = list(decision.events)
        self.warnings: list[str] = list(decision.warnings)
        self.case = fold(CaseState(), self.events[0])

    def context(self, day: date) -> Context:
        return a_context(self.rules, day)

    def do(self, action: str, on: str, actor: str = "", **values: str) -> Decision:
        """Take an action; its events are folded."""
        day = date.fromisoformat(on)
        decision = decide(self.case, Command(action, values, actor or self.actor, day), self.context(day))
        for event in decision.events:
            self.case = fold(self.case, event)
        self.events += decision.events
        self.warnings += decision.warnings
        return decision

    def follow(self, *steps: Step) -> Hand:
        for action, on, values in steps:
            self.do(action, on, **values)
        return self

    def refused(self, action: str, on: str, actor: str = "", **values: str) -> Refusal:
        """The refusal of an action that must not pass; nothing may have changed."""
        before = self.case.copy()
        with pytest.raises(Refusal) as caught:
            self.do(action, on, actor, **values)
        assert self.case == before
        return caught.value

    def due(self, clock: str) -> str:
        """The last day of a limit that runs, ISO."""
        found = self.case.clock(clock)
        assert found is not None, f"{clock} never started"
        assert found.state == clocks.RUNNING, f"{clock} is {found.state}"
        return clocks.due_of(found, BOOK.calendar)[0].isoformat()

    def running(self) -> set[str]:
        return {clock.id for clock in self.case.live_clocks() if clock.state == clocks.RUNNING}

    def offered(self, on: str) -> set[str]:
        """Ids of the actions that are open now."""
        found = offers(self.case, self.actor, date.fromisoformat(on), self.context(date.fromisoformat(on)))
        return {offer.action.id for offer in found if offer.barred is None}


def begun(procedure: str, category: str, until: str = "", **more: str) -> Hand:
    """The way of that category, up to and without the first action ``until``; ``more`` changes its opening."""
    way = WAYS[procedure, category]
    hand = Hand(procedure, {**way.opening, **more}, way.received)
    for step in way.steps:
        if step[0] == until:
            break
        hand.follow(step)
    return hand


def fitting_actor(way: Way, procedure: str, action: str) -> str:
    """The first person of the list whose only role is enough."""
    roles = shipped_rules(procedure, way.received).procedure.actions[action].roles
    return next(name for name, held in STAFF.items() if held & set(roles))
