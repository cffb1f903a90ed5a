"""Documents of many cases on paper: first what each case has and what it lacks, then one file or one printer's job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from desktop.app.notice_papers import NoticeView, plain_title
from desktop.app.queue_views import ServiceView
from desktop.core.notice_paper import NoticePaper
from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, Notices
from desktop.ui.printing import choose_printer, print_papers, tell_printed
from desktop.ui.service_words import number_word
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import Cancelled, LongWork, Progress, said_fault

if TYPE_CHECKING:
    from datetime import date

    from desktop.app.desk import Desk

NEWEST = ""
CHUNK = 20
CANCELLED = "cancelled"
#: The colour of a document that lacks something.
LACKING = "overdue"


@dataclass(frozen=True)
class Found:
    """The newest document of one kind. ``lacking`` is the sentence that says what it lacks; empty: nothing."""

    view: NoticeView
    lacking: str

    @property
    def kind(self) -> str:
        """Its kind by id, or by name where the rules do not know it any more."""
        return self.view.kind or plain_title(self.view.title)


@dataclass(frozen=True)
class Holding:
    """What one case has: the newest of each kind, the newest of all first. ``marked``: it has others, but in dispute
    or set aside."""

    key: int
    number: str
    found: tuple[Found, ...]
    marked: bool

    def of(self, kind: str) -> Found | None:
        return next((one for one in self.found if kind in (NEWEST, one.kind)), None)


def look(desk: Desk, keys: Sequence[int], today: date) -> list[Holding]:
    """What these cases have; for a lane of the worker."""
    numbers = {row.key: row.number for row in desk.rows(keys, today=today)}
    held = []
    for key in keys:
        sent = desk.notices.of(key)
        newest = {view.kind or plain_title(view.title): view for view in sent if not view.mark}
        found = sorted(newest.values(), key=sent.index, reverse=True)
        held.append(Holding(key, numbers.get(key, ""), tuple(Found(view, _lacking(desk, key, view)) for view in found),
                            any(view.mark for view in sent)))
    return held


def _lacking(desk: Desk, key: int, view: NoticeView) -> str:
    try:
        desk.notices.paper(key, hash_=view.hash)
    except Refusal as refusal:
        return refusal.reason
    return ""


class NoticesDialog(QDialog):
    """Ctrl+S saves one PDF, Ctrl+P prints, Esc stops the work or leaves."""

    def __init__(
        self, context: Context, keys: Sequence[int], service: ServiceView, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("打印文书"))
        fit(self, 900, 560)
        self._context, self._service = context, service
        self._keys = list(keys)
        self._held: list[Holding] = []
        self._work: LongWork | None = None
        self.notices = Notices(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.notices)
        column.addLayout(self._head())
        self.table = RowTable((
            TextColumn(number_word(service), 10), TextColumn(tr("文书"), 16, stretch=True),
            TextColumn(tr("文号"), 11), TextColumn(tr("日期"), 5.6),
        ), context.theme, tr("逐件说明"), self)
        column.addWidget(self.table, 1)
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        column.addWidget(self.summary)
        column.addLayout(self._foot())
        self._enable()
        self._look(0)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("哪种文书"), self)
        self.kind = QComboBox(self)
        self.kind.setMinimumContentsLength(16)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.currentIndexChanged.connect(lambda _place: self._show())
        label.setBuddy(self.kind)
        self.kind.setAccessibleName(label.text())
        row.addWidget(label)
        row.addWidget(self.kind)
        row.addWidget(QLabel(tr("已选 {n} 件", n=f"{len(self._keys):,}"), self))
        row.addStretch(1)
        return row

    def _foot(self) -> QHBoxLayout:
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.save_button = KeyButton(tr("保存为一份 PDF…"), "Ctrl S", self)
        self.print_button = KeyButton(tr("打印"), "Ctrl P", self, primary=True)
        self.leave = KeyButton(tr("取消"), "Esc", self)
        self.print_button.setDefault(True)
        for button, keys, act in (
            (self.save_button, "Ctrl+S", self.save), (self.print_button, "Ctrl+P", self.print),
            (self.leave, "", self.reject),
        ):
            button.clicked.connect(act)
            if keys:
                action = QAction(self)
                action.setShortcut(keys)
                action.triggered.connect(act)
                self.addAction(action)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.save_button)
        row.addWidget(self.print_button)
        row.addWidget(self.leave)
        return row

    # --- the look ahead, in small reads so that the list behind stays alive

    def _look(self, start: int) -> None:
        part = self._keys[start:start + CHUNK]
        if not part:
            self._offer()
            return
        self.summary.setText(tr("正在逐件核对：{n} / {all}", n=f"{start:,}", all=f"{len(self._keys):,}"))
        today = self._context.today()

        def arrived(held: list[Holding]) -> None:
            self._held += held
            self._look(start + CHUNK)

        self._context.worker.read(lambda desk: look(desk, part, today), arrived, self._failed, owner=self)

    def _offer(self) -> None:
        """The kinds that there are, the commonest first, with how many cases have one."""
        counts = Counter(one.kind for held in self._held for one in held.found)
        names = {one.kind: plain_title(one.view.title) for held in self._held for one in held.found}
        some = sum(bool(held.found) for held in self._held)
        self.kind.blockSignals(True)
        self.kind.addItem(tr("每件最新的一份　{n}", n=f"{some:,}"), NEWEST)
        for kind, count in counts.most_common():
            self.kind.addItem(tr("{title}　{n}", title=names[kind], n=f"{count:,}"), kind)
        self.kind.blockSignals(False)
        self._show()
        self.kind.setFocus()

    def _kind(self) -> str:
        return str(self.kind.currentData() or NEWEST)

    def _show(self) -> None:
        kind = self._kind()
        # What lacks something stands first: among hundreds nobody would find it. The others as in the queue.
        rows = [self._row(held, held.of(kind)) for held in self._held]
        self.table.show_rows(sorted(rows, key=lambda row: row.level != LACKING), select_first=True)
        self._enable()
        self._summarise()

    def _row(self, held: Holding, one: Found | None) -> TextRow:
        if one is None:
            why = self._without(held)
            return TextRow((held.number, why, "—", "—"), "muted", held.key, f"{held.number}：{why}")
        view = one.view
        said = f"▲ {one.lacking}" if one.lacking else view.title
        return TextRow((held.number, said, view.number or "—", view.on.isoformat()),
                       LACKING if one.lacking else "", held.key, one.lacking or f"{view.title}　{view.number}")

    def _without(self, held: Holding) -> str:
        if not held.found:
            return tr("只有待裁决或未采用的文书，请在案件页逐份打印") if held.marked else tr("还没有发出过文书")
        return tr("没有这种文书，已有：{have}",
                  have="、".join(dict.fromkeys(plain_title(one.view.title) for one in held.found)))

    def chosen(self) -> list[tuple[int, str]]:
        """(case, hash) of every document that can be printed, in the order of the list."""
        both = [(held.key, held.of(self._kind())) for held in self._held]
        return [(key, one.view.hash) for key, one in both if one is not None and not one.lacking]

    def _left_out(self) -> tuple[int, int]:
        """How many have no such document, and how many have one that lacks something."""
        found = [held.of(self._kind()) for held in self._held]
        return found.count(None), sum(one is not None and bool(one.lacking) for one in found)

    def _summarise(self, first: str = "") -> None:
        none, lacking = self._left_out()
        parts = [first, tr("可打印 {n} 份", n=f"{len(self.chosen()):,}")]
        parts.append(tr("没有文书的 {n} 件", n=f"{none:,}") if none else "")
        parts.append(tr("▲ 缺内容、不能打印的 {n} 份", n=f"{lacking:,}") if lacking else "")
        self.summary.setText("　".join(part for part in parts if part))

    def _enable(self) -> None:
        ready = self._work is None and len(self._held) == len(self._keys)
        self.kind.setEnabled(ready)
        for button in (self.save_button, self.print_button):
            button.setEnabled(ready and bool(self.chosen()))

    # --- the work

    def save(self) -> None:
        """Ask for a place and write all of them into one file there."""
        if not self.save_button.isEnabled():
            return
        name, _filter = QFileDialog.getSaveFileName(
            self, tr("保存文书"), tr("文书 {day} {n} 份.pdf", day=f"{self._context.today():%Y%m%d}",
                                     n=len(self.chosen())), "PDF (*.pdf)")
        if name:
            self.save_to(Path(name))

    def save_to(self, target: Path) -> None:
        """Write the file, whole or not at all."""
        chosen = self.chosen()

        def write(desk: Desk, progress: Progress, cancelled: Cancelled) -> int:
            from desktop.reports.notice_pdf import render_notices

            return render_notices(_papers(desk, chosen), target, lambda done: progress(done, len(chosen)), cancelled)

        self._start(write, tr("保存文书"), lambda count: self._context.notices.tell(
            self._with_rest(tr("文书 {n} 份已保存到 {path}", n=f"{count:,}", path=target)), DONE))

    def print(self) -> None:
        """Ask for a printer and draw all of them on it, as one job."""
        if not self.print_button.isEnabled():
            return
        chosen = self.chosen()
        printer = choose_printer(self, self.notices, tr("文书 {n} 份", n=len(chosen)),
                                 (tr("保存为一份 PDF…"), self.save))
        if printer is None:
            return

        def draw(desk: Desk, progress: Progress, cancelled: Cancelled) -> int:
            from desktop.reports.notice_pdf import render_notice_bytes

            def pages() -> Iterator[bytes]:
                for done, paper in enumerate(_papers(desk, chosen)):
                    progress(done, len(chosen))
                    yield render_notice_bytes(paper)

            return print_papers(pages(), printer, cancelled)

        def printed(count: int) -> None:
            said = tr("文书 {n} 份，{pages} 页", n=f"{len(chosen):,}", pages=f"{count:,}")
            tell_printed(self._context.notices, printer, self._with_rest(said) if count else "")

        self._start(draw, tr("打印文书"), printed)

    def _with_rest(self, said: str) -> str:
        rest = sum(self._left_out())
        return said + tr("；另有 {n} 件没有打印", n=f"{rest:,}") if rest else said

    def _start(
        self, work: Callable[[Desk, Progress, Cancelled], int], title: str, told: Callable[[int], object],
    ) -> None:
        def done(count: int) -> None:
            self._work = None
            told(count)
            self.accept()

        self._work = self._context.worker.long(work, title, done, self._failed, owner=self, quiet=True)
        self._work.progressed.connect(self._progress)
        self._progress(0, len(self.chosen()))
        self.bar.show()
        self.leave.setText(tr("停止"))
        self.leave.setFocus()
        self._enable()

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.summary.setText(tr("第 {n} / {all} 份", n=f"{done:,}", all=f"{total:,}"))

    def _failed(self, error: BaseException) -> None:
        """Stopped or broken off: back to the choice, with what became of it."""
        self._work = None
        self.bar.hide()
        self.leave.setText(tr("取消"))
        self.leave.setEnabled(True)
        self._enable()
        reason = said_fault(error) or tr("程序内部出错")
        if isinstance(error, Refusal) and error.code == CANCELLED:
            self._summarise(reason)
        else:
            self._summarise()
            self.notices.tell(tr("没有完成：{reason}", reason=reason), ERROR)
        self.kind.setFocus()

    def reject(self) -> None:
        """Stop the work first; the dialog stays for another try."""
        if self._work is None:
            super().reject()
            return
        self._work.cancel()
        self.leave.setText(tr("正在停止…"))
        self.leave.setEnabled(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._work is not None:
            self.reject()
            event.ignore()
        else:
            super().closeEvent(event)


def _papers(desk: Desk, chosen: Sequence[tuple[int, str]]) -> Iterator[NoticePaper]:
    """Made one by one as they are drawn."""
    return (desk.notices.paper(key, hash_=hash_) for key, hash_ in chosen)
