"""The consistency check on the screen: the passed and the filed text side by side, and every difference in a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.app.package_views import PackageComparison, PackageView
from desktop.core.comparison import Document
from desktop.core.comparison_units import FORMS, Kind, Row, Spans
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme, row_height
from desktop.ui.utf16 import utf16
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

_LEVELS = {Kind.CHANGED: "overdue", Kind.INSERTED: "done", Kind.DELETED: "overdue", Kind.MOVED: "soon",
           Kind.RENUMBERED: "muted"}
ROWS = 8  # differences that the list shows at once; the texts need the room
_AROUND = 14  # characters of a text that the list shows on either side of a change


@dataclass(frozen=True)
class _Shown:
    """A difference of the list: the document by its place, and the row."""

    document: int
    row: Row


class _Side(QWidget):
    """One text, whole, with the differences in it."""

    def __init__(self, theme: Theme, head: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        label = QLabel(head)
        label.setObjectName("strong")
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setTabChangesFocus(True)
        self.view.setAccessibleName(head)
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        self._blocks: dict[int, tuple[int, int]] = {}  # unit -> (block, UTF-16 length of the label before it)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label)
        column.addWidget(self.view, 1)

    def show_units(self, units: Sequence[tuple[int, str, str]]) -> None:
        """(place, label, text) of every unit of this side, in its own order."""
        self._blocks = {place: (at, utf16(_lead(label))) for at, (place, label, _) in enumerate(units)}
        self.view.setPlainText("\n".join(_lead(label) + text.replace("\n", "\u2028") for _, label, text in units))

    def mark(self, rows: Sequence[tuple[int | None, str, Spans, Kind]], chosen: int | None, near: int | None) -> None:
        """Mark (unit, text, spans, kind) of every difference; ``chosen`` is scrolled to, or ``near`` where this side
        has none."""
        palette = self._theme.palette
        selections = []
        for unit, text, spans, kind in rows:
            if unit is None or unit not in self._blocks:
                continue
            shape = QTextCharFormat()
            shape.setBackground(QColor(palette.accent_soft))
            selections.append(self._selection(unit, 0, len(text), text, shape))
            sharp = QTextCharFormat()
            if unit == chosen:
                sharp.setBackground(QColor(palette.accent))
                sharp.setForeground(QColor(palette.on_accent))
            else:
                sharp.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                sharp.setForeground(QColor(palette.muted if kind in FORMS else palette.overdue))
            for span in spans:
                # What was taken away leaves a place without width; its neighbours show where.
                end = span.end if span.end > span.start else min(span.end + 1, len(text))
                selections.append(self._selection(unit, span.start, end, text, sharp))
        self.view.setExtraSelections(selections)
        place = chosen if chosen in self._blocks else near
        if place is not None and place in self._blocks:
            cursor = QTextCursor(self.view.document().findBlockByNumber(self._blocks[place][0]))
            self.view.setTextCursor(cursor)
            self.view.centerCursor()

    def _selection(
        self, unit: int, start: int, end: int, text: str, shape: QTextCharFormat
    ) -> QTextEdit.ExtraSelection:
        number, lead = self._blocks[unit]
        block = self.view.document().findBlockByNumber(number)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + lead + utf16(text[:start]))
        cursor.setPosition(block.position() + lead + utf16(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = cursor, shape  # type: ignore[attr-defined]
        return selection


class ComparisonWindow(QDialog):
    """Esc closes; ↑↓ walk the differences, both texts follow."""

    def __init__(
        self, context: Context, found: PackageComparison, number: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("一致性比对 · {number}", number=number))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        fit(self, 1180, 820)
        comparison = found.comparison
        self._documents: tuple[Document, ...] = comparison.documents
        self.verdict = QLabel(tr("{verdict}　{summary}", verdict=comparison.verdict, summary=comparison.summary()))
        self.verdict.setObjectName("title")
        self.verdict.setWordWrap(True)
        told = QLabel("\n".join([
            *comparison.unread, tr("初步判断：{conclusion}。结论由办理人在“记录一致性结论”中作出。",
                                   conclusion=comparison.conclusion)]))
        told.setObjectName("muted")
        told.setWordWrap(True)
        self.table = RowTable((
            TextColumn(tr("文件"), 7), TextColumn(tr("位置"), 9), TextColumn(tr("差异"), 7),
            TextColumn(_short(found.passed), 16, stretch=True), TextColumn(_short(found.filed), 22),
        ), context.theme, tr("差异"))
        self._shown = [_Shown(at, row) for at, document in enumerate(self._documents) for row in document.rows
                       if row.kind is not Kind.SAME]
        self.table.show_rows([
            TextRow((self._documents[one.document].name, one.row.label, _kind_words(one.row),
                     _around(one.row.left_text, one.row.left_spans) if one.row.left is not None else "—",
                     _around(one.row.right_text, one.row.right_spans) if one.row.right is not None else "—"),
                    _LEVELS.get(one.row.kind, "muted"), key=at)
            for at, one in enumerate(self._shown)])
        self.table.row_changed.connect(lambda _row: self._follow())
        self.left = _Side(context.theme, _head(found.passed))
        self.right = _Side(context.theme, _head(found.filed))
        self._on = -1
        texts = QSplitter(Qt.Orientation.Horizontal)
        texts.setChildrenCollapsible(False)
        texts.addWidget(self.left)
        texts.addWidget(self.right)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(texts)
        split.setStretchFactor(1, 1)
        needed = (min(len(self._shown), ROWS) + 1) * row_height(self.font()) + 14
        self.table.setMaximumHeight(needed)
        split.setSizes([needed, max(1, self.height() - needed)])
        close = QPushButton(tr("关闭"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        keys = QLabel(tr("↑↓ 逐处查看　Esc 关闭"))
        keys.setObjectName("muted")
        foot.addWidget(keys)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.verdict)
        column.addWidget(told)
        column.addWidget(split, 1)
        column.addLayout(foot)
        split.setVisible(bool(self._shown))
        if not self._shown:
            column.addStretch(1)
            close.setFocus()
        else:
            self.table.selectRow(0)
            self.table.setFocus()

    def _follow(self) -> None:
        current = self.table.current()
        if current is None or not isinstance(current.key, int):
            return
        one = self._shown[current.key]
        rows = self._documents[one.document].rows
        if one.document != self._on:
            self._on = one.document
            lefts = [(row.left, row.left_label, row.left_text) for row in rows if row.left is not None]
            self.left.show_units(sorted(lefts))
            rights = [(row.right, row.right_label, row.right_text) for row in rows if row.right is not None]
            self.right.show_units(sorted(rights))
        differ = [row for row in rows if row.kind is not Kind.SAME]
        at = rows.index(one.row)
        before = rows[:at]
        self.left.mark([(row.left, row.left_text, row.left_spans, row.kind) for row in differ], one.row.left,
                       next((row.left for row in reversed(before) if row.left is not None), None))
        self.right.mark([(row.right, row.right_text, row.right_spans, row.kind) for row in differ], one.row.right,
                        next((row.right for row in reversed(before) if row.right is not None), None))


def _short(view: PackageView) -> str:
    return tr("{n} · {kind}", n=view.number, kind=view.kind)


def _head(view: PackageView) -> str:
    return tr("{n} · {kind}　{name}　{at}", n=view.number, kind=view.kind, name=view.name, at=view.at[:16])


def _lead(label: str) -> str:
    return f"{label}　" if label else ""


def _kind_words(row: Row) -> str:
    return tr("移动并改动") if row.moved and row.kind is Kind.CHANGED else tr(row.kind.value)


def _around(text: str, spans: Spans) -> str:
    """The change with a little of what stands around it."""
    start = max(0, (spans[0].start if spans else 0) - _AROUND)
    end = (spans[0].end if spans else 0) + 2 * _AROUND
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"

