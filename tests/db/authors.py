"""Somebody else's station, played: events sealed and chained as its store would have sealed them."""

from __future__ import annotations

from typing import Any

from db.envelope import FIRST, Draft, Envelope, canonical, seal
from db.journal import parents_text
from db.wire import Arrived, Batch, pack


class Author:
    """``events`` are all that it wrote. ``copy`` gives one that goes on under the same name."""

    def __init__(self, letter: str) -> None:
        self.station = letter * 32
        self.events: list[Arrived] = []

    def copy(self) -> Author:
        other = Author(self.station[0])
        other.events = list(self.events)
        return other

    def write(
        self, stream: str = "case/1", parents: tuple[str, ...] | None = None, *, hlc: int = 0, **payload: Any
    ) -> Envelope:
        """One more event; it builds on the author's last one of that stream unless ``parents`` say otherwise."""
        last = self.events[-1].event if self.events else None
        if parents is None:
            parents = next(((one.event.hash,) for one in reversed(self.events) if one.event.stream == stream), ())
        draft = Draft(stream, "toy.moved", 1, "张三", "预审员", "2026-03-02", {"procedure": "preexam@1"}, payload)
        seq, prev_hash = (last.seq + 1, last.hash) if last else (1, FIRST)
        event = seal(draft, self.station, seq, hlc or (last.hlc + 1 if last else 1 << 16), parents, prev_hash)
        texts = canonical(event.basis).decode(), canonical(event.payload).decode()
        self.events.append(Arrived(event, parents_text(parents), *texts))
        return event

    def batch(self, first: int = 1, last: int | None = None) -> Batch:
        return pack([row_of(one) for one in self.events[first - 1 : last]])


def row_of(one: Arrived) -> tuple[Any, ...]:
    return (*one.event[:4], one.parents, *one.event[5:10], one.basis, one.payload, *one.event[12:])
