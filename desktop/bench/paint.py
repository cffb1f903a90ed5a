"""From starting the program to its first painted queue page, each run in a process of its own, without a screen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import ACTOR, SECRET, queue_store

CASES = 1_000_000
PATIENCE = 120
_PAINTED = b"painted"
_ROOT = Path(__file__).resolve().parents[2]

_OURS = """
import sys
from pathlib import Path
from desktop.ui.application import Session
session = Session(Path(sys.argv[1]), passphrase=sys.argv[2], user=sys.argv[3])
def shown():
    session.window.repaint()
    print("painted", flush=True)
    session.window.close()
session.window.ready.connect(shown)
session.start()
session.application.exec()
session.finish()
"""

_BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QTableWidgetItem
application = QApplication([])
window = QMainWindow()
table = QTableWidget(50, 8)
for row in range(50):
    for column in range(8):
        table.setItem(row, column, QTableWidgetItem(f"第 {row} 行第 {column} 列"))
window.setCentralWidget(table)
window.resize(1366, 768)
window.show()
def shown():
    window.repaint()
    print("painted", flush=True)
    window.close()
QTimer.singleShot(0, shown)
application.exec()
"""


def first_paint(setting: Setting) -> Taken:
    """The desk with a million cases, unlocked, its queue on the screen; the reference is a bare window with a table
    of 50 rows and 8 columns."""
    folder = queue_store(setting, CASES)

    def run(clock: Clock, script: str, *words: str) -> None:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen(
            [sys.executable, "-c", script, *words], cwd=_ROOT, env=environment, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            with clock.running():
                painted = process.stdout.readline()
            if painted.strip() != _PAINTED:
                raise RuntimeError("the window was not painted")
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    found = in_turns(
        setting, lambda clock: run(clock, _OURS, str(folder), SECRET, ACTOR), lambda clock: run(clock, _BARE), warm=True
    )
    return Taken(*found, note="含口令派生密钥")
