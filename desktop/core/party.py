"""A registered party or agency as the sum of its events. ``fold`` never refuses: what did happen is folded, what a
newer program did is counted and makes the party read-only, what makes no sense in any program is skipped and marked.

People who worked without each other lose nothing: sanctions, findings and quotas add up by their own ids; where two
set one fact to different values the later in the common order holds, and both values stay visible (并行修改) until
somebody who had seen both says which it is. Source: handbook 2.2-2.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NamedTuple

from desktop.core.party_facts import PartyKind, label_of
from desktop.core.party_soundness import EVENT_VERSIONS, flaw, understood

STREAM_PREFIX: Final = "party/"
REGISTERED, AMENDED, SANCTIONED = "party.registered", "party.amended", "party.sanctioned"
APPEALED, LIFTED, FOUND = "party.appealed", "party.lifted", "party.found"
DISMISSED, GRANTED, MERGED, NOTED = "party.dismissed", "party.granted", "party.merged", "party.noted"
REFUSED = "party.refused"

NEWER, UNREADABLE = "newer", "unreadable"
UPHELD, FAILED_APPEAL, PENDING_APPEAL = "成立", "不成立", "待定"
OUTCOMES = (UPHELD, FAILED_APPEAL, PENDING_APPEAL)

__all__ = ["EVENT_VERSIONS", "Finding", "PartyEvent", "PartyState", "Sanction", "combine", "flaw", "fold", "understood"]


class PartyEvent(NamedTuple):
    """One event: ``occurred_on`` is the business date in ISO; ``parents`` are what its author had seen last."""

    type: str
    version: int
    occurred_on: str
    payload: Mapping[str, Any]
    hash: str = ""
    parents: tuple[str, ...] = ()


@dataclass(slots=True)
class Sanction:
    """A measure that a person ordered. ``until`` empty: open. ``outcome`` is that of an appeal against it."""

    id: str
    measure: str
    rule: str
    rule_text: str
    cases: list[str]
    since: str
    until: str
    reason: str
    proposal: str = ""
    findings: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    on: str = ""
    lifted_on: str = ""
    lift_reason: str = ""
    outcome: str = ""
    outcome_on: str = ""


@dataclass(slots=True)
class Finding:
    """A registered finding (认定), such as 非正常. ``case`` is a matter number; ``outcome`` that of an appeal."""

    id: str
    kind: str
    case: str
    found_on: str
    note: str = ""
    outcome: str = ""
    outcome_on: str = ""


@dataclass(slots=True)
class PartyState:
    """Everything known of one party. ``imported`` is what the last list said; ``names`` and ``codes`` are former
    names and credit codes; ``quotas`` maps a year to [base, extra]; ``dismissed`` and ``confirmed`` map a proposal
    to [rule, evidence...]; ``refused`` maps a refused application to [day, basis, reason]; ``parallel`` maps what was
    set side by side to all its values, the one that holds last; ``merged`` lists the ids that :func:`combine`
    added."""

    kind: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    sanctions: dict[str, Sanction] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    quotas: dict[str, list[int]] = field(default_factory=dict)
    dismissed: dict[str, list[str]] = field(default_factory=dict)
    confirmed: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, list[str]] = field(default_factory=dict)
    merged_into: str = ""
    merged: list[str] = field(default_factory=list)
    parallel: dict[str, list[str]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    events: int = 0

    @property
    def name(self) -> str:
        return self.facts.get("name", "")

    @property
    def uscc(self) -> str:
        return self.facts.get("uscc", "")

    @property
    def read_only(self) -> bool:
        return NEWER in self.flags

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PartyState:
        values = dict(data)
        values["sanctions"] = {key: Sanction(**one) for key, one in values["sanctions"].items()}
        values["findings"] = {key: Finding(**one) for key, one in values["findings"].items()}
        return cls(**values)


class _Registers:
    """Who set what last, among those who had not seen each other: several values mean that people disagree."""

    def __init__(self) -> None:
        self._frontier: dict[str, list[tuple[int, str]]] = {}

    def write(self, key: str, value: str, place: int, seen: int) -> None:
        unseen = [entry for entry in self._frontier.get(key, ()) if not seen >> entry[0] & 1]
        self._frontier[key] = [*unseen, (place, value)]

    def parallel(self) -> dict[str, list[str]]:
        found = {}
        for key in sorted(self._frontier):
            values = list(dict.fromkeys(value for _, value in reversed(self._frontier[key])))
            if len(values) > 1:
                found[key] = values[::-1]
        return found


def fold(events: Sequence[PartyEvent]) -> PartyState:
    """The party that these events give, in their common order (what an author had seen stands before his own)."""
    state, registers = PartyState(), _Registers()
    for place, (event, seen) in enumerate(zip(events, _seen(events), strict=True)):
        state.events += 1
        if not understood(event.type, event.version):
            _mark(state, NEWER)
            if event.type == REGISTERED and not state.kind:
                _show(state, event.payload)
        elif flaw(event.type, event.version, event.occurred_on, event.payload):
            _mark(state, UNREADABLE)
        elif event.type == REGISTERED or state.kind:
            for key, value in _advance(state, event):
                registers.write(key, value, place, seen)
        else:
            _mark(state, UNREADABLE)  # what should have opened the party is not there
    state.parallel = registers.parallel()
    return state


def _seen(events: Sequence[PartyEvent]) -> list[int]:
    """Per event a bit mask of the places of all that its author had seen."""
    place_of = {event.hash: place for place, event in enumerate(events)}
    seen: list[int] = []
    for event in events:
        mask = 0
        for parent in event.parents:
            place = place_of.get(parent, len(seen))
            if place < len(seen):
                mask |= seen[place] | 1 << place
        seen.append(mask)
    return seen


def _mark(state: PartyState, flag: str) -> None:
    if flag not in state.flags:
        state.flags.append(flag)


def _show(state: PartyState, payload: Mapping[str, Any]) -> None:
    """What can be shown of a party that a newer program registered."""
    facts = payload.get("facts")
    if payload.get("kind") in tuple(PartyKind) and isinstance(facts, Mapping):
        state.kind = str(payload["kind"])
        state.facts = {str(name): text for name, text in facts.items() if isinstance(text, str)}


def _advance(state: PartyState, event: PartyEvent) -> Iterable[tuple[str, str]]:
    """Folds one sound event in place; answers with what it set, as (key, value)."""
    payload = event.payload
    match event.type:
        case "party.registered" | "party.amended":
            return _set_facts(state, payload)
        case "party.sanctioned":
            return _sanction(state, event)
        case "party.found":
            state.findings.setdefault(
                payload["finding"],
                Finding(payload["finding"], payload["kind"], payload["case"], payload["found_on"], payload["note"]),
            )
        case "party.appealed":
            target = state.sanctions.get(payload["target"]) or state.findings.get(payload["target"])
            if target is not None:
                target.outcome, target.outcome_on = payload["outcome"], payload["on"]
                return [(f"appeal:{payload['target']}", payload["outcome"])]
        case "party.lifted":
            if payload["sanction"] in state.sanctions:
                sanction = state.sanctions[payload["sanction"]]
                sanction.lifted_on, sanction.lift_reason = payload["on"], payload["reason"]
                return [(f"lift:{payload['sanction']}", payload["on"])]
        case "party.refused":
            state.refused.setdefault(payload["refusal"], [event.occurred_on, payload["basis"], payload["reason"]])
        case "party.dismissed":
            state.dismissed[payload["proposal"]] = [payload["rule"], *payload["evidence"]]
        case "party.granted":
            state.quotas[payload["year"]] = [payload["base"], payload["extra"]]
            return [(f"quota:{payload['year']}", f"{payload['base']}+{payload['extra']}")]
        case "party.merged":
            state.merged_into = payload["into"]
            return [("merged", payload["into"])]
    return ()


def _set_facts(state: PartyState, payload: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    state.kind = state.kind or payload["kind"]
    facts: Mapping[str, str] = payload["facts"]
    for name, former in (("name", state.names), ("uscc", state.codes)):
        known = state.facts.get(name, "")
        if known and facts.get(name, known) != known and known not in former:
            former.append(known)
    state.facts.update(facts)
    state.imported.update(payload.get("imported", {}))
    return facts.items()


def _sanction(state: PartyState, event: PartyEvent) -> Iterable[tuple[str, str]]:
    payload = event.payload
    found = Sanction(
        payload["sanction"], payload["measure"], payload["rule"], payload["rule_text"], list(payload["cases"]),
        payload["from"], payload["to"], payload["reason"], payload.get("proposal", ""),
        list(payload.get("findings", ())), list(payload.get("evidence", ())), event.occurred_on,
    )  # fmt: skip
    state.sanctions.setdefault(found.id, found)
    if found.proposal:
        state.confirmed[found.proposal] = [found.rule, *found.evidence]
    return ()


def combine(own: PartyState, others: Mapping[str, PartyState]) -> PartyState:
    """The surviving party with what stands on those merged into it (id -> state): its own facts hold, sanctions,
    findings and decisions on proposals add up, and a quota counts where it has none of its own for that year."""
    found = PartyState.from_json(own.to_json())
    for id_ in sorted(others):
        other = others[id_]
        found.merged.append(id_)
        for adding_up in ("sanctions", "findings", "quotas", "dismissed", "confirmed", "refused"):
            known: dict[str, Any] = getattr(found, adding_up)
            for key, value in getattr(other, adding_up).items():
                known.setdefault(key, value)
        for former, present, fact in ((found.names, other.names, "name"), (found.codes, other.codes, "uscc")):
            for text in (*present, other.facts.get(fact, "")):
                if text and text != found.facts.get(fact) and text not in former:
                    former.append(text)
        for flag in other.flags:
            _mark(found, flag)
    return found


def parallel_word(state: PartyState, key: str) -> str:
    """What was set side by side, in Chinese."""
    kind, _, rest = key.partition(":")
    match kind:
        case "quota":
            return f"{rest}年额度"
        case "merged":
            return "并入对象"
        case "appeal":
            return "申诉结果"
        case "lift":
            return "解除日期"
        case _:
            return label_of(state.kind, key)
