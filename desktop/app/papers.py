"""The unified handling record over all services, and checking a printed one against the journal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from db import parties as party_table
from db.journal import Reader
from desktop.app import record_sections as parts
from desktop.app import registration
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.casework import find_row
from desktop.app.matter_numbers import PREFIX, members_of, root_of
from desktop.app.record_sections import RecordedCase, numeral
from desktop.app.shipped import VERSION
from desktop.app.views import VerifyReport
from desktop.app.workplace import Workplace
from desktop.core.case import CaseState
from desktop.core.configuration import Kind
from desktop.core.party_facts import PartyKind
from desktop.core.record import PrintedRecord, RecordSection, UnifiedRecord
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook

TITLE = "重点产业专利“一网通办”统一办理记录"
SEAL_FORMAT, OLDER_FORMATS = "kuaishen-record/2", ("kuaishen-record/1",)
# What a record takes from the centre besides its events.
_AS_OF = (Kind.CALENDAR, Kind.CENTRE, Kind.SERVICE, Kind.LIMITS)


class Register(NamedTuple):
    """What a record says of its party's registration rests on these events; ``kept``: a register is kept at all."""

    kept: bool
    entries: Sequence[registration.Entry]

    def in_words(self, at: datetime) -> str:
        return registration.in_words(self.entries, at.date(), self.kept)


def record(workplace: Workplace, ref: str | int, *, at: datetime) -> UnifiedRecord:
    """The record that a case belongs to, as it stands. ``ref`` may be the record's own number. ``at`` is the local time
    of making it and the day limits are read on."""
    at = at.astimezone()  # times on paper name this zone, wherever the paper is checked later
    with workplace.reading() as reader:
        root = root_of(reader, find_row(reader, ref.removeprefix(PREFIX) if isinstance(ref, str) else ref))
        histories = [(row.id, history_of(reader, row.id)) for row in members_of(reader, root.row)]
        histories.sort(key=lambda one: one[0] != root.row.id)  # the case that began it leads
        registered = _registered(workplace, reader, histories, at)
    return build(workplace, root.number, histories, registered, at, workplace.book)


def _registered(
    workplace: Workplace, reader: Reader, histories: Sequence[tuple[str, CaseHistory]], at: datetime
) -> Register:
    facts = _facts([read.state for _, read in histories])
    found = registration.entries(workplace, reader, facts, at.date())
    return Register(party_table.kept(reader, PartyKind.PARTY), found)


def _facts(cases: Sequence[CaseState]) -> dict[str, str]:
    """What is known over all the cases; the case that began the record has the first word."""
    return {name: value for case in reversed(cases) for name, value in case.facts.items() if value}


def build(
    workplace: Workplace,
    number: str,
    histories: Sequence[tuple[str, CaseHistory]],
    registered: Register,
    at: datetime,
    book: RuleBook,
    program: str = VERSION,
) -> UnifiedRecord:
    """The record from the events of its cases and of their party alone, so that it can be made again from the same
    events. ``book`` gives the calendar, the centre's name and its services, ``program`` is the version that the foot
    names."""
    cases = [_recorded(workplace, case_id, read) for case_id, read in histories]
    first = cases[0]
    facts = _facts([one.case for one in cases])
    calendar = book.calendar
    sections = [
        RecordSection("一、主体", parts.party(first.case, facts, registered.in_words(at))),
        RecordSection("二、技术", parts.technique(first, facts)),
    ]
    place = 3
    services = [(name, book.procedure(name).label) for name in book.services]
    services += [(one.case.procedure, one.case.procedure) for one in cases if one.case.procedure not in book.services]
    for service, label in dict(services).items():
        own = [one for one in cases if one.case.procedure == service]
        for at_hand, one in enumerate(own, 1):
            which = f"{numeral(place)}（{at_hand}）" if len(own) > 1 else numeral(place)
            sections.append(parts.service(which, one, workplace, book, at.date()))
            sections += (*parts.custody(one), *parts.disputes(one, workplace))
        if not own:
            sections.append(RecordSection(f"{numeral(place)}、{label}"))
        place += 1
    sections.append(
        RecordSection(f"{numeral(place)}、办理流水（只增不改）", (), parts.journal(cases, workplace, at.tzinfo))
    )
    bare = UnifiedRecord(
        centre=book.centre.name,
        title=TITLE,
        matter_number=number,
        generated_at=f"{at:%Y-%m-%d %H:%M}（本机时间）",
        sections=tuple(sections),
        signatures=("经办", "复核", "负责人", "日期", "（盖章）"),
        notes=(),
        verification="",
        seal="",
    )
    words = hashlib.sha256(bare.words().encode()).hexdigest()
    named = [
        {"case": one.id, "number": one.case.number, "events": len(one.read.envelopes), "head": ",".join(one.read.heads)}
        for one in cases
    ]
    register = {"kept": registered.kept, "entries": registration.proof_of(registered.entries)}
    proof = json.dumps([named, register], ensure_ascii=False, sort_keys=True)
    value = hashlib.sha256(f"{SEAL_FORMAT}\n{proof}\n{words}".encode()).hexdigest()
    seal = {
        "format": SEAL_FORMAT,
        "matter": number,
        "cases": named,
        "register": register,
        "at": at.isoformat(timespec="minutes"),
        "calendar": f"{calendar.last_year}/{calendar.version}",
        "documents": {kind.value: newest.number if (newest := book.newest(kind)) else 0 for kind in _AS_OF},
        "words": words,
        "value": value,
        "program": program,
    }
    short = "-".join(value[i : i + 4] for i in range(0, 16, 4))
    notes = (
        f"口径：工作日按国务院办公厅公布的 {calendar.first_year}—{calendar.last_year} 年安排；"
        "期限自次日起算，停止计算的时间不计；用时以工作日计（注明“日”的除外）；“暂定”表示超出已公布的日历；"
        "“待核对”表示数值尚无可靠原文或未经管理员核对；“待裁决”表示各站点办理不一致，尚非最终结果。",
        "以上为基于当前案卷的初步判断，最终以国家知识产权局审查结果为准。",
        f"快审工作台 {program}　记录校验值 {short}（可用 kuaishen verify 核对）",
    )
    return UnifiedRecord(
        bare.centre,
        bare.title,
        bare.matter_number,
        bare.generated_at,
        bare.sections,
        bare.signatures,
        notes,
        short,
        json.dumps(seal, ensure_ascii=False, sort_keys=True),
    )


def _recorded(workplace: Workplace, case_id: str, read: CaseHistory) -> RecordedCase:
    case = read.state
    return RecordedCase(case_id, read, case, workplace.rules_of(case))


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
    if seal.get("format") in OLDER_FORMATS:
        program = str(seal.get("program", ""))[:20]
        raise Refusal("older_record", f"这份记录由旧版程序（{program}）生成，版式不同，请用该版本核对或重新打印")
    if seal.get("format") != SEAL_FORMAT:
        raise Refusal("not_our_record", "这份文件不是本程序生成的统一办理记录")
    checked = [f"记录 {seal.get('matter', '')}，生成于 {seal.get('at', '')}"]
    with workplace.reading() as reader:
        then, since = _as_printed(reader, seal.get("cases"))
        registered = _register_as_printed(reader, seal.get("register"))
    if then is None or registered is None:
        problem = "流水中没有这份记录所依据的事项：不是由本数据生成，或数据已被替换"
        return VerifyReport(False, 0, (problem,), tuple(checked))
    count = sum(len(read.envelopes) for _, read in then)
    try:
        at = datetime.fromisoformat(str(seal.get("at")))
        documents = seal.get("documents")
        named = dict(documents) if isinstance(documents, dict) else {}
        numbers = {kind: int(str(named.get(kind.value))) for kind in _AS_OF}
    except ValueError:
        return VerifyReport(False, count, ("记录中的生成时间或文件版本无法识别：校验信息被改动",), tuple(checked))
    # With the calendar and the centre's name of that time: what was published since does not make a paper wrong.
    program = str(seal.get("program"))
    book = workplace.book.as_of(numbers)
    again = build(workplace, str(seal.get("matter")), then, registered, at, book, program)
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
    if since:
        checked.append(f"此后记录中的案件又有 {since} 项流水，本记录不是最新")
    return VerifyReport(not problems, count, tuple(problems), tuple(checked))


def _register_as_printed(reader: Reader, said: object) -> Register | None:
    if not isinstance(said, dict) or not isinstance(said.get("kept"), bool):
        return None
    found = registration.as_printed(reader, said.get("entries"))
    return None if found is None else Register(said["kept"], found)


def _as_printed(reader: Reader, cases: object) -> tuple[list[tuple[str, CaseHistory]] | None, int]:
    """What the paper was made from: per case its heads and all that they build on, whatever else has come in since; and
    how much has. None for what this journal does not hold."""
    if not isinstance(cases, list) or not cases:
        return None, 0
    found: list[tuple[str, CaseHistory]] = []
    since = 0
    for one in cases:
        if not isinstance(one, dict):
            return None, 0
        present = history_of(reader, str(one.get("case", "")))
        then = present.behind(str(one.get("head")).split(","))
        if then is None or type(one.get("events")) is not int or len(then.envelopes) != one["events"]:
            return None, 0
        found.append((str(one["case"]), then))
        since += len(present.envelopes) - len(then.envelopes)
    return found, since


def _difference(expected: str, printed: str) -> list[str]:
    """Where the page first departs from what the journal gives. White space is layout, so it does not count."""
    if expected == printed:
        return []
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, printed, strict=False)) if a != b), min(len(expected), len(printed))
    )
    here, should = printed[max(0, at - 8) : at + 12], expected[max(0, at - 8) : at + 12]
    return [f"纸面文字被改动：纸面为“…{here}…”，按流水应为“…{should}…”"]
