"""The commands that the README gives for services, parties and evidence, word for word."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.files import book

README = Path(__file__).resolve().parents[2] / "README.md"
# Lines with something in them that only a real centre has: the id of a proposal, a token from a time-stamp service.
_NOT_AS_THEY_STAND = ("建议编号", ".tsr")


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
    return desk


@pytest.mark.parametrize("title", ["业务", "主体与代理机构", "存证"])
def test_the_chapters_can_be_followed(there: Any, title: str) -> None:
    for words in commands(title):
        if words[:3] == ["party", "list", "--kind"]:
            there.ask("party", "import", "备案名单.xlsx")  # the chapter only tries it
        said = there(*words)
        assert said.status == 0, (words, said.out + said.err)
    if title == "业务":
        assert Path("记录单.pdf").is_file()
