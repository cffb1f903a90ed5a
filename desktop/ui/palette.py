"""Ctrl+K: type a few characters, get actions and cases, press Enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import QueueRow
from desktop.ui.actions import Actions
from desktop.ui.context import Context
from desktop.ui.finding import finder
from desktop.ui.i18n import tr
from desktop.ui.theme import row_height

FOUND = 10
MOST = 12
ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Entry:
    """One line: what it says at the left, in the middle and at the right, and what Enter does."""

    label: str
    detail: str
    keys: str
    run: Callable[[], object]
    enabled: bool = True


class _Line(QStyledItemDelegate):
    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(100, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        entry: Entry = index.data(ROLE)  # type: ignore[attr-defined]
        palette = self._context.theme.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color("selection"))
        area = option.rect.adjusted(12, 0, -12, 0)
        metrics = option.fontMetrics
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(palette.color("muted"))
        keys = metrics.horizontalAdvance(entry.keys)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, entry.keys)
        detail = metrics.horizontalAdvance(entry.detail)
        right = area.right() - keys - (16 if keys else 0)
        painter.drawText(
            area.adjusted(0, 0, right - area.right(), 0), middle | Qt.AlignmentFlag.AlignRight, entry.detail
        )
        painter.setPen(palette.color("text" if entry.enabled else "muted"))
        room = right - area.left() - detail - 16
        painter.drawText(area, middle, metrics.elidedText(entry.label, Qt.TextElideMode.ElideRight, room))


class Palette(QFrame):
    """A popup over the window. ``case_chosen(key)`` when a found case, of whichever service, is taken."""

    case_chosen = Signal(int)

    def __init__(self, context: Context, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self._context = context
        self._actions = actions
        self._window = parent
        self._found: list[QueueRow] = []
        self._find = finder(context, self, FOUND)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.input = QLineEdit(self)
        self.input.setObjectName("search")
        self.input.setPlaceholderText(tr("输入操作名称，或案号、名称、主体、分类号…"))
        self.input.textEdited.connect(self._typed)
        self.input.installEventFilter(self)
        column.addWidget(self.input)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Line(context, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda item: self._take(item))
        column.addWidget(self.list)
        self.foot = QLabel(self)
        self.foot.setObjectName("caption")
        column.addWidget(self.foot)
        # Cases are looked up when typing rests; actions answer at once.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(150)
        self._rest.timeout.connect(self._look_up)

    def popup(self) -> None:
        """Show it over the upper middle of the window, empty."""
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        width = min(680, self._window.width() - 40)
        self.setFixedWidth(width)
        self.move(corner.x() + (self._window.width() - width) // 2, corner.y() + 56)
        self.input.clear()
        self._found = []
        self._fill()
        self.show()
        self.input.setFocus()

    def _typed(self) -> None:
        self._found = []
        self._fill()
        self._rest.start()

    def _look_up(self) -> None:
        self._find(self.input.text(), self._show_found)

    def _show_found(self, rows: list[QueueRow]) -> None:
        self._found = rows
        self._fill()

    def _service(self, row: QueueRow) -> str:
        service = self._context.service(row.procedure)
        return service.short if service is not None else row.procedure

    def entries(self) -> list[Entry]:
        """What is offered for the text typed so far."""
        wanted = self.input.text().strip().lower()
        offered = [
            Entry(self._actions.label(known), tr(known.menu), known.keys, partial(self._actions.run, known.id),
                  self._actions.allowed(known))
            for known in self._actions.entries
            if known.palette and self._actions.reachable(known)
            and wanted in f"{self._actions.label(known)} {known.id}".lower()
        ]
        offered += [
            Entry(f"{self._service(row)}　{row.title}", f"{row.number} · {row.stage_label}", "",
                  partial(self.case_chosen.emit, row.key))
            for row in self._found
        ]
        return offered

    def _fill(self) -> None:
        self.list.clear()
        for entry in self.entries():
            item = QListWidgetItem(entry.label)
            item.setData(ROLE, entry)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        # As tall as what it offers, up to a dozen lines.
        lines = min(MOST, self.list.count())
        self.list.setVisible(bool(lines))
        self.list.setFixedHeight(lines * row_height(self.list.font()) + 12)
        self.foot.setText(tr("↑↓ 选择　Enter 执行　Esc 关闭") if lines else tr("没有这样的操作；案件至少输入两个字"))
        self.adjustSize()

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        entry: Entry = item.data(ROLE)
        if not entry.enabled:
            return
        self.hide()
        # The popup must have gone before a dialog opens over the window.
        QTimer.singleShot(0, self, entry.run)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        return False
