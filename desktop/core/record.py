"""The unified handling record (统一办理记录) as plain values, ready for paper or screen.

Layout: handbook 9.1b. A service that was not used has neither pairs nor table and prints 无.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordTable:
    """``widths`` are relative; ``marked`` are indexes of rows to print in bold (overdue, contested)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    marked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RecordSection:
    """One numbered part. ``pairs`` are (label, value) cells, laid out two to a line unless a value is long."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    table: RecordTable | None = None


@dataclass(frozen=True)
class UnifiedRecord:
    """One record. ``verification`` is the short value printed at the foot, ``seal`` the machine-readable proof
    (JSON text) that goes into the PDF's metadata, ``notes`` the lines at the foot of the last page."""

    centre: str
    title: str
    matter_number: str
    generated_at: str
    sections: tuple[RecordSection, ...]
    signatures: tuple[str, ...]
    notes: tuple[str, ...]
    verification: str
    seal: str

    def words(self) -> str:
        """Every printed word of the body in reading order, for the verification and for tests."""
        parts = [self.centre, self.title, self.matter_number]
        for section in self.sections:
            parts.append(section.title)
            for label, value in section.pairs:
                parts += [label, value]
            if section.table is not None:
                parts += section.table.columns
                for row in section.table.rows:
                    parts += row
            if not section.pairs and section.table is None:
                parts.append("无")
        return "\n".join(parts)


@dataclass(frozen=True)
class PrintedRecord:
    """What a paper shows: its text layer, and a digest of all that draws it, fonts and page sizes included."""

    words: str
    drawing: tuple[str, ...]
