"""The keyring: one random database key, wrapped once per holder with a key derived from that holder's passphrase.

Argon2id (RFC 9106) derives, AES-256-GCM (NIST SP 800-38D) wraps. Changing a passphrase re-wraps the same database
key, so the store is never re-encrypted and other holders notice nothing.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from db.faults import DataDamage, EnvironmentFault
from db.files import write_durably

KEYRING_NAME: Final = "keyring.json"
OWNER: Final = "owner"  # the holder of a store without accounts
KEY_BYTES: Final = 32
_FORMAT: Final = 1
KEYRING_MOST: Final = 2**20  # bytes
_COST: Final = {"time": 3, "memory_kib": 64 * 1024, "lanes": 4}
# A keyring may come from anywhere: what it asks for must not bring the computer down.
_MOST: Final = {"time": 20, "memory_kib": 2**20, "lanes": 16}


class Keyring:
    """The holders of one store's key. ``holders`` maps a holder's name to the wrapped key with its parameters."""

    def __init__(self, path: Path, holders: Mapping[str, Mapping[str, Any]]) -> None:
        self.path = path
        self.holders: dict[str, Mapping[str, Any]] = dict(holders)

    @classmethod
    def create(
        cls, directory: Path, passphrase: str, *, holder: str = OWNER, cost: Mapping[str, int] = _COST
    ) -> tuple[Keyring, bytes]:
        """A new keyring beside the store and its new database key (32 bytes). EnvironmentFault "empty_passphrase",
        as wherever a passphrase is set."""
        key = os.urandom(KEY_BYTES)
        keyring = cls(directory / KEYRING_NAME, {holder: _wrap(key, passphrase, holder, cost)})
        keyring.save()
        return keyring, key

    @classmethod
    def load(cls, directory: Path) -> Keyring:
        """EnvironmentFault "missing_keyring" when there is none; DataDamage when it cannot be read."""
        path = directory / KEYRING_NAME
        try:
            with path.open("rb") as file:
                document = orjson.loads(file.read(KEYRING_MOST))
            holders = document["holders"]
            if document["format"] != _FORMAT or not isinstance(holders, dict):
                raise KeyError("format")
        except FileNotFoundError:
            raise EnvironmentFault(
                "missing_keyring", f"数据目录中没有密钥文件 {KEYRING_NAME}，请从备份中恢复。"
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            raise DataDamage([f"密钥文件 {KEYRING_NAME} 已损坏，请从备份中恢复"]) from error
        return cls(path, holders)

    def unlock(self, passphrase: str, *, holder: str = OWNER) -> bytes:
        """The database key. EnvironmentFault "wrong_passphrase" for an unknown holder or a wrong passphrase."""
        entry = self.holders.get(holder)
        if entry is None:
            raise _wrong_passphrase()
        return _unwrap(entry, passphrase, holder)

    def change_passphrase(self, old: str, new: str, *, holder: str = OWNER) -> None:
        key = self.unlock(old, holder=holder)
        self.holders[holder] = _wrap(key, new, holder, _COST)
        self.save()

    def add_holder(self, key: bytes, holder: str, passphrase: str) -> None:
        """Lets one more person open the store; ``key`` comes from somebody who already can."""
        self.holders[holder] = _wrap(key, passphrase, holder, _COST)
        self.save()

    def save(self) -> None:
        document = {"format": _FORMAT, "holders": self.holders}
        write_durably(self.path, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def require_passphrase(passphrase: str) -> None:
    """EnvironmentFault "empty_passphrase" for one of nothing but blanks."""
    if not passphrase.strip():
        raise EnvironmentFault("empty_passphrase", "口令不能为空，否则任何人都能打开数据，请设定口令。")


def _wrong_passphrase() -> EnvironmentFault:
    return EnvironmentFault("wrong_passphrase", "口令不正确，无法打开数据，请重新输入。")


def _derive(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # heavy, and needed once per log-in

    return hash_secret_raw(
        passphrase.encode(), salt, time_cost=cost["time"], memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"], hash_len=KEY_BYTES, type=Type.ID,
    )  # fmt: skip


def _wrap(key: bytes, passphrase: str, holder: str, cost: Mapping[str, int]) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    require_passphrase(passphrase)
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_derive(passphrase, salt, cost)).encrypt(nonce, key, holder.encode())
    return {
        "derivation": "argon2id",
        "cost": dict(cost),
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "wrapped": base64.b64encode(sealed).decode(),
    }


def _unwrap(entry: Mapping[str, Any], passphrase: str, holder: str) -> bytes:
    from argon2.exceptions import HashingError
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        salt, nonce, sealed = (base64.b64decode(entry[name], validate=True) for name in ("salt", "nonce", "wrapped"))
        cost = {name: int(entry["cost"][name]) for name in _MOST}
        if any(not 0 < value <= _MOST[name] for name, value in cost.items()):
            raise ValueError("unreasonable cost of derivation")
        derived = _derive(passphrase, salt, cost)
        return AESGCM(derived).decrypt(nonce, sealed, holder.encode())
    except InvalidTag:
        raise _wrong_passphrase() from None
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error, HashingError) as error:
        raise DataDamage([f"密钥文件 {KEYRING_NAME} 中 {holder} 的记录已损坏，请从备份中恢复"]) from error
