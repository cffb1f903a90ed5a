"""Every step of a party through its form by keyboard; a refusal stands at its field and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app.party_views import PartyView
from desktop.ui.parties_forms import PartyForm, RegisterForm, SanctionForm
from desktop.ui.parties_merge import DuplicatesDialog
from desktop.ui.parties_page import PartiesPage
from desktop.ui.parties_pane import DECISIONS, PROPOSALS
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import open_again

from .registers import (
    FOUND,
    LEAD,
    STRATEGIC,
    SUSPENDED,
    TODAY,
    TWIN,
    Settled,
    build,
    code,
    desk_of,
    dialog_of,
    focus,
    notices,
    window_on,
)

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("register") / "data"
    return folder, build(folder)


@pytest.fixture
def ids(made: tuple[Path, dict[str, str]]) -> dict[str, str]:
    return made[1]


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


def look_at(page: PartiesPage, id_: str, settled: Settled) -> None:
    page.show_party(id_)
    settled(page._worker)
    page.focus_list()


def open_form(page: PartiesPage, key: Qt.Key, qtbot: QtBot, settled: Settled) -> PartyForm:
    """The form that a key of the page opens."""
    QTest.keyClick(focus(), key)
    settled(page._worker)
    form = dialog_of(page.window(), PartyForm)
    qtbot.waitUntil(form.isActiveWindow)
    return form


def fill(form: PartyForm, **values: str) -> None:
    for name, value in values.items():
        form.editors[name].set_value(value)


def confirm(form: PartyForm, settled: Settled) -> None:
    QTest.keyClick(form, Qt.Key.Key_Return, CTRL)
    settled(form._context.worker)


def view_of(window: Window, id_: str) -> PartyView:
    return desk_of(window).parties.show(id_, actor=LEAD, on=TODAY)


# ---------------------------------------------------------------- registering, correcting
def test_a_party_is_registered_by_ctrl_n(page: PartiesPage, window: Window, qtbot: QtBot, settled: Settled) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_N, CTRL)
    form = dialog_of(window, RegisterForm)
    qtbot.waitUntil(form.isActiveWindow)
    assert form.editors["name"].focusProxy().hasFocus()
    fill(form, name="岱青初来有限公司", uscc=code(900), tags="战略主体、专精特新", quota="20")
    confirm(form, settled)
    assert page.pane.view is not None
    assert page.pane.view.name == "岱青初来有限公司"
    assert page.pane.view.standing.strategic
    assert page.model.index(0, 0).data() == "★ 岱青初来有限公司"
    assert "“岱青初来有限公司”已记录" in notices(window)


def test_a_refusal_stands_at_its_field_and_nothing_is_lost(
    page: PartiesPage, window: Window, qtbot: QtBot, settled: Settled
) -> None:
    page.add()
    form = dialog_of(window, RegisterForm)
    qtbot.waitUntil(form.isActiveWindow)
    fill(form, name="岱青某公司", quota="许多", contact="孟联络")
    confirm(form, settled)
    assert form.isVisible()
    assert "不是非负整数" in form.editors["quota"]._remark.text()
    fill(form, quota="12", uscc=code(0))
    confirm(form, settled)
    assert "统一社会信用代码相同的" in form._problem.text()
    assert form.editors["contact"].value() == "孟联络"
    fill(form, uscc="")
    confirm(form, settled)
    assert page.pane.view is not None
    assert page.pane.view.name == "岱青某公司"


def test_only_what_was_changed_is_sent_and_may_be_emptied(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    form = open_form(page, Qt.Key.Key_E, qtbot, settled)
    assert form.values() == {}
    confirm(form, settled)
    assert "没有改动任何信息" in form._problem.text()
    fill(form, region="", contact="孟联络", reason="来函更正")
    assert form.values() == {"region": "", "contact": "孟联络", "reason": "来函更正"}
    confirm(form, settled)
    facts = {fact.name: fact.value for fact in view_of(window, ids[FOUND]).facts}
    assert (facts["region"], facts["contact"]) == ("", "孟联络")
    assert "来函更正" in view_of(window, ids[FOUND]).journal[-1].text


def test_news_in_between_are_not_overwritten(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    form = open_form(page, Qt.Key.Key_E, qtbot, settled)
    desk_of(window).parties.amend(ids[FOUND], {"phone": "13900000000"}, actor=LEAD, on=TODAY, today=TODAY)
    fill(form, contact="孟联络")
    confirm(form, settled)
    assert "又有新的记录" in form._problem.text()
    form.reject()


# ---------------------------------------------------------------- findings and measures
def test_a_finding_is_registered_and_a_day_ahead_is_refused_at_the_date(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[STRATEGIC], settled)
    form = open_form(page, Qt.Key.Key_R, qtbot, settled)
    fill(form, kind="虚假材料", note="印章不符")
    form.on.set_value("2026-03-20")
    confirm(form, settled)
    assert "晚于今天" in form.on._remark.text()
    form.on.set_value("昨天")
    confirm(form, settled)
    finding = view_of(window, ids[STRATEGIC]).findings[0]
    assert (finding.kind, finding.found_on, finding.note) == ("虚假材料", "2026-03-11", "印章不符")


def test_a_proposal_is_confirmed_by_a_person_with_the_rule_before_his_eyes(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    page.pane.tabs.setCurrentIndex(PROPOSALS)
    form = open_form(page, Qt.Key.Key_M, qtbot, settled)
    assert isinstance(form, SanctionForm)
    said = form.fields.widget().findChildren(type(form._problem))
    assert any("一年内有 2 件以上被认定为非正常申请" in label.text() for label in said)
    assert form.editors["measure"].value() == "暂停"
    confirm(form, settled)
    assert form.editors["reason"]._remark.text() == "此项必填"
    fill(form, reason="会议纪要第 7 号", months="6", to="2026-12-31")
    confirm(form, settled)
    assert "截止日与月数只写一样" in form.editors["to"]._remark.text()
    fill(form, to="")
    confirm(form, settled)
    sanction = view_of(window, ids[FOUND]).sanctions[0]
    assert (sanction.measure, sanction.since, sanction.last) == ("暂停", "2026-03-12", "2026-09-11")
    assert set(sanction.cases) == {ids["case0"], ids["case1"]}
    settled(page._worker)
    assert page.pane.view is not None
    assert page.pane.view.proposals == ()
    assert page.pane._standing.text().startswith("‖ 暂停")


def test_a_measure_without_a_proposal_names_its_rule(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[STRATEGIC], settled)
    form = open_form(page, Qt.Key.Key_M, qtbot, settled)
    fill(form, rule="shandong-abnormal")
    assert "暂停预审服务资格" in form.editors["rule"]._remark.text()
    assert "待核对" in form.editors["rule"]._remark.text()
    assert form.editors["measure"].value() == "暂停"
    fill(form, measure="警告", reason="会议纪要第 9 号", cases="SDYS-2026-0000001、SDYS-2026-0000002")
    confirm(form, settled)
    sanction = view_of(window, ids[STRATEGIC]).sanctions[0]
    assert (sanction.measure, sanction.rule) == ("警告", "shandong-abnormal")
    assert len(sanction.cases) == 2


def test_a_proposal_is_not_followed_with_a_reason_and_does_not_return(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    form = open_form(page, Qt.Key.Key_D, qtbot, settled)
    confirm(form, settled)
    assert form.isVisible()
    fill(form, reason="第二件已申诉")
    confirm(form, settled)
    assert view_of(window, ids[FOUND]).proposals == ()
    look_at(page, ids[STRATEGIC], settled)
    QTest.keyClick(page.table, Qt.Key.Key_D)
    assert "没有建议" in notices(window)


def test_an_appeal_takes_the_finding_under_the_cursor(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    page.pane.tabs.setCurrentIndex(DECISIONS)
    page.pane.focus_tab()
    QTest.keyClick(focus(), Qt.Key.Key_Down)
    form = open_form(page, Qt.Key.Key_P, qtbot, settled)
    fill(form, outcome="成立")
    confirm(form, settled)
    found = {one.case: one.outcome for one in view_of(window, ids[FOUND]).findings}
    assert found == {ids["case0"]: "成立", ids["case1"]: ""}
    assert view_of(window, ids[FOUND]).proposals == (), "one finding alone proposes nothing"


def test_a_measure_is_lifted(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[SUSPENDED], settled)
    form = open_form(page, Qt.Key.Key_L, qtbot, settled)
    form.on.set_value("2026-02-01")
    fill(form, reason="已整改")
    confirm(form, settled)
    assert "早于处理起始日" in form.on._remark.text()
    form.on.set_value("今天")
    confirm(form, settled)
    assert view_of(window, ids[SUSPENDED]).standing.status == "在备"
    settled(page._worker)
    assert page.pane.barred("lift") == "没有有效的处理措施"


# ---------------------------------------------------------------- quota, merging, remarks
def test_a_quota_is_granted_and_the_second_extra_is_doubted(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[FOUND], settled)
    form = open_form(page, Qt.Key.Key_Q, qtbot, settled)
    assert form.editors["base"].value() == "3"
    fill(form, base="10", extra="2")
    confirm(form, settled)
    quota = view_of(window, ids[FOUND]).quota
    assert (quota.base, quota.extra, quota.left) == (10, 2, 9)
    form = open_form(page, Qt.Key.Key_Q, qtbot, settled)
    fill(form, extra="5")
    confirm(form, settled)
    assert "已经追加过 2 件" in notices(window)


def test_twins_are_merged_from_the_list_of_duplicates(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_G, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settled(page._worker)
    dialog = dialog_of(window, DuplicatesDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert dialog.table.current().cells[2] == TWIN
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    form = dialog_of(window, PartyForm)
    qtbot.waitUntil(form.isActiveWindow)
    assert form.editors["into"].value() == ids[FOUND]
    confirm(form, settled)
    assert view_of(window, ids[TWIN]).merged_into == ids[FOUND]
    look_at(page, ids[TWIN], settled)
    assert "已并入" in page.pane._heed.text()
    assert "已并入别的登记" in page.pane.barred("amend")
    page.take("separate")
    form = dialog_of(window, PartyForm)
    qtbot.waitUntil(form.isActiveWindow)
    confirm(form, settled)
    assert view_of(window, ids[TWIN]).merged_into == ""


def test_merging_by_hand_says_at_the_field_that_there_is_no_such_party(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[STRATEGIC], settled)
    form = open_form(page, Qt.Key.Key_G, qtbot, settled)
    fill(form, into="没有这个公司")
    confirm(form, settled)
    assert "没有登记名为" in form.editors["into"]._remark.text()
    form.reject()
    assert view_of(window, ids[STRATEGIC]).merged_into == ""


def test_a_remark_is_kept_by_everybody(
    page: PartiesPage, window: Window, ids: dict[str, str], qtbot: QtBot, settled: Settled
) -> None:
    look_at(page, ids[STRATEGIC], settled)
    form = open_form(page, Qt.Key.Key_B, qtbot, settled)
    fill(form, text="电话告知额度办法")
    confirm(form, settled)
    assert view_of(window, ids[STRATEGIC]).journal[-1].text == "备注：电话告知额度办法"


# ---------------------------------------------------------------- from a case
def test_a_case_leads_to_the_register_and_back(window: Window, ids: dict[str, str], settled: Settled) -> None:
    window.open_case(1)
    settled(window.worker)
    case = window.case
    assert case is not None
    assert [button.text() for button in case.links.buttons] == ["查看登记", "查看登记"]
    QTest.keyClick(focus(), Qt.Key.Key_B, CTRL)
    settled(window.worker)
    assert window.parties is not None
    assert window.pages.currentWidget() is window.parties
    assert window.parties.pane.view is not None
    assert window.parties.pane.view.name == FOUND


def test_whoever_is_not_registered_is_registered_with_what_the_case_knows(
    window: Window, qtbot: QtBot, settled: Settled
) -> None:
    window.open_case(4)
    settled(window.worker)
    case = window.case
    assert case is not None
    assert [button.text() for button in case.links.buttons] == ["登记这个主体…"]
    QTest.keyClick(focus(), Qt.Key.Key_B, CTRL)
    settled(window.worker)
    form = dialog_of(window, RegisterForm)
    qtbot.waitUntil(form.isActiveWindow)
    assert form.values() == {"name": "岱青无名实业有限公司", "contact": "孟联络"}
    confirm(form, settled)
    window.open_case(4)
    settled(window.worker)
    assert [button.text() for button in case.links.buttons] == ["查看登记"]
    assert desk_of(window).parties.standing("", "岱青无名实业有限公司", date(2026, 3, 12)) is not None
