"""A hub that is slow, full or silent: a sentence after a while, and everything as it was."""

from __future__ import annotations

import socket

import pytest

from db.hub import connection
from tests.db.hub.conftest import Hub
from tests.db.hub.proxies import Relay
from tests.db.hub.test_client import elsewhere, refused
from tests.db.transports import A, Chain, greeting


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_a_station_does_not_wait_for_ever(hub: Hub, setting: str) -> None:
    chain, root = Chain(A, 4), hub.root()
    one = hub.transport("甲")
    one.hello(greeting(A))
    one.push([chain.batch(1, 2)])
    one.close()
    root.execute(f"ALTER ROLE {hub.enrol('甲').login} SET {setting} = '100ms'")
    with root.transaction():
        root.execute("SELECT * FROM kuaishen.chains FOR UPDATE")
        refused("hub_busy", one.push, [chain.batch(3, 4)])
    one.push([chain.batch(3, 4)])
    assert one.hello(greeting(A)).vector == {A: 4}


def test_a_forgotten_transaction_is_ended(hub: Hub) -> None:
    root = hub.root()
    hub.enrol("甲")
    root.execute(f"ALTER ROLE {hub.enrol('甲').login} SET idle_in_transaction_session_timeout = '50ms'")
    session = hub.session("甲")
    session.execute("BEGIN")
    (pid,) = session.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    for _ in range(10_000):
        if root.execute(gone, (pid,)).fetchone() == (0,):
            return
    pytest.fail("its transaction was left open")


def test_a_station_does_not_take_all_connections(hub: Hub) -> None:
    for _ in range(5):
        hub.session("甲")
    sentence = refused("hub_busy", hub.transport("甲").hello, greeting(A))
    assert "稍后" in sentence
    hub.transport("乙").hello(greeting(A))


def test_a_full_server_is_busy(hub: Hub) -> None:
    hub.enrol("甲")
    hub.root().execute(f"ALTER DATABASE {hub.database} CONNECTION LIMIT 0")
    refused("hub_busy", hub.transport("甲").hello, greeting(A))


def test_a_read_only_server_is_named(hub: Hub) -> None:
    hub.enrol("甲")
    hub.root().execute(f"ALTER ROLE {hub.enrol('甲').login} SET default_transaction_read_only = on")
    refused("hub_read_only", hub.transport("甲").hello, greeting(A))


def test_a_server_that_never_answers(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ALWAYS", {**connection.ALWAYS, "connect_timeout": 1})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        refused("hub_away", elsewhere(hub, port=silent.getsockname()[1]).hello, greeting(A))


def test_something_else_that_answers(hub: Hub) -> None:
    """A port on which another kind of server listens."""

    class Stranger(Relay):
        def welcome(self, station: socket.socket) -> socket.socket | None:
            station.recv(1)
            station.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
            return None

    with Stranger(hub.server.port) as stranger:
        refused("hub_strange", elsewhere(hub, port=stranger.port).hello, greeting(A))
