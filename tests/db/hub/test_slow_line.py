"""An attachment over a line that is slower than the hub's patience with ordinary statements."""

from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import replace

import pytest

from db.faults import EnvironmentFault
from db.hub import client
from db.hub.client import HubTransport
from tests.db.hub.conftest import Hub
from tests.db.hub.proxies import Relay

BODY = random.Random(3).randbytes(900_000)
SHA256 = hashlib.sha256(BODY).digest()


class SlowLine(Relay):
    """Some hundred kilobytes a second."""

    def passed(self, direction: str, data: bytes) -> bytes | None:
        threading.Event().wait(len(data) / 700_000)
        return data


def over(hub: Hub, port: int) -> HubTransport:
    mine = hub.enrol("甲")
    assert mine.hub is not None
    hub.root().execute(f'ALTER ROLE "{mine.login}" SET statement_timeout = 600')  # milliseconds
    found = HubTransport(replace(mine, hub={**mine.hub, "port": port}), hub.folder)
    hub.open.append(found)
    return found


def test_an_attachment_has_time(hub: Hub) -> None:
    with SlowLine(hub.server.port) as line:
        station = over(hub, line.port)
        station.put_blob(SHA256, BODY)
        assert station.get_blob(SHA256) == BODY


def test_control_in_the_time_of_an_ordinary_statement_it_never_arrives(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_PATIENCE", "600ms")
    with SlowLine(hub.server.port) as line:
        station = over(hub, line.port)
        with pytest.raises(EnvironmentFault):
            station.put_blob(SHA256, BODY)
        assert station.lacking([SHA256]) == {SHA256}
