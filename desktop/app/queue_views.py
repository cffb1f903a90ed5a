"""The queues and the services as window and terminal are shown them: frozen values, never database rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class StaffMember:
    """One name on the staff list. ``roles`` are values of :class:`desktop.core.terms.Role`."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class QueueQuery:
    """What a queue shows. Empty text means "any"; ``columns`` filters by contained text per column.

    ``view``: open, ended, mine, unassigned, waiting, overdue, soon, contested, matured, strategic, all.
    ``category`` is the label of a kind of matter: in pre-examination, the patent type.
    ``sort``: tuple of (column, descending); columns are attribute names of :class:`QueueRow`, or ``lead``: strategic
    parties first, then what falls due first.
    """

    procedure: str = "preexam"
    view: str = "open"
    field: str = ""
    category: str = ""
    examiner: str = ""
    search: str = ""
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    sort: tuple[tuple[str, bool], ...] = (("lead", False),)


@dataclass(frozen=True)
class QueueRow:
    """One line of a queue. ``remaining`` counts working days to ``due_on`` (negative = overdue, None = no limit
    runs); ``paused`` is the frozen remainder of the centre's own clock while somebody else is awaited."""

    key: int
    number: str
    platform_number: str
    title: str
    category: str
    main_class: str
    field: str
    field_grade: str
    party: str
    region: str
    agency: str
    stage: str
    stage_label: str
    stage_kind: str
    round: int
    examiner: str
    received_on: date
    due_on: date | None
    due_label: str
    remaining: int | None
    paused: int | None
    overdue: bool
    provisional: bool
    application_number: str
    flags: tuple[str, ...]
    procedure: str = ""
    matured: bool = False
    strategic: bool = False


@dataclass(frozen=True)
class ServiceWords:
    """What category, person in charge, party and title of a case are called in one service."""

    category: str
    person: str
    party: str
    title: str


@dataclass(frozen=True)
class ServiceView:
    """One service as the rail and its queue show it. ``banner`` says which figures nobody has checked yet;
    ``has_rounds``: opinions go out in rounds; ``has_field``: its cases belong to an industry field; ``facts`` are the
    names of what its cases can hold; ``assigns``: there is a step that gives a case to somebody."""

    id: str
    label: str
    short: str
    words: ServiceWords
    categories: tuple[str, ...]
    opening_label: str
    has_rounds: bool
    has_field: bool
    watches: bool
    own: bool
    banner: str = ""
    referrals: tuple[tuple[str, str], ...] = ()
    facts: frozenset[str] = frozenset()
    assigns: bool = False


@dataclass(frozen=True)
class QueueCounts:
    """Live counts. ``fields`` maps a field's label to (open, due within 2 working days, overdue); ``views`` maps a
    view id to its number of cases, ``types`` a category to its open ones. Cases without a field stand under ""."""

    fields: Mapping[str, tuple[int, int, int]]
    views: Mapping[str, int]
    types: Mapping[str, int]
