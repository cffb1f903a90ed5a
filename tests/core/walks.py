"""Random walks through every procedure, and what must hold wherever they come."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import orjson

from desktop.app.shipped import shipped
from desktop.core import clocks
from desktop.core.case import CaseEvent, CaseState, fold
from desktop.core.context import Command, Context
from desktop.core.decide import decide, offers
from desktop.core.intake import examine_row
from desktop.core.narrate import narrate
from desktop.core.opening import decide_opening, open_case, opening_action
from desktop.core.options import input_example, input_options
from desktop.core.procedure import STAY, Action, Input, Procedure
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.soundness import flaw
from desktop.core.terms import PatentType, Role, Unit
from tests.core.oracles import expected_clocks, expected_extension

BOOK = RuleBook(shipped())
STAFF = {
    "受理员": frozenset({Role.INTAKE}),
    "预审员": frozenset({Role.EXAMINER}),
    "复核员": frozenset({Role.REVIEWER}),
    "承办员": frozenset({Role.OFFICER}),
    "保管员": frozenset({Role.CUSTODIAN}),
    "保管二": frozenset({Role.CUSTODIAN}),
    "组长": frozenset({Role.LEAD}),
    "管理员": frozenset({Role.ADMIN}),
    "全能": frozenset(Role),
}
PREEXAM = "preexam"
SERVICES = ("priority", "enforcement", "navigation", "commercialisation", "evidence")
CLASSES = {PatentType.INVENTION: "G06F 16/29", PatentType.UTILITY: "H01M 10/42", PatentType.DESIGN: "14-02"}
BAD_TEXTS = ("", "不是", "2026-13-40", "2026-02-30", "x" * 20_001, "𬭎{title}", "-1", "1999-01-01", "\ud800", "a\x00b")
LEAKS = re.compile(r"None|True|False|\bobject\b|Traceback|\b[a-z]+_[a-z_]+\b")

Decide = Callable[[CaseState, Command, Context], object]


def shipped_rules(procedure: str = PREEXAM, day: str = "2026-01-01") -> Rules:
    return BOOK.rules(BOOK.basis_on(procedure, day))


def a_context(rules: Rules | None = None, today: date = date(2026, 3, 2), *, staff: bool = True) -> Context:
    return Context(rules or shipped_rules(), BOOK.calendar, STAFF if staff else {}, today)


def opened(patent_type: PatentType, received: date, context: Context) -> CaseEvent:
    """A case of pre-examination as a list brings it."""
    values = {
        "platform_number": "PT1",
        "received_on": received.isoformat(),
        "patent_type": patent_type.value,
        "title": "一种装置",
        "party": "某公司",
        "main_class": CLASSES[patent_type],
    }
    return open_case(examine_row(2, values, {name: name for name in values}).facts, "X-1", context, "清单 第 2 行")


@dataclass
class Walker:
    """One case that is tried with legal and illegal commands. ``advance`` is the fold under test; ``category`` a code,
    by chance if empty."""

    rng: random.Random
    rules: Rules = field(default_factory=shipped_rules)
    advance: Callable[[CaseState, CaseEvent], CaseState] = fold
    events: list[CaseEvent] = field(default_factory=list)
    refused: int = 0
    category: str = ""

    def __post_init__(self) -> None:
        start = date(2025, 6, 1) + timedelta(days=self.rng.randrange(500))
        context = a_context(self.rules, start)
        if self.rules.procedure.id == PREEXAM:
            self.take(opened(self.rng.choice(list(PatentType)), start, context))
        else:
            self.take(self.opened(start, context))

    def opened(self, start: date, context: Context) -> CaseEvent:
        """A case of another service as a person opens it: optional questions are answered or left."""
        procedure = self.rules.procedure
        chosen = {one.code: one for one in procedure.categories}.get(self.category)
        category = chosen or self.rng.choice(procedure.categories)
        self.category = category.code
        values = {"category": category.label}
        kind = self.kind_of(category.label)
        state = CaseState(facts={"patent_type": kind.value})
        for item in procedure.opening:
            if item.name in values or not item.fits(category.code):
                continue
            if item.required or self.rng.random() < 0.5:
                values[item.name] = self.value(item, state, start, context)
        if "patent_type" in values:
            values["patent_type"] = kind.value
        if "granted_on" in values:
            values["granted_on"] = (start - timedelta(days=self.rng.randrange(1200))).isoformat()
        command = Command("open", values, "全能", start)
        found = persuade(
            lambda tried: decide_opening(tried, "X-1", context, {}),
            command, opening_action(procedure), CaseState(), context,
        )  # fmt: skip
        assert found is not None, values
        return found.events[0]

    def kind_of(self, category: str) -> PatentType:
        """A patent type that the category's name does not speak against."""
        named = [kind for kind in PatentType if kind.value in category]
        return self.rng.choice(named or list(PatentType))

    @property
    def case(self) -> CaseState:
        return self._case

    def take(self, event: CaseEvent) -> None:
        """Fold an event that was decided and look at the result."""
        before = getattr(self, "_case", CaseState())
        image = orjson.dumps(before)
        after = self.advance(before, event)
        assert orjson.dumps(before) == image, "folding changed the state before"
        assert not flaw(event), flaw(event)
        self.events.append(event)
        self._case = after
        assert after.last_on >= before.last_on
        assert CaseState.from_json(orjson.loads(orjson.dumps(after))) == after
        text = narrate(event.type, event.payload, self.rules.procedure, event.version)
        assert text
        assert not LEAKS.search(text), text

    def command(self) -> Command:
        """Mostly sensible, often not."""
        rng, case, procedure = self.rng, self.case, self.rules.procedure
        here = procedure.actions_at(case.stage, procedure.category_of(case.facts))
        # An end comes soon enough: rather rarely, so that walks get far.
        useful = [a for a in here if a.emphasis == "primary" or a.to.startswith("@")]
        further = [a for a in here if a.to in procedure.stages and procedure.stages[a.to].kind != "ended"]
        pool = rng.choice((useful or here, further or here, here, tuple(procedure.actions.values())))
        action = rng.choice(pool)
        last = date.fromisoformat(case.last_on)
        on = last + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, 5, 8, 21, -1, 90)))
        if action.overdue and rng.random() < 0.5:
            on = max(last, self.run_out(action, last))
        return Command(action.id, self.values(action, on), rng.choice([*STAFF, *["全能"] * 6]), on)

    def run_out(self, action: Action, last: date) -> date:
        """About the day on which the limit that the action waits for has passed."""
        running = [clock for clock in self.case.live_clocks() if clock.id in action.overdue]
        due = [clocks.due_of(clock, BOOK.calendar)[0] for clock in running]
        return max(due, default=last) + timedelta(days=self.rng.choice((0, 1, 1, 10)))

    def values(self, action: Action, on: date) -> dict[str, str]:
        rng, case = self.rng, self.case
        context = a_context(self.rules, on)
        values: dict[str, str] = {}
        for item in action.inputs:
            if item.required or rng.random() < 0.5:
                values[item.name] = self.value(item, case, on, context)
            if rng.random() < 0.03:
                values[item.name] = rng.choice(BAD_TEXTS)
        if "officers" in values and rng.random() < 0.9:
            values["officers"] = officers(values, case)
        if action.checklist and rng.random() < 0.9:
            values["checklist"] = "符合"
        if rng.random() < 0.02:
            values["没有的项"] = "1"
        return values

    def value(self, item: Input, case: CaseState, on: date, context: Context) -> str:
        rng = self.rng
        options = input_options(item, context)
        if item.type in ("choice", "person") and options and context.rules.procedure.id != PREEXAM:
            return rng.choice(options)
        text = input_example(item, case, "全能", on, context)
        if item.future:
            return (on + timedelta(days=rng.choice((1, 7, 30, 90, 0)))).isoformat()
        if item.type == "date" and rng.random() < 0.4:
            return (on + timedelta(days=rng.choice((-9, -3, -1, 0, 0, 0, 2)))).isoformat()
        return text

    def step(self) -> None:
        command = self.command()
        context = a_context(self.rules, command.on)
        image = orjson.dumps(self.case)
        reason, events = "", ()
        try:
            events = decide(self.case, command, context).events
        except Refusal as refusal:
            self.refused += 1
            reason = refusal.reason
            if self.rules.procedure.id != PREEXAM and self.rng.random() < 0.7:  # somebody who reads what it says
                mended = persuaded(self.case, command, context)
                events = mended.events if mended else ()
        assert orjson.dumps(self.case) == image, "deciding changed the case"
        if not events:
            assert re.search("[\u4e00-\u9fff]", reason), reason
            assert not LEAKS.search(reason), reason
            return
        for event in events:
            orjson.dumps(event.payload)  # the journal must be able to hold it
            self.take(event)
        self.look()

    def look(self) -> None:
        """What must hold in every state."""
        case, procedure = self.case, self.rules.procedure
        taken = {event.payload.get("action", "") for event in self.events}
        assert expected_clocks(case, taken) == live_clocks(case), (case.stage, case.flags)
        assert case.round <= procedure.max_rounds
        assert case.ended == bool(case.ended_on) == bool(case.outcome)
        assert case.stage in case.reached
        assert all(procedure.stages[code].kind != "ended" or code == case.stage for code in case.reached)
        for clock in case.live_clocks():
            assert clock.extended == expected_extension(case, clock.id), clock
        for clock in case.clocks:
            sound_spans(clock)
            reading = clocks.read(clock, BOOK.calendar, date.fromisoformat(case.last_on))
            begun = clock.spans[-1][0] <= case.last_on
            if clock.unit == Unit.WORKDAY and reading.state == clocks.RUNNING and begun:
                assert reading.remaining == clock.limit - reading.used, (clock, reading)
            if self.rng.random() < 0.1:  # it is slow
                assert all(clocks.explain(clock, BOOK.calendar, date.fromisoformat(case.last_on)))
        offered = offers(case, "全能", date.fromisoformat(case.last_on), a_context(self.rules))
        assert case.ended or any(offer.barred is None for offer in offered)

    def replay(self) -> CaseState:
        state = CaseState()
        for event in self.events:
            state = self.advance(state, event)
        return state

    def home(self) -> CaseState:
        """Walk on until an end: there is none only if the case is stuck."""
        procedure = self.rules.procedure
        way = distances(procedure, procedure.category_of(self.case.facts))
        case = self.case
        for _ in range(40):
            if case.ended:
                return case
            on = date.fromisoformat(case.last_on) + timedelta(days=1)
            context = a_context(self.rules, on)
            options = [o for o in offers(case, "全能", on, context) if o.barred is None]
            options.sort(key=lambda o: (way.get(o.to.code, 99), o.action.id))
            case = self._try(case, [o.action for o in options if o.action.to != STAY], on, context)
        raise AssertionError(f"no end in sight at {case.stage}")

    def _try(self, case: CaseState, actions: list[Action], on: date, context: Context) -> CaseState:
        category = self.rules.procedure.category_of(case.facts)
        for action in actions:
            values = {
                item.name: input_example(item, case, "全能", on, context)
                for item in action.inputs
                if item.required and item.fits(category)
            }
            if action.checklist:
                values |= {"checklist": "符合"}
            command = Command(action.id, values, "全能", on)
            decision = persuade(lambda tried, now=case: decide(now, tried, context), command, action, case, context)
            if decision is None:
                continue
            for event in decision.events:
                case = fold(case, event)
            return case
        raise AssertionError(f"nothing can be done at {case.stage}")


def persuade(
    attempt: Callable[[Command], Any], command: Command, action: Action, case: CaseState, context: Context
) -> Any:
    """The decision, after doing what each refusal says about one of the answers; None if that leads nowhere."""
    values, tried = dict(command.values), dict[str, list[str]]()
    for _ in range(30):
        try:
            return attempt(replace(command, values=values))
        except Refusal as refusal:
            name = str(refusal.data.get("input", ""))
            item = next((one for one in action.inputs if one.name == name), None)
            if item is None:
                return None
            seen = tried.setdefault(name, [])
            seen.append(values.get(name, ""))
            others = [text for text in alternatives(item, values, case, command.on, context) if text not in seen]
            if not others:
                return None
            values[name] = others[0]
            if not others[0]:
                del values[name]
    return None


def persuaded(case: CaseState, command: Command, context: Context) -> Any:
    """The decision on a command whose answers are mended as the refusals say; None without one."""
    action = context.rules.procedure.actions[command.action]
    return persuade(lambda tried: decide(case, tried, context), command, action, case, context)


def alternatives(item: Input, values: dict[str, str], case: CaseState, on: date, context: Context) -> list[str]:
    if item.name == "officers":
        return [officers(values, case)]
    if item.future:
        return [(on + timedelta(days=7)).isoformat()]
    if item.type == "bool":
        return ["否", "是"]
    example = input_example(item, case, "全能", on, context)
    return [*input_options(item, context), example, on.isoformat() if item.type == "date" else "1", ""]


def officers(values: dict[str, str], case: CaseState) -> str:
    """Three people, with whoever is in charge."""
    return f"{values.get('examiner') or case.facts.get('examiner', '承办员')}、甲某、乙某"


def distances(procedure: Procedure, category: str | None = None) -> dict[str, int]:
    """Steps from each stage to the nearest end."""
    way = {code: 0 for code, stage in procedure.stages.items() if stage.kind == "ended"}
    for _ in procedure.stages:
        for action in procedure.actions.values():
            if category is not None and not action.fits(category):
                continue
            for code in action.sources:
                if action.to in way and way[action.to] + 1 < way.get(code, 99):
                    way[code] = way[action.to] + 1
    return way


def live_clocks(case: CaseState) -> dict[str, str]:
    return {clock.id: clock.state for clock in case.live_clocks()}


def sound_spans(clock: clocks.Clock) -> None:
    previous = ""
    for number, (first, last) in enumerate(clock.spans, 1):
        assert previous <= first, clock.spans
        assert last >= first if last else number == len(clock.spans), clock.spans
        previous = last or first
    if clock.state == clocks.RUNNING:
        assert not clock.spans[-1][1]
    if clock.state == clocks.PAUSED:
        assert clock.spans[-1][1]
    assert bool(clock.stopped_on) == (clock.state in (clocks.STOPPED, clocks.VOID))


def walk(seed: int, steps: int, **options: object) -> Walker:
    """A walk of that many commands, looked at after every one and replayed at the end."""
    walker = Walker(random.Random(seed), **options)  # type: ignore[arg-type]
    for _ in range(steps):
        walker.step()
    assert walker.replay() == walker.case, "replaying the events gives another state"
    walker.home()
    return walker


def with_procedure(procedure: Procedure) -> Rules:
    return replace(shipped_rules(), procedure=procedure)
