from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db import cases, configuration, local
from db.cases import CaseFilter
from db.configuration import ConfigurationRow
from db.journal import Transaction
from db.store import Store
from tests.db import toy
from tests.db.conftest import PASSPHRASE


def test_upsert_keeps_the_key_and_writes_every_column(store: Store) -> None:
    first = toy.row("a", flags=["加急"], paused=3)
    with store.write() as tx:
        key = cases.upsert(tx, first, b'{"n":1}')
        other = cases.upsert(tx, toy.row("b"), b"{}")
        assert other != key
    second = toy.row(
        "a", title="另一种方法", stage="授权", stage_kind="ended", ended=True, paused=None, due_on="2026-04-01",
        provisional=True, application_number="202610701365.0", flags=["优先", "加急"], number="JN-1",
        accepted_on="2026-03-03", concluded_on="2026-03-04", ended_on="2026-03-05", head="f" * 64, events=9,
    )  # fmt: skip
    with store.write() as tx:
        assert cases.upsert(tx, second, b'{"n":2}') == key
    with store.read() as reader:
        row, state = cases.state(reader, key)
        assert state == {"n": 2}
        expected = {**second, "flags": '["优先","加急"]', "ended": 1, "provisional": 1, "pk": key}
        del expected["refs"]  # kept in a table of their own
        assert row._asdict() == expected
        assert cases.state(reader, "b")[0].pk == other
        with pytest.raises(KeyError):
            cases.state(reader, "c")
        assert [r.id for r in cases.rows(reader, [other, 999, key])] == ["b", "a"]


def test_a_case_that_names_no_other_any_more_is_not_found_from_there(store: Store) -> None:
    fresh = toy.row("a")
    with store.write() as tx:
        cases.upsert(tx, fresh, b"{}")
        shown = cases.digest(tx)
        cases.upsert(tx, {**fresh, "refs": {"ref_case": "JN-1"}}, b"{}")
        assert cases.digest(tx) != shown
        cases.upsert(tx, {**fresh, "refs": {}}, b"{}")
        assert cases.digest(tx) == shown


def test_many_at_once_equal_one_at_a_time(fresh: Callable[..., Path]) -> None:
    chance = random.Random(3)
    items = [
        (toy.row(f"c{n}", title="".join(chance.choices(toy.WORDS, k=8)), ended=n % 3 == 0), f'{{"n":{n}}}'.encode())
        for n in range(300)
    ]
    digests = set()
    for name, chunks in (("one", [[item] for item in items]), ("many", [items]), ("again", [items, items[::-1]])):
        store = Store.open(fresh(name), PASSPHRASE, cipher=False)
        with store.write() as tx:
            for chunk in chunks:
                cases.upsert_many(tx, chunk)
            digests.add(cases.digest(tx))
            assert cases.count(tx, CaseFilter("preexam", "all")) == 300
        store.close()
    assert len(digests) == 1


@pytest.mark.parametrize("change", [{"title": "x"}, {"provisional": True}, {"flags": ["y"]}, {"ended": True}])
def test_the_digest_sees_every_change(store: Store, change: dict[str, object]) -> None:
    with store.write() as tx:
        cases.upsert(tx, toy.row("a"), b"{}")
        before = cases.digest(tx)
        cases.upsert(tx, toy.row("a", **change), b"{}")
        assert cases.digest(tx) != before
        cases.upsert(tx, toy.row("a"), b"{}")
        assert cases.digest(tx) == before
        cases.upsert(tx, toy.row("a"), b"[]")
        assert cases.digest(tx) != before


@pytest.mark.parametrize("seed", range(8))
def test_rebuilt_equals_incremental(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    with store.write() as tx:
        local.save_draft(tx, "case-000", "opinion", {"text": "未发出"}, "2026-03-02T09:00")
    for n in range(40):
        with store.write() as tx:
            toy.record(tx, [toy.draft(n * 3 + i, chance) for i in range(chance.randint(1, 3))])
    everything = CaseFilter("preexam", "all", sort=(("title", False),))
    with store.write() as tx:
        words = [chance.choice(toy.WORDS) for _ in range(20)]
        finds = [cases.count(tx, CaseFilter("preexam", "all", search=word)) for word in words]
        shown = [row.id for row in cases.page(tx, everything, 100)]
        assert toy.rebuilt_equals(tx, tx)
        assert [cases.count(tx, CaseFilter("preexam", "all", search=word)) for word in words] == finds
        assert [row.title for row in cases.page(tx, everything, 100)] == sorted(
            row.title for row in cases.page(tx, everything, 100)
        )
        assert {row.id for row in cases.page(tx, everything, 100)} == set(shown)
        assert local.draft(tx, "case-000", "opinion") == ({"text": "未发出"}, "2026-03-02T09:00")


def test_a_rebuild_in_one_go_equals_and_keeps_the_indexes(store: Store) -> None:
    def indexes() -> list[tuple[str, str]]:
        with store.read() as reader:
            return reader.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")

    items = [(toy.row(f"c{n}", ended=n % 2 == 0), b"{}") for n in range(50)]
    with store.write() as tx:
        cases.upsert_many(tx, items)
        before = cases.digest(tx)
    made = indexes()
    with store.write() as tx, cases.rebuilding(tx) as fill:
        assert tx.value("SELECT count(*) FROM cases") == 0
        fill(items[:30])
        fill(items[30:])
    assert indexes() == made
    with store.read() as reader:
        assert cases.digest(reader) == before
        assert len(cases.keys(reader, CaseFilter("preexam", "open"))) == 25


@pytest.mark.parametrize(
    "text",
    ["JN-9", " JN-9 ", "ＪＮ－９", "P-77", "202610701365.0", "2026107013650", "CN202610701365.0",
     "zl 2026 1070 1365.0", "CN 2026107013650", "the-id"],
)  # fmt: skip
def test_a_case_is_found_by_any_of_its_numbers(store: Store, text: str) -> None:
    with store.write() as tx:
        cases.upsert(tx, toy.row("nobody"), b"{}")
        cases.upsert(
            tx, toy.row("the-id", number="JN-9", platform_number="P-77", application_number="202610701365.0"), b"{}"
        )
        found = cases.find(tx, text)
        assert found is not None
        assert found.id == "the-id"


def test_empty_numbers_find_nothing(store: Store) -> None:
    with store.write() as tx:
        cases.upsert(tx, toy.row("a", platform_number="", application_number=""), b"{}")
        assert [cases.find(tx, text) for text in ("", " ", ".", "CN", "%")] == [None] * 5


def test_intake_keys_and_serials(store: Store) -> None:
    with store.write() as tx:
        assert cases.highest_serial(tx, "JN-2026-") == 0
        keys = cases.upsert_many(
            tx, [(toy.row(f"c{n}", number=f"JN-2026-{n:06d}", intake_key=f"k{n}"), b"{}") for n in (7, 12, 1_000_001)]
        )
        cases.upsert(tx, toy.row("x", number="JN-2027-000099", intake_key=None), b"{}")
        assert cases.highest_serial(tx, "JN-2026-") == 1_000_001
        assert cases.by_intake_keys(tx, ["k12", "nothing", "k7", "it's"]) == {"k7": keys[0], "k12": keys[1]}


def test_open_cases_are_given_with_their_states(store: Store) -> None:
    with store.write() as tx:
        keys = cases.upsert_many(
            tx, [(toy.row(f"c{n}", ended=n == 1, due_on="2027-01-04"), b'{"n":%d}' % n) for n in range(3)]
        )
        assert sorted((key, state["n"]) for key, state in cases.open_cases(tx)) == [(keys[0], 0), (keys[2], 2)]


def test_configuration_documents_are_numbered_and_never_replaced(store: Store) -> None:
    def document(kind: str, number: int, hash_: str = "h") -> ConfigurationRow:
        return ConfigurationRow(
            kind, number, "2026-03-01", "王五", "通知", "2026-03-01", "已核对", "2026-04-01", {"n": number},
            f"{kind}{number}{hash_}",
        )  # fmt: skip

    with store.write() as tx:
        for row in (document("calendar", 1), document("calendar", 2), document("fields", 1)):
            configuration.put(tx, row)
        assert [(d.kind, d.number) for d in configuration.documents(tx)] == [
            ("calendar", 1), ("calendar", 2), ("fields", 1),
        ]  # fmt: skip
        assert configuration.documents(tx, "fields") == [document("fields", 1)]
        assert (configuration.latest_number(tx, "calendar"), configuration.latest_number(tx, "other")) == (2, 0)
    with pytest.raises(Exception, match="UNIQUE"), store.write() as tx:
        configuration.put(tx, document("calendar", 2))
    with store.write() as tx:  # two stations gave one number; the order between them does not depend on arrival
        configuration.put(tx, document("calendar", 2, "a"))
        assert configuration.documents(tx, "calendar")[1:] == [
            document("calendar", 2, "a"), document("calendar", 2, "h"),
        ]  # fmt: skip
        assert configuration.latest_number(tx, "calendar") == 2


def _twins(**changes: Any) -> list[tuple[dict[str, Any], bytes]]:
    facts = {"number": "JN-1", "intake_key": "k", "platform_number": "P-1", "application_number": "202610701365.0"}
    return [(toy.row(case_id, **{**facts, **changes}), b"{}") for case_id in ("b", "a")]


@pytest.mark.parametrize("text", ["JN-1", "P-1", "CN202610701365.0"])
def test_two_cases_with_one_number_are_both_found(store: Store, text: str) -> None:
    with store.write() as tx:
        cases.upsert_many(tx, _twins())
        cases.upsert(tx, toy.row("other"), b"{}")
        assert [row.id for row in cases.find_all(tx, text)] == ["a", "b"]
        assert cases.find(tx, text) == cases.find_all(tx, text)[0]
        assert cases.by_intake_keys(tx, ["k"]) == {"k": cases.find_all(tx, "a")[0].pk}
        assert [row.id for row in cases.find_all(tx, "b")] == ["b"]


def test_one_case_is_found_once(store: Store) -> None:
    with store.write() as tx:
        cases.upsert(tx, toy.row("a", number="202610701365.0", application_number="202610701365.0"), b"{}")
        assert [row.id for row in cases.find_all(tx, "202610701365.0")] == ["a"]


def test_doubles_come_and_go_with_the_rows_that_share_them(store: Store) -> None:
    def seen(tx: Transaction) -> tuple[set[str], set[str]]:
        found = cases.doubles(tx, cases.rows(tx, cases.keys(tx, CaseFilter("preexam", "all"))))
        return set(found.number), set(found.intake_key)

    with store.write() as tx:
        cases.upsert(tx, _twins()[0][0], b"{}")
        assert seen(tx) == (set(), set())
        cases.upsert(tx, _twins()[1][0], b"{}")
        assert seen(tx) == ({"JN-1"}, {"k"})
        cases.upsert(tx, toy.row("c", number="JN-2", intake_key="k"), b"{}")
        cases.upsert(tx, _twins(number="JN-2")[0][0], b"{}")
        assert seen(tx) == ({"JN-2"}, {"k"})
        cases.upsert_many(tx, _twins(number=None, intake_key=None))
        assert seen(tx) == (set(), set())
        cases.upsert_many(tx, [(toy.row(f"none{n}", number=None, intake_key=None), b"{}") for n in range(3)])
        assert seen(tx) == (set(), set())


def test_doubles_are_the_same_after_a_rebuild(store: Store) -> None:
    items = [*_twins(), (toy.row("c", intake_key="k"), b"{}"), (toy.row("d"), b"{}")]
    with store.write() as tx:
        for row, state in reversed(items):
            cases.upsert(tx, row, state)
        before = cases.digest(tx)
        assert tx.rows("SELECT * FROM case_doubles") == [("intake_key", "k"), ("number", "JN-1")]
    with store.write() as tx:
        with cases.rebuilding(tx) as fill:
            fill(items)
        assert cases.digest(tx) == before


def test_a_queue_can_be_filtered_for_doubles(store: Store) -> None:
    def found(tx: Transaction, **more: Any) -> list[str]:
        keys = cases.keys(tx, CaseFilter("preexam", columns={"flags": "重"}, **more))
        return [row.id for row in cases.rows(tx, keys)]

    with store.write() as tx:
        cases.upsert_many(tx, [*_twins(), (toy.row("c", intake_key="k"), b"{}"), (toy.row("d", flags=["重"]), b"{}")])
        assert found(tx) == ["d"]
        assert set(found(tx, doubled=("number",))) == {"a", "b", "d"}
        assert set(found(tx, doubled=("number", "intake_key"))) == {"a", "b", "c", "d"}


def test_what_belongs_to_this_workstation(store: Store) -> None:
    with store.write() as tx:
        for text in ("一", "二"):
            local.save_draft(tx, "c", "opinion", {"text": text}, text)
            local.remember_mapping(tx, "f", {"title": text}, text)
            local.set_setting(tx, "张三", "sort", [text, True])
            local.set_setting(tx, "", "theme", text)
            local.set_meta(tx, "projector", text)
    with store.write() as tx:
        assert local.draft(tx, "c", "opinion") == ({"text": "二"}, "二")
        assert local.mapping(tx, "f") == {"title": "二"}
        assert local.setting(tx, "张三", "sort") == ["二", True]
        assert local.setting(tx, "李四", "sort", "default") == "default"
        assert local.settings(tx, "") == {"theme": "二"}
        assert local.meta(tx, "projector") == "二"
        local.drop_draft(tx, "c", "opinion")
        assert local.draft(tx, "c", "opinion") is None
        assert local.mapping(tx, "g") is None
        assert local.meta(tx, "nothing") is None
