"""The queue screen: fields and views at the left, the list, the selected case in brief at the right."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.app.queue_views import QueueQuery, ServiceView
from desktop.ui.actions import Actions
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.queue_acts import QueueActs
from desktop.ui.queue_brief import QueueBrief
from desktop.ui.queue_columns import COLUMNS
from desktop.ui.queue_empty import BEGIN, BEGIN_BY_LIST, CLEAR, empty_words
from desktop.ui.queue_model import LEAD, QueueModel
from desktop.ui.queue_side import VIEWS, QueueSide
from desktop.ui.queue_table import QueueTable
from desktop.ui.queue_toolbar import QueueToolbar
from desktop.ui.service_words import PLAIN, PREEXAM
from desktop.ui.tallies import NOTHING, Tallies
from desktop.ui.theme import row_height, text_width
from desktop.ui.widgets.banner import Banner

REFRESH_MS = 60


def columns_key(procedure: str) -> str:
    """Where a person's columns of one service are remembered; pre-examination came before the others."""
    return "queue.columns" if procedure == PREEXAM else f"queue.columns.{procedure}"


class QueuePage(QueueActs, QWidget):
    """One screen for every service; ``show_service`` chooses. ``said(text)`` for the status line; the rest asks the
    window. ``tallies`` counts for all services."""

    said = Signal(str)
    open_wanted = Signal(int)
    record_wanted = Signal(int)
    import_wanted = Signal()
    package_wanted = Signal()
    new_wanted = Signal()
    start_wanted = Signal(int)
    limits_wanted = Signal(str)
    search_changed = Signal(str)
    service_shown = Signal(object)
    first_shown = Signal()

    def __init__(self, context: Context, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._worker = context, context.worker
        self._actions = actions
        self._started = False
        self._counts = NOTHING
        self._selected = 0
        self._brief_wanted = True
        self.service: ServiceView = PLAIN
        self.query = QueueQuery(procedure=PLAIN.id, sort=LEAD)
        # What was asked for in the services that are not on the screen.
        self._queries: dict[str, QueueQuery] = {}
        self.tallies = Tallies(context)
        self.model = QueueModel(context, self)
        self.side = QueueSide(context.theme, self)
        self.table = QueueTable(context, self.model, self)
        self.brief = QueueBrief(context, self)
        self.brief.is_strategic = self._is_strategic
        # Several writes in a row (an import, a bulk) must not ask for the same page each time.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(REFRESH_MS)
        self._again.timeout.connect(self.refresh)
        self._lay_out()
        self._connect()
        actions.bind("queue", self)
        actions.bind("queue.table", self, keys_on=self.table)
        self._show_state()

    # --- layout

    def _lay_out(self) -> None:
        middle = QFrame(self)
        middle.setObjectName("panel")
        down = QVBoxLayout(middle)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        self.toolbar = QueueToolbar(self._actions, middle)
        self.banner = Banner(tr("查看期限…"), middle)
        down.addWidget(self.toolbar)
        down.addWidget(self.banner)
        down.addWidget(self.table, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for widget in (self.side, middle, self.brief):
            self.split.addWidget(widget)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([self.side.minimumWidth(), 800, self.brief.minimumWidth() + 8])
        # The page says itself what it leaves out when it is narrow (see fit), so its parts must not hold it open.
        self.split.setMinimumWidth(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.split)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.side.field_chosen.connect(lambda label: self._ask(field=label))
        self.side.view_chosen.connect(self.choose_view)
        self.toolbar.view_chosen.connect(self.choose_view)
        self.toolbar.category_chosen.connect(self.choose_category_label)
        self.banner.acted.connect(lambda: self.limits_wanted.emit(self.service.id))
        self.tallies.told.connect(self._counted)
        header = self.table.header
        header.sort_wanted.connect(self.sort_by)
        header.filtered.connect(self._filter)
        header.left_filters.connect(self.focus_list)
        header.arranged.connect(self._remember_columns)
        self.table.current_changed.connect(self.brief.show_key)
        self.table.selection_said.connect(self._selection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._context_menu)
        self.table.doubleClicked.connect(lambda _index: self.open_current())
        # Told after the paint, so that a listener may do as it likes with the window.
        self.table.first_shown.connect(self.first_shown, Qt.ConnectionType.QueuedConnection)
        self.table.empty.acted.connect(self._leave_empty)
        self.model.loaded.connect(self._loaded)
        self.brief.open_wanted.connect(self.open_wanted)
        self.brief.record_wanted.connect(self.record_wanted)
        self.split.splitterMoved.connect(lambda *_: self._context.remember("queue.split", self.split.sizes()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out, in this order, what a narrow window has no room for: key caps, a chip for each kind of matter,
        the brief, the strip."""
        wanted = self._brief_wanted
        for caps, chips, brief, side in ((True, True, wanted, True), (False, True, wanted, True),
                                         (True, False, wanted, True), (False, False, wanted, True),
                                         (False, False, False, True), (False, False, False, False)):
            self.toolbar.show_keys(caps)
            self.toolbar.show_chips(chips)
            needed = self.toolbar.minimumSizeHint().width()
            needed += self.brief.minimumWidth() if brief else 0
            needed += self.side.minimumWidth() if side else 0
            if needed <= self.width():
                break
        self.brief.setVisible(brief)
        self.side.setVisible(side)
        if not self._context.setting("queue.split"):
            left = self.side.minimumWidth()
            spare = self.width() - left - self.table.header.natural_width() - 2 * row_height()
            right = min(max(spare, self.brief.minimumWidth()), text_width("国") * 23)
            self.split.setSizes([left, self.width() - left - right, right])

    def _context_menu(self, spot: QPoint) -> None:
        self._actions.context_menu(self, "queue").popup(self.table.viewport().mapToGlobal(spot))

    # --- starting, refreshing

    def start(self) -> None:
        """Show the queue as this person left it."""
        self._started = True
        self._put_service(str(self._context.setting("queue.service", "")))
        sizes = self._context.setting("queue.split")
        if isinstance(sizes, list) and len(sizes) == 3:
            self.split.setSizes([int(size) for size in sizes])
        self._brief_wanted = bool(self._context.setting("queue.brief", True))
        self.fit()
        self.model.ask(self.query, fresh=True)
        self.tallies.ask()
        if self.isVisibleTo(self.window()):  # behind another page it must not take the keyboard from it
            self.focus_list()

    # --- the service

    def show_service(self, procedure: str) -> None:
        """The queue of one service, as it was left; of the first when there is none of that name."""
        before = self.service.id
        self._put_service(procedure)
        if self.service.id == before:
            return
        self._context.remember("queue.service", self.service.id)
        self.brief.show_key(None)
        if self._started:
            self.table.empty.hide()
            self.model.ask(self.query, fresh=True)
        self._show_counts()

    def services_changed(self) -> None:
        """The centre offers others, or calls things differently."""
        if self._started:
            self.show_service(self.service.id)
            self.tallies.ask()

    def _put_service(self, procedure: str) -> None:
        services = self._context.services
        service = self._context.service(procedure) or (services[0] if services else PLAIN)
        if service.id != self.query.procedure:
            self._queries[self.query.procedure] = self.query
            self.query = self._queries.get(service.id) or QueueQuery(procedure=service.id, sort=LEAD)
            if self.query.view == "matured" and not service.watches:
                self.query = replace(self.query, view="open")
        self.service = service
        header = self.table.header
        self.model.show_service(service)
        self.side.show_service(service)
        self.toolbar.show_service(service)
        self.banner.tell(service.banner)
        remembered = self._context.setting(columns_key(service.id))
        header.show_service(service, remembered if isinstance(remembered, dict) else {})
        if bool(self.query.columns) != header.filtering:
            header.show_filters(bool(self.query.columns))
        header.put_filters(dict(self.query.columns))
        self.search_changed.emit(self.query.search)
        self.service_shown.emit(service)
        self.model.query = self.query
        self.fit()
        self._show_state()

    def case_changed(self, keys: frozenset[int] | None) -> None:
        """Something was written, here or elsewhere."""
        if self._started:
            self._again.start()
        if keys is None or self.brief.key in keys:
            self.brief.show_key(self.brief.key, fresh=True)

    def refresh(self) -> None:
        """Ask again; selection and place in the list stay."""
        self.model.refresh()
        self.tallies.ask()

    def _counted(self) -> None:
        self.side.show_fields(self.tallies.fields)
        self._show_counts()

    def _show_counts(self) -> None:
        self._counts = self.tallies.of(self.service.id)
        self.side.show_counts(self._counts)
        self._show_state()
        self._show_empty()

    # --- the question

    def _ask(self, **changes: object) -> None:
        query = replace(self.query, **changes)  # type: ignore[arg-type]
        if query == self.query:
            return
        self.query = query
        self._show_state()
        if self._started:
            self.table.empty.hide()
            self.model.ask(query)

    def choose_view(self, view: str) -> None:
        """One of the saved views."""
        self._show_state()
        self._ask(view=view)

    def choose_category_label(self, category: str) -> None:
        """Only this kind of matter; empty for all."""
        self._ask(category=category)
        self._show_state()

    def search(self, text: str) -> None:
        """Find by contained text in the present view."""
        self._ask(search=text)

    def sort_by(self, section: int, add: bool) -> None:
        """Click: by this column, once more: the other way; the date once more: as the queue began. Shift and click:
        also by this column."""
        name = COLUMNS[section].sort
        if not name:
            return
        sort = [] if self.query.sort == LEAD else list(self.query.sort)
        present = next((place for place, (column, _) in enumerate(sort) if column == name), None)
        if sort == [("due_on", True)] and name == "due_on":
            sort = list(LEAD)
        elif present is not None and (add or len(sort) == 1):
            sort[present] = (name, not sort[present][1])
        elif add:
            sort.append((name, False))
        else:
            sort = [(name, False)]
        self._ask(sort=tuple(sort))

    def _filter(self, texts: dict[str, str]) -> None:
        self._ask(columns=texts)

    def toggle_filters(self) -> None:
        """The row of boxes under the header."""
        header = self.table.header
        header.show_filters(not header.filtering)
        if header.filtering:
            header.focus_filter(max(0, self.table.currentIndex().column()))
        else:
            self.focus_list()

    def clear_filters(self) -> None:
        """Everything that narrows the list, away at once; the view stays."""
        self.table.header.put_filters({})
        self.search_changed.emit("")
        self._ask(field="", category="", examiner="", search="", columns={})

    def show_newest(self) -> None:
        """What came in last, on top (after an import)."""
        self.show_service(PREEXAM)
        self.table.header.put_filters({})
        self.search_changed.emit("")
        self._ask(view="open", field="", category="", examiner="", search="", columns={},
                  sort=(("received_on", True), ("number", True)))
        self.focus_list()

    # --- what is shown

    def _show_state(self) -> None:
        self.side.show_choice(self.query.field, self.query.view)
        self.toolbar.show_state(self.query, self._counts, selected=self.has_selection())
        self.say()

    def say(self) -> None:
        """The status line of this page."""
        shown = len(self.model.keys)
        parts = [tr("{n} 件", n=f"{shown:,}") if self.model.complete else tr("正在读取…")]
        if self._selected:
            parts.append(tr("已选 {n}", n=f"{self._selected:,}"))
        parts += self.conditions()
        self.said.emit(" · ".join(parts))

    def conditions(self) -> list[str]:
        """What narrows the list, in words."""
        query = self.query
        said = [] if query.view == "open" else [tr("视图：{view}", view=tr(dict(VIEWS)[query.view]))]
        if query.field:
            said.append(tr("领域：{field}", field=query.field))
        if query.category:
            said.append(tr("{what}：{kind}", what=self.service.words.category, kind=query.category))
        if query.search:
            said.append(tr("查找：{text}", text=query.search))
        titles = {column.filter: column.title_for(self.service) for column in COLUMNS if column.filter}
        said += [tr("{title}含「{text}」", title=titles[name], text=text) for name, text in query.columns.items()]
        return said

    def _loaded(self, complete: bool) -> None:
        if self.table.current_key() is None and self.model.keys:
            self.table.selectRow(0)
        self._show_empty()
        self.say()

    def _show_empty(self) -> None:
        empty = self.table.empty
        if self.model.keys or not self.model.complete:
            empty.hide()
        else:
            sentence, button, _what = empty_words(self.service, self._counts, self.conditions())
            empty.tell(sentence, button)

    def _leave_empty(self) -> None:
        what = empty_words(self.service, self._counts, self.conditions())[2]
        if what == BEGIN_BY_LIST:
            self.import_list()
        elif what == BEGIN:
            self.new_wanted.emit()
        elif what == CLEAR:
            self.clear_filters()
            self.choose_view("open")
        else:
            self.choose_view("ended")

    def _is_strategic(self, key: int) -> bool:
        row = self.model.known(key)
        return row is not None and row.strategic

    def _selection(self, count: int) -> None:
        self._selected = count
        self._show_state()

    def focus_list(self) -> None:
        """The keyboard goes to the list."""
        self.table.setFocus()

    def _remember_columns(self) -> None:
        if self._started:
            self._context.remember(columns_key(self.service.id), self.table.header.arrangement())

    # --- the order of the list, for the case page

    def position(self, key: int) -> tuple[int, int] | None:
        """(place from 1, length) of a case in the list; it also becomes the current one."""
        if not self.table.choose(key):
            return None
        return self.model.number_of(key) + 1, len(self.model.keys)

    def neighbour(self, step: int) -> int | None:
        """The case after (1) or before (-1) the current one."""
        number = self.table.currentIndex().row() + step
        return self.model.keys[number] if 0 <= number < len(self.model.keys) else None
