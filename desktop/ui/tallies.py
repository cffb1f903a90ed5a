"""The live numbers of every service, read together whenever something moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.app.queue_views import QueueCounts
from desktop.ui.context import Context

if TYPE_CHECKING:
    from desktop.app.desk import Desk

NOTHING = QueueCounts({}, {}, {})


class Tallies(QObject):
    """``told()`` when ``counts`` (by service) and ``fields`` (labels, in the centre's order) are new."""

    told = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context = context
        self.counts: dict[str, QueueCounts] = {}
        self.fields: tuple[str, ...] = ()

    def of(self, procedure: str) -> QueueCounts:
        """The numbers of one service; empty while nobody has counted."""
        return self.counts.get(procedure, NOTHING)

    def ask(self) -> None:
        """Count again."""
        names = [service.id for service in self._context.services]
        actor, today = self._context.actor, self._context.today()

        def read(desk: Desk) -> tuple[dict[str, QueueCounts], tuple[str, ...]]:
            return {name: desk.counts(name, actor=actor, today=today) for name in names}, desk.fields()

        self._context.worker.read(read, self._keep, owner=self, replaces="counts")

    def _keep(self, answer: tuple[dict[str, QueueCounts], tuple[str, ...]]) -> None:
        self.counts, self.fields = answer
        self.told.emit()
