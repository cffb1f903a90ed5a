"""From a case to the register: how its party and agency stood on the day it came in, and the way there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.app.party_views import PartyStanding
from desktop.app.views import CaseView
from desktop.core.party_facts import PartyKind
from desktop.ui.actions import action
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_parts import plain
from desktop.ui.parties_words import look_of, status_words

if TYPE_CHECKING:
    from desktop.app.desk import Desk

#: Labels of the facts of a case -> facts of the register, for an entry that is made from it.
CARRIED = {"联系人": "contact", "联系电话": "phone", "手机": "phone"}
AGENCY_CODE = "机构代码"


@dataclass(frozen=True)
class Named:
    """One who is named on a case; ``standing`` is None where the register does not know them. ``given``: what the
    case knows of them."""

    kind: str
    label: str
    name: str
    given: dict[str, str]
    standing: PartyStanding | None = None


def named_on(case: CaseView) -> list[Named]:
    """The party and the agency of a case, as far as it names them."""
    facts = dict(case.facts)
    party = {"name": case.party, "uscc": case.uscc, "region": case.region}
    party |= {name: facts[label] for label, name in CARRIED.items() if facts.get(label)}
    agency = {"name": case.agency, "agency_code": facts.get(AGENCY_CODE, "")}
    found = [Named(PartyKind.PARTY.value, case.words.party, case.party, party),
             Named(PartyKind.AGENCY.value, tr("代理机构"), case.agency, agency)]
    return [Named(one.kind, one.label, one.name, {name: value for name, value in one.given.items() if value})
            for one in found if one.name]


def looked_up(desk: Desk, found: list[Named], on: date) -> list[Named]:
    """The same with what the register says of that day."""
    return [
        Named(one.kind, one.label, one.name, one.given,
              desk.parties.standing(one.given.get("uscc", ""), one.name, on) if one.kind == PartyKind.PARTY
              else desk.parties.agency_standing(one.name, one.given.get("agency_code", ""), on))
        for one in found
    ]


class PartyLinks(QWidget):
    """A line each for party and agency. ``party_wanted(id)``; ``register_wanted(kind, given)`` for one who is not
    registered."""

    party_wanted = Signal(str)
    register_wanted = Signal(str, object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._key: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 2, 16, 4)
        self._column.setSpacing(2)
        self.buttons: list[QPushButton] = []
        self.named: list[Named] = []

    def show_case(self, case: CaseView) -> None:
        """Ask the register about those whom a case names."""
        if case.key != self._key:
            self._fill([])
        self._key = key = case.key
        found, on = named_on(case), case.received_on

        def known(answer: list[Named]) -> None:
            if self._key == key:
                self._fill(answer)

        self._context.worker.read(lambda desk: looked_up(desk, found, on), known, owner=self, replaces="party-links")

    def _fill(self, found: list[Named]) -> None:
        if found == self.named and found:
            return
        self.named, self.buttons = found, []
        while item := self._column.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for place, one in enumerate(found):
            self._column.addWidget(self._line(one, place))

    def _line(self, one: Named, place: int) -> QWidget:
        line = QWidget()
        across = QHBoxLayout(line)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        said = tr("未见备案登记") if one.standing is None else tr(
            "{status}（提交日）", status=status_words(one.standing.status))
        label = plain(f"{one.label}　{said}")
        label.setProperty("kind", "soon" if one.standing is None else look_of(one.standing.status)[1])
        button = QPushButton(tr("查看登记") if one.standing is not None else tr("登记这个{kind}…", kind=one.kind))
        button.setProperty("link", True)
        button.setAutoDefault(True)
        if place == 0:
            button.setToolTip(action("case.party").keys)
        button.clicked.connect(lambda _on=False: self.go(one))
        self.buttons.append(button)
        across.addWidget(label, 1)
        across.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return line

    def go(self, one: Named) -> None:
        """To the register: the entry, or a new one with what the case knows."""
        if one.standing is not None:
            self.party_wanted.emit(one.standing.id)
        else:
            self.register_wanted.emit(one.kind, one.given)

    def go_first(self) -> None:
        """The party of the case."""
        if self.named:
            self.go(self.named[0])
