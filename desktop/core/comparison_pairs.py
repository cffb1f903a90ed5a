"""Which lines belong together: equal ones by value (patience), then alike ones by shared shingles; all bounded."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from operator import add

from desktop.core.comparison_units import Budget

_SHINGLES = 600_000  # characters a side that are looked at in search of a unit's counterpart
_SHORT = 60  # characters of a unit of which every shingle counts
_COMMON = 8  # a shingle that stands in more units than this says nothing
_ANYWHERE, _BESIDE = 0.6, 0.5  # likeness (0 to 1) of counterparts: at any place, between the same neighbours
_DEPTH, _REACH = 8, 3
_BEHIND = 1 << 60  # behind the last place of any list


def paired(left: Sequence[str], right: Sequence[str], budget: Budget) -> list[tuple[int, int]]:
    """Counterparts by their keys, sorted: equal in place, equal elsewhere, alike anywhere, alike in place."""
    pairs = backbone(left, right)
    lefts, rights = _free(pairs, left, right)
    pairs += partners(left, lefts, right, rights)
    lefts, rights = _free(pairs, left, right)
    clip = max(24, min(2_000, _SHINGLES // max(len(lefts), len(rights), 1)))
    where: defaultdict[str, list[int]] = defaultdict(list)
    for j in rights:
        for shingle in _shingles(right[j], clip):
            where[shingle].append(j)
    found: list[tuple[int, int]] = []
    for i in lefts:
        places = map(where.get, _shingles(left[i], clip))
        votes = Counter(chain.from_iterable(some for some in places if some and len(some) <= _COMMON))
        found += [(i, j) for j, _ in votes.most_common(2)]
    pairs += _chosen(found, left, right, _ANYWHERE, budget)
    lefts, rights = _free(pairs, left, right)
    pairs += _chosen(_neighbours(rising(sorted(pairs)), lefts, rights), left, right, _BESIDE, budget)
    return sorted(pairs)


def _free(pairs: Sequence[tuple[int, int]], left: Sequence[str], right: Sequence[str]) -> tuple[list[int], list[int]]:
    """Those without a counterpart; a blank unit is nobody's but an equal one's in place."""
    lefts, rights = {i for i, _ in pairs}, {j for _, j in pairs}
    return (
        [i for i, key in enumerate(left) if key and i not in lefts],
        [j for j, key in enumerate(right) if key and j not in rights],
    )


def _shingles(text: str, clip: int) -> Iterable[str]:
    """Stretches of three characters, each once; of a long text a quarter of them, chosen by their first character so
    that both sides choose the same."""
    ends = max(min(len(text) - 2, clip), 0)
    return dict.fromkeys([text[at : at + 3] for at in range(ends) if ends < _SHORT or not ord(text[at]) & 3])


def _neighbours(
    stays: Sequence[tuple[int, int]], lefts: Sequence[int], rights: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Of the units between the same two that stayed, those about as far from the one or from the other."""
    edges = [(-1, -1), *stays, (_BEHIND, _BEHIND)]
    for (a, c), (b, d) in pairwise(edges):
        own = lefts[bisect_left(lefts, a) : bisect_left(lefts, b)]
        their = rights[bisect_left(rights, c) : bisect_left(rights, d)]
        for x, i in enumerate(own if their else ()):
            for middle in {x, x + len(their) - len(own)}:
                for y in range(max(middle - _REACH, 0), min(middle + _REACH + 1, len(their))):
                    yield i, their[y]


def _chosen(
    candidates: Iterable[tuple[int, int]], left: Sequence[str], right: Sequence[str], least: float, budget: Budget
) -> list[tuple[int, int]]:
    """The likest first, then the nearest; nobody twice."""
    profiles: dict[tuple[bool, int], frozenset[str]] = {}

    def profile(other: bool, at: int, text: str) -> frozenset[str]:
        if (other, at) not in profiles:
            text = text if len(text) <= 2_000 else text[:1_000] + text[-1_000:]
            profiles[other, at] = frozenset(text).union(map(add, text, text[1:]))
        return profiles[other, at]

    scored = []
    for i, j in candidates:
        budget.candidates -= 1
        if budget.candidates < 0:
            break
        one, other = profile(False, i, left[i]), profile(True, j, right[j])
        score = 2 * len(one & other) / (len(one) + len(other))
        if score >= least:
            scored.append((-score, abs(i - j), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return list(pairs.items())


def partners(
    left: Sequence[object], lefts: Iterable[int], right: Sequence[object], rights: Iterable[int], once: bool = False
) -> list[tuple[int, int]]:
    """Equal ones, the first with the first and so on, sorted; ``once``: only what each side has once. Empty keys pair
    with nothing."""
    here, there = defaultdict[object, list[int]](list), defaultdict[object, list[int]](list)
    for keys, which, found in ((left, lefts, here), (right, rights, there)):
        for at in which:
            found[keys[at]].append(at)
    both = [(own, there[key]) for key, own in here.items() if key and key in there]
    if once:
        both = [sides for sides in both if len(sides[0]) == len(sides[1]) == 1]
    return sorted(chain.from_iterable(zip(*sides, strict=False) for sides in both))


def rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of the sorted pairs that rise on both sides."""
    tops: list[int] = []
    at: list[int] = []
    known = list(pairs)
    before = [-1] * len(known)
    for index, (_, j) in enumerate(known):
        place = bisect_left(tops, j)
        before[index] = at[place - 1] if place else -1
        tops[place : place + 1], at[place : place + 1] = [j], [index]
    chosen, index = [], at[-1] if at else -1
    while index >= 0:
        chosen.append(known[index])
        index = before[index]
    return chosen[::-1]


def backbone(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """Equal ones in the same order on both sides: the common ends, then what each side has once (failing that, equal
    ones by their count), then the same between those. O(n log n), for it goes ``_DEPTH`` deep at most."""
    pairs: list[tuple[int, int]] = []
    rest = [(0, len(left), 0, len(right), 0)]
    while rest:
        a, b, c, d, depth = rest.pop()
        while a < b and c < d and left[a] == right[c]:
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and left[b - 1] == right[d - 1]:
            b, d = b - 1, d - 1
            pairs.append((b, d))
        if a == b or c == d or depth == _DEPTH:
            continue
        own, their = range(a, b), range(c, d)
        anchors = rising(partners(left, own, right, their, True)) or rising(partners(left, own, right, their))
        pairs += anchors
        if anchors:
            edges = [(a - 1, c - 1), *anchors, (b, d)]
            rest += [(i + 1, k, j + 1, m, depth + 1) for (i, j), (k, m) in pairwise(edges)]
    return pairs
