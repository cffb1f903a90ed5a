"""Quality rows 2 and 6: the program killed at any moment of a meeting with a real hub loses and doubles nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.hub import admin
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from tests.app.desks import digest, new_desk, open_again
from tests.db.hub.conftest import Hub, hub, server  # noqa: F401 (fixtures)
from tests.sync.nursery import DAY

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed program is forked, which Windows cannot")


@pytest.fixture
def nursery() -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with child:
        yield child
        assert child.stdin is not None
        child.stdin.close()


def killed(nursery: subprocess.Popen[str], folder: Path, chance: random.Random) -> list[str]:
    """One worker, killed somewhere in its work; the case numbers that it had acknowledged."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{folder} {chance.randrange(10**9)}\n")
    nursery.stdin.flush()
    pid = int(nursery.stdout.readline())
    words = [nursery.stdout.readline().strip() for _ in range(chance.randint(1, 6))]
    deadline = time.perf_counter() + chance.random() * 0.06
    while time.perf_counter() < deadline:
        pass
    os.kill(pid, signal.SIGKILL)
    while (word := nursery.stdout.readline().strip()) != "gone":
        words.append(word)
    return [word.removeprefix("made ") for word in words if word.startswith("made ")]


def trials(hub: Hub, folder: Path, nursery: subprocess.Popen[str], count: int) -> None:  # noqa: F811
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    folders = [folder / name for name in ("甲", "乙")]
    for place in folders:
        desk = new_desk(place)
        desk.join(admin.enrol(hub.url, station=place.name, centre="甲中心").content, actor="管理员甲")
        desk.close()
    acknowledged: list[str] = []
    for trial in range(count):
        acknowledged += killed(nursery, folders[trial % 2], chance)
    desks = [open_again(place) for place in folders]
    try:
        for desk in (*desks, *desks):
            desk.sync()
        for desk in desks:
            numbers = Counter(numbers_of(desk))
            assert set(acknowledged) <= set(numbers)
            assert set(numbers.values()) == {1}
            assert desk.verify().ok
        assert digest(desks[0]) == digest(desks[1])
    finally:
        for desk in desks:
            desk.close()


def numbers_of(desk: Desk) -> list[str]:
    return [row.number for row in desk.rows(desk.keys(QueueQuery(view="all"), actor="张三", today=DAY), today=DAY)]


def test_killed_in_a_meeting(hub: Hub, tmp_path: Path, nursery: subprocess.Popen[str]) -> None:  # noqa: F811
    trials(hub, tmp_path, nursery, 20)


@pytest.mark.long
def test_killed_in_a_meeting_long(hub: Hub, tmp_path: Path, nursery: subprocess.Popen[str]) -> None:  # noqa: F811
    trials(hub, tmp_path, nursery, 300)
