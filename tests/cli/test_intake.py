"""Taking in lists from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

HEADER = ("平台案号", "接收日期", "专利类型", "发明名称", "申请主体", "主分类号")
MIXED = (
    ("YS1", "2026-02-09", "发明", "一种测试方法", "某甲公司", "G06F 16/29"),
    ("YS2", "2026-02-30", "发明", "一种坏日期的方法", "某甲公司", "G06F 16/29"),
    ("YS3", "2026-02-10", "商标", "一种坏类型的方法", "", "G06F 16/29"),
    ("YS4", "2026-02-10", "外观设计", "测试台", "某丙公司", "14-02"),
    ("合计", None, None, None, None, None),
)


@pytest.fixture
def mixed(tmp_path: Path, listed: Any) -> Path:
    return listed(tmp_path / "清单.xlsx", MIXED)


def test_the_first_import_makes_the_store_and_the_second_adds_nothing(nowhere: Any, mixed: Path) -> None:
    first = nowhere.ask("import", mixed)
    assert {key: first[key] for key in ("read", "new", "changed", "unchanged", "refused")} == {
        "read": 4,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "refused": 2,
    }
    second = nowhere.ask("import", mixed)
    assert (second["new"], second["changed"], second["unchanged"], second["refused"]) == (0, 0, 2, 2)
    assert nowhere.ask("queue")["count"] == 2


def test_every_refused_row_has_its_number_column_and_reason(nowhere: Any, mixed: Path) -> None:
    refusals = nowhere.ask("import", mixed)["refusals"]
    assert [(one["row"], one["column"]) for one in refusals] == [(4, "接收日期"), (5, "申请主体"), (5, "专利类型")]
    assert all(one["reason"] for one in refusals)


def test_a_changed_row_amends_its_case(nowhere: Any, tmp_path: Path, listed: Any) -> None:
    nowhere.ask("import", listed(tmp_path / "a.xlsx", MIXED[:1]))
    renamed = [(*MIXED[0][:3], "一种改了名的方法", *MIXED[0][4:])]
    report = nowhere.ask("import", listed(tmp_path / "b.xlsx", renamed))
    assert (report["changed"], report["new"]) == (1, 0)
    assert nowhere.ask("show", "YS1")["title"] == "一种改了名的方法"


def test_a_dry_run_without_a_store_answers_and_leaves_nothing(
    nowhere: Any, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUAISHEN_PASSPHRASE")  # nothing is opened, so nothing is asked
    report = nowhere.ask("import", mixed, "--dry-run")
    assert (report["new"], report["refused"], report["dry_run"]) == (2, 2, True)
    assert not nowhere.data.exists()


def test_a_dry_run_on_a_store_writes_no_event(desk: Any, mixed: Path) -> None:
    before = desk.ask("verify")["events"]
    report = desk.ask("import", mixed, "--dry-run")
    assert (report["changed"], report["refused"]) == (0, 3)  # YS1 is there; YS4 may not change its type
    assert desk.ask("verify")["events"] == before


def test_a_list_without_needed_columns_is_refused_precisely_and_leaves_nothing(
    nowhere: Any, tmp_path: Path, listed: Any
) -> None:
    path = listed(tmp_path / "x.xlsx", [("一种方法", "某公司", "2020-01-01")], ("发明名称", "申请人", "申请日"))
    for words in (("import", path), ("import", path, "--dry-run")):
        said = nowhere(*words, "--json")
        assert said.status == 1
        assert said.json["code"] == "missing_columns"
        assert said.json["missing"] == ["接收日期", "专利类型", "主分类号"]
        assert (said.json["read"], said.json["new"], said.json["refused"]) == (1, 0, 1)
        assert [one["column"] for one in said.json["refusals"]] == said.json["missing"]
    assert not nowhere.data.exists()


def test_a_column_named_by_hand_is_used_and_remembered(nowhere: Any, tmp_path: Path, listed: Any) -> None:
    header = ("平台案号", "哪天来的", *HEADER[2:])
    path = listed(tmp_path / "x.xlsx", MIXED[:1], header)
    assert nowhere("import", path, "--json").json["missing"] == ["接收日期"]
    assert nowhere.ask("import", path, "--column", "接收日期=哪天来的")["new"] == 1
    assert nowhere.ask("import", path)["unchanged"] == 1
    assert nowhere("import", path, "--column", "颜色=哪天来的").status == 1


def test_the_error_copy_says_why(nowhere: Any, mixed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "副本.xlsx"
    original = mixed.read_bytes()
    nowhere.ask("import", mixed, "--errors", copy)
    text = [[str(cell.value or "") for cell in row] for row in load_workbook(copy).active.iter_rows()]
    assert any("未收入原因" in cell for cell in text[1])
    assert "接收日期" in "".join(text[3])
    assert mixed.read_bytes() == original


@pytest.mark.parametrize(("content", "status"), [(b"PK\x03\x04 not a workbook", 1), (b"", 1), (None, 3)])
def test_a_bad_file_and_a_missing_one(nowhere: Any, tmp_path: Path, content: bytes | None, status: int) -> None:
    path = tmp_path / "bad.xlsx"
    if content is not None:
        path.write_bytes(content)
    said = nowhere("import", path, "--json")
    assert said.status == status
    assert said.json["refused" if status == 1 else "fault"]["reason"]
    assert not nowhere.data.exists()


def test_people_see_a_summary(nowhere: Any, mixed: Path) -> None:
    said = nowhere("import", mixed)
    assert "新收 2　更新 0　未变 0　未收入 2" in said.out
    assert "建立新的数据" in said.err


def test_a_real_platform_list(nowhere: Any, shared: Path) -> None:
    path = shared / "data" / "intake-shandong.xlsx"
    first = nowhere.ask("import", path)
    assert first["read"] == first["new"] + first["refused"] == 1200
    assert len({one["row"] for one in first["refusals"]}) == first["refused"]
    assert all(one["row"] > 2 and one["column"] and one["reason"] for one in first["refusals"])
    second = nowhere.ask("import", path)
    assert (second["new"], second["unchanged"]) == (0, first["new"])


@pytest.mark.parametrize("name", ["incopat-72.xlsx", "gazette-utility-2019-07-12.csv", "gazette-design-2019-07-12.csv"])
def test_other_real_lists_say_what_they_lack(nowhere: Any, shared: Path, name: str) -> None:
    said = nowhere("import", shared / "data" / name, "--dry-run", "--json")
    assert said.status == 1
    assert "接收日期" in said.json["missing"]
    assert said.json["read"] == said.json["refused"] > 0
