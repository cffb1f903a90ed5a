"""Putting a case into another record and taking it out again, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.app.views import ActOutcome, FieldView
from desktop.ui.case_form import FormDialog
from desktop.ui.context import Context
from desktop.ui.finding import Find
from desktop.ui.form_fields import FormFields
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE

if TYPE_CHECKING:
    from desktop.app.desk import Desk

_REASON = FieldView("reason", "理由", "multiline", True)
_INTO = FieldView("into", "归入哪一件的记录", "case", True, hint="那一件的案号；本案连同由它另办的各项一起归入")
#: ``work(desk, values, on, actor, today)`` does it.
Work = Callable[["Desk", Mapping[str, str], date, str, date], ActOutcome]


class MovingForm(FormDialog):
    """Asks for the reason, and for the record if it was not chosen yet."""

    def __init__(
        self, context: Context, *, heading: str, subject: str, number: str, fields: list[FieldView], said: str,
        work: Work, done: Callable[[], object], find: Find | None = None, parent: QWidget | None = None,
    ) -> None:
        self._context, self._work, self._said, self._then = context, work, said, done
        super().__init__(
            FormFields(fields, staff=context.staff, today=context.today(), find=find,
                       day_hint=tr("记入流水的日期；各件的期限不变")),
            title=f"{heading} · {number}", heading=heading, subject=subject, confirm=tr("确认{what}", what=heading),
            parent=parent,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.finished.connect(lambda _result: parent.window().activateWindow() if parent is not None else None)

    def send(self, values: Mapping[str, str], day: date) -> None:
        actor, today = self._context.actor, self._context.today()
        self._context.worker.write(
            lambda desk: self._work(desk, values, day, actor, today), self._accepted, self._refused, owner=self,
            origin="matter",
        )

    def _accepted(self, outcome: object) -> None:
        self._context.notices.tell(self._said, DONE)
        super()._accepted(outcome)
        self._then()


def ask_join(
    context: Context, *, key: int, number: str, title: str, into: str, find: Find | None, done: Callable[[], object],
    parent: QWidget,
) -> None:
    """Put the case ``key`` into the record of ``into``; empty: ask which."""

    def work(desk: Desk, values: Mapping[str, str], on: date, actor: str, today: date) -> ActOutcome:
        target = into or values.get("into", "")
        return desk.join_matter(key, target, reason=values.get("reason", ""), actor=actor, on=on, today=today)

    subject = f"{number} {title}" + ("\n" + tr("归入 {into} 的办理记录", into=into) if into else "")
    MovingForm(
        context, heading=tr("归入办理记录"), subject=subject, number=number,
        fields=[_REASON] if into else [_INTO, _REASON], said=tr("{number} 已归入办理记录", number=number), work=work,
        done=done, find=find, parent=parent,
    ).open()


def ask_leave(
    context: Context, *, key: int, number: str, title: str, done: Callable[[], object], parent: QWidget
) -> None:
    """Take the case ``key`` out of the record that it was put into."""

    def work(desk: Desk, values: Mapping[str, str], on: date, actor: str, today: date) -> ActOutcome:
        return desk.leave_matter(key, reason=values.get("reason", ""), actor=actor, on=on, today=today)

    MovingForm(
        context, heading=tr("移出办理记录"), subject=f"{number} {title}", number=number, fields=[_REASON],
        said=tr("{number} 已移出，自成一份办理记录", number=number), work=work, done=done, parent=parent,
    ).open()
