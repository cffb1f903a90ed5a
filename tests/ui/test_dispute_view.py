"""Deciding a dispute: side by side, by keyboard alone, barred in words for who may not, and never unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.app.queue_views import StaffMember
from desktop.app.sync_views import DisputeView, SideView
from desktop.app.views import CaseView
from desktop.ui.context import Context
from desktop.ui.dispute_side import differing
from desktop.ui.dispute_view import DisputeDialog
from desktop.ui.notices import Notices
from desktop.ui.theme import Theme
from desktop.ui.worker import DeskWorker

from .conftest import TODAY
from .stations import LEAD, Sight, act

Settled = Callable[[DeskWorker], None]
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def view(sight: Sight, settled: Settled, qtbot: QtBot) -> DisputeDialog:
    """The dialog on case 1, ready for keys."""
    sight.window.show_dispute(1)
    settled(sight.worker)
    dialog: DisputeDialog = sight.dialog(DisputeDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_each_side_says_who_where_when_what_and_what_it_had_not_seen(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    dialog = view(disputed, settled, qtbot)
    assert list(dialog.panels) == ["left", "right"]
    left, right = (panel.words() for panel in dialog.panels.values())
    for word in ("林知远", "甲站", "受理", "分案", "还没有看到", "退回补正", "预审中"):
        assert word in left, word
    for word in ("周明", "乙站", "请补交说明书附图和授权委托书", "还没有看到", "分案"):
        assert word in right, word
    assert [row.cells[1] for row in dialog.past.texts.rows] == ["收件"]
    assert "已收件" in dialog._told.text()
    tester = QAbstractItemModelTester(dialog.past.texts, QAbstractItemModelTester.FailureReportingMode.Warning, dialog)
    dialog.load()
    settled(disputed.worker)
    del tester
    dialog.reject()


def test_it_is_decided_by_keyboard_alone_and_the_case_goes_on(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    window = disputed.window
    window.open_case(1)
    settled(disputed.worker)
    assert window.case.case.contested
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.case, Qt.Key.Key_D, CTRL)
    settled(disputed.worker)
    dialog = disputed.dialog(DisputeDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert not dialog.confirm.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_2, ALT)
    assert dialog.choice() == "right"
    assert dialog.panels["right"].property("chosen") is True
    assert dialog.panels["left"].property("chosen") is False
    assert QApplication.focusWidget() is dialog.reason
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return, CTRL)
    assert "理由" in dialog.verdict.text(), "nothing is sent without a reason"
    QTest.keyClicks(dialog.reason, "papers are missing")
    assert dialog.confirm.isEnabled()
    with qtbot.waitSignal(window.case.act_done, timeout=5_000):
        QTest.keyClick(dialog.reason, Qt.Key.Key_Return, CTRL)
    settled(disputed.worker)
    case = window.case.case
    assert not case.contested
    assert case.stage_label == "退回补正"
    assert [entry.mark for entry in case.journal if entry.actor == "林知远"].count("未采用") == 2
    assert "裁决" in window.case.journal.table.texts.rows[0].cells[3]
    assert not window.case.journal.table.isColumnHidden(7)
    assert disputed.desk.sync_state().contested == 0
    assert window.rail.buttons["sync"].count.text() == ""
    assert not [notice.text for notice in window.notices.shown() if "没有待裁决" in notice.text], \
        "the decision of this very dialog is not news from elsewhere"


def test_none_of_them_starts_anew(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    dialog = view(disputed, settled, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_0, ALT)
    assert dialog.choice() == "new"
    assert not any(panel.property("chosen") for panel in dialog.panels.values())
    dialog.reason.setPlainText("两边都不合适，重新受理")
    dialog.confirm.click()
    settled(disputed.worker)
    assert disputed.desk.case(1, actor=LEAD, today=TODAY).stage == "RECEIVED"


def test_arrows_change_the_choice_and_tab_goes_through_everything(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    dialog = view(disputed, settled, qtbot)
    assert QApplication.focusWidget() is dialog.panels["left"].area
    order = [QApplication.focusWidget()]
    for _ in range(7):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert order[1] is dialog.panels["right"].area
    assert order[2] in dialog.choices.values()
    assert dialog.reason in order
    assert dialog.close_button in order
    dialog.choices["left"].setFocus()
    QTest.keyClick(dialog.choices["left"], Qt.Key.Key_Space)
    assert dialog.choice() == "left"
    QTest.keyClick(dialog.choices["left"], Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert dialog.choice() == "right"
    qtbot.mouseClick(dialog.panels["left"], Qt.MouseButton.LeftButton)
    assert dialog.choice() == "left"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert disputed.desk.sync_state().contested == 1


@pytest.mark.parametrize(("actor", "words"), [("周明", "组长"), ("林知远", "组长")])
def test_who_may_not_decide_reads_why_and_cannot(
    actor: str, words: str, disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    disputed.window.context.become(actor)
    settled(disputed.worker)
    dialog = view(disputed, settled, qtbot)
    assert dialog.barred.isVisible()
    assert words in dialog.barred.text()
    assert not dialog.confirm.isVisible()
    assert not dialog.reason.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_1, ALT)
    assert dialog.choice() == ""
    QTest.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    settled(disputed.worker)
    assert disputed.desk.sync_state().contested == 1
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    disputed.window.context.become(LEAD)
    settled(disputed.worker)


def test_a_dispute_decided_elsewhere_meanwhile_closes_with_a_word(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    dialog = view(disputed, settled, qtbot)
    act(disputed.desk, 1, "resolve", {"choose": "left", "reason": "材料齐全"}, LEAD)
    with qtbot.waitSignal(dialog.rejected, timeout=5_000):
        disputed.worker.changed.emit(None, "elsewhere")
    assert any("没有待裁决" in notice.text for notice in disputed.window.notices.shown())


def test_a_decision_on_what_was_not_seen_is_refused(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    dialog = view(disputed, settled, qtbot)
    dialog._case = replace(dialog._case, head="0" * 64)
    dialog.choose("left")
    dialog.reason.setPlainText("材料齐全")
    dialog.decide()
    settled(disputed.worker)
    assert dialog.isVisible()
    assert dialog.verdict.property("level") == "error"
    assert dialog.reason.toPlainText() == "材料齐全"
    assert disputed.desk.sync_state().contested == 1
    dialog.reject()


# --- three sides, on a made-up desk


class Disputes:
    """A desk with one dispute that can grow."""

    def __init__(self, dispute: DisputeView, case: CaseView) -> None:
        self.view, self.view_case = dispute, case

    def dispute(self, _key: int) -> DisputeView:
        return self.view

    def case(self, _key: int, **_who: Any) -> CaseView:
        return self.view_case

    def data_version(self) -> int:
        return 1

    def sync_state(self) -> None:
        """Nothing is known of others here."""

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def three(disputed: Sight, qtbot: QtBot, theme: Theme) -> Iterator[tuple[DisputeDialog, Disputes, DeskWorker]]:
    dispute = disputed.desk.dispute(1)
    third = replace(dispute.sides[1], choice="3", label="第 3 方", authors=("吴桐",), stage_label="不予受理",
                    facts=(("理由代码", "N01"),))
    desk = Disputes(replace(dispute, sides=(*dispute.sides, third)),
                    disputed.desk.case(1, actor=LEAD, today=TODAY))
    worker = DeskWorker()
    worker.adopt(desk)  # type: ignore[arg-type]
    notices = Notices()
    context = Context(worker, theme, notices, now=lambda: datetime.combine(TODAY, datetime.min.time()), parent=notices)
    context.actor, context.staff = LEAD, (StaffMember(LEAD, ("组长",)),)
    dialog = DisputeDialog(context, 1)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.dispute is not None and worker.idle())
    yield dialog, desk, worker
    worker.close()
    for thing in (dialog, notices, worker):
        thing.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_three_sides_stand_beside_each_other_with_a_key_each(
    three: tuple[DisputeDialog, Disputes, DeskWorker], qtbot: QtBot
) -> None:
    dialog, _desk, _worker = three
    qtbot.waitUntil(dialog.isActiveWindow)
    assert list(dialog.choices) == ["left", "right", "3", "new"]
    assert "三方" in dialog._told.text()
    QTest.keyClick(dialog, Qt.Key.Key_3, ALT)
    assert dialog.choice() == "3"
    widths = [panel.width() for panel in dialog.panels.values()]
    assert max(widths) - min(widths) <= 4


def test_a_dispute_that_grows_under_the_eyes_is_said_and_asks_to_choose_again(
    three: tuple[DisputeDialog, Disputes, DeskWorker], qtbot: QtBot
) -> None:
    dialog, desk, worker = three
    dialog.choose("3")
    dialog.reason.setPlainText("理由")
    desk.view = replace(desk.view, sides=desk.view.sides[:2])
    worker.changed.emit(None, "sync")
    qtbot.waitUntil(lambda: len(dialog.panels) == 2 and worker.idle())
    assert dialog.choice() == ""
    assert not dialog.confirm.isEnabled()
    assert "刚刚有变" in dialog.verdict.text()
    assert dialog.reason.toPlainText() == "理由"


def test_only_what_differs_stands_out() -> None:
    def side(**facts: str) -> SideView:
        return SideView("left", "左方", "", (), (), (), "", tuple(facts.items()))

    assert differing([side(a="1", b="2"), side(a="1", b="3", c="4")]) == ["b", "c"]
    assert differing([side(a="1"), side(a="1")]) == []


def test_what_people_wrote_is_shown_as_it_was_written(
    three: tuple[DisputeDialog, Disputes, DeskWorker], qtbot: QtBot
) -> None:
    dialog, desk, worker = three
    first = desk.view.sides[0]
    odd = replace(first.entries[0], text='受理 <b>"x" & y</b>')
    desk.view = replace(desk.view, sides=(replace(first, entries=(odd,)), *desk.view.sides[1:]))
    worker.changed.emit(None, "sync")
    qtbot.waitUntil(lambda: "&lt;b&gt;" in dialog.panels["left"].words())
    label = dialog.panels["left"].area.widget()
    assert isinstance(label, QLabel)
    assert "<b>\"x\"" not in label.text()
