"""Evidence: hashed again before every hand-over, locked when a file changed, stamped, verified, written out."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from db.attachments import MOST_BYTES
from db.faults import EnvironmentFault
from desktop.app import custody
from desktop.app.attachments import kept
from desktop.app.desk import Desk
from desktop.app.evidence_views import EvidenceReport
from desktop.core.refusal import Refusal
from desktop.core.stamps import StampVerdict
from desktop.exchange.timestamp import examine
from tests.app.desks import day, digest, journal_count, new_desk, reads_well, take
from tests.db.enrolled import LOCAL, Centre
from tests.exchange.tsa import Wishes, authority, issue, response, root, token

STAFF = (
    ("张三", "保管人 管理员 受理 预审员"),
    ("李四", "保管人"),
    ("赵六", "复核"),
    ("王五", "组长"),
    ("钱七", "受理"),
)
TODAY = day("2026-03-02")
OPENING = {
    "category": "网页",
    "title": "某商品页面",
    "party": "某某科技有限公司",
    "obtained_at": "2026-03-01T09:00+08:00",
}
BY = {"actor": "张三", "on": TODAY, "today": TODAY}
CENTRE = Centre("某市知识产权保护中心")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = new_desk(tmp_path_factory.mktemp("evidence"), staff=STAFF)
    opened.evidence.set_roots([root().pem], actor="张三")
    yield opened
    opened.close()


def content(seed: int, size: int = 90_000) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return written(tmp_path / "页面.pdf", content(1))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return written(tmp_path / "截图.png", content(2, 300))


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def add(desk: Desk, *paths: Path, kept_by: str = "张三", **values: str) -> str:
    """The number of a new item, put away."""
    made = desk.evidence.add(paths, {**OPENING, **values}, **BY)
    assert made.warnings == ()
    if kept_by:
        act(desk, made.item.number, "keep", storage_place="一号柜", examiner=kept_by)
    return made.item.number


def act(desk: Desk, number: str, action: str, actor: str = "张三", **values: str) -> None:
    desk.act(number, action, values, actor=actor, on=TODAY, today=TODAY)


def refused(desk: Desk, number: str, action: str, actor: str = "张三", **values: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(desk, number, action, actor, **values)
    reads_well(caught.value.reason.replace("pdf", "").replace("png", ""))
    return caught.value


def verify(desk: Desk, number: str, **more: Any) -> EvidenceReport:
    return desk.evidence.verify(number, examine, **{**BY, **more})


def place(desk: Desk, data: bytes) -> Path:
    sha256 = hashlib.sha256(data).hexdigest()
    return desk.directory / "attachments" / sha256[:2] / sha256


def flip(path: Path, at: int = 5_000) -> None:
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(bytes(data))


def rows(desk: Desk, number: str) -> list[tuple[str, str, str]]:
    return [(row.action, row.from_person, row.to_person) for row in desk.evidence.show(number).custody]


def unchanged(desk: Desk) -> tuple[str, int]:
    return digest(desk), journal_count(desk)


# ---------------------------------------------------------------- taking in
def test_taking_in_records_both_digests(desk: Desk, page: Path, picture: Path) -> None:
    made = desk.evidence.add([page, picture], OPENING, **BY)
    item = made.item
    assert (item.title, item.category, item.stage, item.locked, item.custody) == (
        "某商品页面", "网页", "RECEIVED", False, ()
    )  # fmt: skip
    assert ("取得时间", "2026-03-01T09:00+08:00") in item.facts
    first = item.files[0]
    assert (first.name, first.size, first.sha256, first.here) == (
        "页面.pdf", 90_000, hashlib.sha256(content(1)).hexdigest(), True
    )  # fmt: skip
    assert all(len(one.sm3) == 64 and one.sm3 != one.sha256 for one in item.files)
    assert verify(desk, item.number).ok


def test_what_is_no_file_is_refused_before_anything_is_opened(desk: Desk, page: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    (tmp_path / "empty").touch()
    before = unchanged(desk)
    for path, fault in (
        (tmp_path / "gone", FileNotFoundError),
        (tmp_path, IsADirectoryError),
        (large, EnvironmentFault),
        (tmp_path / "empty", Refusal),
    ):
        with pytest.raises(fault):
            desk.evidence.add([page, path], OPENING, **BY)
    with pytest.raises(Refusal):
        desk.evidence.add([], OPENING, **BY)
    with pytest.raises(Refusal):
        desk.evidence.add([page], {"category": "网页"}, **BY)
    assert unchanged(desk) == before


def test_a_file_that_vanishes_meanwhile_is_named(
    desk: Desk, page: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.app import openings

    opened = openings.open_case

    def slow(*args: Any, **more: Any) -> Any:
        page.unlink(missing_ok=True)
        return opened(*args, **more)

    monkeypatch.setattr(openings, "open_case", slow)
    made = desk.evidence.add([page, picture], OPENING, **BY)
    assert [one.name for one in made.item.files] == ["截图.png"]
    assert "“页面.pdf”没有收入：找不到文件或目录" in made.warnings[0]
    assert f"请用 attach {made.item.number} 补入" in made.warnings[0]


def test_the_same_content_twice_is_taken_once(desk: Desk, page: Path, tmp_path: Path) -> None:
    twin = written(tmp_path / "twin" / "同一页面.pdf", page.read_bytes())
    made = desk.evidence.add([page, twin], OPENING, **BY)
    assert len(made.item.files) == 1
    assert "同一个文件“页面.pdf”" in made.warnings[0]


def test_beside_another_case_it_takes_what_is_known(desk: Desk, page: Path) -> None:
    walk = take(desk, party="某某科技有限公司")
    made = desk.evidence.add([page], {"category": "网页", "title": "页面"}, beside=walk.ref, **BY)
    assert dict(made.item.facts)["关联主体"] == "某某科技有限公司"
    assert dict(made.item.facts)["关联案号"] == walk.ref


def test_a_case_of_another_service_is_no_evidence(desk: Desk) -> None:
    walk = take(desk)
    with pytest.raises(Refusal) as caught:
        desk.evidence.show(walk.ref)
    assert caught.value.code == "not_evidence"
    reads_well(caught.value.reason)


# ---------------------------------------------------------------- custody
def test_every_hand_over_hashes_the_files_again(
    desk: Desk, page: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(desk, page, picture)
    hashed: list[str] = []
    really = custody._hashed
    monkeypatch.setattr(
        custody, "_hashed", lambda here, one, names: hashed.append(one.name) or really(here, one, names)
    )
    act(desk, number, "handover", to_person="李四", reason="调岗")
    assert hashed == ["页面.pdf", "截图.png"]
    act(desk, number, "lend", actor="李四", borrower="某法院", reason="质证", next_day="2026-03-20")
    act(desk, number, "return", actor="李四", condition="完好")
    act(desk, number, "recheck", actor="赵六", reason="季度复核")
    act(desk, number, "transfer", actor="李四", receiver="某法院", reason="移送")
    assert len(hashed) == 10
    act_number = len(hashed)
    act(desk, number, "reopen", reason="退回")
    act(desk, number, "note", note="外包装完好")
    assert len(hashed) == act_number  # these hand nothing on
    assert rows(desk, number) == [
        ("入库", "张三", "张三"),
        ("移交保管", "张三", "李四"),
        ("借出", "李四", "某法院"),
        ("归还", "某法院", "李四"),
        ("复核", "李四", "李四"),
        ("移交出库", "李四", "某法院"),
    ]
    chain = desk.evidence.show(number).custody
    assert [row.number for row in chain] == [1, 2, 3, 4, 5, 6]
    assert [row.prev for row in chain] == ["", *(row.hash for row in chain[:-1])]
    for row in chain:
        assert hashlib.sha256(row.text.encode()).hexdigest() == row.hash
        assert datetime.fromisoformat(row.at).utcoffset() is not None
        assert {result for _, result in row.files} == {"一致"}
    assert desk.evidence.show(number).problems == ()
    entry = desk.case(number, actor="张三", today=TODAY).journal[4]
    assert entry.text.endswith("流转第 2 行，复核 2 个文件：全部一致")


def test_a_refused_hand_over_reads_no_file(desk: Desk, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = add(desk, page)
    monkeypatch.setattr(custody, "_hashed", lambda *_: pytest.fail("hashed in vain"))
    before = unchanged(desk)
    assert refused(desk, number, "handover", actor="钱七", to_person="李四", reason="x").code == "wrong_role"
    assert refused(desk, number, "handover", to_person="李四").code == "missing_input"
    assert unchanged(desk) == before


def test_a_file_attached_meanwhile_is_hashed_too(
    desk: Desk, page: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(desk, page)
    really = custody.rehash

    def slow(*args: Any, **more: Any) -> Any:
        found = really(*args, **more)
        if picture.exists():
            desk.attach(number, picture, **BY)
            picture.unlink()
        return found

    monkeypatch.setattr(custody, "rehash", slow)
    act(desk, number, "handover", to_person="李四", reason="调岗")
    assert len(desk.evidence.show(number).custody[-1].files) == 2


@pytest.mark.parametrize(("action", "values"), [
    ("handover", {"to_person": "李四", "reason": "调岗"}),
    ("lend", {"borrower": "某法院", "reason": "质证", "next_day": "2026-03-20"}),
    ("recheck", {}),
    ("transfer", {"receiver": "某法院", "reason": "移送"}),
    ("destroy", {"reviewer": "赵六", "reason": "到期"}),
])  # fmt: skip
def test_case_15_one_byte_changed(desk: Desk, page: Path, picture: Path, action: str, values: dict[str, str]) -> None:
    """Handbook 13a, 15: mismatch found, item locked, row added."""
    number = add(desk, page, picture)
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    try:
        flip(spot)
        said = refused(desk, number, action, **values)
        assert said.code == "evidence_mismatch"
        assert "“页面.pdf”" in said.reason
        assert "没有办理，证据已锁定" in said.reason
        item = desk.evidence.show(number)
        assert (item.locked, item.stage_label) == (True, "锁定")
        row = item.custody[-1]
        assert (row.action, sorted(result for _, result in row.files)) == ("锁定", ["一致", "不一致"])
        assert item.problems == ()
        assert item.custodian == "张三"
        # Locked, it is not handed on, and not unlocked while the file is bad.
        assert refused(desk, number, "handover", to_person="李四", reason="x").code == "not_at_this_stage"
        assert refused(desk, number, "unlock", actor="王五", reason="查明").code == "evidence_mismatch"
        assert desk.evidence.show(number).locked
        assert refused(desk, number, "unlock", reason="查明").code == "wrong_role"
    finally:
        spot.write_bytes(whole)
    assert refused(desk, number, "unlock", actor="王五").code == "missing_input"
    act(desk, number, "unlock", actor="王五", reason="已从备份恢复")
    item = desk.evidence.show(number)
    assert (item.locked, item.custody[-1].reason) == (False, "已从备份恢复")
    assert {result for _, result in item.custody[-1].files} == {"一致"}


@pytest.mark.parametrize("seed", range(12))
def test_any_byte_of_the_stored_file(desk: Desk, picture: Path, seed: int) -> None:
    number = add(desk, picture, kept_by="")
    spot = place(desk, content(2, 300))
    whole = spot.read_bytes()
    try:
        flip(spot, random.Random(seed).randrange(8, len(whole)))  # the store here is plain: behind its magic and salt
        flipped = spot.read_bytes()
        found = verify(desk, number, lock=False)
        salt = flipped[41:] == whole[41:]
        assert found.ok == salt  # a plain store does not use its salt
        spot.write_bytes(whole[:-1])
        assert not verify(desk, number, lock=False).ok
    finally:
        spot.write_bytes(whole)


def test_a_file_that_is_gone_locks_too(desk: Desk, page: Path) -> None:
    number = add(desk, page)
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    spot.unlink()
    try:
        assert "已不在本机" in refused(desk, number, "handover", to_person="李四", reason="x").reason
        assert desk.evidence.show(number).custody[-1].files[0][1] == "缺失"
    finally:
        spot.write_bytes(whole)


def test_a_disk_that_fails_is_no_verdict(desk: Desk, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = add(desk, page)

    def broken(*_: object) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr("desktop.app.custody.of_stream", broken)
    before = unchanged(desk)
    with pytest.raises(EnvironmentFault):
        act(desk, number, "handover", to_person="李四", reason="x")
    assert unchanged(desk) == before


def test_control_without_hashing_a_changed_file_is_handed_on(
    desk: Desk, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add(desk, page)
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    monkeypatch.setattr(custody, "needed", lambda _action: False)
    try:
        flip(spot)
        act(desk, number, "handover", to_person="李四", reason="x")
    finally:
        spot.write_bytes(whole)
    assert not desk.evidence.show(number).locked


# ---------------------------------------------------------------- verification
def test_verification_locks_and_says_what_it_found(desk: Desk, page: Path, picture: Path) -> None:
    number, other, sound = add(desk, page), add(desk, page), add(desk, picture)
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    try:
        flip(spot)
        before = unchanged(desk)
        only = verify(desk, number, lock=False)
        assert (only.ok, only.locked, only.item.locked) == (False, False, False)
        assert unchanged(desk) == before
        found = verify(desk, number)
        assert (found.ok, found.locked, found.item.locked) == (False, True, True)
        assert found.item.files[0].result == "不一致"
        assert found.problems[0].startswith("“页面.pdf”（SHA-256 ")
        assert desk.evidence.show(number).custody[-1].reason.startswith("复核：")
        count = journal_count(desk)
        assert not verify(desk, number).locked  # it is locked already
        assert journal_count(desk) == count
        stranger = verify(desk, other, actor="无名氏")
        assert (stranger.locked, stranger.notes) == (False, ("未能锁定：人员名单中没有“无名氏”",))
    finally:
        spot.write_bytes(whole)
    keys = desk.evidence.keys(actor="张三", today=TODAY)
    assert {desk.evidence.show(sound).key, desk.evidence.show(number).key} <= set(keys)
    assert verify(desk, sound).ok


def test_locking_by_hand_is_a_row_too(desk: Desk, page: Path, picture: Path) -> None:
    number = add(desk, page)
    act(desk, number, "lock", actor="钱七", detail="封条破损")
    row = desk.evidence.show(number).custody[-1]
    assert (row.action, row.reason, row.from_person, row.to_person) == ("锁定", "封条破损", "张三", "张三")
    with pytest.raises(Refusal, match="此案现为“锁定”，不能再加文件"):
        desk.attach(number, picture, actor="张三", on=TODAY, today=TODAY)
    assert row.files[0][1] == "一致"


def test_a_step_dated_ahead_is_no_way_round_the_lock(desk: Desk, page: Path) -> None:
    number = add(desk, page, kept_by="")
    values = {"storage_place": "一号柜", "examiner": "张三"}
    desk.act(number, "keep", values, actor="张三", on=day("2026-03-05"), today=day("2026-03-05"))
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    try:
        flip(spot)
        assert verify(desk, number).locked
    finally:
        spot.write_bytes(whole)


def test_a_rewritten_chain_is_found(desk: Desk, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = add(desk, page)
    act(desk, number, "handover", to_person="李四", reason="调岗")
    really = custody.from_payload
    monkeypatch.setattr(custody, "from_payload", lambda value: really({**value, "reason": "别的"}))
    found = verify(desk, number)
    assert found.problems == tuple(f"流转记录第 {n} 行的哈希与内容不符" for n in (1, 2))
    assert not found.locked  # no file is at fault


def test_rebuilt_tables_are_the_same(own_desk: Desk, page: Path) -> None:
    add(own_desk, page)
    before = digest(own_desk)
    own_desk.rebuild()
    assert digest(own_desk) == before
    assert own_desk.verify().ok


# ---------------------------------------------------------------- time-stamps
def stamped(desk: Desk, number: str, data: bytes, path: Path, file: str = "", **more: Any) -> Any:
    return desk.evidence.stamp(number, written(path, data), file, examine, **{**BY, **more})


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512", "sm3"])
def test_a_token_finds_its_file(desk: Desk, page: Path, picture: Path, tmp_path: Path, algorithm: str) -> None:
    number = add(desk, page, picture)
    made = token(content(1), authority(), Wishes(algorithm=algorithm))
    answer = stamped(desk, number, response(made), tmp_path / "a.tsr")
    assert (answer.file_name, answer.report.verdict) == ("页面.pdf", StampVerdict.VALID)
    item = desk.evidence.show(number)
    facts = dict(item.facts)
    assert (facts["可信时间戳号"], facts["服务机构"], facts["签发时间"]) == (
        "17", "虚构时间戳服务，虚构认证机构", "2026-03-02T02:15+00:00"
    )  # fmt: skip
    (one,) = item.stamps
    assert (one.file_name, one.token_name, one.token) == ("页面.pdf", "a.tsr", answer.token)
    assert [file.stamps for file in item.files] == ["", "", one.file]
    found = verify(desk, number)
    assert found.ok
    assert found.item.stamps[0].words.startswith("有效；签发时间 2026-03-02T02:15:00Z")
    assert "离线核验" in answer.warnings[0]


def test_a_token_that_is_worth_nothing_is_not_kept(desk: Desk, page: Path, picture: Path, tmp_path: Path) -> None:
    number = add(desk, page, picture)
    before = unchanged(desk), kept(desk._workplace).held()
    sound = token(content(1), authority())
    for data, file, words in (
        (token(b"another", authority()), "", "不是为此证据的任何一个文件签发的"),
        (sound, "截图.png", "不是为这个文件签发"),
        (token(content(1), issue("没有用途", by=root(), number=32)), "", "没有“时间戳”用途"),
        (sound[:-5], "", "不完整"),
        (b"words", "", "不是时间戳令牌"),
        (bytes(2**18 + 1), "", "超过 256 KB"),
        (sound, "没有.pdf", "没有文件“没有.pdf”"),
        (sound, "ffffffff", "没有文件“ffffffff”"),
    ):
        with pytest.raises(Refusal) as caught:
            stamped(desk, number, data, tmp_path / "b.tst", file)
        assert words in caught.value.reason
    with pytest.raises(Refusal) as caught:
        stamped(desk, number, sound, tmp_path / "b.tst", actor="钱七")
    assert caught.value.code == "wrong_role"
    assert (unchanged(desk), kept(desk._workplace).held()) == before


def test_one_that_nobody_here_vouches_for_is_registered_as_such(desk: Desk, page: Path, tmp_path: Path) -> None:
    number = add(desk, page)
    foreign = issue("外人", by=root(1), number=46, usage=authority().certificate.extensions[2].value._usages)
    answer = stamped(desk, number, token(content(1), foreign), tmp_path / "c.tst", "页面.pdf")
    assert answer.report.verdict is StampVerdict.UNTRUSTED
    assert answer.warnings[0].startswith("签名有效，根证书不在本中心信任名单")
    assert verify(desk, number).ok


def test_a_token_whose_file_changed_vouches_for_nothing(desk: Desk, page: Path, tmp_path: Path) -> None:
    number = add(desk, page)
    stamped(desk, number, token(content(1), authority()), tmp_path / "d.tst")
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    try:
        flip(spot)
        found = verify(desk, number, lock=False)
        assert "所证的文件已不是登记时的内容" in found.item.stamps[0].words
        with pytest.raises(Refusal) as caught:
            stamped(desk, number, token(content(1), authority("rsa")), tmp_path / "e.tst")
        assert caught.value.code == "file_unfit"
    finally:
        spot.write_bytes(whole)


def test_only_an_administrator_says_whom_the_centre_trusts(desk: Desk) -> None:
    with pytest.raises(Refusal) as caught:
        desk.evidence.set_roots([], actor="李四")
    assert caught.value.code == "wrong_role"
    assert desk.evidence.roots() == (root().pem,)


# ---------------------------------------------------------------- written out
def test_files_and_voucher(desk: Desk, page: Path, picture: Path, tmp_path: Path) -> None:
    twin = written(tmp_path / "other" / "页面.PDF", content(3, 50))
    number = add(desk, page, picture, twin)
    act(desk, number, "handover", to_person="李四", reason="调岗")
    stamped(desk, number, token(content(1), authority()), tmp_path / "f.tst")
    folder = tmp_path / "out"
    made = desk.evidence.export(number, folder, examine, **BY)
    assert made.files == ("页面.pdf", "截图.png", "页面（2）.PDF", "f.tst", "存证凭证.txt", "存证凭证.json")
    assert sorted(made.files) == sorted(path.name for path in folder.iterdir())
    assert (folder / "页面.pdf").read_bytes() == content(1)
    document = json.loads((folder / "存证凭证.json").read_text("utf-8"))
    for one in document["files"]:
        assert hashlib.sha256((folder / one["name"]).read_bytes()).hexdigest() == one["sha256"]
        assert one["result"] == "一致"
    for row in document["custody"]:
        assert hashlib.sha256(row["text"].encode()).hexdigest() == row["hash"]
    text = (folder / "存证凭证.txt").read_text("utf-8")
    for word in (
        number,
        "李四",
        "本机时间",
        "页面（2）.PDF",
        document["custody"][1]["hash"],
        "有效；签发时间",
        "怎样核对",
    ):
        assert word in text
    for one in document["files"]:
        assert one["sha256"] in text
        assert one["sm3"] in text
    with pytest.raises(Refusal) as caught:
        desk.evidence.export(number, folder, examine, **BY)
    assert caught.value.code == "folder_not_empty"


def test_a_changed_file_is_not_handed_out(desk: Desk, page: Path, tmp_path: Path) -> None:
    number = add(desk, page)
    spot = place(desk, content(1))
    whole = spot.read_bytes()
    try:
        flip(spot)
        for _ in range(2):
            with pytest.raises(Refusal) as caught:
                desk.evidence.export(number, tmp_path / "out", examine, **BY)
            assert (caught.value.code, (tmp_path / "out").exists()) == ("evidence_mismatch", False)
            assert desk.evidence.show(number).locked
    finally:
        spot.write_bytes(whole)


def test_a_folder_that_cannot_be_made(desk: Desk, page: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        desk.evidence.export(add(desk, page), page / "out", examine, **BY)
    reads_well(str(caught.value).replace(str(tmp_path), ""))


# ---------------------------------------------------------------- two stations
@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    first = new_desk(tmp_path / "甲", staff=STAFF)
    first.join(CENTRE.file("甲站", hub=LOCAL), actor="张三")
    second = new_desk(tmp_path / "乙")
    second.join(CENTRE.file("乙站", hub=LOCAL, blocks=[(5_001, 10_000)]), actor="李四")
    yield first, second
    first.close()
    second.close()


def carry(one: Desk, other: Desk, path: Path) -> None:
    one.export_bundle(path)
    other.import_bundle(path)
    path.unlink()


def without_files(desk: Desk) -> None:
    for sha256 in kept(desk._workplace).held():
        kept(desk._workplace).discard(sha256)


def test_rows_written_side_by_side_are_a_fork(pair: tuple[Desk, Desk], page: Path, tmp_path: Path) -> None:
    first, second = pair
    stick = tmp_path / "a.ksb"
    number = add(first, page)
    carry(first, second, stick)
    act(first, number, "recheck", reason="甲的复核")
    act(second, number, "recheck", actor="李四", reason="乙的复核")
    carry(first, second, stick)
    carry(second, first, stick)
    assert digest(first) == digest(second)
    for desk in pair:
        item = desk.evidence.show(number)
        assert item.problems == ()
        assert [(row.number, row.forked, row.mark) for row in item.custody] == [
            (1, False, ""), (2, True, ""), (2, True, "")
        ]  # fmt: skip
        assert {row.reason for row in item.custody[1:]} == {"甲的复核", "乙的复核"}
    act(first, number, "recheck", reason="再次复核")
    assert first.evidence.show(number).custody[-1].number == 3
    assert first.evidence.show(number).problems == ()


def test_two_hand_overs_side_by_side_wait_for_a_decision(pair: tuple[Desk, Desk], page: Path, tmp_path: Path) -> None:
    first, second = pair
    stick = tmp_path / "a.ksb"
    number = add(first, page)
    carry(first, second, stick)
    act(first, number, "handover", to_person="李四", reason="调岗")
    act(second, number, "transfer", receiver="某法院", reason="移送")
    carry(second, first, stick)
    item = first.evidence.show(number)
    assert [(row.forked, row.mark) for row in item.custody] == [(False, ""), (True, "待裁决"), (True, "待裁决")]
    assert refused(first, number, "recheck").code == "contested"
    act(first, number, "resolve", actor="王五", choose="left", reason="以先移交的为准")
    item = first.evidence.show(number)
    assert sorted(row.mark for row in item.custody) == ["", "", "未采用"]
    act(first, number, "recheck")
    assert first.evidence.show(number).problems == ()


def test_what_lies_elsewhere_neither_locks_nor_passes(pair: tuple[Desk, Desk], page: Path, tmp_path: Path) -> None:
    first, second = pair
    stick = tmp_path / "a.ksb"
    number = add(first, page)
    carry(first, second, stick)
    without_files(second)
    said = refused(second, number, "handover", to_person="李四", reason="x")
    assert (said.code, "甲站添加" in said.reason) == ("evidence_elsewhere", True)
    found = verify(second, number)
    assert (found.ok, found.locked, found.item.files[0].result) == (True, False, "缺失")
    assert found.notes == ("“页面.pdf”的内容在甲站，本机没有复核",)
    without_files(first)  # which took it in
    assert verify(first, number).locked
