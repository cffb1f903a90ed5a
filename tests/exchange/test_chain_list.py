"""The centre's table of industry chains, and tables of cases to be opened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from desktop.core.refusal import Refusal
from desktop.exchange.chain_list import read_chain_list
from desktop.exchange.opening_list import read_opening_list
from tests.exchange.files import book

COLUMNS = {"名称": "title", "title": "title", "主体": "party", "专利号": "number", "收件日期": "received_on"}


def test_a_chain_stands_once_whatever_is_above_the_header(tmp_path: Path) -> None:
    rows = [
        ["附件 1"], [], ["序号", "产业链 名称", "类别"], [1, " 海工 装备 ", "标志性"], [2, "氢能", None],
        [3, "氢能", "重点"], [None, None],
    ]  # fmt: skip
    assert read_chain_list(book(tmp_path / "a.xlsx", rows)) == [("海工 装备", "标志性"), ("氢能", "")]


@pytest.mark.parametrize(("rows", "code"), [([["甲", "乙"], [1, 2]], "no_header"), ([["产业链"], [None]], "no_rows")])
def test_a_table_without_chains_is_refused(tmp_path: Path, rows: list[list[object]], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_chain_list(book(tmp_path / "a.xlsx", rows))
    assert caught.value.code == code


def test_rows_answer_the_questions(tmp_path: Path) -> None:
    rows = [
        ["标题行"],
        ["名称*", "主体", "专利号", "收件日期", "无关"],
        ["一", "甲", 202610000001, date(2026, 3, 2), "x"],
        ["二", "乙", "#N/A", "2026/3/3", None],
        ["合计", None, "2", None, None],
        [None, None, None, None, None],
    ]
    read = read_opening_list(book(tmp_path / "a.xlsx", rows), COLUMNS)
    assert read.rows == [
        (3, {"title": "一", "party": "甲", "number": "202610000001", "received_on": "2026-03-02"}),
        (4, {"title": "二", "party": "乙", "number": "", "received_on": "2026/3/3"}),
    ]
    assert (read.unknown, read.damaged) == (("无关",), ((4, "专利号"),))


def test_a_table_of_other_things_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read_opening_list(book(tmp_path / "a.xlsx", [["甲", "乙"], [1, 2]]), COLUMNS)
    assert caught.value.code == "no_header"
    assert "专利号" in caught.value.reason
    assert "title" not in caught.value.reason
