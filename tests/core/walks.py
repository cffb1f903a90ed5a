"""Random walks through the pre-examination procedure, and what must hold wherever they come."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import orjson

from desktop.app.shipped import shipped
from desktop.core import clocks
from desktop.core.case import CaseEvent, CaseState, fold
from desktop.core.decide import Command, Context, decide, input_example, offers, open_case
from desktop.core.intake import examine_row
from desktop.core.narrate import narrate
from desktop.core.procedure import Action, Procedure
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import PatentType, Role, Unit

BOOK = RuleBook(shipped())
STAFF = {
    "受理员": frozenset({Role.INTAKE}),
    "预审员": frozenset({Role.EXAMINER}),
    "复核员": frozenset({Role.REVIEWER}),
    "管理员": frozenset({Role.ADMIN}),
    "全能": frozenset(Role),
}
CLASSES = {PatentType.INVENTION: "G06F 16/29", PatentType.UTILITY: "H01M 10/42", PatentType.DESIGN: "14-02"}
BAD_TEXTS = ("", "不是", "2026-13-40", "2026-02-30", "x" * 20_001, "𬭎{title}", "-1", "1999-01-01", "\ud800", "a\x00b")
LEAKS = re.compile(r"None|True|False|\bobject\b|Traceback|\b[a-z]+_[a-z_]+\b")

Decide = Callable[[CaseState, Command, Context], object]


def shipped_rules() -> Rules:
    return BOOK.rules(BOOK.basis_on("preexam", "2026-01-01"))


def a_context(rules: Rules | None = None, today: date = date(2026, 3, 2), *, staff: bool = True) -> Context:
    return Context(rules or shipped_rules(), BOOK.calendar, STAFF if staff else {}, today)


def opened(patent_type: PatentType, received: date, context: Context) -> CaseEvent:
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
    """One case that is tried with legal and illegal commands. ``advance`` is the fold under test."""

    rng: random.Random
    rules: Rules = field(default_factory=shipped_rules)
    advance: Callable[[CaseState, CaseEvent], CaseState] = fold
    events: list[CaseEvent] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        start = date(2025, 6, 1) + timedelta(days=self.rng.randrange(500))
        context = a_context(self.rules, start)
        self.take(opened(self.rng.choice(list(PatentType)), start, context))

    @property
    def case(self) -> CaseState:
        return self._case

    def take(self, event: CaseEvent) -> None:
        """Fold an event that was decided and look at the result."""
        before = getattr(self, "_case", CaseState())
        image = orjson.dumps(before)
        after = self.advance(before, event)
        assert orjson.dumps(before) == image, "folding changed the state before"
        self.events.append(event)
        self._case = after
        assert after.last_on >= before.last_on
        assert CaseState.from_json(orjson.loads(orjson.dumps(after))) == after
        text = narrate(event.type, event.payload, self.rules.procedure)
        assert text
        assert not LEAKS.search(text), text

    def command(self) -> Command:
        """Mostly sensible, often not."""
        rng, case, procedure = self.rng, self.case, self.rules.procedure
        here = procedure.actions_at(case.stage)
        # An end comes soon enough: rather rarely, so that walks get far.
        useful = [a for a in here if a.emphasis == "primary" or a.to.startswith("@")]
        pool = rng.choice((useful or here, here, here, tuple(procedure.actions.values())))
        action = rng.choice(pool)
        last = date.fromisoformat(case.last_on)
        on = last + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3, 5, 8, 21, -1, 90)))
        if action.overdue and rng.random() < 0.5:
            on = last + timedelta(days=90)
        return Command(action.id, self.values(action, on), rng.choice(list(STAFF) + ["全能"] * 6), on)

    def values(self, action: Action, on: date) -> dict[str, str]:
        rng, case = self.rng, self.case
        context = a_context(self.rules, on)
        values: dict[str, str] = {}
        for item in action.inputs:
            if item.required or rng.random() < 0.5:
                text = input_example(item, case, "全能", on, context)
                if item.type == "date" and rng.random() < 0.4:
                    text = (on + timedelta(days=rng.choice((-9, -3, -1, 0, 0, 0, 2)))).isoformat()
                values[item.name] = text
            if rng.random() < 0.03:
                values[item.name] = rng.choice(BAD_TEXTS)
        if action.checklist and rng.random() < 0.9:
            values["checklist"] = "符合"
        if rng.random() < 0.02:
            values["没有的项"] = "1"
        return values

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
        assert expected_clocks(case) == live_clocks(case), (case.stage, case.flags)
        assert case.round <= procedure.max_rounds
        assert case.ended == bool(case.ended_on) == bool(case.outcome)
        assert case.stage in case.reached
        assert all(procedure.stages[code].kind != "ended" or code == case.stage for code in case.reached)
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
        way = distances(self.rules.procedure)
        case = self.case
        for _ in range(40):
            if case.ended:
                return case
            on = date.fromisoformat(case.last_on) + timedelta(days=1)
            context = a_context(self.rules, on)
            options = [o for o in offers(case, "全能", on, context) if o.barred is None]
            options.sort(key=lambda o: (way.get(o.to.code, 99), o.action.id))
            case = self._try(case, [o.action for o in options if o.action.to != "@stay"], on, context)
        raise AssertionError(f"no end in sight at {case.stage}")

    def _try(self, case: CaseState, actions: list[Action], on: date, context: Context) -> CaseState:
        for action in actions:
            values = {
                item.name: input_example(item, case, "全能", on, context) for item in action.inputs if item.required
            }
            if action.checklist:
                values |= {"checklist": "符合"}
            try:
                decision = decide(case, Command(action.id, values, "全能", on), context)
            except Refusal:
                continue
            for event in decision.events:
                case = fold(case, event)
            return case
        raise AssertionError(f"nothing can be done at {case.stage}")


def distances(procedure: Procedure) -> dict[str, int]:
    """Steps from each stage to the nearest end."""
    way = {code: 0 for code, stage in procedure.stages.items() if stage.kind == "ended"}
    for _ in procedure.stages:
        for action in procedure.actions.values():
            for code in action.sources:
                if action.to in way and way[action.to] + 1 < way.get(code, 99):
                    way[code] = way[action.to] + 1
    return way


def live_clocks(case: CaseState) -> dict[str, str]:
    return {clock.id: clock.state for clock in case.live_clocks()}


def expected_clocks(case: CaseState) -> dict[str, str]:
    """Which limits run and which stand still at each stage (handbook 1.7), written down apart from the procedure."""
    run, frozen = clocks.RUNNING, clocks.PAUSED
    centre = frozen if "consult" in case.flags else run
    first = {} if case.round else {"first_action": run}
    paid = "paid" in case.flags
    return {
        "RECEIVED": {"acceptance": run},
        "RETURNED": {"acceptance": frozen, "correction": run},
        "ACCEPTED": {"assignment": run, "examination": run, **first},
        "EXAMINING": {"examination": centre, **first},
        "AWAIT_REPLY": {"examination": frozen, "reply": run},
        "REPLIED": {"examination": centre},
        "PASSED": {"filing": run},
        "FILED": {"upload": run} if paid else {"payment": run, "payment_legal": run},
        "CONSISTENCY": {"consistency": run},
        "OA_WAIT": {"office_reply": run},
        "GRANT_NOTICE": {"registration": run},
    }.get(case.stage, {})


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
