"""F1: every action with its keys, from the same list as menus and palette."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.actions import ACTIONS, shown_keys
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

SCOPES = {"window": "任何地方", "queue": "队列", "queue.table": "队列的案件列表", "case": "案件页"}


def key_rows() -> list[TextRow]:
    """One row for each action: label, keys, where it works."""
    rows = []
    for entry in ACTIONS:
        keys = "　".join(dict.fromkeys(shown_keys(keys) for keys in entry.shortcuts)) or "—"
        rows.append(TextRow((tr(entry.label), keys, tr(SCOPES[entry.scope])), key=entry.id))
    return rows


class KeyTable(QDialog):
    """A list one can search and read; it changes nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("键盘一览"))
        self.resize(640, 560)
        column = QVBoxLayout(self)
        search = QLineEdit(self)
        search.setPlaceholderText(tr("查找操作或按键…"))
        search.textChanged.connect(self._filter)
        column.addWidget(search)
        columns = (TextColumn(tr("操作"), 14, stretch=True), TextColumn(tr("按键"), 12), TextColumn(tr("在哪里"), 9))
        self.table = RowTable(columns, theme, tr("键盘一览"), self)
        column.addWidget(self.table)
        buttons = QDialogButtonBox(self)
        buttons.addButton(tr("关闭"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._filter("")

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        self.table.show_rows([row for row in key_rows() if wanted in " ".join(row.cells).lower()])
