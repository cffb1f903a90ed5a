"""Files beside cases: kept once under their SHA-256, unreadable on the disk, whole or not there, and in the backup."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from db import attachments
from db.attachments import FOLDER, FRAME, Attachments, recorded, stored_name
from db.backup import backup, restore
from db.faults import DataDamage, EnvironmentFault
from db.files import alone_in
from db.snapshot import take
from db.store import Store
from tests.db import toy
from tests.db.conftest import PASSPHRASE

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
PLANTED = "绝密：申请人身份证号 made-up-370100".encode()


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def kept(tmp_path: Path) -> Attachments:
    (tmp_path / "data").mkdir()
    return Attachments(tmp_path / "data", KEY)


def put(kept: Attachments, data: bytes) -> str:
    return kept.put(io.BytesIO(data))[0]


class Dribble(io.BytesIO):
    """A stream that gives little at a time, as a slow stick may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 1_000))


@pytest.mark.parametrize("key", [KEY, None], ids=["sealed", "plain"])
@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 16])
def test_what_goes_in_comes_out(tmp_path: Path, key: bytes | None, size: int) -> None:
    kept, data = Attachments(tmp_path, key), content(size)
    assert kept.put(Dribble(data)) == (name_of(data), size)
    with kept.open(name_of(data)) as source:
        assert source.read() == data
        source.seek(size // 2)
        assert source.read() == data[size // 2 :]
    assert kept.copy_to(name_of(data), tmp_path.parent / f"{tmp_path.name}.out").read_bytes() == data
    assert kept.flaw(name_of(data)) == ""
    assert kept.held() == [name_of(data)]
    assert kept.missing([name_of(data), "0" * 64]) == {"0" * 64}


def test_the_same_content_is_kept_once(kept: Attachments) -> None:
    name = put(kept, b"once")
    (path,) = files(kept.folder)
    before = path.stat()
    assert put(kept, b"once") == name
    assert [(path.stat().st_ino, path.stat().st_mtime_ns)] == [(before.st_ino, before.st_mtime_ns)]
    assert files(kept.folder) == [path]
    assert path.relative_to(kept.folder).as_posix() == f"{name[:2]}/{name}"


def test_nothing_can_be_read_on_the_disk(fresh: Callable[..., Path]) -> None:
    store = Store.open(fresh(cipher=True), PASSPHRASE)
    put(Attachments(store.directory, store.key), PLANTED + content(2 * FRAME) + PLANTED)
    put(Attachments(store.directory, store.key), PLANTED)
    for path in files(store.directory):
        data = path.read_bytes()
        assert not any(PLANTED[at : at + 12] in data for at in range(len(PLANTED) - 12)), path
        if os.name == "posix":
            assert path.stat().st_mode & 0o077 == 0, path
    store.close()
    plain = Attachments(store.directory.parent / "plain", None)
    plain.directory.mkdir()
    put(plain, PLANTED)
    assert PLANTED in files(plain.folder)[0].read_bytes()  # the search finds what is there


def test_two_copies_of_one_content_share_no_byte_of_ciphertext(tmp_path: Path) -> None:
    """Each file has a key of its own: a counter never comes twice under one."""
    made = []
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        put(Attachments(tmp_path / place, KEY), bytes(FRAME))
        made.append(files(tmp_path / place)[0].read_bytes()[41:])
    assert made[0] != made[1]
    assert sum(one == other for one, other in zip(*made, strict=True)) < FRAME / 64


def test_too_large_a_file_leaves_nothing(kept: Attachments) -> None:
    with pytest.raises(EnvironmentFault) as refused:
        kept.put(io.BytesIO(content(3 * FRAME)), most=3 * FRAME - 1)
    assert refused.value.code == "attachment_too_large"
    assert files(kept.directory) == []
    kept.put(io.BytesIO(content(3 * FRAME)), most=3 * FRAME)


def test_what_is_not_what_it_should_be_is_not_kept(kept: Attachments) -> None:
    with pytest.raises(DataDamage):
        kept.put(io.BytesIO(b"something else"), expected=name_of(b"this"))
    assert files(kept.directory) == []
    assert kept.put(io.BytesIO(b"this"), expected=name_of(b"this"))[1] == 4


def test_what_the_disk_changed_is_noticed_before_it_counts(
    kept: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def rot(descriptor: int) -> None:
        fsync(descriptor)
        for path in kept.folder.glob("*.part"):
            with path.open("r+b") as file:
                file.seek(100)
                file.write(b"x")

    monkeypatch.setattr("db.attachments.os.fsync", rot)
    with pytest.raises(DataDamage):
        put(kept, content(1_000))
    assert files(kept.directory) == []


@pytest.mark.parametrize("name", ["", "..", "../../store.db", "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/etc/x"])
def test_a_name_from_elsewhere_leads_nowhere(kept: Attachments, name: str) -> None:
    for use in (kept.has, kept.open, kept.flaw, lambda it: kept.copy_to(it, kept.directory.parent / "out")):
        with pytest.raises(ValueError, match="no SHA-256"):
            use(name)
    assert stored_name(f"{FOLDER}/{name[:2]}/{name}") == ""


def test_the_path_of_a_member_is_taken_literally() -> None:
    name = "ab" + "0" * 62
    assert stored_name(f"attachments/ab/{name}") == name
    for path in (f"attachments/cd/{name}", f"attachments/{name}", f"x/ab/{name}", f"attachments/../ab/{name}", name):
        assert stored_name(path) == ""


def test_every_change_on_the_disk_is_noticed(kept: Attachments, tmp_path: Path) -> None:
    data, other = content(3 * FRAME + 100), content(3 * FRAME + 100, 2)
    name, twin = put(kept, data), put(kept, other)
    path, second = kept.folder / name[:2] / name, kept.folder / twin[:2] / twin
    whole = path.read_bytes()
    frame = FRAME + 16
    head = whole[:41]
    chance = random.Random(5)
    changes = [whole[:cut] for cut in (0, 8, 41, 41 + frame, 41 + 3 * frame, 41 + 3 * frame + 16, len(whole) - 1)]
    changes += [whole + b"x", whole + bytes(frame), second.read_bytes()]
    changes += [head + whole[41 + frame : 41 + 2 * frame] + whole[41 : 41 + frame] + whole[41 + 2 * frame :]]
    for _ in range(200):
        at = chance.randrange(len(whole))
        changes.append(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
    target = tmp_path / "out"
    target.write_bytes(b"earlier")
    for change in changes:
        path.write_bytes(change)
        assert "已损坏" in kept.flaw(name)
        with pytest.raises(DataDamage):
            kept.copy_to(name, target)
        assert target.read_bytes() == b"earlier"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "out"]
    for change in changes[:7]:  # also by whoever reads on without asking for the hash in the end
        path.write_bytes(change)
        with pytest.raises(DataDamage), kept.open(name) as source:
            source.read()
    assert put(kept, data) == name  # what went bad is healed by whoever has it
    assert kept.flaw(name) == ""


def test_another_key_opens_nothing(kept: Attachments) -> None:
    name = put(kept, b"words")
    assert Attachments(kept.directory, bytes(32)).flaw(name)
    assert Attachments(kept.directory, None).flaw(name)


def test_a_copy_goes_only_where_it_does_no_harm(kept: Attachments, tmp_path: Path) -> None:
    name = put(kept, b"words")
    (kept.directory / "store.db").write_bytes(b"the store")
    inside = (kept.directory / "store.db", kept.folder / "x", kept.directory / ".." / "data" / "y")
    for target in (*inside, tmp_path, tmp_path / "none" / "x"):
        with pytest.raises(EnvironmentFault) as refused:
            kept.copy_to(name, target)
        assert refused.value.code == "unfit_target"
    assert (kept.directory / "store.db").read_bytes() == b"the store"
    with pytest.raises(EnvironmentFault) as missing:
        kept.copy_to("0" * 64, tmp_path / "out")
    assert missing.value.code == "missing_attachment"
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_many_may_put_at_once(kept: Attachments) -> None:
    contents = [content(FRAME + number, number % 5) for number in range(5)] * 4
    threads = [threading.Thread(target=put, args=(kept, data)) for data in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.held() == sorted({name_of(data) for data in contents})
    assert not any(map(kept.flaw, kept.held()))
    assert len(files(kept.directory)) == 5


def test_one_who_must_wait_too_long_is_told(kept: Attachments, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.folder.mkdir()
    monkeypatch.setattr("db.files._PATIENCE", 0.0)
    with alone_in(kept.folder), pytest.raises(EnvironmentFault, match="正在存放附件"):
        put(kept, b"words")


# ---------------------------------------------------------------- killed
PUTTING = """
import io, sys
from pathlib import Path
from db.attachments import Attachments
kept = Attachments(Path(sys.argv[1]), bytes(range(32)))
number = 0
while True:
    name, _ = kept.put(io.BytesIO(number.to_bytes(8, "big") * 200_000))
    print(name, flush=True)
    number += 1
"""


def _killed(kept: Attachments, trials: int) -> int:
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    chance = random.Random(seed)
    halves = 0
    for _ in range(trials):
        child = subprocess.Popen(
            [sys.executable, "-c", PUTTING, str(kept.directory)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        with child:
            said = [child.stdout.readline().strip() for _ in range(chance.randint(1, 3))]
            deadline = time.perf_counter() + chance.random() * 0.02
            while time.perf_counter() < deadline:
                pass
            child.kill()
            said += [line.strip() for line in child.stdout if line.endswith("\n")]
        assert set(said) <= set(kept.held())
        assert [name for name in kept.held() if kept.flaw(name)] == []
        halves += any(path.suffix == ".part" for path in files(kept.directory))
        put(kept, b"next")
        assert {path.name for path in files(kept.directory)} == set(kept.held())
    return halves


def test_killed_at_any_moment_it_keeps_whole_files_only(kept: Attachments) -> None:
    assert _killed(kept, 12) > 0  # some were killed in the middle of a file


@pytest.mark.long
def test_killed_at_any_moment_it_keeps_whole_files_only_long(kept: Attachments) -> None:
    assert _killed(kept, 300) > 0


# ---------------------------------------------------------------- the journal, backups
def test_the_events_are_found_without_looking_through_the_journal(store: Store) -> None:
    chance = random.Random(1)
    with store.write() as tx:
        tx.append([toy.draft(number, chance) for number in range(50)])
        tx.append([
            toy.draft(1, chance, type="case.attached", payload={"sha256": "a" * 64, "name": "说明书.pdf"}),
            toy.draft(2, chance, type="case.attached", payload={"sha256": "../../x", "name": "y"}),
            toy.draft(3, chance, type="case.attached", payload={"name": "z"}),
        ])  # fmt: skip
        assert [(one.seq, one.sha256, one.name) for one in recorded(tx)] == [(51, "a" * 64, "说明书.pdf")]
        plan = tx.rows(f"EXPLAIN QUERY PLAN {attachments._RECORDED}")
    assert "journal_attached" in plan[0][3]


@pytest.fixture
def saved(fresh: Callable[..., Path], tmp_path: Path) -> Path:
    store = Store.open(fresh(cipher=True), PASSPHRASE)
    for seed in range(3):
        put(Attachments(store.directory, store.key), content(FRAME, seed))
    seen: list[tuple[int, int]] = []
    backup(store, tmp_path / "a.ksbak", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    take(store.directory, store.key, tmp_path / "bare.ksbak", attachments=False)
    store.close()
    return tmp_path / "a.ksbak"


def test_a_backup_brings_them_back(saved: Path, tmp_path: Path) -> None:
    store = restore(saved, tmp_path / "new", PASSPHRASE)
    back = Attachments(store.directory, store.key)
    assert back.held() == sorted(name_of(content(FRAME, seed)) for seed in range(3))
    assert not any(map(back.flaw, back.held()))
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o077 == 0 for path in files(back.folder))
    store.close()


def test_a_backup_without_any_is_restored(saved: Path, tmp_path: Path) -> None:
    """As older programs made them."""
    store = restore(tmp_path / "bare.ksbak", tmp_path / "new", PASSPHRASE)
    assert not (tmp_path / "new" / FOLDER).exists()
    store.close()


def _repacked(saved: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return saved


def test_members_lead_nowhere_else(saved: Path, tmp_path: Path) -> None:
    evil = {f"attachments/../{'ab' + '0' * 62}": b"x", "attachments/ab/../../../evil": b"x", "/nowhere/evil": b"x",
            f"{FOLDER}/cd/{'ab' + '0' * 62}": b"x", f"{FOLDER}/note.txt": b"x"}  # fmt: skip
    restore(_repacked(saved, lambda members: members.update(evil)), tmp_path / "new", PASSPHRASE).close()
    assert not any("evil" in path.name or path.name.startswith("ab0") for path in files(tmp_path))
    assert len(files(tmp_path / "new" / FOLDER)) == 3


def test_a_member_that_swells_is_refused(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.backup.MOST_STORED", 2 * FRAME)
    name = f"{FOLDER}/ab/{'ab' + '0' * 62}"
    with pytest.raises(DataDamage):
        restore(_repacked(saved, lambda members: members.update({name: bytes(4 * FRAME)})), tmp_path / "n", PASSPHRASE)
    assert not (tmp_path / "n").exists()


def test_a_damaged_backup_is_refused_and_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        place = archive.infolist()[-1].header_offset + 1_000
    data = bytearray(saved.read_bytes())
    data[place] ^= 1
    saved.write_bytes(data)
    with pytest.raises(DataDamage):
        restore(saved, tmp_path / "new", PASSPHRASE)
    assert not (tmp_path / "new").exists()


def test_a_wrong_passphrase_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault):
        restore(saved, tmp_path / "new", "wrong")
    assert not (tmp_path / "new").exists()


def test_what_a_killed_restore_left_is_cleared_and_nothing_else(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "half" / FOLDER / "ab").mkdir(parents=True)
    (tmp_path / "half" / FOLDER / "ab" / "half").write_bytes(b"x")
    with pytest.raises(EnvironmentFault) as refused:  # without the mark of a restore it may be somebody's only copy
        restore(saved, tmp_path / "half", PASSPHRASE)
    assert refused.value.code == "not_empty"
    assert (tmp_path / "half" / FOLDER / "ab" / "half").exists()
    (tmp_path / "half" / "store.db.part").write_bytes(b"x")
    restore(saved, tmp_path / "half", PASSPHRASE).close()
    assert len(files(tmp_path / "half" / FOLDER)) == 3


def test_content_that_had_gone_bad_does_not_keep_the_journal_from_coming_back(
    fresh: Callable[..., Path], tmp_path: Path
) -> None:
    store = Store.open(fresh(cipher=True), PASSPHRASE)
    name = put(Attachments(store.directory, store.key), b"words")
    (store.directory / FOLDER / name[:2] / name).write_bytes(b"rot")
    backup(store, tmp_path / "a.ksbak")
    store.close()
    back = restore(tmp_path / "a.ksbak", tmp_path / "new", PASSPHRASE)
    assert "已损坏" in Attachments(back.directory, back.key).flaw(name)
    back.close()
