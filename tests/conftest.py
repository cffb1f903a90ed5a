"""Habits of every test: nothing is logged, left running or left open, and nobody's own data is touched.

A test that breaks one of them fails even when its own assertions hold.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports the toolkit: tests never need a screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# In CI the same trials every time; at a desk new ones each time. Time limits would only measure the machine.
settings.register_profile("desk", deadline=None, database=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# How long a thread or process that was told to stop may take to be gone.
GRACE_SECONDS = 2.0


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public trial files beside the checkout; tests that want it are extra."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the folder of trial files (../shared) is not here")
    return folder


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees or writes the settings, data or passphrase of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("KUAISHEN_")]:
        monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    for name in ("LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(home / name.lower()))


class LogTrap(logging.Handler):
    """Keeps what the program says at warning level or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_stray_log_lines(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails on a logged warning unless the test reads the log (``caplog``) or is marked ``may_log``."""
    expected = "caplog" in request.fixturenames or request.node.get_closest_marker("may_log")
    trap = LogTrap()
    logging.getLogger().addHandler(trap)
    yield
    logging.getLogger().removeHandler(trap)
    if trap.lines and not expected:
        pytest.fail("stray log lines:\n" + "\n".join(trap.lines), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails on a thread or child process that outlives its test."""
    threads, children = set(threading.enumerate()), child_processes()
    yield
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        thread.join(GRACE_SECONDS)
    alive = [thread.name for thread in left if thread.is_alive()]
    for process in multiprocessing.active_children():
        process.join(GRACE_SECONDS)
    orphans = child_processes() - children
    if alive or orphans:
        pytest.fail(f"left running: threads {alive}, processes {sorted(orphans)}", pytrace=False)


def child_processes() -> set[int]:
    """Ids of this process's children, without the helper that multiprocessing keeps for the whole run."""
    found = {process.pid for process in multiprocessing.active_children() if process.pid is not None}
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(word) for word in listing.read_text().split())
        except OSError:  # that thread has just ended
            continue
    return found - {getattr(resource_tracker._resource_tracker, "_pid", None)}


@pytest.fixture(autouse=True)
def no_leftover_windows(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails on a window, running timer or busy pool worker that outlives a test with the toolkit."""
    yield
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    pool = QThreadPool.globalInstance()
    busy = not pool.waitForDone(int(GRACE_SECONDS * 1000))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    windows, timers = QApplication.topLevelWidgets(), []
    if windows:  # perhaps only a cycle that the collector has not met yet
        del windows
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        windows = QApplication.topLevelWidgets()
    names = [f"{type(w).__name__} {w.windowTitle() or w.objectName()}" for w in windows if w.parent() is None]
    for thing in gc.get_objects():
        if isinstance(thing, QTimer) and isValid(thing) and thing.isActive():
            timers.append(thing.objectName() or repr(thing.parent()))
            thing.stop()
    for window in windows:
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    if names or timers or busy:
        pytest.fail(f"left open: windows {names}, timers {timers}, busy pool {busy}", pytrace=False)


def pytest_report_header() -> str:
    return f"hypothesis profile: {'ci' if os.environ.get('CI') else 'desk'}; platform: {sys.platform}"
