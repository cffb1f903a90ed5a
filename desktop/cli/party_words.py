"""The words of ``kuaishen party``: parties and agencies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KINDS = ("主体", "代理机构")
STATUSES = ("在备", "暂停", "取消", "退出", "未通过", "未生效", "已过期")
_MEASURES = ("提醒", "约谈", "警告", "暂停", "取消")
_REF = "名称、统一社会信用代码、机构代码或标识"


def party_words(command: Any, parser_class: Any, common: Callable[..., None]) -> None:
    """Adds the command to those of :mod:`desktop.cli.parser`."""
    group = command("party", "parties:listing", "备案主体与代理机构：登记、名单、额度、认定、处理、合并")
    steps = group.add_subparsers(title="步骤", metavar="步骤", parser_class=parser_class, dest="step", required=True)

    def step(name: str, run: str, text: str, *, ref: bool = True) -> Any:
        found = steps.add_parser(name, help=text, description=f"{text}。")
        common(found, top=False)
        found.set_defaults(run=f"parties:{run}")
        if ref:
            found.add_argument("ref", metavar="主体", help=_REF)
        return found

    one = step("list", "listing", "列出主体和代理机构", ref=False)
    one.add_argument("--kind", choices=KINDS, default="", help="只列一种")
    one.add_argument("--status", choices=STATUSES, default="", help="当日的状态")
    one.add_argument("--search", metavar="词", default="", help="名称、代码、地区、联系人、标签中的字词")
    one.add_argument("--tag", metavar="标签", default="", help="如 战略主体")
    one.add_argument("--proposals", action="store_true", help="只列规则有处理建议的")
    one.add_argument("--on", metavar="日期", help="按哪一天的状态，默认今天")
    one.add_argument("--limit", metavar="个数", type=int, help="最多列出多少（默认：屏幕 50，JSON 不限；0 为不限）")

    one = step("show", "show", "一个主体：登记事项、状态、额度、合格率、处理、认定、建议、流水")
    one.add_argument("--on", metavar="日期", help="按哪一天，默认今天")
    one.add_argument("--kind", choices=KINDS, default="", help="名称相同时指明种类")
    one.add_argument("--from", metavar="日期", dest="first", help="合格率期间的第一天，默认当年一月一日")

    one = step("add", "add", "登记一个主体或代理机构", ref=False)
    one.add_argument("--kind", choices=KINDS, default="主体")
    _values(one)
    one = step("set", "amend", "更正登记事项；并行修改的一项，写明取哪个值即可消除标记")
    _values(one)
    one.add_argument("--reason", metavar="理由", default="")

    one = step("import", "take_in", "导入主体或代理机构名单（.xlsx、.xls、.csv）", ref=False)
    one.add_argument("file", metavar="文件")
    one.add_argument("--dry-run", action="store_true", help="只试读，不收入任何内容")
    one.add_argument("--kind", choices=KINDS, default="", help="默认按表头判断")
    one.add_argument("--sheet", metavar="名称", help="工作表，默认第一张有内容的")

    one = step("refuse", "refuse", "登记备案（登记）申请不通过；没有准予备案的，状态另用 set 写为“未通过”")
    one.add_argument("--reason", metavar="理由", required=True, help="不予备案的情形")
    one.add_argument("--basis", metavar="依据", required=True, help="所依据的规定和条款")
    one.add_argument("--on", metavar="日期", help="决定的日期，默认今天")

    one = step("notice", "notice", "备案通过、不通过、暂停、取消、恢复通知书：列出，或写成 PDF")
    one.add_argument("kind", metavar="文书", nargs="?", default="", help="种类、标题或校验值开头，默认最近一份")
    one.add_argument("-o", "--output", metavar="文件.pdf", help="写到哪里；不写文书和文件时列出已有的")

    one = step("find", "find", "登记一项认定，如非正常")
    one.add_argument("--kind", metavar="种类", required=True, dest="found", help="非正常、虚假材料、低质量等")
    one.add_argument("--case", metavar="案号", default="", help="涉及的案件")
    one.add_argument("--on", metavar="日期", help="认定日期，默认今天")
    one.add_argument("--note", metavar="说明", default="")

    one = step("appeal", "appeal", "登记申诉结果")
    one.add_argument("target", metavar="编号", help="认定或处理的编号，写开头几位即可")
    one.add_argument("--outcome", choices=("成立", "不成立", "待定"), required=True)
    one.add_argument("--on", metavar="日期", help="默认今天")
    one.add_argument("--note", metavar="说明", default="")

    one = step("sanction", "sanction", "作出处理：确认一项建议，或按一条规则")
    way = one.add_mutually_exclusive_group(required=True)
    way.add_argument("--proposal", metavar="编号", default="", help="确认这项建议，见 show")
    way.add_argument("--rule", metavar="规则", default="", help="所依据的规则编号")
    one.add_argument("--measure", choices=_MEASURES, default="", help="默认为建议的措施")
    one.add_argument("--from", metavar="日期", dest="first", help="起始日，默认今天")
    until = one.add_mutually_exclusive_group()
    until.add_argument("--to", metavar="日期", dest="last", help="最后一天；不写截止日和月数的，至解除为止")
    until.add_argument("--months", metavar="月数", type=int, help="自起始日起几个月")
    one.add_argument("--case", metavar="案号", action="append", default=[], dest="cases", help="涉及的案件，可重复")
    one.add_argument("--reason", metavar="理由", required=True)

    one = step("dismiss", "dismiss", "驳回一项建议；没有新的证据不再提出")
    one.add_argument("--proposal", metavar="编号", required=True)
    one.add_argument("--reason", metavar="理由", required=True)

    one = step("lift", "lift", "解除一项处理")
    one.add_argument("target", metavar="编号", help="处理的编号，写开头几位即可")
    one.add_argument("--on", metavar="日期", help="恢复的第一天，默认今天")
    one.add_argument("--reason", metavar="理由", required=True)

    one = step("quota", "grant", "核定一年的额度")
    one.add_argument("year", metavar="年份")
    one.add_argument("--base", metavar="件数", type=int, required=True)
    one.add_argument("--extra", metavar="件数", type=int, help="追加，一般只有一次")

    one = step("merge", "merge", "并入另一个登记；两边的流水都保留")
    one.add_argument("--into", metavar="主体", required=True, help=_REF)
    one.add_argument("--reason", metavar="理由", default="")
    one = step("separate", "separate", "取消合并")
    one.add_argument("--reason", metavar="理由", default="")
    one = step("note", "note", "在流水中记一句备注")
    one.add_argument("text", metavar="备注")
    step("rules", "rules", "主体规则：有效的据以提出建议，其余可在处理时引用", ref=False)
    step("duplicates", "duplicates", "统一社会信用代码相同的登记", ref=False)


def _values(parser: Any) -> None:
    parser.add_argument(
        "--set", metavar="栏目=值", action="append", default=[], dest="values",
        help="登记事项，如 单位名称=某某公司、uscc=代码、标签=战略主体，可重复",
    )  # fmt: skip
