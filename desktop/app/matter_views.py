"""One record over all services (统一办理记录) as the window and the terminal show it: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LaneCase:
    """One case in a lane. ``result`` is how it ended, empty while it runs; ``marks`` say what is contested, provisional
    or not checked."""

    key: int
    number: str
    category: str
    title: str
    stage_label: str
    stage_kind: str
    ended: bool
    result: str
    examiner: str
    opened_on: date
    ended_on: date | None
    due_on: date | None
    due_label: str
    remaining: int | None
    overdue: bool
    matured: bool
    provisional: bool
    contested: bool
    files: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One service of the record; without cases when it was not used. ``barred`` says why none can be started."""

    procedure: str
    label: str
    short: str
    cases: tuple[LaneCase, ...]
    barred: str = ""


@dataclass(frozen=True)
class Reference:
    """A case that this record's case names, or that names it. ``said`` is what the reference is called."""

    key: int
    number: str
    title: str
    service: str
    said: str
    outgoing: bool
    from_number: str


@dataclass(frozen=True)
class Related:
    """A case outside the record that may belong to it, and why (同一申请号, 同一主体同一名称, 同一主体)."""

    key: int
    number: str
    title: str
    service: str
    stage_label: str
    why: str
    close: bool


@dataclass(frozen=True)
class MatterView:
    """``number`` is the record's (办理编号), ``root`` the case that began it, ``here`` the one it was asked by."""

    number: str
    root: str
    here: str
    title: str
    party: str
    uscc: str
    application_number: str
    lanes: tuple[Lane, ...]
    references: tuple[Reference, ...]
    related: tuple[Related, ...]
    since: date
    until: date
