"""The formal checks by name: the clause of each, and its line in the checklist of each patent type.

Numbers of 专利法 2020 and 实施细则 2023; lines as in the shipped checklists. Source: handbook 4.1-4.4. For inventions
细则25 and 26 are no ground of refusal; the ground stands with the line of the checklist, never with the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType
from typing import Final

from desktop.core.finding import Finding, Place, Weight
from desktop.core.package import ABSTRACT, CLAIMS, DESCRIPTION, REQUESTS, Package
from desktop.core.terms import PatentType


@dataclass(frozen=True)
class Rule:
    """``article`` the clause; the rest is the line of the checklist by type, empty where none fits."""

    article: str
    invention: str = ""
    utility: str = ""
    design: str = ""

    def item(self, kind: PatentType | None) -> str:
        lines = {
            PatentType.INVENTION: self.invention,
            PatentType.UTILITY: self.utility,
            PatentType.DESIGN: self.design,
        }
        # Lines of the acceptance list hold for every type, and for a package whose type nobody knows.
        return lines[kind] if kind is not None else (self.invention if self.invention.startswith("A") else "")


def _acceptance(article: str, item: str) -> Rule:
    return Rule(article, item, item, item)


_REFERENCE: Final = Rule("细则25", "I-F7", "U-7")
_DESCRIPTION: Final = Rule("细则20", "I-F2", "U-7")
_FIGURES: Final = Rule("细则21", "I-F3", "U-7")
_ABSTRACT: Final = Rule("细则26", "I-F8", "U-7")
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "part_missing": _acceptance("材料清单", "A5"),
        "part_broken": _acceptance("材料清单", "A5"),
        "unknown_code": _acceptance("材料清单", "A5"),
        "commitment": _acceptance("材料清单", "A7"),
        "request_incomplete": Rule("细则19", "I-F1", "U-7", "A5"),
        "early_publication": _acceptance("细则52", "A8"),
        "examination_request": _acceptance("法35", "A8"),
        "amendment_waiver": _acceptance("细则57", "A8"),
        "same_day": _acceptance("法9；细则47", "A10"),
        "claim_numbering": Rule("细则22", "I-F4", "U-7"),
        "claim_reference_missing": _REFERENCE,
        "claim_reference_order": _REFERENCE,
        "claim_alternative": _REFERENCE,
        "claim_multiple": _REFERENCE,
        "claim_subject": _REFERENCE,
        "claim_cites_figure": Rule("细则22", "I-F4", "U-7"),
        "mark_missing": _FIGURES,
        "mark_conflict": _FIGURES,
        "figure_missing": _FIGURES,
        "figure_undescribed": _DESCRIPTION,
        "figure_numbering": _FIGURES,
        "type_words": _DESCRIPTION,
        "title_differs": _DESCRIPTION,
        "section_missing": _DESCRIPTION,
        "technical_field": _DESCRIPTION,
        "description_cites_claims": _DESCRIPTION,
        "paragraph_repeated": _DESCRIPTION,
        "paragraph_fragment": _DESCRIPTION,
        "abstract_length": _ABSTRACT,
        "abstract_figure": _ABSTRACT,
    }
)
#: The same words are another matter of form in another document.
TYPE_WORDS: Final[Mapping[str, Rule]] = MappingProxyType(
    {CLAIMS: Rule("细则22", "I-F4", "U-7"), DESCRIPTION: _DESCRIPTION, ABSTRACT: _ABSTRACT}
)


@dataclass(frozen=True)
class Case:
    """A package and its type, as every check sees them."""

    package: Package
    kind: PatentType | None

    @classmethod
    def of(cls, package: Package) -> Case:
        """The type as it was read, or as the code of the request says."""
        found = (REQUESTS[part.code] for part in package.parts if part.code in REQUESTS)
        return cls(package, package.patent_type or next(found, None))

    @cached_property
    def _positions(self) -> tuple[int, ...]:
        """For each unit of the description its place among the paragraphs that are no headings, from 1."""
        return tuple(accumulate(not one.heading for one in self.package.description))

    def paragraph(self, unit: int) -> str:
        """说明书第 [0012] 段, or by position where numbers are not printed; a heading is called by its words."""
        paragraph = self.package.description[unit]
        if paragraph.number:
            return f"说明书第 [{paragraph.number.strip('[]【】 ')}] 段"
        if paragraph.heading:
            return f"说明书标题“{paragraph.text.strip()[:20]}”"
        return f"说明书第 {self._positions[unit]} 段"

    @property
    def request(self) -> str:
        """The code of the request in the package; empty without one."""
        return next((part.code for part in self.package.parts if part.code in REQUESTS), "")

    @property
    def reads_request(self) -> bool:
        return any(self.package.readable(code) for code in REQUESTS)

    def text(self, code: str) -> tuple[str, ...]:
        """The units of a document, made once for all findings."""
        if code not in self._texts:
            self._texts[code] = self.package.text(code)
        return self._texts[code]

    @cached_property
    def _texts(self) -> dict[str, tuple[str, ...]]:
        return {}

    def found(
        self,
        name: str,
        where: str,
        text: str,
        *,
        weight: Weight = Weight.DEFECT,
        place: Place | None = None,
        passage: str = "",
        claims: tuple[int, ...] = (),
        rule: Rule | None = None,
    ) -> Finding:
        """A finding by the rule of that name. A place inside a document brings its own passage."""
        line = rule or RULES[name]
        place = place or Place()
        if place.unit >= 0:
            unit = self.text(place.code)[place.unit]
            passage = unit[place.start : place.end] if place.end else unit
        return Finding(name, line.item(self.kind), line.article, where, text, weight, place, passage, claims)


def claim_where(number: int) -> str:
    return f"权利要求 {number}"


def several(numbers: tuple[int, ...], most: int = 6) -> str:
    """3、5、8 等 12 项: a list that stays readable."""
    said = "、".join(map(str, numbers[:most]))
    return said if len(numbers) <= most else f"{said} 等 {len(numbers)} 项"


def several_are(numbers: tuple[int, ...], said: str) -> str:
    """3、5 不存在, and 3、5 等 12 项不存在: a space stands after digits only."""
    listed = several(numbers)
    return f"{listed}{'' if listed.endswith('项') else ' '}{said}"
