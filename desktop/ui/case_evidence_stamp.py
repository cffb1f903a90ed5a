"""A time-stamp token for one file of an evidence item: which token, which file; the answer of the check inline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.evidence_views import EvidenceView, Stamped
from desktop.core.attachment import size_words
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, WARN
from desktop.ui.settings_publish import Verdict
from desktop.ui.theme import text_width
from desktop.ui.widgets.buttons import KeyButton

if TYPE_CHECKING:
    from desktop.app.desk import Desk

TOKENS = "*.tsr *.tst *.der *.p7s"


class StampDialog(QDialog):
    """The token says itself which file it is for; naming one is only a check."""

    def __init__(self, context: Context, key: int, item: EvidenceView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._key, self._number = context, key, item.number
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("actionForm")
        self.setWindowTitle(tr("登记时间戳 · {number}", number=item.number))
        self.setMinimumWidth(text_width("国") * 40)
        self.path = QLineEdit()
        self.path.setPlaceholderText(tr("时间戳令牌文件（.tsr、.tst）"))
        self.path.textChanged.connect(lambda _text: self.verdict.say("", "hint"))
        choose = KeyButton(tr("选择…"), "Ctrl O")
        choose.setShortcut("Ctrl+O")
        choose.setAutoDefault(True)
        choose.clicked.connect(self.choose)
        line = QHBoxLayout()
        line.addWidget(self.path, 1)
        line.addWidget(choose)
        self.file = QComboBox()
        self.file.addItem(tr("由令牌自己说明"), "")
        for one in item.files:
            if not one.stamps:
                self.file.addItem(f"{one.name}　{size_words(one.size)}　{one.sha256[:12]}", one.sha256)
        form = QFormLayout()
        form.addRow(tr("令牌"), line)
        form.addRow(tr("所证文件"), self.file)
        head = QLabel(tr("登记时间戳"))
        head.setObjectName("title")
        told = QLabel(tr("令牌离线核对：所证的校验值、签名、签名证书的用途和有效期、根证书是否在本中心的信任名单。"
                         "令牌作为附件保存，无效的不登记。"))
        told.setObjectName("muted")
        told.setWordWrap(True)
        self.verdict = Verdict()
        self.confirm = QPushButton(tr("核对并登记"))
        self.confirm.setProperty("primary", True)
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self.submit)
        leave = QPushButton(tr("取消"))
        leave.setAutoDefault(True)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.confirm)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        for part in (head, told):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.verdict)
        column.addLayout(foot)
        self.path.setFocus()

    def choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("选择时间戳令牌"), "", tr("时间戳 ({suffixes});;所有文件 (*)", suffixes=TOKENS))
        if name:
            self.path.setText(name)

    def submit(self) -> None:
        """Check and register; what is wrong with the token is said here and nothing is kept."""
        text = self.path.text().strip()
        if not text:
            self.verdict.say(tr("请选择令牌文件"))
            self.path.setFocus()
            return
        key, actor, today = self._key, self._context.actor, self._context.today()
        path, chosen = Path(text), str(self.file.currentData() or "")

        def work(desk: Desk) -> Stamped:
            from desktop.exchange.timestamp import examine

            return desk.evidence.stamp(key, path, chosen, examine, actor=actor, on=today, today=today)

        self.confirm.setEnabled(False)
        self._context.worker.write(work, self._registered, self._refused, owner=self, origin="case")

    def _registered(self, made: Stamped) -> None:
        self._context.notices.tell(
            tr("{number} 已登记“{file}”的时间戳：{words}", number=made.number, file=made.file_name,
               words=made.report.words), DONE)
        for warning in made.warnings:
            self._context.notices.tell(warning, WARN)
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self.confirm.setEnabled(True)
        self.confirm.setDefault(True)
        self.verdict.say_error(error)
        self.path.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.confirm.isEnabled():
            super().closeEvent(event)
        else:  # the answer is on its way
            event.ignore()
