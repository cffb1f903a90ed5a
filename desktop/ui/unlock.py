"""Opening the desk: the passphrase first, then who sits down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import StaffMember
from desktop.ui.i18n import tr
from desktop.ui.worker import DeskWorker, said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk


def open_desk(directory: Path, passphrase: str) -> Desk:
    """On the worker's lane: the storage modules are loaded there, after the first paint."""
    from desktop.app.desk import Desk

    return Desk.open(directory, passphrase)


class UnlockDialog(QDialog):
    """After ``accepted``: the worker holds the open desk, ``actor`` is the chosen name, ``staff`` the list."""

    def __init__(
        self, worker: DeskWorker, directory: Path, parent: QWidget | None = None, *, last_actor: str = "",
    ) -> None:
        super().__init__(parent)
        self.actor = ""
        self.staff: tuple[StaffMember, ...] = ()
        self._worker, self._directory, self._last_actor = worker, directory, last_actor
        self._busy = False
        self.setWindowTitle(tr("快审工作台"))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 46)
        self._steps = QStackedWidget()
        self._steps.addWidget(self._passphrase_step(directory))
        self._steps.addWidget(self._person_step())
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 20)
        column.addWidget(self._steps)
        self.passphrase.setFocus()

    # --- the passphrase

    def _passphrase_step(self, directory: Path) -> QWidget:
        title = QLabel(tr("快审工作台"))
        title.setObjectName("title")
        hint = QLabel(tr("输入口令打开本机的案件库。"))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(tr("口令"))
        self.passphrase.setPlaceholderText(tr("口令"))
        self.passphrase.textChanged.connect(lambda _text: self._say(""))
        self._said = QLabel()
        self._said.setObjectName("fieldRemark")
        self._said.setWordWrap(True)
        self._said.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self._said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.open_button = QPushButton(tr("打开"))
        self.open_button.setProperty("primary", True)
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.unlock)
        self.leave_button = QPushButton(tr("退出"))
        self.leave_button.setAutoDefault(True)
        self.leave_button.clicked.connect(self.reject)
        where = QLabel(tr("案件库：{path}", path=directory))
        where.setObjectName("caption")
        where.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.leave_button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (title, hint, self.passphrase, self._said):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(where)
        return page

    def unlock(self) -> None:
        """Derive the key and open, away from the window's thread."""
        passphrase = self.passphrase.text()
        if self._busy:
            return
        if not passphrase:
            self._say(tr("请输入口令。"))
            return
        self._busy = True
        self.passphrase.setEnabled(False)
        self.open_button.setEnabled(False)
        self._say(tr("正在打开…"), "hint")
        directory = self._directory
        self._worker.open(lambda: open_desk(directory, passphrase), self._opened, self._failed, owner=self)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.passphrase.setEnabled(True)
        self.open_button.setEnabled(True)
        # A button that was disabled has handed its role as the one that Enter presses to nobody.
        self.open_button.setDefault(True)
        self._say(said_fault(error) or tr("没能打开：程序内部出错。"))
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _opened(self, _desk: object) -> None:
        self._worker.read(lambda desk: desk.staff(), self._show_staff, self._failed, owner=self)

    def _say(self, words: str, level: str = "error") -> None:
        self._said.setText(words)
        self._said.setProperty("level", level)
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)

    def said(self) -> str:
        """The sentence under the passphrase."""
        return self._said.text()

    # --- the person

    def _person_step(self) -> QWidget:
        title = QLabel(tr("谁在办理？"))
        title.setObjectName("title")
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        self.names = QListWidget()
        self.names.setAccessibleName(tr("人员"))
        self.names.itemActivated.connect(lambda _item: self.choose())
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("姓名"))
        self.name.setAccessibleName(tr("姓名"))
        self.name.textChanged.connect(lambda _text: self._enable())
        self.enter_button = QPushButton(tr("进入工作台"))
        self.enter_button.setProperty("primary", True)
        self.enter_button.clicked.connect(self.choose)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.enter_button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (title, self._hint, self.names, self.name):
            column.addWidget(widget)
        column.addLayout(buttons)
        return page

    def _show_staff(self, staff: tuple[StaffMember, ...]) -> None:
        self._busy = False
        self.passphrase.clear()
        self.staff = staff
        for member in staff:
            item = QListWidgetItem(f"{member.name}　{'、'.join(member.roles)}")
            item.setData(Qt.ItemDataRole.UserRole, member.name)
            self.names.addItem(item)
        self.names.setVisible(bool(staff))
        self.name.setVisible(not staff)
        self._hint.setText(tr("选择你的姓名；你的每一步办理都以这个姓名记入流水。") if staff
                           else tr("中心还没有发布人员名单，请输入你的姓名；每一步办理都以它记入流水。"))
        known = [member.name for member in staff]
        self.names.setCurrentRow(known.index(self._last_actor) if self._last_actor in known else 0)
        self.name.setText("" if staff else self._last_actor)
        self.enter_button.setDefault(True)
        self._enable()
        self._steps.setCurrentIndex(1)
        (self.names if staff else self.name).setFocus()

    def _enable(self) -> None:
        self.enter_button.setEnabled(bool(self.staff) or bool(self.name.text().strip()))

    def choose(self) -> None:
        """Take the chosen or typed name."""
        item = self.names.currentItem()
        self.actor = str(item.data(Qt.ItemDataRole.UserRole)) if self.staff and item else self.name.text().strip()
        if self.actor:
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The list takes Enter for itself only when an item editor could open; here it always means "go in".
        if self._steps.currentIndex() == 1 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        # The key is being derived on the lane: leaving now would leave an open store behind nobody sees.
        if not self._busy:
            super().reject()
