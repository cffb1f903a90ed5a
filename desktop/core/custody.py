"""The chain of custody of an evidence item: rows that anybody can check with pencil, paper and SHA-256.

A row says who handed the item to whom, why, when by the local clock, and what hashing its files again gave. Its hash
covers its text and the hash of the row before, so a row cannot be changed, left out or put elsewhere unseen; the
journal's own chain covers the events besides. Two stations that knew nothing of each other may each write a next row:
both stand, and the fork is shown. Source: handbook 7.4 (流转记录).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from desktop.core.attachment import SHA256, readable
from desktop.core.stamps import LOCAL_CLOCK

MATCHES, DIFFERS, MISSING = "一致", "不一致", "缺失"
RESULTS: Final = (MATCHES, DIFFERS, MISSING)
FORMAT: Final = "存证流转记录 1"  # first line of every row's text; another number would be another way to write it
NOTHING: Final = "—"
_TEXTS: Final = ("action", "from", "to", "reason", "at", "prev", "hash")
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@dataclass(frozen=True)
class FileCheck:
    """One file as it was found: ``sha256`` and ``sm3`` (may be empty) as they were recorded."""

    sha256: str
    sm3: str
    result: str


@dataclass(frozen=True)
class CustodyRow:
    """``number`` counts from 1; ``action`` is the action's label; ``at`` the local clock, ISO with offset;
    ``prev`` the hash of the row before, empty for the first."""

    number: int
    action: str
    from_: str
    to: str
    reason: str
    at: str
    files: tuple[FileCheck, ...]
    prev: str
    hash: str = ""

    @property
    def sound(self) -> bool:
        """Whether every file was as recorded."""
        return all(one.result == MATCHES for one in self.files)


@dataclass(frozen=True)
class Chain:
    """``rows`` in the common order; ``forks`` are the hashes of rows that share the row before with another;
    ``problems`` are sentences, empty when the chain holds."""

    rows: tuple[CustodyRow, ...]
    forks: frozenset[str]
    problems: tuple[str, ...]


def row_text(item: str, row: CustodyRow) -> str:
    """What the row's hash is taken of, in UTF-8: one line a value, each line with its end. ``item`` is the number of
    the evidence item."""
    files = [f"文件 {one.sha256} {one.sm3 or NOTHING} {one.result}" for one in row.files]
    lines = (
        FORMAT,
        f"证据编号 {item}",
        f"行 {row.number}",
        f"动作 {row.action}",
        f"移交 {row.from_ or NOTHING}",
        f"接收 {row.to or NOTHING}",
        f"事由 {row.reason or NOTHING}",
        f"{LOCAL_CLOCK} {row.at}",
        *files,
        f"前一行 {row.prev or NOTHING}",
    )
    return "".join(f"{line}\n" for line in lines)


def hash_of(item: str, row: CustodyRow) -> str:
    return hashlib.sha256(row_text(item, row).encode()).hexdigest()


def next_row(
    item: str,
    before: Sequence[CustodyRow],
    *,
    action: str,
    from_: str,
    to: str,
    reason: str,
    at: datetime,
    files: Iterable[FileCheck],
) -> CustodyRow:
    """The row after those known here. ``at`` carries its offset; texts are made to fit one line."""
    last = before[-1] if before else None
    row = CustodyRow(
        number=last.number + 1 if last else 1,
        action=readable(action),
        from_=readable(from_),
        to=readable(to),
        reason=readable(reason),
        at=at.isoformat(timespec="seconds"),
        files=tuple(sorted(files, key=lambda one: one.sha256)),
        prev=last.hash if last else "",
    )
    return replace(row, hash=hash_of(item, row))


def to_payload(row: CustodyRow) -> dict[str, Any]:
    """As the journal holds it."""
    return {
        "row": row.number,
        "action": row.action,
        "from": row.from_,
        "to": row.to,
        "reason": row.reason,
        "at": row.at,
        "files": [{"sha256": one.sha256, "sm3": one.sm3, "result": one.result} for one in row.files],
        "prev": row.prev,
        "hash": row.hash,
    }


def is_row(value: Any) -> bool:
    """Whether a value of the journal has the shape of a row; whether its hash holds is another question."""
    if not isinstance(value, Mapping) or value.keys() != {"row", "files", *_TEXTS}:
        return False
    if not all(isinstance(value[name], str) and readable(value[name]) == value[name] for name in _TEXTS):
        return False
    number, files = value["row"], value["files"]
    if isinstance(number, bool) or not isinstance(number, int) or number < 1 or not isinstance(files, list):
        return False
    hashes = (value["hash"], *([value["prev"]] if value["prev"] else []))
    return (
        all(SHA256.fullmatch(one) for one in hashes)
        and _LOCAL.fullmatch(value["at"]) is not None
        and all(map(_is_file, files))
    )


def _is_file(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and value.keys() == {"sha256", "sm3", "result"}
        and all(isinstance(one, str) for one in value.values())
        and SHA256.fullmatch(value["sha256"]) is not None
        and (not value["sm3"] or SHA256.fullmatch(value["sm3"]) is not None)
        and value["result"] in RESULTS
    )


def from_payload(value: Mapping[str, Any]) -> CustodyRow:
    """A row of the journal that :func:`is_row` found to be one."""
    return CustodyRow(
        number=value["row"],
        action=value["action"],
        from_=value["from"],
        to=value["to"],
        reason=value["reason"],
        at=value["at"],
        files=tuple(FileCheck(one["sha256"], one["sm3"], one["result"]) for one in value["files"]),
        prev=value["prev"],
        hash=value["hash"],
    )


def examine(item: str, rows: Sequence[CustodyRow]) -> Chain:
    """The rows of one item in the common order of the journal, and what is wrong with them."""
    problems: list[str] = []
    known: dict[str, CustodyRow] = {}
    after: dict[str, list[str]] = {}
    for row in rows:
        if hash_of(item, row) != row.hash:
            problems.append(f"流转记录第 {row.number} 行的哈希与内容不符")
        before = known.get(row.prev)
        if row.prev and before is None:
            problems.append(f"流转记录第 {row.number} 行所接的前一行（{row.prev[:8]}…）不在这里")
        elif row.number != (before.number + 1 if before else 1):
            problems.append(f"流转记录第 {row.number} 行的行号接不上前一行")
        if row.hash in known:
            problems.append(f"流转记录第 {row.number} 行出现了两次")
            continue
        known[row.hash] = row
        after.setdefault(row.prev, []).append(row.hash)
    forks = frozenset(one for group in after.values() if len(group) > 1 for one in group)
    return Chain(tuple(rows), forks, tuple(problems))


def in_words(row: CustodyRow) -> str:
    """第 2 行，移交 张三，接收 李四；复核 3 个文件：全部一致"""
    if row.from_ == row.to:
        people = [f"保管 {row.to}"] if row.to else []
    else:
        people = [f"{word} {name}" for word, name in (("移交", row.from_), ("接收", row.to)) if name]
    return "，".join([f"第 {row.number} 行", *people]) + f"；{checks_in_words(row.files)}"


def in_brief(payload: Mapping[str, Any]) -> str:
    """流转第 2 行，复核 3 个文件：全部一致"""
    row = from_payload(payload)
    return f"流转第 {row.number} 行，{checks_in_words(row.files)}"


def checks_in_words(files: Sequence[FileCheck]) -> str:
    """复核 3 个文件：一致 2，不一致 1"""
    if not files:
        return "没有文件可复核"
    counts = {result: sum(one.result == result for one in files) for result in RESULTS}
    if counts[MATCHES] == len(files):
        return f"复核 {len(files)} 个文件：全部{MATCHES}"
    found = "，".join(f"{result} {count}" for result, count in counts.items() if count)
    return f"复核 {len(files)} 个文件：{found}"
