"""Long work over many small values, without the collector walking through all of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Folded states hold no cycles. Looking for some costs a fifth of the time, and each look stops every thread, the
    window's too, for as long as it lasts."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
