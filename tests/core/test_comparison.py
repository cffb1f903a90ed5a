"""The consistency check: each difference is shown for what it is, and nothing else is shown."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.comparison import FILES, REQUEST, Comparison, Conclusion, Verdict, compare
from desktop.core.comparison_units import FORMS, Kind, Row
from desktop.core.package import (
    ABSTRACT,
    CLAIMS,
    COMMITMENT,
    DESCRIPTION,
    DRAWINGS,
    NAMES,
    Biblio,
    Claim,
    Package,
    Paragraph,
    Part,
)
from desktop.core.terms import PatentType

WORDS = (
    "本 实用 新型 提供 了 一种 茶杯 杯体 外壁 设有 凹槽 内部 隔热 层 与 底座 螺纹 连接 并且 温度 传感器 显示".split()
)
BIBLIO = Biblio("一种茶杯", ("甲公司", "乙大学"), ("张三", "李四", "王五"), "某代理所", "37001", ("赵六",))


def prose(count: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(WORDS, k=chance.randint(8, 40))) + f"，见第{n}处。" for n in range(count)]


PARAGRAPHS = prose(30)
CLAIM_TEXTS = (
    "一种茶杯，其特征在于，包括杯体（1）和底座（2）。",
    "根据权利要求1所述的茶杯，其特征在于，所述杯体的外壁设有凹槽。",
    "根据权利要求2所述的茶杯，其特征在于，所述凹槽内设有温度传感器。",
    "根据权利要求1至3中任一项所述的茶杯，其特征在于，所述底座与杯体螺纹连接。",
    "一种制造权利要求1、3或4所述的茶杯的方法，其特征在于，先烧制杯体。",
)


def part(code: str, file: str, content: str, problem: str = "") -> Part:
    return Part(code, NAMES.get(code, ""), file, 1, hashlib.sha256(content.encode()).hexdigest(), problem)


def package(
    claims: Sequence[str] = CLAIM_TEXTS,
    description: Sequence[str] = PARAGRAPHS,
    abstract: Sequence[str] = ("本实用新型公开了一种茶杯。",),
    figures: Sequence[str] = ("图1", "图2"),
    biblio: Biblio = BIBLIO,
    files: Sequence[Part] = (),
    title: str = "一种茶杯",
) -> Package:
    """A package whose files follow from what they say."""
    texts = {
        CLAIMS: claims,
        DESCRIPTION: (*description, title),
        ABSTRACT: abstract,
        DRAWINGS: figures,
        "120101": biblio,
    }
    parts = [part(code, f"{code}.xml", repr(said)) for code, said in texts.items()]
    return Package(
        (*parts, *files),
        PatentType.UTILITY,
        biblio,
        title,
        tuple(Claim(n, text) for n, text in enumerate(claims, 1)),
        tuple(Paragraph(text, f"{n:04}") for n, text in enumerate(description, 1)),
        tuple(abstract),
        tuple(figures),
    )


def saved_again(one: Package) -> Package:
    """The same texts in other files."""
    return replace(
        one, parts=tuple(replace(it, sha256=hashlib.sha256(it.sha256.encode()).hexdigest()) for it in one.parts)
    )


def rows(found: Comparison, code: str) -> tuple[Row, ...]:
    document = found.document(code)
    return document.rows if document else ()


def news(found: Comparison, code: str) -> list[Row]:
    return [row for row in rows(found, code) if row.kind is not Kind.SAME]


def marked(row: Row) -> tuple[list[str], list[str]]:
    return (
        [row.left_text[span.start : span.end] for span in row.left_spans],
        [row.right_text[span.start : span.end] for span in row.right_spans],
    )


def paragraphs(left: Sequence[str], right: Sequence[str]) -> list[Row]:
    return news(compare(package(description=left), package(description=right)), DESCRIPTION)


def claims(left: Sequence[str], right: Sequence[str]) -> list[Row]:
    return news(compare(package(left), package(right)), CLAIMS)


# One kind each.


def test_equal_files_are_said_to_be_so_at_once() -> None:
    found = compare(package(), package())
    assert (found.verdict, found.documents, found.conclusion) == (Verdict.IDENTICAL, (), Conclusion.CONSISTENT)
    assert found.summary() == "文件完全相同。初步判断：一致。"


def test_other_files_with_equal_texts() -> None:
    found = compare(package(), saved_again(package()))
    assert (found.verdict, found.conclusion) == (Verdict.TEXT_EQUAL, Conclusion.CONSISTENT)
    assert {row.kind for one in found.documents for row in one.rows} == {Kind.SAME}


def test_one_character() -> None:
    other = [*CLAIM_TEXTS[:2], CLAIM_TEXTS[2].replace("温度", "湿度"), *CLAIM_TEXTS[3:]]
    found = compare(package(), package(other))
    (row,) = news(found, CLAIMS)
    assert (row.kind, row.left, row.right, row.characters, row.moved) == (Kind.CHANGED, 2, 2, 1, False)
    assert marked(row) == (["温"], ["湿"])
    assert (found.verdict, found.conclusion) == (Verdict.DIFFERS, Conclusion.INCONSISTENT)
    assert found.summary() == "权利要求书：改动 1 处（权利要求 3 一个字）。初步判断：不一致。"


def test_one_moved_paragraph_is_one_move() -> None:
    for source, target in ((3, 20), (20, 3), (0, 29), (29, 0), (5, 6)):
        other = [*PARAGRAPHS]
        other.insert(target, other.pop(source))
        (row,) = paragraphs(PARAGRAPHS, other)
        assert (row.kind, row.moved) == (Kind.MOVED, True)
        assert abs(source - target) == 1 or (row.left, row.right) == (source, target)


def test_a_moved_block_leaves_its_neighbours_alone() -> None:
    other = [*PARAGRAPHS[:4], *PARAGRAPHS[8:25], *PARAGRAPHS[4:8], *PARAGRAPHS[25:]]
    found = compare(package(), package(description=other))
    assert [(row.kind, row.left) for row in news(found, DESCRIPTION)] == [(Kind.MOVED, n) for n in (4, 5, 6, 7)]
    assert found.summary().startswith("说明书：移动 4 段。")


def test_moved_and_changed_is_both() -> None:
    other = [*PARAGRAPHS]
    other.insert(20, other.pop(3).replace("，见", "；见"))
    (row,) = paragraphs(PARAGRAPHS, other)
    assert (row.kind, row.moved, row.left, row.right) == (Kind.CHANGED, True, 3, 20)
    assert marked(row) == (["，"], ["；"])
    assert "移动并改动 1 段（第 [0021] 段 一个字）" in compare(package(), package(description=other)).summary()


def test_an_inserted_claim_renumbers_those_behind_it() -> None:
    right = (
        CLAIM_TEXTS[0],
        "根据权利要求1所述的茶杯，其特征在于，所述杯体由陶瓷烧成。",
        CLAIM_TEXTS[1],
        CLAIM_TEXTS[2].replace("权利要求2", "权利要求3"),
        CLAIM_TEXTS[3].replace("1至3", "1至4"),
        CLAIM_TEXTS[4].replace("1、3或4", "1、4或5"),
    )
    found = compare(package(), package(right))
    told = [(row.kind, row.left, row.right) for row in rows(found, CLAIMS)]
    assert told == [
        (Kind.SAME, 0, 0),
        (Kind.INSERTED, None, 1),
        (Kind.RENUMBERED, 1, 2),
        (Kind.RENUMBERED, 2, 3),
        (Kind.RENUMBERED, 3, 4),
        (Kind.RENUMBERED, 4, 5),
    ]
    last = rows(found, CLAIMS)[-1]
    assert marked(last) == (["3", "4"], ["4", "5"])
    assert {span.kind for span in last.left_spans} == {Kind.RENUMBERED}
    assert "新增 1 项（权利要求 2），编号变动 4 项" in found.summary()
    back = compare(package(right), package())
    assert [row.kind for row in news(back, CLAIMS)] == [Kind.DELETED, *[Kind.RENUMBERED] * 4]


def test_another_reference_is_a_change_and_no_renumbering() -> None:
    (row,) = claims(CLAIM_TEXTS, [*CLAIM_TEXTS[:3], CLAIM_TEXTS[3].replace("1至3", "1至2"), CLAIM_TEXTS[4]])
    assert (row.kind, marked(row)) == (Kind.CHANGED, (["3"], ["2"]))


def test_of_a_number_only_the_digit_that_differs_is_marked() -> None:
    left = [f"一种{word}的茶杯。" for word in WORDS[:12]]
    (row,) = claims([*left, "根据权利要求11所述的茶杯。"], [*left, "根据权利要求12所述的茶杯。"])
    assert (row.kind, row.characters, marked(row)) == (Kind.CHANGED, 1, (["1"], ["2"]))


def test_a_change_beside_a_renumbering_is_told_apart() -> None:
    right = [CLAIM_TEXTS[0], CLAIM_TEXTS[2].replace("权利要求2", "权利要求1").replace("温度", "湿度")]
    gone, changed = claims(CLAIM_TEXTS[:3], right)
    assert (gone.kind, gone.left) == (Kind.DELETED, 1)
    assert changed.kind is Kind.CHANGED  # claim 2 is gone, so that 2 -> 1 is another reference
    assert marked(changed) == (["2", "温"], ["1", "湿"])
    inserted = ["一种茶盘。", *(text.replace("权利要求2", "权利要求3") for text in CLAIM_TEXTS[:3])]
    inserted[3] = inserted[3].replace("温度", "湿度")
    row = claims(CLAIM_TEXTS[:3], inserted)[-1]
    assert [(span.kind, row.left_text[span.start : span.end]) for span in row.left_spans] == [
        (Kind.RENUMBERED, "2"),
        (Kind.CHANGED, "温"),
    ]
    assert row.characters == 1


@pytest.mark.parametrize(
    ("left", "right", "kind", "marks"),
    [
        ("温度 为 5 度。", "温度为5 度。", Kind.SPACE, ([" ", " "], [])),
        ("温度为5度。", "\u3000温度为\u200b5度。\ufeff", Kind.SPACE, ([], ["\u3000", "\u200b", "\ufeff"])),
        ("杯体（1），底座。", "杯体(1),底座。", Kind.WIDTH, (["（", "），"], ["(", "),"])),
        ("长Ａ１：５％", "长A1:5%", Kind.WIDTH, (["Ａ１：５％"], ["A1:5%"])),
        ("杯体（1）， 底座。", "杯体(1)，底座。", Kind.FORM, (["（", "）", " "], ["(", ")"])),
        ("转速10⁵转", "转速105转", Kind.CHANGED, (["⁵"], ["5"])),
        ("面积5m²", "面积5m2", Kind.CHANGED, (["²"], ["2"])),
        ("长度1.5米，宽", "长度15米,宽", Kind.CHANGED, ([".", "，"], [","])),
        ("甲\u202e乙丙丁戊", "甲乙丙丁戊", Kind.CHANGED, (["\u202e"], [])),
    ],
)
def test_form_is_told_from_content(left: str, right: str, kind: Kind, marks: tuple[list[str], list[str]]) -> None:
    found = compare(package(description=[left]), package(description=[right]))
    (row,) = news(found, DESCRIPTION)
    assert (row.kind, marked(row)) == (kind, marks)
    form = kind in FORMS
    assert found.verdict is (Verdict.FORM_ONLY if form else Verdict.DIFFERS)
    assert found.conclusion is (Conclusion.HUMAN if form else Conclusion.INCONSISTENT)


def test_a_mixed_row_counts_only_what_was_changed() -> None:
    (row,) = paragraphs(["所述杯体（1）由陶瓷制成。"], ["所述杯体(1) 由玻璃制成。"])
    assert (row.kind, row.characters) == (Kind.CHANGED, 2)
    assert [span.kind for span in row.right_spans] == [Kind.WIDTH, Kind.WIDTH, Kind.SPACE, Kind.CHANGED]


def test_spaces_within_a_reference_and_its_width() -> None:
    (row,) = claims(
        CLAIM_TEXTS, [*CLAIM_TEXTS[:1], CLAIM_TEXTS[1].replace("权利要求1", "权利要求 １"), *CLAIM_TEXTS[2:]]
    )
    assert row.kind is Kind.FORM


def test_a_blank_paragraph_is_white_space() -> None:
    (row,) = paragraphs(PARAGRAPHS, [*PARAGRAPHS[:5], " \u3000", *PARAGRAPHS[5:]])
    assert (row.kind, row.left, row.right) == (Kind.SPACE, None, 5)


def test_an_insertion_at_the_front_is_one_insertion() -> None:
    (row,) = paragraphs(PARAGRAPHS, ["全新的一段话。", *PARAGRAPHS])
    assert (row.kind, row.left, row.right) == (Kind.INSERTED, None, 0)
    (row,) = paragraphs(["同一行。"] * 5, ["同一行。"] * 6)
    assert row.kind is Kind.INSERTED


def test_a_deletion_is_shown_where_it_stood() -> None:
    found = compare(package(), package(description=[*PARAGRAPHS[:5], *PARAGRAPHS[6:]]))
    told = [row.left for row in rows(found, DESCRIPTION)]
    assert told[1:7] == [0, 1, 2, 3, 4, 5]  # the title of the description stands first
    assert rows(found, DESCRIPTION)[6].kind is Kind.DELETED


def test_everything_shuffled_is_moves_alone() -> None:
    other = [*PARAGRAPHS]
    random.Random(3).shuffle(other)
    found = paragraphs(PARAGRAPHS, other)
    assert {row.kind for row in found} == {Kind.MOVED}
    edited = [text.replace("见第", "在第") for text in other]
    found = paragraphs(PARAGRAPHS, edited)
    assert {row.kind for row in found} == {Kind.CHANGED}
    assert all(marked(row) == (["见"], ["在"]) for row in found)


def test_every_paragraph_edited() -> None:
    found = paragraphs(PARAGRAPHS, [text.replace("见第", "在第") for text in PARAGRAPHS])
    assert [(row.left, row.right) for row in found] == [(n, n) for n in range(len(PARAGRAPHS))]
    assert all(marked(row) == (["见"], ["在"]) and not row.moved for row in found)


def test_a_text_written_anew_is_no_change_of_the_old_one() -> None:
    found = paragraphs([*PARAGRAPHS[:3], "杯体外壁设有凹槽。"], [*PARAGRAPHS[:3], "天地玄黄，宇宙洪荒！"])
    assert sorted(row.kind for row in found) == [Kind.DELETED, Kind.INSERTED]


def test_a_paragraph_of_a_megabyte() -> None:
    text = "，".join(prose(20_000, 7))
    middle = len(text) // 2
    other = text[:50] + "龘" + text[51:middle] + "龘" + text[middle + 1 :]
    (row,) = paragraphs([text], [other])
    assert (row.kind, marked(row)) == (Kind.CHANGED, ([text[50], text[middle]], ["龘", "龘"]))
    text = "".join(prose(10_000, 7)).replace("，", "").replace("。", "")  # no clauses to go by: marked as a whole
    (row,) = paragraphs([text], [f"龘{text}龘".replace("隔热", "保温")])
    assert (row.kind, len(row.left_spans), len(row.right_spans)) == (Kind.CHANGED, 1, 1)


def test_thousands_of_equal_lines() -> None:
    (row,) = paragraphs(["同一行。"] * 10_000, [*["同一行。"] * 10_000, "另一行字。"])
    assert (row.kind, row.right) == (Kind.INSERTED, 10_000)
    found = paragraphs(["甲行", "乙行"] * 3_000, ["乙行", "甲行"] * 3_000)
    assert [row.kind for row in found] == [Kind.MOVED]


# The request, the figures and the files.


def test_the_request_field_by_field() -> None:
    filed = replace(BIBLIO, applicants=("乙大学", "甲公司"), agency="另一代理所", inventors=("张三", "王五"))
    filed = replace(filed, early_publication=True)
    found = compare(package(), package(biblio=filed))
    told = {(row.kind, row.label) for row in news(found, REQUEST)}
    assert told == {
        (Kind.MOVED, "申请人"),
        (Kind.CHANGED, "代理机构"),
        (Kind.DELETED, "发明人"),
        (Kind.INSERTED, "请求早日公布"),
    }
    assert found.conclusion is Conclusion.INCONSISTENT


def test_the_title_of_the_description_and_a_figure() -> None:
    (row,) = news(compare(package(figures=("图1", "图2a")), package(figures=("图1", "图2b"))), DRAWINGS)
    assert (row.kind, marked(row)) == (Kind.CHANGED, (["a"], ["b"]))
    found = compare(package(), package(title="一种茶壶", figures=("图1", "图2", "图3")))
    (row,) = news(found, DESCRIPTION)
    assert (row.kind, row.label, marked(row)) == (Kind.CHANGED, "说明书中的名称", (["杯"], ["壶"]))
    (row,) = news(found, DRAWINGS)
    assert (row.kind, row.right_text) == (Kind.INSERTED, "图3")


def test_another_picture_is_for_a_person_to_look_at() -> None:
    found = compare(package(files=[part("", "a/1.jpg", "x")]), package(files=[part("", "b/1.JPG", "y")]))
    assert [row.kind for row in news(found, FILES)] == [Kind.CHANGED]
    assert (found.verdict, found.conclusion) == (Verdict.DIFFERS, Conclusion.HUMAN)
    assert found.summary() == (
        "图片与其他文件：改动 1 处（1.jpg）。图片与其他文件只比对哈希值，内容须人工查看。初步判断：需人工确认。"
    )


def test_pictures_that_change_places_are_not_the_same_files() -> None:
    one = package(files=[part("", "1.jpg", "x"), part("", "2.jpg", "y")])
    other = package(files=[part("", "1.jpg", "y"), part("", "2.jpg", "x")])
    assert one.digest == other.digest
    found = compare(one, other)
    assert [row.kind for row in news(found, FILES)] == [Kind.MOVED, Kind.MOVED]
    assert found.verdict is Verdict.DIFFERS


def test_a_file_under_another_name_is_the_same_file() -> None:
    one, other = (package(files=[part(COMMITMENT, name, "x")]) for name in ("承诺书.pdf", "c.pdf"))
    assert compare(one, other).verdict is Verdict.IDENTICAL
    found = compare(one, saved_again(package()))
    assert [row.kind for row in news(found, FILES)] == [Kind.DELETED]
    found = compare(one, saved_again(package(files=[part(COMMITMENT, "d.pdf", "y")])))
    assert [(row.kind, row.left_text, row.right_text) for row in news(found, FILES)] == [
        (Kind.CHANGED, "承诺书.pdf", "d.pdf")
    ]


def test_another_type_of_patent_is_shown() -> None:
    found = compare(package(), replace(saved_again(package()), patent_type=PatentType.INVENTION))
    assert [(row.kind, row.label) for row in news(found, REQUEST)] == [(Kind.CHANGED, "专利类型")]


# What cannot be read, and what is not there.


def broken(one: Package, code: str) -> Package:
    said = [replace(it, problem="XML 不完整", sha256="0" * 64) if it.code == code else it for it in one.parts]
    return replace(one, parts=tuple(said), **({"claims": ()} if code == CLAIMS else {}))


@pytest.mark.parametrize("code", [CLAIMS, DESCRIPTION, DRAWINGS, "120101"])
def test_a_broken_part_is_never_equal(code: str) -> None:
    for sides in ((broken(package(), code), package()), (package(), broken(package(), code))):
        found = compare(*sides)
        assert (found.verdict, found.conclusion) == (Verdict.UNDECIDED, Conclusion.HUMAN)
        assert "XML 不完整" in found.summary()
    assert compare(broken(package(), code), package(["别的。"] * 9, ["别的。"])).verdict is Verdict.DIFFERS


def test_the_same_broken_part_on_both_sides_is_the_same_file() -> None:
    one = broken(package(), CLAIMS)
    assert compare(one, one).verdict is Verdict.IDENTICAL
    found = compare(one, replace(one, parts=(*one.parts, part("", "1.jpg", "x"))))
    assert found.unread == ()
    assert [row.kind for row in news(found, FILES)] == [Kind.INSERTED]


def test_a_file_that_gave_no_text_is_not_compared() -> None:
    found = compare(package(abstract=()), saved_again(package(abstract=())))
    assert found.verdict is Verdict.UNDECIDED
    assert "说明书摘要没有读出内容" in found.summary()


def test_what_only_one_reading_passed_over_is_said() -> None:
    found = compare(package(), replace(package(), notes=("附件.rar 无法打开。",)))
    assert found.verdict is Verdict.UNDECIDED
    assert "提交文本读取时：附件.rar 无法打开。" in found.summary()


def test_empty_sides() -> None:
    assert compare(Package(), Package()).verdict is Verdict.UNDECIDED
    found = compare(package(), Package())
    assert found.verdict is Verdict.DIFFERS
    assert {row.kind for one in found.documents for row in one.rows} == {Kind.DELETED}
    found = compare(Package(), package())
    assert {row.kind for one in found.documents for row in one.rows} == {Kind.INSERTED}


# Properties.

LETTERS = "甲乙丙丁，, （(1２\u200b 权利要求"
TEXTS = st.lists(
    st.one_of(
        st.text(LETTERS, max_size=12),
        st.builds("根据权利要求{}所述的{}".format, st.integers(1, 6), st.text(LETTERS, max_size=6)),
        st.sampled_from(PARAGRAPHS[:6]),
        st.text(max_size=6),
    ),
    max_size=9,
)
PACKAGES = st.builds(
    package, claims=TEXTS, description=TEXTS, abstract=TEXTS, figures=TEXTS, title=st.text(LETTERS, min_size=1)
)


def sides(found: Comparison, code: str) -> tuple[list[str], list[str]]:
    left = sorted((row.left, row.left_text) for row in rows(found, code) if row.left is not None)
    right = sorted((row.right, row.right_text) for row in rows(found, code) if row.right is not None)
    assert [at for at, _ in left] == [*range(len(left))]
    assert [at for at, _ in right] == [*range(len(right))]
    return [text for _, text in left], [text for _, text in right]


@given(PACKAGES)
def test_a_package_is_identical_to_itself(one: Package) -> None:
    assert compare(one, one).verdict is Verdict.IDENTICAL
    again = compare(one, saved_again(one))
    assert {row.kind for document in again.documents for row in document.rows} <= {Kind.SAME}
    assert again.verdict in (Verdict.TEXT_EQUAL, Verdict.UNDECIDED)  # undecided: a file without text


@settings(max_examples=300)
@given(PACKAGES, PACKAGES)
def test_rows_hold_every_unit_once_and_mirror(one: Package, other: Package) -> None:
    found, back = compare(one, other), compare(other, one)
    for document in found.documents:
        if document.problem:
            continue
        if document.code in (CLAIMS, ABSTRACT):
            assert sides(found, document.code) == ([*one.text(document.code)], [*other.text(document.code)])
        elif document.code == DESCRIPTION:
            both = sides(found, DESCRIPTION)
            assert both == tuple([*it.text(DESCRIPTION), it.title] for it in (one, other))
        mirrored = {row.mirrored() for row in rows(back, document.code)}
        assert {*document.rows} == mirrored
        for row in document.rows:
            check(row)
    assert back.verdict is found.verdict


def check(row: Row) -> None:
    """Outside its spans both sides say the same, and spans rise without an overlap."""
    rest = []
    for text, spans in ((row.left_text, row.left_spans), (row.right_text, row.right_spans)):
        kept, done = "", 0
        for span in spans:
            assert done <= span.start < span.end <= len(text)
            kept, done = kept + text[done : span.start], span.end
        rest.append(kept + text[done:])
    if row.left is not None and row.right is not None:
        assert rest[0] == rest[1]
        assert (row.kind is Kind.SAME) <= (row.left_text == row.right_text)


@pytest.mark.parametrize("seed", range(60))
def test_a_planted_edit_is_found_and_nothing_else(seed: int) -> None:
    """The control: one known edit in a made-up document of 60 paragraphs."""
    chance = random.Random(seed)
    left = prose(60, 100 + seed)
    right, at = [*left], chance.randrange(60)
    match seed % 4:
        case 0:
            place = chance.randrange(len(left[at]))
            right[at] = left[at][:place] + "龘" + left[at][place + 1 :]
            (row,) = paragraphs(left, right)
            assert (row.kind, row.left, row.right) == (Kind.CHANGED, at, at)
            assert row.right_spans == ((place, place + 1, Kind.CHANGED),) == row.left_spans
        case 1:
            right.insert(at, "这一段以前没有写过。")
            (row,) = paragraphs(left, right)
            assert (row.kind, row.right) == (Kind.INSERTED, at)
        case 2:
            del right[at]
            (row,) = paragraphs(left, right)
            assert (row.kind, row.left) == (Kind.DELETED, at)
        case 3:
            to = (at + chance.randrange(2, 58)) % 60
            right.insert(to, right.pop(at))
            (row,) = paragraphs(left, right)
            assert (row.kind, row.left, row.right) == (Kind.MOVED, at, to)


# Files beside the text, and pictures within it.


def test_equal_texts_with_another_request_are_no_equal_files() -> None:
    other = package(biblio=replace(BIBLIO, applicants=("丙公司", "乙大学")))
    found = compare(package(), other)
    assert (found.verdict, found.same_text, found.conclusion) == (Verdict.DIFFERS, True, Conclusion.INCONSISTENT)
    assert [one.code for one in found.documents] == [REQUEST]
    assert found.summary().startswith("申请文本（权利要求书、说明书、附图、摘要）的文件完全相同；请求书：")


def test_a_missing_request_or_commitment_is_a_difference() -> None:
    whole = package(files=(part(COMMITMENT, "承诺书.pdf", "承诺"),))
    bare = replace(
        whole, parts=tuple(it for it in whole.parts if it.code != "120101"), biblio=Biblio(), patent_type=None
    )
    assert compare(whole, bare).conclusion is Conclusion.INCONSISTENT
    assert compare(bare, whole).conclusion is Conclusion.INCONSISTENT
    found = compare(whole, package())
    assert (found.verdict, found.same_text, found.conclusion) == (Verdict.DIFFERS, True, Conclusion.HUMAN)


def test_a_request_saved_again_beside_equal_texts() -> None:
    one = package()
    again = saved_again(one)
    mixed = replace(
        one, parts=tuple(b if a.code == "120101" else a for a, b in zip(one.parts, again.parts, strict=True))
    )
    found = compare(one, mixed)
    assert (found.verdict, found.same_text, found.conclusion) == (Verdict.TEXT_EQUAL, True, Conclusion.CONSISTENT)


def drawn(files: Sequence[str], contents: dict[str, str], claim: str = "一种杯。") -> Package:
    pictures = [part("", name, said) for name, said in contents.items()]
    made = package(claims=(claim,), files=pictures)
    drawings = part(DRAWINGS, "100003.xml", repr(files))
    parts = tuple(drawings if it.code == DRAWINGS else it for it in made.parts)
    return replace(made, parts=parts, figure_files=tuple(files))


AB = {"a.tif": "甲", "b.tif": "乙"}


def test_figures_that_point_at_each_others_pictures() -> None:
    found = compare(drawn(("a.tif", "b.tif"), AB), drawn(("b.tif", "a.tif"), AB))
    assert [(row.kind, row.left_text, row.right_text) for row in news(found, DRAWINGS)] == [
        (Kind.CHANGED, "图1〔图：a.tif〕", "图1〔图：b.tif〕"),
        (Kind.CHANGED, "图2〔图：b.tif〕", "图2〔图：a.tif〕"),
    ]
    assert found.conclusion is Conclusion.INCONSISTENT


def test_pictures_under_other_names_are_the_same() -> None:
    one = drawn(("a.tif", "b.tif"), AB, "式〔图：a.tif〕。")
    other = drawn(("c.tif", "d.tif"), {"c.tif": "甲", "d.tif": "乙"}, "式〔图：c.tif〕。")
    assert compare(one, other).conclusion is Conclusion.CONSISTENT
    exchanged = drawn(("c.tif", "d.tif"), {"c.tif": "乙", "d.tif": "甲"}, "式〔图：c.tif〕。")
    found = compare(one, exchanged)
    assert len(news(found, DRAWINGS)) == 2
    assert [row.kind for row in news(found, CLAIMS)] == [Kind.CHANGED]


def test_a_picture_saved_again_under_another_name_is_for_a_person() -> None:
    other = drawn(("c.tif", "b.tif"), {"c.tif": "甲，重存", "b.tif": "乙"})
    found = compare(drawn(("a.tif", "b.tif"), AB), other)
    assert (news(found, DRAWINGS), found.conclusion) == ([], Conclusion.HUMAN)


def test_pictures_exchanged_in_a_claim() -> None:
    one, other = ("A=〔图：a.tif〕，B=〔图：b.tif〕。", "A=〔图：b.tif〕，B=〔图：a.tif〕。")
    assert [row.kind for row in claims([one], [other])] == [Kind.CHANGED]


def test_pictures_of_an_abstract() -> None:
    one, other = (replace(package(), abstract_files=(name,)) for name in AB)
    (row,) = news(compare(one, saved_again(other)), ABSTRACT)
    assert (row.kind, row.left_label) == (Kind.CHANGED, "摘要中的图")
