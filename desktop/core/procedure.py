"""A procedure as data: stages, actions, clocks, limits, choices, and what its record and its lists show.

One of the centre's services is one document (:mod:`desktop.core.procedure_reading` reads it,
:mod:`desktop.core.procedure_validity` says what is wrong with it).
Source: handbook of the field, sections 1.2, 1.7, 5, 7 and 12.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from desktop.core.limits import Limit, RuleSet
from desktop.core.terms import PatentType, Role, StageKind

INPUT_TYPES = frozenset(
    "text multiline date choice bool integer decimal person application_number sha256 uscc class agency_code case"
    " timestamp".split()
)
EMPHASES = ("primary", "normal", "danger")
OPENING = "open"  # the pseudo action that takes a case in
PREVIOUS = "@previous"  # "back to the stage before the case ended"
STAY = "@stay"
REFERENCE = "ref_"  # begins the name of a fact that is the number of another case

CATEGORY = "category"  # the fact that holds a case's category, unless the procedure's categories are the patent types
PATENT_TYPE = "patent_type"
AN_END = "@ended"
RECORD_SOURCES = ("fact", "reached", "due", "outcome", "stage", "category", "rounds", "opened", "files", "custody")


@dataclass(frozen=True)
class Choice:
    """One entry of a list that an action offers, with its source; or what kind of matter a case is within its
    procedure (类型): of that, facts hold the label and documents the code."""

    code: str
    label: str
    basis: str = ""
    status: str = ""


@dataclass(frozen=True)
class Stage:
    """``step`` is the caption on the stage line; stages with the same step share one point. ``files``: whether files
    may be put beside the case while it stands here."""

    code: str
    label: str
    kind: StageKind
    step: str
    files: bool = True


@dataclass(frozen=True)
class Input:
    """One value that an action asks for. ``fact`` names the fact of the case that the value becomes;
    ``unless_fact`` drops the question when that fact is known; ``default`` is a literal, ``@on`` (the business
    date) or ``@fact:NAME`` (the first known of several, divided by ``|``); ``choices`` names a list of the procedure,
    or ``@fields`` / ``@categories`` / ``@chains`` / ``@staff:ROLE``. ``categories``: asked of these only.
    ``future``: a date that may lie ahead of the business date."""

    name: str
    label: str
    type: str
    required: bool = False
    fact: str = ""
    unless_fact: str = ""
    default: str = ""
    choices: str = ""
    hint: str = ""
    categories: tuple[str, ...] = ()
    future: bool = False

    def fits(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class Action:
    """``checklist`` with ``checklist_rule``: ``pass`` (every item answered, no defect) or ``none`` (answers are kept).

    ``overdue`` names clocks: those of them that run, at least one, must have run out; ``rules`` are named checks of
    :mod:`desktop.core.checks`. ``sets`` a flag once, ``clears`` one that is set, is barred ``unless`` flags
    are down, and ``needs`` flags that are up. ``categories``: only for cases of these. ``custody``: the files of the
    case are hashed again before, and the result becomes part of the event.
    """

    id: str
    label: str
    roles: tuple[Role, ...]
    sources: tuple[str, ...]
    to: str
    inputs: tuple[Input, ...] = ()
    checklist: str = ""
    checklist_rule: str = "none"
    notice: str = ""
    emphasis: str = "normal"
    shortcut: str = ""
    new_round: bool = False
    needs_round: bool = False
    overdue: tuple[str, ...] = ()
    sets: str = ""
    clears: str = ""
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    amends: bool = False
    excludes: bool = False
    rules: tuple[str, ...] = ()
    outcome: str = ""
    categories: tuple[str, ...] = ()
    custody: bool = False

    def fits(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class Trigger:
    """A clock starts or stops on ``action``; the day is the business date, or the date in input ``day``."""

    action: str
    day: str = ""


@dataclass(frozen=True)
class ClockRule:
    """What starts, pauses, resumes, lengthens and stops one clock, and which limit it measures. ``owner``: centre,
    applicant or office. ``categories``: only for cases of these."""

    id: str
    label: str
    limit: str
    owner: str
    start: tuple[Trigger, ...]
    pause: tuple[str, ...]
    resume: tuple[str, ...]
    stop: tuple[Trigger, ...]
    extend: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def fits(self, category: str) -> bool:
        return not self.categories or category in self.categories


@dataclass(frozen=True)
class RecordItem:
    """One line of a service's part of the unified record (handbook 9.1b). ``source`` is one of
    :data:`RECORD_SOURCES`, ``name`` the fact, stage or clock that it speaks of; of stages several, divided by ``|``,
    with ``@ended`` for whichever end."""

    label: str
    source: str
    name: str = ""


@dataclass(frozen=True)
class Column:
    label: str
    fact: str


@dataclass(frozen=True)
class Referral:
    """A list for a platform outside (资源库, 清单, 备案平台): which cases, and which facts of them."""

    id: str
    label: str
    target: str
    stages: tuple[str, ...]
    categories: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Procedure:
    """One of the centre's services. Immutable; a centre's own limits make a new one by :meth:`with_limits`.

    ``order`` is its place on the rail and in the record, ``short`` its name there; the labels are what category,
    person in charge, party and title of a case are called in this service.
    """

    id: str
    label: str
    version: str
    prefix: str
    max_rounds: int
    stages: Mapping[str, Stage]
    actions: Mapping[str, Action]
    clocks: tuple[ClockRule, ...]
    limits: Mapping[str, Limit]
    choices: Mapping[str, tuple[Choice, ...]]
    initial: str
    main_line: tuple[str, ...] = ()
    main_lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short: str = ""
    order: int = 0
    category_fact: str = CATEGORY
    category_label: str = "类型"
    person_label: str = "承办人"
    party_label: str = "当事人"
    title_label: str = "名称"
    categories: tuple[Choice, ...] = ()
    opening: tuple[Input, ...] = ()
    opening_label: str = "收件"
    opening_roles: tuple[Role, ...] = (Role.INTAKE,)
    opening_rules: tuple[str, ...] = ()
    rule_sets: tuple[RuleSet, ...] = ()
    record: tuple[RecordItem, ...] = ()
    referrals: tuple[Referral, ...] = ()

    @property
    def by_patent_type(self) -> bool:
        """Whether its cases are applications, told apart by their patent type: pre-examination is such a one."""
        return self.category_fact == PATENT_TYPE

    def actions_at(self, stage: str, category: str | None = None) -> tuple[Action, ...]:
        """Actions that start from ``stage``, in the order of the document; of one category if it is given."""
        return tuple(
            action
            for action in self.actions.values()
            if stage in action.sources and (category is None or action.fits(category))
        )

    def category_of(self, facts: Mapping[str, str]) -> str:
        """The code of a case's category; empty for one that this procedure does not know."""
        return self._codes.get(facts.get(self.category_fact, ""), "")

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {category.label: category.code for category in self.categories}

    def line_of(self, category: str) -> tuple[str, ...]:
        """The stage line of a category."""
        return self.main_lines.get(category, self.main_line)

    def with_limits(self, limits: Mapping[str, Limit]) -> Procedure:
        """The same procedure with a centre's own limits on top."""
        own = {name: limit.over(self.limits.get(name)) for name, limit in limits.items()}
        return replace(self, limits={**self.limits, **own})

    @cached_property
    def fact_labels(self) -> dict[str, str]:
        """What the facts of its cases are called, by the questions that ask for them."""
        found: dict[str, str] = {
            "title": self.title_label,
            "party": self.party_label,
            "examiner": self.person_label,
            self.category_fact: self.category_label,
        }
        for action in (self.opening, *(action.inputs for action in self.actions.values())):
            for item in action:
                if item.fact:
                    found.setdefault(item.fact, item.label)
        return found


def patent_type_of(facts: Mapping[str, str]) -> PatentType | None:
    """The patent type that a case speaks of, where it speaks of one."""
    try:
        return PatentType(facts.get(PATENT_TYPE, ""))
    except ValueError:
        return None
