"""Stores that earlier programs wrote open in this one, with everything in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db import schema
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from tests.app.desks import digest, journal_count

GOLDEN = Path(__file__).parent / "golden"
PASSPHRASE = "做个样子 made-up"
DAY = date(2026, 3, 6)


def test_there_is_one_of_every_older_schema() -> None:
    assert {path.stem.removeprefix("store-") for path in GOLDEN.glob("*.ksbak")} == set(schema.REVISIONS[:-1])


@pytest.mark.parametrize("revision", schema.REVISIONS[:-1])
def test_an_older_store_opens_with_everything_in_it(tmp_path: Path, revision: str) -> None:
    desk = Desk.restore(GOLDEN / f"store-{revision}.ksbak", tmp_path / "data", PASSPHRASE, actor="管理员甲")
    try:
        assert desk.centre == "另一中心"
        query = QueueQuery(view="all", sort=(("number", False),))
        found = desk.rows(desk.keys(query, actor="张三", today=DAY), today=DAY)
        assert [(row.category, row.stage) for row in found] == [
            ("发明", "PASSED"),
            ("实用新型", "ACCEPTED"),
            ("外观设计", "RECEIVED"),
        ]
        assert desk.verify().ok
        # What was there, and one more introduction: a restored store writes under a name of its own.
        assert journal_count(desk) == 11
        before = digest(desk)
        desk.rebuild()
        assert digest(desk) == before
    finally:
        desk.close()
    again = Desk.open(tmp_path / "data", PASSPHRASE)  # nothing more is written by opening it
    assert journal_count(again) == 11
    again.close()
