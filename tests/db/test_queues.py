from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from db import cases, queues
from db.cases import CaseFilter, CaseRow
from db.journal import Reader
from db.search import SEARCHED, normalised
from db.store import Store
from tests.db import toy

TODAY, SOON = "2026-03-10", "2026-03-12"
NEVER = "9999"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A store with 3,000 cases, some of them awkward to search for."""
    store = Store.create(tmp_path_factory.mktemp("queues") / "data", "", station_name="甲", cipher=False)
    chance = random.Random(11)
    with store.write() as tx:
        cases.upsert_many(tx, ((_random_row(n, chance), b"{}") for n in range(3_000)))
    with store.write() as tx:  # some are written twice, some end
        cases.upsert_many(tx, ((_random_row(n, chance), b"{}") for n in range(0, 3_000, 7)))
    with store.read() as reader:
        yield reader
    store.close()


ODD = ["100%", "a_b", "O'Neil", '"引号"', "C++", "（Ａ）", "\u00a0", "\u3000", "x\\y", "𬭎", "①", "—", "*", "-", "É"]


def _random_row(n: int, chance: random.Random) -> dict[str, Any]:
    title = "".join(chance.choices(toy.WORDS, k=chance.randint(1, 15)))
    if chance.random() < 0.3:
        place = chance.randrange(len(title) + 1)
        title = title[:place] + chance.choice(ODD) + title[place:]
    ended = chance.random() < 0.4
    due_on = chance.choice([None, *(f"2026-03-{d:02d}" for d in range(1, 29))])
    return toy.row(
        f"{n:05d}", procedure="preexam" if chance.random() < 0.95 else "priority", number=f"JN-2026-{n:06d}",
        title=title, platform_number=f"Y{chance.randrange(10**9):09d}", intake_key=f"k{n}",
        category=chance.choice(["发明", "实用新型", "外观设计"]),
        main_class=chance.choice(["G06F 16/29", "H01L 31/04", "14-02", "A61K 8/97"]),
        field=chance.choice(["新材料", "电子信息", "生物医药", ""]),
        party=chance.choice(["济南", "青岛"]) + "".join(chance.choices("华鲁科工电子信股份", k=4)) + "有限公司",
        agency=chance.choice(["", "某某专利代理事务所（普通合伙）", "AB & Co."]),
        uscc=chance.choice(["", "91350100M000100Y43"]), stage=chance.choice(["收件", "审查", "待答复"]), ended=ended,
        stage_kind="ended" if ended else chance.choice(["open", "open", "waiting"]), round=chance.randint(0, 3),
        examiner=chance.choice(["", "张三", "李四"]), received_on=f"2026-02-{chance.randint(1, 28):02d}",
        due_on=due_on, due_kind=chance.choice(["legal", "promised", "watch"]) if due_on else "",
        lead=chance.choice("0111111") + (due_on or NEVER),
        application_number=chance.choice(["", f"2026{chance.randrange(10**8):08d}.{chance.randrange(10)}"]),
        contested=int(not ended and chance.random() < 0.1),
    )  # fmt: skip


def _everything(reader: Reader) -> list[CaseRow]:
    return [CaseRow._make(row) for row in reader.rows("SELECT * FROM cases WHERE procedure = 'preexam'")]


def _in_view(row: CaseRow, view: str) -> bool:
    if view == "all":
        return True
    if view == "ended":
        return bool(row.ended)
    return not row.ended and {
        "open": True,
        "mine": row.examiner == "张三",
        "unassigned": row.examiner == "",
        "waiting": row.stage_kind == "waiting",
        "overdue": (row.due_on or NEVER) < TODAY and row.due_kind != "watch",
        "matured": (row.due_on or NEVER) <= TODAY and row.due_kind == "watch",
        "strategic": row.lead < "1",
        "soon": TODAY <= (row.due_on or NEVER) <= SOON,
        "contested": row.contested == 1,
    }[view]


def _filter(view: str, **changes: Any) -> CaseFilter:
    return CaseFilter("preexam", view, TODAY, SOON, examiner="张三" if view == "mine" else "", **changes)


def _expected(rows: list[CaseRow], query: CaseFilter) -> list[int]:
    kept = [
        row
        for row in rows
        if _in_view(row, query.view)
        and (not query.field or row.field == query.field)
        and (not query.category or row.category == query.category)
        and all(normalised(text) in getattr(row, c).lower().replace(" ", "") for c, text in query.columns.items())
    ]
    kept.sort(key=lambda row: row.pk, reverse=bool(query.sort and query.sort[0][1]))
    for column, descending in reversed(query.sort):
        kept.sort(key=lambda row: "" if getattr(row, column) is None else getattr(row, column), reverse=descending)
        if column == "due_on" and not descending:
            kept.sort(key=lambda row: row.due_on is None)
    return [row.pk for row in kept]


@pytest.mark.parametrize("view", sorted(queues.VIEWS))
@pytest.mark.parametrize("column", sorted(queues.SORTABLE))
def test_every_view_in_every_order(reader: Reader, view: str, column: str) -> None:
    rows = _everything(reader)
    for descending, field in itertools.product((False, True), ("", "新材料")):
        query = _filter(view, sort=((column, descending),), field=field)
        expected = _expected(rows, query)
        assert expected
        assert list(cases.keys(reader, query)) == expected
        assert [row.pk for row in cases.page(reader, query, 20, 5)] == expected[5:25]
        assert cases.count(reader, query) == len(expected)


@pytest.mark.parametrize("view", sorted(queues.VIEWS))
@pytest.mark.parametrize("column", sorted(queues.SORTABLE))
def test_no_queue_scans_or_sorts(reader: Reader, view: str, column: str) -> None:
    for descending, field, answer in itertools.product((False, True), ("", "新材料"), ("page", "keys")):
        plan = _plan(reader, _filter(view, sort=((column, descending),), field=field), answer)
        sorting = () if view == "contested" else ("USE TEMP B-TREE FOR ORDER BY",)  # few, fetched and sorted
        assert not [step for step in plan if step.startswith("SCAN") or step in sorting], plan
        assert any("INDEX cases_" in step for step in plan)


def test_a_second_sort_column_sorts_among_equals_only(reader: Reader) -> None:
    query = _filter("open", sort=(("field", False), ("due_on", True)))
    plan = _plan(reader, query, "page")
    assert not [step for step in plan if "TEMP B-TREE" in step and "LAST" not in step], plan
    assert list(cases.keys(reader, query)) == _expected(_everything(reader), query)


def _plan(reader: Reader, query: CaseFilter, answer: str) -> list[str]:
    statement, values = queues._prepared(reader, query, answer)
    parameters = {**values, "limit": 50, "offset": 0}
    return [row[3] for row in reader.rows("EXPLAIN QUERY PLAN " + statement, parameters)]


@pytest.mark.parametrize("view", ["open", "all", "overdue"])
@pytest.mark.parametrize(
    "columns",
    [{"title": "光伏"}, {"main_class": "g06f16/"}, {"due_on": "03-1"}, {"title": "%"}, {"party": "ＪＩ", "title": "_"},
     {"examiner": "张", "category": "发明"}, {"title": "  "}],
)  # fmt: skip
def test_column_filters_mean_contained_text(reader: Reader, view: str, columns: dict[str, str]) -> None:
    query = _filter(view, columns=columns, category="" if "party" in columns else "发明")
    rows = [row for row in _everything(reader) if row.due_on is not None or "due_on" not in columns]
    assert list(cases.keys(reader, query)) == _expected(rows, query)


def test_columns_and_views_come_from_a_list() -> None:
    for bad in ({"view": "x"}, {"sort": (("title; DROP TABLE cases", False),)}, {"columns": {"1=1 OR title": "x"}}):
        with pytest.raises(ValueError, match="no such"):
            CaseFilter("preexam", **bad)  # type: ignore[arg-type]


def test_counts_equal_what_the_queues_hold(reader: Reader) -> None:
    rows = _everything(reader)
    counts = cases.counts(reader, "preexam", TODAY, SOON, examiner="张三")
    for view in ("open", "ended", "all", "mine", "unassigned", "waiting", "overdue", "soon", "matured", "strategic"):
        assert counts.views[view] == sum(_in_view(row, view) for row in rows)
    for label in ("新材料", "电子信息", "生物医药", ""):
        mine = [row for row in rows if row.field == label]
        expected = tuple(sum(_in_view(row, view) for row in mine) for view in ("open", "soon", "overdue"))
        assert counts.fields[label] == expected
    assert sum(counts.types.values()) == counts.views["open"]
    unnamed = CaseFilter("preexam", "open", TODAY, SOON, unnamed=True)
    assert cases.count(reader, unnamed) == counts.fields[""][0]
    plan = [row[3] for row in reader.rows(
        "EXPLAIN QUERY PLAN SELECT field, category, stage_kind, examiner, count(*), sum(due_kind = 'watch'),"
        " sum(due_on < '2026-03-03'), sum(lead < '1') FROM cases"
        " WHERE procedure = 'preexam' AND ended = 0 GROUP BY field, category, stage_kind, examiner"
    )]  # fmt: skip
    assert plan == ["SEARCH cases USING COVERING INDEX cases_open_counts (procedure=?)"]


def _needles(rows: list[CaseRow], chance: random.Random, number: int) -> list[str]:
    needles = [*ODD, "%", "_", "'", '"', "AND", "NOT", "NEAR(", "^", "g06f16/29", "G06F 16", "Ｇ０６Ｆ", "不存在"]
    while len(needles) < number:
        text = str(getattr(chance.choice(rows), chance.choice(SEARCHED)) or "")
        if text:
            start = chance.randrange(len(text))
            needles.append(text[start : start + chance.choice([1, 2, 2, 2, 3, 5, 9])])
    return needles


def _like(reader: Reader, needle: str) -> set[int]:
    """The oracle: LIKE over the normalised columns, every row looked at."""
    pattern = "%" + needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return {row[0] for row in reader.rows("SELECT pk FROM oracle WHERE text LIKE ? ESCAPE '\\'", (pattern,))}


@pytest.mark.parametrize("few", [2_000, 10], ids=["found", "walked"])
def test_search_finds_exactly_what_like_finds(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(queues, "_FEW", few)
    monkeypatch.setattr(queues, "_MANY", few * 3)
    rows = _everything(reader)
    reader.driver.execute("CREATE TEMP TABLE IF NOT EXISTS oracle (pk INTEGER, text TEXT)")
    reader.driver.execute("DELETE FROM oracle")
    reader.driver.executemany(
        "INSERT INTO oracle VALUES (?, ?)",
        ((row.pk, normalised(str(text or ""))) for row in rows
         for text in (*(getattr(row, c) for c in SEARCHED), row.application_number.replace(".", ""))),
    )  # fmt: skip
    ended = {row.pk: row.ended for row in rows}
    for needle in _needles(rows, random.Random(few), 250):
        expected = _like(reader, normalised(needle)) if normalised(needle) else set(ended)
        for view, kept in (("all", expected), ("open", {key for key in expected if not ended[key]})):
            query = _filter(view, search=needle)
            assert set(cases.keys(reader, query)) == kept, needle
            assert cases.count(reader, query) == len(kept)
            assert [r.pk for r in cases.page(reader, query, 20)] == list(cases.keys(reader, query))[:20]


@pytest.mark.long
def test_search_finds_exactly_what_like_finds_long(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    for few in range(5, 100, 5):
        test_search_finds_exactly_what_like_finds(reader, monkeypatch, few)
