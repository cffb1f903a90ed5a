"""Finding cases across all services by a few characters, for the palette and for fields that name a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.app.queue_views import QueueQuery, QueueRow

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.context import Context

#: ``find(text, done)``: ``done(rows)`` is called on the main thread, unless a newer question replaced this one.
Find = Callable[[str, Callable[[list[QueueRow]], None]], None]
LEAST = 2  # characters


def find_cases(
    desk: Desk, text: str, procedures: Sequence[str], *, actor: str, today: date, limit: int
) -> list[QueueRow]:
    """Open and ended cases of these services that hold the text. Every service has its share of the places; the cases
    of one stand together, in the order of ``procedures``."""
    found = [
        desk.page(QueueQuery(procedure=name, view="all", search=text, sort=(("number", True),)), actor=actor,
                  today=today, limit=limit)
        for name in procedures
    ]
    shares = [0] * len(found)
    while sum(shares) < limit and any(share < len(rows) for share, rows in zip(shares, found, strict=True)):
        for place, rows in enumerate(found):
            if shares[place] < len(rows) and sum(shares) < limit:
                shares[place] += 1
    return [row for share, rows in zip(shares, found, strict=True) for row in rows[:share]]


def finder(context: Context, owner: QObject, limit: int = 8) -> Find:
    """A way to ask from a form or a popup that is ``owner``."""

    def find(text: str, done: Callable[[list[QueueRow]], None]) -> None:
        wanted = text.strip()
        if len(wanted) < LEAST or not context.worker.ready:
            done([])
            return
        names = [service.id for service in context.services]
        actor, today = context.actor, context.today()
        context.worker.read(
            lambda desk: find_cases(desk, wanted, names, actor=actor, today=today, limit=limit), done, owner=owner,
            replaces=f"find-{id(owner)}",
        )

    return find
