"""Checklists (审查项目) with article numbers, and what an answer means.

Source: handbook 3.1 (acceptance) and 4.1-4.3 (by patent type); article numbers of 专利法 2020 and 实施细则 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.documents import Problems, Table

OK, DEFECT, NOT_APPLICABLE = "符合", "缺陷", "不适用"
ANSWERS = (OK, DEFECT, NOT_APPLICABLE)
BY_TYPE = "@type"  # the list that is called like the case's category


@dataclass(frozen=True)
class CheckItem:
    """``clause`` is the article, ``category`` 形式 / 实质 / 明显实质 / 受理 …, ``ground`` says what a defect can lead
    to (驳回条款, 形式提示 …); ``human`` marks what a program must never judge (需人工确认)."""

    id: str
    text: str
    clause: str
    category: str
    ground: str = ""
    human: bool = False


@dataclass(frozen=True)
class Checklist:
    id: str
    title: str
    items: tuple[CheckItem, ...]


@dataclass(frozen=True)
class Checklists:
    """All lists of one document; ``version`` 0 = as shipped."""

    lists: Mapping[str, Checklist]
    version: str = "0"

    def named(self, name: str, category: str) -> Checklist | None:
        """The list an action asks for; ``@type`` means the one that is called like the case's category."""
        return self.lists.get(category if name == BY_TYPE else name)


def parse_checklists(document: Mapping[str, object], version: str = "0") -> Checklists:
    """Raises :class:`desktop.core.refusal.Refusal` ``bad_document`` with every fault in words."""
    problems = Problems("检查表")
    top = Table(document, "", problems)
    lists: dict[str, Checklist] = {}
    seen: set[str] = set()
    for table in top.tables("lists", optional=True):
        items = []
        for row in table.tables("items"):
            item = CheckItem(
                row.text("id"),
                row.text("text"),
                row.text("clause"),
                row.text("category"),
                row.text("ground", ""),
                row.flag("human"),
            )
            row.no_others()
            if item.id in seen:
                problems.add(row.place, f"项目编号“{item.id}”重复")
            seen.add(item.id)
            items.append(item)
        lists[table.text("id")] = Checklist(table.text("id"), table.text("title"), tuple(items))
        table.no_others()
    problems.raise_if_any()
    return Checklists(lists, version)
