"""The list of parties as Qt sees it: so many rows as there are, read a page at a time where somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.app.party_views import PartyPage, PartyQuery, PartyRowView
from desktop.core.party_facts import PartyKind
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_words import (
    doubts_words,
    look_of,
    quota_look,
    quota_words,
    span_words,
    status_words,
    tags_words,
)
from desktop.ui.worker import said_fault

PAGE = 100
# So many rows stay in memory; a scroll through everything must not keep everything.
KEPT = 2_000
Index = QModelIndex | QPersistentModelIndex
PLACEHOLDER = "…"


@dataclass(frozen=True)
class PartyColumn:
    """``text`` and ``level`` (a colour of the palette) give the cell; ``tip`` what a hover tells where the text alone
    does not. ``rank``: 0 is always shown, 1, 2, … while there is room."""

    id: str
    title: str
    sample: str
    text: Callable[[PartyRowView], str]
    rank: int = 0
    level: Callable[[PartyRowView], str] = lambda _row: ""
    tip: Callable[[PartyRowView], str] = lambda _row: ""
    agency_title: str = ""

    def title_for(self, kind: str) -> str:
        return tr(self.agency_title) if kind == PartyKind.AGENCY and self.agency_title else tr(self.title)


def _code(row: PartyRowView) -> str:
    return (row.code if row.kind == PartyKind.AGENCY else row.uscc) or "—"


def _other_code(row: PartyRowView) -> str:
    return (row.uscc if row.kind == PartyKind.AGENCY else row.code) or "—"


def _quota(row: PartyRowView) -> str:
    mark, said, _level = quota_look(row.quota)
    return f"{mark} {said}".strip()


COLUMNS = (
    PartyColumn("name", "名称", "烟台某海工装备股份有限公司",
                lambda row: f"★ {row.name}" if row.strategic else row.name,
                tip=lambda row: tr("★ 战略主体：{name}", name=row.name) if row.strategic else row.name),
    PartyColumn("status", "状态", "● 未生效", lambda row: status_words(row.status),
                level=lambda row: look_of(row.status)[1],
                tip=lambda row: " ".join((row.status, span_words(row.since, row.until))).strip()),
    PartyColumn("quota", "额度", "◆ 100/100", _quota, 1, lambda row: quota_look(row.quota)[2],
                lambda row: row.quota.word or quota_words(row.quota)),
    PartyColumn("proposals", "建议", "◆ 建议 2", doubts_words, 0, lambda row: "soon"),
    PartyColumn("code", "统一社会信用代码", "91370600MA3C00000X", _code, 2, agency_title="机构代码"),
    PartyColumn("tags", "标签", "★战略、高价值", tags_words, 3, lambda row: "accent" if row.strategic else ""),
    PartyColumn("region", "地区", "烟台市经济技术", lambda row: row.region or "—", 4, lambda row: "muted"),
    PartyColumn("other_code", "备案编号", "SDBA-2026-00012", _other_code, 5, lambda row: "muted",
                agency_title="统一社会信用代码"),
)
BY_ID = {column.id: index for index, column in enumerate(COLUMNS)}


class PartyModel(QAbstractTableModel):
    """``loaded`` after each answer: ``total`` is right then, and rows stand where they were read."""

    loaded = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.query = PartyQuery(kind=PartyKind.PARTY)
        self.total = 0
        self.answered = False
        self._rows: dict[int, PartyRowView] = {}
        self._question = 0
        self._wanted: dict[int, None] = {}
        self._busy = False
        # Painting asks cell by cell; one request for the page follows when painting is over.
        self._fetch = QTimer(self)
        self._fetch.setSingleShot(True)
        self._fetch.setInterval(0)
        self._fetch.timeout.connect(self._request)

    # --- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self.total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title_for(self.query.kind)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row(index.row())
            return PLACEHOLDER if row is None else column.text(row)
        row = self._rows.get(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.ForegroundRole:
            level = column.level(row)
            return self._context.theme.palette.color(level) if level else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip(row) or column.text(row) or None
        return None

    # --- rows

    def row(self, number: int) -> PartyRowView | None:
        """The row, or None while it is being read (asking is enough to have it read)."""
        row = self._rows.get(number)
        if row is None:
            page = number // PAGE
            self._wanted.pop(page, None)
            self._wanted[page] = None
            if not self._fetch.isActive():
                self._fetch.start()
        return row

    def known(self, number: int) -> PartyRowView | None:
        """The row if it is in memory."""
        return self._rows.get(number)

    def number_of(self, id_: str) -> int:
        """Where a party stands, among the rows in memory; -1 when it is not there."""
        return next((number for number, row in self._rows.items() if row.id == id_), -1)

    # --- questions

    def ask(self, query: PartyQuery) -> None:
        """Another question; the rows of the one before go when its answer is there."""
        self.query = query
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._ask((0,), anew=True)

    def refresh(self, seen: Sequence[int]) -> None:
        """The same question once more, since something moved. ``seen`` are the rows on the screen; the others are
        read again when somebody looks."""
        self._ask(sorted({number // PAGE for number in seen} or {0}), anew=False)

    def _ask(self, pages: Sequence[int], *, anew: bool) -> None:
        self._question += 1
        self._wanted.clear()
        self._busy = True
        question = self._question

        def told(found: list[tuple[int, PartyPage]]) -> None:
            if question != self._question:
                return
            self._busy = False
            self._take(found, anew=anew)
            if self._wanted:
                self._fetch.start()

        self._read(pages, told, replaces="parties-page")

    def _request(self) -> None:
        if self._busy or not self._wanted:
            return
        # The pages asked for last are the ones on the screen; those scrolled past are not worth a read.
        pages = sorted(list(self._wanted)[-2:])
        self._wanted.clear()
        self._busy = True
        question = self._question

        def told(found: list[tuple[int, PartyPage]]) -> None:
            if question != self._question:
                return
            self._busy = False
            self._keep(found)
            self.loaded.emit()
            if self._wanted:
                self._fetch.start()

        self._read(pages, told)

    def _read(self, pages: Sequence[int], told: Callable[[list[tuple[int, PartyPage]]], None],
              replaces: str = "") -> None:
        query, today = self.query, self._context.today()
        self._context.worker.read(
            lambda desk: [(page, desk.parties.page(query, on=today, limit=PAGE, offset=page * PAGE)) for page in pages],
            told, self._failed, owner=self, replaces=replaces,
        )

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        sentence = said_fault(error)
        if sentence is not None:
            self._context.worker.environment.emit(sentence)

    # --- answers

    def _take(self, found: Sequence[tuple[int, PartyPage]], *, anew: bool) -> None:
        total = found[-1][1].total
        if anew:
            self.beginResetModel()
            self._rows.clear()
            self.total = total
            self.endResetModel()
        else:
            self._rows.clear()
            self._resize(total)
        self.answered = True
        self._keep(found)
        if self.total:
            self.dataChanged.emit(self.index(0, 0), self.index(self.total - 1, len(COLUMNS) - 1))
        self.loaded.emit()

    def _resize(self, total: int) -> None:
        """More or fewer rows at the end: which of them are new nobody can see from their number alone."""
        if total > self.total:
            self.beginInsertRows(QModelIndex(), self.total, total - 1)
            self.total = total
            self.endInsertRows()
        elif total < self.total:
            self.beginRemoveRows(QModelIndex(), total, self.total - 1)
            self.total = total
            self.endRemoveRows()

    def _keep(self, found: Sequence[tuple[int, PartyPage]]) -> None:
        for page, answer in found:
            for place, row in enumerate(answer.rows, page * PAGE):
                if place < self.total:
                    self._rows.pop(place, None)
                    self._rows[place] = row
        for number in list(self._rows)[: max(0, len(self._rows) - KEPT)]:
            del self._rows[number]
        for page, _answer in found:
            top, bottom = page * PAGE, min(self.total, (page + 1) * PAGE) - 1
            if top <= bottom:
                self.dataChanged.emit(self.index(top, 0), self.index(bottom, len(COLUMNS) - 1))
