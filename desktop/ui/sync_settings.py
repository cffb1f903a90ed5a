"""How often this workstation syncs by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.sync_rhythm import MOST, USUAL
from desktop.ui.sync_words import joined_line

LONGEST = 240


class SyncSettings(QWidget):
    """The interval belongs to the computer, not to the person; it is kept as soon as it is typed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rhythm = context.sync
        self._state = QLabel()
        self._state.setWordWrap(True)
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.minutes = QSpinBox()
        self.minutes.setRange(0, LONGEST)
        self.minutes.setSuffix(tr(" 分钟"))
        self.minutes.setSpecialValueText(tr("不自动同步"))
        self.minutes.setAccessibleName(tr("自动同步的间隔，分钟"))
        self.minutes.setKeyboardTracking(False)
        self.minutes.lineEdit().setTextMargins(6, 0, 0, 0)
        self.minutes.valueChanged.connect(self._rhythm.set_minutes)
        hint = QLabel(tr("↑↓ 增减，或直接输入；最多 {n} 分钟", n=LONGEST))
        hint.setObjectName("caption")
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.minutes)
        line.addWidget(hint)
        line.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        label = QLabel(tr("自动同步，每隔"))
        label.setBuddy(self.minutes)
        form.addRow(label, line)
        told = QLabel(tr(
            "程序开着时每隔这么久与中心服务器会合一次，默认 {usual} 分钟；0 为不自动，只在按“立即同步”（Shift F9）时。"
            "连不上时自动放慢，间隔逐次加倍，最长 {most} 分钟；办理不受影响。此项只管这台电脑。",
            usual=USUAL, most=MOST))
        told.setObjectName("muted")
        told.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._state)
        column.addLayout(form)
        column.addWidget(told)
        column.addStretch(1)
        self.setMaximumWidth(820)
        self.setFocusProxy(self.minutes)
        self._rhythm.told.connect(self._show)

    def reload(self) -> None:
        self._show()
        self._rhythm.look()

    def _show(self) -> None:
        self._state.setText(joined_line(self._rhythm.state))
        if self.minutes.value() != self._rhythm.minutes:
            self.minutes.blockSignals(True)
            self.minutes.setValue(self._rhythm.minutes)
            self.minutes.blockSignals(False)
