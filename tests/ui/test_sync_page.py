"""The sync screen on two real stores: joining, bundles both ways, the hub, and what the frame says about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.faults import EnvironmentFault
from desktop.app.sync_views import SyncReport
from desktop.ui.dispute_view import DisputeDialog
from desktop.ui.sync_export import ExportDialog
from desktop.ui.sync_first import FirstJoinDialog
from desktop.ui.sync_import import BundleDialog
from desktop.ui.sync_join import MOST_BYTES, JoinDialog
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import open_again
from tests.db.enrolled import LOCAL, Centre

from .conftest import PASSPHRASE
from .stations import CENTRE, Sight

Settled = Callable[[DeskWorker], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
AWAY = EnvironmentFault("hub_away", "连不上中心服务器，请检查网络。")


def go(window: Window, settled: Settled, qtbot: QtBot) -> None:
    """To the screen by its key."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_S, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settled(window.worker)


def test_a_store_of_its_own_is_told_what_joining_is_and_offered_both_ways(
    window: Window, settled: Settled, qtbot: QtBot
) -> None:
    go(window, settled, qtbot)
    page = window.sync
    assert page is not None
    assert page.invitation.isVisible()
    words = "\n".join(label.text() for label in page.invitation.findChildren(type(page._joined)))
    assert "中心服务器" in words
    assert "交换包" in words
    assert QApplication.focusWidget() is page.invitation.button
    assert "离线单机" in window.top.state.text()
    assert not window.can_sync()
    assert [name for name in ("export", "import") if window.actions_bound.allowed(
        next(one for one in window.actions_bound.entries if one.id == f"sync.{name}"))] == []


def test_joining_by_an_enrolment_file(
    window: Window, settled: Settled, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "一号.kse"
    path.write_bytes(Centre(CENTRE).file("一号站", hub=None))
    go(window, settled, qtbot)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_J, CTRL)
    dialog = window.findChild(JoinDialog)
    assert dialog.isVisible()
    assert not dialog.join_button.isEnabled()
    dialog.load(tmp_path / "missing.kse")
    dialog.join()
    settled(window.worker)
    assert dialog.verdict.property("level") == "error"
    assert dialog.isVisible()
    dialog.load(path)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settled(window.worker)
    assert window.sync.is_joined()
    assert "本站 一号站" in window.sync._joined.text()
    assert "用交换包" in window.top.state.text()
    assert window.top.person.text().startswith("一号站")
    assert not window.sync.buttons["window.sync_now"].isVisible()
    qtbot.waitUntil(window.isActiveWindow)
    held = QApplication.focusWidget()
    assert held.isVisible()
    assert window.sync.isAncestorOf(held)


def test_what_is_no_enrolment_file_is_refused_with_a_sentence(
    window: Window, settled: Settled, qtbot: QtBot, tmp_path: Path
) -> None:
    go(window, settled, qtbot)
    for name, data in (("a.kse", b"not a file of that kind"), ("b.kse", b" " * (MOST_BYTES + 1))):
        (tmp_path / name).write_bytes(data)
        window.sync.join(tmp_path / name)
        dialog = next(one for one in window.findChildren(JoinDialog) if one.isVisible())
        dialog.join()
        settled(window.worker)
        assert dialog.verdict.text()
        assert dialog.verdict.property("level") == "error"
        dialog.reject()
    assert not window.sync.is_joined()


def test_a_bundle_is_tried_first_and_taken_in_after_a_confirmation(
    sight: Sight, settled: Settled, qtbot: QtBot
) -> None:
    window = sight.window
    go(window, settled, qtbot)
    before = sight.desk.sync_state()
    window.sync.import_bundle(sight.parcel)
    settled(sight.worker)
    dialog = sight.dialog(BundleDialog)
    assert dialog.report.dry_run
    assert "试算：可收" in dialog.verdict.text()
    assert "待裁决 1 件" in dialog.verdict.text()
    assert replace(sight.desk.sync_state(), behind_minutes=0) == replace(before, behind_minutes=0)
    assert QApplication.focusWidget() is dialog.take_button
    QTest.keyClick(dialog.take_button, Qt.Key.Key_Return)
    settled(sight.worker)
    assert "已导入" in dialog.verdict.text()
    assert [row.cells[0] for row in dialog.table.texts.rows] == ["乙站"]
    assert sight.desk.sync_state().contested == 1
    assert any("待裁决" in notice.text for notice in window.notices.shown())
    assert window.rail.buttons["sync"].count.text() == "1"
    assert QApplication.focusWidget() is dialog.dispute_button
    QTest.keyClick(dialog.dispute_button, Qt.Key.Key_Return)
    settled(sight.worker)
    qtbot.waitUntil(window.isActiveWindow)
    assert QApplication.focusWidget() is window.sync.disputes
    QTest.keyClick(window.sync.disputes, Qt.Key.Key_Return)
    settled(sight.worker)
    assert sight.dialog(DisputeDialog).dispute.key == 1
    sight.dialog(DisputeDialog).reject()


def test_the_same_bundle_again_brings_nothing(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    go(disputed.window, settled, qtbot)
    disputed.window.sync.import_bundle(disputed.parcel)
    settled(disputed.worker)
    dialog = disputed.dialog(BundleDialog)
    assert "没有本机缺的流水" in dialog.verdict.text()
    dialog.take_in()
    settled(disputed.worker)
    assert dialog.report.received == 0
    dialog.reject()


def test_a_damaged_bundle_is_refused_and_changes_nothing(sight: Sight, settled: Settled, qtbot: QtBot) -> None:
    data = bytearray(sight.parcel.read_bytes())
    data[len(data) // 2] ^= 1
    sight.parcel.write_bytes(data)
    go(sight.window, settled, qtbot)
    sight.window.sync.import_bundle(sight.parcel)
    settled(sight.worker)
    dialog = sight.dialog(BundleDialog)
    assert dialog.verdict.property("level") == "error"
    assert not dialog.take_button.isVisible()
    assert sight.desk.sync_state().contested == 0
    dialog.reject()


def test_a_bundle_is_written_for_one_station(disputed: Sight, settled: Settled, qtbot: QtBot, tmp_path: Path) -> None:
    window = disputed.window
    go(window, settled, qtbot)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_E, CTRL)
    settled(disputed.worker)
    dialog = disputed.dialog(ExportDialog)
    names = [dialog.recipient.itemText(place) for place in range(dialog.recipient.count())]
    assert names == ["全体站点", "乙站"]
    dialog.recipient.setCurrentIndex(1)
    target = tmp_path / "给乙站.ksb"
    dialog.export(target)
    settled(disputed.worker)
    assert "✓ 写出" in dialog.verdict.text()
    dialog.export(target / "inside a file.ksb")
    settled(disputed.worker)
    assert dialog.verdict.property("level") == "error"
    dialog.reject()
    settled(disputed.worker)
    assert window.sync.meetings.texts.rows[0].cells[1] == "导出交换包"
    other = open_again(disputed.folder / "乙")
    assert other.import_bundle(target).contested == 1
    other.close()


def test_sync_now_by_its_key_and_the_frame_tells_its_age(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    window = disputed.window
    assert "尚未同步" in window.top.state.text()
    QTest.keyClick(window, Qt.Key.Key_F9, SHIFT)
    assert window.context.sync.running
    assert [view.work.title for view in window.status.works] == ["同步"]
    settled(disputed.worker)
    assert window.top.state.text().startswith("●")
    assert window.context.sync.state.unsent == 0
    assert disputed.hub.hub.batches
    window.context._now = lambda: datetime.now() + timedelta(minutes=7, seconds=5)
    window.sync_frame.show()
    assert "7 分钟前同步" in window.top.state.text()
    go(window, settled, qtbot)
    assert window.sync.meetings.texts.rows[0].cells[1] == "经中心服务器"
    assert "待发 0" in window.sync.band.words()


def test_a_hub_that_is_away_is_a_word_in_the_frame_and_no_dialog(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    window = disputed.window
    disputed.hub.away = AWAY
    shown = len(window.notices.shown())
    go(window, settled, qtbot)
    QTest.keyClick(window, Qt.Key.Key_F9, SHIFT)
    settled(disputed.worker)
    assert window.top.state.text().startswith("◆ 离线可用")
    assert "连不上中心服务器" in window.status.sync.text()
    assert window.status.sync.isVisible()
    assert "连不上中心服务器" in window.sync._said.text()
    assert len(window.notices.shown()) == shown
    disputed.hub.away = None
    window.sync_now()
    settled(disputed.worker)
    assert not window.status.sync.isVisible()


def test_every_table_keeps_the_rules_of_its_model(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    go(disputed.window, settled, qtbot)
    page = disputed.window.sync
    testers = [QAbstractItemModelTester(table.texts, QAbstractItemModelTester.FailureReportingMode.Warning, table.texts)
               for table in page._tables]
    page.reload()
    settled(disputed.worker)
    assert [table.texts.rowCount() > 0 for table in page._tables] == [True, True, True, False]
    assert [not empty.isHidden() for empty in page._empty] == [False, False, False, True]
    assert page.tabs.tabText(2) == "◆ 待裁决 1"
    del testers


def test_the_screen_is_walked_by_keyboard(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    window = disputed.window
    go(window, settled, qtbot)
    page = window.sync
    assert QApplication.focusWidget() is page.stations
    seen = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageDown, CTRL)
        seen.append((page.tabs.currentIndex(), QApplication.focusWidget()))
    assert [place for place, _ in seen] == [1, 2, 3, 0]
    assert seen[0][1] is page.meetings
    assert seen[2][1] is page.buttons["window.sync_now"]
    reached = set()
    for _ in range(30):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert set(page.buttons.values()) <= reached
    assert {page.stations, page.tabs.tabBar()} <= reached


@pytest.mark.parametrize(("name", "kind"), [("2.ksb", BundleDialog), ("x.kse", JoinDialog)])
def test_a_dropped_file_opens_the_dialog_that_takes_it(
    name: str, kind: type[BundleDialog | JoinDialog], sight: Sight, settled: Settled, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sight.folder / name))])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop)
    sight.window.dropEvent(event)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in sight.window.findChildren(kind)))
    settled(sight.worker)
    sight.dialog(kind).reject()


def test_verify_is_at_hand(sight: Sight, settled: Settled, qtbot: QtBot) -> None:
    go(sight.window, settled, qtbot)
    sight.window.sync.buttons["sync.verify"].click()
    settled(sight.worker)
    assert "核验通过" in sight.window.settings.data.verdict.text()


def test_a_new_computer_begins_as_a_station_of_the_centre(
    worker: DeskWorker, qtbot: QtBot, settled: Settled, tmp_path: Path
) -> None:
    path = tmp_path / "丙.kse"
    path.write_bytes(Centre(CENTRE).file("丙站", hub=LOCAL))
    dialog = FirstJoinDialog(worker, tmp_path / "new")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.focusWidget() is dialog.choose_button, "the file comes first"
    for step, words in (
        (lambda: None, "登记文件"), (lambda: dialog.load(path), "姓名"), (lambda: dialog.name.setText("郑岩"), "口令"),
        (lambda: dialog.passphrase.setText(PASSPHRASE), "不一样"),
    ):
        step()
        dialog.join()
        assert words in dialog.verdict.text()
        assert not worker.ready
    dialog.again.setText(PASSPHRASE)
    with qtbot.waitSignal(dialog.accepted, timeout=10_000):
        dialog.join()
    assert dialog.actor == "郑岩"
    assert worker._desk.joined().station == "丙站"


def test_what_was_in_dispute_before_is_not_announced_again(disputed: Sight, settled: Settled, qtbot: QtBot) -> None:
    disputed.window.sync_now()
    settled(disputed.worker)
    assert disputed.window.context.sync.report.contested == 1
    assert [notice.text for notice in disputed.window.notices.shown()] == []


def test_who_decided_one_side_learns_that_it_was_settled_elsewhere(
    disputed: Sight, settled: Settled, qtbot: QtBot
) -> None:
    window = disputed.window

    def shown() -> str:
        return "\n".join(notice.text for notice in window.notices.shown())

    window.context.sync.took(SyncReport("2026-03-12T10:00:00", "hub", contested=2))
    assert "有 2 件待裁决" in shown()
    settled(disputed.worker)
    window.context.sync.took(SyncReport("2026-03-12T10:05:00", "hub", contested=0))
    assert "件待裁决" not in shown(), "what is settled is not asked for any more"
    assert "已在别的站点裁决，没有待裁决的了" in shown()
