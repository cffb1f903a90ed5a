"""Every action with its keys, from the same lists as menus, buttons and the procedure itself."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.ui.actions import ACTIONS, shown_keys
from desktop.ui.i18n import tr
from desktop.ui.service_words import PREEXAM
from desktop.ui.theme import Theme
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

SCOPES = {
    "window": "任何地方", "queue": "队列", "queue.table": "队列的案件列表", "case": "案件页",
    "case.findings": "案件页的初步判断", "sync": "同步", "parties": "备案主体", "parties.table": "备案主体的列表",
}


def key_rows() -> list[TextRow]:
    """One row for each action of the window: label, keys, where it works."""
    rows = []
    for entry in ACTIONS:
        keys = "　".join(dict.fromkeys(shown_keys(keys) for keys in entry.shortcuts)) or "—"
        rows.append(TextRow((tr(entry.label), keys, tr(SCOPES[entry.scope])), key=entry.id))
    return rows


#: Stages that an action names together.
TOGETHER = {"@open": "在办各环节", "@ended": "办结以后"}


def step_rows() -> list[TextRow]:
    """One row for each step of a case that has a key: label, key, and the stages that offer it."""
    from desktop.app.shipped import shipped

    rows = []
    for procedure in sorted(shipped().procedures.values(), key=lambda one: one["order"]):
        stages = {stage["code"]: stage["label"] for stage in procedure["stages"]}
        page = tr("案件页") if procedure["id"] == PREEXAM else tr("案件页（{service}）", service=procedure["short"])
        for action in procedure["actions"]:
            if action.get("shortcut"):
                where = "、".join(tr(TOGETHER.get(code, "")) or stages.get(code, code) for code in action["from"])
                cells = (action["label"], shown_keys(action["shortcut"]), f"{page}：{where}")
                rows.append(TextRow(cells, key=f"{procedure['id']}/{action['id']}"))
    return rows


class KeyTable(QWidget):
    """A list one can search and read; it changes nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = key_rows() + step_rows()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("查找操作或按键…"))
        self.search.textChanged.connect(self._filter)
        columns = (TextColumn(tr("操作"), 11), TextColumn(tr("按键"), 10), TextColumn(tr("在哪里"), 16, stretch=True))
        self.table = RowTable(columns, theme, tr("键盘一览"), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.search)
        column.addWidget(self.table)
        self.setFocusProxy(self.search)
        self._filter("")

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        self.table.show_rows([row for row in self._rows if wanted in " ".join(row.cells).lower()])
