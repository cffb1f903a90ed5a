"""Taking in a bundle: always a dry run first, shown in words and by station, then one confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.app.sync_views import SyncReport
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Verdict
from desktop.ui.sync_tables import traffic_rows, traffic_table
from desktop.ui.sync_words import result
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.fitting import fit
from desktop.ui.worker import LongWork

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.worker import Cancelled, Progress

SUFFIX = ".ksb"


class BundleDialog(QDialog):
    """Nothing is written before 导入 is pressed. ``dispute_wanted``: the person wants to see what it put in dispute."""

    dispute_wanted = Signal()

    def __init__(self, context: Context, path: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("导入交换包"))
        self.setAcceptDrops(True)
        fit(self, 760, 520)
        self._context, self._worker = context, context.worker
        self._path: Path | None = None
        self._work: LongWork | None = None
        self._leaving = False
        self.report: SyncReport | None = None
        self.choose_button = KeyButton(tr("选择交换包…"), "Ctrl O")
        self.choose_button.setShortcut("Ctrl+O")
        self.choose_button.setAutoDefault(True)
        self.choose_button.clicked.connect(self.choose)
        self._file = ElidedLabel(tr("选择 .ksb 文件，或把它拖到这里；先试算，确认后才写入"))
        top = QHBoxLayout()
        top.addWidget(self.choose_button)
        top.addWidget(self._file, 1)
        self.verdict = Verdict()
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.hide()
        self.table = traffic_table(context.theme)
        self.table.setColumnHidden(1, True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.dispute_button = QPushButton(tr("查看待裁决"))
        self.dispute_button.setAutoDefault(True)
        self.dispute_button.clicked.connect(self._show_disputes)
        self.take_button = QPushButton(tr("导入"))
        self.take_button.setProperty("primary", True)
        self.take_button.clicked.connect(self.take_in)
        self.close_button = QPushButton(tr("关闭"))
        self.close_button.setAutoDefault(True)
        self.close_button.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self._bar, 1)
        foot.addStretch(1)
        for button in (self.dispute_button, self.take_button, self.close_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.verdict)
        column.addWidget(self.notes)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self._show_state()
        if path is not None:
            self.load(path)

    def choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("选择交换包"), "", tr("交换包 ({suffixes})", suffixes=f"*{SUFFIX}"))
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """The dry run: everything is opened and checked, nothing is kept."""
        if self._work is None:
            self._path, self.report = path, None
            self._file.setText(str(path))
            self._run(path, dry_run=True)

    def take_in(self) -> None:
        """The real run."""
        if self._work is None and self._path is not None and self.report is not None and self.report.dry_run:
            self._run(self._path, dry_run=False)

    def _run(self, path: Path, *, dry_run: bool) -> None:
        def run(desk: Desk, progress: Progress, cancelled: Cancelled) -> SyncReport:
            return desk.import_bundle(
                path, dry_run=dry_run, progress=lambda _what, done, total: progress(done, total), cancelled=cancelled)

        title = tr("试算交换包") if dry_run else tr("导入交换包")
        self._work = self._worker.long(run, title, self._ran, self._failed, owner=self, quiet=True)
        self._work.progressed.connect(self._progress)
        self._bar.setRange(0, 0)
        self.verdict.say(title + "…", "hint")
        self._show_state()

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _ran(self, report: SyncReport) -> None:
        self._work, self.report = None, report
        if not report.dry_run:
            self._context.sync.took(report)
        if self._leaving:
            super().reject()
            return
        if report.dry_run and report.cancelled:
            self.report = None
            self.verdict.say(tr("已取消试算，什么也没有导入。"), "hint")
        elif report.dry_run:
            news = report.received + report.held
            self.verdict.say(
                tr("试算：{what}。确认后才写入。", what=result(report)) if news
                else tr("包里没有本机缺的流水（{what}）；导入只记下对方的回执。", what=result(report)), "hint")
        else:
            self.verdict.say(tr("✓ 已导入：{what}。", what=result(report)), "warning" if report.cancelled else "done")
        moved = [tr("{n} 项期限的日期有变", n=len(report.moved))] if report.moved else []
        self.notes.setText("\n".join(f"· {note}" for note in (*report.notes, *moved)))
        self.table.show_rows(traffic_rows(report.stations))
        self._show_state()
        (self.take_button if self.take_button.isVisible() else
         self.dispute_button if self.dispute_button.isVisible() else self.close_button).setFocus()

    def _failed(self, error: BaseException) -> None:
        self._work = None
        if self._leaving:
            super().reject()
            return
        self.report = None
        self.notes.setText("")
        self.table.show_rows([])
        self.verdict.say_error(error)
        self._show_state()
        self.choose_button.setFocus()

    def _show_state(self) -> None:
        busy, report = self._work is not None, self.report
        self._bar.setVisible(busy)
        self.choose_button.setEnabled(not busy)
        self.notes.setVisible(bool(self.notes.text()) and not busy)
        self.take_button.setVisible(report is not None and report.dry_run and not busy)
        self.take_button.setDefault(True)
        if report is not None and report.dry_run:
            count = report.received + report.held
            self.take_button.setText(tr("导入 {n} 条", n=f"{count:,}") if count else tr("导入回执"))
        self.dispute_button.setVisible(bool(report and not report.dry_run and report.contested) and not busy)
        self.close_button.setText(tr("取消") if busy else tr("关闭"))

    def _show_disputes(self) -> None:
        self.accept()
        self.dispute_wanted.emit()

    def reject(self) -> None:
        """Leave. A run under way is asked to stop first; what it took in stays and is whole."""
        if self._work is None:
            super().reject()
        else:
            self._leaving = True
            self._work.cancel()

    # --- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].toLocalFile().lower().endswith(SUFFIX):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.load(Path(event.mimeData().urls()[0].toLocalFile()))
