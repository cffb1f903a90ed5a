"""``kuaishen notice`` and ``notices``: documents that went out, as PDF, one or many."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from desktop.app.notice_papers import NoticeView
from desktop.cli.cases import procedure_named, query_of
from desktop.cli.output import Output, table
from desktop.cli.papers import target_file
from desktop.cli.session import actor_of, open_desk, today
from desktop.core.refusal import Refusal


def notice(args: Namespace, out: Output) -> int:
    """One document of a case written as PDF; without a target the documents of the case are listed."""
    with open_desk(args, out) as desk:
        if not args.output:
            sent, kinds = desk.notices.of(args.case), desk.notices.kinds(args.case)
            return _list(sent, kinds, out)
        target = target_file(args.output, ".pdf", "文书")
        paper = desk.notices.paper(args.case, args.kind)
    from desktop.reports.notice_pdf import render_notice

    render_notice(paper, target)
    document = {"file": str(target), "title": paper.title, "number": paper.number, "verification": paper.verification}
    out.answer(document, f"{paper.title}　{paper.number}　已写入 {target}")
    return 0


def notices(args: Namespace, out: Output) -> int:
    """The newest document of every case of a queue, one after the other in one PDF."""
    from desktop.reports.notice_pdf import render_notices

    target = target_file(args.output, ".pdf", "文书")
    day = today()
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, day)
        keys = desk.keys(query_of(args, procedure), actor=actor_of(args, desk), today=day)
        batch = desk.notices.batch(keys, args.kind)
        for number, sentence in batch.refused:
            out.note(f"{number} 没有打印：{sentence}")
        if not batch.count:
            raise Refusal("nothing_to_print", "所选案件没有可以打印的文书", {"cases": len(keys)})
        count = render_notices(batch.papers, target, lambda done: out.progress("文书", done, batch.count), None)
    refused = [{"number": number, "reason": sentence} for number, sentence in batch.refused]
    document = {"file": str(target), "notices": count, "refused": refused}
    out.answer(document, f"文书 {count} 份已写入 {target}")
    return 0


def _list(sent: tuple[NoticeView, ...], kinds: tuple[tuple[str, str], ...], out: Output) -> int:
    rows = [(one.kind, one.title, one.number, one.on.isoformat(), one.actor, one.mark) for one in sent]
    titles = ("种类", "文书", "文号", "日期", "经办", "标记")
    lines = [f"文书 {len(rows)} 份", *(table(titles, rows, (14, 28, 30, 10, 10, 8)) if rows else [])]
    lines.append("可有的种类：" + "、".join(f"{name}（{title}）" for name, title in kinds))
    out.answer({"notices": [_json(one) for one in sent], "kinds": dict(kinds)}, lines)
    return 0


def _json(one: NoticeView) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": one.title,
        "number": one.number,
        "on": one.on.isoformat(),
        "actor": one.actor,
        "mark": one.mark,
    }
