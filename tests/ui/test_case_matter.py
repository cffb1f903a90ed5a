"""关联: the lanes of a record by keyboard, what refers to what, putting cases together and apart with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.case_lanes import COLUMNS, DUE, LINE, MARKS, NUMBER, SERVICE, STATE, due_words, state_words
from desktop.ui.case_matter import MatterTab
from desktop.ui.case_moving import MovingForm
from desktop.ui.help_dialog import HelpDialog
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .served import FIRST, TODAY

Settled = Callable[[DeskWorker], None]
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
RECORD = "BL-SDYS-2026-0000001"


def key(name: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget(), name, modifier)


@pytest.fixture
def tab(served: Window, settled: Settled) -> MatterTab:
    """The record of the first case, on the screen."""
    served.open_case(1)
    settled(served.worker)
    key(Qt.Key.Key_T, CTRL)
    settled(served.worker)
    return served.case.matter


def cells(tab: MatterTab, column: int) -> list[str]:
    model = tab.lanes.lanes
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def form(window: Window) -> MovingForm:
    return next(one for one in window.findChildren(MovingForm) if one.isVisible())


def test_every_service_has_a_lane(tab: MatterTab, served: Window) -> None:
    assert tab.isVisible()
    assert QApplication.focusWidget() is tab.lanes
    QAbstractItemModelTester(tab.lanes.lanes, QAbstractItemModelTester.FailureReportingMode.Warning, tab)
    assert cells(tab, SERVICE) == [service.short for service in served.context.services]
    assert cells(tab, NUMBER) == ["SDYS-2026-0000001", "SDYX-2026-0000001", "SDWQ-2026-0000002", "未办理", "未办理",
                                  "SDCZ-2026-0000001"]
    assert cells(tab, STATE)[3] == "办理此项…"
    assert "本案" in cells(tab, MARKS)[0]
    assert "▲" in cells(tab, DUE)[1]
    assert RECORD in tab._head.text()
    assert served.case.tabs.tabText(served.case.tabs.currentIndex()) == "关联 3"
    assert tab.lanes.current().here, "the line of the case itself is the current one"


def test_a_lane_says_what_is_not_for_good(tab: MatterTab, served: Window) -> None:
    lane = tab.view.lanes[1]
    case = replace(lane.cases[0], contested=True, result="待裁决", marks=("待裁决", "期限暂定"))
    view = replace(tab.view, lanes=(replace(lane, cases=(case,)),))
    tab.lanes.show_view(view, TODAY)
    assert cells(tab, STATE)[0].startswith("◆ ")
    assert "待裁决" in cells(tab, STATE)[0]
    assert cells(tab, MARKS)[0] == "待裁决 · 期限暂定"
    reached = replace(case, matured=True, overdue=False, remaining=-3, due_on=date(2026, 11, 22))
    assert due_words(reached) == "◆ 已满期 2026-11-22"
    assert state_words(replace(case, stage_label="办结", result="裁决")) == "办结 · 裁决"


def test_the_time_line_is_drawn_for_any_span(tab: MatterTab, served: Window, settled: Settled) -> None:
    line = tab.lanes.itemDelegateForColumn(LINE)
    assert len(line.ticks()) >= 2
    assert tab.lanes.lanes.headerData(LINE, Qt.Orientation.Horizontal) == "2026-09 至 11"
    for since in (date(2003, 1, 31), date(2025, 11, 30), TODAY):
        tab.lanes.show_view(replace(tab.view, since=since), TODAY)
        assert not tab.lanes.grab().isNull()
        assert len(line.ticks()) < 40


def test_another_case_of_the_record_is_opened_with_enter(tab: MatterTab, served: Window, settled: Settled) -> None:
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    settled(served.worker)
    assert served.case.case.number == "SDWQ-2026-0000002"
    assert served.queue.service.id == "enforcement", "the queue behind it is that of its service"
    assert served.rail.buttons["enforcement"].isChecked()
    key(Qt.Key.Key_Escape)
    settled(served.worker)
    assert served.pages.currentWidget() is served.queue
    assert served.queue.table.current_key() == served.case.key


def test_an_unused_service_is_begun_with_enter(tab: MatterTab, served: Window, settled: Settled) -> None:
    for _ in range(3):
        key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Return)
    settled(served.worker)
    dialog = next(one for one in served.findChildren(OpeningDialog) if one.isVisible())
    assert "导航分析" in dialog.windowTitle()
    assert dialog.editors["title"].value() == FIRST
    dialog.editors["category"].set_value("企业导航")
    dialog.submit()
    settled(served.worker)
    assert served.case.case.matter == RECORD
    served.case.show_matter()
    settled(served.worker)
    assert "未办理" not in cells(tab, NUMBER)[3]


def test_references_stand_both_ways(tab: MatterTab, served: Window, settled: Settled) -> None:
    rows = tab.references.texts.rows
    assert rows, "the case of evidence names the one beside which it was registered"
    assert any(row.cells[0].startswith("→") for row in rows)
    tab.references.selectRow(0)
    tab.references.setFocus()
    key(Qt.Key.Key_Return)
    settled(served.worker)
    assert served.case.key == rows[0].key


def test_a_related_case_is_put_into_the_record_and_taken_out(
    tab: MatterTab, served: Window, settled: Settled, qtbot: QtBot
) -> None:
    related = tab.related.texts.rows
    assert [(row.cells[0], row.cells[1]) for row in related] == [("同一主体", "SDYS-2026-0000003")]
    tab.related.setFocus()
    key(Qt.Key.Key_J, CTRL)
    dialog = form(served)
    dialog.submit()
    assert "必填" in dialog.editors["reason"]._remark.text()
    dialog.editors["reason"].set_value("同一技术方案")
    dialog.submit()
    settled(served.worker)
    assert "已归入办理记录" in served.notices.shown()[-1].text
    assert cells(tab, NUMBER)[:2] == ["SDYS-2026-0000001", "SDYS-2026-0000003"]
    assert not tab.related.texts.rows
    served.open_case(3)
    settled(served.worker)
    assert served.case.case.matter == RECORD
    served.case.show_matter()
    settled(served.worker)
    assert served.case.may_leave()
    tab.leave.click()
    form(served).editors["reason"].set_value("归错了")
    form(served).submit()
    settled(served.worker)
    assert served.case.case.matter == "BL-SDYS-2026-0000003"
    assert not served.case.may_leave()


def test_a_case_is_put_into_a_record_found_by_name(tab: MatterTab, served: Window, settled: Settled) -> None:
    served.open_case(2)
    settled(served.worker)
    served.case.show_matter()
    settled(served.worker)
    key(Qt.Key.Key_J, CTRL)
    dialog = form(served)
    dialog.editors["into"].set_value("SDYS-2026-9999999")
    dialog.editors["reason"].set_value("同一技术方案")
    dialog.submit()
    settled(served.worker)
    assert dialog.isVisible(), "there is no such case"
    dialog.editors["into"].set_value(RECORD)
    dialog.submit()
    settled(served.worker)
    assert served.case.case.matter == RECORD


def test_help_on_the_tab_is_about_the_record(tab: MatterTab, served: Window, qtbot: QtBot) -> None:
    served.activateWindow()
    qtbot.waitUntil(served.isActiveWindow)
    QTest.keyClick(served, Qt.Key.Key_F1)
    dialog = served.findChild(HelpDialog)
    assert "一份办理记录" in dialog.page.toPlainText()
    dialog.close()
    served.show_service("evidence")
    served.show_help()
    assert any("各项业务" in one.page.toPlainText() for one in served.findChildren(HelpDialog))


def test_a_narrow_window_keeps_the_time_line(tab: MatterTab, served: Window, qtbot: QtBot) -> None:
    served.resize(900, 600)
    qtbot.wait(20)
    assert tab.lanes.columnWidth(LINE) >= 60
    assert tab.lanes.horizontalHeader().length() <= tab.lanes.viewport().width()
    hidden = [column for column in range(len(COLUMNS)) if tab.lanes.isColumnHidden(column)]
    assert NUMBER not in hidden
    assert STATE not in hidden
    assert tab.lanes.viewport().height() >= 2 * tab.lanes.rowHeight(0)
