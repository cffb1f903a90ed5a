"""Pictures of every screen, for the manual, the demo and a look at what was made. Works without a screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.core.terms import Role
from desktop.ui.application import application
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.case_page import CasePage

PATIENCE_S = 20.0


def grab(widget: QWidget, path: Path) -> Path:
    """Write the widget as it stands to a PNG. OSError when the file cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not widget.grab().save(str(path)):
        raise OSError(f"cannot write {path}")
    return path


def settle(worker: DeskWorker, more: Callable[[], bool] = lambda: True) -> None:
    """Run the event loop until every answer has arrived and the debounced reads are done too."""
    quiet = 0
    end = time.monotonic() + PATIENCE_S
    while quiet < 12 and time.monotonic() < end:
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.01)
        quiet = quiet + 1 if worker.idle() and more() else 0


@dataclass(frozen=True)
class Shot:
    """One size in one theme."""

    size: tuple[int, int] = (1366, 768)
    theme: str = "light"

    @property
    def name(self) -> str:
        return f"{self.theme}-{self.size[0]}x{self.size[1]}"


def tour(
    desk: Desk, target: Path, shots: Sequence[Shot] = (Shot(), Shot(theme="dark")), *, actor: str,
    now: Callable[[], datetime] = datetime.now, workbook: Path | None = None, matter: str = "",
) -> list[Path]:
    """Walk through every screen of an open desk and leave a picture of each. The desk is closed afterwards.

    ``workbook`` is shown in the import dialog, ``matter`` is the number of a case whose record is shown. The scale is
    that of the process (QT_SCALE_FACTOR)."""
    app = application()
    theme = Theme(app, shots[0].theme)
    worker = DeskWorker()
    window = Window(worker, theme, now=now)
    record = desk.case(matter, actor=actor, today=now().date()).key if matter else None
    worker.adopt(desk)
    made: list[Path] = []
    try:
        window.show()
        window.enter(actor)
        settle(worker)
        for shot in shots:
            theme.choose(shot.theme)
            window.resize(QSize(*shot.size))
            window.context.become(actor)
            settle(worker)
            made += _walk(window, worker, target, shot, workbook, record)
    finally:
        window.close()
        worker.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return made


def _walk(
    window: Window, worker: DeskWorker, target: Path, shot: Shot, workbook: Path | None, record: int | None
) -> list[Path]:
    made: list[Path] = []

    def take(name: str, widget: QWidget | None = None) -> None:
        settle(worker)
        made.append(grab(widget or window, target / f"{name}-{shot.name}.png"))

    first, *others = window.context.services
    window.show_service(first.id)
    take("queue")
    key = window.queue.table.current_key()
    if key is not None:
        window.open_case(key)
        take("case")
        if window.case is not None and _has_package(window.case, worker):
            take("package")
    documents, record = record, record or key
    if record is not None:
        window.open_case(record)
        settle(worker)
        if window.case is not None:
            window.case.show_matter()
            take("matter")
            if _has_package(window.case, worker) and window.case.package.compare_button.isEnabled():
                window.case.package_acts.compare()
                _dialog(window, worker, take, "comparison")
            if documents is not None and window.case.has_notices():
                window.case.show_notices()
                _dialog(window, worker, take, "notice")
    for service in others:
        window.show_service(service.id)
        take(f"queue-{service.id}")
    officer = next((one.name for one in window.context.staff if Role.OFFICER in one.roles), window.context.actor)
    window.context.become(officer)
    settle(worker)
    if others:
        window.show_service(others[min(1, len(others) - 1)].id)
        settle(worker)
    window.open_new()
    _dialog(window, worker, take, "opening")
    window.show_parties()
    take("parties")
    window.show_service(first.id)
    window.show_sync()
    take("sync")
    disputed = window.sync.disputes.texts.rows if window.sync is not None else []
    if disputed:
        window.show_dispute(int(str(disputed[0].key)))
        _dialog(window, worker, take, "dispute")
    window.show_settings()
    take("settings")
    window.show_queue()
    if record is not None:
        window.show_record(record)
        _dialog(window, worker, take, "record")
    window.show_import(workbook)
    _dialog(window, worker, take, "import")
    return made


def _has_package(page: CasePage, worker: DeskWorker) -> bool:
    """Open the tab of the application packages, on the first finding about a claim; whether there is anything on it."""
    if not page.takes_package():
        return False
    page.show_package()
    settle(worker)
    reading = page.package.reading
    if reading is None:
        return False
    page.package.table.selectRow(next((at for at, one in enumerate(reading.findings) if one.finding.claims), 0))
    return True


def _dialog(
    window: Window, worker: DeskWorker, take: Callable[[str, QWidget | None], None], name: str
) -> None:
    """Picture the dialog that was just opened over the window, then close it."""
    settle(worker)
    opened = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    if opened:
        take(name, opened[-1])
        opened[-1].close()
        settle(worker)
