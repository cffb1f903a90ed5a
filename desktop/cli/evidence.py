"""``kuaishen evidence ...``: evidence taken in, handed over, time-stamped, verified and written out."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.evidence_views import EvidenceReport, EvidenceView, StampView
from desktop.cli.cases import by_name, questions, values_of
from desktop.cli.output import DAMAGED, DONE, Output, printable
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, require_file, today, utf8
from desktop.core.attachment import size_words
from desktop.core.refusal import Refusal
from desktop.core.stamps import LOCAL_CLOCK, StampReport

if TYPE_CHECKING:
    from desktop.app.desk import Desk

_SERVICE = "evidence"
_MOST_PEM = 2**20


def add(args: Namespace, out: Output) -> int:
    """A new item with its files."""
    paths = [Path(name) for name in args.files]
    for path in paths:
        require_file(path)
    with open_desk(args, out) as desk:
        values = by_name(values_of(args), questions(desk, _SERVICE))
        made = desk.evidence.add(paths, values, beside=args.case or None, **_by(args, desk))
    for warning in made.warnings:
        out.note(f"注意：{warning}")
    lines = [f"{made.item.number}　已登记，收入文件 {len(made.item.files)} 个", *_file_lines(made.item)]
    out.answer({**_item(made.item), "warnings": made.warnings}, lines)
    return DONE


def show(args: Namespace, out: Output) -> int:
    """An item as the journal has it; nothing is hashed."""
    with open_desk(args, out) as desk:
        item = desk.evidence.show(args.number)
    out.answer(_item(item), _item_lines(item))
    return DONE


def verify(args: Namespace, out: Output) -> int:
    """One item, or all of them. Status 4 where anything is not as it was recorded."""
    from desktop.exchange.timestamp import examine

    with open_desk(args, out) as desk:
        by = _by(args, desk)
        wanted = [args.number] if args.number else desk.evidence.keys(actor=by["actor"], today=by["today"])
        reports = [
            desk.evidence.verify(ref, examine, lock=not args.no_lock, progress=out.progress, **by) for ref in wanted
        ]
    document = {
        "ok": all(report.ok for report in reports),
        "count": len(reports),
        "items": [
            {
                **_item(report.item),
                "ok": report.ok,
                "problems": report.problems,
                "locked_now": report.locked,
                "notes": report.notes,
            }
            for report in reports
        ],
    }
    out.answer(document, _report_lines(reports))
    return DONE if document["ok"] else DAMAGED


def handover(args: Namespace, out: Output) -> int:
    """From one custodian to another."""
    values = {"to_person": args.to, "reason": args.reason}
    if args.from_person:
        values["from_person"] = args.from_person
    with open_desk(args, out) as desk:
        number = desk.evidence.show(args.number).number
        outcome = desk.act(args.number, "handover", values, **_by(args, desk))
        row = desk.evidence.show(args.number).custody[-1]
    for warning in outcome.warnings:
        out.note(f"注意：{warning}")
    out.answer({"number": number, "stage": outcome.stage, "custody": asdict(row)}, f"{number}　{row.words}")
    return DONE


def stamp(args: Namespace, out: Output) -> int:
    """A time-stamp token for one of the files."""
    from desktop.exchange.timestamp import examine

    path = Path(args.file)
    require_file(path)
    with open_desk(args, out) as desk:
        made = desk.evidence.stamp(args.number, path, args.chosen, examine, **_by(args, desk))
    for warning in made.warnings:
        out.note(f"注意：{warning}")
    document = {
        "number": made.number,
        "token": made.token,
        "file": made.file,
        "file_name": made.file_name,
        **_judged(made.report),
        "warnings": made.warnings,
    }
    out.answer(document, f"{made.number}　“{made.file_name}”的时间戳{made.report.words}")
    return DONE


def export(args: Namespace, out: Output) -> int:
    """The files with their voucher, in a new or empty folder."""
    from desktop.exchange.timestamp import examine

    with open_desk(args, out) as desk:
        made = desk.evidence.export(args.number, Path(args.output), examine, **_by(args, desk))
    for warning in made.warnings:
        out.note(f"注意：{warning}")
    document = {**asdict(made), "folder": utf8(made.folder)}
    out.answer(document, [f"{made.number}　已写入 {utf8(made.folder)}：", *(f"  {name}" for name in made.files)])
    return DONE


def roots(args: Namespace, out: Output) -> int:
    """The certificates that time-stamps are trusted by: listed, or replaced by those of PEM files."""
    from desktop.exchange.certificates import described, split_pem

    given: list[str] = []
    for name in args.files:
        path = Path(name)
        require_file(path)
        with path.open("rb") as source:
            found = split_pem(source.read(_MOST_PEM))
        if not found:
            raise Refusal("no_certificate", f"{utf8(name)} 中没有证书（PEM）", {"file": utf8(name)})
        given += found
    with open_desk(args, out) as desk:
        if given or args.clear:
            desk.evidence.set_roots(list(dict.fromkeys(given)), actor=actor_of(args, desk), today=today())
        trusted = [described(one) for one in desk.evidence.roots()]
    lines = [f"信任的时间戳证书 {len(trusted)} 张", *(f"  {one['name']}，有效期至 {one['until']}" for one in trusted)]
    out.answer({"count": len(trusted), "roots": trusted}, lines)
    return DONE


# ---------------------------------------------------------------- words
def _by(args: Namespace, desk: Desk) -> dict[str, Any]:
    """Who, on which business date, on which day."""
    day: date = today()
    chosen = getattr(args, "on", None)
    return {"actor": actor_of(args, desk), "on": parse_day(chosen) if chosen else day, "today": day}


def _item(item: EvidenceView) -> dict[str, Any]:
    document = asdict(item)
    document["stamps"] = [_stamp(one) for one in item.stamps]
    document["facts"] = dict(item.facts)
    return document


def _stamp(one: StampView) -> dict[str, Any]:
    base = {"token": one.token, "token_name": one.token_name, "file": one.file, "file_name": one.file_name}
    return {**base, **(_judged(one.report) if one.report else {"verdict": "", "words": one.words})}


def _judged(report: StampReport) -> dict[str, Any]:
    return {
        "verdict": str(report.verdict),
        "reason": report.reason,
        "words": report.words,
        "stamp": asdict(report.stamp) if report.stamp else None,
        "notes": report.notes,
    }


def _item_lines(item: EvidenceView) -> Iterator[str]:
    keeper = f"　保管人 {item.custodian}" if item.custodian else ""
    yield printable(f"{item.number}　{item.title}")
    yield f"{item.category}　{'▲ ' if item.locked else ''}{item.stage_label}{keeper}"
    yield from (printable(f"  {label}：{value}") for label, value in item.facts)
    yield ""
    yield f"文件 {len(item.files)} 个"
    yield from _file_lines(item)
    yield from (f"  时间戳　{one.file_name}：{one.words}" for one in item.stamps)
    yield ""
    yield f"流转记录 {len(item.custody)} 行（{LOCAL_CLOCK}）"
    for row in item.custody:
        marks = "".join(f"〔{mark}〕" for mark in (row.mark, "分叉" if row.forked else "") if mark)
        reason = f"；{row.reason}" if row.reason else ""
        yield printable(f"  {row.at}　{row.actor}　{marks}{row.action}：{row.words}{reason}")
        yield f"    {row.hash}"
    yield from (f"▲ {problem}" for problem in item.problems)


def _file_lines(item: EvidenceView) -> Iterator[str]:
    for one in item.files:
        where = "" if one.here else f"　在 {one.station}"
        result = f"　{one.result}" if one.result else ""
        yield f"  {one.name}（{size_words(one.size)}）{result}{where}"
        yield f"    SHA-256 {one.sha256}"
        yield f"    SM3     {one.sm3 or '—'}"


def _report_lines(reports: Sequence[EvidenceReport]) -> Iterator[str]:
    bad = sum(not report.ok for report in reports)
    yield f"证据 {len(reports)} 件：{f'▲ {bad} 件有问题' if bad else '全部一致'}"
    for report in reports:
        yield f"{report.item.number}　{'● 一致' if report.ok else '▲ 有问题'}　{report.item.stage_label}"
        yield from (f"    {one.name}　{one.result}" for one in report.item.files)
        yield from (f"    时间戳　{one.file_name}：{one.words}" for one in report.item.stamps)
        yield from (f"    ▲ {problem}" for problem in report.problems)
        yield from (["    已锁定"] if report.locked else [])
        yield from (f"    {note}" for note in report.notes)
