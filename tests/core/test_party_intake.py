"""Rows of lists of parties: what is kept, what is refused, what a list may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from desktop.core.party_intake import (
    PartyRow,
    amend_from_list,
    contradicted,
    examine_rows,
    from_list,
    identities,
    relisted,
)
from tests.core.parties import amended, chained, fold, registered

USCC = "91350100M000100Y43"


@dataclass(frozen=True)
class Raw:
    row: int
    values: dict[str, Any]

    @property
    def titles(self) -> dict[str, str]:
        return {name: f"列{name}" for name in self.values}


def rows(*values: dict[str, Any], kind: str = "主体") -> list[PartyRow]:
    return list(examine_rows(kind, [Raw(number, one) for number, one in enumerate(values, 2)]))


def test_a_good_row() -> None:
    (row,) = rows(
        {"name": "某甲有限公司", "uscc": USCC.lower(), "insured": 12.0, "registered_on": "2026.3.2", "note": ""}
    )
    assert row.facts == {"name": "某甲有限公司", "uscc": USCC, "insured": "12", "registered_on": "2026-03-02"}
    assert not row.errors
    assert not row.warnings


def test_every_fault_of_a_row_is_told_with_its_column() -> None:
    (row,) = rows({"name": " ", "uscc": "1", "status": "？", "valid_to": "明年"})
    assert [error.column for error in row.errors] == ["列uscc", "列valid_to", "列status", "列name"]
    (row,) = rows({"uscc": USCC})
    assert row.errors[0].reason == "表中没有这一列"
    (row,) = rows({"name": "甲", "registered_on": "2026-03-02", "valid_to": "2026-03-01"})
    assert row.errors[0].reason == "起止日期颠倒"


def test_a_row_without_a_code_is_doubted() -> None:
    (row,) = rows({"name": "甲"})
    assert "只能按名称识别" in row.warnings[0]
    (row,) = rows({"name": "某代理所", "agency_code": "37101"}, kind="代理机构")
    assert not row.warnings


def test_one_party_stands_in_a_list_once() -> None:
    found = rows({"name": "甲", "uscc": USCC}, {"name": "乙", "uscc": USCC}, {"name": "丙"}, {"name": " 丙"})
    assert [bool(row.errors) for row in found] == [False, True, False, True]
    assert "第 2 行" in found[1].errors[0].reason


def test_codes_come_before_names() -> None:
    facts = {"name": "甲 （山东）", "uscc": USCC, "agency_code": "37101"}
    assert identities("主体", facts) == [(f"uscc:{USCC}", "uscc"), ("name:甲(山东)", "name")]
    assert [name for _, name in identities("代理机构", facts)] == ["agency_code", "uscc", "name"]


def test_a_list_changes_what_it_changed_itself_and_contradicts_nobody() -> None:
    listed = {"name": "甲", "contact": "王", "phone": "1"}
    first = from_list(PartyRow(2, "主体", listed), "名单.xlsx 第 2 行", "2026-03-02")
    state = fold(chained(first, amended(contact="李")))
    assert relisted(state, listed) == ()
    new = {**listed, "contact": "赵", "phone": "2"}
    assert relisted(state, new) == ("contact", "phone")
    assert contradicted(state, ("contact", "phone")) == ("contact",)
    event = amend_from_list(state, PartyRow(2, "主体", {**listed, "phone": "2"}), "名单.xlsx", "2026-03-03")
    assert (event.payload["facts"], event.payload["before"]) == ({"phone": "2"}, {"phone": "1"})
    after = fold(chained(first, amended(contact="李"), event))
    assert (after.facts["phone"], after.facts["contact"]) == ("2", "李")
    assert relisted(after, {**listed, "phone": "2"}) == ()


def test_who_was_registered_by_hand_is_not_overruled() -> None:
    state = fold([registered(contact="王")])
    assert contradicted(state, relisted(state, {"name": "某甲有限公司", "contact": "李"})) == ("contact",)
    assert contradicted(state, relisted(state, {"name": "某甲有限公司", "phone": "1"})) == ()
