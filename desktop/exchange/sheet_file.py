"""A workbook of one sheet that goes straight into its file.

openpyxl makes everything around the rows: header, styles, widths, print settings. It would keep the rows themselves
in a plain temporary file; here they pass by it, packed as they come, and no name is ever written anywhere else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from desktop.core.refusal import Refusal

MOST_ROWS = 1_048_576  # of a sheet
MOST_BYTES = 2**31 - 1  # of its XML, beyond which old programs do not read the file
_SHEET = "xl/worksheets/sheet1.xml"
_ROWS_GO_HERE = re.compile(rb"</sheetData>|<sheetData ?/>")
_DIMENSION = re.compile(rb"<dimension [^>]*/>")  # would speak of the header alone
_TOGETHER = 200  # rows that are packed at once


def write_sheet(
    target: Path, book: Workbook, rows: Iterable[str], finish: Callable[[int], None] = lambda count: None
) -> int:
    """Write ``book``, whose only sheet may hold a header so far, with these rows of sheet XML below; answer their
    number. ``finish(count)`` sets what depends on it and stands behind the rows in the file.

    Raises Refusal("not_written"), Refusal("too_long").
    """
    count = size = 0
    iterator = iter(rows)
    with whole_file(target) as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(_DIMENSION.sub(b"", _around_rows(_parts(book))[0]))
            while some := list(islice(iterator, _TOGETHER)):
                count += len(some)
                size += sheet.write("".join(some).encode())
                if count >= MOST_ROWS or size >= MOST_BYTES:
                    raise Refusal("too_long", "清单太长，一个工作表容纳不下，请按领域或视图分几次导出。")
            finish(count)
            parts = _parts(book)
            sheet.write(_around_rows(parts)[1])
        for name, content in parts.items():
            if name != _SHEET:
                archive.writestr(name, content)
    return count


def _parts(book: Workbook) -> dict[str, bytes]:
    packed = BytesIO()
    book.save(packed)
    with ZipFile(packed) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _around_rows(parts: dict[str, bytes]) -> tuple[bytes, bytes]:
    sheet = parts[_SHEET]
    place = _ROWS_GO_HERE.search(sheet)
    assert place is not None, "every sheet has a place for rows"
    begin = b"" if place[0] == b"</sheetData>" else b"<sheetData>"
    return sheet[: place.start()] + begin, b"</sheetData>" + sheet[place.end() :]


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that appears at ``target`` when the block ends well: a reader finds the old one or the whole new one,
    never a part. What a killed run left of it goes with the next one. Raises Refusal("not_written")."""
    begin, end = f".{target.name}.", ".part"
    part: Path | None = None
    try:
        for left in target.parent.iterdir():
            if left.name.startswith(begin) and left.name.endswith(end):
                with suppress(OSError):  # of a run that is still writing, on a system that protects it
                    left.unlink()
        with NamedTemporaryFile(dir=target.parent, prefix=begin, suffix=end, delete=False) as file:
            part = Path(file.name)
            yield file
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
