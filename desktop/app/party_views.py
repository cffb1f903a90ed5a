"""What the window and the terminal are shown of parties and agencies: frozen values, nothing of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PartyQuery:
    """``kind``: 主体 or 代理机构; ``status``: a word of the standing on the day asked for; empty text means any.
    ``proposals``: only parties for which a rule proposes something."""

    kind: str = ""
    status: str = ""
    search: str = ""
    tag: str = ""
    proposals: bool = False


@dataclass(frozen=True)
class QuotaView:
    """Cases of one year. ``used`` are those accepted (受理) in it; ``left`` is None when no quota is known; ``word``
    says what to heed, if anything."""

    year: str
    base: int
    extra: int
    used: int
    left: int | None
    word: str = ""


@dataclass(frozen=True)
class PartyRowView:
    """One line of the list. ``since`` and ``until`` bound what gives the status; ``proposals`` counts what rules
    propose today."""

    id: str
    kind: str
    name: str
    uscc: str
    code: str
    region: str
    tags: tuple[str, ...]
    strategic: bool
    status: str
    since: str
    until: str
    marks: tuple[str, ...]
    quota: QuotaView
    proposals: int


@dataclass(frozen=True)
class PartyPage:
    """``total`` counts all that match, ``rows`` are those asked for."""

    total: int
    rows: tuple[PartyRowView, ...]


@dataclass(frozen=True)
class PartyStanding:
    """How a case's party stands on a day. ``remarks`` are sentences about what does not fit; ``marks`` those of the
    list; ``quota_left`` is None when no quota is known."""

    id: str
    kind: str
    name: str
    status: str
    since: str
    until: str
    reason: str
    strategic: bool
    quota_left: int | None
    remarks: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class RateView:
    """A rate with the definition that is printed beside it."""

    label: str
    part: int
    whole: int
    text: str
    definition: str


@dataclass(frozen=True)
class SanctionView:
    """A measure. ``last`` is its last day after lifting and appeals, empty while open; ``in_force`` on the day asked
    for."""

    id: str
    measure: str
    rule: str
    rule_text: str
    cases: tuple[str, ...]
    since: str
    until: str
    last: str
    in_force: bool
    reason: str
    actor: str
    on: str
    lifted_on: str
    lift_reason: str
    outcome: str
    outcome_on: str


@dataclass(frozen=True)
class FindingView:
    id: str
    kind: str
    case: str
    found_on: str
    note: str
    actor: str
    outcome: str
    outcome_on: str


@dataclass(frozen=True)
class ProposalView:
    """What a rule would have somebody decide: with its text, its source, whether that was checked, and the very
    cases and findings."""

    id: str
    rule: str
    label: str
    text: str
    basis: str
    status: str
    measure: str
    since: str
    until: str
    cases: tuple[str, ...]
    findings: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class FactView:
    name: str
    label: str
    value: str


@dataclass(frozen=True)
class ParallelView:
    """What was set side by side by people who had not seen each other: all values, the one that holds last."""

    name: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class PartyEntry:
    """One event in words. ``at`` is when it was recorded (local time), ``station`` where."""

    at: str
    occurred_on: str
    actor: str
    role: str
    station: str
    text: str
    party: str = ""


@dataclass(frozen=True)
class PartyCaseView:
    number: str
    title: str
    received_on: str
    accepted_on: str
    concluded_on: str
    result: str


@dataclass(frozen=True)
class PartyView:
    """Everything a page shows of one party. ``head`` names the newest event; ``merged`` are (id, name) of those that
    were merged into it; ``merged_into`` is set on one that disappeared; ``allowed`` tells for each step whether the
    actor may take it, with the reason why not (empty: he may)."""

    id: str
    kind: str
    name: str
    head: str
    facts: tuple[FactView, ...]
    standing: PartyStanding
    on: date
    quota: QuotaView
    period: tuple[str, str]
    rates: tuple[RateView, ...]
    sanctions: tuple[SanctionView, ...]
    findings: tuple[FindingView, ...]
    proposals: tuple[ProposalView, ...]
    dismissed: tuple[tuple[str, str], ...]
    parallel: tuple[ParallelView, ...]
    merged: tuple[tuple[str, str], ...]
    merged_into: str
    cases: tuple[PartyCaseView, ...]
    journal: tuple[PartyEntry, ...]
    allowed: Mapping[str, str]


@dataclass(frozen=True)
class PartyOutcome:
    """What came of a command. ``made`` is the id of the new party, finding or measure, if there is one; ``status`` is
    that of today."""

    id: str
    name: str
    events: int
    status: str
    made: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedParty:
    """One row of a list and what is to be done about it: new, changed, unchanged or refused."""

    row: int
    verdict: str
    name: str
    id: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartyIntakeReport:
    """How many rows were read and what became of them; ``rows`` in the order of the list."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    rows: tuple[PlannedParty, ...]
    dry_run: bool


@dataclass(frozen=True)
class RuleView:
    """One rule of the document in force; ``active`` ones propose, the others may be named all the same."""

    id: str
    label: str
    text: str
    basis: str
    status: str
    applies: str
    measure: str
    months: int
    active: bool


@dataclass(frozen=True)
class DuplicateView:
    """Registered parties that share a 统一社会信用代码: (id, name), the oldest first."""

    kind: str
    uscc: str
    parties: tuple[tuple[str, str], ...]
