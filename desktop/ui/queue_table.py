"""The list of a queue: keys as in a spreadsheet, selection by case and not by row number."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QItemSelectionRange, QLine, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPushButton, QTableView, QVBoxLayout, QWidget

from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.queue_delegate import QueueDelegate
from desktop.ui.queue_header import QueueHeader
from desktop.ui.queue_model import QueueModel
from desktop.ui.theme import row_height


class EmptyState(QWidget):
    """Says why nothing is shown, and offers the way on."""

    acted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        self.said = QLabel(self)
        self.said.setObjectName("muted")
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said.setWordWrap(True)
        column.addWidget(self.said)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.acted)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.hide()

    def tell(self, sentence: str, button: str) -> None:
        self.said.setText(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.show()


class QueueTable(QTableView):
    """``current_changed(key)``, ``selection_said(count)``, ``first_shown()`` once real rows were painted."""

    current_changed = Signal(object)
    selection_said = Signal(int)
    first_shown = Signal()

    def __init__(self, context: Context, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = model
        self._theme = context.theme
        self._kept: tuple[list[int], int | None, int | None] = ([], None, None)
        self._restoring = False
        self._painted = False
        self._last_number = 0
        self.header = QueueHeader(self)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(context.theme, model, self))
        self.setAccessibleName(tr("案件列表"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        self.verticalHeader().setMinimumSectionSize(row_height(self.font()))
        # A header asks for every column whether all its rows are selected: seconds with a hundred thousand rows.
        # It shows no selection here, so it watches one that stays empty.
        self.header.setSelectionModel(QItemSelectionModel(model, self.header))
        self.empty = EmptyState(self.viewport())
        self.header.arrange({})
        model.about_to_reorder.connect(self._keep)
        model.reordered.connect(self._put_back)
        selection = self.selectionModel()
        selection.currentRowChanged.connect(lambda *_both: self._say_current())
        selection.selectionChanged.connect(lambda *_both: self._say_selection())
        context.theme.changed.connect(self.viewport().update)

    # --- keys instead of row numbers

    def current_key(self) -> int | None:
        """The case under the cursor."""
        index = self.currentIndex()
        return self._queue.keys[index.row()] if index.isValid() else None

    def selected_numbers(self) -> list[int]:
        """Row numbers of the selection, from its ranges (a list of every index would take seconds)."""
        numbers: set[int] = set()
        for part in self._ranges():
            numbers.update(range(part.top(), part.bottom() + 1))
        return sorted(numbers)

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.size())]

    def selected_keys(self) -> list[int]:
        """Keys of the selection in the order of the queue."""
        return [self._queue.keys[number] for number in self.selected_numbers()]

    def choose(self, key: int) -> bool:
        """Put the cursor on a case, if it is here."""
        number = self._queue.number_of(key)
        if number < 0:
            return False
        self.selectRow(number)
        self.scrollTo(self._queue.index(number, 0))
        return True

    def _keep(self) -> None:
        self._restoring = True
        top = self.rowAt(0)
        self._kept = (
            self.selected_keys(), self.current_key(), self._queue.keys[top] if top >= 0 else None,
        )

    def _put_back(self) -> None:
        selected, current, top = self._kept
        numbers = self._queue.numbers_of(selected)
        if numbers:
            self._select(numbers)
        place = -1 if current is None else self._queue.number_of(current)
        if place >= 0:
            self.selectionModel().setCurrentIndex(
                self._queue.index(place, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        elif self._queue.keys and current is not None:
            # The case left this queue: its successor takes its place under the cursor.
            self.selectRow(min(self._last_number, len(self._queue.keys) - 1))
        first = -1 if top is None else self._queue.number_of(top)
        if first >= 0:
            self.verticalScrollBar().setValue(first)
        self._restoring = False
        self._say_current()
        self._say_selection()

    def _select(self, numbers: list[int]) -> None:
        """Select rows as ranges."""
        selection = QItemSelection()
        last = self._queue.columnCount() - 1
        start = before = numbers[0]
        for number in [*numbers[1:], -2]:
            if number != before + 1:
                selection.select(self._queue.index(start, 0), self._queue.index(before, last))
                start = number
            before = number
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _say_current(self) -> None:
        if self._restoring:
            return
        index = self.currentIndex()
        if index.isValid():
            self._last_number = index.row()
        self.current_changed.emit(self.current_key())

    def _say_selection(self) -> None:
        if not self._restoring:
            self.selection_said.emit(sum(part.height() for part in self._ranges()))

    # --- keys of a spreadsheet

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if key == Qt.Key.Key_Home or (control and key == Qt.Key.Key_Up):
            self._jump(0, event)
        elif key == Qt.Key.Key_End or (control and key == Qt.Key.Key_Down):
            self._jump(len(self._queue.keys) - 1, event)
        else:
            super().keyPressEvent(event)

    def _jump(self, number: int, event: QKeyEvent) -> None:
        if number < 0 or not self._queue.keys:
            return
        index = self._queue.index(number, max(0, self.currentIndex().column()))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.currentIndex().isValid():
            here = self.currentIndex().row()
            self._select(list(range(min(here, number), max(here, number) + 1)))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            # Not setCurrentIndex of the view: with Ctrl held it would only add to the selection.
            self.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            )
        self.scrollTo(index)

    def keyboardSearch(self, search: str) -> None:
        """Typing letters must not jump about in a list of numbers."""

    # --- looks

    def scrollTo(
        self, index: object, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        # Moving the cursor down must not scroll sideways to the current cell.
        across = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)  # type: ignore[arg-type]
        self.horizontalScrollBar().setValue(across)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._draw_lines()
        if not self._painted and self._queue.keys:
            self._painted = True
            self.first_shown.emit()

    def _draw_lines(self) -> None:
        """A thin line under each row that is seen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return
        last = last if last >= 0 else len(self._queue.keys) - 1
        height, top = self.rowHeight(first), self.rowViewportPosition(first)
        width = self.viewport().width()
        painter = QPainter(self.viewport())
        painter.setPen(self._theme.palette.color("line_soft"))
        painter.drawLines([
            QLine(0, y, width, y) for y in range(top + height - 1, top + height * (last - first + 1), height)
        ])
        painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.empty.setGeometry(self.viewport().rect())
        return super().viewportEvent(event)
