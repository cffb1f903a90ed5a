"""Every figure of the five services, and from which day each limit counts, written down apart from the documents.

Source: handbook 5.1, 5.4, 7.1 to 7.4 and 12.1.
"""

from __future__ import annotations

import pytest

from desktop.core.limits import ANY
from tests.core.walks import SERVICES, shipped_rules

# (limit, kind, unit, figures by category code, rolls to a working day)
FIGURES = {
    "priority": [
        ("check", "promised", "workday", {ANY: 2}, True),
        ("correction", "promised", "workday", {ANY: 3}, True),
        ("field", "promised", "workday", {ANY: 3}, True),
        ("recommendation", "promised", "workday", {ANY: 5}, True),
        ("decision", "target", "workday", {ANY: 5}, True),
        ("first_office_action", "legal", "day", {"invention": 45}, True),
        (
            "closing", "legal", "month",
            {"invention": 12, "utility": 2, "design": 2, "review": 7, "invalidation": 5, "design_invalidation": 4},
            True,
        ),
        ("reply", "legal", "month", {"invention": 2}, True),
        ("reply_days", "legal", "day", {"utility": 15, "design": 15}, True),
    ],
    "enforcement": [
        ("filing", "legal", "workday", {"ruling": 5}, True),
        ("filing_again", "legal", "workday", {"ruling": 5}, True),
        ("serving", "legal", "workday", {"ruling": 5}, True),
        ("defence", "legal", "day", {"ruling": 15}, True),
        ("ruling", "legal", "month", {"ruling": 3}, True),
        ("ruling_promised", "promised", "workday", {}, True),
        ("appeal", "legal", "day", {"ruling": 15}, True),
        ("statement", "legal", "day", {"mediation": 15}, True),
        ("mediation_filing", "legal", "workday", {"mediation": 5}, True),
        ("mediation", "promised", "day", {"people": 30}, True),
        ("confirmation", "legal", "day", {"mediation": 30}, True),
        ("consultation", "promised", "workday", {"ecommerce": 2}, True),
        ("counter", "legal", "day", {"ecommerce": 15}, True),
        ("aid", "promised", "workday", {"aid": 15}, True),
        ("evaluation", "legal", "month", {"evaluation": 2}, True),
        ("follow_up", "watch", "day", {"overseas": 0}, False),
    ],
    "navigation": [
        ("delivery", "promised", "day", {ANY: 90}, True),
        ("contract", "promised", "day", {ANY: 0}, True),
        ("next_update", "watch", "day", {ANY: 0}, False),
    ],
    "commercialisation": [
        ("licence_filing", "legal", "month", {"licence": 3}, True),
        ("pledge_review", "promised", "workday", {"pledge": 5}, True),
        ("pledge_online", "promised", "workday", {"pledge": 2}, True),
        ("implementation", "watch", "month", {"open_list": 36}, False),
        ("check_again", "watch", "day", {"open_list": 0}, False),
    ],
    "evidence": [("loan", "watch", "day", {ANY: 0}, False)],
}  # fmt: skip

# Clocks that count from, or end on, a date that was told and not from the day of the step.
TOLD_STARTS = {
    "priority": {
        "decision": "send@sent_on", "first_office_action": "agree@agreed_on", "closing": "agree@agreed_on",
        "reply": "office_action@dispatched_on", "reply_days": "office_action@dispatched_on",
    },
    "enforcement": {
        "defence": "serve@served_on", "appeal": "serve_ruling@ruling_served_on", "statement": "ask_other@asked_on",
        "confirmation": "agree@agreed_on", "counter": "counter@declared_on",
        "evaluation": "request_report@counted_from", "follow_up": "guided@next_day",
    },
    "navigation": {"contract": "plan_contract@next_day", "next_update": "publish@next_day"},
    "commercialisation": {
        "licence_filing": "open@effective_on check_contract@effective_on", "pledge_review": "submit@submitted_on",
        "pledge_online": "submit_online@submitted_on", "check_again": "excuse@next_day",
        "implementation": "open@granted_on track@granted_on excuse_over@granted_on",
    },
    "evidence": {"loan": "lend@next_day"},
}  # fmt: skip


@pytest.mark.parametrize(("service", "figure"), [(name, one) for name, rows in FIGURES.items() for one in rows])
def test_a_figure(service: str, figure: tuple[str, str, str, dict[str, int], bool]) -> None:
    name, kind, unit, days, roll = figure
    for limit in shipped_rules(service).procedure.limits[name].layers():
        assert (limit.kind, limit.unit, dict(limit.days), limit.roll) == (kind, unit, days, roll)
        assert limit.extension == (name == "ruling")


@pytest.mark.parametrize("service", SERVICES)
def test_no_figure_is_left_out(service: str) -> None:
    procedure = shipped_rules(service).procedure
    assert {row[0] for row in FIGURES[service]} == set(procedure.limits)
    assert {clock.limit for clock in procedure.clocks} == set(procedure.limits)


@pytest.mark.parametrize("service", SERVICES)
def test_from_which_day(service: str) -> None:
    found = {}
    for clock in shipped_rules(service).procedure.clocks:
        told = [f"{trigger.action}@{trigger.day}" for trigger in clock.start if trigger.day]
        if told:
            found[clock.id] = " ".join(told)
    assert found == TOLD_STARTS[service]


@pytest.mark.parametrize("service", SERVICES)
def test_dates_ahead_may_be_told_only_where_one_is_agreed(service: str) -> None:
    procedure = shipped_rules(service).procedure
    for action in procedure.actions.values():
        ahead = [item.name for item in action.inputs if item.future]
        assert ahead == (["next_day"] if "future_day" in action.rules else []), action.id
