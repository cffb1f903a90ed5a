"""Working a case: the side roads, the stops, the texts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.app.desk import Desk
from desktop.core.identifiers import application_check_digit
from desktop.core.inputs import TEXT_LIMIT
from desktop.core.refusal import Refusal
from tests.app.desks import NUMBERS, SHA_A, Walk, day, reads_well, take


def examined(desk: Desk, **facts: str) -> Walk:
    return take(desk, "2026-03-02", **facts).accept("2026-03-02").assign("2026-03-02")


def test_returned_and_resumed_twice(desk: Desk) -> None:
    case = take(desk, "2026-03-02")
    case.act("return", "2026-03-03", missing="承诺书")
    assert case.view("2026-03-03").due_on == day("2026-03-06")
    assert case.limit("acceptance", "2026-03-05").remaining == 1
    case.act("resubmit", "2026-03-05")
    assert case.view("2026-03-05").due_on == day("2026-03-06")
    case.act("return", "2026-03-05", missing="委托书")
    corrections = [limit for limit in case.view("2026-03-05").limits if limit.name == "correction"]
    assert [limit.state for limit in corrections] == ["met", "running"]
    case.act("resubmit", "2026-03-09")
    limit = case.limit("acceptance", "2026-03-09")
    assert (limit.remaining, limit.due_on) == (1, day("2026-03-10"))


def test_deemed_withdrawn_only_when_overdue(desk: Desk) -> None:
    case = take(desk, "2026-03-02", note="内部：来访多次")
    case.act("return", "2026-03-02", missing="承诺书")
    refusal = case.refused("deem_withdrawn", "2026-03-05")
    assert refusal.code == "not_yet_overdue"
    assert "2026-03-05" in refusal.reason
    outcome = case.act("deem_withdrawn", "2026-03-06")
    assert (outcome.stage, outcome.due_on) == ("DEEMED_WITHDRAWN", None)
    assert outcome.notice is not None
    assert "来访" not in outcome.notice[1]  # the list's remark stays in the house
    assert case.limit("correction", "2026-03-06").state == "late"
    assert case.limit("acceptance", "2026-03-06").state == "void"


def test_withdrawn_while_paused_and_reopened(desk: Desk) -> None:
    case = examined(desk)
    case.act("issue_opinion", "2026-03-05", opinion="有缺陷")
    case.act("withdraw", "2026-03-06")
    assert {limit.state for limit in case.view("2026-03-06").limits} == {"met", "void"}
    case.refused("reopen", "2026-03-16")
    case.act("reopen", "2026-03-16", reason="撤回有误")
    view = case.view("2026-03-16")
    assert (view.stage, view.ended, view.paused) == ("AWAIT_REPLY", False, 7)
    reply = case.limit("reply", "2026-03-16")
    # one of three days was gone; the ten days between count for nobody
    assert (reply.state, reply.used, reply.due_on) == ("running", 1, day("2026-03-18"))
    case.act("reply", "2026-03-17")
    assert case.limit("examination", "2026-03-17").due_on == day("2026-03-26")


def test_reopened_after_a_lapse_that_was_none(desk: Desk) -> None:
    """The applicant had filed in time: the day of passing is still the day of passing."""
    case = examined(desk).pass_("2026-03-03")
    case.act("lapse", "2026-03-09")
    case.act("reopen", "2026-03-12", reason="申请人已按期提交")
    assert case.act("file", "2026-03-12", application_number=NUMBERS["发明"], filed_on="2026-03-05").stage == "FILED"
    assert case.state().reached["PASSED"] == "2026-03-03"


def test_a_failed_case_that_is_reopened_is_not_concluded(desk: Desk) -> None:
    case = examined(desk)
    case.act("fail", "2026-03-04", reason="不符合")
    case.act("reopen", "2026-03-05", reason="复核改判")
    assert "FAILED" not in case.state().reached
    row = desk.rows([case.view("2026-03-05").key], today=day("2026-03-05"))[0]
    assert row.stage == "EXAMINING"
    assert case.limit("examination", "2026-03-05").state == "running"
    case.act("withdraw", "2026-03-06")
    case.act("reopen", "2026-03-06", reason="再次恢复")
    assert case.view("2026-03-06").stage == "EXAMINING"


def test_a_reopened_side_stage_stands_where_it_belongs(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03").file("2026-03-04")
    case.act("upload", "2026-03-04")
    case.act("tag", "2026-03-04", consistency="一致")
    case.act("convert", "2026-03-05", reason="条件不符")
    before = case.view("2026-03-05").steps
    case.act("reject", "2026-03-06")
    case.act("reopen", "2026-03-09", reason="登记有误")
    assert case.view("2026-03-09").steps == before
    assert [step.label for step in before if step.state == "now"] == ["转普通"]
    assert [step.label for step in before if step.state == "next"] == ["授权通知", "授权"]


def test_consultation_stops_the_centres_limit_only(desk: Desk) -> None:
    case = examined(desk)
    case.refused("consult", "2026-03-04", reason="疑难")
    case.act("consult", "2026-03-04", reason="疑难", resume_by="2026-03-10")
    assert case.view("2026-03-06").paused == 8
    assert "会商暂停" in case.view("2026-03-04").warnings
    barred = {"pass": {"checklist": "符合"}, "fail": {"reason": "x"}, "issue_opinion": {"opinion": "x"}}
    for action, values in barred.items():
        assert case.refused(action, "2026-03-05", **values).code == "suspended"
    assert case.refused("consult", "2026-03-05", reason="又", resume_by="2026-03-10").code == "already_done"
    case.act("consult_end", "2026-03-10")
    assert case.refused("consult_end", "2026-03-10").code == "not_begun"
    assert case.limit("examination", "2026-03-10").due_on == day("2026-03-20")


def test_an_outage_is_taken_out(desk: Desk) -> None:
    case = examined(desk)
    before = case.limit("examination", "2026-03-02").due_on
    assert before == day("2026-03-16")
    case.act("outage", "2026-03-06", outage_from="2026-03-04", outage_to="2026-03-05", proof="公告")
    assert case.limit("examination", "2026-03-06").due_on == day("2026-03-18")
    # overlapping what was taken out already: only the new day counts
    case.act("outage", "2026-03-09", outage_from="2026-03-05", outage_to="2026-03-06", proof="公告二")
    assert case.limit("examination", "2026-03-09").due_on == day("2026-03-19")
    assert case.refused("outage", "2026-03-09", outage_from="2026-03-06", outage_to="2026-03-05", proof="x")
    assert case.refused("outage", "2026-03-09", outage_from="2026-03-06", outage_to="2026-03-10", proof="x")


def test_an_outage_within_a_stop_changes_nothing(desk: Desk) -> None:
    case = examined(desk)
    case.act("consult", "2026-03-04", reason="疑难", resume_by="2026-03-10")
    case.act("outage", "2026-03-09", outage_from="2026-03-05", outage_to="2026-03-06", proof="公告")
    assert "预审审查扣除" not in case.view("2026-03-09").journal[-1].text
    case.act("consult_end", "2026-03-10")
    assert case.limit("examination", "2026-03-10").due_on == day("2026-03-20")


def test_an_outage_before_the_case_is_not_called_a_deduction(desk: Desk) -> None:
    case = examined(desk)
    case.act("outage", "2026-03-03", outage_from="2026-02-10", outage_to="2026-02-11", proof="公告")
    assert "扣除" not in case.view("2026-03-03").journal[-1].text


def test_days_go_forward_but_remarks_do_not_hold_them(desk: Desk) -> None:
    case = examined(desk)
    refusal = case.refused("pass", "2026-03-01", checklist="符合")
    assert refusal.code == "before_last_step"
    case.act("note", "2026-03-09", note="来电")
    case.act("pass", "2026-03-04", checklist="符合")  # the remark of the 9th does not stand in the way
    assert case.view("2026-03-09").due_on == day("2026-03-09")


def test_a_day_ahead_is_pointed_out_and_a_far_one_refused(desk: Desk) -> None:
    case = examined(desk)
    outcome = case.act("note", "2026-03-05", today="2026-03-03", note="约定会晤")
    assert outcome.warnings == ("发生日期 2026-03-05 晚于今天（2026-03-03）",)
    assert case.refused("note", "2028-03-05", today="2026-03-03", note="x").code == "far_future"


def test_a_checklist_answered_in_parts(desk: Desk) -> None:
    case = take(desk, "2026-03-02")
    refusal = case.refused("accept", "2026-03-02", A1="符合")
    assert refusal.code == "checklist_incomplete"
    assert refusal.data["input"] == "A2"
    assert "9 项" in refusal.reason
    refusal = case.refused("accept", "2026-03-02", A1="缺陷", A1__note="已暂停", checklist="符合")
    assert (refusal.code, refusal.data["items"]) == ("checklist_defect", ["A1"])
    assert case.refused("accept", "2026-03-02", A1="好").code == "bad_input"
    assert case.refused("accept", "2026-03-02", checklist="好").code == "bad_input"
    assert case.refused("accept", "2026-03-02", A99="符合", checklist="符合").data == {"input": "A99"}
    case.act("accept", "2026-03-02", A9="不适用", checklist="符合")
    answers = case.state().answers["accept"]
    assert len(answers) == 10
    assert answers["A9"] == ["不适用", ""]


def test_defects_are_kept_until_they_are_answered(desk: Desk) -> None:
    case = examined(desk)
    given = {"I-S3": "缺陷", "I-S3__note": "权利要求 1 不具备创造性 {x}", "checklist": "符合"}
    case.act("issue_opinion", "2026-03-03", opinion="见缺陷", **given)
    case.act("reply", "2026-03-04")
    case.act("recheck", "2026-03-04")
    refusal = case.refused("pass", "2026-03-05", checklist="符合")
    assert refusal.data["items"] == ["I-S3"]
    shown = {item.item: item for item in (case.view("2026-03-05").checklist or pytest.fail("no list")).items}
    assert (shown["I-S3"].answer, shown["I-S3"].note) == ("缺陷", "权利要求 1 不具备创造性 {x}")
    text = desk.compose_opinion(case.ref, {}, actor="张三", on=day("2026-03-05"))
    assert "权利要求 1 不具备创造性 {x}" in text
    assert "2026年3月10日" in text
    assert case.act("pass", "2026-03-05", **{"I-S3": "符合"}).stage == "PASSED"


def test_braces_in_what_people_write_are_only_braces(desk: Desk) -> None:
    case = take(desk, "2026-03-02", title="一种{party}装置{0}{on:9999}", party="某{公司}")
    outcome = case.act("return", "2026-03-03", missing="缺 {reply_due} 和 {!r}")
    assert outcome.notice is not None
    title, text = outcome.notice
    assert title == "补正通知书"
    assert "一种{party}装置{0}{on:9999}" in text
    assert "缺 {reply_due} 和 {!r}" in text
    assert "2026年3月6日" in text


def test_long_and_strange_texts(desk: Desk) -> None:
    case = examined(desk)
    long = "字" * TEXT_LIMIT
    case.act("note", "2026-03-02", note=long)
    assert len(case.view("2026-03-02").journal[-1].text) < 200
    assert case.refused("note", "2026-03-02", note=long + "多").code == "bad_input"
    case.act("note", "2026-03-02", note="张𬭎 “引号” \t第二行\n第三行 👍 \u202e")
    for bad in ("半个字符\ud800", "零\x00字符", "响铃\x07"):
        refusal = case.refused("note", "2026-03-02", note=bad)
        assert refusal.data["input"] == "note"
    refusal = case.refused("pass", "2026-03-02", checklist="符合", **{"I-F1": "符合", "I-F1__note": "坏\ud800"})
    assert refusal.code == "bad_input"


@pytest.mark.parametrize("text", ["2026-02-30", "明天", "3月4日", "20260304x", "2206-03-04", "1026-03-04"])
def test_days_that_are_none(desk: Desk, text: str) -> None:
    case = examined(desk).pass_("2026-03-03")
    refusal = case.refused("file", "2026-03-04", application_number=NUMBERS["发明"], filed_on=text)
    assert refusal.data["input"] == "filed_on"


@pytest.mark.parametrize("text", ["2026/03/04", "2026.03.04", " 2026-03-04 ", "20260304"])
def test_spellings_of_a_day(desk: Desk, text: str) -> None:
    case = examined(desk).pass_("2026-03-03").file("2026-03-05", filed_on=text, acceptance_notice_on="2026-03-05")
    assert case.state().facts["filed_on"] == "2026-03-04"


def test_the_order_of_filing_days(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03")
    number = NUMBERS["发明"]
    early = case.refused("file", "2026-03-05", application_number=number, filed_on="2026-03-02")
    assert early.code == "filed_before_pass"
    refusal = case.refused("file", "2026-03-05", application_number=number, acceptance_notice_on="2026-03-04")
    assert refusal.data["input"] == "acceptance_notice_on"
    case.file("2026-03-05")
    assert case.refused("pay", "2026-03-06", paid_on="2026-03-04").data["input"] == "paid_on"
    case.act("pay", "2026-03-06", paid_on="2026-03-05")
    assert case.refused("pay", "2026-03-06").code == "already_done"
    assert case.refused("upload", "2026-03-06", uploaded_on="2026-03-04").data["input"] == "uploaded_on"
    case.act("upload", "2026-03-06")
    assert case.limit("payment", "2026-03-06").state == "met"
    assert case.limit("upload", "2026-03-06").state == "late"


def test_late_filing_warns(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03")
    outcome = case.act("file", "2026-03-09", application_number=NUMBERS["发明"])
    assert outcome.warnings[0] == "正式提交晚于期限 2026-03-06，可能不予加快"
    assert case.limit("filing", "2026-03-09").state == "late"


def test_one_application_number_on_two_cases_is_doubted(desk: Desk) -> None:
    number = f"202610000321.{application_check_digit('202610000321')}"
    first = examined(desk).pass_("2026-03-03")
    assert first.act("file", "2026-03-04", application_number=number).warnings == ()
    second = examined(desk).pass_("2026-03-03")
    warnings = second.act("file", "2026-03-04", application_number=number).warnings
    assert len(warnings) == 1
    assert first.view("2026-03-04").number in warnings[0]
    assert warnings[0] in second.view("2026-03-04").warnings


@pytest.mark.parametrize(
    ("action", "values", "code"),
    [
        ("没有的动作", {}, "unknown_action"),
        ("pass", {"checklist": "符合"}, "not_at_this_stage"),
        ("return", {}, "missing_input"),
        ("return", {"missing": "  "}, "missing_input"),
        ("return", {"missing": "x", "extra": "y"}, "unknown_input"),
        ("refuse", {"reason_code": "N99"}, "bad_input"),
        ("amend", {}, "nothing_changed"),
        ("amend", {"main_class": "不是"}, "bad_input"),
        ("amend", {"uscc": "91350100M000100Y4Z"}, "bad_input"),
        ("amend", {"field": "没有的领域"}, "bad_input"),
    ],
)
def test_what_is_refused_at_the_start(desk: Desk, action: str, values: dict[str, str], code: str) -> None:
    assert take(desk, "2026-03-02").refused(action, "2026-03-02", **values).code == code


def test_refused_with_its_reason(desk: Desk) -> None:
    outcome = take(desk, "2026-03-02").act("refuse", "2026-03-03", reason_code="N05")
    assert outcome.stage == "REFUSED"
    assert outcome.notice is not None
    assert "N05 分类号或技术领域不在服务范围" in outcome.notice[1]


def test_a_hash_must_be_one(desk: Desk) -> None:
    case = examined(desk)
    assert case.refused("pass", "2026-03-03", checklist="符合", passed_sha256="abc").data["input"] == "passed_sha256"
    case.pass_("2026-03-03", passed_sha256=SHA_A.upper())
    assert case.state().facts["passed_sha256"] == SHA_A


def test_a_case_is_found_by_any_of_its_numbers(desk: Desk) -> None:
    case = take(desk, "2026-03-02", "实用新型").accept("2026-03-02").assign("2026-03-02")
    case.pass_("2026-03-03").file("2026-03-04")
    view = case.view("2026-03-04")
    for ref in (view.key, view.id, view.number, view.platform_number, view.application_number):
        assert desk.case(ref, actor="张三", today=day("2026-03-04")).number == case.ref
    with pytest.raises(Refusal) as caught:
        desk.case("没有", actor="张三", today=day("2026-03-04"))
    reads_well(caught.value.reason)


def test_a_draft_is_kept_until_it_is_sent(desk: Desk) -> None:
    case = examined(desk)
    desk.save_draft(case.ref, text="写了一半", answers={"I-F1": ("缺陷", "缺签章")}, at="2026-03-03 10:00")
    draft = case.view("2026-03-03").draft
    assert draft is not None
    assert (draft.text, draft.answers) == ("写了一半", {"I-F1": ("缺陷", "缺签章")})
    case.refused("issue_opinion", "2026-03-03")
    assert case.view("2026-03-03").draft is not None
    case.act("issue_opinion", "2026-03-03", opinion="写了一半")
    assert case.view("2026-03-03").draft is None


def test_every_step_with_a_checklist_takes_its_draft_away(desk: Desk) -> None:
    received = take(desk, "2026-03-02")
    desk.save_draft(received.ref, text="", answers={"A1": ("符合", "")}, at="2026-03-02 10:00")
    received.accept("2026-03-02")
    assert received.view("2026-03-02").draft is None
    case = examined(desk)
    desk.save_draft(case.ref, text="写了一半", answers={}, at="2026-03-03 10:00")
    case.act("note", "2026-03-03", note="与本环节的文字无关")
    assert case.view("2026-03-03").draft is not None, "a step beside the examination leaves the draft alone"
    case.pass_("2026-03-03")
    assert case.view("2026-03-03").draft is None


def test_what_is_offered_is_accepted(desk: Desk) -> None:
    """A program that knows nothing of the procedure walks by the examples that the offers carry."""
    case = take(desk, "2026-03-02")
    for expected in ("ACCEPTED", "EXAMINING", "PASSED", "FILED", "CONSISTENCY", "TAGGED", "GRANT_NOTICE", "GRANTED"):
        view = case.view("2026-03-03")
        primary = next(a for a in view.actions if a.emphasis == "primary" and a.enabled)
        values = {field.name: field.example for field in primary.fields if field.required}
        outcome = case.act(primary.action, "2026-03-03", **values)
        assert outcome.stage == expected == primary.to
    assert not [a for a in case.view("2026-03-03").actions if a.emphasis == "primary"]


def test_a_recorded_difference_is_not_ticked_away(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03").file("2026-03-04")
    case.act("upload", "2026-03-04")
    case.act("compare", "2026-03-05", consistency="不一致", difference="权利要求 1")
    assert case.refused("tag", "2026-03-05", consistency="一致").code == "already_registered"
    assert case.refused("tag", "2026-03-05").code == "mismatch_needs_reason"
    assert case.act("tag", "2026-03-05", mismatch_reason="笔误").stage == "TAGGED"


def test_a_registered_payment_is_not_replaced_on_the_way(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03").file("2026-03-04")
    case.act("pay", "2026-03-06", paid_on="2026-03-06")
    assert case.refused("upload", "2026-03-06", paid_on="2026-03-05").code == "already_registered"
    assert case.act("upload", "2026-03-06", paid_on="2026-03-06").stage == "CONSISTENCY"


def test_a_page_that_is_out_of_date_decides_nothing(desk: Desk) -> None:
    case = take(desk)
    seen = case.view("2026-03-02").head
    case.act("amend", "2026-03-02", title="新名称")
    today = day("2026-03-02")
    with pytest.raises(Refusal) as refused:
        desk.act(case.ref, "amend", {"phone": "1"}, actor="张三", on=today, today=today, seen=seen)
    assert refused.value.code == "case_moved"
    assert case.view("2026-03-02").title == "新名称"


def test_a_date_after_the_business_date_is_refused(desk: Desk) -> None:
    case = examined(desk).pass_("2026-03-03").file("2026-03-04")
    assert case.refused("pay", "2026-03-05", paid_on="2026-03-06").code == "bad_input"


def test_nobody_is_judged_by_a_provisional_date(desk: Desk) -> None:
    case = examined(desk)
    case.act("issue_opinion", "2026-12-30", today="2027-02-01", opinion="缺陷")
    refusal = case.refused("deem_withdrawn", "2027-02-01", today="2027-02-01")
    assert refusal.code == "provisional_limit"
    assert "暂定" in refusal.reason


def test_a_number_names_the_record_also_after_records_were_joined(own_desk: Desk) -> None:
    desk, today = own_desk, day("2026-03-02")
    by: dict[str, Any] = {"actor": "张三", "on": today, "today": today}
    words = {"category": "维权援助", "title": "一", "party": "甲公司", "patent_number": "202010700365.0"}
    first, second = (desk.open_case("enforcement", words, **by).number for _ in range(2))
    beside = desk.open_case("commercialisation", {"category": "转让登记"}, beside=second, **by).number
    with pytest.raises(Refusal) as caught:
        desk.case("202010700365.0", actor="张三", today=today)
    assert caught.value.code == "ambiguous_case"
    desk.join_matter(second, first, reason="同一方案", **by)
    assert desk.case("202010700365.0", actor="张三", today=today).number == first
    assert desk.matter(beside, actor="张三", today=today).root == first
