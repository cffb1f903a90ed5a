"""A moment with its offset from UTC: when a piece of evidence was obtained, and by which clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from desktop.ui.case_fields import FieldEditor, read_date
from desktop.ui.i18n import tr

_OFFSET = re.compile(r"\s*(Z|[+-]\d{1,2}(?::?\d{2})?)$", re.IGNORECASE)
_TIME = re.compile(r"[T\s]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?\s*[分秒]?$", re.IGNORECASE)


def read_moment(text: str, today: date) -> datetime | None:
    """The moment that a person means: a day in any usual way, a time, and an offset such as +08:00. Without one it is
    this computer's own on that day. None when the text names no moment."""
    words = text.strip()
    offset = _OFFSET.search(words) if ":" in words or "：" in words or "时" in words else None
    rest = words[:offset.start()] if offset else words
    time = _TIME.search(rest)
    if time is None:
        return None
    day = read_date(rest[:time.start()], today)
    if day is None:
        return None
    hour, minute, second = (int(part or 0) for part in time.groups())
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second)
        return moment.replace(tzinfo=_zone(offset[1])) if offset else moment.astimezone()
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone:
    if offset.upper() == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


class TimestampField(FieldEditor):
    """Day and time as people write them; the offset of this computer is added when none is given, and shown."""

    def __init__(self, today: date, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today, self._now = today, now
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("如 2026-03-02 10:15，别处的时间再加 +09:00"))
        self.line.textChanged.connect(self._tell)
        self.line.editingFinished.connect(self._tidy)
        self.button = QToolButton()
        self.button.setText(tr("现在"))
        self.button.clicked.connect(lambda: self.set_value(self._now().astimezone().isoformat(timespec="minutes")))
        self._place(self.line, self.button)

    def moment(self) -> datetime | None:
        return read_moment(self.line.text(), self._today)

    def value(self) -> str:
        """ISO 8601 with offset; what cannot be read stays as it was typed."""
        moment = self.moment()
        if moment is None:
            return self.line.text().strip()
        return moment.isoformat(timespec="seconds" if moment.second else "minutes")

    def set_value(self, text: str) -> None:
        self.line.setText(text)
        self._tidy()

    def problem(self) -> str:
        if self.line.text().strip() and self.moment() is None:
            return tr("认不出这个时间，请写成 2026-03-02 10:15 这样")
        return ""

    def _tell(self) -> None:
        moment = self.moment()
        self.remark(tr("记为 {at}", at=self.value()) if moment else "", "done")
        self.changed.emit()

    def _tidy(self) -> None:
        moment = self.moment()
        if moment is not None:
            shown = f"{moment:%Y-%m-%d %H:%M}" + (f":{moment:%S}" if moment.second else "")
            self.line.setText(f"{shown} {moment.isoformat()[-6:]}")
        else:
            self.remark(self.problem())
