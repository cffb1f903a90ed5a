"""Parties of several stations: whatever the order of arrival, everybody shows the same, and what a rebuild would."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from db import cases as case_table
from db import parties as party_table
from db import quarantine
from db.envelope import Draft
from db.ingest import take_in
from db.journal import EVENTS_OF
from db.sync import opened_batch
from db.transport import MemoryHub
from db.wire import Batch, pack
from desktop.app.arrivals import Projector
from desktop.app.desk import Desk
from desktop.app.party_views import PartyQuery
from desktop.core.party_decide import Order
from desktop.core.refusal import Refusal
from tests.app.desks import day, take
from tests.app.meetings import meet

TODAY = day("2026-06-10")
NOW: dict[str, Any] = {"actor": "张三", "on": TODAY, "today": TODAY}
Make = Callable[[str], Desk]


def digest(desk: Desk) -> str:
    with desk._store.read() as reader:
        return party_table.digest(reader) + case_table.digest(reader)


def alike(*desks: Desk) -> None:
    """The same everywhere, and the same when made anew."""
    first = digest(desks[0])
    assert [digest(desk) for desk in desks] == [first] * len(desks)
    for desk in desks:
        desk.rebuild()
        assert digest(desk) == first


def marks(desk: Desk, name: str) -> tuple[str, ...]:
    return next(row.marks for row in desk.parties.page(PartyQuery(), on=TODAY).rows if row.name == name)


def test_different_words_about_one_fact_stay_visible_until_somebody_saw_both(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    made = a.parties.add("主体", {"name": "某甲有限公司"}, **NOW)
    meet(hub, a, b)
    a.parties.amend(made.id, {"contact": "李", "phone": "1"}, **NOW)
    b.parties.amend(made.id, {"contact": "赵", "email": "z@example.cn"}, **NOW)
    a.parties.grant(made.id, "2026", 10, **NOW)
    b.parties.grant(made.id, "2026", 20, **NOW)
    a.parties.find(made.id, "非正常", found_on=day("2026-02-01"), actor="张三", today=TODAY)
    b.parties.find(made.id, "非正常", found_on=day("2026-03-01"), actor="张三", today=TODAY)
    meet(hub, a, b)
    alike(a, b)
    assert marks(a, "某甲有限公司") == ("并行修改",)
    view = b.parties.show(made.id, actor="张三", on=TODAY)
    assert {one.label: set(one.values) for one in view.parallel} == {
        "联系人": {"李", "赵"},
        "2026年额度": {"10+0", "20+0"},
    }
    facts = {fact.name: fact.value for fact in view.facts}
    assert (facts["phone"], facts["email"]) == ("1", "z@example.cn")
    assert len(view.findings) == 2
    assert len(view.proposals) == 1
    a.parties.amend(made.id, {"contact": facts["contact"]}, reason="电话核实", **NOW)
    a.parties.grant(made.id, "2026", 20, **NOW)
    meet(hub, a, b)
    alike(a, b)
    assert marks(b, "某甲有限公司") == ()


def test_one_proposal_confirmed_twice_is_two_measures_and_no_proposal(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    made = a.parties.add("主体", {"name": "某甲有限公司"}, **NOW)
    for on in ("2026-02-01", "2026-03-01"):
        a.parties.find(made.id, "非正常", found_on=day(on), actor="张三", today=TODAY)
    meet(hub, a, b)
    (proposal,) = a.parties.show(made.id, actor="张三", on=TODAY).proposals
    assert b.parties.show(made.id, actor="张三", on=TODAY).proposals == (proposal,)
    for desk in (a, b):
        desk.parties.sanction(made.id, Order("属实", months=6), proposal=proposal.id, **NOW)
    meet(hub, a, b)
    alike(a, b)
    view = a.parties.show(made.id, actor="张三", on=TODAY)
    assert (len(view.sanctions), view.proposals, view.standing.status) == (2, (), "暂停")


def test_merged_into_each_other_side_by_side(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    one, other = (a.parties.add("主体", {"name": name}, **NOW).id for name in ("某甲有限公司", "某乙有限公司"))
    meet(hub, a, b)
    a.parties.merge(one, other, **NOW)
    b.parties.merge(other, one, **NOW)
    meet(hub, a, b)
    alike(a, b)
    page = a.parties.page(PartyQuery(), on=TODAY)
    assert [row.id for row in page.rows] == [min(one, other)]
    b.parties.separate(one, **NOW)
    meet(hub, a, b)
    alike(a, b)
    assert [row.id for row in a.parties.page(PartyQuery(), on=TODAY).rows] == [one]


def test_a_newer_programs_word_makes_read_only_and_nonsense_is_put_aside(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    made = a.parties.add("主体", {"name": "某甲有限公司"}, **NOW)
    other = a.parties.add("主体", {"name": "某乙有限公司"}, **NOW)
    draft = Draft(f"party/{made.id}", "party.amended", 7, "张三", "受理", "2026-06-10", {}, {"facts": {"name": 3}})
    senseless = replace(draft, stream=f"party/{other.id}", version=1)
    lost = replace(draft, stream="party/" + "f" * 32, version=1)
    with a._store.write() as tx:
        Projector().apply(tx, tx.append([draft, senseless, lost]))
    meet(hub, a, b)
    alike(a, b)
    assert marks(b, "某甲有限公司") == ("需更新版本",)
    assert marks(b, "某乙有限公司") == ("有记录无法解释",)
    with pytest.raises(Refusal, match="更新版本"):
        b.parties.note(made.id, "x", **NOW)
    with b._store.read() as reader:
        assert {one.kind for one in quarantine.listed(reader)} == {quarantine.MEANING}
    assert b.parties.page(PartyQuery(), on=TODAY).total == 2


def test_the_queue_follows_who_leads_it_whatever_comes_first(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    take(b, party="某甲有限公司")
    take(b, party="某乙有限公司")
    made = a.parties.add("主体", {"name": "某甲有限公司", "tags": "战略主体"}, **NOW)
    meet(hub, a, b)
    alike(a, b)
    a.parties.amend(made.id, {"tags": ""}, **NOW)
    take(b, party="某甲有限公司")
    meet(hub, a, b)
    alike(a, b)


def batches(desk: Desk) -> list[Batch]:
    """Its journal in batches of one event."""
    with desk._store.read() as reader:
        rows = reader.rows(EVENTS_OF, (desk._store.station, 0, 10_000))
    return [pack([row]) for row in rows]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_gives_the_same_tables(make: Make, seed: int) -> None:
    chance = random.Random(seed)
    a, b, hub = make("a"), make("b"), MemoryHub()
    ids = [a.parties.add("主体", {"name": f"某{word}有限公司"}, **NOW).id for word in "甲乙丙丁"]
    meet(hub, a, b)
    for _ in range(24):
        desk, ref = chance.choice((a, b)), chance.choice(ids)
        try:
            chance.choice(STEPS)(desk, ref, chance)
        except Refusal:
            continue
        if chance.random() < 0.2:
            meet(hub, a, b)
    meet(hub, a, b)
    alike(a, b)
    told = [*batches(a), *batches(b)]
    chance.shuffle(told)
    c = make("c")
    for batch in told:
        with c._store.write() as tx:
            Projector().apply(tx, take_in(tx, opened_batch(batch), "").events)
    with a._store.read() as mine, c._store.read() as theirs:
        assert party_table.digest(mine) == party_table.digest(theirs)


STEPS: list[Callable[[Desk, str, random.Random], object]] = [
    lambda desk, ref, chance: desk.parties.amend(ref, {"contact": chance.choice("李赵钱")}, **NOW),
    lambda desk, ref, chance: desk.parties.amend(ref, {"name": f"某{chance.choice('甲乙戊己')}有限公司"}, **NOW),
    lambda desk, ref, chance: desk.parties.amend(ref, {"tags": chance.choice(("", "战略主体"))}, **NOW),
    lambda desk, ref, chance: desk.parties.grant(ref, "2026", chance.randint(1, 3), **NOW),
    lambda desk, ref, chance: desk.parties.find(
        ref, "非正常", found_on=day(f"2026-0{chance.randint(1, 5)}-01"), actor="张三", today=TODAY
    ),
    lambda desk, ref, chance: desk.parties.sanction(ref, Order("属实", "暂停", months=6), rule="lapsed", **NOW),
    lambda desk, ref, chance: desk.parties.merge(ref, other_than(desk, ref, chance), **NOW),
    lambda desk, ref, chance: desk.parties.separate(ref, **NOW),
    lambda desk, ref, chance: decide_on_something(desk, ref, chance),
]


def other_than(desk: Desk, ref: str, chance: random.Random) -> str:
    return chance.choice([row.id for row in desk.parties.page(PartyQuery(), on=TODAY).rows if row.id != ref])


def decide_on_something(desk: Desk, ref: str, chance: random.Random) -> object:
    view = desk.parties.show(ref, actor="张三", on=TODAY)
    if view.proposals and chance.random() < 0.5:
        return desk.parties.dismiss(ref, view.proposals[0].id, reason="不足", **NOW)
    if view.sanctions:
        return desk.parties.lift(ref, view.sanctions[0].id, reason="改正", **NOW)
    if view.findings:
        return desk.parties.appeal(ref, view.findings[0].id, chance.choice(("成立", "不成立")), **NOW)
    return None
