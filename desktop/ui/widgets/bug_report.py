"""When the program itself is wrong: say so, show exactly what would be reported, send nothing."""

from __future__ import annotations

import platform
import traceback

from PySide6 import __version__ as pyside_version
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.ui.i18n import tr


def report_text(error: BaseException) -> str:
    """The report as it would be handed on: versions and the trace of the error."""
    trace = "".join(traceback.format_exception(error))
    return f"Python {platform.python_version()} · PySide6 {pyside_version} · {platform.platform()}\n\n{trace}"


class BugReport(QDialog):
    """The error in readable form, with a copy button."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("程序出错"))
        self.resize(720, 480)
        column = QVBoxLayout(self)
        head = QLabel(tr("程序出了一个错误，这不是您的操作造成的。"), self)
        head.setObjectName("heading")
        column.addWidget(head)
        said = QLabel(
            tr("已经记录的办理内容没有受影响，可以继续工作。"
               "请把下面的内容复制给维护人员；程序不会自行发送任何信息。"), self
        )
        said.setWordWrap(True)
        column.addWidget(said)
        self.text = QPlainTextEdit(report_text(error), self)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        column.addWidget(self.text, 1)
        buttons = QDialogButtonBox(self)
        copy = buttons.addButton(tr("复制内容"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        close = buttons.addButton(tr("继续工作"), QDialogButtonBox.ButtonRole.AcceptRole)
        close.clicked.connect(self.accept)
        column.addWidget(buttons)
