"""The rule language of a field's class lists.

========================== ====================================================================
``G06F``, ``G06F*``        a subclass; ``G06`` and ``G`` cover a class or a section likewise
``G06F11``, ``G06F11*``    main group 11 and everything in it, never groups 110 to 119: the
                           number of a group is a number, not the beginning of one
``G06F 16/00``             the same for group 16: lists name a main group by its first symbol
``G06F 16/2*``             the symbols of group 16 whose subgroup begins with 2
``G06F 16/29``             this symbol alone
``14``, ``14-*``           a main class of the Locarno classification
``14-02``                  this Locarno class alone
``-G06F 21/10``            an exception for the whole list
``G06F21*(不含G06F21/10)`` an exception to this rule; ``(G06F21/10除外)`` says the same
========================== ====================================================================

Rules are separated by commas, semicolons or 、. Spelling follows :mod:`desktop.core.classes`: width, case,
blanks and editions do not matter. Of the rules that cover a class the most specific one decides, an
exception before a rule of the same width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.core.check import plain
from desktop.core.classes import parse_ipc, parse_locarno
from desktop.core.refusal import Refusal

_SEPARATOR = re.compile(r"[,;、|](?![^()]*\))")  # not inside the brackets of an exception
_EDITION = re.compile(r"\((?:\d{4}\.\d{2}|\d{1,2})\)[IN]?", re.ASCII)
_PIECE = re.compile(r"(-?)([^()]+)(?:\((?:(?:不含|不包括|除):?([^()]+?)|([^()]+?))(除外|以外|外)?\))?")
_IPC_WIDE = re.compile(r"([A-H](?:\d{2}[A-Z]?)?)\*?", re.ASCII)
_IPC_GROUP = re.compile(r"([A-H]\d{2}[A-Z])(\d{1,4})(?:\*|/\*|/0{2,6}|/)?", re.ASCII)
_IPC_SUBGROUPS = re.compile(r"([A-H]\d{2}[A-Z])(\d{1,4})/(\d{1,6})\*", re.ASCII)
_LOCARNO_MAIN = re.compile(r"(\d{1,2})(?:-?\*)?", re.ASCII)


@dataclass(frozen=True)
class Pattern:
    """What a rule covers, as the beginning of a class key, or a whole key when ``exact``."""

    key: str
    exact: bool

    def covers(self, key: str) -> bool:
        return key == self.key if self.exact else key.startswith(self.key)

    @property
    def width(self) -> tuple[bool, int]:
        """Grows with how specific the pattern is."""
        return (self.exact, len(self.key))


@dataclass(frozen=True)
class ClassRule:
    """One rule. ``text`` is how it was written; ``include`` is False for an exception of the whole list."""

    text: str
    pattern: Pattern
    include: bool = True
    exceptions: tuple[Pattern, ...] = ()

    def covers(self, key: str) -> bool:
        return self.pattern.covers(key) and not any(pattern.covers(key) for pattern in self.exceptions)


def class_key(text: str, locarno: bool) -> str:
    """The key that rules look at: group numbers padded, so that a group is a fixed beginning."""
    if locarno:
        return parse_locarno(text).text
    symbol = parse_ipc(text)
    return _ipc_key(symbol.subclass, symbol.group) + symbol.subgroup


def parse_rules(text: str, locarno: bool) -> tuple[ClassRule, ...]:
    """The rules of one text. Raises :class:`Refusal` ``field_rule_invalid`` naming the piece."""
    written = _EDITION.sub("", plain(text))
    return tuple(_parse_rule(piece, locarno) for piece in _SEPARATOR.split(written) if piece)


def _parse_rule(piece: str, locarno: bool) -> ClassRule:
    match = _PIECE.fullmatch(piece)
    if match is None:
        raise _unreadable(piece, locarno)
    minus, body, without, others, closing = match.groups()
    if others and not closing:  # brackets that do not speak of an exception
        raise _unreadable(piece, locarno)
    listed = [part for part in re.split(r"[,;、|和及]", without or others or "") if part]
    exceptions = tuple(_pattern(part, locarno) for part in listed)
    if minus and exceptions:
        raise _unreadable(piece, locarno)
    return ClassRule(piece, _pattern(body, locarno), not minus, exceptions)


def _pattern(body: str, locarno: bool) -> Pattern:
    if locarno:
        if match := _LOCARNO_MAIN.fullmatch(body):
            body = f"{int(match[1]):02}-"
            if 1 <= int(match[1]) <= 32:
                return Pattern(body, False)
    elif match := _IPC_WIDE.fullmatch(body):
        return Pattern(match[1], False)
    elif match := _IPC_GROUP.fullmatch(body):
        return Pattern(_ipc_key(match[1], int(match[2])), False)
    elif match := _IPC_SUBGROUPS.fullmatch(body):
        return Pattern(_ipc_key(match[1], int(match[2])) + match[3], False)
    try:
        return Pattern(class_key(body, locarno), True)
    except Refusal:
        raise _unreadable(body, locarno) from None


def _ipc_key(subclass: str, group: int) -> str:
    return f"{subclass}{group:04}/"


def _unreadable(piece: str, locarno: bool) -> Refusal:
    scheme, form = "IPC", "G06F、G06F11*、G06F 16/29、G06F21*(不含G06F21/10) 或 -G06F 21/10"
    if locarno:
        scheme, form = "洛迦诺", "14、14-02 或 -14-02"
    return Refusal("field_rule_invalid", f"无法识别{scheme}规则“{piece}”，应如 {form}", {"rule": piece})
