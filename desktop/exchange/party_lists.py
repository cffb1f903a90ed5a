"""Lists of parties or agencies: which kind it is, which row is the header, which column holds which fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.core.party_facts import PartyKind
from desktop.core.refusal import Refusal
from desktop.exchange.columns import DICTIONARY, ColumnDictionary, load_columns, normal_title
from desktop.exchange.reading import Cell, Sheet
from desktop.exchange.recognition import HEADER_WITHIN, SourceRow

DICTIONARIES = {
    PartyKind.PARTY: DICTIONARY.with_name("intake_parties.toml"),
    PartyKind.AGENCY: DICTIONARY.with_name("intake_agencies.toml"),
}
_BRACKET = re.compile(r"\([^()]*\)$")
_TOTAL = re.compile(r"(本页|累计)?(合计|总计|小计|共计|总数)(\(?[\d家户个:.]*\)?)?")
# A title that only one kind of list has decides between them where both know as many.
_TELLING = {PartyKind.AGENCY: ("agency_code", "agents", "listed")}


@dataclass(frozen=True)
class PartyColumns:
    """What was understood of a sheet. ``header_row`` counts from 1; ``columns`` maps a fact to its column (from 0);
    ``unknown`` are titles that were not understood; ``missing`` labels of required facts without a column."""

    kind: PartyKind
    header_row: int
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]

    def title(self, name: str) -> str:
        return self.titles[self.columns[name]]


def recognise_parties(sheet: Sheet, kind: str = "") -> PartyColumns:
    """Find the header among the first rows. ``kind`` empty: the one whose words fit better.

    Raises Refusal ``no_header`` when no row names at least two known columns, ``missing_columns`` without names."""
    kinds = [PartyKind(kind)] if kind else list(PartyKind)
    best: PartyColumns | None = None
    for one in kinds:
        found = _recognised(sheet, one)
        if found is not None and (best is None or _weight(found) > _weight(best)):
            best = found
    if best is None:
        raise Refusal(
            "no_header",
            f"前 {HEADER_WITHIN} 行里没有找到表头：主体名单要写明单位名称、统一社会信用代码等列名，"
            "代理机构名单要写明机构名称、机构代码等列名。",
        )
    if best.missing:
        raise Refusal("missing_columns", f"缺少必需的列：{'、'.join(best.missing)}", {"missing": list(best.missing)})
    return best


def party_rows(sheet: Sheet, found: PartyColumns) -> Iterator[SourceRow]:
    """The rows below the header: blank lines, totals and repeated headers are left out."""
    names = load_columns(DICTIONARIES[found.kind])
    counted = {index for index, title in enumerate(found.titles) if normal_title(title) in names.serial}
    titles = {name: found.titles[index] for name, index in found.columns.items()}
    for number, row in enumerate(sheet.rows[found.header_row :], found.header_row + 1):
        if _is_blank(row, counted) or _is_total(row) or _is_header(row, found):
            continue
        values = {name: row[index] if index < len(row) else None for name, index in found.columns.items()}
        yield SourceRow(number, values, titles)


def _recognised(sheet: Sheet, kind: PartyKind) -> PartyColumns | None:
    names = load_columns(DICTIONARIES[kind])
    best, most = 0, 1
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN], 1):
        known = {field for cell in row if isinstance(cell, str) and (field := _field_of(cell, names))}
        if len(known) > most:
            best, most = number, len(known)
    if not best:
        return None
    titles = tuple("" if cell is None else str(cell).strip() for cell in sheet.rows[best - 1])
    columns: dict[str, int] = {}
    for exact in (True, False):  # a column that is called as we call it comes before one with another word
        for index, title in enumerate(titles):
            field = _field_of(title, names)
            named = field is not None and normal_title(title) == normal_title(names.label(field))
            if field is not None and field not in columns and named is exact and index not in columns.values():
                columns[field] = index
    unknown = tuple(
        title
        for index, title in enumerate(titles)
        if title and index not in columns.values() and normal_title(title) not in names.ignored
    )
    missing = tuple(field.label for field in names.fields.values() if field.required and field.name not in columns)
    return PartyColumns(kind, best, titles, columns, unknown, missing)


def _field_of(title: str, names: ColumnDictionary) -> str | None:
    """A trailing bracket such as （YYYY-MM-DD） is dropped where the whole title is not known."""
    normal = normal_title(title)
    return names.names.get(normal) or names.names.get(_BRACKET.sub("", normal))


def _weight(found: PartyColumns) -> tuple[bool, int, int]:
    telling = sum(name in found.columns for name in _TELLING.get(found.kind, ()))
    return not found.missing, len(found.columns), telling


def _is_blank(row: Sequence[Cell], counted: set[int]) -> bool:
    return all(
        cell is None or index in counted or (isinstance(cell, str) and not cell.strip("\u200b\ufeff \t\r\n\xa0\u3000"))
        for index, cell in enumerate(row)
    )


def _is_total(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    return (
        bool(filled)
        and len(filled) <= 3
        and isinstance(filled[0], str)
        and bool(_TOTAL.fullmatch(normal_title(filled[0])))
    )


def _is_header(row: Sequence[Cell], found: PartyColumns) -> bool:
    """A header that is printed again on every page."""
    same = sum(
        isinstance(cell, str) and cell.strip() == found.titles[index]
        for index in found.columns.values()
        if index < len(row) and (cell := row[index]) is not None
    )
    return same >= 2 and same * 2 > len(found.columns)
