"""What may arrive from elsewhere: two cases with one number, events of a newer program, documents with one number."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from db import cases as case_table
from db import configuration as configuration_table
from db.envelope import Draft
from desktop.app.casework import project
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery, QueueRow
from desktop.app.views import CaseView
from desktop.app.workplace import configuration_row, new_id, stream_of
from desktop.core.case import ACTED, OPENED, CaseState
from desktop.core.configuration import Kind
from desktop.core.refusal import Refusal
from tests.app.desks import Walk, day, digest, take

TODAY = date(2026, 3, 4)
NEWER_WORD = "需更新版本"
_serial = itertools.count(1)

Event = tuple[str, int, dict[str, Any]]


def opening(desk: Desk, **changes: Any) -> dict[str, Any]:
    """The payload of a case that this program opened itself, with changes and a platform number of its own."""
    case = take(desk)
    with desk._store.read() as reader:
        payload = reader.stream(stream_of(case.view("2026-03-02").id))[0].payload
    facts = {**payload["facts"], "platform_number": f"QT{next(_serial):06d}"}
    return {**payload, "number": f"QT-{next(_serial)}", "facts": facts, **changes}


def arrive(desk: Desk, *events: Event) -> str:
    """A case whose events were made elsewhere; its id."""
    case_id = new_id()
    drafts = [
        Draft(stream_of(case_id), kind, version, "外站", "受理", "2026-03-03", {}, payload)
        for kind, version, payload in events
    ]
    with desk._workplace.writing() as tx:
        project(tx, desk._workplace, case_id, CaseState(), tx.append(drafts))
    return case_id


def view_of(desk: Desk, case_id: str) -> CaseView:
    return desk.case(case_id, actor="张三", today=TODAY)


def row_of(desk: Desk, case_id: str) -> QueueRow:
    """Its line in the queue of all cases."""
    query = QueueQuery(view="all")
    key = view_of(desk, case_id).key
    assert key in desk.keys(query, actor="张三", today=TODAY)
    return desk.rows([key], today=TODAY)[0]


def rebuilt_equals_kept(desk: Desk) -> None:
    before = digest(desk)
    desk.rebuild()
    assert digest(desk) == before


# ---------------------------------------------------------------------- one number, two cases
def test_two_cases_with_one_number_are_kept_and_marked(own_desk: Desk) -> None:
    payload = opening(own_desk)
    facts = {**payload["facts"], "platform_number": "QT-OTHER"}
    first = arrive(own_desk, (OPENED, 1, payload))
    second = arrive(own_desk, (OPENED, 1, {**payload, "facts": facts}))
    for case_id in (first, second):
        assert row_of(own_desk, case_id).flags == ("案号重复",)
        assert view_of(own_desk, case_id).warnings == ("案号重复",)
    page = own_desk.page(QueueQuery(), actor="张三", today=TODAY)
    assert sorted(row.flags for row in page) == [(), ("案号重复",), ("案号重复",)]
    rebuilt_equals_kept(own_desk)
    assert row_of(own_desk, first).flags == ("案号重复",)
    with own_desk._store.read() as reader:
        assert [row.id for row in case_table.find_all(reader, payload["number"])] == [first, second]


def test_two_cases_from_one_row_are_kept_and_doubted(own_desk: Desk) -> None:
    payload = opening(own_desk)
    first = arrive(own_desk, (OPENED, 1, payload))
    second = arrive(own_desk, (OPENED, 1, {**payload, "number": "QT-SECOND"}))
    assert row_of(own_desk, first).flags == row_of(own_desk, second).flags == ("疑似重复",)
    rebuilt_equals_kept(own_desk)
    query = QueueQuery(columns={"flags": "疑似"})
    assert {row.number for row in own_desk.page(query, actor="", today=TODAY)} == {payload["number"], "QT-SECOND"}
    assert own_desk.count(QueueQuery(columns={"flags": "案号"}), actor="", today=TODAY) == 0


def test_a_marked_case_can_be_worked(own_desk: Desk) -> None:
    payload = opening(own_desk)
    first = arrive(own_desk, (OPENED, 1, payload))
    arrive(own_desk, (OPENED, 1, payload))
    Walk(own_desk, first).act("accept", "2026-03-03", checklist="符合")
    assert view_of(own_desk, first).stage == "ACCEPTED"
    rebuilt_equals_kept(own_desk)


def test_two_documents_with_one_number_change_nothing_but_the_count(own_desk: Desk) -> None:
    text = own_desk.export_document("calendar").replace("随程序提供", "通知")
    for _ in range(2):
        own_desk.publish_document(text, actor="管理员甲", today=TODAY)
    with own_desk._workplace.writing() as tx:
        published = own_desk._workplace.book.newest(Kind.CALENDAR)
        assert published is not None
        last = tx.stream("configuration")[-1]
        twin = Draft("configuration", last.type, 1, "外站", "管理员", "2026-03-03", {}, last.payload)
        configuration_table.put(tx, configuration_row(published, tx.append([twin])[0].hash))
    assert [view.number for view in own_desk.documents() if view.kind == "calendar"] == [2]
    with own_desk._store.read() as reader:
        kept = configuration_table.documents(reader, "calendar")
        assert sorted(row.number for row in kept) == [1, 2, 2]
    own_desk.rebuild()
    with own_desk._store.read() as reader:
        again = configuration_table.documents(reader, "calendar")
    assert [row.hash for row in again] == [row.hash for row in kept]
    assert own_desk.publish_document(text, actor="管理员甲", today=TODAY).number == 3


# ---------------------------------------------------------------------- events of a newer program
def newer_opening(desk: Desk) -> list[Event]:
    return [(OPENED, 9, {**opening(desk), "to": "ORBIT", "kind": "open", "parts": [{"n": 1}]})]


def alien_opening(desk: Desk) -> list[Event]:
    return [(OPENED, 9, {"what": ["nothing", "of", "ours"], "facts": 7, "to": 1})]


def newer_action(desk: Desk) -> list[Event]:
    return [(OPENED, 1, opening(desk)), (ACTED, 9, {"verb": "teleport"})]


def unknown_stage(desk: Desk) -> list[Event]:
    moved = {"action": "launch", "label": "发射", "from": "RECEIVED", "to": "ORBIT", "kind": "waiting", "facts": {}}
    return [(OPENED, 1, opening(desk)), (ACTED, 1, moved)]


def unknown_kind(desk: Desk) -> list[Event]:
    return [(OPENED, 1, opening(desk, kind="dormant"))]


def unknown_patent_type(desk: Desk) -> list[Event]:
    payload = opening(desk)
    return [(OPENED, 1, {**payload, "facts": {**payload["facts"], "patent_type": "植物新品种"}})]


def unknown_procedure(desk: Desk) -> list[Event]:
    payload = opening(desk)
    return [(OPENED, 1, {**payload, "procedure": "plants", "basis": {**payload["basis"], "procedure": "plants@3"}})]


MADE = (
    newer_opening, alien_opening, newer_action, unknown_stage, unknown_kind, unknown_patent_type, unknown_procedure,
)  # fmt: skip


@pytest.mark.parametrize("made", MADE)
def test_a_newer_program_s_case_is_shown_and_left_alone(own_desk: Desk, made: Callable[[Desk], list[Event]]) -> None:
    case_id = arrive(own_desk, *made(own_desk))
    rebuilt_equals_kept(own_desk)
    take(own_desk)
    assert own_desk.page(QueueQuery(view="all"), actor="张三", today=TODAY)
    assert own_desk.counts("preexam", actor="张三", today=TODAY).views["all"] >= 1
    view = view_of(own_desk, case_id)
    assert NEWER_WORD in view.warnings
    assert view.stage_label
    assert not [action.action for action in view.actions if action.enabled]
    assert own_desk.rows([view.key], today=TODAY)[0].flags[0] == NEWER_WORD
    assert own_desk.matter(case_id, actor="张三", today=TODAY).here == view.number
    assert own_desk.record(case_id, at=datetime(2026, 3, 5, 9)).words()
    assert list(own_desk.ledger(QueueQuery(view="all"), actor="张三", today=TODAY))
    assert list(own_desk.service_ledger(QueueQuery(view="all"), actor="张三", today=TODAY)[1])
    before = digest(own_desk)
    for action in ("accept", "amend", "note", "assign"):
        with pytest.raises(Refusal):
            Walk(own_desk, case_id).act(action, "2026-03-04")
    assert digest(own_desk) == before


def test_a_date_that_is_none_stops_no_ledger(own_desk: Desk) -> None:
    """Facts are texts; whoever wrote this one meant something else by its name."""
    told = {"action": "note", "label": "备注", "from": "RECEIVED", "to": "RECEIVED", "kind": "open"}
    arrive(own_desk, (OPENED, 1, opening(own_desk)), (ACTED, 1, {**told, "facts": {"filed_on": "待定"}}))
    assert len(list(own_desk.ledger(QueueQuery(view="all"), actor="张三", today=TODAY))) == 2


def test_what_is_not_understood_is_shown_under_its_code(own_desk: Desk) -> None:
    for made in (newer_opening, unknown_stage):
        case_id = arrive(own_desk, *made(own_desk))
        assert row_of(own_desk, case_id).stage_label == "ORBIT"
        view = view_of(own_desk, case_id)
        assert (view.stage, view.stage_label) == ("ORBIT", "ORBIT")
        assert [step.label for step in view.steps if step.state == "now"] == ["ORBIT"]
    last = view_of(own_desk, arrive(own_desk, *newer_action(own_desk))).journal[-1]
    assert last.text == "此项由更新版本的程序记录，本版本不能解释"


def test_two_cases_that_a_newer_program_opened_do_not_stand_in_each_other_s_way(own_desk: Desk) -> None:
    """Neither has a number or a row that this program can read: that is nothing they have in common."""
    first, second = (arrive(own_desk, *alien_opening(own_desk)) for _ in range(2))
    assert view_of(own_desk, first).warnings == view_of(own_desk, second).warnings == (NEWER_WORD,)
    rebuilt_equals_kept(own_desk)
    again = newer_opening(own_desk)[0]
    twice = arrive(own_desk, again, again)
    assert (view_of(own_desk, twice).title, view_of(own_desk, twice).stage) == ("一种用于测试的装置", "ORBIT")
    rebuilt_equals_kept(own_desk)


@pytest.mark.parametrize("made", MADE)
def test_its_record_can_be_made(own_desk: Desk, made: Callable[[Desk], list[Event]]) -> None:
    case_id = arrive(own_desk, *made(own_desk))
    assert own_desk.record(case_id, at=datetime(2026, 3, 4, 9)).words()


def test_lists_are_taken_in_beside_it(own_desk: Desk) -> None:
    for made in MADE:
        arrive(own_desk, *made(own_desk))
    take(own_desk).accept("2026-03-03")
    text = own_desk.export_document("calendar").replace("随程序提供", "通知")
    own_desk.publish_document(text, actor="管理员甲", today=TODAY)
    rebuilt_equals_kept(own_desk)


# ---------------------------------------------------------------------- what an event was decided under
def test_every_event_names_what_it_was_decided_under(own_desk: Desk) -> None:
    case = take(own_desk).accept("2026-03-03").assign("2026-03-03")
    case.act("issue_opinion", "2026-03-04", opinion="有缺陷")
    case.act("amend", "2026-03-04", title="改过的名称")
    with own_desk._store.read() as reader:
        envelopes = reader.stream(stream_of(case.view("2026-03-04").id))
    assert len(envelopes) == 5
    for envelope in envelopes:
        named = {name: envelope.basis.get(name) for name in ("limits", "fields", "checklists", "notices")}
        assert named == dict.fromkeys(named, "0")
        assert envelope.basis["procedure"] == "preexam@1"
        assert envelope.basis["calendar"] == "2026/0"
    own_desk.publish_document(
        own_desk.export_document("limits").replace("随程序提供", "通知"), actor="管理员甲", today=day("2026-03-05")
    )
    text = own_desk.export_document("calendar").replace("随程序提供", "通知")
    own_desk.publish_document(text, actor="管理员甲", today=day("2026-03-05"))
    later = take(own_desk, "2026-03-05")
    case.act("amend", "2026-03-06", title="再改")
    with own_desk._store.read() as reader:
        bases = [reader.stream(stream_of(walk.view("2026-03-06").id))[-1].basis for walk in (case, later)]
    # A case keeps its limits, the calendar moves on.
    assert [basis["limits"].partition("@")[0] for basis in bases] == ["0", "1"]
    assert [basis["calendar"] for basis in bases] == ["2026/1", "2026/1"]
