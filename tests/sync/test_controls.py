"""The simulator finds what it is there to find: each wrong way of doing it is caught within few histories, and the
histories that catch it are harmless for the right way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.hunting import play
from tests.sync.mutants import MUTANTS

ENOUGH = 20  # histories; the ordinary run plays many more
STEPS = 100


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_way_is_caught(room: Path, template: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    mutant = MUTANTS[name]
    for seed in range(ENOUGH):
        with monkeypatch.context() as patch:
            try:
                play(room, template, seed, mutant.plan, range(STEPS), mutant.change(patch))
            except Exception:
                break
    else:
        pytest.fail(f"{ENOUGH} histories show nothing wrong with: {name}")
    for harmless in {0, seed}:
        play(room, template, harmless, mutant.plan, range(STEPS), mutant.right)
