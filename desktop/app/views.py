"""A case, its steps, limits and papers as window and terminal are shown them: frozen values, never database rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.app.queue_views import ServiceWords


@dataclass(frozen=True)
class FieldView:
    """One input that an action asks for. ``type`` is one of :data:`desktop.core.procedure.INPUT_TYPES`; asked of cases
    of these ``categories`` (labels) only, empty for all. ``group`` is "checklist" for checklist items. ``example`` is a
    value that would be accepted here, ``default`` is what is taken when nothing is given."""

    name: str
    label: str
    type: str
    required: bool
    options: tuple[str, ...] = ()
    option_labels: tuple[str, ...] = ()
    default: str = ""
    example: str = ""
    hint: str = ""
    group: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpeningView:
    """What opening a case of a service asks; ``category_field`` names the question that decides which of the others
    are asked (see :attr:`FieldView.categories`)."""

    procedure: str
    label: str
    opening_label: str
    fields: tuple[FieldView, ...]
    category_field: str
    enabled: bool
    reason: str = ""
    banner: str = ""


@dataclass(frozen=True)
class OpenOutcome:
    """A case that was opened; ``matter`` is the number of the record it belongs to."""

    key: int
    id: str
    number: str
    stage: str
    stage_label: str
    due_on: date | None
    matter: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReferralList:
    """A list for a platform outside, with titles and rows as texts; ``left_out`` says which cases are not in it."""

    id: str
    label: str
    target: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActionView:
    """One action of the procedure at this stage for this person. ``reason`` says why it is not enabled.
    ``emphasis``: primary, normal or danger. ``shortcut`` as the window shows it, may be empty.
    ``checklist``: it takes the answers of the stage's checklist along, required or not."""

    action: str
    label: str
    to: str
    to_label: str
    enabled: bool
    reason: str = ""
    fields: tuple[FieldView, ...] = ()
    emphasis: str = "normal"
    shortcut: str = ""
    checklist: bool = False


@dataclass(frozen=True)
class LimitView:
    """One limit of a case. ``state``: running, paused, met, late, void; ``reached``: an awaited date is there.
    ``why`` is one sentence; ``explanation`` is the full account, a line each. Days are in the limit's own unit."""

    name: str
    label: str
    kind: str
    state: str
    started_on: date
    due_on: date | None
    stopped_on: date | None
    used: int
    limit: int
    unit: str
    remaining: int | None
    running: bool
    overdue: bool
    provisional: bool
    why: str
    explanation: tuple[str, ...]
    basis: str
    status: str
    version: str
    reached: bool = False


@dataclass(frozen=True)
class StageStep:
    """One point of the stage line. ``state``: done, now, next."""

    label: str
    state: str
    on: date | None = None


@dataclass(frozen=True)
class CheckItemView:
    """One checklist line with its present answer (符合, 缺陷, 不适用 or empty) and note."""

    item: str
    text: str
    clause: str
    category: str
    ground: str
    answer: str
    note: str


@dataclass(frozen=True)
class ChecklistView:
    """The checklist that the current stage works on, grouped by category."""

    name: str
    title: str
    items: tuple[CheckItemView, ...]


@dataclass(frozen=True)
class OpinionRound:
    """One round: the opinion that went out and the reply that came in, if any."""

    number: int
    sent_on: date
    text: str
    replied_on: date | None
    reply: str


@dataclass(frozen=True)
class JournalEntry:
    """One event in words. ``at`` is the recording station's local time as text, ``occurred_on`` the business date.

    ``mark``: 待裁决 (disputed), 未采用 (a decision set it aside), 重复 (said twice, counted once), 无法解释, or empty.
    """

    at: str
    occurred_on: date
    actor: str
    role: str
    station: str
    action: str
    text: str
    hash: str
    mark: str = ""


@dataclass(frozen=True)
class AttachmentView:
    """A file beside a case. ``size`` in bytes, ``at`` as in :class:`JournalEntry`; ``here`` is False while its content
    is at other stations only. ``mark`` is that of its journal entry, mostly empty."""

    name: str
    size: int
    sha256: str
    actor: str
    at: str
    here: bool
    mark: str = ""
    station: str = ""
    note: str = ""
    hash: str = ""


@dataclass(frozen=True)
class DraftView:
    """An examiner's unsent work, kept on this station until it is sent. ``answers`` maps item -> (answer, note)."""

    text: str
    answers: Mapping[str, tuple[str, str]]
    saved_at: str


@dataclass(frozen=True)
class CaseView:
    """Everything a case page shows. ``head`` names the newest event it rests on, ``matter`` the number of the record
    that the case belongs to; ``banners`` are sentences about rules that nobody has checked yet;
    ``findings`` counts accepted findings that have not gone out."""

    key: int
    id: str
    number: str
    platform_number: str
    title: str
    procedure: str
    procedure_label: str
    category: str
    party: str
    uscc: str
    region: str
    agency: str
    main_class: str
    classes: str
    field: str
    field_grade: str
    field_status: str
    stage: str
    stage_label: str
    stage_kind: str
    ended: bool
    round: int
    max_rounds: int
    examiner: str
    application_number: str
    received_on: date
    due_on: date | None
    remaining: int | None
    paused: int | None
    overdue: bool
    provisional: bool
    facts: tuple[tuple[str, str], ...]
    steps: tuple[StageStep, ...]
    limits: tuple[LimitView, ...]
    actions: tuple[ActionView, ...]
    checklist: ChecklistView | None
    opinions: tuple[OpinionRound, ...]
    journal: tuple[JournalEntry, ...]
    draft: DraftView | None
    warnings: tuple[str, ...]
    words: ServiceWords
    writes_opinion: bool
    head: str = ""
    contested: bool = False
    matter: str = ""
    banners: tuple[str, ...] = ()
    findings: int = 0


@dataclass(frozen=True)
class ActOutcome:
    """What an action did. ``moved`` lists the keys of the rows that changed; ``notice`` is (title, text) of the
    document that goes out with it."""

    number: str
    stage: str
    stage_label: str
    events: int
    due_on: date | None
    warnings: tuple[str, ...] = ()
    moved: tuple[int, ...] = ()
    notice: tuple[str, str] | None = None


@dataclass(frozen=True)
class PlannedRow:
    """What will happen to one row of a list. ``verdict``: new, changed, unchanged, refused."""

    row: int
    verdict: str
    title: str
    platform_number: str
    number: str
    reasons: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntakeReport:
    """The dry run and the real run answer alike; ``read`` is the sum of the four."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    rows: tuple[PlannedRow, ...]
    dry_run: bool
    cancelled: bool = False


@dataclass(frozen=True)
class MovedLimit:
    """A limit whose date changed when a calendar year was loaded."""

    number: str
    label: str
    before: date
    after: date
    was_provisional: bool
    provisional: bool


@dataclass(frozen=True)
class VerifyReport:
    """``problems`` are sentences; ``checked`` says what was looked at; ``attachments`` counts the files that were."""

    ok: bool
    events: int
    problems: tuple[str, ...]
    checked: tuple[str, ...]
    attachments: int = 0


@dataclass(frozen=True)
class DocumentView:
    """One of the centre's documents in force; ``number`` 0 = as shipped."""

    kind: str
    label: str
    number: int
    basis: str
    checked_on: str
    status: str
    published_on: str
    by: str
    procedure: str = ""


@dataclass(frozen=True)
class DocumentCheck:
    """Whether a document could be published, as which number, or what is wrong and where."""

    ok: bool
    kind: str
    problems: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class PublishOutcome:
    """A published document; a calendar also lists the limits it moved."""

    kind: str
    number: int
    moved: tuple[MovedLimit, ...]


@dataclass(frozen=True)
class YearView:
    """One published calendar year: days off and weekend days worked, with its authority."""

    year: int
    days_off: int
    days_worked: int
    basis: str
    checked_on: str
    status: str
    note: str
