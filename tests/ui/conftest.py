"""A real desk with made-up cases, made once and copied for each test, and a window on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app.desk import Desk
from desktop.app.queue_views import StaffMember
from desktop.core.intake import IntakeRow
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker

if TYPE_CHECKING:
    from .stations import Sight

PASSPHRASE = "made-up passphrase 1"
TODAY = date(2026, 3, 12)
STAFF = (
    StaffMember("林知远", ("受理", "预审员", "复核", "管理员")),
    StaffMember("周明", ("预审员",)),
)
KINDS = (("发明", "G06F 9/50"), ("实用新型", "B62D 5/04"), ("外观设计", "07-02"))

# The screenless platform says on every window what a screen would do.
OFFSCREEN = r"^This plugin does not support"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Any other word of the toolkit makes a test fail."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN))


def made_up_rows(count: int, first: int = 1) -> list[IntakeRow]:
    """Rows as a platform list would give them, received on working days before ``TODAY``."""
    rows = []
    for number in range(first, first + count):
        kind, symbol = KINDS[number % 3]
        received = TODAY - timedelta(days=number % 9)
        rows.append(IntakeRow(number + 1, {
            "platform_number": f"YS3700202{number:08d}", "received_on": received.isoformat(), "patent_type": kind,
            "title": f"一种用于试验的装置之{number:03d}号", "party": f"岱青第{number % 7}试验有限公司",
            "region": "岱青市", "main_class": symbol, "classes": symbol,
        }))
    return rows


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with 130 received cases: more than one page of the list."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    desk = Desk.create(folder, PASSPHRASE, centre="岱青市知识产权保护中心", station="甲站", staff=STAFF, actor="林知远")
    desk.take_in(made_up_rows(130), actor="林知远", source="试验表", today=TODAY)
    desk.close()
    return folder


@pytest.fixture
def folder(made_desk: Path, tmp_path: Path) -> Path:
    """This test's own copy of the store."""
    return Path(shutil.copytree(made_desk, tmp_path / "data"))


@pytest.fixture
def worker(qapp: QApplication) -> Iterator[DeskWorker]:
    """A worker without a desk, closed at the end."""
    worker = DeskWorker(poll_ms=50)
    yield worker
    worker.close()
    worker.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def desk_worker(worker: DeskWorker, folder: Path) -> DeskWorker:
    """A worker with the made-up desk open."""
    worker.adopt(Desk.open(folder, PASSPHRASE))
    return worker


@pytest.fixture
def settled(qtbot: QtBot) -> Callable[[DeskWorker], None]:
    """Wait until every answer was delivered and the debounced questions were asked and answered too."""

    def resting(worker: DeskWorker) -> bool:
        # What waits for typing or arrow keys to rest asks its question when its timer ends.
        timers = (timer for widget in QApplication.topLevelWidgets() for timer in widget.findChildren(QTimer))
        return worker.idle() and not any(timer.isActive() and timer.interval() <= 300 for timer in timers)

    def wait(worker: DeskWorker) -> None:
        qtbot.waitUntil(lambda: resting(worker), timeout=10_000)

    return wait


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, "light")
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture
def window(
    desk_worker: DeskWorker, theme: Theme, qtbot: QtBot, settled: Callable[[DeskWorker], None]
) -> Iterator[Window]:
    """The window on the made-up desk, with the first page of the queue shown."""
    window = Window(desk_worker, theme, now=lambda: datetime.combine(TODAY, datetime.min.time()))
    window.resize(1366, 768)
    window.show()
    window.enter("林知远")
    settled(desk_worker)
    window.queue.table.setFocus()
    yield window
    window.close()
    desk_worker.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def made_stations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two closed stores of one centre, and the bundle that puts a case of theirs in dispute."""
    from .stations import make_pair

    folder = tmp_path_factory.mktemp("stations")
    make_pair(folder)
    return folder


@pytest.fixture
def sight(
    made_stations: Path, tmp_path: Path, worker: DeskWorker, theme: Theme, monkeypatch: pytest.MonkeyPatch,
    settled: Callable[[DeskWorker], None], request: pytest.FixtureRequest,
) -> Iterator[Sight]:
    """A window on 甲站, where the lead sits. It has not yet met 乙站 again, unless ``disputed`` is asked for."""
    from .stations import LEAD, Sight

    folder = Path(shutil.copytree(made_stations, tmp_path / "stations"))
    sight = Sight(folder, worker, theme, monkeypatch, met="disputed" in request.fixturenames)
    sight.window.enter(LEAD)
    settled(worker)
    yield sight
    sight.close()


@pytest.fixture
def disputed(sight: Sight) -> Sight:
    """The same after the meeting: case 1 is in dispute."""
    return sight


@pytest.fixture(scope="session")
def made_services(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with cases of several services."""
    from .served import make

    folder = tmp_path_factory.mktemp("services") / "data"
    make(folder)
    return folder


@pytest.fixture
def served(
    made_services: Path, tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Callable[[DeskWorker], None]
) -> Iterator[Window]:
    """A window on that store, with an own copy of it."""
    from tests.app.desks import open_again

    from .served import ME
    from .served import TODAY as DAY

    worker.adopt(open_again(Path(shutil.copytree(made_services, tmp_path / "services"))))
    window = Window(worker, theme, now=lambda: datetime.combine(DAY, datetime.min.time()))
    window.resize(1440, 900)
    window.show()
    window.enter(ME)
    settled(worker)
    window.queue.table.setFocus()
    yield window
    window.close()
    worker.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
