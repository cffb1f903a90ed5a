"""The ledger's lines agree with the cases."""

from __future__ import annotations

from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from tests.app.desks import NUMBERS, day, take

TODAY = day("2026-06-30")


def lines(desk: Desk) -> dict[str, dict[str, object]]:
    found = list(desk.ledger(QueueQuery(view="all"), actor="", today=TODAY))
    assert [line["serial"] for line in found] == list(range(1, len(found) + 1))
    return {str(line["number"]): line for line in found}


def test_a_case_from_end_to_end(own_desk: Desk) -> None:
    case = take(own_desk, "2026-03-02", region="历下区").accept("2026-03-03").assign("2026-03-03")
    case.act("issue_opinion", "2026-03-05", opinion="有缺陷")
    case.act("reply", "2026-03-09")
    case.act("recheck", "2026-03-09")
    case.pass_("2026-03-11").file("2026-03-12")
    case.act("pay", "2026-03-12")
    case.act("upload", "2026-03-13")
    case.act("tag", "2026-03-13", consistency="一致")
    case.act("grant_notice", "2026-04-20")
    case.act("grant", "2026-05-12", publication_number="CN 100000000 B")
    line = lines(own_desk)[case.ref]
    expected = {
        "received_on": "2026-03-02", "accepted_on": "2026-03-03", "first_opinion_on": "2026-03-05",
        "reply_1_due": "2026-03-10", "reply_1_on": "2026-03-09", "concluded_on": "2026-03-11",
        "filing_due": "2026-03-16", "filed_on": "2026-03-12", "paid_on": "2026-03-12", "returned_on": "2026-03-13",
        "tagged_on": "2026-03-13", "granted_on": "2026-05-12",
    }  # fmt: skip
    assert {name: line[name] for name in expected} == {name: day(text) for name, text in expected.items()}
    assert (line["conclusion"], line["grant"], line["acceptance"]) == ("合格", "授权", "受理")
    assert line["preexam_workdays"] == 2 + 2  # before the opinion and after the reply
    assert line["grant_days"] == 61
    assert (line["overdue"], line["overdue_stages"]) == ("是", case.limit("upload", "2026-05-12").label)
    assert line["application_number"] == NUMBERS["发明"]


def test_cases_that_end_early(own_desk: Desk) -> None:
    refused = take(own_desk, "2026-03-02")
    refused.act("refuse", "2026-03-03", reason_code="N05")
    failed = take(own_desk, "2026-03-02").accept("2026-03-03").assign("2026-03-03")
    failed.act("fail", "2026-03-05", reason="不符合")
    fresh = take(own_desk, "2026-06-29")
    found = lines(own_desk)
    assert (found[refused.ref]["acceptance"], found[refused.ref]["accepted_on"]) == ("不予受理", None)
    assert (found[failed.ref]["conclusion"], found[failed.ref]["concluded_on"]) == ("不合格", day("2026-03-05"))
    assert (found[fresh.ref]["conclusion"], found[fresh.ref]["concluded_on"]) == ("", None)
    assert (found[fresh.ref]["overdue"], found[fresh.ref]["preexam_workdays"]) == ("否", None)
    failed.act("reopen", "2026-03-06", reason="改判")
    line = lines(own_desk)[failed.ref]
    assert (line["conclusion"], line["concluded_on"]) == ("", None)


def test_a_case_that_was_never_answered_has_no_reply(own_desk: Desk) -> None:
    case = take(own_desk, "2026-03-02").accept("2026-03-03").assign("2026-03-03")
    case.act("issue_opinion", "2026-03-05", opinion="有缺陷")
    case.act("deem_withdrawn", "2026-03-11")
    line = lines(own_desk)[case.ref]
    assert (line["reply_1_due"], line["reply_1_on"]) == (day("2026-03-10"), None)
    assert line["conclusion"] == "视为撤回"
