"""Years of a centre with several stations, at random: nothing is lost, nothing counts twice, everybody sees the same,
and exactly what is disputed is called disputed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sync.hunting import hunt_together
from tests.sync.simulator import Plan

Hunt = Callable[[range, Sequence[Plan], int], Counter[str]]

HUB_RESTORED = Plan(hub_copy=3, hub_restore=2)
STATION_RESTORED = Plan(station_copy=3, station_restore=2)
CLONED = Plan(clone=3)
CLOCKS = Plan(clocks=6)
# One case, hardly ever a meeting: everybody works without the others.
ONE_CASE = Plan(cases=1, known=True, act=60, meet=10, write_bundle=2, read_bundle=3, leave=0, rest=1, look=4)
MIXED = (
    Plan(),
    Plan(clocks=2),
    Plan(hub_copy=1, hub_restore=1, clocks=1),
    Plan(station_copy=2, station_restore=1),
    Plan(hub_copy=1, hub_restore=1, station_copy=2, station_restore=1, clocks=1),
    Plan(clone=1, clocks=1),
)


@pytest.fixture
def hunting(room: Path, template: Path) -> Hunt:
    return lambda seeds, plans, steps: hunt_together(room, template, seeds, plans, steps)


def test_histories(hunting: Hunt) -> None:
    happened = hunting(range(500), MIXED, 200)
    assert happened["histories"] == 500
    for calamity in ("hub restored", "station restored", "cloned", "clocks", "disputed", "set aside"):
        assert happened[calamity] > 20, happened  # or it was not tried at all


@pytest.mark.long
def test_many_histories(hunting: Hunt) -> None:
    assert hunting(range(1_000, 21_000), MIXED, 200)["histories"] == 20_000


def test_sealed_bundles(hunting: Hunt) -> None:
    """As files that are signed and encrypted, and hardly any meetings."""
    sealed = Plan(stations=(3, 4), meet=10, write_bundle=10, read_bundle=20, sealed=True)
    assert hunting(range(10), (sealed,), 80)["read_bundle"] > 50


@pytest.mark.parametrize(
    ("plan", "calamity"),
    [(HUB_RESTORED, "hub restored"), (STATION_RESTORED, "station restored"), (CLONED, "cloned")],
    ids=["hub-restored", "station-restored", "station-cloned"],
)
class TestCalamities:
    def test_some(self, hunting: Hunt, plan: Plan, calamity: str) -> None:
        happened = hunting(range(20), (plan,), 80)
        assert happened[calamity] >= 20, happened

    @pytest.mark.long
    def test_many(self, hunting: Hunt, plan: Plan, calamity: str) -> None:
        assert hunting(range(100, 400), (plan,), 200)[calamity] >= 300


def test_wrong_clocks(hunting: Hunt) -> None:
    assert hunting(range(50), (CLOCKS,), 80)["clocks"] > 50


@pytest.mark.long
def test_many_wrong_clocks(hunting: Hunt) -> None:
    assert hunting(range(100, 1_100), (CLOCKS,), 200)["clocks"] > 1_000


def test_one_case_and_nobody_knows_of_the_others(hunting: Hunt) -> None:
    happened = hunting(range(200), (ONE_CASE,), 30)
    assert happened["disputed"] > 100, happened


@pytest.mark.long
def test_one_case_and_nobody_knows_of_the_others_many_times(hunting: Hunt) -> None:
    assert hunting(range(1_000, 6_000), (replace(ONE_CASE, stations=(2, 8)),), 40)["disputed"] > 2_500
