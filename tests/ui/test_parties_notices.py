"""The documents of a party and a refused application, by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.ui.notice_preview import NoticePreview
from desktop.ui.notices import Notice
from desktop.ui.parties_forms import RefuseForm
from desktop.ui.parties_page import PartiesPage
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import open_again

from .registers import FOUND, STRATEGIC, SUSPENDED, Settled, build, desk_of, dialog_of, focus, window_on

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("register") / "data"
    return folder, build(folder)


@pytest.fixture
def window(
    made: tuple[Path, dict[str, str]], tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Settled
) -> Iterator[Window]:
    folder = Path(shutil.copytree(made[0], tmp_path / "data"))
    with window_on(open_again(folder), worker, theme, settled) as window:
        yield window


@pytest.fixture
def page(window: Window, settled: Settled) -> PartiesPage:
    window.show_parties()
    settled(window.worker)
    assert window.parties is not None
    return window.parties


def open_papers(page: PartiesPage, id_: str, qtbot: QtBot, settled: Settled) -> NoticePreview:
    """Ctrl+P on the party."""
    page.show_party(id_)
    settled(page._worker)
    page.focus_list()
    QTest.keyClick(focus(), Qt.Key.Key_P, CTRL)
    settled(page._worker)
    dialog = dialog_of(page.window(), NoticePreview)
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def titles(dialog: NoticePreview) -> list[str]:
    return [row.cells[0] for row in dialog.table.texts.rows]


def told(dialog: NoticePreview) -> str:
    return "\n".join(notice.text for notice in dialog.findChildren(Notice))


def test_a_document_is_chosen_and_saved_by_keyboard(
    page: PartiesPage, made: tuple[Path, dict[str, str]], tmp_path: Path, qtbot: QtBot, settled: Settled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dialog = open_papers(page, made[1][SUSPENDED], qtbot, settled)
    assert titles(dialog) == ["暂停通知书", "备案通过通知书"]
    assert dialog.table.hasFocus()
    qtbot.waitUntil(dialog.view.save_button.isEnabled)
    target, asked = tmp_path / "暂停.pdf", []

    def place(*args: object) -> tuple[str, str]:
        asked.append(args[2])
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", place)
    QTest.keyClick(dialog.table, Qt.Key.Key_S, CTRL)
    settled(page._worker)
    assert asked == [f"{SUSPENDED} 暂停通知书.pdf"]
    assert "已保存到" in told(dialog)
    assert "会议纪要第3号" in "".join(PdfReader(target).pages[0].extract_text().split())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_a_document_lacks_is_said_and_no_place_is_asked_for(
    page: PartiesPage, made: tuple[Path, dict[str, str]], qtbot: QtBot, settled: Settled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    dialog = open_papers(page, made[1][STRATEGIC], qtbot, settled)
    settled(page._worker)
    assert "备案通过通知书缺少：备案（登记）日期" in dialog.view.told.text()
    QTest.keyClick(dialog.table, Qt.Key.Key_S, CTRL)
    settled(page._worker)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_refused_application_is_recorded_by_keyboard(
    page: PartiesPage, window: Window, made: tuple[Path, dict[str, str]], qtbot: QtBot, settled: Settled
) -> None:
    id_ = made[1][FOUND]
    page.show_party(id_)
    settled(page._worker)
    page.focus_list()
    QTest.keyClick(focus(), Qt.Key.Key_U)
    form = dialog_of(window, RefuseForm)
    qtbot.waitUntil(form.isActiveWindow)
    form.editors["reason"].set_value("增加领域的申请不符合条件")
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(page._worker)
    assert form.isVisible()  # what it rests on is still asked for
    form.editors["basis"].set_value("本中心规定第五条")
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(page._worker)
    assert [one.kind for one in desk_of(window).parties.notices(id_)] == ["registered", "refused"]
    assert page.pane.view is not None
    assert "备案申请不通过" in page.pane.view.journal[-1].text
    assert page.pane.view.standing.status == "在备"


def test_the_menu_of_the_party_offers_both(
    page: PartiesPage, made: tuple[Path, dict[str, str]], settled: Settled
) -> None:
    page.show_party(made[1][FOUND])
    settled(page._worker)
    offered = [line.text() for line in page.pane.more.menu().actions()]
    assert any(line.startswith("文书（通知书）…") for line in offered)
    assert any(line.startswith("登记不通过…") for line in offered)
