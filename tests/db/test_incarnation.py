"""Who writes: copies become somebody else, and what two wrote as one is recorded again under one's own name."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from db import incarnation, quarantine
from db.envelope import Draft, digest
from db.ingest import take_in
from db.quarantine import REWRITTEN
from db.store import Store
from db.verify import verify
from tests.db import toy
from tests.db.authors import Author
from tests.db.conftest import PASSPHRASE


def drafts(*streams: str, **payload: object) -> list[Draft]:
    chance = random.Random(1)
    return [toy.draft(n, chance, stream=stream, payload={"n": n, **payload}) for n, stream in enumerate(streams)]


def test_a_new_incarnation_begins_its_own_chain(store: Store) -> None:
    with store.write() as tx:
        before = tx.append(drafts("case/1", "case/1"))
        former = tx.station
        assert incarnation.own(tx) == (former,)
        fresh = incarnation.renew(tx)
        after = tx.append(drafts("case/1"))
    assert [(one.station, one.seq) for one in (*before, *after)] == [(former, 1), (former, 2), (fresh, 1)]
    assert after[0].parents == (before[1].hash,)
    with store.write() as tx:
        assert incarnation.own(tx) == (former, fresh)
        assert tx.station == store.station == fresh
        incarnation.renew(tx)
        assert incarnation.own(tx)[:2] == (former, fresh)
        assert len(incarnation.own(tx)) == 3
        assert verify(tx) == []


def test_a_copy_is_noticed_and_a_renamed_folder_is_none(fresh: Callable[..., Path], tmp_path: Path) -> None:
    folder = fresh("here")
    store = Store.open(folder, PASSPHRASE, cipher=False)
    with store.write() as tx:
        assert not incarnation.was_moved(tx, folder)  # nobody noted where it began
        incarnation.remember_place(tx, folder)
    with store.read() as reader:
        assert not incarnation.was_moved(reader, folder)
    store.close()
    shutil.copytree(folder, tmp_path / "copy")
    folder.rename(tmp_path / "there")
    for path, moved in ((tmp_path / "copy", True), (tmp_path / "there", False)):
        store = Store.open(path, PASSPHRASE, cipher=False)
        with store.write() as tx:
            assert incarnation.was_moved(tx, path) is moved
            incarnation.remember_place(tx, path)
            assert not incarnation.was_moved(tx, path)
        store.close()


def test_the_same_file_put_back_is_another_file(fresh: Callable[..., Path], tmp_path: Path) -> None:
    folder = fresh("here")
    store = Store.open(folder, PASSPHRASE, cipher=False)
    with store.write() as tx:
        incarnation.remember_place(tx, folder)
    store.close()
    shutil.copy(folder / "store.db", tmp_path / "kept")
    shutil.copy(tmp_path / "kept", folder / "store.new")
    (folder / "store.new").replace(folder / "store.db")
    store = Store.open(folder, PASSPHRASE, cipher=False)
    with store.read() as reader:
        assert incarnation.was_moved(reader, folder)
    store.close()


def test_where_two_chains_part(store: Store) -> None:
    with store.write() as tx:
        hashes = [one.hash for one in tx.append(drafts(*["case/1"] * 5))]
        station = tx.station
        assert incarnation.divergence(tx, station, 1, hashes) is None
        assert incarnation.divergence(tx, station, 1, [*hashes, "f" * 64]) is None  # beyond what is here
        assert incarnation.divergence(tx, station, 3, [*hashes[2:4], "f" * 64]) == 5
        assert incarnation.divergence(tx, "f" * 32, 1, hashes) is None


def test_recorded_again_with_the_same_content(store: Store) -> None:
    other = Author("e")
    beside = other.write("case/1", n="beside")
    with store.write() as tx:
        take_in(tx, other.events, "")
        shared = tx.append(drafts("case/1", "case/2"))
        tail = tx.append(drafts("case/2", "case/1", "case/3", "case/2"))
        station, before = tx.station, toy.events(tx)
        assert not incarnation.others_build_on(tx, station, 3)
        assert [one.hash for one in tx.stream("case/1")] == [beside.hash, shared[0].hash, tail[1].hash]
        fresh = incarnation.renew(tx)
        again = incarnation.record_again(tx, station, 3)
    assert [one.station for one in again] == [fresh] * 4
    assert [one.seq for one in again] == [1, 2, 3, 4]
    for old, new in zip(tail, again, strict=True):
        assert new._replace(station="", seq=0, parents=(), prev_hash="", hash="") == old._replace(
            station="", seq=0, parents=(), prev_hash="", hash=""
        )
        assert digest(new) == new.hash
    assert [one.parents for one in again] == [(shared[1].hash,), (shared[0].hash,), (), (again[0].hash,)]
    with store.read() as reader:
        assert reader.vector() == {other.station: 1, station: 2, fresh: 4}
        assert reader.count() == len(before)
        assert reader.heads("case/1") == (again[1].hash,)
        assert reader.heads("case/2") == (again[3].hash,)
        assert verify(reader) == []
        aside = quarantine.listed(reader)
        assert sorted((one.seq, one.kind, one.hash) for one in aside) == [
            (one.seq, REWRITTEN, one.hash) for one in tail
        ]
        assert quarantine.count(reader) == 0  # nothing that anybody need look at
    with pytest.raises(Exception, match="append-only"), store.write() as tx:
        tx.run("DELETE FROM journal")


def test_what_names_an_event_names_it_by_its_new_name(store: Store) -> None:
    """As a decision does that says which events count."""
    with store.write() as tx:
        first = tx.append(drafts("case/1", "case/1"))
        told = {"set_aside": [first[1].hash], "kept": [first[0].hash, "f" * 64], "deep": {"a": [first[1].hash]}}
        tx.append(drafts("case/1", **told))
        station = tx.station
        incarnation.renew(tx)
        again = incarnation.record_again(tx, station, 2)
    assert again[1].payload == {
        "n": 0,
        "set_aside": [again[0].hash],
        "kept": [first[0].hash, "f" * 64],
        "deep": {"a": [again[0].hash]},
    }
    with store.read() as reader:
        assert verify(reader) == []


def test_side_heads_after_recording_again(store: Store) -> None:
    other = Author("e")
    root = other.write("case/1")
    with store.write() as tx:
        take_in(tx, other.events, "")
        mine = tx.append(drafts("case/1"))[0]
    theirs = other.write("case/1", (root.hash,))
    with store.write() as tx:
        take_in(tx, other.events, "")
        assert set(tx.heads("case/1")) == {mine.hash, theirs.hash}
        station = tx.station
        incarnation.renew(tx)
        (again,) = incarnation.record_again(tx, station, 1)
        assert set(tx.heads("case/1")) == {again.hash, theirs.hash}
        assert verify(tx) == []
        assert tx.append(drafts("case/1"))[0].parents == tx.stream("case/1")[-1].parents


def test_somebody_elses_work_on_it_is_noticed(store: Store) -> None:
    other = Author("e")
    with store.write() as tx:
        mine = tx.append(drafts("case/1", "case/2"))
        other.write("case/1", (mine[0].hash,))
        take_in(tx, other.events, "")
        assert incarnation.others_build_on(tx, tx.station, 1)
        assert not incarnation.others_build_on(tx, tx.station, 2)
