"""One case of each patent type from 已收件 to 授权 through the window's own forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app.views import ActionView
from desktop.ui.case_page import CasePage
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import TODAY

Settled = Callable[[DeskWorker], None]
ACTOR = "林知远"
LONGEST = 14  # steps; the main line is shorter


def take(page: CasePage, action: ActionView, qtbot: QtBot, settled: Settled) -> None:
    """Fill the form of an action with what it calls acceptable and confirm it by keyboard."""
    page.ask(action)
    form = page.form
    assert form is not None, action.label
    qtbot.waitUntil(form.isActiveWindow)
    for field in action.fields:
        if field.required and field.name in form.editors and not form.editors[field.name].value():
            form.editors[field.name].set_value(field.example)
    with qtbot.waitSignal(page.act_done, timeout=10_000):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(page._worker)


def work_to_the_end(page: CasePage, qtbot: QtBot, settled: Settled) -> list[str]:
    """Take the action that leads on until nothing is left; the stages that were passed."""
    passed = [page.case.stage]
    for _ in range(LONGEST):
        if page.case.ended:
            break
        if page.checklist.isVisible():
            page.pass_the_rest()
            qtbot.waitUntil(page.isActiveWindow)
            for item in page.checklist.unanswered():
                page.checklist.focus_item(item)
                qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
        onward = [one for one in page.case.actions
                  if one.enabled and one.emphasis == "primary" and one.to not in passed]
        take(page, onward[0], qtbot, settled)
        passed.append(page.case.stage)
    return passed


@pytest.mark.parametrize("patent_type", ["发明", "实用新型", "外观设计"])
def test_a_case_goes_from_receipt_to_grant(
    patent_type: str, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    desk = window.worker._desk
    assert desk is not None
    key = next(key for key in range(1, 10) if desk.case(key, actor=ACTOR, today=TODAY).category == patent_type)
    window.open_case(key)
    settled(window.worker)
    passed = work_to_the_end(window.case_page(), qtbot, settled)
    assert passed[0] == "RECEIVED"
    assert passed[-1] == "GRANTED"
    assert {"ACCEPTED", "EXAMINING", "PASSED", "FILED", "TAGGED"} <= set(passed)
    assert window.case_page().case.application_number
    assert not window.notices.shown() or all(one.kind != "error" for one in window.notices.shown())


def test_a_second_opinion_is_the_last_and_a_case_may_fail(
    window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    window.open_case(1)
    settled(window.worker)
    page = window.case_page()
    desk = window.worker._desk
    assert desk is not None
    desk.act(1, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
    desk.act(1, "assign", {"examiner": ACTOR}, actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)
    for round_number in (1, 2):
        qtbot.waitUntil(page.isActiveWindow)
        page.checklist.focus_row(0)
        if page.checklist.rows[0].answer != "缺陷":
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_2)
        page.checklist.rows[0].note.setText("缺少发明人")
        page.compose_opinion()
        settled(window.worker)
        if round_number == 2:
            assert "最后一次" in page.opinion._foot.text()
            assert page.has_past()
        take(page, next(one for one in page.case.actions if one.action == "issue_opinion"), qtbot, settled)
        assert page.case.paused is not None, "the centre's clock stands while the applicant is awaited"
        for action in ("reply", "recheck"):
            take(page, next(one for one in page.case.actions if one.action == action), qtbot, settled)
    barred = next(one for one in page.case.actions if one.action == "issue_opinion")
    assert not barred.enabled
    assert barred.reason
    take(page, next(one for one in page.case.actions if one.action == "fail"), qtbot, settled)
    assert page.case.stage == "FAILED"
    assert page.case.ended
