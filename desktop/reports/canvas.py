"""The sheet that a paper is drawn on: A4, nothing in it but what the paper says and the paper's own time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, BinaryIO

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from desktop.reports.fonts import Face, font

SEAL_KEY = "KuaishenSeal"


class PaperInfo(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The document information of every paper, with its seal (if it has one) under a key of its own (ISO 32000-1,
    14.3.3)."""

    producer = creator = "快审工作台"
    seal: str | None = None

    def format(self, document: Any) -> bytes:
        """The base class knows a closed list of keys, so the dictionary is opened again to add ours."""
        whole: bytes = super().format(document)
        if self.seal is None:
            return whole
        entry: bytes = pdfdoc.PDFDictionary({SEAL_KEY: pdfdoc.PDFString(self.seal)}).format(document)
        return whole.removesuffix(b">>") + entry.removeprefix(b"<<")


def open_canvas(file: BinaryIO, info: PaperInfo, when: tuple[int, ...], mark: str) -> Canvas:
    """``when``: year to second in China's one time (UTC+8). ``mark`` is what the file's own id is made from, beside
    what is drawn. Equal arguments and drawings give equal bytes."""
    # The first font of a canvas is written into each page: Helvetica, not embedded, if nothing is named.
    canvas = Canvas(
        file,
        pagesize=A4,
        invariant=1,
        pageCompression=1,
        pdfVersion=(1, 4),
        initialFontName=font(Face.SERIF).fontName,
        lang="zh-CN",
    )
    document: Any = canvas._doc
    document.info = info
    document._timeStamp = SimpleNamespace(YMDhms=when, dhh=8, dmm=0)  # the shape in which reportlab writes dates
    document.updateSignature(mark)
    return canvas
