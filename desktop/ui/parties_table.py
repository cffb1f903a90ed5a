"""The list of parties: one is chosen by what it is, not by where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_model import BY_ID, COLUMNS, PartyModel
from desktop.ui.queue_copy import one_line
from desktop.ui.queue_table import EmptyState
from desktop.ui.theme import row_height, text_width

NAME = BY_ID["name"]
PADDING = 22


class PartyTable(QTableView):
    """``current_changed(id)`` when a person goes to another row; news alone never moves them."""

    current_changed = Signal(str)

    def __init__(self, context: Context, model: PartyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parties = model
        self.chosen = ""
        self._moving = self._awaits = self._fitting = False
        self._widths: dict[int, int] = {}
        self.setObjectName("partyTable")
        self.setModel(model)
        self.setAccessibleName(tr("主体和机构列表"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(row_height(self.font()))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsMovable(True)
        # A header asks for every column whether all its rows are selected; it shows no selection, so it watches none.
        header.setSelectionModel(QItemSelectionModel(model, header))
        self.empty = EmptyState(self.viewport())
        self._arrange()
        header.sectionResized.connect(self._resized)
        self.selectionModel().currentRowChanged.connect(lambda *_both: self._moved())
        model.loaded.connect(self._restore)
        model.modelAboutToBeReset.connect(lambda: self._hold(True))
        model.modelReset.connect(lambda: self._hold(False))
        context.theme.changed.connect(self.viewport().update)

    def _arrange(self) -> None:
        for section, column in enumerate(COLUMNS):
            wide = max(text_width(column.sample), text_width(column.title), text_width(column.agency_title))
            self._widths[section] = wide + PADDING
            self.setColumnWidth(section, wide + PADDING)

    def _resized(self, section: int, _before: int, width: int) -> None:
        if width and not self._fitting:
            self._widths[section] = width

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """The name takes what the others leave; the columns of a higher rank go, where the name would be left too
        little."""
        self._fitting = True
        least = text_width("国") * 11 + PADDING
        room = self.viewport().width() - least
        for section in sorted(self._widths, key=lambda section: COLUMNS[section].rank):
            if section != NAME:
                fits = not COLUMNS[section].rank or self._widths[section] <= room
                room -= self._widths[section] if fits else room
                self.setColumnHidden(section, not fits)
                self.setColumnWidth(section, self._widths[section])
        taken = sum(self.columnWidth(section) for section in self._widths if section != NAME)
        self.setColumnWidth(NAME, max(least, self.viewport().width() - taken))
        self._fitting = False

    # --- which party

    def choose(self, id_: str) -> bool:
        """Put the cursor on a party, if its row was read; it stays the chosen one either way."""
        self.chosen = id_
        return self._restore()

    def _moved(self) -> None:
        if self._moving:
            return
        index = self.currentIndex()
        row = self._parties.row(index.row()) if index.isValid() else None
        # Somebody went where nothing was read yet; the party follows when its row is there.
        self._awaits = index.isValid() and row is None
        if row is not None and row.id != self.chosen:
            self.chosen = row.id
            self.current_changed.emit(row.id)

    def _hold(self, held: bool) -> None:
        self._moving = held
        self._awaits = False

    def _restore(self) -> bool:
        """Rows came or moved: the cursor goes where the chosen party stands now. One that is not among them is not
        marked, and the arrow keys go on from where the cursor was."""
        if self._awaits:
            self._moved()
            return not self._awaits
        number = self._parties.number_of(self.chosen) if self.chosen else -1
        self._moving = True
        if number >= 0 and (number != self.currentIndex().row() or not self.selectionModel().hasSelection()):
            self.selectRow(number)
        elif number < 0:
            self.clearSelection()
        self._moving = False
        return number >= 0

    def seen(self) -> list[int]:
        """Numbers of the first and the last row on the screen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return []
        return [first, last if last >= 0 else self._parties.total - 1]

    def copied(self) -> str:
        """The row under the cursor with the header, as a spreadsheet takes them."""
        row = self._parties.known(self.currentIndex().row())
        if row is None:
            return ""
        kind = self._parties.query.kind
        shown = [column for section, column in enumerate(COLUMNS) if not self.isColumnHidden(section)]
        return "\n".join(("\t".join(column.title_for(kind) for column in shown),
                          "\t".join(one_line(column.text(row)) for column in shown)))

    # --- keys of a spreadsheet

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if key == Qt.Key.Key_Home or (control and key == Qt.Key.Key_Up):
            self._jump(0)
        elif key == Qt.Key.Key_End or (control and key == Qt.Key.Key_Down):
            self._jump(self._parties.total - 1)
        else:
            super().keyPressEvent(event)

    def _jump(self, number: int) -> None:
        if 0 <= number < self._parties.total:
            self.selectRow(number)
            self.scrollTo(self._parties.index(number, NAME))

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the page, not of this list."""

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.empty.setGeometry(self.viewport().rect())
        return super().viewportEvent(event)
