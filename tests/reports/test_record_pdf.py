"""The printed record says exactly what the record says, on whole, calm pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pypdf import PdfReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from desktop.core.record import RecordSection, RecordTable, UnifiedRecord
from desktop.reports import fonts
from desktop.reports.reading import extract_words, read_seal
from desktop.reports.record_pdf import render_record, render_record_bytes

RecordMaker = Callable[..., UnifiedRecord]
RARE = "张𬭎㐂䶮龘𰻝镕頔"  # CJK extensions A, C, G and beyond, one of them in the sans face only


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def foot(record: UnifiedRecord, number: int, total: int) -> str:
    return squeeze(f"办理编号：{record.matter_number}记录校验值：{record.verification}第{number}页共{total}页")


def page_texts(content: bytes) -> list[str]:
    return [squeeze(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def body_of(record: UnifiedRecord, content: bytes) -> str:
    """The text layer without what each page adds: its foot, and a table's repeated header."""
    pages = page_texts(content)
    headers = ["".join(section.table.columns) for section in record.sections if section.table]
    bodies = []
    for number, text in enumerate(pages, start=1):
        assert text.endswith(foot(record, number, len(pages))), f"page {number} has no foot"
        text = text.removesuffix(foot(record, number, len(pages)))
        if number > 1:
            for header in headers:
                text = text.removeprefix(header)
        assert text, f"page {number} is empty"
        bodies.append(text)
    return "".join(bodies)


def expected_body(record: UnifiedRecord) -> str:
    opening, title, rest = record.words().split("\n", 2)
    number, rest = rest.split("\n", 1)
    lines = [opening, title, "办理编号：", number, "生成时间：", record.generated_at, rest]
    signatures = [text if text.endswith("）") else f"{text}：" for text in record.signatures]
    return squeeze("".join([*lines, *signatures, *record.notes]))


@pytest.mark.parametrize("journal", [1, 2, 4, 17, 18, 19, 20, 21, 22, 23, 60, 200])
def test_text_layer_is_the_record_word_for_word(make_record: RecordMaker, journal: int) -> None:
    record = make_record(journal=journal, actor="张𬭎")
    assert body_of(record, render_record_bytes(record)) == expected_body(record)


@pytest.mark.parametrize(
    "text",
    [
        RARE,
        "<b>粗</b> & <a href='https://example.org'>甲</a> <para> &amp; &#65; %s {0} \\n (x) \\) ",
        "ＡＢＣ１２３（全角）Ωβμ Ångström ×÷±㎡℃①Ⅳ",
        "中国某某研究院与某某大学（ABC）、" * 34,
        "W" * 300,
        "3fa81c0e" * 8,
        "第一行\n第二行\r\n第三行",
    ],
)
def test_hard_texts_print_as_typed(make_record: RecordMaker, text: str) -> None:
    record = make_record(party=text, title=text, actor=text[:40])
    assert body_of(record, render_record_bytes(record)) == expected_body(record)


def test_another_reader_extracts_rare_names_as_typed(make_record: RecordMaker, tmp_path: Path) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    target = tmp_path / "record.pdf"
    render_record(make_record(party=RARE), target)
    out = subprocess.run([program, str(target), "-"], capture_output=True, check=True).stdout.decode()
    assert RARE in squeeze(out)


def test_invisible_characters_print_as_nothing(make_record: RecordMaker) -> None:
    record = make_record(party="甲\u200b\ufeff乙\ufe00\t丙\x07丁\U000e0100")
    assert "甲乙丙丁" in body_of(record, render_record_bytes(record))


def fonts_of(content: bytes) -> Iterator[Any]:
    for page in PdfReader(BytesIO(content)).pages:
        yield from (font.get_object() for font in page["/Resources"]["/Font"].values())


def test_every_font_is_embedded_and_ours(make_record: RecordMaker) -> None:
    content = render_record_bytes(make_record(party=RARE, journal=60))
    names = set()
    for font in fonts_of(content):
        descendant = font["/DescendantFonts"][0].get_object()
        program = descendant["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        assert program.startswith(b"\x00\x01\x00\x00")
        assert "/ToUnicode" in font
        names.add(font["/BaseFont"])
    assert names == {
        "/AAAAAA+NotoSansSC-Regular",
        "/AAAAAA+NotoSansSC-Bold",
        "/AAAAAA+NotoSerifSC-Regular",
    }
    assert b"Helvetica" not in content


def test_our_fonts_are_used_even_if_the_same_faces_were_registered_before(make_record: RecordMaker) -> None:
    fresh = [patch.dict(known, clear=True) for known in (pdfmetrics._fonts, pdfmetrics._dynFaceNames)]
    with fresh[0], fresh[1], patch.dict(fonts._loaded, clear=True):
        for file in fonts.FOLDER.glob("*.ttf"):
            pdfmetrics.registerFont(TTFont(f"plain {file.stem}", file))
        for font in fonts_of(render_record_bytes(make_record())):
            assert font["/Subtype"] == "/Type0"


def test_nothing_in_the_file_acts_or_links(make_record: RecordMaker) -> None:
    content = render_record_bytes(make_record(party="<a href='javascript:alert(1)'>x</a>", seal='{"a":"/JS (x)"}'))
    reader = PdfReader(BytesIO(content))
    catalog = reader.trailer["/Root"]
    assert not {"/OpenAction", "/AA", "/Names", "/AcroForm", "/URI"} & set(catalog)
    for page in reader.pages:
        assert not {"/Annots", "/AA"} & set(page)


def test_equal_records_give_equal_bytes_and_carry_their_own_time(make_record: RecordMaker) -> None:
    record = make_record()
    content = render_record_bytes(record)
    assert render_record_bytes(make_record()) == content
    assert render_record_bytes(replace(record, verification="0000-0000")) != content
    when = PdfReader(BytesIO(content)).metadata.creation_date
    assert when is not None
    assert when.isoformat() == "2026-11-20T10:45:00+08:00"


def test_a_record_stays_small(make_record: RecordMaker) -> None:
    assert len(render_record_bytes(make_record(journal=60))) <= 150_000


def test_a_short_record_has_one_page_and_a_long_one_counts_its_pages(make_record: RecordMaker) -> None:
    assert len(page_texts(render_record_bytes(make_record(journal=2)))) == 1
    record = make_record(journal=200)
    pages = page_texts(render_record_bytes(record))
    assert len(pages) > 5
    header = "序号时间环节、操作经办站点"
    assert all(text.startswith(header) for text in pages[1:])


@pytest.mark.parametrize("journal", range(1, 48))
def test_signatures_never_stand_without_the_last_lines_of_the_journal(make_record: RecordMaker, journal: int) -> None:
    last = page_texts(render_record_bytes(make_record(journal=journal)))[-1]
    assert "负责人：" in last
    assert "快审工作台0.1.0" in last
    for number in range(max(1, journal - 1), journal + 1):
        assert f"{number}2026-11-" in last


def test_a_heading_stays_with_its_table(make_record: RecordMaker) -> None:
    record = make_record(journal=1)
    for lines in range(1, 40):
        filler = RecordSection("二、技术", tuple(("发明名称", "甲" * 40) for _ in range(lines)))
        sections = (record.sections[0], filler, *record.sections[2:])
        pages = page_texts(render_record_bytes(replace(record, sections=sections)))
        (page,) = (text for text in pages if "九、办理流水" in text)
        assert "九、办理流水序号时间环节、操作经办站点12026-11-03" in page


def test_no_page_holds_a_single_row_of_a_table(make_record: RecordMaker) -> None:
    record = make_record()
    rows = tuple((f"环节{at:02d}", "无") for at in range(12))
    table = RecordSection("三、专利预审", table=RecordTable(("环节", "说明"), rows, (1, 1)))
    for lines in range(1, 34):
        filler = RecordSection("二、技术", tuple(("发明名称", "甲" * 40) for _ in range(lines)))
        sections = (filler, table, RecordSection("四、优先审查"))
        pages = page_texts(render_record_bytes(replace(record, sections=sections)))
        assert all(len(re.findall(r"环节\d\d", text)) != 1 for text in pages)


def test_a_cell_longer_than_a_page_goes_on_on_the_next(make_record: RecordMaker) -> None:
    record = make_record()
    long = "".join(f"第{at}条意见。" for at in range(2000))
    table = RecordTable(("序号", "意见"), (("1", long), ("2", "完")), (1, 9))
    record = replace(record, sections=(RecordSection("一、意见", table=table),))
    content = render_record_bytes(record)
    assert len(page_texts(content)) > 5
    assert body_of(record, content) == expected_body(record)


def test_characters_without_a_glyph_are_printed_as_stand_ins_and_named(make_record: RecordMaker) -> None:
    text = "".join("".join(page_texts(render_record_bytes(make_record(party="甲𠀁乙", actor="\U0001f600")))).split())
    assert "甲〓乙" in text
    assert "〓代表随附字体没有的字符：“一、主体”的“单位名称”为U+20001" in text
    assert "U+1F600" in text


def test_a_broken_character_does_not_stop_a_record(make_record: RecordMaker) -> None:
    assert "U+D840" in "".join(page_texts(render_record_bytes(make_record(party="甲\ud840"))))


def test_the_file_is_replaced_whole_or_not_at_all(
    make_record: RecordMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "办理记录.pdf"
    render_record(make_record(), target)
    before = target.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("desktop.reports.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        render_record(make_record(journal=9), target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["办理记录.pdf"]


def test_seal_and_words_come_back_from_the_file(make_record: RecordMaker, tmp_path: Path) -> None:
    target = tmp_path / "record.pdf"
    seal = '{"名称": "张𬭎 (乙\\\\) ", "hash": "' + "0f" * 32 + '", "events": [1, 2]}'
    record = make_record(seal=seal)
    render_record(record, target)
    assert read_seal(target) == {"名称": "张𬭎 (乙\\) ", "hash": "0f" * 32, "events": [1, 2]}
    assert expected_body(record) in squeeze(extract_words(target))
