"""The record as paper: what is shown, saved and printed are the pages of one and the same PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QPageLayout, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.core.record import UnifiedRecord
from desktop.reports.files import write_whole
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN, Notices
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.fitting import fit
from desktop.ui.worker import Cancelled, Progress, said_fault

ZOOM_STEP = 1.2
#: A wide window must not begin with letters as large as a poster.
LARGEST_START = 1.1
#: Above this a page image only grows; paper does not get sharper.
PRINT_DPI = 600


def print_pages(document: QPdfDocument, printer: QPrinter) -> int:
    """Draw the document's pages on a printer; the number of pages drawn. 0 when the printer took none."""
    first = max(printer.fromPage(), 1)
    last = printer.toPage() or document.pageCount()
    printer.setFullPage(True)
    painter = QPainter()
    if not painter.begin(printer):
        return 0
    resolution = min(printer.resolution(), PRINT_DPI)
    paper = printer.paperRect(QPrinter.Unit.DevicePixel)
    for number in range(first - 1, min(last, document.pageCount())):
        if number >= first:
            printer.newPage()
        points = document.pagePointSize(number)
        image = document.render(
            number, QSize(round(points.width() * resolution / 72), round(points.height() * resolution / 72)))
        # The same size as on the screen's paper, never stretched; the printer's own margins are left to it.
        scale = min(paper.width() / image.width(), paper.height() / image.height(), printer.resolution() / resolution)
        painter.drawImage(QRectF(0, 0, image.width() * scale, image.height() * scale), image)
    painter.end()
    return max(0, min(last, document.pageCount()) - first + 1)


class RecordView(QWidget):
    """Makes and shows one case's record. ``notices`` is where it speaks; the page's own by default."""

    ready = Signal()

    def __init__(self, context: Context, notices: Notices | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._notices = notices or context.notices
        self._shown: int | None = None
        self._number = ""
        self._content = b""
        self._buffer = QBuffer(self)
        self.document = QPdfDocument(self)
        self.pages = QPdfView(self)
        self.pages.setPageMode(QPdfView.PageMode.MultiPage)
        self.pages.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.pages.setDocument(self.document)
        self.pages.setAccessibleName(tr("记录单页面"))
        context.theme.changed.connect(self._tint)
        self._tint()
        self._page = QLabel()
        self._page.setObjectName("muted")
        self._state = QLabel()
        self._state.setObjectName("muted")
        self.save_button = KeyButton(tr("保存 PDF"), "Ctrl S")
        self.print_button = KeyButton(tr("打印"), "Ctrl P", primary=True)
        bar = QFrame()
        bar.setObjectName("toolbar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(12, 6, 12, 6)
        for text, tip, act in (
            ("−", tr("缩小（Ctrl+-）"), lambda: self.zoom(1 / ZOOM_STEP)),
            ("+", tr("放大（Ctrl++）"), lambda: self.zoom(ZOOM_STEP)),
            (tr("适合宽度"), tr("按窗口宽度显示（Ctrl+0）"), self.fit_width),
        ):
            line.addWidget(self._tool(text, tip, act))
        line.addWidget(self._page)
        line.addWidget(self._state, 1)
        line.addWidget(self.save_button)
        line.addWidget(self.print_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.pages, 1)
        self.setFocusProxy(self.pages)
        self.save_button.clicked.connect(self.save)
        self.print_button.clicked.connect(self.print)
        self.pages.pageNavigator().currentPageChanged.connect(lambda _page: self._tell_page())
        for keys, act in (
            ("Ctrl+S", self.save), ("Ctrl++", lambda: self.zoom(ZOOM_STEP)), ("Ctrl+=", lambda: self.zoom(ZOOM_STEP)),
            ("Ctrl+-", lambda: self.zoom(1 / ZOOM_STEP)), ("Ctrl+0", self.fit_width),
        ):
            self._bind(keys, act)
        self._enable(False)

    def _bind(self, keys: str, act: Callable[[], object]) -> None:
        # Only while the paper has the keyboard: beside a case the same view is one tab of several.
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False: act())
        self.addAction(action)

    def _tint(self) -> None:
        # The view paints the desk around the paper from this role.
        palette = self.pages.palette()
        palette.setColor(palette.ColorRole.Dark, self._context.theme.palette.color("line"))
        self.pages.setPalette(palette)

    def _tool(self, text: str, tip: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda _on=False: act())
        return button

    def forget(self) -> None:
        """The case moved on: the next look makes a new record."""
        self._shown = None

    def show_case(self, key: int) -> None:
        """Make the record of a case and show it; nothing happens when it is shown already."""
        if self._shown == key:
            return
        self._shown = key
        self._enable(False)
        self._state.setText(tr("正在生成记录单…"))
        at = self._context.now()

        def draw(record: UnifiedRecord) -> None:
            self._number = record.matter_number

            def render(_progress: Progress, _cancelled: Cancelled) -> bytes:
                from desktop.reports.record_pdf import render_record_bytes

                return render_record_bytes(record)

            self._context.worker.aside(render, tr("生成记录单 {number}", number=self._number), self._show, self._failed,
                                       owner=self, cancellable=False)

        self._context.worker.read(lambda desk: desk.record(key, at=at), draw, self._failed, owner=self,
                                  replaces=f"record-{id(self)}")

    def _show(self, content: bytes) -> None:
        self.document.close()
        self._buffer.close()
        self._content = content
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)
        self._state.setText("")
        self._enable(True)
        if self._width_factor() > LARGEST_START:
            self.pages.setZoomMode(QPdfView.ZoomMode.Custom)
            self.pages.setZoomFactor(LARGEST_START)
        self._tell_page()
        self.ready.emit()

    def _failed(self, error: BaseException) -> None:
        self._shown = None
        sentence = said_fault(error) or tr("记录单没有生成：程序内部出错。")
        self._state.setText(sentence)
        self._notices.tell(sentence, ERROR)

    def _enable(self, on: bool) -> None:
        self.save_button.setEnabled(on)
        self.print_button.setEnabled(on)

    def _tell_page(self) -> None:
        total = self.document.pageCount()
        self._page.setText(
            tr("第 {n} 页 / 共 {all} 页", n=self.pages.pageNavigator().currentPage() + 1, all=total) if total else "")

    def zoom(self, factor: float) -> None:
        if self.pages.zoomMode() == QPdfView.ZoomMode.FitToWidth and self.document.pageCount():
            # Start from what is on the screen, not from the factor of an earlier zoom.
            self.pages.setZoomFactor(max(0.1, self._width_factor()))
        self.pages.setZoomMode(QPdfView.ZoomMode.Custom)
        self.pages.setZoomFactor(min(max(self.pages.zoomFactor() * factor, 0.25), 5.0))

    def _width_factor(self) -> float:
        """The zoom at which the page is as wide as the view."""
        wide = self.document.pagePointSize(0).width() * self.logicalDpiX() / 72
        return (self.pages.viewport().width() - 24) / wide if wide else 1.0

    def fit_width(self) -> None:
        self.pages.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def save(self) -> None:
        """Ask for a place and write the very bytes that are shown."""
        name, _filter = QFileDialog.getSaveFileName(
            self, tr("保存记录单"), tr("统一办理记录 {number}.pdf", number=self._number), "PDF (*.pdf)")
        if name:
            self.save_to(Path(name))

    def save_to(self, target: Path) -> None:
        if not self._content:
            return
        content = self._content
        self._context.worker.aside(
            lambda _progress, _cancelled: write_whole(target, content), tr("保存记录单"),
            lambda _nothing: self._notices.tell(tr("已保存到 {path}", path=target), DONE),
            lambda error: self._notices.tell(
                tr("没有保存：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR),
            owner=self, cancellable=False)

    def print(self) -> None:
        """Print the shown pages, or say how to go on when there is no printer."""
        if not self._content:
            return
        if not QPrinterInfo.availablePrinterNames():
            self._notices.tell(tr("这台电脑没有安装打印机。可以先保存 PDF，再到有打印机的电脑上打印。"), WARN,
                               (tr("保存 PDF"), self.save))
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setDocName(tr("统一办理记录 {number}", number=self._number))
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, self.document.pageCount())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            count = print_pages(self.document, printer)
            if count:
                self._notices.tell(tr("已送往打印机“{name}”，{n} 页", name=printer.printerName(), n=count), DONE)
            else:
                self._notices.tell(tr("打印机“{name}”没有接受任务，请检查它是否开机、联机。",
                                      name=printer.printerName()), ERROR)


class RecordPreview(QDialog):
    """The record in a window of its own. Esc closes, Ctrl+S saves, Ctrl+P prints."""

    def __init__(self, context: Context, key: int, number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("统一办理记录单 · {number}", number=number))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        fit(self, 900, 820)
        notices = Notices(self)
        self.view = RecordView(context, notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notices)
        column.addWidget(self.view, 1)
        printing = QAction(self)
        printing.setShortcut("Ctrl+P")
        printing.triggered.connect(self.view.print)
        self.addAction(printing)
        self.view.show_case(key)
        self.view.pages.setFocus()
