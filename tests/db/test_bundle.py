"""Bundles: what was written is read by whom it is for, and every other file is refused with a sentence."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import random
import re
import struct
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from db import bundle, enrolment, sealed
from db.bundle import BundleReader, BundleWriter
from db.crypto import PROVIDER
from db.enrolment import Certificate, Enrolment
from db.faults import DataDamage, EnvironmentFault
from db.sealed import FRAME, SealedReader, SealedWriter
from db.transport import Fork, Gap, Greeting, Transport, Vector, Welcome
from db.wire import Arrived, BadBatch, Batch, unpack
from tests.db import transports
from tests.db.enrolled import Centre, chain, greeting, station

GOLDEN = Path(__file__).parent / "golden"
CENTRE = Centre()
WRITER, READER, THIRD = (CENTRE.enrol(name) for name in ("甲", "乙", "丙"))
SENTENCE = re.compile(r"[^。]*[\u4e00-\u9fff][^。]*。")


def written(
    path: Path,
    batches: Sequence[Batch],
    writer: Enrolment = WRITER,
    recipient: Certificate | None = None,
    blobs: Sequence[bytes] = (),
    **more: Any,
) -> Path:
    with BundleWriter(path, writer, recipient, **more) as made:
        made.hello(greeting(writer.station_name, batches))
        made.push(batches)
        for blob in blobs:
            made.put_blob(hashlib.sha256(blob).hexdigest(), io.BytesIO(blob))
    return path


def content(path: Path, reader: Enrolment = READER) -> tuple[Any, ...]:
    """All that a reader gets."""
    with BundleReader(path, reader) as found:
        welcome = found.hello(greeting(reader.station_name))
        return (
            found.writer, found.station, found.own, found.made_at, found.recipient, found.ranges, found.events,
            welcome, found.pull({}, 10**9), [(sha256, size, stream.read()) for sha256, size, stream in found.blobs()],
        )  # fmt: skip


def refusal(path: Path, reader: Enrolment = READER) -> EnvironmentFault:
    with pytest.raises(EnvironmentFault) as caught:
        BundleReader(path, reader)
    assert SENTENCE.fullmatch(str(caught.value))
    return caught.value


def big(name: str = "甲", seed: int = 1) -> list[Batch]:
    """More than three frames."""
    return chain(name, (20, 300, 1, 700), random.Random(seed))


@pytest.mark.parametrize("to", [None, READER.certificate])
def test_what_was_written_is_read(tmp_path: Path, to: Certificate | None) -> None:
    batches = [*big(), *chain("丁", (5,), random.Random(2))]
    blobs = [b"", b"one", random.Random(3).randbytes(3 * FRAME + 5)]
    told = {station("丁"): ("丁", {station("丁"): 4, station("甲"): 2}, "2026-03-02T10:00:00+08:00")}
    path = written(tmp_path / "a.ksb", batches, recipient=to, blobs=blobs, peers=told)
    with BundleReader(path, READER) as reader:
        welcome = reader.hello(greeting("乙"))
        assert (reader.writer, reader.certificate) == ("甲", WRITER.certificate)
        assert (reader.station, reader.own) == (station("甲"), (station("甲"),))
        assert reader.recipient == (to and "乙")
        assert reader.ranges == {station("甲"): [(1, 1_021)], station("丁"): [(1, 5)]}
        assert reader.events == 1_026
        assert welcome.vector == {station("甲"): 1_021, station("丁"): 5}
        assert welcome.heads == {station("甲"): batches[3].hash, station("丁"): batches[4].hash}
        assert welcome.writable == frozenset()
        *said, heard_at = welcome.peers[station("甲")]
        assert said == ["甲", welcome.vector]
        assert heard_at.endswith("Z")
        assert datetime.fromisoformat(heard_at) == datetime.fromisoformat(reader.made_at)
        assert {key: value for key, value in welcome.peers.items() if key != station("甲")} == told
        assert reader.pull({}, 10**9) == batches
        assert [(sha256, size, stream.read()) for sha256, size, stream in reader.blobs()] == [
            (hashlib.sha256(blob).hexdigest(), len(blob), blob) for blob in blobs
        ]
        reader.push(batches)
        assert reader.pull(welcome.vector) == []


def test_an_empty_bundle_is_a_receipt(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "a.ksb", WRITER) as made:
        made.hello(greeting("甲", big()))
    with BundleReader(tmp_path / "a.ksb", READER) as reader:
        assert reader.hello(greeting("乙")).vector == {station("甲"): 1_021}
        assert (reader.events, reader.ranges, reader.pull({})) == (0, {}, [])


def test_no_head_is_told_of_what_the_file_does_not_reach(tmp_path: Path) -> None:
    batches = big()
    with BundleWriter(tmp_path / "a.ksb", WRITER) as made:
        made.hello(greeting("甲", batches))
        made.push(batches[:2])
    with BundleReader(tmp_path / "a.ksb", READER) as reader:
        welcome = reader.hello(greeting("乙"))
        assert (welcome.vector, welcome.heads) == ({station("甲"): 1_021}, {})


def test_everyone_reads_the_same(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ksb", big())
    assert content(path, READER) == content(path, THIRD) == content(path, WRITER)


def test_no_two_files_are_alike(tmp_path: Path) -> None:
    batches = big()
    one, other = written(tmp_path / "a.ksb", batches), written(tmp_path / "b.ksb", batches)
    same = sum(a == b for a, b in zip(one.read_bytes()[-FRAME:], other.read_bytes()[-FRAME:], strict=True))
    assert same < FRAME / 100
    assert content(one)[8] == content(other)[8] == batches


def test_several_writers_and_a_carrier(tmp_path: Path) -> None:
    """What one station wrote is the same whoever brings it."""
    own, others = big(), chain("乙", (7, 8), random.Random(5))
    straight = written(tmp_path / "a.ksb", own)
    carried = written(tmp_path / "b.ksb", [*others, *own], writer=READER)
    assert content(straight, THIRD)[8] == own
    assert content(carried, THIRD)[8] == [*others, *own]
    with BundleReader(carried, THIRD) as reader:
        assert reader.pull({station("甲"): 1_021}, 10**9) == others


def test_pulled_in_portions_by_vector(tmp_path: Path) -> None:
    batches = [*big(), *chain("丁", (5, 5), random.Random(2))]
    with BundleReader(written(tmp_path / "a.ksb", batches), READER) as reader:
        assert reader.pull({}, 1) == batches[:1]
        assert reader.pull({}, 21) == batches[:2]
        assert reader.pull({station("甲"): 19}, 1) == batches[:1]
        assert reader.pull({station("甲"): 20}, 1) == batches[1:2]
        assert reader.pull({station("甲"): 2**62, station("丁"): 0}) == batches[4:]
        seen: list[Batch] = []
        vector: dict[str, int] = {}
        while portion := reader.pull(vector, 10):
            seen += portion
            vector.update({batch.station: batch.last for batch in portion})
        assert seen == batches


def test_a_portion_is_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_PULL_BYTES", 1)
    with BundleReader(written(tmp_path / "a.ksb", big()), READER) as reader:
        assert len(reader.pull({}, 10**9)) == 1


def test_only_what_the_recipient_lacks(tmp_path: Path) -> None:
    """The rest begins with a hole for everybody else, and they get it all the same."""
    batches = big()
    path = written(tmp_path / "a.ksb", batches[1:], recipient_vector={station("甲"): 20})
    with BundleReader(path, READER) as reader:
        assert reader.ranges == {station("甲"): [(21, 1_021)]}
        assert reader.pull({}, 10**9) == batches[1:]


def test_the_writer_keeps_the_rules_of_a_meeting(tmp_path: Path) -> None:
    one, two, three, four = big()
    whole = [*big()]
    other = chain("甲", (20, 300), random.Random(9))
    with BundleWriter(tmp_path / "a.ksb", WRITER) as made:
        assert made.hello(greeting("甲", whole)).vector == {}
        made.push([one])
        made.push([one])
        with pytest.raises(Gap):
            made.push([three])
        for wrong, seq in ((other[0], 1), (other[1], 20)):
            with pytest.raises(Fork) as fork:
                made.push([two, wrong] if wrong is other[0] else [wrong])
            assert (fork.value.station, fork.value.seq) == (station("甲"), seq)
        assert made.hello(greeting("甲", whole)).vector == {station("甲"): 20}
        assert made.pull({}) == []
        made.push([one, two])
        overlapping = chain("甲", (20, 1, 300), random.Random(1))[2]  # 22-321, the same events cut otherwise
        assert overlapping.first == 22
        made.push([overlapping, three, four])
        with pytest.raises(ValueError, match="no sound batch"):
            made.push([four._replace(hashes=b"")])
    assert content(tmp_path / "a.ksb")[8] == [one, two, overlapping, four]  # which holds the whole of three
    with BundleReader(tmp_path / "a.ksb", READER) as reader:
        assert reader.ranges == {station("甲"): [(1, 1_021)]}


def test_a_meeting_begins_with_a_greeting(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "a.ksb", WRITER) as made, pytest.raises(AssertionError):
        made.push(big())
    assert list(tmp_path.iterdir()) == []


class Stick:
    """A stick that goes round: each station reads the files it finds there, and leaves one of its own."""

    name = "stick"

    def __init__(self, folder: Path, enrolled: Enrolment) -> None:
        self.readers = [BundleReader(path, enrolled) for path in sorted(folder.glob("*.ksb"))]
        self.writer = BundleWriter(folder / f"{len(self.readers)}.ksb", enrolled)

    def hello(self, asking: Greeting) -> Welcome:
        vector = dict(self.writer.hello(asking).vector)
        for reader in self.readers:
            for one, seq in reader.hello(asking).vector.items():
                vector[one] = max(seq, vector.get(one, 0))
        return Welcome(vector)

    def push(self, batches: Sequence[Batch]) -> None:
        self.writer.push(batches)

    def pull(self, vector: Vector, most: int = 2_000) -> list[Batch]:
        found: list[Batch] = []
        for reader in self.readers:
            if (left := most - sum(batch.last - batch.first + 1 for batch in found)) > 0:
                found += reader.pull(vector, left)
        return found

    def close(self) -> None:
        self.writer.close()
        for reader in self.readers:
            reader.close()


class TestSticks(transports.TransportContract):
    @pytest.fixture
    def meeting(self, tmp_path: Path) -> Iterator[transports.Meeting]:
        with contextlib.ExitStack() as opened:

            def meet(station: str) -> Transport:
                stick = Stick(tmp_path, {transports.A: WRITER, transports.B: READER, transports.C: THIRD}[station])
                opened.callback(stick.close)
                return stick

            yield meet


def test_a_manifest_that_nobody_could_read_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name"), BundleWriter(tmp_path / "a.ksb", WRITER) as made:
        made.hello(Greeting(station("甲"), "甲" * 401, (), {}))
    assert list(tmp_path.iterdir()) == []


# -- attachments


def test_an_attachment_that_is_not_what_it_says_is_left_out(tmp_path: Path) -> None:
    with BundleWriter(tmp_path / "a.ksb", WRITER) as made:
        made.hello(greeting("甲"))
        made.put_blob(hashlib.sha256(b"good").hexdigest(), io.BytesIO(b"good"))
        made.put_blob(hashlib.sha256(b"good").hexdigest(), io.BytesIO(b"good"))
        with pytest.raises(DataDamage):
            made.put_blob(hashlib.sha256(b"other").hexdigest(), io.BytesIO(b"bad"))
    assert [blob for _, _, blob in content(tmp_path / "a.ksb")[9]] == [b"good"]


class Shrinking(io.BytesIO):
    """Another content at the second reading."""

    def seek(self, *where: int) -> int:
        self.truncate(10)
        return super().seek(*where)


def test_an_attachment_that_changes_while_it_is_read_spoils_the_file(tmp_path: Path) -> None:
    data = bytes(1_000)
    made = BundleWriter(tmp_path / "a.ksb", WRITER)
    made.hello(greeting("甲"))
    with pytest.raises(DataDamage):
        made.put_blob(hashlib.sha256(data).hexdigest(), Shrinking(data))
    made.close()
    assert list(tmp_path.iterdir()) == []


# -- the place of the file


def test_the_file_is_private_whole_and_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "stick" / "a.ksb"
    with pytest.raises(EnvironmentFault, match="移动存储"):  # it is not plugged in: no folder is made in its place
        BundleWriter(target, WRITER)
    target.parent.mkdir()
    synced: list[bool] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(target.exists())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    made = BundleWriter(target, WRITER)
    made.hello(greeting("甲"))
    made.push(big())
    assert not target.exists()
    made.close()
    made.close()
    assert synced == ([False, True] if os.name == "posix" else [False])  # the file before the renaming, then the folder
    assert [path.name for path in target.parent.iterdir()] == ["a.ksb"]
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_when_it_is_abandoned(tmp_path: Path) -> None:
    target = tmp_path / "a.ksb"
    made = BundleWriter(target, WRITER)
    made.hello(greeting("甲"))
    made.push(big())
    made.abandon()
    made.close()
    BundleWriter(target, WRITER).close()  # nobody was greeted
    with contextlib.suppress(KeyboardInterrupt), BundleWriter(target, WRITER) as made:
        made.hello(greeting("甲"))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = written(tmp_path / "a.ksb", big())
    before = target.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    made = BundleWriter(target, WRITER)
    made.hello(greeting("甲"))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault) as caught:
        made.close()
    assert caught.value.code == "disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ksb"]
    assert target.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_file_too_large_for_the_disk(tmp_path: Path) -> None:
    import resource

    made = BundleWriter(tmp_path / "a.ksb", WRITER)
    made.hello(greeting("甲"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * FRAME, before[1]))
    try:
        with pytest.raises(EnvironmentFault) as caught:
            made.push(chain("甲", (1_000, 1_000), random.Random(1)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "bundle_too_large"
    assert SENTENCE.fullmatch(str(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_limits_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.ksb", big())
    monkeypatch.setattr(bundle, "MOST_RECORDS", 3)
    with pytest.raises(EnvironmentFault, match="放不下"):
        written(tmp_path / "b.ksb", big())
    assert refusal(path).code == "damaged_bundle"
    monkeypatch.undo()
    monkeypatch.setattr(sealed, "MOST_BYTES", 100_000)
    with pytest.raises(EnvironmentFault, match="16 GB"):
        written(tmp_path / "b.ksb", big())
    assert refusal(path).code == "bundle_too_large"
    assert [path.name for path in tmp_path.iterdir()] == ["a.ksb"]


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "keyring.json").write_bytes(b"{}")
    (tmp_path / "letter.ksb").write_bytes(b"dear all")
    written(tmp_path / "other.ksb", [], writer=READER)
    mine = written(tmp_path / "mine.ksb", [])
    before = {path: path.read_bytes() for path in tmp_path.glob("*.ksb")}
    for name, words in {
        "data/a.ksb": "数据目录",
        "data": "是一个目录",
        "letter.ksb": "不是交换包",
        "other.ksb": "乙 制作的交换包",
    }.items():
        with pytest.raises(EnvironmentFault, match=words) as caught:
            BundleWriter(tmp_path / name, WRITER)
        assert caught.value.code == "unfit_target"
        assert SENTENCE.fullmatch(str(caught.value))
    assert {path: path.read_bytes() for path in tmp_path.glob("*.ksb")} == before
    assert {path.name for path in tmp_path.iterdir()} == {"data", "letter.ksb", "other.ksb", "mine.ksb"}
    written(mine, big())
    assert content(mine)[6] == 1_021


def test_what_a_killed_program_left_goes_after_a_day(tmp_path: Path) -> None:
    old, young, others = (tmp_path / name for name in (".ksb-" + "0" * 16, ".ksb-" + "1" * 16, ".ksb-notes"))
    for path in (old, young, others):
        path.write_bytes(b"half")
    long_ago = time.time() - 90_000
    os.utime(old, (long_ago, long_ago))
    os.utime(others, (long_ago, long_ago))
    written(tmp_path / "a.ksb", [])
    assert {path.name for path in tmp_path.iterdir()} == {"a.ksb", young.name, others.name}


def test_only_for_stations_of_the_centre(tmp_path: Path) -> None:
    stranger = Centre("别的中心").enrol("乙").certificate
    with pytest.raises(EnvironmentFault, match="不是本中心登记的站点"):
        BundleWriter(tmp_path / "a.ksb", WRITER, stranger)
    assert list(tmp_path.iterdir()) == []


# -- refusals


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ksb"
    assert refusal(path).code == "missing_bundle"
    assert refusal(tmp_path).code == "missing_bundle"
    for data in (b"", b"x", b"PK\x03\x04" + bytes(100), bytes(100_000), CENTRE.file("乙")):
        path.write_bytes(data)
        assert refusal(path).code == "not_a_bundle"


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    data = written(tmp_path / "a.ksb", []).read_bytes()
    (tmp_path / "a.ksb").write_bytes(data[:8] + b"\x00\x02" + data[10:])
    assert refusal(tmp_path / "a.ksb").code == "newer_bundle"
    (tmp_path / "a.ksb").write_bytes(data.replace(PROVIDER.suite.encode(), b"sm2-sm2-sm4gcm" + b"-" * 10))
    assert refusal(tmp_path / "a.ksb").code == "newer_bundle"


def test_another_station_is_told_whose_it_is(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ksb", big(), recipient=READER.certificate)
    for other in (THIRD, WRITER):
        fault = refusal(path, other)
        assert fault.code == "other_recipient"
        assert "是给 乙 的" in str(fault)
    again = refusal(path, CENTRE.enrol("乙"))
    assert again.code == "other_recipient"
    assert "以前的登记" in str(again)


def test_the_key_of_the_centre_opens_no_private_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.ksb", big(), recipient=READER.certificate)
    monkeypatch.setattr(SealedReader, "_secret", lambda _self, known: known.bundle_key)
    assert refusal(path, THIRD).code == "damaged_bundle"


def test_another_centre_s_bundle_is_refused(tmp_path: Path) -> None:
    other = Centre("别的中心")
    path = written(tmp_path / "a.ksb", [], writer=other.enrol("甲"))
    assert "不是本中心的交换包" in str(refusal(path))
    other.id = CENTRE.id  # says it is ours: then the certificate is not
    path = written(tmp_path / "b.ksb", [], writer=other.enrol("甲"))
    assert refusal(path).code == "forged_bundle"


def test_a_station_cannot_write_in_another_s_name(tmp_path: Path) -> None:
    forger = replace(WRITER, sign_private=THIRD.sign_private)
    assert refusal(written(tmp_path / "a.ksb", big(), writer=forger)).code == "forged_bundle"
    renamed = replace(THIRD, certificate=replace(THIRD.certificate, station_name="甲"))
    assert refusal(written(tmp_path / "b.ksb", big(), writer=renamed)).code == "forged_bundle"


def test_a_stick_that_is_swapped_under_our_hands(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ksb", big())
    with BundleReader(path, READER) as reader:
        data = bytearray(path.read_bytes())
        other = written(tmp_path / "b.ksb", big(seed=7)).read_bytes()
        with path.open("r+b") as file:
            file.write(other[: len(data)])
        with pytest.raises(EnvironmentFault) as caught:
            reader.pull({}, 10**9)
        assert caught.value.code == "bundle_changed"
        os.truncate(path, 10)
        with pytest.raises(EnvironmentFault, match="重新导入"):
            reader.pull({station("甲"): 320})


# -- mutations

Mutation = Callable[[bytes, bytes, random.Random], bytes]


def frames_of(data: bytes) -> tuple[bytes, list[bytes], bytes]:
    """The opening, the frames and the trailer."""
    start = 14 + struct.unpack(">I", data[10:14])[0]
    body = data[start:-96]
    return data[:start], [body[at : at + FRAME + 16] for at in range(0, len(body), FRAME + 16)], data[-96:]


def with_head(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    opening, frames, trailer = frames_of(data)
    head = orjson.loads(opening[14:])
    change(head)
    text = orjson.dumps(head)
    return b"".join((opening[:10], struct.pack(">I", len(text)), text, *frames, trailer))


def flip(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        flipped[chance.choice([chance.randrange(len(data)), chance.randrange(700)])] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def truncate(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    return data[: chance.choice([chance.randrange(len(data)), -chance.randint(1, 200)])]


def extend(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data + chance.choice([b"\0", chance.randbytes(96), data[-FRAME - 112 :], other])


def cut_out(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice([1, 16, FRAME, FRAME + 16]) :]


def put_in(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice([b"\0", chance.randbytes(FRAME + 16), data[:at]]) + data[at:]


def blank(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice([1, 100, 10_000])
    return data[:at] + bytes(len(data[at : at + length])) + data[at + length :]


def reorder(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    opening, frames, trailer = frames_of(data)
    number = chance.randrange(len(frames))
    before, one, after = frames[:number], frames[number], frames[number + 1 :]
    orders = [[*after, one, *before], [*before, *after], [*before, one, one, *after], [one, *before, one, *after]]
    return b"".join((opening, *chance.choice(orders), trailer))


def splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    mine, theirs = frames_of(data), frames_of(other)
    number = chance.randrange(len(mine[1]))
    mixed = [*mine[1][:number], *theirs[1][number:]]
    return chance.choice(
        [
            b"".join((mine[0], *theirs[1], theirs[2])),
            b"".join((mine[0], *theirs[1], mine[2])),
            b"".join((theirs[0], *mine[1], mine[2])),
            b"".join((mine[0], *mixed, mine[2])),
            b"".join((mine[0], *mine[1], theirs[2])),
            b"".join((mine[0], *mine[1], mine[2][:32], theirs[2][32:])),
        ]
    )


def edit_head(data: bytes, other: bytes, chance: random.Random) -> bytes:
    theirs = orjson.loads(frames_of(other)[0][14:])
    key = chance.choice(["suite", "certificate", "for", "made_at", "salt", "token"])
    values = [
        None, 0, "", [], {}, "x" * 10_000, theirs[key], "everyone", READER.station_name,
        {"name": "丙", "receive_public": enrolment.text_of(THIRD.certificate.receive_public)},
        "2026-03-02T10:00:00+08:00", enrolment.text_of(bytes(32)), {"name": "丙\n丁", "receive_public": ""},
    ]  # fmt: skip

    def change(head: dict[str, Any]) -> None:
        if chance.random() < 0.2:
            del head[key]
        elif key == "certificate" and chance.random() < 0.7:
            head[key][chance.choice(sorted(head[key]))] = chance.choice(values)
        else:
            head[key] = chance.choice(values)

    return with_head(data, change)


def bomb(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    length = chance.choice([0, 1, 2**14, 2**14 + 1, 2**31, 2**32 - 1])
    format_ = chance.choice([0, 1, 1, 1, 2, 65_535])
    return data[:8] + struct.pack(">HI", format_, length) + chance.choice([data[14:], b"[" * 16_384, b""])


MUTATIONS: list[Mutation] = [flip, truncate, extend, cut_out, put_in, blank, reorder, splice, edit_head, bomb]


def _trials(folder: Path, count: int) -> None:
    path = folder / "mutated.ksb"
    refusals = 0
    for to in (None, READER.certificate):
        good = written(folder / "a.ksb", big(), recipient=to, blobs=[b"attached"])
        data, expected = good.read_bytes(), content(good)
        other = written(folder / "b.ksb", big("丁", 4), writer=THIRD, recipient=to).read_bytes()
        for seed in range(count // 2):
            chance = random.Random(seed)
            kind = MUTATIONS[seed % len(MUTATIONS)]
            path.write_bytes(kind(data, other, chance))
            try:
                found = content(path)
            except EnvironmentFault as fault:
                text = str(fault)
            else:
                assert found == expected, (kind, seed)
                continue
            assert SENTENCE.fullmatch(text), (kind, seed, text)
            refusals += 1
    assert refusals > count * 0.95


def test_every_mutation_is_refused_or_harmless(tmp_path: Path) -> None:
    _trials(tmp_path, 500)


@pytest.mark.long
def test_every_mutation_is_refused_or_harmless_long(tmp_path: Path) -> None:
    _trials(tmp_path, 10_000)


def plain_of(path: Path) -> bytes:
    file = SealedReader(path, READER)
    with contextlib.closing(file):
        return file.read(0, file.size)


def sealed_plain(path: Path, plain: bytes) -> Path:
    path.unlink(missing_ok=True)
    made = SealedWriter(path, WRITER, None)
    made.write(plain)
    made.finish()
    return path


def unsigned(opening: bytes, frames: Sequence[bytes]) -> bytes:
    """A whole file but for its signature."""
    digest = hashlib.sha256(hashlib.sha256(opening).digest())
    for frame in frames:
        digest.update(hashlib.sha256(frame).digest())
    return b"".join((opening, *frames, digest.digest(), bytes(64)))


def resealed(data: bytes) -> bytes:
    """Another first event, put in by somebody without a signing key who learnt the centre's key."""
    opening, frames, _ = frames_of(data)
    salt = enrolment.bytes_of(orjson.loads(opening[14:])["salt"], 32)
    key = sealed._key(CENTRE.bundle_key, salt, opening)
    plain = bytearray(PROVIDER.open(key, sealed._nonce(1, False), frames[1]))
    plain[100] ^= 1
    frames[1] = PROVIDER.seal(key, sealed._nonce(1, False), bytes(plain))
    return unsigned(opening, frames)


def test_whoever_knows_the_key_but_cannot_sign_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.ksb").write_bytes(resealed(written(tmp_path / "a.ksb", big()).read_bytes()))
    assert refusal(tmp_path / "b.ksb").code == "forged_bundle"


@pytest.fixture
def no_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that takes any signature of a bundle for good."""
    verify = PROVIDER.verify

    def lenient(public: bytes, message: bytes, signature: bytes) -> bool:
        return message.startswith(sealed._SIGN_PURPOSE) or verify(public, message, signature)

    monkeypatch.setattr(PROVIDER, "verify", lenient)


@pytest.mark.usefixtures("no_signatures")
def test_control_without_the_signature_it_would_be_read(tmp_path: Path) -> None:
    good = written(tmp_path / "a.ksb", big())
    (tmp_path / "b.ksb").write_bytes(resealed(good.read_bytes()))
    assert content(tmp_path / "b.ksb")[8] != content(good)[8]


@pytest.mark.usefixtures("no_signatures")
def test_the_frames_by_themselves_show_what_was_done_to_them(tmp_path: Path) -> None:
    path = sealed_plain(tmp_path / "a.ksb", random.Random(1).randbytes(4 * FRAME - 7))
    opening, frames, _ = frames_of(path.read_bytes())
    path.write_bytes(unsigned(opening, frames))
    assert len(plain_of(path)) == 4 * FRAME - 7
    first, second, *rest = frames
    later = with_head(path.read_bytes(), lambda head: head.update(made_at="2026-03-02T10:00:00+08:00"))
    wrongs = [(opening, wrong) for wrong in (frames[:-1], [second, first, *rest], [first, *rest], [first, *frames])]
    for head, wrong in [*wrongs, (frames_of(later)[0], frames)]:
        path.write_bytes(unsigned(head, wrong))
        with pytest.raises(EnvironmentFault) as caught:
            plain_of(path)
        assert caught.value.code == "damaged_bundle"


@pytest.mark.parametrize("length", [1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME])
def test_the_last_frame_may_be_of_any_length(tmp_path: Path, length: int) -> None:
    plain = random.Random(1).randbytes(length)
    assert plain_of(sealed_plain(tmp_path / "a.ksb", plain)) == plain


def test_damage_on_the_way_is_not_called_forgery(tmp_path: Path) -> None:
    data = written(tmp_path / "a.ksb", big()).read_bytes()
    for damage in (data[:-1], data + b"\0", data[:99_999] + b"\0\0" + data[100_001:], data[:20], data[:2_000]):
        (tmp_path / "a.ksb").write_bytes(damage)
        assert refusal(tmp_path / "a.ksb").code == "damaged_bundle"


def test_a_token_that_makes_no_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROVIDER, "agree", lambda _public: (bytes(32), bytes(32)))
    assert refusal(written(tmp_path / "a.ksb", [], recipient=READER.certificate)).code == "damaged_bundle"


# -- what a station with a good certificate may have written


def record(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    return struct.pack(">cQ", kind, len(data) if length is None else length) + data


MANIFEST = {"station": station("甲"), "name": "甲", "own": [], "vector": {}, "peers": {}}
WRONG: list[dict[str, Any]] = [
    {"station": "x"}, {"name": 1}, {"name": "某" * 401}, {"own": ["x"]}, {"own": 1}, {"vector": []},
    {"vector": {"x": 1}}, {"vector": {station("甲"): -1}}, {"vector": {station("甲"): 2**62}},
    {"vector": {station("甲"): True}}, {"peers": []}, {"peers": {station("甲"): ["甲", {}]}},
    {"peers": {station("甲"): ["甲", {}, "yesterday"]}}, {"peers": {"x": ["甲", {}, ""]}},
]  # fmt: skip
GOOD_MANIFEST, END = record(b"M", orjson.dumps(MANIFEST)), record(b"E", b"")


def outside(first: int, last: int, streams: int = 0) -> bytes:
    return struct.pack(">16sQQ32sH", bytes(16), first, last, bytes(32), streams)


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        END,
        GOOD_MANIFEST,
        END + GOOD_MANIFEST,
        GOOD_MANIFEST + GOOD_MANIFEST + END,
        GOOD_MANIFEST + END + END,
        GOOD_MANIFEST + END + b"\0",
        GOOD_MANIFEST + record(b"E", b"more"),
        GOOD_MANIFEST + record(b"?", b"") + END,
        record(b"M", b"{}", 2**63) + END,
        record(b"M", b"[" * 100_000) + END,
        record(b"M", b"[]") + END,
        record(b"M", b"{}") + END,
        *(record(b"M", orjson.dumps({**MANIFEST, **change})) + END for change in WRONG),
        GOOD_MANIFEST + record(b"B", b"") + END,
        GOOD_MANIFEST + record(b"B", outside(1, 2**63)) + END,
        GOOD_MANIFEST + record(b"B", outside(0, 0) + bytes(32)) + END,
        GOOD_MANIFEST + record(b"B", outside(5, 4)) + END,
        GOOD_MANIFEST + record(b"B", outside(1, 1_001) + bytes(32 * 1_001)) + END,
        GOOD_MANIFEST + record(b"B", outside(1, 1, 65_535) + bytes(32)) + END,
        GOOD_MANIFEST + record(b"B", outside(1, 1) + bytes(17 * 2**20)) + END,
        GOOD_MANIFEST + 2 * record(b"B", outside(1, 1) + bytes(32)) + END,
        GOOD_MANIFEST + record(b"A", b"") + END,
        GOOD_MANIFEST + record(b"A", bytes(32) + b"another") + END,
        GOOD_MANIFEST + record(b"A", bytes(32), 2**40) + END,
    ],
)  # fmt: skip
def test_a_signed_file_that_makes_no_sense_is_refused(tmp_path: Path, plain: bytes) -> None:
    assert refusal(sealed_plain(tmp_path / "a.ksb", plain)).code == "damaged_bundle"


def test_control_the_made_up_records_are_right_otherwise(tmp_path: Path) -> None:
    body = record(b"B", outside(1, 1) + bytes(32)) + record(b"A", hashlib.sha256(b"x").digest() + b"x")
    assert content(sealed_plain(tmp_path / "a.ksb", GOOD_MANIFEST + body + END))[6] == 1


def _inside_trials(folder: Path, count: int) -> None:
    batches = chain("甲", (3, 4, 5), random.Random(1))
    plain = plain_of(written(folder / "a.ksb", batches, blobs=[b"attached"]))
    refusals = 0
    for seed in range(count):
        chance = random.Random(seed)
        kind = chance.choice([flip, truncate, cut_out, put_in, blank])
        try:
            batches = content(sealed_plain(folder / "b.ksb", kind(plain, plain, chance)))[8]
        except EnvironmentFault:
            refusals += 1
            continue
        for batch in batches:
            with contextlib.suppress(BadBatch):
                list(unpack(batch))
    assert refusals > count // 2


def test_signed_nonsense_never_surprises(tmp_path: Path) -> None:
    _inside_trials(tmp_path, 200)


@pytest.mark.long
def test_signed_nonsense_never_surprises_long(tmp_path: Path) -> None:
    _inside_trials(tmp_path, 10_000)


@contextlib.contextmanager
def memory(most: int) -> Iterator[None]:
    """Fails when more than so many bytes more are in use at any time."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        assert tracemalloc.get_traced_memory()[1] - before < most
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    with blob.open("wb") as file:
        for _ in range(40):
            file.write(random.Random(1).randbytes(2**20))
    with blob.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with memory(2**21):
        with blob.open("rb") as file, BundleWriter(tmp_path / "a.ksb", WRITER) as made:
            made.hello(greeting("甲"))
            made.put_blob(sha256, file)
        with BundleReader(tmp_path / "a.ksb", READER) as reader:
            for found, size, stream in reader.blobs():
                assert (found, size) == (sha256, 40 * 2**20)
                assert hashlib.file_digest(stream, "sha256").hexdigest() == sha256  # type: ignore[arg-type]


def test_sizes_that_are_claimed_cost_nothing(tmp_path: Path) -> None:
    data = written(tmp_path / "a.ksb", []).read_bytes()
    for claim in (2**14, 2**32 - 1):
        (tmp_path / "a.ksb").write_bytes(data[:10] + struct.pack(">I", claim) + data[14:])
        with memory(2**20):
            refusal(tmp_path / "a.ksb")
    for kind in (b"M", b"B", b"A"):
        path = sealed_plain(tmp_path / "b.ksb", GOOD_MANIFEST + record(kind, bytes(2_000), 2**40) + END)
        with memory(2**20):
            refusal(path)


def test_a_batch_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    large = record(b"B", outside(1, 1) + bytes(17 * 2**20))
    path = sealed_plain(tmp_path / "a.ksb", GOOD_MANIFEST + large + END)
    with memory(2**21):
        assert refusal(path).code == "damaged_bundle"


# -- secrecy


def test_no_plain_text_in_the_file(tmp_path: Path) -> None:
    chance = random.Random(11)
    names = [f"某某{''.join(chance.choices('甲乙丙丁戊己庚辛壬癸', k=12))}公司{n:04d}" for n in range(1_000)]
    batches = chain("甲", (5,), chance, parties=names[:600])
    attached = "\n".join(names[600:]).encode()
    seen = "".join(one.payload for one in unpack(batches[0]) if isinstance(one, Arrived)) + attached.decode()
    assert all(name in seen for name in names)
    for to in (None, READER.certificate):
        data = written(tmp_path / "a.ksb", batches, recipient=to, blobs=[attached]).read_bytes()
        found = [name for name in names for code in ("utf-8", "utf-16-le", "gb18030") if name.encode(code) in data]
        assert found == []
        opening = frames_of(data)[0]
        assert max(map(len, re.findall(rb"[\x20-\x7e]{10,}", data[len(opening) :])), default=0) < 20
        for secret in (CENTRE.bundle_key, WRITER.sign_private, WRITER.password.encode()):
            assert secret not in data
            assert enrolment.text_of(secret).encode() not in data


# -- the format for ever


@pytest.mark.parametrize("name", ["bundle-1-everyone.ksb", "bundle-1-station.ksb"])
def test_bundles_of_the_first_version_are_still_read(name: str) -> None:
    known = enrolment.read((GOLDEN / "enrolment-1.kse").read_bytes())
    expected = orjson.loads((GOLDEN / "bundle-1.json").read_bytes())
    with BundleReader(GOLDEN / name, known) as reader:
        assert (reader.writer, reader.made_at) == ("窗口二", expected["made_at"][name])
        assert reader.recipient == ("窗口一" if "station" in name else None)
        assert reader.ranges == {key: [tuple(one) for one in value] for key, value in expected["ranges"].items()}
        welcome = reader.hello(greeting("窗口一"))
        assert (welcome.vector, welcome.heads) == (expected["vector"], expected["heads"])
        assert {key: list(value) for key, value in welcome.peers.items() if key != reader.station} == expected["peers"]
        arrived = [one for batch in reader.pull({}) for one in unpack(batch)]
        assert [one.event.hash for one in arrived if isinstance(one, Arrived)] == expected["hashes"]
        assert len(arrived) == len(expected["hashes"]) == reader.events
        assert [(sha256, stream.read()) for sha256, _, stream in reader.blobs()] == [
            (hashlib.sha256(b"made up").hexdigest(), b"made up")
        ]
