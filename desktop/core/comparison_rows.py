"""Two lists of units in rows: every unit once, with the characters that differ."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from desktop.core.comparison_pairs import backbone, paired, rising
from desktop.core.comparison_units import Budget, Kind, Row, Span, Spans, Unit, key_of, view_of

Block = tuple[bool, int, int, int, int]  # whether it is the same; from, to on the left; from, to on the right
_ONE_STRETCH = 60_000  # of these pairs of characters, for one stretch of one unit
_CLAUSE = re.compile("[^,;:。、]*[,;:。、]|[^,;:。、]+")


def rows_of(left: Sequence[Unit], right: Sequence[Unit], budget: Budget) -> list[Row]:
    """Every unit of both sides in exactly one row. The work is done in one order of the sides, whichever way round they
    come: exchanged sides give the same rows, mirrored."""
    if [unit.text for unit in right] < [unit.text for unit in left]:
        return ordered(mirrored(rows_of(right, left, budget)))
    pairs = paired([key_of(unit) for unit in left], [key_of(unit) for unit in right], budget)
    stays = set(rising(pairs))
    renumbered = frozenset((left[i].number, right[j].number) for i, j in pairs)
    rows = [row_of(left[i], right[j], (i, j), renumbered, (i, j) not in stays, budget) for i, j in pairs]
    gone = sorted(set(range(len(left))) - {i for i, _ in pairs})
    new = sorted(set(range(len(right))) - {j for _, j in pairs})
    return ordered([*rows, *lone(left, gone), *mirrored(lone(right, new))])


def ordered(rows: Sequence[Row]) -> list[Row]:
    """As the right side has them; what only the left side has, behind its nearest predecessor that stayed in place."""
    both = (row for row in rows if not row.moved)
    stays = sorted((row.left, row.right) for row in both if row.left is not None and row.right is not None)

    def place(row: Row) -> tuple[int, int, int]:
        if row.right is not None:
            return row.right, 0, 0
        before = bisect_left(stays, (row.left or 0, -1))
        return stays[before - 1][1] if before else -1, 1, row.left or 0

    return sorted(rows, key=place)


def mirrored(rows: Iterable[Row]) -> list[Row]:
    return [row.mirrored() for row in rows]


def lone(units: Sequence[Unit], which: Iterable[int]) -> list[Row]:
    kinds = [Kind.DELETED if key_of(unit) else Kind.SPACE for unit in units]
    return [Row(kinds[at], at, None, units[at].text, left_label=units[at].label) for at in which]


def row_of(
    left: Unit, right: Unit, at: tuple[int, int], renumbered: frozenset[tuple[str, str]], moved: bool, budget: Budget
) -> Row:
    spans = _spans(left, right, renumbered, budget) if left.text != right.text else ((), ())
    kinds = {span.kind for side in spans for span in side}
    if Kind.CHANGED in kinds:
        kind = Kind.CHANGED
    elif moved:
        kind = Kind.MOVED
    elif Kind.RENUMBERED in kinds or left.number != right.number:
        kind = Kind.RENUMBERED
    else:
        kind = Kind.FORM if len(kinds) > 1 else next(iter(kinds), Kind.SAME)
    return Row(kind, *at, left.text, right.text, *spans, left.label, right.label, moved)


def _spans(left: Unit, right: Unit, renumbered: frozenset[tuple[str, str]], budget: Budget) -> tuple[Spans, Spans]:
    one, other = view_of(left), view_of(right)
    marks: tuple[list[Span], list[Span]] = ([], [])

    def mark(kind: Kind, a: int, b: int, c: int, d: int) -> None:
        if kind is Kind.CHANGED:  # a number counts as one symbol: of 12 and 13 only a digit differs
            head, tail = _ends(left.text[a:b], right.text[c:d])
            a, b, c, d = a + head, b - tail, c + head, d - tail
        if left.text[a:b] == right.text[c:d]:
            return
        for side, start, end in ((marks[0], a, b), (marks[1], c, d)):
            if side and start < end and (side[-1].end, side[-1].kind) == (start, kind):
                side[-1] = Span(side[-1].start, end, kind)
            elif start < end:
                side.append(Span(start, end, kind))

    def gap(i: int, j: int, here: bool = True, there: bool = True) -> None:
        """What is invisible before two symbols; before one, where the other side has none."""
        mark(Kind.SPACE, *(one.gap(i) if here else (0, 0)), *(other.gap(j) if there else (0, 0)))

    for same, a, b, c, d in _blocks(one.symbols, other.symbols, budget):
        if one.gaps or other.gaps:
            gap(a, c, a < b, c < d)
        if not same:
            mark(Kind.CHANGED, *one.extent(a, b), *other.extent(c, d))
        elif left.text[slice(*one.extent(a, b))] != right.text[slice(*other.extent(c, d))]:
            for i, j in zip(range(a, b), range(c, d), strict=True):
                if i > a and (one.starts[i] > one.ends[i - 1] or other.starts[j] > other.ends[j - 1]):
                    gap(i, j)
                here, there = one.extent(i, i + 1), other.extent(j, j + 1)
                if left.text[slice(*here)] != right.text[slice(*there)]:
                    mark(_why(one.numbers.get(i, ""), other.numbers.get(j, ""), renumbered), *here, *there)
    gap(len(one.symbols), len(other.symbols))
    return tuple(marks[0]), tuple(marks[1])


def _why(left: str, right: str, renumbered: frozenset[tuple[str, str]]) -> Kind:
    """How a symbol differs that is the same but for its form, or stands for the number of a claim."""
    if left == right:
        return Kind.WIDTH
    return Kind.RENUMBERED if (left, right) in renumbered else Kind.CHANGED


def _ends(left: str, right: str) -> tuple[int, int]:
    """How long the common beginning is, and the common end of what is left."""
    most = min(len(left), len(right))
    head = next((at for at in range(most) if left[at] != right[at]), most)
    return head, next((at for at in range(most - head) if left[-1 - at] != right[-1 - at]), most - head)


def _blocks(left: str, right: str, budget: Budget, split: bool = True) -> list[Block]:
    """Stretches that are the same and that are not, covering both sides."""
    head, tail = _ends(left, right)
    ends = len(left) - tail, len(right) - tail
    blocks = [(True, 0, head, 0, head)] if head else []
    one, other = left[head : ends[0]], right[head : ends[1]]
    if one or other:
        blocks += [
            (same, a + head, b + head, c + head, d + head) for same, a, b, c, d in _middle(one, other, budget, split)
        ]
    return [*blocks, (True, ends[0], len(left), ends[1], len(right))] if tail else blocks


def _middle(left: str, right: str, budget: Budget, split: bool) -> list[Block]:
    """By characters; by clauses where that would take long; as a whole where even those do not help."""
    counts = Counter(right)
    cost = sum(count * counts[one] for one, count in Counter(left).items())
    if cost <= min(_ONE_STRETCH, budget.characters):
        budget.characters -= cost
        codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        return [(tag == "equal", a, b, c, d) for tag, a, b, c, d in codes]
    if not split:
        return [(False, 0, len(left), 0, len(right))]
    clauses = _CLAUSE.findall(left), _CLAUSE.findall(right)
    at, to = ([0, *accumulate(map(len, side))] for side in clauses)
    blocks: list[Block] = []
    ahead = (-1, -1)
    for i, j in [*sorted(backbone(*clauses)), (len(clauses[0]), len(clauses[1]))]:
        a, b, c, d = at[ahead[0] + 1], at[i], to[ahead[1] + 1], to[j]
        inner = _blocks(left[a:b], right[c:d], budget, False)
        blocks += [(same, a + p, a + q, c + r, c + s) for same, p, q, r, s in inner]
        if i < len(clauses[0]):
            blocks.append((True, at[i], at[i + 1], to[j], to[j + 1]))
        ahead = i, j
    return blocks
