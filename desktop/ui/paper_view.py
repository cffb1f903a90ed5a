"""Paper on the screen: what is shown, saved and printed are the pages of one and the same PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.core.attachment import safe_name
from desktop.reports.files import write_whole
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN, Notices
from desktop.ui.printing import choose_printer, print_pages, tell_printed
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.worker import said_fault

ZOOM_STEP = 1.2
#: A wide window must not begin with letters as large as a poster.
LARGEST_START = 1.1


def file_name(title: str) -> str:
    """A name for the file of the paper with this title; a number may hold strokes, which lead into folders."""
    return safe_name(title.replace("/", "_").replace("\\", "_") + ".pdf")


class PaperView(QWidget):
    """Shows one paper after the other. ``word`` is what such a paper is called (记录单, 文书).

    ``notices`` is where it speaks; the window's by default. Its keys work while it has the keyboard, or wherever
    ``keys_on`` has it. ``ready``: the pages stand on the screen."""

    ready = Signal()

    def __init__(
        self, context: Context, word: str, notices: Notices | None = None, keys_on: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._word = context, word
        self._notices = notices or context.notices
        self._title = self._file = self._lacking = ""
        # Which paper was asked for last: one that comes late is not shown.
        self._asked = 0
        self._content = b""
        self._buffer = QBuffer(self)
        self.document = QPdfDocument(self)
        self.pages = QPdfView(self)
        self.pages.setPageMode(QPdfView.PageMode.MultiPage)
        self.pages.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.pages.setDocument(self.document)
        self.pages.setAccessibleName(tr("{word}页面", word=word))
        context.theme.changed.connect(self._tint)
        self._tint()
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.told.setContentsMargins(24, 24, 24, 24)
        self._page = QLabel()
        self._page.setObjectName("muted")
        self._state = QLabel()
        self._state.setObjectName("muted")
        self.save_button = KeyButton(tr("保存 PDF"), "Ctrl S")
        self.print_button = KeyButton(tr("打印"), "Ctrl P", primary=True)
        self._lay_out()
        self.setFocusProxy(self.pages)
        self.save_button.clicked.connect(self.save)
        self.print_button.clicked.connect(self.print)
        self.pages.pageNavigator().currentPageChanged.connect(lambda _page: self._tell_page())
        for keys, act in (
            ("Ctrl+S", self.save), ("Ctrl++", lambda: self.zoom(ZOOM_STEP)), ("Ctrl+=", lambda: self.zoom(ZOOM_STEP)),
            ("Ctrl+-", lambda: self.zoom(1 / ZOOM_STEP)), ("Ctrl+0", self.fit_width),
        ):
            self._bind(keys, act, keys_on or self)
        self._enable(False)

    def _lay_out(self) -> None:
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
        self._sheets = QStackedLayout()
        self._sheets.addWidget(self.pages)
        self._sheets.addWidget(self.told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addLayout(self._sheets, 1)

    def _bind(self, keys: str, act: Callable[[], object], holder: QWidget) -> None:
        # Only while the paper has the keyboard: beside a case the same view is one tab of several.
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _on=False: act())
        holder.addAction(action)

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

    # --- what is shown

    def wait(self) -> None:
        """Another paper is on its way. What stands here stays in sight until it comes, but is not given out."""
        self._asked += 1
        self._content = b""
        self._enable(False)
        self._lacking = tr("正在生成{word}…", word=self._word)
        self._state.setText(self._lacking)

    def draw(self, make: Callable[[], bytes], title: str) -> None:
        """Make a paper in the worker and show it. ``title`` names the file and the printer's job."""
        self.wait()
        asked = self._asked

        def made(content: bytes) -> None:
            if asked == self._asked:
                self._show(content, title)

        def failed(error: BaseException) -> None:
            if asked == self._asked:
                self.fail(error)

        self._context.worker.aside(lambda _progress, _cancelled: make(), tr("生成{title}", title=title), made, failed,
                                   owner=self, cancellable=False)

    def _show(self, content: bytes, title: str) -> None:
        self._load(content)
        self._content, self._title, self._file = content, title, file_name(title)
        self._lacking = ""
        self._state.setText("")
        self._sheets.setCurrentWidget(self.pages)
        self._enable(True)
        if self._width_factor() > LARGEST_START:
            self.pages.setZoomMode(QPdfView.ZoomMode.Custom)
            self.pages.setZoomFactor(LARGEST_START)
        self._tell_page()
        self.ready.emit()

    def _load(self, content: bytes) -> None:
        self.document.close()
        self._buffer.close()
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.document.load(self._buffer)

    def lack(self, sentence: str) -> None:
        """Instead of pages: why there is no paper. It is said again to whoever wants to save or print."""
        self.wait()
        self.document.close()
        self._lacking = sentence
        self._state.setText("")
        self.told.setText(sentence)
        self._sheets.setCurrentWidget(self.told)
        self._tell_page()

    def fail(self, error: BaseException) -> None:
        """It could not be made."""
        sentence = said_fault(error) or tr("{word}没有生成：程序内部出错。", word=self._word)
        self.lack(sentence)
        self._notices.tell(sentence, ERROR)

    def _enable(self, on: bool) -> None:
        self.save_button.setEnabled(on)
        self.print_button.setEnabled(on)

    def _tell_page(self) -> None:
        total = self.document.pageCount()
        self._page.setText(
            tr("第 {n} 页 / 共 {all} 页", n=self.pages.pageNavigator().currentPage() + 1, all=total) if total else "")

    # --- looking closer

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

    # --- giving it out

    def _missing(self) -> bool:
        """Say why there is nothing to give out."""
        if not self._content and self._lacking:
            self._notices.tell(self._lacking, WARN)
        return not self._content

    def save(self) -> None:
        """Ask for a place and write the very bytes that are shown."""
        if self._missing():
            return
        name, _filter = QFileDialog.getSaveFileName(self, tr("保存{word}", word=self._word), self._file, "PDF (*.pdf)")
        if name:
            self.save_to(Path(name))

    def save_to(self, target: Path) -> None:
        if self._missing():
            return
        content = self._content
        self._context.worker.aside(
            lambda _progress, _cancelled: write_whole(target, content), tr("保存{word}", word=self._word),
            lambda _nothing: self._notices.tell(tr("已保存到 {path}", path=target), DONE),
            lambda error: self._notices.tell(
                tr("没有保存：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR),
            owner=self, cancellable=False)

    def print(self) -> None:
        """Print the shown pages, or say how to go on when there is no printer."""
        if self._missing():
            return
        printer = choose_printer(self, self._notices, self._title, (tr("保存 PDF"), self.save),
                                 self.document.pageCount())
        if printer is not None:
            count = print_pages(self.document, printer)
            tell_printed(self._notices, printer, tr("{n} 页", n=count) if count else "")
