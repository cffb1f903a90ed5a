"""How a registered party is put in words, marks and colours. A mark and a word always stand beside the colour."""

from __future__ import annotations

from desktop.app.party_views import PartyRowView, PartyStanding, QuotaView, SanctionView
from desktop.core.party_facts import STATED, STRATEGIC, PartyKind, PartyStatus
from desktop.core.party_standing import BARRING
from desktop.ui.i18n import tr

KINDS = (PartyKind.PARTY.value, PartyKind.AGENCY.value)
#: What a kind of registration is called where it stands alone.
KIND_TITLES = {PartyKind.PARTY: "备案主体", PartyKind.AGENCY: "代理机构"}
STATUSES = (*(status.value for status in STATED), PartyStatus.PENDING.value, PartyStatus.EXPIRED.value)
#: Status -> (mark, colour of the palette).
STATUS_LOOKS = {
    PartyStatus.ACTIVE: ("●", "done"), PartyStatus.SUSPENDED: ("‖", "overdue"), PartyStatus.CANCELLED: ("✕", "overdue"),
    PartyStatus.LEFT: ("○", "muted"), PartyStatus.PENDING: ("◇", "paused"), PartyStatus.EXPIRED: ("◆", "soon"),
    PartyStatus.REFUSED: ("✕", "muted"),
}
#: The years before and after which a period has no bound that anybody set.
FIRST_YEAR, LAST_YEAR = "0001", "9999"


def kind_title(kind: str) -> str:
    return tr(KIND_TITLES.get(PartyKind(kind), kind)) if kind in KINDS else kind


def look_of(status: str) -> tuple[str, str]:
    """(mark, colour) of a status; of one that nobody knows here, a plain one."""
    return STATUS_LOOKS.get(PartyStatus(status), ("●", "text")) if status in tuple(PartyStatus) else ("●", "text")


def status_words(status: str) -> str:
    """‖ 暂停"""
    return f"{look_of(status)[0]} {status}"


def span_words(since: str, until: str) -> str:
    """自 2026-06-01 至 2026-11-30; empty where nobody set a bound."""
    first = "" if since.startswith(FIRST_YEAR) else since
    last = "" if until.startswith(LAST_YEAR) else until
    return " ".join(part for part in (first and tr("自 {day}", day=first), last and tr("至 {day}", day=last)) if part)


def standing_words(standing: PartyStanding) -> str:
    """‖ 暂停，自 2026-06-01 至 2026-11-30（暂停：一年内两件非正常）"""
    span = span_words(standing.since, standing.until)
    reason = f"（{standing.reason}）" if standing.reason else ""
    return status_words(standing.status) + (f"，{span}" if span else "") + reason


def quota_look(quota: QuotaView) -> tuple[str, str, str]:
    """(mark, used/granted, colour): ▲ used up, ◆ near it, — nothing granted."""
    if quota.left is None:
        return "", tr("{n} 件", n=quota.used) if quota.used else "—", "muted"
    said = f"{quota.used}/{quota.base + quota.extra}"
    if quota.left <= 0:
        return "▲", said, "overdue"
    return ("◆", said, "soon") if quota.word else ("", said, "text")


def quota_words(quota: QuotaView) -> str:
    """The whole of it in a sentence."""
    if quota.left is None:
        return tr("{year} 年没有核定额度，已受理 {used} 件", year=quota.year, used=quota.used)
    extra = tr("＋追加 {n}", n=quota.extra) if quota.extra else ""
    left = tr("余 {n}", n=quota.left) if quota.left >= 0 else tr("超出 {n}", n=-quota.left)
    return tr("{year} 年额度 {base}{extra} 件，已受理 {used}，{left}", year=quota.year, base=quota.base, extra=extra,
              used=quota.used, left=left)


def tags_words(row: PartyRowView) -> str:
    """The strategic one first, with its star."""
    others = [tag for tag in row.tags if tag != STRATEGIC]
    return "、".join([*([tr("★战略")] if row.strategic else []), *others])


def doubts_words(row: PartyRowView) -> str:
    """◆ 建议 2、并行修改"""
    proposed = [tr("◆ 建议 {n}", n=row.proposals)] if row.proposals else []
    return "、".join([*proposed, *row.marks])


def sanction_words(one: SanctionView) -> str:
    """Whether a measure holds, and until when."""
    if one.in_force:
        until = tr("至 {day}", day=one.last) if one.last else tr("至解除")
        barring = "‖ " if one.measure in BARRING else "● "
        return barring + tr("有效，{until}", until=until)
    return tr("○ 已于 {day} 结束", day=one.last) if one.last else tr("◇ 未开始")
