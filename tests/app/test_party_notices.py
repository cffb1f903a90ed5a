"""The documents about a party: each says what its entry says, bears one number for ever, and lacks nothing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from pypdf import PdfReader

from db.envelope import Draft
from db.store import Store
from db.transport import MemoryHub
from desktop.app.desk import Desk, _introduce
from desktop.app.party_projection import project, stream_of
from desktop.app.shipped import shipped
from desktop.core.notice_paper import NoticePaper
from desktop.core.party_decide import Order
from desktop.core.party_notices import KINDS, OF_AGENCY, TEMPLATES, party_number, template_of
from desktop.core.party_rules import parse_party_rules
from desktop.core.refusal import Refusal
from desktop.reports.notice_pdf import render_notice_bytes
from tests.app.desks import CENTRE, day, journal_count, new_desk, reads_well
from tests.app.meetings import meet

TODAY = day("2026-03-12")
NOW: dict[str, Any] = {"actor": "张三", "on": TODAY, "today": TODAY}
USCC, OTHER = "91350100M000100Y43", "91350211M000100Y46"
NAME, AGENCY = "岱青海工装备有限公司", "岱青第一专利代理事务所"
RULE = "一年内有 2 件以上被认定为非正常申请且未申诉通过的，暂停预审服务资格。"
SUSPEND = Order("两件申请被认定为非正常申请，申诉均未成立。", "暂停", day("2026-03-12"), None, 6, ("SDYS-1", "SDYS-2"))
DRAFT = "申诉途径为程序所附草稿，待本中心核对"
UNCHECKED = "所依据的规则待核对"
Make = Callable[[str], Desk]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "d")
    desk.parties.add("主体", {"name": NAME, "uscc": USCC, "registered_on": "2026-03-02", "code": "BA-12"}, **NOW)
    desk.parties.add("代理机构", {"name": AGENCY, "agency_code": "37101", "registered_on": "2026-01-05"}, **NOW)
    yield desk
    desk.close()


def suspend(desk: Desk, ref: str = NAME, order: Order = SUSPEND, rule: str = "shandong-abnormal") -> str:
    return desk.parties.sanction(ref, order, rule=rule, **NOW).made


def refusal(desk: Desk, ref: str, wanted: str = "") -> Refusal:
    with pytest.raises(Refusal) as caught:
        desk.parties.notice(ref, wanted)
    reads_well(caught.value.reason)
    return caught.value


def publish(desk: Desk, notices: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> None:
    """The centre's own rules, with these texts."""
    body = {**shipped().party_rules, "notices": notices}
    header = {"kind": "parties", "basis": "本中心办法", "checked_on": "2026-03-01", "status": "已核对"}
    text = tomli_w.dumps({"document": header, **body, **({"rules": rules} if rules is not None else {})})
    desk.publish_document(text, actor="管理员甲", today=TODAY)


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def printed(paper: NoticePaper) -> str:
    """The text layer without the foot of each page."""
    found = ""
    for number, page in enumerate(PdfReader(BytesIO(render_notice_bytes(paper))).pages, start=1):
        text = squeeze(page.extract_text())
        foot = re.compile(rf"(?:文本)?校验值：{paper.verification}—{number}—$")
        assert foot.search(text)
        found += foot.sub("", text)
    return found


# ---------------------------------------------------------------- every kind
def everything(desk: Desk, ref: str) -> None:
    """An entry of every kind; the agency's measure has no end."""
    agency = ref == AGENCY
    rule = "hefei-business-abnormal" if agency else "shandong-abnormal"
    made = suspend(desk, ref, Order("显示经营异常。", "暂停") if agency else SUSPEND, rule)
    desk.parties.lift(ref, made, actor="张三", on=day("2026-03-20"), today=TODAY, reason="整改完成。")
    suspend(desk, ref, Order("材料不实。", "取消", day("2026-04-01"), None, 36), rule)
    desk.parties.refuse(ref, reason="注册地不在本市。", basis="本中心规定第五条第（一）项", **NOW)


@pytest.mark.parametrize(
    ("kind", "title", "dated", "said"),
    [
        ("registered", "备案通过通知书", "2026-03-02",
         ["备案日期为2026年3月2日，期限自2026年3月2日起，未设终止日期", "本中心专利快速预审服务备案管理规定"]),
        ("refused", "备案不通过通知书", "2026-03-12",
         ["注册地不在本市。", "依据：本中心规定第五条第（一）项", "自2026年3月12日起生效"]),
        ("suspended", "暂停通知书", "2026-03-12",
         [SUSPEND.reason, RULE, "第三章第十二条", "暂停期限：自2026年3月12日起至2026年9月11日止。"]),
        ("cancelled", "取消通知书", "2026-03-12",
         ["材料不实。", RULE, "自2026年4月1日起至2029年3月31日止；期间不再受理"]),
        ("restored", "恢复通知书", "2026-03-20",
         ["于2026年3月12日作出的暂停处理，自2026年3月20日起解除", "整改完成。", RULE,
          "自2026年3月12日起至2026年9月11日止"]),
    ],
)  # fmt: skip
def test_each_kind_says_what_its_entry_says(desk: Desk, kind: str, title: str, dated: str, said: list[str]) -> None:
    everything(desk, NAME)
    paper = desk.parties.notice(NAME, kind)
    assert (paper.title, paper.centre, paper.addressee, paper.dated) == (title, CENTRE, NAME, date.fromisoformat(dated))
    for words in (*said, "申诉途径：对本通知有异议的"):
        assert words in paper.body
    cells = dict(paper.facts)
    assert (cells["备案主体"], cells["统一社会信用代码"]) == (NAME, USCC)
    assert cells.get("备案编号", "") == ("" if kind == "refused" else "BA-12")
    assert cells.get("涉及案件", "") == ("SDYS-1、SDYS-2" if kind in ("suspended", "restored") else "")
    assert re.fullmatch(r"BA〔2026〕[1-9]\d{0,14}号(之一)?", paper.number)
    assert re.fullmatch(r"([0-9a-f]{4}-){3}[0-9a-f]{4}", paper.verification)
    assert any(DRAFT in note for note in paper.provisional)
    assert (UNCHECKED in paper.provisional) == (kind in ("suspended", "cancelled", "restored"))
    assert desk.parties.notice(NAME, title) == desk.parties.notice(NAME, paper.verification.replace("-", "")) == paper
    assert printed(paper) == squeeze(paper.words())


@pytest.mark.parametrize(
    ("kind", "title", "said"),
    [
        ("registered", "代理机构登记通过通知书", "登记日期为2026年1月5日"),
        ("refused", "代理机构登记不通过通知书", "不予登记"),
        ("suspended", "暂停代理预审通知书", "暂停期限：自2026年3月12日起，至本中心书面通知解除为止。"),
        ("cancelled", "取消代理机构登记通知书", "期间不再受理你机构的登记申请"),
        ("restored", "恢复代理预审通知书", "恢复受理你机构代理的专利快速预审请求"),
    ],
)
def test_an_agency_has_titles_and_texts_of_its_own(desk: Desk, kind: str, title: str, said: str) -> None:
    everything(desk, AGENCY)
    paper = desk.parties.notice("37101", kind)
    assert paper.title == title
    assert said in paper.body
    assert dict(paper.facts)["机构代码"] == "37101"
    assert printed(paper) == squeeze(paper.words())


def test_the_list_is_oldest_first_and_says_what_became_of_a_measure(desk: Desk) -> None:
    everything(desk, NAME)
    before = journal_count(desk)
    views = desk.parties.notices(NAME)
    assert [(one.kind, one.mark) for one in views] == [
        ("registered", ""), ("suspended", "已解除"), ("cancelled", ""), ("refused", ""), ("restored", ""),
    ]  # fmt: skip
    assert {one.kind for one in views} == set(KINDS)
    assert len({one.number for one in views}) == 5
    assert views[4].number == f"{views[1].number}之一"
    for view in views:
        paper = desk.parties.notice(NAME, view.hash)
        assert (paper.title, paper.number, paper.dated) == (view.title, view.number, view.on)
    assert desk.parties.notice(NAME).title == "恢复通知书"  # the newest
    assert journal_count(desk) == before
    assert shipped().party_rules["notices"].keys() - {"common"} == TEMPLATES


# ---------------------------------------------------------------- which there are
def test_milder_measures_and_stated_ones_have_no_document(desk: Desk) -> None:
    suspend(desk, order=Order("属实", "警告"))
    assert [one.kind for one in desk.parties.notices(NAME)] == ["registered"]
    said = refusal(desk, NAME, "suspended")
    assert said.code == "no_notice"
    assert "还没有“暂停通知书”" in said.reason
    assert "已有：备案通过通知书" in said.reason
    desk.parties.amend(NAME, {"status": "暂停"}, **NOW)
    assert "是直接填写的" in refusal(desk, NAME, "暂停通知书").reason
    assert refusal(desk, NAME, "moon").code == "unknown_notice"
    assert refusal(desk, "没有的公司").code == "unknown_party"


def test_an_upheld_appeal_restores_too(desk: Desk) -> None:
    made = suspend(desk)
    desk.parties.appeal(NAME, made, "待定", **NOW)
    assert len(desk.parties.notices(NAME)) == 2
    desk.parties.appeal(NAME, made, "成立", actor="张三", on=day("2026-03-18"), today=TODAY, note="两件均撤销认定")
    suspended, restored = desk.parties.notices(NAME)[1:]
    assert (suspended.mark, restored.number) == ("申诉成立", f"{suspended.number}之二")
    assert "恢复的理由：申诉成立；两件均撤销认定" in desk.parties.notice(NAME).body
    desk.parties.appeal(NAME, made, "不成立", **NOW)
    assert [one.kind for one in desk.parties.notices(NAME)] == ["registered", "suspended"]


def test_who_was_refused_is_no_registered_party_until_it_is_put_right(desk: Desk) -> None:
    name = "岱青初来有限公司"
    made = desk.parties.add("主体", {"name": name, "uscc": OTHER, "status": "备案不通过"}, **NOW)
    assert made.status == "未通过"
    outcome = desk.parties.refuse(name, reason="成立未满六个月。", basis="第五条", **NOW)
    assert (outcome.status, outcome.warnings) == ("未通过", ())
    assert [one.kind for one in desk.parties.notices(name)] == ["refused"]
    assert refusal(desk, name, "registered").code == "no_notice"
    later = {"status": "在备", "registered_on": "2026-03-10"}
    assert desk.parties.amend(name, later, **NOW).status == "在备"
    assert [(one.kind, f"{one.on}") for one in desk.parties.notices(name)] == [
        ("registered", "2026-03-10"), ("refused", "2026-03-12"),
    ]  # fmt: skip
    assert desk.parties.notice(name, "registered").number.endswith(f"〔2026〕{int(made.id[-12:], 16)}号")


def test_a_refusal_is_recorded_shown_and_changes_no_standing(desk: Desk) -> None:
    for missing in ({"reason": " ", "basis": "第五条"}, {"reason": "不符", "basis": ""}):
        with pytest.raises(Refusal, match="请写明"):
            desk.parties.refuse(NAME, **missing, **NOW)
    outcome = desk.parties.refuse(NAME, reason="增加领域的申请不符合条件。", basis="本中心规定第五条。", **NOW)
    assert outcome.status == "在备"
    assert "状态仍为“在备”" in outcome.warnings[0]
    view = desk.parties.show(NAME, actor="张三", on=TODAY)
    assert view.journal[-1].text == "备案申请不通过；依据：本中心规定第五条。理由：增加领域的申请不符合条件。"
    assert view.allowed["refuse"] == ""


# ---------------------------------------------------------------- what is missing
def test_what_is_missing_is_named_before_anything_is_printed(desk: Desk) -> None:
    bare = "岱青无码有限公司"
    desk.parties.add("主体", {"name": bare}, **NOW)
    said = refusal(desk, bare, "registered")
    assert said.code == "notice_incomplete"
    assert said.data["missing"] == ["uscc", "registered_on", "term"]
    assert "备案通过通知书缺少：统一社会信用代码、备案（登记）日期" in said.reason
    suspend(desk, bare, replace(SUSPEND, months=None))
    said = refusal(desk, bare, "suspended")
    assert "统一社会信用代码、暂停期限（处理没有写明截止日" in said.reason
    desk.parties.amend(bare, {"uscc": OTHER, "registered_on": "2026-03-01"}, **NOW)
    assert desk.parties.notice(bare, "registered").dated == day("2026-03-01")


def test_a_centre_without_a_name_issues_nothing(tmp_path: Path) -> None:
    begin = partial(_introduce, station="甲站", actor="管理员甲")
    desk = Desk(Store.create(tmp_path / "e", "", station_name="甲站", begin=begin, cipher=False))
    desk.parties.add("代理机构", {"name": AGENCY}, **NOW)
    assert "缺少：本中心名称" in refusal(desk, AGENCY).reason
    assert "机构代码" in refusal(desk, AGENCY).reason
    desk.close()


def test_a_rule_that_rests_on_nothing_known_is_missing_its_basis(desk: Desk) -> None:
    suspend(desk)
    with desk._workplace.writing() as tx:  # as entries were before they said what their rule rests on
        found = desk.parties.show(NAME, actor="张三", on=TODAY)
        payload = {"measure": "暂停", "rule_text": RULE, "cases": [], "from": "2026-03-01", "to": "2026-05-31",
                   "reason": "属实"}  # fmt: skip
        for id_, rule in (("aaaaaaaaaaaa", "shandong-abnormal"), ("bbbbbbbbbbbb", "gone")):
            tx.append([Draft(stream_of(found.id), "party.sanctioned", 1, "张三", "复核", f"2026-03-0{1 + (id_ > 'b')}",
                             {"parties": "0"}, {**payload, "sanction": id_, "rule": rule})])  # fmt: skip
        project(tx, [stream_of(found.id)])
    old, unknown = (one for one in desk.parties.notices(NAME) if one.on.day < 3 and one.kind == "suspended")
    assert "第三章第十二条" in desk.parties.notice(NAME, old.hash).body
    assert "缺少：依据" in refusal(desk, NAME, unknown.hash).reason


# ---------------------------------------------------------------- the centre's own texts
def test_a_centre_has_its_own_words_and_keeps_the_shipped_ones_for_the_rest(desk: Desk) -> None:
    suspend(desk, order=replace(SUSPEND, months=None))
    publish(desk, {
        "common": {"word": "济知保备", "appeal": "十五日内向本中心综合部书面申诉。", "status": "已核对",
                   "phone": "0531", "contact": "联系人：王某"},
        "suspended": {"title": "暂停预审服务决定书", "text": "{party}：{term}。{appeal}电话 {phone}"},
    })  # fmt: skip
    paper = desk.parties.notice(NAME, "suspended")
    assert paper.title == "暂停预审服务决定书"
    term = "自2026年3月12日起，至本中心书面通知解除为止"
    assert paper.body == f"{NAME}：{term}。十五日内向本中心综合部书面申诉。电话 0531"
    assert paper.number.startswith("济知保备〔2026〕")
    assert paper.contact == "联系人：王某"
    assert paper.provisional == (UNCHECKED,)
    registered = desk.parties.notice(NAME, "registered")
    assert registered.title == "备案通过通知书"
    assert "十五日内" in registered.body
    assert registered.provisional == ()


def test_a_document_without_texts_keeps_the_shipped_ones(desk: Desk) -> None:
    shown = desk.parties.notice(NAME)
    publish(desk, {}, rules=[{**shipped().party_rules["rules"][0], "status": "已核对"}])
    assert desk.parties.notice(NAME) == shown
    suspend(desk)
    assert UNCHECKED not in desk.parties.notice(NAME, "suspended").provisional


def test_the_template_of_the_document_holds_the_texts(desk: Desk) -> None:
    text = desk.export_document("parties")
    assert tomllib.loads(text)["notices"]["refused"]["title"] == "备案不通过通知书"
    assert desk.check_document(text).ok


@pytest.mark.parametrize(
    ("notices", "problem"),
    [
        ({"suspended": {"title": "暂停", "text": "{party}{wings}"}}, "notices.suspended：名称 {wings} 不认识"),
        ({"suspended": {"title": "{moon}", "text": "x"}}, "notices.suspended：名称 {moon} 不认识"),
        ({"suspended": {"title": "暂停", "text": "{party"}}, "notices.suspended：大括号不成对"),
        ({"suspended": {"title": "暂停", "text": "x", "signatures": ["日期"]}}, "签署栏"),
        ({"suspendid": {"title": "暂停", "text": "x"}}, "没有这种文书"),
        ({"suspended": {"title": "暂停"}}, "notices.suspended.text：缺少此项"),
        ({"common": {"status": "大概"}}, "notices.common.status"),
        ("三份", "notices：应为一张表"),
    ],
)
def test_a_faulty_text_is_refused_when_published(desk: Desk, notices: Any, problem: str) -> None:
    with pytest.raises(Refusal) as caught:
        publish(desk, notices)
    found = caught.value.data["problems"]
    assert isinstance(found, list)
    assert any(problem in one for one in found), found


# ---------------------------------------------------------------- corrections, merging, stations
def test_a_correction_is_printed_and_said(desk: Desk) -> None:
    suspend(desk)
    number = desk.parties.notice(NAME, "suspended").number
    desk.parties.amend(NAME, {"name": "岱青海洋工程装备有限公司", "uscc": OTHER}, **NOW)
    paper = desk.parties.notice(OTHER, "suspended")
    assert (paper.addressee, paper.number) == ("岱青海洋工程装备有限公司", number)
    assert f"记录此事时登记的名称为“{NAME}”" in paper.provisional
    assert f"记录此事时登记的统一社会信用代码为 {USCC}" in paper.provisional


def test_what_stands_on_a_merged_entry_is_printed_for_the_one_that_stays(desk: Desk) -> None:
    other = desk.parties.add("主体", {"name": "岱青海工（旧）"}, **NOW)
    made = suspend(desk, other.id)
    number = desk.parties.notices(other.id)[-1].number
    desk.parties.merge(other.id, NAME, **NOW)
    desk.parties.lift(NAME, made, reason="整改", **NOW)
    found = desk.parties.notices(NAME)
    assert [one.kind for one in found] == ["registered", "suspended", "restored"]
    assert found[1].number == number
    paper = desk.parties.notice(NAME, "suspended")
    assert (paper.addressee, dict(paper.facts)["统一社会信用代码"]) == (NAME, USCC)
    assert [one.kind for one in desk.parties.notices(other.id)] == ["registered", "suspended", "restored"]


def test_stations_that_did_not_meet_give_different_numbers_and_all_show_the_same(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    made = a.parties.add("主体", {"name": NAME, "uscc": USCC, "registered_on": "2026-03-02"}, **NOW)
    meet(hub, a, b)
    for desk, reason in ((a, "甲站所见"), (b, "乙站所见")):
        suspend(desk, made.id, replace(SUSPEND, reason=reason))
        desk.parties.refuse(made.id, reason=reason, basis="第五条", **NOW)
    before = {one.number for desk in (a, b) for one in desk.parties.notices(made.id)}
    assert len(before) == 5
    meet(hub, a, b)
    assert a.parties.notices(made.id) == b.parties.notices(made.id)
    assert {one.number for one in a.parties.notices(made.id)} == before
    for view in a.parties.notices(made.id):
        assert a.parties.notice(made.id, view.hash) == b.parties.notice(made.id, view.hash)


def test_a_number_comes_from_the_id_alone() -> None:
    assert party_number("济知保备", "SDYS", 2026, "0192f0c1b7a57abc8def0000000000ff") == "济知保备〔2026〕255号"
    assert party_number("", "JNYS", 2026, "f" * 12, 2) == "JNBA〔2026〕281474976710655号之一"
    assert party_number("", "", 2026, "别处-1").endswith("2026-别处-1号")
    assert template_of("代理机构", "refused") == f"{OF_AGENCY}refused"


def test_shipped_texts_name_nothing_unknown(desk: Desk) -> None:
    texts = desk._workplace.book.party_texts
    assert texts.templates.keys() == TEMPLATES
    assert parse_party_rules({}).notices.templates == {}
