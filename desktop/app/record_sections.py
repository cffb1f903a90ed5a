"""The parts of the unified handling record, each from the events of its case alone (handbook 9.1b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from db.clock import wall_clock_ms
from db.envelope import Envelope
from desktop.app.case_history import SENSELESS, CaseHistory
from desktop.app.case_view import limit_view, opinion_rounds
from desktop.app.custody import rows_of, sound
from desktop.app.projection import CONTESTED, flags_of
from desktop.app.rule_doubts import doubts_of
from desktop.app.views import LimitView
from desktop.app.workplace import Workplace
from desktop.core.attachment import safe_name
from desktop.core.case import ATTACHED, RESOLVED, CaseState
from desktop.core.custody import NOTHING
from desktop.core.narrate import action_word
from desktop.core.procedure import AN_END, PATENT_TYPE, Procedure, RecordItem
from desktop.core.record import RecordSection, RecordTable
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import NO_FIELD, LimitKind, Unit
from desktop.core.workdays import WorkdayCalendar

_UNITS: Final = {Unit.WORKDAY: "工作日", Unit.DAY: "日", Unit.MONTH: "个月"}
_KINDS: Final = {LimitKind.LEGAL: "法定", LimitKind.PROMISED: "承诺", LimitKind.WATCH: "到期提醒"}
_VERDICTS: Final = {"met": "按期", "late": "超期", "void": "—", "paused": "暂停", "running": "进行中"}
_NUMERALS: Final = "一二三四五六七八九十"


@dataclass(frozen=True)
class RecordedCase:
    """One case of a record: its id, its events, its state and the rules that it keeps."""

    id: str
    read: CaseHistory
    case: CaseState
    rules: Rules


def numeral(number: int) -> str:
    """一 … 十, 十一 … 九十九."""
    tens, ones = divmod(number, 10)
    if number <= 10:
        return _NUMERALS[number - 1]
    return f"{_NUMERALS[tens - 1] if tens > 1 else ''}十{_NUMERALS[ones - 1] if ones else ''}"


def party(first: CaseState, facts: Mapping[str, str], registered: str) -> tuple[tuple[str, str], ...]:
    """``facts`` are the newest of the whole record, ``registered`` says what the party is registered as."""
    agency = facts.get("agency", "")
    if agency and facts.get("agency_code"):
        agency += f"（{facts['agency_code']}）"
    contact = " ".join(facts[name] for name in ("contact", "phone") if facts.get(name))
    return (
        ("单位名称", first.facts.get("party", "")),
        ("统一社会信用代码", facts.get("uscc") or "未提供"),
        ("备案编号、状态", registered),
        ("所在县区", facts.get("region") or "未提供"),
        ("联系人、电话", contact or "未提供"),
        ("代理机构", agency or "未提供"),
    )


def technique(first: RecordedCase, facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    case = first.case
    field = facts.get("field") or NO_FIELD
    grade = f"（{facts['field_grade']}）" if facts.get("field_grade") else ""
    stage = first.rules.procedure.stages[case.stage].label
    if case.round and not case.ended:
        stage += f"（第 {case.round} 轮）"
    number = facts.get("application_number") or facts.get("patent_number")
    pairs = [
        (first.rules.procedure.title_label, case.facts.get("title", "")),
        ("类型", facts.get(PATENT_TYPE) or "未提供"),
        ("重点产业领域", f"{field}{grade}"),
        ("主分类号", facts.get("main_class") or "未提供"),
        ("申请号", number or "尚未提交"),
        ("申请日", facts.get("filed_on") or "尚未提交"),
        ("授权公告日", facts.get("granted_on") or "—"),
        ("当前环节", "；".join([stage, *flags_of(case)])),
    ]
    if facts.get("industry_chain"):
        pairs.append(("产业链", facts["industry_chain"]))
    return tuple(pairs)


def service(number: str, one: RecordedCase, workplace: Workplace, book: RuleBook, today: date) -> RecordSection:
    """The part of one case, headed by its service and its number; what is not final is said in the heading."""
    procedure, calendar = one.rules.procedure, book.calendar
    limits = [limit_view(clock, calendar, today) for clock in one.case.clocks]
    marks = f"　【{CONTESTED}】" if one.case.contested else ""
    if any(limit.provisional and limit.running for limit in limits):
        marks += "　【期限暂定】"
    pairs = list(_pairs(one, procedure, limits))
    pairs += [("规则核对", sentence) for sentence in doubts_of(workplace, one.case, book)]
    title = f"{number}、{procedure.label}　{one.case.number}{marks}"
    table = limits_table(limits, calendar, today)
    return RecordSection(title, tuple(pairs), table if table.rows else None)


def _pairs(one: RecordedCase, procedure: Procedure, limits: Sequence[LimitView]) -> list[tuple[str, str]]:
    case = one.case
    found: list[tuple[str, str]] = []
    for item in procedure.record:
        match item.source:
            case "rounds":
                found += [
                    (f"第 {r.number} 次意见、答复", f"{r.sent_on} 发出；{r.replied_on or '尚无'} 答复")
                    for r in opinion_rounds(one.read.counted)
                ]
            case "files":
                found += _files(one.read.counted)
            case "custody":
                found += _custody(one.read.counted, item.label)
            case _:
                found.append((item.label, _value(item, case, procedure, limits) or "—"))
    if not procedure.record:  # a service whose document says nothing of its record shows all that it asked for
        found = [(label, case.facts[name]) for name, label in procedure.fact_labels.items() if case.facts.get(name)]
    named = {label for label, _ in found}
    if "当前环节" not in named and "结果" not in named:
        stage = procedure.stages[case.stage].label
        found.append(("当前环节", "；".join([case.outcome or stage, *flags_of(case)])))
    return found


def _value(item: RecordItem, case: CaseState, procedure: Procedure, limits: Sequence[LimitView]) -> str:
    match item.source:
        case "fact":
            return _fact(item.name, case, procedure)
        case "reached":
            days = (case.ended_on if name == AN_END else case.reached.get(name, "") for name in item.name.split("|"))
            return next(filter(None, days), "")
        case "due":
            due = next((limit for limit in reversed(limits) if limit.name == item.name), None)
            if due is None:
                return ""
            mark = "（暂定）" if due.provisional else ""
            return f"{due.due_on}{mark}" if due.due_on else f"停止计算，余 {due.remaining}"
        case "outcome":
            return CONTESTED if case.contested else case.outcome or f"未办结（{procedure.stages[case.stage].label}）"
        case "stage":
            return "；".join([procedure.stages[case.stage].label, *flags_of(case)])
        case "category":
            return case.facts.get(procedure.category_fact, "")
        case _:
            return case.opened_on


def _fact(name: str, case: CaseState, procedure: Procedure) -> str:
    """A fact as people read it: choices by their words."""
    value = case.facts.get(name, "")
    for inputs in (procedure.opening, *(action.inputs for action in procedure.actions.values())):
        for item in inputs:
            if item.fact == name and item.type == "choice" and item.choices in procedure.choices:
                label = next((c.label for c in procedure.choices[item.choices] if c.code == value), "")
                return f"{value} {label}" if label and label != value else value
    return value


def _files(envelopes: Sequence[Envelope]) -> list[tuple[str, str]]:
    """Each file with the beginning and the end of its checksum."""
    found = []
    for envelope in envelopes:
        if envelope.type != ATTACHED or not sound(envelope):
            continue
        sha256 = str(envelope.payload["sha256"])
        found.append((safe_name(str(envelope.payload["name"])), f"SHA-256 {sha256[:8]}…{sha256[-8:]}"))
    return found


def _custody(envelopes: Sequence[Envelope], label: str) -> list[tuple[str, str]]:
    """When the files were hashed last, and what came of it."""
    rows = [row for row, _ in rows_of(envelopes)]
    if not rows:
        return [(label, "—")]
    last = rows[-1]
    results = "、".join(dict.fromkeys(one.result for one in last.files)) or "没有文件"
    return [(label, f"{last.at}（本机时间）{results}（{len(last.files)} 个文件）")]


def custody(one: RecordedCase) -> tuple[RecordSection, ...]:
    """The chain of custody; nothing for a case without one."""
    rows = [row for row, _ in rows_of(one.read.counted)]
    if not rows:
        return ()
    marked = frozenset(place for place, row in enumerate(rows) if not row.sound)
    table = RecordTable(
        ("行", "时间（本机）", "动作、事由", "移交", "接收", "复核", "本行校验值"),
        tuple(
            (
                str(row.number),
                row.at[:16].replace("T", " "),
                f"{row.action}{f'：{row.reason}' if row.reason else ''}",
                row.from_ or NOTHING,
                row.to or NOTHING,
                "、".join(dict.fromkeys(file.result for file in row.files)) or "没有文件",
                f"{row.hash[:8]}…{row.hash[-4:]}",
            )
            for row in rows
        ),
        (0.5, 1.75, 2.9, 1.2, 1.2, 1.0, 1.75),
        marked,
    )
    return (RecordSection(f"流转记录　{one.case.number}", (), table),)


def limits_table(limits: Sequence[LimitView], calendar: WorkdayCalendar, today: date) -> RecordTable:
    rows: list[tuple[str, ...]] = []
    marked: set[int] = set()
    for limit in limits:
        if limit.kind == LimitKind.TARGET:
            continue
        awaited = limit.kind == LimitKind.WATCH
        verdict = _VERDICTS[limit.state]
        if awaited:
            verdict = "已满期" if limit.reached else "未到期" if limit.running else "—"
        if limit.overdue and limit.due_on is not None:
            late = calendar.between(limit.due_on, limit.stopped_on or today).days
            verdict = f"超期 {late}"
            marked.add(len(rows))
        length = f"{limit.limit} {_UNITS[Unit(limit.unit)]}" if limit.limit else "约定日" if awaited else "当日"
        version = "" if limit.version == "0" else f"第 {limit.version} 版 "
        due = limit.due_on.isoformat() if limit.due_on else f"余 {limit.remaining}"
        rows.append(
            (
                limit.label,
                limit.started_on.isoformat(),
                f"{due}（暂定）" if limit.provisional else due,
                limit.stopped_on.isoformat() if limit.stopped_on else "—",
                f"{length} {_KINDS[LimitKind(limit.kind)]} {version}{limit.status}",
                f"{limit.used} 日" if limit.unit == Unit.DAY else str(limit.used),
                verdict,
            )
        )
    return RecordTable(
        ("环节", "起算", "应于", "办结", "期限、性质、核对", "用时", "按期"),
        tuple(rows),
        (1.6, 1.3, 1.3, 1.3, 2.35, 1.05, 1.1),
        frozenset(marked),
    )


def disputes(one: RecordedCase, workplace: Workplace) -> tuple[RecordSection, ...]:
    """What was done without knowledge of each other, and what became of it; nothing for an ordinary case."""
    read = one.read
    involved = set(read.standing.disputed)
    for envelope in read.envelopes:
        if envelope.type == RESOLVED and read.mark(envelope.hash) != SENSELESS:
            involved |= {envelope.hash, *envelope.payload["kept"], *envelope.payload["set_aside"]}
    place = {envelope.hash: number for number, envelope in enumerate(read.envelopes, 1)}
    knew = {hash_: read.history.knew(hash_) for hash_ in involved}
    rows: list[tuple[str, ...]] = []
    marked: set[int] = set()
    for envelope in read.envelopes:
        hash_ = envelope.hash
        if hash_ not in involved:
            continue
        strange = (one for one in involved if one not in knew[hash_] and hash_ not in knew[one] and one != hash_)
        unseen = [str(number) for number in sorted(place[one] for one in strange)]
        decided = str(envelope.payload.get("chosen", "")) if envelope.type == RESOLVED else "采用"
        result = read.mark(hash_) or decided
        if result == CONTESTED:
            marked.add(len(rows))
        rows.append(
            (
                str(place[hash_]),
                f"{envelope.actor}（{workplace.station_name(envelope.station)}）",
                f"{envelope.occurred_on} {action_word(envelope.type, envelope.payload)}",
                f"第 {'、'.join(unseen)} 项" if unseen else "无",
                result,
            )
        )
    if not rows:
        return ()
    titles, widths = ("该案流水", "经办（站点）", "做了什么", "当时未见", "结果"), (0.95, 2.6, 3.0, 1.8, 2.35)
    table = RecordTable(titles, tuple(rows), widths, frozenset(marked))
    pending = (("状态", "各方办理不一致，待组长裁决；以下均不是最终结果"),) if read.standing.sides else ()
    return (RecordSection(f"分歧与裁决　{one.case.number}", pending, table),)


def journal(cases: Sequence[RecordedCase], workplace: Workplace, zone: tzinfo | None) -> RecordTable:
    """What was done in all the cases, in the order of recording; of several cases each line names its service, and
    its place there as the headings count it."""
    names = _names(cases)
    entries = [(one, envelope) for one in cases for envelope in one.read.envelopes]
    if len(cases) > 1:  # the order within a case is causal, and stays
        entries.sort(key=lambda entry: (entry[1].hlc, entry[1].hash))
        entries = _causal(entries)
    rows = []
    for number, (one, envelope) in enumerate(entries, 1):
        recorded = datetime.fromtimestamp(wall_clock_ms(envelope.hlc) / 1000, zone)
        label = action_word(envelope.type, envelope.payload)
        text = one.read.words(envelope, one.rules.procedure)
        mark = one.read.mark(envelope.hash)
        said = text if text.startswith(label) else f"{label}：{text}"
        said = f"【{mark}】{said}" if mark else said
        rows.append(
            (
                str(number),
                envelope.occurred_on,
                *((names[one.id],) if len(cases) > 1 else ()),
                said,
                f"{envelope.actor}（{envelope.role}）",
                f"{workplace.station_name(envelope.station)} {recorded:%m-%d %H:%M}",
            )
        )
    if len(cases) > 1:
        titles: tuple[str, ...] = ("序号", "日期", "业务", "环节、操作", "经办", "站点、录入时间")
        return RecordTable(titles, tuple(rows), (0.7, 1.25, 1.15, 4.35, 1.55, 1.7))
    titles = ("序号", "日期", "环节、操作", "经办", "站点、录入时间")
    return RecordTable(titles, tuple(rows), (0.75, 1.3, 4.75, 1.95, 1.95))


def _names(cases: Sequence[RecordedCase]) -> dict[str, str]:
    """Case id -> 快速维权, or 快速维权（2） where there are several."""
    found: dict[str, str] = {}
    for one in cases:
        own = [other.id for other in cases if other.case.procedure == one.case.procedure]
        short = one.rules.procedure.short or one.case.procedure
        found[one.id] = f"{short}（{own.index(one.id) + 1}）" if len(own) > 1 else short
    return found


def _causal(entries: list[tuple[RecordedCase, Envelope]]) -> list[tuple[RecordedCase, Envelope]]:
    """Places by the clock, but each case's own events in their own order, whatever a clock said."""
    waiting = {one.id: iter(one.read.envelopes) for one, _ in entries}
    return [(one, next(waiting[one.id])) for one, _ in entries]
