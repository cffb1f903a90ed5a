"""A button that shows its key, as a keyboard-first desk should."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget


class KeyButton(QPushButton):
    """``text`` and, as a small cap at its right, the shortcut (display only: the action binds the key)."""

    def __init__(
        self, text: str, keys: str = "", parent: QWidget | None = None, *, primary: bool = False, danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("keyed")
        self.setProperty("primary", primary)
        self.setProperty("danger", danger)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setSpacing(7)
        self._label = QLabel(text, self)
        self._label.setObjectName("buttonText")
        row.addWidget(self._label, 0, Qt.AlignmentFlag.AlignCenter)
        self._keys = QLabel(keys, self)
        self._keys.setObjectName("key")
        self._keys.setVisible(bool(keys))
        row.addWidget(self._keys, 0, Qt.AlignmentFlag.AlignCenter)
        for label in (self._label, self._keys):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pad()
        self._color()
        self.toggled.connect(lambda _on: self._color())

    def text(self) -> str:
        """The words on it (the label is drawn by a child so that the key cap can sit beside it)."""
        return self._label.text()

    def setText(self, text: str) -> None:
        self._label.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def show_keys(self, shown: bool) -> None:
        """Leave the key cap out where there is little room."""
        self._keys.setVisible(shown and bool(self._keys.text()))
        self._pad()
        self.updateGeometry()

    def _pad(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(11, 3, 11 if self._keys.isHidden() else 7, 3)

    def setEnabled(self, enabled: bool) -> None:
        super().setEnabled(enabled)
        self._color()

    def _color(self) -> None:
        # Style sheet rules of the button do not reach into a child label: say its role instead.
        role = "plain"
        if not self.isEnabled():
            role = "disabled"
        elif self.property("primary"):
            role = "primary"
        elif self.isChecked():
            role = "chosen"
        elif self.property("danger"):
            role = "danger"
        for label in (self._label, self._keys):
            if label.property("role") != role:
                label.setProperty("role", role)
                label.style().unpolish(label)
                label.style().polish(label)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        hint = layout.sizeHint()
        return QSize(hint.width() + 2, max(hint.height() + 2, super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
