"""The lanes: order, delivery on the main thread, late and superseded answers, errors, shutdown."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.app.desk import Desk
from desktop.app.faults import EnvironmentFault
from desktop.app.views import ActOutcome
from desktop.core.refusal import Refusal
from desktop.ui.worker import DeskWorker

from .conftest import PASSPHRASE


def test_answers_arrive_on_the_main_thread(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    seen: dict[str, threading.Thread] = {}
    desk_worker.read(
        lambda desk: seen.setdefault("lane", threading.current_thread()),
        lambda _answer: seen.setdefault("answer", threading.current_thread()),
    )
    qtbot.waitUntil(lambda: "answer" in seen)
    assert seen["answer"] is threading.main_thread()
    assert seen["lane"] is not threading.main_thread()


def test_writes_keep_their_order_while_reads_go_on(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    order: list[str] = []
    hold = threading.Event()
    desk_worker.write(lambda desk: hold.wait(5), lambda _a: order.append("first"), quiet=True)
    desk_worker.write(lambda desk: None, lambda _a: order.append("second"), quiet=True)
    desk_worker.read(lambda desk: None, lambda _a: order.append("read"))
    qtbot.waitUntil(lambda: order == ["read"])
    hold.set()
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["read", "first", "second"]


def test_a_newer_read_makes_the_older_moot(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    answers: list[int] = []
    ran: list[int] = []
    begun, hold = threading.Event(), threading.Event()

    def first(desk: object) -> None:
        begun.set()
        hold.wait(5)
        ran.append(0)

    desk_worker.read(first, lambda _a: answers.append(0), replaces="page")
    assert begun.wait(5)
    for number in (1, 2, 3):
        desk_worker.read(
            lambda desk, number=number: ran.append(number), lambda _a, number=number: answers.append(number),
            replaces="page",
        )
    hold.set()
    qtbot.waitUntil(desk_worker.idle)
    assert answers == [3]
    assert ran == [0, 3], "questions that nobody waits for any more are not asked"


def test_a_late_answer_to_a_destroyed_owner_is_dropped(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    owner, hold, answers = QObject(), threading.Event(), []
    desk_worker.read(lambda desk: hold.wait(5), answers.append, owner=owner)
    delete(owner)
    hold.set()
    qtbot.waitUntil(desk_worker.idle)
    assert answers == []


def test_a_write_tells_what_moved(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    moved: list[tuple[object, str]] = []
    desk_worker.changed.connect(lambda keys, origin: moved.append((keys, origin)))
    desk_worker.write(lambda desk: ActOutcome("n", "s", "s", 1, None, moved=(7,)), origin="case")
    desk_worker.write(lambda desk: None, origin="import")
    desk_worker.write(lambda desk: None, quiet=True)
    qtbot.waitUntil(desk_worker.idle)
    assert moved == [(frozenset({7}), "case"), (None, "import")]


@pytest.mark.parametrize(
    ("error", "signal"),
    [
        (Refusal("no", "规则不允许"), "refused"),
        (EnvironmentFault("disk_full", "磁盘空间不足"), "environment"),
        (ValueError("ours"), "bug"),
    ],
)
def test_errors_go_where_they_belong(desk_worker: DeskWorker, qtbot: QtBot, error: Exception, signal: str) -> None:
    said: list[tuple[str, object]] = []
    for name in ("refused", "environment", "bug"):
        getattr(desk_worker, name).connect(lambda what, name=name: said.append((name, what)))

    def fail(desk: object) -> None:
        raise error

    desk_worker.read(fail, lambda _a: None)
    qtbot.waitUntil(desk_worker.idle)
    assert [name for name, _ in said] == [signal]
    answers: list[BaseException] = []
    desk_worker.read(fail, lambda _a: None, answers.append)
    qtbot.waitUntil(desk_worker.idle)
    assert answers == [error]
    assert [name for name, _ in said[1:]] == (["bug"] if signal == "bug" else [])


def test_long_work_shows_progress_and_stops_when_told(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    reached, steps, begun = [], [], threading.Event()

    def count(desk: object, progress: object, cancelled: object) -> int:
        for number in range(1, 10_000):
            progress(number, 10_000)  # type: ignore[operator]
            begun.set()
            if cancelled():  # type: ignore[operator]
                return number
            threading.Event().wait(0.001)
        return 10_000

    work = desk_worker.long(count, "数数", reached.append, quiet=True)
    work.progressed.connect(lambda done, total: steps.append((done, total)))
    qtbot.waitUntil(lambda: len(steps) > 1)
    work.cancel()
    qtbot.waitUntil(lambda: bool(reached))
    assert 0 < reached[0] < 10_000
    assert steps[0][1] == 10_000


def test_a_case_can_be_worked_while_long_work_goes_on(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    written, order = threading.Event(), []

    def wait_for_the_write(_desk: object, _progress: object, _cancelled: object) -> None:
        assert written.wait(10)

    desk_worker.long(wait_for_the_write, "导入", lambda _result: order.append("long"), quiet=True)
    desk_worker.write(lambda _desk: written.set(), lambda _result: order.append("write"), quiet=True)
    qtbot.waitUntil(lambda: len(order) == 2)
    assert sorted(order) == ["long", "write"]  # had the write waited for the long work, that would have given up


def test_news_from_another_process_is_noticed(desk_worker: DeskWorker, qtbot: QtBot, folder: Path) -> None:
    origins: list[str] = []
    desk_worker.changed.connect(lambda keys, origin: origins.append(origin))
    qtbot.wait(150)
    other = Desk.open(folder, PASSPHRASE)
    other.set_setting("周明", "window", {"theme": "dark"})
    other.close()
    qtbot.waitUntil(lambda: origins == ["elsewhere"])


def test_own_writes_are_not_news_from_elsewhere(desk_worker: DeskWorker, qtbot: QtBot) -> None:
    origins: list[str] = []
    desk_worker.changed.connect(lambda keys, origin: origins.append(origin))
    qtbot.wait(150)
    desk_worker.write(lambda desk: desk.set_setting("周明", "window", {}), quiet=True)
    qtbot.waitUntil(desk_worker.idle)
    qtbot.wait(200)
    assert origins == []


def test_closing_waits_for_writes_and_leaves_no_thread(desk_worker: DeskWorker) -> None:
    before = threading.active_count()
    done: list[int] = []
    desk_worker.read(lambda desk: None, lambda _a: None)
    desk_worker.write(lambda desk: threading.Event().wait(0.05) or done.append(1), quiet=True)
    assert threading.active_count() == before + 2
    desk_worker.close()
    assert done == [1]
    assert threading.active_count() == before
    desk_worker.write(lambda desk: done.append(2))
    assert done == [1], "a closed worker takes no work"
