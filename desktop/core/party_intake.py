"""One row of a list of parties or agencies becomes facts, or the reasons why it cannot. Pure.

A list may be taken in again and again: only what the list itself changed is changed, and it never overrules a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from desktop.core.cells import text_of
from desktop.core.intake import RawRow, RowError
from desktop.core.party import AMENDED, EVENT_VERSIONS, REGISTERED, PartyEvent, PartyState
from desktop.core.party_facts import FACTS, Fact, PartyKind, name_key, write


@dataclass(frozen=True)
class PartyRow:
    """``row`` is the sheet's row number (1 = first line); ``facts`` hold no empty values."""

    row: int
    kind: str
    facts: Mapping[str, str]
    errors: tuple[RowError, ...] = ()
    warnings: tuple[str, ...] = ()


def examine_rows(kind: str, rows: Iterable[RawRow]) -> Iterator[PartyRow]:
    """Examine every row; one that stood higher up in the same file is refused."""
    seen: dict[str, int] = {}
    for raw in rows:
        row = examine_row(kind, raw)
        if not row.errors:
            for key, name in identities(row.kind, row.facts):
                first = seen.setdefault(key, row.row)
                if first != row.row:
                    label = FACTS[PartyKind(kind)][name].label
                    error = RowError(raw.titles.get(name, label), f"与第 {first} 行重复", row.facts[name])
                    row = replace(row, errors=(error,))
                    break
        yield row


def examine_row(kind: str, raw: RawRow) -> PartyRow:
    """Normalise and check one row; all its errors are found at once."""
    facts: dict[str, str] = {}
    errors: list[RowError] = []
    warnings: list[str] = []
    for name, fact in FACTS[PartyKind(kind)].items():
        title = raw.titles.get(name, fact.label)
        found = write(fact, raw.values.get(name))
        if found.error:
            errors.append(RowError(title, found.error, text_of(raw.values.get(name))[:200]))
        if found.warning:
            warnings.append(f"{title}：{found.warning}")
        if found.value:
            facts[name] = found.value
    errors += _missing(kind, raw, facts, errors)
    for first, last in (("registered_on", "valid_to"), ("status_from", "status_to")):
        if facts.get(last, "9") < facts.get(first, ""):
            spec = FACTS[PartyKind(kind)][last]
            errors.append(RowError(raw.titles.get(last, spec.label), "起止日期颠倒", facts[last]))
    if not identifier(kind, facts):
        warnings.append(f"没有{FACTS[PartyKind(kind)][_code(kind)].label}，只能按名称识别")
    return PartyRow(raw.row, kind, facts, tuple(errors), tuple(warnings))


def _missing(kind: str, raw: RawRow, facts: Mapping[str, str], errors: Iterable[RowError]) -> list[RowError]:
    fact: Fact = FACTS[PartyKind(kind)]["name"]
    title = raw.titles.get("name", fact.label)
    if facts.get("name") or any(error.column == title for error in errors):
        return []
    return [RowError(title, f"{fact.label}为空" if "name" in raw.titles else "表中没有这一列")]


def _code(kind: str) -> str:
    return "uscc" if kind == PartyKind.PARTY else "agency_code"


def identifier(kind: str, facts: Mapping[str, str]) -> str:
    """The code by which a party of this kind is known, empty when it is not given."""
    return facts.get(_code(kind), "")


def identities(kind: str, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """(key, name of the fact) of everything by which a row is recognised, the surest first."""
    found = [(f"{name}:{facts[name]}", name) for name in dict.fromkeys((_code(kind), "uscc")) if facts.get(name)]
    return [*found, (f"name:{name_key(facts['name'])}", "name")] if facts.get("name") else found


def relisted(party: PartyState, listed: Mapping[str, str]) -> tuple[str, ...]:
    """The names whose listed value is news: neither what the list said before nor what the party says already."""
    return tuple(
        name
        for name, value in listed.items()
        if value != party.imported.get(name, "") and value != party.facts.get(name, "")
    )


def contradicted(party: PartyState, names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``names`` that a person has set since: a list does not overrule him."""
    return tuple(name for name in names if party.facts.get(name, "") != party.imported.get(name, ""))


def from_list(row: PartyRow, source: str, on: str) -> PartyEvent:
    """The event that registers what a row describes."""
    facts = dict(row.facts)
    payload: dict[str, Any] = {"kind": row.kind, "facts": facts, "imported": facts, "source": source}
    return PartyEvent(REGISTERED, EVENT_VERSIONS[REGISTERED], on, payload)


def amend_from_list(party: PartyState, row: PartyRow, source: str, on: str) -> PartyEvent:
    """The event that brings a party up to what the list says now."""
    facts = {name: row.facts[name] for name in relisted(party, row.facts)}
    payload: dict[str, Any] = {
        "facts": facts,
        "before": {name: party.facts.get(name, "") for name in facts},
        "reason": "按名单更新",
        "imported": facts,
        "source": source,
    }
    return PartyEvent(AMENDED, EVENT_VERSIONS[AMENDED], on, payload)
