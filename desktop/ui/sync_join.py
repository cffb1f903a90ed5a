"""Joining a centre: what it is, the two ways to meet the others afterwards, and the enrolment file that does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.app.sync_views import JoinedView
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE
from desktop.ui.settings_publish import Verdict
from desktop.ui.theme import text_width
from desktop.ui.widgets.buttons import KeyButton
from desktop.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from desktop.app.desk import Desk

SUFFIX = ".kse"
#: An enrolment file is a page of text; what is larger is something else and is not read into memory.
MOST_BYTES = 1_000_000


class Invitation(QWidget):
    """What the screen says while the store belongs to no centre. ``join_wanted``: the button."""

    join_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(tr("本机单独办理，还没有加入中心"))
        title.setObjectName("title")
        what = self._text(
            tr("加入中心，就是让几台电脑各办各的、会合时把彼此的流水合到一起：谁记的都不会丢，谁也不覆盖谁。"))
        self.button = KeyButton(tr("加入中心…"), "Ctrl J", primary=True)
        self.button.setAutoDefault(True)
        self.button.clicked.connect(self.join_wanted)
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addStretch(1)
        box = QWidget(self)
        box.setMaximumWidth(text_width("国") * 56)
        column = QVBoxLayout(box)
        column.setContentsMargins(18, 22, 18, 18)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(what)
        for heading, words in (
            (tr("有网络：经中心服务器"),
             tr("程序开着时每隔几分钟自动与中心服务器会合，也可随时立即同步。断网照常办理，联网后接上。")),
            (tr("没有网络：用交换包"),
             tr("把流水写成一个加密的交换包（.ksb），用 U 盘带到别的站点导入；先后、重复都不要紧。")),
        ):
            way = QLabel(heading)
            way.setObjectName("heading")
            column.addSpacing(4)
            column.addWidget(way)
            column.addWidget(self._text(words))
        column.addSpacing(6)
        column.addWidget(self._text(
            tr("两种方式都只需要一次登记：向中心管理员要本站的登记文件（.kse），在这里选择它，或把它拖进窗口。")))
        column.addLayout(line)
        column.addStretch(1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(box, 10)
        outer.addStretch(1)

    def _text(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setWordWrap(True)
        return label


class EnrolmentDialog(QDialog):
    """What joining asks for wherever one begins: the enrolment file, a verdict, join or leave. Nothing is left while
    the work goes on. Subclasses lay out ``top``, ``verdict`` and ``foot`` among what they ask besides."""

    def __init__(self, parent: QWidget | None, title: str, hint: str, leave: str, characters: int) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(text_width("国") * characters)
        self._path: Path | None = None
        self._busy = False
        self.choose_button = KeyButton(tr("选择登记文件…"), "Ctrl O")
        self.choose_button.setShortcut("Ctrl+O")
        self.choose_button.setAutoDefault(True)
        self.choose_button.clicked.connect(self.choose)
        self._file = ElidedLabel(hint)
        self.top = QHBoxLayout()
        self.top.addWidget(self.choose_button)
        self.top.addWidget(self._file, 1)
        self.verdict = Verdict()
        self.join_button = QPushButton(tr("加入中心"))
        self.join_button.setProperty("primary", True)
        self.join_button.clicked.connect(self.join)
        self.leave_button = QPushButton(leave)
        self.leave_button.setAutoDefault(True)
        self.leave_button.clicked.connect(self.reject)
        self.foot = QHBoxLayout()
        self.foot.addStretch(1)
        self.foot.addWidget(self.join_button)
        self.foot.addWidget(self.leave_button)

    def _column(self) -> QVBoxLayout:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(12)
        return column

    def choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("选择登记文件"), "", tr("登记文件 ({suffixes})", suffixes=f"*{SUFFIX}"))
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Take this file; it is read when the person says join."""
        self._path = path
        self._file.setText(str(path))

    def join(self) -> None:
        raise NotImplementedError

    def _failed(self, error: BaseException) -> None:
        self._set_busy(False)
        self.verdict.say_error(error)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for widget in (self.join_button, self.choose_button, self.leave_button):
            widget.setEnabled(not busy)
        self.join_button.setDefault(True)

    def reject(self) -> None:
        if not self._busy:
            super().reject()


class JoinDialog(EnrolmentDialog):
    """Choose the enrolment file, read what will happen, join. ``joined(JoinedView)`` afterwards."""

    joined = Signal(object)

    def __init__(self, context: Context, path: Path | None = None, parent: QWidget | None = None) -> None:
        hint = tr("登记文件（.kse）由中心管理员发给本站，一站一份")
        super().__init__(parent, tr("加入中心"), hint, tr("取消"), 44)
        self._context, self._worker = context, context.worker
        self.join_button.setEnabled(False)
        told = QLabel("\n".join((
            tr("· 登记文件里有本站的身份和口令：加入后存进加密的案件库，原文件请妥善收好或销毁。"),
            tr("· 本机已有的案件和流水都保留，会合时送给其他站点；其他站点的会收到本机。"),
            tr("· 以后记下的流水署本站登记的名称。"),
        )))
        told.setObjectName("muted")
        told.setWordWrap(True)
        column = self._column()
        column.addLayout(self.top)
        column.addWidget(told)
        column.addWidget(self.verdict)
        column.addLayout(self.foot)
        if path is not None:
            self.load(path)

    def load(self, path: Path) -> None:
        super().load(path)
        self.verdict.say("", "hint")
        self.join_button.setEnabled(True)
        self.join_button.setDefault(True)
        self.join_button.setFocus()

    def join(self) -> None:
        if self._path is None or self._busy:
            return
        path, actor = self._path, self._context.actor

        def enter(desk: Desk) -> JoinedView:
            return desk.join(contents(path), actor=actor)

        self._set_busy(True)
        self.verdict.say(tr("正在加入…"), "hint")
        self._worker.write(enter, self._entered, self._failed, owner=self, origin="sync")

    def _entered(self, view: JoinedView) -> None:
        self._set_busy(False)
        self._context.notices.tell(
            tr("已加入 {centre}，本站为“{station}”。", centre=view.centre, station=view.station), DONE)
        self.joined.emit(view)
        self.accept()

    def _failed(self, error: BaseException) -> None:
        super()._failed(error)
        self.choose_button.setFocus()


def contents(path: Path) -> bytes:
    """The bytes of an enrolment file. OSError; Refusal for a file that is too large to be one."""
    from desktop.core.refusal import Refusal

    if path.stat().st_size > MOST_BYTES:
        raise Refusal(
            "not_an_enrolment", tr("这不是登记文件：{name} 太大。请向中心管理员要本站的 .kse 文件。", name=path.name))
    return path.read_bytes()
