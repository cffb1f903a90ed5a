"""The order in which a stream's events are read: everybody's the same, whoever got them when.

What an author had seen comes before what the author did. Between events that knew nothing of each other the recorded
clock decides, then the station's id: that only chooses who is named first, no date and no right follows from it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush

from db.envelope import Envelope


def linearised(events: Sequence[Envelope]) -> list[Envelope]:
    """The events of one stream in their order. Parents that are not among them count as seen."""
    by_hash = {event.hash: event for event in events}
    waiting: dict[str, int] = {}
    following: dict[str, list[str]] = {}
    ready = []
    for event in events:
        parents = {parent for parent in event.parents if parent in by_hash}
        waiting[event.hash] = len(parents)
        for parent in parents:
            following.setdefault(parent, []).append(event.hash)
        if not parents:
            ready.append(_key(event))
    heapify(ready)
    ordered = []
    while ready:
        hash_ = heappop(ready)[-1]
        ordered.append(by_hash[hash_])
        for child in following.get(hash_, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, _key(by_hash[child]))
    return ordered


def heads_of(events: Sequence[Envelope]) -> tuple[str, ...]:
    """Hashes of the events that none of the others builds on, sorted: one, unless work was concurrent."""
    named = {parent for event in events for parent in event.parents}
    return tuple(sorted(event.hash for event in events if event.hash not in named))


def behind(events: Sequence[Envelope], heads: Collection[str]) -> list[Envelope]:
    """The events that these heads build on, and the heads: what was there when somebody saw them last, as far as it is
    among the events."""
    by_hash = {event.hash: event for event in events}
    wanted = {head for head in heads if head in by_hash}
    frontier = list(wanted)
    while frontier:
        new = {parent for parent in by_hash[frontier.pop()].parents if parent in by_hash} - wanted
        wanted |= new
        frontier += new
    return [event for event in events if event.hash in wanted]


def _key(event: Envelope) -> tuple[int, str, int, str]:
    return event.hlc, event.station, event.seq, event.hash
