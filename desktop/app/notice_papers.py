"""The documents that went out with the steps of cases, made ready for paper: one, or many in a row.

Their texts were settled and recorded with the step; what is added here (heading, number, addressee) comes from the
case as it stood then, so that the same document prints the same whenever it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from db.envelope import Envelope
from db.journal import Reader
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.casework import load
from desktop.app.views import VerifyReport
from desktop.app.workplace import Workplace, id_of
from desktop.core import clocks
from desktop.core.case import ACTED, CaseState, understood
from desktop.core.configuration import Kind
from desktop.core.notice_paper import NoticePaper, chinese_date
from desktop.core.record import PrintedRecord
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.rules import Rules
from desktop.core.terms import LimitKind
from desktop.core.workdays import WorkdayCalendar

SEAL_FORMAT: Final = "kuaishen-notice/1"
_AS_OF: Final = (Kind.CALENDAR, Kind.CENTRE)  # what a paper takes from the centre besides its case
DOUBLED: Final = "文号重复"
NEWEST: Final = ""  # any kind: the last document that went out


@dataclass(frozen=True)
class NoticeView:
    """A document that went out. ``kind`` is the template's id, ``mark`` that of its journal entry (mostly empty)."""

    kind: str
    title: str
    number: str
    on: date
    actor: str
    hash: str
    mark: str = ""


@dataclass(frozen=True)
class Batch:
    """Papers of several cases, made one by one as they are asked for, and why others have none: (number, sentence)."""

    papers: Iterator[NoticePaper]
    refused: Sequence[tuple[str, str]]
    count: int


class NoticePapers:
    """Reached as ``desk.notices``. ``ref`` names a case by key or number."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def of(self, ref: str | int) -> tuple[NoticeView, ...]:
        """The documents of a case, oldest first, those of a dispute or set aside among them, with their mark."""
        with self._workplace.reading() as reader:
            row, case = load(reader, ref)
            read = history_of(reader, row.id)
        rules = self._workplace.rules_of(case)
        return tuple(_view(one, rules, read) for one in read.envelopes if _went_out(one))

    def kinds(self, ref: str | int) -> tuple[tuple[str, str], ...]:
        """Every kind of document that the case's procedure knows: id and title."""
        with self._workplace.reading() as reader:
            _, case = load(reader, ref)
        rules = self._workplace.rules_of(case)
        used = {action.notice for action in rules.procedure.actions.values() if action.notice}
        return tuple((name, plain_title(one.title)) for name, one in rules.notices.templates.items() if name in used)

    def paper(self, ref: str | int, kind: str = NEWEST, hash_: str = "") -> NoticePaper:
        """One document: the newest of a kind (id or title), or the one with this hash.

        Raises :class:`Refusal` ``no_notice`` (which there are is said), ``notice_incomplete`` (what is missing).
        """
        with self._workplace.reading() as reader:
            row, _ = load(reader, ref)
            return self._paper(reader, row.id, kind, hash_)

    def verify(
        self,
        seal: Mapping[str, Any],
        printed: PrintedRecord,
        reprint: Callable[[NoticePaper], PrintedRecord],
    ) -> VerifyReport:
        """Whether a printed document says what the journal says: it is made again from the event that its seal names,
        with the centre's name and calendar of that time, printed again by ``reprint``, and compared."""
        checked = [f"文书 {seal.get('title', '')} {seal.get('number', '')}"]
        with self._workplace.reading() as reader:
            read = history_of(reader, str(seal.get("case", "")))
            one = next((one for one in read.envelopes if one.hash == seal.get("event") and _went_out(one)), None)
        if one is None:
            problem = "流水中没有这份文书所依据的事项：不是由本数据生成，或数据已被替换"
            return VerifyReport(False, 0, (problem,), tuple(checked))
        documents = seal.get("documents")
        named = documents if isinstance(documents, dict) else {}
        numbers = {kind: number for kind in _AS_OF if type(number := named.get(kind.value)) is int}
        again = self._made(read, one, self._workplace.book.as_of(numbers), str(seal.get("mark", "")))
        problems = []
        if json.loads(again.seal) != seal:
            problems.append("文书中的校验信息与按流水重新生成的不一致：校验信息被改动")
        expected = reprint(again)
        if "".join(expected.words.split()) != "".join(printed.words.split()):
            problems.append("纸面文字与按流水重新生成的文书不一致：纸面被改动")
        elif expected.drawing != printed.drawing:
            problems.append("文字相同而页面上画的内容不同：可能有遮盖、添加或改动，请与流水逐项核对")
        checked.append(f"逐字核对纸面文字 {len(''.join(printed.words.split()))} 字")
        if mark := read.mark(one.hash):
            checked.append(f"此件现为“{mark}”")
        return VerifyReport(not problems, 1, tuple(problems), tuple(checked))

    def batch(self, keys: Iterable[int], kind: str = NEWEST) -> Batch:
        """The newest document of that kind of each of these cases. What cannot be printed is known beforehand; a paper
        is made when it is asked for."""
        found: list[tuple[int, str]] = []
        refused: list[tuple[str, str]] = []
        with self._workplace.reading() as reader:
            for key in keys:
                row, case = load(reader, key)
                try:
                    read = history_of(reader, row.id)
                    one = self._chosen(read, case, kind, "")
                    self._made(read, one)
                except Refusal as refusal:
                    refused.append((case.number, refusal.reason))
                else:
                    found.append((key, one.hash))
        papers = (self.paper(key, hash_=hash_) for key, hash_ in found)
        return Batch(papers, tuple(refused), len(found))

    def _paper(self, reader: Reader, case_id: str, kind: str, hash_: str) -> NoticePaper:
        read = history_of(reader, case_id)
        return self._made(read, self._chosen(read, read.state, kind, hash_))

    def _chosen(self, read: CaseHistory, case: CaseState, kind: str, hash_: str) -> Envelope:
        rules = self._workplace.rules_of(case)
        sent = [one for one in read.envelopes if _went_out(one)]
        if hash_:
            named = [one for one in sent if one.hash == hash_]
        else:
            sent = [one for one in sent if not read.mark(one.hash)]
            views = [(one, _view(one, rules, read)) for one in sent]
            named = [one for one, view in views if kind in (NEWEST, view.kind, view.title, plain_title(view.title))]
        if named:
            return named[-1]
        raise _no_notice(case, kind, rules, [_view(one, rules, read) for one in sent])

    def _made(
        self, read: CaseHistory, one: Envelope, book: RuleBook | None = None, mark: str | None = None
    ) -> NoticePaper:
        """``book`` as of another time, ``mark`` as it was printed then; both as they are now if not given."""
        workplace = self._workplace
        book = book or workplace.book
        then = read.behind([one.hash])
        assert then is not None  # it is one of this history's own
        case = then.state
        rules = workplace.rules_of(case)
        view = _view(one, rules, read)
        mark = view.mark if mark is None else mark
        template = rules.notices.templates.get(view.kind)
        procedure = rules.procedure
        facts = case.facts
        centre = book.centre.name
        signatures = template.signatures if template else ()
        needed = {
            "本中心名称（请管理员在“设置·中心文件”发布）": centre,
            "案号": case.number,
            procedure.party_label: "x" if signatures else facts.get("party", ""),
            procedure.title_label: facts.get("title", ""),
            "正文": one.payload["notice"].get("text", ""),
        }
        missing = [label for label, value in needed.items() if not value.strip()]
        if missing:
            raise Refusal("notice_incomplete", f"{view.title}缺少：{'、'.join(missing)}", {"missing": missing})
        known = [
            ("案号", case.number),
            ("平台案号", facts.get("platform_number", "")),
            ("申请号", facts.get("application_number", "")),
            (procedure.title_label, facts.get("title", "")),
            (procedure.category_label, facts.get(procedure.category_fact, "")),
            (procedure.party_label, facts.get("party", "")),
            ("代理机构", facts.get("agency", "")),
            (procedure.person_label, facts.get("examiner", "")),
            *_dues(case, book.calendar),
        ]
        return NoticePaper(
            centre=centre,
            number=view.number,
            title=view.title,
            addressee="" if signatures else facts.get("party", ""),
            facts=tuple((label, value) for label, value in known if value),
            body=one.payload["notice"]["text"],
            dated=view.on,
            contact="" if signatures else rules.notices.contact,
            signatures=signatures,
            internal=bool(signatures),
            provisional=_remarks(mark),
            seal=_seal(one, view, mark, book),
            verification=_check_value(one.hash),
        )


def plain_title(title: str) -> str:
    """预审意见通知书（第 1 次） -> 预审意见通知书."""
    return title.partition("（")[0]


def _went_out(one: Envelope) -> bool:
    return one.type == ACTED and understood(one.type, one.version) and bool(one.payload.get("notice", {}).get("title"))


def _view(one: Envelope, rules: Rules, read: CaseHistory) -> NoticeView:
    notice: Mapping[str, str] = one.payload["notice"]
    action = rules.procedure.actions.get(one.payload["action"])
    return NoticeView(
        kind=notice.get("kind") or (action.notice if action else ""),
        title=notice["title"],
        number=notice.get("number", ""),
        on=date.fromisoformat(one.occurred_on),
        actor=one.actor,
        hash=one.hash,
        mark=read.mark(one.hash) or (DOUBLED if _is_doubled(one, read) else ""),
    )


def _is_doubled(one: Envelope, read: CaseHistory) -> bool:
    """Whether an earlier document of the case, in the common order, bears the same number: two stations that had not
    met gave it."""
    number = one.payload["notice"].get("number", "")
    for other in read.envelopes if number else ():
        if other.hash == one.hash:
            return False
        if _went_out(other) and other.payload["notice"].get("number") == number and not read.mark(other.hash):
            return True
    return False


def _no_notice(case: CaseState, kind: str, rules: Rules, sent: Sequence[NoticeView]) -> Refusal:
    label = rules.notices.templates[kind].title if kind in rules.notices.templates else kind
    known = {*rules.notices.templates, *(plain_title(one.title) for one in rules.notices.templates.values())}
    have = "、".join(dict.fromkeys(plain_title(view.title) for view in sent)) or "无"
    if kind and kind not in known and plain_title(kind) not in known:
        listed = "、".join(f"{name}（{plain_title(one.title)}）" for name, one in rules.notices.templates.items())
        return Refusal("unknown_notice", f"没有“{kind}”这种文书，可用：{listed}", {"kind": kind})
    wanted = f"“{plain_title(label)}”" if kind else "文书"
    steps = "、".join(f"“{a.label}”" for a in rules.procedure.actions.values() if kind and a.notice == kind)
    how = f"；它随{steps}发出" if steps else ""
    return Refusal("no_notice", f"案件 {case.number} 还没有{wanted}{how}。已有：{have}", {"kind": kind})


def _dues(case: CaseState, calendar: WorkdayCalendar) -> Iterator[tuple[str, str]]:
    """The applicant's limits that ran when it went out. A day that was a guess stands in the text, with its mark."""
    for clock in case.clocks:
        theirs = clock.owner == "applicant" and clock.kind in (LimitKind.PROMISED, LimitKind.LEGAL)
        if theirs and clock.state == clocks.RUNNING:
            due, guessed = clocks.due_of(clock, calendar)
            if not guessed:
                yield f"{clock.label}期限", chinese_date(due)


def _remarks(mark: str) -> tuple[str, ...]:
    if mark == DOUBLED:
        return ("此件文号与同案另一份文书相同（两个站点在互通之前各自发出）",)
    return (f"此件{mark}，尚非最终结果",) if mark else ()


def _seal(one: Envelope, view: NoticeView, mark: str, book: RuleBook) -> str:
    seal = {
        "format": SEAL_FORMAT,
        "case": id_of(one.stream),
        "event": one.hash,
        "title": view.title,
        "number": view.number,
        "mark": mark,
        "documents": {kind.value: newest.number if (newest := book.newest(kind)) else 0 for kind in _AS_OF},
    }
    return json.dumps(seal, ensure_ascii=False, sort_keys=True)


def _check_value(hash_: str) -> str:
    return "-".join(hash_[at : at + 4] for at in range(0, 16, 4))
