"""The application package on the case page: what was found, the very passage beside it, and what becomes of it.

Originals are only read. A finding is a first judgement; accepting it puts it into the checklist of the stage and so
into the next opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.package_views import FindingView, PackageReading, PackageView
from desktop.app.views import ActOutcome, CaseView
from desktop.core.configuration import PREEXAM
from desktop.core.finding import DISCLAIMER, Finding, Weight
from desktop.core.packaging import LABEL
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement
from desktop.ui.case_judging import JudgeForm
from desktop.ui.case_package_text import PackageText
from desktop.ui.context import Context
from desktop.ui.dropping import dropped_paths
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR
from desktop.ui.theme import row_height
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

MARKS = {Judgement.ACCEPTED: "✓ 采纳", Judgement.DISMISSED: "✗ 不采纳", Judgement.OPEN: ""}
_LEVELS = {Weight.DEFECT: "", Weight.HINT: "muted", Weight.HUMAN: "soon"}
ROOMY = 10  # rows of height below which the findings need the room of the closing words


class PackageTab(QWidget):
    """``show_case`` says of which case; a package that it has is read then, and again when the case has changed.
    ``judging``: the page is about to change (unsent work should be saved first); ``judged`` when it has;
    ``dropped(Path)``: a package; ``counted(n)``: so many findings wait for a decision."""

    add_asked = Signal()
    dropped = Signal(object)
    compare_asked = Signal()
    fill_asked = Signal(object)
    judging = Signal()
    judged = Signal(object)
    counted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._context, self._worker = context, context.worker
        self._case: CaseView | None = None
        self._stale = True
        self._seen: tuple[int, str, str] | None = None
        self._packages: tuple[PackageView, ...] = ()
        self.reading: PackageReading | None = None
        self._asked = 0  # counts the readings: only the answer to the last one is shown
        self._wanted = ""  # SHA-256 of the package that the person chose
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("申请文件"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.activated.connect(self._choose_package)
        self.add_button = KeyButton(tr("添加申请文件…"), "Ctrl Shift O")
        self.fill_button = KeyButton(tr("填入案件…"))
        self.compare_button = KeyButton(tr("比对文本…"), "Ctrl Shift K")
        for button, signal in ((self.add_button, self.add_asked), (self.compare_button, self.compare_asked)):
            button.setAutoDefault(True)
            button.clicked.connect(signal)
        self.fill_button.setAutoDefault(True)
        self.fill_button.clicked.connect(lambda: self.fill_asked.emit(self.reading))
        head = QHBoxLayout()
        head.addWidget(self.choice, 1)
        for button in (self.fill_button, self.compare_button, self.add_button):
            head.addWidget(button)
        self.table = RowTable((
            TextColumn(tr("处理"), 4), TextColumn(tr("性质"), 5), TextColumn(tr("位置"), 8),
            TextColumn(tr("条款"), 4.5), TextColumn(tr("初步判断"), 10, stretch=True),
        ), context.theme, tr("初步判断"))
        self.table.row_changed.connect(self._choose_finding)
        self.table.opened.connect(lambda _row: self.accept_current())
        self.table.setMinimumHeight(3 * row_height(self.font()) + 8)
        self._words = QLabel()
        self._words.setContentsMargins(0, 4, 8, 4)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._keys = ElidedLabel(tr("Enter 采纳　E 改写后采纳　D 不采纳　U 收回　↑↓ 移动　F6 换到正文"))
        self._keys.setObjectName("muted")
        self._told = ElidedLabel(DISCLAIMER)
        self._told.setObjectName("muted")
        said = QScrollArea()
        said.setObjectName("clear")
        said.setFrameShape(QFrame.Shape.NoFrame)
        said.setWidgetResizable(True)
        said.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        said.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        said.setWidget(self._words)
        line = self.fontMetrics().lineSpacing()
        said.setMinimumHeight(2 * line + 8)
        said.setMaximumHeight(6 * line + 12)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(6)
        column.addWidget(self.table, 3)
        column.addWidget(said, 1)
        column.addWidget(self._keys)
        column.addWidget(self._told)
        self.text = PackageText(context.theme)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.text)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 1)
        self._empty = QLabel()
        self._empty.setObjectName("muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.addLayout(head)
        outer.addWidget(self._empty, 1)
        outer.addWidget(self.split, 1)
        self.setFocusProxy(self.table)
        self._show_nothing("")

    # --- loading

    @staticmethod
    def concerns(case: CaseView) -> bool:
        """Only the cases of pre-examination are examined from packages."""
        return case.procedure == PREEXAM

    def show_case(self, case: CaseView) -> None:
        if self._case is None or self._case.key != case.key:
            self._wanted, self.reading, self._packages, self._stale = "", None, (), True
            self._show_nothing("")
        seen = (case.key, case.head, self._context.actor)
        self._stale = self._stale or seen != self._seen
        self._case, self._seen = case, seen
        if self._stale and (self.isVisible() or any(entry.action == LABEL for entry in case.journal)):
            self.load()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._told.setVisible(self.height() > ROOMY * row_height(self.font()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.load()

    def load(self) -> None:
        if self._case is None or not self.concerns(self._case):
            return
        self._stale = False
        key, wanted, actor, today = self._case.key, self._wanted, self._context.actor, self._context.today()

        def read(desk: Desk) -> tuple[tuple[PackageView, ...], PackageReading | None]:
            from desktop.exchange.package_originals import reread

            found = desk.packages.of(key)
            if not found:
                return (), None
            return found, desk.packages.look(key, reread, wanted, actor=actor, today=today)

        self._asked += 1
        asked = self._asked

        def shown(answer: tuple[tuple[PackageView, ...], PackageReading | None]) -> None:
            if self._asked == asked and self._case is not None and self._case.key == key:
                self._show(*answer)

        def failed(error: BaseException) -> None:
            if self._asked == asked and self._case is not None and self._case.key == key:
                self._show_nothing(said_fault(error) or tr("程序内部出错，没有读出申请文件。"))

        # Not among the quick reads: a large package takes its time, and its content may have to come from the hub.
        self._worker.abroad(read, shown, failed, owner=self)

    def _show_nothing(self, why: str) -> None:
        self.reading = None
        self.text.clear()
        self.table.show_rows([])
        self.split.hide()
        self._empty.setText(why or tr("还没有申请文件。\n把申请文件的文件夹或 ZIP 拖到这里，或按 Ctrl+Shift+O 选择。"))
        self._empty.show()
        self.fill_button.setEnabled(False)
        self.compare_button.setEnabled(False)
        self.counted.emit(0)

    def _show(self, packages: Sequence[PackageView], reading: PackageReading | None) -> None:
        self._packages = tuple(packages)
        self.choice.clear()
        for one in packages:
            self.choice.addItem(tr("{n} · {kind} · {name}　{actor} {at}", n=one.number, kind=one.kind, name=one.name,
                                   actor=one.actor, at=one.at[:16]), one.sha256)
        if reading is None:
            self._show_nothing("")
            return
        same = self.reading is not None and self.reading.view.sha256 == reading.view.sha256
        self.reading = reading
        self.choice.setCurrentIndex(reading.view.number - 1)
        appeared = self.split.isHidden()
        self._empty.hide()
        self.split.show()
        if not same:
            self.text.show_reading(reading)
        self.table.show_rows([_row(one) for one in reading.findings], select_first=True)
        self.fill_button.setEnabled(any(not one.same for one in reading.differences))
        self.compare_button.setEnabled(len(packages) > 1)
        if appeared and self.isVisible():
            self.table.setFocus()  # a hidden one could not take it
        self._choose_finding(self.table.current())
        self.counted.emit(sum(one.judgement is Judgement.OPEN for one in reading.findings))

    def forget_choice(self) -> None:
        """Look at the newest again."""
        self._wanted = ""

    def _choose_package(self, place: int) -> None:
        self._wanted = str(self.choice.itemData(place) or "")
        self.load()

    # --- findings

    def current(self) -> FindingView | None:
        row = self.table.current()
        found = self.reading.findings if self.reading is not None else ()
        return next((one for one in found if row is not None and one.finding.key == row.key), None)

    def concerning(self, item: str) -> list[Finding]:
        """The findings of the package, first the one that a line of the checklist is about, or the one under the
        cursor; what was not followed is left out."""
        chosen = self.current()
        found = self.reading.findings if self.reading is not None else ()
        rows = [one.finding for one in found if one.judgement is not Judgement.DISMISSED]
        first = chosen.finding if chosen is not None and not item else None
        return sorted(rows, key=lambda one: one != first and not (item and one.item == item))

    def _choose_finding(self, row: TextRow | None) -> None:
        one = self.current()
        if one is None:
            self._words.setText(tr("形式方面没有发现需要提示的内容。") if self.reading is not None else "")
            return
        said = one.words if one.judgement is Judgement.ACCEPTED else one.finding.text
        lines = [tr("初步判断：{text}", text=said)]
        if one.judgement is Judgement.OPEN and one.words != said and one.finding.weight is not Weight.HUMAN:
            lines.append(tr("采纳后写作：{words}", words=one.words))
        if one.judgement is Judgement.OPEN and one.finding.weight is Weight.HUMAN:
            lines.append(tr("须由人核对：有问题按 Enter 记为缺陷，没有问题按 D。"))
        if one.actor:
            lines.append(tr("{actor} {at} {judgement}{reason}", actor=one.actor, at=one.at[:16],
                            judgement=one.judgement, reason=tr("，理由：{why}", why=one.reason) if one.reason else ""))
        self._words.setText("\n".join(lines))
        self.text.show_place(one.finding.place)

    def has_finding(self) -> bool:
        return self.current() is not None and self.reading is not None and self.reading.writable

    def accept_current(self) -> None:
        """Into the checklist and the next opinion, in the words that are proposed."""
        one = self.current()
        if one is not None and self.has_finding():
            self._send(self._about(), one, Judgement.ACCEPTED, one.words, "")

    def dismiss_current(self) -> None:
        """Not followed; the reason may stay empty."""
        one = self.current()
        if one is not None and self.has_finding():
            self._ask(one, Judgement.DISMISSED)

    def edit_current(self) -> None:
        """Accept it in other words."""
        one = self.current()
        if one is not None and self.has_finding():
            self._ask(one, Judgement.ACCEPTED)

    def reopen_current(self) -> None:
        """Take an earlier word about it back."""
        one = self.current()
        if one is not None and self.has_finding() and one.judgement is not Judgement.OPEN:
            self._send(self._about(), one, Judgement.OPEN, "", "")

    def _ask(self, one: FindingView, judgement: Judgement) -> None:
        about = self._about()  # as of now: another text may come in while the form is open

        def send(values: Mapping[str, str], day: date, done: Callable[[object], None],
                 failed: Callable[[BaseException], None]) -> None:
            self._send(about, one, judgement, values.get("words", ""), values.get("reason", ""), day, done, failed)

        form = JudgeForm(self._context, one, judgement, send, self)
        form.finished.connect(lambda _result: self.window().activateWindow())
        form.open()

    def _about(self) -> tuple[int, str]:
        """Key of the case and SHA-256 of the package that the findings on the screen are about."""
        assert self._case is not None
        assert self.reading is not None
        return self._case.key, self.reading.view.sha256

    def _send(
        self, about: tuple[int, str], one: FindingView, judgement: Judgement, words: str, reason: str,
        on: date | None = None, done: Callable[[object], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        (key, sha256), actor, today = about, self._context.actor, self._context.today()
        self.judging.emit()

        def judge(desk: Desk) -> ActOutcome:
            return desk.packages.judge(key, sha256, one.finding, judgement, words=words, reason=reason, actor=actor,
                                       on=on or today, today=today)

        def judged(outcome: ActOutcome) -> None:
            if done is not None:
                done(outcome)
            if self.reading is not None and (self._case.key if self._case else 0, self.reading.view.sha256) == about:
                self._go_on(self.reading, one, judgement)
            self.judged.emit(outcome)

        def not_judged(error: BaseException) -> None:
            if failed is not None:
                failed(error)
            else:
                said = error.reason if isinstance(error, Refusal) else said_fault(error) or tr("程序内部出错")
                self._context.notices.tell(tr("没有记录：{reason}", reason=said), ERROR)

        self._worker.write(judge, judged, not_judged, owner=self, origin="case")

    def _go_on(self, reading: PackageReading, one: FindingView, judgement: Judgement) -> None:
        """To the next one that nobody decided; when it was the last, say so."""
        found = reading.findings
        place = next((at for at, other in enumerate(found) if other.finding.key == one.finding.key), 0)
        following = [at for at in (*range(place + 1, len(found)), *range(place)) if
                     found[at].judgement is Judgement.OPEN and at != place]
        if judgement is not Judgement.OPEN and following:
            self.table.selectRow(following[0])
        elif judgement is not Judgement.OPEN:
            self._context.notices.tell(tr("各条初步判断都已处理；采纳的已记入清单，可由缺陷生成意见（Ctrl+G）。"), DONE)


    # --- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._case is not None and self.concerns(self._case) and len(dropped_paths(event)) == 1:
            # The original stays where it is, whatever the other program proposes.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        path = dropped_paths(event)[0]
        # The sender waits until this handler returns; the dialog comes afterwards.
        QTimer.singleShot(0, self, lambda: self.dropped.emit(path))


def _row(one: FindingView) -> TextRow:
    finding = one.finding
    said = one.words if one.judgement is Judgement.ACCEPTED else finding.text
    level = "done" if one.judgement is Judgement.ACCEPTED else "muted" if one.judgement is Judgement.DISMISSED else (
        _LEVELS[finding.weight])
    cells = (tr(MARKS[one.judgement]), tr(finding.weight.value), finding.where, finding.article, said)
    return TextRow(cells, level, key=finding.key, tip=said)
