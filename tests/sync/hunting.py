"""Playing many histories, and cutting one that fails down to what it takes."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.sync.simulator import Found, Plan, World


def play(folder: Path, template: Path, seed: int, plan: Plan, steps: Iterable[int], kind: type[World] = World) -> World:
    """Plays one history. Found when something is wrong with it."""
    room = folder / "history"
    room.mkdir()
    world = kind(room, template, seed, plan)
    try:
        with world.surroundings():
            world.play(steps)
        return world
    finally:
        shutil.rmtree(room)


def hunt_together(
    folder: Path, template: Path, seeds: Sequence[int], plans: Sequence[Plan], steps: int
) -> Counter[str]:
    """As :func:`hunt`, on all cores; a few are not worth a process of their own."""
    workers = min(os.cpu_count() or 1, len(seeds) // 40)
    if workers < 2:
        return hunt(folder, template, seeds, plans, steps)
    happened: Counter[str] = Counter()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        parts = []
        for number in range(workers):
            own = folder / str(number)
            own.mkdir()
            parts.append(pool.submit(hunt, own, template, seeds[number::workers], plans, steps))
        for part in parts:
            happened += part.result()
    return happened


def hunt(folder: Path, template: Path, seeds: Iterable[int], plans: Sequence[Plan], steps: int) -> Counter[str]:
    """Plays many histories, each by one of the plans, and says what happened in them. The first that fails is cut
    down to the steps that it takes, and told with its seed."""
    happened: Counter[str] = Counter()
    for seed in seeds:
        plan = plans[seed % len(plans)]
        try:
            world = play(folder, template, seed, plan, range(steps))
        except Exception as error:
            few = shrunk(folder, template, seed, plan, steps, type(error))
            told = _told(folder, template, seed, plan, few)
            raise Found(f"seed {seed} with {plan}, steps {few}:\n{told}") from error
        happened += world.counts
        happened["histories"] += 1
        happened["events"] += len(world.committed)
    return happened


def shrunk(
    folder: Path, template: Path, seed: int, plan: Plan, steps: int, kind: type[Exception], tries: int = 120
) -> list[int]:
    """Steps of which none of those tried can be left out without the failure going away."""
    kept = list(range(steps))
    size = steps // 2
    while size and tries:
        at = 0
        while at < len(kept) and tries:
            tries -= 1
            less = kept[:at] + kept[at + size :]
            try:
                play(folder, template, seed, plan, less)
            except kind:
                kept = less
            except Exception:
                at += size
            else:
                at += size
        size //= 2
    return kept


def _told(folder: Path, template: Path, seed: int, plan: Plan, steps: Sequence[int]) -> str:
    room = folder / "history"
    room.mkdir()
    world = World(room, template, seed, plan)
    end = ""
    try:
        with world.surroundings():
            world.play(steps)
    except Exception as error:
        end = f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(room)
    return "\n".join([*world.log, end])
