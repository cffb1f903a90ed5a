"""Ctrl+K: actions and cases by a few characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.ui.finding import find_cases
from desktop.ui.palette import Palette
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

Settled = Callable[[DeskWorker], None]


@pytest.fixture
def palette(window: Window) -> Palette:
    QTest.keyClick(window.queue.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_popup.isVisible()
    return window.palette_popup


def test_it_lists_what_can_be_reached_now(palette: Palette, window: Window) -> None:
    labels = [entry.label for entry in palette.entries()]
    assert "办理下一件" in labels
    assert "返回队列" not in labels, "the case page is not on the screen"
    palette.hide()


def test_typing_narrows_and_enter_does_it(palette: Palette, window: Window, qtbot: QtBot) -> None:
    palette.input.insert("按列筛")
    palette._typed()
    assert [entry.label for entry in palette.entries()] == ["按列筛选"]
    QTest.keyClick(palette.input, Qt.Key.Key_Return)
    assert not palette.isVisible()
    qtbot.waitUntil(lambda: window.queue.table.header.filtering)


def test_a_case_is_found_by_two_characters(palette: Palette, window: Window, qtbot: QtBot, settled: Settled) -> None:
    chosen: list[int] = []
    palette.case_chosen.disconnect()
    palette.case_chosen.connect(chosen.append)
    palette.input.insert("之017号")
    palette._typed()
    qtbot.waitUntil(lambda: bool(palette._found))
    assert palette.list.count() == 1
    QTest.keyClick(palette.input, Qt.Key.Key_Down)
    QTest.keyClick(palette.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(chosen))
    row = window.queue.model.known(chosen[0])
    assert row is not None
    assert "之017号" in row.title


def test_an_action_that_cannot_be_done_stays_grey(palette: Palette, window: Window) -> None:
    window.queue.table.clearSelection()
    entry = next(entry for entry in palette.entries() if entry.label == "分案…")
    assert not entry.enabled
    palette.hide()


def test_cases_of_every_service_are_found_and_opened_where_they_belong(
    served: Window, qtbot: QtBot, settled: Settled
) -> None:
    QTest.keyClick(served.queue.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = served.palette_popup
    palette.input.insert("岱青")
    palette._typed()
    qtbot.waitUntil(lambda: bool(palette._found))
    found = [(row.procedure, row.number) for row in palette._found]
    assert {procedure for procedure, _ in found} >= {"preexam", "priority", "enforcement", "commercialisation"}
    services = [service.id for service in served.context.services]
    places = [services.index(procedure) for procedure, _ in found]
    assert places == sorted(places), "the cases of one service stand together"
    labels = [entry.label for entry in palette.entries()]
    assert any(label.startswith("快速维权　") for label in labels)
    row = next(row for row in palette._found if row.procedure == "commercialisation")
    palette.list.setCurrentRow(next(n for n, entry in enumerate(palette.entries()) if row.number in entry.detail))
    QTest.keyClick(palette.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: served.case is not None and served.case.case is not None)
    settled(served.worker)
    assert served.case.case.number == row.number
    assert served.queue.service.id == "commercialisation"
    QTest.keyClick(served.case, Qt.Key.Key_Escape)
    assert served.queue.table.current_key() == row.key


def test_every_service_has_its_share_of_the_places(served: Window) -> None:
    desk = served.worker._desk
    names = [service.id for service in served.context.services]
    found = find_cases(desk, "岱青", names, actor="林知远", today=served.context.today(), limit=4)
    assert len(found) == 4
    assert len({row.procedure for row in found}) == 4, "eighteen cases of one must not hide the one of another"
    assert len(find_cases(desk, "岱青", names, actor="林知远", today=served.context.today(), limit=99)) > 4


def test_a_service_is_a_place_to_go(served: Window, qtbot: QtBot) -> None:
    QTest.keyClick(served.queue.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = served.palette_popup
    palette.input.insert("转化")
    palette._typed()
    assert [(entry.label, entry.keys) for entry in palette.entries()] == [("转化运用", "Ctrl 5")]
    QTest.keyClick(palette.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: served.queue.service.id == "commercialisation")
