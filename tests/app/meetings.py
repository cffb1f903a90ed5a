"""Stations of one centre that meet at a hub in memory."""

from __future__ import annotations

from db.journal import Transaction
from db.sync import synchronise
from db.transport import MemoryHub, MemoryTransport
from desktop.app.arrivals import Projector
from desktop.app.desk import Desk


def nothing(tx: Transaction) -> None:
    """Every desk of these tests is introduced already."""


def meet(hub: MemoryHub, *desks: Desk) -> None:
    """Twice round, so that the first hears of the last."""
    for desk in (*desks, *desks):
        synchronise(desk._store, MemoryTransport(hub), Projector().apply, nothing)
