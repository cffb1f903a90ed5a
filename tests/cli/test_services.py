"""All services by the terminal: every kind of matter from its opening to its end, one record over six, a seventh."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from openpyxl import load_workbook
from pypdf import PdfReader

from desktop.core.identifiers import application_check_digit
from tests.core.services.ways import WAYS, Way
from tests.services import SEVENTH, opening_of, walk_matter

WAY_OF_NAVIGATION = next(category for procedure, category in WAYS if procedure == "navigation")
SERVICES = ("preexam", "priority", "enforcement", "navigation", "commercialisation", "evidence")


def sets(values: Any) -> list[str]:
    return [word for name, value in values.items() for word in ("--set", f"{name}={value}")]


def refusal(said: Any) -> Any:
    return said.json["refused"]


def test_the_six_services_are_listed(desk: Any) -> None:
    found = desk.ask("services")["services"]
    assert tuple(one["procedure"] for one in found) == SERVICES
    assert found[0]["views"]["open"] == 4
    assert [one["label"] for one in found[1:]] == ["优先审查", "快速维权", "导航分析", "转化运用", "存证取证"]


@pytest.mark.parametrize(("procedure", "category"), WAYS, ids=lambda name: str(name))
def test_every_kind_of_matter_goes_from_opening_to_end(desk: Any, procedure: str, category: str) -> None:
    way: Way = WAYS[procedure, category]
    made = desk.ask("new", procedure, *sets(way.opening), "--on", way.received)
    number = made["number"]
    for action, on, values in way.steps:
        view = desk.ask("show", number)
        offered = {one["action"] for one in view["allowed"]}
        assert action in offered | {one["action"] for one in view["barred"]}, (action, view["stage"])
        said = desk.act(number, action, *(f"{name}={value}" for name, value in values.items()), on=on)
        assert said.status == 0, said.out
    view = desk.ask("show", number)
    assert (view["stage"], view["ended"]) == (way.end, True)
    assert not [limit for limit in view["limits"] if limit["running"]]
    ended = desk.ask("queue", procedure, "--view", "ended")
    assert [case["number"] for case in ended["cases"]] == [number]
    assert desk.ask("queue", procedure)["count"] == 0


def test_what_is_asked_and_what_is_missing(desk: Any) -> None:
    asked = desk.ask("new", "快速维权", "--ask")
    names = {field["name"] for field in asked["fields"]}
    assert {"category", "title", "party", "respondent", "patent_number"} <= names
    said = desk("new", "enforcement", "--set", "title=一案", "--json")
    assert (said.status, refusal(said)["code"]) == (1, "missing_input")
    said = desk("new", "enforcement", "--set", "category=打官司", "--json")
    assert said.status == 1
    assert "专利侵权纠纷行政裁决" in refusal(said)["reason"]
    said = desk("new", "teleport", "--json")
    assert (said.status, refusal(said)["code"]) == (1, "unknown_procedure")
    assert desk.ask("queue", "enforcement")["count"] == 0


def test_a_preexamination_by_hand_is_the_same_as_by_list(desk: Any) -> None:
    words = sets({"patent_type": "发明", "title": "一种新的方法", "party": "某戊公司", "main_class": "g06f16/29"})
    made = desk.ask("new", "preexam", *words)
    view = desk.ask("show", made["number"])
    assert (view["main_class"], view["field"], view["stage"]) == ("G06F 16/29", "新一代信息技术", "RECEIVED")
    assert view["due_on"] == "2026-02-12"
    said = desk("new", "preexam", *words, "--json")
    assert (said.status, refusal(said)["code"]) == (1, "already_there")
    assert made["number"] in refusal(said)["reason"]


def test_one_record_over_all_six(desk: Any, tmp_path: Path) -> None:
    numbers = walk_matter(desk)
    view = desk.ask("matter", numbers["enforcement"])
    assert view["matter"] == f"BL-{numbers['preexam']}"
    assert view == desk.ask("matter", view["matter"])
    assert {one["procedure"]: [case["number"] for case in one["cases"]] for one in view["services"]} == {
        name: [numbers[name]] for name in SERVICES
    }
    assert {(one["from"], one["to"]) for one in view["references"]} >= {(numbers["evidence"], numbers["enforcement"])}
    paper = tmp_path / "记录.pdf"
    desk.ask("record", numbers["evidence"], "-o", paper)
    text = "".join("".join(page.extract_text() for page in PdfReader(paper).pages).split())
    for number in numbers.values():
        assert number in text
    labels = ("专利预审", "优先审查", "快速维权", "导航分析", "转化运用", "存证取证", "办理流水")
    for place, label in zip("三四五六七八九", labels, strict=True):
        assert f"{place}、{label}" in text
    assert "待核对" in text
    assert desk.ask("verify", paper)["ok"]


def test_what_belongs_to_a_record_can_be_changed(desk: Any) -> None:
    words = sets({"category": "维权援助", "title": "一种测试方法", "party": "某甲公司"})
    alone = desk.ask("new", "enforcement", *words)
    view = desk.ask("matter", alone["number"])
    assert [(one["number"], one["why"]) for one in view["related"]] == [("SDYS-2026-0000001", "同一主体、同一名称")]
    said = desk("matter", alone["number"], "--join", "YS1", "--json")
    assert (said.status, refusal(said)["code"]) == (1, "missing_input")
    joined = desk.ask("matter", alone["number"], "--join", "YS1", "--reason", "同一方案")
    assert joined["matter"] == "BL-SDYS-2026-0000001"
    assert desk.ask("matter", "YS1")["services"][2]["cases"][0]["number"] == alone["number"]
    assert desk("matter", alone["number"], "--join", "YS1", "--reason", "再来").status == 1
    left = desk.ask("matter", alone["number"], "--leave", "--reason", "归错了")
    assert left["matter"] == f"BL-{alone['number']}"
    journal = desk.ask("show", alone["number"])["journal"]
    assert [entry["action"] for entry in journal] == ["收件", "归入办理记录", "移出办理记录"]


def test_a_seventh_service_needs_no_code(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "七.toml"
    file.write_text(SEVENTH, encoding="utf-8")
    assert desk.ask("config", "check", file)["ok"]
    assert desk.ask("config", "publish", file)["kind"] == "service"
    found = desk.ask("services")["services"]
    assert (found[-1]["procedure"], found[-1]["own"]) == ("training", True)
    made = desk.ask("new", "知识产权培训", *sets({"category": "企业培训", "title": "检索入门", "party": "某甲公司"}))
    assert made["number"] == "SDPX-2026-0000001"
    shown = desk.ask("show", made["number"])
    assert [limit["due_on"] for limit in shown["limits"]] == ["2026-02-24"]  # 5 working days over the festival
    said = desk.act(made["number"], "hold", "held_on=2026-02-10", "people=30")
    assert (said.status, said.json["stage"]) == (0, "HELD")
    assert "共 30 人" in said.json["notice"]["text"]
    paper = tmp_path / "培训.pdf"
    desk.ask("record", made["number"], "-o", paper)
    text = "".join("".join(page.extract_text() for page in PdfReader(paper).pages).split())
    assert "九、知识产权培训" in text
    assert "30" in text
    assert desk.ask("verify", paper)["ok"]
    target = tmp_path / "台账.xlsx"
    assert desk.ask("ledger", "training", "-o", target, "--view", "all")["rows"] == 1
    titles = [cell.value for cell in load_workbook(target).active[1]]
    assert "参加人数" in titles


def test_a_thirteenth_field_needs_no_code(desk: Any, tmp_path: Path) -> None:
    fields = tmp_path / "fields.toml"
    desk.ask("config", "export", fields)
    fields.write_text(
        fields.read_text("utf-8")
        + '\n[[field]]\nid = "ai"\nlabel = "低空经济"\nipc = ["G10K"]\nbasis = "本中心文件"\nactive = true\n',
        encoding="utf-8",
    )
    desk.ask("config", "publish", fields)
    words = sets({"patent_type": "发明", "title": "一种降噪方法", "party": "某己公司", "main_class": "G10K 11/16"})
    made = desk.ask("new", "preexam", *words)
    assert desk.ask("show", made["number"])["field"] == "低空经济"
    assert desk.ask("queue", "--field", "低空经济")["count"] == 1


def test_a_new_limit_needs_no_code(desk: Any, tmp_path: Path) -> None:
    """A figure of the centre's own, and a limit that the service did not have."""
    file = tmp_path / "service.toml"
    desk.ask("config", "export", file, "--procedure", "navigation")
    document = tomllib.loads(file.read_text("utf-8"))
    document["clocks"].append(
        {"id": "hello", "label": "首次联系", "limit": "hello", "owner": "centre", "start": ["open"], "stop": ["note"]}
    )
    document["limits"]["hello"] = {
        "label": "首次联系期限", "kind": "promised", "unit": "workday", "value": 2, "basis": "本中心承诺",
        "checked_on": "2026-01-05", "status": "已核对",
    }  # fmt: skip
    file.write_text(tomli_w.dumps(document), encoding="utf-8")
    before = desk.ask("new", "navigation", *sets(opening_of("navigation", WAY_OF_NAVIGATION)))
    desk.ask("config", "publish", file)
    words = sets(opening_of("navigation", WAY_OF_NAVIGATION))
    after = desk.ask("new", "navigation", *words)
    limits = {limit["label"]: limit for limit in desk.ask("show", after["number"])["limits"]}
    assert (limits["首次联系"]["due_on"], limits["首次联系"]["status"]) == ("2026-02-12", "已核对")
    assert "首次联系" not in [limit["label"] for limit in desk.ask("show", before["number"])["limits"]]
    shorter = tmp_path / "limits.toml"
    own = {**document["limits"]["hello"], "value": 1}
    header = {"kind": "limits", "procedure": "navigation", "basis": "本中心承诺", "checked_on": "2026-02-01"}
    shorter.write_text(tomli_w.dumps({"document": header, "limits": {"hello": own}}), encoding="utf-8")
    desk.ask("config", "publish", shorter)
    again = desk.ask("new", "navigation", *words)
    limits = {limit["label"]: limit for limit in desk.ask("show", again["number"])["limits"]}
    assert limits["首次联系"]["due_on"] == "2026-02-11"


def test_industry_chains_come_from_a_table(desk: Any, tmp_path: Path) -> None:
    words = {"category": "产业导航", "title": "海洋装备导航", "party": "某甲公司"}
    free = desk.ask("new", "navigation", *sets({**words, "industry_chain": "尚无名单的链"}))
    assert desk.ask("show", free["number"])["facts"]["产业链"] == "尚无名单的链"
    table = tmp_path / "链.csv"
    lines = ("附件", "序号,产业链,类别", "1,海工装备,标志性产业链", "2,氢能,重点产业链", "2,氢能,重点产业链")
    table.write_text("\n".join(lines), encoding="utf-8")
    assert desk.ask("config", "publish", table)["kind"] == "chains"
    said = desk("new", "navigation", *sets({**words, "industry_chain": "不在名单"}), "--json")
    assert (said.status, refusal(said)["code"]) == (1, "bad_input")
    made = desk.ask("new", "navigation", *sets({**words, "industry_chain": "氢能"}))
    assert desk.ask("show", made["number"])["facts"]["产业链"] == "氢能"
    empty = tmp_path / "空.csv"
    empty.write_text("甲,乙\n1,2\n", encoding="utf-8")
    said = desk("config", "publish", empty, "--json")
    assert (said.status, refusal(said)["code"]) == (1, "no_header")


def test_many_at_once_from_a_table(desk: Any, listed: Any, tmp_path: Path) -> None:
    """Publicly funded patents are declared by the hundred; those past three years come up by themselves."""
    header = ("专利或项目名称", "专利权人", "专利号", "授权公告日", "财政资助", "附注")
    rows = [
        ("一种膜组件", "示例大学", "202610000001.5", "2023-02-10", "是", ""),
        ("一种电池", "示例大学", "202610000002.X", "2024-11-22", "是", ""),
        ("一种坏号", "示例大学", "2.02E+12", "2024-11-22", "是", ""),
        ("合计", None, None, None, "3", None),
    ]
    good = [tuple(_numbered(cell, n) for cell in row) for n, row in enumerate(rows)]
    table = listed(tmp_path / "清单.xlsx", good, header)
    words = ("new", "转化运用", "--list", table, "--set", "category=专利公开实施清单", "--on", "2026-02-10")
    dry = desk.ask(*words, "--dry-run")
    assert (dry["read"], dry["new"], dry["refused"]) == (3, 2, 1)
    assert desk.ask("queue", "commercialisation")["count"] == 0
    made = desk.ask(*words)
    assert [(one["row"], one["column"]) for one in made["refusals"]] == [(5, "专利号")]
    assert made["unknown_columns"] == ["附注"]
    again = desk.ask(*words)
    assert (again["new"], again["unchanged"], again["refused"]) == (0, 2, 1)
    due = desk.ask("queue", "commercialisation", "--view", "matured")
    assert [(case["title"], case["due_on"], case["overdue"]) for case in due["cases"]] == [
        ("一种膜组件", "2026-02-10", False)
    ]


def _numbered(cell: str | None, n: int) -> str | None:
    """An application number with the check digit that belongs to it."""
    if cell is None or not cell.startswith("2026100"):
        return cell
    return f"20261000000{n}.{application_check_digit(f'20261000000{n}')}"


def test_a_list_for_the_platform_outside(desk: Any, tmp_path: Path) -> None:
    lists = desk.ask("referral", "转化运用")["referrals"]
    assert lists
    target = tmp_path / "报送.xlsx"
    for one in lists:
        made = desk.ask("referral", "转化运用", one["id"], "-o", target)
        assert made["rows"] == 0
        assert load_workbook(target).active["A1"].value == "案号"
    said = desk("referral", "commercialisation", "没有的", "-o", target, "--json")
    assert (said.status, refusal(said)["code"]) == (1, "unknown_referral")
