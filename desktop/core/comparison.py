"""The consistency check (一致性审查): filed beside passed text, each difference shown as what it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import Final

from desktop.core.comparison_pairs import partners
from desktop.core.comparison_pictures import Names, base
from desktop.core.comparison_rows import lone, mirrored, ordered, row_of, rows_of
from desktop.core.comparison_units import FORMS, Budget, Kind, Row, Unit
from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    DESCRIPTION,
    DRAWINGS,
    NAMES,
    REQUESTS,
    Biblio,
    Package,
    Paragraph,
    Part,
)

SAME_TEXT: Final = "申请文本（权利要求书、说明书、附图、摘要）的文件完全相同"
REQUEST, FILES = "request", "files"  # documents of a comparison that are no text with a code of its own


class Verdict(StrEnum):
    IDENTICAL = "文件完全相同"
    TEXT_EQUAL = "文件不同，文字相同"
    FORM_ONLY = "仅形式不同"
    DIFFERS = "内容不同"
    UNDECIDED = "不能判断"


class Conclusion(StrEnum):
    CONSISTENT = "一致"
    INCONSISTENT = "不一致"
    HUMAN = "需人工确认"


@dataclass(frozen=True)
class Document:
    """One document of both sides: rows in the order of the filed text, what was deleted where it stood. ``problem``:
    why it could not be compared (a sentence; then there are no rows)."""

    code: str
    name: str
    rows: tuple[Row, ...] = ()
    problem: str = ""

    def summary(self) -> str:
        """说明书：移动 1 段; empty when nothing differs."""
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            both = row.moved and row.kind is Kind.CHANGED
            found[f"{Kind.MOVED}并{Kind.CHANGED}" if both else row.kind].append(row)
        words = [self._counted(kind, rows) for kind, rows in found.items() if kind != Kind.SAME]
        return f"{self.name}：{'，'.join(words)}" if words else ""

    def _counted(self, kind: str, rows: Sequence[Row]) -> str:
        said = f"{kind} {len(rows)} {'处' if kind == Kind.CHANGED else _MEASURES.get(self.code, '段')}"
        if len(rows) > 1:
            return said
        changed = {0: "", 1: " 一个字"}.get(rows[0].characters, f" {rows[0].characters} 个字")
        return f"{said}（{rows[0].label}{changed if rows[0].kind is Kind.CHANGED else ''}）"


@dataclass(frozen=True)
class Comparison:
    """``unread``: what could not be compared, in sentences. Equal files are not taken apart: no documents then, and
    none of the text if the files of the text are equal (``same_text``)."""

    verdict: Verdict
    documents: tuple[Document, ...] = ()
    unread: tuple[str, ...] = ()
    same_text: bool = False

    def document(self, code: str) -> Document | None:
        return next((one for one in self.documents if one.code == code), None)

    @property
    def conclusion(self) -> Conclusion:
        """What is suggested; a person decides. Differences of form are a person's to judge, and so are files of which
        only the bytes are known: a picture that was saved again differs in every byte and shows the same."""
        if self.verdict in (Verdict.IDENTICAL, Verdict.TEXT_EQUAL):
            return Conclusion.CONSISTENT
        texts = [row.kind for one in self.documents if one.code != FILES for row in one.rows]
        certain = any(kind is not Kind.SAME and kind not in FORMS for kind in texts)
        return Conclusion.INCONSISTENT if certain else Conclusion.HUMAN

    def summary(self) -> str:
        """What differs, then the first judgement; between them a sentence on what cannot be told from here."""
        told = {one.code: one.summary() for one in self.documents}
        files = "图片与其他文件只比对哈希值，内容须人工查看。" if told.get(FILES) else ""
        said = "；".join(filter(None, told.values())) or self.verdict
        said = f"{SAME_TEXT}；{said}" if self.same_text else said
        return f"{said}。{files}{''.join(self.unread)}初步判断：{self.conclusion}。"


_MEASURES: Final = {CLAIMS: "项", DRAWINGS: "个图号", REQUEST: "项", FILES: "个"}
_FLAGS: Final = {None: "", True: "是", False: "否"}
# The internal number is left out: whoever prepares a package may give it another each time.
_FIELDS: Final[tuple[tuple[str, Callable[[Package], Sequence[str]]], ...]] = (
    ("专利类型", lambda one: (one.patent_type.value if one.patent_type else "",)),
    ("发明名称", lambda one: (one.biblio.title,)),
    ("申请人", lambda one: one.biblio.applicants),
    ("统一社会信用代码", lambda one: (one.biblio.uscc,)),
    ("发明人", lambda one: one.biblio.inventors),
    ("代理机构", lambda one: (one.biblio.agency,)),
    ("代理机构代码", lambda one: (one.biblio.agency_code,)),
    ("代理师", lambda one: one.biblio.agents),
    ("主分类号", lambda one: (one.biblio.main_class,)),
    ("请求早日公布", lambda one: (_FLAGS[one.biblio.early_publication],)),
    ("请求实质审查", lambda one: (_FLAGS[one.biblio.substantive_examination],)),
    ("放弃主动修改", lambda one: (_FLAGS[one.biblio.waives_amendment],)),
    ("同日申请声明", lambda one: (_FLAGS[one.biblio.same_day],)),
    ("摘要附图", lambda one: (one.biblio.abstract_figure,)),
)


def compare(passed: Package, filed: Package) -> Comparison:
    """The passed text on the left, the filed one on the right."""
    unread = tuple(
        f"{side}读取时：{note.rstrip('。')}。"
        for side, one, other in (("预审合格文本", passed, filed), ("提交文本", filed, passed))
        for note in one.notes
        if note not in other.notes
    )
    if not unread and _same_files(passed.parts, filed.parts):
        return Comparison(Verdict.IDENTICAL)
    texts = [[part for part in side.parts if part.examined] for side in (passed, filed)]
    same, budget = not unread and _same_files(*texts), Budget()
    codes = () if same else (CLAIMS, DESCRIPTION, ABSTRACT, DRAWINGS)
    names = Names(passed, filed)
    documents = [_text(code, passed, filed, budget, names) for code in codes]
    documents = [_request(passed, filed, budget), *documents, Document(FILES, "图片与其他文件", _files(passed, filed))]
    documents = [one for one in documents if one.rows or one.problem]
    unread = (*(one.problem for one in documents if one.problem), *unread)
    return Comparison(_verdict(documents, unread, same), tuple(documents), unread, same)


def _verdict(documents: Sequence[Document], unread: Sequence[str], same: bool) -> Verdict:
    kinds = {row.kind for one in documents for row in one.rows}
    if kinds - FORMS - {Kind.SAME}:
        return Verdict.DIFFERS
    if unread or not (kinds or same):
        return Verdict.UNDECIDED
    return Verdict.FORM_ONLY if kinds & FORMS else Verdict.TEXT_EQUAL


def _same_files(passed: Sequence[Part], filed: Sequence[Part]) -> bool:
    """Equal contents, and not under exchanged names: two pictures that changed places are a difference."""
    contents = [sorted((part.code, part.sha256) for part in side) for side in (passed, filed)]
    if not passed or contents[0] != contents[1] or not all(digest for _, digest in contents[0]):
        return False
    left, right = _by_name(passed), _by_name(filed)
    return all(sorted(left[name]) == sorted(right[name]) for name in left.keys() & right.keys())


def _by_name(parts: Iterable[Part]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for part in parts:
        found[base(part)].append(part.sha256)
    return found


def _doubt(name: str, codes: Iterable[str], passed: Package, filed: Package, empty: Sequence[bool]) -> str:
    """Why a document cannot be compared: a file that was not read, or one that was and gave no text."""
    parts = [[part for part in one.parts if part.code in codes] for one in (passed, filed)]
    hashes = [sorted(part.sha256 for part in side) for side in parts]
    if hashes[0] == hashes[1] and all(hashes[0]):
        return ""
    for side, own, nothing in zip(("预审合格文本", "提交文本"), parts, empty, strict=True):
        broken = next((part for part in own if part.problem), None)
        if broken is not None:
            return f"{side}的{name}未能读取，不能比对：{broken.problem.rstrip('。')}。"
        if own and nothing:
            return f"{side}的{name}没有读出内容，不能比对。"
    return ""


def _units(code: str, package: Package) -> list[Unit]:
    if code == ABSTRACT and package.abstract_files:
        shown = [Unit(f"〔图：{name}〕", "摘要中的图") for name in package.abstract_files]
        return [*_units(code, replace(package, abstract_files=())), *shown]
    if code == CLAIMS:
        numbers = [claim.number or at for at, claim in enumerate(package.claims, 1)]
        texts = package.text(CLAIMS)
        return [Unit(text, f"权利要求 {n}", str(n)) for text, n in zip(texts, numbers, strict=True)]
    if code == DESCRIPTION:
        places = accumulate(not one.heading for one in package.description)
        told = [Unit(one.text, _place(one, at)) for at, one in zip(places, package.description, strict=True)]
        return [*told, *([Unit(package.title, "说明书中的名称")] if package.title else [])]
    texts, label = (package.figures, "图号 {}") if code == DRAWINGS else (package.text(code), "第 {} 段")
    return [Unit(text, label.format(at)) for at, text in enumerate(texts, 1)]


def _place(paragraph: Paragraph, at: int) -> str:
    """As findings name it: 第 [0012] 段, or by position among the paragraphs; a heading is called so."""
    if paragraph.heading:
        return "标题"
    return f"第 [{paragraph.number.strip('[]【】 ')}] 段" if paragraph.number else f"第 {at} 段"


def _text(code: str, passed: Package, filed: Package, budget: Budget, names: Names) -> Document:
    """The title of the description, which is no paragraph, stands behind its last one and meets only its like."""
    left, right, name = _units(code, passed), names.of_passed(_units(code, filed)), NAMES[code]
    empty = (False, False) if code == DRAWINGS else (not left, not right)
    if problem := _doubt(name, (code,), passed, filed, empty):
        return Document(code, name, problem=problem)
    if code == DRAWINGS:
        return Document(code, name, tuple(map(names.with_pictures, rows_of(left, right, budget))))
    if code != DESCRIPTION:
        return Document(code, name, tuple(rows_of(left, right, budget)))
    ends = len(passed.description), len(filed.description)
    title = _fixed(left[ends[0] :], right[ends[1] :], budget)
    return Document(code, name, (*_shifted(title, *ends), *rows_of(left[: ends[0]], right[: ends[1]], budget)))


def _request(passed: Package, filed: Package, budget: Budget) -> Document:
    name, rows, ends = "请求书", list[Row](), [0, 0]
    # The figure for the abstract may be named there alone.
    empty = tuple(replace(one.biblio, abstract_figure="") == Biblio() for one in (passed, filed))
    if problem := _doubt(name, REQUESTS, passed, filed, empty):
        return Document(REQUEST, name, problem=problem)
    for label, read in _FIELDS:
        values = read(passed), read(filed)
        many = max(map(len, values)) > 1
        left, right = ([Unit(one, label) for one in side if one] for side in values)
        rows += _shifted(rows_of(left, right, budget) if many else _fixed(left, right, budget), *ends)
        ends = [ends[0] + len(left), ends[1] + len(right)]
    return Document(REQUEST, name, tuple(rows))


def _fixed(left: Sequence[Unit], right: Sequence[Unit], budget: Budget) -> list[Row]:
    """At most one unit a side, in a place of its own: they are each other's counterpart, however unlike."""
    if not (left and right):
        return [*lone(left, range(len(left))), *mirrored(lone(right, range(len(right))))]
    if right[0].text < left[0].text:  # as in rows_of
        return mirrored(_fixed(right, left, budget))
    return [row_of(left[0], right[0], (0, 0), frozenset(), False, budget)]


def _shifted(rows: Iterable[Row], left: int, right: int) -> list[Row]:
    return [
        replace(
            row,
            left=None if row.left is None else row.left + left,
            right=None if row.right is None else row.right + right,
        )
        for row in rows
    ]


def _files(passed: Package, filed: Package) -> tuple[Row, ...]:
    """The files that are not compared as text, by content and then by name. Only bytes are known of them."""
    sides = [[part for part in one.parts if _is_file(part)] for one in (passed, filed)]
    left, right = ([Unit(part.file, part.name or base(part)) for part in side] for side in sides)
    shared = {base(part) for part in sides[0]} & {base(part) for part in sides[1]}
    free, rows = [set(range(len(left))), set(range(len(right)))], list[Row]()
    steps: tuple[tuple[Kind, Callable[[Part], object], bool], ...] = (
        (Kind.SAME, lambda part: part.sha256 and (part.code, part.sha256, base(part)), False),
        (Kind.MOVED, lambda part: part.sha256 and (part.code, part.sha256), False),
        (Kind.CHANGED, lambda part: (part.code, base(part)), False),
        (Kind.CHANGED, lambda part: part.code, True),  # the one commitment letter, under whatever name
    )
    for kind, key, once in steps:
        keys = [[key(part) for part in side] for side in sides]
        pairs = partners(keys[0], sorted(free[0]), keys[1], sorted(free[1]), once)
        for i, j in pairs:
            # The same content under another name is a move only where a name now stands for something else.
            moved = kind is Kind.MOVED and not shared.isdisjoint((base(sides[0][i]), base(sides[1][j])))
            told = kind if moved or kind is not Kind.MOVED else Kind.SAME
            rows.append(Row(told, i, j, left[i].text, right[j].text, (), (), left[i].label, right[j].label, moved))
        free = [free[0] - {i for i, _ in pairs}, free[1] - {j for _, j in pairs}]
    return tuple(ordered([*rows, *lone(left, free[0]), *mirrored(lone(right, free[1]))]))


def _is_file(part: Part) -> bool:
    """A drawings part that is no XML holds the drawings themselves."""
    if part.code == DRAWINGS:
        return not base(part).endswith(".xml")
    return part.code not in (*REQUESTS, CLAIMS, DESCRIPTION, ABSTRACT)
