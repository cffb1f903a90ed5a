"""Sync in the background: when it comes, how it slows down, that it is alone and quiet, and that it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from db.faults import EnvironmentFault
from desktop.app.sync_views import JoinedView, SyncReport, SyncState
from desktop.ui.context import Context
from desktop.ui.notices import Notices
from desktop.ui.sync_rhythm import FIRST_MS, MINUTE_MS, SyncRhythm
from desktop.ui.sync_settings import SyncSettings
from desktop.ui.sync_words import Phase
from desktop.ui.theme import Theme
from desktop.ui.worker import DeskWorker

JOINED = JoinedView("岱青市中心", "甲站", "ks_1", "hub.example:5432/kuaishen")
STATE = SyncState(JOINED, "2026-03-12T09:55:00", 0, 0, 0, 0, 4_000, False, 0, ())
REPORT = SyncReport("2026-03-12T10:00:00", "hub")
AWAY = EnvironmentFault("hub_away", "连不上中心服务器。")


class MadeUpDesk:
    """A desk that knows sync only; ``answers`` are what the next meetings bring, an exception or a report."""

    def __init__(self) -> None:
        self.state = STATE
        self.settings: dict[str, Any] = {}
        self.answers: list[Any] = []
        self.met = 0
        self.hold: threading.Event | None = None
        self.entered = threading.Event()

    def sync_state(self) -> SyncState:
        return self.state

    def setting(self, owner: str, key: str) -> Any:
        return self.settings.get(f"{owner}/{key}")

    def set_setting(self, owner: str, key: str, value: Any) -> None:
        self.settings[f"{owner}/{key}"] = value

    def data_version(self) -> int:
        return 1

    def close(self) -> None:
        """Nothing to close."""

    def sync(self, *, progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]) -> SyncReport:
        self.met += 1
        self.entered.set()
        progress("收取", 1, 2)
        while self.hold is not None and not self.hold.wait(0.005) and not cancelled():
            pass
        answer = self.answers.pop(0) if self.answers else REPORT
        if isinstance(answer, Exception):
            raise answer
        return replace(answer, cancelled=cancelled())


@pytest.fixture
def desk() -> MadeUpDesk:
    return MadeUpDesk()


@pytest.fixture
def context(worker: DeskWorker, theme: Theme, desk: MadeUpDesk, qtbot: QtBot) -> Iterator[Context]:
    worker.adopt(desk)  # type: ignore[arg-type]
    notices = Notices()
    made = Context(worker, theme, notices, now=lambda: datetime(2026, 3, 12, 10, 0), parent=notices)
    yield made
    made.sync.stop()
    worker.close()
    notices.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def started(context: Context, qtbot: QtBot) -> SyncRhythm:
    with qtbot.waitSignal(context.sync.told, timeout=5_000):
        context.sync.start()
    return context.sync


def meet(rhythm: SyncRhythm, qtbot: QtBot) -> None:
    """One try, and its end."""
    rhythm.sync_now()
    assert rhythm.running
    qtbot.waitUntil(lambda: not rhythm.running and rhythm._worker.idle(), timeout=5_000)


def test_it_begins_soon_after_the_start_and_goes_on_every_five_minutes(
    context: Context, desk: MadeUpDesk, qtbot: QtBot
) -> None:
    rhythm = started(context, qtbot)
    assert rhythm.phase is Phase.REST
    assert (rhythm._next.isActive(), rhythm._next.interval()) == (True, FIRST_MS)
    meet(rhythm, qtbot)
    assert desk.met == 1
    assert (rhythm._next.isActive(), rhythm._next.interval()) == (True, 5 * MINUTE_MS)


@pytest.mark.parametrize("state", [replace(STATE, joined=None), replace(STATE, joined=replace(JOINED, hub=""))])
def test_a_store_without_a_hub_never_tries(
    state: SyncState, context: Context, desk: MadeUpDesk, qtbot: QtBot
) -> None:
    desk.state = state
    rhythm = started(context, qtbot)
    rhythm.sync_now()
    assert not rhythm._next.isActive()
    assert not rhythm.running
    assert desk.met == 0


def test_faults_double_the_wait_up_to_an_hour_and_are_only_a_word(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    loud: list[object] = []
    for signal in (worker.environment, worker.refused, worker.bug):
        signal.connect(loud.append)
    rhythm = started(context, qtbot)
    waits = []
    for _ in range(6):
        desk.answers = [AWAY]
        meet(rhythm, qtbot)
        waits.append(rhythm._next.interval() // MINUTE_MS)
    assert waits == [10, 20, 40, 60, 60, 60]
    assert rhythm.phase is Phase.FAULT
    assert not rhythm.reachable
    assert rhythm.words() == "◆ 未能同步：连不上中心服务器；60 分钟后再试"
    assert loud == []
    assert context.notices.shown() == []
    meet(rhythm, qtbot)
    assert rhythm.words() == ""
    assert rhythm.reachable
    assert rhythm._next.interval() == 5 * MINUTE_MS


def test_a_fault_of_ours_is_shown_and_slows_down_too(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    bugs: list[object] = []
    worker.bug.connect(bugs.append)
    rhythm = started(context, qtbot)
    desk.answers = [ZeroDivisionError()]
    meet(rhythm, qtbot)
    assert len(bugs) == 1
    assert rhythm._next.interval() == 10 * MINUTE_MS


def test_the_interval_belongs_to_the_station_and_zero_is_off(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    desk.settings["/sync.minutes"] = 30
    rhythm = started(context, qtbot)
    assert rhythm.minutes == 30
    page = SyncSettings(context)
    qtbot.addWidget(page)
    page.reload()
    assert page.minutes.value() == 30
    page.minutes.setValue(0)
    qtbot.waitUntil(worker.idle)
    assert desk.settings["/sync.minutes"] == 0
    assert not rhythm._next.isActive()
    desk.answers = [AWAY]
    meet(rhythm, qtbot)
    assert not rhythm._next.isActive()
    assert "再试" not in rhythm.words()
    page.minutes.setValue(15)
    assert rhythm._next.interval() == 15 * MINUTE_MS
    qtbot.waitUntil(worker.idle)


@pytest.mark.parametrize("kept", [True, -1, "5", None, 10**9])
def test_an_odd_setting_is_the_usual_interval(
    kept: object, context: Context, desk: MadeUpDesk, qtbot: QtBot
) -> None:
    desk.settings["/sync.minutes"] = kept
    assert started(context, qtbot).minutes == 5


def test_one_at_a_time_while_reading_and_writing_go_on(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    rhythm = started(context, qtbot)
    desk.hold = threading.Event()
    rhythm.sync_now()
    rhythm.sync_now()
    qtbot.waitUntil(desk.entered.is_set)
    answers: list[object] = []
    worker.read(lambda _desk: "read", answers.append)
    worker.write(lambda _desk: "written", answers.append, quiet=True)
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=5_000)
    assert rhythm.phase is Phase.RUNNING
    desk.hold.set()
    qtbot.waitUntil(lambda: not rhythm.running and worker.idle())
    assert desk.met == 1


def test_views_ask_again_only_when_something_came_in(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    changes: list[str] = []
    worker.changed.connect(lambda _keys, origin: changes.append(origin))
    rhythm = started(context, qtbot)
    desk.answers = [replace(REPORT, sent=40)]
    meet(rhythm, qtbot)
    assert changes == []
    desk.answers = [replace(REPORT, received=1)]
    meet(rhythm, qtbot)
    assert changes == ["sync"]


def test_what_is_recorded_here_makes_the_state_be_read_again(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    rhythm = started(context, qtbot)
    desk.state = replace(STATE, unsent=1)
    worker.write(lambda _desk: None)
    qtbot.waitUntil(lambda: rhythm.state is not None and rhythm.state.unsent == 1)


def test_joining_while_the_program_runs_begins_the_rhythm(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    desk.state = replace(STATE, joined=None)
    rhythm = started(context, qtbot)
    desk.state = STATE
    worker.write(lambda _desk: None)
    qtbot.waitUntil(lambda: rhythm.by_hub)
    assert rhythm._next.isActive()


def test_closing_stops_the_timers_and_the_work(
    context: Context, desk: MadeUpDesk, worker: DeskWorker, qtbot: QtBot
) -> None:
    rhythm = started(context, qtbot)
    desk.hold = threading.Event()
    rhythm.sync_now()
    qtbot.waitUntil(desk.entered.is_set)
    rhythm.stop()
    qtbot.waitUntil(lambda: not rhythm.running and worker.idle())
    assert rhythm.report is not None
    assert rhythm.report.cancelled
    assert not rhythm._next.isActive()
    assert not rhythm._again.isActive()


def test_a_try_that_was_planned_does_not_outlive_the_window(context: Context, qtbot: QtBot) -> None:
    rhythm = started(context, qtbot)
    assert rhythm._next.isActive()
    rhythm.stop()
    assert not rhythm._next.isActive()
