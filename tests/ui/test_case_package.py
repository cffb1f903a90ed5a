"""The application package on the screen: taken in, findings decided by keyboard, into the opinion, to the notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.package_views import FindingView
from desktop.core.terms import Judgement, PackageKind
from desktop.exchange.package_originals import open_package
from desktop.ui.case_comparison import ComparisonWindow
from desktop.ui.case_judging import JudgeForm
from desktop.ui.case_page import CasePage
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.package_dialog import PackageDialog
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import TODAY
from .test_case_page import ACTOR, accept_and_assign, confirm, desk_of, invention, key

Settled = Callable[[DeskWorker], None]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def made_folder(folder: Path, **texts: str) -> Path:
    """A small application with a handful of formal defects; ``texts`` replace documents by code (``d100001=…``)."""
    folder.mkdir()
    documents = {
        "d110101": "<发明专利请求书><发明名称>一种数据处理方法及装置</发明名称><申请人><第一申请人>"
        "<姓名或名称>青禾示例有限公司</姓名或名称></第一申请人></申请人><发明人><姓名>王小明</姓名></发明人>"
        "<主分类号>G06F 9/50</主分类号>"
        "<提前公开><请求早日公布该专利申请>1</请求早日公布该专利申请></提前公开></发明专利请求书>",
        "d110401": "<实质审查请求书><实质审查请求>1</实质审查请求><放弃主动修改>1</放弃主动修改></实质审查请求书>",
        "d100001": '<权利要求书><权利要求 顺序="1">一种数据处理方法，其特征在于，包括接收数据。</权利要求>'
        '<权利要求 顺序="2">根据权利要求1所述的方法，其特征在于，还包括校验𬭎数据。</权利要求>'
        '<权利要求 顺序="3">根据权利要求1或2所述的方法，其特征在于，存储数据。</权利要求>'
        '<权利要求 顺序="4">根据权利要求1至3中任一项所述的方法，其特征在于，发送数据。</权利要求></权利要求书>',
        "d100002": "<说明书><发明名称>一种数据处理方法</发明名称>"
        "<技术领域><段落>本发明涉及数据处理技术领域。</段落></技术领域>"
        "<背景技术><段落>现有技术中数据处理的效率较低，难以满足使用的需要。</段落></背景技术>"
        "<发明内容><段落>本实用新型提供一种数据处理方法及装置。</段落></发明内容>"
        "<具体实施方式><段落>下面结合实施例说明本发明的数据处理方法的各个步骤。</段落></具体实施方式></说明书>",
        "d100004": "<说明书摘要><摘要>本发明公开一种数据处理方法及装置，能够提高处理的效率。</摘要></说明书摘要>",
        **texts,
    }
    for name, text in documents.items():
        (folder / f"{name.removeprefix('d')}.xml").write_text(HEAD + text, encoding="utf-8")
    (folder / "承诺书.pdf").write_bytes(b"%PDF-1.4 scanned")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return made_folder(tmp_path / "申请文件")


def drop(target: QWidget, path: Path) -> bool:
    """Drop one file or folder; False when it was not accepted on entering."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, action = target.rect().center(), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, action, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(
        QPointF(at), action, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    return True


def dialog_of(kind: type[QWidget], qtbot: QtBot) -> QWidget:
    def shown() -> bool:
        return any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets())

    qtbot.waitUntil(shown)
    found = next(one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible())
    qtbot.waitUntil(found.isActiveWindow)
    return found


@pytest.fixture
def page(window: Window, settled: Settled, qtbot: QtBot) -> CasePage:
    """An invention under examination."""
    window.open_case(invention(window))
    settled(window.worker)
    page = window.case_page()
    accept_and_assign(window, page, settled)
    return page


def take_in(window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled) -> None:
    """Dropped on the page, confirmed with Enter."""
    assert drop(window, package)
    dialog_of(PackageDialog, qtbot)
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    qtbot.waitUntil(lambda: page.package.reading is not None)
    settled(window.worker)
    qtbot.waitUntil(page.package.table.hasFocus)


def rules(page: CasePage, judgement: Judgement | None = None) -> list[str]:
    assert page.package.reading is not None
    return [one.finding.rule for one in page.package.reading.findings if judgement in (None, one.judgement)]


def go_to(page: CasePage, rule: str) -> FindingView:
    page.package.table.selectRow(rules(page).index(rule))
    found = page.package.current()
    assert found is not None
    return found


def test_dropped_to_accepted_to_sent_by_keyboard(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    found = go_to(page, "claim_multiple")
    assert found.finding.passage in page.package.text.marked().replace("\u2028", "\n")
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    assert rules(page, Judgement.ACCEPTED) == ["claim_multiple"]
    go_to(page, "type_words")
    key(qtbot, Qt.Key.Key_D)
    dialog_of(JudgeForm, qtbot)
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    assert rules(page, Judgement.DISMISSED) == ["type_words"]
    qtbot.waitUntil(page.package.table.hasFocus)
    # What was accepted stands in the checklist, and so in the opinion.
    assert page.checklist.answers()["I-F7"] == ("缺陷", found.words)
    qtbot.keyClick(page.package.table, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    assert found.words in page.opinion.text()
    assert "I-F2" not in {item for item, answer in page.checklist.answers().items() if answer[0] == "缺陷"}
    page.checklist.pass_the_rest()
    page.ask_step("issue_opinion")
    confirm(qtbot, page, settled, window)
    desk = desk_of(window)
    assert page.case is not None
    paper = desk.notices.paper(page.case.key, "opinion")
    assert found.words in paper.body
    words = [entry.text for entry in page.case.journal if entry.action.startswith("初步判断")]
    assert len(words) == 2


def test_unsent_work_survives_a_judgement(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    page.opinion.editor.setPlainText("已经写了一半")
    take_in(window, page, package, qtbot, settled)
    go_to(page, "claim_multiple")
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    assert page.opinion.text() == "已经写了一半"
    assert page.checklist.answers()["I-F7"][0] == "缺陷"


def test_other_words_and_taking_back(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    go_to(page, "claim_multiple")
    key(qtbot, Qt.Key.Key_E)
    form = dialog_of(JudgeForm, qtbot)
    assert isinstance(form, JudgeForm)
    form.editors["words"].set_value("权利要求 4 应改为只引用一项。")
    qtbot.keyClick(form, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    assert page.checklist.answers()["I-F7"][1] == "权利要求 4 应改为只引用一项。"
    go_to(page, "claim_multiple")
    qtbot.waitUntil(page.package.table.hasFocus)
    key(qtbot, Qt.Key.Key_U)
    settled(window.worker)
    assert rules(page, Judgement.ACCEPTED) == []
    assert "I-F7" not in page.checklist.answers()


def test_a_package_dropped_on_the_queue_begins_a_case(
    window: Window, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    settled(window.worker)
    assert drop(window, package)
    dialog_of(PackageDialog, qtbot)
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    opening = dialog_of(OpeningDialog, qtbot)
    assert isinstance(opening, OpeningDialog)
    assert opening.editors["title"].value() == "一种数据处理方法及装置"
    assert opening.editors["party"].value() == "青禾示例有限公司"
    assert opening.editors["patent_type"].value() == "发明"
    qtbot.keyClick(opening, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    page = window.case_page()
    qtbot.waitUntil(lambda: page.package.reading is not None)
    assert page.case is not None
    assert page.case.title == "一种数据处理方法及装置"
    assert "claim_multiple" in rules(page)


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"Rar!\x1a\x07\x01\x00 something"])
def test_what_cannot_be_read_is_said_and_nothing_is_kept(
    window: Window, page: CasePage, tmp_path: Path, content: bytes, settled: Settled, qtbot: QtBot,
) -> None:
    broken = tmp_path / "坏.zip"
    broken.write_bytes(content)
    before = now_files(desk_of(window), page)
    assert drop(window, broken)
    qtbot.wait(50)
    settled(window.worker)
    assert any("没有读出" in notice for notice in told(window))
    assert now_files(desk_of(window), page) == before


def now_files(desk: Desk, page: CasePage) -> int:
    assert page.case is not None
    return len(desk.attachments(page.case.key))


def told(window: Window) -> list[str]:
    return [notice.text for notice in window.notices.shown()]


def test_the_same_package_twice_adds_nothing(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    assert page.case is not None
    before = len(page.case.journal)
    assert drop(window, package)
    dialog_of(PackageDialog, qtbot)
    key(qtbot, Qt.Key.Key_Return)
    settled(window.worker)
    assert any("已经是此案的预审文本" in sentence for sentence in told(window))
    assert len(desk_of(window).case(page.case.key, actor=ACTOR, today=TODAY).journal) == before


def test_texts_side_by_side(
    window: Window, page: CasePage, package: Path, tmp_path: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    text = (package / "100002.xml").read_text(encoding="utf-8").replace("效率较低", "效率很低").removeprefix(HEAD)
    filed = made_folder(tmp_path / "提交", d100002=text)
    desk = desk_of(window)
    assert page.case is not None
    name, content, read = open_package(filed)
    desk.packages.add(page.case.key, name, content, read, kind=PackageKind.FILED, actor=ACTOR, on=TODAY, today=TODAY)
    page.reload()
    settled(window.worker)
    page.compare_texts()
    settled(window.worker)
    found = dialog_of(ComparisonWindow, qtbot)
    assert isinstance(found, ComparisonWindow)
    assert "改动 1 处" in found.verdict.text()
    assert "一个字" in found.verdict.text()
    assert len(found.table.texts.rows) == 1
    key(qtbot, Qt.Key.Key_Escape)



def test_a_phrase_for_the_item_is_filled_from_the_finding(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    page.tabs.setCurrentIndex(0)
    page.checklist.focus_item("I-F7")
    page.pick_phrase()
    settled(window.worker)
    assert "权利要求 4 是引用" in page._picker.text()
    page._picker.close()
    page.checklist.focus_item("I-S3")  # nothing was found about it
    page.pick_phrase()
    settled(window.worker)
    assert "权利要求 4" not in page._picker.text()
    page._picker.close()


def test_another_case_shows_nothing_of_the_one_before(
    window: Window, page: CasePage, package: Path, qtbot: QtBot, settled: Settled,
) -> None:
    take_in(window, page, package, qtbot, settled)
    tab = page.tabs.indexOf(page.package)
    assert page.tabs.tabText(tab) == "申请文件 4"
    assert page.case is not None
    other = next(number for number in range(1, 20) if number != page.case.key)
    window.open_case(other)
    settled(window.worker)
    assert page.tabs.tabText(tab) == "申请文件"
    assert page.package.reading is None
    assert page.package.table.texts.rows == []
