"""The checklist of the stage: one line an item, answered by mouse or by the keys 1, 2 and 3."""

from __future__ import annotations

from collections.abc import Mapping, Set

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import CheckItemView, ChecklistView
from desktop.ui.i18n import tr
from desktop.ui.widgets.elided import ElidedLabel

PASS, DEFECT, NOT_APPLICABLE = "符合", "缺陷", "不适用"
#: A line narrower than this many clauses has no room for its clause beside the text.
NARROW = 4.4
#: The width of the clauses, by a text; a list whose clauses are sentences has a wider one, of two lines at most.
CLAUSE, LONG_CLAUSE = "细则20、27、29", "国" * 10
QWIDGETSIZE_MAX = 16_777_215
ANSWERS = (PASS, DEFECT, NOT_APPLICABLE)
_KEYS = {Qt.Key.Key_1: PASS, Qt.Key.Key_2: DEFECT, Qt.Key.Key_3: NOT_APPLICABLE}


class _Segments(QFrame):
    """Three answers side by side, none or one of them chosen."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._buttons: dict[str, QPushButton] = {}
        for answer, level in zip(ANSWERS, ("pass", "defect", "neutral"), strict=True):
            button = QPushButton(tr(answer))
            button.setObjectName("segment")
            button.setProperty("level", level)
            button.setCheckable(True)
            button.setAutoDefault(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _on, answer=answer: self.chosen.emit(answer))
            self._group.addButton(button)
            self._buttons[answer] = button
            line.addWidget(button)

    def show_answer(self, answer: str) -> None:
        for own, button in self._buttons.items():
            button.setChecked(own == answer)


class CheckRow(QFrame):
    """One item. Takes the focus as a whole; its note line appears when the answer is a defect."""

    answered = Signal()
    moved = Signal(int)
    settled = Signal()
    focused = Signal()

    def __init__(self, item: CheckItemView, human: bool, parent: QWidget, clause: str = CLAUSE) -> None:
        super().__init__(parent)
        self.item = item
        self.human = human
        self.answer = ""
        self.setObjectName("checkRow")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        metrics = self.fontMetrics()
        code = QLabel(item.item)
        code.setObjectName("muted")
        code.setMinimumWidth(metrics.horizontalAdvance("I-S10 "))
        text = QLabel(item.text)
        text.setWordWrap(True)
        self._clause = QLabel(item.clause + (tr("\n需人工确认") if human else ""))
        self._clause.setToolTip(item.ground)
        self._clause.setObjectName("muted")
        self._clause.setWordWrap(True)
        self._clause_width = metrics.horizontalAdvance(clause)
        self._segments = _Segments(self)
        self._segments.chosen.connect(self._choose)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(tr("缺陷的具体内容，如：权利要求7引用多项从属权利要求"))
        self.note.setAccessibleName(item.item + " " + tr("缺陷说明"))
        self.note.hide()
        self.note.installEventFilter(self)
        self.note.textEdited.connect(lambda _text: self.answered.emit())
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(8, 4, 8, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(code, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(text, 0, 1)
        grid.addWidget(self._segments, 0, 3, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.note, 2, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        self._narrow: bool | None = None
        self._place_clause(False)
        self._name()

    def _place_clause(self, narrow: bool) -> None:
        """Beside the text; where the line is narrow, under it, so that the text keeps its width."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._grid.removeWidget(self._clause)
        if narrow:
            self._clause.setMinimumWidth(0)
            self._clause.setMaximumWidth(QWIDGETSIZE_MAX)
            self._grid.addWidget(self._clause, 1, 1, 1, 3)
        else:
            self._clause.setFixedWidth(self._clause_width)
            self._grid.addWidget(self._clause, 0, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_clause(event.size().width() < self._clause_width * NARROW)

    def minimumSizeHint(self) -> QSize:
        # Narrower than with the clause beside the text: it moves below when there is no room.
        return QSize(self._segments.sizeHint().width() + self._clause_width, super().minimumSizeHint().height())

    def _name(self) -> None:
        # What a screen reader says for the line as a whole.
        state = tr(self.answer) if self.answer else tr("未答")
        self.setAccessibleName(f"{self.item.item} {self.item.text} {self.item.clause}：{state}")

    def show_answer(self, answer: str, note: str) -> None:
        """Take an answer without telling anybody (loading)."""
        self.answer = answer
        self._segments.show_answer(answer)
        self.note.setVisible(answer == DEFECT)
        if self.note.text() != note:
            self.note.setText(note)
            self.note.setCursorPosition(0)
        self._name()

    def _choose(self, answer: str) -> None:
        # A second press on the same answer takes it back.
        self.show_answer("" if answer == self.answer else answer, self.note.text())
        if not self.note.hasFocus():
            self.setFocus()
        self.answered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and key in _KEYS:
            answer, first = _KEYS[key], not self.answer
            if answer != self.answer:
                self._choose(answer)
            if first and answer != DEFECT:
                # A long list is answered by one key an item; a defect waits for its words, a changed answer for a look.
                self.settled.emit()
        elif plain and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.answer:
            self._choose(self.answer)
        elif plain and key == Qt.Key.Key_Down:
            self.moved.emit(1)
        elif plain and key == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and self.note.isVisible():
            self.note.setFocus()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.note and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            # Esc steps back to the line first; only there does it leave the page.
            if event.type() == QEvent.Type.KeyPress:
                self.setFocus()
            event.accept()
            return True
        if watched is self.note and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self.moved.emit(1)
                return True
            if event.key() == Qt.Key.Key_Up:
                self.setFocus()
                return True
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()


class ChecklistPanel(QWidget):
    """All items by category, with progress and 其余均符合. ``changed`` follows a person's answer only."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[CheckRow] = []
        self._current = 0
        self._empty = QLabel(tr("本环节没有需要逐项回答的清单。"))
        self._empty.setObjectName("muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel()
        self._title.setObjectName("strong")
        self._rest = QPushButton(tr("其余均符合"))
        self._rest.setAutoDefault(True)
        self._rest.setToolTip(tr("把还没有回答的各项都记为符合（Ctrl+R）；标明“需人工确认”的除外"))
        self._rest.clicked.connect(self.pass_the_rest)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._rest)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("checkScroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._progress = ElidedLabel()
        self._progress.setObjectName("muted")
        self._progress.setContentsMargins(16, 4, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._empty, 1)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._progress)

    def show_checklist(
        self, view: ChecklistView | None, answers: Mapping[str, tuple[str, str]], human: Set[str] = frozenset(),
    ) -> None:
        """Show the items with their recorded answers, over which ``answers`` (unsent work) win.

        ``human``: items that a person has to look at one by one; 其余均符合 leaves them open.
        """
        found = view.items if view else ()
        categories = list(dict.fromkeys(item.category for item in found))
        items = tuple(sorted(found, key=lambda item: categories.index(item.category)))
        if [(row.item, row.human) for row in self.rows] != [(item, item.item in human) for item in items]:
            self._build(items, human)
        for row in self.rows:
            answer, note = answers.get(row.item.item, (row.item.answer, row.item.note))
            row.show_answer(answer, note)
        self._title.setText(view.title if view else "")
        has_items = bool(items)
        self._empty.setVisible(not has_items)
        for widget in (self._scroll, self._rest, self._progress, self._title):
            widget.setVisible(has_items)
        self._count()

    def _build(self, items: tuple[CheckItemView, ...], human: Set[str]) -> None:
        page = QWidget()
        page.setObjectName("checkPage")
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 0, 8, 8)
        column.setSpacing(0)
        self.rows = []
        clause = LONG_CLAUSE if any(len(item.clause) > len(LONG_CLAUSE) for item in items) else CLAUSE
        category = None
        for item in items:
            if item.category != category:
                category = item.category
                heading = QLabel(category)
                heading.setObjectName("strong")
                heading.setContentsMargins(8, 8, 0, 2)
                column.addWidget(heading)
            row = CheckRow(item, item.item in human, page, clause)
            position = len(self.rows)
            row.answered.connect(self._answered)
            row.settled.connect(lambda position=position: self._go_on(position))
            row.moved.connect(lambda step, position=position: self.focus_row(position + step))
            row.focused.connect(lambda position=position: self._focused(position))
            self.rows.append(row)
            column.addWidget(row)
        column.addStretch(1)
        self._scroll.setWidget(page)
        self._current = 0
        self._rove()

    def _rove(self) -> None:
        # One stop of the Tab key for the whole list, as in any list view.
        for position, row in enumerate(self.rows):
            row.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if position == self._current else Qt.FocusPolicy.ClickFocus)

    def _focused(self, position: int) -> None:
        self._current = position
        self._rove()
        # After the rows have their height: texts wrap only when the list has its width.
        QTimer.singleShot(0, self.rows[position], self._show_current)

    def _show_current(self) -> None:
        if self._current < len(self.rows):
            self._scroll.ensureWidgetVisible(self.rows[self._current], 0, 40)
            self._scroll.horizontalScrollBar().setValue(0)

    def focus_row(self, position: int) -> None:
        if self.rows:
            self._current = max(0, min(position, len(self.rows) - 1))
            self._rove()
            self.rows[self._current].setFocus()

    def _go_on(self, position: int) -> None:
        following = [place for place, row in enumerate(self.rows) if place > position and not row.answer]
        if following:
            self.focus_row(following[0])

    def focus_current(self) -> None:
        self.focus_row(self._current)

    def by_concern(self) -> list[str]:
        """All items: first the one under the cursor, then those with a defect, then the others."""
        rows = sorted(self.rows, key=lambda row: row.answer != DEFECT)
        current = self.rows[self._current : self._current + 1]
        return [row.item.item for row in dict.fromkeys([*current, *rows])]

    def focus_item(self, item: str) -> None:
        """Put the keyboard on one item."""
        for position, row in enumerate(self.rows):
            if row.item.item == item:
                self.focus_row(position)

    def pass_the_rest(self) -> None:
        for row in self.rows:
            if not row.answer and not row.human:
                row.show_answer(PASS, row.note.text())
        self._answered()
        left = self.unanswered()
        if left:
            self.focus_item(left[0])

    def _answered(self) -> None:
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        done = sum(bool(row.answer) for row in self.rows)
        defects = sum(row.answer == DEFECT for row in self.rows)
        words = tr("{done} / {all} 已答", done=done, all=len(self.rows))
        if defects:
            words += tr(" · 缺陷 {n} 项", n=defects)
        words += tr("　1 符合　2 缺陷　3 不适用　↑↓ 移动　Enter 写说明")
        self._progress.setText(words)
        self._rest.setEnabled(done < len(self.rows))

    def answers(self) -> dict[str, tuple[str, str]]:
        """Item -> (answer, note) of every answered item. The note belongs to a defect only."""
        return {
            row.item.item: (row.answer, row.note.text().strip() if row.answer == DEFECT else "")
            for row in self.rows if row.answer
        }

    def defects(self) -> list[str]:
        return [row.item.item for row in self.rows if row.answer == DEFECT]

    def unanswered(self) -> list[str]:
        return [row.item.item for row in self.rows if not row.answer]
