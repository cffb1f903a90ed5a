"""Things that stand between a station and its hub: one that cuts the line, one that speaks TLS."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
UP, DOWN = "up", "down"  # towards the server, towards the station


class Relay:
    """Passes bytes on, one thread per direction; ``port`` is where it listens. Gone when the block ends."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closing = False
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        """Ends every line at once, as a pulled cable does: both ends are told nothing but the end."""
        with self._lock:
            found, self._sockets = self._sockets, set()
        for one in found:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def passed(self, direction: str, data: bytes) -> bytes | None:
        """What goes on of these bytes; None ends the line."""
        return data

    def welcome(self, station: socket.socket) -> socket.socket | None:
        """The station's line as it will be read from; None ends it."""
        return station

    def _start(self, run, *arguments: object) -> threading.Thread:  # type: ignore[no-untyped-def]
        thread = threading.Thread(target=run, args=arguments, name=f"relay {run.__name__}", daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while not self._closing:
            try:
                station, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, station)

    def _serve(self, plain: socket.socket) -> None:
        station, server = plain, None
        try:
            with self._lock:
                self._sockets.add(plain)
            welcomed = self.welcome(plain)
            if welcomed is None:
                return
            station = welcomed
            server = socket.create_connection(("127.0.0.1", self._target))
            with self._lock:
                self._sockets.add(server)
                self._sockets.add(station)
            back = self._start(self._pump, DOWN, server, station)
            self._pump(UP, station, server)
            back.join()
        except OSError:
            return
        finally:
            with self._lock:
                self._sockets -= {plain, station, server}
            for one in (station, plain, server):
                if one is not None:
                    one.close()

    def _pump(self, direction: str, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                going = self.passed(direction, data)
                if going:
                    sink.sendall(going)
                if going is None or len(going) < len(data):
                    break
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Cutter(Relay):
    """Ends the line after so many bytes in one direction, once; what comes after is let through and counted."""

    def __init__(self, target: int, direction: str = UP, after: int | None = None) -> None:
        self.count = {UP: 0, DOWN: 0}
        self.cut = False
        self._direction, self._after = direction, after
        super().__init__(target)

    def passed(self, direction: str, data: bytes) -> bytes | None:
        with self._lock:
            self.count[direction] += len(data)
            if self.cut or self._after is None or direction != self._direction or self.count[direction] <= self._after:
                return data
            self.cut = True
            return data[: len(data) - (self.count[direction] - self._after)]


class TlsFront(Relay):
    """What a server with a certificate looks like from outside; behind it is one without. ``chain`` None: no TLS."""

    def __init__(self, target: int, chain: Path | None) -> None:
        self._context: ssl.SSLContext | None = None
        if chain is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(chain)
        super().__init__(target)

    def welcome(self, station: socket.socket) -> socket.socket | None:
        asked = b""
        while len(asked) < len(SSL_REQUEST):
            more = station.recv(len(SSL_REQUEST) - len(asked))
            if not more:
                return None
            asked += more
        if asked != SSL_REQUEST:
            return None
        if self._context is None:
            station.sendall(b"N")
            return station
        station.sendall(b"S")
        return self._context.wrap_socket(station, server_side=True)
