"""Limits (期限值): how long, by patent type, in which unit, promised or legal, and on whose authority.

Source: handbook 1.2, 1.6 and 12.1. Every figure carries its source, the day it was checked and whether it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from desktop.core.documents import Table
from desktop.core.terms import CheckStatus, LimitKind, PatentType, Unit

_TYPE_KEYS = {"invention": PatentType.INVENTION, "utility": PatentType.UTILITY, "design": PatentType.DESIGN}
_CEILING = {Unit.WORKDAY: 750, Unit.DAY: 3660, Unit.MONTH: 240}


@dataclass(frozen=True)
class Limit:
    """``days`` counts in ``unit``; a type that is absent has no such limit.

    ``warn``: remaining working days at which to warn. ``otherwise`` is the figure that it replaces within its
    validity. ``source``: version of the document that the figure comes from (0 = as shipped).
    """

    id: str
    label: str
    kind: LimitKind
    unit: Unit
    days: Mapping[PatentType, int]
    basis: str
    checked_on: str
    status: CheckStatus
    valid_from: str = ""
    valid_to: str = ""
    warn: tuple[int, ...] = (3, 1, 0)
    source: str = "0"
    otherwise: Limit | None = None

    def on(self, day: str) -> Limit | None:
        """The figure in force on ``day`` (ISO): this one, or what it replaced, or none."""
        if (not self.valid_from or day >= self.valid_from) and (not self.valid_to or day <= self.valid_to):
            return self
        return self.otherwise.on(day) if self.otherwise else None

    def over(self, replaced: Limit | None) -> Limit:
        """This figure, falling back to the replaced one outside its own validity."""
        return replace(self, otherwise=replaced)

    def for_type(self, patent_type: PatentType) -> int | None:
        return self.days.get(patent_type)


def parse_limits(table: Table, source: str = "0") -> dict[str, Limit]:
    """Read the ``limits`` part of a procedure or of a centre's own document. A negative or absurd figure is a
    fault; ``off = true`` switches a limit off."""
    return {name: _limit(name, table.table(name), source) for name in table.keys()}


def _limit(name: str, table: Table, source: str) -> Limit:
    unit = table.choice("unit", Unit)
    off = table.flag("off")
    days: dict[PatentType, int] = {}
    by_type = [key for key in _TYPE_KEYS if key in table.keys()]
    if "value" in table.keys():
        if by_type:
            table.problems.add(table.place, "value 与按类型的数值只能写一种")
        if table.integer("value") >= 0:
            days = dict.fromkeys(PatentType, table.integer("value"))
        else:
            table.problems.add(table.at("value"), "期限不能为负数")
    elif not by_type and not off:
        table.problems.add(
            table.place, "没有期限数值（value，或 invention / utility / design；不设此期限请写 off = true）"
        )
    for key in by_type:
        number = table.integer(key)
        if number < 0:
            table.problems.add(table.at(key), "期限不能为负数")
        days[_TYPE_KEYS[key]] = number
    if off and ("value" in table.keys() or by_type):
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
        warn=table.integers("warn", (3, 1, 0)),
        source=source,
    )
    table.no_others()
    return limit
