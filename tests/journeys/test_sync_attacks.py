"""What others may send, by mistake or by intent: one bad event stops neither the rest nor the people who look at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from db.clock import now_ms
from db.connection import STORE_NAME
from db.envelope import FIRST, Draft, canonical, seal
from db.incarnation import renew
from db.ingest import take_in
from db.journal import EVENTS_OF
from db.sync import Meeting
from db.transport import MemoryHub, MemoryTransport
from db.wire import pack, unpack
from desktop.app import syncing
from desktop.app.arrivals import Projector
from desktop.app.casework import load
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.core.configuration import PUBLISHED
from desktop.core.configuration import STREAM as CONFIGURATION
from tests.app.desks import a_row, digest, new_desk, open_again, take
from tests.db.enrolled import Centre

STRANGER = "f" * 32
TODAY = date(2026, 3, 2)
STAFF = (("张三", "受理 管理员 预审员"),)


@dataclass
class Stranger:
    """A station that seals whatever it likes, correctly."""

    desk: Desk
    seq: int = 0
    hash: str = FIRST

    def sends(self, stream: str, type_: str, payload: Any, *, day: str = "2026-03-02", head: str = "") -> str:
        """The event arrives at the desk, alone; its hash."""
        self.seq += 1
        parents = (head,) if head else ()
        draft = Draft(stream, type_, 1, "某人", "受理", day, {}, payload)
        event = seal(draft, STRANGER, self.seq, now_ms() + self.seq << 16, parents, self.hash)
        self.hash = event.hash
        texts = canonical(event.basis).decode(), canonical(event.payload).decode()
        row = (*event[:4], orjson.dumps(parents).decode(), *event[5:10], *texts, *event[12:])
        with self.desk._workplace.writing() as tx:
            Projector("stick").apply(tx, take_in(tx, unpack(pack([row])), "stick").events)
        return event.hash


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path / "store", staff=STAFF)
    yield made
    made.close()


@pytest.fixture
def stranger(desk: Desk) -> Stranger:
    return Stranger(desk)


def aside(desk: Desk) -> list[str]:
    return [one.kind for one in desk.quarantined()]


def goes_on(desk: Desk) -> None:
    """Work, queue, verification and rebuild, as if nothing had come."""
    number = take(desk).accept("2026-03-02").ref
    assert number in {row.number for row in desk.page(QueueQuery(view="all"), actor="张三", today=TODAY)}
    assert desk.verify().ok
    desk.rebuild()
    assert desk.verify().ok


# ---------------------------------------------------------------- documents
LISTED = {"staff": [{"name": "外人", "roles": ["管理员"]}]}
DOCUMENT = {
    "kind": "staff", "number": 2, "basis": "", "checked_on": "", "status": "已核对", "valid_from": "", "procedure": "",
    "body": LISTED,
}  # fmt: skip


def test_a_document_of_somebody_else_counts(desk: Desk, stranger: Stranger) -> None:
    """So the strange ones below are refused for what is strange about them."""
    stranger.sends(CONFIGURATION, PUBLISHED, DOCUMENT)
    assert ([one.name for one in desk.staff()], aside(desk)) == (["外人"], [])


@pytest.mark.parametrize(
    "strange",
    [
        {"body": {"staff": 5}},
        {"body": {}},
        {"body": {"staff": [{"name": "无管理员", "roles": ["受理"]}]}},
        {"body": []},
        {"number": "9"},
        {"number": 0},
        {"number": 2**63 - 1},
        {"number": 2**63},
        {"number": None},
        {"number": True},
        {"basis": {}},
        {"checked_on": []},
        {"valid_from": 5},
        {"valid_from": "2026-01-01"},
        {"procedure": 7},
        {"kind": "centre", "body": {"name": 5}},
        {"kind": "centre", "body": {"name": "某中心", "prefix": "太长太长"}},
    ],
)
def test_a_document_that_is_none_locks_nobody_out(desk: Desk, stranger: Stranger, strange: dict[str, Any]) -> None:
    stranger.sends(CONFIGURATION, PUBLISHED, {**DOCUMENT, **strange})
    assert aside(desk) == ["meaning"]
    assert [one.name for one in desk.staff()] == ["张三"]
    goes_on(desk)


@pytest.mark.parametrize("kind", [[], {}, None, "新种类"])
def test_a_document_of_no_known_kind_is_left_to_newer_programs(desk: Desk, stranger: Stranger, kind: Any) -> None:
    stranger.sends(CONFIGURATION, PUBLISHED, {**DOCUMENT, "kind": kind})
    assert aside(desk) == []
    goes_on(desk)


# ---------------------------------------------------------------- cases
@pytest.mark.parametrize(
    "strange",
    [{}, {"action": []}, {"action": "note", "clocks": [1]}, {"action": {}, "to": {}, "from": [], "label": None}],
)
@pytest.mark.parametrize("day", ["2026-03-02", "2026-02-31"])
def test_a_case_with_a_senseless_event_is_shown_and_printed(
    desk: Desk, stranger: Stranger, strange: dict[str, Any], day: str
) -> None:
    walk = take(desk).accept("2026-03-02")
    with desk._workplace.reading() as reader:
        (stream,) = reader.streams("case/")
        (head,) = reader.heads(stream)
    stranger.sends(stream, "case.acted", strange, day=day, head=head)
    assert aside(desk) == ["meaning"]
    view = walk.view("2026-03-02")
    assert (view.journal[-1].mark, view.journal[-1].text) == ("无法解释", "内容不成立，没有效力")
    assert desk.record(walk.ref, at=datetime(2026, 3, 2, tzinfo=UTC))
    goes_on(desk)


def test_steps_of_a_case_that_nobody_opened_make_no_case(desk: Desk, stranger: Stranger) -> None:
    head = stranger.sends("case/" + "1" * 32, "case.opened", {"facts": 5})
    acted = {"action": "x", "label": "x", "from": "", "to": "ACCEPTED", "kind": "open", "facts": {"examiner": "某人"}}
    stranger.sends("case/" + "1" * 32, "case.acted", acted, head=head)
    stranger.sends("case/" + "2" * 32, "case.acted", acted)
    assert desk.page(QueueQuery(view="all"), actor="张三", today=TODAY) == []
    goes_on(desk)


def test_a_case_by_rules_that_are_not_its_own_can_be_looked_at(desk: Desk, stranger: Stranger) -> None:
    walk = take(desk)
    with desk._workplace.reading() as reader:
        (stream,) = reader.streams("case/")
        (opened,) = reader.stream(stream)
    payload = {**opened.payload, "number": "X-1", "basis": {"procedure": "他处程序@9"}}
    stranger.sends("case/" + "3" * 32, "case.opened", payload)
    assert desk.case("X-1", actor="张三", today=TODAY).number == "X-1"
    assert walk.accept("2026-03-02")
    goes_on(desk)


# ---------------------------------------------------------------- stations that wrote twice
def meet(desk: Desk, hub: MemoryHub) -> Meeting:
    """As :func:`desktop.app.syncing.sync` does, by a hub in memory."""
    projector = Projector("hub")
    meeting = syncing._meet(desk._workplace, MemoryTransport(hub), projector, None, None)
    syncing._conclude(desk._workplace, meeting, projector, syncing.HUB, [])
    return meeting


def test_a_third_station_learns_that_what_it_has_is_not_what_the_hub_has(tmp_path: Path) -> None:
    """A store that was put back wrote its next event twice. The hub has the one, a third station the other by a
    stick, and both hold equally much: each meeting would be quiet, and their cases different for ever."""
    one = new_desk(tmp_path / "one", staff=STAFF)
    walk = take(one).accept("2026-03-02")
    hub, third = MemoryHub(), new_desk(tmp_path / "third", staff=STAFF)
    meet(one, hub)
    meet(third, hub)
    one.close()
    kept = (tmp_path / "one" / STORE_NAME).read_bytes()

    one = open_again(tmp_path / "one")
    walk.desk = one
    walk.act("assign", "2026-03-02", examiner="张三")
    meet(one, hub)
    one.close()
    (tmp_path / "one" / STORE_NAME).write_bytes(kept)
    one = open_again(tmp_path / "one")
    walk.desk = one
    walk.act("withdraw", "2026-03-02", reason="申请人撤回")
    with one._workplace.reading() as reader:
        station = one._workplace.store.station
        stick = pack(reader.rows(EVENTS_OF, (station, 0, 1_000)))
    with third._workplace.writing() as tx:
        Projector("stick").apply(tx, take_in(tx, unpack(stick), "stick").events)

    for times in (1, 2):
        meeting = meet(third, hub)
        assert (list(meeting.forked), meeting.quarantined) == ([station], 2 - times)
    assert aside(third) == ["fork"]
    assert third.verify().ok
    one.close()
    third.close()


def test_documents_that_are_recorded_again_stay_those_of_their_cases(tmp_path: Path) -> None:
    """Whoever was put back and then wrote as before records it again under another name; the case that was taken in
    under the document of the same stretch is worked under it everywhere."""
    one, hub, third = new_desk(tmp_path / "one", staff=STAFF), MemoryHub(), new_desk(tmp_path / "third", staff=STAFF)
    meet(one, hub)
    one.close()
    kept = (tmp_path / "one" / STORE_NAME).read_bytes()
    one = open_again(tmp_path / "one")
    take(one)
    meet(one, hub)
    one.close()
    (tmp_path / "one" / STORE_NAME).write_bytes(kept)

    one = open_again(tmp_path / "one")
    text = one.export_document("limits").replace("value = 2", "value = 4")
    one.publish_document(text, actor="张三", today=TODAY)
    walk = take(one, title="在新期限下收件的装置").accept("2026-03-02").assign("2026-03-02")
    promised = [(limit.label, limit.due_on) for limit in walk.view("2026-03-02").limits]
    window = open_again(tmp_path / "one")
    assert meet(one, hub).renewed
    assert window._workplace.newest_book().published == one._workplace.newest_book().published
    window.close()
    meet(third, hub)
    shown = []
    for desk in (one, third):
        (row,) = desk.page(QueueQuery(view="all", search="在新期限下"), actor="张三", today=TODAY)
        view = desk.case(row.key, actor="张三", today=TODAY)
        assert [(limit.label, limit.due_on) for limit in view.limits] == promised
        with desk._workplace.reading() as reader:
            rules = desk._workplace.rules_of(load(reader, row.key)[1])
        shown.append((rules.missing, rules.procedure.limits, view.head))
    assert shown[0] == shown[1]
    assert shown[0][0] == ()
    before = digest(one)
    one.rebuild()
    assert digest(one) == before
    one.close()
    third.close()


# ---------------------------------------------------------------- people who did not know of each other
CENTRE_STAFF = (
    ("张三", "受理 管理员 预审员"), ("李乙", "预审员"), ("周戊", "组长"), ("吴辛", "组长"), ("郑壬", "组长"),
)  # fmt: skip


def test_two_decisions_of_one_dispute_are_shown_as_they_would_turn_out(tmp_path: Path) -> None:
    one, two = (new_desk(tmp_path / name, staff=CENTRE_STAFF) for name in ("one", "two"))
    hub, desks = MemoryHub(), (one, two)
    walk = take(one).accept("2026-03-02").assign("2026-03-02")
    for desk in (*desks, one):
        meet(desk, hub)
    walk.pass_("2026-03-02")
    walk.desk = two
    walk.act("fail", "2026-03-02", actor="李乙", reason="不具备新颖性")
    for desk in (*desks, one):
        meet(desk, hub)
    for desk, lead, choose in ((one, "周戊", "left"), (two, "吴辛", "right")):
        walk.desk = desk
        walk.act("resolve", "2026-03-02", actor=lead, choose=choose, reason="理由")
    for desk in (*desks, one):
        meet(desk, hub)

    promised = {side.choice: side.stage_label for side in one.dispute(walk.ref).sides}
    assert len(set(promised.values())) == 2
    walk.desk = one
    outcome = walk.act("resolve", "2026-03-02", actor="郑壬", choose="right", reason="理由")
    assert outcome.stage_label in promised["right"] or promised["right"] in outcome.stage_label
    for desk in desks:
        desk.close()


def test_a_list_changes_no_case_that_waits_for_a_decision(tmp_path: Path) -> None:
    """Its change would build on both sides, and so belong to neither: whatever is decided would set it aside."""
    one, two = (new_desk(tmp_path / name, staff=CENTRE_STAFF) for name in ("one", "two"))
    hub, desks = MemoryHub(), (one, two)
    walk = take(one, platform_number="PT-甲")
    for desk in (*desks, one):
        meet(desk, hub)
    walk.accept("2026-03-02")
    walk.desk = two
    walk.act("withdraw", "2026-03-02", reason="申请人撤回")
    for desk in (*desks, one):
        meet(desk, hub)
    assert walk.state().contested
    changed = a_row(platform_number="PT-甲", title="改了名称的装置")
    before = digest(two)
    report = two.take_in([changed], actor="张三", source="清单", today=TODAY)
    assert (report.refused, digest(two)) == (1, before)
    assert "待裁决" in report.rows[0].reasons[0][1]
    walk.act("resolve", "2026-03-02", actor="周戊", choose="left", reason="理由")
    assert two.take_in([changed], actor="张三", source="清单", today=TODAY).refused == 0
    assert walk.state().facts["title"] == "改了名称的装置"
    for desk in desks:
        desk.close()


def test_staff_lists_published_side_by_side_are_edited_as_one(tmp_path: Path) -> None:
    one, two = new_desk(tmp_path / "one", staff=STAFF), new_desk(tmp_path / "two", staff=(("李四", "管理员 组长"),))
    hub = MemoryHub()
    for desk in (one, two, one):
        meet(desk, hub)
    for desk in (one, two):
        text = desk.export_document("staff")
        assert all(name in text for name in ("张三", "李四"))
        assert desk.check_document(text).ok
        desk.close()


def test_the_enrolment_file_gives_its_numbers_out_once(tmp_path: Path) -> None:
    """A restored store has dropped them, since its lost cases may stand under some of them."""
    desk, centre = new_desk(tmp_path / "one", staff=STAFF), Centre()
    desk.join(centre.file("甲站", blocks=[(1, 10)]), actor="张三")
    assert take(desk).ref.endswith("-0000001")
    with desk._workplace.writing() as tx:
        renew(tx)
    desk.join(centre.file("甲站", blocks=[(1, 10)]), actor="张三")
    report = desk.take_in([a_row()], actor="张三", source="清单", today=TODAY)
    assert (report.new, report.refused) == (0, 1)
    desk.join(centre.file("甲站", blocks=[(11, 20)]), actor="张三")
    assert take(desk).ref.endswith("-0000011")
    desk.close()


def test_a_clock_that_ran_ahead_elsewhere_is_not_laid_to_this_one(desk: Desk) -> None:
    """Its events stay in the journal for good, and so would the complaint."""
    event = Draft("case/" + "4" * 32, "case.note", 9, "某人", "受理", "2026-03-02", {}, {})
    sealed = seal(event, STRANGER, 1, now_ms() + 73 * 365 * 86_400_000 << 16, (), FIRST)
    row = (*sealed[:4], "[]", *sealed[5:10], "{}", "{}", *sealed[12:])
    with desk._workplace.writing() as tx:
        taken = take_in(tx, unpack(pack([row])), "stick")
    assert set(taken.ahead) == {STRANGER}
    state = desk.sync_state()
    assert (state.behind_minutes, state.notes) == (0, ())


def test_a_day_at_the_end_of_the_calendar_takes_cases_in(desk: Desk) -> None:
    assert desk.take_in([a_row()], actor="张三", source="清单", today=date.max).new == 1


def test_documents_published_side_by_side_are_named(tmp_path: Path) -> None:
    one, two = new_desk(tmp_path / "one", staff=STAFF), new_desk(tmp_path / "two", staff=STAFF)
    hub = MemoryHub()
    for desk, days in ((one, "value = 4"), (two, "value = 5")):
        meet(desk, hub)
        text = desk.export_document("limits").replace("value = 2", days)
        desk.publish_document(text, actor="张三", today=TODAY)
    meet(one, hub)
    meet(two, hub)
    (report,) = two.meetings(1)
    assert [note for note in report.notes if "各自发布" in note] == [
        "期限第 1 号有两个站点各自发布，内容不同，请管理员核对后再发布一份"
    ]
    one.close()
    two.close()
