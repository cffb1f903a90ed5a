"""Whom the centre trusts to stamp the time: certificates in PEM, listed, added, removed. Administrators only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.core.refusal import Refusal
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.settings_publish import Verdict
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow

if TYPE_CHECKING:
    from desktop.app.desk import Desk

MOST_PEM = 2**20


class RootsSettings(QWidget):
    """The list in force; each change is written at once."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.roots: tuple[str, ...] = ()
        hint = QLabel(tr("时间戳由这些根证书签发的才算“有效”，其他的写明“根证书不在本中心信任名单”。"
                         "证书（PEM）向时间戳服务机构索取，核对指纹后添加；由管理员设定，只用于本站点。"))
        hint.setObjectName("muted")
        hint.setWordWrap(True)
        self.table = RowTable((
            TextColumn(tr("证书"), 14, stretch=True), TextColumn(tr("有效期至"), 6), TextColumn(tr("SHA-256 指纹"), 12),
        ), context.theme, tr("信任的时间戳证书"))
        self.table.row_changed.connect(self._tell)
        self._words = QLabel()
        self._words.setObjectName("muted")
        self._words.setWordWrap(True)
        self.verdict = Verdict()
        self.add_button = QPushButton(tr("添加证书…"))
        self.remove_button = QPushButton(tr("移除"))
        for button, run in ((self.add_button, self.choose), (self.remove_button, self.remove)):
            button.setAutoDefault(True)
            button.clicked.connect(run)
        line = QHBoxLayout()
        line.addWidget(self.verdict, 1)
        line.addWidget(self.remove_button)
        line.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(hint)
        column.addWidget(self.table, 1)
        column.addWidget(self._words)
        column.addLayout(line)
        self.setMaximumWidth(920)
        self.setFocusProxy(self.table)
        self._tell(None)

    def reload(self) -> None:
        self._context.worker.read(lambda desk: read(desk), self._show, owner=self, replaces="tsa-roots")

    def _show(self, found: Sequence[tuple[str, dict[str, str]]]) -> None:
        self.roots = tuple(pem for pem, _ in found)
        self.table.show_rows([
            TextRow((one["name"], one["until"], one["sha256"][:24] + "…"), "", one["sha256"], one["sha256"])
            for _pem, one in found
        ], select_first=True)

    def _tell(self, row: TextRow | None) -> None:
        self.remove_button.setEnabled(row is not None)
        self._words.setText(tr("SHA-256 指纹　{hash}", hash=row.tip) if row is not None else tr(
            "名单是空的：没有一个时间戳会算作“有效”。"))

    def choose(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, tr("选择证书"), "", tr("证书 ({suffixes});;所有文件 (*)", suffixes="*.pem *.crt *.cer"))
        if name:
            self.add(Path(name))

    def add(self, path: Path) -> None:
        """All certificates of a PEM file beside those that are trusted already."""
        actor, known = self._context.actor, self.roots

        def work(desk: Desk) -> int:
            from desktop.exchange.certificates import split_pem

            with path.open("rb") as source:
                found = split_pem(source.read(MOST_PEM))
            if not found:
                raise Refusal("no_certificate", tr("“{name}”中没有证书（PEM）", name=path.name))
            wanted = tuple(dict.fromkeys((*known, *found)))
            desk.evidence.set_roots(wanted, actor=actor)
            return len(wanted) - len(known)

        self._write(work, lambda n: tr("✓ 已添加 {n} 张。", n=n) if n else tr("证书已在名单里。"))

    def remove(self) -> None:
        """The chosen one is no longer trusted; what was registered under it stays and says so."""
        row = self.table.current()
        if row is None:
            return
        actor = self._context.actor
        rest = [pem for pem, shown in zip(self.roots, self.table.texts.rows, strict=True) if shown.key != row.key]
        self._write(lambda desk: desk.evidence.set_roots(rest, actor=actor),
                    lambda _nothing: tr("✓ 已移除“{name}”。", name=row.cells[0]))

    def _write(self, work: object, said: object) -> None:
        def done(answer: object) -> None:
            self.verdict.say(said(answer), "done")  # type: ignore[operator]
            self.reload()

        self._context.worker.write(work, done, self.verdict.say_error, owner=self, quiet=True)  # type: ignore[arg-type]


def read(desk: Desk) -> list[tuple[str, dict[str, str]]]:
    """(PEM, its parts in words) of each trusted certificate."""
    from desktop.exchange.certificates import described

    return [(pem, described(pem)) for pem in desk.evidence.roots()]
