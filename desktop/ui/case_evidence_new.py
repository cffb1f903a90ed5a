"""A new evidence item with its files at once: the questions of the opening, the files listed above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.app.evidence_views import Added
from desktop.app.views import OpeningView
from desktop.core.attachment import size_words
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.opening_dialog import OpeningDialog
from desktop.ui.theme import row_height
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

if TYPE_CHECKING:
    from desktop.app.desk import Desk

ROWS = 4  # of a long choice that the dialog shows without scrolling
ABOVE = 2  # the files stand under heading and subject


class EvidenceOpening(OpeningDialog):
    """``opened(Added)`` when the item is there with its files."""

    def __init__(
        self, context: Context, view: OpeningView, paths: Sequence[Path], parent: QWidget | None = None,
    ) -> None:
        self.paths = tuple(paths)

        def send(values: Mapping[str, str], on: date, done: Callable[[object], None],
                 failed: Callable[[BaseException], None]) -> None:
            actor, today = context.actor, context.today()

            def add(desk: Desk) -> Added:
                return desk.evidence.add(self.paths, values, actor=actor, on=on, today=today)

            context.worker.write(add, done, failed, owner=self, origin="opening")

        super().__init__(context, view, beside=False, send=send, parent=parent)
        self.table = RowTable((TextColumn(tr("收入的文件 {n} 个", n=len(self.paths)), 18, stretch=True),
                               TextColumn(tr("大小"), 6, right=True)), context.theme, tr("收入的文件"))
        self.table.show_rows([TextRow((path.name, _size_of(path)), key=path, tip=str(path)) for path in self.paths])
        height = (min(len(self.paths), ROWS) + 1) * row_height(self.font()) + 12
        self.table.setFixedHeight(height)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(ABOVE, self.table)
        room = parent.window().height() - 40 if parent is not None else 720
        self.resize(self.width(), min(self.height() + height, room))
        title = self.editors.get("title")
        if title is not None and not title.value() and len(self.paths) == 1:
            title.set_value(self.paths[0].stem)


def _size_of(path: Path) -> str:
    try:
        return size_words(path.stat().st_size) if path.is_file() else tr("不是文件")
    except OSError:
        return "—"
