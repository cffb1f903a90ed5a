"""关联: everything that is done for one party's one solution, what refers to what, and what else may belong to it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from desktop.app.matter_views import MatterView, Reference, Related
from desktop.app.views import CaseView
from desktop.ui.actions import action
from desktop.ui.case_lanes import LaneRow, LaneTable
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.theme import row_height
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault


class MatterTab(QWidget):
    """``case_wanted(key)``: open another case; ``opening_wanted(procedure)``: begin that service in this record;
    ``join_asked``: put the case under the cursor, or this one, into a record; ``leave_asked``: take this one out.
    ``counted(n)``: so many other cases stand in the record."""

    case_wanted = Signal(int)
    opening_wanted = Signal(str)
    start_asked = Signal()
    join_asked = Signal()
    leave_asked = Signal()
    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._case: CaseView | None = None
        self._stale, self._moved = True, False
        self.view: MatterView | None = None
        self._head, self._about = QLabel(), ElidedLabel()
        self._head.setObjectName("strong")
        self._head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._about.setObjectName("muted")
        self.start = KeyButton(tr("另办一项…"), action("case.start").keys)
        self.join = KeyButton(tr("归入其他记录…"), action("case.join").keys)
        self.leave = QPushButton(tr("移出记录…"))
        for button, signal in ((self.start, self.start_asked), (self.join, self.join_asked),
                               (self.leave, self.leave_asked)):
            button.setAutoDefault(True)
            button.clicked.connect(signal)
        self.lanes = LaneTable(context.theme)
        self.lanes.opened.connect(self._open_lane)
        self.references = RowTable((
            TextColumn(tr("引用关系"), 7), TextColumn(tr("案号"), 9.6), TextColumn(tr("名称"), 10, stretch=True),
            TextColumn(tr("业务"), 5),
        ), context.theme, tr("案号引用"))
        self.related = RowTable((
            TextColumn(tr("为什么"), 9), TextColumn(tr("案号"), 9.6), TextColumn(tr("名称"), 10, stretch=True),
            TextColumn(tr("业务"), 5), TextColumn(tr("环节"), 6),
        ), context.theme, tr("可能相关的案件"))
        for table in (self.references, self.related):
            table.opened.connect(lambda row: self.case_wanted.emit(int(row.key)))
        self.related.row_changed.connect(lambda _row: self._enable())
        self.take_in = QPushButton(tr("归入本记录…"))
        self.take_in.setAutoDefault(True)
        self.take_in.clicked.connect(self.join_asked)
        self._references_said, self._related_said = QLabel(), QLabel()
        self._lay_out()
        self.setFocusProxy(self.lanes)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._head)
        head.addWidget(self._about, 1)
        for button in (self.start, self.join, self.leave):
            head.addWidget(button)
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.setObjectName("airy")
        lower.setHandleWidth(14)
        self._references_part = self._part(self._references_said, self.references)
        lower.addWidget(self._references_part)
        lower.addWidget(self._part(self._related_said, self.related, self.take_in))
        lower.setStretchFactor(0, 2)
        lower.setStretchFactor(1, 3)
        lower.setChildrenCollapsible(False)
        split = self._split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("airy")
        split.setHandleWidth(10)
        split.addWidget(self.lanes)
        split.addWidget(lower)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        # A person who moved the line between the lanes and what is below keeps it where it is.
        split.splitterMoved.connect(lambda *_: setattr(self, "_moved", True))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.addLayout(head)
        column.addWidget(split, 1)

    def _part(self, said: QLabel, table: RowTable, button: QPushButton | None = None) -> QWidget:
        said.setObjectName("muted")
        page = QWidget()
        line = QHBoxLayout()
        line.addWidget(said, 1)
        if button is not None:
            line.addWidget(button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(table, 1)
        return page

    # --- which record

    def forget(self) -> None:
        """Another case comes; what belongs to the one before must not stand under its name."""
        self._case, self.view, self._stale = None, None, True
        self._head.setText("")
        self._about.setText("")
        self.lanes.lanes.show_rows([])
        for table in (self.references, self.related):
            table.show_rows([])

    def show_case(self, case: CaseView) -> None:
        """The case was read again; so is its record, behind the page."""
        self._case, self._stale = case, True
        self.look()

    def look(self) -> None:
        """Read the record, if what is shown may be out of date."""
        if self._case is None or not self._stale:
            return
        self._stale = False
        key, actor, today = self._case.key, self._context.actor, self._context.today()
        self._context.worker.read(
            lambda desk: desk.matter(key, actor=actor, today=today), lambda view: self._show(key, view),
            self._failed, owner=self, replaces="matter",
        )

    def _failed(self, error: BaseException) -> None:
        self._about.setText(said_fault(error) or tr("程序内部出错"))

    def _show(self, key: int, view: MatterView) -> None:
        if self._case is None or self._case.key != key:
            return
        self.view = view
        self._head.setText(tr("办理编号 {number}", number=view.number))
        self._about.setText(" · ".join(part for part in (view.title, view.party, view.application_number) if part))
        self.lanes.show_view(view, self._context.today())
        self.references.show_rows([self._reference(one) for one in view.references])
        self.related.show_rows([self._related(one) for one in view.related], select_first=True)
        self._references_said.setText(
            tr("引用 {n} 条（Enter 打开）", n=len(view.references)) if view.references else tr("没有案号引用"))
        self._related_said.setText(
            tr("本记录之外可能相关 {n} 件（Enter 打开）", n=len(view.related)) if view.related
            else tr("本记录之外没有发现相关案件"))
        self._references_part.setVisible(bool(view.references))
        self.leave.setVisible(view.here != view.root)
        self._share()
        self._enable()
        self.counted.emit(sum(len(lane.cases) for lane in view.lanes) - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """The lanes have what they need, what is below at least a line and its head."""
        if self._moved or not self._split.height():
            return
        line = row_height(self.font())
        wanted = self.lanes.horizontalHeader().height() + line * max(len(self.lanes.lanes.rows), 4) + 8
        rest = self._split.height() - self._split.handleWidth()
        first = min(wanted, max(rest - 7 * line // 2, line * 4))
        self._split.setSizes([first, rest - first])

    def _reference(self, one: Reference) -> TextRow:
        way = f"→ {one.said}" if one.outgoing else tr("← 被引作{said}", said=one.said)
        return TextRow((way, one.number, one.title, one.service), "", one.key,
                       tr("由 {number} 写明" if one.outgoing else "写明了 {number}", number=one.from_number))

    def _related(self, one: Related) -> TextRow:
        return TextRow((one.why, one.number, one.title, one.service, one.stage_label), "" if one.close else "muted",
                       one.key, one.title)

    def _enable(self) -> None:
        self.take_in.setEnabled(self.related.current() is not None)

    # --- what is chosen

    def wanted(self) -> Related | None:
        """The related case that 归入 is about: while its list, or the button over it, has the keyboard."""
        row = self.related.current()
        if self.view is None or row is None or not (self.related.hasFocus() or self.take_in.hasFocus()):
            return None
        return next((one for one in self.view.related if one.key == row.key), None)

    def _open_lane(self, row: LaneRow) -> None:
        if row.case is not None:
            if not row.here:
                self.case_wanted.emit(row.case.key)
        elif row.lane.barred:
            self._context.notices.tell(row.lane.barred)
        else:
            self.opening_wanted.emit(row.lane.procedure)
