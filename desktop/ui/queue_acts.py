"""What the keys, the buttons and the menus of the queue do with its cases."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu

from desktop.app.queue_views import QueueQuery, ServiceView
from desktop.app.views import ReferralList
from desktop.core.configuration import PREEXAM
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN
from desktop.ui.queue_columns import COLUMNS
from desktop.ui.queue_copy import table_text
from desktop.ui.queue_model import LEAD
from desktop.ui.service_words import begins_by_list
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.context import Context
    from desktop.ui.queue_brief import QueueBrief
    from desktop.ui.queue_table import QueueTable
    from desktop.ui.queue_toolbar import QueueToolbar
    from desktop.ui.worker import Cancelled, DeskWorker, Progress


class QueueActs:
    """The handlers of the queue's actions; :class:`desktop.ui.queue_page.QueuePage` is what they act on."""

    _context: Context
    _worker: DeskWorker
    _brief_wanted: bool
    service: ServiceView
    query: QueueQuery
    table: QueueTable
    brief: QueueBrief
    toolbar: QueueToolbar

    def has_current(self) -> bool:
        return self.table.current_key() is not None

    def has_selection(self) -> bool:
        return self.table.selectionModel().hasSelection()

    def can_import(self) -> bool:
        return begins_by_list(self.service)

    def has_referrals(self) -> bool:
        return bool(self.service.referrals)

    def open_current(self) -> None:
        key = self.table.current_key()
        if key is not None:
            self.open_wanted.emit(key)

    def open_next(self) -> None:
        """The most urgent case that waits for this person: theirs first, else one that nobody has yet."""
        actor, today, procedure = self._context.actor, self._context.today(), self.query.procedure
        queries = [QueueQuery(procedure=procedure, view=view, sort=LEAD) for view in ("mine", "unassigned")]

        def find(desk: Desk) -> int | None:
            for query in queries:
                for row in desk.page(query, actor=actor, today=today, limit=50):
                    if row.stage_kind == "open" or row.matured:
                        return row.key
            return None

        self._worker.read(find, self._open_found, owner=self, replaces="next")

    def _open_found(self, key: int | None) -> None:
        if key is None:
            self._context.notices.tell(tr("没有等您办理的案件：您承办的都在等他人或已办结，也没有待分案的。"))
        else:
            self.open_wanted.emit(key)

    def assign(self) -> None:
        """Give the selected cases to somebody, after a look at what will happen."""
        from desktop.ui.queue_assign import AssignDialog

        keys = self.table.selected_keys()
        if keys:
            self._open_over(AssignDialog(self._context, keys, self.service, self))

    def print_notices(self) -> None:
        """The documents of the selected cases, after a look at what each has."""
        from desktop.ui.queue_notices import NoticesDialog

        keys = self.table.selected_keys()
        if keys:
            self._open_over(NoticesDialog(self._context, keys, self.service, self))

    def _open_over(self, dialog: QDialog) -> None:
        # Not every window system hands the keyboard back by itself.
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def import_list(self) -> None:
        self.import_wanted.emit()

    def takes_packages(self) -> bool:
        """Only cases of pre-examination begin from an application package."""
        return self.service.id == PREEXAM

    def choose_package(self) -> None:
        self.package_wanted.emit()

    def start_another(self) -> None:
        """Another service for the case under the cursor: choose which."""
        key = self.table.current_key()
        if key is not None:
            self.start_wanted.emit(key)

    def show_record(self) -> None:
        key = self.table.current_key()
        if key is not None:
            self.record_wanted.emit(key)

    def select_all_rows(self) -> None:
        self.table.selectAll()

    def choose_columns(self) -> None:
        header = self.table.header
        header.columns_menu().popup(header.mapToGlobal(header.rect().bottomLeft()))

    def choose_category(self) -> None:
        self.toolbar.open_categories()

    def toggle_brief(self) -> None:
        self._brief_wanted = not self._brief_wanted
        self.fit()
        if self._brief_wanted and self.brief.isHidden():
            self._context.notices.tell(tr("窗口太窄，放宽后显示案件简要"))
        self._context.remember("queue.brief", self._brief_wanted)

    def toggle_why(self) -> None:
        self.brief.toggle_why()

    def copy_rows(self) -> None:
        """The selected rows as a table with its header, as any spreadsheet takes it."""
        header = self.table.header
        order = sorted(range(len(COLUMNS)), key=header.visualIndex)
        columns = [COLUMNS[section] for section in order if not header.isSectionHidden(section)]
        keys, today, service = self.table.selected_keys(), self._context.today(), self.service

        self._worker.read(
            lambda desk: table_text(desk, keys, columns, today, service), lambda text: self._copied(text, len(keys)),
            owner=self, replaces="copy",
        )

    def _copied(self, text: str, count: int) -> None:
        QApplication.clipboard().setText(text)
        self._context.notices.tell(tr("已复制 {n} 行，可直接粘贴到表格。", n=f"{count:,}"), "done")

    # --- lists for platforms outside

    def choose_referral(self) -> None:
        """Which list; with one alone there is nothing to choose."""
        if len(self.service.referrals) == 1:
            self.save_referral(*self.service.referrals[0])
            return
        menu = QMenu(self)
        for name, label in self.service.referrals:
            menu.addAction(label, partial(self.save_referral, name, label))
        menu.aboutToHide.connect(menu.deleteLater)
        button = self.toolbar.buttons["queue.referral"]
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])

    def save_referral(self, name: str, label: str) -> None:
        """Ask for a place and write the list as a workbook there."""
        today = self._context.today()
        chosen, _filter = QFileDialog.getSaveFileName(
            self, tr("保存{label}", label=label), f"{label} {today:%Y%m%d}.xlsx", tr("工作簿 (*.xlsx)"))
        if chosen:
            self.write_referral(name, label, Path(chosen))

    def write_referral(self, name: str, label: str, target: Path) -> None:
        """Write it; what is not in it is told."""
        actor, today, procedure = self._context.actor, self._context.today(), self.query.procedure

        def work(desk: Desk, _progress: Progress, _cancelled: Cancelled) -> ReferralList:
            from desktop.exchange.referral import write_referral

            found = desk.referral(procedure, name, actor=actor, today=today)
            write_referral(target, found.label, found.target, found.columns, found.rows)
            return found

        def told(found: ReferralList) -> None:
            said = tr("{label}：{n} 件，已保存到 {path}", label=label, n=len(found.rows), path=target)
            if found.left_out:
                said += tr("；未列入 {n} 件：{which}", n=len(found.left_out), which="、".join(found.left_out[:3]))
            self._context.notices.tell(said, WARN if found.left_out else DONE)

        def failed(error: BaseException) -> None:
            reason = said_fault(error) or tr("程序内部出错")
            self._context.notices.tell(tr("没有保存：{reason}", reason=reason), ERROR)

        self._worker.long(work, tr("写出{label}", label=label), told, failed, owner=self, quiet=True,
                          cancellable=False)
