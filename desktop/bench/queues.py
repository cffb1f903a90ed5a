"""Queues and search at a million cases. Raw SQL here is the reference."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.connection import STORE_NAME, connect
from db.keys import Keyring
from db.store import Store
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.bench.made import PROCEDURE, TODAY
from desktop.bench.measure import Clock, Setting, Taken, in_turns
from desktop.bench.stores import ACTOR, SECRET, queue_store

MANY, FEW = 1_000_000, 10_000
PAGE = 50
CALLS = 100
SEARCHES = 200  # each finds tens of thousands of cases, so a thousand would take a quarter of an hour
TIMED_SEARCHES = 5

_PAGE = (
    "SELECT * FROM cases WHERE procedure = ? AND ended = 0 ORDER BY due_on NULLS LAST, pk LIMIT ? OFFSET 0"
)


def page(setting: Setting) -> Taken:
    """The first page of the open cases through the desk, against its rows alone from an open connection."""
    folder = queue_store(setting, MANY)
    desk = Desk.open(folder, SECRET)
    driver = connect(folder / STORE_NAME, Keyring.load(folder).unlock(SECRET))
    expected = [row[0] for row in driver.execute(_PAGE, (PROCEDURE, PAGE)).fetchall()]
    faults = () if [row.key for row in _page(desk)] == expected else ("两种读法的行不同",)

    def reference(clock: Clock) -> None:
        with clock.running():
            for _ in range(CALLS):
                driver.execute(_PAGE, (PROCEDURE, PAGE)).fetchall()

    found = in_turns(setting, lambda clock: _pages(desk, clock), reference, warm=True)
    driver.close()
    desk.close()
    return Taken(*found, count=CALLS, faults=faults)


def growth(setting: Setting) -> Taken:
    """The same page in a store of a million cases and in one of ten thousand."""
    many, few = (Desk.open(queue_store(setting, size), SECRET) for size in (MANY, FEW))
    found = in_turns(setting, lambda clock: _pages(many, clock), lambda clock: _pages(few, clock), warm=True)
    many.close()
    few.close()
    return Taken(*found, count=CALLS)


def search(setting: Setting) -> Taken:
    """A page of the cases whose title holds two given characters, against LIKE over a plain table of the titles.

    For random pairs the keys of all found cases must be those that LIKE finds in the searched texts.
    """
    folder = queue_store(setting, MANY)
    desk = Desk.open(folder, SECRET)
    place = Path(tempfile.mkdtemp(dir=setting.folder))
    driver = connect(place / "titles.db", None)
    driver.execute("CREATE TABLE titles (pk INTEGER PRIMARY KEY, title TEXT NOT NULL)")
    texts = _texts(folder)
    driver.execute("BEGIN")
    driver.executemany("INSERT INTO titles VALUES (?, ?)", ((pk, title) for pk, title, _ in texts))
    driver.execute("COMMIT")
    chance = random.Random(3)  # noqa: S311
    pairs = [_pair(chance.choice(texts)[1], chance) for _ in range(SEARCHES)]
    setting.say(f"  核对 {SEARCHES} 次检索")
    faults = _differences(desk, texts, pairs)
    timed = pairs[:TIMED_SEARCHES]

    def ours(clock: Clock) -> None:
        with clock.running():
            for pair in timed:
                desk.page(QueueQuery(view="all", search=pair), actor=ACTOR, today=TODAY, limit=PAGE)

    def reference(clock: Clock) -> None:
        with clock.running():
            for pair in timed:
                driver.execute("SELECT pk FROM titles WHERE title LIKE ?", (f"%{pair}%",)).fetchall()

    found = in_turns(setting, ours, reference, warm=True)
    driver.close()
    desk.close()
    shutil.rmtree(place)
    note = f"{SEARCHES} 个随机双字词的结果与逐条比对一致" if not faults else ""
    return Taken(*found, count=len(timed), note=note, faults=faults)


def _page(desk: Desk) -> list[Any]:
    return desk.page(QueueQuery(), actor=ACTOR, today=TODAY, limit=PAGE)


def _pages(desk: Desk, clock: Clock) -> None:
    with clock.running():
        for _ in range(CALLS):
            _page(desk)


def _texts(folder: Path) -> list[tuple[int, str, str]]:
    """(key, title, searched text) of every case."""
    store = Store.open(folder, SECRET)
    with store.read() as reader:
        found = reader.rows("SELECT c.pk, c.title, s.haystack FROM cases AS c JOIN case_states AS s USING (pk)")
    store.close()
    return found


def _pair(title: str, chance: random.Random) -> str:
    start = chance.randrange(len(title) - 1)
    return title[start : start + 2]


def _differences(desk: Desk, texts: Sequence[tuple[int, str, str]], pairs: Sequence[str]) -> tuple[str, ...]:
    """Pairs for which the search finds other cases than a look at every text does."""
    expected: dict[str, list[int]] = {pair: [] for pair in pairs}
    for key, _, text in texts:
        for pair in {text[i : i + 2] for i in range(len(text) - 1)} & expected.keys():
            expected[pair].append(key)
    wrong = [
        pair
        for pair, keys in expected.items()
        if sorted(desk.keys(QueueQuery(view="all", search=pair), actor=ACTOR, today=TODAY)) != keys
    ]
    return (f"{len(wrong)} 个词的结果不同，如“{wrong[0]}”",) if wrong else ()
