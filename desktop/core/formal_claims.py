"""Checks of the claims: numbering, references, subjects (细则22 and 25). One cause gives one finding: a claim that does
not exist is not also said to stand later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from desktop.core.claim_references import Reference, Relation, Scope, relations
from desktop.core.claim_subjects import Stand, category, surely_apart
from desktop.core.finding import Finding, Place, Weight
from desktop.core.formal_rules import Case, claim_where, several, several_are
from desktop.core.package import CLAIMS, Package

_HAN: Final = "一二三四五六七八九十"
_SHOWN: Final = "(?:所述|所示|示出|描述|记载)"
_NTH: Final = rf"(?:第\s?(?:\d{{1,3}}|[{_HAN}]{{1,3}})\s?[幅张个]?\s?)"
#: 如图1所示, 参见附图2, 如说明书第3页所述; 绝对必要 is for a person to see.
_CITES_FIGURE: Final = re.compile(
    rf"(?:如|参[见照考阅]|见)\s?(?:说明书)?\s?(?:附图|图)\s?(?:\d|[{_HAN}])[^，,；;。\n]{{0,12}}?(?:所示|所述|示出)"
    rf"|(?<![\u4e00-\u9fff])(?:附图|图)\s?\d{{1,3}}[a-zA-Z]?\s?(?:所示|示出)"
    rf"|(?:参[见照考阅])\s?(?:说明书)?\s?(?:附图|图)\s?\d{{1,3}}"
    rf"|(?<!例)(?:如|参[见照考阅]|见)\s?(?:说明书)?\s?{_NTH}?(?:附图|图)\s?[中里上]?\s?{_SHOWN}"
    rf"|(?<!例)(?:如|按照?)\s?(?:说明书)?\s?{_NTH}(?:附图|图)\s?[中里上]?\s?{_SHOWN}"
    rf"|(?<!例)如说明书[^，,；;。\n]{{0,12}}?{_SHOWN}"
    rf"|(?<!例)(?:如|按照?|参[见照考阅])\s?(?:[上前]述)?(?:说明书)?{_NTH}?实施[例方]式?[^，,；;。\n]{{0,8}}?{_SHOWN}"
)


def claims_graph(package: Package) -> dict[str, Any]:
    """``{"count", "independent": [n], "dependencies": [{"claim", "refers": [n]}]}``; an independent claim that quotes
    another is among both, one whose reference cannot be read among neither."""
    found = relations(package.claims)
    return {
        "count": len(found),
        "independent": [one.number for one in found if one.independent],
        "dependencies": [{"claim": one.number, "refers": list(one.refers)} for one in found if one.references],
    }


def claims(case: Case) -> Iterator[Finding]:
    """Findings of the claims, the numbering first, then claim by claim."""
    if not case.package.claims:
        return
    yield from _numbering(case)
    found = relations(case.package.claims)
    at: dict[int, int] = {}
    for one in found:
        at.setdefault(one.number, one.unit)
    for one in found:
        yield from _existence_and_order(case, one, at)
        yield from _misread(case, one)
        if one.opening is not None:
            yield from _alternative(case, one, one.opening)
            yield from _multiple(case, one, one.opening, at, found)
            yield from _subject(case, one, at, found)
        for cited in _CITES_FIGURE.finditer(case.package.claims[one.unit].text):
            yield case.found(
                "claim_cites_figure",
                claim_where(one.number),
                f"权利要求 {one.number} 使用了“{cited[0]}”一类的用语",
                place=Place(CLAIMS, one.unit, *cited.span()),
                claims=(one.number,),
            )


def _numbering(case: Case) -> Iterator[Finding]:
    """One finding for the whole set: what is missing, doubled, unnumbered, or out of order."""
    numbers = [claim.number for claim in case.package.claims]
    if len(numbers) == 1 and numbers[0] is None:
        return
    breaks = [unit for unit, number in enumerate(numbers) if number != unit + 1]
    if not breaks:
        return
    given = [number for number in numbers if number is not None]
    counts = Counter(given)
    doubled = tuple(one for one, times in counts.items() if times > 1)
    top = min(max(given, default=0), 2 * len(numbers) + 10)  # a stray 9999 is not 9000 missing claims
    absent = tuple(one for one in range(1, top + 1) if one not in counts)
    unnumbered = len(numbers) - len(given)
    faults = []
    if any(one < 1 for one in given):
        faults.append(f"编号应当从 1 开始，现有编号 {min(given)}")
    if unnumbered:
        faults.append(f"有 {unnumbered} 项没有编号")
    if doubled:
        faults.append(f"编号 {several_are(doubled, '重复')}")
    if absent and given:
        faults.append(f"缺编号 {several(absent)}")
    if not faults:
        faults.append("先后次序不对")
    number = numbers[breaks[0]]
    yield case.found(
        "claim_numbering",
        claim_where(number) if number is not None else f"第 {breaks[0] + 1} 项权利要求",
        f"权利要求没有用阿拉伯数字顺序编号：{'，'.join(faults)}",
        place=Place(CLAIMS, breaks[0]),
        claims=(number if number is not None else breaks[0] + 1,),
    )


def _existence_and_order(case: Case, one: Relation, at: Mapping[int, int]) -> Iterator[Finding]:
    number = one.number
    missing: dict[int, Reference] = {}
    later: dict[int, Reference] = {}
    for reference in one.references:
        if reference.scope is not Scope.NUMBERED and one.unit == 0:
            text = f"权利要求 {number} 引用在前的权利要求，但其前没有权利要求"
            yield _about(case, "claim_reference_missing", one, reference, text, (number,))
            return
        absent = [named for named in reference.numbers if named not in at]
        for named in absent:
            missing.setdefault(named, reference)
        # A range that runs past the last claim passes the claim itself on the way: that is the same slip.
        for named in [] if absent else reference.numbers:
            if at[named] >= one.unit:
                later.setdefault(named, reference)
    if missing:
        names = tuple(missing)
        text = f"权利要求 {number} 引用的权利要求 {several_are(names, '不存在')}"
        yield _about(case, "claim_reference_missing", one, missing[names[0]], text, (number, *names))
    if later:
        names = tuple(later)
        itself = names == (number,)
        text = f"权利要求 {number} 引用{'了自身' if itself else '的权利要求 ' + several_are(names, '不在其前')}"
        yield _about(case, "claim_reference_order", one, later[names[0]], text, (number, *names))


def _misread(case: Case, one: Relation) -> Iterator[Finding]:
    for start, end in one.misread:
        said = case.package.claims[one.unit].text[start:end]
        yield case.found(
            "claim_reference_missing",
            claim_where(one.number),
            f"权利要求 {one.number} 中的引用语“{said}”疑为笔误，无法识别所引用的权利要求",
            weight=Weight.HINT,
            place=Place(CLAIMS, one.unit, start, end),
            claims=(one.number,),
        )


def _alternative(case: Case, one: Relation, opening: Reference) -> Iterator[Finding]:
    if one.multiple and not opening.alternative:
        text = f"多项从属权利要求 {one.number} 没有以择一方式引用在前的权利要求 {several(one.bases)}"
        yield _about(case, "claim_alternative", one, opening, text, (one.number, *one.bases))


def _multiple(
    case: Case, one: Relation, opening: Reference, at: Mapping[int, int], found: Sequence[Relation]
) -> Iterator[Finding]:
    """Only what a claim names itself counts (细则25.2): one claim between the two makes it sound."""
    if not one.multiple:
        return
    # A claim that stands later is the order's matter, not this one's.
    earlier = (base for base in one.bases if base in at and at[base] < one.unit)
    several_too = tuple(base for base in earlier if found[at[base]].multiple)
    if several_too:
        text = f"多项从属权利要求 {one.number} 引用了多项从属权利要求 {several(several_too)}"
        yield _about(case, "claim_multiple", one, opening, text, (one.number, *several_too))


def _subject(case: Case, one: Relation, at: Mapping[int, int], found: Sequence[Relation]) -> Iterator[Finding]:
    if one.conflict is None:
        return
    named = base = found[at[one.conflict[0]]]
    while not named.subject.text and named.bases:  # it is about what its own base is about
        named = found[at[named.bases[0]]]
    own, its = one.subject, named.subject
    place = Place(CLAIMS, one.unit, own.start, own.end)
    if one.conflict[1] is Stand.OTHER_NAME:
        text = f"权利要求 {one.number} 的主题名称“{own.text}”与所引用的权利要求 {base.number} 的“{its.text}”不一致"
        weight = Weight.HINT
    else:
        sure = surely_apart(own.text, its.text)
        kinds = f"前者为{category(own.text).value}，后者为{category(its.text).value}"
        text = (
            f"权利要求 {one.number} 的主题“{own.text}”与所引用的权利要求 {base.number} 的“{its.text}”"
            f"类型{'不同' if sure else '似不同，请核对'}：{kinds}"
        )
        weight = Weight.DEFECT if sure else Weight.HINT
    yield case.found(
        "claim_subject",
        claim_where(one.number),
        text,
        weight=weight,
        place=place,
        claims=(one.number, base.number),
    )


def _about(case: Case, name: str, one: Relation, reference: Reference, text: str, numbers: tuple[int, ...]) -> Finding:
    return case.found(
        name,
        claim_where(one.number),
        text,
        place=Place(CLAIMS, one.unit, reference.start, reference.end),
        claims=tuple(dict.fromkeys(numbers)),
    )
