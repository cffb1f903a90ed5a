"""Before evidence changes hands its files are hashed again; what came of it becomes a row of the chain of custody.

A file that is not what was recorded stops whatever was asked: the item is locked instead, and that too is a row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from db import incarnation
from db.attachments import Attachments
from db.digests import KNOWN, SHA256, SM3, of_stream
from db.envelope import Envelope
from db.faults import DataDamage, translating
from db.journal import Reader
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.projection import event_of
from desktop.app.workplace import Exchanged, Workplace
from desktop.core.attachment import safe_name
from desktop.core.case import ACTED, ATTACHED, CaseState, understood
from desktop.core.context import Command, Context, Decision
from desktop.core.custody import (
    DIFFERS,
    MATCHES,
    MISSING,
    CustodyRow,
    FileCheck,
    from_payload,
    next_row,
    to_payload,
)  # fmt: skip
from desktop.core.decide import decide
from desktop.core.procedure import Action
from desktop.core.refusal import Refusal
from desktop.core.soundness import flaw
from desktop.core.terms import StageKind

LOCK: Final = "lock"  # the action that the program takes where a file is not what was recorded
_LOCKED: Final = "锁定"
_LENT: Final = "LENT"
_RECEIVERS: Final = ("to_person", "borrower", "receiver", "examiner")
_REASONS: Final = ("reason", "detail", "condition", "note")
_MOST_NAMED: Final = 5


class Held(NamedTuple):
    """A file of an item as the journal knows it. ``own``: this store recorded it, so its content must be here."""

    sha256: str
    sm3: str
    name: str
    own: bool
    station: str


@dataclass(frozen=True)
class Hashed:
    """A file as it was found: ``digests`` by name of the algorithm, empty unless it matches."""

    check: FileCheck
    digests: Mapping[str, str]


class Unhashed(Exception):
    """The action was found to be allowed, and these files must be hashed before it is taken."""

    def __init__(self, files: Sequence[Held]) -> None:
        super().__init__(files)
        self.files = files


def files_of(reader: Reader, read: CaseHistory, workplace: Workplace) -> tuple[Held, ...]:
    """The files of a case, each content once, in the order in which they were put there."""
    mine = set(incarnation.own(reader))
    found: dict[str, Held] = {}
    for event in read.envelopes:
        if event.type != ATTACHED or not sound(event):
            continue
        sha256, sm3, own = event.payload["sha256"], str(event.payload.get("sm3", "")), event.station in mine
        before = found.get(sha256)
        if before is None:
            name, station = safe_name(event.payload["name"]), workplace.station_name(event.station)
            found[sha256] = Held(sha256, sm3, name, own, station)
        else:
            found[sha256] = before._replace(sm3=before.sm3 or sm3, own=before.own or own)
    return tuple(found.values())


def rehash(
    workplace: Workplace,
    files: Iterable[Held],
    *,
    thoroughly: Collection[str] = (),
    progress: Exchanged | None = None,
) -> dict[str, Hashed]:
    """Every file decrypted and hashed again, by its SHA-256. Those in ``thoroughly`` with every digest a time-stamp
    may use. A disk that cannot be read is an EnvironmentFault, and no verdict."""
    here = Attachments(workplace.store.directory, workplace.store.key)
    wanted, found = list(files), {}
    for done, one in enumerate(wanted):
        if progress is not None:
            progress("复核", done, len(wanted))
        found[one.sha256] = _hashed(here, one, KNOWN if one.sha256 in thoroughly else (SHA256, SM3))
    return found


def _hashed(here: Attachments, one: Held, names: Sequence[str]) -> Hashed:
    if not here.has(one.sha256):
        return Hashed(FileCheck(one.sha256, one.sm3, MISSING), {})
    try:
        with translating(), here.open(one.sha256) as stream:
            digests = of_stream(stream, names).values
    except DataDamage:
        return Hashed(FileCheck(one.sha256, one.sm3, DIFFERS), {})
    if digests[SHA256] != one.sha256 or (one.sm3 and digests[SM3] != one.sm3):
        return Hashed(FileCheck(one.sha256, one.sm3, DIFFERS), {})
    return Hashed(FileCheck(one.sha256, digests[SM3], MATCHES), digests)


def spoiled(files: Iterable[Held], found: Mapping[str, Hashed]) -> list[Held]:
    """Those that lock the item: changed, or gone from the station that recorded them. One that merely lies elsewhere
    says nothing about the item."""
    results = {one: found[one.sha256].check.result for one in files}
    return [one for one, result in results.items() if result == DIFFERS or (result == MISSING and one.own)]


# ---------------------------------------------------------------- the chain
def rows_of(events: Iterable[Envelope]) -> list[tuple[CustodyRow, Envelope]]:
    """The rows of the chain that these events hold, with the events."""
    return [
        (from_payload(event.payload["custody"]), event)
        for event in events
        if event.type == ACTED and "custody" in event.payload and sound(event)
    ]


def sound(event: Envelope) -> bool:
    """Whether this program can interpret the event, and it makes sense."""
    return understood(event.type, event.version) and not flaw(event_of(event))


def needed(action: Action | None) -> bool:
    """Whether the files are hashed before this action."""
    return action is not None and (action.custody or action.id == LOCK)


def witness(
    workplace: Workplace,
    reader: Reader,
    case_id: str,
    case: CaseState,
    command: Command,
    decision: Decision,
    context: Context,
    found: Mapping[str, Hashed] | None,
) -> tuple[Decision, Refusal | None]:
    """What was decided, with its row of the chain; or the locking of the item, and the refusal to give once that is
    recorded. ``found`` is what :func:`rehash` gave.

    Raises Unhashed as long as a file of the case is not in ``found``; Refusal where one lies at another station only.
    """
    action = context.rules.procedure.actions[command.action]
    payload = decision.events[0].payload
    read = history_of(reader, case_id)
    files = files_of(reader, read, workplace)
    if found is None or any(one.sha256 not in found for one in files):
        raise Unhashed(files)
    checks = [found[one.sha256].check for one in files]
    before = [row for row, _ in rows_of(read.envelopes)]  # one that a decision set aside was written all the same
    at, holder = datetime.now().astimezone(), _holder(case)
    bad = spoiled(files, found)
    if bad and action.id != LOCK:
        sentence = mismatch(bad, found)
        reason = f"“{action.label}”前复核：{sentence}"
        row = next_row(case.number, before, action=_LOCKED, from_=holder, to=holder, reason=reason, at=at, files=checks)
        refusal = Refusal(
            "evidence_mismatch",
            f"{sentence}；“{action.label}”没有办理，证据已锁定",
            {"action": action.id, "files": [one.sha256 for one in bad]},
        )
        locking = Command(LOCK, {"detail": reason}, command.actor, command.on, to_payload(row))
        return decide(case, locking, context), refusal
    if action.id != LOCK:
        _require_here(files, found, action.label)
    values = payload["values"]
    row = next_row(
        case.number,
        before,
        action=action.label,
        from_=values.get("from_person") or holder or command.actor,
        to=_receiver(payload, holder),
        reason=next((values[name] for name in _REASONS if values.get(name)), ""),
        at=at,
        files=checks,
    )
    return decide(case, replace(command, custody=to_payload(row)), context), None


def _holder(case: CaseState) -> str:
    """Who has the item now; empty before it was first put away."""
    return case.facts.get("borrower" if case.stage == _LENT else "examiner", "")


def _receiver(payload: Mapping[str, Any], holder: str) -> str:
    """Whom the action names, else who has it already; nobody where the item is no more."""
    values = payload["values"]
    named = next((values[name] for name in _RECEIVERS if values.get(name)), "")
    return named or ("" if payload["kind"] == StageKind.ENDED else holder)


def _require_here(files: Sequence[Held], found: Mapping[str, Hashed], label: str) -> None:
    away = [one for one in files if found[one.sha256].check.result == MISSING]
    if away:
        named = "、".join(f"“{one.name}”（{one.station}添加）" for one in away[:_MOST_NAMED])
        raise Refusal(
            "evidence_elsewhere",
            f"{named}的内容不在本机，不能复核；请先取来，或由该站办理“{label}”",
            {"files": [one.sha256 for one in away]},
        )


def mismatch(bad: Sequence[Held], found: Mapping[str, Hashed]) -> str:
    """“合同.pdf”（SHA-256 12ab34cd…）与登记的校验值不符"""
    words = {DIFFERS: "与登记的校验值不符", MISSING: "已不在本机"}
    named = [
        f"“{one.name}”（SHA-256 {one.sha256[:8]}…）{words[found[one.sha256].check.result]}" for one in bad[:_MOST_NAMED]
    ]
    more = f"，另有 {len(bad) - _MOST_NAMED} 个" if len(bad) > _MOST_NAMED else ""
    return "、".join(named) + more
