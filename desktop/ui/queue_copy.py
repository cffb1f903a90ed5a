"""Rows of a queue as the text that a spreadsheet pastes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from desktop.app.queue_views import ServiceView
from desktop.ui.queue_columns import Column

if TYPE_CHECKING:
    from desktop.app.desk import Desk

CHUNK = 500


def table_text(desk: Desk, keys: Sequence[int], columns: Sequence[Column], today: date, service: ServiceView) -> str:
    """A header line and a line for each case, cells parted by tabs. Rows are read in chunks, on a lane."""
    lines = ["\t".join(column.title_for(service) for column in columns)]
    for start in range(0, len(keys), CHUNK):
        rows = desk.rows(keys[start:start + CHUNK], today=today)
        lines += ["\t".join(one_line(column.text(row)) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def one_line(text: str) -> str:
    """A cell must not break the table it is pasted into, nor come alive as a formula there."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat[:1] in ("=", "+", "-", "@") else flat
