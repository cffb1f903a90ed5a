"""Reading an application package: a folder, or a ZIP, into :class:`desktop.core.package.Package`.

The input is only read. A package that is refused raises :class:`Unreadable`; a file that cannot be read is a part with
a problem, and the rest goes on. Source: handbook of the field, section 15.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DESIGN_VIEWS,
    DRAWINGS,
    EXAMINATION_REQUEST,
    NAMES,
    OTHER_NAMES,
    REQUESTS,
    Biblio,
    Claim,
    Package,
    Part,
)  # fmt: skip
from desktop.core.terms import PatentType
from desktop.exchange import package_guard as guard
from desktop.exchange.package_files import (
    HEAD,
    Entry,
    archive_entries,
    archive_kind,
    entries,
    is_document,
    is_litter,
    pack_folder,
)  # fmt: skip
from desktop.exchange.package_guard import BrokenPart, Budget, PackageLimits, Unreadable, harmless_name
from desktop.exchange.package_markup import Node, parse
from desktop.exchange.package_request import abstract_figure, read_biblio
from desktop.exchange.package_texts import (
    Description,
    read_abstract,
    read_claims,
    read_description,
    read_figures,
    read_pictures,
)
from desktop.exchange.package_words import REQUEST_WORDS, ROOTS, code_of_name

__all__ = [
    "PackageLimits", "Unreadable", "looks_like_package", "original", "pack_folder", "read_package",
    "read_package_bytes",
]  # fmt: skip

DUPLICATE = "与“{0}”重复，未采用；请确认以哪一份为准，另一份移出后再读。"
NOT_XML = "这个文件不是 XML，本程序不读其中的文字；请人工查看，或从电子申请客户端导出 XML。"
TWO_TYPES = "有两种请求书，按{0}（“{1}”）读取，“{2}”未采用。"

_IMAGES = frozenset(".jpg .jpeg .png .tif .tiff .bmp .gif .webp .svg .dwg .dxf".split())
_NO_XML = frozenset(".svg .html .htm .xhtml .xsl .xslt .xsd .rels .plist".split())
_TEXTS = frozenset({*REQUESTS, CLAIMS, DESCRIPTION, ABSTRACT, EXAMINATION_REQUEST})
_SIX = re.compile(r"(?<!\d)\d{6}(?!\d)")
_MONTH = re.compile(r"20[12345]\d(?:0[1-9]|1[0-2])")
_TITLES = {
    "发明名称": "110101",
    "inventiontitle": "110101",
    "实用新型名称": "120101",
    "utilitymodeltitle": "120101",
    "外观设计名称": "130101",
    "使用外观设计的产品名称": "130101",
    "designtitle": "130101",
}
_TYPE_WORDS = (
    ("实用新型", PatentType.UTILITY),
    ("utilitymodel", PatentType.UTILITY),
    ("外观设计", PatentType.DESIGN),
    ("发明专利", PatentType.INVENTION),
)


def read_package(path: Path, *, limits: PackageLimits | None = None) -> Package:
    """What a folder or an archive file holds."""
    budget, notes = Budget(limits or PackageLimits()), list[str]()
    return _read(entries(path, budget, notes), budget, notes)


def read_package_bytes(name: str, data: bytes, *, limits: PackageLimits | None = None) -> Package:
    """The same of an archive in memory; ``name`` is its file name."""
    budget, notes = Budget(limits or PackageLimits()), list[str]()
    return _read(archive_entries(harmless_name(name), io.BytesIO(data), budget, notes), budget, notes)


def original(path: Path, *, limits: PackageLimits | None = None) -> tuple[str, bytes]:
    """Name and bytes under which a package is kept as it came: an archive as it is, a folder packed into one ZIP."""
    limits = limits or PackageLimits()
    name = harmless_name(path.absolute().name)
    try:
        if path.is_dir():
            return f"{name}.zip", pack_folder(path, limits=limits)
        if path.exists() and not path.is_file():  # reading a pipe could wait for ever
            raise Unreadable("not_a_package", guard.NOT_A_PACKAGE.format(name))
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable("file_missing", guard.MISSING.format(name)) from None
    except (OSError, ValueError, RuntimeError):  # a link that leads to itself is a RuntimeError
        raise Unreadable("file_unreadable", guard.NO_ACCESS.format(name)) from None
    if len(data) > limits.file_bytes:
        raise Unreadable("too_large", guard.TOO_LARGE.format(limits.file_bytes >> 20))
    return name, data


def looks_like_package(path: Path) -> bool:
    """Whether it is worth trying: a folder that is not empty, or an archive that is no office document. Never raises;
    a RAR counts, so that its sentence is read."""
    try:
        if path.is_dir():
            return any(not is_litter(one.name) for one in path.iterdir())
        if not path.is_file() or is_document(path.name):
            return False
        with path.open("rb") as stream:
            head = stream.read(64)
    except (OSError, ValueError):
        return False
    first = head[30:]
    office = first.startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"mimetype", b"OFD.xml"))
    return bool(archive_kind(head[:HEAD])) and not office


def _read(files: Iterable[Entry], budget: Budget, notes: list[str]) -> Package:
    reading = _Reading(budget, notes)
    for entry in files:
        reading.take(entry)
    if not reading.parts:
        raise Unreadable("empty_package", guard.EMPTY)
    return reading.package()


class _Reading:
    """A package while its files come in."""

    def __init__(self, budget: Budget, notes: list[str]) -> None:
        self.parts: list[Part] = []
        self._budget = budget
        self._notes = notes
        self._adopted: dict[str, str] = {}  # code: the first file of it that was read
        self._request = Biblio()
        self._request_code = ""
        self._examination: Biblio | None = None
        self._claims: tuple[Claim, ...] = ()
        self._description = Description()
        self._abstract: tuple[str, ...] = ()
        self._abstract_figure = ""
        self._abstract_files: tuple[str, ...] = ()
        self._figures: dict[str, str] = {}  # label: pictures
        self._root_type: PatentType | None = None

    def take(self, entry: Entry) -> None:
        digest, size, data, problem, whole = hashlib.sha256(), 0, bytearray(), entry.problem, True
        suffix = PurePosixPath(entry.path.casefold()).suffix
        is_xml = suffix == ".xml"
        try:
            for chunk in entry.chunks:
                if not size and suffix not in _NO_XML:
                    is_xml = is_xml or chunk[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
                digest.update(chunk)
                size += len(chunk)
                if is_xml and len(data) <= self._budget.limits.xml_bytes:
                    data += chunk
        except BrokenPart as broken:
            problem, size, whole = problem or broken.problem, entry.size, False
        root: Node | None = None
        if is_xml and not problem:
            try:
                root = parse(bytes(data), self._budget)
            except BrokenPart as broken:
                problem = broken.problem
        code = _code(entry.path, root, is_xml)
        if root is not None:
            problem = self._adopt(code, root, entry.path)
        name = NAMES.get(code) or OTHER_NAMES.get(code, "")
        # Of a content that did not arrive whole nothing may be compared.
        self.parts.append(Part(code, name, entry.path, size, digest.hexdigest() if whole else "", problem))

    def _adopt(self, code: str, root: Node, file: str) -> str:
        """Take in what a document says; the problem if it is not taken."""
        self._root_type = self._root_type or next((kind for words, kind in _TYPE_WORDS if words in root.tag), None)
        again = code in self._adopted
        first = self._adopted.setdefault(code, file)
        if code in REQUESTS:
            if again:
                return DUPLICATE.format(first)
            if self._request_code:
                adopted = self._adopted[self._request_code]
                self._notes.append(TWO_TYPES.format(REQUESTS[self._request_code], adopted, file))
            else:
                self._request_code, self._request = code, read_biblio(root)
            return ""
        if code == CLAIMS:
            claims = read_claims(root)
            if len(claims) > self._budget.limits.claims:
                return guard.TOO_MANY_CLAIMS.format(len(claims))
            taken = self._take_claims(claims, again)
        elif code == DESCRIPTION:
            described = read_description(root)
            if len(described.paragraphs) > self._budget.limits.paragraphs:
                return guard.TOO_MANY_PARAGRAPHS.format(len(described.paragraphs))
            taken = self._take_description(described, again)
        elif code == DRAWINGS:
            taken = self._take_figures(read_figures(root), again)
        elif code in (ABSTRACT, EXAMINATION_REQUEST):
            taken = not again
            if taken and code == ABSTRACT:
                self._abstract, self._abstract_files = read_abstract(root), read_pictures(root)
                self._abstract_figure = abstract_figure(root)
            elif taken:
                self._examination = read_biblio(root)
        else:
            taken = True
        return "" if taken else DUPLICATE.format(first)

    def _take_claims(self, claims: tuple[Claim, ...], again: bool) -> bool:
        """A second file is taken if its numbers go on from the first's."""
        if again:
            last = self._claims[-1].number if self._claims else 0
            if not claims or last is None or claims[0].number != last + 1:
                return False
        self._claims += claims
        return True

    def _take_description(self, found: Description, again: bool) -> bool:
        """A second file is taken if it holds other sections than the first."""
        here = self._description
        if again:
            sections = {one.section for one in found.paragraphs if one.section}
            there = {one.section for one in here.paragraphs}
            if not sections or sections & there or found.title not in ("", here.title):
                return False
        here.title = here.title or found.title
        here.paragraphs += found.paragraphs
        return True

    def _take_figures(self, figures: dict[str, str], again: bool) -> bool:
        """A second file is taken if it shows other figures than the first."""
        if again and (not figures or figures.keys() & self._figures.keys()):
            return False
        self._figures |= figures
        return True

    def package(self) -> Package:
        code = self._request_code or next((part.code for part in self.parts if part.code in REQUESTS), "")
        return Package(
            parts=tuple(self._unread(part) for part in self.parts),
            patent_type=REQUESTS.get(code, self._root_type),
            biblio=self._biblio(),
            title=self._description.title,
            claims=self._claims,
            description=tuple(self._description.paragraphs),
            abstract=self._abstract,
            figures=tuple(self._figures),
            notes=tuple(self._notes),
            figure_files=tuple(self._figures.values()),
            abstract_files=self._abstract_files,
        )

    def _unread(self, part: Part) -> Part:
        """A text that came as PDF or Word alone is said not to be read."""
        other = not part.problem and part.code in _TEXTS and part.code not in self._adopted
        return replace(part, problem=NOT_XML) if other and not _is_image(part.file) else part

    def _biblio(self) -> Biblio:
        asked, form = self._request, self._examination
        asked = replace(asked, abstract_figure=asked.abstract_figure or self._abstract_figure)
        if form is None:
            return asked
        waivers = (asked.waives_amendment, form.waives_amendment)
        waives = next((one for one in (True, False) if one in waivers), None)
        # The form is a request by its being there, unless it says otherwise.
        requested = asked.substantive_examination is True or form.substantive_examination is not False
        return replace(asked, substantive_examination=requested, waives_amendment=waives)


def _is_image(path: str) -> bool:
    return PurePosixPath(path.casefold()).suffix in _IMAGES


def _code(path: str, root: Node | None, is_xml: bool) -> str:
    """Which document a file is: by six digits in its name or its folder's, by its root element, by words in its
    name. Only an XML keeps six digits that are no known code, if nothing else tells what it is: they may be a date."""
    *folders, name = path.replace("!", "/").split("/")
    stem = PurePosixPath(name).stem
    runs: list[str] = _SIX.findall(stem)
    words = code_of_name(stem)
    if known := next((run for run in runs if run in NAMES), ""):
        return known
    runs = [run for run in runs if not (words and _MONTH.fullmatch(run))]  # 说明书_202601 has a month, not a code
    for folder in reversed(folders):
        for run in _SIX.findall(folder):
            if run in NAMES:
                return str(run)
    if root is not None and (found := _code_of_root(root)):
        return found
    if words:
        return words
    if runs and is_xml:
        return runs[0]
    if words is not None:
        return words
    if root is not None and _is_request(stem):
        return next((_TITLES[one.tag] for one in root.walk() if one.tag in _TITLES), "")
    near = code_of_name(folders[-1]) if folders and not is_xml else None
    return near if near in (COMMITMENT, DESIGN_VIEWS) else ""


def _is_request(stem: str) -> bool:
    return re.sub(r"[\W\d_]", "", stem) in REQUEST_WORDS


def _code_of_root(root: Node) -> str:
    """By the root element, or the only element in it."""
    node = root
    for _ in range(3):
        if found := ROOTS.get(node.tag) or code_of_name(node.tag):
            return found
        children = list(node.children)
        if len(children) != 1:
            break
        node = children[0]
    return ""
