"""The register of parties and agencies: strip, list, and the one under the cursor at the right.

In a narrow window list and party take turns: Enter goes to the party, Esc back to the list.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QPushButton, QSplitter, QVBoxLayout, QWidget

from desktop.app.party_views import PartyQuery
from desktop.core.party_facts import PartyKind
from desktop.ui.actions import Actions, action
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_acts import PartyActs
from desktop.ui.parties_model import PartyModel
from desktop.ui.parties_pane import PartyPane
from desktop.ui.parties_side import PartyCounts, PartySide, count
from desktop.ui.parties_table import PartyTable
from desktop.ui.parties_words import kind_title
from desktop.ui.theme import text_width
from desktop.ui.widgets.buttons import KeyButton

REFRESH_MS, TYPING_MS = 60, 200
#: Below so many Chinese characters of width the strip goes; below so many list and party take turns.
WITHOUT_STRIP, TAKING_TURNS = 74, 62
TOOLS = (("parties.duplicates", "重复登记"), ("parties.import", "导入名单"), ("window.new", "登记"))


class PartiesPage(PartyActs):
    """``said(text)`` for the status line; ``case_wanted(key)``: open a case."""

    said = Signal(str)
    case_wanted = Signal(int)

    def __init__(self, context: Context, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._worker, self._actions = context, context.worker, actions
        self.query = PartyQuery(kind=PartyKind.PARTY.value)
        self._stale = True
        self._turned = False
        self._pane_wanted = True
        self._wants_first = True
        self._asked_for = ""
        self.side = PartySide(context.theme, self)
        self.model = PartyModel(context, self)
        self.table = PartyTable(context, self.model, self)
        self.pane = PartyPane(context, self)
        self.search = QLineEdit(self)
        self._again = self._timer(REFRESH_MS, self._refresh)
        self._typing = self._timer(TYPING_MS, lambda: self.ask(search=self.search.text().strip()))
        self._lay_out()
        self._connect()
        actions.bind("parties", self)
        actions.bind("parties.table", self, keys_on=self.table)
        self.side.show_query(self.query)
        self._show_state()

    def _timer(self, interval: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(run)
        return timer

    # --- layout

    def _lay_out(self) -> None:
        self.middle = QFrame(self)
        self.middle.setObjectName("panel")
        bar = QFrame(self.middle)
        bar.setObjectName("toolbar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(12, 7, 12, 7)
        line.setSpacing(8)
        # What stands in for the strip where there is no room for it.
        self.filter = QPushButton(bar)
        self.filter.setProperty("chip", True)
        self.filter.setMenu(QMenu(self.filter))
        self.filter.menu().aboutToShow.connect(self._fill_filter)
        self.search.setPlaceholderText(tr("名称、代码、编号、联系人…"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("在登记中查找"))
        self.search.setToolTip(tr("在登记中查找（{keys}）；上方的查找框找案件", keys=action("parties.search").keys))
        self.search.setMinimumWidth(text_width("国") * 9)
        line.addWidget(self.filter)
        line.addWidget(self.search, 1)
        self.tools: dict[str, KeyButton] = {}
        for identity, label in TOOLS:
            button = KeyButton(tr(label), action(identity).keys, bar, primary=identity == "window.new")
            button.setToolTip(tr(action(identity).label) if identity != "window.new" else tr("登记一个主体或机构"))
            button.clicked.connect(partial(self._actions.run, identity))
            self.tools[identity] = button
            line.addWidget(button)
        down = QVBoxLayout(self.middle)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(bar)
        down.addWidget(self.table, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for widget in (self.side, self.middle, self.pane):
            self.split.addWidget(widget)
        self.split.setStretchFactor(1, 1)
        self.split.setMinimumWidth(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self.split)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.side.asked.connect(lambda name, value: self.ask(**{name: value}))
        self.side.tag_wanted.connect(self.choose_tag)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._search_now)
        self.table.current_changed.connect(self.pane.show_id)
        self.table.doubleClicked.connect(lambda _index: self.open_current())
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._context_menu)
        self.table.empty.acted.connect(self._leave_empty)
        self.model.loaded.connect(self._loaded)
        self.pane.asked.connect(self.take)
        self.pane.back.connect(self.leave_pane)
        self.pane.shown.connect(self._pane_shown)
        self.pane.case_asked.connect(self._open_case)
        self._worker.changed.connect(self._something_changed)
        self._context.actor_changed.connect(lambda _name: self._something_changed(None, ""))
        self.split.splitterMoved.connect(lambda *_: self._context.remember("parties.split", self.split.sizes()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Leave out what a narrow window has no room for."""
        glyphs = self.width() / max(1, text_width("国"))
        turns = glyphs < TAKING_TURNS
        held = self.focusWidget()
        with_side = glyphs >= WITHOUT_STRIP
        self.side.setVisible(with_side)
        self.filter.setVisible(not with_side)
        self.pane.show_alone(turns)
        self.pane.setVisible(self._turned if turns else self._pane_wanted)
        self.middle.setVisible(not (turns and self._turned))
        for button in self.tools.values():
            button.show_keys(glyphs >= 80)
        sizes = self._context.setting("parties.split")
        if isinstance(sizes, list) and len(sizes) == 3 and all(sizes):
            self.split.setSizes([int(size) for size in sizes])
        else:
            left = self.side.minimumWidth() if with_side else 0
            right = max(self.pane.minimumWidth(), min(text_width("国") * 32, round(self.width() * 0.32)))
            self.split.setSizes([left, self.width() - left - right, right])
        if held is not None and not held.isVisible() and self.isVisible():
            self._focus_shown()

    def _focus_shown(self) -> None:
        """The keyboard goes to the part that stands there."""
        if self.middle.isHidden():
            self.pane.focus_tab()
        else:
            self.focus_list()

    def _context_menu(self, spot: QPoint) -> None:
        self._actions.context_menu(self, "parties").popup(self.table.viewport().mapToGlobal(spot))

    # --- reading

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._refresh() if self.model.answered else self._begin()

    def _begin(self) -> None:
        self.model.ask(self.query)
        self._count()

    def _something_changed(self, _keys: object, _origin: str) -> None:
        # Whatever was written may have moved a quota, a rate or a proposal.
        if self.isVisible():
            self._again.start()
        else:
            self._stale = True
            self.pane.show_id(self.pane.id)

    def refresh(self) -> None:
        """Ask again; the party and the place in the list stay."""
        self._refresh()

    def _refresh(self) -> None:
        self.model.refresh(self.table.seen())
        self.pane.show_id(self.pane.id, fresh=True)
        self._count()

    def _count(self) -> None:
        kind, tags, today = self.query.kind, self.side.tags(), self._context.today()
        self._worker.read(lambda desk: count(desk, kind, tags, today), self._counted, owner=self,
                          replaces="parties-count")

    def _counted(self, numbers: PartyCounts) -> None:
        self.side.show_numbers(numbers)

    def _loaded(self) -> None:
        if self.side.know_tags(tag for number in range(min(self.model.total, 200))
                               if (row := self.model.known(number)) is not None for tag in row.tags):
            self._count()
        if self._wants_first and self.model.number_of(self.table.chosen) < 0 and not self._held():
            if self.model.total:
                self.table.selectRow(0)
            else:
                self.table.chosen = ""
                self.pane.show_id("")
        # News alone never change whom somebody looks at; only another question does.
        self._wants_first = False
        self._show_empty()
        self._show_state()

    def _held(self) -> bool:
        """Somebody asked for the party in the pane by name; it stays, whatever the list shows."""
        return self._asked_for != "" and self.pane.id == self._asked_for

    # --- the question

    def ask(self, **changes: object) -> None:
        """Another question; the first row is chosen when its answer is there."""
        query = replace(self.query, **changes)  # type: ignore[arg-type]
        if query.proposals and "status" in changes:
            query = replace(query, proposals=False)
        if query == self.query:
            return
        counts_stay = query.kind == self.query.kind
        self.query, self._asked_for, self._wants_first = query, "", True
        self.side.show_query(query)
        if self.search.text().strip() != query.search:
            self.search.setText(query.search)
        self.table.empty.hide()
        self.model.ask(query)
        if not counts_stay:
            self._count()
        self._show_state()

    def clear(self) -> None:
        """Everything that narrows the list, away at once; the register stays."""
        self.ask(status="", search="", tag="", proposals=False)
        self.leave_pane()

    def _search_now(self) -> None:
        self._typing.stop()
        self.ask(search=self.search.text().strip())
        self.focus_list()

    def show_party(self, id_: str) -> None:
        """This one, wherever it stands in the list."""
        self._asked_for = self.table.chosen = id_
        self._turned = True
        self.fit()
        self._focus_shown()
        self.pane.show_id(id_, fresh=True)

    def _pane_shown(self) -> None:
        """The party that was asked for is here; the list shows it too."""
        view = self.pane.view
        if view is not None and view.id == self._asked_for:
            self.ask(kind=view.kind, status="", tag="", proposals=False, search=view.name)
            self._asked_for = view.id
            self.table.choose(view.id)
            if self.middle.isHidden():
                self.pane.focus_tab()

    # --- places

    def focus_list(self) -> None:
        self.table.setFocus()

    def focus_box(self) -> None:
        self.leave_pane()
        self.search.setFocus()
        self.search.selectAll()

    def has_current(self) -> bool:
        return bool(self.table.chosen) and self.pane.id != ""

    def open_current(self) -> None:
        """The keyboard goes to the party under the cursor."""
        if not self.has_current():
            return
        self._turned = True
        if not self._pane_wanted:
            self.toggle_pane()
        self.fit()
        self.pane.focus_tab()

    def leave_pane(self) -> None:
        self._turned = False
        self.fit()
        self.focus_list()

    def toggle_pane(self) -> None:
        self._pane_wanted = not self._pane_wanted
        self.fit()

    def next_tab(self) -> None:
        self.pane.turn(1)

    def previous_tab(self) -> None:
        self.pane.turn(-1)

    def next_part(self) -> None:
        """Strip, list, party, as F6 does in other programs."""
        parts = [(self.side, self.side.setFocus), (self.table, self.focus_list), (self.pane, self.pane.focus_tab)]
        parts = [part for part in parts if part[0].isVisible()]
        holder = next((place for place, (widget, _go) in enumerate(parts)
                       if widget is self.focusWidget() or widget.isAncestorOf(self.focusWidget() or self)), -1)
        parts[(holder + 1) % len(parts)][1]()

    def _open_case(self, number: str) -> None:
        actor, today = self._context.actor, self._context.today()
        self._worker.read(lambda desk: desk.case(number, actor=actor, today=today).key, self.case_wanted.emit,
                          owner=self, replaces="party-case")

    # --- what is shown

    def conditions(self) -> list[str]:
        """What narrows the list, in words."""
        query = self.query
        said = [tr("状态：{word}", word=query.status)] if query.status else []
        said += [tr("有建议")] if query.proposals else []
        said += [tr("标签：{tag}", tag=query.tag)] if query.tag else []
        return said + ([tr("查找：{text}", text=query.search)] if query.search else [])

    def say(self) -> None:
        """The status line of this page."""
        counted = tr("{what} {n} 个", what=kind_title(self.query.kind), n=f"{self.model.total:,}")
        self.said.emit(" · ".join((counted if self.model.answered else tr("正在读取…"), *self.conditions())))

    def _show_state(self) -> None:
        parts = [kind_title(self.query.kind), *self.conditions()[:1]]
        self.filter.setText(" · ".join(parts) + " ▾")
        self.say()

    def _fill_filter(self) -> None:
        menu = self.filter.menu()
        menu.clear()
        for line in self.side.lines():
            if line.kind == "caption":
                menu.addSection(line.label)
                continue
            item = menu.addAction(line.label if line.count is None else f"{line.label}\t{line.count:,}")
            item.setCheckable(line.kind != "other")
            item.setChecked(self.side.is_chosen(line))
            item.triggered.connect(lambda _on=False, line=line: self.side.choose_line(line))

    def _show_empty(self) -> None:
        empty = self.table.empty
        if self.model.total or not self.model.answered:
            empty.hide()
        elif self.conditions():
            empty.tell(tr("没有符合条件的登记：{what}", what="，".join(self.conditions())), tr("清除全部条件"))
        else:
            empty.tell(tr("还没有登记{what}。按 Ctrl＋N 登记一个，或按 I 导入名单（Excel、CSV）。",
                          what=kind_title(self.query.kind)), tr("导入名单…"))

    def _leave_empty(self) -> None:
        self.clear() if self.conditions() else self.import_list()
