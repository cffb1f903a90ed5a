"""A field that names another case: its number, found by number, title or party in any service."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop.app.queue_views import QueueRow
from desktop.ui.case_fields import FieldEditor
from desktop.ui.finding import Find
from desktop.ui.i18n import tr

REST_MS = 200
NUMBER = Qt.ItemDataRole.UserRole


class _NumberCompleter(QCompleter):
    """Shows number and title, gives the number."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget) -> None:
        super().__init__(model, parent)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(NUMBER) or "")


class CaseField(FieldEditor):
    """``find`` looks up cases; without it a number is simply typed."""

    def __init__(self, find: Find | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._rows: dict[str, QueueRow] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("案号；或输入名称、主体的两个字查找"))
        self._model = QStandardItemModel(self)
        self.completer = _NumberCompleter(self._model, self)
        self.completer.setWidget(self.line)
        self.completer.activated[str].connect(self.take)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look_up)
        self.line.textEdited.connect(lambda _text: self._rest.start())
        self.line.textChanged.connect(lambda _text: self._tell())
        self._place(self.line)

    def value(self) -> str:
        return self.line.text().strip()

    def set_value(self, text: str) -> None:
        self.line.setText(text)

    def take(self, number: str) -> None:
        """A found case is the one that is meant."""
        self._rest.stop()
        self.line.setText(number)

    def _look_up(self) -> None:
        if self._find is not None:
            self._find(self.value(), self._show)

    def _show(self, rows: list[QueueRow]) -> None:
        self._rows |= {row.number: row for row in rows}
        self._model.clear()
        for row in rows:
            item = QStandardItem(f"{row.number}　{row.title}　{row.stage_label}")
            item.setData(row.number, NUMBER)
            self._model.appendRow(item)
        self._tell()
        if rows and self.line.hasFocus() and self.value() not in self._rows:
            self.completer.complete()

    def _tell(self) -> None:
        row = self._rows.get(self.value())
        self.remark(f"{row.title} · {row.party} · {row.stage_label}" if row else "", "done")
        self.changed.emit()
