"""Use cases of parties: register, find, decide, merge, ask; the tables kept beside them equal those of a rebuild."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db import cases as case_table
from db import parties as party_table
from desktop.app import party_reading
from desktop.app.desk import Desk
from desktop.app.party_projection import strategic_among, strategic_keys
from desktop.app.party_reading import agency_standing_of, standing_of
from desktop.app.party_views import PartyOutcome, PartyQuery, PartyView
from desktop.core.party_decide import Order
from desktop.core.party_intake import PartyRow, examine_rows
from desktop.core.refusal import Refusal
from desktop.core.terms import Role
from tests.app.desks import Walk, day, journal_count, new_desk, take
from tests.core.test_party_intake import Raw

TODAY = day("2026-06-10")
NOW = {"actor": "张三", "on": TODAY, "today": TODAY}
FOUND = {"actor": "张三", "today": TODAY}
USCC, OTHER = "91350100M000100Y43", "91350211M000100Y46"


def add(desk: Desk, name: str, kind: str = "主体", **facts: str) -> PartyOutcome:
    return desk.parties.add(kind, {"name": name, **facts}, **NOW)


def show(desk: Desk, ref: str, on: date = TODAY, **more: Any) -> PartyView:
    return desk.parties.show(ref, actor="张三", on=on, **more)


def party_digest(desk: Desk) -> str:
    with desk._store.read() as reader:
        return party_table.digest(reader)


def unchanged_by_a_rebuild(desk: Desk) -> None:
    def digests() -> tuple[str, str]:
        with desk._store.read() as reader:
            return party_table.digest(reader), case_table.digest(reader)

    before = digests()
    desk.rebuild()
    assert digests() == before


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Desk]:
    """A centre with one member of staff per role."""
    desk = new_desk(tmp_path / "d", staff=[(f"{role}甲", role.value) for role in Role])
    yield desk
    desk.close()


# ---------------------------------------------------------------- registering and finding
def test_a_party_is_found_by_everything_that_names_it(own_desk: Desk) -> None:
    made = add(own_desk, "某甲（山东）有限公司", uscc=USCC)
    agency = add(own_desk, "某代理所", "代理机构", agency_code="37101")
    for ref in (made.id, USCC, USCC.lower(), "某甲(山东)有限公司", " 某甲 （山东）有限公司"):
        assert show(own_desk, ref).id == made.id
    assert show(own_desk, "37101").id == agency.id
    with pytest.raises(Refusal) as caught:
        show(own_desk, "某乙有限公司")
    assert caught.value.code == "unknown_party"
    own_desk.parties.amend(made.id, {"name": "某乙有限公司"}, reason="更名", **NOW)
    assert show(own_desk, "某甲(山东)有限公司").name == "某乙有限公司"
    unchanged_by_a_rebuild(own_desk)


def test_nobody_is_registered_twice(own_desk: Desk) -> None:
    add(own_desk, "某甲有限公司", uscc=USCC)
    before = journal_count(own_desk)
    for facts in ({"name": "某乙有限公司", "uscc": USCC}, {"name": "某甲 有限公司"}):
        with pytest.raises(Refusal) as caught:
            own_desk.parties.add("主体", facts, **NOW)
        assert caught.value.code == "party_exists"
    assert journal_count(own_desk) == before
    add(own_desk, "某甲有限公司", "代理机构")  # an agency may have the name of a party
    with pytest.raises(Refusal) as caught:
        show(own_desk, "某甲有限公司")
    assert caught.value.code == "ambiguous_party"
    assert show(own_desk, "某甲有限公司", kind="代理机构").kind == "代理机构"


def test_the_list_says_standing_quota_and_marks(own_desk: Desk) -> None:
    first = add(own_desk, "某甲有限公司", tags="战略主体、高新", region="某市某区", quota="10")
    add(own_desk, "某乙有限公司", status="退出", status_from="2026-01-01")
    page = own_desk.parties.page(PartyQuery(), on=TODAY)
    assert page.total == 2
    assert [(row.name, row.status, row.strategic) for row in page.rows] == [
        ("某甲有限公司", "在备", True), ("某乙有限公司", "退出", False),
    ]  # fmt: skip
    assert page.rows[0].quota.left == 10
    for query, names in (
        (PartyQuery(status="退出"), ["某乙有限公司"]),
        (PartyQuery(tag="高新"), ["某甲有限公司"]),
        (PartyQuery(search="某区"), ["某甲有限公司"]),
        (PartyQuery(kind="代理机构"), []),
        (PartyQuery(proposals=True), []),
    ):
        assert [row.name for row in own_desk.parties.page(query, on=TODAY).rows] == names
    own_desk.parties.sanction(first.id, Order("属实", "暂停", TODAY), rule="shandong-abnormal", **NOW)
    assert [row.name for row in own_desk.parties.page(PartyQuery(status="暂停"), on=TODAY).rows] == ["某甲有限公司"]
    assert not own_desk.parties.page(PartyQuery(status="暂停"), on=day("2026-06-09")).rows


def test_a_page_that_is_out_of_date_changes_nothing(own_desk: Desk) -> None:
    made = add(own_desk, "某甲有限公司")
    head = show(own_desk, made.id).head
    own_desk.parties.note(made.id, "来函", **NOW)
    with pytest.raises(Refusal) as caught:
        own_desk.parties.amend(made.id, {"contact": "李"}, seen=head, **NOW)
    assert caught.value.code == "party_moved"
    own_desk.parties.amend(made.id, {"contact": "李"}, seen=show(own_desk, made.id).head, **NOW)


# ---------------------------------------------------------------- decisions
def two_abnormal(desk: Desk, name: str = "某甲有限公司") -> str:
    made = add(desk, name)
    for number, on in ((1, "2026-02-01"), (2, "2026-05-01")):
        found = desk.parties.find(name, "非正常", found_on=day(on), case=f"SDYS-{number}", **FOUND)
        desk.parties.appeal(name, found.made[:6], "不成立", **NOW)
    return made.id


def test_two_abnormal_cases_propose_and_a_person_confirms(own_desk: Desk) -> None:
    """Handbook 13a cases 6 and 16."""
    id_ = two_abnormal(own_desk)
    assert own_desk.parties.proposed(on=TODAY) == 1
    assert [row.name for row in own_desk.parties.page(PartyQuery(proposals=True), on=TODAY).rows] == ["某甲有限公司"]
    view = show(own_desk, id_)
    (proposal,) = view.proposals
    assert (view.standing.status, proposal.measure, proposal.cases) == ("在备", "暂停", ("SDYS-1", "SDYS-2"))
    assert "2 件以上" in proposal.text
    outcome = own_desk.parties.sanction(
        id_, Order("申诉均未成立", since=day("2026-06-01"), months=6), proposal=proposal.id, **NOW
    )
    assert outcome.status == "暂停"
    after = show(own_desk, id_)
    assert after.proposals == ()
    (sanction,) = after.sanctions
    assert (sanction.rule_text, sanction.cases, sanction.until) == (proposal.text, proposal.cases, "2026-11-30")
    assert (sanction.actor, sanction.in_force) == ("张三", True)
    assert own_desk.parties.proposed(on=TODAY) == 0
    before, then = (own_desk.parties.standing("", "某甲有限公司", day(on)) for on in ("2026-05-31", "2026-06-01"))
    assert before is not None
    assert then is not None
    assert (before.status, then.status) == ("在备", "暂停")
    own_desk.parties.lift(id_, sanction.id[:8], reason="整改到位", actor="张三", on=day("2026-06-05"), today=TODAY)
    assert show(own_desk, id_).standing.status == "在备"
    assert [entry.text[:2] for entry in show(own_desk, id_).journal][-1] == "解除"
    unchanged_by_a_rebuild(own_desk)


def test_a_dismissed_proposal_stays_away_and_a_stale_one_is_refused(own_desk: Desk) -> None:
    id_ = two_abnormal(own_desk)
    (proposal,) = show(own_desk, id_).proposals
    own_desk.parties.dismiss(id_, proposal.id, reason="同一批次", **NOW)
    assert not show(own_desk, id_).proposals
    for again in (
        lambda: own_desk.parties.dismiss(id_, proposal.id, reason="再次", **NOW),
        lambda: own_desk.parties.sanction(id_, Order("属实"), proposal=proposal.id, **NOW),
    ):
        with pytest.raises(Refusal) as caught:
            again()
        assert caught.value.code == "unknown_proposal"
    unchanged_by_a_rebuild(own_desk)


Command = Callable[[Desk, str, str], object]
COMMANDS: dict[str, tuple[str, Command]] = {
    "add": ("受理 管理员", lambda d, ref, who: d.parties.add("主体", {"name": "新"}, actor=who, on=TODAY, today=TODAY)),
    "amend": (
        "受理 管理员",
        lambda d, ref, who: d.parties.amend(ref, {"contact": "李"}, actor=who, on=TODAY, today=TODAY),
    ),
    "import": (
        "受理 管理员",
        lambda d, ref, who: d.parties.take_in("主体", listed({"name": "新"}), actor=who, source="名单", today=TODAY),
    ),
    "find": (
        "受理 预审员 复核 管理员",
        lambda d, ref, who: d.parties.find(ref, "其他", actor=who, found_on=TODAY, today=TODAY),
    ),
    "sanction": (
        "复核 组长 管理员",
        lambda d, ref, who: d.parties.sanction(
            ref, Order("属实", "警告"), rule="lapsed", actor=who, on=TODAY, today=TODAY
        ),
    ),
    "grant": (
        "复核 组长 管理员",
        lambda d, ref, who: d.parties.grant(ref, "2026", 5, actor=who, on=TODAY, today=TODAY),
    ),
    "merge": (
        "复核 组长 管理员",
        lambda d, ref, who: d.parties.merge(ref, "某乙", actor=who, on=TODAY, today=TODAY),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_roles(full: Desk, name: str) -> None:
    """Whoever may not leaves no trace; the matrix of the core covers every step."""
    allowed, command = COMMANDS[name]
    for who in ("某甲", "某乙"):
        full.parties.add("主体", {"name": who}, actor="管理员甲", on=TODAY, today=TODAY)
    for role in Role:
        before = journal_count(full), party_digest(full)
        code = ""
        try:
            command(full, "某甲", f"{role}甲")
        except Refusal as refusal:
            code = refusal.code
        may = role.value in allowed.split()
        assert (code == "wrong_role") is not may, (role, code)
        assert may or (journal_count(full), party_digest(full)) == before
        shown = full.parties.show("某甲", actor=f"{role}甲", on=TODAY)
        assert name not in shown.allowed or shown.merged_into or (shown.allowed[name] == "") is may


# ---------------------------------------------------------------- cases of a party
def accepted(desk: Desk, party: str, on: str = "2026-03-02", **facts: str) -> Walk:
    return take(desk, on, party=party, **facts).accept(on)


def test_cases_find_their_party_by_code_else_by_name(own_desk: Desk) -> None:
    made = add(own_desk, "某甲（山东）有限公司", uscc=USCC, quota="5")
    other = add(own_desk, "某乙有限公司", uscc=OTHER)
    accepted(own_desk, "名称写错了", uscc=USCC)
    accepted(own_desk, "某甲(山东)有限公司")
    accepted(own_desk, "某甲（山东）有限公司", uscc=OTHER)  # the code speaks first
    accepted(own_desk, "某丙有限公司")
    assert [len(show(own_desk, one.id).cases) for one in (made, other)] == [2, 1]
    quota = show(own_desk, made.id).quota
    assert (quota.used, quota.left, quota.word) == (2, 3, "")


def test_quota_and_rates_are_counted_from_cases(own_desk: Desk) -> None:
    made = add(own_desk, "某甲有限公司")
    own_desk.parties.grant(made.id, "2026", 5, **NOW)
    for number in range(4):
        walk = accepted(own_desk, "某甲有限公司").assign("2026-03-03")
        if number < 2:
            walk.pass_("2026-03-04")
        elif number == 2:
            walk.act("fail", "2026-03-04", reason="不具备新颖性")
    accepted(own_desk, "某甲有限公司", "2025-03-03")
    take(own_desk, party="某甲有限公司")  # received, not accepted
    view = show(own_desk, made.id)
    assert (view.quota.used, view.quota.left) == (4, 1)
    assert "80%" in view.quota.word
    passed, failed = view.rates
    assert (passed.part, passed.whole, failed.part, failed.whole) == (2, 4, 1, 3)
    assert view.period == ("2026-01-01", "2026-06-10")
    assert show(own_desk, made.id, period=(day("2025-01-01"), day("2025-12-31"))).rates[0].whole == 1
    assert sorted(case.result for case in view.cases) == ["", "", "", "不合格", "合格", "合格"]
    said = own_desk.parties.grant(made.id, "2026", 3, **NOW)
    assert "多于额度" in said.warnings[0]
    assert "用尽" in show(own_desk, made.id).quota.word
    standing = own_desk.parties.standing("", "某甲有限公司", TODAY)
    assert standing is not None
    assert standing.quota_left == -1


def test_the_fail_rate_of_an_agency_comes_from_its_cases(own_desk: Desk) -> None:
    text = own_desk.export_document("parties").replace("随程序提供", "本中心办法")
    own_desk.publish_document(text.replace("active = false", "active = true"), actor="张三", today=TODAY)
    made = add(own_desk, "某代理所", "代理机构", agency_code="37101")
    for _ in range(5):
        walk = accepted(own_desk, "某某公司", agency="某代理所").assign("2026-03-03")
        walk.act("fail", "2026-03-04", reason="不具备新颖性")
    (one,) = show(own_desk, made.id).proposals
    assert (one.rule, len(one.cases)) == ("agency-fail-rate", 5)
    assert [row.name for row in own_desk.parties.page(PartyQuery(proposals=True), on=TODAY).rows] == ["某代理所"]


# ---------------------------------------------------------------- the party of a case
def test_the_standing_of_who_is_not_registered_is_none(own_desk: Desk) -> None:
    with own_desk._store.read() as reader:
        assert standing_of(reader, USCC, "某甲有限公司", TODAY) is None
        assert standing_of(reader, "", "", TODAY) is None
        assert agency_standing_of(reader, "", "", TODAY) is None


def test_what_does_not_fit_is_said(own_desk: Desk) -> None:
    add(own_desk, "某甲有限公司", uscc=USCC)
    by_code = own_desk.parties.standing(USCC, "某乙有限公司", TODAY)
    by_name = own_desk.parties.standing(OTHER, "某甲有限公司", TODAY)
    fits = own_desk.parties.standing(USCC, "某甲 有限公司", TODAY)
    assert by_code is not None
    assert by_name is not None
    assert fits is not None
    assert "名称" in by_code.remarks[0]
    assert "代码" in by_name.remarks[0]
    assert fits.remarks == ()
    add(own_desk, "某代理所", "代理机构", agency_code="37101", abnormal="是", listed="否")
    agency = own_desk.parties.agency_standing("某代理所", "37101", TODAY)
    assert agency is not None
    assert len(agency.remarks) == 2


def test_of_two_registered_alike_the_worse_counts(own_desk: Desk) -> None:
    add(own_desk, "某甲有限公司", uscc=USCC)
    second = add(own_desk, "某乙有限公司")
    own_desk.parties.amend(second.id, {"uscc": USCC, "status": "退出"}, **NOW)
    standing = own_desk.parties.standing(USCC, "某甲有限公司", TODAY)
    assert standing is not None
    assert standing.status == "退出"
    assert any("合并" in remark for remark in standing.remarks)


# ---------------------------------------------------------------- merging
def test_a_merge_keeps_both_journals_and_counts_for_the_survivor(own_desk: Desk) -> None:
    mine = add(own_desk, "某甲有限公司", uscc=USCC, tags="战略主体")
    double = add(own_desk, "某甲公司")
    own_desk.parties.amend(double.id, {"uscc": USCC}, **NOW)
    (group,) = own_desk.parties.duplicates()
    assert group.parties == ((mine.id, "某甲有限公司"), (double.id, "某甲公司"))
    found = own_desk.parties.find(double.id, "非正常", found_on=day("2026-02-01"), **FOUND)
    own_desk.parties.find(mine.id, "非正常", found_on=day("2026-05-01"), **FOUND)
    assert not show(own_desk, mine.id).proposals
    accepted(own_desk, "某甲公司")
    own_desk.parties.merge(double.id, mine.id, reason="同一单位", **NOW)
    view = show(own_desk, mine.id)
    assert (len(view.findings), len(view.proposals), len(view.cases)) == (2, 1, 1)
    assert view.merged == ((double.id, "某甲公司"),)
    assert "某甲公司" in {entry.party for entry in view.journal}
    gone = show(own_desk, double.id)
    assert (gone.merged_into, gone.standing.name) == (mine.id, "某甲有限公司")
    assert own_desk.parties.page(PartyQuery(), on=TODAY).total == 1
    assert own_desk.parties.duplicates() == ()
    own_desk.parties.appeal(mine.id, found.made, "成立", **NOW)  # recorded where the finding stands
    assert not show(own_desk, mine.id).proposals
    with own_desk._store.read() as reader:
        codes, names = strategic_keys(reader)
        for code, name in ((USCC, ""), ("", "某甲公司"), (USCC, "某甲有限公司"), (OTHER, "某丙公司"), ("", "")):
            assert strategic_among(reader, code, name) == (codes & {code}, names & {name})
    assert codes == {USCC}
    assert {"某甲有限公司", "某甲公司"} <= names
    unchanged_by_a_rebuild(own_desk)
    own_desk.parties.separate(double.id, **NOW)
    assert own_desk.parties.page(PartyQuery(), on=TODAY).total == 2
    assert len(show(own_desk, mine.id).findings) == 1
    unchanged_by_a_rebuild(own_desk)


def test_how_a_party_stands_is_told_without_its_cases_unless_a_quota_counts_them(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agency has thousands of them, and this is asked whenever a case is shown."""
    made = add(own_desk, "某甲有限公司")
    accepted(own_desk, "某甲有限公司")
    asked: list[list[str]] = []
    real = party_reading.cases_of

    def noted(reader: Any, roots: list[str]) -> Any:
        asked.append(roots)
        return real(reader, roots)

    monkeypatch.setattr(party_reading, "cases_of", noted)
    standing = own_desk.parties.standing("", "某甲有限公司", TODAY)
    assert (standing is not None and standing.quota_left, asked) == (None, [[]])
    own_desk.parties.grant(made.id, "2026", 3, **NOW)
    asked.clear()
    standing = own_desk.parties.standing("", "某甲有限公司", TODAY)
    assert (standing is not None and standing.quota_left, asked) == (2, [[made.id]])


def test_a_chain_of_merges_has_one_end(own_desk: Desk) -> None:
    ids = [add(own_desk, f"某{word}有限公司").id for word in "甲乙丙"]
    own_desk.parties.find(ids[0], "其他", found_on=TODAY, **FOUND)
    own_desk.parties.merge(ids[0], ids[1], **NOW)
    own_desk.parties.merge(ids[1], ids[2], **NOW)
    assert len(show(own_desk, ids[2]).findings) == 1
    unchanged_by_a_rebuild(own_desk)


def test_cases_of_a_strategic_party_lead_the_queue(own_desk: Desk) -> None:
    made = add(own_desk, "某甲有限公司")
    early, late = accepted(own_desk, "某乙有限公司"), accepted(own_desk, "某甲有限公司", "2026-03-03")

    def order() -> list[str]:
        with own_desk._store.read() as reader:
            found = case_table.rows(reader, [1, 2])
        return [row.number or "" for row in sorted(found, key=lambda row: row.lead)]

    assert order() == [early.ref, late.ref]
    own_desk.parties.amend(made.id, {"tags": "战略主体"}, **NOW)
    assert order() == [late.ref, early.ref]
    unchanged_by_a_rebuild(own_desk)
    own_desk.parties.amend(made.id, {"tags": ""}, **NOW)
    assert order() == [early.ref, late.ref]
    unchanged_by_a_rebuild(own_desk)


# ---------------------------------------------------------------- lists
def listed(*values: dict[str, Any], kind: str = "主体") -> list[PartyRow]:
    return list(examine_rows(kind, [Raw(number, one) for number, one in enumerate(values, 2)]))


def take_in(desk: Desk, *values: dict[str, Any]) -> Any:
    return desk.parties.take_in("主体", listed(*values), actor="张三", source="名单.xlsx", today=TODAY)


def test_the_same_list_twice_adds_nothing(own_desk: Desk) -> None:
    rows = [{"name": f"某{n}有限公司", "contact": "王"} for n in range(300)] + [{"name": ""}]
    dry = own_desk.parties.plan_import("主体", listed(*rows))
    before = journal_count(own_desk)
    report = take_in(own_desk, *rows)
    assert (report.read, report.new, report.changed, report.unchanged, report.refused) == (301, 300, 0, 0, 1)
    assert (dry.new, dry.refused, dry.dry_run) == (300, 1, True)
    assert journal_count(own_desk) == before + 300
    kept = party_digest(own_desk)
    again = take_in(own_desk, *rows)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 300)
    assert party_digest(own_desk) == kept
    unchanged_by_a_rebuild(own_desk)


def test_a_list_changes_what_it_changed_and_overrules_nobody(own_desk: Desk) -> None:
    take_in(own_desk, {"name": "某甲有限公司", "uscc": USCC, "contact": "王", "phone": "1"})
    own_desk.parties.amend(USCC, {"contact": "李"}, **NOW)
    changed = take_in(own_desk, {"name": "某甲有限公司", "uscc": USCC, "contact": "王", "phone": "2"})
    assert changed.changed == 1
    assert changed.rows[0].changes == (("手机", "1", "2"),)
    refused = take_in(own_desk, {"name": "某甲有限公司", "uscc": USCC, "contact": "赵", "phone": "3"})
    assert refused.refused == 1
    assert "李" in refused.rows[0].reasons[0][1]
    facts = {fact.name: fact.value for fact in show(own_desk, USCC).facts}
    assert (facts["contact"], facts["phone"]) == ("李", "2")
    renamed = take_in(own_desk, {"name": "某甲集团有限公司", "uscc": USCC})
    assert renamed.changed == 1
    assert show(own_desk, "某甲有限公司").name == "某甲集团有限公司"


def test_one_name_with_two_codes_is_for_people(own_desk: Desk) -> None:
    take_in(own_desk, {"name": "某甲有限公司", "uscc": USCC})
    report = take_in(own_desk, {"name": "某甲有限公司", "uscc": OTHER})
    assert report.refused == 1
    assert "核对" in report.rows[0].reasons[0][1]


def test_a_list_leaves_who_was_merged_alone(own_desk: Desk) -> None:
    mine, gone = add(own_desk, "某甲有限公司"), add(own_desk, "某乙有限公司")
    own_desk.parties.merge(gone.id, mine.id, **NOW)
    report = take_in(own_desk, {"name": "某乙有限公司", "contact": "王"})
    assert (report.refused, report.new) == (1, 0)
