"""What the centre's register says of a case's party and agency, and what that means for accepting the case.

Source: handbook 2.1-2.3 and 3.1 (A1-A3, A6); a suspension is read on the day of submission (acceptance case 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.core.party_facts import PartyStatus
from desktop.core.refusal import Refusal


@dataclass(frozen=True)
class Registered:
    """One entry as it stood on the day asked for. ``remarks`` are sentences: what does not fit, what runs short."""

    name: str
    status: str
    since: str = ""
    until: str = ""
    reason: str = ""
    code: str = ""
    remarks: tuple[str, ...] = ()

    def in_words(self) -> str:
        """BA-0012　暂停（自 2026-06-01 至 2026-11-30：…）"""
        since = f"自 {self.since}" if self.since else ""
        until = f" 至 {self.until}" if self.until else ""
        span = f"{since}{until}"
        why = "：".join(part for part in (span, self.reason) if part)
        told = f"（{why}）" if why and self.status != PartyStatus.ACTIVE else ""
        return f"{self.code}　{self.status}{told}" if self.code else f"{self.status}{told}"


@dataclass(frozen=True)
class Registry:
    """``parties`` and ``agencies``: whether the centre keeps such a register at all; None: not in it."""

    parties: bool = False
    agencies: bool = False
    party: Registered | None = None
    agency: Registered | None = None
    has_agency: bool = False


def admit(registry: Registry, submitted_on: str) -> Sequence[str]:
    """Warnings about accepting a case. Raises :class:`Refusal` for a party or agency that was barred that day."""
    warnings: list[str] = []
    if registry.parties and registry.party is None:
        warnings.append("申请主体没有备案登记，请核对（A1）")
    if registry.has_agency and registry.agencies and registry.agency is None:
        warnings.append("代理机构没有登记，请核对（A2）")
    for entry, what, code in ((registry.party, "申请主体", "N06"), (registry.agency, "代理机构", "N08")):
        if entry is None:
            continue
        if entry.status != PartyStatus.ACTIVE:
            raise Refusal(
                "party_barred",
                f"{what}“{entry.name}”在提交日 {submitted_on} 的状态为{entry.in_words()}，不能受理；"
                f"可“不予受理”（{code}），登记有误的请先更正登记",
                {"party": entry.name, "status": entry.status, "on": submitted_on},
            )
        warnings += entry.remarks
    return warnings
