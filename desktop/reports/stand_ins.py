"""What is printed for characters that no bundled face has, and the sentence that names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.reports.fonts import missing_glyphs

STAND_IN = "〓"  # the printers' mark for a character that the case does not hold
_NAMED_PLACES = 5  # the foot names this many places


@dataclass(frozen=True, slots=True)
class StandIns:
    """``shapes`` is a table for str.translate; ``note`` goes to the foot of the paper."""

    shapes: dict[int, str]
    note: str

    def shown(self, text: str) -> str:
        """``text`` with 〓 for each character that cannot be printed."""
        return text.translate(self.shapes)


def stand_ins(places: Iterable[tuple[str, str]]) -> StandIns | None:
    """``places``: every text of a paper with the words by which a person finds it. None when all can be printed."""
    absent = [(place, missing) for place, text in places if (missing := missing_glyphs(text))]
    if not absent:
        return None
    listed = [f"{place}为{'、'.join(f'U+{ord(c):04X}' for c in missing)}" for place, missing in absent[:_NAMED_PLACES]]
    more = f"；另有 {len(absent) - _NAMED_PLACES} 处" if len(absent) > _NAMED_PLACES else ""
    shapes = {ord(character): STAND_IN for _, missing in absent for character in missing}
    named = "；".join(one.translate(shapes) for one in listed)
    return StandIns(shapes, f"{STAND_IN} 代表随附字体没有的字符：{named}{more}。")
