"""The field editors: days in any spelling, numbers checked while typing, digests of files."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.app.queue_views import StaffMember
from desktop.app.views import FieldView
from desktop.core.identifiers import example_application_number
from desktop.core.terms import PatentType
from desktop.ui.case_editors import ApplicationNumberField, DigestField, editor_for
from desktop.ui.case_fields import BoolField, ChoiceField, DateField, IntegerField, PersonField, read_date
from desktop.ui.case_moments import TimestampField, read_moment
from desktop.ui.form_fields import FormFields

TODAY = date(2026, 3, 12)


@pytest.mark.parametrize(("text", "day"), [
    ("2026-11-22", date(2026, 11, 22)), ("2026/1/4", date(2026, 1, 4)), ("2026.01.04", date(2026, 1, 4)),
    ("2026年1月4日", date(2026, 1, 4)), ("20260104", date(2026, 1, 4)), ("3-9", date(2026, 3, 9)),
    ("3月9日", date(2026, 3, 9)), ("今天", TODAY), ("昨天", date(2026, 3, 11)), ("-3", date(2026, 3, 9)),
    ("2026-02-30", None), ("三月", None), ("", None),
])
def test_days_are_read_as_people_write_them(text: str, day: date | None) -> None:
    assert read_date(text, TODAY) == day


def test_a_date_is_tidied_moved_by_arrows_and_refused_when_it_is_none(qtbot: QtBot) -> None:
    field = DateField(TODAY)
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field.line, "3-9")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert field.value() == field.line.text() == "2026-03-09"
    qtbot.keyClick(field.line, Qt.Key.Key_Up)
    assert field.value() == "2026-03-10"
    assert not field.problem()
    field.set_value("下周")
    assert "认不出" in field.problem()
    assert field.value() == "下周"


def test_an_application_number_is_judged_while_it_is_typed(qtbot: QtBot) -> None:
    field = ApplicationNumberField(PatentType.INVENTION.value)
    qtbot.addWidget(field)
    good = example_application_number(PatentType.INVENTION)
    qtbot.keyClicks(field.line, good[:8])
    assert not field._remark.text()
    field.line.setText(good)
    assert good in field._remark.text()
    wrong = good[:-1] + ("1" if good[-1] == "0" else "0")
    field.line.setText(wrong)
    assert field._remark.property("level") == "error"
    field.line.setText(example_application_number(PatentType.DESIGN))
    assert "类型" in field._remark.text()


def test_a_digest_is_computed_from_a_file_or_checked_when_typed(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "合格文本.docx"
    path.write_bytes(b"text" * 1000)
    field = DigestField()
    qtbot.addWidget(field)
    field.hash_file(path)
    qtbot.waitUntil(lambda: bool(field.value()))
    field.finish()
    assert field.value() == hashlib.sha256(path.read_bytes()).hexdigest()
    field.set_value("abc")
    assert "64" in field.problem()
    field.hash_file(tmp_path / "没有.docx")
    qtbot.waitUntil(lambda: field._remark.property("level") == "error")
    field.finish()
    assert "没有.docx" in field._remark.text()


def test_a_person_is_found_by_part_of_the_name_or_written_freely(qtbot: QtBot) -> None:
    staff = (StaffMember("林知远", ("受理",)), StaffMember("周明", ("预审员",)))
    field = PersonField(staff, ("周明",))
    qtbot.addWidget(field)
    assert field.combo.count() == 1
    assert field.value() == ""
    field.set_value("周明")
    assert field.value() == "周明"
    field.combo.setEditText("外来 人")
    assert field.value() == "外来 人"


def test_choices_numbers_and_ticks_speak_plain_values(qtbot: QtBot) -> None:
    choice, optional, number, tick = ChoiceField(("N01",), ("N01 未备案",), True), ChoiceField(("a",), (), False), \
        IntegerField(), BoolField("已付")
    for field in (choice, optional, number, tick):
        qtbot.addWidget(field)
    assert [field.value() for field in (choice, optional, number, tick)] == ["", "", "", "否"]
    choice.set_value("N01")
    number.set_value("12")
    tick.set_value("是")
    assert [field.value() for field in (choice, number, tick)] == ["N01", "12", "是"]


@pytest.mark.parametrize("kind", [
    "text", "multiline", "date", "choice", "bool", "integer", "person", "application_number", "sha256",
])
def test_every_type_of_field_has_an_editor_that_takes_the_focus(kind: str, qtbot: QtBot) -> None:
    view = FieldView("x", "名目", kind, False, options=("甲",), hint="说明")
    editor = editor_for(view, today=TODAY, staff=(), patent_type="发明")
    qtbot.addWidget(editor)
    assert editor.focusProxy() is not None
    assert editor.accessibleName() == "名目"


@pytest.mark.parametrize(("text", "meant"), [
    ("2026-03-02 10:15 +08:00", "2026-03-02T10:15:00+08:00"), ("2026-03-02T10:15+0800", "2026-03-02T10:15:00+08:00"),
    ("20260302 9:05:30 +9", "2026-03-02T09:05:30+09:00"), ("2026年3月2日 10时15分 Z", "2026-03-02T10:15:00+00:00"),
    ("2026-03-02T10:15-03:30", "2026-03-02T10:15:00-03:30"), ("今天 0:00 +08:00", "2026-03-12T00:00:00+08:00"),
])
def test_a_moment_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert read_moment(text, TODAY).isoformat() == meant


@pytest.mark.parametrize("text", ["", "2026-03-02", "10:15", "2026-03-02 25:15 +08:00", "2026-13-02 10:15", "某日",
                                  "2026-03-02 10:15 +99:00"])
def test_what_is_no_moment_is_not_guessed(text: str) -> None:
    assert read_moment(text, TODAY) is None


def test_without_an_offset_it_is_this_computers_own(qtbot: QtBot) -> None:
    field = TimestampField(TODAY, lambda: datetime(2026, 3, 2, 8, 5))
    qtbot.addWidget(field)
    field.set_value("2026-03-02 10:15")
    assert field.value() == datetime(2026, 3, 2, 10, 15).astimezone().isoformat(timespec="minutes")
    assert field.line.text().endswith(field.value()[-6:]), "the offset is shown, not only meant"
    field.button.click()
    assert field.value().startswith("2026-03-02T08:05")
    field.set_value("昨日上午")
    assert field.problem()
    assert field.value() == "昨日上午", "what was typed stays"


@pytest.mark.parametrize(("kind", "good", "bad"), [
    ("uscc", "91350100M000100Y43", "91350100M000100Y4Z"), ("agency_code", "37000", "3700"),
    ("class", "G06F 16/29", "G6F"), ("decimal", "1,234.5", "一千"),
])
def test_numbers_are_judged_when_one_leaves(kind: str, good: str, bad: str, qtbot: QtBot) -> None:
    view = FieldView("x", "某项", kind, True)
    editor = editor_for(view, today=TODAY, staff=(), patent_type="")
    qtbot.addWidget(editor)
    editor.set_value(good)
    assert not editor.problem()
    editor.set_value(bad)
    assert editor.problem()


def test_an_offered_date_goes_with_the_business_date_until_another_is_written(qtbot: QtBot) -> None:
    asked = [FieldView(name, name, "date", True, default=TODAY.isoformat()) for name in ("sent_on", "paid_on")]
    asked.append(FieldView("granted_on", "granted_on", "date", True, default="2024-05-10"))
    form = FormFields(asked, staff=(), today=TODAY)
    qtbot.addWidget(form)
    form.editors["paid_on"].set_value("2026-03-01")
    for typed in ("2026-03-1", "2026-03-", "2026-03-05"):
        form.on.set_value(typed)
    assert form.values() == {"sent_on": "2026-03-05", "paid_on": "2026-03-01", "granted_on": "2024-05-10"}
