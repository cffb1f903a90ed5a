"""The start script: what it finds missing, what it says, and that only a finished preparation counts."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "installer" / "start.py"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nothing comes from the system there")


@pytest.fixture(scope="module")
def start() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Recorder:
    """Stands in for the shell: remembers commands, fails those that contain a given word."""

    def __init__(self, failing: str = "") -> None:
        self.commands: list[str] = []
        self.failing = failing

    def __call__(self, command: Any, **options: Any) -> int:
        line = " ".join(str(part) for part in command)
        self.commands.append(line)
        return 1 if self.failing and self.failing in line else 0


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).write_text(f"made up {name}", "utf-8")
    (tmp_path / ".venv").mkdir()
    return tmp_path


@LINUX
def test_a_complete_system_needs_nothing(start: ModuleType) -> None:
    assert start.missing_from_system(True, lambda name: True, lambda name: True) == []


@LINUX
def test_a_bare_system_names_each_package(start: ModuleType) -> None:
    missing = dict(start.missing_from_system(False, lambda name: False, lambda name: False))
    assert missing["libEGL.so.1"] == "libegl1"
    assert missing["ensurepip"] == f"python3.{sys.version_info.minor}-venv"
    assert "libxcb-cursor.so.0" not in missing


@LINUX
def test_a_window_needs_the_screen_libraries_too(start: ModuleType) -> None:
    missing = start.missing_from_system(True, lambda name: "xcb" not in name, lambda name: True)
    assert ("libxcb-cursor.so.0", "libxcb-cursor0") in missing
    assert all("xcb" in name for name, _ in missing)


def test_windows_takes_nothing_from_the_system(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert start.missing_from_system(True, lambda name: False, lambda name: False) == []


@pytest.fixture
def debian(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    return monkeypatch


MISSING = [("libEGL.so.1", "libegl1"), ("libGL.so.1", "libgl1")]


def test_without_rights_the_exact_line_is_printed(start: ModuleType, debian: pytest.MonkeyPatch) -> None:
    shell = Recorder(failing="sudo -n true")
    line = "apt-get install -y --no-install-recommends libegl1 libgl1"
    with pytest.raises(start.NotReadyError, match=line):
        start.mend_system(MISSING, shell)
    assert shell.commands == ["sudo -n true"]


def test_with_sudo_that_asks_nothing_it_installs(start: ModuleType, debian: pytest.MonkeyPatch) -> None:
    shell = Recorder()
    start.mend_system(MISSING, shell)
    assert shell.commands[-1].startswith("sudo -n env ")
    assert "libegl1 libgl1" in shell.commands[-1]


def test_root_installs_without_sudo(start: ModuleType, debian: pytest.MonkeyPatch) -> None:
    debian.setattr(os, "geteuid", lambda: 0, raising=False)
    shell = Recorder()
    start.mend_system(MISSING, shell)
    assert len(shell.commands) == 2
    assert not any("sudo" in line for line in shell.commands)


def test_a_failed_installation_says_what_to_do(start: ModuleType, debian: pytest.MonkeyPatch) -> None:
    with pytest.raises(start.NotReadyError, match="libegl1"):
        start.mend_system(MISSING, Recorder(failing=" install "))


def test_another_linux_is_told_the_names(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(start.NotReadyError, match=r"libEGL\.so\.1 libGL\.so\.1"):
        start.mend_system(MISSING, Recorder())


def test_a_finished_preparation_is_not_repeated(start: ModuleType, checkout: Path) -> None:
    shell = Recorder()
    start.Environment(checkout).prepare(shell)
    assert len(shell.commands) == 3
    assert "--require-hashes" in shell.commands[1]
    start.Environment(checkout).prepare(shell)
    assert len(shell.commands) == 3


@pytest.mark.parametrize("step", [" venv ", "--require-hashes", "--editable"])
def test_a_failed_step_does_not_pass_for_ready(start: ModuleType, checkout: Path, step: str) -> None:
    environment = start.Environment(checkout)
    environment.prepare(Recorder())
    (checkout / "requirements.txt").write_text("changed", "utf-8")
    with pytest.raises(start.NotReadyError):
        environment.prepare(Recorder(failing=step))
    assert not environment.is_ready()
    assert not environment.stamp.exists()


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_change_calls_for_a_new_preparation(start: ModuleType, checkout: Path, name: str) -> None:
    environment = start.Environment(checkout)
    environment.prepare(Recorder())
    assert environment.is_ready()
    (checkout / name).write_text("changed", "utf-8")
    assert not environment.is_ready()


def test_a_moved_checkout_is_prepared_again(start: ModuleType, checkout: Path) -> None:
    environment = start.Environment(checkout)
    environment.prepare(Recorder())
    moved = checkout.rename(checkout.with_name("moved"))
    assert not start.Environment(moved).is_ready()


def test_all_checks_run_and_the_first_failure_counts(start: ModuleType, checkout: Path) -> None:
    shell = Recorder(failing="ruff")
    assert start.run_tests(start.Environment(checkout), ["-k", "workdays"], shell) == 1
    assert [line.split(" -m ")[1].split()[0] for line in shell.commands] == ["ruff", "mypy", "pytest"]
    assert shell.commands[-1].endswith("-q -k workdays")
    assert start.run_tests(start.Environment(checkout), [], Recorder()) == 0


def test_an_old_python_is_refused(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "OLDEST_PYTHON", (99, 0))
    assert start.main([]) == start.ENVIRONMENT_FAULT
    assert "Python" in capsys.readouterr().err
