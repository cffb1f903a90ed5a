"""Who saw what: the judge of the simulator, which knows what no program knows.

It remembers for every event what its author's store really held of the case at that moment, and works out by brute
force what the rules say follows from that. It looks at no hash, no recorded parents and no clock, and shares neither
code nor ways with :mod:`desktop.core.history`; a state is folded in an order of its own, so that whatever depends on
the order in which concurrent events are named shows as a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import orjson

from desktop.core.case import ACTED, AMENDED, OPENED, RESOLVED, UNREADABLE, CaseEvent, CaseState, advance

_KNOWN = {(kind, 1) for kind in (OPENED, ACTED, AMENDED, RESOLVED)}
_STEP = ("action", "from", "to", "values", "facts", "answers", "round", "outcome", "clocks")
_ONCE = ("start", "resume", "restore")  # of a limit: two of them count its days twice


@dataclass(frozen=True, slots=True)
class Said:
    """One event. ``seen`` are all events of the case that lay before its author; ``aside`` and ``kept`` are what a
    decision named."""

    uid: int
    stream: str
    seen: frozenset[int]
    event: CaseEvent
    sense: bool = True
    aside: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()

    @property
    def judged(self) -> bool:
        """Whether it takes part in disputes at all."""
        return self.sense and (self.event.type, self.event.version) in _KNOWN

    @property
    def moves(self) -> bool:
        payload = self.event.payload
        return self.event.type == ACTED and payload["from"] != payload["to"]

    @property
    def weighs(self) -> bool:
        """Whether counting it twice would do harm: it moves the case or its limits."""
        return self.judged and (self.moves or bool(self.event.payload.get("clocks")))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What counts of a case's events: ``aside`` by a decision, ``disputed``, ``pairs`` that are the reason."""

    aside: frozenset[int]
    disputed: frozenset[int]
    pairs: tuple[tuple[int, int], ...]


class Oracle:
    def __init__(self) -> None:
        self.said: dict[int, Said] = {}
        self._names: dict[int, int] = {}
        self._contents: dict[int, bytes] = {}
        self._one_step: dict[tuple[int, int], bool] = {}
        self._different: dict[tuple[int, int], bool] = {}

    def remember(self, one: Said) -> None:
        self.said[one.uid] = one

    # ------------------------------------------------------------------ the rules, by brute force
    def judge(self, held: Iterable[int]) -> Judgement:
        """The events of one case that somebody holds, judged."""
        events = {uid: self.said[uid] for uid in held}
        alike: dict[int, set[int]] = {}
        for uid in events:
            alike.setdefault(self._name(uid), set()).add(uid)
        aside = self._aside(events, alike)
        active = sorted(uid for uid, one in events.items() if uid not in aside and one.judged)
        pairs = tuple((a, b) for a, b in combinations(active, 2) if self._apart(a, b, alike) and self._differ(a, b))
        reason = {uid for pair in pairs for uid in pair}
        disputed = {uid for uid, one in events.items() if uid in reason or one.seen & reason} - aside
        return Judgement(frozenset(aside), frozenset(disputed), pairs)

    def _aside(self, events: Mapping[int, Said], alike: Mapping[int, set[int]]) -> set[int]:
        """By the decisions in force, which are those that no decision in force sets aside: what they name, and what
        says the same."""
        decisions = {uid: one for uid, one in events.items() if one.event.type == RESOLVED and one.judged}

        def in_force(uid: int) -> bool:
            return not any(uid in other.aside and in_force(other.uid) for other in decisions.values())

        named = {other for uid, one in decisions.items() if in_force(uid) for other in one.aside & events.keys()}
        aside = {uid for other in named for uid in alike[self._name(other)]}
        return {uid for uid in aside if events[uid].event.type != OPENED}

    def _apart(self, a: int, b: int, alike: Mapping[int, set[int]]) -> bool:
        """Neither author had seen the other's event, or one that says the same."""
        mine, theirs = alike[self._name(a)], alike[self._name(b)]
        return mine is not theirs and not (mine & self.said[b].seen or theirs & self.said[a].seen)

    def _name(self, uid: int) -> int:
        """Equal for events that are one and the same step."""
        if uid not in self._names:
            named = sorted(other for other in self._names if self._one(other, uid))
            self._names[uid] = self._names[named[0]] if named else uid
        return self._names[uid]

    def _one(self, a: int, b: int) -> bool:
        """Whether two people did one and the same thing without each other: the same said about the same case, and
        what only one of them had come by gets along with it."""
        if a == b:
            return True
        key = (min(a, b), max(a, b))
        if key not in self._one_step:
            left, right = self.said[a], self.said[b]
            self._one_step[key] = (
                left.stream == right.stream
                and left.weighs
                and right.weighs
                and left.event.type == right.event.type == ACTED
                and a not in right.seen
                and b not in left.seen
                and self._content(a) == self._content(b)
                and self._gets_along(left, right)
                and self._gets_along(right, left)
            )
        return self._one_step[key]

    def _gets_along(self, one: Said, other: Said) -> bool:
        return all(
            any(self._one(step, theirs) for theirs in other.seen) or not self._differ(step, other.uid)
            for step in one.seen
            if self.said[step].weighs
        )

    def _content(self, uid: int) -> bytes:
        if uid not in self._contents:
            self._contents[uid] = _step(self.said[uid])
        return self._contents[uid]

    def _differ(self, a: int, b: int) -> bool:
        if (a, b) not in self._different:
            self._different[a, b] = _differ(self.said[a], self.said[b])
        return self._different[a, b]

    # ------------------------------------------------------------------ what a case then looks like
    def state(self, held: Iterable[int]) -> dict[str, Any]:
        """The state as :func:`plain` shows it, folded by what people had seen and then by the numbers of the
        simulator, which nobody else knows."""
        events = sorted((self.said[uid] for uid in held), key=lambda one: (len(one.seen), one.uid))
        judgement = self.judge([one.uid for one in events])
        out = judgement.aside | judgement.disputed
        state = CaseState()
        counted: set[int] = set()
        for one in events:
            if not one.sense:
                if UNREADABLE not in state.flags:
                    state.flags.append(UNREADABLE)
            elif one.uid not in out and self._name(one.uid) not in counted:
                counted.add(self._name(one.uid))
                advance(state, one.event)
        state.events = len(events)
        state.contested = int(bool(judgement.disputed))
        return plain(state)


def plain(state: CaseState) -> dict[str, Any]:
    """A state without what is mere order: of flags, of warnings, of limits that do not touch each other; of a
    dispute only whether there is one."""
    shown = asdict(state)
    shown["flags"] = sorted(state.flags)
    shown["warnings"] = sorted(state.warnings)
    shown["clocks"] = sorted(shown["clocks"], key=orjson.dumps)
    shown["closed_clocks"] = sorted(state.closed_clocks)
    shown["contested"] = bool(state.contested)
    return shown


def open_spans(state: CaseState) -> list[str]:
    """Limits whose days would be counted twice: only the last span of a running limit may be open."""
    live = Counter(clock.id for clock in state.live_clocks())
    return [clock.id for clock in state.clocks if any(not last for _, last in clock.spans[:-1])] + [
        name for name, times in live.items() if times > 1
    ]


def _step(one: Said) -> bytes:
    payload, day = one.event.payload, one.event.occurred_on
    if one.moves:
        return orjson.dumps([day, [payload.get(name) for name in _STEP]], option=orjson.OPT_SORT_KEYS)
    return orjson.dumps([day, payload["clocks"], _says(one.event)], option=orjson.OPT_SORT_KEYS)


def _differ(a: Said, b: Said) -> bool:
    """Whether two events that knew nothing of each other say different things, or what must not count twice."""
    kinds = {a.event.type, b.event.type}
    if kinds == {RESOLVED}:
        same = a.event.payload["choose"] == b.event.payload["choose"] and (a.kept, a.aside) == (b.kept, b.aside)
        return not same
    if RESOLVED in kinds:
        return bool(_says((b if a.event.type == RESOLVED else a).event))
    if a.moves and b.moves:
        return True  # what is one and the same step was found out before; anything else leads two ways
    ours, theirs = _says(a.event), _says(b.event)
    limits_alike = kinds == {ACTED} and a.weighs and b.weighs and a.event.payload["clocks"] == b.event.payload["clocks"]
    if limits_alike and (ours != theirs or _step(a) == _step(b)):
        return True
    return any(
        ours[name] != theirs[name] or (name.startswith("limit ") and any(effect[0] in _ONCE for effect in ours[name]))
        for name in ours.keys() & theirs.keys()
    )


def _says(event: CaseEvent) -> dict[str, Any]:
    """What an event decides, thing by thing."""
    payload = event.payload
    said: dict[str, Any] = {f"fact {name}": value for name, value in payload.get("facts", {}).items()}
    if event.type == ACTED and payload["from"] != payload["to"]:
        said["stage"] = [payload["to"], payload["action"], event.occurred_on]
    for effect in payload.get("clocks", ()):
        said.setdefault(f"limit {effect['clock']}", []).append([effect["do"], effect["on"], effect.get("until", "")])
    said |= {f"flag {flag}": True for flag in payload.get("sets", ())}
    said |= {f"flag {flag}": False for flag in payload.get("clears", ())}
    if payload.get("round"):
        said["round"] = [payload["round"], payload.get("values", {}).get("opinion", "")]
    for name, answers in payload.get("answers", {}).items():
        said |= {f"answer {name} {item}": list(answer) for item, answer in answers.items()}
    return said
