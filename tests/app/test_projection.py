"""Read tables: kept event by event they must equal those made again from the journal."""

from __future__ import annotations

import random
from datetime import date, timedelta

import orjson
import pytest

from db import cases as case_table
from desktop.app import projection
from desktop.app.desk import Desk
from desktop.core.case import CaseState
from desktop.core.options import input_example
from desktop.core.refusal import Refusal
from tests.app.desks import Walk, day, digest, journal_count, take
from tests.core.walks import BOOK, a_context


def folded(desk: Desk, case: Walk) -> CaseState:
    """The case from its journal alone."""
    state = CaseState()
    view = case.view("2026-03-02")
    with desk._store.read() as reader:
        for envelope in reader.stream(f"case/{view.id}"):
            projection.advance(state, projection.event_of(envelope))
    return state


def stored_row(desk: Desk, case: Walk) -> dict[str, object]:
    with desk._store.read() as reader:
        row, _ = case_table.state(reader, case.view("2026-03-02").key)
    return row._asdict()


def wander(desk: Desk, case: Walk, rng: random.Random, steps: int) -> int:
    """Random commands through the use cases; returns how many were refused."""
    refused = 0
    for _ in range(steps):
        state = case.state()
        procedure = BOOK.rules(state.basis).procedure
        here = procedure.actions_at(state.stage)
        useful = [a for a in here if a.emphasis == "primary"] or list(here)
        action = rng.choice(rng.choice((useful, list(here), list(procedure.actions.values()))))
        on = date.fromisoformat(state.last_on) + timedelta(days=rng.choice((0, 1, 1, 2, 4, 9, -1)))
        context = a_context(today=on, staff=False)
        values = {i.name: input_example(i, state, "张三", on, context) for i in action.inputs if i.required}
        if action.checklist:
            values["checklist"] = "符合"
        before = journal_count(desk), stored_row(desk, case)
        try:
            desk.act(case.ref, action.id, values, actor="张三", on=on, today=on)
        except Refusal:
            refused += 1
            assert (journal_count(desk), stored_row(desk, case)) == before
        else:
            assert journal_count(desk) == before[0] + 1
        assert folded(desk, case) == case.state()
    return refused


def wander_all(desk: Desk, seeds: range, steps: int) -> None:
    for seed in seeds:
        rng = random.Random(seed)
        received = date(2026, 1, 1) + timedelta(days=rng.randrange(300))
        case = take(desk, received.isoformat(), rng.choice(["发明", "外观设计"]))
        wander(desk, case, rng, steps)
    before = digest(desk)
    assert desk.rebuild() == journal_count(desk)
    assert digest(desk) == before


def test_rebuilt_equals_kept(own_desk: Desk) -> None:
    wander_all(own_desk, range(8), 25)


@pytest.mark.long
def test_rebuilt_equals_kept_long(own_desk: Desk) -> None:
    wander_all(own_desk, range(100, 300), 100)


def test_control_a_forgotten_event_is_noticed(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison of kept and rebuilt tables must be able to fail."""
    case = take(own_desk).accept("2026-03-03").assign("2026-03-03")
    case.act("issue_opinion", "2026-03-04", opinion="有缺陷")
    before = digest(own_desk)
    whole = projection.advance

    def forgetful(state: CaseState, event: object) -> None:
        if event.payload.get("action") != "issue_opinion":  # type: ignore[attr-defined]
            whole(state, event)  # type: ignore[arg-type]

    monkeypatch.setattr(projection, "advance", forgetful)
    own_desk.rebuild()
    assert digest(own_desk) != before


def test_the_row_says_what_the_state_says(own_desk: Desk) -> None:
    case = take(own_desk, "2026-03-02", uscc="91350100M000100Y43").accept("2026-03-03").assign("2026-03-03")
    row = stored_row(own_desk, case)
    assert row["accepted_on"] == "2026-03-03"
    assert (row["due_on"], row["due_clock"], row["stage"]) == ("2026-03-17", "预审审查", "EXAMINING")
    assert (row["concluded_on"], row["ended_on"], row["paused"]) == (None, None, None)
    case.act("fail", "2026-03-05", reason="不符合")
    row = stored_row(own_desk, case)
    assert (row["concluded_on"], row["ended_on"], row["due_on"], row["ended"]) == ("2026-03-05", "2026-03-05", None, 1)
    case.act("reopen", "2026-03-06", reason="改判")
    row = stored_row(own_desk, case)
    assert (row["concluded_on"], row["ended_on"], row["due_on"], row["ended"]) == (None, None, "2026-03-18", 0)


def test_states_survive_being_stored(own_desk: Desk) -> None:
    case = take(own_desk, title="张𬭎的“装置”").accept("2026-03-03")
    state = case.state()
    assert projection.state_from(projection.state_bytes(state)) == state
    assert orjson.loads(projection.state_bytes(state)) == state.to_json()


def test_an_outdated_projection_is_made_again(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    take(own_desk).accept("2026-03-03")
    before = digest(own_desk)
    with own_desk._store.write() as tx:
        tx.run("UPDATE cases SET stage = 'REFUSED'")
    assert digest(own_desk) != before
    monkeypatch.setattr("desktop.app.projection._PROJECTOR", "next")
    Desk(own_desk._store)
    assert digest(own_desk) == before


def test_the_journal_keeps_the_business_day_and_the_role(own_desk: Desk) -> None:
    case = take(own_desk).accept("2026-03-03")
    entries = case.view("2026-03-03").journal
    assert [(entry.occurred_on, entry.role) for entry in entries] == [
        (day("2026-03-02"), "受理"), (day("2026-03-03"), "受理"),
    ]  # fmt: skip
