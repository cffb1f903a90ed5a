"""Evidence items, shown and verified. What their files are hashed for before each hand-over lies in
:mod:`desktop.app.custody`, registering time-stamps in :mod:`desktop.app.evidence_stamps`, taking in and writing out in
:mod:`desktop.app.evidence_files`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from db.attachments import Attachments
from db.faults import DataDamage, translating
from db.journal import Reader
from db.rows import CaseRow
from desktop.app import attachments as files_of_cases
from desktop.app import casework, custody, queues
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.custody import LOCK, Hashed, Held
from desktop.app.evidence_views import (
    CustodyView,
    EvidenceFile,
    EvidenceReport,
    EvidenceView,
    StampView,
    file_problems,
    stamp_problems,
)
from desktop.app.queue_views import QueueQuery
from desktop.app.workplace import Exchanged, Workplace
from desktop.core.case import CaseState
from desktop.core.custody import MATCHES, MISSING, examine, in_words, row_text
from desktop.core.refusal import Refusal
from desktop.core.stamps import StampCheck, StampReport, StampVerdict

PROCEDURE: Final = "evidence"
LOCKED: Final = "LOCKED"
NOTE_OF_STAMP: Final = "时间戳令牌，对应文件 SHA-256 {}"
_TOKEN: Final = re.compile(NOTE_OF_STAMP.format("([0-9a-f]{64})"))
MOST_TOKEN: Final = 2**20  # bytes that are read of one; what is longer is none


@dataclass(frozen=True)
class Item:
    """An item as one snapshot has it."""

    row: CaseRow
    case: CaseState
    read: CaseHistory
    files: tuple[Held, ...]
    view: EvidenceView
    roots: tuple[str, ...]


# ---------------------------------------------------------------- shown
def view(workplace: Workplace, ref: str | int) -> EvidenceView:
    """An item with its files, tokens and chain. Nothing is hashed."""
    return item_of(workplace, ref).view


def item_of(workplace: Workplace, ref: str | int) -> Item:
    """Raises Refusal ``not_evidence`` for a case of another service."""
    with workplace.reading() as reader:
        row, case = casework.load(reader, ref)
        rules = workplace.rules_of(case)
        if case.procedure != PROCEDURE:
            raise Refusal(
                "not_evidence", f"{case.number}属于“{rules.procedure.label}”，不是证据", {"case": case.number}
            )
        read = history_of(reader, row.id)
        held = custody.files_of(reader, read, workplace)
        files = _files(workplace, reader, row.id, held)
        chain, problems = _chain(workplace, case.number, read)
        labels = rules.procedure.fact_labels
        shown = EvidenceView(
            key=row.pk,
            id=row.id,
            number=case.number,
            title=case.facts.get("title", ""),
            category=case.facts.get(rules.procedure.category_fact, ""),
            stage=case.stage,
            stage_label=rules.procedure.stages[case.stage].label,
            locked=case.stage == LOCKED,
            custodian=case.facts.get("examiner", ""),
            facts=tuple((labels.get(name, name), case.facts[name]) for name in labels if case.facts.get(name)),
            files=files,
            stamps=_stamps(files),
            custody=chain,
            problems=problems,
        )
        return Item(row, case, read, held, shown, workplace.book.trusted)


def _files(workplace: Workplace, reader: Reader, case_id: str, held: Sequence[Held]) -> tuple[EvidenceFile, ...]:
    digests = {one.sha256: one.sm3 for one in held}
    found: dict[str, EvidenceFile] = {}
    for one in files_of_cases.of_case(workplace, reader, case_id):
        token = _TOKEN.fullmatch(one.note)
        found.setdefault(
            one.sha256,
            EvidenceFile(
                one.name, one.size, one.sha256, digests.get(one.sha256, ""), one.actor, one.at, one.station, one.here,
                one.note, one.mark, token[1] if token else "",
            ),
        )  # fmt: skip
    return tuple(found.values())


def _stamps(files: Sequence[EvidenceFile]) -> tuple[StampView, ...]:
    names = {one.sha256: one.name for one in files}
    return tuple(
        StampView(one.sha256, one.name, one.stamps, names.get(one.stamps, "（不在此案的文件）"))
        for one in files
        if one.stamps
    )


def _chain(workplace: Workplace, number: str, read: CaseHistory) -> tuple[tuple[CustodyView, ...], tuple[str, ...]]:
    found = custody.rows_of(read.envelopes)
    chain = examine(number, [row for row, _ in found])
    views = tuple(
        CustodyView(
            number=row.number,
            action=row.action,
            from_person=row.from_,
            to_person=row.to,
            reason=row.reason,
            at=row.at,
            actor=event.actor,
            station=workplace.station_name(event.station),
            files=tuple((one.sha256, one.result) for one in row.files),
            prev=row.prev,
            hash=row.hash,
            mark=read.mark(event.hash),
            forked=row.hash in chain.forks,
            words=in_words(row),
            text=row_text(number, row),
        )
        for row, event in found
    )
    return views, chain.problems


# ---------------------------------------------------------------- verified
def keys(workplace: Workplace, *, actor: str, today: date) -> list[int]:
    """Of all items."""
    return list(queues.keys(workplace, QueueQuery(procedure=PROCEDURE, view="all"), actor=actor, today=today))


def verify(
    workplace: Workplace,
    ref: str | int,
    check: StampCheck,
    *,
    actor: str,
    on: date,
    today: date,
    lock: bool = True,
    progress: Exchanged | None = None,
) -> EvidenceReport:
    """Hashes every file of an item again, checks its chain and its tokens. A file that is not what was recorded locks
    the item, unless ``lock`` is off or it is locked already."""
    item = item_of(workplace, ref)
    found = custody.rehash(
        workplace, item.files, thoroughly={one.stamps for one in item.view.files if one.stamps}, progress=progress
    )
    bad = custody.spoiled(item.files, found)
    files = tuple(replace(one, result=found[one.sha256].check.result, here=one.here) for one in item.view.files)
    stamps = tuple(replace(one, report=_examined(workplace, one, found, check, item.roots)) for one in item.view.stamps)
    problems = [
        *file_problems(files, frozenset(one.sha256 for one in bad)), *item.view.problems, *stamp_problems(stamps)
    ]  # fmt: skip
    notes = [f"“{one.name}”的内容在{one.station}，本机没有复核" for one in item.files
             if found[one.sha256].check.result == MISSING and not one.own]  # fmt: skip
    locked = False
    if bad and lock and not item.view.locked:
        try:
            detail = f"复核：{custody.mismatch(bad, found)}"
            day = max(on.isoformat(), item.case.last_on)  # a lock must not fail for a step that was dated ahead
            casework.act(
                workplace, item.row.pk, LOCK, {"detail": detail}, actor=actor, on=date.fromisoformat(day), today=today
            )
            locked = True
        except Refusal as refusal:
            notes.append(f"未能锁定：{refusal.reason}")
    shown = item_of(workplace, item.row.pk).view if locked else item.view
    return EvidenceReport(replace(shown, files=files, stamps=stamps), tuple(problems), locked, tuple(notes))


def _examined(
    workplace: Workplace, one: StampView, found: Mapping[str, Hashed], check: StampCheck, trusted: Sequence[str]
) -> StampReport | None:
    """None where the token or its file lies elsewhere."""
    hashed = found.get(one.file)
    if hashed is None:
        return StampReport(StampVerdict.INVALID, "此案没有它所证的文件")
    if found[one.token].check.result == MISSING or hashed.check.result == MISSING:
        return None
    if hashed.check.result != MATCHES:
        return StampReport(StampVerdict.INVALID, "所证的文件已不是登记时的内容")
    here = Attachments(workplace.store.directory, workplace.store.key)
    try:
        with translating(), here.open(one.token) as stream:
            data = stream.read(MOST_TOKEN)
    except DataDamage:
        return StampReport(StampVerdict.INVALID, "令牌已不是登记时的内容")
    return check(data, hashed.digests, trusted)
