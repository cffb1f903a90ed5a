"""A window on a store with a register of made-up parties and an empty shelf of evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from stdnum.cn import uscc as codes

from desktop.app.desk import Desk
from desktop.core.party_decide import Order
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import new_desk, take

TODAY = date(2026, 3, 12)
LEAD, CLERK = "林知远", "周明"
STAFF = (
    (LEAD, "受理 预审员 复核 组长 管理员 保管人"), (CLERK, "预审员"), ("沈砚", "保管人"), ("张三", "受理 预审员"),
)
WHO = {"actor": LEAD, "on": TODAY, "today": TODAY}
FOUND, TWIN = "岱青第二试验有限公司", "岱青第二试验公司"
SUSPENDED, STRATEGIC = "岱青新材料有限公司", "岱青海工装备有限公司"
MANY = 130  # further parties: more than one page of the list

D = TypeVar("D", bound=QDialog)
Settled = Callable[[DeskWorker], None]


def code(number: int) -> str:
    base = f"91370600MA3C{number:05d}"
    return base + codes.calc_check_digit(base)


def build(folder: Path) -> dict[str, str]:
    """A closed store; name -> id of those that something is to be seen of, and the numbers of two cases of FOUND."""
    desk = new_desk(folder, staff=STAFF)
    ids = {}
    for number, (name, facts) in enumerate((
        (FOUND, {"quota": "3", "registered_on": "2025-01-01", "valid_to": "2027-12-31"}), (SUSPENDED, {}),
        (STRATEGIC, {"tags": "战略主体、高价值"}), (TWIN, {}),
    )):  # fmt: skip
        facts = {"name": name, "uscc": code(number), "region": "岱青市", **facts}
        ids[name] = desk.parties.add("主体", facts, **WHO).id
    desk.parties.amend(ids[TWIN], {"uscc": code(0)}, **WHO)
    desk.parties.add("代理机构", {"name": "岱青第一专利代理事务所", "agency_code": "37101"}, **WHO)
    for number in range(MANY):
        desk.parties.add("主体", {"name": f"岱青第{number:03d}号研究所", "uscc": code(1_000 + number)}, **WHO)
    for place in range(3):
        walk = take(desk, "2026-02-02", party=FOUND, uscc=code(0), title=f"一种用于试验的装置之{place}号",
                    agency="岱青第一专利代理事务所", agency_code="37101")  # fmt: skip
        walk.accept("2026-02-03")
        ids[f"case{place}"] = walk.ref
    take(desk, "2026-02-02", party="岱青无名实业有限公司", contact="孟联络")
    for place, day in ((0, "2026-03-02"), (1, "2026-03-09")):
        desk.parties.find(ids[FOUND], "非正常", actor=LEAD, found_on=date.fromisoformat(day), today=TODAY,
                          case=ids[f"case{place}"])  # fmt: skip
    order = Order(reason="会议纪要第 3 号", measure="暂停", since=date(2026, 3, 1), months=6)
    desk.parties.sanction(ids[SUSPENDED], order, rule="shandong-abnormal", **WHO)
    desk.close()
    return ids


@contextmanager
def window_on(desk: Desk, worker: DeskWorker, theme: Theme, settled: Settled, actor: str = LEAD) -> Iterator[Window]:
    """Takes the desk over and closes it."""
    worker.adopt(desk)
    window = Window(worker, theme, now=lambda: datetime.combine(TODAY, datetime.min.time()))
    window.resize(1366, 768)
    window.show()
    window.enter(actor)
    settled(worker)
    try:
        yield window
    finally:
        window.close()
        worker.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def desk_of(window: Window) -> Desk:
    desk = window.worker._desk
    assert desk is not None
    return desk


def notices(window: Window) -> str:
    return "\n".join(label.text() for label in window.notices.findChildren(QLabel))


def dialog_of(window: Window, kind: type[D]) -> D:
    """The dialog of that kind that is open."""
    found = [one for one in window.findChildren(kind) if one.isVisible()]
    assert len(found) == 1, f"{len(found)} dialogs of {kind.__name__}"
    return found[0]


def focus() -> QWidget:
    holder = QApplication.focusWidget()
    assert holder is not None
    return holder
