"""Named checks of an action that data alone cannot say. Each may refuse, may warn, and may add facts.

Source: handbook 1.2 (rows 8-12), 1.4 and acceptance cases 7, 10 and 11.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import date

from desktop.core import clocks
from desktop.core.case import CaseState
from desktop.core.classes import check_ipc, check_locarno
from desktop.core.identifiers import check_uscc
from desktop.core.procedure import patent_type_of
from desktop.core.refusal import Refusal
from desktop.core.registry import Registry, admit
from desktop.core.terms import PatentType
from desktop.core.workdays import WorkdayCalendar

LATE_PAYMENT = "缴费超过承诺期限，可能无法打标"
MISMATCH, MATCH = "不一致", "一致"


@dataclass
class Look:
    """What a check sees. ``values`` may be changed; ``warnings`` are kept with the event."""

    case: CaseState
    values: MutableMapping[str, str]
    on: date
    calendar: WorkdayCalendar
    registry: Registry = field(default_factory=Registry)
    warnings: list[str] = field(default_factory=list)

    def day(self, name: str) -> date | None:
        """None where nothing is known, or where a centre's own procedure keeps words under that name."""
        text = self.values.get(name) or self.case.facts.get(name, "")
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None


def filing(look: Look) -> None:
    """Filing cannot precede the pass notice; filing late is a warning, not a refusal."""
    filed, passed = look.day("filed_on"), look.case.reached.get("PASSED")
    if filed and passed and filed.isoformat() < passed:
        raise Refusal(
            "filed_before_pass",
            f"申请日 {filed} 早于预审合格日 {passed}：预审须在提交申请之前完成",
            {"input": "filed_on"},
        )
    notice = look.day("acceptance_notice_on")
    if filed and notice and notice < filed:
        raise Refusal("bad_input", "受理通知书日早于申请日", {"input": "acceptance_notice_on"})
    clock = look.case.clock("filing")
    if clock is not None and clock.state == clocks.RUNNING and filed:
        due, provisional = clocks.due_of(clock, look.calendar)
        if filed > due:
            mark = "（暂定）" if provisional else ""
            look.warnings.append(f"正式提交晚于期限 {due}{mark}，可能不予加快")


def payment(look: Look) -> None:
    """Late payment makes tagging doubtful, it does not refuse it."""
    paid = look.day("paid_on")
    notice = look.case.facts.get("acceptance_notice_on", "")
    if paid and notice and paid.isoformat() < notice:
        raise Refusal("bad_input", f"缴费日 {paid} 早于受理通知书日 {notice}", {"input": "paid_on"})
    uploaded = look.day("uploaded_on")
    if paid and uploaded and uploaded < paid:
        raise Refusal("bad_input", f"回传日 {uploaded} 早于缴费日 {paid}", {"input": "uploaded_on"})
    clock = look.case.clock("payment")
    if clock is not None and clock.state == clocks.RUNNING and paid:
        due, provisional = clocks.due_of(clock, look.calendar)
        if paid > due:
            look.warnings.append(LATE_PAYMENT)
            if provisional:
                look.warnings.append(f"缴费期限 {due} 为暂定，载入该年工作日历后请复核")


def consistency(look: Look) -> None:
    """Unequal hashes are a difference whatever was ticked."""
    passed = look.case.facts.get("passed_sha256", "")
    filed = look.values.get("filed_sha256") or look.case.facts.get("filed_sha256", "")
    if passed and filed and passed != filed and look.values.get("consistency") == MATCH:
        raise Refusal(
            "hash_mismatch",
            "提交文本的校验值与合格文本不同，一致性结论不能为“一致”",
            {"input": "consistency", "passed": passed, "filed": filed},
        )


def tagging(look: Look) -> None:
    """A case that is not consistent is tagged only with a reason."""
    passed = look.case.facts.get("passed_sha256", "")
    filed = look.values.get("filed_sha256") or look.case.facts.get("filed_sha256", "")
    verdict = look.values.get("consistency") or look.case.facts.get("consistency", "")
    differs = verdict == MISMATCH or bool(passed and filed and passed != filed)
    if differs and not look.values.get("mismatch_reason"):
        raise Refusal("mismatch_needs_reason", "文本不一致，打标前须写明理由", {"input": "mismatch_reason"})
    if differs:
        look.warnings.append("文本不一致仍打标")
    if LATE_PAYMENT in look.case.warnings:
        look.warnings.append(LATE_PAYMENT)


def registered(look: Look) -> None:
    """The party and the agency as they stood on the day of submission (acceptance case 6)."""
    look.warnings += admit(look.registry, look.case.facts.get("received_on", ""))


def classes(look: Look) -> None:
    """A corrected class or code must be well formed for the type."""
    main_class = look.values.get("main_class", "")
    if main_class and main_class != look.case.facts.get("main_class"):
        design = patent_type_of(look.case.facts) is PatentType.DESIGN
        check = check_locarno(main_class) if design else check_ipc(main_class)
        if not check.valid:
            raise Refusal("bad_input", f"主分类号：{check.reason}", {"input": "main_class"})
        look.values["main_class"] = check.normalized
    uscc = look.values.get("uscc", "")
    if uscc and uscc != look.case.facts.get("uscc"):
        check = check_uscc(uscc)
        if not check.valid:
            raise Refusal("bad_input", f"统一社会信用代码：{check.reason}", {"input": "uscc"})
        look.values["uscc"] = check.normalized


CHECKS: dict[str, Callable[[Look], None]] = {
    "filing": filing,
    "payment": payment,
    "consistency": consistency,
    "tagging": tagging,
    "classes": classes,
    "registered": registered,
}
