"""The pane at the right of a queue: the selected case in brief, enough to decide what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from desktop.app.views import CaseView, JournalEntry, LimitView
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.queue_columns import STRATEGIC
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.clocks import ClockCard, limit_sentence, running_limits
from desktop.ui.widgets.stages import StageBar

REST_MS = 80
#: A digest is one word too long for the pane; its beginning tells it apart.
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
LAST = 3
#: Characters of the party that the brief shows.
PARTY = 60
WAITS = {"open": "等待：本中心", "waiting": "等待：他方", "ended": "已办结"}


class QueueBrief(QFrame):
    """``open_wanted(key)`` and ``record_wanted(key)`` from its buttons."""

    open_wanted = Signal(int)
    record_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("brief")
        self._context = context
        self.key: int | None = None
        #: Whether the party of a case is a strategic one; the list knows.
        self.is_strategic: Callable[[int], bool] = lambda _key: False
        self.case: CaseView | None = None
        # Holding an arrow key passes over many cases; only the one it rests on is read.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._read)
        self._layers = QStackedLayout(self)
        nothing = QWidget(self)
        said = self._label("muted")
        said.setText(tr("选中一件案件，这里显示它的期限、环节和最近办理"))
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(nothing).addWidget(said)
        nothing.setContentsMargins(20, 0, 20, 0)
        self._layers.addWidget(nothing)
        filled = self._build()
        self._layers.addWidget(filled)
        # Nothing may be cut off sideways: the buttons set the least width, the texts wrap.
        self.setMinimumWidth(self._inner.minimumSizeHint().width() + 12)

    def _build(self) -> QScrollArea:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inner = inner = QWidget(area)
        inner.setObjectName("panel")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        self.number, self.title, self.about = self._label("muted"), self._label("heading"), self._label("muted")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = StageBar(self._context.theme, inner)
        self.way = self._label("muted")
        self.way.setTextFormat(Qt.TextFormat.RichText)
        self.card = ClockCard(inner)
        self.others, self.warned = self._label("muted"), self._label("")
        self.warned.setProperty("kind", "soon")
        for label in (self.number, self.title, self.about):
            column.addWidget(label)
        column.addSpacing(4)
        for part in (self.bar, self.way, self.card, self.others, self.warned):
            column.addWidget(part)
        column.addLayout(self._buttons(inner))
        caption = self._label("caption")
        caption.setText(tr("最近流水"))
        column.addSpacing(4)
        column.addWidget(caption)
        self.entries = [self._label("") for _ in range(LAST)]
        for entry in self.entries:
            entry.setTextFormat(Qt.TextFormat.RichText)
            column.addWidget(entry)
        column.addStretch(1)
        area.setWidget(inner)
        return area

    def _buttons(self, parent: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.go = KeyButton(tr("继续办理"), "Enter", parent, primary=True)
        self.record = KeyButton(tr("记录单"), "", parent)
        self.record.setToolTip(tr("统一办理记录单（Ctrl P）"))
        self.go.clicked.connect(lambda: self._ask(self.open_wanted))
        self.record.clicked.connect(lambda: self._ask(self.record_wanted))
        row.addWidget(self.go)
        row.addWidget(self.record)
        row.addStretch(1)
        row.setContentsMargins(0, 6, 0, 2)
        return row

    def _ask(self, signal: SignalInstance) -> None:
        if self.key is not None:
            signal.emit(self.key)

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    # --- which case

    def show_key(self, key: int | None, *, fresh: bool = False) -> None:
        """Another case, or the same again when something moved."""
        if key == self.key and not fresh:
            return
        self.key = key
        if key is None:
            self._rest.stop()
            self.case = None
            self._layers.setCurrentIndex(0)
        else:
            self._rest.start()

    def _read(self) -> None:
        key, actor, today = self.key, self._context.actor, self._context.today()
        if key is not None and self.isVisible():
            self._context.worker.read(
                lambda desk: desk.case(key, actor=actor, today=today), self._show, owner=self, replaces="brief",
            )

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        # What moved, or was chosen, while another page stood here was not read.
        if self.key is not None:
            self._rest.start()

    def toggle_why(self) -> None:
        """Fold or unfold the account of the date."""
        self.card.more.toggle()

    def _show(self, case: CaseView) -> None:
        if case.key != self.key:
            return
        self.case = case
        self.number.setText(case.number + (f"　{tr(STRATEGIC)}" if self.is_strategic(case.key) else ""))
        self.title.setText(case.title)
        # Some parties are a list of forty names; the brief must still show what is next without scrolling.
        party = case.party if len(case.party) <= PARTY else case.party[:PARTY] + "…"
        self.about.setToolTip(case.party if party != case.party else "")
        service = self._context.service(case.procedure)
        nowhere = tr("未归入领域") if service is None or service.has_field else ""
        self.about.setText(" · ".join(part for part in (
            party, case.field or nowhere, case.category, case.main_class) if part))
        self.bar.show_steps(case.steps)
        self.way.setText(self._way(case))
        limits = running_limits(case)
        self.card.setVisible(bool(limits))
        if limits:
            self.card.show_limit(limits[0], self._context.today())
        self.others.setText("\n".join(self._other_lines(case, limits)))
        said = (*case.warnings, *case.banners)
        self.warned.setText("\n".join(f"◆ {warning}" for warning in said))
        self.warned.setVisible(bool(said))
        self.go.setText(tr("打开案件") if case.ended else tr("继续办理"))
        for label, entry in zip(self.entries, [*case.journal[::-1][:LAST], *[None] * LAST], strict=False):
            label.setVisible(entry is not None)
            if entry is not None:
                label.setText(self._entry(entry))
        self._layers.setCurrentIndex(1)

    def _way(self, case: CaseView) -> str:
        accent = self._context.theme.palette.accent
        parts = [
            f'<b style="color:{accent}">{escaped(step.label)}</b>' if step.state == "now" else escaped(step.label)
            for step in case.steps
        ]
        return " · ".join(parts)

    def _other_lines(self, case: CaseView, limits: list[LimitView]) -> list[str]:
        lines = [tr(WAITS.get(case.stage_kind, ""))]
        if case.examiner:
            lines[0] += tr(" · {who} {name}", who=case.words.person, name=case.examiner)
        if case.round:
            lines[0] += tr(" · 第 {n} 轮（上限 {most}）", n=case.round, most=case.max_rounds)
        lines += [limit_sentence(limit) for limit in limits[1:]]
        if case.agency:
            lines.append(tr("代理 {name}", name=case.agency))
        return lines

    def _entry(self, entry: JournalEntry) -> str:
        muted = self._context.theme.palette.muted
        who = " · ".join(part for part in (entry.actor, entry.role, entry.station) if part)
        # The text usually begins with the action's own name.
        said = entry.text if entry.text.startswith(entry.action) else f"{entry.action}　{entry.text}".strip()
        said = DIGEST.sub(lambda found: f"{found[0][:8]}…", said)
        day = entry.occurred_on
        shown = f"{day:%m-%d}" if day.year == self._context.today().year else day.isoformat()
        return (
            f"{shown}　{escaped(said)}"
            f'<br><span style="color:{muted}">{escaped(who)}</span>'
        )


def escaped(text: str) -> str:
    """User text inside rich text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
