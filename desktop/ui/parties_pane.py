"""One party beside the list: how it stands today, the tabs, and what may be done to it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.party_views import PartyView
from desktop.ui.actions import action
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_parts import CasesTab, DecisionsTab, EntriesTab, PartySummary, ProposalsTab, button, plain
from desktop.ui.parties_timeline import PartyFile, read_file
from desktop.ui.parties_words import kind_title, look_of, standing_words
from desktop.ui.theme import text_width
from desktop.ui.worker import said_fault

REST_MS = 80
#: Steps with a button of their own; the rest stand behind 更多, with the reason of each that cannot be taken.
FIRST = (("amend", "parties.amend", "更正"), ("find", "parties.find", "登记认定"),
         ("sanction", "parties.sanction", "采取措施"))
OTHERS = (("appeal", "parties.appeal"), ("dismiss", "parties.dismiss"), ("lift", "parties.lift"),
          ("grant", "parties.quota"), ("refuse", "parties.refuse"), ("merge", "parties.merge"),
          ("separate", "parties.separate"), ("note", "parties.note"), ("papers", "parties.notices"))
SUMMARY, PROPOSALS, DECISIONS, CASES, ENTRIES = range(5)


class PartyPane(QFrame):
    """``asked(step)``: a person wants to take this step with the party shown. ``back``: the list again, where the
    pane stands in its place. ``case_asked(number)``."""

    asked = Signal(str)
    back = Signal()
    case_asked = Signal(str)
    shown = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("brief")
        self._context = context
        self.id = ""
        self.file: PartyFile | None = None
        # Holding an arrow key passes over many; only the one it rests on is read.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._read)
        theme = context.theme
        self.summary, self.proposals = PartySummary(), ProposalsTab(theme)
        self.decisions, self.cases, self.entries = DecisionsTab(theme), CasesTab(theme), EntriesTab(theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page, title in ((self.summary, tr("概况")), (self.proposals, tr("建议")), (self.decisions, tr("认定处理")),
                            (self.cases, tr("案件")), (self.entries, tr("流水"))):
            self.tabs.addTab(page, title)
        self.tabs.tabBar().setExpanding(False)
        for tab in (self.proposals, self.decisions, self.cases):
            tab.case_asked.connect(self.case_asked)
        self.proposals.measure_asked.connect(lambda _id: self.asked.emit("sanction"))
        self.proposals.dismiss_asked.connect(lambda _id: self.asked.emit("dismiss"))
        self._layers = QStackedLayout(self)
        nothing = plain(tr("选中一个主体或机构，这里显示它的状态、额度、建议和记录"), "muted")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setContentsMargins(20, 0, 20, 0)
        self._layers.addWidget(nothing)
        self._layers.addWidget(self._build())
        # Nothing may be cut off sideways: the buttons set the least width, the texts wrap.
        self.setMinimumWidth(max(text_width("国") * 25, self._bar.sizeHint().width() + 4))

    def _build(self) -> QWidget:
        page = QWidget(self)
        self.leave = QToolButton()
        self.leave.setObjectName("link")
        self.leave.setText(tr("‹ 列表"))
        self.leave.setToolTip(tr("返回列表（Esc）"))
        self.leave.clicked.connect(self.back)
        self.leave.hide()
        self._kind, self._name, self._standing, self._heed = plain("", "muted"), plain("", "heading"), plain(), plain()
        self._kind.setWordWrap(False)
        self._heed.setObjectName("caseWarning")
        top = QHBoxLayout()
        top.addWidget(self.leave)
        top.addWidget(self._kind, 1)
        head = QVBoxLayout()
        head.setContentsMargins(14, 10, 14, 6)
        head.setSpacing(3)
        head.addLayout(top)
        for label in (self._name, self._standing, self._heed):
            head.addWidget(label)
        self.buttons: dict[str, QPushButton] = {}
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 7, 12, 7)
        foot.setSpacing(7)
        for step, identity, label in FIRST:
            self.buttons[step] = button(tr(label), action(identity).keys, partial(self.asked.emit, step))
            foot.addWidget(self.buttons[step])
        self.more = QPushButton(tr("更多 ▾"))
        self.more.setAutoDefault(True)
        self.more.setMenu(QMenu(self.more))
        foot.addWidget(self.more)
        foot.addStretch(1)
        bar = self._bar = QFrame()
        bar.setObjectName("actionbar")
        bar.setLayout(foot)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)
        column.addWidget(bar)
        return page

    # --- which party

    def show_id(self, id_: str, *, fresh: bool = False) -> None:
        """Another party, or the same again when something moved."""
        if id_ == self.id and not fresh:
            return
        self.id = id_
        if not id_:
            self._rest.stop()
            self.file = None
            self._layers.setCurrentIndex(0)
            self.shown.emit()
        else:
            self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # What was chosen or moved while another page stood here was not read.
        if self.id:
            self._rest.start()

    def _read(self) -> None:
        id_, actor, today = self.id, self._context.actor, self._context.today()
        if id_ and self.isVisible():
            self._context.worker.read(lambda desk: read_file(desk, id_, actor=actor, on=today), self._show,
                                      self._failed, owner=self, replaces="party")

    def _failed(self, error: BaseException) -> None:
        self.show_id("")
        self._context.notices.tell(said_fault(error) or tr("程序内部出错"))

    def _show(self, file: PartyFile) -> None:
        view = file.view
        if view.id != self.id:
            return
        self.file = file
        self._kind.setText("　".join(part for part in (kind_title(view.kind), self.code()) if part))
        self._name.setText(view.name)
        self._standing.setText(standing_words(view.standing))
        self._standing.setProperty("kind", look_of(view.standing.status)[1])
        heed = [*view.standing.marks, *view.standing.remarks]
        if view.merged_into:
            heed.insert(0, tr("已并入“{name}”，只能备注或取消合并", name=view.standing.name))
        if view.merged:
            heed.append(tr("并入的登记：{names}", names="、".join(name for _id, name in view.merged)))
        self._heed.setText("\n".join(f"◆ {words}" for words in dict.fromkeys(heed)))
        self._heed.setVisible(bool(heed))
        for label in (self._standing, self._heed):
            label.style().unpolish(label)
            label.style().polish(label)
        self.summary.show_file(file)
        self.proposals.show_proposals(view.proposals)
        self.decisions.show_decisions(view.findings, view.sanctions)
        self.cases.show_cases(view.cases)
        self.entries.show_entries(view.journal)
        for place, title, number in (
            (PROPOSALS, tr("建议"), len(view.proposals)),
            (DECISIONS, tr("认定处理"), len(view.findings) + len(view.sanctions)),
            (CASES, tr("案件"), len(view.cases)), (ENTRIES, tr("流水"), len(view.journal)),
        ):
            self.tabs.setTabText(place, f"{title} {number}" if number else title)
        self._offer(view)
        self._layers.setCurrentIndex(1)
        self.shown.emit()

    def _offer(self, view: PartyView) -> None:
        for step, button_ in self.buttons.items():
            why = self.barred(step)
            button_.setEnabled(not why)
            button_.setToolTip(why)
        for step, button_ in (("sanction", self.proposals.measure), ("dismiss", self.proposals.dismiss)):
            why = self.barred(step) if view.proposals else tr("没有建议")
            button_.setEnabled(not why)
            button_.setToolTip(why)
        menu = self.more.menu()
        menu.clear()
        for step, identity in OTHERS:
            why, entry = self.barred(step), action(identity)
            line = menu.addAction(f"{tr(entry.label)}　—　{why}" if why else f"{tr(entry.label)}\t{entry.keys}")
            line.setEnabled(not why)
            line.triggered.connect(lambda _on=False, step=step: self.asked.emit(step))

    # --- what is chosen

    @property
    def view(self) -> PartyView | None:
        return self.file.view if self.file is not None else None

    def code(self) -> str:
        """The code it is known by."""
        facts = {fact.name: fact.value for fact in self.view.facts} if self.view else {}
        return facts.get("agency_code") or facts.get("uscc", "")

    def barred(self, step: str) -> str:
        """Why this step cannot be taken with what is shown; empty when it can."""
        view = self.view
        if view is None:
            return tr("还没有选中主体")
        why = view.allowed.get(step, "")
        nothing = {
            "dismiss": tr("没有建议") if not view.proposals else "",
            "appeal": tr("没有认定或处理措施") if not (view.findings or view.sanctions) else "",
            "lift": tr("没有有效的处理措施") if not self.liftable() else "",
        }
        return why or nothing.get(step, "")

    def liftable(self) -> list[str]:
        """Ids of the measures that can be ended: those that hold, or will."""
        today = self.view.on.isoformat() if self.view else ""
        return [one.id for one in self.view.sanctions if not one.last or one.last >= today] if self.view else []

    def turn(self, step: int) -> None:
        """The next or the last tab, the keyboard with it."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        self.focus_tab()

    def focus_tab(self) -> None:
        page = self.tabs.currentWidget()
        if page is not None:
            page.setFocus()

    def show_alone(self, alone: bool) -> None:
        """In a narrow window it stands in place of the list and offers the way back."""
        self.leave.setVisible(alone)


