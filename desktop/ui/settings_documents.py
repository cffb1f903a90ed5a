"""The centre's numbered documents: which version is in force on what authority; export, edit, check, publish."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import DocumentView, PublishOutcome
from desktop.core.configuration import LABELS, OF_PROCEDURE, PREEXAM, Kind
from desktop.core.terms import CheckStatus
from desktop.reports.files import write_whole
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Publisher, Verdict
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow


def _button(text: str, act: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(True)
    button.clicked.connect(act)
    return button


UNPUBLISHED = "unpublished"
HINTS = {
    Kind.SERVICE: "改好 id、名称、案号前缀等，发布后左侧栏就多一项业务；不改 id 则是这项业务的新版本。",
    Kind.PHRASES: "只留下要改写或新增的短语：新 id 为新增，同一 id 替换随程序的一条，写 hidden = true 则不再出现。",
}


def key_of(kind: str, procedure: str) -> str:
    """One document's key: its kind, and its service where it is not that of pre-examination."""
    return kind if procedure in ("", PREEXAM) else f"{kind}/{procedure}"


class DocumentSettings(QWidget):
    """The table above; below the text of the chosen document, which becomes the next version when published.

    Of a kind that is written for one service the box beside the text says which; the table lists those that the
    centre published. A changed text is kept for this person on this station until it is published or given up.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._kind, self._procedure = "", ""
        self._wanted: tuple[str, str] | None = None
        self._listed: dict[str, DocumentView] = {}
        self.table = RowTable((
            TextColumn(tr("文件"), 9.5), TextColumn(tr("版本"), 3.6), TextColumn(tr("核对状态"), 4),
            TextColumn(tr("依据"), 16, stretch=True), TextColumn(tr("核对日期"), 5.4), TextColumn(tr("发布日期"), 5.4),
            TextColumn(tr("发布人"), 4),
        ), context.theme, tr("中心文件"))
        self.table.row_changed.connect(self._chosen)
        self.editor = QPlainTextEdit()
        self.editor.setTabChangesFocus(True)
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.editor.setAccessibleName(tr("文件正文"))
        face = self.font()
        face.setFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family(), *face.families()])
        self.editor.setFont(face)
        self._loading = False
        self.editor.textChanged.connect(self._typed)
        self.verdict = Verdict()
        self._publisher = Publisher(context, self.verdict, self)
        self._publisher.published.connect(self._published)
        self.publish_button = _button(tr("发布为新版本"), self.publish)
        self.publish_button.setProperty("primary", True)
        self.discard_button = _button(tr("放弃改动"), self.discard)
        self.discard_button.hide()
        self.service = QComboBox()
        self.service.setAccessibleName(tr("哪一项业务的文件"))
        self.service.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.service.activated.connect(lambda _index: self._other_service())
        self._of = QLabel(tr("业务"))
        self._of.setObjectName("muted")
        self._of.setBuddy(self.service)
        line = QHBoxLayout()
        line.addWidget(self._of)
        line.addWidget(self.service)
        for button in (_button(tr("导出…"), self._export), _button(tr("打开文件…"), self._open)):
            line.addWidget(button)
        line.addWidget(self.verdict, 1)
        line.addWidget(self.discard_button)
        line.addWidget(_button(tr("核对"), self.check))
        line.addWidget(self.publish_button)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.editor, 1)
        column.addLayout(line)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.setFocusProxy(self.table)
        context.settings_loaded.connect(self._forget)

    def reload(self) -> None:
        self._context.worker.read(lambda desk: desk.documents(), self._show, owner=self, replaces="documents")

    def _show(self, documents: tuple[DocumentView, ...]) -> None:
        if all(one.kind != Kind.SERVICE for one in documents):
            said = tr("随程序提供；可据以新增业务")
            shipped = DocumentView(Kind.SERVICE, LABELS[Kind.SERVICE], 0, said, "", "", "", "", PREEXAM)
            documents = (*documents, shipped)
        self._listed = {key_of(one.kind, one.procedure): one for one in documents}
        self.table.show_rows([
            TextRow((
                one.label, tr("第 {n} 版", n=one.number) if one.number else tr("随程序"), one.status or "—",
                one.basis or "—", one.checked_on or "—", one.published_on or "—", one.by or "—",
            ), "" if one.status in ("", CheckStatus.CHECKED) else "soon", key, one.basis)
            for key, one in self._listed.items()
        ], select_first=True)
        if self._wanted is not None:
            self._go_to(*self._wanted)

    def open_document(self, kind: str, procedure: str = "") -> None:
        """Show one document, also one that the centre has not published of its own."""
        self._wanted = (kind, procedure)
        self.reload()

    def _go_to(self, kind: str, procedure: str) -> None:
        self._wanted = (kind, procedure)
        keys = [str(row.key) for row in self.table.texts.rows]
        exact = key_of(kind, procedure)
        near = exact if exact in keys else next((key for key in keys if key.split("/")[0] == kind), "")
        if near:
            self.table.selectRow(keys.index(near))
        self._wanted = None
        self._load(kind, procedure)

    def _chosen(self, row: TextRow | None) -> None:
        if row is None or self._wanted is not None:
            return  # the row only follows what is being gone to
        key, here = str(row.key), key_of(self._kind, self._procedure)
        if key == here and self.discard_button.isVisibleTo(self):
            return
        if here not in self._listed and key.split("/")[0] == self._kind:
            return  # the table was read again while a document stood below that it does not list
        listed = self._listed.get(key)
        self._load(key.split("/")[0], listed.procedure if listed else self._procedure)

    def _load(self, kind: str, procedure: str) -> None:
        if (kind, procedure) != (self._kind, self._procedure):
            self.verdict.say(tr(HINTS.get(Kind(kind), "")) if kind else "", "hint")
        self._kind, self._procedure = kind, procedure
        self._show_services()
        kept = self._kept().get(key_of(kind, procedure))
        if kept is not None:
            self._put(kept, changed=True)
            self.verdict.say(tr("这是还没有发布的改动，本机已保存。"), "warning")
            return
        self._context.worker.read(
            lambda desk: desk.export_document(kind, procedure or PREEXAM),
            lambda text: self._put(text, changed=False), self.verdict.say_error, owner=self, replaces="document-text")

    def _show_services(self) -> None:
        """For which service the text is, where that can be chosen."""
        single = self._kind in tuple(OF_PROCEDURE)
        for widget in (self._of, self.service):
            widget.setVisible(single)
        self.service.clear()
        for service in self._context.services:
            published = key_of(self._kind, service.id) in self._listed and self._listed[
                key_of(self._kind, service.id)].number
            self.service.addItem(service.label + ("" if published else tr("（随程序）")), service.id)
        self.service.setCurrentIndex(self.service.findData(self._procedure))

    def _other_service(self) -> None:
        procedure = str(self.service.currentData() or "")
        if procedure != self._procedure:
            self._go_to(self._kind, procedure)

    def _kept(self) -> dict[str, str]:
        """Texts that were changed and not yet published, by :func:`key_of`."""
        kept = self._context.setting(UNPUBLISHED)
        return dict(kept) if isinstance(kept, dict) else {}

    def _keep(self, text: str | None) -> None:
        kept, key = self._kept(), key_of(self._kind, self._procedure)
        if text is None:
            kept.pop(key, None)
        else:
            kept[key] = text
        self._context.remember(UNPUBLISHED, kept)

    def _put(self, text: str, *, changed: bool) -> None:
        """Show a text without it counting as typing."""
        self._loading = True
        self.editor.setPlainText(text)
        self._loading = False
        self.discard_button.setVisible(changed)

    def _typed(self) -> None:
        if not self._loading:
            self.discard_button.show()
            self._keep(self.editor.toPlainText())

    def discard(self) -> None:
        """Give up the changes to this document and show what is in force."""
        self._keep(None)
        self.verdict.say(tr("已放弃改动。"), "hint")
        self.discard_button.hide()
        self._load(self._kind, self._procedure)

    def _forget(self) -> None:
        # Another person sat down: what they see must be their own.
        self.verdict.say("", "hint")
        self._kind = self._procedure = ""
        self.discard_button.hide()
        self.reload()

    def _export(self) -> None:
        proposed = key_of(self._kind, self._procedure).replace("/", "-")
        name, _filter = QFileDialog.getSaveFileName(self, tr("导出文件"), f"{proposed}.toml", "TOML (*.toml)")
        if name:
            target, content = Path(name), self.editor.toPlainText().encode()
            self._context.worker.aside(
                lambda _progress, _cancelled: write_whole(target, content), tr("导出"),
                lambda _nothing: self.verdict.say(tr("✓ 已导出到 {path}", path=target), "done"),
                self.verdict.say_error, owner=self, cancellable=False)

    def _open(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, tr("打开文件"), "", "TOML (*.toml)")
        if name:
            path = Path(name)
            self._context.worker.aside(
                lambda _progress, _cancelled: path.read_text("utf-8"), tr("读取 {name}", name=path.name),
                self._opened, self.verdict.say_error, owner=self)

    def _opened(self, text: str) -> None:
        self.editor.setPlainText(text)
        self.check()

    def check(self) -> None:
        self._publisher.check(self.editor.toPlainText())

    def publish(self) -> None:
        self._publisher.publish(self.editor.toPlainText())

    def _published(self, _outcome: PublishOutcome) -> None:
        self._keep(None)
        self.discard_button.hide()
        self.open_document(self._kind, self._procedure)
