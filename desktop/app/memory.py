"""Long work over many small values, without the collector walking through all of them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """So many at a time, so that memory does not grow with their number."""
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


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
