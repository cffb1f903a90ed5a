"""The first start: what is asked, what is refused, and the store that comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.queue_views import StaffMember
from desktop.ui.first_run import FirstRunDialog, StaffEditor, strength
from desktop.ui.theme import Theme
from desktop.ui.worker import DeskWorker


@pytest.fixture
def dialog(worker: DeskWorker, tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[FirstRunDialog]:
    dialog = FirstRunDialog(worker, tmp_path / "new")
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    worker.close()


def fill(dialog: FirstRunDialog) -> None:
    dialog.centre.setText("岱青市知识产权保护中心")
    dialog.station.setText("甲站")
    dialog.people.lines[0].name.setText("林知远")
    dialog.passphrase.setText("海上 风电 与 12 条船")
    dialog.again.setText("海上 风电 与 12 条船")


def test_a_store_is_made_and_opens_with_its_passphrase(
    dialog: FirstRunDialog, worker: DeskWorker, qtbot: QtBot, tmp_path: Path,
) -> None:
    fill(dialog)
    dialog.people.lines[1].name.setText("周明")
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        dialog.create_button.click()
    assert dialog.actor == "林知远"
    assert worker.ready
    worker.close()
    desk = Desk.open(tmp_path / "new", "海上 风电 与 12 条船")
    assert desk.centre == "岱青市知识产权保护中心"
    assert [member.name for member in desk.staff()] == ["林知远", "周明"]
    assert desk.staff()[1].roles == ("预审员",)
    desk.close()


@pytest.mark.parametrize(("field", "value", "said"), [
    ("centre", "", "中心名称"), ("station", " ", "站名"), ("passphrase", "short", "至少 8"),
    ("passphrase", "aaaaaaaaaa", "太容易"), ("again", "别的", "不一样"),
])
def test_what_is_missing_is_said_and_nothing_is_made(
    field: str, value: str, said: str, dialog: FirstRunDialog, worker: DeskWorker, tmp_path: Path,
) -> None:
    fill(dialog)
    getattr(dialog, field).setText(value)
    dialog.create_button.click()
    assert said in dialog.said()
    assert worker.idle()
    assert not (tmp_path / "new").exists()


def test_the_made_up_centre_is_one_click_away(dialog: FirstRunDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignals([dialog.demo_requested, dialog.rejected]):
        dialog.demo_button.click()


@pytest.mark.parametrize(("passphrase", "good"), [
    ("", False), ("1234567", False), ("12345678", False), ("abababab", False), ("ok-Pass1", True),
    ("一句自己记得住的话", True),
])
def test_strength_is_said_in_words(passphrase: str, good: bool) -> None:
    answer, words = strength(passphrase)
    assert answer is good
    assert words


def test_staff_needs_distinct_names_roles_and_an_administrator(theme: Theme, qtbot: QtBot) -> None:
    editor = StaffEditor()
    qtbot.addWidget(editor)
    assert "至少要有一个人" in editor.problem()
    editor.lines[0].name.setText("甲")
    assert not editor.problem()
    assert len(editor.lines) == 2, "there is always one more line"
    editor.lines[1].name.setText("甲")
    assert "写了两次" in editor.problem()
    editor.lines[1].name.setText("乙")
    for box in editor.lines[1].boxes.values():
        box.setChecked(False)
    assert "还没有角色" in editor.problem()
    editor.lines[1].name.clear()
    editor.lines[0].boxes["管理员"].setChecked(False)
    assert "管理员" in editor.problem()
    assert editor.members() == (StaffMember("甲", ("受理", "预审员", "复核", "组长", "承办人", "保管人")),)
