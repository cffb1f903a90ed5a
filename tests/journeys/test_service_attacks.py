"""The services under careless and hostile hands: a trial registers nothing, a faulty document comes into effect
nowhere, evidence is taken in and handed out whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from openpyxl import Workbook

from desktop.app import attachments
from desktop.app.desk import Desk
from desktop.app.faults import EnvironmentFault
from desktop.app.shipped import shipped
from desktop.app.views import DocumentCheck
from desktop.core.refusal import Refusal
from desktop.exchange.timestamp import examine
from tests.app.desks import a_row, day, journal_count, new_desk, open_again, reads_well
from tests.cli.conftest import Terminal, nowhere, template  # noqa: F401 (fixtures)
from tests.cli.conftest import desk as terminal  # noqa: F401
from tests.services import SEVENTH

DAY = day("2026-03-02")
NOW: dict[str, Any] = {"actor": "张三", "on": DAY, "today": DAY}
AID = {"category": "维权援助", "title": "一件事", "party": "某甲公司"}


@pytest.fixture
def desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = new_desk(tmp_path / "desk")
    yield made
    made.close()


def sets(values: dict[str, str]) -> list[str]:
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def count(say: Terminal, procedure: str) -> int:
    return int(say.ask("queue", procedure, "--view", "all")["count"])


# ---------------------------------------------------------------- the terminal
@pytest.mark.parametrize(
    "words",
    [
        (*sets(AID), "--dry-run"),
        (*sets(AID), "--sheet", "一月"),
        ("--list", "list.xlsx", "--beside", "YS1"),
        ("--list", "list.xlsx", "--ask"),
    ],
)
def test_words_that_would_be_passed_over_are_wrong_usage(terminal: Terminal, words: tuple[str, ...]) -> None:  # noqa: F811
    said = terminal("new", "enforcement", *words, "--json")
    assert (said.status, said.json["usage"]["code"]) == (2, "wrong_usage")
    assert count(terminal, "enforcement") == 0


def test_questions_may_be_answered_by_their_labels(terminal: Terminal) -> None:  # noqa: F811
    made = terminal.ask("new", "快速维权", *sets({"维权类型": "维权援助", "案由": "一件事", "请求人": "某甲公司"}))
    assert terminal.act(made["number"], "受理", "承办人=李乙").status == 0
    assert terminal.ask("show", made["number"])["title"] == "一件事"
    said = terminal("new", "enforcement", *sets({**AID, "不存在的栏目": "1"}), "--json")
    assert said.json["refused"]["code"] == "unknown_input"


def a_list(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["维权类型", "案由", "请求人", "授权公告日", "收件日期"])
    for row in rows:
        sheet.append(["维权援助", *row])
    book.save(path)
    return path


def test_a_list_takes_days_as_people_write_them(terminal: Terminal, tmp_path: Path) -> None:  # noqa: F811
    spellings = ("2024-05-10", "2024/5/10", "2024.5.10", "2024年5月10日", "20240510", "２０２４-05-10")
    file = a_list(tmp_path / "a.xlsx", *((f"事{n}", "某公司", text, "") for n, text in enumerate(spellings)))
    report = terminal.ask("new", "enforcement", "--list", file)
    assert (report["new"], report["refused"]) == (len(spellings), 0), report["refusals"]
    for one in report["cases"]:
        assert terminal.ask("show", one["number"])["facts"]["授权公告日"] == "2024-05-10"


@pytest.mark.parametrize("text", ["2026-W01-1", "45422", "5/10/2024", "2024-05", "明天"])
def test_a_day_that_leaves_a_doubt_is_refused(terminal: Terminal, tmp_path: Path, text: str) -> None:  # noqa: F811
    report = terminal.ask("new", "enforcement", "--list", a_list(tmp_path / "a.xlsx", ("事", "某公司", text, "")))
    (refusal,) = report["refusals"]
    assert refusal["column"] == "授权公告日"
    assert text in refusal["reason"]


def test_the_day_of_receipt_is_doubted_aloud_and_refused_by_its_column(terminal: Terminal, tmp_path: Path) -> None:  # noqa: F811
    rows = (("一", "某公司", "", 46055), ("二", "某公司", "", "1900-01-01"))  # 2026-02-02
    report = terminal.ask("new", "enforcement", "--list", a_list(tmp_path / "a.xlsx", *rows))
    assert [(one["row"], "2026-02-02" in one["text"]) for one in report["warnings"]] == [(2, True)]
    assert [(one["row"], one["column"]) for one in report["refusals"]] == [(3, "收件日期")]


# ---------------------------------------------------------------- documents
def swapped(old: str, new: str) -> Callable[[str], str]:
    assert old in SEVENTH
    return lambda text: text.replace(old, new)


EMPHASIS, PEOPLE = 'emphasis = "primary"', 'name = "people", label = "参加人数", type = "integer"'


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (swapped('prefix = "SDPX"', 'prefix = "SDPX"\nopening_rules = ["nosuch"]'), "规则“nosuch”"),
        (swapped(EMPHASIS, f"{EMPHASIS}\nexcludes = true"), "outage_from"),
        (swapped(EMPHASIS, f"{EMPHASIS}\ncustody = true"), "lock"),
        (lambda text: text.replace('id = "hold"', 'id = "resolve"').replace('"hold"', '"resolve"'), "自用"),
        (swapped('fact = "people"', 'fact = "received_on"'), "received_on"),
        (swapped('fact = "people"', 'fact = "matter"'), "matter"),
        (swapped('id = "training"', 'id = "../x"'), "小写字母"),
        (swapped('id = "training"', 'id = "preexam"'), "专利类型"),
        (swapped('label = "登记举办"', 'label = " "'), "为空"),
        (swapped('label = "登记举办"', 'label = "登记\\n举办"'), "一行"),
        (swapped('label = "登记举办"', 'label = "登记\\u0000举办"'), "控制字符"),
        (swapped('label = "已举办"', 'label = "已\\u001b[31m举办"'), "控制字符"),
        (
            lambda text: text.replace(PEOPLE, 'name = "people", label = "规模", type = "choice", choices = "sizes"')
            .replace("[document]", "[choices]\nsizes = []\n\n[document]"),
            "空的",
        ),
    ],
)  # fmt: skip
def test_a_service_that_could_not_be_worked_is_never_published(
    desk: Desk, change: Callable[[str], str], problem: str
) -> None:
    check: DocumentCheck = desk.check_document(change(SEVENTH))
    assert not check.ok
    assert any(problem in sentence for sentence in check.problems), check.problems
    with pytest.raises(Refusal):
        desk.publish_document(change(SEVENTH), actor="张三", today=DAY)
    assert [one.id for one in desk.services(today=DAY)][-1] == "evidence"


def test_every_shipped_service_can_be_worked(desk: Desk) -> None:
    for name in shipped().procedures:
        assert desk.check_document(desk.export_document("service", name)).problems == ()


def test_a_word_where_a_check_looks_for_a_day_or_a_number_stops_nobody(desk: Desk) -> None:
    for name, rule in (("filed_on", "filing"), ("proof_copies", "priority_material"), ("paid_on", "payment")):
        text = SEVENTH.replace(PEOPLE, f'name = "{name}", label = "说明", type = "text"')
        text = text.replace('fact = "people"', f'fact = "{name}"').replace("{people}", f"{{{name}}}")
        desk.publish_document(text.replace(EMPHASIS, f'{EMPHASIS}\nrules = ["{rule}"]'), actor="张三", today=DAY)
        number = desk.open_case("training", {"category": "企业培训", "title": name, "party": "某甲公司"}, **NOW).number
        assert desk.act(number, "hold", {name: "昨天"}, **NOW).stage == "HELD"


def test_a_type_that_the_centre_does_not_take_is_refused_row_by_row(desk: Desk) -> None:
    own = {**shipped().procedures["preexam"]}
    own["categories"] = [one for one in own["categories"] if one["label"] == "发明"]
    left = {one["code"] for one in own["categories"]}

    def only(value: Any) -> Any:
        """Whatever speaks of the other types is left out of the document."""
        if isinstance(value, dict):
            kept = {k: only(v) for k, v in value.items() if k not in {"utility", "design"}}
            return kept
        if isinstance(value, list):
            return [
                only(one) for one in value
                if not (isinstance(one, dict) and one.get("categories") and not left & set(one["categories"]))
                and one not in ("utility", "design")
            ]  # fmt: skip
        return value

    header = {"kind": "service", "basis": "本中心", "checked_on": "2026-01-05", "status": "已核对"}
    desk.publish_document(tomli_w.dumps({"document": header, **only(own)}), actor="张三", today=DAY)
    rows = [a_row(patent_type="发明"), a_row(patent_type="外观设计", row=3)]
    for report in (desk.plan_intake(rows), desk.take_in(rows, actor="张三", source="a.csv", today=DAY)):
        assert (report.new, report.refused) == (1, 1)
        ((column, reason),) = report.rows[1].reasons
        assert column == "专利类型"
        reads_well(reason)


def test_what_has_not_arrived_is_named_whatever_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    desk.publish_document(SEVENTH, actor="张三", today=DAY)
    made = desk.open_case("training", {"category": "企业培训", "title": "检索", "party": "某甲公司"}, **NOW)
    with desk._store.write() as tx:  # as it is where the case came before the document
        tx.run("DELETE FROM configuration WHERE kind = 'service'")
    other = open_again_of(desk)
    try:
        with pytest.raises(Refusal) as caught:
            other.act(made.id, "hold", {"people": "3"}, **NOW)
        assert caught.value.code in ("rules_missing", "needs_newer_program")
        assert "还没有到达" in caught.value.reason or "只能查看" in caught.value.reason
    finally:
        other.close()


def open_again_of(desk: Desk) -> Desk:
    return open_again(desk._store.directory)


# ---------------------------------------------------------------- evidence
PROOF = {"category": "数据", "title": "测试数据", "party": "某甲公司"}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{name}.bin" for name in "甲乙丙"]
    for file in made:
        file.write_bytes(file.name.encode() * 1000)
    return made


def test_an_item_that_was_broken_off_is_not_there_at_all(
    desk: Desk, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = journal_count(desk)
    for broken in ("keep", "record"):
        real, left = getattr(attachments, broken), [1]

        def breaks(*args: Any, real: Any = real, left: list[int] = left, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return real(*args, **more)

        with monkeypatch.context() as patch:
            patch.setattr(attachments, broken, breaks)
            with pytest.raises(KeyboardInterrupt):
                desk.evidence.add(files, PROOF, **NOW)
        assert journal_count(desk) == before
    assert desk.evidence.keys(actor="张三", today=DAY) == []
    made = desk.evidence.add(files, PROOF, **NOW)
    assert ([one.name for one in made.item.files], made.warnings) == ([file.name for file in files], ())
    assert desk.verify().ok


def test_an_item_is_written_out_whole_or_not_at_all(desk: Desk, files: list[Path], tmp_path: Path) -> None:
    made = desk.evidence.add(files, PROOF, **NOW)
    last = made.item.files[-1].sha256
    (desk._store.directory / "attachments" / last[:2] / last).unlink()
    desk.evidence.verify(made.item.key, examine, **NOW)  # which locks it
    (tmp_path / "there").mkdir()
    for target in (tmp_path / "out", tmp_path / "there"):
        with pytest.raises((Refusal, EnvironmentFault)):
            desk.evidence.export(made.item.key, target, examine, **NOW)
    assert not (tmp_path / "out").exists()
    assert list((tmp_path / "there").iterdir()) == []
