"""Quality row 14: a backup taken while others write is whole, and what comes out of it is a new incarnation."""

from __future__ import annotations

import random
import shutil
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from db import cases, local
from db.backup import backup, restore
from db.connection import connect
from db.faults import DataDamage, EnvironmentFault
from db.journal import Reader
from db.store import Store
from db.verify import verify
from tests.db import toy
from tests.db.conftest import PASSPHRASE


def _under_load(fresh: Callable[..., Path], tmp_path: Path, seed: int, *, cipher: bool) -> None:
    directory = fresh(f"live-{seed}", cipher=cipher)
    store = Store.open(directory, PASSPHRASE, cipher=cipher)
    chance = random.Random(seed)
    acknowledged = 0
    started, stop = threading.Event(), threading.Event()

    def work() -> None:
        nonlocal acknowledged
        while not stop.is_set():
            with store.write() as tx:
                toy.record(tx, [toy.draft(acknowledged + n, chance) for n in range(5)])
            acknowledged += 5
            if acknowledged >= 50:
                started.set()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        started.wait(30)
        before = acknowledged
        seen: list[tuple[int, int]] = []
        target = tmp_path / f"{seed}.ksbak"
        manifest = backup(store, target, lambda done, total: seen.append((done, total)))
    finally:
        stop.set()
        writer.join()
    assert before <= manifest["events"] <= acknowledged
    assert seen[-1][0] == seen[-1][1] > 0
    restored = restore(target, tmp_path / f"restored-{seed}", PASSPHRASE, cipher=cipher)
    with restored.read() as reader:
        assert reader.count() == manifest["events"]
        assert verify(reader) == []
        numbers = [event.payload["n"] for event in toy.events(reader)]
        assert numbers == list(range(len(numbers)))
    assert restored.station != store.station
    assert restored.station_name == store.station_name
    with restored.write() as tx:
        assert toy.rebuilt_equals(tx, tx)
        (event,) = toy.record(tx, [toy.draft(10**6, chance)])
        assert (event.station, event.seq) == (restored.station, 1)
        assert verify(tx) == []
    with store.write() as tx:  # the old incarnation goes on undisturbed
        tx.append([toy.draft(acknowledged, chance)])
        assert verify(tx) == []
    store.close()
    restored.close()


@pytest.mark.parametrize(("seed", "cipher"), [(1, False), (2, True), (3, True)])
def test_backup_under_load(fresh: Callable[..., Path], tmp_path: Path, seed: int, cipher: bool) -> None:
    _under_load(fresh, tmp_path, seed, cipher=cipher)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(50))
def test_backup_under_load_long(fresh: Callable[..., Path], tmp_path: Path, seed: int) -> None:
    _under_load(fresh, tmp_path, seed, cipher=seed % 2 == 0)


def test_control_copying_the_file_without_its_log_loses_data(fresh: Callable[..., Path], tmp_path: Path) -> None:
    store = Store.open(fresh(), PASSPHRASE, cipher=False)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(4)) for n in range(20)])
    shutil.copy(store.path, tmp_path / "copy.db")
    driver = connect(tmp_path / "copy.db", None)
    assert Reader(driver).count() < 20
    driver.close()
    store.close()


@pytest.fixture
def saved(fresh: Callable[..., Path], tmp_path: Path) -> Path:
    store = Store.open(fresh(cipher=True), PASSPHRASE)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(4)) for n in range(30)])
        local.save_draft(tx, "case-001", "opinion", {"text": "未发出"}, "2026-03-02")
    backup(store, tmp_path / "a.ksbak")
    store.close()
    return tmp_path / "a.ksbak"


def test_what_is_in_a_backup(saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        assert sorted(archive.namelist()) == ["keyring.json", "manifest.json", "store.db"]
        manifest = orjson.loads(archive.read("manifest.json"))
        assert "一种".encode() not in archive.read("store.db")
        assert not archive.read("store.db").startswith(b"SQLite format 3")
    assert manifest["events"] == 30
    assert [chain["seq"] for chain in manifest["chains"].values()] == [30]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ksbak", "data"]  # nothing half-made beside it
    store = restore(saved, tmp_path / "new", PASSPHRASE)
    with store.read() as reader:
        assert local.draft(reader, "case-001", "opinion") is not None
        assert cases.count(reader, cases.CaseFilter("preexam", "all")) > 0
    store.close()
    again = Store.open(tmp_path / "new", PASSPHRASE)
    assert again.station == store.station
    again.close()


def test_restore_refuses_with_a_reason_and_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    for directory, file, passphrase, code in (
        ("full", saved, PASSPHRASE, "not_empty"),
        ("new", saved, "wrong", "wrong_passphrase"),
        ("new", tmp_path / "none.ksbak", PASSPHRASE, "missing_backup"),
    ):
        with pytest.raises(EnvironmentFault) as refused:
            restore(file, tmp_path / directory, passphrase)
        assert refused.value.code == code
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_backup_is_refused(saved: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(saved.read_bytes())
    if seed % 4 == 0:
        content = content[: chance.randrange(len(content))]
    else:
        # Past the head of the first member; names and times in a zip's directory carry no meaning of ours.
        place = chance.randrange(1_000, len(content) - 4_000)
        content[place : place + 16] = bytes(byte ^ 0x5A for byte in content[place : place + 16])
    saved.write_bytes(content)
    with pytest.raises(DataDamage):
        restore(saved, tmp_path / "new", PASSPHRASE)
    assert not (tmp_path / "new").exists()


def test_a_forged_journal_is_not_restored(fresh: Callable[..., Path], tmp_path: Path) -> None:
    """The checksum in the manifest guards against accidents; the chain is what is believed."""
    store = Store.open(fresh(), PASSPHRASE, cipher=False)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(4)) for n in range(5)])
    driver = connect(store.path, None)
    driver.execute("DROP TRIGGER journal_no_delete")
    driver.execute("DELETE FROM journal WHERE seq = 5")
    driver.close()
    backup(store, tmp_path / "forged.ksbak")
    store.close()
    with pytest.raises(DataDamage, match="末尾记录缺失"):
        restore(tmp_path / "forged.ksbak", tmp_path / "new", PASSPHRASE, cipher=False)


def _repacked(saved: Path, target: Path, change: Callable[[dict[str, bytes]], None], **options: Any) -> Path:
    """The same backup with other members, its manifest made to agree."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w", options.pop("packed", zipfile.ZIP_DEFLATED)) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def _manifest(members: dict[str, bytes], **changes: Any) -> None:
    members["manifest.json"] = orjson.dumps({**orjson.loads(members["manifest.json"]), **changes})


BOMB = bytes(8 * 2**20)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda members: members.update({"store.db": BOMB}), id="more than the manifest says"),
        pytest.param(lambda members: members.update({"keyring.json": BOMB}), id="a keyring that swells"),
        pytest.param(lambda members: members.update({"manifest.json": BOMB}), id="a manifest that swells"),
        pytest.param(lambda members: _manifest(members, bytes="8"), id="a size that is none"),
        pytest.param(lambda members: members.update({"manifest.json": b"[]"}), id="a manifest that is a list"),
        pytest.param(lambda members: members.pop("store.db"), id="no store"),
        pytest.param(lambda members: members.pop("keyring.json"), id="no keyring"),
    ],
)
def test_a_backup_that_swells_is_refused_before_it_is_unpacked(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, bytes]], None]
) -> None:
    monkeypatch.setattr("db.backup.shutil.copyfileobj", lambda *_: pytest.fail("it was unpacked all the same"))
    with pytest.raises(DataDamage):
        restore(_repacked(saved, tmp_path / "b.ksbak", change), tmp_path / "new", PASSPHRASE)
    assert not (tmp_path / "new").exists()


def test_a_store_beyond_all_bounds_is_refused(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bounds:
        bounds.setattr("db.backup.MOST_BYTES", 1_000)
        with pytest.raises(DataDamage):
            restore(saved, tmp_path / "new", PASSPHRASE)
    with monkeypatch.context() as bounds:
        bounds.setattr("db.backup.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
        with pytest.raises(EnvironmentFault) as full:
            restore(saved, tmp_path / "new", PASSPHRASE)
        assert full.value.code == "disk_full"
    assert not (tmp_path / "new").exists()
    restore(saved, tmp_path / "new", PASSPHRASE).close()


def test_a_backup_packed_in_another_way_is_refused(saved: Path, tmp_path: Path) -> None:
    other = _repacked(saved, tmp_path / "b.ksbak", lambda _: None, packed=zipfile.ZIP_LZMA)
    with pytest.raises(DataDamage):
        restore(other, tmp_path / "new", PASSPHRASE)
    restore(_repacked(saved, tmp_path / "c.ksbak", lambda _: None), tmp_path / "new", PASSPHRASE).close()


def test_a_backup_of_a_newer_program_says_so(saved: Path, tmp_path: Path) -> None:
    target = _repacked(saved, tmp_path / "b.ksbak", lambda members: _manifest(members, format=2, bytes=None))
    with pytest.raises(EnvironmentFault) as newer:
        restore(target, tmp_path / "new", PASSPHRASE)
    assert newer.value.code == "newer_backup"


def test_what_cannot_be_cleared_does_not_hide_what_went_wrong(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def stuck(path: Path, missing_ok: bool = False) -> None:
        if path.name.startswith("store.db"):
            raise PermissionError(13, "still open elsewhere")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", stuck)
    with pytest.raises(EnvironmentFault) as refused:
        restore(saved, tmp_path / "new", "wrong")
    assert refused.value.code == "wrong_passphrase"
