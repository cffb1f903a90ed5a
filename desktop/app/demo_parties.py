"""The register of the made-up centre: parties and agencies that exist nowhere, some with a history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from desktop.app import demo_cases as made_up
from desktop.app.desk import Desk
from desktop.core.party_decide import Order

_STRATEGIC: Final = (7,)  # places in the list of parties whose cases lead the queue
_FOUND: Final = 4  # two findings: the centre's rule proposes a measure
_SUSPENDED: Final = 8  # suspended in a time in which it submitted nothing
_SHORT: Final = 0  # its quota runs short


def add(desk: Desk, codes: dict[str, str], today: date) -> None:
    """Registers everybody whom the cases name; ``codes`` gives the 统一社会信用代码 by name."""
    filed = today.replace(day=1) - timedelta(days=400)
    for place, name in enumerate(made_up.PARTIES):
        facts = {
            "name": name, "uscc": codes.get(name, ""), "unit_type": _type(name),
            "region": made_up.REGIONS[place % len(made_up.REGIONS)], "code": f"示例备-{place + 1:03d}",
            "registered_on": filed.isoformat(), "contact": "某联系人", "phone": "000-0000000",
            "tags": "、".join(_tags(place)),
        }  # fmt: skip
        made = desk.parties.add("主体", facts, actor=made_up.CLERK, on=filed, today=today)
        desk.parties.grant(
            made.id, str(today.year), 3 if place == _SHORT else 30, actor=made_up.REVIEWER, on=today, today=today
        )
        if place == _FOUND:
            for days in (70, 30):
                found_on = today - timedelta(days=days)
                said = {"note": "国家局通报，申诉未成立", "actor": made_up.CLERK}
                desk.parties.find(made.id, "非正常", found_on=found_on, today=today, **said)
        if place == _SUSPENDED:
            first, last = filed + timedelta(days=30), filed + timedelta(days=60)
            order = Order("经约谈仍未改正", "暂停", first, last)
            rule = desk.parties.rules()[0].id
            desk.parties.sanction(made.id, order, rule=rule, actor=made_up.REVIEWER, on=first, today=today)
    for place, name in enumerate(filter(None, made_up.AGENCIES)):
        facts = {"name": name, "agency_code": f"370{place + 1:02d}", "registered_on": filed.isoformat(), "listed": "是"}
        desk.parties.add("代理机构", facts, actor=made_up.CLERK, on=filed, today=today)


def _type(name: str) -> str:
    return "高校" if "大学" in name else "科研院所" if "研究院" in name else "企业"


def _tags(place: int) -> tuple[str, ...]:
    strategic = ("战略主体",) if place in _STRATEGIC else ()
    return (*strategic, *(("高新技术企业",) if place % 3 == 0 else ()))
