"""Queue, case and acting: a program that knows nothing of the procedure walks cases to their ends."""

from __future__ import annotations

from typing import Any

import pytest

QUEUE_KEYS = set(
    "number platform_number title patent_type main_class field party stage examiner received_on due_on "
    "remaining_workdays overdue provisional".split()
)
DEFECT = ("opinion=权利要求不清楚", "I-S4=缺陷", "I-S4.note=不清楚")


def answers(action: dict[str, Any]) -> list[str]:
    """A value for every question, knowing only what the question says of itself."""
    given = []
    for field in action["fields"]:
        value = field["default"] or field["example"] or (field["options"][0] if field["options"] else "")
        if field["required"]:
            given.append(f"{field['name']}={value}")
    return given


@pytest.mark.parametrize("case", ["YS1", "YS2", "YS3"])
def test_a_program_that_knows_nothing_walks_a_case_to_its_grant(desk: Any, case: str) -> None:
    visited = []
    for _ in range(20):
        view = desk.ask("show", case)
        visited.append(view["stage"])
        if view["ended"]:
            break
        action = next(a for a in view["allowed"] if a["emphasis"] == "primary")
        said = desk.act(case, action["action"], *answers(action))
        assert said.status == 0, said.out
        assert said.json["events"] >= 1
        assert said.json["stage"] == action["to"]
    assert visited == [
        "RECEIVED", "ACCEPTED", "EXAMINING", "PASSED", "FILED", "CONSISTENCY", "TAGGED", "GRANT_NOTICE", "GRANTED",
    ]  # fmt: skip
    view = desk.ask("show", case)
    assert not [limit for limit in view["limits"] if limit["running"]]
    assert view["due_on"] is None
    assert len(view["journal"]) == len(visited)


@pytest.mark.parametrize(
    ("case", "due"),
    [("YS1", "2026-03-02"), ("YS2", "2026-02-26"), ("YS3", "2026-02-24")],
)
def test_the_examination_limit_by_type(desk: Any, case: str, due: str) -> None:
    """Accepted on 10 February 2026: 10, 7 and 5 working days later, the festival between."""
    said = desk.act(case, "accept", "checklist=符合")
    assert (said.json["stage"], said.json["due_on"]) == ("ACCEPTED", due)


def take(desk: Any, case: str, *steps: tuple[Any, ...]) -> None:
    for action, on, *values in steps:
        said = desk.act(case, action, *values, on=on)
        assert said.status == 0, f"{action}: {said.out}"


def test_a_refused_case(desk: Any) -> None:
    take(desk, "YS1", ("refuse", "2026-02-10", "reason_code=N06"))
    view = desk.ask("show", "YS1")
    assert (view["stage"], view["ended"]) == ("REFUSED", True)


def test_a_case_returned_and_resumed_keeps_its_clock(desk: Any) -> None:
    take(desk, "YS1", ("return", "2026-02-10", "missing=缺承诺书"))
    waiting = desk.ask("show", "YS1")
    assert waiting["paused_workdays"] is not None
    take(desk, "YS1", ("resubmit", "2026-02-12"), ("accept", "2026-02-13", "checklist=符合"))
    assert desk.ask("show", "YS1")["stage"] == "ACCEPTED"


def test_a_case_fails_after_the_second_round(desk: Any) -> None:
    take(
        desk,
        "YS1",
        ("accept", "2026-02-10", "checklist=符合"),
        ("assign", "2026-02-10", "examiner=李乙"),
        ("issue_opinion", "2026-02-11", *DEFECT),
        ("reply", "2026-02-12"),
        ("recheck", "2026-02-12"),
        ("issue_opinion", "2026-02-13", *DEFECT),
        ("reply", "2026-02-14"),
        ("recheck", "2026-02-14"),
    )
    view = desk.ask("show", "YS1")
    assert "issue_opinion" not in [action["action"] for action in view["allowed"]]
    assert any(action["action"] == "issue_opinion" and action["reason"] for action in view["barred"])
    third = desk.act("YS1", "issue_opinion", *DEFECT, on="2026-02-24")
    assert (third.status, third.json["refused"]["code"]) == (1, "no_rounds_left")
    take(desk, "YS1", ("fail", "2026-02-24", "reason=仍不具备创造性"))
    assert desk.ask("show", "YS1")["stage"] == "FAILED"


def test_a_misspelt_field_is_refused_and_no_field_can_be_asked_for(desk: Any) -> None:
    said = desk("queue", "--field", "没有这个领域", "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "unknown_field")
    found = desk.ask("queue", "--field", "未归入领域")
    assert all(not case["field"] for case in found["cases"])
    assert found["count"] < desk.ask("queue")["count"]


def test_a_case_lapses_only_after_its_limit(desk: Any) -> None:
    take(
        desk,
        "YS1",
        ("accept", "2026-02-10", "checklist=符合"),
        ("assign", "2026-02-10", "examiner=李乙"),
        ("pass", "2026-02-11", "checklist=符合"),
    )
    due = desk.ask("show", "YS1")["due_on"]
    early = desk.act("YS1", "lapse", on=due)
    assert (early.status, early.json["refused"]["code"]) == (1, "not_yet_overdue")
    take(desk, "YS1", ("lapse", "2026-02-25"))
    assert desk.ask("show", "YS1")["stage"] == "LAPSED"


def test_a_refusal_changes_nothing_and_says_which_rule(desk: Any) -> None:
    before = desk.ask("show", "YS1")
    said = desk.act("YS1", "grant")
    assert said.status == 1
    assert said.json["refused"]["code"] == "not_at_this_stage"
    assert "授权" in said.json["refused"]["reason"]
    assert said.json["refused"]["reason"] in said.err
    assert desk.ask("show", "YS1") == before


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("act", "YS1", "fly"), "unknown_action"),
        (("act", "YS1", "accept", "--set", "wings=2"), "unknown_input"),
        (("act", "YS1", "accept", "--set", "wings"), "bad_input"),
        (("act", "YS1", "accept"), "checklist_incomplete"),
        (("act", "YS1", "accept", "--on", "昨天"), "bad_date"),
        (("act", "nobody", "accept"), "unknown_case"),
        (("show", "nobody"), "unknown_case"),
        (("queue", "teleport"), "unknown_procedure"),
    ],
)
def test_refusals_name_their_rule(desk: Any, words: tuple[str, ...], code: str) -> None:
    said = desk(*words, "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, code)


def test_an_action_may_be_named_in_chinese(desk: Any) -> None:
    assert desk.act("YS1", "受理", "checklist=符合").json["stage"] == "ACCEPTED"


def test_the_queue_document(desk: Any) -> None:
    queue = desk.ask("queue")
    assert queue["count"] == len(queue["cases"]) == 4
    assert all(set(case) >= QUEUE_KEYS for case in queue["cases"])
    dues = [case["due_on"] for case in queue["cases"]]
    assert dues == sorted(dues)
    late = queue["cases"][0]
    assert (late["platform_number"], late["overdue"], late["stage"]) == ("YS4", True, "RECEIVED")
    assert late["remaining_workdays"] < 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--view", "overdue"), {"YS4"}),
        (("--view", "ended"), set()),
        (("--field", "新一代信息技术"), {"YS1", "YS3"}),
        (("--search", "测试"), {"YS1", "YS2", "YS3"}),
        (("--type", "实用新型"), {"YS2"}),
        (("专利预审",), {"YS1", "YS2", "YS3", "YS4"}),
    ],
)
def test_queues_by_view_field_word_and_type(desk: Any, words: tuple[str, ...], found: set[str]) -> None:
    queue = desk.ask("queue", *words)
    assert {case["platform_number"] for case in queue["cases"]} == found
    assert queue["count"] == len(found)


def test_a_limit_shortens_the_list_but_not_the_count(desk: Any) -> None:
    queue = desk.ask("queue", "--limit", "1")
    assert (queue["count"], len(queue["cases"])) == (4, 1)


def test_people_see_lines_not_json(desk: Any) -> None:
    assert "一种迟到的方法" in desk("queue").out
    assert "▲ 超期" in desk("queue").out
    shown = desk("show", "YS1").out
    assert all(word in shown for word in ("可办", "期限", "流水", "受理（accept）"))


def test_the_questions_of_an_action_are_complete(desk: Any) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    assign = next(a for a in desk.ask("show", "YS1")["allowed"] if a["action"] == "assign")
    assert assign["to"] == "EXAMINING"
    field = assign["fields"][0]
    assert {key: field[key] for key in ("name", "label", "type", "required", "options")} == {
        "name": "examiner",
        "label": "预审员",
        "type": "person",
        "required": True,
        "options": [],
    }


def test_every_limit_explains_itself(desk: Any) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    limits = desk.ask("show", "YS1")["limits"]
    examination = next(limit for limit in limits if limit["name"] == "examination")
    assert examination["running"] is True
    assert examination["due_on"] in examination["why"]
