"""The evidence room: every use case over evidence of one open store, reached as ``desk.evidence``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from desktop.app import centre, evidence, evidence_files, evidence_stamps, syncing
from desktop.app.evidence_views import Added, EvidenceReport, EvidenceView, Exported, Stamped
from desktop.app.workplace import Exchanged, Workplace
from desktop.core.stamps import StampCheck


class EvidenceRoom:
    """``ref`` names an item by key or number. Raises :class:`Refusal` where a rule says no."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def add(
        self,
        paths: Sequence[Path],
        values: Mapping[str, str],
        *,
        actor: str,
        on: date,
        today: date,
        beside: str | int | None = None,
    ) -> Added:
        """A new evidence item with its files; ``beside`` is the case that it belongs to."""
        return evidence_files.add(self._workplace, paths, values, actor=actor, on=on, today=today, beside=beside)

    def show(self, ref: str | int) -> EvidenceView:
        """An item with files, tokens and chain of custody. Nothing is hashed."""
        return evidence.view(self._workplace, ref)

    def keys(self, *, actor: str, today: date) -> list[int]:
        return evidence.keys(self._workplace, actor=actor, today=today)

    def verify(
        self,
        ref: str | int,
        check: StampCheck,
        *,
        actor: str,
        on: date,
        today: date,
        lock: bool = True,
        progress: Exchanged | None = None,
    ) -> EvidenceReport:
        """Every file hashed again, chain and tokens checked; a file that changed locks the item."""
        return evidence.verify(
            self._workplace, ref, check, actor=actor, on=on, today=today, lock=lock, progress=progress
        )

    def stamp(
        self, ref: str | int, path: Path, file: str, check: StampCheck, *, actor: str, on: date, today: date
    ) -> Stamped:
        """Registers a time-stamp token for one file; an empty name means the one that it was made for."""
        return evidence_stamps.stamp(self._workplace, ref, path, file, check, actor=actor, on=on, today=today)

    def export(
        self, ref: str | int, folder: Path, check: StampCheck, *, actor: str, on: date, today: date
    ) -> Exported:
        """The files of an item with their voucher, in a new or empty folder."""
        ask = partial(syncing.blob, self._workplace)
        return evidence_files.export(self._workplace, ref, folder, check, ask, actor=actor, on=on, today=today)

    def roots(self) -> tuple[str, ...]:
        """The certificates (PEM) that time-stamps are trusted by."""
        return self._workplace.newest_book().trusted

    def set_roots(self, certificates: Sequence[str], *, actor: str, today: date | None = None) -> None:
        """Only an administrator may say whom the centre trusts."""
        centre.publish_trust(self._workplace, certificates, actor=actor, today=today or date.today())
