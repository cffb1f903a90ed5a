"""The frame: first paint without the heavy parts, going places by keyboard, news, long work, leaving."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.ui.application import Session
from desktop.ui.first_run import FirstRunDialog
from desktop.ui.help_dialog import HelpDialog
from desktop.ui.notices import MOST
from desktop.ui.screenshots import Shot, tour
from desktop.ui.unlock import UnlockDialog
from desktop.ui.widgets.bug_report import BugReport
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import PASSPHRASE, TODAY

Settled = Callable[[DeskWorker], None]
CTRL = Qt.KeyboardModifier.ControlModifier

FIRST_PAINT = """
import sys
from pathlib import Path
from desktop.ui.application import Session
session = Session(Path(sys.argv[1]), passphrase=None, user=None)
session.window.show()
session.application.processEvents()
heavy = ("sqlalchemy", "openpyxl", "reportlab", "alembic", "PySide6.QtPdf", "db.store", "desktop.app.desk")
print([name for name in heavy if name in sys.modules])
session.window.close()
session.finish()
"""


def leave(session: Session) -> None:
    """Close the window as a person does and let everything go."""
    session.window.close()
    session.finish()
    session.window.deleteLater()
    session.application.setStyleSheet("")


def test_the_first_paint_waits_for_nothing_heavy(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT, str(tmp_path)], capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parents[2], timeout=60,
    )
    assert run.stdout.strip() == "[]"


def test_a_session_opens_the_store_and_shows_the_queue(
    qapp: QApplication, folder: Path, qtbot: QtBot, settled: Settled
) -> None:
    session = Session(
        folder, passphrase=PASSPHRASE, user="周明", theme="light",
        now=lambda: datetime.combine(TODAY, datetime.min.time()),
    )
    with qtbot.waitSignal(session.window.ready, timeout=10_000):
        session.start()
    settled(session.worker)
    assert session.window.context.actor == "周明"
    assert session.window.queue.model.rowCount() == 130
    assert session.window.rail.buttons["preexam"].count.text() == "130"
    assert "离线单机" in session.window.top.state.text()
    leave(session)
    assert session.status == 0


def test_a_wrong_passphrase_is_told_and_ends_with_its_status(
    qapp: QApplication, folder: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session(folder, passphrase="not this one", user=None, theme="light")
    session.start()
    qtbot.waitUntil(lambda: session.status != 0, timeout=10_000)
    assert session.status == 3
    assert capsys.readouterr().err.strip()
    leave(session)


def test_going_places_by_keyboard(window: Window, settled: Settled) -> None:
    assert QApplication.focusWidget() is window.queue.table
    QTest.keyClick(window.queue.table, Qt.Key.Key_Return)
    settled(window.worker)
    assert window.pages.currentWidget() is window.case
    QTest.keyClick(window.case, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settled(window.worker)
    assert window.queue.table.currentIndex().row() == 1
    QTest.keyClick(window.case, Qt.Key.Key_Escape)
    settled(window.worker)
    assert window.pages.currentWidget() is window.queue
    assert QApplication.focusWidget() is window.queue.table
    QTest.keyClick(window.queue.table, Qt.Key.Key_Comma, CTRL)
    settled(window.worker)
    assert window.pages.currentWidget() is window.settings
    QTest.keyClick(window, Qt.Key.Key_1, CTRL)
    assert window.pages.currentWidget() is window.queue


def test_every_control_of_the_frame_is_reached_by_tab(window: Window) -> None:
    reached = []
    widget = window.nextInFocusChain()
    while widget is not window:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
            reached.append(widget)
        widget = widget.nextInFocusChain()
    wanted = [window.top.search, window.top.palette_button, window.top.person, window.queue.side.list,
              window.queue.table, window.queue.brief.go, *window.queue.toolbar.chips.values(),
              *window.rail.buttons.values()]
    assert [thing for thing in wanted if thing not in reached] == []


def test_f1_shows_the_page_of_the_screen_and_every_key(window: Window, qtbot: QtBot, settled: Settled) -> None:
    for screen, words in ((window.show_queue, "从上往下办"), (lambda: window.open_case(1), "一条横线看进度"),
                          (window.show_sync, "谁也不覆盖谁"), (window.show_settings, "设置")):
        screen()
        settled(window.worker)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_F1)
        dialog = window.findChild(HelpDialog)
        assert dialog.isVisible()
        assert words in dialog.page.toPlainText()
        dialog.keys.search.setText("f8")
        shown = [row.cells for row in dialog.keys.table.texts.rows]
        assert ("受理", "F8", "案件页：已收件") in shown, "the procedure's own keys are in the table too"
        dialog.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_another_person_takes_over(window: Window, settled: Settled) -> None:
    window.top.person_chosen.emit("周明")
    settled(window.worker)
    assert window.context.actor == "周明"
    assert "周明" in window.top.person.text()


def test_news_are_shown_and_do_not_pile_up(window: Window) -> None:
    window.worker.refused.emit("规则不允许这样做")
    window.worker.environment.emit("磁盘空间不足")
    assert [notice.kind for notice in window.notices.shown()] == ["warn", "error"]
    window.worker.refused.emit("规则不允许这样做")
    assert len(window.notices.shown()) == 2
    for number in range(5):
        window.notices.tell(f"消息 {number}")
    assert len(window.notices.shown()) == MOST
    pressed: list[int] = []
    notice = window.notices.tell("可以撤销", action=("撤销", lambda: pressed.append(1)))
    button = notice.findChild(QPushButton)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Escape)
    assert notice not in window.notices.shown()


def test_a_bug_is_shown_once_with_what_happened(window: Window) -> None:
    window.worker.bug.emit(ValueError("the first"))
    window.worker.bug.emit(ValueError("the second"))
    reports = window.findChildren(BugReport)
    assert len(reports) == 1
    assert "the first" in reports[0].text.toPlainText()
    reports[0].close()


def test_long_work_stands_in_the_status_line_and_can_be_stopped(window: Window, qtbot: QtBot) -> None:
    stopped = threading.Event()

    def work(desk: object, progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> None:
        progress(5, 10)
        while not cancelled():
            stopped.wait(0.005)

    window.worker.long(work, "整理", lambda _r: stopped.set(), quiet=True)
    qtbot.waitUntil(lambda: bool(window.status.works) and window.status.works[0].figures.text() == "5 / 10")
    window.status.works[0].stop.click()
    qtbot.waitUntil(stopped.is_set)
    assert window.status.works == []


def test_a_workbook_may_be_dropped_and_nothing_else(window: Window, tmp_path: Path) -> None:
    def accepted(name: str) -> bool:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
        event = QDragEnterEvent(
            QPointF(5, 5).toPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier)
        event.ignore()
        window.dragEnterEvent(event)  # sent by Qt, it would keep the window as its target until something is dropped
        return event.isAccepted()

    assert accepted("平台导出.XLSX")
    assert not accepted("photo.png")


def test_the_window_comes_back_as_it_was(
    window: Window, settled: Settled, folder: Path, qtbot: QtBot
) -> None:
    window.resize(1200, 700)
    window.queue.toggle_brief()
    qtbot.wait(20)
    window.close()
    window.worker.close()
    desk = Desk.open(folder, PASSPHRASE)
    remembered = desk.setting("林知远", "window")
    desk.close()
    assert remembered["queue.brief"] is False
    assert remembered["geometry"]


def test_a_new_day_counts_again(window: Window, settled: Settled) -> None:
    before = window.queue.model.index(0, 0).data()
    window.context._now = lambda: datetime.combine(TODAY + timedelta(days=1), datetime.min.time())
    window.look_at_the_calendar()
    settled(window.worker)
    assert window.queue.model.index(0, 0).data() != before


def test_the_right_button_offers_what_can_be_done(window: Window) -> None:
    menu = window.actions_bound.context_menu(window, "queue")
    offered = {item.text().split("\t")[0]: item.isEnabled() for item in menu.actions()}
    menu.close()
    assert offered["继续办理"]
    assert offered["分案…"] is window.queue.has_selection()


def test_a_narrow_window_leaves_out_what_is_not_needed(window: Window, qtbot: QtBot) -> None:
    window.resize(911, 512)
    qtbot.wait(20)
    assert not window.rail.buttons["preexam"].count.isVisible()
    assert not window.top.palette_button.isVisible()
    alert = window.rail.buttons["sync"]
    alert.show_count(2, alert=True)
    assert alert.count.isVisible(), "what calls for somebody is seen in every window"
    alert.show_count(None, alert=True)
    assert not alert.count.isVisible()
    window.resize(1366, 768)
    qtbot.wait(20)
    assert window.rail.buttons["preexam"].count.isVisible()


def test_the_tour_pictures_every_screen(qapp: QApplication, folder: Path, tmp_path: Path) -> None:
    made = tour(
        Desk.open(folder, PASSPHRASE), tmp_path / "pictures", [Shot((1366, 768), "dark")], actor="林知远",
        now=lambda: datetime.combine(TODAY, datetime.min.time()),
    )
    others = ["queue-priority", "queue-enforcement", "queue-navigation", "queue-commercialisation", "queue-evidence"]
    assert [path.name.removesuffix("-dark-1366x768.png") for path in made] == [
        "queue", "case", "matter", *others, "opening", "parties", "sync", "settings", "record", "import"]
    for path in made:
        picture = QImage(str(path))
        colors = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
        assert len(colors) > 10, f"{path.name} shows nothing"
    qapp.setStyleSheet("")


def test_without_a_passphrase_it_is_asked_for(
    qapp: QApplication, folder: Path, qtbot: QtBot, settled: Settled
) -> None:
    session = Session(folder, passphrase=None, user="周明", theme="light")
    session.start()
    qtbot.waitUntil(lambda: session.window.findChild(UnlockDialog) is not None, timeout=10_000)
    dialog = session.window.findChild(UnlockDialog)
    QTest.keyClicks(dialog.passphrase, PASSPHRASE)
    QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.worker.ready, timeout=10_000)
    settled(session.worker)
    with qtbot.waitSignal(session.window.ready, timeout=10_000):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    settled(session.worker)
    assert session.window.queue.model.rowCount() == 130
    leave(session)


def test_a_new_folder_begins_with_the_first_run(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    session = Session(tmp_path / "new", passphrase=None, user=None, theme="light")
    session.start()
    qtbot.waitUntil(lambda: session.window.findChild(FirstRunDialog) is not None, timeout=10_000)
    dialog = session.window.findChild(FirstRunDialog)
    assert dialog.isVisible()
    dialog.demo_requested.emit()
    assert session.demo_wanted
    assert not session.window.isVisible()
    leave(session)


def test_an_error_in_a_slot_is_shown(qapp: QApplication, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(folder, passphrase="unused", user=None, theme="light")
    shown: list[BaseException] = []
    session.worker.bug.connect(shown.append)
    error = ValueError("in a slot")
    session._uncaught(ValueError, error, None)
    assert shown == [error]
    assert "in a slot" in capsys.readouterr().err
    leave(session)
