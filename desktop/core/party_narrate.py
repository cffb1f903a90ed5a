"""Events of a party in words, one line each, as its journal shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desktop.core.party import flaw, understood
from desktop.core.party_facts import PartyKind, label_of

_LONGEST = 60


def narrate(kind: str, event_type: str, version: int, occurred_on: str, payload: Mapping[str, Any]) -> str:
    """One event of a party of this ``kind``. One of a newer program says so instead of guessing."""
    if not understood(event_type, version):
        return "此项由更新版本的程序记录，本版本不能解释"
    if flaw(event_type, version, occurred_on, payload):
        return "内容不成立，没有效力"
    text = _WORDS[event_type](kind, payload)
    reason = payload.get("reason")
    return f"{text}。理由：{reason}" if reason else text


def _registered(kind: str, payload: Mapping[str, Any]) -> str:
    source = f"，来源 {payload['source']}" if payload.get("source") else ""
    facts = payload["facts"]
    return f"登记{payload['kind']}“{facts['name']}”，{len(facts)} 项{source}"


def _amended(kind: str, payload: Mapping[str, Any]) -> str:
    before = payload["before"]
    changes = "；".join(
        f"{label_of(kind, name)}由“{_short(before.get(name, '')) or '空'}”改为“{_short(value) or '空'}”"
        for name, value in payload["facts"].items()
    )
    source = f"（{payload['source']}）" if payload.get("source") else ""
    return f"更正{source}：{changes}"


def _sanctioned(kind: str, payload: Mapping[str, Any]) -> str:
    until = f"至 {payload['to']}" if payload["to"] else "，未定期限"
    cases = f"；涉及案件 {'、'.join(payload['cases'])}" if payload["cases"] else ""
    how = "确认建议，" if payload.get("proposal") else ""
    return f"{how}{payload['measure']}：自 {payload['from']} {until}；规则：{payload['rule_text'].rstrip('。')}{cases}"


def _refused(kind: str, payload: Mapping[str, Any]) -> str:
    return f"{'登记' if kind == PartyKind.AGENCY else '备案'}申请不通过；依据：{payload['basis'].rstrip('。')}"


def _appealed(kind: str, payload: Mapping[str, Any]) -> str:
    note = f"；{payload['note']}" if payload.get("note") else ""
    return f"申诉结果（{payload['target']}）：{payload['outcome']}，{payload['on']}{note}"


def _found(kind: str, payload: Mapping[str, Any]) -> str:
    case = f"，案件 {payload['case']}" if payload["case"] else ""
    note = f"；{payload['note']}" if payload["note"] else ""
    return f"登记认定：{payload['kind']}{case}，认定日期 {payload['found_on']}{note}"


def _dismissed(kind: str, payload: Mapping[str, Any]) -> str:
    said = payload.get("sentence") or payload["proposal"]
    return f"驳回建议：{said}"


def _granted(kind: str, payload: Mapping[str, Any]) -> str:
    return f"{payload['year']} 年额度：基础 {payload['base']} 件，追加 {payload['extra']} 件"


def _merged(kind: str, payload: Mapping[str, Any]) -> str:
    return f"并入登记 {payload['into']}" if payload["into"] else "取消合并"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_WORDS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "party.registered": _registered,
    "party.amended": _amended,
    "party.sanctioned": _sanctioned,
    "party.refused": _refused,
    "party.appealed": _appealed,
    "party.lifted": lambda kind, payload: f"解除处理（{payload['sanction']}），自 {payload['on']} 起恢复",
    "party.found": _found,
    "party.dismissed": _dismissed,
    "party.granted": _granted,
    "party.merged": _merged,
    "party.noted": lambda kind, payload: f"备注：{payload['text']}",
}
