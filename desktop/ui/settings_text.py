"""Turning what an administrator types, pastes or opens into a centre's document (TOML text)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import tomli_w

from desktop.app.queue_views import StaffMember
from desktop.core.refusal import Refusal
from desktop.core.workdays import parse_year_rows, year_document
from desktop.ui.i18n import tr

_GAP = re.compile(r"[\t,，]|\s{2,}|(?<=[\d日休班假])\s+")
_DAY = re.compile(r"\d{4}\D?\d{1,2}\D?\d{1,2}")


def calendar_rows(text: str) -> list[tuple[str, str, str, str]]:
    """Pasted lines 日期, 类型, 名称, 依据文号, parted by tabs, commas or blanks; lines without a day are headings."""
    rows = []
    for line in text.splitlines():
        parts = [part.strip() for part in _GAP.split(line.strip()) if part.strip()]
        if parts and _DAY.match(parts[0]):
            day, kind, name, basis = (*parts, "", "", "", "")[:4]
            rows.append((day, kind, name, basis))
    return rows


def calendar_document(text: str, *, basis: str, checked_on: str, status: str) -> str:
    """The document of one calendar year from pasted rows or from TOML (a year alone or a whole document).

    Raises Refusal with the line that cannot be read.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        data = {}
    if "document" in data:
        return text
    if "year" in data:
        year: dict[str, Any] = data
    else:
        table = parse_year_rows(calendar_rows(text), checked_on)
        year = year_document(table)
        year["basis"] = basis or table.basis
    year.setdefault("status", status)
    if status:
        year["status"] = status
    header = {"kind": "calendar", "basis": basis or str(year.get("basis", "")), "checked_on": checked_on,
              "status": status}
    return tomli_w.dumps({"document": header, "years": [year]})


def calendar_text(path: Path) -> str:
    """The rows of a workbook or CSV as text for the editor, or a TOML file as it is. Raises Refusal, OSError."""
    if path.suffix.lower() == ".toml":
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            raise Refusal("not_text", tr("{name} 不是 UTF-8 文本文件。", name=path.name)) from None
    from desktop.exchange.reading import read_workbook

    sheet = read_workbook(path)
    return "\n".join("\t".join(_cell(cell) for cell in row[:4]) for row in sheet.rows if any(row))


def _cell(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def staff_document(members: Sequence[StaffMember]) -> str:
    """The staff list as a document."""
    people = [{"name": member.name, "roles": list(member.roles)} for member in members]
    return tomli_w.dumps({"document": {"kind": "staff"}, "staff": people})
