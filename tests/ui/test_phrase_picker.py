"""Ctrl+H: an opinion phrase by a few characters, at the cursor of the opinion."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.core.finding import Finding
from desktop.core.phrases import BLANK, Phrase
from desktop.ui.case_page import CasePage
from desktop.ui.phrase_picker import LINES, PhrasePicker
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

from .conftest import TODAY

Settled = Callable[[DeskWorker], None]
ACTOR = "林知远"
OWN = """
[document]
kind = "phrases"

[[phrases]]
id = "own-1"
item = "I-F7"
clause = "细则25"
title = "引用关系一览"
text = "请随答复附{title}的权利要求引用关系一览。"
"""
PHRASES = (
    Phrase("a", "I-F2", "细则20", "名称不一致", "“{title}”与{passage}不一致。"),
    Phrase("b", "I-F7", "细则25", "多引多", "{claims}引用有误，不符合{article}。", rule="claim_multiple"),
    Phrase("c", "", "", "一并修改", "请一并修改。", own=True),
    Phrase("d", "U-7", "细则25", "多引多", "{claim}引用有误。"),
)
FINDING = Finding("claim_multiple", "I-F7", "细则25", "权利要求 4", "有误", claims=(4, 5, 6))


@pytest.fixture
def picker(theme: Theme, qtbot: QtBot) -> Iterator[PhrasePicker]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    picker = PhrasePicker(theme, window)
    yield picker
    picker.close()


def titles(picker: PhrasePicker) -> list[str]:
    return [phrase.id for phrase in picker.offered()]


def test_the_item_under_the_cursor_comes_first(picker: PhrasePicker) -> None:
    picker.ask(PHRASES, items=("I-F7", "I-F2"), facts={"title": "一种装置"})
    assert titles(picker) == ["b", "a", "c"], "another type's phrases are not offered"
    assert picker.preview.toPlainText() == f"权利要求 {BLANK} 引用有误，不符合专利法实施细则第25条。"
    assert "3 条" in picker.foot.text()
    QTest.keyClick(picker.input, Qt.Key.Key_Down)
    assert picker.preview.toPlainText() == f"“一种装置”与“{BLANK}”不一致。"
    QTest.keyClick(picker.input, Qt.Key.Key_PageDown)
    assert picker.current() == PHRASES[2]
    QTest.keyClick(picker.input, Qt.Key.Key_Down)
    assert picker.current() == PHRASES[2], "the list does not turn round"
    for key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        QTest.keyClick(picker.input, key)
    assert picker.current() == PHRASES[1]


def test_typing_narrows_and_enter_takes(picker: PhrasePicker, qtbot: QtBot) -> None:
    picker.ask(PHRASES, items=("I-F7", "I-F2"))
    picker.input.setText("细则20 一致")
    assert titles(picker) == ["a"]
    with qtbot.waitSignal(picker.chosen) as chosen:
        QTest.keyClick(picker.input, Qt.Key.Key_Return)
    assert chosen.args == [f"“{BLANK}”与“{BLANK}”不一致。"]
    assert not picker.isVisible()
    picker.ask(PHRASES)
    assert picker.input.text() == "", "it opens empty again"
    assert len(titles(picker)) == 4


def test_nothing_found_is_said_and_enter_does_nothing(picker: PhrasePicker, qtbot: QtBot) -> None:
    picker.ask(PHRASES)
    picker.input.setText("没有这样的话")
    assert picker.current() is None
    assert picker.preview.toPlainText() == ""
    assert "没有这样的短语" in picker.foot.text()
    with qtbot.assertNotEmitted(picker.chosen):
        QTest.keyClick(picker.input, Qt.Key.Key_Return)
    assert picker.isVisible()
    QTest.keyClick(picker.input, Qt.Key.Key_Escape)
    assert not picker.isVisible()


def test_a_finding_brings_its_sentence_and_its_claims(picker: PhrasePicker) -> None:
    picker.ask(PHRASES, items=("I-F7", "I-F2"), findings=(FINDING,))
    assert titles(picker) == ["b", "a", "c"]
    assert picker.text() == "权利要求 4-6 引用有误，不符合专利法实施细则第25条。"


def test_a_double_click_takes_and_the_list_can_be_painted(picker: PhrasePicker, qtbot: QtBot) -> None:
    picker.ask(PHRASES)
    assert not picker.grab().isNull()
    assert picker.list.height() > LINES * 20
    with qtbot.waitSignal(picker.chosen):
        picker.list.itemDoubleClicked.emit(picker.list.item(2))


def test_it_is_no_wider_than_a_small_window(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 500)
    window.show()
    picker = PhrasePicker(theme, window)
    picker.ask(PHRASES)
    assert picker.width() <= 600
    picker.close()


# ---------------------------------------------------------------- on the page of a case
@pytest.fixture
def page(window: Window, settled: Settled) -> Iterator[CasePage]:
    """The page of an invention that is being examined, with the centre's own phrase published."""
    desk = desk_of(window)
    desk.publish_document(OWN, actor=ACTOR, today=TODAY)
    key = next(key for key in range(1, 20) if desk.case(key, actor=ACTOR, today=TODAY).category == "发明")
    desk.act(key, "accept", {"checklist": "符合"}, actor=ACTOR, on=TODAY, today=TODAY)
    desk.act(key, "assign", {"examiner": ACTOR}, actor=ACTOR, on=TODAY, today=TODAY)
    window.open_case(key)
    settled(window.worker)
    yield window.case_page()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def desk_of(window: Window) -> Desk:
    desk = window.worker._desk
    assert desk is not None
    return desk


def ask(window: Window, settled: Settled) -> PhrasePicker:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    settled(window.worker)
    return window.case_page()._picker


def test_a_phrase_goes_to_the_cursor_and_its_blank_is_typed_over(
    page: CasePage, window: Window, settled: Settled, qtbot: QtBot
) -> None:
    page.checklist.focus_item("I-F7")
    picker = ask(window, settled)
    assert picker.isVisible()
    assert picker.offered()[0].id == "own-1", "the centre's own comes first under its item"
    assert all(phrase.item[:1] in ("", "I") for phrase in picker.offered())
    assert picker.text().startswith("请随答复附一种用于试验的装置")
    QTest.keyClick(picker.input, Qt.Key.Key_Down)
    QTest.keyClick(picker.input, Qt.Key.Key_Return)
    editor = page.opinion.editor
    qtbot.waitUntil(editor.hasFocus)
    assert editor.toPlainText().startswith(f"权利要求 {BLANK} 是引用两项以上")
    assert editor.textCursor().selectedText() == BLANK
    editor.insertPlainText("4")
    assert editor.toPlainText().startswith("权利要求 4 是引用两项以上")
    editor.undo()
    editor.undo()
    assert editor.toPlainText() == "", "what was inserted can be taken back"
    assert page._unsaved
    page.flush()
    settled(window.worker)


def test_insertion_counts_rare_characters_as_the_editor_does(page: CasePage) -> None:
    page.opinion.editor.setPlainText("前。后。")
    cursor = page.opinion.editor.textCursor()
    cursor.setPosition(2)
    page.opinion.editor.setTextCursor(cursor)
    page.opinion.insert(f"一种𬭳材料{BLANK}。")
    assert page.opinion.text() == f"前。一种𬭳材料{BLANK}。后。"
    assert page.opinion.editor.textCursor().selectedText() == BLANK
    page.opinion.insert("x")
    assert page.opinion.text() == "前。一种𬭳材料x。后。"
    assert not page.opinion.editor.textCursor().hasSelection()


def test_items_with_a_defect_come_after_the_one_under_the_cursor(page: CasePage) -> None:
    row = next(row for row in page.checklist.rows if row.item.item == "I-S4")
    row.show_answer("缺陷", "")
    page.checklist.focus_item("I-F3")
    assert page.checklist.by_concern()[:3] == ["I-F3", "I-S4", "I-F1"]
    assert len(page.checklist.by_concern()) == len(page.checklist.rows)


def test_esc_closes_the_popup_and_not_the_case(page: CasePage, window: Window, settled: Settled) -> None:
    page.opinion.phrases.click()
    settled(window.worker)
    picker = page._picker
    assert picker.isVisible()
    QTest.keyClick(picker.input, Qt.Key.Key_Escape)
    assert not picker.isVisible()
    assert page.isVisible()
    assert page.opinion.text() == ""


def test_where_nothing_is_written_nothing_is_offered(page: CasePage, window: Window, settled: Settled) -> None:
    desk_of(window).act(page.key, "issue_opinion", {"checklist": "缺陷", "opinion": "正文"}, actor=ACTOR, on=TODAY,
                        today=TODAY)
    page.reload()
    settled(window.worker)
    assert not page.can_write()
    assert not page.opinion.phrases.isVisible()
    window.actions_bound.run("case.phrase")
    settled(window.worker)
    assert "_picker" not in vars(page)
