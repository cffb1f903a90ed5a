"""A printed notice says exactly what its paper says, within the margins and on the grid of GB/T 9704-2012."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ContentStream

from desktop.core.notice_paper import NoticePaper, chinese_date
from desktop.core.refusal import Refusal
from desktop.reports.notice_layout import HEIGHT, LINES, PITCH, lay_out
from desktop.reports.notice_lines import CELL, ROOM, balanced, paragraph
from desktop.reports.notice_pdf import render_notice, render_notice_bytes, render_notices

MM = 72 / 25.4
RARE = "张𬭎㐂䶮龘𰻝镕頔"
MARKUP = "<b>粗</b> & <a href='https://example.org'>甲</a> &amp; %s {0} \\n (x) \\) "
HARD = [RARE, MARKUP, "ＡＢＣ１２３（全角）Ωβμ Ångström ×÷±㎡℃①Ⅳ", "W" * 300, "甲\r\n乙\n\n丙", "长" * 900]
PLAIN = NoticePaper(
    centre="某市知识产权保护中心",
    number="济知保预〔2026〕123号之一",
    title="预审意见通知书（第 1 次）",
    addressee="某海工装备有限公司",
    facts=(("预审编号", "SDYS-2026-0001187"), ("发明名称", "一种桩腿半弦管形位误差的在线测量方法")),
    body="经预审，初步判断申请文件存在下列缺陷：\n\n"
    "一、实质性缺陷\n1. 权利要求 1 不具备创造性（专利法第二十二条第三款）\n\n"
    "以上为基于当前案卷的初步判断，最终以国家知识产权局审查结果为准。",
    dated=date(2026, 3, 12),
    contact="联系人：王某，电话：0535-1234567",
    verification="7c1e-40aa-93d2-58bf",
)
SLIP = replace(PLAIN, internal=True, signatures=("承办人", "部门负责人", "办结日期", "（处室印章）"), contact="")


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def pages_of(content: bytes) -> list[str]:
    return [squeeze(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def text_of(paper: NoticePaper, content: bytes) -> str:
    """The text layer without the foot of each page, which is checked."""
    found = []
    for number, text in enumerate(pages_of(content), start=1):
        foot = f"校验值：{paper.verification}—{number}—"
        assert text.endswith(foot)
        found.append(text.removesuffix(foot))
        assert found[-1], f"page {number} is empty"
    return "".join(found)


@dataclass
class Shown:
    """Characters shown by one operator: where they begin and end, from the left and from the top, in mm."""

    text: str
    left: float
    right: float
    base: float
    size: float


def shown(page: Any) -> list[Shown]:
    """Measured from the page's own operators and the widths in its fonts, not from our layout."""
    fonts = {}
    for name, reference in page["/Resources"]["/Font"].items():
        font = reference.get_object()
        unicode = font["/ToUnicode"].get_object().get_data().decode()
        codes = {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in
                 re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", unicode)}  # fmt: skip
        fonts[name] = (codes, [float(one) for one in font["/DescendantFonts"][0].get_object()["/W"][1]])
    found: list[Shown] = []
    x = y = size = spacing = 0.0
    name = ""
    for operands, operator in ContentStream(page.get_contents(), None).operations:
        if operator == b"Tm":
            x, y = float(operands[4]), float(operands[5])
        elif operator == b"Tf":
            name, size = operands[0], float(operands[1])
        elif operator == b"Tc":
            spacing = float(operands[0])
        elif operator == b"Tj":
            raw = operands[0].original_bytes
            codes = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
            texts, widths = fonts[name]
            end = x + sum(widths[code] / 1000 * size + spacing for code in codes)
            text = "".join(texts[code] for code in codes)
            found.append(Shown(text, x / MM, (end - spacing) / MM, 297 - y / MM, size))
            x = end
    return found


def lines_of(page: Any, size: float = 16.0) -> list[Shown]:
    """The printed lines of one size, from top to bottom."""
    lines: list[Shown] = []
    for part in (part for part in shown(page) if part.size == size):
        if lines and abs(lines[-1].base - part.base) < 0.01:
            lines[-1] = Shown(lines[-1].text + part.text, lines[-1].left, part.right, part.base, size)
        else:
            lines.append(part)
    return lines


def long_body(lines: int) -> str:
    """A paragraph of so many full lines."""
    return "审" * (26 + 28 * (lines - 1))


def test_full_pages_have_22_lines_of_28_characters_in_the_text_block() -> None:
    reader = PdfReader(BytesIO(render_notice_bytes(replace(PLAIN, body=long_body(80)))))
    assert len(reader.pages) > 3
    for page in reader.pages[1:-2]:
        lines = lines_of(page)
        assert [len(line.text) for line in lines] == [28] * 22
        for line in lines:
            assert line.left == pytest.approx(28, abs=0.01)
            assert line.right == pytest.approx(28 + 156, abs=0.1)
        pitches = [after.base - before.base for before, after in pairwise(lines)]
        assert pitches == pytest.approx([225 / 22] * 21, abs=0.01)
        assert lines[0].base - 16 / MM >= 37 - 0.5
        assert lines[-1].base <= 37 + 225
    first = lines_of(reader.pages[0])
    assert next(line for line in first if line.text == "审" * 26).left == pytest.approx(28 + 2 * 156 / 28, abs=0.01)


def test_no_text_is_outside_the_text_block_but_the_foot() -> None:
    body = "\n".join([*HARD, "3fa81c0e" * 30, "（二）测量。" + "甲，" * 90, "一、缺陷" + "2026-03-19、" * 40])
    names = ("国家某某产业知识产权快速协同保护中心", "某" * 45)
    longer = [replace(PLAIN, body=body, title="关于" + MARKUP * 3, centre=centre) for centre in names]
    for paper in (*longer, replace(SLIP, body=body)):
        for page in PdfReader(BytesIO(render_notice_bytes(paper))).pages:
            for part in shown(page):
                assert part.left >= 28 - 0.01
                assert part.right <= 28 + 156 + 0.1
                assert 37 <= part.base <= 37 + 225 or part.size in (9.0, 14.0)
            assert page.mediabox.width == pytest.approx(210 * MM, abs=0.01)
            assert page.mediabox.height == pytest.approx(297 * MM, abs=0.01)


def test_page_numbers_are_at_the_outer_edge_below_the_text() -> None:
    reader = PdfReader(BytesIO(render_notice_bytes(replace(PLAIN, body=long_body(60)))))
    for number, page in enumerate(reader.pages, start=1):
        (line,) = lines_of(page, 14.0)
        assert line.text == f"— {number} —"
        assert 37 + 225 + 7 <= line.base <= 37 + 225 + 14
        if number % 2:
            assert line.right == pytest.approx(184 - 14 / MM, abs=0.1)
        else:
            assert line.left == pytest.approx(28 + 14 / MM, abs=0.1)


def test_heading_number_and_addressee_stand_where_they_belong() -> None:
    (page,) = PdfReader(BytesIO(render_notice_bytes(PLAIN))).pages
    centre, title = lines_of(page, 22.0)
    assert (centre.text, title.text) == (PLAIN.centre, PLAIN.title)
    number, addressee = lines_of(page)[:2]
    assert number.text == PLAIN.number
    for line in (centre, title, number):
        assert line.left + line.right == pytest.approx(2 * (28 + 78), abs=0.5)
    assert addressee.text == "某海工装备有限公司："
    assert addressee.left == pytest.approx(28, abs=0.01)


def test_the_date_leaves_four_characters_and_the_name_is_centred_over_it() -> None:
    (page,) = PdfReader(BytesIO(render_notice_bytes(PLAIN))).pages
    lines = lines_of(page)
    at = next(at for at, line in enumerate(lines) if line.text == "2026年3月12日")
    name, day = lines[at - 1 : at + 1]
    assert name.text == PLAIN.centre
    assert day.right == pytest.approx(184 - 4 * 156 / 28, abs=0.2)
    assert name.left + name.right == pytest.approx(day.left + day.right, abs=0.5)
    assert name.base - lines[at - 2].base == pytest.approx(3 * 225 / 22, abs=0.01)  # two blank lines for the seal


@pytest.mark.parametrize("paper", [PLAIN, SLIP])
@pytest.mark.parametrize("text", HARD)
def test_the_text_layer_is_the_paper_word_for_word(paper: NoticePaper, text: str) -> None:
    paper = replace(
        paper, title=f"关于{text}的通知书", addressee=text, facts=(*paper.facts, ("说明", text), (text[:30], "x")),
        body=f"{text}\n一、{text}\n（一）{text}。{text}", enclosures=(text, "清单"), contact=text, provisional=(text,),
        signatures=(text, *paper.signatures), verification="00-11",
    )  # fmt: skip
    assert text_of(paper, render_notice_bytes(paper)) == squeeze(paper.words())


def test_what_is_empty_prints_nothing() -> None:
    empty = NoticePaper("", "", "", "", (), "", date(2026, 3, 2))
    assert pages_of(render_notice_bytes(empty)) == ["2026年3月2日—1—"]
    assert pages_of(render_notice_bytes(replace(empty, internal=True))) == ["2026年3月2日—1—"]


def test_lists_longer_than_a_page_lose_nothing() -> None:
    many = tuple(f"第{at}项材料，名称较长的一份材料，含附图与附表若干页" for at in range(60))
    for paper in (PLAIN, SLIP):
        paper = replace(
            paper, enclosures=many, provisional=many, signatures=many, facts=tuple((one[:5], one) for one in many)
        )
        assert text_of(paper, render_notice_bytes(paper)) == squeeze(paper.words())


PARAGRAPHS = ["一、标题", "（一）小标题", "1. 缺陷" + "甲" * 60, "", "乙" * 26, "丙" * 27, "丁" * 400]
BODIES = st.lists(st.sampled_from(PARAGRAPHS), max_size=40)


@given(BODIES, st.integers(0, 12), st.integers(0, 9), st.booleans(), st.booleans())
def test_date_and_signatures_never_stand_without_two_lines_of_the_text(
    body: list[str], enclosures: int, notes: int, internal: bool, contact: bool
) -> None:
    paper = replace(
        SLIP if internal else PLAIN, body="\n".join(["甲" * 40, *body]), contact="联系人：某" if contact else "",
        enclosures=tuple(f"材料{at}" for at in range(enclosures)), provisional=("期限为暂定",) * notes,
    )  # fmt: skip
    pages = lay_out(paper)
    texts = [[words for one in page if (words := "".join(line.words for line in one.piece.texts))] for page in pages]
    day = chinese_date(paper.dated)
    (holder,) = (page for page in texts if day in page)
    before = holder[: holder.index(day) - (0 if internal else 1)]
    assert len(before) >= 2
    if enclosures <= 6:  # a longer list keeps its own last lines with the date
        end = [line.words for text in paper.body.split("\n") for line in paragraph(text)][-2:]
        text = before[: len(before) - enclosures]
        assert text[-2:] == end
    for page in pages:
        assert page
        y = 0.0
        for one in page:
            assert one.y >= y - 1e-6
            y = one.y + one.piece.height
        assert y <= HEIGHT + 0.02


@given(st.integers(1, 130))
def test_a_text_without_headings_leaves_no_line_of_the_grid_unused(lines: int) -> None:
    pages = lay_out(replace(PLAIN, body=long_body(lines)))
    for page in pages[1:-2]:
        assert len(page) == LINES
    for one in (one for page in pages[1:] for one in page if one.piece.texts):
        assert one.y / PITCH == pytest.approx(round(one.y / PITCH), abs=1e-6)


LEVELS = {
    "一、实质性缺陷": {"KuaishenBold"},
    "（一）权利要求书": {"KuaishenSans"},
    "（二）说明书。没有作出清楚的说明。": {"KuaishenSans", "KuaishenSerif"},
    "1. 权利要求 1": {"KuaishenSerif"},
    "（1）基准": {"KuaishenSerif"},
    "一种方法": {"KuaishenSerif"},
    "一、" + "没有标点的长段" * 20: {"KuaishenSerif"},
}


@pytest.mark.parametrize(("text", "faces"), LEVELS.items())
def test_levels_have_their_faces(text: str, faces: set[str]) -> None:
    assert {str(part.face) for line in paragraph(text) for part in line.parts} == faces


TEXTS = st.text("中文（）“”，。、；：甲乙 ABCxyz0123456789-/.,()<>&　𬭎一", max_size=200)


@given(TEXTS, st.sampled_from([0.0, 2 * CELL]))
def test_paragraphs_keep_every_character_inside_the_block(text: str, indent: float) -> None:
    lines = paragraph(text, indent)
    assert squeeze("".join(line.words for line in lines)) == squeeze(text)
    for line in lines:
        assert line.x + line.width <= ROOM + 0.02
        assert line.width > 0


def test_lines_with_words_are_evened_between_their_characters() -> None:
    text = "一、经核对（CN 110101010 A）：权利要求 1 于 2026-03-19 提交，“一种 R&D 方法”与说明书第 0012 段不一致，" * 3
    lines = paragraph(text)
    assert len(lines) > 4
    for line in lines[:-1]:
        assert line.x + line.width == pytest.approx(ROOM)
        assert all(-0.6 < part.spacing <= 4.8 for part in line.parts)
        assert line.words[0] not in "，）”："
        assert line.words[-1] not in "（“"


def test_long_headings_part_between_words_and_evenly() -> None:
    title = (
        "关于某某海洋工程研究院与某某大学联合提交的《海上风电安装船桩腿半弦管的测量方法》"
        "优先审查推荐意见的补正通知书（第 2 次）"
    )
    lines = [line.words for line in balanced(title, 22.0, ROOM)]
    assert "".join(lines) == title
    assert max(map(len, lines)) - min(map(len, lines)) <= 6
    for word in ("优先审查", "补正", "通知书", "（第 2 次）", "大学"):
        assert any(word in line for line in lines)
    assert [line.words for line in balanced("预审合格通知书", 22.0, ROOM)] == ["预审合格通知书"]


def fonts_of(content: bytes) -> Iterator[Any]:
    for page in PdfReader(BytesIO(content)).pages:
        yield from (font.get_object() for font in page["/Resources"]["/Font"].values())


def test_every_font_is_embedded_and_nothing_acts() -> None:
    content = render_notice_bytes(replace(PLAIN, addressee=RARE))
    for font in fonts_of(content):
        program = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        assert program.startswith(b"\x00\x01\x00\x00")
        assert "/ToUnicode" in font
    assert b"Helvetica" not in content
    reader = PdfReader(BytesIO(content))
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm", "/URI"} & set(reader.trailer["/Root"])
    assert not any({"/Annots", "/AA"} & set(page) for page in reader.pages)


def test_characters_without_a_glyph_are_printed_as_stand_ins_and_named() -> None:
    facts = (("发明人", "\U0001f600"),)
    paper = replace(PLAIN, addressee="甲𠀁乙", facts=facts, body="丙\ud840丁", provisional=("期限为暂定",))
    text = "".join(pages_of(render_notice_bytes(paper)))
    assert "甲〓乙：丙〓丁" in text
    assert "注1：期限为暂定注2：〓代表随附字体没有的字符：主送为U+20001；“发明人”为U+1F600；正文为U+D840。" in text


def test_equal_papers_give_equal_bytes_that_name_them() -> None:
    content = render_notice_bytes(PLAIN)
    assert render_notice_bytes(replace(PLAIN)) == content
    assert render_notice_bytes(replace(PLAIN, verification="0000-0000")) != content
    about = PdfReader(BytesIO(content)).metadata
    assert about is not None
    assert about.title == "预审意见通知书（第 1 次） 济知保预〔2026〕123号之一"
    assert about.author == PLAIN.centre
    assert about.creation_date is not None
    assert about.creation_date.isoformat() == "2026-03-12T00:00:00+08:00"


def test_many_notices_go_into_one_file_each_with_its_own_page_numbers(tmp_path: Path) -> None:
    lengths = [1 + at % 3 * 22 for at in range(200)]
    papers = [replace(PLAIN, number=f"〔2026〕{at}号", body=long_body(length)) for at, length in enumerate(lengths)]
    told: list[int] = []
    target = tmp_path / "批量.pdf"
    assert render_notices(iter(papers), target, told.append, lambda: False) == 200
    assert told == list(range(1, 201))
    reader = PdfReader(target)
    assert reader.metadata is not None
    assert str(reader.metadata.title).endswith("等 200 份文书")
    numbers = [lines_of(page, 14.0)[0].text for page in reader.pages]
    assert numbers == [f"— {at} —" for paper in papers for at in range(1, len(lay_out(paper)) + 1)]
    first = [squeeze(page.extract_text()) for page, number in zip(reader.pages, numbers, strict=True) if "1" in number]
    assert all(f"〔2026〕{at}号" in text for at, text in enumerate(first))
    before = target.read_bytes()
    render_notices(papers, target)
    assert target.read_bytes() == before


def test_a_cancelled_batch_writes_nothing_and_stops(tmp_path: Path) -> None:
    target = tmp_path / "批量.pdf"
    target.write_bytes(b"earlier")
    told: list[int] = []

    def endless() -> Iterator[NoticePaper]:
        while True:
            yield PLAIN

    with pytest.raises(Refusal) as caught:
        render_notices(endless(), target, told.append, lambda: len(told) >= 3)
    assert caught.value.code == "cancelled"
    assert told == [1, 2, 3]
    with pytest.raises(Refusal):  # even after the last
        render_notices([PLAIN], target, told.append, lambda: len(told) >= 4)
    assert target.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["批量.pdf"]


def test_no_notices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有要打印的文书"):
        render_notices([], tmp_path / "x.pdf")
    assert not list(tmp_path.iterdir())


def test_the_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "通知书.pdf"
    render_notice(PLAIN, target)
    before = target.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop.reports.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        render_notice(SLIP, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
