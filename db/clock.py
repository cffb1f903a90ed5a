"""A hybrid logical clock: wall time that never runs backwards. It orders things for people; no legal date is
read from it (Kulkarni et al., Logical Physical Clocks, 2014)."""

from __future__ import annotations

import time

_COUNTER_BITS = 16
DRIFT_MS = 10 * 60 * 1000  # a minute or two is ordinary; ten minutes is a clock that somebody should set


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def next_hlc(last: int, wall_ms: int) -> int:
    """The next reading after ``last``. A counter that overflows carries into the milliseconds, which is harmless."""
    return max(last + 1, wall_ms << _COUNTER_BITS)


def wall_clock_ms(hlc: int) -> int:
    """Milliseconds since 1970-01-01 UTC at which the event was recorded, as far as the PC knew."""
    return hlc >> _COUNTER_BITS


def drift_ms(last: int, wall_ms: int) -> int:
    """How far the PC's clock lies behind what was already recorded; 0 when it does not. Warn, never block."""
    behind = wall_clock_ms(last) - wall_ms
    return behind if behind > DRIFT_MS else 0
