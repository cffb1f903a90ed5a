"""The register of parties in the window: list, strip, one party, by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QInputDialog

from desktop.app.party_views import PartyQuery, QuotaView
from desktop.ui.parties_model import BY_ID, PAGE, PLACEHOLDER
from desktop.ui.parties_page import PartiesPage
from desktop.ui.parties_pane import CASES, DECISIONS, ENTRIES, PROPOSALS, SUMMARY
from desktop.ui.parties_timeline import read_file
from desktop.ui.parties_words import quota_look, quota_words, span_words, status_words
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import open_again

from .registers import (
    CLERK,
    FOUND,
    LEAD,
    MANY,
    STRATEGIC,
    SUSPENDED,
    TODAY,
    TWIN,
    WHO,
    Settled,
    build,
    code,
    desk_of,
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
    """The register, come to by its key."""
    QTest.keyClick(window.queue.table, Qt.Key.Key_0, CTRL)
    settled(window.worker)
    page = window.parties
    assert page is not None
    assert window.pages.currentWidget() is page
    return page


def names(page: PartiesPage, count: int = 5) -> list[str]:
    return [page.model.index(row, BY_ID["name"]).data() for row in range(min(count, page.model.rowCount()))]


def cell(page: PartiesPage, name: str, column: str) -> str:
    rows = range(page.model.rowCount())
    number = next(row for row in rows if page.model.index(row, 0).data().removeprefix("★ ") == name)
    return str(page.model.index(number, BY_ID[column]).data())


def lines(page: PartiesPage) -> dict[str, int | None]:
    return {line.label: line.count for line in page.side.model.lines}


# ---------------------------------------------------------------- the list
def test_it_has_a_place_on_the_rail_and_begins_with_who_leads(page: PartiesPage, window: Window) -> None:
    assert window.rail.buttons["parties"].isChecked()
    assert page.table.hasFocus()
    assert names(page, 1) == [f"★ {STRATEGIC}"]
    assert page.model.rowCount() == MANY + 4
    assert page.pane.view is not None
    assert page.pane.view.name == STRATEGIC
    assert window._manual_page() == "parties"


def test_status_quota_and_proposals_have_a_mark_and_a_word(page: PartiesPage, settled: Settled) -> None:
    page.ask(search="岱青第二")
    settled(page._worker)
    assert cell(page, FOUND, "status") == "● 在备"
    assert cell(page, FOUND, "quota") == "▲ 3/3"
    assert cell(page, FOUND, "proposals") == "◆ 建议 1"
    assert cell(page, FOUND, "code") == code(0)
    page.ask(search=SUSPENDED)
    settled(page._worker)
    assert cell(page, SUSPENDED, "status") == "‖ 暂停"
    index = page.model.index(0, BY_ID["status"])
    assert index.data(Qt.ItemDataRole.ForegroundRole) == page._context.theme.palette.color("overdue")
    assert "自 2026-03-01 至 2026-08-31" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_rows_beyond_the_first_page_come_when_they_are_seen(page: PartiesPage, settled: Settled) -> None:
    last = page.model.rowCount() - 1
    assert last > PAGE
    assert page.model.known(last) is None
    assert page.model.index(last, 0).data() == PLACEHOLDER
    settled(page._worker)
    assert page.model.index(last, 0).data().startswith("岱青")


def test_end_goes_to_a_row_that_was_not_read_and_the_party_follows(page: PartiesPage, settled: Settled) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_End)
    settled(page._worker)
    assert page.table.currentIndex().row() == MANY + 3
    assert page.pane.view is not None
    assert page.pane.view.name == page.model.index(MANY + 3, 0).data()
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    settled(page._worker)
    assert page.pane.view is not None
    assert page.pane.view.name == STRATEGIC


def test_the_strip_narrows_and_counts(page: PartiesPage, settled: Settled) -> None:
    counts = lines(page)
    assert counts["备案主体"] == MANY + 4
    assert counts["代理机构"] == 1
    assert counts["‖ 暂停"] == 1
    assert counts["◆ 有建议"] == 1
    assert counts["★ 战略主体"] == 1
    assert counts["高价值"] == 1
    for label, expected in (("‖ 暂停", [SUSPENDED]), ("◆ 有建议", [FOUND]), ("★ 战略主体", [f"★ {STRATEGIC}"])):
        page.clear()
        line = next(one for one in page.side.lines() if one.label == label)
        page.side.list.setCurrentIndex(page.side.model.index(page.side.lines().index(line)))
        page.side.list.setFocus()
        QTest.keyClick(page.side.list, Qt.Key.Key_Return)
        settled(page._worker)
        assert names(page) == expected, label
        assert page.side.is_chosen(line)
    page.clear()
    settled(page._worker)
    assert page.model.rowCount() == MANY + 4


def test_any_tag_can_be_typed(page: PartiesPage, settled: Settled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_named: ("高价值", True))
    page.choose_tag()
    settled(page._worker)
    assert names(page) == [f"★ {STRATEGIC}"]
    assert page.conditions() == ["标签：高价值"]


def test_the_box_of_the_page_finds_parties_and_not_cases(
    page: PartiesPage, window: Window, settled: Settled
) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_F)
    assert page.search.hasFocus()
    page.search.insert("新材料")
    settled(page._worker)
    assert names(page) == [SUSPENDED]
    assert window.top.search.text() == ""
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.table.hasFocus()
    QTest.keyClick(page.table, Qt.Key.Key_X, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settled(page._worker)
    assert page.search.text() == ""
    assert page.model.rowCount() == MANY + 4


def test_the_other_register_has_its_own_words(page: PartiesPage, settled: Settled) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_T)
    settled(page._worker)
    assert names(page) == ["岱青第一专利代理事务所"]
    assert page.model.headerData(BY_ID["code"], Qt.Orientation.Horizontal) == "机构代码"
    assert page.model.index(0, BY_ID["code"]).data() == "37101"


def test_an_empty_list_says_why_and_the_pane_shows_nobody(page: PartiesPage, settled: Settled) -> None:
    page.ask(search="没有这个名字")
    settled(page._worker)
    assert page.table.empty.isVisible()
    assert "查找：没有这个名字" in page.table.empty.said.text()
    assert page.pane.view is None
    page.table.empty.button.click()
    settled(page._worker)
    assert page.model.rowCount() == MANY + 4


def test_a_row_is_copied_as_a_table(page: PartiesPage) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_C, CTRL)
    head, line = QApplication.clipboard().text().splitlines()
    assert head.split("\t")[:2] == ["名称", "状态"]
    assert line.split("\t")[:2] == [f"★ {STRATEGIC}", "● 在备"]


def test_the_model_keeps_the_rules_of_the_toolkit(page: PartiesPage, settled: Settled) -> None:
    QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    QAbstractItemModelTester(page.side.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    for changes in ({"search": "研究所"}, {"kind": "代理机构", "search": ""}, {"kind": "主体"}, {"status": "暂停"}):
        page.ask(**changes)
        settled(page._worker)
    desk_of(page.window()).parties.add("主体", {"name": "岱青新来的公司", "status": "暂停"}, **WHO)
    page.refresh()
    settled(page._worker)
    assert page.model.rowCount() == 2


# ---------------------------------------------------------------- one party
def test_the_summary_says_how_it_stood_and_what_the_rates_mean(
    page: PartiesPage, ids: dict[str, str], settled: Settled
) -> None:
    page.show_party(ids[SUSPENDED])
    settled(page._worker)
    assert page.pane._standing.text().startswith("‖ 暂停，自 2026-03-01 至 2026-08-31")
    file = page.pane.file
    assert file is not None
    assert [(one.standing.status, one.first, one.last, one.here) for one in file.stretches] == [
        ("在备", "", "2026-02-28", False), ("暂停", "2026-03-01", "2026-08-31", True), ("在备", "2026-09-01", "", False)
    ]  # fmt: skip
    said = "\n".join(label.text() for label in page.pane.summary.widget().findChildren(type(page.pane._standing)))
    assert "‖ 暂停　2026-03-01 至 2026-08-31　← 今天" in said
    for rate in file.view.rates:
        assert rate.definition in said


def test_before_and_after_its_validity_a_party_stands_otherwise(window: Window, ids: dict[str, str]) -> None:
    file = read_file(desk_of(window), ids[FOUND], actor=LEAD, on=TODAY)
    assert [(one.standing.status, one.first) for one in file.stretches] == [
        ("未生效", ""), ("在备", "2025-01-01"), ("已过期", "2028-01-01")
    ]  # fmt: skip


def test_tabs_by_keyboard_and_the_very_cases_open(
    page: PartiesPage, ids: dict[str, str], window: Window, settled: Settled
) -> None:
    page.show_party(ids[FOUND])
    settled(page._worker)
    page.focus_list()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.pane.tabs.currentIndex() == SUMMARY
    QTest.keyClick(focus(), Qt.Key.Key_PageDown, CTRL)
    assert page.pane.tabs.currentIndex() == PROPOSALS
    assert page.pane.proposals.table.hasFocus()
    assert "规则：一年内有 2 件以上被认定为非正常申请" in page.pane.proposals.words.text()
    assert "（待核对）" in page.pane.proposals.words.text()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert page.pane.proposals.cases.hasFocus()
    assert {row.key for row in page.pane.proposals.cases.texts.rows} == {ids["case0"], ids["case1"]}
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settled(page._worker)
    case = window.case
    assert case is not None
    assert window.pages.currentWidget() is case
    assert case.case is not None
    assert case.case.number == page.pane.proposals.cases.texts.rows[0].key


def test_findings_cases_and_journal_are_listed(page: PartiesPage, ids: dict[str, str], settled: Settled) -> None:
    page.show_party(ids[FOUND])
    settled(page._worker)
    pane = page.pane
    assert [pane.tabs.tabText(place) for place in (PROPOSALS, DECISIONS, CASES, ENTRIES)] == [
        "建议 1", "认定处理 2", "案件 3", "流水 3"
    ]  # fmt: skip
    assert [row.cells[:3] for row in pane.decisions.findings.texts.rows] == [
        ("非正常", "2026-03-09", ids["case1"]), ("非正常", "2026-03-02", ids["case0"])
    ]  # fmt: skip
    assert pane.entries.table.texts.rows[-1].cells[2].startswith("登记主体")
    assert "记于" in pane.entries.words.text()


def test_the_other_one_with_the_same_code_is_told(page: PartiesPage, settled: Settled) -> None:
    page.show_duplicates()
    settled(page._worker)
    from desktop.ui.parties_merge import DuplicatesDialog

    dialog = page.findChild(DuplicatesDialog)
    assert dialog is not None
    assert [row.cells[2:] for row in dialog.table.texts.rows] == [(FOUND, "先登记"), (TWIN, "后登记")]
    dialog.reject()


# ---------------------------------------------------------------- news and narrow windows
def test_news_keep_the_party_and_the_place(page: PartiesPage, window: Window, settled: Settled) -> None:
    for _ in range(5):
        QTest.keyClick(page.table, Qt.Key.Key_Down)
    settled(page._worker)
    chosen = page.table.chosen
    desk_of(window).parties.add("主体", {"name": "〇先于众人的公司"}, **WHO)
    window.worker.changed.emit(None, "elsewhere")
    settled(page._worker)
    assert page.table.chosen == chosen
    assert page.pane.id == chosen
    assert page.table.currentIndex().row() == page.model.number_of(chosen)


def test_a_party_that_leaves_the_list_stays_in_the_pane(page: PartiesPage, window: Window, settled: Settled) -> None:
    page.ask(status="暂停")
    settled(page._worker)
    chosen = page.table.chosen
    desk = desk_of(window)
    sanction = desk.parties.show(chosen, actor=LEAD, on=TODAY).sanctions[0]
    desk.parties.lift(chosen, sanction.id, reason="已整改", **WHO)
    window.worker.changed.emit(None, "elsewhere")
    settled(page._worker)
    assert page.model.rowCount() == 0
    assert page.table.empty.isVisible()
    assert page.pane.view is not None
    assert page.pane.view.standing.status == "在备"


def test_in_a_narrow_window_list_and_party_take_turns(page: PartiesPage, window: Window, settled: Settled) -> None:
    window.resize(800, 520)
    settled(page._worker)
    assert page.table.isVisible()
    assert not page.pane.isVisible()
    assert not page.side.isVisible()
    assert page.filter.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settled(page._worker)
    assert page.pane.isVisible()
    assert not page.table.isVisible()
    assert page.pane.view is not None
    QTest.keyClick(focus(), Qt.Key.Key_Escape)
    assert page.table.hasFocus()
    page.filter.menu().aboutToShow.emit()
    offered = [entry for entry in page.filter.menu().actions() if "代理机构" in entry.text()]
    offered[0].trigger()
    settled(page._worker)
    assert page.query == PartyQuery(kind="代理机构")


def test_in_a_narrow_window_the_party_that_was_asked_for_has_the_keyboard(
    page: PartiesPage, window: Window, ids: dict[str, str], settled: Settled
) -> None:
    window.resize(800, 520)
    settled(page._worker)
    page.show_party(ids[FOUND])
    settled(page._worker)
    assert page.pane.isAncestorOf(focus())
    QTest.keyClick(focus(), Qt.Key.Key_PageDown, CTRL)
    assert page.pane.tabs.currentIndex() == PROPOSALS


def test_who_may_not_is_told_why(page: PartiesPage, window: Window, settled: Settled) -> None:
    window.context.become(CLERK)
    settled(page._worker)
    amend = page.pane.buttons["amend"]
    assert not amend.isEnabled()
    assert "须由受理、管理员办理" in amend.toolTip()
    QTest.keyClick(page.table, Qt.Key.Key_E)
    assert "须由受理、管理员办理" in notices(window)
    entries = [entry.text() for entry in page.pane.more.menu().actions() if not entry.isEnabled()]
    assert any("解除处理" in text and "须由" in text for text in entries)


# ---------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("quota", "look", "said"),
    [
        (QuotaView("2026", 0, 0, 0, None), ("", "—", "muted"), "2026 年没有核定额度，已受理 0 件"),
        (QuotaView("2026", 10, 0, 3, 7), ("", "3/10", "text"), "2026 年额度 10 件，已受理 3，余 7"),
        (QuotaView("2026", 10, 2, 10, 2, "将满"), ("◆", "10/12", "soon"), "2026 年额度 10＋追加 2 件，已受理 10，余 2"),
        (QuotaView("2026", 10, 0, 11, -1, "用尽"), ("▲", "11/10", "overdue"), "2026 年额度 10 件，已受理 11，超出 1"),
    ],
)
def test_a_quota_in_words(quota: QuotaView, look: tuple[str, str, str], said: str) -> None:
    assert quota_look(quota) == look
    assert quota_words(quota) == said


def test_words_of_a_status() -> None:
    assert status_words("已过期") == "◆ 已过期"
    assert status_words("没有这种") == "● 没有这种"
    assert span_words("0001-01-01", "9999-12-31") == ""
    assert span_words("2026-01-01", "") == "自 2026-01-01"
