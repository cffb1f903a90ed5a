"""A finding: what a formal check noticed in an application package. It is a first judgement (初步判断) about one
passage, with its article; what becomes of it a person decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: The three things that go with every finding wherever it is shown or printed (handbook 4.4).
FIRST_JUDGEMENT: Final = "初步判断"
ON_WHAT: Final = "基于当前案卷及已提供对比文件"
WHO_DECIDES: Final = "最终以国家知识产权局实质审查结果为准"
DISCLAIMER: Final = f"{FIRST_JUDGEMENT}，{ON_WHAT}，{WHO_DECIDES}。"


class Weight(StrEnum):
    """What a finding is: a defect of form, a hint worth a look, or something that only a person can judge."""

    DEFECT = "缺陷"
    HINT = "提示"
    HUMAN = "需人工确认"


@dataclass(frozen=True)
class Place:
    """Where: document ``code``, the ``unit`` in :meth:`desktop.core.package.Package.text` (-1: the document as a
    whole), and the characters ``start`` to ``end`` of that unit (0, 0: the unit as a whole)."""

    code: str = ""
    unit: int = -1
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Finding:
    """``rule`` names the check, ``item`` the line of the type's checklist (I-F7 …, may be empty), ``article`` the
    clause, ``where`` the place in words (权利要求 3), ``passage`` the very words found, ``text`` one sentence,
    ``claims`` the numbers of the claims it is about."""

    rule: str
    item: str
    article: str
    where: str
    text: str
    weight: Weight = Weight.DEFECT
    place: Place = Place()
    passage: str = ""
    claims: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The same finding has the same key whenever it is made again from the same text, so that a decision about it
        can be found (16 hex digits)."""
        said = "\n".join((self.rule, self.where, self.passage, self.text))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def finding_line(where: str, text: str) -> str:
    """权利要求 3：…… — a finding as it stands in a note or an opinion."""
    return f"{where}：{text}" if where and where not in text else text
