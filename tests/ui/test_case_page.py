"""A case worked in the window by keyboard, with the real desk behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.views import CaseView
from desktop.ui.case_page import CasePage
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import PASSPHRASE, TODAY

Settled = Callable[[DeskWorker], None]
ACTOR = "林知远"


@pytest.fixture
def page(window: Window, settled: Settled) -> CasePage:
    """The page of an invention that has been received."""
    window.open_case(invention(window))
    settled(window.worker)
    page = window.case_page()
    assert page.case is not None
    return page


def invention(window: Window) -> int:
    desk = desk_of(window)
    return next(key for key in range(1, 20) if desk.case(key, actor=ACTOR, today=TODAY).category == "发明")


def desk_of(window: Window) -> Desk:
    desk = window.worker._desk
    assert desk is not None
    return desk


def now(window: Window, page: CasePage) -> CaseView:
    assert page.case is not None
    return desk_of(window).case(page.case.key, actor=ACTOR, today=TODAY)


def key(qtbot: QtBot, what: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), what, modifier)


def confirm(qtbot: QtBot, page: CasePage, settled: Settled, window: Window) -> None:
    """Enter in the form that is open."""
    assert page.form is not None
    assert page.form.isVisible()
    form = page.form
    qtbot.waitUntil(form.isActiveWindow)
    with qtbot.waitSignal(page.act_done):
        key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    assert form is not page.form


def accept_and_assign(window: Window, page: CasePage, settled: Settled) -> None:
    desk, number = desk_of(window), now(window, page).key
    desk.act(number, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
    desk.act(number, "assign", {"examiner": ACTOR}, actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)


def test_a_received_case_is_accepted_by_keyboard_alone(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    rows = page.checklist.rows
    assert QApplication.focusWidget() is rows[0], "the keyboard starts on the first open item"
    key(qtbot, Qt.Key.Key_1)
    assert QApplication.focusWidget() is rows[1], "an answer goes on to the next open item"
    key(qtbot, Qt.Key.Key_3)
    assert [row.answer for row in rows[:3]] == ["符合", "不适用", ""]
    key(qtbot, Qt.Key.Key_Up)
    key(qtbot, Qt.Key.Key_1)
    assert QApplication.focusWidget() is rows[1], "a changed answer stays in sight"
    key(qtbot, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    left = page.checklist.unanswered()
    assert left
    assert all(row.human for row in rows if row.item.item in left), "a person confirms those one by one"
    key(qtbot, Qt.Key.Key_F8)
    assert page.form is None
    told = window.notices.shown()[-1].text
    assert left[0] in told
    for _ in left:
        key(qtbot, Qt.Key.Key_1)
    key(qtbot, Qt.Key.Key_F8)
    confirm(qtbot, page, settled, window)
    assert now(window, page).stage == "ACCEPTED"
    assert page.case.stage == "ACCEPTED"
    assert told not in [notice.text for notice in window.notices.shown()], "what was mended need not be said any more"
    assert "受理" in page.header.line.accessibleName()
    assert now(window, page).draft is None


def test_an_opinion_is_composed_from_the_defects_and_sent(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    accept_and_assign(window, page, settled)
    assert page.can_write()
    key(qtbot, Qt.Key.Key_2)
    row = page.checklist.rows[0]
    assert row.answer == "缺陷"
    assert row.note.isVisible()
    key(qtbot, Qt.Key.Key_Return)
    assert row.note.hasFocus()
    row.note.insert("请求书缺少发明人")
    row.note.textEdited.emit(row.note.text())
    qtbot.keyClick(row.note, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is row, "Esc steps back to the line, not out of the page"
    assert window.pages.currentWidget() is page
    key(qtbot, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    assert "请求书缺少发明人" in page.opinion.text()
    assert page.opinion.editor.document().isUndoAvailable()
    key(qtbot, Qt.Key.Key_F8)
    confirm(qtbot, page, settled, window)
    case = now(window, page)
    assert case.stage == "AWAIT_REPLY"
    assert case.opinions[0].text.strip().startswith("经")
    assert not page.can_write()
    assert page.opinion.text() == ""
    assert page.opinion._past.isVisibleTo(page), "where nothing is to be written the sent text is what one reads"


def test_unsent_work_is_saved_when_idle_and_survives_a_refresh_and_leaving(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    accept_and_assign(window, page, settled)
    page.opinion.editor.setFocus()
    qtbot.keyClicks(page.opinion.editor, "abc")
    qtbot.waitUntil(lambda: now(window, page).draft is not None, timeout=4_000)
    settled(window.worker)
    assert "已自动保存" in page.opinion._state.text()
    qtbot.keyClicks(page.opinion.editor, "def")
    window.worker.changed.emit(None, "elsewhere")
    settled(window.worker)
    assert page.opinion.text() == "abcdef"
    qtbot.keyClick(page.opinion.editor, Qt.Key.Key_Escape)
    settled(window.worker)
    assert window.pages.currentWidget() is window.queue
    draft = now(window, page).draft
    assert draft is not None
    assert draft.text == "abcdef"
    window.open_case(now(window, page).key)
    settled(window.worker)
    assert page.opinion.text() == "abcdef"


def test_text_that_lost_its_stage_elsewhere_can_still_be_copied(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    accept_and_assign(window, page, settled)
    page._save.setInterval(60_000)
    qtbot.keyClicks(page.opinion.editor, "kept")
    desk_of(window).act(page.case.key, "withdraw", {}, actor=ACTOR, on=TODAY, today=TODAY)
    window.worker.changed.emit(None, "elsewhere")
    settled(window.worker)
    assert page.case.ended
    assert "没有丢" in window.notices.shown()[-1].text


def test_a_refused_action_stays_open_and_says_why(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    action = next(one for one in page.case.actions if one.action == "note")
    page.ask(action)
    form = page.form
    assert form is not None
    form.editors["note"].set_value("来电询问进度")
    qtbot.waitUntil(form.isActiveWindow)
    assert QApplication.focusWidget() is form.editors["note"].focusProxy(), "what is required comes first"
    form.on.set_value((TODAY - timedelta(days=400)).isoformat())
    key(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    assert page.form is form
    assert form.isVisible()
    assert "早于" in form.on._remark.text()
    form.on.set_value(TODAY.isoformat())
    form.on.setFocus()
    confirm(qtbot, page, settled, window)
    assert now(window, page).journal[-1].text.count("来电询问进度") == 1


def test_a_required_field_is_asked_for_before_anything_is_sent(page: CasePage, window: Window, qtbot: QtBot) -> None:
    page.ask(next(one for one in page.case.actions if one.action == "return"))
    form = page.form
    assert form is not None
    qtbot.waitUntil(form.isActiveWindow)
    form.submit()
    assert "必填" in form.editors["missing"]._remark.text()
    assert QApplication.focusWidget() is form.editors["missing"].focusProxy()
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    assert now(window, page).stage == "RECEIVED"


def test_what_cannot_be_done_says_why(page: CasePage, window: Window, settled: Settled) -> None:
    accept_and_assign(window, page, settled)
    window.context.become("周明")
    settled(window.worker)
    blocked = [one for one in page.case.actions if not one.enabled]
    assert blocked
    assert all(one.reason for one in blocked)
    entries = page.actions_bar.blocked.menu().actions()
    assert [entry.text().split("—")[1].strip() for entry in entries] == [one.reason for one in blocked]
    entries[0].trigger()
    assert blocked[0].reason in page.actions_bar._reason.text()


def test_every_part_and_tab_is_reached_by_keys(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    accept_and_assign(window, page, settled)
    visited = []
    for _ in range(3):
        key(qtbot, Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        visited.append(next(name for name, part in (
            ("editor", page.opinion), ("actions", page.actions_bar), ("list", page.checklist))
            if part.isAncestorOf(focus)))
    assert sorted(visited) == ["actions", "editor", "list"]
    key(qtbot, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert page.tabs.currentWidget() is page.limits
    assert "规则" in page.limits.account.toPlainText()
    for expected in (page.journal, page.files, page.matter, page.record, page.work):
        key(qtbot, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        settled(window.worker)
        assert page.tabs.currentWidget() is expected
        held = QApplication.focusWidget()
        assert expected.isAncestorOf(held)
        if expected in (page.journal, page.files):
            assert held is expected.table, "the arrows move in what is shown"


def test_the_journal_is_filtered_and_copied(page: CasePage, window: Window, qtbot: QtBot, settled: Settled) -> None:
    accept_and_assign(window, page, settled)
    page.tabs.setCurrentWidget(page.journal)
    assert len(page.journal.table.texts.rows) == 3
    page.journal.filter.setText("分案")
    assert [row.cells[3] for row in page.journal.table.texts.rows] == ["分案"]
    page.journal.table.setFocus()
    key(qtbot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, line = QApplication.clipboard().text().split("\n")
    assert head.split("\t")[3] == "操作"
    assert line.split("\t")[3] == "分案"


def test_keys_are_silent_while_an_input_method_composes(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    accept_and_assign(window, page, settled)
    from desktop.ui.actions import ComposingGuard

    guard = ComposingGuard(QApplication.instance())
    editor = page.opinion.editor
    editor.setFocus()
    QApplication.sendEvent(editor, QInputMethodEvent("ceshi", []))
    assert guard.composing
    key(qtbot, Qt.Key.Key_F8)
    key(qtbot, Qt.Key.Key_Escape)
    assert page.form is None
    assert window.pages.currentWidget() is page
    commit = QInputMethodEvent("", [])
    commit.setCommitString("测试")
    QApplication.sendEvent(editor, commit)
    assert "测试" in page.opinion.text()
    QApplication.instance().removeEventFilter(guard)
    guard.deleteLater()


def test_the_next_case_is_one_key_away(page: CasePage, window: Window, qtbot: QtBot, settled: Settled) -> None:
    with qtbot.waitSignal(page.stepped) as step:
        key(qtbot, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert step.args == [1]


def test_enter_presses_the_button_that_has_the_focus(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    desk_of(window).act(now(window, page).key, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)
    assert window.focusWidget() is page.actions_bar.buttons["assign"]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert page.form is not None
    assert "分案" in page.form.windowTitle()
    page.form.close()
    settled(window.worker)
    desk_of(window).act(now(window, page).key, "withdraw", {}, actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)
    assert window.focusWidget() is page.actions_bar.record, "an ended case is not taken up by a stray Enter"


def test_the_next_case_is_the_one_that_was_next_before_a_step(
    window: Window, settled: Settled,
) -> None:
    first, second = window.queue.model.keys[:2]
    window.open_case(first)
    settled(window.worker)
    desk_of(window).act(first, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
    window.worker.changed.emit(frozenset([first]), "case")
    settled(window.worker)
    assert window.queue.model.keys[0] != first, "the step gave it a later limit, so it moved down the list"
    window.case_page().open_next()
    settled(window.worker)
    assert window.case_page().case.key == second


def test_an_action_on_what_has_changed_meanwhile_says_so_and_shows_it(
    page: CasePage, window: Window, qtbot: QtBot, settled: Settled, folder: Path,
) -> None:
    accept_and_assign(window, page, settled)
    assert page.case is not None
    number = page.case.number
    page.ask(next(one for one in page.case.actions if one.action == "withdraw"))
    assert page.form is not None
    other = Desk.open(folder, PASSPHRASE)
    other.act(number, "note", {"note": "申请人来电询问"}, actor="周明", on=TODAY, today=TODAY)
    other.close()
    page.form.submit()
    settled(window.worker)
    assert "又有新的办理" in page.form._problem.text()
    assert "申请人来电询问" in page.case.journal[0].text + page.case.journal[-1].text, "the page shows what is new"
    assert now(window, page).stage == "EXAMINING"
    page.form.submit()
    settled(window.worker)
    assert now(window, page).stage == "WITHDRAWN", "after having been told, the person may go on"


def test_a_case_of_another_service_shows_what_it_has(served: Window, settled: Settled) -> None:
    served.show_service("commercialisation")
    settled(served.worker)
    key = served.queue.table.current_key()
    served.open_case(key)
    settled(served.worker)
    page = served.case
    assert page.facts.isVisible(), "facts fill the place where there is neither a checklist nor an opinion"
    assert not page.checklist.isVisible()
    assert not page.opinion.isVisible()
    assert "已满期 2026-11-22" in page.header._clock.text()
    assert not page.header._due.isVisible(), "nothing had to be done by then"
    assert page.header._clock.property("kind") == "soon"
    assert "承办人 未定" in page.header._party.text()
    assert page.case.matter in page.header._matter.text()
    row = page.limits.table.texts.rows[0].cells
    assert row[1] == "提醒"
    assert row[2] == "◆ 已满期"
    assert "超" not in "".join(row[2:8])
    served.show_service("enforcement")
    settled(served.worker)
    served.open_case(served.queue.model.keys[0])
    settled(served.worker)
    assert page.checklist.isVisible()
    assert page.facts.isVisible(), "beside the checklist of a service that writes no opinions"


def test_figures_that_nobody_checked_are_told_above_the_case(served: Window, settled: Settled) -> None:
    served.open_case(1)
    settled(served.worker)
    page = served.case
    assert not page.banner.isVisible()
    asked: list[str] = []
    page.limits_wanted.disconnect()
    page.limits_wanted.connect(asked.append)
    page._show(replace(page.case, banners=("适用某办法，数值照抄旧办法，待核对：结案期限",)))
    assert page.banner.isVisible()
    assert "待核对" in page.banner.words()
    page.banner.button.click()
    assert asked == ["preexam"]
    page._show(replace(page.case, banners=()))
    assert not page.banner.isVisible()
