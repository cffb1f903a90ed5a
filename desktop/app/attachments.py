"""Files beside cases: put there, listed, fetched from wherever they are, handed on, and looked after."""

from __future__ import annotations

import errno
import io
import stat
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

from db import incarnation
from db.attachments import MOST_BYTES, Attachments, Record, recorded, too_large
from db.digests import SM3, Tee
from db.envelope import Envelope
from db.faults import DataDamage, EnvironmentFault, translating
from db.journal import Reader, Transaction
from desktop.app.case_history import history_of
from desktop.app.casework import drafts_of, load, project
from desktop.app.projection import event_of
from desktop.app.views import ActOutcome, AttachmentView
from desktop.app.workplace import Exchanged, Workplace, entered_at
from desktop.core.attachment import attached, readable, require_attachable, safe_name
from desktop.core.case import ATTACHED, CaseState, understood
from desktop.core.refusal import Refusal
from desktop.core.soundness import flaw

if TYPE_CHECKING:
    from db.bundle import BundleReader, BundleWriter

Cancelled = Callable[[], bool]
Ask = Callable[[str], bytes | None]  # the hub's content under a SHA-256
_GIVEN_UP: Final = frozenset({"hub_size", "hub_hash"})  # faults of one file; any other is one of the way


class Content(NamedTuple):
    """A file whose content is on the disk and which no event names yet."""

    name: str
    sha256: str
    size: int
    sm3: str


class Keeper(Protocol):
    """The part of a hub that keeps attachments."""

    def put_blob(self, sha256: bytes, body: bytes) -> None: ...

    def lacking(self, hashes: Iterable[bytes]) -> set[bytes]: ...


def kept(workplace: Workplace) -> Attachments:
    """The files that are here."""
    return Attachments(workplace.store.directory, workplace.store.key)


# ---------------------------------------------------------------- beside a case
def attach(
    workplace: Workplace,
    ref: str | int,
    path: Path,
    *,
    actor: str,
    on: date,
    today: date,
    note: str = "",
    expected: str = "",
) -> ActOutcome:
    """Keeps the content, then records it: an event never names what was not on the disk before.

    Raises :class:`Refusal`; OSError for a file that cannot be opened, EnvironmentFault for one that is too large,
    DataDamage for one that is not what ``expected`` (a SHA-256) names. Nothing is recorded then.
    """
    with workplace.reading() as reader:
        row, case = load(reader, ref)
    require_attachable(case, note, actor, on, workplace.context(workplace.rules_of(case), today))
    require_file(path)
    content = keep(workplace, path, expected=expected)
    with workplace.writing() as tx:
        row, case = load(tx, row.pk)
        after = record(tx, workplace, row.id, case, content, note=note, actor=actor, on=on, today=today)
    return ActOutcome(
        number=case.number,
        stage=case.stage,
        stage_label=workplace.rules_of(case).procedure.stages[case.stage].label,
        events=1,
        due_on=date.fromisoformat(after["due_on"]) if after["due_on"] else None,
        moved=(row.pk,),
    )


def keep(workplace: Workplace, path: Path, *, expected: str = "") -> Content:
    """The content on the disk, and what an event needs to say of it."""
    with path.open("rb") as file:
        return keep_stream(workplace, path.name, file, expected=expected)


def keep_stream(workplace: Workplace, name: str, stream: IO[bytes], *, expected: str = "") -> Content:
    """The same for what lies in no file."""
    tee = Tee(stream, (SM3,))
    sha256, size = kept(workplace).put(cast(IO[bytes], tee), expected=expected)
    return Content(name, sha256, size, tee.digests()[SM3])


def record(
    tx: Transaction,
    workplace: Workplace,
    case_id: str,
    case: CaseState,
    content: Content,
    *,
    note: str = "",
    actor: str,
    on: date,
    today: date,
) -> dict[str, Any]:
    """What :func:`keep` kept, beside this case; its row. Raises :class:`Refusal`, and nothing is written."""
    event = attached(content.sha256, content.name, content.size, note, on, content.sm3)
    role = require_attachable(case, note, actor, on, workplace.context(workplace.rules_of(case), today))
    _require_new(workplace, tx, case_id, content.sha256)
    drafts = drafts_of(workplace, case_id, case, [event], role, actor)
    return project(tx, workplace, case_id, case, tx.append(drafts))


def require_file(path: Path) -> None:
    """Raises for what cannot lie beside a case. A pipe or a device is no document, and reading it could wait for
    ever."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise EnvironmentFault("not_a_file", f"{path} 不是普通文件，不能作为附件。")
    if found.st_size > MOST_BYTES:
        raise too_large()
    if not found.st_size:
        raise Refusal("empty_file", f"“{safe_name(path.name)}”是空文件，没有内容可以附上")


def _require_new(workplace: Workplace, reader: Reader, case_id: str, sha256: str) -> None:
    for one in of_case(workplace, reader, case_id):
        if one.sha256 == sha256:
            raise Refusal(
                "already_attached",
                f"此案已附有同一个文件“{one.name}”（{one.actor} {one.at[:10]} 添加）",
                {"sha256": sha256, "name": one.name},
            )


def attachments(workplace: Workplace, ref: str | int) -> tuple[AttachmentView, ...]:
    """The files beside a case, oldest first."""
    with workplace.reading() as reader:
        return of_case(workplace, reader, load(reader, ref)[0].id)


def of_case(workplace: Workplace, reader: Reader, case_id: str) -> tuple[AttachmentView, ...]:
    """By the identity of the case, in an open snapshot."""
    read = history_of(reader, case_id)
    here = kept(workplace)
    return tuple(
        AttachmentView(
            name=safe_name(event.payload["name"]),
            size=event.payload["size"],
            sha256=event.payload["sha256"],
            actor=event.actor,
            at=entered_at(event),
            here=here.has(event.payload["sha256"]),
            mark=read.mark(event.hash),
            station=workplace.station_name(event.station),
            note=readable(str(event.payload.get("note", ""))),
            hash=event.hash,
        )
        for event in read.envelopes
        if _names_a_file(event)
    )


def _names_a_file(event: Envelope) -> bool:
    return event.type == ATTACHED and understood(event.type, event.version) and not flaw(event_of(event))


def fetch(workplace: Workplace, ref: str | int, sha256: str, target: Path, ask: Ask) -> Path:
    """Writes a file of the case to ``target``. EnvironmentFault "attachment_elsewhere" when nobody within reach has
    it."""
    return _at_hand(workplace, ref, sha256, ask).copy_to(sha256, target)


def content(workplace: Workplace, ref: str | int, sha256: str, ask: Ask) -> bytes:
    """A file of the case as it is. Raises as :func:`fetch`, and DataDamage."""
    with translating(), _at_hand(workplace, ref, sha256, ask).open(sha256) as stream:
        return stream.read()


def _at_hand(workplace: Workplace, ref: str | int, sha256: str, ask: Ask) -> Attachments:
    """The store with this file in it; ``ask`` gets its content from the hub when it is not here, or not as it was."""
    one = next((found for found in attachments(workplace, ref) if found.sha256 == sha256), None)
    if one is None:
        raise Refusal("unknown_attachment", "此案没有这个附件", {"sha256": sha256})
    here = kept(workplace)
    if not here.has(sha256) or here.flaw(sha256):
        _bring(here, one, ask, workplace.store.station_name)
    return here


def _bring(here: Attachments, one: AttachmentView, ask: Ask, own: str) -> None:
    try:
        content = ask(one.sha256)
    except (EnvironmentFault, Refusal) as fault:
        raise _elsewhere(one, own, str(fault).rstrip("。")) from fault
    if content is None:
        raise _elsewhere(one, own, "中心服务器上也还没有")
    try:
        here.put(io.BytesIO(content), expected=one.sha256)
    except DataDamage as damage:
        sentence = f"中心服务器给出的“{one.name}”与流水登记的校验值不符，没有收下；请告知管理员，并向{one.station}索取"
        raise EnvironmentFault("wrong_attachment", f"{sentence}。") from damage


def _elsewhere(one: AttachmentView, own: str, why: str) -> EnvironmentFault:
    if one.station == own:
        sentence = f"“{one.name}”由本站添加，内容却不在本机或已损坏，请从备份恢复，或重新附上同一个文件（{why}）。"
    else:
        advice = "请向该站索取，或等该站同步之后再取"
        sentence = f"“{one.name}”的内容不在本机，它由{one.station}的{one.actor}添加，{advice}（{why}）。"
    return EnvironmentFault("attachment_elsewhere", sentence)


# ---------------------------------------------------------------- to the others and from them
def hand_over(workplace: Workplace, hub: Keeper, progress: Exchanged | None, cancelled: Cancelled | None) -> list[str]:
    """Gives the hub what it lacks of the files that are here; what came of it in words. Nothing is remembered: what
    could not be handed over this time is lacking again the next. Never raises for the way: the events are through."""
    here = kept(workplace)
    with workplace.reading() as reader:
        names = {one.sha256: one.name for one in recorded(reader) if here.has(one.sha256)}
    if not names:
        return []
    wanted: list[str] = []
    notes: list[str] = []
    given = 0
    try:
        lacking = hub.lacking([bytes.fromhex(sha256) for sha256 in names])
        wanted = sorted(  # small ones first: one that a bad line never lets through must not hold up the others
            (sha256 for sha256 in names if bytes.fromhex(sha256) in lacking), key=here.stored_bytes
        )
        for done, sha256 in enumerate(wanted):
            if cancelled is not None and cancelled():
                break
            if progress is not None:
                progress("附件", done, len(wanted))
            trouble = _give(here, hub, sha256, names[sha256])
            notes += [trouble] if trouble else []
            given += not trouble
    except EnvironmentFault as fault:
        notes.append(f"附件没有送完，下次同步接着送（{str(fault).rstrip('。')}）")
    else:
        left = len(wanted) - given - len(notes)
        notes += [f"还有附件 {left} 个没有送出，下次同步接着送"] if left else []
    return [*([f"已向中心服务器送出附件 {given} 个"] if given else []), *notes]


def _give(here: Attachments, hub: Keeper, sha256: str, name: str) -> str:
    """Why a single file cannot be handed over; empty when it was."""
    try:
        with translating(), here.open(sha256) as stream:
            content = stream.read()
        hub.put_blob(bytes.fromhex(sha256), content)
    except DataDamage as damage:
        return f"附件“{safe_name(name)}”没有送出：{damage}"
    except EnvironmentFault as fault:
        if fault.code not in _GIVEN_UP:
            raise
        return f"附件“{safe_name(name)}”没有送出：{fault}"
    return ""


def pack(workplace: Workplace, bundle: BundleWriter, known: Mapping[str, int]) -> list[str]:
    """Adds the files of the events beyond ``known`` to a bundle, as far as they are here; what lacks in words."""
    here = kept(workplace)
    with workplace.reading() as reader:
        sent = [one for one in recorded(reader) if one.seq > known.get(one.station, 0)]
    notes = []
    absent = 0
    for sha256, name in {one.sha256: one.name for one in sent}.items():
        if not here.has(sha256):
            absent += 1
            continue
        try:
            with translating(), here.open(sha256) as stream:
                bundle.put_blob(sha256, stream)
        except DataDamage as damage:
            notes.append(f"附件“{safe_name(name)}”没有写进交换包：{damage}")
    return [*notes, *([f"有附件 {absent} 个不在本机，交换包中只有它们的登记"] if absent else [])]


def unpack(workplace: Workplace, bundle: BundleReader) -> list[str]:
    """Keeps the files that a bundle brought. All of them: their events may still wait for what comes before."""
    here = kept(workplace)
    new = 0
    for sha256, _, stream in bundle.blobs():
        if not here.has(sha256):
            with stream:
                here.put(stream, expected=sha256)
            new += 1
    return [f"收到附件 {new} 个"] if new else []


# ---------------------------------------------------------------- care
def examine(workplace: Workplace) -> tuple[int, tuple[str, ...], str]:
    """(how many files were looked at, what is wrong, what was done): every file that is here is decrypted and held
    against its hash; one that this store recorded itself must be here."""
    with workplace.reading() as reader:
        records, mine = recorded(reader), set(incarnation.own(reader))
    here = kept(workplace)
    named = {one.sha256: one for one in records}
    held = here.held()
    problems = []
    for sha256 in held:
        if here.flaw(sha256):
            words = _where(workplace, named.get(sha256), sha256)
            problems.append(f"附件{words}：内容已损坏，与校验值不符")
    lost = {one.sha256: one for one in records if one.station in mine}
    for sha256 in sorted(here.missing(lost)):
        problems.append(f"附件{_where(workplace, lost[sha256], sha256)}：由本站添加，内容却不在本机")
    away = len(here.missing(named) - lost.keys())
    words = f"附件 {len(held)} 个：逐个解密并核对 SHA-256" + (f"；另有 {away} 个在其他站点" if away else "")
    return len(held), tuple(problems), words


def _where(workplace: Workplace, record: Record | None, sha256: str) -> str:
    if record is None:
        return f"（SHA-256 {sha256[:8]}…，没有案件用到）"
    return f"“{safe_name(record.name)}”（SHA-256 {sha256[:8]}…，{workplace.station_name(record.station)}添加）"
