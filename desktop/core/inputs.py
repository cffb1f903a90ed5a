"""What an action asks for: the questions still open for a case, and reading the answers that were given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from desktop.core.cells import INVISIBLE, UNWRITABLE, code_of, date_of
from desktop.core.check import Check
from desktop.core.checklists import ANSWERS, DEFECT, Checklist
from desktop.core.classes import check_ipc, check_locarno
from desktop.core.identifiers import check_agency_code, check_application_number, check_uscc
from desktop.core.procedure import Action, Input
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType

ALL_ITEMS = "checklist"  # one value that answers every item not answered yet
NOTE = ".note"  # suffix: the note to a checklist item
TEXT_LIMIT = 20_000
_TRUE, _FALSE = {"是", "true", "1", "yes"}, {"否", "false", "0", "no", ""}
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
CHAINS = "@chains"
FROM_FACT = "@fact:"
_SHA256 = re.compile(r"[0-9a-f]{64}")
FARTHEST_YEARS = 30  # more than the life of a patent; a date further from the business date is a slip of the pen


def open_inputs(action: Action, facts: Mapping[str, str], category: str) -> tuple[Input, ...]:
    """The inputs that still have to be asked of a case of this category, given what is known."""
    return tuple(
        item
        for item in action.inputs
        if item.fits(category) and not (item.unless_fact and facts.get(item.unless_fact))
    )


def default_of(item: Input, facts: Mapping[str, str], on: date) -> str:
    """What is taken when nothing is given."""
    if item.default == "@on":
        return on.isoformat()
    if item.default.startswith(FROM_FACT):
        names = item.default.removeprefix(FROM_FACT).split("|")
        return next((known for name in names if (known := facts.get(name))), "")
    return item.default


def read_inputs(
    action: Action,
    values: Mapping[str, str],
    facts: Mapping[str, str],
    on: date,
    category: str,
    patent_type: PatentType | None,
    options: Callable[[Input], Sequence[str]],
) -> dict[str, str]:
    """The given values, checked and normalised; names of inputs that were left empty and are optional are absent.

    Raises :class:`Refusal` ``missing_input``, ``bad_input`` or ``unknown_input``; ``data["input"]`` names it.
    """
    known = {item.name for item in action.inputs}
    for name in values:
        if name not in known and not action.checklist:
            raise Refusal("unknown_input", f"“{action.label}”没有“{name}”这一项", {"input": name})
    found: dict[str, str] = {}
    asked = {item.name for item in open_inputs(action, facts, category)}
    for item in action.inputs:
        text = values.get(item.name, "").translate(INVISIBLE).strip()
        if text and not item.fits(category):
            raise Refusal(
                "unknown_input", f"这一类型的案件，“{action.label}”没有“{item.label}”这一项", {"input": item.name}
            )
        if text and item.name not in asked:
            _refuse_second_answer(action, item, text, facts[item.unless_fact])
            continue
        if not text and item.name in asked and not action.amends:
            text = default_of(item, facts, on)
        if not text:
            if item.required and item.name in asked:
                raise Refusal("missing_input", f"“{action.label}”需要填写：{item.label}", {"input": item.name})
            continue
        found[item.name] = _read(item, text, on, patent_type, options)
    return found


def _refuse_second_answer(action: Action, item: Input, text: str, known: str) -> None:
    """What is registered already may be repeated, not replaced on the way."""
    if text != known:
        raise Refusal(
            "already_registered",
            f"{item.label}已登记为“{known}”，“{action.label}”不能改动",
            {"input": item.name, "known": known},
        )


def _read(
    item: Input,
    text: str,
    on: date,
    patent_type: PatentType | None,
    options: Callable[[Input], Sequence[str]],
) -> str:
    def refuse(sentence: str) -> Refusal:
        return Refusal("bad_input", f"{item.label}：{sentence}", {"input": item.name, "value": text[:200]})

    if len(text) > TEXT_LIMIT:
        raise refuse(f"文字过长（上限 {TEXT_LIMIT} 字）")
    if not _writable(text):
        raise refuse("含有不能保存的控制字符")
    match item.type:
        case "text":
            text = one_line(text)
        case "date":
            found, why, doubt = date_of(text)
            if found is None:
                raise refuse(f"“{text[:40]}”{why}")
            if doubt:  # what a spreadsheet counted is for a person to write as a day
                raise refuse(f"“{text[:40]}”是表格软件的日期序号，请写成 {found}")
            day = found
            if item.fact and not item.future and day > on:
                raise refuse(f"{day} 晚于发生日期 {on}")
            if abs(day.year - on.year) > FARTHEST_YEARS:
                raise refuse(f"{day} 与发生日期 {on} 相差太远，疑为笔误")
            text = day.isoformat()
        case "integer":
            text = code_of(text)
            if not _INTEGER.fullmatch(text):
                raise refuse(f"“{text[:40]}”不是整数")
        case "bool":
            if text.lower() not in _TRUE | _FALSE:
                raise refuse("请填“是”或“否”")
            text = "是" if text.lower() in _TRUE else "否"
        case "choice":
            allowed = options(item)
            if text not in allowed and (allowed or item.choices != CHAINS):  # a list that nobody imported bars nothing
                raise refuse(f"“{text[:40]}”不在选项内：{'、'.join(allowed)}")
        case "person":
            text = one_line(text)
            allowed = options(item)
            if allowed and text not in allowed:
                raise refuse(f"“{text}”不在人员名单的相应角色内：{'、'.join(allowed)}")
        case "decimal":
            text = code_of(text).replace(",", "")
            if not _DECIMAL.fullmatch(text):
                raise refuse(f"“{text[:40]}”不是数")
        case "timestamp":
            text = _timestamp(text, refuse)
        case "application_number" | "uscc" | "class" | "agency_code":
            check = _checked(item.type, text, patent_type)
            if not check.valid:
                raise refuse(check.reason)
            text = check.normalized
        case "sha256":
            text = text.lower()
            if not _SHA256.fullmatch(text):
                raise refuse("应为 64 位十六进制的 SHA-256")
    return text


def _checked(kind: str, text: str, patent_type: PatentType | None) -> Check:
    match kind:
        case "application_number":
            return check_application_number(text, patent_type)
        case "uscc":
            return check_uscc(text)
        case "agency_code":
            return check_agency_code(text)
        case _:
            if patent_type is None:  # either scheme will do where nobody says which
                check = check_ipc(text)
                return check if check.valid else check_locarno(text)
            return check_locarno(text) if patent_type is PatentType.DESIGN else check_ipc(text)


def _timestamp(text: str, refuse: Callable[[str], Refusal]) -> str:
    """A moment with its offset from UTC, to the second or the minute as it was given."""
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise refuse(f"“{text[:40]}”不是时间（应如 2026-01-31T10:15+08:00）") from None
    if moment.tzinfo is None:
        raise refuse("请写明时区（北京时间写作 +08:00）")
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def one_line(text: str) -> str:
    """The text without line ends."""
    return " ".join(text.split()) if len(text.splitlines()) > 1 else text


def _writable(text: str) -> bool:
    return not UNWRITABLE.search(text)


def read_answers(checklist: Checklist, values: Mapping[str, str]) -> dict[str, list[str]]:
    """The checklist answers among ``values``: item -> [answer, note]. ``checklist`` answers all the others."""
    rest = values.get(ALL_ITEMS, "").strip()
    answers: dict[str, list[str]] = {}
    for item in checklist.items:
        answer = values.get(item.id, "").strip()
        note = values.get(item.id + NOTE, "").strip()
        if not answer and not note:
            continue
        if answer not in ANSWERS:
            raise Refusal(
                "bad_input",
                f"{item.id} {item.text}：“{answer}”不是答案，应为{'、'.join(ANSWERS)}",
                {"input": item.id, "value": answer},
            )
        if len(note) > TEXT_LIMIT or not _writable(note):
            reason = "含有不能保存的控制字符" if len(note) <= TEXT_LIMIT else f"文字过长（上限 {TEXT_LIMIT} 字）"
            raise Refusal("bad_input", f"{item.id} {item.text}的说明{reason}", {"input": item.id + NOTE})
        answers[item.id] = [answer, note]
    if rest and rest not in ANSWERS:
        raise Refusal("bad_input", f"检查表：“{rest}”不是答案，应为{'、'.join(ANSWERS)}", {"input": ALL_ITEMS})
    if rest:
        answers["*"] = [rest, ""]
    return answers


def merge_answers(
    checklist: Checklist, known: Mapping[str, Sequence[str]], given: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """All answers after this action; ``*`` fills what neither side answers."""
    rest = given.get("*")
    merged: dict[str, list[str]] = {}
    for item in checklist.items:
        answer = given.get(item.id) or known.get(item.id) or rest
        if answer:
            merged[item.id] = [answer[0], answer[1]]
    return merged


def defects(checklist: Checklist, answers: Mapping[str, Sequence[str]], others: Sequence[str] = ()) -> str:
    """The defects in words, substantive ones first, each with its clause and ground (never a bare 驳回). The lines of a
    note are several findings about one item; ``others`` are findings of form that this list has no line for."""
    parts: list[str] = []
    found = [item for item in checklist.items if answers.get(item.id, ("",))[0] == DEFECT]
    substantive = [item for item in found if "实质" in item.category]
    formal = [item for item in found if "实质" not in item.category]
    for heading, items, more in (("实质性缺陷", substantive, ()), ("形式缺陷", formal, others)):
        if not items and not more:
            continue
        parts.append(f"{'一二'[1 if parts else 0]}、{heading}")
        for number, item in enumerate(items, 1):
            note = answers[item.id][1] if len(answers[item.id]) > 1 else ""
            ground = f"；{item.ground}" if item.ground else ""
            lines = [line for line in note.splitlines() if line.strip()]
            if len(lines) < 2:
                said = note.strip() or f"不符合“{item.text}”"  # the list says how it should be, not what is wrong
                parts.append(f"{number}. {said}（{item.clause}{ground}）")
                continue
            parts.append(f"{number}. 关于“{item.text}”（{item.clause}{ground}）：")
            parts += [f"（{at}）{line.strip()}" for at, line in enumerate(lines, 1)]
        parts += [f"{number}. {line}" for number, line in enumerate(more, len(items) + 1)]
    return "\n".join(parts)
