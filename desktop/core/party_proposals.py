"""What the centre's rules would have somebody decide about a party (建议).

A rule proposes, a person decides. Proposals are worked out whenever they are asked for and never kept: what was
confirmed or dismissed names its evidence, and comes again only with evidence that nobody had before him.
Source: handbook 2.4 and acceptance case 16.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from desktop.core.party import FAILED_APPEAL, PENDING_APPEAL, UPHELD, Finding, PartyState
from desktop.core.party_rules import FAILED, Appeal, PartyCase, PartyRule, PartyRules, Trigger, percent
from desktop.core.party_soundness import MEASURES
from desktop.core.party_standing import quota
from desktop.core.workdays import months_after

_WARNINGS: Final = MEASURES[:3]  # what "受提醒、约谈、警告" means


@dataclass(frozen=True)
class Proposal:
    """What a rule would have decided: the measure from one day to another (``until`` empty: open), the numbers of the
    cases and the ids of the findings that it rests on, and all of it in a sentence."""

    id: str
    rule: str
    label: str
    text: str
    basis: str
    status: str
    measure: str
    since: str
    until: str
    cases: tuple[str, ...]
    findings: tuple[str, ...]
    evidence: tuple[str, ...]
    sentence: str


@dataclass
class _Found:
    """The evidence for one proposal, named so that it can be recognised again, and the sentence about it."""

    evidence: list[str]
    sentence: str
    cases: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def proposals(party: PartyState, rules: PartyRules, cases: Sequence[PartyCase], on: date) -> tuple[Proposal, ...]:
    """What the active rules would have decided about this party on this day, the severest first. ``party`` holds what
    stands on those merged into it, ``cases`` are all of theirs."""
    found = []
    for rule in rules.active(party.kind):
        here = _TRIGGERS[rule.trigger](party, rule, cases, on.isoformat())
        if here is not None and not _known(party, rule.id, here.evidence):
            found.append(_proposal(rule, here, on))
    return tuple(sorted(found, key=lambda one: (-MEASURES.index(one.measure), one.rule)))


def end_of(since: date, months: int) -> str:
    """The last day of a measure of so many months; empty for one without a length."""
    return (months_after(since, months) - timedelta(days=1)).isoformat() if months else ""


def _known(party: PartyState, rule: str, evidence: Iterable[str]) -> bool:
    """Whether everything had been before somebody who decided about the same rule."""
    seen: set[str] = set()
    for decided in (*party.dismissed.values(), *party.confirmed.values()):
        if decided[0] == rule:
            seen.update(decided[1:])
    return seen.issuperset(evidence)


def _proposal(rule: PartyRule, found: _Found, on: date) -> Proposal:
    named = "\n".join((rule.id, *sorted(found.evidence)))
    return Proposal(
        id=hashlib.sha256(named.encode()).hexdigest()[:12],
        rule=rule.id,
        label=rule.label,
        text=rule.text,
        basis=rule.basis,
        status=rule.status.value,
        measure=rule.measure,
        since=on.isoformat(),
        until=end_of(on, rule.months),
        cases=tuple(dict.fromkeys(filter(None, found.cases))),
        findings=tuple(found.findings),
        evidence=tuple(sorted(found.evidence)),
        sentence=f"{found.sentence}；建议{rule.measure}"
        + (f" {rule.months} 个月" if rule.months else "" if rule.measure in _WARNINGS else "，期限由确认人填写"),
    )


def _first(rule: PartyRule, newest: str) -> str:
    """The first day of the window that ends with the newest piece of evidence."""
    if not rule.window_days:
        return f"{newest[:4]}-01-01"
    return (date.fromisoformat(newest) - timedelta(days=rule.window_days - 1)).isoformat()


def _in_window(rule: PartyRule, days: Iterable[str], on: str) -> tuple[str, str] | None:
    """(first, newest) day of the window, if anything lies in it that is not itself out of date: evidence does not
    fall out of a proposal while it waits for somebody, nor does it come up years later."""
    newest = max((day for day in days if day and day <= on), default="")
    oldest = _first(rule, on) if rule.window_days else f"{int(on[:4]) - 1}-01-01"
    return (_first(rule, newest), newest) if newest >= oldest else None


def _span(rule: PartyRule, first: str, newest: str) -> str:
    return f"{rule.window_days} 天内（{first} 至 {newest}）" if rule.window_days else f"{newest[:4]} 年内"


def _counted(rule: PartyRule, finding: Finding) -> bool:
    if finding.outcome == UPHELD:
        return False
    return rule.appeal is Appeal.ANY or finding.outcome != PENDING_APPEAL


def _findings(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    counted = [one for one in party.findings.values() if one.kind == rule.finding and _counted(rule, one)]
    window = _in_window(rule, (one.found_on for one in counted), on)
    if window is None:
        return None
    here = [one for one in counted if window[0] <= one.found_on <= window[1]]
    if len(here) < rule.threshold:
        return None
    here.sort(key=lambda one: (one.found_on, one.id))
    words = {FAILED_APPEAL: "申诉不成立", PENDING_APPEAL: "申诉待定", "": "未见申诉登记"}
    told = [f"{word} {n} 件" for outcome, word in words.items() if (n := sum(one.outcome == outcome for one in here))]
    sentence = f"{_span(rule, *window)}{rule.finding}认定 {len(here)} 件（规则 {rule.threshold} 件），{'、'.join(told)}"
    return _Found([one.id for one in here], sentence, [one.case for one in here], [one.id for one in here])


def _fail_rate(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    window = _in_window(rule, (one.concluded_on for one in cases if one.result == FAILED), on)
    if window is None:
        return None
    here = [one for one in cases if one.result and window[0] <= one.concluded_on <= on]
    failed = [one.number for one in here if one.result == FAILED]
    if len(here) < rule.min_cases or len(failed) * 100 <= rule.threshold * len(here):
        return None
    sentence = (
        f"{_span(rule, window[0], max(one.concluded_on for one in here))}不合格 {len(failed)} 件 ÷ "
        f"已结论 {len(here)} 件 = {percent(len(failed), len(here))}（规则超过 {rule.threshold}%）"
    )
    return _Found([f"case:{number}" for number in failed], sentence, failed)


def _lapsed(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    window = _in_window(rule, (one.lapsed_on for one in cases), on)
    if window is None:
        return None
    here = [one.number for one in cases if one.lapsed_on and window[0] <= one.lapsed_on <= window[1]]
    if len(here) < rule.threshold:
        return None
    sentence = f"{_span(rule, *window)}合格后逾期未提交 {len(here)} 件（规则 {rule.threshold} 件）"
    return _Found([f"lapsed:{number}" for number in here], sentence, here)


def _warned_again(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    counted = [one for one in party.findings.values() if _counted(rule, one)]
    window = _in_window(rule, (one.found_on for one in counted), on)
    if window is None:
        return None
    warnings = [
        one for one in party.sanctions.values()
        if one.measure in _WARNINGS and one.outcome != UPHELD and window[0] <= one.since <= window[1]
    ]  # fmt: skip
    first = min((one.since for one in warnings), default="")
    resting = {id_ for one in warnings for id_ in one.findings}  # what led to the warning does not come "again"
    again = [one for one in counted if first and first <= one.found_on <= window[1] and one.id not in resting]
    if len(again) < rule.threshold:
        return None
    words = "、".join(f"{one.since} {one.measure}" for one in sorted(warnings, key=lambda one: (one.since, one.id)))
    sentence = f"{words}之后又有认定 {len(again)} 件（规则 {rule.threshold} 件）"
    return _Found([one.id for one in again], sentence, [one.case for one in again], [one.id for one in again])


def _quota_used(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    granted = quota(party, on[:4])
    used = [one.number for one in cases if one.accepted_on[:4] == on[:4] and one.accepted_on <= on]
    if not granted.known or not used or len(used) * 100 < rule.threshold * granted.total:
        return None
    sentence = f"{on[:4]} 年已受理 {len(used)} 件，额度 {granted.base}＋{granted.extra} 件"
    return _Found([f"quota:{on[:4]}:{granted.base}+{granted.extra}"], sentence, used)


def _business(party: PartyState, rule: PartyRule, cases: Sequence[PartyCase], on: str) -> _Found | None:
    if party.facts.get("abnormal") != "是":
        return None
    checked = party.facts.get("checked_on", "")
    sentence = f"登记为经营异常（核查日期 {checked or '未登记'}）"
    return _Found([f"abnormal:{checked}"], sentence)


_TRIGGERS: Final[Mapping[Trigger, Callable[[PartyState, PartyRule, Sequence[PartyCase], str], _Found | None]]] = {
    Trigger.ABNORMAL: _findings,
    Trigger.FALSE_MATERIAL: _findings,
    Trigger.FAIL_RATE: _fail_rate,
    Trigger.LAPSED: _lapsed,
    Trigger.WARNED_AGAIN: _warned_again,
    Trigger.QUOTA: _quota_used,
    Trigger.BUSINESS: _business,
}
