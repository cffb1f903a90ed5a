"""The files beside a case in the window: added by dialog and by dropping, saved, never run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.ui.case_files import MARK, AttachDialog, FilesTab
from desktop.ui.case_page import CasePage
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

Settled = Callable[[DeskWorker], None]


@pytest.fixture
def files(window: Window, settled: Settled) -> FilesTab:
    """The page of files of a received case."""
    window.open_case(1)
    settled(window.worker)
    page = window.case_page()
    page.tabs.setCurrentWidget(page.files)
    settled(window.worker)
    return page.files


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "说明书.pdf", tmp_path / "附图.zip"]
    found[0].write_bytes(b"words" * 1_000)
    found[1].write_bytes(b"pictures" * 100_000)
    return found


def page_of(window: Window) -> CasePage:
    return window.case_page()


def desk_of(window: Window) -> Desk:
    desk = window.worker._desk
    assert desk is not None
    return desk


def shown(files: FilesTab) -> list[tuple[str, ...]]:
    return [row.cells[:3] + row.cells[4:6] for row in files.table.texts.rows]


def notices(window: Window) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in window.notices.findChildren(QLabel))


def test_files_are_added_by_the_keyboard_alone(
    files: FilesTab, papers: list[Path], window: Window, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(window)
    page.tabs.setCurrentIndex(0)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path) for path in papers], ""))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert page.tabs.currentWidget() is files
    dialog = files.findChild(AttachDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    assert [row.cells for row in dialog.table.texts.rows] == [("说明书.pdf", "4.9 KB"), ("附图.zip", "781 KB")]
    assert dialog.note.hasFocus()
    dialog.note.setText("补交")
    qtbot.keyClick(dialog.note, Qt.Key.Key_Return)
    settled(window.worker)
    assert shown(files) == [
        ("说明书.pdf", "4.9 KB", "林知远", "✓ 在本机", "补交"), ("附图.zip", "781 KB", "林知远", "✓ 在本机", "补交")
    ]  # fmt: skip
    assert page.tabs.tabText(page.tabs.indexOf(files)) == "文件 2"
    assert "已附上 说明书.pdf、附图.zip" in notices(window)
    assert files.table.isColumnHidden(MARK)
    assert page.case is not None
    assert page.case.journal[-1].text.startswith("附件 附图.zip")


def test_nothing_is_added_when_the_dialog_is_left(
    files: FilesTab, papers: list[Path], window: Window, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.offer(papers)
    dialog = files.findChild(AttachDialog)
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    files.add_button.click()
    settled(window.worker)
    assert desk_of(window).attachments(1) == ()
    assert not files.save_button.isEnabled()


def test_files_are_dropped_and_the_originals_stay(
    files: FilesTab, papers: list[Path], window: Window, qtbot: QtBot, settled: Settled
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(papers[0])), QUrl("https://example.org/x.pdf")])
    modes = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    entered = QDragEnterEvent(QPoint(5, 5), modes, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(files, entered)
    assert entered.isAccepted()
    assert entered.dropAction() == Qt.DropAction.CopyAction
    dropped = QDropEvent(QPointF(5, 5), modes, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(files, dropped)
    assert dropped.dropAction() == Qt.DropAction.CopyAction
    dialog = files.findChild(AttachDialog)
    assert dialog is not None
    assert dialog.paths == (papers[0],)
    qtbot.keyClick(dialog.note, Qt.Key.Key_Return)
    settled(window.worker)
    assert [cells[0] for cells in shown(files)] == ["说明书.pdf"]
    assert papers[0].exists()


def test_what_is_no_file_is_not_accepted(files: FilesTab) -> None:
    data = QMimeData()
    data.setText("only words")
    entered = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    entered.ignore()
    files.dragEnterEvent(entered)
    assert not entered.isAccepted()


def test_one_that_cannot_be_added_does_not_stop_the_rest(
    files: FilesTab, papers: list[Path], window: Window, settled: Settled, tmp_path: Path
) -> None:
    empty = tmp_path / "空.txt"
    empty.touch()
    files.attach([empty, tmp_path / "没有.txt", papers[0]])
    settled(window.worker)
    assert [cells[0] for cells in shown(files)] == ["说明书.pdf"]
    said = notices(window)
    assert "没有附上 空.txt：“空.txt”是空文件" in said
    assert "没有附上 没有.txt：找不到文件或目录" in said


def test_a_file_is_saved_by_enter(
    files: FilesTab, papers: list[Path], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    files.attach(papers)
    settled(window.worker)
    asked: list[str] = []

    def answer(_parent: object, _title: str, name: str) -> tuple[str, str]:
        asked.append(name)
        return str(tmp_path / "out.zip"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    files.table.setFocus()
    files.table.selectRow(1)
    qtbot.keyClick(files.table, Qt.Key.Key_Return)
    settled(window.worker)
    assert asked == ["附图.zip"]
    assert (tmp_path / "out.zip").read_bytes() == papers[1].read_bytes()
    assert "内容与流水登记的校验值相符" in notices(window)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    files.save_button.click()
    settled(window.worker)


def test_what_is_not_here_says_where_it_is(
    files: FilesTab, papers: list[Path], window: Window, settled: Settled, tmp_path: Path
) -> None:
    files.attach(papers)
    settled(window.worker)
    desk = desk_of(window)
    first, second = desk.attachments(1)
    for one in (first, second):
        (desk.directory / "attachments" / one.sha256[:2] / one.sha256).unlink()
    files.load()
    settled(window.worker)
    assert [cells[3] for cells in shown(files)] == ["▲ 内容缺失"] * 2  # this very station had put them there
    window.context.station = "丙站"
    files.load()
    settled(window.worker)
    assert [cells[3] for cells in shown(files)] == ["○ 在甲站"] * 2
    files.save_to(desk.attachments(1)[0], tmp_path / "out")
    assert "正在向中心服务器索取“说明书.pdf”" in notices(window)
    settled(window.worker)
    said = notices(window)
    assert "正在向" not in said, "it is not being asked for any more"
    assert "没有保存：“说明书.pdf”" in said
    assert not (tmp_path / "out").exists()


def test_another_case_shows_its_own_files(
    files: FilesTab, papers: list[Path], window: Window, settled: Settled
) -> None:
    files.attach(papers)
    settled(window.worker)
    window.open_case(2)
    settled(window.worker)
    page = page_of(window)
    page.tabs.setCurrentWidget(files)
    settled(window.worker)
    assert shown(files) == []
    assert page.tabs.tabText(page.tabs.indexOf(files)) == "文件 0"


def test_the_model_keeps_the_rules_of_the_toolkit(
    files: FilesTab, papers: list[Path], window: Window, settled: Settled
) -> None:
    QAbstractItemModelTester(files.table.texts, QAbstractItemModelTester.FailureReportingMode.Fatal, files)
    files.attach(papers)
    settled(window.worker)
    assert len(files.table.texts.rows) == 2
