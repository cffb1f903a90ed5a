"""Events become read tables: one row per case, its folded state, and the centre's documents.

Kept in the same transaction as the event; a rebuild folds the whole journal again and must give the same tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Container, Sequence
from typing import Any

import orjson

from db import cases as case_table
from db import configuration as configuration_table
from db import local, quarantine
from db.envelope import Envelope
from db.journal import Reader, Transaction
from db.queues import ORDINARY, STRATEGIC
from db.rows import CaseRow
from desktop.app import party_projection
from desktop.app.document_trial import SENSELESS, is_document, take_effect, well_formed
from desktop.app.memory import chunks, nothing_collected
from desktop.app.surroundings import Surroundings, surroundings
from desktop.app.workplace import STREAM_PREFIX, configuration_row, id_of
from desktop.core import clocks
from desktop.core.case import MATTER, NEWER, UNREADABLE, CaseEvent, CaseState, advance, skip
from desktop.core.configuration import STREAM as CONFIGURATION
from desktop.core.configuration import Published
from desktop.core.history import History, Recorded, Standing, fold_all
from desktop.core.intake import intake_key
from desktop.core.procedure import CATEGORY, PATENT_TYPE, REFERENCE
from desktop.core.rulebook import RuleBook, Shipped
from desktop.core.soundness import flaw
from desktop.core.terms import StageKind, flag_word
from desktop.core.workdays import WorkdayCalendar

_PROJECTOR = "4"  # raise it when the read tables come out differently from the same events
_CHUNK = 1_000  # cases folded at a time in a rebuild
NEEDS_NEWER = "需更新版本"
CONTESTED = "待裁决"
_NO_DATE = "9999-12-31"  # where no limit runs, a case comes last
DOUBLED = {"number": "案号重复", "intake_key": "疑似重复"}  # two cases have one number, or were opened from one row
_LASTING_FLAGS = {NEWER: NEEDS_NEWER, UNREADABLE: "有记录无法解释"}
_COLUMNS_OF_FACTS = (
    "platform_number",
    "title",
    "main_class",
    "field",
    "field_grade",
    "party",
    "uscc",
    "region",
    "agency",
    "examiner",
    "received_on",
)

Progress = Callable[[int, int], None]


def event_of(envelope: Envelope) -> CaseEvent:
    return CaseEvent(envelope.type, envelope.version, envelope.occurred_on, envelope.payload)


def row_of(case_id: str, case: CaseState, head: str, hlc: int, around: Surroundings) -> dict[str, Any]:
    """The narrow row that queues read; ``head`` and ``hlc`` are those of the case's newest event."""
    facts, calendar = case.facts, around.calendar
    row: dict[str, Any] = {name: facts.get(name, "") for name in _COLUMNS_OF_FACTS}
    principal = None if case.ended else case.principal(calendar)
    due_on = principal[1].isoformat() if principal else None
    row.update(
        id=case_id,
        procedure=case.procedure,
        number=case.number or None,
        intake_key=intake_key(case.imported) if case.imported else None,
        stage=case.stage,
        stage_kind=StageKind.OPEN.value if case.contested and case.kind == StageKind.ENDED else case.kind,
        ended=int(case.ended),
        round=case.round,
        application_number=facts.get("application_number") or facts.get("patent_number", ""),
        category=facts.get(CATEGORY) or facts.get(PATENT_TYPE, ""),
        due_on=due_on,
        due_kind=principal[0].kind if principal else "",
        lead=(STRATEGIC if around.leads(facts) else ORDINARY) + (due_on or _NO_DATE),
        matter=facts.get(MATTER) or case_id,
        refs={name: number for name, number in facts.items() if name.startswith(REFERENCE)},
        due_clock=principal[0].label if principal else "",
        provisional=int(principal[2]) if principal else 0,
        paused=frozen_days(case, calendar),
        flags=flags_of(case),
        accepted_on=case.reached.get("ACCEPTED"),
        concluded_on=case.reached.get("PASSED") or case.reached.get("FAILED"),
        ended_on=case.ended_on or None,
        events=case.events,
        head=head,
        updated_hlc=hlc,
        contested=int(case.contested > 0),
    )
    return row


def frozen_days(case: CaseState, calendar: WorkdayCalendar) -> int | None:
    """What is left of the centre's own paused limit, in its unit; None when none is paused."""
    for clock in reversed(case.clocks):
        if clock.state == clocks.PAUSED and clock.owner == "centre":
            return clocks.remaining_when_paused(clock, calendar)
    return None


def flags_of(case: CaseState) -> list[str]:
    """Marks that a queue shows beside a case. An ended case is not waiting for a consultation any more."""
    shown = [_LASTING_FLAGS.get(flag) or ("" if case.ended else flag_word(flag)) for flag in case.flags]
    disputed = [CONTESTED] if case.contested else []
    return [*disputed, *filter(None, shown), *case.warnings]


def history_of(envelopes: Sequence[Envelope], inert: Collection[str]) -> History:
    return History(recorded(envelopes), inert)


def recorded(envelopes: Sequence[Envelope]) -> list[Recorded]:
    return [Recorded(envelope.hash, envelope.parents, event_of(envelope)) for envelope in envelopes]


def fold_events(reader: Reader, envelopes: Sequence[Envelope], inert: Collection[str]) -> tuple[CaseState, Standing]:
    """The state of a case from all its events in their common order."""
    if not reader.branched([envelopes[0].stream]):
        case = CaseState()
        for envelope in envelopes:
            step(case, event_of(envelope), envelope.hash in inert)
        return case, Standing()
    return fold_all(recorded(envelopes), inert)


def step(case: CaseState, event: CaseEvent, inert: bool) -> None:
    """One event after all the others; one without meaning is only counted."""
    if inert:
        skip(case)
    else:
        advance(case, event)


def refolded(reader: Reader, stream: str, inert: Collection[str]) -> tuple[CaseState, str, int]:
    """State, head and clock of one case from its whole stream."""
    envelopes = reader.stream(stream)
    case, _ = fold_events(reader, envelopes, inert)
    return case, head_of(reader, stream), envelopes[-1].hlc


def head_of(reader: Reader, stream: str) -> str:
    """What a page that shows the case must name when it acts: its head, or all of them in one word."""
    heads = sorted(reader.heads(stream))
    return heads[0] if len(heads) == 1 else hashlib.sha256("".join(heads).encode()).hexdigest()


def _judge_again(tx: Transaction) -> frozenset[str]:
    """The events that make no sense. A newer program may see sense in what an older one had to skip."""
    for envelope in quarantine.meaningless_events(tx):
        of_case, of_party = map(envelope.stream.startswith, (STREAM_PREFIX, party_projection.STREAM_PREFIX))
        if (of_case and not flaw(event_of(envelope))) or (of_party and not party_projection.flaw_of(envelope)):
            quarantine.acquit(tx, envelope.hash)
    return quarantine.meaningless(tx)


def marks_of(row: CaseRow, doubles: case_table.Doubles, stages: Container[str]) -> list[str]:
    """Marks that depend on the other cases and on the rules at hand, so they are found when a case is looked at."""
    marks = [NEEDS_NEWER] if row.stage not in stages else []
    marks += [word for name, word in DOUBLED.items() if getattr(row, name) in getattr(doubles, name)]
    return marks


def state_bytes(case: CaseState) -> bytes:
    """Sorted, so that a state folded from the journal is written like one that was kept up event by event."""
    return orjson.dumps(case, option=orjson.OPT_SORT_KEYS)


def state_from(data: bytes | str | dict[str, Any]) -> CaseState:
    return CaseState.from_json(data if isinstance(data, dict) else orjson.loads(data))


def projector_version(shipped: Shipped) -> str:
    """What the read tables were made by: this program's projection and the documents that ship with it."""
    return f"{_PROJECTOR}/{shipped.digest}"


def rebuild(tx: Transaction, shipped: Shipped, progress: Progress | None = None) -> int:
    """Empty the read tables and fold the whole journal into them again, some cases at a time, so that memory does
    not grow with the journal. Returns the number of events."""
    total = tx.count()
    with nothing_collected(), case_table.rebuilding(tx) as fill:
        inert = _judge_again(tx)
        book = _rebuild_documents(tx, shipped, inert)
        party_projection.rebuild(tx)  # before the cases: it says whose lead the queue
        around = surroundings(tx, book.calendar)
        done = 0
        for chunk in chunks(tx.streams(STREAM_PREFIX), _CHUNK):
            cases = _folded(tx, chunk, inert)
            done += sum(case.events for case, _, _ in cases.values())
            fill(
                [
                    (row_of(id_of(stream), *one, around), state_bytes(one[0]))
                    for stream, one in cases.items()
                    if one[0].facts
                ]
            )
            if progress is not None:
                progress(done, total)
    local.set_meta(tx, "projector_version", projector_version(shipped))
    if progress is not None:
        progress(total, total)
    return total


def _rebuild_documents(tx: Transaction, shipped: Shipped, inert: Collection[str]) -> RuleBook:
    """Those that came into effect once, and those put aside that have what they build on by now, or a program that
    can read them."""
    documents: list[Published] = []
    doubtful: list[Envelope] = []

    def put(published: Published) -> None:
        configuration_table.put(tx, configuration_row(published, published.hash))

    stream = tx.stream(CONFIGURATION)
    for envelope in filter(is_document, stream):
        published = None if envelope.hash in inert else well_formed(envelope)
        if published is None:
            doubtful.append(envelope)
        else:
            documents.append(published)
            put(published)
    book, senseless = take_effect(RuleBook(shipped, tuple(documents)), stream, doubtful, put)
    for envelope in doubtful:
        if envelope in senseless:
            quarantine.put_meaningless(tx, envelope, SENSELESS, "")
        else:
            quarantine.acquit(tx, envelope.hash)
    return book


def _folded(tx: Transaction, streams: list[str], inert: Collection[str]) -> dict[str, tuple[CaseState, str, int]]:
    """These cases, each with head and clock of its newest event."""
    branched = tx.branched(streams)
    straight = [stream for stream in streams if stream not in branched]
    cases = {stream: CaseState() for stream in straight}
    last: dict[str, tuple[str, int]] = {}
    for stream, kind, version, occurred_on, payload, head, hlc in tx.replay(straight):
        step(cases[stream], CaseEvent(kind, version, occurred_on, payload), head in inert)
        last[stream] = head, hlc
    found = {stream: (case, *last[stream]) for stream, case in cases.items()}
    found.update((stream, refolded(tx, stream, inert)) for stream in branched)
    return found
