"""What a comparison shows: units beside their counterparts; and a unit as it is compared, its form taken away.

Width folds only full, half, small and vertical forms: 10⁵ and 105 are NFKC-equal too, and say different things.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    SAME = "相同"
    CHANGED = "改动"
    INSERTED = "新增"
    DELETED = "删除"
    MOVED = "移动"
    RENUMBERED = "编号变动"
    SPACE = "仅空白"
    WIDTH = "仅全角半角"
    FORM = "仅空白与全半角"


FORMS: Final = frozenset({Kind.SPACE, Kind.WIDTH, Kind.FORM})


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of one side's text, and what about them differs: CHANGED, RENUMBERED (the number
    of a claim referred to, changed along with that claim's own), SPACE or WIDTH."""

    start: int
    end: int
    kind: Kind


Spans = tuple[Span, ...]


class Unit(NamedTuple):
    """``number``: of a claim, in digits; else empty."""

    text: str
    label: str
    number: str = ""


@dataclass(frozen=True)
class Row:
    """A unit beside its counterpart. ``left``, ``right``: places in the document's units, None where a side has none.
    ``moved`` with the kind CHANGED: moved and changed as well. Spans rise and do not overlap. A lone blank unit is
    SPACE; a file's text is its path."""

    kind: Kind
    left: int | None
    right: int | None
    left_text: str = ""
    right_text: str = ""
    left_spans: Spans = ()
    right_spans: Spans = ()
    left_label: str = ""
    right_label: str = ""
    moved: bool = False

    @property
    def label(self) -> str:
        return self.right_label if self.right is not None else self.left_label

    @property
    def characters(self) -> int:
        """How many characters were changed: those of the side that has more of them."""
        sides = (self.left_spans, self.right_spans)
        return max(sum(span.end - span.start for span in side if span.kind is Kind.CHANGED) for side in sides)

    def mirrored(self) -> Row:
        kind = {Kind.INSERTED: Kind.DELETED, Kind.DELETED: Kind.INSERTED}.get(self.kind, self.kind)
        texts = (self.right_text, self.left_text, self.right_spans, self.left_spans)
        return Row(kind, self.right, self.left, *texts, self.right_label, self.left_label, self.moved)


@dataclass
class Budget:
    """What one comparison may still spend, so that no package makes it long."""

    characters: int = 2_000_000  # pairs of equal characters that are looked at for the exact place of a change
    candidates: int = 20_000  # pairs of units whose likeness is worked out


_INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
_NOTHING = frozenset(one for one in map(chr, range(0x3001)) if one.isspace()) | frozenset(_INVISIBLE)
_FORM = {
    code: chr(int(shape[1], 16))
    for code in range(0xFE10, 0xFFEF)
    if (shape := unicodedata.decomposition(chr(code)).split())
    and shape[0] in ("<wide>", "<narrow>", "<small>", "<vertical>")
}
_FOLD = {**_FORM, **dict.fromkeys(map(ord, _NOTHING))}
_NUMBER = re.compile("[0-9]{1,4}(?![0-9])")
_REFERENCE = re.compile(
    r"权利要求书?第?[0-9]{1,4}(?![0-9])"
    r"(?:(?:[-~、,—–]|或者?|至|到|和|及|与|以及|项|任意?一项){1,3}(?:权利要求)?第?[0-9]{1,4}(?![0-9]))*"
)
_MASK = "\uffff"  # stands for the number of a claim that is referred to; no XML can hold it


class View(NamedTuple):
    """A text as it is compared: white space and width taken away, a claim's references one symbol each. ``starts`` and
    ``ends``: where each symbol stands in the text; ``numbers``: the references, by symbol; ``gaps``: whether anything
    invisible was left out."""

    symbols: str
    starts: list[int]
    ends: list[int]
    numbers: dict[int, str]
    length: int
    gaps: bool

    def gap(self, at: int) -> tuple[int, int]:
        """The invisible stretch before a symbol, or behind the last."""
        return self.ends[at - 1] if at else 0, self.starts[at] if at < len(self.starts) else self.length

    def extent(self, start: int, end: int) -> tuple[int, int]:
        return (self.starts[start], self.ends[end - 1]) if start < end else (0, 0)


def key_of(unit: Unit) -> str:
    text = unit.text.translate(_FOLD)
    return _REFERENCE.sub(lambda found: _NUMBER.sub(_MASK, found[0]), text) if unit.number else text


def view_of(unit: Unit) -> View:
    text, kept = unit.text.translate(_FOLD), [at for at, one in enumerate(unit.text) if one not in _NOTHING]
    length, done = len(unit.text), 0
    view = View(key_of(unit), [], [], {}, length, len(kept) < length)
    for found in _REFERENCE.finditer(text) if unit.number else ():
        for number in _NUMBER.finditer(text, *found.span()):
            start, end = number.span()
            view.starts.extend(kept[done : start + 1])
            view.ends.extend(at + 1 for at in (*kept[done:start], kept[end - 1]))
            view.numbers[len(view.starts) - 1] = number[0]
            done = end
    view.starts.extend(kept[done:])
    view.ends.extend(at + 1 for at in kept[done:])
    return view
