"""The rows of a list with what becomes of each, and what to do before there is a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.views import IntakeReport
from desktop.exchange.columns import load_columns
from desktop.ui.i18n import tr
from desktop.ui.import_model import VERDICTS
from desktop.ui.theme import Theme
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow


class RowsPanel(QFrame):
    """Every row with its verdict and reason; the chips above show one verdict alone, with its count."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._report: IntakeReport | None = None
        self._lines: Sequence[tuple[str, TextRow]] = ()
        self._filters = QButtonGroup(self)
        filters = QHBoxLayout()
        self.filter_buttons: dict[str, QPushButton] = {}
        for verdict in ("", *VERDICTS):
            button = QPushButton()
            button.setProperty("chip", True)
            button.setCheckable(True)
            button.setAutoDefault(True)
            button.clicked.connect(self._show)
            self._filters.addButton(button)
            self.filter_buttons[verdict] = button
            filters.addWidget(button)
        self.filter_buttons[""].setChecked(True)
        filters.addStretch(1)
        self.table = RowTable((
            TextColumn(tr("行"), 2.6, right=True), TextColumn(tr("结果"), 3.6), TextColumn(tr("案号"), 10.5),
            TextColumn(tr("发明名称"), 11), TextColumn(tr("原因、变化、提示"), 20, stretch=True),
        ), theme, tr("逐行结果"))
        self._detail = QLabel()
        self._detail.setWordWrap(True)
        self._detail.setObjectName("muted")
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.table.row_changed.connect(lambda row: self._detail.setText(row.tip if row else ""))
        column = QVBoxLayout(self)
        column.addLayout(filters)
        column.addWidget(self.table, 1)
        column.addWidget(self._detail)

    def show_report(self, report: IntakeReport | None, lines: Sequence[tuple[str, TextRow]]) -> None:
        """``lines`` are (verdict, line) of the report; None empties the panel."""
        self._report, self._lines = report, lines
        self._show()

    def _show(self) -> None:
        report = self._report
        verdict = next((name for name, button in self.filter_buttons.items() if button.isChecked()), "")
        self.table.show_rows([line for kind, line in self._lines if verdict in ("", kind)], select_first=True)
        counts = {"": report.read, "new": report.new, "changed": report.changed, "unchanged": report.unchanged,
                  "refused": report.refused} if report else {}
        for name, button in self.filter_buttons.items():
            label = tr(VERDICTS[name]) if name else tr("全部")
            button.setText(f"{label} {counts[name]}" if counts else label)
            button.setEnabled(bool(counts))


class Invitation(QFrame):
    """The dialog before a file was chosen: what it takes, what it needs, and that nothing happens yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        fields = load_columns().fields.values()
        needed = "、".join(field.label for field in fields if field.required)
        useful = "、".join(field.label for field in fields if not field.required)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        for name, words in (
            ("title", tr("把平台导出的清单拖到这里，或按 Ctrl O 选择文件")),
            ("", tr("Excel（xlsx、xls）或 CSV。表头上面可以有标题行，列的先后和叫法不限，认错的可以手工改。")),
            ("", tr("每件必需：{fields}。", fields=needed)),
            ("muted", tr("有则收入：{fields}。", fields=useful)),
            ("muted", tr("先逐行试算，说明哪些新收、变更、不变、拒收及原因；按“收入”之前什么也不写入。")),
            ("muted", tr("同一份清单导入两次，不会多出案件。")),
        ):
            label = QLabel(words)
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addStretch(3)
