"""Taking in a list: one dialog from the file to the cases, with a dry run that says what will happen and why.

Nothing is written before 收入 is pressed. A cancelled import keeps what was committed and says how much.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import IntakeReport
from desktop.core.intake import IntakeRow
from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.import_mapping import MappingPanel
from desktop.ui.import_model import Outcome, Source, examine, outcome_of, read_source, refusals
from desktop.ui.import_rows import Invitation, RowsPanel
from desktop.ui.list_dialog import ListDialog
from desktop.ui.widgets.rowtable import TextRow
from desktop.ui.worker import Cancelled, Progress

if TYPE_CHECKING:
    from desktop.app.desk import Desk


class ImportDialog(ListDialog):
    """``imported(IntakeReport)`` after each real run; ``show_new()`` when the person wants to see the new cases."""

    imported = Signal(object)
    show_new = Signal()

    def __init__(self, context: Context, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(context, tr("导入案件清单"), tr("选择案件清单"), (1120, 680), parent)
        self.source: Source | None = None
        self.report: IntakeReport | None = None
        self._rows: list[IntakeRow] = []
        self._lines: tuple[tuple[str, TextRow], ...] = ()
        self._wanted = 0
        self.sheets.activated.connect(lambda _row: self._open_sheet())
        self.mapping = MappingPanel()
        self.mapping.changed.connect(self._remap)
        mapping_title = QLabel(tr("列对应（* 为必需）"))
        mapping_title.setObjectName("strong")
        left = QWidget()
        left.setObjectName("panel")
        left_column = QVBoxLayout(left)
        left_column.addWidget(mapping_title)
        left_column.addWidget(self.mapping, 1)
        self.rows = RowsPanel(context.theme)
        self._body = QSplitter()
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(left)
        self._body.addWidget(self.rows)
        self._body.setStretchFactor(0, 4)
        self._body.setStretchFactor(1, 6)
        self._body.setSizes([430, 670])
        # Before a file is there, empty tables would say nothing; words do.
        self._pages = QStackedWidget()
        self._pages.addWidget(Invitation())
        self._pages.addWidget(self._body)

        self.copy_button = QPushButton(tr("保存带原因的副本…"))
        self.copy_button.setAutoDefault(True)
        self.copy_button.clicked.connect(self.save_copy)
        self.new_button = QPushButton(tr("查看新收案件"))
        self.new_button.setAutoDefault(True)
        self.new_button.clicked.connect(self._show_new)
        self.take_button = QPushButton()
        self.take_button.setProperty("primary", True)
        self.take_button.setDefault(True)
        self.take_button.clicked.connect(self.take_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addLayout(self.top_row())
        column.addWidget(self._heard)
        column.addWidget(self._pages, 1)
        column.addLayout(self.foot_row(self.copy_button, self.new_button, self.take_button))
        self._say("")
        self._show_rows()
        self._show_state()
        if path is not None:
            self.load(path)

    # --- the file

    def load(self, path: Path, sheet: str | None = None) -> None:
        """Read a file beside the window's work and show what was recognised."""
        if self._work is not None:
            return
        self.source = self.report = None
        self._rows = []
        self._file.setText(str(path))
        self._say(tr("正在读取…"), "hint")
        self._show_rows()
        self._begin(self._worker.aside(
            lambda _progress, cancelled: read_source(path, sheet, cancelled), tr("读取 {name}", name=path.name),
            self._read, self._failed, owner=self))

    def _open_sheet(self) -> None:
        if self.source is not None:
            self.load(self.source.sheet.path, self.sheets.currentText())

    def _read(self, source: Source) -> None:
        self._finish()
        self.source = source
        self._show_sheets(source.sheet.names, source.sheet.name)
        fingerprint = source.recognition.fingerprint
        self._worker.read(lambda desk: desk.mapping_for(fingerprint), self._remembered, self._failed, owner=self)

    def _remembered(self, mapping: dict[str, str] | None) -> None:
        if self.source is None:
            return
        if mapping:
            try:
                known = self.source.recognition.remapped(mapping)
            except Refusal:
                # The header has the same words in other places: what was recognised stands.
                known = self.source.recognition
            self.source = Source(self.source.sheet, known)
        self._show_mapping()
        self.dry_run()

    def _remap(self, field: str, index: int) -> None:
        if self.source is None or self._work is not None:
            return
        changed = self.source.recognition.remapped({field: index if index >= 0 else None})
        self.source = Source(self.source.sheet, changed)
        self._show_mapping()
        self.dry_run()

    def _show_mapping(self) -> None:
        assert self.source is not None
        known = self.source.recognition
        self.mapping.show_recognition(known)
        words = [tr("表头在第 {row} 行，认出 {n} 列", row=known.header_row, n=len(known.columns))]
        if known.unknown:
            words.append(tr("没有用到的列：{titles}", titles="、".join(known.unknown[:12])
                            + (" …" if len(known.unknown) > 12 else "")))
        self._say("；".join((*words, *known.warnings, *self.source.sheet.notes)), "hint")

    # --- dry run

    def dry_run(self) -> None:
        """Examine every row and ask what each would become."""
        if self.source is None or self._work is not None:
            return
        self.report, self._rows = None, []
        self._show_rows()
        try:
            self.source.recognition.require_complete()
        except Refusal as refusal:
            self._say(refusal.reason)
            self._show_state()
            first = next((combo for field, combo in self.mapping.combos.items() if combo.currentData() == -1
                          and combo.itemText(0).startswith("▲")), None)
            if first is not None:
                first.setFocus()
            return
        source, today = self.source, self._context.today()
        self._begin(self._worker.aside(
            lambda progress, cancelled: examine(source, today, progress, cancelled), tr("逐行核对"), self._examined,
            self._failed, owner=self))

    def _examined(self, rows: list[IntakeRow]) -> None:
        self._finish()
        self._rows = rows
        self._begin(self._worker.long(
            lambda desk, progress, cancelled: outcome_of(
                desk.plan_intake(rows, progress=progress, cancelled=cancelled)),
            tr("与现有案件比对"), self._planned, self._failed, owner=self, quiet=True))

    def _planned(self, outcome: Outcome) -> None:
        self._finish()
        if outcome.report.cancelled:
            self._say(tr("已取消试算，什么也没有收入。"), "hint")
            return
        self.report, self._lines = outcome.report, outcome.lines
        self._show_rows()
        self._show_state()
        self.take_button.setFocus()

    # --- the real run

    def take_in(self) -> None:
        """Write the new and changed cases; the mapping is remembered for the next list of this shape."""
        if self.report is None or not self.report.dry_run or self.source is None or self._work is not None:
            return
        rows, actor, today = self._rows, self._context.actor, self._context.today()
        source, known = self.source.sheet.path.name, self.source.recognition
        self._wanted = self.report.new + self.report.changed

        def run(desk: Desk, progress: Progress, cancelled: Cancelled) -> Outcome:
            desk.remember_mapping(known.fingerprint, known.mapping())
            return outcome_of(desk.take_in(
                rows, actor=actor, source=source, today=today, progress=progress, cancelled=cancelled))

        self._begin(self._worker.long(run, tr("收入 {n} 件", n=self._wanted), self._taken, self._failed, owner=self,
                                      origin="import"))

    def _taken(self, outcome: Outcome) -> None:
        self._finish()
        report = outcome.report
        self.report, self._lines = report, outcome.lines
        done = report.new + report.changed
        if report.cancelled:
            self._say(tr("已取消：先前的 {n} 件已经收入并保留，其余 {rest} 件没有收入；再导入一次同一文件会接着收。",
                         n=done, rest=self._wanted - done), "warning")
        else:
            self._say(tr("已收入：新收 {new} 件，变更 {changed} 件，不变 {same} 件，拒收 {refused} 行。",
                         new=report.new, changed=report.changed, same=report.unchanged,
                         refused=report.refused), "done")
        self._show_rows()
        self._show_state()
        (self.new_button if report.new else self.close_button).setFocus()
        self.imported.emit(report)

    def save_copy(self) -> None:
        """A copy of the sheet with the reason beside each refused row; the original is not touched."""
        if self.source is None:
            return
        path = self.source.sheet.path
        name, _filter = QFileDialog.getSaveFileName(
            self, tr("保存带原因的副本"), str(path.with_name(tr("{stem}-未收入原因.xlsx", stem=path.stem))),
            "Excel (*.xlsx)")
        if name:
            self.save_copy_to(Path(name))

    def save_copy_to(self, target: Path) -> None:
        if self.source is None or self.report is None or self._work is not None:
            return
        path, found = self.source.sheet.path, refusals(self.report)

        def write(_progress: object, _cancelled: object) -> None:
            from desktop.exchange.error_copy import write_error_copy

            write_error_copy(path, target, found)

        def written(_nothing: object) -> None:
            self._finish()
            self._say(tr("副本已保存到 {path}；改好标出的行，再导入这个副本即可。", path=target), "done")

        self._begin(self._worker.aside(write, tr("写带原因的副本"), written, self._failed, owner=self,
                                       cancellable=False))

    def _show_new(self) -> None:
        self.accept()
        self.show_new.emit()

    # --- what is shown

    def _progress(self, done: int, total: int) -> None:
        super()._progress(done, total or len(self._rows))

    def _failed(self, error: BaseException) -> None:
        super()._failed(error)
        self._show_rows()

    def _say(self, words: str, level: str = "error") -> None:
        self._heard.say(words, level)
        self._heard.setVisible(bool(words))

    def _show_rows(self) -> None:
        self.rows.show_report(self.report, self._lines if self.report else ())

    def _show_state(self) -> None:
        super()._show_state()
        busy = self._work is not None
        self._pages.setCurrentIndex(1 if self.source is not None else 0)
        self._body.setEnabled(not busy or self.report is not None)
        self.mapping.setEnabled(not busy and (self.report is None or self.report.dry_run))
        planned = self.report if self.report is not None and self.report.dry_run else None
        wanted = planned.new + planned.changed if planned else 0
        self.take_button.setVisible(self.report is None or self.report.dry_run)
        self.take_button.setEnabled(bool(wanted) and not busy)
        self.take_button.setDefault(True)
        self.take_button.setText(
            tr("收入 {n} 件", n=wanted) if wanted else tr("没有可收入的") if planned else tr("收入"))
        self.copy_button.setVisible(bool(self.report and self.report.refused) and not busy)
        self.new_button.setVisible(bool(self.report and not self.report.dry_run and self.report.new) and not busy)
