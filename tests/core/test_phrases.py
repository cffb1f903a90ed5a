"""Opinion phrases: what a document may say, how the centre's lie over the shipped ones, and how findings fill them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.app.shipped import shipped
from desktop.core.checklists import CheckItem, parse_checklists
from desktop.core.finding import Finding
from desktop.core.formal_rules import RULES
from desktop.core.phrases import (
    BLANK,
    MOST_PASSAGE,
    Phrase,
    fill,
    for_finding,
    for_item,
    in_full,
    lay,
    numbers,
    parse_phrases,
    quoted,
    ranked,
    search,
)
from desktop.core.refusal import Refusal
from desktop.core.rulebook import RuleBook
from desktop.core.terms import PatentType

PHRASES = RuleBook(shipped()).phrases("preexam")
ITEMS: dict[str, CheckItem] = {
    item.id: item
    for one in parse_checklists({"lists": shipped().procedures["preexam"]["lists"]}).lists.values()
    for item in one.items
}
FINDING = Finding(
    "claim_multiple",
    "I-F7",
    "细则25",
    "权利要求 4",
    "权利要求 4 引用了多项从属权利要求 3。",
    passage="根据权利要求 1-3 任一项",
    claims=(4, 5, 6, 9),
)
GOOD = {"id": "own-1", "item": "I-F7", "clause": "细则25", "title": "引用", "text": "{claims}有误。"}


def problems(*rows: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(Refusal) as caught:
        parse_phrases({"phrases": list(rows), **more})
    assert caught.value.code == "bad_document"
    found = caught.value.data["problems"]
    assert isinstance(found, list)
    return found


def articles(clause: str) -> set[tuple[str, str]]:
    """法24、29；细则33–37 as pairs of law and article, ranges spelt out."""
    found = set()
    for part in clause.split("；"):
        match = re.match("法|细则", part)
        law = match[0] if match else ""
        for piece in part.removeprefix(law).split("、"):
            first, _, last = piece.partition("–")
            found |= {(law, str(n)) for n in range(int(first), int(last) + 1)} if last else {(law, piece)}
    return found


# ---------------------------------------------------------------- what ships
def test_every_line_of_every_checklist_has_a_phrase() -> None:
    assert {phrase.item for phrase in PHRASES} - {""} == set(ITEMS)
    often = ("I-F2", "I-F3", "I-F4", "I-F5", "I-F6", "I-F7", "I-F8", "I-S3", "I-S4", "I-S6", "U-7", "D-4", "D-5")
    assert all(len(for_item(PHRASES, item)) > 1 for item in often)


@pytest.mark.parametrize("phrase", PHRASES, ids=[phrase.id for phrase in PHRASES])
def test_a_shipped_phrase_is_sound(phrase: Phrase) -> None:
    assert not phrase.own
    assert not phrase.hidden
    if phrase.item:
        assert phrase.id.startswith(f"{phrase.item}-")
        known = articles(ITEMS[phrase.item].clause)
        for law, article in articles(phrase.clause) if phrase.clause else ():
            whole = {(law, article), (law, article.partition(".")[0])}
            assert whole & known, f"{law}{article} is not in {ITEMS[phrase.item].clause}"
        assert "初步" in phrase.text
    assert "驳回" not in phrase.text
    assert phrase.clause == "" or "{article}" in phrase.text or phrase.item.startswith("A")
    assert phrase.text.endswith("。")
    for finding in (None, FINDING):
        filled = fill(phrase, finding, {"title": "一种装置"})
        assert not set("{}") & set(filled)
        assert "。。" not in filled
        assert "““" not in filled


def test_every_check_has_a_ready_sentence_for_every_type() -> None:
    for name, rule in RULES.items():
        for kind in PatentType:
            item = rule.item(kind)
            phrase = for_finding(PHRASES, Finding(name, item, rule.article, "说明书第 1 段", "有误"))
            assert phrase is not None, name
            assert phrase.rule == name
            # What a design shares with the others is worded alike.
            if kind is not PatentType.DESIGN:
                assert phrase.item == item, (name, kind)


#: Phrases that stand on another clause than the check, each for its own reason.
OTHER_CLAUSE = {
    "A8-examination": "it says what is missing, without a clause",
    "A10-same-day": "it gives the ground of not being accepted",
    "I-S10-same-day": "in substance 法9 alone",
    "U-9-same-day": "in substance 法9 alone",
    "D-5-title": "for designs it is 细则31",
}


def test_a_phrase_and_its_check_stand_on_the_same_clause() -> None:
    apart = {one.id for one in PHRASES if one.rule and one.clause != RULES[one.rule].article}
    assert apart == set(OTHER_CLAUSE)


# ---------------------------------------------------------------- documents
def test_a_document_is_read() -> None:
    found = parse_phrases({"phrases": [GOOD, {"id": "I-F7-order", "hidden": True}]})
    assert found[0] == Phrase("own-1", "I-F7", "细则25", "引用", "{claims}有误。", own=True)
    assert found[1].hidden
    assert parse_phrases({"phrases": []}) == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**GOOD, "text": "{claim}和{clam}"}, "{clam} 不认识"),
        ({**GOOD, "text": "{claims:9}"}, "{claims:9} 不认识"),
        ({**GOOD, "text": "{0}"}, "{0} 不认识"),
        ({**GOOD, "text": "{claims.__class__}"}, "不认识"),
        ({**GOOD, "text": "{claims"}, "大括号不成对"),
        ({**GOOD, "text": " "}, "为空"),
        ({**GOOD, "title": ""}, "为空"),
        ({**GOOD, "title": "长" * 41}, "最多 40 字"),
        ({**GOOD, "text": "长" * 1001}, "最多 1000 字"),
        ({**GOOD, "id": "own 1"}, "空格"),
        ({**GOOD, "id": ""}, "编号为空"),
        ({**GOOD, "rule": "claim_multipel"}, "疑为笔误"),
        ({**GOOD, "clauses": "细则25"}, "不认识的项"),
        ({"id": "a", "text": "有误。"}, "缺少此项"),
        ({**GOOD, "hidden": "yes"}, "true 或 false"),
    ],
)
def test_a_fault_is_named(row: dict[str, Any], said: str) -> None:
    assert any(said in problem for problem in problems(row)), problems(row)


def test_all_faults_are_named_at_once() -> None:
    found = problems(GOOD, GOOD, {**GOOD, "id": "b", "text": "{x}{y}"}, other=1)
    assert [problem.split("：")[0] for problem in found] == [
        "phrases[own-1]",
        "phrases[b].text",
        "phrases[b].text",
        "other",
    ]


def test_the_centres_own_lie_over_the_shipped_ones() -> None:
    order, multiple = for_item(PHRASES, "I-F7")[2], for_item(PHRASES, "I-F7")[0]
    same = {"id": order.id, "item": order.item, "clause": order.clause, "title": order.title, "text": order.text,
            "rule": order.rule}  # fmt: skip
    own = parse_phrases({"phrases": [
        GOOD, same, {**GOOD, "id": multiple.id, "text": "改写。"}, {"id": "I-F8-length", "hidden": True},
        {"id": "no-such", "hidden": True},
    ]})  # fmt: skip
    laid = {phrase.id: phrase for phrase in lay(PHRASES, own)}
    assert len(laid) == len(PHRASES)
    assert laid["own-1"].own
    assert laid[order.id] == order, "one that was only copied is still the shipped one"
    assert (laid[multiple.id].text, laid[multiple.id].own) == ("改写。", True)
    assert "I-F8-length" not in laid


# ---------------------------------------------------------------- finding
def test_words_narrow_and_headlines_come_first() -> None:
    assert search(PHRASES, "") == PHRASES
    assert {phrase.item for phrase in search(PHRASES, "if7")} == {"I-F7"}
    assert [phrase.id for phrase in search(PHRASES, "I-F7 自身")] == ["I-F7-order"]
    assert {phrase.item for phrase in search(PHRASES, "第26条第4款")} == {"I-S4", "U-4"}
    found = search(PHRASES, "单一性")
    assert "单一性" in found[0].title
    assert any("单一性" not in phrase.title for phrase in found)
    assert search(PHRASES, "没有这样的话") == ()


def test_the_order_of_the_checklist_decides() -> None:
    own = (Phrase("x", "I-S3", "", "本", "本", own=True),)
    found = ranked((*PHRASES, *own), ["I-S3", "I-F2"])
    assert found[0] == own[0]
    assert [phrase.item for phrase in found] == sorted(
        (phrase.item for phrase in found), key=["I-S3", "I-F2", ""].index
    )
    assert {phrase.item for phrase in found} == {"I-S3", "I-F2", ""}
    assert ranked(PHRASES, ()) == PHRASES


def test_a_finding_gets_the_centres_sentence_of_its_own_item() -> None:
    utility = Finding("claim_multiple", "U-7", "细则25", "", "")
    found = for_finding(PHRASES, utility)
    assert found is not None
    assert found.item == "U-7"
    own = Phrase("x", "U-7", "", "本", "本", own=True, rule="claim_multiple")
    assert for_finding((*PHRASES, own), utility) == own
    assert for_finding(PHRASES, Finding("no_such_rule", "U-7", "", "", "")) is None


# ---------------------------------------------------------------- filling
def test_what_is_known_is_filled_in() -> None:
    phrase = Phrase("a", "I-F7", "法22.3", "", "{claims}与{claim}，{where}：{passage}；{found}。{article}，{title}")
    assert fill(phrase, FINDING, {"title": "一种装置"}) == (
        "权利要求 4-6、9 与权利要求 4，权利要求 4：“根据权利要求 1-3 任一项”；"
        "权利要求 4 引用了多项从属权利要求 3。专利法第22条第3款，一种装置"
    )


def test_what_is_not_known_stays_a_blank() -> None:
    phrase = Phrase("a", "", "", "", "{claims}、{claim}、{where}、{passage}、{found}、{article}、{title}")
    blanks = ["权利要求 " + BLANK, "权利要求 " + BLANK, BLANK, f"“{BLANK}”", BLANK, BLANK, BLANK]
    assert fill(phrase) == "、".join(blanks)
    assert fill(phrase, Finding("", "", "", "", "")) == "、".join(blanks)


def test_text_that_came_in_is_not_filled_again() -> None:
    nasty = Finding("r", "", "", "{title}", "{claims}", passage="{article}{")
    assert fill(Phrase("a", "", "法33", "", "{where}{found}{passage}"), nasty) == "{title}{claims}“{article}{”"


def test_the_clause_is_the_phrases_unless_it_speaks_for_another_list() -> None:
    phrase = Phrase("a", "I-F2", "细则20", "", "{article}", rule="type_words")
    assert fill(phrase, Finding("type_words", "I-F2", "细则22", "", "")) == "专利法实施细则第20条"
    assert fill(phrase, Finding("type_words", "I-F4", "细则22", "", "")) == "专利法实施细则第22条"
    assert fill(phrase, Finding("mark_missing", "I-F3", "细则21", "", "")) == "专利法实施细则第20条"


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("法22.3", "专利法第22条第3款"),
        ("细则25", "专利法实施细则第25条"),
        ("法25.1(2)", "专利法第25条第1款第（2）项"),
        ("法31.1；细则39", "专利法第31条第1款、专利法实施细则第39条"),
        ("细则33–37", "专利法实施细则第33条至第37条"),
        ("法24、29", "专利法第24条、第29条"),
        ("材料清单", "材料清单"),
        ("指南2026", "指南2026"),
        ("", ""),
    ],
)
def test_a_clause_in_full(clause: str, said: str) -> None:
    assert in_full(clause) == said


def test_a_long_passage_loses_its_middle() -> None:
    text = "甲" * 40 + "乙" * 40
    shown = quoted(text)
    assert shown == "“" + "甲" * 30 + "……" + "乙" * 12 + "”"
    assert quoted("所述\n  “第一”部件  ") == "“所述‘第一’部件”"
    assert quoted(" \n ") == ""
    assert len(quoted("甲" * MOST_PASSAGE)) == MOST_PASSAGE + 2


@given(st.sets(st.integers(1, 200), max_size=40))
def test_numbers_say_the_same_in_short(claims: set[int]) -> None:
    shown = numbers(claims)
    back: set[int] = set()
    for piece in shown.split("、") if shown else ():
        first, _, last = piece.partition("-")
        back |= set(range(int(first), int(last or first) + 1))
        assert not last or int(last) - int(first) > 1, "two that follow each other stay two"
    assert back == claims
