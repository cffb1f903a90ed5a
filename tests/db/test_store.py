from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from db.backup import backup, restore
from db.connection import connect
from db.envelope import FIRST, Draft
from db.faults import DataDamage, EnvironmentFault
from db.store import Store
from db.verify import verify
from tests.db import toy
from tests.db.conftest import PASSPHRASE


def _drafts(number: int, **changes: object) -> list[Draft]:
    chance = random.Random(number)
    return [toy.draft(n, chance, **changes) for n in range(number)]


def test_append_chains_and_reads_back(store: Store) -> None:
    with store.write() as tx:
        first = tx.append(_drafts(3, stream="one"))
    with store.write() as tx:
        second = tx.append(_drafts(5))
        assert tx.count() == 8  # a transaction sees what it wrote
    envelopes = first + second
    assert [e.seq for e in envelopes] == list(range(1, 9))
    assert [e.prev_hash for e in envelopes] == [FIRST, *(e.hash for e in envelopes[:-1])]
    assert [e.parents for e in first] == [(), (first[0].hash,), (first[1].hash,)]
    assert [e.hlc for e in envelopes] == sorted({e.hlc for e in envelopes})
    with store.read() as reader:
        assert toy.events(reader) == envelopes
        assert reader.stream("one") == first
        assert reader.count() == 8
        assert verify(reader) == []


def test_one_long_append_equals_many_short_ones(store: Store) -> None:
    drafts = _drafts(60)
    with store.write() as tx:
        long = tx.append(drafts)
    parents: dict[str, tuple[str, ...]] = {}
    for event in long:
        assert event.parents == parents.get(event.stream, ())
        parents[event.stream] = (event.hash,)
    with store.read() as reader:
        assert all(reader.heads(stream) == heads for stream, heads in parents.items())


def test_heads_follow_what_the_author_had_seen(store: Store) -> None:
    with store.write() as tx:
        (root,) = tx.append(_drafts(1, stream="s"))
        (left,) = tx.append(_drafts(1, stream="s"))
        (right,) = tx.append(_drafts(1, stream="s", parents=(root.hash,)))
        assert set(tx.heads("s")) == {left.hash, right.hash}
    with store.write() as tx:  # the next one has seen both, also in the middle of a long append
        last = tx.append([*_drafts(4), *_drafts(1, stream="s"), *_drafts(1, stream="t")])
        joined = next(e for e in last if e.stream == "s")
        assert set(joined.parents) == {left.hash, right.hash}
        assert tx.heads("s") == (joined.hash,)
        assert verify(tx) == []


def test_parents_must_be_events_of_the_stream(store: Store) -> None:
    with store.write() as tx:
        (other,) = tx.append(_drafts(1, stream="other"))
    for parent in (other.hash, "f" * 64):
        with pytest.raises(ValueError, match="not an event"), store.write() as tx:
            tx.append(_drafts(1, stream="s", parents=(parent,)))


def test_an_exception_undoes_everything(store: Store) -> None:
    def broken() -> None:
        with store.write() as tx:
            toy.record(tx, _drafts(5))
            raise LookupError

    with pytest.raises(LookupError):
        broken()
    with store.write() as tx:
        assert tx.count() == 0
        assert tx.rows("SELECT 1 FROM cases UNION SELECT 1 FROM chains") == []
        assert tx.append(_drafts(1))[0].seq == 1


def test_no_transaction_within_another(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError), store.write():
        pass
    with store.write() as tx:
        tx.append(_drafts(1))


def test_a_reader_keeps_its_moment(store: Store) -> None:
    with store.read() as reader:
        assert reader.count() == 0
        with store.write() as tx:
            tx.append(_drafts(2))
        assert reader.count() == 0
    with store.read() as reader:
        assert reader.count() == 2


def test_data_version_moves_with_our_own_commits_and_with_others(store: Store) -> None:
    seen = [store.data_version()]
    assert store.data_version() == seen[0]
    with store.write() as tx:
        tx.append(_drafts(1))
    seen.append(store.data_version())
    other = Store.open(store.directory, PASSPHRASE, cipher=False)
    with other.write() as tx:
        tx.append(_drafts(1))
    other.close()
    seen.append(store.data_version())
    assert len(set(seen)) == 3


def test_two_windows_take_turns(store: Store) -> None:
    """Threads of one store and another connection, as of a second process, write into one unbroken chain."""
    other = Store.open(store.directory, PASSPHRASE, cipher=False)
    problems: list[BaseException] = []

    def work(mine: Store) -> None:
        try:
            for _ in range(10):
                with mine.write() as tx:
                    tx.append(_drafts(2))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in (store, store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert problems == []
    with store.read() as reader:
        assert reader.count() == 60
        assert verify(reader) == []


def test_settings_on_which_the_promises_rest(fresh: Callable[..., Path]) -> None:
    store = Store.open(fresh(cipher=True), PASSPHRASE)
    with store.read() as reader:
        values = {
            name: str(reader.value(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys", "trusted_schema",
                         "temp_store")
        }  # fmt: skip
    store.close()
    assert values == {
        "journal_mode": "wal", "synchronous": "2", "recursive_triggers": "1", "foreign_keys": "1",
        "trusted_schema": "0", "temp_store": "2",
    }  # fmt: skip



@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE journal SET actor = '李四' WHERE seq = 2",
        "UPDATE OR REPLACE journal SET seq = 1 WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 2",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 2",
        # each of the three keys alone: ordinal, (station, seq), hash
        "INSERT OR REPLACE INTO journal SELECT ordinal, 'x', seq, hlc, stream, parents, type, version, actor, role,"
        " occurred_on, basis, payload, prev_hash, 'h' FROM journal WHERE seq = 2",
        "INSERT OR REPLACE INTO journal SELECT 99, station, seq, hlc, stream, parents, type, version, actor, role,"
        " occurred_on, basis, payload, prev_hash, 'h' FROM journal WHERE seq = 2",
        "INSERT OR REPLACE INTO journal SELECT 99, 'x', seq, hlc, stream, parents, type, version, actor, role,"
        " occurred_on, basis, payload, prev_hash, hash FROM journal WHERE seq = 2",
        "REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
    ],
)
def test_the_journal_is_append_only(store: Store, attack: str, recursive: str) -> None:
    with store.write() as tx:
        tx.append(_drafts(3))
    driver = connect(store.path, None)
    driver.execute(f"PRAGMA recursive_triggers = {recursive}")  # refusing the key first holds without it too
    with pytest.raises(Exception, match="append-only"):
        driver.execute(attack)
    driver.close()


def test_control_replace_slips_past_the_delete_trigger_alone(store: Store) -> None:
    with store.write() as tx:
        tx.append(_drafts(3))
    attack = "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 2"
    driver = connect(store.path, None)
    driver.execute("DROP TRIGGER journal_no_replace")
    with pytest.raises(Exception, match="append-only"):
        driver.execute(attack)
    driver.execute("PRAGMA recursive_triggers = OFF")
    driver.execute(attack)
    driver.close()


def test_opening_says_what_is_wrong(fresh: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as missing:
        Store.open(tmp_path / "nowhere", PASSPHRASE)
    assert missing.value.code == "missing_store"
    sealed = fresh("sealed", cipher=True)
    with pytest.raises(EnvironmentFault) as wrong:
        Store.open(sealed, "another")
    assert wrong.value.code == "wrong_passphrase"
    with pytest.raises(EnvironmentFault) as exists:
        Store.create(sealed, PASSPHRASE, station_name="乙")
    assert exists.value.code == "store_exists"
    (sealed / "store.db").write_bytes((fresh("other", cipher=False) / "store.db").read_bytes())
    with pytest.raises(DataDamage):
        Store.open(sealed, PASSPHRASE)
    (sealed / "keyring.json").write_text("{}")
    with pytest.raises(DataDamage):
        Store.open(sealed, PASSPHRASE)
    (sealed / "keyring.json").unlink()
    with pytest.raises(EnvironmentFault) as no_keys:
        Store.open(sealed, PASSPHRASE)
    assert no_keys.value.code == "missing_keyring"


def test_creation_that_was_killed_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "store.db.part").write_bytes(b"half")
    (tmp_path / "store.db.part-journal").write_bytes(b"half")
    store = Store.create(tmp_path, PASSPHRASE, station_name="甲", cipher=False)
    assert store.station_name == "甲"
    store.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["store.db"]


def test_a_locked_and_a_full_and_a_read_only_store_are_the_environments_fault(store: Store) -> None:
    from sqlcipher3 import dbapi2

    blocker = connect(store.path, None)
    blocker.execute("BEGIN IMMEDIATE")
    with store.read() as reader:
        reader.driver.execute("PRAGMA busy_timeout = 1")
    with pytest.raises(EnvironmentFault) as locked, store.write():
        pass
    assert locked.value.code == "store_locked"
    blocker.execute("ROLLBACK")
    blocker.close()
    with store.read() as reader:
        reader.driver.execute("PRAGMA busy_timeout = 5000")
        pages = reader.value("PRAGMA page_count")
        reader.driver.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(EnvironmentFault) as full, store.write() as tx:
        tx.append(_drafts(2_000))
    assert full.value.code == "disk_full"
    with store.read() as reader:
        assert reader.count() == 0
        reader.driver.execute("PRAGMA max_page_count = 1000000")
        reader.driver.execute("PRAGMA query_only = ON")
    with pytest.raises(EnvironmentFault) as read_only, store.write() as tx:
        tx.append(_drafts(1))
    assert read_only.value.code == "read_only"
    assert issubclass(dbapi2.OperationalError, Exception)


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
@pytest.mark.parametrize("made_before", [False, True])
def test_only_its_owner_may_read_a_store(tmp_path: Path, made_before: bool) -> None:
    directory = tmp_path / "data"
    if made_before:
        directory.mkdir(mode=0o755)
    mask = os.umask(0)
    try:
        store = Store.create(directory, PASSPHRASE, station_name="甲")
        with store.write() as tx:
            toy.record(tx, [toy.draft(1, random.Random(1))])
        backup(store, tmp_path / "a.ksbak")
        restored = restore(tmp_path / "a.ksbak", tmp_path / "restored", PASSPHRASE)
    finally:
        os.umask(mask)
    modes = {path.name: path.stat().st_mode & 0o777 for path in directory.iterdir()}
    assert set(modes) >= {"store.db", "store.db-wal", "store.db-shm", "keyring.json"}
    assert set(modes.values()) == {0o600}
    assert {path.stat().st_mode & 0o777 for path in restored.directory.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (directory, restored.directory)} == {0o700}
    assert (tmp_path / "a.ksbak").stat().st_mode & 0o777 == 0o600
    store.close()
    restored.close()


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
def test_a_folder_that_others_use_too_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "theirs.txt").write_text("x")
    store = Store.create(tmp_path / "shared", "", station_name="甲", cipher=False)
    store.close()
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "shared" / "store.db").stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_case_is_readable_in_the_files(fresh: Callable[..., Path]) -> None:
    directory = fresh(cipher=True)
    store = Store.open(directory, PASSPHRASE)
    with store.write() as tx:
        toy.record(tx, [toy.draft(n, random.Random(n), actor=f"明文姓名{n}") for n in range(50)])
    everything = b"".join(path.read_bytes() for path in directory.iterdir())
    assert len(everything) > 100_000
    for planted in ("明文姓名", "一种", "case-0", "toy.moved"):
        assert planted.encode() not in everything
    store.close()


def test_alembic_stays_out_of_an_ordinary_start(fresh: Callable[..., Path]) -> None:
    directory = fresh()
    code = (
        "import sys; from pathlib import Path; from db.store import Store;"
        f"Store.open(Path({str(directory)!r}), '', cipher=False).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0
