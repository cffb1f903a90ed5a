"""Application packages of a case: kept as they came, read again when they are looked at, their findings decided.

What reads a package is handed in (``read``), because files and their formats are not known here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from db.envelope import Envelope
from db.journal import Transaction
from db.rows import CaseRow
from desktop.app import attachments as files
from desktop.app import syncing
from desktop.app.case_history import CaseHistory, history_of
from desktop.app.casework import drafts_of, load, project
from desktop.app.package_views import FindingView, PackageComparison, PackageReading, PackageView
from desktop.app.views import ActOutcome
from desktop.app.workplace import Workplace, entered_at
from desktop.core.attachment import safe_name
from desktop.core.case import JUDGED, PACKAGED, CaseEvent, CaseState, understood
from desktop.core.comparison import compare
from desktop.core.configuration import PREEXAM
from desktop.core.context import Context, check_day
from desktop.core.finding import Finding, finding_line
from desktop.core.formal_checks import claims_graph, examine
from desktop.core.package import Package
from desktop.core.package_facts import Difference, differences
from desktop.core.packaging import MOST_WORDS, judged, kind_for, packaged, require_judge
from desktop.core.phrases import Phrase, fill, for_finding
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PackageKind, Role

Read = Callable[[str, bytes], Package]  # name and content of the original


class Said(NamedTuple):
    """What a person says of one finding; ``words`` as they put it."""

    finding: Finding
    judgement: Judgement
    words: str = ""


class Packages:
    """Reached as ``desk.packages``. ``ref`` names a case by key or number. Raises :class:`Refusal` where a rule says
    no, and what :func:`desktop.app.attachments.content` raises."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def add(
        self,
        ref: str | int,
        name: str,
        content: bytes,
        package: Package,
        *,
        kind: PackageKind | None = None,
        actor: str,
        on: date,
        today: date,
    ) -> ActOutcome:
        """Keeps the original beside the case and says that it is its application package. ``package`` is what was read
        from it; without ``kind`` the stage says what it is."""
        workplace = self._workplace
        with workplace.reading() as reader:
            row, case = load(reader, ref)
        self._admit(case, package, actor, on, today)
        kept = files.keep_stream(workplace, name, io.BytesIO(content))
        with workplace.writing() as tx:
            row, case = load(tx, row.pk)
            chosen = kind or kind_for(case)
            newest = [one for one in views(workplace, history_of(tx, row.id)) if one.kind == chosen][-1:]
            if any(one.sha256 == kept.sha256 for one in newest):
                raise Refusal("already_there", f"这份申请文件已经是此案的{chosen}", {"sha256": kept.sha256})
            if kept.sha256 not in {one.sha256 for one in files.of_case(workplace, tx, row.id)}:
                files.record(tx, workplace, row.id, case, kept, note=chosen.value, actor=actor, on=on, today=today)
            role = self._admit(case, package, actor, on, today)
            return self._write(tx, row, case, [packaged(package, chosen, kept.sha256, name, on)], role, actor)

    def _admit(self, case: CaseState, package: Package, actor: str, on: date, today: date) -> Role:
        workplace = self._workplace
        if case.procedure != PREEXAM:
            raise Refusal("not_this_service", "申请文件只属于专利预审的案件；其他文件请作为附件添加")
        if not any(part.known for part in package.parts):
            raise Refusal("no_documents", "没有认出任何申请文件（请求书、权利要求书、说明书等），没有收下")
        check_day(case.opened_on, on, workplace.context(workplace.rules_of(case), today))
        return files.require_attachable(case, "", actor, on, workplace.context(workplace.rules_of(case), today))

    def proposal(self, ref: str | int, package: Package) -> tuple[PackageKind, tuple[Difference, ...]]:
        """What a package that is about to come in most likely is, and where it says otherwise than the case."""
        with self._workplace.reading() as reader:
            _, case = load(reader, ref)
        return kind_for(case), differences(package, case.facts)

    def of(self, ref: str | int) -> tuple[PackageView, ...]:
        """The packages of a case, oldest first."""
        with self._workplace.reading() as reader:
            return views(self._workplace, history_of(reader, load(reader, ref)[0].id))

    def look(
        self, ref: str | int, read: Read, sha256: str = "", *, actor: str = "", today: date | None = None
    ) -> PackageReading:
        """A package read from its original, with what was found and decided; without ``sha256`` the newest."""
        workplace = self._workplace
        with workplace.reading() as reader:
            row, case = load(reader, ref)
            history = history_of(reader, row.id)
        view = _chosen(views(workplace, history), sha256)
        package = self._read(row, view, read)
        said = _judgements(history, view.sha256)
        phrases = workplace.book.phrases(PREEXAM)
        title = package.biblio.title or package.title or case.facts["title"]
        day = today or date.today()
        return PackageReading(
            view=view,
            package=package,
            findings=tuple(_decided(one, said.get(one.key), _words(one, phrases, title)) for one in examine(package)),
            differences=differences(package, case.facts),
            claims=claims_graph(package),
            writable=view.sha256 == case.examined
            and view.kind == PackageKind.TEXT
            and _may(case, actor, day, workplace.context(workplace.rules_of(case), day)),
        )

    def judge(
        self,
        ref: str | int,
        sha256: str,
        finding: Finding,
        judgement: Judgement,
        *,
        words: str = "",
        reason: str = "",
        actor: str,
        on: date,
        today: date,
    ) -> ActOutcome:
        """One word about one finding of the newest text under examination."""
        said = [Said(finding, judgement, words)]
        return self.judge_all(ref, sha256, said, reason=reason, actor=actor, on=on, today=today)

    def judge_all(
        self,
        ref: str | int,
        sha256: str,
        said: Sequence[Said],
        *,
        reason: str = "",
        actor: str,
        on: date,
        today: date,
    ) -> ActOutcome:
        """Several words, all of them or none."""
        workplace = self._workplace
        with workplace.writing() as tx:
            row, case = load(tx, ref)
            history = history_of(tx, row.id)
            _chosen(views(workplace, history), sha256)
            if sha256 != case.examined:
                raise Refusal("older_text", "只处理最近一份预审文本的初步判断", {"sha256": case.examined})
            role = require_judge(case, actor, on, workplace.context(workplace.rules_of(case), today))
            before = _judgements(history, sha256)
            if any(one.judgement is Judgement.OPEN and one.finding.key not in before for one in said):
                raise Refusal("nothing_decided", "这一条还没有处理过")
            events = [judged(one.finding, sha256, one.judgement, one.words, reason, on) for one in said]
            return self._write(tx, row, case, events, role, actor)

    def compare(self, ref: str | int, read: Read, passed: str = "", filed: str = "") -> PackageComparison:
        """The passed text beside the filed one; either may be named by its SHA-256. While nothing was filed, the two
        newest texts under examination: what the applicant changed."""
        workplace = self._workplace
        with workplace.reading() as reader:
            row, case = load(reader, ref)
            all_of_them = views(workplace, history_of(reader, row.id))
        left, right = _beside(all_of_them, case, passed, filed)
        return PackageComparison(left, right, compare(self._read(row, left, read), self._read(row, right, read)))

    def _read(self, row: CaseRow, view: PackageView, read: Read) -> Package:
        ask = partial(syncing.blob, self._workplace)
        return read(view.name, files.content(self._workplace, row.pk, view.sha256, ask))

    def _write(
        self, tx: Transaction, row: CaseRow, case: CaseState, events: Sequence[CaseEvent], role: Role, actor: str
    ) -> ActOutcome:
        workplace = self._workplace
        drafts = drafts_of(workplace, row.id, case, events, role, actor)
        after = project(tx, workplace, row.id, case, tx.append(drafts))
        return ActOutcome(
            number=case.number,
            stage=case.stage,
            stage_label=workplace.rules_of(case).procedure.stages[case.stage].label,
            events=len(events),
            due_on=date.fromisoformat(after["due_on"]) if after["due_on"] else None,
            moved=(row.pk,),
        )


def views(workplace: Workplace, read: CaseHistory) -> tuple[PackageView, ...]:
    """The packages that a history names, in its order."""
    here = files.kept(workplace)
    found = [one for one in read.counted if _is(one, PACKAGED)]
    return tuple(
        PackageView(
            number=number,
            kind=PackageKind(one.payload["kind"]),
            name=safe_name(one.payload["name"]),
            sha256=one.payload["sha256"],
            digest=one.payload["digest"],
            actor=one.actor,
            at=entered_at(one),
            here=here.has(one.payload["sha256"]),
        )
        for number, one in enumerate(found, 1)
    )


def _is(one: Envelope, kind: str) -> bool:
    return one.type == kind and understood(one.type, one.version)


def _judgements(read: CaseHistory, sha256: str) -> dict[str, Envelope]:
    """The last word about each finding of one package. One that came in again is looked at anew."""
    found: dict[str, Envelope] = {}
    for one in read.counted:
        if _is(one, PACKAGED) and one.payload["sha256"] == sha256 and one.payload["kind"] == PackageKind.TEXT:
            found = {}
        elif _is(one, JUDGED) and one.payload["package"] == sha256:
            found[one.payload["finding"]] = one
    return found


def _decided(finding: Finding, said: Envelope | None, proposed: str) -> FindingView:
    if said is None:
        return FindingView(finding, words=proposed)
    payload = said.payload
    return FindingView(
        finding,
        Judgement(payload["decision"]),
        payload.get("words") or proposed,
        payload.get("reason", ""),
        said.actor,
        entered_at(said),
    )


def _words(finding: Finding, phrases: Sequence[Phrase], title: str) -> str:
    """The sentence that is proposed for the opinion: the phrase for this check, filled in, else what the check says."""
    phrase = for_finding(phrases, finding)
    words = finding_line(finding.where, finding.text) if phrase is None else fill(phrase, finding, {"title": title})
    return words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1]}…"


def _chosen(found: Sequence[PackageView], sha256: str) -> PackageView:
    if not found:
        raise Refusal("no_package", "此案还没有申请文件，请先拖入或添加")
    if not sha256:
        return found[-1]
    named = [one for one in found if one.sha256 == sha256]
    if not named:
        raise Refusal("unknown_package", "此案没有这份申请文件", {"sha256": sha256})
    return named[-1]


def _beside(found: Sequence[PackageView], case: CaseState, left: str, right: str) -> tuple[PackageView, PackageView]:
    texts = [one for one in found if one.kind == PackageKind.TEXT]
    filed = [one for one in found if one.kind == PackageKind.FILED]
    if not (left or right or filed) and len(texts) > 1:
        before = texts[:-1]
        return (_passed(texts, case) if case.facts.get("passed_sha256") else before[-1]), texts[-1]
    if not (right or filed):
        raise Refusal("no_package", "此案还没有正式提交文本，预审文本也只有一份", {"kind": PackageKind.FILED.value})
    return (
        _chosen(found, left) if left else _passed(texts, case),
        _chosen(found, right) if right else filed[-1],
    )


def _passed(texts: Sequence[PackageView], case: CaseState) -> PackageView:
    """The text whose check value was recorded when the case passed; before that, or without one, the newest."""
    if not texts:
        raise Refusal("no_package", "此案还没有预审文本", {"kind": PackageKind.TEXT.value})
    wanted = case.facts.get("passed_sha256", "")
    named = [one for one in texts if wanted in (one.digest, one.sha256)]
    if wanted and not named:
        raise Refusal("passed_unknown", "登记的合格文本校验值与已收下的各份预审文本都不符，不能确定哪一份是合格文本")
    return named[-1] if named else texts[-1]


def _may(case: CaseState, actor: str, day: date, context: Context) -> bool:
    try:
        require_judge(case, actor, day, context)
    except Refusal:
        return False
    return True
