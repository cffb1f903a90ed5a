"""What others recorded becomes part of our read tables, in the transaction that takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from db import cases as case_table
from db import configuration as configuration_table
from db import quarantine
from db.envelope import Envelope
from db.journal import Transaction
from desktop.app import party_projection
from desktop.app.centre import recompute
from desktop.app.document_trial import SENSELESS, is_document, take_effect
from desktop.app.projection import event_of, refolded, row_of, state_bytes, state_from, step
from desktop.app.shipped import shipped
from desktop.app.surroundings import surroundings
from desktop.app.views import MovedLimit
from desktop.app.workplace import STREAM_PREFIX, configuration_row, id_of, published_of
from desktop.core.case import CaseEvent, CaseState
from desktop.core.configuration import LABELS, Published
from desktop.core.configuration import STREAM as CONFIGURATION
from desktop.core.rulebook import RuleBook
from desktop.core.soundness import flaw
from desktop.core.workdays import WorkdayCalendar

# The last one used, by the events that published its documents: reading the calendars of all years takes longer than
# projecting a thousand events.
_books: dict[tuple[str, ...], RuleBook] = {}
_KEPT = 20_000  # states of cases that a long catching-up meets again and again


@dataclass
class Projector:
    """Keeps the read tables beside the journal while events come in; ``moved`` are limits that a calendar of
    somebody else's moved, ``meaningless`` counts events that make no sense, ``parallel`` names documents that were
    published side by side and do not say the same."""

    source: str = ""
    moved: list[MovedLimit] = field(default_factory=list)
    documents: int = 0
    meaningless: int = 0
    parallel: set[str] = field(default_factory=set)
    _states: dict[str, tuple[str, CaseState]] = field(default_factory=dict, repr=False)  # stream -> head, state there

    def apply(self, tx: Transaction, events: Sequence[Envelope]) -> None:
        """Events that have just been taken into the journal, in the order of arrival."""
        self._documents(tx, [event for event in events if event.stream == CONFIGURATION and is_document(event)])
        party_projection.arrive(tx, events, self._without_meaning)
        arrived = [event for event in events if event.stream.startswith(STREAM_PREFIX)]
        if not arrived:
            return
        by_stream: dict[str, list[tuple[Envelope, CaseEvent]]] = {}
        for event in arrived:
            said = event_of(event)
            if reason := flaw(said):
                self._without_meaning(tx, event, reason)
            by_stream.setdefault(event.stream, []).append((event, said))
        self._cases(tx, by_stream)

    def _cases(self, tx: Transaction, by_stream: dict[str, list[tuple[Envelope, CaseEvent]]]) -> None:
        around = surroundings(tx, _book(tx).calendar)
        streams = list(by_stream)
        inert = quarantine.meaningless(tx)
        branched = tx.branched(streams)
        straight = [stream for stream in streams if stream not in branched]
        kept = {stream: state for stream in straight if (state := self._kept(stream, by_stream[stream][0][0]))}
        known = case_table.states_by_ids(tx, [id_of(stream) for stream in straight if stream not in kept])
        if len(self._states) > _KEPT:
            self._states.clear()
        written = []
        for stream, events in by_stream.items():
            if stream in branched:
                case, head, hlc = refolded(tx, stream, inert)
            else:
                found = known.get(id_of(stream))
                case = kept.get(stream) or (CaseState() if found is None else state_from(found))
                for event, said in events:
                    step(case, said, event.hash in inert)
                head, hlc = events[-1][0].hash, events[-1][0].hlc
                self._states[stream] = head, case
            if case.facts:
                written.append((row_of(id_of(stream), case, head, hlc, around), state_bytes(case)))
        case_table.upsert_many(tx, written)

    def _kept(self, stream: str, event: Envelope) -> CaseState | None:
        """The state from the chunk before, if this event builds on just that; a head stands for all that led to it."""
        head, case = self._states.get(stream, ("", None))
        return case if event.parents == (head,) else None

    def _documents(self, tx: Transaction, events: Sequence[Envelope]) -> None:
        """With them comes into effect what was put aside for want of them."""
        if not events:
            return
        before = _book(tx)
        doubted = [event for event in quarantine.meaningless_events(tx) if event.stream == CONFIGURATION]
        published = tx.stream(CONFIGURATION)
        after, senseless = take_effect(before, published, [*doubted, *events], partial(self._publish, tx))
        for event in doubted:
            if event not in senseless:
                quarantine.acquit(tx, event.hash)
        for event in events:
            if event in senseless:
                self._without_meaning(tx, event, SENSELESS)
        if _days(before.calendar) != _days(after.calendar):
            self.moved += recompute(tx, before.calendar, after.calendar)

    def _publish(self, tx: Transaction, published: Published) -> None:
        row = configuration_row(published, published.hash)
        beside = [one for one in configuration_table.documents(tx, row.kind) if one.number == row.number]
        if any(one.document != row.document for one in beside):
            self.parallel.add(f"{LABELS[published.document.kind]}第 {row.number} 号")
        configuration_table.put(tx, row)
        self.documents += 1

    def _without_meaning(self, tx: Transaction, event: Envelope, reason: str) -> None:
        self.meaningless += 1
        quarantine.put_meaningless(tx, event, reason, self.source)


def _book(tx: Transaction) -> RuleBook:
    """The rule book as this transaction sees it; nobody else may see it before it is committed."""
    rows = configuration_table.documents(tx)
    named = tuple(row.hash for row in rows)
    book = _books.get(named)
    if book is None:
        _books.clear()
        book = _books[named] = RuleBook(shipped(), tuple(map(published_of, rows)))
    return book


def _days(calendar: WorkdayCalendar) -> object:
    return {year: (table.off, table.work) for year, table in calendar.years.items()}
