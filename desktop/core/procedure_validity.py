"""What must hold of a procedure before anybody works by it; what does not is said in words, with the place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from desktop.core.documents import Problems
from desktop.core.limits import ANY
from desktop.core.procedure import (
    AN_END,
    CATEGORY,
    EMPHASES,
    INPUT_TYPES,
    OPENING,
    PATENT_TYPE,
    PREVIOUS,
    REFERENCE,
    STAY,
    Action,
    ClockRule,
    Input,
    Procedure,
)
from desktop.core.terms import LimitKind, PatentType, Role, StageKind

_OWN_LISTS = ("@fields", "@categories", "@chains")
_STAFF = "@staff:"
RECEIVED = "received_on"  # the fact that the engine itself gives every case
_LONGEST_PREFIX = 8


def validate(procedure: Procedure) -> None:
    """Every stage reachable, an end in reach of every stage for every category, every clock that starts can stop,
    every name known.

    Raises :class:`desktop.core.refusal.Refusal` ``bad_document``. A centre's own limits can spoil what was
    sound, so it is asked again with them.
    """
    problems = Problems("办理程序")
    _validate_head(procedure, problems)
    for place, line in (("main_line", procedure.main_line), *_lines(procedure)):
        for code in line:
            if code not in procedure.stages:
                problems.add(place, f"环节“{code}”未定义")
    _validate_inputs(procedure, "opening", procedure.opening, problems)
    for action in procedure.actions.values():
        _validate_action(procedure, action, problems)
    for clock in procedure.clocks:
        _validate_clock(procedure, clock, problems)
    _validate_limits(procedure, problems)
    _validate_ways(procedure, problems)
    _validate_showing(procedure, problems)
    problems.raise_if_any()


def no_doubles(place: str, names: Sequence[str], problems: Problems) -> None:
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        problems.add(f"{place}[{name}]", f"“{name}”重复")


def _lines(procedure: Procedure) -> Iterable[tuple[str, tuple[str, ...]]]:
    return ((f"main_lines.{code}", line) for code, line in procedure.main_lines.items())


def _codes(procedure: Procedure) -> tuple[str, ...]:
    return tuple(category.code for category in procedure.categories)


def _validate_head(procedure: Procedure, problems: Problems) -> None:
    prefix = procedure.prefix
    if not (prefix.isascii() and prefix.isalnum() and prefix == prefix.upper() and len(prefix) <= _LONGEST_PREFIX):
        problems.add("prefix", f"案号前缀“{prefix}”应为不超过 {_LONGEST_PREFIX} 位的大写字母或数字")
    if procedure.initial not in procedure.stages:
        problems.add("initial", f"起始环节“{procedure.initial}”未定义")
    if not procedure.categories:
        problems.add("categories", "至少要有一种类型")
    no_doubles("categories", [category.label for category in procedure.categories], problems)
    if procedure.category_fact == PATENT_TYPE:
        for category in procedure.categories:
            if category.label not in set(PatentType):
                problems.add("categories", f"“{category.label}”不是专利类型")
    for code in procedure.main_lines:
        _known_categories(procedure, f"main_lines.{code}", (code,), problems)
    asked = {item.fact for item in procedure.opening if item.required}
    for fact in ("title", "party", procedure.category_fact):
        if fact not in asked:
            problems.add("opening", f"登记时必须要求填写 {fact}")
    if not procedure.opening_roles:
        problems.add("opening_roles", "没有任何角色可以登记")


def _known_categories(procedure: Procedure, place: str, codes: Sequence[str], problems: Problems) -> None:
    for code in codes:
        if code not in _codes(procedure):
            problems.add(place, f"类型“{code}”未定义")


def _validate_action(procedure: Procedure, action: Action, problems: Problems) -> None:
    place = f"actions.{action.id}"
    if action.emphasis not in EMPHASES:
        problems.add(place, f"着重“{action.emphasis}”不认识，应为 {'、'.join(EMPHASES)}")
    if action.to == PREVIOUS:
        for code in action.sources:
            if code in procedure.stages and procedure.stages[code].kind is not StageKind.ENDED:
                problems.add(place, f"环节“{code}”没有办结，不能恢复办理")
    flags = {other.sets for other in procedure.actions.values() if other.sets}
    for flag in (*action.unless, *action.needs, *filter(None, [action.clears])):
        if flag not in flags:
            problems.add(place, f"标记“{flag}”没有任何动作登记")
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
    if action.id == OPENING:
        problems.add(place, f"“{OPENING}”是登记本身的代码，请换一个")
    _known_categories(procedure, place, action.categories, problems)
    _validate_inputs(procedure, place, action.inputs, problems)


def _validate_inputs(procedure: Procedure, place: str, inputs: Sequence[Input], problems: Problems) -> None:
    no_doubles(f"{place}.inputs", [item.name for item in inputs], problems)
    for item in inputs:
        at = f"{place}.{item.name}"
        if item.type not in INPUT_TYPES:
            problems.add(at, f"字段类型“{item.type}”不认识")
        staff = item.choices.startswith(_STAFF)
        if staff and item.choices.removeprefix(_STAFF) not in {role.value for role in Role}:
            problems.add(at, f"角色“{item.choices.removeprefix(_STAFF)}”不认识")
        known = staff or item.choices in _OWN_LISTS or item.choices in procedure.choices
        if (item.type == "choice" or item.choices) and not known:
            problems.add(at, f"选项表“{item.choices}”未定义")
        if (item.type == "case") != item.fact.startswith(REFERENCE):
            problems.add(at, f"引用其他案件的字段，类型应为 case，事实名应以 {REFERENCE} 开头")
        if item.fact == RECEIVED and item.type != "date":
            problems.add(at, f"事实名 {RECEIVED} 是收件日期，类型应为 date")
        if item.fact == CATEGORY and procedure.category_fact != CATEGORY:
            problems.add(at, f"事实名 {CATEGORY} 在此程序中另有含义")
        _known_categories(procedure, at, item.categories, problems)


def _validate_clock(procedure: Procedure, clock: ClockRule, problems: Problems) -> None:
    place = f"clocks.{clock.id}"
    if clock.limit not in procedure.limits:
        problems.add(place, f"期限值“{clock.limit}”未定义")
        return
    limits = procedure.limits[clock.limit].layers()
    if not clock.start:
        problems.add(place, "没有起算动作")
    if not clock.stop:
        problems.add(place, "有起算而没有停止动作")
    if bool(clock.pause) != bool(clock.resume):
        problems.add(place, "暂停与恢复必须成对")
    if clock.owner not in ("centre", "applicant", "office"):
        problems.add(place, f"责任方“{clock.owner}”不认识")
    for trigger in (*clock.start, *clock.stop):
        action = procedure.actions.get(trigger.action)
        asked = procedure.opening if trigger.action == OPENING else action.inputs if action else ()
        if action is None and trigger.action != OPENING:
            problems.add(place, f"动作“{trigger.action}”未定义")
        elif trigger.day and trigger.day not in {item.name for item in asked if item.type == "date"}:
            problems.add(place, f"“{trigger.day}”不是动作“{trigger.action}”的日期字段")
    for name in (*clock.pause, *clock.resume, *clock.extend):
        if name not in procedure.actions:
            problems.add(place, f"动作“{name}”未定义")
    if clock.pause and any(limit.kind in (LimitKind.TARGET, LimitKind.WATCH) for limit in limits):
        problems.add(place, "目标期限只作提醒，不能暂停")
    if clock.extend and not any(limit.extension > 0 for limit in limits):
        problems.add(place, f"期限值“{clock.limit}”没有写明延长的长度（extension）")
    _known_categories(procedure, place, clock.categories, problems)


def _validate_limits(procedure: Procedure, problems: Problems) -> None:
    for name, newest in procedure.limits.items():
        for limit in newest.layers():
            for code in sorted(limit.days.keys() - {ANY}):
                _known_categories(procedure, f"limits.{name}.{code}", (code,), problems)
            if limit.extension < 0:
                problems.add(f"limits.{name}", "延长的长度不能为负数")


def _validate_ways(procedure: Procedure, problems: Problems) -> None:
    """No stage that nothing leads to; no case of any category that comes to stand for ever."""
    stages, ends = procedure.stages, {c for c, s in procedure.stages.items() if s.kind is StageKind.ENDED}
    said: set[str] = set()
    reached: set[str] = set()
    for category in _codes(procedure):
        actions = [action for action in procedure.actions.values() if action.fits(category)]
        here = _reachable(procedure.initial, actions)
        reached |= here
        for code, stage in stages.items():
            if code not in here or code in ends or code in said:
                continue
            ways_on = [a for a in actions if code in a.sources and a.to not in (STAY, PREVIOUS, code)]
            if not ways_on:
                said.add(code)
                problems.add(f"stages.{code}", f"环节“{stage.label}”没有出口，案件会停在这里")
            elif not ends & _reachable(code, actions):
                said.add(code)
                problems.add(f"stages.{code}", f"环节“{stage.label}”到不了任何办结环节")
    for code, stage in stages.items():
        if code not in reached:
            problems.add(f"stages.{code}", f"环节“{stage.label}”无法到达")


def _reachable(initial: str, actions: Sequence[Action]) -> set[str]:
    reached, frontier = {initial}, [initial]
    while frontier:
        stage = frontier.pop()
        for action in actions:
            if stage in action.sources and action.to not in reached and not action.to.startswith("@"):
                reached.add(action.to)
                frontier.append(action.to)
    return reached


def _validate_showing(procedure: Procedure, problems: Problems) -> None:
    """What the record and the lists for others speak of must exist."""
    clocks = {clock.id for clock in procedure.clocks}
    facts = {*procedure.fact_labels} | {"received_on", "field_grade", "classes", "platform_number"}
    for item in procedure.record:
        known: dict[str, set[str]] = {
            "fact": facts, "reached": {*procedure.stages, AN_END}, "due": clocks,
        }  # fmt: skip
        for name in item.name.split("|") if item.source in known else ():
            if name not in known[item.source]:
                problems.add(f"record.{item.label}", f"“{name}”未定义")
    for referral in procedure.referrals:
        place = f"referrals.{referral.id}"
        for code in referral.stages:
            if code not in procedure.stages:
                problems.add(place, f"环节“{code}”未定义")
        _known_categories(procedure, place, referral.categories, problems)
        for column in referral.columns:
            if column.fact not in facts:
                problems.add(place, f"列“{column.label}”的“{column.fact}”未定义")
