"""One row of the table of cases as a plain value."""

from __future__ import annotations

from typing import NamedTuple


class CaseRow(NamedTuple):
    """In the order of the table's columns. Dates are ISO 8601; ``flags`` is a JSON list; ``ended``, ``provisional``
    and ``contested`` are 0 or 1; ``paused`` counts the frozen working days while somebody else is awaited;
    ``due_kind`` is the kind of the limit that falls due; ``lead`` is the queue's own order in one text; ``matter`` the
    id of the case that began the record to which this one belongs."""

    pk: int
    id: str
    procedure: str
    number: str | None
    platform_number: str
    intake_key: str | None
    title: str
    category: str
    main_class: str
    field: str
    field_grade: str
    party: str
    uscc: str
    region: str
    agency: str
    stage: str
    stage_kind: str
    ended: int
    round: int
    examiner: str
    received_on: str
    due_on: str | None
    due_clock: str
    paused: int | None
    provisional: int
    application_number: str
    flags: str
    accepted_on: str | None
    concluded_on: str | None
    ended_on: str | None
    events: int
    head: str
    updated_hlc: int
    contested: int
    due_kind: str
    lead: str
    matter: str
