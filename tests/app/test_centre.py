"""The centre's own documents: what holds for whom from when, and what is refused, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app.desk import Desk
from desktop.core.configuration import Kind
from desktop.core.refusal import Refusal
from tests.app.desks import Walk, a_row, day, digest, new_desk, open_again, reads_well, take

TODAY = day("2026-11-22")

LIMITS = """
[document]
kind = "limits"
basis = "本中心〔2026〕1 号"
checked_on = 2026-03-01
status = "已核对"
valid_from = {valid_from}

[limits.examination]
label = "预审审查期限"
kind = "promised"
unit = "workday"
invention = {days}
utility = 6
design = 4
basis = "本中心〔2026〕1 号第 3 条"
checked_on = 2026-03-01
status = "已核对"
"""

YEAR_2027 = """
[document]
kind = "calendar"
basis = "试验用的 2027 年安排"
checked_on = 2026-11-20
status = "待核对"

[[years]]
year = 2027
basis = "试验"
checked_on = "2026-11-20"
status = "待核对"
off = [
  { from = "2027-01-01", to = "2027-01-05", name = "元旦" },
  { from = "2027-02-06", to = "2027-02-12", name = "春节" },
  { from = "2027-05-01", to = "2027-05-05", name = "劳动节" },
  { from = "2027-10-01", to = "2027-10-07", name = "国庆节" },
]
work = [{ day = "2027-01-10", name = "元旦" }]
"""


def publish(desk: Desk, text: str, actor: str = "管理员甲") -> int:
    return desk.publish_document(text, actor=actor, today=TODAY).number


def limits(days: int = 8, valid_from: str = "2026-03-01", more: str = "", head: str = "") -> str:
    return head + LIMITS.format(days=days, valid_from=valid_from) + more


def own_name(name: str, prefix: str) -> str:
    return f'name = "{name}"\nprefix = "{prefix}"\n[document]\nkind = "centre"\n'


def examination(case: Walk, on: str) -> tuple[int, str]:
    case.accept(on)
    limit = case.limit("examination", on)
    return limit.limit, limit.version


def rebuilt_equal(desk: Desk) -> None:
    before = digest(desk)
    desk.rebuild()
    assert digest(desk) == before


def test_a_case_keeps_the_figures_of_the_day_it_came(own_desk: Desk) -> None:
    before = take(own_desk, "2026-02-27")
    assert publish(own_desk, limits()) == 1
    late = take(own_desk, "2026-02-28")  # taken in later, but received before the figures held
    after = take(own_desk, "2026-03-02")
    assert examination(before, "2026-03-02") == (10, "0")
    assert examination(late, "2026-03-02") == (10, "0")
    assert examination(after, "2026-03-02") == (8, "1")
    assert publish(own_desk, limits(6, "2026-03-05")) == 2
    assert examination(take(own_desk, "2026-03-04"), "2026-03-04") == (8, "1")
    assert examination(take(own_desk, "2026-03-05"), "2026-03-05") == (6, "2")
    # limits that the document does not name stay as shipped
    assert after.limit("acceptance", "2026-03-02").version == "0"
    assert "第 1 版" in after.limit("examination", "2026-03-02").explanation[0]
    rebuilt_equal(own_desk)


def test_a_case_on_its_way_keeps_its_version(own_desk: Desk) -> None:
    publish(own_desk, limits(8))
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    publish(own_desk, limits(2))
    assert case.view("2026-03-02").due_on == day("2026-03-12")
    case.act("issue_opinion", "2026-03-03", opinion="有缺陷")
    case.act("reply", "2026-03-04")
    assert case.limit("examination", "2026-03-04").limit == 8


def test_the_number_of_rounds(own_desk: Desk) -> None:
    publish(own_desk, limits(head="max_rounds = 1"))
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    outcome = case.act("issue_opinion", "2026-03-03", opinion="有缺陷")
    case.act("reply", "2026-03-04")
    case.act("recheck", "2026-03-04")
    refusal = case.refused("issue_opinion", "2026-03-04", opinion="再次")
    assert refusal.data == {"round": 1, "max_rounds": 1}
    assert outcome.notice is not None
    assert case.view("2026-03-04").max_rounds == 1


RECHECK = """
[limits.recheck]
label = "复审核期限"
kind = "promised"
unit = "workday"
value = 3
basis = "本中心"
checked_on = 2026-03-01
status = "已核对"
"""


def test_a_limit_that_ships_switched_off(own_desk: Desk) -> None:
    off = take(own_desk, "2026-02-27")
    publish(own_desk, limits(10, more=RECHECK))
    on = take(own_desk, "2026-03-02")
    for case in (off, on):
        case.accept("2026-03-02").assign("2026-03-02")
        case.act("issue_opinion", "2026-03-03", opinion="有缺陷")
        case.act("reply", "2026-03-04")
    assert [limit.name for limit in off.view("2026-03-04").limits if limit.running] == ["examination"]
    assert on.limit("recheck", "2026-03-04").due_on == day("2026-03-09")
    assert on.view("2026-03-04").due_on == day("2026-03-09")
    # a second round starts it anew
    on.act("recheck", "2026-03-05")
    on.act("issue_opinion", "2026-03-05", opinion="仍有缺陷")
    assert on.limit("recheck", "2026-03-05").state == "met"
    on.act("reply", "2026-03-06")
    rechecks = [limit for limit in on.view("2026-03-06").limits if limit.name == "recheck"]
    assert [limit.state for limit in rechecks] == ["met", "running"]
    assert rechecks[1].due_on == day("2026-03-11")


def test_a_thirteenth_field(own_desk: Desk) -> None:
    before = take(own_desk, main_class="G06F 16/29")
    was = before.view("2026-03-02").field
    text = (
        own_desk.export_document("fields")
        + """
[[field]]
id = "trial"
label = "试验领域"
ipc = ["G06F16/29"]
status = "已核对"
basis = "本中心获批范围"
"""
    )
    count = len(own_desk.fields())
    publish(own_desk, text)
    assert len(own_desk.fields()) == count + 1
    assert "试验领域" in own_desk.fields()
    assert take(own_desk, main_class="G06F 16/29").view("2026-03-02").field == "试验领域"
    assert before.view("2026-03-02").field == was != "试验领域"
    rebuilt_equal(own_desk)


def test_a_new_year_moves_what_was_a_guess(own_desk: Desk) -> None:
    case = take(own_desk, "2026-12-24").accept("2026-12-25").assign("2026-12-25")
    near = take(own_desk, "2026-03-02")
    guess = case.view("2026-12-25")
    assert (guess.due_on, guess.provisional) == (day("2027-01-08"), True)
    frozen = take(own_desk, "2026-12-28").accept("2026-12-28").assign("2026-12-28")
    frozen.act("issue_opinion", "2027-01-07", opinion="有缺陷")
    assert frozen.view("2027-01-07").paused == 10 - 3 - 5
    outcome = own_desk.publish_document(YEAR_2027, actor="管理员甲", today=TODAY)
    moved = {(one.number, one.label): one for one in outcome.moved}
    one = moved[case.ref, "预审审查"]
    assert (one.before, one.after, one.was_provisional, one.provisional) == (
        day("2027-01-08"), day("2027-01-12"), True, False
    )  # fmt: skip
    assert near.ref not in {number for number, _ in moved}
    view = case.view("2026-12-25")
    assert (view.due_on, view.provisional) == (day("2027-01-12"), False)
    row = own_desk.rows([view.key], today=day("2026-12-25"))[0]
    assert (row.due_on, row.provisional) == (day("2027-01-12"), False)
    # the frozen remainder is counted by the new year too, in the page and in the queue alike
    assert frozen.view("2027-01-07").paused == 10 - 3 - 2
    assert own_desk.rows([frozen.view("2027-01-07").key], today=day("2027-01-07"))[0].paused == 5
    rebuilt_equal(own_desk)


def test_a_date_can_still_be_a_guess_after_a_year_was_loaded(own_desk: Desk) -> None:
    case = take(own_desk, "2027-12-20").accept("2027-12-29")
    own_desk.publish_document(YEAR_2027, actor="管理员甲", today=TODAY)
    assert case.view("2027-12-29").provisional


@pytest.fixture
def manned(tmp_path: Path) -> Iterator[Desk]:
    people = [("老王", "管理员"), ("小李", "受理"), ("小赵", "预审员"), ("小钱", "预审员 复核")]
    desk = new_desk(tmp_path / "manned", staff=people)
    yield desk
    desk.close()


def test_roles_are_enforced(manned: Desk) -> None:
    report = manned.take_in([a_row()], actor="小李", source="清单", today=day("2026-03-02"))
    case = Walk(manned, report.rows[0].number, actor="小李")
    refusal = case.refused("accept", "2026-03-02", actor="小赵", checklist="符合")
    assert (refusal.code, refusal.reason) == ("wrong_role", "“受理”须由受理办理，小赵是预审员")
    assert case.refused("accept", "2026-03-02", actor="路人", checklist="符合").code == "unknown_staff"
    assert case.refused("accept", "2026-03-02", actor=" ", checklist="符合").code == "no_actor"
    offered = {a.action: a for a in manned.case(case.ref, actor="小赵", today=day("2026-03-02")).actions}
    assert not offered["accept"].enabled
    assert offered["note"].enabled
    case.accept("2026-03-02")
    refusal = case.refused("assign", "2026-03-02", examiner="小李")
    assert refusal.reason == "预审员：“小李”不在人员名单的相应角色内：小赵、小钱"
    case.assign("2026-03-02", "小赵")
    case.act("pass", "2026-03-03", actor="小钱", checklist="符合")
    journal = case.view("2026-03-03").journal
    assert [(entry.actor, entry.role) for entry in journal] == [
        ("小李", "受理"), ("小李", "受理"), ("小李", "受理"), ("小钱", "预审员"),
    ]  # fmt: skip
    case.act("reassign", "2026-03-03", actor="小钱", examiner="小钱")
    assert case.view("2026-03-03").journal[-1].role == "复核"


def test_only_administrators_publish(manned: Desk) -> None:
    with pytest.raises(Refusal) as caught:
        publish(manned, limits(), "小李")
    assert caught.value.code == "wrong_role"
    reads_well(caught.value.reason)
    with pytest.raises(Refusal):
        publish(manned, limits(), "")
    assert publish(manned, limits(), "老王") == 1
    assert next(d for d in manned.documents() if d.kind == "limits").by == "老王"


def test_a_list_that_would_lock_everybody_out(own_desk: Desk) -> None:
    text = '[document]\nkind = "staff"\n[[staff]]\nname = "小李"\nroles = ["受理"]\n'
    check = own_desk.check_document(text)
    assert not check.ok
    assert check.problems == ("staff：至少要有一名管理员",)
    with pytest.raises(Refusal):
        publish(own_desk, text)
    assert own_desk.staff() == ()


LIMIT = LIMITS.format(days=8, valid_from="2026-03-01")
FAULTS = {
    "toml": ("[document", "TOML"),
    "no header": ("name = 'x'", "document"),
    "unknown kind": ('[document]\nkind = "limit"\n', "document.kind"),
    "no basis": (LIMIT.replace('basis = "本中心〔2026〕1 号"', 'basis = ""', 1), "document.basis"),
    "key of the header": (LIMIT.replace("valid_from", "valid_form"), "document.valid_form"),
    "key of a limit": (LIMIT.replace("utility = 6", "utilty = 6"), "limits.examination.utilty"),
    "unit": (LIMIT.replace('"workday"', '"workdays"'), "limits.examination.unit"),
    "negative": (LIMIT.replace("design = 4", "design = -4"), "limits.examination.design"),
    "absurd": (LIMIT.replace("design = 4", "design = 4000"), "limits.examination"),
    "text for a number": (LIMIT.replace("design = 4", 'design = "4"'), "limits.examination.design"),
    "limit nobody uses": (LIMIT.replace("[limits.examination]", "[limits.examinations]"), "limits.examinations"),
    "rounds": ("max_rounds = 0\n" + LIMIT, "max_rounds"),
    "on and off": (LIMIT.replace("design = 4", "design = 4\noff = true"), "limits.examination.off"),
    "target that stops": (LIMIT.replace('"promised"', '"target"'), "clocks.examination"),
    "a type without the limit": (LIMIT.replace("design = 4\n", ""), "notices.acceptance"),
    "a date": (LIMIT.replace("checked_on = 2026-03-01", 'checked_on = "2026-3-1"', 1), "document.checked_on"),
    "a float": (LIMIT.replace("design = 4", "design = 4.5"), "4.5"),
    "no staff": ('[document]\nkind = "staff"\nstaff = []\n', "staff"),
    "role": ('[document]\nkind = "staff"\n[[staff]]\nname = "甲"\nroles = ["领导"]\n', "staff[甲].roles"),
    "twice": (
        '[document]\nkind = "staff"\n' + '[[staff]]\nname = "甲"\nroles = ["管理员"]\n' * 2, "staff[甲]",
    ),
    "centre": (own_name("甲", "山东"), "prefix"),
    "notice name": (
        '[document]\nkind = "notices"\nbasis = "x"\nchecked_on = 2026-01-01\n[pass]\ntitle = "t"\ntext = "{tilte}"\n',
        "pass",
    ),
    "notice without a name": (
        '[document]\nkind = "notices"\nbasis = "x"\nchecked_on = 2026-01-01\n[pass]\ntitle = "t"\ntext = "a{}b"\n',
        "pass",
    ),
    "notice with a format": (
        '[document]\nkind = "notices"\nbasis = "x"\nchecked_on = 2026-01-01\n[pass]\ntitle = "t"\n'
        'text = "{title:99999999}"\n',
        "pass",
    ),
    "brace": (
        '[document]\nkind = "notices"\nbasis = "x"\nchecked_on = 2026-01-01\n[pass]\ntitle = "t"\ntext = "{a"\n',
        "pass",
    ),
    "unknown notice": (
        '[document]\nkind = "notices"\nbasis = "x"\nchecked_on = 2026-01-01\n[passs]\ntitle = "t"\ntext = "a"\n',
        "passs",
    ),
    "empty calendar": ('[document]\nkind = "calendar"\nbasis = "x"\nchecked_on = 2026-01-01\nyears = []\n', "years"),
    "calendar without new year": (
        '[document]\nkind = "calendar"\nbasis = "x"\nchecked_on = 2026-01-01\n[[years]]\nyear = 2027\n', "2027",
    ),
    "checklist missing": (
        '[document]\nkind = "checklists"\nbasis = "x"\nchecked_on = 2026-01-01\nlists = []\n', "lists",
    ),
    "field": ('[document]\nkind = "fields"\nbasis = "x"\nchecked_on = 2026-01-01\n[[field]]\nid = "a"\n', "label"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_with_their_place(desk: Desk, name: str) -> None:
    text, place = FAULTS[name]
    check = desk.check_document(text)
    assert not check.ok
    assert any(place in problem for problem in check.problems), check.problems
    assert all(re.search("[\u4e00-\u9fff]", problem) for problem in check.problems), check.problems
    before = digest(desk)
    with pytest.raises(Refusal) as caught:
        publish(desk, text)
    assert re.search("[\u4e00-\u9fff]", caught.value.reason)
    assert digest(desk) == before


def test_a_limit_is_switched_off_with_the_notice_that_named_it(own_desk: Desk) -> None:
    off = """
[limits.filing]
label = "正式提交期限"
kind = "promised"
unit = "workday"
off = true
basis = "本中心：尽快提交"
checked_on = 2026-03-01
status = "已核对"
"""
    refused = own_desk.check_document(limits(more=off))
    assert not refused.ok
    assert "正式提交" in refused.problems[0]
    publish(
        own_desk,
        '[document]\nkind = "notices"\nbasis = "本中心"\nchecked_on = 2026-03-01\n'
        '[pass]\ntitle = "合格通知"\ntext = "{title}合格，请尽快提交。{disclaimer}"\n',
    )
    publish(own_desk, limits(more=off))
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    outcome = case.act("pass", "2026-03-03", checklist="符合")
    assert outcome.notice is not None
    assert outcome.notice[0] == "合格通知"
    assert outcome.notice[1].startswith("一种用于测试的装置合格，请尽快提交。以上为")
    assert outcome.due_on is None


def test_a_notice_title_may_name_what_its_text_may(own_desk: Desk) -> None:
    publish(
        own_desk,
        '[document]\nkind = "notices"\nbasis = "本中心"\nchecked_on = 2026-03-01\n'
        '[opinion]\ntitle = "关于{title}的第 {round} 次意见"\ntext = "{defects}"\n',
    )
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    outcome = case.act("issue_opinion", "2026-03-03", opinion="正文 {title} {0}")
    assert outcome.notice is not None
    assert outcome.notice[0] == "关于一种用于测试的装置的第 1 次意见"
    assert outcome.notice[1].startswith("正文 {title} {0}\n\n以上为基于当前案卷的初步判断")


def test_a_case_keeps_its_checklist(own_desk: Desk) -> None:
    before = take(own_desk)
    text = own_desk.export_document("checklists").replace('id = "A10"', 'id = "B10"')
    publish(own_desk, text)
    after = take(own_desk)
    assert before.refused("accept", "2026-03-02", B10="符合", checklist="符合").code == "unknown_input"
    before.act("accept", "2026-03-02", A10="符合", checklist="符合")
    assert after.refused("accept", "2026-03-02", A10="符合", checklist="符合").code == "unknown_input"
    after.act("accept", "2026-03-02", B10="符合", checklist="符合")


@pytest.mark.parametrize("kind", ["limits", "fields", "calendar", "checklists", "notices", "staff", "centre"])
def test_what_is_exported_can_be_published(own_desk: Desk, kind: str) -> None:
    text = own_desk.export_document(kind)
    check = own_desk.check_document(text)
    assert (check.ok, check.kind, check.problems) == (True, kind, ())
    assert publish(own_desk, text) == check.number
    again = own_desk.export_document(kind)
    assert own_desk.check_document(again).number == check.number + 1
    rebuilt_equal(own_desk)


def test_an_unknown_kind_is_refused(desk: Desk) -> None:
    with pytest.raises(Refusal, match="没有“limit”这种中心文件"):
        desk.export_document("limit")


def test_two_desks_see_each_others_publications(tmp_path: Path) -> None:
    first = new_desk(tmp_path / "both")
    second = open_again(tmp_path / "both")
    try:
        publish(first, limits())
        assert next(d for d in second.documents() if d.kind == "limits").number == 1
        assert examination(take(second, "2026-03-02"), "2026-03-02") == (8, "1")
        publish(second, own_name("新名称", "XM"))
        publish(second, YEAR_2027)
        publish(second, '[document]\nkind = "staff"\n[[staff]]\nname = "老王"\nroles = ["管理员"]\n')
        assert first.centre == "新名称"
        assert first.calendar_years()[0].year == 2027
        assert [member.name for member in first.staff()] == ["老王"]
        assert first.check_document(limits()).number == 2
        with pytest.raises(Refusal, match="没有“张三”"):
            take(first)
    finally:
        first.close()
        second.close()


def test_a_reader_from_before_does_not_bring_the_old_rules_back(own_desk: Desk) -> None:
    """Queues are read in one thread while another publishes."""
    workplace = own_desk._workplace
    with workplace.reading() as earlier:
        publish(own_desk, limits())
        assert own_desk.check_document(limits()).number == 2
        workplace._refresh(earlier)
        assert workplace.book.newest(Kind.LIMITS) is not None


def test_a_publication_that_fails_leaves_the_rules_alone(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("desktop.app.centre.recompute", broken)
    before = digest(own_desk)
    with pytest.raises(RuntimeError, match="broken"):
        publish(own_desk, YEAR_2027)
    assert digest(own_desk) == before
    assert own_desk.calendar.last_year == own_desk.calendar_years()[0].year == 2026


def test_an_own_prefix_numbers_the_cases(own_desk: Desk) -> None:
    publish(own_desk, own_name("某中心", "qd"))
    assert take(own_desk, "2026-03-02").ref == "QD-2026-0000001"


def test_what_is_unchecked_is_listed(own_desk: Desk) -> None:
    before = own_desk.unchecked()
    assert any("预审审查期限" in sentence for sentence in before)
    publish(own_desk, limits())
    assert not any("预审审查期限" in sentence for sentence in own_desk.unchecked())


def test_a_later_document_changes_only_what_it_names(own_desk: Desk) -> None:
    def limits(name: str, days: int, valid_from: str = "") -> str:
        dated = f"valid_from = {valid_from}\n" if valid_from else ""
        return (
            f'[document]\nkind = "limits"\nbasis = "本中心"\nchecked_on = 2026-03-01\nstatus = "已核对"\n{dated}'
            f'[limits.{name}]\nlabel = "{name}"\nkind = "promised"\nunit = "workday"\nvalue = {days}\n'
            'basis = "本中心"\nchecked_on = 2026-03-01\nstatus = "已核对"\n'
        )

    publish(own_desk, limits("reply", 2))
    publish(own_desk, limits("filing", 5))
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    case.act("issue_opinion", "2026-03-03", opinion="缺陷")
    assert case.limit("reply", "2026-03-03").limit == 2
    other = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02").pass_("2026-03-03")
    assert other.limit("filing", "2026-03-03").limit == 5


def test_documents_take_effect_by_their_first_day(own_desk: Desk) -> None:
    def limits(days: int, valid_from: str) -> str:
        return (
            '[document]\nkind = "limits"\nbasis = "本中心"\nchecked_on = 2026-03-01\nstatus = "已核对"\n'
            f"valid_from = {valid_from}\n"
            '[limits.acceptance]\nlabel = "受理期限"\nkind = "promised"\nunit = "workday"\n'
            f'value = {days}\nbasis = "本中心"\nchecked_on = 2026-03-01\nstatus = "已核对"\n'
        )

    publish(own_desk, limits(5, "2026-06-01"))
    publish(own_desk, limits(4, "2026-03-01"))
    assert take(own_desk, "2026-03-02").limit("acceptance", "2026-03-02").limit == 4
    assert take(own_desk, "2026-06-02").limit("acceptance", "2026-06-02").limit == 5


def test_a_figure_outside_its_validity_gives_way_to_what_it_replaced(own_desk: Desk) -> None:
    publish(
        own_desk,
        '[document]\nkind = "limits"\nbasis = "本中心"\nchecked_on = 2026-03-01\nstatus = "已核对"\n'
        '[limits.reply]\nlabel = "答复期限"\nkind = "promised"\nunit = "workday"\nvalue = 9\nbasis = "本中心"\n'
        'checked_on = 2026-03-01\nstatus = "已核对"\nvalid_from = 2027-01-01\n',
    )
    case = take(own_desk, "2026-03-02").accept("2026-03-02").assign("2026-03-02")
    case.act("issue_opinion", "2026-03-03", opinion="缺陷")
    assert case.limit("reply", "2026-03-03").limit == 3
