"""Application packages for those who keep them: the original as it came, what it says, and a refusal in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.core.package import Package
from desktop.core.refusal import Refusal
from desktop.exchange.guard import Unreadable
from desktop.exchange.packages import original, read_package, read_package_bytes


def open_package(path: Path) -> tuple[str, bytes, Package]:
    """Name and content of the original (of a folder: packed into one ZIP), and what it says. Raises :class:`Refusal`
    with the reader's sentence."""
    with _in_words():
        name, content = original(path)
        return name, content, read_package_bytes(name, content)


def look_at(path: Path) -> Package:
    """What a package says that is not going to be kept; what is left out of a folder stands among its notes."""
    with _in_words():
        return read_package(path)


def reread(name: str, content: bytes) -> Package:
    """The same of an original that was kept."""
    with _in_words():
        return read_package_bytes(name, content)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Unreadable as no:
        raise Refusal(no.code, no.reason, no.data) from no
