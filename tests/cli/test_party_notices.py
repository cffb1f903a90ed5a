"""The documents about a party from the terminal: listed, read, written as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

USCC = "91350100M000100Y43"
VIEW_KEYS = set("kind title number on actor hash mark".split())


def register(desk: Any) -> None:
    desk.ask("party", "add", "--set", "name=某甲公司", "--set", f"uscc={USCC}", "--set", "registered_on=2026-02-01")


def test_listed_read_and_written(desk: Any, tmp_path: Path) -> None:
    register(desk)
    measure = ("--rule", "shandong-abnormal", "--measure", "暂停", "--months", "6")
    desk.ask("party", "sanction", "某甲公司", *measure, "--reason", "属实")
    found = desk.ask("party", "notice", USCC)
    assert found["count"] == 2
    assert set(found["notices"][0]) == VIEW_KEYS
    assert [one["kind"] for one in found["notices"]] == ["registered", "suspended"]
    assert "暂停通知书" in desk("party", "notice", "某甲公司").out
    said = desk("party", "notice", "某甲公司", "suspended")
    assert said.status == 0
    assert "暂停期限：自2026年2月10日起至2026年8月9日止。" in said.out
    target = tmp_path / "暂停.pdf"
    made = desk.ask("party", "notice", "某甲公司", found["notices"][1]["hash"][:12], "-o", target)
    assert (made["file"], made["title"], made["number"]) == (str(target), "暂停通知书", found["notices"][1]["number"])
    assert made["facts"]["统一社会信用代码"] == USCC
    assert target.read_bytes().startswith(b"%PDF")
    first = target.read_bytes()
    assert desk("party", "notice", "某甲公司", "-o", target).status == 0  # the newest
    assert target.read_bytes() == first


def test_refused_before_anything_is_written(desk: Any, tmp_path: Path) -> None:
    desk.ask("party", "add", "--set", "name=某甲公司")
    target = tmp_path / "x.pdf"
    said = desk("party", "notice", "某甲公司", "registered", "-o", target, "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "notice_incomplete")
    assert "uscc" in said.json["refused"]["missing"]
    assert desk("party", "notice", "某甲公司", "restored", "--json").json["refused"]["code"] == "no_notice"
    assert desk("party", "notice", "某甲公司", "-o", tmp_path / "x.doc", "--json").status == 1
    assert not target.exists()


def test_an_application_that_was_refused(desk: Any, tmp_path: Path) -> None:
    desk.ask("party", "add", "--set", "name=某新公司", "--set", f"uscc={USCC}", "--set", "状态=未通过")
    words = ("party", "refuse", "某新公司", "--reason", "注册地不在本市", "--basis", "第五条", "--on", "2026-02-09")
    said = desk.ask(*words)
    assert (said["status"], said["warnings"]) == ("未通过", [])
    assert desk.ask("party", "list", "--status", "未通过")["count"] == 1
    made = desk.ask("party", "notice", "某新公司", "备案不通过通知书", "-o", tmp_path / "n.pdf")
    assert made["dated"] == "2026-02-09"
    assert desk("party", "refuse", "某新公司", "--reason", "无").status == 2
