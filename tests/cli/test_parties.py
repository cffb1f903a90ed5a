"""Parties from the terminal: a program that reads only JSON registers, imports, decides and asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

USCC = "91350100M000100Y43"
ROW_KEYS = set("id kind name uscc code region tags strategic status since until marks quota proposals".split())
SHOW_KEYS = set(
    "id kind name head facts standing on quota period rates sanctions findings proposals dismissed parallel merged "
    "merged_into cases journal allowed".split()
)
HEADER = ("序号", "备案主体名称", "统一社会信用代码", "备案日期", "资质标签", "联系人")


def add(desk: Any, name: str, *values: str, kind: str = "主体") -> str:
    sets = [word for value in (f"name={name}", *values) for word in ("--set", value)]
    return str(desk.ask("party", "add", "--kind", kind, *sets)["id"])


def show(desk: Any, ref: str, *more: str) -> Any:
    return desk.ask("party", "show", ref, *more)


def test_register_correct_list_and_show(desk: Any) -> None:
    id_ = add(desk, "某甲公司", f"统一社会信用代码={USCC}", "标签=战略主体、高新")
    changed = desk.ask("party", "set", USCC, "--set", "联系人=李", "--reason", "来函")
    assert (changed["id"], changed["events"], changed["status"]) == (id_, 1, "在备")
    found = desk.ask("party", "list", "--tag", "战略主体", "--search", "某甲", "--kind", "主体", "--status", "在备")
    assert found["count"] == 1
    assert set(found["parties"][0]) == ROW_KEYS
    view = show(desk, "某甲公司")
    assert set(view) == SHOW_KEYS
    assert {fact["name"]: fact["value"] for fact in view["facts"]}["contact"] == "李"
    assert [case["number"] for case in view["cases"]] == [desk.ask("show", "YS1")["number"]]
    assert view["rates"][0]["definition"]
    assert view["journal"][1]["text"].endswith("理由：来函")
    assert desk.ask("party", "note", id_, "电话核实")["events"] == 1


def test_two_abnormal_cases_until_the_suspension_is_lifted(desk: Any) -> None:
    add(desk, "某甲公司")
    for number, on in ((1, "2025-12-01"), (2, "2026-02-01")):
        made = desk.ask("party", "find", "某甲公司", "--kind", "非正常", "--case", f"SDYS-{number}", "--on", on)["made"]
        desk.ask("party", "appeal", "某甲公司", made, "--outcome", "不成立", "--on", "2026-02-09")
    assert desk.ask("party", "list", "--proposals")["count"] == 1
    (proposal,) = show(desk, "某甲公司")["proposals"]
    assert (proposal["measure"], proposal["cases"]) == ("暂停", ["SDYS-1", "SDYS-2"])
    assert proposal["text"]
    assert proposal["basis"]
    said = desk.ask(
        "party", "sanction", "某甲公司", "--proposal", proposal["id"], "--from", "2026-02-10", "--months", "6",
        "--reason", "申诉均未成立",
    )  # fmt: skip
    assert said["status"] == "暂停"
    assert show(desk, "某甲公司", "--on", "2026-02-09")["standing"]["status"] == "在备"
    assert show(desk, "某甲公司")["standing"]["until"] == "2026-08-09"
    lifted = desk.ask("party", "lift", "某甲公司", said["made"], "--on", "2026-02-10", "--reason", "整改到位")
    assert lifted["status"] == "在备"
    assert show(desk, "某甲公司")["sanctions"][0]["lifted_on"] == "2026-02-10"


def test_dismissing_and_a_measure_by_a_rule(desk: Any) -> None:
    add(desk, "某甲公司")
    for on in ("2025-12-01", "2026-02-01"):
        desk.ask("party", "find", "某甲公司", "--kind", "非正常", "--on", on)
    (proposal,) = show(desk, "某甲公司")["proposals"]
    desk.ask("party", "dismiss", "某甲公司", "--proposal", proposal["id"], "--reason", "同一批次")
    assert show(desk, "某甲公司")["proposals"] == []
    again = desk("party", "dismiss", "某甲公司", "--proposal", proposal["id"], "--reason", "再次", "--json")
    assert (again.status, again.json["refused"]["code"]) == (1, "unknown_proposal")
    words = ("party", "sanction", "某甲公司", "--rule", "lapsed", "--measure", "警告", "--reason", "属实")
    assert desk.ask(*words, "--case", "SDYS-1", "--to", "2026-03-01")["status"] == "在备"
    assert show(desk, "某甲公司")["sanctions"][0]["cases"] == ["SDYS-1"]


def test_quota_merge_and_duplicates(desk: Any) -> None:
    first, second = add(desk, "某甲公司", f"uscc={USCC}"), add(desk, "某甲有限公司")
    desk.ask("party", "set", second, "--set", f"uscc={USCC}")
    (group,) = desk.ask("party", "duplicates")["duplicates"]
    assert [party["id"] for party in group["parties"]] == [first, second]
    desk.ask("party", "quota", first, "2026", "--base", "10", "--extra", "2")
    assert show(desk, first)["quota"]["left"] == 12
    more = desk("party", "quota", first, "2026", "--base", "10", "--extra", "4")
    assert more.status == 0
    assert "一般只有一次" in more.err
    desk.ask("party", "merge", second, "--into", first, "--reason", "同一单位")
    assert desk.ask("party", "duplicates")["count"] == 0
    assert show(desk, first)["merged"] == [[second, "某甲有限公司"]]
    desk.ask("party", "note", second, "x")  # the journal of who disappeared stays open for remarks
    assert desk("party", "quota", second, "2026", "--base", "1", "--json").json["refused"]["code"] == "party_merged"
    desk.ask("party", "separate", second)
    assert desk.ask("party", "list")["count"] == 2


def test_a_list_is_tried_taken_in_and_taken_in_again(desk: Any, listed: Callable[..., Path], tmp_path: Path) -> None:
    rows = [
        (1, "某甲公司", USCC, "2025-01-02", "战略主体", "王"),
        (2, "某乙公司", "", "2025年3月", "", ""),
        (3, "某丙公司", "91350100M000100Y4Z", "2025-01-02", "", ""),
        (4, "某丁公司", "", "2025-01-02", "", ""),
    ]
    path = listed(tmp_path / "名单.xlsx", rows, HEADER)
    dry = desk.ask("party", "import", path, "--dry-run")
    assert (dry["kind"], dry["read"], dry["new"], dry["refused"], dry["dry_run"]) == ("主体", 4, 2, 2, True)
    assert desk.ask("party", "list")["count"] == 0
    done = desk.ask("party", "import", path)
    assert (done["new"], done["refused"], done["unknown_columns"]) == (2, 2, [])
    assert [(one["row"], one["column"]) for one in done["refusals"]] == [(4, "备案日期"), (5, "统一社会信用代码")]
    again = desk.ask("party", "import", path)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    rows[0] = (1, "某甲公司", USCC, "2025-01-02", "战略主体", "赵")
    changed = desk.ask("party", "import", listed(tmp_path / "新.xlsx", rows, HEADER))
    assert changed["changes"] == [{"row": 3, "name": "某甲公司", "fact": "联系人", "before": "王", "after": "赵"}]
    agencies = listed(tmp_path / "机构.xlsx", [("某代理所", "37101", "否")], ("机构名称", "机构代码", "经营异常"))
    assert desk.ask("party", "import", agencies)["kind"] == "代理机构"
    assert desk.ask("party", "list", "--kind", "代理机构")["parties"][0]["code"] == "37101"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("show", "没有这家"), 1, "unknown_party"),
        (("add", "--set", "name=甲", "--set", "wings=2"), 1, "unknown_input"),
        (("add", "--set", "name"), 1, "bad_input"),
        (("find", "某甲公司", "--kind", "月亮"), 1, "bad_input"),
        (("appeal", "某甲公司", "zz", "--outcome", "成立"), 1, "unknown_target"),
        (("sanction", "某甲公司", "--rule", "没有", "--measure", "警告", "--reason", "x"), 1, "unknown_rule"),
        (("show", "某甲公司", "--on", "昨天"), 1, "bad_date"),
        (("sanction", "某甲公司", "--reason", "x"), 2, "wrong_usage"),
        (("list", "--status", "很好"), 2, "wrong_usage"),
        (("import", "没有.xlsx"), 3, "io_error"),
    ],
)
def test_statuses(desk: Any, words: tuple[str, ...], status: int, code: str) -> None:
    add(desk, "某甲公司")
    said = desk("party", *words, "--json")
    assert said.status == status, said.out + said.err
    assert next(iter(said.json.values()))["code"] == code


def test_words_for_people(desk: Any) -> None:
    add(desk, "某甲公司", f"uscc={USCC}", "年度额度=5")
    desk.ask("party", "find", "某甲公司", "--kind", "非正常", "--case", "SDYS-1")
    listing = desk("party", "list")
    assert "共 1 个" in listing.out
    assert "0/5" in listing.out
    said = desk("party", "show", "某甲公司")
    assert said.status == 0
    for word in ("状态：在备", "预审合格率", "认定", "SDYS-1", "流水"):
        assert word in said.out
    assert desk("party", "--help").status == 0


def test_the_rules_can_be_read_exported_and_published(desk: Any, tmp_path: Path) -> None:
    rules = desk.ask("party", "rules")["rules"]
    assert [rule["id"] for rule in rules if rule["active"]] == ["shandong-abnormal"]
    assert all(rule["text"] and rule["basis"] for rule in rules)
    path = tmp_path / "parties.toml"
    assert desk("config", "export", path).status == 0
    path.write_text(path.read_text("utf-8").replace("active = false", "active = true"), "utf-8")
    desk.ask("config", "publish", path)
    assert all(rule["active"] for rule in desk.ask("party", "rules")["rules"])
    assert "有效" in desk("party", "rules").out
