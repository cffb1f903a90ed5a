"""The quiet line at the bottom: what is shown, and long work with its progress and a way to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktop.ui.i18n import tr
from desktop.ui.widgets.elided import ElidedLabel
from desktop.ui.worker import LongWork


class WorkView(QWidget):
    """One long work: title, bar, figures, cancel."""

    def __init__(self, work: LongWork, parent: QWidget) -> None:
        super().__init__(parent)
        self.work = work
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(QLabel(work.title, self))
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setFixedWidth(160)
        row.addWidget(self.bar)
        self.figures = QLabel(self)
        row.addWidget(self.figures)
        self.stop = QPushButton(tr("取消"), self)
        self.stop.setProperty("link", True)
        self.stop.setVisible(work.cancellable)
        self.stop.clicked.connect(self._cancel)
        row.addWidget(self.stop)
        work.progressed.connect(self._progress)

    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.figures.setText(f"{done:,} / {total:,}" if total else f"{done:,}")

    def _cancel(self) -> None:
        self.work.cancel()
        self.stop.setEnabled(False)
        self.stop.setText(tr("正在停止…"))


class StatusBar(QFrame):
    """Texts of the page at the left, a word on sync, long work at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 3, 14, 3)
        self._row.setSpacing(18)
        self.said = ElidedLabel("", self)
        self._row.addWidget(self.said, 1)
        self.sync = ElidedLabel("", self)
        self.sync.setMaximumWidth(self.fontMetrics().horizontalAdvance("国") * 46)
        self.sync.hide()
        self._row.addWidget(self.sync, 1)
        self._works: dict[LongWork, WorkView] = {}

    def say(self, text: str) -> None:
        """The page's own line: how many, how many selected."""
        self.said.setText(text)

    def say_sync(self, text: str) -> None:
        """What went wrong in the background; empty when nothing did."""
        self.sync.setText(text)
        self.sync.setVisible(bool(text))

    def add_work(self, work: LongWork) -> None:
        view = self._works[work] = WorkView(work, self)
        self._row.addWidget(view)

    def drop_work(self, work: LongWork) -> None:
        view = self._works.pop(work, None)
        if view is not None:
            view.hide()
            self._row.removeWidget(view)
            view.deleteLater()

    @property
    def works(self) -> list[WorkView]:
        return list(self._works.values())
