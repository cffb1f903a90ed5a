"""The figures as a table on a terminal, where a Chinese character takes two columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = ("项目", "", "本程序", "参照", "比值", "目标", "底线", "结果", "次数")


def printed(document: Mapping[str, Any]) -> str:
    """The whole answer of ``kuaishen bench`` in words."""
    lines = [_HEAD]
    below: list[str] = []
    for row in document["rows"]:
        sign = "≥" if row["faster"] else "≤"
        must = "" if row["must"] is None else f"{sign} {row['must']:g}"
        lines.append(
            (
                row["name"], row["title"], _amount(row["seconds"], row["per"]),
                _amount(row["reference_seconds"], row["per"]), f"{row['ratio']:.3g}", f"{sign} {row['aim']:g}", must,
                row["verdict"], str(row["runs"]),
            )
        )  # fmt: skip
        below.append(f"{row['name']}：参照＝{row['reference_title']}；每次 {row['count']}" + _tail(row))
    below += [f"{name}：未测，{reason}" for name, reason in document.get("missing", {}).items()]
    if document["scale"] == "quick":
        below.append("数据量为全量的二十分之一，比值只供参考。")
    facts = [f"{name}：{text}" for name, text in document["machine"].items()]
    return "\n".join([*_aligned(lines), "", *below, "", *facts])


def _tail(row: Mapping[str, Any]) -> str:
    parts = [row["note"], *(f"结果有误：{fault}" for fault in row["faults"])]
    return "".join(f"；{part}" for part in parts if part)


def _amount(seconds: float, per: str) -> str:
    if per:
        return f"{1 / seconds:,.0f} {per}/秒"
    if seconds >= 1:
        return f"{seconds:.2f} 秒"
    return f"{seconds * 1e3:.3g} 毫秒"


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [
        "  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
