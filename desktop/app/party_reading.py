"""Questions about parties and agencies: lists, one party, and how the party of a case stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import orjson

from db import parties as party_table
from db.journal import Reader
from db.parties import PartyCaseRow, PartyFilter, PartyRow
from desktop.app.party_projection import marks_of, state_from
from desktop.app.party_views import PartyPage, PartyQuery, PartyRowView, PartyStanding, QuotaView
from desktop.app.workplace import Workplace
from desktop.core.party import PartyState, combine
from desktop.core.party_facts import STRATEGIC, PartyKind, PartyStatus, name_key, split_tags
from desktop.core.party_proposals import Proposal, proposals
from desktop.core.party_rules import FAILED, FINDINGS, PASSED, PartyCase, PartyRules, Trigger
from desktop.core.party_standing import quota, standing
from desktop.core.refusal import Refusal

_CHUNK: Final = 500
_SEVERITY: Final = [
    PartyStatus.CANCELLED, PartyStatus.LEFT, PartyStatus.SUSPENDED, PartyStatus.REFUSED, PartyStatus.PENDING,
    PartyStatus.EXPIRED, PartyStatus.ACTIVE,
]  # fmt: skip
_FAILED_STAGE, _LAPSED_STAGE = "FAILED", "LAPSED"


# ---------------------------------------------------------------- finding
def find_ids(reader: Reader, ref: str, kind: str = "") -> list[str]:
    """Ids of the parties that ``ref`` names: id, 统一社会信用代码, 机构代码, or the whole name. Who has it now comes
    before who had it once."""
    text = ref.strip()
    if party_table.root_of(reader, text) is not None:
        return [text]
    compact = "".join(text.split()).upper()
    found = party_table.by_keys(reader, kind, [("uscc", compact), ("agency_code", compact), ("name", name_key(text))])
    present = [id_ for _, _, id_, _, former in found if not former]
    return list(dict.fromkeys(present or [id_ for _, _, id_, _, _ in found]))


def find_one(reader: Reader, ref: str, kind: str = "") -> str:
    """The id of the one party that ``ref`` names. Raises :class:`Refusal` ``unknown_party`` or ``ambiguous_party``."""
    ids = find_ids(reader, ref, kind)
    roots = {party_table.root_of(reader, id_) for id_ in ids}
    listed = [id_ for id_ in ids if id_ in roots]
    if len(roots) == 1:
        return (listed or ids)[0]
    if not ids:
        raise Refusal("unknown_party", f"没有登记名为“{ref}”的主体或代理机构", {"party": ref})
    told = "；".join(f"{party_table.heading(reader, id_)[1]}（标识 {id_}）" for id_ in ids[:5])
    raise Refusal(
        "ambiguous_party",
        f"“{ref}”对应 {len(ids)} 个登记，请改用标识指明，或先合并：{told}",
        {"party": ref, "ids": ids},
    )


def groups(reader: Reader, roots: Iterable[str]) -> dict[str, dict[str, PartyState]]:
    """root -> the states, each from its own stream, of the root and of all merged into it."""
    found: dict[str, dict[str, PartyState]] = {}
    for root, id_, state in party_table.stored_groups(reader, roots):
        found.setdefault(root, {})[id_] = state_from(state)
    return found


def whole(group: Mapping[str, PartyState], root: str) -> PartyState:
    """The root with what stands on those merged into it."""
    others = {id_: state for id_, state in group.items() if id_ != root}
    return combine(group[root], others) if others else group[root]


def whole_states(reader: Reader, roots: Sequence[str]) -> dict[str, PartyState]:
    found = groups(reader, roots)
    return {root: whole(group, root) for root, group in found.items()}


def case_of(row: PartyCaseRow) -> PartyCase:
    """What rules look at. A case once passed counts as passed wherever it went from there."""
    concluded = row.concluded_on or ""
    failed = row.stage == _FAILED_STAGE
    return PartyCase(
        number=row.number or "",
        title=row.title,
        accepted_on=row.accepted_on or "",
        concluded_on=concluded,
        result=(FAILED if failed else PASSED) if concluded else "",
        lapsed_on=(row.ended_on or "") if row.stage == _LAPSED_STAGE else "",
    )


def cases_of(reader: Reader, roots: Sequence[str]) -> dict[str, list[PartyCase]]:
    return {root: list(map(case_of, rows)) for root, rows in party_table.cases_of(reader, roots).items()}


# ---------------------------------------------------------------- lists
def page(workplace: Workplace, query: PartyQuery, *, on: date, limit: int = 50, offset: int = 0) -> PartyPage:
    """A page of the list with the standing of ``on``; ``limit`` -1 means all."""
    rules = workplace.newest_book().party_rules
    with workplace.reading() as reader:
        proposed = proposed_for(reader, rules, on) if query.proposals else None
        wanted = PartyFilter(
            on.isoformat(), query.kind, query.status, query.search, query.tag,
            None if proposed is None else sorted(proposed),
        )  # fmt: skip
        total = party_table.count(reader, wanted)
        rows = party_table.page(reader, wanted, limit, offset)
        shown: list[PartyRowView] = []
        for start in range(0, len(rows), _CHUNK):
            shown += _rows(reader, rules, rows[start : start + _CHUNK], on)
    return PartyPage(total, tuple(shown))


def _rows(reader: Reader, rules: PartyRules, rows: Sequence[PartyRow], on: date) -> list[PartyRowView]:
    roots = [row.id for row in rows]
    states, cases = whole_states(reader, roots), cases_of(reader, roots)
    return [
        PartyRowView(
            id=row.id,
            kind=row.kind,
            name=row.name,
            uscc=row.uscc,
            code=row.code,
            region=row.region,
            tags=tuple(orjson.loads(row.tags)),
            strategic=bool(row.strategic),
            status=row.standing,
            since=row.since,
            until=row.until,
            marks=tuple(orjson.loads(row.marks)),
            quota=quota_view(states[row.id], cases[row.id], rules, on),
            proposals=len(proposals(states[row.id], rules, cases[row.id], on)),
        )
        for row in rows
    ]


def proposed_for(reader: Reader, rules: PartyRules, on: date) -> dict[str, tuple[Proposal, ...]]:
    """root -> what rules propose today. Counts choose who is looked at; only those are."""
    roots = sorted(_candidates(reader, rules, on))
    found: dict[str, tuple[Proposal, ...]] = {}
    for start in range(0, len(roots), _CHUNK):
        part = roots[start : start + _CHUNK]
        states, cases = whole_states(reader, part), cases_of(reader, part)
        for root in part:
            if here := proposals(states[root], rules, cases[root], on):
                found[root] = here
    return found


def _candidates(reader: Reader, rules: PartyRules, on: date) -> set[str]:
    """Roots for which some active rule could have anything to say."""
    found: set[str] = set()
    for rule in rules.rules:
        if not rule.active:
            continue
        since = (on - timedelta(days=2 * (rule.window_days or 366))).isoformat()
        match rule.trigger:
            case Trigger.FAIL_RATE:
                least = rule.threshold * rule.min_cases // 100 + 1
                found |= party_table.with_cases_in(reader, _FAILED_STAGE, since, least)
            case Trigger.LAPSED:
                found |= party_table.with_cases_in(reader, _LAPSED_STAGE, since, rule.threshold)
            case Trigger.QUOTA:
                found |= party_table.with_grounds(reader, ["quota"], on.isoformat()[:4])
            case Trigger.BUSINESS:
                found |= party_table.with_grounds(reader, ["business"], "")
            case Trigger.WARNED_AGAIN:
                found |= party_table.with_grounds(reader, FINDINGS, since)
            case _:
                found |= party_table.with_grounds(reader, [rule.finding], since)
    return found


def quota_view(party: PartyState, cases: Iterable[PartyCase], rules: PartyRules, on: date) -> QuotaView:
    """The quota of the year of ``on`` and what is left of it."""
    year = on.isoformat()[:4]
    granted = quota(party, year)
    used = sum(case.accepted_on[:4] == year for case in cases)
    if not granted.known:
        return QuotaView(year, 0, 0, used, None)
    word = ""
    if used >= granted.total:
        word = f"{year} 年额度 {granted.total} 件已用尽"
    elif used * 100 >= rules.quota_warn * granted.total:
        word = f"{year} 年额度已用 {used}/{granted.total} 件，达到 {rules.quota_warn}%"
    return QuotaView(year, granted.base, granted.extra, used, granted.total - used, word)


# ---------------------------------------------------------------- the party of a case
def standing_of(
    reader: Reader, uscc: str, name: str, on: date, rules: PartyRules | None = None
) -> PartyStanding | None:
    """How the 备案主体 of a case stands on the day it was submitted; None when it is not registered. By its code, else
    by its name. Of several registered alike the one that stands worst is taken, and that is said."""
    keys = [("uscc", "".join(uscc.split()).upper())] if uscc.strip() else []
    found = _matches(reader, PartyKind.PARTY, keys) or _matches(reader, PartyKind.PARTY, [("name", name_key(name))])
    return _worst(reader, found, uscc, name, on, "uscc", rules)


def agency_standing_of(
    reader: Reader, name: str, agency_code: str, on: date, rules: PartyRules | None = None
) -> PartyStanding | None:
    """The same for the 代理机构 of a case, by its five digits, else by its name."""
    keys = [("agency_code", agency_code.strip())] if agency_code.strip() else []
    kind = PartyKind.AGENCY
    found = _matches(reader, kind, keys) or _matches(reader, kind, [("name", name_key(name))])
    return _worst(reader, found, agency_code, name, on, "agency_code", rules)


def _matches(reader: Reader, kind: str, keys: Sequence[tuple[str, str]]) -> list[str]:
    """Roots that have one of these keys; a former name counts only where nobody has it now."""
    found = party_table.by_keys(reader, kind, [key for key in keys if key[1]])
    present = [root for _, _, _, root, former in found if not former]
    return list(dict.fromkeys(present or [root for _, _, _, root, _ in found]))


def _worst(
    reader: Reader, roots: Sequence[str], code: str, name: str, on: date, code_fact: str, rules: PartyRules | None
) -> PartyStanding | None:
    if not roots:
        return None
    states = whole_states(reader, roots)
    # An agency has thousands of cases: they are only counted against a quota.
    cases = cases_of(reader, [root for root in roots if quota(states[root], on.isoformat()[:4]).known])
    all_found = [standing_view(root, states[root], cases.get(root, ()), on, rules) for root in roots]
    worst = min(all_found, key=lambda one: (_SEVERITY.index(PartyStatus(one.status)), one.id))
    party = states[worst.id]
    remarks = list(worst.remarks)
    known = party.facts.get(code_fact, "")
    if code and known and "".join(code.split()).upper() not in (known, *party.codes):
        remarks.append(f"案件的代码 {code} 与登记的 {known} 不一致")
    if name and name_key(name) not in {name_key(one) for one in (party.name, *party.names)}:
        remarks.append(f"案件的名称“{name}”与登记的“{party.name}”不一致")
    if len(roots) > 1:
        remarks.append(f"有 {len(roots)} 个登记与此相同，请核对后合并")
    return replace(worst, remarks=tuple(remarks))


def standing_view(
    root: str, party: PartyState, cases: Sequence[PartyCase], on: date, rules: PartyRules | None = None
) -> PartyStanding:
    """The standing on a day with the quota of that day's year; ``cases`` matter only where one was granted."""
    here = standing(party, on)
    granted = quota(party, on.isoformat()[:4])
    used = sum(case.accepted_on[:4] == granted.year for case in cases)
    remarks = []
    if party.kind == PartyKind.AGENCY:
        if party.facts.get("abnormal") == "是":
            remarks.append(f"登记为经营异常（核查日期 {party.facts.get('checked_on') or '未登记'}）")
        if party.facts.get("listed") == "否":
            remarks.append("不在精准服务保障名单")
    if rules is not None and (word := quota_view(party, cases, rules, on).word):
        remarks.append(word)
    return PartyStanding(
        id=root,
        kind=party.kind,
        name=party.name,
        status=here.status.value,
        since=here.since,
        until=here.until,
        reason=here.reason,
        strategic=STRATEGIC in split_tags(party.facts.get("tags", "")),
        quota_left=granted.total - used if granted.known else None,
        remarks=tuple(remarks),
        marks=tuple(marks_of(party)),
    )
