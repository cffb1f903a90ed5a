"""Events of a case in words, as the journal page and the record print them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.core.attachment import in_words
from desktop.core.case import AMENDED, ATTACHED, JUDGED, MATTER, OPENED, PACKAGED, RESOLVED, understood
from desktop.core.clocks import UNIT_WORDS
from desktop.core.custody import in_brief
from desktop.core.packaging import judged_words, packaged_words
from desktop.core.procedure import Procedure
from desktop.core.terms import NO_FIELD

_FACT_WORDS = {
    "title": "发明名称",
    "party": "申请主体",
    "uscc": "统一社会信用代码",
    "region": "所在地区",
    "main_class": "主分类号",
    "classes": "全部分类号",
    "field": "重点产业领域",
    "field_grade": "领域命中",
    "agency": "代理机构",
    "agency_code": "机构代码",
    "phone": "联系电话",
    "contact": "联系人",
    "note": "备注",
    "patent_type": "专利类型",
    "received_on": "接收日期",
    "platform_number": "平台案号",
    "application_number": "申请号",
    "examiner": "承办人",
    "category": "类型",
    "patent_number": "专利号",
    "filed_on": "申请日",
    "granted_on": "授权公告日",
    "industry_chain": "产业链",
    "outcome": "结果",
}
# Long texts have their own place on the page; the journal says that they exist.
OPENED_WORD = "收件"
LONG = {"opinion": "意见正文", "reply": "答复内容"}


def fact_word(name: str, procedure: Procedure) -> str:
    """The Chinese label of a fact: what the procedure asks it by, else its general name."""
    return procedure.fact_labels.get(name) or _FACT_WORDS.get(name, name)


def action_word(event_type: str, payload: Mapping[str, Any]) -> str:
    """The short name of what was done."""
    if event_type == OPENED:
        return OPENED_WORD
    return str(payload.get("label") or "未知动作")


def narrate(event_type: str, payload: Mapping[str, Any], procedure: Procedure, version: int = 1) -> str:
    """One event in one line. An event of a newer program says so instead of guessing."""
    if not understood(event_type, version):
        return "此项由更新版本的程序记录，本版本不能解释"
    if event_type == OPENED:
        facts = payload["facts"]
        said = [procedure.opening_label, facts.get(procedure.category_fact) or facts.get("patent_type", "")]
        if "field_grade" in facts:
            said.append(f"{facts.get('field') or NO_FIELD}（{facts['field_grade']}）")
        if payload.get("source"):
            said.append(f"来源 {payload['source']}")
        warnings = "".join(f"；注意：{warning}" for warning in payload.get("warnings", ()))
        return "，".join(said) + warnings
    if event_type == AMENDED:
        changes = "；".join(
            f"{fact_word(name, procedure)}由“{_short(payload.get('before', {}).get(name, '')) or '空'}”"
            f"改为“{_short(value) or '空'}”"
            for name, value in payload["facts"].items()
            if name != MATTER
        )
        if MATTER in payload["facts"]:
            joined = f"归入办理记录 {payload.get('matter_number', '')}"
            changes = f"{changes}；{joined}" if changes else joined
        reason = f"。原因：{payload['reason']}" if payload.get("reason") else ""
        return f"{payload.get('label', '更正')}：{changes}{reason}"
    if event_type == RESOLVED:
        sides = "；".join(payload.get("sides", ()))
        return f"裁决：{payload.get('chosen') or payload['choose']}（{sides}）。理由：{payload['reason']}"
    if event_type == ATTACHED:
        return in_words(payload)
    if event_type == PACKAGED:
        return packaged_words(payload)
    if event_type == JUDGED:
        return judged_words(payload)
    parts = [_headline(payload, procedure)]
    parts += _values(payload, procedure)
    parts += [_clock_words(effect, procedure) for effect in payload.get("clocks", ()) if effect["do"] != "void"]
    if "custody" in payload:
        parts.append(in_brief(payload["custody"]))
    parts += [f"注意：{warning}" for warning in payload.get("warnings", ())]
    return "；".join(part for part in parts if part)


def _headline(payload: Mapping[str, Any], procedure: Procedure) -> str:
    label = str(payload["label"])
    if payload.get("round"):
        label += f"（第 {payload['round']} 次）"
    if payload["to"] != payload["from"] and payload["to"] in procedure.stages:
        target = procedure.stages[payload["to"]].label
        return label if target in label or label in target else f"{label}，转入“{target}”"
    return label


def _values(payload: Mapping[str, Any], procedure: Procedure) -> list[str]:
    action = procedure.actions.get(payload["action"])
    labels = {item.name: item for item in action.inputs} if action else {}
    words = []
    for name, value in payload.get("values", {}).items():
        item = labels.get(name)
        label = item.label if item else name
        if name in LONG:
            words.append(f"{LONG[name]} {len(value)} 字")
            continue
        if item is not None and item.type == "choice":
            choices = procedure.choices.get(item.choices, ())
            name_of = next((c.label for c in choices if c.code == value), value)
            value = value if name_of == value else f"{value} {name_of}"
        elif item is not None and item.type == "sha256":
            value = f"{value[:8]}…{value[-8:]}"
        words.append(f"{label} {_short(value)}")
    return words


def _clock_words(effect: Mapping[str, Any], procedure: Procedure) -> str:
    label = next((clock.label for clock in procedure.clocks if clock.id == effect["clock"]), effect["clock"])
    match effect["do"]:
        case "pause":
            return f"{label}计时暂停"
        case "resume" | "restore":
            return f"{label}计时恢复"
        case "extend":
            return f"{label}期限延长 {effect['by']} {_unit_word(effect['clock'], procedure)}"
        case "exclude":
            return f"{label}扣除 {effect['on']} 至 {effect['until']}"
        case _:
            return ""


def _unit_word(clock: str, procedure: Procedure) -> str:
    rule = next((one for one in procedure.clocks if one.id == clock), None)
    limit = procedure.limits.get(rule.limit) if rule else None
    return UNIT_WORDS[limit.unit] if limit else ""


def _short(text: str, limit: int = 80) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
