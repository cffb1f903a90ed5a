"""What a printed record says of itself: its seal and its text layer, from a file that may be anything."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from pypdf import PdfReader
from pypdf.generic import IndirectObject, StreamObject

from desktop.core.record import PrintedRecord
from desktop.core.refusal import Refusal
from desktop.reports.canvas import SEAL_KEY

_T = TypeVar("_T")
_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms"})  # how a stream is stored, not what it holds
_LARGEST = 64 * 1024 * 1024  # bytes; a record of ten thousand lines has about three million

# pypdf says aloud what it repairs while reading; what it cannot read we refuse with a sentence of our own.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_seal(pdf: Path) -> dict[str, Any]:
    """The machine-readable proof in a record's metadata.

    Refuses what is not a record of ours: ``pdf_too_large``, ``pdf_locked``, ``pdf_damaged``,
    ``pdf_not_ours``. Raises OSError when the file cannot be opened.
    """
    seal = _read(pdf, _seal_of)
    if seal is None:
        sentence = f"“{pdf.name}”不是本软件生成的办理记录或单份文书，其中没有校验信息。"
        raise Refusal("pdf_not_ours", sentence, {"file": pdf.name})
    try:
        value = json.loads(seal)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal("pdf_damaged", f"“{pdf.name}”中的校验信息已损坏，无法核对。", {"file": pdf.name})
    return value


def extract_words(pdf: Path | bytes) -> str:
    """The text layer of a file, or of one that was just made, page after page. Refuses like ``read_seal``, but
    takes any PDF."""
    if isinstance(pdf, bytes):  # ours, and never put on the disk
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return _read(pdf, lambda reader: "\n".join(page.extract_text() for page in reader.pages))


def read_printed(pdf: Path | bytes) -> PrintedRecord:
    """Everything a page shows: its words, and a digest of its drawing with whatever is laid over it."""
    if isinstance(pdf, bytes):
        return _printed(PdfReader(BytesIO(pdf)))
    return _read(pdf, _printed)


def _printed(reader: PdfReader) -> PrintedRecord:
    """The words may be right and the eye still misled: by another glyph under the same code, by a page that is cropped,
    by a form laid over it. So the whole document is digested, all but what it says of itself."""
    digest = hashlib.sha256()
    _digest(reader.trailer["/Root"], digest, {})
    pages = tuple(page.extract_text() for page in reader.pages)
    return PrintedRecord("\n".join(pages), (digest.hexdigest(), f"{len(pages)}"))


def _digest(value: Any, digest: Any, met: dict[int, int]) -> None:
    """Adds what an object holds, streams as they are when unpacked. ``met``: number of an object -> when it was met,
    for pages and fonts name one another."""
    while isinstance(value, IndirectObject):
        if value.idnum in met:
            digest.update(f"@{met[value.idnum]};".encode())
            return
        met[value.idnum] = len(met)
        value = value.get_object()
    if isinstance(value, dict):
        digest.update(b"{")
        for name in sorted(value.keys() - _PACKING):
            digest.update(f"{name}:".encode())
            _digest(value.raw_get(name), digest, met)
        digest.update(b"}")
    elif isinstance(value, list):
        digest.update(b"[")
        for one in value:
            _digest(one, digest, met)
        digest.update(b"]")
    else:
        digest.update(f"{type(value).__name__}={value!r};".encode())
    if isinstance(value, StreamObject):
        data = value.get_data()
        digest.update(f"{len(data)}:".encode() + data)


def _seal_of(reader: PdfReader) -> str | None:
    information = reader.metadata
    seal = None if information is None else information.get(f"/{SEAL_KEY}")
    return None if seal is None else str(seal)


def _read(pdf: Path, ask: Callable[[PdfReader], _T]) -> _T:
    with pdf.open("rb") as file:
        if file.seek(0, 2) > _LARGEST:
            raise Refusal("pdf_too_large", f"“{pdf.name}”太大，不是办理记录。", {"file": pdf.name})
        file.seek(0)
        try:
            reader = PdfReader(file, strict=False)
            if not reader.is_encrypted:
                return ask(reader)
        except OSError:
            raise
        except Exception as fault:  # a hostile file makes the reader stumble in any way it likes
            raise Refusal(
                "pdf_damaged",
                f"“{pdf.name}”不是 PDF 文件，或者已经损坏。",
                {"file": pdf.name, "fault": str(fault)},
            ) from fault
    raise Refusal("pdf_locked", f"“{pdf.name}”设有密码，无法核对；请用原始文件。", {"file": pdf.name})
