"""Limits (期限值): how long, by category of the case, in which unit, promised or legal, and on whose authority.

Source: handbook 1.2, 1.6, 5, 7 and 12.1. Every figure carries its source, the day it was checked and whether it was.
Figures that change on a day stand in rule sets (5.3): the limit of an older set is what a newer one falls back to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.core.documents import Table
from desktop.core.terms import CheckStatus, LimitKind, Unit

ANY = ""  # the key of a figure that holds for every category
_WARN = (3, 1, 0)
_CEILING = {Unit.WORKDAY: 750, Unit.DAY: 3660, Unit.MONTH: 240}
_KEYS = frozenset(
    "label kind unit value off basis checked_on status valid_from valid_to warn roll extension".split()
)


@dataclass(frozen=True)
class Limit:
    """``days`` counts in ``unit`` by category code, or under :data:`ANY`; a category that is absent has no such limit.

    ``warn``: remaining working days at which to warn. ``roll``: whether a last day that is no working day moves to
    the next (细则 art. 5); ``extension``: what one extension adds, in the unit. ``otherwise`` is the figure that it
    replaces within its validity. ``source``: version of the document that the figure comes from (0 = as shipped);
    ``rule_set``: id of the set it belongs to, if any.
    """

    id: str
    label: str
    kind: LimitKind
    unit: Unit
    days: Mapping[str, int]
    basis: str
    checked_on: str
    status: CheckStatus
    valid_from: str = ""
    valid_to: str = ""
    warn: tuple[int, ...] = _WARN
    source: str = "0"
    otherwise: Limit | None = None
    roll: bool = True
    extension: int = 0
    rule_set: str = ""

    def on(self, day: str) -> Limit | None:
        """The figure in force on ``day`` (ISO): this one, or what it replaced, or none."""
        if (not self.valid_from or day >= self.valid_from) and (not self.valid_to or day <= self.valid_to):
            return self
        return self.otherwise.on(day) if self.otherwise else None

    def over(self, replaced: Limit | None) -> Limit:
        """This figure, falling back to the replaced one outside its own validity."""
        return replace(self, otherwise=replaced)

    def length(self, category: str) -> int | None:
        """How long for a category (its code); None where no such limit is set."""
        return self.days.get(category, self.days.get(ANY))

    def layers(self) -> Sequence[Limit]:
        """This figure and all that it replaces, the newest first."""
        return (self, *(self.otherwise.layers() if self.otherwise else ()))


@dataclass(frozen=True)
class RuleSet:
    """One version of the law as far as it gives figures. ``copied``: its figures are those of an older version, because
    the text of this one could not be read; they are 待核对 until an administrator publishes them as checked."""

    id: str
    label: str
    valid_from: str
    valid_to: str
    status: CheckStatus
    basis: str
    checked_on: str
    copied: bool


def parse_limits(table: Table, source: str = "0") -> dict[str, Limit]:
    """Read the ``limits`` part of a procedure or of a centre's own document. A negative or absurd figure is a
    fault; ``off = true`` switches a limit off. Whether a category exists is for the procedure to say."""
    return {name: _limit(name, table.table(name), source) for name in table.keys()}


def limit_document(limit: Limit) -> dict[str, object]:
    """A figure as a document writes it; :func:`parse_limits` reads it back. Of several versions the newest."""
    days: dict[str, object] = {"off": True} if not limit.days else {key or "value": n for key, n in limit.days.items()}
    optional = {"valid_from": limit.valid_from, "valid_to": limit.valid_to, "checked_on": limit.checked_on}
    found: dict[str, object] = {"label": limit.label, "kind": limit.kind.value, "unit": limit.unit.value, **days}
    found |= {name: value for name, value in optional.items() if value}
    if limit.extension:
        found["extension"] = limit.extension
    if not limit.roll:
        found["roll"] = False
    if limit.warn != _WARN:
        found["warn"] = list(limit.warn)
    return {**found, "basis": limit.basis, "status": limit.status.value}


def parse_rule_sets(tables: Sequence[Table]) -> tuple[dict[str, Limit], tuple[RuleSet, ...]]:
    """The figures of all sets, each limit as a chain with the newest set on top, and the sets, oldest first."""
    own: dict[str, dict[str, Limit]] = {}
    chains: dict[str, Limit] = {}
    sets: list[RuleSet] = []
    for table in tables:
        copied = table.text("copy_of", "")
        one = RuleSet(
            id=table.text("id"),
            label=table.text("label"),
            valid_from=table.day("valid_from", ""),
            valid_to=table.day("valid_to", ""),
            status=table.choice("status", CheckStatus),
            basis=table.text("basis"),
            checked_on=table.day("checked_on", ""),
            copied=bool(copied),
        )
        if copied and copied not in own:
            table.problems.add(table.at("copy_of"), f"“{copied}”不是在此之前写明的规则版本")
        limits = {
            name: replace(limit, status=one.status, basis=one.basis, checked_on=one.checked_on)
            for name, limit in own.get(copied, {}).items()
        }
        limits |= parse_limits(table.table("limits", optional=True))
        table.no_others()
        if sets and not (sets[-1].valid_to and one.valid_from > sets[-1].valid_to):
            sentence = "各规则版本应按时间先后写明：前一版本有失效日，后一版本自其后生效"
            table.problems.add(table.at("valid_from"), sentence)
        own[one.id] = {
            name: replace(limit, valid_from=one.valid_from, valid_to=one.valid_to, rule_set=one.id)
            for name, limit in limits.items()
        }
        chains |= {name: limit.over(chains.get(name)) for name, limit in own[one.id].items()}
        sets.append(one)
    return chains, tuple(sets)


def _limit(name: str, table: Table, source: str) -> Limit:
    unit = table.choice("unit", Unit)
    off = table.flag("off")
    days: dict[str, int] = {}
    by_category = [key for key in table.keys() if key not in _KEYS]
    if "value" in table.keys():
        if by_category:
            table.problems.add(table.place, "value 与按类型的数值只能写一种")
        if table.integer("value") >= 0:
            days = {ANY: table.integer("value")}
        else:
            table.problems.add(table.at("value"), "期限不能为负数")
    elif not by_category and not off:
        table.problems.add(
            table.place, "没有期限数值（value，或按类型代码各写一项；不设此期限请写 off = true）"
        )
    for key in by_category:
        number = table.integer(key)
        if number < 0:
            table.problems.add(table.at(key), "期限不能为负数")
        days[key] = number
    if off and ("value" in table.keys() or by_category):
        table.problems.add(table.at("off"), "off = true 与期限数值只能写一种")
    if days and max(days.values()) > _CEILING[unit]:
        table.problems.add(table.place, f"期限 {max(days.values())} 过大，疑为笔误")
    valid_from, valid_to = table.day("valid_from", ""), table.day("valid_to", "")
    if valid_from and valid_to and valid_to < valid_from:
        table.problems.add(table.at("valid_to"), "失效日早于生效日")
    limit = Limit(
        id=name,
        label=table.text("label"),
        kind=table.choice("kind", LimitKind),
        unit=unit,
        days=days,
        basis=table.text("basis"),
        checked_on=table.day("checked_on", ""),
        status=table.choice("status", CheckStatus),
        valid_from=valid_from,
        valid_to=valid_to,
        warn=table.integers("warn", _WARN),
        source=source,
        roll=table.flag("roll", True),
        extension=table.integer("extension", 0),
    )
    table.no_others()
    return limit
