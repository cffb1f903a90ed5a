"""Checks of the description and the abstract as texts: sections, title, words of the other type, repeated and broken
paragraphs, length (细则20 and 26). Source: handbook 4.1 (I-F2, I-F8) and 4.4."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from desktop.core.claim_references import Scope, references
from desktop.core.finding import Finding, Place, Weight
from desktop.core.formal_rules import TYPE_WORDS, Case, claim_where
from desktop.core.package import ABSTRACT, CLAIMS, DESCRIPTION, DRAWINGS, Package
from desktop.core.terms import PatentType

FIELD, BACKGROUND, CONTENT = "技术领域", "背景技术", "发明内容"
FIGURES, EMBODIMENTS = "附图说明", "具体实施方式"
MOST_ABSTRACT: Final = 300  # characters, white space not counted (细则26, 指南)
_LEAST_PARAGRAPH: Final = 15
_HEADINGS: Final = {
    FIELD: re.compile(r"(?:所属)?技术领域"),
    BACKGROUND: re.compile(r"背景技术|技术背景|现有技术"),
    CONTENT: re.compile(r"(?:本?发明|本?实用新型|技术)的?内容"),
    FIGURES: re.compile(r"(?:附图|图面)(?:的?简?[单要]?)说明"),
    EMBODIMENTS: re.compile(r"(?:具体|最佳|优选)?(?:的?实施)(?:方式|例|方案)|具体实施"),
}
_LONGEST_HEADING: Final = 20
_MOST_TITLE: Final = 200  # of a title no more is compared
_ORNAMENT: Final = re.compile(
    r"^[\s【\[（(<《]*(?:第?[一二三四五六\d]{1,2}(?:部分)?[、.．：:\s])?|[\s】\]）)>》：:。.]+$"
)
_OTHER_TYPE: Final = {
    PatentType.INVENTION: re.compile("本实用新型"),
    # 本发明人 and 本发明创造 are said of utility models as well.
    PatentType.UTILITY: re.compile("本发明(?![人者]|创造)"),
}
_COMMON: Final = re.compile(
    r"一种|方法|装置|系统|设备|及其|以及|用于|基于|技术|涉及|领域|[^\u4e00-\u9fffA-Za-z0-9]|[的与和及或]"
)
_CLOSED: Final = re.compile(r"[。；;：:！!？?…）)】\]」』”\"’.]\s*$")
#: What is short by nature: numbered lines, names of examples, headings within a section.
_SHORT_BY_NATURE: Final = re.compile(
    r"\s*(?:[第（(【\[]?[一二三四五六七八九十\d]{1,3}[)）】\]、.．,，\s：:]|S\d|图|表|式|其中|注|步骤|[A-Za-z]\s*[.、)）])"
    r"|.*(?:实施|对比|比较|制备|试验|实验|测试|应用)例"
)
_NAMES_SOMETHING: Final = re.compile(
    r"(?:效果|方案|问题|目的|说明|方法|测试|试验|实验|结果|步骤|标记|技术|准备|领域|内容|方式|实施例|优点|原理|过程|用途)\s*$"
)
_FORMULA: Final = re.compile(r"[=＝≤≥<>＜＞∑∫√×÷+＋→⇌^]")


def sections(package: Package) -> tuple[str, ...]:
    """For each paragraph of the description the section it stands in, by the names above; empty before the first. The
    heading itself belongs to its section."""
    found, current = [], ""
    for paragraph in package.description:
        own = _heading(paragraph.text) if paragraph.heading or len(paragraph.text) <= _LONGEST_HEADING else ""
        # A heading that is none of the five opens a part of the section it stands in.
        current = own or _heading(paragraph.section) or current
        found.append(current)
    return tuple(found)


def is_heading(package: Package, unit: int) -> bool:
    paragraph = package.description[unit]
    return paragraph.heading or (len(paragraph.text) <= _LONGEST_HEADING and bool(_heading(paragraph.text)))


@lru_cache(maxsize=1024)
def _heading(text: str) -> str:
    if not text or len(text) > 2 * _LONGEST_HEADING:
        return ""
    bare = re.sub(r"\s", "", _ORNAMENT.sub("", text))
    return next((name for name, pattern in _HEADINGS.items() if pattern.fullmatch(bare)), "")


def has_figures(package: Package) -> bool:
    return package.has(DRAWINGS) or bool(package.figures)


def description(case: Case) -> Iterator[Finding]:
    """Findings of the description's words; those of its figures and marks are found elsewhere."""
    package = case.package
    if not package.description:
        return
    found = sections(package)
    yield from _title(case)
    yield from _sections(case, found)
    yield from _technical_field(case, found)
    yield from type_words(case, DESCRIPTION)
    yield from _cites_claims(case)
    yield from _repeated(case)
    yield from _fragments(case, found)


def abstract(case: Case) -> Iterator[Finding]:
    """Findings of the abstract, and of the figure that the request names for it."""
    package = case.package
    yield from type_words(case, ABSTRACT)
    count = 0
    over: Place | None = None
    for unit, text in enumerate(package.abstract):
        for at, one in enumerate(text):
            count += not one.isspace()
            if count > MOST_ABSTRACT and over is None:
                over = Place(ABSTRACT, unit, at, len(text))
    if over is not None:
        text = f"摘要共 {count} 字，超过 {MOST_ABSTRACT} 字"
        yield case.found("abstract_length", "摘要", text, place=over)
    drawn = case.kind is not PatentType.DESIGN and has_figures(package)
    if drawn and case.reads_request and not package.biblio.abstract_figure.strip():
        text = "申请文件有附图，请求书没有指定摘要附图"
        yield case.found("abstract_figure", "请求书", text, weight=Weight.HINT, place=Place(case.request))


def type_words(case: Case, code: str) -> Iterator[Finding]:
    """One finding for a document: the first place, and how many there are."""
    pattern = _OTHER_TYPE.get(case.kind) if case.kind else None
    if pattern is None or case.kind is None:
        return
    places = [
        Place(code, unit, *match.span())
        for unit, text in enumerate(case.package.text(code))
        for match in pattern.finditer(text)
    ]
    if not places:
        return
    first = places[0]
    name = {CLAIMS: "权利要求书", DESCRIPTION: "说明书", ABSTRACT: "摘要"}[code]
    where = name
    numbers: tuple[int, ...] = ()
    if code == CLAIMS:
        numbers = (case.package.claims[first.unit].number or first.unit + 1,)
        where = claim_where(numbers[0])
    elif code == DESCRIPTION:
        where = case.paragraph(first.unit)
    word = case.package.text(code)[first.unit][first.start : first.end]
    text = f"{case.kind}申请的{name}中写有“{word}”，共 {len(places)} 处"
    yield case.found("type_words", where, text, place=first, claims=numbers, rule=TYPE_WORDS[code])


def _title(case: Case) -> Iterator[Finding]:
    asked, written = case.package.biblio.title, case.package.title
    if asked.strip() and written.strip() and _bare(asked) != _bare(written):
        text = f"请求书中的名称“{asked.strip()}”与说明书中的名称“{written.strip()}”不一致"
        yield case.found("title_differs", "说明书", text, place=Place(DESCRIPTION), passage=written.strip())


def _bare(text: str) -> str:
    """Without white space, and with letters of one width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _sections(case: Case, found: tuple[str, ...]) -> Iterator[Finding]:
    content = "实用新型内容" if case.kind is PatentType.UTILITY else CONTENT
    names = {FIELD: FIELD, BACKGROUND: BACKGROUND, CONTENT: content, FIGURES: FIGURES, EMBODIMENTS: EMBODIMENTS}
    if not has_figures(case.package):
        del names[FIGURES]
    missing = [said for name, said in names.items() if name not in found]
    if len(missing) == len(names):  # nothing is divided: that is one cause
        text = f"说明书没有分部分写明标题（{'、'.join(missing)}）"
        yield case.found("section_missing", "说明书", text, place=Place(DESCRIPTION))
        return
    for said in missing:
        text = f"说明书没有“{said}”部分"
        yield case.found("section_missing", "说明书", text, place=Place(DESCRIPTION), passage=said)


def _technical_field(case: Case, found: tuple[str, ...]) -> Iterator[Finding]:
    package = case.package
    title = package.title or package.biblio.title
    pieces = {word[at : at + 2] for word in _COMMON.split(_bare(title[:_MOST_TITLE])) for at in range(len(word) - 1)}
    units = [
        unit
        for unit, paragraph in enumerate(package.description)
        if found[unit] == FIELD and not is_heading(package, unit) and paragraph.text.strip()
    ]
    said = "\n".join(_bare(package.description[unit].text) for unit in units)
    if pieces and units and not any(piece in said for piece in pieces):
        text = f"技术领域部分与名称“{title.strip()}”没有相同的用词，请核对二者是否对应"
        yield case.found(
            "technical_field", case.paragraph(units[0]), text, weight=Weight.HINT, place=Place(DESCRIPTION, units[0])
        )


def _cites_claims(case: Case) -> Iterator[Finding]:
    for unit, paragraph in enumerate(case.package.description):
        numbered = (one for one in references(paragraph.text) if one.scope is Scope.NUMBERED)
        first = next(numbered, None)  # 以权利要求为准, 如所附权利要求所限定 are how descriptions end
        if first is not None:
            passage = paragraph.text[first.start : first.end]
            text = f"说明书引用了权利要求（“{passage}”）"
            place = Place(DESCRIPTION, unit, first.start, first.end)
            yield case.found("description_cites_claims", case.paragraph(unit), text, place=place)


def _repeated(case: Case) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    told: set[str] = set()
    for unit, paragraph in enumerate(case.package.description):
        bare = _bare(paragraph.text)
        if paragraph.heading or len(bare) < _LEAST_PARAGRAPH:
            continue
        first = seen.setdefault(bare, unit)
        if first != unit and bare not in told:
            told.add(bare)
            text = f"该段与{case.paragraph(first)}文字相同"
            yield case.found(
                "paragraph_repeated", case.paragraph(unit), text, weight=Weight.HINT, place=Place(DESCRIPTION, unit)
            )


def _fragments(case: Case, found: tuple[str, ...]) -> Iterator[Finding]:
    package = case.package
    titles = {_bare(package.title), _bare(package.biblio.title)}
    for unit, paragraph in enumerate(package.description):
        text = paragraph.text
        bare = _bare(text) if len(text) < 4 * _LEAST_PARAGRAPH else ""
        if not bare or len(bare) >= _LEAST_PARAGRAPH or bare in titles or found[unit] == FIGURES:
            continue
        if is_heading(package, unit) or _CLOSED.search(text) or _SHORT_BY_NATURE.match(text):
            continue
        han = sum("\u4e00" <= one <= "\u9fff" for one in bare)
        if _FORMULA.search(text) or 2 * han < len(bare) or _NAMES_SOMETHING.search(text):
            continue
        said = f"该段只有 {len(bare)} 字且没有结尾标点，疑为残句"
        yield case.found(
            "paragraph_fragment", case.paragraph(unit), said, weight=Weight.HINT, place=Place(DESCRIPTION, unit)
        )
