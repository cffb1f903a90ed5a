"""The bibliographic data of a request, or of a request for examination, whichever of the three shapes it has."""

from __future__ import annotations

import re
from collections import defaultdict

from desktop.core.package import NAMES, Biblio
from desktop.exchange.package_markup import BREAKS, INLINE, Node, beginning, flat, lines
from desktop.exchange.package_words import FLAGS, figure_labels, role_of, said, truth

PARTIES = frozenset({"applicant", "inventor", "agency", "agent"})
_SIMPLE = frozenset({"title", "main_class", "internal_number", "agency_code", "uscc"})
_BETWEEN = re.compile(r"[;；、\n\t]")
_HAN = r"[\u4e00-\u9fff]"
_BETWEEN_PEOPLE = re.compile(rf"[;；、\n\t，]|(?<={_HAN}),|\s{{2}}|(?<={_HAN}{{2}})\s(?={_HAN}{{2}})")
_TICK_ATTRIBUTES = ("value", "值", "checked", "选中", "勾选", "flag", "selected", "是否", "val")
_MOST_NAME = 200


def read_biblio(root: Node) -> Biblio:
    """What the document says; a request for examination says little more than its ticks."""
    found = _Found()
    _walk(root, "", found, root=True)
    names, ticks = found.names, found.ticks
    return Biblio(
        title=found.texts["title"],
        applicants=tuple(names["applicant"]),
        inventors=tuple(names["inventor"]),
        agency=next(iter(names["agency"]), ""),
        agency_code=found.texts["agency_code"],
        agents=tuple(names["agent"]),
        uscc="".join(found.texts["uscc"].split()).upper(),
        main_class=found.texts["main_class"],
        internal_number=found.texts["internal_number"],
        early_publication=ticks.get("early_publication"),
        substantive_examination=ticks.get("substantive_examination"),
        waives_amendment=ticks.get("waives_amendment"),
        same_day=ticks.get("same_day"),
        abstract_figure=found.texts["abstract_figure"],
    )


class _Found:
    """What was met so far: names by party in document order, the first text and the ticks by role."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, None]] = defaultdict(dict)
        self.texts: dict[str, str] = defaultdict(str)
        self.ticks: dict[str, bool] = {}

    def name(self, owner: str, text: str) -> None:
        text = said(" ".join(text.split()))
        if text and len(text) <= _MOST_NAME:
            self.names[owner].setdefault(text)

    def tick(self, role: str, value: bool | None) -> None:
        if value is not None:
            self.ticks[role] = self.ticks.get(role, False) or value


def _walk(node: Node, owner: str, found: _Found, root: bool = False) -> None:
    """``owner``: the party (申请人 …) to which names beneath belong."""
    role = "" if root else role_of(node.tag)
    if role == "skip":
        for one in node.walk():  # 证件信息 may hold it
            if role_of(one.tag) == "uscc":
                found.texts["uscc"] = found.texts["uscc"] or said(flat(one))
        return
    if role in FLAGS:
        _flag(node, role, found)
        return
    if role == "abstract_figure":
        found.texts[role] = found.texts[role] or _figure(node)
        return
    if role in _SIMPLE:
        text = said(flat(node))
        if text and text not in NAMES.values():
            found.texts[role] = found.texts[role] or text
        return
    if role in PARTIES:
        # An agent within the agency is an agent; what an agency's name is called within an agent is the agency.
        owner = role
        _names(node, owner, found)
        if node.is_leaf:
            return
    elif role == "name" and owner and node.is_leaf:
        _names(node, "agency" if owner == "agent" and node.tag == "orgname" else owner, found)
        return
    elif role == "code" and owner == "agency" and node.is_leaf:
        found.texts["agency_code"] = found.texts["agency_code"] or said(flat(node))
        return
    if owner:
        _split_name(node, owner, found)
    elif node.is_leaf:
        text = flat(node)
        if "放弃" in text and "主动修改" in text:
            _flag(node, "waives_amendment", found)  # the sentence itself, under whatever tag
        return
    for child in node.children:
        _walk(child, owner, found)


def _names(node: Node, owner: str, found: _Found) -> None:
    """Names in the element's own text, beside whatever elements it holds."""
    between = _BETWEEN_PEOPLE if owner in ("inventor", "agent") else _BETWEEN
    for line in lines(node, {child.tag for child in node.children if child.tag not in INLINE | BREAKS}):
        for name in [line] if owner == "agency" else between.split(line):
            found.name(owner, name)


def _split_name(node: Node, owner: str, found: _Found) -> None:
    """last-name and first-name beside each other."""
    parts = {child.tag: said(flat(child)) for child in node.children if child.tag in ("lastname", "firstname")}
    last, first = parts.get("lastname", ""), parts.get("firstname", "")
    if last or first:
        found.name(owner, f"{first} {last}" if f"{first}{last}".isascii() else f"{last}{first}")


def _flag(node: Node, role: str, found: _Found) -> None:
    """A tick may stand in the element, in one beneath it, or in an attribute."""
    if node.is_leaf:
        text = flat(node)
        marked = [truth(node.attributes[name]) for name in _TICK_ATTRIBUTES if name in node.attributes]
        value = next((one for one in marked if one is not None), None)
        found.tick(role, truth(text, statement=True) if value is None else value)
        return
    for child in node.children:
        own = role_of(child.tag)
        if own in FLAGS:
            _flag(child, own, found)
        elif own == "":
            _flag(child, role, found)


def abstract_figure(root: Node) -> str:
    """The figure that an abstract names for itself."""
    named = (_figure(node) for node in root.walk() if node is not root and role_of(node.tag) == "abstract_figure")
    return next(filter(None, named), "")


def _figure(node: Node) -> str:
    sources = [beginning(one) for one in node.walk() if one.is_leaf] + [
        value for name, value in node.attributes.items() if name in ("num", "图号", "number", "编号", "value")
    ]
    return next((label for text in sources for label in figure_labels(text, bare=True)), "")
