"""This station: its people, its data, its looks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.app.queue_views import StaffMember
from desktop.app.views import PublishOutcome, VerifyReport
from desktop.ui.context import Context
from desktop.ui.first_run import StaffEditor
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Publisher, Verdict
from desktop.ui.settings_text import staff_document
from desktop.ui.theme import choices
from desktop.ui.worker import LongWork

UNPUBLISHED = "unpublished_staff"


class StaffSettings(QWidget):
    """Names and roles; publishing makes a new numbered list. A changed list is kept until then or given up."""

    staff_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        hint = QLabel(tr("办理时以姓名记入流水；角色决定能做哪些动作。名单改动后发布，以前的流水不变。"))
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        self.people = StaffEditor()
        scroll = QScrollArea()
        scroll.setWidget(self.people)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setObjectName("clear")
        self.verdict = Verdict()
        self._publisher = Publisher(context, self.verdict, self)
        self._publisher.published.connect(self._published)
        self.people.changed.connect(self._typed)
        self.discard_button = QPushButton(tr("放弃改动"))
        self.discard_button.setAutoDefault(True)
        self.discard_button.clicked.connect(self.discard)
        self.discard_button.hide()
        self.publish_button = QPushButton(tr("发布人员名单"))
        self.publish_button.setAutoDefault(True)
        self.publish_button.setProperty("primary", True)
        self.publish_button.clicked.connect(self.publish)
        line = QHBoxLayout()
        line.addWidget(self.verdict, 1)
        line.addWidget(self.discard_button)
        line.addWidget(self.publish_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(hint)
        column.addWidget(scroll, 1)
        column.addLayout(line)
        self.setMaximumWidth(820)
        context.settings_loaded.connect(self._another)

    def reload(self) -> None:
        if not self.discard_button.isVisibleTo(self):
            self._context.worker.read(lambda desk: tuple(desk.staff()), self._show, owner=self, replaces="staff")

    def _show(self, staff: tuple[StaffMember, ...]) -> None:
        kept = self._context.setting(UNPUBLISHED)
        if isinstance(kept, list):
            staff = tuple(StaffMember(name, tuple(roles)) for name, roles in kept)
            self.verdict.say(tr("这是还没有发布的改动，本机已保存。"), "warning")
        self.discard_button.setVisible(isinstance(kept, list))
        self.people.show_members(staff)

    def _typed(self) -> None:
        self.discard_button.show()
        self._context.remember(UNPUBLISHED, [[one.name, list(one.roles)] for one in self.people.members()])

    def _another(self) -> None:
        # Another person sat down: what they see must be their own.
        self.verdict.say("", "hint")
        self._forget()

    def _forget(self) -> None:
        self.discard_button.hide()
        self.reload()

    def discard(self) -> None:
        """Give up the changes and show the list in force."""
        self._context.remember(UNPUBLISHED, None)
        self.verdict.say(tr("已放弃改动。"), "hint")
        self._forget()

    def _published(self, _outcome: PublishOutcome) -> None:
        self._context.remember(UNPUBLISHED, None)
        self._forget()
        self.staff_changed.emit()

    def publish(self) -> None:
        problem = self.people.problem()
        if problem:
            self.verdict.say(problem)
            return
        self._publisher.publish(staff_document(self.people.members()))


class DataSettings(QWidget):
    """Verify, back up, rebuild; each says what it did."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._work: LongWork | None = None
        self._where = QLabel()
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._where.setWordWrap(True)
        self.verify_button = self._button(tr("核验数据"), self.verify)
        self.backup_button = self._button(tr("备份到文件…"), self._choose_backup)
        self.rebuild_button = self._button(tr("重建读取表"), self.rebuild)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for button, words in (
            (self.verify_button, tr("逐条检查流水的校验值、编号和先后，检查数据文件的每一页。只读，不改动任何内容。")),
            (self.backup_button, tr("把案件库写成一个加密的备份文件（.ksbak），办理可以照常进行。请存到另一块盘上。")),
            (self.rebuild_button, tr("由流水重新生成队列和统计所用的表。显示与流水不符时使用，不会丢失任何记录。")),
        ):
            explained = QLabel(words)
            explained.setObjectName("muted")
            explained.setWordWrap(True)
            form.addRow(button, explained)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.verdict = Verdict()
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._where)
        column.addLayout(form)
        column.addWidget(self._bar)
        column.addWidget(self.verdict)
        column.addStretch(1)
        self.setMaximumWidth(820)
        self.setFocusProxy(self.verify_button)

    def _button(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(True)
        button.clicked.connect(act)
        return button

    def reload(self) -> None:
        self._context.worker.read(lambda desk: str(desk.directory),
                                  lambda path: self._where.setText(tr("案件库：{path}", path=path)), owner=self)

    def verify(self) -> None:
        self._begin(self._context.worker.long(
            lambda desk, progress, _cancelled: desk.verify(progress), tr("核验数据"), self._verified, self._failed,
            owner=self, quiet=True, cancellable=False))

    def _verified(self, report: VerifyReport) -> None:
        self._end()
        checked = "\n".join(f"· {line}" for line in report.checked)
        if report.ok:
            words = tr("✓ 核验通过，共 {n} 条流水。\n检查了：\n{checked}", n=report.events, checked=checked)
            self.verdict.say(words, "done")
        else:
            problems = "\n".join(f"▲ {problem}" for problem in report.problems[:20])
            self.verdict.say(
                tr("▲ 发现 {n} 个问题，请停止录入并保留现场，用最近的备份核对。\n{problems}\n检查了：\n{checked}",
                   n=len(report.problems), problems=problems, checked=checked))

    def _choose_backup(self) -> None:
        day = f"{self._context.now():%Y%m%d-%H%M}"
        name, _filter = QFileDialog.getSaveFileName(
            self, tr("备份到文件"), tr("快审备份-{day}.ksbak", day=day), tr("备份 ({suffixes})", suffixes="*.ksbak"))
        if name:
            self.backup(Path(name))

    def backup(self, target: Path) -> None:
        """Write the backup; work goes on meanwhile."""
        self._begin(self._context.worker.long(
            lambda desk, progress, _cancelled: desk.backup(target, progress), tr("备份"),
            lambda _nothing: self._backed_up(target), self._failed, owner=self, quiet=True, cancellable=False))

    def _backed_up(self, target: Path) -> None:
        self._end()
        self.verdict.say(tr("✓ 已备份到 {path}。恢复时需要现在的口令。", path=target), "done")

    def rebuild(self) -> None:
        self._begin(self._context.worker.long(
            lambda desk, progress, _cancelled: desk.rebuild(progress), tr("重建读取表"), self._rebuilt, self._failed,
            owner=self, cancellable=False))

    def _rebuilt(self, events: int) -> None:
        self._end()
        self.verdict.say(tr("✓ 已由 {n} 条流水重建。", n=events), "done")

    def _begin(self, work: LongWork) -> None:
        self._work = work
        self.verdict.say(work.title + "…", "hint")
        self._bar.setRange(0, 0)
        self._bar.show()
        work.progressed.connect(self._progress)
        self._enable(False)

    def _progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def _end(self) -> None:
        self._work = None
        self._bar.hide()
        self._enable(True)

    def _enable(self, on: bool) -> None:
        for button in (self.verify_button, self.backup_button, self.rebuild_button):
            button.setEnabled(on)

    def _failed(self, error: BaseException) -> None:
        self._end()
        self.verdict.say_error(error)


class AppearanceSettings(QWidget):
    """``theme_chosen(id)``: light, dark, high contrast or the system's."""

    theme_chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for choice, label in choices():
            button = QRadioButton(label)
            button.clicked.connect(lambda _on, choice=choice: self.theme_chosen.emit(choice))
            self._group.addButton(button)
            self.buttons[choice] = button
            column.addWidget(button)
        hint = QLabel(tr("文字大小跟随系统的显示比例。Ctrl+Shift+D 在浅色和深色之间切换。"))
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        column.addStretch(1)
        context.theme.changed.connect(self.reload)

    def reload(self) -> None:
        self.buttons[self._context.theme.choice].setChecked(True)
