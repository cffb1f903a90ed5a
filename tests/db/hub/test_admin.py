"""What the administrator does, and what it leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from db.enrolment import read
from db.faults import EnvironmentFault
from db.hub import admin, owner, schema
from db.hub.client import HubTransport
from tests.db.hub.conftest import Hub
from tests.db.hub.test_client import refused
from tests.db.transports import A, B, C, Chain, greeting


def test_init_twice_changes_nothing(hub: Hub) -> None:
    hub.enrol("甲")
    with hub.root() as root:
        columns = "SELECT id, name, epoch, signing_key, bundle_key, next_serial FROM kuaishen.centre"
        before = root.execute(columns).fetchall()
        again = admin.init(hub.url, "甲中心")
        assert again == admin.init(hub.url)
        assert (again.fresh, again.version) == (False, schema.VERSION)
        assert root.execute(columns).fetchall() == before
    hub.transport("甲").hello(greeting(A))


def test_several_centres_must_be_named(hub: Hub) -> None:
    assert admin.init(hub.url, "乙中心").fresh
    assert "甲中心、乙中心" in refused("hub_which_centre", admin.init, hub.url)
    for action in (admin.enrol, admin.revoke):
        with pytest.raises(EnvironmentFault) as fault:
            action(hub.url, station="甲")
        assert fault.value.code == "hub_which_centre"
    assert [one["centre"] for one in admin.status(hub.url)] == ["甲中心", "乙中心"]
    assert [one["centre"] for one in admin.status(hub.url, "乙中心")] == ["乙中心"]
    refused("hub_no_centre", admin.status, hub.url, "丙中心")


def test_a_database_without_hub_is_named(hub: Hub) -> None:
    hub.root().execute("DROP SCHEMA kuaishen CASCADE")
    for action in (admin.status, admin.upgrade):
        refused("hub_absent", action, hub.url)
    refused("hub_no_centre", admin.init, hub.url)  # nothing is left half made
    refused("hub_absent", admin.status, hub.url)
    assert admin.init(hub.url, "甲中心").fresh


def test_the_enrolment_says_where_and_who(hub: Hub) -> None:
    made = admin.enrol(hub.url, station=" 站 点'\"; DROP 乙 ", carrier=True)
    found = read(made.content)
    assert found.station_name == made.station == "站 点'\"; DROP 乙"
    assert (found.centre_name, found.login, found.blocks) == ("甲中心", made.login, (made.block,))
    assert found.hub == {
        "host": "127.0.0.1", "port": hub.server.port, "dbname": hub.database, "tls": "local", "ca": "",
    }  # fmt: skip
    assert made.block == (1, 5_000)
    with hub.root() as root:
        row = root.execute("SELECT c.signing_key, c.bundle_key FROM kuaishen.centre c").fetchone()
    assert row is not None
    assert bytes(row[1]) == found.bundle_key
    assert row[0] not in made.content
    transport = HubTransport(found, hub.folder)
    hub.open.append(transport)
    assert transport.hello(greeting(A)).writable is None


@pytest.mark.parametrize("name", ["", "  ", "长" * 201])
def test_a_station_needs_a_name(hub: Hub, name: str) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        admin.enrol(hub.url, station=name)
    assert fault.value.code == "bad_station"


def test_a_failed_enrolment_leaves_no_log_in(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise EnvironmentFault("made_up", "失败。")

    monkeypatch.setattr(admin, "_let_in", fail)
    with pytest.raises(EnvironmentFault, match="失败"):
        admin.enrol(hub.url, station="甲")
    assert admin.status(hub.url)[0]["stations"] == []
    assert admin.status(hub.url)[0]["next_serial"] == 1


def test_a_revoked_station_comes_back_as_itself(hub: Hub) -> None:
    chain = Chain(A, 20)
    old = hub.enrol("甲")
    hub.transport("甲").hello(greeting(A))
    hub.transport("甲").push([chain.batch(1, 10)])
    with pytest.raises(EnvironmentFault) as fault:
        admin.enrol(hub.url, station="甲")
    assert fault.value.code == "station_enrolled"
    admin.revoke(hub.url, station="甲")
    refused("hub_refused", HubTransport(old, hub.folder).hello, greeting(A))
    again = read(admin.enrol(hub.url, station="甲").content)
    assert (again.login, again.blocks) == (old.login, ((5_001, 10_000),))
    assert again.password != old.password
    refused("hub_refused", HubTransport(old, hub.folder).hello, greeting(A))
    transport = HubTransport(again, hub.folder)
    hub.open.append(transport)
    assert transport.hello(greeting(B, own=(A, B))).writable == frozenset({A, B})
    transport.push([chain.batch(11, 20)])


def test_an_unknown_station_is_not_revoked(hub: Hub) -> None:
    with pytest.raises(EnvironmentFault) as fault:
        admin.revoke(hub.url, station="丁")
    assert fault.value.code == "unknown_station"


def test_status_tells_what_each_lacks(hub: Hub) -> None:
    one, other = hub.transport("甲", carrier=True), hub.transport("乙")
    hub.enrol("丙")
    one.hello(greeting(A, {A: 30}, own=(C, A)))
    one.push([Chain(A, 30).batch(1, 30), Chain(C, 5).batch(1, 5), Chain("d" * 32, 2).batch(1, 2)])
    other.hello(greeting(B, {A: 20, B: 7, C: 9}))
    other.push([Chain(B, 8).batch(1, 8)])
    (centre,) = admin.status(hub.url)
    found = {one["name"]: one for one in centre["stations"]}
    assert (centre["events"], centre["next_serial"]) == (45, 15_001)
    assert centre["bytes"] > 0
    assert centre["server"].startswith(("15", "16", "17", "18"))
    assert [(found[name]["seq"], found[name]["lag"]) for name in "甲乙丙"] == [(35, 15), (8, 13), (0, None)]
    assert found["甲"]["carrier"]
    assert found["甲"]["heard_at"].endswith("Z")
    assert [one["station"] for one in found["甲"]["incarnations"]] == [A, C]
    assert [(one["station"], one["seq"]) for one in centre["brought"]] == [("d" * 32, 2)]
    admin.revoke(hub.url, station="乙")
    assert [one["name"] for one in admin.status(hub.url)[0]["stations"] if one["revoked_at"]] == ["乙"]


def test_a_restored_hub_gets_a_new_epoch_and_skips_numbers(hub: Hub) -> None:
    hub.enrol("甲")
    hub.enrol("乙")
    (before,) = admin.status(hub.url)
    assert admin.upgrade(hub.url) == (schema.VERSION, schema.VERSION)
    assert admin.status(hub.url) == [before]
    admin.upgrade(hub.url, new_epoch=True)
    (after,) = admin.status(hub.url)
    assert after["epoch"] != before["epoch"]
    assert after["next_serial"] == before["next_serial"] + 2 * 2 * 5_000
    assert hub.transport("甲").hello(greeting(A)).epoch == after["epoch"]


def test_a_newer_hub_is_left_alone(hub: Hub) -> None:
    hub.root().execute("UPDATE kuaishen.hub SET version = version + 1")
    for action in (admin.init, admin.upgrade, admin.status):
        refused("hub_newer", action, hub.url)


def test_an_older_hub_wants_the_upgrade(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.enrol("甲")
    monkeypatch.setattr(admin, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(owner, "VERSION", schema.VERSION + 1)
    monkeypatch.setattr(owner, "TABLES", (*schema.TABLES, "ALTER TABLE stations ADD COLUMN note text"))
    refused("hub_version", admin.status, hub.url)
    assert admin.upgrade(hub.url) == (schema.VERSION, schema.VERSION + 1)
    assert admin.status(hub.url)[0]["version"] == schema.VERSION + 1
    hub.transport("甲").hello(greeting(A))
    hub.transport("甲").push([Chain(A, 1).batch(1, 1)])


@pytest.fixture
def plain_administrator(hub: Hub) -> Iterator[str]:
    """Somebody who is no superuser but may create roles, in a database of his own where nothing is yet."""
    root = hub.root()
    root.execute("DROP SCHEMA kuaishen CASCADE")
    for role in ("kuaishen_owner", "kuaishen_station"):
        root.execute(f"DROP OWNED BY {role}")
        root.execute(f"DROP ROLE {role}")
    root.execute("CREATE ROLE plain_admin LOGIN CREATEROLE PASSWORD 'made up'")
    root.execute(f"ALTER DATABASE {hub.database} OWNER TO plain_admin")
    yield hub.server.url(hub.database, "plain_admin", "made%20up")
    root.execute(f"ALTER DATABASE {hub.database} OWNER TO postgres")
    root.execute("REASSIGN OWNED BY plain_admin TO postgres")
    root.execute("DROP SCHEMA kuaishen CASCADE")
    for (login,) in root.execute(r"SELECT rolname FROM pg_roles WHERE rolname LIKE 'ks\_%'").fetchall():
        root.execute(f"DROP ROLE {login}")
    for role in ("kuaishen_owner", "kuaishen_station", "plain_admin"):
        root.execute(f"DROP OWNED BY {role} CASCADE")
        root.execute(f"DROP ROLE {role}")


def test_no_superuser_is_needed(hub: Hub, plain_administrator: str) -> None:
    admin.init(plain_administrator, "甲中心")
    made = read(admin.enrol(plain_administrator, station="甲").content)
    transport = HubTransport(made, hub.folder)
    transport.hello(greeting(A))
    transport.push([Chain(A, 3).batch(1, 3)])
    assert admin.status(plain_administrator)[0]["events"] == 3
    assert admin.revoke(plain_administrator, station="甲")
    with pytest.raises(EnvironmentFault):
        transport.hello(greeting(A))
    transport.close()


def test_who_may_not_create_is_told(hub: Hub) -> None:
    mine = hub.enrol("甲")
    url = hub.server.url(hub.database, mine.login, mine.password)
    for action in (admin.init, admin.upgrade, admin.status):
        refused("hub_denied", action, url)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql://postgres:geheim@127.0.0.1:{port}/{database}", "hub_refused"),
        ("postgresql://postgres:geheim@127.0.0.1:1/{database}", "hub_away"),
        ("postgresql://postgres:made-up-admin@127.0.0.1:{port}/nowhere", "hub_version"),
        ("postgresql://postgres:geheim@127.0.0.1:{port}/{database}?nonsense=1", "bad_hub_address"),
        ("postgresql://postgres:geheim@127.0.0.1:port/{database}", "bad_hub_address"),
        ("http://geheim@example.invalid/", "bad_hub_address"),
        ("postgresql://postgres:geheim@127.0.0.1,127.0.0.2:{port}/{database}", "bad_hub_address"),
    ],
)
def test_a_wrong_address_is_a_sentence_without_password(hub: Hub, url: str, code: str) -> None:
    sentence = refused(code, admin.status, url.format(port=hub.server.port, database=hub.database))
    assert "geheim" not in sentence


def test_an_older_server_is_refused(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "OLDEST", 99)
    assert "需要 99" in refused("hub_too_old", admin.status, hub.url)


def test_keys_do_not_travel_in_the_clear(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.hub.connection.is_local", lambda host: False)
    refused("hub_tls_missing", admin.status, hub.url)


def test_a_station_does_not_speak_to_strangers_in_the_clear(hub: Hub) -> None:
    way = hub.enrol("甲").hub
    assert way is not None
    far = replace(hub.enrol("甲"), hub={**way, "host": "198.51.100.7"})
    refused("hub_tls_missing", HubTransport(far, hub.folder).hello, greeting(A))


def test_by_the_socket_file_too(hub: Hub) -> None:
    url = hub.url.replace("127.0.0.1", str(hub.server.folder).replace("/", "%2F"))
    transport = HubTransport(read(admin.enrol(url, station="甲").content), hub.folder)
    hub.open.append(transport)
    assert transport.hello(greeting(A)).vector == {}


def test_a_server_that_asks_for_no_password_is_not_trusted(hub: Hub) -> None:
    rules = hub.server.data / "pg_hba.conf"
    before = rules.read_text()
    mine = hub.enrol("甲")
    with psycopg.connect(hub.url, autocommit=True) as root:
        try:
            rules.write_text(f"host all {mine.login} 127.0.0.1/32 trust\n{before}")
            root.execute("SELECT pg_reload_conf()")
            refused_at_last(HubTransport(mine, hub.folder), "hub_auth")
        finally:
            rules.write_text(before)
            root.execute("SELECT pg_reload_conf()")


def refused_at_last(transport: HubTransport, code: str) -> None:
    """The server reads its rules again when it gets round to it; until then the old ones hold."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = ""
        try:
            transport.hello(greeting(A))
        except EnvironmentFault as fault:
            found = fault.code
        transport.close()
        if found:
            break
    assert found == code
