"""References between claims: what "根据权利要求1至3、5或7中任一项所述" names, and the graph that comes of it.

The text is read once from left to right, with bounded looks back and ahead, so that hostile text costs no more than
long text; a range is expanded up to a bound, beyond it only its ends are kept. Source: 细则25, handbook 15.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from desktop.core.claim_subjects import Stand, Subject, stand, subject_after, subject_at
from desktop.core.package import Claim

#: Of one claim no more numbers are kept than this, whatever its text says.
MOST_NUMBERS: Final = 500
_HUGE: Final = 10**9  # a number of more than nine digits, whichever it is


class Scope(Enum):
    """Which claims a reference means: those it numbers, all that stand before, or the one before."""

    NUMBERED = "numbered"
    ALL_EARLIER = "all_earlier"
    ONE_BEFORE = "one_before"


@dataclass(frozen=True)
class Reference:
    """One mention of other claims, at the characters ``start`` to ``end``. ``numbers`` in the order of the text,
    without repetition; empty unless the scope is NUMBERED. ``alternative``: said as one of several (或、任一项)."""

    numbers: tuple[int, ...]
    start: int
    end: int
    alternative: bool = False
    scope: Scope = Scope.NUMBERED


@dataclass(frozen=True)
class Relation:
    """A claim among the others. ``number`` is its own or its position; ``unit`` its index in the document; ``refers``
    all it names, in the order of the text. A dependent claim has its ``opening``, and ``bases`` are the numbers there;
    ``conflict`` is the base with which its subject does not agree, and how (None: it agrees). ``misread`` are the words
    that must be a reference and cannot be read (根据权力要求1); ``unread``: the claim opens with such words."""

    number: int
    unit: int
    references: tuple[Reference, ...]
    refers: tuple[int, ...]
    subject: Subject
    opening: Reference | None = None
    bases: tuple[int, ...] = ()
    conflict: tuple[int, Stand] | None = None
    misread: tuple[tuple[int, int], ...] = ()
    unread: bool = False

    @property
    def independent(self) -> bool:
        """Whether it surely is: of a claim whose opening cannot be read nobody knows."""
        return self.opening is None and not self.unread

    @property
    def dependent(self) -> bool:
        return self.opening is not None

    @property
    def multiple(self) -> bool:
        """多项从属权利要求. An independent claim that quotes several is none."""
        return self.opening is not None and len(self.bases) > 1


_DIGITS: Final = "一二三四五六七八九"
_HAN: Final = f"[{_DIGITS}十百零〇两]{{1,6}}+"
_NUMBER: Final = rf"(?P<n>\d++|{_HAN})"
_WORD: Final = re.compile(r"权\s?利\s?要\s?求(?!\s?书)")
_AGAIN: Final = r"(?P<again>(?:根据|依据|按照|如)?\s?权\s?利\s?要\s?求)?"
_GAP: Final = r"\s{0,4}"
_FIRST: Final = re.compile(
    rf"{_GAP}(?:第{_GAP}(?P<nth>\d++|{_HAN})|[（(]{_GAP}(?P<in>\d++){_GAP}[)）]"
    rf"|(?P<n>\d++|{_HAN}(?![种个些样般次起致定直旦切项])))"
)
#: What is written for 、 by a slip (权利要求1.2或3, 1&2), and what must follow so that it is no decimal fraction.
_POINT_LIST: Final = r"[.．&＆]\d{1,3}+(?:[.．&＆/／、]\d{1,3}+){0,8}+\s?项?\s?(?:或|中|任|之一|所述|、|，)"
_UNLIKE: Final = (
    rf"(?!\s?(?:[A-Za-z%％℃°]|(?!{_POINT_LIST})[.．]\d"
    r"|[个种根块条只台层级倍份毫厘微纳克米秒分小天年月维端侧位面片段对套]))"
)
_RANGE: Final = re.compile(
    rf"{_GAP}项?{_GAP}(?:至|到|[-‐-―−﹣－~～〜∼]{{1,2}}){_GAP}{_AGAIN}{_GAP}(?:第|[（(])?{_GAP}{_NUMBER}[)）]?{_UNLIKE}"
)
_POINT: Final = re.compile(rf"(?=(?:{_POINT_LIST})|[.．&＆]\d{{1,3}}+的)(?P<sign>[.．&＆])(?P<n>\d{{1,3}}+)")
_BOTH: Final = r"和\s?[/／]\s?或|和[（(]或[)）]|以及|[及和与]"
_EITHER: Final = r"或者|或是|或"
_NEXT: Final = re.compile(
    rf"{_GAP}项?{_GAP}(?P<comma>[、，,；;/／]?){_GAP}(?:(?P<both>{_BOTH})|(?P<either>{_EITHER}))?"
    rf"{_GAP}{_AGAIN}{_GAP}(?:第|[（(])?{_GAP}{_NUMBER}[)）]?{_UNLIKE}"
)
#: What must follow a number after a mere comma: "权利要求1，2或3" is a list, "权利要求1，3根…" is not.
_GOES_ON: Final = re.compile(rf"{_GAP}(?:[项任中之所的或和及与以至到、，,；;。：:]|记载|[~～—–-]\s?\d|$)")
_ONE_OF: Final = r"任(?:[意何选]?[一1１]|意|何|选|其一)[项个条种款者]?"
#: 一项或多项 is no choice of one.
_OR_MORE: Final = r"\s?[一1１]?[项个条]?\s?(?:或者?|和\s?[/／]\s?或|及)\s?(?:更多|多|几|若干|两)"
_TAIL: Final = re.compile(
    rf"{_GAP}项?{_GAP}(?:所述|所记载)?(?:之中|其中|当中|[中里])?(?:的|所述的?|各项中?的?)?{_GAP}"
    rf"(?:{_ONE_OF}|之一|[一1１某][项个条]|择一)(?!{_OR_MORE})(?:权利要求)?"
)
_JOIN: Final = re.compile(
    rf"(?:所述的?)?{_GAP}[、，,]?{_GAP}(?:(?P<both>{_BOTH})|(?P<either>{_EITHER})){_GAP}{_AGAIN}{_GAP}第?{_GAP}{_NUMBER}"
    rf"{_UNLIKE}"
)
_LOOK_BACK: Final = 24
_LEAD_ONE_OF: Final = re.compile(rf"{_ONE_OF}(?:的|所述的?)?\s{{0,2}}$")
_EARLIER: Final = re.compile(
    rf"(?:{_ONE_OF})?的?(?:上述|前述|前面|以上|在前|在先|先前|之前|前列|上列|上面|前(?=[任各几]))(?:所述)?"
    rf"(?:的|各|所有|全部)?(?P<any>[一1]项?或多项|{_ONE_OF}|各项|每一?项|几项|一项)?(?:的|所述的?)?\s{{0,2}}$"
)
_BEFORE: Final = re.compile(r"[上前]一[项条]?的?\s{0,2}$")
_NTH: Final = re.compile(
    rf"第{_GAP}(?P<n>\d{{1,9}}|{_HAN})(?:\s?项?\s?(?:至|到|[-—–~～])\s?第?\s?(?P<to>\d{{1,9}}|{_HAN}))?\s?项\s?的?$"
)
_OPENS: Final = re.compile(
    r"\s{0,8}(?:\d{1,3}\s?[.．、]\s?)?(?:一[种个])?\s?(?:根据|依据|依照|按照|如同|正如|基于|参照|按|依|据|如)?\s?(?:所述的?)?\s?"
)
_SAID: Final = r"\s?项?\s?(?:所述|所记载|中任|任[一意何]|之一|[至或、-]\s?\d)"
_SLIP: Final = re.compile(
    rf"(?:权力\s?要求|[權权]利[要需]?[术球请示救]|權利要求|全利要求|权利要(?!求)|权利求|权要求|权利需求)\s?第?\d{{1,4}}+"
    rf"|权利\s?第?\d{{1,4}}+(?={_SAID})"
    r"|权利要求\s?[lIｌＩ|｜Ｏ](?=\s?(?:项|所述|所记载|中任|任[一意何]|之一|或|至|、|-|的))"
)
#: These are slips only where a claim opens with them: 根据要求1所述的, 根据权利要求所述的.
_SLIP_AT_HEAD: Final = re.compile(rf"要求\s?第?\d{{1,4}}+(?={_SAID})|权利要求(?=\s?(?:所述|的))")
_SAME_AGAIN: Final = re.compile(
    rf"(?P<name>[^，,；;：:。\n]{{0,40}}?)[、，,]?\s?(?:{_EITHER})\s?(?:根据|依据|按照|如)?\s?(?:所述的?)?\s?"
)


def number_of(text: str) -> int:
    """Arabic digits of any width, or Chinese numerals up to 百; 0 for what is no number."""
    if text.isdecimal():
        return int(text) if len(text) <= 9 else _HUGE
    total, digit = 0, 0
    for one in text:
        if one in "十百":
            total, digit = total + (digit or 1) * (10 if one == "十" else 100), 0
        else:
            digit = 2 if one == "两" else _DIGITS.find(one) + 1
    return total + digit


@dataclass
class _Numbers:
    """The numbers of one reference as they are read; ``room`` is what the claim may still take."""

    room: int
    kept: dict[int, None] = field(default_factory=dict)

    def add(self, number: int) -> None:
        if number not in self.kept and self.room > 0:
            self.kept[number] = None
            self.room -= 1

    def span(self, first: int, last: int) -> None:
        low, high = sorted((first, last))
        for number in range(low, high + 1) if high - low < self.room else (low, high):
            self.add(number)


def references(text: str) -> tuple[Reference, ...]:
    """Every mention of other claims in a text, from left to right."""
    found: list[Reference] = []
    at, room = 0, MOST_NUMBERS
    while word := _WORD.search(text, at):
        reference = _numbered(text, word, at, room) or _unnumbered(text, word, at, room)
        if reference is not None:
            found.append(reference)
            room -= len(reference.numbers)
        at = reference.end if reference else word.end()
    return tuple(found)


def _numbered(text: str, word: re.Match[str], floor: int, room: int) -> Reference | None:
    first = _FIRST.match(text, word.end())
    if first is None:
        return None
    numbers = _Numbers(room)
    last = number_of(first["nth"] or first["in"] or first["n"])
    numbers.add(last)
    end = first.end()
    either = both = one_of = False
    while True:
        if step := _RANGE.match(text, end):
            numbers.span(last, number_of(step["n"]))
        elif step := _POINT.match(text, end):
            numbers.add(number_of(step["n"]))
            both = both or step["sign"] in "&＆"
        elif (step := _next(text, end)) or (one_of and (step := _join(text, end))):
            numbers.add(number_of(step["n"]))
            either, both = either or bool(step["either"]), both or bool(step["both"])
        elif tail := _TAIL.match(text, end):
            one_of, end = True, tail.end()
            continue
        else:
            break
        last, end = number_of(step["n"]), step.end()
    start = word.start()
    if lead := _LEAD_ONE_OF.search(text, max(floor, start - _LOOK_BACK), start):
        one_of, start = True, lead.start()
    return Reference(tuple(numbers.kept), start, end, one_of or (either and not both))


def _next(text: str, at: int) -> re.Match[str] | None:
    """The next number of a list, if a list goes on here."""
    step = _NEXT.match(text, at)
    if step is None or not (step["comma"] or step["both"] or step["either"]):
        return None
    joined = step["both"] or step["either"] or step["comma"] in ("、", "/", "／")
    sure = step["again"] or (joined and step["n"].isdecimal())  # "权利要求1和二氧化硅" names one claim
    return step if sure or _GOES_ON.match(text, step.end()) else None


def _join(text: str, at: int) -> re.Match[str] | None:
    """A further claim after 任一项: 权利要求1至3中任一项或权利要求5所述."""
    step = _JOIN.match(text, at)
    return step if step and (step["again"] or _GOES_ON.match(text, step.end())) else None


def _unnumbered(text: str, word: re.Match[str], floor: int, room: int) -> Reference | None:
    low, start = max(floor, word.start() - _LOOK_BACK), word.start()
    tail = _TAIL.match(text, word.end())
    end = tail.end() if tail else word.end()
    if nth := _NTH.search(text, low, start):
        numbers = _Numbers(room)
        numbers.span(number_of(nth["n"]), number_of(nth["to"] or nth["n"]))
        return Reference(tuple(numbers.kept), nth.start(), end, tail is not None)
    if earlier := _EARLIER.search(text, low, start):
        one_of = tail is not None or _contains_one_of(earlier[0])
        return Reference((), earlier.start(), end, one_of, Scope.ALL_EARLIER)
    if before := _BEFORE.search(text, low, start):
        return Reference((), before.start(), word.end(), False, Scope.ONE_BEFORE)
    return None


def _contains_one_of(words: str) -> bool:
    return ("任" in words or "一项" in words) and "或多" not in words


def numbers_of(claims: Sequence[Claim]) -> tuple[int, ...]:
    """The number of each claim; one without a number takes its position."""
    return tuple(
        claim.number if claim.number is not None and claim.number > 0 else position
        for position, claim in enumerate(claims, start=1)
    )


def relations(claims: Sequence[Claim]) -> tuple[Relation, ...]:
    """How each claim stands to those before it."""
    numbers = numbers_of(claims)
    made: list[Relation] = []
    names: dict[int, str] = {}
    for unit, claim in enumerate(claims):
        relation = _relation(claim.text, unit, numbers, names)
        made.append(relation)
        # A claim that names nothing (根据权利要求1，其特征在于) is about what its base is about.
        inherited = names.get(relation.bases[0], "") if relation.bases else ""
        names.setdefault(relation.number, relation.subject.text or inherited)
    return tuple(made)


def _relation(text: str, unit: int, numbers: Sequence[int], names: Mapping[int, str]) -> Relation:
    found = references(text)
    named = [_resolved(one, unit, numbers) for one in found]
    refers = tuple(dict.fromkeys(number for group in named for number in group))[:MOST_NUMBERS]
    slips = _misread(text)
    if slips and _opens(text, slips[0][0]):
        subject = subject_after(text, slips[0][1])
        return Relation(numbers[unit], unit, found, refers, subject, misread=slips, unread=True)
    if not found or not _opens(text, found[0].start):
        return Relation(numbers[unit], unit, found, refers, subject_at(text, 0), misread=slips)
    opening, count = _opening(text, found)
    bases = tuple(dict.fromkeys(number for group in named[:count] for number in group))
    subject = subject_after(text, opening.end)
    stands = [(base, stand(subject.text, names.get(base, ""))) for base in bases]
    if any(how is Stand.INDEPENDENT for _, how in stands):
        return Relation(numbers[unit], unit, found, refers, subject, misread=slips)
    conflict = next(((base, how) for base, how in stands if how is not Stand.DEPENDENT), None)
    return Relation(numbers[unit], unit, found, refers, subject, opening, bases, conflict, slips)


def _opens(text: str, start: int) -> bool:
    return _OPENS.fullmatch(text, 0, start) is not None


def _opening(text: str, found: Sequence[Reference]) -> tuple[Reference, int]:
    """The reference a claim opens with, and of how many it is made: 如权利要求1所述的壳体或如权利要求2所述的壳体 is one
    of two. The same subject must be said each time."""
    opening, count = found[0], 1
    while count < len(found):
        after = found[count]
        begin = subject_after(text, opening.end).start
        joined = _SAME_AGAIN.fullmatch(text, begin, after.start) if after.start - begin < 3 * _LOOK_BACK else None
        name = joined["name"].strip() if joined else ""
        if not name or not subject_after(text, after.end).text.startswith(name):
            break
        if {opening.scope, after.scope} != {Scope.NUMBERED}:
            break
        choice = all(one.alternative or len(one.numbers) == 1 for one in (opening, after))
        numbers = tuple(dict.fromkeys((*opening.numbers, *after.numbers)))[:MOST_NUMBERS]
        opening, count = Reference(numbers, opening.start, after.end, choice), count + 1
    return opening, count


def _misread(text: str) -> tuple[tuple[int, int], ...]:
    """Words that are meant as a reference and are misspelt, where they stand."""
    slips = [match.span() for match in _SLIP.finditer(text)]
    head = _SLIP_AT_HEAD.search(text, 0, 3 * _LOOK_BACK)
    if head and head.start() and _opens(text, head.start()) and not text[: head.start()].endswith(("权利", "求")):
        slips.insert(0, head.span())
    return tuple(slips)


def _resolved(reference: Reference, unit: int, numbers: Sequence[int]) -> tuple[int, ...]:
    if reference.scope is Scope.ALL_EARLIER:
        return tuple(dict.fromkeys(numbers[: min(unit, MOST_NUMBERS)]))
    if reference.scope is Scope.ONE_BEFORE:
        return tuple(numbers[max(0, unit - 1) : unit])
    return reference.numbers
