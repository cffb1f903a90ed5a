"""Documents of the centre that build on each other, in whatever order and with whichever program they came."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from db import quarantine
from db.envelope import Draft, Envelope
from db.transport import MemoryHub
from desktop.app.arrivals import Projector
from desktop.app.casework import find_row
from desktop.app.desk import Desk
from desktop.core.refusal import Refusal
from tests.app.desks import day, digest, take
from tests.app.meetings import meet
from tests.services import SEVENTH

DAY = day("2026-03-02")
NOW: dict[str, Any] = {"actor": "张三", "on": DAY, "today": DAY}
Make = Callable[[str], Desk]

OWN_LIMIT = """
[document]
kind = "limits"
procedure = "training"
basis = "本中心办公会"
checked_on = 2026-02-02
status = "已核对"

[limits.plan]
label = "筹备期限"
kind = "promised"
unit = "workday"
value = 8
basis = "本中心办公会"
status = "已核对"
"""


def documents_of(desk: Desk) -> list[Envelope]:
    with desk._store.read() as reader:
        return reader.stream("configuration")


def arrive(desk: Desk, *events: Envelope) -> Projector:
    """Others' documents, already in this journal, come into effect."""
    projector = Projector()
    with desk._store.write() as tx:
        projector.apply(tx, events)
    return projector


def test_a_document_that_builds_on_another_comes_into_effect_with_it(make: Make) -> None:
    """Both arrive in one go, or the second first: a station that waited for the first must not lack the second."""
    a, b, hub = make("a"), make("b"), MemoryHub()
    a.publish_document(SEVENTH, actor="张三", today=DAY)
    a.publish_document(OWN_LIMIT, actor="张三", today=DAY)
    number = a.open_case("training", {"category": "企业培训", "title": "检索入门", "party": "某甲公司"}, **NOW).number
    meet(hub, a, b)
    assert b.quarantined() == ()
    assert b.case(number, actor="张三", today=DAY).limits[0].limit == 8
    assert digest(a) == digest(b)


def test_a_document_that_came_too_early_waits_for_what_it_builds_on(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    a.publish_document(SEVENTH, actor="张三", today=DAY)
    a.publish_document(OWN_LIMIT, actor="张三", today=DAY)
    meet(hub, a, b)
    service, limits = documents_of(a)[-2:]
    with b._store.write() as tx:  # as if neither had come into effect yet
        for event in (service, limits):
            tx.run("DELETE FROM configuration WHERE hash = ?", (event.hash,))
    assert arrive(b, limits).meaningless == 1
    assert len(b.quarantined()) == 1
    assert arrive(b, service).meaningless == 0
    assert b.quarantined() == ()
    assert digest(a) == digest(b)


def test_documents_published_side_by_side_come_into_effect_at_every_station(make: Make) -> None:
    """Each was fitted to what its author knew. Were it judged by what has arrived, the order would decide."""
    a, b, hub = make("a"), make("b"), MemoryHub()
    a.publish_document(SEVENTH, actor="张三", today=DAY)
    meet(hub, a, b)
    a.publish_document(SEVENTH.replace('"plan"', '"prepare"').replace(".plan]", ".prepare]"), actor="张三", today=DAY)
    b.publish_document(OWN_LIMIT, actor="张三", today=DAY)
    meet(hub, a, b)
    assert (a.quarantined(), b.quarantined()) == ((), ())
    assert digest(a) == digest(b)
    for desk in (a, b):
        desk.rebuild()
        assert digest(desk) == digest(a)


def test_what_an_older_program_could_not_read_comes_into_effect_with_a_newer_one(make: Make) -> None:
    """The older one put the document aside; the newer makes its read tables again and finds sense in it."""
    a, b, hub = make("a"), make("b"), MemoryHub()
    a.publish_document(SEVENTH, actor="张三", today=DAY)
    a.publish_document(OWN_LIMIT, actor="张三", today=DAY)
    meet(hub, a, b)
    with b._store.write() as tx:
        for event in documents_of(a)[-2:]:
            tx.run("DELETE FROM configuration WHERE hash = ?", (event.hash,))
            place = (event.station, event.seq, event.hash, event.stream)
            quarantine.put_aside(tx, place, quarantine.MEANING, "发布的文件内容不成立", b"{}", "")
    b.rebuild()
    assert b.quarantined() == ()
    assert digest(a) == digest(b)


@pytest.mark.parametrize("kind", ["limits", "notices", "checklists", "service"])
def test_a_document_for_no_procedure_at_all_stops_nobody(make: Make, kind: str) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    document = {"limits": OWN_LIMIT, "service": SEVENTH}.get(kind, f'[document]\nkind = "{kind}"\n')
    body = {name: value for name, value in tomllib.loads(document).items() if name != "document"}
    payload = {
        "kind": kind, "number": 1, "basis": "甲", "checked_on": "2026-02-02", "status": "已核对", "valid_from": "",
        "procedure": "", "body": body,
    }  # fmt: skip
    with a._store.write() as tx:
        tx.append([Draft("configuration", "configuration.published", 1, "李四", "管理员", "2026-03-02", {}, payload)])
    meet(hub, a, b)
    assert len(b.quarantined()) == 1
    assert len(b.services(today=DAY)) == 6


def test_a_header_that_names_an_empty_procedure_means_pre_examination(make: Make) -> None:
    desk = make("a")
    text = OWN_LIMIT.replace('procedure = "training"', 'procedure = ""').replace("limits.plan", "limits.acceptance")
    assert desk.check_document(text).ok
    desk.publish_document(text, actor="张三", today=DAY)
    assert [one.procedure for one in desk.documents() if one.kind == "limits"] == ["preexam"]


def test_an_unjudged_document_that_makes_no_sense_does_not_stop_a_rebuild(make: Make) -> None:
    """An older program kept a kind of document that it did not know without looking at it."""
    desk = make("a")
    payload = {"kind": "service", "number": 1, "body": {"id": 5}}
    with desk._store.write() as tx:
        tx.append([Draft("configuration", "configuration.published", 1, "李四", "管理员", "2026-03-02", {}, payload)])
    desk.rebuild()
    assert len(desk.quarantined()) == 1
    assert len(desk.services(today=DAY)) == 6


def test_a_document_must_fit_on_every_day_on_which_it_is_in_force(make: Make) -> None:
    """A later version would hide what is wrong with one that is in force before it."""
    desk = make("a")
    later = SEVENTH.replace('status = "已核对"', 'status = "已核对"\nvalid_from = 2026-06-01', 1)
    desk.publish_document(later, actor="张三", today=DAY)
    misfit = SEVENTH.replace('notice = "held"', 'notice = "gone"')
    assert not desk.check_document(misfit).ok
    with pytest.raises(Refusal):
        desk.publish_document(misfit, actor="张三", today=DAY)


def test_programs_of_before_do_not_guess_at_a_changed_pre_examination(make: Make) -> None:
    desk = make("a")
    before = take(desk).ref
    desk.publish_document(desk.export_document("service", "preexam"), actor="张三", today=DAY)
    after = take(desk).ref
    with desk._store.read() as reader:
        versions = [reader.stream(f"case/{find_row(reader, ref).id}")[0].version for ref in (before, after)]
    assert versions == [1, 2]
