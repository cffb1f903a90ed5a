"""A party folded from its events: nothing lost, nothing refused, disagreement visible; its standing and its quota."""

from __future__ import annotations

import itertools
from datetime import date

import orjson
import pytest

from desktop.core.party import PartyEvent, PartyState, combine, fold, parallel_word
from desktop.core.party_facts import FACTS, PartyKind, name_key, spellings, write
from desktop.core.party_narrate import narrate
from desktop.core.party_soundness import EVENT_VERSIONS
from desktop.core.party_standing import FIRST_DAY, LAST_DAY, quota, standing, timeline
from tests.core.parties import amended, appealed, chained, event, found, party, registered, sanctioned


def on(day: str, state: PartyState) -> str:
    return standing(state, date.fromisoformat(day)).status.value


# ---------------------------------------------------------------- facts
@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("registered_on", "2026年3月2日", "2026-03-02"),
        ("founded_on", "1901/10/15", "1901-10-15"),
        ("insured", "35人", "35"),
        ("tags", "高新、专精特新;高新", "高新；专精特新"),
        ("status", "正常", "在备"),
        ("status", "注销", "退出"),
        ("valid_to", "长期", ""),
        ("unit_type", "高校", "高校"),
    ],
)
def test_a_value_is_kept_in_one_spelling(name: str, text: str, value: str) -> None:
    kept = write(FACTS[PartyKind.PARTY][name], text)
    assert (kept.value, kept.error) == (value, "")


@pytest.mark.parametrize(
    ("name", "text"),
    [("registered_on", "去年"), ("registered_on", "1901-10-15"), ("founded_on", "1201-10-15"),
     ("insured", "-1"), ("insured", "1.5"), ("status", "好"), ("unit_type", "个体"),
     ("uscc", "91350100M000100Y4Z"), ("note", "长" * 2001), ("name", "#N/A")],
)  # fmt: skip
def test_a_value_that_cannot_be_kept_says_why(name: str, text: str) -> None:
    assert write(FACTS[PartyKind.PARTY][name], text).error


def test_names_meet_whatever_the_width_and_blanks() -> None:
    assert name_key("某甲（山东） 有限公司ＡＢ") == name_key("某甲(山东)有限公司ab")
    assert name_key("某甲有限公司") != name_key("某乙有限公司")
    assert {"某甲（山东）有限公司", "某甲(山东)有限公司"} <= set(spellings("某甲 (山东) 有限公司"))


# ---------------------------------------------------------------- folding
def test_facts_and_former_names_are_kept() -> None:
    state = party(amended(name="某乙有限公司"), name="某甲有限公司", uscc="1")
    assert (state.name, state.names, state.facts["uscc"]) == ("某乙有限公司", ["某甲有限公司"], "1")
    assert not state.parallel
    assert PartyState.from_json(orjson.loads(orjson.dumps(state.to_json()))) == state


def test_two_values_side_by_side_are_both_visible_until_somebody_saw_both() -> None:
    first = registered(contact="王")
    left, right = amended(after=(first,), contact="李"), amended(after=(first,), contact="赵")
    state = fold([first, left, right])
    assert state.facts["contact"] == "赵"
    assert state.parallel == {"contact": ["李", "赵"]}
    one_sided = fold([first, left, right, amended(after=(left,), contact="钱")])
    assert one_sided.parallel == {"contact": ["赵", "钱"]}
    settled = fold([first, left, right, amended(after=(left, right), contact="赵")])
    assert not settled.parallel
    assert settled.facts["contact"] == "赵"


def test_equal_values_and_different_facts_side_by_side_are_no_dispute() -> None:
    first = registered()
    state = fold([first, amended(after=(first,), contact="李"), amended(after=(first,), contact="李", phone="1")])
    assert not state.parallel


def test_quotas_side_by_side_are_marked_and_other_records_add_up() -> None:
    first = registered()
    beside = [
        event("granted", after=(first,), year="2026", base=10, extra=0),
        event("granted", after=(first,), year="2026", base=20, extra=0),
        event("granted", after=(first,), year="2027", base=5, extra=0),
        found("f1", "2026-02-01")._replace(parents=(first.hash,)),
        found("f2", "2026-02-02")._replace(parents=(first.hash,)),
        sanctioned("s1")._replace(parents=(first.hash,)),
        sanctioned("s2")._replace(parents=(first.hash,)),
    ]
    state = fold([first, *beside])
    assert state.parallel == {"quota:2026": ["10+0", "20+0"]}
    assert parallel_word(state, "quota:2026") == "2026年额度"
    assert (sorted(state.findings), sorted(state.sanctions)) == (["f1", "f2"], ["s1", "s2"])
    assert state.quotas["2027"] == [5, 0]


def test_an_event_of_a_newer_program_makes_the_party_read_only() -> None:
    newer = PartyEvent("party.amended", 2, "2026-03-02", {"facts": {"name": "？"}})
    state = party(newer, event("turned_over", what="?"))
    assert state.read_only
    assert state.name == "某甲有限公司"
    assert state.events == 3
    opened = fold([registered()._replace(version=9)])
    assert (opened.kind, opened.name, opened.read_only) == ("主体", "某甲有限公司", True)


@pytest.mark.parametrize("kind", list(EVENT_VERSIONS))
def test_nonsense_is_marked_and_has_no_effect(kind: str) -> None:
    for payload in ({}, {"facts": 1, "kind": [], "before": None}, {"sanction": "", "from": "2026-99-99"}):
        state = party(PartyEvent(kind, 1, "2026-03-02", payload))
        assert state.flags == ["unreadable"]
        assert state.name == "某甲有限公司"
        assert narrate("主体", kind, 1, "2026-03-02", payload) == "内容不成立，没有效力"


def test_a_party_that_was_never_opened_shows_nothing() -> None:
    assert fold([found("f1", "2026-01-01")]).kind == ""


def test_words_about_every_kind_of_event() -> None:
    told = [
        registered(source="x"), amended(name="乙"), sanctioned("s1"), found("f1", "2026-02-01", case="SDYS-1"),
        appealed("f1", "不成立"), event("lifted", sanction="s1", on="2026-07-01", reason="改正"),
        event("dismissed", proposal="p", rule="r", evidence=[], reason="不足"),
        event("granted", year="2026", base=3, extra=1), event("merged", into="x"), event("noted", text="来函"),
        event("refused", refusal="n1", reason="不在本市", basis="办法第八条"),
    ]  # fmt: skip
    assert {one.type for one in told} == set(EVENT_VERSIONS)
    for one in told:
        text = narrate("主体", one.type, one.version, one.occurred_on, one.payload)
        assert text
        assert "不能解释" not in text
        assert "不成立，没有" not in text


# ---------------------------------------------------------------- standing
def test_the_standing_is_read_on_the_day_of_submission() -> None:
    """Handbook 13a case 6."""
    state = party(sanctioned("s1", since="2026-06-01"))
    assert on("2026-05-31", state) == "在备"
    assert on("2026-06-01", state) == "暂停"
    assert on("2099-01-01", state) == "暂停"


def test_a_measure_ends_on_its_last_day_or_when_lifted_or_when_its_appeal_is_upheld() -> None:
    timed = party(sanctioned("s1", since="2026-06-01", until="2026-11-30"))
    assert [on(day, timed) for day in ("2026-11-30", "2026-12-01")] == ["暂停", "在备"]
    lifted = party(sanctioned("s1"), event("lifted", sanction="s1", on="2026-07-01", reason="改正"))
    assert [on(day, lifted) for day in ("2026-06-30", "2026-07-01")] == ["暂停", "在备"]
    upheld = party(sanctioned("s1"), appealed("s1", "成立", "2026-06-10"))
    assert [on(day, upheld) for day in ("2026-06-09", "2026-06-10")] == ["暂停", "在备"]
    assert on("2026-06-10", party(sanctioned("s1"), appealed("s1", "待定", "2026-06-10"))) == "暂停"


def test_mild_measures_leave_the_standing_alone() -> None:
    for measure in ("提醒", "约谈", "警告"):
        assert on("2026-06-02", party(sanctioned("s1", measure))) == "在备"


def test_the_severest_holds() -> None:
    state = party(sanctioned("s1"), sanctioned("s2", "取消", "2026-07-01", "2027-06-30"))
    assert [on(day, state) for day in ("2026-06-15", "2026-07-01", "2027-07-01")] == ["暂停", "取消", "暂停"]
    assert on("2026-06-15", party(sanctioned("s1"), status="退出")) == "退出"


def test_registration_validity_and_stated_status() -> None:
    state = party(registered_on="2026-01-10", valid_to="2026-12-31")
    days = ("2026-01-09", "2026-01-10", "2026-12-31", "2027-01-01")
    assert [on(day, state) for day in days] == ["未生效", "在备", "在备", "已过期"]
    stated = party(status="暂停", status_from="2026-03-01", status_to="2026-03-31")
    assert [on(day, stated) for day in ("2026-02-28", "2026-03-01", "2026-04-01")] == ["在备", "暂停", "在备"]
    assert "起始日未登记" in standing(party(status="暂停"), date(2026, 1, 1)).reason


def test_the_timeline_says_of_every_day_what_the_standing_says() -> None:
    state = party(
        sanctioned("s1", since="2026-02-01", until="2026-02-28"),
        sanctioned("s2", "取消", "2026-02-10", "2026-03-15"),
        event("lifted", sanction="s2", on="2026-03-01", reason="x"),
        registered_on="2026-01-05", valid_to="2026-06-30", status="暂停", status_from="2026-05-01",
    )  # fmt: skip
    periods = timeline(state)
    assert (periods[0].first, periods[-1].last) == (FIRST_DAY, LAST_DAY)
    for before, after in itertools.pairwise(periods):
        assert date.fromisoformat(before.last).toordinal() + 1 == date.fromisoformat(after.first).toordinal()
    for ordinal in range(date(2026, 1, 1).toordinal(), date(2026, 7, 10).toordinal()):
        day = date.fromordinal(ordinal)
        here = [one for one in periods if one.first <= day.isoformat() <= one.last]
        assert [one.standing for one in here] == [standing(state, day)]


# ---------------------------------------------------------------- quota, merging
def test_the_quota_of_a_year() -> None:
    state = party(event("granted", year="2026", base=10, extra=5), quota="7")
    assert (quota(state, "2026").total, quota(state, "2027").total) == (15, 7)
    assert not quota(party(), "2026").known
    assert not quota(party(quota="9" * 5_000), "2026").known


def test_what_stands_on_a_merged_party_counts_for_the_other() -> None:
    mine = party(found("f1", "2026-01-01"), event("granted", year="2026", base=10, extra=0), uscc="A")
    other = party(
        found("f2", "2026-02-01"), sanctioned("s1"), event("granted", year="2026", base=99, extra=0),
        event("granted", year="2025", base=8, extra=0), name="某甲（旧）", uscc="B",
    )  # fmt: skip
    whole = combine(mine, {"x": other})
    assert sorted(whole.findings) == ["f1", "f2"]
    assert on("2026-06-02", whole) == "暂停"
    assert (quota(whole, "2026").base, quota(whole, "2025").base) == (10, 8)
    assert (whole.name, whole.uscc, whole.names, whole.codes) == ("某甲有限公司", "A", ["某甲（旧）"], ["B"])
    assert "f2" not in mine.findings


def test_the_order_in_which_side_by_side_events_are_told_decides_no_record() -> None:
    first = registered()
    beside = [found(f"f{n}", f"2026-02-0{n}")._replace(parents=(first.hash,)) for n in range(1, 4)]
    states = [fold([first, *some]) for some in itertools.permutations(beside)]
    assert all(sorted(one.findings) == ["f1", "f2", "f3"] for one in states)


def test_a_straight_history_knows_no_parallel_changes() -> None:
    told = chained(registered(), *(amended(contact=name) for name in "甲乙丙"))
    assert not fold(told).parallel
    assert fold([one._replace(parents=()) for one in told]).parallel  # the control: without parents everybody is beside
