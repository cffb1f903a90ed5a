"""Ways between stations, and what happens on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from db.transport import CHUNK_EVENTS, Greeting, Transport, Vector, Welcome
from db.wire import Batch


class Cut(Exception):
    """The line went dead."""


class Crash(Exception):
    """The program died."""


@dataclass
class Bundle:
    writer: str
    vector: dict[str, int]
    batches: list[Batch]


class Line:
    """A way to the hub that loses, repeats, mixes up, holds back, breaks, and lets others come between."""

    name = "line"

    def __init__(self, inner: Transport, chance: random.Random, own: Iterable[str] | None) -> None:
        self.inner = inner
        self.chance = chance
        self.own = own
        self.cut_after = chance.choice((None, None, 1, 1, 2, 3, 5))
        self.mood = chance.choice(("clean", "lossy", "twice", "mixed", "small"))
        self.between: Callable[[], object] | None = None

    def _carry(self) -> None:
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after < 0:
                raise Cut

    def hello(self, greeting: Greeting) -> Welcome:
        welcome = self.inner.hello(greeting)
        writable = None if self.own is None else frozenset(greeting.own)
        return Welcome(welcome.vector, welcome.heads, welcome.epoch, writable, welcome.peers)

    def push(self, batches: Sequence[Batch]) -> None:
        if self.between is not None:
            between, self.between = self.between, None
            between()
        for batch in batches:
            if self.cut_after == 0 and self.chance.random() < 0.5:
                self.inner.push([batch])  # it arrived; the answer did not
            self._carry()
            self.inner.push([batch])
            if self.mood == "twice":
                self.inner.push([batch])

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        found = list(self.inner.pull(vector, 1 if self.mood == "small" else most))
        if found:
            self._carry()
        if self.mood == "lossy":
            found = [batch for batch in found if self.chance.random() < 0.7]
        elif self.mood == "twice":
            found += self.chance.sample(found, self.chance.randint(0, len(found)))
        elif self.mood == "mixed":
            self.chance.shuffle(found)
        return found

    def close(self) -> None:
        self.inner.close()


class Out:
    """A file being written: everything that the reader is thought to lack."""

    name = "bundle"

    def __init__(self, known: Vector) -> None:
        self.known = dict(known)
        self.batches: list[Batch] = []

    def hello(self, greeting: Greeting) -> Welcome:
        self.vector = dict(greeting.vector)
        return Welcome(self.known)

    def push(self, batches: Sequence[Batch]) -> None:
        self.batches += batches

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        return []

    def close(self) -> None:
        """Nothing to close."""


class In:
    """A file being read."""

    name = "bundle"

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle

    def hello(self, greeting: Greeting) -> Welcome:
        return Welcome(self.bundle.vector, writable=frozenset())

    def push(self, batches: Sequence[Batch]) -> None:
        raise AssertionError("a file cannot be written to while it is read")

    def pull(self, vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        return [batch for batch in self.bundle.batches if batch.last > vector.get(batch.station, 0)]

    def close(self) -> None:
        """Nothing to close."""


def dying_pulls(transport: Transport, after: int) -> None:
    """The program dies right after it committed what it pulled: at the next question."""
    inner = transport.pull
    asked = 0

    def pull(vector: Vector, most: int = CHUNK_EVENTS) -> list[Batch]:
        nonlocal asked
        asked += 1
        if asked > after:
            raise Crash
        return inner(vector, most)

    transport.pull = pull  # type: ignore[method-assign]
