"""Serial numbers that were reserved for this station, so that nobody else gives out the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from db.journal import Reader, Transaction

Block = tuple[int, int]  # first, last
LAST_SERIAL: Final = 9_999_999  # seven digits


def blocks(reader: Reader) -> list[Block]:
    """In order, and disjoint."""
    return reader.rows("SELECT first, last FROM number_blocks ORDER BY first")


def add(tx: Transaction, more: Iterable[Block]) -> None:
    """The same block twice is harmless."""
    tx.run_many("INSERT OR IGNORE INTO number_blocks VALUES (?, ?)", more)


def drop_all(tx: Transaction) -> None:
    """A copy of this store may be giving them out too. (A backup of an older schema has no such table yet.)"""
    if tx.row("SELECT 1 FROM sqlite_master WHERE name = 'number_blocks'"):
        tx.run("DELETE FROM number_blocks")


def highest_used(reader: Reader, prefix: str, width: int, block: Block) -> int:
    """The highest serial of the block that any case's number has after ``prefix``; 0 when it is untouched."""
    return int(
        reader.value(
            "SELECT coalesce(max(CAST(substr(number, ?) AS INTEGER)), 0) FROM cases"
            " WHERE number >= ? AND number <= ? AND length(number) = ?",
            (len(prefix) + 1, f"{prefix}{block[0]:0{width}d}", f"{prefix}{block[1]:0{width}d}", len(prefix) + width),
        )
    )
