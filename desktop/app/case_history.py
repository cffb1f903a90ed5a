"""A case's own events with what became of each: counted, disputed, set aside by a decision, or said twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from db import quarantine
from db.envelope import Envelope
from db.journal import Reader
from db.order import behind, heads_of
from desktop.app.projection import CONTESTED, recorded
from desktop.app.workplace import Workplace, stream_of
from desktop.core.case import EVENT_VERSIONS, RESOLVED, CaseEvent, CaseState
from desktop.core.history import History, Recorded, Side, Standing, fold_all
from desktop.core.narrate import action_word, narrate
from desktop.core.procedure import Procedure

SET_ASIDE, DOUBLED, SENSELESS = "未采用", "重复", "无法解释"


@dataclass(frozen=True)
class CaseHistory:
    """``envelopes`` in their common order; ``inert`` are those without meaning."""

    envelopes: Sequence[Envelope]
    inert: Collection[str]

    @cached_property
    def history(self) -> History:
        return History(recorded(self.envelopes), self.inert)

    @cached_property
    def standing(self) -> Standing:
        """Nothing can be disputed where everybody had seen everything."""
        straight = all(
            envelope.parents == ((before.hash,) if before else ())
            for before, envelope in zip((None, *self.envelopes), self.envelopes, strict=False)
        )
        return Standing() if straight else self.history.stand()

    @property
    def state(self) -> CaseState:
        """Folded from these events alone."""
        case = self.history.fold(self.standing.aside | self.standing.disputed)
        case.contested = len(self.standing.sides)
        return case

    def side_state(self, side: Side) -> CaseState:
        """The case as it would stand if this side were chosen: folded with that decision as its last event."""
        decision = CaseEvent(RESOLVED, EVENT_VERSIONS[RESOLVED], "", {"set_aside": side.set_aside})
        return fold_all([*recorded(self.envelopes), Recorded("", self.heads, decision)], self.inert)[0]

    def mark(self, hash_: str) -> str:
        standing = self.standing
        if hash_ in self.inert:
            return SENSELESS
        if hash_ in standing.disputed:
            return CONTESTED
        if hash_ in standing.aside:
            return SET_ASIDE
        return DOUBLED if hash_ in standing.doubled else ""

    def words(self, envelope: Envelope, procedure: Procedure) -> str:
        """What it says, in one line. One without meaning may hold anything, so nothing of it is read."""
        if envelope.hash in self.inert:
            return "内容不成立，没有效力"
        return narrate(envelope.type, envelope.payload, procedure, envelope.version)

    @property
    def counted(self) -> list[Envelope]:
        return [envelope for envelope in self.envelopes if not self.mark(envelope.hash)]

    @property
    def heads(self) -> tuple[str, ...]:
        """The events that nothing builds on yet."""
        return heads_of(self.envelopes)

    def authors(self, hashes: Collection[str]) -> tuple[str, ...]:
        """Who did these, each once, in order."""
        return tuple(dict.fromkeys(one.actor for one in self.envelopes if one.hash in hashes))

    def behind(self, heads: Collection[str]) -> CaseHistory | None:
        """What was there when somebody saw these heads last; None where they are not this case's."""
        then = behind(self.envelopes, heads)
        return CaseHistory(then, self.inert) if {one.hash for one in then}.issuperset(heads) else None


def history_of(reader: Reader, case_id: str) -> CaseHistory:
    """Everything recorded about one case."""
    return CaseHistory(reader.stream(stream_of(case_id)), quarantine.meaningless(reader))


def side_words(read: CaseHistory, workplace: Workplace) -> tuple[str, ...]:
    """What each side holds, in one line each."""
    return tuple(
        summary([one for one in read.envelopes if one.hash in side.own], workplace) for side in read.standing.sides
    )


def summary(events: Sequence[Envelope], workplace: Workplace) -> str:
    """Who did what where on which day, in one line."""
    return "，".join(
        f"{event.actor}（{workplace.station_name(event.station)}）{event.occurred_on} "
        f"{action_word(event.type, event.payload)}"
        for event in events
    )
