"""Taking in a list of parties or agencies: first what would happen to each row and why, then the real run.

Nothing is written before 收入 is pressed. A cancelled import keeps what was committed and says how much.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.party_views import PartyIntakeReport
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.list_dialog import ListDialog
from desktop.ui.parties_import_rows import (
    VERDICTS,
    PartyOutcomeRows,
    PartySource,
    heard,
    outcome_of,
    read_source,
    watched,
)
from desktop.ui.parties_parts import plain
from desktop.ui.parties_words import KINDS, kind_title
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import Cancelled, Progress

if TYPE_CHECKING:
    from desktop.app.desk import Desk


class PartyImportDialog(ListDialog):
    """``path``: a file that was dropped; without it the dialog asks for one."""

    def __init__(self, context: Context, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(context, tr("导入主体和机构名单"), tr("选择主体或机构名单"), (1000, 620), parent)
        self.source: PartySource | None = None
        self.report: PartyIntakeReport | None = None
        self._path: Path | None = None
        self._lines: tuple[tuple[str, TextRow], ...] = ()
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("名单种类"))
        self.kind.addItem(tr("按表头辨认种类"), "")
        for kind in KINDS:
            self.kind.addItem(tr("{kind}名单", kind=kind_title(kind)), kind)
        for combo in (self.kind, self.sheets):
            combo.activated.connect(lambda _row: self._again())
        self.chips: dict[str, QPushButton] = {}
        chips = QHBoxLayout()
        for verdict in ("", *VERDICTS):
            chip = QPushButton()
            chip.setProperty("chip", True)
            chip.setCheckable(True)
            chip.setAutoExclusive(True)
            chip.setAutoDefault(True)
            chip.clicked.connect(self._show_rows)
            self.chips[verdict] = chip
            chips.addWidget(chip)
        self.chips[""].setChecked(True)
        chips.addStretch(1)
        self.table = RowTable((
            TextColumn(tr("行"), 2.6, right=True), TextColumn(tr("结果"), 4.6), TextColumn(tr("名称"), 14),
            TextColumn(tr("原因、变化、提示"), 20, stretch=True),
        ), context.theme, tr("逐行结果"))
        self._detail = plain("", "muted")
        self._detail.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.table.row_changed.connect(lambda row: self._detail.setText(row.tip if row else ""))
        self.take_button = QPushButton()
        self.take_button.setProperty("primary", True)
        self.take_button.setAutoDefault(True)
        self.take_button.clicked.connect(self.take_in)
        self._lay_out(chips)
        self._heard.say(tr("要有名称一列；统一社会信用代码、机构代码、地区、状态、有效期、额度等有则收入。"
                           "先试算，确认之前什么也不写入；同一份名单导入两次不会多出登记。"), "hint")
        self._show_rows()
        self._show_state()
        if path is not None:
            self.load(path)

    def _lay_out(self, chips: QHBoxLayout) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addLayout(self.top_row(self.kind))
        column.addWidget(self._heard)
        column.addLayout(chips)
        column.addWidget(self.table, 1)
        column.addWidget(self._detail)
        column.addLayout(self.foot_row(self.take_button))

    # --- the file

    def load(self, path: Path, sheet: str | None = None) -> None:
        """Read a file beside the window's work and try it."""
        if self._work is not None:
            return
        self.source = self.report = None
        self._path, self._lines = path, ()
        self._file.setText(str(path))
        self._heard.say(tr("正在读取…"), "hint")
        self._show_rows()
        kind = str(self.kind.currentData() or "")
        self._begin(self._worker.aside(
            lambda progress, cancelled: read_source(path, sheet, kind, progress, cancelled),
            tr("读取 {name}", name=path.name), self._read, self._failed, owner=self))

    def _again(self) -> None:
        if self._path is not None:
            self.load(self._path, self.sheets.currentText() or None)

    def _read(self, source: PartySource) -> None:
        self._finish()
        self.source = source
        self._show_sheets(source.sheet.names, source.sheet.name)
        self._heard.say(heard(source), "hint")
        kind, rows = source.columns.kind.value, source.rows
        self._begin(self._worker.long(
            lambda desk, progress, cancelled: outcome_of(
                desk.parties.plan_import(kind, watched(rows, progress, cancelled)), len(rows)),
            tr("与现有登记比对"), self._planned, self._failed, owner=self, quiet=True))

    def _planned(self, outcome: PartyOutcomeRows) -> None:
        self._finish()
        if outcome.cut:
            self._heard.say(tr("已取消试算，什么也没有收入。"), "hint")
            return
        self.report, self._lines = outcome.report, outcome.lines
        self._show_rows()
        self._show_state()
        self.take_button.setFocus()

    # --- the real run

    def take_in(self) -> None:
        """Register the new ones and amend the changed."""
        if self.report is None or not self.report.dry_run or self.source is None or self._work is not None:
            return
        kind, rows, source = self.source.columns.kind.value, self.source.rows, self.source.sheet.path.name
        actor, today, wanted = self._context.actor, self._context.today(), self.report.new + self.report.changed

        def run(desk: Desk, progress: Progress, cancelled: Cancelled) -> PartyOutcomeRows:
            return outcome_of(desk.parties.take_in(kind, watched(rows, progress, cancelled), actor=actor,
                                                   source=source, today=today), len(rows))

        self._begin(self._worker.long(run, tr("收入 {n} 个登记", n=wanted), self._taken, self._failed, owner=self,
                                      origin="parties"))

    def _taken(self, outcome: PartyOutcomeRows) -> None:
        self._finish()
        report = self.report = outcome.report
        self._lines = outcome.lines
        said = tr("新登记 {new}，更新 {changed}，未变 {same}，未收入 {refused} 行", new=report.new,
                  changed=report.changed, same=report.unchanged, refused=report.refused)
        if outcome.cut:
            self._heard.say(tr("已取消：{said}，已经收入的保留；再导入一次同一文件会接着收。", said=said), "warning")
        else:
            self._heard.say(tr("已收入：{said}。", said=said), "done")
        self._show_rows()
        self._show_state()
        self.close_button.setFocus()

    # --- what is shown

    def _show_rows(self) -> None:
        report = self.report
        verdict = next((name for name, chip in self.chips.items() if chip.isChecked()), "")
        self.table.show_rows([line for kind, line in self._lines if verdict in ("", kind)], select_first=True)
        counts = {"": report.read, "new": report.new, "changed": report.changed, "unchanged": report.unchanged,
                  "refused": report.refused} if report else {}
        for name, chip in self.chips.items():
            label = tr(VERDICTS[name]) if name else tr("全部")
            chip.setText(f"{label} {counts[name]:,}" if counts else label)
            chip.setEnabled(bool(counts))

    def _show_state(self) -> None:
        super()._show_state()
        busy = self._work is not None
        self.kind.setEnabled(not busy)
        planned = self.report if self.report is not None and self.report.dry_run else None
        wanted = planned.new + planned.changed if planned else 0
        self.take_button.setVisible(self.report is None or self.report.dry_run)
        self.take_button.setEnabled(bool(wanted) and not busy)
        self.take_button.setText(
            tr("收入 {n} 个", n=f"{wanted:,}") if wanted else tr("没有可收入的") if planned else tr("收入"))
        (self.take_button if wanted else self.choose_button).setDefault(True)
