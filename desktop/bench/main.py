"""``kuaishen bench``: the figures one after the other, each against its reference, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from desktop.bench.measure import ROUNDS, Figure, NotHere, Setting, Taken, machine, ratio, verdict
from desktop.bench.table import printed

QUICK = 1 / 20

# Where each is measured is imported only when it is asked for; aims and musts are those of the quality page.
FIGURES: tuple[tuple[str, Figure], ...] = (
    ("memory:append", Figure("append", "流水追加：校验、封存、写入", "原生 executemany", 0.5, 0.35, True, "项")),
    ("memory:command", Figure("command", "一次办理：判定、追加、投影、落盘", "原生 FULL 提交一行", 4, 6)),
    ("memory:cipher", Figure("cipher", "加密的流水追加", "同样而不加密", 0.55, 0.45, True, "项")),
    ("memory:rebuild", Figure("rebuild", "由流水重建全部读表", "只读一遍流水", 4, 6)),
    ("lists:take_in", Figure("import", "收件：读表、校验、查重、追加", "openpyxl 只读解析", 0.35, 0.6)),
    ("lists:export", Figure("export", "台账导出", "openpyxl 只写", 1.0, 1.2)),
    ("packages:package", Figure("package", "申请文件包：读取并核查，说明书百页", "同样文件只作 XML 解析", 12, 20)),
    ("queues:page", Figure("page", "队列一页 50 行，百万件", "同一页的原生 SQL", 3, 5)),
    ("queues:growth", Figure("growth", "队列一页 50 行，百万件", "同一页，一万件", 1.5, 2)),
    ("queues:search", Figure("search", "双字检索一页，百万件", "标题表 LIKE 全扫描", 0.05, 0.2)),
    ("single:workdays", Figure("workdays", "工作日加减", "逐日循环", 1000, None, True, "次")),
    ("single:record_pdf", Figure("record", "办理记录单 PDF（首份之后）", "原生 reportlab 同样文字", 2, 4)),
    ("paint:first_paint", Figure("paint", "启动至队列首次画出，百万件", "空窗口与 50×8 表格", 2.5, 4)),
    ("sync:push", Figure("push", "推送至中心服务器", "COPY 暂存再 INSERT ON CONFLICT", 0.3, 0.2, True, "项")),
    ("sync:pull", Figure("pull", "接收、校验、入账、投影", "PostgreSQL 读出、SQLite 写入", 0.3, 0.2, True, "项")),
    ("sync:records", Figure("records", "一万项经中心服务器至另一站点", "Morango 直接传同样多条", 20, 10, True, "项")),
    ("sync:empty", Figure("empty", "没有新内容的同步", "Morango 单向同步一次", 0.1, None)),
    ("sync_load:stations", Figure("stations", "150 站点推送，第 99 百分位", "同样字节的原生 SQL", 2, None)),
)
GROUPS = {"sync": ("push", "pull", "records", "empty", "stations")}


def run(argv: Sequence[str] | None = None) -> int:
    """Measure what is named (everything if nothing is). Status 0: measured, whatever the verdicts; 1: a wrong
    answer was found."""
    args = _parser().parse_args(argv)
    names = {one for name in args.names for one in GROUPS.get(name, (name,))}
    wanted = [(figure, place) for place, figure in FIGURES if not names or figure.name in names]
    folder = args.workdir or Path(tempfile.mkdtemp(prefix="kuaishen-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    setting = Setting(folder, QUICK if args.scale == "quick" else 1.0, args.rounds, hub=args.hub)
    rows: list[dict[str, Any]] = []
    missing: dict[str, str] = {}
    try:
        for figure, place in wanted:
            setting.say(f"测：{figure.title}")
            try:
                rows.append(_row(figure, _measured(place, setting)))
                setting.say(f"  比值 {rows[-1]['ratio']:.3g}，{rows[-1]['verdict']}")
            except NotHere as reason:
                missing[figure.name] = str(reason)
                setting.say(f"  未测：{reason}")
    finally:
        if args.workdir is None:
            shutil.rmtree(folder, ignore_errors=True)
    document = {"scale": args.scale, "rounds": args.rounds, "rows": rows, "missing": missing, "machine": machine()}
    text = json.dumps(document, ensure_ascii=False, indent=1) if args.json else printed(document)
    if args.output:
        args.output.write_text(text + "\n", "utf-8")
    else:
        print(text)
    return int(any(row["faults"] for row in rows))


def _parser() -> argparse.ArgumentParser:
    names = [figure.name for _, figure in FIGURES]
    parser = argparse.ArgumentParser(
        prog="kuaishen bench", description="速度：与同一次运行中的参照相比。全量约需 40 分钟和 12 GB 空间。"
    )
    listing = "、".join([*names, *GROUPS]) + "；不写则全测"
    parser.add_argument("names", nargs="*", metavar="项目", type=_known, help=listing)
    parser.add_argument("--scale", choices=("full", "quick"), default="full", help="quick：数据量取二十分之一")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"轮数，默认 {ROUNDS}，取中位数")
    parser.add_argument("--workdir", type=Path, help="放造出的数据，下次可再用；不写则用后即删")
    parser.add_argument("--hub", default="", metavar="ADMIN_URL", help="同步各项所用的 PostgreSQL 管理地址；不写则自带")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("-o", "--output", type=Path, help="写入文件")
    return parser


def _known(name: str) -> str:
    if name not in GROUPS and name not in {figure.name for _, figure in FIGURES}:
        raise argparse.ArgumentTypeError(f"没有“{name}”这一项")
    return name


def _measured(place: str, setting: Setting) -> Taken:
    from importlib import import_module

    module, _, name = place.partition(":")
    measure: Callable[[Setting], Taken] = getattr(import_module(f"desktop.bench.{module}"), name)
    return measure(setting)


def _row(figure: Figure, taken: Taken) -> dict[str, Any]:
    value = ratio(figure, taken)
    ours = median(taken.ours) / taken.count
    reference = median(taken.reference) / (taken.reference_count or taken.count)
    return {
        "name": figure.name,
        "title": figure.title,
        "reference_title": figure.reference,
        "count": taken.count,
        "per": figure.per,
        "seconds": ours,
        "reference_seconds": reference,
        "runs": len(taken.ours),
        "ratio": value,
        "faster": figure.faster,
        "aim": figure.aim,
        "must": figure.must,
        "verdict": verdict(figure, value, taken.faults),
        "note": taken.note,
        "faults": list(taken.faults),
    }
