"""Evidence taken in from files, and written out again with a voucher that anybody can check."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final

from db.digests import SHA256, SM3, of_stream
from db.faults import DataDamage, EnvironmentFault, in_words, translating
from db.journal import Transaction
from desktop.app import attachments as files_of_cases
from desktop.app import openings
from desktop.app.attachments import Ask, Content
from desktop.app.evidence import PROCEDURE, verify, view
from desktop.app.evidence_views import Added, EvidenceFile, Exported
from desktop.app.evidence_voucher import voucher, voucher_text
from desktop.app.views import OpenOutcome
from desktop.app.workplace import Workplace
from desktop.core.attachment import safe_name
from desktop.core.case import CaseState
from desktop.core.custody import DIFFERS
from desktop.core.refusal import Refusal
from desktop.core.stamps import StampCheck

VOUCHER: Final = "存证凭证"
_MINE: Final = frozenset({f"{VOUCHER}.txt".casefold(), f"{VOUCHER}.json".casefold()})


def add(
    workplace: Workplace,
    paths: Sequence[Path],
    values: Mapping[str, str],
    *,
    actor: str,
    on: date,
    today: date,
    beside: str | int | None = None,
) -> Added:
    """Opens an item with its files in one transaction. What can be known beforehand is asked before anything is
    written: files that are no files, questions of the opening. A file that fails after that leaves the item without it,
    and is named."""
    if not paths:
        raise Refusal("no_files", "请至少给出一个文件")
    for path in paths:
        files_of_cases.require_file(path)

    def begin(then: Callable[[Transaction, str, CaseState], Sequence[str]]) -> OpenOutcome:
        return openings.open_case(
            workplace, PROCEDURE, values, actor=actor, on=on, today=today, beside=beside, then=then
        )

    with suppress(_Undone):
        begin(_undone)
    contents: list[Content] = []
    failed: list[str] = []  # the number of the item is not known yet
    for path in paths:
        try:
            contents.append(files_of_cases.keep(workplace, path))
        except (OSError, EnvironmentFault) as fault:
            said = str(fault) if isinstance(fault, EnvironmentFault) else in_words(fault)
            failed.append(f"“{safe_name(path.name)}”没有收入：{said.rstrip('。')}")

    def beside_it(tx: Transaction, case_id: str, case: CaseState) -> list[str]:
        left_out = [f"{sentence}；请用 attach {case.number} 补入" for sentence in failed]
        for one in contents:
            try:
                files_of_cases.record(tx, workplace, case_id, case, one, actor=actor, on=on, today=today)
            except Refusal as refusal:
                left_out.append(f"“{safe_name(one.name)}”没有收入：{refusal.reason}")
        return left_out

    made = begin(beside_it)
    return Added(view(workplace, made.key), made.warnings)


class _Undone(Exception):
    """Ends the transaction in which an opening was only tried."""


def _undone(tx: Transaction, case_id: str, case: CaseState) -> Sequence[str]:
    raise _Undone


def export(
    workplace: Workplace,
    ref: str | int,
    folder: Path,
    check: StampCheck,
    ask: Ask,
    *,
    actor: str,
    on: date,
    today: date,
) -> Exported:
    """Every file of an item written to ``folder`` (new or empty) with its voucher as text and as JSON. The files are
    hashed again before: an item whose files are not what was recorded is locked and not handed out."""
    item = view(workplace, ref)
    _require_empty(folder)
    report = verify(workplace, item.key, check, actor=actor, on=on, today=today)
    bad = [one for one in report.item.files if one.result == DIFFERS]
    if bad or report.locked:
        raise Refusal(
            "evidence_mismatch",
            f"{'；'.join(report.problems)}。没有导出{'，证据已锁定' if report.item.locked else ''}",
            {"files": [one.sha256 for one in bad], "number": item.number},
        )
    with _all_or_nothing(folder) as written:
        names = _names(report.item.files)
        for one in report.item.files:
            target = folder / names[one.sha256]
            written.append(target)
            files_of_cases.fetch(workplace, item.key, one.sha256, target, ask)
            _require_same(target, one)
        book = workplace.newest_book()
        station = workplace.store.station_name
        document = voucher(report, names, centre=book.centre.name, station=station, by=actor, at=_now())
        for name, text in (
            (f"{VOUCHER}.txt", voucher_text(document)),
            (f"{VOUCHER}.json", json.dumps(document, ensure_ascii=False, indent=2) + "\n"),
        ):
            written.append(folder / name)
            written[-1].write_text(text, "utf-8", newline="\n")
    found = (*report.problems, *report.notes)
    return Exported(item.number, str(folder), tuple(path.name for path in written), found)


@contextmanager
def _all_or_nothing(folder: Path) -> Iterator[list[Path]]:
    """A folder that holds some of the files of an item must not be taken for the item: what was ``written`` goes again
    where anything fails, and the folder with it if it is new."""
    new, written = not folder.exists(), list[Path]()
    try:
        with translating():
            folder.mkdir(parents=True, exist_ok=True)
            yield written
    except BaseException:
        with suppress(OSError):
            for path in written:
                path.unlink(missing_ok=True)
            if new:
                folder.rmdir()
        raise


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal("folder_not_empty", f"{folder} 不是空目录，请另选一个新的或空的目录", {"folder": str(folder)})


def _require_same(path: Path, one: EvidenceFile) -> None:
    """What was written is read back and held against both digests."""
    with translating(), path.open("rb") as stream:
        found = of_stream(stream, (SHA256, SM3))
    if found[SHA256] != one.sha256 or (one.sm3 and found[SM3] != one.sm3):
        raise DataDamage([f"写出的“{one.name}”与校验值不符，请检查目标磁盘"])


def _names(files: Sequence[EvidenceFile]) -> dict[str, str]:
    """A file name of its own for each, by SHA-256, also where capitals do not count."""
    taken = set(_MINE)
    found = {}
    for one in files:
        stem, dot, ending = one.name.rpartition(".")
        stem, tail = (stem, dot + ending) if stem else (one.name, "")
        name, number = one.name, 2
        while name.casefold() in taken:
            name, number = f"{stem}（{number}）{tail}", number + 1
        taken.add(name.casefold())
        found[one.sha256] = name
    return found
