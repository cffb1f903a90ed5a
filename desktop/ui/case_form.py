"""The small form that an action opens: its fields, the business date, and the answer of the rules inline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import ActionView, CaseView, StaffMember
from desktop.core.refusal import Refusal
from desktop.ui.case_editors import DigestField, editor_for
from desktop.ui.case_fields import DateField, FieldEditor
from desktop.ui.i18n import tr
from desktop.ui.worker import said_fault

#: Refusals that are about the business date rather than about a field.
DAY_CODES = frozenset({"far_future", "before_last_step"})
#: ``send(values, on, done, failed)`` hands the action to the writer and answers on the main thread.
Send = Callable[[Mapping[str, str], date, Callable[[object], None], Callable[[BaseException], None]], None]


class ActionForm(QDialog):
    """Asks what one action needs. ``carried`` are values that the page already holds (checklist, opinion).

    Enter confirms (Ctrl+Enter from a multi-line field), Esc leaves without a trace. A refusal is
    shown at its field and nothing is lost.
    """

    def __init__(
        self,
        case: CaseView,
        action: ActionView,
        *,
        carried: Mapping[str, str],
        carried_words: Sequence[str],
        staff: Sequence[StaffMember],
        today: date,
        send: Send,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.outcome: object | None = None
        self._action, self._carried, self._today, self._send = action, dict(carried), today, send
        self.editors: dict[str, FieldEditor] = {}
        self.setObjectName("actionForm")
        self.setWindowTitle(f"{action.label} · {case.number}")
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)

        heading = QLabel(action.label)
        heading.setObjectName("title")
        subject = QLabel(case.title)
        subject.setObjectName("muted")
        subject.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._form.setVerticalSpacing(10)
        for words in carried_words:
            line = QLabel(words)
            line.setWordWrap(True)
            self._form.addRow(self._label(tr("随本次提交"), False), line)
        for field in action.fields:
            if field.name in self._carried or field.group == "checklist":
                continue
            editor = editor_for(field, today=today, staff=staff, patent_type=case.patent_type)
            editor.changed.connect(self._forget_problem)
            self.editors[field.name] = editor
            label = self._label("" if field.type == "bool" and not field.hint else field.label, field.required)
            label.setBuddy(editor.focusProxy() or editor)
            self._form.addRow(label, editor)
        self.on = DateField(today)
        self.on.set_value(today.isoformat())
        self.on.hint(tr("期限从这一天起算；补记以前的事请改成实际日期"))
        self._form.addRow(self._label(tr("发生日期"), True), self.on)

        body = QWidget()
        body.setLayout(self._form)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._problem = QLabel()
        self._problem.setObjectName("fieldRemark")
        self._problem.setProperty("level", "error")
        self._problem.setWordWrap(True)
        self._problem.hide()

        self._quiet = QLabel()
        self._quiet.setObjectName("fieldRemark")
        self._quiet.setWordWrap(True)
        self._quiet.hide()
        buttons = QDialogButtonBox()
        self.confirm = QPushButton(tr("确认") + action.label)
        self.confirm.setToolTip(tr("Enter；在多行文字里用 Ctrl+Enter"))
        self.confirm.setProperty("danger" if action.emphasis == "danger" else "primary", True)
        self.confirm.setDefault(True)
        cancel = QPushButton(tr("取消"))
        cancel.setAutoDefault(True)
        buttons.addButton(self.confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.submit)
        buttons.rejected.connect(self.reject)

        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.addWidget(heading)
        column.addWidget(subject)
        if action.to_label and action.to != case.stage:
            column.addWidget(self._muted(tr("之后进入：") + action.to_label))
        column.addWidget(self._quiet)
        column.addWidget(scroll, 1)
        column.addWidget(self._problem)
        column.addWidget(buttons)
        frame = self.sizeHint().height() - scroll.sizeHint().height()
        self.resize(self.minimumWidth(), min(body.sizeHint().height() + frame + 8, 680))
        send_now = QAction(self)
        send_now.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        send_now.triggered.connect(self.submit)
        self.addAction(send_now)
        # Where nothing has to be filled in, Enter is enough; a multi-line field would swallow it.
        needed = {field.name for field in action.fields if field.required}
        first = next((editor for name, editor in self.editors.items() if name in needed), None)
        (first or self.confirm).setFocus()

    def _label(self, text: str, required: bool) -> QLabel:
        label = QLabel(f"{text} *" if required and text else text)
        label.setObjectName("muted")
        if required:
            label.setToolTip(tr("必填"))
        return label

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        return label

    def values(self) -> dict[str, str]:
        """What will be sent: the page's values and the filled fields."""
        own = {name: editor.value() for name, editor in self.editors.items()}
        return {**self._carried, **{name: value for name, value in own.items() if value}}

    def submit(self) -> None:
        """Check what can be checked here, then ask the rules."""
        if not self.confirm.isEnabled():
            return
        required = {field.name for field in self._action.fields if field.required}
        first_wrong: FieldEditor | None = None
        for name, editor in (*self.editors.items(), ("", self.on)):
            problem = editor.problem()
            if not problem and not editor.value() and (name in required or editor is self.on):
                problem = tr("此项必填")
            editor.remark(problem)
            if problem and first_wrong is None:
                first_wrong = editor
        if first_wrong is not None:
            first_wrong.setFocus()
            return
        day = self.on.day()
        assert day is not None
        self.confirm.setEnabled(False)
        self._send(self.values(), day, self._accepted, self._refused)

    def _accepted(self, outcome: object) -> None:
        self.outcome = outcome
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self.confirm.setEnabled(True)
        self.confirm.setDefault(True)
        name = str(error.data.get("input", "")) if isinstance(error, Refusal) else ""
        sentence = said_fault(error) or tr("程序内部出错，什么也没有记录。")
        about_day = isinstance(error, Refusal) and error.code in DAY_CODES
        editor = self.on if about_day else self.editors.get(name)
        if editor is not None:
            editor.remark(sentence)
            editor.setFocus()
        else:
            self._problem.setText(sentence)
            self._problem.show()

    def say_quietly(self, words: str, level: str = "hint") -> None:
        """A muted line under the heading, for what is learned while the form is open."""
        self._quiet.setText(words)
        self._quiet.setProperty("level", level)
        self._quiet.style().unpolish(self._quiet)
        self._quiet.style().polish(self._quiet)
        # A line that was there once keeps its place, so that nothing jumps under the hand.
        self._quiet.setVisible(bool(words) or self._quiet.isVisible())

    def quiet_words(self) -> str:
        """What that line says."""
        return self._quiet.text()

    def _forget_problem(self) -> None:
        self._problem.hide()

    def done(self, result: int) -> None:
        for editor in self.editors.values():
            if isinstance(editor, DigestField):
                editor.finish()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        # A form whose action is on its way to the writer must not vanish before the answer.
        if self.confirm.isEnabled():
            super().closeEvent(event)
        else:
            event.ignore()
