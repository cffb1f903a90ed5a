"""The child process that opens workbooks. It reads one request from standard input and answers in JSON lines.

The spreadsheet engine aborts the whole process on some files, so it never runs inside the desk. This module and
what it imports must stay small: its start is part of every import. Lines it writes:

``["sheet", {"kind", "names", "name", "sha256", "notes"}]`` once, ``["rows", [[cell, ...], ...]]`` many,
``["end", rows]`` last, or ``["refused", code, sentence, data]`` instead of any of them.
A cell is null, text, number, bool, ``{"d": ISO date}`` or ``{"t": ISO date-time}``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from desktop.exchange.delimited import open_text
from desktop.exchange.guard import Limits, Unreadable
from desktop.exchange.workbooks import open_workbook

BATCH = 500
LARGEST_EXACT = 10**15  # a spreadsheet number keeps 15 digits


def main() -> int:
    """Serve one request ``{"path", "sheet", "limits"}``. Always 0: a refusal is an answer, not a failure."""
    request = json.loads(sys.stdin.buffer.readline())
    limits = Limits(**request["limits"])
    try:
        _confine(limits)
        _serve(request["path"], request["sheet"], limits)
    except Unreadable as no:
        _say(["refused", no.code, no.reason, no.data])
    except MemoryError:
        _say(["refused", "too_large", "文件打开后占用的内存超过上限，请拆成几个较小的工作簿再导入。", {}])
    sys.stdout.buffer.flush()
    return 0


def _confine(limits: Limits) -> None:
    """Take away what this process does not need. Windows has no such call; time and size still hold there."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(what, (most, most))


def _serve(path: str, wanted: str | None, limits: Limits) -> None:
    data = _content(path, limits)
    notes: list[str] = []
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        kind, names, name, rows = open_workbook(data, wanted, limits, notes)
    else:
        kind, names, name, rows = open_text(data, limits, notes)
    head = {"kind": kind, "names": names, "name": name, "sha256": hashlib.sha256(data).hexdigest(), "notes": notes}
    _say(["sheet", head])
    _stream(rows, limits)


def _content(path: str, limits: Limits) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(limits.file_bytes + 1)
    except FileNotFoundError:
        raise Unreadable("file_missing", "找不到这个文件，可能已被移动或删除。") from None
    except OSError as fault:
        raise Unreadable(
            "file_unreadable", "文件打不开，可能正被别的程序占用，或者没有读取权限。", {"fault": str(fault.errno)}
        ) from None
    if len(data) > limits.file_bytes:
        raise Unreadable(
            "too_large",
            f"文件超过 {limits.file_bytes // 2**20} MB，请拆成几个较小的文件再导入。",
            {"limit": limits.file_bytes},
        )
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("empty_file", "文件是空的，没有可导入的内容。")
    return data


def _stream(rows: Iterator[list[Any]], limits: Limits) -> None:
    count = cells = 0
    batch: list[list[Any]] = []
    for row in rows:
        count += 1
        cells += len(row)
        if count > limits.rows or cells > limits.cells or len(row) > limits.columns:
            raise Unreadable(
                "too_many_cells",
                f"表格超过上限（{limits.rows} 行、{limits.columns} 列、{limits.cells} 个单元格），"
                "请删去多余的行列或拆成几个文件再导入。",
                {"row": count, "columns": len(row)},
            )
        batch.append(_cleaned(row, count, limits.cell_chars))
        if len(batch) == BATCH:
            _say(["rows", batch])
            batch = []
    _say(["rows", batch])
    _say(["end", count])


def _cleaned(row: list[Any], number: int, longest: int) -> list[Any]:
    """Blank text becomes nothing and 1.0 becomes 1: the file format knows only floats."""
    cells: list[Any] = []
    for cell in row:
        kind = type(cell)
        if kind is str:
            if len(cell) > longest:
                raise Unreadable(
                    "cell_too_long",
                    f"第 {number} 行有一个单元格超过 {longest} 字，不像是案件清单，请检查后再导入。",
                    {"row": number},
                )
            cell = cell or None
        elif kind is float and -LARGEST_EXACT < cell < LARGEST_EXACT and cell.is_integer():
            cell = int(cell)
        cells.append(cell)
    return cells


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return str(value)  # times of day and durations: no column of ours holds one


_encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def _say(line: list[Any]) -> None:
    sys.stdout.buffer.write(_encode(line).encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    sys.exit(main())
