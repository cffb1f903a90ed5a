"""The desk: every use case of one open store, for the window, the terminal and the tests alike.

Answers are frozen values (:mod:`desktop.app.views`, :mod:`desktop.app.queue_views`). A rule that says no raises
:class:`desktop.core.refusal.Refusal`; the environment's faults are :class:`db.faults.EnvironmentFault` and
:class:`db.faults.DataDamage`. Several threads may use it: each
read sees a snapshot, and one transaction writes at a time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from db import local
from db.connection import STORE_NAME
from db.paths import refuse_unfit_location
from db.store import Store, Transaction
from desktop.app import attachments as files
from desktop.app import (
    casework,
    centre,
    disputes,
    joining,
    ledger,
    list_opening,
    matters,
    openings,
    papers,
    queues,
    referrals,
    stations,
    syncing,
    taking_in,
)
from desktop.app.case_view import case_view
from desktop.app.centre import first_documents
from desktop.app.evidence_room import EvidenceRoom
from desktop.app.matter_views import MatterView
from desktop.app.notice_papers import NoticePapers
from desktop.app.packages import Packages
from desktop.app.parties import Parties
from desktop.app.projection import Progress, projector_version, rebuild
from desktop.app.queue_views import QueueCounts, QueueQuery, QueueRow, ServiceView, StaffMember
from desktop.app.shipped import shipped
from desktop.app.sync_views import (
    DisputeView,
    Freshness,
    JoinedView,
    QuarantineView,
    StationView,
    SyncReport,
    SyncState,
)
from desktop.app.views import (
    ActOutcome,
    AttachmentView,
    CaseView,
    DocumentCheck,
    DocumentView,
    IntakeReport,
    OpeningView,
    OpenOutcome,
    PublishOutcome,
    ReferralList,
    VerifyReport,
    YearView,
)
from desktop.app.workplace import Exchanged, Workplace
from desktop.core.configuration import PREEXAM, Document
from desktop.core.intake import IntakeRow
from desktop.core.phrases import Phrase
from desktop.core.record import PrintedRecord, UnifiedRecord
from desktop.core.rulebook import RuleBook
from desktop.core.workdays import WorkdayCalendar

Cancelled = Callable[[], bool]


class Desk:
    """One open store. Use :meth:`create` or :meth:`open`, and :meth:`close` at the end."""

    def __init__(self, store: Store, actor: str = joining.PROGRAM) -> None:
        """``actor`` is named where the store has yet to say who is writing."""
        self._store = store
        self._workplace = Workplace(store)
        with store.read() as reader:
            outdated = local.meta(reader, "projector_version") not in (None, projector_version(shipped()))
        if outdated:
            self.rebuild()
        joining.arrive(self._workplace, actor)

    # ------------------------------------------------------------------ opening
    @staticmethod
    def exists(directory: Path) -> bool:
        """Whether there is a store in this data folder."""
        return (directory / STORE_NAME).is_file()

    @classmethod
    def create(
        cls,
        directory: Path,
        passphrase: str,
        *,
        centre: str,
        station: str,
        actor: str,
        staff: Sequence[StaffMember] = (),
    ) -> Desk:
        """A new store with the centre's name and, if given, its staff list. Without a staff list anybody may act."""
        refuse_unfit_location(directory)
        documents = first_documents(centre, staff)
        return cls(
            Store.create(
                directory, passphrase, station_name=station, begin=lambda tx: _introduce(tx, station, actor, documents)
            )
        )

    @classmethod
    def create_joined(cls, directory: Path, passphrase: str, data: bytes, *, actor: str) -> Desk:
        """A new store from an enrolment file: centre and station are named there, the rest comes from the others."""
        from db.enrolment import read

        refuse_unfit_location(directory)
        enrolment = read(data)
        documents = first_documents(enrolment.centre_name, ())

        def begin(tx: Transaction) -> None:
            joining.keep(tx, enrolment)
            _introduce(tx, enrolment.station_name, actor, documents)

        return cls(Store.create(directory, passphrase, station_name=enrolment.station_name, begin=begin))

    @classmethod
    def open(cls, directory: Path, passphrase: str) -> Desk:
        refuse_unfit_location(directory)
        return cls(Store.open(directory, passphrase))

    @classmethod
    def restore(cls, file: Path, directory: Path, passphrase: str, *, actor: str) -> Desk:
        """A backup brought back into an empty folder, as a new incarnation of its station."""
        from db.backup import restore

        refuse_unfit_location(directory)
        return cls(restore(file, directory, passphrase), actor)

    def close(self) -> None:
        self._store.close()

    @property
    def centre(self) -> str:
        return self._workplace.newest_book().centre.name

    @property
    def station_name(self) -> str:
        return self._store.station_name

    @property
    def directory(self) -> Path:
        return self._store.directory

    def staff(self) -> tuple[StaffMember, ...]:
        """The staff list; empty while none has been published."""
        return centre.staff(self._workplace)

    def data_version(self) -> int:
        """Changes whenever anybody committed, in this process or another."""
        return self._store.data_version()

    # ------------------------------------------------------------------ queues and cases
    def page(self, query: QueueQuery, *, actor: str, today: date, limit: int = 50, offset: int = 0) -> list[QueueRow]:
        return queues.page(self._workplace, query, actor=actor, today=today, limit=limit, offset=offset)

    def keys(self, query: QueueQuery, *, actor: str, today: date) -> array[int]:
        """Row keys in order, for tables that load their rows when they are seen."""
        return queues.keys(self._workplace, query, actor=actor, today=today)

    def rows(self, keys: Sequence[int], *, today: date) -> list[QueueRow]:
        return queues.rows(self._workplace, keys, today=today)

    def count(self, query: QueueQuery, *, actor: str, today: date) -> int:
        return queues.count(self._workplace, query, actor=actor, today=today)

    def counts(self, procedure: str, *, actor: str, today: date) -> QueueCounts:
        return queues.counts(self._workplace, procedure, actor=actor, today=today)

    def case(self, ref: str | int, *, actor: str, today: date) -> CaseView:
        """A case by row key or by any of its numbers."""
        return case_view(self._workplace, ref, actor=actor, today=today)

    def fields(self) -> tuple[str, ...]:
        """Labels of the active fields, in the centre's order."""
        book = self._workplace.newest_book()
        return book.rules(book.basis_on(book.services[0], date.max.isoformat())).fields.labels

    def phrases(self, procedure: str) -> tuple[Phrase, ...]:
        """The opinion phrases for cases of a procedure, the shipped ones and the centre's own."""
        return self._workplace.newest_book().phrases(procedure)

    def require_field(self, name: str) -> None:
        """Raises :class:`Refusal` ``unknown_field`` for a name that is no field's label, alias or id."""
        queues.require_field(self._workplace, name)

    # ------------------------------------------------------------------ services and records
    def services(self, *, today: date) -> tuple[ServiceView, ...]:
        """The services that this centre offers, in the order of the rail."""
        return openings.services(self._workplace, today)

    def opening(self, procedure: str, *, actor: str, today: date, beside: str | int | None = None) -> OpeningView:
        """What opening a case asks, with what the record of the case ``beside`` knows already."""
        return openings.opening(self._workplace, procedure, actor=actor, today=today, beside=beside)

    def open_case(
        self,
        procedure: str,
        values: Mapping[str, str],
        *,
        actor: str,
        on: date,
        today: date,
        beside: str | int | None = None,
    ) -> OpenOutcome:
        """A new case, alone or in the record of the case ``beside``."""
        return openings.open_case(self._workplace, procedure, values, actor=actor, on=on, today=today, beside=beside)

    def opening_columns(self, procedure: str) -> dict[str, str]:
        """Column title -> question, for a table of cases that are to be opened."""
        return list_opening.columns(self._workplace, procedure)

    def open_list(
        self,
        procedure: str,
        rows: Iterable[tuple[int, Mapping[str, str]]],
        *,
        actor: str,
        source: str,
        on: date,
        today: date,
        dry_run: bool = False,
    ) -> IntakeReport:
        """Many cases of one service from a table, all in one transaction; the same table twice adds nothing."""
        return list_opening.open_list(
            self._workplace, procedure, rows, actor=actor, source=source, on=on, today=today, dry_run=dry_run
        )

    def matter(self, ref: str | int, *, actor: str, today: date) -> MatterView:
        """Every service of one record, by the record's number or any number of any of its cases."""
        return matters.matter(self._workplace, ref, actor=actor, today=today)

    def join_matter(
        self, ref: str | int, into: str | int, *, reason: str, actor: str, on: date, today: date
    ) -> ActOutcome:
        """Puts a case into another's record."""
        return matters.join(self._workplace, ref, into, reason=reason, actor=actor, on=on, today=today)

    def leave_matter(self, ref: str | int, *, reason: str, actor: str, on: date, today: date) -> ActOutcome:
        """Takes a case out of the record that it was put into."""
        return matters.leave(self._workplace, ref, reason=reason, actor=actor, on=on, today=today)

    def referral(self, procedure: str, name: str, *, actor: str, today: date) -> ReferralList:
        """A list for a platform outside."""
        return referrals.referral(self._workplace, procedure, name, actor=actor, today=today)

    # ------------------------------------------------------------------ acting
    def act(
        self,
        ref: str | int,
        action: str,
        values: Mapping[str, str],
        *,
        actor: str,
        on: date,
        today: date,
        seen: str = "",
    ) -> ActOutcome:
        """One step of a case; ``seen`` is the :attr:`CaseView.head` that the actor was looking at, if any."""
        return casework.act(self._workplace, ref, action, values, actor=actor, on=on, today=today, seen=seen)

    def save_draft(self, ref: str | int, *, text: str, answers: Mapping[str, tuple[str, str]], at: str) -> None:
        casework.save_draft(self._workplace, ref, text=text, answers=answers, at=at)

    def compose_opinion(self, ref: str | int, answers: Mapping[str, tuple[str, str]], *, actor: str, on: date) -> str:
        """The start text of the next opinion."""
        return casework.opinion_text(self._workplace, ref, answers, on=on)

    # ------------------------------------------------------------------ files beside a case
    def attach(
        self, ref: str | int, path: Path, *, actor: str, on: date, today: date, note: str = ""
    ) -> ActOutcome:
        """Puts a copy of a file beside a case, encrypted, and records its SHA-256."""
        return files.attach(self._workplace, ref, path, actor=actor, on=on, today=today, note=note)

    def attachments(self, ref: str | int) -> tuple[AttachmentView, ...]:
        return files.attachments(self._workplace, ref)

    def fetch(self, ref: str | int, sha256: str, target: Path) -> Path:
        """Writes one of them to ``target``, which it replaces; its content may have to come from the hub first."""
        return files.fetch(self._workplace, ref, sha256, target, partial(syncing.blob, self._workplace))

    # ------------------------------------------------------------------ application packages
    @property
    def packages(self) -> Packages:
        """Everything about 申请文件: taken in, read and checked, findings decided, texts compared."""
        return Packages(self._workplace)

    # ------------------------------------------------------------------ evidence
    @property
    def evidence(self) -> EvidenceRoom:
        """Everything about 证据: files taken in, handed over, stamped, verified, written out."""
        return EvidenceRoom(self._workplace)

    # ------------------------------------------------------------------ intake
    def plan_intake(
        self, rows: Iterable[IntakeRow], *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> IntakeReport:
        return taking_in.plan(self._workplace, rows, progress=progress, cancelled=cancelled)

    def take_in(
        self,
        rows: Iterable[IntakeRow],
        *,
        actor: str,
        source: str,
        today: date,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> IntakeReport:
        return taking_in.take_in(
            self._workplace, rows, actor=actor, source=source, today=today, progress=progress, cancelled=cancelled
        )

    def mapping_for(self, fingerprint: str) -> dict[str, Any] | None:
        """The column mapping that somebody confirmed for this header before."""
        with self._workplace.reading() as reader:
            return local.mapping(reader, fingerprint)

    def remember_mapping(self, fingerprint: str, mapping: Mapping[str, Any]) -> None:
        with self._workplace.writing() as tx:
            local.remember_mapping(tx, fingerprint, mapping, datetime.now().isoformat(timespec="seconds"))

    # ------------------------------------------------------------------ parties and agencies
    @property
    def parties(self) -> Parties:
        """Everything about 备案主体 and 代理机构."""
        return Parties(self._workplace)

    # ------------------------------------------------------------------ papers
    @property
    def notices(self) -> NoticePapers:
        """The documents that went out (文书): listed, and made ready for paper."""
        return NoticePapers(self._workplace)

    def record(self, ref: str | int, *, at: datetime) -> UnifiedRecord:
        return papers.record(self._workplace, ref, at=at)

    def ledger(self, query: QueueQuery, *, actor: str, today: date) -> Iterator[dict[str, Any]]:
        return ledger.ledger(self._workplace, query, actor=actor, today=today)

    def service_ledger(
        self, query: QueueQuery, *, actor: str, today: date
    ) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
        """Titles and lines of the ledger of a service of any kind."""
        titles = tuple(title for _, title in ledger.service_columns(self._workplace, query.procedure))
        return titles, ledger.service_ledger(self._workplace, query, actor=actor, today=today)

    def verify_record(
        self, seal: Mapping[str, Any], printed: PrintedRecord, reprint: Callable[[UnifiedRecord], PrintedRecord]
    ) -> VerifyReport:
        return papers.verify(self._workplace, seal, printed, reprint)

    # ------------------------------------------------------------------ the centre's documents
    def documents(self) -> tuple[DocumentView, ...]:
        return centre.documents(self._workplace)

    def export_document(self, kind: str, procedure: str = PREEXAM) -> str:
        """The document in force as text; of a kind that is written for one procedure, that procedure's."""
        return centre.export(self._workplace, kind, procedure)

    def check_document(self, text: str) -> DocumentCheck:
        return centre.check(self._workplace, text)

    def publish_document(self, text: str, *, actor: str, today: date) -> PublishOutcome:
        return centre.publish(self._workplace, text, actor=actor, today=today)

    @property
    def calendar(self) -> WorkdayCalendar:
        """The working-day calendar in force: the shipped years, the centre's own on top."""
        return self._workplace.book.calendar

    def calendar_years(self) -> tuple[YearView, ...]:
        return centre.years(self._workplace)

    def unchecked(self, procedure: str = "") -> tuple[str, ...]:
        """What is in force and still 待核对, a sentence each; of one procedure, or of all."""
        book = self._workplace.newest_book()
        wanted = (procedure,) if procedure else book.services
        found = (sentence for name in wanted for sentence in book.unchecked(name, date.max.isoformat()))
        return tuple(dict.fromkeys(found))

    # ------------------------------------------------------------------ the others
    def joined(self) -> JoinedView | None:
        """The centre that this store exchanges with; None while it works alone."""
        return joining.joined(self._workplace)

    def join(self, data: bytes, *, actor: str) -> JoinedView:
        """Takes an enrolment file (.kse)."""
        return joining.join(self._workplace, data, actor=actor)

    def sync(self, *, progress: Exchanged | None = None, cancelled: Cancelled | None = None) -> SyncReport:
        """One meeting with the centre's hub."""
        return syncing.sync(self._workplace, progress=progress, cancelled=cancelled)

    def export_bundle(
        self,
        path: Path,
        *,
        recipient: str = "",
        progress: Exchanged | None = None,
        cancelled: Cancelled | None = None,
    ) -> SyncReport:
        """A file (.ksb) for one station, by name, or for everyone."""
        return syncing.export_bundle(self._workplace, path, recipient=recipient, progress=progress, cancelled=cancelled)

    def import_bundle(
        self,
        path: Path,
        *,
        dry_run: bool = False,
        progress: Exchanged | None = None,
        cancelled: Cancelled | None = None,
    ) -> SyncReport:
        return syncing.import_bundle(self._workplace, path, dry_run=dry_run, progress=progress, cancelled=cancelled)

    def recipients(self) -> tuple[str, ...]:
        """The stations, by name, for which a file can be made."""
        return syncing.recipients(self._workplace)

    def sync_state(self) -> SyncState:
        return stations.state(self._workplace)

    def stations(self) -> tuple[StationView, ...]:
        return stations.stations(self._workplace)

    def quarantined(self) -> tuple[QuarantineView, ...]:
        return stations.quarantined(self._workplace)

    def meetings(self, limit: int = 20) -> tuple[SyncReport, ...]:
        """Past meetings, newest first."""
        return stations.meetings(self._workplace, limit)

    def disputes(self) -> tuple[DisputeView, ...]:
        """The cases that wait for a decision."""
        return disputes.disputes(self._workplace)

    def dispute(self, ref: str | int) -> DisputeView:
        return disputes.dispute(self._workplace, ref)

    def freshen(self, ref: str | int, *, seconds: float = 3.0) -> Freshness:
        """Fetches what is new before a decision, for at most about so long."""
        with self._workplace.reading() as reader:
            row = casework.find_row(reader, ref)
        return syncing.freshen(self._workplace, row.id, seconds)

    # ------------------------------------------------------------------ care
    def verify(self, progress: Progress | None = None) -> VerifyReport:
        """Check every hash, chain and page of the store and say what was looked at."""
        from db.verify import verify

        with self._workplace.reading() as reader:
            events = reader.count()
            problems = tuple(verify(reader, progress))
        checked = (f"流水 {events} 项：逐项重算校验值、编号连续、前后相接、末项齐全", "数据文件：页面校验与结构检查")
        if problems:  # what names the files is not to be relied upon
            return VerifyReport(False, events, problems, checked)
        count, problems, words = files.examine(self._workplace)
        return VerifyReport(not problems, events, problems, (*checked, words), count)

    def backup(self, target: Path, progress: Progress | None = None) -> None:
        from db.backup import backup

        backup(self._store, target, progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Make the read tables again from the journal. Returns the number of events."""
        with self._workplace.writing() as tx:
            return rebuild(tx, shipped(), progress)

    # ------------------------------------------------------------------ this station's own settings
    def setting(self, owner: str, key: str) -> Any:
        with self._workplace.reading() as reader:
            return local.setting(reader, owner, key)

    def set_setting(self, owner: str, key: str, value: Any) -> None:
        with self._workplace.writing() as tx:
            local.set_setting(tx, owner, key, value)


def _introduce(tx: Transaction, station: str, actor: str, documents: Iterable[Document] = ()) -> None:
    """The first event of an incarnation: who is writing; and what the first run decided."""
    today = date.today()
    tx.append([joining.introduction(tx, station, actor)])
    local.set_meta(tx, "projector_version", projector_version(shipped()))
    book = RuleBook(shipped())
    for document in documents:
        centre.write(tx, book, document, actor, today)
