"""Who writes: a store's station id is that of one incarnation, and no two stores may write as one.

A store becomes a new incarnation when it was copied or restored, when it joins a centre, and when events that it had
lost come back from the others. Where two stores wrote as one all the same, the later one sets its diverging events
aside, as they were sealed, and records them again under a name of its own.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from db import local, numbers
from db.connection import STORE_NAME
from db.envelope import FIRST, Envelope, canonical, digest_of
from db.ingest import take_in
from db.journal import EVENTS_OF, Reader, Transaction, opened, parents_text
from db.quarantine import REWRITTEN, put_aside
from db.wire import Arrived

_OWN: Final = "incarnations"
_PLACE: Final = "place"
_ALL: Final = 2**31
_SHORT: Final = 8  # letters of its hash that tell a published document from others of its number


def own(reader: Reader) -> tuple[str, ...]:
    """All incarnations that this store has been, the present one last."""
    former = orjson.loads(local.meta(reader, _OWN) or "[]")
    return (*former, str(local.meta(reader, "station")))


def renew(tx: Transaction) -> str:
    """Makes the store a new incarnation, with no numbers to give out: what was reserved is perhaps being given out by
    its double. The caller then introduces it to the others by its first event."""
    numbers.drop_all(tx)
    tx.run("DELETE FROM meta WHERE key = ?", (_PLACE,))
    local.set_meta(tx, _OWN, orjson.dumps(own(tx)).decode())
    tx.station = uuid.uuid4().hex
    local.set_meta(tx, "station", tx.station)
    return tx.station


def place(directory: Path) -> str:
    """A fingerprint of this very file on this computer. A copy has another; a renamed folder has not."""
    found = (directory / STORE_NAME).stat()
    return hashlib.sha256(f"{_machine()}\n{found.st_ino}".encode()).hexdigest()


def _machine() -> str:
    """What the operating system calls this installation; a name that only has to differ from that of others."""
    try:
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:  # type: ignore[attr-defined,unused-ignore]
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])  # type: ignore[attr-defined,unused-ignore]
    except (ImportError, OSError):
        pass
    for name in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            return Path(name).read_text().strip()
        except OSError:
            continue
    return hex(uuid.getnode())


def remember_place(tx: Transaction, directory: Path) -> None:
    local.set_meta(tx, _PLACE, place(directory))


def was_moved(reader: Reader, directory: Path) -> bool | None:
    """Whether the store lies elsewhere than where its present incarnation began; None when nobody noted that."""
    noted = local.meta(reader, _PLACE)
    return None if noted is None else noted != place(directory)


def divergence(reader: Reader, station: str, first: int, hashes: Sequence[str]) -> int | None:
    """The first number from ``first`` on under which this store holds something else than ``hashes``; None when all
    that both hold agrees."""
    held = dict(reader.rows("SELECT seq, hash FROM journal WHERE station = ? AND seq >= ?", (station, first)))
    for seq, hash_ in enumerate(hashes, first):
        if held.get(seq, hash_) != hash_:
            return seq
    return None


def others_build_on(reader: Reader, station: str, first: int) -> bool:
    """Whether another station's work builds on events of ``station`` from number ``first`` on."""
    for stream, hashes in _tail(reader, station, first).items():
        for event in reader.stream(stream):
            if event.hash not in hashes and not hashes.isdisjoint(event.parents):
                return True
    return False


def _tail(reader: Reader, station: str, first: int) -> dict[str, set[str]]:
    """stream -> hashes of the events of ``station`` from number ``first`` on."""
    found: dict[str, set[str]] = {}
    for stream, hash_ in reader.rows(
        "SELECT stream, hash FROM journal WHERE station = ? AND seq >= ?", (station, first)
    ):
        found.setdefault(stream, set()).add(hash_)
    return found


def record_again(tx: Transaction, station: str, first: int) -> list[Envelope]:
    """Sets the events of ``station`` from number ``first`` on aside and records the same under the present
    incarnation, which has written nothing yet: same content, same recorded times, names of events translated.

    Nobody else may build on the old ones (:func:`others_build_on`).
    """
    rows = tx.rows(EVENTS_OF, (station, first - 1, _ALL))
    old = [opened(row) for row in rows]
    reason = f"两份数据曾以同一站点记录；内容已由站点 {tx.station[:8]} 重新记录"
    for event, row in zip(old, rows, strict=True):
        put_aside(tx, (event.station, event.seq, event.hash, event.stream), REWRITTEN, reason, orjson.dumps(row), "")
    _remove(tx, station, first, sorted({event.stream for event in old}))
    return take_in(tx, _resealed(old, tx.station), "").events


def _resealed(events: Sequence[Envelope], station: str) -> list[Arrived]:
    renamed: dict[str, str] = {}
    prev_hash = FIRST
    found = []
    for seq, event in enumerate(events, 1):
        parents = tuple(renamed.get(parent, parent) for parent in event.parents)
        ground, content = _translated(event.basis, renamed), _translated(event.payload, renamed)
        basis, payload = canonical(ground), canonical(content)
        hash_ = digest_of(
            station, seq, event.hlc, event.stream, parents, event.type, event.version, event.actor, event.role,
            event.occurred_on, basis, payload, prev_hash,
        )  # fmt: skip
        sealed = event._replace(
            station=station, seq=seq, parents=parents, basis=ground, payload=content, prev_hash=prev_hash, hash=hash_
        )
        found.append(Arrived(sealed, parents_text(parents), basis.decode(), payload.decode()))
        renamed[event.hash] = prev_hash = hash_
        renamed[event.hash[:_SHORT]] = hash_[:_SHORT]
    return found


def _translated(value: Any, renamed: Mapping[str, str]) -> Any:
    """Where the content names one of the events, as a decision does, or a case the version of a document that it is
    worked under (number@beginning of the hash), it names what that event is called now."""
    if isinstance(value, str):
        number, at, short = value.partition("@")
        if at and number.isdigit() and len(short) == _SHORT:
            return f"{number}@{renamed.get(short, short)}"
        return renamed.get(value, value) if len(value) > _SHORT else value
    if isinstance(value, list):
        return [_translated(item, renamed) for item in value]
    if isinstance(value, dict):
        return {name: _translated(item, renamed) for name, item in value.items()}
    return value


def _remove(tx: Transaction, station: str, first: int, streams: Sequence[str]) -> None:
    """The one place where the journal gives something up: events that lie in quarantine by now, word for word."""
    (guard,) = tx.row("SELECT sql FROM sqlite_master WHERE name = 'journal_no_delete'")
    tx.run("DROP TRIGGER journal_no_delete")
    gone = "SELECT hash FROM journal WHERE station = ? AND seq >= ?"
    tx.run(f"DELETE FROM configuration WHERE hash IN ({gone})", (station, first))  # noqa: S608 (a constant)
    tx.run("DELETE FROM journal WHERE station = ? AND seq >= ?", (station, first))
    tx.run(guard)
    last = tx.row("SELECT seq, hlc, hash FROM journal WHERE station = ? AND seq = ?", (station, first - 1))
    tx.run("DELETE FROM chains WHERE station = ?", (station,))
    if last:
        tx.run("INSERT INTO chains VALUES (?, ?, ?, ?)", (station, *last))
    for stream in streams:
        events = tx.stream(stream)
        named = {parent for event in events for parent in event.parents}
        latest = tx.value("SELECT hash FROM journal WHERE stream = ? ORDER BY ordinal DESC LIMIT 1", (stream,))
        heads = [event.hash for event in events if event.hash not in named and event.hash != latest]
        tx.run("DELETE FROM side_heads WHERE stream = ?", (stream,))
        tx.run_many("INSERT INTO side_heads VALUES (?, ?)", [(stream, head) for head in heads])
        # Such a stream is folded anew as a whole: what was given up must not count beside what replaces it.
        tx.run("INSERT OR IGNORE INTO branched VALUES (?)", (stream,))
