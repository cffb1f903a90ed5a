"""Whether the list of marks and the description name the same marks (细则21). Only hints, and only where there is a
real list: a list is often read in part, and a number after a word is often no mark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from desktop.core.finding import Finding, Place, Weight
from desktop.core.formal_marks import NO_TOKEN, QUANTITY, TOKEN, bracketed, listed
from desktop.core.formal_rules import Case
from desktop.core.formal_texts import BACKGROUND, FIGURES, sections
from desktop.core.package import DESCRIPTION

_LEAST_LIST: Final = 3
_LEAST_USES: Final = 2
_MOST_SPAN: Final = 200
_SPAN: Final = re.compile(r"(?<![\d.])(\d{1,4})[a-zA-Z]?\s?(?:至|到|[-‐-―－~～])\s?(\d{1,4})(?![\d.])")
#: The two characters before an attached mark: 凸台4.
_NOUN: Final = re.compile(r"[\u4e00-\u9fff]{2}$")
#: Words that are followed by a number which is no mark, and ends of words that are no names.
_NO_NOUN: Final = re.compile(
    r"(?:步骤|施例|比例|较例|验例|方案|样品|样本|试样|编号|序号|阶段|类型|等级|级别|情况|情形|方式|组别|批次|工况|场景|案例|示例|实例|节点|模型|端口|引脚|组分|信号|指标|试验|实验"
    r"|温度|浓度|压力|厚度|长度|宽度|高度|直径|角度|时间|速度|频率|距离|间距|数量|比值|系数|参数|数值|阈值|公式|文献|要求|附图"
    r"|产品|模式|型号|通道|用户|时刻|周期|标记|标号|代码|状态|位置|目标|优选|分别|至少|至多|大于|小于|等于|不足|超过|约为|设为|取值"
    r"|.[为是即约于的了在与和或及至到达第每共有取以按对从由向经过将被其该之图表式例项条款章节页年月日时分秒元号组])$"
)


def lists(case: Case) -> Iterator[Finding]:
    """Marks in the description that its list has not, and marks in the list that the description never has."""
    package = case.package
    entries = listed(package)
    if len(entries) < _LEAST_LIST:
        return
    inside = sections(package)
    units = {place.unit for group in entries.values() for _, place in group}
    named, used = set(entries), set[str]()
    for unit, paragraph in enumerate(package.description):
        # Whatever stands in the list or beside it is listed, also what the list could not be read for.
        (named if unit in units or inside[unit] == FIGURES else used).update(_tokens(paragraph.text))
    # A mark listed twice is a conflict, and so is what follows from it.
    doubled = tuple(name for group in entries.values() if len(group) > 1 for name, _ in group)
    yield from _unlisted(case, named, units, doubled)
    if 2 * len(used & set(entries)) >= len(entries):  # else it does not put marks at all
        yield from _unused(case, {mark: group[0] for mark, group in entries.items() if mark not in used})


def _tokens(text: str) -> Iterator[str]:
    for token in TOKEN.finditer(text):
        if not NO_TOKEN.search(text, max(0, token.start() - 6), token.start()):
            yield token[1]
    for span in _SPAN.finditer(text):
        first, last = int(span[1]), int(span[2])
        yield from map(str, range(first, min(last, first + _MOST_SPAN) + 1))


def _unlisted(case: Case, named: set[str], units: set[int], doubled: tuple[str, ...]) -> Iterator[Finding]:
    package = case.package
    inside = sections(package)
    digits = {re.sub(r"\D", "", mark) for mark in named}
    sizes = {len(one) for one in digits}
    uses: Counter[tuple[str, str]] = Counter()
    places: dict[tuple[str, str], Place] = {}
    for mark, noun, place in _put(case):
        if place.unit in units or inside[place.unit] in (FIGURES, BACKGROUND):
            continue
        bare = re.sub(r"\D", "", mark)
        if mark in named or bare in digits or len(bare) not in sizes or bare.startswith("0"):
            continue
        uses[mark, noun] += 1
        places.setdefault((mark, noun), place)
    told: set[str] = set()
    for (mark, noun), count in uses.items():
        if count < _LEAST_USES or mark in told or any(name.endswith(noun) for name in doubled):
            continue
        told.add(mark)
        place = places[mark, noun]
        text = f"说明书中使用了附图标记“{mark}”（“{noun}”），附图标记说明中没有列出"
        yield case.found("mark_missing", case.paragraph(place.unit), text, weight=Weight.HINT, place=place)


def _put(case: Case) -> Iterator[tuple[str, str, Place]]:
    """Each mark put to a noun in the description, with the last two characters of the noun."""
    for use in bracketed(case.package, DESCRIPTION):
        if len(use.name) > 1 and not _NO_NOUN.search(use.name[-2:]) and _NOUN.search(use.name):
            yield use.mark, use.name[-2:], use.place
    for unit, paragraph in enumerate(case.package.description):
        text = paragraph.text
        for token in TOKEN.finditer(text):
            start = token.start()
            noun = _NOUN.search(text, max(0, start - 2), start)
            if noun is None or _NO_NOUN.search(noun[0]) or QUANTITY.match(text, token.end()):
                continue
            yield token[1], noun[0], Place(DESCRIPTION, unit, noun.start(), token.end())


def _unused(case: Case, entries: Mapping[str, tuple[str, Place]]) -> Iterator[Finding]:
    names = Counter(group[0][0] for group in listed(case.package).values())
    for mark, (name, place) in entries.items():
        if names[name] > 1:
            continue  # the same part under two marks is said as a conflict
        text = f"附图标记说明列有“{mark}”（“{name}”），说明书的其他部分没有使用该标记"
        yield case.found("mark_missing", case.paragraph(place.unit), text, weight=Weight.HINT, place=place)
