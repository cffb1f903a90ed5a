"""The first start: who the centre is, who works here, and the passphrase that locks the store."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import StaffMember
from desktop.core.terms import Role
from desktop.ui.i18n import tr
from desktop.ui.worker import DeskWorker, said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk

SHORTEST = 8
ROLES = tuple(role.value for role in Role)


@dataclass(frozen=True)
class FirstRunAnswers:
    """What a new store is made of. ``actor`` is the first of ``staff``."""

    centre: str
    station: str
    staff: tuple[StaffMember, ...]
    actor: str
    passphrase: str


def strength(passphrase: str) -> tuple[bool, str]:
    """(acceptable, words). Length counts most; a repeated or running pattern is weak at any length."""
    length = len(passphrase)
    if length < SHORTEST:
        return False, tr("还差 {n} 个字符（至少 {all} 个）", n=SHORTEST - length, all=SHORTEST)
    steps = {ord(after) - ord(before) for before, after in pairwise(passphrase)}
    if len(set(passphrase)) <= 3 or len(steps) == 1:
        return False, tr("太容易猜到：不要用重复或连续的字符")
    kinds = sum((
        any(character.islower() for character in passphrase), any(character.isupper() for character in passphrase),
        any(character.isdigit() for character in passphrase),
        any(not character.isalnum() for character in passphrase),
        any(ord(character) > 127 for character in passphrase),
    ))
    score = length + 2 * kinds
    if score < 13:
        return True, tr("偏弱：可以用，建议再长一些，或用几个不相干的词连成一句")
    return True, tr("够用：再长一些更好") if score < 20 else tr("强")


class _StaffLine(QWidget):
    """One name with its roles."""

    changed = Signal()

    def __init__(self, name: str, roles: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(name)
        self.name.setPlaceholderText(tr("姓名"))
        self.name.setAccessibleName(tr("姓名"))
        self.name.textChanged.connect(lambda _text: self.changed.emit())
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.name, 1)
        self.boxes: dict[str, QCheckBox] = {}
        for role in ROLES:
            box = QCheckBox(tr(role))
            box.setChecked(role in roles)
            box.toggled.connect(lambda _on: self.changed.emit())
            self.boxes[role] = box
            line.addWidget(box)
        self.name.textChanged.connect(lambda _text: self._enable())
        self._enable()

    def _enable(self) -> None:
        # Roles of nobody are no stops on the way to the next field.
        for box in self.boxes.values():
            box.setEnabled(bool(self.name.text().strip()))

    def last(self) -> QWidget:
        """The last stop of the Tab key on this line."""
        return list(self.boxes.values())[-1]

    def member(self) -> StaffMember | None:
        name = self.name.text().strip()
        roles = tuple(role for role, box in self.boxes.items() if box.isChecked())
        return StaffMember(name, roles) if name else None


class StaffEditor(QWidget):
    """Names with roles, one line each, with one more line than is filled."""

    changed = Signal()

    def __init__(self, members: tuple[StaffMember, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[_StaffLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        self.show_members(members)

    def show_members(self, members: tuple[StaffMember, ...]) -> None:
        for line in self.lines:
            self._column.removeWidget(line)
            line.deleteLater()
        self.lines = []
        for member in members:
            self.add(member.name, member.roles)
        if not members:
            self.add("", ROLES)
        self._grow()

    def add(self, name: str, roles: tuple[str, ...]) -> _StaffLine:
        line = _StaffLine(name, roles)
        line.changed.connect(self._grow)
        line.changed.connect(self.changed)
        self._column.insertWidget(len(self.lines), line)
        if self.lines:
            # A line that grew later would come last for the Tab key, after the buttons of the dialog.
            stops = [self.lines[-1].last(), line.name, *line.boxes.values()]
            for before, after in pairwise(stops):
                QWidget.setTabOrder(before, after)
        self.lines.append(line)
        return line

    def _grow(self) -> None:
        if self.lines[-1].name.text().strip():
            self.add("", (Role.EXAMINER.value,))

    def members(self) -> tuple[StaffMember, ...]:
        return tuple(member for line in self.lines if (member := line.member()) is not None)

    def problem(self) -> str:
        """A sentence when the list cannot be used."""
        members = self.members()
        names = [member.name for member in members]
        double = next((name for name in names if names.count(name) > 1), "")
        if not members:
            return tr("至少要有一个人。")
        if double:
            return tr("“{name}”写了两次；同名的人请加以区别，如“{name}（二科）”。", name=double)
        bare = next((member.name for member in members if not member.roles), "")
        if bare:
            return tr("“{name}”还没有角色。", name=bare)
        if not any(Role.ADMIN.value in member.roles for member in members):
            return tr("至少要有一名管理员，才能发布日历和人员名单。")
        return ""


def create_desk(directory: Path, answers: FirstRunAnswers) -> Desk:
    """On the worker's lane: make the store."""
    from desktop.app.desk import Desk

    return Desk.create(directory, answers.passphrase, centre=answers.centre, station=answers.station,
                       staff=answers.staff, actor=answers.actor)


class FirstRunDialog(QDialog):
    """After ``accepted`` the worker holds the new desk; ``actor`` is the first name of the list."""

    demo_requested = Signal()

    def __init__(self, worker: DeskWorker, directory: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.actor = ""
        self.staff: tuple[StaffMember, ...] = ()
        self._worker, self._directory = worker, directory
        self._busy = False
        self.setWindowTitle(tr("快审工作台 · 首次使用"))
        title = QLabel(tr("首次使用"))
        title.setObjectName("title")
        intro = QLabel(tr("填四项就能开始；以后都可以在“设置”里修改。所有内容只存在本机，不会自己发往任何地方。"))
        intro.setWordWrap(True)
        intro.setObjectName("muted")
        self.centre = self._line(tr("如：某某市知识产权保护中心"))
        self.station = self._line(tr("如：甲站、受理窗口 1"))
        self.people = StaffEditor()
        self.people.lines[0].name.setPlaceholderText(tr("你的姓名"))
        scroll = QScrollArea()
        scroll.setWidget(self.people)
        scroll.setWidgetResizable(True)
        scroll.setObjectName("clear")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(self.fontMetrics().height() * 6)
        self.passphrase = self._line(tr("至少 {n} 个字符", n=SHORTEST))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.again = self._line(tr("再输入一次"))
        self.again.setEchoMode(QLineEdit.EchoMode.Password)
        self._strength = QLabel()
        self._strength.setObjectName("fieldRemark")
        warning = QLabel(tr("口令用来加密案件库，任何人都无法找回：请写下来，锁好。"))
        warning.setProperty("kind", "soon")
        warning.setWordWrap(True)
        where = QLabel(str(directory))
        where.setWordWrap(True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(8)
        for label, widget in (
            (tr("中心名称"), self.centre), (tr("本站名称"), self.station), (tr("人员与角色"), scroll),
            (tr("口令"), self.passphrase), ("", self._strength), (tr("再输一次"), self.again), ("", warning),
            (tr("数据存放在"), where),
        ):
            form.addRow(label, widget)
        self._said = QLabel()
        self._said.setObjectName("fieldRemark")
        self._said.setProperty("level", "error")
        self._said.setWordWrap(True)
        self.join_button = QPushButton(tr("用登记文件加入中心…"))
        self.join_button.setToolTip(tr("中心已经在用本程序时：中心与站点的名称来自登记文件，人员和案件由会合而来"))
        self.join_button.setAutoDefault(True)
        self.join_button.clicked.connect(self.join)
        self.demo_button = QPushButton(tr("用虚构的中心先看看"))
        self.demo_button.setAutoDefault(True)
        self.demo_button.clicked.connect(self._ask_demo)
        self.create_button = QPushButton(tr("建立案件库"))
        self.create_button.setProperty("primary", True)
        self.create_button.setDefault(True)
        self.create_button.clicked.connect(self.make)
        self.leave_button = QPushButton(tr("退出"))
        self.leave_button.setAutoDefault(True)
        self.leave_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.demo_button)
        buttons.addWidget(self.join_button)
        buttons.addStretch(1)
        buttons.addWidget(self.create_button)
        buttons.addWidget(self.leave_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 20, 28, 18)
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(intro)
        column.addLayout(form, 1)
        column.addWidget(self._said)
        column.addLayout(buttons)
        self.passphrase.textChanged.connect(self._judge)
        self._judge()
        self.resize(760, self.sizeHint().height())
        self.centre.setFocus()

    def _line(self, example: str) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(example)
        return line

    def _judge(self) -> None:
        text = self.passphrase.text()
        good, words = strength(text)
        self._strength.setText(words if text else tr("用一句自己记得住、别人想不到的话"))
        self._strength.setProperty("level", "hint" if not text else "done" if good else "warning")
        self._strength.style().unpolish(self._strength)
        self._strength.style().polish(self._strength)

    def problem(self) -> tuple[str, QWidget]:
        """(sentence, where) of the first thing that is missing; an empty sentence when all is there."""
        if not self.centre.text().strip():
            return tr("请填写中心名称，它会印在每份记录单上。"), self.centre
        if not self.station.text().strip():
            return tr("请给这台电脑取一个站名，流水里用它说明是哪里记的。"), self.station
        if problem := self.people.problem():
            return problem, self.people.lines[0].name
        good, words = strength(self.passphrase.text())
        if not good:
            return tr("口令：{words}。", words=words), self.passphrase
        if self.passphrase.text() != self.again.text():
            return tr("两次输入的口令不一样。"), self.again
        return "", self.create_button

    def make(self) -> None:
        """Check the answers, then make the store away from the window's thread."""
        if self._busy:
            return
        sentence, place = self.problem()
        self._said.setText(sentence)
        if sentence:
            place.setFocus()
            return
        members = self.people.members()
        answers = FirstRunAnswers(self.centre.text().strip(), self.station.text().strip(), members, members[0].name,
                                  self.passphrase.text())
        self._set_busy(True)
        self._said.setText(tr("正在建立…"))
        directory = self._directory
        self._worker.open(lambda: create_desk(directory, answers), lambda _desk: self._created(answers), self._failed,
                          owner=self)

    def join(self) -> None:
        """Begin as a station of a centre that is at work already."""
        from desktop.ui.sync_first import FirstJoinDialog

        dialog = FirstJoinDialog(self._worker, self._directory, self)
        dialog.accepted.connect(lambda: self._joined(dialog.actor))
        dialog.open()

    def _joined(self, actor: str) -> None:
        self.actor = actor
        self.accept()

    def said(self) -> str:
        """The sentence above the buttons."""
        return self._said.text()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self.create_button, self.demo_button, self.join_button, self.leave_button):
            widget.setEnabled(not busy)
        self.create_button.setDefault(True)

    def _created(self, answers: FirstRunAnswers) -> None:
        self._set_busy(False)
        self.actor, self.staff = answers.actor, answers.staff
        self.accept()

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        self._said.setText(said_fault(error) or tr("没有建成：程序内部出错。"))

    def _ask_demo(self) -> None:
        self.demo_requested.emit()
        super().reject()

    def reject(self) -> None:
        if not self._busy:
            super().reject()
