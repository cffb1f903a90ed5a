"""Meeting the others, through the centre's hub or by a file: one way in, one way out, one report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from db import cases as case_table
from db import incarnation, local, peers, quarantine
from db import numbers as number_table
from db.faults import EnvironmentFault
from db.journal import Reader, Transaction
from db.sync import Meeting, synchronise
from db.transport import Transport, Vector
from desktop.app import attachments
from desktop.app.arrivals import Projector
from desktop.app.joining import enrolled, introduce, known_certificates
from desktop.app.memory import nothing_collected
from desktop.app.numbers import BLOCK, LOW, left, prefix_of
from desktop.app.sync_views import Freshness, SyncReport, TrafficView
from desktop.app.views import MovedLimit
from desktop.app.workplace import Exchanged, Workplace, stream_of
from desktop.core.refusal import Refusal

if TYPE_CHECKING:
    from db.enrolment import Enrolment
    from db.hub.client import HubTransport

HUB, IMPORT, EXPORT = "hub", "import", "export"
_HUB: Final = "hub"  # setting: epoch and vector of the hub when last met; only ever shown, never relied upon
_NAMED: Final = 5  # stations and holes that a sentence lists

Cancelled = Callable[[], bool]


class _Undone(Exception):
    """Ends a transaction that was only for trying."""


# ---------------------------------------------------------------- through the hub
def sync(workplace: Workplace, *, progress: Exchanged | None = None, cancelled: Cancelled | None = None) -> SyncReport:
    """One meeting with the hub. EnvironmentFault: hub_away and its like; what was exchanged before stays."""
    enrolment = enrolled(workplace)
    projector = Projector(HUB)
    with _hub(enrolment, workplace) as transport:
        meeting = _meet(workplace, transport, projector, progress, cancelled)
        notes = _refill(workplace, transport)
        if not meeting.cancelled:
            notes += _epoch_note(workplace, meeting.epoch)
            with workplace.writing() as tx:
                local.set_setting(tx, "", _HUB, {"epoch": meeting.epoch, "vector": meeting.told})
            notes += attachments.hand_over(workplace, transport, progress, cancelled)
    return _conclude(workplace, meeting, projector, HUB, notes)


def blob(workplace: Workplace, sha256: str) -> bytes | None:
    """The hub's content of an attachment. EnvironmentFault, Refusal when there is no hub to ask."""
    with _hub(enrolled(workplace), workplace) as transport:
        return transport.get_blob(bytes.fromhex(sha256))


@contextmanager
def _hub(enrolment: Enrolment, workplace: Workplace) -> Iterator[HubTransport]:
    from db.hub.client import HubTransport

    transport = HubTransport(enrolment, workplace.store.directory)
    try:
        yield transport
    finally:
        transport.close()


def _meet(
    workplace: Workplace,
    transport: Transport,
    projector: Projector,
    progress: Exchanged | None,
    cancelled: Cancelled | None,
    receive_only: bool = False,
) -> Meeting:
    def begin(tx: Transaction) -> None:
        introduce(tx, workplace)

    for _ in range(2):
        try:
            with nothing_collected():
                return synchronise(
                    workplace.store, transport, projector.apply, begin,
                    progress=progress, cancelled=cancelled, receive_only=receive_only,
                )  # fmt: skip
        except EnvironmentFault as fault:
            if fault.code != "hub_identity":
                raise
            with workplace.writing() as tx:  # another log-in writes under this name: from here on we write as ourselves
                incarnation.renew(tx)
                begin(tx)
    raise EnvironmentFault("hub_identity", "本站点的身份与中心服务器上的登记不符，请管理员重新登记本站点。")


def _refill(workplace: Workplace, transport: HubTransport) -> list[str]:
    """More numbers while the hub is within reach, before they run out; when it has none left, the events are through
    all the same."""
    with workplace.reading() as reader:
        few = numbers_left(workplace, reader) < 2 * LOW
    if not few:
        return []
    try:
        block = transport.reserve(BLOCK)
    except EnvironmentFault as fault:
        if fault.code != "hub_numbers_out":
            raise
        return [str(fault).rstrip("。")]
    with workplace.writing() as tx:
        number_table.add(tx, [block])
    return [f"已补充案号 {block[1] - block[0] + 1} 个"]


def numbers_left(workplace: Workplace, reader: Reader) -> int:
    """Reserved numbers of this year that are free in the service that has fewest: each uses up the blocks by itself."""
    book, year = workplace.book, str(date.today().year)
    return min(left(reader, prefix_of(book.centre.prefix, book.procedure(name)), year) for name in book.services)


def _epoch_note(workplace: Workplace, epoch: str) -> list[str]:
    with workplace.reading() as reader:
        before = local.setting(reader, "", _HUB, {}).get("epoch", "")
    return ["中心服务器曾从备份恢复，缺少的流水已补送"] if before not in ("", epoch) else []


def unsent(reader: Reader) -> int:
    """Events recorded here that the hub did not have when it was last met."""
    told: Vector = local.setting(reader, "", _HUB, {}).get("vector", {})
    held = reader.vector()
    return sum(max(0, held.get(station, 0) - told.get(station, 0)) for station in incarnation.own(reader))


def freshen(workplace: Workplace, case_id: str, seconds: float) -> Freshness:
    """Before a decision: fetch what is new if that takes no longer than this, else say who has news of the case."""
    from time import monotonic

    from db.wire import stream_key

    until = monotonic() + seconds
    projector = Projector(HUB)
    try:
        with _hub(enrolled(workplace), workplace) as transport:
            meeting = _meet(workplace, transport, projector, None, lambda: monotonic() > until, receive_only=True)
            with workplace.reading() as reader:
                news = transport.news(stream_key(stream_of(case_id)), reader.vector())
    except EnvironmentFault as fault:
        return Freshness(False, False, reason=str(fault))
    with workplace.reading() as reader:
        workplace.meet(reader)
    names = tuple(sorted({workplace.station_name(station) for station in news}))
    return Freshness(True, not names, names, received=meeting.received)


# ---------------------------------------------------------------- by a file
def export_bundle(
    workplace: Workplace,
    path: Path,
    *,
    recipient: str = "",
    progress: Exchanged | None = None,
    cancelled: Cancelled | None = None,
) -> SyncReport:
    """A file for one station (by name), or for everyone. Holds what they are not known to have."""
    from db.bundle import BundleWriter

    enrolment = enrolled(workplace)
    with workplace.reading() as reader:
        known = peers.all_known(reader)
        certificates = known_certificates(reader, enrolment)
    told = {peer.station: (peer.name, peer.vector, peer.heard_at) for peer in known}
    certificate = certificates.get(recipient)
    if recipient == enrolment.station_name:
        raise Refusal("unknown_station", f"“{recipient}”就是本站点，交换包是给别的站点的", {"station": recipient})
    if recipient and certificate is None:
        listed = "、".join(sorted(certificates)) or "无"
        raise Refusal("unknown_station", f"还不认识名为“{recipient}”的站点，可用：{listed}", {"station": recipient})
    common = _common(known, recipient, set(certificates))
    notes: list[str] = []
    writer = BundleWriter(path, enrolment, certificate, common, told)
    try:
        meeting = _meet(workplace, writer, Projector(EXPORT), progress, cancelled)
        if meeting.cancelled:
            writer.abandon()
        else:
            notes = attachments.pack(workplace, writer, common)
            writer.close()
    except BaseException:
        writer.abandon()
        raise
    return _conclude(workplace, meeting, Projector(EXPORT), EXPORT, notes, file=str(path))


def recipients(workplace: Workplace) -> tuple[str, ...]:
    """The names of the stations for which a file can be sealed."""
    enrolment = enrolled(workplace)
    with workplace.reading() as reader:
        return tuple(sorted(known_certificates(reader, enrolment)))


def _common(known: Sequence[peers.Peer], recipient: str, names: set[str]) -> dict[str, int]:
    """What the recipient, or every station that is known by name, is known to hold."""
    newest: dict[str, peers.Peer] = {}
    for peer in known:  # a name may stand for several incarnations: the one heard of last speaks for the store
        if peer.name not in newest or newest[peer.name].heard_at <= peer.heard_at:
            newest[peer.name] = peer
    wanted = [recipient] if recipient else sorted(names)
    if any(name not in newest for name in wanted) or not wanted:
        return {}
    vectors = [newest[name].vector for name in wanted]
    return {station: min(vector.get(station, 0) for vector in vectors) for station in vectors[0]}


def import_bundle(
    workplace: Workplace,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Exchanged | None = None,
    cancelled: Cancelled | None = None,
) -> SyncReport:
    """Takes a file in; with ``dry_run`` only says what that would do. A damaged or foreign one changes nothing."""
    from db.bundle import BundleReader

    enrolment = enrolled(workplace)
    reader = BundleReader(path, enrolment)
    made = datetime.fromisoformat(reader.made_at).astimezone()
    origin = f"交换包由站点 {reader.writer} 于 {made:%Y-%m-%d %H:%M} 制作，含流水 {reader.events} 项"
    try:
        if dry_run:
            tried = _tried(workplace, reader, progress, cancelled)
            return replace(tried, file=str(path), notes=(origin, *tried.notes))
        projector = Projector(path.name)
        meeting = _meet(workplace, reader, projector, progress, cancelled, receive_only=True)
        notes = [origin, *([] if meeting.cancelled else attachments.unpack(workplace, reader))]
    finally:
        reader.close()
    return _conclude(workplace, meeting, projector, IMPORT, notes, file=str(path))


def _tried(
    workplace: Workplace, transport: Transport, progress: Exchanged | None, cancelled: Cancelled | None
) -> SyncReport:
    """The whole meeting inside one transaction that is undone at its end."""
    from db.sync import try_on

    projector = Projector("")
    found: list[SyncReport] = []
    try:
        with workplace.writing() as tx:
            meeting = try_on(tx, transport, projector.apply, progress=progress, cancelled=cancelled)
            workplace.meet(tx)
            found.append(_report(workplace, tx, meeting, projector, IMPORT, []))
            raise _Undone
    except _Undone:
        return replace(found[0], dry_run=True)
    finally:
        with workplace.reading() as reader:
            workplace.meet(reader)


# ---------------------------------------------------------------- what came of it
def _conclude(
    workplace: Workplace, meeting: Meeting, projector: Projector, way: str, notes: Sequence[str], file: str = ""
) -> SyncReport:
    with workplace.writing() as tx:
        workplace.meet(tx)
        report = replace(_report(workplace, tx, meeting, projector, way, notes), file=file)
        # One that was broken off is listed, and is not when the others were last met.
        peers.note_meeting(tx, report.at, "" if report.cancelled else way, _noted(report))
    return report


def _report(
    workplace: Workplace, reader: Reader, meeting: Meeting, projector: Projector, way: str, notes: Sequence[str]
) -> SyncReport:
    name = workplace.station_name
    held = quarantine.held(reader)
    sentences = [*notes, *_holes(reader, name)]
    if meeting.renewed:
        sentences.append("本数据是另一份数据的副本，或取回了曾经丢失的流水，已改用新的站点身份继续记录")
    if meeting.twin:
        sentences.append("另一份数据也在用本站点的登记，两份数据的案号可能相同，请管理员为其中一份另行登记")
    for station in sorted(meeting.forked)[:_NAMED]:
        sentences.append(
            f"站点 {name(station)} 的第 {meeting.forked[station]} 项流水有两种内容，其一已隔离，请管理员查明"
        )
    for station, ms in sorted(meeting.ahead.items())[:_NAMED]:
        sentences.append(f"站点 {name(station)} 的时钟快了约 {span(ms // 60_000)}，请在那里校准")
    if meeting.not_taken:
        sentences.append(f"另有 {meeting.not_taken} 项其他站点的流水，由原站点自己送达中心服务器")
    if projector.documents:
        sentences.append(f"收到中心文件 {projector.documents} 份")
    for document in sorted(projector.parallel):
        sentences.append(f"{document}有两个站点各自发布，内容不同，请管理员核对后再发布一份")
    if projector.moved:
        sentences.append(f"新的工作日历使 {len(projector.moved)} 项期限变动")
    if projector.meaningless:
        sentences.append(f"有 {projector.meaningless} 项流水内容不成立，已隔离，不影响其他流水")
    return SyncReport(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        way=way,
        sent=meeting.sent,
        received=meeting.received,
        known=meeting.known,
        held=sum(count for _, _, _, count in held),
        unsent=unsent(reader) if way == HUB else 0,
        quarantined=meeting.quarantined + projector.meaningless,
        contested=len(case_table.contested(reader)),
        not_taken=meeting.not_taken,
        cancelled=meeting.cancelled,
        stations=tuple(
            TrafficView(station, name(station), sent, received)
            for station, (sent, received) in sorted(meeting.stations.items())
        ),
        moved=tuple(projector.moved),
        notes=tuple(sentences),
    )


def _holes(reader: Reader, name: Callable[[str], str]) -> list[str]:
    """What is missing before what waits can be read."""
    listed = [
        f"缺少站点 {name(station)} 的第 {words(missing)} 项流水，其后的 {waiting} 项暂存等待"
        if missing
        else f"站点 {name(station)} 的 {waiting} 项流水所依据的其他站点的流水还没有收到，暂存等待"
        for station, missing, waiting in gaps(reader)
    ]
    return listed[:_NAMED]


def gaps(reader: Reader) -> list[tuple[str, tuple[tuple[int, int], ...], int]]:
    """(station, missing ranges, how many wait) for every station with waiting events."""
    vector = reader.vector()
    found = []
    for station, first, _, waiting in quarantine.held(reader):
        last = vector.get(station, 0)
        missing = [(last + 1, first - 1)] if first > last + 1 else []
        missing += quarantine.holes(reader, station)
        found.append((station, tuple(missing), waiting))
    return found


def span(minutes: int) -> str:
    """So many minutes, as people would say it."""
    if minutes < 120:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // 1440} 天"


def words(ranges: Sequence[tuple[int, int]]) -> str:
    """41—57、60"""
    listed = [str(first) if first == last else f"{first}—{last}" for first, last in ranges[:_NAMED]]
    return "、".join(listed) + (" 等" if len(ranges) > _NAMED else "")


def _noted(report: SyncReport) -> dict[str, Any]:
    facts = asdict(report)
    for limit in facts["moved"]:
        limit["before"], limit["after"] = limit["before"].isoformat(), limit["after"].isoformat()
    return facts


def from_notes(facts: Mapping[str, Any]) -> SyncReport:
    """A past meeting as it was noted."""
    moved = tuple(
        MovedLimit(
            **{
                **limit,
                "before": date.fromisoformat(limit["before"]),
                "after": date.fromisoformat(limit["after"]),
            }
        )
        for limit in facts["moved"]
    )
    stations = tuple(TrafficView(**one) for one in facts["stations"])
    return SyncReport(**{**facts, "moved": moved, "stations": stations, "notes": tuple(facts["notes"])})
