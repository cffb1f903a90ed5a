"""Lists that go out as a plain workbook: one for a platform outside, or the ledger of a service of any kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from desktop.exchange.ledger import LedgerColumn, write_ledger

_WIDE, _NARROW = 44, 10  # characters
_LOOKED_AT = 200  # rows that a column's width is taken from


def write_referral(
    target: Path, label: str, recipient: str, columns: Sequence[str], rows: Iterable[Sequence[str]]
) -> int:
    """Writes the list; every value is text. Answers the number of rows. Raises Refusal("not_written")."""
    heading = f"{label}（{recipient}）" if recipient else label
    lines = list(rows)
    shown = [columns, *lines[:_LOOKED_AT]]
    widths = [max(_NARROW, min(_WIDE, 2 + max(map(_length, cells)))) for cells in zip(*shown, strict=True)]
    made = [LedgerColumn(name, name, width) for name, width in zip(columns, widths, strict=True)]
    return write_ledger(target, lines, made, title=heading)


def _length(text: str) -> int:
    """In half-width characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
