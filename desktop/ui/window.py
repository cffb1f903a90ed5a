"""The one window: rail, top bar, pages, notices, status line. Pages are made when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.app.queue_views import ServiceView, StaffMember
from desktop.ui import notices
from desktop.ui.actions import KEYED_SERVICES, Actions
from desktop.ui.context import Context
from desktop.ui.dropping import dropped_paths
from desktop.ui.i18n import tr
from desktop.ui.palette import Palette
from desktop.ui.queue_page import QueuePage
from desktop.ui.rail import BRAND, Rail
from desktop.ui.service_words import PLAIN
from desktop.ui.statusbar import StatusBar
from desktop.ui.sync_frame import SyncFrame
from desktop.ui.theme import DARK, Theme, text_width
from desktop.ui.topbar import TopBar
from desktop.ui.window_dialogs import WindowDialogs
from desktop.ui.worker import DeskWorker

if TYPE_CHECKING:
    from desktop.app.sync_views import JoinedView
    from desktop.ui.case_page import CasePage
    from desktop.ui.parties_page import PartiesPage
    from desktop.ui.settings_page import SettingsPage
    from desktop.ui.sync_page import SyncPage

# Below so many Chinese characters of width (about 1,000 pixels) the frame leaves out what is not needed.
NARROW_GLYPHS = 77
MINUTE_MS = 60_000
WORKBOOKS = (".xlsx", ".xls", ".csv", ".txt", ".xlsm")
BUNDLE, ENROLMENT = ".ksb", ".kse"


class Window(WindowDialogs, QMainWindow):
    """``ready``: the first page of the queue stands on the screen."""

    ready = Signal()

    def __init__(
        self, worker: DeskWorker, theme: Theme, *, now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self.setWindowTitle(tr(BRAND))
        self.setAcceptDrops(True)
        self.resize(1366, 768)
        self.setMinimumSize(760, 480)
        self.worker, self.theme = worker, theme
        self.rail, self.top, self.status = Rail(self), TopBar(self), StatusBar(self)
        self.notices = notices.Notices(self)
        self.context = Context(worker, theme, self.notices, now=now, parent=self)
        self.sync_frame = SyncFrame(self.context, self.top, self.status, self.rail.buttons["sync"])
        self.actions_bound = Actions(self)
        self.queue = QueuePage(self.context, self.actions_bound)
        self.case: CasePage | None = None
        self.settings: SettingsPage | None = None
        self.sync: SyncPage | None = None
        self.parties: PartiesPage | None = None
        self._beside: dict[int, int | None] = {-1: None, 1: None}
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.queue)
        self.palette_popup = Palette(self.context, self.actions_bound, self)
        self._lay_out()
        self._connect()
        # A desk stays open overnight; what was due tomorrow is due today then.
        self._day = self.context.today()
        self._midnight = QTimer(self)
        self._midnight.timeout.connect(self.look_at_the_calendar)
        self._midnight.timeout.connect(self.sync_frame.show)
        self._midnight.start(MINUTE_MS)
        self.rail.show_services((PLAIN,), KEYED_SERVICES)
        self.rail.show_place(PLAIN.id)

    def _lay_out(self) -> None:
        frame = QWidget(self)
        across = QHBoxLayout(frame)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        down = QVBoxLayout()
        down.setSpacing(0)
        down.addWidget(self.top)
        down.addWidget(self.pages, 1)
        down.addWidget(self.notices)
        down.addWidget(self.status)
        across.addLayout(down, 1)
        self.setCentralWidget(frame)

    def _connect(self) -> None:
        self.rail.chosen.connect(self._go)
        self.rail.menu_wanted.connect(self.show_menu)
        self.top.search.searched.connect(self._search)
        self.top.search.left.connect(self._leave_search)
        self.top.palette_button.clicked.connect(self.show_palette)
        self.top.person_chosen.connect(self.context.become)
        self.top.state_asked.connect(self.show_sync)
        self.queue.said.connect(self._say)
        self.queue.tallies.told.connect(lambda: self.rail.show_counts(self.queue.tallies.counts))
        self.queue.new_wanted.connect(self.open_new)
        self.queue.start_wanted.connect(self.start_another)
        self.queue.limits_wanted.connect(self.show_limits)
        self.queue.model.loaded.connect(lambda _complete: self._find_place())
        self.queue.open_wanted.connect(self.open_case)
        self.queue.record_wanted.connect(self.show_record)
        self.queue.import_wanted.connect(self.show_import)
        self.queue.package_wanted.connect(self.choose_package)
        self.queue.search_changed.connect(self.top.search.put)
        self.queue.service_shown.connect(lambda service: self.top.search.show_scope(service.short))
        self.queue.first_shown.connect(self.ready)
        self.palette_popup.case_chosen.connect(self.open_case)
        self.context.actor_changed.connect(lambda _name: self._show_person())
        self.context.settings_loaded.connect(self._restore)
        self.context.services_changed.connect(self._services_changed)
        self.worker.refused.connect(lambda text: self.notices.tell(text, notices.WARN))
        self.worker.environment.connect(lambda text: self.notices.tell(text, notices.ERROR))
        self.worker.bug.connect(self._report)
        self.worker.long_started.connect(self.status.add_work)
        self.worker.long_ended.connect(self.status.drop_work)
        self.worker.changed.connect(self._changed)
        self.sync_frame.disputes_wanted.connect(self.show_disputes)
        self.sync_frame.staff_wanted.connect(self._staff_changed)

    # --- opening

    def enter(self, actor: str, done: Callable[[], object] | None = None) -> None:
        """A desk is open: learn about the centre, then show the queue as this person left it."""

        today = self.context.today()

        def known(facts: tuple[str, str, tuple[StaffMember, ...], tuple[ServiceView, ...]]) -> None:
            centre, station, staff, services = facts
            name = actor or (staff[0].name if staff else tr("本机人员"))
            self.setWindowTitle(f"{centre} · {tr(BRAND)}" if centre else tr(BRAND))
            self.sync_frame.show()
            self.context.sync.start()
            self.context.enter(name, centre=centre, station=station, staff=staff, services=services)
            if done is not None:
                done()

        self.worker.read(
            lambda desk: (desk.centre, desk.station_name, tuple(desk.staff()), desk.services(today=today)), known,
            owner=self,
        )

    def _show_person(self) -> None:
        self.top.show_person(self.context.station, self.context.actor, self.context.staff)

    def _restore(self) -> None:
        self.theme.choose(self.context.setting("theme", self.theme.choice))
        geometry = self.context.setting("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))
        self.queue.start()
        if self.pages.currentWidget() is self.queue:
            self.rail.show_place(self.queue.service.id)

    # --- going places

    def _go(self, place: str) -> None:
        own = {"parties": self.show_parties, "sync": self.show_sync, "settings": self.show_settings}
        own[place]() if place in own else self.show_service(place)

    def show_service(self, procedure: str) -> None:
        """The queue of one service."""
        self.queue.show_service(procedure)
        self.show_queue()

    def show_service_at(self, place: int) -> None:
        """The queue of the service at this place of the rail, from 1."""
        self.show_service(self.context.services[place - 1].id)

    def has_service_at(self, place: int) -> bool:
        return place <= len(self.context.services)

    def service_label(self, place: int) -> str:
        return self.context.services[place - 1].label if self.has_service_at(place) else ""

    def show_queue(self) -> None:
        """The queue of the service that was looked at last."""
        if self.case is not None:
            self.case.flush()
        self.pages.setCurrentWidget(self.queue)
        self.rail.show_place(self.queue.service.id)
        self.queue.focus_list()
        self.queue.say()

    def show_settings(self) -> None:
        self.settings_page()
        assert self.settings is not None
        self.pages.setCurrentWidget(self.settings)
        self.rail.show_place("settings")
        self.settings.setFocus()
        self.status.say(self.context.centre)

    def show_sync(self) -> None:
        page = self.sync_page()
        if self.case is not None:
            self.case.flush()
        self.pages.setCurrentWidget(page)
        self.rail.show_place("sync")
        page.focus_part()
        self.status.say(self.context.centre)

    def open_case(self, key: int) -> None:
        """The case page, with its place in the queue for "next"."""
        page = self.case_page()
        place = self.queue.position(key)
        page.open(key, place)
        self._beside = {step: self.queue.neighbour(step) if place else None for step in (-1, 1)}
        self.pages.setCurrentWidget(page)
        self.rail.show_place(self.queue.service.id)
        page.setFocus()
        self.status.say(self.context.centre)

    def _case_shown(self, _key: int) -> None:
        """A case may have come from anywhere; the queue behind it is that of its service."""
        if self.case is not None and self.case.case is not None and self.pages.currentWidget() is self.case:
            self.queue.show_service(self.case.case.procedure)
            self.rail.show_place(self.queue.service.id)

    def _find_place(self) -> None:
        """The queue of the case on the screen arrived after it."""
        page = self.case
        if page is None or self.pages.currentWidget() is not page or page.has_place() or page.key is None:
            return
        place = self.queue.position(page.key)
        if place is not None:
            page.show_place(place)
            self._beside = {step: self.queue.neighbour(step) for step in (-1, 1)}

    def case_page(self) -> CasePage:
        """The case page, made on first use."""
        if self.case is None:
            from desktop.ui.case_page import CasePage

            self.case = CasePage(self.context, self)
            self.case.closed.connect(self.show_queue)
            self.case.stepped.connect(self._step)
            self.case.record_requested.connect(lambda key, _number: self.show_record(key))
            self.case.shown.connect(self._case_shown)
            self.case.case_wanted.connect(self.open_case)
            self.case.start_wanted.connect(self.start_another)
            self.case.opening_wanted.connect(self.open_opening)
            self.case.limits_wanted.connect(self.show_limits)
            self.case.links.party_wanted.connect(self.show_party)
            self.case.links.register_wanted.connect(self.register_party)
            self.pages.addWidget(self.case)
            self.actions_bound.bind("case", self.case)
            self.actions_bound.bind("case.findings", self.case, keys_on=self.case.package.table)
        return self.case

    def settings_page(self) -> SettingsPage:
        """The settings, made on first use."""
        if self.settings is None:
            from desktop.ui.settings_page import SettingsPage

            self.settings = SettingsPage(self.context, self)
            self.settings.theme_chosen.connect(self._choose_theme)
            self.settings.staff_changed.connect(self._staff_changed)
            self.pages.addWidget(self.settings)
        return self.settings

    def sync_page(self) -> SyncPage:
        """The sync screen, made on first use."""
        if self.sync is None:
            from desktop.ui.sync_page import SyncPage

            self.sync = SyncPage(self.context, self.actions_bound, self)
            self.sync.dispute_wanted.connect(self.show_dispute)
            self.sync.verify_wanted.connect(self.verify)
            self.sync.joined.connect(self._joined)
            self._midnight.timeout.connect(self.sync.reload)
            self.pages.addWidget(self.sync)
        return self.sync

    def _step(self, step: int) -> None:
        # A step of this case may have sent it to the end of the list; the next one is still the one that was next.
        key = self._beside[step]
        if key is None:
            self.notices.tell(tr("这已是队列的最后一件") if step > 0 else tr("这已是队列的第一件"))
        else:
            self.open_case(key)

    # --- actions of the window

    def sync_now(self) -> None:
        self.context.sync.sync_now()

    def can_sync(self) -> bool:
        return self.context.sync.by_hub and not self.context.sync.running

    def focus_search(self) -> None:
        self.top.search.setFocus()
        self.top.search.selectAll()

    def show_palette(self) -> None:
        self.palette_popup.popup()

    def show_menu(self) -> None:
        self.actions_bound.menu(self).popup(self.rail.mapToGlobal(self.rail.rect().topLeft()))

    def choose_person(self) -> None:
        self.top.choose_person()

    def toggle_theme(self) -> None:
        self._choose_theme("light" if self.theme.palette is DARK else "dark")

    # --- what happens

    def _search(self, text: str) -> None:
        if self.pages.currentWidget() is not self.queue:
            self.pages.setCurrentWidget(self.queue)
            self.rail.show_place(self.queue.service.id)
        self.queue.search(text)

    def _leave_search(self) -> None:
        if self.pages.currentWidget() is self.queue:
            self.queue.focus_list()

    def _say(self, text: str) -> None:
        if self.pages.currentWidget() is self.queue:
            self.status.say(text)

    def _joined(self, view: JoinedView) -> None:
        self.context.station = view.station
        self._show_person()

    def show_disputes(self) -> None:
        self.show_sync()
        assert self.sync is not None
        self.sync.show_disputes()

    def _choose_theme(self, choice: str) -> None:
        self.theme.choose(choice)
        self.context.remember("theme", self.theme.choice)

    def _staff_changed(self) -> None:
        self.worker.read(lambda desk: tuple(desk.staff()), self._keep_staff, owner=self)

    def _keep_staff(self, staff: tuple[StaffMember, ...]) -> None:
        self.context.staff = staff
        self._show_person()

    def _changed(self, keys: frozenset[int] | None, origin: str) -> None:
        if keys is None:  # a published document, or news from others, may have changed what the centre offers
            self.context.load_services()
        self.queue.case_changed(keys)

    def _services_changed(self) -> None:
        self.rail.show_services(self.context.services or (PLAIN,), KEYED_SERVICES)
        self.queue.services_changed()
        if self.pages.currentWidget() in (self.queue, self.case):
            self.rail.show_place(self.queue.service.id)

    def look_at_the_calendar(self) -> None:
        """On a new day every view counts its days again."""
        if self.context.today() != self._day:
            self._day = self.context.today()
            self.worker.changed.emit(None, "day")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW_GLYPHS * text_width("国")
        self.rail.show_compact(narrow)
        self.top.palette_button.setVisible(not narrow)

    # --- files dropped, leaving

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.dropped_evidence(event) or self._dropped(event) is not None or self.dropped_package(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path, evidence = self._dropped(event), self.dropped_evidence(event)
        if evidence:
            # The originals stay where they are, whatever the other program proposes.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            QTimer.singleShot(0, self, lambda: self.open_evidence(evidence))
        elif path is None and (package := self.dropped_package(event)) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            QTimer.singleShot(0, self, lambda: self.take_package(package))
        elif path is not None:
            event.acceptProposedAction()
            # The sender waits until this handler returns; the dialog comes afterwards.
            QTimer.singleShot(0, self, lambda: self._take_dropped(path))

    def _take_dropped(self, path: Path) -> None:
        kind = path.suffix.lower()
        if kind not in (BUNDLE, ENROLMENT):
            self.show_import(path)
        elif self.worker.ready:
            self.show_sync()
            page = self.sync_page()
            page.join(path) if kind == ENROLMENT else page.import_bundle(path)

    def _dropped(self, event: QDropEvent) -> Path | None:
        wanted = [path for path in dropped_paths(event) if path.suffix.lower() in (*WORKBOOKS, BUNDLE, ENROLMENT)]
        return wanted[0] if len(wanted) == 1 else None

    def closeEvent(self, event: QCloseEvent) -> None:
        self.context.sync.stop()
        if self.case is not None:
            self.case.flush()
        if self.worker.ready and self.context.actor:
            self.context.remember("geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
            self.context.save_settings()
        event.accept()
