"""Whatever file is offered, the answer is a seal or one sentence."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, RectangleObject
from reportlab.pdfgen.canvas import Canvas

from desktop.core.record import UnifiedRecord
from desktop.core.refusal import Refusal
from desktop.reports import reading
from desktop.reports.reading import extract_words, read_printed, read_seal
from desktop.reports.record_pdf import render_record, render_record_bytes

RecordMaker = Callable[..., UnifiedRecord]


def refusal_of(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_seal(path)
    assert path.name in caught.value.reason
    return caught.value


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"%PDF-1.4\n", b"PK\x03\x04 not a pdf", "办理记录".encode()])
def test_garbage_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    assert refusal_of(path).code == "pdf_damaged"
    with pytest.raises(Refusal):
        extract_words(path)


def test_a_pdf_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 72, "hello")
    canvas.save()
    assert refusal_of(path).code == "pdf_not_ours"
    assert extract_words(path).strip() == "hello"


def test_a_record_locked_with_a_password_is_refused(make_record: RecordMaker, tmp_path: Path) -> None:
    plain, locked = tmp_path / "plain.pdf", tmp_path / "locked.pdf"
    render_record(make_record(), plain)
    writer = PdfWriter(clone_from=PdfReader(plain))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(locked)
    writer.close()
    assert refusal_of(locked).code == "pdf_locked"


@pytest.mark.parametrize("seal", ["", "[1]", "{", "null", "[" * 100_000])
def test_a_seal_that_is_not_an_object_is_damage(make_record: RecordMaker, tmp_path: Path, seal: str) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(render_record_bytes(make_record(seal=seal)))
    assert refusal_of(path).code == "pdf_damaged"


def test_a_file_too_large_is_refused_unread(
    make_record: RecordMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.pdf"
    render_record(make_record(), path)
    monkeypatch.setattr(reading, "_LARGEST", 1000)
    assert refusal_of(path).code == "pdf_too_large"


def test_a_file_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_seal(tmp_path / "none.pdf")


def resaved(source: bytes, change: Callable[[PdfWriter], object]) -> bytes:
    writer, target = PdfWriter(clone_from=PdfReader(BytesIO(source))), BytesIO()
    change(writer)
    writer.write(target)
    writer.close()
    return target.getvalue()


def swap_fonts(writer: PdfWriter) -> None:
    """The same codes, each drawn as another font draws it."""
    held = [one for one in writer._objects if isinstance(one, DictionaryObject) and "/FontFile2" in one]
    first, second = held[:2]
    first[NameObject("/FontFile2")], second[NameObject("/FontFile2")] = second.raw_get("/FontFile2"), first.raw_get(
        "/FontFile2"
    )


@pytest.mark.parametrize(
    "change",
    [
        swap_fonts,
        lambda writer: setattr(writer.pages[0], "cropbox", RectangleObject((0, 0, 300, 300))),
        lambda writer: writer.pages[0].rotate(180),
        lambda writer: writer.root_object.update({NameObject("/OpenAction"): DictionaryObject()}),
        lambda writer: writer.add_blank_page(),
        lambda writer: writer.add_annotation(0, FreeText(text="x", rect=(50, 550, 200, 650))),
    ],
)  # fmt: skip
def test_what_misleads_the_eye_is_another_drawing(
    make_record: RecordMaker, change: Callable[[PdfWriter], object]
) -> None:
    whole = render_record_bytes(make_record())
    before, after = read_printed(whole), read_printed(resaved(whole, change))
    assert before.words.strip() == after.words.strip()
    assert before.drawing != after.drawing


def test_the_drawing_is_the_same_however_it_is_stored(make_record: RecordMaker) -> None:
    whole = render_record_bytes(make_record())
    assert read_printed(whole) == read_printed(render_record_bytes(make_record()))
    assert read_printed(whole).drawing == read_printed(resaved(whole, lambda writer: None)).drawing


def test_damaged_records_give_their_seal_or_a_refusal(make_record: RecordMaker, tmp_path: Path) -> None:
    whole = render_record_bytes(make_record())
    chance = random.Random(9704)
    path = tmp_path / "x.pdf"
    for _ in range(60):
        content = bytearray(whole)
        if chance.random() < 0.4:
            del content[chance.randrange(len(content)) :]
        for _ in range(chance.randrange(1, 40)):
            # The structure is at the end; noise in the glyphs alone would prove little.
            content[-1 - chance.randrange(min(6000, len(content) or 1))] = chance.randrange(256) if content else 0
        path.write_bytes(content)
        try:
            seal = read_seal(path)
        except Refusal:
            continue
        assert isinstance(seal, dict)
