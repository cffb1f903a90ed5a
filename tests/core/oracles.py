"""Which limits run and which stand still at each stage of each service, written down apart from the procedures.

Source: handbook 1.7 (pre-examination), 5.1 and 5.4 (priority), 7.1 to 7.4.
"""

from __future__ import annotations

from collections.abc import Set

from desktop.core.case import CaseState
from desktop.core.clocks import PAUSED, RUNNING

Live = dict[str, str]


def expected_clocks(case: CaseState, taken: Set[str] = frozenset()) -> Live:
    """Clock id -> state. ``taken`` are the actions taken so far."""
    return _ORACLES[case.procedure](case, taken)


def expected_extension(case: CaseState, clock: str) -> int:
    """What was added to a limit, in its unit: one month to a ruling, once, with approval (7.1)."""
    return int(clock == "ruling" and "已延长" in case.flags)


def _runs(*names: str) -> Live:
    return dict.fromkeys(names, RUNNING)


def _preexam(case: CaseState, taken: Set[str]) -> Live:
    centre = PAUSED if "consult" in case.flags else RUNNING
    first = {} if case.round else {"first_action": RUNNING}
    paid = "paid" in case.flags
    return {
        "RECEIVED": {"acceptance": RUNNING},
        "RETURNED": {"acceptance": PAUSED, "correction": RUNNING},
        "ACCEPTED": {"assignment": RUNNING, "examination": RUNNING, **first},
        "EXAMINING": {"examination": centre, **first},
        "AWAIT_REPLY": {"examination": PAUSED, "reply": RUNNING},
        "REPLIED": {"examination": centre},
        "PASSED": {"filing": RUNNING},
        "FILED": {"upload": RUNNING} if paid else {"payment": RUNNING, "payment_legal": RUNNING},
        "CONSISTENCY": {"consistency": RUNNING},
        "OA_WAIT": {"office_reply": RUNNING},
        "GRANT_NOTICE": {"registration": RUNNING},
    }.get(case.stage, {})


def _priority(case: CaseState, taken: Set[str]) -> Live:
    category = case.facts["category"]
    first = _runs("first_office_action") if category == "发明申请" else {}
    reply = {"发明申请": "reply", "实用新型申请": "reply_days", "外观设计申请": "reply_days"}.get(category)
    return {
        "RECEIVED": _runs("check", "recommendation"),
        "CHECK": _runs("check", "recommendation"),
        "RETURNED": {"check": PAUSED, "recommendation": PAUSED, "correction": RUNNING},
        "FIELD": _runs("field", "recommendation"),
        "SENT": _runs("decision"),
        "AGREED": {**_runs("closing"), **first},
        "OFFICE_ACTION": {**_runs("closing"), **(_runs(reply) if reply else {})},
        "REPLY": _runs("closing"),
    }.get(case.stage, {})


def _enforcement(case: CaseState, taken: Set[str]) -> Live:
    ruling = {"ruling": PAUSED if "中止" in case.flags else RUNNING}
    category = case.facts["category"]
    filing = "filing_again" if "SUPPLEMENT" in case.reached else "filing"
    accepted = {"人民调解": _runs("mediation"), "维权援助": _runs("aid")}.get(category, {})
    confirmed = "已司法确认" in case.flags
    return {
        "RECEIVED": _runs(filing) if category == "专利侵权纠纷行政裁决" else {},
        "FILED": {**_runs("serving"), **ruling},
        "DEFENCE": {**_runs("defence"), **ruling},
        "HEARING": ruling,
        "RULED": _runs("appeal") if "裁决书已送达" in case.flags else {},
        "OPINION": _runs("statement"),
        "CONSENTED": _runs("mediation_filing"),
        "ACCEPTED": accepted,
        "MEDIATING": accepted,
        "AGREEMENT": _runs("confirmation") if category == "行政调解" and not confirmed else {},
        "CONSULTING": _runs("consultation") if category == "电商侵权" else accepted,
        "COUNTER": _runs("counter"),
        "AIDING": accepted,
        "REQUESTED": _runs("evaluation"),
        "FOLLOW_UP": _runs("follow_up"),
    }.get(case.stage, {})


def _navigation(case: CaseState, taken: Set[str]) -> Live:
    first_edition = "PUBLISHED" not in case.reached
    work = _runs("contract" if first_edition and "plan_contract" in taken else "delivery")
    return {
        "SEARCH": work,
        "ANALYSIS": work,
        "REVIEW": work,
        "APPROVED": work,
        "PUBLISHED": _runs("next_update"),
    }.get(case.stage, {})


def _commercialisation(case: CaseState, taken: Set[str]) -> Live:
    category = case.facts["category"]
    watched = _runs("implementation") if category == "专利公开实施清单" else {}
    filing = _runs("licence_filing") if category == "实施许可备案" and case.facts.get("effective_on") else {}
    online = "pledge_online" if "submit_online" in taken else "pledge_review"
    office = _runs(online) if category == "质押登记" else {}
    return {
        "RECEIVED": {**watched, **filing},
        "SUPPLEMENT": {**watched, **filing},
        "READY": filing,
        "SUBMITTED": office,
        "CORRECTION": office,
        "TRACKING": watched,
        "EXCUSED": _runs("check_again"),
    }.get(case.stage, {})


def _evidence(case: CaseState, taken: Set[str]) -> Live:
    return _runs("loan") if case.stage == "LENT" else {}


_ORACLES = {
    "preexam": _preexam,
    "priority": _priority,
    "enforcement": _enforcement,
    "navigation": _navigation,
    "commercialisation": _commercialisation,
    "evidence": _evidence,
}
