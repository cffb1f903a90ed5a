"""Giving cases to somebody, many at once: first what will happen to each, then one confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import ServiceView
from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import Notices
from desktop.ui.service_words import number_word
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import Cancelled, Progress

if TYPE_CHECKING:
    from desktop.app.desk import Desk

# Which of the two a stage offers depends on whether somebody has the case already.
ACTIONS = ("assign", "reassign")
CHUNK = 20


@dataclass(frozen=True)
class Planned:
    """One case: what assigning would do, or why it cannot be done. ``field`` names the person's input, ``people``
    who may be named there (empty: anybody)."""

    key: int
    number: str
    title: str
    examiner: str
    allowed: bool
    said: str
    action: str = ""
    field: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assigned:
    """What was done. ``refused`` pairs a number with its reason; ``moved`` are the keys that changed."""

    done: int
    refused: tuple[tuple[str, str], ...]
    moved: tuple[int, ...]
    stopped: bool


class AssignDialog(QDialog):
    """Looks at every case first; the work itself goes on behind, with its progress in the status line."""

    def __init__(
        self, context: Context, keys: Sequence[int], service: ServiceView, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("分案"))
        self.resize(860, 520)
        self._context = context
        self._keys = list(keys)
        self._planned: list[Planned] = []
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(self._head())
        columns = (
            TextColumn(number_word(service), 10), TextColumn(service.words.title, 14, stretch=True),
            TextColumn(tr("现承办"), 4), TextColumn(tr("将会怎样"), 22),
        )
        self.table = RowTable(columns, context.theme, tr("逐件说明"), self)
        column.addWidget(self.table, 1)
        self.summary = QLabel(tr("正在逐件核对…"), self)
        column.addWidget(self.summary)
        self.buttons = QDialogButtonBox(self)
        self.confirm = QPushButton(tr("确认分案"))
        self.confirm.setProperty("primary", True)
        self.buttons.addButton(self.confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        self.confirm.setEnabled(False)
        self.buttons.addButton(tr("取消"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self._do)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        self._plan(0)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("分给"), self)
        row.addWidget(label)
        self.person = QComboBox(self)
        self.person.setMinimumWidth(180)
        label.setBuddy(self.person)
        self.person.currentTextChanged.connect(lambda _text: self._show())
        row.addWidget(self.person)
        row.addWidget(QLabel(tr("共 {n} 件", n=len(self._keys)), self))
        row.addStretch(1)
        return row

    # --- the look ahead, in small reads so that the list behind stays alive

    def _plan(self, start: int) -> None:
        part = self._keys[start:start + CHUNK]
        if not part:
            self._summarise()
            return
        actor, today = self._context.actor, self._context.today()

        def look(desk: Desk) -> list[Planned]:
            planned = []
            for key in part:
                case = desk.case(key, actor=actor, today=today)
                offered = [action for action in case.actions if action.action in ACTIONS]
                found = next((action for action in offered if action.enabled), offered[0] if offered else None)
                if found is None:
                    planned.append(Planned(key, case.number, case.title, case.examiner, False,
                                           tr("“{stage}”环节不能分案", stage=case.stage_label)))
                    continue
                asked = next((field for field in found.fields if field.type == "person"), None)
                said = found.reason if not found.enabled else (
                    tr("改换承办，仍在“{stage}”" if case.examiner else "指定承办，仍在“{stage}”",
                       stage=case.stage_label) if found.to == case.stage
                    else tr("转入“{stage}”", stage=found.to_label))
                planned.append(Planned(key, case.number, case.title, case.examiner, found.enabled, said,
                                       found.action, asked.name if asked else "examiner",
                                       asked.options if asked else ()))
            return planned

        def arrived(planned: list[Planned]) -> None:
            self._planned += planned
            self._offer()
            self._show()
            self._plan(start + CHUNK)

        self._context.worker.read(look, arrived, owner=self)

    def _offer(self) -> None:
        """The people whom the rules would take; without a staff list any name may act, so any may be typed."""
        names = list(dict.fromkeys(name for plan in self._planned if plan.allowed for name in plan.people))
        free = not names and (any(plan.allowed for plan in self._planned) or not self._context.staff)
        known = [self.person.itemText(place) for place in range(self.person.count())]
        self.person.setEditable(free)
        new = [name for name in names or ([self._context.actor] if free else []) if name not in known]
        self.person.addItems(new)

    def _show(self) -> None:
        rows = []
        for plan in self._planned:
            said, level = (f"▲ {plan.said}", "overdue") if not plan.allowed else (plan.said, "")
            if plan.allowed and not self._changes(plan):
                said, level = tr("已由{name}承办，不变", name=plan.examiner), "muted"
            rows.append(TextRow((plan.number, plan.title, plan.examiner or "—", said), level, plan.key, said))
        self.table.show_rows(rows)
        self._summarise()

    def _changes(self, plan: Planned) -> bool:
        return plan.allowed and plan.examiner != self.person.currentText().strip()

    def _summarise(self) -> None:
        if len(self._planned) < len(self._keys):
            return
        able = sum(self._changes(plan) for plan in self._planned)
        barred = sum(not plan.allowed for plan in self._planned)
        same = len(self._planned) - able - barred
        name = self.person.currentText().strip()
        words = tr("将分案 {n} 件，不能分案 {m} 件", n=able, m=barred)
        self.summary.setText(words + (tr("，已由此人承办 {n} 件", n=same) if same else ""))
        self.confirm.setText(tr("确认：{n} 件分给{name}", n=able, name=name) if able and name else tr("确认分案"))
        self.confirm.setEnabled(bool(able and name))
        self.confirm.setDefault(True)

    # --- the work

    def _do(self) -> None:
        name = self.person.currentText().strip()
        plans = [plan for plan in self._planned if self._changes(plan)]
        actor, today = self._context.actor, self._context.today()

        def work(desk: Desk, progress: Progress, cancelled: Cancelled) -> Assigned:
            moved: list[int] = []
            refused: list[tuple[str, str]] = []
            for count, plan in enumerate(plans, 1):
                if cancelled():
                    return Assigned(len(moved), tuple(refused), tuple(moved), True)
                try:
                    desk.act(plan.key, plan.action, {plan.field: name}, actor=actor, on=today, today=today)
                    moved.append(plan.key)
                except Refusal as refusal:  # somebody may have moved it meanwhile; the others go on
                    refused.append((plan.number, refusal.reason))
                progress(count, len(plans))
            return Assigned(len(moved), tuple(refused), tuple(moved), False)

        notices = self._context.notices
        self._context.worker.long(
            work, tr("分案给{name}", name=name), lambda outcome: tell(notices, name, outcome), origin="assign",
        )
        self.accept()


def tell(notices: Notices, name: str, outcome: Assigned) -> None:
    """Say what was done and what was not."""
    said = tr("已将 {n} 件分给{name}", n=outcome.done, name=name)
    if outcome.stopped:
        said += tr("，其余已按您的要求停止")
    for number, reason in outcome.refused[:3]:
        said += f"；{number}：{reason}"
    if len(outcome.refused) > 3:
        said += tr("；另有 {n} 件被拒绝", n=len(outcome.refused) - 3)
    notices.tell(said, "warn" if outcome.refused else "done")
