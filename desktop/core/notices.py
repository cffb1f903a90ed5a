"""Texts of notices from the centre's templates. A template whose facts are missing is refused, never half filled."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.documents import Problems, Table
from desktop.core.refusal import Refusal

KNOWN = frozenset(
    "title party patent_type number main_class on round max_rounds defects missing reason reason_label explanation "
    "outcome note disclaimer category".split()
)
_MAY_BE_EMPTY = frozenset({"explanation", "note"})


@dataclass(frozen=True)
class Notice:
    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Notices:
    """The templates of one document; ``version`` 0 = as shipped."""

    templates: Mapping[str, Notice]
    common: Mapping[str, str]
    version: str = "0"

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
        filled = {key: values.get(key, "") for key in KNOWN | set(values)}
        lines = notice.text.strip().format_map(filled).splitlines()
        return notice.title.format_map(filled), "\n".join(line.rstrip() for line in lines).strip()

    def title(self, name: str, facts: Mapping[str, str]) -> str:
        """The title alone, for a notice whose text a person wrote."""
        values = {**self.common, **facts}
        return self.templates[name].title.format_map({key: values.get(key, "") for key in KNOWN | set(values)})


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
    templates: dict[str, Notice] = {}
    for name in top.keys():
        if name == "common":
            continue
        table = top.table(name)
        notice = Notice(name, table.text("title"), table.text("text"))
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
