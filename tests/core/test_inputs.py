"""What people type, checked and normalised."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.core.inputs import TEXT_LIMIT, defects, merge_answers, open_inputs, read_answers, read_inputs
from desktop.core.procedure import Action, Input
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType, Role
from tests.core.walks import shipped_rules

ON = date(2026, 3, 2)
CHECKLIST = shipped_rules().checklists.lists["invention"]


def asked(**options: object) -> Action:
    item = Input(name="x", label="某项", **{"type": "text", **options})  # type: ignore[arg-type]
    return Action("do", "办理", (Role.INTAKE,), ("A",), "B", (item,))


def read(text: str, facts: dict[str, str] | None = None, **options: object) -> dict[str, str]:
    values = {"x": text} if text else {}
    lists = lambda item: ("甲", "乙")  # noqa: E731
    return read_inputs(asked(**options), values, facts or {}, ON, "invention", PatentType.INVENTION, lists)


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("text", "  一行\n两行\u2028三行 ", "一行 两行 三行"),
        ("text", "留  着", "留  着"),
        ("multiline", "一行\n两行", "一行\n两行"),
        ("date", "2026/03/02", "2026-03-02"),
        ("date", "2026/3/2", "2026-03-02"),
        ("date", "2026年3月2日", "2026-03-02"),
        ("integer", "-12", "-12"),
        ("integer", "１２", "12"),
        ("decimal", "１，０００．５", "1000.5"),
        ("text", "\u202e甲\u200b乙\u2069", "甲乙"),
        ("bool", "TRUE", "是"),
        ("bool", "0", "否"),
        ("choice", "乙", "乙"),
        ("person", "甲", "甲"),
        ("sha256", "AB" * 32, "ab" * 32),
        ("application_number", "ＺＬ2026 1999 9999.5", "202619999999.5"),
        ("multiline", "字" * TEXT_LIMIT, "字" * TEXT_LIMIT),
    ],
)
def test_kept(kind: str, text: str, kept: str) -> None:
    assert read(text, type=kind)["x"].replace(".", "") == kept.replace(".", "")


@pytest.mark.parametrize("text", ["", " \u3000", "\u200b", "\u2060\u202e"])
def test_what_nobody_can_see_is_no_answer(text: str) -> None:
    assert read(text) == {}
    with pytest.raises(Refusal) as caught:
        read(text, required=True)
    assert caught.value.code == "missing_input"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("multiline", "字" * (TEXT_LIMIT + 1)),
        ("text", "半\ud83d"),
        ("multiline", "零\x00"),
        ("date", "2026-02-29"),
        ("date", "昨天"),
        ("date", "2026-W10-1"),
        ("date", "46083"),
        ("date", "9999-12-31"),
        ("integer", "1.5"),
        ("integer", "１" * 12),
        ("bool", "也许"),
        ("choice", "丙"),
        ("person", "丙"),
        ("sha256", "g" * 64),
        ("application_number", "202629999999.0"),
    ],
)
def test_refused(kind: str, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(text, type=kind)
    assert caught.value.code == "bad_input"
    assert caught.value.data["input"] == "x"
    assert caught.value.reason.startswith("某项：")
    assert len(caught.value.reason) < 200


def test_required_optional_and_known() -> None:
    with pytest.raises(Refusal, match="“办理”需要填写：某项"):
        read("", required=True)
    assert read("") == {}
    assert read("", required=True, default="@on", type="date") == {"x": "2026-03-02"}
    assert read("", {"y": "旧"}, default="@fact:y") == {"x": "旧"}
    assert read("", {"y": "旧"}, required=True, unless_fact="y") == {}
    assert open_inputs(asked(unless_fact="y"), {"y": ""}, "invention")
    with pytest.raises(Refusal) as caught:
        read_inputs(asked(), {"z": "1"}, {}, ON, "invention", PatentType.INVENTION, lambda item: ())
    assert caught.value.code == "unknown_input"


def test_the_rest_is_answered_but_not_what_was_said_before() -> None:
    known = {"I-F1": ["缺陷", "缺签章"]}
    merged = merge_answers(CHECKLIST, known, read_answers(CHECKLIST, {"checklist": "符合", "I-F2": "不适用"}))
    assert len(merged) == len(CHECKLIST.items)
    assert (merged["I-F1"], merged["I-F2"], merged["I-F3"]) == (["缺陷", "缺签章"], ["不适用", ""], ["符合", ""])


def test_defects_in_words_substantive_ones_first() -> None:
    text = defects(CHECKLIST, {"I-F1": ("缺陷", "缺签章"), "I-S3": ("缺陷", ""), "I-F2": ("符合", "")})
    lines = text.split("\n")
    assert [line[:2] for line in lines] == ["一、", "1.", "二、", "1."] or lines[0] == "一、实质性缺陷"
    assert "法22" in lines[1]
    assert lines[2] == "二、形式缺陷"
    assert lines[3].startswith("1. 缺签章（细则19；")


def test_a_note_needs_an_answer() -> None:
    with pytest.raises(Refusal):
        read_answers(CHECKLIST, {"I-F1.note": "只有说明"})
