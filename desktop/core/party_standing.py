"""What a party's standing is on a day, and how many cases it may bring in a year.

The standing of a case's party is read on the day the case was submitted (handbook 3.1 A1, acceptance case 6). Order
of precedence: 取消, 退出, 暂停, 未通过, 未生效, 已过期, 在备; a measure lasts from its first day to its last, both
included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from desktop.core.party import UPHELD, PartyState, Sanction
from desktop.core.party_facts import PartyStatus

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
_DIGITS = 9  # of a yearly figure: others' facts are texts of any length
BARRING = ("暂停", "取消")  # measures that change the standing; the others only warn
_BARRED = (
    (PartyStatus.CANCELLED, "取消"), (PartyStatus.LEFT, ""), (PartyStatus.SUSPENDED, "暂停"), (PartyStatus.REFUSED, ""),
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """``since`` and ``until`` (ISO, empty when open) bound what gives the status; ``sanction`` is its id, if any."""

    status: PartyStatus
    since: str = ""
    until: str = ""
    reason: str = ""
    sanction: str = ""


@dataclass(frozen=True)
class Period:
    """The standing from one day to another, both included."""

    first: str
    last: str
    standing: Standing


@dataclass(frozen=True)
class Quota:
    """Cases of one year: ``base`` + ``extra`` may be accepted; ``known`` is False when nobody has set any."""

    year: str
    base: int = 0
    extra: int = 0
    known: bool = False

    @property
    def total(self) -> int:
        return self.base + self.extra


def last_day(sanction: Sanction) -> str:
    """The last day on which a measure holds, empty while it is open. Lifted, or its appeal upheld, it ends on the day
    before; an appeal does not reach back."""
    ends = [sanction.until] if sanction.until else []
    if sanction.lifted_on:
        ends.append(_beside(sanction.lifted_on, -1))
    if sanction.outcome == UPHELD and sanction.outcome_on:
        ends.append(_beside(sanction.outcome_on, -1))
    return min(ends, default="")


def in_force(sanction: Sanction, day: str) -> bool:
    return sanction.since <= day <= (last_day(sanction) or LAST_DAY)


def standing(party: PartyState, on: date) -> Standing:
    """The standing on a day."""
    day = on.isoformat()
    facts = party.facts
    stated = _stated(party, day)
    for status, measure in _BARRED:
        found = [one for one in party.sanctions.values() if one.measure == measure and in_force(one, day)]
        if found:  # of several the one that lasts longest
            sanction = max(found, key=lambda one: (last_day(one) or LAST_DAY, one.since, one.id))
            reason = f"{measure}：{sanction.reason}" if sanction.reason else measure
            return Standing(status, sanction.since, last_day(sanction), reason, sanction.id)
        if stated == status:
            start = facts.get("status_from", "")
            unsaid = not start and status != PartyStatus.REFUSED  # which holds for all days
            reason = f"登记状态为“{status}”" + ("，起始日未登记" if unsaid else "")
            return Standing(status, start, facts.get("status_to", ""), reason)
    first, last = facts.get("registered_on", ""), facts.get("valid_to", "")
    if first and day < first:
        return Standing(PartyStatus.PENDING, "", _beside(first, -1), f"自 {first} 起生效")
    if last and day > last:
        return Standing(PartyStatus.EXPIRED, _beside(last, 1), "", f"有效期至 {last}")
    return Standing(PartyStatus.ACTIVE, first, last)


def timeline(party: PartyState) -> tuple[Period, ...]:
    """The standing of every day from the first to the last, as few periods as it takes."""
    breaks = sorted({FIRST_DAY, *filter(None, _breaks(party))})
    found: list[Period] = []
    for first, following in zip(breaks, [*breaks[1:], ""], strict=True):
        last = _beside(following, -1) if following else LAST_DAY
        here = standing(party, date.fromisoformat(first))
        if found and found[-1].standing == here:
            found[-1] = Period(found[-1].first, last, here)
        else:
            found.append(Period(first, last, here))
    return tuple(found)


def quota(party: PartyState, year: str) -> Quota:
    """What was granted for the year; without a grant the usual yearly figure among the facts, if there is one."""
    granted = party.quotas.get(year)
    if granted is not None:
        return Quota(year, granted[0], granted[1], True)
    usual = party.facts.get("quota", "")
    return Quota(year, int(usual), 0, True) if usual.isdecimal() and len(usual) <= _DIGITS else Quota(year)


def _stated(party: PartyState, day: str) -> str:
    """The status that stands among the facts, on that day."""
    facts = party.facts
    if not facts.get("status_from", "") <= day <= (facts.get("status_to") or LAST_DAY):
        return PartyStatus.ACTIVE
    return facts.get("status", "")


def _breaks(party: PartyState) -> Iterator[str]:
    """The days on which the standing may change."""
    for one in party.sanctions.values():
        if one.measure in BARRING:
            yield one.since
            yield _after(last_day(one))
    for name in ("registered_on", "status_from"):
        yield party.facts.get(name, "")
    for name in ("valid_to", "status_to"):
        yield _after(party.facts.get(name, ""))


def _after(day: str) -> str:
    return _beside(day, 1) if day else ""


def _beside(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
