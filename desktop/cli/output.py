"""What the terminal says: one JSON document or calm text on standard output, remarks on standard error."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

# Exit statuses.
DONE, REFUSED, USAGE, ENVIRONMENT, DAMAGED = range(5)

_UNBROKEN = re.compile(r"(?:[!-~]+|.)[，。；：、）”》！？]*")


# What files say may hold characters that steer a terminal or turn the direction of writing: in text they are replaced,
# in JSON they are written as escapes.
_STEERING = (*range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHOWN = dict.fromkeys((*range(9), *range(0x0B, 0x20), *_STEERING), "\ufffd")
_ESCAPED = {code: f"\\u{code:04x}" for code in _STEERING}


class Output:
    """Answers go to standard output, everything else to standard error."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._progress = False

    def answer(self, document: object, text: str | Iterable[str]) -> None:
        """The one answer: ``document`` with --json, else ``text`` (a text or its lines)."""
        self._end_progress()
        if self.as_json:
            print(as_json(document))
        else:
            print((text if isinstance(text, str) else "\n".join(text)).translate(_SHOWN))

    def trouble(
        self, status: int, kind: str, code: str, sentence: str, data: Mapping[str, object] | None = None
    ) -> int:
        """Say why nothing came of it; answers with ``status``. ``data`` may not hide code and reason."""
        self._end_progress()
        if self.as_json:
            print(as_json({kind: {**(data or {}), "code": code, "reason": sentence}}))
        self.note(sentence)
        if kind == "usage" and data:
            self.note(f"用法：{data['usage']}")
        return status

    def note(self, sentence: str) -> None:
        """A remark for people."""
        self._end_progress()
        if sys.stderr is not None:
            print(sentence, file=sys.stderr, flush=True)

    def progress(self, word: str, done: int, total: int) -> None:
        """One line that is written over and over, for people who wait at a screen."""
        if sys.stderr is None or not sys.stderr.isatty():
            return
        self._progress = True
        print(f"\r{word} {done}/{total} " if total else f"\r{word} {done} ", end="", file=sys.stderr, flush=True)

    def _end_progress(self) -> None:
        if self._progress:
            self._progress = False
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def as_json(document: object) -> str:
    """One line of JSON; dates as ISO 8601, text as it is but for what would steer a terminal."""
    return json.dumps(document, ensure_ascii=False, default=_plain).translate(_ESCAPED)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


@lru_cache(maxsize=8192)
def _cells_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Columns that a terminal needs for ``text``: two for each Chinese character (Unicode annex 11)."""
    return sum(map(_cells_of, text))


def fit(text: str, columns: int) -> str:
    """``text`` cut with … or padded with blanks to exactly ``columns``."""
    if width(text) <= columns:
        return text + " " * (columns - width(text))
    kept, used = "", 0
    for character in text:
        if used + _cells_of(character) > columns - 1:
            break
        kept += character
        used += _cells_of(character)
    return kept + "…" + " " * (columns - 1 - used)


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], most: Sequence[int]) -> list[str]:
    """Aligned lines under ``titles``; no column wider than its entry in ``most``."""
    lines = [list(map(_one_line, row)) for row in rows]
    widths = [
        min(limit, max([width(title), *(width(line[at]) for line in lines)]))
        for at, (title, limit) in enumerate(zip(titles, most, strict=True))
    ]
    return [
        "  ".join(fit(cell, columns) for cell, columns in zip(line, widths, strict=True)).rstrip()
        for line in ([*titles], *lines)
    ]


def wrapped(text: str, columns: int = 80, *, indent: int = 0, hanging: int = 0) -> list[str]:
    """``text`` in lines of at most ``columns``, ``indent`` blanks before each and ``hanging`` more after the first.
    Chinese may break anywhere but before a stop; a word of letters and digits stays whole if a line can hold it."""
    lines: list[str] = []
    margin = indent
    for paragraph in printable(text).split("\n"):
        line = ""
        for piece in _pieces(paragraph, columns - indent - hanging):
            if line and margin + width(line + piece.rstrip()) > columns:
                lines.append((" " * margin + line).rstrip())
                line, margin = "", indent + hanging
            line += piece if line else piece.lstrip()
        lines.append((" " * margin + line).rstrip())
        margin = indent + hanging
    return lines


def _pieces(text: str, most: int) -> Iterator[str]:
    """What a line is never broken within."""
    for piece in _UNBROKEN.findall(text):
        yield from (piece,) if width(piece) <= most else piece


def _one_line(text: str) -> str:
    """Printable and on one line: a file must not be able to steer the terminal."""
    return "".join(c if unicodedata.category(c) != "Cc" else " " for c in text)


def printable(text: str) -> str:
    """``text`` with its own line breaks but no other control character."""
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in text)
