"""One store to a module: making one costs more than most of the tests that use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app.desk import Desk
from tests.app.desks import new_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Shared by the tests of a module; each takes in cases of its own and publishes nothing."""
    opened = new_desk(tmp_path_factory.mktemp("desk"))
    yield opened
    opened.close()


@pytest.fixture
def own_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """For a test that publishes documents or counts everything."""
    opened = new_desk(tmp_path_factory.mktemp("own"))
    yield opened
    opened.close()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """Makes a desk by name; all are closed at the end."""
    made: list[Desk] = []

    def one(name: str) -> Desk:
        made.append(new_desk(tmp_path / name))
        return made[-1]

    yield one
    for desk in made:
        desk.close()
