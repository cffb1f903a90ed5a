"""A table of industry chains (产业链): read as it is, whatever stands above its header."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from desktop.core.cells import Cell, text_of
from desktop.core.refusal import Refusal
from desktop.exchange.reading import read_workbook

_NAMES = ("产业链", "产业链名称", "链名称", "名称")
_GROUPS = ("类别", "类型", "级别", "分类", "性质")
_LOOKED_AT = 20  # rows in which a header is sought


def read_chain_list(path: Path) -> list[tuple[str, str]]:
    """(name, group) of every chain, in the table's order, each once.

    Raises Refusal("no_header") when no column is called 产业链 or 名称, and those of reading a workbook.
    """
    sheet = read_workbook(path)
    for number, row in enumerate(sheet.rows[:_LOOKED_AT]):
        titles = ["".join(_text(cell).split()) for cell in row]
        name = next((titles.index(title) for title in _NAMES if title in titles), None)
        if name is None:
            continue
        group = next((titles.index(title) for title in _GROUPS if title in titles), None)
        found: dict[str, str] = {}
        for line in sheet.rows[number + 1 :]:
            chain = " ".join(_at(line, name).split())
            if chain:
                found.setdefault(chain, " ".join(_at(line, group).split()) if group is not None else "")
        if found:
            return list(found.items())
        raise Refusal("no_rows", f"{path.name} 的表头下没有任何产业链")
    raise Refusal("no_header", f"{path.name} 中找不到名为“产业链”或“名称”的列")


def _at(row: list[Cell], place: int) -> str:
    return _text(row[place]) if place < len(row) else ""


def _text(cell: Cell) -> str:
    return "" if isinstance(cell, date | datetime) else text_of(cell)
