"""The settings: a list of subjects at the left, one page at a time at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.ui.case_evidence_roots import RootsSettings
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_calendar import CalendarSettings
from desktop.ui.settings_documents import DocumentSettings
from desktop.ui.settings_station import AppearanceSettings, DataSettings, StaffSettings
from desktop.ui.settings_unchecked import UncheckedSettings
from desktop.ui.sync_settings import SyncSettings
from desktop.ui.theme import row_height

_Subject = (
    CalendarSettings | DocumentSettings | UncheckedSettings | StaffSettings | SyncSettings | RootsSettings
    | DataSettings | AppearanceSettings
)


class SettingsPage(QWidget):
    """Pages by name: calendar, documents, unchecked, staff, sync, roots, data, appearance."""

    theme_chosen = Signal(str)
    staff_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.calendar = CalendarSettings(context)
        self.documents = DocumentSettings(context)
        self.unchecked = UncheckedSettings(context)
        self.staff = StaffSettings(context)
        self.sync = SyncSettings(context)
        self.roots = RootsSettings(context)
        self.data = DataSettings(context)
        self.appearance = AppearanceSettings(context)
        self.staff.staff_changed.connect(self.staff_changed)
        self.appearance.theme_chosen.connect(self.theme_chosen)
        self._pages: dict[str, tuple[str, _Subject]] = {
            "calendar": (tr("工作日历"), self.calendar), "documents": (tr("中心文件"), self.documents),
            "unchecked": (tr("待核对"), self.unchecked), "staff": (tr("人员"), self.staff),
            "sync": (tr("同步"), self.sync), "roots": (tr("时间戳证书"), self.roots), "data": (tr("数据"), self.data),
            "appearance": (tr("外观"), self.appearance),
        }
        self.names = QListWidget()
        self.names.setObjectName("settingsNames")
        self.names.setAccessibleName(tr("设置"))
        self._stack = QStackedWidget()
        for label, page in self._pages.values():
            item = QListWidgetItem(label)
            item.setSizeHint(QSize(0, row_height(self.font())))
            self.names.addItem(item)
            self._stack.addWidget(page)
        self.names.setFixedWidth(self.fontMetrics().horizontalAdvance("国") * 11)
        self.names.currentRowChanged.connect(self._show)
        self._title = QLabel()
        self._title.setObjectName("title")
        panel = QFrame()
        panel.setObjectName("panel")
        column = QVBoxLayout(panel)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._stack, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.names)
        line.addWidget(panel, 1)
        self.setFocusProxy(self.names)
        self._context = context
        self.names.setCurrentRow(0)

    def open_tab(self, name: str) -> None:
        """Show one page by its name."""
        self.names.setCurrentRow(list(self._pages).index(name))

    def open_document(self, kind: str, procedure: str = "") -> None:
        """Show one of the centre's documents, of one service where it is written for one."""
        self.documents.open_document(kind, procedure)
        self.open_tab("documents")

    def open(self) -> None:
        """Read the page on the screen again."""
        self._show(self.names.currentRow())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.open()

    def _show(self, row: int) -> None:
        label, page = list(self._pages.values())[row]
        self._title.setText(label)
        self._stack.setCurrentWidget(page)
        if self._context.worker.ready:
            page.reload()
