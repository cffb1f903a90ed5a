"""What a file that came from outside may cost, and how the reader says no.

Imported by the child: keep it small (dataclasses alone would cost a fifth of its start).
"""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds of one reading. Bytes for sizes, seconds of wall clock and of processor time, memory of the child."""

    file_bytes: int = 64 * 2**20
    unpacked_bytes: int = 512 * 2**20
    ratio: int = 300
    members: int = 5_000
    rows: int = 200_000
    columns: int = 702  # column ZZ
    cells: int = 5_000_000
    cell_chars: int = 32_767
    seconds: int = 120
    memory: int = 2 * 2**30


class Unreadable(Exception):
    """A file that is not read, with one Chinese sentence that says what the user can do."""

    def __init__(self, code: str, reason: str, data: dict[str, object] | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.data = data or {}
