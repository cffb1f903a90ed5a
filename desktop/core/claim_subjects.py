"""What a claim is about: the name of its subject, whether that is a product, a method or a use, and what follows from
it for a claim that opens with a reference.

"根据权利要求1所述的方法制备的产品" opens like a dependent claim and is an independent one. Source: 细则25 and the
guidelines to it (the category, not the opening, decides).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

#: A subject of more characters is none that anybody meant; it is cut, and no category is read from it.
MOST: Final = 120


class Category(Enum):
    """专利的两类主题, with uses apart from methods because they are worded otherwise."""

    PRODUCT = "产品"
    METHOD = "方法"
    USE = "用途"
    UNKNOWN = ""


class Stand(Enum):
    """How a claim that opens with a reference stands to the claim it names."""

    DEPENDENT = "dependent"
    INDEPENDENT = "independent"  # it only quotes: 权利要求1所述壳体的制造方法
    CONFLICT = "conflict"  # dependent in form, of another category: 根据权利要求1所述的装置, 权利要求 1 being 方法
    OTHER_NAME = "other_name"  # dependent, of the same category, and no character of the name is the same


@dataclass(frozen=True)
class Subject:
    """The name and its characters in the claim; empty where the claim names none."""

    text: str = ""
    start: int = 0
    end: int = 0


_STOP: Final = re.compile(
    r"[，,；;：:。\n]|其特征|其中|(?<![于对将把在从以与和或的其该由向为按、种])(?:还|至少)?包[括含]"
)
_LEAD: Final = re.compile(r"\s{0,4}(?:\d{1,3}\s?[.．、]\s?)?(?:一[种个类组套]|任[一意何][种个]?|该|这种)?\s{0,4}")
_AFTER_REFERENCE: Final = re.compile(
    r"\s{0,4}[中里]?\s?(?:所(?:述|记载|限定|定义|要求(?:保护)?|公开|指|提供|示)|记载|限定|要求保护)?\s?[的之]?"
)
_METHOD_END: Final = re.compile(r"(?:方法|工艺|法)$")
_METHOD_WORD: Final = re.compile(r"方法|工艺|流程|制法")
#: What is said of methods and of products alike: of itself it tells no category.
_COURSE_END: Final = re.compile(r"(?:步骤|训练|方案|过程|流程|工序|策略|操作|阶段|环节|程式|模式|计算|作业|处理|任务)$")
#: "X的制造过程" is a way of making X; "X的设计方案" may be X itself.
_WAY_END: Final = re.compile(r"(?:方法|工艺|法|流程|过程|工序)$")
#: What no method is called.
_DEVICE_END: Final = re.compile(r"(?:装置|系统|设备|介质|终端|服务器|机构|组件|仪器|器件|电路|芯片|电子设备|程序产品)$")
_USE_END: Final = re.compile(r"(?:用途|应用|使用)$")
_PRODUCT_WORD: Final = (
    "装置|系统|设备|介质|产品|终端|服务器|组合物|材料|结构|机构|组件|制品|仪器|器件|电路|芯片|程序|药物|化合物|制剂"
)
_PRODUCT_END: Final = re.compile(rf"(?:{_PRODUCT_WORD}|[器机剂膜板体件仪])$")
_GENERIC: Final = re.compile(_PRODUCT_WORD)
_JOINED: Final = re.compile(r"及其|以及|[及和与、或]")
_DERIVED: Final = re.compile(
    r"(?:制备|制得|制成|制造|制作|生产|得到|获得|加工|合成|提取|形成|构成|培养|处理|打印)(?:而成|而得|得到|获得|所得|出)?的"
)
_MARKS: Final = re.compile(r"(?:[（(][^（()）]{0,12}[)）]|[\s\dA-Za-z])+$")


def subject_at(text: str, start: int) -> Subject:
    """The name that begins at ``start`` and ends before the first stop (，其特征在于 …)."""
    lead = _LEAD.match(text, start)
    begin = lead.end() if lead else start
    # The stop is looked for a little way only: a name has an end, and hostile text may have none.
    stop = _STOP.search(text, begin, begin + MOST)
    end = stop.start() if stop else min(len(text), begin + MOST)
    name = text[begin:end].rstrip()
    return Subject(name, begin, begin + len(name))


def subject_after(text: str, end: int) -> Subject:
    """The name after a reference that ends at ``end``: …所述的“装置”，其特征在于."""
    said = _AFTER_REFERENCE.match(text, end)
    return subject_at(text, said.end() if said else end)


def category(name: str) -> Category:
    """By the last noun of the name; UNKNOWN where two categories are named or the name is cut or empty."""
    name = _MARKS.sub("", name)
    if not name or len(name) >= MOST:
        return Category.UNKNOWN
    head = name.rpartition("的")[2]
    if _USE_END.search(head):
        return Category.USE
    pieces = _JOINED.split(head)
    if _METHOD_END.search(head):
        mixed = any(_PRODUCT_END.search(piece) for piece in pieces[:-1])
        return Category.UNKNOWN if mixed else Category.METHOD
    return Category.UNKNOWN if _COURSE_END.search(head) or _METHOD_WORD.search(head) else Category.PRODUCT


def stand(name: str, base: str) -> Stand:
    """How a claim that opens with a reference and is called ``name`` stands to one called ``base``."""
    name, base = _MARKS.sub("", name), _MARKS.sub("", base)
    if not name or base.endswith(name):
        return Stand.DEPENDENT
    own, its = category(name), category(base)
    grows = any(base.endswith(name[:size]) for size in range(2, len(name)))  # 壳体 → 壳体的制造方法
    if _DERIVED.search(name) and (grows or own is not its):
        return Stand.INDEPENDENT
    if own is Category.USE and its is not Category.USE and "的" in name:
        return Stand.INDEPENDENT
    of, the, _ = name.rpartition("的")
    if its is Category.PRODUCT and the and _WAY_END.search(name) and _shares(of, base):
        return Stand.INDEPENDENT  # 高强铝合金材料 → 铝合金的制备方法
    if Category.UNKNOWN in (own, its) or {own, its} == {Category.METHOD, Category.USE}:
        return Stand.DEPENDENT
    if own is its:
        shares = own is not Category.PRODUCT or set(name) & set(base) or _GENERIC.search(name) or _GENERIC.search(base)
        return Stand.DEPENDENT if shares else Stand.OTHER_NAME
    word = _METHOD_WORD if its is Category.METHOD else _GENERIC
    return Stand.INDEPENDENT if grows or (the and word.search(of)) else Stand.CONFLICT


def surely_apart(name: str, base: str) -> bool:
    """Whether a conflict of categories is beyond doubt: a device against a method, the name of the base said again or
    nothing said but the category (装置, 方法)."""
    name, base = _MARKS.sub("", name), _MARKS.sub("", base)
    pairs = ((_DEVICE_END, _METHOD_END), (_METHOD_END, _DEVICE_END))
    for one, other in pairs:
        if (kind := one.search(name)) and (its := other.search(base)):
            said = name[: kind.start()]
            return not said or _shares(said, base[: its.start()])
    return bool(_METHOD_END.fullmatch(name))


def _shares(one: str, other: str) -> bool:
    """Whether two names have two characters in a row in common, or one holds the other."""
    if not one or not other:
        return False
    return one in other or other in one or any(one[at : at + 2] in other for at in range(len(one) - 1))
