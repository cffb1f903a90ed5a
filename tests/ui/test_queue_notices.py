"""The documents of many cases, by keyboard: what each has, one file, one printer's job, stopped without a trace."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt, QTimer
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.notice_papers import NoticePapers
from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.reports import notice_pdf
from desktop.reports.notice_pdf import render_notice_bytes
from desktop.ui import queue_notices
from desktop.ui.printing import print_papers
from desktop.ui.queue_notices import NoticesDialog, look
from desktop.ui.queue_page import QueuePage
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import PASSPHRASE, STAFF, TODAY, made_up_rows
from .registers import desk_of, window_on

Settled = Callable[[DeskWorker], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ACTOR = "林知远"
ALL, NONE, OPINIONS = 200, 5, 3  # cases, those without any document, those with an opinion
LACKING = 10


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with 200 cases; the last five have no document yet, the first three have two."""
    folder = tmp_path_factory.mktemp("notices") / "data"
    desk = Desk.create(folder, PASSPHRASE, centre="岱青市知识产权保护中心", station="甲站", staff=STAFF, actor=ACTOR)
    desk.take_in(made_up_rows(ALL), actor=ACTOR, source="试验表", today=TODAY)
    who = {"actor": ACTOR, "on": TODAY, "today": TODAY}
    for key in range(1, ALL - NONE + 1):
        desk.act(key, "accept", {"checklist": "符合"}, **who)
    for key in range(1, OPINIONS + 1):
        desk.act(key, "assign", {"examiner": ACTOR}, **who)
        desk.act(key, "issue_opinion", {"opinion": "权利要求 4 引用不当", "checklist": "符合"}, **who)
    desk.close()
    return folder


@pytest.fixture
def queue(
    made: Path, tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Settled, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[QueuePage]:
    """The queue of these cases. The acceptance notice of one of them lacks something."""
    paper = NoticePapers.paper

    def found(self: NoticePapers, ref: str | int, kind: str = "", hash_: str = "") -> NoticePaper:
        if ref == LACKING:
            raise Refusal("notice_incomplete", "预审受理通知书缺少：发明名称")
        return paper(self, ref, kind, hash_)

    monkeypatch.setattr(NoticePapers, "paper", found)
    desk = Desk.open(Path(shutil.copytree(made, tmp_path / "data")), PASSPHRASE)
    with window_on(desk, worker, theme, settled, ACTOR) as window:
        window.queue.table.setFocus()
        yield window.queue


def press(qtbot: QtBot, what: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), what, modifier)


def opened(queue: QueuePage, qtbot: QtBot, settled: Settled, count: int = ALL) -> NoticesDialog:
    """Ctrl+Shift+P on the selected rows: all, or the first few of the list."""
    if count == ALL:
        press(qtbot, Qt.Key.Key_A, CTRL)
    else:
        queue.table._select(list(range(count)))
    press(qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    found = queue.findChild(NoticesDialog)
    assert found is not None
    settled(queue._worker)
    qtbot.waitUntil(found.isActiveWindow)
    return found


def cells(dialog: NoticesDialog) -> dict[int, tuple[str, ...]]:
    return {int(str(row.key)): row.cells for row in dialog.table.texts.rows}


def window_of(queue: QueuePage) -> Window:
    window = queue.window()
    assert isinstance(window, Window)
    return window


def told(queue: QueuePage) -> list[str]:
    return [notice.text for notice in window_of(queue).notices.shown()]


def name_place(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))


def test_every_case_says_what_it_has_before_anything_is_printed(
    queue: QueuePage, qtbot: QtBot, settled: Settled,
) -> None:
    dialog = opened(queue, qtbot, settled)
    said = cells(dialog)
    assert len(said) == ALL
    assert said[1][1:] == ("预审意见通知书（第 1 次）", "SDYS〔2026〕1号之一", TODAY.isoformat())
    assert said[20][1] == "预审受理通知书"
    assert said[ALL][1:] == ("还没有发出过文书", "—", "—")
    assert dialog.table.texts.rows[0].cells[1] == "▲ 预审受理通知书缺少：发明名称", "what can be mended stands first"
    assert dialog.summary.text() == "可打印 194 份　没有文书的 5 件　▲ 缺内容、不能打印的 1 份"
    kinds = [dialog.kind.itemText(place) for place in range(dialog.kind.count())]
    assert kinds == ["每件最新的一份　195", "预审受理通知书　195", "预审意见通知书　3"]
    # Only the opinions: the keyboard stands on the choice of the kind.
    assert dialog.kind.hasFocus()
    press(qtbot, Qt.Key.Key_End)
    assert cells(dialog)[20][1] == "没有这种文书，已有：预审受理通知书"
    assert [key for key, _hash in dialog.chosen()] == [key for key in queue.table.selected_keys() if key <= OPINIONS]
    press(qtbot, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_look_ahead_leaves_the_window_alive(
    queue: QueuePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def counted(desk: Desk, keys: list[int], today: object) -> list[queue_notices.Holding]:
        asked.append(len(keys))
        return look(desk, keys, TODAY)

    monkeypatch.setattr(queue_notices, "look", counted)
    press(qtbot, Qt.Key.Key_A, CTRL)
    press(qtbot, Qt.Key.Key_P, CTRL | SHIFT)
    dialog = queue.findChild(NoticesDialog)
    assert asked == [] or max(asked) <= queue_notices.CHUNK
    assert "正在逐件核对" in dialog.summary.text()
    assert not dialog.save_button.isEnabled()
    # Left in the middle of it, nothing is asked any more.
    dialog.reject()
    qtbot.waitUntil(queue._worker.idle)
    assert sum(asked) < ALL
    assert max(asked) == queue_notices.CHUNK


def test_one_file_holds_them_in_the_order_of_the_queue(
    queue: QueuePage, qtbot: QtBot, settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = opened(queue, qtbot, settled)
    chosen = dialog.chosen()
    target = tmp_path / "文书.pdf"
    name_place(monkeypatch, target)
    said: list[str] = []
    press(qtbot, Qt.Key.Key_S, CTRL)
    assert dialog._work is not None
    dialog._work.progressed.connect(lambda *_: said.append(dialog.summary.text()))
    assert dialog.summary.text() == "第 0 / 194 份"
    settled(queue._worker)
    qtbot.waitUntil(lambda: queue.findChild(NoticesDialog) is None)
    assert said[-1] == "第 194 / 194 份"
    assert told(queue)[-1] == f"文书 194 份已保存到 {target}；另有 6 件没有打印"
    desk = desk_of(window_of(queue))
    pages = PdfReader(target).pages
    each = [len(PdfReader(BytesIO(render_notice_bytes(desk.notices.paper(key, hash_=hash_)))).pages)
            for key, hash_ in chosen]
    assert len(pages) == sum(each)
    for at in (0, 1, len(chosen) - 1):
        words = "".join(pages[sum(each[:at])].extract_text().split())
        assert desk.case(chosen[at][0], actor=ACTOR, today=TODAY).number in words


def test_stopped_in_the_middle_nothing_is_written(
    queue: QueuePage, qtbot: QtBot, settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = opened(queue, qtbot, settled)
    folder = tmp_path / "out"
    folder.mkdir()
    old = folder / "文书.pdf"
    old.write_bytes(b"old")
    name_place(monkeypatch, old)
    drawn: list[int] = []
    draw = notice_pdf._draw_notice

    def slowly(*args: object) -> None:
        draw(*args)  # type: ignore[arg-type]
        drawn.append(1)
        if len(drawn) == 37:
            # The person presses Esc now; the work goes on until it has been told.
            QTimer.singleShot(0, dialog, lambda: press(qtbot, Qt.Key.Key_Escape))
            until_stopped(dialog)

    monkeypatch.setattr(notice_pdf, "_draw_notice", slowly)
    press(qtbot, Qt.Key.Key_S, CTRL)
    work = dialog._work
    assert work is not None
    settled(queue._worker)
    assert dialog.isVisible(), "it stays for another try"
    assert dialog.summary.text().startswith("已取消，没有生成文件。")
    assert len(drawn) < 60
    assert [path.name for path in folder.iterdir()] == ["文书.pdf"]
    assert old.read_bytes() == b"old"
    assert told(queue) == []
    assert dialog.save_button.isEnabled()
    assert dialog.leave.text() == "取消"
    press(qtbot, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def until_stopped(dialog: NoticesDialog) -> None:
    """On the lane: until somebody has stopped the work."""
    work = dialog._work
    assert work is not None
    assert work._stop.wait(5)


def test_a_place_that_cannot_be_written_is_said_and_can_be_mended(
    queue: QueuePage, qtbot: QtBot, settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = opened(queue, qtbot, settled, 20)
    name_place(monkeypatch, tmp_path / "gone" / "x.pdf")
    press(qtbot, Qt.Key.Key_S, CTRL)
    settled(queue._worker)
    assert dialog.isVisible()
    assert "没有完成" in dialog.notices.shown()[-1].text
    name_place(monkeypatch, tmp_path / "x.pdf")
    press(qtbot, Qt.Key.Key_S, CTRL)
    settled(queue._worker)
    assert (tmp_path / "x.pdf").exists()


def test_they_are_printed_as_one_job(
    queue: QueuePage, qtbot: QtBot, settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "printed.pdf"

    def accept(dialog: QPrintDialog) -> QDialog.DialogCode:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(target))
        printer.setResolution(72)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: ["试验打印机"]))
    monkeypatch.setattr(QPrintDialog, "exec", accept)
    dialog = opened(queue, qtbot, settled, 12)
    count = len(dialog.chosen())
    press(qtbot, Qt.Key.Key_P, CTRL)
    settled(queue._worker)
    qtbot.waitUntil(lambda: queue.findChild(NoticesDialog) is None)
    assert f"文书 {count} 份，{count} 页" in told(queue)[-1]
    printed = QPdfDocument()
    printed.load(str(target))
    assert printed.pageCount() == count
    printed.close()


def test_without_a_printer_it_says_how_to_go_on(
    queue: QueuePage, qtbot: QtBot, settled: Settled, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: []))
    dialog = opened(queue, qtbot, settled, 12)
    press(qtbot, Qt.Key.Key_P, CTRL)
    assert "没有安装打印机" in dialog.notices.shown()[-1].text
    assert dialog.isVisible()


def papers_of(queue: QueuePage, count: int) -> list[bytes]:
    desk = desk_of(window_of(queue))
    return [render_notice_bytes(desk.notices.paper(key)) for key in range(1, count + 1)]


def printer_to(target: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setResolution(72)
    return printer


def test_a_withdrawn_job_prints_no_more(queue: QueuePage, tmp_path: Path) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(Refusal) as caught:
        print_papers(papers_of(queue, 5), printer_to(tmp_path / "x.pdf"), cancelled)
    assert caught.value.code == "cancelled"
    assert len(asked) == 3


def test_on_both_sides_each_begins_on_a_sheet_of_its_own(
    queue: QueuePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    papers = papers_of(queue, 3)
    printer = printer_to(tmp_path / "x.pdf")
    # A file has no back; the printer says what it was told.
    monkeypatch.setattr(QPrinter, "duplex", lambda _printer: QPrinter.DuplexMode.DuplexLongSide)
    assert print_papers(papers, printer, lambda: False) == 3
    assert len(PdfReader(tmp_path / "x.pdf").pages) == 5, "the back of the first two stays empty"
