"""How a limit is shown: one mark, one number, one word, the same in the queue, the brief and the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.views import CaseView, LimitView
from desktop.ui.i18n import tr

WEEKDAYS = "一二三四五六日"
KINDS = {"promised": "承诺时限", "legal": "法定期限", "target": "内部目标", "watch": "到期提醒"}
WATCH = "watch"
UNITS = {"workday": "个工作日", "day": "日", "month": "个月"}


class Running(Protocol):
    """What a queue row and whatever else is watched by a date have in common. ``matured``: an awaited date is there."""

    @property
    def due_on(self) -> date | None: ...
    @property
    def remaining(self) -> int | None: ...
    @property
    def paused(self) -> int | None: ...
    @property
    def overdue(self) -> bool: ...
    @property
    def provisional(self) -> bool: ...
    @property
    def matured(self) -> bool: ...


@dataclass(frozen=True)
class DueMark:
    """``mark`` ▲ ◆ ● ‖ or empty, ``text`` number and word, ``kind`` overdue, soon, plain, paused or none."""

    mark: str
    text: str
    kind: str

    @property
    def words(self) -> str:
        return f"{self.mark} {self.text}".strip()


def due_mark(running: Running) -> DueMark:
    """Mark, number and word of a clock: ▲ overdue, ◆ due today or tomorrow, ● in time, ‖ stopped; ◆ 已满期 for a date
    that was awaited and is there, which is nobody's delay."""
    if running.matured:
        return DueMark("◆", tr("已满期"), "soon")
    if running.paused is not None:
        return DueMark("‖", tr("{n} 暂停", n=signed(running.paused)), "paused")
    if running.remaining is None:
        return DueMark("", "—", "none")
    number = signed(running.remaining)
    text = tr("{n} 暂定", n=number) if running.provisional else number
    if running.overdue or running.remaining < 0:
        return DueMark("▲", text, "overdue")
    if running.remaining <= 1:
        return DueMark("◆", text, "soon")
    return DueMark("●", text, "plain")


def signed(number: int) -> str:
    """With a real minus sign."""
    return f"−{-number}" if number < 0 else str(number)


def day_words(day: date, today: date) -> str:
    """11-19 周四, with the year when it is another one."""
    text = f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return f"{text} {tr('周')}{WEEKDAYS[day.weekday()]}"


def limit_sentence(limit: LimitView) -> str:
    """The state of a limit in words: 复审核 超期 1 个工作日."""
    # What is left of a limit in months is told in working days, as the queue tells it.
    unit = tr("天") if limit.unit == "day" else tr("个工作日")
    if limit.state == "paused":
        return tr("{label} 已停表，剩余 {n} {unit}", label=limit.label, n=limit.remaining or 0, unit=unit)
    if limit.remaining is None:
        return limit.label
    if limit.kind == WATCH:
        day = limit.due_on.isoformat() if limit.due_on else ""
        if limit.reached:
            return tr("{label} 已满期 {day}", label=limit.label, day=day).rstrip()
        return tr("{label} 等到 {day}", label=limit.label, day=day).rstrip()
    if limit.remaining < 0:
        return tr("{label} 超期 {n} {unit}", label=limit.label, n=-limit.remaining, unit=unit)
    if limit.remaining == 0 and limit.overdue:
        # Due on the last working day, and only days off have passed since.
        return tr("{label} 已超期，尚不足 1 个工作日", label=limit.label)
    if limit.remaining == 0:
        return tr("{label} 今日到期", label=limit.label)
    return tr("{label} 剩余 {n} {unit}", label=limit.label, n=limit.remaining, unit=unit)


def running_limits(case: CaseView) -> list[LimitView]:
    """The limits that still matter, the nearest first; targets last, since they only warn."""
    alive = [limit for limit in case.limits if limit.state in ("running", "paused")]
    return sorted(alive, key=lambda limit: (
        limit.kind == "target", limit.kind == WATCH and not limit.reached, limit.state == "paused",
        limit.due_on or date.max,
    ))


def limit_kind(limit: LimitView) -> str:
    """overdue, soon, paused or empty, for colours."""
    if limit.state == "paused":
        return "paused"
    if limit.remaining is None:
        return ""
    if limit.kind == WATCH:
        return "soon" if limit.reached else ""
    if limit.overdue or limit.remaining < 0:
        return "soon" if limit.kind == "target" else "overdue"
    return "soon" if limit.remaining <= 1 else ""


MARKS = {"overdue": "▲", "soon": "◆", "paused": "‖", "": "●"}


class ClockCard(QFrame):
    """One running limit: what it is, when it is due, why; the full account unfolds below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 9, 11, 9)
        column.setSpacing(4)
        self.head = QLabel(self)
        self.head.setObjectName("strong")
        self.due = QLabel(self)
        self.why = QLabel(self)
        self.why.setObjectName("muted")
        self.more = QPushButton(tr("为什么是这一天？"), self)
        self.more.setProperty("link", True)
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self.account = QLabel(self)
        self.account.setObjectName("muted")
        for label in (self.head, self.due, self.why, self.account):
            label.setWordWrap(True)
            column.addWidget(label)
        column.insertWidget(3, self.more)
        self.account.hide()

    def show_limit(self, limit: LimitView, today: date) -> None:
        """Fill the card."""
        kind = limit_kind(limit)
        self.setProperty("kind", kind)
        self.head.setProperty("kind", kind)
        self.head.setText(f"{MARKS[kind]} {limit_sentence(limit)}")
        self.due.setText(self._due_words(limit, today))
        self.due.setVisible(bool(self.due.text()))
        self.why.setText(limit.why)
        self.why.setVisible(bool(limit.why))
        self.account.setText("\n".join(limit.explanation))
        self.more.setVisible(bool(limit.explanation))
        for widget in (self, self.head):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _due_words(self, limit: LimitView, today: date) -> str:
        if limit.due_on is None:
            return tr("停表期间不走时，恢复后按剩余天数重新推算到期日")
        if limit.reached:
            return tr("到期提醒：等到的日子到了，请处理；不算超期")
        when = tr("等到 {day}") if limit.kind == WATCH else tr("应于 {day}")
        parts = [when.format(day=day_words(limit.due_on, today)), tr(KINDS.get(limit.kind, "期限"))]
        if limit.provisional:
            parts.append(tr("暂定：当年工作日历尚未发布"))
        if limit.status != "已核对":
            parts.append(limit.status)
        return " · ".join(part for part in parts if part)

    def _unfold(self, shown: bool) -> None:
        self.account.setVisible(shown)
        self.more.setText(tr("收起说明") if shown else tr("为什么是这一天？"))
