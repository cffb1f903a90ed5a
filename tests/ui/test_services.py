"""One window for every service: the rail, the queue that changes its words, and a service that comes while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.queue_assign import AssignDialog
from desktop.ui.queue_columns import BY_ID, COLUMNS
from desktop.ui.queue_model import LEAD, ROW
from desktop.ui.queue_page import columns_key
from desktop.ui.widgets.clocks import due_mark
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .served import ME, TODAY, seventh

Settled = Callable[[DeskWorker], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SHORT = ["预审", "优先审查", "快速维权", "导航分析", "转化运用", "存证取证"]


def key(widget: object, name: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget or QApplication.focusWidget(), name, modifier)


def desk_of(window: Window) -> Desk:
    desk = window.worker._desk
    assert desk is not None
    return desk


def shown_columns(window: Window) -> set[str]:
    header = window.queue.table.header
    return {column.id for section, column in enumerate(COLUMNS) if not header.isSectionHidden(section)}


def titles(window: Window) -> list[str]:
    return [window.queue.model.headerData(BY_ID[name], Qt.Orientation.Horizontal)
            for name in ("number", "title", "type", "party", "examiner")]


def rail(window: Window) -> list[str]:
    return [window.rail.buttons[service.id].text() for service in window.context.services]


def test_the_rail_has_a_place_for_every_service(served: Window) -> None:
    assert rail(served) == SHORT
    buttons = served.rail.buttons
    assert list(buttons)[-6:] == [service.id for service in served.context.services]
    tops = [button.y() for button in (*(buttons[one.id] for one in served.context.services), buttons["sync"])]
    assert tops == sorted(tops)
    assert [buttons[name].count.text() for name in ("preexam", "priority", "navigation")] == ["3", "1", "0"]


def test_what_calls_for_somebody_has_a_mark_and_a_number(served: Window, qtbot: QtBot) -> None:
    late, reached, quiet = (served.rail.buttons[name] for name in ("enforcement", "commercialisation", "evidence"))
    assert late.alert.text() == "▲1"
    assert "超期 1" in late.accessibleName()
    assert reached.alert.text() == "◆1", "an awaited date that is there is nobody's delay"
    assert "满期 1" in reached.accessibleName()
    assert "超期" not in reached.accessibleName()
    assert quiet.alert.isHidden()
    served.resize(900, 600)
    qtbot.wait(20)
    assert late.alert.isVisible()
    assert not late.count.isVisible()
    assert late.width() >= late.alert.geometry().right()


def test_the_keys_go_to_the_services_in_order(served: Window, settled: Settled) -> None:
    for place, service in enumerate(served.context.services, 1):
        key(served, Qt.Key(Qt.Key.Key_0 + place), CTRL)
        settled(served.worker)
        assert served.queue.service.id == service.id
        assert served.rail.buttons[service.id].isChecked()
        assert QApplication.focusWidget() is served.queue.table
    key(served, Qt.Key.Key_7, CTRL)
    assert served.queue.service.id == "evidence", "there is no seventh service yet"


def test_the_last_service_is_remembered_and_so_is_what_was_asked_there(served: Window, settled: Settled) -> None:
    served.show_service("enforcement")
    served.queue.choose_view("overdue")
    settled(served.worker)
    assert served.queue.model.rowCount() == 1
    served.show_service("preexam")
    settled(served.worker)
    assert served.queue.query.view == "open"
    served.show_service("enforcement")
    settled(served.worker)
    assert served.queue.query.view == "overdue"
    served.context.save_settings()
    settled(served.worker)
    assert desk_of(served).setting(ME, "window")["queue.service"] == "enforcement"
    served.queue.show_service("preexam")
    served.context._settings["queue.service"] = "navigation"
    served.queue.start()
    assert served.queue.service.id == "navigation"


def test_a_queue_speaks_the_words_of_its_service(served: Window, settled: Settled) -> None:
    assert titles(served) == ["预审案号", "发明名称", "类型", "申请主体", "预审员"]
    served.show_service("enforcement")
    settled(served.worker)
    assert titles(served) == ["快速维权案号", "案由", "类型", "请求人", "承办人"]
    assert served.queue.model.headerData(BY_ID["type"], Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) \
        .startswith("维权类型")
    served.show_service("commercialisation")
    settled(served.worker)
    assert titles(served) == ["转化运用案号", "专利或项目名称", "方式", "专利权人", "承办人"]


def test_a_queue_has_only_the_parts_that_its_cases_can_fill(served: Window, settled: Settled) -> None:
    served.resize(1900, 900)
    assert {"round", "field", "class"} <= shown_columns(served)
    kinds = {line.value for line in served.queue.side.model.lines if line.kind == "view"}
    assert "matured" not in kinds
    assert served.queue.toolbar.buttons["window.import"].isVisible()
    served.show_service("evidence")
    settled(served.worker)
    assert not {"round", "field", "class"} & shown_columns(served)
    offered = [item.text() for item in served.queue.table.header.columns_menu().actions()]
    assert "轮次" not in offered
    assert "平台案号" not in offered
    lines = served.queue.side.model.lines
    assert {line.kind for line in lines} == {"caption", "view"}
    assert "matured" in {line.value for line in lines}
    for name in ("window.import", "queue.assign", "queue.referral"):
        assert not served.queue.toolbar.buttons[name].isVisible(), name
    assert served.queue.toolbar.buttons["window.new"].isVisible()


def test_columns_are_arranged_for_each_service_by_itself(served: Window, settled: Settled) -> None:
    header = served.queue.table.header
    header.show_column(BY_ID["region"], True)
    served.show_service("enforcement")
    settled(served.worker)
    assert header.isSectionHidden(BY_ID["region"])
    assert served.context.setting(columns_key("enforcement")) is None
    served.show_service("preexam")
    settled(served.worker)
    assert not header.isSectionHidden(BY_ID["region"])
    assert columns_key("preexam") == "queue.columns", "what was arranged before there were others stays"


def test_no_list_has_to_be_scrolled_sideways(served: Window, settled: Settled, qtbot: QtBot) -> None:
    for size in ((900, 600), (1366, 768), (1900, 900)):
        served.resize(*size)
        for service in served.context.services:
            served.show_service(service.id)
            settled(served.worker)
            header = served.queue.table.header
            assert header.length() <= served.queue.table.viewport().width(), (service.id, size)
            assert served.queue.toolbar.minimumSizeHint().width() <= served.queue.toolbar.width(), (service.id, size)
    assert {"due", "received"} <= shown_columns(served)


def test_kinds_of_matter_are_chips_or_one_button(served: Window, settled: Settled, qtbot: QtBot) -> None:
    bar = served.queue.toolbar
    assert bar.chips["发明"].isVisible()
    assert not bar.categories.isVisible()
    served.show_service("enforcement")
    settled(served.worker)
    assert not bar.chips["行政调解"].isVisible()
    assert bar.categories.isVisible()
    key(served.queue.table, Qt.Key.Key_T)
    menu = bar.categories.menu()
    qtbot.waitUntil(menu.isVisible)
    entries = [item.text().split("\t") for item in menu.actions()]
    assert entries[0] == ["全部", "2"]
    assert ["行政调解", "1"] in entries
    for _ in range(2):
        key(menu, Qt.Key.Key_Down)
    key(menu, Qt.Key.Key_Return)
    settled(served.worker)
    assert served.queue.query.category == "行政调解"
    assert served.queue.model.rowCount() == 1
    assert bar.categories.text().startswith("行政调解")


def test_an_awaited_date_that_is_there_is_not_overdue(served: Window, settled: Settled) -> None:
    served.show_service("commercialisation")
    settled(served.worker)
    row = served.queue.model.index(0, 0).data(ROW)
    assert row.matured
    assert not row.overdue
    assert due_mark(row).words == "◆ 已满期"
    assert served.queue.model.index(0, BY_ID["due"]).data() == "2026-11-22"
    assert "已满期 2026-11-22" in served.queue.brief.card.head.text()
    assert served.queue.brief.card.property("kind") == "soon"
    served.queue.choose_view("overdue")
    settled(served.worker)
    assert served.queue.model.rowCount() == 0
    served.queue.choose_view("matured")
    settled(served.worker)
    assert served.queue.model.rowCount() == 1
    late = replace(row, matured=False, overdue=True, remaining=-3)
    assert due_mark(late).mark == "▲", "only the awaited kind is let off"


def test_strategic_parties_stand_first_and_are_marked(served: Window, settled: Settled) -> None:
    assert served.queue.query.sort == LEAD
    assert served.queue.model.headerData(0, Qt.Orientation.Horizontal).endswith("★↑")
    row = replace(served.queue.model.index(0, 0).data(ROW), strategic=True)
    assert COLUMNS[BY_ID["party"]].text(row).startswith("★战略 ")
    for expected in ((("due_on", False),), (("due_on", True),), LEAD):
        served.queue.sort_by(0, False)
        settled(served.worker)
        assert served.queue.query.sort == expected
    served.queue.choose_view("strategic")
    settled(served.worker)
    assert served.queue.model.rowCount() == 0


def test_figures_that_nobody_checked_are_told_with_a_way_there(served: Window, settled: Settled) -> None:
    banner = served.queue.banner
    assert not banner.isVisible()
    served.show_service("priority")
    settled(served.worker)
    assert banner.isVisible()
    assert "尚未核对" in banner.words()
    banner.button.click()
    settled(served.worker)
    assert served.pages.currentWidget() is served.settings
    documents = served.settings.documents
    assert documents.isVisible()
    assert 'procedure = "priority"' in documents.editor.toPlainText()
    assert documents.service.currentData() == "priority"


def test_an_empty_service_says_how_to_begin(served: Window, settled: Settled) -> None:
    served.show_service("navigation")
    settled(served.worker)
    empty = served.queue.table.empty
    assert empty.isVisible()
    assert "Ctrl＋N" in empty.said.text()
    empty.button.click()
    settled(served.worker)
    dialog = served.findChild(OpeningDialog)
    assert "导航分析" in dialog.windowTitle()
    dialog.reject()


def test_assigning_says_where_a_stage_has_no_such_step(served: Window, settled: Settled) -> None:
    served.show_service("priority")
    settled(served.worker)
    key(served.queue.table, Qt.Key.Key_A)
    settled(served.worker)
    dialog = served.queue.findChild(AssignDialog)
    assert [plan.said for plan in dialog._planned] == ["“已收件”环节不能分案"]
    assert not dialog.confirm.isEnabled()
    dialog.reject()
    served.show_service("enforcement")
    settled(served.worker)
    served.queue.table.selectAll()
    key(served.queue.table, Qt.Key.Key_A)
    settled(served.worker)
    dialog = next(one for one in served.queue.findChildren(AssignDialog) if one.isVisible())
    names = [dialog.person.itemText(place) for place in range(dialog.person.count())]
    assert names == [ME, "周明"], "those who may be named there, not all examiners"
    dialog.person.setCurrentText("周明")
    key(dialog, Qt.Key.Key_Return)
    settled(served.worker)
    assert {served.queue.model.index(n, 0).data(ROW).examiner for n in range(2)} == {"周明"}


def test_a_list_for_another_platform_is_written(
    served: Window, settled: Settled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "报送.xlsx"
    asked: list[str] = []

    def answer(*given: object) -> tuple[str, str]:
        asked.append(str(given[2]))
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    served.show_service("commercialisation")
    settled(served.worker)
    assert served.queue.toolbar.buttons["queue.referral"].isVisible()
    served.queue.save_referral(*served.queue.service.referrals[0])
    settled(served.worker)
    assert asked == ["专利公开实施清单报送表 20261125.xlsx"]
    cells = [cell.value for row in load_workbook(target).active.iter_rows() for cell in row]
    assert {"案号", "专利号"} <= set(cells)
    assert "专利公开实施清单报送表" in served.notices.shown()[-1].text


def test_models_keep_qts_rules_when_the_service_changes(served: Window, settled: Settled) -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Warning
    for model in (served.queue.model, served.queue.side.model):
        QAbstractItemModelTester(model, mode, model)
    for name in ("enforcement", "evidence", "preexam", "navigation", "commercialisation"):
        served.show_service(name)
        settled(served.worker)
        assert served.queue.model.rowCount() == served.queue.tallies.of(name).views["open"]


def test_a_service_published_while_the_window_runs_is_there_at_once(
    served: Window, settled: Settled, qtbot: QtBot
) -> None:
    served.show_settings()
    served.settings.open_tab("documents")
    settled(served.worker)
    served.settings.documents.editor.setPlainText(seventh(desk_of(served)))
    served.settings.documents.publish()
    settled(served.worker)
    assert "已发布" in served.settings.documents.verdict.text(), served.settings.documents.verdict.text()
    assert rail(served) == [*SHORT, "培育辅导"]
    key(served, Qt.Key.Key_7, CTRL)
    settled(served.worker)
    assert served.queue.service.id == "training"
    assert served.pages.currentWidget() is served.queue
    assert titles(served)[0] == "培育辅导案号"
    # A case is opened, acted on and printed.
    key(served.queue.table, Qt.Key.Key_N, CTRL)
    settled(served.worker)
    dialog = served.findChild(OpeningDialog)
    for name, value in (("category", "企业导航"), ("title", "某企业辅导"), ("party", "岱青试验大学")):
        dialog.editors[name].set_value(value)
    key(dialog, Qt.Key.Key_Return, CTRL)
    settled(served.worker)
    page = served.case
    assert page.case.number == "SDPY-2026-0000001"
    assert served.rail.buttons["training"].count.text() == "1"
    key(page, Qt.Key.Key_F8)
    settled(served.worker)
    qtbot.waitUntil(page.form.isActiveWindow)
    page.form.editors["examiner"].set_value("周明")
    page.form.editors["contractor"].set_value("岱青某某研究院")
    key(page.form, Qt.Key.Key_Return, CTRL)
    settled(served.worker)
    assert page.case.stage == "PLAN"
    assert page.case.examiner == "周明"
    page.tabs.setCurrentWidget(page.record)
    with qtbot.waitSignal(page.record.ready, timeout=20_000):
        pass
    assert page.record.document.pageCount() >= 1
    record = desk_of(served).record(page.case.key, at=served.context.now())
    assert "培育辅导" in str(record)
    assert TODAY.isoformat() in str(record)
