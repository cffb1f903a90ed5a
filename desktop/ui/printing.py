"""Pages on a printer: choosing one, drawing on it, saying what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from desktop.core.refusal import Refusal
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN, Notices

#: Above this a page image only grows; paper does not get sharper.
PRINT_DPI = 600


def choose_printer(
    parent: QWidget, notices: Notices, title: str, instead: tuple[str, Callable[[], object]], pages: int = 0,
) -> QPrinter | None:
    """Ask for a printer; None when nobody chose one. Without any printer it says how to go on: ``instead`` is what to
    do then. ``pages``: how many there are to choose from, 0 where none are left out."""
    if not QPrinterInfo.availablePrinterNames():
        notices.tell(tr("这台电脑没有安装打印机。可以先保存 PDF，再到有打印机的电脑上打印。"), WARN, instead)
        return None
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    if pages:
        dialog.setMinMax(1, pages)
    else:
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, False)
    return printer if dialog.exec() == QDialog.DialogCode.Accepted else None


def tell_printed(notices: Notices, printer: QPrinter, what: str) -> None:
    """Say that ``what`` went to the printer; nothing: that it took none."""
    if what:
        notices.tell(tr("已送往打印机“{name}”，{what}", name=printer.printerName(), what=what), DONE)
    else:
        notices.tell(tr("打印机“{name}”没有接受任务，请检查它是否开机、联机。", name=printer.printerName()), ERROR)


def print_pages(document: QPdfDocument, printer: QPrinter) -> int:
    """Draw the document's pages on a printer; the number of pages drawn. 0 when the printer took none."""
    first = max(printer.fromPage(), 1)
    last = min(printer.toPage() or document.pageCount(), document.pageCount())
    painter = _begin(printer)
    if painter is None:
        return 0
    for number in range(first - 1, last):
        if number >= first:
            printer.newPage()
        _draw(document, number, painter, printer)
    painter.end()
    return max(0, last - first + 1)


def print_papers(papers: Iterable[bytes], printer: QPrinter, cancelled: Callable[[], bool]) -> int:
    """Draw several PDFs one after the other as one job of the printer, on whatever thread; the number of pages drawn.

    On both sides of the sheet each begins on a sheet of its own, so that they can be parted. Raises :class:`Refusal`
    ``cancelled``; then, and when a paper cannot be made, the job is withdrawn."""
    painter = _begin(printer)
    if painter is None:
        return 0
    turns = printer.duplex() != QPrinter.DuplexMode.DuplexNone
    count = done = 0
    try:
        for content in papers:
            if turns and count % 2:
                printer.newPage()
                count += 1
            buffer = QBuffer()
            buffer.setData(QByteArray(content))
            buffer.open(QIODevice.OpenModeFlag.ReadOnly)
            document = QPdfDocument()
            document.load(buffer)
            for number in range(document.pageCount()):
                if cancelled():
                    raise Refusal("cancelled", tr("已取消，打印任务已撤回。"))
                if count:
                    printer.newPage()
                _draw(document, number, painter, printer)
                count += 1
                done += 1
            document.close()
        if cancelled():
            raise Refusal("cancelled", tr("已取消，打印任务已撤回。"))
    except BaseException:
        printer.abort()
        raise
    finally:
        painter.end()
    return done


def _begin(printer: QPrinter) -> QPainter | None:
    printer.setFullPage(True)
    painter = QPainter()
    return painter if painter.begin(printer) else None


def _draw(document: QPdfDocument, number: int, painter: QPainter, printer: QPrinter) -> None:
    resolution = min(printer.resolution(), PRINT_DPI)
    paper = printer.paperRect(QPrinter.Unit.DevicePixel)
    points = document.pagePointSize(number)
    image = document.render(
        number, QSize(round(points.width() * resolution / 72), round(points.height() * resolution / 72)))
    # The same size as on the screen's paper, never stretched; the printer's own margins are left to it.
    scale = min(paper.width() / image.width(), paper.height() / image.height(), printer.resolution() / resolution)
    painter.drawImage(QRectF(0, 0, image.width() * scale, image.height() * scale), image)
