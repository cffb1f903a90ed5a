"""Fields: the shipped table, the rule language, and what a list may and may not say about a case."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from desktop.core.class_rules import class_key, parse_rules
from desktop.core.fields import COMPLETE, Field, FieldTable
from desktop.core.refusal import Refusal
from desktop.core.terms import CheckStatus, FieldGrade, PatentType

RESOURCE = Path(__file__).resolve().parents[2] / "resources" / "fields.toml"
DOCUMENT = tomllib.loads(RESOURCE.read_text(encoding="utf-8"))
SHIPPED = FieldTable.from_document(DOCUMENT, "shipped")
INVENTION, DESIGN = PatentType.INVENTION, PatentType.DESIGN


def covered(rules: str, symbol: str) -> bool:
    """Whether a field of these rules, complete, is hit by the class."""
    locarno = symbol[0].isdigit()
    field = Field("f", "甲", completeness=COMPLETE, **{"locarno" if locarno else "ipc": (rules,)})
    grade = FieldTable([field]).match(DESIGN if locarno else INVENTION, [symbol]).grade
    assert grade in (FieldGrade.FULL_HIT, FieldGrade.FULL_MISS)
    return grade is FieldGrade.FULL_HIT


def test_shipped_fields() -> None:
    assert len(SHIPPED.labels) == 12
    assert SHIPPED.version == "shipped"
    named = [field.label for field in SHIPPED.active if field.status is CheckStatus.CHECKED]
    assert named == ["新一代信息技术", "海洋", "高端设备制造"]
    extension = SHIPPED.find("新能源")
    assert extension is not None
    assert extension.extension
    assert not extension.active
    assert "新能源" not in SHIPPED.labels
    for field in SHIPPED.fields:
        assert field.completeness == "partial"
        assert field.list_status is CheckStatus.UNCHECKED
        assert field.ipc
        assert field.locarno
        assert field.checked_on
    assert SHIPPED.find("高端装备制造") is SHIPPED.find("high-end-equipment")
    assert SHIPPED.find("不存在") is None


def test_shipped_lists_group_and_never_veto() -> None:
    hit = SHIPPED.match(INVENTION, ["G06F16/29(2019.01)I", "B63B 1/00"])
    assert (hit.field, hit.grade, hit.rule) == ("新一代信息技术", FieldGrade.PARTIAL_HIT, "G06F")
    assert hit.others == ("海洋",)
    assert "G06F 16/29 命中领域“新一代信息技术”" in hit.reason
    shared_class = SHIPPED.match(INVENTION, ["E21B 43/00"])
    assert (shared_class.field, shared_class.others) == ("海洋", ("石油开采及加工",))
    assert SHIPPED.match(DESIGN, ["14-02(15)"]).field == "新一代信息技术"
    miss = SHIPPED.match(INVENTION, ["A43B 1/00"])
    assert (miss.field, miss.grade) == ("", FieldGrade.PARTIAL_MISS)
    assert "不能据此" in miss.reason
    assert SHIPPED.match(INVENTION, ["H02J 7/00"]).grade is FieldGrade.PARTIAL_MISS  # the extension rests


@pytest.mark.parametrize(
    ("rules", "symbol", "hit"),
    [
        ("G06F11*, G06F21*", "G06F 16/29", False),
        ("G06F", "G06F 16/29", True),
        ("G06F*", "G06F 16/29", True),
        ("G06", "G06F 16/29", True),
        ("G", "G06F 16/29", True),
        ("H", "G06F 16/29", False),
        ("G06F11*", "G06F 11/07", True),
        ("G06F11*", "G06F 111/02", False),
        ("G06F1*", "G06F 11/07", False),
        ("G06F11", "G06F 11/07", True),
        ("g06f 11/00", "G06F 11/07", True),
        ("G06F11/*", "G06F 11/07", True),
        ("G06F 16/2*", "G06F 16/29", True),
        ("G06F 16/2*", "G06F 16/90", False),
        ("G06F 16/29", "G06F 16/29", True),
        ("G06F 16/29", "G06F 16/291", False),
        ("G06F16/29(2019.01)I", "G06F 16/29", True),
        ("G06F21*(不含G06F21/10)", "G06F 21/10", False),
        ("G06F21*（不含 G06F21/10、G06F21/12）", "G06F 21/12", False),
        ("G06F21*（不含 G06F21/10、G06F21/12）", "G06F 21/31", True),
        ("G06F21*(G06F21/10除外)", "G06F 21/10", False),
        ("G06F21*(不含G06F21/10), G06F", "G06F 21/10", True),
        ("G06F, -G06F21*", "G06F 21/10", False),
        ("G06F, -G06F21*, G06F 21/10", "G06F 21/10", True),
        ("G06F21*, -G06F21*", "G06F 21/10", False),
        ("-G06F21*; G06F21*", "G06F 21/10", False),
        ("-G06F 21/10", "G06F 21/12", False),
        ("14-02", "14-02 (15)", True),
        ("14-02", "14-03", False),
        ("14", "14-03", True),
        ("14-*", "14-03", True),
        ("1-*", "14-03", False),
        ("14, -14-04", "14-04", False),
        ("14-*(不含14-04)", "14-04", False),
    ],
)
def test_rules(rules: str, symbol: str, hit: bool) -> None:
    assert covered(rules, symbol) is hit


@pytest.mark.parametrize(
    "piece",
    ["G6F", "G06F16/29(2019)", "G06F**", "I06F", "G06F21*(G06F21/10)", "-G06F(不含G06F21*)", "14-02", "("],
)
def test_unreadable_ipc_rules_are_refused(piece: str) -> None:
    with pytest.raises(Refusal, match="无法识别IPC规则"):
        parse_rules(piece, False)


@pytest.mark.parametrize("piece", ["33", "0", "14-2", "G06F", "14-02*"])
def test_unreadable_locarno_rules_are_refused(piece: str) -> None:
    with pytest.raises(Refusal, match="无法识别洛迦诺规则"):
        parse_rules(piece, True)


def test_class_keys_keep_groups_apart() -> None:
    assert class_key("G06F 1/10", False) == "G06F0001/10"
    assert class_key("G06F 110/00", False) == "G06F0110/00"
    assert class_key("9-01", True) == "09-01"


def test_the_most_specific_rule_decides_then_the_listed_order() -> None:
    table = FieldTable(
        [
            Field("a", "甲", ipc=("G06F",)),
            Field("b", "乙", ipc=("G06F 16/29",), completeness=COMPLETE),
            Field("c", "丙", ipc=("G06F16*",)),
            Field("d", "丁", ipc=("G06F",)),
        ]
    )
    match = table.match(INVENTION, ["G06F 16/29"])
    assert (match.field, match.grade, match.rule) == ("乙", FieldGrade.FULL_HIT, "G06F16/29")
    assert match.others == ("丙", "甲", "丁")
    assert table.match(INVENTION, ["G06F 16/30"]).field == "丙"
    assert table.match(INVENTION, ["G06F 17/30"]).field == "甲"


def test_only_complete_lists_speak_against_a_case() -> None:
    complete = Field("a", "甲", ipc=("G06F11*", "G06F21*"), completeness=COMPLETE)
    partial = Field("b", "乙", ipc=("B63B",))
    symbol = ["G06F 16/29"]
    assert FieldTable([complete]).match(INVENTION, symbol).grade is FieldGrade.FULL_MISS
    assert FieldTable([complete, partial]).match(INVENTION, symbol).grade is FieldGrade.PARTIAL_MISS
    table = FieldTable([complete, partial])
    assert table.grade("甲", INVENTION, symbol) is FieldGrade.FULL_MISS
    assert table.grade("乙", INVENTION, symbol) is FieldGrade.PARTIAL_MISS
    assert table.grade("甲", INVENTION, ["G06F 21/10"]) is FieldGrade.FULL_HIT
    assert table.grade("乙", INVENTION, ["B63B 1/00"]) is FieldGrade.PARTIAL_HIT
    assert table.grade("丙", INVENTION, symbol) is FieldGrade.UNKNOWN
    # an inactive field neither matches nor keeps the others from speaking
    resting = Field("b", "乙", ipc=("G06F",), active=False)
    assert FieldTable([complete, resting]).match(INVENTION, symbol).grade is FieldGrade.FULL_MISS
    # a complete table of IPC symbols says nothing about designs
    assert FieldTable([complete]).match(DESIGN, ["14-02"]).grade is FieldGrade.UNKNOWN
    both = [complete, Field("b", "乙", locarno=("16",), completeness=COMPLETE)]
    assert FieldTable(both).match(DESIGN, ["14-02"]).grade is FieldGrade.PARTIAL_MISS


def test_further_classes_name_a_field_but_do_not_decide() -> None:
    partial = FieldTable([Field("a", "甲", ipc=("B63B",))])
    match = partial.match(INVENTION, ["G06F 16/29", "unreadable", "B63B 1/00"])
    assert (match.field, match.grade) == ("甲", FieldGrade.PARTIAL_HIT)
    assert "附加分类号 B63B 1/00" in match.reason
    complete = FieldTable([Field("a", "甲", ipc=("B63B",), completeness=COMPLETE)])
    match = complete.match(INVENTION, ["G06F 16/29", "B63B 1/00"])
    assert (match.field, match.grade, match.others) == ("", FieldGrade.FULL_MISS, ("甲",))


def test_without_a_readable_main_class_nothing_is_claimed() -> None:
    assert SHIPPED.match(INVENTION, []).grade is FieldGrade.UNKNOWN
    match = SHIPPED.match(INVENTION, ["G06F16", "G06F 16/29"])
    assert (match.field, match.grade) == ("", FieldGrade.UNKNOWN)
    assert "缺少分组" in match.reason
    assert SHIPPED.match(DESIGN, ["G06F 16/29"]).grade is FieldGrade.UNKNOWN
    assert SHIPPED.grade("海洋", INVENTION, [""]) is FieldGrade.UNKNOWN


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"id": "b"}, "缺少 label"),
        ({"id": "a", "label": "乙"}, "“a”重复"),
        ({"id": "b", "label": "乙", "aliases": ["甲"]}, "“甲”重复"),
        ({"id": "b", "label": "乙", "ipc": "G06F"}, "第 2 项（乙）的 ipc 写法不对"),
        ({"id": "b", "label": "乙", "ipcs": []}, "不认识的项目“ipcs”"),
        ({"id": "b", "label": "乙", "status": "ok"}, "status 只能是"),
        ({"id": "b", "label": "乙", "completeness": "full"}, "completeness 只能是"),
        ({"id": "b", "label": "乙", "ipc": ["G06F", "G6F"]}, "领域“乙”：无法识别IPC规则“G6F”"),
        ({"id": "b", "label": "乙", "locarno": ["14-2"], "active": False}, "无法识别洛迦诺规则“14-2”"),
        ("乙", "第 2 项应为一组项目"),
    ],
)
def test_a_bad_table_is_refused_with_its_place(entry: object, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        FieldTable.from_document({"field": [{"id": "a", "label": "甲"}, entry]})
    assert words in caught.value.reason


def test_a_table_without_fields_is_refused() -> None:
    with pytest.raises(Refusal, match="缺少领域列表"):
        FieldTable.from_document({})
