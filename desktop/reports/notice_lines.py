"""Lines of a notice: 28 characters to a full line, both edges even, headings balanced.

Lengths are points; x counts from the left edge of the text block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import inf
from unicodedata import category

from reportlab.lib.units import mm

from desktop.reports.fonts import Face, printable, runs
from desktop.reports.lines import Line, fit, width_of

ROOM = 156 * mm  # width of the text block (GB/T 9704-2012, 5.2.2)
BODY = 16.0  # 3号
CELL = ROOM / 28  # 28 characters to a line (5.2.4): a little less than their size, so they stand closer
_TIGHT = CELL / BODY
_LOOSEST = 0.3 * BODY  # between two characters of an evened line; a line that lacks more stays ragged
_SLACK = 0.01  # sums of widths are not exact

# 结构层次序数 (7.3.3): 一、 in 黑体, （一） in 楷体, for which the sans face stands; 1. and （1） as the text.
_LEVELS = (
    (re.compile(r"[一二三四五六七八九十百]+、"), Face.BOLD),
    (re.compile(r"[（(][一二三四五六七八九十百]+[)）]"), Face.SANS),
)
_HEADING_END = re.compile(r"[。：；？！]")
_LONGEST_HEADING = 54  # characters; what is longer without a mark is text that begins with a number
_WORD = re.compile(r"[ -~À-ӿ]+")  # the letters of desktop.reports.lines
_STRETCH = re.compile(r"[ -~À-ӿ]+|[^ -~À-ӿ]+")

# A heading parts between words (7.3.1: 词意完整). Without a dictionary: what stays whole, and where it likes to part.
_WHOLE = re.compile(
    r"（[^（）]{1,10}）|〔[^〔〕]*〕|意见通知书|终结通知书|通知书|督办单|推荐意见书|约谈记录|提醒函|优先审查|预审|知识产权|"
    r"保护中心|有限公司|研究院|大学|不合格|不予|受理|合格|补正|专利|申请|审查|意见|[!-~À-ӿ]+(?: [!-~À-ӿ]+)*"
)
_LIKED = re.compile(r"(?=关于|《|“|（|和|与|及)|(?<=[的》”）、，：；省市])")
_EDGE, _UNLIKED, _CUT = 0.03, 0.15, 9.0  # of a parting, where lines that differ by a fifth cost 0.16
_LONGEST_BALANCED = 400  # characters; a longer heading fills its lines


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one face; ``spacing`` is added after each character."""

    face: Face
    text: str
    spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One printed line. ``rule`` is (from, to) of a line to write on; ``heavy`` thickens the strokes, because no
    heavy serif face is bundled."""

    parts: tuple[Part, ...]
    width: float
    size: float = BODY
    x: float = 0.0
    rule: tuple[float, float] | None = None
    heavy: bool = False

    @property
    def words(self) -> str:
        return "".join(part.text for part in self.parts)


def one_line(text: str, size: float = BODY, face: Face = Face.SERIF, x: float = 0.0) -> Text:
    """``text`` on one line however long, at the pitch of the text where it has the text's size."""
    return _set(((face, _joined(text)),), size, x)


def paragraph(text: str, indent: float = 2 * CELL, hang: float = 0.0, room: float = ROOM) -> list[Text]:
    """One paragraph of the text: first line ``indent``, the others ``hang`` from the left, all evened but the last.

    The beginning of a heading (一、 or （一）) is set in its face up to the first mark. Empty for a blank text.
    """
    text = _joined(text).strip()
    if not text:
        return []
    end, face = _heading(text)
    (first, *_) = fit(text, face, CELL, room - indent + _SLACK)
    cut = len(_words(first))
    rest = text[cut:].lstrip()
    found = [first, *(fit(rest, face, CELL, room - hang + _SLACK) if rest else ())]
    lines: list[Text] = []
    at = 0
    for number, line in enumerate(found):
        words = _words(line)
        at = text.index(words, at)
        styled = ((face, words[: max(end - at, 0)]), (Face.SERIF, words[max(end - at, 0) :]))
        x = hang if number else indent
        lines.append(_set(styled, BODY, x, room - x, even=number < len(found) - 1))
        at += len(words)
    return lines


def is_heading(text: str) -> bool:
    """Whether the whole paragraph is a heading, which wants text after it."""
    text = printable(text).strip()
    return bool(text) and _heading(text)[0] == len(text)


def balanced(text: str, size: float, room: float, x: float = 0.0, *, heavy: bool = False) -> list[Text]:
    """``text`` in as few lines as it needs, about equally long, centred in ``room`` from ``x``."""
    lines: list[Text] = []
    for given in printable(text).split("\n"):
        for words in _parted(given.strip(), size, room) if given.strip() else ():
            line = one_line(words, size)
            lines.append(replace(line, x=x + (room - line.width) / 2, heavy=heavy))
    return lines


def _joined(text: str) -> str:
    return printable(text).replace("\n", " ")


def _heading(text: str) -> tuple[int, Face]:
    for mark, face in _LEVELS:
        if begin := mark.match(text):
            stop = _HEADING_END.search(text, begin.end())
            end = stop.end() if stop else len(text)
            return (end, face) if end <= _LONGEST_HEADING else (0, Face.SERIF)
    return 0, Face.SERIF


def _set(styled: Sequence[tuple[Face, str]], size: float, x: float, room: float = inf, *, even: bool = False) -> Text:
    """Cut into stretches of words and of characters. What stands between them grows with ``even`` until the line fills
    ``room``, and shrinks where the line was broken by the widths of another face and is a little too long."""
    tight = _TIGHT if size == BODY else 1.0
    stretches: list[tuple[Face, str, int]] = []
    for wanted, words in styled:
        for face, run in runs(words, wanted):
            for piece in _STRETCH.findall(run):
                # A word has one gap after it, spread over its letters; elsewhere every character has one.
                stretches.append((face, piece, 1 if _WORD.match(piece) else len(piece)))
    if len(stretches) > 1 and _WORD.match(stretches[-1][1]):  # a word that ends the line has none
        stretches[-1] = (*stretches[-1][:2], 0)
    widths = [width_of(piece, face, size) for face, piece, _ in stretches]
    width = sum(widths) * tight
    gaps = sum(count for _, _, count in stretches) - (1 if stretches and stretches[-1][2] else 0)
    extra = (room - width) / max(gaps, 1)
    if extra < 0 or (even and gaps and extra <= _LOOSEST):
        width = room
    else:
        extra = 0.0
    parts = tuple(
        Part(face, piece, ((tight - 1) * natural + extra * count) / len(piece))
        for (face, piece, count), natural in zip(stretches, widths, strict=True)
    )
    return Text(parts, width, size, x)


def _parted(text: str, size: float, room: float) -> list[str]:
    """The best parting into the least number of lines; a text of one line, or without a good place, as it comes."""
    plain = [_words(line) for line in fit(text, Face.SERIF, size, room)]
    if len(plain) == 1 or len(text) > _LONGEST_BALANCED:
        return plain
    costs = _costs(text)
    widths = [0.0]
    for character in text:
        widths.append(widths[-1] + width_of(character, Face.SERIF, size))
    even = widths[-1] / len(plain)

    @cache
    def best(start: int, lines: int) -> tuple[float, tuple[int, ...]]:
        if lines == 1:
            used = widths[-1] - widths[start]
            return (inf if used > room else ((used - even) / even) ** 2, ())
        found: tuple[float, tuple[int, ...]] = (inf, ())
        for end in range(start + 1, len(text)):
            used = widths[end] - widths[start]
            if used > room:
                break
            if end in costs:
                after, cuts = best(end, lines - 1)
                found = min(found, (after + ((used - even) / even) ** 2 * 4 + costs[end], (end, *cuts)))
        return found

    cost, cuts = best(0, len(plain))
    if cost == inf:
        return plain
    edges = [0, *cuts, len(text)]
    return [text[begin:end].strip() for begin, end in pairwise(edges)]


def _costs(text: str) -> dict[int, float]:
    """Where ``text`` may part (before that character) and how much it dislikes it."""
    costs = {
        at: _UNLIKED
        for at in range(1, len(text))
        if category(text[at]) not in ("Pe", "Pf", "Po", "Pd") and category(text[at - 1]) not in ("Ps", "Pi", "Pd")
    }
    for whole in _WHOLE.finditer(text):
        for at in range(whole.start(), whole.end() + 1):
            if at in costs:
                costs[at] = _CUT if whole.start() < at < whole.end() else min(costs[at], _EDGE)
    for liked in _LIKED.finditer(text):
        if costs.get(liked.start(), _CUT) < _CUT:
            costs[liked.start()] = 0.0
    return costs


def _words(line: Line) -> str:
    return "".join(part for _, part in line.runs)
