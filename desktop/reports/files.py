"""Writing a finished paper to its place."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4


def write_whole(target: Path, content: bytes) -> None:
    """All of it or nothing: an earlier file stays until the new one is whole and on the disk.

    Raises OSError when the place cannot be written.
    """
    part = target.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
