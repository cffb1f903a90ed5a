"""Opening the store: the passphrase, its refusal, and who sits down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.unlock import UnlockDialog
from desktop.ui.worker import DeskWorker

from .conftest import PASSPHRASE


@pytest.fixture
def dialog(worker: DeskWorker, folder: Path, theme: Theme, qtbot: QtBot) -> Iterator[UnlockDialog]:
    dialog = UnlockDialog(worker, folder, last_actor="周明")
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    yield dialog
    worker.close()


def test_passphrase_then_name_by_keyboard(dialog: UnlockDialog, worker: DeskWorker, qtbot: QtBot) -> None:
    assert dialog.passphrase.hasFocus()
    qtbot.keyClicks(dialog.passphrase, PASSPHRASE)
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(dialog.staff), timeout=10_000)
    assert worker.ready
    assert dialog.passphrase.text() == "", "it does not stay in the window"
    assert QApplication.focusWidget() is dialog.names
    assert dialog.names.currentItem().text().startswith("周明"), "who sat here last is offered first"
    qtbot.keyClick(dialog.names, Qt.Key.Key_Up)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.names, Qt.Key.Key_Return)
    assert dialog.actor == "林知远"


def test_a_wrong_passphrase_is_said_and_asked_again(dialog: UnlockDialog, worker: DeskWorker, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert "请输入" in dialog.said()
    qtbot.keyClicks(dialog.passphrase, "something else")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    dialog.reject()
    assert dialog.isVisible(), "it waits for the answer that is under way"
    qtbot.waitUntil(lambda: dialog.passphrase.isEnabled(), timeout=10_000)
    assert "口令" in dialog.said()
    assert not worker.ready
    assert dialog.passphrase.hasFocus()
    assert dialog.passphrase.selectedText()
    qtbot.keyClicks(dialog.passphrase, PASSPHRASE)
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(dialog.staff), timeout=10_000)


def test_where_no_list_is_published_a_name_is_typed(dialog: UnlockDialog, qtbot: QtBot) -> None:
    dialog._last_actor = ""
    dialog._show_staff(())
    assert not dialog.enter_button.isEnabled()
    qtbot.keyClicks(dialog.name, "lin")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.actor == "lin"
