"""The way of a case in segments: done, now, next; the words stand beneath, so colour is not the only sign."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.app.views import StageStep
from desktop.ui.theme import Theme

COLORS = {"done": "done", "now": "accent", "next": "line"}


class StageBar(QWidget):
    """Thin segments, one for each step; the present one is taller."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: tuple[StageStep, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_steps(self, steps: Sequence[StageStep]) -> None:
        """The steps in order."""
        self._steps = tuple(steps)
        self.setAccessibleName("，".join(step.label for step in steps if step.state != "next"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = 3.0
        width = (self.width() - gap * (len(self._steps) - 1)) / len(self._steps)
        for index, step in enumerate(self._steps):
            height = 7.0 if step.state == "now" else 5.0
            painter.setBrush(self._theme.palette.color(COLORS.get(step.state, "line")))
            painter.drawRoundedRect(
                QRectF(index * (width + gap), (self.height() - height) / 2, width, height), height / 2, height / 2
            )
