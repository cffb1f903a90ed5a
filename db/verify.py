"""Is everything that was ever recorded still there, unchanged and in order?

Every hash is computed again; every station's events must be numbered without holes and each must name the one
before; parents must exist in the same stream; basis and payload must be in the canonical form that was hashed; the
last event of each station must be the one the chain was last sealed at, so that a lost tail shows too. What this
cannot see: a whole folder exchanged for an older, intact copy of itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import orjson

from db.envelope import FIRST, canonical, digest_of
from db.faults import DataDamage, translated
from db.journal import SCAN, Reader

Progress = Callable[[int, int], None]  # (done, of how many)
_BATCH: Final = 5_000
_ENOUGH: Final = 200  # more findings than this help nobody


def verify(reader: Reader, progress: Progress | None = None) -> list[str]:
    """What is wrong with the file or the journal, in Chinese sentences; empty when all is well."""
    problems = pages(reader)
    return problems or journal(reader, progress)  # a broken page would only repeat itself in the journal


def pages(reader: Reader) -> list[str]:
    """The file itself. SQLite reads every page in use, and SQLCipher checks the HMAC of each page that is read.

    (PRAGMA cipher_integrity_check would look past the write-ahead log, and find fault with pages that a power cut
    tore but that the log holds whole.)
    """
    try:
        found = reader.rows("PRAGMA integrity_check(20)")
    except Exception as error:
        fault = translated(error)
        if not isinstance(fault, DataDamage):
            raise
        return list(fault.problems)
    said = "\n".join(row[0] for row in found if row[0] != "ok")
    if not said:
        return []
    damaged = sorted({int(page) for page in re.findall(r"\bpage (\d+)", said)})
    which = f"涉及第 {'、'.join(map(str, damaged[:10]))}{' 等' if len(damaged) > 10 else ''} 页，" if damaged else ""
    return [f"数据文件：结构检查未通过，{which}内容损坏或前后不一致"]


def journal(reader: Reader, progress: Progress | None = None) -> list[str]:
    """The envelopes and their chains."""
    problems: list[str] = []
    total = reader.count()
    done = after = 0
    chains: dict[str, tuple[int, int, str]] = {}
    streams: dict[bytes, int] = {}  # hash -> stream, both shortened, so that a million events fit in memory
    while (rows := reader.rows(SCAN, (after, _BATCH))) and len(problems) < _ENOUGH:
        for row in rows:
            problems += _examined(row, chains, streams)
        after = rows[-1][0]
        done += len(rows)
        if progress is not None:
            progress(done, total)
    return problems[:_ENOUGH] or _ends(reader, chains)


def _examined(row: Any, chains: dict[str, tuple[int, int, str]], streams: dict[bytes, int]) -> list[str]:
    (_, station, seq, hlc, stream, parents_text, type_, version, actor, role, occurred_on, basis, payload, prev_hash,
     hash_) = row  # fmt: skip
    where = f"站点 {station[:8]} 第 {seq} 号记录"
    problems: list[str] = []
    try:
        parents = tuple(orjson.loads(parents_text))
        same_form = (
            canonical(orjson.loads(basis)) == basis.encode()
            and canonical(orjson.loads(payload)) == payload.encode()
            and orjson.dumps(parents) == parents_text.encode()
        )
        if not same_form:
            problems.append(f"{where}：内容的书写形式被改动")
        elif hash_ != digest_of(
            station, seq, hlc, stream, parents, type_, version, actor, role, occurred_on, basis.encode(),
            payload.encode(), prev_hash,
        ):  # fmt: skip
            problems.append(f"{where}：内容与校验值不符")
    except (orjson.JSONDecodeError, TypeError, AttributeError, UnicodeError):
        return [f"{where}：内容无法读取"]
    last_seq, last_hlc, last_hash = chains.get(station, (0, 0, FIRST))
    if seq != last_seq + 1:
        problems.append(f"{where}：前一条应为第 {seq - 1} 号，实为第 {last_seq} 号")
    elif prev_hash != last_hash:
        problems.append(f"{where}：与前一条记录的链接断开")
    elif hlc <= last_hlc:
        problems.append(f"{where}：记录时刻早于前一条")
    mine = hash(stream)
    if any(streams.get(_short(parent)) != mine for parent in parents):
        problems.append(f"{where}：所依据的前序记录不存在")
    chains[station] = (seq, hlc, hash_)
    streams[_short(hash_)] = mine
    return problems


def _short(hash_: str) -> bytes:
    try:
        return bytes.fromhex(hash_)
    except ValueError:  # not a hash at all, and already a finding
        return b""


def _ends(reader: Reader, chains: dict[str, tuple[int, int, str]]) -> list[str]:
    sealed = {row[0]: tuple(row[1:]) for row in reader.rows("SELECT station, seq, hlc, hash FROM chains")}
    problems = []
    for station in sorted(sealed.keys() | chains.keys()):
        end, seal = chains.get(station), sealed.get(station)
        if end != seal:
            last, expected = end[0] if end else 0, seal[0] if seal else 0
            problems.append(f"站点 {station[:8]}：最后一条应为第 {expected} 号，实为第 {last} 号，末尾记录缺失或被替换")
    return problems
