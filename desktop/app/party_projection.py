"""Events of parties become their read tables, in the transaction that records them; a rebuild must give the same.

A party's stream is short, so it is always folded from its beginning. Who was merged with whom decides which rows are
written with it: what stands on a merged party counts for the one that stands for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from db import matters
from db import parties as party_table
from db.envelope import Envelope
from db.journal import Reader, Transaction
from db.parties import PartyRecord
from db.search import normalised
from desktop.app.memory import chunks
from desktop.core.party import (
    NEWER,
    STREAM_PREFIX,
    UNREADABLE,
    PartyEvent,
    PartyState,
    combine,
    flaw,
    fold,
)
from desktop.core.party_facts import STRATEGIC, name_key, spellings, split_tags
from desktop.core.party_standing import timeline

NEEDS_NEWER, SENSELESS, PARALLEL, ASTRAY = "需更新版本", "有记录无法解释", "并行修改", "并入对象未到"
_CHUNK: Final = 1_000
_SEARCHED: Final = ("name", "uscc", "code", "agency_code", "region", "contact", "legal_person", "head", "tags")

PutAside = Callable[[Transaction, Envelope, str], None]


class Folded(NamedTuple):
    """One party from its own stream: state, head and clock of its newest event."""

    state: PartyState
    head: str
    hlc: int


def stream_of(party_id: str) -> str:
    return STREAM_PREFIX + party_id


def id_of(stream: str) -> str:
    return stream.removeprefix(STREAM_PREFIX)


def event_of(envelope: Envelope) -> PartyEvent:
    return PartyEvent(
        envelope.type, envelope.version, envelope.occurred_on, envelope.payload, envelope.hash, envelope.parents
    )


def state_from(data: bytes) -> PartyState:
    return PartyState.from_json(orjson.loads(data))


def state_bytes(state: PartyState) -> bytes:
    return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


# ---------------------------------------------------------------- keeping up
def project(tx: Transaction, streams: Iterable[str], fresh: Mapping[str, Sequence[Envelope]] | None = None) -> None:
    """Writes the parties of these streams, and all who are merged with them. ``fresh`` are streams whose events are
    all at hand because they began just now."""
    folded = {id_of(stream): folded_stream(tx, stream, (fresh or {}).get(stream)) for stream in streams}
    before = strategic_keys(tx)
    _settle(tx, {id_: one for id_, one in folded.items() if one.state.kind})
    after = strategic_keys(tx)
    if before != after:
        codes, names = (sorted(old ^ new) for old, new in zip(before, after, strict=True))
        matters.relead(tx, (codes, names), after)


def arrive(tx: Transaction, events: Sequence[Envelope], put_aside: PutAside) -> None:
    """Takes up what others recorded; ``put_aside`` keeps what makes no sense, with the reason."""
    streams = {}
    for event in events:
        if event.stream.startswith(STREAM_PREFIX):
            streams[event.stream] = None
            if reason := flaw_of(event):
                put_aside(tx, event, reason)
    if streams:
        project(tx, streams)


def rebuild(tx: Transaction) -> None:
    """Empties the tables and folds all streams into them again, some at a time."""
    party_table.clear(tx)
    merged: list[str] = []
    for chunk in chunks(tx.streams(STREAM_PREFIX), _CHUNK):
        folded = {id_: one for id_, one in _fold_many(tx, chunk).items() if one.state.kind}
        merged += [id_ for id_, one in folded.items() if one.state.merged_into]
        party_table.write(tx, [_record(id_, one, id_, None) for id_, one in folded.items()])
    if merged:
        _settle(tx, _stored(tx, party_table.merged_with(tx, merged)))


def flaw_of(event: Envelope) -> str:
    """What is wrong with an event of a party, in Chinese; empty when nothing is."""
    return flaw(event.type, event.version, event.occurred_on, event.payload)


def folded_stream(reader: Reader, stream: str, fresh: Sequence[Envelope] | None = None) -> Folded:
    envelopes = fresh if fresh is not None else reader.stream(stream)
    heads = [envelopes[-1].hash] if fresh is not None else reader.heads(stream)
    return Folded(fold(list(map(event_of, envelopes))), head_of(heads), max(one.hlc for one in envelopes))


def _fold_many(tx: Transaction, streams: Sequence[str]) -> dict[str, Folded]:
    branched = tx.branched(streams)
    events: dict[str, list[PartyEvent]] = {}
    clock: dict[str, int] = {}
    straight = [stream for stream in streams if stream not in branched]
    for stream, kind, version, occurred_on, payload, hash_, hlc in tx.replay(straight):
        known = events.setdefault(stream, [])
        parents = (known[-1].hash,) if known else ()
        known.append(PartyEvent(kind, version, occurred_on, payload, hash_, parents))
        clock[stream] = max(hlc, clock.get(stream, 0))
    found = {id_of(stream): Folded(fold(said), said[-1].hash, clock[stream]) for stream, said in events.items()}
    found.update({id_of(stream): folded_stream(tx, stream) for stream in sorted(branched)})
    return found


def head_of(heads: Sequence[str]) -> str:
    """What a page that shows the party must name when it acts: its head, or all of them in one word."""
    ordered = sorted(heads)
    return ordered[0] if len(ordered) == 1 else hashlib.sha256("".join(ordered).encode()).hexdigest()


def strategic_keys(reader: Reader) -> tuple[frozenset[str], frozenset[str]]:
    """统一社会信用代码 and names (in the spellings of lists) of all whose cases lead the queue; who was merged into one
    of them counts as one."""
    return _by_sort(party_table.strategic_keys(reader))


def strategic_among(reader: Reader, uscc: str, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """What :func:`strategic_keys` has of one case's party."""
    return _by_sort(party_table.strategic_among(reader, [("uscc", uscc), ("spelling", name)]))


def _by_sort(found: Sequence[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
    codes, names = (frozenset(key for sort, key in found if sort == wanted) for wanted in ("uscc", "spelling"))
    return codes, names


# ---------------------------------------------------------------- who stands for whom
def _settle(tx: Transaction, folded: dict[str, Folded]) -> None:
    """Writes these parties and all who are, or were until now, connected with them by merging."""
    targets = {one.state.merged_into for one in folded.values()} - {""}
    linked = party_table.merged_with(tx, {*folded, *targets})
    folded = {**_stored(tx, [id_ for id_ in linked if id_ not in folded]), **folded}
    into = {id_: one.state.merged_into for id_, one in folded.items()}
    groups: dict[str, list[str]] = {}
    for id_ in into:
        groups.setdefault(root_among(id_, into), []).append(id_)
    records = []
    for root, ids in groups.items():
        others = {id_: folded[id_].state for id_ in ids if id_ != root}
        whole = combine(folded[root].state, others) if others else None
        records += [_record(id_, folded[id_], root, whole) for id_ in ids]
    party_table.write(tx, records)


def _stored(reader: Reader, ids: Iterable[str]) -> dict[str, Folded]:
    return {
        id_: Folded(state_from(state), head, hlc) for id_, (state, head, hlc) in party_table.stored(reader, ids).items()
    }


def root_among(id_: str, into: Mapping[str, str]) -> str:
    """Who stands for a party. Two who were merged into each other side by side are stood for by the older one; one
    that was merged into a party that has not arrived stands for itself."""
    walked = [id_]
    while (following := into[walked[-1]]) in into:
        if following in walked:
            return min(walked[walked.index(following) :])
        walked.append(following)
    return walked[-1]


# ---------------------------------------------------------------- rows
def _record(id_: str, folded: Folded, root: str, whole: PartyState | None) -> PartyRecord:
    own = folded.state
    shown = whole if whole is not None and root == id_ else own
    facts = own.facts
    tags = split_tags(facts.get("tags", ""))
    row = {
        "id": id_,
        "root": root,
        "kind": own.kind,
        "name": own.name,
        "uscc": own.uscc,
        "code": facts.get("agency_code") or facts.get("code", ""),
        "region": facts.get("region", ""),
        "tags": list(tags),
        "status": facts.get("status", ""),
        "strategic": int(STRATEGIC in tags),
        "listed": int(root == id_),
        "merged_into": own.merged_into,
        "marks": marks_of(shown, own.merged_into if root == id_ else ""),
        "events": own.events,
        "head": folded.head,
        "updated_hlc": folded.hlc,
    }
    spans = timeline(shown) if root == id_ else ()
    return PartyRecord(
        row=row,
        haystack="\x1f".join(filter(None, (normalised(facts.get(name, "")) for name in _SEARCHED))),
        state=state_bytes(own),
        keys=_keys(own),
        spans=[
            (span.first, span.last, here.status.value, here.since, here.until, here.reason)
            for span in spans
            if (here := span.standing)
        ],
        grounds=_grounds(own),
    )


def marks_of(state: PartyState, astray: str = "") -> list[str]:
    """Marks that a list shows beside a party."""
    found = [word for flag, word in ((NEWER, NEEDS_NEWER), (UNREADABLE, SENSELESS)) if flag in state.flags]
    return [*found, *([PARALLEL] if state.parallel else ()), *([ASTRAY] if astray else ())]


def _keys(state: PartyState) -> list[tuple[str, str, int]]:
    """What the party is found by; former names and codes last, so that a present one is not taken for a former."""
    facts = state.facts
    found: dict[tuple[str, str], int] = {}
    for name, former in ((state.name, 0), *((old, 1) for old in state.names)):
        if name:
            found.setdefault(("name", name_key(name)), former)
            for spelling in spellings(name):
                found.setdefault(("spelling", spelling), former)
    for code, former in ((state.uscc, 0), *((old, 1) for old in state.codes)):
        if code:
            found.setdefault(("uscc", code), former)
    if facts.get("agency_code"):
        found["agency_code", facts["agency_code"]] = 0
    return [(*key, former) for key, former in sorted(found.items())]


def _grounds(state: PartyState) -> list[tuple[str, str, str]]:
    found = [(one.kind, one.id, one.found_on) for one in state.findings.values()]
    found += [("quota", year, f"{year}-12-31") for year in state.quotas]
    if state.facts.get("quota"):
        found.append(("quota", "", "9999-12-31"))
    if state.facts.get("abnormal") == "是":
        found.append(("business", "", "9999-12-31"))
    return sorted(found)
