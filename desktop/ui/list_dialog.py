"""What the dialogs that take in a list have in common: one file, work beside the window that can be stopped, leaving.

Nothing is written before the person says so; leaving stops the work first, and what it committed stays.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Verdict
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.fitting import fit
from desktop.ui.worker import LongWork, said_fault

SUFFIXES = "*.xlsx *.xlsm *.xls *.csv *.txt"


class ListDialog(QDialog):
    """Holds file, sheet, sentence, bar and closing button; subclasses say what is read and what is shown of it."""

    def __init__(
        self, context: Context, title: str, asking: str, size: tuple[int, int], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._worker, self._asking = context, context.worker, asking
        self._work: LongWork | None = None
        self._leaving = False
        self.setWindowTitle(title)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit(self, *size)
        self.choose_button = KeyButton(tr("选择文件…"), "Ctrl O")
        self.choose_button.setShortcut("Ctrl+O")
        self.choose_button.clicked.connect(self.choose)
        self._file = ElidedLabel(tr("还没有选择文件；也可以把文件拖到这里"))
        self.sheets = QComboBox()
        self.sheets.setAccessibleName(tr("工作表"))
        self.sheets.hide()
        self._heard = Verdict()
        self._doing, self._bar = QLabel(), QProgressBar()
        self._bar.setTextVisible(False)
        self.cancel_button, self.close_button = QPushButton(tr("取消")), QPushButton(tr("关闭"))
        for button, run in ((self.cancel_button, self.cancel), (self.close_button, self.reject)):
            button.setAutoDefault(True)
            button.clicked.connect(run)

    def top_row(self, *more: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.choose_button)
        row.addWidget(self._file, 1)
        for widget in (*more, self.sheets):
            row.addWidget(widget)
        return row

    def foot_row(self, *more: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        for widget in (self._doing, self._bar, self.cancel_button):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (*more, self.close_button):
            row.addWidget(widget)
        return row

    # --- the file

    def load(self, path: Path, sheet: str | None = None) -> None:
        """Read a file beside the window's work and show what would become of it."""
        raise NotImplementedError

    def choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, self._asking, "", tr("表格 ({suffixes})", suffixes=SUFFIXES))
        if name:
            self.load(Path(name))

    def _show_sheets(self, names: tuple[str, ...], chosen: str) -> None:
        self.sheets.clear()
        self.sheets.addItems(names)
        self.sheets.setCurrentText(chosen)
        self.sheets.setVisible(len(names) > 1)

    def heard(self) -> str:
        """The sentence on the dialog."""
        return self._heard.text()

    # --- work beside the window

    def _show_state(self) -> None:
        """What can be pressed while nothing runs, and while something does."""
        for widget in (self._doing, self._bar, self.cancel_button):
            widget.setVisible(self._work is not None)
        for widget in (self.choose_button, self.sheets):
            widget.setEnabled(self._work is None)

    def _begin(self, work: LongWork) -> None:
        self._work = work
        self._doing.setText(work.title)
        self._bar.setRange(0, 0)
        self.cancel_button.setEnabled(work.cancellable)
        work.progressed.connect(self._progress)
        self._show_state()

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        if self._work is not None:
            self._doing.setText(f"{self._work.title}　{done:,} / {total:,}" if total else self._work.title)

    def _finish(self) -> None:
        self._work = None
        self._show_state()
        if self._leaving:
            super().reject()

    def _failed(self, error: BaseException) -> None:
        self._finish()
        self._heard.say(said_fault(error) or tr("程序内部出错，什么也没有收入。"))

    def cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self.cancel_button.setEnabled(False)

    # --- leaving and dropping

    def reject(self) -> None:
        """Leave. Running work is asked to stop first; what it committed stays."""
        if self._work is not None:
            self._leaving = True
            self.cancel()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work is not None:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.load(Path(event.mimeData().urls()[0].toLocalFile()))
