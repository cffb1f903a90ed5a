"""The tables of the sync screen: stations, past meetings, disputes, what was set aside as impossible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desktop.app.sync_views import DisputeView, QuarantineView, SideView, StationView, SyncReport, TrafficView
from desktop.ui.i18n import tr
from desktop.ui.sync_words import WAYS, age, clock, holes, lacks, moment, remark, result
from desktop.ui.theme import Theme
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

#: So much of an incarnation's id tells two of them apart for people.
SHORT = 8


def stations_table(theme: Theme) -> RowTable:
    return RowTable((
        TextColumn(tr("站点"), 8), TextColumn(tr("站点身份"), 5), TextColumn(tr("本机已有"), 4.5, right=True),
        TextColumn(tr("待齐"), 3, right=True), TextColumn(tr("所缺编号"), 9),
        TextColumn(tr("缺我方记录"), 5, right=True),
        TextColumn(tr("最近得知"), 6), TextColumn(tr("说明"), 12, stretch=True),
    ), theme, tr("站点"))


def station_rows(stations: Sequence[StationView], now: datetime) -> list[TextRow]:
    """Lines of :func:`stations_table`: ours first, then by name."""
    heard = {one.name for one in stations if one.heard_at and not one.own}
    order = sorted(stations, key=lambda one: (not one.present, not one.own, one.name, one.station))
    return [
        TextRow(
            (
                one.name, one.station[:SHORT], f"{one.here:,}", f"{one.waiting:,}" if one.waiting else "—",
                holes(one.missing) or "—", *_told(one, now, beside=one.name in heard),
            ),
            "overdue" if one.forked else "soon" if one.missing else "muted" if one.own and not one.present else "",
            one.station,
            "；".join(part for part in (
                tr("{name}　站点身份 {id}", name=one.name, id=one.station), holes(one.missing),
                "" if one.own else tr("最近得知 {at}", at=clock(one.heard_at))) if part),
        )
        for one in order
    ]


def _told(one: StationView, now: datetime, *, beside: bool) -> tuple[str, str, str]:
    """What it lacks, when it was heard of, what is unusual. An identity that never called while another of the same
    station did is not somebody out of reach."""
    if beside and not one.own and not one.heard_at:
        return "—", "—", "；".join(part for part in (tr("该站的另一身份"), remark(one)) if part)
    return lacks(one), "—" if one.own else age(one.heard_at, now), remark(one)


def meetings_table(theme: Theme) -> RowTable:
    return RowTable((
        TextColumn(tr("时间"), 8), TextColumn(tr("方式"), 6), TextColumn(tr("发"), 3.5, right=True),
        TextColumn(tr("收"), 3.5, right=True), TextColumn(tr("待齐"), 3, right=True),
        TextColumn(tr("隔离"), 3, right=True), TextColumn(tr("待裁决"), 3.5, right=True),
        TextColumn(tr("说明"), 16, stretch=True),
    ), theme, tr("最近会合"))


def meeting_rows(meetings: Sequence[SyncReport]) -> list[TextRow]:
    """Lines of :func:`meetings_table`, in the order given (newest first)."""
    rows = []
    for number, report in enumerate(meetings):
        notes = "；".join(_meeting_notes(report))
        at = moment(report.at)
        rows.append(TextRow(
            (
                f"{at:%m-%d %H:%M}" if at else report.at, tr(WAYS.get(report.way, report.way)),
                *(f"{count:,}" if count else "—" for count in (
                    report.sent, report.received, report.held, report.quarantined, report.contested)),
                notes,
            ),
            "overdue" if report.quarantined else "soon" if report.held else "",
            (report.at, report.way, number), "\n".join((clock(report.at), result(report), *_meeting_notes(report))),
        ))
    return rows


def _meeting_notes(report: SyncReport) -> list[str]:
    said = [report.file] if report.file else []
    if report.cancelled:
        said.append(tr("中途取消"))
    if report.moved:
        said.append(tr("{n} 项期限的日期有变", n=len(report.moved)))
    return [*said, *(note.rstrip("。") for note in report.notes)]


def disputes_table(theme: Theme) -> RowTable:
    return RowTable((
        TextColumn(tr("预审案号"), 10), TextColumn(tr("发明名称"), 8, stretch=True), TextColumn(tr("现停在"), 5),
        TextColumn(tr("左方"), 12, stretch=True), TextColumn(tr("右方"), 12, stretch=True),
        TextColumn(tr("方数"), 2.6, right=True),
    ), theme, tr("待裁决的案件"))


def dispute_rows(disputes: Sequence[DisputeView]) -> list[TextRow]:
    """Lines of :func:`disputes_table`; ``key`` is the case's row key."""
    rows = []
    for one in disputes:
        left, right, *_more = [_side(side) for side in one.sides]
        told = "\n".join(tr("{label}：{summary}", label=side.label, summary=side.summary) for side in one.sides)
        cells = (one.number, one.title, one.stage_label, left, right, str(len(one.sides)))
        rows.append(TextRow(cells, "", one.key, told))
    return rows


def _side(side: SideView) -> str:
    """What was done comes first: where there is little room, the end is left out."""
    done = "、".join(dict.fromkeys(entry.action for entry in side.entries))
    who = "、".join(dict.fromkeys(f"{entry.actor}（{entry.station}）" for entry in side.entries))
    return tr("{done} · {who}", done=done, who=who)


def quarantine_table(theme: Theme) -> RowTable:
    return RowTable((
        TextColumn(tr("站点"), 7), TextColumn(tr("编号"), 4, right=True), TextColumn(tr("种类"), 5),
        TextColumn(tr("原因"), 18, stretch=True), TextColumn(tr("来自"), 7), TextColumn(tr("发现时间"), 8),
    ), theme, tr("隔离的记录"))


def quarantine_rows(found: Sequence[QuarantineView]) -> list[TextRow]:
    """Lines of :func:`quarantine_table`."""
    return [
        TextRow((one.name or one.station[:SHORT], f"{one.seq:,}", one.kind_label, one.reason, one.source,
                 clock(one.found_at)), "overdue" if one.kind == "fork" else "", (one.station, one.seq, one.kind),
                tr("{name}　{id}　编号 {seq}\n{reason}", name=one.name, id=one.station, seq=one.seq, reason=one.reason))
        for one in found
    ]


def traffic_table(theme: Theme) -> RowTable:
    return RowTable((
        TextColumn(tr("站点"), 9, stretch=True), TextColumn(tr("写入包中"), 6, right=True),
        TextColumn(tr("收到"), 6, right=True),
    ), theme, tr("各站点的条数"))


def traffic_rows(stations: Sequence[TrafficView]) -> list[TextRow]:
    """Lines of :func:`traffic_table`: one for each name, whatever incarnations stand behind it."""
    sums: dict[str, tuple[int, int]] = {}
    for one in stations:
        name = one.name or one.station[:SHORT]
        sent, received = sums.get(name, (0, 0))
        sums[name] = sent + one.sent, received + one.received
    return [
        TextRow((name, f"{sent:,}" if sent else "—", f"{received:,}" if received else "—"), key=name)
        for name, (sent, received) in sorted(sums.items())
    ]
