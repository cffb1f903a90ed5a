"""Packages that mean harm, or are simply broken: read, or refused with a sentence, within memory and time."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from desktop.exchange.package_guard import PackageLimits, Unreadable
from desktop.exchange.packages import looks_like_package, read_package, read_package_bytes
from tests.exchange.made_defects import PACKAGES
from tests.exchange.made_packages import encoded, zipped

LIMITS = PackageLimits(
    unpacked_bytes=24 << 20, ratio_floor=8 << 20, nested_bytes=8 << 20, xml_bytes=2 << 20, seconds=20, members=200
)
PEAK = 96 << 20
CJK = ("\u4e00", "\u9fff")
FRAGMENTS = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"&e;", b"&#0;", b"&#x110000;", b"<!--", b"\x00", b"\xff\xfe", b"</claims>",
    b"<!DOCTYPE a [<!ENTITY e 'x'>]>", b'<?xml version="1.1" encoding="UTF-7"?>', b' num="99999999999999999999"',
    b"xmlns=''",
    "权利要求".encode(), "图999".encode(), b"\xed\xa0\x80",
)  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    found = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(found) or 1)
        match chance.randrange(5):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del found[at : at + chance.randrange(1, 200)]
            case 2:
                found[at:at] = found[at : at + chance.randrange(1, 200)]
            case 3:
                del found[at + chance.randrange(len(found) or 1) :]
            case _:
                found[at:at] = chance.choice(FRAGMENTS)
    return bytes(found)


def hostile_xml(chance: random.Random) -> bytes:
    size = chance.choice((90, 101, 5_000, 60_000))
    match chance.randrange(6):
        case 0:
            body = "<a>" * size + "</a>" * size
        case 1:
            body = "<claims>" + "<claim>" * size
        case 2:
            body = "<description>" + "<p/>" * size + "</description>"
        case 3:
            body = "<r><申请人>" + "；" * size + "</申请人></r>"
        case 4:
            body = "<claims><claim num='" + "9" * size + "'>" + "1." * size + "</claim></claims>"
        case _:
            lines = "".join(f"<!ENTITY e{n} '&e{n - 1};&e{n - 1};'>" for n in range(1, 40))
            body = f"<!DOCTYPE a [<!ENTITY e0 'ha'>{lines}]><a>&e39;</a>"
    return encoded(body, chance.choice(("UTF-8", "GBK", "UTF-16")))


def hostile_name(name: str, chance: random.Random) -> str:
    plain = ("con.xml", "a" * 5_000, "", ".", "!")
    return chance.choice((f"../../{name}", f"/{name}", f"C:\\{name}", f"{name}\x01", f"{name}/", f"!!{name}", *plain))


def packed(members: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(members):
            info = zipfile.ZipInfo(f"{number}")  # the library does not like two of one name
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.NameToInfo.clear()
            archive.writestr(info, data)
    return buffer.getvalue()


def lying(data: bytes, chance: random.Random) -> bytes:
    """Sizes, checks and offsets in the directory, changed."""
    found = bytearray(data)
    at = found.rfind(b"PK\x01\x02", 0, chance.randrange(len(found) // 2, len(found)))
    if at >= 0:
        field = chance.choice((8, 10, 16, 20, 24, 28, 30, 42))
        found[at + field : at + field + 4] = chance.choice(
            (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xe8\x03\0\0", b"\x7f\0\0\x7f")
        )
    return bytes(found)


def mutated(chance: random.Random) -> bytes:
    """One mutant: of the archive's bytes, of its directory, or of a member before it is packed."""
    made = chance.choice(PACKAGES)
    data = made.archive
    kind = chance.randrange(8)
    if kind == 0:
        return damaged(data, chance)
    if kind == 1:
        return lying(data, chance)
    if kind == 2:
        return data[: chance.randrange(len(data))]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    victim = chance.randrange(len(members))
    name, content = members[victim]
    if kind == 3:
        members.append((name, damaged(content, chance)))
    elif kind == 4:
        members[victim] = (hostile_name(name, chance), content)
    elif kind == 5:
        members[victim] = (name, hostile_xml(chance))
    elif kind == 6:
        for _ in range(chance.choice((1, 2, 5))):
            members = [(f"{'x' * chance.randrange(3)}.zip", packed(members))]
        members.append((name, chance.choice((bytes(12 << 20), content))))
    else:
        members[victim] = (name, damaged(content, chance))
    return packed(members)


def outcome(data: bytes, path: Path | None = None) -> str:
    """ "read" or the refusal's code; anything else that is raised fails the test."""
    try:
        if path is None:
            package = read_package_bytes("案卷.zip", data, limits=LIMITS)
        else:
            path.write_bytes(data)
            package = read_package(path, limits=LIMITS)
            looks_like_package(path)
    except Unreadable as no:
        chinese = any(CJK[0] <= one <= CJK[1] for one in no.reason)
        return no.code if chinese and no.reason.endswith("。") else f"{no.code} without a sentence"
    assert package.parts
    assert all(part.problem == "" or part.problem.endswith("。") for part in package.parts)
    for part in package.parts:
        assert len(part.sha256) == 64 or (not part.sha256 and not part.ok)
        assert ".." not in part.file.split("/")
    assert len(package.digest) in (0, 64)
    return "read with problems" if any(part.problem for part in package.parts) else "read"


def test_mutated_packages(tmp_path: Path) -> None:
    chance = random.Random(20260118)
    path = tmp_path / "案卷.zip"
    counts: Counter[str] = Counter()
    slowest = 0.0
    tracemalloc.start()
    try:
        for number in range(500):
            data = mutated(chance)
            tracemalloc.reset_peak()
            before, start = tracemalloc.get_traced_memory()[0], time.monotonic()
            counts[outcome(data, path if number % 5 == 0 else None)] += 1
            slowest = max(slowest, time.monotonic() - start)
            assert tracemalloc.get_traced_memory()[1] - before < PEAK
    finally:
        tracemalloc.stop()
    assert counts.total() == 500
    assert [name for name in counts if "sentence" in name] == []
    assert counts["read"] > 50
    assert counts["read with problems"] > 50
    assert counts["broken_archive"] > 50
    assert counts["zip_bomb"] > 0
    assert slowest < LIMITS.seconds
    assert [one.name for one in tmp_path.iterdir()] == ["案卷.zip"]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_many_mutated_packages(seed: int) -> None:
    chance = random.Random(seed)
    counts = Counter(outcome(mutated(chance)) for _ in range(1_000))
    assert counts.total() == 1_000
    assert [name for name in counts if "sentence" in name] == []


@pytest.mark.parametrize(
    "body",
    [
        "<claims><claim num='1'>" + "图" * 400_000 + "</claim></claims>",
        "<claims><claim num='1'>" + " \n" * 400_000 + "甲</claim></claims>",
        "<claims>" + "<claim>" * 99,
        "<description><p>" + "[0001" * 200_000 + "</p></description>",
        "<description>" + "<技术领域/>" * 60_000 + "</description>",
        "<drawings>" + "<figure figure-labels='" + "图1" * 200_000 + "'/></drawings>",
        "<drawings>" + "<figure>" * 90 + "图" * 400_000 + "</figure>" * 90 + "</drawings>",
        "<r>" + "<发明人>" + "、" * 400_000 + "</发明人></r>",
        "<r><发明人>" + "张 三" * 200_000 + "</发明人></r>",
        "<r><提前公布>" + "不" * 400_000 + "</提前公布></r>",
        "<r " + " ".join(f"a{n}='1'" for n in range(50_000)) + "/>",
        "<r>" + "<申请人>" * 90 + "甲" * 400_000 + "</申请人>" * 90 + "</r>",
    ],
    ids=range(12),
)
@pytest.mark.parametrize("code", ["100001", "100002", "100003", "100004", "110101"])
def test_long_texts_cost_no_more_than_their_length(code: str, body: str) -> None:
    start = time.monotonic()
    outcome(zipped({f"{code}.xml": encoded(body, "UTF-8")}))
    assert time.monotonic() - start < 8
