"""Quality row 1: whatever moment the power goes, what was acknowledged is there, chained, and shown."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.connection import connect
from db.faults import DataDamage
from db.journal import Transaction
from db.keys import Keyring
from db.store import Store
from db.verify import verify
from tests.db import powercut, toy
from tests.db.conftest import PASSPHRASE

COMMITS = 60


@pytest.fixture(autouse=True)
def _shim() -> None:
    try:
        powercut.Shim.instance()
    except (OSError, AttributeError, ValueError) as error:
        pytest.skip(f"the driver does not show SQLite's VFS functions here: {error}")


def _work(chance: random.Random) -> Callable[[Store, Callable[[int], None]], None]:
    def work(store: Store, acknowledge: Callable[[int], None]) -> None:
        with store.read() as reader:  # small steps, so that checkpoints happen within the trial
            reader.driver.execute("PRAGMA wal_autocheckpoint = 120")
        events = 0
        for _ in range(COMMITS):
            drafts = [toy.draft(events + n, chance) for n in range(chance.randint(1, 3))]
            with store.write() as tx:
                toy.record(tx, drafts)
            events += len(drafts)
            acknowledge(events)

    return work


def _trial(directory: Path, key: bytes | None, number: int, chance: random.Random, **options: str) -> int:
    """Runs one recording with ``number`` cuts; returns how many of them lost or damaged something."""
    before = {str(directory / "store.db"): (directory / "store.db").read_bytes()}
    notes = powercut.record(options, directory, key, _work(chance))
    target = directory.parent / "after"
    target.mkdir(exist_ok=True)
    failures = 0
    for acknowledged, files in powercut.cuts(before, notes, number, chance):
        powercut.place(files, directory, target)
        failures += not _survived(target / "store.db", key, acknowledged)
    shutil.rmtree(target)
    return failures


def _survived(path: Path, key: bytes | None, acknowledged: int) -> bool:
    try:
        driver = connect(path, key)
    except DataDamage:
        return False
    try:
        driver.execute("PRAGMA synchronous = OFF")  # the trial's own writes need not last
        tx = Transaction(driver, None, "")
        driver.execute("BEGIN IMMEDIATE")
        numbers = [event.payload["n"] for event in toy.events(tx)]
        # A commit may have become durable just before it was acknowledged, never the other way round.
        whole = numbers == list(range(len(numbers))) and len(numbers) >= acknowledged
        sound = whole and not verify(tx) and toy.rebuilt_equals(tx, tx)
        driver.execute("ROLLBACK")
        return sound
    except Exception as error:
        if type(error).__module__.startswith("sqlcipher3") or isinstance(error, DataDamage):
            return False
        raise
    finally:
        driver.close()


def _trials(fresh: Callable[..., Path], cuts: int, recordings: int, *, cipher: bool, **options: str) -> int:
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    failures = 0
    for n in range(recordings):
        directory = fresh(f"data-{n}", cipher=cipher)
        key = Keyring.load(directory).unlock(PASSPHRASE) if cipher else None
        failures += _trial(directory, key, cuts // recordings, chance, **options)
        shutil.rmtree(directory)
    return failures


def test_no_acknowledged_event_is_lost(fresh: Callable[..., Path]) -> None:
    assert _trials(fresh, 1_800, 12, cipher=False) == 0


def test_no_acknowledged_event_is_lost_encrypted(fresh: Callable[..., Path]) -> None:
    assert _trials(fresh, 200, 2, cipher=True) == 0


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_control_weaker_synchronisation_loses_acknowledged_events(
    fresh: Callable[..., Path], synchronous: str
) -> None:
    assert _trials(fresh, 60, 2, cipher=False, synchronous=synchronous) > 6


@pytest.mark.long
@pytest.mark.parametrize(("cipher", "cuts"), [(False, 90_000), (True, 10_000)])
def test_no_acknowledged_event_is_lost_long(fresh: Callable[..., Path], cipher: bool, cuts: int) -> None:
    assert _trials(fresh, cuts, cuts // 150, cipher=cipher) == 0
