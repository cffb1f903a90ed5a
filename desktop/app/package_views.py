"""Frozen answers about application packages, their findings and their comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.core.comparison import Comparison
from desktop.core.finding import Finding
from desktop.core.package import Package
from desktop.core.package_facts import Difference
from desktop.core.terms import Judgement, PackageKind


@dataclass(frozen=True)
class PackageView:
    """A package beside a case. ``at`` as in :class:`desktop.app.views.JournalEntry`; ``here`` is False while its
    content is at other stations only; ``number`` counts the packages of the case from 1."""

    number: int
    kind: PackageKind
    name: str
    sha256: str
    digest: str
    actor: str
    at: str
    here: bool


@dataclass(frozen=True)
class FindingView:
    """A finding with the last word about it: ``judgement`` OPEN while nobody decided. ``words`` is the finding as a
    person put it, else the sentence that is proposed for the opinion."""

    finding: Finding
    judgement: Judgement = Judgement.OPEN
    words: str = ""
    reason: str = ""
    actor: str = ""
    at: str = ""


@dataclass(frozen=True)
class PackageReading:
    """A package of a case, read again from its original. ``differences`` set its bibliographic data beside the facts
    of the case; ``claims`` as :func:`desktop.core.formal_checks.claims_graph`; ``writable`` while findings may still be
    decided."""

    view: PackageView
    package: Package
    findings: tuple[FindingView, ...]
    differences: tuple[Difference, ...]
    claims: Mapping[str, Any]
    writable: bool


@dataclass(frozen=True)
class PackageComparison:
    """Two packages of one case beside each other: the text that passed (left) and the one that was filed (right)."""

    passed: PackageView
    filed: PackageView
    comparison: Comparison
