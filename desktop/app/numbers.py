"""The centre's own case numbers: prefix, year, seven digits. In a centre with several stations each gives out numbers
from blocks reserved for it, valid for every prefix and year, so that two that never met cannot give out the same."""

from __future__ import annotations

from typing import Final

from db import cases as case_table
from db import numbers as number_table
from db.journal import Reader
from desktop.core.procedure import Procedure
from desktop.core.refusal import Refusal

WIDTH: Final = 7
BLOCK: Final = 5_000  # asked for at a time
LOW: Final = 500  # from here on the desk says so


def prefix_of(own: str, procedure: Procedure) -> str:
    """What a procedure's numbers begin with: the centre's own prefix in pre-examination, and in the other services the
    same prefix with the service's two letters (JNYS, JNWQ); the shipped one while the centre has none."""
    if not own:
        return procedure.prefix
    if procedure.by_patent_type:
        return own
    return own.removesuffix("YS") + procedure.prefix[-2:]


class Numbers:
    """The next free numbers within one transaction. ``reserved`` says whether only reserved ones may be given out."""

    def __init__(self, reader: Reader, reserved: bool) -> None:
        self._reader = reader
        self._blocks = number_table.blocks(reader) if reserved else None
        self._last: dict[str, int] = {}  # prefix -> serial given out last
        self._at: dict[str, int] = {}  # prefix -> index of the block in use

    def next(self, prefix: str, year: str) -> str:
        """Raises :class:`Refusal` ``no_numbers`` when the blocks are used up, or were dropped with a restore."""
        whole = f"{prefix}-{year}-"
        if self._blocks is None:
            serial = self._last.get(whole) or case_table.highest_serial(self._reader, whole)
            self._last[whole] = serial + 1
        else:
            self._last[whole] = self._in_blocks(whole, self._blocks)
        return f"{whole}{self._last[whole]:0{WIDTH}d}"

    def _in_blocks(self, whole: str, blocks: list[number_table.Block]) -> int:
        while (at := self._at.get(whole, 0)) < len(blocks):
            block = blocks[at]
            used = self._last.get(whole, 0)
            if used < block[0]:  # the first from this block
                used = max(block[0] - 1, number_table.highest_used(self._reader, whole, WIDTH, block))
            if used < block[1]:
                return used + 1
            self._at[whole] = at + 1
        raise Refusal("no_numbers", "本站点没有可用的预留案号，请先与中心同步补号，再收件", {"prefix": whole})


def left(reader: Reader, prefix: str, year: str) -> int:
    """How many reserved numbers are still free for this prefix and year."""
    whole = f"{prefix}-{year}-"
    free = 0
    for block in number_table.blocks(reader):
        used = max(block[0] - 1, number_table.highest_used(reader, whole, WIDTH, block))
        free += block[1] - used
    return free
