"""The facts of a registered party (备案主体) or agency (代理机构): names, labels, and how a value is written down.

Source: handbook 2.2 and 2.3. Every fact is a text; days are ISO 8601, several tags stand in one text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from desktop.core.cells import EARLIEST, ERRORS, Cell, code_of, date_of, is_damaged_number, text_of
from desktop.core.check import Check
from desktop.core.identifiers import check_agency_code, check_uscc


class PartyKind(StrEnum):
    """登记种类."""

    PARTY = "主体"
    AGENCY = "代理机构"


class PartyStatus(StrEnum):
    """状态. The first five may be stated; the last two follow from the days. 未通过: its application was refused, so
    that it never was registered."""

    ACTIVE = "在备"
    SUSPENDED = "暂停"
    CANCELLED = "取消"
    LEFT = "退出"
    REFUSED = "未通过"
    PENDING = "未生效"
    EXPIRED = "已过期"


STRATEGIC = "战略主体"  # the tag of a 具有重要战略意义的创新主体: its cases lead the queue
UNIT_TYPES = ("企业", "高校", "科研院所", "医院", "其他")
STATED = (
    PartyStatus.ACTIVE, PartyStatus.SUSPENDED, PartyStatus.CANCELLED, PartyStatus.LEFT, PartyStatus.REFUSED,
)  # fmt: skip
_STATUS_WORDS: Mapping[str, str] = {
    **{status: status for status in STATED},
    "正常": "在备", "有效": "在备", "已备案": "在备", "备案": "在备", "已登记": "在备", "登记": "在备",
    "备案通过": "在备",
    "暂停服务": "暂停", "已暂停": "暂停", "暂停备案": "暂停",
    "取消备案": "取消", "已取消": "取消", "取消登记": "取消",
    "注销": "退出", "已注销": "退出", "已退出": "退出", "主动退出": "退出",
    "不通过": "未通过", "备案不通过": "未通过", "备案未通过": "未通过", "登记不通过": "未通过",
}  # fmt: skip
_YES = frozenset({"是", "有", "在", "y", "yes", "true", "1", "√", "✓", "✔", "异常"})
_NO = frozenset({"否", "无", "不在", "n", "no", "false", "0", "×", "正常"})
_SEPARATORS = re.compile(r"[;；、,，|\n]+")
_LONGEST, _LONGEST_NOTE = 500, 2_000
_FIRST_FOUNDED = date(1800, 1, 1)  # universities and works are older than the Patent Law
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True)
class Fact:
    """``type``: text, multiline, date, integer, bool, choice, status, tags, uscc or agency_code."""

    name: str
    label: str
    type: str = "text"
    choices: tuple[str, ...] = ()


_COMMON_END = (
    Fact("status", "状态", "status", tuple(STATED)),
    Fact("status_from", "状态起始日", "date"),
    Fact("status_to", "状态截止日", "date"),
)
FACTS: Mapping[PartyKind, Mapping[str, Fact]] = {
    PartyKind.PARTY: {
        fact.name: fact
        for fact in (
            Fact("name", "单位名称"),
            Fact("uscc", "统一社会信用代码", "uscc"),
            Fact("unit_type", "单位类型", "choice", UNIT_TYPES),
            Fact("region", "注册地址"),
            Fact("founded_on", "成立日期", "date"),
            Fact("legal_person", "法定代表人"),
            Fact("insured", "参保人数", "integer"),
            Fact("fields", "产业领域", "tags"),
            Fact("products", "主营产品或技术方向", "multiline"),
            Fact("inventions", "有效发明件数", "integer"),
            Fact("utilities", "有效实用新型件数", "integer"),
            Fact("designs", "有效外观设计件数", "integer"),
            Fact("tags", "标签", "tags"),
            Fact("ip_head", "知识产权负责人"),
            Fact("contact", "联系人"),
            Fact("phone", "手机"),
            Fact("email", "邮箱"),
            Fact("agency", "拟委托代理机构"),
            Fact("code", "备案编号"),
            Fact("registered_on", "备案日期", "date"),
            Fact("valid_to", "有效期至", "date"),
            *_COMMON_END,
            Fact("quota", "年度额度", "integer"),
            Fact("note", "备注", "multiline"),
        )
    },
    PartyKind.AGENCY: {
        fact.name: fact
        for fact in (
            Fact("name", "机构名称"),
            Fact("agency_code", "机构代码", "agency_code"),
            Fact("uscc", "统一社会信用代码", "uscc"),
            Fact("region", "所在地区"),
            Fact("head", "负责人"),
            Fact("agents", "执业专利代理师人数", "integer"),
            Fact("listed", "在精准服务保障名单", "bool"),
            Fact("abnormal", "经营异常", "bool"),
            Fact("checked_on", "核查日期", "date"),
            Fact("tags", "标签", "tags"),
            Fact("contact", "联系人"),
            Fact("phone", "手机"),
            Fact("email", "邮箱"),
            Fact("registered_on", "登记日期", "date"),
            Fact("valid_to", "有效期至", "date"),
            *_COMMON_END,
            Fact("note", "备注", "multiline"),
        )
    },
}


@dataclass(frozen=True)
class Written:
    """A value as it is kept, or why it cannot be; ``warning`` says what was doubtful about one that is kept."""

    value: str
    error: str = ""
    warning: str = ""


def write(fact: Fact, cell: Cell) -> Written:
    """A cell or a typed text as the value of a fact; blank is the empty value."""
    shown = text_of(cell)
    if shown in ERRORS:
        return Written("", "单元格是公式错误，请填写实际内容")
    reader = _READERS.get(fact.type)
    if reader is not None:
        return reader(fact, cell)
    most = _LONGEST_NOTE if fact.type == "multiline" else _LONGEST
    if len(shown) > most:
        return Written("", f"共 {len(shown)} 字，超过 {most} 字")
    if fact.name == "phone" and is_damaged_number(code_of(cell)):
        return Written("", warning="被表格软件改成了科学计数法，原号码已丢失，没有收入")
    if fact.choices and shown and shown not in fact.choices:
        return Written("", f"“{shown[:40]}”不是{'、'.join(fact.choices)}之一")
    return Written(shown)


def _date(fact: Fact, cell: Cell) -> Written:
    day, error, warning = date_of(cell, _FIRST_FOUNDED if fact.name == "founded_on" else EARLIEST)
    if code_of(cell) in ("长期", "无固定期限", "/", "-", "—"):
        return Written("")
    return Written(day.isoformat() if day else "", error, warning)


def _integer(fact: Fact, cell: Cell) -> Written:
    text = code_of(cell).rstrip("件人个名").strip()
    if not text or text in ("/", "-", "—"):
        return Written("")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return Written("", f"“{text[:40]}”不是非负整数")
    return Written(str(int(text)))


def _bool(fact: Fact, cell: Cell) -> Written:
    word = code_of(cell).lower()
    if not word or word in ("/", "-", "—"):
        return Written("")
    if word in _YES or word in _NO:
        return Written("是" if word in _YES else "否")
    return Written("", f"“{word[:40]}”应为是或否")


def _status(fact: Fact, cell: Cell) -> Written:
    word = code_of(cell)
    if word and word not in _STATUS_WORDS:
        return Written("", f"“{word[:40]}”不是{'、'.join(STATED)}之一")
    return Written(_STATUS_WORDS.get(word, ""))


def _tags(fact: Fact, cell: Cell) -> Written:
    text = "；".join(split_tags(text_of(cell)))
    return Written("", f"共 {len(text)} 字，超过 {_LONGEST_NOTE} 字") if len(text) > _LONGEST_NOTE else Written(text)


def _identifier(check: Callable[[str], Check]) -> Callable[[Fact, Cell], Written]:
    def read(fact: Fact, cell: Cell) -> Written:
        text = code_of(cell)
        if not text:
            return Written("")
        found = check(text)
        return Written(found.normalized) if found.valid else Written("", found.reason)

    return read


_READERS: Mapping[str, Callable[[Fact, Cell], Written]] = {
    "date": _date,
    "integer": _integer,
    "bool": _bool,
    "status": _status,
    "tags": _tags,
    "uscc": _identifier(check_uscc),
    "agency_code": _identifier(check_agency_code),
}


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of one text, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in _SEPARATORS.split(text)))))


@lru_cache(maxsize=1 << 15)
def name_key(name: str) -> str:
    """A name as it is compared: half-width, lower case, no blanks."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", name)).lower()


_WIDE, _NARROW = str.maketrans("()", "（）"), str.maketrans("（）", "()")


def spellings(name: str) -> tuple[str, ...]:
    """The ways in which a list of cases is likely to write the name: brackets of either width, blanks or none. By
    these the cases are found, whose own column holds the name as the list had it."""
    bare = _BLANKS.sub("", name)
    half = _BLANKS.sub("", unicodedata.normalize("NFKC", name))
    found = (name, bare, bare.translate(_WIDE), bare.translate(_NARROW), half, half.translate(_WIDE))
    return tuple(dict.fromkeys(filter(None, found)))


def label_of(kind: str, name: str) -> str:
    """The Chinese label of a fact."""
    facts = FACTS.get(PartyKind(kind), {}) if kind in tuple(PartyKind) else {}
    return facts[name].label if name in facts else name
