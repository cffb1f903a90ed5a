"""Several digests of one content in one pass: SHA-256, and SM3 (GB/T 32905-2016) beside it.

``Tee`` lies between a source and whoever reads it; ``of_stream`` reads for itself. Digests are hexadecimal, lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Final

from db.crypto import PROVIDER

SHA256: Final = "sha256"
SM3: Final = "sm3"
STANDARD: Final = (SHA256, SM3)
KNOWN: Final = (SHA256, "sha384", "sha512", SM3)
PIECE: Final = 2**18


@dataclass(frozen=True)
class Digests:
    """``size`` in bytes; ``values`` maps the name of an algorithm to the digest."""

    size: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


class Tee:
    """A stream that notes the digests of what is read through it."""

    def __init__(self, source: IO[bytes], names: Iterable[str] = STANDARD) -> None:
        """ValueError for a name that is not among ``KNOWN``."""
        self._source = source
        self._running = {name: PROVIDER.digest(name) for name in names}
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self._size += len(piece)
        for one in self._running.values():
            one.update(piece)
        return piece

    def digests(self) -> Digests:
        """Of what was read so far. The stream can be read further."""
        return Digests(self._size, {name: one.hexdigest() for name, one in self._running.items()})


def of_stream(source: IO[bytes], names: Iterable[str] = STANDARD) -> Digests:
    """Of all that is left in ``source``, read piece by piece."""
    tee = Tee(source, names)
    while tee.read(PIECE):
        pass
    return tee.digests()
