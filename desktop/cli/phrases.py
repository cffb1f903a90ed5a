"""``kuaishen phrases``: the opinion phrases, found by checklist item and by words."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from desktop.cli.cases import procedure_named
from desktop.cli.output import DONE, Output, table, wrapped
from desktop.cli.session import open_desk, today
from desktop.core.phrases import Phrase, fill, for_item, in_full, search


def phrases(args: Namespace, out: Output) -> int:
    """The phrases of a procedure; of one item, or with all of the words, if such are named."""
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, today())
        found: Sequence[Phrase] = search(desk.phrases(procedure), " ".join(args.words))
    if args.item:
        found = for_item(found, args.item.strip().upper())
    out.answer({"procedure": procedure, "count": len(found), "phrases": [_document(one) for one in found]},
               _lines(found, whole=bool(args.item or args.words)))  # fmt: skip
    return DONE


def _document(phrase: Phrase) -> dict[str, object]:
    """``text`` with its names in braces, ``blank`` as it reads while nothing is known."""
    return {
        "id": phrase.id,
        "item": phrase.item,
        "clause": phrase.clause,
        "article": in_full(phrase.clause),
        "title": phrase.title,
        "text": phrase.text,
        "blank": fill(phrase),
        "rule": phrase.rule,
        "own": phrase.own,
    }


def _lines(found: Sequence[Phrase], *, whole: bool) -> list[str]:
    """A table; with ``whole`` the texts as well."""
    if not found:
        return ["没有这样的短语。"]
    if not whole:
        rows = [(one.id, one.item or "通用", one.clause, one.title, _from(one)) for one in found]
        return [*table(("编号", "项目", "条款", "标题", "来源"), rows, (22, 8, 24, 32, 6)), f"共 {len(found)} 条。"]
    lines: list[str] = []
    for one in found:
        lines += [*wrapped("　".join(part for part in (one.id, one.clause, one.title, _from(one)) if part)),
                  *wrapped(fill(one), indent=4)]  # fmt: skip
    return lines


def _from(phrase: Phrase) -> str:
    return "本中心" if phrase.own else ""
