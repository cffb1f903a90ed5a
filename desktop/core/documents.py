"""Reading documents that people write: typed look-ups that collect every fault in words before saying no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from desktop.core.refusal import Refusal

E = TypeVar("E", bound=StrEnum)
_MISSING = object()


class Problems:
    """The faults of one document, each with its place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[str] = []

    def add(self, place: str, sentence: str) -> None:
        self.found.append(f"{place}：{sentence}" if place else sentence)

    def raise_if_any(self) -> None:
        """Raises :class:`Refusal` ``bad_document`` with all sentences in ``data["problems"]``."""
        if self.found:
            more = f"（共 {len(self.found)} 处）" if len(self.found) > 1 else ""
            raise Refusal("bad_document", f"{self.name}文件有误{more}：{self.found[0]}", {"problems": list(self.found)})


class Table:
    """One table of a document. Wrong or missing values are noted and a harmless value is returned."""

    def __init__(self, data: Mapping[str, object], place: str, problems: Problems) -> None:
        self._data = data
        self._asked: set[str] = set()
        self.place = place
        self.problems = problems

    def keys(self) -> tuple[str, ...]:
        return tuple(self._data)

    def no_others(self) -> None:
        """Call when all is read: a key nobody asked for is a slip of the pen, and is a fault."""
        for key in self._data:
            if key not in self._asked:
                self.problems.add(self.at(key), "不认识的项，疑为笔误")

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _get(self, key: str, default: object) -> object:
        self._asked.add(key)
        value = self._data.get(key, _MISSING)
        if value is not _MISSING:
            return value
        if default is _MISSING:
            self.problems.add(self.at(key), "缺少此项")
        return default

    def text(self, key: str, default: object = _MISSING) -> str:
        value = self._get(key, default)
        if isinstance(value, (date, datetime)):
            return value.isoformat()
        if isinstance(value, str):
            return value
        if value is not _MISSING:
            self.problems.add(self.at(key), f"应为文字，写成了 {value!r}")
        return ""

    def integer(self, key: str, default: object = _MISSING) -> int:
        value = self._get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is not _MISSING:
            self.problems.add(self.at(key), f"应为整数，写成了 {value!r}")
        return 0

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._get(key, default)
        if isinstance(value, bool):
            return value
        self.problems.add(self.at(key), f"应为 true 或 false，写成了 {value!r}")
        return default

    def texts(self, key: str, *, optional: bool = False) -> tuple[str, ...]:
        value = self._get(key, () if optional else _MISSING)
        if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(v, str) for v in value):
            return tuple(str(v) for v in value)
        if value is not _MISSING:
            self.problems.add(self.at(key), "应为文字的列表")
        return ()

    def integers(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        value = self._get(key, default)
        if isinstance(value, Sequence) and all(isinstance(v, int) and not isinstance(v, bool) for v in value):
            return tuple(int(str(v)) for v in value)
        self.problems.add(self.at(key), "应为整数的列表")
        return default

    def choice(self, key: str, kind: type[E], default: object = _MISSING) -> E:
        word = self.text(key, default)
        try:
            return kind(word)
        except ValueError:
            if word:
                self.problems.add(self.at(key), f"“{word}”不认识，应为：{'、'.join(kind)}")
            return next(iter(kind))

    def choices(self, key: str, kind: type[E]) -> list[E]:
        found = []
        for word in self.texts(key):
            try:
                found.append(kind(word))
            except ValueError:
                self.problems.add(self.at(key), f"“{word}”不认识，应为：{'、'.join(kind)}")
        return found

    def table(self, key: str, *, optional: bool = False) -> Table:
        value = self._get(key, {} if optional else _MISSING)
        if isinstance(value, Mapping):
            return Table(value, self.at(key), self.problems)
        if value is not _MISSING:
            self.problems.add(self.at(key), "应为一张表")
        return Table({}, self.at(key), self.problems)

    def tables(self, key: str, *, optional: bool = False) -> tuple[Table, ...]:
        value = self._get(key, () if optional else _MISSING)
        if isinstance(value, Sequence) and all(isinstance(row, Mapping) for row in value):
            return tuple(
                Table(row, f"{self.at(key)}[{row.get('id') or row.get('code') or row.get('name') or n}]", self.problems)
                for n, row in enumerate(value, 1)
                if isinstance(row, Mapping)
            )
        if value is not _MISSING:
            self.problems.add(self.at(key), "应为若干张表")
        return ()

    def day(self, key: str, default: object = _MISSING) -> str:
        """An ISO date as text, or empty text."""
        word = self.text(key, default)
        if word:
            try:
                return date.fromisoformat(word).isoformat()
            except ValueError:
                self.problems.add(self.at(key), f"“{word}”不是日期（应如 2026-01-31）")
        return ""
