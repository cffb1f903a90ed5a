"""The one way from the window to the store: closures run on serial lanes, answers come back as events.

A view never waits. It hands over ``fn(desk)`` and gets ``done(result)`` on the main thread later. Reads, writes, long
work and questions to other stations have a lane each, so that a case can be worked while a list is taken in; the
store lets one transaction write at a time. The lanes are plain threads; callbacks and closures stay in a table of the
main thread, so that no widget can ever be released by a lane.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop.core.refusal import Refusal

if TYPE_CHECKING:
    from desktop.app.desk import Desk

READ, WRITE, LONG, ASIDE, ABROAD = "read", "write", "long", "aside", "abroad"
POLL_MS = 2_000
PROGRESS_S = 0.05

Done = Callable[[Any], object]
Failed = Callable[[BaseException], object]
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class LongWork(QObject):
    """One long piece of work as the status line shows it. ``progressed(done, total)``; total 0 = unknown."""

    progressed = Signal(int, int)
    ended = Signal()

    def __init__(self, title: str, parent: QObject, *, cancellable: bool = True) -> None:
        super().__init__(parent)
        self.title = title
        self.cancellable = cancellable
        self.done = 0
        self.total = 0
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next safe point; what it committed stays."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()


@dataclass
class _Job:
    """What the main thread remembers about a job until its answer arrived."""

    lane: str
    call: Callable[[], Any]
    done: Done | None
    failed: Failed | None
    owner: QObject | None
    replaces: str
    origin: str
    quiet: bool
    work: LongWork | None
    opens: bool = False


class _Lane(threading.Thread):
    """A serial queue of job numbers. It holds no callback and no widget, only the number and a way to run it."""

    def __init__(self, name: str, run: Callable[[int], None]) -> None:
        super().__init__(name=f"desk-{name}")
        self._run_job = run
        self._queue: deque[int] = deque()
        self._wake = threading.Condition()
        self._closing = False

    def push(self, number: int) -> None:
        with self._wake:
            self._queue.append(number)
            self._wake.notify()

    def drop(self, number: int) -> bool:
        """Take a job back that has not started. False when it runs already or has run."""
        with self._wake:
            try:
                self._queue.remove(number)
            except ValueError:
                return False
            return True

    def finish(self) -> None:
        """End after the jobs that are already queued."""
        with self._wake:
            self._closing = True
            self._wake.notify()

    def run(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closing:
                    self._wake.wait()
                if not self._queue:
                    return
                number = self._queue.popleft()
            self._run_job(number)


class DeskWorker(QObject):
    """Runs closures against the open desk and reports on the main thread.

    ``changed(keys, origin)``: a write succeeded; keys is a frozenset of row keys, or None for "anything may have
    moved". ``refused(sentence)`` and ``environment(sentence)``: an error nobody else handled. ``bug(error)``: ours.
    """

    changed = Signal(object, str)
    refused = Signal(str)
    environment = Signal(str)
    bug = Signal(object)
    opened = Signal()
    long_started = Signal(object)
    long_ended = Signal(object)
    _answered = Signal(int, object, object)
    _progress = Signal(int, int, int)

    def __init__(self, parent: QObject | None = None, *, poll_ms: int = POLL_MS) -> None:
        super().__init__(parent)
        self._desk: Desk | None = None
        self._jobs: dict[int, _Job] = {}
        self._latest: dict[str, int] = {}
        self._lanes: dict[str, _Lane] = {}
        self._next = 0
        self._closed = False
        self._version: int | None = None
        self._polling = False
        self._answered.connect(self._deliver)
        self._progress.connect(self._show_progress)
        self._poll = QTimer(self)
        self._poll.setInterval(poll_ms)
        self._poll.timeout.connect(self._look_elsewhere)

    # --- opening and closing

    @property
    def ready(self) -> bool:
        """True while a desk is open."""
        return self._desk is not None

    def open(
        self, factory: Callable[[], Desk], done: Done | None = None, failed: Failed | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Run ``factory()`` on the write lane and keep its desk. ``done(desk)`` must not ask it anything."""
        self._submit(_Job(WRITE, factory, done, failed, owner, "", "", True, None, opens=True))

    def adopt(self, desk: Desk) -> None:
        """Take over a desk that is already open (tests, tour)."""
        self._desk = desk
        self._poll.start()
        self.opened.emit()

    def close(self) -> None:
        """Stop long work, let queued writes finish, close the desk. Afterwards no thread is left."""
        if self._closed:
            return
        self._closed = True
        self._poll.stop()
        for number, job in list(self._jobs.items()):
            if job.work is not None:
                job.work.cancel()
            elif job.lane in (READ, ASIDE, ABROAD) and self._lanes[job.lane].drop(number):
                del self._jobs[number]
        for lane in self._lanes.values():
            lane.finish()
        for lane in self._lanes.values():
            lane.join()
        self._lanes.clear()
        self._jobs.clear()
        if self._desk is not None:
            self._desk.close()
            self._desk = None

    # --- work

    def read(
        self, fn: Callable[[Desk], Any], done: Done, failed: Failed | None = None, *, owner: QObject | None = None,
        replaces: str = "",
    ) -> None:
        """Run ``fn(desk)`` on the read lane. A newer read with the same ``replaces`` makes this one moot."""
        self._submit(_Job(READ, lambda: fn(self._open_desk()), done, failed, owner, replaces, "", True, None))

    def write(
        self, fn: Callable[[Desk], Any], done: Done | None = None, failed: Failed | None = None, *,
        owner: QObject | None = None, origin: str = "", quiet: bool = False,
    ) -> None:
        """Run ``fn(desk)`` on the write lane; afterwards ``changed`` tells what moved.

        ``quiet``: nothing that other views show moved (a draft, a setting)."""
        self._submit(_Job(WRITE, lambda: fn(self._open_desk()), done, failed, owner, "", origin, quiet, None))

    def long(
        self, fn: Callable[[Desk, Progress, Cancelled], Any], title: str, done: Done | None = None,
        failed: Failed | None = None, *, owner: QObject | None = None, origin: str = "", quiet: bool = False,
        cancellable: bool = True,
    ) -> LongWork:
        """Run ``fn(desk, progress, cancelled)`` on the long lane, shown in the status line under ``title``.

        It may write, in short transactions, and other writes go on between them."""
        return self._start_long(
            LONG, lambda progress, cancelled: fn(self._open_desk(), progress, cancelled), title, done, failed,
            owner, origin, quiet, cancellable,
        )

    def abroad(
        self, fn: Callable[[Desk], Any], done: Done, failed: Failed | None = None, *, owner: QObject | None = None,
    ) -> None:
        """Run ``fn(desk)``, which asks other stations and may wait seconds for them, on a lane where nobody else waits.

        It may take in what it learns; ``changed`` is not emitted."""
        self._submit(_Job(ABROAD, lambda: fn(self._open_desk()), done, failed, owner, "", "", True, None))

    def aside(
        self, fn: Callable[[Progress, Cancelled], Any], title: str, done: Done | None = None,
        failed: Failed | None = None, *, owner: QObject | None = None, cancellable: bool = True,
    ) -> LongWork:
        """Work that needs no desk (reading a workbook, drawing a PDF), beside the others."""
        return self._start_long(ASIDE, fn, title, done, failed, owner, "", True, cancellable)

    def idle(self) -> bool:
        """True when every answer has been delivered."""
        return not self._jobs

    # --- inside

    def _start_long(
        self, lane: str, fn: Callable[[Progress, Cancelled], Any], title: str, done: Done | None,
        failed: Failed | None, owner: QObject | None, origin: str, quiet: bool, cancellable: bool,
    ) -> LongWork:
        work = LongWork(title, self, cancellable=cancellable)
        number = self._next

        last = 0.0

        def progress(so_far: int, total: int) -> None:
            # A lane may report thousands of times a second; the window needs twenty.
            nonlocal last
            now = time.monotonic()
            if so_far >= total or now - last >= PROGRESS_S:
                last = now
                self._progress.emit(number, so_far, total)

        self._submit(_Job(lane, lambda: fn(progress, work._stop.is_set), done, failed, owner, "", origin, quiet, work))
        self.long_started.emit(work)
        return work

    def _open_desk(self) -> Desk:
        if self._desk is None:
            raise RuntimeError("no desk is open")
        return self._desk

    def _submit(self, job: _Job) -> None:
        if self._closed:
            return
        number = self._next
        self._next += 1
        if job.replaces:
            earlier = self._latest.get(job.replaces)
            if earlier is not None and earlier in self._jobs and self._lanes[job.lane].drop(earlier):
                del self._jobs[earlier]
            self._latest[job.replaces] = number
        self._jobs[number] = job
        lane = self._lanes.get(job.lane)
        if lane is None:
            lane = self._lanes[job.lane] = _Lane(job.lane, self._run)
            lane.start()
        lane.push(number)

    def _run(self, number: int) -> None:
        """On a lane: the answer leaves by a signal, which Qt delivers on the main thread."""
        result: object = None
        error: object = None
        try:
            result = self._jobs[number].call()
        except BaseException as caught:  # the lane must survive whatever a closure does
            # The frames may hold widgets, which only the main thread may let go.
            traceback.clear_frames(caught.__traceback__)
            error = caught
        self._answered.emit(number, result, error)

    def _show_progress(self, number: int, so_far: int, total: int) -> None:
        job = self._jobs.get(number)
        if job is not None and job.work is not None:
            job.work.done, job.work.total = so_far, total
            job.work.progressed.emit(so_far, total)

    def _deliver(self, number: int, result: object, error: BaseException | None) -> None:
        job = self._jobs.pop(number, None)
        if job is None:
            return
        if job.work is not None:
            self.long_ended.emit(job.work)
            job.work.ended.emit()
            job.work.deleteLater()
        superseded = bool(job.replaces) and self._latest.get(job.replaces) != number
        alive = not superseded and (job.owner is None or isValid(job.owner))
        if error is not None:
            if not superseded:
                self._report(error, job.failed if alive else None)
            return
        if job.opens:
            self._desk = result  # type: ignore[assignment]
            self._poll.start()
            self.opened.emit()
        if job.lane in (WRITE, LONG, ABROAD):
            self._version = None  # our own commit is no news from elsewhere
        if alive and job.done is not None:
            job.done(result)
        if not job.quiet:
            moved = getattr(result, "moved", None)
            known = isinstance(moved, tuple) and all(isinstance(key, int) for key in moved)
            self.changed.emit(frozenset(moved) if known and moved else None, job.origin)

    def _report(self, error: BaseException, failed: Failed | None) -> None:
        sentence = said_fault(error)
        if sentence is None:
            self.bug.emit(error)
            if failed is not None:
                failed(error)
        elif failed is not None:
            failed(error)
        elif isinstance(error, Refusal):
            self.refused.emit(sentence)
        else:
            self.environment.emit(sentence)

    def _look_elsewhere(self) -> None:
        """Another process (the terminal) may have written to the same store."""
        if self._polling or self._desk is None or {WRITE, LONG, ABROAD} & {job.lane for job in self._jobs.values()}:
            return
        self._polling = True
        self.read(lambda desk: desk.data_version(), self._compare_version, self._forget_version, owner=self)

    def _compare_version(self, version: int) -> None:
        self._polling = False
        if self._version is not None and version != self._version:
            self.changed.emit(None, "elsewhere")
        self._version = version

    def _forget_version(self, error: BaseException) -> None:
        self._polling = False
        sentence = said_fault(error)
        if sentence is not None:
            self._poll.stop()
            self.environment.emit(sentence)


def said_fault(error: BaseException) -> str | None:
    """The sentence of an error that has one (a rule, the environment, damaged data); None for a bug of ours."""
    if isinstance(error, Refusal):
        return error.reason
    from desktop.app.faults import DataDamage, EnvironmentFault, in_words

    if isinstance(error, OSError):
        return in_words(error)
    return str(error) if isinstance(error, (EnvironmentFault, DataDamage)) else None
