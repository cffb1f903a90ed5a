"""A disputed case side by side: the past that all share above, a column for each side, and the decision below.

The decision is an action like any other: the rules say who may take it, nothing is removed, and what was looked at is
sent along, so that a dispute that has grown meanwhile is not decided unseen.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.sync_views import DisputeView
from desktop.app.views import ActionView, ActOutcome, CaseView, JournalEntry
from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.dispute_side import SidePanel, differing
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, INFO, WARN
from desktop.ui.settings_publish import Verdict
from desktop.ui.theme import row_height
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

RESOLVE, NEW = "resolve", "new"
#: The refusal of a decision that rests on what has changed since.
MOVED = "case_moved"
#: The shared past shows so many entries without scrolling.
PAST_ROWS = 4
#: Below so many rows of height it leaves out what can be left out.
LOW_ROWS = 20


class DisputeDialog(QDialog):
    """``resolved(ActOutcome)`` after the decision. Barred, with the reason in words, for who may not decide."""

    resolved = Signal(object)

    def __init__(self, context: Context, key: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("裁决分歧"))
        self._context, self._worker, self._key = context, context.worker, key
        self.dispute: DisputeView | None = None
        self._case: CaseView | None = None
        self._sending = False
        self.panels: dict[str, SidePanel] = {}
        self.choices: dict[str, QPushButton] = {}
        self._shortcuts: list[QShortcut] = []
        fit(self, 1180, 720)

        self._subject = ElidedLabel()
        self._subject.setObjectName("title")
        chip = QLabel(tr("◆ 待裁决"))
        chip.setProperty("chip", True)
        chip.setProperty("kind", "soon")
        top = QHBoxLayout()
        top.addWidget(chip)
        top.addWidget(self._subject, 1)
        self._told = QLabel(tr("正在读取…"))
        self._told.setObjectName("muted")
        self._told.setWordWrap(True)
        self.past = RowTable((
            TextColumn(tr("发生日期"), 5.6), TextColumn(tr("操作"), 8), TextColumn(tr("内容"), 20, stretch=True),
            TextColumn(tr("经办"), 8), TextColumn(tr("站点"), 5), TextColumn(tr("记录时间"), 8.6),
        ), context.theme, tr("共同的经过"))
        self._caption = QLabel(tr("共同的经过（各方都已看到，不在分歧之内）"))
        self._caption.setObjectName("caption")
        self.sides = QSplitter(Qt.Orientation.Horizontal)
        self.sides.setChildrenCollapsible(False)
        self.sides.setHandleWidth(10)
        self.sides.setObjectName("airy")
        self.sides.setMinimumHeight(110)
        self.barred = QLabel()
        self.barred.setObjectName("caseWarning")
        self.barred.setWordWrap(True)
        self.barred.hide()
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setPlaceholderText(tr("裁决理由（必填），会记入流水、印在记录单上"))
        self.reason.setAccessibleName(tr("裁决理由，必填"))
        self.reason.textChanged.connect(self._look_ready)
        self.verdict = Verdict()
        self.verdict.hide()
        self._hint = QLabel()
        self._hint.setObjectName("caption")
        self._hint.setWordWrap(True)
        self.confirm = KeyButton(tr("确认裁决"), "Ctrl Enter", primary=True)
        self.confirm.setAutoDefault(False)
        self.confirm.clicked.connect(self.decide)
        self.close_button = QPushButton(tr("关闭"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.confirm)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(7)
        for part in (top, self._told, self._caption, self.past, self.sides, self.barred, self._row, self.reason,
                     self.verdict, foot):
            if isinstance(part, QWidget):
                column.addWidget(part, 1 if part is self.sides else 0)
            else:
                column.addLayout(part)
        send = QAction(self)
        send.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        send.triggered.connect(self.decide)
        self.addAction(send)
        self._worker.changed.connect(self._something_changed)
        # Methods, not functions: those would still be called when this dialog is gone.
        context.actor_changed.connect(self._another_person)
        self._look_ready()
        self.load()

    # --- reading

    def load(self) -> None:
        """Read the dispute, and whether this person may decide it."""
        key, actor, today = self._key, self._context.actor, self._context.today()

        def read(desk: Desk) -> tuple[DisputeView, CaseView]:
            # The head first: what came between the two is seen, and a decision that names the old head is refused.
            case = desk.case(key, actor=actor, today=today)
            return desk.dispute(key), case

        self._worker.read(read, self._show, self._unread, owner=self, replaces="dispute")

    def _another_person(self, _name: str) -> None:
        self.load()

    def _something_changed(self, keys: frozenset[int] | None, _origin: str) -> None:
        if not self._sending and (keys is None or self._key in keys):
            self.load()

    def _unread(self, error: BaseException) -> None:
        if isinstance(error, Refusal):
            # Somebody else, perhaps at another station, has decided it meanwhile.
            self._context.notices.tell(error.reason, INFO)
            self.reject()
        else:
            self._say(said_fault(error) or tr("程序内部出错。"))

    def _show(self, answer: tuple[DisputeView, CaseView]) -> None:
        before = self.dispute
        self.dispute, self._case = answer
        dispute = self.dispute
        self._subject.setText(f"{dispute.number}　{dispute.title}")
        if before is None or before.common != dispute.common:
            rows = [_past_row(entry) for entry in dispute.common]
            self.past.show_rows(rows)
        self._fit_room()
        if before is None or before.sides != dispute.sides:
            self._show_sides(dispute)
            if before is not None:
                self._say(tr("分歧的内容刚刚有变，请重新看过再选。"), "warning")
        self._show_right()

    def _fit_room(self) -> None:
        """Up to four entries of the past; a low window has only the last and fewer words: the sides need the room."""
        row = row_height(self.font())
        low = self.height() < row * LOW_ROWS
        self._caption.setVisible(not low)
        self.past.setFixedHeight(row * (min(1 if low else PAST_ROWS, max(1, len(self.past.texts.rows))) + 1) + 8)
        self.past.scrollToBottom()
        self.reason.setFixedHeight(self.fontMetrics().lineSpacing() * (1 if low else 2) + 18)
        if self.dispute is not None:
            told = tr("{n}方互不知情，作了不同的办理；裁决之前都不算数，此案停在“{stage}”。",
                      n=_figure(len(self.dispute.sides)), stage=self.dispute.stage_label)
            after = tr("裁决之后什么也不删除，未采用的在流水中注明。")
            self._told.setText(told if low else told + after)
        self._show_keys(low)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_room()

    def _show_keys(self, low: bool) -> None:
        keys = "／".join(str(number) for number in range(1, len(self.panels) + 1))
        if not self.reason.isEnabled():
            self._hint.setText(tr("Tab 下一处　↑↓ 滚动　Esc 关闭"))
        elif low:
            self._hint.setText(tr("Tab 下一处　Ctrl Enter 确认　Esc 关闭"))
        else:
            self._hint.setText(tr(
                "Alt {keys} 采用一方　Alt 0 都不采用　←→ 换选　Tab 下一处　Ctrl Enter 确认　Esc 关闭", keys=keys))

    def _show_sides(self, dispute: DisputeView) -> None:
        for panel in self.panels.values():
            panel.deleteLater()
        while item := self._row.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for shortcut in self._shortcuts:
            shortcut.deleteLater()
        self.panels, self.choices, self._shortcuts = {}, {}, []
        unlike = differing(dispute.sides)
        for number, side in enumerate(dispute.sides, 1):
            panel = SidePanel(side, unlike, self._context.theme)
            panel.chosen.connect(self.choose)
            self.panels[side.choice] = panel
            self.sides.addWidget(panel)
            self._offer(side.choice, tr("采用{side}", side=side.label), str(number))
        self._offer(NEW, tr("都不采用、重新办理"), "0")
        self._row.addStretch(1)
        self.sides.setSizes([1_000] * len(dispute.sides))
        # What is made later would come last for the Tab key.
        stops = [self.past, *(panel.area for panel in self.panels.values()), *self.choices.values(), self.reason,
                 self.confirm, self.close_button]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)
        next(iter(self.panels.values())).area.setFocus()

    def _offer(self, choice: str, label: str, digit: str) -> None:
        button = KeyButton(label, f"Alt {digit}")
        button.setProperty("chip", True)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.toggled.connect(lambda _on: self._mark())
        self._group.addButton(button)
        self.choices[choice] = button
        self._row.addWidget(button)
        shortcut = QShortcut(QKeySequence(f"Alt+{digit}"), self)
        shortcut.activated.connect(lambda: self.choose(choice))
        self._shortcuts.append(shortcut)

    def _show_right(self) -> None:
        """Whether this person may decide, in words when not."""
        action = self._action()
        allowed = action is not None and action.enabled
        reason = "" if allowed else action.reason if action is not None else tr("此案现在不能裁决")
        self.barred.setText(tr("不能裁决：{reason}", reason=reason))
        self.barred.setVisible(not allowed)
        for button in self.choices.values():
            button.setEnabled(allowed)
            button.setVisible(allowed)
        self.reason.setEnabled(allowed)
        self.reason.setVisible(allowed)
        self.confirm.setVisible(allowed)
        self._fit_room()
        self._look_ready()

    def _action(self) -> ActionView | None:
        actions = self._case.actions if self._case is not None else ()
        return next((one for one in actions if one.action == RESOLVE), None)

    def _say(self, words: str, level: str = "error") -> None:
        self.verdict.say(words, level)
        self.verdict.setVisible(bool(words))

    # --- deciding

    def choice(self) -> str:
        """What is chosen so far: a side's own word, ``new``, or empty."""
        return next((choice for choice, button in self.choices.items() if button.isChecked()), "")

    def choose(self, choice: str) -> None:
        """Choose without deciding yet; the reason comes next."""
        button = self.choices.get(choice)
        if button is not None and button.isEnabled():
            button.setChecked(True)
            self.reason.setFocus()

    def _mark(self) -> None:
        chosen = self.choice()
        for choice, panel in self.panels.items():
            panel.show_chosen(choice == chosen)
        self._look_ready()

    def _look_ready(self) -> None:
        ready = bool(self.choice() and self.reason.toPlainText().strip()) and not self._sending
        self.confirm.setEnabled(ready)

    def decide(self) -> None:
        """Send the decision; what is still missing is said instead."""
        if self._sending or self._case is None or not self.reason.isEnabled():
            return
        choose, reason = self.choice(), self.reason.toPlainText().strip()
        if not choose:
            self._say(tr("请先选采用哪一方，或都不采用。"))
            next(iter(self.choices.values())).setFocus()
            return
        if not reason:
            self._say(tr("请写明裁决理由。"))
            self.reason.setFocus()
            return
        key, seen, actor, today = self._key, self._case.head, self._context.actor, self._context.today()
        values = {"choose": choose, "reason": reason}
        self._sending = True
        self._look_ready()
        self._say(tr("正在记录…"), "hint")
        self._worker.write(
            lambda desk: desk.act(key, RESOLVE, values, actor=actor, on=today, today=today, seen=seen),
            self._decided, self._refused, owner=self, origin="case")

    def _decided(self, outcome: ActOutcome) -> None:
        # Still as if sending: the news of this very decision must not be read as somebody else's.
        notices = self._context.notices
        notices.tell(tr("{number} 已裁决，现为“{stage}”", number=outcome.number, stage=outcome.stage_label), DONE)
        for warning in outcome.warnings:
            notices.tell(tr("{number}：{warning}", number=outcome.number, warning=warning), WARN)
        self.resolved.emit(outcome)
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self._sending = False
        self._say(said_fault(error) or tr("程序内部出错，什么也没有记录。"))
        self._look_ready()
        if isinstance(error, Refusal) and error.code == MOVED:
            self.load()
        else:
            self.reason.setFocus()

    def reject(self) -> None:
        if not self._sending:
            super().reject()


def _past_row(entry: JournalEntry) -> TextRow:
    who = f"{entry.actor}（{entry.role}）" if entry.role else entry.actor
    recorded = entry.at[:16].replace("T", " ")
    cells = (entry.occurred_on.isoformat(), entry.action, entry.text, who, entry.station, recorded)
    return TextRow(tuple(" ".join(cell.split()) for cell in cells), key=entry.hash)


def _figure(count: int) -> str:
    return {2: tr("两"), 3: tr("三")}.get(count, str(count))
