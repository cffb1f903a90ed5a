"""The ledger (台账) as a workbook that opens, filters and prints without further work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from desktop.exchange.cells_out import DATE_FORMAT, look, row_xml, sheet_name
from desktop.exchange.sheet_file import write_sheet

A3 = 8  # the paper code of the file format
PAGE_WIDTH = 260  # characters that are still readable across one A3 page
REPEATED = 2  # columns that stand on every page, so that a row can be followed across

LedgerCell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class LedgerColumn:
    """``key`` names the value for the caller, ``width`` is in characters, ``kind``: text, date or number."""

    key: str
    title: str
    width: float = 12
    kind: str = "text"


def _dates(*pairs: tuple[str, str]) -> tuple[LedgerColumn, ...]:
    return tuple(LedgerColumn(key, title, 13, "date") for key, title in pairs)


# The order of the handbook's ledger page.
LEDGER_COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("serial", "序号", 6, "number"),
    LedgerColumn("number", "预审案号", 20),
    LedgerColumn("platform_number", "平台案号", 22),
    *_dates(("received_on", "接收日期")),
    LedgerColumn("party", "申请主体", 30),
    LedgerColumn("uscc", "统一社会信用代码", 21),
    LedgerColumn("region", "县区", 18),
    LedgerColumn("party_kind", "主体类型", 10),
    LedgerColumn("agency", "代理机构", 24),
    LedgerColumn("agency_code", "机构代码", 10),
    LedgerColumn("agent", "代理师", 10),
    LedgerColumn("contact", "联系人", 10),
    LedgerColumn("phone", "电话", 14),
    LedgerColumn("patent_type", "专利类型", 10),
    LedgerColumn("title", "发明名称", 40),
    LedgerColumn("field", "技术领域", 16),
    LedgerColumn("main_class", "主分类号", 14),
    LedgerColumn("field_grade", "领域命中", 12),
    LedgerColumn("examiner", "预审员", 10),
    *_dates(("accepted_on", "受理日")),
    LedgerColumn("acceptance", "受理结论", 12),
    *_dates(
        ("first_opinion_due", "首次审查截止"),
        ("first_opinion_on", "首次意见日"),
        ("reply_1_due", "第1次答复截止"),
        ("reply_1_on", "第1次答复日"),
        ("second_opinion_on", "第2次意见日"),
        ("reply_2_due", "第2次答复截止"),
        ("reply_2_on", "第2次答复日"),
    ),
    LedgerColumn("conclusion", "结论", 12),
    *_dates(("concluded_on", "结论日")),
    LedgerColumn("preexam_workdays", "预审周期（工作日）", 12, "number"),
    *_dates(("filing_due", "正式提交截止")),
    LedgerColumn("application_number", "申请号", 18),
    *_dates(("filed_on", "申请日"), ("paid_on", "缴费日"), ("returned_on", "回传日")),
    LedgerColumn("consistency", "一致性结论", 12),
    *_dates(("tagged_on", "打标日"), ("office_action_on", "一通日"), ("office_reply_on", "答复日")),
    LedgerColumn("grant", "授权/驳回", 11),
    *_dates(("granted_on", "授权公告日")),
    LedgerColumn("grant_days", "授权周期（日）", 12, "number"),
    LedgerColumn("overdue", "是否超期", 10),
    LedgerColumn("overdue_stages", "超期环节", 18),
    LedgerColumn("note", "备注", 24),
)

_LINE = Side(style="thin", color="FFBFC5CE")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD: dict[str, Any] = {
    "font": Font(name="宋体", bold=True, size=11),
    "fill": PatternFill("solid", fgColor="FFE8EDF4"),
    "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "border": _BOX,
}


def write_ledger(
    path: Path | str,
    rows: Iterable[Sequence[LedgerCell]],
    columns: Sequence[LedgerColumn] = LEDGER_COLUMNS,
    title: str = "预审台账",
) -> int:
    """Write one sheet whose cells follow ``columns``; answer the number of rows. Paper: A3 landscape, the header
    and the first two columns on every page. ``title`` is the sheet's name and the page heading.

    Raises Refusal("not_written") or Refusal("too_long")."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_name(title)
    _prepare(sheet, columns, title)
    for index, column in enumerate(columns, 1):
        cell = sheet.cell(1, index, column.title)
        for name, part in _HEAD.items():
            setattr(cell, name, part)
    looks = [look(sheet)] * len(columns)
    last = get_column_letter(len(columns))

    def finish(count: int) -> None:
        sheet.auto_filter.ref = f"A1:{last}{count + 1}"
        sheet.print_area = f"A1:{last}{count + 1}"

    return write_sheet(Path(path), book, (row_xml(number, row, looks) for number, row in enumerate(rows, 2)), finish)


def _prepare(sheet: Any, columns: Sequence[LedgerColumn], title: str) -> None:
    """What must stand in the file before the first row."""
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width = column.width
        if column.kind == "date":
            dimension.number_format = DATE_FORMAT
        elif column.kind == "text":
            dimension.number_format = "@"  # what is typed later into a number column stays as typed
    sheet.row_dimensions[1].height = 32
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A3
    sheet.page_setup.fitToWidth = ceil(sum(column.width for column in columns) / PAGE_WIDTH)
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    if len(columns) > REPEATED:
        sheet.print_title_cols = f"A:{get_column_letter(REPEATED)}"
    sheet.print_options.gridLines = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.8, 0.8
    sheet.oddHeader.center.text = title.replace("&", "&&")
    sheet.oddHeader.center.size = 16
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
