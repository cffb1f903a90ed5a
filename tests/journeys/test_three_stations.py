"""Three stations: two decide one case differently while they are offline, the third resolves it, and the paper tells
it all. Through a hub by the very commands that the README gives, and by files alone in any order."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from db.cases import digest
from db.hub import admin
from db.keys import Keyring
from desktop.app.desk import Desk
from desktop.cli.main import main
from tests.db.enrolled import Centre
from tests.db.hub.postgres import serving

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "三站试用口令"
STATIONS = ("甲", "乙", "丙")
UNSEEN = ("当时未见", "第4项", "第5项")  # of a record whose fourth and fifth step knew nothing of each other
STAFF = ("王甲=受理", "李乙=预审员", "孙丁=预审员", "周戊=组长", "陈己=管理员")


@pytest.fixture(autouse=True)
def surroundings(own_surroundings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, a day to work on, and keys derived at little cost: that is not the subject here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("KUAISHEN_TODAY", "2026-02-10")
    costs = Keyring.create.__kwdefaults__
    monkeypatch.setitem(costs, "cost", {**costs["cost"], "time": 1, "memory_kib": 64})


@dataclass
class Shell:
    """The commands of a terminal, run in this process."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    variables: dict[str, str]

    def answer(self, *words: object) -> Any:
        """The JSON answer of a command that must succeed."""
        self.capsys.readouterr()
        status = main([*map(str, words), "--json"])
        said = self.capsys.readouterr()
        assert status == 0, f"{words}: {said.out}{said.err}"
        return json.loads(said.out)

    def refusal(self, *words: object) -> Any:
        """What a rule said."""
        self.capsys.readouterr()
        assert main([*map(str, words), "--json"]) == 1
        return json.loads(self.capsys.readouterr().out)["refused"]

    def paste(self, block: str) -> list[str]:
        """Lines for a shell, as far as the README needs one. What each command said in words."""
        said = []
        for line in block.splitlines():
            for name, value in self.variables.items():
                line = line.replace(f"${name}", value)
            words = shlex.split(line, comments=True)
            match words:
                case []:
                    continue
                case ["export", *assignments]:
                    for word in assignments:
                        name, _, value = word.partition("=")
                        self.variables.setdefault(name, value)
                        if name.startswith("KUAISHEN_"):
                            self.monkeypatch.setenv(name, value)
                case ["mkdir", folder]:
                    Path(folder).mkdir()
                case ["echo", text, ">" | ">>" as how, file]:
                    with Path(file).open("a" if how == ">>" else "x", encoding="utf-8") as target:
                        target.write(text + "\n")
                case ["kuaishen", *rest]:
                    self.capsys.readouterr()
                    status = main(rest)
                    heard = self.capsys.readouterr()
                    assert status == 0, f"{line}\n{heard.out}{heard.err}"
                    said.append(heard.out)
                case _:
                    pytest.fail(f"the README asks a shell for something else: {line}")
        return said


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch, {})


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The administrator's address of a PostgreSQL that nobody has used yet."""
    with serving() as server:
        yield server.url()


def sections() -> dict[str, str]:
    """The steps of the README's sync chapter by their number."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (block,) = (found for found in blocks if "kuaishen hub init" in found)
    first, *rest = re.split(r"^# (?=\d )", block, flags=re.MULTILINE)
    return {"0": first} | {one[0]: f"# {one}" for one in rest}


def digests(*folders: str) -> set[str]:
    """What the read tables of these stores amount to."""
    found = set()
    for folder in folders:
        desk = Desk.open(Path(folder), PASSPHRASE)
        with desk._store.read() as reader:
            found.add(digest(reader))
        desk.close()
    return found


def printed(file: Path) -> str:
    """The text of a paper, without the breaks that its lines made."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(file).pages))


def all_agree(shell: Shell, contested: int) -> None:
    """Every store is sound and shows the same."""
    for station in STATIONS:
        report = shell.answer("--data", station, "verify")
        assert (report["ok"], report["problems"]) == (True, [])
        assert shell.answer("--data", station, "conflicts")["count"] == contested
        assert shell.answer("--data", station, "queue", "--view", "contested")["count"] == contested
    assert len(digests(*STATIONS)) == 1


def of_two_minds(view: dict[str, Any], number: str) -> None:
    """李乙 passed the case at the first station, 孙丁 failed it at the second, neither knew of the other."""
    assert view["count"] == 1
    (case,) = view["cases"]
    assert case["number"] == number
    sides = {side["choice"]: side for side in (case["left"], case["right"])}
    assert set(sides) == {"left", "right"}
    by_author = {side["authors"][0]: side for side in sides.values()}
    assert {name: (side["stations"], side["entries"][0]["action"]) for name, side in by_author.items()} == {
        "李乙": (["甲站"], "预审合格"),
        "孙丁": (["乙站"], "预审不合格"),
    }
    assert all(entry["mark"] == "待裁决" for side in sides.values() for entry in side["entries"])
    for mine, theirs in (("left", "right"), ("right", "left")):
        unseen = case["seen"][f"{mine}_unseen"]
        assert [entry["actor"] for entry in unseen] == sides[theirs]["authors"]
    assert [entry["actor"] for entry in case["seen"]["common"]] == ["王甲"] * 3
    assert case["others"] == []


def barred(shell: Shell, station: str, case: str) -> None:
    """Nobody goes on with a contested case, and nobody decides his own dispute."""
    view = shell.answer("--data", station, "--as", "李乙", "show", case)
    assert view["contested"] is True
    assert view["allowed"] == []
    assert "待裁决" in view["warnings"]
    data = ("--data", station, "--as")
    assert shell.refusal(*data, "李乙", "act", case, "pass", "--set", "checklist=符合")["code"] == "contested"
    decision = ("act", case, "resolve", "--set", "choose=left", "--set", "reason=x")
    assert shell.refusal(*data, "孙丁", *decision)["code"] in ("wrong_role", "own_dispute")
    assert shell.refusal(*data, "周戊", *decision[:-2])["code"] == "bad_input"


# ---------------------------------------------------------------- as the README has it
def test_what_the_readme_says_can_be_pasted(shell: Shell, hub: str, tmp_path: Path) -> None:
    steps = sections()
    assert list(steps) == list("0123456")
    shell.variables["HUB"] = hub
    for step in "0123":
        shell.paste(steps[step])
    assert shell.answer("--data", "丙", "queue") == shell.answer("--data", "甲", "queue")
    number = shell.answer("--data", "丙", "show", "YS1")["number"]

    shell.paste(steps["4"])
    meet, decide = steps["5"].split("kuaishen --data 丙 conflicts\n")
    shell.paste(meet)
    view = shell.answer("--data", "丙", "conflicts")
    of_two_minds(view, number)
    barred(shell, "丙", "YS1")
    (words,) = shell.paste("kuaishen --data 丙 conflicts")
    assert all(part in words for part in (number, "李乙", "甲站", "孙丁", "乙站", "不具备新颖性", "choose=left"))
    left = view["cases"][0]["left"]["authors"]

    shell.paste(decide)
    all_agree(shell, contested=0)
    case = shell.answer("--data", "甲", "show", "YS1")
    assert case["stage"] == ("PASSED" if left == ["李乙"] else "FAILED")
    aside = {"李乙", "孙丁"} - set(left)
    assert {entry["actor"] for entry in case["journal"] if entry["mark"] == "未采用"} == aside
    text = printed(tmp_path / "记录单.pdf")
    told = (
        "李乙",
        "甲站",
        "孙丁",
        "乙站",
        "不具备新颖性",
        "周戊",
        "对比文件公开日晚于申请日",
        "未采用",
        "采用左方",
        *UNSEEN,
    )
    assert [words for words in told if words not in text] == []
    assert shell.answer("--data", "乙", "verify", "记录单.pdf")["ok"] is True
    (centre,) = shell.answer("hub", "status", hub)["centres"]
    assert {one["name"] for one in centre["stations"]} == {"甲站", "乙站", "丙站"}

    shell.paste(steps["6"])
    all_agree(shell, contested=0)
    case = shell.answer("--data", "乙", "show", "YS2")
    assert case["stage"] == "EXAMINING"
    assert {entry["actor"] for entry in case["journal"] if entry["mark"] == "未采用"} == {"李乙", "孙丁"}
    shell.answer("--data", "甲", "sync")  # what went by the stick is told to the hub as well
    for station in STATIONS:
        assert shell.answer("--data", station, "sync")["quarantined"] == 0
    for station in STATIONS:
        idle = shell.answer("--data", station, "sync")
        assert (idle["sent"], idle["received"], idle["pending"]) == (0, 0, 0)
    assert admin.status(hub)[0]["forks"] == []

    shell.answer("hub", "revoke", hub, "--station", "丙站")
    assert main(["--data", "丙", "sync"]) == 3
    assert "拒绝" in shell.capsys.readouterr().err
    all_agree(shell, contested=0)


# ---------------------------------------------------------------- by files alone
@pytest.fixture
def by_stick(shell: Shell, tmp_path: Path) -> Shell:
    """Three stations of a centre without a hub, with one case that all of them know, ready to be examined."""
    centre = Centre("试用中心")
    for station in STATIONS:
        Path(f"{station}.kse").write_bytes(centre.file(f"{station}站", hub=None, blocks=[(1, 10)]))
    staff = [word for one in STAFF for word in ("--staff", one)]
    shell.answer("--data", "甲", "init", "--centre", "试用中心", "--station", "甲站", *staff)
    shell.answer("--data", "甲", "--as", "陈己", "join", "甲.kse")
    for station in "乙丙":
        shell.answer("--data", station, "--as", "周戊", "join", f"{station}.kse")
    rows = "平台案号,接收日期,专利类型,发明名称,申请主体,主分类号\nYS1,2026-02-09,发明,一种方法,某甲公司,G06F 16/29\n"
    Path("名单.csv").write_text(rows, "utf-8")
    shell.answer("--data", "甲", "--as", "王甲", "import", "名单.csv")
    shell.answer("--data", "甲", "--as", "王甲", "act", "YS1", "accept", "--set", "checklist=符合")
    shell.answer("--data", "甲", "--as", "王甲", "act", "YS1", "assign", "--set", "examiner=李乙")
    carry(shell, "甲", "乙", "丙")
    carry(shell, "乙", "甲", "丙")
    carry(shell, "丙", "甲", "乙")
    return shell


def carry(shell: Shell, source: str, *targets: str) -> None:
    file = f"{source}-{len(list(Path().glob('*.ksb')))}.ksb"
    shell.answer("--data", source, "sync", "--export", file)
    for target in targets:
        shell.answer("--data", target, "sync", "--import", file)


def test_the_same_by_files_in_any_order_and_twice(by_stick: Shell, tmp_path: Path) -> None:
    shell = by_stick
    number = shell.answer("--data", "丙", "show", "YS1")["number"]
    all_agree(shell, contested=0)
    shell.answer("--data", "甲", "sync", "--export", "甲-早.ksb")
    shell.answer("--data", "甲", "--as", "李乙", "act", "YS1", "pass", "--set", "checklist=符合")
    shell.answer("--data", "甲", "sync", "--export", "甲-晚.ksb")
    shell.answer("--data", "乙", "--as", "孙丁", "act", "YS1", "fail", "--set", "reason=不具备新颖性")
    shell.answer("--data", "乙", "sync", "--export", "乙.ksb", "--for", "丙站")

    before = digests("丙")
    tried = shell.answer("--data", "丙", "sync", "--import", "乙.ksb", "--dry-run")
    assert (tried["dry_run"], tried["received"]) == (True, 1)
    assert digests("丙") == before
    taken = [
        shell.answer("--data", "丙", "sync", "--import", file)["received"]
        for file in ("乙.ksb", "甲-晚.ksb", "甲-早.ksb", "乙.ksb", "甲-晚.ksb")
    ]
    assert taken == [1, 1, 0, 0, 0]

    of_two_minds(shell.answer("--data", "丙", "conflicts"), number)
    barred(shell, "丙", "YS1")
    right = shell.answer("--data", "丙", "conflicts", "YS1")["cases"][0]["right"]["authors"]
    resolved = ("act", "YS1", "resolve", "--set", "choose=right", "--set", "reason=复核后认定")
    outcome = shell.answer("--data", "丙", "--as", "周戊", *resolved)
    assert outcome["stage"] == ("PASSED" if right == ["李乙"] else "FAILED")
    for _ in range(2):
        carry(shell, "丙", "乙", "甲", "甲", "乙")
    all_agree(shell, contested=0)
    for station in STATIONS:
        shell.answer("--data", station, "record", "YS1", "-o", f"{station}.pdf")
        text = printed(tmp_path / f"{station}.pdf")
        told = ("李乙", "甲站", "孙丁", "乙站", "不具备新颖性", "周戊", "复核后认定", "未采用", "采用右方", *UNSEEN)
        assert [words for words in told if words not in text] == []
