"""The unified record: what it says, and that nobody can change it unnoticed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from desktop.app.desk import Desk
from desktop.app.views import VerifyReport
from desktop.core.record import PrintedRecord, UnifiedRecord
from desktop.core.refusal import Refusal
from tests.app.desks import CENTRE, Walk, day, new_desk, reads_well, take
from tests.app.test_centre import YEAR_2027, own_name

AT = datetime(2026, 3, 20, 9, 30)


def page(record: UnifiedRecord) -> str:
    """What the printed page says (the layout is another's subject)."""
    return "\n".join([record.words(), record.generated_at, *record.signatures, *record.notes])


def verified(desk: Desk, seal: dict[str, Any], text: str, drawing: str = "as drawn") -> VerifyReport:
    """Whether a page with these words and this drawing passes."""
    return desk.verify_record(
        seal, PrintedRecord(text, (drawing,)), lambda again: PrintedRecord(page(again), ("as drawn",))
    )


def printed(desk: Desk, case: Walk) -> tuple[dict[str, Any], str]:
    record = desk.record(case.ref, at=AT)
    return json.loads(record.seal), page(record)


@pytest.fixture
def case(own_desk: Desk) -> Walk:
    case = take(own_desk, "2026-03-02", title="一种“装置”", uscc="91350100M000100Y43", phone="0531-100")
    case.accept("2026-03-03").assign("2026-03-03")
    case.act("issue_opinion", "2026-03-05", opinion="权利要求 1 缺少必要技术特征。")
    case.act("reply", "2026-03-09", reply="已修改。")
    case.act("recheck", "2026-03-10")
    return case


def test_what_the_record_says(own_desk: Desk, case: Walk) -> None:
    record = own_desk.record(case.ref, at=AT)
    titles = [section.title for section in record.sections]
    assert [title[:2] for title in titles] == [f"{n}、" for n in "一二三四五六七八九"]
    assert record.centre == CENTRE
    empty = [s.title for s in record.sections if not s.pairs and s.table is None]
    assert empty == ["四、优先审查", "五、快速维权", "六、导航分析", "七、转化运用", "八、存证取证"]
    dates = dict(record.sections[2].pairs)
    assert dates["受理日"] == "2026-03-03"
    assert dates["第 1 次意见、答复"] == "2026-03-05 发出；2026-03-09 答复"
    limits = record.sections[2].table
    assert limits is not None
    rows = {row[0]: row for row in limits.rows}
    assert rows["申请人答复"][-1] == "按期"
    assert rows["受理"][limits.columns.index("起算")] == "2026-03-02"
    assert "None" not in page(record)
    journal = record.sections[8].table
    assert journal is not None
    assert len(journal.rows) == 6


def test_the_untouched_page_passes(own_desk: Desk, case: Walk) -> None:
    seal, text = printed(own_desk, case)
    report = verified(own_desk, seal, text)
    assert (report.ok, report.events, report.problems) == (True, 6, ())
    # white space is layout
    assert verified(own_desk, seal, text.replace("\n", " \n  ")).ok


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("一种“装置”", "一种“设备”"),
        ("2026-03-09 答复", "2026-03-06 答复"),  # both dates stand elsewhere on the page too
        ("按期", "超期"),
        ("0531-100", "0531-101"),
        ("张三", "李四"),
        (CENTRE, "另一保护中心"),
        ("初步判断", "最终判断"),
        ("无", ""),
    ],
)
def test_a_changed_word_is_found(own_desk: Desk, case: Walk, old: str, new: str) -> None:
    seal, text = printed(own_desk, case)
    assert old in text
    report = verified(own_desk, seal, text.replace(old, new, 1))
    assert not report.ok
    assert "纸面文字被改动" in report.problems[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("value", "0" * 64),
        ("words", "0" * 64),
        ("cases", []),
        ("cases", [{}]),
        ("cases", "无"),
        ("head", "0" * 64),
        ("events", 5),
        ("events", 0),
        ("events", 99),
        ("events", "6"),
        ("at", "2026-03-21T09:30"),
        ("at", "昨天"),
        ("calendar", "2026/9"),
        ("calendar", None),
        ("documents", {}),
        ("documents", {"calendar": 0, "centre": 0, "service": 0, "limits": 0}),
        ("documents", "无"),
        ("matter", "BL-X"),
        ("program", "0.0.1"),
        ("case", "0" * 32),
        ("number", "SDYS-2026-9999999"),
    ],
)
def test_a_changed_seal_is_found(own_desk: Desk, case: Walk, name: str, value: object) -> None:
    seal, text = printed(own_desk, case)
    if name in ("head", "events", "case", "number"):  # said of each case of the record
        report = verified(own_desk, {**seal, "cases": [{**seal["cases"][0], name: value}]}, text)
    else:
        report = verified(own_desk, {**seal, name: value}, text)
    assert not report.ok
    for problem in report.problems:
        assert "None" not in problem.replace("None 生成", "")


def test_something_painted_over_the_words_is_found(own_desk: Desk, case: Walk) -> None:
    seal, text = printed(own_desk, case)
    report = verified(own_desk, seal, text, "with a white box")
    assert not report.ok
    assert "遮盖" in report.problems[0]


def test_naming_another_program_is_no_way_around(own_desk: Desk, case: Walk) -> None:
    """The seal is no secret: whoever changes page and seal together must still fail."""
    seal, text = printed(own_desk, case)
    report = verified(own_desk, {**seal, "program": "0.0.1"}, text.replace("装置", "设备"))
    assert not report.ok
    assert any("0.0.1" in problem for problem in report.problems)


def test_a_page_of_another_program_with_the_same_words_passes(own_desk: Desk, case: Walk) -> None:
    seal, text = printed(own_desk, case)
    older = text.replace(seal["program"], "0.0.1")
    assert verified(own_desk, {**seal, "program": "0.0.1"}, older).ok


def test_a_foreign_page_is_told_apart(own_desk: Desk, case: Walk, tmp_path) -> None:  # type: ignore[no-untyped-def]
    seal, text = printed(own_desk, case)
    other = new_desk(tmp_path / "other")
    try:
        take(other)
        report = verified(other, seal, text)
    finally:
        other.close()
    assert (report.ok, report.events) == (False, 0)
    assert "不是由本数据生成" in report.problems[0]
    with pytest.raises(Refusal) as caught:
        verified(own_desk, {"format": "x"}, text)
    reads_well(caught.value.reason)


def test_later_events_only_make_it_old(own_desk: Desk, case: Walk) -> None:
    seal, text = printed(own_desk, case)
    case.act("pass", "2026-03-11", checklist="符合")
    report = verified(own_desk, seal, text)
    assert report.ok
    assert report.events == 6
    assert any("又有 1 项流水" in sentence for sentence in report.checked)


def test_what_the_centre_publishes_later_does_not_spoil_it(own_desk: Desk, case: Walk) -> None:
    seal, text = printed(own_desk, case)
    own_desk.publish_document(YEAR_2027, actor="管理员甲", today=day("2026-11-22"))
    own_desk.publish_document(own_name("新的名称", "SD"), actor="管理员甲", today=day("2026-11-22"))
    assert verified(own_desk, seal, text).ok
    own_desk.rebuild()
    assert verified(own_desk, seal, text).ok
    newer_seal, newer = printed(own_desk, case)
    assert newer.startswith("新的名称")
    assert verified(own_desk, newer_seal, newer).ok
    # the new name does not fit the old seal
    assert not verified(own_desk, seal, newer).ok


def test_a_reopened_case_keeps_its_real_days(own_desk: Desk) -> None:
    case = take(own_desk, "2026-03-02").accept("2026-03-03").assign("2026-03-03").pass_("2026-03-05")
    case.act("lapse", "2026-03-12")
    dates = dict(own_desk.record(case.ref, at=AT).sections[2].pairs)
    assert dates["结论日"] == "2026-03-05"
    case.act("reopen", "2026-03-16", reason="已按期提交，登记有误")
    dates = dict(own_desk.record(case.ref, at=AT).sections[2].pairs)
    assert dates["结论日"] == "2026-03-05"


@pytest.fixture
def ended(own_desk: Desk) -> Walk:
    case = take(own_desk, "2026-03-02").accept("2026-03-03").assign("2026-03-03")
    case.act("consult", "2026-03-04", reason="疑难", resume_by="2026-03-10")
    case.act("withdraw", "2026-03-06")
    return case


def test_an_ended_case_is_not_in_consultation(own_desk: Desk, ended: Walk) -> None:
    technique = dict(own_desk.record(ended.ref, at=AT).sections[1].pairs)
    assert technique["当前环节"] == "主动撤回"
    assert "会商" not in "".join(ended.view("2026-03-06").warnings)
