"""The text of an application package, one document at a time, with the passages that findings are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTabBar, QTextEdit, QVBoxLayout, QWidget

from desktop.app.package_views import PackageReading
from desktop.core.finding import Place
from desktop.core.package import ABSTRACT, CLAIMS, DESCRIPTION, REQUESTS, Package
from desktop.core.package_facts import Difference
from desktop.ui.i18n import tr
from desktop.ui.theme import Theme
from desktop.ui.utf16 import utf16

REQUEST, FILES = "request", "files"
DOCUMENTS = (CLAIMS, DESCRIPTION, ABSTRACT, REQUEST, FILES)
_SIGNS = {True: "是", False: "否", None: "未见"}


@dataclass(frozen=True)
class Line:
    """One block of the view: ``lead`` is printed before the unit's own text, ``unit`` is its place (-1: none)."""

    lead: str
    text: str
    unit: int = -1


class PackageText(QWidget):
    """Read-only. :meth:`show_place` turns to the document and selects the passage."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: dict[str, list[Line]] = {}
        self._places: tuple[Place, ...] = ()
        self._chosen: Place | None = None
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        for title in (tr("权利要求书"), tr("说明书"), tr("摘要"), tr("请求书"), tr("文件")):
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._show_document)
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setTabChangesFocus(True)
        self.view.setAccessibleName(tr("申请文件正文"))
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.tabs)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    def clear(self) -> None:
        self._lines, self._places, self._chosen = {}, (), None
        self.view.setPlainText("")

    def show_reading(self, reading: PackageReading) -> None:
        """Another package; the document that was looked at stays."""
        package = reading.package
        self._lines = {
            CLAIMS: [Line(f"{one.number if one.number is not None else '—'}. ", one.text, at)
                     for at, one in enumerate(package.claims)],
            DESCRIPTION: [Line(f"[{one.number}] " if one.number else "", one.text, at)
                          for at, one in enumerate(package.description)],
            ABSTRACT: [Line("", text, at) for at, text in enumerate(package.abstract)],
            REQUEST: [*_request(package), *_differences(reading.differences)],
            FILES: _files(package),
        }
        self._places = tuple(one.finding.place for one in reading.findings)
        self._chosen = None
        for at, code in enumerate(DOCUMENTS):
            self.tabs.setTabEnabled(at, bool(self._lines[code]))
        if not self._lines[DOCUMENTS[self.tabs.currentIndex()]]:
            first = next((at for at, code in enumerate(DOCUMENTS) if self._lines[code]), 0)
            self.tabs.setCurrentIndex(first)
        self._show_document()

    def show_place(self, place: Place) -> None:
        """The passage of a finding; one about a document as a whole shows its beginning."""
        code = _document(place.code)
        self._chosen = place
        at = DOCUMENTS.index(code)
        if self.tabs.currentIndex() != at:
            self.tabs.setCurrentIndex(at)  # shows it
        else:
            self._mark()

    def _show_document(self) -> None:
        lines = self._lines.get(DOCUMENTS[self.tabs.currentIndex()], [])
        self.view.setPlainText("\n".join(line.lead + line.text.replace("\n", "\u2028") for line in lines))
        self._mark()

    def _mark(self) -> None:
        code = DOCUMENTS[self.tabs.currentIndex()]
        palette = self._theme.palette
        quiet, loud = QTextCharFormat(), QTextCharFormat()
        quiet.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        quiet.setUnderlineColor(QColor(palette.soon))
        loud.setBackground(QColor(palette.accent))
        loud.setForeground(QColor(palette.panel))
        marks = [(place, quiet) for place in self._places if _document(place.code) == code and place.unit >= 0]
        if self._chosen is not None and _document(self._chosen.code) == code and self._chosen.unit >= 0:
            marks.append((self._chosen, loud))
        selections = []
        for place, shape in marks:
            selection = QTextEdit.ExtraSelection()
            cursor = self._cursor(place)
            if cursor is None:
                continue
            selection.cursor, selection.format = cursor, shape  # type: ignore[attr-defined]
            selections.append(selection)
        self.view.setExtraSelections(selections)
        if self._chosen is not None and _document(self._chosen.code) == code:
            shown = self._cursor(self._chosen) or QTextCursor(self.view.document())
            shown.setPosition(shown.selectionStart())
            self.view.setTextCursor(shown)
            self.view.centerCursor()

    def _cursor(self, place: Place) -> QTextCursor | None:
        """The passage as a selection of the view; the whole unit where the place names no characters."""
        lines = self._lines.get(_document(place.code), [])
        at = next((number for number, line in enumerate(lines) if line.unit == place.unit), None)
        if at is None or place.unit < 0:
            return None
        block = self.view.document().findBlockByNumber(at)
        line = lines[at]
        end = place.end or len(line.text)
        start = block.position() + utf16(line.lead)
        cursor = QTextCursor(block)
        cursor.setPosition(start + utf16(line.text[: place.start]))
        cursor.setPosition(start + utf16(line.text[:end]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def marked(self) -> str:
        """The passage that is shown now."""
        cursor = self._cursor(self._chosen) if self._chosen is not None else None
        return cursor.selectedText() if cursor is not None else ""


def _document(code: str) -> str:
    """Where a finding about this document is shown."""
    if code in (CLAIMS, DESCRIPTION, ABSTRACT):
        return code
    return REQUEST if code in REQUESTS or code == "110401" else FILES


def _request(package: Package) -> list[Line]:
    biblio = package.biblio
    said = (
        (tr("名称"), biblio.title),
        (tr("类型"), package.patent_type.value if package.patent_type else ""),
        (tr("申请人"), "、".join(biblio.applicants)),
        (tr("统一社会信用代码"), biblio.uscc),
        (tr("发明人"), "、".join(biblio.inventors)),
        (tr("代理机构"), f"{biblio.agency}（{biblio.agency_code}）" if biblio.agency_code else biblio.agency),
        (tr("代理师"), "、".join(biblio.agents)),
        (tr("主分类号"), biblio.main_class),
        (tr("内部编号"), biblio.internal_number),
        (tr("请求早日公布"), tr(_SIGNS[biblio.early_publication])),
        (tr("实质审查请求"), tr(_SIGNS[biblio.substantive_examination])),
        (tr("放弃主动修改"), tr(_SIGNS[biblio.waives_amendment])),
        (tr("声明同日申请"), tr(_SIGNS[biblio.same_day])),
        (tr("摘要附图"), biblio.abstract_figure),
    )
    return [Line("", f"{label}：{value or tr('未见')}") for label, value in said]


def _differences(found: Sequence[Difference]) -> list[Line]:
    differ = [one for one in found if not one.same]
    if not differ:
        return [Line("", ""), Line("", tr("与案件登记的内容一致。"))]
    lines = [Line("", ""), Line("", tr("与案件登记的内容不同（可用“填入案件”更正）："))]
    return lines + [Line("", tr("　{label}：案件为“{case}”，申请文件为“{package}”", label=one.label,
                                case=one.case or tr("空"), package=one.package)) for one in differ]


def _files(package: Package) -> list[Line]:
    lines = [Line("", _file_line(part.code, part.name, part.file, part.problem)) for part in package.parts]
    return [*lines, *(Line("", tr("注：{note}", note=note)) for note in package.notes)]


def _file_line(code: str, name: str, file: str, problem: str) -> str:
    mark = f"✗ {problem}" if problem else "✓"
    return f"{mark}　{code if code.isdigit() else '—'}　{name or tr('未识别')}　{file}"

