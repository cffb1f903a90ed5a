"""The published calendar years, and taking in a new one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import PublishOutcome, YearView
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus
from desktop.ui.case_fields import DateField
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Publisher, Verdict, moved_rows, moved_table
from desktop.ui.settings_text import calendar_document, calendar_text
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow


class CalendarSettings(QWidget):
    """Left the years in force, right the editor for a year with its check, publication and effect."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.years = RowTable((
            TextColumn(tr("年"), 2.4), TextColumn(tr("放假"), 2, right=True), TextColumn(tr("补班"), 2, right=True),
            TextColumn(tr("状态"), 3), TextColumn(tr("依据"), 8, stretch=True), TextColumn(tr("核对日期"), 5.4),
        ), context.theme, tr("已发布的年份"))
        left = QWidget()
        left_column = QVBoxLayout(left)
        left_column.setContentsMargins(0, 0, 8, 0)
        left_column.addWidget(self._heading(tr("已发布的年份")))
        left_column.addWidget(self._hint(tr("晚于最后一年的到期日按“周一至周五”推算，标为“暂定”；装入该年后自动重算。")))
        left_column.addWidget(self.years, 1)

        self.editor = QPlainTextEdit()
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName(tr("一年的放假和补班"))
        self.editor.setPlaceholderText(tr(
            "每行一天：日期，放假或补班，名称，依据文号\n2027-01-01，放假，元旦，国办发明电〔2026〕×号\n"
            "2027-01-03，补班，元旦\n\n可以直接从表格粘贴，也可以用“从文件读取”"))
        self.basis = QLineEdit()
        self.basis.setPlaceholderText(tr("依据文号，如 国办发明电〔2026〕×号（留空则取各行的文号）"))
        self.basis.setAccessibleName(tr("依据文号"))
        self.checked_on = DateField(context.today())
        self.checked_on.set_value(context.today().isoformat())
        self.status = QComboBox()
        self.status.addItems([CheckStatus.UNCHECKED.value, CheckStatus.CHECKED.value])
        self.status.setAccessibleName(tr("核对状态"))
        self.file_button = self._button(tr("从文件读取…"), self._choose)
        self.check_button = self._button(tr("核对"), self.check)
        self.publish_button = self._button(tr("发布"), self.publish)
        self.publish_button.setProperty("primary", True)
        self.verdict = Verdict()
        self._publisher = Publisher(context, self.verdict, self)
        self._publisher.published.connect(self._published)
        self._moved_title = self._heading(tr("日期有变的期限"))
        self.moved = moved_table(context)
        facts = QHBoxLayout()
        facts.addWidget(QLabel(tr("核对日期")))
        facts.addWidget(self.checked_on, 1)
        facts.addWidget(self.status)
        buttons = QHBoxLayout()
        buttons.addWidget(self.file_button)
        buttons.addStretch(1)
        buttons.addWidget(self.check_button)
        buttons.addWidget(self.publish_button)
        right = QWidget()
        right_column = QVBoxLayout(right)
        right_column.setContentsMargins(8, 0, 0, 0)
        right_column.addWidget(self._heading(tr("装入一年")))
        right_column.addWidget(self.editor, 2)
        right_column.addWidget(self.basis)
        right_column.addLayout(facts)
        right_column.addLayout(buttons)
        right_column.addWidget(self.verdict)
        right_column.addWidget(self._moved_title)
        right_column.addWidget(self.moved, 1)
        self._moved_title.hide()
        self.moved.hide()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setSizes([520, 560])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self.setFocusProxy(self.years)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("strong")
        return label

    def _hint(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        label.setWordWrap(True)
        return label

    def _button(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(True)
        button.clicked.connect(act)
        return button

    def reload(self) -> None:
        self._context.worker.read(lambda desk: desk.calendar_years(), self._show, owner=self, replaces="years")

    def _show(self, years: tuple[YearView, ...]) -> None:
        self.years.show_rows([
            TextRow((
                str(year.year), str(year.days_off), str(year.days_worked), year.status, year.basis or "—",
                year.checked_on or "—",
            ), "" if year.status == CheckStatus.CHECKED else "soon", year.year, year.note or year.basis)
            for year in years
        ], select_first=True)

    def _choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("读取一年的放假安排"), "", tr("日历 ({suffixes})", suffixes="*.toml *.csv *.xlsx *.xls *.txt"))
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Put a file's rows into the editor, where they can be looked over before the check."""
        self._context.worker.aside(
            lambda _progress, _cancelled: calendar_text(path), tr("读取 {name}", name=path.name), self._loaded,
            self.verdict.say_error, owner=self)

    def _loaded(self, text: str) -> None:
        self.editor.setPlainText(text)
        self.check()

    def document(self) -> str | None:
        """The text to publish, or None after saying what cannot be read."""
        try:
            if self.checked_on.problem():
                raise Refusal("bad_input", self.checked_on.problem())
            return calendar_document(self.editor.toPlainText(), basis=self.basis.text().strip(),
                                     checked_on=self.checked_on.value(), status=self.status.currentText())
        except Refusal as refusal:
            self.verdict.say(refusal.reason)
            return None

    def check(self) -> None:
        text = self.document()
        if text is not None:
            self._publisher.check(text)

    def publish(self) -> None:
        text = self.document()
        if text is not None:
            self._publisher.publish(text)

    def _published(self, outcome: PublishOutcome) -> None:
        self._moved_title.setVisible(bool(outcome.moved))
        self.moved.setVisible(bool(outcome.moved))
        self.moved.show_rows(moved_rows(outcome.moved), select_first=True)
        self.reload()
