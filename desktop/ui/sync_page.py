"""The sync screen: how this station stands with the others, what waits, what was set aside, and the ways to meet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.app.sync_views import DisputeView, QuarantineView, StationView, SyncReport, SyncState
from desktop.ui.actions import Actions, action
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.sync_facts import FactsBand, facts, warnings
from desktop.ui.sync_join import Invitation, JoinDialog
from desktop.ui.sync_tables import (
    dispute_rows,
    disputes_table,
    meeting_rows,
    meetings_table,
    quarantine_rows,
    quarantine_table,
    station_rows,
    stations_table,
)
from desktop.ui.sync_words import joined_line
from desktop.ui.theme import row_height
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.rowtable import RowTable, TextRow

if TYPE_CHECKING:
    from desktop.app.desk import Desk

STATIONS, MEETINGS, DISPUTES, QUARANTINE = range(4)
BUTTONS = (("window.sync_now", "立即同步", True), ("sync.export", "导出交换包…", False),
           ("sync.import", "导入交换包…", False), ("sync.verify", "核验…", False))
#: Below so many rows of height the words under a table are left out.
LOW_ROWS = 17
EMPTY = {
    STATIONS: "还没有别的站点的消息。", MEETINGS: "还没有与别的站点会合过。",
    DISPUTES: "没有待裁决的案件。", QUARANTINE: "没有隔离的记录。",
}


@dataclass(frozen=True)
class _Lists:
    """Everything below the head, read in one go."""

    state: SyncState
    stations: tuple[StationView, ...]
    meetings: tuple[SyncReport, ...]
    disputes: tuple[DisputeView, ...]
    quarantined: tuple[QuarantineView, ...]


def _read(desk: Desk) -> _Lists:
    return _Lists(desk.sync_state(), desk.stations(), desk.meetings(), desk.disputes(), desk.quarantined())


class SyncPage(QWidget):
    """``dispute_wanted(key)`` and ``verify_wanted()``: the window knows how. ``joined(JoinedView)`` after joining."""

    dispute_wanted = Signal(int)
    verify_wanted = Signal()
    joined = Signal(object)

    def __init__(self, context: Context, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._context, self._worker, self._actions = context, context.worker, actions
        self.invitation = Invitation(self)
        self.invitation.join_wanted.connect(self.join)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.invitation)
        self._pages.addWidget(self._build(context))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        context.sync.told.connect(self._show_head)
        context.sync.met.connect(self._met)
        self._worker.changed.connect(self._changed)
        actions.bind("sync", self)

    def _build(self, context: Context) -> QWidget:
        panel = QFrame(self)
        panel.setObjectName("panel")
        self._joined = QLabel(panel)
        self._joined.setObjectName("heading")
        self._joined.setWordWrap(True)
        self._joined.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.band = FactsBand(panel)
        self._said = QLabel(panel)
        self._said.setObjectName("caseWarning")
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        self.buttons: dict[str, KeyButton] = {}
        for identity, label, primary in BUTTONS:
            button = KeyButton(tr(label), action(identity).keys, panel, primary=primary)
            button.setAutoDefault(True)
            button.clicked.connect(lambda _on=False, identity=identity: self._actions.run(identity))
            self.buttons[identity] = button
            line.addWidget(button)
        line.addStretch(1)
        self.stations, self.meetings = stations_table(context.theme), meetings_table(context.theme)
        self.disputes, self.quarantine = disputes_table(context.theme), quarantine_table(context.theme)
        self.disputes.opened.connect(lambda row: self.dispute_wanted.emit(row.key))
        self._tables: tuple[RowTable, ...] = (self.stations, self.meetings, self.disputes, self.quarantine)
        self.tabs = QTabWidget(panel)
        self.tabs.setDocumentMode(True)
        self._empty: list[QLabel] = []
        self._details: list[QLabel] = []
        self._hint = QLabel(tr("Enter 打开左右两方对照；Ctrl C 复制所选行"), panel)
        self._hint.setObjectName("caption")
        for number, table in enumerate(self._tables):
            self.tabs.addTab(self._page(number, table), "")
        column = QVBoxLayout(panel)
        column.setContentsMargins(18, 12, 18, 10)
        column.setSpacing(10)
        column.addWidget(self._joined)
        column.addWidget(self.band)
        column.addWidget(self._said)
        column.addLayout(line)
        column.addWidget(self.tabs, 1)
        self._show_counts(None)
        return panel

    def _page(self, number: int, table: RowTable) -> QWidget:
        """A table, what is said instead while it is empty, and the whole of its current row in words."""
        page = QWidget()
        empty = QLabel(tr(EMPTY[number]))
        empty.setObjectName("muted")
        detail = QLabel()
        detail.setObjectName("muted")
        detail.setWordWrap(True)
        detail.setTextFormat(Qt.TextFormat.PlainText)
        detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        table.row_changed.connect(lambda row, detail=detail: detail.setText(_detail(row)))
        self._empty.append(empty)
        self._details.append(detail)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(6)
        column.addWidget(empty)
        column.addWidget(table, 1)
        column.addWidget(detail)
        if number == DISPUTES:
            column.addWidget(self._hint)
        # An empty page keeps its sentence at the top.
        column.addStretch(0)
        return page

    # --- showing

    def reload(self) -> None:
        """Read everything again, if it is on the screen."""
        if self.isVisible() and self._worker.ready:
            self._worker.read(_read, self._show, owner=self, replaces="sync-page")

    def _met(self, _report: SyncReport) -> None:
        self.reload()

    def _changed(self, _keys: frozenset[int] | None, _origin: str) -> None:
        self.reload()

    def _show(self, lists: _Lists) -> None:
        now = self._context.now()
        held = self.isAncestorOf(self.window().focusWidget() or self.window())
        for table, rows in zip(self._tables, (
            station_rows(lists.stations, now), meeting_rows(lists.meetings), dispute_rows(lists.disputes),
            quarantine_rows(lists.quarantined),
        ), strict=True):
            table.show_rows(rows, select_first=True)
        for table, empty in zip(self._tables, self._empty, strict=True):
            table.setVisible(bool(table.texts.rows))
            empty.setVisible(not table.texts.rows)
        self._hint.setVisible(bool(lists.disputes))
        self._show_counts(lists)
        self._show_state(lists.state)
        held_still = self.window().focusWidget()
        if held and (held_still is None or not held_still.isVisible()):
            self.focus_part()

    def _show_counts(self, lists: _Lists | None) -> None:
        disputes, quarantined = (len(lists.disputes), len(lists.quarantined)) if lists else (0, 0)
        # A station that was restored or joined has several identities.
        stations = len({one.name for one in lists.stations}) if lists else 0
        self.tabs.setTabText(STATIONS, tr("站点 {n}", n=stations) if stations else tr("站点"))
        self.tabs.setTabText(MEETINGS, tr("最近会合"))
        self.tabs.setTabText(DISPUTES, tr("◆ 待裁决 {n}", n=disputes) if disputes else tr("待裁决"))
        self.tabs.setTabText(QUARANTINE, tr("▲ 隔离 {n}", n=quarantined) if quarantined else tr("隔离"))

    def _show_head(self) -> None:
        state = self._context.sync.state
        if state is not None and self.isVisible():
            self._show_state(state)

    def _show_state(self, state: SyncState) -> None:
        rhythm = self._context.sync
        self._pages.setCurrentIndex(0 if state.joined is None else 1)
        self._joined.setText(joined_line(state))
        self.band.show_facts(facts(state, rhythm.phase, self._context.now()))
        said = [rhythm.words()] if rhythm.fault else []
        self._said.setText("\n".join([*said, *warnings(state)]))
        self._said.setVisible(bool(self._said.text()))
        now = self.buttons["window.sync_now"]
        now.setVisible(rhythm.by_hub)
        now.setEnabled(not rhythm.running)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_head()
        self.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The whole of the current row is in its tip as well; a low window needs the rows more.
        for detail in self._details:
            detail.setVisible(self.height() > row_height(self.font()) * LOW_ROWS)
        # The key caps are left out where the buttons would not fit beside each other.
        for shown in (True, False):
            for button in self.buttons.values():
                button.show_keys(shown)
            if sum(button.sizeHint().width() + 8 for button in self.buttons.values()) + 36 <= self.width():
                break

    def focus_part(self) -> None:
        """The keyboard goes to what is shown."""
        if self._pages.currentIndex() == 0:
            self.invitation.button.setFocus()
        elif self._tables[self.tabs.currentIndex()].isVisible():
            self._tables[self.tabs.currentIndex()].setFocus()
        else:
            (self.buttons["window.sync_now"] if self._context.sync.by_hub else self.buttons["sync.export"]).setFocus()

    # --- actions

    def is_joined(self) -> bool:
        state = self._context.sync.state
        return state is not None and state.joined is not None

    def may_join(self) -> bool:
        return self._worker.ready and not self.is_joined()

    def export(self) -> None:
        """A bundle for everyone or for one station."""
        from desktop.ui.sync_export import ExportDialog

        self._open(ExportDialog(self._context, self))

    def import_bundle(self, path: Path | None = None) -> None:
        """A bundle: first what it would bring, then whether to take it in."""
        from desktop.ui.sync_import import BundleDialog

        dialog = BundleDialog(self._context, path, self)
        dialog.dispute_wanted.connect(self.show_disputes)
        self._open(dialog)

    def join(self, path: Path | None = None) -> None:
        """Enter a centre with its enrolment file."""
        if not self._worker.ready:
            return
        dialog = JoinDialog(self._context, path, self)
        dialog.joined.connect(self.joined)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        # Not every window system hands the keyboard back by itself.
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def verify(self) -> None:
        self.verify_wanted.emit()

    def show_disputes(self) -> None:
        self.tabs.setCurrentIndex(DISPUTES)
        self.disputes.setFocus()

    def next_tab(self) -> None:
        self._turn(1)

    def previous_tab(self) -> None:
        self._turn(-1)

    def _turn(self, step: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        self.focus_part()


def _detail(row: TextRow | None) -> str:
    return row.tip if row is not None else ""
