"""The command ``kuaishen``: read the words, run one use case, answer, and end with a status that means something."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from desktop.app.faults import DataDamage, EnvironmentFault
from desktop.cli.output import DAMAGED, DONE, ENVIRONMENT, REFUSED, USAGE, Output
from desktop.cli.parser import Usage, parse
from desktop.core.refusal import Refusal

BUG = 70  # sysexits.h EX_SOFTWARE: no status that a script takes for an answer
INTERRUPTED = 130
CHILD_FLAG = "--read-workbook"  # how a frozen program asks itself to read a foreign file, see exchange.reading

_SENTENCES = {
    errno.ENOENT: "找不到文件或目录",
    errno.EACCES: "没有读写权限",
    errno.EPERM: "没有读写权限",
    errno.EROFS: "磁盘只读，无法写入",
    errno.EISDIR: "这是一个目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EEXIST: "文件已经存在",
    errno.ENOSPC: "磁盘空间不足",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Status: 0 done, 1 refused by a rule, 2 wrong usage, 3 environment, 4 damaged data."""
    words = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    if words[:1] == [CHILD_FLAG]:
        from desktop.exchange import reader_child

        reader_child.main()
        return DONE
    try:
        return _answer(words)
    except BrokenPipeError:  # whoever read us has gone, perhaps before hearing why it was refused
        _forget_stdout()
        return DONE


def _answer(words: list[str]) -> int:
    out = Output(as_json="--json" in words)
    try:
        return _run(words, out)
    except Refusal as refusal:
        return out.trouble(REFUSED, "refused", refusal.code, refusal.reason, refusal.data)
    except Usage as usage:
        return out.trouble(USAGE, "usage", "wrong_usage", str(usage), {"usage": usage.form})
    except EnvironmentFault as fault:
        return out.trouble(ENVIRONMENT, "fault", fault.code, str(fault))
    except DataDamage as damage:
        return out.trouble(DAMAGED, "damaged", "damaged", str(damage), {"problems": list(damage.problems)})
    except KeyboardInterrupt:
        out.note("已中断；已经写入的内容保留，其余没有改动。")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except OSError as error:
        return out.trouble(ENVIRONMENT, "fault", "io_error", _sentence(error))
    except Exception:
        out.note("程序内部出错，请把以下内容转交开发人员：\n" + traceback.format_exc())
        return BUG


def _run(words: list[str], out: Output) -> int:
    if words[:1] == ["bench"]:  # measuring has words of its own
        return int(import_module("desktop.bench.main").run(words[1:]))
    try:
        args = parse(words)
    except SystemExit as asked:  # --help has been printed
        return int(asked.code or 0)
    if args.command == "bench":
        return int(import_module("desktop.bench.main").run([word for word in words if word != "bench"]))
    module, _, function = args.run.partition(":")
    status = int(getattr(import_module(f"desktop.cli.{module}"), function)(args, out))
    if sys.stdout is not None:
        sys.stdout.flush()  # a reader that has gone away must show here, not at exit
    return status


def _sentence(error: OSError) -> str:
    why = _SENTENCES.get(error.errno or 0, error.strerror or str(error))
    return f"{why}：{error.filename}" if error.filename else f"读写出错：{why}"


def _speak_utf8() -> None:
    """A console with another code page must not make the program stumble over a rare character."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def _forget_stdout() -> None:
    """The interpreter flushes once more at exit; there is nobody left to read it."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
