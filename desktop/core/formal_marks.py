"""Reference marks (附图标记): what 附图说明 lists, and how texts put them after names: 壳体（1）, 壳体1 (细则21, 22).

Nothing marks where a name begins in Chinese, so two names are told apart only where nothing of one is in the other; a
finding missed is better here than a false one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_letters
from typing import Final

from desktop.core.claim_references import numbers_of
from desktop.core.finding import Finding, Place
from desktop.core.formal_rules import Case, claim_where
from desktop.core.formal_texts import FIGURES, has_figures, sections
from desktop.core.package import CLAIMS, DESCRIPTION, Package

_MARK: Final = r"\d{1,4}[a-zA-Z]?"
_LIST_WORD: Final = re.compile(r"附图标[记号]|图中|标号|标记|其中")
_LIST_START: Final = re.compile(r"[^\d：:]{0,16}[：:，,]?\s?(?=\d)")
_ENTRY: Final = re.compile(
    rf"(?<![\dA-Za-z.图])(?<!\d[-‐-―－~.])(?P<mark>{_MARK})\s?(?:[-‐-―－~=＝:：、.．,，]{{1,2}}|\s)\s?"
    r"(?P<name>(?:[A-Z]{1,4})?[\u4e00-\u9fff][^\s；;，,。、：:（）()\d]{0,23})"
)
_LINE: Final = re.compile(rf"\s?{_MARK}\s?[-‐-―－=:：、.．\s]{{1,2}}\s?[\u4e00-\u9fffA-Z]")
_BRACKET: Final = re.compile(rf"[（(]\s?({_MARK}(?:\s?[、，,]\s?{_MARK}){{0,5}})\s?[)）]")
_BEFORE: Final = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,14}\s?$")
_LOOK_BACK: Final = 16
#: Words after which a number in brackets is no mark.
_NO_PART: Final = re.compile(
    r"(?:步骤|式|方程|公式|通式|实施例|例|条件|权利要求|表|图|方案|阶段|情况|情形|如下|以下|包括|条|款|项|第|类|点|为|是|即"
    r"|[的在于有将由该其了着个]|标记|标号|化合物|文献|专利|序列|数量|温度|浓度|比例|重复|所述|执行|返回|转|到|至|和|或|及|与)$"
)
#: 公式F（5）, F=ma（5）: the number of a formula, by its word or by the sign before its last letters.
_FORMULA_WORD: Final = re.compile(r"(?:式|方程|化合物)[A-Za-z]{0,4}$")
_FORMULA_SIGN: Final = re.compile(r"[=＝≤≥<>＜＞∑∫√×÷*/^_+＋\-−][\s(（\[]{0,3}$")
#: What stands before a name in a sentence. Cutting too much leaves the end of the name, which is what is compared.
_CUT: Final = re.compile(r".*(?:所述|(?:设置|设|具|安装|连接|固定)有|包括|[的与和及或在于该由将为个])(?=.)")
TOKEN: Final = re.compile(rf"(?<![\dA-Za-z.])({_MARK})(?![\dA-Za-z]|\.\d)")
NO_TOKEN: Final = re.compile(r"(?:图|步骤|实施例|表|式|权利要求)\s{0,2}$")
#: After a number: what makes it a quantity instead of a mark.
QUANTITY: Final = re.compile(
    r"\s?(?:[A-Za-z%％℃°‰.\d]|[个种根块条只台层次级倍份毫厘微纳克千米秒分小时天年月日维端侧位面片段组对套至到~～-])"
)


@dataclass(frozen=True)
class _Use:
    """A mark after a name: ``name`` what stands before it, cut at what is surely no name. Where one bracket holds
    several marks (左支架、右支架（4、5）) the name belongs to the last of them, and is empty for the others."""

    mark: str
    name: str
    place: Place


def listed(package: Package) -> dict[str, list[tuple[str, Place]]]:
    """The entries of the lists of marks (1、壳体；2-盖板), by mark."""
    found: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    in_section, open_list = sections(package), False
    for unit, paragraph in enumerate(package.description):
        text = paragraph.text
        word = _LIST_WORD.search(text)
        start = _LIST_START.match(text, word.end()) if word else None
        named = word is not None and word[0] not in ("其中", "图中", "标记", "标号")
        if in_section[unit] != FIGURES and not named:
            open_list = False
            continue
        at = start.end() if start else 0
        if start is None and not (open_list and _LINE.match(text)):
            open_list = named  # a heading of the list alone: its lines follow
            continue
        open_list = True
        if not _ENTRY.match(text, at):
            continue  # 壳体1、盖板2: the other way round, where the commas mislead
        for entry in _ENTRY.finditer(text, at):
            found[entry["mark"]].append((entry["name"], Place(DESCRIPTION, unit, *entry.span())))
    return found


def _uses(text: str, code: str, unit: int) -> Iterator[_Use]:
    for bracket in _BRACKET.finditer(text):
        before = _BEFORE.search(text, max(0, bracket.start() - _LOOK_BACK), bracket.start())
        words = before[0].rstrip() if before else ""
        if len(words) < 2 or _NO_PART.search(words) or _of_formula(text, bracket.start(), words):
            continue
        name = _CUT.sub("", words)
        start = before.end() - len(before[0]) + len(words) - len(name) if before else 0
        *others, last = re.findall(_MARK, bracket[1])
        for mark in others:
            yield _Use(mark, "", Place(code, unit, bracket.start(), bracket.end()))
        yield _Use(last, name, Place(code, unit, start, bracket.end()))


def _of_formula(text: str, at: int, words: str) -> bool:
    """Whether the number in brackets at ``at``, after ``words``, is that of a formula."""
    if _FORMULA_WORD.search(words):
        return True
    letters = len(words) - len(words.rstrip(ascii_letters))
    end = at - len(text[max(0, at - 4) : at]) + len(text[max(0, at - 4) : at].rstrip()) - letters
    return bool(letters and _FORMULA_SIGN.search(text, max(0, end - 4), end))


def bracketed(package: Package, code: str) -> tuple[_Use, ...]:
    return tuple(use for unit, text in enumerate(package.text(code)) for use in _uses(text, code, unit))


def marks_of_claims(case: Case) -> Iterator[Finding]:
    """Marks in the claims that the description never has; without figures a number in brackets is no mark."""
    package = case.package
    if not package.description or not (has_figures(package) or listed(package)):
        return
    known: set[str] = set()
    for paragraph in package.description:
        for token in TOKEN.finditer(paragraph.text):
            if not NO_TOKEN.search(paragraph.text, max(0, token.start() - 6), token.start()):
                known.add(token[1])
    numbers = numbers_of(package.claims)
    for use in bracketed(package, CLAIMS):
        if use.mark not in known:
            known.add(use.mark)
            number = numbers[use.place.unit]
            text = f"权利要求 {number} 中的附图标记“{use.mark}”在说明书中没有出现"
            yield case.found("mark_missing", claim_where(number), text, place=use.place, claims=(number,))


def conflicts(case: Case) -> Iterator[Finding]:
    """One mark with two names, or one name with two marks: first in the list, then in the texts."""
    package = case.package
    entries = listed(package)
    told: set[str] = set()
    names: dict[str, str] = {mark: entry[0][0] for mark, entry in entries.items()}
    owners: dict[str, str] = {}
    for mark, group in entries.items():
        for name, place in group:
            if not _alike(name, names[mark]) and mark not in told:
                told.add(mark)
                text = f"附图标记“{mark}”既表示“{names[mark]}”，又表示“{name}”"
                yield case.found("mark_conflict", case.paragraph(place.unit), text, place=place)
            elif (other := owners.setdefault(name, mark)) != mark and mark not in told:
                told |= {mark, other}
                text = f"“{name}”有“{other}”和“{mark}”两个附图标记"
                yield case.found("mark_conflict", case.paragraph(place.unit), text, place=place)
    uses = (*bracketed(package, CLAIMS), *bracketed(package, DESCRIPTION)) if has_figures(package) or entries else ()
    yield from _in_brackets(case, uses, names, told)
    yield from _attached(case, names, told)


def _in_brackets(case: Case, uses: tuple[_Use, ...], listed_names: dict[str, str], told: set[str]) -> Iterator[Finding]:
    by_mark: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        if len(use.name) > 1:
            by_mark[use.mark].append(use)
    surely: dict[str, str] = {}
    for mark, group in by_mark.items():
        counts = Counter(use.name for use in group)
        name = listed_names.get(mark) or counts.most_common(1)[0][0]
        odd = next((use for use in group if not _alike(use.name, name)), None)
        if odd is not None and mark not in told:
            told.add(mark)
            # The same slip seen from the other side: the name that has this mark has another one besides.
            told |= {other for other, its in listed_names.items() if its == odd.name}
            text = f"附图标记“{mark}”既用于“{name}”，又用于“{odd.name}”"
            yield _at(case, odd.place, text)
        # Without a list a name is sure only where it stood alone before its mark every time.
        if not listed_names and len(counts) == 1 and odd is None:
            other = surely.setdefault(name, mark)
            if other != mark and not {mark, other} & told:
                told |= {mark, other}
                yield _at(case, group[0].place, f"“{name}”有“{other}”和“{mark}”两个附图标记")


def _attached(case: Case, names: dict[str, str], told: set[str]) -> Iterator[Finding]:
    """壳体2 where the list has 壳体 as 1 and gives 2 to something else. Only listed names are looked for."""
    owners: dict[str, str] = {}
    for mark, name in names.items():
        owners.setdefault(name, mark)
    sizes = sorted({len(name) for name in owners if len(name) > 1}, reverse=True)
    if not sizes:
        return
    inside = sections(case.package)
    for code in (CLAIMS, DESCRIPTION):
        for unit, text in enumerate(case.package.text(code)):
            if code == DESCRIPTION and inside[unit] == FIGURES:
                continue
            for token in TOKEN.finditer(text):
                mark, at = token[1], token.start()
                if mark in told or mark not in names:
                    continue
                before = (text[at - size : at] for size in sizes if size <= at)
                name = next((one for one in before if one in owners), "")
                if not name or owners[name] == mark:
                    continue
                if _alike(name, names[mark]) or QUANTITY.match(text, token.end()):
                    continue
                told |= {mark, owners[name]}
                said = f"“{name}”的附图标记为“{owners[name]}”，此处写作“{mark}”（“{names[mark]}”的标记）"
                yield _at(case, Place(code, unit, at - len(name), token.end()), said)


def _at(case: Case, place: Place, text: str) -> Finding:
    if place.code == CLAIMS:
        number = case.package.claims[place.unit].number or place.unit + 1
        return case.found("mark_conflict", claim_where(number), text, place=place, claims=(number,))
    return case.found("mark_conflict", case.paragraph(place.unit), text, place=place)


def _alike(one: str, other: str) -> bool:
    """Whether two names may be the same part, said longer or shorter: the last character or a pair is common."""
    if one[-1:] == other[-1:] or one in other or other in one:
        return True
    return any(one[at : at + 2] in other for at in range(len(one) - 1))
