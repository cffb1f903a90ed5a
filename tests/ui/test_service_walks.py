"""Every kind of matter of every service, from its opening to its end, by the dialogs of the window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from desktop.core.terms import Role
from desktop.ui.case_form import ActionForm, FormDialog
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.theme import Theme
from desktop.ui.window import Window
from desktop.ui.worker import DeskWorker
from tests.app.desks import new_desk
from tests.core.services.ways import CUSTODIAN, OFFICER, REVIEWER, WAYS

from .registers import Settled, dialog_of

ALL_ROUND = "全能"
STAFF = (
    (OFFICER, "承办人"), (REVIEWER, "复核"), (CUSTODIAN, "保管人"), ("保管二", "保管人"), (ALL_ROUND, " ".join(Role)),
)
LATER = datetime.combine(date(2026, 12, 30), datetime.min.time())


@pytest.fixture
def window(tmp_path: Path, worker: DeskWorker, theme: Theme, settled: Settled) -> Iterator[Window]:
    worker.adopt(new_desk(tmp_path / "data", staff=STAFF))
    window = Window(worker, theme, now=lambda: LATER)
    window.resize(1366, 768)
    window.show()
    window.enter(ALL_ROUND)
    settled(worker)
    yield window
    window.close()
    worker.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def fill(dialog: FormDialog, values: dict[str, str], on: str) -> None:
    """What decides what else is asked comes first; whatever is given has a field of its own."""
    for name, value in sorted(values.items(), key=lambda given: given[0] != "category"):
        dialog.editors[name].set_value(value)
    dialog.on.set_value(on)
    unseen = [name for name in values if not dialog.editors[name].isVisible()]
    assert not unseen, f"nobody could type {unseen}"


def confirmed(dialog: FormDialog, window: Window, settled: Settled) -> None:
    dialog.submit()
    settled(window.worker)
    left = [one for one in window.findChildren(FormDialog) if one.isVisible()]
    said = [label.text() for one in left for label in one.findChildren(QLabel) if label.property("level") == "error"]
    assert not left, said


@pytest.mark.parametrize(("procedure", "category"), WAYS, ids=lambda name: str(name))
def test_every_kind_of_matter_goes_from_opening_to_end(
    window: Window, settled: Settled, procedure: str, category: str
) -> None:
    way = WAYS[procedure, category]
    window.show_service(procedure)
    settled(window.worker)
    window.open_new()
    settled(window.worker)
    opening = dialog_of(window, OpeningDialog)
    fill(opening, dict(way.opening), way.received)
    confirmed(opening, window, settled)
    page = window.case_page()
    for action, on, given in way.steps:
        values = dict(given)
        assert page.case is not None
        wanted = next(one for one in page.case.actions if one.action == action)
        if values.pop("checklist", ""):
            page.checklist.pass_the_rest()
            for row in page.checklist.rows:
                if not row.answer:  # what only a person may judge
                    QTest.keyClick(row, Qt.Key.Key_1)
        if "opinion" in values and any(field.name == "opinion" for field in wanted.fields):
            page.opinion.editor.setPlainText(values.pop("opinion"))
        page.ask(wanted)
        settled(window.worker)
        form = dialog_of(window, ActionForm)
        fill(form, values, on)
        confirmed(form, window, settled)
    assert page.case is not None
    assert (page.case.stage, page.case.ended) == (way.end, True)
    assert not [limit for limit in page.case.limits if limit.running]
    window.show_queue()
    settled(window.worker)
    assert window.queue.model.rowCount() == 0, "what has ended is no longer among the open"
