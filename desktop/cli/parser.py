"""The words of the command line, and what is said when they are wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from desktop.cli.party_words import party_words
from desktop.core.terms import Role

VIEWS = (
    "open", "mine", "unassigned", "waiting", "overdue", "soon", "contested", "matured", "strategic", "ended", "all",
)  # fmt: skip
KINDS = ("number", "publication", "ipc", "locarno", "uscc", "agency")

_EPILOG = """退出状态：0 完成；1 规则不允许（JSON 写明是哪一条）；2 用法有误；3 环境有问题；4 数据损坏。
环境变量：KUAISHEN_DATA 数据目录，KUAISHEN_AS 姓名，KUAISHEN_PASSPHRASE 口令，
          KUAISHEN_TODAY 把这一天当作今天（试用和检验时用）。
各命令的说明：kuaishen 命令 --help"""

# argparse speaks English; these are the things it says.
_SAID = (
    (re.compile(r"the following arguments are required: (.+)"), r"缺少：\1"),
    (re.compile(r"unrecognized arguments: (.+)"), r"不认识的参数：\1"),
    (re.compile(r"argument (.+): invalid choice: (.+) \(choose from (.+)\)"), r"\1 不能是 \2，可用：\3"),
    (re.compile(r"argument (.+): invalid \w+ value: (.+)"), r"\1 的值 \2 不对"),
    (re.compile(r"argument (.+): expected one argument"), r"\1 后面要有一个值"),
    (re.compile(r"argument (.+): expected at least one argument"), r"\1 后面至少要有一个值"),
    (re.compile(r"argument (.+): not allowed with argument (.+)"), r"\1 不能与 \2 同用"),
    (re.compile(r"argument (.+): ignored explicit argument (.+)"), r"\1 不带值，多了 \2"),
    (re.compile(r"ambiguous option: (.+) could match (.+)"), r"选项 \1 可能是 \2，请写全"),
)


class Usage(Exception):
    """Words that make no command. ``form`` is how it should look."""

    def __init__(self, sentence: str, form: str) -> None:
        super().__init__(sentence)
        self.form = form


class _Format(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None):  # type: ignore[no-untyped-def]
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Format, "allow_abbrev": False, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        for pattern, said in _SAID:
            if pattern.fullmatch(message):
                message = pattern.sub(said, message)
                break
        raise Usage(message, self.format_usage().removeprefix("用法：").strip())


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command as a namespace; ``run`` names the function, ``module:function`` under desktop.cli.

    Raises :class:`Usage`; SystemExit after --help.
    """
    return _build().parse_args(words)


def _build() -> _Parser:
    parser = _Parser(
        prog="kuaishen",
        description="快审工作台：专利预审的案件工作台。不带命令时打开窗口。",
        epilog=_EPILOG,
    )
    _common(parser, top=True)
    parser.set_defaults(run="window:window")
    commands = parser.add_subparsers(title="命令", metavar="命令", parser_class=_Parser, dest="command")

    def command(name: str, run: str, text: str, **more: Any) -> _Parser:
        found: _Parser = commands.add_parser(name, help=text, description=f"{text}。", **more)
        _common(found, top=False)
        found.set_defaults(run=run)
        return found

    one = command("demo", "window:demo", "虚构的中心：有屏幕时打开窗口，没有时走完一件案件并留下文件")
    one.add_argument("-o", "--output", metavar="目录", default="kuaishen-demo", help="留下文件的目录，默认 %(default)s")
    one.add_argument("--files", action="store_true", help="有屏幕也只留下文件，不打开窗口")

    one = command("init", "care:init", "建立新的数据：中心、站点、人员")
    one.add_argument("--centre", metavar="名称", required=True, help="中心名称，印在记录单上")
    one.add_argument("--station", metavar="名称", default="", help="这台工作站的名称，默认为计算机名")
    one.add_argument(
        "--staff",
        metavar="姓名=角色,角色",
        action="append",
        default=[],
        help=f"一名人员和角色（{'、'.join(Role)}），可重复；至少一名管理员",
    )

    _intake(command)
    _cases(command)
    _services(command)
    _attachments(command)
    _packages(command)
    _phrases(command)
    _evidence(command)
    party_words(command, _Parser, _common)
    _papers(command)
    _questions(command)
    _care(command)
    _sync(command)
    _hub(command)
    commands.add_parser("bench", help="与同一次运行中的参照相比的速度")
    return parser


def _common(parser: _Parser, *, top: bool) -> None:
    """The options that may stand before and after the command."""
    group = parser.add_argument_group("共同选项")
    nothing = None if top else argparse.SUPPRESS  # after the command they must not undo what stood before it
    group.add_argument("--data", metavar="目录", default=nothing, help="数据目录")
    group.add_argument("--as", dest="actor", metavar="姓名", default=nothing, help="由谁办理")
    off = False if top else argparse.SUPPRESS
    group.add_argument("--json", action="store_true", default=off, help="标准输出只有一份 JSON")


def _intake(command) -> None:  # type: ignore[no-untyped-def]
    one = command("import", "intake:take_in", "导入清单（.xlsx、.xls、.csv）")
    one.add_argument("file", metavar="文件")
    one.add_argument("--dry-run", action="store_true", help="只试读，不收入任何内容")
    one.add_argument("--sheet", metavar="名称", help="工作表，默认第一张有内容的")
    one.add_argument(
        "--column", metavar="栏目=列名", action="append", default=[], help="人工指定一列，如 接收日期=收文日，可重复"
    )
    one.add_argument("--errors", metavar="副本.xlsx", help="把未收入的行和原因写进一份副本")


def _cases(command) -> None:  # type: ignore[no-untyped-def]
    one = command("queue", "cases:queue", "列出队列")
    named = "代码或名称，见 services；默认 %(default)s（专利预审）"
    one.add_argument("procedure", metavar="业务", nargs="?", default="preexam", help=named)
    _filters(one, "open")
    one.add_argument("--limit", metavar="件数", type=int, help="最多列出多少件（默认：屏幕 50，JSON 不限；0 为不限）")

    one = command("show", "cases:show", "一件案件：环节、可办的动作、期限及理由、流水")
    one.add_argument("case", metavar="案件", help="案号、平台案号或申请号")

    one = command("act", "cases:act", "办一步")
    one.add_argument("case", metavar="案件")
    one.add_argument("action", metavar="动作", help="代码或名称，见 show 的“可办”")
    one.add_argument("--set", metavar="栏目=值", action="append", default=[], dest="values", help="填写一项，可重复")
    one.add_argument("--on", metavar="日期", help="发生日期，默认今天")


def _phrases(command) -> None:  # type: ignore[no-untyped-def]
    one = command("phrases", "phrases:phrases", "意见短语：按检查项目或文字查找")
    one.add_argument("words", metavar="文字", nargs="*", help="项目、条款或几个字，须全部含有")
    one.add_argument("--item", metavar="项目", default="", help="检查项目，如 I-F7")
    one.add_argument("--procedure", metavar="业务", default="preexam", help="代码或名称，默认 %(default)s")


def _services(command) -> None:  # type: ignore[no-untyped-def]
    command("services", "services:services", "各项业务及其在办、超期、满期件数")

    one = command("new", "services:new", "登记一件新的业务", epilog="--ask 列出要填的栏目；--beside 沿用已知的内容。")
    one.add_argument("procedure", metavar="业务", help="代码或名称，见 services")
    one.add_argument("--set", metavar="栏目=值", action="append", default=[], dest="values", help="填写一项，可重复")
    one.add_argument("--beside", metavar="案件", default="", help="与这件案件同一办理记录，已知的内容由它带入")
    one.add_argument("--on", metavar="日期", help="收件日期，默认今天")
    one.add_argument("--ask", action="store_true", help="只列出要填的栏目")
    one.add_argument("--list", metavar="表格", default="", help="由一张表批量登记：每行一件，列名即栏目名")
    one.add_argument("--sheet", metavar="名称", help="工作表，默认第一张有内容的")
    one.add_argument("--dry-run", action="store_true", help="只试读表格，不登记")

    one = command("matter", "services:matter", "一份办理记录：每项业务的案件、引用、可能相关的案件")
    one.add_argument("number", metavar="编号", help="办理编号，或其中任何一件案件的编号")
    way = one.add_mutually_exclusive_group()
    way.add_argument("--join", metavar="编号", default="", help="先把这件案件归入另一份办理记录")
    way.add_argument("--leave", action="store_true", help="先把这件案件移出所归入的办理记录")
    one.add_argument("--reason", metavar="理由", default="", help="归入或移出的理由")

    one = command("referral", "services:referral", "报送外部平台的清单（.xlsx）")
    one.add_argument("procedure", metavar="业务", help="代码或名称，见 services")
    one.add_argument("name", metavar="清单", nargs="?", default="", help="不写则列出有哪些")
    one.add_argument("-o", "--output", metavar="文件.xlsx", default="")


def _attachments(command) -> None:  # type: ignore[no-untyped-def]
    one = command("attach", "attachments:attach", "给案件附上一个文件（不超过 64 MB），流水记下它的 SHA-256")
    one.add_argument("case", metavar="案件", help="案号、平台案号或申请号")
    one.add_argument("file", metavar="文件")
    one.add_argument("--note", metavar="说明", default="", help="一句说明")
    one.add_argument("--on", metavar="日期", help="发生日期，默认今天")

    one = command("attachments", "attachments:attachments", "列出案件的附件")
    one.add_argument("case", metavar="案件")

    one = command("attachment", "attachments:attachment", "取出一个附件；不在本机的向中心服务器要")
    one.add_argument("case", metavar="案件")
    one.add_argument("name", metavar="文件名或SHA-256", help="SHA-256 写前 6 位以上即可")
    one.add_argument("-o", "--output", metavar="文件", required=True, help="写到哪里；已有的文件不会被覆盖")


def _packages(command) -> None:  # type: ignore[no-untyped-def]
    one = command("package", "packages:package", "申请文件包（文件夹或 ZIP）：文件、著录项目、权利要求、初步判断")
    one.add_argument("file", metavar="文件夹或ZIP")
    one.add_argument("--case", metavar="案件", default="", help="收下，作为这件案件的申请文件")
    one.add_argument("--filed", action="store_true", help="这是向国家局正式提交的文本（默认按案件所处环节判断）")
    one.add_argument("--on", metavar="日期", help="收到日期，默认今天")

    one = command("findings", "packages:findings", "案件最近一份申请文件的初步判断；可采纳、不采纳")
    one.add_argument("case", metavar="案件", help="案号、平台案号或申请号")
    one.add_argument("--accept", metavar="标识", action="append", default=[], help="采纳这一条，可重复")
    one.add_argument("--dismiss", metavar="标识", action="append", default=[], help="不采纳这一条，可重复")
    one.add_argument("--reopen", metavar="标识", action="append", default=[], help="收回先前的处理，可重复")
    one.add_argument("--words", metavar="文字", default="", help="采纳时改写成这样")
    one.add_argument("--reason", metavar="理由", default="", help="不采纳的理由")
    one.add_argument("--on", metavar="日期", help="处理日期，默认今天")

    one = command("compare", "packages:compared", "一致性比对：两份申请文件，或一件案件的合格文本与正式提交文本")
    one.add_argument("first", metavar="合格文本或案件")
    one.add_argument("other", metavar="提交文本", nargs="?", default="")


def _evidence(command) -> None:  # type: ignore[no-untyped-def]
    group = command("evidence", "evidence:show", "存证取证：收入、移交、时间戳、核验、导出")
    steps = group.add_subparsers(title="步骤", metavar="步骤", parser_class=_Parser, dest="step", required=True)

    def step(name: str, text: str, *, dated: bool = True) -> _Parser:
        found: _Parser = steps.add_parser(name, help=text, description=f"{text}。")
        _common(found, top=False)
        found.set_defaults(run=f"evidence:{name}")
        if dated:
            found.add_argument("--on", metavar="日期", help="发生日期，默认今天")
        return found

    one = step("add", "登记一件证据并收入文件，记下 SHA-256 和 SM3")
    one.add_argument("files", metavar="文件", nargs="+")
    one.add_argument(
        "--set", metavar="栏目=值", action="append", default=[], dest="values",
        help="填写一项，如 category=网页、title=名称、party=主体，可重复",
    )  # fmt: skip
    one.add_argument("--case", metavar="案件", default="", help="关联的案件，已知的内容由它带入")

    one = step("show", "一件证据：文件、校验值、时间戳、流转记录", dated=False)
    one.add_argument("number", metavar="证据编号")

    one = step("verify", "重算文件的校验值，核对流转记录和时间戳；不一致的证据随即锁定")
    one.add_argument("number", metavar="证据编号", nargs="?", default="", help="默认全部")
    one.add_argument("--no-lock", action="store_true", help="只报告，不锁定")

    one = step("handover", "移交保管")
    one.add_argument("number", metavar="证据编号")
    one.add_argument("--to", metavar="姓名", required=True, help="接收人")
    one.add_argument("--from", metavar="姓名", default="", dest="from_person", help="移交人，默认现保管人")
    one.add_argument("--reason", metavar="事由", required=True)

    one = step("stamp", "登记一个时间戳（RFC 3161 的 .tsr、.tst），离线核验")
    one.add_argument("number", metavar="证据编号")
    one.add_argument("file", metavar="令牌文件")
    one.add_argument("--file", metavar="文件名或SHA-256", default="", dest="chosen", help="所证的文件，默认由令牌得出")

    one = step("export", "写出全部文件和存证凭证")
    one.add_argument("number", metavar="证据编号")
    one.add_argument("-o", "--output", metavar="目录", required=True, help="新的或空的目录")

    one = step("roots", "列出或设定信任的时间戳证书", dated=False)
    one.add_argument("files", metavar="文件.pem", nargs="*", help="以这些证书取代现有的")
    one.add_argument("--clear", action="store_true", help="清空")


def _filters(parser: _Parser, view: str) -> None:
    parser.add_argument("--field", metavar="领域", default="", help="重点产业领域")
    parser.add_argument("--view", choices=VIEWS, default=view, help="范围，默认 %(default)s")
    parser.add_argument("--search", metavar="词", default="", help="名称、主体、号码中的字词")
    parser.add_argument("--examiner", metavar="姓名", default="", help="预审员")
    parser.add_argument("--type", metavar="类型", default="", dest="category", help="专利类型或事项类型")


def _papers(command) -> None:  # type: ignore[no-untyped-def]
    one = command("record", "papers:record", "统一办理记录单（PDF）")
    one.add_argument("case", metavar="案件")
    one.add_argument("-o", "--output", metavar="文件.pdf", required=True)

    one = command("notice", "notices:notice", "已发文书（PDF）；不写 -o 则列出")
    one.add_argument("case", metavar="案件")
    one.add_argument("kind", metavar="种类", nargs="?", default="", help="代码或名称，默认最近一份")
    one.add_argument("-o", "--output", metavar="文件.pdf", default="")

    one = command("notices", "notices:notices", "批量打印：一批案件的文书合为一份 PDF")
    one.add_argument("procedure", metavar="业务", nargs="?", default="preexam", help="代码或名称，见 services")
    one.add_argument("--kind", metavar="种类", default="", help="代码或名称，默认每件最近一份")
    one.add_argument("-o", "--output", metavar="文件.pdf", required=True)
    _filters(one, "all")

    one = command("ledger", "papers:ledger", "台账（.xlsx）")
    one.add_argument("procedure", metavar="业务", nargs="?", default="preexam", help="代码或名称，见 services")
    one.add_argument("-o", "--output", metavar="文件.xlsx", required=True)
    _filters(one, "all")

    one = command("verify", "papers:verify", "核验全部流水，或核验一份记录单或文书")
    one.add_argument("file", metavar="文件.pdf", nargs="?")


def _questions(command) -> None:  # type: ignore[no-untyped-def]
    one = command(
        "workdays",
        "questions:workdays",
        "工作日推算",
        usage="kuaishen workdays add 日期 天数 | between 起 止 | add - | between - | -",
        epilog="“-”从标准输入每行读一问，每问答一行 JSON。天数可以为负。",
    )
    one.add_argument("words", metavar="推算", nargs="+")

    one = command(
        "check",
        "questions:check",
        "核对号码：申请号、公开号、分类号、统一社会信用代码、机构代码",
        usage=f"kuaishen check {'|'.join(KINDS)} 值... | 种类 - | -",
        epilog="“-”从标准输入每行读一问，每问答一行 JSON。核对多个值时 JSON 是一个列表。",
    )
    one.add_argument("words", metavar="种类 值", nargs="+")
    one.add_argument("--type", metavar="类型", default="", dest="patent_type", help="申请号应属的专利类型")


def _care(command) -> None:  # type: ignore[no-untyped-def]
    one = command("backup", "care:backup", "备份到一个文件")
    one.add_argument("file", metavar="文件")
    one = command("restore", "care:restore", "把备份恢复到（空的）数据目录")
    one.add_argument("file", metavar="文件")
    command("rebuild", "care:rebuild", "由流水重建查询表")
    one = command(
        "config", "care:config", "中心文件：导出、检查、发布",
        epilog="产业链可以直接发布一张表（.csv、.xlsx），列名为“产业链”，另有一列可作“类别”。",
    )  # fmt: skip
    one.add_argument("step", choices=("export", "check", "publish"), metavar="export|check|publish")
    one.add_argument("file", metavar="文件.toml")
    one.add_argument("--kind", metavar="种类", default="", help="导出哪一种；默认由文件名得出，如 limits.toml")
    one.add_argument("--procedure", metavar="业务", default="preexam", help="导出哪项业务的，默认 %(default)s")
    one.add_argument("--force", action="store_true", help="导出时覆盖已有的文件")


def _sync(command) -> None:  # type: ignore[no-untyped-def]
    one = command("join", "sync:join", "用登记文件加入中心；数据目录还空着时一并建立数据")
    one.add_argument("file", metavar="文件.kse", help="中心管理员用 hub enrol 写出的登记文件")

    one = command(
        "sync",
        "sync:sync",
        "与其他站点同步：经中心服务器，或用交换包",
        usage="kuaishen sync | --export 文件.ksb [--for 站点] | --import 文件.ksb [--dry-run] | --quarantine",
        epilog="同一个交换包导入多少次、先后次序如何都没有害处。",
    )
    way = one.add_mutually_exclusive_group()
    way.add_argument("--export", metavar="文件.ksb", dest="output", help="不经服务器，写出一个交换包")
    way.add_argument("--import", metavar="文件.ksb", dest="file", help="收入一个交换包")
    way.add_argument("--quarantine", action="store_true", help="列出被隔离、没有收入的流水")
    one.add_argument("--for", metavar="站点", dest="recipient", help="只有这个站点能读；默认本中心各站点都能读")
    one.add_argument("--dry-run", action="store_true", help="只查看交换包，不收入任何内容")

    one = command("conflicts", "sync:conflicts", "列出待裁决的案件：各方办了什么，谁没有见到什么")
    one.add_argument("case", metavar="案件", nargs="?", help="只看这一件")

    command("stations", "sync:stations", "各站点：收到哪里，还缺什么，对方缺什么")


def _hub(command) -> None:  # type: ignore[no-untyped-def]
    group = command("hub", "hub:status", "中心服务器（PostgreSQL）：建立、登记站点、查看")
    steps = group.add_subparsers(title="步骤", metavar="步骤", parser_class=_Parser, dest="step", required=True)

    def step(name: str, text: str) -> _Parser:
        found: _Parser = steps.add_parser(name, help=text, description=f"{text}。")
        _common(found, top=False)
        found.set_defaults(run=f"hub:{name}")
        found.add_argument("url", metavar="ADMIN_URL", help="管理员的地址：postgresql://用户:口令@主机:端口/数据库")
        return found

    one = step("init", "建立中心服务器的数据表和一个中心；重复运行没有害处")
    one.add_argument("--centre", metavar="名称", default="", help="中心名称")

    one = step("upgrade", "把数据表升级到本程序的版本")
    one.add_argument("--new-epoch", action="store_true", help="服务器的数据库刚从备份恢复")

    one = step("enrol", "登记一个站点，写出它的登记文件")
    one.add_argument("--station", metavar="名称", required=True, help="站点名称")
    one.add_argument("-o", "--output", metavar="文件.kse", required=True, help="登记文件")
    one.add_argument("--centre", metavar="名称", default="", help="中心名称，服务器上只有一个中心时不必写")
    one.add_argument("--carrier", action="store_true", help="可以转交其他站点的流水")
    one.add_argument("--ca", metavar="文件.pem", help="服务器证书的签发者，默认取地址中的 sslrootcert 或自签证书")
    one.add_argument("--host", metavar="主机", default="", help="站点连接服务器用的主机名，默认与管理员的相同")

    one = step("revoke", "撤销一个站点的登录")
    one.add_argument("--station", metavar="名称", required=True, help="站点名称")
    one.add_argument("--centre", metavar="名称", default="", help="中心名称，服务器上只有一个中心时不必写")

    one = step("status", "站点、未取的流水、分叉、版本")
    one.add_argument("--centre", metavar="名称", default="", help="只看这个中心")
