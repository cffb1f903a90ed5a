"""``kuaishen hub`` at the terminal, against a real server."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from db.enrolment import read
from tests.cli.conftest import Terminal
from tests.db.hub.conftest import Hub
from tests.db.hub.postgres import PASSWORD


def test_from_the_first_command_to_the_last(nowhere: Terminal, hub: Hub, tmp_path: Path) -> None:
    made = nowhere.ask("hub", "init", hub.url, "--centre", "试用中心")
    assert (made["name"], made["fresh"], made["version"]) == ("试用中心", True, 1)
    assert nowhere.ask("hub", "init", hub.url)["centre"] == made["centre"]

    file = tmp_path / "乙.kse"
    enrolled = nowhere.ask("hub", "enrol", hub.url, "--station", "乙站", "-o", file, "--carrier")
    found = read(file.read_bytes())
    assert (found.station_name, found.centre_id) == ("乙站", made["centre"])
    assert enrolled == {
        "file": str(file),
        "centre": "试用中心",
        "station": "乙站",
        "login": found.login,
        "carrier": True,
        "numbers": [1, 5000],
    }
    assert file.stat().st_mode & 0o077 == 0

    (centre,) = nowhere.ask("hub", "status", hub.url)["centres"]
    assert [(one["name"], one["carrier"], one["lag"]) for one in centre["stations"]] == [("乙站", True, None)]
    said = nowhere("hub", "status", hub.url)
    assert said.status == 0
    assert "乙站" in said.out
    assert "尚未来过" in said.out

    assert nowhere.ask("hub", "revoke", hub.url, "--station", "乙站") == {"station": "乙站", "revoked": True}
    assert "早已撤销" in nowhere("hub", "revoke", hub.url, "--station", "乙站").out
    assert "已撤销" in nowhere("hub", "status", hub.url).out

    upgraded = nowhere.ask("hub", "upgrade", hub.url, "--new-epoch")
    assert upgraded == {"before": 1, "version": 1, "new_epoch": True}
    assert nowhere.ask("hub", "status", hub.url)["centres"][0]["epoch"] != centre["epoch"]
    assert not nowhere.data.exists()


def test_no_secret_is_printed(nowhere: Terminal, hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "乙.kse"
    commands: list[tuple[object, ...]] = [
        ("init", hub.url, "--centre", "试用中心"),
        ("enrol", hub.url, "--station", "乙站", "-o", file),
        ("enrol", hub.url, "--station", "乙站", "-o", tmp_path / "again.kse"),
        ("status", hub.url),
        ("status", hub.url.replace(f"/{hub.database}", "/nowhere")),
        ("status", hub.url.replace("127.0.0.1", "127.0.0.1:port:")),
        ("revoke", hub.url, "--station", "丁站"),
        ("upgrade", hub.url, "--nonsense"),
    ]
    printed = ""
    for words in commands:
        for more in ([], ["--json"]):
            said = nowhere("hub", *words, *more)
            printed += said.out + said.err
    secrets = [PASSWORD, read(file.read_bytes()).password]
    with psycopg.connect(hub.url) as root:
        row = root.execute("SELECT signing_key, bundle_key FROM kuaishen.centre").fetchone()
    assert row is not None
    secrets += [bytes(key).hex() for key in row]
    assert [secret for secret in secrets if secret in printed] == []
    assert "Traceback" not in printed


def test_what_goes_wrong_is_a_sentence(nowhere: Terminal, hub: Hub, tmp_path: Path) -> None:
    said = nowhere("hub", "status", hub.url, "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "hub_absent")
    said = nowhere("hub", "init", "postgresql://nobody:x@127.0.0.1:1/x")
    assert said.status == 3
    assert said.err.strip() == "连不上中心服务器，本机可以照常办理，网络恢复后再同步。"
    assert nowhere("hub", "enrol", hub.url, "--station", "乙站").status == 2
    assert nowhere("hub").status == 2


def test_an_enrolment_file_replaces_nothing(nowhere: Terminal, hub: Hub, tmp_path: Path) -> None:
    nowhere.ask("hub", "init", hub.url, "--centre", "试用中心")
    file = tmp_path / "precious.txt"
    file.write_text("precious")
    said = nowhere("hub", "enrol", hub.url, "--station", "乙站", "-o", file, "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "file_exists")
    assert file.read_text() == "precious"
    assert nowhere("hub", "enrol", hub.url, "--station", "乙站", "-o", tmp_path / "no" / "乙.kse").status == 3
    assert nowhere.ask("hub", "status", hub.url)["centres"][0]["stations"] == []


def test_a_refused_enrolment_leaves_no_file(nowhere: Terminal, hub: Hub, tmp_path: Path) -> None:
    nowhere.ask("hub", "init", hub.url, "--centre", "试用中心")
    file = tmp_path / "乙.kse"
    assert nowhere("hub", "enrol", hub.url, "--station", " ", "-o", file).status == 3
    assert not file.exists()


def test_a_file_that_cannot_be_written_takes_the_log_in_back(
    nowhere: Terminal, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere.ask("hub", "init", hub.url, "--centre", "试用中心")
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no device that is always full")
    with monkeypatch.context() as patched:
        patched.setattr("desktop.app.hub._new_file", lambda target: full.open("wb"))
        said = nowhere("hub", "enrol", hub.url, "--station", "乙站", "-o", tmp_path / "乙.kse", "--json")
    assert (said.status, said.json["fault"]["code"]) == (3, "io_error")
    (station,) = nowhere.ask("hub", "status", hub.url)["centres"][0]["stations"]
    assert station["revoked_at"]
