"""The small form that an action opens: its fields, the business date, and the answer of the rules inline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.queue_views import StaffMember
from desktop.app.views import ActionView, CaseView
from desktop.core.terms import PatentType
from desktop.ui.finding import Find
from desktop.ui.form_fields import FormFields
from desktop.ui.i18n import tr
from desktop.ui.worker import said_fault

#: ``send(values, on, done, failed)`` hands the action to the writer and answers on the main thread.
Send = Callable[[Mapping[str, str], date, Callable[[object], None], Callable[[BaseException], None]], None]
TALLEST = 680
#: The strip of the window beneath that stays visible above and below a form.
SPARE = 40


class FormDialog(QDialog):
    """A heading, the fields, one button that sends. Enter confirms (Ctrl+Enter from a multi-line field), Esc leaves
    without a trace. A refusal is shown at its field and nothing is lost."""

    def __init__(
        self, fields: FormFields, *, title: str, heading: str, subject: str, confirm: str, danger: bool = False,
        below: Sequence[QWidget] = (), parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.outcome: object | None = None
        self.fields = fields
        self.editors, self.on = fields.editors, fields.on
        self.setObjectName("actionForm")
        self.setWindowTitle(title)
        wide = self.fontMetrics().averageCharWidth() * 72
        self.setMinimumWidth(wide if parent is None else max(480, min(wide, parent.window().width() - SPARE)))
        fields.changed.connect(self._forget_problem)
        self._problem = self._remark("error")
        self._quiet = self._remark("hint")
        buttons = QDialogButtonBox()
        self.confirm = QPushButton(confirm)
        self.confirm.setToolTip(tr("Enter；在多行文字里用 Ctrl+Enter"))
        self.confirm.setProperty("danger" if danger else "primary", True)
        self.confirm.setDefault(True)
        cancel = QPushButton(tr("取消"))
        cancel.setAutoDefault(True)
        buttons.addButton(self.confirm, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.submit)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        head = QLabel(heading)
        head.setObjectName("title")
        column.addWidget(head)
        for words in filter(None, subject.split("\n")):
            column.addWidget(self._muted(words))
        for widget in below:
            column.addWidget(widget)
        column.addWidget(self._quiet)
        column.addWidget(fields, 1)
        column.addWidget(self._problem)
        column.addWidget(buttons)
        frame = self.sizeHint().height() - fields.sizeHint().height()
        room = parent.window().height() - SPARE if parent is not None else TALLEST
        wanted = fields.widget().sizeHint().height() + frame + 8
        self.resize(self.minimumWidth(), min(wanted, TALLEST, max(room, 320)))
        send_now = QAction(self)
        send_now.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        send_now.triggered.connect(self.submit)
        self.addAction(send_now)
        # Where nothing has to be filled in, Enter is enough; a multi-line field would swallow it.
        (fields.first_needed() or self.confirm).setFocus()

    def _remark(self, level: str) -> QLabel:
        label = QLabel()
        label.setObjectName("fieldRemark")
        label.setProperty("level", level)
        label.setWordWrap(True)
        label.hide()
        return label

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        label.setWordWrap(True)
        return label

    def values(self) -> dict[str, str]:
        """What will be sent."""
        return self.fields.values()

    def send(self, values: Mapping[str, str], day: date) -> None:
        """Hand them over; :meth:`_accepted` or :meth:`_refused` follows."""
        raise NotImplementedError

    def submit(self) -> None:
        """Check what can be checked here, then ask the rules."""
        if not self.confirm.isEnabled() or not self.fields.check():
            return
        day = self.on.day()
        assert day is not None
        self.confirm.setEnabled(False)
        self.send(self.values(), day)

    def _accepted(self, outcome: object) -> None:
        self.outcome = outcome
        self.accept()

    def _refused(self, error: BaseException) -> None:
        self.confirm.setEnabled(True)
        self.confirm.setDefault(True)
        sentence = said_fault(error) or tr("程序内部出错，什么也没有记录。")
        if not self.fields.show_refusal(error, sentence):
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
        self.fields.finish()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        # A form whose action is on its way to the writer must not vanish before the answer.
        if self.confirm.isEnabled():
            super().closeEvent(event)
        else:
            event.ignore()


class ActionForm(FormDialog):
    """Asks what one action needs. ``carried`` are values that the page already holds (checklist, opinion)."""

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
        find: Find | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._carried, self._send = dict(carried), send
        asked = [field for field in action.fields if field.name not in carried and field.group != "checklist"]
        fields = FormFields(
            asked, words=[(tr("随本次提交"), words) for words in carried_words], category=case.category,
            patent_type=patent_type_of(case), staff=staff, today=today, find=find,
        )
        subject = case.title
        if action.to_label and action.to != case.stage:
            subject += "\n" + tr("之后进入：") + action.to_label
        super().__init__(
            fields, title=f"{action.label} · {case.number}", heading=action.label, subject=subject,
            confirm=tr("确认") + action.label, danger=action.emphasis == "danger", parent=parent,
        )

    def values(self) -> dict[str, str]:
        """The page's values and the filled fields."""
        return {**self._carried, **super().values()}

    def send(self, values: Mapping[str, str], day: date) -> None:
        self._send(values, day, self._accepted, self._refused)


def patent_type_of(case: CaseView) -> str:
    """The patent type that a case speaks of: its category in pre-examination, elsewhere one of its facts."""
    types = tuple(PatentType)
    return next((value for value in (case.category, *(value for _label, value in case.facts)) if value in types), "")
