"""The words of sync: ages, holes, ways and results, said the same way on every screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from desktop.app.sync_views import Freshness, StationView, SyncReport, SyncState
from desktop.ui.i18n import tr

# Holes and names past this many are counted instead of listed.
LISTED = 4
WAYS = {"hub": "经中心服务器", "import": "导入交换包", "export": "导出交换包"}


class Phase(StrEnum):
    """What the background is doing: nothing to do with others, at rest, under way, or the last try went wrong."""

    ALONE = "alone"
    REST = "rest"
    RUNNING = "running"
    FAULT = "fault"


def moment(text: str) -> datetime | None:
    """An ISO 8601 moment as this computer's local time without a zone; None when there is none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is None else read.astimezone().replace(tzinfo=None)


def age(text: str, now: datetime) -> str:
    """How long ago, in the coarsest unit that says enough; 从未 when it never was."""
    at = moment(text)
    if at is None:
        return tr("从未")
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return tr("刚刚")
    if minutes < 60:
        return tr("{n} 分钟前", n=minutes)
    if minutes < 48 * 60:
        return tr("{n} 小时前", n=minutes // 60)
    return tr("{n} 天前", n=minutes // (24 * 60))


def clock(text: str) -> str:
    """The moment itself, to the minute."""
    at = moment(text)
    return f"{at:%Y-%m-%d %H:%M}" if at else tr("从未")


def pill(state: SyncState | None, phase: Phase, now: datetime) -> str:
    """The state for the top of the window: a shape, the age of the last sync, what waits to be sent."""
    if state is None or state.joined is None:
        return tr("● 离线单机")
    if phase is Phase.RUNNING:
        return tr("↻ 正在同步…")
    if not state.joined.hub:
        return tr("● 用交换包往来")
    parts = [tr("{age}同步", age=age(state.last_at, now)) if state.last_at else tr("尚未同步")]
    if phase is Phase.FAULT:
        parts.insert(0, tr("离线可用"))
    if state.unsent:
        parts.append(tr("待发 {n}", n=f"{state.unsent:,}"))
    mark = "◆" if phase is Phase.FAULT else "●" if state.last_at else "○"
    return f"{mark} {' · '.join(parts)}"


def joined_line(state: SyncState | None) -> str:
    """To which centre, as what station, by which way."""
    joined = state.joined if state else None
    if joined is None:
        return tr("尚未加入中心：本机单独办理")
    named = (
        tr("{name}（登记名 {other}）", name=joined.station, other=joined.other_name)
        if joined.other_name
        else joined.station
    )
    way = tr("中心服务器 {hub}", hub=joined.hub) if joined.hub else tr("不设中心服务器，用交换包往来")
    return tr("已加入 {centre} · 本站 {station} · {way}", centre=joined.centre, station=named, way=way)


def holes(missing: Sequence[tuple[int, int]]) -> str:
    """The numbers that are missing: 缺 41—57、60."""
    if not missing:
        return ""
    said = [str(first) if first == last else f"{first}—{last}" for first, last in missing[:LISTED]]
    more = tr(" 等 {n} 段", n=len(missing)) if len(missing) > LISTED else ""
    return tr("缺 {which}", which="、".join(said)) + more


def lacks(station: StationView) -> str:
    """How far behind us a station was when it was last heard of."""
    if station.own:
        return "—"
    if station.lacks is None:
        return tr("不详")
    return tr("{n} 条", n=f"{station.lacks:,}") if station.lacks else tr("无")


def remark(station: StationView) -> str:
    """What is unusual about a station, in words."""
    said = []
    if station.present:
        said.append(tr("本机现在"))
    elif station.own:
        said.append(tr("本机以前"))
    if station.forked:
        said.append(tr("▲ 编号分叉：同一编号出现过不同记录"))
    if station.missing:
        said.append(tr("◆ 缺的收到后自动接上"))
    return "；".join(said)


def result(report: SyncReport) -> str:
    """What one meeting did, in one line."""
    if report.way == "export":
        return tr("写出 {n} 条", n=f"{report.sent:,}")
    if report.dry_run:
        said = [tr("可收 {n} 条", n=f"{report.received:,}")]
    else:
        said = [tr("收 {n} 条", n=f"{report.received:,}")]
        if report.way == "hub":
            said.append(tr("发 {n} 条", n=f"{report.sent:,}"))
    said += [
        tr(words, n=f"{count:,}")
        for words, count in (
            ("已有 {n} 条", report.known if report.way == "import" else 0),
            ("待齐 {n} 条", report.held), ("隔离 {n} 条", report.quarantined), ("待裁决 {n} 件", report.contested),
            ("未收 {n} 条", report.not_taken),
        )
        if count
    ]
    if report.cancelled:
        said.append(tr("中途取消，已收到的保留"))
    return "，".join(said)


def fresh_words(answer: Freshness, news_from: Sequence[str]) -> str:
    """The quiet line of a form after others were asked about its case; empty when there is nothing to say."""
    if not answer.asked:
        return tr("未能查看其他站点，按本机已有的记录办理")
    if news_from:
        return tr("此案有{names}的新办理，已更新；请关闭本窗口看过再办", names=named(news_from))
    if not answer.complete:
        return tr("{names}有新的办理尚未收到", names=named(answer.stations) if answer.stations else tr("其他站点"))
    return ""


def named(names: Sequence[str]) -> str:
    """「甲站」、「乙站」 …, the first few."""
    said = "、".join(tr("「{name}」", name=name) for name in names[:LISTED])
    return said + (tr("等 {n} 站", n=len(names)) if len(names) > LISTED else "")
