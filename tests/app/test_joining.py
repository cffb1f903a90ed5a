"""Who writes: a store says so once, whatever cut its beginning short; and what it is told of the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from db import incarnation
from db.backup import restore
from db.faults import EnvironmentFault
from desktop.app import syncing
from desktop.app.desk import Desk
from desktop.app.workplace import STATION_STARTED, STATIONS
from tests.app.desks import journal_count, new_desk, open_again, take
from tests.db.enrolled import Centre

STAFF = (("张三", "受理 管理员 预审员"),)


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[Desk]:
    desk = new_desk(tmp_path / "one", staff=STAFF)
    desk.join(Centre().file("甲站", blocks=[(1, 10)]), actor="张三")
    yield desk
    desk.close()


def introductions(desk: Desk) -> list[str]:
    """The incarnations that introduced themselves with a certificate."""
    with desk._workplace.reading() as reader:
        return [
            event.station
            for event in reader.stream(STATIONS)
            if event.type == STATION_STARTED and "certificate" in event.payload
        ]


def test_a_restore_that_was_cut_short_introduces_itself_when_it_is_opened(joined: Desk, tmp_path: Path) -> None:
    joined.backup(tmp_path / "a.ksbak")
    former = introductions(joined)
    restore(tmp_path / "a.ksbak", tmp_path / "back", "", cipher=False).close()  # and here the program was killed
    for _ in range(2):
        back = open_again(tmp_path / "back")
        with back._workplace.reading() as reader:
            assert introductions(back) == [*former, incarnation.own(reader)[-1]]
            assert incarnation.was_moved(reader, back.directory) is False
        back.close()


def test_trying_a_file_on_can_be_stopped_and_leaves_nothing(joined: Desk, tmp_path: Path) -> None:
    centre = Centre()
    one, other = new_desk(tmp_path / "two", staff=STAFF), new_desk(tmp_path / "three", staff=STAFF)
    one.join(centre.file("乙站", blocks=[(11, 20)]), actor="张三")
    other.join(centre.file("丙站", blocks=[(21, 30)]), actor="张三")
    take(one)
    one.export_bundle(tmp_path / "a.ksb")
    before, told = journal_count(other), []
    tried = other.import_bundle(
        tmp_path / "a.ksb", dry_run=True, progress=lambda *said: told.append(said), cancelled=lambda: bool(told)
    )
    assert (tried.dry_run, tried.cancelled, len(told)) == (True, True, 1)
    assert journal_count(other) == before
    assert other._workplace.station_name(one._workplace.store.station) != "乙站"
    one.close()
    other.close()


class Spent:
    """A hub that has no numbers left."""

    def reserve(self, count: int) -> tuple[int, int]:
        raise EnvironmentFault("hub_numbers_out", "本中心的案号号段已经用完，请联系中心管理员。")


def test_numbers_run_short_in_whichever_service(joined: Desk) -> None:
    today = date.today()
    assert joined.sync_state().numbers_left == 10
    words = {"category": "维权援助", "title": "一件", "party": "某某公司"}
    for _ in range(4):
        joined.open_case("enforcement", words, actor="张三", on=today, today=today)
    assert joined.sync_state().numbers_left == 6


def test_a_meeting_is_none_the_worse_when_the_numbers_are_spent(joined: Desk) -> None:
    assert syncing._refill(joined._workplace, cast(Any, Spent())) == ["本中心的案号号段已经用完，请联系中心管理员"]
