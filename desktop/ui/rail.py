"""The left rail: where one can go, with live counts. The services come first, in the centre's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.queue_views import QueueCounts, ServiceView
from desktop.ui.i18n import tr
from desktop.ui.theme import text_width

BRAND = "快审工作台"


@dataclass(frozen=True)
class Place:
    """One destination: its name for the window, the word on the rail, what a hover says."""

    id: str
    label: str
    tip: str = ""


#: What stands below the services, whatever the centre offers.
FIXED = (Place("parties", "备案主体", "备案主体和代理机构（Ctrl 0）"), Place("sync", "同步", "同步（Ctrl Shift S）"),
         Place("settings", "设置", "设置（Ctrl ,）"))


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
        row.setSpacing(6)
        row.addStretch(1)
        self.alert, self.count = QLabel(self), QLabel(self)
        for label_ in (self.alert, self.count):
            label_.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label_)
        self.alert.hide()
        # A style rule on the button's state does not reach a child by itself.
        self.toggled.connect(self._restyle)

    def show_count(self, count: int | None, *, alert: bool = False) -> None:
        self.count.setText("" if count is None else f"{count:,}")
        self.count.setProperty("kind", "overdue" if alert and count else "open")
        self._show_room()
        self._restyle()
        self.setAccessibleName(self.text() if count is None else f"{self.text()} {count}")

    def show_counts(self, counts: QueueCounts) -> None:
        """Open cases, and before them what calls for somebody: ▲ overdue, else ◆ awaited dates that are there."""
        overdue, matured = counts.views.get("overdue", 0), counts.views.get("matured", 0)
        self.alert.setText(f"▲{overdue:,}" if overdue else f"◆{matured:,}" if matured else "")
        self.alert.setProperty("kind", "overdue" if overdue else "soon")
        self.alert.setVisible(bool(overdue or matured))
        self.show_count(counts.views.get("open", 0))
        said = self.accessibleName() + (tr("，超期 {n}", n=overdue) if overdue else "")
        self.setAccessibleName(said + (tr("，满期 {n}", n=matured) if matured else ""))

    def show_compact(self, compact: bool) -> None:
        self._compact = compact
        self._show_room()

    def _show_room(self) -> None:
        """A narrow window keeps the counts that call for somebody."""
        self.count.setVisible(not self._compact or self.count.property("kind") == "overdue")

    def _restyle(self) -> None:
        for label in (self.alert, self.count):
            label.setProperty("here", self.isChecked())
            label.style().unpolish(label)
            label.style().polish(label)


class Rail(QFrame):
    """``chosen(place)`` when a person goes somewhere; the place of a service is its id."""

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
        self._services = QVBoxLayout()
        self._services.setSpacing(2)
        column.addLayout(self._services)
        column.addStretch(1)
        for place in FIXED:
            column.addWidget(self._button(place))
        self._compact = False
        self._place = ""
        self.show_compact(False)

    def _button(self, place: Place) -> RailButton:
        button = RailButton(place.id, tr(place.label), self)
        button.setToolTip(tr(place.tip))
        button.clicked.connect(lambda: self.chosen.emit(place.id))
        self._group.addButton(button)
        self.buttons[place.id] = button
        return button

    def show_services(self, services: Sequence[ServiceView], keys: int) -> None:
        """What the centre offers; the first ``keys`` of them have a key. Counts that are known already stay."""
        before = {name: button for name, button in self.buttons.items() if self._services.indexOf(button) >= 0}
        held = next((name for name, button in before.items() if button.hasFocus()), "")
        for name, button in before.items():
            self._services.removeWidget(button)
            del self.buttons[name]
            if all(service.id != name for service in services):
                self._group.removeButton(button)
                button.deleteLater()
        for number, service in enumerate(services, 1):
            tip = service.label + (tr("（Ctrl {n}）", n=number) if number <= keys else "")
            button = before.get(service.id) or self._button(Place(service.id, service.short))
            button.setText(service.short)
            button.setToolTip(tip)
            self.buttons[service.id] = button
            self._services.addWidget(button)
        # The Tab key goes as the eye does.
        chain: list[QWidget] = [self._brand, *(self.buttons[service.id] for service in services),
                                *(self.buttons[place.id] for place in FIXED)]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)
        if held in self.buttons:
            self.buttons[held].setFocus()
        self.show_place(self._place)
        self.show_compact(self._compact)

    def show_counts(self, counts: dict[str, QueueCounts]) -> None:
        """The numbers of every service, by its id."""
        for name, found in counts.items():
            if name in self.buttons:
                self.buttons[name].show_counts(found)

    def show_compact(self, compact: bool) -> None:
        """Only the words and what calls for somebody in a narrow window: no other counts, no name."""
        self._compact = compact
        self._brand.setText("≡" if compact else f"{tr(BRAND)}  ≡")
        for button in self.buttons.values():
            button.show_compact(compact)
        longest = max((text_width(button.text()) for button in self.buttons.values()), default=0)
        longest = max(longest, text_width("预审"))
        wide = max(148, text_width("快审工作台 ≡　1,000,000"), longest + text_width(" ▲99 9,999") + 34)
        self.setFixedWidth(longest + text_width(" ▲99") + 34 if compact else wide)

    def show_place(self, place: str) -> None:
        """Mark where we are."""
        self._place = place
        if place in self.buttons:
            self.buttons[place].setChecked(True)
