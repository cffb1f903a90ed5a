"""Fields whose value is judged or computed while it is entered, and the editor for each type of field."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton, QWidget

from desktop.app.queue_views import StaffMember
from desktop.app.views import FieldView
from desktop.core.check import Check
from desktop.core.terms import PatentType
from desktop.ui.case_fields import (
    BoolField,
    ChoiceField,
    DateField,
    FieldEditor,
    IntegerField,
    MultilineField,
    PersonField,
    TextField,
)
from desktop.ui.case_moments import TimestampField
from desktop.ui.case_reference import CaseField
from desktop.ui.finding import Find
from desktop.ui.i18n import tr


class ApplicationNumberField(TextField):
    """Says while one types whether the check digit and the type fit."""

    def __init__(self, patent_type: str, example: str = "", parent: QWidget | None = None) -> None:
        super().__init__(example, parent)
        self._patent_type = patent_type
        self.line.textChanged.connect(self._check)

    def set_kind(self, patent_type: str) -> None:
        self._patent_type = patent_type
        self._check(self.line.text())

    def _check(self, text: str) -> None:
        from desktop.core.identifiers import check_application_number

        digits = sum(character.isdigit() for character in text)
        if digits < 9:
            self.remark("")
            return
        answer = check_application_number(text, kind_of(self._patent_type))
        if answer.valid:
            self.remark(tr("校验通过：{number}", number=answer.normalized), "done")
        else:
            self.remark(answer.reason, "warning" if digits < 13 else "error")


class CheckedField(TextField):
    """A number or class that has a check of its own: what is right is said at once, what is wrong when one leaves."""

    def __init__(self, check: Callable[[str, str], Check], patent_type: str, example: str) -> None:
        super().__init__(example)
        self._check_of, self._patent_type = check, patent_type
        self.line.textChanged.connect(lambda _text: self._judge(leaving=False))
        self.line.editingFinished.connect(lambda: self._judge(leaving=True))

    def set_kind(self, patent_type: str) -> None:
        self._patent_type = patent_type
        self._judge(leaving=not self.line.hasFocus())

    def _judge(self, *, leaving: bool) -> None:
        text = self.value()
        answer = self._check_of(text, self._patent_type) if text else None
        if answer is not None and answer.valid:
            self.remark(tr("校验通过：{number}", number=answer.normalized), "done")
        else:
            self.remark(answer.reason if answer is not None and leaving else "")

    def problem(self) -> str:
        text = self.value()
        return "" if not text or (answer := self._check_of(text, self._patent_type)).valid else answer.reason


def kind_of(patent_type: str) -> PatentType | None:
    """The patent type of that name, if it is one."""
    return PatentType(patent_type) if patent_type in tuple(PatentType) else None


def _check_class(text: str, patent_type: str) -> Check:
    """By the scheme of the patent type; either will do where nobody says which."""
    from desktop.core.classes import check_ipc, check_locarno

    kind = kind_of(patent_type)
    if kind is None:
        answer = check_ipc(text)
        return answer if answer.valid else check_locarno(text)
    return check_locarno(text) if kind is PatentType.DESIGN else check_ipc(text)


def _check_uscc(text: str, _patent_type: str) -> Check:
    from desktop.core.identifiers import check_uscc

    return check_uscc(text)


def _check_agency_code(text: str, _patent_type: str) -> Check:
    from desktop.core.identifiers import check_agency_code

    return check_agency_code(text)


class DecimalField(TextField):
    """A number that may have a fraction, with or without separators."""

    _SHAPE = re.compile(r"-?\d{1,12}(\.\d{1,6})?")

    def problem(self) -> str:
        text = self.value().replace(",", "").replace("，", "")
        return "" if not text or self._SHAPE.fullmatch(text) else tr("应为数，小数至多六位")


class _Hashing(QThread):
    """SHA-256 of one file without holding up the window."""

    hashed = Signal(str)
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path

    def run(self) -> None:
        try:
            with self._path.open("rb") as source:
                self.hashed.emit(hashlib.file_digest(source, "sha256").hexdigest())
        except OSError as fault:
            self.failed.emit(str(fault.strerror or fault))


class DigestField(TextField):
    """A SHA-256 value, typed or computed from a file that the person chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        FieldEditor.__init__(self, parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("64 位十六进制数"))
        self.line.textChanged.connect(lambda _text: self.changed.emit())
        self.button = QToolButton()
        self.button.setText(tr("选择文件计算…"))
        self.button.clicked.connect(self._choose)
        self._hashing: _Hashing | None = None
        self._place(self.line, self.button)

    def _choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, tr("选择要计算校验值的文件"))
        if name:
            self.hash_file(Path(name))

    def hash_file(self, path: Path) -> None:
        self.button.setEnabled(False)
        self.remark(tr("正在计算 {name} …", name=path.name), "hint")
        self._hashing = _Hashing(path, self)
        self._hashing.hashed.connect(lambda digest: self._hashed(path, digest))
        self._hashing.failed.connect(lambda reason: self._failed(path, reason))
        self._hashing.start()

    def _hashed(self, path: Path, digest: str) -> None:
        self.button.setEnabled(True)
        self.line.setText(digest)
        self.remark(tr("取自文件 {name}", name=path.name), "done")

    def _failed(self, path: Path, reason: str) -> None:
        self.button.setEnabled(True)
        self.remark(tr("读不出 {name}：{reason}", name=path.name, reason=reason))

    def problem(self) -> str:
        if self.value() and not re.fullmatch(r"[0-9a-fA-F]{64}", self.value()):
            return tr("SHA-256 应为 64 位十六进制数")
        return ""

    def finish(self) -> None:
        """Wait for the helper thread; called when the form closes."""
        if self._hashing is not None:
            self._hashing.wait()


def editor_for(
    field: FieldView, *, today: date, staff: Sequence[StaffMember], patent_type: str, find: Find | None = None,
    now: Callable[[], datetime] = datetime.now,
) -> FieldEditor:
    """The editor for one field, holding its default. ``find`` looks up cases for a field that names one."""
    # An example that only repeats the label tells nothing.
    example = "" if field.example in (field.label, field.default) else field.example
    makers: dict[str, Callable[[], FieldEditor]] = {
        "text": lambda: TextField(example),
        "multiline": lambda: MultilineField(example),
        "date": lambda: DateField(today, example),
        "choice": lambda: ChoiceField(field.options, field.option_labels, field.required),
        "bool": lambda: BoolField(field.hint or field.label),
        "integer": IntegerField,
        "decimal": lambda: DecimalField(example),
        "person": lambda: PersonField(staff, field.options),
        "application_number": lambda: ApplicationNumberField(patent_type, example),
        "sha256": DigestField,
        "uscc": lambda: CheckedField(_check_uscc, patent_type, ""),
        "class": lambda: CheckedField(_check_class, patent_type, example),
        "agency_code": lambda: CheckedField(_check_agency_code, patent_type, ""),
        "timestamp": lambda: TimestampField(today, now),
        "case": lambda: CaseField(find),
    }
    editor = makers[field.type]()
    editor.setAccessibleName(field.label)
    if field.default:
        editor.set_value(field.default)
    if field.hint and field.type != "bool":
        editor.hint(field.hint)
    return editor
