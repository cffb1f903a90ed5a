"""Identifiers: published numbers, every spelling, check digits, and damage done by spreadsheets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.identifiers import (
    KINDS,
    application_check_digit,
    check,
    check_agency_code,
    check_application_number,
    check_publication_number,
    check_uscc,
    example_application_number,
)
from desktop.core.refusal import Refusal
from desktop.core.terms import PatentType

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
DIGITS = "0123456789X"


@pytest.mark.parametrize(
    ("digits", "digit"),
    [
        ("201710601862", "3"),
        ("202010700365", "0"),
        ("202110616602", "X"),
        ("97101765", "4"),
        ("95115608", "X"),
        ("202323456789", "5"),
    ],
)
def test_check_digit(digits: str, digit: str) -> None:
    assert application_check_digit(digits) == digit
    assert check_application_number(digits + digit).valid
    for other in set(DIGITS) - {digit}:
        assert not check_application_number(digits + other).valid


@pytest.mark.parametrize(
    "text",
    [
        "202110616602.X",
        "202110616602x",
        "CN202110616602.X",
        "ZL 202110616602.X",
        "cn 2021 1061 6602 . x",
        "ＣＮ２０２１１０６１６６０２．ｘ",
        "\u2002202110616602.X\xa0",
        "\ufeff202110616602。X",
    ],
)
def test_every_spelling_has_one_normal_form(text: str) -> None:
    found = check_application_number(text, PatentType.INVENTION)
    assert (found.value, found.kind, found.valid, found.reason) == (text, "number", True, "")
    assert found.normalized == "202110616602.X"


def test_a_wrong_check_digit_names_the_right_one() -> None:
    found = check_application_number("ZL202323456789.2")
    assert not found.valid
    assert found.normalized == ""
    assert "应为 5" in found.reason


def test_the_kind_digit_must_agree_with_the_patent_type() -> None:
    assert check_application_number("202323456789.5", PatentType.UTILITY).valid
    found = check_application_number("202323456789.5", PatentType.INVENTION)
    assert not found.valid
    assert "类型与申请号不符" in found.reason
    for digits, patent_types in (
        ("202110616602", [PatentType.INVENTION]),
        ("95215608", [PatentType.UTILITY]),
        ("202180000001", [PatentType.INVENTION]),  # from the national phase
        ("202140000001", []),
    ):
        number = f"{digits}.{application_check_digit(digits)}"
        assert [one for one in PatentType if check_application_number(number, one).valid] == patent_types


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2.02E+12", "科学计数“2.02E+12”"),
        ("2.02e+11", "科学计数“2.02E+11”"),
        ("1.98E12", "科学计数"),
        (2.02e12, "电子表格"),
        (202010700365.0, "校验位已不可靠"),
        (2020107003650.0, "原号可能是 202010700365.0"),
        ("2020107003650.0", "原号可能是 202010700365.0"),
        ("2020107003651.0", "末位已不可靠；"),
        ("", "申请号为空"),
        ("202110616602", "缺少校验位，202110616602 的校验位应为 X"),
        ("97101765", "校验位应为 4"),
        ("2021106166", "现在是 10 位"),
        ("202140616602.1", "类型位应为"),
        ("199910616602.1", "年份“1999”"),
        ("60101765.4", "年份“60”"),
        ("WOIT20000045", "不是中国专利申请号"),
        ("CN108564524A", "是公开（公告）号"),
    ],
)
def test_what_is_wrong_is_said(text: str | float, words: str) -> None:
    found = check_application_number(text)
    assert not found.valid
    assert words in found.reason


@settings(deadline=None)
@given(
    year=st.integers(2003, 2099),
    kind=st.sampled_from("12389"),
    serial=st.integers(0, 9_999_999),
    place=st.integers(0, 11),
    step=st.integers(1, 9),
)
def test_one_wrong_digit_never_passes(year: int, kind: str, serial: int, place: int, step: int) -> None:
    digits = f"{year}{kind}{serial:07}"
    number = f"{digits}.{application_check_digit(digits)}"
    assert check_application_number(number).normalized == number
    wrong = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    assert not check_application_number(wrong + number[-1]).valid


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    for kind in KINDS:
        found = check(kind, text)
        assert found.kind == kind
        assert found.valid == bool(found.normalized)
        assert found.valid or found.reason
        if found.valid:
            assert check(kind, found.normalized).normalized == found.normalized


@pytest.mark.parametrize("patent_type", list(PatentType))
def test_examples_are_accepted(patent_type: PatentType) -> None:
    example = example_application_number(patent_type)
    assert check_application_number(example, patent_type).normalized == example


@pytest.mark.parametrize(
    "text", ["CN108564524A", "CN3231509D", "cn 209102019 u", "CN305252224S", "CN85100001A", "CN1234567C"]
)
def test_publication_numbers(text: str) -> None:
    assert check_publication_number(text).normalized == text.replace(" ", "").upper()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "为空"),
        ("CN305252224U", "应为 S 或 D，现在是 U"),
        ("CN508564524A", "类型位应为 1、2、3"),
        ("CN108564524", "缺少末尾的文献种类字母"),
        ("108564524A", "缺少国家代码 CN"),
        ("TWI787980B", "不是中国的公开（公告）号"),
        ("CN10856452A", "不是公开（公告）号"),
    ],
)
def test_bad_publication_numbers(text: str, words: str) -> None:
    found = check_publication_number(text)
    assert not found.valid
    assert words in found.reason


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91370200163562681G", "91370000706266601D", "12100000495570303U"]
)
def test_uscc(code: str) -> None:
    assert check_uscc(code.lower()).normalized == code
    assert check_uscc(f" {code[:4]} {code[4:10]}-{code[10:]}").normalized == code
    for place in range(18):
        other = "1" if code[place] != "1" else "2"
        assert not check_uscc(code[:place] + other + code[place + 1 :]).valid


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91350100M000100Y4Z", "应为 3"),
        ("91350100M000100Y44", "应为 3，现在是 4"),
        ("91350100M000100Y4", "应为 18 位，现在是 17 位"),
        ("9135010OM000100Y43", "第 8 位不允许用“O”"),
        ("91A50100M000100Y43", "6 位数字"),
        ("", "为空"),
    ],
)
def test_bad_uscc(code: str, words: str) -> None:
    found = check_uscc(code)
    assert not found.valid
    assert words in found.reason


def test_agency_codes() -> None:
    assert check_agency_code(" ３７221 ").normalized == "37221"
    for text in ("3722", "372210", "3722A", "07221", ""):
        assert "5 位数字" in check_agency_code(text).reason


def test_one_door_for_every_kind() -> None:
    assert KINDS == ("number", "publication", "ipc", "locarno", "uscc", "agency")
    assert check("ipc", "g06f16/29").normalized == "G06F 16/29"
    assert check("locarno", "14-02(15)").normalized == "14-02"
    with pytest.raises(Refusal, match="不会校验“isbn”"):
        check("isbn", "1")


def test_real_codes() -> None:
    path = SHARED / "uscc-shandong.csv"
    if not path.exists():
        pytest.skip("the list of real codes is not on this machine")
    with path.open(encoding="utf-8-sig", newline="") as file:
        codes = [row["统一社会信用代码"] for row in csv.DictReader(file)]
    assert len(codes) > 4000
    assert [code for code in codes if not check_uscc(code).valid] == []


def test_real_gazette_numbers() -> None:
    path = SHARED / "gazette-utility-2019-07-12.csv"
    if not path.exists():
        pytest.skip("the gazette table is not on this machine")
    with path.open(encoding="gb18030", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 10_000
    bad = [row for row in rows if not check_application_number(row["filing_id"], PatentType.UTILITY).valid]
    bad += [row for row in rows if not check_publication_number(row["authorization_notice_id"]).valid]
    assert bad == []
