"""Cells of a queue, painted: fast, one height, never cut without saying so."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from desktop.app.queue_views import QueueRow
from desktop.ui.i18n import tr
from desktop.ui.queue_columns import BY_ID, COLUMNS, CONTESTED, STRATEGIC
from desktop.ui.queue_model import PLACEHOLDER, ROW, Index, QueueModel
from desktop.ui.theme import Theme, row_height
from desktop.ui.widgets.clocks import day_words, due_mark

PADDING = 8
MIDDLE = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
DUE, FIELD, STAGE, PARTY = BY_ID["remaining"], BY_ID["field"], BY_ID["stage"], BY_ID["party"]
MUTED = {BY_ID[name] for name in ("received", "due", "platform", "region", "agency", "round")}
COLORS = {"overdue": "overdue", "soon": "soon", "paused": "paused", "plain": "text", "none": "muted"}


class QueueDelegate(QStyledItemDelegate):
    """Text elided at the right, the clock with its mark.

    A thousand cells are painted at every scroll, so a cell costs few calls: colours are made once for a palette,
    cut texts are remembered, and the lines between rows are the table's own, drawn in one go."""

    def __init__(self, theme: Theme, model: QueueModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._queue = model
        self._colors: dict[str, QColor] = {}
        self._font = QFont()
        self._bold = QFont()
        self._mark_width = 0
        self._cut = lru_cache(maxsize=8_192)(self._cut_text)
        self._take_theme()
        theme.changed.connect(self._take_theme)

    def _take_theme(self) -> None:
        names = ("selection", "text", "muted", "overdue", "soon", "paused", "accent")
        self._colors = {name: self._theme.palette.color(name) for name in names}

    def _take_font(self, font: QFont) -> None:
        self._font = QFont(font)
        self._bold = QFont(font)
        self._bold.setBold(True)
        self._metrics = {False: QFontMetrics(self._font), True: QFontMetrics(self._bold)}
        self._mark_width = self._metrics[True].horizontalAdvance("▲ ")
        self._cut.cache_clear()

    def _cut_text(self, text: str, width: int, bold: bool) -> str:
        return self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, width)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.font != self._font or not self._mark_width:
            self._take_font(option.font)
        area = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._colors["selection"])
        row = self._queue.row(index.row())
        inside = area.adjusted(PADDING, 0, -PADDING, -1)
        column = index.column()
        if row is None:
            painter.setPen(self._colors["muted"])
            painter.drawText(inside, MIDDLE, PLACEHOLDER)
        elif column == DUE:
            self._paint_due(painter, inside, row)
        elif column == PARTY and row.strategic:
            self._paint_strategic(painter, inside, row)
        else:
            text = COLUMNS[column].text(row)
            muted = column in MUTED or text == "—" or (column == FIELD and not row.field)
            disputed = column == STAGE and CONTESTED in row.flags
            painter.setPen(self._colors["soon" if disputed else "muted" if muted else "text"])
            painter.drawText(inside, MIDDLE, self._cut(text, inside.width(), False))

    def _paint_due(self, painter: QPainter, inside: QRect, row: QueueRow) -> None:
        due = due_mark(row)
        strong = due.kind in ("overdue", "soon")
        if strong:
            painter.setFont(self._bold)
        painter.setPen(self._colors[COLORS[due.kind]])
        painter.drawText(inside, MIDDLE, due.mark)
        rest = inside.adjusted(self._mark_width if due.mark else 0, 0, 0, 0)
        painter.drawText(rest, MIDDLE, self._cut(due.text, rest.width(), strong))
        if strong:
            painter.setFont(self._font)

    def _paint_strategic(self, painter: QPainter, inside: QRect, row: QueueRow) -> None:
        """The mark with its word where the name still has room beside it, else the star alone."""
        metrics = self._metrics[False]
        mark = tr(STRATEGIC)
        if metrics.horizontalAdvance(f"{mark} {row.party}") > inside.width():
            mark = mark[0]
        painter.setPen(self._colors["accent"])
        painter.drawText(inside, MIDDLE, mark)
        rest = inside.adjusted(metrics.horizontalAdvance(f"{mark} "), 0, 0, 0)
        painter.setPen(self._colors["text"])
        painter.drawText(rest, MIDDLE, self._cut(row.party, rest.width(), False))

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        row: QueueRow | None = index.data(ROW) if index.isValid() else None
        if event.type() != QEvent.Type.ToolTip or row is None:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), self.tip(row, index.column(), option), view)
        return True

    def tip(self, row: QueueRow, column: int, option: QStyleOptionViewItem) -> str:
        """What a cell tells on hover: the whole text when it is cut, and what a mark means."""
        text = COLUMNS[column].text(row)
        if column in (DUE, BY_ID["due"]):
            if row.paused is not None:
                return tr("停表中，中心时限剩余 {n} 个工作日；恢复后继续走时", n=row.paused)
            if row.due_on is None:
                return tr("没有正在走时的期限")
            day = day_words(row.due_on, row.received_on)
            if row.matured:
                return tr("{label} 已于 {day} 满期，等待处理；不算超期", label=row.due_label, day=day)
            said = tr("{label} 应于 {day}", label=row.due_label, day=day)
            return said + (tr("（暂定：当年工作日历尚未发布）") if row.provisional else "")
        if column == BY_ID["type"]:
            return row.category
        if column == PARTY and row.strategic:
            return tr("★ 战略主体：{party}", party=row.party)
        if column == BY_ID["field"]:
            return f"{row.field or tr('未归入领域')} · {row.field_grade}"
        cut = option.fontMetrics.horizontalAdvance(text) > option.rect.width() - 2 * PADDING
        return text if cut else ""
