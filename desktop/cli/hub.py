"""``kuaishen hub``: the server that the centre's stations meet through, made and kept by its administrator."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop.cli.output import Output, table
from desktop.cli.session import utf8


def init(args: Namespace, out: Output) -> int:
    """Roles, tables and functions, and the centre."""
    from desktop.app import hub

    made = hub.init(args.url, args.centre.strip())
    said = "已建立" if made.fresh else "早已建立，没有改动"
    out.answer(asdict(made), f"中心服务器{said}：“{made.name}”，结构第 {made.version} 版。用 hub enrol 登记站点。")
    return 0


def upgrade(args: Namespace, out: Output) -> int:
    """Tables and functions of this version; a new epoch after a restore."""
    from desktop.app import hub

    before, after = hub.upgrade(args.url, new_epoch=args.new_epoch)
    said = [f"结构由第 {before} 版升级到第 {after} 版。" if before != after else f"结构已是第 {after} 版。"]
    if args.new_epoch:
        said.append("已换用新的纪元：各站点下次同步时会补送备份之后的内容；可能已发出的案号号段已跳过。")
    out.answer({"before": before, "version": after, "new_epoch": args.new_epoch}, said)
    return 0


def enrol(args: Namespace, out: Output) -> int:
    """A log-in for a station, and its enrolment file."""
    from desktop.app import hub

    target = Path(args.output)
    made = hub.enrol(
        args.url,
        target,
        station=args.station,
        centre=args.centre.strip(),
        carrier=args.carrier,
        ca_file=args.ca,
        host=args.host,
    )
    first, last = made.block
    document = {
        "file": utf8(str(target)),
        "centre": made.centre,
        "station": made.station,
        "login": made.login,
        "carrier": made.carrier,
        "numbers": [first, last],
    }
    said = [
        f"已在“{made.centre}”登记站点“{made.station}”，案号号段 {first}–{last}，登记文件 {utf8(str(target))}。",
        "登记文件含有这个站点的口令和密钥：请当面或用加密方式交给该站点，用 kuaishen join 加入后即删除。",
    ]
    out.answer(document, said)
    return 0


def revoke(args: Namespace, out: Output) -> int:
    """A station's log-in taken away."""
    from desktop.app import hub

    active = hub.revoke(args.url, station=args.station, centre=args.centre.strip())
    name = f"站点“{args.station}”"
    said = f"已撤销{name}的登录，它从此不能再读写，写过的流水保留。" if active else f"{name}早已撤销，没有改动。"
    out.answer({"station": args.station, "revoked": active}, said)
    return 0


def status(args: Namespace, out: Output) -> int:
    """The stations, what they lack, and what does not fit together."""
    from desktop.app import hub

    centres = hub.status(args.url, args.centre.strip())
    out.answer({"centres": centres}, [line for centre in centres for line in _lines(centre)])
    return 0


def _lines(centre: dict[str, Any]) -> list[str]:
    forks = centre["forks"]
    rows = [
        (
            one["name"],
            "已撤销" if one["revoked_at"] else "携带" if one["carrier"] else "",
            f"{one['seq']:,}",
            "—" if one["lag"] is None else f"{one['lag']:,}",
            one["heard_at"] or "尚未来过",
            str(len(one["incarnations"])),
        )
        for one in centre["stations"]
    ]
    return [
        f"{centre['centre']}：流水 {centre['events']:,} 项，{centre['bytes'] / 2**20:,.1f} MB；"
        f"结构第 {centre['version']} 版，PostgreSQL {centre['server']}，纪元 {centre['epoch']}",
        *table(("站点", "状态", "流水", "未取", "最近来访", "编号数"), rows, (24, 8, 12, 12, 22, 6)),
        *([f"另有 {len(centre['brought'])} 个站点的流水由他人带来，站点自己尚未来过。"] if centre["brought"] else []),
        *([f"分叉 {len(forks)} 处（两份数据以同一编号写入，后到的未收）："] if forks else []),
        *(f"  {fork['at']} 站点“{fork['from']}” 编号 {fork['station'][:8]} 第 {fork['seq']} 项" for fork in forks),
    ]
