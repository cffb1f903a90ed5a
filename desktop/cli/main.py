"""The command ``kuaishen``: read the words, run one use case, answer, and end with a status that means something."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from desktop.app.faults import DataDamage, EnvironmentFault, in_words
from desktop.cli.output import DAMAGED, DONE, ENVIRONMENT, REFUSED, USAGE, Output
from desktop.cli.parser import Usage, parse
from desktop.cli.session import utf8
from desktop.core.refusal import Refusal

BUG = 70  # sysexits.h EX_SOFTWARE: no status that a script takes for an answer
INTERRUPTED = 130
CHILD_FLAG = "--read-workbook"  # how a frozen program asks itself to read a foreign file, see exchange.reading

# Refusals of the readers and writers of files that are really the environment's fault.
_ENVIRONMENT = frozenset({"file_missing", "file_unreadable", "not_written"})

_PATHS = frozenset({"data", "file", "output", "errors"})  # a file may have a name that is no text


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Status: 0 done, 1 refused by a rule, 2 wrong usage, 3 environment, 4 damaged data."""
    words = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    _replace_closed()
    if words[:1] == [CHILD_FLAG]:
        from desktop.exchange import reader_child

        reader_child.main()
        return DONE
    try:
        status = _answer(words)
        sys.stdout.flush()  # what could not be written is still held, and would be tried once more at exit
        return status
    except BrokenPipeError:  # whoever read us has gone, perhaps before hearing why it was refused
        _forget_stdout()
        return DONE
    except OSError as error:  # not even the answer could be written: standard output lies on a full disk
        _forget_stdout()
        with suppress(OSError):
            print(in_words(error), file=sys.stderr)
        return ENVIRONMENT


def _answer(words: list[str]) -> int:
    out = Output(as_json="--json" in words)
    try:
        return _run(words, out)
    except Refusal as refusal:
        if refusal.code in _ENVIRONMENT:
            return out.trouble(ENVIRONMENT, "fault", refusal.code, refusal.reason, refusal.data)
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
        return out.trouble(ENVIRONMENT, "fault", "io_error", in_words(error))
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
    for name, value in vars(args).items():
        if isinstance(value, str) and name not in _PATHS:
            setattr(args, name, utf8(value))
    module, _, function = args.run.partition(":")
    status = int(getattr(import_module(f"desktop.cli.{module}"), function)(args, out))
    if sys.stdout is not None:
        sys.stdout.flush()  # a reader that has gone away must show here, not at exit
    return status


def _speak_utf8() -> None:
    """A console with another code page must not make the program stumble over a rare character."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]


def _replace_closed() -> None:
    """Started with a stream closed, as some schedulers do: read nothing, say it to nobody."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 (kept to the end)


def _forget_stdout() -> None:
    """The interpreter flushes once more at exit; there is nobody left to read it."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
