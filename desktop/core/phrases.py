"""Opinion phrases (意见短语): ready sentences by checklist item and clause, the shipped ones and the centre's own.

A phrase says what is wrong, by which clause, and what to do about it; a finding fills in claims and passages. What is
not known stays a blank for a person to fill, and is never made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from desktop.core.documents import Problems, Table
from desktop.core.finding import Finding
from desktop.core.formal_rules import RULES
from desktop.core.notices import names

BLANK: Final = "＿＿"
#: What may stand in braces, in the words that the editor of a phrase reads.
PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "claims": "全部权利要求的编号，如“权利要求 1-3、5”",
        "claim": "第一项权利要求，如“权利要求 1”",
        "passage": "原文，带引号",
        "where": "所在位置，如“说明书第 0012 段”",
        "article": "条款，如“专利法第22条第3款”",
        "title": "名称",
        "found": "核对发现的一句话",
    }
)
MOST_TITLE, MOST_TEXT = 40, 1000  # characters
MOST_PASSAGE, _HEAD, _TAIL = 48, 30, 12  # characters of a quotation: all of it, or its beginning and its end
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})

_LAWS = {"法": "专利法", "细则": "专利法实施细则"}
_ARTICLE = r"\d+(?:\.\d+)?(?:\(\d+\))?"
_CLAIMS = re.compile(r"(\{claims?\})(?=[\u4e00-\u9fff])")  # numbers stand off the words on both sides
_CLAUSE = re.compile(rf"(法|细则)({_ARTICLE}(?:[、–-]{_ARTICLE})*)")


@dataclass(frozen=True)
class Phrase:
    """``item`` is the line of a checklist (may be empty: fits everywhere), ``clause`` the article in short (法22.3),
    ``text`` has names of :data:`PLACEHOLDERS` in braces, ``own`` marks the centre's, ``rule`` the check
    (:mod:`desktop.core.formal_rules`) whose finding it fits. A ``hidden`` one takes the shipped phrase of the same id
    away."""

    id: str
    item: str
    clause: str
    title: str
    text: str
    own: bool = False
    rule: str = ""
    hidden: bool = False


def parse_phrases(document: Mapping[str, object], *, own: bool = True) -> tuple[Phrase, ...]:
    """The phrases of a document, hidden ones among them. Raises :class:`desktop.core.refusal.Refusal` ``bad_document``
    with every fault in words; whether an item stands in a checklist, is asked when the document is tried on."""
    problems = Problems("意见短语")
    top = Table(document, "", problems)
    found: dict[str, Phrase] = {}
    for row in top.tables("phrases"):
        phrase = _read(row, own)
        if not phrase.id.strip() or phrase.id != "".join(phrase.id.split()):
            problems.add(row.at("id"), "编号为空，或含有空格")
        elif phrase.id in found:
            problems.add(row.place, f"编号“{phrase.id}”重复")
        found[phrase.id] = phrase
    top.no_others()
    problems.raise_if_any()
    return tuple(found.values())


def _read(row: Table, own: bool) -> Phrase:
    hidden = row.flag("hidden")
    needed: tuple[str, ...] = ("",) if hidden else ()  # what is only taken away needs no words
    phrase = Phrase(
        row.text("id"),
        row.text("item", "").strip(),
        row.text("clause", "").strip(),
        row.text("title", *needed).strip(),
        row.text("text", *needed).strip(),
        own,
        row.text("rule", "").strip(),
        hidden,
    )
    row.no_others()
    add = row.problems.add
    for key, value, most in (("title", phrase.title, MOST_TITLE), ("text", phrase.text, MOST_TEXT)):
        if key in row.keys() and not value and not hidden:
            add(row.at(key), "为空")
        if len(value) > most:
            add(row.at(key), f"有 {len(value)} 字，最多 {most} 字")
    if phrase.rule and phrase.rule not in RULES:
        add(row.at("rule"), f"没有“{phrase.rule}”这项核对，疑为笔误")
    try:
        strange = sorted(names(phrase.text) - set(PLACEHOLDERS))
    except ValueError:
        add(row.at("text"), "大括号不成对")
        return phrase
    for name in strange:
        add(row.at("text"), f"名称 {{{name}}} 不认识，可用：{'、'.join(f'{{{known}}}' for known in PLACEHOLDERS)}")
    return phrase


def lay(shipped: Sequence[Phrase], own: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """The shipped phrases under the centre's own: one of the same id takes the place of the shipped one, or takes it
    away if it is hidden. One that says what the shipped one says is no other, and not marked as the centre's."""
    found = {phrase.id: phrase for phrase in shipped}
    for phrase in own:
        before = found.get(phrase.id)
        if phrase.hidden:
            found.pop(phrase.id, None)
        elif before is None or _said(before) != _said(phrase):
            found[phrase.id] = phrase
    return tuple(found.values())


def _said(phrase: Phrase) -> tuple[str, ...]:
    return phrase.item, phrase.clause, phrase.title, phrase.text, phrase.rule


def for_item(phrases: Iterable[Phrase], item: str) -> tuple[Phrase, ...]:
    """The phrases of one line of a checklist."""
    return tuple(phrase for phrase in phrases if phrase.item == item)


def for_finding(phrases: Iterable[Phrase], finding: Finding) -> Phrase | None:
    """The sentence for a finding: one that names its rule, rather of its own item, rather the centre's."""
    fitting = [phrase for phrase in phrases if phrase.rule and phrase.rule == finding.rule]
    return min(fitting, key=lambda phrase: (phrase.item not in ("", finding.item), not phrase.own), default=None)


def fitting(phrase: Phrase, findings: Sequence[Finding]) -> Finding | None:
    """The finding that fills a phrase: the first of its rule, else of its line of the checklist."""
    of_rule = (one for one in findings if phrase.rule and one.rule == phrase.rule)
    of_item = (one for one in findings if phrase.item and one.item == phrase.item)
    return next(of_rule, None) or next(of_item, None)


def search(phrases: Iterable[Phrase], text: str) -> tuple[Phrase, ...]:
    """Those that hold every word of ``text`` in id, item, clause (short or in full), title or text; all for none.
    Where a title or an item holds the words, it comes first."""
    words = text.lower().split()
    found = [phrase for phrase in phrases if all(word in _haystack(phrase) for word in words)]
    return tuple(sorted(found, key=lambda phrase: not all(word in _headline(phrase) for word in words)))


def _headline(phrase: Phrase) -> str:
    return f"{phrase.id} {phrase.item} {phrase.item.replace('-', '')} {phrase.title}".lower()


def _haystack(phrase: Phrase) -> str:
    return f"{_headline(phrase)} {phrase.clause} {in_full(phrase.clause)} {phrase.text}".lower()


def ranked(phrases: Iterable[Phrase], items: Sequence[str]) -> tuple[Phrase, ...]:
    """In the order of ``items``, the centre's own of each first; after them those without an item. Those of other items
    are left out, for they belong to another type of patent; ``items`` empty: all, as they are."""
    if not items:
        return tuple(phrases)
    places = {item: place for place, item in reversed(list(enumerate(items)))}
    kept = [phrase for phrase in phrases if not phrase.item or phrase.item in places]
    return tuple(sorted(kept, key=lambda phrase: (places.get(phrase.item, len(items)), not phrase.own)))


def fill(phrase: Phrase, finding: Finding | None = None, facts: Mapping[str, str] = _NOTHING) -> str:
    """The sentence with what is known; :data:`BLANK` where nothing is. ``facts`` may name the ``title``."""
    text = finding.text.strip().rstrip("。；;") if finding else ""
    values = {
        "claims": f"权利要求 {numbers(finding.claims) if finding and finding.claims else BLANK}",
        "claim": f"权利要求 {finding.claims[0] if finding and finding.claims else BLANK}",
        "passage": quoted(finding.passage) if finding else "",
        "where": finding.where.strip() if finding else "",
        "article": in_full(_clause(phrase, finding)),
        "title": facts.get("title", "").strip(),
        "found": text,
    }
    values["passage"] = values["passage"] or f"“{BLANK}”"
    template = _CLAIMS.sub(r"\1 ", phrase.text)
    return template.format_map({name: value or BLANK for name, value in values.items()})


def _clause(phrase: Phrase, finding: Finding | None) -> str:
    """One sentence may serve several types of patent: for the line of another list, a finding of the phrase's own rule
    knows the clause better."""
    if finding is None or not finding.article:
        return phrase.clause
    borrowed = finding.rule == phrase.rule and finding.item != phrase.item
    return finding.article if borrowed or not phrase.clause else phrase.clause


def numbers(claims: Iterable[int]) -> str:
    """Claim numbers in short: 1-3、5. Two that follow each other stay two."""
    runs: list[list[int]] = []
    for number in sorted(set(claims)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [f"{run[0]}-{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs]
    return "、".join(shown)


def quoted(passage: str) -> str:
    """The passage in quotation marks, on one line, a long one with its middle left out; empty for none."""
    text = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "", passage.strip()))
    if not text:
        return ""
    if len(text) > MOST_PASSAGE:
        text = f"{text[:_HEAD].rstrip()}……{text[-_TAIL:].lstrip()}"
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def in_full(clause: str) -> str:
    """A clause as an opinion names it: 法22.3 → 专利法第22条第3款, 细则33–37 → 专利法实施细则第33条至第37条. What is no
    article of the two is left as it is."""
    return "、".join(_law_in_full(part.strip()) for part in re.split("[；;]", clause)) if clause else ""


def _law_in_full(part: str) -> str:
    match = _CLAUSE.fullmatch(part)
    if match is None:
        return part
    pieces = re.split("([、–-])", match[2])
    shown = ("至" if piece in "–-" else piece if piece == "、" else _article_in_full(piece) for piece in pieces)
    return _LAWS[match[1]] + "".join(shown)


def _article_in_full(article: str) -> str:
    number, paragraph, point = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\((\d+)\))?", article).groups()  # type: ignore[union-attr]
    return f"第{number}条" + (f"第{paragraph}款" if paragraph else "") + (f"第（{point}）项" if point else "")
