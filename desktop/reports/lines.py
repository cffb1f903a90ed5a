"""Chinese text into lines: any two characters may part, but not a word, a number or a mark from its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.reports.fonts import Face, advance, printable, runs

# 标点避头尾 (GB/T 15834-2011, 5.1): these may not end, respectively begin, a line.
_OPENING = "（〔［｛《〈「『【〖“‘([{¥￥"
_CLOSING = "）〕］｝》〉」』】〗”’，。、；：？！…—·％%‰℃°)]},.;:!?／～"
_UNIT = re.compile(
    rf"\s|[{re.escape(_OPENING)}]*(?:[!-~À-ӿ]+|.)[{re.escape(_CLOSING)}]*"
)  # a blank, or a word or a character with the marks that cling to it
_PART = re.compile(r"[^-/_.@\\]+[-/_.@\\]*|[-/_.@\\]+")  # where a word too long for a line parts first


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its stretches of one face each, and its width in points."""

    runs: tuple[tuple[Face, str], ...]
    width: float


def width_of(text: str, face: Face, size: float) -> float:
    """Width in points of ``text`` on one line."""
    return sum(advance(character, face) for character in text) * size


def fit(text: str, face: Face, size: float, width: float) -> tuple[Line, ...]:
    """``text`` as lines of at most ``width`` points; line ends in the text are kept, blanks at a break go.

    At least one line comes back, so that an empty cell has a height.
    """
    found: list[Line] = []
    for paragraph in printable(text).split("\n"):
        found += _wrap(paragraph.rstrip(), face, size, width)
    return tuple(found)


def longest_word(text: str, face: Face, size: float) -> float:
    """Width in points below which something in ``text`` would have to part."""
    paragraphs = printable(text).split("\n")
    units = (unit for paragraph in paragraphs for unit in _UNIT.findall(paragraph))
    return max((width_of(unit, face, size) for unit in units), default=0.0)


def _wrap(text: str, face: Face, size: float, width: float) -> list[Line]:
    whole = width_of(text, face, size)
    if whole <= width:
        return [_line(text, face, whole)]
    found: list[Line] = []
    current, used = "", 0.0
    for unit in _units(text, face, size, width):
        needed = width_of(unit, face, size)
        if current and used + needed > width:
            if not unit.isspace():
                kept = current.rstrip()
                found.append(_line(kept, face, width_of(kept, face, size)))
                current, used = unit, needed
            continue
        if current or not unit.isspace():
            current, used = current + unit, used + needed
    kept = current.rstrip()
    return [*found, _line(kept, face, width_of(kept, face, size))]


def _units(text: str, face: Face, size: float, width: float) -> list[str]:
    """The pieces that may not part, except those that are longer than a whole line."""
    pieces = _UNIT.findall(text)
    for smaller in (_PART.findall, list):
        pieces = [
            part for piece in pieces for part in (smaller(piece) if width_of(piece, face, size) > width else (piece,))
        ]
    return pieces


def _line(text: str, face: Face, width: float) -> Line:
    return Line(tuple(runs(text, face)), width)
