"""The documents that went out, ready for paper: texts, numbers and days, what is refused, and many at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from db.transport import MemoryHub
from desktop.app.desk import Desk
from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.reports.notice_pdf import render_notice_bytes, render_notices
from tests.app.desks import CENTRE, SHA_A, Walk, day, new_desk, open_again, reads_well, take
from tests.app.meetings import meet
from tests.app.test_services import walk
from tests.core.services.ways import WAYS

DISCLAIMER = "最终以国家知识产权局审查结果为准"


def paper(case: Walk, kind: str = "") -> NoticePaper:
    return case.desk.notices.paper(case.ref, kind)


def printed(one: NoticePaper) -> str:
    """The words of the PDF without white space."""
    pages = PdfReader(io.BytesIO(render_notice_bytes(one))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def examined(desk: Desk) -> Walk:
    return take(desk, party="某某科技有限公司").accept("2026-03-02").assign("2026-03-02")


def passed(desk: Desk, **values: str) -> Walk:
    return examined(desk).pass_("2026-03-05", **values)


def filed(desk: Desk) -> Walk:
    case = passed(desk).file("2026-03-06", acceptance_notice_on="2026-03-06")
    case.act("upload", "2026-03-06")
    return case


# Each kind of document of pre-examination: how a case comes to it, and what must stand on the paper.
def _acceptance(desk: Desk) -> Walk:
    return take(desk).accept("2026-03-02")


def _correction(desk: Desk) -> Walk:
    case = take(desk)
    case.act("return", "2026-03-03", missing="缺承诺书")
    return case


def _refusal(desk: Desk) -> Walk:
    case = take(desk)
    case.act("refuse", "2026-03-03", reason_code="N05", explanation="不属于新材料领域")
    return case


def _opinion(desk: Desk) -> Walk:
    case = examined(desk)
    case.act("issue_opinion", "2026-03-04", opinion="一、形式缺陷\n1. 权利要求 4 引用不当（细则25）", checklist="符合")
    return case


def _fail(desk: Desk) -> Walk:
    case = examined(desk)
    case.act("fail", "2026-03-04", reason="权利要求不清楚（法26.4）", checklist="符合")
    return case


def _closing(desk: Desk) -> Walk:
    case = _correction(desk)
    case.act("deem_withdrawn", "2026-03-12")
    return case


def _consistency(desk: Desk) -> Walk:
    case = filed(desk)
    case.act("compare", "2026-03-09", consistency="不一致", difference="说明书第 3 段一个字")
    return case


def _reminder(desk: Desk) -> Walk:
    case = passed(desk)
    case.act("remind", "2026-03-06", note="请尽快提交")
    return case


def _interview(desk: Desk) -> Walk:
    case = examined(desk)
    case.act("interview", "2026-03-04", place="电话", participants="张三、李四", content="讨论权利要求 1 的创造性")
    return case


def _supervision(desk: Desk) -> Walk:
    case = examined(desk)
    case.act("supervise", "2026-03-30", demand="三日内办结")
    return case


KINDS = {
    "acceptance": (_acceptance, "预审受理通知书", ("2026年3月2日", "2026年3月16日")),
    "correction": (_correction, "补正通知书", ("缺承诺书", "2026年3月6日")),
    "refusal": (_refusal, "不予受理通知书", ("N05", "分类号或技术领域不在服务范围", "不属于新材料领域", "普通程序")),
    "opinion": (_opinion, "预审意见通知书（第1次）", ("细则25", "申请人答复期限2026年3月9日", DISCLAIMER)),
    "pass": (
        lambda desk: passed(desk, passed_sha256=SHA_A), "预审合格通知书",
        ("2026年3月10日", "足额缴费", "正式提交期限", SHA_A, DISCLAIMER),
    ),
    "fail": (_fail, "预审不合格通知书", ("法26.4", "普通程序", DISCLAIMER)),
    "closing": (_closing, "预审程序终结通知书", ("视为撤回", "补正期限2026年3月6日届满", "2026年3月12日")),
    "consistency": (_consistency, "一致性审查结论", ("202619999999.5", "不一致", "说明书第3段一个字", "2026年3月6日")),
    "reminder": (_reminder, "提醒函", ("正式提交期限2026年3月10日", "请尽快提交")),
    "interview": (_interview, "约谈记录", ("张三、李四", "讨论权利要求1的创造性", "约谈人")),
    "supervision": (
        _supervision, "超期督办单", ("预审审查期限2026年3月16日，已超期10个工作日", "三日内办结", "责任人签收"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_of_pre_examination(desk: Desk, kind: str) -> None:
    begin, title, words = KINDS[kind]
    case = begin(desk)
    made = paper(case, kind)
    text = printed(made)
    year, serial = case.ref.split("-")[1], int(case.ref.split("-")[2])
    assert f"〔{year}〕{serial}号" in text
    for said in (CENTRE, title, case.ref, "一种用于测试的装置", *words):
        assert "".join(said.split()) in text, said
    assert made.internal == (kind in ("interview", "supervision"))
    assert (f"{case.view('2026-03-30').party}：" in text) == (not made.internal)
    assert desk.notices.paper(case.ref, title.partition("（")[0]) == made


def test_every_template_of_the_procedure_is_among_them(desk: Desk) -> None:
    case = take(desk)
    assert {name for name, _ in desk.notices.kinds(case.ref)} == set(KINDS)


@pytest.mark.parametrize(
    ("procedure", "category", "until", "kind", "words"),
    [
        ("priority", "invention", "recommend", "recommendation", ("优先审查推荐意见书", "同意推荐优先审查", "3-1")),
        ("enforcement", "ruling", "file", "filing", ("立案通知书", "符合立案条件")),
    ],
)
def test_documents_of_the_other_services(
    desk: Desk, procedure: str, category: str, until: str, kind: str, words: tuple[str, ...]
) -> None:
    number = walk(desk, procedure, category, until=until)
    made = desk.notices.paper(number, kind)
    text = printed(made)
    for said in (CENTRE, number, *words):
        assert "".join(said.split()) in text, said


@pytest.mark.parametrize(
    ("procedure", "category", "until", "action", "values", "kind", "words"),
    [
        ("priority", "invention", "begin", "return", {"missing": "缺证明文件"}, "correction",
         ("优先审查请求补正告知书", "缺证明文件", "不予推荐")),
        ("priority", "invention", "begin", "not_recommend", {"reason": "不属于规定的情形"}, "not_recommended",
         ("不予推荐告知书", "不属于规定的情形", "不影响按普通程序审查")),
        ("enforcement", "ruling", "", "not_file", {"reason": "没有明确的被请求人"}, "not_filed",
         ("不予立案告知书", "没有明确的被请求人")),
    ],
)  # fmt: skip
def test_what_the_other_services_refuse(
    desk: Desk, procedure: str, category: str, until: str, action: str, values: dict[str, str], kind: str,
    words: tuple[str, ...],
) -> None:  # fmt: skip
    way = WAYS[procedure, category]
    opened = day(way.received)
    number = desk.open_case(procedure, way.opening, actor="张三", on=opened, today=opened).number
    last = opened
    for name, on, given in way.steps if until else ():
        last = day(on)
        desk.act(number, name, dict(given), actor="张三", on=last, today=last)
        if name == until:
            break
    desk.act(number, action, values, actor="张三", on=last, today=last)
    text = printed(desk.notices.paper(number, kind))
    for said in (CENTRE, number, *words):
        assert "".join(said.split()) in text, said


def test_numbers_follow_each_other_and_stay(desk: Desk) -> None:
    case = _opinion(desk)
    case.act("reply", "2026-03-05")
    case.act("recheck", "2026-03-05")
    case.pass_("2026-03-06")
    numbers = [one.number for one in desk.notices.of(case.ref)]
    serial = int(case.ref.rsplit("-", 1)[1])
    assert [n.partition("〕")[2] for n in numbers] == [f"{serial}号", f"{serial}号之一", f"{serial}号之二"]
    first = render_notice_bytes(paper(case, "acceptance"))
    case.file("2026-03-09", acceptance_notice_on="2026-03-09")
    assert render_notice_bytes(paper(case, "acceptance")) == first


def test_the_centres_word_and_contact(desk: Desk) -> None:
    text = '[document]\nkind = "notices"\nbasis = "中心规定"\nchecked_on = "2026-03-01"\nstatus = "已核对"\n'
    text += '[common]\nword = "济知保预"\ncontact = "联系人：张三，电话 0531-0000000"\n'
    desk.publish_document(text, actor="管理员甲", today=day("2026-03-01"))
    case = _acceptance(desk)
    made = paper(case)
    assert made.number.startswith("济知保预〔2026〕")
    assert "联系人：张三，电话0531-0000000" in printed(made)


def test_what_is_not_there_is_said(desk: Desk) -> None:
    case = take(desk)
    for kind, code, words in (
        ("pass", "no_notice", "还没有“预审合格通知书”；它随“预审合格”发出。已有：无"),
        ("", "no_notice", "还没有文书"),
        ("nonsense", "unknown_notice", "没有“nonsense”这种文书"),
    ):
        with pytest.raises(Refusal) as caught:
            desk.notices.paper(case.ref, kind)
        assert caught.value.code == code
        assert words in caught.value.reason
    assert desk.notices.of(case.ref) == ()


def test_a_missing_fact_is_named_before_anything_is_printed(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "store")
    # A centre's own text that asks for what the case does not know.
    own = (
        '[document]\nkind = "notices"\nbasis = "甲"\nchecked_on = "2026-03-01"\nvalid_from = "2026-03-01"\n'
        '[pass]\ntitle = "预审合格通知书"\n'
        'text = "{title}，代理机构 {agency}，请于 {filing_due} 前提交。{disclaimer}"\n'
    )
    desk.publish_document(own, actor="管理员甲", today=day("2026-03-01"))
    case = take(desk).accept("2026-03-02").assign("2026-03-02")
    refusal = case.refused("pass", "2026-03-04", checklist="符合")
    assert refusal.code == "notice_incomplete"
    assert "代理机构" in refusal.reason
    reads_well(refusal.reason)
    desk.close()


def test_many_at_once_with_those_that_have_none(desk: Desk, tmp_path: Path) -> None:
    with_paper = [_acceptance(desk) for _ in range(3)]
    without = take(desk)
    keys = [desk.case(one.ref, actor="张三", today=day("2026-03-05")).key for one in (*with_paper, without)]
    batch = desk.notices.batch(keys, "acceptance")
    assert batch.count == 3
    assert [number for number, _ in batch.refused] == [without.ref]
    done: list[int] = []
    target = tmp_path / "批.pdf"
    assert render_notices(batch.papers, target, done.append, None) == 3
    assert done == [1, 2, 3]
    with pytest.raises(Refusal) as caught:
        render_notices(desk.notices.batch(keys).papers, tmp_path / "停.pdf", None, lambda: True)
    assert caught.value.code == "cancelled"
    assert not (tmp_path / "停.pdf").exists()


def test_a_document_prints_from_another_station_too(desk: Desk) -> None:
    case = _opinion(desk)
    before = [paper(case, one.kind) for one in desk.notices.of(case.ref)]
    folder = desk.directory
    desk.close()
    again = open_again(folder)
    try:
        assert [again.notices.paper(case.ref, one.kind) for one in again.notices.of(case.ref)] == before
    finally:
        again.close()


def test_one_without_a_number_still_prints(desk: Desk) -> None:
    assert "预审受理通知书" in printed(replace(paper(_acceptance(desk)), number=""))


def test_a_number_that_two_stations_gave_is_marked(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    meet(hub, ours, theirs)
    other = Walk(theirs, case.ref)
    for one in (case, other):
        one.act("interview", "2026-03-04", place="电话", participants=one.desk.station_name, content="甲")
    meet(hub, ours, theirs)
    marks = [one.mark for one in ours.notices.of(case.ref)]
    assert sorted(marks) == ["", "", "文号重复"]
    doubled = next(one for one in ours.notices.of(case.ref) if one.mark)
    assert "文号与同案另一份文书相同" in printed(ours.notices.paper(case.ref, hash_=doubled.hash))
    case.act("interview", "2026-03-05", place="电话", participants="甲", content="乙")
    numbers = [one.number for one in ours.notices.of(case.ref)]
    assert numbers[-1] not in numbers[:-1]
