"""A file beside a case: who may put it there, what is recorded, and how others come by it."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from db.attachments import Attachments
from db.backup import restore
from db.bundle import BundleWriter
from db.faults import EnvironmentFault
from db.transport import MemoryHub, MemoryTransport
from desktop.app.attachments import kept, pack
from desktop.app.desk import Desk
from desktop.core.refusal import Refusal
from tests.app.desks import Walk, day, digest, journal_count, new_desk, open_again, reads_well, take
from tests.db.enrolled import LOCAL, Centre, greeting

STAFF = (("张三", "受理 预审员 管理员"), ("李四", "预审员 受理"), ("王五", "组长"), ("赵六", "复核"), ("无职", ""))
TODAY = day("2026-03-02")
CENTRE = Centre("某市知识产权保护中心")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "说明书.pdf"
    path.write_bytes(random.Random(7).randbytes(150_000))
    return path


def attach(walk: Walk, path: Path, actor: str = "张三", note: str = "", on: str = "2026-03-02") -> str:
    """Its SHA-256."""
    walk.desk.attach(walk.ref, path, actor=actor, on=day(on), today=TODAY, note=note)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(walk: Walk, path: Path, actor: str = "张三", **more: Any) -> Refusal:
    before = digest(walk.desk), journal_count(walk.desk), kept(walk.desk._workplace).held()
    with pytest.raises(Refusal) as caught:
        attach(walk, path, actor, **more)
    assert (digest(walk.desk), journal_count(walk.desk), kept(walk.desk._workplace).held()) == before
    reads_well(caught.value.reason.replace(path.name, ""))
    return caught.value


# ---------------------------------------------------------------- one station
def test_a_file_is_recorded_and_comes_out_as_it_was(desk: Desk, paper: Path, tmp_path: Path) -> None:
    walk = take(desk)
    before = walk.state()
    outcome = desk.attach(walk.ref, paper, actor="张三", on=TODAY, today=TODAY, note=" 盖章\n扫描件 ")
    assert (outcome.number, outcome.events, len(outcome.moved)) == (walk.ref, 1, 1)
    (one,) = desk.attachments(walk.ref)
    assert (one.name, one.size, one.actor, one.here, one.mark, one.station, one.note) == (
        "说明书.pdf", 150_000, "张三", True, "", "甲站", "盖章 扫描件"
    )  # fmt: skip
    assert one.sha256 == hashlib.sha256(paper.read_bytes()).hexdigest()
    entry = walk.view("2026-03-02").journal[-1]
    assert entry.action == "附件"
    assert entry.text == f"附件 说明书.pdf（146 KB，SHA-256 {one.sha256[:8]}…{one.sha256[-8:]}）：盖章 扫描件"
    after = walk.state()
    after.events -= 1
    assert after == before  # no stage, no fact, no limit
    target = desk.fetch(walk.ref, one.sha256, tmp_path / "out.pdf")
    assert target.read_bytes() == paper.read_bytes()
    kept_tables = digest(desk)
    desk.rebuild()
    assert digest(desk) == kept_tables


def test_the_record_shows_the_line(desk: Desk, paper: Path) -> None:
    walk = take(desk)
    sha256 = attach(walk, paper)
    words = desk.record(walk.ref, at=datetime(2026, 3, 2, 9)).words()
    assert f"附件 说明书.pdf（146 KB，SHA-256 {sha256[:8]}…{sha256[-8:]}）" in words


def test_who_may_and_who_may_not(tmp_path: Path, paper: Path) -> None:
    desk = new_desk(tmp_path / "data", staff=STAFF)
    walk = take(desk)
    assert refused(walk, paper, "陌生人").code == "unknown_staff"
    assert refused(walk, paper, "无职").code == "wrong_role"
    assert refused(walk, paper, "").code == "no_actor"
    assert refused(walk, paper, "赵六", note="长" * 501).code == "bad_input"
    assert refused(walk, paper, "赵六", on="2028-01-01").code == "far_future"
    attach(walk, paper, "赵六")
    assert walk.view("2026-03-02").journal[-1].role == "复核"
    again = refused(walk, paper, "张三")
    assert (again.code, again.data["name"]) == ("already_attached", "说明书.pdf")
    assert "赵六" in again.reason
    walk.accept("2026-03-02")
    walk.act("withdraw", "2026-03-02", reason="申请人撤回")
    (tmp_path / "other.txt").write_text("also when it has ended, and dated back")
    attach(walk, tmp_path / "other.txt", "王五", on="2026-03-01")
    assert [one.actor for one in desk.attachments(walk.ref)] == ["赵六", "王五"]
    desk.close()


def test_what_is_no_file_is_refused(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = take(desk)
    empty = tmp_path / "空.txt"
    empty.touch()
    assert refused(walk, empty).code == "empty_file"
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match=str(path)):
            walk.desk.attach(walk.ref, path, actor="张三", on=TODAY, today=TODAY)
    with pytest.raises(EnvironmentFault, match="不是普通文件"):
        attach(walk, Path(os.devnull))
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    monkeypatch.setattr(Attachments, "put", lambda *_, **__: pytest.fail("it was read all the same"))
    with pytest.raises(EnvironmentFault, match="64 MB"):
        attach(walk, large)
    assert desk.attachments(walk.ref) == ()
    with pytest.raises(Refusal) as unknown:
        desk.fetch(walk.ref, "0" * 64, tmp_path / "out")
    assert unknown.value.code == "unknown_attachment"
    with pytest.raises(Refusal):
        desk.attachments("没有此案")


def test_a_case_of_a_newer_program_takes_none(own_desk: Desk, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = take(own_desk)
    monkeypatch.setattr("desktop.app.attachments.load", _flagged(own_desk))
    assert refused(walk, paper).code == "needs_newer_program"


def _flagged(desk: Desk) -> Any:
    from desktop.app.casework import load

    def flagged(reader: Any, ref: Any) -> Any:
        row, case = load(reader, ref)
        case.flags.append("newer")
        return row, case

    return flagged


def test_the_content_comes_before_the_event(own_desk: Desk, paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off between the two, there is a file that nobody knows of, never an event without its file."""
    walk = take(own_desk)
    before = journal_count(own_desk)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as torn:
        torn.setattr("desktop.app.attachments.project", cut)
        with pytest.raises(KeyboardInterrupt):
            attach(walk, paper)
    assert journal_count(own_desk) == before
    assert own_desk.attachments(walk.ref) == ()
    assert own_desk.verify().ok
    attach(walk, paper)
    assert own_desk.attachments(walk.ref)[0].here


def test_verification_looks_into_every_file(own_desk: Desk, paper: Path, tmp_path: Path) -> None:
    walk = take(own_desk)
    sha256 = attach(walk, paper)
    (tmp_path / "b.txt").write_text("b")
    second = attach(walk, tmp_path / "b.txt")
    report = own_desk.verify()
    assert (report.ok, report.attachments) == (True, 2)
    assert report.checked[-1] == "附件 2 个：逐个解密并核对 SHA-256"
    folder = own_desk.directory / "attachments"
    place = folder / sha256[:2] / sha256
    data = bytearray(place.read_bytes())
    data[1_000] ^= 1
    place.write_bytes(data)
    (folder / second[:2] / second).unlink()
    report = own_desk.verify()
    assert not report.ok
    assert [problem.partition("（")[0] for problem in report.problems] == ["附件“说明书.pdf”", "附件“b.txt”"]
    assert "已损坏" in report.problems[0]
    assert "不在本机" in report.problems[1]
    with pytest.raises(EnvironmentFault, match="请从备份恢复") as lost:
        own_desk.fetch(walk.ref, second, tmp_path / "out")
    assert lost.value.code == "attachment_elsewhere"
    with pytest.raises(Refusal):
        attach(walk, paper)
    # The second try was refused, but brought back what had gone bad.
    assert own_desk.fetch(walk.ref, sha256, tmp_path / "out").read_bytes() == paper.read_bytes()


def test_a_backup_holds_them(own_desk: Desk, paper: Path, tmp_path: Path) -> None:
    walk = take(own_desk)
    sha256 = attach(walk, paper)
    own_desk.backup(tmp_path / "a.ksbak")
    back = Desk(restore(tmp_path / "a.ksbak", tmp_path / "back", "", cipher=False))
    assert back.fetch(walk.ref, sha256, tmp_path / "out").read_bytes() == paper.read_bytes()
    assert (back.verify().ok, back.verify().attachments) == (True, 1)
    back.close()


# ---------------------------------------------------------------- several stations
class Hub(MemoryTransport):
    """The hub's memory with attachments. ``away`` is raised once that many were handed over."""

    def __init__(self) -> None:
        super().__init__(MemoryHub())
        self.blobs: dict[bytes, bytes] = {}
        self.asked: list[bytes] = []
        self.away_after: int | None = None

    def reserve(self, count: int) -> tuple[int, int]:
        return 20_001, 20_000 + count

    def put_blob(self, sha256: bytes, body: bytes) -> None:
        if self.away_after is not None and len(self.blobs) >= self.away_after:
            raise EnvironmentFault("hub_away", "连不上中心服务器。")
        assert hashlib.sha256(body).digest() == sha256
        self.blobs[sha256] = body

    def get_blob(self, sha256: bytes) -> bytes | None:
        self.asked.append(sha256)
        return self.blobs.get(sha256)

    def lacking(self, hashes: Iterable[bytes]) -> set[bytes]:
        return set(hashes) - self.blobs.keys()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub()

    @contextmanager
    def way(*_about: object) -> Iterator[Hub]:
        yield made

    monkeypatch.setattr("desktop.app.syncing._hub", way)
    return made


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """甲站 with staff and a case, 乙站 that knows nothing yet."""
    first = new_desk(tmp_path / "甲", staff=STAFF)
    first.join(CENTRE.file("甲站", hub=LOCAL), actor="张三")
    second = new_desk(tmp_path / "乙")
    second.join(CENTRE.file("乙站", hub=LOCAL, blocks=[(5_001, 10_000)]), actor="李四")
    yield first, second
    first.close()
    second.close()


def test_the_hub_keeps_them_and_nothing_is_fetched_unasked(
    pair: tuple[Desk, Desk], hub: Hub, paper: Path, tmp_path: Path
) -> None:
    first, second = pair
    walk = take(first)
    sha256 = attach(walk, paper)
    assert "已向中心服务器送出附件 1 个" in first.sync().notes
    assert first.sync().notes == ()  # the hub has it: not a word, not a byte
    second.sync()
    (one,) = second.attachments(walk.ref)
    assert (one.here, one.station, one.actor, hub.asked) == (False, "甲站", "张三", [])
    assert second.verify().checked[-1] == "附件 0 个：逐个解密并核对 SHA-256；另有 1 个在其他站点"
    assert second.fetch(walk.ref, sha256, tmp_path / "out").read_bytes() == paper.read_bytes()
    assert second.attachments(walk.ref)[0].here
    second.fetch(walk.ref, sha256, tmp_path / "out")
    assert len(hub.asked) == 1  # then it is kept
    first.sync()
    assert digest(first) == digest(second)


def test_what_was_cut_off_is_handed_over_the_next_time(pair: tuple[Desk, Desk], hub: Hub, tmp_path: Path) -> None:
    first, _ = pair
    walk = take(first)
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("content " * (9_000 - 3_000 * number))
        attach(walk, tmp_path / f"{number}.txt")
    hub.away_after = 1
    report = first.sync()
    assert report.sent > 0  # the events are through all the same
    assert [note for note in report.notes if "附件" in note] == [
        "已向中心服务器送出附件 1 个", "附件没有送完，下次同步接着送（连不上中心服务器）"
    ]  # fmt: skip
    assert [len(body) for body in hub.blobs.values()] == [24_000]  # the smallest one got through
    hub.away_after = None
    assert "已向中心服务器送出附件 2 个" in first.sync().notes
    assert len(hub.blobs) == 3
    hub.blobs.clear()  # as after it was restored from an older backup
    assert "已向中心服务器送出附件 3 个" in first.sync().notes


def test_a_bad_file_does_not_hold_up_the_others(pair: tuple[Desk, Desk], hub: Hub, paper: Path, tmp_path: Path) -> None:
    first, _ = pair
    walk = take(first)
    (tmp_path / "b.txt").write_text("b")
    attach(walk, tmp_path / "b.txt")
    sha256 = attach(walk, paper)
    (first.directory / "attachments" / sha256[:2] / sha256).write_bytes(b"rot")
    notes = first.sync().notes
    assert len(hub.blobs) == 1
    assert any("“说明书.pdf”没有送出" in note for note in notes)


def test_cancelled_it_goes_on_the_next_time(pair: tuple[Desk, Desk], hub: Hub, paper: Path) -> None:
    first, _ = pair
    attach(take(first), paper)
    said: list[str] = []
    first.sync(progress=lambda what, *_: said.append(what), cancelled=lambda: "发送" in said)
    assert not hub.blobs
    first.sync()
    assert len(hub.blobs) == 1


def test_other_content_from_the_hub_is_refused(pair: tuple[Desk, Desk], hub: Hub, paper: Path, tmp_path: Path) -> None:
    first, second = pair
    walk = take(first)
    sha256 = attach(walk, paper)
    first.sync()
    second.sync()
    hub.blobs[bytes.fromhex(sha256)] = b"something else"
    with pytest.raises(EnvironmentFault) as wrong:
        second.fetch(walk.ref, sha256, tmp_path / "out")
    assert wrong.value.code == "wrong_attachment"
    assert "甲站" in str(wrong.value)
    assert not (tmp_path / "out").exists()
    assert not second.attachments(walk.ref)[0].here


def test_nobody_within_reach_has_it(
    pair: tuple[Desk, Desk], hub: Hub, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pair
    walk = take(first)
    sha256 = attach(walk, paper)
    hub.away_after = 0
    first.sync()
    second.sync()
    with pytest.raises(EnvironmentFault, match=r"它由甲站的张三添加.*也还没有") as none:
        second.fetch(walk.ref, sha256, tmp_path / "out")
    assert none.value.code == "attachment_elsewhere"

    def away(_: bytes) -> None:
        raise EnvironmentFault("hub_away", "连不上中心服务器。")

    monkeypatch.setattr(hub, "get_blob", away)
    with pytest.raises(EnvironmentFault, match=r"它由甲站的张三添加.*（连不上中心服务器）。$"):
        second.fetch(walk.ref, sha256, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bundle_takes_them_along(pair: tuple[Desk, Desk], paper: Path, tmp_path: Path) -> None:
    first, second = pair
    walk = take(first)
    sha256 = attach(walk, paper)
    parcel = tmp_path / "a.ksb"
    first.export_bundle(parcel)
    assert paper.read_bytes()[:64] not in parcel.read_bytes()
    assert second.import_bundle(parcel, dry_run=True).received > 0
    assert kept(second._workplace).held() == []
    assert "收到附件 1 个" in second.import_bundle(parcel).notes
    assert "收到附件 1 个" not in second.import_bundle(parcel).notes
    assert second.fetch(walk.ref, sha256, tmp_path / "out").read_bytes() == paper.read_bytes()
    second.export_bundle(tmp_path / "b.ksb", recipient="甲站")  # which has them
    assert (tmp_path / "b.ksb").stat().st_size < 20_000


def test_a_bundle_says_what_it_lacks(pair: tuple[Desk, Desk], paper: Path, tmp_path: Path) -> None:
    first, second = pair
    walk = take(first)
    sha256 = attach(walk, paper)
    (tmp_path / "b.txt").write_text("b")
    attach(walk, tmp_path / "b.txt")
    (first.directory / "attachments" / sha256[:2] / sha256).write_bytes(b"rot")
    report = first.export_bundle(tmp_path / "a.ksb")
    assert any("“说明书.pdf”没有写进交换包" in note for note in report.notes)
    second.import_bundle(tmp_path / "a.ksb")
    assert [one.here for one in second.attachments(walk.ref)] == [False, True]
    with BundleWriter(tmp_path / "c.ksb", CENTRE.enrol("乙站")) as writer:
        writer.hello(greeting("乙站"))
        assert pack(second._workplace, writer, {}) == ["有附件 1 个不在本机，交换包中只有它们的登记"]


def test_a_file_put_beside_a_disputed_case(pair: tuple[Desk, Desk], paper: Path, tmp_path: Path) -> None:
    """It is allowed, it takes no side, and whoever put it there may still decide."""
    first, second = pair
    walk = take(first)
    first.export_bundle(tmp_path / "1.ksb")
    second.import_bundle(tmp_path / "1.ksb")
    walk.accept("2026-03-02")
    Walk(second, walk.ref, actor="李四").act("return", "2026-03-02", missing="附图")
    attach(Walk(second, walk.ref), paper, "李四")  # beside one side, while the other is not known of
    second.export_bundle(tmp_path / "2.ksb")
    assert first.import_bundle(tmp_path / "2.ksb").contested == 1
    (tmp_path / "电话记录.txt").write_text("memo")
    attach(walk, tmp_path / "电话记录.txt", "王五")
    assert walk.view("2026-03-02").contested
    assert [one.mark for one in first.attachments(walk.ref)] == ["", ""]
    before = digest(first)
    first.rebuild()
    assert digest(first) == before
    walk.act("resolve", "2026-03-02", actor="王五", choose="left", reason="以受理为准")
    assert not walk.view("2026-03-02").contested
    assert [(one.name, one.mark) for one in first.attachments(walk.ref)] == [("说明书.pdf", ""), ("电话记录.txt", "")]
    first.export_bundle(tmp_path / "3.ksb")
    second.import_bundle(tmp_path / "3.ksb")
    assert digest(second) == digest(first)


def test_both_put_the_same_file_there(pair: tuple[Desk, Desk], paper: Path, tmp_path: Path) -> None:
    first, second = pair
    walk = take(first)
    first.export_bundle(tmp_path / "1.ksb")
    second.import_bundle(tmp_path / "1.ksb")
    attach(walk, paper)
    attach(Walk(second, walk.ref), paper, "李四")
    second.export_bundle(tmp_path / "2.ksb")
    report = first.import_bundle(tmp_path / "2.ksb")
    assert report.contested == 0
    assert {one.actor for one in first.attachments(walk.ref)} == {"张三", "李四"}
    assert len(kept(first._workplace).held()) == 1


def test_opened_again_everything_is_there(tmp_path: Path, paper: Path) -> None:
    desk = new_desk(tmp_path / "data")
    walk = take(desk)
    sha256 = attach(walk, paper)
    desk.close()
    desk = open_again(tmp_path / "data")
    assert [one.sha256 for one in desk.attachments(walk.ref) if one.here] == [sha256]
    desk.close()
