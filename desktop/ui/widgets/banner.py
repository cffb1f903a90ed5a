"""A quiet line across a page: something that is true of everything below it, and where to see to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget


class Banner(QFrame):
    """Hidden while there is nothing to say. ``acted`` from its button, if it was given one."""

    acted = Signal()

    def __init__(self, button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._said = QLabel(self)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(button, self)
        self.button.setProperty("link", True)
        self.button.setAutoDefault(True)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(12)
        row.addWidget(self._said, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def tell(self, sentences: str | Sequence[str]) -> None:
        """One sentence or several, a line each; nothing hides the line."""
        words = sentences if isinstance(sentences, str) else "\n".join(dict.fromkeys(sentences))
        self._said.setText(f"◇ {words}" if words else "")
        self.setVisible(bool(words))

    def words(self) -> str:
        return self._said.text().removeprefix("◇ ")
