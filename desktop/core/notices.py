"""Texts of notices from the centre's templates. A template whose facts are missing is refused, never half filled."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.documents import Problems, Table
from desktop.core.refusal import Refusal

KNOWN = frozenset(
    "title party patent_type number main_class on round max_rounds defects missing reason reason_label explanation "
    "outcome note disclaimer category stage awaited late word".split()
)
_MAY_BE_EMPTY = frozenset({"explanation", "note", "difference", "passed_sha256"})
WORD = "word"  # in ``common``: the centre's 机关代字, with which the numbers of its documents begin
MOST_WORD = 20
CONTACT = "contact"  # in ``common``: 联系人及电话
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?=$|（暂定）$)")
_FACT_ALONE = re.compile(r"(?:[^{}：]*：)?\{(\w+)\}")
_OWN_NUMBER = re.compile(r"(?P<prefix>\w+)-(?P<year>\d{4})-0*(?P<serial>\d+)")
_COUNTED = "一二三四五六七八九"


@dataclass(frozen=True)
class Notice:
    """A template. One with ``signatures`` is a slip for the file: lines to sign on instead of addressee and seal."""

    id: str
    title: str
    text: str
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notices:
    """The templates of one document; ``version`` 0 = as shipped."""

    templates: Mapping[str, Notice]
    common: Mapping[str, str]
    version: str = "0"

    @property
    def word(self) -> str:
        """The centre's 机关代字; empty while it has none of its own."""
        return self.common.get(WORD, "").strip()

    def write(self, name: str, facts: Mapping[str, str], labels: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Title and text of one notice. Raises :class:`Refusal` ``notice_incomplete`` naming what is missing, by the
        procedure's ``labels``."""
        notice = self.templates[name]
        values = {**self.common, **facts}
        missing = sorted(
            key for key in names(notice.title) | names(notice.text) if not values.get(key) and key not in _MAY_BE_EMPTY
        )
        if missing:
            words = "、".join(LABELS.get(key) or (labels or {}).get(key, key) for key in missing)
            raise Refusal("notice_incomplete", f"{notice.title.split('（')[0]}缺少：{words}", {"missing": missing})
        filled = {key: spoken_dates(values.get(key, "")) for key in KNOWN | set(values)}
        lines = _without_gaps(notice.text, filled).strip().format_map(filled).splitlines()
        return notice.title.format_map(filled), "\n".join(line.rstrip() for line in lines).strip()

    def title(self, name: str, facts: Mapping[str, str]) -> str:
        """The title alone, for a notice whose text a person wrote."""
        values = {**self.common, **facts}
        return self.templates[name].title.format_map({key: values.get(key, "") for key in KNOWN | set(values)})

    @property
    def contact(self) -> str:
        """Whom to ask about a document (附注); empty while the centre has not said."""
        return self.common.get(CONTACT, "").strip()


def _without_gaps(text: str, values: Mapping[str, str]) -> str:
    """The template without the lines that are a fact alone, or after its label, where that may be empty and is."""
    return "\n".join(
        line
        for line in text.splitlines()
        if not (found := _FACT_ALONE.fullmatch(line.strip())) or found[1] not in _MAY_BE_EMPTY or values.get(found[1])
    )


def spoken_dates(value: str) -> str:
    """A fact that is a day, as documents write it: 2026年3月12日 (GB/T 9704-2012, 7.3.5.4). Other facts stay."""
    found = _DAY.match(value)
    if found is None:
        return value
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日{value[found.end():]}"


def document_number(word: str, case_number: str, nth: int) -> str:
    """文号 of the ``nth`` document of a case: 济知保预〔2026〕123号, then 123号之一, 之二 … It comes from the number of
    the case, so nothing has to be handed out. Two stations that work on one case without having met may give one twice;
    where that comes out the later document is marked. Brackets and figures as in GB/T 9704-2012; ``word`` falls back on
    the prefix of the case number."""
    found = _OWN_NUMBER.fullmatch(case_number)
    after = f"之{_counted(nth - 1)}" if nth > 1 else ""
    if found is None:
        return f"{word}{case_number}号{after}"
    return f"{word or found['prefix']}〔{found['year']}〕{found['serial']}号{after}"


def _counted(number: int) -> str:
    """1 to 99 in Chinese figures: 一, 十, 十二, 二十三."""
    tens, units = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_COUNTED[tens - 1]}十" if tens < 10 else str(number)
    return head if tens >= 10 or not units else head + _COUNTED[units - 1]


LABELS = {
    "title": "发明名称",
    "party": "申请主体",
    "patent_type": "专利类型",
    "on": "日期",
    "defects": "缺陷",
    "missing": "缺项",
    "reason": "理由",
    "reason_label": "不予受理理由",
    "outcome": "结论",
    "category": "类型",
    "round": "次数",
    "awaited": "正在等待对方的期限",
    "late": "已经超期的期限",
    "stage": "环节",
}


def names(text: str) -> set[str]:
    """Names in braces. A name with a format (``{on:9}``) counts with it, so that it is not a known one."""
    found = string.Formatter().parse(text)
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in found
        if name is not None
    }


def parse_notices(document: Mapping[str, object], version: str = "0") -> Notices:
    """Raises :class:`Refusal` ``bad_document``. Which names may stand in braces, :mod:`desktop.core.fitting` knows: the
    procedure says."""
    problems = Problems("文书")
    top = Table(document, "", problems)
    common_table = top.table("common", optional=True)
    common = {key: common_table.text(key) for key in common_table.keys()}
    if len(common.get(WORD, "")) > MOST_WORD:
        problems.add(f"common.{WORD}", f"机关代字过长，最多 {MOST_WORD} 字")
    templates: dict[str, Notice] = {}
    for name in top.keys():
        if name == "common":
            continue
        table = top.table(name)
        signatures = table.texts("signatures", optional=True)
        notice = Notice(name, table.text("title"), table.text("text"), signatures)
        for key, value in (("title", notice.title), ("text", notice.text)):
            if key in table.keys() and not value.strip():
                problems.add(f"{table.place}.{key}", "为空")
        if any("\n" in line for line in (notice.title, *signatures)):
            problems.add(table.place, "标题和签署栏不能换行")
        table.no_others()
        try:
            strange = sorted(name for name in names(notice.title) | names(notice.text) if not name.isidentifier())
        except ValueError:
            problems.add(table.place, "大括号不成对")
            continue
        for key in strange:
            problems.add(table.place, f"名称 {{{key}}} 不认识")
        templates[name] = notice
    problems.raise_if_any()
    return Notices(templates, common, version)
