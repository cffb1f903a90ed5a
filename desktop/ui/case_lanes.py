"""The lanes of one record: a line for every case and for every service that was not used, over one time line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.app.matter_views import Lane, LaneCase, MatterView
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme, row_height
from desktop.ui.widgets.clocks import signed

SERVICE, NUMBER, CATEGORY, STATE, DUE, DAYS, PERSON, MARKS, LINE = range(9)
#: Title, width in Chinese characters; the time line takes what is left.
COLUMNS = (("业务", 4.6), ("案号", 10.6), ("类型", 6), ("环节与结果", 8.6), ("期限", 8.4), ("起止", 11.8),
           ("承办", 3.2), ("标记", 6.4), ("时间线", 8))
#: Left out one after the other where the width does not suffice; a hover still tells them.
GIVING_WAY = (PERSON, CATEGORY)
ROW = Qt.ItemDataRole.UserRole
#: Spans longer than this many days are divided by years, longer than the second by quarters, else by months.
YEARS, QUARTERS = 1_100, 420
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class LaneRow:
    """One line. ``case`` is None where the service was not used; ``first`` of its lane names the service."""

    lane: Lane
    case: LaneCase | None
    first: bool
    here: bool


def lane_rows(view: MatterView) -> list[LaneRow]:
    """The lines of a record, in the order of the services."""
    rows = []
    for lane in view.lanes:
        for place, case in enumerate(lane.cases):
            rows.append(LaneRow(lane, case, place == 0, case.number == view.here))
        if not lane.cases:
            rows.append(LaneRow(lane, None, True, False))
    return rows


def due_words(case: LaneCase) -> str:
    """The limit that a case is watched by: mark, what is left, what it is."""
    if case.due_on is None:
        return "—"
    if case.matured:
        return tr("◆ 已满期 {day}", day=case.due_on.isoformat())
    left = signed(case.remaining or 0)
    mark = "▲" if case.overdue else "◆" if (case.remaining or 0) <= 1 else "●"
    return f"{mark} {left} {case.due_label}"


def days_words(case: LaneCase) -> str:
    """2025-06-27 → 10-31; the year of the end where it is another."""
    start, end = case.opened_on.isoformat(), case.ended_on.isoformat() if case.ended_on else tr("在办")
    return f"{start} → {end.removeprefix(start[:5])}"


def state_words(case: LaneCase) -> str:
    return case.stage_label if case.result in ("", case.stage_label) else f"{case.stage_label} · {case.result}"


class LaneModel(QAbstractTableModel):
    """The lines of one record; replaced as a whole."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[LaneRow] = []
        self._span, self._unit = "", ""

    def show_rows(self, rows: list[LaneRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def show_scale(self, span: str, unit: str) -> None:
        """What the time line reaches over, and what lies between two of its faint lines."""
        self._span, self._unit = span, unit
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, LINE, LINE)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._span if section == LINE and self._span else tr(COLUMNS[section][0])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole and section == LINE:
            return tr("时间线：{unit}一格，虚线是今天；实条在办，竖线办结，圆点到期", unit=self._unit)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.told(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(getattr(self._theme.palette, self._color(row, column)))
        if role == Qt.ItemDataRole.FontRole and row.here and column == NUMBER:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _color(self, row: LaneRow, column: int) -> str:
        case = row.case
        if case is None:
            return "text" if column == SERVICE else "accent" if column == STATE and not row.lane.barred else "muted"
        if column == DUE:
            return "overdue" if case.overdue else "soon" if due_words(case).startswith("◆") else "text"
        if column == MARKS or (column == STATE and case.contested):
            return "soon"
        return "muted" if column in (DAYS, PERSON) else "text"

    def text(self, row: LaneRow, column: int) -> str:
        """One cell in words; the time line has none of its own."""
        case = row.case
        if column == SERVICE:
            return row.lane.short if row.first else ""
        if case is None:
            unused = {NUMBER: tr("未办理"), STATE: tr("办理此项…") if not row.lane.barred else "—"}
            return unused.get(column, "")
        marks = [*([tr("本案")] if row.here else []), *case.marks]
        return {
            NUMBER: case.number, CATEGORY: case.category, STATE: ("◆ " if case.contested else "") + state_words(case),
            DUE: "—" if case.ended else due_words(case), DAYS: days_words(case), PERSON: case.examiner or "—",
            MARKS: " · ".join(marks), LINE: "",
        }[column]

    def told(self, row: LaneRow) -> str:
        """The whole line in words, for a hover and for screen readers."""
        case = row.case
        if case is None:
            return tr("{service}：未办理", service=row.lane.label) + (f"；{row.lane.barred}" if row.lane.barred else tr(
                "，按 Enter 办理此项"))
        parts = (
            f"{row.lane.label} {case.number}", case.title, case.category, state_words(case), days_words(case),
            "" if case.ended or case.due_on is None else f"{due_words(case)} {case.due_on.isoformat()}",
            tr("承办 {name}", name=case.examiner) if case.examiner else "",
            tr("附件 {n} 个", n=case.files) if case.files else "", " · ".join(case.marks),
        )
        return "\n".join(part for part in parts if part)


class _LineDelegate(QStyledItemDelegate):
    """Draws from when to when a case ran, on the scale of the record."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.since, self.until, self.today = date.min, date.min, date.min

    def show_span(self, since: date, until: date, today: date) -> None:
        self.since, self.today = since, today
        # A little air at the right, so that what still runs does not touch the edge.
        end = max(until, today)
        self.until = end + timedelta(days=max(3, (end - since).days // 14))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(60, row_height(option.font))

    def _x(self, area: QRect, day: date) -> float:
        span = max(1, (self.until - self.since).days)
        return area.left() + area.width() * min(max((day - self.since).days / span, 0.0), 1.0)

    def scale(self) -> tuple[str, str]:
        """(span, unit) in words: 2026-09 至 11, 一月."""
        last = f"{self.until:%m}" if self.until.year == self.since.year else f"{self.until:%Y-%m}"
        return tr("{first} 至 {last}", first=f"{self.since:%Y-%m}", last=last), tr(
            {1: "一月", 3: "一季", 12: "一年"}[self._step()])

    def _step(self) -> int:
        days = (self.until - self.since).days
        return 12 if days > YEARS else 3 if days > QUARTERS else 1

    def ticks(self) -> list[date]:
        """The days at which a faint line stands: months, quarters or years."""
        step = self._step()
        found, month = [], self.since.year * 12 + self.since.month - 1
        month += -month % step
        while (day := date(month // 12, month % 12 + 1, 1)) <= self.until:
            if day > self.since:
                found.append(day)
            month += step
        return found

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: LaneRow = index.data(ROW)
        palette = self._theme.palette
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color("selection"))
        area = option.rect.adjusted(8, 0, -12, 0)
        painter.setPen(QPen(palette.color("line"), 1))
        for day in self.ticks():
            x = round(self._x(area, day))
            painter.drawLine(x, option.rect.top(), x, option.rect.bottom())
        painter.setPen(QPen(palette.color("line_soft"), 1))
        painter.drawLine(option.rect.left(), option.rect.bottom(), option.rect.right(), option.rect.bottom())
        painter.setPen(QPen(palette.color("muted"), 1, Qt.PenStyle.DotLine))
        now = round(self._x(area, self.today))
        painter.drawLine(now, option.rect.top(), now, option.rect.bottom())
        if row.case is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._bar(painter, area, row.case)
        painter.restore()

    def _bar(self, painter: QPainter, area: QRect, case: LaneCase) -> None:
        """Ended: filled, with an upright at its end. Running: filled up to today and open, with a head."""
        palette = self._theme.palette
        name = "soon" if case.contested else "done" if case.ended else "paused" if case.stage_kind == "waiting" \
            else "accent"
        left, right = self._x(area, case.opened_on), self._x(area, case.ended_on or self.today)
        right = max(right, left + 4)
        middle = area.center().y() + 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(name))
        painter.drawRoundedRect(QRectF(left, middle - 3, right - left, 6), 2, 2)
        if case.ended:
            painter.drawRect(QRectF(right - 2, middle - 6, 2, 12))
        else:
            painter.drawPolygon([QPointF(right, middle - 5), QPointF(right + 6, middle), QPointF(right, middle + 5)])
            if case.due_on is not None and case.due_on > self.today and case.due_on <= self.until:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(palette.color(name), 1.4))
                painter.drawEllipse(QPointF(self._x(area, case.due_on), middle), 3.5, 3.5)


class LaneTable(QTableView):
    """``opened(LaneRow)``: Enter, a double click, or a click on what an unused lane offers."""

    opened = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lanes = LaneModel(theme, self)
        self.setModel(self.lanes)
        self._line = _LineDelegate(theme, self)
        self.setItemDelegateForColumn(LINE, self._line)
        self.setObjectName("rowTable")
        self.setAccessibleName(tr("本记录的各项业务"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(LINE, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ROW)))
        self.clicked.connect(self._clicked)
        theme.changed.connect(self.viewport().update)
        self._fit()

    def show_view(self, view: MatterView, today: date) -> None:
        """Another record, or the same one again; the line under the cursor stays."""
        kept = self.current()
        rows = lane_rows(view)
        self._line.show_span(view.since, view.until, today)
        self.lanes.show_rows(rows)
        self.lanes.show_scale(*self._line.scale())

        def identity(row: LaneRow) -> tuple[str, str]:
            return row.lane.procedure, row.case.number if row.case else ""

        same = next((n for n, row in enumerate(rows) if kept and identity(row) == identity(kept)), None)
        here = next((n for n, row in enumerate(rows) if row.here), 0)
        self.selectRow(here if same is None else same)

    def current(self) -> LaneRow | None:
        place = self.currentIndex().row()
        return self.lanes.rows[place] if 0 <= place < len(self.lanes.rows) else None

    def _clicked(self, index: QModelIndex) -> None:
        row: LaneRow = index.data(ROW)
        if row.case is None and index.column() == STATE and not row.lane.barred:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Widths by the font; what gives way goes until the time line has its least."""
        glyph = self.fontMetrics().horizontalAdvance("国")
        widths = [round(width * glyph) + 18 for _title, width in COLUMNS]
        away: list[int] = []
        for column in GIVING_WAY:
            if sum(width for place, width in enumerate(widths) if place not in away) > self.viewport().width():
                away.append(column)
        lacking = sum(width for place, width in enumerate(widths) if place not in away) - self.viewport().width()
        for column in (MARKS, STATE, DUE, LINE):
            cut = min(max(lacking, 0), widths[column] // 3)
            widths[column] -= cut
            lacking -= cut
        for column, width in enumerate(widths):
            self.setColumnHidden(column, column in away)
            if column != LINE:
                self.setColumnWidth(column, width)
