"""How values leave in a workbook: text stays text, whatever it looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from desktop.core.refusal import Refusal

DATE_FORMAT = "yyyy-mm-dd"
LONGEST = 32_767  # characters that a cell can hold
SUSPICIOUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "#", "＝", "＋", "－", "＠")

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def out_cell(sheet: Any, value: Any, **style: Any) -> Any:
    """A value as the sheet takes it. Text that a spreadsheet might take for a formula is pinned down as text,
    so that it stays text even when somebody edits the cell."""
    if isinstance(value, str):
        value = plain_text(value)
        if value.startswith(SUSPICIOUS):
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            cell.quotePrefix = True
            return _styled(cell, style)
    return _styled(WriteOnlyCell(sheet, value=value), style) if style else value


def plain_text(value: str) -> str:
    """The text without what the file format cannot hold, at most as long as a cell allows."""
    return _FORBIDDEN.sub("", value)[:LONGEST]


def _styled(cell: Any, style: dict[str, Any]) -> Any:
    for name, part in style.items():
        setattr(cell, name, part)
    return cell


@contextmanager
def whole_workbook(target: Path) -> Iterator[Workbook]:
    """A write-only workbook that appears at ``target`` when the block ends well: a reader finds the old file or the
    whole new one, never a part. Raises Refusal("not_written") when the place does not allow it."""
    book = Workbook(write_only=True)
    part: Path | None = None
    try:
        yield book
        with NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".part", delete=False) as file:
            part = Path(file.name)
            book.save(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as fault:
        raise Refusal(
            "not_written",
            f"“{target.name}”没有写成：文件可能正在别的程序中打开，或者文件夹不可写、磁盘已满。",
            {"target": str(target), "fault": str(fault)},
        ) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
        _discard(book)


def _discard(book: Workbook) -> None:
    """The library keeps rows in a plain temporary file of its own until it has saved: leave none behind."""
    sheets: list[Any] = list(book.worksheets)
    for sheet in sheets:
        with suppress(OSError, ValueError):  # ValueError: already removed
            if not sheet.closed:
                sheet.close()
            sheet._writer.cleanup()


def width_of(texts: Iterable[str], least: float = 6, most: float = 48) -> float:
    """A column width in characters: a Chinese character takes the room of two."""
    return min(most, max([least, *(sum(2 if ord(c) > 0x2E7F else 1 for c in text) + 2 for text in texts)]))


def sheet_name(title: str) -> str:
    """A title as the file format allows it for a sheet: 31 characters, seven of them forbidden."""
    return "".join("_" if c in r"[]:*?/\'" else c for c in title)[:31] or "清单"
