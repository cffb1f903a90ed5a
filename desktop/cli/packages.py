"""``kuaishen package``, ``findings`` and ``compare``: application packages read, checked, decided on, compared."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop.app.package_views import FindingView, PackageReading
from desktop.app.packages import Said
from desktop.cli.output import Output, table
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, today
from desktop.core.comparison import Comparison, compare
from desktop.core.comparison_units import Kind, Row
from desktop.core.finding import DISCLAIMER, Finding
from desktop.core.formal_checks import claims_graph, examine
from desktop.core.package import Biblio, Package
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PackageKind

_SIGNS = {True: "是", False: "否", None: "未见"}
_SHOWN = 40  # characters of a text in a list


def package(args: Namespace, out: Output) -> int:
    """One package: its parts, bibliographic data, claims and findings; with a case, it is put beside that."""
    from desktop.exchange.package_originals import look_at, open_package

    if args.case:
        name, data, found = open_package(Path(args.file))
    else:
        name, data, found = args.file, b"", look_at(Path(args.file))
    document = package_json(found)
    lines = _package_lines(found)
    if args.case:
        day = today()
        with open_desk(args, out) as desk:
            outcome = desk.packages.add(
                args.case,
                name,
                data,
                found,
                kind=PackageKind.FILED if args.filed else None,
                actor=actor_of(args, desk),
                on=parse_day(args.on) if args.on else day,
                today=day,
            )
        document["number"] = outcome.number
        lines = [f"{outcome.number}　已收下申请文件“{name}”", *lines]
    out.answer(document, lines)
    return 0


def findings(args: Namespace, out: Output) -> int:
    """The findings of a case's newest package; ``--accept`` and ``--dismiss`` decide some of them first."""
    from desktop.exchange.package_originals import reread

    day = today()
    on = parse_day(args.on) if args.on else day
    with open_desk(args, out) as desk:
        actor = actor_of(args, desk)
        reading = desk.packages.look(args.case, reread, actor=actor, today=day)
        asked = [(key, Judgement.ACCEPTED) for key in args.accept]
        asked += [(key, Judgement.DISMISSED) for key in args.dismiss] + [(key, Judgement.OPEN) for key in args.reopen]
        chosen = [(_named(reading, key), judgement) for key, judgement in asked]
        if args.words and len(args.accept) > 1:
            raise Refusal("one_at_a_time", "改写的文字只能用于一条初步判断，请一次只采纳一条")
        keys = [one.finding.key for one, _ in chosen]
        if len(set(keys)) < len(keys):
            raise Refusal("named_twice", "同一条初步判断写了两次，请只写一次")
        if chosen:
            said = [Said(one.finding, judgement, args.words or one.words) for one, judgement in chosen]
            desk.packages.judge_all(
                args.case, reading.view.sha256, said, reason=args.reason, actor=actor, on=on, today=day
            )
        if chosen:
            reading = desk.packages.look(args.case, reread, actor=actor, today=day)
    rows = [
        (
            one.finding.key[:8],
            _judgement_word(one),
            one.finding.weight.value,
            one.finding.where,
            one.finding.article,
            one.finding.text if one.judgement is Judgement.OPEN else one.words,
        )
        for one in reading.findings
    ]
    lines = table(("标识", "处理", "性质", "位置", "条款", "初步判断"), rows, (8, 8, 10, 18, 14, 90)) if rows else []
    head = f"{reading.view.kind}“{reading.view.name}”：初步判断 {len(rows)} 条"
    document = {
        "package": reading.view.sha256,
        "kind": reading.view.kind.value,
        "digest": reading.view.digest,
        "findings": [_decided_json(one) for one in reading.findings],
    }
    out.answer(document, [head, *lines, DISCLAIMER])
    return 0


def compared(args: Namespace, out: Output) -> int:
    """Two packages beside each other, or with one word the passed and the filed text of that case."""
    if args.other:
        from desktop.exchange.package_originals import look_at

        left, right = look_at(Path(args.first)), look_at(Path(args.other))
        comparison, names = compare(left, right), (args.first, args.other)
    else:
        from desktop.exchange.package_originals import reread

        with open_desk(args, out) as desk:
            found = desk.packages.compare(args.first, reread)
        comparison, names = found.comparison, (found.passed.name, found.filed.name)
    out.answer(_comparison_json(comparison, names), _comparison_lines(comparison, names))
    return 0


def package_json(found: Package) -> dict[str, Any]:
    """The answer of ``kuaishen package FILE --json``."""
    return {
        "patent_type": found.patent_type.value if found.patent_type else None,
        "digest": found.digest,
        "parts": [
            {"code": one.code, "name": one.name, "file": one.file, "ok": one.ok, "problem": one.problem}
            for one in found.parts
        ],
        "biblio": _biblio_json(found.biblio),
        "claims": claims_graph(found),
        "findings": [_finding_json(one) for one in examine(found)],
        "notes": list(found.notes),
    }


def _biblio_json(biblio: Biblio) -> dict[str, Any]:
    return {
        "title": biblio.title,
        "applicants": list(biblio.applicants),
        "inventors": list(biblio.inventors),
        "agency": biblio.agency,
        "agents": list(biblio.agents),
        "early_publication": biblio.early_publication,
        "substantive_examination": biblio.substantive_examination,
    }


def _finding_json(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "article": one.article,
        "where": one.where,
        "text": one.text,
        "kind": one.weight.value,
        "item": one.item,
        "passage": one.passage,
        "key": one.key,
    }


def _decided_json(one: FindingView) -> dict[str, Any]:
    return {
        **_finding_json(one.finding),
        "judgement": _judgement_word(one),
        "words": one.words,
        "reason": one.reason,
        "actor": one.actor,
    }


def _judgement_word(one: FindingView) -> str:
    return one.judgement.value if one.judgement is not Judgement.OPEN else ""


def _package_lines(found: Package) -> list[str]:
    biblio, graph = found.biblio, claims_graph(found)
    parts = [
        (
            one.code if one.code.isdigit() else "—",
            one.name or "未识别",
            one.file,
            "✓" if one.ok else f"✗ {one.problem}",
        )
        for one in found.parts
    ]
    said = [
        ("名称", biblio.title or found.title),
        ("类型", found.patent_type.value if found.patent_type else "未见请求书"),
        ("申请人", "、".join(biblio.applicants)),
        ("发明人", "、".join(biblio.inventors)),
        ("代理机构", biblio.agency),
        ("代理师", "、".join(biblio.agents)),
        ("提前公布", _SIGNS[biblio.early_publication]),
        ("实质审查请求", _SIGNS[biblio.substantive_examination]),
        ("文本校验值", found.digest),
    ]
    listed = examine(found)
    lines = [f"{label}：{text or '未见'}" for label, text in said]
    lines += ["", f"文件 {len(parts)} 个", *table(("代码", "文件", "路径", "读取"), parts, (10, 22, 44, 60))]
    independent = "、".join(map(str, graph["independent"])) or "无"
    lines += ["", f"权利要求 {graph['count']} 项，独立权利要求：{independent}"]
    lines += [f"  权利要求 {one['claim']} 引用 {'、'.join(map(str, one['refers']))}" for one in graph["dependencies"]]
    lines += ["", f"初步判断 {len(listed)} 条"]
    lines += [f"  {one.weight.value}　{one.where}（{one.article}）：{one.text}" for one in listed]
    lines += [f"  注：{note}" for note in found.notes]
    return [*lines, DISCLAIMER]


def _comparison_json(found: Comparison, names: Sequence[str]) -> dict[str, Any]:
    return {
        "left": names[0],
        "right": names[1],
        "verdict": found.verdict.value,
        "conclusion": found.conclusion.value,
        "summary": found.summary(),
        "differences": [
            {
                "document": document.name,
                "kind": row.kind.value,
                "where": row.label,
                "left": row.left_text if row.left is not None else None,
                "right": row.right_text if row.right is not None else None,
                "left_spans": [[span.start, span.end, span.kind.value] for span in row.left_spans],
                "right_spans": [[span.start, span.end, span.kind.value] for span in row.right_spans],
            }
            for document in found.documents
            for row in document.rows
            if row.kind is not Kind.SAME
        ],
    }


def _comparison_lines(found: Comparison, names: Sequence[str]) -> list[str]:
    lines = [f"左：{names[0]}", f"右：{names[1]}", f"{found.verdict.value}。{found.summary()}"]
    for document in found.documents:
        changed = [row for row in document.rows if row.kind is not Kind.SAME]
        lines += [f"{document.name}　{_row_words(row)}" for row in changed]
    return [*lines, f"初步判断：{found.conclusion.value}"]


def _row_words(row: Row) -> str:
    left = _cut(row.left_text, row.left_spans[0].start if row.left_spans else 0) if row.left is not None else "—"
    right = _cut(row.right_text, row.right_spans[0].start if row.right_spans else 0) if row.right is not None else "—"
    return f"{row.label}　{row.kind.value}：{left} → {right}"


def _cut(text: str, at: int) -> str:
    flat = " ".join(text[max(0, at - 8) : at + _SHOWN].split())
    return f"{'…' if at > 8 else ''}{flat}{'…' if len(text) > at + _SHOWN else ''}"


def _named(reading: PackageReading, key: str) -> FindingView:
    found = [one for one in reading.findings if one.finding.key.startswith(key.lower())] if key else []
    if len(found) != 1:
        sentence = f"没有标识为“{key}”的初步判断" if not found else f"“{key}”对应 {len(found)} 条，请写全标识"
        raise Refusal("unknown_finding", sentence, {"finding": key})
    return found[0]
