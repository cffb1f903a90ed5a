"""Claims, description, abstract and drawings out of their XML, whichever of the three shapes it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from desktop.core.package import Claim, Paragraph
from desktop.exchange.package_markup import BLOCKS, BREAKS, IMAGES, INLINE, Node, beginning, flat, lines, picture
from desktop.exchange.package_words import (
    CLAIM_NUMBER_ATTRIBUTES,
    CLAIM_NUMBER_TAGS,
    CLAIM_TAGS,
    FIGURE_LABEL_ATTRIBUTES,
    FIGURE_LABEL_TAGS,
    FIGURE_TAGS,
    HEADING_TAGS,
    PARAGRAPH_NUMBER_ATTRIBUTES,
    PARAGRAPH_TAGS,
    SECTION_TAGS,
    SECTION_WORDS,
    TITLE_TAGS,
    figure_labels,
)  # fmt: skip

_LEADING = re.compile(r"(?:权利要求\s?)?(\d{1,4})\s?(?:[.．、,，:：)）](?!\d)|\s(?=\D))\s*")
_LINE = re.compile(r"(?:权利要求\s?)?(\d{1,4})\s?[.．、](?!\d)\s*")
_PRINTED = re.compile(r"[\[【]\s?(\d{3,5})\s?[\]】]\s*")
_ORNAMENT = " \t\u3000【】[]〔〕()（）<>《》:：.．、。0123456789一二三四五六七八九十第部分"
_ENDS = ("。", "；", ";", "：", ":", "，", ",", "！", "？")
_LONGEST_TITLE = 120
_OWN_NAMES = frozenset({"权利要求书", "说明书", "说明书摘要", "摘要", "说明书附图"})
_NOT_TEXT = frozenset({"摘要附图", "指定摘要附图", "abstractfigure", "abstractdrawing", "页码", "pagenumber"})
_CLAIM_ID = re.compile(r"(?:cl|clm|claim|权利要求)[-_]?(\d{1,6})", re.IGNORECASE)
_OPENS_CLAIM = re.compile(r"一[种个]|[^，,。；;]{0,12}权利要求\s?\d")


def read_claims(root: Node) -> tuple[Claim, ...]:
    """In the order of the file. Without elements for claims the lines that begin with a number begin a claim."""
    found: list[Node] = []
    _innermost(root, CLAIM_TAGS, found)
    if len(found) > 1 or (found and _given_number(found[0])):
        return tuple(claim for node in found for claim in _claim(node))
    claims = _by_lines(lines(found[0] if found else root, _NOT_TEXT | TITLE_TAGS))
    if found and len(claims) == 1 and claims[0].number is None:
        return (Claim(_number_of_id(found[0]), claims[0].text),)
    return claims


def _by_lines(texts: list[str]) -> tuple[Claim, ...]:
    """A number that does not go on from the last claim's is that of a step, unless its line reads like a claim; so is
    one that goes on from a step's."""
    claims: list[tuple[int | None, list[str]]] = []
    step = 0  # the last one within the claim
    for line in texts:
        lead = _LINE.match(line)
        number, last = int(lead[1]) if lead else 0, claims[-1][0] if claims else None
        goes_on = last is None or (number == last + 1 and not (step and number == step + 1))
        if lead and not goes_on and not _OPENS_CLAIM.match(line, lead.end()):
            step = number
            claims[-1][1].append(line)
        elif lead:
            step = 0
            claims.append((number, [line[lead.end() :]]))
        elif claims:
            claims[-1][1].append(line)
        elif _bare(line) not in _OWN_NAMES:
            claims.append((None, [line]))
    return tuple(Claim(number, "\n".join(filter(None, said))) for number, said in claims)


def _innermost(node: Node, tags: frozenset[str], found: list[Node]) -> bool:
    """Elements of these tags that hold no other such; whether there was any."""
    inner = [_innermost(child, tags, found) for child in node.children]
    if node.tag in tags and not any(inner):
        found.append(node)
        return True
    return any(inner)


def _given_number(node: Node) -> str:
    """The number outside the text, as it is written."""
    given = _attribute(node.attributes, CLAIM_NUMBER_ATTRIBUTES)
    return given or next((flat(child) for child in node.children if child.tag in CLAIM_NUMBER_TAGS), "")


def _claim(node: Node) -> Iterator[Claim]:
    given = _given_number(node)
    text = "\n".join(lines(node, _NOT_TEXT | CLAIM_NUMBER_TAGS))
    lead = _LEADING.match(text)
    number = _integer(given) if given else int(lead[1]) if lead else _number_of_id(node)
    if lead and int(lead[1]) == number:
        text = text[lead.end() :]
    if text or number is not None:
        yield Claim(number, text)


def _number_of_id(node: Node) -> int | None:
    """cl0001, clm-0001."""
    found = _CLAIM_ID.fullmatch(node.attributes.get("id", "").strip())
    return int(found[1]) if found else None


def _attribute(attributes: Mapping[str, str], names: Iterable[str]) -> str:
    return next((value for name in names if (value := attributes.get(name, "").strip())), "")


def _integer(text: str) -> int | None:
    bare = text.strip().rstrip(".．、,，:： ")
    return int(bare) if bare.isdecimal() and len(bare) <= 6 else None


@dataclass
class Description:
    title: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)


def read_description(root: Node) -> Description:
    found = Description()
    _describe(root, "", found)
    if not found.title:
        _title_from_first(found)
    return found


def _describe(node: Node, section: str, found: Description) -> str:
    """Take in what is beneath an element; the section in which the text goes on after it."""
    if node.has_text or not any(True for _ in node.children):
        return _paragraphs(lines(node, _NOT_TEXT), section, found)
    loose: list[Node] = []  # inline elements without a paragraph around them
    for child in node.children:
        if child.tag in INLINE or child.tag in BREAKS:
            loose.append(child)
            continue
        section = _loose(loose, section, found)
        section = _element(child, section, found)
    return _loose(loose, section, found)


def _loose(nodes: list[Node], section: str, found: Description) -> str:
    if nodes:
        wrapper = Node("", {})
        wrapper.content = [*nodes]
        nodes.clear()
        section = _paragraphs(lines(wrapper, _NOT_TEXT), section, found)
    return section


def _element(node: Node, section: str, found: Description) -> str:
    if node.tag in TITLE_TAGS:
        found.title = found.title or flat(node)
        return section
    if node.tag in HEADING_TAGS:
        return _heading(flat(node), section, found)
    if node.tag in SECTION_TAGS:
        own = SECTION_TAGS[node.tag]
        before = len(found.paragraphs)
        _describe(node, own, found)
        added = found.paragraphs[before:]
        if not (added and added[0].heading and _section_word(added[0].text)):
            found.paragraphs.insert(before, Paragraph(own, section=own, heading=True))
        return "" if any(not one.heading for one in added) else own  # an empty one is a mark between paragraphs
    if node.tag in PARAGRAPH_TAGS and not any(child.tag in PARAGRAPH_TAGS for child in node.children):
        number = _attribute(node.attributes, PARAGRAPH_NUMBER_ATTRIBUTES)
        text = "\n".join(lines(node, _NOT_TEXT))
        return _paragraph(text, number.strip("[]【】 "), section, found)
    if node.tag in _NOT_TEXT:
        return section
    if name := picture(node):
        return _paragraph(f"〔图：{name}〕", "", section, found)
    if node.tag in BLOCKS and node.tag not in PARAGRAPH_TAGS:  # a table or list outside a paragraph is one
        wrapper = Node("", {})
        wrapper.content = [node]
        return _paragraph("\n".join(lines(wrapper, _NOT_TEXT)), "", section, found)
    inner = _describe(node, section, found)
    return inner or section


def _paragraphs(texts: list[str], section: str, found: Description) -> str:
    for text in texts:
        section = _paragraph(text, "", section, found)
    return section


def _paragraph(text: str, number: str, section: str, found: Description) -> str:
    printed = _PRINTED.match(text)
    if printed:
        number, text = number or printed[1], text[printed.end() :]
    if not text:
        return section
    if word := _section_word(text):
        found.paragraphs.append(Paragraph(text, number, word, heading=True))
        return word
    if not found.paragraphs and _bare(text) in _OWN_NAMES:
        return section
    found.paragraphs.append(Paragraph(text, number, section))
    return section


def _heading(text: str, section: str, found: Description) -> str:
    if not text or (not found.paragraphs and _bare(text) in _OWN_NAMES):
        return section
    section = _section_word(text) or section
    found.paragraphs.append(Paragraph(text, "", section, heading=True))
    return section


def _section_word(text: str) -> str:
    """The section that a text opens when it is nothing but its heading: 【技术领域】, 一、技术领域."""
    if len(text) > 24:
        return ""
    bare = _bare(text).strip(_ORNAMENT)
    return bare if bare in SECTION_WORDS else ""


def _bare(text: str) -> str:
    return "".join(text.split())


def _title_from_first(found: Description) -> None:
    """The line above the first section is the title, if it can be one."""
    first = found.paragraphs[0] if found.paragraphs else None
    if first is None or first.section or len(first.text) > _LONGEST_TITLE or first.text.endswith(_ENDS):
        return
    if len(found.paragraphs) > 1 and "\n" not in first.text:
        found.title = first.text
        del found.paragraphs[0]


def read_abstract(root: Node) -> tuple[str, ...]:
    return tuple(text for text in lines(root, _NOT_TEXT | TITLE_TAGS | IMAGES) if _bare(text) not in _OWN_NAMES)


def read_pictures(root: Node) -> tuple[str, ...]:
    """The pictures of a document, in its order."""
    return tuple(name for node in root.walk() if (name := picture(node)))


def read_figures(root: Node) -> dict[str, str]:
    """Labels in the drawings' order, each with its pictures. Without elements for figures, lines that are nothing but
    a label."""
    found: dict[str, str] = {}
    for label, files in (pair for child in root.children for pair in _figures(child)):
        found[label] = "、".join(filter(None, (found.get(label), files)))
    if not found:
        found = {label: "" for line in lines(root) if len(line) <= 24 for label in figure_labels(line)}
    if not any(found.values()) and len(files_in_order := read_pictures(root)) == len(found):
        found = dict(zip(found, files_in_order, strict=True))
    return found


def _figures(node: Node) -> list[tuple[str, str]]:
    """Of the innermost elements for figures that have a label."""
    inner = [pair for child in node.children for pair in _figures(child)]
    if inner or node.tag not in FIGURE_TAGS:
        return inner
    labels = _labels(node)
    return [(label, "、".join(read_pictures(node))) for label in labels] if labels else []


def _labels(node: Node) -> list[str]:
    """By name before number: figure-labels says 图1A where num says 0002."""
    sources = [node.attributes.get(name, "") for name in FIGURE_LABEL_ATTRIBUTES]
    for child in node.children:
        if child.tag in FIGURE_LABEL_TAGS:
            sources.append(beginning(child))
        sources += [child.attributes[name] for name in FIGURE_LABEL_ATTRIBUTES[:7] if name in child.attributes]
    sources.append(beginning(node))
    for bare in (False, True):
        for source in sources:
            if found := figure_labels(source, bare):
                return found
    return []
