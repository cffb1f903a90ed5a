"""Taking in a list in the window: recognised, tried, imported, mended and imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.import_dialog import ImportDialog
from desktop.ui.import_model import column_name
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

Settled = Callable[[DeskWorker], None]
HEADER = ("平台案号", "接收日期", "专利类型", "发明名称", "申请主体", "主分类号", "所在地区")


def workbook(path: Path, rows: int = 12, header: tuple[str, ...] = HEADER, faulty: tuple[int, ...] = (5,)) -> Path:
    """A list under a title row; ``faulty`` rows (sheet numbers) carry a month instead of a day."""
    book = Workbook()
    sheet = book.active
    sheet.append(["某平台导出表"])
    sheet.append(list(header))
    for number in range(3, rows + 3):
        day = "2026年3月" if number in faulty else "2026-03-10"
        sheet.append([f"YS3700203{number:08d}", day, "发明", f"一种清单中的装置{number}", "岱青某某公司", "G06F 9/50",
                      "岱青市"])
    book.save(path)
    return path


@pytest.fixture
def make(window: Window, qtbot: QtBot, settled: Settled) -> Iterator[Callable[[Path], ImportDialog]]:
    """Open the dialog on a file and wait for the dry run."""
    made: list[ImportDialog] = []

    def opened(path: Path) -> ImportDialog:
        dialog = ImportDialog(window.context, path, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        made.append(dialog)
        dialog.open()
        qtbot.waitUntil(lambda: dialog._work is None, timeout=20_000)
        settled(window.worker)
        return dialog

    yield opened
    for dialog in made:
        dialog.close()
        dialog.deleteLater()


def count(window: Window) -> int:
    assert window.worker._desk is not None
    desk = window.worker._desk
    return sum(desk.counts("preexam", actor="", today=window.context.today()).types.values())


def test_a_list_is_tried_taken_in_and_adds_nothing_the_second_time(
    make: Callable[[Path], ImportDialog], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "清单.xlsx")
    before = count(window)
    dialog = make(path)
    report = dialog.report
    assert report is not None
    assert report.dry_run
    assert (report.read, report.new, report.refused) == (12, 11, 1)
    assert count(window) == before, "a dry run writes nothing"
    first = dialog.rows.table.texts.rows[0]
    assert first.cells[0] == "5", "what has to be mended stands first"
    assert "接收日期" in first.cells[4]
    qtbot.waitUntil(dialog.isActiveWindow)
    assert QApplication.focusWidget() is dialog.take_button
    with qtbot.waitSignal(dialog.imported, timeout=10_000):
        qtbot.keyClick(dialog.take_button, Qt.Key.Key_Return)
    settled(window.worker)
    assert count(window) == before + 11
    assert "新收 11" in dialog.heard()
    assert not dialog.take_button.isVisible()
    again = make(path)
    assert again.report is not None
    assert (again.report.new, again.report.unchanged) == (0, 11)
    assert not again.take_button.isEnabled()


def test_refused_rows_are_shown_alone_and_go_into_a_copy(
    make: Callable[[Path], ImportDialog], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    path = workbook(tmp_path / "清单.xlsx", faulty=(5, 8))
    original = path.read_bytes()
    dialog = make(path)
    dialog.rows.filter_buttons["refused"].click()
    assert [row.cells[0] for row in dialog.rows.table.texts.rows] == ["5", "8"]
    target = tmp_path / "副本.xlsx"
    dialog.save_copy_to(target)
    qtbot.waitUntil(lambda: dialog._work is None, timeout=10_000)
    words = [str(cell.value) for row in load_workbook(target).active.iter_rows() for cell in row]
    assert sum("只写到月" in word for word in words) == 2
    assert path.read_bytes() == original


def test_a_missing_column_is_named_and_can_be_pointed_at(
    make: Callable[[Path], ImportDialog], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    header = ("平台案号", "到达", "专利类型", "发明名称", "申请主体", "主分类号", "所在地区")
    path = workbook(tmp_path / "别的表头.xlsx", header=header, faulty=())
    dialog = make(path)
    assert dialog.report is None
    assert "接收日期" in dialog.heard()
    assert not dialog.take_button.isEnabled()
    combo = dialog.mapping.combos["received_on"]
    assert combo.hasFocus() or not dialog.isActiveWindow()
    place = next(row for row in range(combo.count()) if "到达" in combo.itemText(row))
    combo.setCurrentIndex(place)
    combo.activated.emit(place)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=10_000)
    assert dialog.report is not None
    assert dialog.report.new == 12
    with qtbot.waitSignal(dialog.imported, timeout=10_000):
        dialog.take_in()
    later = make(workbook(tmp_path / "下一批.xlsx", rows=14, header=header, faulty=()))
    assert later.report is not None
    assert later.report.new == 2, "the mapping was remembered for this header"


def test_cancelling_keeps_what_was_committed_and_says_so(
    make: Callable[[Path], ImportDialog], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    dialog = make(workbook(tmp_path / "大清单.xlsx", rows=900, faulty=()))
    before = count(window)
    dialog.take_in()
    assert dialog._work is not None
    dialog._work.progressed.connect(lambda done, _total: dialog.cancel())
    qtbot.waitUntil(lambda: dialog._work is None, timeout=20_000)
    settled(window.worker)
    taken = count(window) - before
    assert 0 < taken < 900
    assert f"先前的 {taken} 件" in dialog.heard()
    assert f"其余 {900 - taken} 件" in dialog.heard()


def test_a_file_that_is_no_list_is_refused_with_a_sentence(
    make: Callable[[Path], ImportDialog], tmp_path: Path, qtbot: QtBot,
) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing of the kind")
    dialog = make(path)
    assert dialog.heard()
    assert dialog.source is None
    assert dialog._heard.property("level") == "error"
    dialog.load(tmp_path / "没有.xlsx")
    qtbot.waitUntil(lambda: dialog._work is None, timeout=10_000)
    assert dialog.source is None
    assert dialog.heard()


def test_leaving_in_the_middle_stops_the_work_first(
    make: Callable[[Path], ImportDialog], window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    dialog = make(workbook(tmp_path / "清单.xlsx", rows=600, faulty=()))
    dialog.take_in()
    dialog.reject()
    assert dialog.isVisible(), "it waits for the chunk that is being written"
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=10_000)
    settled(window.worker)


def test_the_table_of_rows_is_a_sound_model(make: Callable[[Path], ImportDialog], tmp_path: Path) -> None:
    dialog = make(workbook(tmp_path / "清单.xlsx"))
    tester = QAbstractItemModelTester(dialog.rows.table.texts, QAbstractItemModelTester.FailureReportingMode.Warning)
    dialog.rows.filter_buttons["refused"].click()
    dialog.rows.filter_buttons[""].click()
    tester.deleteLater()


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_called_as_a_spreadsheet_calls_them(index: int, name: str) -> None:
    assert column_name(index) == name


def test_the_real_list_reads_as_promised(
    make: Callable[[Path], ImportDialog], shared: Path,
) -> None:
    dialog = make(shared / "data" / "intake-shandong.xlsx")
    report = dialog.report
    assert report is not None
    assert report.read == report.new + report.changed + report.unchanged + report.refused == 1200
    assert all(row.reasons for row in report.rows if row.verdict == "refused")
    other = make(shared / "data" / "incopat-3816.xlsx")
    assert other.report is None
    assert "接收日期" in other.heard()
