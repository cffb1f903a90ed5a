"""The first start at a centre that is at work already: an enrolment file, a name and a passphrase make the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QWidget

from desktop.ui.first_run import SHORTEST, strength
from desktop.ui.i18n import tr
from desktop.ui.sync_join import EnrolmentDialog, contents
from desktop.ui.worker import DeskWorker

if TYPE_CHECKING:
    from desktop.app.desk import Desk


def create_joined(directory: Path, passphrase: str, path: Path, actor: str) -> Desk:
    """On the worker's lane: read the file and make the store."""
    from desktop.app.desk import Desk

    return Desk.create_joined(directory, passphrase, contents(path), actor=actor)


class FirstJoinDialog(EnrolmentDialog):
    """After ``accepted`` the worker holds the new desk; ``actor`` is who made it."""

    def __init__(self, worker: DeskWorker, directory: Path, parent: QWidget | None = None) -> None:
        hint = tr("由中心管理员发给本站的 .kse 文件")
        super().__init__(parent, tr("用登记文件加入中心"), hint, tr("返回"), 42)
        self.actor = ""
        self._worker, self._directory = worker, directory
        self.join_button.setDefault(True)
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("你在中心人员名单上的姓名"))
        self.passphrase, self.again = self._secret(tr("至少 {n} 个字符", n=SHORTEST)), self._secret(tr("再输入一次"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(8)
        for label, line in ((tr("姓名"), self.name), (tr("口令"), self.passphrase), (tr("再输一次"), self.again)):
            form.addRow(label, line)
        warning = QLabel(tr("口令用来加密这台电脑上的案件库，任何人都无法找回：请写下来，锁好。"))
        warning.setProperty("kind", "soon")
        warning.setWordWrap(True)
        column = self._column()
        column.addLayout(self.top)
        column.addLayout(form)
        column.addWidget(warning)
        column.addWidget(self.verdict)
        column.addLayout(self.foot)
        self.choose_button.setFocus()

    def _secret(self, example: str) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(example)
        line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def load(self, path: Path) -> None:
        super().load(path)
        self.name.setFocus()

    def problem(self) -> tuple[str, QWidget]:
        """(sentence, where) of the first thing that is missing; an empty sentence when all is there."""
        good, words = strength(self.passphrase.text())
        if self._path is None:
            return tr("请选择登记文件。"), self.choose_button
        if not self.name.text().strip():
            return tr("请填写姓名，办理时以姓名记入流水。"), self.name
        if not good:
            return tr("口令：{words}。", words=words), self.passphrase
        if self.passphrase.text() != self.again.text():
            return tr("两次输入的口令不一样。"), self.again
        return "", self.join_button

    def join(self) -> None:
        """Check the answers, then make the store away from the window's thread."""
        if self._busy:
            return
        sentence, place = self.problem()
        self.verdict.say(sentence)
        if sentence or self._path is None:
            place.setFocus()
            return
        directory, passphrase, path = self._directory, self.passphrase.text(), self._path
        self.actor = actor = self.name.text().strip()
        self._set_busy(True)
        self.verdict.say(tr("正在加入…"), "hint")
        self._worker.open(lambda: create_joined(directory, passphrase, path, actor), lambda _desk: self._made(),
                          self._failed, owner=self)

    def _made(self) -> None:
        self._set_busy(False)
        self.accept()
