"""Our own side of the figures of sync: a hub made as a centre makes one, stations enrolled as it enrols them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from db.enrolment import Enrolment, read
from db.hub import admin
from db.hub.client import HubTransport
from db.journal import Transaction
from db.store import Store
from db.sync import Meeting, synchronise
from desktop.app.arrivals import Projector
from desktop.app.memory import nothing_collected
from desktop.bench.measure import Clock
from desktop.bench.sync_hub import Counted, database, forget

Way = Callable[[], HubTransport]


class Hub:
    """A hub in a database of its own, with the stations that were enrolled so far."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.stations: dict[str, Enrolment] = {}
        admin.init(address, centre="基准中心")

    def way(self, station: str, folder: Path, line: Counted | None = None) -> Way:
        """How a station gets here, enrolled if it was not; by way of ``line`` if given."""
        if station not in self.stations:
            self.stations[station] = read(admin.enrol(self.address, station=station).content)
        enrolment = self.stations[station]
        if line is not None:
            assert enrolment.hub is not None
            enrolment = replace(enrolment, hub={**enrolment.hub, "host": "127.0.0.1", "port": line.port})
        return lambda: HubTransport(enrolment, folder)

    def held(self) -> int:
        """Events that lie here."""
        import psycopg

        with psycopg.connect(self.address) as connection:
            (count,) = connection.execute("SELECT coalesce(sum(seq), 0) FROM kuaishen.chains").fetchone() or (0,)
        return int(count)


@contextmanager
def hub(server: str) -> Iterator[Hub]:
    """A new hub on that server, gone in the end."""
    logins: list[str] = []
    try:
        with database(server) as address:
            found = Hub(address)
            try:
                yield found
            finally:
                logins += [one.login for one in found.stations.values()]
    finally:
        forget(server, logins)


def meet(store: Store, way: Way, clock: Clock, *, receive_only: bool = False) -> Meeting:
    """One whole meeting, from the log-in to the end of the connection, as the program holds it."""
    with clock.running():
        transport = way()
        try:
            with nothing_collected():
                return synchronise(store, transport, Projector().apply, _introduced, receive_only=receive_only)
        finally:
            transport.close()


def _introduced(tx: Transaction) -> None:
    raise AssertionError("no store of a benchmark ever becomes another")
