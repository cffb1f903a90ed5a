"""A procedure as data: stages, actions, clocks, limits and choices, read from a TOML document and validated in words.

Source of the pre-examination procedure: handbook of the field, sections 1.2, 1.7 and 12.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from desktop.core.documents import Problems, Table
from desktop.core.limits import Limit, parse_limits
from desktop.core.terms import LimitKind, Role, StageKind, Unit

INPUT_TYPES = frozenset(
    {"text", "multiline", "date", "choice", "bool", "integer", "person", "application_number", "sha256"}
)
EMPHASES = ("primary", "normal", "danger")
OPENING = "open"  # the pseudo action that takes a case in
PREVIOUS = "@previous"  # "back to the stage before the case ended"
STAY = "@stay"


@dataclass(frozen=True)
class Stage:
    """``step`` is the caption on the stage line; stages with the same step share one point."""

    code: str
    label: str
    kind: StageKind
    step: str


@dataclass(frozen=True)
class Input:
    """One value that an action asks for. ``fact`` names the fact of the case that the value becomes;
    ``unless_fact`` drops the question when that fact is known; ``default`` is a literal, ``@on`` (the business
    date) or ``@fact:NAME``; ``choices`` names a list of the procedure, or ``@fields`` / ``@staff:ROLE``."""

    name: str
    label: str
    type: str
    required: bool = False
    fact: str = ""
    unless_fact: str = ""
    default: str = ""
    choices: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Action:
    """``checklist`` with ``checklist_rule``: ``pass`` (every item answered, no defect) or ``none`` (answers are kept).

    ``overdue`` names clocks, one of which must have run out; ``rules`` are named checks of
    :mod:`desktop.core.checks`. ``sets`` a flag once, ``clears`` one that is set, and is barred ``unless`` flags
    are down.
    """

    id: str
    label: str
    roles: tuple[Role, ...]
    sources: tuple[str, ...]
    to: str
    inputs: tuple[Input, ...] = ()
    checklist: str = ""
    checklist_rule: str = "none"
    notice: str = ""
    emphasis: str = "normal"
    shortcut: str = ""
    new_round: bool = False
    needs_round: bool = False
    overdue: tuple[str, ...] = ()
    sets: str = ""
    clears: str = ""
    unless: tuple[str, ...] = ()
    amends: bool = False
    excludes: bool = False
    rules: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True)
class Trigger:
    """A clock starts or stops on ``action``; the day is the business date, or the date in input ``day``."""

    action: str
    day: str = ""


@dataclass(frozen=True)
class ClockRule:
    """What starts, pauses, resumes and stops one clock, and which limit it measures. ``owner``: centre,
    applicant or office."""

    id: str
    label: str
    limit: str
    owner: str
    start: tuple[Trigger, ...]
    pause: tuple[str, ...]
    resume: tuple[str, ...]
    stop: tuple[Trigger, ...]


@dataclass(frozen=True)
class Choice:
    """One entry of a list that an action offers, with its source."""

    code: str
    label: str
    basis: str = ""
    status: str = ""


@dataclass(frozen=True)
class Procedure:
    """One of the centre's services. Immutable; a centre's own limits make a new one by :meth:`with_limits`."""

    id: str
    label: str
    version: str
    prefix: str
    max_rounds: int
    stages: Mapping[str, Stage]
    actions: Mapping[str, Action]
    clocks: tuple[ClockRule, ...]
    limits: Mapping[str, Limit]
    choices: Mapping[str, tuple[Choice, ...]]
    initial: str
    main_line: tuple[str, ...] = ()

    def actions_at(self, stage: str) -> tuple[Action, ...]:
        """Actions that start from ``stage``, in the order of the document."""
        return tuple(action for action in self.actions.values() if stage in action.sources)

    def with_limits(self, limits: Mapping[str, Limit]) -> Procedure:
        """The same procedure with a centre's own limits on top."""
        own = {name: limit.over(self.limits.get(name)) for name, limit in limits.items()}
        return replace(self, limits={**self.limits, **own})


def parse_procedure(document: Mapping[str, object]) -> Procedure:
    """Read and validate a procedure document.

    Raises :class:`desktop.core.refusal.Refusal` ``bad_document``; its ``data["problems"]`` lists every fault in
    words, each with the place.
    """
    problems = Problems("办理程序")
    top = Table(document, "", problems)
    stages = {stage.code: stage for stage in map(_stage, top.tables("stages"))}
    actions = {action.id: action for action in map(_action, top.tables("actions"))}
    limits = parse_limits(top.table("limits"))
    choices = {
        name: tuple(
            Choice(row.text("code"), row.text("label"), row.text("basis", ""), row.text("status", ""))
            for row in top.table("choices", optional=True).tables(name)
        )
        for name in top.table("choices", optional=True).keys()
    }
    procedure = Procedure(
        id=top.text("id"),
        label=top.text("label"),
        version=str(top.integer("version")),
        prefix=top.text("prefix"),
        max_rounds=top.integer("max_rounds", 0),
        stages=stages,
        actions=actions,
        clocks=tuple(map(_clock, top.tables("clocks"))),
        limits=limits,
        choices=choices,
        initial=top.text("initial"),
        main_line=top.texts("main_line"),
    )
    top.no_others()
    for key, name in (("stages", "code"), ("actions", "id"), ("clocks", "id")):
        _no_doubles(key, [row.text(name) for row in top.tables(key)], problems)
    problems.raise_if_any()
    validate(procedure)
    return procedure


def _no_doubles(place: str, names: list[str], problems: Problems) -> None:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        problems.add(f"{place}[{name}]", f"“{name}”重复")


def _stage(table: Table) -> Stage:
    stage = Stage(table.text("code"), table.text("label"), table.choice("kind", StageKind), table.text("step", ""))
    table.no_others()
    return stage


def _action(table: Table) -> Action:
    action = Action(
        id=table.text("id"),
        label=table.text("label"),
        roles=tuple(table.choices("roles", Role)),
        sources=table.texts("from"),
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
        amends=table.flag("amends"),
        excludes=table.flag("excludes"),
        rules=table.texts("rules", optional=True),
        outcome=table.text("outcome", ""),
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
    )
    table.no_others()
    return clock


def _triggers(words: tuple[str, ...]) -> tuple[Trigger, ...]:
    return tuple(Trigger(action, day) for action, _, day in (word.partition("@") for word in words))


def validate(procedure: Procedure) -> None:
    """Every stage reachable, an end in reach of every stage, every clock that starts can stop, every name known.

    Raises :class:`Refusal` ``bad_document`` like :func:`parse_procedure`. A centre's own limits can spoil what was
    sound, so it is asked again with them.
    """
    problems = Problems("办理程序")
    stages, actions = procedure.stages, procedure.actions
    if procedure.initial not in stages:
        problems.add("initial", f"起始环节“{procedure.initial}”未定义")
    for code in procedure.main_line:
        if code not in stages:
            problems.add("main_line", f"环节“{code}”未定义")
    for action in actions.values():
        _validate_action(procedure, action, problems)
    for clock in procedure.clocks:
        _validate_clock(procedure, clock, problems)
    reached = _reachable(procedure.initial, actions.values())
    ends = {stage.code for stage in stages.values() if stage.kind is StageKind.ENDED}
    for stage in stages.values():
        if stage.code not in reached:
            problems.add(f"stages.{stage.code}", f"环节“{stage.label}”无法到达")
        if stage.kind is StageKind.ENDED:
            continue
        if not any(a.to not in (STAY, PREVIOUS, stage.code) for a in procedure.actions_at(stage.code)):
            problems.add(f"stages.{stage.code}", f"环节“{stage.label}”没有出口，案件会停在这里")
        elif not ends & _reachable(stage.code, actions.values()):
            problems.add(f"stages.{stage.code}", f"环节“{stage.label}”到不了任何办结环节")
    problems.raise_if_any()


def _validate_action(procedure: Procedure, action: Action, problems: Problems) -> None:
    place = f"actions.{action.id}"
    if action.emphasis not in EMPHASES:
        problems.add(place, f"着重“{action.emphasis}”不认识，应为 {'、'.join(EMPHASES)}")
    if action.to == PREVIOUS:
        for code in action.sources:
            if code in procedure.stages and procedure.stages[code].kind is not StageKind.ENDED:
                problems.add(place, f"环节“{code}”没有办结，不能恢复办理")
    flags = {other.sets for other in procedure.actions.values() if other.sets}
    for flag in (*action.unless, *filter(None, [action.clears])):
        if flag not in flags:
            problems.add(place, f"标记“{flag}”没有任何动作登记")
    _no_doubles(f"{place}.inputs", [item.name for item in action.inputs], problems)
    for code in action.sources:
        if code not in procedure.stages:
            problems.add(place, f"来源环节“{code}”未定义")
    if action.to not in procedure.stages and action.to not in (STAY, PREVIOUS):
        problems.add(place, f"去向环节“{action.to}”未定义")
    if action.checklist_rule not in ("none", "pass"):
        problems.add(place, f"检查表要求“{action.checklist_rule}”不认识，应为 none 或 pass")
    for name in action.overdue:
        if name not in {clock.id for clock in procedure.clocks}:
            problems.add(place, f"期限“{name}”未定义")
    if not action.roles:
        problems.add(place, "没有任何角色可以办理")
    for item in action.inputs:
        if item.type not in INPUT_TYPES:
            problems.add(f"{place}.{item.name}", f"字段类型“{item.type}”不认识")
        if item.type == "choice" and not item.choices.startswith("@") and item.choices not in procedure.choices:
            problems.add(f"{place}.{item.name}", f"选项表“{item.choices}”未定义")
        if item.choices.startswith("@staff:") and item.choices[7:] not in {role.value for role in Role}:
            problems.add(f"{place}.{item.name}", f"角色“{item.choices[7:]}”不认识")


def _validate_clock(procedure: Procedure, clock: ClockRule, problems: Problems) -> None:
    place = f"clocks.{clock.id}"
    if clock.limit not in procedure.limits:
        problems.add(place, f"期限值“{clock.limit}”未定义")
        return
    if not clock.start:
        problems.add(place, "没有起算动作")
    if not clock.stop:
        problems.add(place, "有起算而没有停止动作")
    if bool(clock.pause) != bool(clock.resume):
        problems.add(place, "暂停与恢复必须成对")
    if clock.pause and procedure.limits[clock.limit].unit is Unit.MONTH:
        problems.add(place, "按月计算的期限不能暂停")
    if clock.owner not in ("centre", "applicant", "office"):
        problems.add(place, f"责任方“{clock.owner}”不认识")
    for trigger in (*clock.start, *clock.stop):
        if trigger.action == OPENING:
            continue
        action = procedure.actions.get(trigger.action)
        if action is None:
            problems.add(place, f"动作“{trigger.action}”未定义")
        elif trigger.day and trigger.day not in {item.name for item in action.inputs if item.type == "date"}:
            problems.add(place, f"“{trigger.day}”不是动作“{trigger.action}”的日期字段")
    for name in (*clock.pause, *clock.resume):
        if name not in procedure.actions:
            problems.add(place, f"动作“{name}”未定义")
    if procedure.limits[clock.limit].kind is LimitKind.TARGET and clock.pause:
        problems.add(place, "目标期限只作提醒，不能暂停")


def _reachable(initial: str, actions: Iterable[Action]) -> set[str]:
    known = list(actions)
    reached, frontier = {initial}, [initial]
    while frontier:
        stage = frontier.pop()
        for action in known:
            if stage in action.sources and action.to not in reached and not action.to.startswith("@"):
                reached.add(action.to)
                frontier.append(action.to)
    return reached
