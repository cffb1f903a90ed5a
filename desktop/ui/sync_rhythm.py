"""Sync in the background: one at a time, every few minutes, less often after a fault, and never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.app.sync_views import SyncReport, SyncState
from desktop.ui.i18n import tr
from desktop.ui.sync_words import Phase
from desktop.ui.worker import LongWork, said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.context import Context
    from desktop.ui.worker import Cancelled, Progress

# The interval belongs to the workstation, whoever sits at it.
STATION, MINUTES = "", "sync.minutes"
USUAL, MOST = 5, 60
MINUTE_MS = 60_000
#: After the desk was opened: the queue is painted first.
FIRST_MS = 3_000
#: Several writes in a row ask for the state once.
AGAIN_MS = 200


class SyncRhythm(QObject):
    """Keeps :attr:`state` and syncs through the hub. ``told``: state, phase or fault changed; ``met(SyncReport)``:
    a meeting ended. Only the main thread uses it."""

    told = Signal()
    met = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._context, self._worker = context, context.worker
        self.state: SyncState | None = None
        self.minutes = USUAL
        #: The sentence of the last try when it went wrong.
        self.fault = ""
        self.report: SyncReport | None = None
        self._faults = 0
        self._work: LongWork | None = None
        self._started = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self.sync_now)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self.look)
        self._worker.changed.connect(self._changed)

    # --- what is known

    @property
    def running(self) -> bool:
        return self._work is not None

    @property
    def by_hub(self) -> bool:
        """Whether there is a hub to sync with."""
        return self.state is not None and self.state.joined is not None and bool(self.state.joined.hub)

    @property
    def reachable(self) -> bool:
        """Whether asking the hub is worth a moment: it answered when it was last asked."""
        return self.by_hub and not self.fault

    @property
    def phase(self) -> Phase:
        if self.state is None or self.state.joined is None:
            return Phase.ALONE
        if self.running:
            return Phase.RUNNING
        return Phase.FAULT if self.fault else Phase.REST

    @property
    def wait_minutes(self) -> int:
        """Minutes between two tries: the interval, doubled for each fault in a row, 60 at most. 0 = off."""
        return min(self.minutes * 2**self._faults, max(MOST, self.minutes)) if self.minutes else 0

    def words(self) -> str:
        """The status line's word: only what went wrong and when it is tried again."""
        if not self.fault:
            return ""
        again = tr("；{n} 分钟后再试", n=self.wait_minutes) if self._next.isActive() else ""
        return tr("◆ 未能同步：{fault}", fault=self.fault.rstrip("。")) + again

    # --- starting, stopping

    def start(self) -> None:
        """A desk is open: learn how this station stands, and sync soon when it has a hub."""
        if self._started:
            return
        self._started = True

        def known(answer: tuple[SyncState, object]) -> None:
            self.state, minutes = answer
            if isinstance(minutes, int) and not isinstance(minutes, bool) and 0 <= minutes <= 24 * 60:
                self.minutes = minutes
            self._plan(FIRST_MS)
            self.told.emit()

        self._worker.read(lambda desk: (desk.sync_state(), desk.setting(STATION, MINUTES)), known, owner=self)

    def stop(self) -> None:
        """The window closes: no more tries; one under way stops at its next safe point."""
        self._started = False
        self._next.stop()
        self._again.stop()
        if self._work is not None:
            self._work.cancel()

    def look(self) -> None:
        """Read the state again."""
        self._worker.read(lambda desk: desk.sync_state(), self._seen, owner=self, replaces="sync-state")

    def _seen(self, state: SyncState) -> None:
        before, self.state = self.state, state
        if self._started and self.by_hub and (before is None or before.joined != state.joined):
            self.fault, self._faults = "", 0
            self._plan(FIRST_MS)
        self.told.emit()

    def _changed(self, _keys: frozenset[int] | None, _origin: str) -> None:
        if self._started:
            self._again.start()

    def set_minutes(self, minutes: int) -> None:
        """Another interval for this station; 0 = only when asked."""
        self.minutes = minutes
        self._worker.write(lambda desk: desk.set_setting(STATION, MINUTES, minutes), quiet=True)
        self._faults = 0
        self._plan()
        self.told.emit()

    def _plan(self, soon: int | None = None) -> None:
        """When the next try is due; ``soon`` in milliseconds instead of the interval."""
        self._next.stop()
        if self._started and self.by_hub and self.minutes and not self.running:
            self._next.start(self.wait_minutes * MINUTE_MS if soon is None else soon)

    # --- syncing

    def sync_now(self) -> None:
        """Meet the hub, in the long lane, so that reading and acting go on. Nothing happens while one is under way."""
        if self.running or not self.by_hub or not self._worker.ready:
            return
        self._next.stop()

        def run(desk: Desk, progress: Progress, cancelled: Cancelled) -> SyncReport:
            return desk.sync(progress=lambda _what, done, total: progress(done, total), cancelled=cancelled)

        self._work = self._worker.long(run, tr("同步"), self._met, self._failed, owner=self, quiet=True)
        self.told.emit()

    def _met(self, report: SyncReport) -> None:
        self._work = None
        self.fault, self._faults = "", 0
        self.took(report)
        self._plan()

    def took(self, report: SyncReport) -> None:
        """A meeting ended, by hub or by file: views of cases ask again only when something came in."""
        self.report = report
        if report.received and not report.dry_run:
            self._worker.changed.emit(None, "sync")
        self.look()
        self.met.emit(report)

    def _failed(self, error: BaseException) -> None:
        self._work = None
        sentence = said_fault(error)
        # A fault of ours is shown by the window; here it counts like any other, so that it is not repeated at once.
        self.fault = sentence or tr("程序内部出错")
        self._plan_after_fault()
        self.look()
        self.told.emit()

    def _plan_after_fault(self) -> None:
        if self.wait_minutes < MOST:
            self._faults += 1
        self._plan()
