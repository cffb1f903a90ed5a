"""Writing a bundle for the others: for everyone or for one station; the file is whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.sync_views import SyncReport
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Verdict
from desktop.ui.sync_tables import traffic_rows
from desktop.ui.sync_words import result
from desktop.ui.theme import text_width
from desktop.ui.worker import LongWork

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.worker import Cancelled, Progress

SUFFIX = ".ksb"


class ExportDialog(QDialog):
    """Who it is for, where it goes, and afterwards what is in it. ``exported(SyncReport)``."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("导出交换包"))
        self.setMinimumWidth(text_width("国") * 44)
        self._context, self._worker = context, context.worker
        self._work: LongWork | None = None
        self._leaving = False
        self.recipient = QComboBox()
        self.recipient.addItem(tr("全体站点"), "")
        self.recipient.setAccessibleName(tr("给谁"))
        told = QLabel(tr("交换包已加密并署名：给全体的，本中心任何站点都能打开；给一站的，只有那一站能打开。"
                         "里面是据本机所知对方还没有的流水，包括替别的站点转带的；多带一次不会重复。"))
        told.setObjectName("muted")
        told.setWordWrap(True)
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        label = QLabel(tr("给谁(&W)"))
        label.setBuddy(self.recipient)
        form.addRow(label, self.recipient)
        self.verdict = Verdict()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.export_button = QPushButton(tr("选择位置并导出…"))
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        self.export_button.clicked.connect(self.choose)
        self.close_button = QPushButton(tr("关闭"))
        self.close_button.setAutoDefault(True)
        self.close_button.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self._bar, 1)
        foot.addStretch(1)
        foot.addWidget(self.export_button)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(told)
        column.addWidget(self.verdict)
        column.addStretch(1)
        column.addLayout(foot)
        self._worker.read(lambda desk: desk.recipients(), self._know, owner=self)

    def _know(self, names: tuple[str, ...]) -> None:
        self.recipient.addItems(names)
        for place, name in enumerate(names, 1):
            self.recipient.setItemData(place, name)

    def choose(self) -> None:
        whom = self.recipient.currentData()
        parts = (tr("交换包"), self._context.station, tr("给{name}", name=whom) if whom else "",
                 f"{self._context.now():%Y%m%d-%H%M}")
        name = "-".join(part for part in parts if part) + SUFFIX
        chosen, _filter = QFileDialog.getSaveFileName(
            self, tr("导出交换包"), name, tr("交换包 ({suffixes})", suffixes=f"*{SUFFIX}"))
        if chosen:
            self.export(Path(chosen))

    def export(self, target: Path) -> None:
        """Write the bundle; the window can be used meanwhile."""
        if self._work is not None:
            return
        whom = str(self.recipient.currentData())

        def write(desk: Desk, progress: Progress, cancelled: Cancelled) -> SyncReport:
            return desk.export_bundle(
                target, recipient=whom, progress=lambda _what, done, total: progress(done, total), cancelled=cancelled)

        self._work = self._worker.long(
            write, tr("导出交换包"), lambda report: self._written(report, target), self._failed, owner=self, quiet=True)
        self._work.progressed.connect(self._progress)
        self._show_busy(True)
        self.verdict.say(tr("正在写出…"), "hint")

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _written(self, report: SyncReport, target: Path) -> None:
        self._end()
        if report.cancelled:
            self.verdict.say(tr("已取消，没有写出文件。"), "hint")
            return
        by_station = "、".join(f"{row.cells[0]} {row.cells[1]}" for row in traffic_rows(report.stations) if report.sent)
        what = result(report) + (tr("（{by_station}）", by_station=by_station) if by_station else "")
        self.verdict.say(tr("✓ {what}，交换包在 {path}", what=what, path=target), "done")
        self.close_button.setFocus()
        self._context.sync.took(report)

    def _failed(self, error: BaseException) -> None:
        self._end()
        self.verdict.say_error(error)
        self.export_button.setFocus()

    def _end(self) -> None:
        self._work = None
        self._show_busy(False)
        if self._leaving:
            super().reject()

    def _show_busy(self, busy: bool) -> None:
        self._bar.setRange(0, 0)
        self._bar.setVisible(busy)
        self.export_button.setEnabled(not busy)
        self.recipient.setEnabled(not busy)
        self.close_button.setText(tr("取消") if busy else tr("关闭"))

    def reject(self) -> None:
        """Leave; what is being written is given up first."""
        if self._work is None:
            super().reject()
        else:
            self._leaving = True
            self._work.cancel()
