"""Lists of parties and agencies as they come: which kind, which columns, which rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.core.party_facts import FACTS, PartyKind
from desktop.core.refusal import Refusal
from desktop.exchange.columns import load_columns
from desktop.exchange.party_lists import DICTIONARIES, party_rows, recognise_parties
from desktop.exchange.reading import Sheet


def sheet(*rows: list[Any]) -> Sheet:
    return Sheet(Path("名单.xlsx"), "名单", ("名单",), "xlsx", "", list(rows))


@pytest.mark.parametrize("kind", list(PartyKind))
def test_the_dictionaries_know_every_fact_under_its_label(kind: PartyKind) -> None:
    names = load_columns(DICTIONARIES[kind])
    assert {field.name: field.label for field in names.fields.values()} == {
        fact.name: fact.label for fact in FACTS[kind].values()
    }


def test_a_list_of_parties_below_its_title() -> None:
    found = sheet(
        ["备案主体一览表", None, None],
        ["序号", "主体名称（全称）", "社会信用代码", "额度", "颜色"],
        [1, "某甲有限公司", "91350100M000100Y43", 10, "红"],
        [None, None, None, None, None],
        ["序号", "主体名称（全称）", "社会信用代码", "额度", "颜色"],
        [2, None, None, None, None],
        ["合计", None, None, 10, None],
    )
    columns = recognise_parties(found)
    assert (columns.kind, columns.header_row, columns.unknown) == ("主体", 2, ("颜色",))
    (row,) = party_rows(found, columns)
    assert row.row == 3
    assert row.values == {"name": "某甲有限公司", "uscc": "91350100M000100Y43", "quota": 10}
    assert row.titles["name"] == "主体名称（全称）"


def test_a_list_of_agencies_is_told_from_one_of_parties() -> None:
    found = sheet(["机构名称", "机构代码", "联系人"], ["某代理所", "37101", "王"])
    assert recognise_parties(found).kind == "代理机构"
    parties = sheet(["备案主体", "统一社会信用代码", "代理机构"], ["甲", "", "某代理所"])
    assert recognise_parties(parties).kind == "主体"
    assert recognise_parties(sheet(["名称", "电话"], ["甲", "1"]), "代理机构").kind == "代理机构"


def test_our_own_word_comes_before_another() -> None:
    columns = recognise_parties(sheet(["企业名称", "单位名称", "手机"], ["甲", "乙", "1"]))
    assert columns.title("name") == "单位名称"


@pytest.mark.parametrize(
    ("rows", "code"),
    [([["甲", "乙"], ["1", "2"]], "no_header"), ([["手机", "邮箱"], ["1", "2"]], "missing_columns"), ([], "no_header")],
)
def test_what_is_no_list(rows: list[list[Any]], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        recognise_parties(sheet(*rows))
    assert caught.value.code == code
