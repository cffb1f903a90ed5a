"""Checks of the figures: those the drawings hold, those that 附图说明 lists, and those the text names (细则20 and 21).

A figure counts by its number: 图1a and 图1b are 图1. What was not read is not said to be absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from desktop.core.claim_references import number_of
from desktop.core.finding import Finding, Place
from desktop.core.formal_rules import Case, several
from desktop.core.formal_texts import BACKGROUND, FIGURES, has_figures, sections
from desktop.core.package import DESCRIPTION, DRAWINGS, Package
from desktop.core.terms import PatentType

_HAN: Final = "[一二三四五六七八九十]{1,3}"
_LABEL: Final = re.compile(rf"图\s{{0,2}}(?P<n>\d{{1,3}}|{_HAN})")
#: A figure of this text. Before it stands nothing, a sign, or a word that leads to it: 视图1, 地图2 and D1图3 are none.
_MENTION: Final = re.compile(
    r"(?<![^\s\W附如见照考参阅在至和或及与到看从由据对中合述于即以按将而为给下])"
    rf"图\s{{0,2}}(?:(?P<n>\d{{1,3}})(?!\d)|(?P<han>{_HAN})(?=中?所?示|[是为、]))"
    r"(?P<sub>\s?[a-zA-Z](?![A-Za-z]))?"
)
#: How a line of 附图说明 names several: 图1至图3, 图1-3, 图2、3, 图1a-1c.
_SEVERAL: Final = re.compile(
    rf"图\s{{0,2}}(?P<n>\d{{1,3}}|{_HAN})[a-zA-Z]?(?:[（(][a-zA-Z0-9]{{1,2}}[)）])?"
    rf"(?:\s?(?P<to>至|到|[-‐-―－~～])\s?图?\s?(?P<last>\d{{1,3}}|{_HAN})[a-zA-Z]?)?"
)
_AND: Final = re.compile(
    r"\s?[、，,和及与]\s?图?\s?(?P<n>\d{1,3})(?=\s?[a-zA-Z]?\s?(?:[、，,和及与是为示]|分别|均|中|所))"
)
_MOST_SPAN: Final = 200
#: Before a figure of somebody else's document: 对比文件1的附图4, 专利CN…（图5）.
_OF_ANOTHER: Final = re.compile(r"(?:文献|专利|对比文件|[A-Z]{2}\d{5})[^。；;\n]{0,24}$")
_LOOK_BACK: Final = 40


def described(package: Package) -> frozenset[int]:
    """Numbers of the figures in 附图说明. Without such a section, those of paragraphs that begin with a figure."""
    found = sections(package)
    listed = FIGURES in found
    numbers: set[int] = set()
    for unit, paragraph in enumerate(package.description):
        if found[unit] == FIGURES if listed else _LABEL.match(paragraph.text.lstrip()[:8]):
            numbers |= _named(paragraph.text)
    return frozenset(numbers)


def _named(text: str) -> set[int]:
    """Every number a line can be read to name: the generous reading, for what is there."""
    numbers: set[int] = set()
    for match in _SEVERAL.finditer(text):
        first = number_of(match["n"])
        last = number_of(match["last"]) if match["last"] else first
        numbers.add(first)
        if first <= last <= first + _MOST_SPAN:
            numbers |= set(range(first, last + 1))
        at = match.end()
        while more := _AND.match(text, at):
            numbers.add(number_of(more["n"]))
            at = more.end()
    return numbers


def drawn(package: Package) -> tuple[int, ...]:
    """Numbers of the figures that the drawings name, in their order, each once."""
    labels = (_LABEL.match(label.strip().removeprefix("附")) for label in package.figures)
    return tuple(dict.fromkeys(number_of(label["n"]) for label in labels if label))


def figures(case: Case) -> Iterator[Finding]:
    package = case.package
    there, lines = drawn(package), described(package)
    yield from _missing(case, frozenset(there), lines)
    if package.description and FIGURES in sections(package):
        for number in there:
            if number not in lines:
                text = f"附图说明没有说明图{number}"
                yield case.found(
                    "figure_undescribed", f"图 {number}", text, place=Place(DRAWINGS), passage=f"图{number}"
                )
    yield from _numbering(case, there, lines)


def _missing(case: Case, there: frozenset[int], lines: frozenset[int]) -> Iterator[Finding]:
    package = case.package
    unread = package.has(DRAWINGS) and not there
    if unread and (not lines or not package.readable(DRAWINGS)):
        return  # whether a figure is missing cannot be known
    if not package.has(DRAWINGS) and not there:
        if not lines and case.kind is PatentType.UTILITY:
            return
        there = lines  # the drawings as a whole are missing, which is said of the parts
    found = sections(package)
    told: set[int] = set()
    for unit, paragraph in enumerate(package.description):
        for match in _MENTION.finditer(paragraph.text):
            number = number_of(match["n"] or match["han"])
            in_list = found[unit] == FIGURES
            before = max(0, match.start() - _LOOK_BACK)
            if found[unit] == BACKGROUND or _OF_ANOTHER.search(paragraph.text, before, match.start()):
                continue  # the figures of what was known before
            if number in told or number in there or (number in lines and not (there and in_list)):
                continue
            told.add(number)
            name = match[0].strip()
            lacks = "说明书附图中没有该图" if in_list else "说明书附图和附图说明中均没有该图"
            text = f"{'附图说明列有' if in_list else '说明书提到'}{name}，{lacks}"
            yield case.found(
                "figure_missing", case.paragraph(unit), text, place=Place(DESCRIPTION, unit, *match.span())
            )


def _numbering(case: Case, there: tuple[int, ...], lines: frozenset[int]) -> Iterator[Finding]:
    """By the drawings; where these name nothing, by 附图说明. A gap that 附图说明 fills is a figure missing instead."""
    broken = case.package.has(DRAWINGS) and not case.package.readable(DRAWINGS)
    numbers = frozenset(there) or (frozenset() if broken or not has_figures(case.package) else lines)
    if not numbers:
        return
    absent = tuple(one for one in range(1, max(numbers) + 1) if one not in numbers and one not in lines)
    if absent:
        where = f"图 {next((one for one in sorted(numbers) if one > absent[0]), absent[0])}"
        text = f"附图没有用阿拉伯数字从 1 起连续编号：缺图 {several(absent)}"
        yield case.found("figure_numbering", where, text, place=Place(DRAWINGS))
