"""The documents of one case on the screen, by keyboard: chosen, saved as they are shown, refused where they lack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.app.notice_papers import NoticePapers
from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.reports.notice_pdf import render_notice_bytes
from desktop.reports.reading import extract_words
from desktop.ui.case_page import CasePage
from desktop.ui.notice_preview import NoticePreview
from desktop.ui.paper_view import file_name
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import TODAY
from .test_case_page import ACTOR, accept_and_assign, confirm, desk_of, invention, key, now

Settled = Callable[[DeskWorker], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: Window, settled: Settled) -> CasePage:
    """The page of an invention that awaits the reply to its first opinion: two documents went out."""
    window.open_case(invention(window))
    settled(window.worker)
    page = window.case_page()
    accept_and_assign(window, page, settled)
    desk_of(window).act(now(window, page).key, "issue_opinion", {"opinion": "权利要求 4 引用不当", "checklist": "符合"},
                        actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)
    return page


@pytest.fixture
def preview(page: CasePage, window: Window, settled: Settled, qtbot: QtBot) -> NoticePreview:
    """Ctrl+Shift+P on the page."""
    key(qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    settled(window.worker)
    return shown(page, qtbot)


def shown(page: CasePage, qtbot: QtBot) -> NoticePreview:
    found = page.findChild(NoticePreview)
    assert found is not None
    qtbot.waitUntil(found.isActiveWindow)
    return found


def told(preview: NoticePreview) -> list[str]:
    return [notice.text for notice in preview.view._notices.shown()]


def drawn(window: Window, page: CasePage, kind: str) -> bytes:
    return render_notice_bytes(desk_of(window).notices.paper(now(window, page).key, kind))


def test_arrows_choose_and_the_saved_file_is_the_shown_one(
    preview: NoticePreview, page: CasePage, window: Window, tmp_path: Path, settled: Settled, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [row.cells for row in preview.table.texts.rows]
    assert [cells[0] for cells in rows] == ["预审意见通知书（第 1 次）", "预审受理通知书"]
    assert rows[0][1].endswith("号之一")
    assert rows[0][2:] == (TODAY.isoformat(), ACTOR, "—")
    assert preview.table.hasFocus()
    assert preview.view._content == drawn(window, page, "opinion")
    assert preview.view.document.pageCount() >= 1
    asked: list[str] = []
    target = tmp_path / "文书.pdf"

    def place(*args: object) -> tuple[str, str]:
        asked.append(str(args[2]))
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", place)
    key(qtbot, Qt.Key.Key_Down)
    settled(window.worker)
    key(qtbot, Qt.Key.Key_S, CTRL)
    settled(window.worker)
    assert asked == [f"{now(window, page).number} 预审受理通知书.pdf"]
    assert target.read_bytes() == preview.view._content == drawn(window, page, "acceptance")
    assert "受理" in extract_words(target)
    assert any("已保存到" in text for text in told(preview))
    # From the pages as from the list.
    key(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is preview.view.pages
    key(qtbot, Qt.Key.Key_S, CTRL)
    settled(window.worker)
    assert len(asked) == 2
    key(qtbot, Qt.Key.Key_Escape)
    assert not preview.isVisible()


def test_only_the_document_under_the_cursor_is_shown(
    preview: NoticePreview, page: CasePage, window: Window, settled: Settled, qtbot: QtBot,
) -> None:
    for arrow in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down):
        key(qtbot, arrow)
    assert preview.view._content == b"", "nothing may be given out while another document stands in the list"
    settled(window.worker)
    assert preview.view._content == drawn(window, page, "acceptance")


def test_a_document_that_lacks_something_says_what_and_is_not_printed(
    page: CasePage, window: Window, settled: Settled, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = [True]
    made = NoticePapers.paper

    def paper(self: NoticePapers, ref: str | int, kind: str = "", hash_: str = "") -> NoticePaper:
        one = made(self, ref, kind, hash_)
        if lacking and one.title == "预审受理通知书":
            raise Refusal("notice_incomplete", f"{one.title}缺少：发明名称")
        return one

    monkeypatch.setattr(NoticePapers, "paper", paper)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked for a place"))
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: pytest.fail("asked for a printer")))
    key(qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    settled(window.worker)
    preview = shown(page, qtbot)
    view = preview.view
    assert view.pages.isVisible()
    key(qtbot, Qt.Key.Key_Down)
    settled(window.worker)
    assert view.told.isVisible()
    assert not view.pages.isVisible()
    assert "缺少：发明名称" in view.told.text()
    assert not view.print_button.isEnabled()
    assert told(preview) == []
    key(qtbot, Qt.Key.Key_P, CTRL)
    key(qtbot, Qt.Key.Key_S, CTRL)
    assert told(preview) == [view.told.text()]
    key(qtbot, Qt.Key.Key_Up)
    settled(window.worker)
    assert view.pages.isVisible()
    assert view.print_button.isEnabled()
    key(qtbot, Qt.Key.Key_Down)
    settled(window.worker)
    # Once it is there the news of the case bring the pages.
    lacking.clear()
    window.worker.changed.emit(None, "elsewhere")
    settled(window.worker)
    assert view.pages.isVisible()


def test_without_a_printer_it_says_how_to_go_on(
    preview: NoticePreview, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: []))
    key(qtbot, Qt.Key.Key_P, CTRL)
    assert "没有安装打印机" in told(preview)[-1]


def test_a_case_without_documents_offers_none(window: Window, settled: Settled, qtbot: QtBot) -> None:
    window.open_case(invention(window))
    settled(window.worker)
    page = window.case_page()
    assert not page.has_notices()
    assert page.actions_bar.notices.isHidden()
    key(qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    settled(window.worker)
    qtbot.waitUntil(lambda: page.findChild(NoticePreview) is None)


def test_after_a_step_its_document_is_one_press_away(
    page: CasePage, window: Window, settled: Settled, qtbot: QtBot,
) -> None:
    assert page.actions_bar.notices.text() == "文书 2"
    page.ask_step("reply")
    confirm(qtbot, page, settled, window)
    offers = [button for notice in window.notices.shown() if "已记录" in notice.text
              for button in notice.findChildren(QPushButton)]
    assert offers == [], "no document went out with this step"
    page.ask_step("recheck")
    confirm(qtbot, page, settled, window)
    for row in page.checklist.rows:
        row.setFocus()
        key(qtbot, Qt.Key.Key_1)
    page.opinion.editor.setPlainText("一、形式缺陷\n权利要求 5 引用不当")
    page.ask_step("issue_opinion")
    confirm(qtbot, page, settled, window)
    notice = next(one for one in window.notices.shown() if "已记录" in one.text and "意见" in one.text)
    button = notice.findChild(QPushButton)
    assert button.text() == "查看文书"
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    settled(window.worker)
    preview = shown(page, qtbot)
    current = preview.table.current()
    assert current is not None
    assert current.cells[0] == "预审意见通知书（第 2 次）"
    assert preview.view._content == drawn(window, page, "opinion")
    key(qtbot, Qt.Key.Key_Escape)
    assert page.actions_bar.notices.text() == "文书 3"


def test_the_list_stands_beside_the_pages_where_there_is_room(preview: NoticePreview) -> None:
    preview.resize(1240, 800)
    assert preview.split.orientation() == Qt.Orientation.Horizontal
    preview.resize(860, 560)
    assert preview.split.orientation() == Qt.Orientation.Vertical


def test_a_number_with_strokes_makes_no_folder() -> None:
    assert file_name("审/2026\\7 预审受理通知书") == "审_2026_7 预审受理通知书.pdf"
