"""What a queue shows: which cases, in which order, how many. Composed from whitelisted columns, compiled once.

A queue walks an index that is already in the wanted order, and the statement says which (INDEXED BY), since SQLite
would now and then rather pick another and sort. Only a second sort column, or a search that found few cases, sorts,
and then only among equals or among those few.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from sqlalchemy import Select, bindparam, func, literal_column, or_, select, union_all
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.expression import ColumnElement

from db.journal import Reader
from db.rows import CaseRow
from db.search import match_expression, normalised
from db.tables import case_doubles, case_search, case_states, cases

VIEWS: Final = frozenset(
    "open ended mine unassigned waiting overdue soon contested matured strategic all".split()
)
STRATEGIC, ORDINARY = "0", "1"  # what a case's place in the queue begins with
SORTABLE: Final = frozenset({
    "lead", "due_on", "number", "title", "category", "main_class", "field", "party", "stage", "round", "examiner",
    "received_on", "platform_number", "application_number",
})  # fmt: skip
FILTERABLE: Final = SORTABLE - {"lead"} | {"region", "agency", "uscc", "field_grade", "stage_kind", "flags"}
_FEW: Final = 2_000  # found cases that are fetched and sorted; more are looked up while walking the index
_MANY: Final = 20_000  # from here on a page is found sooner by walking and comparing
_ZERO: Final[ColumnElement[int]] = literal_column("0")


@dataclass(frozen=True)
class CaseFilter:
    """Empty text means any. ``columns`` filters by contained text; ``unnamed`` asks for cases that met no field.

    ``doubled`` (number, intake_key) lets a filter on the flags also find cases that have one of these in common.
    ``today`` and ``soon_until`` (ISO 8601) bound the views overdue, matured and soon; ``sort`` is (column, descending).
    ValueError for a view or column that does not exist.
    """

    procedure: str
    view: str = "open"
    today: str = ""
    soon_until: str = ""
    examiner: str = ""
    field: str = ""
    category: str = ""
    search: str = ""
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    sort: tuple[tuple[str, bool], ...] = (("lead", False),)
    unnamed: bool = False
    doubled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = {column for column, _ in self.sort} - SORTABLE | set(self.columns) - FILTERABLE
        if unknown or self.view not in VIEWS:
            raise ValueError(f"no such view or column: {self.view}, {sorted(unknown)}")


@dataclass(frozen=True, slots=True)
class Counts:
    """``fields``: label -> (open, soon, overdue), '' for none; ``views``: view -> cases; ``types``: category ->
    open cases."""

    fields: Mapping[str, tuple[int, int, int]]
    views: Mapping[str, int]
    types: Mapping[str, int]


def page(reader: Reader, query: CaseFilter, limit: int, offset: int = 0) -> list[CaseRow]:
    """One page of a queue."""
    statement, values = _prepared(reader, query, "page")
    return [CaseRow._make(row) for row in reader.rows(statement, {**values, "limit": limit, "offset": offset})]


def keys(reader: Reader, query: CaseFilter) -> array[int]:
    """The keys of the whole queue, in order."""
    statement, values = _prepared(reader, query, "keys")
    return array("q", [row[0] for row in reader.rows(statement, values)])


def count(reader: Reader, query: CaseFilter) -> int:
    if query.view == "all":  # so that each half is counted in an index of its own
        return sum(count(reader, dataclasses.replace(query, view=view)) for view in ("open", "ended"))
    statement, values = _prepared(reader, query, "count")
    return int(reader.value(statement, values))


def counts(reader: Reader, procedure: str, today: str, soon_until: str, examiner: str = "") -> Counts:
    """The numbers beside the queue, from an index of the open cases alone. ``mine`` only if an examiner is given."""
    fields: dict[str, tuple[int, int, int]] = {}
    types: dict[str, int] = {}
    views = dict.fromkeys(("open", "unassigned", "waiting", "overdue", "soon", "matured", "strategic"), 0)
    if examiner:
        views["mine"] = 0
    groups = reader.rows(
        "SELECT field, category, stage_kind, examiner, count(*), sum(due_on >= ?2 AND due_on <= ?3),"
        " sum(due_on < ?2 AND due_kind <> 'watch'), sum(due_on <= ?2 AND due_kind = 'watch'), sum(lead < '1')"
        " FROM cases WHERE procedure = ?1 AND ended = 0 GROUP BY field, category, stage_kind, examiner",
        (procedure, today, soon_until),
    )
    for label, category, kind, name, number, *sums in groups:
        soon, overdue, matured, strategic = (one or 0 for one in sums)  # none where no case of the group has a date
        before = fields.get(label, (0, 0, 0))
        fields[label] = (before[0] + number, before[1] + soon, before[2] + overdue)
        types[category] = types.get(category, 0) + number
        views["open"] += number
        views["soon"] += soon
        views["overdue"] += overdue
        views["matured"] += matured
        views["strategic"] += strategic
        views["waiting"] += number if kind == "waiting" else 0
        views["unassigned"] += number if not name else 0
        if examiner and name == examiner:
            views["mine"] += number
    tally = dict(reader.rows("SELECT ended, cases FROM case_tally WHERE procedure = ?", (procedure,)))
    views["contested"] = int(
        reader.value("SELECT count(*) FROM cases WHERE contested = 1 AND procedure = ?", (procedure,))
    )
    views["ended"] = tally.get(1, 0)
    views["all"] = tally.get(0, 0) + tally.get(1, 0)
    return Counts(fields, views, types)


def _prepared(reader: Reader, query: CaseFilter, answer: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "procedure": query.procedure, "today": query.today, "soon_until": query.soon_until,
        "examiner": query.examiner, "field": query.field, "category": query.category,
    }  # fmt: skip
    columns = tuple(sorted(column for column, text in query.columns.items() if normalised(text)))
    values.update((f"in_{column}", normalised(query.columns[column])) for column in columns)
    needle = normalised(query.search)
    searching = _searching(reader, needle, answer, values) if needle else ""
    view = query.view
    if view == "mine" and not query.examiner:
        view = "unassigned"
    field_filter = "unnamed" if query.unnamed else "named" if query.field else ""
    statement = _statement(
        answer, view, field_filter, bool(query.category), bool(query.examiner) and view != "unassigned",
        columns, query.doubled, searching, len(needle) <= 2 and searching != "compared", query.sort,
    )  # fmt: skip
    return statement, values


def _searching(reader: Reader, needle: str, answer: str, values: dict[str, Any]) -> str:
    """How the search is joined: found keys, a set looked up while walking, or a comparison while walking."""
    values["needle"] = needle
    values["match"] = match_expression(needle)
    found = reader.rows(
        "SELECT rowid FROM case_search WHERE case_search MATCH ? LIMIT ?", (values["match"], _MANY)
    )
    if len(found) <= _FEW:
        values["found"] = orjson.dumps([row[0] for row in found]).decode()
        return "found"
    if len(found) == _MANY and answer == "page":
        return "compared"
    return "set"


@lru_cache(maxsize=512)
def _statement(
    answer: str, view: str, field_filter: str, by_category: bool, by_examiner: bool, columns: tuple[str, ...],
    doubled: tuple[str, ...], searching: str, exact: bool, sort: tuple[tuple[str, bool], ...],
) -> str:  # fmt: skip
    """The SQL text of one shape of question. Nothing that a user typed gets into it."""
    sort = sort or (("number", False),)
    terms = _filters(view, field_filter, by_category, by_examiner, columns, doubled, searching, exact)
    if answer == "count":
        question: Any = _half(view, [func.count()], terms, searching, "due_on")
        return _compiled(question)
    what = list(cases.c) if answer == "page" else [cases.c.pk, *(cases.c[column] for column, _ in sort)]
    if view == "all" and searching != "found":  # each half in its own index's order; SQLite merges the two
        question = union_all(*(_half(half, what, terms, searching, sort[0][0]) for half in ("open", "ended")))
        question = question.order_by(*_order(question.selected_columns, sort))
    else:
        question = _half(view, what, terms, searching, sort[0][0]).order_by(*_order(cases.c, sort))
    if answer == "page":
        question = question.limit(bindparam("limit")).offset(bindparam("offset"))
    return _compiled(question)


def _half(
    view: str, what: Sequence[Any], terms: Sequence[ColumnElement[bool]], searching: str, first: str
) -> Select[Any]:
    """The open or the ended cases by the index of one column, or a few of either by their keys."""
    state: ColumnElement[int] = literal_column("1" if view == "ended" else "0")
    question = select(*what).select_from(cases).where(*terms)
    if view != "all":
        question = question.where(cases.c.ended == state)
    hint = f"INDEXED BY cases_{'ended' if view == 'ended' else 'open'}_{first}"
    few = searching == "found" or view == "contested"  # fetched by their keys and sorted
    return question.with_hint(cases, "NOT INDEXED" if few else hint)


def _filters(
    view: str, field_filter: str, by_category: bool, by_examiner: bool, columns: tuple[str, ...],
    doubled: tuple[str, ...], searching: str, exact: bool,
) -> list[ColumnElement[bool]]:  # fmt: skip
    c = cases.c
    nothing: ColumnElement[str] = literal_column("''")
    terms: list[ColumnElement[bool]] = [c.procedure == bindparam("procedure")]
    if field_filter:
        terms.append(c.field == (bindparam("field") if field_filter == "named" else nothing))
    if by_category:
        terms.append(c.category == bindparam("category"))
    if view == "unassigned":
        terms.append(c.examiner == nothing)
    elif by_examiner:
        terms.append(c.examiner == bindparam("examiner"))
    if view == "waiting":
        terms.append(c.stage_kind == literal_column("'waiting'"))
    elif view == "overdue":
        terms += [c.due_on < bindparam("today"), c.due_kind != literal_column("'watch'")]
    elif view == "matured":
        terms += [c.due_on <= bindparam("today"), c.due_kind == literal_column("'watch'")]
    elif view == "strategic":
        terms.append(c.lead < literal_column("'1'"))
    elif view == "soon":
        terms += [c.due_on >= bindparam("today"), c.due_on <= bindparam("soon_until")]
    elif view == "contested":
        disputed = cases.alias("disputed")
        theirs = [disputed.c.contested == literal_column("1"), disputed.c.procedure == bindparam("procedure")]
        terms.append(c.pk.in_(select(disputed.c.pk).where(*theirs)))
    for column in columns:
        plain = func.replace(func.lower(c[column]), literal_column("' '"), nothing)
        term = func.instr(plain, bindparam(f"in_{column}")) > _ZERO
        terms.append(or_(term, *map(_held_twice, doubled)) if column == "flags" else term)
    if searching:
        hay = select(case_states.c.haystack).where(case_states.c.pk == c.pk).scalar_subquery()
        if searching == "found":  # the index answers a needle of up to two characters exactly
            terms.append(c.pk.in_(select(literal_column("value")).select_from(func.json_each(bindparam("found")))))
        elif searching == "set":
            matching = select(case_search.c.rowid).where(case_search.c.case_search.match(bindparam("match")))
            terms.append(c.pk.in_(matching))
        if not exact:
            terms.append(func.instr(hay, bindparam("needle")) > _ZERO)
    return terms


def _held_twice(name: str) -> ColumnElement[bool]:
    return cases.c[name].in_(select(case_doubles.c.value).where(case_doubles.c.name == literal_column(f"'{name}'")))


def _order(columns: Any, sort: tuple[tuple[str, bool], ...]) -> list[Any]:
    """Equal rows follow in the order of their keys, in the direction of the first column, so an index can be read
    backwards. Cases without a date come last either way (in descending order SQLite puts them there by itself)."""
    terms: list[Any] = []
    for name, descending in sort:
        column = columns[name]
        terms.append(column.desc() if descending else column.nulls_last() if name == "due_on" else column.asc())
    return [*terms, columns["pk"].desc() if sort[0][1] else columns["pk"].asc()]


class _HintedCompiler(SQLiteCompiler):
    """SQLAlchemy knows table hints but not SQLite's."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


_DIALECT: Final = sqlite.dialect(paramstyle="named")
_DIALECT.statement_compiler = _HintedCompiler


def _compiled(question: Any) -> str:
    return str(question.compile(dialect=_DIALECT))
