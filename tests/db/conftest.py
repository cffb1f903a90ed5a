from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.store import Store

PASSPHRASE = "一把 made-up 口令"


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """An empty store of each kind, made once: deriving a key is slow on purpose."""
    made = {}
    for cipher in (False, True):
        made[cipher] = tmp_path_factory.mktemp("template") / "data"
        Store.create(made[cipher], PASSPHRASE, station_name="甲", cipher=cipher).close()
    return made


@pytest.fixture
def fresh(templates: dict[bool, Path], tmp_path: Path) -> Callable[..., Path]:
    """A folder with an empty store of its own."""

    def make(name: str = "data", *, cipher: bool = False) -> Path:
        shutil.copytree(templates[cipher], tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def store(fresh: Callable[..., Path]) -> Iterator[Store]:
    opened = Store.open(fresh(), PASSPHRASE, cipher=False)
    yield opened
    opened.close()
