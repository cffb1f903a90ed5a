"""Papers from the terminal, and checking them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader, PdfWriter


@pytest.fixture
def paper(desk: Any, tmp_path: Path) -> Path:
    desk.act("YS1", "accept", "checklist=符合")
    desk.ask("record", "YS1", "-o", tmp_path / "r.pdf")
    return tmp_path / "r.pdf"


def test_a_record_verifies_against_its_journal(desk: Any, paper: Path) -> None:
    report = desk.ask("verify", paper)
    assert (report["ok"], report["problems"]) == (True, [])
    assert report["events"] == 2
    text = "".join(page.extract_text() for page in PdfReader(paper).pages)
    assert "一种测试方法" in text


def test_a_record_still_verifies_after_the_case_has_gone_on(desk: Any, paper: Path) -> None:
    desk.act("YS1", "assign", "examiner=李乙")
    assert desk.ask("verify", paper)["ok"] is True


def test_a_changed_record_does_not(desk: Any, paper: Path, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=paper)
    seal = str(writer.metadata["/KuaishenSeal"])  # type: ignore[index]
    assert '"events": 2' in seal
    writer.add_metadata({"/KuaishenSeal": seal.replace('"events": 2', '"events": 1')})
    changed = tmp_path / "changed.pdf"
    writer.write(changed)
    said = desk("verify", changed, "--json")
    assert said.status == 1
    assert said.json["ok"] is False
    assert said.json["problems"]


def test_a_foreign_pdf_is_refused(desk: Any, tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "f.pdf")
    said = desk("verify", tmp_path / "f.pdf", "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "pdf_not_ours")


def test_the_ledger_has_a_line_for_every_case(desk: Any, tmp_path: Path) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    answer = desk.ask("ledger", "-o", tmp_path / "台账.xlsx")
    assert answer["rows"] == 4
    rows = list(load_workbook(tmp_path / "台账.xlsx").active.iter_rows(values_only=True))
    table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    first = next(row for row in table if row["平台案号"] == "YS1")
    assert first["发明名称"] == "一种测试方法"
    assert first["受理日"].date().isoformat() == "2026-02-10"
    assert first["首次审查截止"].date().isoformat() == "2026-03-02"
    assert [row["是否超期"] for row in table if row["平台案号"] == "YS4"] == ["是"]


def test_a_ledger_of_one_view(desk: Any, tmp_path: Path) -> None:
    assert desk.ask("ledger", "-o", tmp_path / "x.xlsx", "--view", "overdue")["rows"] == 1


@pytest.mark.parametrize("words", [("record", "YS1", "-o", "x.doc"), ("ledger", "-o", "x.csv")])
def test_papers_have_one_format(desk: Any, words: tuple[str, ...]) -> None:
    assert desk(*words, "--json").json["refused"]["code"] == "wrong_target"


def test_a_place_that_cannot_be_written_is_the_environments_fault(desk: Any, tmp_path: Path) -> None:
    said = desk("record", "YS1", "-o", tmp_path / "nowhere" / "x.pdf", "--json")
    assert said.status == 3
    assert "nowhere" in said.json["fault"]["reason"]
