"""One PostgreSQL for all tests here and one database, emptied after each: making one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.enrolment import Enrolment, read
from db.hub import admin
from db.hub.client import HubTransport
from tests.db.hub.postgres import Server, serving


@dataclass
class Hub:
    """A database with a hub in it, and whoever was enrolled or connected through this object."""

    server: Server
    database: str
    folder: Path
    open: list[Any] = field(default_factory=list)
    enrolments: dict[tuple[str, str], Enrolment] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url(self.database)

    def enrol(self, station: str, centre: str = "甲中心", *, carrier: bool = False) -> Enrolment:
        """The enrolment of this station, made when it is first asked for; the centre too."""
        if (centre, station) not in self.enrolments:
            admin.init(self.url, centre)
            made = admin.enrol(self.url, station=station, centre=centre, carrier=carrier)
            self.enrolments[centre, station] = read(made.content)
        return self.enrolments[centre, station]

    def transport(self, station: str, centre: str = "甲中心", **changes: Any) -> HubTransport:
        found = HubTransport(self.enrol(station, centre, **changes), self.folder)
        self.open.append(found)
        return found

    def session(self, station: str, centre: str = "甲中心") -> psycopg.Connection[Any]:
        """What a station's password is good for outside our program."""
        mine = self.enrol(station, centre)
        return self.kept(self.server.url(self.database, mine.login, mine.password))

    def root(self) -> psycopg.Connection[Any]:
        return self.kept(self.url)

    def kept(self, url: str) -> psycopg.Connection[Any]:
        found = psycopg.connect(url, autocommit=True)
        self.open.append(found)
        return found


def new_hub(server: Server, folder: Path, database: str = "hub") -> Hub:
    with psycopg.connect(server.url(), autocommit=True) as root:
        if not root.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
            root.execute(f"CREATE DATABASE {database}")
    return Hub(server, database, folder)


def drop(hub: Hub) -> None:
    for one in hub.open:
        one.close()
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(hub.server.url(hub.database), autocommit=True) as root:
        root.execute(f"{others} AND pid <> pg_backend_pid()")
        root.execute(f"ALTER DATABASE {hub.database} CONNECTION LIMIT -1")
        root.execute("DROP SCHEMA IF EXISTS kuaishen CASCADE")
        root.execute("DROP FUNCTION IF EXISTS public.dawdle")
        for (login,) in root.execute(r"SELECT rolname FROM pg_roles WHERE rolname LIKE 'ks\_%'").fetchall():
            root.execute(f"DROP ROLE {login}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def hub(server: Server, tmp_path: Path) -> Iterator[Hub]:
    made = new_hub(server, tmp_path)
    admin.init(made.url, "甲中心")
    yield made
    drop(made)
