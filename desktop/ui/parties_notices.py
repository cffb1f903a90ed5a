"""The documents of one party (备案通过、不通过、暂停、取消、恢复 通知书): choose one, save it as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.app.notice_papers import NoticeView
from desktop.core.notice_paper import NoticePaper
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN, Notices
from desktop.ui.parties_parts import plain
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault


class PartyNotices(QDialog):
    """Newest first. Enter or Ctrl+S saves, Esc closes; why a document cannot be made is said above the list.
    ``ready``: the list was read. ``chosen(NoticePaper)`` before a place is asked for."""

    ready = Signal()
    chosen = Signal(object)

    def __init__(self, context: Context, id_: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("文书 · {name}", name=name))
        fit(self, 820, 460)
        self._context, self._id, self._name = context, id_, name
        self.notices = Notices(self)
        self.told = plain(tr("正在读取…"), "muted")
        self.table = RowTable((
            TextColumn(tr("日期"), 5.6), TextColumn(tr("文书"), 11, stretch=True), TextColumn(tr("文号"), 15),
            TextColumn(tr("现状"), 4.4),
        ), context.theme, tr("文书"))
        self.table.opened.connect(lambda _row: self.save())
        self.save_button = KeyButton(tr("保存 PDF"), "Enter", primary=True)
        self.save_button.setDefault(True)
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self.save)
        leave = QPushButton(tr("关闭"))
        leave.setAutoDefault(True)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.save_button)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(self.notices)
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        saving = QAction(self)
        saving.setShortcut("Ctrl+S")
        saving.triggered.connect(self.save)
        self.addAction(saving)
        self.table.setFocus()
        context.worker.read(lambda desk: desk.parties.notices(id_), self._show, self._failed, owner=self)

    def _show(self, found: Sequence[NoticeView]) -> None:
        self.told.setText(
            tr("每份文书由流水中的一项记录生成，再打印也是同一文号。选中一份，按 Enter 保存。") if found else
            tr("还没有可以打印的文书：登记、登记不通过、暂停、取消和恢复各有一份。"))
        self.table.show_rows([
            TextRow((one.on.isoformat(), one.title, one.number, one.mark or "—"), "muted" if one.mark else "", one.hash,
                    tr("{title}　{number}\n{who} 记录", title=one.title, number=one.number, who=one.actor))
            for one in reversed(found)
        ], select_first=True)
        self.save_button.setEnabled(bool(found))
        self.ready.emit()

    def save(self) -> None:
        """Make the chosen document and ask for a place; what it lacks is said."""
        row = self.table.current()
        if row is not None:
            id_, hash_ = self._id, str(row.key)
            self._context.worker.read(lambda desk: desk.parties.notice(id_, hash_), self._place, self._failed,
                                      owner=self, replaces="party-notice")

    def _place(self, paper: NoticePaper) -> None:
        self.chosen.emit(paper)
        name, _filter = QFileDialog.getSaveFileName(
            self, tr("保存文书"), tr("{title} {name}.pdf", title=paper.title, name=self._name), "PDF (*.pdf)")
        if name:
            self.save_to(paper, Path(name))

    def save_to(self, paper: NoticePaper, target: Path) -> None:
        """Draw it and write it, beside the other work."""
        def write(_progress: object, _cancelled: object) -> None:
            from desktop.reports.notice_pdf import render_notice

            render_notice(paper, target)

        self._context.worker.aside(
            write, tr("保存文书"), lambda _nothing: self.notices.tell(tr("已保存到 {path}", path=target), DONE),
            lambda error: self.notices.tell(
                tr("没有保存：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR),
            owner=self, cancellable=False)

    def _failed(self, error: BaseException) -> None:
        self.notices.tell(said_fault(error) or tr("程序内部出错"), WARN)
