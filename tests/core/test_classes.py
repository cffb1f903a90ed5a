"""Classes: every spelling of the lists and gazettes, and what is said about the others."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.core.check import Check
from desktop.core.classes import (
    Ipc,
    Locarno,
    check_ipc,
    check_locarno,
    parse_ipc,
    parse_locarno,
    split_classes,
)
from desktop.core.refusal import Refusal

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("G06F 16/29", "G06F 16/29"),
        ("g06f16/29", "G06F 16/29"),
        ("A47J27/00(2006.01)I", "A47J 27/00"),
        ("B65G 1/137 (2006.01) N", "B65G 1/137"),
        ("Ｇ０６Ｆ　１６／２９", "G06F 16/29"),
        ("G06F\xa016/29", "G06F 16/29"),
        ("\u2002G06F\u200216/29", "G06F 16/29"),
        ("Int.Cl.8 G06F 16/29", "G06F 16/29"),
        ("G06F 016/29", "G06F 16/29"),
        ("C12N 15/113", "C12N 15/113"),
        ("H99Z 9999/999999", "H99Z 9999/999999"),
    ],
)
def test_ipc_spellings(text: str, normal: str) -> None:
    found = check_ipc(text)
    assert (found.valid, found.normalized, found.reason) == (True, normal, "")


def test_the_pieces_of_a_symbol() -> None:
    assert parse_ipc("A47J27/00(2006.01)I") == Ipc("A47J", 27, "00", "2006.01")
    assert parse_locarno("14-02 (15)") == Locarno(14, "02", "15")
    assert parse_locarno("LOC(13) Cl. 14-02").edition == "13"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "为空"),
        ("G06F16", "缺少分组“/”：“G06F16”"),
        ("G06F16(2019.01)I", "缺少分组“/”：“G06F16”"),
        ("G06N", "缺少分组“/”：“G06N”"),
        ("I06F 16/29", "应为 A 至 H 的字母，现在以“I”开头"),
        ("G6F 16/29", "小类应为"),
        ("G06F 16/2", "小组为 2 至 6 位数字"),
        ("G06F 16/", "不是完整的 IPC 分类号"),
        ("G06F 0/00", "大组号不能为 0"),
        ("14-02(15)", "是洛迦诺分类号"),
        ("G06F 16/29;G06N 3/08", "只能填一个"),
        ("G06F ٣/29", "小类应为"),
    ],
)
def test_what_is_wrong_with_an_ipc_symbol(text: str, words: str) -> None:
    found = check_ipc(text)
    assert (found.valid, found.normalized) == (False, "")
    assert words in found.reason
    with pytest.raises(Refusal) as caught:
        parse_ipc(text)
    assert caught.value.code == "ipc_invalid"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("14-02", "14-02"),
        ("09-01 (12)", "09-01"),
        ("9-01", "09-01"),
        ("14-02(15)", "14-02"),
        ("LOC(12) Cl. 14-02", "14-02"),
        ("１４－０２", "14-02"),
        ("14–02", "14-02"),
        ("31-00 (12)", "31-00"),
        ("32-00", "32-00"),
    ],
)
def test_locarno_spellings(text: str, normal: str) -> None:
    found = check_locarno(text)
    assert (found.valid, found.normalized) == (True, normal)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "为空"),
        ("33-01", "没有 33"),
        ("00-01", "没有 00"),
        ("1402", "应如 14-02"),
        ("G06F 16/29", "是 IPC 分类号"),
        ("14-02;14-03", "只能填一个"),
    ],
)
def test_what_is_wrong_with_a_locarno_class(text: str, words: str) -> None:
    found = check_locarno(text)
    assert not found.valid
    assert words in found.reason


def test_lists_are_split() -> None:
    assert split_classes("G05B19/05(2006.01)I;\u2002H05K5/02(2006.01)I  ") == (
        "G05B19/05(2006.01)I",
        "H05K5/02(2006.01)I",
    )
    assert split_classes("27-05 (12);??13-02 (12)") == ("27-05 (12)", "13-02 (12)")
    assert split_classes("A01B 1/00；A01B 1/02，A01B 1/04、A01B 1/06\nA01B 1/08") == tuple(
        f"A01B 1/0{n}" for n in (0, 2, 4, 6, 8)
    )
    assert split_classes("Ｇ０６Ｆ　１６／２９") == ("Ｇ０６Ｆ　１６／２９",)
    assert split_classes(" ; ") == ()


def test_every_symbol_of_an_edition_is_read() -> None:
    path = SHARED / "ipc-symbols-2023.01.csv"
    if not path.exists():
        pytest.skip("the list of IPC symbols is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as file:
        symbols = [row["symbol"] for row in csv.DictReader(file)]
    assert len(symbols) == 78_437
    assert [symbol for symbol in symbols if check_ipc(symbol).normalized != symbol] == []


@pytest.mark.parametrize(("name", "check"), [("utility", check_ipc), ("design", check_locarno)])
def test_every_class_of_a_gazette_is_read(name: str, check: Callable[[str], Check]) -> None:
    path = SHARED / f"gazette-{name}-2019-07-12.csv"
    if not path.exists():
        pytest.skip("the gazette tables are not on this machine")
    with path.open(encoding="gb18030", errors="replace", newline="") as file:
        classes = [piece for row in csv.DictReader(file) for piece in split_classes(row["Int.Cl."])]
    assert len(classes) > 4000
    assert [piece for piece in classes if not check(piece).valid] == []
