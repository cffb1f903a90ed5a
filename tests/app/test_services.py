"""Six services through the use cases: rule versions, whose cases lead, records, references, other stations."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import tomli_w

from db.transport import MemoryHub
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.core.party_decide import Order
from desktop.core.refusal import Refusal
from desktop.reports.reading import read_printed
from desktop.reports.record_pdf import render_record_bytes
from tests.app.desks import day, digest, take
from tests.app.meetings import meet
from tests.core.services.ways import WAYS
from tests.services import SEVENTH, opening_of

DAY = day("2026-03-02")
NOW: dict[str, Any] = {"actor": "张三", "on": DAY, "today": DAY}
RULE = "shandong-abnormal"
AT = datetime(2026, 11, 20, 9, 30)
Make = Callable[[str], Desk]


def walk(desk: Desk, procedure: str, category: str, *, until: str = "", beside: str | None = None) -> str:
    """A way of the shared list, as far as (and with) the action ``until``; the case's number."""
    way = WAYS[procedure, category]
    opened = day(way.received)
    number = desk.open_case(
        procedure, way.opening, actor="张三", on=opened, today=opened, beside=beside
    ).number
    for action, on, values in way.steps:
        desk.act(number, action, dict(values), actor="张三", on=day(on), today=day(on))
        if action == until:
            break
    return number


# ---------------------------------------------------------------- versions of the law
def agreed(desk: Desk, on: str) -> str:
    """A priority request of an invention that the office agreed to on this day."""
    way = WAYS["priority", "invention"]
    number = desk.open_case("priority", way.opening, actor="张三", on=day("2026-08-03"), today=day(on)).number
    for action, _, values in way.steps:
        when = day(on) if action == "agree" else day("2026-08-04")
        given = {name: value for name, value in values.items() if not name.endswith("_on")}
        desk.act(number, action, given, actor="张三", on=when, today=when)
        if action == "agree":
            return number
    raise AssertionError("the way agrees")


def test_12_the_version_of_the_law_follows_the_day_of_consent(make: Make) -> None:
    desk = make("a")
    old, new = agreed(desk, "2026-08-31"), agreed(desk, "2026-09-01")
    today = day("2026-09-02")
    before, after = (desk.case(number, actor="张三", today=today) for number in (old, new))
    assert before.banners == ()
    assert [limit.status for limit in before.limits if limit.name in ("closing", "first_office_action")] == [
        "已核对", "已核对",
    ]  # fmt: skip
    assert len(after.banners) == 1
    assert "待核对" in after.banners[0]
    assert {limit.status for limit in after.limits if limit.name in ("closing", "first_office_action")} == {"待核对"}
    # the same figures, as the older version has them
    assert [(one.limit, one.unit) for one in before.limits] == [(one.limit, one.unit) for one in after.limits]
    service = {one.id: one.banner for one in desk.services(today=today)}
    assert "2026-09-01" in service["priority"]
    assert {banner for name, banner in service.items() if name != "priority"} == {""}
    assert desk.services(today=day("2026-08-31"))[1].banner == ""
    paper = desk.record(new, at=AT)
    assert any("待核对" in value for section in paper.sections for label, value in section.pairs if label == "规则核对")


def published(desk: Desk, months: int) -> None:
    """The administrator has read the new text: figures as checked, the time for closing perhaps another."""
    document = tomllib.loads(desk.export_document("limits", "priority"))
    document["document"].update(basis="新办法原文", checked_on="2026-09-05", status="已核对")
    for limit in document["limits"].values():
        limit.update(status="已核对", basis="新办法原文", checked_on="2026-09-05")
    document["limits"]["closing"]["invention"] = months
    desk.publish_document(tomli_w.dumps(document), actor="张三", today=day("2026-09-05"))


def test_a_banner_stays_until_every_figure_is_confirmed(make: Make) -> None:
    desk = make("a")
    number = agreed(desk, "2026-09-01")
    today = day("2026-09-07")
    published(desk, months=12)
    assert desk.services(today=today)[1].banner == ""
    # the old case was counted by figures that turned out right
    assert desk.case(number, actor="张三", today=today).banners == ()
    published(desk, months=9)
    (said,) = desk.case(number, actor="张三", today=today).banners
    assert "9 个月" in said
    assert "人工处理" in said
    # a case keeps what it was given
    limits = {limit.name: limit.limit for limit in desk.case(number, actor="张三", today=today).limits}
    assert limits["closing"] == 12


# ---------------------------------------------------------------- register
def test_6_a_suspension_is_read_on_the_day_of_submission(make: Make) -> None:
    desk = make("a")
    known = desk.parties.add("主体", {"name": "某某科技有限公司"}, **NOW)
    first = day("2026-06-01")
    by: dict[str, Any] = {"actor": "张三", "on": first, "today": first}
    desk.parties.sanction(known.id, Order("经核实", "暂停", first, months=6), rule=RULE, **by)
    before, after = take(desk, "2026-05-31"), take(desk, "2026-06-01")
    assert before.act("accept", "2026-06-02", checklist="符合").stage == "ACCEPTED"
    refusal = after.refused("accept", "2026-06-02", checklist="符合")
    assert refusal.code == "party_barred"
    assert "N06" in refusal.reason
    assert ("备案（提交日）", "在备") in before.view("2026-06-02").facts
    assert any(label == "备案（提交日）" and "暂停" in value for label, value in after.view("2026-06-02").facts)
    assert after.act("refuse", "2026-06-02", reason_code="N06").stage == "REFUSED"


def test_an_unknown_party_is_doubted_only_where_a_register_is_kept(make: Make) -> None:
    desk = make("a")
    assert take(desk).act("accept", "2026-03-03", checklist="符合").warnings == ()
    desk.parties.add("主体", {"name": "另一公司"}, **NOW)
    (warning,) = take(desk).act("accept", "2026-03-03", checklist="符合").warnings
    assert "备案" in warning


def test_strategic_parties_lead_the_queue_wherever_their_cases_stand(make: Make) -> None:
    desk = make("a")
    early = take(desk, "2026-03-02", party="平常公司").ref
    late = take(desk, "2026-03-04", party="重要公司", uscc="91350100M000100Y43").ref

    def order() -> list[str]:
        return [row.number for row in desk.page(QueueQuery(), actor="张三", today=DAY)]

    assert order() == [early, late]
    party = desk.parties.add("主体", {"name": "重要公司", "tags": "战略主体", "uscc": "91350100M000100Y43"}, **NOW)
    assert order() == [late, early]
    assert [row.strategic for row in desk.page(QueueQuery(), actor="张三", today=DAY)] == [True, False]
    assert desk.counts("preexam", actor="张三", today=DAY).views["strategic"] == 1
    third = take(desk, "2026-03-05", party="又名", uscc="91350100M000100Y43").ref
    assert order() == [late, third, early]
    shown = digest(desk)
    desk.rebuild()
    assert digest(desk) == shown
    desk.parties.amend(party.id, {"tags": ""}, reason="名单调整", **NOW)
    assert order() == [early, late, third]


def test_a_record_names_the_registration_and_proves_it(make: Make) -> None:
    desk = make("a")
    case = take(desk)
    known = desk.parties.add("主体", {"name": "某某科技有限公司", "code": "BA-7"}, **NOW)
    paper = desk.record(case.ref, at=AT)
    assert dict(paper.sections[0].pairs)["备案编号、状态"] == "BA-7　在备"
    printed = read_printed(render_record_bytes(paper))

    def check(seal: dict[str, Any]) -> Any:
        return desk.verify_record(seal, printed, lambda again: read_printed(render_record_bytes(again)))

    seal = json.loads(paper.seal)
    assert check(seal).ok
    # what happened to the party afterwards does not make the paper wrong
    desk.parties.sanction(known.id, Order("经核实", "取消", DAY), rule=RULE, **NOW)
    assert check(seal).ok
    assert dict(desk.record(case.ref, at=AT).sections[0].pairs)["备案编号、状态"].startswith("BA-7　取消")
    for spoilt in ({}, {"kept": True, "entries": []}, {"kept": False, "entries": []}, {"kept": True, "entries": [{}]}):
        assert not check({**seal, "register": spoilt}).ok


# ---------------------------------------------------------------- the three years
def test_13_three_years_come_up_by_themselves(make: Make) -> None:
    desk = make("a")
    way = WAYS["commercialisation", "open_list"]
    opening = {**way.opening, "granted_on": "2023-11-22"}
    number = desk.open_case("commercialisation", opening, **NOW).number

    def seen(today: str) -> tuple[list[str], int, bool]:
        when = day(today)
        rows = desk.page(QueueQuery("commercialisation", view="matured"), actor="张三", today=when)
        counts = desk.counts("commercialisation", actor="张三", today=when)
        return [row.number for row in rows], counts.views["matured"], any(row.overdue for row in rows)

    assert seen("2026-11-21") == ([], 0, False)
    assert seen("2026-11-22") == ([number], 1, False)  # a Sunday: the day itself does not move
    assert desk.counts("commercialisation", actor="张三", today=day("2027-03-01")).views["overdue"] == 0
    limits = desk.case(number, actor="张三", today=day("2026-11-22")).limits
    limit = next(one for one in limits if one.name == "implementation")
    assert (limit.due_on, limit.reached, limit.overdue) == (day("2026-11-22"), True, False)
    assert any("2026-11-23" in line for line in limit.explanation)  # reminded on the next working day


# ---------------------------------------------------------------- one record
def test_what_is_known_is_carried_over(make: Make) -> None:
    desk = make("a")
    case = take(desk, "2026-03-02", "发明", uscc="91350100M000100Y43", region="某区", phone="000-1", contact="某人")
    view = desk.opening("enforcement", actor="张三", today=DAY, beside=case.ref)
    known = {field.name: field.default for field in view.fields if field.default}
    assert known["title"] == "一种用于测试的装置"
    assert (known["party"], known["uscc"], known["region"]) == ("某某科技有限公司", "91350100M000100Y43", "某区")
    made = desk.open_case("enforcement", {"category": "维权援助"}, beside=case.ref, **NOW)
    facts = dict(desk.case(made.number, actor="张三", today=DAY).facts)
    assert (facts["联系人"], facts["联系电话"]) == ("某人", "000-1")
    assert made.matter == f"BL-{case.ref}"
    # and from there on, beside whichever of them
    third = desk.open_case("navigation", {"category": "企业导航"}, beside=made.number, **NOW)
    assert third.matter == made.matter
    view = desk.matter(third.number, actor="张三", today=DAY)
    lanes = {lane.procedure: [one.number for one in lane.cases] for lane in view.lanes}
    assert lanes["preexam"] == [case.ref]
    assert lanes["enforcement"] == [made.number]
    assert lanes["evidence"] == []


def test_two_services_of_one_party_are_no_doubles(make: Make) -> None:
    desk = make("a")
    for procedure in ("enforcement", "commercialisation"):
        category = next(code for name, code in WAYS if name == procedure)
        opening = {**opening_of(procedure, category), "title": "同一名称", "party": "同一主体"}
        opening.pop("effective_on", None)
        number = desk.open_case(procedure, opening, **NOW).number
        assert desk.case(number, actor="张三", today=DAY).warnings == ()


def test_references_are_followed_both_ways(make: Make) -> None:
    desk = make("a")
    dispute = walk(desk, "enforcement", "ruling", until="ask_supplement")
    words = {"category": "照片", "title": "照片一", "party": "青禾示例有限公司", "ref_case": dispute}
    proof = desk.open_case("evidence", words, **NOW).number
    for ref, outgoing in ((dispute, False), (proof, True)):
        (one,) = desk.matter(ref, actor="张三", today=DAY).references
        assert one.outgoing is outgoing
        assert {one.number, one.from_number} == {dispute, proof}
    with pytest.raises(Refusal) as caught:
        desk.open_case("evidence", {"category": "照片", "title": "二", "party": "甲", "ref_case": "SDWQ-1"}, **NOW)
    assert caught.value.code == "unknown_case"
    shown = digest(desk)
    desk.rebuild()
    assert digest(desk) == shown


def test_a_contested_and_a_provisional_fact_are_plainly_marked_on_paper(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    case = take(a, "2026-03-02")
    number = a.open_case("enforcement", {"category": "维权援助"}, beside=case.ref, **NOW).number
    meet(hub, a, b)
    a.act(number, "accept", {"examiner": "甲"}, **NOW)
    b.act(number, "not_accept", {"reason": "不属于援助范围"}, **NOW)
    late: dict[str, Any] = {"actor": "张三", "on": day("2026-12-01"), "today": day("2026-12-01")}
    study = a.open_case("navigation", {"category": "企业导航"}, beside=case.ref, **late).number
    a.act(study, "accept", {"examiner": "甲", "contractor": "某所"}, **late)
    a.act(study, "plan", {"plan": "方案"}, **late)
    meet(hub, a, b)
    assert digest(a) == digest(b)
    paper = a.record(number, at=datetime(2026, 12, 3, 9, 0))
    titles = [section.title for section in paper.sections]
    assert any(number in title and "【待裁决】" in title for title in titles)
    assert any(study in title and "【期限暂定】" in title for title in titles)
    assert any(title.startswith("分歧与裁决") for title in titles)
    lanes = {one.number: one for lane in a.matter(number, actor="张三", today=DAY).lanes for one in lane.cases}
    assert lanes[number].contested
    assert lanes[number].result == "待裁决"
    assert "期限暂定" in lanes[study].marks


def test_a_case_put_into_two_records_side_by_side_is_contested(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    first, second = take(a, title="第一件").ref, take(a, title="第二件").ref
    words = {"category": "维权援助", "title": "一事", "party": "某某科技有限公司"}
    number = a.open_case("enforcement", words, **NOW).number
    meet(hub, a, b)
    a.join_matter(number, first, reason="同一方案", **NOW)
    b.join_matter(number, second, reason="同一方案", **NOW)
    meet(hub, a, b)
    assert digest(a) == digest(b)
    assert a.case(number, actor="张三", today=DAY).contested
    with pytest.raises(Refusal) as caught:
        a.join_matter(number, first, reason="再归", **NOW)
    assert caught.value.code == "contested"
    with pytest.raises(Refusal) as caught:
        a.leave_matter(number, reason="移出", **NOW)
    assert caught.value.code == "contested"


def test_records_that_were_joined_to_each_other_have_one_number(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    first, second = take(a, title="第一件").ref, take(a, title="第二件").ref
    meet(hub, a, b)
    a.join_matter(first, second, reason="同一方案", **NOW)
    b.join_matter(second, first, reason="同一方案", **NOW)
    meet(hub, a, b)
    numbers = {desk.matter(ref, actor="张三", today=DAY).number for desk in (a, b) for ref in (first, second)}
    assert len(numbers) == 1
    (lane,) = [lane for lane in a.matter(first, actor="张三", today=DAY).lanes if lane.procedure == "preexam"]
    assert {one.number for one in lane.cases} == {first, second}
    assert a.record(first, at=AT).matter_number == a.record(second, at=AT).matter_number


# ---------------------------------------------------------------- other stations, other versions
def test_a_service_that_a_centre_published_travels(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    a.publish_document(SEVENTH, actor="张三", today=DAY)
    number = a.open_case("training", {"category": "企业培训", "title": "检索入门", "party": "某甲公司"}, **NOW).number
    meet(hub, a, b)
    assert [one.id for one in b.services(today=DAY)][-1] == "training"
    assert b.act(number, "hold", {"people": "12"}, **NOW).stage == "HELD"
    meet(hub, a, b)
    assert digest(a) == digest(b)
    for desk in (a, b):
        desk.rebuild()
        assert digest(desk) == digest(a)


def test_a_changed_service_leaves_open_cases_as_they_were(make: Make) -> None:
    desk = make("a")
    desk.publish_document(SEVENTH, actor="张三", today=DAY)
    words = {"category": "企业培训", "title": "检索入门", "party": "某甲公司"}
    before = desk.open_case("training", words, **NOW).number
    changed = SEVENTH.replace('label = "已举办"', 'label = "已办"').replace("value = 5", "value = 9")
    changed = changed.replace("HELD", "OVER")
    desk.publish_document(changed, actor="张三", today=DAY)
    after = desk.open_case("training", words | {"title": "检索进阶"}, **NOW).number
    assert [desk.case(one, actor="张三", today=DAY).limits[0].limit for one in (before, after)] == [5, 9]
    assert desk.act(before, "hold", {"people": "3"}, **NOW).stage == "HELD"
    assert desk.act(after, "hold", {"people": "3"}, **NOW).stage == "OVER"
    rows = desk.page(QueueQuery("training", view="all"), actor="张三", today=DAY)
    assert {row.stage_label for row in rows} == {"已举办", "已办"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: text.replace('to = "HELD"', 'to = "GONE"'), "GONE"),
        (lambda text: text.replace('stop = ["hold"]', "stop = []"), "没有停止动作"),
        (lambda text: text.replace("{people}", "{peple}"), "peple"),
        (lambda text: text.replace("value = 5", "compny = 5"), "compny"),
        (lambda text: text.replace('prefix = "SDPX"', 'prefix = "sd px"'), "前缀"),
        (lambda text: text.replace('fact = "party"', 'fact = "host"'), "party"),
        (lambda text: text.replace('id = "training"', 'id = "training"\nprocedure = "x"'), "不认识"),
        (lambda text: text.replace('fact = "people"\n', 'fact = "poeple"\n'), "poeple"),
    ],
)
def test_a_faulty_service_is_told_what_is_wrong(make: Make, change: Callable[[str], str], problem: str) -> None:
    desk = make("a")
    check = desk.check_document(change(SEVENTH))
    assert not check.ok
    assert any(problem in sentence for sentence in check.problems), check.problems
    with pytest.raises(Refusal):
        desk.publish_document(change(SEVENTH), actor="张三", today=DAY)
    assert [one.id for one in desk.services(today=DAY)][-1] == "evidence"


@pytest.mark.parametrize("procedure", ["priority", "enforcement", "navigation", "commercialisation", "evidence"])
def test_every_service_prints_and_is_rebuilt(make: Make, procedure: str) -> None:
    desk = make("a")
    numbers = [walk(desk, name, category) for name, category in WAYS if name == procedure]
    shown = digest(desk)
    desk.rebuild()
    assert digest(desk) == shown
    for number in numbers:
        paper = desk.record(number, at=AT)
        assert "None" not in paper.words()
        assert number in paper.words()
    assert desk.verify().ok
