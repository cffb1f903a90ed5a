"""What a spreadsheet cell means: text with its debris removed, dates in the styles that people write. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

Cell = str | int | float | bool | date | datetime | None

EARLIEST = date(1985, 4, 1)  # the Patent Law came into force: nothing was filed before
LATEST_YEAR = 2100
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheet serial numbers from 1900-03-01 on
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})

# Control characters other than tab and line ends, and halves of surrogate pairs: no file or paper can hold them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# What is not to be seen and stands for nothing: joiners, byte order marks, and marks that turn the direction of
# writing, which copying from other programs leaves behind and which can make a text look like another.
INVISIBLE = dict.fromkeys([0xFEFF, 0x2060, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_EDGES = " \t\r\n\xa0\u3000\u2002\u2003\u2009"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?" + _TIME)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NO_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?")
_YEAR_ONLY = re.compile(r"(?:19|20)\d{2}\s*年?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-/ ][A-Za-z]{3,}.*|[A-Za-z]{3,}.*\d")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")


def text_of(cell: Cell) -> str:
    """The user's own text: only debris at the edges, invisible marks and line breaks are removed."""
    if isinstance(cell, str) and cell.isprintable():  # nearly every cell: nothing odd inside
        return cell.strip()
    if cell is None or cell is True or cell is False:
        return "" if cell is None else ("是" if cell else "否")
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else repr(cell)
    return _CONTROL.sub(" ", str(cell).translate(INVISIBLE)).strip(_EDGES)


def code_of(cell: Cell) -> str:
    """A code (number, symbol, type): half-width, with no blanks at the edges."""
    text = text_of(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def is_damaged_number(text: str) -> bool:
    """Scientific notation: a spreadsheet took a long number for a quantity and its end is lost."""
    return _SCIENTIFIC.fullmatch(text) is not None


def date_of(cell: Cell, earliest: date = EARLIEST) -> tuple[date | None, str, str]:
    """(date, error, warning). Error and warning are Chinese sentences without the value; a blank is (None, "", "").

    Accepts date cells, 2026-01-04, 2026/1/4, 2026.01.04, 2026年1月4日, 20260104 (each with an optional time of
    day) and, with a warning, a spreadsheet's serial number. Refuses what leaves the day open.
    """
    if isinstance(cell, datetime):
        return _bounded(cell.date(), earliest)
    if isinstance(cell, date):
        return _bounded(cell, earliest)
    text = code_of(cell)
    if not text:
        return None, "", ""
    if found := _DATE.fullmatch(text) or _PACKED.fullmatch(text):
        try:
            return _bounded(date(*map(int, found.groups())), earliest)
        except ValueError:
            return None, "没有这一天，请核对年月日", ""
    if _SERIAL.fullmatch(text):
        day = SERIAL_ZERO + timedelta(days=int(float(text)))
        _, error, _ = _bounded(day, earliest)
        if error:
            return None, f"是表格软件的日期序号，换算为 {day}，{error}", ""
        return day, "", f"是表格软件的日期序号，已换算为 {day}，请核对"
    return None, _why_no_date(text), ""


def _bounded(day: date, earliest: date) -> tuple[date | None, str, str]:
    if day < earliest:
        law = "专利法施行日 " if earliest == EARLIEST else ""
        return None, f"早于{law}{earliest}，请核对年份", ""
    if day.year > LATEST_YEAR:
        return None, f"年份超过 {LATEST_YEAR} 年，请核对年份", ""
    return day, "", ""


def _why_no_date(text: str) -> str:
    if text in ERRORS:
        return "单元格是公式错误，请填写日期"
    if _NO_DAY.fullmatch(text):
        return "只写到月，缺少日，请补全为 2026-03-05 这样的日期"
    if _YEAR_ONLY.fullmatch(text):
        return "只写到年，请补全为 2026-03-05 这样的日期"
    if _SHORT_YEAR.fullmatch(text):
        return "年月日的次序不能确定，请写成 2026-03-05 这样的日期"
    return "不是能认出的日期，请写成 2026-03-05 这样的日期"
