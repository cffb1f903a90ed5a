"""Columns on a terminal: a Chinese character takes two."""

from __future__ import annotations

import pytest

from desktop.cli.output import fit, printable, table, width, wrapped


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("ab", 2), ("发明", 4), ("张𬭎", 4), ("é", 1), ("（", 2)])
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 5, 9, 10, 11])
def test_fit_is_exactly_as_wide_as_asked(columns: int) -> None:
    assert width(fit("一种ab测试方法", columns)) == columns


def test_lines_of_a_table_stand_under_each_other() -> None:
    lines = table(("案号", "名称"), [("1", "甲"), ("22", "一种很长的名称")], (6, 8))
    assert len({width(line[: line.index(mark)]) for line, mark in zip(lines, ("名称", "甲", "一"), strict=True)}) == 1


def test_a_file_cannot_steer_the_terminal() -> None:
    assert "\033" not in printable("红\033[31m\n字")
    assert "\033" not in "".join(table(("名",), [("\033]0;x\a",)], (20,)))


def test_long_text_is_broken_where_it_may_be() -> None:
    text = "裁决：kuaishen act JN-1 resolve，理由见第 3 项；其余不变。"
    for columns in range(20, 70):
        lines = wrapped(text, columns, indent=2, hanging=2)
        assert all(width(line) <= columns for line in lines)
        assert [len(line) - len(line.lstrip()) for line in lines] == [2] + [4] * (len(lines) - 1)
        assert "".join(line.strip() for line in lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.lstrip().startswith(("，", "。", "；", "：")) for line in lines)
        assert any("kuaishen" in line for line in lines)


def test_a_word_longer_than_a_line_is_broken_all_the_same() -> None:
    assert wrapped("x" * 50, 20, indent=2) == ["  " + "x" * 18, "  " + "x" * 18, "  " + "x" * 14]


def test_a_text_keeps_its_own_lines() -> None:
    assert wrapped("甲\n\n乙", indent=1, hanging=2) == [" 甲", "", "   乙"]
    assert wrapped("") == [""]
