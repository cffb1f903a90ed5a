"""An application package that was dropped or chosen: what it says, before anything is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import ActOutcome
from desktop.core.finding import Finding
from desktop.core.package import Package, Part
from desktop.core.package_facts import Difference
from desktop.core.terms import PackageKind
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.notices import DONE, ERROR
from desktop.ui.theme import row_height, text_width
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow
from desktop.ui.worker import said_fault

if TYPE_CHECKING:
    from desktop.app.desk import Desk
    from desktop.ui.worker import Cancelled, Progress

ARCHIVES = "*.zip *.rar *.7z"
ROWS = 9  # of the parts that the dialog shows without scrolling


@dataclass(frozen=True)
class Loaded:
    """A package read from where it lies: name and content of the original, what it says, what was found."""

    name: str
    content: bytes
    package: Package
    findings: tuple[Finding, ...]


def choose(parent: QWidget) -> Path | None:
    """Ask for a package: an archive, or any document of a folder, which means the folder."""
    name, _filter = QFileDialog.getOpenFileName(
        parent, tr("选择申请文件：ZIP，或文件夹中的任一 XML（收下整个文件夹）"), "",
        tr("申请文件 ({suffixes} *.xml)", suffixes=ARCHIVES))
    path = Path(name)
    return (path.parent if path.suffix.lower() == ".xml" else path) if name else None


def load(context: Context, path: Path, done: Callable[[Loaded], object], owner: QWidget) -> None:
    """Read it beside the window's work; what cannot be read is told."""

    def read(_progress: Progress, _cancelled: Cancelled) -> Loaded:
        from desktop.core.formal_checks import examine
        from desktop.exchange.package_originals import open_package

        name, content, package = open_package(path)
        return Loaded(name, content, package, examine(package))

    def failed(error: BaseException) -> None:
        reason = said_fault(error) or tr("程序内部出错")
        context.notices.tell(tr("没有读出“{name}”：{reason}", name=path.name, reason=reason), ERROR)

    context.worker.aside(read, tr("读取申请文件"), done, failed, owner=owner, cancellable=False)


class PackageDialog(QDialog):
    """The last look before a package becomes part of the record. ``confirmed(kind)``: keep it, as which text. Without
    ``differences`` it is about a case that is still to be opened."""

    confirmed = Signal(object)

    def __init__(
        self, context: Context, loaded: Loaded, subject: str, kind: PackageKind | None,
        differences: tuple[Difference, ...] = (), parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("收下申请文件 · {name}", name=loaded.name))
        self.setMinimumWidth(text_width("国") * 46)
        head = QLabel(subject)
        head.setObjectName("title")
        head.setWordWrap(True)
        self.table = RowTable((
            TextColumn(tr("读取"), 4), TextColumn(tr("代码"), 6), TextColumn(tr("文件"), 9),
            TextColumn(tr("路径"), 16, stretch=True),
        ), context.theme, tr("申请文件"))
        parts = loaded.package.parts
        self.table.show_rows([_row(part) for part in parts])
        self.table.setFixedHeight((min(len(parts), ROWS) + 1) * row_height(self.font()) + 12)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus if len(parts) <= ROWS else Qt.FocusPolicy.StrongFocus)
        self.said = QLabel(_summary(loaded, differences))
        self.said.setWordWrap(True)
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        # A wrapped text knows its height only for a width.
        self.said.setMinimumHeight(self.said.heightForWidth(self.minimumWidth() - 40))
        self.kind = QComboBox(self)
        for one in PackageKind:
            self.kind.addItem(tr(one.value), one.value)
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind.value if kind else "")))
        form = QFormLayout()
        label = QLabel(tr("这是(&K)"), self)
        label.setBuddy(self.kind)
        for widget in (label, self.kind):  # a new case begins with the text under examination
            widget.setVisible(kind is not None)
        form.addRow(label, self.kind)
        told = QLabel(tr("原件加密存入本机、只读保存，流水记下它的校验值；正文随时由原件重新读出。"))
        told.setObjectName("muted")
        told.setWordWrap(True)
        self.keep = QPushButton(tr("收下") if kind is not None else tr("收下并新建案件…"))
        self.keep.setProperty("primary", True)
        self.keep.setDefault(True)
        self.keep.clicked.connect(self._confirm)
        leave = QPushButton(tr("取消"))
        leave.setAutoDefault(True)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.keep)
        foot.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(10)
        column.addWidget(head)
        column.addWidget(self.table)
        column.addWidget(self.said)
        if kind is not None:
            column.addLayout(form)
        column.addWidget(told)
        column.addLayout(foot)
        self.keep.setFocus()

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(PackageKind(self.kind.currentData()))


def _row(part: Part) -> TextRow:
    level = "overdue" if not part.ok else "" if part.known else "muted"
    code = part.code if part.code.isdigit() else "—"
    cells = (tr("✓") if part.ok else tr("✗"), code, part.name or tr("未识别"),
             part.file if part.ok else f"{part.file}：{part.problem}")
    return TextRow(cells, level, key=part.file, tip=part.problem or part.file)


def _summary(loaded: Loaded, differences: tuple[Difference, ...]) -> str:
    """Title and parties, how much was found, and where the case says otherwise."""
    package = loaded.package
    biblio = package.biblio
    lines = [
        tr("{type}　{title}", type=package.patent_type.value if package.patent_type else tr("未见请求书"),
           title=biblio.title or package.title or tr("名称未见")),
        tr("申请人：{names}", names="、".join(biblio.applicants) or tr("未见")),
        tr("权利要求 {claims} 项，说明书 {paragraphs} 段，初步判断 {n} 条", claims=len(package.claims),
           paragraphs=sum(not one.heading for one in package.description), n=len(loaded.findings)),
    ]
    lines += [tr("与案件不同：{label} 案件为“{case}”，申请文件为“{package}”", label=one.label,
                 case=one.case or tr("空"), package=one.package) for one in differences if not one.same]
    return "\n".join(lines)


def keep(
    context: Context, key: int, loaded: Loaded, kind: PackageKind | None, done: Callable[[ActOutcome], object],
    owner: QWidget,
) -> None:
    """Put a package that was read beside a case; what became of it is told."""
    actor, today = context.actor, context.today()

    def add(desk: Desk) -> ActOutcome:
        return desk.packages.add(key, loaded.name, loaded.content, loaded.package, kind=kind, actor=actor,
                                 on=today, today=today)

    def added(outcome: ActOutcome) -> None:
        context.notices.tell(tr("{number} 已收下申请文件“{name}”，初步判断 {n} 条", number=outcome.number,
                                name=loaded.name, n=len(loaded.findings)), DONE)
        done(outcome)

    def failed(error: BaseException) -> None:
        reason = said_fault(error) or tr("程序内部出错")
        context.notices.tell(tr("没有收下“{name}”：{reason}", name=loaded.name, reason=reason), ERROR)

    context.worker.write(add, added, failed, owner=owner, origin="case")

