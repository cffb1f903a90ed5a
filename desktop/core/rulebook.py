"""Which rules hold for which case: shipped documents, the centre's published ones, and the choice among them.

A case is worked to its end under the versions that were in force on its received date (its basis); only the
working-day calendar is always the newest, because a newly published year replaces a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from desktop.core.checklists import parse_checklists
from desktop.core.configuration import (
    DATED,
    LABELS,
    CentreFacts,
    Kind,
    Published,
    read_centre,
    read_chains,
    read_limits,
    read_staff,
    read_trust,
    read_years,
)
from desktop.core.fields import FieldTable
from desktop.core.notices import Notices, parse_notices
from desktop.core.party_notices import STATUS
from desktop.core.party_notices import lay as lay_texts
from desktop.core.party_rules import PartyRules, parse_party_rules
from desktop.core.phrases import Phrase, lay, parse_phrases
from desktop.core.procedure import Procedure, Stage
from desktop.core.procedure_reading import parse_procedure
from desktop.core.rules import Rules
from desktop.core.terms import CheckStatus, Role
from desktop.core.workdays import WorkdayCalendar, YearTable, parse_year

REASONS = {"refusal": "不予受理理由"}
_ALWAYS = "9999-12-31"  # whatever is published by now, in force or to come


@dataclass(frozen=True)
class Shipped:
    """The documents that come with the program, parsed from TOML to plain values. ``digest`` names this very set.
    A procedure's checklists and notices are parts of its document (``lists``, ``notices``); its opinion phrases are
    not, for no case is judged by them, and they are no part of ``digest`` either."""

    procedures: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Any]
    years: tuple[Mapping[str, Any], ...]
    digest: str = ""
    party_rules: Mapping[str, Any] = field(default_factory=dict)
    phrases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class RuleBook:
    """Immutable but for its caches; a publication makes a new one."""

    shipped: Shipped
    published: tuple[Published, ...] = ()
    _rules: dict[tuple[tuple[str, str], ...], Rules] = field(default_factory=dict, repr=False)
    _stages: dict[str, Mapping[str, Stage]] = field(default_factory=dict, repr=False)
    _bases: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict, repr=False)
    _phrases: dict[str, tuple[Phrase, ...]] = field(default_factory=dict, repr=False)
    _calendar: WorkdayCalendar | None = field(default=None, repr=False)

    def of_kind(self, kind: Kind) -> tuple[Published, ...]:
        return tuple(sorted((p for p in self.published if p.document.kind is kind), key=lambda p: (p.number, p.hash)))

    def newest(self, kind: Kind, procedure: str = "") -> Published | None:
        """The newest document of a kind; with ``procedure`` that of this one."""
        fitting = [p for p in self.of_kind(kind) if procedure in ("", p.document.procedure)]
        return fitting[-1] if fitting else None

    def as_of(self, numbers: Mapping[Kind, int]) -> RuleBook:
        """The book as it was when these kinds had been published no further than these numbers."""
        kept = (p for p in self.published if p.number <= numbers.get(p.document.kind, p.number))
        return RuleBook(self.shipped, tuple(kept))

    def with_published(self, more: Iterable[Published]) -> RuleBook:
        return RuleBook(self.shipped, (*self.published, *more))

    @property
    def calendar(self) -> WorkdayCalendar:
        """The published years, the centre's own years on top; the version counts its calendar documents."""
        if self._calendar is None:
            years: dict[int, YearTable] = {year.year: year for year in map(parse_year, self.shipped.years)}
            documents = self.of_kind(Kind.CALENDAR)
            for document in documents:
                years.update({year.year: year for year in read_years(document.document.body)})
            number = documents[-1].number if documents else 0
            self._calendar = WorkdayCalendar(years.values(), str(number))
        return self._calendar

    @cached_property
    def staff(self) -> dict[str, frozenset[Role]]:
        """The newest list. Lists that were published side by side hold together, or somebody who was named in one
        would be shut out by the other."""
        lists = self.of_kind(Kind.STAFF)
        found: dict[str, frozenset[Role]] = {}
        for one in lists:
            if one.number == lists[-1].number:
                for name, roles in read_staff(one.document.body).items():
                    found[name] = found.get(name, frozenset()) | roles
        return found

    @cached_property
    def centre(self) -> CentreFacts:
        newest = self.newest(Kind.CENTRE)
        return read_centre(newest.document.body) if newest else CentreFacts("", "")

    @cached_property
    def party_rules(self) -> PartyRules:
        """The rules about parties and agencies: the newest document stands alone."""
        newest = self.newest(Kind.PARTY_RULES)
        if newest is None:
            return parse_party_rules(self.shipped.party_rules)
        return parse_party_rules(newest.document.body, newest.version)

    @cached_property
    def party_texts(self) -> Notices:
        """The documents about parties and agencies: the centre's own texts over the shipped ones."""
        return lay_texts(parse_party_rules(self.shipped.party_rules).notices, self.party_rules.notices)

    @cached_property
    def chains(self) -> tuple[str, ...]:
        """Names of the industry chains that the centre imported."""
        newest = self.newest(Kind.CHAINS)
        return tuple(chain.name for chain in read_chains(newest.document.body)) if newest else ()

    @cached_property
    def trusted(self) -> tuple[str, ...]:
        """Certificates (PEM) of the time-stamp services that the centre trusts."""
        newest = self.newest(Kind.TRUST)
        return read_trust(newest.document.body) if newest else ()

    def phrases(self, procedure: str) -> tuple[Phrase, ...]:
        """The opinion phrases of a procedure: the shipped ones under the centre's newest own. They help in writing and
        bind nobody, so that they hold for every case from the moment they are published."""
        if procedure not in self._phrases:
            newest = self.newest(Kind.PHRASES, procedure) if procedure else None
            shipped = parse_phrases(self.shipped.phrases.get(procedure, {"phrases": ()}), own=False)
            self._phrases[procedure] = lay(shipped, parse_phrases(newest.document.body) if newest else ())
        return self._phrases[procedure]

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Ids of all procedures, shipped and the centre's own, in the order of the rail."""
        newest = {p.document.procedure: p.document.body for p in self.of_kind(Kind.SERVICE)}
        documents = {**self.shipped.procedures, **newest}
        return tuple(sorted(documents, key=lambda name: (documents[name].get("order", 99), name)))

    def stages_of(self, procedure: str) -> Mapping[str, Stage]:
        """The stages of all versions of a procedure, named as the newest does; none of one that nobody here knows."""
        if procedure not in self._stages:
            found: dict[str, Stage] = {}
            versions = [p.version for p in self.of_kind(Kind.SERVICE) if p.document.procedure == procedure]
            for version in ("0", *versions) if procedure in self.services else ():
                basis = {"procedure": procedure, Kind.SERVICE.value: version}
                found.update(self.rules(basis).procedure.stages)
            self._stages[procedure] = found
        return self._stages[procedure]

    def procedure(self, name: str) -> Procedure:
        """A procedure as the newest rules have it, for what concerns no single case."""
        return self.rules(self.basis_on(name, _ALWAYS)).procedure

    def basis_on(self, procedure: str, day: str) -> dict[str, str]:
        """The versions for a case received on ``day`` (ISO), and the digest of what shipped beneath them."""
        if (procedure, day) not in self._bases:  # asked for every row of a list
            self._bases[procedure, day] = self._basis_on(procedure, day)
        return dict(self._bases[procedure, day])

    def _basis_on(self, procedure: str, day: str) -> dict[str, str]:
        basis = {"shipped": self.shipped.digest}
        for kind in DATED:
            fitting = [p for p in self._in_order(kind, procedure) if p.document.valid_from <= day]
            basis[kind.value] = fitting[-1].version if fitting else "0"
        document = self._document(procedure, self._layers(Kind.SERVICE, procedure, basis[Kind.SERVICE.value]))
        return {"procedure": f"{procedure}@{document['version']}", **basis}

    def document(self, name: str) -> Mapping[str, Any]:
        """The whole document of a procedure in its newest version."""
        newest = self.newest(Kind.SERVICE, name)
        return newest.document.body if newest else self.shipped.procedures[name]

    def _document(self, name: str, layers: Sequence[Published]) -> Mapping[str, Any]:
        """The centre's own version, else the shipped one, else (of a service that only a centre has) the first.
        KeyError for a procedure that nobody knows."""
        if layers:
            return layers[-1].document.body
        if name in self.shipped.procedures:
            return self.shipped.procedures[name]
        own = self._in_order(Kind.SERVICE, name)
        if not own:
            raise KeyError(name)
        return own[0].document.body

    def _in_order(self, kind: Kind, procedure: str) -> list[Published]:
        """The documents of a procedure as they take effect: by their first day, then by number."""
        own = (p for p in self.of_kind(kind) if p.document.procedure in ("", procedure))
        return sorted(own, key=lambda p: (p.document.valid_from, p.number, p.hash))

    def rules(self, basis: Mapping[str, str]) -> Rules:
        """The rules that a basis names."""
        key = tuple(sorted(basis.items()))
        if key not in self._rules:
            self._rules[key] = self._compile(basis)
        return self._rules[key]

    def _compile(self, basis: Mapping[str, str]) -> Rules:
        name = basis["procedure"].split("@")[0]
        layers = {kind: self._layers(kind, name, basis.get(kind.value, "0")) for kind in DATED}
        document = self._document(name, layers[Kind.SERVICE])
        procedure = parse_procedure(document)
        for layer in layers[Kind.LIMITS]:
            own, rounds = read_limits(layer.document.body, str(layer.number))
            procedure = procedure.with_limits(own)
            procedure = procedure if rounds is None else replace(procedure, max_rounds=rounds)
        notices = parse_notices(document.get("notices", {}))
        for layer in layers[Kind.NOTICES]:
            texts = parse_notices(layer.document.body)
            notices = Notices(
                {**notices.templates, **texts.templates}, {**notices.common, **texts.common}, str(layer.number)
            )
        checklists = self._whole(layers[Kind.CHECKLISTS], {"lists": document.get("lists", ())})
        fields = self._whole(layers[Kind.FIELDS], self.shipped.fields)
        return Rules(
            procedure,
            parse_checklists(checklists, basis.get("checklists", "0")),
            notices,
            FieldTable.from_document(fields, basis.get("fields", "0")),
            dict(basis),
            self._missing(basis),
        )

    def _layers(self, kind: Kind, procedure: str, version: str) -> list[Published]:
        """A document and those it came after: limits and texts that it does not name stay as they were. One that was
        given the same number elsewhere is not among them."""
        ordered = self._in_order(kind, procedure)
        places = [at for at, p in enumerate(ordered) if p.is_version(version)]
        if not places:
            return []
        own = ordered[places[-1]]
        return [p for p in ordered[: places[-1]] if p.number != own.number] + [own]

    @staticmethod
    def _whole(layers: Sequence[Published], shipped: Mapping[str, Any]) -> Mapping[str, Any]:
        """Checklists and fields are complete documents: the newest stands alone."""
        return layers[-1].document.body if layers else shipped

    def _missing(self, basis: Mapping[str, str]) -> tuple[str, ...]:
        wanted = {kind: basis[kind.value] for kind in DATED if basis.get(kind.value, "0") != "0"}
        return tuple(
            f"{LABELS[kind]}第 {version.partition('@')[0]} 版"
            for kind, version in wanted.items()
            if not any(p.is_version(version) for p in self.of_kind(kind))
        )

    def unchecked(self, procedure: str, day: str) -> tuple[str, ...]:
        """Sentences: which figures in force are still 待核对."""
        rules = self.rules(self.basis_on(procedure, day))
        found = [
            f"{rules.procedure.label}期限“{limit.label}”：{limit.basis}"
            for newest in rules.procedure.limits.values()
            if (limit := newest.on(day)) is not None and limit.status is CheckStatus.UNCHECKED and limit.days
        ]
        found += [
            f"{rules.procedure.label}类型“{category.label}”：{category.basis or '待核对'}"
            for category in rules.procedure.categories
            if category.status == CheckStatus.UNCHECKED
        ]
        for entry in rules.fields.fields:
            if entry.status is CheckStatus.UNCHECKED:
                found.append(f"产业领域“{entry.label}”：名称待核对")
            if entry.list_status is CheckStatus.UNCHECKED:
                found.append(f"产业领域“{entry.label}”：分类表待核对（不完整，不作为不予受理依据）")
        found += [
            f"{year.year} 年工作日历：{year.note or '依据文号待核对'}"
            for year in self.calendar.years.values()
            if year.status is CheckStatus.UNCHECKED
        ]
        found += [
            f"主体规则“{rule.label}”：{rule.basis}"
            for rule in self.party_rules.rules
            if rule.active and rule.status is CheckStatus.UNCHECKED
        ]
        if self.party_texts.common.get(STATUS, "") == CheckStatus.UNCHECKED:
            found.append("主体文书：所引规定的名称和申诉途径是随附草稿")
        for name, choices in rules.procedure.choices.items():
            found += [
                f"{rules.procedure.label}选项（{REASONS.get(name, name)}）{choice.code}：{choice.label}"
                for choice in choices
                if choice.status == CheckStatus.UNCHECKED
            ]
        return tuple(found)
