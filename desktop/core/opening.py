"""The first event of a case: from a list, or from what a person enters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from desktop.core.amend import all_classes
from desktop.core.case import MATTER, OPENED, CaseEvent, CaseState, opened_version
from desktop.core.checks import Look
from desktop.core.context import Command, Context, Decision, check_day, role_among
from desktop.core.effects import clock_effects
from desktop.core.inputs import read_inputs
from desktop.core.named_checks import CHECKS
from desktop.core.options import input_options
from desktop.core.procedure import OPENING, STAY, Action, Procedure, patent_type_of
from desktop.core.refusal import Refusal

BY_HAND = "逐件登记"  # the source of a case that no list brought


def open_case(
    facts: Mapping[str, str], number: str, context: Context, source: str, values: Mapping[str, str] | None = None
) -> CaseEvent:
    """The event. ``facts`` are complete, those of :mod:`desktop.core.intake` or of the procedure's own questions;
    the received date is the business date and starts the first limits, ``values`` gives the dates of others."""
    procedure = context.rules.procedure
    known = dict(facts)
    patent_type = patent_type_of(facts)
    if patent_type is not None and not known.get("field"):
        match = context.rules.fields.match(patent_type, all_classes(facts))
        known |= {"field": match.field, "field_grade": match.grade.value}
    elif patent_type is not None and known.get("main_class"):
        known["field_grade"] = context.rules.fields.grade(known["field"], patent_type, all_classes(facts)).value
    received = date.fromisoformat(facts["received_on"])
    category = procedure.category_of(facts)
    if not category:  # examined rows and read answers hold a known one
        raise ValueError(f"no such category: {facts.get(procedure.category_fact)}")
    payload: dict[str, Any] = {
        "procedure": procedure.id,
        "number": number,
        "to": procedure.initial,
        "kind": procedure.stages[procedure.initial].kind.value,
        "facts": known,
        "basis": dict(context.rules.basis),
        "source": source,
        "clocks": clock_effects(CaseState(), OPENING, values or {}, received, category, procedure),
    }
    return CaseEvent(OPENED, opened_version(facts, context.rules.basis), received.isoformat(), payload)


def opening_action(procedure: Procedure) -> Action:
    """The questions of the opening in the shape of an action."""
    return Action(
        id=OPENING,
        label=procedure.opening_label,
        roles=procedure.opening_roles,
        sources=(),
        to=STAY,
        inputs=procedure.opening,
        rules=procedure.opening_rules,
    )


def decide_opening(
    command: Command, number: str, context: Context, known: Mapping[str, str], matter: str = ""
) -> Decision:
    """A case that a person opens. ``known`` are the facts of the case beside which it is opened (what they hold is
    taken where nothing else is given); ``matter`` is the id of the case that began their record.

    Raises :class:`Refusal`, and nothing is changed.
    """
    procedure = context.rules.procedure
    action = opening_action(procedure)
    role = role_among(action.roles, action.label, command.actor, context)
    warnings = check_day("", command.on, context)
    category = _category(procedure, command.values, known)
    mixed = {**known, **{item.fact: command.values[item.name] for item in action.inputs if item.name in command.values}}
    values = read_inputs(
        action, command.values, known, command.on, category, patent_type_of(mixed),
        lambda item: input_options(item, context),
    )  # fmt: skip
    facts = {item.fact: values[item.name] for item in action.inputs if item.fact and item.name in values}
    look = Look(CaseState(procedure=procedure.id, facts=facts), values, command.on, context.calendar, context.registry)
    for name in action.rules:
        CHECKS[name](look)
    if facts.get("main_class"):
        facts.setdefault("classes", facts["main_class"])
    facts["received_on"] = command.on.isoformat()
    if matter:
        facts[MATTER] = matter
    event = open_case(facts, number, context, BY_HAND, values)
    extra = [*warnings, *look.warnings]
    payload = {**event.payload, "warnings": look.warnings} if look.warnings else event.payload
    return Decision((event._replace(payload=payload),), role, tuple(extra))


def _category(procedure: Procedure, values: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The category's code; it decides what else is asked."""
    item = next(item for item in procedure.opening if item.fact == procedure.category_fact)
    label = values.get(item.name, "").strip() or (known.get(item.fact, "") if item.default else "")
    labels = "、".join(category.label for category in procedure.categories)
    if not label:
        raise Refusal("missing_input", f"请填写{item.label}：{labels}", {"input": item.name})
    code = procedure.category_of({procedure.category_fact: label})
    if not code:
        raise Refusal("bad_input", f"{item.label}：“{label[:40]}”不在选项内：{labels}", {"input": item.name})
    return code
