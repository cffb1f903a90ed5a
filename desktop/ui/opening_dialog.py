"""Opening a case by hand: the questions of its service, those of the chosen kind of matter among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QWidget

from desktop.app.views import OpeningView
from desktop.ui.case_form import FormDialog, Send
from desktop.ui.context import Context
from desktop.ui.finding import finder
from desktop.ui.form_fields import FormFields
from desktop.ui.i18n import tr
from desktop.ui.widgets.banner import Banner


class OpeningDialog(FormDialog):
    """``opened(OpenOutcome)`` when the case is there. ``beside``: what is known was carried over from a record."""

    opened = Signal(object)

    def __init__(
        self, context: Context, view: OpeningView, *, beside: bool, send: Send, parent: QWidget | None = None,
    ) -> None:
        self._view, self._send = view, send
        chooser = [field for field in view.fields if field.name == view.category_field]
        rest = [field for field in view.fields if field.name != view.category_field]
        fields = FormFields(
            [*chooser, *rest], category_field=view.category_field, staff=context.staff, today=context.today(),
            find=self._find, now=context.now, day_hint=tr("收到的日期，第一个期限从这一天起算"),
        )
        self._finder = finder(context, fields)
        banner = Banner()
        subject = tr("归入同一办理记录；已知的内容已经带入，请核对。") if beside else tr(
            "新建之后编号，并开始一份办理记录。")
        super().__init__(
            fields, title=tr("{what} · {service}", what=view.opening_label, service=view.label),
            heading=tr("{service}：{what}", service=view.label, what=view.opening_label), subject=subject,
            confirm=tr("确认{what}", what=view.opening_label), below=[banner], parent=parent,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        banner.tell(view.banner)
        if not view.enabled:
            # It may be read; what cannot be done says why.
            self.confirm.setEnabled(False)
            self.confirm.setToolTip(view.reason)
            self.say_quietly(tr("现在不能办理：{why}", why=view.reason), "error")

    def _find(self, text: str, done: object) -> None:
        self._finder(text, done)  # type: ignore[arg-type]

    def send(self, values: Mapping[str, str], day: date) -> None:
        self._send(values, day, self._accepted, self._refused)

    def _accepted(self, outcome: object) -> None:
        super()._accepted(outcome)
        self.opened.emit(outcome)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._view.enabled:
            super().closeEvent(event)
        else:  # the button that sends is off for good, not while an answer is awaited
            QDialog.closeEvent(self, event)
