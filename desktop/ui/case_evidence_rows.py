"""What is shown of an evidence item in words: its files, its time-stamps, its chain of custody, its lock."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.app.evidence_views import CustodyView, EvidenceFile, EvidenceReport, EvidenceView, StampView
from desktop.core.attachment import size_words
from desktop.core.custody import DIFFERS, MATCHES, MISSING
from desktop.core.stamps import LOCAL_CLOCK, StampVerdict
from desktop.ui.case_journal import mark_words
from desktop.ui.i18n import tr
from desktop.ui.widgets.rowtable import TextRow

#: Result of hashing again -> (mark, colour).
RESULTS = {MATCHES: ("✓", "done"), DIFFERS: ("▲", "overdue"), MISSING: ("▲", "overdue")}
#: Verdict on a time-stamp -> (words that fit a cell, colour).
VERDICTS = {
    StampVerdict.VALID: ("✓ 有效", "done"), StampVerdict.UNTRUSTED: ("◆ 签名有效，根证书不在名单", "soon"),
    StampVerdict.INVALID: ("▲ 无效", "overdue"), StampVerdict.UNDECIDED: ("◇ 不能核验", "soon"),
}
SHORT = 10  # characters of a digest in a cell
LOCKED = "锁定"


def short(digest: str) -> str:
    return f"{digest[:SHORT]}…" if digest else "—"


def result_words(result: str) -> str:
    """✓ 一致; empty while nobody hashed it again."""
    mark, _level = RESULTS.get(result, ("", ""))
    return f"{mark} {result}".strip()


def stamp_words(stamp: StampView) -> str:
    """The verdict alone; what it says beyond stands below the table."""
    return tr(VERDICTS[stamp.report.verdict][0]) if stamp.report is not None else tr("尚未核验")


def file_row(one: EvidenceFile, stamps: Sequence[StampView], own: str) -> TextRow:
    """A line of the table of files. ``stamps`` are those of this file, ``own`` the name of this station."""
    lost = not one.here and one.station == own
    where = tr("在本机") if one.here else tr("▲ 内容缺失") if lost else tr("○ 在{station}", station=one.station)
    stamped = tr("（时间戳令牌）") if one.stamps else "；".join(stamp_words(stamp) for stamp in stamps) or "—"
    cells = (one.name, size_words(one.size), short(one.sha256), short(one.sm3), result_words(one.result) or where,
             stamped, one.actor, one.at[:16], mark_words(one.mark))
    bad = lost or RESULTS.get(one.result, ("", ""))[1] == "overdue"
    level = "overdue" if bad else "muted" if one.stamps or not one.here else ""
    return TextRow(cells, level, one.sha256, one.name)


def file_words(one: EvidenceFile, stamps: Sequence[StampView]) -> str:
    """Everything about one file; digests whole."""
    said = [tr("{name}　{size} 字节　{actor} {at} 收入（{station}，{clock}）", name=one.name, size=f"{one.size:,}",
               actor=one.actor, at=one.at[:19], station=one.station, clock=LOCAL_CLOCK),
            f"SHA-256　{one.sha256}", f"SM3　{one.sm3 or tr('收入时没有计算')}"]
    said += [tr("时间戳“{token}”：{words}", token=stamp.token_name, words=stamp.words) for stamp in stamps]
    said += [note for stamp in stamps if stamp.report is not None for note in stamp.report.notes]
    if one.note:
        said.append(one.note)
    return "\n".join(said)


def custody_row(row: CustodyView) -> TextRow:
    marks = [mark for mark in (row.mark, tr("分叉") if row.forked else "") if mark]
    found = [result for _sha, result in row.files]
    counts = {result: found.count(result) for result in (DIFFERS, MISSING, MATCHES)}
    results = "、".join(f"{result} {n}" for result, n in counts.items() if n) or tr("没有文件")
    bad = counts[DIFFERS] + counts[MISSING]
    action = row.action + "".join(f"〔{mark}〕" for mark in marks)
    cells = (str(row.number), row.at.replace("T", " "), action, row.from_person or "—", row.to_person or "—",
             row.reason or "—", ("▲ " if bad else "✓ " if row.files else "") + results, short(row.hash))
    return TextRow(cells, "overdue" if bad else "soon" if marks else "", row.hash, row.words)


def custody_words(row: CustodyView) -> str:
    """One row of the chain with both hashes whole, so that it can be checked on paper."""
    said = [tr("第 {n} 行　{action}　{words}", n=row.number, action=row.action, words=row.words),
            tr("经办 {who}（{station}），{clock} {at}", who=row.actor, station=row.station, clock=LOCAL_CLOCK,
               at=row.at)]
    if row.reason:
        said.append(tr("事由　{reason}", reason=row.reason))
    if row.forked:
        said.append(tr("◆ 分叉：另一站点在不知道此行时也写了一行"))
    said += [tr("本行校验值　{hash}", hash=row.hash), tr("上一行校验值　{prev}", prev=row.prev or tr("（首行）"))]
    return "\n".join(said)


def lock_words(item: EvidenceView) -> str:
    """Why the item is locked and who may unlock it; empty while it is not."""
    if not item.locked:
        return ""
    why = next((row.reason for row in reversed(item.custody) if row.action == LOCKED), "")
    said = tr("▲ 已锁定　{why}", why=why) if why else tr("▲ 已锁定")
    return said + "\n" + tr("锁定期间只能备注。由组长写明理由“解除锁定”，解除前全部文件再核验一遍，须全部相符。")


def report_head(report: EvidenceReport) -> tuple[str, str]:
    """(sentence, level) of a verification."""
    files, stamps = len(report.item.files), len(report.item.stamps)
    looked = tr("复核文件 {n} 个、流转记录 {rows} 行、时间戳 {stamps} 个", n=files, rows=len(report.item.custody),
                stamps=stamps)
    if report.ok:
        return tr("✓ 全部相符。{looked}。", looked=looked), "done"
    problems = "\n".join(f"▲ {problem}" for problem in report.problems)
    locked = tr("\n此证据已锁定，并记入流转记录；由组长查明后解除。") if report.locked else ""
    return tr("▲ 有问题。{looked}。\n{problems}{locked}", looked=looked, problems=problems, locked=locked), "error"


def report_rows(report: EvidenceReport) -> list[TextRow]:
    """A line for each file and each time-stamp."""
    rows = [TextRow((tr("文件"), one.name, result_words(one.result), short(one.sha256)),
                    RESULTS.get(one.result, ("", ""))[1] if one.result != MATCHES else "", one.sha256, one.sha256)
            for one in report.item.files]
    for stamp in report.item.stamps:
        level = VERDICTS[stamp.report.verdict][1] if stamp.report is not None else "muted"
        rows.append(TextRow((tr("时间戳"), stamp.file_name, stamp_words(stamp), short(stamp.token)), level,
                            ("stamp", stamp.token), stamp.words))
    return rows
