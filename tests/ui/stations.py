"""Two made-up stations of one centre that have met by bundle, and decided the same case differently since."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from db.store import Store
from db.transport import MemoryHub, MemoryTransport
from desktop.app import syncing
from desktop.app.desk import Desk, _introduce
from desktop.app.queue_views import StaffMember
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import new_desk, open_again
from tests.db.enrolled import LOCAL, Centre

from .conftest import TODAY, made_up_rows

CENTRE = "岱青市知识产权保护中心"
LEAD = "郑岩"
STAFF = (
    StaffMember("林知远", ("受理", "预审员", "复核", "管理员")),
    StaffMember("周明", ("受理", "预审员")),
    StaffMember(LEAD, ("组长", "复核")),
)


def make_pair(folder: Path) -> None:
    """Closed stores (without encryption, which is not the subject here): 甲站 accepted a case, 乙站 sent it back and
    wrote ``2.ksb``, and 甲站 once more as it is after taking that in."""
    centre = Centre(CENTRE)
    staff = [(member.name, " ".join(member.roles)) for member in STAFF]
    ours = new_desk(folder / "甲", staff=staff, centre=CENTRE)
    ours.join(centre.file("甲站", hub=LOCAL), actor="林知远")
    ours.take_in(made_up_rows(8), actor="林知远", source="试验表", today=TODAY)
    theirs = Desk(Store.create(
        folder / "乙", "", station_name="乙站", cipher=False, begin=lambda tx: _introduce(tx, "乙站", "周明")))
    theirs.join(centre.file("乙站", hub=LOCAL, blocks=[(5_001, 10_000)]), actor="周明")
    carry(ours, theirs, folder / "1.ksb")
    act(ours, 1, "accept", {"checklist": "符合"}, "林知远")
    act(ours, 1, "assign", {"examiner": "林知远"}, "林知远")
    number = ours.case(1, actor="林知远", today=TODAY).number
    act(theirs, number, "return", {"missing": "请补交说明书附图和授权委托书"}, "周明")
    theirs.export_bundle(folder / "2.ksb")
    ours.close()
    theirs.close()
    shutil.copytree(folder / "甲", folder / "甲会合后")
    met = open_again(folder / "甲会合后")
    met.import_bundle(folder / "2.ksb")
    met.close()


def carry(source: Desk, target: Desk, parcel: Path) -> None:
    """Everything that one has to the other, by a file."""
    source.export_bundle(parcel)
    target.import_bundle(parcel)


def act(desk: Desk, ref: int | str, action: str, values: dict[str, str], actor: str, on: date = TODAY) -> None:
    desk.act(ref, action, values, actor=actor, on=on, today=TODAY)


class Hub(MemoryTransport):
    """The hub's memory with what only a hub can do beside exchanging; ``away`` is raised when it is greeted."""

    def __init__(self, hub: MemoryHub) -> None:
        super().__init__(hub)
        self.away: Exception | None = None
        self.greeted = 0

    def hello(self, greeting: Any) -> Any:
        self.greeted += 1
        if self.away is not None:
            raise self.away
        return super().hello(greeting)

    def reserve(self, count: int) -> tuple[int, int]:
        return (20_001, 20_000 + count)

    def news(self, stream: bytes, vector: Any) -> Sequence[str]:
        return ()


def through(hub: Hub) -> Any:
    """What stands in for the way to a real hub."""

    @contextmanager
    def way(*_about: object) -> Iterator[Hub]:
        yield hub

    return way


class Sight:
    """A window on 甲站's copy of the pair, the hub in memory, and who sits there."""

    def __init__(
        self, folder: Path, worker: DeskWorker, theme: Theme, monkeypatch: pytest.MonkeyPatch, *, met: bool,
    ) -> None:
        self.folder, self.parcel = folder, folder / "2.ksb"
        self.hub = Hub(MemoryHub())
        monkeypatch.setattr(syncing, "_hub", through(self.hub))
        self.desk = open_again(folder / ("甲会合后" if met else "甲"))
        worker.adopt(self.desk)
        self.worker = worker
        self.window = Window(worker, theme, now=lambda: datetime.combine(TODAY, datetime.min.time()))
        self.window.resize(1366, 768)
        self.window.show()

    def dialog(self, kind: type[Any]) -> Any:
        """The dialog of this kind that stands over the window."""
        return next(one for one in self.window.findChildren(kind) if one.isVisible())

    def close(self) -> None:
        self.window.close()
        self.worker.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
