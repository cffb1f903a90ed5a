"""Notice texts: filled whole or not at all, and what people write stays what they wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.app.shipped import shipped
from desktop.core.fitting import fit
from desktop.core.notices import KNOWN, Notice, Notices, names, parse_notices
from desktop.core.procedure_reading import parse_procedure
from desktop.core.refusal import Refusal
from tests.core.walks import shipped_rules

DUES = {f"{clock.id}_due" for clock in shipped_rules().procedure.clocks}


def notices(text: str, title: str = "通知（第 {round} 次）") -> Notices:
    return Notices({"x": Notice("x", title, text)}, {"disclaimer": "声明"})


def test_filled_with_facts_and_common_words() -> None:
    title, text = notices("“{title}”，{disclaimer}").write("x", {"title": "装置", "round": "2"})
    assert (title, text) == ("通知（第 2 次）", "“装置”，声明")


def test_user_text_is_never_a_template() -> None:
    facts = {"title": "{party}{0}{title.__class__}{on:99999}", "round": "1"}
    assert notices("“{title}”").write("x", facts)[1] == "“{party}{0}{title.__class__}{on:99999}”"


def test_a_missing_fact_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        notices("{title}，{reply_due}").write("x", {"title": "装置", "round": "1"}, {"reply_due": "答复期限"})
    assert caught.value.reason == "通知缺少：答复期限"
    assert caught.value.data == {"missing": ["reply_due"]}


def test_an_optional_remark_may_be_missing() -> None:
    assert notices("终结。{note}").write("x", {"round": "1"})[1] == "终结。"


def test_the_title_alone() -> None:
    assert notices("{reply_due}").title("x", {"round": "3"}) == "通知（第 3 次）"


@pytest.mark.parametrize(
    "text", ["{}", "{0}", "{title.x}", "{title[0]}", "{title!r}", "{title:>9}", "{", "}"]
)
def test_templates_that_could_not_be_filled(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_notices({"pass": {"title": "t", "text": text}})
    problems = caught.value.data["problems"]
    assert isinstance(problems, list)
    assert problems[0].startswith("pass：")


def test_doubled_braces_are_braces() -> None:
    parsed = parse_notices({"pass": {"title": "t", "text": "{{title}} {title}"}})
    assert parsed.write("pass", {"title": "装置"})[1] == "{title} 装置"


def test_the_shipped_ones_use_known_names_only() -> None:
    parsed = parse_notices(shipped().procedures["preexam"]["notices"])
    used = set().union(*(names(n.title) | names(n.text) for n in parsed.templates.values()))
    procedure = parse_procedure(shipped().procedures["preexam"])
    asked = {item.name for action in procedure.actions.values() if action.notice for item in action.inputs}
    assert used <= KNOWN | set(parsed.common) | DUES | procedure.fact_labels.keys() | asked
    spoilt = {**parsed.templates, "pass": Notice("pass", "t", "{tilte}")}
    rules = replace(shipped_rules(), notices=replace(parsed, templates=spoilt))
    with pytest.raises(Refusal) as caught:
        fit(rules)
    assert "notices.pass：名称 {tilte} 不认识" in str(caught.value.data["problems"])
    conclusions = ("opinion", "pass", "fail")
    assert all("{disclaimer}" in parsed.templates[name].text for name in conclusions)
