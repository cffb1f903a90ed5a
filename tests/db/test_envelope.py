from __future__ import annotations

import hashlib
import json
import random

import pytest

from db import clock
from db.envelope import FIRST, Envelope, canonical, digest, seal
from tests.db import toy


def _sealed(**changes: object) -> Envelope:
    draft = toy.draft(1, random.Random(5), **changes)
    return seal(draft, "a" * 32, 7, 99, ("b" * 64,), FIRST)


def test_hash_is_sha256_over_canonical_json_of_all_other_fields() -> None:
    envelope = _sealed()
    fields = {**envelope._asdict(), "parents": list(envelope.parents)}
    del fields["hash"]
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert envelope.hash == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", [name for name in Envelope._fields if name != "hash"])
def test_every_field_counts(name: str) -> None:
    envelope = _sealed()
    value = getattr(envelope, name)
    other = value + 1 if isinstance(value, int) else {"k": "v"} if isinstance(value, dict) else value * 2 or "x"
    assert digest(envelope._replace(**{name: other})) != envelope.hash


def test_key_order_does_not_count() -> None:
    assert canonical({"b": {"d": 1, "c": 2}, "a": None}) == canonical({"a": None, "b": {"c": 2, "d": 1}})


@pytest.mark.parametrize("value", [1.0, {"a": [{"b": 0.5}]}, {"a": {1, 2}}, {"a": b"x"}, {"a": 2**70}, {1: "a"}])
def test_what_cannot_be_exact_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_clock_never_goes_back_and_reports_a_wall_that_does() -> None:
    now = 1_770_000_000_000
    first = clock.next_hlc(0, now)
    second = clock.next_hlc(first, now - 86_400_000)
    assert second == first + 1
    assert clock.wall_clock_ms(second) == now
    assert clock.next_hlc(second, now + 1) == (now + 1) << 16
    assert clock.drift_ms(second, now - 86_400_000) == 86_400_000
    assert clock.drift_ms(second, now - 60_000) == 0
