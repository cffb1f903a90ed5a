"""One list of actions: every one has a handler, a place where it is found, and keys of its own."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.actions import ACTIONS, Action, Actions, ComposingGuard, action, shown_keys
from desktop.ui.widgets.key_table import SCOPES, key_rows
from desktop.ui.window import Window


def test_ids_are_unique_and_found() -> None:
    assert len({entry.id for entry in ACTIONS}) == len(ACTIONS)
    assert action("queue.next").handler == "open_next"


def test_every_handler_and_condition_exists(window: Window) -> None:
    window.case_page()
    window.sync_page()
    window.parties_page()
    for entry in window.actions_bound.entries:
        assert callable(window.actions_bound.handler(entry)), entry.id
        assert isinstance(window.actions_bound.allowed(entry), bool), entry.id
        assert window.actions_bound[entry.id].shortcuts() == [QKeySequence(keys) for keys in entry.shortcuts]


def test_no_two_actions_that_work_together_share_a_key() -> None:
    for first, second in combinations(ACTIONS, 2):
        together = first.scope.split(".")[0] == second.scope.split(".")[0] or "window" in (first.scope, second.scope)
        shared = {QKeySequence(keys) for keys in first.shortcuts} & {QKeySequence(keys) for keys in second.shortcuts}
        assert not (together and shared), f"{first.id} and {second.id} share {shared}"


def test_every_key_is_one_that_exists() -> None:
    for entry in ACTIONS:
        for keys in entry.shortcuts:
            assert QKeySequence(keys).toString(), f"{entry.id}: {keys}"


def test_every_action_is_in_the_key_table_and_the_menu_or_palette(window: Window) -> None:
    listed = {row.key: row.cells for row in key_rows()}
    assert set(listed) == {entry.id for entry in ACTIONS}
    assert set(SCOPES) == {entry.scope for entry in ACTIONS}
    offered: dict[str, set[str]] = {}
    for page, show in (("sync", window.show_sync), ("parties", window.show_parties), ("queue", window.show_queue)):
        show()
        menu = window.actions_bound.menu(window)
        offered[page] = {item.text().split("\t")[0] for group in menu.actions() for item in group.menu().actions()}
        menu.close()
    for entry in ACTIONS:
        if not entry.scope.startswith("case"):
            # A place of the rail is named after the service that stands there; where none does, nothing is offered.
            label = window.actions_bound.label(entry)
            assert not label or label in offered.get(entry.scope.split(".")[0], offered["queue"]), entry.id
            assert label or entry.argument in (7, 8, 9), entry.id


def test_an_action_that_cannot_be_done_does_nothing(qtbot: QtBot) -> None:
    class Target(QWidget):
        ready = False
        done = 0

        def can(self) -> bool:
            return self.ready

        def do(self) -> None:
            self.done += 1

    target = Target()
    qtbot.addWidget(target)
    bound = Actions(target, (Action("t.do", "做", "菜单", "window", "do", ("Ctrl+J",), "can"),))
    bound["t.do"].trigger()
    assert target.done == 0
    target.ready = True
    bound["t.do"].trigger()
    assert target.done == 1


def test_keys_are_silent_while_an_input_method_composes(qtbot: QtBot, qapp: QApplication) -> None:
    class Target(QWidget):
        done = 0

        def do(self) -> None:
            self.done += 1

    guard = ComposingGuard(qapp)
    target = Target()
    qtbot.addWidget(target)
    editor = QLineEdit(target)
    QVBoxLayout(target).addWidget(editor)
    Actions(target, (Action("t.do", "做", "菜单", "window", "do", ("F8",)),))
    target.show()
    editor.setFocus()
    qtbot.waitUntil(target.isActiveWindow)
    QTest.keyClick(editor, Qt.Key.Key_F8)
    assert target.done == 1
    QApplication.sendEvent(editor, QInputMethodEvent("quan li", []))
    assert guard.composing
    QTest.keyClick(editor, Qt.Key.Key_F8)
    assert target.done == 1, "the key belongs to the input method now"
    committed = QInputMethodEvent("", [])
    committed.setCommitString("权利")
    QApplication.sendEvent(editor, committed)
    QTest.keyClick(editor, Qt.Key.Key_F8)
    assert target.done == 2
    assert editor.text() == "权利"
    qapp.removeEventFilter(guard)
    guard.deleteLater()


def test_keys_are_shown_as_people_know_them() -> None:
    assert shown_keys("Ctrl+Shift+L") == "Ctrl Shift L"
    assert shown_keys("Return") == "Enter"
