"""The strip at the left of the list of parties: which register, which status, what calls for somebody, which tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QWidget

from desktop.app.party_views import PartyQuery
from desktop.core.party_facts import STRATEGIC
from desktop.ui.i18n import tr
from desktop.ui.parties_words import KINDS, STATUSES, kind_title, status_words
from desktop.ui.queue_side import LINE, Line, QueueSide
from desktop.ui.theme import Theme, text_width

if TYPE_CHECKING:
    from datetime import date

    from desktop.app.desk import Desk

#: More tags than this do not stand in the strip; any tag can be typed.
MOST_TAGS = 12


@dataclass(frozen=True)
class PartyLine(Line):
    """``kind``: caption, kind, status, proposals, tag or other."""

    @property
    def words(self) -> str:
        return self.label if self.count is None else tr("{label}：{n} 个", label=self.label, n=self.count)


@dataclass(frozen=True)
class PartyCounts:
    """How many there are: by register, and of the one looked at by status, with proposals and by tag."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    proposals: int = 0
    tags: Mapping[str, int] = field(default_factory=dict)


def count(desk: Desk, kind: str, tags: Iterable[str], on: date) -> PartyCounts:
    """Ask for the numbers alone; no row is read."""

    def number(**wanted: object) -> int:
        query = PartyQuery(**{"kind": kind, **wanted})  # type: ignore[arg-type]
        return desk.parties.page(query, on=on, limit=0).total

    return PartyCounts(
        {one: number(kind=one) for one in KINDS}, {one: number(status=one) for one in STATUSES},
        number(proposals=True), {tag: number(tag=tag) for tag in tags},
    )


class PartySide(QueueSide):
    """``asked(name, value)``: one part of the question becomes that value; ``tag_wanted``: another tag is to be
    typed."""

    asked = Signal(str, object)
    tag_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._query = PartyQuery(kind=KINDS[0])
        self._numbers = PartyCounts()
        self._tags: tuple[str, ...] = ()
        super().__init__(theme, parent)
        self.setMinimumWidth(text_width("石油开采及加工 00,000") + 36)
        self.list.setAccessibleName(tr("登记种类、状态和标签"))

    def is_chosen(self, line: Line) -> bool:
        query = self._query
        mine = {"kind": query.kind, "status": query.status if not query.proposals else None,
                "proposals": query.proposals or None, "tag": query.tag or None}
        return line.kind in mine and mine[line.kind] is not None and str(mine[line.kind]) == line.value

    def show_query(self, query: PartyQuery) -> None:
        """Mark what is asked for."""
        self._query = query
        self._rebuild()
        self.list.viewport().update()

    def show_numbers(self, numbers: PartyCounts) -> None:
        self._numbers = numbers
        self._rebuild()

    def know_tags(self, tags: Iterable[str]) -> bool:
        """Tags that somebody bears; True when there are new ones."""
        known = tuple(dict.fromkeys((*self._tags, *(tag for tag in tags if tag != STRATEGIC))))[:MOST_TAGS]
        new, self._tags = known != self._tags, known
        return new

    def tags(self) -> tuple[str, ...]:
        """Those that are counted, the strategic one first."""
        return tuple(dict.fromkeys((STRATEGIC, *self._tags, *filter(None, (self._query.tag,)))))

    def lines(self) -> list[PartyLine]:
        numbers = self._numbers
        found = [PartyLine("caption", "", tr("登记种类"))]
        found += [PartyLine("kind", kind, kind_title(kind), numbers.kinds.get(kind)) for kind in KINDS]
        found += [PartyLine("caption", "", tr("今天的状态")),
                  PartyLine("status", "", tr("全部状态"), numbers.kinds.get(self._query.kind))]
        found += [PartyLine("status", one, status_words(one), numbers.statuses.get(one)) for one in STATUSES]
        found += [PartyLine("caption", "", tr("待人决定")),
                  PartyLine("proposals", "True", tr("◆ 有建议"), numbers.proposals),
                  PartyLine("caption", "", tr("标签"))]
        found += [PartyLine("tag", tag, tr("★ 战略主体") if tag == STRATEGIC else tag, numbers.tags.get(tag))
                  for tag in self.tags()]
        return [*found, PartyLine("other", "", tr("其他标签…"))]

    def _rebuild(self) -> None:
        self.model.show_lines(self.lines())

    def _choose(self, index: QModelIndex) -> None:
        self.choose_line(index.data(LINE))

    def choose_line(self, line: Line) -> None:
        """What a click on it asks for."""
        if line.kind == "other":
            self.tag_wanted.emit()
        elif line.kind == "proposals":
            self.asked.emit("proposals", not self._query.proposals)
        elif line.kind == "tag":
            self.asked.emit("tag", "" if self._query.tag == line.value else line.value)
        elif line.kind in ("kind", "status"):
            self.asked.emit(line.kind, line.value)
