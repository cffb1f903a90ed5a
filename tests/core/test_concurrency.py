"""The table of pairs: complete, the same from both sides, and true of the real procedure."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import pytest

from desktop.core.case import ACTED, AMENDED, ATTACHED, EVENT_VERSIONS, OPENED, RESOLVED, CaseEvent, CaseState, fold
from desktop.core.concurrency import TABLE, Verdict, compare, things
from desktop.core.context import Command
from desktop.core.decide import decide, offers
from desktop.core.options import input_example
from desktop.core.refusal import Refusal
from tests.core.walks import Walker, a_context
from tests.sync.oracle import open_spans, plain

COMMUTE, AGREE, CONTEST = Verdict
DAY = "2026-03-03"


def acted(to: str = "A", *, on: str = DAY, version: int = 1, **more: Any) -> CaseEvent:
    payload = {"action": f"to_{to}", "label": "", "from": "A", "to": to, "kind": "open", "values": {}, **more}
    return CaseEvent(ACTED, version, on, payload)


def amended(**facts: str) -> CaseEvent:
    return CaseEvent(AMENDED, 1, DAY, {"facts": facts})


def decided(choose: str = "left", aside: tuple[str, ...] = ("b",)) -> CaseEvent:
    return CaseEvent(
        RESOLVED, 1, DAY, {"choose": choose, "label": "", "reason": "", "kept": ["a"], "set_aside": list(aside)}
    )


def effect(do: str, clock: str = "examination", on: str = DAY, **more: Any) -> dict[str, Any]:
    return {"clock": clock, "do": do, "on": on, **more}


def test_every_pair_of_types_is_in_the_table_once() -> None:
    kinds = tuple(EVENT_VERSIONS)
    for left, right in product(kinds, repeat=2):
        assert ((left, right) in TABLE) + ((right, left) in TABLE) == (1 if left != right else 2), (left, right)
    assert {kind for pair in TABLE for kind in pair} == set(kinds)


SAMPLES = (
    CaseEvent(OPENED, 1, DAY, {"facts": {"title": "甲"}, "to": "A", "clocks": [effect("start", "acceptance")]}),
    acted(), acted("B"), acted("C"), acted("B", on="2026-03-04"), acted(facts={"title": "甲"}), acted(sets=["paid"]),
    acted(clears=["paid"]), acted(clocks=[effect("pause")]), acted(clocks=[effect("resume")]),
    acted(answers={"list": {"A1": ["符合", ""]}}), acted("B", version=9), amended(title="甲"), amended(title="乙"),
    amended(party="丙"), decided(), decided("right"), CaseEvent("case.unheard_of", 1, DAY, {}),
    CaseEvent(ATTACHED, 1, DAY, {}),
)  # fmt: skip


def test_the_verdict_is_the_same_from_both_sides() -> None:
    verdicts = {compare(left, right) for left, right in product(SAMPLES, repeat=2)}
    assert verdicts == set(Verdict)
    for left, right in product(SAMPLES, repeat=2):
        assert compare(left, right) is compare(right, left), (left, right)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (acted("B"), acted("B"), AGREE),
        (acted("B"), acted("C"), CONTEST),
        (acted("B"), acted("B", on="2026-03-04"), CONTEST),
        (acted("B", values={"note": "x"}), acted("B", values={"note": "y"}), CONTEST),
        (acted("B", label="一"), acted("B", label="二"), AGREE),
        (acted("B", clocks=[effect("start", rule={"limit": 7})]),
         acted("B", clocks=[effect("start", rule={"limit": 9})]), CONTEST),
        (acted(), acted("B"), COMMUTE),
        (acted(), acted(), COMMUTE),
        (acted(sets=["paid"]), acted(sets=["paid"]), COMMUTE),
        (acted(sets=["paid"]), acted(clears=["paid"]), CONTEST),
        (acted(sets=["paid"]), acted("B", clears=["consult"]), COMMUTE),
        (acted(facts={"examiner": "甲"}), acted(facts={"examiner": "乙"}), CONTEST),
        (acted(facts={"examiner": "甲"}), amended(examiner="乙"), CONTEST),
        (acted(facts={"examiner": "甲"}), amended(examiner="甲"), COMMUTE),
        (amended(title="甲"), amended(party="乙"), COMMUTE),
        (amended(title="甲"), amended(title="甲"), COMMUTE),
        (acted(answers={"l": {"A1": ["符合", ""]}}), acted(answers={"l": {"A2": ["缺陷", ""]}}), COMMUTE),
        (acted(answers={"l": {"A1": ["符合", ""]}}), acted(answers={"l": {"A1": ["缺陷", ""]}}), CONTEST),
        # One pause noted by two counts once; a limit that two different steps let run again would run twice.
        (acted(clocks=[effect("pause")]), acted(clocks=[effect("pause")]), AGREE),
        (acted(clocks=[effect("pause")]), acted(clocks=[effect("pause", on="2026-03-04")]), CONTEST),
        (acted(clocks=[effect("pause")]), acted(clocks=[effect("pause")], sets=["consult"]), CONTEST),
        (acted(clocks=[effect("pause")]), acted(clocks=[effect("pause")], on="2026-03-04"), COMMUTE),
        (acted(clocks=[effect("resume")]), acted(clocks=[effect("resume")], on="2026-03-04"), CONTEST),
        (acted(clocks=[effect("pause"), effect("pause", "reply")]), acted(clocks=[effect("pause")]), COMMUTE),
        (acted(clocks=[effect("resume"), effect("resume", "reply")]), acted(clocks=[effect("resume")]), CONTEST),
        (acted("B", clocks=[effect("resume"), effect("stop", "reply")]), acted(clocks=[effect("resume")]), CONTEST),
        (acted("B", clocks=[effect("start")]), acted(clocks=[effect("start")]), CONTEST),
        (acted("B", clocks=[effect("stop", "reply")]), acted(clocks=[effect("pause")]), COMMUTE),
        (decided(), decided(), AGREE),
        (decided(), decided("right"), CONTEST),
        (decided(), decided(aside=("b", "c")), CONTEST),
        (decided(), acted(), COMMUTE),
        (decided(), acted(sets=["paid"]), CONTEST),
        (decided(), amended(title="甲"), CONTEST),
        (acted("B", version=9), acted("C"), COMMUTE),
    ],
)  # fmt: skip
def test_pairs(left: CaseEvent, right: CaseEvent, verdict: Verdict) -> None:
    assert compare(left, right) is verdict
    assert compare(right, left) is verdict


def test_what_only_describes_an_event_decides_nothing() -> None:
    assert things(acted(label="甲", warnings=["乙"], notice={"title": "丙"})) == {}


def test_steps_of_the_procedure_that_get_along_can_be_taken_in_either_order() -> None:
    """Wherever a walk comes: two people do what is offered, without each other. What the table lets count for both
    must give one state in either order, and no limit may count a day twice."""
    verdicts: Counter[Verdict] = Counter()
    for seed in range(12):
        walker = Walker(random.Random(seed))
        for _ in range(45):
            before = len(walker.events)
            walker.step()
            if len(walker.events) > before:
                verdicts += _examined(walker.case)
    assert all(verdicts[verdict] > 50 for verdict in Verdict), verdicts


def _examined(case: CaseState) -> Counter[Verdict]:
    """All pairs of what two people could do here, on the same day or not."""
    last = date.fromisoformat(case.last_on)
    done = [event for on in (last, last + timedelta(days=1)) for event in _possible(case, on)]
    verdicts: Counter[Verdict] = Counter()
    for left, right in combinations(done, 2):
        verdict = compare(left, right)
        verdicts[verdict] += 1
        if verdict is not Verdict.COMMUTE:
            continue
        one, other = fold(fold(case, left), right), fold(fold(case, right), left)
        assert plain(one) == plain(other), (left, right)
        assert not open_spans(one), (left, right)
    for event in done:
        assert compare(event, event) is not CONTEST, event
        verdicts[compare(event, event)] += 1
    return verdicts


def _possible(case: CaseState, on: date) -> list[CaseEvent]:
    context = a_context(today=on)
    found: list[CaseEvent] = []
    for offer in offers(case, "全能", on, context):
        if offer.barred is not None:
            continue
        values = {
            item.name: input_example(item, case, "全能", on, context) for item in offer.action.inputs if item.required
        }
        if offer.action.checklist:
            values["checklist"] = "符合"
        try:
            found += decide(case, Command(offer.action.id, values, "全能", on), context).events
        except Refusal:
            continue
    return found
