"""The habits in conftest.py catch what they say they catch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

KEPT = '''
import logging, os, threading, pytest

def test_quiet_log():
    logging.getLogger("x").info("fine")

@pytest.mark.may_log
def test_announced_log():
    logging.getLogger("x").warning("announced")

def test_finished_thread():
    thread = threading.Thread(target=lambda: None)
    thread.start()

def test_closed_window(qtbot):
    from PySide6.QtWidgets import QWidget
    window = QWidget()
    qtbot.addWidget(window)
    window.show()

def test_surroundings():
    assert "KUAISHEN_DATA" not in os.environ
'''

BROKEN = '''
import logging, subprocess, sys, threading, warnings

GATE, KEPT = threading.Event(), []

def test_log():
    logging.getLogger("x").warning("stray")

def test_thread():
    threading.Thread(target=GATE.wait, daemon=True).start()

def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))

def test_python_warning():
    warnings.warn("stray")

def test_toolkit_warning(qapp):
    from PySide6.QtCore import qWarning
    qWarning("stray")

def test_window(qapp):
    from PySide6.QtWidgets import QWidget
    KEPT.append(QWidget(windowTitle="left"))

def test_timer(qapp):
    from PySide6.QtCore import QTimer
    KEPT.append(QTimer(qapp, interval=60_000))
    KEPT[-1].start()
'''


def run_tests(text: str, folder: Path) -> str:
    """What pytest prints for one made-up test file under the project's own settings and habits."""
    shutil.copy(HERE / "conftest.py", folder)
    (folder / "test_made_up.py").write_text(text, "utf-8")
    where = ["-c", str(HERE.parent / "pyproject.toml"), "--rootdir", str(folder), str(folder)]
    options = ["-rA", "--tb=short", "-p", "no:cacheprovider", "--color=no"]
    surroundings = {**os.environ, "KUAISHEN_DATA": "elsewhere", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *where, *options],
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout + done.stderr


def names(outcome: str, report: str) -> set[str]:
    return set(re.findall(rf"^{outcome} \S*::test_(\w+)", report, re.MULTILINE))


def test_kept_habits_pass(tmp_path: Path) -> None:
    report = run_tests(KEPT, tmp_path)
    assert not names("(?:FAILED|ERROR)", report), report
    assert len(names("PASSED", report)) == KEPT.count("def test_"), report


def test_each_broken_habit_fails(tmp_path: Path) -> None:
    report = run_tests(BROKEN, tmp_path)
    assert len(names("(?:FAILED|ERROR)", report)) == BROKEN.count("def test_"), report
