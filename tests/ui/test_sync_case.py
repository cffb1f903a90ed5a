"""A case among several stations: in dispute in the queue and on its page, and the quiet look before a decision."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import syncing
from desktop.ui.dispute_view import DisputeDialog
from desktop.ui.queue_columns import BY_ID, COLUMNS
from desktop.ui.worker import DeskWorker
from tests.app.desks import open_again

from .conftest import TODAY
from .stations import LEAD, Sight, act

Settled = Callable[[DeskWorker], None]
CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_queue_has_a_view_of_what_waits_for_a_decision(disputed: Sight, settled: Settled) -> None:
    queue = disputed.window.queue
    lines = {line.value: line for line in queue.side.model.lines if line.kind == "view"}
    assert (lines["contested"].label, lines["contested"].count) == ("待裁决", 1)
    queue.choose_view("contested")
    settled(disputed.worker)
    assert list(queue.model.keys) == [1]
    assert COLUMNS[BY_ID["stage"]].text(queue.model.row(0)) == "◆ 待裁决 · 已收件"
    assert "视图：待裁决" in queue.conditions()
    queue.choose_view("open")
    settled(disputed.worker)
    calm = next(number for number, key in enumerate(queue.model.keys) if key != 1)
    assert "待裁决" not in COLUMNS[BY_ID["stage"]].text(queue.model.row(calm))


def test_a_disputed_case_is_marked_barred_and_leads_to_the_decision(disputed: Sight, settled: Settled) -> None:
    window = disputed.window
    window.open_case(1)
    settled(disputed.worker)
    page = window.case
    chips = [page.header._chips.itemAt(place).widget().text() for place in range(page.header._chips.count())]
    assert chips[0] == "◆ 待裁决"
    assert "互不知情" in page.header._warning.text()
    assert page.header.line.accessibleName().startswith("环节：待裁决")
    assert list(page.actions_bar.buttons) == ["resolve"]
    assert not page.actions_bar.dispute.isVisible()
    assert page.actions_bar.blocked.isVisible()
    assert "裁决" in page.actions_bar.blocked.toolTip()
    marks = [row.cells[7] for row in page.journal.table.texts.rows]
    assert marks.count("◆ 待裁决") == 3
    page.actions_bar.buttons["resolve"].click()
    settled(disputed.worker)
    disputed.dialog(DisputeDialog).reject()
    assert page.form is None


def test_who_may_not_decide_can_still_look(disputed: Sight, settled: Settled) -> None:
    window = disputed.window
    window.context.become("周明")
    window.open_case(1)
    settled(disputed.worker)
    bar = window.case.actions_bar
    assert bar.buttons == {}
    assert bar.dispute.isVisible()
    bar.dispute.click()
    settled(disputed.worker)
    assert disputed.dialog(DisputeDialog).barred.isVisible()
    disputed.dialog(DisputeDialog).reject()


def test_a_case_that_was_never_in_dispute_shows_nothing_of_it(disputed: Sight, settled: Settled) -> None:
    disputed.window.open_case(2)
    settled(disputed.worker)
    page = disputed.window.case
    page.show_dispute()
    assert not any(one.isVisible() for one in disputed.window.findChildren(DisputeDialog))
    assert page.journal.table.isColumnHidden(7)
    assert not page.actions_bar.dispute.isVisible()
    assert not page.is_contested()


def test_the_keyboard_is_not_lost_when_news_put_the_open_case_in_dispute(
    sight: Sight, settled: Settled, qtbot: QtBot
) -> None:
    window = sight.window
    window.context.become("林知远")
    window.open_case(1)
    settled(sight.worker)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    held = window.case.checklist
    assert held.isAncestorOf(QApplication.focusWidget())
    sight.desk.import_bundle(sight.parcel)
    sight.worker.changed.emit(None, "sync")
    settled(sight.worker)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert window.case.is_contested()
    assert not held.isVisible()
    assert QApplication.focusWidget() is window.case.actions_bar.dispute
    # The next news take what held the keyboard although the step is the same.
    QApplication.focusWidget().clearFocus()
    sight.worker.changed.emit(None, "sync")
    settled(sight.worker)
    assert QApplication.focusWidget() is window.case.actions_bar.dispute
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, CTRL)
    settled(sight.worker)
    sight.dialog(DisputeDialog).reject()


# --- before a decision


@pytest.fixture
def joined(sight: Sight, settled: Settled) -> Iterator[Sight]:
    """甲站 has met the hub once; 林知远 sits there with case 2 before her."""
    sight.window.context.become("林知远")
    sight.window.sync_now()
    settled(sight.worker)
    sight.window.open_case(2)
    settled(sight.worker)
    yield sight
    form = sight.window.case.form
    if form is not None:
        form.reject()


def ask(sight: Sight, name: str) -> Any:
    page = sight.window.case
    page.ask(next(action for action in page.case.actions if action.action == name))
    return page.form


def other_records(sight: Sight, number: str, reach_hub: bool = True) -> None:
    """乙站 sends the case back and syncs."""
    other = open_again(sight.folder / "乙")
    act(other, number, "return", {"missing": "请补交委托书"}, "周明")
    if reach_hub:
        other.sync()
    other.close()


def test_no_news_is_no_word_and_the_form_is_there_at_once(joined: Sight, settled: Settled) -> None:
    form = ask(joined, "return")
    assert form.isVisible()
    assert form.quiet_words() == "正在查看其他站点的新办理…"
    settled(joined.worker)
    assert form.quiet_words() == ""
    assert form.isVisible()


def test_news_of_the_case_are_told_and_sending_is_refused_once(
    joined: Sight, settled: Settled, qtbot: QtBot
) -> None:
    page = joined.window.case
    other_records(joined, page.case.number)
    form = ask(joined, "return")
    settled(joined.worker)
    assert "「乙站」的新办理" in form.quiet_words()
    assert page.case.stage == "RETURNED", "behind the form the page shows what is new"
    form.editors["missing"].set_value("请补交附图")
    form.submit()
    settled(joined.worker)
    assert form.isVisible()
    assert joined.desk.case(2, actor="林知远", today=TODAY).stage == "RETURNED"


def test_news_are_shown_even_when_the_form_was_left_meanwhile(
    joined: Sight, settled: Settled, qtbot: QtBot
) -> None:
    page = joined.window.case
    other_records(joined, page.case.number)
    form = ask(joined, "return")
    form.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    settled(joined.worker)
    assert page.case.stage == "RETURNED"


def test_what_has_not_arrived_is_named(
    joined: Sight, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = next(one.station for one in joined.desk.stations() if one.name == "甲站")
    monkeypatch.setattr(joined.hub, "news", lambda _stream, _vector: (station,))
    form = ask(joined, "return")
    settled(joined.worker)
    assert form.quiet_words() == "「甲站」有新的办理尚未收到"


def test_a_hub_that_went_away_does_not_hold_anybody_up(joined: Sight, settled: Settled) -> None:
    from db.faults import EnvironmentFault

    joined.hub.away = EnvironmentFault("hub_away", "连不上中心服务器。")
    form = ask(joined, "return")
    settled(joined.worker)
    assert "未能查看" in form.quiet_words()
    form.editors["missing"].set_value("请补交附图")
    form.submit()
    settled(joined.worker)
    assert joined.desk.case(2, actor="林知远", today=TODAY).stage == "RETURNED"


def test_reading_and_acting_go_on_while_the_hub_thinks(
    joined: Sight, settled: Settled, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    answer, asked = threading.Event(), threading.Event()

    @contextmanager
    def slow(*_about: object) -> Iterator[Any]:
        asked.set()
        answer.wait(10)
        yield joined.hub

    monkeypatch.setattr(syncing, "_hub", slow)
    form = ask(joined, "return")
    qtbot.waitUntil(asked.is_set)
    form.editors["missing"].set_value("请补交附图")
    form.submit()
    qtbot.waitUntil(lambda: joined.window.case.form is None, timeout=5_000)
    assert joined.desk.case(2, actor="林知远", today=TODAY).stage == "RETURNED"
    answer.set()
    settled(joined.worker)


@pytest.mark.parametrize("why", ["fault", "stays"])
def test_nobody_is_asked_in_vain(why: str, joined: Sight, settled: Settled) -> None:
    name = "return"
    if why == "fault":
        joined.window.context.sync.fault = "连不上"
    else:
        act(joined.desk, 2, "accept", {"checklist": "符合"}, "林知远")
        act(joined.desk, 2, "assign", {"examiner": "林知远"}, "林知远")
        joined.window.case.reload()
        settled(joined.worker)
        name = "reassign"
    before = joined.hub.greeted
    form = ask(joined, name)
    assert form.quiet_words() == ""
    settled(joined.worker)
    assert joined.hub.greeted == before


def test_the_brief_shows_what_was_chosen_while_another_page_stood_there(disputed: Sight, settled: Settled) -> None:
    window = disputed.window
    window.open_case(1)
    settled(disputed.worker)
    window.show_queue()
    settled(disputed.worker)
    assert window.queue.brief.case.key == 1
    assert window.context.actor == LEAD
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settled(disputed.worker)
    assert window.pages.currentWidget() is window.sync
