"""Folders and archives: names, nesting, links, bounds, and what is refused with which sentence."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import sys
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from desktop.core.package import CLAIMS, Package
from desktop.exchange import package_guard as guard
from desktop.exchange.package_files import is_litter
from desktop.exchange.packages import (
    PackageLimits,
    Unreadable,
    looks_like_package,
    pack_folder,
    read_package,
    read_package_bytes,
)
from tests.exchange.made_applications import VALVE
from tests.exchange.made_packages import FLAT, GbkInfo, documents, files, write_folder, zipped

CLAIMS_XML = documents(VALVE, FLAT)[CLAIMS]


def read(data: bytes, **bounds: float) -> Package:
    return read_package_bytes("a.zip", data, limits=PackageLimits(**bounds))  # type: ignore[arg-type]


def refusal(data: bytes, name: str = "a.zip", **bounds: float) -> str:
    with pytest.raises(Unreadable) as no:
        read_package_bytes(name, data, limits=PackageLimits(**bounds))  # type: ignore[arg-type]
    assert no.value.reason.endswith("。"), "not a sentence"
    return no.value.code


def names(package: Package) -> list[str]:
    return [part.file for part in package.parts]


def problems(package: Package) -> dict[str, str]:
    return {part.file: part.problem for part in package.parts if part.problem}


def archive(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for info, data in members:
            packed.writestr(info, data)
    return buffer.getvalue()


class RawName(zipfile.ZipInfo):
    """A member whose name is any bytes, without the UTF-8 flag."""

    raw = b""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # type: ignore[override]
        return self.raw, self.flag_bits & ~0x800


def raw(name: bytes, extra: bytes = b"") -> RawName:
    info = RawName(f"{name!r}")
    info.raw, info.extra = name, extra
    return info


def test_names_in_gbk_and_in_utf8_without_the_flag() -> None:
    data = archive((raw("权利要求书.xml".encode("gbk")), CLAIMS_XML), (raw("附图/图片①.jpg".encode("gb18030")), b"x"))
    assert names(read(data)) == ["权利要求书.xml", "附图/图片①.jpg"]
    data = archive((raw("权利要求书.xml".encode()), CLAIMS_XML), (raw("联通.jpg".encode()), b"x"))
    assert names(read(data)) == ["权利要求书.xml", "联通.jpg"]
    data = archive((raw("权.jpg".encode("gbk")), b"x"))  # passes for UTF-8, as the letter U+0228
    assert names(read(data)) == ["权.jpg"]
    assert names(read(archive((raw(b"\xff\xfea.xml"), CLAIMS_XML))))[0].endswith("a.xml")


def test_backslashes_are_folders() -> None:
    found = read(archive((raw("100001\\说明.xml".encode("gbk")), CLAIMS_XML)))
    assert [(part.file, part.code) for part in found.parts] == [("100001/说明.xml", CLAIMS)]


def unicode_path(name: bytes, says: str, version: int = 1) -> bytes:
    body = bytes([version]) + struct.pack("<I", zlib.crc32(name)) + says.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


def test_the_second_name_of_info_zip() -> None:
    name = b"\xc8\xa8.xml"
    good = raw(name, b"\x99\x99\x01\x00x" + unicode_path(name, "权利要求书.xml"))
    assert names(read(archive((good, CLAIMS_XML)))) == ["权利要求书.xml"]
    for bad in (unicode_path(b"other", "权利要求书.xml"), unicode_path(name, "权利要求书.xml", version=2)):
        assert names(read(archive((raw(name, bad), CLAIMS_XML)))) == [name.decode("gbk")]


@pytest.mark.parametrize(
    ("path", "shown", "word"),
    [
        ("../100001.xml", "__/100001.xml", "以外的位置"),
        ("a/../../100001.xml", "a/__/__/100001.xml", "以外的位置"),
        ("/etc/100001.xml", "etc/100001.xml", "以外的位置"),
        ("C:/100001.xml", "C_/100001.xml", "以外的位置"),
        ("aux.xml", "aux.xml", "设备名"),
        ("x/COM1.100001.xml", "x/COM1.100001.xml", "设备名"),
        ("100001\x07.xml", "100001_.xml", "控制字符"),
        ("100001\u202elmx.exe", "100001_lmx.exe", "控制字符"),
        ("x" * 301 + "/100001.xml", "", "太长"),
    ],
)
def test_a_hostile_name_is_that_file_s_problem(path: str, shown: str, word: str) -> None:
    found = read(archive((zipfile.ZipInfo(path), CLAIMS_XML), (zipfile.ZipInfo("ok/100001.xml"), CLAIMS_XML)))
    assert len(found.claims) == len(VALVE.claims)
    (bad,) = [part for part in found.parts if part.problem]
    assert word in bad.problem
    assert bad.file == shown or len(bad.file) <= 200
    assert ".." not in bad.file.split("/")
    assert bad.sha256 == hashlib.sha256(CLAIMS_XML).hexdigest()


@pytest.mark.parametrize(
    "path", ["console.xml", "auxiliary/a.xml", "C.xml", "a..b/c.xml", "10:30.xml", "x" * 200 + ".xml"]
)
def test_control_names_that_only_look_odd(path: str) -> None:
    assert problems(read(archive((zipfile.ZipInfo(path), CLAIMS_XML)))) == {}


def test_a_name_with_a_nul() -> None:
    data = archive((raw(b"100001.xml\0.exe"), CLAIMS_XML))
    assert "控制字符" in "".join(problems(read(data)).values())


def test_litter_is_passed_over(tmp_path: Path) -> None:
    litter = ["__MACOSX/100001.xml", "a/.DS_Store", "Thumbs.db", "~$说明书.docx", "a/._100001.xml", "desktop.ini"]
    content = {"100001.xml": CLAIMS_XML, **dict.fromkeys(litter, b"litter")}
    assert names(read(zipped(content))) == ["100001.xml"]
    assert names(read_package(write_folder(tmp_path / "a", content))) == ["100001.xml"]
    assert all(is_litter(path) for path in litter)
    assert refusal(zipped({"Thumbs.db": b"x"})) == "empty_package"


def test_nested_archives_to_the_depth() -> None:
    inner = zipped({"100001.xml": CLAIMS_XML})
    second = zipped({"申请文件.zip": inner})
    found = read(second)
    assert names(found) == ["申请文件.zip!100001.xml"]
    third = zipped({"全部.zip": second})
    found = read(third)
    assert names(found) == ["全部.zip!申请文件.zip"]
    assert "太多层" in found.parts[0].problem
    assert "全部.zip!申请文件.zip" in found.notes[0]
    assert names(read(third, archive_depth=3)) == ["全部.zip!申请文件.zip!100001.xml"]


@pytest.mark.parametrize("head", [b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c"])
def test_rar_and_7z(head: bytes, tmp_path: Path) -> None:
    data = head + bytes(100)
    assert refusal(data, "案卷.rar") == ("7z" if head[0] == 0x37 else "rar")
    with pytest.raises(Unreadable, match=r"读文件夹和 ZIP.*解压.*打包成 ZIP"):
        read_package_bytes("案卷.zip", data)
    found = read(zipped({"附件.rar": data, "100001.xml": CLAIMS_XML}))
    assert found.claims
    assert "解压" in problems(found)["附件.rar"]
    assert found.notes[0].startswith("“附件.rar”没有打开")
    (tmp_path / "案卷.rar").write_bytes(data)
    with pytest.raises(Unreadable):
        read_package(tmp_path / "案卷.rar")


def test_a_document_that_is_a_zip_inside_stays_a_file() -> None:
    docx = zipped({"[Content_Types].xml": b"<Types/>"})
    assert names(read(zipped({"委托书.docx": docx, "表.xlsx": docx, "100001.xml": CLAIMS_XML}))) == [
        "100001.xml", "委托书.docx", "表.xlsx",
    ]  # fmt: skip
    assert refusal(docx, "说明书.docx") == "not_a_package"


def test_a_broken_archive_inside_is_a_part() -> None:
    found = read(zipped({"坏.zip": zipped({"a.xml": CLAIMS_XML})[:60], "100001.xml": CLAIMS_XML}))
    assert list(problems(found)) == ["坏.zip"]
    assert found.claims


def encrypted(data: bytes, *, first_only: bool = False) -> bytes:
    """The same archive with members said to be encrypted."""
    found = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + offset] |= 1
            at = -1 if first_only else found.find(mark, at + 4)
    return bytes(found)


def test_passwords() -> None:
    data = zipped({"100001.xml": CLAIMS_XML, "100003_1.jpg": b"x"})
    assert refusal(encrypted(data)) == "encrypted"
    found = read(encrypted(data, first_only=True))
    assert list(problems(found)) == ["100001.xml"]
    assert "密码" in problems(found)["100001.xml"]


def test_other_compression_is_that_file_s_problem() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("100001.xml", CLAIMS_XML, zipfile.ZIP_LZMA)
        packed.writestr("100004.xml", b"<abstract><p>x</p></abstract>", zipfile.ZIP_STORED)
    found = read(buffer.getvalue())
    assert list(problems(found)) == ["100001.xml"]
    assert found.abstract == ("x",)


def test_a_damaged_member_is_that_file_s_problem() -> None:
    data = bytearray(archive((zipfile.ZipInfo("100001.xml"), CLAIMS_XML), (zipfile.ZipInfo("a.jpg"), b"x")))
    data[data.index(CLAIMS_XML[:40]) + 30] ^= 0xFF
    found = read(bytes(data))
    assert list(problems(found)) == ["100001.xml"]
    assert "损坏" in problems(found)["100001.xml"]


def test_bombs_and_bounds_with_controls() -> None:
    bomb = zipped({"100001.xml": bytes(80 << 20)})
    assert len(bomb) < 1 << 20
    assert refusal(bomb) == "zip_bomb"
    true, lie = (80 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    lying = bomb.replace(true, lie)
    assert lying != bomb
    assert list(problems(read(lying))) == ["100001.xml"]  # the library stops where the directory says
    white = zipped({"100003_1.tif": bytes(20 << 20)})  # a drawing that is mostly paper
    assert problems(read(white)) == {}
    assert refusal(white, ratio_floor=1 << 20) == "zip_bomb"
    assert refusal(white, unpacked_bytes=10 << 20) == "zip_bomb"
    assert refusal(zipped({"a.zip": bomb})) == "zip_bomb"
    small = zipped({f"{n}.jpg": b"x" for n in range(10)})
    assert len(read(small, members=10).parts) == 10
    assert refusal(small, members=9) == "too_many_members"
    assert refusal(zipped({"a.zip": small}), members=9) == "too_many_members"
    assert refusal(small, directory_bytes=100) == "too_many_members"
    assert len(read(small, file_bytes=len(small)).parts) == 10
    assert refusal(small, file_bytes=len(small) - 1) == "too_large"
    assert refusal(small, seconds=-1) == "timeout"
    nested = zipped({"a.zip": small})
    assert len(read(nested, nested_bytes=len(small)).parts) == 10
    assert "太大" in problems(read(nested, nested_bytes=len(small) - 1))["a.zip"]
    big = zipped({"100001.xml": CLAIMS_XML + b" " * 5000})
    assert problems(read(big)) == {}
    assert "超过" in problems(read(big, xml_bytes=4000))["100001.xml"]


def test_a_directory_of_a_million_files_is_not_loaded() -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 1_000_000
    data = b"PK\x03\x04" + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, len(directory), 4, 0)
    few = b"PK\x03\x04" + entry * 9 + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, len(entry) * 9, 4, 0)
    assert len(read(few).parts) == 9  # nine files that are not there
    tracemalloc.start()
    assert refusal(data) == "too_many_members"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_large_picture_is_not_held_in_memory() -> None:
    picture = os.urandom(1 << 20) * 40
    data = archive((zipfile.ZipInfo("100003_1.tif"), picture))
    digest = hashlib.sha256(picture).hexdigest()
    del picture
    tracemalloc.start()
    found = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.parts[0].size, found.parts[0].sha256) == (40 << 20, digest)
    assert peak < 8 << 20


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_package"),
        (b"<claims/>", "not_a_package"),
        (b"PK\x03\x04", "broken_archive"),
        (b"PK\x05\x06" + bytes(18), "empty_package"),
        (zipped({"100001.xml": CLAIMS_XML})[:-30], "broken_archive"),
    ],
)
def test_what_is_no_package(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_folders_that_are_no_package(tmp_path: Path) -> None:
    cases = {tmp_path / "none": "file_missing", tmp_path / "a\0b": "file_unreadable", tmp_path: "empty_package"}
    for path, code in cases.items():
        for reader in (read_package, pack_folder):
            with pytest.raises(Unreadable) as no:
                reader(path)
            assert no.value.code == code
            assert no.value.reason.endswith("。")


def test_bounds_of_a_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", {f"{n}.jpg": b"xx" for n in range(10)})
    assert len(read_package(folder, limits=PackageLimits(members=10)).parts) == 10
    assert len(pack_folder(folder, limits=PackageLimits(file_bytes=20))) > 20
    for bounds, code in (
        (PackageLimits(members=9), "too_many_members"),
        (PackageLimits(members=4), "too_many_members"),
        (PackageLimits(unpacked_bytes=19), "zip_bomb"),
    ):
        with pytest.raises(Unreadable) as no:
            read_package(folder, limits=bounds)
        assert no.value.code == code
    with pytest.raises(Unreadable) as no:
        pack_folder(folder, limits=PackageLimits(file_bytes=19))
    assert no.value.code == "too_large"
    deep = write_folder(tmp_path / "b", {"1/2/3/a.jpg": b"x", "b.jpg": b"x"})
    assert len(read_package(deep, limits=PackageLimits(folder_depth=3)).parts) == 2
    found = read_package(deep, limits=PackageLimits(folder_depth=2))
    assert names(found) == ["b.jpg"]
    assert "套得太深" in found.notes[0]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of Unix")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    outside = write_folder(tmp_path / "outside", {"100002.xml": b"<description/>"})
    folder = write_folder(tmp_path / "a", {"100001.xml": CLAIMS_XML})
    (folder / "100002.xml").symlink_to(outside / "100002.xml")
    (folder / "more").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.xml")
    found = read_package(folder)
    assert names(found) == ["100001.xml"]
    assert sorted(found.notes) == [
        "“100002.xml”是链接，没有跟随。", "“loop”是链接，没有跟随。", "“more”是链接，没有跟随。",
        "“pipe.xml”不是普通文件，已略过。",
    ]  # fmt: skip
    with pytest.raises(Unreadable) as torn:  # an original must be whole
        pack_folder(folder)
    assert torn.value.code == "not_whole"
    with pytest.raises(Unreadable) as no:
        read_package(folder / "pipe.xml")
    assert no.value.code == "not_a_package"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "a", {"100001.xml": CLAIMS_XML, "100004.xml": b"<abstract/>"})
    real = open

    def guarded(path, *args, **more):  # type: ignore[no-untyped-def]
        if str(path).endswith("100001.xml"):
            raise PermissionError(13, "locked")
        return real(path, *args, **more)

    monkeypatch.setattr("builtins.open", guarded)
    monkeypatch.setattr("io.open", guarded)
    found = read_package(folder)
    assert problems(found) == {"100001.xml": guard.PART_UNREADABLE}
    with pytest.raises(Unreadable, match=r"读不出“100001.xml”"):
        pack_folder(folder)


def test_what_looks_like_a_package(tmp_path: Path) -> None:
    docx = zipped({"[Content_Types].xml": b"<Types/>"})
    content = {
        "a.zip": (zipped(files(VALVE, FLAT)), True),
        "案卷": (zipped(files(VALVE, FLAT)), True),
        "a.rar": (b"Rar!\x1a\x07\x01\x00", True),
        "a.7z": (b"7z\xbc\xaf\x27\x1c", True),
        "a.docx": (docx, False),
        "renamed.zip": (docx, False),
        "a.xlsx": (zipped({"b": b""}), False),
        "a.xml": (CLAIMS_XML, False),
        "empty": (b"", False),
    }
    write_folder(tmp_path, {name: data for name, (data, _) in content.items()})
    for name, (_, expected) in content.items():
        assert looks_like_package(tmp_path / name) is expected, name
    assert looks_like_package(tmp_path)
    (tmp_path / "folder").mkdir()
    assert not looks_like_package(tmp_path / "folder")
    (tmp_path / "folder" / ".DS_Store").write_bytes(b"x")
    assert not looks_like_package(tmp_path / "folder")
    assert not looks_like_package(tmp_path / "none")
    assert not looks_like_package(Path("a\0b"))


def test_names_in_gbk_as_made_by_the_writer() -> None:
    data = archive((GbkInfo("权利要求书.xml"), CLAIMS_XML))
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() != ["权利要求书.xml"]
    assert names(read(data)) == ["权利要求书.xml"]
