"""Quality row 2, the part of the memory: killed at any moment, the program loses nothing it had acknowledged."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.store import Store
from db.verify import verify
from tests.db import toy
from tests.db.conftest import PASSPHRASE

ROOT = Path(__file__).parents[2]


def _killed(directory: Path, seed: int, commits: int, moment: float, *more: str) -> int:
    """Runs the appender until it has acknowledged ``commits`` times and a little longer; returns its last word."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.db.appender", str(directory), str(seed), *more],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    with child:
        words = [child.stdout.readline() for _ in range(commits + 1)]
        deadline = time.perf_counter() + moment
        while time.perf_counter() < deadline:
            pass
        child.kill()
        words += child.stdout.read().splitlines(keepends=True)
    return int([word for word in words if word.endswith("\n")][-1])


def _trials(directory: Path, number: int) -> None:
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    for trial in range(number):
        acknowledged = _killed(directory, seed + trial, chance.randint(0, 6), chance.random() * 0.01)
        store = Store.open(directory, PASSPHRASE, cipher=False)
        with store.write() as tx:
            numbers = [event.payload["n"] for event in toy.events(tx)]
            assert numbers == list(range(len(numbers)))
            assert len(numbers) >= acknowledged
            assert verify(tx) == []
            assert toy.rebuilt_equals(tx, tx)
        store.close()


def test_nothing_acknowledged_is_lost_when_killed(fresh: Callable[..., Path]) -> None:
    _trials(fresh(), 50)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_when_killed_long(fresh: Callable[..., Path]) -> None:
    _trials(fresh(), 1_000)


def test_control_writing_in_place_loses_records(tmp_path: Path) -> None:
    chance = random.Random(3)
    lost = 0
    for trial in range(8):
        acknowledged = _killed(tmp_path, trial, 40, chance.random() * 0.01, "in place")
        try:
            lost += len(json.loads((tmp_path / "naive.json").read_text())) < acknowledged
        except ValueError:
            lost += 1
            (tmp_path / "naive.json").unlink()
    assert lost > 0
