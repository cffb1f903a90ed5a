"""The one place that says no. A command and what is known go in; events come out, or a :class:`Refusal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from desktop.core import clocks
from desktop.core.amend import amend
from desktop.core.case import ACTED, NEWER, CaseEvent, CaseState, acted_version
from desktop.core.checklists import BY_TYPE, DEFECT, Checklist
from desktop.core.checks import Look
from desktop.core.context import Command, Context, Decision, check_day, role_among
from desktop.core.effects import clock_effects
from desktop.core.inputs import ALL_ITEMS, NOTE, merge_answers, open_inputs, read_answers, read_inputs
from desktop.core.named_checks import CHECKS
from desktop.core.notices import document_number
from desktop.core.options import input_options, known_at
from desktop.core.outgoing import notice_of
from desktop.core.packaging import sent_with
from desktop.core.procedure import PREVIOUS, STAY, Action, Input, Procedure, Stage, patent_type_of
from desktop.core.refusal import Refusal
from desktop.core.terms import LimitKind, StageKind, flag_word


@dataclass(frozen=True)
class Offer:
    """One action as the case stands: the target stage, the open questions, and why not, if it is barred."""

    action: Action
    to: Stage
    inputs: tuple[Input, ...]
    barred: Refusal | None


def offers(case: CaseState, actor: str, on: date, context: Context) -> tuple[Offer, ...]:
    """Every action of the present stage, barred ones with the reason."""
    procedure = context.rules.procedure
    category = procedure.category_of(case.facts)
    found = []
    for action in procedure.actions_at(case.stage, category):
        barred: Refusal | None = None
        try:
            role_among(action.roles, action.label, actor, context)
            _admit(case, action, on, context)
        except Refusal as refusal:
            barred = refusal
        target = procedure.stages[_target(case, action)]
        found.append(Offer(action, target, open_inputs(action, case.facts, category), barred))
    return tuple(found)


def decide(case: CaseState, command: Command, context: Context) -> Decision:
    """Events of the command, or a :class:`Refusal` (nothing is changed either way)."""
    procedure = context.rules.procedure
    action = procedure.actions.get(command.action)
    if action is None:
        _require_rules(case, context)  # whoever lacks the rules knows none of their actions
        raise Refusal("unknown_action", f"没有“{command.action}”这个动作", {"action": command.action})
    stage = procedure.stages[case.stage]
    category = procedure.category_of(case.facts)
    if not action.fits(category):
        kind = case.facts.get(procedure.category_fact, "")
        raise Refusal(
            "not_this_category", f"“{action.label}”不适用于“{kind}”", {"action": action.id, "category": category}
        )
    if case.stage not in action.sources:
        possible = "、".join(other.label for other in procedure.actions_at(case.stage, category)) or "无"
        raise Refusal(
            "not_at_this_stage",
            f"“{stage.label}”环节不能“{action.label}”；此时可办：{possible}",
            {"stage": case.stage, "action": action.id},
        )
    role = role_among(action.roles, action.label, command.actor, context)
    warnings = check_day(case.last_on, command.on, context)
    _admit(case, action, command.on, context)
    checklist = context.rules.checklists.named(action.checklist, category) if action.checklist else None
    inputs = _split_inputs(action, checklist, command.values)
    values = read_inputs(
        action, inputs, known_at(case, context), command.on, category, patent_type_of(case.facts),
        lambda item: input_options(item, context),
    )  # fmt: skip
    look = Look(case, values, command.on, context.calendar, context.registry)
    for name in action.rules:
        CHECKS[name](look)
    if action.amends:
        return Decision((amend(case, action, values, command.on, context.rules),), role, tuple(warnings))
    payload = _payload(case, action, values, command.on, category, context)
    payload["warnings"] = look.warnings
    if command.custody is not None:
        payload["custody"] = dict(command.custody)
    if checklist is not None:
        payload["answers"] = {checklist.id: _answered(case, action, checklist, command.values)}
    event = CaseEvent(ACTED, acted_version(payload), command.on.isoformat(), payload)
    notice = notice_of(case, action, event, checklist, context)
    if notice is not None:
        word = context.rules.notices.word
        number = document_number(word, case.number, case.notices + 1)
        payload["notice"] = {"title": notice[0], "text": notice[1], "kind": action.notice, "number": number}
        gone, left = sent_with(case.accepted, notice[1])
        if gone:
            payload["findings"] = gone
        if left and action.new_round:
            warnings.append(f"已采纳的初步判断有 {len(left)} 条没有写进意见：{left[0][:40]}；它们仍待处理")
    return Decision((event,), role, (*warnings, *look.warnings), notice)


def _admit(case: CaseState, action: Action, on: date, context: Context) -> None:
    """Raises the reason why ``action`` is barred at its own stage."""
    if case.contested:
        raise Refusal("contested", "此案有待裁决的分歧，请先由组长裁决", {"sides": case.contested})
    _require_rules(case, context)
    procedure = context.rules.procedure
    if action.needs_round and case.round >= procedure.max_rounds:
        raise Refusal(
            "no_rounds_left",
            f"已发出 {case.round} 次预审意见（上限 {procedure.max_rounds} 次），只能作出合格或不合格结论",
            {"round": case.round, "max_rounds": procedure.max_rounds},
        )
    for flag in action.unless:
        if flag in case.flags:
            raise Refusal("suspended", _suspended(procedure, flag), {"flag": flag})
    for flag in action.needs:
        if flag not in case.flags:
            setter = next(one.label for one in procedure.actions.values() if one.sets == flag)
            raise Refusal("not_begun", f"请先办理“{setter}”，再“{action.label}”", {"flag": flag})
    if action.sets and action.sets in case.flags:
        raise Refusal("already_done", f"“{action.label}”已经登记过", {"flag": action.sets})
    if action.clears and action.clears not in case.flags:
        raise Refusal("not_begun", f"没有需要“{action.label}”的事项", {"flag": action.clears})
    if action.overdue:
        _require_overdue(case, action, on, context)


def _require_rules(case: CaseState, context: Context) -> None:
    if NEWER in case.flags:
        raise Refusal("needs_newer_program", "此案含有更新版本程序的记录，本版本只能查看")
    if context.rules.missing:
        listed = "、".join(context.rules.missing)
        raise Refusal("rules_missing", f"此案依据的{listed}还没有到达本站点，只能查看", {"missing": listed})


def _suspended(procedure: Procedure, flag: str) -> str:
    clearing = next((one.label for one in procedure.actions.values() if one.clears == flag), "")
    word = flag_word(flag)
    return f"{word}中，请先登记{clearing}" if clearing and word else f"已登记“{word or flag}”，不能办理"


def _require_overdue(case: CaseState, action: Action, on: date, context: Context) -> None:
    """An action against somebody who let a limit pass needs a limit that ran, and ran out on a day that is certain."""
    running = [c for c in case.live_clocks() if c.id in action.overdue and c.state == clocks.RUNNING]
    if not running:
        raise Refusal("no_limit_runs", f"没有正在计算的期限，不能“{action.label}”", {"clocks": list(action.overdue)})
    for clock in running:
        due, provisional = clocks.due_of(clock, context.calendar)
        data = {"due_on": due.isoformat(), "clock": clock.id, "provisional": provisional}
        if on < due or (on == due and clock.kind != LimitKind.WATCH):
            mark = "（暂定）" if provisional else ""
            sentence = f"{clock.label}期限 {due}{mark} 尚未届满，不能“{action.label}”"
            raise Refusal("not_yet_overdue", sentence, data)
        if provisional:
            raise Refusal(
                "provisional_limit",
                f"{clock.label}期限 {due} 是暂定的（放假安排尚未公布），载入该年工作日历后才能“{action.label}”",
                data,
            )


def _target(case: CaseState, action: Action) -> str:
    if action.to == STAY:
        return case.stage
    return case.previous_stage if action.to == PREVIOUS else action.to


def _split_inputs(action: Action, checklist: Checklist | None, values: Mapping[str, str]) -> dict[str, str]:
    """The values that are inputs; a name that is neither an input nor a checklist item is refused."""
    if checklist is None:
        return dict(values)
    items = {item.id for item in checklist.items}
    inputs = {}
    known = {item.name for item in action.inputs}
    for name, value in values.items():
        if name in known:
            inputs[name] = value
        elif name != ALL_ITEMS and name.removesuffix(NOTE) not in items:
            raise Refusal("unknown_input", f"“{action.label}”没有“{name}”这一项", {"input": name})
    return inputs


def _answered(case: CaseState, action: Action, checklist: Checklist, values: Mapping[str, str]) -> dict[str, list[str]]:
    known = case.answers.get(checklist.id, {})
    merged = merge_answers(checklist, known, read_answers(checklist, values))
    if action.checklist_rule == "pass":
        _require_no_findings(case, action, checklist)
        missing = [item.id for item in checklist.items if item.id not in merged]
        if missing:
            listed = "、".join(missing[:8]) + ("…" if len(missing) > 8 else "")
            raise Refusal(
                "checklist_incomplete",
                f"{checklist.title}尚有 {len(missing)} 项未答：{listed}",
                {"items": missing, "input": missing[0]},
            )
        faulty = [item.id for item in checklist.items if merged[item.id][0] == DEFECT]
        if faulty:
            raise Refusal(
                "checklist_defect",
                f"{checklist.title}记有缺陷：{'、'.join(faulty)}，不能“{action.label}”",
                {"items": faulty, "input": faulty[0]},
            )
    return {name: answer for name, answer in merged.items() if list(known.get(name, ())) != answer}


def _require_no_findings(case: CaseState, action: Action, checklist: Checklist) -> None:
    """Whoever accepted a finding and lets the case pass contradicts themselves. Of the examination every finding is a
    matter, of another list only its own."""
    items = {item.id for item in checklist.items}
    waiting = [words for _, item, words in case.accepted if action.checklist == BY_TYPE or item in items]
    if waiting:
        first = waiting[0] if len(waiting[0]) <= 40 else f"{waiting[0][:39]}…"
        raise Refusal(
            "findings_open",
            f"已采纳的初步判断有 {len(waiting)} 条（{first}），不能“{action.label}”；"
            "请先要求申请人修改，或收回、不采纳",
            {"findings": [key for key, _, _ in case.accepted]},
        )


def _payload(
    case: CaseState,
    action: Action,
    values: Mapping[str, str],
    on: date,
    category: str,
    context: Context,
) -> dict[str, Any]:
    target = context.rules.procedure.stages[_target(case, action)]
    payload: dict[str, Any] = {
        "action": action.id,
        "label": action.label,
        "from": case.stage,
        "to": target.code,
        "kind": target.kind.value,
        "values": dict(values),
        "facts": {item.fact: values[item.name] for item in action.inputs if item.fact and item.name in values},
        "clocks": clock_effects(case, action.id, values, on, category, context.rules.procedure, target),
    }
    if target.kind is StageKind.ENDED:
        payload["outcome"] = action.outcome or target.label
    if action.new_round:
        payload["round"] = case.round + 1
    if action.sets:
        payload["sets"] = [action.sets]
    if action.clears:
        payload["clears"] = [action.clears]
    return payload
