"""The figures of sync move what they claim to move, on both sides; and say so when a side is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from db.transport import MemoryHub
from db.wire import Arrived, Batch, unpack
from desktop.bench import main, morango, sync, sync_load, sync_ours
from desktop.bench.measure import Clock, NotHere, Setting
from desktop.bench.sync_hub import Counted, server
from desktop.bench.table import printed

SMALL = 1 / 500  # of every size: 200 events to push, 20 records


def said(_text: str) -> None:
    return


@pytest.fixture(scope="module")
def admin() -> Iterator[str]:
    with server(Setting(Path())) as address:
        yield address


@pytest.fixture
def setting(tmp_path: Path, admin: str) -> Setting:
    return Setting(tmp_path, share=SMALL, rounds=1, say=said, hub=admin)


@pytest.fixture
def no_morango(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_cache: Path) -> Path:
        raise NotHere("没有联网")

    monkeypatch.setattr(sync, "interpreter", refuse)


@pytest.mark.usefixtures("no_morango")
def test_the_group_answers_and_says_what_is_missing(
    tmp_path: Path, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "QUICK", SMALL)
    words = ["sync", "--scale", "quick", "--rounds", "1", "--workdir", str(tmp_path / "work"), "--hub", admin]
    assert main.run([*words, "--json", "-o", str(tmp_path / "figures.json")]) == 0
    document = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    rows = {row["name"]: row for row in document["rows"]}
    assert set(rows) == {"push", "pull", "stations"}
    assert all(row["faults"] == [] and row["ratio"] > 0 for row in rows.values())
    assert document["missing"] == {"records": "没有联网", "empty": "没有联网"}
    assert "线上每项" in rows["push"]["note"]
    assert "empty：未测，没有联网" in printed(document)


def test_a_push_that_loses_something_is_no_figure(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_ours.Hub, "held", lambda self: 0)
    assert sync.push(setting).faults != ()


def test_a_pull_that_changes_something_is_no_figure(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sync._digest
    answers = iter(range(9))
    monkeypatch.setattr(sync, "_digest", lambda store: f"{real(store)}{next(answers)}")
    assert sync.pull(setting).faults == ("收到的案件与推送的不同",)


def test_the_references_move_every_row_once(setting: Setting, tmp_path: Path) -> None:
    with sync._source(setting, tmp_path, 50_000) as source:
        rows = sync._rows(source)
    assert len(rows) >= 100
    with sync._table(setting.hub) as address, sync._connected(None, address) as way:
        sync._copy_in(way, rows)
        sync._copy_in(way, rows)  # idempotent
        assert way.execute(sync._ALL).fetchall() == [tuple(row) for row in rows]
        clock = Clock()
        assert sync._read_out(way, tmp_path, clock) == len(rows)
        assert clock.seconds > 0


def test_the_relay_counts_what_it_carries(admin: str) -> None:
    text = "x" * 100_000
    with Counted(admin) as line:
        with sync._connected(line, admin) as way:
            assert way.execute("SELECT %s", (text,)).fetchone() == (text,)
        assert 2 * len(text) < line.bytes < 2 * len(text) + 10_000


def test_nothing_is_left_at_the_server(setting: Setting) -> None:
    with sync._connected(None, setting.hub) as way:
        listing = "SELECT datname FROM pg_database UNION SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1"
        before = way.execute(listing).fetchall()
        sync.push(setting)
        assert way.execute(listing).fetchall() == before


def test_simulated_stations_hand_over_true_chains() -> None:
    hub = MemoryHub()
    for chain in islice(sync_load._chains(2), 2):
        for batch in chain:
            assert batch.last - batch.first + 1 == sync_load.EVENTS_EACH
            assert all(isinstance(one, Arrived) for one in unpack(batch))
            hub.append(batch)
    assert [seq for seq, _ in hub.chains.values()] == [sync_load.BATCHES * sync_load.EVENTS_EACH] * 2


def test_everybody_hands_over_his_own_in_order() -> None:
    work = [[Batch(name, number, number, "", b"", (), b"") for number in range(4)] for name in "ab"]
    got: dict[str, list[int]] = {"a": [], "b": []}
    pushes = [lambda batch, name=name: got[name].append(batch.first) for name in "ab"]
    assert len(sync_load.load(pushes, work, [[0.0, 0.001, 0.001, 0.002]] * 2)) == 8
    assert got == {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert sync_load.percentile(list(range(1, 201)), 0.99) == 198
    assert sync_load.percentile([5.0], 0.99) == 5.0


PEER = """
import json, sys
if sys.argv[2] == "prepare":
    rows = [json.loads(line) for line in open(sys.argv[3], encoding="utf-8")]
    for name in ("client.db", "server.db"):
        open(sys.argv[1].replace("made.db", name), "w").write(str(len(rows)))
else:
    if sys.argv[2] == "serve":
        print(json.dumps({"url": "here"}), flush=True)
    for word in sys.stdin:
        print(json.dumps({"word": word.strip(), "to": sys.argv[2], "held": open(sys.argv[1]).read()}), flush=True)
"""


def test_peers_answer_and_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "peer.py"
    script.write_text(PEER, "utf-8")
    monkeypatch.setattr(morango, "_PEER", script)
    records = morango.Records(Path(sys.executable), tmp_path, [{"payload": "一"}, {"payload": "二"}])
    with records.meeting() as (client, far):
        assert client.ask("push") == {"word": "push", "to": "here", "held": "2"}
        assert far.ask("held") == {"word": "held", "to": "serve", "held": "2"}
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_morango_is_installed_once_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[list[str]] = []

    def cut(words: list[str]) -> None:
        done.append(words)
        if "pip" in words:
            raise subprocess.CalledProcessError(1, words, stderr="connecting\nNo route to host\n")

    monkeypatch.setattr(morango, "_run", cut)
    with pytest.raises(NotHere, match=r"联网.*No route to host"):
        morango.interpreter(tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(morango, "_run", done.append)
    monkeypatch.setattr(shutil, "rmtree", lambda path, ignore_errors: path.mkdir())
    first = morango.interpreter(tmp_path)
    count = len(done)
    assert morango.interpreter(tmp_path) == first
    assert len(done) == count
