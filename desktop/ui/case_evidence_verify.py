"""What a verification of an evidence item found, file by file."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.evidence_views import EvidenceReport
from desktop.ui.case_evidence_rows import report_head, report_rows
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Verdict
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn


class ReportDialog(QDialog):
    """Nothing is decided here; a lock was set already, and is said."""

    def __init__(self, context: Context, report: EvidenceReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("核验结果 · {number}", number=report.item.number))
        fit(self, 720, 440)
        self.verdict = Verdict()
        self.verdict.say(*report_head(report))
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = RowTable((
            TextColumn(tr("项目"), 4), TextColumn(tr("名称"), 12, stretch=True), TextColumn(tr("结果"), 11),
            TextColumn(tr("校验值"), 7),
        ), context.theme, tr("逐项结果"))
        self.table.show_rows(report_rows(report), select_first=True)
        told = QLabel("\n".join(report.notes))
        told.setObjectName("muted")
        told.setWordWrap(True)
        told.setVisible(bool(report.notes))
        leave = QPushButton(tr("关闭"))
        leave.setDefault(True)
        leave.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self.verdict)
        column.addWidget(self.table, 1)
        column.addWidget(told)
        column.addLayout(foot)
        leave.setFocus()
