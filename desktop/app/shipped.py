"""The documents that ship with the program, read once from ``resources``."""

from __future__ import annotations

import hashlib
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from desktop.core.configuration import plain
from desktop.core.rulebook import Shipped

VERSION = "0.1.0"
PHRASES = "phrases"


def resources() -> Path:
    """The folder ``resources``: beside the packages, or inside a frozen program."""
    frozen = getattr(sys, "_MEIPASS", "")
    return (Path(frozen) if frozen else Path(__file__).resolve().parents[2]) / "resources"


@cache
def shipped() -> Shipped:
    """All shipped documents as plain values."""
    folder = resources()
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        if path.parent.name == PHRASES:
            continue  # nothing that is stored rests on them: a better wording must not make every table anew
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return Shipped(
        procedures={path.stem: _procedure(folder, path) for path in sorted((folder / "procedures").glob("*.toml"))},
        fields=_read(folder / "fields.toml"),
        years=tuple(_read(path) for path in sorted((folder / "calendars").glob("*.toml"))),
        digest=digest.hexdigest()[:12],
        party_rules=_read(folder / "party_rules.toml"),
        phrases={path.stem: _read(path) for path in sorted((folder / PHRASES).glob("*.toml"))},
    )


def _procedure(folder: Path, path: Path) -> dict[str, Any]:
    """A procedure with its checklists and texts; long ones stand in files of their own beside it."""
    document: dict[str, Any] = _read(path)
    checklists, notices = (folder / kind / path.name for kind in ("checklists", "notices"))
    if checklists.is_file():
        document["lists"] = _read(checklists)["lists"]
    if notices.is_file():
        document["notices"] = _read(notices)
    return document


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        return plain(tomllib.load(file))
