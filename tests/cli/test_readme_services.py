"""The commands that the README gives for services, packages, documents, parties and evidence, word for word."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from desktop.app import demo_packages
from tests.exchange.files import book

README = Path(__file__).resolve().parents[2] / "README.md"
# Lines with something in them that only a real centre has: the id of a proposal, a token from a time-stamp service,
# the key of a finding.
_NOT_AS_THEY_STAND = ("建议编号", ".tsr", "标识")
FACTS = {
    "title": "一种晶圆台微动平台的振动抑制方法",
    "party": "某甲公司",
    "uscc": "91350100M000100Y43",
    "main_class": "G05D 19/02",
}


def commands(title: str) -> list[list[str]]:
    """The words of every command in the first block under this heading."""
    chapter = README.read_text("utf-8").split(f"\n### {title}\n", 1)[1]
    block = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert block is not None
    lines = [line for line in block[1].splitlines() if not any(mark in line for mark in _NOT_AS_THEY_STAND)]
    found = [shlex.split(line) for line in lines if line.strip()]
    assert found
    assert all(words[0] == "kuaishen" for words in found)
    return [words[1:] for words in found]


@pytest.fixture
def there(desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A terminal that stands in a folder with the files that the chapters name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUAISHEN_AS", "王甲")
    rows = [("单位名称", "统一社会信用代码"), ("某甲公司", "91350100M000100Y43")]
    book(tmp_path / "备案名单.xlsx", rows)
    (tmp_path / "页面.png").write_bytes(b"png")
    (tmp_path / "页面.html").write_text("<p>页面</p>", "utf-8")
    for path, content in demo_packages.first(FACTS).items():
        (tmp_path / "申请文件示例" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "申请文件示例" / path).write_bytes(content)
    (tmp_path / "申请文件（修改后）.zip").write_bytes(demo_packages.zipped(demo_packages.mended(FACTS)))
    (tmp_path / "申请文件（正式提交）.zip").write_bytes(demo_packages.zipped(demo_packages.filed(FACTS)))
    return desk


@pytest.mark.parametrize("title", ["业务", "申请文件", "文书", "主体与代理机构", "存证"])
def test_the_chapters_can_be_followed(there: Any, title: str) -> None:
    if title == "文书":
        facts = ("name=某甲公司", f"uscc={FACTS['uscc']}", "registered_on=2026-02-01")
        there.ask("party", "add", *(word for fact in facts for word in ("--set", fact)))
    for words in commands(title):
        if words[:3] == ["party", "list", "--kind"]:
            there.ask("party", "import", "备案名单.xlsx")  # the chapter only tries it
        said = there(*words)
        assert said.status == 0, (words, said.out + said.err)
    if title == "业务":
        assert Path("记录单.pdf").is_file()
    if title == "文书":
        assert len(list(Path().glob("*通知书*.pdf"))) == 3


def test_the_answer_about_a_package_has_the_keys_that_are_told(there: Any) -> None:
    chapter = README.read_text("utf-8").split("\n### 申请文件\n", 1)[1]
    block = re.search(r"```json\n(.*?)```", chapter, re.DOTALL)
    assert block is not None
    told, said = json.loads(block[1]), there.ask("package", "申请文件示例")
    assert said.keys() == told.keys()
    assert said["biblio"].keys() == told["biblio"].keys()
    assert said["claims"].keys() == told["claims"].keys()
    for name in ("parts", "findings"):
        assert said[name][0].keys() == told[name][0].keys()
