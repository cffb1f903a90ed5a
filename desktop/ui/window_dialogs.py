"""What the window opens over its pages: a new case, the record, an import, a dispute, help, the report of a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QStackedWidget, QWidget

from desktop.app.queue_views import QueueRow
from desktop.app.views import ActOutcome, OpeningView, OpenOutcome
from desktop.core.configuration import PREEXAM
from desktop.core.package_facts import facts_of
from desktop.core.terms import PackageKind
from desktop.ui.dropping import dropped_paths
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, WARN
from desktop.ui.package_dialog import Loaded, PackageDialog, choose, keep, load

if TYPE_CHECKING:
    from desktop.app.evidence_views import Added
    from desktop.ui.actions import Actions
    from desktop.ui.case_page import CasePage
    from desktop.ui.context import Context
    from desktop.ui.parties_page import PartiesPage
    from desktop.ui.queue_page import QueuePage
    from desktop.ui.rail import Rail
    from desktop.ui.settings_page import SettingsPage
    from desktop.ui.statusbar import StatusBar
    from desktop.ui.worker import DeskWorker


class WindowDialogs:
    """:class:`desktop.ui.window.Window` is the window that they open over."""

    context: Context
    worker: DeskWorker
    queue: QueuePage
    case: CasePage | None
    settings: SettingsPage | None
    parties: PartiesPage | None
    actions_bound: Actions
    pages: QStackedWidget
    rail: Rail
    status: StatusBar

    def _open_over(self, dialog: QDialog) -> None:
        # Not every window system hands the keyboard back by itself.
        dialog.finished.connect(lambda _result: self.activateWindow())
        dialog.open()

    # --- the register of parties

    def parties_page(self) -> PartiesPage:
        """The register, made on first use."""
        if self.parties is None:
            from desktop.ui.parties_page import PartiesPage

            page = self.parties = PartiesPage(self.context, self.actions_bound, self)
            page.case_wanted.connect(self.open_case)
            page.said.connect(lambda text: self.status.say(text) if self.on_parties() else None)
            self.pages.addWidget(page)
        return self.parties

    def on_parties(self) -> bool:
        return self.parties is not None and self.pages.currentWidget() is self.parties

    def show_parties(self) -> None:
        page = self.parties_page()
        if self.case is not None:
            self.case.flush()
        self.pages.setCurrentWidget(page)
        self.rail.show_place("parties")
        page.focus_list()
        page.say()

    def show_party(self, id_: str) -> None:
        """One entry of the register."""
        self.show_parties()
        self.parties_page().show_party(id_)

    def register_party(self, kind: str, given: Mapping[str, str]) -> None:
        """A new entry with what is known of it."""
        self.show_parties()
        self.parties_page().register(kind, given)

    # --- a new case

    def can_open_new(self) -> bool:
        return self.worker.ready and bool(self.context.services)

    def open_new(self) -> None:
        """A new case of the service on the screen; on the register a new entry."""
        if self.on_parties():
            self.parties_page().add()
            return
        self.open_opening(self.queue.service.id)

    def start_another(self, key: int, place: QPoint | None = None) -> None:
        """A menu of the services that can be begun for what the case ``key`` is about."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("为此案另办一项，已知内容自动带入")).setEnabled(False)
        for number, service in enumerate(self.context.services, 1):
            menu.addAction(f"&{number}　{service.label}", partial(self.open_opening, service.id, key))
        menu.popup(place or self.mapToGlobal(QPoint(self.width() // 3, self.height() // 4)))
        first = next((action for action in menu.actions() if action.isEnabled()), None)
        if first is not None:
            menu.setActiveAction(first)

    def open_opening(self, procedure: str, beside: int | None = None) -> None:
        """The questions of an opening; ``beside`` is the case from whose record what is known is carried over."""
        if not self.worker.ready:
            return
        actor, today = self.context.actor, self.context.today()
        self.worker.read(
            lambda desk: desk.opening(procedure, actor=actor, today=today, beside=beside),
            lambda view: self._ask_opening(view, beside), owner=self, replaces="opening",
        )

    def _ask_opening(self, view: OpeningView, beside: int | None, loaded: Loaded | None = None) -> None:
        from desktop.ui.opening_dialog import OpeningDialog

        context = self.context

        def send(values: Mapping[str, str], on: date, done: Callable[[object], None],
                 failed: Callable[[BaseException], None]) -> None:
            actor, today = context.actor, context.today()
            self.worker.write(
                lambda desk: desk.open_case(view.procedure, values, actor=actor, on=on, today=today, beside=beside),
                done, failed, owner=self, origin="opening",
            )

        dialog = OpeningDialog(context, view, beside=beside is not None, send=send, parent=self)
        dialog.opened.connect(lambda outcome: self._opened(view, outcome))
        if loaded is not None:
            dialog.opened.connect(lambda outcome: self._keep_package(outcome.key, loaded))
        self._open_over(dialog)

    def _opened(self, view: OpeningView, outcome: OpenOutcome) -> None:
        """Say under which numbers, and go on working on it."""
        due = tr("，下一期限 {day}", day=outcome.due_on.isoformat()) if outcome.due_on else ""
        self.context.notices.tell(
            tr("已新建 {number}，办理编号 {matter}，现为“{stage}”{due}", number=outcome.number, matter=outcome.matter,
               stage=outcome.stage_label, due=due), DONE)
        for warning in outcome.warnings:
            self.context.notices.tell(tr("{number}：{warning}", number=outcome.number, warning=warning), WARN)
        self.queue.show_service(view.procedure)
        self.open_case(outcome.key)

    # --- application packages

    def dropped_package(self, event: QDropEvent) -> Path | None:
        """The one folder or archive of a drop that may be an application package, where one can be taken in."""
        from desktop.exchange.packages import looks_like_package

        paths = dropped_paths(event)
        fits = self.worker.ready and len(paths) == 1 and (self.on_package_case() or self.takes_packages())
        return paths[0] if fits and looks_like_package(paths[0]) else None

    def takes_packages(self) -> bool:
        """The queue of pre-examination is on the screen: a package begins a case."""
        return self.worker.ready and self.pages.currentWidget() is self.queue and self.queue.service.id == PREEXAM

    def on_package_case(self) -> bool:
        return self.case is not None and self.pages.currentWidget() is self.case and self.case.takes_package()

    def choose_package(self) -> None:
        """An archive, or any document of a folder, that begins a case."""
        path = choose(self)
        if path is not None:
            self.take_package(path)

    def take_package(self, path: Path) -> None:
        """Beside the case on the screen, or as the beginning of a new one."""
        if self.case is not None and self.on_package_case():
            self.case.package_acts.offer(path)
        elif self.takes_packages():
            actor, today = self.context.actor, self.context.today()

            def begin(view: OpeningView) -> None:
                if view.enabled:
                    load(self.context, path, lambda loaded: self._ask_package(loaded, view), self)
                else:  # before anybody reads a whole package in vain
                    self.context.notices.tell(tr("不能由申请文件新建案件：{why}", why=view.reason), WARN)

            self.worker.read(lambda desk: desk.opening(PREEXAM, actor=actor, today=today), begin, owner=self,
                             replaces="opening")

    def _ask_package(self, loaded: Loaded, view: OpeningView) -> None:
        dialog = PackageDialog(self.context, loaded, tr("由申请文件新建一件预审案件"), None, parent=self)
        # The questions of the opening, with what the package says.
        given = facts_of(loaded.package)
        fields = tuple(replace(field, default=given.get(field.name, field.default)) for field in view.fields)
        dialog.confirmed.connect(lambda _kind: self._ask_opening(replace(view, fields=fields), None, loaded))
        self._open_over(dialog)

    def _keep_package(self, key: int, loaded: Loaded) -> None:
        def kept(_outcome: ActOutcome) -> None:
            if self.case is not None and self.case.key == key:
                self.case.show_package()

        keep(self.context, key, loaded, PackageKind.TEXT, kept, self)

    # --- evidence

    def takes_evidence(self) -> bool:
        """The queue of evidence is on the screen."""
        return self.worker.ready and self.pages.currentWidget() is self.queue and self.queue.service.id == "evidence"

    def dropped_evidence(self, event: QDropEvent) -> list[Path]:
        """The files of a drop that would become evidence."""
        return self.dropped_evidence_of(
            dropped_paths(event))

    def dropped_evidence_of(self, paths: list[Path]) -> list[Path]:
        """Any, while the queue of evidence is on the screen; a file of exchange stays what it is."""
        fits = self.takes_evidence() and not any(path.suffix.lower() in (".ksb", ".kse") for path in paths)
        return paths if fits else []

    def choose_evidence(self) -> None:
        """Files that become a new item of evidence."""
        names, _filter = QFileDialog.getOpenFileNames(self, tr("选择要收入的证据文件"))
        self.open_evidence([Path(name) for name in names])

    def open_evidence(self, paths: Sequence[Path]) -> None:
        """A new item of evidence with these files."""
        if not paths or not self.worker.ready:
            return
        actor, today = self.context.actor, self.context.today()

        def ask(view: OpeningView) -> None:
            from desktop.ui.case_evidence_new import EvidenceOpening

            dialog = EvidenceOpening(self.context, view, paths, self)
            dialog.opened.connect(self._evidence_opened)
            self._open_over(dialog)

        self.worker.read(lambda desk: desk.opening("evidence", actor=actor, today=today), ask, owner=self,
                         replaces="opening")

    def _evidence_opened(self, made: Added) -> None:
        self.context.notices.tell(
            tr("已登记 {number}，收入文件 {n} 个", number=made.item.number, n=len(made.item.files)), DONE)
        for warning in made.warnings:
            self.context.notices.tell(tr("{number}：{warning}", number=made.item.number, warning=warning), WARN)
        self.queue.show_service("evidence")
        self.open_case(made.item.key)
        if self.case is not None:
            self.case.tabs.setCurrentWidget(self.case.files)

    # --- the others

    def show_record(self, key: int) -> None:
        """The record in a window of its own."""
        from desktop.ui.record_preview import RecordPreview

        def named(rows: list[QueueRow]) -> None:
            if rows:
                preview = RecordPreview(self.context, key, rows[0].number, self)
                preview.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
                preview.show()
                preview.activateWindow()

        today = self.context.today()
        self.worker.read(lambda desk: desk.rows([key], today=today), named, owner=self, replaces="record")

    def show_import(self, path: Path | None = None) -> None:
        """The import dialog, with a file that was dropped or without."""
        if not self.worker.ready:
            return
        if self.on_parties():
            self.parties_page().import_list(path)
            return
        from desktop.ui.import_dialog import ImportDialog

        dialog = ImportDialog(self.context, path, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show_new.connect(self.queue.show_newest)
        self._open_over(dialog)

    def show_dispute(self, key: int) -> None:
        """The sides of a disputed case beside each other."""
        from desktop.ui.dispute_view import DisputeDialog

        self._open_over(DisputeDialog(self.context, key, self))

    def verify(self) -> None:
        """Check every chain of the journal; the settings page of the data shows the answer."""
        self.show_settings()
        assert self.settings is not None
        self.settings.open_tab("data")
        self.settings.data.verify()

    def show_limits(self, procedure: str) -> None:
        """The limits of one service among the centre's documents."""
        self.show_settings()
        assert self.settings is not None
        self.settings.open_document("limits", procedure)

    def show_help(self) -> None:
        from desktop.ui.help_dialog import HelpDialog

        dialog = HelpDialog(self.theme, self._manual_page(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._open_over(dialog)

    def _manual_page(self) -> str:
        """The page of the manual for what is on the screen."""
        from desktop.ui.service_words import begins_by_list

        shown: QWidget = self.pages.currentWidget()
        if self.case is shown:
            if self.case.tabs.currentWidget() is self.case.package:
                return "package"
            return "matter" if self.case.on_matter() else "evidence" if self.case.on_evidence() else "case"
        if self.queue is shown:
            return "queue" if begins_by_list(self.queue.service) else "services"
        if self.on_parties():
            return "parties"
        return "settings" if self.settings is shown else "sync"

    def _report(self, error: BaseException) -> None:
        from desktop.ui.widgets.bug_report import BugReport

        # One fault often brings ten others; the first is the one worth reading.
        if self.findChild(BugReport) is None:
            dialog = BugReport(error, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
