"""Ctrl+H over the opinion: type a few characters, see the sentence, press Enter, and it stands at the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.finding import Finding
from desktop.core.phrases import Phrase, fill, fitting, for_finding, ranked, search
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme, row_height

ROLE = Qt.ItemDataRole.UserRole
LINES = 10  # of the list
PREVIEW = 5  # lines of the sentence
WIDTH = 720  # device-independent pixels, where the window has them
SPARE = 40
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: LINES - 1, Qt.Key.Key_PageUp: 1 - LINES}


class _Line(QStyledItemDelegate):
    """Item, title, and at the right the clause and the mark of the centre's own."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: object) -> QSize:
        return QSize(100, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        phrase: Phrase = index.data(ROLE)  # type: ignore[attr-defined]
        palette, metrics = self._theme.palette, option.fontMetrics
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color("selection"))
        area = option.rect.adjusted(12, 0, -12, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        right = area.right()
        for text, colour in ((tr("本中心") if phrase.own else "", "accent"), (phrase.clause, "muted")):
            if text:
                painter.setPen(palette.color(colour))
                place = area.adjusted(0, 0, right - area.right(), 0)
                painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, text)
                right -= metrics.horizontalAdvance(text) + 16
        painter.setPen(palette.color("muted"))
        painter.drawText(area, middle, phrase.item or tr("通用"))
        left = metrics.horizontalAdvance("I-F10 MM")
        painter.setPen(palette.color("text"))
        title = metrics.elidedText(phrase.title, Qt.TextElideMode.ElideRight, max(0, right - area.left() - left))
        painter.drawText(area.adjusted(left, 0, 0, 0), middle, title)


class PhrasePicker(QFrame):
    """A popup over the window, whose child it is: as a child of a page it would share the page's Esc. ``chosen(text)``:
    the filled sentence."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self._phrases: tuple[Phrase, ...] = ()
        self._first: Phrase | None = None
        self._findings: tuple[Finding, ...] = ()
        self._facts: Mapping[str, str] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.input = QLineEdit(self)
        self.input.setObjectName("search")
        self.input.setPlaceholderText(tr("项目、条款或几个字：I-F7、法26.4、引用…"))
        self.input.setAccessibleName(tr("查找意见短语"))
        self.input.textChanged.connect(self._fill)
        self.input.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setItemDelegate(_Line(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("意见短语"))
        self.list.currentItemChanged.connect(lambda item, _before: self._show(item))
        # The first click shows the sentence, the second takes it.
        self.list.itemDoubleClicked.connect(self._take)
        self.preview = QPlainTextEdit(self)
        self.preview.setReadOnly(True)
        self.preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.preview.setAccessibleName(tr("插入后的文字"))
        self.preview.setFixedHeight(self.fontMetrics().lineSpacing() * PREVIEW + 16)
        self.foot = QLabel(self)
        self.foot.setObjectName("caption")
        self.foot.setWordWrap(True)
        for widget in (self.input, self.list, self.preview, self.foot):
            column.addWidget(widget)

    def ask(
        self, phrases: Sequence[Phrase], *, items: Sequence[str] = (), findings: Sequence[Finding] = (),
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Offer these, those of the first of ``items`` at the top. The first of ``findings``, if it is about that item,
        brings its own sentence before them; each phrase takes claims and passage from the finding that it fits."""
        self._phrases = ranked(phrases, items)
        about = findings and (not items or findings[0].item == items[0])
        self._first = for_finding(phrases, findings[0]) if about else None
        self._findings, self._facts = tuple(findings), facts or {}
        window = self.parentWidget().window()
        self.setFixedWidth(max(360, min(WIDTH, window.width() - SPARE)))
        self.input.clear()
        self._fill()
        self.adjustSize()
        self.move(window.mapToGlobal(QPoint((window.width() - self.width()) // 2, 56)))
        self.show()
        self.input.setFocus()

    def offered(self) -> tuple[Phrase, ...]:
        """What is offered for the words typed so far."""
        found = search(self._phrases, self.input.text())
        first = search((self._first,), self.input.text()) if self._first else ()
        return first + tuple(phrase for phrase in found if phrase not in first)

    def current(self) -> Phrase | None:
        """The phrase that Enter takes."""
        item = self.list.currentItem()
        return None if item is None else item.data(ROLE)

    def text(self) -> str:
        """What Enter inserts; empty for nothing."""
        phrase = self.current()
        return "" if phrase is None else fill(phrase, fitting(phrase, self._findings), self._facts)

    def _fill(self) -> None:
        self.list.clear()
        for phrase in self.offered():
            item = QListWidgetItem(phrase.title)
            item.setData(ROLE, phrase)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{phrase.item} {phrase.title} {phrase.clause}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        # The popup keeps its place and size while one types.
        self.list.setFixedHeight(LINES * row_height(self.list.font()) + 8)
        if not self.list.count():
            self._show(None)

    def _show(self, _item: QListWidgetItem | None) -> None:
        self.preview.setPlainText(self.text())
        count = self.list.count()
        keys = tr("{n} 条　↑↓ 选择　Enter 插入　Esc 关闭", n=count) if count else tr("没有这样的短语")
        self.foot.setText(keys + "　" + tr("本中心的短语在“设置 › 中心文件 › 意见短语”中增改"))

    def _take(self) -> None:
        text = self.text()
        if text:
            self.hide()
            self.chosen.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _STEPS:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + _STEPS[key])))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
        return False
