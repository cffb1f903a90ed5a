"""The strip at the left of a queue: the centre's fields and the saved views, each with its counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from desktop.app.queue_views import QueueCounts, ServiceView
from desktop.ui.i18n import tr
from desktop.ui.service_words import PLAIN
from desktop.ui.theme import Theme, text_width

UNNAMED = "未归入领域"
VIEWS = (
    ("open", "全部在办"), ("mine", "我承办"), ("unassigned", "待分案"), ("waiting", "等待他方"), ("soon", "临期"),
    ("overdue", "超期"), ("matured", "满期"), ("strategic", "战略主体"), ("contested", "待裁决"), ("ended", "已办结"),
    ("all", "全部案件"),
)
#: Views that somebody should look at when they are not empty: mark and colour of their count.
ALERTS = {"overdue": ("▲", "overdue"), "matured": ("◆", "soon"), "contested": ("◆", "soon")}
LINE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Line:
    """``kind``: caption, field or view. ``overdue`` and ``soon`` are shown only when not 0."""

    kind: str
    value: str
    label: str
    count: int | None = None
    soon: int = 0
    overdue: int = 0

    @property
    def words(self) -> str:
        """For screen readers and tooltips."""
        said = self.label if self.count is None else tr("{label}：在办 {n} 件", label=self.label, n=self.count)
        if self.kind == "field":
            said += tr("，超期 {n} 件", n=self.overdue) if self.overdue else ""
            said += tr("，今明到期 {n} 件", n=self.soon) if self.soon else ""
        return said


class SideModel(QAbstractListModel):
    """The lines of the strip."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.label
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.words if line.kind != "caption" else None
        return line if role == LINE else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.lines[index.row()].kind == "caption":
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Replace the lines; only what is shown changes when they are the same places."""
        same = [(line.kind, line.value) for line in lines] == [(line.kind, line.value) for line in self.lines]
        if same:
            self.lines = list(lines)
            if lines:
                self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
            return
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()


class _SideDelegate(QStyledItemDelegate):
    """Label left, count muted, overdue red with its own column."""

    def __init__(self, theme: Theme, side: QueueSide) -> None:
        super().__init__(side)
        self._theme = theme
        self._side = side

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        # Closer than a list of cases: thirteen fields and eleven views fit a window of 768 pixels.
        return QSize(100, max(25, round(option.fontMetrics.height() * 1.3)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line: Line = index.data(LINE)
        palette = self._theme.palette
        painter.save()
        area = option.rect.adjusted(6, 1, -6, -1)
        middle = Qt.AlignmentFlag.AlignVCenter
        if line.kind == "caption":
            font = QFont(option.font)
            font.setPixelSize(max(10, font.pixelSize() - 1))
            painter.setFont(font)
            painter.setPen(palette.color("muted"))
            painter.drawText(area.adjusted(8, 4, 0, 0), middle, line.label)
            painter.restore()
            return
        chosen = self._side.is_chosen(line)
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color("selection"))
            painter.drawRoundedRect(area, 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus and self._side.hasFocus():
            painter.setPen(palette.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 5, 5)
        self._paint_numbers(painter, option, area, line)
        painter.restore()

    def _paint_numbers(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, line: Line) -> None:
        palette = self._theme.palette
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = option.fontMetrics
        inside = area.adjusted(8, 0, -8, 0)
        slot = metrics.horizontalAdvance("▲0")
        if line.kind == "field" and (line.overdue or line.soon):
            said, color = (f"▲{line.overdue:,}", "overdue") if line.overdue else (f"◆{line.soon:,}", "soon")
            painter.setPen(palette.color(color))
            painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, said)
            slot = max(slot, metrics.horizontalAdvance(said))
        right = inside.adjusted(0, 0, -(slot + 8), 0) if line.kind == "field" else inside
        number = "" if line.count is None else f"{line.count:,}"
        if number:
            mark, color = ALERTS.get(line.value, ("", "muted")) if line.count else ("", "muted")
            painter.setPen(palette.color(color))
            painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, f"{mark}{number}")
        room = right.width() - metrics.horizontalAdvance(number) - 10
        painter.setPen(palette.color("text" if line.count else "muted"))
        painter.drawText(right, middle, metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, room))


class QueueSide(QFrame):
    """``field_chosen(label)`` ('' = all) and ``view_chosen(id)``."""

    field_chosen = Signal(str)
    view_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setMinimumWidth(text_width("石油开采及加工 000 ▲00") + 36)
        self._field, self._view = "", "open"
        self._service = PLAIN
        self._fields: tuple[str, ...] = ()
        self._counts = QueueCounts({}, {}, {})
        self.model = SideModel(self)
        self.list = QListView(self)
        self.list.setObjectName("side")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_SideDelegate(theme, self))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.list.setAccessibleName(tr("领域和视图"))
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self.setFocusProxy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.addWidget(self.list)
        theme.changed.connect(self.list.viewport().update)
        self._rebuild()

    def hasFocus(self) -> bool:
        return self.list.hasFocus()

    def is_chosen(self, line: Line) -> bool:
        """Whether a line is part of the present question."""
        return line.value == (self._field if line.kind == "field" else self._view)

    def show_service(self, service: ServiceView) -> None:
        """Fields only where cases belong to one, awaited dates only where there are any."""
        self._service = service
        self._rebuild()

    def show_fields(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._rebuild()

    def show_counts(self, counts: QueueCounts) -> None:
        self._counts = counts
        self._rebuild()

    def show_choice(self, field: str, view: str) -> None:
        """Mark what is asked for."""
        self._field, self._view = field, view
        self.list.viewport().update()

    def _rebuild(self) -> None:
        views = self._counts.views
        lines = self._field_lines() if self._service.has_field else []
        lines.append(Line("caption", "", tr("视图")))
        lines += [Line("view", view, tr(label), views.get(view, 0)) for view, label in VIEWS
                  if view != "matured" or self._service.watches]
        self.model.show_lines(lines)

    def _field_lines(self) -> list[Line]:
        counts = self._counts.fields
        total = (sum(part) for part in zip(*counts.values(), strict=True)) if counts else (0, 0, 0)
        lines = [Line("caption", "", tr("重点产业领域")), Line("field", "", tr("全部领域"), *total)]
        # A field that a centre has retired still has cases; it stays visible as long as it does.
        retired = [label for label in counts if label and label not in self._fields]
        for label in (*self._fields, *retired):
            lines.append(Line("field", label, label, *counts.get(label, (0, 0, 0))))
        return [*lines, Line("field", UNNAMED, tr(UNNAMED), *counts.get("", (0, 0, 0)))]

    def _choose(self, index: QModelIndex) -> None:
        line: Line = index.data(LINE)
        if line.kind == "field":
            self.field_chosen.emit(line.value)
        elif line.kind == "view":
            self.view_chosen.emit(line.value)
