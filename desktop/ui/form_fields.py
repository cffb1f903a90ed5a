"""The questions of a form: an editor each, only those that the kind of matter is asked, and the business date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QScrollArea, QWidget

from desktop.app.queue_views import StaffMember
from desktop.app.views import FieldView
from desktop.core.refusal import Refusal
from desktop.ui.case_editors import DigestField, editor_for
from desktop.ui.case_fields import DateField, FieldEditor
from desktop.ui.finding import Find
from desktop.ui.i18n import tr

#: Refusals that are about the business date rather than about a field.
DAY_CODES = frozenset({"far_future", "before_last_step"})
#: More fields than this stand closer together.
FEW = 8
#: The field whose value tells the others what kind of application they speak of.
PATENT_TYPE = "patent_type"


class FormFields(QScrollArea):
    """``category`` is the kind of matter of a case; in an opening ``category_field`` names the question that decides
    it, and the questions that belong to other kinds come and go with the answer."""

    changed = Signal()

    def __init__(
        self,
        fields: Sequence[FieldView],
        *,
        words: Sequence[tuple[str, str]] = (),
        category: str = "",
        category_field: str = "",
        patent_type: str = "",
        day_hint: str = "",
        staff: Sequence[StaffMember],
        today: date,
        find: Find | None = None,
        now: Callable[[], datetime] = datetime.now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editors: dict[str, FieldEditor] = {}
        self._views = {field.name: field for field in fields}
        self._category, self._category_field = category, category_field
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        form = self._form = QFormLayout(body)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.setVerticalSpacing(10 if len(fields) <= FEW else 5)
        for label, said in words:
            line = QLabel(said)
            line.setWordWrap(True)
            form.addRow(self._label(label, False), line)
        for field in fields:
            editor = editor_for(field, today=today, staff=staff, patent_type=patent_type, find=find, now=now)
            editor.changed.connect(self.changed)
            self.editors[field.name] = editor
            label = self._label("" if field.type == "bool" and not field.hint else field.label, field.required)
            label.setBuddy(editor.focusProxy() or editor)
            form.addRow(label, editor)
        self.on = DateField(today)
        self.on.set_value(today.isoformat())
        self.on.hint(day_hint or tr("期限从这一天起算；补记以前的事请改成实际日期"))
        form.addRow(self._label(tr("发生日期"), True), self.on)
        self.setWidget(body)
        self._day = today.isoformat()
        self._days = [name for name, view in self._views.items() if view.type == "date" and view.default == self._day]
        self.on.changed.connect(self._follow_day)
        chooser = self.editors.get(category_field)
        if chooser is not None:
            chooser.changed.connect(self._fit)
        kind = self.editors.get(PATENT_TYPE)
        if kind is not None:
            kind.changed.connect(self._tell_kind)
            self._tell_kind()
        self._fit()

    def _label(self, text: str, required: bool) -> QLabel:
        label = QLabel(f"{text} *" if required and text else text)
        label.setObjectName("muted")
        if required:
            label.setToolTip(tr("必填"))
        return label

    # --- which questions are asked

    def category(self) -> str:
        """The kind of matter that is asked about; empty while nobody chose one."""
        chooser = self.editors.get(self._category_field)
        return chooser.value() if chooser is not None else self._category

    def asked(self) -> list[str]:
        """Names of the fields that this kind of matter is asked, in order."""
        category = self.category()
        return [name for name, view in self._views.items() if not view.categories or category in view.categories]

    def _fit(self) -> None:
        asked = set(self.asked())
        for name, editor in self.editors.items():
            # What was typed stays in an editor that is hidden for now, and is not sent.
            self._form.setRowVisible(editor, name in asked)

    def _tell_kind(self) -> None:
        kind = self.editors[PATENT_TYPE].value()
        for name, editor in self.editors.items():
            if name != PATENT_TYPE:
                editor.set_kind(kind)

    def _follow_day(self) -> None:
        """Dates that were offered as the business date go with it as long as nobody wrote another."""
        day = self.on.day()
        if day is None:
            return
        self._days = [name for name in self._days if self.editors[name].value() == self._day]
        self._day = day.isoformat()
        for name in self._days:
            self.editors[name].set_value(self._day)

    # --- values and faults

    def values(self) -> dict[str, str]:
        """What was filled in, of the fields that are asked."""
        own = {name: self.editors[name].value() for name in self.asked()}
        return {name: value for name, value in own.items() if value}

    def required(self) -> set[str]:
        return {name for name in self.asked() if self._views[name].required}

    def first_needed(self) -> FieldEditor | None:
        """The first field that must be filled and is not."""
        needed = self.required()
        return next((self.editors[name] for name in self.asked() if name in needed and not self.editors[name].value()),
                    None)

    def check(self) -> bool:
        """Say under each field what can be seen to be wrong here, and go to the first of them."""
        required = self.required()
        first_wrong: FieldEditor | None = None
        for name, editor in (*((name, self.editors[name]) for name in self.asked()), ("", self.on)):
            problem = editor.problem()
            if not problem and not editor.value() and (name in required or editor is self.on):
                problem = tr("此项必填")
            editor.remark(problem)
            if problem and first_wrong is None:
                first_wrong = editor
        if first_wrong is not None:
            self.go_to(first_wrong)
        return first_wrong is None

    def show_refusal(self, error: BaseException, sentence: str) -> bool:
        """Say what the rules said at the field that it is about; False when it is about none of them."""
        if not isinstance(error, Refusal):
            return False
        editor = self.on if error.code in DAY_CODES else self.editors.get(str(error.data.get("input", "")))
        if editor is None or editor.isHidden():
            return False
        editor.remark(sentence)
        self.go_to(editor)
        return True

    def go_to(self, editor: FieldEditor) -> None:
        editor.setFocus()
        self.ensureWidgetVisible(editor, 0, 24)

    def finish(self) -> None:
        """Wait for what still runs; called when the form closes."""
        for editor in self.editors.values():
            if isinstance(editor, DigestField):
                editor.finish()

