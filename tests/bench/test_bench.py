"""Every figure once, as small as it goes: made data are true, answers agree, the document is whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.verify import verify
from desktop.app.desk import Desk
from desktop.app.queue_views import QueueQuery
from desktop.bench import main, stores
from desktop.bench.made import TODAY
from desktop.bench.measure import Setting

NAMES = [figure.name for _, figure in main.FIGURES]
CHEAP = ["append", "workdays", "growth"]


def said(_text: str) -> None:
    return


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "QUICK", 1 / 10_000)


def run_json(names: list[str], folder: Path, rounds: int = 1) -> dict[str, dict[str, object]]:
    target = folder / "figures.json"
    words = [*names, "--scale", "quick", "--rounds", str(rounds), "--workdir", str(folder / "work"), "--json"]
    assert main.run([*words, "-o", str(target)]) == 0
    return {row["name"]: row for row in json.loads(target.read_text("utf-8"))["rows"]}


@pytest.mark.usefixtures("tiny")
def test_cheap_figures_answer(tmp_path: Path) -> None:
    rows = run_json(CHEAP, tmp_path)
    assert set(rows) == set(CHEAP)
    assert all(row["faults"] == [] and row["runs"] == 1 for row in rows.values())


@pytest.mark.bench
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_answers(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "QUICK", 1 / 1000)
    assert run_json([name], tmp_path)[name]["faults"] == []


def test_an_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.run(["nothing"])
    assert ended.value.code == 2
    assert "没有“nothing”这一项" in capsys.readouterr().err


def test_made_histories_are_what_the_desk_would_have_written(tmp_path: Path) -> None:
    """Verified, and the same after a rebuild."""
    folder, events = stores.history_store(Setting(tmp_path, share=1 / 2000, say=said), 1_000_000)
    assert events >= 500
    store = stores.Store.open(folder, stores.SECRET)
    with store.read() as reader:
        assert verify(reader) == []
        before = stores.case_table.digest(reader)
    store.close()
    desk = Desk.open(folder, stores.SECRET)
    assert desk.rebuild() == events
    stages = {row.stage for row in desk.page(QueueQuery(view="all"), actor="", today=TODAY, limit=500)}
    assert {"GRANTED", "REFUSED"} <= stages
    desk.close()
    store = stores.Store.open(folder, stores.SECRET)
    with store.read() as reader:
        assert stores.case_table.digest(reader) == before
    store.close()
    assert stores.history_store(Setting(tmp_path, share=1 / 2000, say=said), 1_000_000) == (folder, events)
