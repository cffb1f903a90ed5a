"""The bar of actions under a case. What cannot be done now says why, in words that the keyboard reaches too."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from desktop.app.views import ActionView
from desktop.ui.actions import action as window_action
from desktop.ui.i18n import tr
from desktop.ui.widgets.buttons import KeyButton

#: More buttons than this nobody reads; those that do not fit fold into the menu too.
VISIBLE = 5
RESOLVE = "resolve"
#: Actions whose key is one of the page's own.
KEYS = {RESOLVE: window_action("case.dispute").keys}


class ActionBar(QFrame):
    """``asked(ActionView)``: a person wants this enabled action. ``record_asked``: the record. ``notices_asked``: the
    documents that went out. ``dispute_asked``: a look at the sides of a dispute that this person may not decide."""

    asked = Signal(object)
    record_asked = Signal()
    notices_asked = Signal()
    dispute_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("actionbar")
        self.buttons: dict[str, QPushButton] = {}
        self._actions: tuple[ActionView, ...] = ()
        self._shortcuts: list[QShortcut] = []
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        self._reason = QLabel()
        self._reason.setObjectName("muted")
        self._reason.setWordWrap(True)
        self.blocked = QPushButton()
        self.blocked.setAutoDefault(True)
        self.blocked.setMenu(QMenu(self))
        self.more = QPushButton(tr("更多"))
        self.more.setAutoDefault(True)
        self.more.setMenu(QMenu(self))
        self.more.hide()
        self.record = KeyButton(tr("记录单"), "Ctrl P")
        self.record.setAutoDefault(True)
        self.record.clicked.connect(self.record_asked)
        self.notices = KeyButton(tr("文书"), window_action("case.notices").keys)
        self.notices.setAutoDefault(True)
        self.notices.clicked.connect(self.notices_asked)
        self.notices.hide()
        self.dispute = KeyButton(tr("查看分歧"), KEYS[RESOLVE])
        self.dispute.setAutoDefault(True)
        self.dispute.clicked.connect(self.dispute_asked)
        self.dispute.hide()
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 8, 18, 8)
        line.addLayout(self._line)
        line.addWidget(self.dispute)
        line.addWidget(self.more)
        line.addWidget(self._reason, 1)
        line.addWidget(self.blocked)
        line.addWidget(self.notices)
        line.addWidget(self.record)

    def show_actions(self, actions: tuple[ActionView, ...], *, contested: bool = False) -> None:
        """Offer these. News from elsewhere must not take the keyboard off a button that is offered as before."""
        self.dispute.setVisible(contested and not any(one.enabled and one.action == RESOLVE for one in actions))
        if actions == self._actions:
            return
        self._actions = actions
        held = next((name for name, button in self.buttons.items() if button.hasFocus()), "")
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
        menu = self.more.menu()
        menu.clear()
        for action in enabled:
            entry = menu.addAction(action.label)
            entry.setData(action.action)
            entry.triggered.connect(lambda _on=False, action=action: self.asked.emit(action))
        for action in enabled:
            if action.shortcut:
                # On the page, not the window: a key must not act on a case that is not on the screen.
                shortcut = QShortcut(QKeySequence(action.shortcut), self.parentWidget() or self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(lambda action=action: self.asked.emit(action))
                self._shortcuts.append(shortcut)
        self._show_blocked([action for action in actions if not action.enabled])
        self._fold()
        if held:
            (self.buttons.get(held) or self.record).setFocus()

    def show_notices(self, count: int) -> None:
        """How many documents there are to look at."""
        self.notices.setText(tr("文书 {n}", n=count))
        self.notices.setVisible(count > 0)
        self._fold()

    def _fold(self) -> None:
        """Show as many buttons as there is room for; the menu holds the others."""
        spacing = self._line.spacing()
        room = self.width() - 60 - self.record.sizeHint().width() - self.more.sizeHint().width()
        room -= sum(one.sizeHint().width() for one in (self.blocked, self.notices) if one.isVisibleTo(self))
        shown: set[str] = set()
        for action, button in self.buttons.items():
            room -= button.sizeHint().width() + spacing
            fits = room > 0 or not shown
            button.setVisible(fits)
            if not fits:
                room = 0
                continue
            shown.add(action)
        folded = 0
        for entry in self.more.menu().actions():
            entry.setVisible(entry.data() not in shown)
            folded += entry.isVisible()
        self.more.setVisible(folded > 0)

    def minimumSizeHint(self) -> QSize:
        # Folding needs a bar that may become narrower than its buttons.
        return QSize(320, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _button(self, action: ActionView) -> QPushButton:
        keys = action.shortcut or KEYS.get(action.action, "")
        button = KeyButton(
            action.label, keys, primary=action.emphasis == "primary", danger=action.emphasis == "danger")
        button.setAutoDefault(True)
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
