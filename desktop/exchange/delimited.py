"""Delimited text: which encoding, which delimiter, then rows. Runs in the child."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from desktop.exchange.guard import Limits, Unreadable

DELIMITERS = (",", "\t", ";")
SAMPLE_ROWS = 30

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")


def open_text(data: bytes, limits: Limits, notes: list[str]) -> tuple[str, list[str], str, Iterator[list[Any]]]:
    """Answer kind, sheet names, the one sheet's name (empty) and its rows. Refuses what is not a table of text."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")):
        raise Unreadable(
            "not_a_workbook",
            "这个文件实际上是网页格式（只是扩展名像表格），请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
        )
    if start.startswith(b"%pdf"):
        raise Unreadable("not_a_workbook", "这是 PDF 文件，不是表格，请导入 .xlsx、.xls 或 .csv 清单。")
    text, encoding = decode(data)
    notes.append(f"文本编码：{encoding}")
    csv.field_size_limit(limits.cell_chars)
    return "csv", [""], "", _rows(text, delimiter_of(text))


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. UTF-8 is tried before GB18030, which accepts almost anything."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif 0 in data[:4096]:  # only a two-byte encoding writes zeros, and Latin letters say in which order
        little = data[1:4096:2].count(0) >= data[:4096:2].count(0)
        candidates = ["utf-16-le" if little else "utf-16-be"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for name in candidates:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _BINARY.search(text, 0, 4096):
            return text, name
    raise Unreadable(
        "unknown_encoding",
        "认不出这个文件的文字编码（不是 UTF-8、UTF-16 或 GB18030），它可能不是表格，请另存为 .xlsx 再导入。",
    )


def delimiter_of(text: str) -> str:
    """The delimiter that makes most columns in most of the first rows; a comma when none does."""

    def columns(delimiter: str) -> int:
        widths = [0]
        with suppress(Unreadable):  # with the wrong delimiter a line is one long cell
            widths += [len(row) for row in islice(_rows(text, delimiter), SAMPLE_ROWS) if row]
        return sorted(widths)[len(widths) // 2]

    return max(DELIMITERS, key=columns)


def _rows(text: str, delimiter: str) -> Iterator[list[Any]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:
        raise Unreadable(
            "broken_text",
            f"第 {reader.line_num} 行附近的引号没有配对，或单元格过长，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。",
            {"line": reader.line_num},
        ) from None
