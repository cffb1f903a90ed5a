"""What an application package says: its parts, its bibliographic data and its texts.

All of it is derived from the files of the package, which are kept as they came; it is made again whenever it is
needed and never stored. Document codes and the three shapes of XML: handbook of the field, section 15.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desktop.core.terms import PatentType

REQUESTS: Final[Mapping[str, PatentType]] = MappingProxyType(
    {"110101": PatentType.INVENTION, "120101": PatentType.UTILITY, "130101": PatentType.DESIGN}
)
CLAIMS, DESCRIPTION, DRAWINGS, ABSTRACT = "100001", "100002", "100003", "100004"
EXAMINATION_REQUEST: Final = "110401"
NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "110101": "发明专利请求书",
        "120101": "实用新型专利请求书",
        "130101": "外观设计专利请求书",
        EXAMINATION_REQUEST: "实质审查请求书",
        CLAIMS: "权利要求书",
        DESCRIPTION: "说明书",
        DRAWINGS: "说明书附图",
        ABSTRACT: "说明书摘要",
    }
)
#: Documents without an XML form of their own; they are known by words in their file names.
COMMITMENT, DESIGN_VIEWS, DESIGN_BRIEF = "commitment", "views", "brief"
OTHER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {COMMITMENT: "承诺书", DESIGN_VIEWS: "外观设计图片或照片", DESIGN_BRIEF: "外观设计简要说明"}
)

PICTURES: Final = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif")
#: A picture that stands in a text.
PICTURE_MARK: Final = re.compile("〔图：([^〔〕]*)〕")
# So that a file's name is not taken for a figure, a claim or a reference mark of the text.
_SAFE: Final = str.maketrans("图权()（）〔〕", "圖權﹝﹞﹝﹞﹝﹞")
_EXAMINED: Final = frozenset({CLAIMS, DESCRIPTION, DRAWINGS, ABSTRACT, DESIGN_VIEWS, DESIGN_BRIEF})


def picture_name(path: str) -> str:
    """A picture's file as it is named in a text: without folders, and without words that mean something there."""
    return re.split(r"[/\\!]", path.strip())[-1].translate(_SAFE)


@dataclass(frozen=True)
class Part:
    """One file of the package. ``code`` is a document code, a key of :data:`OTHER_NAMES`, an unknown six-digit code as
    it was found, or empty (an image beside a document, or a file that nobody recognises); ``file`` its path inside the
    package, parts of nested archives after ``!``; ``problem`` a sentence, empty if the part was read."""

    code: str
    name: str
    file: str
    size: int
    sha256: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem

    @property
    def examined(self) -> bool:
        """Whether it belongs to the text that is examined; a picture that no name ties to a document does."""
        if not self.code:
            return self.file.lower().endswith(PICTURES)
        return self.code in _EXAMINED

    @property
    def known(self) -> bool:
        return self.code in NAMES or self.code in OTHER_NAMES


@dataclass(frozen=True)
class Claim:
    """A claim as the file numbers it (None: without a number, or one that is none). ``text`` is without the number;
    paragraphs of one claim are joined by line feeds."""

    number: int | None
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the description: ``number`` as printed ("0012", may be empty), ``section`` the heading it stands
    under (技术领域 …, may be empty). A heading itself is a paragraph with ``heading`` set."""

    text: str
    number: str = ""
    section: str = ""
    heading: bool = False


@dataclass(frozen=True)
class Biblio:
    """What the request says. None: the request does not say it, which is not the same as no.

    ``waives_amendment``: 放弃主动修改 (细则57) in the request for examination; ``same_day``: 声明同日就同样的发明创造
    另申请 (细则47); ``abstract_figure``: the figure named for the abstract ("图1", may be empty).
    """

    title: str = ""
    applicants: tuple[str, ...] = ()
    inventors: tuple[str, ...] = ()
    agency: str = ""
    agency_code: str = ""
    agents: tuple[str, ...] = ()
    uscc: str = ""
    main_class: str = ""
    internal_number: str = ""
    early_publication: bool | None = None
    substantive_examination: bool | None = None
    waives_amendment: bool | None = None
    same_day: bool | None = None
    abstract_figure: str = ""


@dataclass(frozen=True)
class Package:
    """A package as it was read. ``figures`` are the labels (图1 …) that the drawings part names, in its order;
    ``figure_files`` the pictures of each (joined by 、, empty if unknown), ``abstract_files`` those in the abstract,
    as :func:`picture_name` has them; ``title`` is the title in the description; ``notes`` say what was passed over in
    reading (a nested archive that could not be opened …)."""

    parts: tuple[Part, ...] = ()
    patent_type: PatentType | None = None
    biblio: Biblio = Biblio()
    title: str = ""
    claims: tuple[Claim, ...] = ()
    description: tuple[Paragraph, ...] = ()
    abstract: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    figure_files: tuple[str, ...] = ()
    abstract_files: tuple[str, ...] = ()

    def has(self, code: str) -> bool:
        """Whether the package holds this document, readable or not."""
        return any(part.code == code for part in self.parts)

    def readable(self, code: str) -> bool:
        return any(part.code == code and part.ok for part in self.parts)

    def text(self, code: str) -> tuple[str, ...]:
        """The units of one document to which a finding can point: a claim, a paragraph of description or abstract."""
        if code == CLAIMS:
            return tuple(claim.text for claim in self.claims)
        if code == DESCRIPTION:
            return tuple(paragraph.text for paragraph in self.description)
        return self.abstract if code == ABSTRACT else ()

    @property
    def digest(self) -> str:
        """The check value of the text (文本校验值): SHA-256 over the contents of the documents that are examined and
        their figures. The same files give the same value in a folder, a ZIP, or under other names; what only goes with
        them (requests, commitments, proofs) does not count. Empty if one of them could not be read whole. One line
        ``code<TAB>sha256<LF>`` per file, lines sorted, in UTF-8."""
        if not all(part.sha256 for part in self.parts if part.examined):
            return ""
        lines = sorted(f"{part.code}\t{part.sha256}\n" for part in self.parts if part.examined)
        return hashlib.sha256("".join(lines).encode()).hexdigest()
