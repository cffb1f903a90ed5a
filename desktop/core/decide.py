"""The one place that says no. A command and what is known go in; events come out, or a :class:`Refusal`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from desktop.core import clocks
from desktop.core.amend import all_classes, amend
from desktop.core.case import ACTED, EVENT_VERSIONS, NEWER, OPENED, CaseEvent, CaseState, fold
from desktop.core.checklists import DEFECT, Checklist
from desktop.core.checks import CHECKS, Look
from desktop.core.effects import clock_effects
from desktop.core.identifiers import example_application_number
from desktop.core.inputs import (
    ALL_ITEMS,
    NOTE,
    default_of,
    defects,
    merge_answers,
    open_inputs,
    read_answers,
    read_inputs,
)
from desktop.core.procedure import OPENING, PREVIOUS, STAY, Action, Input, Stage
from desktop.core.refusal import Refusal
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind, PatentType, Role, StageKind
from desktop.core.workdays import WorkdayCalendar

_FARTHEST = timedelta(days=366)  # a business date beyond this is a slip of the pen


@dataclass(frozen=True)
class Context:
    """What a decision may look at. ``staff`` maps a name to roles; while it is empty no list has been published
    and anybody may act in any role."""

    rules: Rules
    calendar: WorkdayCalendar
    staff: Mapping[str, frozenset[Role]]
    today: date


@dataclass(frozen=True)
class Command:
    """``values`` are texts as a person or program typed them; ``on`` is the business date."""

    action: str
    values: Mapping[str, str]
    actor: str
    on: date


@dataclass(frozen=True)
class Decision:
    """``role`` is the one the actor acted in; ``notice`` is (title, text) of the document that goes out."""

    events: tuple[CaseEvent, ...]
    role: Role
    warnings: tuple[str, ...] = ()
    notice: tuple[str, str] | None = None


@dataclass(frozen=True)
class Offer:
    """One action as the case stands: the target stage, the open questions, and why not, if it is barred."""

    action: Action
    to: Stage
    inputs: tuple[Input, ...]
    barred: Refusal | None


def open_case(facts: Mapping[str, str], number: str, context: Context, source: str) -> CaseEvent:
    """The first event of a case. ``facts`` are those of :mod:`desktop.core.intake`; the received date is the
    business date and starts the acceptance limit."""
    procedure = context.rules.procedure
    patent_type = PatentType(facts["patent_type"])
    match = context.rules.fields.match(patent_type, all_classes(facts))
    received = date.fromisoformat(facts["received_on"])
    payload: dict[str, Any] = {
        "procedure": procedure.id,
        "number": number,
        "to": procedure.initial,
        "kind": procedure.stages[procedure.initial].kind.value,
        "facts": {**facts, "field": match.field, "field_grade": match.grade.value},
        "basis": dict(context.rules.basis),
        "source": source,
        "clocks": clock_effects(CaseState(), OPENING, {}, received, patent_type, procedure),
    }
    return CaseEvent(OPENED, EVENT_VERSIONS[OPENED], received.isoformat(), payload)


def offers(case: CaseState, actor: str, on: date, context: Context) -> tuple[Offer, ...]:
    """Every action of the present stage, barred ones with the reason."""
    procedure = context.rules.procedure
    found = []
    for action in procedure.actions_at(case.stage):
        barred: Refusal | None = None
        try:
            role_among(action.roles, action.label, actor, context)
            _admit(case, action, on, context)
        except Refusal as refusal:
            barred = refusal
        target = procedure.stages[_target(case, action)]
        found.append(Offer(action, target, open_inputs(action, case.facts), barred))
    return tuple(found)


def decide(case: CaseState, command: Command, context: Context) -> Decision:
    """Events of the command, or a :class:`Refusal` (nothing is changed either way)."""
    procedure = context.rules.procedure
    action = procedure.actions.get(command.action)
    if action is None:
        raise Refusal("unknown_action", f"没有“{command.action}”这个动作", {"action": command.action})
    stage = procedure.stages[case.stage]
    if case.stage not in action.sources:
        possible = "、".join(other.label for other in procedure.actions_at(case.stage)) or "无"
        raise Refusal(
            "not_at_this_stage",
            f"“{stage.label}”环节不能“{action.label}”；此时可办：{possible}",
            {"stage": case.stage, "action": action.id},
        )
    role = role_among(action.roles, action.label, command.actor, context)
    warnings = check_day(case.last_on, command.on, context)
    _admit(case, action, command.on, context)
    patent_type = PatentType(case.facts["patent_type"])
    checklist = context.rules.checklists.named(action.checklist, patent_type) if action.checklist else None
    inputs = _split_inputs(action, checklist, command.values)
    values = read_inputs(action, inputs, case.facts, command.on, patent_type, lambda item: input_options(item, context))
    look = Look(case, values, command.on, context.calendar)
    for name in action.rules:
        CHECKS[name](look)
    if action.amends:
        return Decision((amend(case, action, values, command.on, context.rules),), role, tuple(warnings))
    payload = _payload(case, action, values, command.on, patent_type, context)
    payload["warnings"] = look.warnings
    if checklist is not None:
        payload["answers"] = {checklist.id: _answered(case, action, checklist, command.values)}
    event = CaseEvent(ACTED, EVENT_VERSIONS[ACTED], command.on.isoformat(), payload)
    notice = _notice(case, action, event, checklist, context)
    if notice is not None:
        payload["notice"] = {"title": notice[0], "text": notice[1]}
    return Decision((event,), role, (*warnings, *look.warnings), notice)


def compose_opinion(
    case: CaseState, answers: Mapping[str, Sequence[str]], on: date, context: Context
) -> tuple[str, str]:
    """Title and start text of the next opinion from the template and the defects noted so far."""
    action = context.rules.procedure.actions["issue_opinion"]
    patent_type = PatentType(case.facts["patent_type"])
    checklist = context.rules.checklists.named(action.checklist, patent_type)
    assert checklist is not None  # every type has its list, or the document would not have been read
    payload = _payload(case, action, {}, on, patent_type, context)
    event = CaseEvent(ACTED, EVENT_VERSIONS[ACTED], on.isoformat(), payload)
    merged = merge_answers(checklist, case.answers.get(checklist.id, {}), answers)
    facts = _notice_facts(fold(case, event), on, context)
    facts["defects"] = defects(checklist, merged) or "（请写明缺陷）"
    return context.rules.notices.write("opinion", facts)


def checklist_at(case: CaseState, context: Context) -> Checklist | None:
    """The list that the present stage works on."""
    patent_type = PatentType(case.facts["patent_type"])
    for action in context.rules.procedure.actions_at(case.stage):
        if action.checklist:
            return context.rules.checklists.named(action.checklist, patent_type)
    return None


def input_options(item: Input, context: Context) -> tuple[str, ...]:
    """The values a choice or a person may take."""
    if item.choices == "@fields":
        return context.rules.fields.labels
    if item.choices.startswith("@staff:"):
        role = Role(item.choices[7:])
        return tuple(name for name, roles in context.staff.items() if role in roles)
    return tuple(choice.code for choice in context.rules.procedure.choices.get(item.choices, ()))


def choice_label(item: Input, code: str, context: Context) -> str:
    """A choice in words; reasons that are quoted by code keep it."""
    choices = context.rules.procedure.choices.get(item.choices, ())
    label = next((choice.label for choice in choices if choice.code == code), code)
    return f"{code} {label}" if code.isascii() and code != label else label


def input_example(item: Input, case: CaseState, actor: str, on: date, context: Context) -> str:
    """A value that would be accepted here, for people who wonder and programs that walk."""
    default = default_of(item, case.facts, on)
    if default:
        return default
    match item.type:
        case "choice":
            return next(iter(input_options(item, context)), "")
        case "person":
            return next(iter(input_options(item, context)), actor)
        case "date":
            return on.isoformat()
        case "integer":
            return "1"
        case "bool":
            return "是"
        case "application_number":
            return example_application_number(PatentType(case.facts["patent_type"]))
        case "sha256":
            return "0" * 64
        case _:
            return item.label


def role_among(roles: Sequence[Role], label: str, actor: str, context: Context) -> Role:
    """The role in which ``actor`` may do what is called ``label``. Raises :class:`Refusal`."""
    if not actor.strip():
        raise Refusal("no_actor", "请先说明由谁办理")
    if not context.staff:
        return roles[0]
    held = context.staff.get(actor)
    if held is None:
        raise Refusal("unknown_staff", f"人员名单中没有“{actor}”", {"actor": actor})
    for role in roles:
        if role in held:
            return role
    raise Refusal(
        "wrong_role",
        f"“{label}”须由{'、'.join(roles)}办理，{actor}是{'、'.join(sorted(held)) or '无角色'}",
        {"actor": actor, "needed": list(roles)},
    )


def check_day(last_on: str, on: date, context: Context) -> list[str]:
    """Warnings about a business date. Raises :class:`Refusal` for one before the last step or far in the future."""
    if on.isoformat() < last_on:
        raise Refusal(
            "before_last_step",
            f"发生日期 {on} 早于上一步的日期 {last_on}",
            {"on": on.isoformat(), "last_on": last_on},
        )
    if on > context.today + _FARTHEST:
        raise Refusal("far_future", f"发生日期 {on} 远在今天（{context.today}）之后，疑为笔误", {"on": on.isoformat()})
    return [f"发生日期 {on} 晚于今天（{context.today}）"] if on > context.today else []


def _admit(case: CaseState, action: Action, on: date, context: Context) -> None:
    """Raises the reason why ``action`` is barred at its own stage."""
    if case.contested:
        raise Refusal("contested", "此案有待裁决的分歧，请先由组长裁决", {"sides": case.contested})
    if NEWER in case.flags:
        raise Refusal("needs_newer_program", "此案含有更新版本程序的记录，本版本只能查看")
    if context.rules.missing:
        listed = "、".join(context.rules.missing)
        raise Refusal("rules_missing", f"此案依据的{listed}还没有到达本站点，只能查看", {"missing": listed})
    procedure = context.rules.procedure
    if action.needs_round and case.round >= procedure.max_rounds:
        raise Refusal(
            "no_rounds_left",
            f"已发出 {case.round} 次预审意见（上限 {procedure.max_rounds} 次），只能作出合格或不合格结论",
            {"round": case.round, "max_rounds": procedure.max_rounds},
        )
    for flag in action.unless:
        if flag in case.flags:
            raise Refusal("suspended", "会商暂停中，请先登记会商结束", {"flag": flag})
    if action.sets and action.sets in case.flags:
        raise Refusal("already_done", f"“{action.label}”已经登记过", {"flag": action.sets})
    if action.clears and action.clears not in case.flags:
        raise Refusal("not_begun", f"没有需要“{action.label}”的事项", {"flag": action.clears})
    if action.overdue:
        _require_overdue(case, action, on, context)


def _require_overdue(case: CaseState, action: Action, on: date, context: Context) -> None:
    """An action against somebody who let a limit pass needs a limit that ran, and ran out on a day that is certain."""
    running = [c for c in case.live_clocks() if c.id in action.overdue and c.state == clocks.RUNNING]
    if not running:
        raise Refusal("no_limit_runs", f"没有正在计算的期限，不能“{action.label}”", {"clocks": list(action.overdue)})
    for clock in running:
        due, provisional = clocks.due_of(clock, context.calendar)
        data = {"due_on": due.isoformat(), "clock": clock.id, "provisional": provisional}
        if on <= due:
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


def _payload(
    case: CaseState,
    action: Action,
    values: Mapping[str, str],
    on: date,
    patent_type: PatentType,
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
        "clocks": clock_effects(case, action.id, values, on, patent_type, context.rules.procedure, target),
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


def _notice(
    case: CaseState, action: Action, event: CaseEvent, checklist: Checklist | None, context: Context
) -> tuple[str, str] | None:
    if not action.notice:
        return None
    following = fold(case, event)
    facts = _notice_facts(following, date.fromisoformat(event.occurred_on), context)
    values: Mapping[str, str] = event.payload["values"]
    facts.update(values)
    disclaimer = context.rules.notices.common.get("disclaimer", "")
    if action.notice == "opinion":
        text = values["opinion"]
        if disclaimer and disclaimer not in text:  # a finding goes out as a preliminary one, whoever wrote it
            text = f"{text}\n\n{disclaimer}"
        return context.rules.notices.title("opinion", facts), text
    for item in action.inputs:
        if item.type == "choice" and item.name in values:
            facts[item.name] = choice_label(item, values[item.name], context)
    facts["reason_label"] = facts.get("reason_code", "")
    facts["outcome"] = event.payload.get("outcome", "")
    facts["round"] = str(max(following.round, 1))
    if action.overdue:
        stopped = [c for c in following.clocks if c.id in action.overdue and c.stopped_on == event.occurred_on]
        facts["reason"] = "、".join(f"{c.label}期限 {clocks.due_of(c, context.calendar)[0]} 届满" for c in stopped)
    if checklist is not None:
        facts.setdefault("defects", defects(checklist, following.answers.get(checklist.id, {})))
    return context.rules.notices.write(action.notice, facts)


def _notice_facts(case: CaseState, on: date, context: Context) -> dict[str, str]:
    facts = dict(case.facts)
    facts.pop("note", None)  # the list's own remark is not meant for the applicant
    facts.update(
        on=on.isoformat(),
        number=case.number,
        round=str(case.round),
        max_rounds=str(context.rules.procedure.max_rounds),
    )
    for clock in case.clocks:
        if clock.state == clocks.RUNNING and clock.kind != LimitKind.TARGET:
            due, provisional = clocks.due_of(clock, context.calendar)
            facts[f"{clock.id}_due"] = f"{due}（暂定）" if provisional else due.isoformat()
    return facts
