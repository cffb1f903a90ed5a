"""Files that mean harm, or are simply broken: a sentence within the limits, never a crash of the program."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.core.refusal import Refusal
from desktop.exchange.reading import Limits, read_workbook
from tests.exchange.files import HEADER, book, case_row, edited, pack, parts, small_workbook

SHEET = "xl/worksheets/sheet1.xml"


def refusal(path: Path, limits: Limits | None = None) -> Refusal:
    with pytest.raises(Refusal) as no:
        read_workbook(path, limits=limits)
    assert no.value.reason.endswith("。"), "not a sentence"
    return no.value


def workbook(tmp_path: Path) -> Path:
    return book(tmp_path / "a.xlsx", [HEADER, case_row(1)])


def far_cell(reference: bytes) -> Callable[[bytes], bytes]:
    cell = b'<row r="99"><c r="' + reference + b'" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return lambda xml: xml.replace(b"</sheetData>", cell)


@pytest.mark.parametrize("reference", [b"XFD1048576", b"A1048576", b"XFD2", b"ZZZZZZ1", b"A999999"])
def test_absurd_ranges(tmp_path: Path, reference: bytes) -> None:
    path = edited(workbook(tmp_path), SHEET, far_cell(reference))
    assert refusal(path).code == "absurd_range"


def test_control_the_engine_alone_dies_of_an_absurd_range(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = edited(workbook(tmp_path), SHEET, far_cell(b"XFD1048576"))
    program = "import sys, python_calamine as c; c.load_workbook(sys.argv[1]).get_sheet_by_index(0); print('lived')"

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    died = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, preexec_fn=confine, check=False
    )
    assert died.returncode < 0, "the engine no longer aborts: the child process may not be needed any more"
    assert b"lived" not in died.stdout


def test_what_the_scan_misses_still_kills_only_the_child(tmp_path: Path) -> None:
    """The same range, spelt so that the scan does not see it: the child dies, the program says so."""
    path = edited(workbook(tmp_path), SHEET, far_cell(b"XFD1048576"))
    edited(path, SHEET, lambda xml: xml.replace(b'r="XFD1048576"', b"r='XFD1048576'"))
    assert refusal(path).code in {"reader_died", "too_large", "broken_workbook"}


def test_a_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", {**parts(workbook(tmp_path)), "xl/media/x.bin": bytes(64 << 20)})
    assert path.stat().st_size < 1 << 20
    assert refusal(path).code == "zip_bomb"


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsx", {**parts(workbook(tmp_path)), "xl/media/x.bin": bytes(64 << 20)})
    true, lie = (64 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(true, lie))
    assert refusal(path).code in {"zip_bomb", "broken_workbook"}


def test_unpacked_size(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path), Limits(unpacked_bytes=2000)).code == "zip_bomb"


def test_too_many_members(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path), Limits(members=3)).code == "too_many_members"


def test_file_size(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path), Limits(file_bytes=100)).code == "too_large"


@pytest.mark.parametrize(
    "limits", [Limits(rows=1), Limits(columns=3), Limits(cells=10)], ids=["rows", "columns", "cells"]
)
def test_too_many_cells(tmp_path: Path, limits: Limits) -> None:
    assert refusal(workbook(tmp_path), limits).code in {"too_many_cells", "absurd_range"}


def test_a_million_columns_of_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("," * 1_000_000)
    assert refusal(path).code == "too_many_cells"


def test_cell_length(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [HEADER, case_row(1, 发明名称="长" * 200)])
    assert refusal(path, Limits(cell_chars=100)).code == "cell_too_long"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "[Content_Types].xml", SHEET, "xl/styles.xml"])
def test_entities_from_outside(tmp_path: Path, part: str) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///planted">]>'

    def change(xml: bytes) -> bytes:
        declaration, closed, rest = xml.rpartition(b"?>")
        return declaration + closed + doctype + rest

    assert refusal(edited(workbook(tmp_path), part, change)).code == "doctype"


def test_links_to_other_workbooks(tmp_path: Path) -> None:
    members = parts(workbook(tmp_path))
    path = pack(tmp_path / "b.xlsx", {**members, "xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    no = refusal(path)
    assert no.code == "external_link"
    assert "断开链接" in no.reason


def test_macros_are_not_run_and_that_is_said(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.xlsm", {**parts(workbook(tmp_path)), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert "宏没有运行" in "".join(read_workbook(path).notes)


def test_a_password(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    no = refusal(path)
    assert no.code == "encrypted"
    assert "密码" in no.reason


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"   \r\n", "empty_file"),
        (b"<html><table><tr><td>1", "not_a_workbook"),
        (b"%PDF-1.7", "not_a_workbook"),
        (b"\x81\xff\xff\x00\x01", "unknown_encoding"),
        (b"PK\x03\x04", "broken_workbook"),
        (b"\xd0\xcf\x11\xe0" + bytes(64), "broken_workbook"),
        (b'a,"' + b"x" * 40_000, "broken_text"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == code


def test_another_kind_of_archive(tmp_path: Path) -> None:
    assert refusal(pack(tmp_path / "a.xlsx", {"readme.txt": b"x"})).code == "not_a_workbook"


def test_a_truncated_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(small_workbook()[:3000])
    assert refusal(path).code == "broken_workbook"


def test_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").code == "file_missing"
    assert refusal(tmp_path).code == "file_unreadable"


def mutated(good: bytes, chance: random.Random) -> bytes:
    """Damage the archive's bytes, or one unpacked part so that the damage gets past the checksum."""
    if chance.random() < 0.4:
        return _damaged(good, chance)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    victim = chance.choice(sorted(members))
    members[victim] = _damaged(members[victim], chance)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _damaged(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(damaged) or 1)
        match chance.randrange(4):
            case 0:
                damaged[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del damaged[at : at + chance.randrange(1, 200)]
            case 2:
                damaged[at:at] = damaged[at : at + chance.randrange(1, 200)]
            case _:
                damaged[at : at + 1] = chance.choice((b"999999999", b"-1", b"<", b'"', b"\xff\xff\xff\xff"))
    return bytes(damaged)


def outcome(path: Path, content: bytes) -> str:
    """ "read" or the refusal's code; anything else that is raised fails the test."""
    path.write_bytes(content)
    try:
        read_workbook(path, limits=Limits(seconds=20, memory=1 << 30))
    except Refusal as no:
        return no.code if no.reason.endswith("。") else f"{no.code} without a sentence"
    return "read"


def outcomes(tmp_path: Path, trials: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    good = small_workbook()
    mutants = [mutated(good, chance) for _ in range(trials)]
    paths = [tmp_path / f"{number}.xlsx" for number in range(trials)]
    with ThreadPoolExecutor(4) as pool:  # the work is done by the children
        return Counter(pool.map(outcome, paths, mutants))


def test_mutated_workbooks(tmp_path: Path) -> None:
    counts = outcomes(tmp_path, 500, seed=20260104)
    assert counts.total() == 500
    assert not [name for name in counts if "sentence" in name]
    assert counts["read"] > 50
    assert counts["broken_workbook"] > 50


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_many_mutated_workbooks(tmp_path: Path, seed: int) -> None:
    counts = outcomes(tmp_path, 1_000, seed)
    assert counts.total() == 1_000
    assert not [name for name in counts if "sentence" in name]
