"""Queues: what is shown in which view, and that the numbers agree with the rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery, QueueRow
from tests.app.desks import Walk, day, new_desk, take

TODAY = day("2026-03-06")


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, dict[str, Walk]]]:
    desk = new_desk(tmp_path_factory.mktemp("peopled"))
    types = {"超期": "发明", "待分": "实用新型", "我的": "发明", "等待": "外观设计", "办结": "发明", "今日": "发明"}
    cases = {name: take(desk, "2026-03-02", kind, title=f"一种{name}装置") for name, kind in types.items()}
    cases["待分"].accept("2026-03-03")
    cases["我的"].accept("2026-03-03").assign("2026-03-03", "李四")
    cases["等待"].accept("2026-03-03").assign("2026-03-03", "王五")
    cases["等待"].act("issue_opinion", "2026-03-05", opinion="有缺陷")
    cases["办结"].act("withdraw", "2026-03-03")
    cases["今日"].act("return", "2026-03-03", missing="承诺书")
    yield desk, cases
    desk.close()


def shown(desk: Desk, actor: str = "李四", **query: object) -> list[QueueRow]:
    question = QueueQuery(**query)  # type: ignore[arg-type]
    rows = desk.page(question, actor=actor, today=TODAY)
    keys = desk.keys(question, actor=actor, today=TODAY)
    assert [row.key for row in rows] == list(keys)
    assert desk.count(question, actor=actor, today=TODAY) == len(rows)
    assert desk.rows(list(keys), today=TODAY) == rows
    return rows


def names(rows: list[QueueRow]) -> set[str]:
    return {row.title[2:4] for row in rows}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("all", "超期 待分 我的 等待 办结 今日"),
        ("open", "超期 待分 我的 等待 今日"),
        ("ended", "办结"),
        ("mine", "我的"),
        ("unassigned", "超期 待分 今日"),
        ("waiting", "等待 今日"),
        ("overdue", "超期"),
        ("soon", "今日"),
    ],
)
def test_views(peopled: tuple[Desk, dict[str, Walk]], view: str, expected: str) -> None:
    desk, _ = peopled
    assert names(shown(desk, view=view)) == set(expected.split())
    counts = desk.counts("preexam", actor="李四", today=TODAY)
    assert counts.views[view] == len(expected.split())


def test_what_a_row_says(peopled: tuple[Desk, dict[str, Walk]]) -> None:
    desk, cases = peopled
    rows = {row.title[2:4]: row for row in shown(desk, view="all")}
    late = rows["超期"]
    assert (late.due_on, late.remaining, late.overdue, late.due_label) == (day("2026-03-04"), -2, True, "受理")
    waiting = rows["等待"]
    assert (waiting.stage_label, waiting.round, waiting.paused, waiting.remaining) == ("已发意见待答复", 1, 3, 2)
    assert (rows["办结"].due_on, rows["办结"].remaining, rows["办结"].overdue) == (None, None, False)
    assert rows["今日"].due_on == TODAY
    assert not rows["今日"].overdue
    for name, case in cases.items():
        view = desk.case(case.ref, actor="李四", today=TODAY)
        row = rows[name]
        assert (view.due_on, view.remaining, view.paused, view.overdue) == (
            row.due_on, row.remaining, row.paused, row.overdue
        )  # fmt: skip


def test_filters(peopled: tuple[Desk, dict[str, Walk]]) -> None:
    desk, cases = peopled
    assert names(shown(desk, category="外观设计")) == {"等待"}
    assert names(shown(desk, examiner="王五")) == {"等待"}
    assert names(shown(desk, search="待分")) == {"待分"}
    assert names(shown(desk, search=cases["我的"].ref)) == {"我的"}
    assert names(shown(desk, columns={"title": "等"})) == {"等待"}
    assert shown(desk, search="没有这样的案件") == []
    assert shown(desk, search="%_'\"*") == []


def test_the_first_due_comes_first(peopled: tuple[Desk, dict[str, Walk]]) -> None:
    desk, _ = peopled
    days = [row.due_on for row in shown(desk)]
    assert None not in days
    assert days == sorted(days)  # type: ignore[type-var]
    turned = [row.due_on for row in shown(desk, sort=(("due_on", True),))]
    assert turned == days[::-1]


def test_field_counts_add_up(peopled: tuple[Desk, dict[str, Walk]]) -> None:
    desk, _ = peopled
    counts = desk.counts("preexam", actor="", today=TODAY)
    assert sum(open_ for open_, _, _ in counts.fields.values()) == counts.views["open"] == 5
    assert sum(late for _, _, late in counts.fields.values()) == counts.views["overdue"]
    assert sum(counts.types.values()) == 5
    for label, (open_, _, _) in counts.fields.items():
        if label:
            assert len(shown(desk, field=label)) == open_


def test_a_paused_limit_is_not_overdue(peopled: tuple[Desk, dict[str, Walk]]) -> None:
    """The centre's limit stands still while the applicant is awaited; his own is what runs."""
    desk, cases = peopled
    later = desk.case(cases["等待"].ref, actor="王五", today=day("2026-06-01"))
    assert later.overdue
    assert {limit.name: limit.overdue for limit in later.limits}["examination"] is False
