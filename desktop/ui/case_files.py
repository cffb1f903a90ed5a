"""The files beside a case: listed, added by dialog or by dropping, saved to a place of one's choice. None is ever run.

What lies at other stations is asked for when it is saved, and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.app.views import AttachmentView, CaseView
from desktop.core.attachment import LABEL, size_words
from desktop.ui.case_evidence import PROCEDURE, EvidencePanel
from desktop.ui.case_journal import LEVELS, mark_words
from desktop.ui.context import Context
from desktop.ui.dropping import dropped_paths
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR, WARN
from desktop.ui.theme import row_height, text_width
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.app.evidence_views import EvidenceFile
    from desktop.ui.worker import Cancelled, Progress

MARK = 6
ROWS = 8  # of a long choice that the dialog shows without scrolling


@dataclass(frozen=True)
class Added:
    """What came of adding several files: ``moved`` as in an outcome, the names that went in, and why others did not."""

    moved: tuple[int, ...]
    names: tuple[str, ...]
    troubles: tuple[str, ...]


class AttachDialog(QDialog):
    """The last look before files become part of the record. ``confirmed(paths, note)``."""

    confirmed = Signal(object, str)

    def __init__(self, context: Context, paths: Sequence[Path], number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("附到案件 {number}", number=number))
        self.setMinimumWidth(text_width("国") * 42)
        self.paths = tuple(paths)
        self.table = RowTable((TextColumn(tr("文件"), 18, stretch=True), TextColumn(tr("大小"), 6, right=True)),
                              context.theme, tr("要附上的文件"))
        self.table.show_rows([TextRow((path.name, _size_of(path)), key=path, tip=str(path)) for path in self.paths])
        self.table.setFixedHeight((min(len(self.paths), ROWS) + 1) * row_height(self.font()) + 12)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus if len(self.paths) <= ROWS else Qt.FocusPolicy.StrongFocus)
        self.note = QLineEdit()
        self.note.setMaxLength(500)
        self.note.setPlaceholderText(tr("可不填，例如：申请人 3 月 12 日补交的盖章扫描件"))
        label = QLabel(tr("说明(&N)"))
        label.setBuddy(self.note)
        form = QFormLayout()
        form.addRow(label, self.note)
        told = QLabel(tr("文件加密存入本机，流水记下它的校验值（SHA-256）；流水只增不改，附上之后不能撤回。"))
        told.setObjectName("muted")
        told.setWordWrap(True)
        add = QPushButton(tr("附上"))
        add.setProperty("primary", True)
        add.setDefault(True)
        add.clicked.connect(self._confirm)
        leave = QPushButton(tr("取消"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(add)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(12)
        column.addWidget(self.table)
        column.addLayout(form)
        column.addWidget(told)
        column.addLayout(foot)
        self.note.setFocus()

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(self.paths, self.note.text())


class FilesTab(QWidget):
    """The list is read when it is first looked at; ``show_case`` says of which case."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._context, self._worker = context, context.worker
        self._case: CaseView | None = None
        self._files: tuple[AttachmentView, ...] = ()
        self._stale = True
        self._told = ElidedLabel(tr("把文件拖到这里，或点“添加文件”；单个文件不超过 64 MB"))
        self._told.setObjectName("muted")
        self.add_button = KeyButton(tr("添加文件…"), "Ctrl O")
        self.add_button.setAutoDefault(True)
        self.add_button.clicked.connect(self.choose)
        self.save_button = KeyButton(tr("另存为…"), "Enter")
        self.save_button.setAutoDefault(True)
        self.save_button.clicked.connect(self.save)
        head = QHBoxLayout()
        head.addWidget(self._told, 1)
        head.addWidget(self.save_button)
        head.addWidget(self.add_button)
        self.table = RowTable((
            TextColumn(tr("文件"), 16, stretch=True), TextColumn(tr("大小"), 5, right=True), TextColumn(tr("添加"), 6),
            TextColumn(tr("时间"), 8.6), TextColumn(tr("内容"), 9), TextColumn(tr("说明"), 14),
            TextColumn(tr("标记"), 4.5),
        ), context.theme, tr("文件"))
        self.table.opened.connect(lambda _row: self.save())
        self.table.row_changed.connect(self._choose_row)
        self._words = QLabel()
        self._words.setObjectName("muted")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        plain = QWidget()
        column = QVBoxLayout(plain)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self._words)
        # Of evidence there is more to show than of the files beside another case.
        self.evidence = EvidencePanel(context)
        self.evidence.add_asked.connect(self.choose)
        self.evidence.save_asked.connect(self.save_file)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(plain)
        self._pages.addWidget(self.evidence)
        self.setFocusProxy(self.table)
        self._choose_row(None)

    @staticmethod
    def count(case: CaseView) -> int:
        """How many files the journal of a case names; reads nothing."""
        return sum(entry.action == LABEL for entry in case.journal)

    def show_case(self, case: CaseView) -> None:
        if self._case is None or self._case.key != case.key:
            self._show_files(())
        self._case, self._stale = case, True
        evidence = case.procedure == PROCEDURE
        self._pages.setCurrentIndex(1 if evidence else 0)
        self.setFocusProxy(self.evidence.files if evidence else self.table)
        if evidence:
            self._stale = False
            self.evidence.show_case(case)
        elif self.isVisible():
            self.load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.load()

    def load(self) -> None:
        if self._case is None:
            return
        self._stale = False
        key = self._case.key

        def loaded(files: tuple[AttachmentView, ...]) -> None:
            if self._case is not None and self._case.key == key:
                self._show_files(files)

        self._worker.read(lambda desk: desk.attachments(key), loaded, owner=self, replaces="case-files")

    def _show_files(self, files: tuple[AttachmentView, ...]) -> None:
        self._files = files
        self.table.setColumnHidden(MARK, not any(one.mark for one in files))
        self.table.show_rows([_row(one, self._context.station) for one in files], select_first=True)

    def _choose_row(self, row: TextRow | None) -> None:
        one = self._chosen()
        self.save_button.setEnabled(one is not None)
        self._words.setText("" if one is None else tr(
            "{name}　{size} 字节　SHA-256 {sha256}", name=one.name, size=f"{one.size:,}", sha256=one.sha256))

    def _chosen(self) -> AttachmentView | None:
        row = self.table.current()
        return next((one for one in self._files if row is not None and one.hash == row.key), None)

    # --- adding

    def choose(self) -> None:
        if self._closed():
            return
        names, _filter = QFileDialog.getOpenFileNames(self, tr("选择要附上的文件"))
        self.offer([Path(name) for name in names])

    def _closed(self) -> bool:
        """Whether this is evidence that takes nothing in now; that is told then."""
        why = self.evidence.closed() if self._case is not None and self._case.procedure == PROCEDURE else ""
        if why:
            self._context.notices.tell(why, WARN)
        return bool(why)

    def offer(self, paths: Sequence[Path]) -> None:
        """Ask once more: what is attached stays."""
        if not paths or self._case is None or self._closed():
            return
        dialog = AttachDialog(self._context, paths, self._case.number, self)
        dialog.confirmed.connect(self.attach)
        dialog.finished.connect(lambda _result: self.window().activateWindow())
        dialog.open()

    def attach(self, paths: Sequence[Path], note: str = "") -> None:
        """Add these, one after the other; one that cannot be added does not stop the rest."""
        if self._case is None:
            return
        key, actor, today = self._case.key, self._context.actor, self._context.today()

        def add(desk: Desk, progress: Progress, cancelled: Cancelled) -> Added:
            moved: tuple[int, ...] = ()
            names, troubles = [], []
            for done, path in enumerate(paths):
                if cancelled():
                    troubles.append(tr("已取消，还有 {n} 个文件没有附上", n=len(paths) - done))
                    break
                progress(done, len(paths))
                try:
                    moved = desk.attach(key, path, actor=actor, on=today, today=today, note=note).moved
                except Exception as error:
                    sentence = said_fault(error)
                    if sentence is None:
                        raise
                    troubles.append(f"{path.name}：{sentence}")
                else:
                    names.append(path.name)
            return Added(moved, tuple(names), tuple(troubles))

        self._worker.long(add, tr("附上文件"), self._added, owner=self, origin="case")

    def _added(self, outcome: Added) -> None:
        if outcome.names:
            more = tr(" 等 {n} 个", n=len(outcome.names)) if outcome.names[3:] else ""
            self._context.notices.tell(tr("已附上 {files}", files="、".join(outcome.names[:3]) + more), DONE)
        for sentence in outcome.troubles:
            self._context.notices.tell(tr("没有附上 {reason}", reason=sentence), WARN)

    # --- saving

    def save(self) -> None:
        """Ask for a place for the chosen file."""
        one = self._chosen()
        if one is not None:
            self.save_file(one)

    def save_file(self, one: AttachmentView | EvidenceFile) -> None:
        """The same for a file that is named."""
        name, _filter = QFileDialog.getSaveFileName(self, tr("另存附件"), one.name)
        if name:
            self.save_to(one, Path(name))

    def save_to(self, one: AttachmentView | EvidenceFile, target: Path) -> None:
        """Write it there, whole and checked against its SHA-256; other stations' files come from the hub first."""
        if self._case is None:
            return
        key = self._case.key
        asking = None if one.here else self._context.notices.tell(
            tr("正在向中心服务器索取“{name}”…", name=one.name))

        def answered() -> None:
            if asking is not None and isValid(asking):
                asking.dismiss()

        def saved(place: Path) -> None:
            answered()
            self._context.notices.tell(tr("已保存到 {path}，内容与流水登记的校验值相符", path=place), DONE)
            self.load()

        def failed(error: BaseException) -> None:
            answered()
            self._context.notices.tell(
                tr("没有保存：{reason}", reason=said_fault(error) or tr("程序内部出错")), ERROR)

        self._worker.abroad(lambda desk: desk.fetch(key, one.sha256, target), saved, failed, owner=self)

    # --- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._case is not None and any(url.isLocalFile() for url in event.mimeData().urls()):
            # The original stays where it is, whatever the other program proposes.
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.offer(dropped_paths(event))


def _row(one: AttachmentView, own: str) -> TextRow:
    lost = not one.here and one.station == own
    where = tr("✓ 在本机") if one.here else tr("▲ 内容缺失") if lost else tr("○ 在{station}", station=one.station)
    level = LEVELS.get(one.mark, "") or ("overdue" if lost else "" if one.here else "muted")
    tip = tr("{name}\n{actor}（{station}）{at} 添加", name=one.name, actor=one.actor, station=one.station, at=one.at)
    cells = (one.name, size_words(one.size), one.actor, one.at[:16], where, one.note, mark_words(one.mark))
    return TextRow(cells, level, key=one.hash, tip=tip)


def _size_of(path: Path) -> str:
    try:
        return size_words(path.stat().st_size)
    except OSError:
        return "—"
