"""The plain input widgets of the fields that an action may ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import StaffMember
from desktop.ui.i18n import tr

_FULL_DATE = re.compile(r"^(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?$")
_SHORT_DATE = re.compile(r"^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")


def read_date(text: str, today: date) -> date | None:
    """The day that a person means: 2026-11-22, 20261122, 2026年11月22日, 11-22 (this year), 今天, 昨天, +3, -1.

    None when the text names no day.
    """
    words = text.strip()
    named = {"今天": 0, "今": 0, "昨天": -1, "明天": 1}
    if words in named:
        return today + timedelta(days=named[words])
    if re.fullmatch(r"[+-]\d{1,3}", words):
        return today + timedelta(days=int(words))
    if match := _FULL_DATE.match(words):
        year, month, day = (int(part) for part in match.groups())
    elif match := _SHORT_DATE.match(words):
        year, (month, day) = today.year, (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


class FieldEditor(QWidget):
    """Base: a widget with a text value, a place for a remark below it and a focus target."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._remark = QLabel()
        self._remark.setObjectName("fieldRemark")
        self._remark.setWordWrap(True)
        self._remark.hide()
        self._hint = ""

    def _place(self, widget: QWidget, *beside: QWidget) -> None:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(widget, 1)
        for other in beside:
            line.addWidget(other)
        self._column.addLayout(line)
        self._column.addWidget(self._remark)
        self.setFocusProxy(widget)

    def value(self) -> str:
        raise NotImplementedError

    def set_value(self, text: str) -> None:
        raise NotImplementedError

    def hint(self, text: str) -> None:
        """The standing remark, shown while there is nothing more urgent to say."""
        self._hint = text
        self.remark("")

    def remark(self, text: str, level: str = "error") -> None:
        """Say something about the value right under it; empty text brings back the hint."""
        text, level = (text, level) if text else (self._hint, "hint")
        self._remark.setText(text)
        self._remark.setProperty("level", level)
        self._remark.style().unpolish(self._remark)
        self._remark.style().polish(self._remark)
        self._remark.setVisible(bool(text))

    def problem(self) -> str:
        """A sentence when the value cannot be meant, else empty. Rules are asked only when it is sent."""
        return ""

    def set_kind(self, patent_type: str) -> None:
        """The patent type that the values beside this one speak of; empty while nobody says."""


class TextField(FieldEditor):
    def __init__(self, example: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("例：") + example if example else "")
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self._place(self.line)

    def value(self) -> str:
        return self.line.text().strip()

    def set_value(self, text: str) -> None:
        self.line.setText(text)


class MultilineField(FieldEditor):
    def __init__(self, example: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(tr("例：") + example if example else "")
        # Room for a paragraph; more scrolls, so that a form with two such fields still fits a small screen.
        self.edit.setFixedHeight(self.fontMetrics().lineSpacing() * 6)
        self.edit.textChanged.connect(self.changed)
        self._place(self.edit)

    def value(self) -> str:
        return self.edit.toPlainText().strip()

    def set_value(self, text: str) -> None:
        self.edit.setPlainText(text)


class DateField(FieldEditor):
    """A day typed in any usual way or picked from a calendar (Alt+↓). ↑ and ↓ move by one day."""

    def __init__(self, today: date, example: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.line = QLineEdit()
        self.line.setPlaceholderText(example or tr("如 2026-11-22、11-22、今天"))
        self.line.setMinimumWidth(self.fontMetrics().horizontalAdvance("2026-11-22") + 26)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._tell_weekday)
        self.line.editingFinished.connect(self._tidy)
        self._weekday = QLabel()
        self._weekday.setObjectName("muted")
        self._weekday.setMinimumWidth(self.fontMetrics().horizontalAdvance(tr("星期三") + "  "))
        self.button = QToolButton()
        self.button.setText("▾")
        self.button.setToolTip(tr("打开日历（Alt+↓）"))
        self.button.setAccessibleName(tr("打开日历"))
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._open_calendar)
        self._calendar: QCalendarWidget | None = None
        self._place(self.line, self._weekday, self.button)

    def day(self) -> date | None:
        return read_date(self.line.text(), self._today)

    def value(self) -> str:
        day = self.day()
        return day.isoformat() if day else self.line.text().strip()

    def set_value(self, text: str) -> None:
        self.line.setText(text)

    def problem(self) -> str:
        if self.line.text().strip() and self.day() is None:
            return tr("认不出这个日期，请写成 2026-11-22 这样")
        return ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
            if step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._open_calendar()
                return True
            if step:
                self._set_day((self.day() or self._today) + timedelta(days=step))
                return True
        return super().eventFilter(watched, event)

    def _set_day(self, day: date) -> None:
        self.line.setText(day.isoformat())

    def _tidy(self) -> None:
        day = self.day()
        if day:
            self._set_day(day)
        self.remark(self.problem())

    def _tell_weekday(self) -> None:
        day = self.day()
        names = tr("星期一 星期二 星期三 星期四 星期五 星期六 星期日").split()
        self._weekday.setText(names[day.weekday()] if day else "")
        if day:
            self.remark("")
        self.changed.emit()

    def _open_calendar(self) -> None:
        if self._calendar is None:
            self._calendar = QCalendarWidget(self)
            self._calendar.setWindowFlag(Qt.WindowType.Popup)
            self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
            self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            self._calendar.activated.connect(self._picked)
            self._calendar.clicked.connect(self._picked)
        day = self.day() or self._today
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._calendar.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))
        self._calendar.show()
        self._calendar.setFocus()

    def _picked(self, day: QDate) -> None:
        self._set_day(date(day.year(), day.month(), day.day()))
        if self._calendar is not None:
            self._calendar.hide()
        self.line.setFocus()


class ChoiceField(FieldEditor):
    """Values with their labels; an optional choice starts with an empty line."""

    def __init__(self, options: Sequence[str], labels: Sequence[str], required: bool,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = QComboBox()
        if not required:
            self.combo.addItem(tr("（不填）"), "")
        for position, option in enumerate(options):
            self.combo.addItem(labels[position] if position < len(labels) else option, option)
        if required:
            self.combo.setCurrentIndex(-1)
            self.combo.setPlaceholderText(tr("请选择"))
        self.combo.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._place(self.combo)

    def value(self) -> str:
        return str(self.combo.currentData() or "")

    def set_value(self, text: str) -> None:
        self.combo.setCurrentIndex(self.combo.findData(text))


class PersonField(FieldEditor):
    """A name from the staff list; free text where no list is published yet."""

    def __init__(self, staff: Sequence[StaffMember], options: Sequence[str] = (),
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        roles = {member.name: "、".join(member.roles) for member in staff}
        names = list(options) or list(roles)
        self.combo = QComboBox()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for name in names:
            self.combo.addItem(f"{name}（{roles[name]}）" if roles.get(name) else name, name)
        self.combo.setCurrentIndex(-1)
        line, completer = self.combo.lineEdit(), self.combo.completer()
        assert line is not None
        assert completer is not None
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        line.setPlaceholderText(tr("输入或选择姓名"))
        self.combo.currentTextChanged.connect(lambda _text: self.changed.emit())
        self._place(self.combo)

    def value(self) -> str:
        text = self.combo.currentText().strip()
        position = self.combo.findText(text)
        return str(self.combo.itemData(position)) if position >= 0 else text

    def set_value(self, text: str) -> None:
        position = self.combo.findData(text)
        if position >= 0:
            self.combo.setCurrentIndex(position)
        else:
            self.combo.setEditText(text)


class BoolField(FieldEditor):
    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(label)
        self.box.toggled.connect(lambda _on: self.changed.emit())
        self._place(self.box)

    def value(self) -> str:
        return "是" if self.box.isChecked() else "否"

    def set_value(self, text: str) -> None:
        self.box.setChecked(text.strip().lower() in {"是", "true", "1", "yes"})


class IntegerField(FieldEditor):
    """A whole number; the lowest position of the wheel means "not given"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spin = QSpinBox()
        self.spin.setRange(-1, 999_999)
        self.spin.setSpecialValueText(" ")
        self.spin.setValue(-1)
        self.spin.valueChanged.connect(lambda _number: self.changed.emit())
        self._place(self.spin)

    def value(self) -> str:
        return "" if self.spin.value() < 0 else str(self.spin.value())

    def set_value(self, text: str) -> None:
        self.spin.setValue(int(text) if text.strip().isdigit() else -1)
