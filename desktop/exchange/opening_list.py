"""A table whose columns are the questions of a service, read for :mod:`desktop.app.list_opening`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from desktop.core.cells import ERRORS, Cell, code_of
from desktop.core.refusal import Refusal
from desktop.exchange.reading import read_workbook

_LOOKED_AT = 20  # rows in which a header is sought
_ENOUGH = 2  # known titles that make a row the header
_TOTALS = ("合计", "总计", "小计")


@dataclass(frozen=True)
class OpeningList:
    """``rows``: (sheet row, answers by question); ``used``: question -> title of its column; ``unknown``: titles that
    answer no question; ``damaged``: (row, title) of cells that hold a formula's error, which are left empty."""

    rows: list[tuple[int, dict[str, str]]]
    used: dict[str, str]
    unknown: tuple[str, ...]
    damaged: tuple[tuple[int, str], ...]


def read_opening_list(path: Path, columns: Mapping[str, str], sheet: str | None = None) -> OpeningList:
    """``columns``: title -> name of the question. The header is the first row that knows at least two of them.

    Raises Refusal("no_header", "no_rows") and those of reading a workbook.
    """
    plain = {_plain(title): name for title, name in columns.items()}
    read = read_workbook(path, sheet=sheet)
    for number, row in enumerate(read.rows[:_LOOKED_AT]):
        titles = [_text(cell) for cell in row]
        places: dict[str, int] = {}
        for place, title in enumerate(titles):
            name = plain.get(_plain(title))
            if name is not None:
                places.setdefault(name, place)
        if len(places) >= _ENOUGH:
            return _rows(read.rows, number, titles, places, path)
    known = "、".join(dict.fromkeys(title for title in columns if not title.isascii()))
    raise Refusal("no_header", f"{path.name} 中找不到表头；可用的列名：{known}")


def _rows(
    rows: list[list[Cell]], header: int, titles: list[str], places: Mapping[str, int], path: Path
) -> OpeningList:
    found: list[tuple[int, dict[str, str]]] = []
    damaged: list[tuple[int, str]] = []
    for number, row in enumerate(rows[header + 1 :], header + 2):
        answers: dict[str, str] = {}
        for name, place in places.items():
            text = _text(row[place]) if place < len(row) else ""
            if text in ERRORS:  # a damaged number is refused where it is read
                damaged.append((number, titles[place]))
                text = ""
            answers[name] = text
        filled = [text for text in answers.values() if text]
        if filled and not (len(filled) <= _ENOUGH and any(_plain(text).startswith(_TOTALS) for text in filled)):
            found.append((number, answers))
    if not found:
        raise Refusal("no_rows", f"{path.name} 的表头下没有任何内容")
    used = {name: titles[place] for name, place in places.items()}
    unknown = tuple(title for place, title in enumerate(titles) if title and place not in places.values())
    return OpeningList(found, used, unknown, tuple(damaged))


def _plain(title: str) -> str:
    return "".join(title.split()).rstrip("*＊")


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return code_of(cell)
