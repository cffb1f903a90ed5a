"""The queue as Qt sees it: all keys in order, rows only where somebody looks.

Sorting and filtering happen in the store. The first page comes as rows, so that something stands on the screen
before the keys of a hundred thousand cases are here.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.app.queue_views import QueueQuery, QueueRow, ServiceView
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.queue_columns import COLUMNS
from desktop.ui.service_words import PLAIN

PAGE = 100
# So many rows stay in memory; a scroll through everything must not keep everything.
KEPT = 4_000
ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
PLACEHOLDER = "…"
#: The order that a queue begins with: strategic parties first, then by due date.
LEAD = (("lead", False),)


class QueueModel(QAbstractTableModel):
    """``loaded(complete)``: rows or all keys of the present question arrived. ``reordered`` comes right before a
    view must restore what was selected (keys are stable, row numbers are not)."""

    loaded = Signal(bool)
    about_to_reorder = Signal()
    reordered = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.query = QueueQuery()
        self.service: ServiceView = PLAIN
        self.keys: array[int] = array("q")
        self.complete = False
        self._rows: dict[int, QueueRow] = {}
        self._question = 0
        self._wanted: dict[int, None] = {}
        self._busy = False
        # Painting asks cell by cell; one request for the page follows when painting is over.
        self._fetch = QTimer(self)
        self._fetch.setSingleShot(True)
        self._fetch.setInterval(0)
        self._fetch.timeout.connect(self._request)

    # --- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row(index.row())
            return PLACEHOLDER if row is None else COLUMNS[index.column()].text(row)
        if role == ROW:
            return self.row(index.row())
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title_for(self.service)}{self._sort_mark(column.id)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            word = self.service.words.category if column.id == "type" else self.service.words.party \
                if column.id == "party" else column.title_for(self.service)
            tip = tr(column.tip) if column.tip else word
            return tip + (tr("\n单击排序，Shift＋单击追加一列") if column.sort else "")
        return None

    def _sort_mark(self, identity: str) -> str:
        if self.query.sort == LEAD:
            return " ★↑" if identity == "remaining" else ""
        # Two columns may sort by the same date; the mark stands at the one that was clicked.
        for place, (column, descending) in enumerate(self.query.sort, 1):
            shown = "remaining" if column == "due_on" else next(
                (known.id for known in COLUMNS if known.sort == column), "")
            if shown == identity:
                return (" ↓" if descending else " ↑") + (str(place) if len(self.query.sort) > 1 else "")
        return ""

    # --- rows

    def row(self, number: int) -> QueueRow | None:
        """The row, or None while it is being loaded (asking is enough to have it loaded)."""
        row = self._rows.get(self.keys[number])
        if row is None:
            page = number // PAGE
            self._wanted.pop(page, None)
            self._wanted[page] = None
            if not self._fetch.isActive():
                self._fetch.start()
        return row

    def known(self, key: int) -> QueueRow | None:
        """A row by key if it is in memory."""
        return self._rows.get(key)

    def number_of(self, key: int) -> int:
        """Row number of a key, -1 when it is not in this queue."""
        try:
            return self.keys.index(key)
        except ValueError:
            return -1

    def numbers_of(self, keys: Iterable[int]) -> list[int]:
        """Row numbers of many keys in one pass."""
        wanted = set(keys)
        if not wanted:
            return []
        if len(wanted) == 1:
            found = self.number_of(wanted.pop())
            return [] if found < 0 else [found]
        return [number for number, key in enumerate(self.keys) if key in wanted]

    # --- questions

    def show_service(self, service: ServiceView) -> None:
        """Another service, or the same one under other words; the rows of the one before go at once."""
        if service.id != self.service.id:
            self._question += 1
            self._busy = False
            self._wanted.clear()
            self._rows.clear()
            self._take(array("q"), complete=False)
        self.service = service
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def ask(self, query: QueueQuery, *, fresh: bool = False) -> None:
        """Show another query, or the same one again. ``fresh``: what is in memory may be out of date."""
        self.query = query
        self._question += 1
        self._wanted.clear()
        self._busy = False
        question = self._question
        actor, today = self._context.actor, self._context.today()
        worker = self._context.worker
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        worker.read(
            lambda desk: desk.page(query, actor=actor, today=today, limit=PAGE),
            lambda rows: self._first_page(question, rows, fresh), self._failed, owner=self, replaces="queue-page",
        )
        worker.read(
            lambda desk: desk.keys(query, actor=actor, today=today),
            lambda keys: self._all_keys(question, keys), self._failed, owner=self, replaces="queue-keys",
        )

    def refresh(self) -> None:
        """The same question once more, since something moved."""
        self.ask(self.query, fresh=True)

    def _failed(self, error: BaseException) -> None:
        from desktop.ui.worker import said_fault

        sentence = said_fault(error)
        if sentence is not None:
            self._context.worker.environment.emit(sentence)

    def _first_page(self, question: int, rows: Sequence[QueueRow], fresh: bool) -> None:
        if question != self._question:
            return
        if fresh:
            self._rows.clear()
        for row in rows:
            self._rows[row.key] = row
        first = array("q", [row.key for row in rows])
        short = len(rows) < PAGE
        # On a refresh the keys that follow replace everything at once: showing a hundred rows in between
        # would throw the reader back to the top.
        if not fresh or short or not self.complete:
            self._take(first, complete=short)
        self.loaded.emit(short)

    def _all_keys(self, question: int, keys: array[int]) -> None:
        if question != self._question:
            return
        self._take(array("q", keys), complete=True)
        self.loaded.emit(True)

    def _take(self, keys: array[int], *, complete: bool) -> None:
        """Put another list of keys in place with the least disturbance."""
        before = len(self.keys)
        self.complete = complete
        if keys == self.keys:
            if before:
                self.dataChanged.emit(self.index(0, 0), self.index(before - 1, len(COLUMNS) - 1))
            return
        if before and len(keys) > before and keys[:before] == self.keys:
            self.beginInsertRows(QModelIndex(), before, len(keys) - 1)
            self.keys = keys
            self.endInsertRows()
            self.dataChanged.emit(self.index(0, 0), self.index(before - 1, len(COLUMNS) - 1))
            return
        self.about_to_reorder.emit()
        self.beginResetModel()
        self.keys = keys
        self.endResetModel()
        self.reordered.emit()

    # --- pages

    def _request(self) -> None:
        if self._busy or not self._wanted:
            return
        # The pages asked for last are the ones on the screen; those scrolled past are not worth a read.
        pages = list(self._wanted)[-2:]
        self._wanted.clear()
        keys: list[int] = []
        for page in sorted(pages):
            keys += self.keys[page * PAGE:(page + 1) * PAGE]
        if not keys:
            return
        self._busy = True
        question, today = self._question, self._context.today()
        self._context.worker.read(
            lambda desk: desk.rows(keys, today=today),
            lambda rows: self._rows_arrived(question, pages, rows), self._failed, owner=self,
        )

    def _rows_arrived(self, question: int, pages: Sequence[int], rows: Sequence[QueueRow]) -> None:
        if question != self._question:
            return
        self._busy = False
        for row in rows:
            self._rows.pop(row.key, None)
            self._rows[row.key] = row
        for key in list(self._rows)[: max(0, len(self._rows) - KEPT)]:
            del self._rows[key]
        last = len(self.keys) - 1
        for page in pages:
            top, bottom = page * PAGE, min(last, (page + 1) * PAGE - 1)
            if top <= bottom:
                self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(COLUMNS) - 1))
        self.loaded.emit(self.complete)
        if self._wanted:
            self._fetch.start()
