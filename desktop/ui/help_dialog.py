"""F1: the manual page of the screen one is on, all keys, and the words of the trade."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.theme import RESOURCES, Theme
from desktop.ui.widgets.fitting import fit
from desktop.ui.widgets.key_table import KeyTable

PAGES = ("queue", "services", "case", "package", "matter", "parties", "evidence", "sync", "settings", "glossary")


def manual(page: str) -> str:
    """The Markdown text of one manual page."""
    return (RESOURCES / "manual" / f"{page}.md").read_text("utf-8")


class HelpDialog(QDialog):
    """``page`` is one of :data:`PAGES`: what the person sees behind this dialog."""

    def __init__(self, theme: Theme, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("帮助"))
        fit(self, 820, 620)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.page = self._browser(page)
        self.keys = KeyTable(theme)
        self.tabs.addTab(self.page, tr("本页说明"))
        self.tabs.addTab(self.keys, tr("键盘一览"))
        self.tabs.addTab(self._browser("glossary"), tr("名词"))
        buttons = QDialogButtonBox()
        buttons.addButton(tr("关闭"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 12)
        column.addWidget(self.tabs, 1)
        column.addWidget(buttons)
        self.page.setFocus()

    def _browser(self, page: str) -> QTextBrowser:
        browser = QTextBrowser()
        browser.setOpenLinks(False)
        browser.setFrameShape(QTextBrowser.Shape.NoFrame)
        # Arrow keys scroll and, with a caret, the text can be marked and copied.
        browser.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        browser.document().setDefaultFont(QFont(self.font()))
        browser.document().setDocumentMargin(12)
        browser.setMarkdown(manual(page))
        _space_out(browser.document())
        return browser


def _space_out(document: QTextDocument) -> None:
    """Markdown comes in without room between its paragraphs."""
    block = document.begin()
    while block.isValid():
        style = block.blockFormat()
        style.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        style.setTopMargin(14 if style.headingLevel() > 1 else 0)
        style.setBottomMargin(4 if block.textList() else 8)
        QTextCursor(block).setBlockFormat(style)
        block = block.next()
