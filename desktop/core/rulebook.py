"""Which rules hold for which case: shipped documents, the centre's published ones, and the choice among them.

A case is worked to its end under the versions that were in force on its received date (its basis); only the
working-day calendar is always the newest, because a newly published year replaces a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.core.checklists import parse_checklists
from desktop.core.configuration import (
    CentreFacts,
    Kind,
    Published,
    read_centre,
    read_limits,
    read_staff,
    read_years,
)
from desktop.core.fields import FieldTable
from desktop.core.notices import Notices, parse_notices
from desktop.core.procedure import Procedure, parse_procedure
from desktop.core.rules import Rules
from desktop.core.terms import CheckStatus, Role
from desktop.core.workdays import WorkdayCalendar, YearTable, parse_year

_CASE_KINDS = (Kind.LIMITS, Kind.FIELDS, Kind.CHECKLISTS, Kind.NOTICES)


@dataclass(frozen=True)
class Shipped:
    """The documents that come with the program, parsed from TOML to plain values."""

    procedures: Mapping[str, Mapping[str, Any]]
    checklists: Mapping[str, Any]
    notices: Mapping[str, Any]
    fields: Mapping[str, Any]
    years: tuple[Mapping[str, Any], ...]


@dataclass
class RuleBook:
    """Immutable but for its caches; a publication makes a new one."""

    shipped: Shipped
    published: tuple[Published, ...] = ()
    _rules: dict[tuple[tuple[str, str], ...], Rules] = field(default_factory=dict, repr=False)
    _calendar: WorkdayCalendar | None = field(default=None, repr=False)

    def of_kind(self, kind: Kind) -> tuple[Published, ...]:
        return tuple(sorted((p for p in self.published if p.document.kind is kind), key=lambda p: p.number))

    def newest(self, kind: Kind) -> Published | None:
        return next(reversed(self.of_kind(kind)), None)

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

    @property
    def staff(self) -> dict[str, frozenset[Role]]:
        newest = self.newest(Kind.STAFF)
        return read_staff(newest.document.body) if newest else {}

    @property
    def centre(self) -> CentreFacts:
        newest = self.newest(Kind.CENTRE)
        return read_centre(newest.document.body) if newest else CentreFacts("", "")

    def basis_on(self, procedure: str, day: str) -> dict[str, str]:
        """The versions for a case received on ``day`` (ISO): the newest document not valid only later."""
        basis = {"procedure": f"{procedure}@{self.shipped.procedures[procedure]['version']}"}
        for kind in _CASE_KINDS:
            fitting = [p for p in self.of_kind(kind) if not p.document.valid_from or p.document.valid_from <= day]
            basis[kind.value] = str(fitting[-1].number) if fitting else "0"
        return basis

    def rules(self, basis: Mapping[str, str]) -> Rules:
        """The rules that a basis names. Unknown numbers fall back to what ships (a document still to arrive)."""
        key = tuple(sorted(basis.items()))
        if key not in self._rules:
            self._rules[key] = self._compile(basis)
        return self._rules[key]

    def _compile(self, basis: Mapping[str, str]) -> Rules:
        name = basis["procedure"].split("@")[0]
        bodies = {kind: self._body(kind, basis.get(kind.value, "0")) for kind in _CASE_KINDS}
        procedure = self._procedure(name, bodies[Kind.LIMITS], basis.get("limits", "0"))
        checklists = parse_checklists(bodies[Kind.CHECKLISTS] or self.shipped.checklists, basis.get("checklists", "0"))
        notices = parse_notices(self.shipped.notices)
        own_notices = bodies[Kind.NOTICES]
        if own_notices:
            own = parse_notices(own_notices)
            notices = Notices(
                {**notices.templates, **own.templates}, {**notices.common, **own.common}, basis["notices"]
            )
        fields = FieldTable.from_document(bodies[Kind.FIELDS] or self.shipped.fields, basis.get("fields", "0"))
        return Rules(procedure, checklists, notices, fields, dict(basis))

    def _procedure(self, name: str, limits: Mapping[str, Any] | None, source: str) -> Procedure:
        procedure = parse_procedure(self.shipped.procedures[name])
        if not limits:
            return procedure
        own, rounds = read_limits(limits, source)
        procedure = procedure.with_limits(own)
        return procedure if rounds is None else replace(procedure, max_rounds=rounds)

    def _body(self, kind: Kind, number: str) -> Mapping[str, Any] | None:
        for document in self.of_kind(kind):
            if str(document.number) == number:
                return document.document.body
        return None

    def unchecked(self, procedure: str, day: str) -> tuple[str, ...]:
        """Sentences: which figures in force are still 待核对."""
        rules = self.rules(self.basis_on(procedure, day))
        found = [
            f"期限“{limit.label}”：{limit.basis}"
            for limit in rules.procedure.limits.values()
            if limit.status is CheckStatus.UNCHECKED and limit.days
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
        for name, choices in rules.procedure.choices.items():
            found += [
                f"{'不予受理理由' if name == 'refusal' else name} {choice.code}：{choice.label}"
                for choice in choices
                if choice.status == CheckStatus.UNCHECKED
            ]
        return tuple(found)
