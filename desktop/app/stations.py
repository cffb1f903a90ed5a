"""Who the others are, how far each has come, and what lies in quarantine."""

from __future__ import annotations

from dataclasses import replace

from db import cases as case_table
from db import incarnation, peers, quarantine
from desktop.app.joining import joined
from desktop.app.numbers import LOW
from desktop.app.sync_views import QuarantineView, StationView, SyncReport, SyncState
from desktop.app.syncing import EXPORT, HUB, IMPORT, from_notes, gaps, numbers_left, span, unsent
from desktop.app.workplace import Workplace

KINDS = {
    quarantine.SPOILT: "内容损坏",
    quarantine.FORK: "编号重复",
    quarantine.MEANING: "内容不成立",
    quarantine.REWRITTEN: "已重新记录",
}


def state(workplace: Workplace) -> SyncState:
    """For the status line: a handful of counts, cheap enough to be asked every minute."""
    belongs = joined(workplace)
    behind = workplace.store.clock_drift_ms() // 60_000
    with workplace.reading() as reader:
        waiting = gaps(reader)
        numbers = numbers_left(workplace, reader) if belongs else None
        found = SyncState(
            joined=belongs,
            last_at=peers.last_meeting(reader, (HUB,) if belongs and belongs.hub else (IMPORT, EXPORT)),
            unsent=unsent(reader) if belongs and belongs.hub else 0,
            held=sum(count for _, _, count in waiting),
            contested=len(case_table.contested(reader)),
            quarantined=quarantine.count(reader),
            numbers_left=numbers,
            numbers_low=numbers is not None and numbers < LOW,
            behind_minutes=behind,
            notes=(),
        )
    notes = []
    if behind:
        notes.append(f"本机时钟比本机已有的记录慢约 {span(behind)}，请校准")
    if found.numbers_low:
        notes.append(f"预留案号只剩 {numbers} 个，请尽快与中心同步补号")
    return replace(found, notes=tuple(notes))


def stations(workplace: Workplace) -> tuple[StationView, ...]:
    """Every incarnation that recorded anything here or was heard of, this store's own first."""
    with workplace.reading() as reader:
        vector = reader.vector()
        known = {peer.station: peer for peer in peers.all_known(reader)}
        waiting = {station: (missing, count) for station, missing, count in gaps(reader)}
        own = incarnation.own(reader)
        forked = {one.station for one in quarantine.listed(reader) if one.kind == quarantine.FORK}
    found = []
    for station in {*vector, *known, *waiting, *own}:
        peer = known.get(station)
        missing, count = waiting.get(station, ((), 0))
        lacks = None
        if peer is not None:
            lacks = sum(max(0, vector.get(one, 0) - peer.vector.get(one, 0)) for one in own)
        name = workplace.station_name(station)
        found.append(
            StationView(
                station=station,
                name=peer.name if peer is not None and name == station[:8] else name,
                own=station in own,
                present=station == own[-1],
                here=vector.get(station, 0),
                waiting=count,
                missing=missing,
                lacks=None if station in own else lacks,
                heard_at=peer.heard_at if peer and station not in own else "",
                forked=station in forked,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.present, not one.own, one.name, one.station)))


def quarantined(workplace: Workplace) -> tuple[QuarantineView, ...]:
    with workplace.reading() as reader:
        rows = quarantine.listed(reader)
    return tuple(
        QuarantineView(
            row.station, workplace.station_name(row.station), row.seq, row.kind, KINDS[row.kind], row.reason,
            row.source, row.found_at,
        )
        for row in rows
    )  # fmt: skip


def meetings(workplace: Workplace, limit: int) -> tuple[SyncReport, ...]:
    with workplace.reading() as reader:
        return tuple(map(from_notes, peers.meetings(reader, limit)))
