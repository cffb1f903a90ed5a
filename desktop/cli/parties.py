"""``kuaishen party``: parties and agencies."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.party_views import PartyOutcome, PartyQuery, PartyRowView, PartyView, QuotaView
from desktop.cli.cases import values_of
from desktop.cli.output import DONE, Output, printable, table
from desktop.cli.papers import target_file
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, require_file, today, utf8
from desktop.core.party_decide import Order
from desktop.core.party_intake import examine_rows

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.app.parties import Parties

ON_SCREEN = 50
SHOWN = 20  # refusals listed on a screen
HASH = 12  # digits of a hash that name a document


# ---------------------------------------------------------------- questions
def listing(args: Namespace, out: Output) -> int:
    query = PartyQuery(args.kind, args.status, args.search, args.tag, args.proposals)
    limit = args.limit if args.limit is not None else 0 if out.as_json else ON_SCREEN
    with open_desk(args, out) as desk:
        found = desk.parties.page(query, on=_day(args.on), limit=limit if limit > 0 else -1)
    document = {"count": found.total, "parties": [_plain(row) for row in found.rows]}
    out.answer(document, _list_lines(found.total, found.rows))
    return DONE


def _list_lines(total: int, rows: Sequence[PartyRowView]) -> Iterator[str]:
    yield f"共 {total} 个" + (f"，列出前 {len(rows)} 个（--limit 0 列出全部）" if len(rows) < total else "")
    if not rows:
        return
    cells = [
        (
            row.kind, row.name, row.uscc or row.code, row.region, row.status, row.until or "—", _quota_words(row.quota),
            "、".join(row.tags), "、".join([*row.marks, *([f"建议 {row.proposals}"] if row.proposals else ())]),
        )
        for row in rows
    ]  # fmt: skip
    titles = ("种类", "名称", "代码", "地区", "状态", "至", "额度", "标签", "标记")
    yield from table(titles, cells, (8, 36, 18, 16, 8, 10, 16, 24, 24))


def _quota_words(quota: QuotaView) -> str:
    return "—" if quota.left is None else f"{quota.used}/{quota.base + quota.extra}"


def show(args: Namespace, out: Output) -> int:
    on = _day(args.on)
    period = (parse_day(args.first), on) if args.first else None
    with open_desk(args, out) as desk:
        view = desk.parties.show(args.ref, actor=actor_of(args, desk), on=on, kind=args.kind, period=period)
    out.answer(_plain(view), _show_lines(view))
    return DONE


def _show_lines(view: PartyView) -> Iterator[str]:
    here = view.standing
    bounds = "".join((f"，自 {here.since}" if here.since else "", f"，至 {here.until}" if here.until else ""))
    yield f"{view.kind}　{printable(view.name)}　标识 {view.id}"
    if view.merged_into:
        yield f"已并入 {here.name}（{view.merged_into}）"
    yield f"{view.on} 状态：{here.status}{bounds}" + (f"（{printable(here.reason)}）" if here.reason else "")
    for remark in (*here.remarks, *here.marks):
        yield f"注意：{printable(remark)}"
    quota = view.quota
    granted = "未核定" if quota.left is None else f"{quota.base}＋{quota.extra} 件，余 {quota.left}"
    yield f"{quota.year} 年额度：{granted}；已受理 {quota.used} 件"
    for rate in view.rates:
        yield f"{rate.label}：{rate.text}（{rate.part}/{rate.whole}；{rate.definition}）"
    yield from _block("登记事项", (f"{fact.label}：{fact.value}" for fact in view.facts if fact.value))
    yield from _block("并行修改", (f"{one.label}：{' ／ '.join(one.values)}（现取最后一个）" for one in view.parallel))
    yield from _block("并入的登记", (f"{name}（{id_}）" for id_, name in view.merged))
    yield from _block(
        "建议",
        (
            f"{one.id} {one.label}：{one.sentence}；规则：{one.text}（{one.status}，{one.basis}）"
            f"；案件 {'、'.join(one.cases) or '无'}"
            for one in view.proposals
        ),
    )
    yield from _block(
        "处理",
        (
            f"{one.id} {one.measure} {one.since} 至 {one.last or '解除'}"
            f"{'（有效）' if one.in_force else ''}：{one.reason}"
            for one in view.sanctions
        ),
    )
    yield from _block(
        "认定",
        (
            f"{one.id} {one.kind} {one.found_on} {one.case}{f'，申诉{one.outcome}' if one.outcome else ''}"
            for one in view.findings
        ),
    )
    yield from _block(
        "流水",
        (f"{e.at}　{e.actor}　{f'〔{e.party}〕' if e.party else ''}{e.text}" for e in view.journal),
    )


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = [f"  {printable(line)}" for line in lines]
    if told:
        yield f"\n{title}"
        yield from told


def rules(args: Namespace, out: Output) -> int:
    with open_desk(args, out) as desk:
        found = desk.parties.rules()
    cells = [(one.id, one.applies, "有效" if one.active else "", one.measure, one.status, one.text) for one in found]
    lines = table(("编号", "适用", "", "措施", "核对", "内容"), cells, (28, 8, 4, 4, 6, 80))
    out.answer({"count": len(found), "rules": [_plain(one) for one in found]}, lines)
    return DONE


def duplicates(args: Namespace, out: Output) -> int:
    with open_desk(args, out) as desk:
        found = desk.parties.duplicates()
    document = {
        "count": len(found),
        "duplicates": [
            {
                "kind": one.kind,
                "uscc": one.uscc,
                "parties": [{"id": id_, "name": name} for id_, name in one.parties],
            }
            for one in found
        ],
    }
    lines = [f"{one.uscc}　" + "；".join(f"{name}（{id_}）" for id_, name in one.parties) for one in found]
    out.answer(document, [f"共 {len(found)} 组", *lines])
    return DONE


# ---------------------------------------------------------------- papers
def notice(args: Namespace, out: Output) -> int:
    """The documents of one, or one of them: as a PDF, or its words on the screen."""
    if not args.kind and args.output is None:
        return _notices(args, out)
    target = target_file(args.output, ".pdf", "通知书") if args.output is not None else None
    with open_desk(args, out) as desk:
        paper = desk.parties.notice(args.ref, args.kind)
    if target is not None:
        from desktop.reports.notice_pdf import render_notice

        render_notice(paper, target)
    document = {**_plain(paper), "facts": dict(paper.facts), "file": str(target) if target else None}
    said = f"{paper.title}　{paper.number} 已写入 {target}" if target else printable(paper.words())
    out.answer(document, said)
    return DONE


def _notices(args: Namespace, out: Output) -> int:
    with open_desk(args, out) as desk:
        found = desk.parties.notices(args.ref)
    cells = [(f"{one.on}", one.kind, one.title, one.number, one.mark or "—", one.hash[:HASH]) for one in found]
    lines = table(("日期", "种类", "标题", "文号", "标记", "校验值"), cells, (10, 10, 26, 40, 8, HASH))
    out.answer({"count": len(found), "notices": [_plain(one) for one in found]}, [f"共 {len(found)} 份", *lines])
    return DONE


# ---------------------------------------------------------------- commands
def add(args: Namespace, out: Output) -> int:
    values = values_of(args)
    return _told(args, out, lambda parties, who: parties.add(args.kind, values, **who))


def amend(args: Namespace, out: Output) -> int:
    values = values_of(args)
    return _told(args, out, lambda parties, who: parties.amend(args.ref, values, reason=args.reason, **who))


def note(args: Namespace, out: Output) -> int:
    return _told(args, out, lambda parties, who: parties.note(args.ref, args.text, **who))


def refuse(args: Namespace, out: Output) -> int:
    return _told(
        args,
        out,
        lambda parties, who: parties.refuse(
            args.ref, reason=args.reason, basis=args.basis, **{**who, "on": _day(args.on)}
        ),
    )


def find(args: Namespace, out: Output) -> int:
    def step(parties: Parties, who: dict[str, Any]) -> PartyOutcome:
        return parties.find(
            args.ref, args.found, actor=who["actor"], found_on=_day(args.on), today=who["today"], case=args.case,
            note=args.note,
        )  # fmt: skip

    return _told(args, out, step)


def appeal(args: Namespace, out: Output) -> int:
    return _told(
        args,
        out,
        lambda parties, who: parties.appeal(
            args.ref, args.target, args.outcome, note=args.note, **{**who, "on": _day(args.on)}
        ),
    )


def sanction(args: Namespace, out: Output) -> int:
    order = Order(
        reason=args.reason,
        measure=args.measure,
        since=parse_day(args.first) if args.first else None,
        until=parse_day(args.last) if args.last else None,
        months=args.months,
        cases=args.cases,
    )
    return _told(
        args, out,
        lambda parties, who: parties.sanction(args.ref, order, proposal=args.proposal, rule=args.rule, **who),
    )  # fmt: skip


def dismiss(args: Namespace, out: Output) -> int:
    return _told(args, out, lambda parties, who: parties.dismiss(args.ref, args.proposal, reason=args.reason, **who))


def lift(args: Namespace, out: Output) -> int:
    return _told(
        args,
        out,
        lambda parties, who: parties.lift(args.ref, args.target, reason=args.reason, **{**who, "on": _day(args.on)}),
    )


def grant(args: Namespace, out: Output) -> int:
    return _told(args, out, lambda parties, who: parties.grant(args.ref, args.year, args.base, args.extra, **who))


def merge(args: Namespace, out: Output) -> int:
    return _told(args, out, lambda parties, who: parties.merge(args.ref, args.into, reason=args.reason, **who))


def separate(args: Namespace, out: Output) -> int:
    return _told(args, out, lambda parties, who: parties.separate(args.ref, reason=args.reason, **who))


def _told(args: Namespace, out: Output, step: Callable[[Parties, dict[str, Any]], PartyOutcome]) -> int:
    """One step: who takes it when, and what came of it."""
    day = today()
    with open_desk(args, out) as desk:
        outcome = step(desk.parties, {"actor": actor_of(args, desk), "on": day, "today": day})
    for warning in outcome.warnings:
        out.note(f"注意：{warning}")
    made = f"　编号 {outcome.made}" if outcome.made and outcome.made != outcome.id else ""
    out.answer(_plain(outcome), f"{printable(outcome.name)}　{outcome.status}{made}")
    return DONE


def _day(text: str | None) -> date:
    return parse_day(text) if text else today()


# ---------------------------------------------------------------- lists
def take_in(args: Namespace, out: Output) -> int:
    """Read the file before the store is opened: a list that cannot be used must leave no trace."""
    from desktop.exchange.party_lists import party_rows, recognise_parties
    from desktop.exchange.reading import read_workbook

    path = Path(args.file)
    require_file(path)
    sheet = read_workbook(path, sheet=args.sheet)
    columns = recognise_parties(sheet, args.kind)
    rows = list(examine_rows(columns.kind, party_rows(sheet, columns)))
    with open_desk(args, out) as desk:
        report = _taken_in(desk, args, columns.kind, rows, utf8(path.name))
    refusals = [(row.row, column, reason) for row in report.rows for column, reason in row.reasons]
    document = {
        "kind": columns.kind.value,
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "refusals": [{"row": row, "column": column, "reason": reason} for row, column, reason in refusals],
        "changes": [
            {"row": row.row, "name": row.name, "fact": label, "before": before, "after": after}
            for row in report.rows
            for label, before, after in row.changes
            if row.verdict == "changed"
        ],
        "warnings": [{"row": row.row, "text": text} for row in report.rows for text in row.warnings],
        "dry_run": report.dry_run,
        "file": str(path),
        "sheet": sheet.name,
        "header_row": columns.header_row,
        "unknown_columns": list(columns.unknown),
    }
    lines = [
        f"{path.name}：{columns.kind}名单，表头在第 {columns.header_row} 行，"
        f"{'试读' if report.dry_run else '导入'} {report.read} 行",
        f"新登记 {report.new}　更新 {report.changed}　未变 {report.unchanged}　未收入 {report.refused}",
    ]
    if columns.unknown:
        lines.append(f"没有收入的列：{'、'.join(map(printable, columns.unknown))}")
    if refusals:
        shown = [(str(row), column, reason) for row, column, reason in refusals[:SHOWN]]
        lines += ["", *table(("行", "列", "未收入原因"), shown, (7, 20, 100))]
    out.answer(document, lines)
    return DONE


def _taken_in(desk: Desk, args: Namespace, kind: str, rows: Any, source: str) -> Any:
    if args.dry_run:
        return desk.parties.plan_import(kind, rows)
    return desk.parties.take_in(kind, rows, actor=actor_of(args, desk), source=source, today=today())


def _plain(value: Any) -> dict[str, Any]:
    """A frozen view as JSON values, in the order of its fields."""
    found = asdict(value)
    return {one.name: found[one.name] for one in fields(value)}
