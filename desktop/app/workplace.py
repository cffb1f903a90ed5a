"""What every use case works with: the open store, the rules in force, and who the staff are."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from db import configuration as configuration_table
from db import incarnation, local
from db.clock import wall_clock_ms
from db.envelope import Envelope
from db.journal import Reader, Transaction
from db.store import Store
from desktop.app.shipped import shipped
from desktop.app.surroundings import Surroundings, surroundings, surroundings_of
from desktop.core.case import CaseState, strange_stages
from desktop.core.configuration import Document, Kind, Published
from desktop.core.context import Context
from desktop.core.procedure import Stage
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import CheckStatus, StageKind

Exchanged = Callable[[str, int, int], None]  # (what, done, of how many)

STREAM_PREFIX = "case/"
STATIONS = "stations"
STATION_STARTED = "station.started"
ENROLMENT = "enrolment"  # where the store keeps what it knows of its centre


class Workplace:
    """One open store with its rule book. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._book = RuleBook(shipped())
        self._incarnations = 0  # that the store had been when the book was read
        with store.read() as reader:
            self._refresh(reader)
            self.meet(reader)

    def station_name(self, station: str) -> str:
        """The name under which an incarnation introduced itself, or the head of its id."""
        return self._stations.get(station) or (
            self.store.station_name if station == self.store.station else station[:8]
        )

    @staticmethod
    def joined(reader: Reader) -> bool:
        """Whether this store exchanges with others."""
        return local.meta(reader, ENROLMENT) is not None

    def meet(self, reader: Reader) -> None:
        """Learns the names of stations that introduced themselves meanwhile."""
        self._stations = {
            envelope.station: str(envelope.payload.get("name", ""))
            for envelope in reader.stream(STATIONS)
            if envelope.type == STATION_STARTED
        }

    @property
    def book(self) -> RuleBook:
        return self._book

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A consistent snapshot, with the rule book of that snapshot."""
        with self.store.read() as reader:
            self._refresh(reader)
            yield reader

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The one write transaction: everything in it is kept, or nothing."""
        with self.store.write() as tx:
            self._refresh(tx)
            yield tx

    def context(self, rules: Rules, today: date) -> Context:
        return Context(rules, self.book.calendar, self.book.staff, today, self.book.chains)

    def surroundings(self, reader: Reader) -> Surroundings:
        """What rows of many cases take from outside their case, as of this snapshot."""
        return surroundings(reader, self.book.calendar)

    def surroundings_of(self, reader: Reader, case: CaseState) -> Surroundings:
        """The same for the row of this case."""
        return surroundings_of(reader, self.book.calendar, case.facts)

    def stages_of(self, procedure: str) -> Mapping[str, Stage]:
        """The stages that this program, or a document of the centre, knows of a procedure: none of one that only a
        newer program has."""
        return self.book.stages_of(procedure)

    def rules_of(self, case: CaseState) -> Rules:
        """The rules that the case keeps. Stages of a newer program stand under their codes, and offer no action."""
        if case.procedure in self.book.services:
            # What the basis names otherwise than the case itself does, this program may not have.
            named = case.basis.get("procedure", "").partition("@")[0] == case.procedure
            rules = self.book.rules(case.basis if named else {**case.basis, "procedure": case.procedure})
            procedure = rules.procedure
        else:
            rules = self.book.rules({"procedure": self.book.services[0]})
            procedure = replace(rules.procedure, stages={}, actions={}, main_line=(), main_lines={}, record=())
        strange = strange_stages(case, procedure.stages)
        if not strange:
            return rules
        kinds = {case.stage: StageKind(case.kind)}
        added = {code: Stage(code, code or "未知环节", kinds.get(code, StageKind.OPEN), code) for code in strange}
        return replace(
            rules,
            procedure=replace(procedure, stages={**procedure.stages, **added}),
            missing=(*rules.missing, *(f"环节“{stage.label}”" for stage in added.values())),
        )

    def newest_book(self) -> RuleBook:
        """The rule book as of now, with what another process may have published meanwhile."""
        with self.reading():
            return self._book

    def _refresh(self, reader: Reader) -> None:
        """Another process may have published, or the store has become a new incarnation, which may have recorded its
        documents again: then they are named otherwise. Neither count ever shrinks, so a reader whose snapshot is older
        leaves the newer book alone."""
        count, incarnations = configuration_table.count(reader), len(incarnation.own(reader))
        with self._lock:
            if count <= len(self._book.published) and incarnations <= self._incarnations:
                return
            self._book = RuleBook(shipped(), tuple(map(published_of, configuration_table.documents(reader))))
            self._incarnations = incarnations


def require_service(book: RuleBook, procedure: str) -> None:
    """Raises :class:`Refusal` ``unknown_procedure``, naming those that there are."""
    if procedure not in book.services:
        known = "、".join(f"{name}（{book.procedure(name).label}）" for name in book.services)
        raise Refusal("unknown_procedure", f"没有“{procedure}”这个程序，可用：{known}", {"procedure": procedure})


def published_of(row: configuration_table.ConfigurationRow) -> Published:
    document = Document(
        Kind(row.kind),
        row.basis,
        row.checked_on,
        CheckStatus(row.status),
        row.valid_from,
        row.document["body"],
        row.document["procedure"],
    )
    return Published(row.number, document, row.published_on, row.actor, row.hash)


def configuration_row(published: Published, event_hash: str) -> configuration_table.ConfigurationRow:
    document = published.document
    return configuration_table.ConfigurationRow(
        document.kind.value,
        published.number,
        published.published_on,
        published.actor,
        document.basis,
        document.checked_on,
        document.status.value,
        document.valid_from,
        {"procedure": document.procedure, "body": document.body},
        event_hash,
    )


def basis_with_calendar(basis: Mapping[str, str], book: RuleBook) -> dict[str, str]:
    """The versions an event was decided under: the case's own, and the calendar of the day."""
    return {**basis, "calendar": f"{book.calendar.last_year}/{book.calendar.version}"}


def new_id() -> str:
    """A UUID version 7 (RFC 9562) as 32 hex digits: sortable by time, unique without asking anybody."""
    milliseconds = time.time_ns() // 1_000_000
    noise = bytearray(os.urandom(10))
    noise[0] = 0x70 | (noise[0] & 0x0F)
    noise[2] = 0x80 | (noise[2] & 0x3F)
    return milliseconds.to_bytes(6, "big").hex() + noise.hex()


def entered_at(envelope: Envelope) -> str:
    """When an event was recorded, by this computer's local time."""
    return datetime.fromtimestamp(wall_clock_ms(envelope.hlc) / 1000).strftime("%Y-%m-%d %H:%M:%S")


def stream_of(case_id: str) -> str:
    return STREAM_PREFIX + case_id


def id_of(stream: str) -> str:
    return stream[len(STREAM_PREFIX) :]
