"""Joining, syncing by file, and every way in which a file, a station or the hub can be the wrong one."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from db.bundle import BundleWriter
from db.enrolment import read
from db.keys import Keyring
from desktop.cli.output import width
from tests.db.enrolled import LOCAL, Centre, chain, greeting, station
from tests.db.hub.postgres import free_port

CENTRE = Centre("试用中心")
BESIDE = read(CENTRE.file("外站", hub=None))  # a station that only this file knows
SENTENCE = re.compile(r"[^\n]*[一-鿿][^\n]*\n?")


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys derived at little cost: how dear they are is not the subject here."""
    costs = Keyring.create.__kwdefaults__
    monkeypatch.setitem(costs, "cost", {**costs["cost"], "time": 1, "memory_kib": 64})


@pytest.fixture
def kse(tmp_path: Path) -> Path:
    """An enrolment for a station that exchanges files only."""
    file = tmp_path / "甲.kse"
    file.write_bytes(CENTRE.file("甲站", hub=None))
    return file


@pytest.fixture
def joined(desk: Any, kse: Path) -> Any:
    desk.ask("join", kse)
    return desk


@pytest.fixture
def other(joined: Any, tmp_path: Path) -> Any:
    """A second station, with a store that joining made."""
    (tmp_path / "乙.kse").write_bytes(CENTRE.file("乙站", hub=None))
    found = type(joined)(tmp_path / "乙", joined._capsys, joined._monkeypatch)
    found.ask("join", tmp_path / "乙.kse", "--as", "李四")
    return found


def meet(source: Any, target: Any, file: Path) -> Any:
    source.ask("sync", "--export", file)
    return target.ask("sync", "--import", file)


def state(desk: Any) -> Any:
    """What must not change when a file is refused."""
    listed = desk.ask("stations")
    return desk.ask("verify")["events"], {name: value for name, value in listed.items() if name != "last_at"}


def refused(desk: Any, status: int, *words: object) -> Any:
    """One clear sentence, the right status, and nothing changed."""
    before = state(desk)
    said = desk(*words, "--json")
    assert said.status == status, said.out + said.err
    assert SENTENCE.fullmatch(said.err), said.err
    assert "Traceback" not in said.err
    assert state(desk) == before
    (answer,) = said.json.values()
    return answer


# ---------------------------------------------------------------- joining
def test_a_store_joins_and_says_where_it_belongs(desk: Any, kse: Path) -> None:
    answer = desk.ask("join", kse)
    assert (answer["centre"], answer["station"], answer["hub"]) == ("试用中心", "甲站", "")
    assert answer["created"] is False
    stations = desk.ask("stations")
    assert stations["joined"]["station"] == "甲站"
    assert [one["name"] for one in stations["stations"] if one["present"]] == ["甲站"]
    assert desk.ask("queue")["count"] == 4
    assert desk.ask("verify")["ok"] is True


def test_joining_makes_a_store_where_there_is_none(nowhere: Any, kse: Path) -> None:
    answer = nowhere.ask("join", kse, "--as", "张三")
    assert (answer["created"], answer["centre"], answer["station"]) == (True, "试用中心", "甲站")
    assert nowhere.ask("queue")["count"] == 0
    assert nowhere("join", kse).status == 0, "the same file again does no harm"
    assert nowhere.ask("verify")["ok"] is True


def test_words_of_joining_say_what_to_do_with_the_file(nowhere: Any, kse: Path) -> None:
    said = nowhere("join", kse)
    assert "试用中心" in said.out
    assert "删除" in said.out


def test_joining_is_the_administrators(nowhere: Any, kse: Path) -> None:
    nowhere.ask("init", "--centre", "试用中心", "--staff", "李乙=组长", "--staff", "陈丙=管理员")
    assert refused(nowhere, 1, "join", kse, "--as", "李乙")["code"] == "wrong_role"
    assert nowhere("join", kse, "--as", "陈丙").status == 0


def test_a_second_centre_is_refused(joined: Any, tmp_path: Path) -> None:
    (tmp_path / "x.kse").write_bytes(Centre("别的中心").file("甲站", hub=None))
    assert refused(joined, 1, "join", tmp_path / "x.kse")["code"] == "other_centre"


def damaged_enrolments() -> dict[str, bytes]:
    sound = CENTRE.file("甲站", hub=None)
    return {
        "empty": b"",
        "text": "不是登记文件".encode(),
        "half": sound[: len(sound) // 2],
        "altered": sound.replace("甲站".encode(), "乙站".encode(), 1),
        "large": b" " * 3_000_000,
        "binary": bytes(range(256)),
    }


@pytest.mark.parametrize("name", list(damaged_enrolments()))
def test_a_file_that_is_no_enrolment(desk: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.kse"
    file.write_bytes(damaged_enrolments()[name])
    assert refused(desk, 3, "join", file)["code"] == "bad_enrolment"
    shutil.rmtree(desk.data)
    said = desk("join", file, "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "bad_enrolment")
    assert not desk.data.exists() or list(desk.data.iterdir()) == []


def test_an_enrolment_that_is_not_there(desk: Any, tmp_path: Path) -> None:
    refused(desk, 3, "join", tmp_path / "nowhere.kse")
    refused(desk, 3, "join", tmp_path)


# ---------------------------------------------------------------- before joining, and without a hub
@pytest.mark.parametrize("words", [("sync",), ("sync", "--export", "x.ksb")])
def test_without_a_centre_there_is_nobody_to_meet(
    desk: Any, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused(desk, 1, *words)["code"] == "not_joined"
    assert not Path("x.ksb").exists()
    (tmp_path / "y.ksb").write_bytes(b"x")
    assert refused(desk, 1, "sync", "--import", "y.ksb")["code"] == "not_joined"


def test_without_a_centre_nothing_is_contested_or_known(desk: Any) -> None:
    assert desk.ask("conflicts") == {"count": 0, "cases": []}
    assert desk.ask("sync", "--quarantine")["count"] == 0
    assert desk.ask("stations")["joined"] is None
    assert "kuaishen join" in desk("stations").out


def test_without_a_hub_files_are_the_way(joined: Any) -> None:
    assert refused(joined, 3, "sync")["code"] == "no_hub"


def test_a_hub_that_is_away_harms_nothing(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "x.kse").write_bytes(CENTRE.file("甲站", hub={**LOCAL, "port": free_port()}))
    desk.ask("join", tmp_path / "x.kse")
    assert refused(desk, 3, "sync")["code"] == "hub_away"
    assert desk.act("YS1", "accept", "checklist=符合").status == 0
    assert desk.ask("stations")["unsent"] > 0


@pytest.mark.parametrize(
    "words",
    [
        ("--for", "乙站"),
        ("--dry-run",),
        ("--import", "x", "--export", "y"),
        ("--import", "x", "--for", "乙站"),
        ("--export", "x", "--dry-run"),
        ("--quarantine", "--export", "x"),
    ],
    ids=" ".join,
)
def test_words_that_make_no_sync(joined: Any, words: tuple[str, ...]) -> None:
    said = joined("sync", *words, "--json")
    assert said.status == 2
    assert said.json["usage"]["usage"].startswith("kuaishen sync")


# ---------------------------------------------------------------- by file
def test_a_file_brings_everything_and_twice_is_once(joined: Any, other: Any, tmp_path: Path) -> None:
    sent = joined.ask("sync", "--export", tmp_path / "甲.ksb")
    tried = other.ask("sync", "--import", tmp_path / "甲.ksb", "--dry-run")
    assert (tried["dry_run"], tried["file"]) == (True, str(tmp_path / "甲.ksb"))
    assert other.ask("queue")["count"] == 0
    taken = other.ask("sync", "--import", tmp_path / "甲.ksb")
    assert tried["received"] == taken["received"] == sent["sent"] > 4
    assert set(taken) >= {"sent", "received", "quarantined", "contested", "pending", "notes", "way"}
    assert (taken["quarantined"], taken["contested"], taken["pending"], taken["dry_run"]) == (0, 0, 0, False)
    assert other.ask("queue") == joined.ask("queue")
    before = state(other)
    assert other.ask("sync", "--import", tmp_path / "甲.ksb")["received"] == 0
    assert "收到 0 项" in other("sync", "--import", tmp_path / "甲.ksb").out
    assert state(other) == before


def test_what_stands_and_what_waits_is_said_of_every_station(joined: Any, other: Any, tmp_path: Path) -> None:
    meet(joined, other, tmp_path / "1.ksb")
    listed = other.ask("stations")["stations"]
    assert [one["name"] for one in listed if one["present"]] == ["乙站"]
    assert sum(one["here"] for one in listed if one["name"] == "甲站") > 4
    assert "甲站" in other("stations").out
    assert all(width(line) <= 120 for line in other("stations").out.splitlines())


def test_a_hole_is_waited_for_and_named(joined: Any, tmp_path: Path) -> None:
    first, second = chain("外站", (3, 4), random.Random(1))
    for name, batches, known in (("2.ksb", [second], {station("外站"): 3}), ("1.ksb", [first], {})):
        with BundleWriter(tmp_path / name, BESIDE, None, known) as made:
            made.hello(greeting("外站", [first, second]))
            made.push(batches)
    early = joined.ask("sync", "--import", tmp_path / "2.ksb")
    assert (early["received"], early["held"], early["pending"]) == (0, 4, 4)
    assert any("1—3" in note for note in early["notes"])
    (waiting,) = (one for one in joined.ask("stations")["stations"] if one["waiting"])
    assert (waiting["waiting"], waiting["missing"]) == (4, [[1, 3]])
    assert "1–3" in joined("stations").out
    late = joined.ask("sync", "--import", tmp_path / "1.ksb")
    assert (late["received"], late["pending"]) == (7, 0)
    assert [note[:9] for note in late["notes"]] == ["交换包由站点 外站"]  # who made it, and nothing is missing


def test_what_cannot_be_true_is_listed_with_its_reason(joined: Any, tmp_path: Path) -> None:
    (batch,) = chain("外站", (3,), random.Random(1))
    hashes = batch.hashes[:64] + bytes(32)
    with BundleWriter(tmp_path / "x.ksb", BESIDE) as made:
        made.hello(greeting("外站", [batch]))
        made.push([batch._replace(hashes=hashes)])
    assert joined.ask("sync", "--import", tmp_path / "x.ksb")["quarantined"] == 1
    listed = joined.ask("sync", "--quarantine")
    assert (listed["count"], listed["quarantined"][0]["seq"]) == (1, 3)
    said = joined("sync", "--quarantine").out
    assert listed["quarantined"][0]["reason"] in said
    assert joined.ask("verify")["ok"] is True


def test_a_file_for_one_station_is_for_nobody_else(joined: Any, other: Any, tmp_path: Path) -> None:
    assert refused(joined, 1, "sync", "--export", tmp_path / "x.ksb", "--for", "乙站")["code"] == "unknown_station"
    assert not (tmp_path / "x.ksb").exists()
    meet(other, joined, tmp_path / "乙.ksb")
    joined.ask("sync", "--export", tmp_path / "x.ksb", "--for", "乙站")
    (tmp_path / "丙.kse").write_bytes(CENTRE.file("丙站", hub=None))
    third = type(joined)(tmp_path / "丙", joined._capsys, joined._monkeypatch)
    third.ask("join", tmp_path / "丙.kse")
    assert "乙站" in refused(third, 3, "sync", "--import", tmp_path / "x.ksb")["reason"]
    assert other.ask("sync", "--import", tmp_path / "x.ksb")["received"] > 4


def test_files_that_are_no_bundle_of_ours(joined: Any, other: Any, tmp_path: Path) -> None:
    other.ask("sync", "--export", tmp_path / "sound.ksb")
    sound = (tmp_path / "sound.ksb").read_bytes()
    foreign = read(Centre("别的中心").file("乙站", hub=None))
    with BundleWriter(tmp_path / "foreign.ksb", foreign) as made:
        made.hello(greeting("乙站"))
    middle = len(sound) // 2
    flipped = sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :]
    contents = {"empty": b"", "text": "不是".encode(), "half": sound[:middle], "flipped": flipped}
    contents["longer"] = sound + b"x"
    for name, content in contents.items():
        (tmp_path / f"{name}.ksb").write_bytes(content)
    before = state(joined)
    for name in (*contents, "foreign", "nowhere"):
        for more in ((), ("--dry-run",)):
            said = joined("sync", "--import", tmp_path / f"{name}.ksb", *more)
            assert (said.status, said.out) == (3, "")
            assert SENTENCE.fullmatch(said.err), said.err
    assert joined("sync", "--import", tmp_path).status == 3
    assert state(joined) == before
    assert joined.ask("sync", "--import", tmp_path / "sound.ksb")["received"] > 0


def test_an_export_covers_nobody_elses_file(joined: Any, tmp_path: Path) -> None:
    for name, status in (("重要.docx", 1), ("重要.ksb", 3)):
        letter = tmp_path / name
        letter.write_bytes(b"PK precious")
        refused(joined, status, "sync", "--export", letter)
        assert letter.read_bytes() == b"PK precious"
    (tmp_path / "x.ksb").mkdir()
    before = {path.name: path.read_bytes() for path in joined.data.iterdir()}
    for target in (joined.data / "store.db", joined.data / "neu.ksb", tmp_path / "x.ksb"):
        assert joined("sync", "--export", target, "--json").status in (1, 3)
    assert {path.name: path.read_bytes() for path in joined.data.iterdir()} == before


def test_a_stick_that_is_not_there(joined: Any, tmp_path: Path) -> None:
    """A folder made in its place would lie on this machine's own disk, and nobody would carry it anywhere."""
    assert "stick" in refused(joined, 3, "sync", "--export", tmp_path / "stick" / "x.ksb")["reason"]
    assert not (tmp_path / "stick").exists()


# ---------------------------------------------------------------- decided differently
@pytest.fixture
def contested(joined: Any, other: Any, tmp_path: Path) -> Any:
    """At the second station: a case that both went on with while neither knew of the other."""
    assert joined.act("YS1", "accept", "checklist=符合", by="王甲").status == 0
    meet(joined, other, tmp_path / "1.ksb")
    assert joined.act("YS1", "assign", "examiner=李乙", by="王甲").status == 0
    assert other.act("YS1", "assign", "examiner=孙丁", by="赵六").status == 0
    assert meet(joined, other, tmp_path / "2.ksb")["contested"] == 1
    return other


def test_a_contested_case_is_shown_with_all_its_sides(contested: Any) -> None:
    (case,) = contested.ask("conflicts")["cases"]
    assert set(case) >= {"number", "left", "right", "seen"}
    assert {case["left"]["authors"][0], case["right"]["authors"][0]} == {"王甲", "赵六"}
    assert set(case["seen"]) == {"common", "left_unseen", "right_unseen"}
    assert len(case["seen"]["common"]) == 2
    assert contested.ask("conflicts", "YS1")["cases"] == [case]
    assert contested("conflicts", "YS2", "--json").json["refused"]["code"] == "not_contested"
    assert contested("conflicts", "nobody", "--json").status == 1
    lines = contested("conflicts").out.splitlines()
    assert all(width(line) <= 80 for line in lines)
    assert {"王甲", "赵六", "李乙", "孙丁"} == {
        name for name in ("王甲", "赵六", "李乙", "孙丁") if any(name in line for line in lines)
    }


def test_a_third_side_stands_beside_the_two(contested: Any, joined: Any, tmp_path: Path) -> None:
    (tmp_path / "丙.kse").write_bytes(CENTRE.file("丙站", hub=None))
    third = type(joined)(tmp_path / "丙", joined._capsys, joined._monkeypatch)
    third.ask("join", tmp_path / "丙.kse")
    assert third.ask("sync", "--import", tmp_path / "1.ksb")["contested"] == 0
    assert third.act("YS1", "assign", "examiner=吴九", by="郑十").status == 0
    assert meet(third, contested, tmp_path / "3.ksb")["contested"] == 1
    (case,) = contested.ask("conflicts")["cases"]
    (other,) = case["others"]
    sides = (case["left"], case["right"], other)
    assert [side["choice"] for side in sides] == ["left", "right", "3"]
    assert {side["authors"][0] for side in sides} == {"王甲", "赵六", "郑十"}
    assert len(other["unseen"]) == len(case["seen"]["left_unseen"]) == 2
    said = contested("conflicts").out
    assert "choose=left|right|3|new" in said
    assert all(width(line) <= 80 for line in said.splitlines())
    assert contested.act("YS1", "resolve", "choose=3", "reason=先到", by="周戊").status == 0
    shown = contested.ask("show", "YS1")
    assert shown["examiner"] == next(name for name in ("李乙", "孙丁", "吴九") if name in other["entries"][0]["text"])
    assert contested.ask("conflicts")["count"] == 0


def test_a_contested_case_is_marked_wherever_it_is_seen(contested: Any) -> None:
    (row,) = contested.ask("queue", "--view", "contested")["cases"]
    assert "待裁决" in row["flags"]
    assert "待裁决" in contested("queue").out
    shown = contested("show", "YS1").out
    assert "kuaishen conflicts" in shown
    assert shown.count("〔待裁决〕") == 2
    said = contested.act("YS1", "assign", "examiner=李乙", by="钱七")
    assert (said.status, said.json["refused"]["code"]) == (1, "contested")
    assert [one["action"] for one in contested.ask("show", "YS1", "--as", "周戊")["allowed"]] == ["resolve"]


@pytest.mark.parametrize(
    ("values", "by", "code"),
    [
        (("choose=left", "reason=x"), "王甲", "own_dispute"),
        (("choose=up", "reason=x"), "周戊", "bad_input"),
        (("choose=left",), "周戊", "bad_input"),
        (("choose=left", "reason=x", "colour=red"), "周戊", "unknown_input"),
    ],
)
def test_a_decision_that_is_none(contested: Any, values: tuple[str, ...], by: str, code: str) -> None:
    said = contested.act("YS1", "resolve", *values, by=by)
    assert (said.status, said.json["refused"]["code"]) == (1, code)
    assert contested.ask("conflicts")["count"] == 1


@pytest.mark.parametrize(("choose", "stage"), [("left", "EXAMINING"), ("right", "EXAMINING"), ("new", "ACCEPTED")])
def test_a_third_person_decides(contested: Any, joined: Any, tmp_path: Path, choose: str, stage: str) -> None:
    (case,) = contested.ask("conflicts")["cases"]
    action = "裁决" if choose == "left" else "resolve"
    said = contested.act("YS1", action, f"choose={choose}", "reason=查明在先", by="周戊")
    assert (said.status, said.json["stage"]) == (0, stage), said.out
    assert contested.ask("conflicts")["count"] == 0
    assert meet(contested, joined, tmp_path / "3.ksb")["contested"] == 0
    for desk in (contested, joined):
        shown = desk.ask("show", "YS1")
        assert shown["stage"] == stage
        aside = {"left", "right"} - {choose}
        assert {entry["actor"] for entry in shown["journal"] if entry["mark"] == "未采用"} == {
            case[side]["authors"][0] for side in aside
        }
        assert "查明在先" in shown["journal"][-1]["text"]
        assert "〔未采用〕" in desk("show", "YS1").out
