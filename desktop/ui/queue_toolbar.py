"""The bar over the list: which half of the cases, which patent types, and the three things done most."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from desktop.app.views import QueueCounts, QueueQuery
from desktop.core.terms import PatentType
from desktop.ui.actions import Actions, action
from desktop.ui.i18n import tr
from desktop.ui.widgets.buttons import KeyButton

HALVES = (("open", "在办"), ("ended", "已办结"))
DONE_MOST = (("window.import", "导入", False), ("queue.assign", "分案", False), ("queue.next", "办理下一件", True))


class QueueToolbar(QFrame):
    """``view_chosen(id)`` and ``type_chosen(patent type, '' for all)``."""

    view_chosen = Signal(str)
    type_chosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        self.chips: dict[str, QPushButton] = {}
        for view, label in HALVES:
            chip = self._chip(view, tr(label))
            chip.clicked.connect(lambda _checked, view=view: self.view_chosen.emit(view))
            row.addWidget(chip)
        row.addSpacing(6)
        for kind in PatentType:
            chip = self._chip(kind.value, kind.value)
            chip.clicked.connect(lambda checked, kind=kind: self.type_chosen.emit(kind.value if checked else ""))
            row.addWidget(chip)
        row.addStretch(1)
        self.buttons: dict[str, KeyButton] = {}
        for identity, label, primary in DONE_MOST:
            button = KeyButton(tr(label), action(identity).keys, self, primary=primary)
            button.setToolTip(tr(action(identity).label))
            button.clicked.connect(partial(actions.run, identity))
            self.buttons[identity] = button
            row.addWidget(button)

    def _chip(self, name: str, label: str) -> QPushButton:
        chip = QPushButton(label, self)
        chip.setProperty("chip", True)
        chip.setCheckable(True)
        self.chips[name] = chip
        return chip

    def show_keys(self, shown: bool) -> None:
        """With or without the key caps."""
        for button in self.buttons.values():
            button.show_keys(shown)

    def show_state(self, query: QueueQuery, counts: QueueCounts, *, selected: bool) -> None:
        """What is asked for, how many there are, what can be done."""
        for view, label in HALVES:
            self.chips[view].setChecked(query.view == view)
            known = view in counts.views
            self.chips[view].setText(f"{tr(label)} {counts.views[view]:,}" if known else tr(label))
        for kind in PatentType:
            self.chips[kind.value].setChecked(query.patent_type == kind.value)
        self.buttons["queue.assign"].setEnabled(selected)
