"""Which row is the header, which column holds which field, and which rows below are cases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from desktop.core.refusal import Refusal
from desktop.exchange.columns import ColumnDictionary, load_columns, normal_title
from desktop.exchange.reading import Cell, Sheet

HEADER_WITHIN = 40  # rows: a title block above the header is never longer
SAMPLES = 3
SAMPLE_ROWS = 200

_BRACKET = re.compile(r"\([^()]*\)$")
_FOREIGN = re.compile(r"英|en|原文")
_TOTAL = re.compile(r"(本页|累计)?(合计|总计|小计|共计|总数|total)(\(?[\d件条项个:.]*\)?)?")


@dataclass(frozen=True)
class ColumnMatch:
    """``index`` counts from 0. ``how``: label, alias, loose (a bracket was dropped), remembered or chosen."""

    index: int
    title: str
    how: str


@dataclass(frozen=True)
class Recognition:
    """What was understood of a sheet. ``header_row`` is the sheet's row number (1 = first line).

    ``titles`` are all column titles by index; ``missing`` the labels of required fields without a column;
    ``unknown`` the titles that were not understood; ``samples`` up to three texts per column;
    ``fingerprint`` identifies the header, so that a mapping can be remembered.
    """

    header_row: int
    titles: tuple[str, ...]
    columns: Mapping[str, ColumnMatch]
    fingerprint: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]

    def remapped(self, mapping: Mapping[str, str | int | None]) -> Recognition:
        """The same sheet with these fields taken from these columns (title or index; None: from nowhere)."""
        return _remapped(self, mapping, "chosen", load_columns())

    def mapping(self) -> dict[str, str]:
        """Field -> column title, the form that is remembered under the fingerprint."""
        return {field: match.title for field, match in self.columns.items()}

    def require_complete(self) -> None:
        """Raise Refusal("missing_columns") that names every required column the sheet lacks."""
        if not self.missing:
            return
        names = load_columns()
        found = {names.label(field): match.title for field, match in self.columns.items()}
        sentence = f"缺少建立案件必需的列：{'、'.join(self.missing)}。"
        sentence += f"已认出：{'、'.join(map(_pair, found.items()))}。" if found else ""
        sentence += "".join(f"{note}。" for note in _notes(self.titles, self.columns, names))
        sentence += "请补上这些列，或在列对应中人工指定。"
        raise Refusal("missing_columns", sentence, {"missing": list(self.missing), "found": found})


@dataclass(frozen=True)
class SourceRow:
    """One candidate case. ``row`` is the sheet's row number; ``titles`` are the sheet's own column titles."""

    row: int
    values: Mapping[str, Cell]
    titles: Mapping[str, str]


def recognise(sheet: Sheet, remembered: Mapping[str, str] | None = None) -> Recognition:
    """Find the header and match its columns. ``remembered`` (field -> title) wins where its titles are present.

    Raises Refusal("no_header") when no row of the first forty names at least two known columns.
    """
    names = load_columns()
    number, titles = _header(sheet.rows, names)
    columns: dict[str, ColumnMatch] = {}
    warnings: list[str] = []
    for loose in (False, True):
        for index, title in enumerate(titles):
            field = _field_of(title, names, loose)
            if field is None or any(match.index == index for match in columns.values()):
                continue
            here = ColumnMatch(index, title, _how(title, field, names, loose))
            earlier = columns.get(field)
            if earlier is None:
                columns[field] = here
            elif not loose:
                columns[field], other = _preferred(earlier, here)
                warnings.append(
                    f"“{names.label(field)}”有多列可用，采用第 {columns[field].index + 1} 列“{columns[field].title}”，"
                    f"没有采用第 {other.index + 1} 列“{other.title}”"
                )
    samples = _samples(sheet.rows, number, len(titles))
    found = Recognition(number, titles, columns, _fingerprint(titles), (), (), samples, tuple(warnings))
    present = set(map(normal_title, titles))
    known = {
        field: title
        for field, title in (remembered or {}).items()
        if field in names.fields and normal_title(title) in present
    }
    return _remapped(found, known, "remembered", names)


def source_rows(sheet: Sheet, recognition: Recognition) -> Iterator[SourceRow]:
    """The rows below the header that may be cases: blank lines, totals and repeated headers are left out."""
    serial = load_columns().serial
    counted = [index for index, title in enumerate(recognition.titles) if normal_title(title) in serial]
    places = [(field, match.index) for field, match in recognition.columns.items()]
    titles = {field: match.title for field, match in recognition.columns.items()}
    for number, row in enumerate(sheet.rows[recognition.header_row :], recognition.header_row + 1):
        if _is_blank(row, counted) or _is_total(row, places) or _is_header(row, recognition):
            continue
        width = len(row)
        values = {field: row[index] if index < width else None for field, index in places}
        yield SourceRow(number, values, titles)


def _header(rows: Sequence[Sequence[Cell]], names: ColumnDictionary) -> tuple[int, tuple[str, ...]]:
    """Row number and titles of the row that names most fields, the first of equals."""
    best, most = 0, 0
    titles: tuple[str, ...] = ()
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        here = _titles(row, rows[index - 1] if index else (), names)
        score = len({names.names[normal] for title in here if (normal := normal_title(title)) in names.names})
        if score > most:
            best, most, titles = index + 1, score, here
    if most < 2:
        raise Refusal(
            "no_header",
            f"前 {HEADER_WITHIN} 行里没有找到表头：表头要写明接收日期、专利类型、发明名称、申请主体、主分类号等列名。",
        )
    return best, titles


def _titles(row: Sequence[Cell], above: Sequence[Cell], names: ColumnDictionary) -> tuple[str, ...]:
    """A row read as titles; a known title merged down from the row above counts as its own."""
    titles = ["" if cell is None else str(cell).strip() for cell in row]
    for index, cell in enumerate(above[: len(titles)]):
        if not titles[index] and isinstance(cell, str) and normal_title(cell) in names.names:
            titles[index] = cell.strip()
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _field_of(title: str, names: ColumnDictionary, loose: bool) -> str | None:
    """``loose`` drops a bracket such as （YYYY-MM-DD）, but never one that says it is a foreign text."""
    normal = normal_title(title)
    if not loose:
        return names.names.get(normal)
    if normal in names.ignored or normal in names.names:
        return None
    bare = _BRACKET.sub("", normal)
    if bare == normal or _FOREIGN.search(normal[len(bare) :].replace("yyyy", "")):
        return None
    return names.names.get(bare)


def _how(title: str, field: str, names: ColumnDictionary, loose: bool) -> str:
    if loose:
        return "loose"
    return "label" if normal_title(title) == normal_title(names.label(field)) else "alias"


def _preferred(first: ColumnMatch, second: ColumnMatch) -> tuple[ColumnMatch, ColumnMatch]:
    """The one to use, the one not to: the standard label before an alias, else the column that stands first."""
    return (second, first) if second.how == "label" and first.how != "label" else (first, second)


def _remapped(
    known: Recognition, mapping: Mapping[str, str | int | None], how: str, names: ColumnDictionary
) -> Recognition:
    columns = dict(known.columns)
    for field, place in mapping.items():
        if field not in names.fields:
            raise Refusal("unknown_field", f"没有名为“{field}”的字段。", {"field": field})
        if place is None:
            columns.pop(field, None)
            continue
        index = place if isinstance(place, int) else _place_of(place, known.titles)
        if not 0 <= index < len(known.titles):
            raise Refusal("unknown_column", f"表中没有第 {index + 1} 列。", {"field": field, "column": index})
        present = columns.get(field)
        if present is None or present.index != index:
            columns[field] = ColumnMatch(index, known.titles[index], how)
    used = {match.index for match in columns.values()}
    missing = tuple(
        field.label
        for field in names.fields.values()
        if field.required and field.name not in columns and not (field.name == "main_class" and "classes" in columns)
    )
    unknown = tuple(
        title
        for index, title in enumerate(known.titles)
        if title and index not in used and normal_title(title) not in names.ignored
    )
    doubles = [text for text in known.warnings if text not in _notes(known.titles, known.columns, names)]
    return replace(
        known,
        columns={field: columns[field] for field in names.fields if field in columns},
        missing=missing,
        unknown=unknown,
        warnings=tuple(dict.fromkeys((*doubles, *_notes(known.titles, columns, names)))),
    )


def _notes(titles: Sequence[str], columns: Mapping[str, ColumnMatch], names: ColumnDictionary) -> tuple[str, ...]:
    """What follows from the present mapping: look-alike columns left alone, a main class taken from a list."""
    used = {match.index for match in columns.values()}
    notes = []
    for index, title in enumerate(titles):
        field, reason = names.apart.get(normal_title(title), ("", ""))
        if field and field not in columns and index not in used:
            notes.append(reason)
    if "main_class" not in columns and "classes" in columns:
        notes.append(f"没有主分类号列，取“{columns['classes'].title}”列的第一个分类号作主分类号")
    return tuple(notes)


def _place_of(title: str, titles: Sequence[str]) -> int:
    wanted = normal_title(title)
    for index, present in enumerate(titles):
        if normal_title(present) == wanted:
            return index
    raise Refusal("unknown_column", f"表中没有名为“{title}”的列。", {"column": title})


def _pair(named: tuple[str, str]) -> str:
    label, title = named
    return label if normal_title(label) == normal_title(title) else f"{label}（表中“{title}”）"


def _fingerprint(titles: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(map(normal_title, titles)).encode()).hexdigest()[:32]


def _samples(rows: Sequence[Sequence[Cell]], header: int, width: int) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = [[] for _ in range(width)]
    for row in rows[header : header + SAMPLE_ROWS]:
        for index, cell in enumerate(row[:width]):
            if cell is not None and len(found[index]) < SAMPLES and (text := _text(cell)):
                found[index].append(text[:80])
    return tuple(map(tuple, found))


def _text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def _is_blank(row: Sequence[Cell], counted: Sequence[int]) -> bool:
    """Prepared lines often hold nothing but their running number."""
    return all(
        cell is None or index in counted or (isinstance(cell, str) and not cell.strip("\u200b\ufeff \t\r\n\xa0\u3000"))
        for index, cell in enumerate(row)
    )


def _is_total(row: Sequence[Cell], places: Sequence[tuple[str, int]]) -> bool:
    """A line that begins with 合计 and names no case: a title may well begin with the same word."""
    first = next((cell for cell in row if isinstance(cell, str) and cell.strip()), None)
    if first is None or len(first) > 20 or not _TOTAL.fullmatch(normal_title(first)):
        return False
    named = [field for field, index in places if field in ("title", "party") and index < len(row) and row[index]]
    return len(named) < 2


def _is_header(row: Sequence[Cell], recognition: Recognition) -> bool:
    """A header that is printed again on every page repeats its titles letter by letter."""
    filled = same = 0
    for match in recognition.columns.values():
        cell = row[match.index] if match.index < len(row) else None
        if cell is not None:
            filled += 1
            same += isinstance(cell, str) and cell.strip() == match.title
    return same >= 2 and same * 2 > filled
