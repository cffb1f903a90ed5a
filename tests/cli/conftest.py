"""A terminal in this process, and a store that many tests may start from."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from db.keys import Keyring
from desktop.cli.main import main
from tests.db.hub.conftest import Hub, drop, new_hub
from tests.db.hub.postgres import Server, serving

PASSPHRASE = "一把 made-up 口令"
TODAY = "2026-02-10"
HEADER = ("平台案号", "接收日期", "专利类型", "发明名称", "申请主体", "主分类号")
ROWS = (
    ("YS1", "2026-02-09", "发明", "一种测试方法", "某甲公司", "G06F 16/29"),
    ("YS2", "2026/2/10", "实用新型", "一种测试装置", "某乙公司", "B25J 9/16"),
    ("YS3", "2026年2月10日", "外观设计", "测试台", "某丙公司", "14-02"),
    ("YS4", "2026-01-05", "发明", "一种迟到的方法", "某丁公司", "A61K 38/00"),
)
STAFF = ("王甲=受理", "李乙=预审员,复核", "陈丙=管理员")


@dataclass(frozen=True)
class Said:
    """What one command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """Runs commands on one data folder."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = data
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *words: object, typed: bytes = b"") -> Said:
        self._capsys.readouterr()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        status = main(["--data", str(self.data), *map(str, words)])
        said = self._capsys.readouterr()
        return Said(status, said.out, said.err)

    def ask(self, *words: object) -> Any:
        """The JSON answer of a command that must succeed."""
        said = self(*words, "--json")
        assert said.status == 0, said.out + said.err
        return said.json

    def act(self, case: str, action: str, *values: str, on: str = TODAY, by: str = "") -> Said:
        sets = [word for value in values for word in ("--set", value)]
        who = ["--as", by] if by else []
        return self("act", case, action, *sets, "--on", on, "--json", *who)


def write_list(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    """A platform list: a title row, the header, the rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["预审案件清单"])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture(scope="session")
def listed() -> Callable[..., Path]:
    return write_list


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the four cases of ROWS. Its key is derived at little cost, so that opening it is quick."""
    from datetime import date

    from desktop.app.desk import Desk
    from desktop.core.intake import examine_rows
    from desktop.exchange.reading import read_workbook
    from desktop.exchange.recognition import recognise, source_rows

    folder = tmp_path_factory.mktemp("cli-template")
    costs = Keyring.create.__kwdefaults__
    before = costs["cost"]
    costs["cost"] = {**before, "time": 1, "memory_kib": 64}
    try:
        desk = Desk.create(folder / "data", PASSPHRASE, centre="试用中心", station="甲站", actor="张三")
    finally:
        costs["cost"] = before
    sheet = read_workbook(write_list(folder / "list.xlsx", ROWS))
    desk.take_in(
        examine_rows(source_rows(sheet, recognise(sheet))), actor="张三", source="list.xlsx", today=date(2026, 2, 10)
    )
    desk.close()
    return folder / "data"


@pytest.fixture
def nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_surroundings: None
) -> Terminal:
    """A terminal whose data folder does not exist yet."""
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("KUAISHEN_TODAY", TODAY)
    return Terminal(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def desk(nowhere: Terminal, template: Path) -> Terminal:
    """A terminal on a store of its own with four cases."""
    shutil.copytree(template, nowhere.data)
    return nowhere


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def hub(server: Server, tmp_path: Path) -> Iterator[Hub]:
    """A database where no hub has been made yet."""
    made = new_hub(server, tmp_path)
    yield made
    drop(made)
