"""An application package beside a case, and what people say of its findings: who may, and what the journal holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from desktop.core.attachment import readable, safe_name
from desktop.core.case import EVENT_VERSIONS, JUDGED, NEWER, PACKAGED, CaseEvent, CaseState
from desktop.core.checklists import DEFECT
from desktop.core.context import check_day, role_among
from desktop.core.refusal import Refusal
from desktop.core.terms import Judgement, PackageKind, Role

if TYPE_CHECKING:
    from datetime import date

    from desktop.core.checklists import Checklist
    from desktop.core.context import Context
    from desktop.core.finding import Finding
    from desktop.core.package import Package

LABEL: Final = "申请文件"
MOST_WORDS: Final = 2_000
MOST_REPEATED: Final = 1_000


def kind_for(case: CaseState) -> PackageKind:
    """What a package that comes in now most likely is."""
    return PackageKind.FILED if "FILED" in case.reached else PackageKind.TEXT


def packaged(package: Package, kind: PackageKind, sha256: str, name: str, on: date) -> CaseEvent:
    """The event that says: the attachment ``sha256`` is an application package. Its texts are not in it."""
    payload = {
        "action": "package",
        "label": LABEL,
        "kind": kind.value,
        "sha256": sha256,
        "digest": package.digest or sha256,  # of a text that cannot be read whole, that of the original
        "name": safe_name(name),
    }
    return CaseEvent(PACKAGED, EVENT_VERSIONS[PACKAGED], on.isoformat(), payload)


def require_judge(case: CaseState, actor: str, on: date, context: Context) -> Role:
    """The role in which ``actor`` may speak about a finding. Raises :class:`Refusal`."""
    role = role_among((Role.EXAMINER, Role.INTAKE, Role.REVIEWER, Role.LEAD), "处理初步判断", actor, context)
    if NEWER in case.flags:
        raise Refusal("needs_newer_program", "此案含有更新版本程序的记录，本版本只能查看")
    if case.ended:
        raise Refusal("case_ended", f"案件 {case.number} 已经办结，不再处理初步判断")
    check_day(case.opened_on, on, context)
    return role


def judged(
    finding: Finding, package: str, judgement: Judgement, words: str, reason: str, on: date
) -> CaseEvent:
    """The event. ``package`` is the SHA-256 of the attachment; what the check said is repeated, so that the journal can
    be read when the rules of the check have changed. ``words`` is the finding as a person put it."""
    words, reason = words.strip(), readable(reason)
    if len(words) > MOST_WORDS or len(reason) > MOST_WORDS:
        raise Refusal("bad_input", f"文字过长，最多 {MOST_WORDS} 字", {"input": "words"})
    payload: dict[str, Any] = {
        "action": "judge",
        "label": f"初步判断{judgement.value}",
        "package": package,
        "finding": finding.key,
        "decision": judgement.value,
        "rule": finding.rule,
        "item": finding.item,
        "article": finding.article,
        "where": _cut(finding.where),
        "text": _cut(finding.text),
        "passage": _cut(finding.passage),
    }
    payload.update({name: text for name, text in (("words", words), ("reason", reason)) if text})
    return CaseEvent(JUDGED, EVENT_VERSIONS[JUDGED], on.isoformat(), payload)


def with_accepted(
    checklist: Checklist, answers: Mapping[str, Sequence[str]], accepted: Iterable[Sequence[str]]
) -> dict[str, tuple[str, str]]:
    """Answers with the accepted findings (key, item, words) in them: their items are defects, their words stand in the
    notes, each once. One whose item the list does not have is left out. Doing it twice changes nothing."""
    merged = {item: (answer[0], answer[1] if len(answer) > 1 else "") for item, answer in answers.items()}
    found = list(accepted)
    for item in checklist.items:
        lines = [words for _, name, words in found if name == item.id]
        if lines:
            note = merged.get(item.id, ("", ""))[1]
            fresh = [line for line in lines if line not in note]
            merged[item.id] = (DEFECT, "\n".join(filter(None, (note, *fresh))))
    return merged


def without_item(checklist: Checklist, accepted: Iterable[Sequence[str]]) -> list[str]:
    """The words of the accepted findings that this list has no line for: what the request lacks, in the examination."""
    items = {item.id for item in checklist.items}
    return [words for _, name, words in accepted if name not in items]


def sent_with(accepted: Iterable[Sequence[str]], text: str) -> tuple[list[str], list[str]]:
    """Which accepted findings stand in a text that goes out (their keys), and the words of those that do not. White
    space does not count."""
    said = "".join(text.split())
    gone, left = [], []
    for key, _, words in accepted:
        if "".join(words.split()) in said:
            gone.append(key)
        else:
            left.append(words)
    return gone, left


def without_accepted(
    answers: Mapping[str, Sequence[str]], accepted: Iterable[Sequence[str]]
) -> dict[str, tuple[str, str]]:
    """What a person answered themselves: the reverse of :func:`with_accepted`. A defect that rests on findings alone is
    no answer of theirs, so it goes when the finding is taken back."""
    found = list(accepted)
    own: dict[str, tuple[str, str]] = {}
    for item, answer in answers.items():
        lines = {words for _, name, words in found if name == item}
        note = answer[1] if len(answer) > 1 else ""
        for words in lines:
            note = note.replace(words, "")
        kept = "\n".join(line.strip() for line in note.splitlines() if line.strip())
        if kept or not lines or answer[0] != DEFECT:
            own[item] = (answer[0], kept if lines else note)
    return own


def _cut(text: str) -> str:
    """What the journal repeats of a finding: a package may hold a paragraph of any length, an event may not."""
    return text if len(text) <= MOST_REPEATED else f"{text[: MOST_REPEATED - 1]}…"


def packaged_words(payload: Mapping[str, Any]) -> str:
    """申请文件（预审文本）申请文件.zip，文本校验值 12ab34cd…90ef56ab"""
    digest = str(payload["digest"])
    return f"{LABEL}（{payload['kind']}）{safe_name(str(payload['name']))}，文本校验值 {digest[:8]}…{digest[-8:]}"


def judged_words(payload: Mapping[str, Any]) -> str:
    """初步判断采纳：权利要求 3（细则25）……"""
    said = readable(str(payload.get("words") or payload["text"]))
    place = "，".join(readable(str(payload[name])) for name in ("where", "article") if payload[name])
    reason = f"。理由：{readable(str(payload['reason']))}" if payload.get("reason") else ""
    return f"初步判断{payload['decision']}：{said}{f'（{place}）' if place else ''}{reason}"
