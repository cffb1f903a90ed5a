"""The documents that went out about one case or one party: a list, and the chosen one's pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QDialog, QSplitter, QVBoxLayout, QWidget

from desktop.app.notice_papers import NoticeView
from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import Notices
from desktop.ui.paper_view import PaperView
from desktop.ui.theme import row_height, text_width
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

if TYPE_CHECKING:
    from desktop.app.desk import Desk

#: From so many Chinese characters of width on the pages stand beside the list; below it in a narrower window.
BESIDE_GLYPHS = 84
#: The width of the list beside the pages, and its height above them in rows, the header among them.
LIST_GLYPHS, LIST_ROWS = 44, 4


@dataclass(frozen=True)
class Papers:
    """Where documents come from: ``of`` lists them, oldest first, ``paper`` makes one by its hash. ``name`` is what
    they are about, ``empty`` says why there are none, ``key`` is the row of the case whose news may change them."""

    name: str
    of: Callable[[Desk], Sequence[NoticeView]]
    paper: Callable[[Desk, str], NoticePaper]
    empty: str
    key: int | None = None


def of_case(key: int, number: str) -> Papers:
    """The documents of a case."""
    return Papers(number, lambda desk: desk.notices.of(key), lambda desk, hash_: desk.notices.paper(key, hash_=hash_),
                  tr("本案还没有发出过文书：文书随受理、预审意见、结论等动作发出。"), key)


def of_party(id_: str, name: str) -> Papers:
    """The documents of a party or an agency."""
    return Papers(name, lambda desk: desk.parties.notices(id_), lambda desk, hash_: desk.parties.notice(id_, hash_),
                  tr("还没有可以打印的文书：登记、登记不通过、暂停、取消和恢复各有一份。"))


class NoticePreview(QDialog):
    """Newest first; ↑↓ choose, Ctrl+S saves the very bytes that are shown, Ctrl+P prints, Esc closes.

    ``title`` names the document to begin with (the newest of that name), otherwise it is the newest of all. A document
    that lacks something shows what is missing instead of pages. ``ready``: the list was read."""

    ready = Signal()

    def __init__(
        self, context: Context, papers: Papers, title: str = "", parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("文书 · {name}", name=papers.name))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._context, self._papers = context, papers
        self._wanted = title
        self._chosen: object = None
        notices = Notices(self)
        self.table = RowTable((
            TextColumn(tr("文书"), 10, stretch=True), TextColumn(tr("文号"), 10), TextColumn(tr("日期"), 5.6),
            TextColumn(tr("经办"), 3.4), TextColumn(tr("标记"), 3),
        ), context.theme, tr("文书"), self)
        self.table.setMinimumSize(text_width("国") * 20, row_height() * 3)
        self.view = PaperView(context, tr("文书"), notices, keys_on=self)
        self.view.setMinimumWidth(text_width("国") * 20)
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.view)
        self.split.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notices)
        column.addWidget(self.split, 1)
        printing = QAction(self)
        printing.setShortcut("Ctrl+P")
        printing.triggered.connect(self.view.print)
        self.addAction(printing)
        self.table.row_changed.connect(self._choose)
        self.table.opened.connect(lambda _row: self.view.pages.setFocus())
        self._beside: bool | None = None
        fit(self, 1240, 860)
        self._arrange()
        self.table.setFocus()
        context.worker.changed.connect(self._something_changed)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Pages are tall: beside the list where there is room for both."""
        glyph = text_width("国")
        beside = self.width() >= glyph * BESIDE_GLYPHS
        if beside == self._beside:
            return
        self._beside = beside
        self.split.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        first, whole = (glyph * LIST_GLYPHS, self.width()) if beside else (row_height() * LIST_ROWS, self.height())
        self.split.setSizes([first, max(1, whole - first)])

    # --- the list

    def _something_changed(self, keys: frozenset[int] | None, _origin: str) -> None:
        if keys is None or self._papers.key in keys:
            self._read()

    def _read(self) -> None:
        self._context.worker.read(self._papers.of, self._show, self.view.fail, owner=self,
                                  replaces=f"notices-{id(self)}")

    def _show(self, sent: Sequence[NoticeView]) -> None:
        found = sent[::-1]
        rows = [
            TextRow((one.title, one.number, one.on.isoformat(), one.actor, one.mark or "—"),
                    "muted" if one.mark else "", (one.hash, one.mark),
                    tr("{title}　{number}", title=one.title, number=one.number))
            for one in found
        ]
        self.table.show_rows(rows, select_first=True)
        if self._wanted:
            place = next((at for at, one in enumerate(found) if one.title == self._wanted), 0)
            self._wanted = ""
            self.table.selectRow(place)
        if not found:
            self.view.lack(self._papers.empty)
        self.ready.emit()

    # --- the pages

    def _choose(self, row: TextRow | None) -> None:
        """Make the pages of the document under the cursor, unless they are shown already."""
        if row is None or row.key == self._chosen or not isinstance(row.key, tuple):
            return
        self._chosen = row.key
        make, hash_ = self._papers.paper, str(row.key[0])
        self.view.wait()
        self._context.worker.read(lambda desk: make(desk, hash_), self._draw, self._refused,
                                  owner=self, replaces=f"notice-{id(self)}")

    def _draw(self, paper: NoticePaper) -> None:
        def make() -> bytes:
            from desktop.reports.notice_pdf import render_notice_bytes

            return render_notice_bytes(paper)

        self.view.draw(make, tr("{name} {title}", name=self._papers.name, title=paper.title))

    def _refused(self, error: BaseException) -> None:
        # What is missing may come (the centre's name): news of the case ask again.
        self._chosen = None
        if isinstance(error, Refusal):
            self.view.lack(tr("{reason}。这份文书不能打印。", reason=error.reason.rstrip("。")))
        else:
            self.view.fail(error)
