"""Application packages and notices from the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
REQUEST = (
    "<发明专利请求书><发明名称>一种测试方法</发明名称><申请人><姓名或名称>某甲公司</姓名或名称></申请人>"
    "<发明人><姓名>王小明</姓名></发明人><专利代理机构><名称>某代理事务所</名称><代理师><姓名>李四</姓名></代理师>"
    "</专利代理机构><提前公开><请求早日公布该专利申请>1</请求早日公布该专利申请></提前公开></发明专利请求书>"
)
CLAIMS = (
    '<权利要求书><权利要求 顺序="1">一种测试方法，其特征在于，包括接收。</权利要求>'
    '<权利要求 顺序="2">根据权利要求1所述的测试方法，其特征在于，还包括发送。</权利要求>'
    '<权利要求 顺序="3">根据权利要求1或2所述的测试方法，其特征在于，还包括存储。</权利要求>'
    '<权利要求 顺序="4">根据权利要求1至3中任一项所述的测试方法，其特征在于，还包括删除。</权利要求></权利要求书>'
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "申请文件"
    folder.mkdir()
    for code, text in (("110101", REQUEST), ("100001", CLAIMS)):
        (folder / f"{code}.xml").write_text(HEAD + text, encoding="utf-8")
    return folder


def test_a_package_is_read_and_checked(nowhere: Any, package: Path) -> None:
    said = nowhere.ask("package", package)
    assert {part["code"]: (part["name"], part["ok"], part["problem"]) for part in said["parts"]} == {
        "110101": ("发明专利请求书", True, ""),
        "100001": ("权利要求书", True, ""),
    }
    assert said["biblio"] == {
        "title": "一种测试方法",
        "applicants": ["某甲公司"],
        "inventors": ["王小明"],
        "agency": "某代理事务所",
        "agents": ["李四"],
        "early_publication": True,
        "substantive_examination": None,
    }
    assert said["claims"] == {
        "count": 4,
        "independent": [1],
        "dependencies": [
            {"claim": 2, "refers": [1]},
            {"claim": 3, "refers": [1, 2]},
            {"claim": 4, "refers": [1, 2, 3]},
        ],
    }
    (multiple,) = [one for one in said["findings"] if one["rule"] == "claim_multiple"]
    assert (multiple["article"], multiple["where"]) == ("细则25", "权利要求 4")
    text = nowhere("package", package).out
    assert "权利要求 4 引用 1、2、3" in text
    assert "初步判断" in text


def test_what_is_no_package_is_refused(nowhere: Any, tmp_path: Path) -> None:
    broken = tmp_path / "坏.zip"
    broken.write_bytes(b"PK\x03\x04 nothing")
    said = nowhere("package", broken, "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "broken_archive")
    assert nowhere("package", tmp_path / "无.zip", "--json").status in (1, 3)


def test_beside_a_case_its_findings_are_decided(desk: Any, package: Path) -> None:
    desk.ask("package", package, "--case", "YS1")
    found = desk.ask("findings", "YS1")
    (key,) = [one["key"] for one in found["findings"] if one["rule"] == "claim_multiple"]
    decided = desk.ask("findings", "YS1", "--accept", key[:6], "--words", "请改为引用一项。")
    (one,) = [one for one in decided["findings"] if one["key"] == key]
    assert (one["judgement"], one["words"]) == ("采纳", "请改为引用一项。")
    said = desk("findings", "YS1", "--dismiss", "zz", "--json")
    assert (said.status, said.json["refused"]["code"]) == (1, "unknown_finding")
    assert desk("findings", "YS2", "--json").json["refused"]["code"] == "no_package"


def test_two_texts_are_compared(nowhere: Any, package: Path, tmp_path: Path) -> None:
    other = tmp_path / "提交"
    other.mkdir()
    (other / "110101.xml").write_text(HEAD + REQUEST, encoding="utf-8")
    (other / "100001.xml").write_text(HEAD + CLAIMS.replace("删除", "擦除"), encoding="utf-8")
    same = nowhere.ask("compare", package, package)
    assert (same["verdict"], same["differences"]) == ("文件完全相同", [])
    said = nowhere.ask("compare", package, other)
    (one,) = said["differences"]
    assert (one["document"], one["kind"], one["where"]) == ("权利要求书", "改动", "权利要求 4")
    for side, changed in (("left", "删"), ("right", "擦")):
        start, end, _ = one[f"{side}_spans"][0]
        assert one[side][start:end] == changed
    assert said["conclusion"] == "不一致"


def test_a_notice_as_pdf(desk: Any, tmp_path: Path) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    target = tmp_path / "受理.pdf"
    said = desk.ask("notice", "YS1", "acceptance", "-o", target)
    assert said["title"] == "预审受理通知书"
    assert said["number"].endswith("号")
    text = "".join(page.extract_text() for page in PdfReader(target).pages)
    assert "预审受理通知书" in "".join(text.split())
    listed = desk.ask("notice", "YS1")
    assert [one["kind"] for one in listed["notices"]] == ["acceptance"]
    again = tmp_path / "再印.pdf"
    desk.ask("notice", "YS1", "预审受理通知书", "-o", again)
    assert again.read_bytes() == target.read_bytes()


def test_a_notice_that_is_not_there_is_refused_and_nothing_written(desk: Any, tmp_path: Path) -> None:
    target = tmp_path / "合格.pdf"
    for kind, code in (("pass", "no_notice"), ("nonsense", "unknown_notice")):
        said = desk("notice", "YS1", kind, "-o", target, "--json")
        assert (said.status, said.json["refused"]["code"]) == (1, code)
    assert not target.exists()


def test_many_notices_in_one_file(desk: Any, tmp_path: Path) -> None:
    for case in ("YS1", "YS2"):
        desk.act(case, "accept", "checklist=符合")
    said = desk.ask("notices", "--kind", "acceptance", "-o", tmp_path / "批.pdf")
    assert said["notices"] == 2
    assert {one["reason"].partition("还没有")[2][:9] for one in said["refused"]} == {"“预审受理通知书”"}
    assert len(PdfReader(tmp_path / "批.pdf").pages) >= 2


def test_a_notice_verifies_against_its_journal_and_a_changed_one_does_not(desk: Any, tmp_path: Path) -> None:
    desk.act("YS1", "accept", "checklist=符合")
    target = tmp_path / "受理.pdf"
    desk.ask("notice", "YS1", "-o", target)
    report = desk.ask("verify", target)
    assert (report["ok"], report["problems"]) == (True, [])
    desk.act("YS1", "assign", "examiner=李乙")
    assert desk.ask("verify", target)["ok"] is True
    writer = PdfWriter(clone_from=target)
    seal = str(writer.metadata["/KuaishenSeal"])  # type: ignore[index]
    writer.add_metadata({"/KuaishenSeal": seal.replace("预审受理通知书", "预审合格通知书")})
    changed = tmp_path / "changed.pdf"
    writer.write(changed)
    said = desk("verify", changed, "--json")
    assert (said.status, said.json["ok"]) == (1, False)
    foreign = PdfWriter(clone_from=target)
    foreign.add_metadata({"/KuaishenSeal": seal.replace('"event": "', '"event": "0')})
    foreign.write(changed)
    assert "流水中没有" in desk("verify", changed, "--json").json["problems"][0]
