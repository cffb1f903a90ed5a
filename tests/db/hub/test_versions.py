"""The same promises on every PostgreSQL that is supported and at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from db.hub import admin
from db.hub.client import HubTransport
from tests.db.hub import test_permissions, test_tls
from tests.db.hub.conftest import Hub, drop, new_hub
from tests.db.hub.postgres import Server, bundled, debian
from tests.db.hub.test_client import refused
from tests.db.transports import A, HubContract, Meeting, greeting

pytestmark = pytest.mark.long

PROGRAMS = {"15 of Debian": debian(15), "16 of the wheel": bundled(16)}


@pytest.fixture(scope="module", params=PROGRAMS)
def other(request: pytest.FixtureRequest) -> Iterator[Server]:
    programs = PROGRAMS[request.param]
    if programs is None:
        pytest.skip(f"PostgreSQL {request.param} is not here")
    made = Server(programs)
    yield made
    made.destroy()


@pytest.fixture
def other_hub(other: Server, tmp_path: Path) -> Iterator[Hub]:
    made = new_hub(other, tmp_path)
    admin.init(made.url, "甲中心")
    yield made
    drop(made)


class TestOther(HubContract):
    @pytest.fixture
    def meeting(self, other_hub: Hub) -> Meeting:
        return lambda station, centre="甲中心": other_hub.transport(f"站{station[0]}", centre)


def test_rights(other_hub: Hub) -> None:
    test_permissions.test_it_is_denied(other_hub)
    test_permissions.test_nobody_holds_a_right_that_was_not_given(other_hub)


def test_a_server_that_speaks_tls_itself(other_hub: Hub, tmp_path: Path) -> None:
    """With the binding of the log-in to the encrypted channel, which a front cannot offer."""
    root, server = other_hub.root(), other_hub.server
    if root.execute("SELECT setting FROM pg_settings WHERE name = 'ssl_library'").fetchone() == ("",):
        pytest.skip("this PostgreSQL was built without TLS")
    chain = test_tls.chain(tmp_path, test_tls.OURS, "localhost").read_bytes()
    for name in ("server.crt", "server.key"):
        server.put(name, chain)
    root.execute("ALTER SYSTEM SET ssl = on")
    root.close()
    server.stop("fast")
    server.start()
    mine = other_hub.enrol("甲")
    assert mine.hub is not None
    way = {**mine.hub, "host": "localhost", "tls": "verify-full"}
    transport = HubTransport(replace(mine, hub={**way, "ca": test_tls.OURS.pem}), tmp_path)
    assert transport.hello(greeting(A)).vector == {}
    with psycopg.connect(other_hub.url) as root:
        login = (mine.login,)
        rows = root.execute("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = %s", login)
        assert rows.fetchall() == [(True,)]
    transport.close()
    stranger = HubTransport(replace(mine, hub={**way, "ca": test_tls.THEIRS.pem}), tmp_path)
    refused("hub_tls_ca", stranger.hello, greeting(A))


def test_administration(other_hub: Hub) -> None:
    other_hub.enrol("甲")
    admin.upgrade(other_hub.url, new_epoch=True)
    assert admin.status(other_hub.url)[0]["server"].startswith(("15.", "16."))
    assert admin.revoke(other_hub.url, station="甲")
    admin.enrol(other_hub.url, station="甲")
