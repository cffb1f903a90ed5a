"""Identifiers: application, publication, agency numbers and 统一社会信用代码, in every usual spelling.

Sources: ZC 0006-2003 专利申请号标准 (number, kind digit, check digit); ZC 0007 for publication numbers;
GB 32100-2015 for the 统一社会信用代码.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum.cn import uscc

from desktop.core.check import Check, plain
from desktop.core.classes import check_ipc, check_locarno
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType

# Kind digit of an application number; 8 and 9 entered the national phase from a PCT application.
KIND_DIGITS = {
    "1": PatentType.INVENTION,
    "2": PatentType.UTILITY,
    "3": PatentType.DESIGN,
    "8": PatentType.INVENTION,
    "9": PatentType.UTILITY,
}
KIND_DIGIT = {PatentType.INVENTION: "1", PatentType.UTILITY: "2", PatentType.DESIGN: "3"}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_APPLICATION = re.compile(r"(?:CN|ZL)?(\d{12}|\d{8})\.?([\dX])", re.ASCII)
_WITHOUT_CHECK = re.compile(r"(?:CN|ZL)?(\d{12}|\d{8})\.?", re.ASCII)
# What is left when a spreadsheet took the number for a quantity: 2.02E+12, or 2020107003650.0
_SCIENTIFIC = re.compile(r"[\d.,]+E\+?\d+", re.ASCII)
_FLOATED = re.compile(r"(\d{13}|\d{9})\.0+", re.ASCII)
_FIRST_LONG_YEAR, _FIRST_YEAR = 2003, 1985

_PUBLICATION = re.compile(r"CN(\d{9}|\d{7}|8[5-9]\d{6})([A-Z])\d?", re.ASCII)
_PUBLICATION_KINDS = {
    "1": (PatentType.INVENTION, "ABC"),
    "2": (PatentType.UTILITY, "UY"),
    "3": (PatentType.DESIGN, "SD"),
}

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def application_check_digit(digits: str) -> str:
    """The check digit of the 12 (before October 2003: 8) digits before the dot: ``0`` to ``9`` or ``X``."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return "0123456789X"[total % 11]


def check_application_number(text: str | float, patent_type: PatentType | None = None) -> Check:
    """Both lengths, with or without CN/ZL, dot and blanks; normal form ``202010700365.0``.

    A float is what a spreadsheet makes of a number: it is refused like the text ``2.02E+12``, because its
    last digits cannot be trusted. With ``patent_type`` the kind digit must agree.
    """
    value = str(text)
    symbol = plain(value)
    fault = _spreadsheet_damage(symbol, isinstance(text, float))
    if fault:
        return _invalid(value, "number", fault)
    match = _APPLICATION.fullmatch(symbol)
    if match is None:
        return _invalid(value, "number", _application_fault(symbol))
    digits, given = match.groups()
    fault = _year_fault(digits)
    if fault:
        return _invalid(value, "number", fault)
    kind = digits[4] if len(digits) == 12 else digits[2]
    if kind not in KIND_DIGITS:
        return _invalid(value, "number", f"申请号的类型位应为 1、2、3、8、9，现在是 {kind}")
    expected = application_check_digit(digits)
    if given != expected:
        reason = f"申请号校验位不符：应为 {expected}，现在是 {given}，请核对整个号码"
        return _invalid(value, "number", reason)
    if patent_type is not None and KIND_DIGITS[kind] is not patent_type:
        reason = f"类型与申请号不符：申请号的类型位 {kind} 表示{KIND_DIGITS[kind]}，案件是{patent_type}"
        return _invalid(value, "number", reason)
    return Check(value, "number", True, f"{digits}.{expected}")


def example_application_number(patent_type: PatentType) -> str:
    """A well-formed number of that type that no office will ever give out, to show the form."""
    digits = f"2026{KIND_DIGIT[patent_type]}9999999"
    return f"{digits}.{application_check_digit(digits)}"


def check_publication_number(text: str) -> Check:
    """公布号 or 公告号: CN, 7 or 9 digits (8 before 1989), and a letter that fits the kind digit."""
    symbol = plain(text)
    match = _PUBLICATION.fullmatch(symbol)
    if match is None:
        return _invalid(text, "publication", _publication_fault(symbol))
    digits, letter = match.groups()
    kind = digits[2] if len(digits) == 8 else digits[0]
    if kind not in _PUBLICATION_KINDS:
        return _invalid(text, "publication", f"公开（公告）号的类型位应为 1、2、3，现在是 {kind}")
    patent_type, letters = _PUBLICATION_KINDS[kind]
    # The first series used the inventions' letters A and B for the examined texts of every type.
    if letter not in letters and not (len(digits) == 8 and letter in "AB"):
        wanted = f"末尾字母应为 {_either(letters)}，现在是 {letter}"
        reason = f"公开（公告）号的类型位 {kind} 表示{patent_type}，{wanted}"
        return _invalid(text, "publication", reason)
    return Check(text, "publication", True, symbol)


def check_uscc(text: str) -> Check:
    """统一社会信用代码, 18 characters with a check character."""
    symbol = plain(text).replace("-", "")
    if not symbol:
        return _invalid(text, "uscc", "统一社会信用代码为空")
    if len(symbol) != 18:
        return _invalid(text, "uscc", f"统一社会信用代码应为 18 位，现在是 {len(symbol)} 位")
    for position, character in enumerate(symbol, 1):
        if character not in _USCC_ALPHABET:
            reason = f"统一社会信用代码第 {position} 位不允许用“{character}”（不用字母 I、O、Z、S、V）"
            # The last place is the one that can be computed, so say what belongs there.
            if position == 18:
                reason += f"，校验位应为 {uscc.calc_check_digit(symbol[:17])}"
            return _invalid(text, "uscc", reason)
    if not symbol[2:8].isdigit():
        return _invalid(text, "uscc", "统一社会信用代码第 3 至 8 位应为行政区划的 6 位数字")
    expected = uscc.calc_check_digit(symbol[:17])
    if symbol[17] != expected:
        reason = f"统一社会信用代码校验位不符：应为 {expected}，现在是 {symbol[17]}，请核对整个代码"
        return _invalid(text, "uscc", reason)
    return Check(text, "uscc", True, symbol)


def check_agency_code(text: str) -> Check:
    """代理机构代码: five digits, the first two of the province."""
    symbol = plain(text)
    if not re.fullmatch(r"[1-9][0-9]{4}", symbol):
        reason = f"代理机构代码应为 5 位数字（前两位一般为省份代码，如 37），现在是“{symbol}”"
        return _invalid(text, "agency", reason)
    return Check(text, "agency", True, symbol)


_CHECKS: dict[str, Callable[[str], Check]] = {
    "number": check_application_number,
    "publication": check_publication_number,
    "ipc": check_ipc,
    "locarno": check_locarno,
    "uscc": check_uscc,
    "agency": check_agency_code,
}
KINDS = tuple(_CHECKS)


def check(kind: str, text: str) -> Check:
    """One identifier of any of :data:`KINDS`."""
    if kind not in _CHECKS:
        reason = f"不会校验“{kind}”，可校验的有：{'、'.join(KINDS)}"
        raise Refusal("check_kind_unknown", reason, {"kind": kind})
    return _CHECKS[kind](text)


def _invalid(value: str, kind: str, reason: str) -> Check:
    return Check(value, kind, False, "", reason)


def _spreadsheet_damage(symbol: str, is_float: bool) -> str:
    """The sentence for a number that a spreadsheet has treated as a quantity, else empty."""
    mend = "请在来源中把该列设为文本格式后重新导出，或按受理通知书重新录入"
    if _SCIENTIFIC.fullmatch(symbol):
        return f"申请号被电子表格当作数字，变成了科学计数“{symbol}”，后面的位数已经丢失；{mend}"
    floated = _FLOATED.fullmatch(symbol)
    if floated is not None:
        whole = floated.group(1)
        body, last = whole[:-1], whole[-1]
        guess = f"（原号可能是 {body}.{last}）" if application_check_digit(body) == last else ""
        return f"申请号被电子表格当作数字“{symbol}”，末位已不可靠{guess}；{mend}"
    if is_float:
        return f"申请号被电子表格当作数字“{symbol}”，校验位已不可靠；{mend}"
    return ""


def _application_fault(symbol: str) -> str:
    if not symbol:
        return "申请号为空"
    bare = _WITHOUT_CHECK.fullmatch(symbol)
    if bare is not None:
        digits = bare.group(1)
        return f"申请号缺少校验位，{digits} 的校验位应为 {application_check_digit(digits)}"
    if re.match(r"(?!CN|ZL)[A-Z]{2}", symbol):
        return f"“{symbol}”不是中国专利申请号"
    if _PUBLICATION.fullmatch(symbol):
        return f"“{symbol}”是公开（公告）号，这里应填申请号"
    count = sum(character.isdigit() or character == "X" for character in symbol)
    return (
        "申请号应为 12 位数字加 1 位校验位（2003 年 10 月以前为 8 位加 1 位），"
        f"如 {example_application_number(PatentType.INVENTION)}，现在是 {count} 位"
    )


def _year_fault(digits: str) -> str:
    """The year part must lie in the time in which that length was used."""
    if len(digits) == 12:
        year = int(digits[:4])
        known = _FIRST_LONG_YEAR <= year < 2100
        return "" if known else f"12 位申请号从 2003 年起使用，年份“{digits[:4]}”不对"
    year = int(digits[:2])
    year += 2000 if year < _FIRST_YEAR % 100 else 1900
    known = _FIRST_YEAR <= year <= _FIRST_LONG_YEAR
    return "" if known else f"8 位申请号用于 1985 至 2003 年，年份“{digits[:2]}”不对"


def _publication_fault(symbol: str) -> str:
    form = "应如 CN109102019A（CN、7 或 9 位数字、1 个字母）"
    if not symbol:
        return "公开（公告）号为空"
    if re.match(r"(?!CN)[A-Z]{2}", symbol):
        return f"“{symbol}”不是中国的公开（公告）号"
    if not symbol.startswith("CN"):
        return f"公开（公告）号缺少国家代码 CN，{form}"
    if not symbol[-1].isalpha():
        return f"公开（公告）号缺少末尾的文献种类字母，{form}"
    return f"“{symbol}”不是公开（公告）号，{form}"


def _either(letters: str) -> str:
    return "、".join(letters[:-1]) + " 或 " + letters[-1]
