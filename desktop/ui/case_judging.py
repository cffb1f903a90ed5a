"""What a person says of a finding: accepted in their own words, or not followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.app.package_views import FindingView
from desktop.app.views import FieldView
from desktop.core.terms import Judgement
from desktop.ui.case_form import FormDialog, Send
from desktop.ui.context import Context
from desktop.ui.form_fields import FormFields
from desktop.ui.i18n import tr


class JudgeForm(FormDialog):
    """Asks for the words of an acceptance, or the reason of a dismissal."""

    def __init__(
        self, context: Context, one: FindingView, judgement: Judgement, send: Send, parent: QWidget | None = None
    ) -> None:
        self._send = send
        accepting = judgement is Judgement.ACCEPTED
        field = (FieldView("words", tr("写入意见的文字"), "multiline", True, default=one.words) if accepting else
                 FieldView("reason", tr("不采纳的理由"), "text", False, hint=tr("可不填；记入流水")))
        fields = FormFields([field], staff=context.staff, today=context.today(), day_hint=tr("记入流水的日期"))
        heading = tr("改写后采纳") if accepting else tr("不采纳")
        super().__init__(
            fields, title=heading, heading=heading,
            subject=f"{one.finding.where}（{one.finding.article}）\n{one.finding.text}",
            confirm=tr("采纳") if accepting else tr("不采纳"), parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fields.editors[field.name].setFocus()

    def send(self, values: Mapping[str, str], day: date) -> None:
        self._send(values, day, self._accepted, self._refused)
