"""The centre's rules about parties as a document (主体规则), and the rates that are printed beside a party.

What the rules would have somebody decide is worked out in :mod:`desktop.core.party_proposals`.
Source: handbook 2.4, 2.5 and 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from desktop.core.documents import Problems, Table
from desktop.core.notices import Notices
from desktop.core.party_facts import PartyKind
from desktop.core.party_notices import read_party_notices
from desktop.core.party_soundness import MEASURES
from desktop.core.terms import CheckStatus

ABNORMAL, FALSE_MATERIAL = "非正常", "虚假材料"
FINDINGS: Final = (ABNORMAL, "非正常未按期处理", FALSE_MATERIAL, "低质量", "合格后无故不提交", "其他")
PASSED, FAILED = "合格", "不合格"


class Trigger(StrEnum):
    """What sets a rule off."""

    ABNORMAL = "abnormal_count"
    FALSE_MATERIAL = "false_material"
    FAIL_RATE = "fail_rate"
    LAPSED = "lapsed_count"
    WARNED_AGAIN = "warned_again"
    QUOTA = "quota_used"
    BUSINESS = "business_abnormal"


class Appeal(StrEnum):
    """Which findings count: those whose appeal was not upheld and is not pending, or all but the upheld ones."""

    FAILED = "failed"
    ANY = "any"


class PassBase(StrEnum):
    """The denominator of the pass rate."""

    ACCEPTED = "accepted"
    CONCLUDED = "concluded"


@dataclass(frozen=True)
class PartyRule:
    """``threshold`` is a count, or a percentage that must be exceeded (fail_rate) or reached (quota_used).
    ``window_days`` 0 means the calendar year; ``months`` 0 an open end."""

    id: str
    label: str
    text: str
    basis: str
    status: CheckStatus
    applies: PartyKind
    trigger: Trigger
    threshold: int
    measure: str
    active: bool
    min_cases: int = 1
    window_days: int = 365
    appeal: Appeal = Appeal.ANY
    months: int = 0
    finding: str = ABNORMAL


@dataclass(frozen=True)
class PartyRules:
    """A document of rules. ``version`` is its number, 0 as shipped; ``notices`` are its own texts of documents, mostly
    none, over the shipped ones."""

    rules: tuple[PartyRule, ...]
    pass_base: PassBase
    pass_basis: str
    quota_warn: int
    quota_basis: str
    status: CheckStatus
    version: str = "0"
    notices: Notices = field(default_factory=lambda: Notices({}, {}))

    def named(self, id_: str) -> PartyRule | None:
        return next((rule for rule in self.rules if rule.id == id_), None)

    def active(self, kind: str) -> tuple[PartyRule, ...]:
        return tuple(rule for rule in self.rules if rule.active and rule.applies == kind)


@dataclass(frozen=True)
class PartyCase:
    """What the rules look at in a case of pre-examination. Days are ISO, empty when it has not come to that."""

    number: str
    title: str = ""
    accepted_on: str = ""
    concluded_on: str = ""
    result: str = ""
    lapsed_on: str = ""


def parse_party_rules(document: Mapping[str, Any], version: str = "0") -> PartyRules:
    """Read a document of rules. Raises :class:`Refusal` ``bad_document`` with all faults."""
    problems = Problems("主体规则")
    top = Table(document, "", problems)
    top.text("version", "")
    figures = top.table("figures", optional=True)
    base = figures.choice("pass_rate_base", PassBase, PassBase.ACCEPTED.value)
    warn = figures.integer("quota_warn_percent", 80)
    if not 1 <= warn <= 100:
        problems.add(figures.at("quota_warn_percent"), "应为 1 至 100")
    found = PartyRules(
        tuple(_rule(row) for row in top.tables("rules", optional=True)),
        base,
        figures.text("pass_rate_basis", ""),
        warn,
        figures.text("quota_basis", ""),
        figures.choice("status", CheckStatus, CheckStatus.UNCHECKED.value),
        version,
        _notices(top, document, version),
    )
    ids = [rule.id for rule in found.rules]
    for id_ in {id_ for id_ in ids if ids.count(id_) > 1}:
        problems.add(f"rules[{id_}]", "编号重复")
    figures.no_others()
    top.no_others()
    problems.raise_if_any()
    return found


def _notices(top: Table, document: Mapping[str, Any], version: str) -> Notices:
    top.table("notices", optional=True)  # that it is a table
    found = document.get("notices", {})
    return read_party_notices(found if isinstance(found, Mapping) else {}, version, top.problems)


def _rule(row: Table) -> PartyRule:
    trigger = row.choice("trigger", Trigger)
    word = row.text("window", "")
    days = row.integer("window_days", 0 if word else 365)
    measure = row.text("measure")
    finding = row.text("finding", FALSE_MATERIAL if trigger is Trigger.FALSE_MATERIAL else ABNORMAL)
    rule = PartyRule(
        id=row.text("id"),
        label=row.text("label"),
        text=row.text("text"),
        basis=row.text("basis"),
        status=row.choice("status", CheckStatus, CheckStatus.UNCHECKED.value),
        applies=row.choice("applies", PartyKind, PartyKind.PARTY.value),
        trigger=trigger,
        threshold=row.integer("threshold"),
        measure=measure,
        active=row.flag("active"),
        min_cases=row.integer("min_cases", 1),
        window_days=days,
        appeal=row.choice("appeal", Appeal, Appeal.ANY.value),
        months=row.integer("months", 0),
        finding=finding,
    )
    checks = (
        ("id", bool(rule.id) and rule.id.isascii() and not rule.id.isspace(), "应为字母、数字和连字符"),
        ("text", bool(rule.text), "规则内容为空"),
        ("basis", bool(rule.basis), "请写明依据"),
        ("measure", measure in MEASURES, f"应为：{'、'.join(MEASURES)}"),
        ("threshold", 1 <= rule.threshold <= 1000, "应为 1 至 1000"),
        ("min_cases", 1 <= rule.min_cases <= 10_000, "应为 1 至 10000"),
        ("months", 0 <= rule.months <= 600, "应为 0 至 600"),
        ("window", word in ("", "year"), "只能写 year；天数写在 window_days"),
        ("window_days", days == 0 if word else 1 <= days <= 3660, "应为 1 至 3660；按公历年的不写"),
        ("finding", finding in FINDINGS, f"应为：{'、'.join(FINDINGS)}"),
    )
    for name, right, sentence in checks:
        if not right:
            row.problems.add(row.at(name), sentence)
    row.no_others()
    return rule


# ---------------------------------------------------------------- figures
@dataclass(frozen=True)
class Rate:
    """``part`` ÷ ``whole``, with the definition that is printed beside it."""

    label: str
    part: int
    whole: int
    definition: str

    @property
    def text(self) -> str:
        return percent(self.part, self.whole)


def percent(part: int, whole: int) -> str:
    """With one decimal, half up; — where there is nothing to divide by."""
    if not whole:
        return "—"
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10}%"


def rates(cases: Sequence[PartyCase], first: str, last: str, rules: PartyRules) -> tuple[Rate, ...]:
    """预审合格率 and 不合格率 of a period (ISO days, both included)."""
    accepted = sum(first <= one.accepted_on <= last for one in cases if one.accepted_on)
    concluded = [one for one in cases if one.result and first <= one.concluded_on <= last]
    passed = sum(one.result == PASSED for one in concluded)
    span = f"{first} 至 {last}"
    if rules.pass_base is PassBase.ACCEPTED:
        whole, said = accepted, "合格量 ÷ 已受理案件总量；分子按结论日、分母按受理日计入期间"
    else:
        whole, said = len(concluded), "合格量 ÷（合格＋不合格）；按结论日计入期间"
    return (
        Rate("预审合格率", passed, whole, f"{said}；{span}；撤回、终止的不计为合格或不合格"),
        Rate("不合格率", len(concluded) - passed, len(concluded), f"不合格量 ÷（合格＋不合格）；按结论日计入；{span}"),
    )
