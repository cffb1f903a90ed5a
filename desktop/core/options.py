"""What may be answered to a question: the entries of its list, their words, and an example that would be accepted."""

from __future__ import annotations

from datetime import date

from desktop.core.case import CaseState
from desktop.core.checklists import Checklist
from desktop.core.context import Context
from desktop.core.identifiers import example_application_number
from desktop.core.inputs import CHAINS, FROM_FACT, default_of
from desktop.core.procedure import Input, patent_type_of
from desktop.core.terms import PatentType, Role


def checklist_at(case: CaseState, context: Context) -> Checklist | None:
    """The list that the present stage works on."""
    category = context.rules.procedure.category_of(case.facts)
    for action in context.rules.procedure.actions_at(case.stage, category):
        if action.checklist:
            return context.rules.checklists.named(action.checklist, category)
    return None


def known_at(case: CaseState, context: Context) -> dict[str, str]:
    """What questions may start from; of the accepted findings those that the present stage's list is about."""
    known = case.known()
    checklist = checklist_at(case, context)
    if checklist is not None:
        items = {item.id for item in checklist.items}
        known["findings"] = "\n".join(words for _, item, words in case.accepted if item in items)
    return known


def start_of(item: Input, case: CaseState, on: date, context: Context) -> str:
    """What an answer starts from at this stage; most start from nothing, so little is looked up."""
    known = known_at(case, context) if item.default.startswith(FROM_FACT) else {}
    return default_of(item, known, on)


def input_options(item: Input, context: Context) -> tuple[str, ...]:
    """The values a choice or a person may take."""
    if item.choices == "@fields":
        return context.rules.fields.labels
    if item.choices == "@categories":
        return tuple(category.label for category in context.rules.procedure.categories)
    if item.choices == CHAINS:
        return context.chains
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
    default = start_of(item, case, on, context)
    if default:
        return default
    match item.type:
        case "choice":
            return next(iter(input_options(item, context)), item.label)
        case "person":
            return next(iter(input_options(item, context)), actor)
        case "date":
            return on.isoformat()
        case "integer":
            return "1"
        case "bool":
            return "是"
        case "application_number":
            return example_application_number(patent_type_of(case.facts) or PatentType.INVENTION)
        case "decimal":
            return "1.5"
        case "uscc":
            return "91350100M000100Y43"
        case "class":
            return "14-02" if patent_type_of(case.facts) is PatentType.DESIGN else "G06F 16/29"
        case "agency_code":
            return "37000"
        case "timestamp":
            return f"{on.isoformat()}T10:15+08:00"
        case "case":
            return case.number
        case "sha256":
            return "0" * 64
        case _:
            return item.label
