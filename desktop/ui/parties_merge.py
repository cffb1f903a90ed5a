"""Entries of the register that share a 统一社会信用代码, and which of two disappears into the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.app.party_views import DuplicateView
from desktop.ui.context import Context
from desktop.ui.i18n import tr
from desktop.ui.parties_parts import plain
from desktop.ui.parties_words import kind_title
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.rowtable import RowTable, TextColumn, TextRow


class DuplicatesDialog(QDialog):
    """``merge_asked(id, name, others)``: this one is to disappear into one of the others; ``party_asked(id)``."""

    merge_asked = Signal(str, str, object)
    party_asked = Signal(str)

    def __init__(self, context: Context, found: Sequence[DuplicateView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("重复登记"))
        fit(self, 760, 460)
        self._members = {id_: (name, [pair for pair in one.parties if pair[0] != id_])
                         for one in found for id_, name in one.parties}
        told = tr("没有代码相同的登记。") if not found else tr(
            "代码相同的登记 {n} 组。先登记的排在前面；选中要并入另一个的，按 Enter。", n=len(found))
        self.table = RowTable((
            TextColumn(tr("种类"), 5), TextColumn(tr("统一社会信用代码"), 11), TextColumn(tr("名称"), 12, stretch=True),
            TextColumn(tr("先后"), 4),
        ), context.theme, tr("重复登记"))
        self.table.show_rows([
            TextRow((kind_title(one.kind) if not place else "", one.uscc if not place else "", name,
                     tr("先登记") if not place else tr("后登记")), "", id_, f"{one.uscc}　{name}")
            for one in found for place, (id_, name) in enumerate(one.parties)
        ])
        if found:
            self.table.selectRow(1)
        self.table.opened.connect(lambda _row: self._merge())
        self.merge = QPushButton(tr("并入另一个…"))
        self.merge.setProperty("primary", True)
        self.merge.setDefault(True)
        self.merge.setEnabled(bool(found))
        self.merge.clicked.connect(self._merge)
        self.look = QPushButton(tr("查看登记"))
        self.look.setAutoDefault(True)
        self.look.setEnabled(bool(found))
        self.look.clicked.connect(self._look)
        leave = QPushButton(tr("关闭"))
        leave.setAutoDefault(True)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for button in (self.look, self.merge, leave):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.addWidget(plain(told, "muted"))
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.table.setFocus()

    def _chosen(self) -> str:
        row = self.table.current()
        return str(row.key) if row is not None else ""

    def _merge(self) -> None:
        if id_ := self._chosen():
            name, others = self._members[id_]
            self.accept()
            self.merge_asked.emit(id_, name, others)

    def _look(self) -> None:
        if id_ := self._chosen():
            self.accept()
            self.party_asked.emit(id_)
