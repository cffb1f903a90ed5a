"""A procedure document, as TOML gives it, becomes a :class:`desktop.core.procedure.Procedure`."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.core.documents import Problems, Table
from desktop.core.limits import parse_limits, parse_rule_sets
from desktop.core.procedure import (
    CATEGORY,
    PATENT_TYPE,
    RECORD_SOURCES,
    Action,
    Choice,
    ClockRule,
    Column,
    Input,
    Procedure,
    RecordItem,
    Referral,
    Stage,
    Trigger,
)
from desktop.core.procedure_validity import no_doubles, validate
from desktop.core.terms import Role, StageKind

BESIDE = ("lists", "notices")  # parts of the document that others read: its checklists and its texts
_OPEN, _ENDED = "@open", "@ended"  # sources of an action: every stage that is not ended, or that is


def parse_procedure(document: Mapping[str, object]) -> Procedure:
    """Read and validate a procedure document.

    Raises :class:`desktop.core.refusal.Refusal` ``bad_document``; its ``data["problems"]`` lists every fault in
    words, each with the place.
    """
    problems = Problems("办理程序")
    top = Table({key: value for key, value in document.items() if key not in BESIDE}, "", problems)
    stages = {stage.code: stage for stage in map(_stage, top.tables("stages"))}
    actions = {action.id: action for action in (_action(table, stages) for table in top.tables("actions"))}
    limits = parse_limits(top.table("limits", optional=True))
    chains, rule_sets = parse_rule_sets(top.tables("rule_sets", optional=True))
    for name in limits.keys() & chains.keys():
        problems.add(f"limits.{name}", "同一期限不能既写在 limits 又写在 rule_sets")
    lists = top.table("choices", optional=True)
    choices = {name: tuple(map(_choice, lists.tables(name))) for name in lists.keys()}
    categories = tuple(map(_choice, top.tables("categories")))
    lines = top.table("main_lines", optional=True)
    procedure = Procedure(
        id=top.text("id"),
        label=top.text("label"),
        version=str(top.integer("version")),
        prefix=top.text("prefix"),
        max_rounds=top.integer("max_rounds", 0),
        stages=stages,
        actions=actions,
        clocks=tuple(map(_clock, top.tables("clocks"))),
        limits={**limits, **chains},
        choices=choices,
        initial=top.text("initial"),
        main_line=top.texts("main_line"),
        main_lines={code: lines.texts(code) for code in lines.keys()},
        short=top.text("short", "") or top.text("label"),
        order=top.integer("order", 99),
        category_fact=PATENT_TYPE if top.flag("by_patent_type") else CATEGORY,
        category_label=top.text("category_label", "类型"),
        person_label=top.text("person_label", "承办人"),
        party_label=top.text("party_label", "当事人"),
        title_label=top.text("title_label", "名称"),
        categories=categories,
        opening=tuple(map(_input, top.tables("opening"))),
        opening_label=top.text("opening_label", "收件"),
        opening_roles=tuple(top.choices("opening_roles", Role)) if "opening_roles" in top.keys() else (Role.INTAKE,),
        opening_rules=top.texts("opening_rules", optional=True),
        rule_sets=rule_sets,
        record=tuple(map(_record_item, top.tables("record", optional=True))),
        referrals=tuple(map(_referral, top.tables("referrals", optional=True))),
    )
    top.no_others()
    for key, name in (("stages", "code"), ("actions", "id"), ("clocks", "id"), ("categories", "code")):
        no_doubles(key, [row.text(name) for row in top.tables(key)], problems)
    problems.raise_if_any()
    validate(procedure)
    return procedure


def _choice(table: Table) -> Choice:
    choice = Choice(table.text("code"), table.text("label"), table.text("basis", ""), table.text("status", ""))
    table.no_others()
    return choice


def _stage(table: Table) -> Stage:
    stage = Stage(
        table.text("code"), table.text("label"), table.choice("kind", StageKind), table.text("step", ""),
        table.flag("files", True),
    )  # fmt: skip
    table.no_others()
    return stage


def _sources(words: tuple[str, ...], stages: Mapping[str, Stage]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in words:
        if word in (_OPEN, _ENDED):
            ended = word == _ENDED
            found.update(dict.fromkeys(c for c, s in stages.items() if (s.kind is StageKind.ENDED) == ended))
        else:
            found[word] = None
    return tuple(found)


def _action(table: Table, stages: Mapping[str, Stage]) -> Action:
    action = Action(
        id=table.text("id"),
        label=table.text("label"),
        roles=tuple(table.choices("roles", Role)),
        sources=_sources(table.texts("from"), stages),
        to=table.text("to"),
        inputs=tuple(map(_input, table.tables("inputs", optional=True))),
        checklist=table.text("checklist", ""),
        checklist_rule=table.text("checklist_rule", "none"),
        notice=table.text("notice", ""),
        emphasis=table.text("emphasis", "normal"),
        shortcut=table.text("shortcut", ""),
        new_round=table.flag("new_round"),
        needs_round=table.flag("needs_round"),
        overdue=table.texts("overdue", optional=True),
        sets=table.text("sets", ""),
        clears=table.text("clears", ""),
        unless=table.texts("unless", optional=True),
        needs=table.texts("needs", optional=True),
        amends=table.flag("amends"),
        excludes=table.flag("excludes"),
        rules=table.texts("rules", optional=True),
        outcome=table.text("outcome", ""),
        categories=table.texts("categories", optional=True),
        custody=table.flag("custody"),
    )
    table.no_others()
    return action


def _input(table: Table) -> Input:
    asked = Input(
        name=table.text("name"),
        label=table.text("label"),
        type=table.text("type"),
        required=table.flag("required"),
        fact=table.text("fact", ""),
        unless_fact=table.text("unless_fact", ""),
        default=table.text("default", ""),
        choices=table.text("choices", ""),
        hint=table.text("hint", ""),
        categories=table.texts("categories", optional=True),
        future=table.flag("future"),
    )
    table.no_others()
    return asked


def _clock(table: Table) -> ClockRule:
    clock = ClockRule(
        id=table.text("id"),
        label=table.text("label"),
        limit=table.text("limit"),
        owner=table.text("owner"),
        start=_triggers(table.texts("start")),
        pause=table.texts("pause", optional=True),
        resume=table.texts("resume", optional=True),
        stop=_triggers(table.texts("stop")),
        extend=table.texts("extend", optional=True),
        categories=table.texts("categories", optional=True),
    )
    table.no_others()
    return clock


def _triggers(words: tuple[str, ...]) -> tuple[Trigger, ...]:
    return tuple(Trigger(action, day) for action, _, day in (word.partition("@") for word in words))


def _record_item(table: Table) -> RecordItem:
    label = table.text("label")
    given = [source for source in RECORD_SOURCES if source in table.keys()]
    if len(given) != 1:
        table.problems.add(table.place, f"应写明一种来源：{'、'.join(RECORD_SOURCES)}")
        return RecordItem(label, "fact")
    source = given[0]
    named = source in ("fact", "reached", "due")
    name = table.text(source) if named else ""
    if not named and not table.flag(source):
        table.problems.add(table.at(source), "应为 true")
    table.no_others()
    return RecordItem(label, source, name)


def _referral(table: Table) -> Referral:
    referral = Referral(
        id=table.text("id"),
        label=table.text("label"),
        target=table.text("target", ""),
        stages=table.texts("stages", optional=True),
        categories=table.texts("categories", optional=True),
        columns=tuple(Column(row.text("label"), row.text("fact")) for row in table.tables("columns")),
    )
    table.no_others()
    return referral
