"""The read tables of parties on their own: lists, searches, keys, and that a second writing replaces the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from db import parties
from db.parties import PartyFilter, PartyRecord
from db.store import Store

ALWAYS = (("0001-01-01", "9999-12-31", "在备", "", "", ""),)


def record(id_: str, name: str, **more: Any) -> PartyRecord:
    """``spans``, ``grounds``, ``keys`` and columns may be given."""
    spans: Sequence[Any] = more.pop("spans", ALWAYS)
    grounds: Sequence[Any] = more.pop("grounds", ())
    keys: Sequence[Any] = more.pop("keys", (("name", name, 0), ("spelling", name, 0)))
    row = {
        "id": id_, "root": id_, "kind": "主体", "name": name, "uscc": "", "code": "", "region": "", "tags": [],
        "status": "", "strategic": 0, "listed": 1, "merged_into": "", "marks": [], "events": 1, "head": "h",
        "updated_hlc": 1, **more,
    }  # fmt: skip
    return PartyRecord(row, name + "\x1f" + row["uscc"].lower(), b"{}", keys, spans, grounds)


def write(store: Store, *records: PartyRecord) -> None:
    with store.write() as tx:
        parties.write(tx, records)


def names(store: Store, **query: Any) -> list[str]:
    with store.read() as reader:
        wanted = PartyFilter(**{"on": "2026-06-01", **query})
        found = [row.name for row in parties.page(reader, wanted)]
        assert parties.count(reader, wanted) == len(found)
    return found


def test_strategic_parties_come_first_then_names(store: Store) -> None:
    write(
        store,
        record("a", "丙"),
        record("b", "乙"),
        record("c", "甲", strategic=1),
        record("d", "丁", listed=0, root="a"),
    )
    assert names(store) == ["甲", "丙", "乙"]  # by code point: a list need not know how names are spoken
    assert names(store, among=["b"]) == ["乙"]
    with store.read() as reader:
        wanted = PartyFilter("2026-06-01")
        assert [row.name for row in parties.page(reader, wanted, 1, 1)] == ["丙"]


def test_the_status_is_that_of_the_day(store: Store) -> None:
    spans = (
        ("0001-01-01", "2026-05-31", "在备", "", "", ""),
        ("2026-06-01", "9999-12-31", "暂停", "2026-06-01", "", "理由"),
    )
    write(store, record("a", "甲", spans=spans), record("b", "乙"))
    assert names(store, status="暂停") == ["甲"]
    assert names(store, status="暂停", on="2026-05-31") == []
    assert names(store, status="在备", on="2026-05-31") == ["乙", "甲"]


def test_kind_tag_and_search(store: Store) -> None:
    write(
        store,
        record("a", "青岛甲有限公司", tags=["高新", "高新"], uscc="91350100M000100Y43"),
        record("b", "烟台乙有限公司", kind="代理机构", tags=["小巨人"]),
    )
    assert names(store, kind="代理机构") == ["烟台乙有限公司"]
    assert names(store, tag="高新") == ["青岛甲有限公司"]
    for needle in ("青", "青岛", "岛甲有限", "m0001", "９１３５"):
        assert names(store, search=needle) == ["青岛甲有限公司"], needle
    assert len(names(store, search="有限公司")) == 2
    assert names(store, search="岛乙") == []
    assert names(store, search="%' OR 1=1 --") == []


def test_writing_again_replaces_everything_and_keeps_the_key(store: Store) -> None:
    write(store, record("a", "甲", tags=["高新"], grounds=[("非正常", "f1", "2026-01-01")]), record("b", "乙"))
    with store.read() as reader:
        before = {row.id: row.pk for row in parties.page(reader, PartyFilter("2026-06-01"))}
    write(store, record("a", "新甲"))
    with store.read() as reader:
        assert {row.id: row.pk for row in parties.page(reader, PartyFilter("2026-06-01"))} == before
        assert parties.with_grounds(reader, ["非正常"], "") == set()
        assert parties.by_keys(reader, "主体", [("name", "甲")]) == []
        assert [row[2] for row in parties.by_keys(reader, "", [("name", "新甲")])] == ["a"]
    assert names(store, tag="高新") == []
    assert names(store, search="甲") == ["新甲"]


def test_the_digest_knows_no_keys_but_everything_else(store: Store) -> None:
    def digest(*records: PartyRecord) -> str:
        with store.write() as tx:
            parties.clear(tx)
            for one in records:
                parties.write(tx, [one])
            return parties.digest(tx)

    one, other = record("a", "甲"), record("b", "乙", grounds=[("非正常", "f1", "2026-01-01")])
    whole = digest(one, other)
    assert digest(other, one) == whole
    for changed in (
        record("a", "甲", strategic=1), record("a", "甲", tags=["高新"]), record("a", "甲", keys=()),
        record("a", "甲", spans=()), record("a", "甲", grounds=[("quota", "2026", "2026-12-31")]),
    ):  # fmt: skip
        assert digest(changed, other) != whole


def test_present_owners_of_a_key_come_before_former_ones(store: Store) -> None:
    write(store, record("a", "旧", keys=[("name", "甲", 1)]), record("b", "甲"))
    with store.read() as reader:
        assert [(row[2], row[4]) for row in parties.by_keys(reader, "主体", [("name", "甲")])] == [("b", 0), ("a", 1)]


def test_merging_is_followed_in_both_directions(store: Store) -> None:
    write(
        store,
        record("a", "甲", merged_into="b"),
        record("b", "乙", merged_into="c"),
        record("c", "丙"),
        record("d", "丁"),
    )
    with store.read() as reader:
        for start in ("a", "b", "c"):
            assert parties.merged_with(reader, [start]) == {"a": "b", "b": "c", "c": ""}
        assert parties.merged_with(reader, ["d", "nobody"]) == {"d": ""}


def test_duplicates_share_a_code_within_their_kind(store: Store) -> None:
    write(
        store,
        record("a", "甲", uscc="U"), record("b", "乙", uscc="U"), record("c", "丙", uscc="U", kind="代理机构"),
        record("d", "丁", uscc="U", listed=0, root="a"), record("e", "戊"), record("f", "己"),
    )  # fmt: skip
    with store.read() as reader:
        assert parties.duplicates(reader) == [("主体", "U", [("a", "甲"), ("b", "乙")])]


@pytest.mark.parametrize("query", [{}, {"kind": "主体"}])
def test_lists_walk_an_index_and_sort_nothing(store: Store, query: dict[str, str]) -> None:
    write(store, *(record(f"p{n}", f"甲{n}") for n in range(50)))
    with store.read() as reader:
        where, values = parties._where(PartyFilter("2026-06-01", **query))
        statement = f"EXPLAIN QUERY PLAN {parties._LISTED} WHERE {where}{parties._ORDER}"
        plan = " | ".join(row[3] for row in reader.rows(statement, {**values, "limit": 50, "offset": 0}))
    assert "USE TEMP B-TREE" not in plan, plan
    assert "parties_" in plan, plan


def test_no_question_looks_through_a_whole_table(store: Store) -> None:
    statements = {
        parties._BY_KEYS: ("[]", "[]"), parties._STORED: ("[]",), parties._CASES: ("[]",),
        parties._ROOTS_BY_KEYS: ("[]",), parties._IN_STAGE: ("FAILED", "2026-01-01"),
    }  # fmt: skip
    with store.read() as reader:
        for statement, values in statements.items():
            plan = [row[3] for row in reader.rows(f"EXPLAIN QUERY PLAN {statement}", values)]
            scanned = [line for line in plan if line.startswith("SCAN") and "VIRTUAL TABLE" not in line]
            assert not scanned, (statement, plan)
