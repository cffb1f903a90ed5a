"""The answer to "is this identifier well formed?", and the cleaning that every identifier gets first."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Dashes and dots that keyboards and spreadsheets put where a plain one belongs; NFKC leaves them alone.
_SAME = str.maketrans({**dict.fromkeys("‐‑‒–—―−－", "-"), "。": ".", "•": ".", "·": "."})


@dataclass(frozen=True)
class Check:
    """``kind``: number, publication, ipc, locarno, uscc or agency. ``normalized`` is the one spelling to
    store, empty when invalid. ``reason`` is a Chinese sentence that says why it is invalid."""

    value: str
    kind: str
    valid: bool
    normalized: str
    reason: str = ""


def plain(text: str) -> str:
    """Half-width, upper case, without blanks and invisible characters, dashes and dots made plain."""
    if text.isascii():  # nearly every cell of a list: nothing to fold
        return "".join(text.upper().split())
    folded = unicodedata.normalize("NFKC", text).translate(_SAME).upper()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
