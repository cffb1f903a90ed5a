"""The limits of a case: what runs, what is due, and for the chosen one the full account of its date."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from desktop.app.views import CaseView, LimitView
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme
from desktop.ui.widgets.clocks import UNITS, WATCH
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

KINDS = {"promised": "承诺", "legal": "法定", "target": "目标", "watch": "提醒"}
STATES = {"running": "在计", "paused": "‖ 暂停", "met": "✓ 按期", "late": "▲ 超期办结", "void": "不再适用"}
WATCHED = {"running": "等待满期", "met": "✓ 已处理"}


def limit_row(limit: LimitView) -> TextRow:
    """One limit as a line of the table."""
    unit = tr(UNITS.get(limit.unit, limit.unit))
    due = limit.due_on.isoformat() if limit.due_on else "—"
    if limit.provisional:
        due += tr(" 暂定")
    remaining, level = "—", ""
    if limit.kind == WATCH and limit.running:
        # A date that is awaited: nobody is late when it is there.
        remaining, level = ("◆", "soon") if limit.reached else (str(limit.remaining), "")
    elif limit.remaining is not None:
        remaining = str(limit.remaining)
        if limit.running and limit.remaining < 0:
            remaining, level = tr("▲ 超 {n}", n=-limit.remaining), "overdue"
        elif limit.running and limit.remaining <= 1:
            remaining, level = f"◆ {limit.remaining}", "soon"
    state = tr("▲ 已超期") if limit.running and limit.overdue else tr(STATES.get(limit.state, limit.state))
    if limit.kind == WATCH:
        state = tr("◆ 已满期") if limit.running and limit.reached else tr(WATCHED.get(limit.state, state))
    if limit.overdue and not level:
        level = "overdue"
    if limit.state == "paused":
        level = "paused"
    if limit.state in ("met", "void"):
        level = "muted"
    return TextRow((
        limit.label, tr(KINDS.get(limit.kind, limit.kind)), state, limit.started_on.isoformat(), due,
        limit.stopped_on.isoformat() if limit.stopped_on else "—",
        # Months are not counted in days on the way.
        f"{limit.limit} {unit}" if limit.unit == "month" else f"{limit.used} / {limit.limit} {unit}",
        remaining, limit.basis, limit.status,
        tr("随程序") if limit.version == "0" else tr("第 {n} 版", n=limit.version),
    ), level, limit.name + limit.started_on.isoformat(), limit.why)


class LimitsTab(QWidget):
    """Table above, explanation of the chosen limit below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case: CaseView | None = None
        self._limits: dict[object, LimitView] = {}
        self.table = RowTable((
            TextColumn(tr("期限"), 9), TextColumn(tr("性质"), 2.6), TextColumn(tr("状态"), 5),
            TextColumn(tr("起"), 5.4), TextColumn(tr("到期"), 7.4), TextColumn(tr("止"), 5.4),
            TextColumn(tr("已用 / 期限"), 8), TextColumn(tr("余"), 3.6), TextColumn(tr("依据"), 12, stretch=True),
            TextColumn(tr("核对"), 3.4), TextColumn(tr("版本"), 5),
        ), theme, tr("期限表"))
        self.table.row_changed.connect(self._explain)
        self.account = QPlainTextEdit()
        self.account.setObjectName("account")
        self.account.setReadOnly(True)
        self.account.setTabChangesFocus(True)
        self.account.setAccessibleName(tr("这个日期是怎么算出来的"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.account)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(split)
        self.setFocusProxy(self.table)

    def show_case(self, case: CaseView) -> None:
        rows = [limit_row(limit) for limit in case.limits]
        self._limits = {row.key: limit for row, limit in zip(rows, case.limits, strict=True)}
        chosen = self.table.current() is not None
        self.table.show_rows(rows, select_first=True)
        if not chosen:
            self._choose(case)
        self._case = case

    def explain_running(self) -> None:
        """Choose the limit that the case is watched by and give it the keyboard (为什么 in the header)."""
        if self._case is not None:
            self._choose(self._case)
        self.table.setFocus()

    def _choose(self, case: CaseView) -> None:
        running = [position for position, limit in enumerate(case.limits) if limit.running]
        watched = [position for position in running if case.limits[position].due_on == case.due_on]
        for position in (watched or running)[:1]:
            self.table.selectRow(position)

    def _explain(self, row: TextRow | None) -> None:
        limit = self._limits.get(row.key) if row else None
        self.account.setPlainText("\n".join((limit.why, "", *limit.explanation)) if limit
                                  else tr("还没有开始计的期限。"))
