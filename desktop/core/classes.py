"""Patent classes: IPC symbols and Locarno classes in every spelling that lists and gazettes print.

Only the form is checked. Editions differ and groups come and go, so an unknown group is never refused.
Sources: IPC guide (WIPO) for the symbol, Locarno Agreement for classes 01 to 32.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.core.check import Check, plain
from desktop.core.refusal import Refusal

_IPC = re.compile(
    r"(?:INT\.?CL\.?\d{0,2}[:.]?)?"  # gazettes print the scheme before the symbol
    r"([A-H]\d{2}[A-Z])(\d{1,4})/(\d{2,6})"
    r"(?:\((\d{4}\.\d{2})\))?[IN]?",  # edition, and I/N for invention or additional information
    re.ASCII,
)
_IPC_TAIL = re.compile(r"\(\d{4}\.\d{2}\)[IN]?$", re.ASCII)
_LOCARNO = re.compile(
    r"(?:LOC(?:ARNO)?(?:\((\d{1,2})\))?\.?(?:CL\.?)?[:.]?)?"
    r"(\d{1,2})-(\d{2})(?:\((\d{1,2})\)|\[(\d{1,2})\])?",
    re.ASCII,
)
_SEPARATORS = re.compile(r"[;；,，、|\r\n]+")


@dataclass(frozen=True)
class Ipc:
    """One complete IPC symbol: subclass ``G06F``, group 16, subgroup ``29``, edition ``2019.01`` or empty."""

    subclass: str
    group: int
    subgroup: str
    edition: str = ""

    @property
    def text(self) -> str:
        """The normal form, without the edition: ``G06F 16/29``."""
        return f"{self.subclass} {self.group}/{self.subgroup}"


@dataclass(frozen=True)
class Locarno:
    """One Locarno class, e.g. main 14, sub ``02``, edition ``15`` or empty."""

    main: int
    sub: str
    edition: str = ""

    @property
    def text(self) -> str:
        """The normal form, without the edition: ``14-02``."""
        return f"{self.main:02}-{self.sub}"


def split_classes(text: str) -> tuple[str, ...]:
    """The single classes of a list cell, in order, without blanks around them and without empty pieces."""
    # A blank lost in a wrong encoding shows as a question mark beside the separator.
    pieces = (piece.strip().strip("?？").strip() for piece in _SEPARATORS.split(text))
    return tuple(piece for piece in pieces if piece)


def parse_ipc(text: str) -> Ipc:
    """The symbol down to its subgroup. Raises :class:`Refusal` ``ipc_invalid`` with a sentence."""
    symbol = plain(text)
    match = _IPC.fullmatch(symbol)
    if match is None:
        raise Refusal("ipc_invalid", _ipc_fault(symbol), {"value": text})
    subclass, group, subgroup, edition = match.groups()
    if int(group) == 0:
        raise Refusal("ipc_invalid", "IPC 分类号的大组号不能为 0", {"value": text})
    return Ipc(subclass, int(group), subgroup, edition or "")


def parse_locarno(text: str) -> Locarno:
    """The class and subclass. Raises :class:`Refusal` ``locarno_invalid`` with a sentence."""
    symbol = plain(text)
    match = _LOCARNO.fullmatch(symbol)
    if match is None:
        raise Refusal("locarno_invalid", _locarno_fault(symbol), {"value": text})
    before, main, sub, after, bracketed = match.groups()
    if not 1 <= int(main) <= 32:
        reason = f"洛迦诺分类的大类为 01 至 32，没有 {int(main):02}"
        raise Refusal("locarno_invalid", reason, {"value": text})
    return Locarno(int(main), sub, after or bracketed or before or "")


def check_ipc(text: str) -> Check:
    try:
        return Check(text, "ipc", True, parse_ipc(text).text)
    except Refusal as refusal:
        return Check(text, "ipc", False, "", refusal.reason)


def check_locarno(text: str) -> Check:
    try:
        return Check(text, "locarno", True, parse_locarno(text).text)
    except Refusal as refusal:
        return Check(text, "locarno", False, "", refusal.reason)


def _ipc_fault(symbol: str) -> str:
    """Which part of the symbol is wrong, for somebody who has to mend it."""
    form = "应如 G06F 16/29"
    if not symbol:
        return "IPC 分类号为空"
    if _LOCARNO.fullmatch(symbol):
        return f"“{symbol}”是洛迦诺分类号，不是 IPC 分类号"
    if len(split_classes(symbol)) > 1:
        return "这里只能填一个 IPC 分类号"
    if not re.match(r"[A-H]", symbol):
        return f"IPC 的部应为 A 至 H 的字母，现在以“{symbol[0]}”开头，{form}"
    if not re.match(r"[A-H][0-9]{2}[A-Z](?:[0-9(]|$)", symbol):
        return f"IPC 的小类应为一个字母、两位数字、一个字母，{form}"
    stem = _IPC_TAIL.sub("", symbol)
    if "/" not in stem:
        return f"缺少分组“/”：“{stem}”没有写到小组，{form}"
    return f"“{symbol}”不是完整的 IPC 分类号，大组为 1 至 4 位数字，小组为 2 至 6 位数字，{form}"


def _locarno_fault(symbol: str) -> str:
    form = "应如 14-02"
    if not symbol:
        return "洛迦诺分类号为空"
    if _IPC.fullmatch(symbol):
        return f"“{symbol}”是 IPC 分类号，外观设计应填洛迦诺分类号，{form}"
    if len(split_classes(symbol)) > 1:
        return "这里只能填一个洛迦诺分类号"
    return f"“{symbol}”不是洛迦诺分类号，{form}"
