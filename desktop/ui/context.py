"""What every page shares: who works here, today's date, the settings of this person at this station."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.app.queue_views import ServiceView, StaffMember
from desktop.ui.notices import Notices
from desktop.ui.sync_rhythm import SyncRhythm
from desktop.ui.theme import Theme
from desktop.ui.worker import DeskWorker

SAVE_MS = 800


class Context(QObject):
    """Handed to every page beside the worker. The clock is asked here, so that a tour can set another day.

    ``services_changed``: the centre offers others, or says other things about them, than before."""

    actor_changed = Signal(str)
    settings_loaded = Signal()
    services_changed = Signal()

    def __init__(
        self, worker: DeskWorker, theme: Theme, notices: Notices, *, now: Callable[[], datetime] = datetime.now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.worker = worker
        self.theme = theme
        self.notices = notices
        self.actor = ""
        self.centre = ""
        self.station = ""
        self.staff: tuple[StaffMember, ...] = ()
        self.services: tuple[ServiceView, ...] = ()
        self._now = now
        self._settings: dict[str, Any] = {}
        # Dragging a column edge changes a width many times; one write afterwards is enough.
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_MS)
        self._save.timeout.connect(self.save_settings)
        self.sync = SyncRhythm(self)

    def today(self) -> date:
        return self._now().date()

    def now(self) -> datetime:
        return self._now()

    def enter(
        self, actor: str, *, centre: str, station: str, staff: tuple[StaffMember, ...],
        services: tuple[ServiceView, ...],
    ) -> None:
        """The desk is open and somebody sits at it."""
        self.actor, self.centre, self.station, self.staff = actor, centre, station, staff
        self._keep_services(services)
        self.load_settings()
        self.actor_changed.emit(actor)

    def become(self, actor: str) -> None:
        """Another person takes the chair: their settings are loaded, views ask again what concerns them."""
        if actor == self.actor:
            return
        self.save_settings()
        self.actor = actor
        self.load_settings()
        self.actor_changed.emit(actor)

    def service(self, procedure: str) -> ServiceView | None:
        """One service by its id."""
        return next((service for service in self.services if service.id == procedure), None)

    def load_services(self) -> None:
        """Ask again what this centre offers; ``services_changed`` follows when that is something else."""
        today = self.today()
        self.worker.read(lambda desk: desk.services(today=today), self._keep_services, owner=self, replaces="services")

    def _keep_services(self, services: tuple[ServiceView, ...]) -> None:
        if services != self.services:
            self.services = services
            self.services_changed.emit()

    def load_settings(self) -> None:
        """Read this person's settings; ``settings_loaded`` follows."""
        actor = self.actor

        def keep(value: object) -> None:
            self._settings = dict(value) if isinstance(value, dict) else {}
            self.settings_loaded.emit()

        self.worker.read(lambda desk: desk.setting(actor, "window"), keep, owner=self, replaces="settings")

    def setting(self, key: str, default: Any = None) -> Any:
        """One remembered value of this person; plain JSON values only."""
        return self._settings.get(key, default)

    def remember(self, key: str, value: Any) -> None:
        """Keep a value for this person on this station."""
        if self._settings.get(key) != value:
            self._settings[key] = value
            self._save.start()

    def save_settings(self) -> None:
        """Write what is not yet written; called when the window closes too."""
        if self._save.isActive() and self.worker.ready:
            self._save.stop()
            actor, settings = self.actor, dict(self._settings)
            self.worker.write(lambda desk: desk.set_setting(actor, "window", settings), quiet=True)
