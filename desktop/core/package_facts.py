"""What a package says about its case: the facts that it can fill, and where it says otherwise than the case."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from desktop.core.cells import INVISIBLE
from desktop.core.package import Package

#: Facts that a package can give, in the order of the form.
LABELS: Final[Mapping[str, str]] = {
    "patent_type": "专利类型",
    "title": "发明名称",
    "party": "申请主体",
    "uscc": "统一社会信用代码",
    "main_class": "主分类号",
    "agency": "代理机构",
    "agency_code": "机构代码",
}


@dataclass(frozen=True)
class Difference:
    """One fact of the case beside what the package says; ``same`` apart from spaces and letter widths."""

    name: str
    label: str
    case: str
    package: str

    @property
    def same(self) -> bool:
        return folded(self.case) == folded(self.package)


def facts_of(package: Package) -> dict[str, str]:
    """The facts that the package knows, by name. The party is the first applicant (申请主体)."""
    biblio = package.biblio
    found = {
        "patent_type": package.patent_type.value if package.patent_type else "",
        "title": biblio.title or package.title,
        "party": biblio.applicants[0] if biblio.applicants else "",
        "uscc": biblio.uscc,
        "main_class": biblio.main_class,
        "agency": biblio.agency,
        "agency_code": biblio.agency_code,
    }
    return {name: text for name, value in found.items() if (text := " ".join(value.translate(INVISIBLE).split()))}


def differences(package: Package, facts: Mapping[str, str]) -> tuple[Difference, ...]:
    """Every fact that the package knows, beside the case's."""
    return tuple(
        Difference(name, LABELS[name], facts.get(name, ""), text) for name, text in facts_of(package).items()
    )


def folded(text: str) -> str:
    """For comparing names: without white space, letter widths and cases."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
