"""What the journal says of a file, and what its name may be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.attachment import attached, in_words, readable, safe_name, size_words
from desktop.core.case import ATTACHED, EVENT_VERSIONS, CaseEvent, CaseState, fold
from desktop.core.concurrency import Verdict, compare
from desktop.core.history import History, Recorded
from desktop.core.soundness import flaw
from tests.app.desks import day

SHA = "12ab" + "0" * 58 + "ef"


def event(**changes: object) -> CaseEvent:
    made = attached(SHA, "说明书.pdf", 319_488, "盖章", day("2026-03-02"))
    return made._replace(payload={**made.payload, **changes})


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("说明书.pdf", "说明书.pdf"),
        ("../../etc/passwd", "passwd"),
        ("D:\\case\\报告.docx", "报告.docx"),
        ("a/b/", "附件"),
        ("..", "附件"),
        ("", "附件"),
        ("  a. ", "a"),
        (".bashrc", "bashrc"),
        ("CON", "附件-CON"),
        ("con.txt", "附件-con.txt"),
        ("COM1.tar.gz", "附件-COM1.tar.gz"),
        ("Lpt² .x", "附件-Lpt².x"),
        ("nul .txt", "附件-nul.txt"),
        ("conin$", "附件-conin$"),
        ("console.txt", "console.txt"),
        ('图<1>:"2"|3?*.png', "图_1___2__3__.png"),
        ("a\u202egpj.exe", "agpj.exe"),  # would be shown as aexe.jpg
        ("a\x00b\nc\t.txt", "ab c.txt"),
        ("x\ud800.txt", "x.txt"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_name_is_a_label_and_leads_nowhere(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("说" * 300 + ".docx").endswith("说.docx")
    assert len(safe_name("说" * 300 + ".docx").encode()) <= 180
    assert len(safe_name("x." + "y" * 300).encode()) <= 180


@given(st.text(max_size=300))
def test_any_text_becomes_a_name_that_stays_as_it_is(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name == safe_name(name) == readable(name)
    assert not set(name) & set('<>:"/\\|?*\x00\n')
    assert name not in (".", "..")
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert 0 < len(name.encode()) <= 190


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 字节"), (999, "999 字节"), (1_000, "1.0 KB"), (10_240, "10 KB"), (319_488, "312 KB"), (1_023_000, "999 KB"),
     (1_023_999, "1.0 MB"), (1_500_000, "1.4 MB"), (64 * 2**20, "64 MB")],
)  # fmt: skip
def test_sizes_read_well(size: int, words: str) -> None:
    assert size_words(size) == words


def test_the_line_of_the_journal() -> None:
    line = "附件 说明书.pdf（312 KB，SHA-256 12ab0000…000000ef）"
    assert in_words(event().payload) == f"{line}：盖章"
    assert in_words(event(note="").payload) == line
    assert in_words({"label": "附件"}) == "附件，登记的内容不成立"


@pytest.mark.parametrize(
    "change",
    [{"sha256": SHA[:-1]}, {"sha256": SHA.upper()}, {"sha256": None}, {"size": -1}, {"size": "1"}, {"size": True},
     {"name": None}, {"note": 1}],
)  # fmt: skip
def test_an_event_that_names_no_file_makes_no_sense(change: dict[str, object]) -> None:
    assert flaw(event()) == ""
    assert flaw(event(**change))


def test_it_changes_nothing_but_the_count() -> None:
    before = CaseState(stage="EXAMINING", last_on="2026-03-01", facts={"title": "x"})
    after = fold(before, event())
    assert after.events == 1
    after.events = 0
    assert after == before


def test_it_gets_along_with_everything() -> None:
    for kind in EVENT_VERSIONS:
        other = CaseEvent(kind, 1, "2026-03-02", {"from": "A", "to": "B", "action": "x", "facts": {"title": "y"}})
        for pair in itertools.permutations((event(), other)):
            assert compare(*pair) is Verdict.COMMUTE
    assert compare(event(), event()) is Verdict.COMMUTE


def test_in_a_dispute_it_takes_no_side() -> None:
    """Nor does whoever put it there; the sides stay as they were."""

    def acted(to: str) -> CaseEvent:
        payload = {"action": to, "label": to, "from": "A", "to": to, "kind": "open"}
        return CaseEvent("case.acted", 1, "2026-03-02", payload)

    opening = {"procedure": "preexam", "number": "1", "to": "A", "kind": "open", "basis": {},
               "facts": {"patent_type": "发明"}}  # fmt: skip
    disputed = [
        Recorded("0", (), CaseEvent("case.opened", 1, "2026-03-01", opening)),
        Recorded("1", ("0",), acted("B")),
        Recorded("2", ("0",), acted("C")),
    ]
    before = History(disputed).stand()
    assert len(before.sides) == 2
    after = History([*disputed, Recorded("3", ("1", "2"), event()), Recorded("4", ("3",), event())]).stand()
    assert after == before
    followed = History([*disputed, Recorded("3", ("1",), event()), Recorded("4", ("3",), acted("D"))]).stand()
    assert followed.disputed == {"1", "2", "4"}  # what builds on a side through a file still does


def test_of_a_newer_program_it_makes_the_case_read_only() -> None:
    newer = CaseEvent(ATTACHED, EVENT_VERSIONS[ATTACHED] + 1, "2026-03-02", {"anything": 1})
    assert fold(CaseState(), newer).flags == ["newer"]
