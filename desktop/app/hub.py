"""The hub as the centre's administrator sees it. No store is needed: these are commands about a server."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import IO

from db.faults import EnvironmentFault
from db.files import private
from db.hub import admin
from db.hub.admin import Enrolled, Made

__all__ = ["Enrolled", "Made", "enrol", "init", "revoke", "status", "upgrade"]

init = admin.init
upgrade = admin.upgrade
revoke = admin.revoke
status = admin.status


def enrol(
    url: str,
    target: Path,
    *,
    station: str,
    centre: str = "",
    carrier: bool = False,
    ca_file: str | None = None,
    host: str = "",
) -> Enrolled:
    """Enrols the station and writes its file, which only its owner may read. OSError, EnvironmentFault.

    The file is made first: a log-in whose file could not be written would be of no use to anybody.
    """
    file = _new_file(target)
    made: Enrolled | None = None
    try:
        with file:
            made = admin.enrol(url, station=station, centre=centre, carrier=carrier, ca_file=ca_file, host=host)
            file.write(made.content)
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink()
        if made is not None:
            admin.revoke(url, station=made.station, centre=made.centre)
        raise
    return made


def _new_file(target: Path) -> IO[bytes]:
    try:
        return open(target, "xb", opener=private)
    except FileExistsError:
        raise EnvironmentFault("file_exists", f"{target} 已经存在，登记文件不覆盖别的文件，请换一个文件名。") from None
