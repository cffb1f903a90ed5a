"""One file that holds a store as it is at one moment: its database, still encrypted, its keyring, and what is in it."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

import orjson

from db import schema
from db.attachments import FOLDER, Attachments
from db.connection import STORE_NAME, connect
from db.files import private, replace_durably, sync_file
from db.keys import KEYRING_NAME

Progress = Callable[[int, int], None]
MANIFEST_NAME: Final = "manifest.json"
SUFFIX: Final = ".ksbak"
WORK: Final = ".ksbak-"  # begins the name of the folder a snapshot is made in
FORMAT: Final = 1
_PAGES: Final = 2_000  # copied between two reports of progress


def take(
    directory: Path,
    key: bytes | None,
    target: Path,
    progress: Progress | None = None,
    *,
    attachments: bool = True,
) -> dict[str, Any]:
    """Writes the store in ``directory`` to ``target`` and returns the manifest; ``target`` is whole or not there.

    Others go on writing meanwhile. The copy stays encrypted with the same key."""
    with tempfile.TemporaryDirectory(prefix=WORK, dir=target.parent) as folder:
        copy = Path(folder) / STORE_NAME
        _copy(directory / STORE_NAME, key, copy, progress)
        manifest = _manifest(copy, key)
        part = Path(folder) / "part"
        with (
            open(part, "wb", opener=private) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            archive.writestr(MANIFEST_NAME, orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
            keyring = directory / KEYRING_NAME
            if keyring.exists():
                archive.write(keyring, KEYRING_NAME)
            archive.write(copy, STORE_NAME)
            if attachments:
                _add_attachments(archive, Attachments(directory, key), progress)
        sync_file(part)
        replace_durably(part, target)
    return manifest


def take_before_upgrade(directory: Path, key: bytes | None, revision: str) -> None:
    """A snapshot beside the store before its schema changes, which does not touch the attachments."""
    folder = directory / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"before-upgrade-{revision}-{datetime.now():%Y%m%d-%H%M%S}{SUFFIX}"
    take(directory, key, target, attachments=False)


def _add_attachments(archive: zipfile.ZipFile, kept: Attachments, progress: Progress | None) -> None:
    """All that the copied journal names is here: a file comes before its event, and stays."""
    names = kept.held()
    for done, name in enumerate(names, 1):
        path = kept.folder / name[:2] / name
        archive.write(path, f"{FOLDER}/{name[:2]}/{name}", zipfile.ZIP_STORED)  # encrypted, so nothing gets smaller
        if progress is not None:
            progress(done, len(names))


def _copy(path: Path, key: bytes | None, copy: Path, progress: Progress | None) -> None:
    source = connect(path, key)
    target = connect(copy, key)
    try:
        # A read transaction held throughout: the copy is of one moment, and writers do not start it over.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def report(_status: int, remaining: int, total: int) -> None:
            if progress is not None:
                progress(total - remaining, total)

        source.backup(target, pages=_PAGES, progress=report)
        source.execute("ROLLBACK")
        # Leaves one file without a log beside it; opening switches back to write-ahead mode.
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()
    sync_file(copy)


def _manifest(copy: Path, key: bytes | None) -> dict[str, Any]:
    """Counts and heads are read from the copy, since the store has moved on."""
    with opened(copy, key) as driver:
        ends = driver.execute("SELECT station, seq, hash FROM chains").fetchall()
        events = driver.execute("SELECT count(*) FROM journal").fetchone()[0]
        facts = dict(driver.execute("SELECT key, value FROM meta WHERE key LIKE 'station%'").fetchall())
        revision = schema.revision_of(driver)
        version = driver.execute("SELECT sqlite_version()").fetchone()[0]
    return {
        "format": FORMAT,
        "station": facts["station"],
        "station_name": facts["station_name"],
        "schema": revision,
        "sqlite": version,
        "events": events,
        "chains": {station: {"seq": seq, "hash": hash_} for station, seq, hash_ in ends},
        "bytes": copy.stat().st_size,
        "sha256": sha256(copy.open("rb")),
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


@contextlib.contextmanager
def opened(path: Path, key: bytes | None) -> Iterator[Any]:
    """A driver connection that is closed again."""
    driver = connect(path, key)
    try:
        yield driver
    finally:
        driver.close()


def sha256(file: IO[bytes]) -> str:
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
