from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.store import Store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once."""
    folder = tmp_path_factory.mktemp("empty") / "data"
    Store.create(folder, "", station_name="站", cipher=False).close()
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Path]:
    """A folder for the stores of a history, in memory where the system has such a place: nothing in it must last."""
    memory = Path("/dev/shm")  # noqa: S108 - not a temporary file of a fixed name: mkdtemp makes one of its own
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=memory))
    yield folder
    shutil.rmtree(folder)
