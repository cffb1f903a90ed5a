"""What is known about a case as labelled values, for stages that work on the facts themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.app.views import CaseView
from desktop.ui.i18n import tr


class FactsPanel(QWidget):
    """Labels and values, each value selectable so that it can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(tr("案件事实"))
        title.setObjectName("strong")
        title.setContentsMargins(16, 10, 16, 2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addWidget(self._scroll, 1)

    def show_case(self, case: CaseView) -> None:
        page = QWidget()
        page.setObjectName("checkPage")
        form = QFormLayout(page)
        form.setContentsMargins(16, 4, 16, 12)
        form.setVerticalSpacing(7)
        form.setHorizontalSpacing(14)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, value in case.facts:
            name = QLabel(label)
            name.setObjectName("muted")
            words = QLabel(value or "—")
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(name, words)
        self._scroll.setWidget(page)
