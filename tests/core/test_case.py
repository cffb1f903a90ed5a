"""Folding: what an event does to a case, and what a newer program's event does not."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.core.amend import amend_from_list
from desktop.core.case import ACTED, EVENT_VERSIONS, NEWER, CaseEvent, CaseState, fold
from desktop.core.context import Command
from desktop.core.decide import decide, offers
from desktop.core.narrate import narrate
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType
from tests.core.walks import a_context, opened, shipped_rules

DAY = date(2026, 3, 2)


def a_case() -> CaseState:
    return fold(CaseState(), opened(PatentType.INVENTION, DAY, a_context()))


def done(case: CaseState, action: str, on: date = DAY, **values: str) -> CaseState:
    decision = decide(case, Command(action, values, "全能", on), a_context(today=on))
    for event in decision.events:
        case = fold(case, event)
    return case


def test_an_event_of_a_newer_program_only_counts() -> None:
    case = a_case()
    after = fold(case, CaseEvent(ACTED, EVENT_VERSIONS[ACTED] + 1, "2026-03-05", {"to": "A", "from": "R"}))
    assert (after.stage, after.events, after.flags) == ("RECEIVED", 2, [NEWER])
    with pytest.raises(Refusal) as caught:
        done(after, "note", note="x")
    assert caught.value.code == "needs_newer_program"
    assert all(offer.barred for offer in offers(after, "全能", DAY, a_context()))
    unknown = fold(case, CaseEvent("case.contested", 1, "2026-03-05", {}))
    assert NEWER in unknown.flags
    assert narrate("case.contested", {}, shipped_rules().procedure).startswith("此项由更新版本")


def test_folding_leaves_the_state_before_alone() -> None:
    case = a_case()
    image = case.to_json()
    done(case, "accept", checklist="符合")
    assert case.to_json() == image


def test_a_second_start_is_a_second_limit() -> None:
    case = done(done(a_case(), "return", missing="x"), "resubmit")
    case = done(case, "return", missing="y")
    assert [clock.id for clock in case.clocks] == ["acceptance", "correction", "correction"]
    assert case.clock("correction") is case.clocks[-1]


def test_a_list_changes_only_what_it_changed() -> None:
    case = done(a_case(), "amend", title="人工更正的名称")
    rules = shipped_rules()
    event = amend_from_list(case, {**case.imported, "phone": "1"}, DAY, rules, "清单")
    assert event.payload["facts"] == {"phone": "1"}
    after = fold(case, event)
    assert after.facts["title"] == "人工更正的名称"
    assert after.imported["phone"] == "1"
    assert after.imported["title"] == "一种装置"


def test_a_correction_regrades_the_field() -> None:
    case = a_case()
    assert case.facts["field"]
    after = done(case, "amend", main_class="A01B 1/00")
    rules = shipped_rules()
    match = rules.fields.match(PatentType.INVENTION, ["A01B 1/00"])
    assert (after.facts["field"], after.facts["field_grade"]) == (match.field, match.grade.value)
    assert match.field != case.facts["field"]


@pytest.mark.parametrize(
    ("action", "values", "words"),
    [
        ("refuse", {"reason_code": "N05"}, ["不予受理", "N05 分类号或技术领域不在服务范围"]),
        ("return", {"missing": "承诺书"}, ["退回补正", "承诺书", "受理计时暂停"]),
        ("amend", {"title": "新名", "reason": "来函"}, ["由“一种装置”改为“新名”", "原因：来函"]),
        ("note", {"note": "长" * 500}, ["备注", "…"]),
    ],
)
def test_events_in_words(action: str, values: dict[str, str], words: list[str]) -> None:
    event = decide(a_case(), Command(action, values, "全能", DAY), a_context()).events[0]
    text = narrate(event.type, event.payload, shipped_rules().procedure)
    for word in words:
        assert word in text
    assert len(text) < 300
