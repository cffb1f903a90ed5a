"""What is in force although nobody has confirmed it yet, of one service or of all."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from desktop.ui.context import Context
from desktop.ui.i18n import tr


class UncheckedSettings(QWidget):
    """A sentence each; the box above chooses the service."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        self.service = QComboBox()
        self.service.setAccessibleName(tr("业务"))
        self.service.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.service.activated.connect(lambda _index: self._read())
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName(tr("待核对的内容"))
        head = QHBoxLayout()
        head.addWidget(self._hint, 1)
        head.addWidget(self.service)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)

    def reload(self) -> None:
        chosen = self.service.currentData() or ""
        self.service.clear()
        self.service.addItem(tr("全部业务"), "")
        for service in self._context.services:
            self.service.addItem(service.label, service.id)
        self.service.setCurrentIndex(max(0, self.service.findData(chosen)))
        self._read()

    def _read(self) -> None:
        procedure = str(self.service.currentData() or "")
        self._context.worker.read(lambda desk: desk.unchecked(procedure), self._show, owner=self, replaces="unchecked")

    def _show(self, sentences: tuple[str, ...]) -> None:
        self.list.clear()
        self.list.addItems(sentences)
        self._hint.setText(
            tr("以下 {n} 项正在使用，但还没有人对照原文核对。核对后请在“中心文件”里发布，写明依据和核对日期。",
               n=len(sentences)) if sentences else tr("没有待核对的内容。"))
