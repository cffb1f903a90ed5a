"""``kuaishen attach``, ``attachments`` and ``attachment``, alone and over a real hub."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import psycopg
import pytest

from db.keys import Keyring
from tests.cli.conftest import Terminal
from tests.db.hub.conftest import Hub


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "说明书.pdf"
    path.write_bytes(random.Random(7).randbytes(100_000))
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_from_putting_it_there_to_taking_it_out(desk: Terminal, paper: Path, tmp_path: Path) -> None:
    made = desk.ask("attach", "YS1", paper, "--note", "盖章扫描件", "--as", "张三")
    assert {name: made[name] for name in ("name", "size", "sha256", "actor", "here", "note")} == {
        "name": "说明书.pdf", "size": 100_000, "sha256": sha256(paper), "actor": "张三", "here": True,
        "note": "盖章扫描件",
    }  # fmt: skip
    listed = desk.ask("attachments", "YS1")
    assert (listed["count"], listed["attachments"][0]["sha256"]) == (1, sha256(paper))
    assert "98 KB" in desk("attachments", "YS1").out
    assert "附件 0 个" in desk("attachments", "YS2").out
    entry = desk.ask("show", "YS1")["journal"][-1]
    assert (entry["action"], entry["text"]) == (
        "附件", f"附件 说明书.pdf（98 KB，SHA-256 {sha256(paper)[:8]}…{sha256(paper)[-8:]}）：盖章扫描件"
    )  # fmt: skip
    assert desk.ask("verify")["attachments"] == 1
    for name, target in (("说明书.pdf", "a.pdf"), (sha256(paper), "b.pdf"), (sha256(paper)[:8].upper(), "c.pdf")):
        written = desk.ask("attachment", "YS1", name, "-o", tmp_path / target)
        assert (tmp_path / target).read_bytes() == paper.read_bytes()
        assert written["file"] == str(tmp_path / target)
    (tmp_path / "folder").mkdir()
    assert desk.ask("attachment", "YS1", "说明书.pdf", "-o", tmp_path / "folder")["file"].endswith("folder/说明书.pdf")


def test_what_is_refused_is_said_in_a_sentence(desk: Terminal, paper: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "说明书.pdf"
    twin.write_text("another of that name")
    desk.ask("attach", "YS1", paper)
    desk.ask("attach", "YS1", twin)
    empty = tmp_path / "empty"
    empty.touch()
    for status, code, *words in (
        (1, "already_attached", "attach", "YS1", paper),
        (1, "empty_file", "attach", "YS1", empty),
        (1, "unknown_case", "attach", "YS9", paper),
        (3, "io_error", "attach", "YS1", tmp_path / "none"),
        (3, "io_error", "attach", "YS1", tmp_path),
        (1, "ambiguous_attachment", "attachment", "YS1", "说明书.pdf", "-o", tmp_path / "x"),
        (1, "unknown_attachment", "attachment", "YS1", "没有.pdf", "-o", tmp_path / "x"),
        (1, "unknown_attachment", "attachment", "YS1", sha256(paper)[:5], "-o", tmp_path / "x"),
        (1, "file_exists", "attachment", "YS1", sha256(paper), "-o", twin),
        (3, "unfit_target", "attachment", "YS1", sha256(paper), "-o", desk.data / "x"),
        (3, "unfit_target", "attachment", "YS1", sha256(paper), "-o", tmp_path / "no" / "x"),
    ):
        said = desk(*words, "--json")
        assert said.status == status, said.out + said.err
        (answer,) = said.json.values()
        assert answer["code"] == code
        assert "Traceback" not in said.err
    assert not (tmp_path / "x").exists()
    assert twin.read_text() == "another of that name"
    assert desk.ask("attachments", "YS1")["count"] == 2


def test_a_damaged_one_is_found_by_verify(desk: Terminal, paper: Path, tmp_path: Path) -> None:
    desk.ask("attach", "YS1", paper)
    (stored,) = (path for path in (desk.data / "attachments").rglob("*") if path.is_file())
    stored.write_bytes(stored.read_bytes()[:-1])
    said = desk("verify", "--json")
    assert (said.status, said.json["ok"]) == (4, False)
    assert "说明书.pdf" in said.json["problems"][0]
    taken = desk("attachment", "YS1", "说明书.pdf", "-o", tmp_path / "x", "--json")
    assert taken.status == 3
    assert not (tmp_path / "x").exists()


def test_a_backup_brings_it_back(desk: Terminal, paper: Path, tmp_path: Path) -> None:
    desk.ask("attach", "YS1", paper)
    desk.ask("backup", tmp_path / "a.ksbak")
    back = Terminal(tmp_path / "back", desk._capsys, desk._monkeypatch)
    back.ask("restore", tmp_path / "a.ksbak")
    assert back.ask("verify")["attachments"] == 1
    back.ask("attachment", "YS1", "说明书.pdf", "-o", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == paper.read_bytes()


# ---------------------------------------------------------------- a real hub
def test_it_is_asked_for_over_the_hub(
    desk: Terminal, hub: Hub, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = Keyring.create.__kwdefaults__
    monkeypatch.setitem(costs, "cost", {**costs["cost"], "time": 1, "memory_kib": 64})
    desk.ask("hub", "init", hub.url, "--centre", "试用中心")
    for name in ("甲", "乙"):
        desk.ask("hub", "enrol", hub.url, "--station", f"{name}站", "-o", tmp_path / f"{name}.kse")
    other = Terminal(tmp_path / "乙", desk._capsys, desk._monkeypatch)
    desk.ask("join", tmp_path / "甲.kse")
    other.ask("join", tmp_path / "乙.kse", "--as", "李四")
    desk.ask("attach", "YS1", paper, "--as", "张三")
    assert "已向中心服务器送出附件 1 个" in desk.ask("sync")["notes"]
    other.ask("sync")
    assert [one["here"] for one in other.ask("attachments", "YS1")["attachments"]] == [False]
    assert "在 甲站" in other("attachments", "YS1").out
    other.ask("attachment", "YS1", "说明书.pdf", "-o", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == paper.read_bytes()
    assert [one["here"] for one in other.ask("attachments", "YS1")["attachments"]] == [True]
    assert not (tmp_path / "乙" / "attachments").joinpath("writing.part").exists()

    # What the hub gives is held against the journal, whoever may have been at its tables.
    (tmp_path / "b.txt").write_text("second")
    desk.ask("attach", "YS1", tmp_path / "b.txt", "--as", "张三")
    desk.ask("sync")
    other.ask("sync")
    with psycopg.connect(hub.url, autocommit=True) as root:
        changed = root.execute("UPDATE kuaishen.blobs SET body = 'forged' WHERE size = 6")
        assert changed.rowcount == 1
    said = other("attachment", "YS1", "b.txt", "-o", tmp_path / "b.out", "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "wrong_attachment")
    assert not (tmp_path / "b.out").exists()
