"""Taking a list in: what is new, changed, unchanged or refused, and that doing it twice does nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.app import taking_in
from desktop.app.desk import Desk
from desktop.app.views import IntakeReport
from desktop.core.intake import IntakeRow, RowError
from desktop.core.refusal import Refusal
from tests.app.desks import Walk, a_row, day, digest, journal_count, new_desk, take

SOURCE = "清单.xlsx"


def take_in(desk: Desk, *rows: IntakeRow, actor: str = "张三") -> IntakeReport:
    return desk.take_in(rows, actor=actor, source=SOURCE, today=day("2026-03-02"))


def changed(row: IntakeRow, **facts: str) -> IntakeRow:
    return replace(row, facts={**row.facts, **facts})


def verdicts(report: IntakeReport) -> list[str]:
    return [row.verdict for row in report.rows]


def test_the_same_list_twice_adds_nothing(own_desk: Desk) -> None:
    rows = [a_row(row=number) for number in range(2, 12)]
    bad = IntakeRow(12, {}, (RowError("接收日期", "接收日期为空"),))
    dry = own_desk.plan_intake([*rows, bad])
    assert journal_count(own_desk) == 2  # the station and the centre's name: a dry run leaves no trace
    report = take_in(own_desk, *rows, bad)
    assert (report.read, report.new, report.changed, report.unchanged, report.refused) == (11, 10, 0, 0, 1)
    assert (dry.read, dry.new, dry.refused, dry.dry_run) == (11, 10, 1, True)
    assert report.rows[-1].reasons == (("接收日期", "接收日期为空"),)
    before = digest(own_desk), journal_count(own_desk)
    again = take_in(own_desk, *rows, bad)
    assert (again.new, again.unchanged, again.refused) == (0, 10, 1)
    assert (digest(own_desk), journal_count(own_desk)) == before


def test_numbers_have_no_holes_and_start_anew_each_year(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "CHUNK", 3)
    years = ["2025", "2026", "2025", "2026", "2026", "2025", "2026"]
    rows = [a_row(f"{year}-03-02", row=number) for number, year in enumerate(years, 2)]
    bad = IntakeRow(99, {}, (RowError("标题", "为空"),))
    report = take_in(own_desk, *rows[:4], bad, *rows[4:])
    numbers = [row.number for row in report.rows if row.verdict == "new"]
    assert sorted(n for n in numbers if "-2025-" in n) == [f"SDYS-2025-{n:07d}" for n in (1, 2, 3)]
    assert sorted(n for n in numbers if "-2026-" in n) == [f"SDYS-2026-{n:07d}" for n in (1, 2, 3, 4)]
    assert take_in(own_desk, a_row("2025-12-31")).rows[0].number == "SDYS-2025-0000004"


def test_cancelling_keeps_the_finished_chunks(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "CHUNK", 4)
    rows = [a_row(row=number) for number in range(2, 14)]
    told: list[int] = []
    report = own_desk.take_in(
        rows,
        actor="张三",
        source=SOURCE,
        today=day("2026-03-02"),
        progress=lambda done, total: told.append(done),
        cancelled=lambda: len(told) == 2,
    )
    assert report.cancelled
    assert told == [4, 8]
    assert (report.read, report.new) == (8, 8)
    rest = take_in(own_desk, *rows)
    assert (rest.unchanged, rest.new, rest.cancelled) == (8, 4, False)


def test_a_cancelled_dry_run_says_so(desk: Desk) -> None:
    report = desk.plan_intake([a_row()], cancelled=lambda: True)
    assert (report.read, report.cancelled) == (0, True)


def test_a_fault_in_a_chunk_leaves_nothing_of_it(own_desk: Desk) -> None:
    before = journal_count(own_desk)
    broken = changed(a_row(), received_on="2026-13-02")  # examined rows cannot hold this: our own bug
    with pytest.raises(ValueError, match="month"):
        take_in(own_desk, a_row(), broken)
    assert journal_count(own_desk) == before


def test_a_changed_row_says_what_changed(desk: Desk) -> None:
    row = a_row(title="一种旧装置")
    take_in(desk, row)
    report = take_in(desk, changed(row, title="一种新装置"))
    assert verdicts(report) == ["changed"]
    assert report.rows[0].changes == (("发明名称", "一种旧装置", "一种新装置"),)
    view = desk.case(report.rows[0].number, actor="张三", today=day("2026-03-02"))
    assert view.title == "一种新装置"
    assert "一种旧装置" in view.journal[-1].text
    assert "一种新装置" in view.journal[-1].text
    assert verdicts(take_in(desk, changed(row, title="一种新装置"))) == ["unchanged"]


def test_an_amendment_survives_the_same_list(desk: Desk) -> None:
    row = a_row(title="一种装置", phone="0531-1")
    number = take_in(desk, row).rows[0].number
    case = Walk(desk, number)
    case.act("amend", "2026-03-02", title="一种装置及方法", reason="申请人来函")
    assert verdicts(take_in(desk, row)) == ["unchanged"]
    assert case.view("2026-03-02").title == "一种装置及方法"
    # the list changes something else: the examiner's word stays
    assert verdicts(take_in(desk, changed(row, phone="0531-2"))) == ["changed"]
    view = case.view("2026-03-02")
    assert view.title == "一种装置及方法"
    assert dict(view.facts)["联系电话"] == "0531-2"


def test_a_field_that_a_person_named_survives_new_classes(desk: Desk) -> None:
    row = a_row(main_class="G06F 16/29")
    case = Walk(desk, take_in(desk, row).rows[0].number)
    matched = case.view("2026-03-02").field
    other = next(label for label in desk.fields() if label != matched)
    case.act("amend", "2026-03-02", field=other)
    take_in(desk, changed(row, main_class="G06F 17/10", classes="G06F 17/10"))
    view = case.view("2026-03-02")
    assert (view.field, view.main_class) == (other, "G06F 17/10")


def test_new_classes_choose_a_new_field(desk: Desk) -> None:
    row = a_row(main_class="G06F 16/29")
    case = Walk(desk, take_in(desk, row).rows[0].number)
    before = case.view("2026-03-02").field
    take_in(desk, changed(row, main_class="B63B 21/00", classes="B63B 21/00"))
    after = case.view("2026-03-02")
    assert after.field != before
    assert "重点产业领域" in after.journal[-1].text


@pytest.mark.parametrize(("name", "value"), [("patent_type", "实用新型"), ("received_on", "2026-03-03")])
def test_what_a_list_may_not_change(desk: Desk, name: str, value: str) -> None:
    row = a_row()
    take_in(desk, row)
    before = digest(desk), journal_count(desk)
    report = take_in(desk, changed(row, **{name: value}))
    assert verdicts(report) == ["refused"]
    assert "收件后不能由清单更改" in report.rows[0].reasons[0][1]
    assert (digest(desk), journal_count(desk)) == before


def test_an_ended_case_is_left_alone(desk: Desk) -> None:
    row = a_row()
    number = take_in(desk, row).rows[0].number
    Walk(desk, number).act("withdraw", "2026-03-02")
    report = take_in(desk, changed(row, title="另一名称"))
    assert verdicts(report) == ["refused"]
    assert "已办结" in report.rows[0].reasons[0][1]
    assert verdicts(take_in(desk, row)) == ["unchanged"]


def test_the_dry_run_and_the_real_run_agree(desk: Desk) -> None:
    known = a_row()
    take_in(desk, known)
    rows = [a_row(), known, changed(known, title="改名"), IntakeRow(5, {}, (RowError("甲", "乙"),))]
    for row in rows:
        dry = desk.plan_intake([row])
        real = take_in(desk, row)
        assert verdicts(dry) == verdicts(real)
        assert dry.rows[0].changes == real.rows[0].changes


def test_every_event_names_its_row(desk: Desk) -> None:
    case = take(desk, title="一种有来源的装置")
    assert "清单.xlsx 第 2 行" in case.view("2026-03-02").journal[0].text


def test_strange_texts_come_through(desk: Desk) -> None:
    title = "张𬭎的“装置”{0} %s <b>；–\u3000１２３"
    case = take(desk, title=title, party="‘某’公司 & 子公司")
    assert case.view("2026-03-02").title == title.replace("\u3000", "\u3000").strip()


def test_only_people_with_the_role_take_lists_in(tmp_path) -> None:  # type: ignore[no-untyped-def]
    desk = new_desk(tmp_path / "d", staff=[("老王", "管理员"), ("小李", "受理"), ("小赵", "预审员 复核")])
    try:
        before = journal_count(desk)
        for actor, code in (("小赵", "wrong_role"), ("无名", "unknown_staff"), ("  ", "no_actor")):
            with pytest.raises(Refusal) as caught:
                take_in(desk, a_row(), actor=actor)
            assert caught.value.code == code
        assert journal_count(desk) == before
        number = take_in(desk, a_row(), actor="小李").rows[0].number
        assert desk.case(number, actor="小李", today=day("2026-03-02")).journal[0].role == "受理"
        number = take_in(desk, a_row(), actor="老王").rows[0].number
        assert desk.case(number, actor="老王", today=day("2026-03-02")).journal[0].role == "管理员"
    finally:
        desk.close()


def test_a_list_does_not_overrule_a_person(desk: Desk) -> None:
    row = a_row(platform_number="YS-PERSON", title="甲")
    desk.take_in([row], actor="张三", source="一.xlsx", today=day("2026-03-02"))
    desk.act("YS-PERSON", "amend", {"title": "乙"}, actor="张三", on=day("2026-03-02"), today=day("2026-03-02"))
    said = desk.take_in(
        [a_row(platform_number="YS-PERSON", title="丙")], actor="张三", source="二.xlsx", today=day("2026-03-03")
    )
    assert said.refused == 1
    assert "乙" in said.rows[0].reasons[0][1]
    assert desk.case("YS-PERSON", actor="张三", today=day("2026-03-03")).title == "乙"
    again = desk.take_in(
        [a_row(platform_number="YS-PERSON", title="乙")], actor="张三", source="三.xlsx", today=day("2026-03-03")
    )
    assert again.unchanged == 1


def test_a_list_gives_no_case_its_application_number(desk: Desk) -> None:
    desk.take_in([a_row(platform_number="YS-NUMBER")], actor="张三", source="一.xlsx", today=day("2026-03-02"))
    said = desk.plan_intake([a_row(platform_number="YS-NUMBER", application_number="202610000001.9")])
    assert said.refused == 1
