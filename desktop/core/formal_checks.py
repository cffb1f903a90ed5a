"""The formal checks of an application package, all of them, in the order of the file: parts, request, claims,
description, drawings, abstract. What they find is a first judgement (初步判断); the rules are in :mod:`formal_rules`.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop.core import formal_claims, formal_figures, formal_mark_lists, formal_marks, formal_parts, formal_texts
from desktop.core.finding import Finding
from desktop.core.formal_claims import claims_graph
from desktop.core.formal_rules import Case
from desktop.core.package import CLAIMS, Package
from desktop.core.terms import PatentType

__all__ = ["claims_graph", "examine"]


def examine(package: Package) -> tuple[Finding, ...]:
    """Every finding, each once. A part that was not read gives the one finding that it was not."""
    found: dict[str, Finding] = {}
    for finding in _all(Case.of(package)):
        found.setdefault(finding.key, finding)
    return tuple(found.values())


def _all(case: Case) -> Iterator[Finding]:
    yield from formal_parts.parts(case)
    yield from formal_parts.request(case)
    if case.kind is PatentType.DESIGN:  # it has no claims and no description; its views are for people to see
        return
    yield from formal_claims.claims(case)
    yield from formal_texts.type_words(case, CLAIMS)
    yield from formal_marks.marks_of_claims(case)
    yield from formal_texts.description(case)
    yield from formal_figures.figures(case)
    yield from formal_marks.conflicts(case)
    yield from formal_mark_lists.lists(case)
    yield from formal_texts.abstract(case)
