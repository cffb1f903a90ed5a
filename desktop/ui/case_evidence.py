"""The files of an evidence item: both digests, time-stamps, chain of custody, and what may be done with them.

Times of the chain are those of the computer that wrote them and are labelled so; they prove nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.evidence_views import EvidenceFile, EvidenceReport, EvidenceView, Exported, StampView
from desktop.app.views import CaseView
from desktop.core.stamps import LOCAL_CLOCK
from desktop.ui.case_evidence_rows import custody_row, custody_words, file_row, file_words, lock_words
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN
from desktop.ui.theme import row_height, text_width
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.worker import Cancelled, Progress

PROCEDURE = "evidence"
#: Files of together at most so many bytes are looked at for the state of their time-stamps without being asked.
SMALL = 32 * 2**20
PERSON, TIME, MARK = 6, 7, 8
HASH = 7
HANDOVER, STAMP = "handover", "stamp"


class EvidencePanel(QWidget):
    """``add_asked``: more files; ``save_asked(EvidenceFile)``: that one is to be saved; ``step_asked(action)``: the
    case's own action of that name."""

    add_asked = Signal()
    save_asked = Signal(object)
    step_asked = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._worker = context, context.worker
        self._case: CaseView | None = None
        self.item: EvidenceView | None = None
        # What a verification found stays until the item is another one.
        self._results: dict[str, str] = {}
        self._stamps: dict[str, StampView] = {}
        self._looked = ""
        self.banner = QLabel()
        self.banner.setObjectName("evidenceLock")
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.setWordWrap(True)
        self.banner.hide()
        self.files = RowTable((
            TextColumn(tr("文件"), 10, stretch=True), TextColumn(tr("大小"), 4.6, right=True),
            TextColumn("SHA-256", 6.4), TextColumn("SM3", 6.4), TextColumn(tr("内容"), 5.4),
            TextColumn(tr("时间戳"), 9), TextColumn(tr("收入"), 4), TextColumn(LOCAL_CLOCK, 8.6),
            TextColumn(tr("标记"), 4.5),
        ), context.theme, tr("证据文件"))
        self.files.row_changed.connect(self._tell_file)
        self.files.opened.connect(lambda _row: self.save())
        self.chain = RowTable((
            TextColumn(tr("行"), 1.6, right=True), TextColumn(LOCAL_CLOCK, 13), TextColumn(tr("动作"), 5),
            TextColumn(tr("移交"), 4), TextColumn(tr("接收"), 4), TextColumn(tr("事由"), 8, stretch=True),
            TextColumn(tr("复核结果"), 8.4), TextColumn(tr("行校验值"), 6.4),
        ), context.theme, tr("流转记录"))
        self.chain.row_changed.connect(self._tell_row)
        self.words = QLabel()
        self.words.setObjectName("muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: dict[str, KeyButton] = {}
        self._head, self._chain_head = QLabel(), QLabel()
        self._lay_out()
        self.setFocusProxy(self.files)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        self._head.setObjectName("strong")
        self.chips: dict[str, QPushButton] = {}
        for name in ("files", "chain"):
            chip = self.chips[name] = QPushButton()
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.clicked.connect(self.fit)
            tools.addWidget(chip)
        self.chips["files"].setChecked(True)
        tools.addWidget(self._head)
        tools.addStretch(1)
        for name, label, keys, run in (
            ("add", tr("收入文件…"), "Ctrl O", self.add_asked.emit), ("verify", tr("核验全部"), "", self.verify),
            ("handover", tr("移交保管…"), "", lambda: self.step_asked.emit(HANDOVER)),
            ("stamp", tr("登记时间戳…"), "", self.stamp), ("export", tr("导出（含存证凭证）…"), "", self.export),
        ):
            button = KeyButton(label, keys)
            button.setAutoDefault(True)
            button.clicked.connect(lambda _on=False, run=run: run())
            self.buttons[name] = button
            tools.addWidget(button)
        foot = QVBoxLayout()
        foot.setSpacing(4)
        self.copies: dict[str, QPushButton] = {}
        for name, label in (("sha256", tr("复制 SHA-256")), ("sm3", tr("复制 SM3")), ("hash", tr("复制行校验值"))):
            button = QPushButton(label)
            button.setAutoDefault(True)
            button.clicked.connect(partial(self.copy, name))
            self.copies[name] = button
            foot.addWidget(button)
        foot.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("clear")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.words)
        told = QHBoxLayout()
        told.addWidget(self._scroll, 1)
        told.addLayout(foot)
        lower = self._lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        self._chain_head.setObjectName("muted")
        self._chain_head.setWordWrap(True)
        below.addWidget(self._chain_head)
        below.addWidget(self.chain, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("airy")
        split.setHandleWidth(10)
        split.setChildrenCollapsible(False)
        split.addWidget(self.files)
        split.addWidget(lower)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.addWidget(self.banner)
        column.addLayout(tools)
        column.addWidget(split, 1)
        column.addLayout(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """In a low window files and chain take turns; in a narrow one the line below tells what has no column."""
        line = row_height(self.font())
        low = self.height() < line * (15 if self.banner.isHidden() else 17)
        narrow = self.width() < text_width("国") * 72
        for chip in self.chips.values():
            chip.setVisible(low)
        self._head.setVisible(not low)
        self.files.setVisible(not low or self.chips["files"].isChecked())
        self._lower.setVisible(not low or self.chips["chain"].isChecked())
        self._chain_head.setVisible(not low or bool(self.item and self.item.problems))
        self._scroll.setFixedHeight(self.fontMetrics().lineSpacing() * (3 if low else 5) + 6)
        for column in (PERSON, TIME):
            self.files.setColumnHidden(column, narrow)
        self.chain.setColumnHidden(HASH, narrow)
        self.buttons["add"].show_keys(not narrow)

    # --- which item

    def show_case(self, case: CaseView) -> None:
        if self._case is None or self._case.key != case.key:
            self.item, self._looked = None, ""
            self._results, self._stamps = {}, {}
            self.files.show_rows([])
            self.chain.show_rows([])
        self._case = case
        if self.isVisible():
            self.load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            # Whom the centre trusts may be another by now.
            self._looked, self._stamps = "", {}
            self.load()

    def load(self) -> None:
        if self._case is None:
            return
        key = self._case.key
        self._worker.read(lambda desk: desk.evidence.show(key), self._show, owner=self, replaces="case-evidence")

    def _show(self, item: EvidenceView) -> None:
        if self._case is None or item.key != self._case.key:
            return
        self.item = item
        self.banner.setText(lock_words(item))
        self.banner.setVisible(item.locked)
        self.chips["files"].setText(tr("文件 {n}", n=len(item.files)))
        self.chips["chain"].setText(tr("流转记录 {n}", n=len(item.custody)))
        keeper = tr("，保管人 {name}", name=item.custodian) if item.custodian else ""
        self._head.setText(tr("文件 {n} 个{keeper}", n=len(item.files), keeper=keeper))
        self._chain_head.setText("\n".join((
            tr("流转记录 {n} 行；{clock}取自各站点的电脑，不是可信时间", n=len(item.custody), clock=LOCAL_CLOCK),
            *(f"▲ {problem}" for problem in item.problems))))
        self.files.setColumnHidden(MARK, not any(one.mark for one in item.files))
        own = self._context.station
        self.files.show_rows([
            file_row(self._with_result(one), self._stamps_of(one.sha256), own) for one in item.files
        ], select_first=True)
        self.chain.show_rows([custody_row(row) for row in item.custody])
        self._offer(item)
        self.fit()
        self._look_at_stamps(item)

    def _with_result(self, one: EvidenceFile) -> EvidenceFile:
        return replace(one, result=self._results.get(one.sha256, ""))

    def _stamps_of(self, sha256: str) -> list[StampView]:
        found = [stamp for stamp in self.item.stamps if stamp.file == sha256] if self.item is not None else []
        return [self._stamps.get(stamp.token, stamp) for stamp in found]

    def _offer(self, item: EvidenceView) -> None:
        """What cannot be done now says why."""
        has_files = bool(item.files)
        reasons = {name: self._barred(name) for name in (HANDOVER, STAMP)}
        reasons["verify"] = reasons["export"] = "" if has_files else tr("还没有文件")
        if item.locked:
            reasons["export"] = tr("已锁定，不能导出")
            reasons["add"] = self.closed()
        for name, button in self.buttons.items():
            button.setEnabled(not reasons.get(name))
            button.setToolTip(reasons.get(name, ""))

    def closed(self) -> str:
        """Why no file may be put beside the item now; empty when one may."""
        return tr("已锁定，不能再收入文件") if self.item is not None and self.item.locked else ""

    def _barred(self, step: str) -> str:
        found = next((one for one in self._case.actions if one.action == step), None) if self._case else None
        if found is None:
            return tr("“{stage}”时不能办理", stage=self._case.stage_label if self._case else "")
        return "" if found.enabled else found.reason

    # --- one file, one row

    def chosen(self) -> EvidenceFile | None:
        row = self.files.current()
        return next((one for one in self.item.files if row is not None and one.sha256 == row.key), None) \
            if self.item is not None else None

    def _tell_file(self, _row: TextRow | None) -> None:
        one = self.chosen()
        self.words.setText(file_words(one, self._stamps_of(one.sha256)) if one is not None else "")
        self.copies["sha256"].setVisible(one is not None)
        self.copies["sm3"].setVisible(one is not None and bool(one.sm3))
        self.copies["hash"].hide()

    def _tell_row(self, row: TextRow | None) -> None:
        found = [one for one in self.item.custody if row is not None and one.hash == row.key] if self.item else []
        if not found:
            return
        self.words.setText(custody_words(found[0]))
        for name, button in self.copies.items():
            button.setVisible(name == "hash")

    def copy(self, name: str) -> None:
        """The whole value under the cursor."""
        one, row = self.chosen(), self.chain.current()
        text = str(row.key) if name == "hash" and row is not None else getattr(one, name, "") if one else ""
        if text:
            QGuiApplication.clipboard().setText(text)
            self._context.notices.tell(tr("已复制 {text}", text=text), DONE)

    def save(self) -> None:
        if (one := self.chosen()) is not None:
            self.save_asked.emit(one)

    # --- verifying

    def verify(self) -> None:
        """Hash everything again. A file that is not what was recorded locks the item."""
        self._verify(tr("核验 {number}", number=self._case.number if self._case else ""), lock=True)

    def _look_at_stamps(self, item: EvidenceView) -> None:
        """The state of time-stamps is worked out by itself where that costs little; nothing is locked by it."""
        unknown = [stamp.token for stamp in item.stamps if stamp.token not in self._stamps]
        small = sum(one.size for one in item.files) <= SMALL
        mark = f"{item.id}{len(item.files)}{unknown}"
        if unknown and small and mark != self._looked:
            self._looked = mark
            self._verify(tr("核对时间戳"), lock=False)

    def _verify(self, title: str, *, lock: bool) -> None:
        if self._case is None:
            return
        key, actor, today = self._case.key, self._context.actor, self._context.today()

        def work(desk: Desk, progress: Progress, _cancelled: Cancelled) -> EvidenceReport:
            from desktop.exchange.timestamp import examine

            return desk.evidence.verify(key, examine, actor=actor, on=today, today=today, lock=lock,
                                        progress=lambda _what, done, total: progress(done, total))

        self.buttons["verify"].setEnabled(False)
        self._worker.long(work, title, partial(self._verified, shown=lock), self._failed, owner=self, origin="case",
                          quiet=not lock, cancellable=False)

    def _verified(self, report: EvidenceReport, *, shown: bool) -> None:
        self.buttons["verify"].setEnabled(True)
        if self._case is None or report.item.key != self._case.key:
            return
        self._stamps = {stamp.token: stamp for stamp in report.item.stamps if stamp.report is not None}
        if shown:
            from desktop.ui.case_evidence_verify import ReportDialog

            self._results = {one.sha256: one.result for one in report.item.files}
            dialog = ReportDialog(self._context, report, self)
            dialog.finished.connect(lambda _result: self.window().activateWindow())
            dialog.open()
        self.load()

    def _failed(self, error: BaseException) -> None:
        self.buttons["verify"].setEnabled(True)
        self._context.notices.tell(tr("没有核验：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR)

    # --- time-stamps, writing out

    def stamp(self) -> None:
        """Ask for a token and the file that it is for."""
        from desktop.ui.case_evidence_stamp import StampDialog

        if self._case is None or self.item is None:
            return
        dialog = StampDialog(self._context, self._case.key, self.item, self)
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def export(self) -> None:
        """Ask for a place; a folder of its own is made there."""
        if self._case is None:
            return
        place = QFileDialog.getExistingDirectory(self, tr("导出到哪个文件夹（其中新建一个）"))
        if place:
            name = f"{self._case.number} {self._context.now():%Y%m%d-%H%M%S}"
            self.export_to(Path(place) / name)

    def export_to(self, folder: Path) -> None:
        """All files, read back and held against their digests, with the voucher as text and as JSON."""
        if self._case is None:
            return
        key, actor, today = self._case.key, self._context.actor, self._context.today()

        def work(desk: Desk, _progress: Progress, _cancelled: Cancelled) -> Exported:
            from desktop.exchange.timestamp import examine

            return desk.evidence.export(key, folder, examine, actor=actor, on=today, today=today)

        def told(made: Exported) -> None:
            self._context.notices.tell(
                tr("已写出 {n} 个文件到 {folder}，内容与登记的校验值相符", n=len(made.files), folder=made.folder), DONE)
            self._warn(made.warnings)

        def failed(error: BaseException) -> None:
            self._context.notices.tell(tr("没有导出：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR)
            self._worker.changed.emit(None, "case")  # a file that was found changed has locked the item

        self._worker.long(work, tr("导出 {number}", number=self._case.number), told, failed, owner=self,
                          origin="case", quiet=True, cancellable=False)

    def _warn(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self._context.notices.tell(sentence, WARN)
