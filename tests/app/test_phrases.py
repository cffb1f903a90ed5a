"""The centre's own opinion phrases: published, shared, kept through a rebuild, and told in the terminal."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.transport import MemoryHub
from desktop.app import shipped as documents
from desktop.app.desk import Desk
from desktop.cli.output import Output
from desktop.cli.phrases import phrases
from desktop.core.phrases import Phrase
from desktop.core.refusal import Refusal
from tests.app.desks import day
from tests.app.meetings import meet

TODAY = day("2026-03-02")
PASSPHRASE = "做个样子 made-up"
OWN = """
[document]
kind = "phrases"

[[phrases]]
id = "own-1"
item = "I-F7"
title = "引用关系一览"
text = "请随答复附{title}的权利要求引用关系一览。"

[[phrases]]
id = "I-F8-length"
hidden = true
"""
Make = Callable[[str], Desk]


def named(desk: Desk, procedure: str = "preexam") -> dict[str, Phrase]:
    return {phrase.id: phrase for phrase in desk.phrases(procedure)}


def publish(desk: Desk, text: str) -> int:
    return desk.publish_document(text, actor="张三", today=TODAY).number


def test_what_ships_is_offered_and_other_services_have_none(desk: Desk) -> None:
    assert "I-F7-multiple" in named(desk)
    assert not any(phrase.own for phrase in desk.phrases("preexam"))
    assert desk.phrases("priority") == ()


def test_own_phrases_hold_from_publication_for_every_case(own_desk: Desk) -> None:
    before = named(own_desk)
    assert publish(own_desk, OWN) == 1
    after = named(own_desk)
    assert after.keys() - before.keys() == {"own-1"}
    assert before.keys() - after.keys() == {"I-F8-length"}
    assert after["own-1"].own
    own_desk.rebuild()
    assert named(own_desk) == after
    assert publish(own_desk, OWN.replace("I-F8-length", "I-F8-figure")) == 2
    assert "I-F8-length" in named(own_desk), "the newest document stands alone over what ships"
    view = next(one for one in own_desk.documents() if one.kind == "phrases")
    assert (view.number, view.label, view.procedure) == (2, "意见短语（专利预审）", "preexam")


@pytest.mark.parametrize("procedure", ["preexam", "priority"])
def test_what_is_exported_can_be_published(own_desk: Desk, procedure: str) -> None:
    before = own_desk.phrases(procedure)
    text = own_desk.export_document("phrases", procedure)
    assert own_desk.check_document(text).ok
    publish(own_desk, text)
    assert own_desk.phrases(procedure) == before, "a copy of what ships is not the centre's own"
    assert own_desk.check_document(own_desk.export_document("phrases", procedure)).number == 2
    if procedure == "preexam":
        assert publish(own_desk, text.replace("初步判断", "经初步判断")) == 2
        assert all(phrase.own for phrase in own_desk.phrases(procedure) if "初步判断" in phrase.text)


def test_another_service_has_its_own(own_desk: Desk) -> None:
    item = "\n".join(line for line in OWN.splitlines() if not line.startswith("item"))
    publish(own_desk, item.replace('kind = "phrases"', 'kind = "phrases"\nprocedure = "priority"'))
    assert set(named(own_desk, "priority")) == {"own-1"}
    assert "own-1" not in named(own_desk)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{title}", "{titel}", "{titel} 不认识"),
        ('item = "I-F7"', 'item = "I-F77"', "检查表中没有“I-F77”"),
        ('kind = "phrases"', 'kind = "phrases"\nvalid_from = 2026-01-01', "发布即生效"),
        ('kind = "phrases"', 'kind = "phrases"\nprocedure = "nothing"', "没有“nothing”这个办理程序"),
    ],
)
def test_a_fault_is_named(own_desk: Desk, old: str, new: str, said: str) -> None:
    text = OWN.replace(old, new)
    check = own_desk.check_document(text)
    assert not check.ok
    assert any(said in problem for problem in check.problems), check.problems
    with pytest.raises(Refusal):
        publish(own_desk, text)
    assert "own-1" not in named(own_desk)


def test_a_phrase_may_stand_by_a_line_of_the_centres_own_list(own_desk: Desk) -> None:
    lists = own_desk.export_document("checklists").replace('id = "I-F7"', 'id = "I-F7a"')
    publish(own_desk, lists)
    publish(own_desk, OWN.replace('item = "I-F7"', 'item = "I-F7a"'))
    assert publish(own_desk, OWN) == 2, "cases of before are still worked by the shipped list"


def test_phrases_reach_the_other_stations(make: Make) -> None:
    a, b, hub = make("a"), make("b"), MemoryHub()
    publish(a, OWN)
    meet(hub, a, b)
    assert named(b)["own-1"] == named(a)["own-1"]
    assert "I-F8-length" not in named(b)


def test_another_wording_makes_no_table_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest names what cases rest on; were phrases part of it, a comma would rebuild a million rows."""
    copied = tmp_path / "resources"
    shutil.copytree(documents.resources(), copied, ignore=shutil.ignore_patterns("fonts", "manual", "icons"))
    monkeypatch.setattr(documents, "resources", lambda: copied)
    for folder, same in (("phrases", True), ("checklists", False)):
        with (copied / folder / "preexam.toml").open("a", encoding="utf-8") as file:
            file.write("# 改动\n")
        assert (documents.shipped.__wrapped__().digest == documents.shipped().digest) is same


# ---------------------------------------------------------------- the terminal
@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk = Desk.create(tmp_path / "data", PASSPHRASE, centre="试验中心", station="甲站", actor="张三")
    publish(desk, OWN)
    desk.close()
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", PASSPHRASE)
    return tmp_path / "data"


def ask(folder: Path, **words: Any) -> Namespace:
    return Namespace(**{"data": str(folder), "item": "", "words": [], "procedure": "preexam", **words})


def test_phrases_are_told_in_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert phrases(ask(folder, item="i-f7"), Output(as_json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["count"] == len(told["phrases"]) > 5
    assert {one["item"] for one in told["phrases"]} == {"I-F7"}
    own = next(one for one in told["phrases"] if one["own"])
    assert own["text"] == "请随答复附{title}的权利要求引用关系一览。"
    assert own["blank"] == "请随答复附＿＿的权利要求引用关系一览。"

    phrases(ask(folder), Output(as_json=False))
    listed = capsys.readouterr().out
    assert "I-F7-multiple" in listed
    assert "本中心" in listed
    phrases(ask(folder, words=["实用性"]), Output(as_json=False))
    assert "专利法第22条第4款" in capsys.readouterr().out
    phrases(ask(folder, item="Z-9"), Output(as_json=False))
    assert "没有这样的短语" in capsys.readouterr().out
