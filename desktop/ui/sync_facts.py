"""The head of the sync screen: how this station stands, as figures with their names, and what needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.app.sync_views import SyncState
from desktop.ui.i18n import tr
from desktop.ui.sync_words import Phase, age, clock
from desktop.ui.theme import text_width


@dataclass(frozen=True)
class Fact:
    """``kind`` colours the value (palette name or empty); its mark is part of the value."""

    name: str
    value: str
    kind: str = ""
    tip: str = ""


def facts(state: SyncState, phase: Phase, now: datetime) -> list[Fact]:
    """What the head says, most asked first."""
    last = tr("正在同步…") if phase is Phase.RUNNING else age(state.last_at, now)
    found = [
        Fact(tr("上次同步"), last, "" if state.last_at or phase is Phase.RUNNING else "muted",
             clock(state.last_at) if state.last_at else tr("还没有与别的站点会合过")),
        _count(tr("待发"), state.unsent, "", tr("本机已记、还没有送出的流水条数")),
        _count(tr("待齐"), state.held, "soon", tr("已收到、还等前面编号的流水条数；缺的一到自动接上")),
        _count(tr("待裁决"), state.contested, "soon", tr("各方并行作了不同办理的案件，由组长裁决")),
        _count(tr("隔离"), state.quarantined, "overdue", tr("校验不符或不可能为真的记录：留证，不采用")),
    ]
    if state.numbers_left is not None:
        low = "◆ " if state.numbers_low else ""
        found.append(Fact(tr("案号余量"), f"{low}{state.numbers_left:,}", "soon" if state.numbers_low else "",
                          tr("已预留给本站、还没有用的案号个数；同步时自动补足")))
    if state.behind_minutes:
        found.append(Fact(tr("本机时钟"), tr("◆ 慢 {n}", n=_span(state.behind_minutes)), "soon",
                          tr("比已记的流水慢；不影响期限计算，请校准系统时间")))
    return found


def _count(name: str, count: int, kind: str, tip: str) -> Fact:
    mark = {"soon": "◆ ", "overdue": "▲ "}.get(kind, "") if count else ""
    return Fact(name, f"{mark}{count:,}", kind if count else "", tip)


def _span(minutes: int) -> str:
    if minutes < 120:
        return tr("{n} 分钟", n=minutes)
    return tr("{n} 小时", n=minutes // 60) if minutes < 48 * 60 else tr("{n} 天", n=minutes // (24 * 60))


def warnings(state: SyncState) -> list[str]:
    """What needs somebody, a sentence each."""
    return [f"◆ {note}" for note in state.notes]


class FactsBand(QWidget):
    """Name above value, side by side, in as many columns as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._cells: list[QWidget] = []
        self._shown: list[Fact] = []
        self._columns = 0

    def show_facts(self, shown: list[Fact]) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        for cell in self._cells:
            cell.deleteLater()
        self._cells = [self._cell(fact) for fact in shown]
        self._columns = 0
        self._arrange()

    def _cell(self, fact: Fact) -> QWidget:
        cell = QWidget(self)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        name, value = QLabel(fact.name, cell), QLabel(fact.value, cell)
        name.setObjectName("caption")
        value.setObjectName("heading")
        value.setProperty("kind", fact.kind)
        value.setTextFormat(Qt.TextFormat.PlainText)
        for part in (cell, name, value):
            part.setToolTip(fact.tip)
        column.addWidget(name)
        column.addWidget(value)
        cell.setAccessibleName(f"{fact.name} {fact.value}")
        return cell

    def _arrange(self) -> None:
        columns = max(2, min(len(self._cells), self.width() // (text_width("国") * 9))) if self._cells else 0
        if columns == self._columns:
            return
        self._columns = columns
        for cell in self._cells:
            self._grid.removeWidget(cell)
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, place // columns, place % columns)
            self._grid.setColumnStretch(place % columns, 1)
            cell.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def words(self) -> str:
        """Everything that it says, for screen readers and tests."""
        return "，".join(f"{fact.name} {fact.value}" for fact in self._shown)
