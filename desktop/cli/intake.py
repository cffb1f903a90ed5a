"""``kuaishen import``: read a list, say what would happen or take it in."""

from __future__ import annotations

import secrets
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.app.views import IntakeReport, PlannedRow
from desktop.cli.output import REFUSED, Output, printable, table
from desktop.cli.session import (
    UNNAMED_CENTRE,
    actor_of,
    data_folder,
    open_desk,
    require_file,
    station_name,
    today,
    utf8,
)
from desktop.core.intake import LABELS, examine_rows
from desktop.core.refusal import Refusal
from desktop.exchange.error_copy import write_error_copy
from desktop.exchange.reading import Sheet, read_workbook
from desktop.exchange.recognition import Recognition, recognise, source_rows

if TYPE_CHECKING:
    from desktop.app.desk import Desk

SHOWN = 20  # refusals listed on a screen


def take_in(args: Namespace, out: Output) -> int:
    """Read the file before any store is made: a list that cannot be used must leave no trace."""
    from desktop.app.desk import Desk

    path = Path(args.file)
    require_file(path)
    sheet = read_workbook(path, sheet=args.sheet)
    chosen = _chosen(args.column)
    found = _recognised(sheet)
    day = today()
    if not Desk.exists(data_folder(args)):
        columns = found.remapped(chosen) if chosen else found
        if columns.missing:
            return _unusable(path, sheet, columns, args.dry_run, out)
    with _desk_for(args, out) as desk:
        columns = _columns(desk, sheet, found, chosen)
        if columns.missing:
            return _unusable(path, sheet, columns, args.dry_run, out)
        rows = examine_rows(source_rows(sheet, columns), day)
        if args.dry_run:
            report = desk.plan_intake(rows, progress=lambda done, total: out.progress("试读", done, total))
        else:
            report = desk.take_in(
                rows,
                actor=actor_of(args, desk),
                source=utf8(path.name),
                today=day,
                progress=lambda done, total: out.progress("导入", done, total),
            )
            if chosen:
                desk.remember_mapping(columns.fingerprint, columns.mapping())
    copied = _error_copy(args, sheet, report)
    out.answer(_document(path, sheet, columns, report, copied), _in_words(path, columns, report, copied))
    return 0


def _recognised(sheet: Sheet) -> Recognition:
    """A workbook may begin with a page of remarks: then the other sheets are named."""
    try:
        return recognise(sheet)
    except Refusal as refusal:
        others = "、".join(f"“{name}”" for name in sheet.names if name != sheet.name)
        if refusal.code != "no_header" or not others:
            raise
        reason = f"工作表“{sheet.name}”的{refusal.reason}工作簿中还有{others}，可用 --sheet 指定。"
        raise Refusal(refusal.code, reason, {**refusal.data, "sheets": list(sheet.names)}) from None


def _unusable(path: Path, sheet: Sheet, columns: Recognition, dry_run: bool, out: Output) -> int:
    """A list that lacks a column no case can do without: every row is refused, and for that one reason."""
    rows = [row.row for row in source_rows(sheet, columns)]
    lacking = tuple((label, "表中没有这一列") for label in columns.missing)
    refused = tuple(PlannedRow(row, "refused", "", "", "", lacking) for row in rows)
    report = IntakeReport(len(rows), 0, 0, 0, len(rows), refused, dry_run)
    try:
        columns.require_complete()
    except Refusal as refusal:
        out.note(refusal.reason)
        why = {"code": refusal.code, "reason": refusal.reason, "missing": list(columns.missing)}
        if out.as_json:
            out.answer({**_document(path, sheet, columns, report, ""), **why}, "")
    return REFUSED


@contextmanager
def _desk_for(args: Namespace, out: Output) -> Iterator[Desk]:
    """The store; a dry run where there is none looks at an empty one that is gone afterwards."""
    from desktop.app.desk import Desk

    if not args.dry_run or Desk.exists(data_folder(args)):
        with open_desk(args, out, create=True) as desk:
            yield desk
        return
    with tempfile.TemporaryDirectory(prefix="kuaishen-") as folder:
        desk = Desk.create(
            Path(folder), secrets.token_hex(16), centre=UNNAMED_CENTRE, station=station_name(), actor=actor_of(args)
        )
        try:
            yield desk
        finally:
            desk.close()


def _columns(desk: Desk, sheet: Sheet, found: Recognition, chosen: dict[str, str | int | None]) -> Recognition:
    """What was recognised, over it what somebody confirmed for this header before, over it what was said now."""
    remembered = desk.mapping_for(found.fingerprint)
    if remembered:
        found = recognise(sheet, remembered)
    return found.remapped(chosen) if chosen else found


def _chosen(words: list[str]) -> dict[str, str | int | None]:
    """``栏目=列名``; the field by its name or its Chinese label, an empty column means none."""
    fields = {**{name: name for name in LABELS}, **{label: name for name, label in LABELS.items()}}
    chosen: dict[str, str | int | None] = {}
    for word in words:
        field, mark, title = word.partition("=")
        if not mark or field not in fields:
            raise Refusal("unknown_field", f"“{word}”应写成 栏目=列名，栏目为：{'、'.join(LABELS.values())}")
        chosen[fields[field]] = title or None
    return chosen


def _refusals(report: IntakeReport) -> list[tuple[int, str, str]]:
    return [(row.row, column, reason) for row in report.rows for column, reason in row.reasons]


def _error_copy(args: Namespace, sheet: Sheet, report: IntakeReport) -> str:
    if not args.errors:
        return ""
    write_error_copy(Path(args.file), Path(args.errors), _refusals(report), sheet=sheet.name or None)
    return str(args.errors)


def _document(path: Path, sheet: Sheet, columns: Recognition, report: IntakeReport, copied: str) -> dict[str, Any]:
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "refusals": [{"row": row, "column": column, "reason": reason} for row, column, reason in _refusals(report)],
        "warnings": [{"row": row.row, "text": text} for row in report.rows for text in row.warnings],
        "dry_run": report.dry_run,
        "file": str(path),
        "sheet": sheet.name,
        "header_row": columns.header_row,
        "columns": {LABELS[field]: title for field, title in columns.mapping().items() if field in LABELS},
        "unknown_columns": list(columns.unknown),
        "remarks": [*sheet.notes, *columns.warnings],
        "errors_written_to": copied or None,
    }


def _in_words(path: Path, columns: Recognition, report: IntakeReport, copied: str) -> Iterator[str]:
    yield f"{path.name}：表头在第 {columns.header_row} 行，{'试读' if report.dry_run else '导入'} {report.read} 行"
    yield f"新收 {report.new}　更新 {report.changed}　未变 {report.unchanged}　未收入 {report.refused}"
    for remark in columns.warnings:
        yield f"提示：{printable(remark)}"
    refusals = _refusals(report)
    if refusals:
        yield ""
        shown = [(str(row), column, reason) for row, column, reason in refusals[:SHOWN]]
        yield from table(("行", "列", "未收入原因"), shown, (7, 20, 100))
    if len(refusals) > SHOWN:
        yield f"另有 {len(refusals) - SHOWN} 条；全部原因用 --errors 副本.xlsx 或 --json 查看"
    if copied:
        yield f"未收入的行和原因已写入 {copied}"
