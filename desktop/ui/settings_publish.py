"""Checking and publishing one of the centre's documents; what a new calendar year moved is listed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from desktop.app.views import DocumentCheck, MovedLimit, PublishOutcome
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault


class Verdict(QLabel):
    """The answer of a check or of an action, in words with a level."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fieldRemark")
        self.setWordWrap(True)

    def say(self, words: str, level: str = "error") -> None:
        self.setText(words)
        self.setProperty("level", level)
        self.style().unpolish(self)
        self.style().polish(self)

    def say_error(self, error: BaseException) -> None:
        self.say(said_fault(error) or tr("程序内部出错，什么也没有改变。"))


class Publisher(QObject):
    """Checks and publishes texts for one settings page. ``published(PublishOutcome)`` follows a success."""

    published = Signal(object)

    def __init__(self, context: Context, verdict: Verdict, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._verdict = context, verdict

    def check(self, text: str, then: Callable[[], None] | None = None) -> None:
        """Say whether the text could be published; ``then`` runs when it could."""

        def told(answer: DocumentCheck) -> None:
            if not answer.ok:
                self._verdict.say("\n".join(f"▲ {problem}" for problem in answer.problems))
            elif then is not None:
                then()
            else:
                self._verdict.say(tr("✓ 可以发布，将成为第 {n} 版。", n=answer.number), "done")

        self._context.worker.read(lambda desk: desk.check_document(text), told, self._verdict.say_error, owner=self)

    def publish(self, text: str) -> None:
        """Check, then publish. Nothing changes when either says no."""
        actor, today = self._context.actor, self._context.today()

        def done(outcome: PublishOutcome) -> None:
            moved = tr("，{n} 项期限的日期有变", n=len(outcome.moved)) if outcome.moved else ""
            self._verdict.say(tr("✓ 已发布第 {n} 版{moved}。", n=outcome.number, moved=moved), "done")
            self.published.emit(outcome)

        self.check(text, lambda: self._context.worker.write(
            lambda desk: desk.publish_document(text, actor=actor, today=today), done, self._verdict.say_error,
            owner=self, origin="settings"))


def moved_table(context: Context) -> RowTable:
    """A table of limits whose date moved."""
    return RowTable((
        TextColumn(tr("案号"), 10), TextColumn(tr("期限"), 10, stretch=True), TextColumn(tr("原到期日"), 8),
        TextColumn(tr("现到期日"), 8), TextColumn(tr("说明"), 10),
    ), context.theme, tr("日期有变的期限"))


def moved_rows(moved: tuple[MovedLimit, ...]) -> list[TextRow]:
    """Lines of :func:`moved_table`."""
    return [
        TextRow((
            one.number, one.label, one.before.isoformat() + (tr(" 暂定") if one.was_provisional else ""),
            one.after.isoformat() + (tr(" 暂定") if one.provisional else ""),
            tr("仍为暂定") if one.provisional else tr("暂定转为确定") if one.was_provisional else "",
        ), "soon" if one.provisional else "", (one.number, one.label))
        for one in moved
    ]
