"""``kuaishen attach``, ``attachments`` and ``attachment``: the files beside a case."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop.app.views import AttachmentView
from desktop.cli.output import Output, table
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, require_file, today, utf8
from desktop.core.attachment import size_words
from desktop.core.refusal import Refusal

_SHORT = 12  # letters of a SHA-256 that the list shows; as many as tell two files apart are enough to ask for one
_FEWEST = 6


def attach(args: Namespace, out: Output) -> int:
    """One more file beside the case."""
    path = Path(args.file)
    require_file(path)
    day = today()
    with open_desk(args, out) as desk:
        outcome = desk.attach(
            args.case,
            path,
            actor=actor_of(args, desk),
            on=parse_day(args.on) if args.on else day,
            today=day,
            note=args.note,
        )
        made = desk.attachments(args.case)[-1]
    lines = [f"{outcome.number}　已附上 {_words(made)}"]
    out.answer({"number": outcome.number, **_json(made)}, lines)
    return 0


def attachments(args: Namespace, out: Output) -> int:
    """What lies beside the case."""
    with open_desk(args, out) as desk:
        found = desk.attachments(args.case)
    rows = [
        (
            one.name,
            size_words(one.size),
            one.actor,
            one.at[:16],
            one.sha256[:_SHORT],
            "" if one.here else f"在 {one.station}",
            one.mark,
            one.note,
        )
        for one in found
    ]
    titles = ("文件", "大小", "添加", "时间", "SHA-256", "内容", "标记", "说明")
    lines = table(titles, rows, (40, 10, 10, 16, _SHORT, 16, 8, 40)) if rows else []
    out.answer({"count": len(found), "attachments": list(map(_json, found))}, [f"附件 {len(found)} 个", *lines])
    return 0


def attachment(args: Namespace, out: Output) -> int:
    """One of them, written to a file; an earlier file is never overwritten."""
    target = Path(args.output)
    with open_desk(args, out) as desk:
        one = _chosen(desk.attachments(args.case), utf8(args.name))
        if target.is_dir():
            target = target / one.name
        if target.exists():
            raise Refusal("file_exists", f"{utf8(str(target))} 已经存在，请换一个文件名。", {"file": utf8(str(target))})
        desk.fetch(args.case, one.sha256, target)
    out.answer({"file": utf8(str(target)), **_json(one)}, f"{_words(one)} 已写入 {utf8(str(target))}，内容与校验值相符")
    return 0


def _chosen(found: Sequence[AttachmentView], wanted: str) -> AttachmentView:
    """By its name, or by its SHA-256 or the beginning of it."""
    start = wanted.lower()
    named = [one for one in found if one.name == wanted or (len(start) >= _FEWEST and one.sha256.startswith(start))]
    contents = {one.sha256: one for one in named}
    if len(contents) == 1:
        return next(iter(contents.values()))
    listed = "；".join(f"{one.name}（{one.sha256[:_SHORT]}）" for one in (contents.values() if named else found))
    if named:
        reason = f"“{wanted}”对应 {len(contents)} 个附件，请改用 SHA-256 指明：{listed}"
        raise Refusal("ambiguous_attachment", reason, {"name": wanted, "sha256": list(contents)})
    raise Refusal("unknown_attachment", f"此案没有附件“{wanted}”，现有：{listed or '无'}", {"name": wanted})


def _words(one: AttachmentView) -> str:
    return f"{one.name}（{size_words(one.size)}，SHA-256 {one.sha256[:_SHORT]}…）"


def _json(one: AttachmentView) -> dict[str, Any]:
    return asdict(one)
