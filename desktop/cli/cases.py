"""``kuaishen queue``, ``show`` and ``act``: the desk's work on cases."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop.app.faults import DataDamage
from desktop.app.queue_views import QueueQuery, QueueRow, ServiceWords
from desktop.app.views import ActionView, CaseView, JournalEntry, LimitView
from desktop.cli.output import DAMAGED, DONE, Output, as_json, printable, table
from desktop.cli.questions import parse_day
from desktop.cli.session import actor_of, open_desk, today
from desktop.core.refusal import Refusal
from desktop.core.terms import NO_FIELD

if TYPE_CHECKING:
    from desktop.app.desk import Desk

ON_SCREEN = 50
CHUNK = 500


# ---------------------------------------------------------------- queue
def query_of(args: Namespace, procedure: str) -> QueueQuery:
    """The queue that the options describe."""
    return QueueQuery(
        procedure=procedure,
        view=args.view,
        field=args.field,
        category=args.category,
        examiner=args.examiner,
        search=args.search,
    )


def queue(args: Namespace, out: Output) -> int:
    """The cases of a queue, first those that are due first."""
    day = today()
    with open_desk(args, out) as desk:
        procedure = procedure_named(desk, args.procedure, day)
        words = next(one.words for one in desk.services(today=day) if one.id == procedure)
        actor = actor_of(args, desk)
        keys = desk.keys(query_of(args, procedure), actor=actor, today=day)
        if args.field and not keys:
            desk.require_field(args.field)
        limit = args.limit if args.limit is not None else 0 if out.as_json else ON_SCREEN
        shown = keys[:limit] if limit > 0 else keys
        rows = (row for at in range(0, len(shown), CHUNK) for row in desk.rows(shown[at : at + CHUNK], today=day))
        if out.as_json:
            return _print_queue(len(keys), rows, out)
        out.answer(None, _queue_lines(len(keys), list(rows), words))
    return DONE


def procedure_named(desk: Desk, name: str, day: date) -> str:
    """A service by its id or its name. Raises :class:`Refusal` ``unknown_procedure``."""
    found = desk.services(today=day)
    for one in found:
        if name in (one.id, one.label, one.short):
            return one.id
    known = "、".join(f"{one.id}（{one.label}）" for one in found)
    raise Refusal("unknown_procedure", f"没有“{name}”这个程序，可用：{known}", {"procedure": name})


def _print_queue(count: int, rows: Iterable[QueueRow], out: Output) -> int:
    """One document, written as it is read: a queue may hold a million cases."""
    sys.stdout.write(f'{{"count": {count}, "cases": [')
    try:
        for position, row in enumerate(rows):
            sys.stdout.write((",\n" if position else "\n") + as_json(_queue_case(row)))
    except DataDamage as damage:  # half of it is said already: end it as one document all the same
        problem = {"problems": damage.problems, "code": "damaged", "reason": str(damage)}
        sys.stdout.write(f'], "damaged": {as_json(problem)}}}\n')
        out.note(str(damage))
        return DAMAGED
    sys.stdout.write("]}\n")
    return DONE


def _queue_case(row: QueueRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "platform_number": row.platform_number,
        "title": row.title,
        "patent_type": row.category,
        "category": row.category,
        "procedure": row.procedure,
        "main_class": row.main_class,
        "field": row.field,
        "party": row.party,
        "stage": row.stage,
        "examiner": row.examiner,
        "received_on": row.received_on,
        "due_on": row.due_on,
        "remaining_workdays": row.remaining,
        "overdue": row.overdue,
        "provisional": row.provisional,
        "stage_label": row.stage_label,
        "stage_kind": row.stage_kind,
        "field_grade": row.field_grade,
        "round": row.round,
        "paused_workdays": row.paused,
        "due_limit": row.due_label,
        "application_number": row.application_number,
        "flags": row.flags,
        "matured": row.matured,
        "strategic": row.strategic,
    }


def _queue_lines(count: int, rows: list[QueueRow], words: ServiceWords) -> Iterator[str]:
    yield f"共 {count} 件" + (f"，列出前 {len(rows)} 件（--limit 0 列出全部）" if len(rows) < count else "")
    if not rows:
        return
    titles = ("案号", words.category, words.title, words.party, "领域", "环节", words.person, "截止日", "剩余", "标记")
    cells = [
        (
            row.number,
            row.category,
            row.title,
            row.party,
            row.field,
            row.stage_label,
            row.examiner,
            row.due_on.isoformat() if row.due_on else "—",
            "◆ 已满期" if row.matured else _left(row.remaining, row.paused, row.overdue, row.provisional),
            "、".join((*(("战略主体",) if row.strategic else ()), *row.flags)),
        )
        for row in rows
    ]
    yield from table(titles, cells, (20, 8, 30, 24, 16, 16, 8, 10, 22, 20))


def _left(remaining: int | None, paused: int | None, overdue: bool, provisional: bool) -> str:
    if remaining is None:
        return f"‖ 暂停，余 {paused}" if paused is not None else "—"
    doubt = "（暂定）" if provisional else ""
    if overdue:
        return f"▲ 超期 {-remaining} 个工作日{doubt}" if remaining < 0 else f"▲ 超期{doubt}"
    mark = "◆" if remaining <= 1 else "●"
    return f"{mark} {remaining} 个工作日{doubt}"


# ---------------------------------------------------------------- show
def show(args: Namespace, out: Output) -> int:
    """One case, with everything a program needs to take the next step."""
    with open_desk(args, out) as desk:
        view = desk.case(args.case, actor=actor_of(args, desk), today=today())
    out.answer(_case(view), _case_lines(view))
    return 0


def _case(view: CaseView) -> dict[str, Any]:
    return {
        "number": view.number,
        "stage": view.stage,
        "ended": view.ended,
        "allowed": [_action(action) for action in view.actions if action.enabled],
        "limits": [_limit(limit) for limit in view.limits],
        "journal": list(map(entry_json, view.journal)),
        "barred": [
            {"action": action.action, "label": action.label, "reason": action.reason}
            for action in view.actions
            if not action.enabled
        ],
        "stage_label": view.stage_label,
        "stage_kind": view.stage_kind,
        "platform_number": view.platform_number,
        "application_number": view.application_number,
        "title": view.title,
        "patent_type": view.category,
        "procedure": view.procedure,
        "category": view.category,
        "matter": view.matter,
        "facts": dict(view.facts),
        "banners": view.banners,
        "party": view.party,
        "main_class": view.main_class,
        "field": view.field,
        "field_grade": view.field_grade,
        "examiner": view.examiner,
        "round": view.round,
        "received_on": view.received_on,
        "due_on": view.due_on,
        "remaining_workdays": view.remaining,
        "paused_workdays": view.paused,
        "overdue": view.overdue,
        "provisional": view.provisional,
        "warnings": view.warnings,
        "contested": view.contested,
        "opinions": [
            {
                "round": one.number,
                "sent_on": one.sent_on,
                "text": one.text,
                "replied_on": one.replied_on,
                "reply": one.reply,
            }
            for one in view.opinions
        ],
    }


def entry_json(entry: JournalEntry) -> dict[str, Any]:
    """One event in words, as ``show`` and ``conflicts`` give it."""
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "text": entry.text,
        "occurred_on": entry.occurred_on,
        "role": entry.role,
        "station": entry.station,
        "mark": entry.mark,
    }


def _action(action: ActionView) -> dict[str, Any]:
    return {
        "action": action.action,
        "label": action.label,
        "to": action.to,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "type": field.type,
                "required": field.required,
                "options": field.options,
                "option_labels": field.option_labels,
                "default": field.default,
                "example": field.example,
                "hint": field.hint,
            }
            for field in action.fields
        ],
        "to_label": action.to_label,
        "emphasis": action.emphasis,
    }


def _limit(limit: LimitView) -> dict[str, Any]:
    return {
        "name": limit.name,
        "due_on": limit.due_on,
        "running": limit.running,
        "provisional": limit.provisional,
        "why": limit.why,
        "label": limit.label,
        "kind": limit.kind,
        "state": limit.state,
        "started_on": limit.started_on,
        "stopped_on": limit.stopped_on,
        "used": limit.used,
        "limit": limit.limit,
        "unit": limit.unit,
        "remaining": limit.remaining,
        "overdue": limit.overdue,
        "explanation": limit.explanation,
        "basis": limit.basis,
        "status": limit.status,
    }


def _case_lines(view: CaseView) -> Iterator[str]:
    due = view.due_on.isoformat() if view.due_on else "无"
    yield f"{view.number}　{printable(view.title)}"
    field = f"　{view.main_class}　{view.field or NO_FIELD}（{view.field_grade}）" if view.field_grade else ""
    yield f"{view.procedure_label}　{view.category}{field}　{view.party}　办理编号 {view.matter}"
    yield (
        f"{view.stage_label}　{view.words.person} {view.examiner or '未分案'}　截止 {due}"
        f"　{_left(view.remaining, view.paused, view.overdue, view.provisional)}"
    )
    for banner in view.banners:
        yield f"待核对：{banner}"
    for warning in view.warnings:
        yield f"注意：{warning}"
    if view.contested:
        yield f"分歧：kuaishen conflicts {view.number} 列出各方办了什么、没有见到什么"
    yield from _block("可办", [f"{a.label}（{a.action}）→ {a.to_label}{_asks(a)}" for a in view.actions if a.enabled])
    yield from _block("暂不可办", [f"{a.label}：{a.reason}" for a in view.actions if not a.enabled])
    yield from _block("期限", [f"{limit.label}：{limit.why}" for limit in view.limits])
    yield from _block("流水", [_entry_line(entry) for entry in view.journal])


def _entry_line(entry: JournalEntry) -> str:
    mark = f"〔{entry.mark}〕" if entry.mark else ""
    return printable(f"{entry.at}　{entry.actor}　{mark}{entry.text}")


def _asks(action: ActionView) -> str:
    """The questions of an action; a long checklist is only counted."""
    asked = [f"{f.name}{'*' if f.required else ''}" for f in action.fields if f.group != "checklist"]
    items = sum(field.group == "checklist" for field in action.fields)
    if items:
        asked.append(f"检查表 {items} 项（checklist=符合 一次全答）")
    return f"　[{' '.join(asked)}]" if asked else ""


def _block(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
        yield from (f"  {line}" for line in lines)


# ---------------------------------------------------------------- act
def act(args: Namespace, out: Output) -> int:
    """One step of a case."""
    day = today()
    with open_desk(args, out) as desk:
        action, values = _said(desk, args, values_of(args), day)
        outcome = desk.act(
            args.case,
            action,
            values,
            actor=actor_of(args, desk),
            on=parse_day(args.on) if args.on else day,
            today=day,
        )
    for warning in outcome.warnings:
        out.note(f"注意：{warning}")
    due = f"截止 {outcome.due_on}" if outcome.due_on else "无截止日"
    lines = [f"{outcome.number}　{outcome.stage_label}　{due}"]
    if outcome.notice:
        lines += ["", outcome.notice[0], printable(outcome.notice[1])]
    document = {
        "number": outcome.number,
        "stage": outcome.stage,
        "events": outcome.events,
        "due_on": outcome.due_on,
        "stage_label": outcome.stage_label,
        "warnings": outcome.warnings,
        "notice": {"title": outcome.notice[0], "text": outcome.notice[1]} if outcome.notice else None,
    }
    out.answer(document, lines)
    return 0


def values_of(args: Namespace) -> dict[str, str]:
    """The answers given with --set."""
    return dict(map(_pair, args.values))


def by_name(values: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """The answers by the names of their questions; ``labels`` gives those that may be said by label."""
    return {labels.get(name, name): value for name, value in values.items()}


def questions(desk: Desk, procedure: str) -> dict[str, str]:
    """Label -> name of what the opening of a service asks."""
    asked = desk.opening(procedure, actor="", today=today()).fields
    return {field.label: field.name for field in reversed(asked)}


def _pair(word: str) -> tuple[str, str]:
    name, mark, value = word.partition("=")
    if not mark or not name.strip():
        raise Refusal("bad_input", f"--set 应写成 栏目=值，现在是“{word[:80]}”", {"value": word[:80]})
    return name.strip(), value


def _said(desk: Desk, args: Namespace, values: Mapping[str, str], day: date) -> tuple[str, dict[str, str]]:
    """The action and its answers; both may also be named by their labels, as the case offers them."""
    named = str(args.action)
    if all(map(str.isascii, (named, *values))):
        return named, dict(values)
    for action in desk.case(args.case, actor=actor_of(args, desk), today=day).actions:
        if named in (action.action, action.label):
            return action.action, by_name(values, {field.label: field.name for field in reversed(action.fields)})
    return named, dict(values)
