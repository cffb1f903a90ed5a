"""What belongs to this workstation alone: unsent drafts, remembered mappings, settings. Not derived from the journal,
so a rebuild leaves it as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from db.journal import Reader, Transaction


def meta(reader: Reader, key: str) -> str | None:
    """A fact about the store itself, such as its station id or the version of its projector."""
    value = reader.value("SELECT value FROM meta WHERE key = ?", (key,))
    return None if value is None else str(value)


def set_meta(tx: Transaction, key: str, value: str) -> None:
    tx.run("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value))


def draft(reader: Reader, case_id: str, kind: str) -> tuple[dict[str, Any], str] | None:
    """(body, saved_at) of an unsent draft."""
    row = reader.row("SELECT body, saved_at FROM drafts WHERE case_id = ? AND kind = ?", (case_id, kind))
    return None if row is None else (orjson.loads(row[0]), row[1])


def save_draft(tx: Transaction, case_id: str, kind: str, body: Mapping[str, Any], saved_at: str) -> None:
    tx.run(
        "INSERT INTO drafts VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at",
        (case_id, kind, _json(body), saved_at),
    )


def drop_draft(tx: Transaction, case_id: str, kind: str) -> None:
    tx.run("DELETE FROM drafts WHERE case_id = ? AND kind = ?", (case_id, kind))


def mapping(reader: Reader, fingerprint: str) -> dict[str, Any] | None:
    """The column mapping that was last used for lists with this header."""
    value = reader.value("SELECT mapping FROM mappings WHERE fingerprint = ?", (fingerprint,))
    return None if value is None else orjson.loads(value)


def remember_mapping(tx: Transaction, fingerprint: str, mapping: Mapping[str, Any], used_at: str) -> None:
    tx.run(
        "INSERT INTO mappings VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at",
        (fingerprint, _json(mapping), used_at),
    )


def setting(reader: Reader, owner: str, key: str, default: Any = None) -> Any:
    """``owner`` is a member of staff, or empty for the workstation."""
    value = reader.value("SELECT value FROM settings WHERE owner = ? AND key = ?", (owner, key))
    return default if value is None else orjson.loads(value)


def settings(reader: Reader, owner: str) -> dict[str, Any]:
    rows = reader.rows("SELECT key, value FROM settings WHERE owner = ? ORDER BY key", (owner,))
    return {key: orjson.loads(value) for key, value in rows}


def set_setting(tx: Transaction, owner: str, key: str, value: Any) -> None:
    tx.run(
        "INSERT INTO settings VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (owner, key, _json(value)),
    )


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
