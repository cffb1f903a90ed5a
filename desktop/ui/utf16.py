"""Positions in an editor count UTF-16 units, and a rare character has two."""

from __future__ import annotations


def utf16(text: str) -> int:
    """How many of the editor's positions a text takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
