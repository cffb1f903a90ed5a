"""Which picture a text shows at a place: by content where the package holds the file, else by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from desktop.core.comparison_units import Kind, Row, Unit
from desktop.core.package import PICTURE_MARK, Package, Part, picture_name


def base(part: Part) -> str:
    return re.split(r"[/\\!]", part.file)[-1].casefold()


class Names:
    """The pictures of the filed side under the names that their contents have on the passed side, so that a picture
    under a new name is the same, and another under the old name is not."""

    def __init__(self, passed: Package, filed: Package) -> None:
        left, right = ({_key(part.file): part for part in one.parts} for one in (passed, filed))
        homes: dict[str, str] = {}
        for name, part in left.items():
            homes.setdefault(part.sha256, name)
        self._names: dict[str, str] = {}
        for name, part in right.items():
            same = name in left and left[name].sha256 == part.sha256
            if part.sha256 and not same and part.sha256 in homes:
                self._names[name] = picture_name(left[homes[part.sha256]].file)
        self._held = left.keys(), {_key(self._name(part.file)) for part in filed.parts}
        self._left = dict(zip(passed.figures, passed.figure_files, strict=False))
        self._right = dict(zip(filed.figures, filed.figure_files, strict=False))

    def of_passed(self, units: Iterable[Unit]) -> list[Unit]:
        """Units of the filed side."""
        return [
            unit._replace(text=PICTURE_MARK.sub(lambda mark: f"〔图：{self._name(mark[1])}〕", unit.text))
            if "〔图：" in unit.text
            else unit
            for unit in units
        ]

    def with_pictures(self, row: Row) -> Row:
        """The row of a figure, changed if it shows another picture. One that neither side knew before may be the same
        picture, saved again: that is said among the files."""
        left, right = self._left.get(row.left_text, ""), self._right.get(row.right_text, "")
        shown = [self._name(name) for name in right.split("、")]
        if not (left and right) or [_key(name) for name in shown] == [_key(name) for name in left.split("、")]:
            return row
        known = self._held[0] & {_key(name) for name in shown} or self._held[1] & {*map(_key, left.split("、"))}
        if not known and self._held[0] and _key(left) in self._held[0]:
            return row
        texts = f"{row.left_text}〔图：{left}〕", f"{row.right_text}〔图：{right}〕"
        return replace(row, kind=Kind.CHANGED, left_text=texts[0], right_text=texts[1])

    def _name(self, name: str) -> str:
        return self._names.get(_key(name), picture_name(name))


def _key(file: str) -> str:
    return picture_name(file).casefold()
