"""Workbooks that the tests make themselves, good and bad."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADER = ["序号", "平台案号", "接收日期", "专利类型", "发明名称", "申请主体", "主分类号", "全部分类号", "联系电话"]


def case_row(number: int, **changes: Any) -> list[Any]:
    """A good row under HEADER, with the given cells changed by column title."""
    row = dict(
        zip(
            HEADER,
            [
                number,
                f"YS370120261{number:06}",
                "2026-01-04",
                "发明",
                f"一种测试装置{number}",
                "甲测试有限公司",
                "G06F 16/29",
                "G06F 16/29; G06N 3/04",
                "13800000000",
            ],
            strict=True,
        )
    )
    row.update(changes)
    return [row[title] for title in HEADER]


def book(path: Path, rows: Sequence[Sequence[Any]], shape: Callable[[Any], None] | None = None) -> Path:
    """An .xlsx of these rows; ``shape`` may do more to the sheet."""
    workbook = Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(list(row))
    if shape is not None:
        shape(sheet)
    workbook.save(path)
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def edited(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same workbook with one part changed: what vendors' writers and attackers do."""
    members = parts(path)
    changed = change(members[part])
    assert changed != members[part], "the edit found nothing to change"
    return pack(path, {**members, part: changed})


def small_workbook() -> bytes:
    buffer = io.BytesIO()
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(HEADER)
    for number in range(1, 6):
        sheet.append(case_row(number))
    workbook.save(buffer)
    return buffer.getvalue()
