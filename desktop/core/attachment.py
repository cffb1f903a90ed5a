"""A file put beside a case: who may do that, what the journal says of it, and what its name may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from desktop.core.case import ATTACHED, EVENT_VERSIONS, NEWER, CaseEvent, CaseState
from desktop.core.refusal import Refusal
from desktop.core.terms import Role

if TYPE_CHECKING:
    from datetime import date

    from desktop.core.context import Context

ATTACH, LABEL = "attach", "附件"
SHA256: Final = re.compile("[0-9a-f]{64}")
NAMELESS: Final = "附件"
_MOST_NOTE: Final = 500
_MOST_NAME: Final = 180  # bytes in UTF-8: file systems take 255, and others add to a name
_MOST_ENDING: Final = 20
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')  # by Windows, the strictest of those who will write the file
_DEVICES: Final = re.compile(r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE)


def require_attachable(case: CaseState, note: str, actor: str, on: date, context: Context) -> Role:
    """The role in which ``actor`` puts a file beside the case: any will do, and a dispute is no hindrance.

    Raises :class:`Refusal`: who is on no list, a case that can only be looked at here, a date far ahead, a long note.
    """
    from desktop.core.context import check_day, role_among

    role = role_among(tuple(Role), LABEL, actor, context)
    if NEWER in case.flags:
        raise Refusal("needs_newer_program", "此案含有更新版本程序的记录，本版本只能查看")
    if context.rules.missing:
        listed = "、".join(context.rules.missing)
        raise Refusal("rules_missing", f"此案依据的{listed}还没有到达本站点，只能查看", {"missing": listed})
    stage = context.rules.procedure.stages[case.stage]
    if not stage.files:
        raise Refusal("files_closed", f"此案现为“{stage.label}”，不能再加文件", {"stage": case.stage})
    check_day("", on, context)
    if len(readable(note)) > _MOST_NOTE:
        raise Refusal("bad_input", f"附件的说明过长，最多 {_MOST_NOTE} 字", {"input": "note"})
    return role


def attached(sha256: str, name: str, size: int, note: str, on: date, sm3: str = "") -> CaseEvent:
    """The event. ``name`` is cleaned; the content is known by its SHA-256 alone, ``sm3`` is a second digest of it."""
    payload = {
        "action": ATTACH,
        "label": LABEL,
        "sha256": sha256,
        "name": safe_name(name),
        "size": size,
        "note": readable(note),
        **({"sm3": sm3} if sm3 else {}),
    }
    return CaseEvent(ATTACHED, EVENT_VERSIONS[ATTACHED], on.isoformat(), payload)


def in_words(payload: Mapping[str, Any]) -> str:
    """附件 说明书.pdf（312 KB，SHA-256 12ab34cd…90ef56ab）：说明"""
    sha256, size, note = payload.get("sha256"), payload.get("size"), readable(str(payload.get("note", "")))
    if not isinstance(sha256, str) or not isinstance(size, int):
        return f"{LABEL}，登记的内容不成立"
    words = f"{safe_name(str(payload.get('name', '')))}（{size_words(size)}，SHA-256 {sha256[:8]}…{sha256[-8:]}）"
    return f"{LABEL} {words}{f'：{note}' if note else ''}"


def size_words(size: int) -> str:
    """Bytes as people read them: 97 字节, 312 KB, 1.4 MB."""
    if size < 1_000:
        return f"{size} 字节"
    for unit in ("KB", "MB"):
        size_in = size / 1024 ** (1 if unit == "KB" else 2)
        if unit == "MB" or size_in < 999.5:
            return f"{size_in:.1f} {unit}" if size_in < 9.95 else f"{size_in:,.0f} {unit}"
    raise AssertionError("no unit")


def readable(text: str) -> str:
    """One line without anything that is not to be seen: control characters, marks that turn the direction of
    writing (they can make an ending look like another), halves of characters."""
    seen = "".join(" " if one.isspace() else one for one in text)
    kept = "".join(one for one in seen if unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def safe_name(name: str) -> str:
    """A file name that every file system takes and that leads nowhere: no path, no device, no surprise. It is only a
    label; two files may have the same."""
    last = re.split(r"[/\\]", readable(name))[-1]
    clean = _FORBIDDEN.sub("_", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot or len(ending.encode()) > _MOST_ENDING:
        stem, ending = clean, ""
    tail = f".{ending}" if ending else ""
    stem = stem.encode()[: _MOST_NAME - len(tail.encode())].decode(errors="ignore").strip(" .")
    if not stem and not tail:
        return NAMELESS
    if not stem or _DEVICES.fullmatch(stem.split(".")[0].strip()):  # the first part alone makes a device of it
        stem = f"{NAMELESS}{f'-{stem}' if stem else ''}"
    return stem + tail
