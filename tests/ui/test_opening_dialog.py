"""Opening a case by hand and by keyboard: questions that come and go, refusals at their field, what is carried over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.ui.case_editors import CheckedField
from desktop.ui.case_moments import TimestampField
from desktop.ui.case_reference import CaseField
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .served import CLERK, FIRST, NUMBER, PARTY

Settled = Callable[[DeskWorker], None]
NONE, CTRL, SHIFT = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier,
                     Qt.KeyboardModifier.ShiftModifier)
RULING = "专利侵权纠纷行政裁决"


def key(name: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget(), name, modifier)


def typed(text: str) -> None:
    """Chinese as an input method hands it over."""
    event = QInputMethodEvent("", [])
    event.setCommitString(text)
    QApplication.sendEvent(QApplication.focusWidget(), event)


def opened(window: Window, settled: Settled, procedure: str, beside: int | None = None) -> OpeningDialog:
    window.show_service(procedure)
    settled(window.worker)
    if beside is None:
        key(Qt.Key.Key_N, CTRL)
    else:
        window.open_opening(procedure, beside)
    settled(window.worker)
    return next(one for one in window.findChildren(OpeningDialog) if one.isVisible())


def gone(window: Window) -> bool:
    return not any(one.isVisible() for one in window.findChildren(OpeningDialog))


def asked(dialog: OpeningDialog) -> set[str]:
    return {name for name, editor in dialog.editors.items() if editor.isVisible()}


def test_a_case_is_opened_by_keyboard_alone(served: Window, settled: Settled, qtbot: QtBot) -> None:
    dialog = opened(served, settled, "enforcement")
    qtbot.waitUntil(dialog.isActiveWindow)
    category = dialog.editors["category"]
    assert QApplication.focusWidget() is category.focusProxy(), "what decides the rest is asked first"
    key(Qt.Key.Key_Down)
    assert category.value() == RULING
    key(Qt.Key.Key_Tab)
    typed("侵犯发明专利权纠纷")
    key(Qt.Key.Key_Return)
    party = dialog.editors["party"]
    assert "必填" in party._remark.text()
    assert QApplication.focusWidget() is party.focusProxy()
    typed(PARTY)
    key(Qt.Key.Key_Return)
    settled(served.worker)
    assert gone(served)
    assert served.pages.currentWidget() is served.case
    assert served.case.case.number == "SDWQ-2026-0000003"
    said = served.notices.shown()[-1].text
    assert "SDWQ-2026-0000003" in said
    assert f"办理编号 {served.case.case.matter}" in said
    assert served.rail.buttons["enforcement"].count.text() == "3"
    assert served.queue.model.number_of(served.case.key) >= 0
    assert served.case.has_place(), "its place in the queue is known as soon as the queue is"


def test_questions_come_and_go_with_the_kind_of_matter(served: Window, settled: Settled) -> None:
    dialog = opened(served, settled, "commercialisation")
    common = {"title", "party", "patent_number"}
    assert common <= asked(dialog)
    assert not {"funded", "effective_on", "product_name"} & asked(dialog), "nobody said yet what it is about"
    dialog.editors["category"].set_value("实施许可备案")
    assert {"effective_on", "counterparty"} <= asked(dialog)
    dialog.editors["effective_on"].set_value("2026-11-02")
    dialog.editors["category"].set_value("专利密集型产品备案")
    assert "product_name" in asked(dialog)
    assert "effective_on" not in asked(dialog)
    assert "effective_on" not in dialog.values(), "what is not asked is not sent"
    dialog.editors["category"].set_value("实施许可备案")
    assert dialog.values()["effective_on"] == "2026-11-02", "and it is still there when it is asked again"
    dialog.reject()


def test_a_refusal_is_told_at_its_field_and_nothing_is_lost(served: Window, settled: Settled) -> None:
    dialog = opened(served, settled, "enforcement")
    for name, value in (("category", RULING), ("title", "某某纠纷"), ("party", PARTY)):
        dialog.editors[name].set_value(value)
    dialog.on.set_value("2031-01-01")
    dialog.submit()
    settled(served.worker)
    assert dialog.isVisible()
    assert dialog.on._remark.text()
    dialog.on.set_value("2026-11-25")
    dialog.editors["granted_on"].set_value("2026-12-24")
    dialog.submit()
    settled(served.worker)
    assert dialog.isVisible()
    assert "晚于发生日期" in dialog.editors["granted_on"]._remark.text()
    assert dialog.editors["title"].value() == "某某纠纷"
    dialog.editors["granted_on"].set_value("")
    dialog.submit()
    settled(served.worker)
    assert gone(served)


def test_what_is_known_is_carried_over_to_another_service(served: Window, settled: Settled, qtbot: QtBot) -> None:
    served.queue.table.choose(1)
    key(Qt.Key.Key_N, CTRL | SHIFT)
    menu = next(one for one in served.findChildren(QMenu) if one.isVisible())
    labels = [item.text() for item in menu.actions() if item.isEnabled()]
    assert [label[-4:] for label in labels] == ["专利预审", "优先审查", "快速维权", "导航分析", "转化运用", "存证取证"]
    QTest.keyClick(menu, Qt.Key.Key_5)
    settled(served.worker)
    dialog = next(one for one in served.findChildren(OpeningDialog) if one.isVisible())
    assert "转化运用" in dialog.windowTitle()
    assert dialog.editors["title"].value() == FIRST
    assert dialog.editors["party"].value() == PARTY
    assert dialog.editors["patent_number"].value() == NUMBER, "known from another service of the record"
    dialog.editors["category"].set_value("质押登记")
    QTest.keyClick(dialog.confirm, Qt.Key.Key_Return)
    settled(served.worker)
    assert served.case.case.procedure == "commercialisation"
    assert served.queue.service.id == "commercialisation"
    assert served.case.case.matter == "BL-SDYS-2026-0000001"


def test_who_may_not_open_is_told_why(served: Window, settled: Settled) -> None:
    served.context.become(CLERK)
    settled(served.worker)
    dialog = opened(served, settled, "navigation")
    assert not dialog.confirm.isEnabled()
    assert "现在不能办理" in dialog.quiet_words()
    assert CLERK in dialog.quiet_words()
    dialog.submit()
    dialog.close()
    assert not dialog.isVisible(), "it can be left"


def test_fields_of_every_type_have_an_editor(served: Window, settled: Settled) -> None:
    for service in served.context.services:
        dialog = opened(served, settled, service.id)
        assert dialog.editors, service.id
        dialog.reject()


def test_a_class_follows_the_patent_type(served: Window, settled: Settled) -> None:
    dialog = opened(served, settled, "preexam")
    symbol = dialog.editors["main_class"]
    assert isinstance(symbol, CheckedField)
    dialog.editors["patent_type"].set_value("外观设计")
    symbol.set_value("G06F 16/29")
    assert symbol.problem()
    dialog.editors["patent_type"].set_value("发明")
    assert not symbol.problem()
    assert "校验通过" in symbol._remark.text()
    dialog.reject()


def test_a_moment_has_an_offset_and_a_reference_is_found(served: Window, settled: Settled, qtbot: QtBot) -> None:
    dialog = opened(served, settled, "evidence")
    at, named = dialog.editors["obtained_at"], dialog.editors["ref_case"]
    assert isinstance(at, TimestampField)
    assert isinstance(named, CaseField)
    at.set_value("2026-11-20 9:05 +09:00")
    assert at.value() == "2026-11-20T09:05+09:00"
    named.line.setFocus()
    typed("舵轮")
    qtbot.waitUntil(lambda: named._model.rowCount() == 1)
    qtbot.waitUntil(lambda: named.completer.popup().isVisible())
    QTest.keyClick(named.completer.popup(), Qt.Key.Key_Down)
    QTest.keyClick(named.completer.popup(), Qt.Key.Key_Return)
    assert named.value() == "SDYS-2026-0000002"
    assert "一种舵轮结构" in named._remark.text()
    for name, value in (("category", "照片"), ("title", "展台照片"), ("party", PARTY)):
        dialog.editors[name].set_value(value)
    dialog.submit()
    settled(served.worker)
    assert ("取得时间", "2026-11-20T09:05+09:00") in served.case.case.facts


@pytest.mark.parametrize("size", [(900, 600), (1366, 768)])
def test_it_is_no_larger_than_the_window(
    served: Window, settled: Settled, qtbot: QtBot, size: tuple[int, int]
) -> None:
    served.resize(*size)
    qtbot.wait(20)
    dialog = opened(served, settled, "priority")
    assert dialog.width() <= size[0]
    assert dialog.height() <= size[1]
    assert dialog.confirm.isVisible()
    dialog.reject()
