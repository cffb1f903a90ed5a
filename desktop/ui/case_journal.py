"""The journal of one case in words: everything that was recorded, newest first, filtered as one types."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from desktop.app.views import JournalEntry
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

MARK = 7
#: Colours of a marked entry; the mark says it in a shape and words.
LEVELS = {"待裁决": "soon", "未采用": "muted", "重复": "muted", "无法解释": "overdue"}
_SHAPES = {"待裁决": "◆ ", "未采用": "✕ ", "重复": "＝ ", "无法解释": "▲ "}


def mark_words(mark: str) -> str:
    """How the journal marks an entry: a shape and the word."""
    return _SHAPES.get(mark, "") + mark


class JournalTab(QWidget):
    """Shows the entries of a case; Ctrl+C in the table copies the chosen lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[JournalEntry, ...] = ()
        self.filter = QLineEdit()
        self.filter.setClearButtonEnabled(True)
        self.filter.setPlaceholderText(tr("筛选流水：操作、内容、经办…"))
        self.filter.textChanged.connect(lambda _text: self._show())
        self._count = QLabel()
        self._count.setObjectName("muted")
        self.table = RowTable((
            TextColumn(tr("序号"), 2.6, right=True), TextColumn(tr("记录时间"), 8.6), TextColumn(tr("发生日期"), 5.6),
            TextColumn(tr("操作"), 8), TextColumn(tr("内容"), 20, stretch=True), TextColumn(tr("经办"), 9),
            TextColumn(tr("站点"), 5), TextColumn(tr("标记"), 4.5),
        ), theme, tr("办理流水"))
        self.table.row_changed.connect(self._detail)
        self._words = QPlainTextEdit()
        self._words.setReadOnly(True)
        self._words.setTabChangesFocus(True)
        self._words.setObjectName("account")
        self._words.setAccessibleName(tr("这一条流水的全文"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self._words)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        head = QHBoxLayout()
        head.addWidget(self.filter)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(head)
        column.addWidget(split, 1)
        self.setFocusProxy(self.table)

    def show_entries(self, entries: tuple[JournalEntry, ...]) -> None:
        self._entries = entries
        self._show()

    def _show(self) -> None:
        wanted = self.filter.text().strip().casefold()
        rows = []
        for number, entry in enumerate(self._entries, 1):
            who = f"{entry.actor}（{entry.role}）" if entry.role else entry.actor
            cells = (str(number), entry.at[:16], entry.occurred_on.isoformat(), entry.action, entry.text, who,
                     entry.station, mark_words(entry.mark))
            if not wanted or any(wanted in cell.casefold() for cell in cells[1:]):
                rows.append(TextRow(tuple(" ".join(cell.split()) for cell in cells), LEVELS.get(entry.mark, ""),
                                    key=entry.hash))
        rows.reverse()
        # Most cases were never in dispute; the column would only take room.
        self.table.setColumnHidden(MARK, not any(entry.mark for entry in self._entries))
        self.table.show_rows(rows, select_first=True)
        self._count.setText(tr("{n} / {all} 条", n=len(rows), all=len(self._entries)))

    def _detail(self, row: TextRow | None) -> None:
        entry = next((entry for entry in self._entries if row and entry.hash == row.key), None)
        if entry is None:
            self._words.setPlainText(tr("没有符合筛选的流水。") if self._entries else "")
            return
        mark = tr("（{mark}）", mark=entry.mark) if entry.mark else ""
        self._words.setPlainText(tr(
            "{mark}{text}\n\n{at} 记录，{day} 发生；{who}，{station}\n校验值 {hash}", mark=mark, text=entry.text,
            at=entry.at, day=entry.occurred_on.isoformat(), who=entry.actor, station=entry.station, hash=entry.hash))
