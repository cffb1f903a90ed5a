"""A time-stamp token for one file of an evidence item: examined, kept beside the item, and registered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from db.digests import SHA256, SM3, of_stream
from desktop.app import attachments as files_of_cases
from desktop.app import casework, custody
from desktop.app.evidence import MOST_TOKEN, NOTE_OF_STAMP, Item, item_of
from desktop.app.evidence_views import EvidenceFile, Stamped
from desktop.app.workplace import Workplace
from desktop.core.attachment import safe_name
from desktop.core.context import Command
from desktop.core.custody import MATCHES
from desktop.core.decide import decide
from desktop.core.refusal import Refusal
from desktop.core.stamps import Stamp, StampCheck, StampReport, StampVerdict

STAMP: Final = "stamp"
_WORTH: Final = (StampVerdict.VALID, StampVerdict.UNTRUSTED)
_FEWEST: Final = 6  # letters of a SHA-256 that name a file


def stamp(
    workplace: Workplace,
    ref: str | int,
    path: Path,
    chosen: str,
    check: StampCheck,
    *,
    actor: str,
    on: date,
    today: date,
) -> Stamped:
    """Registers what a token says. ``chosen`` names the file (name, or the beginning of its SHA-256); empty, it is the
    one that the token was made for.

    Raises :class:`Refusal` for a token that is worth nothing; nothing is kept then.
    """
    item = item_of(workplace, ref)
    files_of_cases.require_file(path)
    with path.open("rb") as source:
        data = source.read(MOST_TOKEN)
    probe = check(data, {}, ())  # what it says, whoever signed it and for whatever content
    if probe.stamp is None:
        raise Refusal("bad_stamp", f"“{safe_name(path.name)}”没有登记：{probe.words}", {"verdict": str(probe.verdict)})
    file = chosen_file(item.view.files, chosen) if chosen else _meant(workplace, item, probe.stamp)
    report = _examined(workplace, item, file, data, check)
    if report.verdict not in _WORTH or report.stamp is None:
        raise Refusal(
            "bad_stamp", f"“{safe_name(path.name)}”没有登记：{report.words}", {"verdict": str(report.verdict)}
        )
    token = of_stream(io.BytesIO(data), (SHA256,))[SHA256]
    values = {
        "stamp_number": report.stamp.serial,
        "stamp_authority": report.stamp.tsa,
        "stamped_at": report.stamp.gen_time.replace("Z", "+00:00"),
        "stamped_sha256": file.sha256,
        "token_sha256": token,
    }
    # Asked beforehand: a token is not put beside an item where it may not be registered.
    decide(item.case, Command(STAMP, values, actor, on), workplace.context(workplace.rules_of(item.case), today))
    if token not in {one.sha256 for one in item.files}:
        note = NOTE_OF_STAMP.format(file.sha256)
        files_of_cases.attach(workplace, item.row.pk, path, actor=actor, on=on, today=today, note=note, expected=token)
    outcome = casework.act(workplace, item.row.pk, STAMP, values, actor=actor, on=on, today=today)
    doubts = [report.words] if report.verdict is StampVerdict.UNTRUSTED else []
    return Stamped(item.view.number, token, file.sha256, file.name, report, (*outcome.warnings, *doubts, *report.notes))


def chosen_file(files: Sequence[EvidenceFile], wanted: str) -> EvidenceFile:
    """By its name, or by its SHA-256 or the beginning of it."""
    start = wanted.lower()
    named = [one for one in files if one.name == wanted or (len(start) >= _FEWEST and one.sha256.startswith(start))]
    if len(named) == 1:
        return named[0]
    listed = "；".join(f"{one.name}（{one.sha256[:12]}）" for one in (named or files)) or "无"
    if named:
        raise Refusal(
            "ambiguous_attachment",
            f"“{wanted}”对应 {len(named)} 个文件，请改用 SHA-256 指明：{listed}",
            {"name": wanted},
        )
    raise Refusal("unknown_attachment", f"此证据没有文件“{wanted}”，现有：{listed}", {"name": wanted})


def _meant(workplace: Workplace, item: Item, said: Stamp) -> EvidenceFile:
    """The file with the digest in the token. What the journal knows is asked first, the rest must be worked out."""
    files = [one for one in item.view.files if not one.stamps]
    if said.algorithm in (SHA256, SM3):
        known = {one.sha256 if said.algorithm == SHA256 else one.sm3: one for one in files}
    else:
        found = custody.rehash(workplace, item.files, thoroughly=[one.sha256 for one in files])
        known = {found[one.sha256].digests.get(said.algorithm, ""): one for one in files}
    if said.imprint not in known:
        raise Refusal("bad_stamp", "时间戳没有登记：它不是为此证据的任何一个文件签发的", {"imprint": said.imprint})
    return known[said.imprint]


def _examined(workplace: Workplace, item: Item, file: EvidenceFile, data: bytes, check: StampCheck) -> StampReport:
    held = [one for one in item.files if one.sha256 == file.sha256]
    found = custody.rehash(workplace, held, thoroughly=[file.sha256])[file.sha256]
    if found.check.result != MATCHES:
        raise Refusal(
            "file_unfit",
            f"“{file.name}”复核{found.check.result}，不能登记时间戳；请先核验此证据",
            {"file": file.sha256, "result": found.check.result},
        )
    return check(data, found.digests, item.roots)
