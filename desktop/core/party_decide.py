"""The one place that says no about parties. A command and what is known go in; an event comes out, or a Refusal.

Who may: facts and refused applications 受理 or 管理员; findings also 预审员 and 复核; measures, appeals, quotas and
merging 复核, 组长, 管理员.
A measure is always a person's word: a rule only proposes it (handbook 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from desktop.core.context import Context, check_day, role_among
from desktop.core.party import (
    AMENDED,
    APPEALED,
    DISMISSED,
    EVENT_VERSIONS,
    FOUND,
    GRANTED,
    LIFTED,
    MERGED,
    NOTED,
    OUTCOMES,
    REFUSED,
    REGISTERED,
    SANCTIONED,
    PartyEvent,
    PartyState,
)
from desktop.core.party_facts import FACTS, PartyKind, PartyStatus, write
from desktop.core.party_proposals import Proposal, end_of
from desktop.core.party_rules import FINDINGS, PartyRule
from desktop.core.party_soundness import MEASURES
from desktop.core.party_standing import BARRING, last_day, quota
from desktop.core.refusal import Refusal
from desktop.core.terms import Role

REGISTRARS = (Role.INTAKE, Role.ADMIN)
FINDERS = (Role.INTAKE, Role.EXAMINER, Role.REVIEWER, Role.ADMIN)
DECIDERS = (Role.REVIEWER, Role.LEAD, Role.ADMIN)
ANYBODY = (Role.INTAKE, Role.EXAMINER, Role.REVIEWER, Role.LEAD, Role.ADMIN)
# What may be done to a party: what it is called, and by whom.
STEPS: Mapping[str, tuple[str, Sequence[Role]]] = {
    "register": ("登记", REGISTRARS),
    "amend": ("更正", REGISTRARS),
    "refuse": ("登记不通过", REGISTRARS),
    "find": ("登记认定", FINDERS),
    "appeal": ("登记申诉结果", DECIDERS),
    "sanction": ("作出处理", DECIDERS),
    "dismiss": ("驳回建议", DECIDERS),
    "lift": ("解除处理", DECIDERS),
    "grant": ("核定额度", DECIDERS),
    "merge": ("合并", DECIDERS),
    "separate": ("取消合并", DECIDERS),
    "note": ("备注", ANYBODY),
}


@dataclass(frozen=True)
class By:
    """Who acts, on which business date, with the staff and today of ``context``."""

    actor: str
    on: date
    context: Context


@dataclass(frozen=True)
class PartyDecision:
    event: PartyEvent
    role: Role
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Somebody who is registered already, and by which fact he was recognised (uscc, agency_code or name)."""

    id: str
    name: str
    how: str


@dataclass(frozen=True)
class Order:
    """A measure as a person words it. Texts that are empty come from the proposal, if there is one."""

    reason: str
    measure: str = ""
    since: date | None = None
    until: date | None = None
    months: int | None = None
    cases: Sequence[str] = ()


def may(step: str, actor: str, context: Context) -> Role:
    """The role in which ``actor`` may take a step. Raises :class:`Refusal`."""
    label, roles = STEPS[step]
    return role_among(roles, label, actor, context)


def register(kind: str, values: Mapping[str, str], known: Sequence[Match], by: By) -> PartyDecision:
    """A new party. ``known`` are those that look like it."""
    role = may("register", by.actor, by.context)
    if kind not in tuple(PartyKind):
        raise Refusal("bad_input", f"没有“{kind}”这种登记，可用：{'、'.join(PartyKind)}", {"input": "kind"})
    facts, warnings = read_facts(kind, values)
    facts = {name: value for name, value in facts.items() if value}
    if not facts.get("name"):
        label = FACTS[PartyKind(kind)]["name"].label
        raise Refusal("bad_input", f"请填写{label}", {"input": "name"})
    for match in known:
        what = {"uscc": "统一社会信用代码", "agency_code": "机构代码"}.get(match.how, "名称")
        raise Refusal("party_exists", f"{what}相同的“{match.name}”已经登记", {"id": match.id, "by": match.how})
    _check_days(facts)
    return _decided(REGISTERED, {"kind": kind, "facts": facts}, role, by, warnings)


def amend(party: PartyState, values: Mapping[str, str], reason: str, by: By) -> PartyDecision:
    """Other facts. A fact that was set side by side may be confirmed as it stands: that ends the mark."""
    role = may("amend", by.actor, by.context)
    admit(party)
    given, warnings = read_facts(party.kind, values)
    if "name" in given and not given["name"]:
        raise Refusal("bad_input", "名称不能为空", {"input": "name"})
    if given.get("status", PartyStatus.ACTIVE) not in ("", PartyStatus.ACTIVE) and "status_from" not in given:
        given["status_from"] = by.on.isoformat()
    facts = {
        name: value for name, value in given.items() if value != party.facts.get(name, "") or name in party.parallel
    }
    if not facts:
        raise Refusal("nothing_changed", "没有改动任何信息")
    _check_days({**party.facts, **facts})
    before = {name: party.facts.get(name, "") for name in facts}
    return _decided(AMENDED, {"facts": facts, "before": before, "reason": reason.strip()}, role, by, warnings)


def refuse(party: PartyState, id_: str, reason: str, basis: str, by: By) -> PartyDecision:
    """An application for registration is refused. That alone changes no standing: who was never registered bears the
    stated status 未通过."""
    role = may("refuse", by.actor, by.context)
    admit(party)
    for name, text, label in (("reason", reason, "理由"), ("basis", basis, "依据")):
        if not text.strip():
            raise Refusal("bad_input", f"请写明{label}", {"input": name})
    stated = party.facts.get("status", "") or PartyStatus.ACTIVE
    warnings = []
    if stated == PartyStatus.ACTIVE:
        warnings = [f"登记状态仍为“{stated}”；没有准予备案的，请更正为“{PartyStatus.REFUSED}”"]
    payload = {"refusal": id_, "reason": reason.strip(), "basis": basis.strip()}
    return _decided(REFUSED, payload, role, by, warnings)


def find(party: PartyState, id_: str, kind: str, case: str, found_on: date, note: str, by: By) -> PartyDecision:
    """Registers what somebody found about a party, such as a case that counts as 非正常."""
    role = may("find", by.actor, by.context)
    admit(party)
    if kind not in FINDINGS:
        raise Refusal("bad_input", f"没有“{kind}”这种认定，可用：{'、'.join(FINDINGS)}", {"input": "kind"})
    if found_on > by.context.today:
        raise Refusal("bad_input", f"认定日期 {found_on} 晚于今天", {"input": "found_on"})
    for known in party.findings.values():
        if case and (known.kind, known.case) == (kind, case):
            raise Refusal("already_done", f"案件 {case} 的“{kind}”认定已经登记过", {"finding": known.id})
    payload = {"finding": id_, "kind": kind, "case": case, "found_on": found_on.isoformat(), "note": note.strip()}
    return _decided(FOUND, payload, role, by)


def appeal(party: PartyState, target: str, outcome: str, on: date, note: str, by: By) -> PartyDecision:
    """How an appeal against a finding or a measure ended. Upheld, a finding no longer counts and a measure ends."""
    role = may("appeal", by.actor, by.context)
    admit(party)
    known = party.findings.get(target) or party.sanctions.get(target)
    if known is None:
        raise Refusal("unknown_target", f"没有编号为“{target}”的认定或处理措施", {"target": target})
    if outcome not in OUTCOMES:
        raise Refusal("bad_input", f"申诉结果应为：{'、'.join(OUTCOMES)}", {"input": "outcome"})
    if known.outcome == outcome and f"appeal:{target}" not in party.parallel:
        raise Refusal("nothing_changed", f"申诉结果已经是“{outcome}”", {"target": target})
    payload = {"target": target, "outcome": outcome, "on": on.isoformat(), "note": note.strip()}
    return _decided(APPEALED, payload, role, by)


def sanction(
    party: PartyState, id_: str, order: Order, rule: PartyRule | None, proposal: Proposal | None, by: By
) -> PartyDecision:
    """A measure, by a proposal that is confirmed or by a rule that is named."""
    role = may("sanction", by.actor, by.context)
    admit(party)
    if rule is None:
        raise Refusal("unknown_rule", "请写明所依据的规则；可用的规则见主体规则文件", {"input": "rule"})
    measure = order.measure or (proposal.measure if proposal else "")
    if measure not in MEASURES:
        raise Refusal("bad_input", f"处理措施应为：{'、'.join(MEASURES)}", {"input": "measure"})
    if not order.reason.strip():
        raise Refusal("bad_input", "请写明理由", {"input": "reason"})
    since = order.since or (date.fromisoformat(proposal.since) if proposal else by.on)
    until = _until(order, since, rule, measure)
    if until and until < since.isoformat():
        raise Refusal("bad_input", f"截止日 {until} 早于起始日 {since}", {"input": "to"})
    payload: dict[str, Any] = {
        "sanction": id_,
        "measure": measure,
        "rule": rule.id,
        "rule_text": rule.text,
        "basis": rule.basis,
        "cases": list(proposal.cases if proposal and not order.cases else order.cases),
        "from": since.isoformat(),
        "to": until,
        "reason": order.reason.strip(),
    }
    if proposal is not None:
        payload.update(
            proposal=proposal.id, findings=list(proposal.findings), evidence=list(proposal.evidence),
            sentence=proposal.sentence,
        )  # fmt: skip
    warnings = ["没有写明期限，处理至解除为止"] if measure in BARRING and not until else []
    return _decided(SANCTIONED, payload, role, by, warnings)


def _until(order: Order, since: date, rule: PartyRule, measure: str) -> str:
    if order.until is not None and order.months is not None:
        raise Refusal("bad_input", "截止日与月数只写一样", {"input": "to"})
    if order.until is not None:
        return order.until.isoformat()
    months = order.months
    if months is None:
        months = rule.months if measure == rule.measure else 0
    if not 0 <= months <= 600:
        raise Refusal("bad_input", "月数应为 0 至 600", {"input": "months"})
    return end_of(since, months)


def dismiss(party: PartyState, proposal: Proposal, reason: str, by: By) -> PartyDecision:
    """A proposal that is not followed, with the reason. It does not come again without new evidence."""
    role = may("dismiss", by.actor, by.context)
    admit(party)
    if not reason.strip():
        raise Refusal("bad_input", "请写明理由", {"input": "reason"})
    payload = {
        "proposal": proposal.id,
        "rule": proposal.rule,
        "evidence": list(proposal.evidence),
        "reason": reason.strip(),
        "sentence": proposal.sentence,
    }
    return _decided(DISMISSED, payload, role, by)


def lift(party: PartyState, target: str, on: date, reason: str, by: By) -> PartyDecision:
    """A measure ends early: ``on`` is the first day without it."""
    role = may("lift", by.actor, by.context)
    admit(party)
    known = party.sanctions.get(target)
    if known is None:
        raise Refusal("unknown_target", f"没有编号为“{target}”的处理措施", {"target": target})
    if not reason.strip():
        raise Refusal("bad_input", "请写明理由", {"input": "reason"})
    ended = last_day(known)
    if ended and ended < on.isoformat() and f"lift:{target}" not in party.parallel:
        raise Refusal("nothing_changed", f"该处理已于 {ended} 届满或解除", {"target": target})
    if on.isoformat() < known.since:
        raise Refusal("bad_input", f"解除日期 {on} 早于处理起始日 {known.since}", {"input": "on"})
    return _decided(LIFTED, {"sanction": target, "on": on.isoformat(), "reason": reason.strip()}, role, by)


def grant(party: PartyState, year: str, base: int, extra: int | None, by: By) -> PartyDecision:
    """The quota of a year. Extra cases are granted once (handbook 2.5); more is a warning. ``extra`` None keeps it."""
    role = may("grant", by.actor, by.context)
    admit(party)
    if not (len(year) == 4 and year.isascii() and year.isdigit() and "2000" <= year <= "2199"):
        raise Refusal("bad_input", f"“{year}”不是年份", {"input": "year"})
    known = quota(party, year)
    more = known.extra if extra is None else extra
    if not (0 <= base <= 1_000_000 and 0 <= more <= 1_000_000):
        raise Refusal("bad_input", "额度应为 0 至 1000000", {"input": "base"})
    same = year in party.quotas and (known.base, known.extra) == (base, more)
    if same and f"quota:{year}" not in party.parallel:
        raise Refusal("nothing_changed", f"{year} 年额度已经是 {base}＋{more}")
    again = known.extra and more not in (0, known.extra)
    warnings = [f"{year} 年已经追加过 {known.extra} 件，追加一般只有一次"] if again else []
    return _decided(GRANTED, {"year": year, "base": base, "extra": more}, role, by, warnings)


def merge(party: PartyState, id_: str, into: PartyState, into_id: str, by: By, reason: str = "") -> PartyDecision:
    """``party`` disappears into another; what stands on it counts for the other, and its journal stays."""
    role = may("merge", by.actor, by.context)
    admit(party)
    admit(into)
    if id_ == into_id:
        raise Refusal("bad_input", "不能与自己合并", {"input": "into"})
    if party.kind != into.kind:
        raise Refusal("bad_input", f"“{party.name}”是{party.kind}，“{into.name}”是{into.kind}，不能合并")
    codes = {one.facts.get("uscc") or one.facts.get("agency_code", "") for one in (party, into)} - {""}
    warnings = ["两者的代码不同，请核对是否同一单位"] if len(codes) > 1 else []
    return _decided(MERGED, {"into": into_id, "reason": reason.strip()}, role, by, warnings)


def separate(party: PartyState, reason: str, by: By) -> PartyDecision:
    """Undoes a merge."""
    role = may("separate", by.actor, by.context)
    admit(party, merged=True)
    if not party.merged_into:
        raise Refusal("not_begun", f"“{party.name}”没有并入别的登记")
    return _decided(MERGED, {"into": "", "reason": reason.strip()}, role, by)


def note(party: PartyState, text: str, by: By) -> PartyDecision:
    """A remark for the journal."""
    role = may("note", by.actor, by.context)
    admit(party, merged=True)
    if not text.strip():
        raise Refusal("bad_input", "备注为空", {"input": "text"})
    return _decided(NOTED, {"text": text.strip()}, role, by)


def read_facts(kind: str, values: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Typed texts as facts, by name or by label. Raises :class:`Refusal`."""
    specs = FACTS[PartyKind(kind)]
    by_label = {fact.label: fact for fact in specs.values()}
    facts: dict[str, str] = {}
    warnings = []
    for name, text in values.items():
        fact = specs.get(name) or by_label.get(name)
        if fact is None:
            listed = "、".join(f"{one.name}（{one.label}）" for one in specs.values())
            raise Refusal("unknown_input", f"{kind}没有“{name}”这一项；可用：{listed}", {"input": name})
        found = write(fact, text)
        if found.error:
            raise Refusal("bad_input", f"{fact.label}：{found.error}", {"input": fact.name})
        if found.warning:
            warnings.append(f"{fact.label}：{found.warning}")
        facts[fact.name] = found.value
    return facts, warnings


def admit(party: PartyState, *, merged: bool = False) -> None:
    """Raises the reason why nothing may be recorded of this party here."""
    if party.read_only:
        raise Refusal("needs_newer_program", f"“{party.name}”含有更新版本程序的记录，本版本只能查看")
    if party.merged_into and not merged:
        raise Refusal("party_merged", f"“{party.name}”已并入别的登记，请在那里办理", {"into": party.merged_into})


def _check_days(facts: Mapping[str, str]) -> None:
    for first, last in (("registered_on", "valid_to"), ("status_from", "status_to")):
        start, end = facts.get(first, ""), facts.get(last, "")
        if start and end and end < start:
            raise Refusal("bad_input", f"{end} 早于 {start}，起止日期颠倒", {"input": last})


def _decided(kind: str, payload: dict[str, Any], role: Role, by: By, warnings: Sequence[str] = ()) -> PartyDecision:
    """An event on its business date; one far in the future is refused, one ahead of today is doubted."""
    doubts = check_day("", by.on, by.context)
    event = PartyEvent(kind, EVENT_VERSIONS[kind], by.on.isoformat(), payload)
    return PartyDecision(event, role, (*warnings, *doubts))
