"""A faulty procedure is told what is wrong and where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from desktop.app.shipped import shipped
from desktop.core.documents import Problems, Table
from desktop.core.fitting import fit
from desktop.core.limits import parse_limits
from desktop.core.procedure_reading import parse_procedure
from desktop.core.refusal import Refusal
from desktop.core.rules import Rules
from tests.core.walks import shipped_rules, with_procedure

Document = dict[str, Any]
Change = Callable[[Document], None]


def stage(document: Document, code: str) -> Document:
    return next(s for s in document["stages"] if s["code"] == code)


def action(document: Document, name: str) -> Document:
    return next(a for a in document["actions"] if a["id"] == name)


def clock(document: Document, name: str) -> Document:
    return next(c for c in document["clocks"] if c["id"] == name)


def drop(document: Document, name: str) -> None:
    document["actions"].remove(action(document, name))


def put(find: Callable[[Document, str], Document], name: str, **values: Any) -> Change:
    return lambda document: find(document, name).update(values)


def add_stage(document: Document) -> None:
    document["stages"].append({"code": "LOST", "label": "孤岛", "kind": "open"})
    document["actions"].append({"id": "leave", "label": "离开", "roles": ["受理"], "from": ["LOST"], "to": "REFUSED"})


def add_trap(document: Document) -> None:
    document["stages"].append({"code": "TRAP", "label": "陷阱", "kind": "open"})
    action(document, "accept")["to"] = "TRAP"
    document["actions"].append({"id": "x", "label": "x", "roles": ["受理"], "from": ["TRAP"], "to": "@stay"})


def add_circle(document: Document) -> None:
    for code in ("甲", "乙"):
        other = "乙" if code == "甲" else "甲"
        document["stages"].append({"code": code, "label": code, "kind": "open"})
        document["actions"].append({"id": code, "label": code, "roles": ["受理"], "from": [code], "to": other})
    action(document, "resubmit")["to"] = "甲"


def item(document: Document, name: str, field: str, **values: Any) -> None:
    next(i for i in action(document, name)["inputs"] if i["name"] == field).update(values)


FAULTS: dict[str, tuple[Change, str]] = {
    "unreachable stage": (add_stage, "stages.LOST：环节“孤岛”无法到达"),
    "dead end": (add_trap, "stages.TRAP：环节“陷阱”没有出口"),
    "circle without an end": (add_circle, "stages.甲：环节“甲”到不了任何办结环节"),
    "initial": (lambda d: d.update(initial="NOWHERE"), "initial：起始环节“NOWHERE”未定义"),
    "main line": (lambda d: d["main_line"].append("NOWHERE"), "main_line：环节“NOWHERE”未定义"),
    "source": (put(action, "accept", **{"from": ["RECIEVED"]}), "actions.accept：来源环节“RECIEVED”未定义"),
    "target": (put(action, "accept", to="ACCEPTD"), "actions.accept：去向环节“ACCEPTD”未定义"),
    "role": (put(action, "accept", roles=["领导"]), "actions[accept].roles：“领导”不认识"),
    "no role": (put(action, "accept", roles=[]), "actions.accept：没有任何角色可以办理"),
    "kind of stage": (put(stage, "ACCEPTED", kind="opened"), "stages[ACCEPTED].kind：“opened”不认识"),
    "checklist rule": (put(action, "accept", checklist_rule="all"), "actions.accept：检查表要求“all”不认识"),
    "overdue": (put(action, "lapse", overdue=["fling"]), "actions.lapse：期限“fling”未定义"),
    "emphasis": (put(action, "accept", emphasis="loud"), "actions.accept：着重“loud”不认识"),
    "flag nobody sets": (put(action, "pass", unless=["consutl"]), "actions.pass：标记“consutl”没有任何动作登记"),
    "flag cleared in vain": (put(action, "consult_end", clears="x"), "actions.consult_end：标记“x”没有任何动作登记"),
    "reopening what is open": (
        lambda d: action(d, "reopen")["from"].append("EXAMINING"), "actions.reopen：环节“EXAMINING”没有办结",
    ),
    "type of an input": (
        lambda d: item(d, "file", "filed_on", type="day"), "actions.file.filed_on：字段类型“day”不认识",
    ),
    "type of a common fact": (
        lambda d: item(d, "file", "filed_on", type="text", fact="received_on"), "是收件日期，类型应为 date",
    ),
    "choices": (lambda d: item(d, "refuse", "reason_code", choices="refusals"), "选项表“refusals”未定义"),
    "role of a person": (lambda d: item(d, "assign", "examiner", choices="@staff:预审"), "角色“预审”不认识"),
    "input twice": (
        lambda d: action(d, "assign")["inputs"].append(action(d, "assign")["inputs"][0]), "“examiner”重复",
    ),
    "action twice": (lambda d: d["actions"].append(action(d, "note")), "actions[note]：“note”重复"),
    "stage twice": (lambda d: d["stages"].append(stage(d, "REFUSED")), "stages[REFUSED]：“REFUSED”重复"),
    "clock twice": (lambda d: d["clocks"].append(clock(d, "reply")), "clocks[reply]：“reply”重复"),
    "clock without stop": (put(clock, "reply", stop=[]), "clocks.reply：有起算而没有停止动作"),
    "clock without start": (put(clock, "reply", start=[]), "clocks.reply：没有起算动作"),
    "pause without resume": (put(clock, "examination", resume=[]), "clocks.examination：暂停与恢复必须成对"),
    "target that pauses": (lambda d: d["limits"]["examination"].update(kind="target"), "clocks.examination：目标期限"),
    "unknown limit": (put(clock, "reply", limit="replies"), "clocks.reply：期限值“replies”未定义"),
    "unknown start": (put(clock, "reply", start=["issue"]), "clocks.reply：动作“issue”未定义"),
    "unknown pause": (put(clock, "examination", pause=["issue"]), "clocks.examination：动作“issue”未定义"),
    "day that is none": (
        put(clock, "payment", start=["file@application_number"]), "“application_number”不是动作“file”的日期字段",
    ),
    "owner": (put(clock, "reply", owner="nobody"), "clocks.reply：责任方“nobody”不认识"),
    "key of an action": (put(action, "accept", notise="x"), "actions[accept].notise：不认识的项，疑为笔误"),
    "key of an input": (lambda d: item(d, "file", "filed_on", requird=True), "requird：不认识的项"),
    "key of a clock": (put(clock, "reply", puase=[]), "clocks[reply].puase：不认识的项"),
    "key of the document": (lambda d: d.update(stage=[]), "stage：不认识的项"),
    "missing key": (lambda d: d.pop("label"), "label：缺少此项"),
    "wrong kind of value": (lambda d: d.update(max_rounds="2"), "max_rounds：应为整数"),
    "limit without a figure": (lambda d: d["limits"]["reply"].pop("value"), "limits.reply：没有期限数值"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_named_with_their_place(name: str) -> None:
    change, sentence = FAULTS[name]
    document = copy.deepcopy(dict(shipped().procedures["preexam"]))
    change(document)
    with pytest.raises(Refusal) as caught:
        parse_procedure(document)
    assert caught.value.code == "bad_document"
    problems = caught.value.data["problems"]
    assert isinstance(problems, list)
    assert any(sentence in problem for problem in problems), problems
    assert "办理程序文件有误" in caught.value.reason


def test_what_ships_is_sound_and_fits() -> None:
    procedure = parse_procedure(shipped().procedures["preexam"])
    assert len(procedure.stages) == 23
    assert procedure.actions_at("RECEIVED")[0].id == "accept"
    fit(shipped_rules())


def changed_action(name: str, **values: Any) -> Rules:
    procedure = shipped_rules().procedure
    actions = {**procedure.actions, name: replace(procedure.actions[name], **values)}
    return with_procedure(replace(procedure, actions=actions))


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (lambda: changed_action("accept", notice="acceptence"), "actions.accept：文书“acceptence”未定义"),
        (lambda: changed_action("accept", checklist="acept"), "actions.accept：检查表“acept”未定义"),
        (lambda: changed_action("file", rules=("filling",)), "actions.file：规则“filling”未定义"),
        (
            lambda: with_procedure(
                shipped_rules().procedure.with_limits(
                    {"filing": replace(shipped_rules().procedure.limits["filing"], days={})}
                )
            ),
            "notices.pass",
        ),
    ],
)
def test_documents_that_do_not_fit_each_other(rules: Callable[[], Rules], sentence: str) -> None:
    with pytest.raises(Refusal) as caught:
        fit(rules())
    problems = caught.value.data["problems"]
    assert isinstance(problems, list)
    assert any(sentence in problem for problem in problems), problems


def limit(**values: Any) -> Any:
    body = {"label": "x", "kind": "promised", "unit": "workday", "basis": "b", "status": "已核对", **values}
    problems = Problems("期限")
    found = parse_limits(Table({"x": body}, "limits", problems))["x"]
    problems.raise_if_any()
    return found


def test_limits_by_type() -> None:
    found = limit(invention=10, design=5)
    codes = ("invention", "utility", "design")
    assert [found.length(code) for code in codes] == [10, None, 5]
    assert [limit(value=3).length(code) for code in codes] == [3, 3, 3]
    assert [limit(off=True).length(code) for code in codes] == [None, None, None]
    assert limit(value=0).length("design") == 0


@pytest.mark.parametrize(
    "values",
    [
        {"value": -1},
        {"value": 751},
        {"value": 3, "invention": 2},
        {"value": 3, "off": True},
        {"value": True},
        {"value": 3, "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
        {"value": 3, "valid_from": "2026-2-1"},
        {"value": 3, "warn": ["3"]},
        {},
    ],
)
def test_limits_that_cannot_be(values: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        limit(**values)
    assert caught.value.data["problems"]
