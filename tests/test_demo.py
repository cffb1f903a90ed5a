"""The made-up centre: every stage is there, one case is walked to its end, and the files are left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from desktop.app import demo, demo_cases, demo_packages, demo_texts
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery, QueueRow
from desktop.cli.main import main
from desktop.core.comparison import Verdict
from desktop.core.comparison_units import Kind
from desktop.core.formal_checks import examine
from desktop.core.terms import Judgement, PackageKind
from desktop.exchange.package_originals import open_package, reread

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Making the centre takes seconds, so it is made once."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    demo.build(folder, TODAY, read=reread).close()
    return folder


@pytest.fixture(scope="module")
def desk(built: Path) -> Iterator[Desk]:
    opened = Desk.open(built, demo.PASSPHRASE)
    yield opened
    opened.close()


@pytest.fixture
def quick(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the centre made already."""

    def copy(folder: Path, _today: date, **_: object) -> Desk:
        shutil.copytree(built, folder, dirs_exist_ok=True)
        return Desk.open(folder, demo.PASSPHRASE)

    monkeypatch.setattr(demo, "build", copy)
    monkeypatch.setenv("KUAISHEN_TODAY", TODAY.isoformat())


@pytest.fixture(scope="module")
def rows(desk: Desk) -> list[QueueRow]:
    return desk.page(QueueQuery(view="all"), actor=demo.ACTOR, today=TODAY, limit=1000)


def test_the_queue_has_something_of_everything(rows: list[QueueRow]) -> None:
    assert len(rows) == len(demo_cases.PLANS)
    assert {row.category for row in rows} == {"发明", "实用新型", "外观设计"}
    assert len({row.stage for row in rows}) >= 18
    assert len({row.field for row in rows}) >= 8
    assert any(row.overdue for row in rows)
    assert any(row.paused is not None for row in rows)
    assert any(row.provisional for row in rows)
    assert any(row.remaining == 1 for row in rows)
    assert any(not row.examiner for row in rows)


def test_the_case_in_hand_has_a_draft_and_comes_first(desk: Desk) -> None:
    first = desk.page(QueueQuery(), actor=demo.ACTOR, today=TODAY, limit=1)[0]
    view = desk.case(first.key, actor=demo.ACTOR, today=TODAY)
    assert (view.stage, view.examiner) == ("EXAMINING", demo.ACTOR)
    assert view.draft is not None
    assert view.draft.text
    assert view.opinions


def test_the_case_in_hand_has_a_package_with_findings(desk: Desk) -> None:
    first = desk.page(QueueQuery(), actor=demo.ACTOR, today=TODAY, limit=1)[0]
    reading = desk.packages.look(first.key, reread, actor=demo.ACTOR, today=TODAY)
    assert reading.writable
    assert all(part.ok for part in reading.package.parts)
    assert {one.same for one in reading.differences} == {True}
    said = {one.finding.rule: one for one in reading.findings}
    assert len(said) == len(reading.findings) == 8
    assert said.keys() > {"claim_multiple", "title_differs", "figure_missing", "abstract_length", "early_publication"}
    assert said["claim_multiple"].judgement is Judgement.ACCEPTED
    assert said["paragraph_fragment"].judgement is Judgement.DISMISSED
    assert said["paragraph_fragment"].reason
    draft = desk.case(first.key, actor=demo.ACTOR, today=TODAY).draft
    assert draft is not None
    assert draft.answers["I-F7"] == ("缺陷", said["claim_multiple"].words)
    assert said["claim_multiple"].words in draft.text


def test_nobody_in_it_exists(rows: list[QueueRow]) -> None:
    assert all("某" in part for row in rows for part in row.party.split("；"))


@pytest.mark.parametrize(
    "today",
    [
        date(2028, 10, 3),
        pytest.param(date(2024, 2, 29), marks=pytest.mark.long),
        pytest.param(date(2026, 1, 1), marks=pytest.mark.long),
    ],
)
def test_it_can_be_made_on_any_day(tmp_path: Path, today: date) -> None:
    made = demo.build(tmp_path / "data", today)
    try:
        last = [outcome for _, outcome in demo.walk(made, today, read=reread)][-1]
        assert last.stage == "GRANTED"
        _only_one_character_differs(made, last.number)
        assert made.count(QueueQuery(view="all"), actor="", today=today) == len(demo_cases.PLANS) + 1
    finally:
        made.close()


def _only_one_character_differs(desk: Desk, number: str) -> None:
    """The texts of the walked case, and that what was recorded of them is what they are."""
    first, mended, filed = desk.packages.of(number)
    assert (first.kind, filed.kind) == (PackageKind.TEXT, PackageKind.FILED)
    found = desk.packages.compare(number, reread)
    assert (found.passed.sha256, found.filed.sha256) == (mended.sha256, filed.sha256)
    assert found.comparison.verdict is Verdict.DIFFERS
    changed = [row for one in found.comparison.documents for row in one.rows if row.kind is not Kind.SAME]
    assert [(row.kind, span.end - span.start) for row in changed for span in row.right_spans] == [(Kind.CHANGED, 1)]
    assert mended.digest in desk.notices.paper(number, "pass").body


def test_without_a_screen_it_leaves_record_ledger_and_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    """The pictures are made by the window's own tests; here it counts that they are asked for and reported."""
    from desktop.cli import window

    def pictures(desk: Desk, number: str, target: Path, day: date) -> list[Path]:
        assert desk.case(number, actor="", today=day).number == number
        return [target / "screenshots" / "queue.png"]

    monkeypatch.setattr(window, "_pictures", pictures)
    assert main(["demo", "-o", str(tmp_path / "out"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["steps"][-1]["stage"] == "GRANTED"
    record = next(path for path in answer["files"] if path.endswith(".pdf"))
    assert "张𬭎" in "".join(page.extract_text() for page in PdfReader(record).pages)
    workbooks = [Path(path) for path in answer["files"] if path.endswith(".xlsx")]
    assert workbooks[0].stat().st_size > 5_000
    assert main(["import", str(workbooks[1]), "--dry-run", "--json"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert (tried["new"], tried["refused"]) == (
        len(demo_cases.ARRIVING) - len(demo_cases.FAULTS),
        len(demo_cases.FAULTS),
    )
    assert any(path.endswith(".png") for path in answer["files"])
    _documents_and_packages_are_left(tmp_path / "out", answer["files"], capsys)


def _documents_and_packages_are_left(out: Path, files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    documents = [Path(path) for path in files if Path(path).name.startswith("文书-")]
    assert [path.stem.split("-")[2] for path in documents] == [
        "补正通知书", "预审受理通知书", "预审意见通知书（第1次）", "预审合格通知书", "一致性审查结论",
    ]  # fmt: skip
    texts = ["".join(page.extract_text() for page in PdfReader(path).pages) for path in documents]
    assert all(demo_cases.WALKED_CASE[0] in "".join(text.split()) for text in texts)
    assert "不一致" in texts[-1]
    _, _, package = open_package(out / "申请文件示例")
    rules = {finding.rule for finding in examine(package)}
    assert len(rules) == 8
    assert [part.file for part in package.parts if not part.ok] == []
    assert main(["compare", str(out / "申请文件（修改后）.zip"), str(out / "申请文件（正式提交）.zip"), "--json"]) == 0
    assert [one["document"] for one in json.loads(capsys.readouterr().out)["differences"]] == ["说明书"]


def test_every_text_gives_the_same_bytes_again() -> None:
    for title in demo_texts.APPLICATIONS:
        facts = {"title": title, "party": "某甲公司；某某理工大学", "uscc": "", "main_class": "G06F 16/29"}
        made = [demo_packages.zipped(one(facts)) for one in (demo_packages.first, demo_packages.mended)]
        assert made == [demo_packages.zipped(one(facts)) for one in (demo_packages.first, demo_packages.mended)]
        first, mended = (reread("x.zip", content) for content in made)
        assert first.biblio.applicants == ("某甲公司", "某某理工大学")
        assert [one.rule for one in examine(mended)] == ["commitment"]
        assert len(examine(first)) == 8


def test_without_the_window_libraries_the_papers_are_left_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    from desktop.cli import window

    def pictures(*_: object) -> list[Path]:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(window, "_pictures", pictures)
    assert main(["demo", "-o", str(tmp_path / "out"), "--json"]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert len(answer["files"]) == 11
    assert "libEGL" in answer["fault"]["reason"]
