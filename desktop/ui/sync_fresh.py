"""Before a decision: a quiet look whether other stations have news of this very case, while its form is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiboken6 import isValid

from desktop.app.sync_views import Freshness
from desktop.app.views import CaseView
from desktop.ui.case_form import ActionForm
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.sync_words import fresh_words

if TYPE_CHECKING:
    from desktop.app.desk import Desk

DEADLINE_S = 3.0


def ask_others(context: Context, form: ActionForm, case: CaseView) -> None:
    """Ask the hub, if it answered when it was last asked; the form says what came of it in one muted line.

    The form keeps what its person had seen: if the case has moved, sending it is refused as ever, and said."""
    if not context.sync.reachable or context.sync.running:
        return
    key, actor, today = case.key, context.actor, context.today()
    known = {entry.hash for entry in case.journal}

    def ask(desk: Desk) -> tuple[Freshness, tuple[str, ...]]:
        answer = desk.freshen(key, seconds=DEADLINE_S)
        if not answer.received:
            return answer, ()
        new = [entry for entry in desk.case(key, actor=actor, today=today).journal if entry.hash not in known]
        return answer, tuple(dict.fromkeys(entry.station for entry in new))

    def told(found: tuple[Freshness, tuple[str, ...]]) -> None:
        answer, news_from = found
        if isValid(form):
            form.say_quietly(fresh_words(answer, news_from), "warning" if news_from or not answer.complete else "hint")
        if answer.received:
            # What came with it may belong to other cases too.
            context.worker.changed.emit(None, "sync")

    def unasked(_error: BaseException) -> None:
        if isValid(form):
            form.say_quietly("")

    form.say_quietly(tr("正在查看其他站点的新办理…"))
    # What was taken in is to be shown whether or not the form still stands, so the form does not own the question.
    context.worker.abroad(ask, told, unasked)
