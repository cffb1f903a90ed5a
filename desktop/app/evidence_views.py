"""What is shown of an evidence item: frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.custody import MISSING
from desktop.core.stamps import StampReport, StampVerdict


@dataclass(frozen=True)
class EvidenceFile:
    """A file of an item. ``size`` in bytes; ``sm3`` is empty for what an older program took in; ``at`` is the local
    clock of ``station``; ``stamps`` names the file (SHA-256) that this one is a time-stamp token of, mostly empty;
    ``result`` is 一致, 不一致, 缺失, or empty while nobody hashed it again."""

    name: str
    size: int
    sha256: str
    sm3: str
    actor: str
    at: str
    station: str
    here: bool
    note: str = ""
    mark: str = ""
    stamps: str = ""
    result: str = ""


@dataclass(frozen=True)
class StampView:
    """A token and the file that it was registered for; ``report`` is None while it was not examined."""

    token: str
    token_name: str
    file: str
    file_name: str
    report: StampReport | None = None

    @property
    def words(self) -> str:
        return self.report.words if self.report else "尚未核验"


@dataclass(frozen=True)
class CustodyView:
    """One row of the chain. ``at`` is the local clock with its offset; ``mark`` is that of its journal entry;
    ``forked``: another row was written beside it by somebody who did not know of it; ``text`` is what its hash is
    taken of."""

    number: int
    action: str
    from_person: str
    to_person: str
    reason: str
    at: str
    actor: str
    station: str
    files: tuple[tuple[str, str], ...]
    prev: str
    hash: str
    mark: str
    forked: bool
    words: str
    text: str


@dataclass(frozen=True)
class EvidenceView:
    """``facts`` are (label, value); ``custodian`` who keeps it, ``locked`` whether a file was found changed;
    ``problems`` are sentences about the chain."""

    key: int
    id: str
    number: str
    title: str
    category: str
    stage: str
    stage_label: str
    locked: bool
    custodian: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[EvidenceFile, ...]
    stamps: tuple[StampView, ...]
    custody: tuple[CustodyView, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceReport:
    """What a verification found. ``problems`` are sentences, empty when all is well; ``locked``: it locked the item;
    ``notes`` say what was not looked at, or why it could not be locked."""

    item: EvidenceView
    problems: tuple[str, ...] = ()
    locked: bool = False
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Added:
    """An item that was opened with its files; ``warnings`` are sentences."""

    item: EvidenceView
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stamped:
    """A token that was registered."""

    number: str
    token: str
    file: str
    file_name: str
    report: StampReport
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """``files`` are the names that were written to ``folder``, the vouchers last; ``warnings`` are sentences."""

    number: str
    folder: str
    files: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def file_problems(files: tuple[EvidenceFile, ...], spoiled: frozenset[str]) -> list[str]:
    """A sentence for each file that is not as recorded."""
    return [
        f"“{one.name}”（SHA-256 {one.sha256[:8]}…）"
        + ("应在本机，内容却已不在" if one.result == MISSING else "与登记的校验值不符")
        for one in files
        if one.sha256 in spoiled
    ]


def stamp_problems(stamps: tuple[StampView, ...]) -> list[str]:
    """A sentence for each token that is worth nothing."""
    return [
        f"“{one.file_name}”的时间戳“{one.token_name}”{one.report.words}"
        for one in stamps
        if one.report is not None and one.report.verdict is StampVerdict.INVALID
    ]
