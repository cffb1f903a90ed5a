"""The left rail: where one can go, with live counts. Only what exists is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.theme import text_width

BRAND = "快审工作台"


class RailButton(QPushButton):
    """One destination. ``show_count(count, alert)``: alert counts are red and carry a mark."""

    def __init__(self, place: str, label: str, parent: QWidget) -> None:
        super().__init__(label, parent)
        self.place = place
        self.setObjectName("rail")
        self.setCheckable(True)
        self._compact = False
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 0, 9, 0)
        row.addStretch(1)
        self.count = QLabel(self)
        self.count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(self.count)
        # A style rule on the button's state does not reach a child by itself.
        self.toggled.connect(self._restyle)

    def show_count(self, count: int | None, *, alert: bool = False) -> None:
        self.count.setText("" if count is None else f"{count:,}")
        self.count.setProperty("kind", "overdue" if alert and count else "open")
        self._show_room()
        self._restyle()
        self.setAccessibleName(self.text() if count is None else f"{self.text()} {count}")

    def show_compact(self, compact: bool) -> None:
        self._compact = compact
        self._show_room()

    def _show_room(self) -> None:
        """A narrow window keeps the counts that call for somebody."""
        self.count.setVisible(not self._compact or self.count.property("kind") == "overdue")

    def _restyle(self) -> None:
        self.count.style().unpolish(self.count)
        self.count.style().polish(self.count)


class Rail(QFrame):
    """``chosen(place)`` when a person goes somewhere."""

    chosen = Signal(str)
    menu_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(2)
        self._brand = QPushButton(self)
        self._brand.setObjectName("brand")
        self._brand.setToolTip(tr("全部操作（Ctrl M）"))
        self._brand.setAccessibleName(tr("全部操作"))
        self._brand.clicked.connect(self.menu_wanted)
        column.addWidget(self._brand)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: dict[str, RailButton] = {}
        column.addWidget(self._button("queue", tr("预审")))
        column.addStretch(1)
        column.addWidget(self._button("sync", tr("同步")))
        column.addWidget(self._button("settings", tr("设置")))
        self.show_compact(False)

    def _button(self, place: str, label: str) -> RailButton:
        button = RailButton(place, label, self)
        button.clicked.connect(lambda: self.chosen.emit(place))
        self._group.addButton(button)
        self.buttons[place] = button
        return button

    def show_compact(self, compact: bool) -> None:
        """Only the words and what calls for somebody in a narrow window: no other counts, no name."""
        self._brand.setText("≡" if compact else f"{tr(BRAND)}  ≡")
        for button in self.buttons.values():
            button.show_compact(compact)
        wide = max(148, text_width("快审工作台 ≡　1,000,000"))
        self.setFixedWidth(text_width("预审 99") + 40 if compact else wide)

    def show_place(self, place: str) -> None:
        """Mark where we are."""
        if place in self.buttons:
            self.buttons[place].setChecked(True)
