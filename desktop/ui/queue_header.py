"""The header of a queue: click to sort, drag to reorder, and under it, when wanted, one filter box a column."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QLineEdit, QMenu, QWidget

from desktop.app.queue_views import ServiceView
from desktop.ui.i18n import tr
from desktop.ui.queue_columns import BY_ID, COLUMNS
from desktop.ui.queue_delegate import PADDING
from desktop.ui.service_words import PLAIN
from desktop.ui.theme import text_width

REST_MS = 250
TITLE = BY_ID["title"]
# Which columns give way first in a narrow window.
SQUEEZED = (BY_ID["stage"], BY_ID["party"])
# Which column goes altogether where there is no room even then.
YIELDING = (BY_ID["class"],)
# Which columns are given more in a wide one.
GROWING = (BY_ID["type"], BY_ID["party"], BY_ID["stage"])


class QueueHeader(QHeaderView):
    """``sort_wanted(section, add)``, ``filtered({column: text})``, ``left_filters()``, ``arranged()``."""

    sort_wanted = Signal(int, bool)
    filtered = Signal(dict)
    left_filters = Signal()
    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(text_width("余日") + 18)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.service: ServiceView = PLAIN
        self._shift = False
        self.sectionClicked.connect(lambda section: self.sort_wanted.emit(section, self._shift))
        self.editors: dict[int, QLineEdit] = {}
        self._filtering = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.say_filters)
        self._arranged = False
        self._fitting = False
        self.sectionResized.connect(self._moved)
        self.sectionMoved.connect(self._moved)

    # --- the service

    def show_service(self, service: ServiceView, remembered: dict[str, object]) -> None:
        """The columns of another service, as a person arranged them there."""
        self.service = service
        for section, editor in self.editors.items():
            self._name(editor, section)
        self.arrange(remembered)

    def offered(self, section: int) -> bool:
        """Whether cases of the service can have anything in this column."""
        return COLUMNS[section].fits(self.service)

    # --- the filter row

    @property
    def filtering(self) -> bool:
        return self._filtering

    def show_filters(self, shown: bool) -> None:
        """Open or close the row of boxes; closing empties them."""
        if shown and not self.editors:
            self._make_editors()
        self._filtering = shown
        if not shown:
            self.put_filters({})
            self.say_filters()
        self.updateGeometries()
        self.updateGeometry()
        self.geometriesChanged.emit()
        self.place_editors()

    def _make_editors(self) -> None:
        for section, column in enumerate(COLUMNS):
            editor = QLineEdit(self)
            editor.setObjectName("filter")
            editor.setEnabled(bool(column.filter))
            editor.setPlaceholderText(tr("筛选…") if column.filter else "")
            self._name(editor, section)
            editor.textEdited.connect(lambda _text: self._rest.start())
            editor.installEventFilter(self)
            self.editors[section] = editor

    def _name(self, editor: QLineEdit, section: int) -> None:
        editor.setAccessibleName(tr("按{title}筛选", title=COLUMNS[section].title_for(self.service)))

    def filters(self) -> dict[str, str]:
        """Column of the query -> text, only where something is typed."""
        return {
            COLUMNS[section].filter: editor.text().strip()
            for section, editor in self.editors.items() if editor.text().strip()
        }

    def put_filters(self, texts: dict[str, str]) -> None:
        for section, editor in self.editors.items():
            editor.setText(texts.get(COLUMNS[section].filter, ""))

    def say_filters(self) -> None:
        self._rest.stop()
        self.filtered.emit(self.filters())

    def focus_filter(self, section: int) -> None:
        """Put the cursor into a column's box (the title's when that one has none)."""
        editor = self.editors.get(section)
        if editor is None or not editor.isEnabled() or editor.isHidden():
            editor = self.editors[TITLE]
        editor.setFocus()
        editor.selectAll()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        if self._filtering:
            size.setHeight(size.height() + self._editor_height())
        return size

    def updateGeometries(self) -> None:
        self.setViewportMargins(0, 0, 0, self._editor_height() if self._filtering else 0)
        super().updateGeometries()
        self.place_editors()

    def _editor_height(self) -> int:
        return self.fontMetrics().height() + 12

    def place_editors(self) -> None:
        """Each box stands under its column."""
        top = super().sizeHint().height()
        for section, editor in self.editors.items():
            shown = self._filtering and not self.isSectionHidden(section)
            editor.setVisible(shown)
            if shown:
                editor.setGeometry(
                    self.sectionViewportPosition(section), top, self.sectionSize(section), self._editor_height()
                )
        # Tab goes through the boxes as they stand on the screen, not as they were made.
        ordered = sorted(self.editors, key=self.visualIndex)
        for before, after in pairwise(ordered):
            QWidget.setTabOrder(self.editors[before], self.editors[after])

    def _moved(self, *_numbers: int) -> None:
        if self._fitting:
            return
        self._arranged = True
        self.fit()
        self.arranged.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QLineEdit):
            if event.key() == Qt.Key.Key_Escape:
                if watched.text():
                    watched.clear()
                    self.say_filters()
                else:
                    self.left_filters.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self.say_filters()
                self.left_filters.emit()
                return True
        return False

    # --- sorting, choosing columns

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.columns_menu().popup(event.globalPos())

    def columns_menu(self) -> QMenu:
        """Which columns are shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section, column in enumerate(COLUMNS):
            if not self.offered(section):
                continue
            item = menu.addAction(column.title_for(self.service))
            item.setCheckable(True)
            item.setChecked(not self.isSectionHidden(section))
            item.setEnabled(section != TITLE)
            item.toggled.connect(lambda shown, section=section: self.show_column(section, shown))
        menu.addSeparator()
        menu.addAction(tr("恢复默认的列"), self.reset_arrangement)
        return menu

    def show_column(self, section: int, shown: bool) -> None:
        self.setSectionHidden(section, not shown)
        self._moved()

    # --- arrangement

    def reset_arrangement(self) -> None:
        """The columns as they were shipped."""
        self.arrange({})
        self.arranged.emit()

    def arrangement(self) -> dict[str, object]:
        """Order, hidden columns and widths as plain values; empty while nobody arranged anything."""
        if not self._arranged:
            return {}
        order = sorted(range(self.count()), key=self.visualIndex)
        return {
            "order": [COLUMNS[section].id for section in order],
            "hidden": [COLUMNS[section].id for section in order if self.isSectionHidden(section)],
            "widths": {COLUMNS[section].id: self.sectionSize(section) for section in order
                       if not self.isSectionHidden(section) and section != TITLE},
        }

    def arrange(self, wanted: dict[str, object]) -> None:
        """Put columns as remembered; names that no longer exist are passed over. Empty: as shipped."""
        order, hidden, widths = wanted.get("order"), wanted.get("hidden"), wanted.get("widths")
        self._arranged = isinstance(hidden, list)
        names = [column.id for column in COLUMNS]
        remembered = [name for name in order if name in names] if isinstance(order, list) else []
        sequence = remembered + [name for name in names if name not in remembered]
        self._fitting = True
        for place, name in enumerate(sequence):
            self.moveSection(self.visualIndex(names.index(name)), place)
        for section, column in enumerate(COLUMNS):
            away = column.id in hidden if isinstance(hidden, list) else column.rank_for(self.service) != 0
            self.setSectionHidden(section, away or not self.offered(section))
            width = widths.get(column.id) if isinstance(widths, dict) else None
            self.resizeSection(section, width if isinstance(width, int) else self._natural(section))
        self._fitting = False
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give the title what is left; while nobody chose columns, show more of them where there is room."""
        if self._fitting or not self.count():
            return
        self._fitting = True
        room = self.viewport().width()
        least = self._natural(TITLE)
        if not self._arranged:
            first = self._yield(room)
            least -= self._squeeze(sum(self._natural(section) for section in first) - room)
            used = self._natural(TITLE)
            used += sum(self.sectionSize(section) for section in first if section != TITLE)
            ranks = {section: column.rank_for(self.service) for section, column in enumerate(COLUMNS)}
            spare = [section for section, rank in ranks.items() if rank > 0 and self.offered(section)]
            for section in sorted(spare, key=lambda section: ranks[section]):
                used += self._natural(section)
                if self.isSectionHidden(section) != (used > room):
                    self.setSectionHidden(section, used > room)
                    self.resizeSection(section, self._natural(section))
            self._grow(room)
        others = sum(self.sectionSize(section) for section in range(self.count()) if section != TITLE)
        self.resizeSection(TITLE, max(least, room - others))
        self._fitting = False
        self.place_editors()

    def _yield(self, room: int) -> list[int]:
        """The columns of the first rank that are shown: in a very narrow window one goes before the list has to be
        scrolled sideways."""
        first = self._first()
        least = sum(self._natural(section) - (self._natural(section) // 3 if section in (TITLE, *SQUEEZED) else 0)
                    for section in first)
        for section in YIELDING:
            if section in first:
                if least > room:
                    first.remove(section)
                    least -= self._natural(section)
                self.setSectionHidden(section, section not in first)
                self.resizeSection(section, self._natural(section))
        return first

    def _squeeze(self, lacking: int) -> int:
        """Take what is lacking from the columns that bear to be cut; the rest, up to a third, is the title's."""
        for section in SQUEEZED:
            natural = self._natural(section)
            cut = max(0, min(lacking, natural // 3))
            self.resizeSection(section, natural - cut)
            lacking -= cut
        return max(0, min(lacking, self._natural(TITLE) // 3))

    def natural_width(self) -> int:
        """What the columns that are always shown at first would like to have together."""
        return sum(self._natural(section) for section in self._first())

    def _first(self) -> list[int]:
        """The columns that are always shown at first."""
        return [section for section, column in enumerate(COLUMNS)
                if column.rank_for(self.service) == 0 and self.offered(section)]

    def _grow(self, room: int) -> None:
        """Where the title has twice its width and more, the columns that were cut short have theirs."""
        shown = [section for section in range(self.count()) if not self.isSectionHidden(section) and section != TITLE]
        left = room - 2 * self._natural(TITLE) - sum(self.sectionSize(section) for section in shown)
        for section in GROWING:
            wanted = text_width(COLUMNS[section].ample_for(self.service)) + 2 * PADDING + 3
            more = min(max(0, left), max(0, wanted - self.sectionSize(section)))
            if section in shown and more:
                self.resizeSection(section, self.sectionSize(section) + more)
                left -= more

    def _natural(self, section: int) -> int:
        return text_width(COLUMNS[section].sample_for(self.service)) + 2 * PADDING + 3
