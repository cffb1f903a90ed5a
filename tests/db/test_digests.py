"""Digests in one pass: the published examples, whatever the pieces, and nothing read whole."""

from __future__ import annotations

import hashlib
import io
import random

import pytest

from db import digests
from db.crypto import PROVIDER
from db.digests import KNOWN, SHA256, SM3, Tee, of_stream

# GB/T 32905-2016, annex A: the examples A.1 and A.2.
ABC_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
ABCD_16_SM3 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


class Slow(io.BytesIO):
    """Gives little at a time and remembers the most it was asked for."""

    most = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0, "the whole was asked for"
        self.most = max(self.most, size)
        return super().read(min(size, 1_000))


@pytest.mark.parametrize(("content", "sm3"), [(b"abc", ABC_SM3), (b"abcd" * 16, ABCD_16_SM3)])
def test_the_published_examples(content: bytes, sm3: str) -> None:
    found = of_stream(io.BytesIO(content))
    assert (found.size, found[SM3]) == (len(content), sm3)
    assert found[SHA256] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, digests.PIECE - 1, digests.PIECE, digests.PIECE + 1, 700_001])
def test_any_size_in_any_pieces(size: int) -> None:
    content = random.Random(size).randbytes(size)
    slow = Slow(content)
    found = of_stream(slow, KNOWN)
    assert slow.most == digests.PIECE
    assert found == of_stream(io.BytesIO(content), KNOWN)
    assert found.size == size
    for name in ("sha256", "sha384", "sha512"):
        assert found[name] == hashlib.new(name, content).hexdigest()
    assert found[SM3] != of_stream(io.BytesIO(content + b"\0"))[SM3]


def test_a_tee_hands_on_what_it_notes() -> None:
    content = random.Random(5).randbytes(10_000)
    tee = Tee(io.BytesIO(content), (SM3,))
    first = tee.read(4_000)
    half = tee.digests()
    assert (half.size, half[SM3]) == (4_000, of_stream(io.BytesIO(first))[SM3])
    assert first + tee.read() == content
    assert tee.digests()[SM3] == of_stream(io.BytesIO(content))[SM3]
    assert SHA256 not in tee.digests().values


@pytest.mark.parametrize("name", ["md5", "sha1", "SHA256", ""])
def test_no_other_digest(name: str) -> None:
    with pytest.raises(ValueError, match="no such digest"):
        PROVIDER.digest(name)
