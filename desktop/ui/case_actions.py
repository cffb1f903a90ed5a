"""The bar of actions under a case. What cannot be done now says why, in words that the keyboard reaches too."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from desktop.app.views import ActionView
from desktop.ui.i18n import tr
from desktop.ui.widgets.buttons import KeyButton

#: More buttons than this do not fit a 1366 pixel window; the rest go into a menu.
VISIBLE = 5


class ActionBar(QFrame):
    """``asked(ActionView)``: a person wants this enabled action. ``record_asked``: the record."""

    asked = Signal(object)
    record_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("actionbar")
        self.buttons: dict[str, QPushButton] = {}
        self._shortcuts: list[QShortcut] = []
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._reason = QLabel()
        self._reason.setObjectName("muted")
        self._reason.setWordWrap(True)
        self.blocked = QPushButton()
        self.blocked.setAutoDefault(False)
        self.blocked.setMenu(QMenu(self))
        self.record = KeyButton(tr("记录单"), "Ctrl P")
        self.record.setAutoDefault(False)
        self.record.clicked.connect(self.record_asked)
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 8, 18, 8)
        line.addLayout(self._line)
        line.addWidget(self._reason, 1)
        line.addWidget(self.blocked)
        line.addWidget(self.record)

    def show_actions(self, actions: tuple[ActionView, ...]) -> None:
        while item := self._line.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self.buttons, self._shortcuts = {}, []
        # Danger before the everyday ones: they end a case, so they must not hide in a menu.
        order = {"primary": 0, "danger": 1, "normal": 2}
        # What leads on stands first; what has a key of its own before what is done now and then.
        enabled = sorted((action for action in actions if action.enabled),
                         key=lambda one: (not one.shortcut, order[one.emphasis]))
        for action in enabled[:VISIBLE]:
            self._line.addWidget(self._button(action))
        if enabled[VISIBLE:]:
            more = QPushButton(tr("更多"))
            more.setAutoDefault(False)
            menu = QMenu(more)
            for action in enabled[VISIBLE:]:
                entry = menu.addAction(action.label)
                entry.triggered.connect(lambda _on=False, action=action: self.asked.emit(action))
            more.setMenu(menu)
            self._line.addWidget(more)
        for action in enabled:
            if action.shortcut:
                # On the page, not the window: a key must not act on a case that is not on the screen.
                shortcut = QShortcut(QKeySequence(action.shortcut), self.parentWidget() or self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(lambda action=action: self.asked.emit(action))
                self._shortcuts.append(shortcut)
        self._show_blocked([action for action in actions if not action.enabled])

    def _button(self, action: ActionView) -> QPushButton:
        button = KeyButton(
            action.label, action.shortcut, primary=action.emphasis == "primary", danger=action.emphasis == "danger")
        button.setAutoDefault(False)
        button.setToolTip(tr("{label} → {to}", label=action.label, to=action.to_label) if action.to_label else "")
        button.clicked.connect(lambda _on=False: self.asked.emit(action))
        self.buttons[action.action] = button
        return button

    def _show_blocked(self, blocked: list[ActionView]) -> None:
        menu = self.blocked.menu()
        menu.clear()
        self.blocked.setVisible(bool(blocked))
        self.blocked.setText(tr("不可用操作 {n}", n=len(blocked)))
        self.blocked.setToolTip("\n".join(f"{action.label}：{action.reason}" for action in blocked))
        for action in blocked:
            entry = menu.addAction(f"{action.label}　—　{action.reason}")
            entry.triggered.connect(lambda _on=False, action=action: self.say_why(action))
        self._reason.setText("")
        if blocked and not self.buttons:
            self.say_why(blocked[0])

    def say_why(self, action: ActionView) -> None:
        """Show the reason of a blocked action in the bar itself."""
        self._reason.setText(f"{action.label}：{action.reason}")
