"""``kuaishen join``, ``sync``, ``conflicts`` and ``stations``: the others, and what was decided without them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.app.sync_views import DisputeView, QuarantineView, SideView, StationView, SyncReport, SyncState
from desktop.app.views import JournalEntry
from desktop.cli.cases import entry_json
from desktop.cli.output import Output, printable, table, wrapped
from desktop.cli.papers import target_file
from desktop.cli.parser import Usage
from desktop.cli.session import actor_of, data_folder, open_desk, passphrase, require_file, utf8

_MORE_THAN_ENOUGH = 2**20  # bytes of an enrolment file: what is read of a wrong one, to be refused
_SHORT = 8  # letters of an incarnation that tell it from its siblings
_TOLD = {"hub": ("送出", "收到"), "import": ("收到",), "export": ("写入",)}  # also when it is nothing
_WAYS = {"hub": "已同步", "import": "已收入交换包", "export": "已写出交换包"}


# ---------------------------------------------------------------- joining
def join(args: Namespace, out: Output) -> int:
    """The store becomes a station of the centre; an empty data folder gets a store first."""
    from desktop.app.desk import Desk

    content = _enrolment(Path(args.file))
    folder = data_folder(args)
    created = not Desk.exists(folder)
    if created:
        with closing(Desk.create_joined(folder, passphrase(new=True), content, actor=actor_of(args))) as desk:
            joined = desk.joined()
    else:
        with open_desk(args, out) as desk:
            joined = desk.join(content, actor=actor_of(args, desk))
    assert joined is not None
    way = f"经 {joined.hub} 同步" if joined.hub else "用交换包与其他站点交换"
    lines = [
        *([f"已在 {folder} 建立新的数据。"] if created else []),
        f"已加入“{joined.centre}”，登记的站点为“{joined.other_name or joined.station}”；{way}。",
        *([f"本站点自己的名称是“{joined.station}”，其他站点看到的是登记的名称。"] if joined.other_name else []),
        f"登记文件含有密钥，已存入本机加密的数据，请删除 {utf8(args.file)}。",
    ]
    out.answer({"data": utf8(str(folder)), "created": created, **asdict(joined)}, lines)
    return 0


def _enrolment(path: Path) -> bytes:
    require_file(path)
    with path.open("rb") as file:
        return file.read(_MORE_THAN_ENOUGH)


# ---------------------------------------------------------------- meeting the others
def sync(args: Namespace, out: Output) -> int:
    """One meeting, through the hub or by a bundle; or what meetings have put aside."""
    if args.recipient is not None and args.output is None:
        raise Usage("--for 只与 --export 同用", "kuaishen sync --export 文件.ksb --for 站点")
    if args.dry_run and args.file is None:
        raise Usage("--dry-run 只与 --import 同用", "kuaishen sync --import 文件.ksb --dry-run")
    if args.quarantine:
        return _quarantine(args, out)
    target = None if args.output is None else target_file(args.output, ".ksb", "交换包")
    with open_desk(args, out) as desk:
        if target is not None:
            report = desk.export_bundle(target, recipient=args.recipient or "", progress=out.progress)
        elif args.file is not None:
            require_file(Path(args.file))
            report = desk.import_bundle(Path(args.file), dry_run=args.dry_run, progress=out.progress)
        else:
            report = desk.sync(progress=out.progress)
    out.answer(_report(report), _report_lines(report))
    return 0


def _report(report: SyncReport) -> dict[str, Any]:
    said = asdict(report)
    said["file"] = utf8(report.file)
    order = ("sent", "received", "quarantined", "contested", "pending")
    return {name: getattr(report, name) for name in order} | said


def _report_lines(report: SyncReport) -> Iterator[str]:
    done = "试读交换包，没有收入任何内容" if report.dry_run else _WAYS[report.way]
    yield f"{done}{f' {utf8(report.file)}' if report.file else ''}{'（已中断）' if report.cancelled else ''}"
    counts = {
        "写入" if report.way == "export" else "送出": report.sent,
        "收到": report.received,
        "早已收到": report.known,
        "等待前面的流水": report.held,
        "尚未送出": report.unsent,
        "隔离": report.quarantined,
    }
    told = _TOLD[report.way]
    yield "　".join(f"{name} {count:,} 项" for name, count in counts.items() if count or name in told)
    traffic: dict[str, list[int]] = {}  # by name: which of its incarnations is of no interest here
    for one in report.stations:
        sums = traffic.setdefault(one.name, [0, 0])
        sums[0] += one.sent
        sums[1] += one.received
    if len(traffic) > 1:
        rows = [(name, f"{sent:,}", f"{received:,}") for name, (sent, received) in sorted(traffic.items())]
        yield from table(("其中站点", "送出", "收到"), rows, (24, 10, 10))
    if report.moved:
        yield f"随新的日历重新计算了期限，{len(report.moved)} 项有变动。"
    if report.contested:
        yield f"待裁决 {report.contested} 件：kuaishen conflicts 列出各方。"
    if report.quarantined:
        yield "隔离的流水没有收入：kuaishen sync --quarantine 列出原因。"
    for note in report.notes:
        yield f"注意：{printable(note)}"


def _quarantine(args: Namespace, out: Output) -> int:
    with open_desk(args, out) as desk:
        found = desk.quarantined()
    lines = [f"隔离 {len(found)} 项", *(line for one in found for line in _quarantine_lines(one))]
    out.answer({"count": len(found), "quarantined": [asdict(one) for one in found]}, lines)
    return 0


def _quarantine_lines(one: QuarantineView) -> Iterator[str]:
    name, found = one.name or "未知站点", _moment(one.found_at)
    yield from wrapped(f"{name}（{one.station[:_SHORT]}）第 {one.seq} 项　{one.kind_label}　{found}")
    yield from wrapped(one.reason, indent=2)


# ---------------------------------------------------------------- what was decided differently
def conflicts(args: Namespace, out: Output) -> int:
    """The cases that wait for a decision, with every side and what it had not seen."""
    with open_desk(args, out) as desk:
        found = (desk.dispute(args.case),) if args.case else desk.disputes()
    document = {"count": len(found), "cases": [_dispute(one) for one in found]}
    out.answer(document, [f"待裁决 {len(found)} 件", *(line for one in found for line in _dispute_lines(one))])
    return 0


def _dispute(view: DisputeView) -> dict[str, Any]:
    left, right, *others = view.sides
    return {
        "number": view.number,
        "left": _side(left),
        "right": _side(right),
        "seen": {
            "common": list(map(entry_json, view.common)),
            "left_unseen": list(map(entry_json, left.unseen)),
            "right_unseen": list(map(entry_json, right.unseen)),
        },
        "others": [{**_side(side), "unseen": list(map(entry_json, side.unseen))} for side in others],
        "title": view.title,
        "stage_label": view.stage_label,
    }


def _side(side: SideView) -> dict[str, Any]:
    return {
        "choice": side.choice,
        "label": side.label,
        "authors": side.authors,
        "stations": _stations_of(side.entries),
        "entries": list(map(entry_json, side.entries)),
        "stage_label": side.stage_label,
        "facts": dict(side.facts),
        "summary": side.summary,
    }


def _stations_of(entries: Sequence[JournalEntry]) -> list[str]:
    return list(dict.fromkeys(entry.station for entry in entries))


def _dispute_lines(view: DisputeView) -> Iterator[str]:
    yield ""
    yield from wrapped(f"{view.number}　{view.title}")
    yield f"  各方都认可的最后一步停在：{view.stage_label}"
    yield from _entry_lines([entry for entry in view.common if not entry.mark][-1:], 4)
    for side in view.sides:
        who = f"{'、'.join(side.authors)}（{'、'.join(_stations_of(side.entries))}）"
        yield from wrapped(f"{side.label}　choose={side.choice}　{who}", indent=2)
        yield from _entry_lines(side.entries, 4)
        facts = "".join(f"，{name}：{value or '（空）'}" for name, value in side.facts)
        yield from wrapped(f"采用后：{side.stage_label}{facts}", indent=4)
        if side.unseen:
            unseen = "、".join(f"{one.actor}（{one.station}）的“{one.action}”" for one in side.unseen)
            yield from wrapped(f"当时没有见到：{unseen}", indent=4)
    yield from wrapped(
        f"裁决（组长，且不是任何一方）：kuaishen act {view.number} resolve"
        f" --set choose={'|'.join(side.choice for side in view.sides)}|new --set reason=理由",
        indent=2,
    )


def _entry_lines(entries: Sequence[JournalEntry], indent: int) -> Iterator[str]:
    for entry in entries:
        text = f"{entry.at}　{entry.actor}（{entry.station}）　{entry.text}"
        yield from wrapped(text, indent=indent, hanging=2)


# ---------------------------------------------------------------- the others
def stations(args: Namespace, out: Output) -> int:
    """How this store stands towards each station it knows of."""
    with open_desk(args, out) as desk:
        state, found = desk.sync_state(), desk.stations()
    document = {**asdict(state), "count": len(found), "stations": [asdict(one) for one in found]}
    out.answer(document, [*_state_lines(state), *_station_lines(found)])
    return 0


def _state_lines(state: SyncState) -> Iterator[str]:
    if state.joined is None:
        yield "尚未加入中心：用中心管理员给的登记文件运行 kuaishen join 文件.kse。"
    else:
        station = state.joined.other_name or state.joined.station
        yield f"{state.joined.centre}　站点“{station}”　{state.joined.hub or '只用交换包'}"
    yield (
        f"上次同步 {_moment(state.last_at)}　待送出 {state.unsent:,} 项　待裁决 {state.contested} 件"
        + (f"　等待前面的流水 {state.held:,} 项" if state.held else "")
        + (f"　隔离 {state.quarantined} 项" if state.quarantined else "")
    )
    if state.numbers_left is not None:
        yield f"预留的案号还有 {state.numbers_left:,} 个{'，快用完了，请尽快同步一次' if state.numbers_low else ''}"
    for note in state.notes:
        yield f"注意：{printable(note)}"


def _station_lines(found: Sequence[StationView]) -> list[str]:
    rows = [
        (
            f"{one.name or '（未知）'}{'（本站）' if one.present else '（本站旧编号）' if one.own else ''}",
            one.station[:_SHORT],
            f"{one.here:,}",
            f"{one.waiting:,}" if one.waiting else "",
            "、".join(f"{first}–{last}" if first < last else str(first) for first, last in one.missing),
            "" if one.present else "—" if one.lacks is None else f"{one.lacks:,}",
            _moment(one.heard_at),
            "分叉" if one.forked else "",
        )
        for one in found
    ]
    titles = ("站点", "编号", "已收到", "在等", "缺第几项", "对方缺", "最近消息", "")
    return table(titles, rows, (22, _SHORT, 9, 6, 14, 9, 16, 4)) if rows else []


def _moment(told: str) -> str:
    """ISO 8601 as this computer's clock would show it."""
    return datetime.fromisoformat(told).astimezone().strftime("%Y-%m-%d %H:%M") if told else "—"
