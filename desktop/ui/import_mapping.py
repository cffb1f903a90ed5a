"""Which column of the sheet holds which field, with samples, changeable by hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.exchange.recognition import Recognition
from desktop.ui.i18n import tr
from desktop.ui.import_model import column_name, field_lines
from desktop.ui.widgets.elided import ElidedLabel


class MappingPanel(QWidget):
    """``changed(field, index)``: a person chose another column; index -1 is "none"."""

    changed = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combos: dict[str, QComboBox] = {}
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)

    def show_recognition(self, recognition: Recognition) -> None:
        holder = next((name for name, combo in self.combos.items() if combo.hasFocus()), "")
        page = QWidget()
        page.setObjectName("panel")
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.combos = {}
        for place, line in enumerate(field_lines(recognition)):
            name = QLabel(line.label + (" *" if line.required else ""))
            missing = line.label in recognition.missing
            name.setProperty("kind", "overdue" if missing else "")
            name.setObjectName("strong" if line.required else "muted")
            combo = QComboBox()
            combo.addItem(tr("▲ 必需，请指定") if missing else tr("（没有）"), -1)
            for index, title in enumerate(recognition.titles):
                combo.addItem(f"{column_name(index)} · {title or tr('（空标题）')}", index)
            combo.setCurrentIndex(combo.findData(line.index))
            combo.setMinimumContentsLength(10)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setAccessibleName(line.label)
            combo.setToolTip(tr("认出方式：{how}", how=line.how) if line.how else "")
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            combo.installEventFilter(self)
            combo.activated.connect(lambda _row, field=line.field, combo=combo: self.changed.emit(
                field, int(combo.currentData())))
            samples = recognition.samples[line.index] if 0 <= line.index < len(recognition.samples) else ()
            sample = ElidedLabel(tr("例：") + "｜".join(samples) if samples else "")
            sample.setObjectName("muted")
            name.setBuddy(combo)
            grid.addWidget(name, place, 0)
            grid.addWidget(combo, place, 1)
            grid.addWidget(sample, place, 2)
            self.combos[line.field] = combo
        grid.setRowStretch(len(self.combos), 1)
        self._scroll.setWidget(page)
        if holder in self.combos:
            self.combos[holder].setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Scrolling the list of fields must not change a mapping that happens to lie under the pointer.
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QComboBox) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
