"""Quality row 15: whatever is done to one event in the file is found out."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from db.connection import connect
from db.envelope import Envelope, canonical, digest
from db.faults import DataDamage
from db.journal import Reader, opened
from db.store import Store
from db.verify import journal, pages, verify
from tests.db import toy
from tests.db.conftest import PASSPHRASE

EVENTS = 40
COLUMNS = (
    "station, seq, hlc, stream, parents, type, version, actor, role, occurred_on, basis, payload, prev_hash, hash"
)


@pytest.fixture
def driver(fresh: Callable[..., Path]) -> Iterator[Any]:
    """A connection as somebody has it who knows the key and has removed the triggers."""
    directory = fresh()
    store = Store.open(directory, PASSPHRASE, cipher=False)
    chance = random.Random(1)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, chance, cases_in_play=6) for n in range(EVENTS)])
    store.close()
    driver = connect(directory / "store.db", None)
    for name in ("update", "delete", "replace"):
        driver.execute(f"DROP TRIGGER journal_no_{name}")
    yield driver
    driver.close()


def _resealed(driver: Any, seq: int, **changes: Any) -> None:
    """What a careful forger does: the event's own hash is right again."""
    row = driver.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ?", (seq,)).fetchone()
    event = opened(row)._replace(**changes)
    event = event._replace(hash=digest(event))
    driver.execute(
        "UPDATE journal SET actor = ?, payload = ?, prev_hash = ?, hash = ? WHERE seq = ?",
        (event.actor, canonical(event.payload).decode(), event.prev_hash, event.hash, seq),
    )


def _flip(driver: Any, chance: random.Random) -> None:
    column = chance.choice(COLUMNS.split(", "))
    seq = chance.randint(1, EVENTS)
    value = driver.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    if isinstance(value, int):
        changed: Any = value ^ (1 << chance.randrange(20))
        if column == "seq":
            changed += EVENTS  # a number that is free
    else:
        value = value or "@"
        place = chance.randrange(len(value))
        changed = value[:place] + chr(ord(value[place]) ^ (1 << chance.randrange(5))) + value[place + 1 :]
    driver.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (changed, seq))


def _blank(driver: Any, chance: random.Random) -> None:
    seq = chance.randint(1, EVENTS)
    driver.execute("UPDATE journal SET payload = replace(payload, ':', ': ') WHERE seq = ?", (seq,))


def _reseal(driver: Any, chance: random.Random) -> None:
    _resealed(driver, chance.randint(1, EVENTS), actor="李四")


def _delete(driver: Any, chance: random.Random) -> None:
    driver.execute("DELETE FROM journal WHERE seq = ?", (chance.randint(1, EVENTS),))


def _close_gap(driver: Any, chance: random.Random) -> None:
    """An event taken out and the later ones renumbered."""
    gone = chance.randint(1, EVENTS - 1)
    driver.execute("DELETE FROM journal WHERE seq = ?", (gone,))
    for seq in range(gone + 1, EVENTS + 1):
        driver.execute("UPDATE journal SET seq = ?, ordinal = ? WHERE seq = ?", (seq - 1, seq - 1, seq))


def _reorder(driver: Any, chance: random.Random) -> None:
    one, other = chance.sample(range(1, EVENTS + 1), 2)
    column = chance.choice(["ordinal", "seq"])
    for before, after in ((one, 1000), (other, one), (1000, other)):
        driver.execute(f"UPDATE journal SET {column} = ? WHERE {column} = ?", (after, before))


def _insert(driver: Any, chance: random.Random) -> None:
    """A forged event with a sound hash, at the end of the chain or as a station of its own."""
    seq = chance.randint(1, EVENTS)
    event = opened(driver.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ?", (seq,)).fetchone())
    last = opened(driver.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ?", (EVENTS,)).fetchone())
    changes: dict[str, Any] = (
        {"seq": EVENTS + 1, "prev_hash": last.hash, "hlc": last.hlc + 1}
        if chance.random() < 0.5
        else {"station": "f" * 32, "seq": 1, "prev_hash": ""}
    )
    event = event._replace(actor="李四", **changes)
    event = event._replace(hash=digest(event))
    values = list(event)
    values[4], values[10], values[11] = (orjson.dumps(values[n]).decode() if n == 4 else canonical(values[n]).decode()
                                         for n in (4, 10, 11))  # fmt: skip
    driver.execute(f"INSERT INTO journal ({COLUMNS}) VALUES ({','.join('?' * 14)})", values)


def _truncate(driver: Any, chance: random.Random) -> None:
    driver.execute("DELETE FROM journal WHERE seq > ?", (chance.randint(0, EVENTS - 1),))


ATTACKS = [_flip, _flip, _blank, _reseal, _delete, _close_gap, _reorder, _insert, _truncate]


def _attacked(driver: Any, chance: random.Random, check: Callable[[Reader], list[str]]) -> tuple[str, list[str]]:
    attack = chance.choice(ATTACKS)
    driver.execute("BEGIN")
    attack(driver, chance)
    problems = check(Reader(driver))
    driver.execute("ROLLBACK")
    return attack.__name__, problems


def _trials(driver: Any, number: int) -> None:
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    assert verify(Reader(driver)) == []
    missed = [name for name, problems in (_attacked(driver, chance, journal) for _ in range(number)) if not problems]
    assert missed == []


def test_every_forgery_is_found(driver: Any) -> None:
    _trials(driver, 200)


@pytest.mark.long
def test_every_forgery_is_found_long(driver: Any) -> None:
    _trials(driver, 5_000)


def test_control_without_the_chain_forgeries_pass(driver: Any) -> None:
    """Each event's own hash alone finds a clumsy change, and misses what is taken out, put in or sealed again."""

    def own_hashes(reader: Reader) -> list[str]:
        return [f"{seq}" for seq, event in _readable(reader) if event is None or digest(event) != event.hash]

    chance = random.Random(9)
    passed = {name for name, problems in (_attacked(driver, chance, own_hashes) for _ in range(200)) if not problems}
    assert {"_delete", "_insert", "_truncate", "_reseal"} <= passed


def _readable(reader: Reader) -> Iterator[tuple[int, Envelope | None]]:
    for row in reader.rows(f"SELECT seq, {COLUMNS} FROM journal"):
        try:
            yield row[0], opened(row[1:])
        except Exception:
            yield row[0], None


def test_findings_name_station_and_number(driver: Any) -> None:
    driver.execute("DELETE FROM journal WHERE seq = 7")
    station = driver.execute("SELECT station FROM chains").fetchone()[0]
    problems = verify(Reader(driver))
    assert any("第 8 号记录" in problem and station[:8] in problem and "第 7 号" in problem for problem in problems)


def test_a_missing_parent_is_found(driver: Any) -> None:
    """A chain that is sound in itself, but whose event speaks of a past that is not there."""
    event = opened(driver.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ?", (EVENTS,)).fetchone())
    event = event._replace(parents=("e" * 64,))
    event = event._replace(hash=digest(event))
    driver.execute(
        "UPDATE journal SET parents = ?, hash = ? WHERE seq = ?", (f'["{"e" * 64}"]', event.hash, EVENTS)
    )
    driver.execute("UPDATE chains SET hash = ?", (event.hash,))
    assert any("前序记录不存在" in problem for problem in verify(Reader(driver)))


def test_progress_is_reported(driver: Any) -> None:
    seen: list[tuple[int, int]] = []
    assert verify(Reader(driver), lambda done, total: seen.append((done, total))) == []
    assert seen[-1] == (EVENTS, EVENTS)


@pytest.mark.parametrize("cipher", [False, True])
def test_a_damaged_page_is_a_finding_and_not_a_crash(fresh: Callable[..., Path], cipher: bool) -> None:
    directory = fresh(cipher=cipher)
    store = Store.open(directory, PASSPHRASE, cipher=cipher)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(2)) for n in range(200)])
    key = store.key
    store.close()
    path = directory / "store.db"
    content = bytearray(path.read_bytes())
    found = 0
    for page in range(1, len(content) // 4096, 9):
        damaged = content.copy()
        damaged[page * 4096 : page * 4096 + 200] = hashlib.sha512(bytes([page])).digest() * 3 + bytes(8)
        path.write_bytes(damaged)
        try:
            driver = connect(path, key)
        except DataDamage:  # the page held the schema itself
            found += 1
            continue
        found += bool(pages(Reader(driver)))
        driver.close()
    assert found >= (page // 9) * (0.99 if cipher else 0.5)  # an unencrypted page has no seal of its own
