"""Evidence taken in from files, and written out again with a voucher that anybody can check."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from db.digests import SHA256, SM3, of_stream
from db.faults import DataDamage, EnvironmentFault, in_words, translating
from desktop.app import attachments as files_of_cases
from desktop.app import openings
from desktop.app.attachments import Ask
from desktop.app.casework import find_row
from desktop.app.evidence import PROCEDURE, verify, view
from desktop.app.evidence_views import Added, EvidenceFile, Exported
from desktop.app.evidence_voucher import voucher, voucher_text
from desktop.app.workplace import Workplace
from desktop.core.attachment import safe_name
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
    """Opens an item and takes its files in. What can be known beforehand is asked before anything is written: files
    that are no files, questions of the opening. A file that fails after that leaves the item without it, and is named.
    """
    if not paths:
        raise Refusal("no_files", "请至少给出一个文件")
    for path in paths:
        files_of_cases.require_file(path)
    if beside is not None:
        with workplace.reading() as reader:
            values = {"ref_case": find_row(reader, beside).number or "", **values}
    made = openings.open_case(workplace, PROCEDURE, values, actor=actor, on=on, today=today, beside=beside)
    warnings = list(made.warnings)
    for path in paths:
        try:
            files_of_cases.attach(workplace, made.key, path, actor=actor, on=on, today=today)
        except Refusal as refusal:
            warnings.append(f"“{safe_name(path.name)}”没有收入：{refusal.reason}")
        except (OSError, EnvironmentFault) as fault:
            said = str(fault) if isinstance(fault, EnvironmentFault) else in_words(fault)
            warnings.append(f"“{safe_name(path.name)}”没有收入：{said.rstrip('。')}；请用 attach {made.number} 补入")
    return Added(view(workplace, made.key), tuple(warnings))


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
    with translating():
        folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    names = _names(report.item.files)
    for one in report.item.files:
        target = files_of_cases.fetch(workplace, item.key, one.sha256, folder / names[one.sha256], ask)
        _require_same(target, one)
        written.append(target.name)
    book = workplace.newest_book()
    station = workplace.store.station_name
    document = voucher(report, names, centre=book.centre.name, station=station, by=actor, at=_now())
    for name, text in (
        (f"{VOUCHER}.txt", voucher_text(document)),
        (f"{VOUCHER}.json", json.dumps(document, ensure_ascii=False, indent=2) + "\n"),
    ):
        with translating():
            (folder / name).write_text(text, "utf-8", newline="\n")
        written.append(name)
    return Exported(item.number, str(folder), tuple(written), (*report.problems, *report.notes))


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
