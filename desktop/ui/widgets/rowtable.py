"""A plain read-only table of texts: uniform rows, copy as a table, one level (colour and word) per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.ui.theme import Theme, row_height

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class TextColumn:
    """``width`` in characters of the average Chinese glyph; the column with ``stretch`` takes what is left."""

    title: str
    width: float
    stretch: bool = False
    right: bool = False


@dataclass(frozen=True)
class TextRow:
    """``level`` names a colour of the palette ("" = ordinary text). ``key`` is the owner's own."""

    cells: tuple[str, ...]
    level: str = ""
    key: object = None
    tip: str = ""


class TextModel(QAbstractTableModel):
    """Rows of texts held in memory. Replaced as a whole."""

    def __init__(self, columns: Sequence[TextColumn], theme: Theme) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._theme = theme
        self.rows: list[TextRow] = []

    def show_rows(self, rows: Sequence[TextRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[section].right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or (row.cells[index.column()] if len(row.cells[index.column()]) > 12 else None)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and row.level:
            return QColor(getattr(self._theme.palette, row.level))
        return None


class RowTable(QTableView):
    """``row_changed(TextRow | None)`` follows the current row; ``opened(TextRow)`` is Enter or a double click."""

    row_changed = Signal(object)
    opened = Signal(object)

    def __init__(self, columns: Sequence[TextColumn], theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts = TextModel(columns, theme)
        self.texts.setParent(self)
        self.setModel(self.texts)
        self.setAccessibleName(name)
        self.setObjectName("rowTable")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(24)
        glyph = self.fontMetrics().horizontalAdvance("国")
        for position, column in enumerate(columns):
            self.setColumnWidth(position, round(column.width * glyph) + 20)
            if column.stretch:
                header.setSectionResizeMode(position, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.row_changed.emit(self.current()))
        self.doubleClicked.connect(lambda _index: self._open())
        theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: Sequence[TextRow], *, select_first: bool = False) -> None:
        """Replace the rows; the current row stays when its key is still there."""
        kept = self.current()
        top = self.verticalScrollBar().value()
        self.texts.show_rows(rows)
        position = next((number for number, row in enumerate(rows) if kept and row.key == kept.key), None)
        if position is None and select_first and rows:
            position, top = 0, 0
        if position is not None:
            self.selectRow(position)
            self.verticalScrollBar().setValue(top)
        self.row_changed.emit(self.current())

    def current(self) -> TextRow | None:
        position = self.currentIndex().row()
        return self.texts.rows[position] if 0 <= position < len(self.texts.rows) else None

    def selected_text(self) -> str:
        """The selected rows with the header, cells parted by tabs, as a spreadsheet takes them."""
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        lines = [[column.title for column in self.texts.columns]]
        lines += [list(self.texts.rows[position].cells) for position in chosen]
        return "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row)
