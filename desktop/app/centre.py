"""The centre's own documents: show, check, publish; and what a new calendar year moves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from typing import Any

import tomli_w

from db import cases as case_table
from db import configuration as configuration_table
from db.envelope import Draft
from db.journal import Transaction
from desktop.app.document_trial import try_on
from desktop.app.projection import frozen_days, row_of, state_bytes, state_from
from desktop.app.queue_views import StaffMember
from desktop.app.shipped import shipped
from desktop.app.surroundings import surroundings
from desktop.app.views import DocumentCheck, DocumentView, MovedLimit, PublishOutcome, YearView
from desktop.app.workplace import Workplace, configuration_row, require_service
from desktop.core import clocks
from desktop.core.case import CaseState
from desktop.core.configuration import (
    HEADER,
    LABELS,
    OF_PROCEDURE,
    PREEXAM,
    PUBLISHED,
    STREAM,
    Document,
    Kind,
    Published,
    read_document,
)
from desktop.core.limits import limit_document
from desktop.core.procedure_reading import parse_procedure
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.terms import CheckStatus, Role
from desktop.core.workdays import WorkdayCalendar, year_document


def documents(workplace: Workplace) -> tuple[DocumentView, ...]:
    """The document in force of every kind, of those that are written for one procedure one each where the centre has
    its own; number 0 = as shipped."""
    views = []
    book = workplace.newest_book()
    for kind, procedure in _listed_kinds(book):
        newest = book.newest(kind, procedure)
        label = LABELS[kind] + (f"（{book.procedure(procedure).label}）" if procedure else "")
        if newest is None:
            status = "" if kind in (Kind.CHAINS, Kind.SERVICE, Kind.TRUST) else CheckStatus.UNCHECKED.value
            said = "尚未导入" if kind in (Kind.CHAINS, Kind.TRUST) else "随程序提供"
            views.append(DocumentView(kind.value, label, 0, said, "", status, "", "", procedure))
            continue
        document = newest.document
        views.append(
            DocumentView(
                kind.value,
                label,
                newest.number,
                document.basis,
                document.checked_on,
                document.status.value,
                newest.published_on,
                newest.actor,
                procedure,
            )
        )
    return tuple(views)


def _listed_kinds(book: RuleBook) -> list[tuple[Kind, str]]:
    """Every kind; one of a procedure under pre-examination, and under the others once the centre has its own."""
    found: list[tuple[Kind, str]] = []
    for kind in Kind:
        if kind not in OF_PROCEDURE:
            found.append((kind, ""))
            continue
        own = {published.document.procedure for published in book.of_kind(kind)}
        shown = own if kind is Kind.SERVICE else own | {PREEXAM}
        found += [(kind, name) for name in book.services if name in shown]
    return found


def export(workplace: Workplace, kind_name: str, procedure: str = PREEXAM) -> str:
    """The document in force as TOML text that can be edited, checked and published again."""
    try:
        kind = Kind(kind_name)
    except ValueError:
        raise Refusal("unknown_kind", f"没有“{kind_name}”这种中心文件，可用：{'、'.join(Kind)}") from None
    book = workplace.newest_book()
    require_service(book, procedure)
    newest = book.newest(kind, procedure if kind in OF_PROCEDURE else "")
    header: dict[str, Any] = {"kind": kind.value}
    if newest is not None:
        document = newest.document
        header.update(basis=document.basis, checked_on=document.checked_on, status=document.status.value)
        if document.valid_from:
            header["valid_from"] = document.valid_from
        if document.procedure:
            header["procedure"] = document.procedure
        body = dict(document.body)
        if kind is Kind.STAFF:  # lists that were published side by side hold together, so they go on together
            body = {"staff": [{"name": name, "roles": list(roles)} for name, roles in _listed(book)]}
    else:
        header.update(basis="随程序提供", checked_on="2026-11-22", status=CheckStatus.UNCHECKED.value)
        if kind in OF_PROCEDURE:
            header["procedure"] = procedure
        body = _shipped_body(book, kind, procedure)
    return tomli_w.dumps({HEADER: header, **body}, multiline_strings=True)


def _shipped_body(book: RuleBook, kind: Kind, procedure: str) -> dict[str, Any]:
    source = shipped()
    document = book.document(procedure)
    match kind:
        case Kind.SERVICE:
            return dict(document)
        case Kind.LIMITS:
            rounds = {"max_rounds": document["max_rounds"]} if document.get("max_rounds") else {}
            figures = parse_procedure(document).limits.items()
            return {**rounds, "limits": {name: limit_document(limit) for name, limit in figures}}
        case Kind.CHAINS:
            return {"chains": [{"name": "产业链名称", "group": "标志性产业链"}]}
        case Kind.FIELDS:
            return dict(source.fields)
        case Kind.CALENDAR:
            return {"years": [year_document(book.calendar.years[book.calendar.last_year])]}
        case Kind.CHECKLISTS:
            return {"lists": document.get("lists", [])}
        case Kind.NOTICES:
            return dict(document.get("notices", {}))
        case Kind.PHRASES:
            return dict(source.phrases.get(procedure, {"phrases": []}))
        case Kind.PARTY_RULES:
            return dict(source.party_rules)
        case Kind.STAFF:
            return {"staff": [{"name": "姓名", "roles": [role.value for role in Role]}]}
        case Kind.TRUST:
            return {"certificates": []}
        case Kind.CENTRE:
            return {"name": book.centre.name or "本中心名称", "prefix": book.centre.prefix or "SDYS"}


def chain_document(chains: Sequence[tuple[str, str]], source: str, today: date) -> str:
    """The text of a list of industry chains (name, group) that came as a table; unchecked until somebody says else."""
    header = {
        "kind": Kind.CHAINS.value, "basis": f"名单文件 {source}", "checked_on": today.isoformat(),
        "status": CheckStatus.UNCHECKED.value,
    }  # fmt: skip
    body = {"chains": [{"name": name, "group": group} for name, group in chains]}
    return tomli_w.dumps({HEADER: header, **body})


def parse(text: str) -> Document:
    """A document from TOML text. Raises :class:`Refusal` with what is wrong and where."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 列" if place else "末尾或括号层次"
        sentence = f"不是有效的 TOML 文件：{where}写法有误"
        raise Refusal("bad_document", sentence, {"problems": [sentence]}) from None
    return read_document(data)


def check(workplace: Workplace, text: str) -> DocumentCheck:
    """What publishing this text would do; problems instead of an exception."""
    book = workplace.newest_book()
    try:
        document = parse(text)
        try_on(book, document)
    except Refusal as refusal:
        problems = refusal.data.get("problems")
        found = tuple(str(p) for p in problems) if isinstance(problems, list) else (refusal.reason,)
        return DocumentCheck(False, "", found, 0)
    newest = book.newest(document.kind)
    return DocumentCheck(True, document.kind.value, (), (newest.number if newest else 0) + 1)


def publish(workplace: Workplace, text: str, *, actor: str, today: date) -> PublishOutcome:
    """Number and publish a document. Only an administrator may, once there is a staff list."""
    return _publish(workplace, parse(text), actor=actor, today=today)


def publish_trust(workplace: Workplace, certificates: Sequence[str], *, actor: str, today: date) -> None:
    """Publishes the list of certificates (PEM) that time-stamps are trusted by."""
    document = read_document({HEADER: {"kind": Kind.TRUST.value}, "certificates": list(certificates)})
    _publish(workplace, document, actor=actor, today=today)


def _publish(workplace: Workplace, document: Document, *, actor: str, today: date) -> PublishOutcome:
    """The same for a document that was read already."""
    with workplace.writing() as tx:
        book = workplace.book
        _admit(workplace, actor)
        moved: tuple[MovedLimit, ...] = ()
        if document.kind is Kind.CALENDAR:
            try_on(book, document)
            after = book.with_published([Published(_next_number(tx, document.kind), document)]).calendar
            moved = recompute(tx, book.calendar, after)
        published = write(tx, book, document, actor, today, moved)
    return PublishOutcome(document.kind.value, published.number, moved)


def _next_number(tx: Transaction, kind: Kind) -> int:
    return configuration_table.latest_number(tx, kind.value) + 1


def write(
    tx: Transaction,
    book: RuleBook,
    document: Document,
    actor: str,
    today: date,
    moved: Sequence[MovedLimit] = (),
) -> Published:
    """Append the publication, with the limits that a calendar moved, and its read-table row."""
    number = _next_number(tx, document.kind)
    try_on(book, document)
    published = Published(number, document, today.isoformat(), actor)
    payload: dict[str, Any] = {
        "kind": document.kind.value,
        "number": number,
        "basis": document.basis,
        "checked_on": document.checked_on,
        "status": document.status.value,
        "valid_from": document.valid_from,
        "procedure": document.procedure,
        "body": dict(document.body),
    }
    if moved:
        payload["moved"] = [
            {"number": m.number, "limit": m.label, "before": m.before.isoformat(), "after": m.after.isoformat()}
            for m in moved
        ]
    draft = Draft(STREAM, PUBLISHED, 1, actor, Role.ADMIN.value, today.isoformat(), {}, payload)
    envelope = tx.append([draft])[0]
    configuration_table.put(tx, configuration_row(published, envelope.hash))
    return published


def _admit(workplace: Workplace, actor: str) -> None:
    staff = workplace.book.staff
    if not actor.strip():
        raise Refusal("no_actor", "请先说明由谁办理")
    if staff and Role.ADMIN not in staff.get(actor, frozenset()):
        raise Refusal("wrong_role", f"发布中心文件须由管理员办理，{actor}不是管理员", {"actor": actor})


def recompute(tx: Transaction, before: WorkdayCalendar, after: WorkdayCalendar) -> tuple[MovedLimit, ...]:
    """Every open limit under the new calendar, with a list of what moved. Nothing is moved silently."""
    moved: list[MovedLimit] = []
    around = surroundings(tx, after)
    for pk, data in list(case_table.open_cases(tx)):
        case = state_from(data)
        found = _moves(case, before, after)
        # A frozen remainder is counted in working days too.
        if found or frozen_days(case, before) != frozen_days(case, after):
            stored, _ = case_table.state(tx, pk)
            row = row_of(stored.id, case, stored.head, stored.updated_hlc, around)
            case_table.upsert(tx, row, state_bytes(case))
            moved += found
    return tuple(moved)


def _moves(case: CaseState, before: WorkdayCalendar, after: WorkdayCalendar) -> list[MovedLimit]:
    found = []
    for clock in case.clocks:
        if clock.state != clocks.RUNNING:
            continue
        old, was_provisional = clocks.due_of(clock, before)
        new, provisional = clocks.due_of(clock, after)
        if (old, was_provisional) != (new, provisional):
            found.append(MovedLimit(case.number, clock.label, old, new, was_provisional, provisional))
    return found


def staff(workplace: Workplace) -> tuple[StaffMember, ...]:
    return tuple(StaffMember(name, roles) for name, roles in _listed(workplace.newest_book()))


def _listed(book: RuleBook) -> list[tuple[str, tuple[str, ...]]]:
    """Names with their roles, in the order in which roles are known."""
    return [(name, tuple(role.value for role in Role if role in roles)) for name, roles in book.staff.items()]


def years(workplace: Workplace) -> tuple[YearView, ...]:
    """The published calendar years, newest first."""
    return tuple(
        YearView(year.year, len(year.off), len(year.work), year.basis, year.checked_on, year.status.value, year.note)
        for year in sorted(workplace.newest_book().calendar.years.values(), key=lambda year: -year.year)
    )


def first_documents(centre: str, members: Sequence[StaffMember]) -> list[Document]:
    """What a first run publishes: the centre's name and, if given, its staff. Raises :class:`Refusal`."""
    found = [read_document({HEADER: {"kind": "centre"}, "name": centre})]
    if members:
        listed = [{"name": one.name, "roles": [role.value for role in Role if role in one.roles]} for one in members]
        found.append(read_document({HEADER: {"kind": "staff"}, "staff": listed}))
    return found
