"""A case as the sum of its events. ``fold`` is the only way a case changes, and it never refuses: what may happen
was settled when the event was decided; what did happen is folded under whatever rules hold today."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from desktop.core import clocks
from desktop.core.clocks import Clock
from desktop.core.finding import finding_line
from desktop.core.procedure import CATEGORY, PATENT_TYPE
from desktop.core.terms import Judgement, LimitKind, PackageKind, PatentType, StageKind, Unit

OPENED, ACTED, AMENDED, RESOLVED = "case.opened", "case.acted", "case.amended", "case.resolved"
ATTACHED, PACKAGED, JUDGED = "case.attached", "case.packaged", "case.judged"
NEWER = "newer"  # flag of a case that holds an event this program cannot interpret
UNREADABLE = "unreadable"  # flag of a case with an event that makes no sense in any program; it is skipped
_PATENT_TYPES, _KINDS = frozenset(PatentType), frozenset(StageKind)
EVENT_VERSIONS = {OPENED: 2, ACTED: 2, AMENDED: 1, RESOLVED: 1, ATTACHED: 1, PACKAGED: 1, JUDGED: 1}
MATTER = "matter"  # fact: id of the case that began the record to which this one belongs; absent in that case itself
_NEW_EFFECTS = frozenset({"extend"})
_BESIDE = frozenset({RESOLVED, ATTACHED, PACKAGED, JUDGED})


class CaseEvent(NamedTuple):
    """One event of a case without its envelope. ``occurred_on`` is the business date in ISO."""

    type: str
    version: int
    occurred_on: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class CaseState:
    """Everything known of one case.

    ``facts`` are texts (dates ISO); ``imported`` is what the last list said, so that a re-import changes only what
    the list changed; ``reached`` maps a stage to the day it was last entered; ``closed_clocks`` are the limits
    that the ending event closed, which a reopening restores; ``answers`` maps checklist -> item -> [answer, note];
    ``basis`` holds the versions the case is worked under; ``contested`` counts the sides of a dispute that nobody has
    decided yet, and the rest is then what all sides have in common; ``notices`` counts the documents that went out.

    ``packages`` maps a kind of application package to the check value of the newest one; ``examined`` is the SHA-256 of
    the newest package under examination, ``accepted`` holds [key, checklist item, words] of its findings that were
    accepted and have not gone out yet, in the order of acceptance.
    """

    procedure: str = ""
    number: str = ""
    stage: str = ""
    kind: str = StageKind.OPEN.value
    previous_stage: str = ""
    round: int = 0
    opened_on: str = ""
    last_on: str = ""
    ended_on: str = ""
    outcome: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reached: dict[str, str] = field(default_factory=dict)
    closed_clocks: list[str] = field(default_factory=list)
    basis: dict[str, str] = field(default_factory=dict)
    events: int = 0
    contested: int = 0
    packages: dict[str, str] = field(default_factory=dict)
    examined: str = ""
    accepted: list[list[str]] = field(default_factory=list)
    notices: int = 0

    @property
    def ended(self) -> bool:
        """A disputed case is not done, wherever the sides parted."""
        return self.kind == StageKind.ENDED and not self.contested

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CaseState:
        values = dict(data)
        values["clocks"] = [Clock(**clock) for clock in values["clocks"]]
        return cls(**values)

    def copy(self) -> CaseState:
        """A state that can be folded further without touching this one (a deep copy takes five times as long)."""
        return replace(
            self,
            facts=dict(self.facts),
            imported=dict(self.imported),
            clocks=[replace(clock, spans=[list(span) for span in clock.spans]) for clock in self.clocks],
            answers={name: dict(answers) for name, answers in self.answers.items()},
            flags=list(self.flags),
            warnings=list(self.warnings),
            reached=dict(self.reached),
            closed_clocks=list(self.closed_clocks),
            basis=dict(self.basis),
            packages=dict(self.packages),
            accepted=list(self.accepted),
        )

    def known(self) -> dict[str, str]:
        """What a question may start from: the facts, under ``package:预审文本`` … the check values of the texts, and
        under ``findings`` those that were accepted, a line each."""
        texts = {f"package:{kind}": digest for kind, digest in self.packages.items()}
        return {**self.facts, **texts, "findings": "\n".join(words for _, _, words in self.accepted)}

    def live_clocks(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.state in (clocks.RUNNING, clocks.PAUSED)]

    def clock(self, name: str) -> Clock | None:
        """The newest clock of that name."""
        for clock in reversed(self.clocks):
            if clock.id == name:
                return clock
        return None

    def principal(self, calendar: Any) -> tuple[Clock, date, bool] | None:
        """The running limit that falls due first; targets only warn and do not lead the queue."""
        best: tuple[Clock, date, bool] | None = None
        for clock in self.clocks:
            if clock.state == clocks.RUNNING and clock.kind != LimitKind.TARGET:
                due, provisional = clocks.due_of(clock, calendar)
                if best is None or due < best[1]:
                    best = (clock, due, provisional)
        return best


def opened_version(facts: Mapping[str, str], basis: Mapping[str, str]) -> int:
    """Programs of the first version know cases by their patent type alone, and no procedure but the one that they came
    with; they must not guess at others."""
    return 2 if facts.get(CATEGORY) or basis.get("service", "0") != "0" else 1


def acted_version(payload: Mapping[str, Any]) -> int:
    """2 with effects on limits that programs of the first version do not know."""
    new = any(
        effect["do"] in _NEW_EFFECTS or (effect["do"] == "start" and _new_rule(effect["rule"]))
        for effect in payload.get("clocks", ())
    )
    return 2 if new else 1


def _new_rule(rule: Mapping[str, Any]) -> bool:
    return "roll" in rule or rule["kind"] == LimitKind.WATCH


def understood(kind: str, version: int) -> bool:
    """Whether this program can interpret such an event. One of a newer program is kept and shown, not guessed at."""
    return version <= EVENT_VERSIONS.get(kind, 0)


def strange_stages(state: CaseState, known: Container[str]) -> list[str]:
    """The stages of the case, the present one first, that the rules at hand do not have: a newer program's."""
    others = (*state.reached, state.previous_stage or state.stage)
    return [code for code in dict.fromkeys((state.stage, *others)) if code not in known]


def fold(state: CaseState, event: CaseEvent) -> CaseState:
    """The state after ``event``; ``state`` itself is left alone."""
    following = state.copy()
    advance(following, event)
    return following


def advance(state: CaseState, event: CaseEvent) -> None:
    """Fold in place (rebuilding folds millions of events). An event of a newer program only counts and makes the
    case read-only; of one that opened the case, what can be read is shown."""
    kind, version, day, payload = event
    if kind != OPENED and not state.facts and understood(kind, version):
        # What should have opened the case makes no sense, or is not there.
        skip(state)
        return
    state.events += 1
    if not understood(kind, version):
        _mark_newer(state)
        if kind == OPENED and not state.stage:
            _show(state, payload, day)
        return
    if kind in (PACKAGED, JUDGED):
        _look_at(state, kind, payload)
    if kind == RESOLVED:  # what is set aside may be on paper already: its numbers are not given again
        state.notices += len(payload.get("set_aside", ()))
    if kind in _BESIDE:  # which events count, :mod:`desktop.core.history` heeds; a file or a finding is just there
        return
    moved = kind == OPENED
    if kind == OPENED:
        state.procedure = payload["procedure"]
        state.number = payload["number"]
        state.opened_on = day
        state.basis = dict(payload["basis"])
        state.imported = dict(payload["facts"])
        _enter(state, payload, day)
    elif kind == ACTED:
        _note(state, payload)
        if payload["to"] != payload["from"]:
            moved = True
            _enter(state, payload, day)
    elif kind == AMENDED:
        state.imported.update(payload.get("imported", {}))
    state.facts.update(payload.get("facts", {}))
    if kind != ACTED and not state.facts.get(CATEGORY) and state.facts.get(PATENT_TYPE) not in _PATENT_TYPES:
        _mark_newer(state)
    effects = payload.get("clocks", ())
    for effect in effects:
        _apply(state, effect)
    if kind == ACTED and moved and state.ended:
        state.closed_clocks = [effect["clock"] for effect in effects]
    # A remark or a correction may be made late; only what moves the case or its limits orders the days.
    if (moved or effects) and day > state.last_on:
        state.last_on = day


def skip(state: CaseState) -> None:
    """An event that was found to make no sense: counted, marked, and without effect."""
    state.events += 1
    if UNREADABLE not in state.flags:
        state.flags.append(UNREADABLE)


def _mark_newer(state: CaseState) -> None:
    if NEWER not in state.flags:
        state.flags.append(NEWER)


def _show(state: CaseState, payload: Mapping[str, Any], day: str) -> None:
    """What can be shown of a case that a newer program opened: the texts that stand where they always stood."""
    facts = payload.get("facts")
    known = {name: text for name, text in facts.items() if isinstance(text, str)} if isinstance(facts, dict) else {}
    state.facts = {"title": "", "party": "", "patent_type": "", **known}
    try:
        date.fromisoformat(state.facts.setdefault("received_on", day))
    except ValueError:
        state.facts["received_on"] = day
    texts = {name: text for name in ("procedure", "number", "to", "kind") if isinstance(text := payload.get(name), str)}
    state.procedure, state.number = texts.get("procedure", ""), texts.get("number", "")
    state.opened_on = state.last_on = day
    _enter(state, {"to": texts.get("to", ""), "kind": texts.get("kind", "")}, day)


def _look_at(state: CaseState, kind: str, payload: Mapping[str, Any]) -> None:
    """A new text begins with no findings; a word about an older one changes nothing any more."""
    if kind == PACKAGED:
        state.packages[payload["kind"]] = payload["digest"]
        if payload["kind"] == PackageKind.TEXT:
            state.examined, state.accepted = payload["sha256"], []
    elif payload["package"] == state.examined:
        state.accepted = [one for one in state.accepted if one[0] != payload["finding"]]
        if payload["decision"] == Judgement.ACCEPTED:
            words = payload.get("words") or finding_line(payload["where"], payload["text"])
            state.accepted.append([payload["finding"], payload["item"], words])


def _note(state: CaseState, payload: Mapping[str, Any]) -> None:
    """What an action leaves behind besides stage and limits."""
    if payload.get("round"):
        state.round = payload["round"]
    if payload.get("notice"):
        state.notices += 1
    gone = payload.get("findings", ())
    if gone:
        state.accepted = [one for one in state.accepted if one[0] not in gone]
    for name, answers in payload.get("answers", {}).items():
        state.answers.setdefault(name, {}).update(answers)
    for flag in payload.get("clears", ()):
        if flag in state.flags:
            state.flags.remove(flag)
    for flag in payload.get("sets", ()):
        if flag not in state.flags:
            state.flags.append(flag)
    for warning in payload.get("warnings", ()):
        if warning not in state.warnings:
            state.warnings.append(warning)


def _enter(state: CaseState, payload: Mapping[str, Any], day: str) -> None:
    was_ended = state.ended
    state.previous_stage = state.stage
    state.stage, state.kind = payload["to"], payload["kind"]
    if state.kind not in _KINDS:
        state.kind = StageKind.OPEN.value
        _mark_newer(state)
    if was_ended:
        # Reopened: the end is undone, and the stage keeps the day on which it was really entered.
        state.reached.pop(state.previous_stage, None)
        state.reached.setdefault(state.stage, day)
        state.ended_on, state.outcome = "", ""
    else:
        state.reached[state.stage] = day
    if state.ended:
        state.ended_on, state.outcome = day, payload.get("outcome", "")


_FITTING = {
    "pause": (clocks.RUNNING,),
    "resume": (clocks.PAUSED,),
    "restore": (clocks.STOPPED, clocks.VOID),
}


def _apply(state: CaseState, effect: Mapping[str, Any]) -> None:
    """One effect on one clock. Effects are facts of the event, so old cases keep the limits they were given."""
    verb, name, day = effect["do"], effect["clock"], effect["on"]
    if verb == "start":
        state.clocks.append(Clock(id=name, spans=[[day, ""]], **effect["rule"]))
        return
    clock = state.clock(name)
    if clock is None or clock.state not in _FITTING.get(verb, (clock.state,)):
        return  # others' events may come in combinations that nobody decided
    if verb == "pause":
        clock.spans[-1][1] = day
        clock.state = clocks.PAUSED
    elif verb == "resume":
        clock.spans.append([day, ""])
        clock.state = clocks.RUNNING
        clock.stopped_on = ""
    elif verb in ("stop", "void"):
        if clock.state == clocks.RUNNING:
            clock.stopped_on = day
        clock.state = clocks.STOPPED if verb == "stop" else clocks.VOID
        clock.stopped_on = clock.stopped_on or day
    elif verb == "restore":
        # Reopened: the time between ending and reopening is not counted; a limit in months ran on meanwhile.
        if clock.spans[-1][1]:
            clock.state = clocks.PAUSED  # it was frozen when the case ended
        else:
            clock.state = clocks.RUNNING
            if clock.unit != Unit.MONTH and clock.kind != LimitKind.WATCH:  # nor does an awaited date move
                begun = clock.spans[-1][0]  # may lie ahead of both: a notice carries its own date
                clock.spans[-1][1] = max(begun, clock.stopped_on)
                clock.spans.append([max(begun, day), ""])
        clock.stopped_on = ""
    elif verb == "extend":
        clock.limit += effect["by"]
        clock.extended += effect["by"]
    elif verb == "exclude":
        clocks.exclude(clock, date.fromisoformat(day), date.fromisoformat(effect["until"]))
