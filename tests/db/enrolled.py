"""Made-up centres with enrolled stations, and chains of made-up events for them to exchange."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Any

from db import enrolment
from db.crypto import PROVIDER
from db.enrolment import Enrolment
from db.envelope import FIRST, canonical, seal
from db.transport import Greeting
from db.wire import Batch, pack
from tests.db import toy

LOCAL = {"host": "127.0.0.1", "port": 5432, "dbname": "kuaishen", "tls": "local", "ca": ""}


class Centre:
    def __init__(self, name: str = "某某中心") -> None:
        self.id = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        self.name = name
        self.key = PROVIDER.new_signing_key()
        self.bundle_key = hashlib.sha256(name.encode()).digest()

    def file(self, station_name: str, /, **changes: Any) -> bytes:
        facts: dict[str, Any] = {
            "centre_id": self.id,
            "centre_name": self.name,
            "centre_key": self.key,
            "bundle_key": self.bundle_key,
            "station_name": station_name,
            "login": f"ks_{station_name}",
            "password": "made-up 口令",
            "hub": LOCAL,
            "blocks": [(1, 5_000)],
        }
        return enrolment.issue(**{**facts, **changes})

    def enrol(self, station_name: str, /, **changes: Any) -> Enrolment:
        return enrolment.read(self.file(station_name, **changes))


def station(name: str) -> str:
    """An incarnation for a made-up station."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def chain(name: str, sizes: Sequence[int], chance: random.Random, **payload: Any) -> list[Batch]:
    """Batches of these sizes that follow each other in one station's chain."""
    batches = []
    prev_hash, seq = FIRST, 0
    for size in sizes:
        rows = []
        for _ in range(size):
            seq += 1
            draft = toy.draft(seq, chance)
            draft.payload.update(payload, noise=chance.randbytes(160).hex())
            event = seal(draft, station(name), seq, seq << 16, (), prev_hash)
            prev_hash = event.hash
            rows.append(
                (*event[:4], "[]", *event[5:10], canonical(event.basis).decode(), canonical(event.payload).decode(),
                 *event[12:])
            )  # fmt: skip
        batches.append(pack(rows))
    return batches


def greeting(name: str, batches: Sequence[Batch] = ()) -> Greeting:
    """How a station that holds these batches greets."""
    vector: dict[str, int] = {}
    for batch in batches:
        vector[batch.station] = max(batch.last, vector.get(batch.station, 0))
    return Greeting(station(name), name, (station(name),), vector)
