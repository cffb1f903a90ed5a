"""A case whose events knew nothing of each other: what counts, what is disputed, and what a decision would leave.

Two events are concurrent when neither author had seen the other's. What the table of pairs
(:mod:`desktop.core.concurrency`) calls contested takes everything that builds on it out of the case until a third
person decides; the case meanwhile stands where all sides still agree. Nothing is ever removed: a decision names the
events it sets aside, and a later decision can set that decision aside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from desktop.core.case import (
    ATTACHED,
    JUDGED,
    OPENED,
    PACKAGED,
    RESOLVED,
    CaseEvent,
    CaseState,
    advance,
    skip,
    understood,
)
from desktop.core.concurrency import Verdict, compare


class Recorded(NamedTuple):
    """An event with its name and the names of those its author had seen last."""

    hash: str
    parents: tuple[str, ...]
    event: CaseEvent


@dataclass(frozen=True)
class Side:
    """One view of a disputed case: the hashes that would count, and those that would not, if it were chosen.
    ``own`` are those that count here and not on every side."""

    own: tuple[str, ...]
    kept: tuple[str, ...]
    set_aside: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """``aside``: set aside by decisions in force; ``doubled``: said twice, counted once; ``disputed``: waiting for a
    decision; ``sides``: at least two when anything is disputed; ``fresh_start``: what setting all of it aside means."""

    aside: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()
    disputed: frozenset[str] = frozenset()
    sides: tuple[Side, ...] = ()
    fresh_start: tuple[str, ...] = ()


class History:
    """The events of one case in their common order, and who had seen what. ``inert`` are events without meaning:
    they keep their place in the order and change nothing."""

    def __init__(self, events: Sequence[Recorded], inert: Collection[str] = ()) -> None:
        self.events = events
        self._place = {one.hash: place for place, one in enumerate(events)}
        self._inert = frozenset(inert)
        self._seen = self._ancestors()
        self._class = self._said_twice()
        self._members: dict[int, int] = {}  # first of a class -> bit mask of all that say the same
        for place, first in enumerate(self._class):
            self._members[first] = self._members.get(first, 0) | 1 << place

    def knew(self, hash_: str) -> frozenset[str]:
        """The events that the author of this one had seen."""
        return self._names(self._seen[self._place[hash_]])

    def fold(self, without: Set[str] = frozenset()) -> CaseState:
        """The state that these events give, leaving some out."""
        state = CaseState()
        counted: set[int] = set()
        for place, one in enumerate(self.events):
            if one.hash in self._inert:
                skip(state)
                continue
            if one.hash in without or self._class[place] in counted:
                continue
            counted.add(self._class[place])
            advance(state, one.event)
        state.events = len(self.events)
        return state

    def stand(self) -> Standing:
        """What counts and what is disputed."""
        aside = self._set_aside()
        pairs = self._disputes(aside)
        if not pairs:
            return Standing(aside=aside, doubled=self._doubled(aside))
        disputed = self._with_followers({place for pair in pairs for place in pair}, aside)
        views = self._views(pairs, disputed)
        shared = set.intersection(*views)
        sides = tuple(
            Side(
                own=self._listed(kept - shared),
                kept=self._listed(kept),
                set_aside=self._without(disputed, kept),
            )
            for kept in views
        )
        return Standing(
            aside, self._doubled(aside), self._names(_mask(disputed)), sides, self._without(disputed, set())
        )

    # ------------------------------------------------------------------ who had seen what
    def _ancestors(self) -> list[int]:
        """Per event a bit mask of the places of all that its author had seen."""
        seen: list[int] = []
        for one in self.events:
            mask = 0
            for parent in one.parents:
                place = self._place.get(parent)
                if place is not None:
                    mask |= seen[place] | 1 << place
            seen.append(mask)
        return seen

    def _said_twice(self) -> list[int]:
        """Per event the place of the first that says the same: concurrent and agreeing, where what lies behind only
        one of them gets along with it, so that two people who walked the case alike walked it once."""
        classes = list(range(len(self.events)))
        behind: list[frozenset[int]] = []  # the classes of binding steps behind each event
        for place in range(len(self.events)):
            seen = self._seen[place]
            behind.append(frozenset(classes[other] for other in _places(seen) if self._binding(other)))
            if not self._binding(place):
                continue
            for other in range(place):
                if classes[other] == other and not seen >> other & 1 and self._same_step(other, place, behind):
                    classes[place] = other
                    break
        return classes

    def _same_step(self, one: int, other: int, behind: Sequence[frozenset[int]]) -> bool:
        event = self.events[one].event
        if not self._binding(one) or compare(event, self.events[other].event) is not Verdict.AGREE:
            return False
        return all(compare(self.events[step].event, event) is Verdict.COMMUTE for step in behind[one] ^ behind[other])

    def _binding(self, place: int) -> bool:
        """Whether counting the event twice would do more than saying it twice: it moved the case or touched a limit."""
        hash_, _, event = self.events[place]
        if hash_ in self._inert or not understood(event.type, event.version):
            return False
        return bool(event.payload.get("clocks")) or event.payload.get("to", "") != event.payload.get("from", "")

    def _concurrent(self, one: int, other: int) -> bool:
        """Neither had been seen by the other's author, nor anything that says the same."""
        if self._seen[one] >> other & 1 or self._seen[other] >> one & 1:
            return False
        if self._class[one] == self._class[other]:
            return False
        theirs, ours = self._members[self._class[other]], self._members[self._class[one]]
        return not (theirs & self._seen[one] or ours & self._seen[other])

    # ------------------------------------------------------------------ decisions and disputes
    def _resolutions(self) -> list[int]:
        return [
            place
            for place, one in enumerate(self.events)
            if one.event.type == RESOLVED and one.event.version == 1 and one.hash not in self._inert
        ]

    def _set_aside(self) -> frozenset[str]:
        """What the decisions in force set aside, and whoever said the same; a decision that a later one set aside has
        no force."""
        aside: set[str] = set()
        for place in reversed(self._resolutions()):
            if self.events[place].hash not in aside:
                for hash_ in self.events[place].event.payload["set_aside"]:
                    if (named := self._place.get(hash_)) is not None:
                        aside |= self._names(self._members[self._class[named]])
        return frozenset(aside - {one.hash for one in self.events if one.event.type == OPENED})

    def _disputes(self, aside: Set[str]) -> list[tuple[int, int]]:
        active = [
            place for place, one in enumerate(self.events) if one.hash not in aside and one.hash not in self._inert
        ]
        found = []
        for at, one in enumerate(active):
            for other in active[at + 1 :]:
                if not self._concurrent(one, other):
                    continue
                verdict = compare(self.events[one].event, self.events[other].event)
                # One step from two standings is as disputed as two steps: counted twice it would be wrong.
                if verdict is Verdict.CONTEST or (verdict is Verdict.AGREE and self._binding(one)):
                    found.append((one, other))
        return found

    def _with_followers(self, places: Set[int], aside: Set[str]) -> set[int]:
        """And what builds on them. A file that was put beside the case meanwhile takes no side, nor does who put it."""
        mask = _mask(places)
        return {
            place
            for place, one in enumerate(self.events)
            if one.hash not in aside and (place in places or (self._seen[place] & mask and not _bare_file(one.event)))
        }

    def _views(self, pairs: Sequence[tuple[int, int]], disputed: Set[int]) -> list[set[int]]:
        """What could count together: per disputed step what it builds on, and then, in the common order, all that
        clashes with nothing taken so far and builds on nothing left out. Of equal views one; none for a step whose
        author had both parties of a dispute before him and went on."""
        clashes: dict[int, int] = {}
        for one, other in pairs:
            clashes[one] = clashes.get(one, 0) | 1 << other
            clashes[other] = clashes.get(other, 0) | 1 << one
        everything = _mask(disputed)
        views = []
        for lead in sorted(clashes):
            taken = (self._seen[lead] | 1 << lead) & everything
            if any(clashes.get(place, 0) & taken for place in _places(taken)):
                continue
            for place in sorted(disputed):
                if not (clashes.get(place, 0) & taken or self._seen[place] & everything & ~taken):
                    taken |= 1 << place
            views.append(taken)
        return [set(_places(view)) for view in dict.fromkeys(views)]

    def _without(self, disputed: Set[int], kept: Set[int]) -> tuple[str, ...]:
        """What to set aside so that ``kept`` counts: the other sides, and what a dropped decision had set aside
        already, unless it is what the kept side builds on."""
        dropped = disputed - kept
        held = 0
        for place in kept:
            held |= self._seen[place]
        found = set(dropped)
        for place in dropped & set(self._resolutions()):
            earlier = (self._place.get(hash_) for hash_ in self.events[place].event.payload["set_aside"])
            found |= {at for at in earlier if at is not None and not held >> at & 1}
        return self._listed(found)

    def _doubled(self, aside: Set[str]) -> frozenset[str]:
        counted: set[int] = set()
        found = set()
        for place, one in enumerate(self.events):
            if one.hash in aside:
                continue
            if self._class[place] in counted:
                found.add(one.hash)
            counted.add(self._class[place])
        return frozenset(found)

    def _names(self, mask: int) -> frozenset[str]:
        return frozenset(self.events[place].hash for place in _places(mask))

    def _listed(self, places: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.events[place].hash for place in sorted(places))


def fold_all(events: Sequence[Recorded], inert: Collection[str] = ()) -> tuple[CaseState, Standing]:
    """The state of a case from all its events, and how it stands. Disputed, it is what all sides have in common."""
    history = History(events, inert)
    standing = history.stand()
    state = history.fold(standing.aside | standing.disputed)
    state.contested = len(standing.sides)
    return state, standing


def _bare_file(event: CaseEvent) -> bool:
    """What only lies beside the case stays, whatever becomes of the steps it was put beside."""
    return event.type in (ATTACHED, PACKAGED, JUDGED) and understood(event.type, event.version)


def _mask(places: Iterable[int]) -> int:
    mask = 0
    for place in places:
        mask |= 1 << place
    return mask


def _places(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
