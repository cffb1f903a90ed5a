"""The hub in memory, which the others are measured against."""

from __future__ import annotations

from collections import defaultdict
from itertools import count

import pytest

from db.transport import MemoryHub, MemoryTransport, Transport
from tests.db.transports import HubContract, Meeting


class TestMemory(HubContract):
    @pytest.fixture
    def meeting(self) -> Meeting:
        epochs = count(1)

        def hub() -> MemoryHub:
            made = MemoryHub()
            made.epoch = str(next(epochs))
            return made

        hubs: dict[str, MemoryHub] = defaultdict(hub)

        def meet(station: str, centre: str = "甲中心") -> Transport:
            return MemoryTransport(hubs[centre])

        return meet
