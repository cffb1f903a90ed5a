"""Status, purity of the answers, and the program as it is really started."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from desktop.cli import main as program

ROOT = Path(__file__).resolve().parents[2]


def start(*words: object, typed: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """``python -m desktop.cli`` as a process of its own, with a console that is not UTF-8."""
    surroundings = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    surroundings.update(PYTHONIOENCODING="ascii", **environment)
    return subprocess.run(
        [sys.executable, "-m", "desktop.cli", *map(str, words)],
        input=typed,
        capture_output=True,
        env=surroundings,
        cwd=ROOT,
        check=False,
    )


COMMANDS = (
    ("queue",),
    ("queue", "--limit", "0"),
    ("show", "YS1"),
    ("show", "nobody"),
    ("act", "YS1", "accept", "--set", "checklist=符合"),
    ("act", "YS1", "grant"),
    ("act", "YS1"),
    ("verify",),
    ("verify", "/nowhere/x.pdf"),
    ("rebuild",),
    ("workdays", "add", "2026-02-10", "1"),
    ("workdays", "sub"),
    ("check", "ipc", "x"),
    ("import", "/nowhere/x.xlsx"),
    ("restore", "/nowhere/x"),
    ("config", "check", "/nowhere/x.toml"),
    ("queue", "--view", "nonsense"),
    ("nonsense",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_json_is_one_document_and_nothing_else(desk: Any, words: tuple[str, ...]) -> None:
    said = desk(*words, "--json")
    answer = json.loads(said.out)
    assert isinstance(answer, dict)
    assert said.status in (0, 1, 2, 3)
    if said.status and "valid" not in answer:
        assert re.search("[一-鿿]", said.err), "the reason is told to people too"


@pytest.mark.parametrize(
    ("words", "status", "key"),
    [
        (("show", "YS1"), 0, "number"),
        (("act", "YS1", "grant"), 1, "refused"),
        (("queue", "--view", "nonsense"), 2, "usage"),
        (("import", "/nowhere/x.xlsx"), 3, "fault"),
    ],
)
def test_status_and_answer_agree(desk: Any, words: tuple[str, ...], status: int, key: str) -> None:
    said = desk(*words, "--json")
    assert said.status == status
    assert key in said.json


@pytest.mark.parametrize("words", [("queue",), ("show", "x"), ("verify",), ("act", "x", "accept"), ("rebuild",)])
def test_without_a_store_reading_is_the_environments_fault(nowhere: Any, words: tuple[str, ...]) -> None:
    said = nowhere(*words, "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "missing_store")
    assert not nowhere.data.exists()


def test_a_wrong_passphrase_and_none(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUAISHEN_PASSPHRASE", "falsch")
    assert desk("queue", "--json").json["fault"]["code"] == "wrong_passphrase"
    monkeypatch.delenv("KUAISHEN_PASSPHRASE")
    said = desk("queue", "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "no_passphrase")


def test_the_common_options_may_stand_on_either_side(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for words in (
        ["--json", "--data", str(desk.data), "--as", "张三", "show", "YS1"],
        ["show", "YS1", "--as", "张三", "--data", str(desk.data), "--json"],
        ["--data", "/nowhere", "show", "--data", str(desk.data), "--json", "YS1"],
    ):
        assert program.main(words) == 0
        assert json.loads(capsys.readouterr().out)["platform_number"] == "YS1"


def test_the_data_folder_and_the_name_come_from_the_environment(
    desk: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUAISHEN_DATA", str(desk.data))
    monkeypatch.setenv("KUAISHEN_AS", "王甲")
    assert program.main(["act", "YS1", "accept", "--set", "checklist=符合"]) == 0
    assert desk.ask("show", "YS1")["journal"][-1]["actor"] == "王甲"


def test_help_is_chinese_and_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in (
        "demo init import queue show act record ledger verify join sync conflicts stations hub "
        "workdays check backup restore config"
    ).split():
        assert command in text
    assert not re.search("usage:|positional|optional|show this help", text)


def test_a_bug_is_no_answer(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.cli import cases

    def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(cases, "queue", broken)
    said = desk("queue", "--json")
    assert (said.status, said.out) == (program.BUG, "")
    assert "ZeroDivisionError" in said.err


def test_interrupting_is_quiet(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.cli import cases

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cases, "queue", interrupted)
    said = desk("queue", "--json")
    assert said.status == 130
    assert "Traceback" not in said.err


def test_the_flag_of_the_reader_child_is_the_one_it_answers_to() -> None:
    from desktop.exchange.reading import CHILD_FLAG

    assert program.CHILD_FLAG == CHILD_FLAG


def test_light_commands_load_no_heavy_library() -> None:
    code = (
        "import sys; from desktop.cli.main import main; main(['workdays', 'add', '2026-02-10', '10', '--json']);"
        "print([m for m in ('sqlalchemy', 'PySide6', 'openpyxl', 'reportlab') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stderr.strip() == b"[]"


def test_the_program_as_a_process(desk: Any) -> None:
    environment = {"KUAISHEN_PASSPHRASE": os.environ["KUAISHEN_PASSPHRASE"], "KUAISHEN_DATA": str(desk.data)}
    done = start("show", "YS1", "--json", **environment)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))["title"] == "一种测试方法"
    assert done.stderr == b""
    refused = start("act", "YS1", "grant", "--json", **environment)
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["refused"]["code"] == "not_at_this_stage"


def test_without_a_screen_the_window_says_so() -> None:
    done = start("--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["fault"]["code"] == "no_screen"
    dead = start("--json", DISPLAY=":987")
    assert json.loads(dead.stdout)["fault"]["code"] == "no_screen"


@pytest.mark.skipif(os.name != "posix", reason="pipes end differently elsewhere")
def test_a_reader_that_goes_away_makes_no_noise() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop.cli", "workdays", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with suppress(BrokenPipeError):
        process.stdin.write(b"add 2026-02-10 1\n" * 100_000)
    with suppress(BrokenPipeError):
        process.stdin.close()
    assert process.wait() == 0
    assert process.stderr.read() == b""
    process.stderr.close()
