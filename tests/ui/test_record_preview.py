"""The record on the screen, in a file and on a printer are the pages of one PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from pytestqt.qtbot import QtBot

from desktop.reports.files import write_whole
from desktop.reports.reading import extract_words, read_seal
from desktop.ui.printing import print_pages
from desktop.ui.record_preview import RecordPreview
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

Settled = Callable[[DeskWorker], None]


@pytest.fixture
def preview(window: Window, qtbot: QtBot) -> Iterator[RecordPreview]:
    preview = RecordPreview(window.context, 1, "SDYS-0001", window)
    preview.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    with qtbot.waitSignal(preview.view.ready, timeout=20_000):
        preview.show()
    yield preview
    preview.close()
    preview.deleteLater()


def test_the_saved_file_is_the_shown_one_and_carries_its_seal(
    preview: RecordPreview, qtbot: QtBot, tmp_path: Path,
) -> None:
    view = preview.view
    assert view.document.pageCount() >= 1
    assert f"共 {view.document.pageCount()} 页" in view._page.text()
    target = tmp_path / "记录单.pdf"
    view.save_to(target)
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(view._context.worker.idle)
    assert target.read_bytes() == view._content
    assert "岱青" in extract_words(target)
    assert read_seal(target)


def test_without_a_printer_it_says_how_to_go_on(preview: RecordPreview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(lambda: []))
    preview.view.print()
    told = preview.view._notices.shown()[-1]
    assert "没有安装打印机" in told.text


def test_every_page_reaches_the_printer_at_its_resolution(preview: RecordPreview, tmp_path: Path) -> None:
    target = tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printer.setResolution(150)
    assert print_pages(preview.view.document, printer) == preview.view.document.pageCount()
    printed = QPdfDocument()
    printed.load(str(target))
    assert printed.pageCount() == preview.view.document.pageCount()
    shown = printed.render(0, printed.pagePointSize(0).toSize())
    dark = sum(shown.pixelColor(x, y).lightness() < 128 for x in range(0, shown.width(), 3)
               for y in range(0, shown.height(), 3))
    assert dark > 50, "the paper is not blank"
    printed.close()


def test_zooming_starts_from_what_is_on_the_screen(preview: RecordPreview) -> None:
    view = preview.view
    view.fit_width()
    before = view._width_factor()
    view.zoom(1.2)
    assert view.pages.zoomFactor() == pytest.approx(before * 1.2, rel=0.01)
    view.fit_width()
    assert view.pages.zoomMode() == QPdfView.ZoomMode.FitToWidth


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    write_whole(target, b"new")
    assert target.read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a.pdf", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
