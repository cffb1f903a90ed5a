"""References between claims: every way they are written, what they make of a claim, and that hostile text ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import claim_references
from desktop.core.claim_references import MOST_NUMBERS, Reference, Scope, number_of, references, relations
from desktop.core.claim_subjects import Category, Stand, category, surely_apart
from desktop.core.package import Claim

ALL, BEFORE = Scope.ALL_EARLIER, Scope.ONE_BEFORE
ONE = (1,)

# Text, the claims named, whether as alternatives, and the very words of the reference.
PHRASES: list[tuple[str, tuple[int, ...] | Scope, bool, str]] = [
    ("根据权利要求1所述的装置，其特征在于", ONE, False, "权利要求1"),
    ("如权利要求 1 所述的装置", ONE, False, "权利要求 1"),
    ("按照权利要求１所述的装置", ONE, False, "权利要求１"),
    ("依据权利要求一所述的装置", ONE, False, "权利要求一"),
    ("依照权利要求十二所述的装置", (12,), False, "权利要求十二"),
    ("权利要求二十一所述的装置", (21,), False, "权利要求二十一"),
    ("根据权利要求第1项所述的装置", ONE, False, "权利要求第1"),
    ("根据权利要求（1）所述的装置", ONE, False, "权利要求（1）"),
    ("根据权利要求(1)至(3)中任一项所述的装置", (1, 2, 3), True, "权利要求(1)至(3)中任一项"),
    ("根据权 利 要 求1所述的装置", ONE, False, "权 利 要 求1"),
    ("根据权利要求1至3中任一项所述的装置", (1, 2, 3), True, "权利要求1至3中任一项"),
    ("根据权利要求1-3中任一项所述的装置", (1, 2, 3), True, "权利要求1-3中任一项"),
    ("根据权利要求1～3任一项所述的装置", (1, 2, 3), True, "权利要求1～3任一项"),
    ("根据权利要求1~3任一所述的装置", (1, 2, 3), True, "权利要求1~3任一"),
    ("根据权利要求1—3任意一项所述的装置", (1, 2, 3), True, "权利要求1—3任意一项"),
    ("根据权利要求1–3中任何一项所述的装置", (1, 2, 3), True, "权利要求1–3中任何一项"),
    ("根据权利要求1——3之一所述的装置", (1, 2, 3), True, "权利要求1——3之一"),
    ("根据权利要求1－3之一的装置", (1, 2, 3), True, "权利要求1－3之一"),
    ("根据权利要求1到3中的一项所述的装置", (1, 2, 3), True, "权利要求1到3中的一项"),
    ("根据权利要求１至３中任意一项所述的装置", (1, 2, 3), True, "权利要求１至３中任意一项"),
    ("根据权利要求1 - 3 中任一项所述的装置", (1, 2, 3), True, "权利要求1 - 3 中任一项"),
    ("根据权利要求一至三中任一项所述的装置", (1, 2, 3), True, "权利要求一至三中任一项"),
    ("根据权利要求一到三之一所述的装置", (1, 2, 3), True, "权利要求一到三之一"),
    ("根据权利要求1至3其中一项所述的装置", (1, 2, 3), True, "权利要求1至3其中一项"),
    ("根据权利要求1至3其中之一所述的装置", (1, 2, 3), True, "权利要求1至3其中之一"),
    ("根据权利要求1至3所述的任一装置", (1, 2, 3), True, "权利要求1至3所述的任一"),
    ("根据权利要求1至3任一条所述的装置", (1, 2, 3), True, "权利要求1至3任一条"),
    ("根据权利要求1至3任意所述的装置", (1, 2, 3), True, "权利要求1至3任意"),
    ("根据权利要求4至6中任一权利要求所述的装置", (4, 5, 6), True, "权利要求4至6中任一权利要求"),
    ("根据权利要求1至权利要求3中任一项所述的装置", (1, 2, 3), True, "权利要求1至权利要求3中任一项"),
    ("根据权利要求1至3项中任一项所述的装置", (1, 2, 3), True, "权利要求1至3项中任一项"),
    ("根据权利要求3至1中任一项所述的装置", (3, 1, 2), True, "权利要求3至1中任一项"),
    ("根据权利要求2-2中任一项所述的装置", (2,), True, "权利要求2-2中任一项"),
    ("根据权利要求1、2或4所述的装置", (1, 2, 4), True, "权利要求1、2或4"),
    ("根据权利要求1或2所述的装置", (1, 2), True, "权利要求1或2"),
    ("根据权利要求1或者2所述的装置", (1, 2), True, "权利要求1或者2"),
    ("根据权利要求1,2或3所述的装置", (1, 2, 3), True, "权利要求1,2或3"),
    ("根据权利要求1，2，或3所述的装置", (1, 2, 3), True, "权利要求1，2，或3"),
    ("根据权利要求1、2、3任一项所述的装置", (1, 2, 3), True, "权利要求1、2、3任一项"),
    ("根据权利要求1/2/3任一项所述的装置", (1, 2, 3), True, "权利要求1/2/3任一项"),
    ("根据权利要求1或2，其特征在于", (1, 2), True, "权利要求1或2"),
    ("根据权利要求一或二所述的装置", (1, 2), True, "权利要求一或二"),
    ("根据权利要求1或权利要求2所述的装置", (1, 2), True, "权利要求1或权利要求2"),
    ("根据权利要求1或根据权利要求2所述的装置", (1, 2), True, "权利要求1或根据权利要求2"),
    ("根据权利要求1、权利要求2或权利要求5所述的装置", (1, 2, 5), True, "权利要求1、权利要求2或权利要求5"),
    ("根据权利要求1至3、5或7中任一项所述的装置", (1, 2, 3, 5, 7), True, "权利要求1至3、5或7中任一项"),
    ("根据权利要求1-3、5-7任一项所述的装置", (1, 2, 3, 5, 6, 7), True, "权利要求1-3、5-7任一项"),
    ("根据权利要求1-3或5-7所述的装置", (1, 2, 3, 5, 6, 7), True, "权利要求1-3或5-7"),
    ("根据权利要求1，5-7任一项所述的装置", (1, 5, 6, 7), True, "权利要求1，5-7任一项"),
    ("根据权利要求1至3中任一项或权利要求5所述的装置", (1, 2, 3, 5), True, "权利要求1至3中任一项或权利要求5"),
    ("根据权利要求1至3任一项或5所述的装置", (1, 2, 3, 5), True, "权利要求1至3任一项或5"),
    ("根据权利要求1和3中任一项所述的装置", (1, 3), True, "权利要求1和3中任一项"),
    ("根据任一项权利要求1-3所述的装置", (1, 2, 3), True, "任一项权利要求1-3"),
    ("根据任意一项权利要求1、2所述的装置", (1, 2), True, "任意一项权利要求1、2"),
    ("根据第1至3项权利要求任一项所述的装置", (1, 2, 3), True, "第1至3项权利要求任一项"),
    ("根据第2项权利要求所述的装置", (2,), False, "第2项权利要求"),
    ("根据第二项权利要求所述的装置", (2,), False, "第二项权利要求"),
    ("根据权利要求1和2所述的装置", (1, 2), False, "权利要求1和2"),
    ("根据权利要求1以及2所述的装置", (1, 2), False, "权利要求1以及2"),
    ("根据权利要求1及2所述的装置", (1, 2), False, "权利要求1及2"),
    ("根据权利要求1与2所述的装置", (1, 2), False, "权利要求1与2"),
    ("根据权利要求1和/或2所述的装置", (1, 2), False, "权利要求1和/或2"),
    ("根据权利要求1和（或）2所述的装置", (1, 2), False, "权利要求1和（或）2"),
    ("根据权利要求1、2所述的装置", (1, 2), False, "权利要求1、2"),
    ("根据权利要求1，2，其特征在于", (1, 2), False, "权利要求1，2"),
    ("根据权利要求1-3所述的装置", (1, 2, 3), False, "权利要求1-3"),
    ("根据权利要求1至3的装置", (1, 2, 3), False, "权利要求1至3"),
    ("根据权利要求1-3中至少一项所述的装置", (1, 2, 3), False, "权利要求1-3"),
    ("根据权利要求1和权利要求2所述的装置", (1, 2), False, "权利要求1和权利要求2"),
    ("根据权利要求1至3的任务调度方法", (1, 2, 3), False, "权利要求1至3"),
    ("根据上述权利要求所述的装置", ALL, False, "上述权利要求"),
    ("根据上述任一权利要求所述的装置", ALL, True, "上述任一权利要求"),
    ("根据前述权利要求中任一项所述的装置", ALL, True, "前述权利要求中任一项"),
    ("根据前述权利要求之一所述的装置", ALL, True, "前述权利要求之一"),
    ("根据前述各项权利要求中任意一项所述的装置", ALL, True, "前述各项权利要求中任意一项"),
    ("根据前面的任一项权利要求所述的装置", ALL, True, "前面的任一项权利要求"),
    ("根据以上任意一项权利要求所述的装置", ALL, True, "以上任意一项权利要求"),
    ("根据前任一项权利要求所述的装置", ALL, True, "前任一项权利要求"),
    ("根据在前权利要求中的任何一项所述的装置", ALL, True, "在前权利要求中的任何一项"),
    ("根据任一前述权利要求所述的装置", ALL, True, "任一前述权利要求"),
    ("根据任一项上述权利要求所述的装置", ALL, True, "任一项上述权利要求"),
    ("根据之前所述的权利要求中任一项所述的装置", ALL, True, "之前所述的权利要求中任一项"),
    ("根据上述权利要求1所述的装置", ONE, False, "权利要求1"),
    ("根据上一权利要求所述的装置", BEFORE, False, "上一权利要求"),
    ("根据前一项权利要求所述的装置", BEFORE, False, "前一项权利要求"),
    ("根据权利要求1，3D打印头的长度", ONE, False, "权利要求1"),
    ("根据权利要求1，2个所述轴承", ONE, False, "权利要求1"),
    ("采用权利要求1和二氧化硅制成", ONE, False, "权利要求1"),
    ("采用权利要求1或2mm的板", ONE, False, "权利要求1"),
    ("由权利要求1与一种溶剂制成", ONE, False, "权利要求1"),
    ("根据权利要求1所述的装置，其中3至5个轴承", ONE, False, "权利要求1"),
    ("一种执行权利要求1所述方法的装置", ONE, False, "权利要求1"),
    ("一种介质，其上的程序实现权利要求1至7中任一项所述的方法", tuple(range(1, 8)), True, "权利要求1至7中任一项"),
    ("根据权利要求1.2或3所述的装置", (1, 2, 3), True, "权利要求1.2或3"),
    ("根据权利要求1．2．3中任一项所述的装置", (1, 2, 3), True, "权利要求1．2．3中任一项"),
    ("根据权利要求1、2.3任一项所述的装置", (1, 2, 3), True, "权利要求1、2.3任一项"),
    ("根据权利要求1&2所述的装置", (1, 2), False, "权利要求1&2"),
    ("根据权利要求1＆2任一项所述的装置", (1, 2), True, "权利要求1＆2任一项"),
    ("根据权利要求1/2所述的装置", (1, 2), False, "权利要求1/2"),
    ("根据权利要求1.2的装置", (1, 2), False, "权利要求1.2"),
    ("根据权利要求1.5mm厚的板", ONE, False, "权利要求1"),
    ("根据权利要求1或2.5倍的长度", ONE, False, "权利要求1"),
    ("根据权利要求1.一种装置", ONE, False, "权利要求1"),
    ("根据权利要求1-3中的一项或多项所述的装置", (1, 2, 3), False, "权利要求1-3"),
    ("根据权利要求1-3中任一项或多项所述的装置", (1, 2, 3), False, "权利要求1-3"),
    ("根据权利要求1-3中任意一项或者多项所述的装置", (1, 2, 3), False, "权利要求1-3"),
    ("根据前述权利要求中的一项或多项所述的装置", ALL, False, "前述权利要求"),
    ("根据前述一项或多项权利要求所述的装置", ALL, False, "前述一项或多项权利要求"),
    ("根据权利要求1-999999999中任一项所述的装置", (1, 999999999), True, "权利要求1-999999999中任一项"),
]
NONE = [
    "一种装置，包括壳体（1）和盖板（2）",
    "按照式1计算，重复步骤1至3",
    "如权利要求书所述的装置",
    "上述权利要求书限定的范围",
    "本发明的保护范围以所附权利要求为准",
    "满足 a+1=2，其中 a 为 1 或 2",
    "各权利要求之间可以组合",
    "权利要求一种装置",
    "选自A、B或C中的任一项",
]  # fmt: skip


@pytest.mark.parametrize(("text", "named", "alternative", "words"), PHRASES, ids=[row[0] for row in PHRASES])
def test_a_reference_is_read(text: str, named: tuple[int, ...] | Scope, alternative: bool, words: str) -> None:
    (found,) = references(text)
    assert text[found.start : found.end] == words
    assert found.alternative is alternative
    assert (found.scope if isinstance(named, Scope) else found.numbers) == named


def test_the_table_is_wide() -> None:
    assert len({row[0] for row in PHRASES}) >= 80


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_reference(text: str) -> None:
    assert references(text) == ()


def test_several_mentions_stand_apart() -> None:
    text = "一种系统，包括权利要求1所述的装置和权利要求4至5中任一项所述的控制器"
    assert [one.numbers for one in references(text)] == [(1,), (4, 5)]


# --- what a reference makes of a claim --------------------------------------------------------------------------

ON_ONE = "根据权利要求1所述的装置，其中壳体为铝。"
DEVICE, METHOD = "一种散热装置，包括壳体。", "一种电池极片的制备方法，包括涂布。"
DEPENDENT = [
    (DEVICE, "根据权利要求1所述的散热装置，其特征在于，壳体为铝。"),
    (DEVICE, "如权利要求1所述的装置，其中壳体为铝。"),
    (DEVICE, "按照权利要求1所述散热装置,其特征在于,壳体为铝。"),
    (DEVICE, "依据权利要求1的散热装置，其特征在于"),
    (DEVICE, "一种如权利要求1所述的散热装置，其特征在于"),
    (DEVICE, "一种根据权利要求1所述的散热装置，其特征在于"),
    (DEVICE, "权利要求1所述的散热装置，其特征在于"),
    (DEVICE, "根据权利要求1，其特征在于"),
    (DEVICE, "根据权利要求1所述的散热装置其特征在于壳体为铝"),
    (DEVICE, "根据前述权利要求中任一项所述的散热装置，其特征在于"),
    (DEVICE, "2、根据权利要求1所述的一种散热装置，其特征在于"),
    (DEVICE, "根据权利要求1所述的散热装置（10），其特征在于"),
    (METHOD, "根据权利要求1所述的制备方法，其特征在于"),
    (METHOD, "根据权利要求1所述的方法，其中，涂布两次。"),
    ("一种由铝制成的板，包括孔。", "根据权利要求1所述的由铝制成的板，其特征在于"),
    ("一种组合物在制备药物中的用途。", "根据权利要求1所述的用途，其特征在于"),
    ("一种组合物在制备药物中的应用。", "根据权利要求1所述的应用，其特征在于"),
    ("一种用于包括电池的车辆的热管理系统，其特征在于", "根据权利要求1所述的热管理系统，其特征在于"),
    ("一种方法包括步骤S1和步骤S2。", "根据权利要求1所述的方法，其特征在于"),
    ("一种混凝土的养护工艺，其特征在于", "根据权利要求1所述的养护工艺，其特征在于"),
    ("一种图像识别方法，包括步骤S1。", "根据权利要求1所述的识别步骤，其特征在于"),
    ("一种图像识别方法，包括步骤S1。", "根据权利要求1所述的图像识别模型训练，其特征在于"),
    ("一种图像识别方法，包括步骤S1。", "根据权利要求1所述的识别方案，其特征在于"),
    ("一种图像识别方法，包括步骤S1。", "根据权利要求1所述的识别过程，其特征在于"),
    ("一种混凝土的养护工艺，其特征在于", "根据权利要求1所述的养护流程，其特征在于"),
]
INDEPENDENT = [
    (DEVICE, "一种电子设备，包括权利要求1所述的散热装置。"),
    (DEVICE, "一种包括权利要求1所述散热装置的电子设备，其特征在于"),
    (DEVICE, "权利要求1所述散热装置的制造方法，其特征在于"),
    (DEVICE, "一种如权利要求1所述的散热装置的控制方法，其特征在于"),
    (DEVICE, "应用于权利要求1所述的散热装置的控制方法，其特征在于"),
    (DEVICE, "与权利要求1所述的散热装置配合的支架，其特征在于"),
    (METHOD, "根据权利要求1所述的方法制备的电池极片。"),
    (METHOD, "根据权利要求1所述的制备方法得到的极片，其特征在于"),
    (METHOD, "如权利要求1所述方法的系统，其特征在于"),
    (METHOD, "一种执行权利要求1所述方法的装置，其特征在于"),
    (METHOD, "采用权利要求1所述的方法制备的极片。"),
    (METHOD, "一种计算机可读存储介质，其上存储有计算机程序，所述程序实现权利要求1所述的方法。"),
    ("一种组合物，包括A。", "权利要求1所述的组合物在制备药物中的用途。"),
    ("一种组合物，包括A。", "如权利要求1所述组合物的应用。"),
    (DEVICE, "一种风机，包括叶轮。"),
    ("一种石墨烯/氧化锌复合光催化剂，包括A。", "一种如权利要求1所述的石墨烯复合催化剂的制备方法，其特征在于"),
    ("一种高强铝合金材料，包括铝。", "如权利要求1所述高强铝合金的制备方法，其特征在于"),
    ("一种锂电池复合隔膜，包括膜。", "权利要求1所述复合膜的制备方法，其特征在于"),
    ("一种铝合金材料，包括铝。", "权利要求1的合金的制造过程，其特征在于"),
    ("一种高强铝合金材料，包括铝。", "如权利要求1所述铝合金的应用，其特征在于"),
]  # fmt: skip
CONFLICT = [
    (METHOD, "根据权利要求1所述的装置，其特征在于"),
    (METHOD, "如权利要求1所述的系统，其特征在于"),
    (METHOD, "根据权利要求1所述的电池极片，其特征在于"),
    (DEVICE, "根据权利要求1所述的方法，其特征在于"),
    (DEVICE, "根据权利要求1所述的数据处理方法，其特征在于"),
    (DEVICE, "根据权利要求1所述的养护工艺，其特征在于"),
    (DEVICE, "如权利要求1所述的用途，其特征在于"),
    ("一种铝合金材料，包括铝。", "根据权利要求1所述的水泥的制备方法，其特征在于"),
]


def two(first: str, second: str) -> claim_references.Relation:
    return relations((Claim(1, first), Claim(2, second)))[1]


@pytest.mark.parametrize(("first", "second"), DEPENDENT)
def test_a_dependent_claim(first: str, second: str) -> None:
    found = two(first, second)
    assert (found.dependent, found.refers, found.bases, found.conflict) == (True, (1,), (1,), None)


@pytest.mark.parametrize(("first", "second"), INDEPENDENT)
def test_an_independent_claim_that_quotes(first: str, second: str) -> None:
    found = two(first, second)
    assert not found.dependent
    assert not found.multiple
    assert found.refers == ((1,) if "权利要求" in second else ())


@pytest.mark.parametrize(("first", "second"), CONFLICT)
def test_a_subject_of_another_category(first: str, second: str) -> None:
    assert two(first, second).conflict == (1, Stand.CONFLICT)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("一种散热装置，包括壳体。", "散热装置"),
        ("一种用于电池的壳体,其特征在于", "用于电池的壳体"),
        ("一种壳体包括底座。", "壳体"),
        ("一种执行权利要求1所述方法的装置，包括处理器。", "执行权利要求1所述方法的装置"),
        ("一种包括权利要求1所述装置的设备，其特征在于", "包括权利要求1所述装置的设备"),
        ("根据权利要求1所述的散热装置，其特征在于", "散热装置"),
        ("根据权利要求1至3中任一项所述的一种散热装置，其特征在于", "散热装置"),
        ("根据权利要求1所述的装置其特征在于壳体为铝", "装置"),
        ("根据权利要求1，其特征在于", ""),
        ("如权利要求1中所述之装置，其中", "装置"),
        ("如权利要求1所要求保护的装置，其中", "装置"),
    ],
)
def test_the_name_of_the_subject(text: str, subject: str) -> None:
    (found,) = relations((Claim(1, text),))
    assert found.subject.text == subject
    assert text[found.subject.start : found.subject.end] == subject


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("散热装置", Category.PRODUCT),
        ("实现方法的装置", Category.PRODUCT),
        ("数据处理方法", Category.METHOD),
        ("溶胶凝胶法", Category.METHOD),
        ("方法（S1）", Category.METHOD),
        ("组合物的用途", Category.USE),
        ("装置及其控制方法", Category.UNKNOWN),
        ("方法步骤表", Category.UNKNOWN),
        ("模型训练", Category.UNKNOWN),
        ("控制方案", Category.UNKNOWN),
        ("制造过程", Category.UNKNOWN),
        ("", Category.UNKNOWN),
        ("装" * 200, Category.UNKNOWN),
    ],
)
def test_categories(name: str, expected: Category) -> None:
    assert category(name) is expected


@pytest.mark.parametrize(
    ("name", "base", "sure"),
    [
        ("图像识别装置", "图像识别方法", True),
        ("装置", "图像识别方法", True),
        ("散热方法", "散热装置", True),
        ("方法", "铝合金材料", True),
        ("水泵装置", "图像识别方法", False),
        ("电池极片", "电池极片的制备方法", False),
        ("制备方法", "铝合金材料", False),
        ("识别步骤", "图像识别方法", False),
    ],
)
def test_when_a_conflict_is_beyond_doubt(name: str, base: str, sure: bool) -> None:
    assert surely_apart(name, base) is sure


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("根据权力要求1所述的装置，其中", "权力要求1"),
        ("根据权利1所述的装置，其中", "权利1"),
        ("根据权利要求l所述的装置，其中", "权利要求l"),
        ("如权利要1所述的装置，其中", "权利要1"),
        ("根据權利要求1所述的装置，其中", "權利要求1"),
        ("根据要求1所述的装置，其中", "要求1"),
        ("根据权利要求所述的装置，其中", "权利要求"),
    ],
)
def test_a_misspelt_reference_is_no_independent_claim(text: str, slip: str) -> None:
    found = two(DEVICE, text)
    assert [text[start:end] for start, end in found.misread] == [slip]
    assert (found.dependent, found.independent, found.unread) == (False, False, True)
    assert found.subject.text == "装置"


@pytest.mark.parametrize(
    "text",
    [
        "根据权利要求1所述的装置，其中",
        "根据上述权利要求所述的装置，其中",
        "根据权利要求书中权利要求1所述的装置，其中",
        "一种权利管理方法，包括权利1的登记和要求2的核对",
        "一种设备，满足要求1所述的条件",
        "如权利要求一所述的装置，其中",
    ],
)
def test_what_is_not_misspelt(text: str) -> None:
    assert two(DEVICE, text).misread == ()


def test_a_slip_in_the_middle_leaves_the_claim_what_it_is() -> None:
    found = two(DEVICE, "一种设备，包括权力要求1所述的装置。")
    assert (found.independent, len(found.misread)) == (True, 1)


@pytest.mark.parametrize(
    ("text", "bases", "alternative"),
    [
        ("如权利要求1所述的装置或如权利要求2所述的装置，其特征在于", (1, 2), True),
        ("根据权利要求1所述的装置，或者权利要求2所述的装置，其特征在于", (1, 2), True),
        ("如权利要求1和2所述的装置或如权利要求3所述的装置，其特征在于", (1, 2, 3), False),
        ("如权利要求1所述的装置或如权利要求2所述的装置或如权利要求3所述的装置，其中", (1, 2, 3), True),
        ("如权利要求1所述的装置，其为壳体或如权利要求2所述的装置", (1,), False),
        ("如权利要求1所述的装置或如权利要求2所述的壳体，其中", (1,), False),
        ("如权利要求1所述的装置，其中，壳体为铝，如权利要求2所述", (1,), False),
    ],
)
def test_an_opening_of_two_references(text: str, bases: tuple[int, ...], alternative: bool) -> None:
    found = relations(tuple(Claim(at, one) for at, one in enumerate((DEVICE, ON_ONE, ON_ONE, text), start=1)))[3]
    assert found.opening is not None
    assert (found.bases, found.opening.alternative) == (bases, alternative)
    assert found.multiple is (len(bases) > 1)


def test_a_name_is_inherited_where_a_claim_gives_none() -> None:
    found = relations(
        (Claim(1, METHOD), Claim(2, "根据权利要求1，其特征在于"), Claim(3, "如权利要求2所述的装置，其中"))
    )
    assert found[2].conflict == (2, Stand.CONFLICT)


def test_numbers_and_positions() -> None:
    texts = (DEVICE, "根据权利要求1所述的装置", "如前述权利要求中任一项所述的装置", "如上一权利要求所述的装置")
    found = relations(tuple(Claim(None, text) for text in texts))
    assert [one.number for one in found] == [1, 2, 3, 4]
    assert [one.refers for one in found] == [(), (1,), (1, 2), (3,)]
    assert [one.multiple for one in found] == [False, False, True, False]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("１２", 12),
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百零五", 105),
        ("两", 2),
    ],
)
def test_numerals(text: str, number: int) -> None:
    assert number_of(text) == number


# --- whatever the text ------------------------------------------------------------------------------------------

PIECES = (
    "权利要求 权 利 要 求 1 2 １ 999999999 99999999999999999999 一 十二 至 到 - ～ — 、 ， , 或 和 以及 和/或 中"
    " 任一项 任意一项 之一 所述 的 上述 前述 前面 以上 任一 根据 如 一种 装置 方法 （ ） 第 项 书 其特征在于 ， 。"
    " x 壳体（1） 前一项 制备 用途"
).split()
MIXED = st.lists(st.sampled_from([*PIECES, " ", "\n", "   "]), max_size=60).map("".join)


@given(MIXED)
def test_spans_and_bounds(text: str) -> None:
    end = 0
    for one in references(text):
        assert end <= one.start < one.end <= len(text)
        assert "权" in text[one.start : one.end]
        assert len(set(one.numbers)) == len(one.numbers)
        end = one.end
    assert sum(len(one.numbers) for one in references(text)) <= MOST_NUMBERS


@given(st.lists(st.tuples(st.none() | st.integers(-2, 12), MIXED), max_size=12))
def test_relations_hold_together(drawn: list[tuple[int | None, str]]) -> None:
    found = relations(tuple(Claim(number, text) for number, text in drawn))
    assert [one.unit for one in found] == list(range(len(drawn)))
    for one in found:
        assert len(one.refers) <= MOST_NUMBERS
        assert set(one.bases) <= set(one.refers)
        assert one.dependent or one.conflict is None
        text = drawn[one.unit][1]
        assert text[one.subject.start : one.subject.end] == one.subject.text


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_a_range_is_bounded(first: int, last: int) -> None:
    (found,) = references(f"根据权利要求{first}-{last}中任一项所述的装置")
    assert len(found.numbers) <= MOST_NUMBERS
    if last < 10**9 and first <= last:
        assert {first, last} == {found.numbers[0], max(found.numbers)}
    if 0 <= last - first < MOST_NUMBERS - 1 and last < 10**9:
        assert found.numbers == tuple(range(first, last + 1))


HOSTILE = {
    "digits": lambda n: "权利要求" + "1" * n,
    "spaces": lambda n: "权利要求" + " " * n + "1",
    "words": lambda n: "权利要求" * n,
    "ranges": lambda n: "根据权利要求1-" * n,
    "wide": lambda n: "根据权利要求1" + "、1-999999" * n + "中任一项",
    "list": lambda n: "根据权利要求1" + "、2" * n,
    "earlier": lambda n: "前述" * n + "权利要求",
    "any": lambda n: "任一项" * n + "权利要求1",
    "subject": lambda n: "根据权利要求1所述的" + "装" * n,
    "derived": lambda n: "根据权利要求1所述的" + "制备的" * n,
    "numerals": lambda n: "权利要求" + "一" * n,
    "points": lambda n: "根据权利要求1" + ".2" * n + "或3",
    "slips": lambda n: "根据权力要求1" * n,
    "again": lambda n: "如权利要求1所述的装置或" * n,
    "opening": lambda n: " " * n + "根据权利要求1所述的装置",
}


class Counting:
    """A pattern that counts the characters between where a search begins and where it ends."""

    def __init__(self, pattern: re.Pattern[str], count: list[int]) -> None:
        self.pattern, self.count = pattern, count

    def __getattr__(self, name: str) -> object:
        def call(text: str, pos: int = 0, endpos: int | None = None) -> re.Match[str] | None:
            endpos = len(text) if endpos is None else endpos
            found = getattr(self.pattern, name)(text, pos, endpos)
            # A match is anchored, and its length is its cost; a search that fails has read all it was given.
            self.count[0] += 1 + (found.end() - pos if found else endpos - pos if name == "search" else 0)
            return found

        return call


@pytest.mark.parametrize("shape", HOSTILE)
def test_work_grows_with_the_text_and_no_faster(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    count = [0]
    for name in [one for one, value in vars(claim_references).items() if isinstance(value, re.Pattern)]:
        monkeypatch.setattr(claim_references, name, Counting(getattr(claim_references, name), count))
    costs = []
    for size in (500, 5000):
        count[0] = 0
        references(HOSTILE[shape](size))
        costs.append(count[0])
    assert costs[1] <= 12 * costs[0] + 500


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_claims_end(shape: str) -> None:
    text = HOSTILE[shape](3000)
    found = relations(tuple(Claim(number, text) for number in range(1, 6)))
    assert all(len(one.refers) <= MOST_NUMBERS for one in found)
    assert all(isinstance(one, Reference) for claim in found for one in claim.references)
