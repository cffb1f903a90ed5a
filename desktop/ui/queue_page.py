"""The queue screen: fields and views at the left, the list, the selected case in brief at the right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.app.views import QueueCounts, QueueQuery
from desktop.ui.actions import Actions
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.queue_brief import QueueBrief
from desktop.ui.queue_columns import COLUMNS
from desktop.ui.queue_copy import table_text
from desktop.ui.queue_model import QueueModel
from desktop.ui.queue_side import VIEWS, QueueSide
from desktop.ui.queue_table import QueueTable
from desktop.ui.queue_toolbar import QueueToolbar
from desktop.ui.theme import row_height, text_width

if TYPE_CHECKING:
    from desktop.app.desk import Desk

PROCEDURE = "preexam"
REFRESH_MS = 60


class QueuePage(QWidget):
    """``said(text)`` for the status line, ``counted(QueueCounts)`` for the rail; the rest asks the window."""

    said = Signal(str)
    counted = Signal(object)
    open_wanted = Signal(int)
    record_wanted = Signal(int)
    import_wanted = Signal()
    search_changed = Signal(str)
    first_shown = Signal()

    def __init__(self, context: Context, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._worker = context, context.worker
        self._actions = actions
        self._started = False
        self._counts = QueueCounts({}, {}, {})
        self._selected = 0
        self._brief_wanted = True
        self.query = QueueQuery(procedure=PROCEDURE)
        self.model = QueueModel(context, self)
        self.side = QueueSide(context.theme, self)
        self.table = QueueTable(context, self.model, self)
        self.brief = QueueBrief(context, self)
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
        down.addWidget(self.toolbar)
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
        self.toolbar.type_chosen.connect(self.choose_type)
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
        """Leave out, in this order, what a narrow window has no room for: key caps, the brief, the strip."""
        wanted = self._brief_wanted
        for caps, brief, side in ((True, wanted, True), (False, wanted, True), (False, False, True),
                                  (False, False, False)):
            self.toolbar.show_keys(caps)
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
        remembered = self._context.setting("queue.columns")
        self.table.header.arrange(remembered if isinstance(remembered, dict) else {})
        sizes = self._context.setting("queue.split")
        if isinstance(sizes, list) and len(sizes) == 3:
            self.split.setSizes([int(size) for size in sizes])
        self._brief_wanted = bool(self._context.setting("queue.brief", True))
        self.fit()
        self.model.ask(self.query, fresh=True)
        self._count()
        self.focus_list()

    def case_changed(self, keys: frozenset[int] | None) -> None:
        """Something was written, here or elsewhere."""
        if self._started:
            self._again.start()
        if keys is None or self.brief.key in keys:
            self.brief.show_key(self.brief.key, fresh=True)

    def refresh(self) -> None:
        """Ask again; selection and place in the list stay."""
        self.model.refresh()
        self._count()

    def _count(self) -> None:
        actor, today = self._context.actor, self._context.today()
        self._worker.read(
            lambda desk: (desk.counts(PROCEDURE, actor=actor, today=today), desk.fields()), self._counted,
            owner=self, replaces="counts",
        )

    def _counted(self, answer: tuple[QueueCounts, tuple[str, ...]]) -> None:
        self._counts, fields = answer
        self.side.show_fields(fields)
        self.side.show_counts(self._counts)
        self.counted.emit(self._counts)
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

    def choose_type(self, patent_type: str) -> None:
        """Only this patent type; empty for all."""
        self._ask(patent_type=patent_type)

    def search(self, text: str) -> None:
        """Find by contained text in the present view."""
        self._ask(search=text)

    def sort_by(self, section: int, add: bool) -> None:
        """Click: by this column, once more: the other way. Shift and click: also by this column."""
        name = COLUMNS[section].sort
        if not name:
            return
        sort = list(self.query.sort)
        present = next((place for place, (column, _) in enumerate(sort) if column == name), None)
        if present is not None and (add or len(sort) == 1):
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
        self._ask(field="", patent_type="", examiner="", search="", columns={})

    def show_newest(self) -> None:
        """What came in last, on top (after an import)."""
        self.table.header.put_filters({})
        self.search_changed.emit("")
        self._ask(view="open", field="", patent_type="", examiner="", search="", columns={},
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
        if query.patent_type:
            said.append(tr("类型：{kind}", kind=query.patent_type))
        if query.search:
            said.append(tr("查找：{text}", text=query.search))
        titles = {column.filter: column.title for column in COLUMNS if column.filter}
        said += [tr("{title}含「{text}」", title=tr(titles[name]), text=text) for name, text in query.columns.items()]
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
        elif not self._counts.views.get("all", 0):
            empty.tell(tr("还没有案件。把平台导出的表拖到窗口里，或按 Ctrl＋I 导入。"), tr("导入平台导出表…"))
        elif self.conditions():
            empty.tell(tr("没有符合条件的案件：{what}", what="，".join(self.conditions())), tr("清除全部条件"))
        else:
            empty.tell(tr("没有在办的案件，都办结了。"), tr("查看已办结"))

    def _leave_empty(self) -> None:
        if not self._counts.views.get("all", 0):
            self.import_list()
        elif self.conditions():
            self.clear_filters()
            self.choose_view("open")
        else:
            self.choose_view("ended")

    def _selection(self, count: int) -> None:
        self._selected = count
        self._show_state()

    def focus_list(self) -> None:
        """The keyboard goes to the list."""
        self.table.setFocus()

    def _remember_columns(self) -> None:
        if self._started:
            self._context.remember("queue.columns", self.table.header.arrangement())

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

    # --- actions

    def has_current(self) -> bool:
        return self.table.current_key() is not None

    def has_selection(self) -> bool:
        return self.table.selectionModel().hasSelection()

    def open_current(self) -> None:
        key = self.table.current_key()
        if key is not None:
            self.open_wanted.emit(key)

    def open_next(self) -> None:
        """The most urgent case that waits for this person: theirs first, else one that nobody has yet."""
        actor, today = self._context.actor, self._context.today()
        queries = [QueueQuery(procedure=PROCEDURE, view=view) for view in ("mine", "unassigned")]

        def find(desk: Desk) -> int | None:
            for query in queries:
                for row in desk.page(query, actor=actor, today=today, limit=50):
                    if row.stage_kind == "open":
                        return row.key
            return None

        self._worker.read(find, self._open_found, owner=self, replaces="next")

    def _open_found(self, key: int | None) -> None:
        if key is None:
            self._context.notices.tell(tr("没有等您办理的案件：您承办的都在等申请人或已办结，也没有待分案的。"))
        else:
            self.open_wanted.emit(key)

    def assign(self) -> None:
        """Give the selected cases to somebody, after a look at what will happen."""
        from desktop.ui.queue_assign import AssignDialog

        keys = self.table.selected_keys()
        if keys:
            AssignDialog(self._context, keys, self).open()

    def import_list(self) -> None:
        self.import_wanted.emit()

    def show_record(self) -> None:
        key = self.table.current_key()
        if key is not None:
            self.record_wanted.emit(key)

    def select_all_rows(self) -> None:
        self.table.selectAll()

    def choose_columns(self) -> None:
        header = self.table.header
        header.columns_menu().popup(header.mapToGlobal(header.rect().bottomLeft()))

    def toggle_brief(self) -> None:
        self._brief_wanted = not self._brief_wanted
        self.fit()
        if self._brief_wanted and self.brief.isHidden():
            self._context.notices.tell(tr("窗口太窄，放宽后显示案件简要"))
        self._context.remember("queue.brief", self._brief_wanted)

    def toggle_why(self) -> None:
        self.brief.toggle_why()

    def copy_rows(self) -> None:
        """The selected rows as a table with its header, as any spreadsheet takes it."""
        header = self.table.header
        order = sorted(range(len(COLUMNS)), key=header.visualIndex)
        columns = [COLUMNS[section] for section in order if not header.isSectionHidden(section)]
        keys, today = self.table.selected_keys(), self._context.today()

        self._worker.read(
            lambda desk: table_text(desk, keys, columns, today), lambda text: self._copied(text, len(keys)),
            owner=self, replaces="copy",
        )

    def _copied(self, text: str, count: int) -> None:
        QApplication.clipboard().setText(text)
        self._context.notices.tell(tr("已复制 {n} 行，可直接粘贴到表格。", n=f"{count:,}"), "done")
