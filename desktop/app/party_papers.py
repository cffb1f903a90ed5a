"""What a centre issues about a party or an agency, made ready for paper from the entries of its journal.

Nothing is recorded when a document is printed. The entry says what was decided, when and by which rule; name, code and
days are those of the register as it is now corrected, and where an entry was made under another name the document says
so. The words are those of the rules (主体规则) now in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db import parties as party_table
from db.envelope import Envelope
from db.journal import Reader
from db.order import behind
from desktop.app.notice_papers import NoticeView, plain_title
from desktop.app.party_projection import event_of, stream_of
from desktop.app.party_reading import find_one, groups, whole
from desktop.app.workplace import Workplace
from desktop.core.configuration import Kind
from desktop.core.notice_paper import NoticePaper
from desktop.core.notices import names
from desktop.core.party import UPHELD, PartyState, Sanction, flaw, fold, understood
from desktop.core.party_facts import PartyKind, PartyStatus
from desktop.core.party_notices import (
    CANCELLED,
    DRAFTED,
    KINDS,
    LABELS,
    OPEN_END,
    PERIOD,
    REFUSED,
    REGISTERED,
    RESTORED,
    STATUS,
    SUSPENDED,
    VALID_OPEN,
    party_number,
    period_of,
    template_of,
    term_of,
)
from desktop.core.party_rules import PartyRule, PartyRules, parse_party_rules
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.terms import CheckStatus

_BARRING = {"暂停": SUSPENDED, "取消": CANCELLED}
_STATED = {SUSPENDED: PartyStatus.SUSPENDED, CANCELLED: PartyStatus.CANCELLED}
_FROM = {
    REGISTERED: "登记",
    REFUSED: "“登记不通过”",
    SUSPENDED: "“采取措施”（暂停）",
    CANCELLED: "“采取措施”（取消）",
    RESTORED: "“解除处理”或申诉成立",
}
_OWN = ("uscc", "agency_code", "code", "region", "registered_on", "valid_to")  # facts of the register
_SHORTEST = 8  # of the beginning of a hash that names a document


@dataclass(frozen=True)
class _Document:
    """One document: the entry it rests on, its date, the id and place from which its number comes, what the entry says
    by the names of texts, the id of the rule, and what became of the measure."""

    kind: str
    entry: Envelope
    on: date
    id: str
    facts: Mapping[str, str]
    nth: int = 1
    rule: str = ""
    mark: str = ""


def notices(workplace: Workplace, ref: str) -> tuple[NoticeView, ...]:
    """Every document that may be printed of a party, oldest first; ``mark`` says what became of a measure."""
    with workplace.reading() as reader:
        known = _Known(workplace, reader, ref)
        return tuple(map(known.view, known.documents))


def notice(workplace: Workplace, ref: str, wanted: str = "") -> NoticePaper:
    """One document: the newest of a kind (its id or title), or that whose entry has this hash (or eight digits of its
    beginning); by default the newest of all.

    Raises :class:`Refusal` ``unknown_party``, ``no_notice`` (which there are is said), ``notice_incomplete`` (what is
    missing).
    """
    with workplace.reading() as reader:
        known = _Known(workplace, reader, ref)
        return known.paper(known.chosen(wanted.strip()))


class _Known:
    """One party with its entries. Of one that was merged into another only its own count."""

    def __init__(self, workplace: Workplace, reader: Reader, ref: str) -> None:
        self.id = find_one(reader, ref)
        root = party_table.root_of(reader, self.id)
        assert root is not None  # it was found
        group = groups(reader, [root])[root]
        self.party = whole(group, root) if self.id == root else group[self.id]
        self.streams = {self.id: reader.stream(stream_of(self.id))}
        if self.id == root:
            self.streams |= {one: reader.stream(stream_of(one)) for one in sorted(group) if one != root}
        self.book = workplace.book
        self.texts = self.book.party_texts
        self.documents = sorted(self._documents(), key=lambda one: one.on)

    # ------------------------------------------------------------------ which there are
    def _documents(self) -> Iterator[_Document]:
        if (entry := _registration(self.streams[self.id])) is not None:
            since, until = (self.party.facts.get(name, "") for name in ("registered_on", "valid_to"))
            facts = self._span(since, until, VALID_OPEN)
            on = date.fromisoformat(since or entry.occurred_on)
            yield _Document(REGISTERED, entry, on, self.id, facts)
        for stream in self.streams.values():
            ending: dict[tuple[str, int], _Document] = {}  # of several that end one measure the last one holds
            done: set[str] = set()
            for entry in filter(_sound, stream):
                payload = entry.payload
                if entry.type == "party.refused" and payload["refusal"] not in done:
                    done.add(payload["refusal"])
                    yield self._refusal(entry)
                elif entry.type == "party.sanctioned" and payload["sanction"] not in done:
                    done.add(payload["sanction"])
                    if payload["measure"] in _BARRING:
                        yield self._measure(entry)
                elif (ended := self._end(entry)) is not None:
                    ending[ended.id, ended.nth] = ended
            yield from ending.values()

    def _refusal(self, entry: Envelope) -> _Document:
        facts = {name: entry.payload[name] for name in ("reason", "basis")}
        return _Document(REFUSED, entry, date.fromisoformat(entry.occurred_on), entry.payload["refusal"], facts)

    def _measure(self, entry: Envelope) -> _Document:
        payload = entry.payload
        sanction = self.party.sanctions.get(payload["sanction"])
        kind, on = _BARRING[payload["measure"]], date.fromisoformat(entry.occurred_on)
        facts = {**self._sanctioned(entry), "reason": payload["reason"]}
        return _Document(kind, entry, on, payload["sanction"], facts, 1, payload["rule"], _became(sanction))

    def _sanctioned(self, entry: Envelope) -> dict[str, str]:
        payload = entry.payload
        return {
            "measure": payload["measure"],
            "rule": payload["rule_text"],
            "basis": payload.get("basis") or self._basis(entry),
            "cases": "、".join(payload["cases"]),
            "measure_on": entry.occurred_on,
            **self._span(payload["from"], payload["to"], OPEN_END),
        }

    def _span(self, since: str, until: str, open_end: str) -> dict[str, str]:
        term = term_of(since, until, self.texts.common.get(open_end, ""))
        return {"since": since, "until": until, PERIOD: period_of(since, until), "term": term}

    def _basis(self, entry: Envelope) -> str:
        """What the rule rests on, of entries that do not say so themselves: as the document had it by which it was
        decided."""
        rules = _rules_of(self.book, str(entry.basis.get("parties", "0")))
        rule = rules.named(entry.payload["rule"]) if rules is not None else None
        return rule.basis if rule is not None else ""

    def _end(self, entry: Envelope) -> _Document | None:
        """The document about the end of a measure, where this entry is what ended it."""
        payload = entry.payload
        if entry.type == "party.lifted":
            id_, nth, reason = payload["sanction"], 2, payload["reason"]
        elif entry.type == "party.appealed" and payload["outcome"] == UPHELD:
            id_, nth, reason = payload["target"], 3, "；".join(filter(None, ("申诉成立", payload.get("note", ""))))
        else:
            return None
        sanction = self.party.sanctions.get(id_)
        made = self._made(id_)
        if sanction is None or made is None or sanction.measure not in _BARRING or _overtaken(sanction, entry):
            return None
        facts = {**self._sanctioned(made), "reason": reason, "restored_on": payload["on"]}
        on = date.fromisoformat(entry.occurred_on)
        return _Document(RESTORED, entry, on, id_, facts, nth, made.payload["rule"])

    def _made(self, sanction: str) -> Envelope | None:
        """The entry that ordered a measure."""
        entries = (entry for stream in self.streams.values() for entry in stream)
        return next(
            (
                entry for entry in entries
                if entry.type == "party.sanctioned" and _sound(entry) and entry.payload["sanction"] == sanction
            ),
            None,
        )  # fmt: skip

    # ------------------------------------------------------------------ one of them
    def view(self, one: _Document) -> NoticeView:
        title = self._template(one.kind)[0]
        return NoticeView(one.kind, title, self._number(one), one.on, one.entry.actor, one.entry.hash, one.mark)

    def chosen(self, wanted: str) -> _Document:
        named = [one for one in self.documents if self._is_named(one, wanted)]
        if named:
            return named[-1]
        raise self._nothing(wanted)

    def _is_named(self, one: _Document, wanted: str) -> bool:
        by_hash = len(wanted) >= _SHORTEST and one.entry.hash.startswith(wanted.lower())
        return not wanted or by_hash or wanted in self._names_of(one.kind)

    def _names_of(self, kind: str) -> tuple[str, ...]:
        title = self._template(kind)[0]
        return kind, title, plain_title(title)

    def _nothing(self, wanted: str) -> Refusal:
        kind = next((one for one in KINDS if wanted in self._names_of(one)), "")
        data = {"party": self.id, "kind": wanted}
        if wanted and not kind:
            listed = "、".join(f"{one}（{self._names_of(one)[2]}）" for one in KINDS)
            return Refusal("unknown_notice", f"没有“{wanted}”这种文书，可用：{listed}，或列表中的校验值", data)
        have = "、".join(dict.fromkeys(self._names_of(one.kind)[2] for one in self.documents)) or "无"
        what = f"“{self._names_of(kind)[2]}”；它随{_FROM[kind]}产生" if kind else "可打印的文书"
        stated = self.party.facts.get("status", "")
        if kind and _STATED.get(kind) == stated:
            what += f"。登记状态“{stated}”是直接填写的，没有理由、依据和期限，请用“采取措施”登记"
        return Refusal("no_notice", f"“{self.party.name}”还没有{what}。已有：{have}", data)

    def paper(self, one: _Document) -> NoticePaper:
        party, centre = self.party, self.book.centre.name
        title, text = self._template(one.kind)
        own = {name: party.facts.get(name, "") for name in _OWN}
        values = {**self.texts.common, **own, "party": party.name, "on": one.on.isoformat(), **one.facts}
        self._complete(one, centre, title + text, values)
        title, body = self.texts.write(template_of(party.kind, one.kind), values, LABELS)
        agency = party.kind == PartyKind.AGENCY
        cells = [
            ("代理机构" if agency else "备案主体", party.name),
            (LABELS["agency_code"], values["agency_code"]),
            (LABELS["uscc"], values["uscc"]),
            (LABELS["code"], values["code"] if one.kind != REFUSED else ""),
            ("原处理措施" if one.kind == RESTORED else LABELS["measure"], values.get("measure", "")),
            (LABELS["cases"], values.get("cases", "")),
        ]
        return NoticePaper(
            centre=centre,
            number=self._number(one),
            title=title,
            addressee=party.name,
            facts=tuple((label, value) for label, value in cells if value),
            body=body,
            dated=one.on,
            contact=self.texts.contact,
            verification="-".join(one.entry.hash[at : at + 4] for at in range(0, 16, 4)),
            provisional=tuple(self._provisional(one, names(text))),
        )

    def _complete(self, one: _Document, centre: str, template: str, values: Mapping[str, str]) -> None:
        code = "agency_code" if self.party.kind == PartyKind.AGENCY else "uscc"
        named = {"party", code, *(("registered_on",) if one.kind == REGISTERED else ()), *names(template)}
        missing = {} if centre else {"centre": "本中心名称（请管理员在“设置·中心文件”发布）"}
        for name in (*filter(named.__contains__, LABELS), *sorted(named - LABELS.keys())):
            if not values.get(name, "").strip():
                missing[name] = LABELS.get(name, name)
        if PERIOD in missing and one.kind in _STATED:
            how = "处理没有写明截止日；本中心允许不定期限的，见主体规则中文书一节的说明"
            missing[PERIOD] = f"{values['measure']}期限（{how}）"
        if missing:
            title = plain_title(self._template(one.kind)[0])
            sentence = f"“{self.party.name}”的{title}缺少：{'、'.join(missing.values())}"
            raise Refusal("notice_incomplete", sentence, {"missing": list(missing)})

    def _provisional(self, one: _Document, named: set[str]) -> Iterator[str]:
        drafts = [words for name, words in DRAFTED.items() if name in named]
        if drafts and self.texts.common.get(STATUS) != CheckStatus.CHECKED:
            yield f"{'、'.join(dict.fromkeys(drafts))}为程序所附草稿，待本中心核对"
        if _unchecked(self.book.party_rules.named(one.rule), one.facts.get("rule", "")):
            yield "所依据的规则待核对"
        then = self._then(one.entry)
        if then.name != self.party.name:
            yield f"记录此事时登记的名称为“{then.name}”"
        if then.uscc and then.uscc != self.party.uscc:
            yield f"记录此事时登记的统一社会信用代码为 {then.uscc}"

    def _then(self, entry: Envelope) -> PartyState:
        """The party under which an entry stands, as its author knew it."""
        stream = next(stream for stream in self.streams.values() if any(one.hash == entry.hash for one in stream))
        return fold(list(map(event_of, behind(stream, [entry.hash]))))

    def _number(self, one: _Document) -> str:
        return party_number(self.texts.word, self.book.centre.prefix, one.on.year, one.id, one.nth)

    def _template(self, kind: str) -> tuple[str, str]:
        """Title and text, with their braces."""
        name = template_of(self.party.kind, kind)
        if name not in self.texts.templates:
            raise Refusal("no_template", f"主体规则中没有“{name}”这份文书的正文", {"template": name})
        return self.texts.templates[name].title, self.texts.templates[name].text


def _registration(stream: Sequence[Envelope]) -> Envelope | None:
    """The entry by which a party came to be registered: that which opened it, or, where its application had been
    refused at first, that which put it right. None while it is not registered."""
    found: Envelope | None = None
    for entry in filter(_sound, stream):
        if entry.type not in ("party.registered", "party.amended"):
            continue
        facts: Mapping[str, Any] = entry.payload["facts"]
        status = facts.get("status", "")
        if status == PartyStatus.REFUSED:
            found = None
        elif found is None and (entry.type == "party.registered" or "status" in facts):
            found = entry
    return found


def _became(sanction: Sanction | None) -> str:
    """What a list says of a measure that was ended early."""
    if sanction is None:
        return ""
    return "申诉成立" if sanction.outcome == UPHELD else "已解除" if sanction.lifted_on else ""


def _overtaken(sanction: Sanction, entry: Envelope) -> bool:
    """Whether another entry says since when, or that not, the measure ended."""
    if entry.type == "party.lifted":
        return sanction.lifted_on != entry.payload["on"]
    return sanction.outcome != UPHELD


def _sound(entry: Envelope) -> bool:
    known = understood(entry.type, entry.version)
    return known and flaw(entry.type, entry.version, entry.occurred_on, entry.payload) == ""


def _unchecked(rule: PartyRule | None, text: str) -> bool:
    """The rule as it was applied still stands in the document in force, and nobody has checked it."""
    return rule is not None and rule.text == text and rule.status is CheckStatus.UNCHECKED


def _rules_of(book: RuleBook, version: str) -> PartyRules | None:
    """The rules as one version of their document had them."""
    if version == "0":
        return parse_party_rules(book.shipped.party_rules)
    published = next((one for one in book.of_kind(Kind.PARTY_RULES) if one.is_version(version)), None)
    return parse_party_rules(published.document.body) if published is not None else None
