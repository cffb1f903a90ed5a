"""Columns on a terminal: a Chinese character takes two."""

from __future__ import annotations

import pytest

from desktop.cli.output import fit, printable, table, width


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
