"""First run, backup and restore, rebuild, verification, the centre's documents."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

YEAR_2027 = """
[document]
kind = "calendar"
basis = "试用通知"
checked_on = "2026-11-22"
status = "待核对"

[[years]]
year = 2027
basis = "试用通知"
checked_on = "2026-11-22"
status = "待核对"
off = [
  { from = 2027-01-01, to = 2027-01-03, name = "元旦" },
  { from = 2027-01-04, to = 2027-01-08, name = "试用假" },
  { from = 2027-05-01, to = 2027-05-05, name = "劳动节" },
  { from = 2027-10-01, to = 2027-10-07, name = "国庆节" },
]
work = []
"""


def test_init_names_centre_station_and_staff(nowhere: Any) -> None:
    made = nowhere.ask(
        "init", "--centre", "试用中心", "--station", "乙站",
        "--staff", "王甲=受理", "--staff", "李乙=预审员、复核", "--staff", "陈丙=管理员",
    )  # fmt: skip
    assert made["centre"] == "试用中心"
    assert [member["name"] for member in made["staff"]] == ["王甲", "李乙", "陈丙"]
    again = nowhere("init", "--centre", "x", "--json")
    assert (again.status, again.json["fault"]["code"]) == (3, "store_exists")


@pytest.mark.parametrize("staff", ["王甲", "王甲=", "=受理", "王甲=厨师"])
def test_a_staff_entry_that_says_nothing(nowhere: Any, staff: str) -> None:
    said = nowhere("init", "--centre", "试用中心", "--staff", staff, "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "bad_staff")
    assert not nowhere.data.exists()


def test_a_staff_list_needs_an_administrator(nowhere: Any) -> None:
    said = nowhere("init", "--centre", "试用中心", "--staff", "王甲=受理", "--json")
    assert said.json["refused"]["code"] == "no_administrator"


def test_roles_hold_once_there_is_a_staff_list(desk: Any, tmp_path: Path) -> None:
    staff = tmp_path / "staff.toml"
    staff.write_text(
        '[document]\nkind = "staff"\n[[staff]]\nname = "王甲"\nroles = ["受理"]\n'
        '[[staff]]\nname = "陈丙"\nroles = ["管理员"]\n',
        "utf-8",
    )
    assert desk.ask("config", "publish", staff)["number"] == 1
    barred = desk.act("YS1", "accept", "checklist=符合", by="陈丙")
    assert (barred.status, barred.json["refused"]["code"]) == (1, "wrong_role")
    assert desk.act("YS1", "accept", "checklist=符合", by="王甲").status == 0
    stranger = desk("config", "publish", staff, "--as", "王甲", "--json")
    assert stranger.json["refused"]["code"] == "wrong_role"


def test_the_only_member_of_staff_acts_without_being_named(desk: Any, tmp_path: Path) -> None:
    staff = tmp_path / "staff.toml"
    staff.write_text('[document]\nkind="staff"\n[[staff]]\nname="陈丙"\nroles=["管理员", "受理"]\n', "utf-8")
    desk.ask("config", "publish", staff)
    desk.act("YS1", "accept", "checklist=符合")
    assert desk.ask("show", "YS1")["journal"][-1]["actor"] == "陈丙"


def test_backup_restore_and_verify(desk: Any, tmp_path: Path) -> None:
    before = desk.ask("queue")
    desk.ask("backup", tmp_path / "b.ksbak")
    shutil.rmtree(desk.data)
    assert desk.ask("restore", tmp_path / "b.ksbak")["ok"] is True
    assert desk.ask("queue") == before
    assert desk.ask("verify")["ok"] is True
    assert desk.act("YS1", "accept", "checklist=符合").status == 0


def test_a_restore_never_covers_a_store(desk: Any, tmp_path: Path) -> None:
    desk.ask("backup", tmp_path / "b.ksbak")
    said = desk("restore", tmp_path / "b.ksbak", "--json")
    assert said.status == 3
    assert desk.ask("queue")["count"] == 4


def test_a_rebuild_changes_nothing_that_is_seen(desk: Any) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    before = desk.ask("queue"), desk.ask("show", "YS1")
    assert desk.ask("rebuild")["events"] == desk.ask("verify")["events"]
    assert (desk.ask("queue"), desk.ask("show", "YS1")) == before


def test_a_damaged_file_is_found(desk: Any) -> None:
    store = desk.data / "store.db"
    content = bytearray(store.read_bytes())
    for at in range(len(content) // 2, len(content) // 2 + 64):
        content[at] ^= 0xFF
    store.write_bytes(content)
    said = desk("verify", "--json")
    assert said.status == 4
    assert said.json["ok"] is False
    assert said.json["problems"]


@pytest.mark.parametrize("kind", ["limits", "fields", "calendar", "checklists", "notices", "staff", "centre"])
def test_every_document_can_be_exported_checked_and_published(desk: Any, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"{kind}.toml"
    assert desk.ask("config", "export", file)["number"] == 0 or kind == "centre"
    assert desk("config", "export", file, "--json").json["refused"]["code"] == "file_exists"
    checked = desk.ask("config", "check", file)
    assert (checked["ok"], checked["kind"], checked["problems"]) == (True, kind, [])
    published = desk.ask("config", "publish", file)
    assert (published["kind"], published["number"]) == (kind, checked["number"])


def test_a_calendar_year_moves_the_provisional_limits_and_lists_them(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUAISHEN_TODAY", "2026-12-30")
    desk.act("YS1", "accept", "checklist=符合", on="2026-12-30")
    before = desk.ask("show", "YS1")
    assert before["provisional"] is True
    file = tmp_path / "calendar-2027.toml"
    file.write_text(YEAR_2027, "utf-8")
    moved = desk.ask("config", "publish", file)["moved"]
    after = desk.ask("show", "YS1")
    assert after["provisional"] is False
    assert after["due_on"] > before["due_on"]
    examination = next(one for one in moved if one["number"] == after["number"] and one["after"] == after["due_on"])
    assert examination["before"] == before["due_on"]
    assert (examination["was_provisional"], examination["provisional"]) == (True, False)


def test_a_document_with_a_fault_says_where(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    desk.ask("config", "export", file)
    file.write_text(file.read_text("utf-8").replace("[limits.examination]", "[limits.examniation]"), "utf-8")
    said = desk("config", "check", file, "--json")
    assert said.status == 1
    assert any("examniation" in problem for problem in said.json["problems"])
    assert desk("config", "publish", file, "--json").json["refused"]["code"]
    file.write_text("not = = toml", "utf-8")
    assert desk("config", "check", file).status == 1
    file.write_bytes("依据".encode("gb18030"))
    assert desk("config", "check", file, "--json").json["refused"]["code"] == "bad_document"


def test_an_unknown_kind_of_document(desk: Any, tmp_path: Path) -> None:
    said = desk("config", "export", tmp_path / "menu.toml", "--json")
    assert said.json["refused"]["code"] == "unknown_kind"
    assert desk.ask("config", "export", tmp_path / "menu.toml", "--kind", "limits")["kind"] == "limits"
