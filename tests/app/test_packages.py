"""Application packages beside cases: kept by their hash, read again, findings decided, accepted ones in the opinion."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from db.faults import EnvironmentFault
from db.transport import MemoryHub
from desktop.app.desk import Desk
from desktop.app.workplace import stream_of
from desktop.core.finding import Finding
from desktop.core.formal_checks import examine
from desktop.core.package import CLAIMS, Biblio, Claim, Package, Part
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PackageKind, PatentType
from tests.app.desks import Walk, day, digest, journal_count, open_again, reads_well, take
from tests.app.meetings import meet

TODAY = day("2026-03-03")
PACKAGE = Package(
    parts=(
        Part("110101", "发明专利请求书", "110101.xml", 9, "1" * 64),
        Part(CLAIMS, "权利要求书", "100001.xml", 9, "2" * 64),
    ),
    patent_type=PatentType.INVENTION,
    biblio=Biblio(
        title="一种用于测试的装置", applicants=("某某科技有限公司",), inventors=("王小明",), early_publication=True
    ),
    claims=(
        Claim(1, "一种测试装置，其特征在于，包括壳体。"),
        Claim(2, "根据权利要求1所述的测试装置，其特征在于，还包括盖板。"),
        Claim(3, "根据权利要求1或2所述的测试装置，其特征在于，壳体为金属。"),
        Claim(4, "根据权利要求1至3中任一项所述的测试装置，其特征在于，盖板为塑料。"),
        Claim(6, "根据权利要求5所述的测试装置，其特征在于，还包括支架。"),
    ),
)


def content_of(package: Package) -> bytes:
    return repr(package).encode()


def read(name: str, content: bytes) -> Package:
    """Stands for the reader of files: gives back the package whose content was kept."""
    found = [one for one in KNOWN if content_of(one) == content]
    assert len(found) == 1, name
    return found[0]


AMENDED = replace(
    PACKAGE, claims=PACKAGE.claims[:3], parts=(PACKAGE.parts[0], replace(PACKAGE.parts[1], sha256="3" * 64))
)
KNOWN = [PACKAGE, AMENDED]


def add(walk: Walk, package: Package = PACKAGE, kind: PackageKind | None = None, name: str = "申请文件.zip") -> str:
    walk.desk.packages.add(
        walk.ref, name, content_of(package), package, kind=kind, actor="张三", on=TODAY, today=TODAY
    )
    return hashlib.sha256(content_of(package)).hexdigest()


def finding(rule: str, package: Package = PACKAGE) -> Finding:
    return next(one for one in examine(package) if one.rule == rule)


def judge(walk: Walk, sha256: str, one: Finding, judgement: Judgement = Judgement.ACCEPTED, **more: str) -> None:
    walk.desk.packages.judge(walk.ref, sha256, one, judgement, actor="张三", on=TODAY, today=TODAY, **more)


@pytest.fixture
def case(desk: Desk) -> Walk:
    return take(desk).accept("2026-03-02").assign("2026-03-02")


def test_kept_by_its_hash_and_read_again(case: Walk) -> None:
    sha256 = add(case)
    (view,) = case.desk.packages.of(case.ref)
    assert (view.number, view.kind, view.sha256, view.digest, view.here) == (
        1, PackageKind.TEXT, sha256, PACKAGE.digest, True,
    )  # fmt: skip
    assert [one.sha256 for one in case.desk.attachments(case.ref)] == [sha256]
    reading = case.desk.packages.look(case.ref, read, actor="张三", today=TODAY)
    assert reading.package == PACKAGE
    assert reading.writable
    assert {one.finding.rule for one in reading.findings} == {one.rule for one in examine(PACKAGE)}
    assert reading.claims["dependencies"][0] == {"claim": 2, "refers": [1]}
    shown = [entry.text for entry in case.view("2026-03-03").journal if entry.action == "申请文件"]
    assert shown == [f"申请文件（预审文本）申请文件.zip，文本校验值 {PACKAGE.digest[:8]}…{PACKAGE.digest[-8:]}"]


def test_twice_adds_nothing_and_a_foreign_thing_is_refused(case: Walk) -> None:
    add(case)
    before = digest(case.desk), journal_count(case.desk)
    with pytest.raises(Refusal) as twice:
        add(case)
    with pytest.raises(Refusal) as nothing:
        add(case, Package(parts=(Part("", "", "a.txt", 1, "4" * 64),)))
    assert (twice.value.code, nothing.value.code) == ("already_there", "no_documents")
    assert (digest(case.desk), journal_count(case.desk)) == before
    for refusal in (twice.value, nothing.value):
        reads_well(refusal.reason)


def test_the_same_file_can_be_the_filed_text_too(case: Walk) -> None:
    add(case)
    add(case, kind=PackageKind.FILED)
    assert [one.kind for one in case.desk.packages.of(case.ref)] == [PackageKind.TEXT, PackageKind.FILED]
    assert len(case.desk.attachments(case.ref)) == 1
    found = case.desk.packages.compare(case.ref, read)
    assert found.comparison.verdict == "文件完全相同"


def test_other_services_are_not_examined_from_packages(desk: Desk) -> None:
    values = {"category": "专利权评价报告", "title": "甲", "party": "乙"}
    service = next(one.id for one in desk.services(today=TODAY) if one.id == "evidence")
    fields = desk.opening(service, actor="张三", today=TODAY).fields
    given = {f.name: f.example for f in fields if f.required and not f.categories} | {
        f.name: f.options[0] for f in fields if f.required and f.options
    }
    outcome = desk.open_case(service, {**given, **{k: v for k, v in values.items() if k in given and k != "category"}},
                             actor="张三", on=TODAY, today=TODAY)  # fmt: skip
    with pytest.raises(Refusal) as caught:
        desk.packages.add(outcome.number, "a.zip", b"a", PACKAGE, actor="张三", on=TODAY, today=TODAY)
    assert caught.value.code == "not_this_service"


def test_an_accepted_finding_is_a_defect_of_the_next_opinion(case: Walk) -> None:
    sha256 = add(case)
    one = finding("claim_multiple")
    judge(case, sha256, one, words="权利要求 4 引用了多项从属权利要求 3，请修改。")
    view = case.view("2026-03-03")
    assert view.draft is not None
    assert view.draft.answers["I-F7"] == ("缺陷", "权利要求 4 引用了多项从属权利要求 3，请修改。")
    text = case.desk.compose_opinion(case.ref, {}, actor="张三", on=TODAY)
    assert "权利要求 4 引用了多项从属权利要求 3，请修改。（细则25；形式提示）" in text
    judge(case, sha256, finding("claim_reference_missing"), words="权利要求 6 引用的权利要求 5 不存在。")
    text = case.desk.compose_opinion(case.ref, {}, actor="张三", on=TODAY)
    assert "（1）权利要求 4 引用了多项从属权利要求 3，请修改。\n（2）权利要求 6 引用的权利要求 5 不存在。" in text
    judge(case, sha256, one, Judgement.DISMISSED, reason="不成立")
    answers = (case.view("2026-03-03").draft or pytest.fail("no draft")).answers
    assert answers["I-F7"][1] == "权利要求 6 引用的权利要求 5 不存在。"
    decided = {v.finding.rule: v for v in case.desk.packages.look(case.ref, read).findings}
    assert (decided["claim_multiple"].judgement, decided["claim_multiple"].reason) == (Judgement.DISMISSED, "不成立")


def test_what_went_out_with_the_opinion_is_done_and_the_rest_waits(case: Walk) -> None:
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"), words="权利要求 4 请修改。")
    judge(case, sha256, finding("claim_reference_missing"), words="权利要求 6 请修改。")
    outcome = case.act("issue_opinion", "2026-03-03", opinion="一、权利要求 4\n请修改。", checklist="符合")
    assert [words for _, _, words in case.state().accepted] == ["权利要求 6 请修改。"]
    assert any("1 条没有写进意见" in warning for warning in outcome.warnings)
    case.act("reply", "2026-03-04")
    case.act("recheck", "2026-03-04")
    text = case.desk.compose_opinion(case.ref, {}, actor="张三", on=TODAY)
    assert "权利要求 6 请修改。" in text
    assert "权利要求 4 请修改。" not in text


def test_a_new_text_begins_without_findings_and_the_older_one_is_closed(case: Walk) -> None:
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"))
    add(case, AMENDED)
    assert case.state().accepted == []
    with pytest.raises(Refusal) as caught:
        judge(case, sha256, finding("claim_multiple"))
    assert caught.value.code == "older_text"
    assert not case.desk.packages.look(case.ref, read, sha256, actor="张三", today=TODAY).writable
    # The applicant goes back to the first text: it is looked at anew.
    add(case)
    reading = case.desk.packages.look(case.ref, read, actor="张三", today=TODAY)
    assert (reading.view.number, reading.writable) == (3, True)
    assert {one.judgement for one in reading.findings} == {Judgement.OPEN}


def test_what_is_taken_back_does_not_stay_in_the_draft(case: Walk) -> None:
    sha256 = add(case)
    one = finding("claim_multiple")
    judge(case, sha256, one, words="请修改。")
    shown = (case.view("2026-03-03").draft or pytest.fail("no draft")).answers
    answers = {**shown, "I-F2": ("缺陷", "自己写的"), "I-F1": ("符合", "")}
    case.desk.save_draft(case.ref, text="写了一半", answers=answers, at="2026-03-03T10:00")
    judge(case, sha256, one, Judgement.OPEN)
    draft = case.view("2026-03-03").draft or pytest.fail("no draft")
    assert draft.answers == {"I-F2": ("缺陷", "自己写的"), "I-F1": ("符合", "")}
    assert draft.text == "写了一半"
    judge(case, sha256, one, words="换一种说法。")
    assert (case.view("2026-03-03").draft or pytest.fail("no draft")).answers["I-F7"] == ("缺陷", "换一种说法。")


def test_a_passed_text_that_nobody_knows_is_not_guessed(case: Walk) -> None:
    add(case)
    case.pass_("2026-03-03", passed_sha256="c" * 64).file("2026-03-04", acceptance_notice_on="2026-03-04")
    add(case, AMENDED, PackageKind.FILED)
    with pytest.raises(Refusal) as caught:
        case.desk.packages.compare(case.ref, read)
    assert caught.value.code == "passed_unknown"


def test_a_word_can_be_taken_back_only_where_one_was_given(case: Walk) -> None:
    sha256 = add(case)
    with pytest.raises(Refusal) as caught:
        judge(case, sha256, finding("claim_multiple"), Judgement.OPEN)
    assert caught.value.code == "nothing_decided"
    judge(case, sha256, finding("claim_multiple"))
    judge(case, sha256, finding("claim_multiple"), Judgement.OPEN)
    assert case.state().accepted == []


def test_an_ended_case_and_a_stranger_say_no(case: Walk) -> None:
    sha256 = add(case)
    case.act("withdraw", "2026-03-03")
    with pytest.raises(Refusal) as caught:
        judge(case, sha256, finding("claim_multiple"))
    assert caught.value.code == "case_ended"
    assert not case.desk.packages.look(case.ref, read, actor="张三", today=TODAY).writable


def test_the_check_values_are_proposed_where_they_are_asked(case: Walk) -> None:
    add(case)
    fields = {f.name: f for a in case.view("2026-03-03").actions if a.action == "pass" for f in a.fields}
    assert fields["passed_sha256"].default == PACKAGE.digest
    case.pass_("2026-03-03").file("2026-03-04", acceptance_notice_on="2026-03-04")
    assert case.state().facts["passed_sha256"] == PACKAGE.digest
    add(case, AMENDED, PackageKind.FILED)
    case.act("upload", "2026-03-04")
    refusal = case.refused("compare", "2026-03-04", consistency="一致")
    assert refusal.code == "hash_mismatch"
    case.act("compare", "2026-03-04", consistency="不一致", difference="权利要求 4、6 未提交")
    assert case.state().facts["filed_sha256"] == AMENDED.digest
    found = case.desk.packages.compare(case.ref, read)
    assert (found.passed.digest, found.filed.digest) == (PACKAGE.digest, AMENDED.digest)
    assert found.comparison.conclusion == "不一致"


def test_what_a_return_asks_for_starts_from_the_accepted_findings(desk: Desk) -> None:
    case = take(desk)
    sha256 = add(case)
    judge(case, sha256, finding("part_missing"), words="缺少说明书。")
    fields = {f.name: f for a in case.view("2026-03-03").actions if a.action == "return" for f in a.fields}
    assert fields["missing"].default == "缺少说明书。"
    judge(case, sha256, finding("claim_multiple"), words="留到审查时说。")
    outcome = case.act("return", "2026-03-03")
    assert outcome.notice is not None
    assert "缺少说明书。" in outcome.notice[1]
    assert "留到审查时说。" not in outcome.notice[1]
    assert [words for _, _, words in case.state().accepted] == ["留到审查时说。"]


def test_everything_comes_out_of_the_journal_again(case: Walk) -> None:
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"))
    before, state = digest(case.desk), case.state()
    case.desk.rebuild()
    assert digest(case.desk) == before
    folder = case.desk.directory
    case.desk.close()
    again = open_again(folder)
    try:
        assert Walk(again, case.ref).state() == state
    finally:
        again.close()


def test_what_the_list_has_no_line_for_goes_into_the_opinion_too(case: Walk) -> None:
    sha256 = add(case)
    judge(case, sha256, finding("examination_request"), words="未提交实质审查请求书。")
    text = case.desk.compose_opinion(case.ref, {"I-S3": ("缺陷", "无创造性")}, actor="张三", on=TODAY)
    assert "一、实质性缺陷\n1. 无创造性" in text
    assert "二、形式缺陷\n1. 未提交实质审查请求书。" in text


def test_before_anything_is_filed_the_two_newest_texts_are_compared(case: Walk) -> None:
    with pytest.raises(Refusal) as none:
        case.desk.packages.compare(case.ref, read)
    add(case)
    with pytest.raises(Refusal) as one:
        case.desk.packages.compare(case.ref, read)
    add(case, AMENDED)
    found = case.desk.packages.compare(case.ref, read)
    assert (found.passed.number, found.filed.number) == (1, 2)
    for refusal in (none.value, one.value):
        assert refusal.code == "no_package"
        reads_well(refusal.reason)


def test_nobody_passes_a_case_against_an_accepted_finding(case: Walk) -> None:
    sha256 = add(case)
    one = finding("claim_multiple")
    judge(case, sha256, one)
    refusal = case.refused("pass", "2026-03-03", checklist="符合")
    assert refusal.code == "findings_open"
    judge(case, sha256, one, Judgement.OPEN)
    case.pass_("2026-03-03")


def test_at_the_door_only_its_own_list_counts(desk: Desk) -> None:
    case = take(desk)
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"))
    judge(case, sha256, finding("part_missing"))
    assert case.refused("accept", "2026-03-03", checklist="符合").code == "findings_open"
    judge(case, sha256, finding("part_missing"), Judgement.DISMISSED, reason="已补齐")
    case.accept("2026-03-03")


# ---------------------------------------------------------------- several stations
def test_words_of_two_stations_about_one_finding_are_no_dispute(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    sha256 = add(case)
    meet(hub, ours, theirs)
    other = Walk(theirs, case.ref)
    judge(case, sha256, finding("claim_multiple"), words="甲站的话")
    judge(other, sha256, finding("claim_multiple"), Judgement.DISMISSED, reason="乙站的理由")
    judge(other, sha256, finding("claim_reference_missing"), words="乙站的话")
    meet(hub, ours, theirs)
    assert digest(ours) == digest(theirs)
    assert case.state() == other.state()
    assert case.state().contested == 0
    assert "乙站的话" in [words for _, _, words in case.state().accepted]


def test_an_acceptance_that_an_opinion_did_not_know_waits_for_the_next(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    sha256 = add(case)
    meet(hub, ours, theirs)
    judge(Walk(theirs, case.ref), sha256, finding("claim_multiple"), words="乙站的话")
    case.act("issue_opinion", "2026-03-03", opinion="甲站的意见", checklist="符合")
    meet(hub, ours, theirs)
    assert digest(ours) == digest(theirs)
    assert [words for _, _, words in case.state().accepted] == ["乙站的话"]


def test_a_case_that_passed_meanwhile_is_marked(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    sha256 = add(case)
    meet(hub, ours, theirs)
    judge(Walk(theirs, case.ref), sha256, finding("claim_multiple"))
    case.pass_("2026-03-03")
    meet(hub, ours, theirs)
    assert "有 1 条已采纳的初步判断没有发出" in case.view("2026-03-03").warnings


def test_a_package_whose_content_is_elsewhere_says_so(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"), words="见意见")
    meet(hub, ours, theirs)
    (view,) = theirs.packages.of(case.ref)
    assert (view.sha256, view.here) == (sha256, False)
    with pytest.raises(EnvironmentFault) as caught:
        theirs.packages.look(case.ref, read)
    assert caught.value.code == "attachment_elsewhere"
    # What was accepted travels with the events.
    assert "见意见" in theirs.compose_opinion(case.ref, {}, actor="张三", on=TODAY)


# ---------------------------------------------------------------- what nobody could read, and what is too long
def test_a_text_that_could_not_be_read_whole_has_no_check_value_of_its_own(case: Walk) -> None:
    broken = replace(PACKAGE, parts=(PACKAGE.parts[0], replace(PACKAGE.parts[1], sha256="", problem="设了密码")))
    assert broken.digest == ""
    KNOWN.append(broken)
    try:
        sha256 = add(case, broken)
        assert case.desk.packages.of(case.ref)[-1].digest == sha256
    finally:
        KNOWN.remove(broken)


def test_an_event_repeats_no_passage_of_any_length(case: Walk) -> None:
    sha256 = add(case)
    long = replace(finding("claim_multiple"), passage="字" * 3_000_000, text="句" * 3_000_000)
    judge(case, sha256, long, words="短。")
    with case.desk._workplace.reading() as reader:
        stream = stream_of(case.desk.case(case.ref, actor="张三", today=TODAY).id)
        payloads = [one.payload for one in reader.stream(stream)]
    assert max(len(str(payload)) for payload in payloads) < 20_000


@pytest.mark.parametrize("on", ["1850-01-01", "2026-02-01"])
def test_nothing_comes_in_before_the_case_was_there(case: Walk, on: str) -> None:
    with pytest.raises(Refusal) as caught:
        case.desk.packages.add(
            case.ref, "a.zip", content_of(PACKAGE), PACKAGE, actor="张三", on=day(on), today=TODAY
        )
    assert caught.value.code in ("far_past", "before_last_step")


def test_what_lies_beside_a_dispute_stays(make: Callable[[str], Desk]) -> None:
    hub, ours, theirs = MemoryHub(), make("甲"), make("乙")
    case = take(ours).accept("2026-03-02").assign("2026-03-02")
    meet(hub, ours, theirs)
    other = Walk(theirs, case.ref)
    case.act("issue_opinion", "2026-03-03", opinion="甲的意见", checklist="符合")
    other.act("issue_opinion", "2026-03-03", opinion="乙的意见", checklist="符合")
    meet(hub, ours, theirs)
    assert case.state().contested
    sha256 = add(case)
    judge(case, sha256, finding("claim_multiple"))
    meet(hub, ours, theirs)
    assert [one.sha256 for one in theirs.packages.of(case.ref)] == [sha256]
    before = digest(ours)
    assert before == digest(theirs)
    ours.rebuild()
    assert digest(ours) == before


def test_no_station_records_what_the_others_would_refuse(case: Walk) -> None:
    before = digest(case.desk), journal_count(case.desk)
    text = f"[document]\nkind = \"phrases\"\n[[phrases]]\nid = \"x\"\ntitle = \"甲\"\ntext = \"{'字' * 900}\"\n"
    many = text + "".join(
        f"[[phrases]]\nid = \"x{n}\"\ntitle = \"甲\"\ntext = \"{'字' * 990}\"\n" for n in range(3_000)
    )
    with pytest.raises(EnvironmentFault) as caught:
        case.desk.publish_document(many, actor="张三", today=TODAY)
    assert caught.value.code == "event_too_large"
    assert (digest(case.desk), journal_count(case.desk)) == before
