"""Morango (Learning Equality), the sync engine that comes nearest to ours, as a reference.

It needs an old Django, so it lives in an environment of its own, made once in the user's cache folder; only text passes
between that and this program.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from desktop.bench.measure import NotHere

# What a fresh installation resolves to; named, so that two runs compare with the same. cryptography is what
# Morango signs with where it is there; without it, it falls back to a slower one.
PACKAGES = ("morango==0.8.15", "cryptography>=44")
INSTALL_SECONDS = 300
_PEER = Path(__file__).with_name("peer.py")


class Peer:
    """One running peer; ``ask`` has it do something and gives its answer."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, word: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the Morango peer has stopped; its own words are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


def interpreter(cache: Path) -> Path:
    """The Python of the environment that holds Morango, which is made now if it is not there.

    NotHere when it cannot be: no network, no ``venv``, or a program without a Python of its own.
    """
    place = cache / f"bench-{PACKAGES[0].replace('==', '-')}"
    python = _python_of(place)
    if (place / "whole").exists():
        return python
    shutil.rmtree(place, ignore_errors=True)
    try:
        if getattr(sys, "frozen", False):
            raise OSError("本程序不带 Python")
        place.parent.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", str(place)])
        _run([str(python), "-m", "pip", "install", "--quiet", "--retries", "1", *PACKAGES])
        _run([str(python), "-c", "import django, morango"])
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise NotHere(f"未能安装参照 Morango（首次需联网），跳过与它的比较：{_last_line(error)}") from error
    (place / "whole").touch()
    return python


class Records:
    """Two prepared databases, the records at one of them; every meeting begins with fresh copies."""

    def __init__(self, python: Path, folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
        """``rows``: stream, type, actor, role, occurred_on, basis, payload, as texts."""
        self._python = python
        self._folder = folder
        listing = folder / "rows.jsonl"
        with listing.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        _run([str(python), str(_PEER), str(folder / "made.db"), "prepare", str(listing)])

    @contextmanager
    def meeting(self) -> Iterator[tuple[Peer, Peer]]:
        """(client, server), both running."""
        place = Path(tempfile.mkdtemp(dir=self._folder))
        for name in ("client.db", "server.db"):
            shutil.copy(self._folder / name, place / name)
        with ExitStack() as ending:
            ending.callback(shutil.rmtree, place)
            server = ending.enter_context(self._peer(place / "server.db", "serve"))
            client = ending.enter_context(self._peer(place / "client.db", server.answer()["url"]))
            yield client, server

    @contextmanager
    def _peer(self, file: Path, what: str) -> Iterator[Peer]:
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [str(self._python), str(_PEER), str(file), what], stdin=pipe, stdout=pipe, encoding="utf-8"
        )
        with process:  # closes its standard input, which tells it to stop, and waits
            yield Peer(process)


def _python_of(place: Path) -> Path:
    return place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)


def _last_line(error: Exception) -> str:
    said = getattr(error, "stderr", None) or str(error)
    return str(said).strip().splitlines()[-1][:200]
