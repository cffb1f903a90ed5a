"""Open a workbook or a delimited text safely: the engine runs in a child process that can die alone."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from desktop.core.cells import Cell
from desktop.core.refusal import Refusal
from desktop.exchange.guard import Limits

__all__ = ["CHILD_FLAG", "Cell", "Limits", "Sheet", "child_command", "read_workbook"]


CHILD_FLAG = "--read-workbook"  # how a frozen program asks itself to be the child
POLL_SECONDS = 0.05
DIED = "工作簿的内容异常，读取程序已停止，没有导入任何内容；请用 Excel 或 WPS 打开后另存为新的 .xlsx 再导入。"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[0]`` is the sheet's first line; ``kind`` is xlsx, xls or csv; ``sha256`` is of the file.

    Dates in date cells are dates; a blank cell is None; an error cell is its text (#N/A).
    """

    path: Path
    name: str
    names: tuple[str, ...]
    kind: str
    sha256: str
    rows: list[list[Cell]]
    notes: tuple[str, ...] = ()


def child_command() -> list[str]:
    """How the reader is started; a frozen program calls ``desktop.exchange.reader_child.main`` on CHILD_FLAG."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG]
    start = "import sys; sys.path.insert(0, sys.argv[1]); from desktop.exchange.reader_child import main; main()"
    return [sys.executable, "-I", "-c", start, str(Path(__file__).resolve().parents[2])]


def read_workbook(
    path: Path | str,
    *,
    sheet: str | None = None,
    limits: Limits | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Sheet:
    """Read one sheet of an .xlsx, .xlsm, .xls or .csv file (judged by content, not by name).

    ``sheet`` None takes the first visible sheet that holds something. ``cancelled`` is asked from a helper thread
    about twenty times a second. Every failure is a :class:`Refusal`; nothing of the file is executed or followed.
    """
    path = Path(path)
    limits = limits or Limits()
    process = _start()
    stop = _Watch(process, limits.seconds, cancelled)
    try:
        request = {"path": str(path.absolute()), "sheet": sheet, "limits": limits._asdict()}
        return _converse(process, json.dumps(request), path)
    except _Silence:
        raise _why_silent(stop.cause) from None
    finally:
        stop.release()
        process.kill()
        for pipe in (process.stdout, process.stdin):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        process.wait()


class _Silence(Exception):
    """The child ended, or talked nonsense, before its last line."""


def _start() -> subprocess.Popen[bytes]:
    # The passphrase must not be handed to the process that touches foreign files.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KUAISHEN")}
    environment["RUST_BACKTRACE"] = "0"
    return subprocess.Popen(
        child_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _why_silent(cause: str) -> Refusal:
    if cause == "cancelled":
        return Refusal("cancelled", "已取消读取，没有导入任何内容。")
    if cause == "timeout":
        return Refusal("timeout", "读取超过时间上限，已停止；请把文件拆小，或检查它是否正常。")
    return Refusal("reader_died", DIED)


def _converse(process: subprocess.Popen[bytes], request: str, path: Path) -> Sheet:
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        process.stdin.write(request.encode() + b"\n")
        process.stdin.flush()
    except OSError:
        raise _Silence from None
    answer: Sheet | None = None
    rows: list[list[Cell]] = []
    for line in process.stdout:
        try:
            message = _decoder.decode(line.decode())
        except ValueError:  # cut off in the middle
            raise _Silence from None
        match message:
            case ["rows", list(batch)]:
                rows += batch
            case ["sheet", dict(head)]:
                answer = _sheet(head, path, rows)
            case ["refused", str(code), str(reason), dict(data)]:
                raise Refusal(code, reason, {"file": path.name, **data})
            case ["end", int(count)] if answer is not None and count == len(rows):
                return answer
    raise _Silence


def _sheet(head: dict[str, Any], path: Path, rows: list[list[Cell]]) -> Sheet:
    return Sheet(path, head["name"], tuple(head["names"]), head["kind"], head["sha256"], rows, tuple(head["notes"]))


def _dates(value: dict[str, Any]) -> Any:
    if "d" in value:
        return date.fromisoformat(value["d"])
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return value


_decoder = json.JSONDecoder(object_hook=_dates)


class _Watch:
    """Ends the child when the time is over or the user has changed their mind."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float, cancelled: Callable[[], bool] | None) -> None:
        self.cause = ""
        self._process = process
        self._seconds = seconds
        self._cancelled = cancelled
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="workbook-reader-watch", daemon=True)
        self._thread.start()

    def release(self) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        turns = max(1, int(self._seconds / POLL_SECONDS))
        for _ in range(turns):
            if self._done.wait(POLL_SECONDS):
                return
            if self._cancelled is not None and self._cancelled():
                self._end("cancelled")
                return
        self._end("timeout")

    def _end(self, cause: str) -> None:
        self.cause = cause
        self._process.kill()
