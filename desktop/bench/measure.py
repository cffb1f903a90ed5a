"""How a figure is taken: two ways of doing the same, in turns, the median of each, and the ratio between them."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROUNDS = 5
SLOW_SECONDS = 20.0  # a run that takes longer is repeated less often, and the row says so
FEW_ROUNDS = 3

MET, PASSABLE, MISSED = "达到", "可接受", "未达到"


@dataclass(frozen=True)
class Figure:
    """One line of the table of aims. ``faster``: the ratio is reference time to ours and should be large;
    otherwise ours to the reference's, and should be small. ``must`` None: the aim itself is the least."""

    name: str
    title: str
    reference: str
    aim: float
    must: float | None
    faster: bool = False
    per: str = ""  # what ``Taken.count`` counts, for a rate; empty: times are shown


@dataclass(frozen=True)
class Taken:
    """Seconds of every run; ``count`` is what one run handled. ``note`` says what a reader must know."""

    ours: tuple[float, ...]
    reference: tuple[float, ...]
    count: int = 1
    reference_count: int = 0  # when the reference handled another number
    note: str = ""
    faults: tuple[str, ...] = ()  # wrong answers; a fast wrong answer is no figure


@dataclass(frozen=True)
class Setting:
    """Where and how large. ``share`` scales every size (1 full, 1/20 quick); ``hub`` is the address of a PostgreSQL
    server to use, empty for one of our own."""

    folder: Path
    share: float = 1.0
    rounds: int = ROUNDS
    say: Callable[[str], None] = field(default=lambda text: print(text, file=sys.stderr))
    hub: str = ""

    def size(self, full: int) -> int:
        return max(1, round(full * self.share))


class NotHere(Exception):
    """A sentence: what a figure is measured against is not on this machine, so there is no figure."""


class Clock:
    """Adds up what is timed, so that preparing a run does not count."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - start


Run = Callable[[Clock], object]
Seconds = tuple[float, ...]


def in_turns(
    setting: Setting, ours: Run, reference: Run, warm: bool = False, slow: float = SLOW_SECONDS
) -> tuple[Seconds, Seconds]:
    """Seconds of both in ``setting.rounds`` rounds, each round in the other order. ``warm``: one round before that
    does not count. A run of more than ``slow`` seconds is repeated less often."""
    found: tuple[list[float], list[float]] = ([], [])
    if warm:
        ours(Clock())
        reference(Clock())
    number = 0
    while number < setting.rounds:
        order = (0, 1) if number % 2 == 0 else (1, 0)
        for which in order:
            clock = Clock()
            (ours, reference)[which](clock)
            found[which].append(clock.seconds)
        number += 1
        if max(found[0][-1], found[1][-1]) > slow and number >= FEW_ROUNDS:
            break
    return tuple(found[0]), tuple(found[1])


def ratio(figure: Figure, taken: Taken) -> float:
    """As the figure defines it, per piece of work."""
    ours = median(taken.ours) / taken.count
    reference = median(taken.reference) / (taken.reference_count or taken.count)
    return reference / ours if figure.faster else ours / reference


def verdict(figure: Figure, value: float, faults: tuple[str, ...] = ()) -> str:
    """达到 (aim), 可接受 (must), 未达到."""
    if faults:
        return MISSED

    def within(limit: float) -> bool:
        return value >= limit if figure.faster else value <= limit

    if within(figure.aim):
        return MET
    return PASSABLE if figure.must is not None and within(figure.must) else MISSED


def machine() -> dict[str, str]:
    """What the absolute numbers depend on."""
    from sqlcipher3 import dbapi2

    facts = {
        "处理器": f"{_processor()}，{os.cpu_count()} 核",
        "内存": _memory(),
        "系统": platform.platform(),
        "Python": platform.python_version(),
        "SQLite": dbapi2.sqlite_version,
        "时间": time.strftime("%Y-%m-%d %H:%M"),
    }
    return {name: text for name, text in facts.items() if text}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return ""
