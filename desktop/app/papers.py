"""The unified handling record of a case, and checking a printed one against the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from db.clock import wall_clock_ms
from db.envelope import Envelope
from desktop.app.case_history import SENSELESS, CaseHistory, history_of
from desktop.app.case_view import limit_view, opinion_rounds
from desktop.app.casework import find_row
from desktop.app.projection import CONTESTED, flags_of
from desktop.app.shipped import VERSION
from desktop.app.views import LimitView, VerifyReport
from desktop.app.workplace import Workplace
from desktop.core.case import RESOLVED, CaseState
from desktop.core.configuration import Kind
from desktop.core.narrate import action_word
from desktop.core.record import PrintedRecord, RecordSection, RecordTable, UnifiedRecord
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import NO_FIELD, LimitKind, Unit
from desktop.core.workdays import WorkdayCalendar

TITLE = "重点产业专利“一网通办”统一办理记录"
NONE_YET = ("四、优先审查", "五、快速维权", "六、导航分析", "七、转化运用", "八、存证取证")
SEAL_FORMAT = "kuaishen-record/1"
_UNITS = {Unit.WORKDAY: "工作日", Unit.DAY: "日", Unit.MONTH: "个月"}
_VERDICTS = {"met": "按期", "late": "超期", "void": "—", "paused": "暂停", "running": "进行中"}


def record(workplace: Workplace, ref: str | int, *, at: datetime) -> UnifiedRecord:
    """The record of a case as it stands. ``at`` is the local time of making it and the day limits are read on."""
    at = at.astimezone()  # times on paper name this zone, wherever the paper is checked later
    with workplace.reading() as reader:
        row = find_row(reader, ref)
        read = history_of(reader, row.id)
    return build(workplace, row.id, read, at, workplace.book)


def build(
    workplace: Workplace,
    case_id: str,
    read: CaseHistory,
    at: datetime,
    book: RuleBook,
    program: str = VERSION,
) -> UnifiedRecord:
    """The record from the case's own events alone, so that it can be made again from the same events. ``book`` gives
    the calendar and the centre's name, ``program`` is the version that the foot names."""
    case = read.state
    rules = workplace.rules_of(case)
    calendar = book.calendar
    limits = [limit_view(clock, calendar, at.date()) for clock in case.clocks]
    sections = (
        RecordSection("一、主体", _party(case)),
        RecordSection("二、技术", _technique(case, rules)),
        RecordSection(f"三、专利预审　{case.number}", _dates(case, read.counted), _limits(limits, calendar, at.date())),
        *_disputes(read, workplace),
        *(RecordSection(title) for title in NONE_YET),
        RecordSection("九、办理流水（只增不改）", (), _journal(read, rules, workplace, at.tzinfo)),
    )
    bare = UnifiedRecord(
        centre=book.centre.name,
        title=TITLE,
        matter_number=case.number,
        generated_at=f"{at:%Y-%m-%d %H:%M}（本机时间）",
        sections=sections,
        signatures=("经办", "复核", "负责人", "日期", "（盖章）"),
        notes=(),
        verification="",
        seal="",
    )
    words = hashlib.sha256(bare.words().encode()).hexdigest()
    heads = read.heads
    head = ",".join(heads)
    value = hashlib.sha256(f"{SEAL_FORMAT}\n{head}\n{len(read.envelopes)}\n{words}".encode()).hexdigest()
    seal = {
        "format": SEAL_FORMAT,
        "case": case_id,
        "number": case.number,
        "events": len(read.envelopes),
        "head": head,
        "at": at.isoformat(timespec="minutes"),
        "calendar": f"{calendar.last_year}/{calendar.version}",
        "centre": newest.number if (newest := book.newest(Kind.CENTRE)) else 0,
        "words": words,
        "value": value,
        "program": program,
    }
    short = "-".join(value[i : i + 4] for i in range(0, 16, 4))
    notes = (
        f"口径：工作日按国务院办公厅公布的 {calendar.first_year}—{calendar.last_year} 年安排；"
        "期限自次日起算，停止计算的时间不计；用时以工作日计（注明“日”的除外）；“暂定”表示超出已公布的日历。",
        "以上为基于当前案卷的初步判断，最终以国家知识产权局审查结果为准。",
        f"快审工作台 {program}　记录校验值 {short}（可用 kuaishen verify 核对）",
    )
    return UnifiedRecord(
        bare.centre,
        bare.title,
        bare.matter_number,
        bare.generated_at,
        sections,
        bare.signatures,
        notes,
        short,
        json.dumps(seal, ensure_ascii=False, sort_keys=True),
    )


def _party(case: CaseState) -> tuple[tuple[str, str], ...]:
    facts = case.facts
    agency = facts.get("agency", "")
    if agency and facts.get("agency_code"):
        agency += f"（{facts['agency_code']}）"
    contact = " ".join(facts[name] for name in ("contact", "phone") if facts.get(name))
    return (
        ("单位名称", facts["party"]),
        ("统一社会信用代码", facts.get("uscc") or "未提供"),
        ("备案编号、状态", "本系统未记录"),
        ("所在县区", facts.get("region") or "未提供"),
        ("联系人、电话", contact or "未提供"),
        ("代理机构", agency or "未提供"),
    )


def _technique(case: CaseState, rules: Rules) -> tuple[tuple[str, str], ...]:
    facts = case.facts
    field = facts.get("field") or NO_FIELD
    stage = rules.procedure.stages[case.stage].label
    if case.round and not case.ended:
        stage += f"（第 {case.round} 轮）"
    return (
        ("发明名称", facts["title"]),
        ("类型", facts["patent_type"]),
        ("重点产业领域", f"{field}（{facts.get('field_grade', '未知')}）"),
        ("主分类号", facts.get("main_class") or "未提供"),
        ("申请号", facts.get("application_number") or "尚未提交"),
        ("申请日", facts.get("filed_on") or "尚未提交"),
        ("授权公告日", facts.get("granted_on") or "—"),
        ("当前环节", "；".join([stage, *flags_of(case)])),
    )


def _dates(case: CaseState, envelopes: Sequence[Envelope]) -> tuple[tuple[str, str], ...]:
    facts, reached = case.facts, case.reached
    rounds = [
        (f"第 {one.number} 次意见、答复", f"{one.sent_on} 发出；{one.replied_on or '尚无'} 答复")
        for one in opinion_rounds(envelopes)
    ]
    concluded = reached.get("PASSED") or reached.get("FAILED") or (case.ended_on if case.ended else "")
    return (
        ("平台案号", facts.get("platform_number") or "无"),
        ("接收日期", case.opened_on),
        ("受理日", reached.get("ACCEPTED", "—")),
        ("预审员", facts.get("examiner") or "未分案"),
        *rounds,
        ("结论日", concluded or "—"),
        ("正式提交日", facts.get("filed_on", "—")),
        ("缴费日", facts.get("paid_on", "—")),
        ("打标日", facts.get("tagged_on", "—")),
    )


def _limits(limits: Sequence[LimitView], calendar: WorkdayCalendar, today: date) -> RecordTable:
    rows: list[tuple[str, ...]] = []
    marked: set[int] = set()
    for limit in limits:
        if limit.kind == LimitKind.TARGET:
            continue
        verdict = _VERDICTS[limit.state]
        if limit.overdue and limit.due_on is not None:
            late = calendar.between(limit.due_on, limit.stopped_on or today).days
            verdict = f"超期 {late}"
            marked.add(len(rows))
        length = f"{limit.limit} {_UNITS[Unit(limit.unit)]}" if limit.limit else "当日"
        kind = "法定" if limit.kind == LimitKind.LEGAL else "承诺"
        version = "" if limit.version == "0" else f"第 {limit.version} 版 "
        due = limit.due_on.isoformat() if limit.due_on else f"余 {limit.remaining}"
        rows.append(
            (
                limit.label,
                limit.started_on.isoformat(),
                f"{due}（暂定）" if limit.provisional else due,
                limit.stopped_on.isoformat() if limit.stopped_on else "—",
                f"{length} {kind} {version}{limit.status}",
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


def _disputes(read: CaseHistory, workplace: Workplace) -> tuple[RecordSection, ...]:
    """What was done without knowledge of each other, and what became of it; nothing for an ordinary case."""
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
    titles, widths = ("流水", "经办（站点）", "做了什么", "当时未见", "结果"), (0.75, 2.6, 3.1, 1.9, 2.35)
    table = RecordTable(titles, tuple(rows), widths, frozenset(marked))
    pending = (("状态", "各方办理不一致，待组长裁决；以下均不是最终结果"),) if read.standing.sides else ()
    return (RecordSection("分歧与裁决", pending, table),)


def _journal(read: CaseHistory, rules: Rules, workplace: Workplace, zone: tzinfo | None) -> RecordTable:
    rows = []
    for number, envelope in enumerate(read.envelopes, 1):
        recorded = datetime.fromtimestamp(wall_clock_ms(envelope.hlc) / 1000, zone)
        label = action_word(envelope.type, envelope.payload)
        text = read.words(envelope, rules.procedure)
        mark = read.mark(envelope.hash)
        said = text if text.startswith(label) else f"{label}：{text}"
        rows.append(
            (
                str(number),
                envelope.occurred_on,
                f"【{mark}】{said}" if mark else said,
                f"{envelope.actor}（{envelope.role}）",
                f"{workplace.station_name(envelope.station)} {recorded:%m-%d %H:%M}",
            )
        )
    return RecordTable(
        ("序号", "日期", "环节、操作", "经办", "站点、录入时间"), tuple(rows), (0.75, 1.3, 4.75, 1.95, 1.95)
    )


def verify(
    workplace: Workplace,
    seal: Mapping[str, Any],
    printed: PrintedRecord,
    reprint: Callable[[UnifiedRecord], PrintedRecord],
) -> VerifyReport:
    """Whether a printed record says what the journal says.

    ``seal`` is the proof inside the PDF, ``printed`` what its pages show. The record is made again from the events it
    names, printed again by ``reprint`` (in memory), and compared, so that neither the proof
    nor the page can be changed alone.
    """
    if seal.get("format") != SEAL_FORMAT:
        raise Refusal("not_our_record", "这份文件不是本程序生成的统一办理记录")
    checked = [f"记录 {seal.get('number', '')}，生成于 {seal.get('at', '')}"]
    with workplace.reading() as reader:
        present = history_of(reader, str(seal.get("case", "")))
    count = seal.get("events")
    heads = str(seal.get("head")).split(",")
    known = {envelope.hash for envelope in present.envelopes}
    # What the paper was made from: its heads and all that they build on, whatever else has come in since.
    then = present.behind(heads) if known.issuperset(heads) else None
    if type(count) is not int or then is None or len(then.envelopes) != count:
        problem = "流水中没有这份记录所依据的事项：不是由本数据生成，或数据已被替换"
        return VerifyReport(False, 0, (problem,), tuple(checked))
    try:
        at = datetime.fromisoformat(str(seal.get("at")))
        calendar = int(str(seal.get("calendar")).partition("/")[2])
        numbers = {Kind.CALENDAR: calendar, Kind.CENTRE: int(str(seal.get("centre")))}
    except ValueError:
        return VerifyReport(False, count, ("记录中的生成时间或文件版本无法识别：校验信息被改动",), tuple(checked))
    # With the calendar and the centre's name of that time: what was published since does not make a paper wrong.
    program = str(seal.get("program"))
    book = workplace.book.as_of(numbers)
    again = build(workplace, str(seal["case"]), then, at, book, program)
    expected = json.loads(again.seal)
    problems: list[str] = []
    if any(expected[name] != seal.get(name) for name in expected):
        problems.append("校验值与按流水重新生成的记录不一致：记录中的校验信息被改动")
    expected_page = reprint(again)
    altered = _difference("".join(expected_page.words.split()), "".join(printed.words.split()))
    problems += altered
    if not altered and expected_page.drawing != printed.drawing:
        problems.append("文字相同而页面上画的内容不同：可能有遮盖、添加或改动，请与流水逐项核对")
    if problems and program != VERSION:
        # Never a reason to pass: whoever changes the page could name another version.
        problems.append(f"记录注明由程序 {program} 生成（现为 {VERSION}），也可能只是措辞因版本不同，请用该版本核对")
    checked.append(f"逐字核对纸面文字 {len(''.join(printed.words.split()))} 字")
    checked.append(f"核对流水 {count} 项")
    if len(present.envelopes) > count:
        checked.append(f"此后该案又有 {len(present.envelopes) - count} 项流水，本记录不是最新")
    return VerifyReport(not problems, count, tuple(problems), tuple(checked))


def _difference(expected: str, printed: str) -> list[str]:
    """Where the page first departs from what the journal gives. White space is layout, so it does not count."""
    if expected == printed:
        return []
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, printed, strict=False)) if a != b), min(len(expected), len(printed))
    )
    here, should = printed[max(0, at - 8) : at + 12], expected[max(0, at - 8) : at + 12]
    return [f"纸面文字被改动：纸面为“…{here}…”，按流水应为“…{should}…”"]
