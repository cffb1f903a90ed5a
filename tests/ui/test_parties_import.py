"""Taking in a list of parties: a dry run with reasons first, then the real run; twice adds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.core.party_intake import PartyRow
from desktop.ui.parties_import import PartyImportDialog
from desktop.ui.parties_import_rows import outcome_of, watched
from desktop.ui.parties_page import PartiesPage
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import new_desk

from .registers import CLERK, LEAD, STAFF, Settled, code, desk_of, dialog_of, window_on


@pytest.fixture
def window(tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Settled) -> Iterator[Window]:
    with window_on(new_desk(tmp_path / "data", staff=STAFF), worker, theme, settled) as window:
        yield window


@pytest.fixture
def page(window: Window, settled: Settled) -> PartiesPage:
    window.show_parties()
    settled(window.worker)
    assert window.parties is not None
    return window.parties


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    book = Workbook()
    book.active.append(["岱青市备案主体名单"])
    book.active.append(["序号", "企业名称", "统一社会信用代码", "状态", "年度额度", "颜色"])
    for number in range(6):
        book.active.append([number + 1, f"岱青第{number}号公司", code(number), "正常", 10 + number, "蓝"])
    book.active.append([7, "岱青代码不对的公司", "91370600", "正常", 1, "蓝"])
    path = tmp_path / "名单.xlsx"
    book.save(path)
    return path


def offered(window: Window, path: Path | None, settled: Settled) -> PartyImportDialog:
    assert window.parties is not None
    window.parties.import_list(path)
    settled(window.worker)
    return dialog_of(window, PartyImportDialog)


def chips(dialog: PartyImportDialog) -> list[str]:
    return [chip.text() for chip in dialog.chips.values()]


def test_a_list_is_tried_then_taken_in_by_keyboard(
    page: PartiesPage, window: Window, listed: Path, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.table.empty.isVisible()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(listed), ""))
    QTest.keyClick(page.table, Qt.Key.Key_I)
    dialog = dialog_of(window, PartyImportDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.source is not None)
    settled(window.worker)
    assert "备案主体名单，表头在第 2 行" in dialog.heard()
    assert "没有用到的列：颜色" in dialog.heard()
    assert chips(dialog) == ["全部 7", "未收入 1", "更新 0", "新登记 6", "未变 0"]
    first = dialog.table.texts.rows[0]
    assert first.cells[:3] == ("9", "▲ 未收入", "岱青代码不对的公司")
    assert "应为 18 位" in first.cells[3]
    assert page.model.rowCount() == 0, "nothing is written before it is confirmed"
    assert dialog.take_button.hasFocus()
    QTest.keyClick(dialog.take_button, Qt.Key.Key_Return)
    settled(window.worker)
    assert "已收入：新登记 6，更新 0，未变 0，未收入 1 行。" in dialog.heard()
    QTest.keyClick(dialog.close_button, Qt.Key.Key_Return)
    settled(window.worker)
    assert page.model.rowCount() == 6
    assert desk_of(window).parties.page(page.query, on=window.context.today()).rows[0].quota.left == 10


def test_the_same_list_twice_adds_nothing(page: PartiesPage, window: Window, listed: Path, settled: Settled) -> None:
    dialog = offered(window, listed, settled)
    dialog.take_in()
    settled(window.worker)
    dialog.reject()
    again = offered(window, listed, settled)
    assert chips(again)[1:] == ["未收入 1", "更新 0", "新登记 0", "未变 6"]
    assert again.take_button.text() == "没有可收入的"
    assert not again.take_button.isEnabled()
    again.chips["refused"].click()
    assert [row.cells[0] for row in again.table.texts.rows] == ["9"]
    again.reject()
    settled(window.worker)
    assert page.model.rowCount() == 6


def test_a_list_that_is_none_says_so_and_another_kind_may_be_named(
    page: PartiesPage, window: Window, tmp_path: Path, settled: Settled
) -> None:
    path = tmp_path / "没有表头.csv"
    path.write_text("甲,乙\n1,2\n", "utf-8")
    dialog = offered(window, path, settled)
    assert "没有找到表头" in dialog.heard()
    assert not dialog.take_button.isEnabled()
    path.write_text("机构名称,机构代码\n岱青第一专利代理事务所,37101\n", "utf-8")
    dialog.kind.setCurrentIndex(2)
    dialog.kind.activated.emit(2)
    settled(window.worker)
    assert dialog.heard().startswith("代理机构名单")
    dialog.take_in()
    settled(window.worker)
    assert [row.name for row in desk_of(window).parties.page(page.query.__class__(kind="代理机构"),
            on=window.context.today()).rows] == ["岱青第一专利代理事务所"]  # fmt: skip


def test_who_may_not_is_refused_and_the_list_stays(
    page: PartiesPage, window: Window, listed: Path, settled: Settled
) -> None:
    window.context.become(CLERK)
    settled(window.worker)
    dialog = offered(window, listed, settled)
    dialog.take_in()
    settled(window.worker)
    assert "须由受理、管理员办理" in dialog.heard()
    assert len(dialog.table.texts.rows) == 7
    assert dialog.take_button.isEnabled()
    window.context.become(LEAD)
    settled(window.worker)
    dialog.take_in()
    settled(window.worker)
    assert page.model.rowCount() == 6


def test_a_list_dropped_on_the_register_is_one_of_parties(
    page: PartiesPage, window: Window, listed: Path, qtbot: QtBot, settled: Settled
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(listed))])
    for kind, where in ((QDragEnterEvent, QPoint(5, 5)), (QDropEvent, QPointF(5, 5))):
        QApplication.sendEvent(window, kind(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                                            Qt.KeyboardModifier.NoModifier))  # fmt: skip
    qtbot.waitUntil(lambda: bool(window.findChildren(PartyImportDialog)))
    settled(window.worker)
    assert chips(dialog_of(window, PartyImportDialog))[3] == "新登记 6"


def test_breaking_off_keeps_what_was_taken_in(page: PartiesPage, window: Window) -> None:
    rows = [PartyRow(number, "主体", {"name": f"岱青第{number}号公司", "uscc": code(number)}) for number in range(600)]
    handed = iter(range(10_000))
    desk = desk_of(window)
    report = desk.parties.take_in(
        "主体", watched(rows, lambda _done, _total: None, lambda: next(handed) > 300), actor=LEAD, source="名单",
        today=window.context.today(),
    )  # fmt: skip
    outcome = outcome_of(report, len(rows))
    assert outcome.cut
    assert report.new == 301
    assert desk.parties.page(page.query, on=window.context.today(), limit=0).total == 301
    whole = outcome_of(desk.parties.plan_import("主体", rows), len(rows))
    assert not whole.cut
    assert (whole.report.new, whole.report.unchanged) == (299, 301)
