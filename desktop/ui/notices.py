"""News for the user without a dialog: a bar with one sentence, perhaps one thing to do, and a way to close it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.ui.i18n import tr

INFO, DONE, WARN, ERROR = "info", "done", "warn", "error"
# A shape beside the colour: the kind of news must not hang on colour.
MARKS = {INFO: "●", DONE: "✓", WARN: "◆", ERROR: "▲"}
SHOWN_MS = {INFO: 8_000, DONE: 8_000}
MOST = 3


class Notice(QFrame):
    """One piece of news. ``kind``: info, done (both leave by themselves), warn, error (stay until closed)."""

    def __init__(
        self, text: str, kind: str, action: tuple[str, Callable[[], object]] | None, parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.text = text
        self.kind = kind
        self.setObjectName("notice")
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(8)
        mark = QLabel(MARKS[kind], self)
        mark.setObjectName("noticeMark")
        mark.setProperty("kind", kind)
        row.addWidget(mark)
        said = QLabel(text, self)
        said.setWordWrap(True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A new policy would forget that the height follows from the width, and cut the last line off.
        wide = said.sizePolicy()
        wide.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        said.setSizePolicy(wide)
        row.addWidget(said, 1)
        if action is not None:
            label, run = action
            button = QPushButton(label, self)
            button.clicked.connect(self.dismiss)
            button.clicked.connect(lambda: run())
            row.addWidget(button)
        close = QToolButton(self)
        close.setText("✕")
        close.setToolTip(tr("关闭"))
        close.setAccessibleName(tr("关闭这条消息"))
        close.setAutoRaise(True)
        close.clicked.connect(self.dismiss)
        row.addWidget(close)
        escape = QAction(self)
        escape.setShortcut("Esc")
        escape.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.triggered.connect(self.dismiss)
        self.addAction(escape)
        if kind in SHOWN_MS:
            leaving = QTimer(self)
            leaving.setSingleShot(True)
            leaving.timeout.connect(self.dismiss)
            leaving.start(SHOWN_MS[kind])

    def dismiss(self) -> None:
        self.hide()
        self.setParent(None)
        self.deleteLater()


class Notices(QWidget):
    """The place where notices appear; it has no height while there is no news."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)

    def tell(
        self, text: str, kind: str = INFO, action: tuple[str, Callable[[], object]] | None = None,
    ) -> Notice:
        """Show one sentence. The same sentence shown already is not repeated."""
        for notice in self.shown():
            if notice.text == text:
                notice.dismiss()
        while len(self.shown()) >= MOST:
            self.shown()[0].dismiss()
        notice = Notice(text, kind, action, self)
        self._column.addWidget(notice)
        notice.show()
        return notice

    def shown(self) -> list[Notice]:
        """The notices on the screen, oldest first."""
        # Not by the layout's items: Python keeps those in mind after they are gone, and takes what is made at their
        # place in memory for them.
        return self.findChildren(Notice, options=Qt.FindChildOption.FindDirectChildrenOnly)
