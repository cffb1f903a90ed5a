"""The queue screen by keyboard: find, sort, filter, copy, keep one's place, assign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app.queue_views import QueueQuery
from desktop.ui.queue_assign import AssignDialog
from desktop.ui.queue_columns import BY_ID, COLUMNS
from desktop.ui.queue_copy import one_line
from desktop.ui.queue_model import PAGE, PLACEHOLDER, ROW
from desktop.ui.queue_page import QueuePage
from desktop.ui.queue_side import LINE, UNNAMED
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import TODAY

Settled = Callable[[DeskWorker], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def queue(window: Window) -> QueuePage:
    return window.queue


def titles(queue: QueuePage, count: int = 5) -> list[str]:
    return [queue.model.index(row, BY_ID["title"]).data() for row in range(min(count, queue.model.rowCount()))]


def click_header(queue: QueuePage, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    header = queue.table.header
    section = BY_ID[name]
    spot = QPoint(header.sectionViewportPosition(section) + header.sectionSize(section) // 2, 8)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, modifier, spot)


def test_the_model_keeps_qts_rules(queue: QueuePage, settled: Settled) -> None:
    tester = QAbstractItemModelTester(
        queue.model, QAbstractItemModelTester.FailureReportingMode.Warning, queue.model)
    queue.choose_view("all")
    settled(queue._worker)
    queue.search("003")
    settled(queue._worker)
    queue.clear_filters()
    queue.refresh()
    settled(queue._worker)
    assert queue.model.rowCount() == 130
    assert tester.model() is queue.model
    side = QAbstractItemModelTester(
        queue.side.model, QAbstractItemModelTester.FailureReportingMode.Warning, queue.side.model)
    queue.refresh()
    settled(queue._worker)
    assert side.model() is queue.side.model


def test_rows_beyond_the_first_page_come_when_they_are_seen(queue: QueuePage, settled: Settled) -> None:
    assert queue.model.complete
    assert len(queue.model.keys) == 130
    last = queue.model.index(129, BY_ID["title"])
    queue.model._rows.pop(queue.model.keys[129], None)
    assert last.data() == PLACEHOLDER
    settled(queue._worker)
    assert last.data().startswith("一种用于试验的装置")
    assert PAGE < 130, "the made-up desk must be longer than a page"


def test_most_urgent_stands_first_and_is_explained(queue: QueuePage) -> None:
    first = queue.model.index(0, 0)
    assert first.data().startswith("▲ −")
    assert queue.brief.case is not None
    assert queue.brief.case.key == queue.model.keys[0]
    assert queue.brief.card.property("kind") == "overdue"
    assert not queue.brief.card.account.isVisible()
    QTest.keyClick(queue.table, Qt.Key.Key_W)
    assert queue.brief.card.account.isVisible()
    assert "依据" in queue.brief.card.account.text()


def test_keys_of_a_spreadsheet(queue: QueuePage, settled: Settled) -> None:
    table = queue.table
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 129
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_Down, CTRL)
    assert table.currentIndex().row() == 129
    QTest.keyClick(table, Qt.Key.Key_Home, SHIFT)
    assert len(table.selected_keys()) == 130
    settled(queue._worker)
    QTest.keyClick(table, Qt.Key.Key_Up, CTRL)
    assert table.selected_numbers() == [0]


def test_the_brief_follows_the_cursor(queue: QueuePage, settled: Settled) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_Down)
    QTest.keyClick(queue.table, Qt.Key.Key_Down)
    settled(queue._worker)
    assert queue.brief.case is not None
    assert queue.brief.case.key == queue.model.keys[2]
    assert queue.brief.number.text() == queue.model.index(2, BY_ID["number"]).data()


def test_copied_rows_paste_as_a_table(queue: QueuePage, settled: Settled) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(queue.table, Qt.Key.Key_C, CTRL)
    settled(queue._worker)
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    header = lines[0].split("\t")
    assert header[:3] == ["余日", "预审案号", "发明名称"]
    assert all(len(line.split("\t")) == len(header) for line in lines)
    assert lines[1].split("\t")[1] == queue.model.index(0, BY_ID["number"]).data()


def test_a_copied_cell_stays_text() -> None:
    assert one_line("=1+1") == "'=1+1"
    assert one_line("a\tb\nc") == "a b c"


def test_sorting_by_click_and_a_second_column(queue: QueuePage, settled: Settled) -> None:
    click_header(queue, "number")
    settled(queue._worker)
    assert queue.query.sort == (("number", False),)
    numbers = [queue.model.index(row, BY_ID["number"]).data() for row in range(50)]
    assert numbers == sorted(numbers)
    click_header(queue, "number")
    settled(queue._worker)
    assert queue.query.sort == (("number", True),)
    assert queue.model.headerData(BY_ID["number"], Qt.Orientation.Horizontal).endswith("↓")
    click_header(queue, "type")
    click_header(queue, "number", SHIFT)
    settled(queue._worker)
    assert queue.query.sort == (("category", False), ("number", False))
    assert queue.model.headerData(BY_ID["number"], Qt.Orientation.Horizontal).endswith("2")


def test_every_sortable_and_filterable_column_is_known_to_the_store(queue: QueuePage, settled: Settled) -> None:
    bugs: list[object] = []
    queue._worker.bug.connect(bugs.append)
    for column in COLUMNS:
        changes: dict[str, object] = {}
        if column.sort:
            changes["sort"] = ((column.sort, True),)
        if column.filter:
            changes["columns"] = {column.filter: "2"}
        queue.model.ask(replace(QueueQuery(), **changes))  # type: ignore[arg-type]
        settled(queue._worker)
    assert bugs == []


def test_filters_by_column(queue: QueuePage, settled: Settled) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_L, CTRL | SHIFT)
    header = queue.table.header
    assert header.filtering
    focused = QApplication.focusWidget()
    assert focused in header.editors.values()
    title = header.editors[BY_ID["title"]]
    assert title.isVisible()
    assert title.x() == header.sectionViewportPosition(BY_ID["title"])
    title.setFocus()
    QTest.keyClicks(title, "01")
    QTest.keyClick(title, Qt.Key.Key_Return)
    settled(queue._worker)
    assert queue.query.columns == {"title": "01"}
    assert queue.model.rowCount() == 12
    assert all("01" in title for title in titles(queue, 12))
    assert QApplication.focusWidget() is queue.table
    QTest.keyClick(queue.table, Qt.Key.Key_L, CTRL | SHIFT)
    settled(queue._worker)
    assert queue.model.rowCount() == 130
    assert not header.filtering


def test_search_from_anywhere_and_back(window: Window, queue: QueuePage, settled: Settled) -> None:
    QTest.keyClick(queue.table, Qt.Key.Key_F, CTRL)
    search = window.top.search
    assert QApplication.focusWidget() is search
    QTest.keyClicks(search, "012")
    QTest.keyClick(search, Qt.Key.Key_Return)
    settled(queue._worker)
    assert queue.query.search == "012"
    assert any("之012号" in title for title in titles(queue, 50))
    assert 0 < queue.model.rowCount() < 130
    assert QApplication.focusWidget() is queue.table
    QTest.keyClick(queue.table, Qt.Key.Key_F, CTRL)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    settled(queue._worker)
    assert queue.query.search == ""
    assert queue.model.rowCount() == 130


def test_fields_and_views_narrow_the_list(queue: QueuePage, settled: Settled) -> None:
    lines = queue.side.model.lines
    whole = next(line for line in lines if line.kind == "field" and line.value == "")
    assert whole.count == 130
    assert sum(line.count or 0 for line in lines if line.kind == "field" and line.value) == 130
    part = next(line for line in lines if line.kind == "field" and line.value not in ("", UNNAMED) and line.count)
    row = lines.index(part)
    queue.side.list.setCurrentIndex(queue.side.model.index(row))
    queue.side.list.setFocus()
    QTest.keyClick(queue.side.list, Qt.Key.Key_Return)
    settled(queue._worker)
    assert queue.query.field == part.value
    assert queue.model.rowCount() == part.count
    queue.side.list.clicked.emit(queue.side.model.index(0 + lines.index(whole)))
    settled(queue._worker)
    late = next(line for line in lines if line.value == "overdue")
    queue.choose_view("overdue")
    settled(queue._worker)
    assert queue.model.rowCount() == late.count
    assert queue.side.model.index(lines.index(late)).data(LINE).label == "超期"


def test_cases_without_a_field_can_be_found(queue: QueuePage, settled: Settled) -> None:
    unnamed = next(line for line in queue.side.model.lines if line.value == UNNAMED)
    queue.side.field_chosen.emit(UNNAMED)
    settled(queue._worker)
    assert queue.model.rowCount() == unnamed.count
    assert all(queue.model.index(row, 0).data(ROW).field == "" for row in range(min(5, queue.model.rowCount())))


def test_type_chips(queue: QueuePage, settled: Settled) -> None:
    queue.toolbar.chips["外观设计"].click()
    settled(queue._worker)
    assert queue.query.category == "外观设计"
    assert queue.model.rowCount() == 43
    queue.toolbar.chips["外观设计"].click()
    settled(queue._worker)
    assert queue.query.category == ""


def test_the_place_is_kept_when_something_moves(queue: QueuePage, settled: Settled) -> None:
    queue.table._select([3, 4, 7])
    queue.table.setCurrentIndex(queue.model.index(7, 0))
    queue.table._select([3, 4, 7])
    queue.table.verticalScrollBar().setValue(2)
    kept, current = queue.table.selected_keys(), queue.table.current_key()
    top = queue.model.keys[queue.table.rowAt(0)]
    first = queue.model.keys[0]
    queue._worker.write(
        lambda desk: desk.act(first, "withdraw", {"reason": "撤回"}, actor="林知远", on=TODAY, today=TODAY),
        origin="test",
    )
    settled(queue._worker)
    assert queue.model.rowCount() == 129
    assert first not in queue.model.keys
    assert queue.table.selected_keys() == kept
    assert queue.table.current_key() == current
    assert queue.model.keys[queue.table.rowAt(0)] == top


def test_the_successor_takes_the_place_of_a_case_that_left(queue: QueuePage, settled: Settled) -> None:
    queue.table.selectRow(4)
    leaving, successor = queue.model.keys[4], queue.model.keys[5]
    queue._worker.write(
        lambda desk: desk.act(leaving, "withdraw", {"reason": "撤回"}, actor="林知远", on=TODAY, today=TODAY)
    )
    settled(queue._worker)
    assert queue.table.current_key() == successor


def test_nothing_found_says_so_and_offers_a_way_back(queue: QueuePage, settled: Settled) -> None:
    queue.search("不存在的名称")
    settled(queue._worker)
    empty = queue.table.empty
    assert empty.isVisible()
    assert "不存在的名称" in empty.said.text()
    empty.button.click()
    settled(queue._worker)
    assert queue.model.rowCount() == 130
    assert not empty.isVisible()


def test_arranged_columns_are_remembered_for_the_person(
    window: Window, queue: QueuePage, settled: Settled, qtbot: QtBot
) -> None:
    header = queue.table.header
    assert header.arrangement() == {}
    header.show_column(BY_ID["platform"], True)
    header.moveSection(header.visualIndex(BY_ID["platform"]), 1)
    window.context.save_settings()
    settled(queue._worker)
    header.arrange({})
    assert header.isSectionHidden(BY_ID["platform"])
    window.context.load_settings()
    settled(queue._worker)
    assert not header.isSectionHidden(BY_ID["platform"])
    assert header.visualIndex(BY_ID["platform"]) == 1
    window.context.become("周明")
    settled(queue._worker)
    assert header.isSectionHidden(BY_ID["platform"])


def test_columns_fit_the_width(window: Window, queue: QueuePage, qtbot: QtBot) -> None:
    header = queue.table.header
    window.resize(1920, 1080)
    qtbot.wait(50)
    wide = [column.id for section, column in enumerate(COLUMNS) if not header.isSectionHidden(section)]
    window.resize(1366, 768)
    qtbot.wait(50)
    narrow = [column.id for section, column in enumerate(COLUMNS) if not header.isSectionHidden(section)]
    assert set(narrow) < set(wide)
    assert {"remaining", "number", "title", "stage", "examiner"} <= set(narrow)
    assert header.length() <= queue.table.viewport().width()
    assert not queue.brief.isHidden()
    window.resize(900, 600)
    qtbot.wait(50)
    assert queue.brief.isHidden()
    assert queue.toolbar.minimumSizeHint().width() <= queue.toolbar.width()


def test_assigning_says_per_case_what_will_happen(queue: QueuePage, settled: Settled, qtbot: QtBot) -> None:
    first = queue.model.keys[0]
    queue._worker.write(
        lambda desk: desk.act(first, "accept", {"checklist": "符合"}, actor="林知远", on=TODAY, today=TODAY)
    )
    settled(queue._worker)
    queue.choose_view("all")
    settled(queue._worker)
    numbers = [queue.model.number_of(first), (queue.model.number_of(first) + 1) % 130]
    queue.table._select(sorted(numbers))
    QTest.keyClick(queue.table, Qt.Key.Key_A)
    dialog = queue.findChild(AssignDialog)
    settled(queue._worker)
    plans = {plan.key: plan for plan in dialog._planned}
    assert plans[first].allowed
    assert sum(plan.allowed for plan in plans.values()) == 1
    assert all(plan.said for plan in plans.values())
    dialog.person.setCurrentText("周明")
    assert dialog.confirm.isEnabled()
    assert "周明" in dialog.confirm.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settled(queue._worker)
    assert queue.model.known(first) is None or queue.model.known(first).examiner == "周明"  # type: ignore[union-attr]
    assert queue._context.notices.shown()[-1].text == "已将 1 件分给周明"


def test_next_takes_the_most_urgent_that_waits_for_me(queue: QueuePage, settled: Settled) -> None:
    opened: list[int] = []
    queue.open_wanted.disconnect()
    queue.open_wanted.connect(opened.append)
    QTest.keyClick(queue.table, Qt.Key.Key_N)
    settled(queue._worker)
    assert opened == [queue.model.keys[0]]
