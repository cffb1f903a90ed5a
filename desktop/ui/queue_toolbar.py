"""The bar over the list: which half of the cases, which kinds of matter, and the things done most."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from desktop.app.queue_views import QueueCounts, QueueQuery, ServiceView
from desktop.ui.actions import Actions, action
from desktop.ui.i18n import tr
from desktop.ui.service_words import PLAIN, begins_by_list, category_word
from desktop.ui.theme import text_width
from desktop.ui.widgets.buttons import KeyButton

HALVES = (("open", "在办"), ("ended", "已办结"))
DONE_MOST = (
    ("window.new", "新建", False), ("window.evidence", "收入证据", False), ("window.import", "导入", False),
    ("queue.referral", "报送表", False), ("queue.assign", "分案", False), ("queue.next", "办理下一件", True),
)
#: Longer than this a category does not become part of a button's text.
GLYPHS = 8


class QueueToolbar(QFrame):
    """``view_chosen(id)`` and ``category_chosen(category, '' for all)``."""

    view_chosen = Signal(str)
    category_chosen = Signal(str)

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
        self._places = QHBoxLayout()
        self._places.setSpacing(8)
        row.addLayout(self._places)
        # One button instead, where the kinds of matter are too many for the width.
        self.categories = QPushButton(self)
        self.categories.setProperty("chip", True)
        self.categories.setMenu(QMenu(self))
        self.categories.menu().aboutToShow.connect(self._fill)
        self.categories.hide()
        row.addWidget(self.categories)
        row.addStretch(1)
        self.buttons: dict[str, KeyButton] = {}
        for identity, label, primary in DONE_MOST:
            button = KeyButton(tr(label), action(identity).keys, self, primary=primary)
            button.setToolTip(tr(action(identity).label))
            button.clicked.connect(partial(actions.run, identity))
            self.buttons[identity] = button
            row.addWidget(button)
        self._row = row
        self._query, self._counts = QueueQuery(), QueueCounts({}, {}, {})
        self._service = PLAIN
        self._as_chips = True
        self.show_service(PLAIN)

    def _chip(self, name: str, label: str) -> QPushButton:
        chip = QPushButton(label, self)
        chip.setProperty("chip", True)
        chip.setCheckable(True)
        self.chips[name] = chip
        return chip

    def show_service(self, service: ServiceView) -> None:
        """The kinds of matter and the things to do of another service."""
        old = [name for name in self.chips if name not in dict(HALVES)]
        if old != list(service.categories):
            for name in old:
                chip = self.chips.pop(name)
                self._places.removeWidget(chip)
                chip.deleteLater()
            before: QWidget = self.chips["ended"]
            for category in service.categories:
                chip = self._chip(category, category)
                chip.clicked.connect(lambda on, category=category: self.category_chosen.emit(category if on else ""))
                self._places.addWidget(chip)
                chip.setVisible(self._as_chips)
                QWidget.setTabOrder(before, chip)
                before = chip
            QWidget.setTabOrder(before, self.categories)
        self._service = service
        self.buttons["window.evidence"].setVisible(service.id == "evidence")
        self.buttons["window.import"].setVisible(begins_by_list(service))
        self.buttons["queue.referral"].setVisible(bool(service.referrals))
        self.buttons["queue.assign"].setVisible(service.assigns)
        self.show_chips(self._as_chips)

    def show_keys(self, shown: bool) -> None:
        """With or without the key caps."""
        for button in self.buttons.values():
            button.show_keys(shown)

    def show_chips(self, shown: bool) -> None:
        """The kinds of matter as a chip each, or all behind one button."""
        self._as_chips = shown
        for name, chip in self.chips.items():
            if name not in dict(HALVES):
                chip.setVisible(shown)
        self.categories.setVisible(not shown and bool(self._service.categories))
        self._name_button()
        # A layout within a layout keeps what it had worked out until the next paint, and the page measures now.
        self._places.invalidate()
        self._row.invalidate()

    def _name_button(self) -> None:
        chosen = self._query.category
        said = chosen if len(chosen) <= GLYPHS else chosen[:GLYPHS - 1] + "…"
        self.categories.setText(f"{said or category_word(self._service)} ▾")
        self.categories.setMinimumWidth(0 if chosen else text_width(self.categories.text()) + 24)
        tip = f"{self._service.words.category}：{chosen or tr('全部')}"
        self.categories.setToolTip(f"{tip}（T）")
        self.categories.setAccessibleName(tip)

    def open_categories(self) -> None:
        """The menu of kinds of matter, below whatever stands for them now."""
        if self._as_chips:
            menu = self.categories.menu()
            first = self.chips[self._service.categories[0]] if self._service.categories else self.chips["ended"]
            menu.popup(first.mapToGlobal(first.rect().bottomLeft()))
        else:
            self.categories.showMenu()

    def _fill(self) -> None:
        menu = self.categories.menu()
        menu.clear()
        for category in ("", *self._service.categories):
            count = self._counts.types.get(category, 0) if category else sum(self._counts.types.values())
            item = menu.addAction(f"{category or tr('全部')}\t{count:,}", partial(self.category_chosen.emit, category))
            item.setCheckable(True)
            item.setChecked(self._query.category == category)
            if item.isChecked():
                menu.setActiveAction(item)

    def show_state(self, query: QueueQuery, counts: QueueCounts, *, selected: bool) -> None:
        """What is asked for, how many there are, what can be done."""
        self._query, self._counts = query, counts
        for view, label in HALVES:
            self.chips[view].setChecked(query.view == view)
            known = view in counts.views
            self.chips[view].setText(f"{tr(label)} {counts.views[view]:,}" if known else tr(label))
        for category in self._service.categories:
            self.chips[category].setChecked(query.category == category)
        self._name_button()
        self.buttons["queue.assign"].setEnabled(selected)
