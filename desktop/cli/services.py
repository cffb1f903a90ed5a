"""``kuaishen services``, ``new``, ``matter`` and ``referral``: every service, and what belongs together."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.matter_views import LaneCase, MatterView
from desktop.cli.cases import by_name, procedure_named, questions, values_of
from desktop.cli.output import Output, printable
from desktop.cli.papers import target_file
from desktop.cli.parser import Usage
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, require_file, today, utf8
from desktop.core.refusal import Refusal

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.app.queue_views import ServiceView
    from desktop.app.views import OpeningView

NEW_FORMS = "kuaishen new 业务 --set 栏目=值 ... [--beside 案件] | --ask | --list 表格 [--sheet 名称] [--dry-run]"


def services(args: Namespace, out: Output) -> int:
    """What this centre offers, and how much of it is open."""
    day = today()
    with open_desk(args, out) as desk:
        actor = actor_of(args, desk)
        found = [(one, desk.counts(one.id, actor=actor, today=day).views) for one in desk.services(today=day)]
    document = [
        {
            "procedure": one.id, "label": one.label, "categories": one.categories, "banner": one.banner,
            "own": one.own, "views": views, "referrals": [name for name, _ in one.referrals],
        }
        for one, views in found
    ]  # fmt: skip
    out.answer({"services": document}, [_service_line(one, views) for one, views in found])
    return 0


def _service_line(one: ServiceView, views: Any) -> str:
    waiting = f"，满期 {views['matured']}" if views.get("matured") else ""
    doubt = f"\n    待核对：{one.banner}" if one.banner else ""
    counts = f"在办 {views['open']}，超期 {views['overdue']}{waiting}，办结 {views['ended']}"
    return f"{one.label}（{one.id}）　{counts}{doubt}"


def new(args: Namespace, out: Output) -> int:
    """A new case of a service, or those of a table; with --ask only what would be asked."""
    _require_sense(args)
    day = today()
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, day)
        actor = actor_of(args, desk)
        beside = args.beside or None
        if args.ask:
            view = desk.opening(procedure, actor=actor, today=day, beside=beside)
            out.answer(_opening(view), list(_opening_lines(view)))
            return 0
        on = parse_day(args.on) if args.on else day
        if args.list:
            return _new_list(desk, args, procedure, actor, on, day, out)
        values = by_name(values_of(args), questions(desk, procedure))
        made = desk.open_case(procedure, values, actor=actor, on=on, today=day, beside=beside)
    for warning in made.warnings:
        out.note(f"注意：{warning}")
    due = f"截止 {made.due_on}" if made.due_on else "无截止日"
    document = {
        "number": made.number, "procedure": procedure, "stage": made.stage, "stage_label": made.stage_label,
        "due_on": made.due_on, "matter": made.matter, "warnings": made.warnings, "id": made.id,
    }  # fmt: skip
    out.answer(document, f"{made.number}　{made.stage_label}　{due}　办理编号 {made.matter}")
    return 0


def _require_sense(args: Namespace) -> None:
    """Words that would be passed over must not look as if they had been heeded: a trial that registers, say."""
    others = ("--ask", args.ask), ("--beside", args.beside)
    clash = next((word for word, given in others if given), "") if args.list else ""
    alone = next((word for word, given in (("--dry-run", args.dry_run), ("--sheet", args.sheet)) if given), "")
    if clash:
        raise Usage(f"--list 不能与 {clash} 同用", NEW_FORMS)
    if alone and not args.list:
        raise Usage(f"{alone} 只能与 --list 同用", NEW_FORMS)


def _new_list(
    desk: Desk, args: Namespace, procedure: str, actor: str, on: date, day: date, out: Output
) -> int:
    """Many at once from a table."""
    from desktop.exchange.opening_list import read_opening_list

    path = Path(args.list)
    require_file(path)
    table_read = read_opening_list(path, desk.opening_columns(procedure), args.sheet)
    fixed = by_name(values_of(args), questions(desk, procedure))  # what every row has in common may be said once
    rows = [(number, {**fixed, **{k: v for k, v in row.items() if v}}) for number, row in table_read.rows]
    report = desk.open_list(
        procedure, rows, actor=actor, source=utf8(path.name), on=on, today=day, dry_run=args.dry_run
    )
    for row in report.rows:
        for text in row.warnings:
            out.note(f"第 {row.row} 行注意：{text}")
    for number, title in table_read.damaged:
        out.note(f"第 {number} 行“{title}”是公式错误，没有收入")
    document = {
        "read": report.read, "new": report.new, "unchanged": report.unchanged, "refused": report.refused,
        "dry_run": report.dry_run, "columns": table_read.used, "unknown_columns": table_read.unknown,
        "cases": [{"row": row.row, "number": row.number, "title": row.title} for row in report.rows if row.number],
        "refusals": [
            {"row": row.row, "column": column, "reason": reason}
            for row in report.rows
            for column, reason in row.reasons
        ],
        "warnings": [{"row": row.row, "text": text} for row in report.rows for text in row.warnings],
    }  # fmt: skip
    lines = [
        f"{path.name}：{'试读' if report.dry_run else '登记'} {report.read} 行，"
        f"新登记 {report.new}，已有 {report.unchanged}，未收入 {report.refused}"
    ]
    lines += [f"  第 {one['row']} 行　{one['column']}　{one['reason']}" for one in document["refusals"]]
    if table_read.unknown:
        lines.append(f"没有用到的列：{'、'.join(table_read.unknown)}")
    out.answer(document, lines)
    return 0


def _opening(view: OpeningView) -> dict[str, Any]:
    return {
        "procedure": view.procedure, "label": view.label, "fields": [asdict(field) for field in view.fields],
        "banner": view.banner, "enabled": view.enabled, "reason": view.reason,
    }  # fmt: skip


def _opening_lines(view: OpeningView) -> Iterator[str]:
    yield f"{view.label}·{view.opening_label}（带 * 的必填；默认值取自已知的内容）"
    if view.reason:
        yield f"  {view.reason}"
    for field in view.fields:
        options = f"　可填：{'、'.join(field.options)}" if field.options else ""
        default = f"　默认：{field.default}" if field.default else ""
        only = f"　仅用于：{'、'.join(field.categories)}" if field.categories else ""
        yield f"  {field.name}{'*' if field.required else ''}　{field.label}{options}{default}{only}"


def matter(args: Namespace, out: Output) -> int:
    """Every service of one record; with --join or --leave, what belongs to it is changed first."""
    day = today()
    with open_desk(args, out) as desk:
        actor = actor_of(args, desk)
        if args.join:
            desk.join_matter(args.number, args.join, reason=args.reason, actor=actor, on=day, today=day)
        elif args.leave:
            desk.leave_matter(args.number, reason=args.reason, actor=actor, on=day, today=day)
        view = desk.matter(args.number, actor=actor, today=day)
    out.answer(_matter(view), list(_matter_lines(view)))
    return 0


def _matter(view: MatterView) -> dict[str, Any]:
    return {
        "matter": view.number,
        "root": view.root,
        "title": view.title,
        "party": view.party,
        "uscc": view.uscc,
        "application_number": view.application_number,
        "since": view.since,
        "until": view.until,
        "services": [
            {"procedure": lane.procedure, "label": lane.label, "cases": [_lane_case(case) for case in lane.cases]}
            for lane in view.lanes
        ],
        "references": [
            {"from": one.from_number if one.outgoing else one.number, "to": one.number if one.outgoing else
             one.from_number, "as": one.said, "service": one.service, "title": one.title}
            for one in view.references
        ],
        "related": [
            {"number": one.number, "title": one.title, "service": one.service, "stage": one.stage_label, "why": one.why}
            for one in view.related
        ],
    }  # fmt: skip


def _lane_case(case: LaneCase) -> dict[str, Any]:
    found = asdict(case)
    del found["key"]
    return found


def _matter_lines(view: MatterView) -> Iterator[str]:
    yield f"办理编号 {view.number}　{printable(view.title)}　{view.party}"
    if view.application_number:
        yield f"申请号（专利号）{view.application_number}"
    for lane in view.lanes:
        yield f"\n{lane.label}" + ("" if lane.cases else "：未办理")
        for case in lane.cases:
            yield f"  {case.number}　{case.category}　{_state(case)}　收件 {case.opened_on}{_dates(case)}"
            yield from (f"      注意：{mark}" for mark in case.marks)
    if view.references:
        yield "\n引用"
        for one in view.references:
            arrow = "→" if one.outgoing else "←"
            yield f"  {one.from_number} {arrow} {one.number}（{one.said}）　{one.service}　{printable(one.title)}"
    if view.related:
        yield "\n可能相关（未归入本记录）"
        yield from (f"  {one.number}　{one.service}　{printable(one.title)}　{one.why}" for one in view.related)


def _state(case: LaneCase) -> str:
    if case.contested:
        return f"{case.stage_label}（待裁决）"
    return f"办结：{case.result}" if case.ended else case.stage_label


def _dates(case: LaneCase) -> str:
    ended = f"　办结 {case.ended_on}" if case.ended_on else ""
    doubt = "（暂定）" if case.provisional else ""
    due = f"　{case.due_label} {case.due_on}{doubt}" if case.due_on else ""
    reached = "　◆ 已满期" if case.matured else f"　▲ 超期 {-(case.remaining or 0)}" if case.overdue else ""
    files = f"　附件 {case.files}" if case.files else ""
    return f"{ended}{due}{reached}{files}"


def referral(args: Namespace, out: Output) -> int:
    """A list for a platform outside, as a workbook; without a name, which lists there are."""
    day = today()
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, day)
        if not args.name:
            known = next(one.referrals for one in desk.services(today=day) if one.id == procedure)
            document = {"referrals": [{"id": name, "label": label} for name, label in known]}
            out.answer(document, [f"{name}　{label}" for name, label in known] or ["此项业务没有报送表"])
            return 0
        if not args.output:
            raise Refusal("missing_input", "请用 -o 写明报送表的文件名（.xlsx）", {"input": "output"})
        target = target_file(args.output, ".xlsx", "报送表")
        return _write(desk, args, procedure, target, out)


def _write(desk: Desk, args: Namespace, procedure: str, target: Any, out: Output) -> int:
    from desktop.exchange.referral import write_referral

    found = desk.referral(procedure, args.name, actor=actor_of(args, desk), today=today())
    write_referral(target, found.label, found.target, found.columns, found.rows)
    for one in found.left_out:
        out.note(f"未列入：{one}")
    document = {"file": str(target), "rows": len(found.rows), "left_out": found.left_out, "label": found.label}
    out.answer(document, f"{found.label} {len(found.rows)} 件已写入 {target}")
    return 0
