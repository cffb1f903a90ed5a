"""Many unstyled rows for a write-only sheet, as sheet XML written out directly: five times as fast as cell by cell.

openpyxl makes the workbook around them: header, styles, widths, print settings. Cells follow ECMA-376 part 1, 18.3.1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TextIO
from xml.sax.saxutils import escape

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from desktop.exchange.cells_out import SUSPICIOUS, plain_text

_END = "</sheetData>"


class PlainRows:
    """Rows below what ``sheet`` holds so far. ``count`` says how many; :meth:`place` puts them into the sheet, after
    which it takes nothing more."""

    def __init__(self, sheet: Any, below: int, columns: int) -> None:
        self.count = 0
        self._sheet = sheet
        self._below = below
        self._letters = [get_column_letter(number) for number in range(1, columns + 1)]
        samples: tuple[Any, Any] = (date(2000, 1, 1), datetime(2000, 1, 1))
        self._day, self._moment = (WriteOnlyCell(sheet, value=sample).style_id for sample in samples)
        pinned: Any = WriteOnlyCell(sheet, value="")
        pinned.quotePrefix = True
        self._pinned = pinned.style_id

    def place(self, rows: Iterable[Sequence[Any]], finish: Callable[[int], None]) -> None:
        """Write the rows; ``finish(count)`` sets what stands behind them in the file and needs their number."""
        with TemporaryFile("w+", encoding="utf-8", newline="") as text:
            for row in rows:
                self.count += 1
                text.write(self._row(row))
            finish(self.count)
            self._sheet.close()
            self._splice(text)

    def _splice(self, text: TextIO) -> None:
        path = Path(self._sheet._writer.out)
        head, end, tail = path.read_text("utf-8").partition(_END)
        assert end, "the sheet holds a header"
        text.seek(0)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(head)
            while part := text.read(1 << 20):
                file.write(part)
            file.write(end + tail)

    def _row(self, row: Sequence[Any]) -> str:
        number = self._below + self.count
        cells = [
            self._cell(f"{letter}{number}", value)
            for letter, value in zip(self._letters, row, strict=True)
            if value is not None
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _cell(self, place: str, value: Any) -> str:
        """Text that a spreadsheet might take for a formula is pinned down, as in :func:`cells_out.out_cell`."""
        if isinstance(value, str):
            pin = f' s="{self._pinned}"' if value.startswith(SUSPICIOUS) else ""
            words = escape(plain_text(value))
            return f'<c r="{place}"{pin} t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
        if isinstance(value, date):
            style = self._moment if isinstance(value, datetime) else self._day
            serial: float = to_excel(value)  # type: ignore[no-untyped-call, unused-ignore]
            return f'<c r="{place}" s="{style}"><v>{serial:.15g}</v></c>'
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        if not isinstance(value, int | float):
            raise TypeError(f"a ledger holds no {type(value).__name__}")
        return f'<c r="{place}"><v>{value}</v></c>'
