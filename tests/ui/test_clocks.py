"""The words of a running limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from desktop.app.views import LimitView
from desktop.ui.widgets.clocks import limit_kind, limit_sentence

LIMIT = LimitView(
    name="accept", label="受理", kind="promised", state="running", started_on=date(2026, 3, 4),
    due_on=date(2026, 3, 6), stopped_on=None, used=2, limit=2, unit="workday", remaining=0, running=True, overdue=False,
    provisional=False, why="", explanation=(), basis="", status="", version="",
)


@pytest.mark.parametrize(("remaining", "overdue", "words", "kind"), [
    (2, False, "受理 剩余 2 个工作日", ""), (0, False, "受理 今日到期", "soon"),
    # Due on Friday, looked at on Saturday: no working day has passed, and yet it is too late.
    (0, True, "受理 已超期，尚不足 1 个工作日", "overdue"), (-1, True, "受理 超期 1 个工作日", "overdue"),
])
def test_a_limit_is_due_today_only_on_its_day(remaining: int, overdue: bool, words: str, kind: str) -> None:
    limit = replace(LIMIT, remaining=remaining, overdue=overdue)
    assert limit_sentence(limit) == words
    assert limit_kind(limit) == kind
