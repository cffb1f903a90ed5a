"""The chain of custody: its text on paper, what a change anywhere does to it, and two rows side by side."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.attachment import attached
from desktop.core.case import ACTED, CaseEvent
from desktop.core.concurrency import Verdict, compare
from desktop.core.custody import (
    DIFFERS,
    MATCHES,
    MISSING,
    CustodyRow,
    FileCheck,
    checks_in_words,
    examine,
    from_payload,
    hash_of,
    in_brief,
    in_words,
    is_row,
    next_row,
    row_text,
    to_payload,
)
from desktop.core.soundness import flaw  # fmt: skip

ITEM = "SDCZ2026000001"
SHA, SM3 = "12ab" + "0" * 60, "34cd" + "0" * 60
FILE = FileCheck(SHA, SM3, MATCHES)
AT = datetime.fromisoformat("2026-03-02T10:15:00+08:00")


def row(before: tuple[CustodyRow, ...] = (), **changes: Any) -> CustodyRow:
    given = {"action": "移交保管", "from_": "张三", "to": "李四", "reason": "调岗", "at": AT, "files": [FILE]}
    return next_row(ITEM, before, **{**given, **changes})


def three() -> tuple[CustodyRow, ...]:
    first = row(action="复核", to="张三")
    second = row((first,))
    return first, second, row((first, second), from_="李四", to="王五", files=[FILE, replace(FILE, sm3="")])


def test_the_text_that_is_hashed_stands_on_paper() -> None:
    first, second, _ = three()
    assert row_text(ITEM, second) == (
        "存证流转记录 1\n"
        "证据编号 SDCZ2026000001\n"
        "行 2\n"
        "动作 移交保管\n"
        "移交 张三\n"
        "接收 李四\n"
        "事由 调岗\n"
        "本机时间 2026-03-02T10:15:00+08:00\n"
        f"文件 {SHA} {SM3} 一致\n"
        f"前一行 {first.hash}\n"
    )
    assert second.hash == hashlib.sha256(row_text(ITEM, second).encode()).hexdigest()
    # Fixed for ever: papers that were handed out must still be checkable.
    assert first.hash == "24799a9e560d4103fffcb6847e7b8b4c23c2fa4c38f105a5079151e10bf9c903"


def test_a_chain_holds_and_comes_back_from_the_journal_as_it_was() -> None:
    rows = three()
    chain = examine(ITEM, rows)
    assert (chain.rows, chain.forks, chain.problems) == (rows, frozenset(), ())
    stored = json.loads(json.dumps([to_payload(one) for one in rows]))
    assert all(map(is_row, stored))
    assert tuple(map(from_payload, stored)) == rows
    assert examine(ITEM, ()).problems == ()


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("name", [one.name for one in fields(CustodyRow)])
def test_a_change_anywhere_shows(name: str, place: int) -> None:
    rows = list(three())
    other: dict[str, Any] = {
        "number": 7, "at": "2026-03-02T10:15:01+08:00", "files": (), "prev": "f" * 64, "hash": "e" * 64
    }  # fmt: skip
    rows[place] = replace(rows[place], **{name: other.get(name, "别的")})
    assert examine(ITEM, rows).problems


@pytest.mark.parametrize(
    "change", [{"sha256": "f" * 64}, {"sm3": ""}, {"result": DIFFERS}], ids=["sha256", "sm3", "result"]
)
def test_a_change_of_a_file_shows(change: dict[str, str]) -> None:
    rows = list(three())
    rows[1] = replace(rows[1], files=(replace(FILE, **change),))
    assert examine(ITEM, rows).problems == ("流转记录第 2 行的哈希与内容不符",)


def test_rows_left_out_put_elsewhere_or_twice_show() -> None:
    first, second, third = three()
    assert examine(ITEM, (first, third)).problems == (f"流转记录第 3 行所接的前一行（{second.hash[:8]}…）不在这里",)
    assert examine(ITEM, (second, third)).problems
    assert examine(ITEM, (first, third, second)).problems
    assert examine(ITEM, (first, second, second)).problems == ("流转记录第 2 行出现了两次",)
    assert len(examine("SDCZ2026000002", (first, second)).problems) == 2  # another item's
    # Rewritten with a new hash, the next row no longer fits.
    forged = replace(second, to="赵六")
    forged = replace(forged, hash=hash_of(ITEM, forged))
    assert examine(ITEM, (first, forged, third)).problems
    assert examine(ITEM, (first, forged)).problems == ()  # which is why the journal has a chain of its own


def test_rows_side_by_side_are_a_fork_and_no_fault() -> None:
    first, second, third = three()
    other = row((first,), to="赵六")
    chain = examine(ITEM, (first, second, other, third))
    assert (chain.forks, chain.problems) == ({second.hash, other.hash}, ())
    begun = row(to="赵六")
    assert examine(ITEM, (first, begun)).forks == {first.hash, begun.hash}


@given(st.text(), st.text(), st.text())
def test_no_text_can_look_like_another_line(from_: str, to: str, reason: str) -> None:
    made = row(from_=from_, to=to, reason=reason)
    assert row_text(ITEM, made).count("\n") == 10
    assert is_row(to_payload(made))
    assert examine(ITEM, (made,)).problems == ()


@pytest.mark.parametrize(
    "change",
    [
        {"row": 0},
        {"row": True},
        {"row": "1"},
        {"to": "李四\n事由 伪造"},
        {"to": 3},
        {"at": "2026-03-02T10:15:00"},
        {"at": "今天"},
        {"files": {}},
        {"files": ["x"]},
        {"files": [{"sha256": SHA, "sm3": SM3}]},
        {"files": [{"sha256": SHA, "sm3": SM3, "result": "大概"}]},
        {"files": [{"sha256": "x", "sm3": SM3, "result": MATCHES}]},
        {"files": [{"sha256": SHA, "sm3": "x", "result": MATCHES}]},
        {"hash": ""},
        {"prev": "x"},
        {"more": "x"},
    ],
    ids=str,
)
def test_what_is_no_row_is_known(change: dict[str, Any]) -> None:
    good = to_payload(row())
    assert is_row(good)
    assert not is_row({**good, **change})


def test_a_row_lacks_nothing() -> None:
    good = to_payload(row())
    for name in good:
        assert not is_row({key: value for key, value in good.items() if key != name})
    assert not is_row([])
    assert not is_row(None)


def acted(made: CustodyRow, **more: Any) -> CaseEvent:
    payload = {"action": "a", "label": "甲", "from": "KEPT", "to": "KEPT", "kind": "open", "custody": to_payload(made)}
    return CaseEvent(ACTED, 1, "2026-03-02", {**payload, **more})


def test_an_event_with_a_row_is_sound_and_one_with_something_else_is_not() -> None:
    assert flaw(acted(row())) == ""
    for strange in (None, [], {}, "x", {**to_payload(row()), "at": "今天"}):
        assert flaw(acted(row(), custody=strange)) == "“custody”的内容不成立"


def test_a_file_may_carry_a_second_digest() -> None:
    made = attached(SHA, "a.pdf", 1, "", AT.date(), SM3)
    assert (made.payload["sm3"], flaw(made)) == (SM3, "")
    assert "sm3" not in attached(SHA, "a.pdf", 1, "", AT.date()).payload
    assert flaw(made._replace(payload={**made.payload, "sm3": "x"})) == "“sm3”的内容不成立"


def test_an_item_goes_into_one_pair_of_hands() -> None:
    to_li, to_wang, checked = acted(row()), acted(row(to="王五")), acted(row(to="张三"))
    assert compare(to_li, to_wang) is Verdict.CONTEST
    assert compare(to_li, to_li) is Verdict.COMMUTE
    assert compare(to_li, checked) is Verdict.COMMUTE
    assert compare(checked, checked) is Verdict.COMMUTE


def test_words() -> None:
    first, second, _ = three()
    assert in_words(first) == "第 1 行，保管 张三；复核 1 个文件：全部一致"
    assert in_words(row(to="")) == "第 1 行，移交 张三；复核 1 个文件：全部一致"
    assert in_words(row(from_="", to="")) == "第 1 行；复核 1 个文件：全部一致"
    assert in_brief(to_payload(second)) == "流转第 2 行，复核 1 个文件：全部一致"
    assert in_words(second) == "第 2 行，移交 张三，接收 李四；复核 1 个文件：全部一致"
    mixed = [FILE, replace(FILE, result=DIFFERS), replace(FILE, result=MISSING), FILE]
    assert checks_in_words(mixed) == "复核 4 个文件：一致 2，不一致 1，缺失 1"
    assert checks_in_words([]) == "没有文件可复核"
    assert not replace(first, files=tuple(mixed)).sound
    assert first.sound
