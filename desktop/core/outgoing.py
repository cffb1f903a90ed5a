"""The document that goes out with an action: its title and text, from the case as it stands after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from desktop.core import clocks
from desktop.core.case import ACTED, CaseEvent, CaseState, fold
from desktop.core.checklists import Checklist
from desktop.core.context import Context
from desktop.core.effects import clock_effects
from desktop.core.inputs import defects, merge_answers
from desktop.core.notices import spoken_dates
from desktop.core.options import choice_label
from desktop.core.packaging import without_item
from desktop.core.procedure import CATEGORY, Action, Procedure
from desktop.core.refusal import Refusal
from desktop.core.terms import LimitKind

OPINION = "opinion"  # the input, and the notice, whose text a person writes


def opinion_action(procedure: Procedure) -> Action | None:
    """The action that sends a written opinion, if the procedure knows one."""
    return next((one for one in procedure.actions.values() if one.notice == OPINION), None)


def compose_opinion(
    case: CaseState, answers: Mapping[str, Sequence[str]], on: date, context: Context
) -> tuple[str, str]:
    """Title and start text of the next opinion from the template and the defects noted so far."""
    procedure = context.rules.procedure
    action = opinion_action(procedure)
    if action is None:
        raise Refusal("no_opinion", f"{procedure.label}没有需要起草的意见")
    category = procedure.category_of(case.facts)
    checklist = context.rules.checklists.named(action.checklist, category)
    assert checklist is not None  # every category has its list, or the document would not have been published
    effects = clock_effects(case, action.id, {}, on, category, procedure)
    payload = {
        "action": action.id, "from": case.stage, "to": case.stage, "round": case.round + 1, "clocks": effects,
    }  # fmt: skip
    merged = merge_answers(checklist, case.answers.get(checklist.id, {}), answers)
    facts = _facts(fold(case, CaseEvent(ACTED, 1, on.isoformat(), payload)), on, context)
    facts["defects"] = defects(checklist, merged, without_item(checklist, case.accepted)) or "（请写明缺陷）"
    return context.rules.notices.write(OPINION, facts)


def notice_of(
    case: CaseState, action: Action, event: CaseEvent, checklist: Checklist | None, context: Context
) -> tuple[str, str] | None:
    """None for an action without one. Raises :class:`Refusal` ``notice_incomplete``."""
    if not action.notice:
        return None
    following = fold(case, event)
    facts = _facts(following, date.fromisoformat(event.occurred_on), context)
    values: Mapping[str, str] = event.payload["values"]
    facts.update(values)
    disclaimer = context.rules.notices.common.get("disclaimer", "")
    if action.notice == OPINION:
        text = values[OPINION]
        if disclaimer and disclaimer not in text:  # a finding goes out as a preliminary one, whoever wrote it
            text = f"{text}\n\n{disclaimer}"
        return context.rules.notices.title(OPINION, facts), text
    for item in action.inputs:
        if item.type == "choice" and item.name in values:
            facts[item.name] = choice_label(item, values[item.name], context)
    facts["reason_label"] = facts.get("reason_code", "")
    facts["outcome"] = event.payload.get("outcome", "")
    facts["round"] = str(max(following.round, 1))
    if action.overdue:
        stopped = [c for c in following.clocks if c.id in action.overdue and c.stopped_on == event.occurred_on]
        facts["reason"] = "、".join(
            f"{c.label}期限 {spoken_dates(clocks.due_of(c, context.calendar)[0].isoformat())} 届满" for c in stopped
        )
    if checklist is not None:
        facts.setdefault("defects", defects(checklist, following.answers.get(checklist.id, {})))
    return context.rules.notices.write(action.notice, facts, _labels(action, context.rules.procedure))


def _labels(action: Action, procedure: Procedure) -> dict[str, str]:
    """What the names in a notice are called, for saying which of them are missing."""
    dues = {f"{clock.id}_due": f"{clock.label}期限" for clock in procedure.clocks}
    return {**dues, **procedure.fact_labels, **{item.name: item.label for item in action.inputs}}


def _facts(case: CaseState, on: date, context: Context) -> dict[str, str]:
    facts = dict(case.facts)
    facts.setdefault(CATEGORY, facts.get(context.rules.procedure.category_fact, ""))
    facts.pop("note", None)  # the list's own remark is not meant for the applicant
    facts.update(
        on=on.isoformat(),
        number=case.number,
        round=str(case.round),
        max_rounds=str(context.rules.procedure.max_rounds),
        stage=context.rules.procedure.stages[case.stage].label if case.stage in context.rules.procedure.stages else "",
    )
    running = [clock for clock in case.clocks if clock.state == clocks.RUNNING]
    facts["awaited"] = "；\n".join(_due_words(c, on, context) for c in running if c.owner == "applicant")
    owed = [c for c in running if c.owner == "centre" and c.kind != LimitKind.TARGET]
    facts["late"] = "；\n".join(_due_words(c, on, context) for c in owed if clocks.due_of(c, context.calendar)[0] < on)
    for clock in case.clocks:
        if clock.state == clocks.RUNNING and clock.kind != LimitKind.TARGET:
            due, provisional = clocks.due_of(clock, context.calendar)
            facts[f"{clock.id}_due"] = f"{due}（暂定）" if provisional else due.isoformat()
    return facts


def _due_words(clock: clocks.Clock, on: date, context: Context) -> str:
    """申请人答复期限 2026-03-06，已超期 2 个工作日"""
    due, provisional = clocks.due_of(clock, context.calendar)
    late = context.calendar.between(due, on).days if due < on else 0
    behind = f"，已超期 {late} 个工作日" if late else "，已经届满" if due < on else ""
    return f"{clock.label}期限 {spoken_dates(due.isoformat())}{'（暂定）' if provisional else ''}{behind}"
