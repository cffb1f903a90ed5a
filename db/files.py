"""Files that are whole or not there: written under another name, synced, then renamed, and the folder synced too."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Replaces ``path`` by ``content`` in one step that survives a power cut."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace_durably(part, path)


def replace_durably(source: Path, target: Path) -> None:
    """Renames an already synced file over ``target`` and makes the rename itself durable."""
    os.replace(source, target)
    sync_directory(target.parent)


def sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_directory(directory: Path) -> None:
    if os.name == "nt":  # Windows journals renames itself and cannot open a folder for syncing
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
