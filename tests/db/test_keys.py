from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from db.faults import DataDamage, EnvironmentFault
from db.keys import Keyring
from db.store import Store
from tests.db.conftest import PASSPHRASE

CHEAP = {"time": 1, "memory_kib": 64, "lanes": 1}


def test_a_new_passphrase_opens_what_the_old_one_did(fresh: Callable[..., Path]) -> None:
    directory = fresh(cipher=True)
    store = Store.open(directory, PASSPHRASE)
    station = store.station
    store.change_passphrase(PASSPHRASE, "另一个 passphrase")
    store.close()
    with pytest.raises(EnvironmentFault) as wrong:
        Store.open(directory, PASSPHRASE)
    assert wrong.value.code == "wrong_passphrase"
    again = Store.open(directory, "另一个 passphrase")
    assert again.station == station
    again.close()


def test_each_holder_has_an_entry_of_their_own(tmp_path: Path) -> None:
    keyring, key = Keyring.create(tmp_path, "one", cost=CHEAP)
    keyring.add_holder(key, "李四", "two")
    again = Keyring.load(tmp_path)
    assert again.unlock("one") == again.unlock("two", holder="李四") == key
    with pytest.raises(EnvironmentFault):
        again.unlock("one", holder="李四")
    with pytest.raises(EnvironmentFault):
        again.unlock("one", holder="王五")
    assert key.hex() not in (tmp_path / "keyring.json").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["keyring.json"]


def test_an_entry_cannot_be_passed_off_as_another_holders(tmp_path: Path) -> None:
    keyring, _ = Keyring.create(tmp_path, "one", cost=CHEAP)
    keyring.holders["王五"] = keyring.holders["owner"]
    with pytest.raises(EnvironmentFault):
        keyring.unlock("one", holder="王五")


def test_derivation_is_as_costly_as_it_should_be(fresh: Callable[..., Path]) -> None:
    entry = Keyring.load(fresh(cipher=True)).holders["owner"]
    assert entry["derivation"] == "argon2id"
    assert entry["cost"]["memory_kib"] >= 64 * 1024
    assert entry["cost"]["time"] >= 3


@pytest.mark.parametrize(
    ("name", "value"),
    [("memory_kib", 2**20 + 1), ("time", 21), ("lanes", 17), ("memory_kib", 2**40), ("time", 0), ("lanes", -1)],
)
def test_a_keyring_cannot_bring_the_computer_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    keyring, _ = Keyring.create(tmp_path, "one", cost=CHEAP)
    entry = keyring.holders["owner"]
    keyring.holders["owner"] = {**entry, "cost": {**CHEAP, name: value}}
    keyring.save()
    monkeypatch.setattr("db.keys._derive", lambda *_: pytest.fail("it was tried all the same"))
    with pytest.raises(DataDamage):
        Keyring.load(tmp_path).unlock("one")


def test_a_keyring_of_any_length_is_read_only_so_far(tmp_path: Path) -> None:
    keyring, _ = Keyring.create(tmp_path, "one", cost=CHEAP)
    with keyring.path.open("ab") as file:
        file.write(b" " * 2**20)
    Keyring.load(tmp_path).unlock("one")
    keyring.path.write_bytes(b'{"filler": "' + b"x" * 2**20 + b'", "format": 1, "holders": {}}')
    with pytest.raises(DataDamage):
        Keyring.load(tmp_path)


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u3000"])
def test_no_store_without_a_passphrase(tmp_path: Path, blank: str) -> None:
    keyring, key = Keyring.create(tmp_path, "one", cost=CHEAP)
    before = keyring.path.read_bytes()
    for attempt in (
        lambda: Keyring.create(tmp_path, blank, cost=CHEAP),
        lambda: keyring.change_passphrase("one", blank),
        lambda: keyring.add_holder(key, "李四", blank),
        lambda: Store.create(tmp_path / "new", blank, station_name="甲"),
    ):
        with pytest.raises(EnvironmentFault) as refused:
            attempt()
        assert refused.value.code == "empty_passphrase"
    assert keyring.path.read_bytes() == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["salt", "nonce", "wrapped", "cost"])
def test_a_damaged_entry_is_damage_not_a_wrong_passphrase(tmp_path: Path, name: str) -> None:
    keyring, _ = Keyring.create(tmp_path, "one", cost=CHEAP)
    keyring.holders["owner"] = {**keyring.holders["owner"], name: {"memory_kib": -1} if name == "cost" else "%"}
    keyring.save()
    with pytest.raises(DataDamage):
        Keyring.load(tmp_path).unlock("one")
