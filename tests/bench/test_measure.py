"""The arithmetic of the figures: which ratio, which verdict, what the table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.bench.measure import FEW_ROUNDS, MET, MISSED, PASSABLE, Clock, Figure, Setting, Taken, in_turns, ratio
from desktop.bench.measure import verdict as judged
from desktop.bench.table import printed

RATE = Figure("rate", "速率", "参照", 0.5, 0.35, faster=True, per="项")
TIME = Figure("time", "用时", "参照", 4, 6)


def test_a_rate_is_reference_time_to_ours() -> None:
    assert ratio(RATE, Taken((2.0, 9.0, 1.0), (1.0, 1.0, 1.0), count=10)) == pytest.approx(0.5)


def test_a_time_is_ours_to_the_reference() -> None:
    assert ratio(TIME, Taken((3.0,), (1.0,))) == pytest.approx(3)


def test_each_side_counts_its_own_pieces() -> None:
    assert ratio(RATE, Taken((1.0,), (1.0,), count=1000, reference_count=10)) == pytest.approx(100)


@pytest.mark.parametrize(
    ("figure", "value", "expected"),
    [
        (RATE, 0.5, MET),
        (RATE, 0.4, PASSABLE),
        (RATE, 0.3, MISSED),
        (TIME, 4.0, MET),
        (TIME, 5.9, PASSABLE),
        (TIME, 6.1, MISSED),
        (Figure("only", "", "", 1000, None, faster=True), 999, MISSED),
    ],
)
def test_verdicts(figure: Figure, value: float, expected: str) -> None:
    assert judged(figure, value) == expected


def test_a_wrong_answer_is_never_met() -> None:
    assert judged(TIME, 0.1, ("结果不同",)) == MISSED


def test_runs_alternate_and_only_what_is_timed_counts(tmp_path: Path) -> None:
    order: list[str] = []

    def run(name: str, seconds: float, clock: Clock) -> None:
        order.append(name)
        clock.seconds += seconds

    setting = Setting(tmp_path, rounds=4)
    found = in_turns(setting, lambda clock: run("a", 1, clock), lambda clock: run("b", 2, clock), warm=True)
    assert found == ((1, 1, 1, 1), (2, 2, 2, 2))
    assert "".join(order) == "ab" + "abba" * 2


def test_slow_runs_are_repeated_less_often(tmp_path: Path) -> None:
    def slow(clock: Clock) -> None:
        clock.seconds += 21

    assert len(in_turns(Setting(tmp_path), slow, slow)[0]) == FEW_ROUNDS


def test_the_table_says_what_was_wrong() -> None:
    row = {
        "name": "x", "title": "一项", "reference_title": "参照", "count": 3, "per": "", "seconds": 0.5,
        "reference_seconds": 2.0, "runs": 5, "ratio": 0.25, "faster": False, "aim": 1, "must": 2, "verdict": MISSED,
        "note": "说明", "faults": ["差一行"],
    }  # fmt: skip
    text = printed({"scale": "quick", "rows": [row], "machine": {"处理器": "某"}})
    for word in ("500 毫秒", "2.00 秒", "0.25", "≤ 1", "结果有误：差一行", "二十分之一", "处理器：某"):
        assert word in text
