"""What the program itself takes for granted of a procedure: its own words, its own facts, the questions it reads.

Asked only before a document comes into effect (:mod:`desktop.core.fitting`): one that did is worked by as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from desktop.core.documents import Problems
from desktop.core.procedure import PATENT_TYPE, Action, Input, Procedure

PREEXAM: Final = "preexam"  # the procedure whose cases come by lists, sorted by patent type
_ID: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# Steps that every case knows whatever its procedure says: a dispute, a record joined or left, a list taken in again.
_OWN_ACTIONS: Final = frozenset({"resolve", "join", "leave", "relist", "attach"})
# Facts that the program keeps by itself, and which no answer may replace.
_OWN_FACTS: Final = frozenset({"matter", "field_grade"})
_OUTAGE: Final = ("outage_from", "outage_to")
_LOCK: Final = "lock"


def validate_working(procedure: Procedure, problems: Problems) -> None:
    if not _ID.fullmatch(procedure.id):
        problems.add("id", f"“{procedure.id}”应为小写字母开头的字母、数字、- 或 _，不超过 40 位")
    if procedure.id == PREEXAM and procedure.category_fact != PATENT_TYPE:
        problems.add("by_patent_type", "清单按专利类型收件，这项业务的类型必须是专利类型（by_patent_type = true）")
    for place, label in _labels(procedure):
        if not label.strip():
            problems.add(place, "名称为空")
        elif len(label.splitlines()) > 1:
            problems.add(place, "名称应为一行")
    _questions(procedure, "opening", procedure.opening, problems)
    for action in procedure.actions.values():
        place = f"actions.{action.id}"
        if action.id in _OWN_ACTIONS:
            problems.add(place, f"“{action.id}”是程序自用的代码，请换一个")
        _questions(procedure, place, action.inputs, problems)
        asked = {item.name for item in action.inputs if item.type == "date" and item.required and not item.categories}
        for name in _OUTAGE if action.excludes else ():
            if name not in asked:
                problems.add(place, f"扣除故障日的动作必须要求填写日期 {name}")
        if action.custody:
            _custody(procedure, action, problems)


def _labels(procedure: Procedure) -> Iterator[tuple[str, str]]:
    yield "label", procedure.label
    yield from ((f"stages.{code}", stage.label) for code, stage in procedure.stages.items())
    yield from ((f"categories.{category.code}", category.label) for category in procedure.categories)
    yield from ((f"clocks.{clock.id}", clock.label) for clock in procedure.clocks)
    yield from ((f"opening.{item.name}", item.label) for item in procedure.opening)
    for action in procedure.actions.values():
        yield f"actions.{action.id}", action.label
        yield from ((f"actions.{action.id}.{item.name}", item.label) for item in action.inputs)


def _questions(procedure: Procedure, place: str, inputs: Sequence[Input], problems: Problems) -> None:
    for item in inputs:
        at = f"{place}.{item.name}"
        if item.fact in _OWN_FACTS:
            problems.add(at, f"事实名 {item.fact} 由程序自己登记，请换一个")
        if item.type == "choice" and item.choices in procedure.choices and not procedure.choices[item.choices]:
            problems.add(at, f"选项表“{item.choices}”是空的，无法填写")


def _custody(procedure: Procedure, action: Action, problems: Problems) -> None:
    """Files that are not what was recorded lock the case, wherever the step may be taken."""
    lock = procedure.actions.get(_LOCK)
    place = f"actions.{action.id}"
    if lock is None or "detail" not in {item.name for item in lock.inputs}:
        problems.add(place, f"复核文件的动作要有“{_LOCK}”动作（填写 detail），以便不符时锁定")
        return
    for code in action.sources:
        if code not in lock.sources:
            problems.add(place, f"在环节“{code}”复核不符时不能锁定：“{_LOCK}”的来源没有它")
