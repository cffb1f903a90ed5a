"""The window's start: paint first, load the heavy parts afterwards on a lane, then unlock and show the queue."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop.ui.actions import ComposingGuard
from desktop.ui.theme import RESOURCES, Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker, said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

DONE, ENVIRONMENT = 0, 3
# How long a lane may keep the interpreter while the window waits for it. Painting asks for it a thousand times; at
# the usual 5 ms a busy lane would make the window stutter.
SWITCH_S = 0.000_5


def application() -> QApplication:
    """The one QApplication, with Qt's own Chinese words (buttons of file dialogs and the like)."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication(sys.argv[:1])
    made.setApplicationName("kuaishen")
    made.setApplicationDisplayName("快审工作台")
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    for folder, name in (
        (Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)), "qtbase_zh_CN"),
        (RESOURCES / "translations", f"desk_{QLocale.system().name()}"),
    ):
        translator = QTranslator(made)
        if translator.load(name, str(folder)):
            made.installTranslator(translator)
    icon = RESOURCES / "icons" / "kuaishen.svg"
    if icon.exists():
        made.setWindowIcon(QIcon(str(icon)))
    return made


class Session:
    """One run of the window: from the first paint to the closed store. ``status`` is the exit status."""

    def __init__(
        self, directory: Path, *, passphrase: str | None, user: str | None, theme: str = "system",
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.application = application()
        sys.setswitchinterval(SWITCH_S)
        self.directory, self.passphrase, self.user = directory, passphrase, user or ""
        self.status = DONE
        self.demo_wanted = False
        self.guard = ComposingGuard(self.application)
        self.theme = Theme(self.application, theme)
        self.worker = DeskWorker()
        self.window = Window(self.worker, self.theme, now=now)
        # Another window may follow in the same process (the made-up centre); nothing of this one may linger.
        self.theme.setParent(self.window)
        self.guard.setParent(self.window)

    def start(self) -> None:
        """Show the empty window, then go on once it has been painted."""
        # An error in a slot has no caller who could catch it; it is shown instead of lost.
        sys.excepthook = self._uncaught
        self.window.show()
        QTimer.singleShot(0, self.window, self._open)

    def _open(self) -> None:
        if self.passphrase is not None:
            directory, passphrase = self.directory, self.passphrase

            def unlock() -> Desk:
                from desktop.app.desk import Desk

                return Desk.open(directory, passphrase)

            self.worker.open(unlock, lambda _desk: self.window.enter(self.user), self._cannot_open, self.window)
            return

        def exists(_progress: object, _cancelled: object) -> bool:
            from desktop.app.desk import Desk

            return Desk.exists(self.directory)

        self.worker.aside(exists, "", self._ask, owner=self.window, cancellable=False)

    def _ask(self, exists: bool) -> None:
        """A passphrase for the store that is there, or the first run for a new one."""
        if exists:
            from desktop.ui.unlock import UnlockDialog

            unlock = UnlockDialog(self.worker, self.directory, self.window, last_actor=self.user)
            unlock.accepted.connect(lambda: self.window.enter(unlock.actor))
            unlock.rejected.connect(self.window.close)
            # Not every window system hands the keyboard back by itself.
            unlock.finished.connect(lambda _result: self.window.activateWindow())
            unlock.open()
            return
        from desktop.ui.first_run import FirstRunDialog

        first = FirstRunDialog(self.worker, self.directory, self.window)
        first.accepted.connect(lambda: self.window.enter(first.actor))
        first.rejected.connect(self.window.close)
        first.demo_requested.connect(self._leave_for_demo)
        first.finished.connect(lambda _result: self.window.activateWindow())
        first.open()

    def _leave_for_demo(self) -> None:
        self.demo_wanted = True
        self.window.close()

    def _cannot_open(self, error: BaseException) -> None:
        sentence = said_fault(error)
        self.status = ENVIRONMENT
        if sentence is not None:
            print(sentence, file=sys.stderr)
            self.window.close()

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        if issubclass(kind, Exception):
            self.worker.bug.emit(error)

    def finish(self) -> None:
        """Let writes finish and close the store."""
        self.worker.close()
        self.application.removeEventFilter(self.guard)
        sys.excepthook = sys.__excepthook__


def run(
    directory: Path, *, passphrase: str | None = None, user: str | None = None, theme: str = "system",
    now: Callable[[], datetime] = datetime.now, on_demo: Callable[[], int] | None = None,
) -> int:
    """Open the window on a data folder and stay until it is closed. Returns the exit status.

    ``on_demo`` is called when a person would rather look around with a made-up centre first."""
    session = Session(directory, passphrase=passphrase, user=user, theme=theme, now=now)
    session.start()
    session.application.exec()
    session.finish()
    if session.demo_wanted and on_demo is not None:
        session.window.deleteLater()
        return on_demo()
    return session.status
