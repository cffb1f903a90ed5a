"""The centre's numbered documents: which version is in force on what authority; export, edit, check, publish."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.app.views import DocumentView, PublishOutcome
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


class DocumentSettings(QWidget):
    """The table above; below the text of the chosen document, which becomes the next version when published.

    A changed text is kept for this person on this station, by kind, until it is published or given up.
    """

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._kind = ""
        self.table = RowTable((
            TextColumn(tr("文件"), 6), TextColumn(tr("版本"), 4.5), TextColumn(tr("核对状态"), 4),
            TextColumn(tr("依据"), 16, stretch=True), TextColumn(tr("核对日期"), 6), TextColumn(tr("发布日期"), 6),
            TextColumn(tr("发布人"), 5),
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
        line = QHBoxLayout()
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
        self.table.show_rows([
            TextRow((
                one.label, tr("第 {n} 版", n=one.number) if one.number else tr("随程序"), one.status, one.basis or "—",
                one.checked_on or "—", one.published_on or "—", one.by or "—",
            ), "" if one.status == CheckStatus.CHECKED else "soon", one.kind, one.basis)
            for one in documents
        ], select_first=True)

    def _chosen(self, row: TextRow | None) -> None:
        if row is None or (row.key == self._kind and self.discard_button.isVisibleTo(self)):
            return
        if row.key != self._kind:
            self.verdict.say("", "hint")
        self._kind = str(row.key)
        kept = self._kept().get(self._kind)
        if kept is not None:
            self._put(kept, changed=True)
            self.verdict.say(tr("这是还没有发布的改动，本机已保存。"), "warning")
            return
        kind = self._kind
        self._context.worker.read(lambda desk: desk.export_document(kind), lambda text: self._put(text, changed=False),
                                  self.verdict.say_error, owner=self, replaces="document-text")

    def _kept(self) -> dict[str, str]:
        """Texts that were changed and not yet published, by kind."""
        kept = self._context.setting(UNPUBLISHED)
        return dict(kept) if isinstance(kept, dict) else {}

    def _keep(self, text: str | None) -> None:
        kept = self._kept()
        if text is None:
            kept.pop(self._kind, None)
        else:
            kept[self._kind] = text
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
        self._chosen(TextRow((), key=self._kind))

    def _forget(self) -> None:
        # Another person sat down: what they see must be their own.
        self.verdict.say("", "hint")
        self._kind = ""
        self.discard_button.hide()
        self.reload()

    def _export(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(self, tr("导出文件"), f"{self._kind}.toml", "TOML (*.toml)")
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
        self.reload()


class UncheckedSettings(QWidget):
    """What is in force although nobody has confirmed it yet."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName(tr("待核对的内容"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._hint)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)

    def reload(self) -> None:
        self._context.worker.read(lambda desk: desk.unchecked(), self._show, owner=self, replaces="unchecked")

    def _show(self, sentences: tuple[str, ...]) -> None:
        self.list.clear()
        self.list.addItems(sentences)
        self._hint.setText(
            tr("以下 {n} 项正在使用，但还没有人对照原文核对。核对后请在“中心文件”里发布，写明依据和核对日期。",
               n=len(sentences)) if sentences else tr("没有待核对的内容。"))
