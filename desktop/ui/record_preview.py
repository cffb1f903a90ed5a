"""The record as paper: beside the case, or in a window of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.core.record import UnifiedRecord
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import Notices
from desktop.ui.paper_view import PaperView
from desktop.ui.widgets.fitting import fit


class RecordView(PaperView):
    """Makes and shows one case's record. ``notices`` is where it speaks; the page's own by default."""

    def __init__(self, context: Context, notices: Notices | None = None, parent: QWidget | None = None) -> None:
        super().__init__(context, tr("记录单"), notices, parent=parent)
        self._shown: int | None = None

    def forget(self) -> None:
        """The case moved on: the next look makes a new record."""
        self._shown = None

    def show_case(self, key: int) -> None:
        """Make the record of a case and show it; nothing happens when it is shown already."""
        if self._shown == key:
            return
        self._shown = key
        self.wait()
        at = self._context.now()

        def draw(record: UnifiedRecord) -> None:
            def make() -> bytes:
                from desktop.reports.record_pdf import render_record_bytes

                return render_record_bytes(record)

            self.draw(make, tr("统一办理记录 {number}", number=record.matter_number))

        self._context.worker.read(lambda desk: desk.record(key, at=at), draw, self.fail, owner=self,
                                  replaces=f"record-{id(self)}")

    def fail(self, error: BaseException) -> None:
        self._shown = None
        super().fail(error)


class RecordPreview(QDialog):
    """The record in a window of its own. Esc closes, Ctrl+S saves, Ctrl+P prints."""

    def __init__(self, context: Context, key: int, number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("统一办理记录单 · {number}", number=number))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        fit(self, 900, 820)
        notices = Notices(self)
        self.view = RecordView(context, notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(notices)
        column.addWidget(self.view, 1)
        printing = QAction(self)
        printing.setShortcut("Ctrl+P")
        printing.triggered.connect(self.view.print)
        self.addAction(printing)
        self.view.show_case(key)
        self.view.pages.setFocus()
