"""Made-up cases of all services, and a service that no program ships, for tests of every layer."""

from __future__ import annotations

from typing import Any

from desktop.core.terms import PatentType
from tests.core.services.ways import NUMBERS, WAYS

SEVENTH = """
id = "training"
label = "知识产权培训"
short = "培训"
order = 7
version = 1
prefix = "SDPX"
initial = "PLANNED"
main_line = ["PLANNED", "HELD"]
category_label = "培训类型"
person_label = "负责人"
party_label = "主办单位"
title_label = "培训名称"
categories = [{ code = "company", label = "企业培训" }, { code = "public", label = "公益讲座" }]
stages = [
  { code = "PLANNED", label = "筹备中", kind = "open", step = "筹备" },
  { code = "HELD", label = "已举办", kind = "ended", step = "举办" },
]
opening = [
  { name = "category", label = "类型", type = "choice", choices = "@categories", required = true, fact = "category" },
  { name = "title", label = "培训名称", type = "text", required = true, fact = "title" },
  { name = "party", label = "主办单位", type = "text", required = true, fact = "party", default = "@fact:party" },
]

[document]
kind = "service"
basis = "本中心自设业务"
checked_on = 2026-01-05
status = "已核对"

[[actions]]
id = "hold"
label = "登记举办"
roles = ["受理", "承办人"]
from = ["PLANNED"]
to = "HELD"
emphasis = "primary"
notice = "held"
inputs = [
  { name = "held_on", label = "举办日", type = "date", required = true, default = "@on", fact = "held_on" },
  { name = "people", label = "参加人数", type = "integer", required = true, fact = "people" },
]

[[clocks]]
id = "plan"
label = "筹备"
limit = "plan"
owner = "centre"
start = ["open"]
stop = ["hold"]

[limits.plan]
label = "筹备期限"
kind = "promised"
unit = "workday"
value = 5
basis = "本中心自设"
checked_on = "2026-01-05"
status = "已核对"

[notices.held]
title = "培训举办情况"
text = "“{title}”于 {held_on} 举办，共 {people} 人参加。"

[[record]]
label = "举办日"
fact = "held_on"

[[record]]
label = "参加人数"
fact = "people"
"""


def opening_of(procedure: str, category: str) -> dict[str, str]:
    """The answers to the opening's questions of a way."""
    return dict(WAYS[procedure, category].opening)


def walk_matter(terminal: Any) -> dict[str, str]:
    """One matter by the terminal: pre-examination first, each other service begun beside it; number by service."""

    def sets(values: dict[str, str]) -> list[str]:
        return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]

    words = {
        "patent_type": "实用新型", "title": "一种海水淡化膜组件", "party": "青禾示例有限公司",
        "uscc": "91350100M000100Y43", "main_class": "C02F 1/44",
    }  # fmt: skip
    numbers = {"preexam": terminal.ask("new", "preexam", *sets(words), "--on", "2026-02-10")["number"]}
    own = {
        "priority": "utility", "enforcement": "ruling", "navigation": "", "commercialisation": "licence",
        "evidence": "",
    }  # fmt: skip
    for procedure, category in own.items():
        codes = [code for name, code in WAYS if name == procedure]
        way = WAYS[procedure, category if category in codes else codes[0]]
        values = {name: value for name, value in way.opening.items() if name not in words}
        values.pop("patent_type", None)
        for name in values.keys() & {"patent_number", "application_number"}:
            values[name] = NUMBERS[PatentType.UTILITY]
        if procedure == "evidence":
            values |= {"title": "侵权产品照片", "ref_case": numbers["enforcement"]}
        made = terminal.ask("new", procedure, *sets(values), "--beside", numbers["preexam"], "--on", way.received)
        numbers[procedure] = made["number"]
        for action, on, given in way.steps:
            said = terminal.act(made["number"], action, *(f"{name}={value}" for name, value in given.items()), on=on)
            assert said.status == 0, (procedure, action, said.out)
    return numbers
