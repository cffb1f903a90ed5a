"""The opinion editor of the present round, with the rounds that went before readable beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import CaseView, OpinionRound
from desktop.core.phrases import BLANK
from desktop.ui.i18n import tr
from desktop.ui.utf16 import utf16
from desktop.ui.widgets.elided import ElidedLabel


def round_words(opinion: OpinionRound) -> str:
    """One past round as text: what went out and what came back."""
    reply = (tr("{day} 收到答复", day=opinion.replied_on.isoformat()) + (f"\n{opinion.reply}" if opinion.reply else "")
             if opinion.replied_on else tr("尚未收到答复"))
    return tr("第 {n} 次意见，{day} 发出", n=opinion.number, day=opinion.sent_on.isoformat()) \
        + f"\n\n{opinion.text}\n\n— {reply}"


class OpinionPanel(QWidget):
    """``changed`` follows typing only, not loading. ``compose_asked``: make a text from the defects;
    ``phrases_asked``: offer phrases for the cursor."""

    changed = Signal()
    compose_asked = Signal()
    phrases_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._loading = False
        self._rounds: tuple[OpinionRound, ...] = ()
        self._title = QLabel()
        self._title.setObjectName("strong")
        self._state = ElidedLabel()
        self._state.setObjectName("muted")
        self.compose = QPushButton(tr("由缺陷生成"))
        self.compose.setAutoDefault(True)
        self.compose.setToolTip(tr("按模板和清单中的缺陷写出意见正文（Ctrl+G）"))
        self.compose.clicked.connect(self.compose_asked)
        self.phrases = QPushButton(tr("短语"))
        self.phrases.setAutoDefault(True)
        self.phrases.setToolTip(tr("按检查项目和条款挑选写好的句子，插入光标处（Ctrl+H）"))
        self.phrases.clicked.connect(self.phrases_asked)
        self.previous = QPushButton(tr("历次意见"))
        self.previous.setAutoDefault(True)
        self.previous.setCheckable(True)
        self.previous.setToolTip(tr("在下方打开以前各次意见和答复（Ctrl+L）"))
        self.previous.toggled.connect(self._toggle_past)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._state, 1)
        head.addWidget(self.phrases)
        head.addWidget(self.compose)
        head.addWidget(self.previous)
        self.editor = QPlainTextEdit()
        self.editor.setObjectName("opinionEditor")
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName(tr("预审意见正文"))
        self.editor.setPlaceholderText(tr("在这里写意见正文，或先答清单再按“由缺陷生成”。"))
        self.editor.textChanged.connect(self._typed)
        self._past = QWidget()
        past = QVBoxLayout(self._past)
        past.setContentsMargins(0, 0, 0, 0)
        self._choice = QComboBox()
        self._choice.currentIndexChanged.connect(self._show_past)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setObjectName("opinionPast")
        past.addWidget(self._choice)
        past.addWidget(self._text, 1)
        self._past.hide()
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.editor)
        split.addWidget(self._past)
        split.setChildrenCollapsible(False)
        self._foot = QLabel()
        self._foot.setObjectName("muted")
        self._foot.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.addLayout(head)
        column.addWidget(split, 1)
        column.addWidget(self._foot)

    def show_case(self, case: CaseView, text: str, *, writable: bool, saved_at: str) -> None:
        """Load a case's own text. ``writable``: an action that sends an opinion is open to this person now."""
        self._rounds = case.opinions
        number = case.round + 1 if writable else case.round
        self._title.setText(tr("预审意见（第 {n} 次）", n=number) if number else tr("预审意见"))
        self.set_text(text)
        self.editor.setReadOnly(not writable)
        # Where nothing is to be written, the room belongs to what was written before.
        self.editor.setVisible(writable or not case.opinions)
        self.editor.setPlaceholderText(
            tr("在这里写意见正文，或先答清单再按“由缺陷生成”。") if writable else tr("本环节不发出意见。"))
        self.compose.setVisible(writable)
        self.phrases.setVisible(writable)
        self.saved(saved_at) if saved_at else self._state.setText("")
        self._foot.setText(self._allowance(case, number) if writable else "")
        self._foot.setVisible(bool(self._foot.text()))
        self.previous.setVisible(bool(case.opinions) and writable)
        self._choice.blockSignals(True)
        self._choice.clear()
        for opinion in reversed(case.opinions):
            self._choice.addItem(tr("第 {n} 次　{day}", n=opinion.number, day=opinion.sent_on.isoformat()))
        self._choice.blockSignals(False)
        if case.opinions:
            self._choice.setCurrentIndex(0)
            self._show_past(0)
            # Where nothing is to be written, the past rounds are what one came to read.
            self.previous.setChecked(not writable)
        else:
            self.previous.setChecked(False)

    def _allowance(self, case: CaseView, number: int) -> str:
        if not case.max_rounds:
            return ""
        if number >= case.max_rounds:
            return tr("第 {n} 次也是最后一次意见；再不合格只能作出合格或不合格结论（上限 {max} 次）", n=number,
                      max=case.max_rounds)
        return tr("第 {n} 次意见，上限 {max} 次", n=number, max=case.max_rounds)

    def text(self) -> str:
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put a text in without it counting as typing."""
        if text == self.text():
            return
        self._loading = True
        self.editor.setPlainText(text)
        self._loading = False

    def replace_text(self, text: str) -> None:
        """A text made for the person: can be undone, and counts as their change."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.editor.setFocus()

    def insert(self, text: str) -> None:
        """Put a sentence at the cursor, in place of what is selected; its first blank is selected, to be typed over."""
        cursor = self.editor.textCursor()
        start = cursor.selectionStart()
        cursor.insertText(text)
        blank = text.find(BLANK)
        if blank >= 0:
            start += utf16(text[:blank])
            cursor.setPosition(start)
            cursor.setPosition(start + len(BLANK), cursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    def _typed(self) -> None:
        if not self._loading:
            self._state.setText(tr("草稿 · 有改动未保存"))
            self.changed.emit()

    def saved(self, at: str) -> None:
        self._state.setText(tr("草稿 · {at} 已自动保存", at=at[-5:] if len(at) <= 16 else at[11:16]))

    def not_saved(self, reason: str) -> None:
        self._state.setText(tr("草稿没有保存：{reason}", reason=reason))

    def show_notice(self, words: str) -> None:
        self._state.setText(words)

    def _toggle_past(self, on: bool) -> None:
        # Where nothing is to be written, the past rounds are all there is to see.
        self._past.setVisible(on or self.editor.isHidden())

    def _show_past(self, index: int) -> None:
        if 0 <= index < len(self._rounds):
            self._text.setPlainText(round_words(tuple(reversed(self._rounds))[index]))


