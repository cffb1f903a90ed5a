"""Evidence: who keeps it, where it goes, and what locks it."""

from __future__ import annotations

import pytest

from desktop.core.refusal import Refusal
from tests.core.services.hand import Hand, begun
from tests.core.services.ways import CUSTODIAN, REVIEWER, WAYS
from tests.core.walks import STAFF, shipped_rules


def test_the_files_are_hashed_again_before_everything_that_hands_an_item_on() -> None:
    actions = shipped_rules("evidence").procedure.actions.values()
    custody = {action.id for action in actions if action.custody}
    assert custody == {"keep", "handover", "lend", "return", "recheck", "transfer", "destroy", "unlock"}


def test_an_item_changes_hands() -> None:
    hand = begun("evidence", "object", "handover")
    assert hand.case.facts["examiner"] == CUSTODIAN
    same = {"from_person": CUSTODIAN, "to_person": CUSTODIAN, "reason": "轮岗"}
    assert hand.refused("handover", "2026-04-01", **same).data["input"] == "to_person"
    assert hand.refused("handover", "2026-04-01", to_person="保管二").data["input"] == "reason"
    hand.do("handover", "2026-04-01", to_person="保管二", reason="轮岗")
    assert hand.case.facts["examiner"] == "保管二"
    assert hand.events[-1].payload["values"]["from_person"] == CUSTODIAN
    assert not hand.warnings
    hand.do("handover", "2026-04-02", from_person=CUSTODIAN, to_person="全能", reason="再轮")
    assert hand.warnings == [f"移交人“{CUSTODIAN}”不是登记的保管人“保管二”"]


def test_what_is_lent_comes_up_on_the_day_agreed() -> None:
    hand = begun("evidence", "photo", "return")
    assert hand.case.stage == "LENT"
    assert hand.due("loan") == "2026-03-20"
    hand.do("return", "2026-03-23")
    assert hand.case.stage == "KEPT"
    assert not hand.running()


@pytest.mark.parametrize("until", ["keep", "lend", "return"])
def test_a_mismatch_locks_it_wherever_it_is(until: str) -> None:
    """Handbook 13a case 15: the program locks by this action, whoever was at work."""
    hand = begun("evidence", "photo", until)
    hand.do("lock", "2026-04-01", "预审员", detail="文件一的校验值不符")
    assert hand.case.stage == "LOCKED"
    assert not hand.running()
    assert hand.offered("2026-04-01") == {"note", "unlock", "lock"}
    assert hand.refused("unlock", "2026-04-02", "保管员", reason="核对").code == "wrong_role"
    assert hand.refused("unlock", "2026-04-02", "组长").data["input"] == "reason"
    hand.do("unlock", "2026-04-02", "组长", reason="已核对")
    assert hand.case.stage == "KEPT"


@pytest.mark.parametrize("actor", STAFF)
def test_whoever_finds_a_mismatch_locks(actor: str) -> None:
    hand = begun("evidence", "data", "transfer")
    hand.do("lock", "2026-04-01", actor, detail="文件一的校验值不符")
    assert hand.case.stage == "LOCKED"


def test_destruction_is_approved_by_somebody_else() -> None:
    hand = Hand("evidence", WAYS["evidence", "object"].opening, "2026-03-02")
    hand.do("keep", "2026-03-03", storage_place="甲柜", examiner="全能")
    assert hand.refused("destroy", "2026-04-01", reason="期满").data["input"] == "reviewer"
    assert hand.refused("destroy", "2026-04-01", reason="期满", reviewer="全能").data["input"] == "reviewer"
    hand.do("destroy", "2026-04-01", reason="期满", reviewer=REVIEWER)
    assert hand.case.outcome == "销毁"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "stamp_number"),
        ({"stamped_at": "2026-03-03T10:00+08:00"}, "stamp_number"),
        ({"stamp_number": "17"}, "stamp_authority"),
        ({"chain_number": "9"}, "chain_platform"),
        ({"stamp_number": "17", "stamp_authority": "甲", "stamped_at": "2026-03-03T10:00"}, "stamped_at"),
        ({"stamp_number": "17", "stamp_authority": "甲", "stamped_sha256": "abc"}, "stamped_sha256"),
    ],
)
def test_a_time_stamp_says_whose_it_is(values: dict[str, str], name: str) -> None:
    hand = begun("evidence", "web", "stamp")
    assert hand.refused("stamp", "2026-03-03", **values).data["input"] == name


def test_a_block_is_a_time_stamp_too() -> None:
    hand = begun("evidence", "web", "stamp")
    hand.do("stamp", "2026-03-03", chain_number="9", chain_platform="示例链", block_height="12345")
    assert hand.case.facts["block_height"] == "12345"
    assert hand.case.stage == "KEPT"


def test_the_time_of_taking_has_its_zone() -> None:
    opening = {**WAYS["evidence", "web"].opening, "obtained_at": "2026-03-02 10:15"}
    with pytest.raises(Refusal) as caught:
        Hand("evidence", opening, "2026-03-02")
    assert caught.value.data["input"] == "obtained_at"


def test_an_item_may_belong_to_another_case() -> None:
    opening = {**WAYS["evidence", "web"].opening, "ref_case": "SDWQ-2026-0000001"}
    assert Hand("evidence", opening, "2026-03-02").case.facts["ref_case"] == "SDWQ-2026-0000001"


def test_six_kinds() -> None:
    labels = [category.label for category in shipped_rules("evidence").procedure.categories]
    assert labels == ["原件扫描", "网页", "照片", "视频", "实物", "数据"]


def test_what_is_lent_comes_back_later() -> None:
    hand = begun("evidence", "photo", "lend")
    refusal = hand.refused("lend", "2026-03-10", borrower="承办员", reason="口审", next_day="2026-03-10")
    assert refusal.data["input"] == "next_day"
