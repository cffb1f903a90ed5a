"""Corrections of a case's facts: by a person, or by a list that is taken in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from desktop.core.case import AMENDED, EVENT_VERSIONS, CaseEvent, CaseState
from desktop.core.classes import split_classes
from desktop.core.procedure import Action, patent_type_of
from desktop.core.refusal import Refusal
from desktop.core.rules import Rules


def amend(case: CaseState, action: Action, values: Mapping[str, str], on: date, rules: Rules) -> CaseEvent:
    facts = {
        item.fact: values[item.name]
        for item in action.inputs
        if item.fact and item.name in values and values[item.name] != case.facts.get(item.fact, "")
    }
    if not facts:
        raise Refusal("nothing_changed", "没有改动任何信息")
    facts = regrade(case.facts, facts, rules)
    payload = {
        "action": action.id,
        "label": action.label,
        "facts": facts,
        "before": {name: case.facts.get(name, "") for name in facts},
        "reason": values.get("reason", ""),
    }
    return CaseEvent(AMENDED, EVENT_VERSIONS[AMENDED], on.isoformat(), payload)


def relisted(case: CaseState, listed: Mapping[str, str]) -> tuple[str, ...]:
    """The names whose listed value is news: neither what the list said before nor what the case says already."""
    return tuple(
        name
        for name, value in listed.items()
        if value != case.imported.get(name, "") and value != case.facts.get(name, "")
    )


def contradicted(case: CaseState, names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that a person or an action has set since: a list does not overrule them."""
    return tuple(name for name in names if case.facts.get(name, "") != case.imported.get(name, ""))


def amend_from_list(case: CaseState, imported: Mapping[str, str], on: date, rules: Rules, source: str) -> CaseEvent:
    """A list that is taken in again says something new: only what the list itself changed is changed."""
    facts = {name: imported[name] for name in relisted(case, imported)}
    merged = regrade(case.facts, facts, rules)
    payload = {
        "action": "relist",
        "label": "按清单更新",
        "facts": merged,
        "before": {name: case.facts.get(name, "") for name in merged},
        "imported": facts,
        "source": source,
    }
    return CaseEvent(AMENDED, EVENT_VERSIONS[AMENDED], on.isoformat(), payload)


def regrade(known: Mapping[str, str], changed: Mapping[str, str], rules: Rules) -> dict[str, str]:
    """``changed`` with the field's grade brought up to date. New classes choose a new field unless one is named now
    or a person had named another one than the classes gave."""
    if not {"field", "main_class", "classes"} & set(changed):
        return dict(changed)
    merged = {**known, **changed}
    if "main_class" in changed and "classes" not in changed:
        merged["classes"] = changed["main_class"]
    patent_type = patent_type_of(merged)
    if patent_type is None:  # of no patent, or of one whose type nobody knows: a field is what somebody says
        return dict(changed)
    found = all_classes(merged)
    chosen = known.get("field", "") != rules.fields.match(patent_type, all_classes(known)).field
    if "field" in changed or chosen:
        grade = rules.fields.grade(merged.get("field", ""), patent_type, found)
        return {**changed, "field_grade": grade.value}
    match = rules.fields.match(patent_type, found)
    return {**changed, "field": match.field, "field_grade": match.grade.value}


def all_classes(facts: Mapping[str, str]) -> tuple[str, ...]:
    main = facts.get("main_class", "")
    return (main, *(text for text in split_classes(facts.get("classes", "")) if text != main))
