"""The terminal under a careless user and a hostile machine: nothing is overwritten, nothing is lost, every answer is
a sentence with its status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from db.connection import STORE_NAME
from db.faults import EnvironmentFault
from db.files import LOCK_NAME, alone_in
from db.keys import KEYRING_NAME, Keyring
from db.store import Store
from desktop.app.desk import Desk
from desktop.cli.main import main
from desktop.core.refusal import Refusal

PASSPHRASE = "一把 made-up 口令"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="module")
def quick_keys() -> Iterator[None]:
    """Keys derived at little cost: how dear they are is not the subject here."""
    costs = Keyring.create.__kwdefaults__
    before = costs["cost"]
    costs["cost"] = {**before, "time": 1, "memory_kib": 64}
    yield
    costs["cost"] = before


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "data"
    Desk.create(folder, PASSPHRASE, centre="试用中心", station="甲站", actor="张三").close()
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path, own_surroundings: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", PASSPHRASE)
    return shutil.copytree(made, tmp_path / "data")


@pytest.fixture
def say(data: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """One command with --json: its status and its one document."""

    def said(*words: object, folder: Path = data) -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        status = main(["--data", str(folder), "--json", *map(str, words)])
        return status, json.loads(capsys.readouterr().out)

    return said


# ---------------------------------------------------------------- backups
def test_a_backup_never_replaces_the_store_it_is_made_of(data: Path, say) -> None:  # type: ignore[no-untyped-def]
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    for name in (STORE_NAME, KEYRING_NAME, "neu.ksbak"):
        status, answer = say("backup", data / name)
        assert (status, answer["fault"]["code"]) == (3, "unfit_target")
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before
    assert say("verify")[0] == 0


def test_a_backup_replaces_a_backup_but_no_other_file(data: Path, tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    letter = tmp_path / "重要.docx"
    with zipfile.ZipFile(letter, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    before = letter.read_bytes()
    assert say("backup", letter)[1]["fault"]["code"] == "unfit_target"
    assert say("backup", tmp_path)[1]["fault"]["code"] == "unfit_target"
    assert letter.read_bytes() == before
    assert say("backup", tmp_path / "b.ksbak")[0] == 0
    assert say("backup", tmp_path / "b.ksbak")[0] == 0


def test_what_a_killed_backup_left_goes_after_a_day(tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    old, young = tmp_path / ".ksbak-old", tmp_path / ".ksbak-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / STORE_NAME).write_bytes(b"half")
    yesterday = time.time() - 90_000
    os.utime(old / STORE_NAME, (yesterday, yesterday))
    os.utime(old, (yesterday, yesterday))
    assert say("backup", tmp_path / "b.ksbak")[0] == 0
    assert not old.exists()
    assert young.exists()


# ---------------------------------------------------------------- restoring and making
def test_a_restore_that_was_killed_can_be_repeated(data: Path, tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    say("backup", tmp_path / "b.ksbak")
    target = tmp_path / "again"
    target.mkdir()
    (target / (STORE_NAME + ".part")).write_bytes(b"half")
    (target / (STORE_NAME + ".part-journal")).write_bytes(b"half")
    (target / KEYRING_NAME).write_bytes(b"{}")
    assert say("restore", tmp_path / "b.ksbak", folder=target)[0] == 0
    assert sorted(path.name for path in target.iterdir()) == [KEYRING_NAME, STORE_NAME]


@pytest.mark.parametrize("names", [(KEYRING_NAME,), (STORE_NAME + ".part", "信.txt"), (STORE_NAME,)])
def test_a_restore_clears_nothing_that_is_not_its_own(names, tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    say("backup", tmp_path / "b.ksbak")
    target = tmp_path / "again"
    target.mkdir()
    for name in names:
        (target / name).write_bytes(b"precious")
    assert say("restore", tmp_path / "b.ksbak", folder=target)[1]["fault"]["code"] == "not_empty"
    assert sorted(path.name for path in target.iterdir()) == sorted(names)


def test_the_only_key_to_a_store_is_never_replaced(data: Path) -> None:
    """Somebody, or a virus scanner, has taken the store out of the folder and may bring it back."""
    away = data.parent / "quarantine"
    (data / STORE_NAME).rename(away)
    key = (data / KEYRING_NAME).read_bytes()
    with pytest.raises(EnvironmentFault) as fault:
        Desk.create(data, PASSPHRASE, centre="新中心", station="甲站", actor="张三")
    assert fault.value.code == "orphan_keyring"
    assert (data / KEYRING_NAME).read_bytes() == key
    away.rename(data / STORE_NAME)
    Desk.open(data, PASSPHRASE).close()


def test_a_store_holds_its_first_documents_or_does_not_exist(tmp_path: Path, own_surroundings: None) -> None:
    for centre in ("", " "):
        with pytest.raises(Refusal):
            Desk.create(tmp_path / "data", PASSPHRASE, centre=centre, station="甲站", actor="张三")
        assert not Desk.exists(tmp_path / "data")

    def fails(_tx: object) -> None:
        raise KeyError("killed")

    with pytest.raises(KeyError):
        Store.create(tmp_path / "data", PASSPHRASE, station_name="甲站", begin=fails)
    assert not Desk.exists(tmp_path / "data")
    desk = Desk.create(tmp_path / "data", PASSPHRASE, centre="试用中心", station="甲站", actor="张三")
    assert desk.centre == "试用中心"
    desk.close()


def test_many_may_make_the_same_store_at_once(tmp_path: Path, own_surroundings: None) -> None:
    """One of them makes it; whoever comes late is told so, and the key still fits."""
    found: list[str] = []

    def make() -> None:
        try:
            Desk.create(tmp_path / "data", PASSPHRASE, centre="试用中心", station="甲站", actor="张三").close()
            found.append("made")
        except EnvironmentFault as fault:
            found.append(fault.code)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["made", "store_exists", "store_exists"]
    Desk.open(tmp_path / "data", PASSPHRASE).close()
    assert not (tmp_path / "data" / LOCK_NAME).exists()


def test_the_lock_is_one_process_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.files._PATIENCE", 0.0)
    with alone_in(tmp_path), pytest.raises(EnvironmentFault) as busy, alone_in(tmp_path):
        pass
    assert busy.value.code == "store_locked"
    with alone_in(tmp_path):
        pass


# ---------------------------------------------------------------- words, streams and files
def test_bytes_that_are_no_text_do_not_reach_the_journal(data: Path, tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    strange = tmp_path / os.fsdecode(b"\xc3\xfb.csv")  # GBK bytes, as an unpacked archive leaves them
    try:
        strange.write_text("接收日期,专利类型,发明名称,申请主体,主分类号\n2026-03-02,发明,一种方法,某公司,G06F 16/29\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    name = os.fsdecode(b"\xd5\xc5")
    assert say("show", name)[1]["refused"]["code"] == "unknown_case"
    assert say("queue", "--search", name)[1]["count"] == 0
    status, answer = say("import", strange, "--as", name)
    assert (status, answer["new"]) == (0, 1)
    assert say("verify")[0] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_and_a_folder_are_no_lists(tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    os.mkfifo(tmp_path / "a.xlsx")
    for words in (("import",), ("verify",), ("config", "check")):
        assert say(*words, tmp_path / "a.xlsx")[1]["fault"]["code"] == "not_a_file"
    status, answer = say("import", tmp_path)
    assert (status, answer["fault"]["reason"]) == (3, f"这是一个目录，不是文件：{tmp_path}")


def test_a_page_of_remarks_in_front_is_no_dead_end(tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    book = Workbook()
    book.active.title = "填表说明"
    book.active.append(["请逐行填写"])
    sheet = book.create_sheet("一月清单")
    sheet.append(["接收日期", "专利类型", "发明名称", "申请主体", "主分类号"])
    sheet.append(["2026-03-02", "发明", "一种方法", "某公司", "G06F 16/29"])
    book.save(tmp_path / "a.xlsx")
    status, answer = say("import", tmp_path / "a.xlsx")
    assert status == 1
    assert "“一月清单”，可用 --sheet 指定" in answer["refused"]["reason"]
    assert say("import", tmp_path / "a.xlsx", "--sheet", "一月清单")[1]["new"] == 1


def test_a_broken_document_is_refused_in_words(tmp_path: Path, say) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "limits.toml"
    for text in ("asdf{{", "a=" + "[" * 3000):
        file.write_text(text)
        status, answer = say("config", "check", file)
        assert status == 1
        assert "Expected" not in str(answer)
        assert "写法有误" in str(answer)


def test_a_document_is_not_written_over_another_kind_of_file(data: Path, say) -> None:  # type: ignore[no-untyped-def]
    key = (data / KEYRING_NAME).read_bytes()
    status, answer = say("config", "export", data / KEYRING_NAME, "--kind", "limits", "--force")
    assert (status, answer["refused"]["code"]) == (1, "wrong_target")
    assert (data / KEYRING_NAME).read_bytes() == key


def test_a_spoilt_key_is_damage(data: Path, say) -> None:  # type: ignore[no-untyped-def]
    path = data / KEYRING_NAME
    document = json.loads(path.read_text())
    for cost in (-1, 1 << 40):
        document["holders"]["owner"]["cost"]["time"] = cost
        path.write_text(json.dumps(document))
        assert say("queue")[0] == 4


def test_damage_is_told_in_chinese(data: Path, say) -> None:  # type: ignore[no-untyped-def]
    from db.verify import pages

    raw = "*** in database main ***\nTree 4 page 149: btreeInitPage() returns error code 11"
    assert pages(SimpleNamespace(rows=lambda _: [("ok",)])) == []  # type: ignore[arg-type]
    (problem,) = pages(SimpleNamespace(rows=lambda _: [(raw,)]))  # type: ignore[arg-type]
    assert "第 149 页" in problem
    assert "btree" not in problem


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_an_answer_that_cannot_be_written_is_the_environments_fault() -> None:
    for shell, status in (
        ("workdays add 2026-01-05 3 >/dev/full", 3),
        ("check number 1 --json >/dev/full", 3),
        ("check number - <&-", 0),
        ("workdays add 2026-01-05 3 >&-", 0),
    ):
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "{sys.executable}" -m desktop.cli {shell}'],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == status, shell + done.stderr
        assert "Traceback" not in done.stderr
