"""The settings: a new calendar year with its effect, documents, people, care of the data, looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.queue_views import StaffMember
from desktop.app.views import MovedLimit
from desktop.core.configuration import Kind
from desktop.core.refusal import Refusal
from desktop.ui.case_fields import ChoiceField
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.settings_page import SettingsPage
from desktop.ui.settings_publish import moved_rows
from desktop.ui.settings_text import calendar_document, calendar_rows, calendar_text, staff_document
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

Settled = Callable[[DeskWorker], None]
HOLIDAYS = (
    ("元旦", "2027-01-01", 3), ("春节", "2027-02-06", 7), ("清明节", "2027-04-03", 3), ("劳动节", "2027-05-01", 5),
    ("端午节", "2027-06-09", 1), ("中秋节", "2027-09-15", 1), ("国庆节", "2027-10-01", 7),
)


def year_rows() -> list[tuple[str, str, str, str]]:
    """A made-up but complete year 2027."""
    rows = []
    for name, first, days in HOLIDAYS:
        start = date.fromisoformat(first).toordinal()
        rows += [(date.fromordinal(start + day).isoformat(), "放假", name, "试验〔2026〕1号") for day in range(days)]
    rows.append(("2027-02-20", "补班", "春节", "试验〔2026〕1号"))
    return rows


def year_text(gap: str = "，") -> str:
    return "\n".join(gap.join(row) for row in [("日期", "类型", "名称", "依据"), *year_rows()])


@pytest.fixture
def page(window: Window, settled: Settled) -> SettingsPage:
    window.show_settings()
    settled(window.worker)
    assert window.settings is not None
    return window.settings


def desk_of(window: Window) -> Desk:
    assert window.worker._desk is not None
    return window.worker._desk


def test_every_subject_opens_by_keyboard(page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled) -> None:
    page.names.setFocus()
    seen = []
    for _ in range(page.names.count()):
        settled(window.worker)
        seen.append(page._title.text())
        qtbot.keyClick(page.names, Qt.Key.Key_Down)
    assert seen == ["工作日历", "中心文件", "待核对", "人员", "同步", "时间戳证书", "数据", "外观"]


def test_a_pasted_year_is_checked_published_and_moves_provisional_dates(
    page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    settings = page.calendar
    assert settings.years.texts.rows[0].cells[0] == "2026"
    settings.editor.setPlainText("2027-01-01，放假，元旦\n2027-13-01，放假，元旦")
    settings.check()
    assert "2 行" in settings.verdict.text()
    settings.editor.setPlainText(year_text())
    settings.check()
    settled(window.worker)
    assert "可以发布" in settings.verdict.text(), settings.verdict.text()
    settings.publish()
    settled(window.worker)
    assert "已发布第 1 版" in settings.verdict.text()
    assert settings.years.texts.rows[0].cells[0] == "2027"
    assert desk_of(window).calendar_years()[0].basis == "试验〔2026〕1号"


def test_a_year_comes_from_a_workbook_or_a_document(
    page: SettingsPage, window: Window, settled: Settled, tmp_path: Path,
) -> None:
    book = Workbook()
    book.active.append(["日期", "类型", "名称", "依据文号"])
    for day, *rest in year_rows():
        book.active.append([date.fromisoformat(day), *rest])
    book.save(tmp_path / "2027.xlsx")
    page.calendar.read_file(tmp_path / "2027.xlsx")
    settled(window.worker)
    settled(window.worker)
    assert calendar_rows(page.calendar.editor.toPlainText()) == year_rows()
    assert "可以发布" in page.calendar.verdict.text()
    whole = calendar_document(year_text(), basis="", checked_on="2026-11-20", status="已核对")
    (tmp_path / "2027.toml").write_text(whole, "utf-8")
    assert calendar_document(calendar_text(tmp_path / "2027.toml"), basis="x", checked_on="", status="") == whole
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal):
        calendar_text(tmp_path / "bad.toml")


@pytest.mark.parametrize("gap", ["，", ",", "\t", "  "])
def test_pasted_rows_may_be_parted_in_any_usual_way(gap: str) -> None:
    assert calendar_rows(year_text(gap)) == year_rows()


def test_moved_limits_are_told_with_what_is_still_provisional() -> None:
    rows = moved_rows((
        MovedLimit("SDYS-1", "审查", date(2027, 1, 4), date(2027, 1, 6), True, False),
        MovedLimit("SDYS-2", "登记", date(2028, 1, 4), date(2028, 1, 5), True, True),
    ))
    assert "暂定转为确定" in rows[0].cells[4]
    assert "2027-01-06" in rows[0].cells[3]
    assert "仍为暂定" in rows[1].cells[4]
    assert rows[1].level == "soon"


def test_a_document_is_edited_checked_and_published(page: SettingsPage, window: Window, settled: Settled) -> None:
    page.open_tab("documents")
    settled(window.worker)
    documents = page.documents
    kinds = [row.key for row in documents.table.texts.rows]
    documents.table.selectRow(kinds.index("centre"))
    settled(window.worker)
    text = documents.editor.toPlainText()
    assert "岱青市知识产权保护中心" in text
    documents.editor.setPlainText("this is = = nothing")
    documents.check()
    settled(window.worker)
    assert documents.verdict.property("level") == "error"
    documents.editor.setPlainText(text.replace("岱青市知识产权保护中心", "岱青市知识产权保护中心（新址）"))
    documents.publish()
    settled(window.worker)
    assert "已发布" in documents.verdict.text(), documents.verdict.text()
    assert desk_of(window).centre.endswith("（新址）")


def test_what_nobody_has_checked_is_listed(page: SettingsPage, window: Window, settled: Settled) -> None:
    page.open_tab("unchecked")
    settled(window.worker)
    assert page.unchecked.list.count() == len(desk_of(window).unchecked()) > 0
    page.unchecked.service.setCurrentIndex(page.unchecked.service.findData("priority"))
    page.unchecked.service.activated.emit(page.unchecked.service.currentIndex())
    settled(window.worker)
    assert page.unchecked.list.count() == len(desk_of(window).unchecked("priority"))


def test_a_document_of_one_service_is_chosen_changed_and_published(
    page: SettingsPage, window: Window, settled: Settled
) -> None:
    page.open_tab("documents")
    settled(window.worker)
    documents = page.documents
    kinds = [str(row.key) for row in documents.table.texts.rows]
    documents.table.selectRow(kinds.index("limits"))
    settled(window.worker)
    assert documents.service.isVisible()
    assert documents.service.currentData() == "preexam"
    documents.service.setCurrentIndex(documents.service.findData("priority"))
    documents.service.activated.emit(documents.service.currentIndex())
    settled(window.worker)
    text = documents.editor.toPlainText()
    assert 'procedure = "priority"' in text
    documents.editor.setPlainText(text + "\n# 尚在核对\n")
    documents.service.setCurrentIndex(documents.service.findData("preexam"))
    documents.service.activated.emit(documents.service.currentIndex())
    settled(window.worker)
    assert 'procedure = "preexam"' in documents.editor.toPlainText()
    documents.service.setCurrentIndex(documents.service.findData("priority"))
    documents.service.activated.emit(documents.service.currentIndex())
    settled(window.worker)
    assert "尚在核对" in documents.editor.toPlainText(), "a change is kept for each service by itself"
    documents.publish()
    settled(window.worker)
    assert "已发布" in documents.verdict.text(), documents.verdict.text()
    listed = {str(row.key): row.cells[0] for row in documents.table.texts.rows}
    assert "优先审查" in listed["limits/priority"]
    assert documents.service.currentData() == "priority", "one stays where one was"
    documents.table.selectRow(list(listed).index("centre"))
    settled(window.worker)
    assert not documents.service.isVisible()


def test_every_kind_of_document_can_be_looked_at(page: SettingsPage, window: Window, settled: Settled) -> None:
    page.open_tab("documents")
    settled(window.worker)
    documents = page.documents
    kinds = [str(row.key) for row in documents.table.texts.rows]
    assert set(kinds) == {kind.value for kind in Kind}
    for position, kind in enumerate(kinds):
        documents.table.selectRow(position)
        settled(window.worker)
        assert f'kind = "{kind}"' in documents.editor.toPlainText()
    documents.table.selectRow(kinds.index("service"))
    assert "多一项业务" in documents.verdict.text()


def test_industry_chains_are_offered_once_they_are_published(
    page: SettingsPage, window: Window, settled: Settled
) -> None:
    page.open_document("chains")
    settled(window.worker)
    text = page.documents.editor.toPlainText()
    page.documents.editor.setPlainText(text.replace("产业链名称", "某试验产业链"))
    page.documents.publish()
    settled(window.worker)
    assert "已发布" in page.documents.verdict.text(), page.documents.verdict.text()
    window.open_opening("preexam")
    settled(window.worker)
    dialog = window.findChild(OpeningDialog)
    assert isinstance(dialog.editors["industry_chain"], ChoiceField)
    dialog.editors["industry_chain"].set_value("某试验产业链")
    assert dialog.editors["industry_chain"].value() == "某试验产业链"
    dialog.reject()


def test_the_staff_list_is_published_from_the_page(
    page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    page.open_tab("staff")
    settled(window.worker)
    people = page.staff.people
    assert [member.name for member in people.members()] == ["林知远", "周明"]
    people.lines[1].name.setText("周明（二科）")
    with qtbot.waitSignal(page.staff_changed, timeout=10_000):
        page.staff.publish_button.click()
    settled(window.worker)
    assert [member.name for member in window.context.staff] == ["林知远", "周明（二科）"]
    people.lines[0].boxes["管理员"].setChecked(False)
    page.staff.publish_button.click()
    assert "管理员" in page.staff.verdict.text()


def test_changed_people_are_kept_until_published_or_given_up(
    page: SettingsPage, window: Window, settled: Settled,
) -> None:
    page.open_tab("staff")
    settled(window.worker)
    page.staff.people.lines[1].name.setText("周明（二科）")
    page.open_tab("data")
    page.open_tab("staff")
    settled(window.worker)
    assert page.staff.people.members()[1].name == "周明（二科）"
    window.context.become("周明")
    settled(window.worker)
    assert page.staff.people.members()[1].name == "周明", "another person does not find somebody's half-done list"
    window.context.become("林知远")
    settled(window.worker)
    assert page.staff.people.members()[1].name == "周明（二科）"
    assert "没有发布" in page.staff.verdict.text()
    page.staff.discard()
    settled(window.worker)
    assert page.staff.people.members()[1].name == "周明"
    assert not page.staff.discard_button.isVisible()


def test_a_changed_document_is_kept_when_another_line_is_looked_at(
    page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled,
) -> None:
    page.open_tab("documents")
    settled(window.worker)
    documents = page.documents
    kinds = [row.key for row in documents.table.texts.rows]
    centre, other = kinds.index("centre"), kinds.index("staff")
    documents.table.selectRow(centre)
    settled(window.worker)
    original = documents.editor.toPlainText()
    qtbot.keyClicks(documents.editor, "# ")
    documents.table.selectRow(other)
    settled(window.worker)
    assert documents.editor.toPlainText() != original
    assert not documents.discard_button.isVisible()
    documents.table.selectRow(centre)
    settled(window.worker)
    assert documents.editor.toPlainText() == "# " + original
    assert "没有发布" in documents.verdict.text()
    documents.discard()
    settled(window.worker)
    assert documents.editor.toPlainText() == original


def test_a_new_year_moves_provisional_limits_and_lists_them(
    window: Window, settled: Settled,
) -> None:
    desk = desk_of(window)
    late = date(2026, 12, 31)
    case = desk.case(1, actor="林知远", today=late)
    desk.act(1, "accept", {"checklist": "符合"}, actor="林知远", on=late, today=late)
    desk.act(1, "assign", {"examiner": "林知远"}, actor="林知远", on=late, today=late)
    before = desk.case(1, actor="林知远", today=late)
    assert before.provisional
    window.show_settings()
    settled(window.worker)
    settings = window.settings.calendar
    settings.editor.setPlainText(year_text())
    settings.publish()
    settled(window.worker)
    after = desk.case(1, actor="林知远", today=late)
    assert not after.provisional
    assert after.due_on != before.due_on
    assert "日期有变" in settings.verdict.text()
    listed = [row.cells for row in settings.moved.texts.rows if row.cells[0] == case.number]
    assert any(cells[2] == f"{before.due_on} 暂定" and cells[3] == str(after.due_on) for cells in listed), listed
    assert settings.moved.isVisible()


def test_only_an_administrator_publishes(page: SettingsPage, window: Window, settled: Settled) -> None:
    window.context.become("周明")
    page.open_tab("staff")
    settled(window.worker)
    page.staff.publish_button.click()
    settled(window.worker)
    assert page.staff.verdict.property("level") == "error"
    assert "管理员" in page.staff.verdict.text()


def test_the_data_are_verified_backed_up_and_rebuilt(
    page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled, tmp_path: Path,
) -> None:
    page.open_tab("data")
    settled(window.worker)
    page.data.verify()
    assert not page.data.backup_button.isEnabled()
    settled(window.worker)
    assert "核验通过" in page.data.verdict.text()
    assert "检查了" in page.data.verdict.text()
    target = tmp_path / "a.ksbak"
    page.data.backup(target)
    settled(window.worker)
    assert target.stat().st_size > 10_000
    assert "已备份" in page.data.verdict.text()
    page.data.backup(target / "inside a file.ksbak")
    settled(window.worker)
    assert page.data.verdict.property("level") == "error"
    page.data.rebuild()
    settled(window.worker)
    assert "重建" in page.data.verdict.text()
    assert page.data.rebuild_button.isEnabled()


def test_the_looks_change_at_once(page: SettingsPage, window: Window, qtbot: QtBot, settled: Settled) -> None:
    page.open_tab("appearance")
    qtbot.mouseClick(page.appearance.buttons["dark"], Qt.MouseButton.LeftButton)
    page.appearance.buttons["dark"].click()
    assert window.theme.palette.name == "dark"
    assert window.context.setting("theme") == "dark"
    assert QApplication.palette().window().color().lightness() < 60


def test_a_staff_document_says_names_and_roles() -> None:
    text = staff_document((StaffMember("甲", ("管理员",)),))
    assert 'kind = "staff"' in text
    assert "甲" in text
