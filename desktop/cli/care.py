"""``kuaishen init``, ``backup``, ``restore``, ``rebuild`` and ``config``: the keeping of the store and its rules."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path

from desktop.app.faults import EnvironmentFault
from desktop.app.queue_views import StaffMember
from desktop.app.views import DocumentCheck, PublishOutcome
from desktop.cli.cases import procedure_named
from desktop.cli.output import Output, table
from desktop.cli.session import actor_of, data_folder, open_desk, passphrase, require_file, station_name, today
from desktop.core.configuration import LABELS, Kind
from desktop.core.refusal import Refusal
from desktop.core.terms import Role

_TABLES = (".csv", ".xlsx", ".xls")


def init(args: Namespace, out: Output) -> int:
    """A new store with the centre's name and its staff."""
    from desktop.app.desk import Desk

    folder = data_folder(args)
    if Desk.exists(folder):
        raise EnvironmentFault("store_exists", f"数据目录 {folder} 中已有数据，不能重复建立。")
    staff = tuple(map(_member, args.staff))
    if staff and not any(Role.ADMIN in member.roles for member in staff):
        raise Refusal("no_administrator", "人员名单里至少要有一名管理员。")
    station = args.station or station_name()
    actor = args.actor or next((m.name for m in staff if Role.ADMIN in m.roles), "") or actor_of(args)
    desk = Desk.create(folder, passphrase(new=True), centre=args.centre, station=station, staff=staff, actor=actor)
    desk.close()
    document = {"data": str(folder), "centre": args.centre, "station": station, "staff": [asdict(m) for m in staff]}
    out.answer(document, f"已在 {folder} 建立“{args.centre}”的数据，站点“{station}”，人员 {len(staff)} 名。")
    return 0


def _member(word: str) -> StaffMember:
    name, mark, roles = word.partition("=")
    given = tuple(role.strip() for role in roles.replace("，", ",").replace("、", ",").split(",") if role.strip())
    wrong = [role for role in given if role not in set(Role)]
    if not mark or not name.strip() or not given or wrong:
        raise Refusal(
            "bad_staff", f"“{word}”应写成 姓名=角色,角色，角色为：{'、'.join(Role)}。", {"value": word, "wrong": wrong}
        )
    return StaffMember(name.strip(), given)


def backup(args: Namespace, out: Output) -> int:
    """A copy of the whole store, taken while others may go on working."""
    target = Path(args.file)
    with open_desk(args, out) as desk:
        desk.backup(target, lambda done, total: out.progress("备份", done, total))
    size = target.stat().st_size
    said = f"已备份到 {target}（{size / 1024:,.0f} KB）；恢复时需要同一个口令。"
    out.answer({"file": str(target), "bytes": size}, said)
    return 0


def restore(args: Namespace, out: Output) -> int:
    """A backup brought back into an empty data folder."""
    from desktop.app.desk import Desk

    source, folder = Path(args.file), data_folder(args)
    source.stat()
    desk = Desk.restore(source, folder, passphrase(), actor=actor_of(args))
    try:
        report = desk.verify()
        document = {"data": str(folder), "centre": desk.centre, "events": report.events, "ok": report.ok}
    finally:
        desk.close()
    out.answer(document, f"已恢复到 {folder}：“{document['centre']}”，流水 {document['events']} 项。")
    return 0


def rebuild(args: Namespace, out: Output) -> int:
    """The read tables, made again from the journal."""
    with open_desk(args, out) as desk:
        events = desk.rebuild(lambda done, total: out.progress("重建", done, total))
    out.answer({"events": events}, f"已由 {events} 项流水重建查询表。")
    return 0


def config(args: Namespace, out: Output) -> int:
    """The centre's own documents."""
    return {"export": _export, "check": _check, "publish": _publish}[args.step](args, out)


def _export(args: Namespace, out: Output) -> int:
    target = Path(args.file)
    if target.suffix.lower() != ".toml":
        raise Refusal("wrong_target", f"中心文件应写成 .toml 文件，现在是“{target.name}”。", {"file": str(target)})
    kind = _kind(args.kind or target.stem)
    if target.exists() and not args.force:
        raise Refusal("file_exists", f"{target} 已经存在；要覆盖请加 --force。", {"file": str(target)})
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, today())
        text = desk.export_document(kind, procedure)
        own = [one.number for one in desk.documents() if one.kind == kind and one.procedure in ("", procedure)]
        number = own[0] if own else 0
    target.write_text(text, encoding="utf-8", newline="\n")
    shown = f"第 {number} 号" if number else "随程序提供"
    out.answer(
        {"kind": kind, "number": number, "file": str(target)},
        f"{LABELS[Kind(kind)]}（{shown}）已写入 {target}；改好后用 config check 检查，config publish 发布。",
    )
    return 0


def _kind(name: str) -> str:
    """A kind by its word, its Chinese label, or a file name that begins with either (limits-2027)."""
    words = {**{kind.value: kind for kind in Kind}, **{label: kind for kind, label in LABELS.items()}}
    for word in (name, name.replace("_", "-").partition("-")[0]):
        if word in words:
            return words[word].value
    known = "、".join(f"{kind.value}（{label}）" for kind, label in LABELS.items())
    raise Refusal("unknown_kind", f"从“{name}”看不出是哪一种中心文件，请用 --kind 指明：{known}", {"kind": name})


def _check(args: Namespace, out: Output) -> int:
    text = _text(args.file)
    with open_desk(args, out) as desk:
        found: DocumentCheck = desk.check_document(text)
    verdict = f"可以发布，将是{LABELS[Kind(found.kind)]}第 {found.number} 号。" if found.ok else "不能发布："
    out.answer(asdict(found), [verdict, *(f"  {problem}" for problem in found.problems)])
    return 0 if found.ok else 1


def _publish(args: Namespace, out: Output) -> int:
    text = _text(args.file)
    with open_desk(args, out, create=True) as desk:
        outcome = desk.publish_document(text, actor=actor_of(args, desk), today=today())
    out.answer(asdict(outcome), _published_lines(outcome))
    return 0


def _published_lines(outcome: PublishOutcome) -> list[str]:
    lines = [f"已发布：{LABELS[Kind(outcome.kind)]}第 {outcome.number} 号。"]
    if outcome.kind == Kind.CALENDAR:
        lines.append(f"重新计算了在办期限，{len(outcome.moved)} 项有变动。")
    if outcome.moved:
        cells = [
            (m.number, m.label, _day(m.before, m.was_provisional), _day(m.after, m.provisional)) for m in outcome.moved
        ]
        lines += table(("案号", "期限", "原截止日", "现截止日"), cells, (20, 24, 18, 18))
    return lines


def _day(day: date, provisional: bool) -> str:
    return f"{day}{'（暂定）' if provisional else ''}"


def _text(file: str) -> str:
    """The document; a table is taken for the centre's list of industry chains."""
    path = Path(file)
    require_file(path)
    if path.suffix.lower() in _TABLES:
        from desktop.app.centre import chain_document
        from desktop.exchange.chain_list import read_chain_list

        return chain_document(read_chain_list(path), path.name, today())
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("bad_document", f"{path.name} 不是 UTF-8 文本，请另存为 UTF-8 编码。", {"file": file}) from None
